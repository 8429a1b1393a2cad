"""An account at a server, as config.yaml knows it: where its password is, never the password."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator

Word = Annotated[str, Field(min_length=1, max_length=255)]


class SignIn(BaseModel):
    """Where the password is to be found, and how long to wait for the other side."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    password: None = None
    password_env: Word | None = None
    password_file: Path | None = None
    seconds: Annotated[int, Field(ge=1, le=3600, strict=True)] = 60
    ca_file: Path | None = None

    @field_validator("password", mode="before")
    @classmethod
    def _no_password_here(cls, value: object) -> None:
        if value is not None:
            msg = "密码不能写在设置文件里；请改用 password_env（环境变量的名称）或 password_file（只放密码的文件）"
            raise ValueError(msg)

    @property
    def password_places(self) -> int:
        """Return in how many places the password is set to be."""
        return (self.password_env is not None) + (self.password_file is not None)

    def placed(self, home: Path) -> Self:
        """Return the same with its files' paths made absolute, seen from that folder."""
        files = {name: home / path for name in ("password_file", "ca_file") if (path := getattr(self, name)) is not None}
        return self.model_copy(update=files)

    def secret(self) -> str | None:
        """Return the password; None where there is none in its place.

        Raises OSError or UnicodeDecodeError where its file cannot be read.
        """
        if self.password_env is not None:
            return os.environ.get(self.password_env) or None
        if self.password_file is None:
            return None
        # Notepad begins a UTF-8 file with a mark, and every editor ends it with a line's end
        return self.password_file.read_text(encoding="utf-8-sig").rstrip("\r\n") or None


class Account(SignIn):
    """An account at a mail server."""

    host: Word
