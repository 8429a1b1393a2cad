"""`run.py templates`: the next reports, without a run. Covers `form_files`."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from offices import SETTINGS, ZONE, Office, only, tree
from workbooks import DAY, DISTRICTS, assignment, case_row, report

from pipeline import cli
from pipeline.disk import storage
from pipeline.intake import inbox
from pipeline.ledger import ledger
from pipeline.night import nightly
from pipeline.night.outcome import Outcome
from pipeline.office import check, templates
from pipeline.publishing import outbox

Captured = pytest.CaptureFixture[str]
NEXT = DAY + timedelta(days=1)
FOLDER = f"日报模板_{NEXT}"
NAMES = {f"{name}_日报_{NEXT}.xlsx" for name in DISTRICTS}


@pytest.fixture
def home(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office with its assignment workbook and one report, as the current folder."""
    office.put_assignment(assignment())
    office.put(report(), "日报.xlsx")
    monkeypatch.chdir(office.home)
    return office


def numbers(path: Path) -> list[object]:
    """The cases that are filled in."""
    sheet = openpyxl.load_workbook(path)["案件进展"]
    return [cell.value for (cell,) in sheet.iter_rows(min_row=4, max_col=1) if cell.value]


def _night(office: Office, day: date) -> Outcome:
    """A night that makes templates alone."""
    return nightly.run(office.settings, [day], documents=only("units"))


# --- in the day's folder -----------------------------------------------------------------------------------------


def test_the_days_folder_holds_them_lists_them_and_misses_one_that_is_gone(home: Office) -> None:
    _night(home, DAY)
    folder = home.outbox / str(DAY)
    assert {path.name for path in (folder / "日报模板").iterdir()} == NAMES
    (manifest,) = (manifest for day, (_print, manifest) in _publications(home).items() if day == str(DAY))
    assert outbox.is_whole(home.outbox, str(DAY), manifest)
    (folder / "日报模板" / f"东胜区_日报_{NEXT}.xlsx").unlink()
    assert not outbox.is_whole(home.outbox, str(DAY), manifest)
    assert [report.day for report in _night(home, DAY).written.published] == [DAY]
    assert {path.name for path in (folder / "日报模板").iterdir()} == NAMES


def _publications(office: Office) -> dict[str, tuple[str, str]]:
    opened = ledger.Ledger(office.settings.paths.ledger)
    try:
        return opened.publications()
    finally:
        opened.close()


def test_figures_alone_are_without_them(home: Office) -> None:
    home.run(DAY)
    assert not (home.outbox / str(DAY) / "日报模板").exists()


def test_a_whole_office_that_sends_all_of_them_back_untouched_stands_where_it_stood(home: Office) -> None:
    _night(home, DAY)
    before = home.summary(DAY)
    for path in sorted((home.outbox / str(DAY) / "日报模板").iterdir()):
        answer = check.check(path, home.settings, datetime(2020, 5, 22, 16, tzinfo=ZONE))
        assert (answer.reading.accepted, answer.against_register, answer.findings) == (True, True, ())
        home.put(path.read_bytes(), path.name, f"{NEXT}T16:00:00+08:00")
    _night(home, NEXT)
    after = home.summary(NEXT)
    assert (home.findings(NEXT), after["targets"], after["cases"]) == ([], before["targets"], before["cases"])
    assert {submission["status"] for submission in after["submissions"]} == {"on-time"}
    assert [numbers(path) for path in sorted((home.outbox / str(NEXT) / "日报模板").iterdir())] == [
        numbers(path) for path in sorted((home.outbox / str(DAY) / "日报模板").iterdir())
    ]


# --- by themselves -----------------------------------------------------------------------------------------------


def test_they_are_the_same_as_in_the_folder_of_the_day_before(home: Office, capsys: Captured) -> None:
    _night(home, DAY)
    before = home.everything()
    assert cli.main(["templates", "--date", str(NEXT)]) == 0
    assert tree(home.home / FOLDER) == tree(home.outbox / str(DAY) / "日报模板")
    assert home.everything() == before
    shown = capsys.readouterr()
    assert shown.err == ""
    assert str(home.home / FOLDER) in shown.out
    assert f"{NEXT} 的日报模板做好了，共 9 份（按 {DAY} 及以前的日报填好）" in shown.out
    assert f"东胜区_日报_{NEXT}.xlsx：1 件在办案件" in shown.out
    assert f"康巴什区_日报_{NEXT}.xlsx：没有在办案件" in shown.out


def test_what_notices_ask_stands_in_them_as_in_the_folder_of_the_day_before(home: Office) -> None:
    home.put_assignment(assignment([case_row("SJ-2020-003", 交办日期="2020-04-10", 办结时限="2020-05-10")]))
    _night(home, DAY)
    assert cli.main(["templates", "--date", str(NEXT)]) == 0
    assert tree(home.home / FOLDER) == tree(home.outbox / str(DAY) / "日报模板")
    sheet = openpyxl.load_workbook(home.home / FOLDER / f"东胜区_日报_{NEXT}.xlsx")["督办回复"]
    assert [cell.value for cell in sheet[4]][:2] == ["市住建督〔2020〕1号", "SJ-2020-003"]


def test_they_can_be_made_before_anything_was_reported_and_nothing_is_taken_in(home: Office, capsys: Captured) -> None:
    assert cli.main(["templates", "--date", "2020-05-02"]) == 0
    assert "还没有收到过日报，按分解表填好" in capsys.readouterr().out
    assert numbers(home.home / "日报模板_2020-05-02" / "东胜区_日报_2020-05-02.xlsx") == ["SJ-2020-001", "ZZQ-2020-001"]
    assert sorted(path.name for path in home.home.iterdir()) == ["config.yaml", "inbox", "日报模板_2020-05-02"]
    assert inbox.report_names(home.inbox) == ["日报.xlsx"]


def test_a_workbook_that_came_this_morning_counts_for_today(home: Office) -> None:
    _night(home, DAY)
    today = [case_row("SJ-2020-009", 交办日期=str(NEXT)), case_row("ZZQ-2020-001", 延期至="2020-07-01"), case_row("SJ-2020-001")]
    home.put_assignment(assignment(today), "分解表2.xlsx", f"{NEXT}T08:00:00+08:00")
    assert cli.main(["templates", "--date", str(NEXT)]) == 0
    path = home.home / FOLDER / f"东胜区_日报_{NEXT}.xlsx"
    assert numbers(path) == ["SJ-2020-009", "ZZQ-2020-001"]
    assert str(openpyxl.load_workbook(path)["案件进展"]["D5"].value) == "2020-07-01 00:00:00"


def test_reports_of_the_day_itself_do_not_count(home: Office) -> None:
    _night(home, DAY)
    assert cli.main(["templates", "--date", str(DAY)]) == 0
    path = home.home / f"日报模板_{DAY}" / f"东胜区_日报_{DAY}.xlsx"
    assert numbers(path) == ["SJ-2020-001", "ZZQ-2020-001"]


def test_made_again_they_take_the_place_of_the_earlier_ones_and_nothing_else_is_touched(home: Office) -> None:
    other = home.home / "桌面"
    other.mkdir()
    (other / "note.txt").write_bytes(b"mine")
    (other / f"东胜区_日报_{NEXT}.xlsx").write_bytes(b"old")
    assert cli.main(["templates", "--date", str(NEXT), "--output", "桌面"]) == 0
    assert {path.name for path in other.iterdir()} == {*NAMES, "note.txt"}
    first = tree(other)
    assert cli.main(["templates", "--date", str(NEXT), "--output", "桌面"]) == 0
    assert tree(other) == first
    assert first["note.txt"] == b"mine"
    assert first[f"东胜区_日报_{NEXT}.xlsx"].startswith(b"PK")


def test_without_a_date_they_are_todays_until_the_cut_off_and_then_tomorrows() -> None:
    def day_at(clock: str) -> date:
        return templates.day_of(datetime.fromisoformat(f"2020-05-21T{clock}").replace(tzinfo=ZONE), SETTINGS)

    assert [day_at(clock) for clock in ("00:00", "08:00", "17:00:00", "17:00:01", "23:59")] == [DAY, DAY, DAY, NEXT, NEXT]


def test_without_an_assignment_workbook_it_is_said_what_to_do(office: Office, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.chdir(office.home)
    office.put_assignment(b"no workbook")
    assert cli.main(["templates"]) == 3
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "分解表" in shown.err
    assert str(office.inbox / "assignment") in shown.err
    assert "templates --blank" in shown.err
    assert sorted(path.name for path in office.home.iterdir()) == ["config.yaml", "inbox"]


@pytest.mark.parametrize(
    "arguments",
    [["--output", "inbox/x"], ["--output", "outbox"], ["--output", "state"], ["--date", "0001-01-01"], ["--date", "9999-12-31"]],
    ids=" ".join,
)
def test_a_folder_that_a_run_works_in_and_a_day_that_cannot_be_are_refused(home: Office, arguments: list[str], capsys: Captured) -> None:
    assert cli.main(["templates", *arguments]) == 2
    shown = capsys.readouterr()
    assert (shown.out, len(shown.err.strip().splitlines())) == ("", 1)
    assert sorted(path.name for path in home.home.iterdir()) == ["config.yaml", "inbox"]


def test_where_the_disk_refuses_it_ends_with_1_and_a_sentence(home: Office, capsys: Captured) -> None:
    (home.home / FOLDER).write_bytes(b"a file")
    assert cli.main(["templates", "--date", str(NEXT)]) == 1
    assert "应是文件夹的地方是一个文件" in capsys.readouterr().err


def test_a_workbook_that_somebody_has_open_is_said_and_leaves_nothing_half_written(
    home: Office, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_action: object) -> None:
        raise PermissionError(13, "held")

    monkeypatch.setattr(storage, "retry_while_held", refuse)
    assert cli.main(["templates", "--date", str(NEXT)]) == 1
    assert "关闭正打开它的程序后再运行一次" in capsys.readouterr().err
    assert list((home.home / FOLDER).iterdir()) == []


def test_blank_ones_need_nothing(office: Office, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.chdir(office.home)
    assert cli.main(["templates", "--blank"]) == 0
    assert "空白模板做好了" in capsys.readouterr().out
    folder = office.home / "空白模板"
    assert {path.name for path in folder.iterdir()} == {"旗区日报模板.xlsx", "案件包案任务分解表模板.xlsx"}
    assert openpyxl.load_workbook(io.BytesIO((folder / "旗区日报模板.xlsx").read_bytes())).sheetnames[1] == "填写说明"
