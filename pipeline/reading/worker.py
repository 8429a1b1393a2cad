"""A process of its own that answers questions about strangers' files: one that dies or stalls over a question costs that question alone.

Question and answer go over pipes as frames: the length in eight bytes, then the bytes. An answer is the number of its frames, and these.
A process can be started ahead, before anybody knows what it will be told: its imports then go on beside those of the run.
"""

from __future__ import annotations

import atexit
import encodings
import json
import pickle
import pkgutil
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from importlib import import_module
from typing import IO, Any, Final

from pipeline import HOME
from pipeline.disk import own_code
from pipeline.reading import confinement
from pipeline.reading.confinement import Confinement
from pipeline.terms.errors import PipelineError

_LONGEST_FRAME = 1 << 30
"""Bytes. An answer comes from a process that a stranger's file may have damaged: what claims more is none."""
_MOST_FRAMES = 1 << 16
READER: Final = ("pipeline.reading.reader", "marking")
"""The module that reads files, and what it is started with where it is also to mark them: told here, where nothing heavy is imported."""
_GRACE = 5
"""Seconds after which a worker ends itself where nobody is left to do it."""


class WorkerError(PipelineError):
    """No such process can be started."""


_STARTS: Final = 3
"""So often a process is started that a signal ends before it has come up, as a system short of memory does."""
_KEPT: Final = "没有读完。收下的文件都在存档里，一个也没有丢；"
_NO_START: Final = f"读取文件的进程启动不了，{_KEPT}请检查 Python 环境是否完整，或重新安装，再运行一次 python run.py，就会接着读。"
_KILLED: Final = (
    f"读取文件的进程刚启动就被系统结束（试了 {_STARTS} 次），{_KEPT}多半是内存不够：请关掉别的程序，再运行一次 python run.py，就会接着读。"
)


class Worker:
    """One process that runs a module, started again when it has died. `greeting` is the first thing that is sent to it.

    `arguments`: what it can be told before, since it decides what is imported.
    """

    def __init__(self, module: str, greeting: object, *arguments: str) -> None:
        self._program = (module, *arguments)
        self._greeting = pickle.dumps(greeting)
        self.confinement: Confinement | None = None
        """What the process gave away; None as long as it has not come up."""
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        process = _taken_over(self._program) or _begun(self._program)
        self._is_ready = self._rests = False
        _send(process.stdin, self._greeting)
        return process

    def ask(self, question: object, seconds: float) -> list[bytes] | None:
        """The frames of the answer; None where the process dies over the question or takes longer than that."""
        self.come_up()
        clock = threading.Timer(seconds, self._process.kill)
        clock.start()
        frames = None
        try:
            _send(self._process.stdin, pickle.dumps(question))
            frames = _answer(self._process.stdout)
        except (EOFError, OSError):
            pass
        finally:
            clock.cancel()
            clock.join()
        if frames is None or self._process.poll() is not None:  # killed at the last moment: the next question gets another
            self.again()
        return frames

    def again(self) -> None:
        """Put another process in the place of this one."""
        self.stop()
        self._process = self._start()

    def come_up(self) -> None:
        """Hear that the process has come up. Raises WorkerError: one that cannot start says nothing of any file."""
        if self._rests:
            self._process = self._start()
        for attempt in reversed(range(_STARTS)):
            if self._is_ready:
                return
            try:
                self.confinement = Confinement(**json.loads(_receive(self._process.stdout)))
                self._is_ready = True
            except EOFError as error:
                code = self._ended_with()
                self.again()
                if code >= 0 or not attempt:  # below zero: somebody else's signal ended it
                    raise WorkerError(_KILLED if code < 0 else _NO_START) from error

    def _ended_with(self) -> int:
        """Return with what the process ended; 0 where it has shut its pipe and goes on all the same."""
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(_GRACE)
        return 0

    def rest(self) -> None:
        """End the process until somebody asks again."""
        self.stop()
        self._is_ready, self._rests = False, True

    def stop(self) -> None:
        """End the process."""
        _end(self._process)


def start_ahead(count: int, module: str, *arguments: str) -> None:
    """Have so many processes that the next workers of this module, with these arguments, take over; what none takes ends with the run."""
    if not _AHEAD:
        atexit.register(_end_ahead)
    waiting = _AHEAD.setdefault((module, *arguments), [])
    waiting.extend(_begun((module, *arguments)) for _ in range(count - len(waiting)))


_AHEAD: Final[dict[tuple[str, ...], list[subprocess.Popen[bytes]]]] = {}
"""By module and arguments the processes that nobody has told anything yet."""


def _end_ahead() -> None:
    while _AHEAD:
        for process in _AHEAD.popitem()[1]:
            _end(process)


def _taken_over(program: tuple[str, ...]) -> subprocess.Popen[bytes] | None:
    """Return a process that was started ahead and has not died since; None where there is none."""
    waiting = _AHEAD.get(program, [])
    while waiting:
        process = waiting.pop()
        if process.poll() is None:
            return process
        _end(process)
    return None


def _begun(program: tuple[str, ...]) -> subprocess.Popen[bytes]:
    # The folder that a run happens to be started in holds no modules: a stranger's file may lie there.
    environment = confinement.environment(PYTHONPATH=str(HOME), PYTHONSAFEPATH="1", PYTHONUTF8="1")
    return subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-m", *program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a dying library's last words; our own faults come back as answers
        env=environment,
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):
            if pipe:
                pipe.close()
    process.kill()
    process.wait()


def serve(begin: Callable[[Any], tuple[int, int, Callable[[Any], Sequence[bytes]]]]) -> None:
    """In the process: answer until the pipe closes.

    `begin` hears the greeting, imports all that answering takes, and gives the bytes of memory and the seconds for a question, and what
    answers one.
    """
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    import_codecs()
    own_code.keep_made()
    memory, seconds, answer = begin(pickle.loads(_receive(questions)))  # noqa: S301 - from the process that started this one
    _send(answers, json.dumps(asdict(confinement.confine(memory))).encode())
    while True:
        try:
            question = pickle.loads(_receive(questions))  # noqa: S301 - from there, too
        except EOFError:
            return
        confinement.set_alarm(seconds + _GRACE)
        frames = answer(question)
        confinement.set_alarm(0)
        answers.write(len(frames).to_bytes(8, "big"))
        for frame in frames:
            _send(answers, frame)


def import_codecs() -> None:
    """Import every codec that a file may name: none can be found any more once this process is confined."""
    for module in pkgutil.iter_modules(encodings.__path__):
        with suppress(ImportError):  # some are another system's
            import_module(f"encodings.{module.name}")


# --- the pipes ---------------------------------------------------------------------------------------------------


def _send(pipe: IO[bytes] | None, content: bytes) -> None:
    if pipe:
        with suppress(BrokenPipeError):  # the process has died; asking it for an answer will tell
            pipe.write(len(content).to_bytes(8, "big"))
            pipe.write(content)
            pipe.flush()


def _answer(pipe: IO[bytes] | None) -> list[bytes]:
    count = int.from_bytes(_exactly(pipe, 8), "big")
    if count > _MOST_FRAMES:
        raise EOFError
    return [_receive(pipe) for _ in range(count)]


def _receive(pipe: IO[bytes] | None) -> bytes:
    length = int.from_bytes(_exactly(pipe, 8), "big")
    if length > _LONGEST_FRAME:
        raise EOFError
    return _exactly(pipe, length)


def _exactly(pipe: IO[bytes] | None, count: int) -> bytes:
    content = pipe.read(count) if pipe else b""
    if len(content) < count:
        raise EOFError
    return content
