"""Rows that are refused only since the office's own rows of their cases were: nobody asks the district to mend them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offices import Office, moment
from workbooks import DAY, assignment, case_row, progress_row, report

from pipeline.intake import incoming
from pipeline.night import nightly
from pipeline.office import today, waiting
from pipeline.post.wording import Writer
from pipeline.render.documents import FIGURES
from pipeline.render.receipts import receipt_words
from pipeline.report.submission_lines import Waiting

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.office.waiting import Waits

LISTED = [case_row("SJ-2020-001"), case_row("SJ-2020-008", 案由="")]
ROWS = [progress_row("SJ-2020-001"), progress_row("SJ-2020-008")]


def _waits(office: Office) -> tuple[Waits, ...]:
    return waiting.judge(incoming.look(office.settings), office.settings).waits


def test_desk_receipt_and_letter_ask_the_district_for_nothing(tmp_path: Path) -> None:
    office = Office(tmp_path / "office")
    office.put_assignment(assignment(LISTED))
    nightly.run(office.settings, [DAY], documents=FIGURES)
    office.put(report(progress=ROWS), "东.xlsx", "2020-05-21T15:00:00+08:00")
    now = moment("2020-05-21 15:30")
    assert today.to_phone(_waits(office), now, office.settings) == []
    path = next(file.path for file in incoming.look(office.settings) if file.path)
    line = waiting.receipt_line(path, incoming.look(office.settings), office.settings, None, Waiting())
    assert line
    assert receipt_words.verdict(line).endswith("不算填错，这一份不用改；分解表要由办公室改好。")
    assert receipt_words.refusals(line).startswith("退回的内容（要由办公室改好分解表")
    assert receipt_words.send_again(line) == ""
    nightly.run(office.settings, [DAY], documents=FIGURES)
    letter = Writer(office.settings, DAY).to_district(DAY, "东胜区", "a@example.com", [], office.summary(DAY), later=None)
    assert letter.subject.endswith("采用1行，退回1行（分解表由市局改好）")
    assert "请改正" not in letter.text


def test_a_row_of_its_own_fault_beside_it_is_asked_for(tmp_path: Path) -> None:
    office = Office(tmp_path / "office")
    office.put_assignment(assignment(LISTED))
    wrong = [progress_row("SJ-2020-001", 当前状态="差不多了"), ROWS[1]]
    nightly.run(office.settings, [DAY], documents=FIGURES)
    office.put(report(progress=wrong), "东.xlsx", "2020-05-21T15:00:00+08:00")
    assert "请打电话：东胜区" in str(today.to_phone(_waits(office), moment("2020-05-21 15:30"), office.settings))
    nightly.run(office.settings, [DAY], documents=FIGURES)
    assert "offices_alone" not in next(entry for entry in office.summary(DAY)["submissions"] if entry["district"] == "东胜区")
