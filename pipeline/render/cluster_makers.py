"""A large day's documents made by a cluster's workers (`engine: {dask: …}`): the night's part, and what a worker does.

Only workers that would write the same bytes are given any: the same program and templates, the same packages that documents are made with.
A worker imports nothing of Dask here. Covered by tests/render/test_makers.py.
"""

from __future__ import annotations

import hashlib
import pickle
import tempfile
import threading
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Final

from pipeline import HOME
from pipeline.reading import cluster_worker
from pipeline.reading.cluster import Cluster, Trade
from pipeline.render.jobs import Job, Made, Place
from pipeline.settings.config import Settings

_MADE_WITH: Final = ("XlsxWriter", "Jinja2", "MarkupSafe", "lxml")
"""Packages of others that can change a document's bytes."""
_PATIENCE: Final = 300.0
"""Seconds after which a job that has not come back never will: a unit's documents take less than one."""


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a worker has to know of the day."""

    settings: Settings
    templates: dict[str, bytes]
    """The office's templates by their files' names."""

    @classmethod
    def of(cls, place: Place) -> Greeting:
        """Return what documents need of the settings, and nothing of mail, pages and ledger."""
        # Word and editors leave lock files and hidden ones beside a template that somebody has open
        files = sorted(path for path in place.templates.iterdir() if path.is_file() and not path.name.startswith(("~$", ".")))
        return cls(cluster_worker.without_secrets(place.settings), {path.name: path.read_bytes() for path in files})


class OnCluster:
    """The workers of a cluster that make documents."""

    def __init__(self, address: str, place: Place) -> None:
        self._cluster = Cluster(address, Greeting.of(place), _PATIENCE, Trade(identity, come_up))

    @property
    def remarks(self) -> list[str]:
        """What the office should know of it."""
        return self._cluster.remarks

    def each(self, jobs: Iterator[Job]) -> Iterator[tuple[Job, Made | None]]:
        """Go through the jobs in their order, each with what it made; None where no worker has brought it back.

        Where the cluster is lost, what was not begun stays in `jobs`.
        """
        return self._cluster.each(make, self._while_there(jobs))

    def _while_there(self, jobs: Iterable[Job]) -> Iterator[Job]:
        while self._cluster.is_there and (job := next(iter(jobs), None)) is not None:
            yield job

    def close(self) -> None:
        """Let go of it."""
        self._cluster.close()


# --- in a worker -------------------------------------------------------------------------------------------------


def identity() -> dict[str, str]:
    """Return what decides the bytes of a document here."""
    originals = hashlib.sha256()
    for path in sorted(path for path in (HOME / "templates").rglob("*") if path.is_file() and path.parent.name != "__pycache__"):
        originals.update(f"{path.relative_to(HOME).as_posix()}\n".encode() + path.read_bytes())
    packages = {name: metadata.version(name) for name in _MADE_WITH}
    return {**cluster_worker.identity(), **packages, "zlib": zlib.ZLIB_RUNTIME_VERSION, "自带版式": originals.hexdigest()[:12]}


def come_up(greeting: bytes, _threads: int) -> tuple[str, ...]:
    """Have ready what documents are made with."""
    _place(greeting)
    return ()


def make(greeting: bytes, _threads: int, job: Job) -> Made:
    """Do the job."""
    return job.made(_place(greeting))


@dataclass(frozen=True, slots=True)
class _Day:
    """A day whose documents this worker makes."""

    place: Place
    folder: tempfile.TemporaryDirectory[str]
    """Where the office's templates lie as long as the worker runs."""

    @classmethod
    def of(cls, greeting: Greeting) -> _Day:
        folder = tempfile.TemporaryDirectory(prefix="templates-")
        for name, content in greeting.templates.items():
            (Path(folder.name) / name).write_bytes(content)
        return cls(Place(greeting.settings, Path(folder.name)), folder)


@dataclass(slots=True)
class _Days:
    """In a worker, which is a process of its own: the day that it has heard of last, by what was said."""

    said: bytes = b""
    day: _Day | None = None
    hearing: threading.Lock = field(default_factory=threading.Lock)


_days = _Days()


def _place(greeting: bytes) -> Place:
    with _days.hearing:
        if _days.day is None or _days.said != greeting:
            _days.said, _days.day = greeting, _Day.of(pickle.loads(greeting))  # noqa: S301 - from the night, which can have this worker do anything as it is
        return _days.day.place
