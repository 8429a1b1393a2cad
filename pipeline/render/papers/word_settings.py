"""How a Word document is set: styles of its settings, and rows that stay together.

Covered by tests/render/papers/test_word.py and test_briefing_templates.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass(frozen=True, slots=True)
class Endings:
    """How the names of styles end that paragraphs have instead of their own, where the template has such."""

    first: str = ""
    later: str = ""
    """Of notes and tables below the heading `below`."""
    below: str = ""
    lead: str = ""
    """Of the body's paragraphs, where it is another."""
    higher: tuple[tuple[str, float], ...] = ()
    """By how many points the rows of a table are higher, by its caption."""
    begins_page: str = ""
    """The style of a paragraph that begins a page: LibreOffice keeps none with a table that does not fit below it."""


_OF_NOTES = ("Note", "Table")
"""How the names of styles begin that are set larger behind the decisions."""


def apply(document: Any, styles: frozenset[str], endings: Endings) -> None:  # noqa: ANN401 - lxml has no types
    """Give each paragraph the style whose name is longer by its ending, where there is one."""
    is_later = False
    for style in document.iter(f"{WORD}pStyle"):
        name = style.get(f"{WORD}val")
        is_later = is_later or (name == _HEADING_STYLE and text(style.getparent().getparent()) == endings.below)
        ending = endings.later if is_later and name.startswith(_OF_NOTES) else endings.first
        is_lead = name == _BODY and f"{name}{endings.lead}" in styles
        other = f"{name}{endings.lead if is_lead and endings.lead else ending}"
        if other in styles:
            style.set(f"{WORD}val", other)
        if name == endings.begins_page:
            style.addnext(style.makeelement(f"{WORD}pageBreakBefore", {}))
    for caption, points in endings.higher:
        _make_higher(document, caption, points)


def _make_higher(document: Any, caption: str, points: float) -> None:  # noqa: ANN401 - lxml has no types
    """Give the cells of the tables with that caption room above and below their text."""
    for found in document.iter(f"{WORD}tblCaption"):
        margins = found.getparent().find(f"{WORD}tblCellMar")
        if found.get(f"{WORD}val") == caption and margins is not None:
            for at, side in ((0, "top"), (2, "bottom")):  # in the order of the format: top, left, bottom, right
                margins.insert(at, margins.makeelement(f"{WORD}{side}", {f"{WORD}w": str(round(10 * points)), f"{WORD}type": "dxa"}))


_HEADING_STYLE, _BODY = "Heading1", "Body"


def text(paragraph: Any) -> str:  # noqa: ANN401 - lxml has no types
    """Return a paragraph's text."""
    return "".join(run.text or "" for run in paragraph.iter(f"{WORD}t"))


def keep_two_rows(table: Any) -> None:  # noqa: ANN401 - lxml has no types
    """Keep the first row below a table's repeated heads with the second: no head stands at a page's foot with one row alone."""
    rows = table.findall(f"{WORD}tr")
    heads = sum(row.find(f"{WORD}trPr/{WORD}tblHeader") is not None for row in rows)
    if not heads or len(rows) < heads + 2:
        return
    keep_with_next(rows[heads])


def keep_with_next(element: Any) -> None:  # noqa: ANN401 - lxml has no types
    """Keep a row, or whatever has paragraphs, on the page of what follows it."""
    for paragraph in element.iter(f"{WORD}p"):
        properties = paragraph.find(f"{WORD}pPr")
        if properties is not None and properties.find(f"{WORD}keepNext") is None:
            style = properties.find(f"{WORD}pStyle")
            properties.insert(0 if style is None else 1, properties.makeelement(f"{WORD}keepNext", {}))
