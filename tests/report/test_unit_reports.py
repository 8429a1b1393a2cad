"""Levels above the districts: every figure of a unit is the sum of what lies under it, for any tree, and its report is a report like any.

Covers `report/units`, `day/unit_state` and what `compose` has for them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import provinces
import pytest
import workbooks
from hypothesis import given
from hypothesis import settings as with_settings
from hypothesis import strategies as st
from offices import HOME, Day, File, assigned, consolidated, handed_in, moment, read_in
from page_days import page_of
from provinces import DISTRICTS, FIRST, LAST, MOVED, PROVINCE, SECOND, SILENT, filed, files, written
from workbook_days import cells, opened
from workbooks import Row, progress_row, reception_row, resolved_row, urgent_row

from pipeline.day.targets import Tally
from pipeline.render import districts
from pipeline.render.page import large_page
from pipeline.render.papers import unchanging
from pipeline.render.workbook import office_workbook
from pipeline.report import corrections, day_corrected, edit_words, headline, not_taken, sentences, units, who_reported
from pipeline.report.figures import Bridge, Figure, UnitLine
from pipeline.report.report import Report
from pipeline.settings.config import Settings, load
from pipeline.settings.units import Unit
from pipeline.terms import words

DAYS = (FIRST, SECOND, LAST)
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")


@pytest.fixture(scope="module")
def days() -> dict[date, Day]:
    return consolidated(filed(), DAYS, PROVINCE)


def _tallies(figures: Sequence[Figure]) -> list[tuple[int, int]]:
    return [(figure.tally.total, figure.tally.resolved) for figure in figures]


def _summed(reports: Sequence[Report]) -> list[tuple[int, int]]:
    parts = [_tallies(report.targets) for report in reports]
    return [
        (sum(total for total, _resolved in of_group), sum(resolved for _total, resolved in of_group))
        for of_group in zip(*parts, strict=True)
    ]


def workbook_texts(report: Report) -> list[object]:
    return [cell.value for _sheet, cell in cells(opened(office_workbook.render(report)))]


@st.composite
def trees(draw: st.DrawFn) -> Settings:
    """The province's districts under any tree: of any depth, units in any order, a unit for each that has something under it."""
    units_of = [draw(st.integers(0, 4)) for _district in DISTRICTS]
    above = {unit: draw(st.none() | st.integers(0, unit - 1)) if unit else None for unit in range(5)}
    used = set(units_of)
    for unit in range(4, -1, -1):
        if unit in used and (parent := above[unit]) is not None:
            used.add(parent)
    order = draw(st.permutations(sorted(used)))
    named = {unit: f"单位{'甲乙丙丁戊'[unit]}" for unit in used}
    listed = tuple(Unit(name=named[unit], parent=None if (parent := above[unit]) is None else named[parent]) for unit in order)
    placed = tuple(own.model_copy(update={"parent": named[at]}) for own, at in zip(PROVINCE.districts, units_of, strict=True))
    return PROVINCE.model_copy(update={"districts": placed, "units": listed})


@with_settings(max_examples=25, deadline=None)
@given(trees())
def test_whatever_the_tree_each_unit_is_the_sum_of_what_lies_under_it(settings: Settings) -> None:
    day = consolidated(filed(), [LAST], settings)[LAST]
    tree, top = settings.tree, day.report
    districts = {name: _tallies([figure for figure in top.by_district if figure.label == name]) for name in DISTRICTS}
    by_unit = {line.name: _tallies(line.figures) for line in top.units}
    for unit, report in day.units.items():
        own = [districts[name] for name in tree.districts(unit)]
        assert _tallies(report.targets) == [tuple(map(sum, zip(*of_group, strict=True))) for of_group in zip(*own, strict=True)]
        assert _tallies(report.targets) == by_unit[unit]
        for figure, line in zip(report.targets, next(line for line in top.units if line.name == unit).figures, strict=True):
            assert (figure.tally, figure.bounds and figure.bounds.lowest) == (line.tally, line.bounds and line.bounds.lowest)
            assert figure.tally == Tally(figure.tally.target_percent, figure.tally.total, figure.tally.resolved)
    roots = [day.units[name] for name in tree.children()]
    _assert_parts(top, roots)
    _assert_days_add_up(top, roots)


def _assert_parts(whole: Report, parts: Sequence[Report]) -> None:
    """Everything that is counted or listed of the whole is that of exactly one part."""
    assert _summed(parts) == _tallies(whole.targets)
    for at, certainty in enumerate(whole.certainties):
        own = [part.certainties[at].unmoved for part in parts]
        assert (sum(tally.total for tally in own), sum(tally.resolved for tally in own)) == (
            certainty.unmoved.total,
            certainty.unmoved.resolved,
        )
    for listed in ("newly_resolved", "reopened", "new_cases", "no_longer_counted", "withdrawn_cases"):
        assert sorted(number for part in parts for number in getattr(part, listed)) == sorted(getattr(whole, listed))
    for flag, numbers in whole.flags.items():
        assert sorted(number for part in parts for number in part.flags[flag]) == sorted(numbers)
    assert sorted(case.number for part in parts for case in part.cases) == [case.number for case in whole.cases]
    assert sorted(line.district for part in parts for line in part.submissions) == sorted(DISTRICTS)
    assert sum(len(part.decisions) for part in parts) == len(whole.decisions)
    assert sum(len(part.absences) for part in parts) == len(whole.absences)


def _assert_days_add_up(whole: Report, parts: Sequence[Report]) -> None:
    """The last days, and the steps from yesterday, of the whole are the sums of the parts'."""
    for at, (day, tallies) in enumerate(whole.trend):
        for group, tally in tallies.items():
            own = [part.trend[at][1][group] for part in parts]
            assert (day, tally.total, tally.resolved) == (_day(parts, at), sum(t.total for t in own), sum(t.resolved for t in own))
    for at, bridge in enumerate(whole.bridges):
        _assert_steps_add_up(bridge, [part.bridges[at] for part in parts])


def _assert_steps_add_up(bridge: Bridge, own_bridges: Sequence[Bridge]) -> None:
    for name in ("total_before", "total", "resolved_before", "resolved"):
        assert getattr(bridge, name) == sum(getattr(own, name) for own in own_bridges)
    assert all(ladder.before + sum(step.change for step in ladder.steps) == ladder.now for own in own_bridges for ladder in own.ladders)
    steps, of_whole = Counter[str](), Counter[str]()
    for step in (step for own in own_bridges for step in own.total_steps):
        steps[step.kind] += step.change
    for step in bridge.total_steps:
        of_whole[step.kind] += step.change
    del steps["given"]  # what one unit gives another one gets
    assert {**steps} == {**of_whole}


def _day(parts: Sequence[Report], at: int) -> date:
    (day,) = {part.trend[at][0] for part in parts}
    return day


def test_what_became_known_late_is_told_by_the_unit_whose_it_is(days: dict[date, Day]) -> None:
    told = {unit: [(entry.day, entry.group) for entry in report.restated] for unit, report in days[LAST].units.items()}
    whole = [(entry.day, entry.group) for entry in days[LAST].report.restated]
    assert whole
    assert told == {"甲市": [], "乙市": [], "丙市": whole, "丙北片": whole}
    assert [len(report.late_reports) for report in days[LAST].units.values()] == [0, 0, 1, 1]


def test_a_case_that_is_given_to_another_unit_goes_with_its_past_and_is_told_as_a_step(days: dict[date, Day]) -> None:
    gave, got = days[LAST].units["甲市"], days[LAST].units["乙市"]
    assert [(step.kind, step.change, step.cases) for step in gave.bridges[1].total_steps if step.kind == "given"] == [
        ("given", -1, (MOVED,))
    ]
    assert [(step.kind, step.change, step.cases) for step in got.bridges[1].total_steps if step.kind == "given"] == [("given", 1, (MOVED,))]
    assert gave.bridges[1].total_before == days[SECOND].units["甲市"].targets[1].tally.total
    assert "（其中案件改派使总数减少1件，已化解减少1件：SJ-2020-001改派乙一区）" in sentences.since_yesterday(gave.bridges[1])
    assert "（其中案件改派使总数增加1件，已化解增加1件：SJ-2020-001由甲一区改派来）" in sentences.since_yesterday(got.bridges[1])
    assert MOVED not in got.new_cases + got.newly_resolved
    assert MOVED not in gave.no_longer_counted
    assert all(step.kind != "given" for bridge in days[LAST].report.bridges for step in bridge.total_steps)


def test_no_unit_is_bettered_by_giving_a_case_away() -> None:
    """甲一区 gives a case that is not resolved to 乙一区 on the second day: both read from then on what their rates were without it."""
    rows = provinces.cases()
    moved: list[Row] = [{**row, "旗区": "乙一区"} if row["案件编号"] == "SJ-2020-105" else row for row in rows]
    sent = [assigned(provinces.workbook(rows)), assigned(provinces.workbook(moved), f"{SECOND} 08:00", "分解表2.xlsx")]
    for on, day in consolidated(read_in(sent, PROVINCE), DAYS, PROVINCE).items():
        reliance = {unit: report.certainties[1] for unit, report in day.units.items()}
        assert reliance["甲市"].unmoved.total == reliance["乙市"].unmoved.total + 1, "甲市 has one more from the beginning"
        if on > FIRST:
            assert (reliance["甲市"].went, reliance["乙市"].came) == (("SJ-2020-105",), ("SJ-2020-105",))


def test_no_unit_is_told_a_figure_of_another_units_district_when_a_case_is_given(days: dict[date, Day]) -> None:
    """甲一区 lost one resolved case to 乙一区: its figure is told where it lies, by what it really was."""
    whole, gave, got = (days[LAST].report, days[LAST].units["甲市"], days[LAST].units["乙市"])
    group = "市级交办和旗区自行梳理"
    lost, won = f"甲一区（{group}）由2/5（40.0%）变为1/4（25.0%）", f"乙一区（{group}）由1/5（20.0%）变为2/6（33.3%）"
    both, own, others = (edit_words.outcomes(report.edited, LAST)[1] for report in (whole, gave, got))
    assert both == f"因旗区改动（{MOVED}），{lost}、{won}。"
    assert own == f"因旗区改动（{MOVED}），{lost}。"
    assert others == f"因旗区改动（{MOVED}），{won}。"
    for report in (whole, gave, got):
        assert edit_words.edits(report.edited) == f"台账要素改动1件：旗区1件（{MOVED}：甲一区→乙一区）。"


def _given_on_the_second_day(*reports: File) -> dict[date, Day]:
    """SJ-2020-102, open in 甲一区, is 乙一区's from the second day on, which resolves it on that day."""
    moved: list[Row] = [{**row, "旗区": "乙一区"} if row["案件编号"] == _GIVEN else row for row in provinces.cases()]
    sent = [assigned(provinces.workbook(provinces.cases())), assigned(provinces.workbook(moved), f"{SECOND} 08:00", "分解表2.xlsx")]
    first = handed_in(workbooks.report("甲一区", FIRST, progress=[progress_row(_GIVEN)]), f"{FIRST} 15:00", "甲一区1.xlsx")
    resolved = handed_in(workbooks.report("乙一区", SECOND, progress=[resolved_row(_GIVEN)]), f"{SECOND} 15:00", "乙一区2.xlsx")
    return consolidated(read_in([*sent, first, resolved, *reports], PROVINCE), DAYS, PROVINCE)


_GIVEN = "SJ-2020-102"
_RESOLVED_BEFORE = workbooks.report("甲一区", FIRST, progress=[resolved_row(_GIVEN, 答复日期=f"{FIRST}")])


def test_a_district_that_gave_an_open_case_away_lost_no_resolved_one_though_the_other_resolves_it_on_that_day() -> None:
    """Without the move it would stand as it did: what the one that has it now reports is not the first one's."""
    day = _given_on_the_second_day()[SECOND]
    lost, won = (
        "甲一区（市级交办和旗区自行梳理）由0/5（0.0%）变为0/4（0.0%）",
        "乙一区（市级交办和旗区自行梳理）由0/4（0.0%）变为1/5（20.0%）",
    )
    said = (edit_words.outcomes(report.edited, SECOND)[1] for report in (day.report, day.units["甲市"], day.units["乙市"]))
    assert [*said] == [f"因旗区改动（{_GIVEN}），{told}。" for told in (f"{lost}、{won}", lost, won)]


def test_a_correction_of_another_units_district_marks_the_paper_of_the_unit_that_has_the_case_and_says_what_changed() -> None:
    """甲一区 says days later that it had resolved the case on the first day: it was no newly resolved one of 乙市's second."""
    again = handed_in(_RESOLVED_BEFORE, "2020-05-23 10:00", "甲一区1更正.xlsx")
    before, after = _given_on_the_second_day()[SECOND], _given_on_the_second_day(again)[SECOND]
    assert [len(day.units["乙市"].newly_resolved) for day in (before, after)] == [1, 0]
    assert not before.units["乙市"].is_correction
    newly = f"当日新化解由1件改为0件：不再算新化解1件（{_GIVEN}）"
    said = f"本期是更正：甲一区5月19日日报的更正（5月23日10:00收到），总数和化解件数没有变，{newly}"
    for report in (after.report, after.units["甲市"], after.units["乙市"]):
        assert report.is_correction
    for report in (after.report, after.units["乙市"]):
        assert dict(headline.lines(report))[words.RESTATED].startswith(said)
        assert newly in day_corrected.correction(report)
    both = (dict(headline.lines(after.units[unit]))[words.RESTATED] for unit in ("甲市", "乙市"))
    for told, way in zip(both, ("减少", "增加"), strict=True):
        assert f"，从前一日到当日，按现在所知改派使已化解{way}1件（{_GIVEN}）" in told
    assert not after.units["丙市"].is_correction


def test_a_correction_is_not_said_to_correct_what_it_leaves_as_it_was() -> None:
    """丙一区 corrects its 接访情况 before noon, which the day's readers knew; what 甲一区 sends later says nothing of such things."""
    sent = [
        handed_in(workbooks.report("丙一区", FIRST, reception=[reception_row()]), f"{FIRST} 15:00", "丙一区1.xlsx"),
        handed_in(workbooks.report("丙一区", FIRST, reception=[reception_row(batches=6, passed=3)]), f"{SECOND} 14:00", "丙一区1更正.xlsx"),
        handed_in(_RESOLVED_BEFORE, "2020-05-23 10:00", "甲一区1更正.xlsx"),
    ]
    report = _given_on_the_second_day(*sent)[SECOND].report
    assert report.changed_receptions
    assert "接访情况" not in dict(headline.lines(report))[words.RESTATED].partition("；")[0]


def test_whoever_lost_a_case_reads_whereto(days: dict[date, Day]) -> None:
    for unit, where in (("甲市", "改派乙一区"), ("乙市", "由甲一区改派来")):
        report = days[LAST].units[unit]
        (told,) = [said for bridge in report.bridges if MOVED in (said := sentences.since_yesterday(bridge))]
        assert f"{MOVED}{where}" in told
        page, cells = page_of(report), workbook_texts(report)
        assert "已不在台账" not in page.text
        assert where in page.text
        assert f"{MOVED}（{where}）" in cells


def test_what_was_reported_of_a_case_given_away_is_told_by_both_units_and_stands_in_their_workbooks() -> None:
    row = resolved_row(MOVED, 答复文号="信复〔2020〕99号", 今日进展="已回访")
    again = handed_in(workbooks.report("甲一区", LAST, progress=[row]), "2020-05-21 07:00", "早报.xlsx")
    quiet = [file for file in files() if file.name != f"甲一区{LAST}.xlsx"]
    day = consolidated(read_in([*quiet, again], PROVINCE), [LAST], PROVINCE)[LAST]
    said = f"案件已改派、没有计入的报送1件：{MOVED}（甲一区报“已化解”，另填了今日进展；5月21日已改派乙一区，现按“已化解”）。"
    for report in (day.report, day.units["甲市"], day.units["乙市"]):
        assert said in corrections.of_group(report, "市级交办和旗区自行梳理")
        assert f"市级交办和旗区自行梳理：{said}" in workbook_texts(report)
    assert "已改派" not in corrections.of_group(day.units["丙市"], "市级交办和旗区自行梳理")


def test_of_districts_that_never_reported_nothing_is_said_to_go_on() -> None:
    """Not on their first day alone: what stands of them is the assignment workbook's, to every reader."""
    heard = [file for file in files() if not file.name.startswith("丙")]
    day = consolidated(read_in(heard, PROVINCE), [LAST], PROVINCE)[LAST]
    never = "丙一区等3个旗区至今没有报送过，只按案件包案任务分解表计入"
    whole, own = (" ".join(sentence for _label, sentence in headline.lines(report)) for report in (day.report, day.units["丙市"]))
    assert f"案件沿用此前的情况（{never}）。" in whole
    assert "至今没有旗区报送过日报，数字只来自案件包案任务分解表" in own
    assert headline.flags(day.units["丙市"]).startswith("督办（按分解表，还没有报送过）")
    assert "沿用此前" not in own
    assert "，每天都缺）" in own
    assert "各缺其中一日或几日" not in own
    note = "（还没有采用过日报）"
    silent = day.units["丙市"]
    assert unchanging.texts(silent)["数据截至"].endswith(note)
    assert note in page_of(silent).text
    assert any(f"{text}".endswith(note) for text in workbook_texts(silent))
    assert not unchanging.texts(day.report)["数据截至"].endswith(note)
    by_district = {unit.name: unit.report for unit in districts.of(day.report)}
    assert [note.encode() in large_page.unit_page(name, by_district[name], HOME / "templates") for name in ("丙一区", "甲一区")] == [
        True,
        False,
    ]


def test_a_file_that_names_no_district_is_told_where_its_sender_is(tmp_path: Path) -> None:
    """Its urgent matter was refused with it: who is over the sender must hear of that, and nobody beside."""
    path = tmp_path / "config.yaml"
    path.write_text(written().replace("name: 乙二县, parent", "name: 乙二县, senders: [yb@example.com], parent"), encoding="utf-8")
    settings = load(path)
    content = workbooks.report("丙市乙二县", LAST, urgent=[urgent_row("")])
    wrong = File(content, moment("2020-05-21 16:30"), "错.xlsx", channel="email", sender="yb@example.com")
    day = consolidated(read_in([*files(), wrong], settings), [LAST], settings)[LAST]
    assert "乙二县" in not_taken.urgent(day.report)
    assert "乙二县" in not_taken.urgent(day.units["乙市"])
    assert not any(not_taken.urgent(day.units[name]) for name in ("甲市", "丙市", "丙市/丙北片") if name in day.units)
    assert [line.district for line in day.report.submissions if line.is_returned] == ["乙二县"]
    from_folder = replace(wrong, channel="folder", sender="")
    day = consolidated(read_in([*files(), from_folder], settings), [LAST], settings)[LAST]
    said = "封面写乙二县的日报1件（停水停电停暖、整份日报退回）"
    assert [name for name in day.units if said in not_taken.urgent(day.units[name])] == ["乙市"]
    assert "封面写的旗区和所属的上级对不上，不能确认是谁的：乙二县。" in who_reported.unplaced(day.units["乙市"].arrived_reports)
    assert not any(line.is_returned for line in day.report.submissions)


def test_a_unit_that_has_another_name_is_known_by_the_old_one_where_its_aliases_have_it(tmp_path: Path) -> None:
    """Until then the cover's district is named, to whoever sent it and to those above it."""
    path = tmp_path / "config.yaml"
    path.write_text(written(), encoding="utf-8")
    settings = load(path)
    sent = File(workbooks.report("旧市乙二县住建局", LAST, urgent=[urgent_row("")]), moment("2020-05-21 16:30"), "旧.xlsx")
    day = consolidated(read_in([*files(), sent], settings), [LAST], settings)[LAST]
    assert [name for name in day.units if "封面写乙二县的日报1件" in not_taken.urgent(day.units[name])] == ["乙市"]
    (refused,) = read_in([sent], settings)
    assert [finding.message for finding in refused.reading.findings] == [
        "封面的旗区写的是“旧市乙二县住建局”，乙二县前面的字不是它上面单位现在的名称。请只填写旗区全称：乙二县。"
    ]
    for unit, is_taken in (("乙市", True), ("甲市", False)):
        path.write_text(written().replace(f"name: {unit},", f"name: {unit}, aliases: [旧市],"), encoding="utf-8")
        (file,) = read_in([sent], load(path))
        assert (file.reading.accepted, file.reading.district) == (is_taken, "乙二县" if is_taken else "")


def test_a_unit_has_the_report_of_an_office_of_its_own(days: dict[date, Day]) -> None:
    """What is told of 丙市's districts does not depend on how the rest of the province is ordered."""
    own = days[LAST].units["丙市"]
    assert own.unit == "丙市"
    assert [line.district for line in own.submissions] == ["丙一区", "丙二县", "丙三县"]
    assert [line.name for line in own.below] == ["丙北片", "丙三县"]
    assert [(line.name, line.districts, line.missing) for line in days[LAST].report.below] == [
        ("甲市", ("甲一区", "甲二县", "甲三县"), ()),
        ("乙市", ("乙一区", "乙二县", "乙三县"), ("乙二县",)),
        ("丙市", ("丙一区", "丙二县", "丙三县"), ("丙三县",)),
    ]
    assert [absent.district for report in days[LAST].units.values() for absent in report.absences] == [*SILENT]


def test_who_lacks_most_is_named_and_not_who_has_most_cases(days: dict[date, Day]) -> None:
    report = days[LAST].report
    lacking = [(line.name, line.of("市级交办和旗区自行梳理").tally.shortfall) for line in report.below]
    assert sorted(lacking, key=lambda named: -named[1])[:2] == [("乙市", 8), ("丙市", 7)]
    assert units.worst(report.below[:1], [group.name for group in report.settings.groups]) == (), "one alone is the whole"
    assert units.worst(report.below, [group.name for group in report.settings.groups]) == (
        "自治区交办还差最多：甲市1件",
        "市级交办和旗区自行梳理还差最多：乙市8件、丙市7件，其余1个合计6件",
        "超期未结最多：乙市2件、甲市1件",
        "没有日报的旗区最多：乙市1个、丙市1个",
    )
    assert dict(headline.lines(report))[words.WORST].startswith("自治区交办还差最多：甲市1件；")
    assert words.WORST not in dict(headline.lines(days[LAST].units["甲市"]))


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ([5, 3, 2, 1, 0, 0], "没有日报的旗区最多：甲5个、乙3个、丙2个，其余1个合计1个"),
        ([5, 3, 3, 3, 0, 0], "没有日报的旗区最多：甲5个，其余3个合计9个"),
        ([2, 2, 2, 2, 1, 0], "没有日报的旗区最多：4个各有2个"),
        ([0, 1, 0, 0, 0, 0], "没有日报的旗区最多：乙1个"),
        ([3, 2], "没有日报的旗区最多：甲3个，其余1个合计2个"),
        ([0, 0], ""),
    ],
)
def test_no_unit_is_named_before_one_that_is_alike(missing: list[int], said: str) -> None:
    lines = [
        UnitLine("甲乙丙丁戊己"[at], ("",), (), tuple("abcdefg"), tuple("abcdefg"[:count]), (), overdue=0, disputed=0)
        for at, count in enumerate(missing)
    ]
    assert units.worst(lines, []) == ((said,) if said else ())


def test_whose_file_was_refused_whole_is_none_of_those_that_sent_nothing() -> None:
    none, one = (
        UnitLine(name, ("",), (), ("a", "b"), ("a", "b"), (), 0, 0, returned) for name, returned in (("甲", ("a", "b")), ("乙", ("b",)))
    )
    assert units.worst([none, one], []) == ("没有日报的旗区最多：乙1个",)
    assert units.worst([none, none], []) == ()


def test_of_many_districts_it_is_told_how_many_each_unit_has() -> None:
    districts = [f"{unit}{at}县" for unit in "甲乙" for at in range(4)]
    lines = [UnitLine(f"{unit}市", ("",), (), tuple(name for name in districts if name[0] == unit), (), (), 0, 0) for unit in "甲乙"]
    assert who_reported.named(districts[:5], lines) == "甲市4个、乙市1个"
    assert who_reported.named(districts[:2], lines) == "甲0县、甲1县"
    assert who_reported.named(districts[:5]) == "、".join(districts[:5])


def test_a_decision_says_where_its_district_lies_to_a_reader_far_above(days: dict[date, Day]) -> None:
    assert [decision.district for decision in days[LAST].report.decisions][:2] == ["甲市甲三县", "乙市乙一区"]
    assert {decision.district for decision in days[LAST].units["甲市"].decisions} == {"甲三县"}


def test_without_levels_nothing_is_told_of_units() -> None:
    settings = PROVINCE.model_copy(
        update={"units": (), "districts": tuple(own.model_copy(update={"parent": None}) for own in PROVINCE.districts)}
    )
    day = consolidated(filed(), [LAST], settings)[LAST]
    assert (day.units, day.report.units, day.report.below) == ({}, (), ())
