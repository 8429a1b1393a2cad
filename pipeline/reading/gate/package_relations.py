"""Which part of an Office Open XML package belongs to which, and as what."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from urllib.parse import unquote

from pipeline.reading.gate import xml_parts
from pipeline.reading.gate.safe_workbook import UnreadableError
from pipeline.reading.gate.zip_archive import ZipArchive

_MACRO_KINDS = ("vbaproject", "xlmacrosheet", "xlintlmacrosheet")


@dataclass(frozen=True, slots=True)
class Relation:
    """A part that belongs to another."""

    kind: str
    """The last word of its type, which Strict files spell with another beginning."""
    path: str


Relations = dict[str, Relation]
"""The relations of a part by their ids."""


def of(archive: ZipArchive, part: str) -> Relations:
    """The relations of a part ('' for the package) by their ids; none where the part has none."""
    folder, name = posixpath.split(part)
    listed = posixpath.join(folder, "_rels", f"{name}.rels")
    if listed.lower() not in archive.names:
        return {}
    found = {}
    for one in xml_parts.elements(xml_parts.as_utf8(archive.read(listed))):
        if one.name == "Relationship" and one.attributes.get("TargetMode") != "External":
            target = unquote(one.attributes.get("Target", "")).replace("\\", "/")
            target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            kind = one.attributes.get("Type", "").rpartition("/")[2].lower()
            found[one.attributes.get("Id", "")] = Relation(kind, target)
    return found


def path(relations: Relations, kind: str) -> str | None:
    """The part that belongs as that; None where there is none."""
    return next((one.path for one in relations.values() if one.kind == kind), None)


def without_macros(archive: ZipArchive, main: str) -> Relations:
    """The relations of the workbook's own part. Raises UnreadableError where the workbook carries macros."""
    relations = of(archive, main)
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in archive.names) or any(
        one.kind in _MACRO_KINDS for one in relations.values()
    ):
        raise UnreadableError("macro-workbook")
    return relations
