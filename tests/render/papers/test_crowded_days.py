"""The leaders' report of a week made by script: crowded days with few things to say, dangers among them, of which much is corrected.

Covers the pages of `briefing`, `decision_list`, `page_room` and `spread`, each set by typst and counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest
import weeks
from briefings import lines
from offices import File, assigned, consolidate, moment
from workbooks import DISTRICTS, Row, assignment, case_row, progress_row, report, resolved_row, urgent_row

from pipeline.day.requests import Request
from pipeline.render.papers import briefing, briefing_files, briefing_pdf, own_templates, page_room, spread
from pipeline.report.report import Report
from pipeline.terms import words
from pipeline.terms.contract import SAFETY

DAYS = [date(2020, 5, 18) + timedelta(days=n) for n in range(4)]
NUMBERS = [*(f"ZZQ-2020-{n:03}" for n in range(16)), *(f"SJ-2020-{n:03}" for n in range(121))]
DISTRICT_OF = {number: DISTRICTS[at % 9] for at, number in enumerate(NUMBERS)}
OPEN = ("ZZQ-2020-015", *NUMBERS[-12:])
LATE, LATER, ENDANGERED, SHAKEN = DISTRICTS[7], DISTRICTS[3], DISTRICTS[0], DISTRICTS[4]
CRANE = (
    "塔吊附着杆第三道焊缝断裂，塔身向北倾斜约11厘米，塔臂越过在建围挡，下方为已交付的8号楼（共94户、约270人）和幼儿园东侧围墙；"
    "塔吊基础积水，螺栓有2颗松动。检测单位认为6级以上大风时有倾覆危险，气象台预报凌晨有7级大风。目前无人员伤亡，西单元48户已通知暂避，其余46户尚未转移"
)
STOPPED = "06时10分停机断电；06时40分封闭北侧道路；08时起对塔身加设4道缆风绳，已完成2道；通知幼儿园停课一天；逐户通知转移"
ASKED = "请市住建局今日15时以前派专家到场，决定是否今晚拆除；请市应急管理局调派200吨汽车吊一台；请市里协调安置床位90个"
WALL = "外墙挂板脱落6块、约14平方米，没有人受伤；同一面墙另有约60平方米空鼓，热风以后可能继续脱落，楼下是每天约400人经过的菜市场入口"


def _own(district: str, *, is_open: bool = False) -> list[str]:
    return [number for number in NUMBERS if DISTRICT_OF[number] == district and (number in OPEN) == is_open]


def _resolved(number: str, *, confirmed: str = "认可", day: date = DAYS[0]) -> Row:
    return resolved_row(number, 答复日期=day.isoformat(), 答复文号=f"信复〔2020〕{number[-3:]}号", 群众确认=confirmed)


def _danger(number: str, day: date, **said: str) -> Row:
    return urgent_row(number, 事项类别=SAFETY, 发生时间=f"{day} 05:40", **said)


def _sent(district: str, day: date, at: str = "", rows: tuple[Row, ...] = (), urgent: tuple[Row, ...] = ()) -> File:
    sent = moment(at or f"{day} 16:00")
    return File(report(district, day, progress=rows, urgent=urgent), sent, f"{district}{day}{sent:%d%H}.xlsx")


@cache
def week() -> dict[date, Report]:
    return {day: made.report for day, made in consolidate(_files(), DAYS, noticed=True).items()}


def _files() -> Iterator[File]:
    first, second, third, last = DAYS
    listed = [case_row(number, DISTRICT_OF[number], 包案领导=f"领导{'一二三四五六'[at % 6]}") for at, number in enumerate(NUMBERS)]
    yield assigned(assignment(listed))
    merged = {**listed[-1], "撤销依据": "与SJ-2020-020为同一事项，经领导三批准合并"}
    yield assigned(assignment([*listed[:-1], merged]), f"{second} 09:00", "分解表（改）.xlsx")
    crane = _danger(_own(ENDANGERED, is_open=True)[0], second, 情况说明=CRANE, 已采取措施=STOPPED, 需协调事项=ASKED)
    wall = _danger(_own(SHAKEN, is_open=True)[0], second, 情况说明=WALL, 已采取措施="已拉设警戒带、菜市场改走南门，安排4人轮班看守")
    undated = {**crane, "案件编号": _own(DISTRICTS[2], is_open=True)[0], "发生时间": "夜里"}
    doubted, again = _own(DISTRICTS[5])[0], _own(LATER)[0]
    for name in DISTRICTS:
        rows = tuple(_resolved(number) for number in _own(name))
        yield _sent(name, first, f"{last} 14:00" if name == LATE else "", rows)
        urgent = {ENDANGERED: (crane,), SHAKEN: (wall,), DISTRICTS[2]: (undated,)}.get(name, ())
        news = {
            DISTRICTS[5]: (_resolved(doubted, confirmed="不认可"),),
            LATER: (_resolved(_own(LATER, is_open=True)[0], day=second),),
            LATE: (*rows, progress_row(_own(LATE, is_open=True)[0], 答复日期="夜里")),
        }
        yield _sent(name, second, "", news.get(name, ()), urgent)
        if name not in (LATE, DISTRICTS[8]):
            yield _sent(name, third)
        yield _sent(name, last)
    yield _sent(LATER, second, f"{last} 15:00", (progress_row(_own(LATER, is_open=True)[0]), _resolved(again, confirmed="不认可")))
    own = "ZZQ-2020-015"
    yield _sent(DISTRICT_OF[own], second, f"{last} 15:10", (_resolved(own, day=second),))


def _pdf(report: Report) -> bytes:
    fields = spread.over_pages(briefing.fields(report))
    return briefing_pdf.render(fields, report.data_until, own_templates.original(briefing_files.PDF_TEMPLATE))


@pytest.mark.parametrize("day", DAYS[1:])
def test_a_crowded_day_with_few_things_to_say_has_two_pages_and_its_strip_of_days(day: date) -> None:
    """Page one has both verdicts, the last days, how many cases have flags, and all decisions."""
    report = week()[day]
    assert briefing.things(report) < briefing.FEW_THINGS
    fields = briefing.fields(report)
    assert len(re.findall(rb"/Type ?/Page\b", _pdf(report))) == briefing.FEWER_PAGES
    assert page_room.is_decided(fields)
    assert fields["近日"]
    dangers = [matter.situation for matter in (*report.urgent, *report.unsettled)]
    assert dangers
    assert all(danger.rstrip("。") in str(fields) for danger in dangers)


def test_one_long_item_of_decisions_gives_way_to_the_strip_of_days() -> None:
    """Twenty-one overdue cases under their leaders fill page one where all is told of them: less of the day's changes is."""
    day = date(2020, 5, 19)
    report = consolidate(weeks.files_of("week-light"), [day - timedelta(days=1), day], noticed=True)[day].report
    fields = briefing.fields(report)
    (item,) = fields["决策事项"]
    assert all(decision.number in item["清单"] for decision in report.decisions)
    assert page_room.is_decided(fields)
    assert [row["数"] for row in fields["近日"]] == [["5-18", "5-19"], ["0.0%", "6.8%"], ["0.0%", "3.0%"]]
    assert len(re.findall(rb"/Type ?/Page\b", _pdf(report))) == briefing.FEWER_PAGES


def test_what_a_correction_changed_is_said_once() -> None:
    report = week()[DAYS[1]]
    assert report.is_correction
    fields = briefing.fields(report)
    assert "本期的更正：" in str(fields["由来"])
    assert fields["缺报"] == []
    assert [row["报送"] for row in fields["旗区"]].count("按时，后更正") == 2
    told = briefing.fields(week()[DAYS[1]])["小标题"]["变化"]
    assert told == "三、今日新化解1件，群众不认可2件"
    changes = "".join([fields["变化"], *fields["台账"]])
    assert "群众不认可2件" in changes
    assert f"{words.CHANGES['no_longer_counted'].name}2件" not in changes


def test_first_lines_are_set_smaller_only_where_they_would_take_room_from_what_follows() -> None:
    crowded, calm = week()[DAYS[1]], week()[DAYS[0]]
    fields = spread.over_pages(briefing.fields(crowded))
    assert (fields["版面"], fields["前文"]) == (page_room.SMALL, page_room.SMALL)
    assert spread.over_pages(briefing.fields(calm))["前文"] == page_room.USUAL
    template = own_templates.original(briefing_files.WORD_TEMPLATE)
    styles = {line.split("｜")[0] for line in lines(briefing_files.docx(fields, crowded.data_until, template)) if "｜" in line}
    assert "正文段落（小）" in styles


def test_a_day_with_many_requests_has_all_of_them_whole_on_page_one_and_two_pages_with_the_strip_of_days() -> None:
    """What happened stands once, below; of the others there the table says in few words what the list does not."""
    report = week()[DAYS[1]]
    one = next(decision for decision in report.decisions if decision.number)
    asking = replace(one, kinds=("coordination",))
    crowd = [
        replace(asking, number=f"SJ-2020-{n:03}", matter=f"某小区供暖管网漏水，第{n}号楼", asked=f"请市财政局预拨第{n}笔过渡费")
        for n in range(9)
    ]
    busy = replace(report, decisions=(*report.decisions, *crowd))
    assert briefing.things(busy) < briefing.FEW_THINGS
    fields = briefing.fields(busy)
    assert page_room.pages(fields) == briefing.FEWER_PAGES
    assert page_room.is_decided(fields)
    assert fields["近日"]
    listed = [row["何事"] for row in fields["决策清单"]]
    assert all(any(f"请市财政局预拨第{n}笔过渡费" in what for what in listed) for n in range(9))
    assert all(f"SJ-2020-{n:03} 某小区供暖管网漏水" in fields["决策"] for n in range(9))
    dangers = [matter.situation.rstrip("。") for matter in report.urgent if matter.kind == SAFETY]
    assert all(str(fields).count(danger) == 1 for danger in dangers)
    gone = Request(DAYS[0], DAYS[0], "请市自然资源局派人到现场，先电话答复宗地边界", ended=report.day, was_open=True)
    of_requests = tuple(replace(case, request_gone=gone) if case.number == OPEN[1] else case for case in busy.cases)
    fields = briefing.fields(replace(busy, cases=of_requests))
    assert page_room.pages(fields) == briefing.FEWER_PAGES
    assert f"请求的下文1件：{DISTRICT_OF[OPEN[1]]}{OPEN[1]}，见汇总表“决策事项”。" in str(fields), "by its number alone where room is short"
