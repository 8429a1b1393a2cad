"""What the gate is asked and what it answers: the limits, the safe workbook, and why a file is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

Wanted = Callable[[str], bool]
"""Whether a sheet of that name could be read; the others are not looked at."""
Place = tuple[int, int]
"""A cell's row and column, both from 0."""
Merge = tuple[int, int, int, int]
"""A merged range as first row, first column, last row, last column, all from 0."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a workbook may hold."""

    file_bytes: int
    unpacked_bytes: int
    cells: int
    """Filled cells, and cells of the rectangle that a library lays out in memory."""


class UnreadableError(Exception):
    """The bytes are no workbook that can be read.

    `message` is the name of its sentence in the catalogue (`unreadable/damaged`), `code` the finding's code (`unreadable`).
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = message.partition("/")[0]


def damaged() -> UnreadableError:
    """Return the refusal of a file of which something is missing, or contradicts itself."""
    return UnreadableError("unreadable/damaged")


def unproved() -> UnreadableError:
    """Return the refusal of an .xls that does not prove whole: the format has no sums that would show where it broke."""
    return UnreadableError("unreadable/unproved")


def not_a_workbook() -> UnreadableError:
    """Return the refusal of a file of another kind."""
    return UnreadableError("unreadable/format")


def too_many_cells() -> UnreadableError:
    """Return the refusal of a workbook with more cells than `Limits.cells`."""
    return UnreadableError("too-large/cells")


def too_much_inside() -> UnreadableError:
    """Return the refusal of a small file that would take much time or memory to read."""
    return UnreadableError("too-large/inside")


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What a library does not tell of a sheet. Places are those of the workbook that the library is given."""

    errors: Mapping[Place, str] = field(default_factory=dict)
    """Cells that hold an error, and the text that Excel shows there."""
    uncached: frozenset[Place] = frozenset()
    """Formulas without a stored result."""
    pictures: frozenset[Place] = frozenset()
    """Formulas of WPS that show a picture in their cell, whatever a program has stored as their result."""
    formats: Mapping[Place, str] = field(default_factory=dict)
    """The number formats of cells that may show something else than the value (`number_formats.telling`)."""
    merges: tuple[Merge, ...] | None = None
    """The merged ranges; None where the library reports them."""
    lines: Sequence[int] | None = None
    """Where rows were left out because nothing stands in them: each row's number as Excel counts, from 1."""
    columns: Sequence[int] | None = None
    """Where columns were left out: each column's place, from 0."""


@dataclass(frozen=True, slots=True)
class SafeSheet:
    """One worksheet that may be read."""

    name: str
    """As people see it."""
    facts: SheetFacts = SheetFacts()


@dataclass(frozen=True, slots=True)
class SafeWorkbook:
    """A workbook that may be read."""

    content: bytes
    """An .xlsx that the gate packed itself: what the library is given, whatever format the file had."""
    sheets: tuple[SafeSheet, ...]
    """The wanted worksheets in their order; charts and dialogs are none. In the content they are named 1, 2, 3."""
    is_1904: bool = False
    """Whether days count from 1904-01-01, the default of old versions of Excel for the Mac."""
