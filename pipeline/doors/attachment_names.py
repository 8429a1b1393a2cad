"""The names of attachments: as a sender's program wrote them, and as a file may have them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote_to_bytes

from pipeline.doors import headers
from pipeline.terms.text import without_controls

_LONGEST_BYTES = 150
"""Of a name in UTF-8: with the sidecar's ending it fits into 255, and with a deep inbox into Windows' paths."""
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\..*)?", re.IGNORECASE)
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}")
_NAME_OF_PIECE = re.compile(r"([^*\s]+?)(?:\*(\d{1,3}))?(\*)?")
"""A parameter's name by RFC 2231: `filename`, `filename*`, `filename*0`, `filename*0*`."""
_MOST_PARAMETERS = 200


def written(fields: Iterable[tuple[str, str]]) -> list[str]:
    """Return what a part's header fields (raw, as the library read them) call it, the most trustworthy first.

    The library's own `get_filename` knows neither GB18030 without a label nor the other ways in which programs break the standard.
    """
    value_of = {name.lower(): value for name, value in fields}
    names = []
    for field, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        value = value_of.get(field, "").encode("utf-8", "surrogateescape")
        names += _named(_parameters(headers.text(value)), parameter)
    return [plain for name in names if (plain := name.strip())]


def _parameters(value: str) -> list[tuple[str, str]]:
    """Split off the parameters behind a field's value: names in lower case, quotes taken off."""
    parameters: list[tuple[str, str]] = []
    rest = re.sub(r"\r?\n", "", value).partition(";")[2]
    while rest and len(parameters) < _MOST_PARAMETERS:
        name, _equals, rest = rest.partition("=")
        rest = rest.lstrip()
        if rest.startswith('"'):
            quoted = re.match(r'"((?:[^"\\]|\\.)*)"?', rest)
            content, rest = (quoted[1], rest[quoted.end() :]) if quoted else ("", "")
            content = re.sub(r'\\(["\\])', r"\1", content)
            rest = rest.partition(";")[2]
        else:
            content, _end, rest = rest.partition(";")
        parameters.append((name.rpartition(";")[2].strip().lower(), content.strip()))
    return parameters


def _named(parameters: list[tuple[str, str]], wanted: str) -> list[str]:
    """Return the parameter's values: first as RFC 2231 writes it, in pieces or whole, then as everybody else does."""
    pieces: dict[int, tuple[str, bool]] = {}
    plain: list[str] = []
    for name, value in parameters:
        piece = _NAME_OF_PIECE.fullmatch(name)
        if not piece or piece[1] != wanted:
            continue
        if piece[2] is None and piece[3] is None:
            plain.append(_decoded(value))
        else:
            pieces.setdefault(int(piece[2] or 0), (value, piece[3] is not None))
    return [*([_joined(pieces)] if pieces else []), *plain]


def _joined(pieces: dict[int, tuple[str, bool]]) -> str:
    """Join the pieces in their order; a character, or a percent sign with its digits, may be cut in two by their ends."""
    charset, content, held = "", b"", ""
    for number in sorted(pieces):
        value, is_extended = pieces[number]
        if is_extended and number == min(pieces) and value.count("'") >= 2:  # noqa: PLR2004 - charset'language'value
            charset, _language, value = value.split("'", 2)
        if is_extended:
            held += value
        else:
            content, held = content + unquote_to_bytes(held) + value.encode("utf-8"), ""
    return headers.decoded(headers.text(content + unquote_to_bytes(held), charset))


def _decoded(value: str) -> str:
    """Decode encoded words in quotes, which RFC 2047 (5) forbids and most programs write, and percents where they are UTF-8."""
    name = headers.decoded(value)
    if "%" in name and name.isascii():
        try:
            plain = unquote_to_bytes(name).decode("utf-8")
        except UnicodeDecodeError:
            return name
        return plain if not plain.isascii() else name  # nobody needs percents to write ASCII: they belong to the name
    return name


def ending(name: str) -> str:
    """Return the name's ending in lower case with its dot, as Windows would see it; '' without one."""
    bare = name.strip().rstrip(". ")
    stem, dot, last = bare.rpartition(".")
    return f".{last.lower()}" if dot and stem else ""


def safe(name: str, fallback: str) -> str:
    """Return a name that every file system takes, that is no path, no device, no hidden or half-written file; its ending stays."""
    bare = without_controls(name.encode("utf-8", "replace").decode("utf-8")).replace("\\", "/").rpartition("/")[2]
    bare = "".join(char if char.isprintable() else " " for char in bare)
    bare = _FORBIDDEN.sub("_", bare).strip(" .~$\u3000")
    if not bare or _RESERVED.fullmatch(bare):
        bare = f"{fallback}_{bare}".rstrip("_")
    kept = _ENDING.fullmatch(ending(bare))
    last = bare[-len(kept[0]) :] if kept else ""
    return _cut(bare[: len(bare) - len(last)], _LONGEST_BYTES - len(last)) + last


def _cut(stem: str, most: int) -> str:
    return stem.encode("utf-8")[:most].decode("utf-8", "ignore").rstrip(" .")


def distinct(names: Iterable[str]) -> list[str]:
    """Return the names in their order, later ones of the same name numbered; upper and lower case are the same, as on Windows."""
    used: set[str] = set()
    numbered_names = []
    for name in names:
        dotted = ending(name)
        stem, last = (name[: -len(dotted)], name[-len(dotted) :]) if dotted else (name, "")
        number, numbered = 1, name
        while numbered.casefold() in used:
            number += 1
            numbered = f"{stem} ({number}){last}"
        used.add(numbered.casefold())
        numbered_names.append(numbered)
    return numbered_names
