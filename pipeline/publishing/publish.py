"""Writes one day: its documents, its folder, and the note that says what it was made from.

Covered by tests/publishing/test_outbox.py.
"""

from __future__ import annotations

from pipeline.publishing import outbox
from pipeline.publishing.numbering import Numbers
from pipeline.publishing.plan import Plan
from pipeline.render import documents
from pipeline.render.documents import Workshop
from pipeline.report.report import Report


def publish(report: Report, plan: Plan, numbers: Numbers, workshop: Workshop) -> None:
    """Write the report's day whole and note it. Raises NotPublishedError where the disk refuses."""
    paths, day = plan.settings.paths, report.day.isoformat()
    files = documents.contents(report, plan.documents, workshop)
    manifest = outbox.publish(paths.outbox, day, files, paths.replaced, plan.manifests.get(day))
    plan.ledger.note_publication(day, plan.fingerprint(report.day, numbers), manifest)
