"""`run.py rota`: a plan of who receives when, that can be changed by hand and handed in again."""

from __future__ import annotations

import io
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from offices import SETTINGS, Office, moment, read_assignment, tree
from workbooks import DISTRICTS, Row, Value, assignment, assignment_pages, edit, turn_row, write

from pipeline import cli, screen
from pipeline.day import rota
from pipeline.office import rota_plan, today
from pipeline.render.forms import report_form
from pipeline.terms.contract import ON_LEAVE, RECEIVES
from pipeline.terms.errors import ConfigurationError, NothingToConsolidateError
from pipeline.terms.handed_in import Arrival, Envelope, Filed

Captured = pytest.CaptureFixture[str]
FIRST, LAST = date(2020, 6, 22), date(2020, 6, 30)
LEADERS = [f"领导{number}" for number in range(len(DISTRICTS))]


def _filed(content: bytes) -> Filed:
    read = read_assignment(content)
    assert not [finding for finding in read.findings if finding.code != "read-as"]
    arrival = Arrival(1, "分解表.xlsx", "分解表.xlsx", "~", len(content), Envelope(moment("2020-05-01 09:00")), is_assignment=True)
    return Filed(arrival, read)


def _said(turns: tuple[rota.Turn, ...]) -> list[tuple[str, str, str, str]]:
    return [(f"{turn.day:%m-%d}", turn.leader, turn.kind, turn.substitute) for turn in turns]


STANDING: tuple[Row, ...] = (
    turn_row("2020-06-19", "领导3"),
    turn_row("2020-06-23", "领导5", "替班", 替班领导="领导0", 备注="外出开会"),
    turn_row("2020-06-24", "领导6", "休假"),
    turn_row("2020-06-28", "领导6", "休假"),
)


def test_working_days_have_one_leader_each_around_what_stands() -> None:
    """25 and 26 June 2020 were 端午节, and Sunday the 28th was worked instead: so the State Council's notice of 2019."""
    plan = rota_plan.plan(_filed(assignment(rota=STANDING)), FIRST, LAST)
    assert _said(plan.turns) == [
        ("06-22", "领导4", "接访", ""),
        ("06-23", "领导5", "替班", "领导0"),
        ("06-24", "领导6", "休假", ""),
        ("06-24", "领导5", "接访", ""),
        ("06-28", "领导6", "休假", ""),
        ("06-28", "领导7", "接访", ""),
        ("06-29", "领导6", "接访", ""),
        ("06-30", "领导8", "接访", ""),
    ]
    assert (plan.kept, plan.empty, plan.unknown_years) == (1, (), ())


def test_what_was_written_can_be_handed_in_again_beside_what_was_there_and_plans_the_same() -> None:
    plan = rota_plan.plan(_filed(assignment(rota=STANDING)), FIRST, LAST)
    rows = _rows(report_form.rota(plan.turns, (FIRST, LAST), "", SETTINGS))
    assert rows[1] == {"日期": "2020-06-23", "领导": "领导5", "安排": "替班", "替班领导": "领导0", "备注": "外出开会"}
    again = _filed(assignment(rota=[*STANDING, *rows]))
    assert rota_plan.plan(again, FIRST, LAST).turns == plan.turns
    after = rota_plan.plan(again, date(2020, 7, 1), date(2020, 7, 3))
    assert [turn.leader for turn in after.turns] == ["领导1", "领导2", "领导3"]


def _rows(content: bytes) -> list[Row]:
    heads, *rows = openpyxl.load_workbook(io.BytesIO(content))["接访排班"].iter_rows(min_row=3, values_only=True)
    names = [str(head).rstrip("*") for head in heads]
    return [dict(zip(names, map(_as_written, row), strict=True)) for row in rows if row[0]]


def _as_written(cell: object) -> Value:
    return cell.date().isoformat() if isinstance(cell, datetime) else str(cell) if cell else None


def test_a_day_on_which_all_are_away_and_a_year_nobody_knows_are_told() -> None:
    away = [turn_row("2099-06-01", leader, "休假") for leader in LEADERS]
    plan = rota_plan.plan(_filed(assignment(rota=away)), date(2099, 6, 1), date(2099, 6, 2))
    assert [turn.leader for turn in plan.turns if turn.kind == RECEIVES] == ["领导0"]
    assert len([turn for turn in plan.turns if turn.kind == ON_LEAVE]) == len(LEADERS)
    said = "\n".join(rota_plan.as_lines(rota_plan.Made(Path("排班.xlsx"), plan)))
    assert "没有排的工作日：2099-06-01，这些天领导都在休假。" in said
    assert "2099 年的放假调休安排程序还不知道" in said


def test_a_turn_on_a_holiday_of_a_year_nobody_knows_is_named() -> None:
    plan = rota_plan.plan(_filed(assignment()), date(2098, 12, 31), date(2099, 1, 2))  # of Wednesday to Friday
    assert "其中 2099-01-01 是法定节日，排了接访，请改到别的日子" in "".join(rota_plan.notes(plan))
    assert "法定节日" not in "".join(rota_plan.notes(rota_plan.plan(_filed(assignment()), date(2099, 1, 2), date(2099, 1, 5))))


def test_who_has_no_district_and_stands_in_the_rota_is_named_in_its_notes() -> None:
    """Whoever stands in only for another, or is away, is named too; of other days nobody is."""
    standing = (
        turn_row("2020-06-19", "领导十"),
        turn_row("2020-06-23", "领导九"),
        turn_row("2020-06-24", "领导5", "替班", 替班领导="领导八"),
    )
    plan = rota_plan.plan(_filed(assignment(rota=standing)), FIRST, LAST)
    said = "领导九、领导八：该领导没有包联旗区，排好的照旧，以后不会自动排到；名字写错的请改正。"
    assert plan.strangers == ("领导九", "领导八")
    assert said in rota_plan.as_lines(rota_plan.Made(Path("排班.xlsx"), plan))
    page = openpyxl.load_workbook(io.BytesIO(report_form.rota(plan.turns, (FIRST, LAST), "".join(rota_plan.notes(plan)), SETTINGS)))
    assert said in str(page["接访排班"]["A2"].value)
    assert rota_plan.plan(_filed(assignment(rota=STANDING)), FIRST, LAST).strangers == ()


def test_a_day_whose_rows_were_refused_is_planned_anew_and_named() -> None:
    twice = assignment(rota=[*STANDING, turn_row("2020-06-29", "领导6"), turn_row("2020-06-29", "领导6", "休假")])
    arrival = Arrival(1, "分解表.xlsx", "分解表.xlsx", "~", 1, Envelope(moment("2020-05-01 09:00")), is_assignment=True)
    plan = rota_plan.plan(Filed(arrival, read_assignment(twice)), FIRST, LAST)
    assert plan.refused == (date(2020, 6, 29),)
    assert [turn.leader for turn in plan.turns if turn.day == date(2020, 6, 29)] == ["领导6"]
    said = "分解表里 2020-06-29 的排班行退回了（见问题清单），这次按没有排过重新排。"
    assert said in rota_plan.as_lines(rota_plan.Made(Path("排班.xlsx"), plan))


def test_without_a_leader_there_is_no_plan() -> None:
    pages = edit(assignment_pages(), {f"包联旗区!B{row}": None for row in range(2, len(DISTRICTS) + 2)})
    read = read_assignment(write(pages))
    arrival = Arrival(1, "分解表.xlsx", "分解表.xlsx", "~", 1, Envelope(moment("2020-05-01 09:00")), is_assignment=True)
    with pytest.raises(NothingToConsolidateError, match="没有包联领导"):
        rota_plan.plan(Filed(arrival, read), FIRST, LAST)


def test_the_command_writes_beside_the_outbox_and_overwrites_nothing(office: Office, capsys: Captured) -> None:
    arguments = ["--config", str(office.home / "config.yaml"), "rota", "--from", str(FIRST), "--to", str(LAST)]
    assert cli.main(arguments) == NothingToConsolidateError.exit_status
    assert "没有可用的案件包案任务分解表" in capsys.readouterr().err
    office.put_assignment(assignment(rota=STANDING))
    inbox = tree(office.inbox)
    assert cli.main(arguments) == 0
    path = office.outbox.parent / "接访排班_2020-06-22_2020-06-30.xlsx"
    said = capsys.readouterr().out
    assert "2020-06-22 至 2020-06-30 的接访排班：新排 5 次，分解表里已有的 1 次照旧。" in said
    assert str(path) in said
    assert tree(office.inbox) == inbox
    assert cli.main(arguments) == 0
    path.write_bytes(b"changed by hand")
    assert cli.main(arguments) == ConfigurationError.exit_status
    assert path.read_bytes() == b"changed by hand"
    assert "没有覆盖" in capsys.readouterr().err
    for output, why in (("排班.docx", "--output 要写一个 .xlsx 文件"), ("inbox/排班.xlsx", "不能写进收件箱")):
        assert cli.main([*arguments, "--output", str(office.home / output)]) == ConfigurationError.exit_status
        assert why in capsys.readouterr().err
    assert cli.main([*arguments[:-3], "2020-07-01", "--to", str(LAST)]) == ConfigurationError.exit_status
    assert "--from 不能晚于 --to" in capsys.readouterr().err


def test_a_workbook_is_told_with_what_its_rota_changes_and_its_turns_on_holidays() -> None:
    rows = (STANDING[0], turn_row("2020-06-23", "领导5"), turn_row("2020-06-25", "领导7"), turn_row("2020-06-27", "领导1", "休假"))
    after = _filed(assignment(rota=[*rows, STANDING[3]]))
    assert rota_plan.changes(_filed(assignment(rota=STANDING)), after, FIRST) == [
        "6月23日领导5由替班（领导0）改为接访。",
        "6月24日领导6不再排（原为休假）。",
        "6月25日领导7新排接访。",
        "6月27日领导1新排休假。",
    ]
    assert rota_plan.changes(after, after, FIRST) == [], "a holiday is no change"
    assert rota_plan.to_check(after, FIRST) == ["6月25日是法定节假日，排了接访，请核对。"], "and is told again"
    assert rota_plan.changes(after, _filed(assignment()), FIRST) == [], "that it is gone is told elsewhere"
    assert rota_plan.to_check(_filed(assignment()), FIRST) == []
    assert rota_plan.to_check(_filed(assignment(rota=[turn_row("2090-10-02")])), FIRST) == [
        "2090年10月2日是法定节假日，排了接访，请核对。",
        "2090年的放假安排程序还不知道，春节、清明、端午、中秋请自行核对。",
    ]


def test_run_and_desk_say_that_a_new_workbook_has_no_rota(tmp_path: Path, capsys: Captured) -> None:
    office, day = Office(tmp_path / "office"), date(2020, 6, 20)
    office.put_assignment(assignment(rota=STANDING), "一.xlsx", "2020-05-01T09:00:00+08:00")
    office.put_assignment(assignment(), "二.xlsx", "2020-06-20T09:00:00+08:00")
    says = "2020-06-20 收到的分解表 二.xlsx 里没有“接访排班”表：原来的排班（一.xlsx，排到 2020-06-28）从那天起不再用，"
    outcome = office.run(day)
    screen.tell_outcome(outcome, office.settings, [day], moment("2020-06-20 20:00"))
    assert says in capsys.readouterr().out
    assert today.of_day(day, [], office.settings, None).rota_amiss.startswith(says)


def test_run_and_desk_say_on_which_days_to_come_nobody_stands_since_their_rows_were_refused(tmp_path: Path, capsys: Captured) -> None:
    office, day = Office(tmp_path / "office"), date(2020, 6, 20)
    over = (turn_row("2020-06-18", "领导2"), turn_row("2020-06-18", "领导2", "休假"))
    office.put_assignment(assignment(rota=[*STANDING, *over, turn_row("2020-06-29", "领导6"), turn_row("2020-06-29", "领导6", "休假")]))
    says = "“接访排班”表里6月29日的行退回了（见问题清单），没有人排到。请改正后再交一次分解表。"
    outcome = office.run(day)
    screen.tell_outcome(outcome, office.settings, [day], moment("2020-06-20 20:00"))
    assert says in capsys.readouterr().out
    assert today.of_day(day, [], office.settings, None).rota_amiss == says
