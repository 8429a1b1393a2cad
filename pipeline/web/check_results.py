"""What the check says of an upload, as the page shows it and the database keeps it: findings alike together, what refuses first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from typing import Any, Final

from pipeline.office import check_text, preview_text
from pipeline.office.assignment_preview import CaseOutline, ChangedCase, Preview, RegisterChanges
from pipeline.office.check import Answer
from pipeline.office.report_preview import Preview as ReportPreview
from pipeline.render.receipts import receipt_files
from pipeline.terms import grouping, messages, words
from pipeline.terms.contract import Severity
from pipeline.terms.findings import Finding
from pipeline.terms.text import mask

_MOST_GROUPS: Final = 200
_MOST_CELLS: Final = 60
_MOST_CASES: Final = 200
_MOST_NAMED: Final = 12
UNDERSTOOD: Final = "understood"
"""The kind of a section of what was understood although the template has it in another way."""
FAULT: Final = {"fault": True, "accepted": True, "refuses": False, "sections": [], "district": "", "day": ""}
"""Where the program itself failed. The file can be sent all the same: the night's run reads it again."""
NO_LEDGER: Final = {**FAULT, "ledger_fails": True}
"""Where the ledger cannot be used, without which there is nothing to compare with."""


def of_report(answer: Answer) -> dict[str, Any]:
    """Return the findings of a report."""
    reading, preview = answer.reading, answer.preview
    return {
        "accepted": reading.accepted,
        "refuses": answer.refuses,
        "refuses_moved_alone": answer.refuses_moved_alone,
        "district": reading.district,
        "day": reading.day.isoformat(),
        "against_register": answer.against_register,
        "ledger_fails": answer.ledger_fails,
        "can_be_marked": receipt_files.may_be_marked(answer.findings),
        "title": check_text.title(answer),
        "leaves_out": [mask(names) for names in answer.left_out],
        "drops": [mask(names) for names in answer.dropped],
        "is_older": any(finding.code == "older-revision" for finding in answer.findings),
        "sections": _sections(answer.findings, answer.cases, answer.known),
        **(_of_preview(preview) if preview else {}),
    }


def again(answer: Answer, before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the findings of a report that was checked before it was sent, with what that said of its rows where it is another thing."""
    checked = {**before, **of_report(answer)}
    then, now = (_rows(each) for each in (before, checked))
    return {**checked, "was": then} if then and then != now else checked


def _rows(checked: Mapping[str, Any]) -> list[int]:
    return [checked["rows_accepted"], checked["rows_refused"], checked.get("rows_moved", 0)] if "rows_accepted" in checked else []


def _of_preview(preview: ReportPreview) -> dict[str, Any]:
    effect, replaced = preview.effect, preview.replaced
    changes = effect.changes if effect else ()
    return {
        "rows_accepted": preview.rows_accepted,
        "rows_refused": preview.rows_refused,
        "rows_moved": preview.rows_moved,
        "is_repeat": preview.is_repeat,
        "is_today": preview.day == preview.today,
        "notes": preview_text.notes(preview),
        "has_reminders": bool(preview.reminders),
        "question": preview_text.question(preview),
        "replaced": {"key": replaced.sha256, "revision": replaced.revision} if replaced else None,
        "heading": preview_text.heading(preview),
        "changes": [
            {"number": change.number, "matter": mask(change.matter), "said": preview_text.change(change)}
            for change in changes[:_MOST_CASES]
        ],
        "changes_left_out": max(0, len(changes) - _MOST_CASES),
        "outcome": preview_text.outcome(preview),
        "has_effect": effect is not None,
    }


def of_assignment(preview: Preview) -> dict[str, Any]:
    """Return the findings of an assignment workbook, and what it would change."""
    reading = preview.reading
    return {
        "accepted": reading.accepted,
        "refuses": any(finding.refuses for finding in preview.findings),
        "district": "",
        "day": reading.day.isoformat(),
        "repeats": preview.repeats,
        "sections": _sections(preview.findings, preview.cases),
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
        "will_refuse": f"会退回 {len(changes.refused)} 行：{words.first_of(changes.refused, _MOST_NAMED, '；')}。"
        if changes.refused
        else "",
        "figures": [asdict(figures) for figures in changes.figures],
        "told": list(changes.told),
        "exempted": list(changes.exempted),
        "rota": list(changes.rota),
        "rota_to_check": list(changes.rota_to_check),
        **{name: [_case(case) for case in cases[:_MOST_CASES]] for name, cases in lists.items()},
    }


def _case(case: CaseOutline | ChangedCase) -> dict[str, Any]:
    if isinstance(case, ChangedCase):
        return {**asdict(case.outline), "fields": [asdict(particular) for particular in case.particulars]}
    return asdict(case)


def in_short(checked: Mapping[str, Any], own: str = "") -> tuple[str, str]:
    """Return how a list marks what was found: the colour, and a few words that are true. `own`: the district that may send it."""
    counts, is_refused = checked.get("counts", {}), checked["refuses"]
    unchecked = "现在读不了台账，没有核对" if checked.get("ledger_fails") else "核对时程序出错，没有核对"
    kinds = (
        (checked.get("fault"), "is-warn", unchecked),
        (own and checked["district"] not in ("", own), "is-bad", f"是{checked['district']}的，不能报送"),
        (not checked["accepted"], "is-bad", "整份会退回"),
        (checked.get("is_repeat"), "is-wait", "与已报送的一份相同"),
        (checked.get("repeats"), "is-wait", "与现行的分解表完全相同"),
        (checked.get("refuses_moved_alone"), "is-warn", "有案件已改派"),
        (is_refused and checked.get("rows_accepted") == 0, "is-bad", "全部会退回"),
        (checked.get("question"), "is-bad", "采用的会变少"),
        (is_refused, "is-warn", "有内容会退回"),
        (checked.get("leaves_out"), "is-warn", left_out(checked)),
        (checked.get("drops"), "is-warn", f"原来退回的没有再报（{messages.shorten('；'.join(checked.get('drops', [])))}）"),
        (counts.get("missing") or counts.get("postponed"), "is-warn", "有案件要看一看"),
        (not checked.get("against_register", True), "is-warn", "案件编号还没有核对"),
    )
    return next(((look, said) for holds, look, said in kinds if holds), ("is-good", "没有会退回的"))


def left_out(checked: Mapping[str, Any]) -> str:
    """Return what a report leaves out that was there before, named; a check kept from before names nothing."""
    names = checked.get("leaves_out")
    named = "；".join(names) if isinstance(names, list) else ""
    return f"漏了原来报过的内容{f'（{messages.shorten(named)}）' if named else ''}"


def marked_name(name: str) -> str:
    """Return what the marked workbook is called."""
    return f"{receipt_files.portable_stem(name)}_回执.xlsx"


def _sections(
    findings: Iterable[Finding], cases: Mapping[tuple[str, int | None], str] | None = None, known: Collection[str] = ()
) -> list[dict[str, Any]]:
    """Return the findings by what they cost, groups with their cells; past a length that nobody reads only their number.

    What was understood although it is written in another way stands last, by itself.
    """
    by_cost: dict[Severity, list[Finding]] = {severity: [] for severity in Severity}
    for finding in sorted(findings, key=grouping.urgent_first):
        by_cost[finding.severity].append(finding)
    understood = [finding for finding in by_cost[Severity.WARNING] if messages.is_understood(finding)]
    by_cost[Severity.WARNING] = [finding for finding in by_cost[Severity.WARNING] if not messages.is_understood(finding)]
    kinds = [*((severity.value, alike) for severity, alike in by_cost.items()), (UNDERSTOOD, understood)]
    return [_section(kind, alike, cases, known) for kind, alike in kinds if alike]


def _section(
    kind: str, findings: list[Finding], cases: Mapping[tuple[str, int | None], str] | None, known: Collection[str]
) -> dict[str, Any]:
    groups = grouping.alike(findings, cases)
    return {
        "severity": kind,
        "count": len(findings),
        "left_out": max(0, len(groups) - _MOST_GROUPS),
        "groups": [
            {
                "title": words.FINDING_TITLES[group.code],
                "sheet": mask(group.sheet.strip()),
                "cells": list(group.cells[:_MOST_CELLS]),
                "more": max(0, len(group.cells) - _MOST_CELLS),
                "message": mask(group.message),
                "cases": [number for number in group.cases if number in known],
            }
            for group in groups[:_MOST_GROUPS]
        ],
    }
