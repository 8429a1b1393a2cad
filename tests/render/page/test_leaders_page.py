"""The leaders' page: what it says, that it says nothing else, and that nobody's text becomes markup.

Covers `leaders_page`, `page_view`, `cases_behind_figures`, `case_data`, `case_texts`, `trend_chart` and `definitions`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_days import (
    DAY,
    RANGE,
    REGION,
    REST,
    TEMPLATES,
    PageText,
    a_case,
    a_hostile_report,
    a_report,
    a_trend,
    an_empty_report,
    expected_ladders,
    ladders,
    page_of,
    said_range,
    some_cases,
)

from pipeline.day.clocks import Clock, Clocks
from pipeline.day.edit_effects import Effects
from pipeline.day.moves import Move
from pipeline.day.restatement import Moves, Restated
from pipeline.day.submissions import Attendance
from pipeline.day.targets import Tally
from pipeline.render import definitions
from pipeline.render.page import case_data, case_texts, cases_behind_figures, leaders_page, trend_chart
from pipeline.render.papers import district_table
from pipeline.report import sentences
from pipeline.report.case_lines import CaseLine, Change
from pipeline.report.figures import Figure
from pipeline.report.report import Report
from pipeline.settings.statute import Name, Statute
from pipeline.terms.words import FLAGS

if TYPE_CHECKING:
    from weeks import Published

FIGURES = ("targets", "by_source", "by_district", "by_leader", "by_category")


def test_the_page_reads_like_this(golden: Callable[[str, str], None]) -> None:
    golden("html/日报.txt", page_of(a_report()).text)


def test_the_days_of_the_trend_that_were_corrected_have_a_sign_that_is_read_without_colour() -> None:
    plain = a_report()
    first = plain.trend[0][0]
    entry = Restated(first, REGION, (Tally(100, 3, 1), Tally(100, 4, 1)), Moves(entered=("ZZQ-2020-001",)))
    assert "※" not in page_of(plain).text
    marked = page_of(replace(plain, restated=(entry,))).text
    assert f"{first.month}月{first.day}日※" in marked
    assert "空心点、※：今天才知道有更正的日子" in marked


def test_a_day_without_cases_or_reports_reads_like_this(golden: Callable[[str, str], None]) -> None:
    golden("html/空白日报.txt", page_of(an_empty_report()).text)


def test_every_figure_of_the_report_stands_in_the_page() -> None:
    report = a_report()
    text = page_of(report).text
    for figure in (*report.targets, *report.by_source):
        tally = figure.tally
        assert f"{tally.resolved}/{tally.total}" in text
        assert f"{tally.rate_percent}%" in text
    for figure in report.by_district:
        tally = figure.tally
        row = rf"^{figure.label} \| {tally.resolved}/{tally.total} \| {tally.rate_percent or '—'}"
        assert re.search(row, text, re.MULTILINE)
    for flag, name in ((flag, meaning.name) for flag, meaning in FLAGS.items()):
        assert f"{len(report.flags[flag])}件 {name}" in text
    assert "接访 10 批次，其中当场答复 7 批次，转交办理 2 批次" in text


def test_a_missed_target_is_said_with_how_many_are_missing() -> None:
    text = page_of(a_report()).text
    assert "自治区交办案件共4件，已化解1件，化解率25.0%，没有达到100%的目标，还差3件。" in text
    assert "与前一日相比，总数不变，已化解增加1件（1个旗区没有日报，1个旗区的日报整份退回）。前一日 0/4，0.0%。" in text


def test_what_edits_did_to_a_rate_stays_beside_it_where_the_cases_fold() -> None:
    report = a_report()
    certainty = replace(report.certainties[0], unmoved=Tally(100, 5, 1), cancelled=("SJ-2020-004",))
    page = leaders_page.render(replace(report, certainties=(certainty, *report.certainties[1:])), TEMPLATES).decode()
    assert '<p class="phone-only">不计台账改动（撤销的一律按未化解计），化解率为20.0%（1/5）。</p>' in page
    fold = page.partition("<summary>台账改动的影响</summary>")[2].partition("</details>")[0]
    assert "撤销1件：SJ-2020-004；撤销的一律按未化解计" in fold


def test_the_fold_behind_a_rate_is_named_by_what_it_opens_to() -> None:
    confirmed = replace(a_report(), ended_disputes={"ZZQ-2020-001": "confirmed"}, edited=Effects(), restated=(), overnight=())
    page = leaders_page.render(confirmed, TEMPLATES).decode()
    fold = page.partition("<summary>群众不认可的变化的影响</summary>")[2].partition("</details>")[0]
    assert "原群众不认可，群众已认可" in fold
    assert "台账改动的影响" not in page


def test_mere_steps_are_in_sight_while_they_are_few() -> None:
    steps = tuple(Change("status", f"SJ-2020-{number:03}", "东胜区", "案由", "已受理 → 办理中") for number in range(9))
    few, many = (cases_behind_figures.ChangeView("status", "状态变化", steps[:count]).is_in_sight for count in (8, 9))
    assert (few, many) == (True, False)
    assert cases_behind_figures.ChangeView("newly_resolved", "新化解", steps).is_in_sight


def test_a_met_target_is_said_and_one_case_short_of_it_never_reads_as_met() -> None:
    report = a_report()
    almost = (Figure(REGION, REGION, Tally(100, 2000, 1999)), Figure(REST, REST, Tally(90, 10, 9)))
    text = page_of(replace(report, targets=almost)).text
    assert "已化解1999件，化解率99.9%，没有达到100%的目标，还差1件。" in text
    assert "已化解9件，化解率90.0%，达到90%的目标。" in text


def test_nothing_to_resolve_is_no_rate() -> None:
    text = page_of(an_empty_report()).text
    assert "自治区交办：目前没有案件，不计算化解率。" in text
    assert not re.search(r"达到\d+%", text)


def test_a_district_that_has_not_reported_is_not_shown_as_zero() -> None:
    text = page_of(a_report()).text
    assert "未报 1 个（杭锦旗）" in text
    assert "整份退回 1 个（乌审旗），一行也没有采用，办理得怎样不知道" in text
    assert "杭锦旗 | ✕ 未报 | 杭锦旗没有日报（此前也没有日报）；补报可能改变其名下市级交办和旗区自行梳理1件（计入化解0件）。\n" in text
    assert "乌审旗 | ✕ 整份退回 | 乌审旗的日报整份退回（最近一次是5月21日的日报，送来1份）；改正后重新报送可能改变" in text
    assert "未报不等于没有事" in text


def test_a_report_of_which_every_row_was_refused_is_not_shown_as_on_time_alone() -> None:
    built = a_report()
    whole = replace(built.submissions[1], rows_accepted=0, rows_refused=3)
    text = page_of(replace(built, submissions=(built.submissions[0], whole, *built.submissions[2:]))).text
    assert f"{whole.district} | ✕ 全部退回 |" in text
    assert f"，全部退回 1 个（{whole.district}），一行也没有采用，办理得怎样不知道" in text
    assert f"{whole.district}今日的日报全部退回，一行也没有采用" in text.split("五、报送情况")[0]
    assert "全部退回 1 个" not in page_of(built).text


def test_districts_keep_their_order_whatever_their_figures() -> None:
    report = a_report()
    text = page_of(report).text
    labels = re.findall(r"^(\S+[旗区]) \| \d+/\d+ \|", text, re.MULTILINE)
    assert labels == [*report.settings.district_names, *report.settings.district_names]


def test_definitions_follow_the_settings() -> None:
    report = a_report()
    windows = report.settings.windows.model_copy(update={"due_soon_days": 6, "stalled_days": 8, "acceptance_days": 21})
    text = page_of(replace(report, settings=report.settings.model_copy(update={"windows": windows}))).text
    assert "距办结时限不超过 6 天" in text
    assert "没有今日进展已达 8 天" in text
    assert "交办后超过 21 天" in text


# --- bounds, bridge, way, decisions, absences ---------------------------------------------------------------------


def test_bounds_stand_where_they_change_the_verdict_and_are_explained_once() -> None:
    report = a_report()
    page = page_of(report).text
    figures = [*report.targets, *report.by_district, *report.by_leader, *report.by_category, *report.by_source]
    expected = [said_range(figure.bounds) for figure in figures if figure.bounds and not figure.is_certain]
    assert 0 < len(expected) < sum(figure.bounds is not None for figure in figures)
    assert sorted(RANGE.findall(page)) == sorted(expected)
    assert f"补报以后可能改变结论的 {len(expected)} 个数字" in page
    assert page.count(sentences.bounds_rule(3)) == 1
    assert "缺报、退回的内容补齐后，化解率最低9.0%、最高72.7%，今天都不达标。" in page


def test_where_everything_was_told_no_bounds_are_shown() -> None:
    report = a_report()
    plain = {name: tuple(replace(figure, bounds=None) for figure in getattr(report, name)) for name in FIGURES}
    page = page_of(replace(report, **plain)).text  # type: ignore[arg-type]
    assert not RANGE.search(page)
    assert "没有缺报的日报、退回的内容会改变本表的数字" in page
    assert "缺报、退回的内容补齐后" not in page


def test_a_district_without_cases_that_may_find_some_carries_bounds_too() -> None:
    text = re.sub(r"[ |]+\|", " |", page_of(a_report()).text)
    assert "乌审旗 | 0/0 | — | 无案件\n" in text
    assert f"{REST} · 乌审旗：补报后最低 0.0%（0/3），最高 100.0%（3/3）" in text


def test_where_no_report_can_turn_a_verdict_no_bounds_are_shown() -> None:
    report = a_report()
    certain = {
        name: tuple(figure if figure.is_certain else replace(figure, bounds=None) for figure in getattr(report, name)) for name in FIGURES
    }
    page = page_of(replace(report, **certain)).text  # type: ignore[arg-type]
    assert not RANGE.search(page)
    assert "达标与否都不改变；可能的范围见汇总表" in page


def test_the_bridge_adds_up_to_the_last_case_in_what_is_shown() -> None:
    report = a_report()
    shown = ladders(page_of(report).text, report.day)
    assert shown == expected_ladders(report)
    assert all(before + sum(steps) == now for before, steps, now in shown)


def test_every_step_of_the_bridge_opens_to_its_cases() -> None:
    text = page_of(a_report()).text
    assert "旗区新排查 前一日不在台账，由旗区排查报送。\nDS-2020-001 东胜区 DS-2020-001 的案由\n+1 件" in text
    assert "撤销 当日写有撤销依据，不再计入。\nSJ-2020-004 杭锦旗 SJ-2020-004 的案由\n−1 件" in text


def test_without_a_day_before_there_is_no_bridge() -> None:
    text = page_of(replace(a_report(), bridges=(), trend=a_trend(5)[-1:])).text
    assert text.count("没有前一日的数字可比。") == 2
    assert ladders(text, DAY) == []


def test_the_way_to_the_target_is_said_with_the_nearest_cases() -> None:
    text = page_of(a_report()).text
    assert "还差3件；最近4个报送日新化解1件，但同期还差由0件增为3件，不推算哪天达标。" in text
    assert "还差4件，而可以继续化解的只有3件，全部化解也达不到目标" in text
    assert (
        "最接近办结的 1 件：ZZQ-2020-003\nZZQ-2020-003 东胜区 ZZQ-2020-003 的案由包案领导 领导一，办结时限 2020-05-22（已延期），" in text
    )


def test_targets_decisions_changes_and_districts_stand_in_this_order() -> None:
    text = page_of(a_report()).text
    assert text.index("一、目标完成情况") < text.index("二、需要决策的事项 3 件") < text.index("三、今日变化") < text.index("四、各旗区")
    beside = "（与上面的急报是同一件，只计一次）"
    assert f"超期未结 需协调事项 ZZQ-2020-002 东胜区{beside}\n土地手续请市级协调\n领导一，5月20日起：ZZQ-2020-002 的案由\n" in text
    assert "急报事项 康巴什区\n请明确维保单位\n5月22日：其他民生事项：电梯停运\n已采取措施：已报修\n" in text, (
        "what was done stands beside what happened"
    )
    assert "没有旗区报送，今日有没有急报等事项，不知道。" in page_of(an_empty_report()).text


def test_what_is_asked_and_what_happened_are_read_whole_also_on_a_phone_and_a_day_of_another_year_with_its_year() -> None:
    """Nothing of a decision is cut off by its width: what is very long unfolds, and on paper is whole."""
    report = a_report()
    matter = "边坡开裂" * 60 + "，两栋楼住户要求撤离"
    first = replace(report.decisions[0], matter="边坡开裂，两栋楼住户要求撤离", asked="请派专家" * 40, since=date(2019, 6, 30))
    page = leaders_page.render(replace(report, decisions=(first, replace(first, number="", matter=matter))), TEMPLATES).decode()
    decisions = page[page.index('class="decisions"') : page.index("</ol>", page.index('class="decisions"'))]
    assert "clamp" not in decisions
    assert "2019年6月30日：" in decisions
    assert ">边坡开裂，两栋楼住户要求撤离" in decisions.replace("：", ">")
    assert re.search('<details class="whole printed"><summary>[^<]*……（展开全文）</summary>[^<]*两栋楼住户要求撤离</details>', decisions)


def test_cases_of_which_the_same_is_asked_are_one_item_and_the_rest_fold() -> None:
    report = a_report()
    matters = [decision for decision in report.decisions if decision.kinds == ("urgent",)]
    overdue = next(decision for decision in report.decisions if "overdue" in decision.kinds)
    overdue = replace(overdue, due=date(2020, 5, 19))
    text = page_of(replace(report, decisions=(*(matters * 5), *[overdue] * 9))).text
    assert "需要决策的事项 10 件" in text, "an overdue case that an urgent matter is about is counted with that"
    assert "其余 3 项" in text
    assert text.count("请支援") == 5 + 1  # beside those to decide, the urgent matter itself
    assert text.count("土地手续请市级协调") == 1
    assert "超期未结 9 件 东胜区" in text
    assert "最早限5月19日：" in text, "it folds with the cases: on a phone what is asked stands higher"
    assert "等 9 件，在第九节看全部，逐件见汇总表" in text


def test_of_cases_that_ask_for_different_things_each_stands_with_what_it_asks_for() -> None:
    """Also the seventh: on paper nobody can look further."""
    report = a_report()
    overdue = next(decision for decision in report.decisions if "overdue" in decision.kinds)
    asking = tuple(replace(overdue, number=f"SJ-2020-{n:03}", asked=f"请决定第{n}件", matter=f"第{n}件的事") for n in range(1, 10))
    text = page_of(replace(report, decisions=asking)).text
    assert [n for n in range(1, 10) if f"：请决定第{n}件" not in text] == []
    assert "（领导一） 第7件的事：请决定第7件" in text


def test_a_deadline_beyond_the_law_is_said_where_nothing_has_to_be_opened() -> None:
    """With the cases of several decisions, and above the flags: by that deadline alone a case is not overdue."""
    report = a_report()
    far = {"deadline": date(2028, 12, 31), "days_overdue": -3000, "is_beyond": True, "flags": ()}
    overdue = next(decision for decision in report.decisions if "overdue" in decision.kinds)
    decisions = (overdue, replace(overdue, number="ZZQ-2020-003", is_beyond=True, due=date(2028, 12, 31)))
    cases = tuple(replace(case, **far) if case.number == "ZZQ-2020-003" else case for case in report.cases)  # type: ignore[arg-type]
    text = page_of(replace(report, cases=cases, decisions=decisions)).text
    assert "（其中1件超过法定延长上限，请核）" in text
    assert "\n另有1件没有化解、还不算超期的，办结时限超过法定延长上限，请核：ZZQ-2020-003（2028年12月31日）。\n" in text


def test_a_day_corrected_twice_has_one_pair_of_figures_that_of_the_sentences() -> None:
    report = a_report()
    since_noon = Restated(date(2020, 5, 20), REST, (Tally(90, 148, 17), Tally(90, 148, 17)), Moves(newly_counted=("SJ-2020-001",)))
    since_night = replace(since_noon, tallies=(Tally(90, 147, 17), Tally(90, 148, 17)), moves=Moves(entered=("SJ-2020-001",)))
    twice = replace(report, restated=(since_noon,), overnight=(since_night,), overnight_net=(since_night,))
    text = page_of(twice).text
    assert "17/147 → | 17/148" in text.replace(" → 17", " → | 17")
    assert "17/148 →" not in text
    assert "与前一日24:00所知比较" in text


def test_every_count_stands_beside_its_definition() -> None:
    report = a_report()
    text = page_of(report).text
    rules = [definitions.TOTAL, definitions.RESOLVED, definitions.REFERRED, definitions.TARGET, definitions.OPEN, definitions.WAY]
    rules += [
        definitions.TREND,
        definitions.BRIDGE,
        definitions.NOT_ZERO,
        definitions.ROWS,
        definitions.RECEPTION,
        definitions.DISTRICTS,
        definitions.LEADER,
    ]
    rules += [definitions.on_time(report.settings), *definitions.DECISIONS.values(), *definitions.flags(report.settings.windows).values()]
    rules += [definition for kind, definition in definitions.CHANGES.items() if kind in cases_behind_figures.ALWAYS_SHOWN]
    assert [rule for rule in rules if rule not in text] == []


def test_a_correction_is_marked_and_an_ordinary_page_is_not() -> None:
    assert "更正" in page_of(a_report()).text.split("\n")[0]
    assert "更正" not in "".join(page_of(replace(a_report(), is_correction=False)).text.split("\n")[:6])


def test_the_same_report_gives_the_same_bytes() -> None:
    assert leaders_page.render(a_report(), TEMPLATES) == leaders_page.render(a_report(), TEMPLATES)


@pytest.mark.parametrize("report", [a_report(), a_hostile_report()], ids=["plain", "hostile"])
def test_one_script_runs_and_nothing_comes_from_outside(report: Report) -> None:
    page = leaders_page.render(report, TEMPLATES).decode("utf-8")
    parsed = PageText(page)
    assert not {"img", "iframe", "link", "object", "base", "form"} & {tag for tag, _ in parsed.tags}
    assert [attrs for tag, attrs in parsed.tags if tag == "script"] == [{"type": "application/json", "id": "data"}, {}]
    assert parsed.scripts[1] == "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in ("daily_find.js", "daily.js"))
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function|fetch|XMLHttp|import", parsed.scripts[1])
    assert not re.search(r"https?:|//[a-z]|@import|url\(|javascript:", page)
    assert all((attrs.get("href") or "#").startswith("#") for _, attrs in parsed.tags)
    policy = [attrs["content"] for tag, attrs in parsed.tags if tag == "meta" and attrs.get("http-equiv")]
    own = base64.b64encode(hashlib.sha256(parsed.scripts[1].encode()).digest()).decode()
    assert policy == [f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{own}'"]
    assert own in leaders_page.script_hash(TEMPLATES)


def test_where_the_offices_own_layout_cannot_be_used_the_programs_takes_its_place(tmp_path: Path) -> None:
    """Such as one that was copied from an earlier program, whose names are gone."""
    (tmp_path / "daily_cases.html.j2").write_text("{% for case, classes in register.cases %}{% endfor %}", encoding="utf-8")
    page, remarks = leaders_page.made(a_report(), tmp_path)
    assert page == leaders_page.render(a_report(), TEMPLATES)
    assert len(remarks) == 1
    assert "日报页面的版式" in remarks[0]
    assert leaders_page.made(a_report(), TEMPLATES) == (page, [])


def test_an_empty_register_needs_no_script() -> None:
    assert page_of(an_empty_report()).scripts == []


@pytest.mark.parametrize("report", [a_report(), an_empty_report(), a_hostile_report()], ids=["plain", "empty", "hostile"])
def test_every_link_leads_to_one_element_and_every_element_is_closed(report: Report) -> None:
    parsed = page_of(report)
    ids = [attrs["id"] for _, attrs in parsed.tags if "id" in attrs]
    assert parsed.open == []
    assert len(ids) == len(set(ids))
    assert {(attrs["href"] or "")[1:] for _, attrs in parsed.tags if "href" in attrs} <= set(ids)


def test_every_case_can_be_reached_from_where_it_is_counted() -> None:
    parsed = page_of(a_report())
    linked = {(attrs["href"], attrs["data-case"]) for _, attrs in parsed.tags if "data-case" in attrs}
    assert ("#case-ZZQ-2020-002", "7") in linked  # open: without the script it stands in the register in full
    assert {("#register", "1"), ("#register", "3"), ("#register", "4")} <= linked
    assert [case.number for case in some_cases()][1:5] == ["SJ-2020-001", "SJ-2020-002", "SJ-2020-003", "SJ-2020-004"]


def _data(report: Report) -> dict[str, Any]:
    return dict(json.loads(page_of(report).scripts[0]))


@pytest.mark.parametrize("report", [a_report(), a_hostile_report()], ids=["plain", "hostile"])
def test_the_data_has_everything_that_is_known_of_every_case(report: Report) -> None:
    data = _data(report)

    def text(cell: int | list[int]) -> str:
        return " · ".join(data["words"][part] for part in cell) if isinstance(cell, list) else str(data["words"][cell])

    assert len(data["cases"]) == len(report.cases)
    for case, cells in zip(report.cases, data["cases"], strict=True):
        told = {label: text(cells[column]) for label, column in data["labels"] if column < len(cells)}
        known = {label: str(leaders_page.harmless(str(value))) for label, value in case_texts.details(case, report.liaison)}
        assert {label: said for label, said in told.items() if said} == {label: said for label, said in known.items() if said}
        assert text(cells[0]) == leaders_page.harmless(case.number)
        assert {tag for position, (tag, _name) in enumerate(data["tags"]) if cells[12] >> position & 1} >= {*case.flags} - {"cancelled"}
    assert len(set(data["words"])) == len(data["words"])


def test_each_figure_of_a_table_is_a_link_to_the_cases_that_make_it() -> None:
    report = a_report()
    page, picks, data = leaders_page.render(report, TEMPLATES).decode("utf-8"), cases_behind_figures.picks(report), _data(report)
    assert {(kind, one.figure.label) for (kind, _, _), one in picks.items()} >= {
        ("旗区", "杭锦旗"),
        ("包案领导", "领导一"),
        ("组别", REGION),
    }
    linked = set(re.findall(r'data-show="(p\d+)[yn]?"', page))
    for (kind, _, _), pick in picks.items():
        tally = pick.figure.tally
        column, group, label = data["picks"][pick.number - 1]
        parts = [cells[8] for cells in data["cases"] if cells[8] != 3 and cells[2] == group and cells[column] == label]
        assert (len(parts), parts.count(1)) == (tally.total, tally.resolved)
        assert f"p{pick.number}" in linked or (kind == "案件来源" and pick.figure.group == REGION)


def test_without_the_script_open_cases_stand_in_full_and_all_others_by_number() -> None:
    report = a_report()
    many = [replace(report.cases[0], number=f"DS-2020-{number:03}") for number in range(100, 120)]
    text = page_of(replace(report, cases=(*report.cases, *many))).text
    assert "DS-2020-001 办理中 DS-2020-001 的案由 领导一 还剩 39 天\n案由：DS-2020-001 的案由 案件来源：旗区自行梳理 " in text
    assert "已化解 2 件：SJ-2020-001、ZZQ-2020-001" in text
    assert "已撤销 1 件：SJ-2020-004" in text
    assert text.count("\n案由：") == 10 + 1  # 东胜区's with the earliest deadlines, and the one of 杭锦旗
    assert "其余在办的 15 件：DS-2020-107、DS-2020-108、" in text


def test_thousands_of_cases_stay_below_a_megabyte() -> None:
    """Each case with texts of its own, of the length that districts write; half of them open, each of these with every flag."""
    report = a_report()
    cases = [_of_many(number, report.cases[1 if number % 2 else 5]) for number in range(2000)]
    flags = {flag: tuple(case.number for case in cases if not case.is_counted) if flag != "cancelled" else () for flag in FLAGS}
    changes = tuple(Change("status_changed", case.number, case.district, case.matter, "已受理 → 办理中") for case in cases)
    named = {"bridges": (), "ways": (), "decisions": ()}
    page = leaders_page.render(replace(report, cases=tuple(cases), flags=flags, changes=changes, **named), TEMPLATES)  # type: ignore[arg-type]
    assert len(page) < 1_000_000
    assert len(PageText(page.decode()).tags) < 6000


def test_where_thousands_of_cases_have_long_texts_their_beginnings_stand_in_the_page_and_that_is_said() -> None:
    report = a_report()
    long = "督促责任单位完成整改，并向群众代表书面说明情况，约定下次现场查看的时间。" * 5
    assert _data(replace(report, cases=tuple(replace(case, progress=long) for case in report.cases)))["longest"] is None
    cases = tuple(
        replace(_of_many(number, report.cases[5]), plan=f"{number}{long}", progress=f"{number}：{long}") for number in range(2000)
    )
    named = {"bridges": (), "ways": (), "decisions": (), "flags": dict.fromkeys(FLAGS, ()), "changes": ()}
    page = leaders_page.render(replace(report, cases=cases, **named), TEMPLATES)  # type: ignore[arg-type]
    data = json.loads(PageText(page.decode()).scripts[0])
    assert len(page) < 1_000_000
    assert data["longest"] < len(long)
    assert f"7：{long}"[: data["longest"]] + "…" in data["words"]
    assert "以“…”结束" in page.decode()


def _of_many(number: int, like: CaseLine) -> CaseLine:
    return replace(
        like,
        number=f"SJ-2020-{number:05}",
        matter=f"某小区第{number}栋业主反映外墙渗漏、地下车库返潮，要求开发企业维修",
        project=f"某小区第{number}栋",
        progress=f"第{number}次召开协调会，督促企业月底前完成整改" if like.is_open else like.progress,
        reply_number=f"东住建复〔2020〕{number}号" if like.is_counted else "",
        leader=f"领导{number % 60}",
        leaders=f"领导{number % 60}",
        origin=f"东胜区日报.xlsx · 案件进展 · 第{number}行",
        listed_in=f"分解表.xlsx · 群众来访案件 · 第{number}行",
        flags=() if like.is_counted else tuple(flag for flag in FLAGS if flag != "cancelled"),
        clocks=Clocks(_clock("acceptance", number % 90), None, _clock("conclusion", number % 90)),
    )


def _clock(name: Name, ago: int) -> Clock:
    rule = Statute().rule(name, DAY)
    assert rule
    start = DAY - timedelta(days=ago)
    return Clock(rule, start, start + timedelta(days=rule.days), None, "serious" if ago > rule.days + 9 else "running")


def test_an_open_case_says_what_is_owed_by_the_regulation() -> None:
    owed = Clocks(_clock("acceptance", 60), None, _clock("conclusion", 60))
    line = "受理 2020-04-07 严重超期（《信访条例》第二十一条）；办结 2020-05-22 期限内（《信访条例》第三十三条）"
    open_case, resolved = (
        dict(case_texts.details(replace(a_case("A-2020-1"), is_open=is_open, clocks=owed), {})) for is_open in (True, False)
    )
    assert open_case["法定期限"] == line
    assert "法定期限" not in resolved


def test_hostile_text_stays_text() -> None:
    plain, hostile = page_of(a_report()), page_of(a_hostile_report())
    assert {tag for tag, _ in hostile.tags} <= {tag for tag, _ in plain.tags}
    assert {name for _, attrs in hostile.tags for name in attrs} <= {name for _, attrs in plain.tags for name in attrs}
    assert "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}{% raw %}&amp;[31m\ufffd]]>--><!--" in hostile.text


def test_control_and_format_characters_do_not_reach_the_page() -> None:
    page = leaders_page.render(a_hostile_report(), TEMPLATES).decode("utf-8")
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", page)


@given(st.text())
def test_whatever_is_shown_can_be_written_down_and_is_otherwise_as_it_was(text: str) -> None:
    shown = str(leaders_page.harmless(text))
    shown.encode("utf-8")
    assert leaders_page.harmless(shown) == shown
    assert shown == text or not text.isprintable()


@given(st.text(), st.text())
def test_two_case_numbers_never_share_an_anchor(one: str, other: str) -> None:
    assert re.fullmatch(r"case-[A-Za-z0-9_-]*", leaders_page.anchor(one))
    assert (leaders_page.anchor(one) == leaders_page.anchor(other)) == (one == other)


def test_a_day_without_a_rate_is_a_gap_in_the_line() -> None:
    rates = [Tally(90, 4, 1), Tally(90, 4, 2), Tally(90), Tally(90, 4, 3), Tally(90, 4, 4)]
    chart = trend_chart.trend([(DAY + timedelta(days=n), tally) for n, tally in enumerate(rates)])
    assert chart is not None
    assert [line.count(",") for line in chart.lines] == [2, 2]
    assert [point.tally for point in chart.points] == [rates[0], rates[1], rates[3], rates[4]]


def test_the_target_line_has_a_step_where_another_target_holds_from_a_day_on() -> None:
    chart = trend_chart.trend([(DAY + timedelta(days=n), Tally(target, 4, 2)) for n, target in enumerate((90, 90, 80))])
    assert chart is not None
    first, before, after, last = (tuple(map(float, corner.split(","))) for corner in chart.target_line.split())
    assert first[1] == before[1] < after[1] == last[1] == float(chart.target_y)
    assert trend_chart.LEFT == first[0] < before[0] == after[0] < last[0] == trend_chart.RIGHT


def test_a_day_of_which_nobody_reported_is_a_gap_in_the_chart_and_has_no_figures() -> None:
    days = [DAY - timedelta(days=back) for back in (3, 2, 1, 0)]
    chart = trend_chart.trend([(day, Tally(90, 4, 1)) for day in days], days[1:2])
    assert chart
    assert [point.day for point in chart.points] == [days[0], *days[2:]]
    report = an_empty_report()
    tallies = {group.name: Tally(group.target_percent, 4321, 1234) for group in report.settings.groups}
    page = page_of(replace(report, trend=tuple((day, tallies) for day in days), silent_days=frozenset(days[1:2])))
    assert page.text.count("1234/4321") == 3 * len(tallies)
    assert page.text.count("未报") >= len(tallies)


def test_a_day_of_which_all_that_came_was_refused_whole_is_called_so_in_the_trend() -> None:
    days = [DAY - timedelta(days=back) for back in (2, 1, 0)]
    report = an_empty_report()
    tallies = {group.name: Tally(group.target_percent, 4321, 1234) for group in report.settings.groups}
    stood: Attendance = ((days[0], {"甲旗": "missing"}), (days[1], {"甲旗": "returned", "乙旗": "missing"}))
    report = replace(report, trend=tuple((day, tallies) for day in days), silent_days=frozenset(days[:2]), attendance=stood)
    assert [report.said_of_silent(day) for day in days] == ["未报", "整份退回", ""]
    assert page_of(report).text.count("整份退回") >= len(tallies)
    assert [entry["数"][:2] for entry in district_table.recent(report)[1:]] == [["未报", "整份退回"]] * len(tallies)


def test_the_letters_of_a_chart_and_the_number_of_a_page_have_eight_points_on_paper() -> None:
    style = (leaders_page.BUILT_IN / "daily.css").read_text(encoding="utf-8")
    printed = style.partition("@media print")[2]
    wide, letters = (
        float(re.findall(rf"{rule}: ([\d.]+)px", printed)[0]) for rule in (r"\.trend { max-width", r"\.tick, \.trend \.value { font-size")
    )
    page = float(re.findall(r"@page .*?font-size: ([\d.]+)px", style)[0])
    beside = float(re.findall(r"#targets \.trend {.* width: ([\d.]+)px", style)[0])
    assert letters * min(wide, beside) / trend_chart.WIDTH * 0.75 >= 8
    assert page * 0.75 >= 8


def test_one_day_is_no_trend() -> None:
    assert trend_chart.trend([(DAY, Tally(90, 4, 1))]) is None
    assert trend_chart.trend([]) is None


@given(st.lists(st.integers(0, 50).flatmap(lambda total: st.tuples(st.just(total), st.integers(0, total))), min_size=2, max_size=30))
def test_every_point_lies_on_the_chart(counts: list[tuple[int, int]]) -> None:
    chart = trend_chart.trend([(DAY + timedelta(days=n), Tally(90, *count)) for n, count in enumerate(counts)])
    for point in chart.points if chart else ():
        assert trend_chart.LEFT <= float(point.x) <= trend_chart.RIGHT
        assert trend_chart.TOP <= float(point.y) <= trend_chart.BOTTOM


@pytest.mark.parametrize("last", [0, 60, 84, 88, 90, 92, 96, 100])
@pytest.mark.parametrize("target", [90, 100])
def test_the_last_value_and_the_target_are_told_apart_on_the_chart(last: int, target: int) -> None:
    chart = trend_chart.trend([(DAY - timedelta(days=1), Tally(target, 100, 50)), (DAY, Tally(target, 100, last))])
    assert chart is not None
    assert abs(float(chart.label_y) - float(chart.target_y)) >= 16
    assert trend_chart.TOP <= float(chart.label_y) <= trend_chart.BOTTOM


def test_the_days_below_the_chart_are_its_first_and_last_whatever_is_missing() -> None:
    rates = [Tally(90), Tally(90, 4, 2), Tally(90, 4, 3), Tally(90)]
    chart = trend_chart.trend([(DAY + timedelta(days=n), tally) for n, tally in enumerate(rates)])
    assert chart is not None
    assert (chart.first_day, chart.last_day) == (DAY, DAY + timedelta(days=3))


def test_what_other_lists_of_the_days_changes_say_or_came_about_by_time_is_counted_and_folded(published: Published) -> None:
    views = {view.kind: view for view in cases_behind_figures.changes(published("week-messy").reports[3])}
    reasons = {line.number for kind in ("reopened", "newly_disputed") for line in views[kind].lines}
    assert {line.number for line in views["no_longer_counted"].lines} <= reasons
    assert [views[kind].is_in_sight for kind in ("no_longer_counted", "newly_overdue", "reopened", "newly_resolved")] == [
        False,
        False,
        True,
        True,
    ]


def test_a_case_that_was_given_to_another_district_says_so_and_is_found_by_it() -> None:
    case = replace(a_case("A-2020-1"), moves=(Move(DAY, "达拉特旗", "东胜区", 1, "群众来访案件", 5),))
    said = f"{DAY} 由办公室从达拉特旗改派东胜区"
    assert dict(case_texts.details(case, {}))["改派"] == said
    assert "改派" not in dict(case_texts.details(replace(case, moves=()), {}))
    assert said in case_data.said_beside(replace(a_report(), cases=(case,), changes=()))["A-2020-1"]
