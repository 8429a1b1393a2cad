"""An explanation as it is written: in short lines for the terminal, as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

from pipeline.office.explanation import CaseExplained, FigureExplained
from pipeline.render import extension_files
from pipeline.report import clock_lines, exemptions
from pipeline.report.breakdown import Breakdown
from pipeline.report.case_lines import CaseLine
from pipeline.report.story_lines import LISTED, StoryLine
from pipeline.terms import words
from pipeline.terms.messages import shorten
from pipeline.terms.text import mask

_ROOM: Final = 50
"""Characters on a line of cells; most of them are two columns wide."""


def as_lines(explained: CaseExplained | FigureExplained) -> Iterator[str]:
    """Go through the lines for the terminal."""
    return _case_lines(explained) if isinstance(explained, CaseExplained) else _figure_lines(explained)


def _case_lines(explained: CaseExplained) -> Iterator[str]:
    told, standing = explained.story, explained.standing
    yield f"{told.number}　按 {told.day}" + (f"　{standing.district}　{shorten(standing.matter)}" if standing else "")
    yield f"  {explained.verdict}"
    if explained.waits:
        yield f"  {explained.waits}"
    if standing:
        yield f"  {standing.group}　{standing.source}　{standing.category}　包案领导 {standing.leader}"
        flags = "、".join(words.FLAGS[flag].name for flag in standing.flags)
        moved = exemptions.deadline(standing, told.day)
        beyond = words.BEYOND if standing.is_beyond else ""
        yield f"  现行时限 {standing.deadline or '无'}{beyond}{f'（{moved}）' if moved else ''}　督办事项 {flags or '无'}"
    yield from (f"  {'法定期限　' if not number else '　　　　　'}{line}" for number, line in enumerate(explained.clocks))
    yield from (f"  {move}" for move in explained.moves)
    yield f"说到它的行，按计算的先后（{len(explained.lines)} 处）："
    for number, line in enumerate(explained.lines, 1):
        yield from _story_line(number, line)
    if explained.later:
        yield f"{told.day} 以后的，不算在内（{len(explained.later)} 处）："
    for number, line in enumerate(explained.later, len(explained.lines) + 1):
        yield from _story_line(number, line)


def _story_line(number: int, line: StoryLine) -> Iterator[str]:
    arrival = line.mention.file.arrival
    yield f"{number:>4}  {line.mention.day}　{line.of_whom}　{line.verdict}"
    yield f"      {line.file}{f' · {line.place}' if line.place else ''}　{line.received_at:%Y-%m-%d %H:%M} 收到　指纹 {arrival.sha256[:12]}"
    is_listed = any(change.column == LISTED for change in line.changes)  # then its cells say all the rest
    for change in line.changes:
        if change.column == LISTED or not is_listed:
            yield f"      · {change.column}：{shorten(change.before or '空')} → {shorten(change.after or '空')}"
    for finding in line.findings:
        yield f"      {'×' if finding.refuses else '！'} {finding.message}"
    yield from _packed([f"{cell} {column}“{shorten(value)}”" for cell, column, value in line.cells])


def _packed(cells: list[str]) -> Iterator[str]:
    """Put as many cells on a line as have room."""
    line = ""
    for cell in cells:
        if line and len(line) + len(cell) > _ROOM:
            yield f"      {line}"
            line = ""
        line += f"{cell}　"
    if line:
        yield f"      {line}"


def _figure_lines(explained: FigureExplained) -> Iterator[str]:
    counted = explained.breakdown
    yield f"{explained.name}　按 {explained.day}　目标 {explained.group.target_percent}%"
    if explained.remark:
        yield f"  {explained.remark}"
    yield from (f"  {said}" for said in (explained.verdict, explained.without_edits, explained.waits) if said)
    yield f"  总数 {counted.total} 件：计入化解 {len(counted.counted)} 件，不计入 {counted.total - len(counted.counted)} 件"
    cases = {case.number: case for case in explained.cases}
    cancelled = {"已撤销，不在总数里": [case.number for case in explained.cancelled]} if explained.cancelled else {}
    for reason, numbers in {**counted.not_counted, "计入化解": counted.counted, **cancelled}.items():
        yield f"  {reason}（{len(numbers)} 件）"
        for number in numbers:
            line = cases[number]
            yield f"    {number}　{line.district}　{line.leader}　{shorten(line.matter)}"


# --- for programs ------------------------------------------------------------------------------------------------


def as_json(explained: CaseExplained | FigureExplained) -> str:
    """Return it as JSON: a figure as the contract has it, a case with every row and where it stands."""
    written = _case_json(explained) if isinstance(explained, CaseExplained) else _figure_json(explained.breakdown)
    return json.dumps(written, ensure_ascii=False, indent=1)


def _figure_json(counted: Breakdown) -> dict[str, Any]:
    return {"total": counted.total, "resolved": len(counted.counted), "counted": counted.counted, "not_counted": counted.not_counted}


def _case_json(explained: CaseExplained) -> dict[str, Any]:
    told, standing = explained.story, explained.standing
    return {
        "case": told.number,
        "date": told.day.isoformat(),
        "in_register": told.is_in_register,
        "cancelled": bool(standing and standing.grounds),
        "status": standing.status if standing else None,
        "counted_resolved": bool(standing and standing.is_counted),
        "why": explained.verdict,
        "moves": list(explained.moves),
        "standing": _standing_json(standing) if standing else None,
        "rows": [_line_json(line) for line in explained.lines],
        "later_rows": [_line_json(line) for line in explained.later],
    }


def _standing_json(line: CaseLine) -> dict[str, Any]:
    left_out = ("number", "progress", "next_step", "coordination", "moves", "clocks", "exempted")
    shown = {name: value for name, value in asdict(line).items() if name not in left_out}
    written = {name: mask(value) if isinstance(value, str) else _plain(value) for name, value in shown.items()}
    clocks, moved = line.clocks, line.exempted
    exempted = {"approved_by": mask(moved.approved_by), "reason": mask(moved.reason), "until": str(moved.until)} if moved else None
    told = extension_files.clocks_of_case(clocks) if clocks else None
    years = list(clock_lines.unknown_years(clocks.all)) if clocks else []
    return written | {"clocks": told, "clocks_unknown_years": years, "exempted": exempted}


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, bool | int | list | tuple) else str(value)


def _line_json(line: StoryLine) -> dict[str, Any]:
    mention = line.mention
    arrival, place, submission = mention.file.arrival, mention.place, mention.submission
    return {
        "day": mention.day.isoformat(),
        "kind": "assignment" if arrival.is_assignment else "report",
        "district": mention.file.reading.district or None,
        "revision": submission.revision or None if submission else None,
        "file": line.file,
        "sheet": place.rows.name if place else None,
        "row": place.rows.lines[place.position] if place else None,
        "cells": [{"cell": cell, "column": column, "value": value} for cell, column, value in line.cells],
        "received_at": line.received_at.isoformat(timespec="seconds"),
        "channel": arrival.envelope.channel,
        "sha256": arrival.sha256,
        "became": mention.became,
        "replaced_by": mention.in_force if mention.became == "replaced" else None,
        **({"ended": mention.ended} if mention.ended else {}),
        "changed": [asdict(change) for change in line.changes],
        "findings": [
            {
                "code": found.code,
                "severity": str(found.severity),
                "cell": found.cell or None,
                "value": found.value,
                "message": found.message,
            }
            for found in line.findings
        ],
    }
