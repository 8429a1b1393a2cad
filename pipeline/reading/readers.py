"""Reads files in processes of their own, so that one that kills or stalls its reader costs itself alone.

A reader is a worker that runs `main` (`pipeline.reading.reader`). It is given bytes, opens nothing, and answers with transcripts or marked
workbooks. What comes back is JSON, text and bytes, never a pickle: the file is a stranger's.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from queue import Queue
from types import ModuleType
from typing import Any, Self, TypeVar, cast

from pipeline.disk import faults
from pipeline.reading import reading, worker
from pipeline.reading.confinement import Confinement
from pipeline.reading.reading import FileToRead, Transcript
from pipeline.reading.receipt_layout import Job, Obstacle, ReceiptLines, Why
from pipeline.reading.worker import Worker
from pipeline.settings.config import Settings
from pipeline.terms.text import on_screen

PROGRAM, _MARKING = worker.READER
"""The module that a reader process runs, and what it is started with where it is also to mark workbooks."""
FILES_PER_READER = 12
"""So many files are worth the start of one more reader."""
_TRIES = 2
"""Two deaths of readers over a file set it aside (docs/decisions/0003, "Attempts")."""
_MOST_ANSWERS = 200
"""After so many a reader gives way to a fresh one: it works within bounds of memory, and none of it comes back."""
_LARGE = 4 << 20
"""After a workbook of more bytes too, and at once: one with hundreds of thousands of rows takes a gigabyte that nobody else may need."""
_SIMILAR = 1 << 18
"""Files that differ by fewer bytes are read as they come, since they are filed in that order."""
_LONGEST_DETAIL = 100
"""Characters of what a reader says of an obstacle."""
_NOT_FOR_MARKING = ("numpy", "PIL", "lxml")
"""openpyxl would use what it finds: heavy, with threads of its own, and not the same everywhere."""


Answer = TypeVar("Answer")
Question = tuple[FileToRead | ReceiptLines, bytes]
"""What is to be done with these bytes: read them, or mark them with a receipt."""
Annotate = Callable[[bytes, ReceiptLines], bytes]


class Readers:
    """So many reader processes, started at once so that they are ready when the first file is.

    `marking`: whether they are also to mark workbooks, which takes them longer to come up.
    """

    def __init__(self, settings: Settings, files: int, *, marking: bool = True) -> None:
        self._settings, self._marking = settings, marking
        self._all = [_Reader(settings, marking=marking) for _ in range(_worth(files))]
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

    @property
    def not_shut(self) -> tuple[str, ...]:
        """What the system could not take away from a reader (`Confinement.lacking`), as far as one has come up."""
        return next((reader.confinement.lacking for reader in self._all if reader.confinement), ())

    def come_up(self) -> None:
        """Wait until a reader has come up. Raises WorkerError."""
        self._have(1)
        self._lent(_Reader.come_up)

    def transcribe(self, files: Sequence[FileToRead]) -> Iterator[Transcript]:
        """The transcript of each file, in their order; one that twice ends its reader is refused."""
        self._have(1 if files else 0)
        # Large ones are begun first: the day's assignment workbook takes seconds, and at the end one reader alone would be at work.
        order = sorted(range(len(files)), key=lambda at: -(files[at].size // _SIMILAR))
        begun = {at: self._threads.submit(self._transcribed, files[at]) for at in order}
        try:
            yield from (begun.pop(at).result() for at in range(len(files)))
        finally:
            for left in begun.values():
                left.cancel()

    def _transcribed(self, file: FileToRead) -> Transcript:
        return self._lent(lambda reader: reader.transcribe(file))

    def read(self, file: FileToRead, content: bytes) -> Transcript:
        """Return the transcript of a file whose bytes these are, wherever they came from."""
        self._have(1)
        return self._lent(lambda reader: reader.read(file, content))

    def prepare(self, files: int) -> None:
        """Have as many readers as so many files to mark are worth, which come up while something else goes on."""
        self._have(_worth(files))

    def rest(self) -> None:
        """Let their processes go until there is anything to do: something else needs the memory meanwhile. Waits for what they are at."""
        idle = [self._idle.get() for _reader in self._all]
        for reader in idle:
            reader.rest()
            self._idle.put(reader)

    def mark(self, jobs: Sequence[Job]) -> list[Future[bytes | Obstacle]]:
        """Each workbook with its marks, begun at once; or what stands in the way."""
        self._have(_worth(len(jobs)))
        return [self._threads.submit(self._marked, job) for job in jobs]

    def _marked(self, job: Job) -> bytes | Obstacle:
        return self._lent(lambda reader: reader.mark(job))

    def _have(self, count: int) -> None:
        """At least so many readers."""
        for _ in range(count - len(self._all)):
            self._all.append(_Reader(self._settings, marking=self._marking))
            self._idle.put(self._all[-1])

    def _lent(self, use: Callable[[_Reader], Answer]) -> Answer:
        reader = self._idle.get()
        try:
            return use(reader)
        finally:
            self._idle.put(reader)


def _worth(files: int) -> int:
    """So many readers are worth their start."""
    return min(os.cpu_count() or 1, -(-files // FILES_PER_READER))


def start_ahead(files: int) -> None:
    """Have as many readers come up as so many files are worth, also to mark them; `Readers` takes them over and tells them the settings."""
    worker.start_ahead(_worth(files), PROGRAM, _MARKING)


class _Reader:
    """One reader process, started again when it has died."""

    def __init__(self, settings: Settings, *, marking: bool) -> None:
        self._settings = settings
        self._worker = Worker(PROGRAM, settings, *([_MARKING] if marking else []))
        self._answered = 0

    @property
    def confinement(self) -> Confinement | None:
        """What the process gave away; None as long as it has not come up."""
        return self._worker.confinement

    def come_up(self) -> None:
        """Wait until the process has come up. Raises WorkerError."""
        self._worker.come_up()

    def transcribe(self, file: FileToRead) -> Transcript:
        """The transcript of a file, or its refusal where the reader does not come back with one."""
        try:
            content = reading.bytes_of(file, self._settings)
        except OSError as error:
            return self._failed_on(file, faults.places_of(error))
        return self.read(file, content)

    def read(self, file: FileToRead, content: bytes) -> Transcript:
        """Return the same, of a file whose bytes these are."""
        for _ in range(_TRIES):
            answer = self._ask(file, content)
            if answer is not None:
                return answer
        return Transcript(reading.refused("too-large/reader", file.envelope, self._settings), "[]")

    def mark(self, job: Job) -> bytes | Obstacle:
        """The workbook with its marks, or what stands in the way."""
        try:
            answer = self._exchange((job.receipt, job.path.read_bytes()))
        except OSError as error:
            return Obstacle(Why.UNKNOWN, type(error).__name__)
        if answer and answer[0].get("marked") is True:
            return answer[1]
        try:
            head = answer[0] if answer else {}
            return Obstacle(Why(head["why"]), on_screen(str(head["detail"]))[:_LONGEST_DETAIL])
        except (KeyError, ValueError):
            return Obstacle(Why.READER, str(self._settings.limits.seconds))

    def _ask(self, file: FileToRead, content: bytes) -> Transcript | None:
        """The reader's answer; None where it dies over it, takes too long, or answers what is none."""
        answer = self._exchange((file, content))
        try:
            if answer is None:
                return None
            verdict, rows = answer
            if "fault" in verdict:
                return self._failed_on(file, map(str, verdict["fault"]))
            json.loads(rows)  # a process that a stranger's file has damaged can answer anything: what is no JSON must not reach the ledger
            return Transcript.of(verdict, rows.decode())
        except (ValueError, KeyError, TypeError):
            return None

    def _failed_on(self, file: FileToRead, places: Iterable[str]) -> Transcript:
        """What is said of a file that the program itself failed on."""
        return Transcript(reading.refused("unreadable/ours", file.envelope, self._settings), "[]", tuple(places))

    def _exchange(self, question: Question) -> tuple[dict[str, Any], bytes] | None:
        """What the reader answers in two frames; None where it dies over it, takes too long, or does not answer in JSON."""
        if self._answered >= _MOST_ANSWERS:
            self._worker.again()
            self._answered = 0
        self._answered += 1
        frames = self._worker.ask(question, self._settings.limits.seconds)
        if frames is None:
            return None
        if len(question[1]) > _LARGE:
            self._worker.again()
        try:
            head, rows = frames
            verdict = json.loads(head)
        except ValueError:
            self._worker.again()
            return None
        return (verdict, rows) if isinstance(verdict, dict) else None

    def rest(self) -> None:
        """End the process until it is asked again."""
        self._worker.rest()

    def stop(self) -> None:
        """End the process."""
        self._worker.stop()


# --- the reader --------------------------------------------------------------------------------------------------


def main() -> None:
    """Answer until the pipe closes."""
    gc.set_threshold(100_000, 50, 50)  # looking for garbage among a workbook's many cells costs a fifth of the time (docs/decisions/0006)
    worker.serve(partial(_begin, import_marking() if _MARKING in sys.argv else None))


def _begin(annotate: Annotate | None, settings: Settings) -> tuple[int, int, Callable[[Question], Sequence[bytes]]]:
    _zone = settings.calendar.zone  # its table stands in a file

    def answer(question: Question) -> Sequence[bytes]:
        about, content = question
        head, rows = _answer(about, content, settings) if isinstance(about, FileToRead) else _mark(annotate, about, content)
        return json.dumps(head, ensure_ascii=False).encode(), rows if isinstance(rows, bytes) else rows.encode()

    return settings.limits.memory_megabytes << 20, settings.limits.seconds, answer


def import_marking() -> Annotate:
    """Import what marking takes; `annotate` of `marked_copy`."""
    for name in _NOT_FOR_MARKING:
        sys.modules.setdefault(name, cast("ModuleType", None))  # Python's own way to say that there is none
    from pipeline.reading.marking import marked_copy

    return marked_copy.annotate


def _mark(annotate: Annotate | None, receipt: ReceiptLines, content: bytes) -> tuple[dict[str, Any], bytes]:
    """The workbook with its marks; whatever a library trips over there is no fault of ours and none of the sender's."""
    try:
        return ({"marked": True}, annotate(content, receipt)) if annotate else ({"marked": False}, b"")
    except Exception as error:  # noqa: BLE001 - the list alone goes back
        obstacle = getattr(error, "obstacle", Obstacle(Why.UNKNOWN, type(error).__name__))
        return {"marked": False, "why": obstacle.why, "detail": obstacle.detail}, b""


def _answer(file: FileToRead, content: bytes, settings: Settings) -> tuple[dict[str, Any], str]:
    try:
        answer = reading.transcribe(file, content, settings)
    except MemoryError:
        answer = Transcript(reading.refused("too-large/reader", file.envelope, settings), "[]")
    except Exception as error:  # noqa: BLE001 - our own fault, which must not pass for the sender's
        return {"fault": faults.places_of(error)}, "[]"
    return answer.verdict(), answer.rows
