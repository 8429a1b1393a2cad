"""Reads files in processes of their own, so that one that kills or stalls its reader costs itself alone.

A reader is a worker that runs this module. It hears of files and answers with transcripts or marked workbooks. What comes
back is JSON, text and bytes, never a pickle: the file is a stranger's.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Queue
from types import ModuleType
from typing import Any, Self, TypeVar, cast

from pipeline.disk import faults
from pipeline.reading import reading, worker
from pipeline.reading.reading import FileToRead, Transcript
from pipeline.reading.receipt_layout import Job, Obstacle, Why
from pipeline.reading.worker import Worker
from pipeline.settings.config import Settings
from pipeline.terms.handed_in import Reading
from pipeline.terms.text import on_screen

PROGRAM = "pipeline.reading.readers"
"""The module that a reader process runs."""
_FILES_PER_READER = 6
"""So many files are worth the start of one more reader."""
_TRIES = 2
"""Two deaths of readers over a file set it aside (docs/decisions/0003, "Attempts")."""
_MOST_ANSWERS = 200
"""After so many a reader gives way to a fresh one: it works within bounds of memory, and none of it comes back."""
_LONGEST_DETAIL = 100
"""Characters of what a reader says of an obstacle."""
_PREPARE = "prepare"


Answer = TypeVar("Answer")


class Readers:
    """So many reader processes, started at once so that they are ready when the first file is."""

    def __init__(self, settings: Settings, files: int) -> None:
        self._settings = settings
        self._all = [_Reader(settings) for _ in range(_worth(files))]
        self._idle: Queue[_Reader] = Queue()
        for reader in self._all:
            self._idle.put(reader)
        self._threads = ThreadPoolExecutor(os.cpu_count() or 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._threads.shutdown(cancel_futures=True)
        for reader in self._all:
            reader.stop()

    def transcribe(self, files: Sequence[FileToRead]) -> Iterator[Transcript]:
        """The transcript of each file, in their order; one that twice ends its reader is refused."""
        self._have(1 if files else 0)
        yield from self._threads.map(lambda file: self._lent(lambda reader: reader.transcribe(file)), files)

    def prepare(self, files: int) -> None:
        """Have readers ready that can mark so many files, while something else goes on."""
        self._have(_worth(files))
        for _ in range(min(files, len(self._all))):
            self._threads.submit(self._lent, _Reader.prepare)

    def mark(self, jobs: Sequence[Job]) -> list[Future[bytes | Obstacle]]:
        """Each workbook with its marks, begun at once; or what stands in the way."""
        self._have(_worth(len(jobs)))
        return [self._threads.submit(self._marked, job) for job in jobs]

    def _marked(self, job: Job) -> bytes | Obstacle:
        return self._lent(lambda reader: reader.mark(job))

    def _have(self, count: int) -> None:
        """At least so many readers."""
        for _ in range(count - len(self._all)):
            self._all.append(_Reader(self._settings))
            self._idle.put(self._all[-1])

    def _lent(self, use: Callable[[_Reader], Answer]) -> Answer:
        reader = self._idle.get()
        try:
            return use(reader)
        finally:
            self._idle.put(reader)


def _worth(files: int) -> int:
    """So many readers are worth their start."""
    return min(os.cpu_count() or 1, -(-files // _FILES_PER_READER))


class _Reader:
    """One reader process, started again when it has died."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._worker = Worker(PROGRAM, settings)
        self._answered = 0

    def transcribe(self, file: FileToRead) -> Transcript:
        """The transcript of a file, or its refusal where the reader does not come back with one."""
        for _ in range(_TRIES):
            answer = self._ask(file)
            if answer is not None:
                return answer
        return Transcript(reading.refused("too-large/reader", file.envelope, self._settings), "[]")

    def prepare(self) -> None:
        """Have what marking needs at hand."""
        self._exchange(_PREPARE)

    def mark(self, job: Job) -> bytes | Obstacle:
        """The workbook with its marks, or what stands in the way."""
        answer = self._exchange(job)
        if answer and answer[0].get("marked") is True:
            return answer[1]
        try:
            head = answer[0] if answer else {}
            return Obstacle(Why(head["why"]), on_screen(str(head["detail"]))[:_LONGEST_DETAIL])
        except (KeyError, ValueError):
            return Obstacle(Why.READER, str(self._settings.limits.seconds))

    def _ask(self, file: FileToRead) -> Transcript | None:
        """The reader's answer; None where it dies over it, takes too long, or answers what is none."""
        answer = self._exchange(file)
        try:
            if answer is None:
                return None
            verdict, rows = answer
            if "fault" in verdict:
                refused = reading.refused("unreadable/ours", file.envelope, self._settings)
                return Transcript(refused, "[]", tuple(map(str, verdict["fault"])))
            json.loads(rows)  # a process that a stranger's file has damaged can answer anything: what is no JSON must not reach the ledger
            return Transcript(Reading.from_json(verdict), rows.decode())
        except (ValueError, KeyError, TypeError):
            return None

    def _exchange(self, question: FileToRead | Job | str) -> tuple[dict[str, Any], bytes] | None:
        """What the reader answers in two frames; None where it dies over it, takes too long, or does not answer in JSON."""
        if self._answered >= _MOST_ANSWERS:
            self._worker.again()
            self._answered = 0
        self._answered += 1
        frames = self._worker.ask(question, self._settings.limits.seconds)
        if frames is None:
            return None
        try:
            head, rows = frames
            verdict = json.loads(head)
        except ValueError:
            self._worker.again()
            return None
        return (verdict, rows) if isinstance(verdict, dict) else None

    def stop(self) -> None:
        """End the process."""
        self._worker.stop()


# --- the reader --------------------------------------------------------------------------------------------------


def main() -> None:
    """Answer until the pipe closes."""
    gc.set_threshold(100_000, 50, 50)  # looking for garbage among a workbook's many cells costs a fifth of the time (docs/decisions/0006)
    worker.serve(_begin)


def _begin(settings: Settings) -> tuple[int, int, Callable[[FileToRead | Job | str], Sequence[bytes]]]:
    def answer(question: FileToRead | Job | str) -> Sequence[bytes]:
        head, rows = _answer(question, settings) if isinstance(question, FileToRead) else _mark(question)
        return json.dumps(head, ensure_ascii=False).encode(), rows if isinstance(rows, bytes) else rows.encode()

    return settings.limits.memory_megabytes << 20, settings.limits.seconds, answer


def _mark(job: Job | str) -> tuple[dict[str, Any], bytes]:
    """The workbook with its marks; whatever a library trips over there is no fault of ours and none of the sender's."""
    for name in ("numpy", "PIL", "lxml"):  # openpyxl would use what it finds: heavy, with threads of its own, and not the same everywhere
        sys.modules.setdefault(name, cast("ModuleType", None))  # Python's own way to say that there is none
    try:
        from pipeline.reading.marking import marked_copy

        return ({"marked": True}, marked_copy.annotate(job)) if isinstance(job, Job) else ({}, b"")
    except Exception as error:  # noqa: BLE001 - the list alone goes back
        obstacle = getattr(error, "obstacle", Obstacle(Why.UNKNOWN, type(error).__name__))
        return {"marked": False, "why": obstacle.why, "detail": obstacle.detail}, b""


def _answer(file: FileToRead, settings: Settings) -> tuple[dict[str, Any], str]:
    try:
        answer = reading.transcribe(file, settings)
    except MemoryError:
        answer = Transcript(reading.refused("too-large/reader", file.envelope, settings), "[]")
    except Exception as error:  # noqa: BLE001 - our own fault, which must not pass for the sender's
        return {"fault": faults.places_of(error)}, "[]"
    return answer.reading.as_json(), answer.rows


if __name__ == "__main__":
    main()
