"""Pictures of the sender's own, put back beside openpyxl, which reads none without a library for pictures.

Nothing of the sender's drawing is copied but numbers: where a picture stands, and what of it is cut off. Its bytes go back as they came.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from openpyxl.xml.functions import fromstring

from pipeline.reading.marking import foreign_package
from pipeline.reading.marking.foreign_package import Parts, Relation
from pipeline.reading.marking.package_parts import LARGEST_PART

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET, _MAIN = (f"http://schemas.openxmlformats.org/drawingml/2006/{name}" for name in ("spreadsheetDrawing", "main"))
_S, _M, _R = f"{{{_SHEET}}}", f"{{{_MAIN}}}", f"{{{_OFFICE}}}"
_KINDS = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg", b"GIF8": "gif", b"BM": "bmp"}
"""How a picture's bytes begin, and its ending."""
_MOST, _MOST_BYTES = 200, 16 << 20
"""Of a workbook: more make a receipt that nobody can mail."""
_EMU = 1 << 40
"""Nothing stands farther away, in the units of drawings."""
_MARKER = (("col", 16_383), ("colOff", _EMU), ("row", 1_048_575), ("rowOff", _EMU))
_BEHIND = (b"<legacyDrawing", b"<tableParts", b"<extLst", b"</worksheet>")
"""What may stand in a sheet behind its drawing, as openpyxl writes it (ECMA-376 part 1, 18.3.1.99)."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture on a sheet."""

    place: str
    """The anchor's elements in front of the picture."""
    anchor: str
    """What kind of anchor, with what happens to it when cells are moved."""
    cut: str
    """The attributes of what is cut off on each side."""
    media: str
    """The part that holds it."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """The pictures of a workbook that can go back, by the part of their sheet."""

    by_sheet: Mapping[str, Sequence[Picture]]
    kept: frozenset[str]
    """The parts of which nothing is lost: pictures, and drawings that hold nothing else."""


NONE = Pictures({}, frozenset())


def find(parts: Parts, sheets: Iterable[str]) -> Pictures:
    """Return the pictures on these sheets; none where they are too many or too large."""
    by_sheet: dict[str, list[Picture]] = {}
    kept = set()
    for sheet in sheets:
        for drawing in (line.target for line in foreign_package.relations(parts, sheet) if line.kind == "drawing" and not line.is_external):
            found = list(_on(parts, drawing))
            pictures = [picture for picture in found if picture]
            by_sheet.setdefault(sheet, []).extend(pictures)
            kept |= {picture.media for picture in pictures} | ({drawing} if len(pictures) == len(found) else set())
    media = {picture.media for pictures in by_sheet.values() for picture in pictures}
    too_much = sum(map(len, by_sheet.values())) > _MOST or sum(len(parts[name]) for name in media) > _MOST_BYTES
    return NONE if too_much else Pictures({sheet: pictures for sheet, pictures in by_sheet.items() if pictures}, frozenset(kept))


def _on(parts: Parts, drawing: str) -> Iterator[Picture | None]:
    """Yield what stands on a drawing; None for what is no picture, or none that can go back."""
    try:
        root: Any = fromstring(parts[drawing])
    except ET.ParseError:
        yield None
        return
    images = {line.id: line.target for line in foreign_package.relations(parts, drawing) if line.kind == "image" and not line.is_external}
    for anchor in root:
        blip = anchor.find(f"{_S}pic/{_S}blipFill/{_M}blip")
        media = images.get(blip.get(f"{_R}embed", ""), "") if blip is not None else ""
        is_picture = _ending(parts.get(media, b"")) and len(parts[media]) <= LARGEST_PART
        place = _place(anchor) if is_picture else None
        cut = anchor.find(f"{_S}pic/{_S}blipFill/{_M}srcRect")
        sides = "" if cut is None else "".join(f' {side}="{_number(cut.get(side), 100_000)}"' for side in "ltrb" if cut.get(side))
        yield Picture(place[1], place[0], sides, media) if place else None


def _ending(content: bytes) -> str:
    return next((ending for beginning, ending in _KINDS.items() if content.startswith(beginning)), "")


def _number(written: str | None, most: int) -> int:
    """Return a whole number as far as it may be; 0 for what is none."""
    try:
        return max(-most, min(most, int(written or "")))
    except ValueError:
        return 0


def _place(anchor: ET.Element) -> tuple[str, str] | None:
    """Return the anchor's kind with its attributes, and its elements in front of the picture; None for another kind of element."""
    kind = anchor.tag.removeprefix(_S)
    size = anchor.find(f"{_S}ext")
    width, height = ((_number(size.get(side), _EMU) if size is not None else 0) for side in ("cx", "cy"))
    extent = f'<xdr:ext cx="{max(0, width)}" cy="{max(0, height)}"/>'
    match kind:
        case "twoCellAnchor":
            behaves = anchor.get("editAs", "")
            attribute = f' editAs="{behaves}"' if behaves in ("twoCell", "oneCell", "absolute") else ""
            return f"twoCellAnchor{attribute}", _marker(anchor, "from") + _marker(anchor, "to")
        case "oneCellAnchor":
            return kind, _marker(anchor, "from") + extent
        case "absoluteAnchor":
            at = anchor.find(f"{_S}pos")
            x, y = ((_number(at.get(side), _EMU) if at is not None else 0) for side in "xy")
            return kind, f'<xdr:pos x="{x}" y="{y}"/>{extent}'
        case _:
            return None


def _marker(anchor: ET.Element, name: str) -> str:
    values = "".join(
        f"<xdr:{part}>{max(0, _number(anchor.findtext(f'{_S}{name}/{_S}{part}'), most))}</xdr:{part}>" for part, most in _MARKER
    )
    return f"<xdr:{name}>{values}</xdr:{name}>"


# --- put back ----------------------------------------------------------------------------------------------------


def put_back(written: dict[str, bytes], pictures: Mapping[str, Sequence[Picture]], parts: Parts) -> None:
    """Put the pictures into the parts of the receipt; `pictures` are by the receipt's sheets, `parts` are the sender's."""
    media: dict[str, str] = {}
    for number, (sheet, of_sheet) in enumerate(pictures.items(), 1):
        for picture in of_sheet:
            ending = _ending(parts[picture.media])
            name = media.setdefault(picture.media, f"xl/media/receipt{len(media) + 1}.{ending}")
            written[name] = parts[picture.media]
        drawing = f"xl/drawings/receipt{number}.xml"
        names = list(dict.fromkeys(media[picture.media] for picture in of_sheet))
        ids = {name: f"rId{at}" for at, name in enumerate(names, 1)}
        written[drawing] = _drawing(of_sheet, media, ids)
        lines = tuple(Relation(ids[name], f"{_OFFICE}/image", name, is_external=False) for name in names)
        written[foreign_package.relations_part(drawing)] = foreign_package.write_relations(lines)
        _relate(written, sheet, drawing)
    _declare(written, set(media.values()), len(pictures))


def _drawing(pictures: Sequence[Picture], media: Mapping[str, str], ids: Mapping[str, str]) -> bytes:
    anchors = "".join(
        f"<xdr:{picture.anchor}>{picture.place}<xdr:pic>"
        f'<xdr:nvPicPr><xdr:cNvPr id="{at + 1}" name="图片 {at}"/><xdr:cNvPicPr/></xdr:nvPicPr>'
        f'<xdr:blipFill><a:blip r:embed="{ids[media[picture.media]]}"/>{f"<a:srcRect{picture.cut}/>" if picture.cut else ""}'
        f"<a:stretch><a:fillRect/></a:stretch></xdr:blipFill>"
        f'<xdr:spPr><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr></xdr:pic><xdr:clientData/>'
        f"</xdr:{picture.anchor.partition(' ')[0]}>"
        for at, picture in enumerate(pictures, 1)
    )
    return f'<xdr:wsDr xmlns:xdr="{_SHEET}" xmlns:a="{_MAIN}" xmlns:r="{_OFFICE}">{anchors}</xdr:wsDr>'.encode()


def _relate(written: dict[str, bytes], sheet: str, drawing: str) -> None:
    """Let the sheet show the drawing."""
    part, id_ = written[sheet], "rIdPictures"
    behind = next(mark for mark in _BEHIND if mark in part)
    head, _, tail = part.partition(behind)
    written[sheet] = head + f'<drawing xmlns:r="{_OFFICE}" r:id="{id_}"/>'.encode() + behind + tail
    related = foreign_package.relations_part(sheet)
    lines = foreign_package.relations(written, sheet) if related in written else ()
    written[related] = foreign_package.write_relations((*lines, Relation(id_, f"{_OFFICE}/drawing", drawing, is_external=False)))


def _declare(written: dict[str, bytes], media: Iterable[str], drawings: int) -> None:
    """Say what the new parts are."""
    end, name = b"</Types>", "[Content_Types].xml"
    endings = sorted({posixpath.splitext(part)[1][1:] for part in media})
    lines = [f'<Default Extension="{ending}" ContentType="image/{ending}"/>' for ending in endings]
    kind = "application/vnd.openxmlformats-officedocument.drawing+xml"
    lines += [f'<Override PartName="/xl/drawings/receipt{number}.xml" ContentType="{kind}"/>' for number in range(1, drawings + 1)]
    declared = written[name].removesuffix(end)
    new = [line.encode() for line in lines if line.partition(" ContentType")[0].encode() not in declared]
    written[name] = declared + b"".join(new) + end
