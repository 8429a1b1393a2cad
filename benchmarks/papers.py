"""What people read of one day, part by part: a run makes everything first, so that what is measured is each part by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.report.report import Report
    from pipeline.settings.config import Settings

DAY = date(2020, 5, 1)


def _made(office: Path) -> tuple[Report, Settings]:
    from pipeline.night import nightly
    from pipeline.settings import config

    loaded = config.load(office / "config.yaml")
    return nightly.run(loaded, [DAY]).written.published[0], loaded


def _part(make: Callable[[Report, Settings], object]) -> Callable[[Path], Iterator[None]]:
    def work(office: Path) -> Iterator[None]:
        report, settings = _made(office)
        yield
        make(report, settings)

    return work


def _leaders(report: Report, settings: Settings) -> object:
    from pipeline.publishing import inputs
    from pipeline.render.papers import briefing_files

    return briefing_files.render(report, inputs.templates_of(settings))


def _page(report: Report, settings: Settings) -> object:
    from pipeline.publishing import inputs
    from pipeline.render.page import leaders_page

    return leaders_page.render(report, inputs.templates_of(settings))


def _workbook(report: Report, _settings: Settings) -> object:
    from pipeline.render.workbook import office_workbook

    return office_workbook.render(report)


def _templates(report: Report, _settings: Settings) -> object:
    from pipeline.render.forms import report_form

    return report_form.render(report)


def _notices(report: Report, settings: Settings) -> object:
    from pipeline.publishing import inputs
    from pipeline.render.papers import notice

    return notice.render(report, inputs.templates_of(settings))


def _receipts(report: Report, settings: Settings) -> object:
    """With the start of the readers that mark them."""
    from pipeline.disk.drawn import Drawn
    from pipeline.disk.originals import Originals
    from pipeline.reading.readers import Readers
    from pipeline.render.receipts import receipt_files

    with Readers(settings, len(report.arrived_reports)) as readers:
        return dict(receipt_files.begin(report.arrived_reports, receipt_files.Bench(Originals(settings.paths.archive), readers, Drawn()))())


def openpyxl_there_and_back(office: Path) -> Iterator[None]:
    """Open every report with openpyxl and save it again: what a receipt cannot do without."""
    import openpyxl

    yield
    for path in sorted((office / "inbox").rglob("*.xlsx")):
        if path.parent.name != "assignment":
            openpyxl.load_workbook(path).save(office / "again.xlsx")


PARTS: Mapping[str, Callable[[Path], Iterator[None]]] = {
    "paper_leaders": _part(_leaders),
    "paper_page": _part(_page),
    "paper_workbook": _part(_workbook),
    "paper_templates": _part(_templates),
    "paper_notices": _part(_notices),
    "paper_receipts": _part(_receipts),
}
