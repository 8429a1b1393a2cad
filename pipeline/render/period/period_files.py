"""Every file of a period by its name; period.json lists the others with their SHA-256 and so tells whether the folder is whole.

Covered by tests/render/test_period_files.py.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from pipeline.day.refused_matters import RefusedMatter
from pipeline.render import extension_files
from pipeline.render.files_for_programs import as_json, restated
from pipeline.render.period import period_page, period_papers, period_workbook
from pipeline.report import period_words
from pipeline.report.durations import Duration
from pipeline.report.exemptions_of_period import ExemptionOverDays
from pipeline.report.period import LOOKED_AFTER, Part, Period, ReportOfDay, Standing
from pipeline.report.urgent_of_period import UrgentOverDays

MANIFEST: Final = "period.json"
PERIOD_VERSION: Final = 1


def folder_name(period: Period) -> str:
    """Such as 2020-05-16_2020-05-22."""
    return f"{period.first}_{period.last}"


def render(period: Period, templates: Path) -> tuple[dict[str, bytes], list[str]]:
    """Return the files by name, and what is wrong with the office's own templates."""
    stem = f"{period_words.NAME[period.is_closing]}_{folder_name(period)}"
    papers, broken = period_papers.render(period, templates)
    page, broken_page = period_page.made(period, templates)
    files = {f"{stem}.{ending}": content for ending, content in papers.items()}
    files |= {f"{stem}.html": page, f"{stem}.xlsx": period_workbook.render(period)}
    return {**files, MANIFEST: for_programs(period, files)}, [*broken, *broken_page]


def for_programs(period: Period, files: Mapping[str, bytes]) -> bytes:
    """period.json, UTF-8, in the order of docs/contract-extensions.md 6."""
    of_part = partial(_part, has_beginning=period.has_beginning)
    return as_json(
        {
            "period": PERIOD_VERSION,
            "from": period.first.isoformat(),
            "to": period.last.isoformat(),
            "closing": period.is_closing,
            "groups": [of_part(part, "") for part in period.groups],
            **({"units": [of_part(part, "unit") for part in period.units]} if period.units else {}),
            "districts": [of_part(part, "district") for part in period.districts],
            "leaders": [of_part(part, "leader") for part in period.leaders],
            "durations": {
                "by_category": [_duration(entry, "category") for entry in period.by_category],
                "by_source": [_duration(entry, "source") for entry in period.by_source],
            },
            "remaining": [{"group": entry.group, "reason": entry.reason, "cases": list(entry.cases)} for entry in period.remaining],
            "confirmation": [{"group": certainty.group, **certainty.confirmation} for certainty in period.certainties],
            "submissions": [
                {"day": day.isoformat(), "district": district, **_submission(report)}
                for day, of_day in period.submissions
                for district, report in of_day.items()
            ],
            "corrected": [day.isoformat() for day in period.corrected],
            "editions": {day.isoformat(): count for day, count in period.editions},
            "restated": [{"told": told.isoformat(), **restated(entry)} for told, entry in period.restated],
            "exceptions": [_exception(each) for each in period.exemptions],
            "urgent": [_urgent(matter) for matter in period.urgent],
            "refused_urgent": [_refused(matter) for matter in period.refused_urgent if not matter.is_request],
            "refused_requests": [_refused_request(matter) for matter in period.refused_urgent if matter.is_request],
            "standing": [_standing(standing) for standing in period.standing],
            "outputs": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
        }
    )


def _part(part: Part, kind: str, *, has_beginning: bool) -> dict[str, Any]:
    then, now = part.tallies
    named = {kind: part.label} if kind else {}
    return {
        **named,
        "group": part.group,
        "target_percent": part.tallies[1].target_percent,
        "total": [tally.total for tally in part.tallies],
        "resolved": [tally.resolved for tally in part.tallies],
        "rate_percent": [then.rate_percent if has_beginning else None, now.rate_percent],
        "met": [then.met if has_beginning else None, now.met],
        "certain": part.figure.is_certain if part.figure else True,
        "entered": list(part.moves.entered),
        "left": list(part.moves.left),
        "newly_resolved": list(part.newly_resolved),
        "no_longer_counted": list(part.no_longer_counted),
        "reopened": list(part.reopened),
        "fallen_back": list(part.fallen_back),
        "passing": list(part.passing),
    }


def _duration(entry: Duration, kind: str) -> dict[str, Any]:
    return {
        kind: entry.label,
        "n": entry.n,
        "resolved": entry.resolved,
        "censored": entry.censored,
        "median_days": entry.median_days,
        "p90_days": entry.p90_days,
    }


def _urgent(matter: UrgentOverDays) -> dict[str, Any]:
    line, ended = matter.line, matter.ended.isoformat() if matter.ended and not matter.is_withdrawn else None
    reported = line.reported_on.isoformat() if line.reported_on else None
    happened = line.happened.isoformat(timespec="minutes") if isinstance(line.happened, datetime) else line.happened or ""
    said = {
        "kind": line.kind,
        "situation": line.situation,
        "happened": f"{happened}",
        "measures": line.measures,
        "asked": line.coordination,
    }
    return {"reported": reported, "district": line.district, "case": line.number, **said, "ended": ended, "since": matter.since}


def _refused(matter: RefusedMatter) -> dict[str, Any]:
    whole = "file" if matter.is_file else "sheet" if matter.is_sheet else None
    return {
        "reported": matter.day.isoformat(),
        "district": matter.district,
        "case": matter.number,
        "kind": matter.kind,
        "refused_with": whole,
    }


def _refused_request(matter: RefusedMatter) -> dict[str, Any]:
    return {"reported": matter.day.isoformat(), "district": matter.district, "case": matter.number}


def _exception(each: ExemptionOverDays) -> dict[str, Any]:
    held = [day.isoformat() for day in each.held] if each.held else None
    kept_back = {code: [day.isoformat() for day in days] for code, days in each.kept_back.items()}
    of_all = {"held": held, "holds": not each.ended, "standing": extension_files.STANDINGS[each.state], "kept_back": kept_back}
    return {**extension_files.exception(each.line), **of_all}


def _submission(report: ReportOfDay) -> dict[str, Any]:
    beside = {report.stands: True} if report.stands in ("returned", "lost", "mended") else {}
    moved = {"rows_moved": report.rows_moved} if report.rows_moved else {}
    return {"status": report.status, **beside, "rows_accepted": report.rows_accepted, "rows_refused": report.rows_refused, **moved}


def _standing(standing: Standing) -> dict[str, Any]:
    looks = {
        f"after_{after}": None if look is None else {"counted": list(look.counted), "not_counted": list(look.not_counted)}
        for after, look in zip(LOOKED_AFTER, standing.later, strict=True)
    }
    return {"day": standing.day.isoformat(), "newly_resolved": list(standing.cases), **looks}
