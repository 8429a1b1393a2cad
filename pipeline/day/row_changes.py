"""What a report says otherwise than another of its district and day: row by row, and of which cases.

Covered by tests/night/test_deceptions_restated.py.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.terms import contract, messages
from pipeline.terms.case_numbers import alike, canonical
from pipeline.terms.contract import CASE, NEW_CASES, PROGRESS, RECEPTION, Kind
from pipeline.terms.handed_in import Filed, Reading
from pipeline.terms.rows import Rows
from pipeline.terms.text import key

Refusals = Mapping[tuple[str, int | None], str]
"""By sheet and row, as findings name them, the code that refuses the row."""


@dataclass(frozen=True, slots=True)
class RowChanges:
    """What a revision says otherwise than the first report of its day, each row by its case, its category or its sheet."""

    mended: tuple[tuple[str, str], ...] = ()
    """Rows that were refused and are taken, each with the code that refused it."""
    refused: tuple[str, ...] = ()
    """Rows that were taken and are refused."""
    changed: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Rows that are taken in both and say something else in these columns."""
    unmended: tuple[str, ...] = ()
    """Rows that say something else and are refused in both."""
    added: tuple[tuple[str, bool], ...] = ()
    """Each with whether it is refused,"""
    gone: tuple[tuple[str, bool], ...] = ()
    """or was."""


def row_changes(before: Reading, after: Reading, refusals: tuple[Refusals, Refusals]) -> RowChanges:
    """Return what the later report says otherwise; `refusals`: of either. What is filled in beforehand changes nothing."""
    then, now = (_by_identity(reading, codes) for reading, codes in zip((before, after), refusals, strict=True))
    both = [(then[name], now[name]) for name in then if name in now]
    rewritten = [(was, columns) for was, stands in both if bool(was.refusal) == bool(stands.refusal) and (columns := was.differing(stands))]
    return RowChanges(
        mended=tuple((was.name, was.refusal) for was, stands in both if was.refusal and not stands.refusal),
        refused=tuple(was.name for was, stands in both if stands.refusal and not was.refusal),
        changed=tuple((was.name, columns) for was, columns in rewritten if not was.refusal),
        unmended=tuple(was.name for was, _columns in rewritten if was.refusal),
        added=tuple((row.name, bool(row.refusal)) for name, row in now.items() if name not in then),
        gone=tuple((row.name, bool(row.refusal)) for name, row in then.items() if name not in now),
    )


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    refusal: str
    """The code that refuses it; '' where it is taken."""
    cells: Mapping[str, str]

    def differing(self, other: _Row) -> tuple[str, ...]:
        """Return the columns in which the other says something else."""
        return tuple(column for column, text in self.cells.items() if text != other.cells.get(column, text))


def _by_identity(reading: Reading, refusals: Refusals) -> dict[tuple[str, str, int], _Row]:
    """Return the rows of all sheets by sheet and case, category or the like; of several with one such by their order."""
    found: dict[tuple[str, str, int], _Row] = {}
    seen: Counter[tuple[str, str]] = Counter()
    for rows in reading.rows:
        read = _own_columns(rows)
        for place, line in enumerate(rows.lines):
            name = rows.text("问题类别" if rows.sheet == RECEPTION.name else CASE, place) or ""
            identity = rows.sheet, alike(name) if rows.sheet != RECEPTION.name else name
            cells = {column: key(rows.text(column, place) or "") for column in read}
            found[*identity, seen[identity]] = _Row(
                messages.brief(name) if name else rows.sheet, refusals.get((rows.name, line), ""), cells
            )
            seen[identity] += 1
    return found


def _own_columns(rows: Rows) -> list[str]:
    """Return the columns of a sheet that are not filled in beforehand for the reader's eye."""
    prefilled = {column.name for column in contract.SHEETS[rows.sheet].columns if column.kind in (Kind.PREFILLED, Kind.PREFILLED_DATE)}
    return [column for column in rows.values if column not in prefilled]


def told_otherwise(before: Filed | None, after: Filed) -> set[str]:
    """Return the cases of which the later report says another thing than the one before; without one all of its.

    What is filled in beforehand says nothing, and neither does a row that was refused by itself.
    """
    then, now = (_said_of_cases(filed.reading.rows if filed else ()) for filed in (before, after))
    return {case for case in then.keys() | now.keys() if case and then.get(case) != now.get(case)}


def _said_of_cases(sheets: Iterable[Rows]) -> dict[str, list[set[str]]]:
    said: dict[str, list[set[str]]] = defaultdict(list)
    of_cases = (rows for rows in sheets if rows.sheet in (PROGRESS.name, NEW_CASES.name))
    for sheet, place in ((rows, place) for rows in of_cases for place in range(len(rows.lines)) if place not in rows.refused):
        cells = {f"{name}：{key(text)}" for name in _own_columns(sheet) if (text := sheet.text(name, place))}
        said[canonical(sheet.text(CASE, place) or "")].append(cells)
    return said
