"""A reader as in `pipeline.reading.readers`, but with nothing of what safety costs: no gate before the library, nothing given away.

`python -m benchmarks.unconfined_reader` stands in for `python -m pipeline.reading.reader` when the two are measured beside one another.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Self, cast

import python_calamine

from pipeline.reading import confinement, reading, workbook
from pipeline.reading.confinement import Confinement
from pipeline.reading.gate.safe_workbook import Limits, SheetFacts, Wanted
from pipeline.reading.reading import FileToRead, Transcript
from pipeline.reading.workbook import Book, Cell, SheetCells
from pipeline.settings.config import Settings


def read(content: bytes, _limits: Limits, wanted: Wanted) -> Book:
    """The cells of the wanted sheets as the library gives them, whatever the file is."""
    return Book(tuple(_sheets(content, wanted)), is_1904=False)


def _sheets(content: bytes, wanted: Wanted) -> Iterator[SheetCells]:
    book = python_calamine.load_workbook(io.BytesIO(content))
    for name in filter(wanted, book.sheet_names):
        sheet = book.get_sheet_by_name(name)
        merges = tuple((*first, *last) for first, last in sheet.merged_cell_ranges or ())
        cells = cast("list[list[Cell]]", sheet.to_python(skip_empty_area=False))
        yield workbook._cells(name, cells, merges, SheetFacts(), has_pictures=False)  # noqa: SLF001 - what comes after the gate is the same


class ReadHere:
    """Reads in the run's own process."""

    def __init__(self, settings: Settings, _files: int, *, marking: bool = True) -> None:  # noqa: ARG002 - nothing is marked here
        self._settings = settings

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    @property
    def not_shut(self) -> tuple[str, ...]:
        """Nothing is taken away, and that is not told."""
        return ()

    def transcribe(self, files: Iterable[FileToRead]) -> Iterator[Transcript]:
        """The transcript of each file, in their order."""
        return (reading.transcribe(file, reading.bytes_of(file, self._settings), self._settings) for file in files)


def loosen() -> None:
    """Take gate and confinement out of this process."""
    workbook.read = read  # type: ignore[assignment]
    confinement.confine = lambda _bytes: Confinement(memory=False, opening=False, user=False, calls=False)  # type: ignore[assignment]
