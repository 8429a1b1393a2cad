"""The fonts as typst opens them for the PDF, and which characters none of them has.

Covered by tests/render/papers/test_briefing_templates.py.
"""

from __future__ import annotations

import atexit
import json
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.render.papers import fonts

if TYPE_CHECKING:
    import typst

_LAST: Final = "DejaVu Sans Mono"
"""typst itself brings it: signs such as ☑ are there on every computer."""
_PLAIN = re.compile(r"[\s!-~·—‘’“”…　-〟一-龥㐀-䶵！-～]+")
"""What the broadest font surely has; all else is tried."""
_TRIAL = "#set page(width: 99cm, height: auto)\n#let tried = json(bytes(sys.inputs.tried))\n#set text(..tried.look)\n"


@dataclass(frozen=True, slots=True)
class Opened:
    """Fonts that typst has opened."""

    fonts: typst.Fonts
    by_role: dict[str, dict[str, object]]
    """For each role what typst's `text` takes: families in their order, the first that has a character wins, and the weight."""
    paths: tuple[Path, ...]


def showing(characters: str) -> tuple[Opened, str]:
    """Return the fonts to set a text in that has these unusual characters, and those of them that no font here has.

    The fonts for rare characters are among them only where one is needed: their bytes stand for nothing in other texts.
    """
    opened = those_of_the_roles()
    missing = _missing(characters, opened)
    if not missing:
        return opened, ""
    more = _with_rare_ones()
    return more, _missing(missing, more)


def unusual(texts: object) -> str:
    """Return every character in these texts that may lack in a Chinese font, each once, in order."""
    found: set[str] = set()
    for text in _texts(texts):
        found.update(_PLAIN.sub("", text))
    return "".join(sorted(found))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _texts([*value.values()])
    elif isinstance(value, Iterable):
        for part in value:
            yield from _texts(part)


def _missing(characters: str, opened: Opened) -> str:
    """Return which of them no font has: typst refuses an archival PDF for them, and names the line of each."""
    import typst

    if not characters:
        return ""
    lines = "\n".join(f"#text(tried.texts.at({number}))" for number in range(len(characters)))
    tried = json.dumps({"look": opened.by_role["body"], "texts": [*characters]})
    try:
        typst.compile(
            f"{_TRIAL}{lines}".encode(),
            font_paths=opened.fonts,
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards="a-2b",
            sys_inputs={"tried": tried},
            timestamp=0,
        )
    except RuntimeError as error:
        numbers = {int(line) - _TRIAL.count("\n") - 1 for line in re.findall(r"\.typ:(\d+):", str(getattr(error, "diagnostic", "")))}
        return "".join(character for number, character in enumerate(characters) if number in numbers or not numbers)
    return ""


@lru_cache(maxsize=1)
def those_of_the_roles() -> Opened:
    """Open the fonts of the roles and no other."""
    return _open((), with_last=False)


@lru_cache(maxsize=1)
def _with_rare_ones() -> Opened:
    return _open(tuple(fonts.for_rare_characters()), with_last=True)


def _open(rare: tuple[Path, ...], *, with_last: bool) -> Opened:
    """Open the fonts of the roles and these: typst takes folders only, and reads through every font in them."""
    import typst

    broad = fonts.broadest()
    paths = {role: font.path for role, font in fonts.chosen().items()}
    names = {path: f"{number}{path.suffix}" for number, path in enumerate(dict.fromkeys([*paths.values(), broad, *rare]))}
    loaded = typst.Fonts(include_system_fonts=False, include_embedded_fonts=with_last, font_paths=_gathered(names))
    by_file: dict[str, list[typst.FontInfo]] = {}
    for face in loaded.fonts():
        by_file.setdefault(Path(str(face.path)).name, []).append(face)
    # typst says of a link where it leads, of a copy where it is
    faces = {path: _chinese_face(by_file.get(name) or by_file.get(path.name) or []) for path, name in names.items()}
    last = (_LAST,) if with_last else ()
    by_role = {role: _looks([face for face in map(faces.get, (path, broad, *rare)) if face], last) for role, path in paths.items()}
    return Opened(loaded, by_role, (*names,))


def _gathered(names: Mapping[Path, str]) -> list[str]:
    """Return a folder that holds each font under its name; where the disk takes none, the folders that they come from."""
    try:
        folder = Path(tempfile.mkdtemp(prefix="fonts-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        for path, name in names.items():
            _lay(path, folder / name)
    except OSError:
        return sorted({str(path.parent) for path in names})
    return [str(folder)]


def _lay(path: Path, place: Path) -> None:
    try:
        place.symlink_to(path)
    except OSError:  # Windows lets administrators alone make links
        shutil.copyfile(path, place)


def _chinese_face(faces: list[typst.FontInfo]) -> typst.FontInfo | None:
    """Return the face for simplified Chinese; None where typst cannot read the file. A collection has one for each country."""
    return next((face for face in faces if face.family.endswith((" SC", " CN"))), faces[0] if faces else None)


def _looks(faces: list[typst.FontInfo], last: tuple[str, ...]) -> dict[str, object]:
    if not faces:
        return {}
    return {"font": list(dict.fromkeys([*(face.family for face in faces), *last])), "weight": faces[0].weight}
