"""专报 as a PDF, set by typst from a template. The texts go in as data, so that nothing in them is markup."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from pipeline.render.papers import opened_fonts
from pipeline.render.papers.own_templates import BrokenTemplateError
from pipeline.render.papers.unchanging import Fields

_NOWHERE = Path(__file__).with_name("no packages")
"""typst would fetch packages from the network, or find them in the user's folders; in this folder there are none."""
_STANDARDS, _STANDARD_BROKEN = ("ua-1",), "PDF/UA"
"""What is asked of the PDF, and how typst begins to say that it is not so."""


def render(fields: Fields, moment: datetime, template: bytes) -> bytes:
    """Return the PDF with its fonts in it: the same bytes for the same texts, template and fonts. Raises BrokenTemplateError.

    It is one for screen readers (PDF/UA-1), as long as every character has a font and the template gives what that asks for.
    """
    if b"@preview" in template or b"@local" in template:
        msg = "引用了程序以外的软件包（@…），请删去"
        raise BrokenTemplateError(msg)
    opened, boxes = opened_fonts.showing(opened_fonts.unusual(fields))
    try:
        return _compiled(fields, moment, template, opened, () if boxes else _STANDARDS)
    except RuntimeError as error:  # also what is not UTF-8
        if _STANDARD_BROKEN not in str(error):
            raise BrokenTemplateError(_why(error)) from error
    try:
        return _compiled(fields, moment, template, opened, ())
    except RuntimeError as error:
        raise BrokenTemplateError(_why(error)) from error


def _compiled(fields: Fields, moment: datetime, template: bytes, opened: opened_fonts.Opened, standards: tuple[str, ...]) -> bytes:
    import typst

    pdf: bytes
    # typst's types want a root of the template's own type, and take no bytes for it
    pdf, _warnings = typst.compile_with_warnings(  # type: ignore[call-overload]
        template,
        root=str(Path(__file__).parent),
        font_paths=opened.fonts,
        ignore_system_fonts=True,
        format="pdf",
        # The office's own templates read these two names: neither may ever change.
        sys_inputs={"said": json.dumps(fields, ensure_ascii=False), "fonts": json.dumps(opened.by_role)},
        pdf_standards=[*standards],
        package_path=str(_NOWHERE),
        package_cache_path=str(_NOWHERE),
        timestamp=int(moment.timestamp()),
    )
    return pdf


def warm_up() -> None:
    """Open the fonts beforehand."""
    opened_fonts.those_of_the_roles()


def _why(error: RuntimeError) -> str:
    lines = str(getattr(error, "diagnostic", "") or error).strip().splitlines()
    place = next((line.strip() for line in lines if ".typ:" in line or line.lstrip().startswith("┌─")), "")
    fault = lines[0].removeprefix("error: ") if lines else ""
    return f"typst 不能排版：{fault}" + (f"（{place.removeprefix('┌─').strip()}）" if place else "")
