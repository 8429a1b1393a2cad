"""A period's folder: written by hand and in the night of the week's last day, whole, once, and again only where its days changed.

Covers `periods` and `asked_period`.
"""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import workbooks
from offices import CONFIG, ZONE, Office
from workbooks import progress_row, resolved_row

from pipeline import cli, screen
from pipeline.disk import storage
from pipeline.night import asked_period
from pipeline.night.outcome import Outcome
from pipeline.publishing import periods
from pipeline.publishing.outbox import NotPublishedError
from pipeline.settings.config import load
from pipeline.terms.errors import ConfigurationError, NothingToConsolidateError
from pipeline.upkeep import doctor

FRIDAY = date(2020, 5, 22)
SATURDAY = FRIDAY - timedelta(days=6)
DAYS = [FRIDAY - timedelta(days=count) for count in (3, 2, 1, 0)]
NAME = f"{SATURDAY}_{FRIDAY}"


@dataclass(frozen=True, slots=True)
class Week:
    """An office with four days of one district, whose Wednesday's report comes late."""

    office: Office

    @property
    def folder(self) -> Path:
        return self.office.outbox / "阶段报告" / NAME

    @property
    def said(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads((self.folder / "period.json").read_bytes())
        return said

    @property
    def resolved(self) -> list[int]:
        """Of the region's cases, at the beginning and at the end."""
        resolved: list[int] = self.said["groups"][0]["resolved"]
        return resolved

    def report(self, day: date, received: str, *rows: dict[str, workbooks.Value]) -> None:
        self.office.put(workbooks.report("东胜区", day, progress=rows), f"东胜区{day}{received[8:10]}.xlsx", received)

    def look(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.folder.iterdir()}


def _office(home: Path, weekly: str) -> Week:
    office = Office(home)
    written = CONFIG.read_text(encoding="utf-8").replace("weekly: null", f"weekly: {weekly}")
    (home / "config.yaml").write_text(written, encoding="utf-8")
    office.settings = load(home / "config.yaml")
    office.put_assignment(workbooks.assignment())
    return Week(office)


@pytest.fixture
def week(tmp_path: Path) -> Week:
    """With a report of Tuesday and one of Friday."""
    made = _office(tmp_path / "office", "周五")
    made.report(DAYS[0], f"{DAYS[0]}T16:00:00+08:00", progress_row("ZZQ-2020-001"))
    made.report(FRIDAY, f"{FRIDAY}T16:00:00+08:00", progress_row("SJ-2020-001"))
    return made


def _asked(week: Week, **wanted: bool) -> periods.Made:
    return asked_period.run(week.office.settings, SATURDAY, FRIDAY, today=FRIDAY, **wanted)


def test_the_night_of_the_weeks_last_day_writes_it_once_and_a_late_report_again(week: Week) -> None:
    """The whole story of a week: before its end, on it, on the next night, and when a late report changes its days."""
    before = week.office.run(*DAYS[:3])
    assert not before.written.periods
    assert not week.folder.exists()
    on_it = week.office.run(FRIDAY)
    assert on_it.written.periods == [week.folder]
    first = week.look()
    assert {path.rpartition(".")[2] for path in first} == {"docx", "pdf", "html", "xlsx", "json"}
    assert (week.said["from"], week.said["to"], week.said["closing"]) == (f"{SATURDAY}", f"{FRIDAY}", False)
    assert week.resolved == [0, 0]
    assert week.said["editions"][f"{FRIDAY}"] == 1
    assert not week.office.run(FRIDAY + timedelta(days=1)).written.periods  # another day is no reason
    week.report(DAYS[1], f"{FRIDAY + timedelta(days=1)}T15:00:00+08:00", resolved_row("ZZQ-2020-001", 答复日期="2020-05-20"))
    again = week.office.run(FRIDAY + timedelta(days=2))
    assert FRIDAY in [report.day for report in again.written.published]
    assert again.written.periods == [week.folder]
    assert week.resolved == [0, 1]
    assert week.said["editions"][f"{FRIDAY}"] == 2
    assert not _asked(week).is_new  # by hand the same inputs give the same bytes


def test_a_week_that_a_run_was_kept_from_is_written_by_the_next(week: Week) -> None:
    week.office.run(*DAYS)
    whole = week.look()
    (week.folder / "period.json").unlink()
    week.office.run(FRIDAY + timedelta(days=1))
    assert week.look() == whole


def test_without_the_setting_no_night_writes_a_week(tmp_path: Path) -> None:
    made = _office(tmp_path / "office", "null")
    made.report(FRIDAY, f"{FRIDAY}T16:00:00+08:00", progress_row("ZZQ-2020-001"))
    assert not made.office.run(FRIDAY).written.periods
    assert not made.office.settings.paths.periods.exists()


def test_a_closing_stays_one_and_what_somebody_changed_is_kept(week: Week) -> None:
    made = _asked_after(week, lambda: week.office.run(*DAYS), is_closing=True)
    assert made.is_new
    (paper,) = week.folder.glob("信访事项结项报告_*.docx")
    assert not [*week.folder.glob("信访事项阶段报告_*")]
    paper.write_bytes(b"edited by hand")
    (check,) = (check for check in doctor.examine(week.office.settings, datetime(2020, 5, 23, 8, tzinfo=ZONE)) if check.name == "结果")
    assert check.is_sound
    assert [note for note in check.notes if "1 份阶段报告缺损或被改过" in note]
    assert not [note for note in check.notes if "不是本程序写的" in note]
    assert _asked(week, is_closing=True).is_new
    assert (week.office.settings.paths.replaced / f"{NAME}_2" / paper.name).read_bytes() == b"edited by hand"
    assert periods.folders(week.office.settings) == [week.folder]
    week.report(FRIDAY, f"{FRIDAY}T18:00:00+08:00", workbooks.resolved_row("ZZQ-2020-001"))
    assert week.office.run(FRIDAY).written.periods
    assert week.said["closing"] is True, "the night makes no week's report of it"


def test_a_closing_and_a_report_of_the_same_days_take_each_others_place_and_neither_is_lost(
    week: Week, capsys: pytest.CaptureFixture[str]
) -> None:
    week.office.run(*DAYS)
    weekly, replaced = week.look(), week.office.settings.paths.replaced
    closing = _asked(week, is_closing=True)
    assert closing.is_other_kind
    assert {path.name: path.read_bytes() for path in (replaced / f"{NAME}_1").iterdir()} == weekly
    screen.tell_period(closing)
    assert "原来的阶段报告另存在 state/replaced；要换回来，不写 --closing 再运行一次" in capsys.readouterr().out
    made = week.look()
    again = _asked(week)
    assert again.is_new
    assert again.is_other_kind
    assert week.look() == weekly, "the plain one is asked for, and is what comes"
    assert {path.name: path.read_bytes() for path in (replaced / f"{NAME}_2").iterdir()} == made
    same = _asked(week)
    assert (same.is_new, same.is_other_kind, same.told_aside) == (False, False, "")


def _asked_after(week: Week, run: Callable[[], Outcome], **wanted: bool) -> periods.Made:
    run()
    return _asked(week, **wanted)


def test_halves_that_a_killed_run_left_are_put_right(week: Week) -> None:
    week.office.run(*DAYS)
    whole = week.look()
    week.folder.rename(week.folder.with_name(f".{NAME}.old"))
    half = week.folder.with_name(f".{NAME}.new")
    half.mkdir()
    (half / "period.json").write_bytes(b"{")
    assert not _asked(week).is_new
    assert week.look() == whole
    assert [path.name for path in week.folder.parent.iterdir()] == [NAME]


def test_a_week_that_the_disk_does_not_take_costs_no_day(week: Week, monkeypatch: pytest.MonkeyPatch) -> None:
    def write_folder(folder: Path, files: dict[str, bytes | Path]) -> None:
        if "period.json" in files:
            raise PermissionError(errno.EACCES, "held", str(folder))
        _write_folder(folder, files)

    with monkeypatch.context() as patch:
        patch.setattr(storage, "write_folder", write_folder)
        outcome = week.office.run(*DAYS)
    assert len(outcome.written.published) == len(DAYS)
    assert [f"阶段报告 {NAME}" in said for said in outcome.written.held] == [True]
    assert not outcome.written.failed
    with monkeypatch.context() as patch:
        patch.setattr(storage, "write_folder", write_folder)
        with pytest.raises(NotPublishedError, match=f"阶段报告 {NAME} 没有写进 .*再运行一次"):
            _asked(week)
    assert week.office.run(FRIDAY + timedelta(days=1)).written.periods == [week.folder]


_write_folder = storage.write_folder


def test_spans_that_are_none_are_refused_with_the_reason(week: Week, capsys: pytest.CaptureFixture[str]) -> None:
    for first, last in ((FRIDAY, SATURDAY), (SATURDAY, FRIDAY + timedelta(days=1)), (date(2018, 1, 1), FRIDAY)):
        with pytest.raises(ConfigurationError):
            periods.check_span(first, last, FRIDAY)
    with pytest.raises(NothingToConsolidateError):
        _asked(week)
    week.office.run(*DAYS)
    config = ["--config", str(week.office.home / "config.yaml")]
    assert cli.main(["period", *config, "--from", "2020-05-16", "--to", "2999-01-01"]) == 2
    assert "还没有到" in capsys.readouterr().err
    assert cli.main(["period", *config, "--from", f"{SATURDAY}", "--to", f"{FRIDAY}"]) == 0
    said = capsys.readouterr().out
    assert "自治区交办：期初（5月15日）没有日报，案件1件，期末（5月22日）0/1（0.0%）" in said
    assert NAME in said
