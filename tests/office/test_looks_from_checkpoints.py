"""Looks go on from where an earlier night ended, and say what they say from the first day.

Covers `facts_known`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from offices import ZONE, Office, only
from workbooks import answer_row, assignment, case_row, new_row, progress_row, report, resolved_row, urgent_row

from pipeline.day import checkpoints
from pipeline.day.beginning import Beginning
from pipeline.intake import incoming
from pipeline.night import nightly
from pipeline.office import assignment_preview, check, explanation, handed_in_rows, status, templates, today, waiting
from pipeline.reading.readers import Readers
from pipeline.report.submission_lines import Waiting

FIRST = date(2020, 5, 10)
DAYS = [FIRST + timedelta(days=count) for count in range(6)]
TODAY = DAYS[-1] + timedelta(days=1)
NOW = datetime.combine(TODAY, time(16, 30), ZONE)
CASES = [
    case_row("SJ-2020-001", 办结时限="2020-05-12"),
    case_row("ZZQ-2020-001"),
    case_row("SJ-2020-002", "达拉特旗", 办结时限="2020-05-13"),
]


def _came(day: date, at: str = "16:00") -> str:
    return f"{day}T{at}:00+08:00"


def _reported(office: Office, day: date) -> None:
    number = DAYS.index(day)
    own = [
        progress_row("SJ-2020-001", 今日进展=f"第{number}天"),
        *([resolved_row("ZZQ-2020-001", 答复日期=f"{FIRST}")] if number > 1 else []),
    ]
    new = [new_row("DS-2020-001", 排查日期=f"{FIRST}", 办结时限="2020-06-20")] if number == 1 else []
    office.put(report(day=day, progress=own, new=new), f"东胜/{day}.xlsx", _came(day))
    if number != 3:
        office.put(report("达拉特旗", day, progress=[progress_row("SJ-2020-002")]), f"达旗/{day}.xlsx", _came(day))


@pytest.fixture
def week(office: Office) -> Office:
    """Six nights, with notices and without any document else."""
    office.put_assignment(assignment(CASES))
    for day in DAYS:
        _reported(office, day)
        nightly.run(office.settings, [day], documents=only("notices"))
    return office


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[date | None]:
    """The days from whose end looks went on; None for the first day."""
    begun: list[date | None] = []
    newest = checkpoints.newest

    def noted(made_from: checkpoints.MadeFrom, until: date) -> Beginning | None:
        found = newest(made_from, until)
        begun.append(found.day if found else None)
        return found

    monkeypatch.setattr(checkpoints, "newest", noted)
    return begun


def _looks(office: Office, files: Path) -> Iterator[object]:
    """All that somebody sees of a day without a night."""
    settings, waits = office.settings, incoming.look(office.settings)
    yield today.of_day(TODAY, waits, settings, None)
    yield status.look(settings, TODAY, now=NOW)
    for what in ("自治区交办", "市级交办和旗区自行梳理/东胜区", "SJ-2020-001"):
        yield explanation.explain(what, settings, TODAY, NOW)
    yield explanation.register(settings, TODAY)
    yield [*handed_in_rows.of_days(settings, [TODAY, DAYS[-1]], TODAY)]
    yield [templates.of_district(settings, TODAY + timedelta(days=1), name) for name in ("东胜区", "达拉特旗")]
    with Readers(settings, 1, marking=False) as readers:
        for path in sorted(files.iterdir()):
            if "分解表" in path.name:
                yield assignment_preview.preview(path, settings, NOW, readers, waits)
            else:
                yield check.check(path, settings, NOW, readers)
        for file in waits:
            if file.path:
                yield waiting.receipt_line(file.path, waits, settings, readers, Waiting())


def _before_sending(folder: Path) -> Path:
    """What somebody wants to send: of today, of an earlier day, an answer to a notice, and a workbook."""
    folder.mkdir()
    of_today = report(day=TODAY, progress=[progress_row("SJ-2020-001"), progress_row("DS-2020-001")], urgent=[])
    answering = report(
        "达拉特旗", TODAY, progress=[progress_row("SJ-2020-002")], answers=[answer_row("市住建督〔2020〕1号", "SJ-2020-002")]
    )
    earlier = report("达拉特旗", DAYS[3], progress=[resolved_row("SJ-2020-002", 答复日期=f"{FIRST}")])
    for name, content in {
        "今天": of_today,
        "回复": answering,
        "补报": earlier,
        "分解表": assignment([*CASES, case_row("SJ-2020-009")]),
    }.items():
        (folder / f"{name}.xlsx").write_bytes(content)
    return folder


WAITING: dict[str, tuple[Callable[[Office], object], date | None]] = {
    "nothing": (lambda _office: None, DAYS[-1]),
    "a report of today": (
        lambda office: office.put(report(day=TODAY, urgent=[urgent_row(发生时间=f"{TODAY} 09:00")]), "今天.xlsx", _came(TODAY)),
        DAYS[-1],
    ),
    "one of yesterday anew": (lambda office: office.put(report(day=DAYS[-1]), "昨天.xlsx", _came(TODAY, "09:00")), DAYS[-2]),
    "a late one": (lambda office: office.put(report("达拉特旗", DAYS[3]), "补报.xlsx", _came(TODAY)), DAYS[2]),
    "a workbook of today": (lambda office: office.put_assignment(assignment(CASES[:2]), "新.xlsx", _came(TODAY)), DAYS[-1]),
    "a workbook of before": (lambda office: office.put_assignment(assignment(CASES[:2]), "旧.xlsx", _came(DAYS[1])), None),
}


@contextmanager
def _without_checkpoints(office: Office) -> Iterator[None]:
    folder = office.settings.paths.checkpoints
    aside = folder.rename(folder.with_name("aside"))
    yield
    aside.rename(folder)


@pytest.mark.parametrize("waits", WAITING)
def test_they_say_what_they_say_from_the_first_day(week: Office, tmp_path: Path, begun: list[date | None], waits: str) -> None:
    put, until = WAITING[waits]
    put(week)
    files = _before_sending(tmp_path / "before sending")
    shown = [*_looks(week, files)]
    assert any(begun)
    assert begun[0] == until or (until is None and begun[0] is not None and begun[0] < DAYS[1])
    begun.clear()
    with _without_checkpoints(week):
        anew = [*_looks(week, files)]
    assert not any(begun)
    assert shown == anew


def test_they_write_nothing(week: Office, tmp_path: Path) -> None:
    folder = week.settings.paths.checkpoints
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert [*_looks(week, _before_sending(tmp_path / "before sending"))]
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_one_that_was_made_under_other_rules_is_not_used(week: Office, begun: list[date | None]) -> None:
    windows = week.settings.windows.model_copy(update={"stalled_days": 2})
    settings = week.settings.model_copy(update={"windows": windows})
    assert explanation.register(settings, TODAY)
    assert not any(begun)
