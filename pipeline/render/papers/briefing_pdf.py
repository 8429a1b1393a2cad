"""The leaders' report as a PDF, set by typst from a template; the texts go in as data, so that nothing in them is markup."""

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
from pipeline.render.papers.briefing import Said
from pipeline.render.papers.own_templates import BrokenTemplateError

if TYPE_CHECKING:
    import typst

_NOWHERE = Path(__file__).with_name("no packages")
"""A template takes no package from the network: none is there."""


def render(said: Said, moment: datetime, template: bytes) -> bytes:
    """The PDF with its fonts in it; the same bytes for the same texts, template and fonts. Raises BrokenTemplateError."""
    pdf, _pages = _set(said, moment, template, "pdf")
    return pdf


def warm_up() -> None:
    """Open the fonts beforehand."""
    _fonts()


def pages(said: Said, moment: datetime, template: bytes) -> int:
    """On how many pages it comes."""
    _svg, count = _set(said, moment, template, "svg")
    return count


def _set(said: Said, moment: datetime, template: bytes, form: str) -> tuple[bytes, int]:
    import typst

    if b"@preview" in template or b"@local" in template:
        msg = "引用了程序以外的软件包（@…），请删去"
        raise BrokenTemplateError(msg)
    loaded = _fonts()
    try:
        made, _warnings = typst.compile_with_warnings(
            template,
            root=str(Path(__file__).parent),
            font_paths=loaded.fonts,
            ignore_system_fonts=True,
            format=form,  # type: ignore[call-overload]
            sys_inputs={"said": json.dumps(said, ensure_ascii=False), "fonts": json.dumps(loaded.by_role)},
            package_path=str(_NOWHERE),
            package_cache_path=str(_NOWHERE),
            timestamp=int(moment.timestamp()),
        )
    except RuntimeError as error:  # also what is not UTF-8
        raise BrokenTemplateError(_why(error)) from error
    several = made if isinstance(made, list) else [made]
    return several[0], len(several)


@dataclass(frozen=True, slots=True)
class _Loaded:
    """Fonts that typst has opened."""

    fonts: typst.Fonts
    by_role: dict[str, dict[str, object]]
    """For each role what typst's `text` takes: families in their order, and the weight."""


@lru_cache(maxsize=1)
def _fonts() -> _Loaded:
    """The fonts that are used and no other: typst takes folders only, and reads through every font in them."""
    import typst

    broad = fonts.broadest()
    paths = {role: font.path for role, font in fonts.chosen().items()}
    places = {path: f"{number}{path.suffix}" for number, path in enumerate(dict.fromkeys([*paths.values(), broad]))}
    loaded = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=_gathered(places))
    found: dict[str, list[typst.FontInfo]] = {}
    for one in loaded.fonts():
        found.setdefault(Path(str(one.path)).name, []).append(one)
    # typst says of a link where it leads, of a copy where it lies
    faces = {path: _face(found.get(place) or found.get(path.name) or []) for path, place in places.items()}
    by_role = {role: _looks([one for one in (faces[path], faces[broad]) if one]) for role, path in paths.items()}
    return _Loaded(loaded, by_role)


def _gathered(places: Mapping[Path, str]) -> list[str]:
    """A folder in which each font lies under its name; where the disk takes none, the folders that they come from."""
    try:
        folder = Path(tempfile.mkdtemp(prefix="fonts-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        for path, name in places.items():
            _lay(path, folder / name)
    except OSError:
        return sorted({str(path.parent) for path in places})
    return [str(folder)]


def _lay(path: Path, place: Path) -> None:
    try:
        place.symlink_to(path)
    except OSError:  # Windows lets administrators alone make links
        shutil.copyfile(path, place)


def _face(several: list[typst.FontInfo]) -> typst.FontInfo | None:
    """Of a file's faces the one for simplified Chinese; None of a file that typst cannot read."""
    return next((one for one in several if one.family.endswith((" SC", " CN"))), several[0] if several else None)


def _looks(faces: list[typst.FontInfo]) -> dict[str, object]:
    if not faces:
        return {}
    return {"font": list(dict.fromkeys(one.family for one in faces)), "weight": faces[0].weight}


def _why(error: RuntimeError) -> str:
    lines = str(getattr(error, "diagnostic", "") or error).strip().splitlines()
    place = next((line.strip() for line in lines if ".typ:" in line or line.lstrip().startswith("┌─")), "")
    said = lines[0].removeprefix("error: ") if lines else ""
    return f"typst 不能排版：{said}" + (f"（{place.removeprefix('┌─').strip()}）" if place else "")
