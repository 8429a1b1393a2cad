"""A mail server on loopback that does as it is told: takes, refuses, or hangs up at a chosen step."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from loopback import Conversation, listening

from pipeline.settings.outgoing import Outgoing

HANG_UP = "hang up"
TAKE_AND_HANG_UP = "take and hang up"


@dataclass(slots=True)
class MailServer:
    """What it shall do at each step (MAIL, RCPT, DATA, BODY), next time first; otherwise it takes the message."""

    port: int = 0
    orders: dict[str, list[str]] = field(default_factory=dict)
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    """Recipient and message."""
    heard: list[str] = field(default_factory=list)
    """Every command, by its first word."""
    largest: int = 0
    """The largest message that it takes, which it says when it is greeted; 0 says nothing."""

    def order(self, step: str) -> str:
        waiting = self.orders.get(step)
        return waiting.pop(0) if waiting else ""

    @contextmanager
    def connect(self, _outgoing: Outgoing) -> Iterator[smtplib.SMTP]:
        """A connection to it, in place of an encrypted one."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=5) as server:
            yield server


class _Conversation(Conversation):
    def handle(self) -> None:
        server: MailServer = self.script
        self.say("220 ready")
        recipient = ""
        while line := self.rfile.readline():
            verb = line.split(b":")[0].split()[0].upper().decode() if line.strip() else ""
            server.heard.append(verb)
            order = server.order(verb)
            if order == HANG_UP:
                return
            if order:
                self.say(order)
            elif server.largest and verb == "EHLO":
                self.say("250-ready")
                self.say(f"250 SIZE {server.largest}")
            elif server.largest and b"size=" in line and int(line.split(b"size=")[1]) > server.largest:
                self.say("552 5.3.4 message size exceeds fixed limit")
            elif verb == "DATA":
                self.say("354 go on")
                if not self._body(server, recipient):
                    return
            else:
                recipient = line.decode().strip()[9:-1] if verb == "RCPT" else recipient
                self.say("221 bye" if verb == "QUIT" else "250 ok")

    def _body(self, server: MailServer, recipient: str) -> bool:
        lines = []
        order = server.order("BODY")
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return False
            lines.append(line[1:] if line.startswith(b".") else line)
            if order == HANG_UP:
                return False
        if not order or order == TAKE_AND_HANG_UP:
            server.taken.append((recipient, b"".join(lines)))
        if order == TAKE_AND_HANG_UP:
            return False
        self.say(order or "250 taken")
        return True

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def running() -> Iterator[MailServer]:
    """A server that runs until the end of the block."""
    script = MailServer()
    with listening(_Conversation, script) as script.port:
        yield script
