"""Word documents from templates that the office edits in Word: the one engine, for 专报 and for 督办通知.

A template is a .docx file with fields and conditions of Jinja in its text. What is filled in stays text, whatever it says.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pipeline.render import reproducible_zip
from pipeline.render.papers import word_settings
from pipeline.render.papers.own_templates import BrokenTemplateError
from pipeline.render.papers.word_settings import WORD as _WORD
from pipeline.render.papers.word_settings import Endings
from pipeline.terms.text import on_screen

if TYPE_CHECKING:
    import jinja2

_DOCUMENT = "word/document.xml"
_EDGES = re.compile(r"word/(header|footer)\d*\.xml")
_CORE, _STYLES = "docProps/core.xml", "word/styles.xml"
_OTHERS = re.compile(rf"word/footnotes\.xml|{_CORE}")
"""Beside the document the parts in which fields are filled in; in core.xml stand the title and the like."""
_PROPERTIES = ("author", "comments", "identifier", "language", "subject", "title")
_PARAGRAPH = re.compile(r"<w:p(?=[ >])")
_LINE_BEFORE_PARAGRAPH = re.compile(r"\n(?=<w:p[ >])")
_TAG = re.compile(r"<[^>]*>")
_MOST_QUOTED = 40
_DUBLIN_CORE, _PACKAGE = "http://purl.org/dc/elements/1.1/", "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_IDENTIFIER = f"{{{_DUBLIN_CORE}}}identifier"
_HEADING = re.compile(r"heading ([1-9])", re.IGNORECASE)
_LANGUAGE = "zh-CN"


@dataclass(frozen=True, slots=True)
class Template:
    """A .docx file with fields, and what its document asks of the engine."""

    content: bytes
    has_loops_over_columns: bool = False
    """Whether a table has as many columns as a list has entries; then every table is made to fill its width again."""


@dataclass(frozen=True, slots=True)
class Properties:
    """What a file says of itself: in the list of recent files, in a search, to a screen reader."""

    title: str
    """With the day."""
    author: str
    """The issuing office; the name of whoever edited the template in Word stands in no paper."""
    identifier: str = ""
    """By which a program knows what the paper says; '' where none asks."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the package that has fields, compiled, with the texts of each line of its source."""

    compiled: jinja2.Template
    texts: list[list[str]]


def warm_up() -> None:
    """Import beforehand what takes long to import."""
    import docxtpl

    del docxtpl


def render(
    template: Template, fields: Mapping[str, object], moment: datetime, properties: Properties, endings: Endings | None = None
) -> bytes:
    """Return the template filled in, as written at that moment: the same bytes each time. Raises BrokenTemplateError.

    Where there are endings, each paragraph has instead of its style the one whose name is longer by its ending, if the template has that.
    """
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as package:
        for name, part in _prepared(template).items():
            content = part if isinstance(part, bytes) else _filled(name, part, fields, by_tree=template.has_loops_over_columns)
            content = _settled(content, word_settings.apply, _styles(template), endings) if endings and name == _DOCUMENT else content
            content = _settled(content, _without_empty_section) if name == _DOCUMENT and content.count(b"<w:sectPr") > 1 else content
            package.writestr(zipfile.ZipInfo(name), _settled(content, _with_properties, properties) if name == _CORE else content)
    return reproducible_zip.settle(written.getvalue(), moment)


def _styles(template: Template) -> frozenset[str]:
    styles = _prepared(template).get(_STYLES)
    return frozenset(re.findall(r'w:styleId="([^"]+)"', styles.decode("utf-8-sig"))) if isinstance(styles, bytes) else frozenset()


def _without_empty_section(document: Any) -> None:  # noqa: ANN401 - lxml has no types
    """Drop the last section where nothing stands in it: it would be an empty page. A template ends one early in a condition."""
    body = document.find(f"{_WORD}body")
    last = body.find(f"{_WORD}sectPr")
    before = None if last is None else last.getprevious()
    ended = None if before is None else before.find(f"{_WORD}pPr/{_WORD}sectPr")
    if ended is not None:
        body.replace(last, ended)


def check(template: Template) -> None:
    """Raise BrokenTemplateError where the template cannot even be opened and understood."""
    _prepared(template)


@lru_cache(maxsize=4)
def text(template: Template) -> str:
    """Return all text of the template's document, without its marks. Raises BrokenTemplateError."""
    return _TAG.sub("", _opened(template)[_DOCUMENT].decode("utf-8-sig"))


def identifier(content: bytes) -> str:
    """Return the identifier that a document of ours was given; '' where it has none, or where it is none of ours."""
    from docx.opc.oxml import parse_xml

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            core = package.read(_CORE)
            found = parse_xml(core).findtext(_IDENTIFIER)  # type: ignore[arg-type] # lxml takes no XML declaration in a str
    except Exception:  # noqa: BLE001 - zipfile and lxml have no common error for what is no package
        return ""
    return found or ""


# --- the template ------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _prepared(template: Template) -> dict[str, bytes | _Part]:
    """Return the parts of the package by name, in their order; compiled once for all the documents of a run."""
    by_paragraph = template.has_loops_over_columns
    return {
        name: _compiled(content, by_paragraph=by_paragraph)
        if name == _DOCUMENT or _EDGES.fullmatch(name) or _OTHERS.fullmatch(name)
        else _settled(content, _with_outline)
        if name == _STYLES
        else content
        for name, content in _opened(template).items()
    }


def _opened(template: Template) -> dict[str, bytes]:
    try:
        content = _saved_again(template.content) if template.has_loops_over_columns else template.content
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = {entry.filename: package.read(entry) for entry in package.infolist() if not entry.is_dir()}
        parts[_DOCUMENT]
    except Exception as error:  # zipfile and python-docx have no common error for what is no package
        msg = "打不开，不是完好的 .docx 文件"
        raise BrokenTemplateError(msg) from error
    return parts


def _saved_again(content: bytes) -> bytes:
    """Return the package as python-docx saves it: the parts in its order, and XML in the form that `_rewritten` writes, too."""
    from docx import Document

    document = Document(io.BytesIO(content))
    # docxtpl fills in these properties and writes those that are not there as empty ones. Every 专报 has had them, and the same inputs
    # have to give the same bytes (contract 4).
    for name in _PROPERTIES:
        setattr(document.core_properties, name, getattr(document.core_properties, name))
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _compiled(xml: bytes, *, by_paragraph: bool) -> _Part:
    from docxtpl import DocxTemplate

    # Word spreads a field over several runs, and a loop stands in a paragraph, row or cell of its own: docxtpl knows how to make whole
    # tags of both. Each paragraph begins a line, so that the line of an error leads to its paragraph; Word shows no such line breaks.
    texts: list[list[str]] = []
    try:
        source = _PARAGRAPH.sub("\n<w:p", DocxTemplate(io.BytesIO()).patch_xml(xml.decode("utf-8-sig")))
        # Behind a paragraph its line has the marks of loops that stood in paragraphs of their own: quoted with a notice's, else apart.
        end = "</w:p>" if by_paragraph else "\n"
        texts += [[_TAG.sub("", text).strip() for text in line.split(end)] for line in source.splitlines()]
        name = hashlib.sha256(source.encode()).hexdigest()
        _SOURCES[name] = source
        return _Part(_environment().get_template(name), texts)
    except Exception as error:  # whatever an edited template makes of the libraries
        raise BrokenTemplateError(_why(error, texts)) from error


_SOURCES: dict[str, str] = {}
"""The parts of templates that were compiled, each under the SHA-256 of its text."""


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    """Text stays text, nothing undefined is taken for empty, and a template reaches nothing but what it is given."""
    from jinja2 import DictLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    from pipeline.render.compiled_templates import Kept

    return ImmutableSandboxedEnvironment(
        loader=DictLoader(_SOURCES), autoescape=True, undefined=StrictUndefined, finalize=_one_line, bytecode_cache=Kept("word")
    )


def _one_line(value: object) -> object:
    """Return a text on one line, with nothing in it that XML does not hold."""
    return on_screen(value) if type(value) is str else value


# --- the document ------------------------------------------------------------------------------------------------


def _filled(name: str, part: _Part, fields: Mapping[str, object], *, by_tree: bool) -> bytes:
    try:
        xml = part.compiled.render(fields)
        return _rewritten(name, _LINE_BEFORE_PARAGRAPH.sub("", xml)) if by_tree else xml.encode()
    except Exception as error:  # whatever an edited template makes of the libraries
        raise BrokenTemplateError(_why(error, part.texts)) from error


def _rewritten(name: str, xml: str) -> bytes:
    """Return the part read as XML and written once more, the document with its tables fitted."""
    from docx.opc.oxml import parse_xml, serialize_part_xml

    if name == _DOCUMENT:
        return serialize_part_xml(_fitted(xml))
    if _EDGES.fullmatch(name):
        return serialize_part_xml(parse_xml(xml.encode()))  # type: ignore[arg-type] # lxml takes no XML declaration in a str
    return xml.encode()


def _fitted(xml: str) -> Any:  # noqa: ANN401 - lxml has no types
    """Return the document with as many columns in each table's grid as its rows have, filling the table's width."""
    from docxtpl import DocxTemplate

    engine = DocxTemplate(io.BytesIO())
    engine.docx_ids_index = 1000  # where docxtpl itself begins to number pictures, which a loop may have repeated
    tree = engine.fix_tables(xml.encode())
    engine.fix_docpr_ids(tree)
    for table in tree.iter(f"{_WORD}tbl"):
        _fit(table)
        word_settings.keep_two_rows(table)
    _place_signature(tree)
    return tree


def _place_signature(tree: Any) -> None:  # noqa: ANN401 - lxml has no types
    """Begin the date two characters right of the office's name, the longer of them two from the edge: GB/T 9704-2012, without a seal."""
    styles = {style.get(f"{_WORD}val"): style.getparent() for style in tree.iter(f"{_WORD}pStyle")}
    if not {"Signature", "SignDate"} <= styles.keys():
        return
    office, day = (_characters(styles[name].getparent()) for name in ("Signature", "SignDate"))
    longer = max(office, day + _INDENT)
    for name, width in (("Signature", office), ("SignDate", day + _INDENT)):
        right = str(round((_INDENT + longer - width) * _CHARACTER))
        indent = tree.makeelement(f"{_WORD}ind", {f"{_WORD}rightChars": "0", f"{_WORD}right": right})
        styles[name].insert(1, indent)  # behind the style's name


_INDENT = 2
_CHARACTER = 316
"""Twentieths of a point: a character of 三号, set a little closer."""


def _characters(paragraph: Any) -> float:  # noqa: ANN401 - lxml has no types
    """Return a paragraph's width in Chinese characters; Latin letters and digits are half as wide."""
    return sum(0.5 if character.isascii() else 1 for character in word_settings.text(paragraph))


def _fit(table: Any) -> None:  # noqa: ANN401 - lxml has no types
    """Make the cells of every row fill the table's width, where it is given in twentieths of a point."""
    rows = [[cell.find(f"{_WORD}tcPr/{_WORD}tcW") for cell in row.iter(f"{_WORD}tc")] for row in table.iter(f"{_WORD}tr")]
    width = table.find(f"{_WORD}tblPr/{_WORD}tblW")
    if width is None or width.get(f"{_WORD}type") != "dxa" or any(cell is None for row in rows for cell in row):
        return
    for row in rows:
        _scale(row, int(width.get(f"{_WORD}w")))
    grid = table.findall(f"{_WORD}tblGrid/{_WORD}gridCol")
    finest = max(rows, key=len, default=[])
    if len(finest) == len(grid):
        for column, cell in zip(grid, finest, strict=True):
            column.set(f"{_WORD}w", cell.get(f"{_WORD}w"))


def _scale(row: list[Any], whole: int) -> None:
    """Widen or narrow the cells of a row alike, so that together they are as wide as the whole."""
    widths = [int(cell.get(f"{_WORD}w")) for cell in row]
    if widths and sum(widths) != whole:
        for cell, width in zip(row, widths, strict=True):
            cell.set(f"{_WORD}w", str(width * whole // sum(widths)))


# --- for screen readers ------------------------------------------------------------------------------------------


def _settled(xml: bytes, change: Callable[..., None], *arguments: object) -> bytes:
    """Return a part with its elements changed."""
    from docx.opc.oxml import parse_xml, serialize_part_xml

    try:
        root = parse_xml(xml)  # type: ignore[arg-type] # lxml takes no XML declaration in a str
        change(root, *arguments)
        return serialize_part_xml(root)
    except Exception as error:  # lxml's errors have no common kind with python-docx's
        msg = "打不开，不是完好的 .docx 文件"
        raise BrokenTemplateError(msg) from error


def _with_properties(core: Any, properties: Properties) -> None:  # noqa: ANN401 - lxml has no types
    """Give the file's properties its title, the office as its author, and its language."""
    values = {
        f"{{{_DUBLIN_CORE}}}title": properties.title,
        f"{{{_DUBLIN_CORE}}}creator": properties.author,
        f"{{{_DUBLIN_CORE}}}language": _LANGUAGE,
        f"{{{_PACKAGE}}}lastModifiedBy": properties.author,
    }
    if properties.identifier:
        values[_IDENTIFIER] = properties.identifier
    for name, value in values.items():
        found = core.find(name)
        element = core.makeelement(name, {}) if found is None else found
        element.text = on_screen(value)
        core.append(element)


def _with_outline(styles: Any) -> None:  # noqa: ANN401 - lxml has no types
    """Give the styles of headings the levels that make the outline, and Chinese text its language.

    Whoever edits a template in Word, or in WPS, may have styles of headings without one.
    """
    for style in styles.iter(f"{_WORD}style"):
        name = style.find(f"{_WORD}name")
        heading = _HEADING.fullmatch(name.get(f"{_WORD}val", "")) if name is not None else None
        if heading and style.find(f"{_WORD}pPr/{_WORD}outlineLvl") is None:
            _child(style, "pPr").append(style.makeelement(f"{_WORD}outlineLvl", {f"{_WORD}val": str(int(heading[1]) - 1)}))
    defaults = styles.find(f"{_WORD}docDefaults/{_WORD}rPrDefault")
    if defaults is not None:
        _child(_child(defaults, "rPr"), "lang").set(f"{_WORD}eastAsia", _LANGUAGE)


def _child(parent: Any, name: str) -> Any:  # noqa: ANN401 - lxml has no types
    """Return the child of that name, made where there is none."""
    found = parent.find(f"{_WORD}{name}")
    if found is None:
        found = parent.makeelement(f"{_WORD}{name}", {})
        parent.append(found)
    return found


# --- what broke --------------------------------------------------------------------------------------------------


def _why(error: Exception, texts: list[list[str]]) -> str:
    """Return which field in which paragraph, as far as Jinja lets it be known."""
    from jinja2 import TemplateSyntaxError, UndefinedError

    match error:
        case UndefinedError():
            name = re.search(r"'([^']*)' is undefined|no attribute '([^']*)'", str(error))
            field = (name[1] or name[2] or "") if name else ""
            return f"{_place(error, texts, field)}用了没有的字段" + (f"“{field}”" if field else "")
        case TemplateSyntaxError():
            return f"{_place(error, texts)}的标记写得不对（例如 {{{{ 与 }}}}、for 与 endfor 没有成对）"
        case _:
            return f"{_place(error, texts)}的标记不能使用"


def _place(error: Exception, texts: list[list[str]], field: str = "") -> str:
    """Return the paragraph as it reads in Word, shortened."""
    line = getattr(error, "lineno", None) or _line_of(error)
    if not line or line > len(texts):
        return "有一处"
    candidates = texts[line - 1]
    text = next((text for text in candidates if "{" in text and field in text), candidates[0])
    if not text:
        return "有一处"
    return f"“{text[:_MOST_QUOTED]}{'…' if len(text) > _MOST_QUOTED else ''}”这一段"


def _line_of(error: Exception) -> int | None:
    """Return the line of the template at which filling it in failed."""
    line, trace = None, error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == "<template>":  # Jinja's name for a template that comes from a string
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
