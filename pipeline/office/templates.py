"""`run.py templates`: the districts' reports of a day, filled in beforehand, for the office to send round; or blank ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from pipeline.intake import facts_known, held_files
from pipeline.render.forms import form_files, report_form
from pipeline.report import notice_answers
from pipeline.settings.config import Settings
from pipeline.terms.errors import ConfigurationError, NothingToConsolidateError
from pipeline.terms.handed_in import Filed

_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
"""Between these a workbook's dates are understood."""


@dataclass(frozen=True, slots=True)
class Made:
    """What was written."""

    folder: Path
    day: date | None
    """The reports' day; None for blank ones."""
    cases: dict[str, int]
    """By file: how many cases are filled in."""
    reported_until: date | None = None
    """The last day whose reports are filled in; None where no report is known."""


def day_of(now: datetime, settings: Settings) -> date:
    """Return the day whose reports come next: today's until the cut-off, then tomorrow's."""
    return now.date() + timedelta(days=now.time() > settings.on(now.date()).calendar.cut_off)


def make(settings: Settings, day: date, folder: Path | None = None) -> Made:
    """Write every district's report of that day as it stands before it. Takes nothing in, and touches no published folder."""
    if not _FIRST_DAY < day <= _LAST_DAY:
        msg = f"--date 应在 {_FIRST_DAY} 以后、{_LAST_DAY} 以前。"
        raise ConfigurationError(msg)
    target = _target(folder, f"{report_form.FOLDER}_{day.isoformat()}", settings)
    drafts, until = _drafts(settings, day)
    form_files.write(target, {draft.name: report_form.workbook(draft, settings) for draft in drafts})
    return Made(target, day, {draft.name: len(draft.cases) for draft in drafts}, until)


def of_district(settings: Settings, day: date, district: str, waiting: Sequence[Filed] = ()) -> tuple[str, bytes]:
    """Return the name and the bytes of one district's report of that day, as `make` writes it; `waiting`: what no run has taken in yet."""
    drafts, _until = _drafts(settings, day, waiting)
    draft = next(draft for draft in drafts if draft.district.name == district)
    return draft.name, report_form.workbook(draft, settings)


def _drafts(settings: Settings, day: date, waiting: Sequence[Filed] = ()) -> tuple[list[report_form.Draft], date | None]:
    """Return every district's draft of that day, and the last day whose reports are filled in. Raises NothingToConsolidateError."""
    before = day - timedelta(days=1)
    besides = [*held_files.read_waiting_assignments(settings), *(file for file in waiting if file.reading.day < day)]
    known = facts_known.until([day], settings, besides, last=before)
    facts = known.facts
    if not facts.assignments:
        where = settings.paths.assignment
        msg = (
            f"没有可用的案件包案任务分解表，不知道有哪些案件，没有做模板。请把分解表放入 {where} 后再运行；已经放了的，"
            "用 run.py check 查它哪里不对。急用空白表的，运行 run.py templates --blank。"
        )
        raise NothingToConsolidateError(msg)
    numbers = [number for number in held_files.numbers(settings) if 0 < (day - number.day).days <= notice_answers.TOLD_DAYS + 1]
    state = known.fold(settings, [day], {before, *(number.day for number in numbers)})[day]
    until = max((report.reading.day for report in facts.reports), default=None)
    return report_form.drafts_before(state, known.files, numbers, settings), until


def make_blank(settings: Settings, folder: Path | None = None) -> Made:
    """Write the two blank workbooks."""
    target = _target(folder, "空白模板", settings)
    files = report_form.blanks(settings)
    form_files.write(target, files)
    return Made(target, None, dict.fromkeys(files, 0))


def _target(folder: Path | None, name: str, settings: Settings) -> Path:
    """Where to write: beside the outbox unless another folder is asked for, which must be none that a run works in."""
    if folder is None:
        return settings.paths.outbox.parent / name
    form_files.check_place(resolved := folder.resolve(), settings)
    return resolved
