"""对账说明: which district gets a draft, and what stands in it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import briefings
import pytest
from offices import HOME, SETTINGS, Day, File, assigned, consolidate, handed_in
from test_originals import fields, marks, part
from workbooks import DAY, Row, assignment, case_row, new_row, progress_row, report

from pipeline.render.papers import reconciliation_letter
from pipeline.settings.config import Settings

TEMPLATES = HOME / "templates"
A, B, C, D = "东胜区", "达拉特旗", "准格尔旗", "乌审旗"
FIRM = SETTINGS.model_copy(update={"hints": SETTINGS.hints.model_copy(update={"trial_until": None})})
HOSTILE = "领导{{ 7*7 }}<w:p>{% for %}"


def _alike(number: str, district: str) -> Row:
    return case_row(number, district, 涉及项目或单位=f"{district if district != C else A}小区", 交办日期="2020-05-20")


CASES = (
    case_row("SJ-2020-001"), case_row("SJ-2020-002", 案由="=1+1"), case_row("SJ-2020-003", C), case_row("SJ-2020-010", 撤销依据="重复"),
    _alike("SJ-2020-004", A), _alike("SJ-2020-005", D), _alike("SJ-2020-006", D), _alike("SJ-2020-007", C),
)  # fmt: skip
"""东胜区 has something of the first three kinds; 乌审旗 a pair; 准格尔旗 a pair with another district; 达拉特旗 nothing."""


def _files(cases: tuple[Row, ...] = CASES) -> list[File]:
    rows = [progress_row("SJ-2020-001", 包案领导=HOSTILE), progress_row("SJ-2020-777"), progress_row("SJ-2020-004")]
    said = {A: rows, C: [progress_row("SJ-2020-003"), progress_row("SJ-2020-007")]}
    said[D] = [progress_row("SJ-2020-005"), progress_row("SJ-2020-006")]
    sent = [handed_in(report(district, progress=rows), name=f"{district}.xlsx") for district, rows in said.items()]
    found = handed_in(report(day=DAY - timedelta(days=1), progress=[], new=[new_row("DS-2020-001")]), "2020-05-20 16:00")
    return [assigned(assignment(cases)), found, *sent]


def _day(settings: Settings = FIRM) -> Day:
    return consolidate(_files(), [DAY], settings)[DAY]


@pytest.fixture(scope="module")
def day() -> Day:
    return _day()


@pytest.fixture(scope="module")
def made(day: Day) -> dict[str, bytes]:
    files, remarks = reconciliation_letter.render(day.report, TEMPLATES)
    assert remarks == []
    return files


def test_a_district_with_something_of_its_own_gets_a_draft_and_nobody_else(made: dict[str, bytes]) -> None:
    assert sorted(made) == sorted(f"对账/{district}_对账说明_2020-05-21.docx" for district in (A, D))


def test_while_hints_are_on_trial_no_letter_asks_about_a_pair() -> None:
    on_trial, _remarks = reconciliation_letter.render(_day(SETTINGS).report, TEMPLATES)
    assert [*on_trial] == [f"对账/{A}_对账说明_2020-05-21.docx"]


def test_it_begins_as_a_draft_and_lists_each_kind_with_what_is_asked(made: dict[str, bytes]) -> None:
    lines = [re.sub("^(更正标记|Heading 1|正文段落)｜", "", line) for line in briefings.lines(made[f"对账/{A}_对账说明_2020-05-21.docx"])]
    assert lines[0] == "草稿，由办公室决定是否发出；发出时请删去这一行"
    assert "你区已交办、从未报送的有1件，报来、分解表没有的有2件，内容不一致的有1处，请核对：" in "".join(lines)
    assert [line for line in lines if re.match("[一二三四]、", line)] == [
        "一、已交办、从未报送（1件）", "二、报来、分解表没有（2件）", "三、内容不一致（1处）",
    ]  # fmt: skip
    text = "".join(lines)
    assert "根据截至2020年5月21日的报送情况" in text
    assert "=1+1" in text
    assert HOSTILE in text
    assert "SJ-2020-777" in text
    assert "DS-2020-001" in text
    assert not any(number in text for number in ("SJ-2020-010", "SJ-2020-005", "SJ-2020-007", "SJ-2020-003"))
    (pair,) = (line for line in briefings.lines(made[f"对账/{D}_对账说明_2020-05-21.docx"]) if "SJ-2020-005" in line)
    assert "SJ-2020-006" in pair


def test_of_very_many_the_first_are_listed_and_how_many_there_are(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconciliation_letter, "_MOST_LINES", 1)
    said = reconciliation_letter.fields(A, day.report.beyond.reconciliation.of_district(A), day.report)["未列入"]
    assert (said["标题"], len(said["行"])) == ("二、报来、分解表没有（2件）", 1)
    assert said["说明"].endswith("这里只列1件，其余的由办公室另附。")


def test_the_template_is_the_original_and_shows_every_text(day: Day) -> None:
    name = reconciliation_letter.TEMPLATE
    assert (TEMPLATES / name).read_bytes() == (TEMPLATES / "原版" / name).read_bytes()
    found = day.report.beyond.reconciliation
    given = {field for of in (A, D) for field in fields(reconciliation_letter.fields(of, found.of_district(of), day.report))}
    assert given == marks(part(name, "word/document.xml"))


def test_in_the_place_of_one_that_cannot_be_used_the_original_is_taken_and_that_is_said(
    day: Day, made: dict[str, bytes], tmp_path: Path
) -> None:
    (tmp_path / reconciliation_letter.TEMPLATE).write_bytes(b"no package")
    again, remarks = reconciliation_letter.render(day.report, tmp_path)
    assert again == made
    assert ["打不开，不是完好的 .docx 文件" in remark for remark in remarks] == [True]
    assert len([*reconciliation_letter.examine(tmp_path)]) == 1
    assert not [*reconciliation_letter.examine(TEMPLATES)]
