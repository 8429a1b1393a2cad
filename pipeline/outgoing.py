"""The settings of outgoing mail: `outgoing_mail` in config.yaml. A password is never among them."""

from __future__ import annotations

import os
import re
from datetime import time
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from pipeline.clocks import Clock

Word = Annotated[str, Field(min_length=1, max_length=255)]
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


def _address(written: str) -> str:
    if not _ADDRESS.fullmatch(written):
        msg = f"“{written}”不是完整的邮箱地址，应写成 name@example.com 这样"
        raise ValueError(msg)
    return written


Address = Annotated[str, AfterValidator(_address)]


class Outgoing(BaseModel):
    """The server that letters are handed to, and who gets them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: Word
    port: Annotated[int, Field(ge=1, le=65535, strict=True)] = 465
    security: Literal["tls", "starttls"] = "tls"
    user: Word | None = None
    password: None = None
    password_env: Word | None = None
    password_file: Path | None = None
    sender: Address
    leaders: tuple[Address, ...] = ()
    districts: dict[str, tuple[Address, ...]] = {}
    reminder_at: Clock | None = time(16)
    leaders_at: Clock = time(7)
    days: Annotated[int, Field(ge=1, le=31, strict=True)] = 3
    seconds: Annotated[int, Field(ge=1, le=3600, strict=True)] = 60
    ca_file: Path | None = None

    @field_validator("password", mode="before")
    @classmethod
    def _no_password_here(cls, value: object) -> None:
        if value is not None:
            msg = "密码不能写在设置文件里；请改用 password_env（环境变量的名称）或 password_file（只放密码的文件）"
            raise ValueError(msg)

    @model_validator(mode="after")
    def _no_contradiction(self) -> Outgoing:
        places = [one for one in (self.password_env, self.password_file) if one is not None]
        if len(places) != (self.user is not None):
            msg = "写了 user 时，password_env 和 password_file 要写一个，也只写一个；没有写 user 时都不写"
            raise ValueError(msg)
        return self

    def placed(self, home: Path) -> Outgoing:
        """The same with its files' paths made absolute, seen from that folder."""
        files = {name: home / path for name in ("password_file", "ca_file") if (path := getattr(self, name)) is not None}
        return self.model_copy(update=files)

    def secret(self) -> str | None:
        """The password; None where there is none in its place. Raises OSError where its file cannot be read."""
        if self.password_env is not None:
            return os.environ.get(self.password_env) or None
        if self.password_file is None:
            return None
        return self.password_file.read_text(encoding="utf-8-sig").rstrip("\r\n") or None
