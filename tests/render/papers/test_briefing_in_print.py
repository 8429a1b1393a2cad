"""The leaders' report on paper: as LibreOffice prints the Word file, and as the PDF's readers see it."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import briefings
import pytest
from hostile import HOSTILE
from weeks import WEEKS, Published

from pipeline.render import files_for_programs
from pipeline.render.papers import briefing, briefing_files, briefing_pdf, own_templates, page_room, plain_text
from pipeline.report.report import Report

pytestmark = pytest.mark.external


@pytest.fixture(scope="module")
def reports(published: Published) -> list[Report]:
    return [report for name in WEEKS for report in published(name).reports]


def _word(report: Report) -> bytes:
    return briefing_files.docx(briefing.fields(report), report.data_until, own_templates.original(briefing_files.WORD_TEMPLATE))


def _pdf(report: Report) -> bytes:
    return briefing_pdf.render(briefing.fields(report), report.data_until, own_templates.original(briefing_files.PDF_TEMPLATE))


def _figures(figure: dict[str, Any]) -> tuple[str, ...]:
    return (
        str(figure["total"]),
        str(figure["resolved"]),
        f"{figure['rate_percent']}%" if figure["rate_percent"] else "—",
        str(figure["shortfall"]),
    )


def _assert_figures(text: str, report: Report) -> None:
    """Every figure of both targets and of every district is that of summary.json."""
    summary = json.loads(files_for_programs.summary(report))
    words = re.sub(r"\s", "", text)
    for target in summary["targets"]:
        provisional = f"暂计{'' if target['met'] else '未'}达标（目标{target['target_percent']}%"
        rate = f"{target['group']}案件共{target['total']}件，已化解{target['resolved']}件，化解率{target['rate_percent']}%，"
        assert (
            rate
            + (
                provisional
                if not target["certain"]
                else f"达到{target['target_percent']}%"
                if target["met"]
                else f"没有达到{target['target_percent']}%的目标，还差{target['shortfall']}件"
            )
            in words
        )
    for name in [submission["district"] for submission in summary["submissions"]]:
        row = next(line.split() for line in text.splitlines() if line.split()[:1] == [name])
        wanted = [_figures(figure) for figure in summary["by_district"] if figure["district"] == name]
        assert [(*row[at : at + 3], row[at + 3].removesuffix("*")) for at in (1, 5)] == wanted


def test_every_figure_of_the_pdf_is_that_of_the_summary(reports: list[Report], tmp_path: Path) -> None:
    for report in reports:
        _assert_figures(briefings.pdf_text(_pdf(report), tmp_path), report)


def test_the_fonts_are_in_the_pdf(reports: list[Report], tmp_path: Path) -> None:
    path = tmp_path / "专报.pdf"
    path.write_bytes(_pdf(reports[0]))
    listed = subprocess.run(["pdffonts", str(path)], check=True, capture_output=True, text=True, timeout=60).stdout.splitlines()[2:]
    assert listed
    assert all(re.search(r"\byes +yes +yes\b", line) for line in listed)  # embedded, a subset, with the characters' names
    told = subprocess.run(["pdfinfo", str(path)], check=True, capture_output=True, text=True, timeout=60).stdout
    properties = dict(re.findall(r"(?m)^(\w+): +(.*)$", told))
    assert (properties["Title"], properties["Author"]) == (briefing.fields(reports[0])["文件标题"], reports[0].office)
    assert properties["Tagged"] == "yes"


def test_libreoffice_prints_the_word_file_of_a_plain_day_on_two_pages_and_of_the_busiest_on_three(
    reports: list[Report], tmp_path: Path
) -> None:
    busiest = [briefings.busy(reports[3], words) for words in (("某小区三期" * 40,), HOSTILE, ("W" * 4000,))]
    told = [reports[1], reports[3], reports[6], reports[9], *busiest]
    for report, printed in zip(told, briefings.to_pdfs([_word(report) for report in told], tmp_path), strict=True):
        most = briefing.FEWER_PAGES if briefing.things(report) < briefing.FEW_THINGS else briefing.MOST_PAGES
        assert 1 <= briefings.page_count(printed, tmp_path) <= most
        text = re.sub(r"\s", "", briefings.pdf_text(printed, tmp_path))
        assert text.count(report.office) == 2
        assert "四、各旗区情况" in text
        assert "—1—" in text


def test_word_and_pdf_say_the_same(reports: list[Report], tmp_path: Path) -> None:
    report = reports[3]
    text = re.sub(r"—\d—", "", re.sub(r"\s", "", briefings.pdf_text(_pdf(report), tmp_path)))  # a sentence may go on behind a page's number
    for block in briefings.blocks(_word(report)):
        if isinstance(block, briefings.Paragraph) and "\t" not in block.text:
            for sentence in re.findall("[^。]+。?", block.text):
                assert re.sub(r"\s", "", sentence)[:12] in text


def test_a_long_case_number_is_found_in_the_pdf(reports: list[Report], tmp_path: Path) -> None:
    """It may be broken at the end of a line, but no character stands in it that nobody typed: so it can be copied."""
    told = json.dumps(briefing.fields(reports[3]), ensure_ascii=False).replace("ZZQ-2020-", "ZZQ-2020-00000")
    numbers = set(re.findall(r"ZZQ-2020-\d+", told))
    assert numbers
    assert min(map(len, numbers)) > 14
    template = own_templates.original(briefing_files.PDF_TEMPLATE)
    printed = briefings.pdf_text(briefing_pdf.render(json.loads(told), reports[3].data_until, template), tmp_path)
    assert "\u200b" not in printed
    assert any(number in printed for number in numbers)


def test_hostile_words_are_text_in_the_pdf(reports: list[Report], tmp_path: Path) -> None:
    for start in range(0, len(HOSTILE), 4):
        words = HOSTILE[start : start + 4]
        report = briefings.busy(reports[0], words, 4)  # a day with room for four decisions
        content = _pdf(report)
        assert re.findall(rb"/(?:URI|JavaScript|JS|Launch|GoToR|SubmitForm|EmbeddedFile)\b", content) == []
        text = re.sub(r"\s", "", briefings.pdf_text(content, tmp_path))
        for typed in words:
            shown = re.sub(r"\s", "", plain_text.plain(typed))[:6]
            assert shown in text


def test_that_all_of_a_report_was_refused_stands_on_one_line_of_its_cell(reports: list[Report], tmp_path: Path) -> None:
    fields = briefing.fields(reports[0]) | {"版面": page_room.USUAL, "后半": page_room.USUAL}
    fields["旗区"] = [row | {"报送": "全部退回"} for row in fields["旗区"]]
    word = briefing_files.docx(fields, reports[0].data_until, own_templates.original(briefing_files.WORD_TEMPLATE))
    pdf = briefing_pdf.render(fields, reports[0].data_until, own_templates.original(briefing_files.PDF_TEMPLATE))
    for content in (pdf, *briefings.to_pdfs([word], tmp_path)):
        assert briefings.pdf_text(content, tmp_path).count("全部退回") == len(fields["旗区"])


@pytest.mark.parametrize("groups", [1, 3, 4])
def test_it_does_so_too_where_there_are_other_groups_than_two(reports: list[Report], tmp_path: Path, groups: int) -> None:
    fields = briefing.fields(reports[0]) | {"版面": page_room.USUAL, "后半": page_room.USUAL}
    rows = [{**row, "分组": (row["分组"] * 2)[:groups]} for row in (*fields["旗区"], fields["合计"])]
    fields["旗区"], fields["合计"] = [row | {"报送": "全部退回"} for row in rows[:-1]], rows[-1]
    fields["分组"] = (fields["分组"] * 2)[:groups]
    word = briefing_files.docx(fields, reports[0].data_until, own_templates.original(briefing_files.WORD_TEMPLATE))
    (pdf,) = briefings.to_pdfs([word], tmp_path)
    assert briefings.pdf_text(pdf, tmp_path).count("全部退回") == len(fields["旗区"])


def test_no_page_has_the_signature_alone(reports: list[Report], tmp_path: Path) -> None:
    """Whatever stands above it: notes, or the table of districts alone."""
    fields = briefing.fields(reports[0])
    bare = {"范围说明": "", "缺报": [], "其余缺报": ""}
    drafts = [
        fields | {"版面": setting, "后半": setting, "由来": [*fields["由来"], *["某一段，" * 8] * count]} | below
        for setting in (page_room.ROOMY, page_room.USUAL)
        for below in ({}, bare)
        for count in range(0, 24, 3)
    ]
    templates = [own_templates.original(name) for name in (briefing_files.PDF_TEMPLATE, briefing_files.WORD_TEMPLATE)]
    pdfs = [briefing_files.pdf(draft, reports[0].data_until, templates[0]) for draft in drafts]
    words = [briefing_files.docx(draft, reports[0].data_until, templates[1]) for draft in drafts]
    for content in (*pdfs, *briefings.to_pdfs(words, tmp_path)):
        last = briefings.pdf_text(content, tmp_path).rstrip("\f").split("\f")[-1]
        assert len([line for line in last.splitlines() if line.strip()]) > 3  # it has two, and the page's number
