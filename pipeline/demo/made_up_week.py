"""The demo's story: a made-up week of nine districts, what they hold and what they hand in. Plain data, no files.

Nothing in it is real: people are 领导一 and 甲, places 某小区. The days count from 0, the Sunday before, when every
case is reported once, so that Monday has a yesterday to differ from.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from pipeline.demo.made_up_extensions import EXEMPTED, answered
from pipeline.terms import contract
from pipeline.terms.contract import ACCEPTED as TAKEN_UP
from pipeline.terms.contract import ASSIGNED, IN_PROGRESS, NEW_CASES, PROGRESS, RECEPTION, REFERRED, REPLIED, RESOLVED, URGENT

Value = str | int | date | None
Row = dict[str, Value]

SUNDAY = date(2020, 5, 17)
MON, TUE, WED, THU, FRI = range(1, 6)
DISTRICTS = ("DS", "DLT", "ZGE", "YJHL", "WS", "HJ", "ETK", "ETQ", "KBS")
_OWN = (5, 3, 4, 3, 2, 2, 2, 2, 2)
"""How many cases each district found itself before the week."""
_REGION, _CITY = 31, 38
_RESOLVED_ON = (0, MON, 0, TUE, 0, WED, 0, THU, 0, 0, MON, 0, TUE, 0, WED, 0, THU, 0, 0, FRI)
_NEVER = 99
_FIXED = {
    "ZZQ-2020-007": _NEVER,  # overdue since Wednesday
    "ZZQ-2020-019": WED,  # disputed on Thursday
    "ZZQ-2020-031": FRI,  # assigned on Wednesday
    "SJ-2020-014": MON,  # reopened on Thursday
    "SJ-2020-030": _NEVER,  # nobody has taken it up
    "DS-2020-003": _NEVER,  # referred to the court on Wednesday
    "SJ-2020-023": _NEVER,  # cancelled on Wednesday
}
_SILENT = frozenset({("KBS", FRI), ("ETQ", WED)})
"""No report, and a zero report: nothing is resolved there on that day."""
_NUMERALS = "一二三四五六七八九十"


def day(index: int) -> date:
    """The date of a day of the story."""
    return SUNDAY + timedelta(days=index)


# --- the cases ---------------------------------------------------------------------------------------------------

_MATTERS = {
    "房地产开发": "{}逾期未交房，群众要求明确交付时间",
    "物业服务": "{}电梯长期停用，物业费调整未公示",
    "建筑施工": "{}夜间施工扰民，要求规范作业时间",
    "拖欠农民工工资": "{}劳务班组反映工资未按时发放",
    "工程质量": "{}外墙渗漏、地下车库返潮",
    "住房保障": "{}公租房轮候结果公示不及时",
    "征收补偿": "{}征收补偿款未足额到位",
    "其他": "{}登记资料缺失，办证受阻",
}


@dataclass(frozen=True, slots=True)
class Case:
    """One case of the story, with the day on which its district settles it."""

    number: str
    source: str
    code: str
    category: str
    matter: str
    index: int
    assigned: date
    deadline: date
    resolved: int

    @property
    def leader(self) -> str:
        """包案领导."""
        return f"领导{_NUMERALS[self.index % 10]}"

    def status(self, at: int) -> str:
        """当前状态 on a day."""
        if self.number == "SJ-2020-014" and at >= THU:
            return IN_PROGRESS
        if self.number == "DS-2020-003" and at >= WED:
            return REFERRED
        if self.number == "SJ-2020-030":
            return ASSIGNED
        steps = ((self.resolved, RESOLVED), (self.resolved - 1, REPLIED), (self.resolved - 3, IN_PROGRESS))
        early = IN_PROGRESS if self.resolved == _NEVER else TAKEN_UP
        return next((status for first, status in steps if at >= first), early)

    def is_reported(self, at: int) -> bool:
        """Whether the district writes about it: the first time, and while it was open the day before."""
        if self.number == "SJ-2020-030" or self.assigned > day(at):
            return False
        is_first = at == 0 or day(at) == self.assigned
        return is_first or self.status(at) != RESOLVED or self.status(at - 1) != RESOLVED or self.is_disputed(at)

    def is_disputed(self, at: int) -> bool:
        """Whether those concerned have said no to the answer."""
        return self.number == "ZZQ-2020-019" and at >= THU


def cases() -> tuple[Case, ...]:
    """Every case that the office hands out, in the order of the assignment workbook."""
    numbered = [
        *((f"ZZQ-2020-{n:03}", contract.SOURCE_REGION, DISTRICTS[n % 9]) for n in range(1, _REGION + 1)),
        *((f"SJ-2020-{n:03}", contract.SOURCE_CITY, DISTRICTS[(n * 2 + 3) % 9]) for n in range(1, _CITY + 1)),
        *(
            (f"{code}-2020-{n:03}", contract.SOURCE_DISTRICT, code)
            for code, count in zip(DISTRICTS, _OWN, strict=True)
            for n in range(1, count + 1)
        ),
    ]
    return tuple(_case(index, number, source, code) for index, (number, source, code) in enumerate(numbered))


def _case(index: int, number: str, source: str, code: str) -> Case:
    category = contract.CATEGORIES[index * 3 % 8]
    place = f"某小区{_NUMERALS[index % 10]}期" if index % 3 else f"某项目{'甲乙丙丁'[index % 4]}标段"
    assigned = {"ZZQ-2020-031": day(WED), "SJ-2020-030": date(2020, 4, 25)}.get(number, date(2020, 4, 6) + timedelta(days=index % 20))
    deadline = {"ZZQ-2020-007": day(TUE), "ZZQ-2020-019": day(FRI) + timedelta(days=2)}.get(number, assigned + timedelta(days=55))
    resolved = _FIXED.get(number, _RESOLVED_ON[index % len(_RESOLVED_ON)])
    resolved -= (code, resolved) in _SILENT
    return Case(number, source, code, category, _MATTERS[category].format(place), index, assigned, deadline, resolved)


# --- the assignment workbooks ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Assignment:
    """An edition of the assignment workbook: its name, its arrival, its rows by sheet. 旗区 holds a code."""

    file: str
    arrived: datetime
    rows: dict[str, list[Row]]


def assignments() -> tuple[Assignment, Assignment]:
    """The edition of the Friday before, and the newer one of Wednesday."""
    first = _sheets([_listed(case) for case in cases() if case.assigned < SUNDAY])
    newer = _sheets([_listed(case) | _UPDATED.get(case.number, {}) for case in cases() if case.number != "SJ-2020-028"]) | EXEMPTED
    return (
        Assignment("案件包案任务分解表.xlsx", datetime.combine(day(-2), time(17, 30)), first),
        Assignment("案件包案任务分解表（5月20日更新）.xlsx", datetime.combine(day(WED), time(10, 5)), newer),
    )


_UPDATED: dict[str, Row] = {
    "SJ-2020-023": {"撤销依据": "与 SJ-2020-022 为同一事项，经联席会议研究同意并案办理"},
    "ZZQ-2020-019": {"备注": "重点督办"},
    "SJ-2020-014": {"延期至": date(2020, 6, 30), "备注": "经批准延期"},
}


def _sheets(rows: list[Row]) -> dict[str, list[Row]]:
    liaison: list[Row] = [{"旗区": code, "包联领导": f"领导{_NUMERALS[n]}", "职务": "副局长"} for n, code in enumerate(DISTRICTS)]
    liaison.append({"旗区": "DS", "包联领导": "领导十", "职务": "总工程师"})
    region = [row for row in rows if row["案件来源"] == contract.SOURCE_REGION]
    return {
        contract.LIAISON.name: liaison,
        contract.REGION_CASES.name: region,
        contract.VISITOR_CASES.name: [row for row in rows if row["案件来源"] != contract.SOURCE_REGION],
    }


def _listed(case: Case) -> Row:
    is_complete = case.index % 29 != 13  # noqa: PLR2004 - a few lack their team and plan
    return {
        "案件编号": case.number,
        "案件来源": case.source,
        "旗区": case.code,
        "问题类别": case.category,
        "案由": case.matter,
        "涉及项目或单位": f"某单位{'甲乙丙丁戊'[case.index % 5]}",
        "涉及户数": case.index * 7 % 120 + 3,
        "涉及金额": case.index * 11 % 300 + 5,
        "责任单位": "住建局",
        "包案领导": case.leader,
        "工作专班": f"第{_NUMERALS[case.index % 6]}专班" if is_complete else None,
        "化解方案": "先协商调解，协商不成的引导依法解决" if is_complete else None,
        "交办日期": case.assigned,
        "办结时限": case.deadline,
    }


# --- the reports -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Report:
    """A district's file: when it arrived, under which name, and its rows by sheet."""

    code: str
    at: int
    file: str
    arrived: datetime
    rows: dict[str, list[Row]]
    is_zero: bool = False
    is_damaged: bool = False
    """Cut off on its way."""
    moved: int = 0
    """So many days later than the story has it."""

    @property
    def day(self) -> date:
        """报告日期."""
        return day(self.at) + timedelta(days=self.moved)


def reports() -> Iterator[Report]:
    """Yield every file of the week, in the order of days and districts."""
    every = cases()
    for at in range(FRI + 1):
        for position, code in enumerate(DISTRICTS):
            if (code, at) != ("KBS", FRI):
                own = [case for case in every if case.code == code]
                yield from _sent(code, at, own, time(14 + position % 3, 8 + position * 5))


def _sent(code: str, at: int, own: list[Case], clock: time) -> Iterator[Report]:
    """Yield what arrives from one district for one day: mostly one file."""
    correct = Report(code, at, f"日报{at}.xlsx", datetime.combine(day(at), clock), _rows(code, at, own))
    mistakes = [_settled_before(own, at) | mistake for when, whose, mistake in _MISTAKES if (when, whose) == (at, code)]
    usual = _with_progress(correct, mistakes)
    match code, at:
        case "ETQ", 3:
            yield replace(correct, rows={PROGRESS.name: []}, is_zero=True)
        case "DS", 3:  # sent again with the bad row left out
            yield usual
            yield replace(correct, file="日报3（更正）.xlsx", arrived=datetime.combine(day(at), time(16, 47)))
        case "ZGE", 2:  # the same bytes once more
            yield usual
            yield replace(usual, file="日报2（再发）.xlsx", arrived=datetime.combine(day(at), time(16, 31)))
        case "ETK", 4:  # cut off, then whole
            yield replace(usual, file="日报4（发送中断）.xlsx", is_damaged=True)
            yield replace(usual, arrived=datetime.combine(day(at), time(16, 40)))
        case "WS", 4:  # mended on the next afternoon: Thursday's figures are marked as corrected
            yield usual
            mended = _with_progress(correct, [{**row, "今日进展": "已回访，群众表示满意"} for row in mistakes])
            yield replace(mended, file="日报4（更正）.xlsx", arrived=datetime.combine(day(FRI), time(14, 5)))
        case "HJ", 4:  # after the cut-off
            yield replace(usual, arrived=datetime.combine(day(at), time(18, 22)))
        case _:
            yield usual


def _with_progress(report: Report, more: list[Row]) -> Report:
    return replace(report, rows={**report.rows, PROGRESS.name: [*report.rows[PROGRESS.name], *more]})


def _rows(code: str, at: int, own: list[Case]) -> dict[str, list[Row]]:
    own_found = [(first, row) for first, owner, row in _FOUND if owner == code]
    return {
        PROGRESS.name: [
            *(_progress(case, at) for case in own if case.is_reported(at)),
            *(_progress_of_found(row, at) for first, row in own_found if at >= first),
        ],
        NEW_CASES.name: [row for first, row in own_found if first == at],
        RECEPTION.name: _reception(code, at),
        URGENT.name: [row for when, owner, row in _URGENT if (when, owner) == (at, code)],
    } | answered(code, at)


_STEPS = {
    TAKEN_UP: ("已受理并告知来访群众，正在核实情况",),
    IN_PROGRESS: (
        "已约谈责任单位，要求本周内提交整改计划",
        "召开三方协调会，就解决方案达成初步意见",
        "现场查看整改进度，督促增派人手",
        "核对台账资料，补充有关手续",
    ),
    REPLIED: ("书面答复已送达，正在回访",),
    RESOLVED: ("问题已解决，群众签字认可",),
    REFERRED: ("经释法说理，当事人已向人民法院起诉",),
}
_NEXT = {TAKEN_UP: "三日内完成核实", IN_PROGRESS: "跟踪整改进度，及时答复群众", REPLIED: "继续回访"}


def _progress(case: Case, at: int) -> Row:
    status = case.status(at)
    row: Row = {
        "案件编号": case.number,
        "案由": case.matter,
        "包案领导": case.leader,
        "办结时限": _UPDATED.get(case.number, {}).get("延期至", case.deadline) if at >= WED else case.deadline,
        "当前状态": status,
        "今日进展": _STEPS[status][(case.index + at) % len(_STEPS[status])],
        "诉求认定": contract.CLAIMS[case.index % 4],
        "下一步措施": _NEXT.get(status),
    }
    if status in (REPLIED, RESOLVED):
        row |= {"答复日期": _answered(case), "答复文号": f"住建函〔2020〕{case.index + 101}号"}
        row["群众确认"] = "认可" if status == RESOLVED else "未回访"
    if case.index % 4 == at % 4:
        row |= {"接访下访领导": case.leader, "接访下访日期": day(at)}
    return row | _OUT_OF_THE_ORDINARY.get((case.number, at), {})


def _answered(case: Case) -> date:
    return day(case.resolved - 1) if case.resolved else max(case.assigned, date(2020, 5, 6) + timedelta(days=case.index % 9))


_OUT_OF_THE_ORDINARY: dict[tuple[str, int], Row] = {
    ("SJ-2020-014", THU): {"今日进展": "回访发现整改后再次渗漏", "重新办理原因": "群众反映问题反复，经核实属实"},
    ("ZZQ-2020-019", THU): {"今日进展": "群众对补偿标准仍有异议", "群众确认": "不认可"},
    ("ZZQ-2020-019", FRI): {"今日进展": "已约定下周一再次座谈", "群众确认": "未回访"},
    ("ZZQ-2020-007", FRI): {"需协调事项": "土地手续需自然资源部门出具意见，请市级协调"},
}


# --- what the districts found, and what cannot wait --------------------------------------------------------------


def _found(number: str, category: str, found_on: int, leader: str | None) -> Row:
    return {
        "案件编号": number,
        "问题类别": category,
        "案由": _MATTERS[category].format("某小区五期"),
        "涉及项目或单位": "某单位甲",
        "涉及户数": 36,
        "涉及金额": 120,
        "责任单位": "住建局",
        "包案领导": leader,
        "工作专班": "第一专班",
        "化解方案": "一事一策，限期整改",
        "排查日期": day(found_on),
        "办结时限": day(found_on) + timedelta(days=50),
    }


_FOUND: tuple[tuple[int, str, Row], ...] = (
    (TUE, "ZGE", _found("ZGE-2020-005", "物业服务", TUE, "领导三")),
    (WED, "WS", _found("WS-2020-003", "工程质量", WED, "领导五")),
    (THU, "DLT", _found("DLT-2020-004", "拖欠农民工工资", THU, None)),
)


def _progress_of_found(row: Row, at: int) -> Row:
    status = TAKEN_UP if row["排查日期"] == day(at) else IN_PROGRESS
    return {
        **{name: row[name] for name in ("案件编号", "案由", "包案领导", "办结时限")},
        "当前状态": status,
        "今日进展": _STEPS[status][0],
        "诉求认定": "诉求合理",
    }


def _urgent(kind: str, what: str, when: Value, done: str) -> Row:
    return {"案件编号": None, "事项类别": kind, "情况说明": what, "发生时间": when, "已采取措施": done}


_URGENT: tuple[tuple[int, str, Row], ...] = (
    (MON, "KBS", _urgent("停水停电停暖", "某小区二期二次供水泵房故障，影响约两栋楼", "上午7时40分", "已抢修并安排临时供水")),
    (WED, "DLT", _urgent("工资支付逾期", "某项目乙标段月底前应付工资尚未落实", "9:30", "已约谈总包单位")),
    (THU, "YJHL", _urgent("工程安全隐患", "某项目丙标段基坑边坡开裂", "2020-05-21 08:15", "已停工并撤离人员")),
    (FRI, "ETQ", _urgent("跨部门协调", "某小区三期配套道路未移交", "5月22日", "已发函有关部门")),
)


def _reception(code: str, at: int) -> list[Row]:
    if at == 0:
        return []
    chance = random.Random(f"{code}{at}")  # noqa: S311 - the same week every time, nothing secret
    rows: list[Row] = []
    for category in sorted(chance.sample(contract.CATEGORIES, 3), key=contract.CATEGORIES.index):
        batches = chance.randrange(1, 7)
        answered = chance.randrange(batches + 1)
        rows.append({"问题类别": category, "接访批次": batches, "当场答复": answered, "转交办理": batches - answered})
    if (code, at) == ("YJHL", WED):
        rows[0]["转交办理"] = 9
    return rows


# --- mistakes ----------------------------------------------------------------------------------------------------

_MISTAKES: tuple[tuple[int, str, Row], ...] = (
    (MON, "DLT", {"案件编号": "SJ-2020-099"}),
    (MON, "ETK", {"当前状态": "差不多了"}),
    (TUE, "ZGE", {"答复日期": "上周五"}),
    (TUE, "YJHL", {"案件编号": "DS-2020-001"}),
    (WED, "DS", {"当前状态": None}),
    (WED, "HJ", {"诉求认定": contract.UNSOLVABLE_NOW}),
    (THU, "WS", {"今日进展": "已电话回访 13800000000，群众表示满意"}),
    (THU, "ETK", {"群众确认": "认可"}),
    (THU, "ETK", {"群众确认": "未回访"}),
    (THU, "DLT", {"答复日期": date(2020, 5, 31)}),
    (FRI, "YJHL", {"当前状态": IN_PROGRESS, "今日进展": "继续跟进"}),
    (FRI, "ETQ", {"答复文号": None}),
)
"""What is wrong in a row, by day and district."""


def _settled_before(own: list[Case], at: int) -> Row:
    """Return the row for mistakes: its case was settled long before, so that nothing else changes."""
    return _progress(next(case for case in own if case.resolved == 0), at)
