"""What once deceived a reader of 专报 and page: verdicts that were not certain, silence told as fact, a pace that was none.

Each reads what a leader reads, and nothing else.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from offices import File, afternoon, assigned
from read_by_leaders import Told, told
from workbooks import DISTRICTS, Row, assignment, case_row, progress_row, report, resolved_row

MONDAY = date(2020, 5, 18)
DAYS = [MONDAY + timedelta(days=n) for n in range(7)]
CITY = 1
"""The place of 市级交办和旗区自行梳理 among the targets."""
CASES = {f"SJ-2020-{n:03}": DISTRICTS[n % 9] for n in range(18)}


def _workbook(received: str = "2020-05-01 09:00", **cells: dict[str, str]) -> File:
    """Two cases for every district, none of the region's; `cells` by case number with _ for -."""
    rows = [{**case_row(number, district), **cells.get(number.replace("-", "_"), {})} for number, district in CASES.items()]
    return assigned(assignment(rows), received, f"分解表{received[5:10]}.xlsx")


def _reports(day: date, *resolved: str, districts: tuple[str, ...] = DISTRICTS, **cells: str) -> list[File]:
    """What the districts send that day: these cases are resolved, and nothing else is said."""
    return [File(report(name, day, progress=_rows(name, resolved, cells)), afternoon(day), f"{name}{day}.xlsx") for name in districts]


def _rows(district: str, resolved: tuple[str, ...], cells: dict[str, str]) -> list[Row]:
    return [resolved_row(number, 答复日期="2020-05-18", **cells) for number in resolved if CASES[number] == district]


def _day(day: date, *files: File) -> Told:
    return told(files, [day])[day]


def _says(day: Told, *sentences: str) -> None:
    for text in day.both:
        for sentence in sentences:
            assert sentence in text


def _says_not(day: Told, *words: str) -> None:
    for text in day.both:
        assert not [word for word in words if re.search(word, text)]


NUMBERS = list(CASES)


def test_on_the_first_reported_day_no_pace_is_told() -> None:
    """Sixteen of eighteen came in resolved: nobody knows when they were."""
    day = _day(MONDAY, _workbook(), *_reports(MONDAY, *NUMBERS[:16]))
    assert day.summary["targets"][CITY]["shortfall"] == 1
    _says_not(day, "按此进度", "净增", r"报送日新化解\d")


def test_the_first_reported_day_is_compared_with_no_day_before_it() -> None:
    files = [_workbook(), *_reports(MONDAY, *NUMBERS[:16])]
    first, second = _day(MONDAY, *files), _day(DAYS[1], *files, *_reports(DAYS[1], NUMBERS[16]))
    _says(first, "此前没有日报，没有前一日的数字可比；已化解的16件，有的可能是以前化解、今日才报来的。")
    _says(first, "此前没有日报，以下变化有的可能是以前发生、今日才报来的。")
    assert "总数18件、已化解16件，此前没有日报，没有前一日的数字可比。" in first.paper
    assert "此前没有日报（5月17日，只有台账） 0 件" in first.page
    _says_not(first, "与前一日", "前一日 0/", "前一日（", "增加")
    _says(second, "与前一日相比，总数不变，已化解增加1件。")
    _says_not(second, "此前没有日报")
    assert ("走势图的数字" in first.page, "走势图的数字（最近 2 天）" in second.page) == (False, True)  # no line that rises from nothing


def test_after_a_day_without_any_report_it_is_said_that_what_came_may_be_older() -> None:
    files = [_workbook(), *_reports(MONDAY, *NUMBERS[:10]), *_reports(DAYS[2], NUMBERS[10])]
    _says(
        _day(DAYS[2], *files),
        "与前一日（没有旗区报送）相比，总数不变，已化解增加1件。",
        "前一日没有任何旗区报送，以下变化有的可能是以前发生、今日才报来的。",
    )


def test_a_report_that_is_missing_of_an_earlier_day_is_named_by_its_day() -> None:
    """Of many days the last are named; where all reports are there, nothing is said."""
    first, others = _reports(DAYS[0], *NUMBERS), DISTRICTS[1:]
    few = [*first, *_reports(DAYS[1], districts=others), *_reports(DAYS[2])]
    _says(_day(DAYS[2], _workbook(), *few), "东胜区缺以前的日报（5月19日），补报后结论可能改变")
    many = [*first, *(file for day in DAYS[1:6] for file in _reports(day, districts=others)), *_reports(DAYS[6])]
    _says(_day(DAYS[6], _workbook(), *many), "东胜区缺以前的日报（5月20日、5月21日、5月22日、5月23日等5天），补报后结论可能改变")
    half = [*first, *_reports(DAYS[1], districts=others), *_reports(DAYS[2], districts=(DISTRICTS[0], *others[1:])), *_reports(DAYS[3])]
    _says(_day(DAYS[3], _workbook(), *half), f"{'、'.join(DISTRICTS[:2])}缺以前的日报（5月19日、5月20日，各缺其中一日或几日），补报后")
    _says_not(_day(DAYS[1], _workbook(), *first, *_reports(DAYS[1])), "缺以前的日报")


def test_the_pace_is_told_from_the_fourth_reported_day_on_and_counts_what_was_resolved_in_it() -> None:
    files = [_workbook(), *_reports(DAYS[0], *NUMBERS[:10]), *_reports(DAYS[1], NUMBERS[10]), *_reports(DAYS[2], NUMBERS[11])]
    _says_not(_day(DAYS[2], *files), "按此进度")
    # five are lacking to 90 % of 18: at two in three days it takes eight more
    assert (
        f"最近3个报送日新化解2件（{NUMBERS[10]}、{NUMBERS[11]}），按此进度推算，2020年5月29日可以达标"
        in _day(DAYS[3], *files, *_reports(DAYS[3])).page
    )


def test_a_refused_file_of_which_nobody_knows_whose_it_is_is_said() -> None:
    files, said = [_workbook(), *_reports(MONDAY), *_reports(DAYS[1])], "另有1份文件没有采用，看不出是哪个旗区的。"
    day, without = _day(DAYS[1], *files, File(b"no workbook", afternoon(DAYS[1]), "日报.xlsx")), _day(DAYS[1], *files)
    _says(day, said)
    _says_not(without, "看不出是哪个旗区")
    assert (said in day.overview, said in without.overview) == (True, False)


@pytest.mark.parametrize("again", [0, 1], ids=["resolved first in the window", "resolved before it"])
def test_cases_that_are_reopened_and_resolved_again_are_no_pace(again: int) -> None:
    """Five that are resolved every second day would be 90 % in a week: nothing was gained by them but the first time."""
    shift, files = NUMBERS[:5], [_workbook()]
    for n in range(6 - again):
        rows = {name: [progress_row(number, 重新办理原因="补充材料") for number in shift if CASES[number] == name] for name in DISTRICTS}
        back = [File(report(name, DAYS[n], progress=rows[name]), afternoon(DAYS[n]), f"{name}{n}.xlsx") for name in DISTRICTS]
        files += _reports(DAYS[n], *shift) if (n + again) % 2 else back
    day = _day(DAYS[5 - again], *files)
    assert day.summary["targets"][CITY]["resolved"] == 5
    _says_not(day, "按此进度")
    assert (
        f"其中第一次化解、当时就已报来、现仍计入的1件（{NUMBERS[5]}），算1件，按此进度推算"
        in _day(DAYS[6 - again], *files, *_reports(DAYS[6 - again], *NUMBERS[:6])).page
    )


@pytest.mark.parametrize(("resolved", "verdict"), [(17, "暂计达标"), (10, "暂计未达标")])
def test_with_six_of_nine_missing_a_verdict_is_provisional_and_says_why(resolved: int, verdict: str) -> None:
    files = [_workbook(), *_reports(DAYS[0], *NUMBERS[:resolved]), *_reports(DAYS[1], districts=DISTRICTS[:3])]
    day = _day(DAYS[1], *files)
    assert day.summary["targets"][CITY]["certain"] is False
    _says(day, verdict, "伊金霍洛旗等6个旗区没有日报，补报后结论可能改变", "没有日报的6个旗区")
    _says_not(day, "达到90%的目标", "✓ 达标 17")
    assert "有日报的3个旗区，今日没有案件新化解" in day.paper


def test_a_part_whose_verdict_is_open_is_not_shown_as_met() -> None:
    """康巴什区 has resolved both of its cases and has not reported since: its 0 lacking is provisional, 东胜区's is not."""
    files = [_workbook(), *_reports(DAYS[0], *NUMBERS), *_reports(DAYS[1], districts=DISTRICTS[:8])]
    day = _day(DAYS[1], *files)
    rows = {line.split(" | ")[0]: line.split(" | ") for line in day.paper.splitlines() if line.startswith(DISTRICTS)}
    assert (rows["东胜区"][-2], rows["康巴什区"][-2]) == ("0", "0*")
    assert re.search(r"东胜区 2 ?/ ?2 100.0% 达标", day.page)
    assert re.search(r"康巴什区 2 ?/ ?2 100.0% 暂计达标", day.page)


def test_where_nobody_reported_that_is_said_first_and_nothing_is_told_of_the_day() -> None:
    files = [_workbook(), *(file for n in range(4) for file in _reports(DAYS[n], *NUMBERS[: 8 + n]))]
    day = _day(DAYS[4], *files)
    said = "9个旗区今日都没有日报，今日的办理、认可、急报都不知道；以下沿用此前的报送，不是今日的情况。"
    _says(day, said, "今日没有旗区报送，总数和已化解件数沿用前一日。", "暂计未达标")
    for text, first in zip(day.both, ("一、各项目标都", "目录 目标完成"), strict=True):
        assert text.index(said) < text.index("件，化解率"), first
    _says_not(day, "今日没有案件", "与前一日相同", "按此进度", "没有增加", "今日没有需要决策的事项", "0 件 新化解")


def test_of_what_is_resolved_it_is_told_how_much_is_confirmed() -> None:
    """All of it is resolved, and nobody has asked the people concerned about most."""
    asked = [*_reports(MONDAY, *NUMBERS[:9], districts=DISTRICTS, 群众确认=""), *_reports(DAYS[1], *NUMBERS[9:12], 群众确认="未回访")]
    day = _day(DAYS[2], _workbook(), *asked, *_reports(DAYS[2], NUMBERS[12]))
    assert day.summary["targets"][CITY]["confirmation"] == {"认可": 1, "未回访": 3, "none": 9}
    _says(day, "已化解的13件中，群众认可1件、未回访3件、没有填写9件。")
    assert f"没有填写 9 件 {NUMBERS[0]}" in day.page


@pytest.mark.parametrize(
    ("cells", "cases"),
    [
        ({NUMBERS[16]: {"撤销依据": "重复交办"}, NUMBERS[17]: {"撤销依据": "重复交办"}}, f"撤销2件：{NUMBERS[16]}、{NUMBERS[17]}"),
        ({number: {"案件来源": "自治区交办"} for number in NUMBERS[16:]}, f"改到其他组2件：{NUMBERS[16]}、{NUMBERS[17]}"),
    ],
    ids=["cancelled", "moved to another group"],
)
def test_a_rate_that_an_edit_of_the_register_betters_stands_beside_the_one_it_was(cells: dict[str, dict[str, str]], cases: str) -> None:
    """Sixteen of eighteen are no 90 %; two open ones are taken out on the eve, and sixteen of sixteen are."""
    edited = {number.replace("-", "_"): said for number, said in cells.items()}
    files = [_workbook(), *_reports(MONDAY, *NUMBERS[:16]), _workbook("2020-05-19 09:00", **edited), *_reports(DAYS[1])]
    day = _day(DAYS[1], *files)
    target = day.summary["targets"][CITY]
    assert (target["rate_percent"], target["met"], target["unmoved"]["rate_percent"]) == ("100.0", True, "88.8")
    _says(day, "不计台账改动（", cases, "化解率为88.8%（16/18），不到90%。")
    _says_not(_day(MONDAY, *files[:10]), "不计台账改动（")
