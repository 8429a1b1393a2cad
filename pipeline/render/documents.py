"""What is in a day's folder: the one list of everything that is made for people, and of what programs read.

A document is a function: it is given the report and what documents are made with, may begin what takes long, and gives back a function
that finishes it: files by their names in the day's folder. Renderers are imported where they are used: a run that writes nothing
must not wait for them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.disk import memory, storage
from pipeline.disk.drawn import Drawn
from pipeline.disk.originals import Originals
from pipeline.reading.readers import Readers
from pipeline.render import districts, extension_files, file_names, files_for_programs
from pipeline.report.report import Report

if TYPE_CHECKING:
    from pipeline.render.makers import Makers
    from pipeline.render.page.large_page import Index
    from pipeline.render.papers.briefing_files import Printed
    from pipeline.render.papers.word import Filling
    from pipeline.render.receipts.receipt_files import Instead
    from pipeline.report.submission_lines import ArrivedReport

MANIFEST: Final = "manifest.json"
_RECEIPTS: Final = 192
"""Of a large day so many are under way at once, marked or not: as many as readers mark while the report of such a day is drawn up."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """What documents are made with."""

    templates: Path
    archive: Originals
    readers: Readers
    """Processes that mark the districts' own workbooks."""
    remarks: list[str] = field(default_factory=list)
    """What is wrong with the office's own templates, whose place the program's took; and characters that a PDF could not show."""
    printed: dict[tuple[date, str], Printed] = field(default_factory=dict)
    """What the PDF of each day was set with, and that of each unit."""
    printing: dict[tuple[date, str], Callable[[], tuple[dict[str, bytes], list[str]]]] = field(default_factory=dict)
    """What waits for the PDF of each, with what is wrong with the office's template of it."""
    found: dict[date, Index] = field(default_factory=dict)
    """By what the cases of a large day are found from its page, and from its units'."""
    drawn: Drawn = field(default_factory=Drawn)
    """What an earlier run drew for the day, and what this one does."""
    room: Path | None = None
    """Where the day's folder is made: on a large day files are written there as they are made."""
    instead: Instead | None = None
    """Gives the receipt that was handed out where its original is lost, or why there is none; None where nothing was handed out."""
    makers: Makers | None = None
    """On a large day: who makes documents beside the run."""
    marked: dict[date, Callable[[], Iterator[tuple[str, bytes]]]] = field(default_factory=dict)
    """What waits for the receipts of a large day that were begun before its report was drawn up."""


MOST_BESIDE: Final = 150_000
"""Cases. Of a country whatever takes much memory (the report, 专报) is made by itself, and what each district has before or after it."""
_IMPORTING = threading.Lock()

Files = Mapping[str, bytes | Path | Iterator[bytes]]
"""By name their content, where it was written, or its parts."""
Finish = Callable[[], Iterable[Files]]
"""Waits for a document's files, and gives them together or one after another: of a large day not all are in memory at once."""
Document = Callable[[Report, Workshop], Finish]


def _briefing(report: Report, workshop: Workshop) -> Finish:
    from pipeline.render.papers import briefing_files

    apart = workshop.makers.apart if workshop.makers and not report.unit else None

    def begin() -> Finish:
        waiting, printed, waiting_too = briefing_files.begin(report, workshop.templates, *([apart] if apart else []))
        workshop.printed[report.day, report.unit] = printed
        workshop.printing[report.day, report.unit] = waiting_too
        again = f"装上有这些字的字体（python run.py doctor 说明是哪些），再 python run.py --rewrite --date {report.day}，就会印出来。"
        lacking = [f"{report.day}：{printed.told}{again}"] if printed.told else []

        def finish() -> list[Files]:
            files, broken = waiting()
            return [_remembering_remarks((files, [*broken, *lacking]), workshop)]

        return finish

    if apart and _is_country(report):
        if workshop.makers and workshop.makers.has_processes:
            workshop.readers.rest()  # it takes hundreds of megabytes to set, which nobody else shall need meanwhile
        made, pdf = begin()(), workshop.printing[report.day, report.unit]()
        workshop.printing[report.day, report.unit] = lambda: pdf
        return lambda: made
    return begin() if apart else lambda: begin()()  # noqa: PLW0108 - begun where it is waited for


def _is_country(report: Report) -> bool:
    return len(report.cases) > MOST_BESIDE


def _briefing_pdf(report: Report, workshop: Workshop) -> Finish:
    return lambda: [_remembering_remarks(workshop.printing.pop((report.day, report.unit))(), workshop)]


def _office_workbook(report: Report, workshop: Workshop) -> Finish:
    from pipeline.render.workbook import office_workbook

    def finish() -> list[Files]:
        printed = workshop.printed.get((report.day, report.unit))
        return [{f"信访事项办理情况汇总_{report.day}.xlsx": office_workbook.render(report, printed.told if printed else "")}]

    return finish


def _leaders_page(report: Report, workshop: Workshop) -> Finish:
    from pipeline.render.page import large_page, leaders_page

    def finish() -> list[Files]:
        if report.has_page_per_unit:
            if not report.unit:
                workshop.found[report.day] = large_page.Index.of(districts.of(report))
            making = partial(large_page.files, workshop.found[report.day])
            return [_remembering_remarks(leaders_page.with_templates(making, report, workshop.templates), workshop)]
        page, broken = leaders_page.made(report, workshop.templates)
        return [_remembering_remarks(({leaders_page.name(report): page}, broken), workshop)]

    return finish


def _units(report: Report, workshop: Workshop) -> Finish:
    """Begin what each unit has of its own: on a large day its page, workbook and form, otherwise its form."""
    if makers := workshop.makers:
        from pipeline.render import unit_files

        waiting = makers.begin(lambda: makers.units(unit_files.jobs_of(report)))
        return lambda: [_remembering_remarks(waiting(), workshop)]
    from pipeline.render.forms import report_form

    return lambda: [report_form.render(report, workshop.drawn)]


def _register_table(report: Report, _workshop: Workshop) -> Finish:
    if not report.has_page_per_unit:
        return list
    from pipeline.render import register_table

    return lambda: [register_table.files(report)]


def _notices(report: Report, workshop: Workshop) -> Finish:
    from pipeline.render.papers import notice

    if makers := workshop.makers:
        waiting = makers.begin(lambda: notice.made_by(makers.papers, report, workshop.templates))
        return lambda: [_remembering_remarks(waiting(), workshop)]
    return lambda: [_remembering_remarks(notice.made_by(_filling(workshop), report, workshop.templates), workshop)]


def _leaders(report: Report, workshop: Workshop) -> Finish:
    from pipeline.render.papers import leader_papers

    if makers := workshop.makers:
        waiting = makers.begin(lambda: leader_papers.made_by(makers.papers, report, workshop.templates))
        return lambda: [_remembering_remarks(waiting(), workshop)]
    return lambda: [_remembering_remarks(leader_papers.made_by(_filling(workshop), report, workshop.templates), workshop)]


def _reconciliation(report: Report, workshop: Workshop) -> Finish:
    from pipeline.render.papers import reconciliation_letter

    if makers := workshop.makers:
        waiting = makers.begin(lambda: reconciliation_letter.made_by(makers.papers, report, workshop.templates))
        return lambda: [_remembering_remarks(waiting(), workshop)]
    return lambda: [_remembering_remarks(reconciliation_letter.made_by(_filling(workshop), report, workshop.templates), workshop)]


def _filling(workshop: Workshop) -> Filling[Any]:
    """Return what makes papers from Word templates, but for those that an earlier run drew."""
    from pipeline.render.papers import drawn_papers

    return drawn_papers.filled_but_for(workshop.drawn)


def _receipts(report: Report, workshop: Workshop) -> Finish:
    finish = workshop.marked.pop(report.day, None) or _marked(report.arrived_reports, workshop, _RECEIPTS if workshop.makers else None)
    return lambda: ({name: content} for name, content in finish())


def begin_receipts(workshop: Workshop, day: date, reports: Sequence[ArrivedReport]) -> None:
    """Begin a large day's receipts: they rest on none of its figures, so that readers mark them while these are counted."""
    workshop.marked[day] = _marked(reports, workshop, _RECEIPTS)


def _marked(reports: Sequence[ArrivedReport], workshop: Workshop, at_once: int | None) -> Callable[[], Iterator[tuple[str, bytes]]]:
    from pipeline.render.receipts import receipt_files

    bench = receipt_files.Bench(workshop.archive, workshop.readers, workshop.drawn, workshop.instead or receipt_files.lost)
    return receipt_files.begin(reports, bench, at_once)


def _remembering_remarks(made: tuple[Files, list[str]], workshop: Workshop) -> Files:
    """The files; what was wrong with the office's templates is remembered once."""
    files, broken = made
    workshop.remarks.extend(remark for remark in broken if remark not in workshop.remarks)
    return files


RECEIPTS: Final[Document] = _receipts
ALL: Final[tuple[Document, ...]] = (
    _leaders_page,
    _units,
    _register_table,
    _notices,
    _leaders,
    _reconciliation,
    _briefing,
    _office_workbook,
    _briefing_pdf,
    _receipts,
)
"""Everything that people read; the workbook says what the PDF, which is set beside it, cannot show.

These two stand late: by then the readers, which mark the receipts, leave the PDF a processor.
"""
_OF_THE_DAY: Final = (_briefing, _office_workbook, _briefing_pdf)
"""What comes first of a country."""
_MADE_HERE: Final = (_office_workbook, _leaders_page, _register_table)
"""What the run itself makes of a large day, while others make what each district has."""
FIGURES: Final[tuple[Document, ...]] = ()
"""Nothing but what programs read."""


OF_UNITS: Final[tuple[Document, ...]] = (_briefing, _office_workbook, _briefing_pdf, _leaders_page)
"""What every level above the districts has of its own; receipts, notices and forms are the districts' and stand once."""


def contents(report: Report, documents: tuple[Document, ...], workshop: Workshop, units: Iterable[Report] = ()) -> dict[str, bytes | Path]:
    """Make every file of the day's folder, by its name; `units`: the reports of the levels above the districts, one after another.

    On a large day most of them are in the workshop's room when this returns.
    """
    if documents:
        _import_renderers()  # waits until the imports beside it are done
    room = workshop.room if report.has_page_per_unit else None
    if room:
        storage.remove_folder(room)  # what a run left that was killed
        storage.make_folder(room)
    told: dict[str, dict[str, Any]] = {}
    files: dict[str, bytes | Path] = {"summary.json": files_for_programs.summary(report)}
    with _with_makers(report, workshop, room if documents else None) as equipped:
        for made in _each(report, documents, equipped):
            files |= _laid(made, room)
        for unit in units:
            for made in _of_unit(unit, documents, equipped):
                files |= _laid(made, room)
            told[file_names.unit_folder(unit.settings.way)] = files_for_programs.told(unit)
    printed = [made for (day, _unit), made in workshop.printed.items() if day == report.day]
    fonts = {name: sha256 for made in printed for name, sha256 in made.fonts.items()}
    boxes = "".join(dict.fromkeys("".join(made.boxes for made in printed)))
    files[MANIFEST] = files_for_programs.manifest(report, files, fonts, boxes, told)
    return files


@contextmanager
def _with_makers(report: Report, workshop: Workshop, room: Path | None) -> Iterator[Workshop]:
    """Give the workshop with those who make a large day's documents beside the run."""
    if room is None:
        yield workshop
        return
    from pipeline.render.makers import Makers

    makers = Makers(report.settings, workshop.templates, room, len(report.settings.districts), workshop.drawn)
    try:
        yield replace(workshop, makers=makers)
        workshop.remarks.extend(remark for remark in makers.remarks if remark not in workshop.remarks)
    finally:
        makers.end()


def _each(report: Report, documents: tuple[Document, ...], workshop: Workshop) -> Iterator[Files]:
    """Go through the files of each document."""
    # receipts are marked, and districts' documents made, in processes of their own while the others are made here
    first = documents
    if workshop.makers and _is_country(report):
        first = documents = tuple(sorted(documents, key=lambda document: document not in _OF_THE_DAY))
    elif workshop.makers:  # what others make is begun first and waited for last
        first = tuple(sorted(documents, key=lambda document: document in _OF_THE_DAY))
        documents = tuple(sorted(documents, key=lambda document: document not in _MADE_HERE))
    begun = {begin: begin(report, workshop) for begin in first}
    for make in (files_for_programs.cases, files_for_programs.tables, extension_files.tables):
        yield make(report)
    for document in documents:
        yield from begun[document]()
        if workshop.makers:
            memory.give_back()


def _of_unit(unit: Report, documents: tuple[Document, ...], workshop: Workshop) -> Iterator[Files]:
    """Go through the files of one unit in its own folder; what people read has its name too, since it is mailed and put elsewhere."""
    folder, name = file_names.unit_folder(unit.settings.way), file_names.portable(unit.unit)
    yield {f"{folder}/summary.json": files_for_programs.summary(unit)}
    yield {f"{folder}/{file}": content for file, content in files_for_programs.cases(unit).items()}
    for begin in (document for document in OF_UNITS if document in documents):
        for files in begin(unit, workshop)():
            yield {f"{folder}/{name}_{file}": content for file, content in files.items()}


def _laid(files: Files, room: Path | None) -> dict[str, bytes | Path]:
    """Return the files whole, or where they were written in that room."""
    laid: dict[str, bytes | Path] = {}
    for name, content in files.items():
        if room is None or isinstance(content, Path):
            laid[name] = content if isinstance(content, bytes | Path) else b"".join(content)
        else:
            laid[name] = room / name
            (room / name).parent.mkdir(parents=True, exist_ok=True)
            storage.write(room / name, content, is_synced=False)
    return laid


def warm_up(documents: tuple[Document, ...]) -> None:
    """Import, beside what goes on, what these documents need; what fails here fails again where it is needed, and is reported there."""
    if documents:
        threading.Thread(target=_import_renderers).start()


def _import_renderers() -> None:
    with _IMPORTING, suppress(Exception):
        from pipeline.render.forms import report_form
        from pipeline.render.page import leaders_page
        from pipeline.render.papers import briefing_pdf, leader_papers, notice, reconciliation_letter
        from pipeline.render.receipts import receipt_files
        from pipeline.render.workbook import office_workbook
        from pipeline.report import compose

        briefing_pdf.warm_up()
        del receipt_files, compose, leader_papers, leaders_page, notice, reconciliation_letter, report_form, office_workbook
