"""What the office starts in the browser, each in a process of its own: the night's run, the doctor, the letters. One at a time.

The process is the command that a person would type, so that it holds the same lock; it goes on where the page's server ends.
Covered by tests/web/test_started_runs.py.
"""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from pipeline import HOME
from pipeline.disk import storage
from pipeline.settings.config import Settings
from pipeline.terms.errors import AnotherRunError, ConfigurationError, NothingToConsolidateError
from pipeline.terms.text import mask, on_screen

WORDS: Final[Mapping[str, tuple[str, ...]]] = {"nightly": ("nightly", "--steps"), "doctor": ("doctor",)}
"""What is typed after `run.py --config FILE`, by what is started."""
NAMES: Final = {"nightly": "汇总", "doctor": "检查"}
_OUTPUT: Final = "web-run.txt"
_LINES: Final = 400
_CHARACTERS: Final = 200_000
_NAME_BEFORE, _NAME_AFTER = r"(?<![A-Za-z0-9_.~/\\-])", r"(?![A-Za-z0-9_~+@-]|\.\w)"
"""No part of a file's name goes on there: a sentence's own words stand right behind a place, and are Chinese."""
_ENDS: Final = {
    0: "做完了。",
    ConfigurationError.exit_status: "没有做成：设置（config.yaml）或它说到的文件不能用。是哪一行、怎样改，见下面；改好以后再点一次。",
    NothingToConsolidateError.exit_status: "没有可以汇总的：还没有可用的案件包案任务分解表。",
    AnotherRunError.exit_status: "没有开始：另一次汇总正在运行。等它结束以后再点一次。",
}

_HARMLESS: Final = (0, NothingToConsolidateError.exit_status, AnotherRunError.exit_status)


class Process(Protocol):
    """A process that was started."""

    def poll(self) -> int | None:
        """Return the exit status; None while it runs."""


@dataclass(frozen=True, slots=True)
class StartedRun:
    """What was started last, as far as it has come."""

    what: str
    by: str
    begun: datetime
    status: int | None
    """The exit status; None while it runs."""
    lines: tuple[str, ...]
    """The last lines of what it says, none of which names a place on the server."""

    @property
    def name(self) -> str:
        """What people call it."""
        return NAMES[self.what]

    @property
    def end(self) -> str:
        """How it ended, in a sentence; '' while it runs."""
        if self.status is None:
            return ""
        undone = f"没有{'全部' if self.days else ''}做完：出了什么问题、怎样处理，见下面。"
        found = "检查出了问题，见下面每一条和怎样处理。" if self.what == "doctor" else undone
        return _ENDS.get(self.status, found)

    @property
    def is_failed(self) -> bool:
        """Whether something was not done that should have been."""
        return self.status not in (None, *_HARMLESS) and (self.what != "doctor" or self.status == ConfigurationError.exit_status)

    @property
    def days(self) -> list[str]:
        """The days (ISO) of which it says something, in their order."""
        return sorted({line[:10] for line in self.lines if line[:4].isdigit() and line[4:5] == "-" and line[10:11] in ("", "（")})


def _begin(words: Sequence[str], output: Path) -> Process:
    with output.open("wb") as said:
        return subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, str(HOME / "run.py"), *words],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


class StartedRuns:
    """Starts one command after another, and remembers the last."""

    def __init__(self, settings: Settings, begin: Callable[[Sequence[str], Path], Process] = _begin) -> None:
        self._settings = settings
        self._begin = begin
        self._output = settings.paths.state / "logs" / _OUTPUT
        self._starting = threading.Lock()
        self._last: tuple[str, str, datetime, Process] | None = None

    def start(self, what: str, by: str, now: datetime) -> bool:
        """Start that, unless something that was started here still runs; return whether it was started."""
        with self._starting:
            if self._last is not None and self._last[3].poll() is None:
                return False
            storage.make_folder(self._output.parent)
            words = ["--config", str(self._settings.file), *WORDS[what]]
            self._last = what, by, now, self._begin(words, self._output)
            return True

    def look(self) -> StartedRun | None:
        """Return what was started last since the server runs; None where nothing was."""
        if self._last is None:
            return None
        what, by, begun, process = self._last
        status = process.poll()  # before its words, so that those of one that has ended are all there
        return StartedRun(what, by, begun, status, self._lines())

    def _lines(self) -> tuple[str, ...]:
        text = ""
        with suppress(OSError):
            text = self._output.read_bytes()[-_CHARACTERS:].decode("utf-8", "replace")
        return tuple(on_screen(mask(line)) for line in without_places(text, self._settings).splitlines()[-_LINES:])


def without_places(text: str, settings: Settings) -> str:
    """Return what a command said without the places on the server that it names; a folder whose name begins like one of them is another."""
    paths = settings.paths
    words = {str(settings.file.parent): "办公室文件夹"} if settings.file else {}
    words |= {str(HOME): "程序文件夹", str(paths.inbox): "收件箱", str(paths.outbox): "结果文件夹", str(paths.state): "state"}
    folders = "|".join(re.escape(folder) for folder in sorted(words, key=len, reverse=True))
    return re.sub(f"{_NAME_BEFORE}(?:{folders}){_NAME_AFTER}", lambda found: words[found[0]], text)
