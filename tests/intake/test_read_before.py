"""Bytes that were read before, under another name or on another day, are not opened again, and all is as if they had been.

Covers `arrival_moment` and `read_with` too.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest
from offices import SETTINGS, Office, moment, tree
from workbooks import (
    DAY,
    Text,
    Value,
    answer_row,
    assignment,
    case_row,
    edit,
    exemption_row,
    new_row,
    progress_row,
    report,
    report_pages,
    turn_row,
    urgent_row,
    write,
)

from pipeline.disk import own_code
from pipeline.intake import read_before
from pipeline.ledger import journal
from pipeline.night import nightly
from pipeline.reading.engines import Local
from pipeline.reading.reading import FileToRead, Transcript, transcribe
from pipeline.settings import read_by
from pipeline.settings.config import Settings
from pipeline.settings.rules import Change
from pipeline.terms.errors import DamagedLedgerError
from pipeline.terms.handed_in import Arrival, Envelope, Filed
from pipeline.terms.rows import read_rows

MOMENTS = (
    *("2020-05-20 16:00", "2020-05-21 09:29:59", "2020-05-21 09:30", "2020-05-21 16:00", "2020-05-21 16:00:30", "2020-05-21 17:00"),
    *("2020-05-21 17:00:01", "2020-05-21 23:59:59", "2020-05-22 00:00", "2020-05-22 16:00", "2020-06-21 08:00", "2020-06-22 00:00"),
    *("2020-12-31 23:00", "2021-05-20 09:00", "2021-05-22 09:00", "9999-12-31 23:59:59"),
)
SENDERS = (("email", "dongsheng@example.com"), ("email", "stranger@example.com"), ("upload", None))
ENVELOPES = (
    *(Envelope(moment(written)) for written in MOMENTS),
    *(Envelope(moment(written), *sender) for written, sender in product(("2020-05-21 16:00", "2020-05-22 16:00"), SENDERS)),
)
CHANGED = SETTINGS.model_copy(
    update={"changes": (Change.model_validate({"since": DAY + timedelta(days=1), "windows": {"conclude_days": 90}}),)}
)


def _cover(value: Value) -> bytes:
    return write(edit(report_pages(), {"封面!B2": value}))


REPORTS = {
    "plain": report(),
    "all sheets": write(report_pages()),
    "a day without its year": _cover("5月21日"),
    "no day": _cover(None),
    "no such day": _cover("昨天"),
    "a far day": _cover(date(9999, 12, 31)),
    "moments": report(
        urgent=[urgent_row(发生时间="9:30"), urgent_row("ZZQ-2020-001", 发生时间="2020-05-21 09:30:20"), urgent_row(发生时间="5/21")]
    ),
    "dates without years": report(new=[new_row(排查日期=Text("5/20"), 办结时限=Text("6/20"))], answers=[answer_row(完成时限=Text("6/1"))]),
    "bad rows": report(progress=[progress_row(答复日期="5.21"), progress_row(当前状态="差不多了")], new=[new_row(排查日期="20201332")]),
    "no district": report("某某旗"),
    "no workbook": b"not a workbook",
    "in the wrong place": assignment(),
}
ASSIGNMENTS = {
    "plain": assignment(),
    "dates without years": assignment([case_row("SJ-2020-001", 交办日期=Text("4/20"), 办结时限=Text("6/10"))]),
    "bad dates": assignment([case_row("SJ-2020-001", 交办日期="5.21"), case_row("SJ-2020-002")]),
    "long deadlines": assignment([case_row("SJ-2020-001", 办结时限="2020-07-10")]),
    "exemptions": assignment(
        exemptions=[exemption_row("东胜区5月21日", "迟报"), exemption_row(until=Text("6/30")), exemption_row("谁", "迟报")],
        rota=[turn_row(Text("5/25"))],
    ),
    "in the wrong place": report(),
    "no cases": assignment([]),
}


def _filed(content: bytes, envelope: Envelope, settings: Settings, *, is_assignment: bool) -> tuple[Arrival, Transcript]:
    arrival = Arrival(1, "a.xlsx", "a.xlsx", "0" * 64, len(content), envelope, is_assignment)
    return arrival, transcribe(FileToRead.of(arrival, Path()), content, settings)


def _pairs(content: bytes, settings: Settings, *, is_assignment: bool) -> Iterator[tuple[Transcript, Transcript | None]]:
    """What a reader says of each arrival, beside what is taken over for it from each other one."""
    read = [_filed(content, envelope, settings, is_assignment=is_assignment) for envelope in ENVELOPES]
    for (earlier, transcript), (arrival, anew) in product(read, read):
        if transcript.holds_for:
            known = Filed(earlier, replace(transcript.reading, rows=read_rows(transcript.rows)))
            yield anew, read_before.of(arrival, [(known, transcript.holds_for)], settings)


@pytest.mark.parametrize("settings", [SETTINGS, CHANGED], ids=["as they are", "changed"])
@pytest.mark.parametrize("name", REPORTS)
def test_what_is_taken_over_of_a_report_is_what_a_reader_would_say(name: str, settings: Settings) -> None:
    pairs = [*_pairs(REPORTS[name], settings, is_assignment=False)]
    assert [anew for anew, taken in pairs if taken] == [taken for _anew, taken in pairs if taken]
    assert any(taken for _anew, taken in pairs)


@pytest.mark.parametrize("settings", [SETTINGS, CHANGED], ids=["as they are", "changed"])
@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_what_is_taken_over_of_an_assignment_workbook_is_what_a_reader_would_say(name: str, settings: Settings) -> None:
    pairs = [*_pairs(ASSIGNMENTS[name], settings, is_assignment=True)]
    assert [anew for anew, taken in pairs if taken] == [taken for _anew, taken in pairs if taken]


@pytest.mark.parametrize(
    ("name", "first", "second", "is_taken"),
    [
        ("plain", "2020-05-21 16:00", "2020-05-22 16:00", True),
        ("plain", "2020-05-22 16:00", "2020-05-21 16:00", True),
        ("plain", "2020-05-21 16:00", "2020-06-22 16:00", False),  # too old by then
        ("plain", "2020-05-21 16:00", "2020-05-20 16:00", False),  # of a day to come
        ("a day without its year", "2020-05-21 16:00", "2020-05-21 18:00", True),
        ("a day without its year", "2020-05-21 16:00", "2020-05-22 09:00", False),  # a year later it would be another day
        ("moments", "2020-05-21 16:00", "2020-05-22 09:00", True),
        ("moments", "2020-05-21 16:00", "2020-05-21 09:29:59", False),  # before it happened
        ("no workbook", "2020-05-21 16:00", "2021-05-22 09:00", True),
    ],
)
def test_only_what_hangs_on_the_arrival_has_a_file_opened_again(name: str, first: str, second: str, *, is_taken: bool) -> None:
    earlier, read = _filed(REPORTS[name], Envelope(moment(first)), SETTINGS, is_assignment=False)
    later, _ = _filed(REPORTS[name], Envelope(moment(second)), SETTINGS, is_assignment=False)
    assert read.holds_for
    assert bool(read_before.of(later, [(Filed(earlier, read.reading), read.holds_for)], SETTINGS)) == is_taken


def test_readers_ask_the_settings_for_nothing_else() -> None:
    """What is taken over hangs on these alone."""
    asked = {name: getattr(SETTINGS, name) for name in read_by.ALL}
    alone = Settings.model_construct(_fields_set=None, **asked)
    for name in Settings.model_fields.keys() - asked.keys():
        alone.__dict__.pop(name, None)
    for contents, is_assignment in ((REPORTS, False), (ASSIGNMENTS, True)):
        for content in contents.values():
            for envelope in ENVELOPES[3::6]:
                read = [_filed(content, envelope, settings, is_assignment=is_assignment) for settings in (SETTINGS, alone)]
                assert read[0] == read[1]


# --- a night -----------------------------------------------------------------------------------------------------


def _nights(home: Path) -> Office:
    """Three nights: what comes in the second and third has come before, under another name, or on another day."""
    office = Office(home)
    plain, urgent, bad = (
        report(),
        report("达拉特旗", urgent=[urgent_row("SJ-2020-002")]),
        report("准格尔旗", progress=[progress_row(答复日期="5.21")]),
    )
    office.put_assignment(assignment())
    for path, content in {"东胜.xlsx": plain, "达旗.xlsx": urgent, "准旗/准旗.xlsx": bad, "准旗/不是表.xlsx": b"no workbook"}.items():
        office.put(content, path)
    nightly.run(office.settings, [DAY])
    office.put(report("东胜区", progress=[]), "东胜.xlsx", "2020-05-21T17:30:00+08:00")
    nightly.run(office.settings, [DAY])
    for path, content in {"东胜 (2).xlsx": plain, "又一份.xlsx": urgent, "准旗 副本.xlsx": bad, "不是表.xlsx": b"no workbook"}.items():
        office.put(content, path, "2020-05-22T16:00:00+08:00")
    office.put(report("乌审旗", date(2020, 5, 22)), "乌审.xlsx", "2020-05-22T16:00:00+08:00")
    office.put(report("乌审旗", date(2020, 5, 22)), "乌审/乌审.xlsx", "2020-05-22T17:00:00.500000+08:00")
    nightly.run(office.settings, [DAY, DAY + timedelta(days=1)])
    return office


def _dump(office: Office) -> list[str]:
    """All that the ledger holds, but for the moment at which something was published."""
    with closing(sqlite3.connect(office.settings.paths.ledger)) as connection:
        connection.execute("UPDATE editions SET published_at = '', sum = ''")
        return [*connection.iterdump()]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The files that each look into new files opens, by their SHA-256."""
    looks: list[list[str]] = []
    read = Local.transcribe

    def transcribe_noted(self: Local, files: Sequence[FileToRead]) -> Iterator[Transcript]:
        if files:
            looks.append([file.path.name for file in files])
        return read(self, files)

    monkeypatch.setattr(Local, "transcribe", transcribe_noted)
    return looks


def test_outbox_ledger_and_journal_are_as_if_every_file_had_been_opened(
    tmp_path: Path, opened: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    taking = _nights(tmp_path / "taking")
    assert [len(look) for look in opened] == [5, 1, 1]
    monkeypatch.setattr(read_before, "transcripts", lambda *_: {})
    opened.clear()
    opening = _nights(tmp_path / "opening")
    assert [len(look) for look in opened] == [5, 1, 1, 5]
    assert taking.everything() == opening.everything()
    assert _dump(taking) == _dump(opening)
    assert tree(taking.archive) == tree(opening.archive)
    assert _without_times(taking) == _without_times(opening)


def _without_times(office: Office) -> list[str]:
    lines = (office.archive.parent / journal.NAME).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if "published_at" not in line]


@pytest.mark.parametrize("change", ["program", "settings", "damage"])
def test_another_program_other_settings_and_a_damaged_reading_have_it_opened_again(
    office: Office, opened: list[list[str]], monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    office.put_assignment(assignment())
    office.put(report(), "一.xlsx")
    office.run(DAY)
    settings = office.settings
    if change == "program":
        monkeypatch.setattr(own_code, "contents", lambda *_: "another")
    elif change == "settings":
        settings = settings.model_copy(update={"categories": (*settings.categories, "供热")})
    else:
        with closing(sqlite3.connect(settings.paths.ledger)) as connection, connection:
            connection.execute("UPDATE readings SET rows = replace(rows, '办理中', '已受理')")
    office.put(report(), "二.xlsx", "2020-05-21T16:30:00+08:00")
    opened.clear()
    with pytest.raises(DamagedLedgerError) if change == "damage" else nullcontext():  # by the fold, which counts the damaged one
        nightly.run(settings, [DAY])
    assert [len(look) for look in opened] == [1]
