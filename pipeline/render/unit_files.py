"""What each unit of a large day has of its own: a page, a workbook, and the form of its next report.

Covered by tests/render/test_large_days.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, cast

from pipeline.render import districts, jobs
from pipeline.render.districts import Unit
from pipeline.render.forms import report_form
from pipeline.render.jobs import Made, Place
from pipeline.render.page import large_page, leaders_page
from pipeline.render.workbook import office_workbook, units_sheet
from pipeline.report.report import Report
from pipeline.settings.config import Settings

_NO_SETTINGS: Final = cast("Settings", None)
"""A job goes without them: whoever does it has them."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is made for one unit."""

    unit: Unit
    """Its report without settings."""
    draft: report_form.Draft | None
    """What its report of the next day begins with; None for what is no district."""
    has_workbook: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The files that it makes."""
        page, workbook = large_page.page_of(self.unit), units_sheet.path_of(self.unit)
        form = [f"{report_form.FOLDER}/{self.draft.name}"] if self.draft else []
        return (page, *([workbook] if self.has_workbook else []), *form)

    @property
    def made_from(self) -> str:
        """All that they say."""
        return jobs.told(self)

    def made(self, place: Place) -> Made:
        """Make it."""
        report = replace(self.unit.report, settings=place.settings)
        page, remarks = leaders_page.with_templates(partial(large_page.unit_page, self.unit.name), report, place.templates)
        files = {large_page.page_of(self.unit): page}
        if self.has_workbook:
            files[units_sheet.path_of(self.unit)] = office_workbook.of_unit(report)
        if self.draft:
            files[f"{report_form.FOLDER}/{self.draft.name}"] = report_form.workbook(self.draft, place.settings)
        return Made(files, tuple(remarks))


def jobs_of(report: Report) -> Iterator[Job]:
    """Go through what is to be made, in the order of the units."""
    drafts = {draft.district.name: draft for draft in report_form.drafts_after(report)}
    for unit in districts.of(report):
        bare = replace(unit, report=replace(unit.report, settings=_NO_SETTINGS))
        yield Job(bare, drafts.get(unit.name), report.has_workbook_per_unit)
