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


def lines(answer: Answer) -> Iterator[str]:
    """Go through a clerk's findings, grouped by kind with their cells, what refuses first; then what the report would change."""
    read, preview = answer.reading, answer.preview
    day = "" if any(finding.code == "bad-report-date" for finding in answer.findings) else f" {read.day}"  # else it would be today's
    who = f"{read.district or '未识别旗区'}{day}" if read.district or not read.accepted else f"分解表 {read.day}"
    yield f"{answer.path.name}（{who}）"
    if not answer.against_register and read.accepted and read.district:
        why = "台账现在不能用" if answer.ledger_fails else "还没有案件包案任务分解表"
        yield f"  {why}，无法核对案件编号，其余内容已核对。"
    yield from (f"  {note}" for note in (preview_text.notes(preview) if preview else ()))
    has_reminders = bool(preview and preview.reminders)
    if not answer.findings and not has_reminders:
        yield "  没有问题，可以报送。"
    for severity, cost in words.COSTS.items():
        findings = [finding for finding in answer.findings if finding.severity == severity and not messages.is_understood(finding)]
        if findings:
            yield f"  【{cost.terminal}】"
            yield from _groups(findings, answer.cases)
    if understood := [finding for finding in answer.findings if messages.is_understood(finding)]:
        yield f"  【{words.UNDERSTOOD}】"
        yield from _groups(understood, answer.cases)
    if (answer.findings or has_reminders) and not answer.refuses:
        yield "  没有会被退回的内容，可以报送。"
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
