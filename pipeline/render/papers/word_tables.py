"""The tables of a Word document, as wide as their paper, and its signature in its place.

Covered by tests/render/papers/test_word.py and test_briefing_templates.py.
"""

from __future__ import annotations

import io
import re
from typing import Any

from pipeline.render.papers import word_settings
from pipeline.render.papers.word_settings import WORD as _WORD

_PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
_FIRST_PICTURE = 1001
"""Where docxtpl begins to number pictures, which a loop may have repeated."""


def fitted(xml: str) -> Any:  # noqa: ANN401 - lxml has no types
    """Return the document with as many columns in each table's grid as its rows have, filling the table's width."""
    from lxml import etree

    tree = etree.fromstring(xml.encode(), etree.XMLParser(recover=True))
    if not all(map(_has_given_grid, tree.iter(f"{_WORD}tbl"))):
        # Only here: to import it takes a night longer than all of its Word files, and the tables of our own templates do without.
        from docxtpl import DocxTemplate

        tree = DocxTemplate(io.BytesIO()).fix_tables(xml.encode())
    for number, picture in enumerate(tree.iter(_PICTURE), _FIRST_PICTURE):
        picture.set("id", str(number))
    for table in tree.iter(f"{_WORD}tbl"):
        _fit(table)
        word_settings.keep_two_rows(table)
    _place_signature(tree)
    return tree


def _has_given_grid(table: Any) -> bool:  # noqa: ANN401 - lxml has no types
    """Give the grid as many columns as docxtpl would, and return True; False where it is for docxtpl to say how wide they are."""
    grid, rows = table.find(f"{_WORD}tblGrid"), table.findall(f"{_WORD}tr")
    columns = [] if grid is None else grid.findall(f"{_WORD}gridCol")
    if not columns or len(rows) < len(list(table.iter(f"{_WORD}tr"))):  # or a table within a table
        return False
    finest = max((len(row.findall(f"{_WORD}tc")) for row in rows), default=0)
    spanned = max((sum(_span(cell) for cell in row.findall(f"{_WORD}tc")) for row in rows), default=0)
    if finest <= len(columns) <= spanned:
        return True
    has_widths = _is_measured(table) and all(column.get(f"{_WORD}w", "").isdigit() and column.get(f"{_WORD}w") != "0" for column in columns)
    if not has_widths or (len(columns) > finest and spanned > finest):
        return False
    for column in columns[finest:]:
        grid.remove(column)
    for _ in range(finest - len(columns)):
        grid.append(grid.makeelement(f"{_WORD}gridCol", {}))  # its width is the finest row's
    return True


def _span(cell: Any) -> int:  # noqa: ANN401 - lxml has no types
    """Return over how many columns of the grid a cell goes."""
    span = cell.find(f"{_WORD}tcPr/{_WORD}gridSpan")
    return 1 if span is None else int(span.get(f"{_WORD}val"))


def _is_measured(table: Any) -> bool:  # noqa: ANN401 - lxml has no types
    """Return whether the table's width and that of each of its cells are given, in twentieths of a point."""
    width = table.find(f"{_WORD}tblPr/{_WORD}tblW")
    cells = [cell.find(f"{_WORD}tcPr/{_WORD}tcW") for cell in table.iter(f"{_WORD}tc")]
    return width is not None and width.get(f"{_WORD}type") == "dxa" and None not in cells


def _place_signature(tree: Any) -> None:  # noqa: ANN401 - lxml has no types
    """Begin the date two characters right of the office's name, the longer of them two from the edge: GB/T 9704-2012, without a seal."""
    styles = {style.get(f"{_WORD}val"): style.getparent() for style in tree.iter(f"{_WORD}pStyle")}
    if not {"Signature", "SignDate"} <= styles.keys():
        return
    above = styles["Signature"].getparent().getprevious()
    if above is not None and above.tag == f"{_WORD}tbl":  # else the signature could be alone on a page
        rows = above.findall(f"{_WORD}tr")
        for row in rows if len(rows) <= _FEW_ROWS else rows[-1:]:
            word_settings.keep_with_next(row)
    office, day = (_characters(styles[name].getparent()) for name in ("Signature", "SignDate"))
    longer = max(office, day + _INDENT)
    for name, width in (("Signature", office), ("SignDate", day + _INDENT)):
        right = str(round((_INDENT + longer - width) * _CHARACTER))
        indent = tree.makeelement(f"{_WORD}ind", {f"{_WORD}rightChars": "0", f"{_WORD}right": right})
        styles[name].insert(1, indent)  # behind the style's name


_FEW_ROWS = 14
"""A table with no more goes whole with what it is kept with: LibreOffice keeps no single row with a paragraph."""
_INDENT = 2
_CHARACTER = 316
"""Twentieths of a point: a character of 三号, set a little closer."""


def _characters(paragraph: Any) -> float:  # noqa: ANN401 - lxml has no types
    """Return a paragraph's width in Chinese characters; Latin letters and digits are half as wide."""
    return _wide(word_settings.text(paragraph))


def _wide(words: str) -> float:
    return sum(0.5 if character.isascii() else 1 for character in words)


def _fit(table: Any) -> None:  # noqa: ANN401 - lxml has no types
    """Make the cells of every row fill the table's width, where it is given in twentieths of a point."""
    if not _is_measured(table):
        return
    rows = [[cell.find(f"{_WORD}tcPr/{_WORD}tcW") for cell in row.iter(f"{_WORD}tc")] for row in table.iter(f"{_WORD}tr")]
    width, needed = table.find(f"{_WORD}tblPr/{_WORD}tblW"), (_needed(rows, 0), _needed(rows, -1))
    for row in rows:
        _scale(row, int(width.get(f"{_WORD}w")), needed)
    grid = table.findall(f"{_WORD}tblGrid/{_WORD}gridCol")
    finest = max(rows, key=len, default=[])
    if len(finest) == len(grid):
        for column, cell in zip(grid, finest, strict=True):
            column.set(f"{_WORD}w", cell.get(f"{_WORD}w"))


def _needed(rows: list[list[Any]], end: int) -> int:
    """Return how wide the cells at one end of the rows must be that no word in them breaks; of longer words they are no wider."""
    cells = (row[end].getparent().getparent() for row in rows if len(row) > _ENDS)
    words = (word for cell in cells for word in re.split(r"[，、；（\s]", word_settings.text(cell)))
    return min(_WIDEST, max((round(_wide(word) * _SMALL) + _MARGINS for word in words), default=0))


_ENDS, _SMALL, _MARGINS, _WIDEST = 2, 200, 108, 1300
"""Cells of a row that are its ends; twentieths of a point: a character of a table's letters, what a cell leaves free, a name's column."""


def _scale(row: list[Any], whole: int, needed: tuple[int, int]) -> None:
    """Widen or narrow the cells of a row, so that together they are as wide as the whole: alike, but that its ends have what they need.

    Between them stand figures, in as many columns as a loop has groups; the words at the ends must not break for them.
    """
    widths = [int(cell.get(f"{_WORD}w")) for cell in row]
    if not widths or sum(widths) == whole:
        return
    alike = [width * whole // sum(widths) for width in widths]
    ends = {0: needed[0], len(row) - 1: needed[1]} if len(row) > _ENDS else {}
    given = {place: least for place, least in ends.items() if alike[place] < least}
    left, shared = whole - sum(given.values()), sum(width for place, width in enumerate(widths) if place not in given)
    for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
        cell.set(f"{_WORD}w", str(given[place] if place in given else width * left // shared))
