"""更正情况, 今日变化 and 数字明细 say what summary.json says, 核查提示, 对账, 诉求认定 and 接访下访 what extensions.json says.

Covers `corrections_sheet`, `changes_sheet`, `clocks_sheet`, `hints_sheet`, `claims_sheet`, `receptions_sheet`,
`reconciliation_sheet` and `reconciliation_words`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from offices import assigned, handed_in, on
from weeks import DAYS, WEEKS, Published
from workbook_days import opened, rows
from workbooks import DAY, assignment, case_row, progress_row, turn_row
from workbooks import report as written

from pipeline.render import extension_files
from pipeline.render.workbook import office_workbook, sheet_words
from pipeline.render.workbook.sheet_words import NOTHING
from pipeline.report import day_corrected, restated_figures
from pipeline.report.case_lines import Notice, Settled, SettledSince
from pipeline.report.restated_figures import MOVES
from pipeline.terms.hint_words import HINTS
from pipeline.terms.words import CHANGES

if TYPE_CHECKING:
    from offices import Summary
    from openpyxl.cell.cell import Cell
    from openpyxl.workbook import Workbook

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")


@pytest.fixture(scope="module", params=WEEKS)
def week(request: pytest.FixtureRequest, published: Published) -> list[tuple[Workbook, Summary]]:
    """Each day's workbook, and what programs are told of the day."""
    told = published(request.param)
    return [(opened(office_workbook.render(report)), told.office.summary(day)) for day, report in zip(DAYS, told.reports, strict=True)]


def _cases(cell: object) -> list[str]:
    return str(cell).split("、") if cell else []


@pytest.mark.parametrize("name", WEEKS)
def test_each_restated_day_is_a_row_with_both_figures_its_cases_and_as_of_when_the_former_ones_were(
    name: str, published: Published
) -> None:
    """A day that was corrected by noon and again since is one row, compared with the end of the day before, as in the sentences."""
    told, known = 0, set[str]()
    for day, report in zip(DAYS, published(name).reports, strict=True):
        entries = day_corrected.earlier(report)
        assert [(entry.day, entry.group) for entry in entries] == [(entry.day, entry.group) for entry in report.restated]
        book = opened(office_workbook.render(report))
        shown = [row for row in rows(book, "更正情况") if isinstance(row[0], datetime) and row[0].date() < day]
        assert [(row[0].date(), *row[1:6]) for row in shown if isinstance(row[0], datetime)] == [
            (entry.day, entry.group, *(tally.total for tally in entry.tallies), *(tally.resolved for tally in entry.tallies))
            for entry in entries
        ]
        assert [[row[10 + at] or 0 for at in range(4)] for row in shown] == [
            [len(getattr(entry.moves, kind)) for kind in MOVES] for entry in entries
        ]
        assert [str(row[14] or "").split("\n") for row in shown] == [
            [f"{title}：{'、'.join(named)}" for kind, title in MOVES.items() if (named := getattr(entry.moves, kind))] or [""]
            for entry in entries
        ]
        for row, entry in zip(shown, entries, strict=True):
            is_net = any(net.differs and (net.day, net.group) == (entry.day, entry.group) for net in report.overnight_net)
            before = day - timedelta(days=1)
            moment, _mark, since = str(row[15]).partition("；")
            assert since == restated_figures.since(entry)
            assert moment == (f"{before.month}月{before.day}日24:00所知" if is_net else f"{day.month}月{day.day}日12:00所知")
            known.add(moment[-7:])
        told += len(shown)
    assert told
    assert known == ({"24:00所知", "12:00所知"} if name == "week-messy" else {"12:00所知"})


def test_each_changed_particular_is_a_row_with_before_and_after(week: list[tuple[Workbook, Summary]]) -> None:
    told = 0
    for book, summary in week:
        shown = rows(book, "今日变化", first=1)
        top = next((at for at, row in enumerate(shown) if row[0] == "要素"), len(shown))
        count = len(summary["changes"]["particulars"])
        expected = [
            [edit["column"], edit["case"], edit["before"] or NOTHING, edit["after"] or NOTHING]
            for edit in summary["changes"]["particulars"]
        ]
        assert sorted(row[:4] for row in shown[top + 1 : top + 1 + count]) == sorted(expected)
        told += count
    assert told


def test_below_what_needs_following_up_stands_what_the_last_notices_named_and_is_settled(published: Published) -> None:
    built = published(WEEKS[0]).reports[-1]
    gone = Settled("overdue", "SJ-2020-001", "逾期交房", "已化解", "答复文号：1", is_gone=True)
    partly = replace(gone, flag="stalled", number="SJ-2020-002", is_gone=False)
    when = built.data_until
    made = Notice("督办〔2020〕2号", "东胜区", built.day, built.day, (), (gone, partly), "督办〔2020〕1号", 2, when, is_correction=False)
    shown = rows(opened(office_workbook.render(replace(built, notices=(made,)))), "督办清单")
    top = next(at for at, row in enumerate(shown) if row[0] == "上次的督办事项")
    assert shown[top - 1][0] == "上次的通知：东胜区 督办〔2020〕1号。", "told once, not in every row"
    assert [row[:4] + row[9:10] for row in shown[top + 1 :]] == [
        ["超期未结", "SJ-2020-001", "东胜区", "逾期交房", "已化解（答复文号：1）；不再列入"],
        ["停滞", "SJ-2020-002", "东胜区", "逾期交房", "已化解（答复文号：1）；因别的情形继续列入"],
    ]


def test_the_header_that_the_next_pages_repeat_is_true_of_what_was_settled_too(published: Published) -> None:
    built = published(WEEKS[0]).reports[-1]
    line = next(case for case in built.cases if case.number == "SJ-2020-002")
    gone = Settled("overdue", line.number, "", "已转由别的旗区办理", "", is_gone=True)
    shown = rows(
        opened(office_workbook.render(replace(built, without_notice=(SettledSince("东胜区", "督办〔2020〕1号", (gone,)),), notices=()))),
        "督办清单",
        3,
    )
    first, (second, row) = shown[0], shown[-2:]
    assert second[1:9] == first[1:9]
    assert row[3:7] == [line.matter, line.leader, line.unit, sheet_words.status(line)], "as they stand now, also of a case given away"
    assert row[7].date() == line.deadline if isinstance(row[7], datetime) else line.deadline is None


def test_a_correction_before_noon_is_told_where_nothing_was_restated(published: Published) -> None:
    built = published(WEEKS[0]).reports[3]
    by_noon = replace(built, overnight=built.restated[:1], restated=(), corrected=(), is_correction=False)
    said = [str(row[0]) for row in rows(opened(office_workbook.render(by_noon)), "更正情况") if row[0]]
    assert said[0] == "没有次日12:00（可以另设）以后才知道的更正。前一日的数字在那以前有更正，见下。"
    assert any("市级交办和旗区自行梳理：5月20日的数字，当日24:00以后、次日12:00以前有更正：由7/69改为7/71" in line for line in said)
    more = replace(by_noon, overnight_earlier=built.restated[:1])
    said = [str(row[0]) for row in rows(opened(office_workbook.render(more)), "更正情况") if row[0]]
    assert said[0].startswith("当日12:00（可以另设）以后，以前各日的数字没有更正。在那以前有，见下；")


@pytest.mark.parametrize("kind", ["newly_resolved", "reopened", "new_cases", "withdrawn_cases", "withdrawn_disputes"])
def test_each_change_is_a_row_with_its_case(week: list[tuple[Workbook, Summary]], kind: str) -> None:
    for book, summary in week:
        shown = [row[1] for row in rows(book, "今日变化", first=1) if row[0] == CHANGES[kind].name and isinstance(row[1], str)]
        standing = summary["flags"]["disputed"] if kind == "withdrawn_disputes" else []  # said again since: nothing changed
        assert sorted(shown) == [number for number in summary["changes"][kind] if number not in standing]


def _blocks(book: Workbook) -> Iterator[tuple[str, list[str]]]:
    """Each block's title with the cases below it."""
    title, cases = "", list[str]()
    end: list[object] = ["end"]
    for row in [*rows(book, "数字明细"), end]:
        if row[0] is not None:
            if title:
                yield title, cases
            title, cases = str(row[0]), []
        cases += [str(cell) for cell in row[1:] if cell and not str(cell).endswith("件")]


def test_each_block_has_as_many_cases_as_the_figure_and_says_how_many(week: list[tuple[Workbook, Summary]]) -> None:
    for book, summary in week:
        blocks = dict(_blocks(book))
        for title, cases in blocks.items():
            assert title.endswith(f"：{len(cases)}件")
            assert max(Counter(cases).values()) == 1
            assert {*cases} <= {*summary["cases"], *summary["flags"]["cancelled"]}
        by_name = {re.sub(r"：\d+件$", "", title): len(cases) for title, cases in blocks.items()}
        for part in ("leader", "category"):
            for entry in summary[f"by_{part}"]:
                assert by_name[f"{entry['group']}·{entry[part]}"] == entry["total"]
        for target in summary["targets"]:
            assert by_name.get(f"{target['group']}·计入化解", 0) == target["resolved"]
            assert by_name.get(f"{target['group']}·不计入化解", 0) == target["total"] - target["resolved"]


def test_each_case_names_as_text_the_rows_that_it_comes_from(week: list[tuple[Workbook, Summary]]) -> None:
    book, summary = week[-1]
    heads, *shown = rows(book, "案件台账", first=3)
    number, listed, last = (heads.index(name) for name in ("案件编号", "基本情况的出处", "最近一行的出处"))
    sources = {str(row[number]): (str(row[listed]), str(row[last])) for row in shown if str(row[number]) in summary["cases"]}
    assert sources.keys() == summary["cases"].keys()
    assert all(re.search(r" · .+ · 第\d+行$", source) for source, _last in sources.values())
    assert all(re.search(r" · .+ · 第\d+行$", last) or last == "None" for _listed, last in sources.values())
    assert any(last != "None" for _listed, last in sources.values())


def test_each_open_case_is_a_row_with_its_clocks_and_the_worst_come_first(published: Published) -> None:
    """Against extensions.json; what the worst state is, is worked out from the dates here."""
    told = published("week-messy")
    for day, report in [*zip(DAYS, told.reports, strict=True)][::4]:
        book, cases = opened(office_workbook.render(report)), told.office.summary(day)["cases"]
        entries = json.loads(extension_files.extensions(report))["clocks"]["cases"]
        heads, *shown = rows(book, "法定期限", first=3)
        at = {str(name): place for place, name in enumerate(heads)}
        assert {str(row[at["案件编号"]]) for row in shown} == {number for number in entries if not _is_closed(cases[number])}
        weights = []
        for row in shown:
            entry = entries[str(row[at["案件编号"]])]
            assert (_iso(row[at["受理到期"]]), _iso(row[at["首次报受理"]])) == (entry["acceptance"]["due"], entry["acceptance"]["done"])
            conclusion = entry["conclusion"] or {"due": None, "extension": None, "article": "", "done": None}
            assert (_iso(row[at["办结到期"]]), row[at["延期天数"]] or 0) == (conclusion["due"], conclusion["extension"] or 0)
            assert conclusion["article"] in str(row[at["依据"]])
            assert entry["acceptance"]["article"] in str(row[at["依据"]])
            ends = [date.fromisoformat(clock["due"]) for clock in (entry["acceptance"], conclusion) if clock["due"] and not clock["done"]]
            late = max((day - end).days for end in ends)
            weights.append((0 if late >= 10 else 1 if late > 0 else 2 if late >= -3 else 3, -late))
            assert row[at["最紧的"]] == ("严重超期", "超期", "临近", "期限内")[weights[-1][0]]
        assert weights == sorted(weights)
        assert {weight for weight, _late in weights} == {0, 1, 2, 3}


def _iso(cell: object) -> str | None:
    return f"{cell:%Y-%m-%d}" if isinstance(cell, datetime) else None


def _is_closed(case: dict[str, object]) -> bool:
    return bool(case["counted_resolved"]) or case["status"] == "导入法定途径"


def test_each_hint_is_a_row_under_its_kind_and_leads_to_its_cases(published: Published) -> None:
    told = 0
    for report in published("week-messy").reports:
        sheet = opened(office_workbook.render(report))["核查提示"]
        assert str(sheet["A2"].value).startswith("试行到2027年3月31日的日报为止")
        hints, kind, shown = report.beyond.hints, "", []
        for row in sheet.iter_rows(min_row=4):
            if re.fullmatch(r".+（\d+处）", str(row[0].value)):
                kind = str(row[0].value)
            elif row[2].value:
                assert bool(row[1].hyperlink) == bool(row[1].value)
                shown.append((kind.partition("（")[0], *("" if cell.value is None else cell.value for cell in (row[0], *row[2:]))))
        assert sorted(shown) == sorted(
            (HINTS[hint.code].name, hint.district, hint.fact, hint.value, hint.file, hint.sheet, hint.cell) for hint in hints
        )
        told += len(hints)
    assert told


def test_each_claim_is_counted_and_leads_to_just_its_cases(published: Published) -> None:
    report = published("week-messy").reports[-1]
    book = opened(office_workbook.render(report))
    heads, *shown = [[cell for cell in row if cell.value is not None] for row in book["诉求认定"].iter_rows(min_row=3)]
    kinds = [str(cell.value) for cell in heads[2:-2]]
    counted = {(row[0].value, row[1].value): row for row in shown if len(row) == len(heads)}
    for tally in report.beyond.claims:
        row = counted[tally.group, tally.district]
        assert [cell.value for cell in row[2:-1]] == [count for _claim, count in tally.counts]
        assert row[-1].value == sum(count for _claim, count in tally.counts)
        for kind, cell in zip(kinds, row[2:], strict=False):
            own = sorted(
                case.number for case in report.cases if (case.claim, case.group, case.district) == (kind, tally.group, tally.district)
            )
            own = [number for number in own if not next(case for case in report.cases if case.number == number).grounds]
            assert cell.value == len(own)
            assert sorted(_behind(book, cell)) == own
    sums = [row for key, row in counted.items() if key[1] == "合计"]
    assert [row[-1].value for row in sums] == [figure.tally.total for figure in report.targets]


def _behind(book: Workbook, cell: Cell) -> list[str]:
    """The cases that a click on a cell of 诉求认定 shows, in 数字明细."""
    if not cell.hyperlink or not cell.hyperlink.location:
        return []
    sheet, _, area = cell.hyperlink.location.partition("!")
    assert sheet == "'数字明细'"
    return [str(each.value) for row in book["数字明细"][area] for each in row[1:] if each.hyperlink]


def test_receptions_stand_below_the_turns_that_they_are_held_against() -> None:
    rota = [turn_row("2020-05-20", "领导一"), turn_row("2020-05-21", "领导一", "替班", 替班领导="领导二", 备注="=1+1")]
    said = [progress_row(number, 接访下访领导="领导二", 接访下访日期="2020-05-21") for number in ("SJ-2020-001", "ZZQ-2020-001")]
    day = on(DAY, assigned(assignment(rota=rota)), handed_in(written(progress=said)))
    shown = rows(opened(office_workbook.render(day.report)), "接访下访", first=3)
    when = datetime(2020, 5, 21)  # noqa: DTZ001 - a cell has no zone
    assert shown[1][:6] == ["日期", "接访领导", "报来（件）", "原排领导", "备注", "说明"]
    nobodys = "该领导没有包联旗区"
    assert shown[2][:6] == [when, "领导二", 2, "领导一", "=1+1", nobodys]
    assert shown[3][1:6] == ["领导一", 0, "—", None, f"日报里没有这一天的；{nobodys}"]
    assert shown[6][0] == "日报报来的接访下访（2 件次）"
    assert [row[:5] for row in shown[8:10]] == [
        [when, "领导二", "SJ-2020-001", "东胜区", "逾期交房"],
        [when, "领导二", "ZZQ-2020-001", "东胜区", "逾期交房"],
    ]


def test_each_kind_of_disagreement_is_a_list_by_district() -> None:
    alike = {"涉及项目或单位": "甲小区", "交办日期": "2020-05-20"}
    cases = [case_row("SJ-2020-001"), case_row("SJ-2020-002", "达拉特旗", **alike), case_row("SJ-2020-003", **alike, 案由="=1+1 逾期交房")]
    cases += [case_row("SJ-2020-004", **alike, 案由="=1+1逾期交房")]
    said = [progress_row("SJ-2020-001", 包案领导="=领导九"), progress_row("SJ-2020-777"), progress_row("SJ-2020-003", 当前状态="没有")]
    day = on(DAY, assigned(assignment(cases)), handed_in(written(progress=said)))
    book = opened(office_workbook.render(day.report))
    shown = rows(book, "对账", first=3)
    assert [row[0] for row in shown if re.search(r"（\d+）$", str(row[0]))] == [
        "已交办、从未报送（3）", "报来、分解表没有（1）", "内容不一致（1）", "疑似同一事项（1）",
    ]  # fmt: skip
    assert [(row[0], row[1], row[6]) for row in shown[1:] if row[6]] == [
        ("东胜区", "SJ-2020-003", "交办1天，没有采用过一行；当日报来的这一行退回了"),
        ("东胜区", "SJ-2020-004", "交办1天，没有采用过一行"),
        ("达拉特旗", "SJ-2020-002", "交办1天，没有采用过一行"),
        ("东胜区", "SJ-2020-777", "台账里没有这个编号，这一行退回了"),
        ("东胜区", "SJ-2020-001", "包案领导：登记的是“领导一”，日报里是“=领导九”"),
        ("东胜区", "SJ-2020-003", "项目、类别相同，案由相近。SJ-2020-004：=1+1逾期交房"),
    ]
    links = {row[1].value: bool(row[1].hyperlink) for row in book["对账"].iter_rows(min_row=4) if row[6].value}
    assert links == {f"SJ-2020-{n:03}": n < 777 for n in (1, 2, 3, 4, 777)}


def test_a_long_request_of_several_cases_is_told_once_and_the_others_say_whose_it_is() -> None:
    numbers = [f"SJ-2020-{n:03}" for n in range(1, 5)]
    long = "请市级召开专题会议，协调不动产登记、自然资源、财政和法院等单位明确分步办证路径、垫付资金来源和处置意见，并书面答复时限。" * 2
    asked = [long, long, "请市级协调资金", "请市级协调资金"]
    sent = [progress_row(number, 需协调事项=said) for number, said in zip(numbers, asked, strict=True)]
    files = [assigned(assignment([case_row(number) for number in numbers])), handed_in(written(progress=sent), f"{DAY} 16:00")]
    sheet = opened(office_workbook.render(on(DAY, *files).report))["决策事项"]
    told = [f"{row[-1].value}" for row in sheet.iter_rows() if row[2].value in numbers]
    assert told == [long, "同SJ-2020-001：请市级召开专题会议，协调……", "请市级协调资金", "请市级协调资金"]
