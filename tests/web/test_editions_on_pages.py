"""Which edition of a day there is, and what differed: on the office's board, and to a district of its own alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from offices import Office
from websites import Website, served
from workbooks import DAY, assignment, case_row, progress_row, report, resolved_row

from pipeline.night import nightly
from pipeline.settings.config import load

CASES = [case_row("ZZQ-2020-001", 案件来源="自治区交办"), case_row("ZZQ-2020-011", "达拉特旗", 案件来源="自治区交办")]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Website]:
    office = Office(tmp_path_factory.mktemp("office") / "home")
    office.put_assignment(assignment(CASES))
    office.put(report(progress=[resolved_row("ZZQ-2020-001")]), "东胜区.xlsx")
    office.put(report("达拉特旗", progress=[resolved_row("ZZQ-2020-011")]), "达拉特旗.xlsx")
    nightly.run(office.settings, [DAY])
    office.put(report(progress=[progress_row("ZZQ-2020-001")]), "东胜区更正.xlsx", "2020-05-22T09:30:00+08:00")
    nightly.run(office.settings, [DAY])
    path = office.home / "config.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("target_percent: 100", "target_percent: 40"), encoding="utf-8")
    office.settings = load(path)
    nightly.run(office.settings, [DAY])
    with served(office, "2020-05-22 10:00") as website:
        for name, district in (("甲", "东胜区"), ("乙", "达拉特旗"), ("办公室", "")):
            website.user(name, district)
        yield website


def _unlinked(page: str) -> str:
    """Without the links that case numbers are."""
    return re.sub(r"<a [^>]*>|</a>", "", page)


def test_the_board_shows_the_edition_and_what_differed(site: Website) -> None:
    page = _unlinked(site.signed_in("办公室").get(f"/board/{DAY}").text)
    assert "结果第 2 版" in page
    assert page.index("结果第 2 版 <") < page.index("结果第 1 版 <")
    assert "<li>自治区交办：已化解 2 件 → 1 件，化解率 100.0% → 50.0%，结论 " in page
    assert "<li>案件 ZZQ-2020-001：已化解（计入化解） → 办理中（不计入化解）</li>" in page


def test_the_board_shows_which_days_stand_under_other_rules(site: Website) -> None:
    page = site.signed_in("办公室").get(f"/board/{DAY}").text
    assert "有 1 天是按以前的规则写出的，没有改写：2020-05-21。" in page
    assert "按现在的规则，2020-05-21 会不同的：自治区交办：结论 " in page
    assert "python run.py --rewrite" in page
    assert "--rewrite" not in site.signed_in("甲").get("/").text


def test_a_day_that_was_never_published_has_none(site: Website) -> None:
    page = site.signed_in("办公室").get("/board/2020-05-19").text
    assert "尚未汇总" in page
    assert "结果第" not in page


def test_a_district_sees_what_differed_of_its_own_alone(site: Website) -> None:
    page = _unlinked(site.signed_in("甲").get("/").text)
    assert "结果第 2 版" in page
    assert "东胜区（自治区交办）：已化解 1 件 → 0 件" in page
    assert "案件 ZZQ-2020-001：已化解（计入化解） → 办理中（不计入化解）" in page
    assert "<li>自治区交办：" not in page
    assert "达拉特旗" not in page
    assert "结果第" not in site.signed_in("乙").get("/").text
