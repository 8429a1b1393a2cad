"""专报 fills the pages that it takes: no last page is half empty, and long notes are in lines. Covers `spread` and `word_settings`."""

from __future__ import annotations

import io
import re
from pathlib import Path

import offices
import pytest
from docx import Document
from docx.oxml.ns import qn
from weeks import WEEKS, Published

from pipeline.render.papers import briefing, briefing_files, page_room, spread
from pipeline.report.report import Report

TEMPLATES = offices.HOME / "templates"
CORRECTION = (
    "以前的数字（按次日12:00所知）有更正：5月19日由2/65改为2/66、5月20日由7/71改为7/72、5月21日由10/74改为10/75；"
    "新列入总数1件（ETQ-2020-004）；改为计入化解1件（YJHL-2020-001）；依据鄂托克前旗5月19日日报的更正（5月22日20:25收到）。"
)


@pytest.fixture(scope="module")
def reports(published: Published) -> list[Report]:
    return [report for week in WEEKS for report in published(week).reports]


def test_no_last_page_of_a_sample_day_is_half_empty_and_none_has_more_pages_than_it_would(reports: list[Report]) -> None:
    for report in reports:
        draft = briefing.fields(report)
        fields = spread.over_pages(draft)
        assert page_room.pages(fields) == page_room.pages(draft), report.day
        assert page_room.left_of_last(fields) < 0.5, report.day
        pdf = briefing_files.pdf(fields, report.data_until, (TEMPLATES / briefing_files.PDF_TEMPLATE).read_bytes())
        assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == page_room.pages(fields), report.day


def test_a_corrected_day_has_a_line_of_its_own_and_no_line_is_torn() -> None:
    short = "总数不变。"
    assert spread.lines(short + CORRECTION + short, 60, 39) == [
        short,
        "以前的数字（按次日12:00所知）有更正：5月19日由2/65改为2/66、",
        "　　5月20日由7/71改为7/72、",
        "　　5月21日由10/74改为10/75；新列入总数1件（ETQ-2020-004）；",
        "　　改为计入化解1件（YJHL-2020-001）；",
        "　　依据鄂托克前旗5月19日日报的更正（5月22日20:25收到）。",
        short,
    ]
    assert spread.lines(short + CORRECTION, 1000, 39) == [short + CORRECTION]


def test_what_follows_the_decisions_is_set_larger_where_the_last_page_has_room(reports: list[Report]) -> None:
    report = next(report for report in reports if spread.over_pages(briefing.fields(report))["后半"] != briefing.fields(report)["版面"])
    fields = spread.over_pages(briefing.fields(report))
    content = briefing_files.docx(fields, report.data_until, (TEMPLATES / briefing_files.WORD_TEMPLATE).read_bytes())
    document = Document(io.BytesIO(content))
    at = next(n for n, paragraph in enumerate(document.paragraphs) if paragraph.text == fields["小标题"]["变化"])
    notes = [paragraph.style.name for paragraph in document.paragraphs[at:] if paragraph.style and "说明" in str(paragraph.style.name)]
    above = [paragraph.style.name for paragraph in document.paragraphs[:at] if paragraph.style and "说明" in str(paragraph.style.name)]
    assert not set(notes) & set(above)


def test_a_tables_first_row_stands_with_the_second_and_no_line_is_stretched(reports: list[Report], tmp_path: Path) -> None:
    files, broken, _printed = briefing_files.render(reports[-1], TEMPLATES)
    assert not broken
    (tmp_path / "专报.docx").write_bytes(next(content for name, content in files.items() if name.endswith(".docx")))
    document = Document(str(tmp_path / "专报.docx"))
    for table in document.element.body.iter(qn("w:tbl")):
        rows = table.findall(qn("w:tr"))
        heads = sum(row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in rows)
        if heads and len(rows) > heads + 1:
            assert all(paragraph.find(f"{qn('w:pPr')}/{qn('w:keepNext')}") is not None for paragraph in rows[heads].iter(qn("w:p")))
    assert not [place for place in document.styles.element.iter(qn("w:jc")) if place.get(qn("w:val")) == "both"]
