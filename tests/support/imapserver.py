"""An IMAP server on loopback that answers as it is told, without encryption: for what no real server can be brought to say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from loopback import Conversation, listening

HANG_UP = b"hang up"
USUAL = {
    "CAPABILITY": b"* CAPABILITY IMAP4rev1 MOVE UIDPLUS\r\n",
    "SELECT": b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] valid\r\n",
    "LIST": b'* LIST () "." "Done"\r\n',
    "LOGOUT": b"* BYE\r\n",
}
"""What is said before the OK where nothing else is ordered."""


@dataclass(slots=True)
class ImapServer:
    """What it answers to each command (`SELECT`, `UID FETCH`): whole lines, where `TAG` stands for the command's own."""

    port: int = 0
    answers: dict[str, bytes] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)
    """The commands without their tags."""

    def told(self, verb: str) -> list[str]:
        """What came with each command of that name."""
        return [line[len(verb) :].strip() for line in self.heard if line.upper().startswith(verb)]


class _Conversation(Conversation):
    def handle(self) -> None:
        server: ImapServer = self.script
        self.wfile.write(b"* OK ready\r\n")
        while line := self.rfile.readline():
            tag, _blank, command = line.decode("utf-8").strip().partition(" ")
            server.heard.append(command)
            words = command.upper().split()
            verb = " ".join(words[: 2 if words[0] == "UID" else 1])
            answer = server.answers.get(verb, USUAL.get(verb, b"") + b"TAG OK done\r\n")
            if answer == HANG_UP:
                return
            self.wfile.write(answer.replace(b"TAG", tag.encode()))
            if answer.startswith(b"+"):  # a login in two steps
                server.heard.append(self.rfile.readline().decode().strip())
                self.wfile.write(f"{tag} OK done\r\n".encode())


@contextmanager
def running() -> Iterator[ImapServer]:
    """A server that runs until the end of the block."""
    script = ImapServer()
    with listening(_Conversation, script) as script.port:
        yield script
