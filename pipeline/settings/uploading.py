"""The settings of the upload page: `upload` in config.yaml."""

from __future__ import annotations

import re
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

_ORIGIN = re.compile(r"https?://(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::[0-9]{1,5})?")
_HERE = re.compile(r"https?://(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]{1,5})?")


def is_this_computer(address: str) -> bool:
    """Return whether no other computer can open that address."""
    return _HERE.fullmatch(address) is not None


def _origin(written: str) -> str:
    plain = written.rstrip("/").lower()
    if not _ORIGIN.fullmatch(plain):
        msg = "应写成 https://ribao.example.com 这样，后面不带路径"
        raise ValueError(msg)
    if plain.startswith("http:") and not is_this_computer(plain):
        msg = "要用 https（只有本机 127.0.0.1 和 localhost 可以用 http），否则密码会被旁人看到"
        raise ValueError(msg)
    return plain


def _network(written: str) -> str:
    try:
        network = ip_network(written)
    except ValueError:
        msg = f"“{written}”不是 IP 地址或网段，应写成 127.0.0.1 或 10.0.0.0/24 这样"
        raise ValueError(msg) from None
    if not network.prefixlen:
        msg = f"“{written}”是所有地址：谁都可以谎报自己从哪里来，只写代理自己的地址"
        raise ValueError(msg)
    return written


class Uploading(BaseModel):
    """How the page is reached, and what it allows."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    public_address: Annotated[str, AfterValidator(_origin)] | None = None
    certificate: Path | None = None
    key: Path | None = None
    proxies: tuple[Annotated[str, AfterValidator(_network)], ...] = ()
    idle_minutes: Annotated[int, Field(ge=1, le=1440, strict=True)] = 60
    session_hours: Annotated[int, Field(ge=1, le=168, strict=True)] = 12
    link_hours: Annotated[int, Field(ge=1, le=720, strict=True)] = 48
    failures: Annotated[int, Field(ge=3, le=100, strict=True)] = 10
    upload_seconds: Annotated[int, Field(ge=5, le=3600, strict=True)] = 300
    connections: Annotated[int, Field(ge=10, le=10_000, strict=True)] = 500

    @model_validator(mode="after")
    def _no_contradiction(self) -> Uploading:
        if (self.certificate is None) != (self.key is None):
            msg = "certificate 和 key 要一起写，或都不写"
            raise ValueError(msg)
        return self

    def placed(self, home: Path) -> Uploading:
        """Return the same with its files' paths made absolute, seen from that folder."""
        files = {name: home / path for name in ("certificate", "key") if (path := getattr(self, name)) is not None}
        return self.model_copy(update=files)
