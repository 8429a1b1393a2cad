"""The settings of outgoing mail: `outgoing_mail` in config.yaml."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from pipeline.settings.accounts import Account, Word
from pipeline.settings.clocks import Clock

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


def is_address(written: str) -> bool:
    """Return whether that is a whole mail address."""
    return _ADDRESS.fullmatch(written) is not None


def _address(written: str) -> str:
    if not is_address(written):
        msg = f"“{written}”不是完整的邮箱地址，应写成 name@example.com 这样"
        raise ValueError(msg)
    return written


Address = Annotated[str, AfterValidator(_address)]


class Outgoing(Account):
    """The server that letters are handed to, and who gets them."""

    port: Annotated[int, Field(ge=1, le=65535, strict=True)] = 465  # submission over TLS from the first byte (RFC 8314, 3.3)
    security: Literal["tls", "starttls"] = "tls"
    user: Word | None = None
    sender: Address
    leaders: tuple[Address, ...] = ()
    leader_addresses: dict[str, tuple[Address, ...]] = Field(default_factory=dict)
    unit_leaders: dict[str, tuple[Address, ...]] = Field(default_factory=dict)
    office: tuple[Address, ...] = ()
    districts: dict[str, tuple[Address, ...]] = Field(default_factory=dict)
    answers: Annotated[bool, Field(strict=True)] = True
    reminder_at: Clock | None = time(16)
    leaders_at: Clock = time(7)
    leaders_after_look: Annotated[bool, Field(strict=True)] = False
    night_by: Clock = time(2)
    days: Annotated[int, Field(ge=1, le=31, strict=True)] = 3

    @property
    def may_write_to_leaders(self) -> bool:
        """Whether there is an address of any leader."""
        return bool(self.leaders or any(self.leader_addresses.values()))

    @field_validator("security", mode="before")
    @classmethod
    def _known_way(cls, value: object) -> object:
        if value not in ("tls", "starttls"):
            msg = "只能是 tls（一连上就加密，也就是常说的 SSL，端口多为 465）或 starttls（连上以后再加密，端口多为 587）"
            raise ValueError(msg)
        return value

    @model_validator(mode="after")
    def _no_contradiction(self) -> Outgoing:
        if self.password_places != (self.user is not None):
            msg = "写了 user 时，password_env 和 password_file 要写一个，也只写一个；没有写 user 时都不写"
            raise ValueError(msg)
        return self
