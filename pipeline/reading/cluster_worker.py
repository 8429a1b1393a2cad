"""What a cluster's worker does for the night: it says what it is, and reads workbooks in confined readers of its own.

A worker imports nothing of Dask here. Whether it is of the night's version is asked with plain words, before anything of ours is sent.
Covered by tests/reading/test_engines.py.
"""

from __future__ import annotations

import hashlib
import json
import pickle
import platform
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from typing import Final

from pipeline import HOME, __version__
from pipeline.disk.originals import Originals
from pipeline.reading import reading
from pipeline.reading.readers import FILES_PER_READER, Readers
from pipeline.reading.reading import FileToRead
from pipeline.reading.worker import WorkerError
from pipeline.settings.config import Settings

_IDLE: Final = 120.0
"""Seconds without work after which a worker ends its readers: a night that was killed takes no leave."""
_JUDGING: Final = ("python-calamine", "pydantic", "chinesecalendar", "tzdata")
"""Packages of others that can change what a workbook says."""

ToRead = tuple[FileToRead, bytes | None]
"""A file, and its bytes where they are sent."""
ReadThere = tuple[str, str, tuple[str, ...]]
"""A transcript as it travels: the reading in JSON, its rows as they are filed, where the program failed."""


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a worker has to know of the night."""

    settings: Settings
    originals: Originals

    @classmethod
    def of(cls, settings: Settings) -> Greeting:
        """Return what readers need of the settings, and nothing of mail, pages and ledger."""
        return cls(without_secrets(settings), Originals(*settings.paths.originals))


def without_secrets(settings: Settings) -> Settings:
    """Return the settings without what no worker needs: mail, pages and ledger."""
    return settings.model_copy(update={"outgoing_mail": None, "mailboxes": (), "upload": None, "ledger": None})


class NotConfinedError(WorkerError):
    """This worker's system cannot shut its readers in."""


# --- what the night asks -----------------------------------------------------------------------------------------


def identity() -> dict[str, str]:
    """Return what decides what comes out here: the program, its files, Python, and packages of others."""
    files = hashlib.sha256()
    for path in sorted((HOME / "pipeline").rglob("*.py")):
        files.update(f"{path.relative_to(HOME).as_posix()}\n".encode() + path.read_bytes().replace(b"\r\n", b"\n"))
    packages = {name: metadata.version(name) for name in _JUDGING}
    return {"本程序": __version__, "程序文件": files.hexdigest()[:12], "Python": platform.python_version(), **packages}


def come_up(greeting: bytes, threads: int) -> tuple[str, ...]:
    """Have as many readers ready as jobs can come at once; return what the system cannot take away from them."""
    try:
        with _readers(greeting, threads):
            return ()
    except NotConfinedError as error:
        return tuple(error.args)


def sees(greeting: bytes, sha256: str) -> bool:
    """Return whether this worker finds that original where the night keeps it."""
    try:
        return _greeting(greeting).originals.read(sha256) is not None
    except Exception:  # noqa: BLE001 - no driver, no right, no way there: the bytes are sent
        return False


def read(greeting: bytes, threads: int, files: Sequence[ToRead]) -> list[ReadThere]:
    """Read these files. Raises NotConfinedError, and LookupError where the bytes of one are neither sent nor found."""
    transcripts = []
    with _readers(greeting, threads) as readers:
        for file, sent in files:
            content = _found(file, _greeting(greeting)) if sent is None else sent
            transcript = readers.read(file, content)
            verdict = json.dumps(transcript.verdict(), ensure_ascii=False)
            transcripts.append((verdict, transcript.rows, transcript.fault))
    return transcripts


def _found(file: FileToRead, greeting: Greeting) -> bytes:
    """Return the bytes of an original, whose path has the name of its SHA-256; none of one over the limit, which is not opened."""
    if file.size > reading.limits(greeting.settings).file_bytes:
        return b""
    content = greeting.originals.read(file.path.name)
    if content is None:
        raise LookupError(file.path.name)
    return content


# --- the readers of this worker ----------------------------------------------------------------------------------


class _Night:
    """A night for which this worker works, and its readers."""

    def __init__(self, name: str, greeting: bytes) -> None:
        self._name = name
        self.greeting: Greeting = pickle.loads(greeting)  # noqa: S301 - from the night, which can have this worker do anything as it is
        self._changing = threading.Lock()
        self._readers: Readers | None = None
        self._working = 0
        self._clock: threading.Timer | None = None

    @contextmanager
    def readers(self, threads: int) -> Iterator[Readers]:
        """Lend the readers, shut in; raises NotConfinedError where they are not."""
        with self._changing:
            self._working += 1
            if self._clock:
                self._clock.cancel()
            self._readers = self._readers or Readers(self.greeting.settings, threads * FILES_PER_READER, marking=False)
            readers = self._readers
        try:
            readers.come_up()
            if readers.not_shut:
                raise NotConfinedError(*readers.not_shut)
            yield readers
        finally:
            with self._changing:
                self._working -= 1
                self._clock = threading.Timer(_IDLE, self._end)
                self._clock.daemon = True
                self._clock.start()

    def _end(self) -> None:
        with self._changing:
            if not self._working and self._readers:
                self._readers.__exit__()
                self._readers = None
                _nights.pop(self._name, None)


_nights: dict[str, _Night] = {}
"""In a worker, which is a process of its own: the nights that it has heard of, by what they said."""
_hearing = threading.Lock()


def _night(greeting: bytes) -> _Night:
    name = hashlib.sha256(greeting).hexdigest()
    with _hearing:
        if name not in _nights:
            _nights[name] = _Night(name, greeting)
        return _nights[name]


def _greeting(greeting: bytes) -> Greeting:
    return _night(greeting).greeting


@contextmanager
def _readers(greeting: bytes, threads: int) -> Iterator[Readers]:
    with _night(greeting).readers(threads) as readers:
        yield readers
