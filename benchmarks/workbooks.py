"""Makes an office full of reports, filled as districts fill them, for the measurements. Everything in it is made up.

`python -m benchmarks.workbooks FOLDER --days 34 --rows 300 --leave-out 6`; with `--districts 300` a region instead of the nine districts.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import xlsxwriter

from pipeline.settings import config
from pipeline.terms import contract

ROOT = Path(__file__).resolve().parent.parent
FIRST_DAY = date(2020, 5, 1)
_ASSIGNED = date(2020, 4, 20)
_LONG_AGO = 1_600_000_000  # a file that changed just now waits a moment, which is not what is measured here
_CREATED = datetime(2020, 5, 1)  # noqa: DTZ001 - xlsxwriter wants it naive
_FORWARD = ("已受理", "办理中", "已答复", "已化解")
_STEPS = (
    "入户走访核实情况",
    "约谈开发企业负责人",
    "召开专题协调会",
    "核对工资发放台账",
    "现场查看整改进度",
    "与群众代表座谈",
    "调取施工资料核查",
)
_NEXT = ("督促企业按期整改", "落实资金后一次性兑付", "本周内出具书面答复", "组织第三方检测", "提请专班会研究")

_STEMS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LIMITS = {"file_megabytes": 200, "unpacked_megabytes": 4096, "cells": 20_000_000, "seconds": 900, "memory_megabytes": 8192}
_LEADERS = 10
"""Of each district of a region; the nine share twenty-five."""

Row = list[str | int | date | None]


@dataclass(frozen=True, slots=True)
class _Report:
    path: Path
    code: str
    district: str
    position: int
    office: str
    """How its numbers begin."""
    leaders: str
    """How the names of its leaders begin."""
    day: date
    rows: int
    step_days: int


def main() -> None:
    """Make the office that the arguments describe."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--days", type=int, required=True)
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--leave-out", type=int, default=0, help="how many of the last day's reports are missing")
    parser.add_argument("--step-days", type=int, default=14, help="after how many days a case goes one step on")
    parser.add_argument("--districts", type=int, default=0, help="so many made-up districts instead of the nine")
    said = parser.parse_args()
    make(said.folder, days=said.days, rows=said.rows, leave_out=said.leave_out, step_days=said.step_days, districts=said.districts)


def make(folder: Path, *, days: int, rows: int, leave_out: int = 0, step_days: int = 14, districts: int = 0) -> None:
    """An office with a report of so many rows from every district on every day, and their assignment workbook."""
    (folder / "inbox" / "assignment").mkdir(parents=True)
    shutil.copyfile(ROOT / "config.yaml", folder / "config.yaml")
    if districts:
        _name_districts(folder / "config.yaml", districts)
    named = config.load(folder / "config.yaml").districts
    reports = [
        _Report(
            path=folder / "inbox" / f"{day}" / f"{district.name}日报.xlsx",
            code=district.code,
            district=district.name,
            position=position,
            office=district.name[: 3 if districts else 2],
            leaders=f"领导{position + 1}之" if districts else "领导",
            day=day,
            rows=rows,
            step_days=step_days,
        )
        for day in (FIRST_DAY + timedelta(days=n) for n in range(days))
        for position, district in enumerate(named)
    ]
    assignment = folder / "inbox" / "assignment" / "分解表.xlsx"
    _write_assignment(assignment, reports[: len(named)])
    _lay_down(assignment, datetime.combine(_ASSIGNED, time(9)))
    with ProcessPoolExecutor() as pool:
        list(pool.map(_write_report, reports[: len(reports) - leave_out], chunksize=8))


def correct(office: Path, copy: Path) -> None:
    """Hand in one of the last day's reports of an office again, an hour later to a copy of it, with another 今日进展 in its first row."""
    import openpyxl

    last = max(path for path in (office / "inbox").iterdir() if path.name.startswith("20"))
    book = openpyxl.load_workbook(min(last.glob("*.xlsx")))
    sheet = book[contract.PROGRESS.name]
    header = next(cell for cell in sheet[2] if cell.value == "今日进展")
    sheet.cell(3, header.column, "更正后的进展")
    path = copy / "inbox" / last.name / "更正.xlsx"
    book.save(path)
    _lay_down(path, datetime.combine(date.fromisoformat(last.name), time(17, 30)))


def _name_districts(path: Path, count: int) -> None:
    """Put so many made-up districts in the place of those of the settings."""
    names = (f"{a}{b}{c}县" for a in _STEMS for b in _STEMS for c in _STEMS)
    codes = (f"{a}{b}{c}" for a in _LETTERS for b in _LETTERS for c in _LETTERS)
    lines = "".join(f"  - {{code: X{code}, name: {name}}}\n" for _number, code, name in zip(range(count), codes, names, strict=False))
    written = re.sub(r"(?m)^districts:\n(?: .*\n)+", f"districts:\n{lines}", path.read_text(encoding="utf-8"))
    for limit, most in _LIMITS.items():  # its assignment workbook has a row for each case of every district
        written = re.sub(rf"(?m)^(  {limit}: )\d+", rf"\g<1>{most}", written)
    path.write_text(written, encoding="utf-8")


def _lay_down(path: Path, received: datetime) -> None:
    envelope = {"received_at": f"{received:%Y-%m-%dT%H:%M:%S}+08:00", "channel": "folder"}
    path.with_name(path.name + ".envelope.json").write_text(json.dumps(envelope), encoding="utf-8")
    os.utime(path, (_LONG_AGO, _LONG_AGO))


def _case(code: str, position: int, index: int) -> str:
    """Every case of every district has a number of its own."""
    return f"{('ZZQ', 'SJ', code)[index % 3]}-2020-{position * 1000 + index + 1:05}"


def _matter(district: str, index: int) -> str:
    return f"{district}某小区{index % 40 + 1}期第{index + 1}号事项:{contract.CATEGORIES[index % 8]}问题反映"


def _deadline(index: int) -> date:
    """A tenth of the cases are overdue on the first day, so that there is something to follow up."""
    return _ASSIGNED + timedelta(days=8 if index % 10 == 7 else 40 + index % 20)  # noqa: PLR2004


# --- the assignment workbook -------------------------------------------------------------------------------------


def _write_assignment(path: Path, reports: list[_Report]) -> None:
    """Write the workbook for the districts of these reports of one day."""
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": _CREATED})
        liaison: list[Row] = [[report.district, f"领导{number}", "副局长"] for number, report in enumerate(reports, 1)]
        _write_sheet(book, contract.LIAISON, liaison)
        for sheet, sources in ((contract.REGION_CASES, (0,)), (contract.VISITOR_CASES, (1, 2))):
            cases = [_assigned(report, index) for report in reports for index in range(report.rows) if index % 3 in sources]
            _write_sheet(book, sheet, cases)


def _assigned(report: _Report, index: int) -> Row:
    return [
        _case(report.code, report.position, index), contract.SOURCES[index % 3], report.district, contract.CATEGORIES[index % 8],
        _matter(report.district, index), f"某项目{index % 60}", index % 90 + 1, index % 500 + 10, f"{report.district}住建局",
        _leader(report, index), f"第{index % 9 + 1}专班", "分步化解,先协商后依法处置", _ASSIGNED, _deadline(index), None, None, None,
    ]  # fmt: skip


def _leader(report: _Report, index: int) -> str:
    return f"{report.leaders}{index % (25 if report.leaders == '领导' else _LEADERS) + 1}"


# --- a report ----------------------------------------------------------------------------------------------------


def _write_report(report: _Report) -> None:
    report.path.parent.mkdir(exist_ok=True)
    chance = random.Random(f"{report.code} {report.day}")  # noqa: S311 - the same files every time, nothing secret
    with xlsxwriter.Workbook(report.path) as book:
        book.set_properties({"created": _CREATED})
        _write_cover(book, report)
        _write_sheet(book, contract.PROGRESS, [_progress(report, index, chance) for index in range(report.rows)])
        _write_sheet(book, contract.NEW_CASES, [])
        _write_sheet(book, contract.RECEPTION, [[name, n + 2, n % 2, n % 3, None] for n, name in enumerate(contract.CATEGORIES)])
        _write_sheet(book, contract.URGENT, [_urgent(report, chance.randrange(report.rows))])
    _lay_down(report.path, datetime.combine(report.day, time(16, chance.randrange(60))))


def _write_cover(book: xlsxwriter.Workbook, report: _Report) -> None:
    sheet = book.add_worksheet(contract.COVER)
    said = {"旗区": report.district, "报告日期": report.day, "填报人": "甲", "审核人": "乙", "零报告": "否", "模板版本": 1}
    for row, (label, value) in enumerate(said.items(), 2):
        sheet.write(row, 1, label)
        sheet.write(row, 2, value, book.add_format({"num_format": "yyyy-mm-dd"}) if isinstance(value, date) else None)


def _progress(report: _Report, index: int, chance: random.Random) -> Row:
    """A row as the days go by: the status moves forward, and about twelve of its fifteen cells are filled."""
    age = (report.day - FIRST_DAY).days
    status = _FORWARD[min(3, (age + index % 56) // report.step_days)]
    is_answered = status in ("已答复", "已化解")
    visited = report.day - timedelta(days=chance.randrange(4))
    return [
        _case(report.code, report.position, index),
        _matter(report.district, index),
        _leader(report, index),
        _deadline(index),
        status,
        f"{chance.choice(_STEPS)},涉及{chance.randrange(2, 90)}户,第{age + 1}次推进",
        contract.CLAIMS[index % 4],
        FIRST_DAY - timedelta(days=index % 9) if is_answered else None,
        f"{report.office}住建函〔2020〕{index + 1}号" if is_answered else None,
        contract.CONFIRMATIONS[0 if index % 3 else 2] if is_answered else None,
        _leader(report, index) if index % 10 else None,
        visited if index % 10 else None,
        None,
        chance.choice(_NEXT),
        "需自然资源局配合核实" if index % 2 else None,
    ]


def _urgent(report: _Report, index: int) -> Row:
    happened = f"{report.day} 09:30"
    return [_case(report.code, report.position, index), "停水停电停暖", "小区二次供水泵房故障", happened, "已安排抢修", None]


def _write_sheet(book: xlsxwriter.Workbook, sheet: contract.Sheet, rows: list[Row]) -> None:
    headers = [column.header for column in sheet.columns if column.kind is not contract.Kind.UNREAD]
    page = book.add_worksheet(sheet.name)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    page.merge_range(0, 0, 0, len(headers) - 1, f"{sheet.name}表")
    page.write_row(1, 0, headers)
    for at, row in enumerate(rows, 2):
        for column, value in enumerate(row):
            if value is not None:
                page.write(at, column, value, day if isinstance(value, date) else None)


if __name__ == "__main__":
    main()
