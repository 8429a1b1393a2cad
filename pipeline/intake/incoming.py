"""What waits in the inbox for the next run: whose it is, since when, and the report of which day it will be. Nothing is taken in."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.intake import envelopes, inbox
from pipeline.reading.readers import Readers
from pipeline.reading.reading import Task
from pipeline.settings.config import Settings
from pipeline.terms.handed_in import Envelope
from pipeline.terms.text import mask

_Key = tuple[str, int, int, Envelope]
_Told = tuple[str, str]
"""District and day of a report that the next run will accept; two empty ones for what it will refuse."""
_NOTHING: _Told = ("", "")
_CHANNELS = {"folder": "文件夹", "email": "邮件", "upload": "网页上传"}
Known = MutableMapping[_Key, _Told]
"""What was read before, for a look that is taken again and again."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that waits."""

    name: str
    """Masked, without its folder."""
    district: str
    """By what it says where that counts, else by its sender; '' where neither tells."""
    channel: str
    received_at: datetime | None
    """None where its envelope cannot be read."""
    number: str
    """The receipt number of an upload; '' for anything else."""
    day: str
    """The day, ISO, for which it will count as the district's report; '' where it will be refused whole, or left lying."""

    @property
    def told(self) -> str:
        """Whose it is, how and when it came, and for which day it will count: the words beside its name."""
        at = f"{self.received_at:%m-%d %H:%M}" if self.received_at else ""
        counts = f"{self.day} 的日报" if self.day else "不能算报送，收取时说明原因"
        return " ".join(part for part in (self.district or "不知旗区", _CHANNELS[self.channel], at, self.number, counts) if part)


def look(settings: Settings, readers: Readers | None = None, known: Known | None = None) -> tuple[Incoming, ...]:
    """The reports that wait, in the order of their arrival; each is read as the night's run will, with its own envelope.

    What no district may send is not even opened: it will be refused whatever it says.
    """
    known = {} if known is None else known
    several = list(_lying(settings))
    keys = {key for _path, _name, key in several if key}
    for gone in [key for key in known if key not in keys]:
        del known[gone]
    known.update(_read([(path, key) for path, _name, key in several if key and key not in known], settings, readers))
    found = [_incoming(name, key, known[key] if key else _NOTHING, settings) for _path, name, key in several]
    return tuple(sorted(found, key=lambda one: (one.received_at is None, one.received_at and one.received_at.timestamp(), one.name)))


def _lying(settings: Settings) -> Iterator[tuple[Path, str, _Key | None]]:
    """Each file, its name, and what tells it from any other that lay or will lie there; None where the envelope cannot be read."""
    for path, shown in inbox.reports(settings.paths.inbox):
        name = mask(shown.rpartition("/")[2])
        try:
            status, envelope = path.stat(), envelopes.look(path, settings.calendar.zone)
            yield path, name, (shown, status.st_size, status.st_mtime_ns, envelope)
        except FileNotFoundError:
            continue  # taken in since
        except (OSError, envelopes.EnvelopeError):
            yield path, name, None


def _read(several: list[tuple[Path, _Key]], settings: Settings, readers: Readers | None) -> dict[_Key, _Told]:
    told = {key: _NOTHING for _path, key in several}
    worth = [(path, key) for path, key in several if any(one.accepts(key[3]) for one in settings.districts)]
    if not worth:
        return told
    tasks = [Task(path, size, envelope, is_assignment=False) for path, (_relative, size, _time, envelope) in worth]
    with nullcontext(readers) if readers else Readers(settings, len(tasks)) as lent:
        for (_path, key), one in zip(worth, lent.transcribe(tasks), strict=True):
            if one.reading.accepted:
                told[key] = one.reading.district, one.reading.day.isoformat()
    return told


def _incoming(name: str, key: _Key | None, told: _Told, settings: Settings) -> Incoming:
    if key is None:
        return Incoming(name, "", "folder", None, "", "")
    envelope, (district, day) = key[3], told
    received = envelope.received_at.astimezone(settings.calendar.zone)
    number = envelope.message_id or "" if envelope.channel == "upload" else ""
    return Incoming(name, district or _by_sender(envelope, settings), envelope.channel, received, number, day)


def _by_sender(envelope: Envelope, settings: Settings) -> str:
    """The one district that this sender may report for; whoever laid a file into the folder is not known."""
    if envelope.channel == "folder":
        return ""
    allowed = [one.name for one in settings.districts if one.accepts(envelope)]
    return allowed[0] if len(allowed) == 1 else ""
