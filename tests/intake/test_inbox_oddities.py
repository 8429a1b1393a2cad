"""What misbehaves in an inbox: each thing ends in one clear line and loses nothing, and the rest is taken."""

from __future__ import annotations

import errno
import os
import socket
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import pytest
from offices import ZONE, Office, tree
from workbooks import DAY, assignment, progress_row, report

from pipeline import cli
from pipeline.disk import storage
from pipeline.disk.originals import Originals
from pipeline.intake import envelopes, inbox
from pipeline.intake.contents import Waiting
from pipeline.intake.envelopes import EnvelopeError
from pipeline.ledger import journal
from pipeline.ledger.ledger import Ledger
from pipeline.night import nightly
from pipeline.render.documents import FIGURES

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such things, or no such names")
GOOD = "达拉特旗.xlsx"


def _take(office: Office) -> inbox.Taken:
    with Ledger(office.settings.paths.ledger) as ledger:
        return inbox.take_in(office.inbox, Originals(office.archive), ledger, office.settings.calendar.zone, lambda _count: None)


@pytest.fixture
def lying(office: Office) -> Path:
    """An inbox with one good report, which every test sees taken."""
    office.put(report("达拉特旗", progress=[]), GOOD)
    return office.inbox


def _waits(office: Office) -> list[Waiting]:
    """What waits, after the good report was taken."""
    taken = _take(office)
    assert taken.taken == [GOOD]
    assert len(tree(office.archive)) == 1
    return taken.waiting


# --- what is no file ---------------------------------------------------------------------------------------------


@posix
def test_links_are_told_and_not_followed(office: Office, lying: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/geheim.xlsx").write_bytes(report())
    (lying / "a.xlsx").symlink_to(tmp_path / "secret/geheim.xlsx")
    (lying / "b.xlsx").symlink_to("nowhere")
    (lying / "c").symlink_to(tmp_path / "secret")
    (lying / "d").symlink_to(lying)
    (lying / "~$e.xlsx").symlink_to("nowhere")
    waits = _waits(office)
    assert [wait.path for wait in waits] == ["a.xlsx", "b.xlsx", "c", "d"]
    assert {wait.reason for wait in waits} == {"是一个链接，没有读取；请放入文件本身，并删去链接"}


@posix
def test_pipes_sockets_and_folders_named_like_a_workbook_are_told(office: Office, lying: Path) -> None:
    os.mkfifo(lying / "a.xlsx")
    os.mkfifo(lying / "b.xlsx.envelope.json")
    (lying / "c.XLSX").mkdir()
    (lying / "d").mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        home = Path.cwd()
        os.chdir(lying)  # a socket's path is short
        listener.bind("e.xlsx")
        os.chdir(home)
        waits = _waits(office)
    assert [(wait.path, wait.reason.partition("，")[0]) for wait in waits] == [
        ("a.xlsx", "不是普通文件（管道、设备等）"),
        ("b.xlsx.envelope.json", "不是普通文件（管道、设备等）"),
        ("c.XLSX", "是文件夹而不是工作簿"),
        ("e.xlsx", "不是普通文件（管道、设备等）"),
    ]


@posix
def test_a_pipe_in_the_place_of_a_sidecar_hangs_nobody(office: Office, lying: Path) -> None:
    office.put(report(), "日报.xlsx", None)
    os.mkfifo(lying / "日报.xlsx.envelope.json")
    assert [(wait.path, wait.reason) for wait in _waits(office)][1:] == [("日报.xlsx", "信封文件看不懂（不是普通文件，或正在变化）")]


@posix
def test_a_pipe_swapped_in_after_the_look_hangs_nobody(office: Office, lying: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = office.put(report(), "日报.xlsx")
    open_regular = storage.open_regular

    def swap(opened: Path) -> BinaryIO:
        if opened == path and path.is_file():
            path.unlink()
            os.mkfifo(path)
        return open_regular(opened)

    monkeypatch.setattr(storage, "open_regular", swap)
    assert [(wait.path, wait.reason) for wait in _waits(office)] == [("日报.xlsx", "读取时还在变化")]
    assert lying.exists()


def test_a_folder_that_cannot_be_opened_is_told(office: Office, lying: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (lying / "锁住").mkdir()
    iterdir = Path.iterdir

    def refuse(path: Path) -> object:
        if path.name == "锁住":
            raise PermissionError(errno.EACCES, "refused", str(path))
        return iterdir(path)

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert [(wait.path, wait.reason[:10]) for wait in _waits(office)] == [("锁住", "文件夹打不开：没有权")]


@posix
def test_the_depth_of_folders_does_not_matter(office: Office, lying: Path) -> None:
    home = Path.cwd()
    os.chdir(lying)
    for _ in range(2500):  # past what a path may measure
        Path("d").mkdir()
        os.chdir("d")
    try:
        assert [wait.reason for wait in _waits(office)] == ["没有收下：名称太长，请改短"]
    finally:
        for _ in range(2500):
            os.chdir("..")
            Path("d").rmdir()
        os.chdir(home)


# --- many --------------------------------------------------------------------------------------------------------


def test_ten_thousand_files_of_junk_cost_a_moment_and_no_line(office: Office, lying: Path) -> None:
    for number in range(10_000):
        (lying / f"~$日报{number}.xlsx").touch()
    begun = time.monotonic()
    assert _waits(office) == []
    assert time.monotonic() - begun < 10


@posix
def test_many_that_wait_for_the_same_reason_are_one_line(office: Office, lying: Path, capsys: pytest.CaptureFixture[str]) -> None:
    office.put_assignment(assignment())
    for number in range(1000):
        (lying / f"链接{number:04}.xlsx").symlink_to("nowhere")
    assert cli.main(["--config", str(office.home / "config.yaml"), "--date", str(DAY)]) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "链接0" in line]
    assert "链接0000.xlsx、链接0001.xlsx、链接0002.xlsx、链接0003.xlsx、链接0004.xlsx 等 1000 个：是一个链接" in line


# --- names -------------------------------------------------------------------------------------------------------


@posix
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a\nb\r\nc.xlsx", "a b c.xlsx"),
        ("a\x1b[31m\x07b.xlsx", "a[31mb.xlsx"),
        ("日\u202exslx.exe", "日xslx.exe"),
        ("a\u2028b\tc", "a b c"),
    ],
)
def test_a_name_is_stored_without_what_steers_a_screen(office: Office, name: str, shown: str) -> None:
    office.put(report(), name)
    assert _take(office).taken == [shown]
    assert tree(office.inbox) == {}


@posix
def test_a_name_of_255_bytes_is_taken(office: Office) -> None:
    name = "报" * 83 + "a.xlsx"
    assert len(name.encode()) == 255
    office.put(report(), name, None)
    assert _take(office).taken == [name]
    assert list(tree(office.archive).values()) == [report()]
    assert tree(office.inbox) == {}


# --- sidecars ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "[" * 100_000,
        '{"received_at": "2020-05-21T16:42:07+08:00", "sender": "\\ud800"}',
        '{"received_at": "2020-05-21T16:42:07+08:00"}' + " " * 70_000,
    ],
    ids=["deep", "half a character", "long"],
)
def test_a_hostile_sidecar_costs_its_own_file(office: Office, lying: Path, written: str) -> None:
    path = office.put(report(), "日报.xlsx")
    path.with_name("日报.xlsx.envelope.json").write_text(written, encoding="utf-8")
    assert [(wait.path, wait.reason[:7]) for wait in _waits(office)] == [("日报.xlsx", "信封文件看不懂")]
    assert lying.exists()


def test_half_a_character_is_no_sender() -> None:
    with pytest.raises(EnvelopeError):
        envelopes.read('{"received_at": "2020-05-21T16:42:07+08:00", "message_id": "\\udfff"}', ZONE)


def _age(path: Path, seconds: float) -> None:
    moment = time.time() - seconds
    os.utime(path, (moment, moment))


def test_a_sidecar_whose_file_never_came_is_told_after_an_hour_and_left_alone(office: Office, lying: Path) -> None:
    for name in ("报.xlsx", "assignment/分.xlsx", "刚才.xlsx"):
        office.put(b"x", name).unlink()
        _age(lying / f"{name}.envelope.json", 60 if name == "刚才.xlsx" else 4000)
    before = tree(lying).keys() - {GOOD, f"{GOOD}.envelope.json"}
    waits = _waits(office)
    assert {wait.path for wait in waits} == {"报.xlsx.envelope.json", "assignment/分.xlsx.envelope.json"}
    assert {wait.reason.partition("；")[0] for wait in waits} == {"只有信封文件，它旁边没有那个文件"}
    assert tree(lying).keys() == before


def test_a_file_that_says_it_arrives_tomorrow_is_taken_as_it_says_and_said(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    office.put_assignment(assignment())
    near, far = datetime.now(ZONE) + timedelta(minutes=5), datetime.now(ZONE) + timedelta(days=400)
    office.put(report(), "快五分.xlsx", near.isoformat())
    office.put(report("达拉特旗", progress=[], day=far.date()), "明年.xlsx", far.isoformat())
    config = ["--config", str(office.home / "config.yaml")]
    assert cli.main([*config, "--date", str(DAY)]) == 0
    shown = capsys.readouterr().out
    assert f"收到时间比现在还晚：明年.xlsx（{far:%Y-%m-%d %H:%M}）。" in shown
    assert cli.main([*config, "--date", f"{far.date()}"]) == 0
    assert office.summary(far.date())["submissions"][1]["received_at"] == far.isoformat(timespec="seconds")
    assert "收到时间比现在还晚：明年.xlsx" in capsys.readouterr().out  # until the time has come
    assert cli.main(["doctor", *config]) == 1
    assert "明年.xlsx" in capsys.readouterr().out


# --- disks -------------------------------------------------------------------------------------------------------


class _SharingViolationError(PermissionError):
    """What Windows says of a file that Excel has open."""

    winerror = 32


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.ENOSPC, ""), "没有收下：磁盘已满，请腾出空间"),
        (OSError(errno.EIO, ""), "没有收下：磁盘读写出错，请检查磁盘、数据线或网络连接"),
        (_SharingViolationError(errno.EACCES, ""), "没有收下：正被其他程序占用，请关闭打开它的程序"),
        (FileNotFoundError(errno.ENOENT, ""), "没有收下：找不到，可能刚被移走或改名，请检查"),
    ],
    ids=["full", "broken", "open", "gone"],
)
def test_a_file_that_cannot_be_taken_says_why_and_waits(
    office: Office, lying: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, reason: str
) -> None:
    path = office.put(report(), "日报.xlsx")
    keep = storage.copy_into_archive

    def refuse(source: Path, seen: os.stat_result, archive: Path) -> tuple[str, int]:
        if source == path:
            raise error
        return keep(source, seen, archive)

    monkeypatch.setattr(storage, "copy_into_archive", refuse)
    assert _waits(office) == [Waiting("日报.xlsx", reason)]
    monkeypatch.undo()
    assert _take(office).taken == ["日报.xlsx"]
    assert not path.exists()
    assert lying.exists()


def test_a_report_that_was_changed_after_it_was_archived_stays_for_the_next_run(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    path = office.put(report(), "日报.xlsx")
    record = Ledger.record

    def change(ledger: Ledger, arrivals: list[object]) -> None:
        record(ledger, arrivals)  # type: ignore[arg-type]
        path.write_bytes(report(progress=[]))
        os.utime(path, (1_500_000_001, 1_500_000_001))

    monkeypatch.setattr(Ledger, "record", change)
    taken = _take(office)
    assert (taken.taken, [wait.reason for wait in taken.waiting]) == (["日报.xlsx"], ["收下以后又有变化，下次运行再收"])
    monkeypatch.undo()
    assert path.read_bytes() == report(progress=[])
    assert _take(office).taken == ["日报.xlsx"]
    assert set(tree(office.archive).values()) == {report(), report(progress=[])}
    assert tree(office.inbox) == {}


def test_reports_that_cannot_be_removed_are_told_once_wait_for_nobody_and_count_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.put_assignment(assignment())
    for number in range(200):
        office.put(report(), f"日报{number}.xlsx", f"2020-05-21T16:{number // 60:02}:{number % 60:02}+08:00")
    monkeypatch.setattr(storage, "remove", lambda path: path.suffix == ".tmp" and (path.unlink(missing_ok=True) or True))
    begun = time.monotonic()
    outcome = office.run(DAY)
    assert time.monotonic() - begun < 20
    assert {wait.reason for wait in outcome.taken.waiting} == {"已收下，但原文件被占用或没有权限，删不掉，下次运行再删"}
    assert len(outcome.taken.waiting) == 200
    assert all((office.inbox / f"日报{number}.xlsx.envelope.json").exists() for number in range(200))
    monkeypatch.undo()
    before = office.everything()
    outcome = office.run(DAY)
    assert (outcome.taken.taken, outcome.written.unchanged) == ([], [DAY])
    assert [name for name in tree(office.inbox) if not name.startswith("assignment")] == []
    assert office.everything() == before


def test_a_disk_that_fills_up_while_something_is_written_is_named_with_the_file(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python names a file where it is opened, and not where it is written."""
    office.put_assignment(assignment())
    note = journal.note

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    def fill(archive: Path, arrivals: list[journal.Noted]) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            note(archive, arrivals)

    monkeypatch.setattr(journal, "note", fill)
    assert cli.main(["--config", str(office.home / "config.yaml"), "--date", str(DAY)]) == 1
    path = office.settings.paths.state / journal.NAME
    assert capsys.readouterr().err == f"{path} 读写不了：磁盘已满，请腾出空间。已收到的文件都还在；处理好后再运行一次。\n"


def test_a_refusal_that_names_no_file_is_a_whole_sentence(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(storage, "sweep", full)
    assert cli.main(["--config", str(office.home / "config.yaml"), "--date", str(DAY)]) == 1
    assert capsys.readouterr().err.startswith("这台电脑上的文件读写不了：磁盘已满")


def test_only_a_folder_that_is_there_is_pointed_at(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(_folder: Path, _files: dict[str, bytes]) -> None:
        raise OSError(errno.ENOSPC, "full")

    office.put_assignment(assignment())
    config = ["--config", str(office.home / "config.yaml")]
    with monkeypatch.context() as patch:
        patch.setattr(storage, "write_folder", full)
        assert cli.main([*config, "--date", str(DAY)]) == 1
    shown = capsys.readouterr()
    assert "请看" not in shown.out
    assert "磁盘已满" in shown.err
    assert cli.main([*config, "--date", str(DAY)]) == 0
    assert f"请看：{office.outbox / str(DAY)}" in capsys.readouterr().out


def test_an_inbox_on_another_disk_than_the_archive_is_taken_in(office: Office, lying: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Path.replace

    def across(path: Path, target: Path) -> Path:
        if path.is_relative_to(lying) != Path(target).is_relative_to(lying):
            raise OSError(errno.EXDEV, "another disk", str(path))
        return rename(path, target)

    monkeypatch.setattr(Path, "replace", across)
    assert _waits(office) == []
    assert tree(lying) == {}


def test_two_files_of_one_name_and_one_second_are_two_arrivals(office: Office) -> None:
    for content in (report(), report(progress=[])):
        office.put(content, "日报.xlsx")
        assert _take(office).taken == ["日报.xlsx"]
    for name in ("a", "b"):
        office.put(report("达拉特旗", progress=[progress_row(今日进展=name)]), f"{name}/日报.xlsx")
    assert _take(office).taken == ["a/日报.xlsx", "b/日报.xlsx"]
    assert len(tree(office.archive)) == 4
    office.put_assignment(assignment())
    office.run(DAY)
    assert [submission["revision"] for submission in office.summary(DAY)["submissions"][:2]] == [2, 2]
    assert office.run(DAY).written.unchanged == [DAY]


@pytest.mark.parametrize("grown", [b"more", b""], ids=["grown", "cut off"])
def test_a_file_that_changes_while_it_is_read_waits_and_leaves_nothing_in_the_archive(
    office: Office, lying: Path, monkeypatch: pytest.MonkeyPatch, grown: bytes
) -> None:
    path = office.put(report(), "日报.xlsx")
    open_regular = storage.open_regular

    def change(opened: Path) -> BinaryIO:
        file = open_regular(opened)
        if opened == path:
            path.write_bytes(report() + grown if grown else b"")
            os.utime(path, (1_500_000_000, 1_500_000_000))
        return file

    monkeypatch.setattr(storage, "open_regular", change)
    assert _waits(office) == [Waiting("日报.xlsx", "读取时还在变化")]
    assert (lying / "日报.xlsx").exists()


def test_a_file_too_large_is_archived_all_the_same(office: Office) -> None:
    office.settings = office.settings.model_copy(update={"limits": office.settings.limits.model_copy(update={"file_megabytes": 1})})
    office.put_assignment(assignment())
    office.put(b"x" * (1 << 20) + b"x", "大.xlsx")
    office.run(DAY)
    assert [finding["code"] for finding in office.findings(DAY)] == ["too-large"]
    assert b"x" * (1 << 20) + b"x" in tree(office.archive).values()
    assert not (office.inbox / "大.xlsx").exists()


def test_a_clock_that_went_back_a_day_is_told_since_corrections_would_not_count(office: Office) -> None:
    office.put_assignment(assignment())
    office.put(report(), "日报.xlsx")
    day_before, same_day = (datetime(2020, 5, day, 16, 1, tzinfo=ZONE) for day in (20, 21))
    for now, ahead in ((same_day, []), (day_before, ["日报.xlsx"]), (same_day, [])):
        outcome = nightly.run(office.settings, [DAY], documents=FIGURES, now=now)
        assert [arrival.name for arrival in outcome.ahead] == ahead
    assert outcome.written.unchanged == [DAY]


def test_a_clock_that_goes_back_between_runs_changes_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.put_assignment(assignment())
    office.put(report(), "日报.xlsx")
    office.run(DAY)
    before = office.everything()
    clock = time.time
    monkeypatch.setattr(time, "time", lambda: clock() - 40_000_000)
    office.put(report("达拉特旗", progress=[]), GOOD)
    outcome = office.run(DAY)
    assert [report.day for report in outcome.written.published] == [DAY]
    assert office.everything() != before
    assert office.run(DAY).written.unchanged == [DAY]
