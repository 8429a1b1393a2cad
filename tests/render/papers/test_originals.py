"""The templates that the program brings along: they open, are laid out as the standard says, and have every field that is filled in."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from typing import TYPE_CHECKING

import briefings
import pytest
from offices import HOME
from workbooks import DAY, assignment, report

from pipeline.render.papers import briefing_files, notice, own_templates
from pipeline.render.papers.own_templates import original
from pipeline.report.case_lines import Notice, NoticeCase, Point, Settled

if TYPE_CHECKING:
    from offices import Office

WORD = (briefing_files.WORD_TEMPLATE, notice.TEMPLATE)
_NAME = re.compile(r"[\u4e00-\u9fff]+")


def part(name: str, part: str) -> str:
    """A part of a template, as text."""
    with zipfile.ZipFile(io.BytesIO(original(name))) as package:
        return package.read(part).decode()


def marks(text: str) -> set[str]:
    """The names that stand in a template's fields, conditions and loops."""
    return {name for mark in re.findall(r"\{\{.*?\}\}|\{%.*?%\}", text) for name in _NAME.findall(re.sub("<[^>]*>", "", mark))}


def fields(value: object) -> set[str]:
    """The names of everything that the program fills in, lists and rows included."""
    match value:
        case Mapping():
            return set(value) | {name for inner in value.values() for name in fields(inner)}
        case list():
            return {name for inner in value for name in fields(inner)}
        case _:
            return set()


@pytest.mark.parametrize("name", [*WORD, briefing_files.PDF_TEMPLATE])
def test_what_the_office_finds_in_the_folder_is_the_original(name: str) -> None:
    """The office edits templates/*; the program falls back on the copy in templates/原版."""
    assert (HOME / "templates" / name).read_bytes() == (HOME / "templates" / "原版" / name).read_bytes() == original(name)


def test_the_originals_lie_where_no_day_depends_on_them() -> None:
    """A day's fingerprint covers the files of the folder, not of the folders in it."""
    assert own_templates.ORIGINALS.parent == HOME / "templates"


@pytest.mark.parametrize("name", WORD)
def test_it_opens_and_is_laid_out_as_the_standard_says(name: str) -> None:
    section = briefings.document(original(name)).sections[0]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    lengths = (*margins, section.page_width, section.page_height)
    assert [round(length.mm) for length in lengths if length] == [37, 35, 28, 26, 210, 297]
    assert 'w:linePitch="579"' in part(name, "word/document.xml")  # 22 lines in 225 mm
    assert "<w:evenAndOddHeaders/>" in part(name, "word/settings.xml")
    assert [re.findall(r'<w:jc w:val="(\w+)"/>', part(name, f"word/footer{side}.xml")) for side in (1, 2)] == [["right"], ["left"]]
    assert 'w:instr=" PAGE "' in part(name, "word/footer1.xml")


def test_the_styles_have_the_fonts_and_sizes_of_the_standard() -> None:
    styles = part(briefing_files.WORD_TEMPLATE, "word/styles.xml")
    for font, size in (("方正小标宋简体", 44), ("仿宋_GB2312", 32), ("黑体", 32), ("宋体", 28)):
        assert f'w:eastAsia="{font}" w:cs="{font}" w:hint="eastAsia"/><w:sz w:val="{size}"/>' in styles
    styles = part(notice.TEMPLATE, "word/styles.xml")
    for font, size in (("方正小标宋简体", 44), ("仿宋_GB2312", 32), ("黑体", 32), ("宋体", 28)):
        assert re.search(f'w:eastAsia="{font}" w:cs="{font}" w:hint="eastAsia"/><w:color w:val="000000"/><w:sz w:val="{size}"/>', styles)


def test_nothing_in_print_is_smaller_than_nine_points() -> None:
    sizes = [part(briefing_files.WORD_TEMPLATE, f"word/{name}.xml") for name in ("styles", "document")]
    assert min(int(size) for text in sizes for size in re.findall(r'<w:sz w:val="(\d+)"/>', text)) >= 18
    set_ = re.findall(
        r"(?:size: |#let small = |#let in-table = )(?:by\([^)]*, )?([\d.]+)pt", original(briefing_files.PDF_TEMPLATE).decode()
    )
    assert len(set_) >= 6
    assert min(map(float, set_)) >= 9


@pytest.mark.parametrize(
    ("name", "head", "line"), [(briefing_files.WORD_TEMPLATE, "Head", "HeadLine"), (notice.TEMPLATE, "Office", "Office")]
)
def test_the_head_is_red_above_a_red_line(name: str, head: str, line: str) -> None:
    styles = {style[0]: style[1] for style in re.findall(r'w:styleId="(\w+)">(.*?)</w:style>', part(name, "word/styles.xml"))}
    assert '<w:color w:val="FF0000"/>' in styles[head]
    assert re.search(r'<w:pBdr><w:bottom [^>]*w:color="FF0000"/></w:pBdr>', styles[line])
    assert f'<w:pStyle w:val="{head}"/>' in part(name, "word/document.xml")


@pytest.mark.parametrize("name", WORD)
def test_each_font_has_those_that_may_stand_for_it(name: str) -> None:
    table = part(name, "word/fontTable.xml")
    for font in set(re.findall(r'w:eastAsia="([^"-]+)"', part(name, "word/styles.xml"))):
        assert re.search(f'<w:font w:name="{font}"><w:altName w:val="[^"]+"/>', table)


def test_the_word_template_of_the_briefing_shows_every_text_of_the_report() -> None:
    shown = marks(part(briefing_files.WORD_TEMPLATE, "word/document.xml"))
    # what its loops call each entry; the setting is styles; the range is for older templates, the title among the properties
    assert fields(briefing_files.sample()) - {"范围", "文件标题", "版面", "后半"} == shown - {"行", "句", "项"}


def test_the_template_of_the_notice_shows_every_text_of_the_notice(office: Office) -> None:
    office.put_assignment(assignment())
    office.put(report(), "日报.xlsx")
    (built,) = office.run(DAY).written.published
    point = Point("overdue", built.cases[0], "规则", 1, "情况", "情况")
    settled = Settled("overdue", "SJ-2020-001", "案由", "已化解", "", is_gone=True)
    cases = (NoticeCase(built.cases[0], (point,), 1, ()),)
    made = Notice("督办〔2020〕2号", "东胜区", DAY, DAY, cases, (settled,), "督办〔2020〕1号", 2, built.data_until, is_correction=False)
    shown = marks(part(notice.TEMPLATE, "word/document.xml"))
    assert fields(notice.fields(made, built)) - notice.OLDER_FIELDS == shown - {"案", "项", "句"} - notice.OLDER_FIELDS
