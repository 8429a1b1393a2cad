"""Files are read in processes of their own: one that kills or stalls its reader costs itself alone.

Covers `reader`, `reading` and `worker`.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import stalling_reader
from workbooks import DAY, edit, report, report_pages, write

from pipeline.reading import readers, reading, receipt_layout, worker
from pipeline.reading.readers import Readers
from pipeline.reading.reading import FileToRead, Transcript
from pipeline.reading.receipt_layout import Job, ReceiptLines
from pipeline.reading.worker import WorkerError
from pipeline.settings.config import Settings
from pipeline.terms.handed_in import Envelope, Reading
from pipeline.terms.rows import read_rows

if TYPE_CHECKING:
    from offices import Office

pytestmark = pytest.mark.usefixtures("cold_workers")
ROOT = Path(__file__).resolve().parents[2]
ARRIVED = datetime(DAY.year, DAY.month, DAY.day, 16, tzinfo=timezone(timedelta(hours=8)))


@pytest.fixture
def settings(office: Office) -> Settings:
    return office.settings


def _file(path: Path, content: bytes | None) -> FileToRead:
    if content is not None:
        path.write_bytes(content)
    return FileToRead(path, len(content or b""), Envelope(ARRIVED), is_assignment=False)


def test_files_come_back_in_the_order_in_which_they_were_asked_for(tmp_path: Path, settings: Settings) -> None:
    files = [_file(tmp_path / f"{n}.xlsx", write(edit(report_pages(), {"封面!B3": f"甲{n}"}))) for n in range(14)]
    with Readers(settings, len(files)) as pool:
        transcripts = list(pool.transcribe(files))
    assert [transcript.reading.cover["填报人"] for transcript in transcripts] == [f"甲{n}" for n in range(14)]
    assert all(read_rows(transcript.rows) for transcript in transcripts)


def test_a_large_file_is_begun_first_and_comes_back_in_its_place(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = []

    def transcribe(_reader: object, file: FileToRead) -> Transcript:
        begun.append(file.path.name)
        return Transcript(reading.refused("unreadable/ours", file.envelope, settings), file.path.name)

    monkeypatch.setattr("os.cpu_count", lambda: 1)
    monkeypatch.setattr("pipeline.reading.readers._Reader.transcribe", transcribe)
    sizes = {"first": 40_000, "second": 30_000, "assignment": 3_000_000, "last": 50_000}
    files = [FileToRead(tmp_path / name, size, Envelope(ARRIVED), is_assignment=False) for name, size in sizes.items()]
    with Readers(settings, len(files)) as pool:
        transcripts = [*pool.transcribe(files)]
    assert begun == ["assignment", "first", "second", "last"]
    assert [transcript.rows for transcript in transcripts] == [*sizes]


def test_a_file_that_ends_its_reader_costs_itself_alone(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "PROGRAM", stalling_reader.PROGRAM)
    files = [_file(tmp_path / "endless", stalling_reader.ENDLESS), _file(tmp_path / "good.xlsx", report())]
    hasty = settings.model_copy(update={"limits": settings.limits.model_copy(update={"seconds": 1})})
    with Readers(hasty, len(files)) as pool:
        refused, good = pool.transcribe(files)
    assert (refused.reading.accepted, refused.reading.findings[0].code, refused.fault) == (False, "too-large", ())
    assert good.reading.accepted


def test_a_reader_gives_way_to_a_fresh_one_after_so_many_answers(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "_MOST_ANSWERS", 2)
    file = _file(tmp_path / "a.xlsx", report())
    seen = []
    with Readers(settings, 1) as pool:
        for _ in range(5):
            (transcript,) = pool.transcribe([file])
            assert transcript.reading.accepted
            seen.append(_process_of(pool).pid)
    assert [seen.count(process) for process in dict.fromkeys(seen)] == [2, 2, 1]


def test_a_reader_gives_way_after_a_large_workbook(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    file = _file(tmp_path / "a.xlsx", report())
    monkeypatch.setattr(readers, "_LARGE", file.size - 1)
    with Readers(settings, 1) as pool:
        before = _process_of(pool).pid
        assert [transcript.reading.accepted for transcript in pool.transcribe([file])] == [True]
        assert _process_of(pool).pid != before


def test_readers_that_rest_are_no_processes_until_there_is_something_to_do(tmp_path: Path, settings: Settings) -> None:
    file = _file(tmp_path / "a.xlsx", report())
    with Readers(settings, 1) as pool:
        (before,) = pool.transcribe([file])
        pool.rest()
        pool.rest()
        assert _process_of(pool).poll() is not None
        pool.prepare(1)
        assert [*pool.transcribe([file])] == [before]
        lacking = pool.not_shut
        pool.rest()
        assert pool.not_shut == lacking


def test_readers_rest_once_they_have_done_what_they_are_at(tmp_path: Path, settings: Settings) -> None:
    file = _file(tmp_path / "a.xlsx", report())
    with Readers(settings, 1) as pool:
        marked = pool.mark([Job(file.path, ReceiptLines((receipt_layout.note("甲"),), (), 1, ()))] * 3)
        pool.rest()
        assert [type(each.result()) for each in marked] == [bytes] * 3


def test_a_reader_that_ended_before_it_was_ready_is_replaced(tmp_path: Path, settings: Settings) -> None:
    file = _file(tmp_path / "a.xlsx", report())
    with Readers(settings, 1) as pool:
        _process_of(pool).kill()
        (transcript,) = pool.transcribe([file])
    assert transcript.reading.accepted


def test_readers_that_were_started_ahead_are_taken_over_and_one_that_died_is_not(tmp_path: Path, settings: Settings) -> None:
    file = _file(tmp_path / "a.xlsx", report())
    worker.start_ahead(2, *worker.READER)
    readers.start_ahead(1)  # one is there already
    ((first, last),) = worker._AHEAD.values()  # noqa: SLF001 - what no caller sees: which processes they are
    last.kill()
    last.wait()
    with Readers(settings, 1) as pool:
        assert _process_of(pool) is first
        (transcript,) = pool.transcribe([file])
        assert transcript.reading.accepted
    with Readers(settings, 1) as pool:
        assert _process_of(pool) not in (first, last)
        assert _process_of(pool).poll() is None


def test_readers_that_were_started_ahead_and_that_nobody_needed_end_with_the_run() -> None:
    code = "from pipeline.reading import readers, worker; readers.start_ahead(1); print(*(one.pid for (one,) in worker._AHEAD.values()))"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not (Path("/proc") / run.stdout.strip()).exists()


def _process_of(pool: Readers) -> subprocess.Popen[bytes]:
    return pool._all[0]._worker._process  # noqa: SLF001 - what no caller sees: which process it is


def test_our_own_fault_is_not_put_on_the_sender(tmp_path: Path, settings: Settings) -> None:
    with Readers(settings, 1) as pool:
        (transcript,) = pool.transcribe([_file(tmp_path / "不在了_13912345678.xlsx", None)])
    assert transcript.fault[0] == "FileNotFoundError"
    assert "13912345678" not in "".join(transcript.fault)
    assert "是程序的问题" in transcript.reading.findings[0].message


def test_an_answer_that_is_none_costs_its_file_alone(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [_file(tmp_path / "a.xlsx", report()), _file(tmp_path / "b.xlsx", report())]
    with monkeypatch.context() as patch:
        patch.setattr(Reading, "from_json", lambda _said: (_ for _ in ()).throw(KeyError("accepted")))
        with Readers(settings, 1) as pool:
            (transcript,) = pool.transcribe(files[:1])
    assert transcript.reading.findings[0].code == "too-large"
    with Readers(settings, 1) as pool:
        assert [transcript.reading.accepted for transcript in pool.transcribe(files)] == [True, True]


def test_a_reader_that_cannot_start_says_nothing_of_any_file(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.reading.readers.sys.executable", sys.executable + "-missing")
    with pytest.raises((WorkerError, OSError)), Readers(settings, 1) as pool:
        list(pool.transcribe([_file(tmp_path / "a.xlsx", report())]))


def test_readers_that_the_system_always_ends_are_told_as_that_and_that_nothing_is_lost(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[str, ...]] = []

    def killed(program: tuple[str, ...]) -> subprocess.Popen[bytes]:
        started.append(program)
        suicide = [sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"]
        return subprocess.Popen(suicide, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    monkeypatch.setattr(worker, "_begun", killed)
    with Readers(settings, 1) as pool, pytest.raises(WorkerError, match=r"被系统结束（试了 3 次）.*一个也没有丢.*内存不够.*再运行一次"):
        list(pool.transcribe([_file(tmp_path / "a.xlsx", report())]))
    assert len(started) == 4  # the last one waits for the next question
