"""Takes messages apart, in a process that can do nothing else: what could be a report comes out, and what else was in them is named.

Whoever can send mail can try what Python's `email` and `zipfile` do with it. The process is this module run as
`python -m pipeline.doors.message_parts`, see `worker`.
"""

from __future__ import annotations

import base64
import binascii
import email.policy
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from typing import Any, Self

from pipeline.disk import faults
from pipeline.doors import attachment_kinds, attachment_names, zip_attachments
from pipeline.doors.attachment_kinds import Kind
from pipeline.reading import worker
from pipeline.reading.gate.safe_workbook import Limits
from pipeline.reading.worker import Worker

_MOST_BOUNDARIES = 20_000
"""Lines that begin as a boundary does; a message with more is not parsed at all, since parsing alone would take too long."""
_MOST_PARTS = 1_000
_MOST_DEPTH = 20
_MOST_NOTED = 50
_ATTEMPTS = 2
_PIECES = ("message/partial", "message/external-body")
_SIGNATURES = ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")
_ENVELOPED = ("application/pkcs7-mime", "application/x-pkcs7-mime")

SLIP = "notice-answer/word"
"""The name of the sentence about a Word document that answers a notice."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What taking one message apart may cost."""

    memory_bytes: int
    seconds: int
    limits: Limits


@dataclass(slots=True)
class MessageParts:
    """What was in a message. Each complaint is a name and the name of a sentence in `fetch_words`."""

    taken: list[tuple[str, bytes]] = field(default_factory=list)
    """What could be a report: a name as the sender wrote it, and the bytes."""
    passed_over: list[tuple[str, str]] = field(default_factory=list)
    """What is certainly no report."""
    left: list[tuple[str, str]] = field(default_factory=list)
    """What could hold a report and was not opened."""
    fault: tuple[str, ...] = ()
    """Where our own program failed over it."""


class MessageOpener:
    """The process that takes messages apart, started when the first one comes."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._worker: Worker | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._worker:
            self._worker.stop()

    def take_apart(self, raw: bytes) -> MessageParts:
        """Return what is in the message; one that twice ends the process holds nothing that can be had."""
        self._worker = self._worker or Worker("pipeline.doors.message_parts", self._bounds)
        for _ in range(_ATTEMPTS):
            frames = self._worker.ask(raw, self._bounds.seconds)
            parts = _understood(frames) if frames else None
            if parts is not None:
                return parts
        return MessageParts(left=[("", "unparsable")])


def _understood(frames: list[bytes]) -> MessageParts | None:
    """Return the answer, believed only where it has the shape of one: what gave it has read a stranger's bytes."""
    try:
        answer = json.loads(frames[0])
        called = [str(name) for name in answer["taken"]]
        passed, left = ([(str(name), str(why)) for name, why in answer[key]] for key in ("passed_over", "left"))
        return MessageParts(list(zip(called, frames[1:], strict=True)), passed, left, tuple(map(str, answer["fault"])))
    except (ValueError, KeyError, TypeError):
        return None


# --- in the process ----------------------------------------------------------------------------------------------


def main() -> None:
    """Take messages apart until the pipe closes."""
    worker.serve(_begin)


def _begin(bounds: Bounds) -> tuple[int, int, Callable[[bytes], Sequence[bytes]]]:
    def answer(raw: bytes) -> Sequence[bytes]:
        try:
            parts = open_(raw, bounds.limits)
        except (MemoryError, RecursionError):
            parts = MessageParts(left=[("", "unparsable")])
        except Exception as error:  # noqa: BLE001 - our own fault, which must not pass for the sender's
            parts = MessageParts(fault=tuple(faults.places_of(error)))
        heading: dict[str, Any] = {
            "taken": [name for name, _content in parts.taken],
            "passed_over": parts.passed_over[:_MOST_NOTED],
            "left": parts.left[:_MOST_NOTED],
            "fault": parts.fault,
        }
        return json.dumps(heading).encode(), *(content for _name, content in parts.taken)

    return bounds.memory_bytes, bounds.seconds, answer


def open_(raw: bytes, limits: Limits) -> MessageParts:
    """Return what is in the message: nothing of it where it has too many parts or they are nested too deep."""
    if raw.count(b"\n--") + raw.count(b"\r--") > _MOST_BOUNDARIES:
        return MessageParts(left=[("", "parts")])
    opened = _Opened(limits)
    waiting = [(_parsed(raw), 0)]
    count = 0
    while waiting:
        part, depth = waiting.pop()
        count += 1
        if count > _MOST_PARTS or depth > _MOST_DEPTH:
            return MessageParts(left=[("", "parts")])
        waiting += [(inner, depth + 1) for inner in reversed(list(opened.look(part)))]
    return opened.parts


def _parsed(raw: bytes) -> Message:
    return BytesParser(policy=email.policy.compat32).parsebytes(raw)


_APPLE_DOUBLE = b"\x00\x05\x16\x07"
"""How the part begins in which a Mac sends what its disk keeps about a file (RFC 1740), often under the file's own name."""


class _Opened:
    """What has come out of a message so far."""

    def __init__(self, limits: Limits) -> None:
        self.parts = MessageParts()
        self._limits = limits
        self._room = limits.unpacked_bytes
        self._seen: set[bytes] = set()

    def look(self, part: Message) -> Iterator[Message]:
        """Sort a part where it belongs, and yield the parts within it that are still to be looked at."""
        kind = part.get_content_type()
        if kind == "multipart/report":
            self.parts.passed_over.append(("", "bounce"))  # what we sent ourselves comes back in it (RFC 6522)
        elif kind == "multipart/encrypted":
            self.parts.left.append(("", "enveloped"))
        elif kind in _PIECES or (kind.startswith("multipart/") and not part.is_multipart()):
            self.parts.left.append(("", "partial"))
        elif part.is_multipart():
            yield from _within(part)
        elif not kind.startswith("message/"):
            yield from self._look_at_leaf(part, kind)

    def _look_at_leaf(self, part: Message, kind: str) -> Iterator[Message]:
        names = attachment_names.written((name, str(value)) for name, value in part.raw_items())
        if kind in _SIGNATURES or (kind.startswith(("text/", "image/")) and not names):
            return
        like_workbooks = [name for name in names if attachment_names.ending(name) in attachment_kinds.WORKBOOKS]
        best = next(iter(like_workbooks or names), "")
        if kind in _ENVELOPED:
            self.parts.left.append((best, "enveloped"))
            return
        content = _content(part)
        if content.startswith(_APPLE_DOUBLE):
            return
        match attachment_kinds.of(content, [name.lower() for name in names], kind):
            case Kind.WORKBOOK:
                self._take(best, content)
            case Kind.ZIP:
                self._open(best, content)
            case Kind.MESSAGE:
                yield _parsed(content)
            case Kind.OTHER if kind.startswith("image/") and ("Content-ID" in part or part.get_content_disposition() == "inline"):
                pass  # a picture in the text
            case Kind.OTHER:
                why = attachment_kinds.sentence(names)
                self.parts.passed_over.append((best, SLIP if attachment_kinds.is_slip(content) else why))
            case other:
                self.parts.left.append((best, other.value))

    def _take(self, name: str, content: bytes) -> None:
        """Keep what could be a report; the same bytes within one message count once."""
        if content in self._seen:
            return
        if len(content) > self._room or len(self.parts.taken) >= _MOST_PARTS:
            self.parts.left.append((name, "zip-limit"))
            return
        self._room -= len(content)
        self._seen.add(content)
        self.parts.taken.append((name, content))

    def _open(self, name: str, content: bytes) -> None:
        opened = zip_attachments.take_out(content, name, Limits(self._limits.file_bytes, self._room, self._limits.cells))
        for inner, bytes_ in opened.taken:
            self._take(inner, bytes_)
        self.parts.passed_over += opened.passed_over
        self.parts.left += [(f"{name} → {inner}" if inner != name else name, why) for inner, why in opened.left]


def _within(part: Message) -> Iterator[Message]:
    """Yield the parts of a part. An attached message in base64, which RFC 2046 (5.2.1) forbids and programs write, is unpacked first."""
    payload = part.get_payload()
    if not isinstance(payload, list):
        return
    is_packed = str(part.get("Content-Transfer-Encoding", "")).strip().lower() == "base64"
    for inner in payload:
        if not isinstance(inner, Message):
            continue
        if is_packed and part.get_content_type() == "message/rfc822" and not inner.keys():
            yield _parsed(_unpacked(str(inner.get_payload())))
        else:
            yield inner


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _unpacked(written: str) -> bytes:
    try:
        return base64.b64decode(written)
    except (binascii.Error, ValueError):
        return b""


if __name__ == "__main__":
    main()
