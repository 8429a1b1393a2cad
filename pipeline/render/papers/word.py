"""Word files from a template that the office may edit in Word: what is filled in stays text, whatever it says."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.render import zip_files
from pipeline.terms.text import on_screen

if TYPE_CHECKING:
    from jinja2 import Environment, Template

_FILLED = re.compile(r"word/(document|header\d*|footer\d*)\.xml")
_PARAGRAPH = re.compile(r"<w:p(?=[ >])")
_TAG = re.compile(r"<[^>]*>")
_SHOWN = 40


class BrokenTemplateError(Exception):
    """A template that cannot be used; `str()` says where and why, for people."""


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A template, ready to be filled in any number of times."""

    parts: Mapping[str, bytes | Template]
    """By name, in their order."""
    lines: Mapping[str, list[str]]
    """The text of the parts that are filled in: each paragraph begins a line."""


@dataclass(frozen=True, slots=True)
class Own:
    """A template, with the name that the office knows it by."""

    content: bytes
    name: str


def render(template: Own, context: Mapping[str, object], moment: datetime) -> bytes:
    """The template filled in, written at that moment: the same bytes each time. Raises BrokenTemplateError."""
    prepared = _prepare(template.content, template.name)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as package:
        for name, part in prepared.parts.items():
            content = part if isinstance(part, bytes) else _fill(part, context, prepared.lines[name], template.name)
            package.writestr(zipfile.ZipInfo(name), content)
    return zip_files.settle(written.getvalue(), moment)


def check(template: Own) -> None:
    """Raise BrokenTemplateError where the template cannot even be opened and understood."""
    _prepare(template.content, template.name)


def _fill(part: Template, context: Mapping[str, object], lines: list[str], name: str) -> bytes:
    try:
        return part.render(context).encode()
    except Exception as error:
        raise BrokenTemplateError(_why(error, lines, name)) from error


@lru_cache(maxsize=4)
def _prepare(content: bytes, name: str) -> _Prepared:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts: dict[str, bytes | Template] = {one.filename: package.read(one) for one in package.infolist() if not one.is_dir()}
        parts["word/document.xml"]
    except (OSError, ValueError, LookupError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        msg = f"模板“{name}”打不开，不是完好的 .docx 文件"
        raise BrokenTemplateError(msg) from error
    lines = {}
    for part, xml in parts.items():
        if _FILLED.fullmatch(part) and isinstance(xml, bytes):
            source = _readable(xml)
            lines[part] = source.splitlines()
            try:
                parts[part] = _environment().from_string(source)
            except Exception as error:
                raise BrokenTemplateError(_why(error, lines[part], name)) from error
    return _Prepared(parts, lines)


def _readable(xml: bytes) -> str:
    """A part's XML with whole tags of Jinja in it, as docxtpl makes it."""
    from docxtpl import DocxTemplate

    patched: str = DocxTemplate(io.BytesIO()).patch_xml(xml.decode("utf-8-sig"))
    return _PARAGRAPH.sub("\n<w:p", patched)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    """Text stays text, nothing undefined is taken for empty, and a template reaches nothing but what it is given."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined, finalize=_one_line)


def _one_line(value: object) -> object:
    """A text on one line, with nothing in it that XML does not hold."""
    return on_screen(value) if type(value) is str else value


def _why(error: Exception, lines: list[str], name: str) -> str:
    """Which field in which paragraph, as far as it can be known."""
    from jinja2 import TemplateSyntaxError, UndefinedError

    line = error.lineno if isinstance(error, TemplateSyntaxError) else _line_of(error)
    said = _TAG.sub("", lines[line - 1]).strip() if line and line <= len(lines) else ""
    place = f"“{said[:_SHOWN]}{'…' if len(said) > _SHOWN else ''}”这一段" if said else "有一处"
    match error:
        case UndefinedError():
            found = re.search(r"'([^']*)' is undefined|no attribute '([^']*)'", str(error))
            field = next((one for one in found.groups() if one), "") if found else ""
            fault = f"用了没有的字段“{field}”" if field else "用了没有的字段"
        case TemplateSyntaxError():
            fault = "的标记写得不对（例如 {{ 与 }}、for 与 endfor 没有成对）"
        case _:
            fault = "的标记不能使用"
    return f"模板“{name}”{place}{fault}"


def _line_of(error: Exception) -> int | None:
    """The line of the template in which it failed while it was filled in."""
    line, trace = None, error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
