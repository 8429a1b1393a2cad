"""Which part of an Office Open XML package belongs to which, and as what (relationships, ECMA-376 part 2)."""

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
    """The last word of its type in lower case: Strict files spell what stands before it in another way."""
    path: str


Relations = dict[str, Relation]
"""The relations of a part by their ids."""


def of(archive: ZipArchive, part: str) -> Relations:
    """Return the relations of a part ('' for the package) by their ids; none where the part has none."""
    folder, name = posixpath.split(part)
    relations_part = posixpath.join(folder, "_rels", f"{name}.rels")
    if relations_part.lower() not in archive.names:
        return {}
    relations = {}
    for element in xml_parts.elements(xml_parts.as_utf8(archive.read(relations_part))):
        # What lies outside the package (TargetMode External) is never asked for: no file, no address in the network.
        if element.name == "Relationship" and element.attributes.get("TargetMode") != "External":
            # A target is a URI, in which a name outside ASCII stands as %E5%B0…; some programs write \ in place of /.
            target = unquote(element.attributes.get("Target", "")).replace("\\", "/")
            target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            kind = element.attributes.get("Type", "").rpartition("/")[2].lower()
            relations[element.attributes.get("Id", "")] = Relation(kind, target)
    return relations


def path(relations: Relations, kind: str) -> str | None:
    """Return the part that belongs as that; None where there is none."""
    return next((relation.path for relation in relations.values() if relation.kind == kind), None)


def worksheet(relations: Relations, id_: str) -> str | None:
    """Return the part of the sheet with that relation; None for a chart or a dialog.

    A relation that is missing gives '', a part that no archive has: a sheet that is wanted is then refused, not left out.
    """
    relation = relations.get(id_, Relation("worksheet", ""))
    return relation.path if relation.kind == "worksheet" else None


def without_macros(archive: ZipArchive, main: str) -> Relations:
    """Return the relations of the workbook's own part. Raises UnreadableError where the workbook carries macros."""
    relations = of(archive, main)
    # By name as well as by relation: a file that hides its macros may show either alone.
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in archive.names) or any(
        relation.kind in _MACRO_KINDS for relation in relations.values()
    ):
        raise UnreadableError("macro-workbook")
    return relations
