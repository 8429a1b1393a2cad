"""An older state beside a newer outbox: a run, `doctor` and a repair stop, name what is missing, and keep the newer edition.

Covers `lost_files`, `lost_originals`, `found_results`, `unexplained_days` and `kept_aside`.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import provinces
import pytest
from offices import ZONE, Office, let_nights_make, only, tree
from read_by_leaders import page_text, paper_text
from workbook_days import opened, rows
from workbooks import CASES, DAY, assignment, new_row, progress_row, report, resolved_row

from pipeline import cli
from pipeline.intake import found_results, standing_editions
from pipeline.ledger.ledger import Ledger
from pipeline.night import nightly
from pipeline.office import handed_in_rows, status
from pipeline.publishing import told_editions
from pipeline.render.documents import FIGURES
from pipeline.render.workbook import office_workbook
from pipeline.report import corrections, headline, sentences, who_reported
from pipeline.report.report import Report
from pipeline.settings.large_days import LargeDay
from pipeline.settings.rules import Windows
from pipeline.terms.errors import ConfigurationError, LedgerError
from pipeline.upkeep import doctor, repair

LATE = report("达拉特旗", progress=[progress_row("SJ-2020-002")])
SHA256 = hashlib.sha256(LATE).hexdigest()


@pytest.fixture(autouse=True)
def _nights_make_figures_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    let_nights_make(monkeypatch)


@pytest.fixture
def restored(office: Office, tmp_path: Path) -> Office:
    """Two reports counted; then the state was brought back from before the second came."""
    office.put_assignment(assignment())
    office.put(report(progress=[resolved_row("SJ-2020-001")]), "东胜区.xlsx")
    office.run(DAY)
    shutil.copytree(office.settings.paths.state, tmp_path / "backup")
    office.put(LATE, "达拉特旗.xlsx", "2020-05-21T16:30:00+08:00")
    office.run(DAY)
    shutil.rmtree(office.settings.paths.state)
    shutil.copytree(tmp_path / "backup", office.settings.paths.state)
    return office


def _facts(office: Office) -> dict[str, bytes]:
    """All that a run might write; the lock, the log of a run and the note that the ledger was looked over say nothing of the office."""
    silent = ("state/run.lock", "state/logs/run.log", "state/checkpoints/ledger")
    return {name: content for name, content in tree(office.home).items() if name not in silent}


def _command(office: Office, *arguments: str) -> int:
    return cli.main(["--config", str(office.home / "config.yaml"), *arguments])


@pytest.mark.parametrize("command", [["--date", str(DAY)], ["doctor"], ["doctor", "--repair"]], ids=" ".join)
def test_it_stops_and_names_the_report_with_its_district_its_day_and_its_arrival(
    restored: Office, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    before = _facts(restored)
    assert _command(restored, *command) == 1
    said = "".join(capsys.readouterr())
    assert "state 比结果旧" in said
    assert f"达拉特旗 达拉特旗.xlsx，2020-05-21 16:30 收到，见于 {DAY} 的结果（{SHA256[:12]}…）" in said
    assert _facts(restored) == before


_NEWER = {"district": "达拉特旗", "day": str(DAY)}


@pytest.mark.parametrize(
    ("whose", "expected"),
    [
        (_NEWER, ["东胜区 新东胜.xlsx", "达拉特旗 达拉特旗.xlsx"]),
        ({}, ["旗区不明 新东胜.xlsx", "旗区不明 达拉特旗.xlsx"]),  # by an older program: two came in that second
    ],
    ids=["manifest with districts", "older manifest"],
)
def test_of_two_reports_lost_of_one_second_each_has_its_own_district_or_none(
    restored: Office, whose: dict[str, str], expected: list[str]
) -> None:
    path = restored.outbox / str(DAY) / "manifest.json"
    fields = json.loads(path.read_text(encoding="utf-8"))
    lost = next(file for file in fields["inputs"] if file["sha256"] == SHA256)
    assert {name: lost[name] for name in _NEWER} == _NEWER
    rest = {name: value for name, value in lost.items() if name not in _NEWER}
    other = {**rest, "path": "新东胜.xlsx", "sha256": "0" * 64} | ({**whose, "district": "东胜区"} if whose else {})
    fields["inputs"] = [other, {**rest, **whose}]
    path.write_text(json.dumps(fields), encoding="utf-8")
    said = [file.words for file in standing_editions.find_missing(restored.settings, found_results.unnoted(restored.settings.paths))]
    assert [line.partition("，")[0] for line in said] == expected


def test_doctor_gives_one_advice(restored: Office) -> None:
    problems = [problem for check in doctor.examine(restored.settings, datetime.now(ZONE)) for problem in check.problems]
    assert [problem for problem in problems if "原样留着" in problem]
    assert not [problem for problem in problems if "按台账重新写出" in problem]
    restored.put(LATE, "达拉特旗.xlsx", "2020-05-21T16:30:00+08:00")
    restored.run(DAY)
    (restored.outbox / str(DAY) / "summary.json").write_text("{}", encoding="utf-8")
    problems = [problem for check in doctor.examine(restored.settings, datetime.now(ZONE)) for problem in check.problems]
    assert [problem for problem in problems if "按台账重新写出" in problem], "a damaged day is still told how to mend"


def test_doctor_does_not_call_a_day_unchanged_that_a_newer_state_wrote(restored: Office) -> None:
    def results() -> doctor.Check:
        return next(check for check in doctor.examine(restored.settings, datetime.now(ZONE)) if check.name == "结果")

    assert (results().result, results().problems) == ("0 天的结果与台账里记的完全一致", ())
    assert results().notes[0] == f"1 天的结果比台账新，没有与台账比对，见“各版”：{DAY}。"
    restored.put(LATE, "达拉特旗.xlsx", "2020-05-21T16:30:00+08:00")
    restored.run(DAY)
    assert (results().result, results().notes) == ("1 天的结果与台账里记的完全一致", ())


def test_doctor_does_not_call_a_day_damaged_that_only_an_older_ledger_does_not_know(office: Office, tmp_path: Path) -> None:
    office.put_assignment(assignment())
    office.put(report(progress=[resolved_row("SJ-2020-001")]), "东胜区.xlsx")
    office.run(DAY)
    shutil.copy(office.settings.paths.ledger, tmp_path / "older")
    office.put(LATE, "达拉特旗.xlsx", "2020-05-21T16:30:00+08:00")
    office.run(DAY)
    shutil.copy(tmp_path / "older", office.settings.paths.ledger)

    def results() -> doctor.Check:
        return next(check for check in doctor.examine(office.settings, datetime.now(ZONE)) if check.name == "结果")

    assert results().problems == ()
    assert results().notes[0] == f"1 天的结果比台账新，没有与台账比对，见“各版”：{DAY}。"
    (office.outbox / str(DAY) / "summary.json").write_text("{}", encoding="utf-8")
    assert "按台账重新写出" in results().problems[0]


_NEXT = DAY + timedelta(days=1)


def _cut(folder: Path) -> None:
    manifest = folder / "manifest.json"
    manifest.write_bytes(manifest.read_bytes()[:100])


def _take_away(folder: Path) -> None:
    (folder / "manifest.json").unlink()


@pytest.mark.parametrize("damage", [_cut, _take_away])
def test_results_of_a_day_that_the_state_never_published_stop_it_though_their_manifest_tells_nothing(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str], damage: Callable[[Path], None]
) -> None:
    office.put_assignment(assignment())
    office.put(report(), "东胜区.xlsx")
    office.run(DAY)
    shutil.copytree(office.settings.paths.state, tmp_path / "backup")
    office.put(report(day=_NEXT, progress=[resolved_row("SJ-2020-001")]), "次日.xlsx", "2020-05-22T16:00:00+08:00")
    office.run(_NEXT)
    shutil.rmtree(office.settings.paths.state)
    shutil.copytree(tmp_path / "backup", office.settings.paths.state)
    damage(office.outbox / str(_NEXT))
    before, stood = _facts(office), tree(office.outbox / str(_NEXT))
    for command in (["--date", str(_NEXT)], ["doctor"], ["doctor", "--repair"]):
        assert _command(office, *command) == 1
        said = "".join(capsys.readouterr())
        assert "manifest.json 缺失或读不出，台账也没有写出过这一天" in said, command
        assert re.search(f"  {_NEXT}：.*findings.csv、", said)
        assert f"--without {_NEXT}" in said
    for command in (["status"], ["editions"], ["explain", "自治区交办", "--date", str(_NEXT)]):
        assert _command(office, *command) == 0
        assert capsys.readouterr().err.startswith(f"{_NEXT} 的结果里 manifest.json 缺失或读不出，核对不了用到了哪些收件")
    assert _facts(office) == before
    assert _command(office, "--date", str(_NEXT), "--without", str(_NEXT)) == 0
    assert f"outbox/{_NEXT}（原样留着）" in capsys.readouterr().err
    assert tree(office.outbox / f"{_NEXT}（原样留着）") == stood
    assert _command(office, "--date", str(_NEXT)) == 0, "once is enough"
    assert _command(office, "doctor") == 0


def test_a_published_day_whose_manifest_is_damaged_is_written_again_and_said(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    office.put_assignment(assignment())
    office.put(report(), "东胜区.xlsx")
    office.run(DAY)
    before = tree(office.outbox)
    assert standing_editions.warning(office.settings) == ""
    _cut(office.outbox / str(DAY))
    assert f"{DAY} 的结果里 manifest.json 缺失或读不出" in standing_editions.warning(office.settings)
    assert "python run.py doctor" in standing_editions.warning(office.settings)
    assert _command(office, "doctor") == 1
    capsys.readouterr()
    assert _command(office, "--date", str(DAY)) == 0
    assert standing_editions.warning(office.settings) == ""
    assert str(DAY) in capsys.readouterr().out
    assert tree(office.outbox) == before
    assert _command(office, "--date", str(DAY), "--without", str(DAY)) == ConfigurationError.exit_status


@pytest.mark.parametrize("name", [f"{_NEXT}", f".{_NEXT}.new"])
def test_a_file_named_like_a_day_is_never_removed_and_is_said(office: Office, capsys: pytest.CaptureFixture[str], name: str) -> None:
    office.put_assignment(assignment())
    office.put(report(), "东胜区.xlsx")
    office.outbox.mkdir()
    (office.outbox / name).write_text("会议记录", encoding="utf-8")
    assert _command(office, "--date", str(_NEXT)) == 0
    kept = office.outbox / f"{_NEXT}（原样留着）"
    assert kept.name in capsys.readouterr().err
    assert _command(office, "--date", str(_NEXT)) == 0
    assert kept.read_text(encoding="utf-8") == "会议记录"
    assert (office.outbox / str(_NEXT) / "summary.json").exists()
    assert _command(office, "doctor") == 0
    assert kept.name in capsys.readouterr().out


@pytest.mark.parametrize("command", [["status"], ["editions"], ["explain", "SJ-2020-001"]], ids=" ".join)
def test_who_looks_on_is_told_in_one_line(restored: Office, capsys: pytest.CaptureFixture[str], command: list[str]) -> None:
    assert _command(restored, *command, "--date", str(DAY)) == 0
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert "state 比结果旧" in told[0]
    assert "doctor" in told[0]
    restored.put(LATE, "达拉特旗.xlsx", "2020-05-21T16:30:00+08:00")
    restored.run(DAY)
    assert _command(restored, *command, "--date", str(DAY)) == 0
    assert "比结果旧" not in capsys.readouterr().err


@pytest.mark.parametrize("command", [["--date", str(DAY)], ["doctor", "--repair"]], ids=" ".join)
def test_only_the_office_s_decision_goes_on_and_the_edition_that_stood_stays_one(restored: Office, command: list[str]) -> None:
    stood = tree(restored.outbox / str(DAY))
    assert _command(restored, *command, "--without", SHA256[:12]) == 0
    numbers = [edition.note.number for edition in told_editions.of_day(restored.settings, DAY)]
    assert numbers == [1, 2, 3]
    assert {*stood.values()} <= {*tree(restored.settings.paths.editions).values()}
    assert restored.summary(DAY)["submissions"][1]["status"] == "missing"
    last = told_editions.of_day(restored.settings, DAY)[-1]
    assert any("达拉特旗的报送：状态 按时 → 原件遗失" in line for line in last.lines)
    assert _command(restored, "--date", str(DAY)) == 0
    assert [problem for check in doctor.examine(restored.settings, datetime.now(ZONE)) for problem in check.problems] == []


@pytest.mark.parametrize("command", [["--date", str(DAY)], ["doctor", "--repair"]], ids=" ".join)
def test_whoever_reads_of_a_day_that_goes_on_without_a_report_is_told_that_it_came(
    restored: Office, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    let_nights_make(monkeypatch, "briefing", "office_workbook", "briefing_pdf", "leaders_page")
    said = "达拉特旗5月21日日报（5月21日16:30收到）的原件遗失，办公室决定不计入"

    def told() -> list[bool]:
        folder = restored.outbox / str(DAY)
        with zipfile.ZipFile(next(folder.glob("*汇总*.xlsx"))) as workbook:
            cells = workbook.read("xl/sharedStrings.xml").decode()
        page = page_text(next(folder.glob("*.html")).read_text(encoding="utf-8"))
        return [said in text for text in (paper_text(next(folder.glob("*.docx"))), page, cells)]

    assert _command(restored, *command, "--without", SHA256[:12]) == 0
    assert told() == [True] * 3
    stood = tree(restored.outbox / str(DAY))
    for looking in (["--date", str(DAY)], ["doctor"], ["status"], ["editions"]):
        capsys.readouterr()
        assert _command(restored, *looking) == 0
        assert "办公室决定不计入" in "".join(capsys.readouterr())
    assert tree(restored.outbox / str(DAY)) == stood  # it holds, and rewrites nothing
    restored.settings.paths.ledger.unlink()
    assert _command(restored, "doctor", "--repair") == 0
    assert tree(restored.outbox / str(DAY)) == stood  # a ledger that is made again knows the decision too
    restored.put(LATE, "达拉特旗.xlsx", "2020-05-21T16:30:00+08:00")
    assert _command(restored, "--date", str(DAY)) == 0
    assert told() == [False] * 3  # until it is found
    assert "left out" not in (restored.outbox / str(DAY) / "manifest.json").read_text(encoding="utf-8")


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
def test_a_report_that_is_lost_by_decision_is_nowhere_told_as_one_that_was_not_handed_in(
    restored: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    days = [DAY, _NEXT, _NEXT + timedelta(days=1)]
    restored.put(report("达拉特旗", day=_NEXT, progress=[]), "次日.xlsx", "2020-05-22T16:00:00+08:00")
    first, second, third = nightly.run(restored.settings, days, without=[SHA256[:12]], documents=FIGURES).written.published
    stood = {line.district: line.stands for line in first.submissions}
    assert (stood["东胜区"], stood["达拉特旗"], stood["准格尔旗"]) == ("on-time", "lost", "missing")
    assert [dict(built.attendance)[DAY]["达拉特旗"] for built in (first, second, third)] == ["lost"] * 3
    # It changed no figure: the day after tells of it all the same, and once is enough.
    verdicts = [headline.lines(built)[0][1] for built in (first, second, third)]
    decided = "达拉特旗5月21日日报（5月21日16:30收到）的原件遗失，办公室决定不计入"
    assert [decided in verdict for verdict in verdicts] == [True, True, False]
    assert "达拉特旗以前的日报原件遗失（5月21日），" in verdicts[1]
    assert "准格尔旗等7个旗区缺以前的日报（5月21日）" in verdicts[1]  # of the nine, 东胜区 reported and 达拉特旗's report is lost
    assert "；达拉特旗5月21日的日报原件遗失；" in sentences.bounds_rule(0, second.open_points)
    book = opened(office_workbook.render(first))
    cells = {row[0]: row[1] for row in rows(book, "报送情况", 1)}
    assert (cells["东胜区"], cells["达拉特旗"], cells["准格尔旗"]) == ("按时", "原件遗失", "未报")
    counts = {row[0]: str(row[2]) for row in rows(book, "总览", 1)}
    assert "达拉特旗" not in counts["未报（旗区）"]
    assert "达拉特旗的日报原件遗失" in counts["原件遗失（旗区）"]
    assert _command(restored, "status", "--date", str(DAY)) == 0
    told = capsys.readouterr().out
    assert "  达拉特旗  原件遗失  —" in told
    assert "  按时 1，迟报 0，已到待收 0，未报 7，原件遗失 1；" in told


@pytest.fixture
def forgetful(office: Office) -> Office:
    """Two days published, then all that the state had of one report removed: rows, line and original. The days' notes still stand."""
    office.put_assignment(assignment())
    office.put(report(progress=[resolved_row("SJ-2020-001")]), "东胜区.xlsx")
    office.put(LATE, "达拉特旗.xlsx", "2020-05-21T16:30:00+08:00")
    office.run(DAY, DAY + timedelta(days=1))
    paths = office.settings.paths
    with sqlite3.connect(paths.ledger) as connection:
        (arrival,) = connection.execute("SELECT id FROM arrivals WHERE sha256 = ?", (SHA256,)).fetchone()
        for table in ("readings", "findings", "read_with"):
            connection.execute(f"DELETE FROM {table} WHERE arrival = ?", (arrival,))  # noqa: S608 - the three of the line above
        connection.execute("DELETE FROM arrivals WHERE id = ?", (arrival,))
    connection.close()
    lines = (paths.archive.parent / "arrivals.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if SHA256 not in line]
    assert len(kept) == len(lines) - 1
    (paths.archive.parent / "arrivals.jsonl").write_text("".join(kept), encoding="utf-8")
    (paths.archive / SHA256).unlink()
    return office


@pytest.mark.parametrize("gone", ["nothing", "outbox", "outbox and rows"])
def test_a_report_of_which_the_state_has_lost_all_stops_the_run_and_is_named(
    forgetful: Office, capsys: pytest.CaptureFixture[str], gone: str
) -> None:
    if gone != "nothing":
        shutil.rmtree(forgetful.outbox)
        forgetful.outbox.mkdir()
    if (
        gone == "outbox and rows"
    ):  # of the days, too: that they were published the journal tells alone, and the kept manifests what they rest on
        with sqlite3.connect(forgetful.settings.paths.ledger) as connection:
            for table in ("publications", "editions", "published_rules"):
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - the three of the line above
        connection.close()
    before = _facts(forgetful)
    for command in (["--date", str(DAY + timedelta(days=2))], ["doctor"], ["doctor", "--repair"]):
        assert _command(forgetful, *command) == 1
        said = "".join(capsys.readouterr())
        assert f"达拉特旗 达拉特旗.xlsx，2020-05-21 16:30 收到，见于 {DAY} 的结果（{SHA256[:12]}…）" in said, command
        assert "收件的记录和原件却不见了" in said
        assert "比结果旧" not in said
    assert _facts(forgetful) == before


def test_a_report_of_which_the_state_has_lost_all_counts_again_once_it_is_in_the_inbox(forgetful: Office) -> None:
    before = tree(forgetful.outbox)
    forgetful.put(LATE, "达拉特旗.xlsx", "2020-05-21T16:30:00+08:00")
    forgetful.run(DAY)
    assert tree(forgetful.outbox) == before
    assert found_results.short(forgetful.settings.paths) == []


def test_the_office_decides_about_a_report_of_which_the_state_has_lost_all(forgetful: Office) -> None:
    assert _command(forgetful, "--date", str(DAY), "--without", SHA256[:12]) == 0
    assert SHA256 in (forgetful.outbox / str(DAY) / "manifest.json").read_text(encoding="utf-8"), "as left out"
    assert _command(forgetful, "--date", str(DAY + timedelta(days=1))) == 0
    assert [problem for check in doctor.examine(forgetful.settings, datetime.now(ZONE)) for problem in check.problems] == []


@pytest.fixture
def short_of_two(office: Office, tmp_path: Path) -> Office:
    """Two days were published; then the state was brought back from before 达拉特旗 had reported its case of DAY, resolved."""
    office.put_assignment(assignment())
    office.put(report(progress=[resolved_row("SJ-2020-001")]), "东胜区.xlsx")
    office.run(DAY)
    shutil.copytree(office.settings.paths.state, tmp_path / "backup")
    _publish_two(office)
    shutil.rmtree(office.settings.paths.state)
    shutil.copytree(tmp_path / "backup", office.settings.paths.state)
    return office


OWN = report("达拉特旗", progress=[resolved_row("SJ-2020-002")], new=[new_row("DLT-2020-001", 排查日期="2020-05-21")])


def _publish_two(office: Office) -> None:
    office.put(OWN, "达拉特旗.xlsx", "2020-05-21T16:30:00+08:00")
    office.run(DAY, DAY + timedelta(days=1))


def test_a_day_that_goes_on_without_a_report_says_what_its_figures_were_with_it(short_of_two: Office) -> None:
    office, days = short_of_two, [DAY + timedelta(days=days) for days in range(4)]
    (lost,) = standing_editions.find_missing(office.settings, found_results.unnoted(office.settings.paths))
    nightly.run(office.settings, days, without=[lost.sha256[:12]], documents=only("briefing"))

    def told() -> list[str]:
        # A correction is set in one line for each of its parts where there is room.
        return [paper_text(next((office.outbox / str(day)).glob("*.docx"))).replace("\n　　", "") for day in days]

    first, second, third, fourth = told()
    because = (
        "因原件遗失、不计入，5月{}日的数字与以前发布的不同：由2/3改为1/2；退出总数1件（DLT-2020-001）；改为不计入化解1件（SJ-2020-002）。"
    )
    assert because.format(21) in first
    assert because.format(22) in second
    assert because.format(22) in third, "who reads the next day has read the one before"
    assert "因原件遗失" not in fourth
    assert "达拉特旗5月21日日报（5月21日16:30收到）的原件遗失，办公室决定不计入" in second
    stood = tree(office.outbox)
    office.settings.paths.ledger.unlink()
    repair.repair(office.settings, documents=only("briefing"))
    assert tree(office.outbox) == stood, "a ledger that is made again knows it too"
    office.put(OWN, "达拉特旗.xlsx", "2020-05-21T16:30:00+08:00")
    nightly.run(office.settings, days, documents=only("briefing"))
    assert not any("原件遗失" in text for text in told())


def _lose_with_ledger(office: Office, content: bytes) -> dict[date, Report]:
    """Lose an original and the ledger, have both days written without it, and return their reports."""
    sha256 = hashlib.sha256(content).hexdigest()
    (office.archive / sha256).unlink()
    office.settings.paths.ledger.unlink()
    done = repair.repair(office.settings, [sha256[:12]], documents=FIGURES)
    assert [arrival.sha256 for arrival in done.mended.without] == [sha256]
    return {built.day: built for built in done.outcome.written.published}


def test_a_report_that_is_lost_with_the_ledger_is_told_of_as_one_that_an_older_state_lacks(office: Office) -> None:
    office.put_assignment(assignment())
    office.put(report(progress=[resolved_row("SJ-2020-001")]), "东胜区.xlsx")
    _publish_two(office)
    stood = tree(office.outbox)
    reports = _lose_with_ledger(office, OWN)
    for day, told in reports.items():
        because = f"因原件遗失、不计入，5月{day.day}日的数字与以前发布的不同：由2/3改为1/2；"
        assert f"{because}退出总数1件（DLT-2020-001）；改为不计入化解1件（SJ-2020-002）。" in corrections.of_group(
            told, "市级交办和旗区自行梳理"
        )
        assert "达拉特旗5月21日日报（5月21日16:30收到）的原件遗失，办公室决定不计入。" in headline.lines(told)[0][1]
        assert ("达拉特旗今日的日报原件遗失，办理得怎样不知道" in headline.lines(told)[0][1]) == (day == DAY)
        assert "看不出是哪个旗区的" not in who_reported.unplaced(told.arrived_reports, told.refused_late)
    (first, second) = reports.values()
    assert [absent.last_report for built in (first, second) for absent in built.absences if absent.district == "达拉特旗"] == [None, DAY]
    assert "日报原件遗失的1个（达拉特旗）" in who_reported.submissions(first.submissions)
    assert [absent.district for absent in first.absences if absent.is_lost] == ["达拉特旗"]
    assert office.summary(DAY)["submissions"][1]["status"] == "missing"
    ((district, code),) = [
        (finding["district"], finding["code"]) for finding in office.findings(DAY) if finding["severity"] == "refused-file"
    ]
    assert (district, code) == ("达拉特旗", "unreadable")
    assert first.submissions[1].refused_files == 0, "it was not refused: the office has lost it"
    board = status.look(office.settings, DAY)
    assert (board.files_refused, board.districts[1].is_lost) == (0, True)
    assert handed_in_rows.refused_files(office.settings, DAY, DAY) == []
    without_it = tree(office.outbox)
    office.settings.paths.ledger.unlink()
    repair.repair(office.settings, [hashlib.sha256(OWN).hexdigest()], documents=FIGURES)
    assert tree(office.outbox) == without_it, "who loses another ledger is asked again, and says the same"
    (office.archive / hashlib.sha256(OWN).hexdigest()).write_bytes(OWN)
    office.run(DAY, DAY + timedelta(days=1))
    assert tree(office.outbox) == stood


@pytest.mark.parametrize("cases", [2, 3000])
def test_a_unit_and_a_large_day_say_what_their_figures_were_with_a_lost_report(tmp_path: Path, cases: int) -> None:
    office = provinces.lay(tmp_path)
    office.settings = office.settings.model_copy(update={"large_day": LargeDay(cases=cases, workbook_rows=3000)})
    nightly.run(office.settings, [provinces.SECOND], documents=FIGURES)
    nightly.run(office.settings, [provinces.LAST], documents=FIGURES)
    (content,) = (file.content for file in provinces.files() if file.name == f"甲一区{provinces.LAST}.xlsx")
    sha256 = hashlib.sha256(content).hexdigest()
    (office.archive / sha256).unlink()
    office.settings.paths.ledger.unlink()
    repair.repair(office.settings, [sha256[:12]], documents=only("briefing"))
    said = "因原件遗失、不计入，5月21日的数字与以前发布的不同：由"
    folder = office.outbox / str(provinces.LAST)
    whole, of_city, of_other = (
        paper_text(next((folder / part).glob("*.docx"))).replace("\n　　", "") for part in ("", "单位/甲市", "单位/乙市")
    )
    assert "新列入" not in whole
    assert re.findall(f"{said}(.*?)。", whole) == ["17/41改为16/41；改为不计入化解1件（SJ-2020-102）"]
    assert re.findall(f"{said}(.*?)。", of_city) == ["6/13改为5/13；改为不计入化解1件（SJ-2020-102）"]
    assert "原件遗失" not in of_other


def test_cases_that_are_gone_with_an_assignment_workbook_are_named(office: Office) -> None:
    office.put_assignment(assignment())
    office.put(report(progress=[resolved_row("SJ-2020-001")]), "东胜区.xlsx")
    more = assignment([*CASES, CASES[0] | {"案件编号": "ZZQ-2020-009"}])
    second = office.put_assignment(more, "第二份.xlsx", "2020-05-21T10:00:00+08:00")
    office.run(DAY, DAY + timedelta(days=1))
    before = office.summary(DAY)["targets"][0]
    second.unlink()
    for day, told in _lose_with_ledger(office, more).items():
        said = corrections.of_group(told, before["group"])
        changed = f"由{before['resolved']}/{before['total']}改为{before['resolved']}/{before['total'] - 1}"
        assert f"5月{day.day}日的数字与以前发布的不同：{changed}；退出总数1件（ZZQ-2020-009）。" in said
        assert "分解表（5月21日10:00收到）的原件遗失" in headline.lines(told)[0][1]


def test_of_a_lost_file_that_counted_nowhere_nobody_is_told(office: Office) -> None:
    office.put_assignment(assignment())
    office.put(b"no workbook", "坏.xlsx")
    _publish_two(office)
    for told in _lose_with_ledger(office, b"no workbook").values():
        assert (told.left_out, told.lost_with_originals) == ((), ())


def test_the_report_in_the_inbox_again_is_enough(restored: Office) -> None:
    before = restored.everything()
    restored.put(LATE, "达拉特旗.xlsx", "2020-05-21T16:30:00+08:00")
    restored.run(DAY)
    assert restored.everything() == before
    assert [edition.note.number for edition in told_editions.of_day(restored.settings, DAY)] == [1, 2]


def test_a_decision_about_something_else_is_refused(restored: Office) -> None:
    before = _facts(restored)
    with pytest.raises(LedgerError, match="比结果旧"):
        repair.repair(restored.settings, ["f" * 12], documents=FIGURES)
    restored.put(LATE, "达拉特旗.xlsx", "2020-05-21T16:30:00+08:00")
    assert _command(restored, "--date", str(DAY), "--without", "f" * 12) == ConfigurationError.exit_status
    inbox = {name for name in _facts(restored) if name.startswith("inbox/")}
    assert {name for name in inbox if "达拉特旗" in name}
    assert {name: content for name, content in _facts(restored).items() if name not in inbox} == {
        name: content for name, content in before.items() if name not in inbox
    }


def test_a_state_that_is_wholly_gone_beside_results_stops_too(restored: Office) -> None:
    shutil.rmtree(restored.settings.paths.state)
    before = restored.everything()
    with pytest.raises(LedgerError, match="用到了 2 份收件"):
        restored.run(DAY)
    assert restored.everything() == before
    assert not restored.settings.paths.ledger.exists()


def test_an_older_state_that_knows_every_input_notes_what_stands(restored: Office, tmp_path: Path) -> None:
    """Brought back from before the settings were changed: nothing is missing, and what stands is an edition."""
    restored.put(LATE, "达拉特旗.xlsx", "2020-05-21T16:30:00+08:00")
    restored.run(DAY)
    shutil.copytree(restored.settings.paths.state, tmp_path / "again")
    restored.settings = restored.settings.model_copy(update={"office": "另一个办公室", "windows": Windows(due_soon_days=300)})
    nightly.run(restored.settings, [DAY], documents=FIGURES, rewriting=[DAY])
    before = [edition.note.manifest for edition in told_editions.of_day(restored.settings, DAY)]
    assert len(before) == 3
    shutil.rmtree(restored.settings.paths.state)
    shutil.copytree(tmp_path / "again", restored.settings.paths.state)
    restored.run(DAY)
    assert [edition.note.manifest for edition in told_editions.of_day(restored.settings, DAY)] == before
    assert not restored.settings.paths.replaced.exists()


def _not_json(folder: Path) -> None:
    (folder / "manifest.json").write_bytes(b"\xff{")


def _no_object(folder: Path) -> None:
    (folder / "manifest.json").write_bytes(b"[]")


def _odd_inputs(folder: Path) -> None:
    (folder / "manifest.json").write_text(json.dumps({"inputs": [1, {"sha256": 2}, {}], "outputs": {"a": 1}}), encoding="utf-8")


def _leads_out(folder: Path) -> None:
    (folder.parent.parent / "secret").write_bytes(b"secret")
    listed = {"../../secret": hashlib.sha256(b"secret").hexdigest(), "summary.json": hashlib.sha256(b"{}").hexdigest()}
    (folder / "summary.json").write_bytes(b"{}")
    fields = {"inputs": [], "outputs": listed}
    (folder / "manifest.json").write_bytes(json.dumps(fields, ensure_ascii=False, indent=1).encode() + b"\n")


@pytest.mark.parametrize("write", [_not_json, _no_object, _odd_inputs, _leads_out])
def test_a_folder_that_a_stranger_made_is_no_edition_and_stops_nothing(office: Office, write: Callable[[Path], None]) -> None:
    office.put_assignment(assignment())
    office.put(report(), "日报.xlsx")
    office.run(DAY)
    folder = office.outbox / str(DAY + timedelta(days=1))
    folder.mkdir()
    write(folder)
    office.run(DAY)
    with Ledger(office.settings.paths.ledger) as ledger:
        assert [*ledger.publications()] == [str(DAY)]
    assert b"secret" not in tree(office.settings.paths.editions).values()
