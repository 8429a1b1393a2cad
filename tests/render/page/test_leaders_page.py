"""The leaders' page: what it says, that it says nothing else, and that nobody's text becomes markup."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlooks import hostile, with_outlook

from pipeline.day.targets import Tally
from pipeline.render import definitions
from pipeline.render.page import leaders_page, trend_chart
from pipeline.report import sentences
from pipeline.report.case_lines import CaseLine, Change, ReceptionLine, UrgentLine
from pipeline.report.figures import Bounds, Figure
from pipeline.report.report import Report
from pipeline.report.submission_lines import FindingLine, Input, SubmissionLine
from pipeline.settings import config
from pipeline.terms.contract import Severity
from pipeline.terms.findings import Finding
from pipeline.terms.words import FLAGS

ROOT = Path(__file__).resolve().parents[3]
TEMPLATES = ROOT / "templates"
DAY = date(2020, 5, 22)
ZONE = ZoneInfo("Asia/Shanghai")
REGION, REST = "自治区交办", "市级交办和旗区自行梳理"
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}{% raw %}&amp;\x00\x1b[31m\u202e\u2066\ud800]]>--><!--"


_PLAIN = CaseLine(
    number="", group=REGION, source="自治区交办", district="东胜区", category="物业服务", matter="", project="某小区",
    households=Decimal(12), amount=Decimal("3.5"), unit="某单位", leader="领导一",
    leaders="领导一、领导二", team="工作专班一", plan="分三步解决",
    assigned=date(2020, 5, 10), limit=date(2020, 6, 30), extended=None, deadline=date(2020, 6, 30), status="办理中", claim="诉求合理",
    replied_on=None, reply_number="", confirmation="", progress="已召集双方协商", next_step="", coordination="", reported_on=DAY,
    is_counted=False, is_open=True, is_referred=False, dispute_stands=False,
    disputed_since=None, asking_since=None, days_overdue=-39, days_idle=0, missing_ones=(), flags=(),
    grounds="", origin="东胜区日报.xlsx · 案件进展 · 第5行", listed_in="分解表.xlsx · 自治区交办案件 · 第3行",
)  # fmt: skip


def a_case(number: str, **said: object) -> CaseLine:
    """An open case of 东胜区 in hand, with everything in order but what is said."""
    return replace(_PLAIN, number=number, matter=f"{number} 的案由", **said)  # type: ignore[arg-type]


def some_cases() -> tuple[CaseLine, ...]:
    """One case for everything that the page tells apart."""
    resolved = {"status": "已化解", "replied_on": DAY, "reply_number": "东住建复〔2020〕3号"}
    rest = {"group": REST, "source": "市级交办"}
    gaps = {"team": "", "plan": "", "missing_ones": ("工作专班", "化解方案"), "flags": ("incomplete_assignment",)}
    untouched = {"status": "已交办", "assigned": date(2020, 5, 1), "days_idle": 21, "flags": ("acceptance_overdue", "stalled")}
    past = {"limit": date(2020, 5, 19), "deadline": date(2020, 5, 19), "days_overdue": 3}
    unsaid = {"limit": None, "deadline": None, "days_overdue": 0, "missing_ones": ("办结时限",), "flags": ("incomplete_assignment",)}
    return (
        a_case("DS-2020-001", group=REST, source="旗区自行梳理", **gaps),
        a_case("SJ-2020-001", **rest, **resolved, is_counted=True, is_open=False),
        a_case("SJ-2020-002", **rest, **resolved, confirmation="不认可", dispute_stands=True, flags=("disputed",)),
        a_case("SJ-2020-003", **rest, district="康巴什区", status="导入法定途径", is_open=False, is_referred=True),
        a_case("SJ-2020-004", **rest, district="杭锦旗", is_open=False, flags=("cancelled",), grounds="与 SJ-2020-001 重复"),
        a_case("SJ-2020-005", **rest, district="杭锦旗", **untouched),
        a_case("ZZQ-2020-001", **resolved, is_counted=True, is_open=False),
        a_case("ZZQ-2020-002", **past, flags=("overdue", "missing_from_assignment")),
        a_case("ZZQ-2020-003", extended=DAY, deadline=DAY, days_overdue=0, flags=("due_soon",)),
        a_case("ZZQ-2020-004", **unsaid, progress="", origin="", reported_on=None),
    )


def some_submissions(names: tuple[str, ...]) -> tuple[SubmissionLine, ...]:
    """东胜区 late with a correction, 杭锦旗 not at all, 乌审旗 refused, 康巴什区 a zero report, all others on time."""
    came = datetime(2020, 5, 22, 16, 5, 9, tzinfo=ZONE)
    plain = [SubmissionLine(name, "on-time", False, 1, came, 2, 0, f"{name}日报.xlsx", "甲", 0) for name in names]
    late = replace(plain[0], status="late", revision=2, received_at=came + timedelta(hours=1), rows_accepted=9, rows_refused=1)
    nothing = {"status": "missing", "revision": 0, "received_at": None, "rows_accepted": 0, "file": "", "reporter": ""}
    changed = {
        "东胜区": late,
        "杭锦旗": replace(plain[5], **nothing),  # type: ignore[arg-type]
        "乌审旗": replace(plain[4], **nothing, refused_files=1),  # type: ignore[arg-type]
        "康巴什区": replace(plain[8], zero_report=True, rows_accepted=0),
    }
    return tuple(changed.get(one.district, one) for one in plain)


def some_findings() -> tuple[FindingLine, ...]:
    """A refused row, a warning, a refused file, a superseded revision and the assignment workbook."""

    def line(district: str, file: str, use: str, found: Finding) -> FindingLine:
        return FindingLine(DAY.isoformat(), district, file, use, found)

    status = Finding("not-in-list", Severity.ROW, "当前状态“差不多了”不在可选范围，请从下拉框选择。", "案件进展", 14, 4, "差不多了")
    return (
        line("东胜区", "东胜区日报(更正).xlsx", "采用", status),
        line("东胜区", "东胜区日报(更正).xlsx", "采用", Finding("late", Severity.WARNING, "报送时间晚于截止时间。")),
        line("东胜区", "东胜区日报.xlsx", "已被更正", Finding("required", Severity.ROW, "“案件编号”没有填。", "案件进展", 9, 0)),
        line("乌审旗", "乌审旗日报.xlsx", "未采用", Finding("macro-workbook", Severity.FILE, "工作簿里带有宏，不能接收。")),
        line("", "不知道是谁的.xlsx", "未采用", Finding("unknown-district", Severity.FILE, "封面没有填“旗区”。", "封面")),
        line("", "分解表.xlsx", "分解表", Finding("case-missing", Severity.WARNING, "案件 ZZQ-2020-002 在新的分解表中不见了。")),
    )


def some_changes() -> tuple[Change, ...]:
    """A change of every kind but a reopening."""
    return (
        Change("newly_resolved", "SJ-2020-001", "东胜区", "SJ-2020-001 的案由", "已化解"),
        Change("newly_resolved", "ZZQ-2020-001", "东胜区", "ZZQ-2020-001 的案由", "已化解"),
        Change("no_longer_counted", "SJ-2020-002", "东胜区", "SJ-2020-002 的案由", "已化解，群众不认可"),
        Change("new_cases", "DS-2020-001", "东胜区", "DS-2020-001 的案由", "办理中"),
        Change("withdrawn_cases", "DS-2020-009", "", "", "更正后的日报不再包含"),
    )


def some_urgent() -> tuple[UrgentLine, ...]:
    """One urgent matter about a case, one about none."""
    return (
        UrgentLine(
            "东胜区",
            "ZZQ-2020-002",
            "停水停电停暖",
            "三号楼停水",
            datetime.fromisoformat("2020-05-22 09:30"),
            "已送水",
            "请支援",
            "东胜区日报.xlsx",
        ),
        UrgentLine("康巴什区", "", "其他民生事项", "电梯停运", DAY, "已报修", "", "康巴什区日报.xlsx"),
    )


def a_trend(days: int) -> tuple[tuple[date, dict[str, Tally]], ...]:
    """So many days up to DAY, the last of them as in `a_report`; on the first there was no case of the second group."""
    first = DAY - timedelta(days=days - 1)
    rest = [Tally(90), *[Tally(90, 4 + (n > days // 2), int(n == days - 2)) for n in range(1, days - 1)], Tally(90, 5, 1)]
    region = [*[Tally(100, 4, 0) for _ in range(days - 1)], Tally(100, 4, 1)]
    return tuple((first + timedelta(days=n), {REGION: region[n], REST: rest[n]}) for n in range(days))


def a_report() -> Report:
    """A small day with something in every section."""
    known = config.load(ROOT / "config.yaml")
    cases = some_cases()
    names = known.district_names
    tally = {REGION: Tally(100, 4, 1), REST: Tally(90, 5, 1)}
    sources = (("自治区交办", REGION, Tally(100, 4, 1)), ("市级交办", REST, Tally(90, 4, 1)), ("旗区自行梳理", REST, Tally(90, 1, 0)))
    zero = {REGION: Tally(100), REST: Tally(90)}
    districts = {("东胜区", REGION): Tally(100, 4, 1), ("东胜区", REST): Tally(90, 3, 1)}
    districts |= {(name, REST): Tally(90, 1) for name in ("杭锦旗", "康巴什区")}
    report = Report(
        day=DAY,
        office="市住房和城乡建设局信访工作专班",
        is_correction=True,
        data_until=datetime(2020, 5, 23, 13, 1, 59, tzinfo=ZONE),
        targets=tuple(Figure(name, name, tally[name]) for name in tally),
        by_source=tuple(Figure(*one) for one in sources),
        by_district=tuple(Figure(name, group, districts.get((name, group), zero[group])) for group in tally for name in names),
        by_leader=tuple(Figure("领导一", group, tally[group]) for group in tally),
        by_category=tuple(Figure("物业服务", group, tally[group]) for group in tally),
        cases=cases,
        flags={flag: tuple(case.number for case in cases if flag in case.flags) for flag in FLAGS},
        newly_resolved=("SJ-2020-001", "ZZQ-2020-001"),
        reopened=(),
        new_cases=("DS-2020-001",),
        withdrawn_cases=("DS-2020-009",),
        no_longer_counted=("SJ-2020-002",),
        changes=some_changes(),
        submissions=some_submissions(names),
        reception=(ReceptionLine("东胜区", "物业服务", 7, 4, 2, "周五接访日"), ReceptionLine("康巴什区", "其他", 3, 3, 0, "")),
        urgent=some_urgent(),
        findings=some_findings(),
        liaison={"东胜区": (("领导三", "副局长"), ("领导四", ""))},
        trend=a_trend(5),
        bridges=(),
        ways=(),
        decisions=(),
        absences=(),
        open_points=(),
        most_new=3,
        inputs=(Input("分解表.xlsx", "0" * 64, "2020-05-18T09:00:00+08:00", "assignment"),),
        settings=known,
    )
    return with_outlook(report)


def an_empty_report() -> Report:
    """A day on which nothing is known but the nine districts."""
    full = a_report()
    nobody = tuple(SubmissionLine(one.district, "missing", False, 0, None, 0, 0, "", "", 0) for one in full.submissions)
    empty = {group: Tally(target) for group, target in ((REGION, 100), (REST, 90))}
    return replace(
        full,
        office="",
        is_correction=False,
        targets=tuple(Figure(name, name, one) for name, one in empty.items()),
        by_source=tuple(replace(one, tally=empty[one.group], bounds=None) for one in full.by_source),
        by_district=tuple(replace(one, tally=empty[one.group], bounds=None) for one in full.by_district),
        by_leader=(), by_category=(), cases=(), flags=dict.fromkeys(FLAGS, ()),
        newly_resolved=(), new_cases=(), withdrawn_cases=(), no_longer_counted=(), changes=(), submissions=nobody,
        reception=(), urgent=(), findings=(), liaison={}, trend=((DAY, empty),),
        bridges=(), ways=(), decisions=(), absences=(), open_points=(), most_new=3, inputs=(),
    )  # fmt: skip


def a_hostile_report() -> Report:
    """A day on which every text that somebody typed is an attack, or one very long word."""
    full = a_report()
    long = "W" * 4000
    typed = dict.fromkeys(["category", "matter", "project", "unit", "leaders", "team", "plan", "status", "grounds"], HOSTILE)
    words = dict.fromkeys(["leader", "reply_number", "progress", "next_step", "coordination", "origin"], HOSTILE + long)
    cases = tuple(replace(case, number=f"{case.number}{HOSTILE}", **typed, **words) for case in full.cases)  # type: ignore[arg-type]
    found = Finding("required", Severity.ROW, HOSTILE + long, HOSTILE, 5, 3, HOSTILE)
    numbers = {case.number: f"{case.number}{HOSTILE}" for case in full.cases}
    return replace(
        hostile(full, HOSTILE + long, numbers=numbers),
        office=HOSTILE,
        cases=cases,
        flags={flag: tuple(case.number for case in cases if flag in case.flags) for flag in FLAGS},
        by_leader=tuple(replace(one, label=HOSTILE + long) for one in full.by_leader),
        changes=tuple(replace(one, number=f"{one.number}{HOSTILE}", matter=long, detail=HOSTILE) for one in full.changes),
        submissions=tuple(replace(one, reporter=HOSTILE + long) for one in full.submissions),
        reception=tuple(replace(one, note=HOSTILE + long) for one in full.reception),
        urgent=tuple(UrgentLine(one.district, HOSTILE, HOSTILE, long, one.happened, long, HOSTILE, long) for one in full.urgent),
        findings=tuple(replace(one, file=HOSTILE + long, finding=found) for one in full.findings),
        liaison={"东胜区": ((HOSTILE, long),)},
    )


FIGURES = ("targets", "by_source", "by_district", "by_leader", "by_category")

_BLOCKS = frozenset(
    {"article", "caption", "details", "div", "dl", "footer", "h1", "h2", "h3", "h4", "header", "nav", "p", "section", "summary", "table"}
    | {"title", "tr", "li", "ul"}
)
_VOID = frozenset({"meta", "rect", "line", "circle", "polyline", "path", "link", "img", "br"})


class _Page(HTMLParser):
    """The elements and the text of a page, a block a line."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self._said: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)
        self._said.append("\n" if tag in _BLOCKS else " | " if tag in {"td", "th", "dt", "dd", "text"} else "")

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            assert self.open.pop() == tag
        self._said.append("\n" if tag in _BLOCKS else "")

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self._said.append(re.sub(r"\s+", " ", data))

    @property
    def text(self) -> str:
        lines = (re.sub(r"\s+", " ", line).strip(" |") for line in "".join(self._said).split("\n"))
        return "\n".join(line for line in lines if line) + "\n"


def page_of(report: Report) -> _Page:
    return _Page(leaders_page.render(report, TEMPLATES).decode("utf-8"))


def test_the_page_reads_like_this(golden: Callable[[str, str], None]) -> None:
    golden("html/日报.txt", page_of(a_report()).text)


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
    for flag, name in ((flag, said.name) for flag, said in FLAGS.items()):
        assert f"{len(report.flags[flag])}件 {name}" in text
    assert "接访 10 批次，其中当场答复 7 批次，转交办理 2 批次" in text


def test_a_missed_target_is_said_with_how_many_are_missing() -> None:
    text = page_of(a_report()).text
    assert "自治区交办案件共4件，已化解1件，化解率25.0%，没有达到100%的目标，还差3件。" in text
    assert "与前一日相比，总数不变，已化解增加1件。前一日 0/4，0.0%。" in text


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
    assert "未报 2 个（乌审旗、杭锦旗）" in text
    assert "杭锦旗 | ✕ 未报 | 杭锦旗没有日报（此前也没有日报）；补报可能改变其名下市级交办和旗区自行梳理1件（计入化解0件）。\n" in text
    assert "乌审旗 | ✕ 未报 | 乌审旗没有日报（最近一次是5月21日的日报，送来的1份没有采用）；" in text
    assert "未报不等于没有事" in text


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

_RANGE = re.compile(r"补报后最低 (\S+)%（(\d+)/(\d+)），最高 (\S+)%（(\d+)/(\d+)）")


def said_range(bounds: Bounds) -> tuple[str, ...]:
    """The numbers with which the page says bounds."""
    told = ((one.rate_percent, one.resolved, one.total) for one in (bounds.lowest, bounds.highest))
    return tuple(str(part) for one in told for part in one)


def test_a_rate_carries_its_bounds_and_one_that_nothing_can_change_carries_none() -> None:
    report = a_report()
    page = page_of(report).text
    tables = [*report.by_district, *report.by_category, *report.by_leader]
    rest = [one for one in report.targets if one.bounds]
    sources = [one for one in report.by_source if one.bounds]
    expected = [said_range(one.bounds) for one in (*rest, *sources, *tables) if one.bounds]
    assert len(expected) == 7
    assert _RANGE.findall(page) == expected
    assert page.count(sentences.bounds_rule(3)) == 1
    assert "缺报、退回的内容补齐后，化解率最低9.0%、最高72.7%，今天都不达标。" in page


def test_where_everything_was_told_no_bounds_are_shown() -> None:
    report = a_report()
    plain = {name: tuple(replace(one, bounds=None) for one in getattr(report, name)) for name in FIGURES}
    page = page_of(replace(report, **plain)).text  # type: ignore[arg-type]
    assert not _RANGE.search(page)
    assert "没有缺报的日报、退回的内容会改变本表的数字" in page
    assert "缺报、退回的内容补齐后" not in page


def test_a_district_without_cases_that_may_find_some_carries_bounds_too() -> None:
    assert re.search(
        r"乌审旗 \| 0/0 \| — \| 无案件\n乌审旗 补报后最低 0.0%（0/3），最高 100.0%（3/3）",
        re.sub(r"[ |]+\|", " |", page_of(a_report()).text),
    )


def ladders(text: str) -> list[tuple[int, list[int], int]]:
    """What each ladder of the page says: the day before, every change, the day."""
    found = re.findall(r"^前一日（5月21日） \| (\d+) 件\n(.*?)^当日（5月22日） \| (\d+) 件$", text, re.MULTILINE | re.DOTALL)
    return [
        (int(before), [int(one.replace("−", "-")) for one in re.findall(r"([+−]\d+) 件", steps)], int(now)) for before, steps, now in found
    ]


def test_the_bridge_adds_up_to_the_last_case_in_what_is_shown() -> None:
    report = a_report()
    told = ladders(page_of(report).text)
    assert told == [
        numbers
        for one in report.bridges
        for numbers in (
            (one.total_before, [step.change for step in one.total_steps], one.total),
            (one.resolved_before, [step.change for step in one.resolved_steps], one.resolved),
        )
    ]
    assert all(before + sum(steps) == now for before, steps, now in told)


def test_every_step_of_the_bridge_opens_to_its_cases() -> None:
    text = page_of(a_report()).text
    assert "旗区新排查 前一日不在台账，由旗区排查上报。\nDS-2020-001 东胜区 DS-2020-001 的案由\n+1 件" in text
    assert "撤销 当日写有撤销依据，不再计入。\nSJ-2020-004 杭锦旗 SJ-2020-004 的案由\n−1 件" in text


def test_without_a_day_before_there_is_no_bridge() -> None:
    text = page_of(replace(a_report(), bridges=(), trend=a_trend(5)[-1:])).text
    assert text.count("没有前一日的数字可比。") == 2
    assert ladders(text) == []


def test_the_way_to_the_target_is_said_with_the_nearest_cases() -> None:
    text = page_of(a_report()).text
    assert "还差3件，近4天已化解净增1件，按此进度推算，2020年6月3日可以达标。" in text
    assert "还差4件，而可以继续化解的只有3件，全部化解也达不到目标" in text
    assert "最接近办结的 1 件：ZZQ-2020-003\nZZQ-2020-003 东胜区 ZZQ-2020-003 的案由包案领导 领导一，时限 2020-05-22（已延期），" in text


def test_what_needs_a_decision_stands_behind_the_targets_and_before_the_districts() -> None:
    text = page_of(a_report()).text
    assert text.index("一、目标完成情况") < text.index("二、需要决策的事项 4 件") < text.index("三、各旗区并列")
    assert "超期未结 需协调事项 | ZZQ-2020-002 | 东胜区 | ZZQ-2020-002 的案由 | 领导一 | 5月20日 | 土地手续请市级协调" in text
    assert "急报事项 | 没有对应案件 | 康巴什区 | 其他民生事项：电梯停运 | — | 5月22日 | 旗区没有提出需协调的事项，请知悉" in text
    assert "没有急报事项，也没有群众不认可、超期未结、需要协调的案件。" in page_of(an_empty_report()).text


def test_many_decisions_are_all_there() -> None:
    report = a_report()
    text = page_of(replace(report, decisions=report.decisions * 5)).text
    assert "需要决策的事项 20 件" in text
    assert "其余 8 件" in text
    assert text.count("土地手续请市级协调") == 5


def test_every_count_stands_beside_its_definition() -> None:
    report = a_report()
    text = page_of(report).text
    said = [definitions.TOTAL, definitions.RESOLVED, definitions.REFERRED, definitions.TARGET, definitions.OPEN, definitions.WAY]
    said += [
        definitions.TREND,
        definitions.BRIDGE,
        definitions.NOT_ZERO,
        definitions.ROWS,
        definitions.RECEPTION,
        definitions.DISTRICTS,
        definitions.LEADER,
    ]
    said += [definitions.on_time(report.settings), *definitions.DECISIONS.values(), *definitions.flags(report.settings.windows).values()]
    said += [definition for kind, definition in definitions.CHANGES.items() if kind != "status"]
    assert [one for one in said if one not in text] == []


def test_a_correction_is_marked_and_an_ordinary_page_is_not() -> None:
    assert "更正" in page_of(a_report()).text.split("\n")[0]
    assert "更正" not in "".join(page_of(replace(a_report(), is_correction=False)).text.split("\n")[:6])


def test_the_same_report_gives_the_same_bytes() -> None:
    assert leaders_page.render(a_report(), TEMPLATES) == leaders_page.render(a_report(), TEMPLATES)


def test_there_is_no_script_and_nothing_from_outside() -> None:
    page = leaders_page.render(a_report(), TEMPLATES).decode("utf-8")
    parsed = _Page(page)
    assert not {"script", "img", "iframe", "link", "object", "base", "form"} & {tag for tag, _ in parsed.tags}
    assert not re.search(r"https?:|//[a-z]|@import|url\(|javascript:", page)
    assert all((attrs.get("href") or "#").startswith("#") for _, attrs in parsed.tags)
    policy = dict(parsed.tags)["html"], [attrs["content"] for tag, attrs in parsed.tags if tag == "meta" and attrs.get("http-equiv")]
    assert policy == ({"lang": "zh-CN"}, ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"])


@pytest.mark.parametrize("report", [a_report(), an_empty_report(), a_hostile_report()], ids=["plain", "empty", "hostile"])
def test_every_link_leads_to_one_element_and_every_element_is_closed(report: Report) -> None:
    parsed = page_of(report)
    ids = [attrs["id"] for _, attrs in parsed.tags if "id" in attrs]
    assert parsed.open == []
    assert len(ids) == len(set(ids))
    assert {(attrs["href"] or "")[1:] for _, attrs in parsed.tags if "href" in attrs} <= set(ids)


def test_every_case_can_be_reached_from_where_it_is_counted() -> None:
    parsed = page_of(a_report())
    linked = {attrs["href"] for _, attrs in parsed.tags if "href" in attrs}
    assert {f"#case-{number}" for number in ("ZZQ-2020-002", "SJ-2020-001", "SJ-2020-004", "SJ-2020-003")} <= linked


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
    chart = trend_chart.trend([(DAY + timedelta(days=n), tally) for n, tally in enumerate(rates)], 90)
    assert chart is not None
    assert [line.count(",") for line in chart.lines] == [2, 2]
    assert [point.tally for point in chart.points] == [rates[0], rates[1], rates[3], rates[4]]


def test_one_day_is_no_trend() -> None:
    assert trend_chart.trend([(DAY, Tally(90, 4, 1))], 90) is None
    assert trend_chart.trend([], 90) is None


@given(st.lists(st.integers(0, 50).flatmap(lambda total: st.tuples(st.just(total), st.integers(0, total))), min_size=2, max_size=30))
def test_every_point_lies_on_the_chart(counts: list[tuple[int, int]]) -> None:
    chart = trend_chart.trend([(DAY + timedelta(days=n), Tally(90, *count)) for n, count in enumerate(counts)], 90)
    for point in chart.points if chart else ():
        assert trend_chart.LEFT <= float(point.x) <= trend_chart.RIGHT
        assert trend_chart.TOP <= float(point.y) <= trend_chart.BOTTOM


@pytest.mark.parametrize("last", [0, 60, 84, 88, 90, 92, 96, 100])
@pytest.mark.parametrize("target", [90, 100])
def test_the_last_value_and_the_target_are_told_apart_on_the_chart(last: int, target: int) -> None:
    chart = trend_chart.trend([(DAY - timedelta(days=1), Tally(target, 100, 50)), (DAY, Tally(target, 100, last))], target)
    assert chart is not None
    assert abs(float(chart.label_y) - float(chart.target_y)) >= 16
    assert trend_chart.TOP <= float(chart.label_y) <= trend_chart.BOTTOM


def test_the_days_below_the_chart_are_its_first_and_last_whatever_is_missing() -> None:
    rates = [Tally(90), Tally(90, 4, 2), Tally(90, 4, 3), Tally(90)]
    chart = trend_chart.trend([(DAY + timedelta(days=n), tally) for n, tally in enumerate(rates)], 90)
    assert chart is not None
    assert (chart.first_day, chart.last_day) == (DAY, DAY + timedelta(days=3))
