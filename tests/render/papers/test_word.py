"""Word files from a template: what is filled in stays text, and a broken template says where."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import docx
import pytest
from hostile import rewrite
from offices import moment

from pipeline.render.papers import briefing_files, notice, own_templates, word
from pipeline.render.papers.own_templates import BrokenTemplateError

if TYPE_CHECKING:
    from pathlib import Path

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MOMENT = moment("2020-05-21 16:00")
_PROPERTIES = word.Properties("某文（2020年5月21日）", "某局 & <某科>")


def _template(folder: Path, *paragraphs: str) -> Path:
    """A bare template of these paragraphs, each in a run of its own."""
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    path = folder / "模板.docx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("word/document.xml", f'<w:document xmlns:w="{_W[1:-1]}"><w:body>{body}</w:body></w:document>')
        package.writestr("word/footer1.xml", f'<w:ftr xmlns:w="{_W[1:-1]}"><w:p><w:r><w:t>{{{{ 甲 }}}}</w:t></w:r></w:p></w:ftr>')
    return path


def _own(path: Path) -> word.Template:
    return word.Template(path.read_bytes())


def _texts(content: bytes, part: str = "word/document.xml") -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        root = ET.fromstring(package.read(part))  # noqa: S314 - the program made it just now
    return ["".join(text.text or "" for text in paragraph.iter(f"{_W}t")) for paragraph in root.iter(f"{_W}p")]


@pytest.mark.parametrize("typed", ["<w:br/>&amp;", "{{ 乙 }}{% for %}", "{_{ 甲 }_}", "]]>", "=1+1", "\ufffe", "甲\n乙", "\x0b\u202e甲"])
def test_what_is_filled_in_stays_text(typed: str, tmp_path: Path) -> None:
    filled = word.render(_own(_template(tmp_path, "前{{ 甲 }}后", "{% if 甲 %}有{% endif %}")), {"甲": typed}, _MOMENT, _PROPERTIES)
    clean = " ".join(typed.replace("\ufffe", " ").replace("\x0b", " ").replace("\u202e", " ").splitlines())
    assert _texts(filled) == [f"前{clean}后", "有"]
    assert _texts(filled, "word/footer1.xml") == [clean]


def test_a_paragraph_is_repeated_for_each(tmp_path: Path) -> None:
    path = _template(tmp_path, "{%p for 项 in 各项 %}", "{{ 项.名 }}", "{%p endfor %}")
    assert _texts(word.render(_own(path), {"甲": "", "各项": [{"名": "一"}, {"名": "二"}]}, _MOMENT, _PROPERTIES)) == ["一", "二"]


def test_the_same_twice(tmp_path: Path) -> None:
    path = _template(tmp_path, "{{ 甲 }}")
    assert word.render(_own(path), {"甲": "一"}, _MOMENT, _PROPERTIES) == word.render(_own(path), {"甲": "一"}, _MOMENT, _PROPERTIES)


@pytest.mark.parametrize(
    ("paragraph", "why"),
    [
        ("见{{ 没有的 }}", "“见{{ 没有的 }}”这一段用了没有的字段“没有的”"),
        ("{% for 项 in 甲 %}", "没有成对"),
        ("{{ 甲.__class__ }}", "这一段的标记不能使用"),
        ("{{ 甲 + 1 }}", "这一段的标记不能使用"),
    ],
)
def test_a_broken_template_says_which_paragraph(paragraph: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(BrokenTemplateError) as caught:
        word.render(_own(_template(tmp_path, paragraph)), {"甲": "一"}, _MOMENT, _PROPERTIES)
    assert why in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"])
def test_what_is_no_word_file_is_said(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "模板.docx"
    path.write_bytes(content)
    with pytest.raises(BrokenTemplateError, match="不是完好"):
        word.render(_own(path), {}, _MOMENT, _PROPERTIES)


_TABLE = (
    '<w:tbl><w:tblPr><w:tblW w:w="9000" w:type="dxa"/></w:tblPr><w:tblGrid><w:gridCol w:w="3000"/></w:tblGrid><w:tr>'
    '<w:tc><w:tcPr><w:tcW w:w="3000" w:type="dxa"/></w:tcPr><w:p><w:r><w:t>{%tc for 项 in 各项 %}</w:t></w:r></w:p></w:tc>'
    '<w:tc><w:tcPr><w:tcW w:w="3000" w:type="dxa"/></w:tcPr><w:p><w:r><w:t>{{ 项 }}</w:t></w:r></w:p></w:tc>'
    '<w:tc><w:tcPr><w:tcW w:w="3000" w:type="dxa"/></w:tcPr><w:p><w:r><w:t>{%tc endfor %}</w:t></w:r></w:p></w:tc></w:tr></w:tbl>'
)


def _with_tables() -> word.Template:
    """The original of 专报 with that table before its text and in its footer."""

    def change(part: str, content: bytes) -> bytes:
        place = {"word/document.xml": b"<w:body>", "word/footer1.xml": b'/2006/main">'}.get(part, b"")
        return content.replace(place, place + _TABLE.encode(), 1) if place else content

    return word.Template(rewrite(own_templates.original(briefing_files.WORD_TEMPLATE), change), has_loops_over_columns=True)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_table_with_a_column_for_each_fills_its_width_and_one_outside_the_text_stays_as_it_was_made(count: int) -> None:
    fields = {**briefing_files.sample(), "各项": [str(number) for number in range(count)]}
    filled = word.render(_with_tables(), fields, _MOMENT, _PROPERTIES)

    def widths(part: str) -> list[list[int]]:
        with zipfile.ZipFile(io.BytesIO(filled)) as package:
            table = next(ET.fromstring(package.read(part)).iter(f"{_W}tbl"))  # noqa: S314 - the program made it just now
        return [[int(width.get(f"{_W}w", "")) for width in table.iter(f"{_W}{kind}")] for kind in ("gridCol", "tcW")]

    assert widths("word/document.xml") == [[9000 // count] * count] * 2
    assert widths("word/footer1.xml") == [[3000], [3000] * count]


def test_a_paper_says_its_title_office_and_language_and_its_headings_have_levels() -> None:
    """Whoever edited the template in Word, and a style of a heading that lost its level there, leave no trace."""

    def change(part: str, content: bytes) -> bytes:
        if part == "docProps/core.xml":
            return content.replace(b"</cp:coreProperties>", "<dc:creator>王某</dc:creator></cp:coreProperties>".encode())
        return content.replace(b'<w:outlineLvl w:val="0"/>', b"") if part == "word/styles.xml" else content

    edited = rewrite(own_templates.original(briefing_files.WORD_TEMPLATE), change)
    filled = docx.Document(io.BytesIO(briefing_files.docx(briefing_files.sample(), _MOMENT, edited)))
    assert (filled.core_properties.title, filled.core_properties.author, filled.core_properties.last_modified_by) == ("例", "例", "例")
    assert filled.core_properties.language == "zh-CN"
    levels = {style.name: style.element.find(f"{_W}pPr/{_W}outlineLvl") for style in filled.styles if style.name.startswith("Heading")}
    assert [level.get(f"{_W}val") for level in levels.values()] == ["0", "1"]
    used = [paragraph.style.name for paragraph in filled.paragraphs if paragraph.style]
    assert (used.count("Heading 1"), used.count("Title")) == (4, 1)
    heads = [[row._tr.find(f"{_W}trPr/{_W}tblHeader") is not None for row in table.rows] for table in filled.tables]  # noqa: SLF001
    assert heads == [[True, False], [True, False, False], [True, *[False] * 6], [True, True, False, False, False]]
    assert all(table._tbl.tblPr.find(f"{_W}tblCaption") is not None for table in filled.tables)  # noqa: SLF001
    assert 'w:eastAsia="zh-CN"' in filled.styles.element.xml


@pytest.mark.parametrize("name", [briefing_files.WORD_TEMPLATE, notice.TEMPLATE])
def test_in_each_template_tables_repeat_their_heads_and_sections_are_headings(name: str) -> None:
    template = docx.Document(io.BytesIO(own_templates.original(name)))
    used = [paragraph.style.name for paragraph in template.paragraphs if paragraph.style]
    assert used.count("Title") == 1
    assert used.count("Heading 1") >= 2
    assert len(template.tables) == {briefing_files.WORD_TEMPLATE: 4, notice.TEMPLATE: 4}[name]
    for table in template.tables:
        assert table.rows[0]._tr.find(f"{_W}trPr/{_W}tblHeader") is not None  # noqa: SLF001
        assert table._tbl.tblPr.find(f"{_W}tblDescription") is not None  # noqa: SLF001


def test_what_a_file_says_of_itself_is_text(tmp_path: Path) -> None:
    path = _template(tmp_path, "{{ 甲 }}")
    with zipfile.ZipFile(path, "a") as package:
        names = 'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        package.writestr("docProps/core.xml", f"<cp:coreProperties {names}/>")
    with zipfile.ZipFile(io.BytesIO(word.render(_own(path), {"甲": "一"}, _MOMENT, _PROPERTIES))) as package:
        core = ET.fromstring(package.read("docProps/core.xml"))  # noqa: S314 - the program made it just now
    assert [element.text for element in core] == [_PROPERTIES.title, _PROPERTIES.author, "zh-CN", _PROPERTIES.author]
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("word/styles.xml", "<w:styles")
    with pytest.raises(BrokenTemplateError):
        word.render(_own(path), {"甲": "一"}, _MOMENT, _PROPERTIES)
