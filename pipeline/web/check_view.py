"""What the check says of an upload, as the page shows it and the book keeps it: findings alike together, what refuses first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pipeline.office import check
from pipeline.reading.readers import Readers
from pipeline.render.receipts import receipt_files, receipt_words
from pipeline.settings.config import Settings
from pipeline.terms import grouping
from pipeline.terms.contract import Severity
from pipeline.terms.findings import Finding
from pipeline.terms.text import mask

_MOST_GROUPS: Final = 200
_MOST_CELLS: Final = 60


def of_report(path: Path, settings: Settings, now: datetime, readers: Readers) -> dict[str, Any]:
    """The findings of a report; its sidecar says who sends it."""
    answer = check.check(path, settings, now, readers)
    read = answer.reading
    rows = sum(len(one.lines) for one in read.rows)
    refused = {(one.sheet, one.row) for one in answer.findings if one.severity is Severity.ROW}
    return {
        "accepted": read.accepted,
        "refuses": answer.refuses,
        "district": read.district,
        "day": read.day,
        "rows": rows if read.accepted else 0,
        "refused_rows": len(refused) if read.accepted else 0,
        "against_register": answer.against_register,
        "can_be_marked": receipt_files.may_be_marked(answer.findings),
        "sections": sections(answer.findings),
    }


def marked(path: Path, name: str, settings: Settings, now: datetime, readers: Readers) -> bytes:
    """The report with every finding on its cell, as `check --receipt` gives it; the name is the sender's for the file."""
    answer = check.check(path, settings, now, readers)
    if answer.handed is None:
        raise LookupError(name)
    return receipt_files.one(replace(answer.handed, name=name), path, readers)


def marked_name(name: str) -> str:
    """What the marked workbook is called."""
    return f"{receipt_files.plain(name)}_回执.xlsx"


def sections(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """The findings by what they cost, groups with their cells; past a length that nobody reads only their number."""
    found = list(findings)
    by_cost = [(one, [finding for finding in found if finding.severity is one]) for one in Severity]
    return [_section(severity, of_it) for severity, of_it in by_cost if of_it]


def _section(severity: Severity, found: list[Finding]) -> dict[str, Any]:
    groups = grouping.alike(found)
    return {
        "severity": severity.value,
        "count": len(found),
        "left_out": max(0, len(groups) - _MOST_GROUPS),
        "groups": [
            {
                "title": receipt_words.TITLES[one.code],
                "sheet": mask(one.sheet.strip()),
                "cells": list(one.cells[:_MOST_CELLS]),
                "more": max(0, len(one.cells) - _MOST_CELLS),
                "message": mask(one.message),
            }
            for one in groups[:_MOST_GROUPS]
        ],
    }
