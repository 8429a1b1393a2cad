"""Who makes a large day's documents beside the run: processes of this computer, or a cluster's workers.

What none of them brings back the run makes. The bytes are the same whoever makes them: a job says by itself what it makes, and carries all
that it needs but settings and templates.
Covered by tests/night/test_large_nights.py and tests/render/test_makers.py.
"""

from __future__ import annotations

import gc
import hashlib
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from pipeline.disk import storage
from pipeline.disk.drawn import Drawn
from pipeline.render.jobs import Job, Made, OfUnit, Papers, Place, packed, unpacked
from pipeline.render.page import leaders_page
from pipeline.render.papers import drawn_papers, word
from pipeline.render.papers.own_templates import BrokenTemplateError
from pipeline.settings.config import Settings

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

    from pipeline.render.cluster_makers import OnCluster

_IN_HAND: Final = 4
"""Jobs under way for each process: so many are kept in memory, however many there are."""
_FEW: Final = 6
"""For fewer jobs none is started."""
_PAPERS: Final = 32
"""Word files in a job."""
_WORTH: Final = 16
"""With fewer units no process is started for them."""

Finished = TypeVar("Finished")


@dataclass(frozen=True, slots=True)
class Laid:
    """What a job made, once its files lie where the day's folder is made; they are synced when it is whole."""

    sums: dict[str, str]
    """The SHA-256 of each by its name."""
    remarks: tuple[str, ...]
    problem: str

    @classmethod
    def of(cls, made: Made, room: Path) -> Laid:
        """Write it there."""
        for name, content in made.files.items():
            _lay(room / name, content)
        return cls({name: hashlib.sha256(content).hexdigest() for name, content in made.files.items()}, made.remarks, made.problem)


def _lay(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    storage.write(path, content, is_synced=False)


class Makers:
    """Those who make documents, as long as a large day is written."""

    def __init__(self, settings: Settings, templates: Path, room: Path, units: int, drawn: Drawn | None = None) -> None:
        """`room`: where the day's folder is made; `units`: how many units' documents are to be made; `drawn`: what was drawn before."""
        self._place, self._room, self._drawn = Place(settings, templates), room, drawn or Drawn()
        self._due: dict[str, str] = {}
        """By the names of files under way: from what they are made."""
        self._thread = ThreadPoolExecutor(1) if units >= _WORTH else None
        self._cluster: Future[OnCluster | None] | None = self._thread.submit(self._connected) if self._thread else None
        self._processes: _Processes | None = None
        self._is_over = threading.Event()

    @property
    def has_processes(self) -> bool:
        """Whether there is so much to make that processes of its own are worth it."""
        return self._thread is not None

    def begin(self, make: Callable[[], Finished]) -> Callable[[], Finished]:
        """Begin what uses `each` or `papers`, behind what was begun before, and return what waits for it."""
        return self._thread.submit(make).result if self._thread else make

    def apart(self, make: Callable[..., Finished], *given: object) -> Finished:
        """Return what it makes of this in a process of its own, with which its memory goes; here where none is worth it, or it dies."""
        if self._thread:
            with suppress(BrokenExecutor), ProcessPoolExecutor(1, get_context("spawn"), _go_with_the_run) as own:
                return own.submit(make, *given).result()
        return make(*given)

    def each(self, jobs: Iterable[Job]) -> Iterator[Laid]:
        """Go through what the jobs made, in their order; within `begin`."""
        following = self._until_over(jobs)
        if self._cluster and (cluster := self._cluster.result()):
            for job, made in cluster.each(following):
                # A remark names the folder of the templates, which a worker has somewhere else.
                yield Laid.of(made if made and not made.remarks else job.made(self._place), self._room)
        left = next(following, None)
        for job, laid in self._in_processes(chain([left], following)) if left else ():
            yield laid or Laid.of(job.made(self._place), self._room)

    def _in_processes(self, jobs: Iterable[Job]) -> Iterator[tuple[Job, Laid | None]]:
        """Go through the jobs with what processes of this computer made; None where there are none, or where one has died."""
        if self._thread is None:
            return ((job, None) for job in jobs)
        if self._processes is None:
            first = [*islice(jobs, _FEW)]
            if len(first) < _FEW:  # of a correction: processes would take longer to come up than what is left to make
                return ((job, None) for job in first)
            self._processes, jobs = _Processes(self._place, self._room), chain(first, jobs)
        return self._processes.each(jobs)

    def _until_over(self, jobs: Iterable[Job]) -> Iterator[Job]:
        for job in jobs:
            if self._is_over.is_set():
                raise CancelledError
            yield job

    def papers(self, template: word.Template, papers: Iterable[word.Paper]) -> dict[str, Path]:
        """Return Word files from one template, where they lie; within `begin`. Raises BrokenTemplateError."""
        taken: list[str] = []
        following = (paper for paper in papers if not self._has_paper(template, paper, taken))
        files, jobs = dict[str, Path](), iter(lambda: tuple(islice(following, _PAPERS)), ())
        for laid in self.each(Papers(template, some) for some in jobs):
            if laid.problem:
                raise BrokenTemplateError(laid.problem)
            files |= self._noted(laid)
        return files | {name: self._room / name for name in taken}

    def units(self, jobs: Iterable[OfUnit]) -> tuple[dict[str, Path], list[str]]:
        """Return the files of these jobs, where they lie, and remarks on the office's templates; within `begin`."""
        taken: list[str] = []
        files, remarks, decided = dict[str, Path](), dict[str, None](), _decided(self._place)
        for laid in self.each(job for job in jobs if not self._has_unit(job, decided, taken)):
            files |= self._noted(laid)
            remarks |= dict.fromkeys(laid.remarks)
        return files | {name: self._room / name for name in taken}, [*remarks]

    def _has_paper(self, template: word.Template, paper: word.Paper, taken: list[str]) -> bool:
        """Whether an earlier run drew it from the same: then it lies there now, and is among those taken over."""
        made_from = drawn_papers.made_from(template, paper)
        again = drawn_papers.again(self._drawn, made_from, paper)
        return self._has([made_from], {paper.name: again}, taken)

    def _has_unit(self, job: OfUnit, decided: str, taken: list[str]) -> bool:
        """Whether an earlier run drew all of its files from the same."""
        made_from = storage.digest(
            part.encode("utf-8", "surrogatepass") for part in (decided, job.made_from)
        )  # a cell can hold half a character
        keys = [f"{made_from}{name}" for name in job.names]
        return self._has(keys, dict(zip(job.names, map(self._drawn.again, keys), strict=True)), taken)

    def _has(self, keys: Sequence[str], files: Mapping[str, bytes | None], taken: list[str]) -> bool:
        self._due |= dict(zip(files, keys, strict=True))
        if not all(files.values()):
            return False
        for name, content in files.items():
            _lay(self._room / name, content or b"")
            self._drawn.note(self._due.pop(name), content or b"")
        taken.extend(files)
        return True

    def _noted(self, laid: Laid) -> dict[str, Path]:
        """Note what was drawn, but for what was not drawn as the office has it, and return where it lies."""
        for name, sha256 in laid.sums.items():
            made_from = self._due.pop(name)
            if not laid.remarks:
                self._drawn.note_sum(made_from, sha256)
        return {name: self._room / name for name in laid.sums}

    @property
    def remarks(self) -> list[str]:
        """What the office should know of the cluster."""
        cluster = self._cluster.result() if self._cluster else None
        return [*cluster.remarks] if cluster else []

    def end(self) -> None:
        """Let go of all; what is not begun yet is not made any more."""
        self._is_over.set()
        if self._processes:
            self._processes.end()
        if self._thread:
            self._thread.shutdown(cancel_futures=True)
        with suppress(Exception):  # it was never reached, or is gone
            if self._cluster and (cluster := self._cluster.result()):
                cluster.close()

    def _connected(self) -> OnCluster | None:
        if (engine := self._place.settings.engine) is None:
            return None
        from pipeline.render.cluster_makers import OnCluster

        return OnCluster(engine.dask, self._place)


def _decided(place: Place) -> str:
    """Return what units' documents are made with: the settings, and the page's templates, the office's own before the program's."""
    pages = [path for folder in (place.templates, leaders_page.BUILT_IN) for path in sorted(folder.glob("daily*"))]
    return repr((place.settings.model_dump_json(exclude={"paths"}), [(path.name, path.read_bytes()) for path in pages]))


# --- processes of this computer ----------------------------------------------------------------------------------


class _Processes:
    """As many processes as there are cores; each writes its files where the day's folder is made, and answers with names."""

    def __init__(self, place: Place, room: Path) -> None:
        count = os.cpu_count() or 1
        context = get_context("spawn")  # a copy of this process, with its threads, could wait for ever
        self._pool = ProcessPoolExecutor(count, context, _come_up, (place, room))
        self._most = _IN_HAND * count

    def each(self, jobs: Iterable[Job]) -> Iterator[tuple[Job, Laid | None]]:
        """Go through the jobs in their order, each with what it made; None where no process has brought it back."""
        waiting = deque[tuple[Job, "Future[Laid] | None"]]()
        for job in jobs:
            waiting.append((job, self._begun(job)))
            if len(waiting) > self._most:
                yield _ended(*waiting.popleft())
        while waiting:
            yield _ended(*waiting.popleft())

    def _begun(self, job: Job) -> Future[Laid] | None:
        try:
            return self._pool.submit(_do_there, packed(job))
        except BrokenExecutor:
            return None

    def end(self) -> None:
        """End them; what is not begun yet is not made any more."""
        self._pool.shutdown(cancel_futures=True)


def _ended(job: Job, begun: Future[Laid] | None) -> tuple[Job, Laid | None]:
    try:
        return job, begun.result() if begun else None
    except BrokenExecutor:  # somebody ended the process, or its memory was gone
        return job, None


_given: list[tuple[Place, Path]] = []
"""In a process of its own: what it was given when it came up."""


def _go_with_the_run() -> None:
    """Have this process end when the run ends, however that comes about: a killed run cannot end its processes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever presses Ctrl+C ends the run, which ends its processes
    threading.Thread(target=_end_behind, args=(parent_process(),), daemon=True).start()


def _end_behind(run: BaseProcess | None) -> None:
    if run:
        run.join()
        os._exit(1)


def _come_up(place: Place, room: Path) -> None:
    _go_with_the_run()
    gc.set_threshold(100_000, 50, 50)  # as in the run: little of what a document is made of is garbage before it is done
    _given.append((place, room))


def _do_there(job: bytes) -> Laid:
    ((place, room),) = _given
    return Laid.of(unpacked(job).made(place), room)
