"""What `doctor` finds, and that its advice mends it.

Covers `repair`, `rebuild` and `journal`.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import pytest
from font_lists import list_fonts
from offices import ZONE, Office, let_nights_make, tree
from workbooks import DAY, assignment, progress_row, report

from pipeline import cli
from pipeline.disk import first_seen, originals, storage
from pipeline.ledger import journal, places
from pipeline.ledger.ledger import Ledger
from pipeline.night import nightly
from pipeline.reading import readers
from pipeline.reading.readers import Readers
from pipeline.render.documents import FIGURES
from pipeline.terms.errors import ConfigurationError, LedgerError
from pipeline.upkeep import doctor, repair
from pipeline.upkeep.doctor import Check

NOW = datetime.now(ZONE)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nights and repairs make figures alone, and `doctor` does not try the templates: test_briefing_templates.py does."""
    let_nights_make(monkeypatch)
    monkeypatch.setattr(doctor, "_templates", lambda *_args: Check("版式", ""))


def _examined(office: Office, now: datetime | None = None) -> dict[str, Check]:
    return {check.name: check for check in doctor.examine(office.settings, now or datetime.now(ZONE))}


def _problems(office: Office) -> list[str]:
    return [problem for check in _examined(office).values() for problem in check.problems]


@pytest.fixture
def ran(office: Office) -> Office:
    office.put_assignment(assignment())
    office.put(report(), "日报.xlsx")
    office.put(b"no workbook", "坏.xlsx")
    office.put(report(progress=[progress_row(今日进展="再报")]), "日报2.xlsx", "2020-05-21T16:30:00+08:00")
    office.run(DAY)
    return office


@pytest.mark.parametrize("is_told", [True, False])
def test_a_disk_that_does_not_say_when_a_file_was_made_is_told(ran: Office, monkeypatch: pytest.MonkeyPatch, *, is_told: bool) -> None:
    monkeypatch.setattr(first_seen, "_born", lambda _path, status: status.st_mtime if is_told else None)
    check = _examined(ran)["收件箱"]
    assert check.is_sound
    assert [note[:20] for note in check.notes] == ([] if is_told else ["收件箱所在的磁盘不记文件是什么时候放进来"])


def test_a_sound_office_and_one_that_never_ran_have_no_problem(ran: Office) -> None:
    assert _problems(ran) == []
    assert [check.is_sound for check in doctor.examine(ran.settings, NOW)] == [True] * 13


def test_a_new_office_is_told_of_its_missing_folders_alone(office: Office) -> None:
    assert {name for name, check in _examined(office).items() if not check.is_sound} <= {"文件夹"}


def test_it_is_said_whether_readers_are_shut_in(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    check = _examined(office)["读取进程"]
    assert (check.is_sound, sys.platform == "linux") == (True, not check.notes)
    monkeypatch.setattr(Readers, "not_shut", ("memory", "calls"))
    check = _examined(office)["读取进程"]
    assert [note[:10] for note in check.notes] == ["读取日报的进程不能限", "这台电脑的系统不能把"]


def test_a_reader_that_does_not_come_up_is_a_problem(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "PROGRAM", "pipeline.reading.missing")
    (problem,) = _examined(office)["读取进程"].problems
    assert "启动不了" in problem


def test_a_computer_without_a_chinese_font_is_told_what_to_install(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _examined(office)["字体"].is_sound
    list_fonts(monkeypatch, tmp_path / "fonts", "DejaVu Sans")
    (problem,) = _examined(office)["字体"].problems
    assert "没有找到中文字体" in problem


def test_a_computer_that_cannot_list_its_fonts_is_no_worse(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    check = _examined(office)["字体"]
    assert check.is_sound
    assert "无法查看字体" in check.result


def _lose_original(office: Office) -> None:
    next(path for path in office.archive.iterdir() if path.read_bytes() == b"no workbook").unlink()


def _change_original(office: Office) -> None:
    next(path for path in office.archive.iterdir() if path.read_bytes() == b"no workbook").write_bytes(b"another")


def _unknown_original(office: Office) -> None:
    content = report("达拉特旗", progress=[])
    (office.archive / hashlib.sha256(content).hexdigest()).write_bytes(content)


def _change_result(office: Office) -> None:
    (office.outbox / str(DAY) / "summary.json").write_text("{}", encoding="utf-8")


def _lose_result(office: Office) -> None:
    (office.outbox / str(DAY) / "findings.csv").unlink()


def _lose_ledger(office: Office) -> None:
    office.settings.paths.ledger.unlink()


def _break_ledger(office: Office) -> None:
    office.settings.paths.ledger.write_bytes(b"SQLite format 3\0" + b"\x07" * 9000)


def _lose_journal(office: Office) -> None:
    (office.settings.paths.state / journal.NAME).unlink()


FAULTS: tuple[tuple[Callable[[Office], None], str, bool], ...] = (
    (_lose_original, "不见了", False),
    (_change_original, "内容已改变", False),
    (_unknown_original, "没有记录", True),
    (_change_result, "被改过", True),
    (_lose_result, "缺失", True),
    (_lose_ledger, "没有记录", True),
    (_break_ledger, "台账", True),
    (_lose_journal, "流水簿", True),
)


@pytest.mark.parametrize(("harm", "sentence", "can_be_mended"), FAULTS)
def test_each_harm_is_found_and_mended_where_it_can_be(
    ran: Office, harm: Callable[[Office], None], sentence: str, *, can_be_mended: bool
) -> None:
    before = tree(ran.outbox)
    harm(ran)
    assert any(sentence in problem for problem in _problems(ran))
    done = repair.repair(ran.settings, documents=FIGURES)
    assert (_problems(ran) == []) == can_be_mended
    if harm is not _unknown_original:
        assert {name: content for name, content in tree(ran.outbox).items() if not name.startswith(".")} == before
        assert [*done.same, *done.restored, *done.new] == [str(DAY)]


def test_a_row_that_changed_in_the_ledger_is_noticed_before_it_counts_and_mended(ran: Office) -> None:
    """SQLite itself sees nothing wrong: the changed text is as long as the other."""
    before = tree(ran.outbox)
    path = ran.settings.paths.ledger
    content = path.read_bytes()
    assert "已化解".encode() in content
    path.write_bytes(content.replace("已化解".encode(), "办理中".encode()))
    assert any("内容已经损坏" in problem for problem in _problems(ran))
    ran.put(report("达拉特旗", progress=[]), "达旗.xlsx")
    with pytest.raises(LedgerError, match=r"内容已经损坏.*doctor --repair"):
        ran.run(DAY)
    assert tree(ran.outbox) == before
    repair.repair(ran.settings, documents=FIGURES)
    assert _problems(ran) == []
    ran.run(DAY)
    assert ran.summary(DAY)["cases"] == json.loads(before[f"{DAY}/summary.json"])["cases"]


def test_looking_changes_nothing(ran: Office) -> None:
    before = tree(ran.home)
    _examined(ran)
    assert tree(ran.home) == before


def test_a_clock_that_is_behind_is_told(ran: Office) -> None:
    assert not _examined(ran, datetime(2020, 5, 19, 9, tzinfo=ZONE))["时钟"].is_sound


def test_a_file_that_has_waited_for_days_is_told(ran: Office) -> None:
    path = ran.inbox / "等.xlsx"
    path.write_bytes(b"x")
    old = (NOW - timedelta(days=3)).timestamp()
    os.utime(path, (old, old))
    assert "等.xlsx" in _examined(ran)["收件箱"].problems[0]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no FIFO and lets only some make links")
def test_what_no_run_will_take_is_named_with_what_to_do(ran: Office) -> None:
    (ran.inbox / "链接.xlsx").symlink_to("nowhere")
    os.mkfifo(ran.inbox / "管道.xlsx")
    (ran.inbox / "文件夹.xlsx").mkdir()
    sidecar = ran.put(b"", "只有信封.xlsx").with_name("只有信封.xlsx.envelope.json")
    (ran.inbox / "只有信封.xlsx").unlink()
    old = (NOW - timedelta(hours=2)).timestamp()
    os.utime(sidecar, (old, old))
    before = tree(ran.home)
    problems = _examined(ran)["收件箱"].problems
    assert [problem.partition("：")[0] for problem in sorted(problems)] == [
        "只有信封.xlsx.envelope.json",
        "文件夹.xlsx",
        "管道.xlsx",
        "链接.xlsx",
    ]
    assert all(problem.partition("；")[2].startswith(("请", "不要了")) for problem in problems)
    assert tree(ran.home) == before


def test_a_list_that_is_cut_off_says_so(ran: Office) -> None:
    days = [DAY + timedelta(days=number) for number in range(6)]
    for number in range(1, 7):
        ran.put(report(), f"再报{number}.xlsx", f"2020-05-21T16:4{number}:00+08:00")
    ran.run(*days)
    for number in range(1, 7):
        ran.put(b"x", f"等{number}.xlsx")
    for day in days:
        (ran.outbox / str(day) / "summary.json").write_text("{}", encoding="utf-8")
    ledger = ran.settings.paths.ledger
    ledger.write_bytes(ledger.read_bytes().replace("已化解".encode(), "办理中".encode()))
    shown = "".join(_problems(ran))
    assert f"6 天的结果缺失或被改过：{'、'.join(map(str, days[:5]))} 等。" in shown
    assert "7 份文件在台账里的内容已经损坏（日报.xlsx、再报1.xlsx、再报2.xlsx、再报3.xlsx、再报4.xlsx 等）" in shown
    assert "6 个文件已等待一天以上：等1.xlsx、等2.xlsx、等3.xlsx、等4.xlsx、等5.xlsx 等。" in shown


def test_what_in_the_outbox_is_not_ours_is_named_and_left_as_it_is(ran: Office, capsys: pytest.CaptureFixture[str]) -> None:
    (ran.outbox / "杂").mkdir()
    (ran.outbox / "Thumbs.db").write_bytes(b"")
    (ran.outbox / "2020-05-22").write_text("a file", encoding="utf-8")
    check = _examined(ran)["结果"]
    assert (check.is_sound, [note.partition("：")[2] for note in check.notes]) == (True, ["2020-05-22、杂。不该在那里的，请移走。"])
    (ran.outbox / "2020-05-22").unlink()
    assert cli.main(["doctor", "--repair", "--config", str(ran.home / "config.yaml")]) == 0
    assert "1 个不是本程序写的，原样留着，不影响结果：杂。" in capsys.readouterr().out
    assert (ran.outbox / "杂").is_dir()


def test_days_that_somebody_had_edited_are_said_to_be_restored(ran: Office, capsys: pytest.CaptureFixture[str]) -> None:
    before, config = tree(ran.outbox), str(ran.home / "config.yaml")
    for name in ("summary.json", "manifest.json", "添加的.txt"):
        (ran.outbox / str(DAY) / name).write_text("{}", encoding="utf-8")
        done = repair.repair(ran.settings, documents=FIGURES)
        assert (done.restored, done.same, done.new, tree(ran.outbox)) == ([str(DAY)], [], [], before)
    kept = sorted((ran.settings.paths.state / "replaced").iterdir())
    assert [(kept[number] / name).read_bytes() for number, name in enumerate(("summary.json", "manifest.json", "添加的.txt"))] == [
        b"{}"
    ] * 3
    assert repair.repair(ran.settings, documents=FIGURES).same == [str(DAY)]
    repair.repair(ran.settings)
    _change_result(ran)
    capsys.readouterr()
    assert cli.main(["doctor", "--repair", "--config", config]) == 0
    shown = capsys.readouterr().out
    assert f"1 天的结果已恢复成原来的内容：{DAY}。恢复前的样子另存在 state/replaced。" in shown
    assert "逐字节相同" not in shown


def test_after_a_full_disk_a_plain_run_is_advised_first_and_mends_it(ran: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_anything: object) -> None:
        raise LedgerError

    ran.put(report("达拉特旗", progress=[]), "达旗.xlsx")
    with monkeypatch.context() as patched:
        patched.setattr(Ledger, "record", full)
        with pytest.raises(LedgerError):
            ran.run(DAY)
    problems = [problem for name in ("台账", "存档") for problem in _examined(ran)[name].problems]
    assert [problem.partition("没有记录")[0] for problem in problems] == ["流水簿里有 1 次收件台账", "1 个原件台账"]
    assert all("请先再运行一次汇总" in problem and problem.index("再运行一次") < problem.index("--repair") for problem in problems)
    ran.run(DAY)
    assert _problems(ran) == []


def test_what_waits_for_its_envelope_or_cannot_be_opened_is_told_at_once(ran: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    path = ran.put(report(), "信封坏.xlsx")
    path.with_name("信封坏.xlsx.envelope.json").write_text('{"received_at": "21.05."}', encoding="utf-8")
    ran.put(report(), "读不了.xlsx")
    ran.put(b"x", "好.xlsx")
    for name in ("信封坏.xlsx", "读不了.xlsx", "好.xlsx"):
        os.utime(ran.inbox / name, (NOW.timestamp(),) * 2)
    opened = storage.open_regular

    def refuse(path: Path) -> BinaryIO:
        if path.name == "读不了.xlsx":
            raise PermissionError(errno.EACCES, "", str(path))
        return opened(path)

    monkeypatch.setattr(storage, "open_regular", refuse)
    reasons = {problem.partition("：")[0]: problem.partition("：")[2] for problem in _examined(ran)["收件箱"].problems}
    assert list(reasons) == ["信封坏.xlsx", "读不了.xlsx"]
    assert "received_at 写的是“21.05.”" in reasons["信封坏.xlsx"]
    assert "没有权限" in reasons["读不了.xlsx"]


def test_the_command_says_it_in_its_exit_status(ran: Office, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    let_nights_make(monkeypatch, "notices")
    config = str(ran.home / "config.yaml")
    assert cli.main(["doctor", "--config", config]) == 0
    _change_result(ran)
    assert cli.main(["doctor", "--config", config]) == 1
    assert "结果：有问题" in capsys.readouterr().out
    assert cli.main(["doctor", "--repair", "--config", config]) == 0
    assert "重新写出" in capsys.readouterr().out


def test_the_ledger_made_again_is_equal(ran: Office) -> None:
    before = ran.facts()
    _lose_ledger(ran)
    repair.repair(ran.settings, documents=FIGURES)
    assert ran.facts() == before


# --- a damaged original, and no ledger that knows what it said -----------------------------------------------------


def _rot(office: Office, content: bytes) -> str:
    """One flipped bit in an original."""
    path = office.archive / hashlib.sha256(content).hexdigest()
    path.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    return path.name


SECOND = report(progress=[progress_row(今日进展="再报")])


def test_an_original_that_rotted_while_the_ledger_is_lost_is_named_and_nothing_is_touched(ran: Office) -> None:
    rotten = _rot(ran, SECOND)
    _lose_ledger(ran)
    before = tree(ran.home)
    with pytest.raises(LedgerError, match=r"台账.*不见了.*doctor --repair"):
        ran.run(DAY)
    with pytest.raises(LedgerError) as caught:
        repair.repair(ran.settings, documents=FIGURES)
    assert f"日报2.xlsx，2020-05-21 16:30 收到，archive/{rotten[:12]}…（已损坏）" in str(caught.value)
    assert f"doctor --repair --without {rotten[:12]}" in str(caught.value)
    assert {name: content for name, content in tree(ran.home).items() if not name.endswith(".lock")} == {
        name: content for name, content in before.items() if not name.endswith(".lock")
    }
    assert any("不见了" in problem for problem in _problems(ran))


def test_the_office_may_go_on_without_it_which_is_said_every_day_until_it_is_back(ran: Office, capsys: pytest.CaptureFixture[str]) -> None:
    before, facts = tree(ran.outbox), ran.facts()
    rotten = _rot(ran, SECOND)
    _lose_ledger(ran)
    done = repair.repair(ran.settings, [rotten[:12]], documents=FIGURES)
    assert [arrival.name for arrival in done.mended.without] == ["日报2.xlsx"]
    assert (done.mended.is_rebuilt, done.mended.ledger_kept) == (True, None)
    findings = [finding for finding in ran.findings(DAY) if finding["file"] == "日报2.xlsx"]
    assert [(finding["code"], finding["severity"], finding["value"]) for finding in findings] == [
        ("unreadable", "refused-file", rotten[:12])
    ]
    assert ran.summary(DAY)["submissions"][0]["revision"] == 1
    assert any("数字可能不准" in problem and "日报2.xlsx" in problem for problem in _problems(ran))
    for _night in range(2):
        assert cli.main(["--config", str(ran.home / "config.yaml"), "--date", str(DAY)]) == 0
        assert f"日报2.xlsx（2020-05-21 16:30 收到，archive/{rotten[:12]}…）" in capsys.readouterr().out
    (ran.archive / rotten).write_bytes(SECOND)
    ran.run(DAY)
    assert (tree(ran.outbox), ran.facts()) == (before, facts)
    assert _problems(ran) == []


def test_the_same_bytes_sent_again_bring_it_back(ran: Office) -> None:
    rotten = _rot(ran, SECOND)
    _lose_ledger(ran)
    repair.repair(ran.settings, [rotten], documents=FIGURES)
    ran.put(SECOND, "又送来.xlsx", "2020-05-21T16:50:00+08:00")
    ran.run(DAY)
    assert ran.summary(DAY)["submissions"][0]["revision"] == 2
    assert "unreadable" not in [finding["code"] for finding in ran.findings(DAY) if finding["file"] == "日报2.xlsx"]
    assert _problems(ran) == []


def test_the_same_bytes_in_the_inbox_are_enough_for_a_repair(ran: Office) -> None:
    before = tree(ran.outbox)
    _rot(ran, SECOND)
    _lose_ledger(ran)
    ran.put(SECOND, "日报2.xlsx", "2020-05-21T16:30:00+08:00")
    assert repair.repair(ran.settings, documents=FIGURES).mended.without == []
    assert tree(ran.outbox) == before
    assert _problems(ran) == []


def test_where_no_day_was_ever_written_it_is_said_that_a_first_night_may_just_be_run_again(ran: Office) -> None:
    _lose_ledger(ran)
    with pytest.raises(LedgerError) as written:
        places.check_there(ran.settings.paths)
    shutil.rmtree(ran.outbox)
    with pytest.raises(LedgerError) as never:
        places.check_there(ran.settings.paths)
    said = "第一次汇总中途停了的，再运行一次 python run.py，就会接着做"
    assert (said in str(written.value), said in str(never.value)) == (False, True)
    assert "恢复整个 state 文件夹" in str(never.value)


def test_a_lost_original_is_asked_for_as_well_and_its_time_is_never_over(ran: Office) -> None:
    lost = hashlib.sha256(SECOND).hexdigest()
    (ran.archive / lost).unlink()
    _lose_ledger(ran)
    with pytest.raises(LedgerError, match="不见了"):
        repair.repair(ran.settings, documents=FIGURES)
    repair.repair(ran.settings, [lost], documents=FIGURES)
    later = datetime(2020, 11, 30, tzinfo=ZONE)
    assert [arrival.name for arrival in nightly.run(ran.settings, [DAY], documents=FIGURES, now=later).read.damaged] == ["日报2.xlsx"]
    assert lost not in journal.removed(ran.archive)


def test_what_a_damaged_ledger_soundly_holds_of_a_rotten_original_is_kept(ran: Office) -> None:
    """One changed row, and another original that rotted: nothing is lost and nobody has to decide."""
    before, facts = tree(ran.outbox), ran.facts()
    _rot(ran, b"no workbook")
    path = ran.settings.paths.ledger
    path.write_bytes(path.read_bytes().replace("已化解".encode(), "办理中".encode()))
    done = repair.repair(ran.settings, documents=FIGURES)
    assert done.mended.ledger_kept
    assert (tree(ran.outbox), ran.facts()) == (before, facts)
    assert [problem for problem in _problems(ran) if "数字不受影响" not in problem] == []


@pytest.mark.parametrize("harm", [lambda _office: None, _lose_ledger], ids=["a sound ledger", "no ledger"])
def test_a_decision_about_an_original_that_is_whole_is_refused(ran: Office, harm: Callable[[Office], None]) -> None:
    harm(ran)
    with pytest.raises(ConfigurationError, match="--without"):
        repair.repair(ran.settings, [hashlib.sha256(SECOND).hexdigest()], documents=FIGURES)


def test_without_journal_and_ledger_a_repair_says_so_and_touches_nothing(ran: Office) -> None:
    _lose_ledger(ran)
    _lose_journal(ran)
    before = tree(ran.archive)
    for _time in range(2):
        with pytest.raises(LedgerError, match="都丢失"):
            repair.repair(ran.settings, documents=FIGURES)
    assert tree(ran.archive) == before
    assert tree(ran.inbox).keys() == {"assignment/分解表.xlsx", "assignment/分解表.xlsx.envelope.json"}


def test_an_original_that_a_broken_sector_hides_counts_as_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(path: Path) -> str:
        raise OSError(errno.EIO, "", str(path))

    monkeypatch.setattr(storage, "sha256", broken)
    assert not originals.holds(tmp_path, "0" * 64)


def test_the_command_takes_a_beginning_and_only_with_a_repair(ran: Office, capsys: pytest.CaptureFixture[str]) -> None:
    config = str(ran.home / "config.yaml")
    rotten = _rot(ran, SECOND)
    _lose_ledger(ran)
    assert cli.main(["doctor", "--without", rotten[:12], "--config", config]) == 2
    with pytest.raises(SystemExit):
        cli.main(["doctor", "--repair", "--without", "abc", "--config", config])
    capsys.readouterr()
    assert cli.main(["doctor", "--repair", "--config", config]) == 1
    assert rotten[:12] in capsys.readouterr().err
    assert cli.main(["doctor", "--repair", "--without", f"{rotten[:12].upper()}…", "--config", config]) == 1
    assert "按办公室的决定，1 个" in capsys.readouterr().out


# --- the journal -------------------------------------------------------------------------------------------------


def _journal(office: Office) -> Path:
    return office.settings.paths.state / journal.NAME


@pytest.mark.parametrize(
    "garbage",
    [b"\x00" * 40, b'{"arrived": {"path"', b"[]", b'{"arrived": {}, "sidecar": null}', b'{"numbered": 5}', b'{"removed": "a"}', b"17"],
    ids=repr,
)
def test_a_line_of_the_journal_that_says_nothing_is_told_and_kept_aside(ran: Office, garbage: bytes) -> None:
    lines = _journal(ran).read_bytes().splitlines()
    _journal(ran).write_bytes(b"\n".join([lines[0], garbage, *lines[1:], b""]))
    before = tree(ran.outbox)
    said = "state/arrivals.jsonl）有 1 行看不懂：第 2 行，可能是断电或磁盘出错。数字不受影响。请运行 python run.py doctor --repair"
    assert sum(said in remark for remark in ran.run(DAY).remarks) == 1
    assert any("1 行看不懂：第 2 行" in problem for problem in _problems(ran))
    assert repair.repair(ran.settings, documents=FIGURES).mended.set_aside == [2]
    assert _journal(ran).read_bytes().splitlines() == lines
    assert _journal(ran).with_name(journal.ASIDE).read_bytes() == garbage + b"\n"
    assert (_problems(ran), tree(ran.outbox)) == ([], before)


@pytest.mark.parametrize("number", range(1, 5))
def test_a_changed_digit_in_the_journal_is_no_other_arrival(ran: Office, number: int) -> None:
    """The line is still JSON, and says another time."""
    before, facts = ran.everything(), ran.facts()
    lines = _journal(ran).read_bytes().splitlines(keepends=True)
    changed = lines[number].replace(b":00:00+08:00", b":01:00+08:00").replace(b":30:00+08:00", b":31:00+08:00")
    assert changed != lines[number]
    _journal(ran).write_bytes(b"".join([*lines[:number], changed, *lines[number + 1 :]]))
    assert any(f"第 {number + 1} 行" in problem for problem in _problems(ran))
    ran.run(DAY)
    done = repair.repair(ran.settings, documents=FIGURES)
    assert (done.mended.set_aside, done.mended.noted, done.mended.is_rebuilt) == ([number + 1], 1, False)
    assert (_problems(ran), ran.everything(), ran.facts()) == ([], before, facts)
    _lose_ledger(ran)
    repair.repair(ran.settings, documents=FIGURES)
    assert (_problems(ran), ran.facts()) == ([], facts)


def test_lines_of_a_journal_that_is_older_than_its_sums_count(ran: Office) -> None:
    facts = ran.facts()
    lines = [json.loads(line) for line in _journal(ran).read_bytes().splitlines()]
    assert all(line.pop("sum") for line in lines)
    _journal(ran).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    _lose_ledger(ran)
    repair.repair(ran.settings, documents=FIGURES)
    assert (_problems(ran), ran.facts()) == ([], facts)


def test_a_last_line_that_a_power_cut_tore_is_no_problem(ran: Office) -> None:
    with _journal(ran).open("ab") as file:
        file.write(b'{"arrived": {"pa')
    assert _problems(ran) == []


def test_a_damaged_line_whose_arrival_only_a_damaged_ledger_tells_loses_nothing(ran: Office) -> None:
    before, facts = ran.everything(), ran.facts()
    lines = _journal(ran).read_bytes().splitlines(keepends=True)
    place = next(number for number, line in enumerate(lines) if b"16:30" in line)
    _journal(ran).write_bytes(b"".join([*lines[:place], b"x" * 50 + b"\n", *lines[place + 1 :]]))
    path = ran.settings.paths.ledger
    path.write_bytes(path.read_bytes().replace("已化解".encode(), "办理中".encode()))
    done = repair.repair(ran.settings, documents=FIGURES)
    assert (done.mended.given_back, done.mended.noted) == ([], 1)
    assert (_problems(ran), ran.everything(), ran.facts()) == ([], before, facts)


def test_an_older_ledger_beside_a_newer_journal_stops_the_run_also_where_it_knows_every_original(ran: Office) -> None:
    """The first report again, as the third revision: the older ledger knows its bytes and would count the second."""
    older = ran.settings.paths.ledger.read_bytes()
    ran.put(report(), "日报3.xlsx", "2020-05-21T16:40:00+08:00")
    ran.run(DAY)
    before = ran.everything()
    ran.settings.paths.ledger.write_bytes(older)
    with pytest.raises(LedgerError, match="流水簿里有 1 个"):
        ran.run(DAY)
    assert ran.everything() == before
    assert repair.repair(ran.settings, documents=FIGURES).same == [str(DAY)]
    assert (_problems(ran), ran.everything()) == ([], before)


# --- the results -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("harm", [lambda _office: None, _lose_ledger], ids=["a sound ledger", "no ledger"])
def test_a_lost_outbox_is_made_again_byte_for_byte(ran: Office, harm: Callable[[Office], None]) -> None:
    ran.put(report(day=DAY + timedelta(days=1), progress=[]), "次日.xlsx", "2020-05-22T16:00:00+08:00")
    ran.run(DAY + timedelta(days=1))
    before = ran.everything()
    shutil.rmtree(ran.outbox)
    harm(ran)
    repair.repair(ran.settings, documents=FIGURES)
    assert (ran.everything(), _problems(ran)) == (before, [])


def test_the_next_run_makes_a_lost_outbox_again(ran: Office) -> None:
    before = ran.everything()
    shutil.rmtree(ran.outbox)
    ran.run(DAY + timedelta(days=1))
    assert {name: content for name, content in ran.everything().items() if name.startswith(str(DAY))} == before


def test_an_original_that_published_days_alone_tell_of_is_taken_in_as_it_arrived_then(ran: Office) -> None:
    before, sha256 = tree(ran.outbox), hashlib.sha256(SECOND).hexdigest()
    journal_file = ran.archive.parent / journal.NAME
    lines = journal_file.read_bytes().splitlines(keepends=True)
    journal_file.write_bytes(b"".join(line for line in lines if not line.startswith(b'{"arrived"') or sha256.encode() not in line))
    with closing(sqlite3.connect(ran.settings.paths.ledger)) as connection, connection:
        (number,) = connection.execute("select id from arrivals where sha256 = ?", (sha256,)).fetchone()
        for table in ("readings", "findings", "faults", "read_with"):
            connection.execute(f"delete from {table} where arrival = ?", (number,))  # noqa: S608 - the names stand above
        connection.execute("delete from arrivals where id = ?", (number,))
    with pytest.raises(LedgerError, match="少了收件记录"):
        ran.run(DAY)
    done = repair.repair(ran.settings, documents=FIGURES)
    assert [arrival.path for arrival in done.mended.taken_again] == ["日报2.xlsx"]
    assert done.mended.given_back == []
    assert (tree(ran.outbox), _problems(ran)) == (before, [])


def test_originals_go_back_to_an_inbox_on_another_disk(ran: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Path.replace

    def across(path: Path, target: Path) -> Path:
        if path.parent != Path(target).parent:
            raise OSError(errno.EXDEV, "another disk", str(path))
        return rename(path, target)

    _unknown_original(ran)
    monkeypatch.setattr(Path, "replace", across)
    assert len(repair.repair(ran.settings, documents=FIGURES).mended.given_back) == 1
    assert _problems(ran) == []
