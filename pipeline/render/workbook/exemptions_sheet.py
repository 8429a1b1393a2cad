"""豁免: the exceptions that hold, who approved each of them and until when, and how others ended."""

from __future__ import annotations

from pipeline.render.workbook.cell_formats import Book
from pipeline.render.workbook.sheet_frame import Column, write_list
from pipeline.report import exemptions
from pipeline.report.exemptions import ExemptionLine

NAME = "豁免"


def write(book: Book) -> None:
    """A line for each; in colour what hides an overdue case, grey what has ended or changes nothing, the latter last."""
    day = book.report.day
    columns: tuple[Column[ExemptionLine], ...] = (
        Column("对象", 20, "case", lambda line: line.subject, cases=lambda line: (line.case,) if line.case else ()),
        Column("事项", 10, "center", lambda line: line.kind),
        Column("旗区", 10, "center", lambda line: line.district),
        Column("案由", 20, "long", lambda line: line.matter),
        Column("批准人", 10, "center", lambda line: line.approved_by),
        Column("理由", 24, "long", lambda line: line.reason),
        Column("截止日期", 12, "date", lambda line: line.until),
        Column("现在", 9, "center", lambda line: line.state),
        Column("改变了什么", 28, "long", lambda line: exemptions.effect(line, day)),
        Column("出处", 26, "long", lambda line: line.origin),
    )
    write_list(book, NAME, columns, exemptions.apart(book.report.beyond.exemptions), _tone)


def _tone(line: ExemptionLine) -> tuple[str, ...]:
    if line.is_idle or not line.holds:
        return ("muted",)
    return ("alert",) if "overdue" in line.hidden else ()
