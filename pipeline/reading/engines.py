"""Where files are read: by this computer's readers, or by those of a cluster's workers (`engine` in config.yaml).

An engine has one duty: the same transcripts come back, in the order of the files, wherever they were read.
Covered by tests/reading/test_engines.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Final, Protocol

from pipeline.reading.readers import Readers
from pipeline.reading.reading import FileToRead, Transcript
from pipeline.settings.config import Settings

_WORTH: Final = 32
"""With fewer files no cluster is asked: connecting takes longer than reading them (docs/decisions/0042-engines.md)."""


class Engine(Protocol):
    """Reads files."""

    @property
    def remarks(self) -> Sequence[str]:
        """What the office should know of it."""

    def transcribe(self, files: Sequence[FileToRead]) -> Iterator[Transcript]:
        """Go through the transcript of each file, in their order. A file's path has the name of its SHA-256."""


class Local:
    """This computer's readers."""

    remarks: Sequence[str] = ()

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    def transcribe(self, files: Sequence[FileToRead]) -> Iterator[Transcript]:
        """Go through the transcript of each file, in their order."""
        return self._readers.transcribe(files)


def readers_at_once(settings: Settings, files: int) -> int:
    """Return for how many files this computer's readers are started at once: for none where a cluster reads them."""
    return files if settings.engine is None or files < _WORTH else 0


@contextmanager
def opened(settings: Settings, readers: Readers, files: int) -> Iterator[Engine]:
    """Open the engine that the settings name, for about so many files; `readers` are this computer's."""
    if settings.engine is None or files < _WORTH:
        yield Local(readers)
        return
    from pipeline.reading.on_cluster import OnCluster

    with closing(OnCluster(settings, settings.engine.dask, readers)) as engine:
        yield engine
