"""Cells that are no more than a text or a figure in a look, as openpyxl has them: an object is made of one when somebody asks for it.

A receipt changes few cells of a workbook, and the rest goes back as it came.
"""

from __future__ import annotations

from string import ascii_uppercase
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pipeline.reading.gate.worksheet_xml import PlainCell

Plain = tuple[int, int, int, str, Any]
"""Line, column, the number of its style, kind and value of a cell that nobody has asked for."""
STYLE: Final = 2
VALUE: Final = 4
KINDS: Final = frozenset({str, int, float, type(None)})
"""Of values: a cell with any other is made at once."""
_LETTERS = {letter.encode(): number for number, letter in enumerate(ascii_uppercase, 1)}


class PlainCells(dict[tuple[int, int], Any]):
    """A sheet's cells by line and column; `dict`'s own ways lead to those that are not made."""

    def __init__(self, found: Iterable[PlainCell], texts: Sequence[Any], make: Callable[[Plain], Any]) -> None:
        """Take what was found in the sheet; `texts`: those that the workbook's cells share; `make`: what makes a cell."""
        super().__init__()
        self._make = make
        for letter, number, style, kind, content in found:
            line, column = int(number), _LETTERS[letter]
            type_, value = _value(kind.decode() if kind else "n", content, texts)
            plain = line, column, int(style or 0), type_, value
            self[line, column] = plain if value.__class__ in KINDS else make(plain)

    def __getitem__(self, place: tuple[int, int]) -> Any:  # noqa: ANN401 - openpyxl's cell
        """Return the cell."""
        cell = super().__getitem__(place)
        if cell.__class__ is tuple:
            cell = self[place] = self._make(cell)
        return cell

    def get(self, place: tuple[int, int], default: Any = None) -> Any:  # noqa: ANN401 - see above
        """Return the cell where there is one."""
        if place in self:
            return self[place]
        return default

    def values(self) -> Any:  # noqa: ANN401 - openpyxl's cells
        """Return all cells, each made."""
        return [self[place] for place in self]

    def items(self) -> Any:  # noqa: ANN401 - see above
        """Return all cells, each made, with their places."""
        return [(place, self[place]) for place in self]


def _value(kind: str, content: bytes, texts: Sequence[Any]) -> tuple[str, Any]:
    """Return kind and value as openpyxl would read them."""
    match kind:
        case _ if not content:
            return kind, None
        case "n":
            return kind, float(content) if b"." in content else int(content)
        case "s":
            return kind, texts[int(content)]
        case "b":
            return kind, bool(int(content))
        case _:
            return "s", content.decode()
