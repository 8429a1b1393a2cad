"""Districts as the ledger keeps them: by their code, so that another name in the settings moves no figure.

A ledger of version 1 kept their names: what it has of a district stays under the name of then, which no other district gets.
Covered by tests/intake/test_district_names.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from pipeline.reading.reading import Transcript
from pipeline.terms.contract import ASSIGNMENT_SHEETS, EXEMPTIONS
from pipeline.terms.handed_in import Filed
from pipeline.terms.rows import Rows, read_rows, write_rows

DISTRICT: Final = "旗区"
_SHEETS: Final = frozenset(sheet.name for sheet in (*ASSIGNMENT_SHEETS, EXEMPTIONS))


@dataclass(frozen=True, slots=True)
class Named:
    """The districts' names at one time."""

    after: int
    """How many arrivals had been noted before."""
    kept_as: Mapping[str, str]
    """By code: as what facts name the district."""
    names: Mapping[str, str]
    """By code."""

    def kept(self, name: str) -> str:
        """Return as what a district of that name is kept; the name itself where it is none of them."""
        return next((self.kept_as[code] for code, own in self.names.items() if own == name), name)

    def name(self, kept: str) -> str:
        """Return the name of the district that is kept as that; the same again where none is."""
        return next((self.names[code] for code, own in self.kept_as.items() if own == kept), kept)


NOBODY: Final = Named(0, {}, {})
"""Before the settings have told their districts: names stay as they are."""


def renamed(transcript: Transcript, rename: Callable[[str], str]) -> Transcript:
    """Return what was read of a file, with other names for its districts."""
    reading, rows = transcript.reading, transcript.rows
    if any(f'"{sheet}"' in rows for sheet in _SHEETS):
        rows = write_rows(tuple(renamed_rows(sheet, rename) for sheet in read_rows(rows)))
    return replace(transcript, reading=replace(reading, district=reading.district and rename(reading.district)), rows=rows)


def renamed_rows(rows: Rows, rename: Callable[[str], str]) -> Rows:
    """Return a sheet's rows with other names for the districts in them."""
    if rows.sheet not in _SHEETS or DISTRICT not in rows.values:
        return rows
    names = {value: rename(value) if isinstance(value, str) else value for value in {*rows.values[DISTRICT]}}
    return replace(rows, values={**rows.values, DISTRICT: [names[value] for value in rows.values[DISTRICT]]})


def as_kept(file: Filed, kept: Callable[[str], str]) -> Filed:
    """Return a file with what stands in the ledger for its districts, as the journal has it too."""
    rows = tuple(renamed_rows(sheet, kept) for sheet in file.reading.rows)
    return replace(file, reading=replace(file.reading, district=kept(file.reading.district), rows=rows))
