"""What crafted workbooks are made of: a good report, its parts, and a verdict."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import zips
from workbooks import Page, report_pages, write

FILES = Path(__file__).resolve().parents[1] / "files"

WORKBOOK, RELATIONS, STRINGS, STYLES, TYPES = (
    "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml", "xl/styles.xml", "[Content_Types].xml",
)  # fmt: skip
COVER, PROGRESS, NEW, RECEPTION, URGENT, DRAFT = (f"xl/worksheets/sheet{number}.xml" for number in range(1, 7))
"""The sheets of the good report; nobody reads the last one, 草稿."""
PICTURE = "xl/media/image1.png"
SPREADSHEET = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
READ = "read"


@dataclass(frozen=True, slots=True)
class Crafted:
    """A file and what must come out of it."""

    name: str
    make: Callable[[], bytes]
    verdict: str
    """`read`, or the code of its one finding; several, joined by `|`, where more than one is sensible."""
    reads: Mapping[str, str | None] = field(default_factory=dict)
    """If it is read: what is understood of single cells (`案件进展!F2`) where the good report says something else."""
    found: tuple[str, ...] = ()
    """If it is read: every finding, as `code sheet!cell`; what such a cell is understood as does not matter."""
    may: tuple[str, ...] = ()
    """Findings that may come or not."""
    otherwise: Mapping[str, str | None] | None = None
    """If it is read: another way to read it that is as good."""

    def __post_init__(self) -> None:
        known = {READ, "unreadable", "encrypted", "too-large", "macro-workbook", "not-the-template"}
        if not {*self.verdict.split("|")} <= known:
            raise ValueError(self.verdict)


def _good() -> bytes:
    pages = report_pages()
    pages["草稿"] = Page([["草稿"], ["不读", 1.5]])
    return write(pages)


GOOD = _good()
"""A report without a fault, with one sheet more than the template."""
PARTS: Mapping[str, bytes] = {name: one.data for name, one in zips.entries(GOOD).items()}
Changes = Mapping[str, bytes | None]


def parts(changes: Changes) -> dict[str, bytes]:
    """The good report's parts, some changed or added; None takes one away."""
    return {name: data for name, data in {**PARTS, **changes}.items() if data is not None}


def repacked(changes: Changes) -> bytes:
    """The good report with changed parts, every sum right."""
    return zips.pack(zips.Entry(name, data) for name, data in parts(changes).items())


def respelt(part: str, old: bytes, new: bytes, count: int = -1) -> bytes:
    """The good report with one text in one part replaced."""
    return repacked({part: swap(PARTS[part], old, new, count)})


def swap(data: bytes, old: bytes, new: bytes, count: int = -1) -> bytes:
    """The data with a text replaced that must be there."""
    if old not in data:
        raise ValueError(old)
    return data.replace(old, new, count)


def said(address: str, text: str, inside: str = "") -> str:
    """A cell with a text of its own; `inside` is XML that stands in place of its `<t>`."""
    return f'<c r="{address}" t="inlineStr"><is>{inside or f"<t>{text}</t>"}</is></c>'


def with_cells(part: str, cells: Mapping[str, str]) -> bytes:
    """The part with these cells, given by their XML; they replace or join those of their rows."""
    xml = PARTS[part].decode()
    for address, cell in cells.items():
        row = re.sub(r"\D", "", address)
        whole = re.search(rf'<row r="{row}"[^>]*>(.*?)</row>', xml)
        if whole is None:
            xml = xml.replace("</sheetData>", f'<row r="{row}">{cell}</row></sheetData>')
            continue
        there = {match[1]: match[0] for match in re.finditer(r'<c r="([A-Z]+)\d+".*?(?:/>|</c>)', whole[1])}
        there[re.sub(r"\d", "", address)] = cell
        inner = "".join(there[letters] for letters in sorted(there, key=lambda one: (len(one), one)))
        xml = xml[: whole.start(1)] + inner + xml[whole.end(1) :]
    return xml.encode()


def cells(part: str, changed: Mapping[str, str]) -> bytes:
    """The good report with these cells in one sheet."""
    return repacked({part: with_cells(part, changed)})


def text(xml: str) -> bytes:
    """The good report whose F2 in 案件进展 has this XML as its text."""
    return cells(PROGRESS, {"F2": said("F2", "", xml)})


def rows(part: str, xml: str | bytes) -> bytes:
    """The good report with more rows at the end of one sheet."""
    more = xml if isinstance(xml, bytes) else xml.encode()
    return respelt(part, b"</sheetData>", more + b"</sheetData>")


def shared(old: str, new: str | bytes) -> bytes:
    """The good report whose shared string `<t>old</t>` is something else."""
    return respelt(STRINGS, f"<t>{old}</t>".encode(), new.encode() if isinstance(new, str) else new)
