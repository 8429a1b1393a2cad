"""What is a district's own in the editions of a day, as it was in each: all that the district may be told of them.

Covered by tests/post/test_editions_in_letters.py.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.ledger import edition_files
from pipeline.ledger.editions import Edition
from pipeline.render import districts, file_names

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

_SHEETS: Final = ("案件台账", "撤销案件")
_NUMBER, _DISTRICT = "案件编号", "旗区"
_URGENT, _MATTER = "急报事项", ("事项类别", "情况说明")


@dataclass(frozen=True, slots=True)
class Own:
    """What a district may be told of two editions: its own, as it was its own in each."""

    district: str
    then: Mapping[str, str]
    """Whose each case was in the earlier one, as far as that is known: others' names are told of cases that moved, and nothing else."""
    now: Mapping[str, str]
    """Likewise in the later one."""

    def of(self, numbers: Iterable[str], whose: Mapping[str, str]) -> list[str]:
        """Return those of the cases that were the district's own."""
        return [number for number in numbers if whose.get(number) == self.district]

    def moved(self, number: str) -> str:
        """Return from or to whom a case was moved between the two; '' where it was not, or not by this district."""
        then, now = self.then.get(number), self.now.get(number)
        if not then or not now or then == now or self.district not in (then, now):
            return ""
        return f"由{then}改派来" if now == self.district else f"改派{now}"


@dataclass(frozen=True, slots=True)
class OwnByEdition:
    """What a district may be told of a day's editions, each by its manifest."""

    district: str
    whose: Mapping[str, Mapping[str, str]]
    """Whose each case was, by the districts' names in the last edition; an edition whose workbook is gone is not in it."""
    urgent: Mapping[str, frozenset[str]]
    """The district's urgent matters, in words."""

    def between(self, before: Edition, after: Edition) -> Own:
        """Return what it may be told of two of them; where only one tells whose the cases were, they were that in both."""
        then, now = (self.whose.get(edition.note.manifest) for edition in (before, after))
        return Own(self.district, then or now or {}, now or then or {})


def read(district: str, listed: Sequence[Edition], folder: Path) -> OwnByEdition:
    """Return what a district may be told of these editions, the last of which has its name; whose a case is stands in their workbook."""
    names = listed[-1].districts
    code = next((code for code, name in names.items() if name == district), "")
    whose: dict[str, dict[str, str]] = {}
    urgent: dict[str, frozenset[str]] = {}
    for edition in listed:
        name = edition.districts.get(code, district)
        named = {then: names.get(code, then) for code, then in edition.districts.items()} | {name: district}
        for workbook in _workbooks(edition.outputs, folder, name):
            cases = (row for sheet in _SHEETS for row in _rows(workbook, sheet, (_NUMBER, _DISTRICT)))
            whose.setdefault(edition.note.manifest, {}).update((number, named.get(of, of)) for number, of in cases if of)
            matters = _rows(workbook, _URGENT, (_DISTRICT, *_MATTER))
            told = frozenset("：".join(matter) for of, *matter in matters if of == name)
            urgent[edition.note.manifest] = urgent.get(edition.note.manifest, frozenset()) | told
    return OwnByEdition(district, whose, urgent)


def _workbooks(outputs: Mapping[str, str], folder: Path, district: str) -> Iterator[CalamineWorkbook]:
    """Go through an edition's 汇总 and, of a large day, the district's; none that is gone."""
    from python_calamine import CalamineWorkbook

    own = f"{districts.WORKBOOKS}/{file_names.portable(district)}.xlsx"
    for name in (name for name in outputs if name.startswith("信访事项办理情况汇总_") or name == own):
        if (content := edition_files.read(folder, outputs[name])) is not None:
            yield CalamineWorkbook.from_filelike(io.BytesIO(content))


def _rows(workbook: CalamineWorkbook, sheet: str, columns: Sequence[str]) -> list[list[str]]:
    """Return these cells of each row of a sheet that has the first of them; none where there is no such sheet."""
    if sheet not in workbook.sheet_names:
        return []
    rows = iter(workbook.get_sheet_by_name(sheet).to_python())
    head: list[str] = next((list(map(str, row)) for row in rows if all(column in row for column in columns)), [])
    places = [head.index(column) for column in columns] if head else []
    return [[str(row[place]) for place in places] for row in rows if places and row[places[0]]]
