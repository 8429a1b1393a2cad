"""督办通知: what stands in them, and that a number once given never changes.

Covers `notices`, `notice_words`, `notice` and `notice_room`; of the nouns `report`, `case_lines` and `submission_lines` what a notice shows
of them; and `notice_number` and `numbering`.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hostile import rewrite
from offices import Office, copied_templates, only, tree
from workbooks import CASES, DAY, answer_row, assignment, case_row, progress_row, report, resolved_row, urgent_row

from pipeline.demo import made_up_office
from pipeline.ledger import journal
from pipeline.ledger.ledger import Ledger
from pipeline.night import nightly
from pipeline.night.outcome import Outcome
from pipeline.render.papers import notice, own_templates, word
from pipeline.render.papers.notice import TEMPLATE
from pipeline.report import notice_words, notices
from pipeline.report.case_lines import Settled
from pipeline.settings.config import load
from pipeline.upkeep import repair

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
CODE = "市住建督"
"""The agency's code of config.yaml."""
_CASES = (
    *CASES,
    case_row("SJ-2020-003", 办结时限="2020-05-10", 交办日期="2020-04-10"),
    case_row("SJ-2020-004", "达拉特旗", 办结时限="2020-05-22", 工作专班=None),
)


def _texts(content: bytes) -> list[str]:
    """Every paragraph that says something."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        root = ET.fromstring(package.read("word/document.xml"))  # noqa: S314 - the program made it just now
    said = ("".join(text.text or "" for text in paragraph.iter(f"{_W}t")) for paragraph in root.iter(f"{_W}p"))
    return [line for line in said if line.strip()]


def _run(office: Office, *days: date) -> Outcome:
    return nightly.run(office.settings, days, documents=only("notices"))


def _notice(office: Office, day: date, district: str = "东胜区") -> list[str]:
    return _texts((office.outbox / str(day) / "督办通知" / f"{district}_督办通知_{day}.docx").read_bytes())


def _numbers(office: Office) -> list[tuple[str, str, str]]:
    """Every number with its day and district."""
    with Ledger(office.settings.paths.ledger) as ledger:
        given, kept_as = ledger.numbers(), ledger.districts.kept
    # In the journal a district stands by its code: it may be renamed.
    assert [replace(number, district=kept_as(number.district)) for number in given] == [*journal.numbers(office.archive)]
    for year in {number.year for number in given}:
        assert [number.number for number in given if number.year == year] == list(
            range(1, 1 + sum(number.year == year for number in given))
        )
    return [(number.written(CODE), str(number.day), number.district) for number in given]


def _shown(office: Office) -> set[tuple[str, str, str]]:
    """The same, as the published notices say."""
    found = set()
    for path in office.outbox.glob("*/督办通知/*.docx"):
        found.add((_texts(path.read_bytes())[1], path.parent.parent.name, path.name.partition("_")[0]))
    return found


def _three_days(office: Office) -> tuple[date, date, date]:
    """An office with reports of three days."""
    days = (DAY - timedelta(days=2), DAY - timedelta(days=1), DAY)
    office.put_assignment(assignment(_CASES))
    for day in days:
        office.put(report(day=day, progress=[progress_row(今日进展="已约谈")]), f"{day}.xlsx", f"{day}T16:00:00+08:00")
    return days


def _daily(office: Office, days: Iterable[date]) -> None:
    for day in days:
        _run(office, day)


# --- what stands in them -----------------------------------------------------------------------------------------


def test_a_notice_says_each_case_with_its_rule_and_days(office: Office, golden: Callable[[str, str], None]) -> None:
    office.put_assignment(assignment(_CASES))
    rows = [progress_row(), progress_row("SJ-2020-001", 今日进展=None), progress_row("SJ-2020-003", 今日进展=None)]
    office.put(report(day=DAY - timedelta(days=1), progress=rows), "昨.xlsx", "2020-05-20T16:00:00+08:00")
    replied = [progress_row(), resolved_row(群众确认="不认可"), resolved_row("SJ-2020-003", 答复文号="东住建信〔2020〕7号")]
    office.put(report(progress=replied), "今.xlsx")
    _run(office, DAY - timedelta(days=1), DAY)
    golden("督办通知/东胜区.txt", "\n".join([*_notice(office, DAY - timedelta(days=1)), "", "----", "", *_notice(office, DAY), ""]))


def test_over_a_week_the_points_are_the_days_flags(tmp_path: Path) -> None:
    sample = made_up_office.build(tmp_path / "demo")
    outcome = nightly.run(sample.settings, sample.days, documents=only("notices"))
    assert len(outcome.written.published) == len(sample.days)
    for built in outcome.written.published:
        folder = sample.settings.paths.outbox / str(built.day)
        said = json.loads((folder / "summary.json").read_bytes())["flags"]
        district_of = {line.number: line.district for line in built.cases}
        expected = {(district_of[number], flag, number) for flag in notices.FLAGS for number in said[flag]}
        assert {(notice.district, point.flag, point.line.number) for notice in built.notices for point in notice.points} == expected
        files = {path.name for path in (folder / "督办通知").iterdir()}
        assert files == {f"{district}_督办通知_{built.day}.docx" for district, _flag, _number in expected}
        for made in built.notices:
            written = _texts((folder / "督办通知" / f"{made.district}_督办通知_{built.day}.docx").read_bytes())
            for case in made.cases:  # once among the cases, once in the reply
                assert written.count(case.line.number) == 2
                assert any(all(point.brief in text for point in case.points) for text in written)


@pytest.mark.parametrize(
    ("row", "kind", "detail"),
    [
        (resolved_row("SJ-2020-003"), "已化解", "（答复文号：东住建信〔2020〕1号）"),
        (progress_row("SJ-2020-003", 当前状态="导入法定途径"), "已导入法定途径", ""),
    ],
)
def test_what_a_later_report_settles_stands_in_the_next_notice(row: dict[str, object], kind: str, detail: str, office: Office) -> None:
    office.put_assignment(assignment([*_CASES, case_row("SJ-2020-005", 工作专班=None)]))
    before = DAY - timedelta(days=1)
    office.put(report(day=before, progress=[progress_row("SJ-2020-003")]), "昨.xlsx", "2020-05-20T16:00:00+08:00")
    office.put(report(progress=[row]), "今.xlsx")  # type: ignore[list-item]
    _run(office, before, DAY)
    said = _notice(office, DAY)
    at = said.index("上次通知（市住建督〔2020〕1号）所列4件，3件继续督办，1件不再列入：")
    assert said[at + 1] == f"{kind}1件：SJ-2020-003{detail}。"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (
            {"延期至": "2020-06-30"},
            "时限改动，尚未办结1件：SJ-2020-003（延期至2020年6月30日，超过法定延长上限，请核，原为2020年5月10日）。",
        ),
        ({"办结时限": "2020-06-05"}, "时限改动，尚未办结1件：SJ-2020-003（办结时限已改为2020年6月5日，原为2020年5月10日）。"),
        ({"撤销依据": "重复交办"}, "已撤销1件：SJ-2020-003（重复交办）。"),
        ({"旗区": "乌审旗"}, "已转由别的旗区办理1件：SJ-2020-003（2020年5月21日由办公室改派乌审旗）。"),
    ],
)
def test_what_a_newer_workbook_settles_stands_in_the_next_notice(change: dict[str, str], why: str, office: Office) -> None:
    rows = [*CASES, case_row("SJ-2020-003", 办结时限="2020-05-10"), case_row("SJ-2020-005", 工作专班=None)]
    office.put_assignment(assignment(rows))
    reported = [progress_row(), progress_row("SJ-2020-003")]
    office.put(report(day=DAY - timedelta(days=1), progress=reported), "昨.xlsx", "2020-05-20T16:00:00+08:00")
    rows[3] = {**rows[3], **change}
    office.put_assignment(assignment(rows), "新.xlsx", "2020-05-21T09:00:00+08:00")
    _run(office, DAY - timedelta(days=1), DAY)
    assert why in _notice(office, DAY)


def test_confirmation_and_a_filled_gap_are_told(office: Office) -> None:
    office.put_assignment(assignment([*CASES, case_row("SJ-2020-005", 办结时限="2020-05-01")]))
    before = DAY - timedelta(days=1)
    office.put(
        report(day=before, progress=[resolved_row(答复日期="2020-05-19", 群众确认="不认可")]), "昨.xlsx", "2020-05-20T16:00:00+08:00"
    )
    office.put(report(progress=[resolved_row()]), "今.xlsx")
    _run(office, before, DAY)
    assert "群众已认可1件：SJ-2020-001（答复文号：东住建信〔2020〕1号）。" in _notice(office, DAY)


def _rows(texts: list[str]) -> list[list[str]]:
    """The rows of the cases: number of the row, case, how often, matter, leader, all that is so."""
    at = texts.index("情况") + 1
    until = next(place for place, text in enumerate(texts) if text.startswith(("按轻重排列", "列入次数")))
    return [texts[start : start + 6] for start in range(at, until, 6)]


def test_a_case_has_one_row_with_all_that_is_so_and_the_worst_stands_first(office: Office) -> None:
    late = {"交办日期": "2020-04-20"}
    rows = [
        case_row("SJ-2020-001", 工作专班=None),
        case_row("SJ-2020-002", 办结时限="2020-05-24"),
        case_row("SJ-2020-003", 办结时限="2020-05-20"),
        case_row("SJ-2020-004", 办结时限="2020-05-02", 化解方案=None, **late),
        case_row("SJ-2020-005"),
        case_row("SJ-2020-006"),
        case_row("SJ-2020-007"),
    ]
    office.put_assignment(assignment(rows))
    before = DAY - timedelta(days=1)
    disputed = resolved_row("SJ-2020-005", 答复日期="2020-05-19", 群众确认="不认可")
    talks = {f"SJ-2020-00{n}": progress_row(f"SJ-2020-00{n}", 今日进展="已约谈") for n in (1, 2, 3, 7)}
    office.put(report(day=before, progress=[disputed, *talks.values()]), "昨.xlsx", "2020-05-20T16:00:00+08:00")
    office.put(report(progress=[progress_row("SJ-2020-004", 当前状态="已受理", 今日进展=None)]), "今.xlsx")
    _run(office, before, DAY)
    said = _rows(_notice(office, DAY))
    assert [row[1] for row in said] == [f"SJ-2020-00{n}" for n in (4, 3, 5, 6, 2, 1)]
    assert said[0][5] == "超期19天（时限5月2日）；缺化解方案。上次的“停滞”有新进展。上次的“超期未受理”已受理"
    assert [row[2] for row in said] == ["第2次", "第2次", "第2次", "第2次", "新增", "第2次"]
    assert said[2][5] == "群众不认可1天"
    assert said[3][5] == "停滞31天；严重超期16天未受理（《信访条例》第二十一条）"


def test_of_a_case_that_stays_it_is_told_that_its_deadline_moved(office: Office) -> None:
    rows = [*CASES, case_row("SJ-2020-003", 办结时限="2020-05-10", 工作专班=None)]
    office.put_assignment(assignment(rows))
    office.put(report(day=DAY - timedelta(days=1), progress=[]), "昨.xlsx", "2020-05-20T16:00:00+08:00")
    office.put_assignment(assignment([*CASES, {**rows[3], "延期至": "2020-06-01"}]), "新.xlsx", "2020-05-21T09:00:00+08:00")
    _run(office, DAY - timedelta(days=1), DAY)
    row = next(row for row in _rows(_notice(office, DAY)) if row[1] == "SJ-2020-003")
    assert row[5].endswith("缺工作专班。上次的“超期未结”时限改动，尚未办结（延期至2020年6月1日，原为2020年5月10日）")


def test_where_a_late_report_makes_earlier_notices_others_the_count_of_them_says_so(office: Office) -> None:
    """SJ-2020-003 is resolved by the report of the 20th until its correction of the 22nd: on the papers of the 20th it was not."""
    first, last = DAY - timedelta(days=1), DAY + timedelta(days=1)
    office.put_assignment(assignment(_CASES))
    settled = resolved_row("SJ-2020-003", 答复日期="2020-05-19", 群众确认="认可")
    office.put(report(day=first, progress=[settled]), "一.xlsx", f"{first}T16:00:00+08:00")
    _run(office, first, DAY)
    now = "※以前各日后来有补报、更正，按现在所知各日应列的算，可能与当时收到的通知不同。"
    assert not any(now in text for text in _notice(office, DAY, "达拉特旗"))
    open_again = {**settled, "群众确认": "不认可"}
    office.put(report(day=first, progress=[open_again]), "二.xlsx", f"{last}T14:00:00+08:00")
    _run(office, first, DAY, last)
    said = _notice(office, last)
    assert any("SJ-2020-003" in text for text in said)
    assert "第3次※" in said
    assert any(now in text for text in said)
    assert not any(now in text for text in _notice(office, last, "达拉特旗")), "of its own reports none came late"


def test_notices_that_one_night_hands_out_together_reproach_no_silence_to_each_other(office: Office) -> None:
    """A correction takes back on Thursday what had settled the only case since Tuesday: three notices come at once, beside another's."""
    days = [DAY + timedelta(days=count) for count in range(-2, 2)]
    office.put_assignment(
        assignment([case_row("SJ-2020-001", 办结时限="2020-05-10"), case_row("SJ-2020-004", "达拉特旗", 办结时限="2020-05-10")])
    )
    office.put(report(day=days[0], progress=[resolved_row("SJ-2020-001", 答复日期=str(days[0]))]), "一.xlsx", f"{days[0]}T16:00:00+08:00")
    _daily(office, days[:2])
    office.put(report(day=days[0], progress=[progress_row("SJ-2020-001")]), "一改.xlsx", f"{days[2]}T14:00:00+08:00")
    office.put(report(day=days[2], progress=[], answers=[answer_row("市住建督〔2020〕99号")]), "三.xlsx", f"{days[2]}T16:00:00+08:00")
    _run(office, *days[:3])
    assert [(number.partition("〕")[2], day) for number, day, name in _numbers(office) if name == "东胜区"] == [
        ("3号", str(days[0])),
        ("4号", str(days[1])),
        ("5号", str(days[2])),
    ]
    for day in days[:3]:
        said = "".join(_notice(office, day))
        assert "新增" in said
        assert all(words not in said for words in ("第2次", "第3次", "上次通知", "继续督办", "没有回复"))
    office.put(report(day=days[3], progress=[]), "四.xlsx", f"{days[3]}T16:00:00+08:00")
    _run(office, days[3])
    said = "".join(_notice(office, days[3]))
    assert "第2次" in said
    assert "5号）1件" in said
    assert "没有回复：SJ-2020-001" in said
    assert "上次通知（市住建督〔2020〕2号）" in "".join(_notice(office, days[2], "达拉特旗"))  # the others had theirs every day


def test_a_case_that_is_back_from_a_cancellation_is_told_as_that_and_not_as_one_that_went_on(office: Office) -> None:
    days = [DAY + timedelta(days=count) for count in range(-2, 2)]
    rows = [case_row("SJ-2020-001", 办结时限="2020-05-10"), case_row("SJ-2020-003", 办结时限="2020-05-10")]
    cancelled = [rows[0], {**rows[1], "撤销依据": "重复交办"}]
    for day, register in ((days[0], rows), (days[1], cancelled), (days[2], rows)):
        office.put_assignment(assignment(register), f"分解表{day}.xlsx", f"{day}T08:00:00+08:00")
    for day in days:
        office.put(report(day=day, progress=[]), f"{day}.xlsx", f"{day}T16:00:00+08:00")
        _run(office, day)
    assert "已撤销1件：SJ-2020-003" in "".join(_notice(office, days[1]))
    back = "".join(_notice(office, days[2]))
    assert "你区有2件信访事项需要督办（重新列入1件，继续督办1件）" in back
    assert "5月21日恢复（原已撤销），时限没有因撤销后延，恢复时已过时限；超期11天" in back
    after = "".join(_notice(office, days[3]))
    assert "（继续督办2件）" in after
    assert "恢复" not in after


def test_of_what_is_due_on_the_day_of_the_notice_nobody_is_asked_to_be_in_time(office: Office) -> None:
    rows = [case_row("SJ-2020-001", 办结时限=str(DAY)), case_row("SJ-2020-003", 办结时限=str(DAY + timedelta(days=2)))]
    for count, asked in (
        (1, "所列的时限最晚到5月21日为止：已办结的，请在日报里报明；"),
        (2, "请抓紧办理，确保按期办结。其中1件时限最晚到5月21日为止："),
    ):
        other = Office(office.home.with_name(f"due{count}"))
        other.put_assignment(assignment(rows[:count]))
        other.put(report(progress=[]), "今.xlsx")
        _run(other, DAY)
        said = "".join(_notice(other, DAY))
        assert asked in said
        assert ("确保按期办结" in said) is (count > 1)


def test_the_reply_has_a_line_for_each_case_a_date_and_the_seals_place(office: Office) -> None:
    office.put_assignment(assignment(_CASES))
    office.put(report(progress=[progress_row()]), "日报.xlsx")
    _run(office, DAY)
    said = _notice(office, DAY)
    letter, reply = said[: said.index("附件")], said[said.index("附件") :]
    assert "请逐件核实，于2020年5月26日前在日报里写明进展，填“督办回复”表；所附回执盖章后送我单位，不随日报发送。" in letter
    assert reply[1:4] == [
        "督办通知回执",
        f"通知编号：{CODE}〔2020〕1号　　回复期限：2020年5月26日",
        "收到日期：　　　　年　　月　　日　　经办人：",
    ]
    assert [text for text in reply if text.startswith("SJ-")] == [row[1] for row in _rows(said)]
    assert reply[-3:] == ["盖章", "东胜区住房和城乡建设局（公章）", "　　　年　　月　　日"]


def test_a_notice_is_not_dated_before_its_data(office: Office) -> None:
    office.put_assignment(assignment(_CASES))
    office.put(report(progress=[]), "迟.xlsx", "2020-05-24T09:00:00+08:00")
    _run(office, DAY)
    said = _notice(office, DAY)
    assert said[said.index("附件") - 1] == "2020年5月24日"
    assert any("于2020年5月29日前在日报里写明进展" in text for text in said)


def test_a_notice_rests_on_its_own_districts_reports_alone(office: Office) -> None:
    """Whatever others send late: date, deadline, number and bytes stay, of this day's notice and of those after it."""
    office.put_assignment(assignment(_CASES))
    days = [DAY, DAY + timedelta(days=1)]
    office.put(report(progress=[progress_row()]), "日报.xlsx")
    _run(office, *days)
    paths = [f"{day}/督办通知/东胜区_督办通知_{day}.docx" for day in days]
    before = tree(office.outbox)
    assert any("根据截至2020年5月21日16:00的报送情况" in text for text in _notice(office, days[1]))
    office.put(report("达拉特旗", progress=[progress_row("SJ-2020-004")]), "达拉特旗.xlsx", "2020-05-25T09:00:00+08:00")
    assert len(_run(office, *days).written.published) == 2
    after = tree(office.outbox)
    assert {path: after[path] for path in paths} == {path: before[path] for path in paths}
    other = _notice(office, DAY, "达拉特旗")
    assert other[2:4] == ["关于达拉特旗信访事项的督办通知", "（更正）"]
    # It knows nothing of what the district reported of later days.
    assert any("根据截至2020年5月25日09:00对5月21日及以前各日的报送情况" in text for text in other)
    office.put(report(progress=[progress_row(今日进展="已约谈双方")]), "更正.xlsx", "2020-05-25T10:00:00+08:00")
    _run(office, *days)
    assert [_notice(office, day)[3] for day in days] == ["（更正）", "（更正）"]


def test_of_a_case_that_moved_a_notice_rests_on_the_rows_of_the_district_that_had_it(office: Office) -> None:
    moved = [case_row("SJ-2020-003", "达拉特旗", 办结时限="2020-05-10"), *CASES]
    office.put_assignment(assignment([case_row("SJ-2020-003", 办结时限="2020-05-10"), *CASES]))
    office.put_assignment(assignment(moved), "新表.xlsx", "2020-05-22T09:00:00+08:00")
    office.put(report(progress=[progress_row("SJ-2020-003")]), "迟.xlsx", "2020-05-23T15:00:00+08:00")
    after = DAY + timedelta(days=1)
    _run(office, after)
    said = _notice(office, after, "达拉特旗")
    assert said[said.index("附件") - 1] == "2020年5月23日"
    # Its first row tells when it was accepted, on which 办结 rests: it was another's too, and came later still.
    first = report(day=DAY - timedelta(days=2), progress=[progress_row("SJ-2020-003", 当前状态="已受理")])
    office.put(first, "更迟.xlsx", "2020-05-24T15:00:00+08:00")
    _run(office, after)
    said = _notice(office, after, "达拉特旗")
    assert said[said.index("附件") - 1] == "2020年5月24日"


def test_a_notice_cites_the_clocks_of_its_cases_and_says_until_when_a_new_case_can_be_objected_to(office: Office) -> None:
    """In the rows the clocks that are near their end or past it; below them, once, the objections, also of cases without a row."""
    day = date(2022, 6, 30)
    rows = [
        case_row("SJ-2022-001", 交办日期="2022-04-20", 办结时限="2022-06-19", 延期至="2022-06-29"),
        case_row("SJ-2022-002", 交办日期="2022-06-24", 办结时限="2022-07-02"),
        case_row("SJ-2022-003", 交办日期="2022-06-29", 办结时限="2022-08-20"),
        case_row("SJ-2022-004", 交办日期="2022-06-29", 办结时限="2022-08-20"),
        case_row("SJ-2022-005", "达拉特旗", 交办日期="2022-06-29", 办结时限="2022-07-02"),
    ]
    office.put_assignment(assignment(rows), received="2022-05-01T09:00:00+08:00")
    accepted = report(day=date(2022, 4, 22), progress=[progress_row("SJ-2022-001", 当前状态="已受理")])
    office.put(accepted, "受理.xlsx", "2022-04-22T16:00:00+08:00")
    office.put(report(day=day, progress=[progress_row("SJ-2022-001")]), "今.xlsx", "2022-06-30T16:00:00+08:00")
    _run(office, day)
    said = _notice(office, day)
    assert [row[5] for row in _rows(said)] == [
        "超期1天（延期后的时限6月29日，延期前为6月19日）；办结法定期限7月1日（含延期10天），还有1天（《信访条例》第三十三条）",
        "停滞6天；还有2天到期（时限7月2日）",
    ]
    below = next(text for text in said if "提出异议" in text)
    assert below.endswith(
        "新交办的案件，如不属于本旗区职权，请于下列日期前（含当日）提出异议（《信访工作条例》第二十三条）："
        "7月1日，SJ-2022-002；7月6日，SJ-2022-003、SJ-2022-004。受理日期以首次报“已受理”之日为准，实际可能更早。"
    )
    other = next(text for text in _notice(office, day, "达拉特旗") if "提出异议" in text)
    assert other.endswith("新交办的SJ-2022-005，如不属于本旗区职权，请于7月6日前（含当日）提出异议（《信访工作条例》第二十三条）。")


def test_many_settled_cases_are_counted_and_the_first_named() -> None:
    settled = [Settled("stalled", f"SJ-2020-{n:03d}", "", "已化解", f"答复文号：{n}", is_gone=True) for n in range(1, 15)]
    (said,) = notice_words.settled_by_kind(settled)
    assert said.startswith("已化解14件：SJ-2020-001、SJ-2020-002、")
    assert said.endswith("SJ-2020-012等，逐件见市局《信访事项办理情况汇总》“督办清单”。")
    (said,) = notice_words.settled_by_kind([replace(point, kind="已撤销", detail="重复交办") for point in settled[:2]])
    assert said == "已撤销2件（重复交办）：SJ-2020-001、SJ-2020-002。"


def test_text_from_cells_comes_out_as_text(office: Office) -> None:
    hostile = "{{ 7*7 }}<w:p/>&amp;{% for %}\"'=cmd|x"
    office.put_assignment(assignment([*CASES, case_row("SJ-2020-003", 案由=hostile, 责任单位=hostile, 办结时限="2020-05-10")]))
    office.put(report(), "日报.xlsx")
    _run(office, DAY)
    said = _notice(office, DAY)
    assert {hostile, "{{ 7*7 }}<w…　领导一"} <= {*said}


def test_a_matter_is_told_whole_and_only_a_very_long_one_says_where_all_of_it_stands(office: Office) -> None:
    whole, long = "某小区二期三栋楼屋面防水反复返修后仍大面积渗漏，住户要求更换材料并赔偿装修损失", "某小区" * 30
    rows = [case_row(f"SJ-2020-00{n}", 案由=said, 办结时限="2020-05-10") for n, said in ((3, whole), (4, long))]
    office.put_assignment(assignment([*CASES, *rows]))
    office.put(report(), "日报.xlsx")
    _run(office, DAY)
    assert {whole, f"{long[:60]}…（全文见日报模板）"} <= {*_notice(office, DAY)}


def test_an_urgent_matter_without_an_answer_stands_beside_its_case_and_is_asked_about(office: Office) -> None:
    """It gives no district a notice by itself: the letter asks about it."""
    days = [DAY - timedelta(days=1), DAY]
    office.put_assignment(assignment(_CASES))
    danger = {"事项类别": "工程安全隐患", "情况说明": "外墙松动，楼下是小学通道", "发生时间": f"{days[0]}", "需协调事项": "请派检测单位"}
    of_others = [urgent_row("", 情况说明="小区停暖", 发生时间=f"{days[0]}", 需协调事项="")]
    office.put(
        report(day=days[0], progress=[], urgent=[urgent_row("SJ-2020-003", **danger), *of_others]), "一.xlsx", f"{days[0]}T16:00:00+08:00"
    )
    office.put(report(day=DAY, progress=[progress_row(今日进展="已约谈")]), "二.xlsx", f"{DAY}T16:00:00+08:00")
    _daily(office, days)
    first, second = (_notice(office, day) for day in days)
    assert not any("急报尚无下文" in line for line in first), "its own day's report is its answer for that day"
    assert any(line.endswith("；急报尚无下文：工程安全隐患（5月20日所报）") for line in second)
    asked = "SJ-2020-003 工程安全隐患（5月20日所报）：外墙松动，楼下是小学通道；当时请求：请派检测单位"
    other = f"{of_others[0]['事项类别']}（5月20日所报）：小区停暖"
    said = f"急报尚无下文2件：{asked}。{other}。请办理，并在日报里报明怎样处置了：有案件编号的填“今日进展”，没有编号的把同类急报再报一次。"
    assert any(said in line for line in second)
    assert not any("急报" in line for line in _notice(office, DAY, "达拉特旗"))


def test_a_district_without_anything_gets_none(office: Office) -> None:
    office.put_assignment(assignment([case_row("SJ-2020-001", 交办日期="2020-05-20")]))
    office.put(report(progress=[progress_row("SJ-2020-001")]), "日报.xlsx")
    _run(office, DAY)
    assert not (office.outbox / str(DAY) / "督办通知").exists()
    assert _numbers(office) == []


def test_before_the_first_report_there_is_no_notice(office: Office) -> None:
    days = _three_days(office)
    _run(office, days[0] - timedelta(days=1), days[0])
    assert {day for _number, day, _district in _numbers(office)} == {str(days[0])}


# --- numbers -----------------------------------------------------------------------------------------------------


def test_daily_as_a_range_or_the_last_day_alone_the_numbers_are_the_same(tmp_path: Path) -> None:
    days = (DAY - timedelta(days=2), DAY - timedelta(days=1), DAY)
    ways: list[list[list[date]]] = [[[day] for day in days], [[*days]], [[days[2]], [*days]], [[days[1]], [days[0]], [days[2]]]]
    made = []
    for number, runs in enumerate(ways):
        office = Office(tmp_path / str(number))
        _three_days(office)
        for several in runs:
            _run(office, *several)
        made.append((_numbers(office), _notice(office, DAY)))
    assert all(files == made[0] for files in made)
    assert [number for number, _day, _district in made[0][0]] == [f"市住建督〔2020〕{n}号" for n in range(1, 7)]


def test_the_last_day_alone_numbers_the_days_before_it(office: Office) -> None:
    days = _three_days(office)
    _run(office, days[2])
    assert [(day, district) for _number, day, district in _numbers(office)] == [
        (str(day), district) for day in days for district in ("东胜区", "达拉特旗")
    ]
    assert [path.name for path in sorted(office.outbox.iterdir())] == [str(days[2])]


def test_run_twice_nothing_changes(office: Office) -> None:
    days = _three_days(office)
    _run(office, *days)
    before, numbers = tree(office.outbox), _numbers(office)
    assert set(_run(office, *days).written.unchanged) == set(days)
    for day in days:
        (office.outbox / str(day) / "manifest.json").unlink()
    _run(office, *days)
    assert (tree(office.outbox), _numbers(office)) == (before, numbers)


def test_a_correction_that_brings_a_notice_takes_the_next_free_number(office: Office) -> None:
    days = _three_days(office)
    _daily(office, days)
    before = _numbers(office)
    disputed = resolved_row("SJ-2020-009", 答复日期="2020-05-18", 群众确认="不认可")
    office.put_assignment(
        assignment([*_CASES, case_row("SJ-2020-009", "乌审旗", 交办日期="2020-05-18")]), "新.xlsx", "2020-05-19T08:00:00+08:00"
    )
    office.put(report("乌审旗", days[0], progress=[disputed]), "乌审旗.xlsx", "2020-05-22T09:00:00+08:00")
    _run(office, days[2])
    assert _numbers(office) == [*before, *((f"市住建督〔2020〕{7 + n}号", str(day), "乌审旗") for n, day in enumerate(days))]
    assert _shown(office) == set(_numbers(office))


def test_a_notice_without_a_point_any_more_is_void_and_keeps_its_number(office: Office) -> None:
    days = _three_days(office)
    office.put(report("乌审旗", days[0], progress=[]), "乌审旗.xlsx", f"{days[0]}T16:00:00+08:00")
    _daily(office, days)
    before = _numbers(office)
    answered = [resolved_row("SJ-2020-003", 答复日期="2020-05-18")]
    for day in days:
        office.put(
            report(day=day, progress=[progress_row(), progress_row("SJ-2020-001"), *answered]),
            f"更正{day}.xlsx",
            "2020-05-22T13:00:00+08:00",
        )
    office.put_assignment(assignment([*CASES, _CASES[3]]), "新.xlsx", "2020-05-01T09:30:00+08:00")
    _run(office, days[2])
    assert _numbers(office) == before
    assert _shown(office) == set(before)
    assert _notice(office, DAY)[:6] == [
        office.settings.office,
        "市住建督〔2020〕5号",
        "关于东胜区信访事项的督办通知",
        "（更正）",
        "东胜区住房和城乡建设局：",
        "本通知所列事项经更正均不成立，本号作废。",
    ]
    assert "督办通知回执" not in _notice(office, DAY)


@pytest.mark.parametrize(
    ("change", "why", "detail"),
    [
        ({"办结时限": "2020-06-05"}, "时限改动，尚未办结", "办结时限已改为2020年6月5日，原为2020年5月10日"),
        ({"延期至": "2020-06-30"}, "时限改动，尚未办结", "延期至2020年6月30日，超过法定延长上限，请核，原为2020年5月10日"),
        ({"撤销依据": "重复交办"}, "已撤销", "重复交办"),
        ({"旗区": "乌审旗"}, "已转由别的旗区办理", "2020年5月21日由办公室改派乌审旗"),
    ],
)
@pytest.mark.parametrize("first", [DAY, DAY - timedelta(days=1)])
def test_a_notice_that_edits_empty_is_neither_void_nor_untrue(
    first: date, change: dict[str, str], why: str, detail: str, office: Office
) -> None:
    overdue = case_row("SJ-2020-003", 办结时限="2020-05-10", 交办日期="2020-05-09")
    office.put_assignment(assignment([overdue]))
    for day in sorted({first, DAY}):
        office.put(report(day=day, progress=[progress_row("SJ-2020-003")]), f"{day}.xlsx", f"{day}T16:00:00+08:00")
        _run(office, day)
    before = _numbers(office)
    office.put_assignment(assignment([{**overdue, **change}]), "新.xlsx", f"{DAY}T17:00:00+08:00")
    after = DAY + timedelta(days=1)
    outcome = _run(office, DAY, after)
    assert _numbers(office)[: len(before)] == before
    said, last = _notice(office, DAY), "（含上次通知市住建督〔2020〕1号所列）" if first != DAY else ""
    assert f"本通知现在没有需要督办的案件。不再列入的{last}：" in said
    assert f"{why}1件：SJ-2020-003{f'（{detail}）' if detail else ''}。" in said
    assert not any("作废" in text or "更正均" in text for text in said)
    # The office's list has it on the day and on the next one, on which the district has no notice.
    that_day, next_day = outcome.written.published
    assert [(point.kind, point.detail) for made in that_day.notices for point in made.settled if made.district == "东胜区"] == [
        (why, detail)
    ]
    told = [(since.district, since.before, point.kind, point.detail) for since in next_day.without_notice for point in since.settled]
    assert told == ([("东胜区", "市住建督〔2020〕1号", why, detail)] if first != DAY else [])


def test_what_a_deadline_was_is_the_one_of_the_last_notice_whatever_workbooks_came_since(office: Office) -> None:
    overdue = case_row("SJ-2020-003", 办结时限="2020-05-10", 交办日期="2020-05-09")
    office.put_assignment(assignment([overdue]))
    first, moved, after = (DAY + timedelta(days=days) for days in (-1, 0, 1))
    for day, cells in ((first, {}), (moved, {"办结时限": "2020-06-05"}), (after, {"办结时限": "2020-06-05", "备注": "核对"})):
        office.put(report(day=day, progress=[progress_row("SJ-2020-003")]), f"{day}.xlsx", f"{day}T16:00:00+08:00")
        office.put_assignment(assignment([{**overdue, **cells}]), f"{day}.xlsx", f"{day}T15:00:00+08:00")
        outcome = _run(office, day)
        (told,) = (
            (since for since in outcome.written.published[-1].without_notice if since.district == "东胜区") if day != first else (None,)
        )
        assert told is None or [point.detail for point in told.settled] == ["办结时限已改为2020年6月5日，原为2020年5月10日"]
    office.put_assignment(assignment([{**overdue, "办结时限": "2020-07-01"}]), "再改.xlsx", f"{after}T16:30:00+08:00")
    (told,) = (since for since in _run(office, after).written.published[-1].without_notice if since.district == "东胜区")
    assert [point.detail for point in told.settled] == ["办结时限已改为2020年7月1日，原为2020年5月10日，第2次延期"]


def test_the_year_turns_and_the_series_begins_again(office: Office) -> None:
    office.put_assignment(assignment([case_row("SJ-2020-003", 办结时限="2020-05-10")]))
    days = [date(2020, 12, 31), date(2021, 1, 1)]
    for day in days:
        office.put(report(day=day, progress=[]), f"{day}.xlsx", f"{day}T16:00:00+08:00")
    _run(office, *days)
    assert [number for number, _day, _district in _numbers(office)] == ["市住建督〔2020〕1号", "市住建督〔2021〕1号"]


def test_a_repaired_ledger_gives_the_same_numbers_and_answers(office: Office) -> None:
    days = _three_days(office)
    answered = report(progress=[progress_row()], answers=[answer_row("市住建督〔2020〕1号", "SJ-2020-003")])
    office.put(answered, "再报.xlsx", f"{DAY}T16:30:00+08:00")
    _run(office, days[1])
    _daily(office, days)
    before, numbers = tree(office.outbox), _numbers(office)
    told = json.loads(before[f"{DAY}/extensions.json"])["notices"]
    assert [(case["notice"], case["case"]) for case in told["cases"] if case["answer"]] == [("市住建督〔2020〕1号", "SJ-2020-003")]
    office.settings.paths.ledger.unlink()
    repair.repair(office.settings, documents=only("notices"))
    assert (tree(office.outbox), _numbers(office)) == (before, numbers)


def test_an_older_ledger_learns_the_numbers_from_the_journal_and_the_journal_from_the_ledger(office: Office) -> None:
    days = _three_days(office)
    _run(office, days[0])
    kept = office.settings.paths.ledger.read_bytes()
    _run(office, days[1], days[2])
    numbers = _numbers(office)
    office.settings.paths.ledger.write_bytes(kept)
    _run(office, *days)
    assert _numbers(office) == numbers
    path = office.archive.parent / journal.NAME
    path.write_bytes(b"".join(line for line in path.read_bytes().splitlines(keepends=True) if b'"numbered"' not in line))
    _run(office, *days)
    assert _numbers(office) == numbers


def test_other_settings_change_no_number(office: Office) -> None:
    days = _three_days(office)
    _daily(office, days)
    numbers = _numbers(office)
    windows = office.settings.windows.model_copy(update={"due_soon_days": 0, "stalled_days": 3000, "acceptance_days": 3000})
    office.settings = office.settings.model_copy(update={"windows": windows, "office": "另一个办公室"})
    nightly.run(office.settings, days, documents=only("notices"), rewriting=days)
    assert _numbers(office) == numbers
    assert _shown(office) == set(numbers)
    assert _notice(office, DAY)[0] == "另一个办公室"


def test_the_last_notice_is_named_by_the_code_that_held_on_its_day(office: Office) -> None:
    days = _three_days(office)
    config = office.home / "config.yaml"
    changed = f"changes: [{{from: {DAY}, notices: {{code: 市建督, reply_days: 3}}}}]"
    config.write_text(config.read_text(encoding="utf-8").replace("changes: []", changed), encoding="utf-8")
    office.settings = load(config)
    _run(office, *days)
    said = _notice(office, DAY)
    assert said[1] == "市建督〔2020〕5号"
    assert any("上次通知（市住建督〔2020〕3号）" in text for text in said)
    assert "请逐件核实，于2020年5月24日前在日报里写明进展，填“督办回复”表；所附回执盖章后送我单位，不随日报发送。" in said


def test_figures_alone_give_no_number(office: Office) -> None:
    days = _three_days(office)
    office.run(*days)
    assert _numbers(office) == []


# --- the file ----------------------------------------------------------------------------------------------------


def test_in_the_place_of_a_broken_template_the_built_in_one_is_taken_and_it_says_where(office: Office, tmp_path: Path) -> None:
    days = _three_days(office)
    own = tmp_path / "模板"
    copied_templates(own)
    (own / TEMPLATE).write_bytes(b"no template")
    paths = office.settings.paths.model_copy(update={"templates": own})
    outcome = nightly.run(office.settings.model_copy(update={"paths": paths}), [days[0]], documents=only("notices"))
    assert ["督办通知模板.docx”打不开" in remark for remark in outcome.written.remarks] == [True]
    broken = tree(office.outbox)
    _run(office, days[0])
    whole = tree(office.outbox)
    name = next(name for name in whole if name.endswith(".docx") and "督办通知" in name)
    assert broken[name] == whole[name]


_OLDER = (
    "{{ 编号 }}",
    "{%p if not 作废 %}",
    "{{ 你处 }}有{{ 件数 }}件信访事项需要督办{% if 项数 > 件数 %}（共{{ 项数 }}项）{% endif %}",
    "{%p for 项 in 事项 %}",
    "{{ 项.序号 }}、{{ 项.名称 }}（{{ 项.件数 }}项）规则：{{ 项.规则 }}{{ 项.要求 }}",
    "{%p for 案 in 项.案件 %}",
    "{{ 案.序号 }} {{ 案.编号 }} {{ 案.案由 }} {{ 案.责任单位 }} {{ 案.包案领导 }} {{ 案.情况 }}",
    "{%p endfor %}",
    "{%p endfor %}",
    "{%p if 销号 %}",
    "{{ 销号序号 }}、已销号事项（{{ 销号|length }}项），上次{% if 上次编号 %}{{ 上次编号 }}{% endif %}",
    "{%p for 案 in 销号 %}",
    "{{ 案.序号 }} {{ 案.编号 }} {{ 案.案由 }} {{ 案.事项 }} {{ 案.原因 }}",
    "{%p endfor %}",
    "{%p endif %}",
    "{%p endif %}",
    "{{ 单位 }} {{ 日期 }} {{ 数据截至 }}",
)
"""The fields of the template that the program brought along before a case had one row, a paragraph each."""


def _older(*more: str) -> bytes:
    body = "".join(f"<w:p><w:r><w:t>{text.replace('>', '&gt;')}</w:t></w:r></w:p>" for text in (*_OLDER, *more))
    return rewrite(
        own_templates.original(TEMPLATE),
        lambda name, content: (
            re.sub(rb"(?s)(<w:body>).*(<w:sectPr>)", rb"\1" + body.encode() + rb"\2", content) if name == "word/document.xml" else content
        ),
    )


def test_a_template_of_before_calls_no_notice_void_that_is_not_and_the_office_is_told_what_it_lacks(office: Office, tmp_path: Path) -> None:
    own = tmp_path / "模板"
    copied_templates(own)
    assert notice.unused(own) == []
    void = "{%p if 作废 %}", "本通知所列事项经更正均不成立，本号作废。", "{%p endif %}"
    (own / TEMPLATE).write_bytes(_older(*void))
    office.settings = office.settings.model_copy(update={"paths": office.settings.paths.model_copy(update={"templates": own})})
    overdue = case_row("SJ-2020-003", 办结时限="2020-05-10", 交办日期="2020-05-09")
    office.put_assignment(assignment([overdue]))
    office.put(report(progress=[progress_row("SJ-2020-003")]), "日报.xlsx")
    assert _run(office, DAY).written.remarks == []
    office.put_assignment(assignment([{**overdue, "办结时限": "2020-06-05"}]), "新.xlsx", f"{DAY}T17:00:00+08:00")
    (told,) = _run(office, DAY).written.remarks
    lacking = "办公室自己的模板“督办通知模板.docx”没有用到“作废说明”，通知里就没有这些内容。"
    assert told.startswith(f"市住建督〔2020〕1号现在没有需要督办的案件，也没有作废，通知里少了说明这一点的话。{lacking}请照程序自带的")
    said = _notice(office, DAY)
    assert not any("作废" in text for text in said)
    assert "1 SJ-2020-003 逾期交房 超期未结 时限改动，尚未办结（办结时限已改为2020年6月5日，原为2020年5月10日）" in said
    assert "“作废说明”、“说明”、“上次”、“销号明细”、“增续”、“回复期限”" in notice.unused(own)[0]
    office.put(report(progress=[resolved_row("SJ-2020-003")]), "更正.xlsx", "2020-05-22T09:00:00+08:00")
    office.put_assignment(assignment([overdue]), "旧.xlsx", f"{DAY}T17:30:00+08:00")
    assert _run(office, DAY).written.remarks == []
    assert void[1] in _notice(office, DAY)


def test_an_offices_template_of_before_goes_on_working(office: Office) -> None:
    office.put_assignment(assignment(_CASES))
    office.put(report(day=DAY - timedelta(days=1), progress=[]), "昨.xlsx", "2020-05-20T16:00:00+08:00")
    office.put(report(progress=[progress_row("SJ-2020-003", 当前状态="已受理", 今日进展=None)]), "今.xlsx")
    published = _run(office, DAY - timedelta(days=1), DAY).written.published
    made = next(made for made in published[-1].notices if made.district == "东胜区")
    properties = word.Properties("督办通知", "办公室")
    said = _texts(word.render(word.Template(_older()), notice.fields(made, published[-1]), published[-1].data_until, properties))
    assert said[:3] == ["市住建督〔2020〕3号", "你区有3件信访事项需要督办（共5项）", said[2]]
    assert said[2].startswith("一、超期未结（1项）规则：已过办结时限")
    assert "1 SJ-2020-003 逾期交房 住建局 领导一 办结时限2020年5月10日，已超期11天" in said
    assert "四、已销号事项（2项），上次市住建督〔2020〕1号" in said
    assert "1 SJ-2020-003 逾期交房 停滞 有新进展（当前状态：已受理）" in said


@pytest.mark.parametrize(("count", "is_close"), [(28, False), (29, True)])
def test_a_notice_of_very_many_cases_has_one_list_that_is_the_reply_too(office: Office, count: int, *, is_close: bool) -> None:
    limits = [date(2020, 5, 1) + timedelta(days=n % 19) for n in range(count)]
    office.put_assignment(assignment([case_row(f"SJ-2020-{n:03d}", 办结时限=str(limit)) for n, limit in enumerate(limits, 1)]))
    office.put(report(progress=[]), "日报.xlsx")
    _run(office, DAY)
    said = _notice(office, DAY)
    worst = said[said.index("SJ-2020-001") + 1 :]
    assert said.count("SJ-2020-001") == (1 if is_close else 2)  # else in the letter and in its reply
    assert sum("第二十一条" in text for text in said) == 1, "cited once for all rows, in the notes where the list is not set close"
    assert any(text.endswith("未受理①") for text in worst)
    assert ("附件：督办案件清单（回执）" in said, "附件：督办通知回执" in said) == (is_close, not is_close)
    with zipfile.ZipFile(office.outbox / str(DAY) / "督办通知" / f"东胜区_督办通知_{DAY}.docx") as package:
        document = package.read("word/document.xml").decode()
    assert re.findall(r'<w:pgSz w:w="(\d+)"', document) == (["11906", "16838"] if is_close else ["11906"])


def _pages(folder: Path, *paths: Path) -> list[list[str]]:
    """Each file's pages as LibreOffice sets them."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", *map(str, (folder, *paths))]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    texts = [
        subprocess.run(["pdftotext", "-layout", folder / f"{path.stem}.pdf", "-"], check=True, capture_output=True, encoding="utf-8").stdout
        for path in paths
    ]
    return [text.split("\f")[:-1] for text in texts]


@pytest.mark.external
def test_libreoffice_sets_a_letter_and_its_reply_on_few_pages(office: Office, with_cases: Callable[[int], Path], tmp_path: Path) -> None:
    _three_days(office)
    _run(office, DAY)
    many = Office(tmp_path / "many")
    cells = [{"办结时限": f"2020-05-{1 + n % 19:02d}"} if n % 3 else {"办结时限": "2020-05-23", "化解方案": None} for n in range(110)]
    many.put_assignment(assignment([case_row(f"SJ-2020-{n:03d}", **of_case) for n, of_case in enumerate(cells, 1)]))
    many.put(report(progress=[]), "日报.xlsx")
    _run(many, DAY)
    few = tmp_path / "few.docx"
    paths = [home.outbox / str(DAY) / "督办通知" / f"东胜区_督办通知_{DAY}.docx" for home in (office, many)]
    shutil.copy(paths[0], few)
    pages, of_many = _pages(tmp_path, few, paths[1])
    assert len(pages) == 2  # the letter with its cases, and the reply
    assert "附件：督办通知回执" in pages[0]
    assert "通知编号" in pages[1]
    for page in (*pages, *_pages(tmp_path, with_cases(3))[0]):  # the word 附件 stands with what it names
        assert ("附件" in page.split()) == ("通知编号" in page)
    assert "— 1 —" not in pages[0]  # the first page of a letter has no number (GB/T 9704-2012, 10.1)
    indents = [next(len(line) - len(line.lstrip()) for line in page.splitlines()[::-1] if "—" in line) for page in of_many[1:3]]
    assert indents[1] > indents[0] + 20  # the number stands outside: left, then right
    assert len(of_many) <= 5  # of 110 cases
    first = next(at for at, page in enumerate(of_many) if "回执" in page and "通知编号" in page)
    assert first == 1  # the letter itself has one page, signed, with the reply date
    assert "2020年5月26日前在日报里写明进展" in re.sub(r"\s", "", of_many[0])
    listed = re.findall(r"^ *(\d+) +(SJ-2020-\d{3}) ", "\n".join(of_many[1:]), re.MULTILINE)
    assert [int(position) for position, _case in listed] == [*range(1, 111)]  # nothing is cut, and one row a case
    assert len({case for _position, case in listed}) == 110
    assert sum(page.count("《信访条例》第") for page in of_many) == 1  # an article is cited once, above the list
    assert "沿此" not in "".join(of_many)
    assert all("案件编号" in page for page in of_many[first:])  # the head of the reply's lines is on each of its pages
    assert "SJ-2020-" in of_many[-1]  # the place of the seal stands by cases
    assert "公章" in of_many[-1]


@pytest.fixture
def with_cases(tmp_path: Path) -> Callable[[int], Path]:
    """Return a notice of so many overdue cases."""

    def made(count: int) -> Path:
        office = Office(tmp_path / str(count))
        limits = [date(2020, 5, 1) + timedelta(days=n % 19) for n in range(count)]
        office.put_assignment(assignment([case_row(f"SJ-2020-{n:03d}", 办结时限=str(limit)) for n, limit in enumerate(limits, 1)]))
        office.put(report(progress=[]), "日报.xlsx")
        _run(office, DAY)
        return (office.outbox / str(DAY) / "督办通知" / f"东胜区_督办通知_{DAY}.docx").rename(tmp_path / f"{count}.docx")

    return made


def _higher(path: Path) -> list[str]:
    """Return the captions of the tables whose rows are set higher."""
    with zipfile.ZipFile(path) as package:
        root = ET.fromstring(package.read("word/document.xml"))  # noqa: S314 - the program made it just now
    tables = (table for table in root.iter(f"{_W}tblPr") if table.find(f"{_W}tblCellMar/{_W}top") is not None)
    return [caption.get(f"{_W}val", "") for table in tables for caption in table.iter(f"{_W}tblCaption")]


@pytest.mark.parametrize(
    ("count", "higher"),
    [(5, []), (12, ["督办通知回执"]), (16, ["督办情形", "督办案件", "督办通知回执"]), (29, []), (35, ["督办案件清单和回执"])],
)
def test_rows_are_higher_where_a_page_would_have_but_a_few(with_cases: Callable[[int], Path], count: int, higher: list[str]) -> None:
    path = with_cases(count)
    assert _higher(path) == higher
    with zipfile.ZipFile(path) as package:
        document = package.read("word/document.xml").decode()
    assert document.count('<w:pStyle w:val="AnnexLabel"/><w:pageBreakBefore/>') == (count in {12, 16})  # of more the list is the reply


@pytest.mark.external
def test_libreoffice_leaves_no_last_page_nearly_empty(with_cases: Callable[[int], Path], tmp_path: Path) -> None:
    for count, pages in zip((35, 110), _pages(tmp_path, with_cases(35), with_cases(110)), strict=True):
        assert len(pages) == {35: 3, 110: 5}[count]  # as many as with rows as low as they can be
        assert pages[-1].count("SJ-2020-") >= 10
        assert "公章" in pages[-1]


@pytest.mark.parametrize(
    ("change", "settled"),
    [
        ("windows: {stalled_days: 60}", "停滞的天数由5天改为60天"),
        ("windows: {acceptance_days: 60}", "超期未受理的天数由15天改为60天"),
        ("windows: {due_soon_days: 0}", "临近到期的天数由3天改为0天"),
        ("windows: {conclude_days: 90}", ""),
    ],
)
def test_a_point_that_went_away_because_a_rule_changed_is_not_told_as_work(tmp_path: Path, change: str, settled: str) -> None:
    office = Office(tmp_path)
    config = office.home / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("changes: []", f"changes: [{{from: {DAY}, {change}}}]"), encoding="utf-8")
    office.settings = load(config)
    overdue, due = case_row("SJ-2020-003", 办结时限="2020-05-10", 交办日期="2020-04-10"), case_row("SJ-2020-005", 办结时限="2020-05-23")
    office.put_assignment(assignment([overdue, due]))
    days = [DAY - timedelta(days=1), DAY]
    for day in days:
        office.put(report(day=day, progress=[]), f"{day}.xlsx", f"{day}T16:00:00+08:00")
    nightly.run(office.settings, days, documents=only("notices"))
    said = "\n".join(_notice(office, DAY))
    assert ("规则改动，尚未办结" in said) is bool(settled)
    assert settled in said
    assert not any(work in said for work in ("有新进展", "时限改动", "情况已更正"))


def test_a_matter_that_differs_by_numbers_is_read_alone_too() -> None:
    """A district parts a notice among those who work on it: whoever has one row has to know what it is about."""
    rows = [f"某公司开发的甲小区{number}号楼业主反映逾期交房、不动产登记证无法办理" for number in (1, 10)]
    assert notice._repeated(1, *rows) == "…的甲小区10号楼业主…（余同序号1）"  # noqa: SLF001 - the row's own words
    assert notice._repeated(1, rows[0], rows[0]) == "某公司开发的甲小…（余同序号1）"  # noqa: SLF001
