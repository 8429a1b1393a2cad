"""The clocks of the regulation against days counted one by one by hand, with the holidays of 2020 written out here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import count
from typing import Any

import months
import offices
import pytest
from hypothesis import given
from hypothesis import strategies as st
from months import Life, Month, Step
from offices import SETTINGS, Day, File, assigned, consolidate, handed_in
from workbooks import DAY, Row, assignment, case_row, exemption_row, new_row, progress_row, report, resolved_row

from pipeline.day import clocks
from pipeline.day.cases import PARTICULARS, Case
from pipeline.settings.config import Settings
from pipeline.settings.statute import Statute

CASE = "SJ-2020-001"
OLD = "《信访条例》第二十一条", "《信访条例》第三十三条"
NEW = "《信访工作条例》第二十三条", "《信访工作条例》第三十四条"
OFF = {  # weekdays that were holidays in 2020, by the State Council's notices
    *(date(2020, 1, day) for day in (1, 24, 27, 28, 29, 30, 31)),
    *(date(2020, month, day) for month, day in ((4, 6), (5, 1), (5, 4), (5, 5), (6, 25), (6, 26))),
    *(date(2020, 10, day) for day in (1, 2, 5, 6, 7, 8)),
}
WORKED = {date(2020, month, day) for month, day in ((1, 19), (4, 26), (5, 9), (6, 28), (9, 27), (10, 10))}
"""Weekends that were worked instead."""


def said(day: date, *rows: Row, district: str = "东胜区", **sheets: Sequence[Row]) -> File:
    return handed_in(report(district, day, progress=rows, **sheets), f"{day} 16:00", f"{district}{day}.xlsx")


def told(day: date, *files: File, settings: Settings = SETTINGS, number: str = CASE, **cells: str) -> dict[str, Any]:
    """The case's clocks on that day; `cells` of its row in the workbook."""
    return _on(day, *files, settings=settings, **cells).beyond["clocks"]["cases"][number]  # type: ignore[no-any-return]


def _on(day: date, *files: File, settings: Settings = SETTINGS, **cells: str) -> Day:
    return consolidate([assigned(assignment([case_row(CASE, **cells)])), *files], [day], settings)[day]


def running(number: int, **statute: object) -> Settings:
    """The settings with an objection of so many working days from 2005 on."""
    rules = [rule.model_dump(by_alias=True) for rule in SETTINGS.statute.rules]
    rules.insert(3, {"clock": "objection", "days": number, "unit": "working-day", "from": "2005-05-01", "article": "某条"})
    return SETTINGS.model_copy(update={"statute": Statute.model_validate({"rules": rules, **statute})})


# --- day by day --------------------------------------------------------------------------------------------------


def _works(day: date) -> bool:
    return day in WORKED or (day.isoweekday() < 6 and day not in OFF)


def _by_hand(start: date, spans: int, *, in_working_days: bool) -> date:
    """Tear off one calendar leaf after another."""
    left = spans
    for leaf in count(1):
        day = date.fromordinal(start.toordinal() + leaf)
        left -= 1 if _works(day) or not in_working_days else 0
        if not left:
            return day
    raise AssertionError


def _state_by_hand(day: date, due: date, soon: int, serious: int) -> str:
    before_end = [day + timedelta(days=ahead) for ahead in range(soon + 1)]
    if due >= day:
        return "due-soon" if due in before_end else "running"
    return "serious" if len([due + timedelta(days=past) for past in range(1, (day - due).days + 1)]) >= serious else "overdue"


def _case(start: date, limit: date | None = None, extended: date | None = None) -> Case:
    case = Case(CASE)
    case.listed = {"案件来源": "市级交办", "旗区": "东胜区", "交办日期": start, "办结时限": limit, "延期至": extended}
    case.update_particulars()
    assert case.particulars.keys() == {*PARTICULARS}
    return case


DAYS_OF_2020 = st.integers(0, 270).map(lambda after: date(2020, 1, 1) + timedelta(days=after))


@given(
    start=DAYS_OF_2020,
    spans=st.tuples(st.integers(1, 40), st.integers(1, 40), st.integers(1, 60), st.integers(0, 30)),
    accepted_after=st.none() | st.integers(0, 60),
    granted=st.integers(-5, 40),
    looked=st.integers(0, 120),
    near_and_far=st.tuples(st.integers(0, 5), st.integers(1, 12)),
    in_working_days=st.booleans(),
)
def test_every_clock_ends_where_leaves_torn_off_one_by_one_do(
    *,
    start: date,
    spans: tuple[int, int, int, int],
    accepted_after: int | None,
    granted: int,
    looked: int,
    near_and_far: tuple[int, int],
    in_working_days: bool,
) -> None:
    acceptance, objection, conclusion, extension = spans
    day, (soon, serious) = start + timedelta(days=looked), near_and_far
    unit = "working-day" if in_working_days else "day"
    rules: list[dict[str, object]] = [
        {"clock": "acceptance", "days": acceptance, "unit": unit},
        {"clock": "objection", "days": objection, "unit": "working-day"},
        {"clock": "conclusion", "days": conclusion, "unit": "day"},
        *([{"clock": "extension", "days": extension, "unit": "day"}] if extension else []),
    ]
    statute = Statute.model_validate(
        {"rules": [{**rule, "from": "2005-05-01", "article": "某条"} for rule in rules], "due_soon_days": soon, "serious_days": serious}
    )
    limit = date(2020, 9, 1)
    case = _case(start, limit, limit + timedelta(days=granted) if granted else None)
    if accepted_after is not None and accepted_after <= looked:
        case.accepted = start + timedelta(days=accepted_after), 1
    found = clocks.of(case, statute, day)
    assert found is not None
    assert found.acceptance is not None
    assert found.objection is not None

    due = _by_hand(start, acceptance, in_working_days=in_working_days)
    done = case.accepted[0] if case.accepted else None
    assert (found.acceptance.start, found.acceptance.due, found.acceptance.done) == (start, due, done)
    assert found.acceptance.state == ("done" if done else _state_by_hand(day, due, soon, serious))

    last = _by_hand(start, objection, in_working_days=True)
    assert (found.objection.due, found.objection.done, found.objection.unknown_years) == (last, None, ())
    assert found.objection.state == ("passed" if day > last else _state_by_hand(day, last, soon, serious))

    begins = min(done, due) if done else due if day >= due else None
    if begins is None:
        assert found.conclusion is None
        return
    assert found.conclusion is not None
    more = min(max(granted, 0), extension)
    end = _by_hand(begins, conclusion + more, in_working_days=False)
    assert (found.conclusion.start, found.conclusion.due, found.conclusion.extension) == (begins, end, more)
    assert (found.conclusion.done, found.conclusion.state) == (None, _state_by_hand(day, end, soon, serious))


# --- a month whose outcome is planned ----------------------------------------------------------------------------


SHORT = {"acceptance": 7, "conclusion": 21}
"""Days: a month has all states of such clocks."""


def test_over_a_month_of_nine_districts_every_clock_is_that_of_the_plan() -> None:
    """What was taken when follows from the plan of `months` alone, and so does the end of each clock, counted leaf by leaf."""
    month, days = months.a_month(), (months.FIRST, date(2020, 5, 12), months.LAST)
    rules = [{"clock": clock, "days": spans, "unit": "day", "from": "2005-05-01", "article": "某条"} for clock, spans in SHORT.items()]
    settings = SETTINGS.model_copy(update={"statute": Statute.model_validate({"rules": rules, "serious_days": 5})})
    out = offices.consolidated(month.filed(), days, settings)
    kinds = set()
    for day in days:
        entries = out[day].beyond["clocks"]["cases"]
        lives = [life for life in month.lives if month.in_total(life, day)]
        assert entries.keys() == {life.number for life in lives}
        for life in lives:
            entry, told = entries[life.number], _told(month, life, day)
            accepted = next((of for of, step in told if step["当前状态"] != "已交办"), None)
            due = _by_hand(life.assigned, SHORT["acceptance"], in_working_days=False)
            acceptance = "done" if accepted else _state_by_hand(day, due, 3, 5)
            assert _of(entry["acceptance"]) == (life.assigned, due, accepted, acceptance), (life.number, day)
            kinds.add(("acceptance", acceptance))
            begins = min(accepted, due) if accepted else due if day >= due else None
            if begins is None:
                assert entry["conclusion"] is None
                continue
            end, done = _by_hand(begins, SHORT["conclusion"], in_working_days=False), _concluded(month, life, day, told)
            conclusion = "done" if done else _state_by_hand(day, end, 3, 5)
            assert _of(entry["conclusion"]) == (begins, end, done, conclusion), (life.number, day)
            kinds.add(("conclusion", conclusion))
    assert kinds == {(clock, state) for clock in SHORT for state in ("done", "running", "due-soon", "overdue", "serious")}


def _told(month: Month, life: Life, day: date) -> list[tuple[date, Step]]:
    """The rows about a case up to a day, each with the day of its report, from the plan."""
    days = sorted(of for of, district in month.received if district == life.district and life.assigned <= of <= day)
    return [(of, step) for of in days for other, step in month.rows(of, life.district) if other is life]


def _concluded(month: Month, life: Life, day: date, told: Sequence[tuple[date, Step]]) -> object:
    if month.counted(life, day):
        return told[-1][1]["答复日期"]
    referred = [of for of, step in told if step["当前状态"] == "导入法定途径"]
    return referred[0] if referred and told[-1][1]["当前状态"] == "导入法定途径" else None


def _of(entry: dict[str, Any]) -> tuple[date, date, date | None, str]:
    start, due, done = (date.fromisoformat(entry[name]) if entry[name] else None for name in ("start", "due", "done"))
    assert start
    assert due
    return start, due, done, entry["state"]


# --- stories whose outcome is written by hand --------------------------------------------------------------------


def test_the_days_of_2005_run_from_the_assignment_and_from_the_first_row_that_is_further() -> None:
    files = [said(date(2020, 5, 4), progress_row(CASE, 当前状态="已交办")), said(date(2020, 5, 12), progress_row(CASE, 当前状态="已受理"))]
    was = told(DAY, *files)  # assigned on 20 April: to be accepted by 5 May, and concluded sixty days from then
    assert was == {
        "acceptance": {
            "start": "2020-04-20", "due": "2020-05-05", "done": "2020-05-12", "state": "done", "days": 15, "unit": "day", "article": OLD[0],
        },
        "objection": None,
        "conclusion": {
            "start": "2020-05-05", "due": "2020-07-04", "done": None, "state": "running", "days": 60, "unit": "day", "article": OLD[1],
            "extension": 0,
        },
    }  # fmt: skip
    early = told(DAY, said(date(2020, 5, 2), progress_row(CASE, 当前状态="办理中")))
    assert (early["acceptance"]["done"], early["conclusion"]["start"], early["conclusion"]["due"]) == (
        "2020-05-02",
        "2020-05-02",
        "2020-07-01",
    )


@pytest.mark.parametrize(
    ("day", "acceptance", "conclusion"),
    [
        ("2020-05-01", "running", None),
        ("2020-05-02", "due-soon", None),
        ("2020-05-05", "due-soon", "running"),
        ("2020-05-06", "overdue", "running"),
        ("2020-05-14", "overdue", "running"),
        ("2020-05-15", "serious", "running"),
        ("2020-07-01", "serious", "due-soon"),
        ("2020-07-05", "serious", "overdue"),
        ("2020-07-14", "serious", "serious"),
    ],
)
def test_a_case_that_nobody_accepts_comes_due_overdue_and_seriously_so(day: str, acceptance: str, conclusion: str | None) -> None:
    was = told(date.fromisoformat(day))
    assert (was["acceptance"]["state"], was["conclusion"] and was["conclusion"]["state"]) == (acceptance, conclusion)


def test_the_granted_extension_is_what_the_deadline_moved_and_no_more_than_the_rule() -> None:
    accepted = said(date(2020, 4, 25), progress_row(CASE, 当前状态="已受理"))  # sixty days from 25 April are over on 24 June
    extended = [
        ("", 0, "2020-06-24"),
        ("2020-06-20", 10, "2020-07-04"),
        ("2020-08-31", 30, "2020-07-24"),
        ("2020-06-01", 0, "2020-06-24"),
    ]
    for until, days, due in extended:
        conclusion = told(DAY, accepted, 延期至=until)["conclusion"]
        assert (conclusion["extension"], conclusion["due"]) == (days, due), until


def test_an_approved_extension_counts_while_it_holds() -> None:
    workbook = assignment([case_row(CASE)], exemptions=[exemption_row(CASE, until="2020-06-20")])
    accepted = said(date(2020, 4, 25), progress_row(CASE, 当前状态="已受理"))
    days = [date(2020, 6, 20), date(2020, 6, 21)]
    out = consolidate([assigned(workbook), accepted], days)
    found = [out[day].beyond["clocks"]["cases"][CASE]["conclusion"] for day in days]
    assert [(entry["extension"], entry["due"]) for entry in found] == [(10, "2020-07-04"), (0, "2020-06-24")]


def test_conclusion_is_done_by_the_reply_and_taken_back_by_a_dispute_or_reopening() -> None:
    reply = resolved_row(CASE, 答复日期="2020-05-18")
    first = said(date(2020, 5, 19), reply)
    done = told(DAY, first)
    # The only row is of the 19th: it is the first that is further than 已交办, and the reply came before it.
    assert (done["acceptance"]["done"], done["conclusion"]["done"], done["conclusion"]["state"]) == ("2020-05-19", "2020-05-18", "done")
    disputed = told(DAY, first, said(DAY, {**reply, "群众确认": "不认可"}))
    reopened = told(DAY, first, said(DAY, progress_row(CASE, 重新办理原因="群众又有新诉求")))
    for taken_back in (disputed, reopened):
        assert (taken_back["conclusion"]["done"], taken_back["conclusion"]["state"]) == (None, "running")
        assert taken_back["acceptance"]["done"] == "2020-05-19"


def test_a_case_that_is_referred_is_done_on_the_day_of_the_first_such_row_in_a_row() -> None:
    referred, worked = progress_row(CASE, 当前状态="导入法定途径"), progress_row(CASE, 重新办理原因="法院不予受理")
    days = [date(2020, 5, 11) + timedelta(days=day) for day in range(4)]
    conclusion = told(DAY, *map(said, days, (referred, worked, referred, referred)))["conclusion"]
    assert (conclusion["done"], conclusion["state"]) == ("2020-05-13", "done")


def test_a_cancelled_case_has_no_clocks_and_a_found_one_no_objection() -> None:
    day = _on(DAY, said(DAY, new=[new_row(排查日期="2020-05-11")]), 撤销依据="重复交办", settings=running(5))
    assert [*day.beyond["clocks"]["cases"]] == ["DS-2020-001"]
    found = day.beyond["clocks"]["cases"]["DS-2020-001"]
    assert (found["acceptance"]["start"], found["acceptance"]["due"], found["objection"]) == ("2020-05-11", "2020-05-26", None)


def test_each_clock_goes_by_what_held_when_it_started() -> None:
    day = date(2022, 5, 10)
    across = told(day, said(date(2022, 5, 6), progress_row(CASE)), 交办日期="2022-04-29", 办结时限="2022-06-20")
    assert (across["acceptance"]["article"], across["objection"], across["conclusion"]["article"]) == (OLD[0], None, NEW[1])
    after = told(day, 交办日期="2022-05-05", 办结时限="2022-06-20")  # 6, 7 (a Saturday that was worked), 9, 10, 11 May
    objection = after["objection"]
    assert (objection["due"], objection["days"], objection["unit"]) == ("2022-05-11", 5, "working-day")
    assert (objection["article"], objection["state"], objection["done"], after["conclusion"]) == (NEW[0], "due-soon", None, None)


def test_a_year_whose_holidays_nobody_knows_is_named() -> None:
    assert _on(DAY, settings=running(5)).beyond["clocks"]["unknown_years"] == []
    day = _on(date(2098, 12, 31), 交办日期="2098-12-30", 办结时限="2099-02-20")
    objection = day.beyond["clocks"]["cases"][CASE]["objection"]
    assert day.beyond["clocks"]["unknown_years"] == [2098, 2099]
    assert objection["due"] == "2099-01-06"  # 31 December, 1, 2, 5 and 6 January: Monday to Friday, without a holiday


def test_nothing_runs_before_the_first_regulation() -> None:
    was = told(DAY, 交办日期="2005-04-30", 办结时限="2005-06-20")
    assert (was["acceptance"], was["objection"], was["conclusion"]) == (None, None, None)


def test_an_office_with_other_spans_has_other_states() -> None:
    strict = running(5, due_soon_days=0, serious_days=1)
    assert told(date(2020, 5, 4), settings=strict)["acceptance"]["state"] == "running"
    assert told(date(2020, 5, 6), settings=strict)["acceptance"]["state"] == "serious"


def test_cases_with_the_same_dates_have_one_clock_between_them() -> None:
    first, second = (clocks.of(_case(date(2020, 4, 20), date(2020, 6, 20)), SETTINGS.statute, date(2020, 5, 21)) for _ in range(2))
    assert first == second
    assert first
    assert second
    assert first.acceptance is second.acceptance
