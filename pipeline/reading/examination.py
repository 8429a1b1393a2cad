"""A sheet under examination: its rows as understood, and what is found in them. The rules speak to it row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from pipeline.terms import contract, messages
from pipeline.terms.findings import Finding
from pipeline.terms.month_day import MonthDay
from pipeline.terms.rows import Rows, Value, written


@dataclass(slots=True)
class Examination:
    """One sheet, first by itself and later against the register. Only `concluded` changes the rows' own marks."""

    rows: Rows
    seen: Mapping[str, Sequence[object]]
    """By column, what a finding shows of each row: the cells as they came, or the values where the cells are gone."""
    findings: list[Finding] = field(default_factory=list)
    with_findings: bool = True
    """Whether findings are noted; without them only the refusals count, and most sentences need not be made."""
    refused: set[int] = field(init=False)
    """The positions of refused rows."""
    without_year: dict[tuple[str, int], int] = field(default_factory=dict)
    """By column and position, which finding says how a date without its year was read, until the year is settled."""
    unread: dict[str, dict[int, None]] = field(init=False)
    """By column, the positions of cells that a finding refuses, in the order of the findings."""

    def __post_init__(self) -> None:
        self.refused = set(self.rows.refused)
        self.unread = {column: dict.fromkeys(positions) for column, positions in self.rows.unread.items()}

    def __iter__(self) -> Iterator[Row]:
        return (Row(self, position) for position in range(len(self.rows.lines)))

    def leave_unread(self, column: str, position: int) -> None:
        """Note that nothing was understood of a cell."""
        self.unread.setdefault(column, {})[position] = None

    def note(self, name: str, column: str, position: int, details: dict[str, object]) -> None:
        """Note a finding about a cell; `details` fill its sentence, and `value` among them takes the place of what is seen."""
        if not self.with_findings:
            return
        cells = self.seen.get(column)
        value = details.pop("value", cells[position] if cells else "")
        line = self.rows.lines[position]
        self.findings.append(messages.finding(name, sheet=self.rows.name, row=line, at=self._column(column), value=value, details=details))

    def _column(self, name: str) -> int:
        """Where a finding about that column points: at the key's column, or the first one, where the sheet has none of that name."""
        letters = self.rows.letters
        return letters[name] if name in letters else letters.get(contract.SHEETS[self.rows.sheet].key, min(letters.values()))

    def concluded(self) -> Rows:
        """The rows with what was refused and left unread, as the ledger keeps them."""
        self.rows.refused = sorted(self.refused)
        self.rows.unread = {column: [*positions] for column, positions in self.unread.items()}
        return self.rows


@dataclass(slots=True, eq=False)
class Row:
    """One row of a sheet under examination. `row["当前状态"]` is what stands in that column, as text; None where it is empty."""

    sheet: Examination
    position: int

    def __getitem__(self, column: str) -> str | None:
        value = self.sheet.rows.values[column][self.position]  # as `Rows.text`, without another call: rules ask this of every row
        return value if value is None or value.__class__ is str else written(value)

    def day(self, column: str) -> date | None:
        """The date in that column; None where there is none that was understood with its year."""
        value = self.sheet.rows.values[column][self.position]
        return value if isinstance(value, date) else None

    def count(self, column: str) -> int | None:
        """The whole number in that column; None where there is none."""
        return self.sheet.rows.count(column, self.position)

    def value(self, column: str) -> Value:
        """What was understood in that column; None also where the sheet has no such column."""
        values = self.sheet.rows.values.get(column)
        return values[self.position] if values else None

    def settle(self, column: str, value: Value) -> None:
        """Put what a value means, now that the rest of the row is known, in its place."""
        was = self.sheet.rows.values[column][self.position]
        at = self.sheet.without_year.pop((column, self.position), None)
        if at is not None and isinstance(was, MonthDay) and isinstance(value, date):
            found = self.sheet.findings[at]
            self.sheet.findings[at] = replace(found, message=found.message.replace(messages.without_year(was), value.isoformat()))
        self.sheet.rows.values[column][self.position] = value

    @property
    def line(self) -> int:
        """The row's number, as Excel counts."""
        return self.sheet.rows.lines[self.position]

    @property
    def is_refused(self) -> bool:
        """Whether a finding has refused the row."""
        return self.position in self.sheet.refused

    def is_read(self, column: str) -> bool:
        """Whether nothing has refused that cell. One that was refused counts as filled and is not judged again (contract 5)."""
        return self.position not in self.sheet.unread.get(column, ())

    def refuse(self, name: str, column: str, /, **details: object) -> None:
        """Refuse the row, with a finding at one of its cells."""
        self.sheet.refused.add(self.position)
        self.sheet.note(name, column, self.position, details)

    def refuse_cell(self, name: str, column: str, /, **details: object) -> None:
        """Refuse the row for one of its cells, which no other rule judges from then on."""
        self.refuse(name, column, **details)
        self.sheet.leave_unread(column, self.position)

    def warn(self, name: str, column: str, /, **details: object) -> None:
        """Note a finding that costs nothing."""
        self.sheet.note(name, column, self.position, details)
