"""A report against the register: what depends on anything outside the report (contract 4), in the order of the fold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from pipeline.day.cases import COMPARED, FILLABLE, PARTICULARS, Case, RowPlace, World, goes_back
from pipeline.reading import checking
from pipeline.reading.assignment_workbook import first_leader
from pipeline.settings.config import District
from pipeline.terms import case_numbers, contract, messages
from pipeline.terms.contract import CASE, NEW_CASES, PROGRESS, RECEPTION, SOURCE_DISTRICT, URGENT
from pipeline.terms.findings import Finding
from pipeline.terms.rows import Rows
from pipeline.terms.text import key, without_controls


@dataclass(slots=True)
class Judgement:
    """What one report did and what was found in it against the register."""

    findings: list[Finding] = field(default_factory=list)
    rows_accepted: int = 0
    rows_refused: int = 0
    brought_in: list[str] = field(default_factory=list)
    """Cases that were not in the register before."""
    moved: dict[str, str] = field(default_factory=dict)
    """Cases whose status changed, with the status before."""
    reception: list[RowPlace] = field(default_factory=list)
    urgent: list[RowPlace] = field(default_factory=list)
    doubtful: list[str] = field(default_factory=list)
    """The district's cases that a refused row of 案件进展 is about."""
    unplaced: int = 0
    """Refused rows of 案件进展 that name no case of the district."""
    new_refused: int = 0
    """Refused rows of 新增案件."""


@dataclass(slots=True)
class _Sheet:
    """One sheet under judgement."""

    rows: Rows
    arrival: int
    judgement: Judgement
    speaks: bool
    """Whether findings are wanted; without them only the refusals count, and most sentences need not be made."""
    refused: set[int]
    unread: dict[str, frozenset[int]]

    def refuse(self, name: str, column: str, position: int, /, **details: object) -> None:
        self.refused.add(position)
        self.warn(name, column, position, **details)

    def warn(self, name: str, column: str, position: int, /, **details: object) -> None:
        if self.speaks:
            value = details.pop("value", self.rows.values[column][position])
            at = self.rows.letters.get(column, self.rows.letters.get(CASE, 0))
            line = self.rows.lines[position]
            self.judgement.findings.append(messages.finding(name, sheet=self.rows.name, row=line, at=at, value=value, details=details))

    def is_read(self, column: str, position: int) -> bool:
        return position not in self.unread.get(column, ())

    def place(self, position: int) -> RowPlace:
        return RowPlace(self.arrival, self.rows, position)


def judge(rows: tuple[Rows, ...], arrival: int, district: District, world: World, *, speaks: bool) -> Judgement:
    """Judge a report's rows against the world and apply those that are accepted to it."""
    result = Judgement()
    by_name = {one.sheet: one for one in rows}
    for sheet, judge_rows in _ORDER:
        found = by_name.get(sheet)
        if found is None:
            continue
        unread = {name: frozenset(positions) for name, positions in found.unread.items()}
        state = _Sheet(found, arrival, result, speaks, set(found.refused), unread)
        counted = judge_rows(state, district, world)
        result.rows_refused += sum(position in state.refused for position in counted)
        result.rows_accepted += sum(position not in state.refused for position in counted)
    return result


# --- the same case twice -----------------------------------------------------------------------------------------


def _once(sheet: _Sheet, names: list[str | None], ignored: frozenset[str]) -> list[int]:
    """The positions that count: one of equal rows; rows of one case that differ are refused, every one."""
    count = len(names)
    if len({name for name in names if name}) == count:
        return list(range(count))
    groups: dict[str, list[int]] = {}
    for position, name in enumerate(names):
        groups.setdefault(name or f"\0{position}", []).append(position)
    counted: list[int] = []
    for name, positions in groups.items():
        alike: dict[tuple[str | None, ...], int] = {}
        for position in sorted(positions, key=lambda one: one in sheet.refused):  # of equal rows, one that can be taken
            alike.setdefault(_as_understood(sheet.rows, position, ignored), position)
        counted += alike.values()
        if len(positions) > 1 and sheet.is_read(CASE, positions[0]):
            _say_repeated(sheet, name, positions, differ=len(alike) > 1)
    return sorted(counted)


def _say_loosely_written(sheet: _Sheet, known: list[Case | None]) -> None:
    """Numbers that were taken for a case's though written without its leading zeros."""
    loose = [(position, case) for position, case in enumerate(known) if case and sheet.rows.values[CASE][position] != case.number]
    if loose:
        position, case = loose[0]
        more = f"（这一列共 {len(loose)} 处）" if len(loose) > 1 else ""
        sheet.warn("read-as/code", CASE, position, meant=case.number, more=more)


def _say_repeated(sheet: _Sheet, name: str, positions: list[int], *, differ: bool) -> None:
    lines = messages.several([str(sheet.rows.lines[position]) for position in positions])
    if not differ:
        sheet.warn("read-as/same-rows", CASE, positions[1], case=messages.brief(name), lines=lines)
        return
    for position in positions:
        sheet.refuse("repeated-case", CASE, position, case=messages.brief(name), count=len(positions), lines=lines)


def _as_understood(rows: Rows, position: int, ignored: frozenset[str]) -> tuple[str | None, ...]:
    values = ((name, column[position]) for name, column in rows.values.items() if name not in ignored)
    return tuple(key(value) if value else None for _name, value in values)


_PREFILLED = frozenset({CASE, "案由", "包案领导", "办结时限"})


# --- 新增案件 -----------------------------------------------------------------------------------------------------


def _judge_new_cases(sheet: _Sheet, district: District, world: World) -> list[int]:
    numbers = sheet.rows.values[CASE]
    known = [world.find(number) if number else None for number in numbers]
    names = [case.number if case else number for case, number in zip(known, numbers, strict=True)]
    counted = _once(sheet, names, frozenset({CASE}))
    _say_loosely_written(sheet, known)
    for position, case in enumerate(known):
        number = numbers[position]
        if not number or not sheet.is_read(CASE, position):
            continue
        if case_numbers.letters(number) != district.code:
            sheet.refuse("case-exists/code", CASE, position, code=district.code, example=f"{district.code}-2020-001")
        if case:
            _compare(sheet, position, case)
    for position in counted:
        if position not in sheet.refused:
            _bring_in(sheet, position, known[position], district, world)
    sheet.judgement.new_refused += sum(position in sheet.refused for position in counted)
    return counted


def _compare(sheet: _Sheet, position: int, case: Case) -> None:
    before = case.first or _as_compared(case.listed or case.particulars)
    differing = [
        column
        for column in COMPARED
        if (value := sheet.rows.values[column][position]) and sheet.is_read(column, position) and key(value) != key(before[column] or "")
    ]
    if differing:
        was = "，".join(f"{column}“{messages.brief(before[column] or '空')}”" for column in differing)
        sheet.refuse("case-exists/other", CASE, position, case=messages.brief(case.number), columns="、".join(differing), before=was)


def _as_compared(particulars: dict[str, str | None]) -> dict[str, str | None]:
    return {column: particulars.get("交办日期" if column == "排查日期" else column) for column in COMPARED}


def _bring_in(sheet: _Sheet, position: int, case: Case | None, district: District, world: World) -> None:
    row = {column: values[position] for column, values in sheet.rows.values.items()}
    if case is None:
        number = row[CASE] or ""
        case = world.bring_in(number)
        said = {name: row.get(name) for name in PARTICULARS}
        case.found = {**said, "案件来源": SOURCE_DISTRICT, "旗区": district.name, "交办日期": row["排查日期"]}
        case.found_at = sheet.place(position)
        sheet.judgement.brought_in.append(number)
    else:
        gaps = {name: row[name] for name in FILLABLE if row[name] and not case.particulars[name]}
        case.filled = {**case.filled, **gaps}
    case.first = case.first or {column: row[column] for column in COMPARED}
    world.settled(case)


# --- 案件进展 -----------------------------------------------------------------------------------------------------


def _judge_progress(sheet: _Sheet, district: District, world: World) -> list[int]:
    numbers = sheet.rows.values[CASE]
    known = [world.find(number) if number else None for number in numbers]
    names = [case.number if case else number for case, number in zip(known, numbers, strict=True)]
    counted = _once(sheet, names, _PREFILLED)
    _say_loosely_written(sheet, known)
    for position, case in enumerate(known):
        if not numbers[position] or not sheet.is_read(CASE, position):
            continue
        if _belongs(sheet, position, case, district) and case:
            _judge_against(sheet, position, case)
    for position in counted:
        case = known[position]
        if case and position not in sheet.refused:
            before = case.take(sheet.place(position), world.day)
            if before != case.status:
                sheet.judgement.moved[case.number] = before
    _note_doubts(sheet, counted, known, district)
    return counted


def _note_doubts(sheet: _Sheet, counted: list[int], known: list[Case | None], district: District) -> None:
    """Which cases the refused rows would have said something about."""
    for position in counted:
        case = known[position]
        if position not in sheet.refused:
            continue
        if case and sheet.is_read(CASE, position) and case.particulars["旗区"] == district.name:
            sheet.judgement.doubtful.append(case.number)
        else:
            sheet.judgement.unplaced += 1


def _belongs(sheet: _Sheet, position: int, case: Case | None, district: District) -> bool:
    if case is None:
        sheet.refuse("unknown-case", CASE, position)
    elif case.particulars["旗区"] != district.name:
        sheet.refuse("other-district", CASE, position, district=case.particulars["旗区"], own=district.name)
    else:
        return True
    return False


def _judge_against(sheet: _Sheet, position: int, case: Case) -> None:
    values = sheet.rows.values
    replied, status = values["答复日期"][position], values["当前状态"][position]
    if replied and replied < case.assigned and sheet.is_read("答复日期", position):
        sheet.refuse("date-out-of-range/before-start", "答复日期", position, column="答复日期", start="交办日期", limit=case.assigned)
    if status and status != case.status and sheet.is_read("当前状态", position):
        reason = values["重新办理原因"][position]
        if not reason and sheet.is_read("重新办理原因", position) and goes_back(case.status, status):
            sheet.refuse("status-went-back", "当前状态", position, case=messages.brief(case.number), before=case.status)
    if sheet.speaks:
        _warn_of_changes(sheet, position, case)


def _warn_of_changes(sheet: _Sheet, position: int, case: Case) -> None:
    """What was filled in beforehand and came back different."""
    before = {"案由": case.particulars["案由"], "包案领导": case.particulars["包案领导"], "办结时限": case.deadline}
    for column, was in before.items():
        value = sheet.rows.values[column][position]
        if value and sheet.is_read(column, position) and not _is_same(column, value, was, case.assigned):
            sheet.warn("prefilled-changed", column, position, column=column, before=messages.brief(was or "空"))


def _is_same(column: str, value: str, was: str | None, assigned: str) -> bool:
    if column == "包案领导":
        return without_controls(first_leader(value)) == without_controls(first_leader(was))  # a template holds none
    if column == "办结时限" and value.startswith("--"):
        day = checking.month_day(value).on_or_after(date.fromisoformat(assigned))
        return day is not None and day.isoformat() == was
    return key(value) == key(was or "")


# --- the other sheets --------------------------------------------------------------------------------------------


def _judge_reception(sheet: _Sheet, _district: District, _world: World) -> list[int]:
    positions = list(range(len(sheet.rows.lines)))
    sheet.judgement.reception += [sheet.place(position) for position in positions if position not in sheet.refused]
    return positions


def _judge_urgent(sheet: _Sheet, district: District, world: World) -> list[int]:
    positions = list(range(len(sheet.rows.lines)))
    for position in positions:
        number = sheet.rows.values[CASE][position]
        if number and sheet.is_read(CASE, position):
            _belongs(sheet, position, world.find(number), district)
    sheet.judgement.urgent += [sheet.place(position) for position in positions if position not in sheet.refused]
    return positions


_ORDER: tuple[tuple[str, Callable[[_Sheet, District, World], list[int]]], ...] = (
    (NEW_CASES.name, _judge_new_cases),
    (PROGRESS.name, _judge_progress),
    (RECEPTION.name, _judge_reception),
    (URGENT.name, _judge_urgent),
)
"""新增案件 comes before the other sheets."""


# --- a revision against the one before ---------------------------------------------------------------------------


def withdrawn_rows(before: tuple[Rows, ...], after: tuple[Rows, ...], world: World) -> list[Finding]:
    """What the earlier revision had, refused rows included, and the later one has not."""
    later = {rows.sheet: rows for rows in after}
    findings = []
    for sheet in contract.REPORT_SHEETS:
        earlier = next((rows for rows in before if rows.sheet == sheet.name), None)
        if earlier is None:
            continue
        had = _row_names(earlier, world)
        have = set(_row_names(later[sheet.name], world)) if sheet.name in later else set()
        gone = [name for name in dict.fromkeys(had) if name not in have]
        if gone:
            findings.append(messages.finding("rows-withdrawn", sheet=sheet.name, names=f"{sheet.name}：{messages.several(gone, '项')}"))
    return findings


def _row_names(rows: Rows, world: World) -> list[str]:
    """What identifies each row: its case, its category, or for 急报事项 number, 类别 and 发生时间."""
    values = rows.values
    if rows.sheet == RECEPTION.name:
        return [name for name in values["问题类别"] if name]
    numbers = [(case.number if (case := world.find(number)) else number) if number else "" for number in values[CASE]]
    if rows.sheet != URGENT.name:
        return [number for number in numbers if number]
    parts = zip(numbers, values["事项类别"], values["发生时间"], strict=True)
    return [" ".join(part for part in row if part) for row in parts]
