"""What the check says of a file, line by line, for the terminal.

Covered by tests/office/test_report_preview.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pipeline.office import preview_text
from pipeline.office.check import Answer
from pipeline.office.report_preview import Preview
from pipeline.terms import grouping, messages, words
from pipeline.terms.findings import Finding
from pipeline.terms.messages import shorten

# How many entries of a long list are named before the rest is only counted.
_MOST_CELLS: Final = 12
_MOST_GROUPS: Final = 100
_MOST_CASES: Final = 20


def title(answer: Answer) -> str:
    """Return in a few words what becomes of the file: page and terminal say it alike."""
    preview = answer.preview
    accepted, refused = (preview.rows_accepted, preview.rows_refused) if preview else (None, 0)
    older = any(finding.code == "older-revision" for finding in answer.findings)
    will = "起用" if answer.filed.arrival.is_assignment else "报送"
    titles = (
        (not answer.reading.accepted, f"整份会退回，不{'能起用' if answer.filed.arrival.is_assignment else '算报送'}"),
        (preview and preview.is_repeat, "与已报送的一份完全相同，不用再报"),
        (answer.refuses_moved_alone, f"有 {refused} 行的案件已改派别的旗区"),
        (answer.refuses and accepted == 0, f"{f'{refused} 行会退回，' if refused else ''}一行也不会采用"),
        (answer.refuses, f"{refused} 行会退回" if refused else "有内容会退回"),
        (preview and preview.takes_less, "可以报送，但比原来报的少"),
        (answer.left_out, "可以报送，但漏了原来报过的内容"),
        (answer.dropped, "可以报送，但原来退回的没有再报"),
        (older, "这是以前的一版"),
    )
    return next((said for holds, said in titles if holds), f"可以{will}")


def _headline(answer: Answer) -> str:
    """Return the same, with what was found in a file that can be sent as it is."""
    said = title(answer)
    if not said.startswith("可以") or "，" in said:
        return said
    is_clean = not answer.findings and not (answer.preview and answer.preview.reminders)
    return f"{said}，{'没有发现问题' if is_clean else '没有会退回的内容'}"


def _is_dated(answer: Answer) -> bool:
    """Whether the file itself says of which day it is: the day of one that does not is that of its arrival."""
    names_day = "报告日期" in answer.reading.cover and not any(finding.code == "bad-report-date" for finding in answer.findings)
    return answer.reading.accepted or names_day


def lines(answer: Answer) -> Iterator[str]:
    """Go through a clerk's findings, grouped by kind with their cells, what refuses first; then what the report would change."""
    read, preview = answer.reading, answer.preview
    day = f" {read.day}" if _is_dated(answer) else ""
    who = f"{read.district or '未识别旗区'}{day}" if read.district or not read.accepted else f"分解表{day}"
    yield f"{answer.path.name}（{who}）"
    yield f"  {_headline(answer)}。"
    if not answer.against_register and read.accepted and read.district:
        why = "台账现在不能用" if answer.ledger_fails else "还没有案件包案任务分解表"
        yield f"  {why}，无法核对案件编号，其余内容已核对。"
    yield from (f"  {note}" for note in (preview_text.notes(preview) if preview else ()))
    for severity, cost in words.COSTS.items():
        alike = [finding for finding in answer.findings if finding.severity == severity and not messages.is_understood(finding)]
        findings = sorted(alike, key=grouping.urgent_first)
        if findings:
            yield f"  【{cost.terminal}】"
            yield from _groups(findings, answer.cases)
    if understood := [finding for finding in answer.findings if messages.is_understood(finding)]:
        yield f"  【{words.UNDERSTOOD}】"
        yield from _groups(understood, answer.cases)
    rows = {(finding.sheet, finding.row) for finding in answer.findings if finding.severity == "refused-row"}
    if preview:
        yield from _preview(preview, is_moved_alone=answer.refuses_moved_alone)
    elif rows and read.accepted:
        yield f"  共 {len(rows)} 行会被退回，改好后请再查一次。"


def _groups(findings: Sequence[Finding], cases: Mapping[tuple[str, int | None], str]) -> Iterator[str]:
    """Go through the findings of one severity; those that say the same share a line."""
    groups = grouping.alike(findings, cases)
    for group in groups[:_MOST_GROUPS]:
        more = f" 等 {len(group.cells)} 处" if len(group.cells) > _MOST_CELLS else ""
        where = "!".join(part for part in (group.sheet.strip(), "、".join(group.cells[:_MOST_CELLS])) if part)
        yield f"    {where + more + '：' if where else ''}{group.message}"
    if len(groups) > _MOST_GROUPS:
        yield f"    …… 还有 {len(groups) - _MOST_GROUPS} 种没有列出。请先改正上面的，再查一次。"


def _preview(preview: Preview, *, is_moved_alone: bool) -> Iterator[str]:
    """Say how many rows would count, and what they would change."""
    again = "，照上面说的删去就可以报送" if is_moved_alone else "，改好后请再查一次" if preview.rows_refused else ""
    yield f"  会{preview_text.rows(preview.rows_accepted, preview.rows_refused, preview.rows_moved)}{again}。"
    if question := preview_text.question(preview):
        yield f"  注意：{question}"
    if effect := preview.effect:
        yield f"  {preview_text.heading(preview)}：{f'{len(effect.changes)} 件有变化' if effect.changes else '没有案件变化'}。"
        for change in effect.changes[:_MOST_CASES]:
            yield f"    {change.number} {shorten(change.matter)}：{'；'.join(preview_text.change(change))}"
        if len(effect.changes) > _MOST_CASES:
            yield f"    还有 {len(effect.changes) - _MOST_CASES} 件"
        yield from (f"  {line}" for line in preview_text.outcome(preview))
