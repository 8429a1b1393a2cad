"""总览: what a leader reads first, with the definitions beside the numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from xlsxwriter.utility import xl_rowcol_to_cell

from pipeline.day.submissions import Stands
from pipeline.render import definitions
from pipeline.render.workbook import decisions_sheet, formulas, overview_charts, overview_sentences, two_pages
from pipeline.render.workbook import sheet_words as words
from pipeline.render.workbook.cell_formats import RED, Book, height, lines, merge, put
from pipeline.render.workbook.figure_places import OPEN, REFERRED, RESOLVED
from pipeline.render.workbook.figure_sheets import TARGETS, target_cell
from pipeline.render.workbook.formulas import Part
from pipeline.render.workbook.overview_sentences import Brevity
from pipeline.render.workbook.sheet_frame import (
    FIRST,
    OVERVIEW,
    OVERVIEW_LAST,
    OVERVIEW_WIDTHS,
    OVERVIEW_WORDS,
    correction,
    explain,
    heading,
    long_day,
    paper,
)
from pipeline.report import corrections, day_corrected, exemptions, sentences, who_reported
from pipeline.report.figures import Figure
from pipeline.terms.words import FLAGS, STANDS, first_of, verdict

if TYPE_CHECKING:
    from pipeline.render.workbook.xlsxwriter_private import Sheet

NAME, WIDTHS, LAST = OVERVIEW, OVERVIEW_WIDTHS, OVERVIEW_LAST
_ABSENT = (STANDS["missing"], STANDS["returned"], STANDS["lost"])
_COUNTED: Final[tuple[Stands, ...]] = ("missing", "returned", "lost", "refused", "late", "excused", "mended", "on-time")
"""The counts of districts, which add up to all; of them always:"""
_ALWAYS: Final = ("missing", "late", "on-time")


def write(book: Book, trend: int, pages: Mapping[str, int], beside: str = "") -> None:
    """The sheet on two pages.

    `trend`: the first row of the days so far on 目标完成; `pages`: how many the others take; `beside`: what is said of another document.
    """
    sheet = book.sheets[NAME]
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    sheet.hide_gridlines(2)
    paper(book, sheet, WIDTHS)
    row = _write_head(book, sheet, beside)
    printing = words.printing(pages, is_split=book.is_split)
    brevity, rest = _brevity(book, printing)
    row = _write_targets(book, sheet, row, brevity)
    charts = overview_charts.least(book)
    room = decisions_sheet.Room(two_pages.ROOM - two_pages.high(sheet, 0, row), charts, may_be_alone=rest >= charts)
    shown, are_many = decisions_sheet.chosen(book, room)
    top = row
    row = below = decisions_sheet.write_first(book, sheet, top, shown)
    second = two_pages.leave_gap(sheet, row if are_many else overview_charts.reserve(book, row))
    row = _write_counts(book, sheet, second)
    row = overview_sentences.write_group_sentences(book, sheet, row, brevity)
    row = _write_submissions(book, sheet, row, brevity)
    row = explain(book, sheet, row, WIDTHS, (printing,))
    if are_many:
        row, below = overview_charts.reserve(book, row), row
    on_first, on_second = two_pages.left(sheet, second, row)
    overview_charts.draw(book, below, trend, on_second if are_many else on_first)
    if are_many:
        two_pages.widen_gap(sheet, second, decisions_sheet.stretch(book, sheet, top, shown, on_first))
    two_pages.set_up(sheet, second, row)
    sheet.freeze_panes(2, 0)


def _brevity(book: Book, printing: str) -> tuple[Brevity, float]:
    """Return how much of its sentences the second page has room for, and the points that it has left then, without charts."""
    for brevity in overview_sentences.BREVITIES:
        counts = (*_counts(book), *_reported(book, brevity), *_refused(book))
        high = (
            _AROUND_COUNTS + height(lines(printing, sum(WIDTHS))) + sum(map(_count_height, counts)) + overview_sentences.high(book, brevity)
        )
        if high <= two_pages.ROOM:
            break
    return brevity, two_pages.ROOM - high


def _write_head(book: Book, sheet: Sheet, beside: str) -> int:
    report = book.report
    title = f"{report.unit}{words.SHEETS[NAME]}{correction(book)}　{long_day(book)}"
    merge(sheet, (0, 0, 0, LAST), title, book.look("title", "centered", *(("alert",) if report.is_correction else ())))
    sheet.set_row(0, 32)
    note = who_reported.beside_data_until(report.submissions, report.absences)
    until = f"{report.office}　　数据截至 {report.data_until:%Y-%m-%d %H:%M}{note}"
    merge(sheet, (1, 0, 1, LAST), until.strip(), book.look("note", "centered"))
    sheet.set_row(1, 20)
    notes = [day_corrected.correction(report, words.MOST_CASES)] if report.is_correction else []
    said = (
        report.new_rules,
        who_reported.silence(report.submissions, is_first=report.day_before == "none", never=who_reported.never(report.absences)),
        who_reported.left_out(report.left_out, report.day),
        who_reported.unplaced(report.arrived_reports, report.refused_late, report.day),
        beside,
    )
    notes += [sentence for sentence in said if sentence]
    for row, note in enumerate(notes, 2):
        merge(sheet, (row, 0, row, LAST), note, book.look("alert", "wrap"))
        sheet.set_row(row, height(lines(note, sum(WIDTHS))))
    return 3 + len(notes)


# --- the targets --------------------------------------------------------------------------------------------------


def _write_targets(book: Book, sheet: Sheet, top: int, brevity: Brevity) -> int:
    """Each group on a line of its own, large."""
    heading(book, sheet, top, LAST, "目标完成")
    for column, title in enumerate(("组别", "目标", *formulas.FIGURES, "结论")):
        put(sheet, top + 1, column, title, book.look("header"))
    sheet.set_row(top + 1, 24)
    first = row = top + 2
    for figure in book.report.targets:
        _write_target(book, sheet, row, figure)
        row += 1
    formulas.colour(book, sheet, (first, 4, max(first, row - 1), 4))
    red = book.workbook.add_format({"font_color": RED})
    for column in (5, 7):
        behind = {"type": "formula", "criteria": f"=${xl_rowcol_to_cell(first, 5)}>0", "format": red}
        sheet.conditional_format(first, column, max(first, row - 1), column, behind)
    return explain(book, sheet, row, WIDTHS, (*_limits(book, brevity), definitions.TARGET))


def _limits(book: Book, brevity: Brevity) -> list[str]:
    """Return of each group the rate without edits of the register, where it is another, and that it is met by replies nobody accepted."""
    report = book.report
    said = []
    for figure, certainty in zip(report.targets, report.certainties, strict=True):
        by_replies = sentences.answered_verdict(certainty, figure.tally)
        said += (
            [f"{figure.label}{figure.verdict}，{by_replies}（{first_of(certainty.answered, words.MOST_CASES)}）。"] if by_replies else []
        )
        edited = sentences.unmoved(certainty, figure.tally, words.MOST_CASES)
        said += [brevity.of(f"{figure.label}：{edited}", TARGETS)] if edited else []
    return said


def _write_target(book: Book, sheet: Sheet, row: int, figure: Figure) -> None:
    index = book.report.targets.index(figure)
    tally = figure.tally
    sheet.set_row(row, 8 + 20 * lines(figure.label, WIDTHS[0] / 1.3))  # in larger letters
    put(sheet, row, 0, figure.label, book.cell("text", "big", "wrap"))
    sheet.write_formula(row, 1, f"={target_cell(index)}", book.cell("percent", "big"), tally.target_percent)
    conditions = ((formulas.GROUP, f"$A{row + 1}"),)
    place = book.places.figure("group", figure.group, figure.label)
    formulas.write_figures(book, sheet, (row, 2), Part(figure, conditions, f"$B{row + 1}", not book.is_plain, place), "big")
    total, resolved, short = (xl_rowcol_to_cell(row, column) for column in (2, 3, 5))
    met, missed = (verdict(is_met=is_met, is_certain=figure.is_certain) for is_met in (True, False))
    below = _BELOW if sentences.without_which(book.report.certainties[index], tally) else ""
    beside = f'&"{below}"' if below else ""
    formula = f'=IF({total}=0,"暂无案件",IF({resolved}*100>=$B{row + 1}*{total},"{met}","{missed}，还差 "&{short}&" 件"){beside})'
    sheet.write_formula(row, 7, formula, book.cell("middle", "big"), _conclusion(figure, below))


_BELOW = "（见下）"
"""Where a line below the table says what alone puts a target on its side."""


def _conclusion(figure: Figure, below: str) -> str:
    lacking = f"，还差 {figure.tally.shortfall} 件" if figure.tally.shortfall else ""
    return f"{figure.verdict}{lacking}{below}" if figure.verdict else "暂无案件"


# --- the counts ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Count:
    """A counted number with its formula, and beside it what it means or whom it counts."""

    word: str
    formula: str
    value: int
    explained: str
    place: str = ""
    """Where its cases stand; '' where it counts no cases."""


def _count_of(name: str, column: str, value: int, rule: str, place: str) -> _Count:
    """Return the count of the cases for which the register says 是 in the column of that defined name."""
    return _Count(name, formulas.count((column, formulas.QUOTED_YES)), value, rule, place)


def _counts(book: Book) -> list[_Count]:
    """Return the cases in all, by state and by flag, each with its definition."""
    report = book.report
    rules = definitions.flags(report.settings.windows)
    rules |= {"overdue": rules["overdue"] + exemptions.hidden(report.beyond.exemptions)}
    tallies, place = [figure.tally for figure in report.targets], book.places.count
    return [
        _count_of("案件总数", formulas.IN_TOTAL, sum(tally.total for tally in tallies), definitions.TOTAL, place("")),
        _count_of("已化解", formulas.RESOLVED, sum(tally.resolved for tally in tallies), definitions.RESOLVED, place(RESOLVED)),
        _count_of("在办", formulas.OPEN, sum(line.is_open for line in report.cases), definitions.OPEN, place(OPEN)),
        _count_of("导入法定途径", formulas.REFERRED, sum(line.is_referred for line in report.cases), definitions.REFERRED, place(REFERRED)),
        *(
            _count_of(meaning.name, formulas.flag_name(meaning.name), len(report.flags.get(flag, ())), rules[flag], place(flag))
            for flag, meaning in FLAGS.items()
        ),
    ]


def _write_counts(book: Book, sheet: Sheet, top: int) -> int:
    heading(book, sheet, top, LAST, "案件情况")
    sheet.set_row(top + 1, 22)
    put(sheet, top + 1, 0, "指标", book.look("header"))
    put(sheet, top + 1, 1, "件数", book.look("header"))
    merge(sheet, (top + 1, 2, top + 1, LAST), "口径", book.look("header"))
    return _write_count_rows(book, sheet, top + 2, _counts(book), lambda _count: ("muted",))


_AROUND_COUNTS = 26 + 22 + 26
"""Points of the headings and the header around the two lists of counts."""


def _count_height(count: _Count) -> float:
    return height(lines(count.explained, OVERVIEW_WORDS)) - 5


def _write_count_rows(book: Book, sheet: Sheet, top: int, counts: list[_Count], looks: Callable[[_Count], tuple[str, ...]]) -> int:
    """Write a row for each count, its words with these looks; the first row that is free below."""
    for row, count in enumerate(counts, top):
        put(sheet, row, 0, count.word, book.cell("text"))
        formulas.write_count(book, sheet, (row, 1), formulas.Count(count.formula, count.value, count.place))
        merge(sheet, (row, 2, row, LAST), count.explained, book.cell("long", *looks(count)))
        sheet.set_row(row, _count_height(count))
    return top + len(counts)


# --- what was handed in -------------------------------------------------------------------------------------------


def _write_submissions(book: Book, sheet: Sheet, top: int, brevity: Brevity) -> int:
    heading(book, sheet, top, LAST, "日报报送")
    counts = [*_reported(book, brevity), *_refused(book)]
    return _write_count_rows(
        book, sheet, top + 1, counts, lambda count: ("alert",) if count.word.startswith(_ABSENT) and count.value else ()
    )


def _reported(book: Book, brevity: Brevity) -> list[_Count]:
    """Who has not reported, who was late, who was on time and who had nothing to report."""
    lines = book.report.submissions
    counts = []
    for stands in _COUNTED:
        absent = [
            who_reported.absence(absence, book.report.day)
            for absence in book.report.absences
            if stands == ("lost" if absence.is_lost else "returned" if absence.is_refused else "missing")
        ]
        districts = who_reported.names_of(stands, lines)
        if not districts and stands not in _ALWAYS:
            continue
        word = STANDS[stands]
        named = words.names_and_rule(
            districts, definitions.on_time(book.report.settings) if stands == "on-time" and brevity.has_rules else ""
        )
        counts.append(_Count(f"{word}（旗区）", _counted(book, stands), len(districts), brevity.of("\n".join(absent), "报送情况") or named))
    zero = [line.district for line in lines if line.is_zero]
    others = [f"{line.district}（{who_reported.zero(line)}）" for line in lines if line.zero_report and not line.is_zero]
    replaced = [line for line in lines if line.was_zero_report and line.is_replaced]
    was_zero = [f"{line.district}（{corrections.handed_in(line, book.report.day)}）" for line in replaced]
    beside = [("首报为零报告、后又报送的", was_zero), ("不算零报告的", others)]
    named = words.names_and_rule(zero, "".join(f"{kind}：{'、'.join(names)}。" for kind, names in beside if names))
    counts.append(_Count("其中零报告（旗区）", f"=COUNTIF({_submissions(book, 'C')},{formulas.QUOTED_YES})", len(zero), named))
    return counts


def _counted(book: Book, stands: Stands) -> str:
    """Return the formula that counts the districts whose report stands so: 迟报 is not counted with 迟报（已批准）."""
    column = _submissions(book, "B")
    others = [word for other, word in STANDS.items() if other != stands and word.startswith(STANDS[stands])]
    return f'=COUNTIF({column},"{STANDS[stands]}*")' + "".join(f'-COUNTIF({column},"{word}*")' for word in others)


def _refused(book: Book) -> list[_Count]:
    lines = book.report.submissions
    rows = [f"{line.district} {line.rows_refused} 行" for line in lines if line.rows_refused]
    files = [f"{line.district} {line.refused_files} 份" for line in lines if line.refused_files]
    return [
        _Count("退回的行", f"=SUM({_submissions(book, 'G')})", sum(line.rows_refused for line in lines), words.names(rows)),
        _Count("退回的文件", f"=SUM({_submissions(book, 'H')})", sum(line.refused_files for line in lines), words.refused_files(files)),
    ]


def _submissions(book: Book, column: str) -> str:
    return f"'报送情况'!${column}${FIRST + 1}:${column}${FIRST + max(len(book.report.submissions), 1)}"
