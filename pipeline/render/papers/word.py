"""Word documents from templates that the office edits in Word: the one engine, for 专报 and for 督办通知.

A template is a .docx file with fields and conditions of Jinja in its text. What is filled in stays text, whatever it says.
"""

from __future__ import annotations

import hashlib
import io
import marshal
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from pipeline.disk import own_code
from pipeline.render import reproducible_zip
from pipeline.render.papers import word_settings, word_tables
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
class Paper:
    """One file to be made from a template: its name, what is filled in, and as of when it was written."""

    name: str
    fields: Mapping[str, object]
    moment: datetime
    properties: Properties
    setting: Endings | None = None


Content = TypeVar("Content")
Filling = Callable[[Template, Iterable[Paper]], dict[str, Content]]
"""Makes files from a template; by name their content, or where it was written. Raises BrokenTemplateError."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the package that has fields, compiled, with the texts of each line of its source."""

    compiled: jinja2.Template
    texts: list[list[str]]


def render(
    template: Template, fields: Mapping[str, object], moment: datetime, properties: Properties, endings: Endings | None = None
) -> bytes:
    """Return the template filled in, as written at that moment: the same bytes each time. Raises BrokenTemplateError.

    Where there are endings, each paragraph has instead of its style the one whose name is longer by its ending, if the template has that.
    """
    parts = []
    for name, part in _prepared(template).items():
        content = part if isinstance(part, bytes) else _filled(name, part, fields, by_tree=template.has_loops_over_columns)
        content = _settled(content, word_settings.apply, _styles(template), endings) if endings and name == _DOCUMENT else content
        content = _settled(content, _without_empty_section) if name == _DOCUMENT and content.count(b"<w:sectPr") > 1 else content
        parts.append((name, _settled(content, _with_properties, properties) if name == _CORE else content))
    return reproducible_zip.pack(parts, moment)


def filled(template: Template, papers: Iterable[Paper]) -> dict[str, bytes]:
    """Return several files from one template. Raises BrokenTemplateError."""
    return {paper.name: render(template, paper.fields, paper.moment, paper.properties, paper.setting) for paper in papers}


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
    return _taken_apart(template)[0]


def identifier(content: bytes) -> str:
    """Return the identifier that a document of ours was given; '' where it has none, or where it is none of ours."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            found: str | None = _parsed(package.read(_CORE)).findtext(_IDENTIFIER)
    except Exception:  # noqa: BLE001 - zipfile and lxml have no common error for what is no package
        return ""
    return found or ""


# --- the template ------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _prepared(template: Template) -> dict[str, bytes | _Part]:
    """Return the parts of the package by name, in their order; compiled once for all the documents of a run."""
    _text, parts = _taken_apart(template)
    return {name: part if isinstance(part, bytes) else _compiled(*part) for name, part in parts.items()}


_Source = tuple[str, list[list[str]]]
"""A part that has fields, as Jinja takes it, and the texts of each of its lines."""


@lru_cache(maxsize=4)
def _taken_apart(template: Template) -> tuple[str, dict[str, bytes | _Source]]:
    """Return the document's text without its marks, and the parts by name; kept, since what takes it apart takes long to import."""
    name = f"{hashlib.sha256(template.content).hexdigest()}.{template.has_loops_over_columns:d}.docx"
    stamp = repr((own_code.packages(), own_code.stamp("render", "terms")))
    with suppress(EOFError, TypeError, ValueError):  # what was cut short
        kept: tuple[str, dict[str, bytes | _Source]] = marshal.loads(own_code.recall(name, stamp))  # noqa: S302 - code of our own, see there
        return kept
    by_paragraph = template.has_loops_over_columns
    opened = _opened(template)
    parts = {
        name: _source(content, by_paragraph=by_paragraph)
        if name == _DOCUMENT or _EDGES.fullmatch(name) or _OTHERS.fullmatch(name)
        else _settled(content, _with_outline)
        if name == _STYLES
        else content
        for name, content in opened.items()
    }
    made = _TAG.sub("", opened[_DOCUMENT].decode("utf-8-sig")), parts
    own_code.keep(name, stamp, marshal.dumps(made))
    return made


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


def _source(xml: bytes, *, by_paragraph: bool) -> _Source:
    from docxtpl import DocxTemplate

    # Word spreads a field over several runs, and a loop stands in a paragraph, row or cell of its own: docxtpl knows how to make whole
    # tags of both. Each paragraph begins a line, so that the line of an error leads to its paragraph; Word shows no such line breaks.
    try:
        source = _PARAGRAPH.sub("\n<w:p", DocxTemplate(io.BytesIO()).patch_xml(xml.decode("utf-8-sig")))
    except Exception as error:  # whatever an edited template makes of the library
        raise BrokenTemplateError(_why(error, [])) from error
    # Behind a paragraph its line has the marks of loops that stood in paragraphs of their own: quoted with a notice's, else apart.
    end = "</w:p>" if by_paragraph else "\n"
    return source, [[_TAG.sub("", text).strip() for text in line.split(end)] for line in source.splitlines()]


def _compiled(source: str, texts: list[list[str]]) -> _Part:
    name = hashlib.sha256(source.encode()).hexdigest()
    _SOURCES[name] = source
    try:
        return _Part(_environment().get_template(name), texts)
    except Exception as error:  # whatever an edited template makes of the library
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
    if name == _DOCUMENT:
        return _serialized(word_tables.fitted(xml))
    if _EDGES.fullmatch(name):
        return _serialized(_parsed(xml.encode()))
    return xml.encode()


# --- for screen readers ------------------------------------------------------------------------------------------


def _settled(xml: bytes, change: Callable[..., None], *arguments: object) -> bytes:
    """Return a part with its elements changed."""
    try:
        root = _parsed(xml)
        change(root, *arguments)
        return _serialized(root)
    except Exception as error:  # lxml's errors have no common kind with python-docx's
        msg = "打不开，不是完好的 .docx 文件"
        raise BrokenTemplateError(msg) from error


def _parsed(xml: bytes) -> Any:  # noqa: ANN401 - lxml has no types
    """Return a part as a tree, read as python-docx reads it, which itself takes long to import."""
    from lxml import etree

    return etree.fromstring(xml, etree.XMLParser(remove_blank_text=True, resolve_entities=False))


def _serialized(root: Any) -> bytes:  # noqa: ANN401 - lxml has no types
    """Return a part as python-docx writes it."""
    from lxml import etree

    content: bytes = etree.tostring(root, encoding="UTF-8", standalone=True)
    return content


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
