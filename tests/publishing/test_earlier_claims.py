"""A file that claims to have arrived before an edition that did not have it: said on the terminal and by `doctor`, never in the outbox."""

from __future__ import annotations

import zlib
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from offices import ZONE, Office, moment, only
from workbooks import assignment, case_row, exemption_row, progress_row, report, resolved_row

from pipeline import screen
from pipeline.ledger import editions, schema
from pipeline.ledger.ledger import Ledger
from pipeline.night import nightly
from pipeline.publishing import earlier_claims, publish
from pipeline.publishing.earlier_claims import Claim
from pipeline.upkeep import doctor

FIRST, SECOND, THIRD = (date(2020, 5, day) for day in (18, 19, 20))
OPEN, RESOLVED = [progress_row("SJ-2020-001")], [resolved_row("SJ-2020-001", 答复日期="2020-05-17")]


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Two published days, each written at 22:00 of its evening, on which one of two cases is open."""
    monkeypatch.setattr(publish, "datetime", _Evenings)
    office = Office(tmp_path / "office")
    office.put_assignment(assignment([case_row("SJ-2020-001"), case_row("SJ-2020-002")]))
    for day in (FIRST, SECOND):
        office.put(report(day=day, progress=OPEN if day == FIRST else []), f"{day}.xlsx", f"{day}T16:00:00+08:00")
        _night(office, day)
    return office


class _Evenings(datetime):
    """A clock by which each day's folder is written when the test says so."""

    now_is = datetime(2020, 5, 18, 22, tzinfo=ZONE)

    @classmethod
    def fromtimestamp(cls, *_arguments: object) -> datetime:  # type: ignore[override]
        return cls.now_is


def _night(office: Office, day: date) -> list[Claim]:
    _Evenings.now_is = datetime(day.year, day.month, day.day, 22, tzinfo=ZONE)
    return office.run(day).claims


def _notes(office: Office) -> str:
    checks = doctor.examine(office.settings, datetime.now(ZONE))
    return "\n".join(note for check in checks for note in check.notes)


def test_a_file_that_claims_to_be_of_before_is_said_with_what_it_changed(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    office.put(report(day=FIRST, progress=RESOLVED), "早到.xlsx", f"{FIRST}T16:20:00+08:00")
    _Evenings.now_is = datetime(2020, 5, 20, 22, tzinfo=ZONE)
    screen.tell_outcome(office.run(THIRD), office.settings, [THIRD], moment("2020-06-01 09:00"))
    said = capsys.readouterr().out
    assert "有 1 个文件的收到时间早于已经写出的结果，而那时的结果里没有它们" in said
    without, having = "第 1 版（5月18日22:00写出）", "第 2 版（5月20日22:00写出）"
    assert f"早到.xlsx：收到时间是5月18日16:20，2020-05-18 的{without}还没有它，{having}才有。" in said
    assert "2020-05-18 第 2 版改变了：市级交办和旗区自行梳理：已化解 0 件 → 1 件" in said
    assert "2020-05-19 第 2 版改变了：" in said
    assert not office.summary(THIRD)["restated"], "the report of the day says nothing of it (contract 4)"
    assert "早到.xlsx：收到时间是5月18日16:20" in _notes(office)
    assert not _night(office, THIRD + timedelta(days=1)), "the next night has nothing new to say; doctor still does"
    assert "早到.xlsx" in _notes(office)


def test_an_exemption_that_a_workbook_of_before_brings_is_named_first(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [case_row("SJ-2020-001", 办结时限="2020-05-10"), case_row("SJ-2020-002")]
    office.put_assignment(
        assignment(rows, exemptions=[exemption_row("SJ-2020-001", until="2020-06-30")]), "又一份.xlsx", f"{FIRST}T21:00:00+08:00"
    )
    _Evenings.now_is = datetime(2020, 5, 20, 22, tzinfo=ZONE)
    screen.tell_outcome(office.run(THIRD), office.settings, [THIRD], moment("2020-06-01 09:00"))
    assert "2020-05-18 第 2 版改变了：豁免：增加 SJ-2020-001 延期（领导一批准，至2020-06-30" in capsys.readouterr().out


def test_an_assignment_workbook_of_before_is_said_too(office: Office) -> None:
    office.put_assignment(assignment([case_row("SJ-2020-001")]), "新.xlsx", "2020-05-17T09:00:00+08:00")
    office.put_assignment(assignment([case_row("SJ-2020-003")]), "新二.xlsx", "2020-05-19T09:00:00+08:00")
    first, second = _night(office, THIRD)
    assert (first.name, second.name) == ("新.xlsx", "新二.xlsx")
    assert [changed.having.key for changed in second.days] == [(SECOND, 2)]


@pytest.mark.parametrize(
    ("day", "received"),
    [(THIRD, f"{THIRD}T16:00:00+08:00"), (SECOND, "2020-05-20T08:30:00+08:00"), (FIRST, "2020-05-20T16:00:00+08:00")],
    ids=["in time", "the next morning", "late and told as restated"],
)
def test_one_that_arrived_after_every_edition_without_it_is_not_said(office: Office, day: date, received: str) -> None:
    office.put(report(day=day, progress=RESOLVED), "日报.xlsx", received)
    assert not _night(office, THIRD)
    assert "收到时间早于" not in _notes(office)


def test_the_outbox_is_the_same_as_if_it_had_come_in_time(office: Office, tmp_path: Path) -> None:
    early = report(day=FIRST, progress=RESOLVED)
    office.put(early, "早到.xlsx", f"{FIRST}T16:20:00+08:00")
    assert _night(office, THIRD)
    once = Office(tmp_path / "once")
    once.put_assignment(assignment([case_row("SJ-2020-001"), case_row("SJ-2020-002")]))
    for day in (FIRST, SECOND):
        once.put(report(day=day, progress=OPEN if day == FIRST else []), f"{day}.xlsx", f"{day}T16:00:00+08:00")
    once.put(early, "早到.xlsx", f"{FIRST}T16:20:00+08:00")
    assert not once.run(FIRST, SECOND, THIRD).claims
    assert once.everything() == office.everything()


def test_an_edition_whose_manifest_is_lost_shows_nothing(office: Office) -> None:
    office.put(report(day=FIRST, progress=RESOLVED), "早到.xlsx", f"{FIRST}T16:20:00+08:00")
    _night(office, THIRD)
    with Ledger(office.settings.paths.ledger) as ledger:
        kept = {edition.note.manifest for edition in editions.of_day(ledger, FIRST)[:1]}
        with ledger.store.begin() as connection:
            connection.update(schema.editions, {"manifest_text": zlib.compress(b"")}, {"manifest": kept})
        (claim,) = earlier_claims.look_everywhere(ledger, office.settings.paths.editions)
    assert [changed.having.day for changed in claim.days] == [SECOND]
    assert claim.name == "早到.xlsx"


def test_a_first_report_found_later_that_a_correction_had_replaced_already_makes_the_calendars_of_later_days_true(tmp_path: Path) -> None:
    """It changes no file that counts: only that its district was on time."""
    workbook, found = only("office_workbook"), report(day=FIRST, progress=RESOLVED)
    outboxes = []
    for is_in_time in (True, False):
        office = Office(tmp_path / f"{is_in_time}")
        office.put_assignment(assignment([case_row("SJ-2020-001")]))
        if is_in_time:
            office.put(found, "首报.xlsx", f"{FIRST}T16:00:00+08:00")
        office.put(report(day=FIRST, progress=OPEN), "更正.xlsx", f"{FIRST}T18:00:00+08:00")
        nightly.run(office.settings, [FIRST, SECOND], documents=workbook)
        if not is_in_time:
            office.put(found, "首报.xlsx", f"{FIRST}T16:00:00+08:00")
            nightly.run(office.settings, [SECOND], documents=workbook)
        outboxes.append(office.everything())
    assert outboxes[0] == outboxes[1]
