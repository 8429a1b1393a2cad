"""法定期限: the open cases with the clocks of the regulation, the worst first; above them what the records cannot show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from pipeline.day.clocks import Clock, Clocks
from pipeline.render.workbook import sheet_words as words
from pipeline.render.workbook.cell_formats import Book, Value
from pipeline.render.workbook.sheet_frame import FIRST, Column, note, print_only, write_list
from pipeline.report import clock_lines
from pipeline.report.case_lines import CaseLine
from pipeline.settings.statute import CLOCKS

NAME = "法定期限"
Line = tuple[CaseLine, Clocks]


def _of(name: str, value: Callable[[Clock], Value]) -> Callable[[Line], Value]:
    """Return what a column says of one clock; nothing where it does not run."""

    def said(line: Line) -> Value:
        clock: Clock | None = getattr(line[1], name)
        return value(clock) if clock else None

    return said


def _articles(line: Line) -> str:
    """Each article once, behind the clocks that rest on it; the last column, which is not printed."""
    by_article: dict[str, list[str]] = {}
    for clock in line[1].all:
        by_article.setdefault(clock.rule.article, []).append(CLOCKS[clock.rule.clock])
    return "；".join(f"{'、'.join(names)}：{article}" for article, names in by_article.items())


def _columns(book: Book, lines: Sequence[Line]) -> tuple[Column[Line], ...]:
    """The columns; that of objections only where any case of the list has one."""
    day = book.report.day

    def stands(clock: Clock) -> Value:
        return clock_lines.situation(clock, day)

    objections: tuple[Column[Line], ...] = ()
    if any(clocks.objection for _case, clocks in lines):
        objections = (Column("提出异议到期", 11, "date", _of("objection", lambda clock: clock.due)),)
    return (
        Column("最紧的", 9, "center", lambda line: clock_lines.worst_name(line[1], day)),
        Column("案件编号", 15, "case", lambda line: line[0].number, cases=lambda line: (line[0].number,)),
        Column("旗区", 10, "center", lambda line: line[0].district),
        Column("案由", 29 if objections else 41, "long", lambda line: line[0].matter),
        Column("包案领导", 9, "center", lambda line: line[0].leader),
        Column("当前状态", 13, "center", lambda line: words.status(line[0])),
        Column("受理到期", 11, "date", _of("acceptance", lambda clock: clock.due)),
        Column("首次报受理", 11, "date", _of("acceptance", lambda clock: clock.done)),
        Column("受理", 14, "center", _of("acceptance", stands)),
        Column("办结到期", 11, "date", _of("conclusion", lambda clock: clock.due)),
        Column("延期天数", 6, "count", _of("conclusion", lambda clock: clock.extension or None)),
        Column("办结", 13, "center", _of("conclusion", stands)),
        *objections,
        Column("依据", 72, "long", _articles),
    )


def _tone(line: Line) -> tuple[str, ...]:
    return ("alert",) if any(clock.state in ("serious", "overdue") for clock in line[1].pressing) else ()


def write(book: Book) -> None:
    """The list, and above it once what is meant and what the records cannot show."""
    report = book.report
    lines = clock_lines.in_order(report.cases, report.day)
    columns = _columns(book, lines)
    sheet = write_list(book, NAME, columns, lines, _tone)
    statute = report.settings.statute
    spans = words.CLOCK_SPANS.format(soon=statute.due_soon_days, serious=statute.serious_days)
    known = clock_lines.not_known(clock for _case, clocks in lines for clock in clocks.all) or f"{clock_lines.SINCE_REPORTED}。"
    printed = [column.width for column in columns[:-1]]
    note(book, sheet, "\n".join(filter(None, (f"{words.NOTES[NAME]}{spans}", known, _rests_on(lines)))), printed)
    print_only(sheet, FIRST + max(len(lines), 1) - 1, printed)


def _rests_on(lines: Sequence[Line]) -> str:
    """Return once on which articles the clocks of the list rest; of several for one clock on how many cases each."""
    counts: dict[str, Counter[str]] = {}
    for clock in (clock for _case, clocks in lines for clock in clocks.all):
        counts.setdefault(clock.rule.clock, Counter())[clock.rule.article] += 1
    parts = [
        f"{CLOCKS[clock]} {'、'.join(f'{article}（{count} 件）' if len(of) > 1 else article for article, count in of.items())}"
        for clock, of in counts.items()
    ]
    return words.RESTS_ON.format(articles="；".join(parts)) if parts else ""
