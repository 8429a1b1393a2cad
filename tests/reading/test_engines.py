"""The same comes out wherever files are read: on this computer, or on a cluster whose workers come, die and are refused.

Covers `engines`, `on_cluster`, `cluster` and `cluster_worker`.
"""

from __future__ import annotations

import hashlib
import pickle
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from offices import HOME, SETTINGS, Office, moment
from weeks import DAYS, lay
from workbooks import edit, report_pages, write

from benchmarks import clusters
from benchmarks.clusters import Cluster
from pipeline.disk.originals import Originals
from pipeline.reading import cluster_worker, engines, on_cluster
from pipeline.reading.cluster_worker import Greeting, NotConfinedError
from pipeline.reading.on_cluster import OnCluster
from pipeline.reading.readers import Readers
from pipeline.reading.reading import FileToRead, Transcript
from pipeline.settings.engines import Cluster as Setting
from pipeline.terms.handed_in import Envelope

_FILES = 40


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with clusters.running(tmp_path_factory.mktemp("cluster"), 2) as running:
        yield running


@pytest.fixture
def files(tmp_path: Path) -> list[FileToRead]:
    """Reports as an archive has them."""
    made = []
    for number in range(_FILES):
        content = write(edit(report_pages(), {"封面!B3": f"甲{number}"})) if number else b"no workbook"
        path = tmp_path / hashlib.sha256(content).hexdigest()
        path.write_bytes(content)
        made.append(FileToRead(path, len(content), Envelope(moment("2020-05-21 16:00")), is_assignment=False))
    return made


@pytest.fixture
def expected(files: list[FileToRead]) -> list[Transcript]:
    with Readers(SETTINGS, len(files)) as readers:
        return [*readers.transcribe(files)]


@pytest.fixture
def small_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """So few files in a job that many are under way."""
    monkeypatch.setattr(on_cluster, "_FILES", 1)


# --- without a cluster -------------------------------------------------------------------------------------------


def test_nothing_of_dask_is_imported_where_the_engine_is_local() -> None:
    imports = "import sys; import pipeline.cli, pipeline.night.nightly, pipeline.upkeep.doctor, pipeline.reading.engines; "
    loaded = imports + "print([name for name in sys.modules if name.partition('.')[0] in ('dask', 'distributed', 'tornado')])"
    assert subprocess.run([sys.executable, "-c", loaded], cwd=HOME, capture_output=True, text=True, check=True).stdout == "[]\n"


def test_for_few_files_no_cluster_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = SETTINGS.model_copy(update={"engine": Setting(dask="tcp://127.0.0.1:9")})
    monkeypatch.setattr(on_cluster, "Cluster", lambda *_arguments: pytest.fail("asked"))
    with Readers(settings, 0) as readers, engines.opened(settings, readers, 9) as engine:
        assert isinstance(engine, engines.Local)


def test_a_scheduler_that_cannot_be_reached_costs_nothing_but_time(
    files: list[FileToRead], expected: list[Transcript], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.reading.cluster._CONNECTING", 0.2)
    settings = SETTINGS.model_copy(update={"engine": Setting(dask="tcp://127.0.0.1:9")})
    with Readers(settings, 0) as readers, engines.opened(settings, readers, len(files)) as engine:
        assert [*engine.transcribe(files)] == expected
        (remark,) = engine.remarks
    assert "Dask 集群 tcp://127.0.0.1:9 用不了" in remark
    assert "结果一样，只是慢些" in remark


def test_a_worker_that_cannot_shut_its_readers_in_reads_nothing(files: list[FileToRead], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Readers, "not_shut", ("calls",))
    greeting = pickle.dumps(Greeting.of(SETTINGS))
    assert cluster_worker.come_up(greeting, 1) == ("calls",)
    with pytest.raises(NotConfinedError):
        cluster_worker.read(greeting, 1, [(file, None) for file in files])


def test_what_a_worker_hears_of_the_settings_is_what_readers_need() -> None:
    heard = Greeting.of(SETTINGS).settings
    assert (heard.outgoing_mail, heard.mailboxes, heard.upload, heard.ledger) == (None, (), None, None)
    assert heard.districts == SETTINGS.districts


# --- with one ----------------------------------------------------------------------------------------------------


def test_the_outbox_is_the_same_byte_for_byte(tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_WORTH", 1)
    written = []
    for name, engine in (("local", "local"), ("cluster", f"{{dask: '{cluster.address}'}}")):
        office = Office(tmp_path / name)
        lay("week-messy", office)
        office.use_engine(engine)
        outcome = office.run(*DAYS)
        assert outcome.remarks == ()
        written.append({path.relative_to(office.outbox): path.read_bytes() for path in office.outbox.rglob("*") if path.is_file()})
    assert written[0] == written[1]
    assert len(written[0]) > len(DAYS)


def test_workers_that_do_not_see_the_archive_are_sent_the_bytes(
    files: list[FileToRead], expected: list[Transcript], cluster: Cluster, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    moved = [FileToRead(path.rename(elsewhere / path.name), f.size, f.envelope, is_assignment=False) for f in files for path in [f.path]]
    assert _read_on(cluster, moved) == (expected, [])


def test_bytes_are_believed_only_when_they_are_what_their_name_says(files: list[FileToRead]) -> None:
    greeting = pickle.dumps(Greeting(SETTINGS, Originals(files[0].path.parent)))
    files[1].path.write_bytes(b"other bytes")
    assert [cluster_worker.sees(greeting, file.path.name) for file in files[:3]] == [True, False, True]
    with pytest.raises(LookupError):
        cluster_worker.read(greeting, 1, [(files[1], None)])


@pytest.mark.usefixtures("small_jobs")
def test_a_worker_killed_in_the_middle_and_gone_for_good_loses_nothing(
    files: list[FileToRead], expected: list[Transcript], tmp_path: Path
) -> None:
    cluster = clusters.running(tmp_path / "cluster", 2)
    with cluster as own, Readers(SETTINGS, 0) as readers, closing(OnCluster(SETTINGS, own.address, readers)) as engine:
        coming = engine.transcribe(files)
        read = [next(coming)]
        own.kill(own.workers[0])
        read += coming
        assert (read, [*engine.remarks]) == (expected, [])
        # the scheduler too
        coming = engine.transcribe(files)
        read = [next(coming)]
        own.kill(own.scheduler)
        read += coming
        assert read == expected
        (remark,) = engine.remarks
        assert "中途断了" in remark


def test_a_worker_of_another_program_is_refused_in_words_and_the_others_do_the_work(
    files: list[FileToRead], expected: list[Transcript], cluster: Cluster, tmp_path: Path
) -> None:
    shutil.copytree(HOME / "pipeline", tmp_path / "other" / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "other" / "pipeline" / "__init__.py").open("a", encoding="utf-8") as program:
        program.write('__version__ = "0.0.1"\n')
    other = cluster.start_worker(tmp_path / "other")
    cluster.await_workers(3)
    try:
        read, remarks = _read_on(cluster, files)
    finally:
        cluster.kill(other)
    assert read == expected
    (remark,) = remarks
    assert "没有用：本程序 是 0.0.1，本机是 " in remark
    assert "程序文件 是 " in remark
    assert "请装成与本机一样的" in remark


def _read_on(cluster: Cluster, files: list[FileToRead]) -> tuple[list[Transcript], list[str]]:
    """What is read there, and remarks."""
    settings = SETTINGS.model_copy(update={"engine": Setting(dask=cluster.address)})
    with Readers(settings, 0) as readers, engines.opened(settings, readers, len(files)) as engine:
        return [*engine.transcribe(files)], [*engine.remarks]
