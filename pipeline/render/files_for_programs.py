"""The three files for programs: summary.json, findings.csv and manifest.json."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable
from typing import Any

from pipeline import CONTRACT_VERSION, __version__
from pipeline.report.figures import Figure
from pipeline.report.report import Report
from pipeline.terms.text import without_controls

FINDING_COLUMNS = ("report_date", "district", "file", "sheet", "cell", "code", "severity", "value", "message")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_ODD = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e007f]")


def summary(report: Report) -> bytes:
    """summary.json, UTF-8, in the contract's order of keys."""
    said = {
        "contract": CONTRACT_VERSION,
        "report_date": report.day.isoformat(),
        "targets": [
            {"group": one.label, "sources": list(group.sources), **_figures(one)}
            for one, group in zip(report.targets, report.settings.groups, strict=True)
        ],
        "by_source": [{"source": one.label, **_figures(one)} for one in report.by_source],
        "by_district": _parts(report.by_district, "district"),
        "by_leader": _parts(report.by_leader, "leader"),
        "by_category": _parts(report.by_category, "category"),
        "submissions": [
            {
                "district": one.district,
                "status": one.status,
                "zero_report": one.zero_report,
                "revision": one.revision,
                "received_at": one.received_at.isoformat(timespec="seconds") if one.received_at else None,
                "rows_accepted": one.rows_accepted,
                "rows_refused": one.rows_refused,
            }
            for one in report.submissions
        ],
        "cases": {one.number: {"status": one.status, "counted_resolved": one.is_counted} for one in report.cases if not one.grounds},
        "changes": {
            "newly_resolved": list(report.newly_resolved),
            "reopened": list(report.reopened),
            "new_cases": list(report.new_cases),
            "withdrawn_cases": list(report.withdrawn_cases),
        },
        "flags": {name: list(numbers) for name, numbers in report.flags.items()},
    }
    return _json(said)


def _figures(figure: Figure) -> dict[str, Any]:
    tally = figure.tally
    return {
        "target_percent": tally.target_percent,
        "total": tally.total,
        "resolved": tally.resolved,
        "rate_percent": tally.rate_percent,
        "met": tally.met,
        "shortfall": tally.shortfall,
    }


def _parts(figures: Iterable[Figure], name: str) -> list[dict[str, Any]]:
    return [{name: one.label, "group": one.group, **_figures(one)} for one in figures]


def findings(report: Report) -> bytes:
    """findings.csv, UTF-8 with BOM; text that Excel would take for a formula has an apostrophe in front."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow(FINDING_COLUMNS)
    for line in report.findings:
        one = line.finding
        row = (line.report_date, line.district, line.file, one.sheet, one.cell, one.code, str(one.severity), one.value, one.message)
        table.writerow([inert(text) for text in row])
    return written.getvalue().encode("utf-8-sig")


def inert(text: str) -> str:
    """The text so that a spreadsheet shows it and does not run it, on one line and without control characters."""
    text = " ".join(without_controls(text).splitlines())
    return f"'{text}" if text.startswith(_FORMULA_STARTS) or _seen_first(text).startswith(_FORMULA_STARTS) else text


def _seen_first(text: str) -> str:
    """The text from the first character that a reader sees: some programs drop blanks before they look."""
    return next((text[at:] for at, one in enumerate(text) if not one.isspace() and one.isprintable()), "")


def manifest(report: Report, outputs: dict[str, bytes]) -> bytes:
    """manifest.json: the SHA-256 of every input and output, and the versions."""
    said = {
        "program": __version__,
        "contract": CONTRACT_VERSION,
        "report_date": report.day.isoformat(),
        "correction": report.is_correction,
        "inputs": [{"path": one.path, "sha256": one.sha256, "received_at": one.received_at, "role": one.role} for one in report.inputs],
        "outputs": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(outputs.items())},
    }
    return _json(said)


def _json(said: object) -> bytes:
    written = json.dumps(said, ensure_ascii=False, indent=1)
    return (written if written.isascii() else _ODD.sub(_escaped, written)).encode() + b"\n"


def _escaped(found: re.Match[str]) -> str:
    """JSON's own way of writing a character: the same text, which steers no terminal that shows the file."""
    return json.dumps(found[0])[1:-1]
