"""Where ledger and archive lie if not in the office's state: `ledger` and `archive` in config.yaml.

Covered by tests/settings/test_places.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import SplitResult, parse_qsl, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from pipeline.settings.accounts import SignIn, Word

JOURNAL: Final = "arrivals.jsonl"
"""The journal's name in the state folder."""
UPLOADS: Final = "upload.sqlite"
"""Likewise the upload page's own database."""
_SCHEMES: Final = ("postgresql+psycopg", "postgresql")
_LOOPBACK: Final = ("", "localhost", "127.0.0.1", "::1")
"""Hosts that are this computer; without a host it is a socket of the system's."""


def _server(written: str) -> str:
    parts = _split(written)
    if parts is None or parts.scheme not in _SCHEMES or not parts.path.strip("/"):
        msg = "应写成 postgresql+psycopg://用户名@服务器/数据库 这样；台账放在 state 里的写 null"
        raise ValueError(msg)
    if parts.password is not None or "password" in dict(parse_qsl(parts.query)):
        msg = "密码不能写在设置文件里；请改用 password_env（环境变量的名称）或 password_file（只放密码的文件）"
        raise ValueError(msg)
    return written


def _split(written: str) -> SplitResult | None:
    try:
        parts = urlsplit(written)
        _port = parts.port  # a number, or ValueError
    except ValueError:
        return None
    return parts


class LedgerServer(SignIn):
    """A database on a PostgreSQL server."""

    url: Annotated[Word, AfterValidator(_server)]
    seconds: Annotated[int, Field(ge=1, le=3600, strict=True)] = 10

    @model_validator(mode="after")
    def _no_contradiction(self) -> LedgerServer:
        if self.password_places > 1:
            msg = "password_env 和 password_file 只写一个；不用密码的都不写"
            raise ValueError(msg)
        return self

    def __str__(self) -> str:
        """Return what people are told, without anything behind a question mark."""
        parts = urlsplit(self.url)
        return f"{parts.netloc}{parts.path}"

    def in_schema(self, name: str) -> LedgerServer:
        """Return the same database with the tables of another schema: those of a ledger that was set aside."""
        return self.model_copy(update={"url": f"{self.url}{'&' if '?' in self.url else '?'}options=-csearch_path%3D{name}"})

    @property
    def is_here(self) -> bool:
        """Whether it is on this computer, so that nobody can listen on the way."""
        return (urlsplit(self.url).hostname or "") in _LOOPBACK


def _as_server(written: Any) -> Any:  # noqa: ANN401 - whatever was written
    return {"url": written} if isinstance(written, str) else written


Ledger = Annotated[LedgerServer | None, BeforeValidator(_as_server)]
"""`ledger` in config.yaml: an address alone, or one with where its password is."""
LedgerPlace = Path | LedgerServer
"""A file of SQLite's, or a server."""


def _store(written: str) -> str:
    parts = _split(written)
    if parts is None or not parts.scheme or not (parts.netloc or parts.path.strip("/")) or "://" not in written:
        msg = "应写成 s3://存储桶/文件夹 这样；存档放在 state 里的写 null"
        raise ValueError(msg)
    if "@" in parts.netloc:
        msg = "登录信息不能写在设置文件里；S3 的放在环境变量 AWS_ACCESS_KEY_ID、AWS_SECRET_ACCESS_KEY 里"
        raise ValueError(msg)
    return written.rstrip("/")


Archive = Annotated[Word, AfterValidator(_store)] | None
"""`archive` in config.yaml: the URL of an object store."""
