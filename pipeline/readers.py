"""Reads files in processes of their own, so that one that kills or stalls its reader costs itself alone.

A reader is this module run as `python -m pipeline.readers`. It hears tasks and answers with transcripts, each a frame:
its length in eight bytes, then its bytes. What comes back is JSON and text, never a pickle: the file is a stranger's.
"""

from __future__ import annotations

import gc
import json
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from queue import Queue
from typing import IO, Any, Self

from pipeline import confinement, faults, reading
from pipeline.contract import Severity
from pipeline.findings import Finding
from pipeline.model import Reading
from pipeline.reading import Task, Transcript
from pipeline.settings import Settings

_FILES_PER_READER = 6
"""So many files are worth the start of one more reader."""
_TRIES = 2
_GRACE = 5
"""Seconds after which a reader ends itself where nobody is left to do it."""


class Readers:
    """So many reader processes, started at once so that they are ready when the first file is."""

    def __init__(self, settings: Settings, files: int) -> None:
        count = min(os.cpu_count() or 1, -(-files // _FILES_PER_READER))
        self._settings = settings
        self._all = [_Reader(settings) for _ in range(count)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for one in self._all:
            one.stop()

    def transcribe(self, tasks: Sequence[Task]) -> Iterator[Transcript]:
        """The transcript of each file, in the order of the tasks; one that twice ends its reader is refused."""
        if tasks and not self._all:
            self._all = [_Reader(self._settings)]
        idle: Queue[_Reader] = Queue()
        for one in self._all:
            idle.put(one)

        def transcribe(task: Task) -> Transcript:
            reader = idle.get()
            try:
                return reader.transcribe(task)
            finally:
                idle.put(reader)

        with ThreadPoolExecutor(max(1, len(self._all))) as threads:
            yield from threads.map(transcribe, tasks)


class _Reader:
    """One reader process, started again when it has died."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        home = Path(__file__).resolve().parent.parent
        environment = {**os.environ, "PYTHONPATH": str(home), "PYTHONIOENCODING": "utf-8"}
        process = subprocess.Popen(
            [sys.executable, "-m", "pipeline.readers"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a dying library's last words; our own faults come back as answers
            env=environment,
        )
        _send(process.stdin, pickle.dumps(self._settings))
        return process

    def transcribe(self, task: Task) -> Transcript:
        """The transcript of a file, or its refusal where the reader does not come back with one."""
        for _ in range(_TRIES):
            answer = self._ask(task)
            if answer is not None:
                return answer
            self.stop()
            self._process = self._start()
        return Transcript(reading.refused("too-large/reader", task.envelope, self._settings), "[]")

    def _ask(self, task: Task) -> Transcript | None:
        clock = threading.Timer(self._settings.limits.seconds, self._process.kill)
        clock.start()
        try:
            _send(self._process.stdin, pickle.dumps(task))
            head, rows = _receive(self._process.stdout), _receive(self._process.stdout)
        except (EOFError, OSError):
            return None
        finally:
            clock.cancel()
        said = json.loads(head)
        if "fault" in said:
            refused = reading.refused("unreadable/ours", task.envelope, self._settings)
            return Transcript(refused, "[]", tuple(said["fault"]))
        return Transcript(_reading(said), rows.decode())

    def stop(self) -> None:
        """End the process."""
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                if pipe:
                    pipe.close()
        self._process.kill()
        self._process.wait()


def _reading(said: dict[str, Any]) -> Reading:
    findings = tuple(Finding(**{**one, "severity": Severity(one["severity"])}) for one in said["findings"])
    return Reading(said["accepted"], said["day"], said["district"], said["cover"], (), findings)


# --- the pipes ---------------------------------------------------------------------------------------------------


def _send(pipe: IO[bytes] | None, content: bytes) -> None:
    if pipe:
        with suppress(BrokenPipeError):  # the reader has died; asking it for an answer will tell
            pipe.write(len(content).to_bytes(8, "big") + content)
            pipe.flush()


def _receive(pipe: IO[bytes] | None) -> bytes:
    length = _exactly(pipe, 8)
    return _exactly(pipe, int.from_bytes(length, "big"))


def _exactly(pipe: IO[bytes] | None, count: int) -> bytes:
    content = pipe.read(count) if pipe else b""
    if len(content) < count:
        raise EOFError
    return content


# --- the reader --------------------------------------------------------------------------------------------------


def main() -> None:
    """Answer tasks until the pipe closes."""
    gc.set_threshold(100_000, 50, 50)
    hears, answers = sys.stdin.buffer, sys.stdout.buffer
    settings: Settings = pickle.loads(_receive(hears))  # noqa: S301 - from the process that started this one
    confinement.confine(settings.limits.memory_megabytes << 20)
    while True:
        try:
            task: Task = pickle.loads(_receive(hears))  # noqa: S301 - likewise
        except EOFError:
            return
        confinement.set_alarm(settings.limits.seconds + _GRACE)
        head, rows = _answer(task, settings)
        confinement.set_alarm(0)
        _send(answers, json.dumps(head, ensure_ascii=False).encode())
        _send(answers, rows.encode())


def _answer(task: Task, settings: Settings) -> tuple[dict[str, Any], str]:
    try:
        answer = reading.transcribe(task, settings)
    except MemoryError:
        answer = Transcript(reading.refused("too-large/reader", task.envelope, settings), "[]")
    except Exception as error:  # noqa: BLE001 - our own fault, which must not pass for the sender's
        return {"fault": faults.frames(error)}, "[]"
    return asdict(answer.reading), answer.rows


if __name__ == "__main__":
    main()
