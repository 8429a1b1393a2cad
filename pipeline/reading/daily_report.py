"""A district's daily report: one workbook's cells become its reading, judged by itself (contract 3 and 5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.reading import checking, deadlines, table
from pipeline.reading.arrival_moment import ArrivalMoment
from pipeline.reading.cell_kinds import Surroundings
from pipeline.reading.dates import read_date
from pipeline.reading.examination import Examination, Row
from pipeline.reading.workbook import Book, Cell, Formatted, SheetCells
from pipeline.settings.config import Settings
from pipeline.settings.units import District
from pipeline.terms import contract, messages
from pipeline.terms.case_numbers import canonical, is_case_number
from pipeline.terms.contract import ANSWERS, CASE, NEW_CASES, PROGRESS, RECEPTION, URGENT, Severity
from pipeline.terms.findings import Finding
from pipeline.terms.handed_in import MEANT, Envelope, Reading, request_mark, says_zero_report
from pipeline.terms.look_alikes import retype
from pipeline.terms.month_day import MonthDay
from pipeline.terms.text import as_text, clean, is_empty, is_personal, key

Rule = Callable[[Row, Surroundings], None]


@dataclass(frozen=True, slots=True)
class _Field:
    """A value on 封面 with its place."""

    value: Cell
    row: int | None = None
    column: int | None = None
    is_uncached: bool = False
    """Whether it is a formula without a stored result: people see a value there, and the file has none."""


@dataclass(frozen=True, slots=True)
class _Cover:
    sheet: str
    fields: dict[str, _Field]

    def get(self, name: str) -> _Field:
        return self.fields.get(name, _Field(""))


def read(book: Book, arrival: ArrivalMoment, settings: Settings) -> Reading:
    """Return the reading of a report that arrived then; a finding about the whole file costs all rows."""
    cover_sheet = table.find_sheet(book, contract.COVER)
    if not isinstance(cover_sheet, SheetCells):
        return _without_cover(book, cover_sheet, arrival)
    cover = _read_cover(cover_sheet)
    district, findings = _judge_district(cover, settings)
    day, day_findings = _judge_day(cover, arrival, settings, is_1904=book.is_1904)
    findings += day_findings
    if district and not district.accepts(arrival.envelope):
        arrival.refuse_sender()
        findings.append(_not_allowed(arrival.envelope, district.name, settings))
    located = [table.locate(book, sheet) for sheet in (*contract.REPORT_SHEETS, *contract.REPORT_EXTENSIONS)]
    tables = [sheet for sheet in located if isinstance(sheet, table.Table)]
    findings += [finding for refusal in located if isinstance(refusal, tuple) for finding in refusal]
    findings += [finding for sheet in tables for finding in sheet.findings if finding.severity is Severity.FILE]
    meant = "" if district else _meant(cover, settings)
    name = district.name if district else meant if meant == settings.district_of_sender(arrival.envelope) else ""
    if day is None or district is None or any(finding.severity is Severity.FILE for finding in findings):
        urgent = next((len(sheet.lines) for sheet in tables if sheet.sheet is URGENT), None)
        kept = _kept(cover) | _asked_of_leaders(book) | ({MEANT: meant} if meant and not name else {})
        return Reading(False, day or arrival.arrival_day(), name, kept, (), tuple(findings), urgent)
    around = Surroundings(settings.on(day), day, arrival, book.is_1904)
    sheets = [_examine(sheet, around) for sheet in tables]
    findings += [*_judge_cover(cover, sum(len(sheet.rows.lines) for sheet in sheets)), *table.covered(cover_sheet)]
    arrival.ask_lateness_at(len(findings))
    findings += lateness_findings(day, arrival.exact, settings)
    findings += [finding for sheet in sheets for finding in sheet.findings]
    return Reading(True, day, name, _kept(cover), tuple(sheet.concluded() for sheet in sheets), tuple(findings))


def _not_allowed(envelope: Envelope, district: str, settings: Settings) -> Finding:
    """Return the finding on a file whose sender may not report for the district that it names, with whose the sender is."""
    own = settings.district_of_sender(envelope)
    # The mailbox leaves the sender out unless the office's own mail server has vouched for it (`doors.sender`).
    unverified = "/unverified" if envelope.channel == "email" and not envelope.sender else ""
    variant = "/another" if own else unverified
    return messages.finding(f"sender-not-allowed{variant}", value=envelope.sender or "", district=district, own=own)


def is_report(book: Book) -> bool:
    """Whether a workbook is a report, wherever it was handed in: its sheet 封面 has 旗区 and 报告日期."""
    cover = table.find_sheet(book, contract.COVER)
    return isinstance(cover, SheetCells) and {"旗区", "报告日期"} <= _read_cover(cover).fields.keys()


# --- 封面 ---------------------------------------------------------------------------------------------------------


def _without_cover(book: Book, alike: Sequence[str] | None, arrival: ArrivalMoment) -> Reading:
    if alike:
        finding = messages.finding("not-the-template/twice", name=contract.COVER, sheets=messages.listed(alike))
    else:
        finding = messages.finding("not-the-template/sheet", name=contract.COVER)
    return Reading(False, arrival.arrival_day(), "", _asked_of_leaders(book), (), (finding,))


def _asked_of_leaders(book: Book) -> dict[str, str]:
    """Return what of a file that is refused whole is kept beside its cover: which urgent matters it has, and about which cases it asks."""
    return _urgent_kinds(book) | _requests(book)


def _requests(book: Book) -> dict[str, str]:
    """Return about which cases the file asks for 需协调事项: their numbers, and by what the words are known again."""
    sheet = table.locate(book, PROGRESS, personal=Severity.WARNING)
    if not isinstance(sheet, table.Table) or not {CASE, "需协调事项"} <= sheet.cells.keys():
        return {}
    rows = enumerate(zip(sheet.cells[CASE], sheet.cells["需协调事项"], strict=True))
    asking = [(as_text(number), as_text(asked)) for place, (number, asked) in rows if place not in sheet.of_others and not is_empty(asked)]
    marks = [f"{canonical(number) if is_case_number(number) else ''}={request_mark(asked)}" for number, asked in asking]
    return {PROGRESS.name: "、".join(marks)} if marks else {}


def _urgent_kinds(book: Book) -> dict[str, str]:
    """Return that the file has urgent matters, and of which kinds: nothing else of them is kept."""
    sheet = table.locate(book, URGENT, personal=Severity.WARNING)
    if not isinstance(sheet, table.Table):
        return {}
    known = {key(kind): kind for kind in contract.URGENT_KINDS}
    kinds = [known.get(key(as_text(cell)), "") for place, cell in enumerate(sheet.cells["事项类别"]) if place not in sheet.of_others]
    return {URGENT.name: "、".join(kinds)} if kinds else {}


def _read_cover(sheet: SheetCells) -> _Cover:
    """Each label's value: the next cell to its right, past a merge; a label is never a value."""
    right_edge = {(top, left): right for top, left, _bottom, right in sheet.merges}
    covered = {(r, left) for top, left, bottom, _right in sheet.merges for r in range(top + 1, bottom + 1)}
    fields: dict[str, _Field] = {}
    for r, row in enumerate(sheet.rows):
        for c, cell in enumerate(row):
            name = table.label(cell)[0] if isinstance(cell, str) and cell else ""
            if name not in contract.COVER_LABELS or name in fields or (r, c) in covered:
                continue
            at = right_edge.get((r, c), c) + 1
            value = row[at] if at < len(row) else ""
            value = value.text if isinstance(value, Formatted) else value
            if is_empty(value) or (isinstance(value, str) and table.label(value)[0] in contract.COVER_LABELS):
                value = ""
            column = sheet.columns[at] if at < len(sheet.columns) else sheet.columns[c] + 1
            fields[name] = _Field(value, sheet.lines[r], column, (r, at) in sheet.uncached)
    return _Cover(sheet.name, fields)


def _kept(cover: _Cover) -> dict[str, str]:
    """What the ledger keeps of 封面: nothing that holds a personal number."""
    return {name: clean(as_text(field.value)) for name, field in cover.fields.items() if not is_personal(field.value)}


def _at(cover: _Cover, field: _Field, name: str, /, **details: object) -> Finding:
    return messages.finding(name, sheet=cover.sheet, row=field.row, at=field.column, value=field.value, details=details)


def _judge_district(cover: _Cover, settings: Settings) -> tuple[District | None, list[Finding]]:
    field = cover.get("旗区")
    if field.value == "":
        variant = "unknown-district/uncached" if field.is_uncached else "unknown-district/empty"
        return None, [_at(cover, field, variant, example=settings.district_names[0])]
    written = as_text(field.value)
    district = settings.district_named(written)
    if district is None:
        return None, [_of_no_district(cover, field, settings)]
    if unit := _not_above(written, district, settings):
        return None, [_at(cover, field, "unknown-district/elsewhere", district=district.name, unit=unit)]
    if key(written) != district.name:
        return district, [_at(cover, field, "read-as/district", meant=district.name, more="")]
    return district, []


def _of_no_district(cover: _Cover, field: _Field, settings: Settings) -> Finding:
    written, names = as_text(field.value), settings.district_names
    if len(several := [name for name in names if name.endswith(key(written))]) > 1:
        return _at(cover, field, "unknown-district/several", names="、".join(several))
    if meant := _meant(cover, settings):
        return _at(cover, field, "unknown-district/above", district=meant)
    return _at(cover, field, "unknown-district/other", names="、".join(names), alike=retype(written, names))


def _meant(cover: _Cover, settings: Settings) -> str:
    """Return the district that 封面 names beside a unit that is not above it, or that nobody knows; '' where it names none."""
    written = as_text(cover.get("旗区").value)
    if named := settings.district_named(written):
        return named.name
    ends = [key(written).removesuffix(key(suffix)) for suffix in ("", *settings.district_suffixes)] if settings.units else []
    return max((name for name in settings.district_names if any(end.endswith(key(name)) for end in ends)), key=len, default="")


def _not_above(written: str, district: District, settings: Settings) -> str:
    """Return a unit that is written with a district and is not above it, so that nobody knows which district is meant; '' where none is."""
    rest, above = key(written), settings.tree.units_of.get(district.name, ())
    others = [unit for unit in settings.tree.units if unit.name not in above]
    names = [word for unit in settings.tree.units if unit.name in above for word in unit.names]
    for word in sorted((district.name, *district.aliases, *names), key=len, reverse=True):
        rest = rest.replace(key(word), " ")
    if unit := next((unit.name for unit in others if key(unit.name) in rest), ""):
        return unit
    for word in sorted((*settings.district_prefixes, *settings.district_suffixes), key=len, reverse=True):
        rest = rest.replace(key(word), " ")
    return next((unit.name for unit in others if any(key(alias) in rest for alias in unit.aliases)), "")


def _judge_day(cover: _Cover, arrival: ArrivalMoment, settings: Settings, *, is_1904: bool) -> tuple[date | None, list[Finding]]:
    field = cover.get("报告日期")
    if field.value == "":
        variant = "bad-report-date/uncached" if field.is_uncached else "bad-report-date/empty"
        return None, [_at(cover, field, variant, example=arrival.day)]
    day = read_date(field.value, is_1904=is_1904)
    if isinstance(day, MonthDay):
        day = day.on_or_before(arrival.day)
    if day is None:
        return None, [_at(cover, field, "bad-report-date/unread", example=arrival.day)]
    if arrival.is_before(day):
        return None, [_at(cover, field, "bad-report-date/future", arrival=arrival.day)]
    oldest = settings.on(day).calendar.oldest_report_days
    if arrival.is_after(day, oldest):
        return None, [_at(cover, field, "bad-report-date/old", arrival=arrival.day, days=oldest)]
    if isinstance(field.value, date):
        return day, []
    return day, [_at(cover, field, "read-as/date", column="报告日期", meant=day.isoformat(), more="")]


def _judge_cover(cover: _Cover, rows: int) -> list[Finding]:
    findings = []
    if cover.get("填报人").value == "":
        findings.append(_at(cover, cover.get("填报人"), "cover-incomplete/reporter"))
    zero = cover.get("零报告")
    if key(as_text(zero.value)) not in ("是", "否", ""):
        findings.append(_at(cover, zero, "cover-incomplete/zero"))
    if says_zero_report(_kept(cover)) and rows:
        findings.append(_at(cover, zero, "zero-report-with-rows", count=rows))
    version = key(as_text(cover.get("模板版本").value)).lstrip("V")
    if version.replace(".", "", 1).isdecimal() and float(version) < contract.TEMPLATE_VERSION:
        findings.append(_at(cover, cover.get("模板版本"), "old-template", current=contract.TEMPLATE_VERSION))
    return findings


def lateness_findings(day: date, arrival: datetime, settings: Settings) -> list[Finding]:
    """Return the finding on a report of that day that came too late; none where it did not."""
    limit = settings.on(day).calendar.last_moment(day)
    if arrival <= limit:
        return []
    return [messages.late(arrival, limit)]


# --- the sheets --------------------------------------------------------------------------------------------------


def _examine(cells: table.Table, around: Surroundings) -> Examination:
    sheet = checking.examine(cells, around)
    rows = [*sheet]
    for rule in _RULES[cells.sheet.name]:
        for row in rows:
            rule(row, around)
    return sheet


def _refuse_later_than_report(column: str) -> Rule:
    """The rule that a date in that column is not after the report's day."""

    def rule(row: Row, around: Surroundings) -> None:
        day, limit = row.day(column), around.report_day
        if day and day > limit and row.is_read(column):
            row.refuse_cell("date-out-of-range/after-report", column, column=column, limit=limit)

    return rule


def _refuse_resolution_without_reply(row: Row, _around: Surroundings) -> None:
    """已答复 and 已化解 need a reply, and what cannot be resolved now is not 已化解."""
    status = row["当前状态"]
    if status not in (contract.REPLIED, contract.RESOLVED) or not row.is_read("当前状态"):
        return
    for column in ("答复日期", "答复文号"):
        if row[column] is None and row.is_read(column):
            row.refuse_cell("reply-missing", column, column=column, status=status)
    if status == contract.RESOLVED and row["诉求认定"] == contract.UNSOLVABLE_NOW:
        row.refuse_cell("contradiction/claim", "诉求认定")


def _settle_deadline(row: Row, _around: Surroundings) -> None:
    deadlines.settle_year(row, "办结时限", "排查日期")


def _refuse_early_deadline(row: Row, _around: Surroundings) -> None:
    deadlines.refuse_early_deadline(row, "排查日期")


def _warn_of_a_late_deadline(row: Row, around: Surroundings) -> None:
    deadlines.warn_of_a_late_deadline(row, "排查日期", around.settings.windows)


def _refuse_more_answers_than_visits(row: Row, _around: Surroundings) -> None:
    names = ("接访批次", "当场答复", "转交办理")
    batches, answered, passed = (row.count(name) if row.is_read(name) else None for name in names)
    if batches is not None and answered is not None and passed is not None and answered + passed > batches:
        figures = {"batches": batches, "answered": answered, "passed": passed, "sum": answered + passed}
        row.refuse_cell("contradiction/reception", "接访批次", **figures)


def _refuse_after_arrival(row: Row, around: Surroundings) -> None:
    """发生时间 after the report came in; a day alone is compared as a day."""
    # People write the time to the minute: what happened in the minute of arrival is not later than it.
    happened, arrival = row.day("发生时间"), around.arrival
    if not (happened and row.is_read("发生时间")):
        return
    if arrival.is_minute_before(happened) if isinstance(happened, datetime) else arrival.is_before(happened):
        row.refuse_cell("date-out-of-range/after-arrival", "发生时间", column="发生时间", limit=f"{arrival.minute:%Y-%m-%d %H:%M}")


def _settle_promised_day(row: Row, around: Surroundings) -> None:
    promised = row.value("完成时限")
    if isinstance(promised, MonthDay) and row.is_read("完成时限"):
        row.settle("完成时限", promised.on_or_after(around.report_day))


def _refuse_before_report(row: Row, around: Surroundings) -> None:
    promised = row.day("完成时限")
    if promised and promised < around.report_day and row.is_read("完成时限"):
        row.refuse_cell("date-out-of-range/before-report", "完成时限", column="完成时限", limit=around.report_day)


_RULES: dict[str, tuple[Rule, ...]] = {
    PROGRESS.name: (
        _refuse_later_than_report("答复日期"),
        _refuse_later_than_report("接访下访日期"),
        _refuse_resolution_without_reply,
    ),
    NEW_CASES.name: (
        checking.refuse_number_outside,
        _refuse_later_than_report("排查日期"),
        _settle_deadline,
        _refuse_early_deadline,
        _warn_of_a_late_deadline,
    ),
    RECEPTION.name: (_refuse_more_answers_than_visits,),
    URGENT.name: (_refuse_after_arrival,),
    ANSWERS.name: (_settle_promised_day, _refuse_before_report),
}
"""By sheet, what the cells of one row say together; each rule goes over all rows before the next."""
