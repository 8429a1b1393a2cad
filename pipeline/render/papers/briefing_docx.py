"""The leaders' report as a Word file, from a template that the office may edit in Word."""

from __future__ import annotations

import io
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pipeline.render import zip_files
from pipeline.render.papers.briefing import Said

if TYPE_CHECKING:
    from docxtpl import DocxTemplate
    from jinja2 import Environment

_SHOWN = 40
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


class BrokenTemplateError(Exception):
    """A template that cannot be used; `str()` is where and why, for people."""


def render(said: Said, moment: datetime, template: bytes) -> bytes:
    """The Word file, written at that moment; the same bytes for the same texts and template. Raises BrokenTemplateError."""
    opened = _opened(template)
    try:
        opened.render(said, _environment())
    except Exception as error:  # whatever an edited template makes of the libraries
        raise BrokenTemplateError(_why(opened, error)) from error
    _fit_tables(opened)
    written = io.BytesIO()
    opened.save(written)
    return zip_files.settle(written.getvalue(), moment)


def warm_up() -> None:
    """Import beforehand what takes long to import."""
    import docxtpl

    del docxtpl


def _opened(template: bytes) -> DocxTemplate:
    from docxtpl import DocxTemplate

    opened = DocxTemplate(io.BytesIO(template))
    try:
        opened.init_docx()
    except Exception as error:
        msg = "打不开，不是完好的 .docx 文件"
        raise BrokenTemplateError(msg) from error
    return opened


def _environment() -> Environment:
    """Text stays text: autoescape on, nothing undefined is empty, and a template reaches no attribute that is not data."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined, finalize=_literal)


def _literal(value: object) -> object:
    """The text with nothing in it that docxtpl would take for its own escapes, `{_{` and the like."""
    from markupsafe import Markup, escape

    return Markup(str(escape(value)).replace("_", "&#95;")) if type(value) is str else value  # noqa: S704 - escaped just here


def _fit_tables(opened: DocxTemplate) -> None:
    """Make every table's cells fill its width, however many groups stand side by side."""
    from docx.oxml.ns import qn

    for table in opened.docx.element.body.iter(f"{_WORD}tbl"):
        rows = [[cell.find(f"{_WORD}tcPr/{_WORD}tcW") for cell in row.iter(f"{_WORD}tc")] for row in table.iter(f"{_WORD}tr")]
        width = table.find(f"{_WORD}tblPr/{_WORD}tblW")
        grid = table.findall(f"{_WORD}tblGrid/{_WORD}gridCol")
        if width is None or width.get(qn("w:type")) != "dxa" or any(one is None for row in rows for one in row):
            continue
        wanted = int(width.get(qn("w:w")))
        for row in rows:
            _scale(row, wanted)
        finest = max(rows, key=len, default=[])
        if len(finest) == len(grid):
            for column, cell in zip(grid, finest, strict=True):
                column.set(qn("w:w"), cell.get(qn("w:w")))


def _scale(row: list[Any], wanted: int) -> None:
    from docx.oxml.ns import qn

    there = [int(one.get(qn("w:w"))) for one in row]
    if there and sum(there) != wanted:
        for one, width in zip(row, there, strict=True):
            one.set(qn("w:w"), str(width * wanted // sum(there)))


# --- what broke --------------------------------------------------------------------------------------------------


def _why(opened: DocxTemplate, error: Exception) -> str:
    """Which field in which paragraph, as far as the libraries let it be known."""
    from jinja2 import TemplateSyntaxError, UndefinedError

    match error:
        case UndefinedError():
            name = re.search(r"'([^']*)' is undefined|no attribute '([^']*)'", str(error))
            field = next((one for one in name.groups() if one), "") if name else ""
            return f"{_paragraph(opened, error, field)}用了没有的字段" + (f"“{field}”" if field else "")
        case TemplateSyntaxError():
            return f"{_paragraph(opened, error)}的标记写得不对（例如 {{{{ 与 }}}}、for 与 endfor 没有成对）"
        case _:
            return f"{_paragraph(opened, error)}的标记不能使用"


def _paragraph(opened: DocxTemplate, error: Exception, field: str = "") -> str:
    """The paragraph as it reads in Word, shortened."""
    line = getattr(error, "lineno", None) or _line_of(error)
    try:
        lines = _lines(opened)
    except Exception:  # noqa: BLE001 - a template so broken that it cannot even be looked through
        lines = []
    if not line or line > len(lines):
        return "有一处"
    texts = [re.sub(r"<[^>]*>", "", one).strip() for one in lines[line - 1].split("</w:p>")]
    text = next((one for one in texts if "{" in one and field in one), texts[0])
    return f"“{text[:_SHOWN]}{'…' if len(text) > _SHOWN else ''}”这一段"


def _lines(opened: DocxTemplate) -> list[str]:
    """The text as the library hands it to Jinja: each paragraph begins a line."""
    source = opened.patch_xml(opened.get_xml())
    return re.sub(r"<w:p([ >])", r"\n<w:p\1", source).splitlines()


def _line_of(error: Exception) -> int | None:
    """The line of the template in which it failed while it was filled in."""
    line, trace = None, error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
