"""The envelope of a file: how it came in, as its sidecar `<file>.envelope.json` says, or as the inbox's file system saw it (contract 3).

Covered by tests/intake/test_inbox.py.
"""

from __future__ import annotations

import errno
import json
import os
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.disk import storage
from pipeline.disk.first_seen import first_seen
from pipeline.terms.handed_in import Envelope
from pipeline.terms.messages import shorten
from pipeline.terms.text import storable

SIDECAR = ".envelope.json"
SHA256 = "sha256"
"""The field in which a door says which bytes its sidecar is about; other sidecars have none."""
_CHANNELS = ("folder", "email", "upload")
_FIRST_YEAR, _LAST_YEAR = 2000, 2199
_MOST_BYTES = 1 << 16
"""More than any sidecar has: whatever is in the inbox is a stranger's, and is not read to its end."""
_EXAMPLE = '{"received_at": "2020-05-21T16:42:00+08:00"}'


class EnvelopeError(ValueError):
    """A sidecar that cannot be understood; `str()` is why, in Chinese."""


# --- whose it is -------------------------------------------------------------------------------------------------


def is_sidecar(name: str) -> bool:
    """Whether a file of that name is a sidecar."""
    return name.lower().endswith(SIDECAR)


def sidecars(names: Iterable[str]) -> dict[str, str]:
    """Return, of the names in a folder, those of the files that have a sidecar, each with its sidecar's name.

    Some systems keep no letter case, and some take characters apart, so the nearest name counts: the very same, the same file's
    with another ending, and at last one that differs in case alone.
    """
    all_names = frozenset(names)
    loose = [name for name in sorted(all_names) if is_sidecar(name)]
    if not loose:
        return {}
    found = {name[: -len(SIDECAR)]: name for name in loose if name.endswith(SIDECAR) and name[: -len(SIDECAR)] in all_names}
    for name in loose:
        if name[: -len(SIDECAR)] in all_names:
            found.setdefault(name[: -len(SIDECAR)], name)
    alike = {_folded(name): name for name in sorted(all_names, reverse=True) if name not in found}
    for name in loose:
        owner = alike.get(_folded(name[: -len(SIDECAR)]))
        if owner is not None and name not in found.values():
            found.setdefault(owner, name)
    return found


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def beside(path: Path) -> Path:
    """Return where a file's sidecar is, or would be."""
    exact = path.with_name(path.name + SIDECAR)
    if exact.exists():
        return exact
    try:
        return path.with_name(sidecars(other.name for other in path.parent.iterdir()).get(path.name, exact.name))
    except OSError:
        return exact


# --- what it says ------------------------------------------------------------------------------------------------


def look(path: Path, sidecar: Path, zone: ZoneInfo) -> Envelope:
    """Return the envelope of a file that is there, with a sidecar at that path or none. Raises EnvelopeError or OSError."""
    written = text_of(sidecar)
    return read(written, zone) if written is not None else unwritten(path, path.stat(), zone)


def unwritten(path: Path, status: os.stat_result, zone: ZoneInfo) -> Envelope:
    """Return the envelope of a file without a sidecar: somebody put it into the inbox when the file system first saw it there."""
    return Envelope(_first_seen(path, status, zone))


def text_of(sidecar: Path) -> str | None:
    """Return the text of the sidecar at that path; None where there is none. Raises EnvelopeError or OSError."""
    try:
        return read_sidecar(sidecar)
    except FileNotFoundError:
        return None
    except storage.ChangedError as error:
        message = "不是普通文件，或正在变化"
        raise EnvelopeError(message) from error
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            return None  # no file beside it can have that name
        raise


def read_sidecar(path: Path) -> str:
    """Return the text of that sidecar. Raises EnvelopeError or OSError."""
    with storage.open_regular(path) as file:
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        message = "太大"
        raise EnvelopeError(message)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = "不是 UTF-8"
        raise EnvelopeError(message) from error


def read(written: str, zone: ZoneInfo) -> Envelope:
    """Return the envelope that a sidecar's text describes. Raises EnvelopeError."""
    fields = _object(written)
    received = _moment(fields)
    channel, sender, message_id = fields.get("channel", "folder"), fields.get("sender"), fields.get("message_id")
    if channel not in _CHANNELS or not isinstance(sender, str | None) or not isinstance(message_id, str | None):
        message = "channel、sender 或 message_id 有误"
        raise EnvelopeError(message)
    try:
        f"{sender}{message_id}".encode()
    except UnicodeEncodeError as error:  # half a surrogate pair is no text that can be kept
        message = "sender 或 message_id 里有半个字符"
        raise EnvelopeError(message) from error
    if not _FIRST_YEAR <= received.year <= _LAST_YEAR:
        message = f"received_at 的年份不对：{received.year}"
        raise EnvelopeError(message)
    if received.tzinfo is None:
        received = received.replace(tzinfo=zone)
    return Envelope(received, channel, sender and storable(sender), message_id and storable(message_id))


def names_other_bytes(written: str, sha256: str) -> bool | None:
    """Whether the sidecar names the SHA-256 of other bytes than these; None where it names none. Our own doors name it."""
    named = _object(written).get(SHA256)
    return named.lower() != sha256 if isinstance(named, str) else None


def _object(written: str) -> dict[str, Any]:
    try:
        fields = json.loads(written)
    except (ValueError, RecursionError) as error:
        message = "不是有效的 JSON"
        raise EnvelopeError(message) from error
    if not isinstance(fields, dict):
        message = f"不是一个 JSON 对象，应写成 {_EXAMPLE}"
        raise EnvelopeError(message)
    return fields


def _moment(fields: dict[str, Any]) -> datetime:
    value = fields.get("received_at")
    if value is None:
        message = f"没有写 received_at，应写成 {_EXAMPLE}"
        raise EnvelopeError(message)
    try:
        return datetime.fromisoformat(value)
    except (ValueError, TypeError) as error:
        shown = f"received_at 写的是“{shorten(storable(f'{value}'))}”，" if isinstance(value, str | int | float) else "received_at "
        message = f"{shown}不是能读的时间，应写成 {_EXAMPLE}"
        raise EnvelopeError(message) from error


def _first_seen(path: Path, status: os.stat_result, zone: ZoneInfo) -> datetime:
    """Return when the inbox's file system first saw the file."""
    return datetime.fromtimestamp(first_seen(path, status), zone)
