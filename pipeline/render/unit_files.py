"""A large day's files by unit, made beside one another in processes and written where the day's folder is made: none is kept in memory.

Covered by tests/render/test_large_days.py.
"""

from __future__ import annotations

import os
import signal
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Final, cast

from pipeline.disk import storage
from pipeline.render import districts
from pipeline.render.districts import Unit
from pipeline.render.forms import report_form
from pipeline.render.page import large_page, leaders_page
from pipeline.render.workbook import office_workbook, units_sheet
from pipeline.report.report import Report
from pipeline.settings.config import Settings

_WORTH: Final = 16
"""With fewer units no process is started for them."""
_NO_SETTINGS: Final = cast("Settings", None)
"""A job goes without them: each process is given them once."""


_Done = tuple[list[str], list[str]]
"""The names of the files that were written, and remarks on the office's templates."""
_Doing = Future[_Done]


@dataclass(frozen=True, slots=True)
class Job:
    """What is made for one unit."""

    unit: Unit
    draft: report_form.Draft | None
    """What its report of the next day begins with; None for what is no district."""
    has_workbook: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """With what jobs are done, and where their files go."""

    settings: Settings
    templates: Path
    room: Path


class Begun:
    """Every unit's page, workbook and form under way."""

    def __init__(self, report: Report, templates: Path, room: Path) -> None:
        self._place, self._jobs = _Place(report.settings, templates, room), jobs_of(report)
        self._pool: ProcessPoolExecutor | None = None
        self._begun: list[_Doing | None] = [None] * len(self._jobs)
        if len(self._jobs) >= _WORTH:
            context = get_context("spawn")  # a copy of this process, with its threads, could wait for ever
            self._pool = ProcessPoolExecutor(min(os.cpu_count() or 1, len(self._jobs)), context, _take_place, (self._place,))
            self._begun = [_submitted(self._pool, job) for job in self._jobs]

    def finish(self) -> tuple[dict[str, Path], list[str]]:
        """Wait for them, and return their paths and remarks on the office's templates."""
        files, remarks = dict[str, Path](), dict[str, None]()
        for job, begun in zip(self._jobs, self._begun, strict=True):
            names, said = _done(job, begun, self._place)
            files.update({name: self._place.room / name for name in names})
            remarks.update(dict.fromkeys(said))
        return files, [*remarks]

    def end(self) -> None:
        """End the processes; what is not begun yet is not made any more."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)


def jobs_of(report: Report) -> list[Job]:
    """Return what is to be made, in the order of the units."""
    drafts = {draft.district.name: draft for draft in report_form.drafts_after(report)}
    return [Job(unit, drafts.get(unit.name), report.has_workbook_per_unit) for unit in districts.of(report)]


def _submitted(pool: ProcessPoolExecutor | None, job: Job) -> _Doing | None:
    if pool is None:
        return None
    bare = replace(job, unit=replace(job.unit, report=replace(job.unit.report, settings=_NO_SETTINGS)))
    try:
        return pool.submit(_do_there, bare)
    except BrokenExecutor:
        return None


def _done(job: Job, begun: _Doing | None, place: _Place) -> _Done:
    try:
        if begun is not None:
            return begun.result()
    except BrokenExecutor:  # somebody ended the process, or its memory was gone
        pass
    return do(job, place)


_given: list[_Place] = []
"""In a process of its own: what it was given when it came up."""


def _take_place(place: _Place) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever presses Ctrl+C ends the run, which ends its processes
    _given.append(place)


def _do_there(job: Job) -> _Done:
    (place,) = _given
    return do(replace(job, unit=replace(job.unit, report=replace(job.unit.report, settings=place.settings))), place)


def do(job: Job, place: _Place) -> _Done:
    """Write a unit's files, synced, and return their names and remarks on the office's templates."""
    page, remarks = leaders_page.with_templates(partial(large_page.unit_page, job.unit.name), job.unit.report, place.templates)
    files = {large_page.page_of(job.unit): page}
    if job.has_workbook:
        files[units_sheet.path_of(job.unit)] = office_workbook.of_unit(job.unit.report)
    if job.draft:
        files[f"{report_form.FOLDER}/{job.draft.name}"] = report_form.workbook(job.draft, place.settings)
    for name, content in files.items():
        (place.room / name).parent.mkdir(parents=True, exist_ok=True)
        storage.write(place.room / name, content)
    return [*files], remarks
