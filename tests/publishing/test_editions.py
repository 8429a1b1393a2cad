"""Editions: each publication with other files is one, whatever kills a run, and none changes a figure or a file of the outbox.

Covers `editions`, `edition_files`, `edition_changes`, `told_editions`, `standing_editions` and `publish`.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from offices import ZONE, Office, as_version_1, sum_again, tree
from workbooks import CASES, DAY, assignment, edit, exemption_row, progress_row, reception_row, report, report_pages, resolved_row, write

from pipeline import cli
from pipeline.disk import storage
from pipeline.ledger import edition_files, editions, journal
from pipeline.ledger.editions import Edition
from pipeline.ledger.journal import EditionNote
from pipeline.ledger.ledger import Ledger
from pipeline.night import nightly
from pipeline.publishing import edition_changes, outbox, told_editions
from pipeline.publishing.told_editions import ToldEdition
from pipeline.render.documents import FIGURES
from pipeline.settings.large_days import LargeDay
from pipeline.settings.rules import Windows
from pipeline.upkeep import doctor, repair


@pytest.fixture
def ran(office: Office) -> Office:
    office.put_assignment(assignment())
    office.put(report(progress=[resolved_row("SJ-2020-001")]), "日报.xlsx")
    office.run(DAY)
    return office


def _correct(office: Office, name: str = "更正.xlsx", received: str = "2020-05-22T09:30:00+08:00") -> None:
    """A revision that takes the resolved case back."""
    office.put(report(progress=[progress_row("SJ-2020-001", 今日进展=name)]), name, received)


def _told(office: Office) -> list[ToldEdition]:
    return told_editions.of_day(office.settings, DAY)


def _numbers(office: Office) -> list[int]:
    return [edition.note.number for edition in _told(office)]


def _kept(office: Office) -> dict[str, bytes]:
    return tree(office.settings.paths.editions)


def _problems(office: Office) -> list[str]:
    return [problem for check in doctor.examine(office.settings, datetime.now(ZONE)) for problem in check.problems]


# --- what is an edition ------------------------------------------------------------------------------------------


def test_what_is_published_first_is_the_first_edition_and_the_same_again_is_none(ran: Office) -> None:
    ran.run(DAY)
    (edition,) = _told(ran)
    assert (edition.note.number, edition.lines) == (1, ())
    folder = tree(ran.outbox / str(DAY))
    assert _kept(ran) == {hashlib.sha256(content).hexdigest(): content for content in folder.values()}
    assert edition.note.manifest == hashlib.sha256(folder["manifest.json"]).hexdigest()
    assert edition.note.published_at == datetime.fromtimestamp((ran.outbox / str(DAY) / "manifest.json").stat().st_mtime, ZONE)


def test_a_correction_makes_a_second_edition_and_the_first_stays_with_all_its_files(
    ran: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    first = tree(ran.outbox / str(DAY))
    _correct(ran)
    ran.run(DAY)
    assert _numbers(ran) == [1, 2]
    assert {*first.values(), *tree(ran.outbox / str(DAY)).values()} == {*_kept(ran).values()}
    assert cli.main(["--config", str(ran.home / "config.yaml"), "editions", "--date", str(DAY)]) == 0
    shown = capsys.readouterr().out
    assert "第 2 版" in shown
    assert "市级交办和旗区自行梳理：已化解 1 件 → 0 件，化解率 50.0% → 0.0%，还差 1 件 → 2 件" in shown
    assert "案件 SJ-2020-001：已化解（计入化解） → 办理中（不计入化解）" in shown


def test_editions_for_programs(ran: Office, capsys: pytest.CaptureFixture[str]) -> None:
    _correct(ran)
    ran.run(DAY)
    assert cli.main(["editions", "--json", "--config", str(ran.home / "config.yaml")]) == 0
    (day,) = json.loads(capsys.readouterr().out)
    first, second = day["editions"]
    assert (day["day"], first["number"], first["figures"], first["cases"], first["files"]) == (str(DAY), 1, None, None, [])
    assert second["published_at"] == _told(ran)[1].note.published_at.isoformat(timespec="seconds")
    assert second["cases"] == ["SJ-2020-001：已化解（计入化解） → 办理中（不计入化解）"]
    assert second["figures"][0].startswith("市级交办和旗区自行梳理：已化解 1 件 → 0 件")
    assert "summary.json" in second["files"]


def test_what_was_published_before_and_after_comes_out_the_same_in_one_go(ran: Office, tmp_path: Path) -> None:
    _correct(ran)
    ran.run(DAY)
    once = Office(tmp_path / "once")
    once.put_assignment(assignment())
    once.put(report(progress=[resolved_row("SJ-2020-001")]), "日报.xlsx")
    _correct(once)
    once.run(DAY)
    assert once.everything() == ran.everything()
    assert (_numbers(once), _numbers(ran)) == ([1], [1, 2])


def test_the_run_says_which_edition_it_wrote(ran: Office, capsys: pytest.CaptureFixture[str]) -> None:
    _correct(ran)
    assert cli.main(["--config", str(ran.home / "config.yaml"), "--date", str(DAY)]) == 0
    assert f"{DAY}（第 2 版）" in capsys.readouterr().out.replace("（更正）", "")


def test_before_the_first_run_there_is_none(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--config", str(office.home / "config.yaml"), "editions"]) == 0
    assert "还没有写出过" in capsys.readouterr().out
    assert not office.settings.paths.ledger.exists()


def test_other_files_with_the_same_figures_are_said_by_their_names(ran: Office) -> None:
    ran.put(report(progress=[resolved_row("SJ-2020-001"), progress_row("XX-2020-009")]), "更正.xlsx", "2020-05-21T16:30:00+08:00")
    ran.run(DAY)
    second = _told(ran)[1]
    assert second.changes
    assert second.changes.cases == ()
    assert any("东胜区的报送" in line for line in second.lines)


# --- kills -------------------------------------------------------------------------------------------------------


class _KilledError(KeyboardInterrupt):
    """Ends a run as a power cut would."""


def _kill(office: Office, monkeypatch: pytest.MonkeyPatch, module: object, name: str, rewriting: Sequence[date] = ()) -> None:
    def killed(*arguments: object, **_named: object) -> None:
        if arguments[-1] != []:  # nothing to insert is no moment to die at
            raise _KilledError

    with monkeypatch.context() as patch:
        patch.setattr(module, name, killed)
        with pytest.raises(_KilledError):
            nightly.run(office.settings, [DAY], documents=FIGURES, rewriting=rewriting)


@pytest.mark.parametrize(
    ("module", "name"),
    [(editions, "note"), (editions, "_insert"), (journal, "note_editions"), (Ledger, "note_publication"), (outbox, "publish")],
    ids=["before the note", "before the ledger", "before the journal", "before the publication", "before the folder"],
)
@pytest.mark.parametrize("comes_more", [False, True])
def test_a_run_killed_anywhere_loses_no_edition(
    ran: Office, monkeypatch: pytest.MonkeyPatch, module: object, name: str, *, comes_more: bool
) -> None:
    _correct(ran)
    _kill(ran, monkeypatch, module, name)
    published = (ran.outbox / str(DAY) / "manifest.json").read_bytes()
    if comes_more:
        _correct(ran, "再更正.xlsx", "2020-05-22T10:30:00+08:00")
    ran.run(DAY)
    stood = module is not outbox
    assert _numbers(ran) == [1, *([2] if stood or not comes_more else []), *([3] if comes_more and stood else [2] if comes_more else [])]
    assert hashlib.sha256(published).hexdigest() in {edition.note.manifest for edition in _told(ran)}
    assert not ran.settings.paths.replaced.exists()
    assert _problems(ran) == []


@pytest.mark.parametrize("name", ["note", "_insert"])
def test_a_rewriting_that_was_killed_stays_under_its_new_rules(ran: Office, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    ran.settings = ran.settings.model_copy(update={"windows": Windows(due_soon_days=300)})
    _kill(ran, monkeypatch, editions, name, rewriting=[DAY])
    rewritten = ran.everything()
    ran.run(DAY)
    assert (ran.everything(), _numbers(ran)) == (rewritten, [1, 2])


# --- what becomes of them ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("also", ["", "journal"])
def test_a_ledger_that_is_made_again_has_its_editions_again(ran: Office, also: str) -> None:
    _correct(ran)
    ran.run(DAY)
    before = _told(ran)
    ran.settings.paths.ledger.unlink()
    if also:
        lines = (ran.settings.paths.state / journal.NAME).read_bytes().splitlines(keepends=True)
        assert sum(line.startswith(b'{"edition"') for line in lines) == 2
    repair.repair(ran.settings, documents=FIGURES)
    assert _told(ran) == before
    assert _problems(ran) == []


def test_a_journal_that_was_gone_has_them_again(ran: Office) -> None:
    (ran.settings.paths.state / journal.NAME).unlink()
    ran.run(DAY)
    assert [noted.number for noted in journal.editions(ran.archive)] == [1]
    assert _problems(ran) == []


def test_a_ledger_of_version_1_has_what_it_published_as_the_first_edition(ran: Office) -> None:
    as_version_1(ran.settings.paths.ledger)
    path = ran.settings.paths.state / journal.NAME
    path.write_bytes(b"".join(line for line in path.read_bytes().splitlines(keepends=True) if not line.startswith(b'{"edition"')))
    shutil.rmtree(ran.settings.paths.editions)
    first = tree(ran.outbox / str(DAY))
    done = ran.run(DAY)
    assert (done.written.unchanged, _numbers(ran)) == ([DAY], [1])
    assert {*_kept(ran).values()} == {*first.values()}
    _correct(ran)
    ran.run(DAY)
    assert _numbers(ran) == [1, 2]
    assert _problems(ran) == []


def test_a_folder_that_somebody_changed_is_no_edition_and_is_kept_apart(ran: Office) -> None:
    as_version_1(ran.settings.paths.ledger)
    shutil.rmtree(ran.settings.paths.editions)
    path = ran.settings.paths.state / journal.NAME
    path.write_bytes(b"".join(line for line in path.read_bytes().splitlines(keepends=True) if not line.startswith(b'{"edition"')))
    (ran.outbox / str(DAY) / "summary.json").write_bytes(b"{}")
    ran.run(DAY)
    assert _numbers(ran) == [1]
    assert b"{}" in tree(ran.settings.paths.replaced).values()
    assert b"{}" not in _kept(ran).values()


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(b"x" * path.stat().st_size)], ids=["removed", "damaged"])
def test_a_file_of_an_edition_that_is_gone_or_changed_is_found_and_brought_back_from_the_outbox(ran: Office, harm: object) -> None:
    before = _kept(ran)
    for path in list(ran.settings.paths.editions.iterdir()):
        harm(path)  # type: ignore[operator]
    (problem,) = _problems(ran)
    assert f"1 版的文件缺失或已改变：{DAY} 第 1 版" in problem
    assert repair.repair(ran.settings, documents=FIGURES).mended.editions_lost == []
    assert (_kept(ran), _problems(ran)) == (before, [])


def test_what_nobody_has_any_more_is_said_plainly_and_stays_said(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    office.put_assignment(assignment())
    office.put(report(progress=[resolved_row("SJ-2020-001", 案由="另一案由")]), "日报.xlsx")  # its finding makes the file one of its kind
    office.run(DAY)
    first = hashlib.sha256((office.outbox / str(DAY) / "findings.csv").read_bytes()).hexdigest()
    office.put(b"no workbook", "坏.xlsx", "2020-05-21T16:10:00+08:00")
    _correct(office)
    office.run(DAY)
    (office.settings.paths.editions / first).unlink()
    assert cli.main(["--config", str(office.home / "config.yaml"), "doctor", "--repair"]) == 1
    assert f"有 1 版的文件没有了或已改变，也找不回来：{DAY} 第 1 版" in capsys.readouterr().out
    assert [edition.note.number for edition in _told(office)][:2] == [1, 2]
    assert _told(office)[1].changes  # what it said is in the ledger all the same


def test_an_edition_that_the_ledger_no_longer_holds_as_it_was_is_mended_from_its_files(ran: Office) -> None:
    before = _told(ran)
    with Ledger(ran.settings.paths.ledger) as ledger, ledger.store.begin() as connection:
        connection.do("UPDATE editions SET summary_text = x'00'")
    assert any("台账里的内容已经损坏" in problem for problem in _problems(ran))
    repair.repair(ran.settings, documents=FIGURES)
    assert (_told(ran), _problems(ran)) == (before, [])


def test_editions_go_when_their_time_is_over_and_their_numbers_are_not_given_again(ran: Office) -> None:
    _correct(ran)
    ran.run(DAY)
    now = datetime.now(ZONE)
    kept = _kept(ran)
    nightly.run(ran.settings, [DAY], documents=FIGURES, now=now + timedelta(days=ran.settings.retention.editions_days - 1))
    assert (_numbers(ran), _kept(ran)) == ([1, 2], kept)
    _age(ran, days=401)
    nightly.run(ran.settings, [DAY], documents=FIGURES, now=now)
    assert (_numbers(ran), _kept(ran)) == ([], {})
    assert _problems(ran) == []
    nightly.run(ran.settings, [DAY], documents=FIGURES, now=now)
    assert _numbers(ran) == []
    ran.settings.paths.ledger.unlink()
    repair.repair(ran.settings, documents=FIGURES)
    assert _numbers(ran) == []
    _correct(ran, "再更正.xlsx", "2020-05-22T10:30:00+08:00")
    ran.run(DAY)
    assert _numbers(ran) == [3]
    assert _told(ran)[0].lines == ("前一版的内容已经不在，无法比较",)


def _age(office: Office, days: int) -> None:
    """Make everything that was published older."""
    for path in office.settings.paths.editions.iterdir():
        moment = path.stat().st_mtime - days * 86400
        os.utime(path, (moment, moment))
    with Ledger(office.settings.paths.ledger) as ledger, ledger.store.begin() as connection:
        aged = datetime.now(ZONE) - timedelta(days=days)
        connection.do("UPDATE editions SET published_at = ?", aged.isoformat())
    sum_again(office.settings.paths.ledger)


def test_contents_that_a_younger_edition_names_too_stay(tmp_path: Path) -> None:
    edition_files.keep(tmp_path, [b"old", b"both"])
    os.utime(tmp_path / hashlib.sha256(b"both").hexdigest(), (0, 0))
    os.utime(tmp_path / hashlib.sha256(b"old").hexdigest(), (0, 0))
    assert edition_files.remove_unnamed(tmp_path, {hashlib.sha256(b"both").hexdigest()}, datetime.now(ZONE)) == 1
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"both"]


# --- disks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "reason"), [(errno.ENOSPC, "磁盘已满"), (errno.EACCES, "没有写入权限"), (errno.EIO, "磁盘读写出错")])
def test_where_no_edition_can_be_kept_none_is_published_and_the_next_run_makes_it_good(
    ran: Office, monkeypatch: pytest.MonkeyPatch, number: int, reason: str
) -> None:
    before = ran.everything()
    _correct(ran)
    write = storage.write

    def refuse(path: Path, content: bytes) -> None:
        if path.parent == ran.settings.paths.editions:
            raise OSError(number, os.strerror(number), str(path))
        write(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(storage, "write", refuse)
        (held,) = ran.run(DAY).written.held
    assert reason in held
    assert (ran.everything(), _numbers(ran)) == (before, [1])
    ran.run(DAY)
    assert _numbers(ran) == [1, 2]
    assert _problems(ran) == []


def test_what_another_program_holds_for_a_moment_is_kept_a_moment_later(ran: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Windows does where a scanner has a new file open."""
    rename, held = Path.replace, []

    def hold_once(path: Path, target: Path) -> Path:
        if Path(target).parent == ran.settings.paths.editions and target not in held:
            held.append(target)
            raise PermissionError(errno.EACCES, "held", str(path))
        return rename(path, target)

    monkeypatch.setattr(Path, "replace", hold_once)
    _correct(ran)
    ran.run(DAY)
    assert held
    assert (_numbers(ran), _problems(ran)) == ([1, 2], [])


def test_an_edition_s_figures_are_those_of_the_day_it_was(ran: Office) -> None:
    first = json.loads((ran.outbox / str(DAY) / "summary.json").read_bytes())
    ran.put_assignment(assignment(CASES[:1]), "分解表二.xlsx", "2020-05-21T12:00:00+08:00")
    ran.run(DAY)
    with Ledger(ran.settings.paths.ledger) as ledger:
        assert [edition.figures for edition in editions.of_day(ledger, DAY)] == [first, ran.summary(DAY)]


def test_a_dispute_that_stands_is_not_told_as_dropped_between_editions() -> None:
    later = {"changes": {"withdrawn_disputes": ["A-1", "A-2"]}, "flags": {"disputed": ["A-1"]}}
    said = [line for line in edition_changes.between({}, later).figures if line.startswith("不认可没有再报上")]
    assert said == ["不认可没有再报上：0 件 → 1 件，增加 A-2"]


def test_a_day_is_told_beside_the_day_before() -> None:
    def summary(resolved: int, cases: dict[str, tuple[str, bool]], *, met: bool, edits: Sequence[dict[str, str]] = ()) -> dict[str, Any]:
        target = {"group": "市级", "resolved": resolved, "total": 10, "rate_percent": f"{resolved}0.0", "met": met, "certain": True}
        told = {number: {"status": status, "counted_resolved": counted} for number, (status, counted) in cases.items()}
        return {"targets": [target], "cases": told, "changes": {"particulars": edits}}

    before = summary(9, {"A-1": ("办理中", False), "A-2": ("已化解", True), "A-3": ("已交办", False), "A-4": ("办理中", False)}, met=True)
    edit = {"case": "A-3", "column": "办结时限", "before": "2020-05-20", "after": ""}
    now = {"A-1": ("已化解", True), "A-2": ("已化解", False), "A-3": ("已受理", False), "A-5": ("已交办", False)}
    assert edition_changes.across_days(before, summary(8, now, met=False, edits=[edit])) == (
        "市级：9/10（90.0%，达标） → 8/10（80.0%，未达标）",
        "新计入化解 1 件：A-1",
        "不再计入化解 1 件：A-2",
        "新列入统计 1 件：A-5",
        "不再列入统计 1 件：A-4",
        "状态有变 1 件：A-3 已交办 → 已受理",
        "案件内容变化 1 处：A-3 办结时限：2020-05-20 → 无",
    )
    assert edition_changes.across_days(before, before) == ("市级：9/10（90.0%，达标），没有变",)
    refused = {**before["cases"], "A-1": {"status": "已化解", "counted_resolved": False}}
    disputed = {**before, "cases": refused, "flags": {"disputed": ["A-1"]}}
    assert edition_changes.across_days(before, disputed)[1:] == (
        "新列为群众不认可 1 件：A-1",
        "状态有变 1 件：A-1 办理中 → 已化解（群众不认可，不计入化解）",
    )
    assert edition_changes.across_days(disputed, {**disputed, "flags": {}})[1:] == ("不再列为群众不认可 1 件：A-1",)
    first = summary(8, {}, met=False)  # whoever read an edition of the day before that was corrected since compares with that
    ways = (edition_changes.BEFORE_CUT_OFF, edition_changes.CORRECTED, edition_changes.CORRECTED, edition_changes.CORRECTED)
    earlier = {
        number: edition_changes.Replaced(said, how)
        for number, said, how in zip((1, 2, 3, 4), (first, first, first, before), ways, strict=True)
    }
    said = (
        "市级：9/10（90.0%，达标），没有变（前一天截止以前写出过的：第1版写的是 8/10（80.0%，未达标）；"
        "前一天的数字后来有更正：第2、3版写的是 8/10（80.0%，未达标））"
    )
    assert edition_changes.across_days(before, before, earlier) == (said,)


@pytest.mark.parametrize(
    ("received", "how"),
    [("2020-05-22T09:30:00+08:00", edition_changes.AGAIN), ("2020-05-22T13:30:00+08:00", edition_changes.CORRECTED)],
)
def test_what_a_replaced_edition_was_goes_by_when_it_was_written_and_by_the_mark(
    ran: Office, received: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _correct(ran, received=received)
    ran.run(DAY)
    assert told_editions.replaced(ran.settings, DAY)[1].how == how
    with Ledger(ran.settings.paths.ledger) as ledger:
        first, last = editions.of_day(ledger, DAY)
    early = replace(first, note=replace(first.note, published_at=datetime(2020, 5, 21, 16, 30, tzinfo=ZONE)))
    monkeypatch.setattr(editions, "of_day", lambda _ledger, _day: [early, last])
    assert told_editions.replaced(ran.settings, DAY)[1].how == edition_changes.BEFORE_CUT_OFF


def test_what_was_known_at_noon_and_stood_in_no_edition_is_told_as_that() -> None:
    entry = {"day": "2020-05-20", "group": "市级", "resolved": [9, 8], "total": [10, 10]}
    said = {number: {"targets": [{"group": "市级", "resolved": resolved, "total": 10}]} for number, resolved in ((1, 7), (2, 8), (3, 8))}
    assert edition_changes.never_said(entry, said) == "（9/10没有发布过：第1版写的是7/10；第2、3版写的是8/10）"
    assert edition_changes.never_said({**entry, "resolved": [8, 9]}, said) == ""
    assert edition_changes.never_said(entry, {}) == edition_changes.never_said({**entry, "group": "旗区"}, said) == ""


def _edition(number: int, asked: str, **of_group: object) -> Edition:
    parts = {"by_leader": [{"leader": "领导一", "group": "市级", **of_group}], "targets": [{"group": "市级", **of_group}]}
    manifest = {"outputs": {}, "headline": [{"name": "请决定", "says": asked}]}
    note = EditionNote(DAY, number, datetime.combine(DAY, time(18), ZONE), "")
    return Edition(note, json.dumps(manifest).encode(), json.dumps(parts).encode())


def test_an_edition_tells_another_target_once_and_what_is_asked_otherwise() -> None:
    before, after = _edition(1, "今日两件。", target_percent=90, shortfall=1), _edition(2, "今日一件。", target_percent=95, shortfall=3)
    found = told_editions.changes(before, after)
    assert found is not None
    assert found.figures == (
        "请决定：当日两件。 → 当日一件。",
        "市级：还差 1 件 → 3 件，目标 90% → 95%（规则改了）",
        "包案领导 领导一（市级）：还差 1 件 → 3 件",
    )


def test_an_edition_tells_exemptions_that_came_went_or_changed(office: Office) -> None:
    stays, moved = exemption_row("SJ-2020-001"), exemption_row("SJ-2020-002", "核查提示", "2020-06-01", 批准人="领导一")
    office.put_assignment(assignment(exemptions=[stays, moved, exemption_row("东胜区 2020-05-21", "迟报")]), "一.xlsx")
    office.run(DAY)
    later = {**moved, "截止日期": "2020-06-15"}
    came = exemption_row("ZZQ-2020-001", 批准人="领导三", 理由="等鉴定")
    office.put_assignment(assignment(exemptions=[stays, later, came]), "二.xlsx", f"{DAY}T18:00:00+08:00")
    office.run(DAY)
    (_first, second) = _told(office)
    told = [line for line in second.lines if line.startswith("豁免")]
    assert told == [
        "豁免 SJ-2020-002 核查提示：领导一批准，至2020-06-01，等待工程验收 → 领导一批准，至2020-06-15，等待工程验收",
        "豁免：增加 ZZQ-2020-001 延期（领导三批准，至2020-06-30，等鉴定）",
        "豁免 东胜区 2020-05-21 迟报：领导一批准，至2020-06-30，等待工程验收 → 领导一批准，至2020-06-30，等待工程验收，已结束",
    ]


def test_an_edition_tells_answers_that_went_and_a_renamed_district_is_no_other_exemption() -> None:
    late = {"subject": "东胜区 2020-05-21", "kind": "迟报", "approved_by": "甲", "reason": "停电", "until": "2020-05-31", "holds": True}
    counts = {"asked": 20, "answered": 20, "unanswered": 0, "settled": 0, "overdue": 0}
    before = {"exceptions": [late], "notices": {"by_case": counts}}
    after = {
        "exceptions": [{**late, "subject": "东新区 2020-05-21"}],
        "notices": {"by_case": {**counts, "answered": 19, "unanswered": 1}},
    }
    assert [*edition_changes.beyond(before, after, {"DS": "东胜区"}, {"DS": "东新区"})] == [
        "督办回复：回复过 20 件 → 19 件，没有回复 0 件 → 1 件"
    ]
    assert [*edition_changes.beyond({}, {"exceptions": [{**late, "holds": False}]}, {}, {})] == [
        "豁免：增加 东胜区 2020-05-21 迟报（甲批准，至2020-05-31，停电，已结束）"
    ]
    assert [*edition_changes.beyond(before, {}, {}, {})] == ["豁免：去掉 东胜区 2020-05-21 迟报（甲批准，至2020-05-31，停电）"]


def test_a_restatement_with_the_same_figures_is_told_with_what_differs() -> None:
    then = {"day": "2020-05-20", "group": "市级交办", "total": [65, 66], "resolved": [59, 59], "entered": ["SJ-2020-066"]}
    then |= {"left": [], "newly_counted": [], "no_longer_counted": [], "met": [True, False]}
    (line,) = edition_changes.between({"restated": [then]}, {"restated": [then | {"met": [False, False]}]}).figures
    both = "化解 59/65 改为 59/66（{}），新列入总数 SJ-2020-066"
    assert line == f"对 2020-05-20 市级交办 的更正：{both.format('达标改为未达标')} → {both.format('未达标')}"


def test_a_report_of_which_only_a_sheet_was_refused_is_not_said_to_have_come_in_time(office: Office) -> None:
    office.put_assignment(assignment())
    pages = report_pages(progress=[], new=[], reception=[reception_row()], urgent=[])
    office.put(write(edit(pages, {"接访情况!B1": "批数"})), "一.xlsx", f"{DAY}T15:00:00+08:00")
    office.run(DAY)
    office.put(report(progress=[progress_row()]), "二.xlsx", f"{DAY}T16:00:00+08:00")
    office.run(DAY)
    (_first, later) = told_editions.of_day(office.settings, DAY)
    assert later.changes
    assert any("状态 全部退回 → 按时" in line for line in later.changes.figures)


def test_a_large_days_editions_say_where_their_cases_are(office: Office) -> None:
    """The list of every edition's files has the name under which its cases are kept."""
    office.settings = office.settings.model_copy(update={"large_day": LargeDay(cases=1, workbook_rows=1000)})
    office.put_assignment(assignment())
    office.put(report(progress=[resolved_row("SJ-2020-001")]), "日报.xlsx")
    office.run(DAY)
    _correct(office)
    office.run(DAY)
    before, after = _told(office)
    assert any("各版的案件办公室都留着" in line for line in (*before.lines, *after.lines))
    outputs = [json.loads(_kept(office)[edition.note.manifest])["outputs"] for edition in (before, after)]
    assert all(listed["cases.jsonl"] in _kept(office) for listed in outputs)


def test_a_units_page_that_only_loads_another_case_index_is_no_change_of_its_files(tmp_path: Path) -> None:
    def edition(number: int, nonce: str, said: str) -> Edition:
        pages = {
            "单位/北片/日报.html": f'<meta content="script-src \'nonce-{nonce}\'">{{"nonce": "{nonce}"}}{said}',
            "单位/南片/日报.html": f'<meta content="script-src \'nonce-{nonce}\'">{{"nonce": "{nonce}"}}40/69',
        }
        edition_files.keep(tmp_path, [page.encode() for page in pages.values()])
        sums = {name: hashlib.sha256(page.encode()).hexdigest() for name, page in pages.items()}
        note = EditionNote(DAY, number, datetime(2020, 5, 22, 8, number, tzinfo=ZONE), "")
        return Edition(note, json.dumps({"outputs": sums}).encode(), b"")

    later = told_editions.told([edition(1, "a1+/", "39/69"), edition(2, "b2+/", "40/69")], tmp_path)[1]
    assert later.files == ("单位/北片/日报.html",)
