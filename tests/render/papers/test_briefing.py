"""The leaders' report: what it says, that it is true, that it fits, that nothing typed is alive in it.

Covers `briefing`, `unchanging`, `limits`, `decision_items`, `plain_text` and `page_room`.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from io import BytesIO
from itertools import cycle
from pathlib import Path
from typing import Any

import briefings
import pytest
from briefings import lines
from hostile import HOSTILE, PERSONAL, rewrite
from weeks import DAYS, WEEKS, Published

from pipeline.day.refused_matters import RefusedMatter
from pipeline.day.restatement import Moves, RefusedSince, Restated
from pipeline.day.targets import Tally
from pipeline.render import files_for_programs
from pipeline.render.papers import (
    briefing,
    briefing_files,
    briefing_pdf,
    decision_items,
    decision_list,
    limits,
    own_templates,
    page_room,
    plain_text,
    unchanging,
)
from pipeline.report import agenda, sentences
from pipeline.report.case_lines import Change, Decision
from pipeline.report.figures import Bounds
from pipeline.report.report import Report
from pipeline.terms import words
from pipeline.terms.contract import SAFETY

Golden = Callable[[str, str], None]
_SHAPES = ((False, False), (True, False), (True, True))
"""Whether what is behind the verdicts follows the decisions, and whether these have a list too."""


@pytest.fixture(scope="module")
def weeks(published: Published) -> dict[str, list[Report]]:
    return {name: published(name).reports for name in WEEKS}


@pytest.fixture(scope="module")
def day(weeks: dict[str, list[Report]]) -> Report:
    """A day with changes, decisions and silent districts."""
    return weeks["week-light"][3]


def word(report: Report) -> bytes:
    return briefing_files.docx(briefing.fields(report), report.data_until, own_templates.original(briefing_files.WORD_TEMPLATE))


def pdf(report: Report) -> bytes:
    return briefing_pdf.render(briefing.fields(report), report.data_until, own_templates.original(briefing_files.PDF_TEMPLATE))


def pdf_pages(report: Report) -> int:
    return len(re.findall(rb"/Type ?/Page\b", pdf(report)))


def test_the_report_reads_like_this(day: Report, golden: Golden) -> None:
    golden("leaders/专报.txt", "\n".join(lines(word(day))) + "\n")


def test_a_day_on_which_there_is_nothing_says_so(day: Report, golden: Golden) -> None:
    golden("leaders/无事.txt", "\n".join(lines(word(briefings.quiet(day)))) + "\n")


def test_a_busy_corrected_day_says_how_many_more_there_are_and_where(day: Report, golden: Golden) -> None:
    golden("leaders/多事更正.txt", "\n".join(lines(word(briefings.busy(day, ("某小区三期道路没有移交",))))) + "\n")


# --- true --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("position", range(5))
@pytest.mark.parametrize("name", WEEKS)
def test_every_figure_of_the_word_file_is_that_of_the_summary(name: str, position: int, weeks: dict[str, list[Report]]) -> None:
    report = weeks[name][position]
    summary = json.loads(files_for_programs.summary(report))
    content = word(report)
    text = "\n".join(lines(content))
    assert _targets_said(text) == [_target(target) for target in summary["targets"]]
    table = briefings.districts(content)
    assert _district_rows(briefings.rows(table)[2:-1]) == _districts(summary)
    assert _district_rows([["合计", *briefings.rows(table)[-1][1:]]])["合计"] == [_figures(target) for target in summary["targets"]]
    for kind, word_ in (
        ("newly_resolved", "新化解"),
        ("reopened", "重新办理"),
        ("new_cases", "新增案件"),
        ("withdrawn_cases", "报来又(?:撤下|退回)的新增案件"),
    ):
        count = len(summary["changes"][kind])
        assert sum(map(int, re.findall(rf"[｜；。]{word_}(\d+)件", text))) == count
    assert _count("群众不认可", text) == len(summary["flags"]["disputed"])
    missing = [submission["district"] for submission in summary["submissions"] if submission["status"] == "missing"]
    assert re.findall(r"没有日报的(\d+)个（(.*?)）", text) == ([(str(len(missing)), "、".join(missing))] if missing else [])


def _count(kind: str, text: str) -> int:
    counted = re.search(rf"(?:需要决策的事项共|督办).*?{kind}(\d+)件", text)  # of a crowded day with dangers of before, beside the flags
    return int(counted[1]) if counted else 0


def _target(target: dict[str, Any]) -> tuple[object, ...]:
    figures = (str(target["total"]), str(target["resolved"]), target["rate_percent"], str(target["shortfall"]))
    return target["group"], *figures, target["certain"]


def _targets_said(text: str) -> list[tuple[object, ...]]:
    targets = re.findall(
        r"([^｜\n]*?)案件共(\d+)件，已化解(\d+)件，化解率([\d.]+)%，"
        r"(?:达到\d+%的目标|没有达到\d+%的目标，还差(\d+)件|(暂计)(?:未)?达标（目标\d+%(?:，还差(\d+)件)?）)。",
        text,
    )
    return [(*target[:4], target[4] or target[6] or "0", not target[5]) for target in targets]


def _figures(figure: dict[str, Any]) -> tuple[str, ...]:
    return (
        str(figure["total"]),
        str(figure["resolved"]),
        f"{figure['rate_percent']}%" if figure["rate_percent"] else "—",
        str(figure["shortfall"]),
    )


def _districts(summary: dict[str, Any]) -> dict[str, list[tuple[str, ...]]]:
    names = [submission["district"] for submission in summary["submissions"]]
    return {name: [_figures(figure) for figure in summary["by_district"] if figure["district"] == name] for name in names}


def _district_rows(rows: list[list[str]]) -> dict[str, list[tuple[str, ...]]]:
    """Each row's figures by group."""
    return {row[0]: [(*row[at : at + 3], row[at + 3].removesuffix("*")) for at in (1, 5)] for row in rows}


@pytest.mark.parametrize("name", WEEKS)
def test_the_word_file_says_who_was_in_time(name: str, weeks: dict[str, list[Report]]) -> None:
    words = {"on-time": ("按时", "零报告"), "late": ("迟报",), "missing": ("未报",)}
    for report in weeks[name]:
        table = briefings.districts(word(report))
        statuses = {row[0]: row[-1] for row in briefings.rows(table)[2:-1]}
        assert tuple(statuses) == report.settings.district_names
        assert all(
            statuses[submission.district].removesuffix("，后更正").removesuffix("，同首报") in words[submission.status]
            for submission in report.submissions
        )


def test_a_report_refused_row_by_row_and_what_was_lost_stand_in_table_and_headings_and_the_rate_without_edits_at_the_top(
    day: Report,
) -> None:
    refused = replace(day.submissions[0], status="on-time", zero_report=False, rows_accepted=0, rows_refused=3, revision=1)
    others = (replace(line, status="on-time", rows_accepted=1) for line in day.submissions[1:])
    unmoved = tuple(replace(certainty, unmoved=Tally(90, 66, 59), cancelled=("SJ-2020-001",)) for certainty in day.certainties)
    changed = replace(
        day, submissions=(refused, *others), certainties=unmoved, newly_resolved=("甲",), reopened=("乙",), no_longer_counted=()
    )
    fields = briefing.fields(replace(changed, changes=()))
    assert fields["小标题"]["旗区"] == f"四、各旗区情况（{refused.district}日报全部退回）"
    assert fields["小标题"]["变化"] == "三、今日新化解1件，重新办理1件"
    assert [row["报送"] for row in fields["旗区"]][:1] == ["全部退回"]
    for room in (limits.LADDER[0], limits.LADDER[-1]):  # however little room there is
        for is_parted, is_listed in _SHAPES:
            targets = briefing._Drafts.of(changed).within(replace(room, is_parted=is_parted, is_listed=is_listed))["目标"]  # noqa: SLF001
            assert all("撤销的一律按未化解计），化解率为89.3%（59/66）" in target["说明"] for target in targets)


def test_who_can_still_turn_a_verdict_is_said_and_no_range(day: Report) -> None:
    text = "\n".join(lines(word(day)))
    provisional = [figure for figure in day.targets if not figure.is_certain]
    assert text.count("可能改变") >= len(provisional)
    assert "～" not in text
    assert "最低" not in text
    settled = replace(day, targets=_certain(day.targets), by_district=_certain(day.by_district))
    assert "可能改变" not in "\n".join(lines(word(settled)))


def _certain(figures: Any) -> Any:  # noqa: ANN401
    return tuple(replace(figure, bounds=None) for figure in figures)


# --- whole -------------------------------------------------------------------------------------------------------


def test_every_day_of_the_sample_weeks_has_one_to_three_pages(weeks: dict[str, list[Report]]) -> None:
    assert {pdf_pages(report) for reports in weeks.values() for report in reports} <= {1, 2, 3}


def test_how_many_pages_the_texts_need_is_known_without_setting_them(weeks: dict[str, list[Report]], day: Report) -> None:
    """Never one too few; hardly ever one too many, so that nothing is left out beside free space."""
    reports = [*weeks["week-light"], *weeks["week-messy"][::2], briefings.busy(day, ("某小区三期道路没有移交", "字"), 12)]
    rungs = [replace(room, setting=page_room.SETTINGS[number % 3]) for number, room in enumerate(limits.LADDER[::6])]
    rungs += [
        replace(room, setting=page_room.SMALL, is_parted=is_parted, is_listed=is_listed)
        for room, (is_parted, is_listed) in zip(limits.LADDER[::5], cycle(_SHAPES))
    ]
    drafts = [briefing._Drafts.of(report).within(room) for report in reports for room in rungs]  # noqa: SLF001
    template = own_templates.original(briefing_files.PDF_TEMPLATE)
    real = [len(re.findall(rb"/Type ?/Page\b", briefing_pdf.render(draft, day.data_until, template))) for draft in drafts]
    excess = [page_room.pages(draft) - pages for draft, pages in zip(drafts, real, strict=True)]
    assert len(set(real)) >= 2
    assert set(excess) <= {0, 1}
    assert sum(excess) <= len(drafts) // 10


def test_where_there_are_few_things_to_say_two_pages_hold_them_and_every_case_to_decide(weeks: dict[str, list[Report]]) -> None:
    few = [report for reports in weeks.values() for report in reports if briefing.things(report) < briefing.FEW_THINGS]
    assert len(few) == 5
    for report in few:
        fields = briefing.fields(report)
        items = {(decision.kinds[0], decision.asked) for decision in report.decisions}
        assert len(fields["决策事项"]) == len(items) > 0
        named = "".join([*(item["清单"] + item["编号"] for item in fields["决策事项"]), *fields["案件清单"]])
        assert all(decision.number in named for decision in report.decisions)
        assert "限于篇幅" not in str(fields)
        # of what changed no case is left to the workbook, but for a corrected day, whose counts alone are told where it has lines too many
        assert fields["变化"] or (report.is_correction and "逐件" in str(fields["台账"]))
        assert "各项增减" not in fields["变化"]
        assert page_room.is_decided(fields)
        assert pdf_pages(report) == briefing.FEWER_PAGES


def test_a_crowded_day_with_few_things_to_say_has_two_pages_though_much_of_it_was_corrected(weeks: dict[str, list[Report]]) -> None:
    """What was refused, and rows refused since, have their words in the sections, and the first lines how many they are and whose."""
    few = [report for reports in weeks.values() for report in reports if briefing.things(report) < briefing.FEW_THINGS]
    (report,) = (report for report in few if report.day == DAYS[3])
    assert report.is_correction
    before = report.day - timedelta(days=1)
    refused = [RefusedMatter(before, name, SAFETY) for name in ("东胜区", "准格尔旗")]
    asking = RefusedMatter(before, "鄂托克旗", "", "SJ-2020-001", is_request=True)
    since = RefusedSince("达拉特旗", before, "SJ-2020-001", "办理中", "已约谈开发企业" * 4, "", "已答复")
    crowded = replace(report, earlier_refused=(*refused, asking), refused_since=(since,))
    fields = briefing.fields(crowded)
    first = {line["名称"]: line["内容"] for line in fields["提要"]}
    assert pdf_pages(crowded) == briefing.FEWER_PAGES
    assert "以前采用的1行改为退回（达拉特旗SJ-2020-001）" in first[words.RESTATED]
    assert "已约谈开发企业" not in str(fields["提要"])
    assert "已约谈开发企业" in str(fields["由来"])
    assert "退回、这里没有写的：急报事项" in first[words.ASKED]
    assert "至今没有重新报送成功的急报事项：" in fields["决策"] + fields["其余决策"]


def test_however_little_room_there_is_every_urgent_matter_is_named_and_a_danger_in_the_first_lines(weeks: dict[str, list[Report]]) -> None:
    told = [report for reports in weeks.values() for report in reports if report.urgent or report.unsettled]
    assert any(report.unsettled for report in told)
    for report in told:
        tight = briefing._Drafts.of(report).within(limits.tightest(is_older=False))  # noqa: SLF001
        named = tight["决策"] + tight["其余决策"]
        for matter in (*report.unsettled, *(matter for matter in report.urgent if not matter.coordination)):
            assert f"{matter.district}{matter.number}" in named, "by its district and the number of its case"
            assert matter.kind in named
        dangers = [matter for matter in report.unsettled if matter.kind == SAFETY]
        assert dangers == [] or "工程安全隐患" in {line["名称"]: line["内容"] for line in tight["提要"]}["请决定"].partition("。")[0]


def test_all_is_set_smaller_before_anything_is_left_out(weeks: dict[str, list[Report]]) -> None:
    first = weeks["week-light"][0]
    usual, smaller = (
        briefing.fields(report) for report in (replace(first, decisions=first.decisions[:2], urgent=()), weeks["week-messy"][1])
    )
    assert (usual["版面"], smaller["版面"]) == ("", page_room.SMALL)
    assert "限于篇幅" not in str(smaller)
    assert smaller["近日"]
    assert "各项增减" not in smaller["变化"]
    assert all(decision.number in str(smaller) for decision in weeks["week-messy"][1].decisions)
    assert not page_room.is_decided({**smaller, "版面": ""}) or page_room.pages({**smaller, "版面": ""}) > briefing.FEWER_PAGES
    styles = {line.split("｜")[0] for line in lines(word(weeks["week-messy"][1])) if "｜" in line}
    assert {"表下说明（密）", "小标题（密）"} <= styles
    assert not {"表下说明", "Heading 1"} & styles


def test_decisions_stand_on_page_one_and_what_stands_behind_the_verdicts_follows_them(
    weeks: dict[str, list[Report]], tmp_path: Path
) -> None:
    """In the PDF the third section begins, at the earliest, below the last decision of page one."""
    for report in (report for reports in weeks.values() for report in reports):
        fields = briefing.fields(report)
        assert page_room.is_decided(fields)
        text = briefings.pdf_text(pdf(report), tmp_path).split("\f")[0]
        listed = [row["谁"] for row in fields["决策清单"]] or [
            re.findall(r"[A-Z]+-2020-\d+", row["清单"])[-1] if row["清单"] else row["起始"] for row in fields["决策事项"]
        ]
        assert listed
        assert all(words in re.sub(r"\s", "", text) for words in listed)
    shorter = briefing.fields(weeks["week-messy"][0])
    assert page_room.is_decided_first(shorter)
    assert not page_room.is_decided_first({**shorter, "旗区": [], "由来": [], "台账": []})  # page two would be half empty


def test_two_decisions_whose_table_has_room_on_page_one_have_no_list_above_it(weeks: dict[str, list[Report]]) -> None:
    decisions = tuple(
        Decision(("overdue",), f"SJ-2020-{n:03}", "东胜区", "某事", f"领导{n}", DAYS[0], f"请市级协调第{n}块地", "", DAYS[4])
        for n in (1, 2)
    )
    for report in (replace(report, decisions=decisions) for reports in weeks.values() for report in reports):
        fields = briefing.fields(report)
        assert (len(fields["决策清单"]), len(fields["决策事项"])) == (0, 2)
        assert page_room.is_decided(fields)


@pytest.mark.parametrize(
    ("district", "leader", "told"),
    [
        ("达拉特旗", "领导一", "达拉特旗 领导一"),
        ("北片壬州市壬木县", "壬州市领导甲", "壬州市领导甲"),
        ("北片壬州市壬木县", "领导甲", "…市壬木县 领导甲"),
        ("达拉特旗", "包联领导二", "达拉特旗 领导二"),
        ("北片壬州市壬木县", "", "北片壬州市壬木县"),
        ("达拉特旗", "一位名字写得很长的领导", "一位名字写得很长…"),
    ],
)
def test_in_the_list_of_decisions_a_leader_is_readable_however_long_the_way_to_his_district_is(
    weeks: dict[str, list[Report]], district: str, leader: str, told: str
) -> None:
    decision = replace(weeks["week-messy"][-1].decisions[-1], district=district, leader=leader)
    assert decision_list.in_a_line([decision], 1, DAYS[4])["谁"] == told


def test_decisions_that_no_page_could_hold_stand_on_page_one_in_a_line_each_and_in_full_below(weeks: dict[str, list[Report]]) -> None:
    asked = [f"请市级协调第{n}号地块的土地手续，{'明确牵头单位和时间，'}请批示" for n in range(10)]
    decisions = tuple(
        Decision(("coordination",), f"SJ-2020-{n:03}", "东胜区", "某事", f"领导{n}", DAYS[0], request, "", DAYS[4])
        for n, request in enumerate(asked)
    )
    in_danger = replace(weeks["week-light"][2], decisions=decisions)
    asked_first = briefing.fields(in_danger)["提要"][1]["内容"]
    assert asked_first.startswith(
        "此前急报尚无下文2件（都是工程安全隐患：乌审旗SJ-2020-043外墙瓷砖脱落（5月18日所报）；"
        "准格尔旗ZZQ-2020-027外墙瓷砖脱落（5月19日所报））。今日需要决策的事项共10件。另有急报4件请知悉"
    )
    assert page_room.is_decided(briefing.fields(in_danger))
    report = replace(in_danger, earlier_urgent=(), restated=(), overnight=(), overnight_earlier=())
    fields = briefing.fields(report)
    assert [(row["序号"], row["谁"], row["时限"]) for row in fields["决策清单"]] == [
        (str(n + 1), f"东胜区 领导{n}", "办结5月22日") for n in range(10)
    ]
    told = [row["何事"] for row in fields["决策清单"]]
    whole = sum("见下表" not in request for request in told)
    assert told == [*(f"需协调事项：{request}" for request in asked[:whole]), *["需协调事项（请示见下表）"] * (10 - whole)]
    assert whole >= 2
    assert [row["请示"] for row in fields["决策事项"]] == [*["见上表"] * whole, *asked[whole:]], (
        "what stands whole in the list is there once"
    )
    assert page_room.is_decided(fields)
    assert pdf_pages(report) <= briefing.MOST_PAGES
    cells = [" ".join(row) for table in briefings.tables(word(report)) for row in briefings.rows(table)]
    assert any(f"东胜区 领导1 需协调事项：{asked[1]} 办结5月22日" in row for row in cells)
    assert briefing.fields(report, is_older=True)["决策清单"] == []
    unasked = replace(decisions[0], asked="请求" * 60)
    assert decision_list.in_a_line([unasked], 1, DAYS[4])["何事"] == "需协调事项（请示见下表）"


def test_no_page_is_begun_for_the_signature_alone(weeks: dict[str, list[Report]]) -> None:
    report = weeks["week-messy"][3]
    fields = briefing.fields(report)
    assert briefing.things(report) >= briefing.FEW_THINGS
    assert page_room.pages(fields) == pdf_pages(report)
    assert not page_room.ends_early(fields)
    assert fields["其余决策"].startswith("急报")  # no decision and no case of one is left out for it


def test_where_there_is_little_to_say_it_ends_on_page_one_or_is_set_larger_until_page_two_is_half_full(
    weeks: dict[str, list[Report]],
) -> None:
    little = briefings.quiet(weeks["week-light"][0])
    assert (len(little.urgent), sum(bool(case.grounds) for case in little.cases)) == (1, 4)
    nothing = replace(little, urgent=(), cases=())
    for report in (little, nothing):
        assert (briefing.fields(report)["版面"], pdf_pages(report)) == (page_room.SMALL, 1)
    said = str(briefing.fields(little))
    assert all(case.number in said for case in little.cases if case.grounds)
    first = weeks["week-light"][0]
    on_time = tuple(replace(submission, status="on-time") for submission in first.submissions)
    more = replace(first, decisions=first.decisions[:1], absences=(), changes=(), urgent=(), submissions=on_time)
    fields = briefing.fields(more)
    assert (fields["版面"], pdf_pages(more)) == (page_room.ROOMY, 2)
    assert "新化解60件（东胜区SJ-2021-000至SJ-2021-059共60件）" in briefing.fields(_many(little, 60))["变化"]
    half_a_page = ["字"] * 18
    assert page_room.pages({**fields, "缺报": [*fields["缺报"], *half_a_page]}) > 2
    styles = {line.split("｜")[0] for line in lines(word(more)) if "｜" in line}
    assert {"表下说明（疏）", "目标结论（疏）", "Heading 1"} <= styles


def _many(report: Report, count: int) -> Report:
    """The day with so many cases settled."""
    return replace(report, changes=tuple(Change("newly_resolved", f"SJ-2021-{n:03}", "东胜区", "某事", "") for n in range(count)))


def _without_lists(content: bytes) -> bytes:
    """A template in which no list of cases has a row, and no list of decisions its fields."""
    text = content.replace("案件清单".encode(), "缺报".encode()).replace("清单".encode(), "事项".encode())
    return text.replace("项.谁".encode(), "项.旗区".encode()).replace("项.何事".encode(), "项.请示".encode())


def test_an_older_template_without_a_smaller_setting_gets_what_it_has_room_for(weeks: dict[str, list[Report]], tmp_path: Path) -> None:
    report = weeks["week-light"][1]
    older = own_templates.original(briefing_files.WORD_TEMPLATE)
    older = rewrite(older, lambda _part, content: _without_lists(content))
    (tmp_path / briefing_files.WORD_TEMPLATE).write_bytes(older)
    files, broken, _printed = briefing_files.render(report, tmp_path)
    read = lines(files[f"{unchanging.NAME}_{report.day}.docx"])
    (told,) = broken
    assert "没有“决策清单”的位置，按旧版式的写法写出" in told
    assert not any("（密）" in line for line in read)
    assert page_room.pages(fields := briefing.fields(report, is_older=True)) <= briefing.MOST_PAGES
    assert [(item["清单"], item["事项"][:3]) for item in fields["决策事项"]] == [("", "领导帇")]
    assert any("领导帇：" in line for line in read)


def test_a_day_with_every_kind_of_correction_fills_its_pages_with_decisions(day: Report) -> None:
    """Two cases more would not fit."""
    asking = tuple(replace(decision, asked=f"请示{n}") for n, decision in enumerate(briefings.busy(day, ("某事",), 40).decisions))
    report = replace(briefings.busy(day, ("某事",), 40), decisions=asking)
    fields = briefing.fields(report)
    assert len(fields["决策事项"]) >= 6
    more = {**fields, "决策事项": [*fields["决策事项"], *[fields["决策事项"][-1]] * 2]}
    assert page_room.pages(more) > briefing.MOST_PAGES >= pdf_pages(report)


@pytest.mark.parametrize(
    "words", [("字",), ("某小区三期" * 40,), ("W" * 4000,), ("ZZQ-2020-001",), HOSTILE, ("中文 and Latin " * 30, "1" * 500)]
)
def test_a_day_with_hundreds_of_decisions_has_three_pages(day: Report, words: tuple[str, ...]) -> None:
    assert pdf_pages(briefings.busy(day, words)) == briefing.MOST_PAGES


def test_where_not_all_are_shown_every_kind_has_some_and_the_others_are_counted(day: Report) -> None:
    asking = [f"请示{number}" for number in range(60)]  # each asks for another thing
    many = briefings.busy(day, ("某事",)).decisions[:60]
    various = tuple(replace(decision, asked=asked) for decision, asked in zip(many, asking, strict=True))
    report = replace(day, decisions=various)
    fields = briefing.fields(report)
    shown = fields["决策事项"]
    assert {name for row in shown for name in re.sub(r"\d.*", "", row["事由"]).split("、")} == {
        decision.name for decision in words.DECISIONS.values()
    }
    lists = [*(row["清单"] for row in shown), *fields["案件清单"]]
    named = sum(text.count("（1件）——") for text in lists) + sum(bool(row["编号"]) for row in shown)
    assert f"其余{60 - named}件" in fields["其余决策"] if named < 60 else "限于篇幅" not in fields["其余决策"]
    whole = briefing.fields(replace(day, decisions=various[:3]))
    assert (len(whole["决策事项"]), "限于篇幅" in whole["其余决策"]) == (3, False)


def test_cases_of_which_the_same_is_asked_are_one_item(day: Report) -> None:
    kind = ("overdue",)
    cases = [Decision(kind, f"SJ-2020-{n:03}", "东胜区", "某事", f"领导{'甲乙'[n % 2]}", day.day, "", "") for n in range(16)]
    asking = replace(cases[0], number="SJ-2020-099", asked="请市级协调土地手续")
    fields = briefing.fields(replace(day, decisions=(*cases, asking)))
    together, alone = fields["决策事项"]
    assert together["事由"] == "超期未结16件"
    assert together["包案领导"] == "领导甲等2人"
    assert re.findall(r"领导(.)：(SJ-2020-0\d\d)", "".join([together["清单"], *fields["案件清单"]])) == [
        ("甲", "SJ-2020-000"),
        ("乙", "SJ-2020-001"),
    ]
    assert (alone["编号"], alone["请示"]) == ("SJ-2020-099", "请市级协调土地手续")


def test_a_request_is_never_cut_in_the_middle(day: Report) -> None:
    first, second = "请市级协调土地手续。" * 4, "再请明确资金来源，" * 20
    decisions = tuple(
        Decision(("overdue",), f"SJ-2020-{n:03}", "东胜区", "某事" * 60, "领导甲", day.day, f"{first}{n}号：{second}", "") for n in range(9)
    )
    for number, row in enumerate(briefing.fields(replace(day, decisions=decisions[:3]))["决策事项"]):
        assert (row["请示"], row["清单"]) == ("见下一行", f"请决定的事：{first}{number}号：{second}")
        assert len(row["事项"]) <= 60
    fields = briefing.fields(replace(day, decisions=decisions))
    (together,) = fields["决策事项"]
    assert together["请示"] == "旗区的请求有9种，写在所列案件前面"
    named = together["清单"] + "".join(fields["案件清单"])
    assert named.count("……（全文见") == 0
    assert f"{first}0号：{second.rstrip('，')}" in named


def test_what_is_the_same_of_all_cases_but_for_its_numbers_is_said_once(day: Report) -> None:
    matter = "某房地产开发有限公司开发的某小区{}号楼业主反映逾期交房、不动产登记证无法办理"
    overdue = [
        Decision(("overdue",), f"SJ-2020-{n:03}", "东胜区", matter.format(n), f"领导{'甲乙'[n % 2]}", day.day, asked, "", DAYS[0])
        for asked in ("", "请市级协调资金")
        for n in range(1, 5)
    ]
    first, second = briefing.fields(replace(day, decisions=tuple(overdue), earlier_urgent=()))["决策事项"]
    shared = f"4件的案由只有数字不同，第一件是“{matter.format(1)}”。都是5月18日到期。"
    assert first["案件"] == f"{shared}领导乙：SJ-2020-001、SJ-2020-003；领导甲：SJ-2020-002、SJ-2020-004"
    assert second["案件"].startswith("案由同第1项。都是5月18日到期。领导乙：")


def test_a_long_request_of_two_decisions_is_printed_with_the_first() -> None:
    asked = "请市级协调资金缺口，" * 8 + "并请于6月5日以前答复"
    first = Decision(("overdue",), "SJ-2020-001", "东胜区", "甲", "领导甲", DAYS[0], asked, "")
    items = [[first], [replace(first, kinds=("coordination",), number="SJ-2020-002")]]
    cells, _behind = decision_items.rows(items, DAYS[4], decision_items.Space(40, 8), is_gathered=False)
    assert [row["清单"] for row in cells] == [f"请决定的事：{asked}", "请决定的事：同第1项。"]


def test_the_cases_of_several_follow_all_decisions_where_page_one_has_no_room_for_them_in_between(day: Report) -> None:
    kinds = ("disputed", "overdue")
    decisions = tuple(
        Decision((kind,), f"SJ-2020-{n:03}", "东胜区", "夜间施工扰民" * (n % 5 + 2), f"领导{n}", day.day, "", "", DAYS[4])
        for kind in kinds
        for n in range(16)
    )
    fields = briefing.fields(replace(day, decisions=decisions))
    assert (fields["决策清单"], [row["清单"] for row in fields["决策事项"]]) == ([], ["", ""])
    assert [text.split("：")[0] for text in fields["案件清单"]] == ["第1项（群众不认可16件）", "第2项（超期未结16件）"]
    assert page_room.is_decided(fields)


def test_several_cases_of_an_item_have_their_matters_and_deadlines_and_say_which_are_overdue_too(day: Report) -> None:
    """What the rules ask of most, and in the district's own words of one, stand with their cases, under all their leaders."""
    disputed = [
        Decision(("disputed",), f"SJ-2020-{n:03}", "东胜区", f"某小区{n}号楼漏水", f"领导{'甲乙'[n % 2]}", day.day, "", "", DAYS[n])
        for n in range(4)
    ]
    disputed[1] = replace(disputed[1], kinds=("disputed", "overdue"))
    disputed[3] = replace(disputed[3], due=date(2099, 12, 31), is_beyond=True)
    (row,) = briefing.fields(replace(day, decisions=tuple(disputed)))["决策事项"]
    assert (row["事由"], row["时限"]) == ("群众不认可4件（其中1件兼超期未结）", "最早限5月18日")
    assert row["案件"] == (
        "领导甲：SJ-2020-000 某小区0号楼漏水（5月18日到期）、SJ-2020-002 某小区2号楼漏水（5月20日到期）；"
        "领导乙：SJ-2020-001 某小区1号楼漏水（5月19日到期，兼超期未结）、"
        "SJ-2020-003 某小区3号楼漏水（2099年12月31日到期，超过法定延长上限，请核）"
    )
    space = decision_items.Space(12, 8)
    beyond = "SJ-2020-003（2099年12月31日到期，超过法定延长上限，请核）"
    assert decision_items.texts(disputed, day.day, space)["清单"] == f"领导甲：SJ-2020-000、SJ-2020-002；领导乙：SJ-2020-001、{beyond}"
    asking = [replace(disputed[n], asked=f"请市级协调第{n}号地块") if n else disputed[n] for n in range(4)]
    (row,) = briefing.fields(replace(day, decisions=tuple(asking), urgent=(), restated=()))["决策事项"]
    assert row["请示"] == "请包案领导与群众见面，研究新的答复意见；其中3件旗区另有请求，写在所列案件前面"
    assert "；请市级协调第1号地块（1件）——领导乙：SJ-2020-001 某小区1号楼漏水（5月19日到期，兼超期未结）；" in row["案件"]


def test_dangers_stand_on_page_one_however_crowded_the_day(day: Report) -> None:
    crane = tuple(
        Decision(("urgent",), "", "东胜区", f"工程安全隐患：{n}号塔吊倾斜", "", day.day, f"请市级安排第{n}次鉴定", "") for n in range(4)
    )
    crowd = briefings.busy(day, ("某小区三期道路没有移交",))
    fields = briefing.fields(replace(crowd, decisions=(*crane, *crowd.decisions)))
    first = [row["旗区"] for row in fields["决策事项"][:4]]
    assert first == [f"东胜区：工程安全隐患：{n}号塔吊倾斜" for n in range(4)]
    assert page_room.is_decided(fields)
    listed = [row["何事"] for row in fields["决策清单"][:4]]
    assert all(f"工程安全隐患：请市级安排第{n}次鉴定" in what for n, what in enumerate(listed))


def _text_of_danger(number: int) -> str:
    """Return what is said of a danger at such length as districts say it; what matters most comes last."""
    crack = "地下车库北侧基坑支护桩出现断裂，坑顶地面开裂，距坑边8米的两栋楼墙体出现斜裂缝，水平位移超过报警值，"
    return f"薛家湾{number}号楼{crack * 4}监测单位判断24小时内{number}号楼有坍塌可能"


def test_a_danger_stands_whole_on_the_paper_and_a_page_more_is_begun_before_anything_of_it_is_lost(day: Report) -> None:
    """In a text below their list, or in rows as wide as the table: with room, on a crowded day, and where three pages are too few."""
    crowd = briefings.busy(day, ("某小区三期道路没有移交",))
    for report, count, pages in ((day, 1, 2), (crowd, 2, 3), (crowd, 30, 6)):
        dangers = tuple(
            Decision(("urgent",), f"SJ-2020-{n:03}", "东胜区", f"{SAFETY}：{_text_of_danger(n)}", "", day.day, f"请派第{n}组专家", "")
            for n in range(count)
        )
        fields = briefing.fields(replace(report, decisions=(*dangers, *report.decisions)))
        rows = [f"{row['事项']}{row['清单']}" for row in fields["决策事项"][:count]]
        told = rows or [text.partition("：")[2] for text in fields["决策"].split("　")[:count]]
        marks = [f"{SAFETY}（情况见下一行）" if rows else f"SJ-2020-{n:03} {SAFETY}。" for n in range(count)]
        assert all(text.startswith(f"{marks[n]}情况：{_text_of_danger(n)}") for n, text in enumerate(told))
        assert len(told) == count
        assert all(f"请派第{n}组专家" in row["何事"] for n, row in enumerate(fields["决策清单"][:count]))
        assert page_room.pages(fields) <= pages


def test_however_little_room_there_is_an_urgent_matter_says_what_happened() -> None:
    """Without a number of a case too, in the table and in the list above it."""
    asked = "请市级安排第3次安全鉴定并落实资金，明确牵头单位"
    matter = Decision(("urgent",), "", "东胜区", "工程安全隐患：第3号楼外墙脱落险情", "", DAYS[0], asked, "")
    for one, place in ((matter, "旗区"), (replace(matter, number="SJ-2020-001"), "事项")):
        cells = decision_items.texts([one], DAYS[4], decision_items.Space(12, 2))
        assert ("工程安全隐患：第3号楼外墙脱落险情" in cells[place], cells["请示"]) == (True, asked)
    assert decision_list.in_a_line([matter], 1, DAYS[4])["何事"] == f"工程安全隐患：{asked}。情况：第3号楼外墙脱落险情"
    asking = replace(matter, asked="请安排鉴定")
    assert decision_list.in_a_line([asking], 1, DAYS[4])["何事"] == "工程安全隐患：请安排鉴定。情况：第3号楼外墙脱落险情"
    assert decision_list.in_a_line([asking], 1, DAYS[4], is_brief=True)["何事"] == "工程安全隐患：请安排鉴定"
    long = decision_list.in_a_line([replace(matter, matter="停水停电停暖：" + "外墙脱落" * 20)], 1, DAYS[4])["何事"]
    assert long == f"急报：{asked}"
    asked_more = replace(matter, matter="停水停电停暖：" + "外墙脱落" * 20, asked=asked * 2)
    long = decision_list.in_a_line([asked_more], 1, DAYS[4])["何事"]
    assert (long[:7], long[-8:]) == ("急报：外墙脱落", "…（请示见下表）")
    assert page_room.width(long) <= 28


def test_of_an_urgent_matter_the_hour_and_what_was_done_are_told_whole_where_there_is_room() -> None:
    at = datetime.combine(DAYS[4], time(7, 30))
    kind = "停水停电停暖：小区停暖，300户"
    leak = Decision(("urgent",), "", "东胜区", kind, "", DAYS[4], "请协调", "", happened=at, measures="已派人抢修。")

    def told(matter: Decision, measures: int) -> str:
        cells = decision_items.texts([matter], DAYS[4], decision_items.Space(40, 2, measures=measures))
        assert cells["旗区"] == f"东胜区：{kind}"
        return str(cells["清单"])

    assert told(leak, 0) == ""
    assert told(leak, 24) == "07:30发生，已采取措施：已派人抢修"
    long = replace(leak, measures="已停工，80户还没有疏散，支护方案没有人审过")  # its first words alone would say that all is well
    assert told(long, 8) == "07:30发生，措施见汇总表"
    assert told(replace(leak, happened=DAYS[4], measures=""), 24) == ""
    older = decision_items.texts([leak], DAYS[4], decision_items.Space(40, 2, measures=24, is_older=True))
    assert (older["旗区"], older["清单"]) == (f"东胜区：{kind}（07:30发生，已采取措施：已派人抢修）", "")
    _cells, behind = decision_items.rows([[leak]], DAYS[4], decision_items.Space(40, 2, measures=24), is_gathered=True)
    assert behind == ["第1项（急报事项）：07:30发生，已采取措施：已派人抢修"]
    several = decision_items.texts([leak, replace(leak, number="SJ-2020-001")], DAYS[4], decision_items.Space(40, 8, measures=24))
    assert several["清单"].count("（07:30发生，已采取措施：已派人抢修）") == 2


def test_of_a_danger_it_is_always_said_where_the_measures_stand() -> None:
    """What happened alone, such as two more hoists in use, reads as if nobody had done anything."""
    at = datetime.combine(DAYS[4], time(8, 40))
    said = "工程安全隐患：升降机螺栓断3颗，同型号另有2台仍在运行"
    hoist = Decision(("urgent",), "SJ-2020-001", "东胜区", said, "", DAYS[4], "请协调", "", happened=at, measures="3台全部停用。")

    def told(item: list[Decision], *, is_older: bool = False) -> str:
        cells = decision_items.texts(item, DAYS[4], decision_items.Space(40, 8, is_older=is_older))
        return f"{cells['事项']}{cells['清单']}"

    where = "措施见汇总表"
    for is_older in (False, True):
        assert where in told([hoist], is_older=is_older)
        assert told([hoist, replace(hoist, number="SJ-2020-002")], is_older=is_older).count(where) == 1
    assert where not in told([replace(hoist, measures="")])


def test_the_row_of_its_own_of_a_decision_about_one_case_stands_in_the_word_file(day: Report) -> None:
    """A long request, or what was done about an urgent matter: with a case's number as without one."""
    asked = "请市级协调资金缺口，" * 8 + "并请于6月5日以前答复"
    at = datetime.combine(DAYS[4], time(7, 30))
    long = Decision(("overdue",), "SJ-2020-001", "东胜区", "甲", "领导甲", DAYS[0], asked, "")
    crane = Decision(("urgent",), "SJ-2020-002", "东胜区", "工程安全隐患：倾斜", "", DAYS[4], "请协调", "", happened=at, measures="已停工")
    urgent = (replace(day.urgent[0], measures="已停工"),)
    text = "\n".join(lines(word(replace(day, decisions=(crane, long), urgent=urgent))))
    assert f"请决定的事：{asked}" in text
    assert "07:30发生，已采取措施：已停工" in text


def test_what_was_done_gives_way_to_what_is_asked(day: Report) -> None:
    """On a quiet day both stand there; where requests are cut for want of room, neither hour nor measures take any."""
    happened = datetime.combine(day.day, time(9, 30))
    urgent = [
        replace(day.urgent[0], number="", happened=happened, measures=f"已停工，第{n}处已封闭", coordination=f"请市级安排第{n}次鉴定")
        for n in range(3)
    ]
    asked = replace(day, urgent=tuple(urgent), decisions=agenda.decisions((), urgent, day.targets, day.day))
    fields = briefing.fields(asked)
    assert all(f"09:30发生，已采取措施：已停工，第{n}处已封闭" in f"{fields['决策事项']}{fields['案件清单']}" for n in range(3))
    assert page_room.pages(fields) <= page_room.pages(briefing.fields(replace(asked, decisions=day.decisions, urgent=())))
    noted = briefing.fields(replace(asked, urgent=(replace(urgent[0], coordination=""),), decisions=()))
    assert "（09:30发生，已采取措施：已停工，第0处已封闭）" in noted["决策"] + noted["其余决策"]
    crowd = briefings.busy(asked, ("某小区三期道路没有移交",))
    drafts = briefing._Drafts.of(replace(crowd, urgent=tuple(urgent)))  # noqa: SLF001
    assert not drafts.has_measures(limits.tightest(is_older=False))


def test_a_day_of_another_year_is_said_with_its_year() -> None:
    """Overdue since 2019: without its year a reader of 2020 takes it for a few days ago."""
    old = Decision(("overdue",), "SJ-2020-001", "东胜区", "某事", "领导一", date(2019, 5, 12), "请市级协调", "", date(2019, 5, 11))
    newer = replace(old, number="SJ-2020-002", since=date(2020, 5, 12), due=date(2020, 5, 11))
    day = date(2020, 5, 22)
    cells = [decision_items.texts(item, day, decision_items.Space(40, 8)) for item in ([old], [newer], [newer, old])]
    assert [(item["起始"], item["时限"]) for item in cells[:2]] == [("2019年5月12日", "限2019年5月11日"), ("5月12日", "限5月11日")]
    assert cells[2]["起始"] == "最早2019年5月12日"
    assert [decision_list.in_a_line([item], 1, day)["时限"] for item in (old, newer)] == ["办结2019年5月11日", "办结5月11日"]
    behind = Bounds(Tally(90, 2, 1), Tally(90, 2, 2), (("behind", ("东胜区",)),), (date(2019, 12, 31),), told_on=date(2020, 1, 2))
    assert "（2019年12月31日）" in sentences.why_open(behind)


def test_an_urgent_matter_that_asks_for_nothing_is_told_and_is_no_decision(day: Report) -> None:
    assert day.urgent
    assert not any(matter.coordination for matter in day.urgent)
    assert not any("urgent" in decision.kinds for decision in day.decisions)
    fields = briefing.fields(day)
    assert f"急报{len(day.urgent)}件没有提出请求，请知悉：" in fields["决策"] + fields["其余决策"]


def test_a_paper_is_not_dated_before_its_data(day: Report) -> None:
    assert briefing.fields(day)["日期"] == "2020年5月23日"
    in_time = replace(day, data_until=day.data_until - timedelta(days=2))
    assert briefing.fields(in_time)["日期"] == "2020年5月21日"
    assert briefing.fields(day)["期号"] == "第142期"
    assert briefing.fields(replace(day, day=date(2020, 1, 3)))["期号"] == "第3期"


def test_other_groups_than_two_find_room_side_by_side(day: Report) -> None:
    groups = day.settings.groups
    for chosen in (groups[:1], [*groups, groups[0].model_copy(update={"name": "第三组"})]):
        names = {group.name for group in chosen}
        third = tuple(replace(figure, group="第三组") for figure in day.by_district if figure.group == groups[0].name)
        report = replace(
            day,
            settings=day.settings.model_copy(update={"groups": chosen}),
            by_district=tuple(figure for figure in (*day.by_district, *third) if figure.group in names),
            targets=tuple(replace(day.targets[0], label=group.name, group=group.name) for group in chosen),
            bridges=tuple(replace(day.bridges[0], group=group.name) for group in chosen),
            ways=tuple(replace(day.ways[0], group=group.name) for group in chosen),
            certainties=tuple(replace(day.certainties[0], group=group.name) for group in chosen),
        )
        content = word(report)
        table = briefings.districts(content)
        assert {len(row) for row in briefings.rows(table)[2:]} == {2 + 4 * len(chosen)}
        widths = [sum(cell.width.twips for cell in row.cells if cell.width) for row in table.rows[2:]]
        assert max(widths) <= 8844  # the width of the text
        assert pdf_pages(report) <= briefing.MOST_PAGES


# --- inert -------------------------------------------------------------------------------------------------------


def test_whatever_was_typed_is_text_in_word(day: Report) -> None:
    day = replace(briefings.quiet(day), urgent=(), restated=(), changed_matters=())  # with room to spare: all is shown
    for start in range(0, len(HOSTILE), 4):
        words = HOSTILE[start : start + 4]
        report = replace(day, office=f"单位{words[0]}", decisions=briefings.busy(day, words, 4).decisions)
        content = _in_full(report)
        plain = _in_full(replace(day, office="单位", decisions=briefings.busy(day, ("甲",), 4).decisions))
        assert _shape(content) == _shape(plain)
        text = "\n".join(lines(content))
        for word_ in words:
            assert plain_text.plain(word_)[:11] in text  # as the number of a case


def _in_full(report: Report) -> bytes:
    fullest = limits.WHOLE  # however long the words are, it is set in one shape
    template = own_templates.original(briefing_files.WORD_TEMPLATE)
    return briefing_files.docx(briefing._Drafts.of(report).within(fullest), report.data_until, template)  # noqa: SLF001


def _shape(content: bytes) -> list[str]:
    """Every element of the document, without its texts."""
    with zipfile.ZipFile(BytesIO(content)) as package:
        return re.findall(r"<(w:(?:p|tbl|tr|tc|r|fldSimple|hyperlink|sectPr))[ />]", package.read("word/document.xml").decode())


def test_no_character_that_steers_or_turns_stands_in_a_file(day: Report) -> None:
    report = briefings.busy(day, HOSTILE, 40)
    with zipfile.ZipFile(BytesIO(word(report))) as package:
        text = package.read("word/document.xml").decode()
    assert re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]", text) == []


def test_no_personal_number_shows(day: Report) -> None:
    text = "\n".join(lines(word(briefings.busy(day, PERSONAL, 40)))).replace(" ", "").replace("-", "")
    assert re.findall(r"1[3-9]\d{9}|\d{17}[\dXx]|62\d{14}", text) == []


# --- for screen readers ------------------------------------------------------------------------------------------


def test_the_pdf_is_one_for_screen_readers(day: Report) -> None:
    """PDF/UA-1 as typst sees to it: language, title in the window, headings as tags and bookmarks, header cells that name their columns."""
    content = pdf(day)
    assert re.findall(rb"pdfuaid:part>(\d)<", content) == [b"1"]
    assert b"/Lang(zh-CN)" in content
    assert b"/DisplayDocTitle true" in content
    assert b"/StructTreeRoot" in content
    assert "信访事项办理情况专报（2020年5月21日，更正）".encode() in content
    assert day.office.encode() in content
    assert len(re.findall(rb"/S/H1\b", content)) == content.count(b"/XYZ ") == 4
    fields = briefing.fields(day)
    columns = len(fields["近日"][0]["数"]) + 1 + 4 * bool(fields["决策清单"]) + 6 + (1 + 2 + 1) + 8
    assert len(re.findall(rb"/S/TH\b", content)) == len(re.findall(rb"/Scope/Column", content)) == columns


def test_a_character_without_a_font_and_an_older_template_cost_the_mark_alone(day: Report) -> None:
    older = own_templates.original(briefing_files.PDF_TEMPLATE).replace(b"#heading(", b"#heading(level: 3, ")
    for content in (
        briefing_pdf.render(briefing.fields(day), day.data_until, older),
        pdf(replace(day, office="单位\U0010fffd")),
    ):
        assert b"pdfuaid" not in content
        assert b"/StructTreeRoot" in content


# --- the same twice ----------------------------------------------------------------------------------------------


def test_both_files_are_the_same_bytes_twice(day: Report, tmp_path: Path) -> None:
    first, broken, _printed = briefing_files.render(day, tmp_path)
    assert (briefing_files.render(day, tmp_path)[0], broken) == (first, [])
    assert sorted(first) == [f"信访事项办理情况专报_{day.day}.docx", f"信访事项办理情况专报_{day.day}.pdf"]
    assert b"NotoS" in first[f"信访事项办理情况专报_{day.day}.pdf"] or b"/FontFile" in first[f"信访事项办理情况专报_{day.day}.pdf"]


def test_no_case_no_rate(day: Report) -> None:
    text = "\n".join(lines(word(briefings.quiet(day))))
    assert "目前没有案件，不计算化解率。" in text
    assert re.findall(r"化解率\d|\d%(?!）)", text) == []
    assert Tally(100).rate_percent is None


def test_a_target_that_changed_within_the_last_days_is_said_with_both(day: Report) -> None:
    (first, tallies), *others = day.trend
    group = day.settings.groups[0]
    before = {**tallies, group.name: replace(tallies[group.name], target_percent=70)}
    changed = briefing.fields(replace(day, trend=((first, before), *others)))["近日"][1]["名称"]
    assert changed == f"{group.name}（目标70%→{group.target_percent}%）"
    assert briefing.fields(day)["近日"][1]["名称"] == f"{group.name}（目标{group.target_percent}%）"
    entry = Restated(first, group.name, (Tally(70, 2, 1), Tally(70, 3, 1)), Moves(entered=("SJ-2020-001",)))
    plain, marked = (briefing.fields(replace(day, restated=entries))["近日"][0] for entries in ((), (entry,)))
    assert plain["名称"] == "按今天所知的化解率"
    assert "※" not in "".join(plain["数"])
    assert marked["名称"] == "按今天所知（※该日数字本期有更正）"
    assert marked["数"] == [f"{plain['数'][0]}※", *plain["数"][1:]]
