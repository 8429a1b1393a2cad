"""`run.py serve`: the page on a port, by itself with TLS or behind a proxy."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from datetime import datetime
from ipaddress import ip_address
from typing import Any, Final

import uvicorn

from pipeline.settings.config import Settings
from pipeline.settings.uploading import Uploading
from pipeline.terms.errors import ConfigurationError
from pipeline.web import app, database
from pipeline.web.connections import PatientProtocol
from pipeline.web.site import DEFAULT_PORTS, Site, silence_uvicorn

_KEEP_ALIVE_SECONDS: Final = 15
_SHUTDOWN_SECONDS: Final = 20


class Serving:
    """The page, listening: what comes in before `run` waits. Raises ConfigurationError.

    `beside`: what is done every few minutes while it serves.
    """

    def __init__(
        self, settings: Settings, host: str, port: int, now: Callable[[], datetime], beside: Callable[[], object] = lambda: None
    ) -> None:
        limits = settings.upload or Uploading()
        self._listening = _listen(host, port)
        try:
            origins = _origins(limits, host, self._listening.getsockname()[1])
            self.address = limits.public_address or _opened_at(origins, host)
            with database.told(settings):
                self.site = Site(settings, now, origins, beside)
                self.site.database.note_served(self.address)
            silence_uvicorn()
            self.server = uvicorn.Server(_config(self.site, limits))
        except BaseException:
            self._listening.close()
            raise

    def run(self) -> None:
        """Serve until the process is asked to end, or the server is."""
        try:
            self.server.run([self._listening])
        finally:
            self.site.close()
            self._listening.close()


def _config(site: Site, limits: Uploading) -> uvicorn.Config:
    # '' trusts nobody: where it is left out, uvicorn asks the environment, and then trusts this computer
    options: dict[str, Any] = {"proxy_headers": bool(limits.proxies), "forwarded_allow_ips": list(limits.proxies) or ""}
    if limits.certificate and limits.key:
        options |= {"ssl_certfile": limits.certificate, "ssl_keyfile": limits.key}
    config = uvicorn.Config(
        app.build(site),
        http=PatientProtocol,
        ws="none",
        # with "auto" uvicorn would serve on where the beginning fails, and what a killed server left would wait
        lifespan="on",
        loop="asyncio",
        # else uvicorn sets up the logging of the whole process
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=limits.connections,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
        **options,
    )
    try:
        config.load()
    except (OSError, ssl.SSLError) as error:
        msg = f"TLS 证书 {limits.certificate} 或密钥 {limits.key} 不能用：请检查路径、权限，以及两者是不是一对。"
        raise ConfigurationError(msg) from error
    return config


def _origins(limits: Uploading, host: str, port: int) -> frozenset[str]:
    """Where browsers may reach the page. Raises ConfigurationError where passwords would go over a network in the clear."""
    if limits.public_address:
        return frozenset({limits.public_address})
    scheme = "https" if limits.certificate else "http"
    is_here = host == "localhost" or _is_loopback(host)
    if scheme == "http" and not is_here:
        msg = (
            f"--host {host} 会把网页开给其他电脑，却没有加密，密码会被旁人看到。请在 config.yaml 的 upload 里写 certificate 和 key，"
            "或放在代理后面并写 public_address（见 docs/部署.md）。"
        )
        raise ConfigurationError(msg)
    if not is_here and _is_any(host):
        msg = f"--host {host} 是“所有地址”，浏览器里打不开它。请在 config.yaml 的 upload 里写 public_address（大家打开网页的地址）。"
        raise ConfigurationError(msg)
    names = ["127.0.0.1", "localhost", "[::1]"] if is_here else [_in_address(host)]
    return frozenset(f"{scheme}://{name.lower()}{'' if port == DEFAULT_PORTS[scheme] else f':{port}'}" for name in names)


def _opened_at(origins: frozenset[str], host: str) -> str:
    """The origin that names the host; of this computer's names the one that it listens at."""
    return next((origin for origin in sorted(origins) if f"//{_in_address(host)}" in origin), min(origins))


def _in_address(host: str) -> str:
    """A host as addresses write it."""
    return f"[{host}]".lower() if ":" in host else host.lower()


def _is_any(host: str) -> bool:
    """Whether that is every address of this computer and no name of it."""
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return not host


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        msg = f"{host} 的端口 {port} 用不了：可能有别的程序（或另一个 run.py serve）正在用它，或没有权限。请用 --port 换一个。"
        raise ConfigurationError(msg) from error
