"""What a sentence lists has an end, whatever a stranger's file holds: no field is too long for a reader, no day too long for a disk."""

from __future__ import annotations

from datetime import date

from offices import Day, assigned, handed_in, on
from workbooks import assignment, progress_row, report

from pipeline.reading import table
from pipeline.reading.workbook import Book, SheetCells
from pipeline.terms import messages

DAY = date(2020, 5, 21)
ROWS = 3_000


def longest(day: Day) -> int:
    return max(len(finding.message) for _file, finding in day.findings)


def test_of_very_many_rows_left_out_the_first_are_named_and_all_are_counted() -> None:
    first = report(progress=[progress_row("Z" * 5_000), *(progress_row(f"ZZQ-2020-{n + 1000}") for n in range(ROWS))])
    second = report(progress=[progress_row()])
    day = on(DAY, assigned(assignment()), handed_in(first), handed_in(second, "2020-05-21 16:30", "更正.xlsx"))
    (said,) = day.of("rows-withdrawn")
    assert f"案件进展：{'Z' * 59}…、ZZQ-2020-1000、" in said.message
    assert f"、ZZQ-2020-1018 等 {ROWS + 1} 项。" in said.message
    assert longest(day) < 1_000


def test_a_case_that_comes_thousands_of_times_is_not_told_with_every_line_on_every_line() -> None:
    rows = [progress_row("ZZQ-2020-001", 今日进展=f"进展{n}") for n in range(ROWS)]
    day = on(DAY, assigned(assignment()), handed_in(report(progress=rows)))
    said = day.of("repeated-case")
    assert len(said) == ROWS
    assert f"出现了 {ROWS} 次" in said[-1].message
    assert f"21 等 {ROWS} 行）" in said[-1].message
    assert len(day.files["findings.csv"]) < 1_500_000


def test_a_list_is_cut_and_a_number_in_it_is_masked_before_it_is() -> None:
    assert messages.listed(["甲", "乙"], "项") == "甲、乙"
    assert messages.listed([str(n) for n in range(21)]).endswith("、19 等 21")
    number = "11010519491231002X"
    sentence = messages.listed(["甲" * 45 + number])
    assert number[:12] not in sentence
    assert len(sentence) == 60


def test_a_sheet_with_an_endless_name_is_none_of_ours() -> None:
    named = [SheetCells(name, [], (), frozenset(), [], []) for name in ("案件进展" + "甲" * 100_000, "案件进展" + "甲" * 90)]
    assert table.find_sheet(Book(tuple(named), is_1904=False), "案件进展") is named[1]
    assert table.find_sheet(Book(tuple(named[:1]), is_1904=False), "案件进展") is None
