"""The settings of the mailboxes: `mailboxes` in config.yaml. A password is never among them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from pipeline.settings.accounts import Account, Word


class Mailbox(Account):
    """One mailbox that reports are sent to."""

    port: Annotated[int, Field(ge=1, le=65535, strict=True)] = 993  # IMAP over TLS (RFC 8314, 3.2)
    user: Word
    folders: Annotated[tuple[Word, ...], Field(min_length=1)] = ("INBOX",)
    when_done: Literal["flag", "move"] = "flag"
    done_folder: Word | None = None
    check_sender: bool = True
    authserv_id: Word | None = None
    since: date | None = None
    message_megabytes: Annotated[int, Field(ge=1, le=512, strict=True)] = 40

    @field_validator("when_done", mode="before")
    @classmethod
    def _known_way(cls, value: object) -> object:
        if value not in ("flag", "move"):
            msg = "只能是 flag（标为已读）或 move（移到 done_folder）"
            raise ValueError(msg)
        return value

    @field_validator("since", mode="before")
    @classmethod
    def _day(cls, value: object) -> object:
        if value is not None and not isinstance(value, date):
            msg = "应写成 2020-05-21 这样，不带引号；不限写 null"
            raise ValueError(msg)
        return value

    @field_validator("host", "user", "folders", "done_folder", mode="after")
    @classmethod
    def _one_line(cls, value: str | tuple[str, ...] | None) -> str | tuple[str, ...] | None:
        for word in value if isinstance(value, tuple) else (value or "",):
            if not word.isprintable() and word:
                msg = "不能有换行或控制字符"
                raise ValueError(msg)
        return value

    @model_validator(mode="after")
    def _no_contradiction(self) -> Mailbox:
        if self.password_places != 1:
            msg = f"邮箱 {self.user} 的 password_env 和 password_file 要写一个，也只写一个"
            raise ValueError(msg)
        if (self.when_done == "move") != (self.done_folder is not None):
            msg = f"邮箱 {self.user} 的 when_done 是 move 时要写 done_folder，不是时不写"
            raise ValueError(msg)
        if self.done_folder in self.folders:
            msg = f"邮箱 {self.user} 的 done_folder 不能也在 folders 里，收过的邮件会再收一遍"
            raise ValueError(msg)
        if self.check_sender and self.authserv_id is None:
            msg = f"邮箱 {self.user} 要写 authserv_id（本单位邮件服务器的名称）；只有收不到外来邮件的内部服务器才可以写 check_sender: false"
            raise ValueError(msg)
        return self

    @property
    def address(self) -> str:
        """Return what the journal knows it by: the user at the server."""
        return f"{self.user}@{self.host}".lower()


def twice(mailboxes: tuple[Mailbox, ...]) -> tuple[int, str] | None:
    """Return the first mailbox that stands there twice, by its place, and the sentence about it; None where none does."""
    seen: set[str] = set()
    for index, mailbox in enumerate(mailboxes):
        if mailbox.address in seen:
            return index, f"邮箱 {mailbox.user} 写了两次；同一个邮箱的几个文件夹请写在一个 folders 里"
        seen.add(mailbox.address)
    return None
