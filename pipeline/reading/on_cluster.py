"""The readers of a cluster's workers (`engine: {dask: …}`); this computer's for what they do not bring back.

Covered by tests/reading/test_engines.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Final

from pipeline.reading import cluster_worker, reading
from pipeline.reading.cluster import Cluster
from pipeline.reading.cluster_worker import Greeting, ReadThere, ToRead
from pipeline.reading.readers import Readers
from pipeline.reading.reading import FileToRead, Transcript
from pipeline.settings.config import Settings

_FILES: Final = 8
"""Files in a job,"""
_BYTES: Final = 4 << 20
"""and after so many bytes no further one."""
_COMING_UP: Final = 60.0
"""Seconds that a worker may need beside reading."""


class OnCluster:
    """The readers of a cluster's workers; this computer's for what they do not bring back."""

    def __init__(self, settings: Settings, address: str, readers: Readers) -> None:
        self._settings, self._readers = settings, readers
        self._thread = ThreadPoolExecutor(1)
        patience = _COMING_UP + 2 * _FILES * settings.limits.seconds
        self._connecting: Future[Cluster] = self._thread.submit(Cluster, address, Greeting.of(settings), patience)

    @property
    def remarks(self) -> Sequence[str]:
        """What the office should know of it."""
        return self._cluster.remarks

    @property
    def _cluster(self) -> Cluster:
        return self._connecting.result()

    def close(self) -> None:
        """Let go of the cluster."""
        self._cluster.close()
        self._thread.shutdown()

    def transcribe(self, files: Sequence[FileToRead]) -> Iterator[Transcript]:
        """Go through the transcript of each file, in their order."""
        if len(files) <= _FILES or not self._cluster.is_there:
            yield from self._readers.transcribe(files)
            return
        finds = self._cluster.ask(cluster_worker.sees, files[0].path.name)
        sends = not all(found is True for found in finds)
        left = len(files)
        for job, read in self._cluster.each(cluster_worker.read, (self._packed(job, sends=sends) for job in _jobs(files))):
            transcripts: Iterable[Transcript] = _transcripts(read)
            if read is None or len(read) != len(job) or not transcripts:
                self._readers.prepare(left)
                transcripts = self._readers.transcribe([file for file, _sent in job])
            yield from transcripts
            left -= len(job)

    def _packed(self, job: list[FileToRead], *, sends: bool) -> list[ToRead]:
        return [(file, self._bytes_of(file) if sends else None) for file in job]

    def _bytes_of(self, file: FileToRead) -> bytes | None:
        with suppress(OSError):  # the worker does not find it either, and it comes back here, where that is told
            return reading.bytes_of(file, self._settings)
        return None


def _jobs(files: Sequence[FileToRead]) -> Iterator[list[FileToRead]]:
    """Part the files into jobs, in their order."""
    job, size = list[FileToRead](), 0
    for file in files:
        if job and (len(job) == _FILES or size >= _BYTES):
            yield job
            job, size = [], 0
        job.append(file)
        size += file.size
    if job:
        yield job


def _transcripts(read: list[ReadThere] | None) -> list[Transcript]:
    """Return what a worker has read; nothing where that is no transcript of each."""
    try:
        return [Transcript.of(json.loads(verdict), rows, tuple(fault)) for verdict, rows, fault in read or ()]
    except (ValueError, KeyError, TypeError):
        return []
