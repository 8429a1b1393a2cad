"""A case that the office gives to another district by the assignment workbook: whoever had it, has it and reads of it is told.

Covers `day/moves.py`.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from offices import Day, File, Office, afternoon, assigned, consolidate, moment, only, read_assignment
from read_by_leaders import paper_text, told
from workbooks import DAY, DISTRICTS, Row, assignment, case_row, progress_row, report, resolved_row, urgent_row

from pipeline.day.cases import Case, RowPlace
from pipeline.day.moves import Move, away_from
from pipeline.day.submissions import takes_nothing
from pipeline.night import nightly
from pipeline.office import assignment_preview, check, check_text, explanation, explanation_text
from pipeline.office.district_history import HandedIn
from pipeline.office.status import DistrictStatus
from pipeline.post.letters import Item
from pipeline.post.wording import Writer
from pipeline.reading.readers import Readers
from pipeline.render.receipts import receipt_words
from pipeline.report import headline, not_taken, sentences, verdict_words, who_reported
from pipeline.web import check_results

BEFORE, NEXT = DAY - timedelta(days=1), DAY + timedelta(days=1)
A, B, C = "东胜区", "乌审旗", "杭锦旗"
MOVED = "SJ-2020-010"
CITY = "市级交办和旗区自行梳理"
SAID = f"案件“{MOVED}”已于5月21日由办公室改派{B}，不再由{A}办理：这一行不采用，不算{A}填错。请从表中删去这一行，别的行不受影响"
OLD = [case_row("SJ-2020-001", A, 办结时限="2020-05-12"), case_row(MOVED, A, 办结时限="2020-05-10"), case_row("SJ-2020-002", B)]
NEW = [case_row("SJ-2020-001", A, 办结时限="2020-05-12"), case_row(MOVED, B, 办结时限="2020-05-10"), case_row("SJ-2020-002", B)]


def _moved(at: str = "2020-05-21 09:00") -> list[File]:
    return [assigned(assignment(OLD)), assigned(assignment(NEW), at, "新分解表.xlsx")]


def _sent(district: str, *rows: Row, day: date = DAY, urgent: list[Row] | None = None) -> File:
    return File(report(district, day, progress=rows, urgent=urgent or []), afternoon(day), f"{district}日报.xlsx")


def _on(*files: File, day: date = DAY) -> Day:
    return consolidate(files, [day])[day]


def _line(day: Day, district: str = A) -> str:
    line = next(line for line in day.report.submissions if line.district == district)
    return who_reported.status(line)


# --- the district that had it ------------------------------------------------------------------------------------


def test_its_unchanged_row_is_refused_with_when_and_to_whom_and_is_no_fault() -> None:
    day = _on(*_moved(), _sent(A, progress_row(MOVED)))
    (finding,) = day.of("other-district")
    assert finding.message.startswith(SAID)
    assert (day.submission()["rows_accepted"], day.submission()["rows_refused"], day.submission()["rows_moved"]) == (0, 1, 1)
    assert _line(day) == "按时，所报案件已改派"
    assert f"{A}所报的案件已由办公室改派别的旗区，没有采用" in who_reported.submissions(day.report.submissions)
    assert A not in who_reported.silence(day.report.submissions)
    (receipt,) = [line for line in day.report.arrived_reports if line.district == A]
    assert receipt_words.verdict(receipt) == "已采用 0 行，退回 1 行。退回的都是已改派别的旗区的案件，不算填错，请照说明从表中删去。"
    assert receipt_words.refusals(receipt) == receipt_words.MOVED_REFUSALS
    assert receipt_words.send_again(receipt) == ""


@pytest.mark.parametrize(
    "rows",
    [
        [progress_row(MOVED), progress_row("SJ-2020-001", 当前状态="差不多")],  # something else is wrong beside it
        [resolved_row(MOVED, 答复文号="")],  # something else is wrong with it
        [progress_row("SJ-2020-002")],  # never the district's
    ],
)
def test_whatever_else_is_refused_is_refused_as_before(rows: list[Row]) -> None:
    day = _on(*_moved(), _sent(A, *rows))
    assert _line(day) == "全部退回"
    assert f"日报全部退回、一行也没有采用的1个（{A}）" in who_reported.submissions(day.report.submissions)
    (receipt,) = [line for line in day.report.arrived_reports if line.district == A]
    assert "请改正后重新报送" in receipt_words.verdict(receipt)


def test_another_district_that_never_had_it_is_told_nothing_of_the_move() -> None:
    (finding,) = _on(*_moved(), _sent(C, progress_row(MOVED))).of("other-district")
    assert "改派" not in finding.message
    assert "别的旗区" in finding.message


def test_an_urgent_matter_is_not_to_be_deleted_unheard() -> None:
    day = _on(*_moved(), _sent(A, urgent=[urgent_row(MOVED)]))
    (finding,) = day.of("other-district")
    assert finding.message.endswith("急报不能漏：请删去案件编号、保留其余内容，马上重新报送。")
    assert _line(day) == "全部退回"
    (receipt,) = [line for line in day.report.arrived_reports if line.district == A]
    assert "从表中删去" not in receipt_words.verdict(receipt) + receipt_words.refusals(receipt)  # nothing says that it need not come again
    assert "请改正后重新报送" in receipt_words.verdict(receipt)
    assert f"没有写的急报事项：{A}1件（停水停电停暖）。" in not_taken.urgent(day.report)


def test_whoever_deletes_the_row_as_told_is_not_asked_for_it() -> None:
    first, second = (File(report(A, progress=rows), moment(f"2020-05-21 {at}"), f"{at[:2]}.xlsx") for rows, at in (
        ([progress_row(MOVED), progress_row("SJ-2020-001")], "10:00"), ([], "11:00")
    ))  # fmt: skip
    (finding,) = _on(*_moved(), first, second).of("rows-withdrawn")
    assert "没有包含上一次的这些内容：案件进展：SJ-2020-001。" in finding.message
    assert f"上一次退回的行，这次也没有：案件进展：{MOVED}（已改派{B}，不用补）。" in finding.message


def test_a_day_before_the_move_is_not_concerned() -> None:
    assert _on(*_moved(), _sent(A, progress_row(MOVED), day=BEFORE), day=BEFORE).codes() == []


# --- moves -------------------------------------------------------------------------------------------------------


def _case(*districts: tuple[str, date]) -> Case:
    """A case that the workbooks give to these districts, one after another."""
    (rows,) = [rows for rows in read_assignment(assignment([case_row(MOVED)])).rows if rows.sheet == "群众来访案件"]
    case, before = Case(MOVED, listed_at=RowPlace(1, rows, 0)), ""
    for district, day in districts:
        case.listed = {"旗区": district}
        case.update_particulars()
        case.note_move(before, day)
        before = district
    return case


@pytest.mark.parametrize(
    ("districts", "moves", "from_a"),
    [
        ([(A, BEFORE)], [], None),
        ([(A, BEFORE), (A, DAY)], [], None),
        ([(A, BEFORE), (B, DAY)], [(DAY, A, B)], (DAY, A, B)),
        ([(A, BEFORE), (B, DAY), (C, DAY)], [(DAY, A, C)], (DAY, A, C)),
        ([(A, BEFORE), (B, DAY), (A, DAY)], [], None),
        ([(A, BEFORE), (B, DAY), (C, NEXT)], [(DAY, A, B), (NEXT, B, C)], (DAY, A, B)),
        ([(A, BEFORE), (B, DAY), (A, NEXT)], [(DAY, A, B), (NEXT, B, A)], None),
        ([(B, BEFORE), (A, BEFORE), (B, DAY)], [(BEFORE, B, A), (DAY, A, B)], (DAY, A, B)),
    ],
)
def test_of_a_day_counts_what_it_came_to(
    districts: list[tuple[str, date]], moves: list[tuple[date, str, str]], from_a: tuple[date, str, str] | None
) -> None:
    def brief(move: Move) -> tuple[date, str, str]:
        return move.day, move.before, move.after

    case = _case(*districts)
    assert [brief(move) for move in case.moves] == moves
    away = away_from(case.moves, A)
    assert (brief(away) if away else None) == from_a


# --- what it had reported ----------------------------------------------------------------------------------------


def test_what_was_in_force_when_the_workbook_came_stays_told_though_the_row_is_deleted_as_asked() -> None:
    first = _sent(A, resolved_row(MOVED, 答复日期="2020-05-20", 答复文号="东55号"), progress_row("SJ-2020-001"))
    again = File(report(A, DAY, progress=[progress_row("SJ-2020-001")], urgent=[]), moment("2020-05-21 21:00"), "再报.xlsx")
    day = _on(*_moved("2020-05-21 20:00"), first, again)
    (row,) = day.report.of_moved_cases
    assert (row.number, row.district, row.status[0]) == (MOVED, A, "已化解")
    assert "答复文号“东55号”" in row.columns
    line = next(line for line in day.report.cases if line.number == MOVED)
    assert line.before_move == f"{A}当天报“已化解”，答复文号东55号，群众确认认可，没有计入，请核实后报"
    later = File(first.content, moment("2020-05-21 20:30"), "晚报.xlsx")
    assert _on(*_moved("2020-05-21 20:00"), later, again).report.of_moved_cases == ()


def test_what_was_reported_on_the_day_before_the_workbook_came_is_told_and_does_not_count() -> None:
    files = [_sent(A, resolved_row(MOVED, 答复日期="2020-05-20", 答复文号="东1号"), progress_row("SJ-2020-001"))]
    assert _on(assigned(assignment(OLD)), *files).counted(MOVED)
    evening = told([*_moved("2020-05-21 20:00"), *files], [DAY])[DAY]
    assert evening.summary["cases"][MOVED] == {"status": "已交办", "counted_resolved": False}
    said = (
        f"案件已改派、没有计入的报送1件：{MOVED}（{A}报“已化解”，另填了今日进展、答复日期、答复文号“东1号”、群众确认“认可”；"
        f"5月21日已改派{B}，现按“已交办”）。"
    )
    for text in (*evening.both, evening.overview):
        assert said in text


def test_leaders_read_that_the_row_is_to_be_mended_that_is_wrong_and_not_the_one_that_moved() -> None:
    """乌审旗's wrong row is of a group whose verdict is settled, 东胜区 has an older row that keeps the other one open."""
    old = [*OLD, case_row("ZZQ-2020-001", B, 案件来源="自治区交办"), case_row("ZZQ-2020-002", B, 案件来源="自治区交办")]
    new = [*NEW, case_row("ZZQ-2020-001", B, 案件来源="自治区交办"), case_row("ZZQ-2020-002", B, 案件来源="自治区交办")]
    everybody = [_sent(name, day=day) for name in DISTRICTS for day in (BEFORE, DAY) if name not in (A, B)]
    files = [
        assigned(assignment(old)),
        assigned(assignment(new), "2020-05-21 09:00", "新分解表.xlsx"),
        *everybody,
        _sent(A, resolved_row("SJ-2020-001", 答复文号=""), day=BEFORE),
        _sent(A, progress_row(MOVED)),
        _sent(B, resolved_row("SJ-2020-002"), day=BEFORE),
        _sent(B, progress_row("ZZQ-2020-001", 当前状态="差不多")),
    ]
    report = _on(*files).report
    (wrong,) = [line.finding for line in report.findings if line.finding.code == "not-in-list"]
    said = f"日报退回待改正的：{A}5月20日；{B}1行（案件进展!{wrong.cell}）。"
    assert verdict_words.to_mend(report) == said
    assert headline.lines(report)[0][1].endswith(f"日报退回待改正的：{A}5月20日；{B}1行。")


def test_a_row_that_says_nothing_new_is_not_told_to_leaders() -> None:
    day = _on(*_moved(), _sent(A, progress_row(MOVED, 当前状态="已交办", 今日进展=None, 下一步措施=None)))
    assert day.report.of_moved_cases == ()


def test_it_leaves_the_case_open_until_the_district_that_has_it_reports() -> None:
    everybody = [_sent(name, day=day) for name in DISTRICTS if name not in (A, B) for day in (DAY, NEXT)]
    files = [*_moved(), *everybody, _sent(B), _sent(A, resolved_row(MOVED)), _sent(A, day=NEXT), _sent(B, progress_row(MOVED), day=NEXT)]
    days = consolidate(files, [DAY, NEXT])
    bounds = {
        (day, name): figure.bounds
        for day, out in days.items()
        for figure in out.report.by_district
        if figure.group == CITY
        for name in [figure.label]
    }
    own = bounds[DAY, B]
    assert own
    assert (own.highest.resolved, own.reasons) == (1, (("moved", (B,)),))
    assert sentences.why_open(own) == f"{B}对改派来的案件还没有报，补报后结论可能改变"
    assert days[DAY].report.open_points == (), "nobody has anything to mend"
    assert [bounds[place] for place in ((DAY, A), (NEXT, A), (NEXT, B))] == [None, None, None]


def test_a_silence_from_before_the_move_is_that_of_the_district_that_had_the_case() -> None:
    everybody = [_sent(name, day=day) for name in DISTRICTS for day in (BEFORE, DAY) if (name, day) != (A, BEFORE)]
    (own,) = [figure.bounds for figure in _on(*_moved(), *everybody).report.by_district if (figure.label, figure.group) == (B, CITY)]
    assert own
    assert (own.highest.resolved, own.reasons) == (1, (("behind", (A,)),))


# --- on disk: notices, check, preview, explain -------------------------------------------------------------------


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The case is overdue, is in a notice of the one district, and moves in the morning."""
    office = Office(tmp_path_factory.mktemp("office") / "home")
    office.put_assignment(assignment(OLD), "分解表.xlsx")
    office.put_assignment(assignment(NEW), "新分解表.xlsx", "2020-05-21T09:00:00+08:00")
    for day in (BEFORE, DAY):
        office.put(report(A, day, progress=[progress_row("SJ-2020-001")]), f"甲{day}.xlsx", f"{day}T15:00:00+08:00")
    nightly.run(office.settings, [BEFORE, DAY], documents=only("notices"))
    return office


def _notice(office: Office, district: str) -> str:
    (path,) = Path(office.outbox / str(DAY) / "督办通知").glob(f"{district}*.docx")
    return paper_text(path)


def test_the_notices_say_whence_and_whereto(office: Office) -> None:
    assert f"5月21日由{A}转来；超期11天" in _notice(office, B)
    assert f"已转由别的旗区办理1件：{MOVED}（2020年5月21日由办公室改派{B}）" in _notice(office, A)


def test_check_and_upload_page_say_it_before_it_is_sent(office: Office) -> None:
    path = office.home / "想报的.xlsx"
    path.write_bytes(report(A, NEXT, progress=[progress_row(MOVED)]))
    answer = check.check(path, office.settings, moment("2020-05-22 10:00"))
    lines = list(check_text.lines(answer))
    assert [line for line in lines if SAID in line]
    assert "  会采用 0 行，退回 1 行（案件已改派），照上面说的删去就可以报送。" in lines
    checked = check_results.of_report(answer)
    assert (checked["refuses_moved_alone"], checked["rows_moved"]) == (True, 1)
    assert check_results.in_short(checked) == ("is-warn", "有案件已改派")


def test_the_cases_history_tells_when_from_whom_to_whom_and_by_which_workbook(office: Office) -> None:
    explained = explanation.case(MOVED, office.settings, DAY)
    said = f"2020-05-21 由办公室从{A}改派{B}（新分解表.xlsx · 群众来访案件 第3行，2020-05-21 09:00 收到）"
    assert explained.moves == (said,)
    assert f"  {said}" in list(explanation_text.as_lines(explained))
    assert said in explanation_text.as_json(explained)
    assert explanation.case(MOVED, office.settings, BEFORE).moves == ()
    assert explanation.of_district(explained, A) is None
    assert explanation.gone_from(explained, A) == f"此件已于5月21日由办公室改派{B}，不再由{A}办理；日报里请不要再填。"
    assert [explanation.gone_from(explained, district) for district in (B, C)] == ["", ""]


def test_the_office_sees_before_it_confirms_what_would_count_no_more(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.put_assignment(assignment(OLD), "分解表.xlsx")
    office.put(report(A, progress=[resolved_row(MOVED, 答复日期="2020-05-20")]), "甲.xlsx")
    nightly.run(office.settings, [DAY], documents=())
    path = office.home / "新任务分解表.xlsx"
    path.write_bytes(assignment(NEW))
    with Readers(office.settings, 1, marking=False) as readers:
        changes = assignment_preview.preview(path, office.settings, moment("2020-05-21 20:00"), readers).changes
    assert changes
    (said,) = [sentence for sentence in changes.told if "没有计入的报送" in sentence]
    assert f"{MOVED}（{A}报“已化解”" in said


@pytest.mark.parametrize(("moved", "is_asked"), [(1, False), (0, True)])
def test_the_letter_asks_to_mend_nothing_where_the_case_has_moved(tmp_path: Path, moved: int, *, is_asked: bool) -> None:
    submission = {"district": A, "status": "on-time", "revision": 1, "rows_accepted": 2, "rows_refused": 1, "rows_moved": moved}
    receipt = Item(f"{A}_回执_1_甲.xlsx", "0")
    writer = Writer(Office(tmp_path).settings, DAY)
    letter = writer.to_district(DAY, A, "jia@example.com", [receipt], {"submissions": [submission]}, later=None)
    said = "采用2行，退回1行，请改正" if is_asked else "采用2行，退回1行（案件已由市局改派），请照回执删去"
    assert letter.subject.endswith(said)
    for text in (letter.text, letter.html):
        assert ("改好后，把回执作为附件" in text, "案件已由市局改派别的旗区，不算填错" in text) == (is_asked, not is_asked)


@pytest.mark.parametrize(
    ("rows", "refusal", "counts_nothing"),
    [((0, 2, 2), "有案件已改派", False), ((0, 2, 1), "", True), ((1, 2, 1), "部分退回", False), ((1, 0, 0), "", False)],
)
def test_board_and_home_page_call_only_that_refused_which_is_the_districts_fault(
    rows: tuple[int, int, int], refusal: str, *, counts_nothing: bool
) -> None:
    accepted, refused, moved = rows
    is_wholly_refused = takes_nothing(accepted, refused - moved, is_sheet_refused=False)
    board = DistrictStatus(
        A, "on-time", rows_accepted=accepted, rows_refused=refused, rows_moved=moved, is_wholly_refused=is_wholly_refused
    )
    assert (board.refusal, board.word) == (refusal, "全部退回" if counts_nothing else "按时")
    handed = HandedIn(moment("2020-05-21 16:00"), "甲.xlsx", DAY, "", "folder", "in-force", 1, 1, "", rows)
    assert handed.counts_nothing == counts_nothing
