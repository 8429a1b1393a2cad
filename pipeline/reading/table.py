"""Finds a sheet, its header and its rows by what they say, however the page around them looks (contract 3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipeline.reading.workbook import Book, Cell, Formatted, SheetCells, stored
from pipeline.terms import case_numbers, contract, messages
from pipeline.terms.contract import Kind, Severity
from pipeline.terms.findings import Finding
from pipeline.terms.look_alikes import retype
from pipeline.terms.text import as_text, is_empty, is_personal, key, may_hold_personal_number

_TAIL = re.compile(r"(?:[*:]|\(([^()]*)\)|\[([^\[\]]*)\]|【([^【】]*)】|〔([^〔〕]*)〕)$")
_UNIT = re.compile(
    r"(?:单位:?)?(户|人次?|家|套|件|批次?|次|起|栋|幢|宗|平方米|平米|M2|米|公里|亩|吨|%|[百千万亿][户人件批次]|英镑|USD|RMB|CNY)"
    r"|.*?((?:美|欧|港|日|澳|加)元|[十百千万亿]*元|万|亿)"
)
"""A unit in brackets behind a header: alone, or, for money, at the end of a remark such as 人民币元."""
_NOT_DATA = re.compile("说明|示例|样例|样表|字典|勿填|不填")
_FEWEST_HEADERS = 2
"""One known word alone can stand in a title or a note."""
_LONGEST_LABEL = 1000
"""Characters; nothing longer is a header, and no pattern needs to look at what a stranger made longer."""
_LONGEST_HEADER = 40
"""Characters; what is longer below the header is a sentence, and need not be looked at as one."""
_LONGEST_SHEET = 100
"""Excel allows 31 characters; every finding repeats the name."""


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet's rows, column by column, each cell with its address."""

    sheet: contract.Sheet
    name: str
    """The sheet's name in the workbook."""
    columns: dict[str, int]
    """Where each known column stands, as Excel counts but from 0."""
    units: dict[str, Decimal]
    """The header's factor of a column with a unit."""
    lines: list[int]
    """The row number of each row, as Excel counts."""
    cells: dict[str, list[Cell]]
    """Each known column's cells, one for each row."""
    personal: dict[int, set[int]]
    """The positions of rows that hold personal information, each with the columns where it stands."""
    of_others: frozenset[int]
    """The positions of rows that stand under the header of another table on the sheet, and mean nothing under this one's."""
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """The header row and what its cells mean; places in the sheet's `rows`."""

    row_index: int
    columns: dict[str, int]
    units: dict[str, Decimal]
    ignored: frozenset[int]
    """Columns that carry a personal header and are left out."""


def label(cell: object) -> tuple[str, tuple[str, ...]]:
    """A header or label without what does not count: its comparable name, and what stood in brackets behind it."""
    written = as_text(cell)
    if len(written) > _LONGEST_LABEL:
        return key(written), ()
    name, remarks = key(written), list[str]()
    while match := _TAIL.search(name):
        remarks += [part for part in match.groups() if part]
        name = name[: match.start()]
    return name, tuple(remarks)


def find_sheet(book: Book, name: str) -> SheetCells | Sequence[str] | None:
    """The sheet of that name; the names of several that match equally well; or None."""
    for matches in (_is_exact, _is_equal, _is_similar):
        sheets = [sheet for sheet in book.sheets if len(sheet.name) <= _LONGEST_SHEET and matches(sheet.name, name)]
        if len(sheets) == 1:
            return sheets[0]
        if sheets:
            return [sheet.name for sheet in sheets]
    return None


def is_wanted(name: str) -> bool:
    """Whether a sheet of that name could be one of the contract's; the others need not be read."""
    return any(_is_similar(name, sheet) or _is_equal(name, sheet) for sheet in contract.SHEET_NAMES)


def _is_exact(written: str, name: str) -> bool:
    return written == name


def _is_equal(written: str, name: str) -> bool:
    return key(written) == name


def _is_similar(written: str, name: str) -> bool:
    """`案件进展 (2)`, `1.案件进展`, `达旗案件进展表`, but not `案件进展填报说明`."""
    before, part, after = key(written).partition(name)
    return bool(part) and not _NOT_DATA.search(before + after)


def locate(book: Book, sheet: contract.Sheet, *, personal: Severity = Severity.FILE) -> Table | tuple[Finding, ...]:
    """The table of that sheet, or the findings that say why there is none."""
    cells = find_sheet(book, sheet.name)
    refusal = Severity.FILE if sheet.required else Severity.SHEET
    if cells is None:
        if sheet.is_extension:
            return ()
        if not sheet.required:
            return (messages.finding("sheet-missing", name=sheet.name),)
        return (messages.finding("not-the-template/sheet", name=sheet.name),)
    if not isinstance(cells, SheetCells):
        return (messages.finding("not-the-template/twice", name=sheet.name, sheets=messages.listed(cells), severity=refusal),)
    header, findings = find_header(cells, sheet, refusal, personal)
    if header is None:
        return tuple(findings)
    if cells.name != sheet.name:
        findings.append(messages.finding("read-as/sheet", sheet=cells.name, value=cells.name, meant=sheet.name))
    findings += _unread(book, cells, sheet)
    return _table(cells, sheet, header, findings)


def _unread(book: Book, read: SheetCells, sheet: contract.Sheet) -> Iterator[Finding]:
    """Go through the warnings about other sheets of that kind, with rows: the exact name wins (contract 3), nothing is lost silently."""
    for other in book.sheets:
        is_kind = other is not read and _is_similar(other.name, sheet.name) and key(other.name) not in contract.SHEET_NAMES
        header = _header_row(other, sheet) if is_kind else None
        if header is not None and any(cell != "" for row in other.rows[header + 1 :] for cell in row):
            yield messages.finding("unknown-column/sheet", sheet=other.name, value=other.name, name=read.name)


# --- the header --------------------------------------------------------------------------------------------------


def find_header(cells: SheetCells, sheet: contract.Sheet, refusal: Severity, personal: Severity) -> tuple[Header | None, list[Finding]]:
    """The header row with its findings; None where a required column cannot be found or a personal one refuses."""
    row_index = _header_row(cells, sheet)
    required = [column.name for column in sheet.columns if column.required]
    if row_index is None:
        columns = "、".join(required)
        return None, [messages.finding("not-the-template/header", sheet=cells.name, name=cells.name, columns=columns, severity=refusal)]
    header, findings = _read_header(cells, sheet, row_index, personal)
    missing = [name for name in required if name not in header.columns]
    if missing:
        findings.append(
            messages.finding("not-the-template/column", sheet=cells.name, name=cells.name, columns="、".join(missing), severity=refusal)
        )
    stopped = missing or any(finding.severity is Severity.FILE for finding in findings)
    return (None if stopped else header), findings


def _header_row(cells: SheetCells, sheet: contract.Sheet) -> int | None:
    """The first row with every required column, else the one with most known columns.

    Of a header over several rows, whose merged cells stand in each of them, the one with most known columns.
    """
    known = {column.name for column in sheet.columns}
    required = {column.name for column in sheet.columns if column.required}
    best, most, is_found = None, _FEWEST_HEADERS - 1, False
    for row_index, row in enumerate(cells.rows):
        names = {label(cell)[0] for cell in row if isinstance(cell, str) and cell}
        is_whole = required <= names
        if is_found and not is_whole:
            break
        if len(names & known) > most or (is_whole and not is_found):
            best, most = row_index, len(names & known)
        is_found = is_whole
    return best


def _read_header(cells: SheetCells, sheet: contract.Sheet, row_index: int, personal: Severity) -> tuple[Header, list[Finding]]:
    header = Header(row_index, {}, {}, frozenset())
    ignored: set[int] = set()
    findings: list[Finding] = []
    line = cells.lines[row_index]
    for column_index, cell in enumerate(cells.rows[row_index]):
        name, remarks = label(cell)
        at = cells.columns[column_index]
        if not name:
            continue
        if name.endswith(contract.PERSONAL_HEADERS):
            ignored.add(column_index)
            variant = "personal-column" if personal is Severity.FILE else "personal-column/ignored"
            findings.append(messages.finding(variant, sheet=cells.name, row=line, at=at, value=cell, severity=personal))
            continue
        fault = _take_column(header, sheet, column_index, name, remarks)
        if fault:
            meant = next((column.header for column in sheet.columns if column.name == name), "")
            alike = retype(name, [column.name for column in sheet.columns])
            findings.append(messages.finding(fault, sheet=cells.name, row=line, at=at, value=cell, meant=meant, alike=alike))
        elif _is_oddly_written(as_text(cell), name):
            findings.append(messages.finding("read-as/header", sheet=cells.name, row=line, at=at, value=cell, meant=name))
    return Header(row_index, header.columns, header.units, frozenset(ignored)), findings


def _is_oddly_written(written: str, name: str) -> bool:
    """Whether white space or width differ from the template; a star, a colon or a remark behind do not count."""
    return not written.startswith(name)


def _take_column(header: Header, sheet: contract.Sheet, column_index: int, name: str, remarks: tuple[str, ...]) -> str | None:
    """Note where a known column stands; the message's name where it is not read."""
    column = next((column for column in sheet.columns if column.name == name), None)
    if column is None:
        return "unknown-column"
    units = [match[1] or match[2] for remark in remarks if column.kind in (Kind.COUNT, Kind.MONEY) and (match := _UNIT.fullmatch(remark))]
    if any(unit not in column.header_units for unit in units):
        return "unknown-column/unit"
    if name in header.columns:
        return "unknown-column/twice"
    header.columns[name] = column_index
    if units and units[0] in column.units:
        header.units[name] = column.units[units[0]]
    return None


# --- the rows ----------------------------------------------------------------------------------------------------


def _table(cells: SheetCells, sheet: contract.Sheet, header: Header, findings: list[Finding]) -> Table:
    kept, under = _rows(cells, sheet, header)
    personal, personal_findings = _personal_information(cells, header, kept)
    by_column = list(zip(*(cells.rows[row_index] for row_index in kept), strict=True))  # every row of a sheet is as long as its header's
    columns = {name: list(by_column[column_index]) if kept else [] for name, column_index in header.columns.items()}
    lines = [cells.lines[row_index] for row_index in kept]
    places = {name: cells.columns[column_index] for name, column_index in header.columns.items()}
    of_others = frozenset(position for position, row_index in enumerate(kept) if row_index in under)
    other_findings = [_of_another(cells, row_index, header_index) for row_index, header_index in under.items()]
    own = [row_index for row_index in kept if row_index not in under]
    findings = [*findings, *personal_findings, *other_findings, *_uncached(cells, header, own), *covered(cells, header.row_index)]
    return Table(sheet, cells.name, places, header.units, lines, columns, personal, of_others, tuple(findings))


def _of_another(cells: SheetCells, row_index: int, header_index: int) -> Finding:
    """Return the refusal of a row that stands under the header of another table."""
    at = next(column_index for column_index, cell in enumerate(cells.rows[row_index]) if not is_empty(cell))
    return messages.finding(
        "not-the-template/another", sheet=cells.name, row=cells.lines[row_index], at=cells.columns[at], value=cells.rows[row_index][at],
        name=cells.name, line=cells.lines[header_index], severity=Severity.ROW,
    )  # fmt: skip


def _uncached(cells: SheetCells, header: Header, kept: list[int]) -> list[Finding]:
    """Return a finding for each formula without a stored result in a cell that is read."""
    # WPS writes no cached value for some formulas, and libraries that write workbooks compute none at all.
    names = {column_index: name for name, column_index in header.columns.items()}
    rows = set(kept)
    return [
        messages.finding(
            "no-cached-value/picture" if (row_index, column_index) in cells.pictures else "no-cached-value",
            sheet=cells.name, row=cells.lines[row_index], at=cells.columns[column_index], column=names[column_index],
        )
        for row_index, column_index in sorted(cells.uncached)
        if row_index in rows and column_index in names
    ]  # fmt: skip


def covered(cells: SheetCells, first: int = 0) -> list[Finding]:
    """Return a finding for each column in which something is hidden, under a merged range or by its format, from that row on."""
    by_column: dict[tuple[int, str], list[tuple[int, Cell]]] = {}
    for place, value in sorted(cells.covered.items(), key=lambda item: item[0]):
        row_index, column_index = place
        if row_index >= first and not is_personal(value):  # which has a finding of its own
            how = "read-as/hidden" if place in cells.hidden else "read-as/covered"
            by_column.setdefault((column_index, how), []).append((row_index, value))
    return [
        messages.finding(
            how, sheet=cells.name, row=cells.lines[found[0][0]], at=cells.columns[column_index], value=found[0][1],
            more=f"（这一列共 {len(found)} 处）" if len(found) > 1 else "",
        )
        for (column_index, how), found in by_column.items()
    ]  # fmt: skip


def _rows(cells: SheetCells, sheet: contract.Sheet, header: Header) -> tuple[list[int], dict[int, int]]:
    """The indexes of the sheet's rows that are rows; only rows that look odd are examined one by one.

    With, of those under the header of another table, the index of that header.
    """
    key_index = header.columns.get(sheet.key)
    required_index = next(
        header.columns[column.name]
        for column in sheet.columns
        if column.required and column.name in header.columns and column.name != sheet.key
    )
    is_plain_key = case_numbers.PLAIN.fullmatch if sheet.key == contract.CASE else _listed(sheet)
    kept: list[int] = []
    under: dict[int, int] = {}
    another: int | None = None
    last = header.row_index
    for row_index in range(header.row_index + 1, len(cells.rows)):
        row = cells.rows[row_index]
        row_key = row[key_index] if key_index is not None else ""
        if sheet.answered_in or not (isinstance(row_key, str) and row[required_index] != "" and is_plain_key(row_key)):
            if _is_header(row, sheet):  # its second line, the same once more as on a second printed page, or that of another table
                is_own = row_index == last + 1 or _repeats(row, cells.rows[header.row_index], header)
                another, last = None if is_own else row_index, row_index if is_own and not kept else last
                continue
            if not _is_row(row, sheet, header):
                continue
        kept.append(row_index)
        if another is not None:
            under[row_index] = another
    return kept, under


def _is_header(row: list[Cell], sheet: contract.Sheet) -> bool:
    """Whether a row below the header is one too: the key's own name stands in it, or several columns' names do."""
    names = {label(cell)[0] for cell in row if isinstance(cell, str) and cell and len(cell) <= _LONGEST_HEADER}
    return sheet.key in names or len(names & {column.name for column in sheet.columns}) >= _FEWEST_HEADERS


def _repeats(row: list[Cell], header_row: list[Cell], header: Header) -> bool:
    """Whether each cell says what the header says above it, or each column that is read does."""
    if all(label(row[column_index])[0] == name for name, column_index in header.columns.items()):
        return True
    return all(is_empty(cell) or label(cell)[0] == label(above)[0] for cell, above in zip(row, header_row, strict=True))


def _listed(sheet: contract.Sheet) -> Callable[[str], object]:
    return frozenset(sheet.column(sheet.key).values).__contains__


def _is_row(row: list[Cell], sheet: contract.Sheet, header: Header) -> bool:
    filled = [column_index for column_index, cell in enumerate(row) if cell != "" and not is_empty(cell)]
    read = {
        header.columns[column.name]: column for column in sheet.columns if column.name in header.columns and column.kind is not Kind.UNREAD
    }
    if not any(column_index in read for column_index in filled):
        return False
    if len(filled) == 1:
        return _stands_alone(row[filled[0]], read[filled[0]])
    if sheet.answered_in and not any(read[column_index].name in sheet.answered_in for column_index in filled if column_index in read):
        return False
    unread = {column_index for name, column_index in header.columns.items() if sheet.column(name).kind is Kind.UNREAD}
    filled_and_read = [column_index for column_index in filled if column_index not in unread]
    beginnings = {key(as_text(row[column_index])) for column_index in [*filled[:1], *filled_and_read[:1]]}
    is_keyed = sheet.key in header.columns and _holds_key(row[header.columns[sheet.key]], sheet)
    return is_keyed or not any(beginning.startswith(contract.NOT_A_ROW) for beginning in beginnings)


def _stands_alone(cell: Cell, column: contract.Column) -> bool:
    """Whether a row's only cell makes it a row: a case number, or a list's value in its own column."""
    return case_numbers.is_case_number(as_text(cell)) or (bool(column.values) and key(as_text(cell)) in column.values)


def _holds_key(cell: Cell, sheet: contract.Sheet) -> bool:
    if sheet.key == contract.CASE:
        return case_numbers.is_case_number(as_text(cell))
    return key(as_text(cell)) in sheet.column(sheet.key).values


# --- personal information ----------------------------------------------------------------------------------------

_BETWEEN_CELLS = "\ue000"
"""A private-use character between two cells, so that their digits are not read as one number."""
_MOST_DIGITS_OF_NO_NUMBER = 10
"""The shortest personal number, a mobile phone's, has eleven digits."""
_ELEVEN_DIGITS = 10**_MOST_DIGITS_OF_NO_NUMBER
"""The smallest number with eleven digits: Excel stores a number typed as digits as a float."""


def _personal_information(cells: SheetCells, header: Header, kept: list[int]) -> tuple[dict[int, set[int]], list[Finding]]:
    """Where personal numbers stand: positions of rows with their columns, and a finding for each cell."""
    hidden = [*cells.covered.values()]
    if not _may_be_personal([*cells.rows, hidden]):
        return {}, []
    positions = {row_index: position for position, row_index in enumerate(kept)}
    rows: dict[int, set[int]] = {}
    findings: list[Finding] = []
    for row_index, row in enumerate(cells.rows):
        for column_index, shown in enumerate(row):
            cell = cells.covered.get((row_index, column_index), shown)  # a number is in the file, also where nobody sees it
            if column_index in header.ignored or cell == "" or not (is_personal(cell) or is_personal(stored(cell))):
                continue
            line, at = cells.lines[row_index], cells.columns[column_index]
            if row_index in positions:
                rows.setdefault(positions[row_index], set()).add(at)
                message, severity = "personal-information", Severity.ROW
            else:
                message, severity = "personal-information/outside", Severity.WARNING
            findings.append(messages.finding(message, sheet=cells.name, row=line, at=at, value=cell, severity=severity))
    return rows, findings


def _may_be_personal(rows: list[list[Cell]]) -> bool:
    cells: set[Cell] = set().union(*rows)  # cells repeat a lot: each text is looked at once
    cells = cells.union(*((cell.text, cell.value) for cell in cells if isinstance(cell, Formatted)))
    if any(cell >= _ELEVEN_DIGITS for cell in cells if cell.__class__ is float):
        return True
    long_texts = [cell for cell in cells if cell.__class__ is str and len(cell) > _MOST_DIGITS_OF_NO_NUMBER]
    return may_hold_personal_number(_BETWEEN_CELLS.join(long_texts))
