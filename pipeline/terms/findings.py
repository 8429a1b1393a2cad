"""What the sender can mend: a finding, with its address."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from pipeline.terms.contract import Severity


@lru_cache(maxsize=1024)
def column_letter(index: int) -> str:
    """The letter of the column with that 0-based index: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found in a workbook; `row` counts from 1, `column` from 0, both None where there is no cell."""

    code: str
    severity: Severity
    message: str
    sheet: str = ""
    row: int | None = None
    column: int | None = None
    value: str = ""

    @property
    def cell(self) -> str:
        """The address as Excel shows it, such as D7; empty where the finding is about more than a cell."""
        return "" if self.row is None or self.column is None else f"{column_letter(self.column)}{self.row}"

    @property
    def place(self) -> str:
        """Where on its sheet the finding is, for people: a cell, a row, or nothing."""
        return self.cell or (f"第{self.row}行" if self.row else "")

    @property
    def refuses(self) -> bool:
        """Whether the finding costs anything."""
        return self.severity is not Severity.WARNING
