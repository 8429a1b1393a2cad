"""extensions.json: what the report says beyond the contract, for programs (docs/contract-extensions.md 0)."""

from __future__ import annotations

from typing import Any, Final

from pipeline.render.files_for_programs import as_json
from pipeline.report.claims import ClaimTally
from pipeline.report.report import Report

EXTENSIONS_VERSION: Final = 1
NAME: Final = "extensions.json"


def extensions(report: Report) -> bytes:
    """extensions.json, UTF-8, a key for each section."""
    beyond = report.beyond
    return as_json(
        {
            "extensions": EXTENSIONS_VERSION,
            "report_date": report.day.isoformat(),
            "claims": [_claims(tally) for tally in beyond.claims],
        }
    )


def _claims(tally: ClaimTally) -> dict[str, Any]:
    return {"group": tally.group, "district": tally.district, **{claim or "none": count for claim, count in tally.counts}}
