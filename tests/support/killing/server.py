"""Runs the program's command line again and again, each time in a fork of a process that has imported everything.

A job is one line of JSON on standard input: the arguments, the folder to stand in, a wrong order's name or null, whether it
is to be quick, a time zone or null, and the delays after which so many runs begin. The answer is one line with their ends.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any, Self

from killing import wrong
from killing.office import FEW_DOCUMENTS
from pipeline import cli
from pipeline.doors import mailbox, message_parts
from pipeline.doors.message_parts import Bounds, MessageParts
from pipeline.intake import desk, envelopes
from pipeline.night import nightly
from pipeline.reading import reading
from pipeline.reading.reading import FileToRead, Transcript
from pipeline.reading.receipt_layout import Job
from pipeline.render import documents
from pipeline.settings.config import Settings

FIRST_SEEN = datetime(2020, 5, 21, 15, 30, tzinfo=timezone(timedelta(hours=8)))
"""When files without a sidecar arrived: their true time would be that of the copy of the office."""


def main() -> None:
    """Answer jobs until the input ends."""
    warm_up()
    for line in sys.stdin:
        print(json.dumps(do(json.loads(line))), flush=True)


def warm_up() -> None:
    """Import what a run imports, so that no run spends its time on it."""
    documents._import_renderers()  # noqa: SLF001


def do(job: dict[str, Any]) -> list[int]:
    """Start one run for each of the job's delays; their exit statuses, or minus the signals that ended them."""
    children = []
    for number, delay in enumerate(job["delays"]):
        child = os.fork()
        if child == 0:
            time.sleep(delay)
            _run(job, number)
        children.append(child)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def _run(job: dict[str, Any], number: int) -> None:
    """The job, in a process group of its own; never returns."""
    os.setsid()
    os.chdir(job["folder"])
    for stream, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(f"{name}{number}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
    if job["zone"]:
        os.environ["TZ"] = job["zone"]
        time.tzset()
    patch(job["wrong"], quick=job["quick"])
    status = 70
    try:
        status = cli.main(job["arguments"])
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


class _ReadHere:
    """Reads in the run's own process: the readers change nothing on the disk, and starting them takes most of a run."""

    def __init__(self, settings: Settings, _files: int) -> None:
        self._settings = settings

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def transcribe(self, files: Iterable[FileToRead]) -> Iterator[Transcript]:
        """The transcript of each file, in their order."""
        return (reading.transcribe(file, reading.bytes_of(file, self._settings), self._settings) for file in files)

    @property
    def not_shut(self) -> tuple[str, ...]:
        return ()

    def prepare(self, _files: int) -> None:
        pass

    def mark(self, jobs: Sequence[Job]) -> list[Future[bytes | None]]:
        """None can be marked here, so that each receipt is its list alone."""
        answers: list[Future[bytes | None]] = [Future() for _ in jobs]
        for answer in answers:
            answer.set_result(None)
        return answers


class _OpenHere:
    """Takes messages apart in the run's own process, for the same reasons."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def take_apart(self, raw: bytes) -> MessageParts:
        """What is in the message."""
        return message_parts.open_(raw, self._bounds.limits)


def patch(order: str | None, *, quick: bool) -> None:
    """Fix what the copy of an office cannot keep, and put a wrong order in the place of the right one."""
    envelopes._first_seen = lambda _path, _status, zone: FIRST_SEEN.astimezone(zone)  # type: ignore[assignment] # noqa: SLF001
    if quick:
        desk.Readers = _ReadHere  # type: ignore[assignment,attr-defined]
        mailbox.MessageOpener = _OpenHere  # type: ignore[assignment,attr-defined]
        nightly.run = partial(nightly.run, documents=FEW_DOCUMENTS)
    if order:
        orders: dict[str, Callable[[], None]] = {**wrong.ORDERS, **wrong.FETCHING, **wrong.SENDING}
        orders[order]()


if __name__ == "__main__":
    main()
