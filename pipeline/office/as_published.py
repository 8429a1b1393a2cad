"""What was published for a day, as the outbox has it, or where its folder is gone the day's newest edition: for board, desk and strips.

Covered by tests/web/test_office_pages.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from pipeline.day.targets import Tally
from pipeline.intake import held_files
from pipeline.render import extension_files
from pipeline.report import sentences
from pipeline.settings.config import Settings
from pipeline.terms import words
from pipeline.terms.contract import LATE_EXCUSED


def figures(settings: Settings, day: date) -> dict[str, Mapping[str, Any]]:
    """Return what the published summary says of each district's report; nothing where there is none that can be read."""
    try:
        return {submission["district"]: submission for submission in summary(settings, day)["submissions"]}
    except (LookupError, TypeError):
        return {}


def targets(settings: Settings, day: date) -> list[dict[str, Any]]:
    """Return the published figures of both targets with their verdicts; nothing where there are none that can be read."""
    try:
        return [
            {
                **target,
                "verdict": words.verdict(is_met=target["met"], is_certain=target["certain"]) if target["total"] else "",
                "without_edits": without_edits(target),
            }
            for target in summary(settings, day)["targets"]
        ]
    except (LookupError, TypeError):
        return []


def without_edits(target: Mapping[str, Any]) -> str:
    """Return what a published target's rate would be without edits of the register; '' where it is the same, or nothing says it."""
    unmoved = target.get("unmoved")
    if not unmoved:
        return ""
    of_it, without = (Tally(target["target_percent"], counted["total"], counted["resolved"]) for counted in (target, unmoved))
    return sentences.without_edits(without, of_it)


def told_hints(settings: Settings, day: date) -> int:
    """Return how many 核查提示 were published for the day that are not on trial."""
    hints = _published(settings, day.isoformat(), extension_files.NAME).get("hints")
    return sum(isinstance(hint, dict) and hint.get("trial") is False for hint in hints) if isinstance(hints, list) else 0


def refused_assignments(settings: Settings, day: date) -> list[str]:
    """Return each row of the day's assignment workbook that was refused, in words."""
    rows = _published(settings, day.isoformat(), extension_files.NAME).get("refused_assignments")
    return [str(row["told"]) for row in rows if isinstance(row, dict) and row.get("told")] if isinstance(rows, list) else []


def excused(settings: Settings, day: date, newest: str) -> dict[str, str]:
    """Return the late reports that were published as approved, each by its district and day: by whom, why, and until when.

    `newest`: the newest published day (ISO), which may approve what the day itself did not know of yet.
    """
    told = (_published(settings, on, extension_files.NAME).get("exceptions") for on in (day.isoformat(), newest) if on)
    lines = (line for of_day in told if isinstance(of_day, list) for line in of_day if isinstance(line, dict))
    holding = (line for line in lines if line.get("kind") == LATE_EXCUSED and line.get("holds") is True)
    return {str(line.get("subject")): _approval(line, day) for line in holding}


def _approval(line: Mapping[str, Any], day: date) -> str:
    """Return by whom an exemption was approved, why and until when."""
    said = [f"{line['approved_by']}批准"] if line.get("approved_by") else ["已批准"]
    said += [str(line["reason"])] if line.get("reason") else []
    with suppress(ValueError):
        said.append(f"至{words.near(date.fromisoformat(str(line.get('until'))), day)}")
    return "，".join(said)


def summary(settings: Settings, day: date) -> dict[str, Any]:
    """Return the summary that was published for the day; {} where there is none that can be read."""
    return _published(settings, day.isoformat(), "summary.json")


def _published(settings: Settings, day: str, name: str) -> dict[str, Any]:
    """Return what a file for programs says of a day; where its folder is gone, as on a copy of `state` alone, as in its newest edition."""
    folder = settings.paths.outbox / day
    try:
        content = json.loads(
            (folder / name).read_bytes() if folder.is_dir() else held_files.said_last(settings, date.fromisoformat(day), name)
        )
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
