"""A day for the leaders' page: everything that it tells apart, an empty day, a hostile one; and the page as text."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

from outlooks import hostile, with_outlook

from pipeline.day.targets import Tally
from pipeline.render.page import leaders_page
from pipeline.report import sentences
from pipeline.report.case_lines import CaseLine, Change, ReceptionLine, UrgentLine
from pipeline.report.figures import Bounds, Figure
from pipeline.report.report import Report
from pipeline.report.submission_lines import FindingLine, Input, SubmissionLine
from pipeline.settings import config
from pipeline.terms.contract import Severity
from pipeline.terms.findings import Finding
from pipeline.terms.words import FLAGS

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
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


def a_case(number: str, **details: object) -> CaseLine:
    """An open case of 东胜区 in hand, with everything in order but these details."""
    return replace(_PLAIN, number=number, matter=f"{number} 的案由", **details)  # type: ignore[arg-type]


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
    return tuple(changed.get(line.district, line) for line in plain)


def some_findings() -> tuple[FindingLine, ...]:
    """A refused row, a warning, a refused file, a superseded revision and the assignment workbook."""

    def line(district: str, file: str, use: str, finding: Finding) -> FindingLine:
        return FindingLine(DAY.isoformat(), district, file, use, finding)

    status = Finding("not-in-list", Severity.ROW, "当前状态“差不多了”不在可选范围，请从下拉框选择。", "案件进展", 14, 4, "差不多了")
    return (
        line("东胜区", "东胜区日报(更正).xlsx", "采用", status),
        line("东胜区", "东胜区日报(更正).xlsx", "采用", Finding("late", Severity.WARNING, "报送时间晚于截止时间。")),
        line("东胜区", "东胜区日报.xlsx", "已被替换", Finding("required", Severity.ROW, "“案件编号”没有填。", "案件进展", 9, 0)),
        line("乌审旗", "乌审旗日报.xlsx", "退回", Finding("macro-workbook", Severity.FILE, "工作簿里带有宏，不能接收。")),
        line("", "不知道是谁的.xlsx", "退回", Finding("unknown-district", Severity.FILE, "封面没有填“旗区”。", "封面")),
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
    settings = config.load(TEMPLATES.parent / "config.yaml")
    cases = some_cases()
    names = settings.district_names
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
        by_source=tuple(Figure(*source) for source in sources),
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
        settings=settings,
    )
    return with_outlook(report)


def an_empty_report() -> Report:
    """A day on which nothing is known but the nine districts."""
    full = a_report()
    nobody = tuple(SubmissionLine(line.district, "missing", False, 0, None, 0, 0, "", "", 0) for line in full.submissions)
    empty = {group: Tally(target) for group, target in ((REGION, 100), (REST, 90))}
    return replace(
        full,
        office="",
        is_correction=False,
        targets=tuple(Figure(name, name, tally) for name, tally in empty.items()),
        by_source=tuple(replace(figure, tally=empty[figure.group], bounds=None) for figure in full.by_source),
        by_district=tuple(replace(figure, tally=empty[figure.group], bounds=None) for figure in full.by_district),
        by_leader=(), by_category=(), cases=(), flags=dict.fromkeys(FLAGS, ()),
        newly_resolved=(), new_cases=(), withdrawn_cases=(), no_longer_counted=(), changes=(), submissions=nobody,
        reception=(), urgent=(), findings=(), liaison={}, trend=((DAY, empty),),
        bridges=(), ways=(), decisions=(), absences=(), open_points=(), most_new=3, inputs=(), certainties=(),
    )  # fmt: skip


def a_hostile_report() -> Report:
    """A day on which every text that somebody typed is an attack, or one very long word."""
    full = a_report()
    long = "W" * 4000
    typed = dict.fromkeys(["category", "matter", "project", "unit", "leaders", "team", "plan", "status", "grounds"], HOSTILE)
    words = dict.fromkeys(["leader", "reply_number", "progress", "next_step", "coordination", "origin"], HOSTILE + long)
    cases = tuple(replace(case, number=f"{case.number}{HOSTILE}", **typed, **words) for case in full.cases)  # type: ignore[arg-type]
    finding = Finding("required", Severity.ROW, HOSTILE + long, HOSTILE, 5, 3, HOSTILE)
    numbers = {case.number: f"{case.number}{HOSTILE}" for case in full.cases}
    return replace(
        hostile(full, HOSTILE + long, numbers=numbers),
        office=HOSTILE,
        cases=cases,
        flags={flag: tuple(case.number for case in cases if flag in case.flags) for flag in FLAGS},
        by_leader=tuple(replace(figure, label=HOSTILE + long) for figure in full.by_leader),
        changes=tuple(replace(change, number=f"{change.number}{HOSTILE}", matter=long, detail=HOSTILE) for change in full.changes),
        submissions=tuple(replace(line, reporter=HOSTILE + long) for line in full.submissions),
        reception=tuple(replace(line, note=HOSTILE + long) for line in full.reception),
        urgent=tuple(UrgentLine(line.district, HOSTILE, HOSTILE, long, line.happened, long, HOSTILE, long) for line in full.urgent),
        findings=tuple(replace(line, file=HOSTILE + long, finding=finding) for line in full.findings),
        liaison={"东胜区": ((HOSTILE, long),)},
    )


_BLOCKS = frozenset(
    {"article", "caption", "details", "div", "dl", "footer", "h1", "h2", "h3", "h4", "header", "nav", "p", "section", "summary", "table"}
    | {"title", "tr", "li", "ul", "ol", "dialog", "label", "button", "optgroup"}
)
_VOID = frozenset({"meta", "rect", "line", "circle", "polyline", "path", "link", "img", "br", "input"})


class PageText(HTMLParser):
    """The elements and the text of a page, a block a line."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self._said: list[str] = []
        self.scripts: list[str] = []
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
        if self.open and self.open[-1] == "script":
            self.scripts.append(data)
        elif "style" not in self.open:
            self._said.append(re.sub(r"\s+", " ", data))

    @property
    def text(self) -> str:
        lines = (re.sub(r"\s+", " ", line).strip(" |") for line in "".join(self._said).split("\n"))
        return "\n".join(line for line in lines if line) + "\n"


def page_of(report: Report) -> PageText:
    return PageText(leaders_page.render(report, TEMPLATES).decode("utf-8"))


RANGE = re.compile(r"补报后最低 (\S+)%（(\d+)/(\d+)），最高 (\S+)%（(\d+)/(\d+)）")


def said_range(bounds: Bounds) -> tuple[str, ...]:
    """The numbers with which the page says bounds."""
    numbers = ((tally.rate_percent, tally.resolved, tally.total) for tally in (bounds.lowest, bounds.highest))
    return tuple(str(number) for of_tally in numbers for number in of_tally)


def ladders(text: str, day: date) -> list[tuple[int, list[int], int]]:
    """What each ladder of the page says: the day before, every change, the day."""
    before, today = (re.escape(sentences.day(end, day)) for end in (day - timedelta(days=1), day))
    pattern = (
        rf"^(?:前一日(?:按次日12:00所知)?（{before}）|此前没有日报（{before}，只有台账）) \| (\d+) 件\n(.*?)^当日（{today}） \| (\d+) 件$"
    )
    return [
        (int(start), [int(change.replace("−", "-")) for change in re.findall(r"^([+−]\d+) 件$", steps, re.MULTILINE)], int(end))
        for start, steps, end in re.findall(pattern, text, re.MULTILINE | re.DOTALL)
    ]


def expected_ladders(report: Report) -> list[tuple[int, list[int], int]]:
    """What they must say."""
    return [(ladder.before, [step.change for step in ladder.steps], ladder.now) for bridge in report.bridges for ladder in bridge.ladders]
