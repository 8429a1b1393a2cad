"""What the gate asks and answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

Wanted = Callable[[str], bool]
"""Whether a sheet of that name could be read; the others are not looked at."""
Place = tuple[int, int]
"""A cell's row and column, from 0."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a workbook may hold."""

    file_bytes: int
    unpacked_bytes: int
    cells: int
    """Filled cells, and cells of the rectangle that a library lays out in memory."""


class UnreadableError(Exception):
    """The bytes are no workbook that can be read; `code` is the finding's code, `reason` the message's variant."""

    def __init__(self, code: str, reason: str = "") -> None:
        super().__init__(f"{code}/{reason}" if reason else code)
        self.code = code
        self.reason = reason

    @property
    def message(self) -> str:
        """The name of its sentence in the catalogue."""
        return str(self)


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What a library does not tell of a sheet. Places are those of the workbook that the library is given."""

    errors: Mapping[Place, str] = field(default_factory=dict)
    """Cells that hold an error, and the text that Excel shows there."""
    uncached: frozenset[Place] = frozenset()
    """Formulas without a stored result."""
    merges: tuple[tuple[int, int, int, int], ...] | None = None
    """Merged ranges as first row, first column, last row, last column; None where the library tells them."""
    lines: Sequence[int] | None = None
    """Where rows were left out because nothing stands in them: each row's number as Excel counts."""
    columns: Sequence[int] | None = None
    """Likewise each column's place, from 0."""


@dataclass(frozen=True, slots=True)
class SafeSheet:
    """One worksheet that has passed."""

    name: str
    """As people see it."""
    inside: str
    """Its name in the content that the library is given."""
    facts: SheetFacts = SheetFacts()


@dataclass(frozen=True, slots=True)
class SafeWorkbook:
    """A workbook that has passed."""

    content: bytes
    """What the library is given."""
    sheets: tuple[SafeSheet, ...]
    """The wanted worksheets in their order; charts and dialogs are none."""
    is_1904: bool = False
