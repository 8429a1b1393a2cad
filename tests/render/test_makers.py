"""A large day's documents made on a cluster: the same bytes as here, and nothing is lost with a worker, or with all of them.

Covers `makers`, `cluster_makers` and `jobs`.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass
from pathlib import Path

import pytest
from offices import HOME, SETTINGS, Office
from provinces import FIRST, LAST, SECOND, lay

from benchmarks import clusters
from benchmarks.clusters import Cluster
from pipeline.night import nightly
from pipeline.reading.readers import Readers
from pipeline.render import cluster_makers, documents, makers
from pipeline.render.cluster_makers import Greeting, OnCluster
from pipeline.render.documents import ALL
from pipeline.render.jobs import Job, Made, Place
from pipeline.render.makers import Makers
from pipeline.settings.engines import Cluster as Setting
from pipeline.settings.large_days import LargeDay


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with clusters.running(tmp_path_factory.mktemp("cluster"), 2) as running:
        yield running


def _written(home: Path, address: str = "") -> tuple[dict[str, bytes], list[str]]:
    """What a night writes, and its remarks."""
    office = lay(home)
    update = {"large_day": LargeDay(cases=2, workbook_rows=2), "engine": Setting(dask=address) if address else None}
    office.settings = office.settings.model_copy(update=update)
    outcome = nightly.run(office.settings, [FIRST, SECOND, LAST], documents=ALL)
    return _outbox(office), outcome.written.remarks


def _outbox(office: Office) -> dict[str, bytes]:
    return {path.relative_to(office.outbox).as_posix(): path.read_bytes() for path in office.outbox.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    written, _remarks = _written(tmp_path_factory.mktemp("local"))
    return written


@pytest.fixture
def few_are_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(makers, "_WORTH", 1)


@pytest.mark.usefixtures("few_are_worth_it")
def test_documents_made_on_a_cluster_are_the_same_byte_for_byte(
    tmp_path: Path, local: dict[str, bytes], cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(makers._Processes, "each", lambda *_: pytest.fail("made here"))  # noqa: SLF001 - nothing is left for them
    assert _written(tmp_path / "office", cluster.address) == (local, [])


@pytest.mark.usefixtures("few_are_worth_it")
def test_a_worker_that_dies_in_the_midst_and_a_cluster_that_goes_cost_nothing_but_time(
    tmp_path: Path, local: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    each = OnCluster.each
    with clusters.running(tmp_path / "cluster", 2) as own:
        dying = [own.workers[0], own.scheduler]

        def one_dies(self: OnCluster, jobs: Iterator[Job]) -> Iterator[tuple[Job, Made | None]]:
            for number, done in enumerate(each(self, jobs)):
                if number == 1 and dying:
                    own.kill(dying.pop(0))
                yield done

        monkeypatch.setattr(OnCluster, "each", one_dies)
        written, remarks = _written(tmp_path / "office", own.address)
    assert written == local
    assert not dying
    assert [remark for remark in remarks if "中途断了" in remark]


def test_a_worker_that_would_write_other_bytes_is_told_from_one_that_would_not(monkeypatch: pytest.MonkeyPatch) -> None:
    here = cluster_makers.identity()
    assert {"XlsxWriter", "zlib", "自带版式", "程序文件"} <= here.keys()
    monkeypatch.setattr("zlib.ZLIB_RUNTIME_VERSION", "0.0")
    assert cluster_makers.identity() == {**here, "zlib": "0.0"}


def test_what_a_worker_hears_is_what_documents_need(tmp_path: Path) -> None:
    (tmp_path / "日报.html.j2").write_bytes(b"office's own")
    settings = SETTINGS.model_copy(update={"ledger": "postgresql+psycopg://u@h/d"})
    greeting = pickle.dumps(Greeting.of(Place(settings, tmp_path)))
    assert b"postgresql" not in greeting
    assert cluster_makers.come_up(greeting, 1) == ()
    made = cluster_makers.make(greeting, 1, _Templates())
    assert made.files == {"日报.html.j2": b"office's own"}


@dataclass(frozen=True, slots=True)
class _Templates:
    """A job that gives back the templates that it is done with."""

    def made(self, place: Place) -> Made:
        return Made({path.name: path.read_bytes() for path in place.templates.iterdir()})


@dataclass(frozen=True, slots=True)
class _Slow:
    def made(self, _place: Place) -> Made:
        time.sleep(0.05)
        return Made({"甲.txt": b""})


@pytest.mark.usefixtures("few_are_worth_it")
def test_a_run_that_is_interrupted_makes_nothing_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Makers, "_in_processes", lambda _self, jobs: ((job, None) for job in jobs))
    begun, made = threading.Event(), list[str]()

    def make() -> None:
        for laid in own.each(_Slow() for _ in range(1000)):
            begun.set()
            made.extend(laid.sums)

    own = Makers(SETTINGS, tmp_path, tmp_path, 1)
    waiting = own.begin(make)
    assert begun.wait(60)
    own.end()
    assert len(made) < 1000
    with pytest.raises(CancelledError):
        waiting()


def _dies_in_another(process: int) -> int:
    if os.getpid() != process:
        os._exit(1)
    return process


@pytest.mark.usefixtures("few_are_worth_it")
def test_what_is_made_apart_is_made_by_a_process_that_ends_and_here_where_it_dies(tmp_path: Path) -> None:
    own = Makers(SETTINGS, tmp_path, tmp_path, 1)
    try:
        other = own.apart(os.getpid)
        assert other != os.getpid()
        with pytest.raises(ProcessLookupError):
            os.kill(other, 0)
        assert own.apart(_dies_in_another, os.getpid()) == os.getpid()
    finally:
        own.end()


def test_few_districts_are_worth_no_process(tmp_path: Path) -> None:
    own = Makers(SETTINGS, tmp_path, tmp_path, 1)
    assert own.apart(os.getpid) == os.getpid()
    own.end()


@pytest.mark.usefixtures("few_are_worth_it")
@pytest.mark.parametrize(
    ("most_beside", "expected"), [(0, ["rest", "apart", "apart", "begin"]), (100, ["begin", "begin", "begin", "begin", "apart", "apart"])]
)
def test_a_countrys_briefing_is_made_before_anybody_else_begins_and_any_other_beside_the_districts_documents(
    most_beside: int, expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "MOST_BESIDE", most_beside)
    done: list[str] = []

    def noting(of: type, name: str) -> Callable[..., object]:
        make = getattr(of, name)

        def noted(*given: object) -> object:
            done.append(name)
            return make(*given)

        return noted

    for of, name in ((Makers, "apart"), (Makers, "begin"), (Readers, "rest")):
        monkeypatch.setattr(of, name, noting(of, name))
    _written(tmp_path)
    assert done[: len(expected)] == expected
    assert ("rest" in done) == (most_beside == 0)


_A_RUN = """
import os, sys, time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pipeline.render import makers
with ProcessPoolExecutor(1, get_context("spawn"), makers._go_with_the_run) as own:
    print(own.submit(os.getpid).result(), flush=True)
    time.sleep(600)
"""


def test_with_a_run_that_is_killed_its_processes_end() -> None:
    with subprocess.Popen([sys.executable, "-c", _A_RUN], stdout=subprocess.PIPE, cwd=HOME) as run:
        assert run.stdout
        assert int(run.stdout.readline()) != run.pid
        run.kill()
        assert run.communicate(timeout=60)[0] == b""  # shut once all that have it have ended
