"""专报 as a PDF, set by typst from a template. The texts go in as data, so that nothing in them is markup."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.render.papers import fonts
from pipeline.render.papers.briefing import Fields
from pipeline.render.papers.own_templates import BrokenTemplateError

if TYPE_CHECKING:
    import typst

_NOWHERE = Path(__file__).with_name("no packages")
"""typst would fetch packages from the network, or find them in the user's folders; in this folder there are none."""


def render(fields: Fields, moment: datetime, template: bytes) -> bytes:
    """Return the PDF with its fonts in it: the same bytes for the same texts, template and fonts. Raises BrokenTemplateError."""
    import typst

    if b"@preview" in template or b"@local" in template:
        msg = "引用了程序以外的软件包（@…），请删去"
        raise BrokenTemplateError(msg)
    loaded = _fonts()
    try:
        pdf: bytes
        # typst's types want a root of the template's own type, and take no bytes for it
        pdf, _warnings = typst.compile_with_warnings(  # type: ignore[call-overload]
            template,
            root=str(Path(__file__).parent),
            font_paths=loaded.fonts,
            ignore_system_fonts=True,
            format="pdf",
            # The office's own templates read these two names: neither may ever change.
            sys_inputs={"said": json.dumps(fields, ensure_ascii=False), "fonts": json.dumps(loaded.by_role)},
            package_path=str(_NOWHERE),
            package_cache_path=str(_NOWHERE),
            timestamp=int(moment.timestamp()),
        )
    except RuntimeError as error:  # also what is not UTF-8
        raise BrokenTemplateError(_why(error)) from error
    return pdf


def warm_up() -> None:
    """Open the fonts beforehand."""
    _fonts()


@dataclass(frozen=True, slots=True)
class _Loaded:
    """Fonts that typst has opened."""

    fonts: typst.Fonts
    by_role: dict[str, dict[str, object]]
    """For each role what typst's `text` takes: families in their order, the first that has a character wins, and the weight."""


@lru_cache(maxsize=1)
def _fonts() -> _Loaded:
    """Open the fonts that are used and no other: typst takes folders only, and reads through every font in them."""
    import typst

    broad = fonts.broadest()
    paths = {role: font.path for role, font in fonts.chosen().items()}
    names = {path: f"{number}{path.suffix}" for number, path in enumerate(dict.fromkeys([*paths.values(), broad]))}
    loaded = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=_gathered(names))
    by_file: dict[str, list[typst.FontInfo]] = {}
    for face in loaded.fonts():
        by_file.setdefault(Path(str(face.path)).name, []).append(face)
    # typst says of a link where it leads, of a copy where it is
    faces = {path: _chinese_face(by_file.get(name) or by_file.get(path.name) or []) for path, name in names.items()}
    by_role = {role: _looks([face for face in (faces[path], faces[broad]) if face]) for role, path in paths.items()}
    return _Loaded(loaded, by_role)


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


def _looks(faces: list[typst.FontInfo]) -> dict[str, object]:
    if not faces:
        return {}
    return {"font": list(dict.fromkeys(face.family for face in faces)), "weight": faces[0].weight}


def _why(error: RuntimeError) -> str:
    lines = str(getattr(error, "diagnostic", "") or error).strip().splitlines()
    place = next((line.strip() for line in lines if ".typ:" in line or line.lstrip().startswith("┌─")), "")
    fault = lines[0].removeprefix("error: ") if lines else ""
    return f"typst 不能排版：{fault}" + (f"（{place.removeprefix('┌─').strip()}）" if place else "")
