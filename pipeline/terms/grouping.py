"""Findings that are alike, reported once with all their cells: on the terminal and on the upload page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from pipeline.terms.findings import Finding

_HEADERS_READ: Final = "表头写法（空格、换行或全角）与模板不同，已经照意思读了，不用改。"


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one kind on one sheet."""

    code: str
    sheet: str
    message: str
    cells: tuple[str, ...]
    """Where, as far as they have a cell."""


def alike(findings: Iterable[Finding], cases: Mapping[tuple[str, int | None], str] | None = None) -> list[Group]:
    """The findings with the same to say of the same sheet together, in the order of the first of each.

    `cases`: by sheet and row the case that stands there; a cell then has its case behind it, unless the sentence names that anyway.
    """
    groups: dict[tuple[str, str, str], list[str]] = {}
    for finding in findings:
        message = _HEADERS_READ if finding.code == "read-as" and finding.message.startswith("表头") else finding.message
        groups.setdefault((finding.code, finding.sheet, message), []).extend(_place(finding, message, cases or {}))
    return [Group(*key, tuple(cells)) for key, cells in groups.items()]


def _place(finding: Finding, message: str, cases: Mapping[tuple[str, int | None], str]) -> list[str]:
    case = cases.get((finding.sheet, finding.row), "")
    return [f"{finding.cell} {case}" if case and case not in message else finding.cell] if finding.cell else []
