"""Takes messages apart, in a process that can do nothing else: what could be a report comes out, and what else was in them is said.

The process is this module run as `python -m pipeline.doors.message_parts`, see `worker`.
"""

from __future__ import annotations

import base64
import binascii
import email
import email.policy
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from email.message import Message
from typing import Any, Self

from pipeline.disk import faults
from pipeline.doors import attachment_kinds, attachment_names, zip_attachments
from pipeline.doors.attachment_kinds import Kind
from pipeline.reading import worker
from pipeline.reading.gate.safe_workbook import Limits
from pipeline.reading.worker import Worker

_MOST_BOUNDARIES = 20_000
"""Lines that begin as a boundary does; a message with more is not parsed at all."""
_MOST_PARTS = 1_000
_MOST_DEPTH = 20
_MOST_NOTED = 50
_TRIES = 2
_PIECES = ("message/partial", "message/external-body")
_SIGNATURES = ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")
_ENVELOPED = ("application/pkcs7-mime", "application/x-pkcs7-mime")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What taking one message apart may cost."""

    memory_bytes: int
    seconds: int
    limits: Limits


@dataclass(slots=True)
class Letter:
    """What was in a message. Each complaint is a name and the name of a sentence."""

    taken: list[tuple[str, bytes]] = field(default_factory=list)
    """What could be a report: a name as the sender wrote it, and the bytes."""
    passed_over: list[tuple[str, str]] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)
    """What could hold a report and was not opened."""
    fault: tuple[str, ...] = ()
    """Where our own program failed over it."""


class Letters:
    """The process that takes messages apart, started when the first one comes."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._worker: Worker | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._worker:
            self._worker.stop()

    def take_apart(self, raw: bytes) -> Letter:
        """What is in the message; one that twice ends the process holds nothing that can be had."""
        self._worker = self._worker or Worker("pipeline.doors.message_parts", self._bounds)
        for _ in range(_TRIES):
            frames = self._worker.ask(raw, self._bounds.seconds)
            letter = _understood(frames) if frames else None
            if letter is not None:
                return letter
        return Letter(left=[("", "unparsable")])


def _understood(frames: list[bytes]) -> Letter | None:
    """The answer, believed only where it has the shape of one: what gave it has read a stranger's bytes."""
    try:
        said = json.loads(frames[0])
        called = [str(one) for one in said["taken"]]
        passed, left = ([(str(name), str(why)) for name, why in said[key]] for key in ("passed_over", "left"))
        return Letter(list(zip(called, frames[1:], strict=True)), passed, left, tuple(map(str, said["fault"])))
    except (ValueError, KeyError, TypeError):
        return None


# --- in the process ----------------------------------------------------------------------------------------------


def main() -> None:
    """Take messages apart until the pipe closes."""
    worker.serve(_begin)


def _begin(bounds: Bounds) -> tuple[int, int, Callable[[bytes], Sequence[bytes]]]:
    def answer(raw: bytes) -> Sequence[bytes]:
        try:
            letter = open_(raw, bounds.limits)
        except (MemoryError, RecursionError):
            letter = Letter(left=[("", "unparsable")])
        except Exception as error:  # noqa: BLE001 - our own fault, which must not pass for the sender's
            letter = Letter(fault=tuple(faults.places_of(error)))
        said: dict[str, Any] = {
            "taken": [name for name, _content in letter.taken],
            "passed_over": letter.passed_over[:_MOST_NOTED],
            "left": letter.left[:_MOST_NOTED],
            "fault": letter.fault,
        }
        return json.dumps(said).encode(), *(content for _name, content in letter.taken)

    return bounds.memory_bytes, bounds.seconds, answer


def open_(raw: bytes, limits: Limits) -> Letter:
    """What is in the message: nothing of it where it has too many parts or they lie too deep."""
    if raw.count(b"\n--") + raw.count(b"\r--") > _MOST_BOUNDARIES:
        return Letter(left=[("", "parts")])
    opened = _Opened(limits)
    waiting = [(_parsed(raw), 0)]
    count = 0
    while waiting:
        part, depth = waiting.pop()
        count += 1
        if count > _MOST_PARTS or depth > _MOST_DEPTH:
            return Letter(left=[("", "parts")])
        waiting += [(inner, depth + 1) for inner in reversed(list(opened.look(part)))]
    return opened.letter


def _parsed(raw: bytes) -> Message:
    return email.message_from_bytes(raw, policy=email.policy.compat32)


class _Opened:
    """What has come out of a message so far."""

    def __init__(self, limits: Limits) -> None:
        self.letter = Letter()
        self._limits = limits
        self._room = limits.unpacked_bytes
        self._seen: set[bytes] = set()

    def look(self, part: Message) -> Iterator[Message]:
        """Sort a part where it belongs; the parts within it that are still to be looked at."""
        kind = part.get_content_type()
        if kind == "multipart/report":
            self.letter.passed_over.append(("", "bounce"))  # what we sent ourselves comes back in it
        elif kind == "multipart/encrypted":
            self.letter.left.append(("", "enveloped"))
        elif kind in _PIECES or (kind.startswith("multipart/") and not part.is_multipart()):
            self.letter.left.append(("", "partial"))
        elif part.is_multipart():
            yield from _within(part)
        elif not kind.startswith("message/"):
            yield from self._look_at_leaf(part, kind)

    def _look_at_leaf(self, part: Message, kind: str) -> Iterator[Message]:
        called = attachment_names.written((name, str(value)) for name, value in part.raw_items())
        if kind in _SIGNATURES or (kind.startswith(("text/", "image/")) and not called):
            return
        best = next((one for one in called if attachment_names.ending(one) in attachment_kinds.WORKBOOKS), called[0] if called else "")
        if kind in _ENVELOPED:
            self.letter.left.append((best, "enveloped"))
            return
        content = _content(part)
        match attachment_kinds.of(content, [one.lower() for one in called], kind):
            case Kind.WORKBOOK:
                self._take(best, content)
            case Kind.ZIP:
                self._open(best, content)
            case Kind.MESSAGE:
                yield _parsed(content)
            case Kind.OTHER if kind.startswith("image/") and ("Content-ID" in part or part.get_content_disposition() == "inline"):
                pass  # a picture in the text
            case Kind.OTHER:
                self.letter.passed_over.append((best, "other"))
            case other:
                self.letter.left.append((best, other.value))

    def _take(self, name: str, content: bytes) -> None:
        """Keep what could be a report; the same bytes within one message count once."""
        if content in self._seen:
            return
        if len(content) > self._room or len(self.letter.taken) >= _MOST_PARTS:
            self.letter.left.append((name, "zip-limit"))
            return
        self._room -= len(content)
        self._seen.add(content)
        self.letter.taken.append((name, content))

    def _open(self, name: str, content: bytes) -> None:
        opened = zip_attachments.take_out(content, name, Limits(self._limits.file_bytes, self._room, self._limits.cells))
        for inner, bytes_ in opened.taken:
            self._take(inner, bytes_)
        self.letter.passed_over += opened.passed_over
        self.letter.left += [(f"{name} → {inner}" if inner != name else name, why) for inner, why in opened.left]


def _within(part: Message) -> Iterator[Message]:
    """The parts of a part. A message that was packed as base64, which no standard allows and programs do, is unpacked first."""
    payload = part.get_payload()
    if not isinstance(payload, list):
        return
    is_packed = str(part.get("Content-Transfer-Encoding", "")).strip().lower() == "base64"
    for one in payload:
        if not isinstance(one, Message):
            continue
        if is_packed and part.get_content_type() == "message/rfc822" and not one.keys():
            yield _parsed(_unpacked(str(one.get_payload())))
        else:
            yield one


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
