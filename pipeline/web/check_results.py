"""What the check says of an upload, as the page shows it and the database keeps it: findings alike together, what refuses first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, Final

from pipeline.office.assignment_preview import CaseOutline, ChangedCase, Preview, RegisterChanges
from pipeline.office.check import Answer
from pipeline.render.receipts import receipt_files
from pipeline.terms import grouping, words
from pipeline.terms.contract import Severity
from pipeline.terms.findings import Finding
from pipeline.terms.text import mask

_MOST_GROUPS: Final = 200
_MOST_CELLS: Final = 60
_MOST_CASES: Final = 200
FAULT: Final = {"fault": True, "accepted": True, "refuses": False, "sections": [], "district": "", "day": ""}
"""Where the program itself failed. The file can be sent all the same: the night's run reads it again."""
NO_LEDGER: Final = {**FAULT, "ledger_fails": True}
"""Where the ledger cannot be used, without which there is nothing to compare with."""


def of_report(answer: Answer) -> dict[str, Any]:
    """Return the findings of a report."""
    reading = answer.reading
    refused_rows = {(finding.sheet, finding.row) for finding in answer.findings if finding.severity is Severity.ROW}
    return {
        "accepted": reading.accepted,
        "refuses": answer.refuses,
        "district": reading.district,
        "day": reading.day.isoformat(),
        "rows": sum(len(rows.lines) for rows in reading.rows) if reading.accepted else 0,
        "refused_rows": len(refused_rows) if reading.accepted else 0,
        "against_register": answer.against_register,
        "ledger_fails": answer.ledger_fails,
        "can_be_marked": receipt_files.may_be_marked(answer.findings),
        "sections": _sections(answer.findings),
    }


def of_assignment(preview: Preview) -> dict[str, Any]:
    """Return the findings of an assignment workbook, and what it would change."""
    reading = preview.reading
    return {
        "accepted": reading.accepted,
        "refuses": any(finding.refuses for finding in preview.findings),
        "district": "",
        "day": reading.day.isoformat(),
        "sections": _sections(preview.findings),
        **(_changes(preview.changes) if preview.changes else {}),
    }


def _changes(changes: RegisterChanges) -> dict[str, Any]:
    lists: dict[str, tuple[CaseOutline | ChangedCase, ...]] = {
        "new": changes.new,
        "changed": changes.changed,
        "cancelled": changes.cancelled,
        "restored": changes.restored,
        "missing": changes.missing,
        "postponed": changes.postponed,
    }
    return {
        "counts": {name: len(cases) for name, cases in lists.items()},
        "total": changes.total,
        "later": changes.later,
        "figures": [asdict(figures) for figures in changes.figures],
        "told": list(changes.told),
        **{name: [_case(case) for case in cases[:_MOST_CASES]] for name, cases in lists.items()},
    }


def _case(case: CaseOutline | ChangedCase) -> dict[str, Any]:
    if isinstance(case, ChangedCase):
        return {**asdict(case.outline), "fields": [asdict(particular) for particular in case.particulars]}
    return asdict(case)


def marked_name(name: str) -> str:
    """Return what the marked workbook is called."""
    return f"{receipt_files.portable_stem(name)}_回执.xlsx"


def _sections(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Return the findings by what they cost, groups with their cells; past a length that nobody reads only their number."""
    by_cost: dict[Severity, list[Finding]] = {severity: [] for severity in Severity}
    for finding in findings:
        by_cost[finding.severity].append(finding)
    return [_section(severity, alike) for severity, alike in by_cost.items() if alike]


def _section(severity: Severity, findings: list[Finding]) -> dict[str, Any]:
    groups = grouping.alike(findings)
    return {
        "severity": severity.value,
        "count": len(findings),
        "left_out": max(0, len(groups) - _MOST_GROUPS),
        "groups": [
            {
                "title": words.FINDING_TITLES[group.code],
                "sheet": mask(group.sheet.strip()),
                "cells": list(group.cells[:_MOST_CELLS]),
                "more": max(0, len(group.cells) - _MOST_CELLS),
                "message": mask(group.message),
            }
            for group in groups[:_MOST_GROUPS]
        ],
    }
