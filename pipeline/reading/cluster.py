"""Workers of a Dask cluster: jobs are given to those that are like this computer, and what none of them brings back is done here.

The outbox must be the same wherever a job is done, so a worker with another program, another Python, or readers that it cannot shut in gets
none. The cluster makes a night faster, never another one and never none: docs/decisions/0042-engines.md.
Covered by tests/reading/test_engines.py.
"""

from __future__ import annotations

import logging
import pickle
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, TypeVar, cast

from pipeline.reading import cluster_worker
from pipeline.terms import words

Job = TypeVar("Job")
Result = TypeVar("Result")
Work = Callable[[bytes, int, Job], Result]
"""A function of a module, which the worker imports: the night's greeting, the worker's threads, the job."""

_CONNECTING: Final = 10.0
"""Seconds until a scheduler counts as gone,"""
_LOOK: Final = 1.0
"""after which it is looked whether a worker has come or gone,"""
_IN_HAND: Final = 3
"""and how many jobs are at the scheduler for each thread: so many are kept in memory, however many there are."""


@dataclass(frozen=True, slots=True)
class Trade:
    """What a worker must be able to do."""

    identity: Callable[[], dict[str, str]]
    """Returns what decides what comes out there."""
    come_up: Callable[[bytes, int], tuple[str, ...]]
    """Has it made ready for so many jobs at once, and returns what its system cannot take away from readers."""


READING: Final = Trade(cluster_worker.identity, cluster_worker.come_up)


class LostError(Exception):
    """The cluster does nothing more for this night; says why."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A job at the scheduler, and the workers that may do it."""

    future: Any
    """Dask's."""
    workers: frozenset[str]


class Cluster:
    """The workers behind one scheduler, as long as they can be reached. It connects at once; what goes wrong stands in `remarks`."""

    def __init__(self, address: str, greeting: object, patience: float, trade: Trade = READING) -> None:
        """`patience`: seconds after which a job that has not come back never will."""
        self._address, self._greeting, self._patience, self._trade = address, pickle.dumps(greeting), patience, trade
        self.remarks: list[str] = []
        """What the office should know: workers that were not used and why, and that the cluster was lost."""
        self._threads: dict[str, int] = {}
        """The workers in use, and how many jobs each does at once."""
        self._known: set[str] = set()
        """The workers that were introduced, those that were refused included."""
        self._client: Any = None
        """Dask's; None where the cluster is lost or let go of."""
        with self._losing():
            self._client = _connected(address)
            self._look()

    @property
    def is_there(self) -> bool:
        """Whether there is a worker to give a job to."""
        return self._client is not None

    def close(self) -> None:
        """Let go of the cluster."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(Exception):  # it may be gone already, and has nothing to tell any more
                client.close(timeout=_CONNECTING)

    def each(self, work: Work[Job, Result], jobs: Iterable[Job]) -> Iterator[tuple[Job, Result | None]]:
        """Go through the jobs in their order, each with its result; with None where no worker has brought it back."""
        waiting: deque[tuple[Job, _Placed | None]] = deque()
        following, is_end = iter(jobs), False
        while True:
            while not is_end and len(waiting) < max(1, _IN_HAND * sum(self._threads.values())):
                for job in islice(following, 1):
                    waiting.append((job, self._place(work, job)))
                    break
                else:
                    is_end = True
            if not waiting:
                return
            job, placed = waiting.popleft()
            yield job, self._brought_back(work, job, placed)

    def ask(self, question: Callable[..., Result], *arguments: object) -> list[Result]:
        """Return what each worker in use answers to a question that begins with the greeting; one that is gone answers nothing."""
        with self._losing():
            return [*self._asked([*self._threads], question, self._greeting, *arguments).values()]
        return []

    # --- jobs ---

    def _place(self, work: Work[Job, Result], job: Job) -> _Placed | None:
        if self._client is None:
            return None
        workers = frozenset(self._threads)
        try:
            future = self._client.submit(work, self._greeting, max(self._threads.values()), job, workers=[*workers], pure=False)
        except Exception as error:  # noqa: BLE001 - whatever Dask trips over, the job is done here
            self._lose(_said(error))
            return None
        return _Placed(future, workers)

    def _brought_back(self, work: Work[Job, Result], job: Job, placed: _Placed | None) -> Result | None:
        until = time.monotonic() + self._patience
        while placed is not None and self._client is not None:
            try:
                return cast("Result", placed.future.result(timeout=_LOOK))
            except TimeoutError:
                if placed.future.status == "error":
                    return None
            except Exception:  # noqa: BLE001 - its workers died over it, it failed there, or the scheduler is gone
                with self._losing():
                    self._look()
                return None
            with self._losing():
                self._look()
            if not placed.workers & self._threads.keys():
                placed = self._place(work, job)
            if time.monotonic() > until:
                self._lose("交出去的活一直没有做完")
        return None

    # --- workers ---

    @contextmanager
    def _losing(self) -> Iterator[None]:
        """Give up the cluster where it cannot be reached any more."""
        try:
            yield
        except LostError as error:
            self._lose(str(error))

    def _look(self) -> None:
        """Look which workers there are, and introduce those that came. Raises LostError where there is none to give a job to."""
        if self._client is None:
            return
        try:
            there: dict[str, int] = dict(self._client.nthreads())
        except Exception as error:
            raise LostError(_said(error)) from error
        self._threads = {worker: threads for worker, threads in self._threads.items() if worker in there}
        self._introduce({worker: threads for worker, threads in there.items() if worker not in self._known})
        if not self._threads:
            raise LostError("没有能用的工作机")

    def _introduce(self, new: dict[str, int]) -> None:
        """Take workers into use that are like this computer and shut their readers in; of the others it is said why not."""
        if not new:
            return
        own, alike = self._trade.identity(), list[str]()
        for worker, answer in self._asked([*new], self._trade.identity).items():
            if different := _difference(own, answer):
                self._refuse(worker, different)
            else:
                alike.append(worker)
        for worker, lacking in self._asked(alike, self._trade.come_up, self._greeting, max(new.values())).items():
            if lacking == ():
                self._known.add(worker)
                self._threads[worker] = new[worker]
            else:
                self._refuse(worker, _not_shut(lacking))

    def _refuse(self, worker: str, why: str) -> None:
        self._known.add(worker)
        self.remarks.append(f"Dask 工作机 {worker} 没有用：{why}")

    def _asked(self, workers: Sequence[str], question: Callable[..., Any], *arguments: object) -> dict[str, Any]:
        """Return what each of the workers answers, or the exception that it raised; one that went away meanwhile is left out."""
        if not workers or self._client is None:
            return {}
        try:
            answers = self._client.run(question, *arguments, workers=[*workers], on_error="return")
        except OSError:  # all of them went away, or the scheduler: the next look tells
            return {}
        except Exception as error:
            raise LostError(_said(error)) from error
        return {worker: answer for worker, answer in answers.items() if not isinstance(answer, OSError)}

    def _lose(self, why: str) -> None:
        """Give up the cluster for this night, and say so once."""
        self.close()
        self._threads = {}
        self.remarks.append(
            f"Dask 集群 {self._address} 用不了或中途断了（{why}），没做完的改在本机做：结果一样，只是慢些。请检查调度机、工作机和网络。"
        )


def _connected(address: str) -> Any:  # noqa: ANN401 - Dask's client, most of which has no types
    """Return a connection. Raises LostError."""
    try:
        import dask
        import distributed
    except ImportError as error:
        msg = "这台电脑没有装 Dask；请运行 python -m pip install --require-hashes -r requirements-servers.txt"
        raise LostError(msg) from error
    for name in [*logging.root.manager.loggerDict]:
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL)  # people are told in a remark
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"})  # a job may be one large workbook
    try:
        client: Any = distributed.Client
        return client(address, timeout=_CONNECTING, set_as_default=False)
    except Exception as error:
        raise LostError(_said(error)) from error


def _difference(own: dict[str, str], answer: object) -> str:
    """Return in words how a worker is another than this computer; '' where it is alike."""
    if not isinstance(answer, dict):
        return "那里没有装本程序，或装的是另一版；请装成与本机一样的，再启动它"
    others = [f"{name} 是 {answer.get(name, '（没有）')}，本机是 {value}" for name, value in own.items() if answer.get(name) != value]
    return f"{'；'.join(others)}；请装成与本机一样的，再启动它" if others else ""


def _not_shut(lacking: object) -> str:
    if isinstance(lacking, tuple):
        return "".join(words.READER_NOT_SHUT.get(str(name), str(name)) for name in lacking)
    return f"读取文件的进程启动不了（{_said(lacking)}）"


def _said(error: object) -> str:
    """Return the first line of what Dask says, with the error's kind."""
    first = next(iter(str(error).strip().splitlines()), "")
    return f"{type(error).__name__}：{first[:100]}" if first else type(error).__name__
