"""Writes one day: its documents, its folder, and the notes that say what it was made from and which edition it is.

Covered by tests/publishing/test_outbox.py and tests/publishing/test_editions.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from pipeline.day.day_state import DayState
from pipeline.disk import drawn, memory
from pipeline.ledger import edition_files, editions
from pipeline.publishing import handed_out, held_days, outbox
from pipeline.publishing.fault_limits import Written, limit_fault_to_day
from pipeline.publishing.numbering import Numbers
from pipeline.publishing.plan import Plan
from pipeline.render import documents
from pipeline.render.documents import Workshop
from pipeline.report.compose import Tell
from pipeline.report.report import Report


def restore(plan: Plan) -> Written:
    """Put the editions that were published back in the place of damaged folders, and return how the run stands then."""
    paths = plan.settings.paths
    written = Written(paths.outbox, unchanged=plan.unchanged, workbooks=plan.outlines.assignments)
    for day in plan.damaged:
        with limit_fault_to_day(day, written):
            if files := held_days.kept_edition(plan.ledger, paths.editions, day):
                outbox.publish(paths.outbox, day.isoformat(), files, paths.replaced, plan.manifests.get(day.isoformat(), ()))
                written.restored.append(day)
    return written


def equipped(state: DayState, plan: Plan, workshop: Workshop) -> tuple[Workshop, Tell | None]:
    """Return the workshop with what it needs for one day, and what begins a large day's receipts as soon as it is known what they say.

    None on any other day, where it would save nothing, and where the report itself needs all the memory that there is.
    """
    instead = handed_out.in_place_of(plan.ledger, plan.settings, state.day)
    room = outbox.aside(plan.settings.paths.outbox, state.day.isoformat())
    at_work = replace(workshop, room=room, drawn=plan.drawn_before(state.day), instead=instead)
    is_ahead = documents.RECEIPTS in plan.documents and plan.settings.large_day.cases < len(state.cases) <= documents.MOST_BESIDE
    return at_work, partial(documents.begin_receipts, at_work, state.day) if is_ahead else None


def publish(report: Report, plan: Plan, numbers: Numbers, workshop: Workshop, units: Iterable[Report] = ()) -> int:
    """Write the report's day whole, note it, and return the number of its edition. Raises NotPublishedError where the disk refuses.

    `workshop`: equipped for the day; `units`: the reports of the levels above the districts.
    """
    paths, day = plan.settings.paths, report.day.isoformat()
    if report.has_page_per_unit:
        plan.forget_rows()  # a large day's documents need the memory
    with memory.settled(is_large=report.has_page_per_unit):
        files = documents.contents(report, plan.documents, workshop, units)
    with outbox.refusals_as_not_published():
        # Kept before the folder takes its place: a run that is killed behind it finds all that it published.
        edition_files.keep(paths.editions, files.values())
    drawn.keep(plan.place_of_drawn(report.day), workshop.drawn)
    manifest = outbox.publish(paths.outbox, day, files, paths.replaced, plan.manifests.get(day, ()))
    written = (paths.outbox / day / outbox.MANIFEST).stat().st_mtime
    held_days.note(plan, report)  # first: once the edition is noted, nobody looks into its manifest for its rules
    edition = editions.note(
        plan.ledger,
        paths.archive,
        day=report.day,
        published_at=datetime.fromtimestamp(written, plan.settings.calendar.zone),
        manifest=_content(files[outbox.MANIFEST]),
        summary=_content(files[editions.SUMMARY]),
    )
    plan.ledger.note_publication(day, plan.fingerprint(report.day, numbers), manifest)
    return edition.number


def _content(made: bytes | Path) -> bytes:
    return made if isinstance(made, bytes) else made.read_bytes()
