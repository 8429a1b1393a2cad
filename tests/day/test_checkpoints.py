"""Checkpoints: a night that goes on from one writes what a night from the first day writes, and nothing else is ever believed.

Covers `beginning`.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import shutil
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from offices import SETTINGS, ZONE, Office, assigned, handed_in, only, read_in
from untidy_offices import DAYS, untidy_offices
from workbooks import answer_row, assignment, case_row, new_row, progress_row, report, resolved_row

from pipeline.day import checkpoints
from pipeline.day.fold import _Fold
from pipeline.day.known_when import fold, fold_on, latest_beginning
from pipeline.ledger.ledger import Ledger
from pipeline.night import nightly
from pipeline.settings.config import load
from pipeline.terms.handed_in import Facts, Filed
from pipeline.upkeep import doctor, repair

ONE_DAY = timedelta(days=1)


def _facts(filed: Sequence[Filed]) -> Facts:
    return Facts.of(_as_the_ledger_has_it(file) for file in filed if file.reading.accepted)


def _as_the_ledger_has_it(file: Filed) -> Filed:
    """With an offset in the place of the zone."""
    envelope = file.arrival.envelope
    received = datetime.fromisoformat(envelope.received_at.isoformat())
    return replace(file, arrival=replace(file.arrival, envelope=replace(envelope, received_at=received)))


@settings(max_examples=60, deadline=None)
@given(files=untidy_offices(), at=st.integers(0, 3), is_last=st.booleans())
def test_a_fold_that_goes_on_from_a_checkpoint_says_what_the_whole_fold_says(files: list, at: int, *, is_last: bool) -> None:  # type: ignore[type-arg]
    filed = read_in(files)
    facts, day = _facts(filed), DAYS[-1]
    first = min((file.reading.day for file in facts.reports), default=day)
    watched = [first + timedelta(days=n) for n in range((day - first).days + 1)]
    _states, ends = fold_on(facts, SETTINGS, [DAYS[at]], watched)
    end = ends[-1 if is_last else 0]
    kept = checkpoints.read(checkpoints.write(end))
    assert kept is not None
    assert checkpoints.is_same(kept, end)
    if end.first == first:  # of a fold that began before the first report nothing is kept
        _states, ends = fold_on(_until(end.day, facts), SETTINGS, [end.day + ONE_DAY], watched)
        assert checkpoints.is_same(kept, ends[0])
    if kept.day > latest_beginning(facts.reports, [day], SETTINGS):
        return
    without_rows = tuple(_without_rows(file) if file.reading.day <= kept.day else file for file in facts.reports)
    later = Facts(facts.assignments, without_rows, kept.day)
    gone_on, _end = fold_on(later, SETTINGS, [day], watched, kept)
    whole = fold(facts, SETTINGS, [day], watched)[day]
    differing = [
        each.name for each in fields(whole) if each.name != "submissions" and getattr(gone_on[day], each.name) != getattr(whole, each.name)
    ]
    assert not differing


def test_of_the_days_before_the_last_a_checkpoint_has_the_counts_alone() -> None:
    rows = {day: [progress_row("SJ-2020-001", 今日进展=f"{day}")] for day in DAYS[:3]}
    handed = [handed_in(report(day=day, progress=own), f"{day}T16:00:00+08:00") for day, own in rows.items()]
    filed = read_in([assigned(assignment([case_row("SJ-2020-001"), case_row("SJ-2020-003")])), *handed])
    states, (_before, end) = fold_on(_facts(filed), SETTINGS, [DAYS[2]], ())
    snapshots = end.for_later_days().snapshots
    assert {day: len(kept.register) for day, kept in snapshots.items() if day >= DAYS[0]} == {DAYS[0]: 0, DAYS[1]: 0, DAYS[2]: 2}
    assert all(kept.tallies for kept in snapshots.values())
    assert [number for number, _standing in states[DAYS[2]].before.items()] == ["SJ-2020-001", "SJ-2020-003"]
    # behind the last day nothing changes a case any more: it is there once
    assert all(case is end.case_book.cases[case.number] for case in states[DAYS[2]].cases)


def _until(day: date, facts: Facts) -> Facts:
    return replace(facts, reports=tuple(file for file in facts.reports if file.reading.day <= day))


def _without_rows(file: Filed) -> Filed:
    return replace(file, reading=replace(file.reading, rows=(), cover={}, findings=()))


@pytest.fixture
def nights(tmp_path: Path) -> Office:
    """An office after the nights of three days, each with its notices."""
    office = Office(tmp_path / "office")
    office.put_assignment(assignment([case_row("SJ-2020-001", 办结时限="2020-05-10"), case_row("SJ-2020-003")]))
    for day in DAYS[:3]:
        _report(office, report(day=day, progress=[progress_row("SJ-2020-001", 今日进展=f"{day}")]), day)
        _night(office, day)
    return office


def _report(office: Office, content: bytes, day: date, name: str = "日报") -> None:
    office.put(content, f"{day}{name}.xlsx", f"{day}T16:00:00+08:00")


def _night(office: Office, *days: date) -> None:
    nightly.run(office.settings, days, documents=only("notices"))


def _kept(office: Office) -> list[str]:
    return sorted(path.name[:10] for path in office.settings.paths.checkpoints.glob("????-*"))


def _as_from_the_first_day(office: Office, *days: date) -> dict[str, bytes]:
    """What a night writes that has no checkpoint."""
    copied = Office(office.home.parent / "copy")
    for folder in ("inbox", "outbox", "state"):
        shutil.rmtree(copied.home / folder, ignore_errors=True)
        shutil.copytree(office.home / folder, copied.home / folder)
    shutil.rmtree(copied.settings.paths.checkpoints)
    _night(copied, *days)
    return copied.everything()


def _folded_days(patch: pytest.MonkeyPatch) -> list[date]:
    """The days that are folded from now on."""
    days: list[date] = []
    go_to = _Fold.go_to

    def noting(self: _Fold, day: date) -> object:
        days.append(day)
        return go_to(self, day)

    patch.setattr(_Fold, "go_to", noting)
    return days


def test_a_night_goes_on_from_the_one_before_and_writes_what_it_writes_without(nights: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _kept(nights) == [str(day) for day in DAYS[:3]]  # the first one by the second night: the first began before the first report
    resolved, found = resolved_row("SJ-2020-003", 答复日期=str(DAYS[3])), new_row(排查日期=str(DAYS[3]))
    _report(nights, report(day=DAYS[3], progress=[resolved], new=[found]), DAYS[3])
    expected = _as_from_the_first_day(nights, DAYS[3])
    days = _folded_days(monkeypatch)
    _night(nights, DAYS[3])
    assert days == [DAYS[3]]
    assert nights.everything() == expected
    assert any("督办通知" in path for path in expected)


def test_of_the_reports_before_a_checkpoint_none_is_loaded_and_their_answers_are_told(
    nights: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [answer_row(number="SJ-2020-001", 办理措施="甲"), answer_row("市住建督〔2020〕99号", "SJ-2020-003", 办理措施="乙")]
    _report(nights, report(day=DAYS[3], progress=[progress_row("SJ-2020-001", 今日进展="甲")], answers=rows), DAYS[3])
    _night(nights, DAYS[3])
    last = DAYS[3] + ONE_DAY
    _report(nights, report(day=last, progress=[progress_row("SJ-2020-001", 今日进展="乙")]), last)
    expected = _as_from_the_first_day(nights, last)
    loaded: list[date] = []
    load = Ledger.load

    def noting(self: Ledger, outlines: Iterable[Filed]) -> list[Filed]:
        files = [*outlines]
        loaded.extend(file.reading.day for file in files if not file.arrival.is_assignment)
        return load(self, files)

    monkeypatch.setattr(Ledger, "load", noting)
    _night(nights, last)
    assert loaded == [last]
    assert nights.everything() == expected
    told = json.loads(expected[f"{last}/extensions.json"])["notices"]
    assert [row["notice"] for row in told["unmatched"]] == ["市住建督〔2020〕99号"]
    assert told["answered"] == 1


def test_a_late_report_is_folded_from_the_last_checkpoint_before_its_day(nights: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    _report(nights, report(day=DAYS[3], progress=[progress_row("SJ-2020-001", 今日进展="甲")]), DAYS[3])
    _report(nights, report(day=DAYS[2], progress=[resolved_row("SJ-2020-003", 答复日期=str(DAYS[2]))]), DAYS[3], "补正")
    expected = _as_from_the_first_day(nights, DAYS[3])
    days = _folded_days(monkeypatch)
    _night(nights, DAYS[3])
    assert min(days) == DAYS[2]
    assert nights.everything() == expected
    assert nights.summary(DAYS[3])["restated"]


def test_other_rules_and_a_number_that_is_gone_are_folded_anew(nights: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    config = nights.home / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("stalled_days: 5", "stalled_days: 1"), encoding="utf-8")
    nights.settings = load(config)
    days = _folded_days(monkeypatch)
    _report(nights, report(day=DAYS[3], progress=[]), DAYS[3])
    _night(nights, DAYS[3])
    assert DAYS[0] in days


def test_a_correction_in_an_office_of_one_night_is_folded_from_the_end_of_the_day_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(tmp_path / "office")
    office.put_assignment(assignment([case_row("SJ-2020-001"), case_row("SJ-2020-003")]))
    for day in DAYS[:4]:
        _report(office, report(day=day, progress=[progress_row("SJ-2020-001", 今日进展=f"{day}")]), day)
    _night(office, DAYS[3])
    assert _kept(office) == [str(day) for day in DAYS[2:4]]
    office.put(report(day=DAYS[3], progress=[resolved_row("SJ-2020-003", 答复日期=str(DAYS[3]))]), "更正.xlsx", f"{DAYS[3]}T18:00:00+08:00")
    expected = _as_from_the_first_day(office, DAYS[3])
    days = _folded_days(monkeypatch)
    _night(office, DAYS[3])
    assert days == [DAYS[3]]
    assert office.everything() == expected


class _Runs:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("was run",)


@pytest.mark.parametrize("harm", ["flipped", "cut", "code", "empty", "other"])
def test_a_checkpoint_that_is_not_as_it_was_written_is_not_believed(
    nights: Office, harm: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for path in nights.settings.paths.checkpoints.glob("????-*"):
        content = path.read_bytes()
        packed = zlib.compress(pickle.dumps(_Runs() if harm == "code" else {"day": 1}))
        harmed = {
            "flipped": content[:-9] + bytes([content[-9] ^ 1]) + content[-8:],
            "cut": content[:-40],
            "empty": b"",
        }.get(harm, hashlib.sha256(packed).digest() + packed)
        path.write_bytes(harmed)
    _report(nights, report(day=DAYS[3], progress=[resolved_row("SJ-2020-003", 答复日期=str(DAYS[3]))]), DAYS[3])
    expected = _as_from_the_first_day(nights, DAYS[3])
    _night(nights, DAYS[3])
    assert nights.everything() == expected
    assert not (tmp_path / "was run").exists()


def test_doctor_folds_anew_and_repair_takes_away_what_differs(nights: Office) -> None:
    def told() -> list[str]:
        checks = doctor.examine(nights.settings, datetime.now(ZONE))
        return [problem for check in checks if check.name == "中间结果" for problem in check.problems]

    assert not told()
    (path,) = nights.settings.paths.checkpoints.glob(f"{DAYS[2]}.*")
    kept = checkpoints.read(path.read_bytes())
    assert kept is not None
    kept.case_book.cases["SJ-2020-001"].status = "已化解"
    path.write_bytes(checkpoints.write(kept))
    (problem,) = told()
    assert str(DAYS[2]) in problem
    repair.repair(nights.settings, documents=only("notices"))
    assert not told()


def test_of_many_nights_a_few_are_kept_the_newest_closest_together(nights: Office) -> None:
    days = [DAYS[2] + timedelta(days=n) for n in range(1, 21)]
    nights.run(*days[:10])
    for day in days[10:]:
        nights.run(day)
    assert [(days[-1] - date.fromisoformat(day)).days for day in _kept(nights)] == [9, 5, 3, 2, 1, 0]


def test_a_fold_that_was_given_reports_without_rows_begins_nowhere_else() -> None:
    filed = read_in([assigned(assignment()), handed_in(report(day=DAYS[0], progress=[progress_row("SJ-2020-001")]), "2020-05-18 16:00")])
    facts = _facts(filed)
    with pytest.raises(AssertionError, match="not loaded"):
        fold(Facts(facts.assignments, facts.reports, DAYS[1]), SETTINGS, [DAYS[3]])
