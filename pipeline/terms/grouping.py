"""Findings that are alike, reported once with all their cells: on the terminal and on the upload page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from pipeline.terms import case_numbers
from pipeline.terms.contract import URGENT
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
    cases: tuple[str, ...] = ()
    """The cases that they are about: of their rows, and those that they name as what was found; never one of a sentence's examples."""


def alike(findings: Iterable[Finding], cases: Mapping[tuple[str, int | None], str] | None = None) -> list[Group]:
    """The findings with the same to say of the same sheet together, in the order of the first of each.

    `cases`: by sheet and row the case that stands there; a cell then has its case behind it, unless the sentence names that anyway.
    """
    groups: dict[tuple[str, str, str], list[str]] = {}
    about: dict[tuple[str, str, str], dict[str, None]] = {}
    for finding in findings:
        message = _HEADERS_READ if finding.code == "read-as" and finding.message.startswith("表头") else finding.message
        alike_to = finding.code, finding.sheet, message
        groups.setdefault(alike_to, []).extend(_place(finding, message, cases or {}))
        about.setdefault(alike_to, {}).update(dict.fromkeys(about_cases(finding, (cases or {}).get((finding.sheet, finding.row), ""))))
    return [Group(*key, tuple(cells), tuple(about[key])) for key, cells in groups.items()]


def about_cases(finding: Finding, own: str) -> list[str]:
    """Return the canonical numbers of the cases that a finding is about: `own`, of its row, and those that were found in its cell.

    Of rows that are not there any more the sentence alone has them; it has no example.
    """
    named = finding.message if finding.code == "rows-withdrawn" else finding.value
    return [*([case_numbers.canonical(own)] if own else []), *case_numbers.PLAIN_INSIDE.findall(named)]


def urgent_first(finding: Finding) -> bool:
    """Return the sort key by which urgent matters that a report leaves out stand first among findings that cost the same."""
    return not (finding.code == "rows-withdrawn" and finding.sheet == URGENT.name)


def _place(finding: Finding, message: str, cases: Mapping[tuple[str, int | None], str]) -> list[str]:
    case = cases.get((finding.sheet, finding.row), "")
    return [f"{finding.cell} {case}" if case and case not in message else finding.cell] if finding.cell else []
