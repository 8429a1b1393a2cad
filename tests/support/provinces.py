"""A made-up province for tests of the levels above the districts: three prefectures with three districts each, one with a level between."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

import workbooks
from offices import CONFIG, File, Office, assigned, handed_in, read_in
from workbooks import LIAISON, Row, case_row, new_row, page, progress_row, resolved_row, urgent_row

from pipeline.settings.config import Settings, load
from pipeline.terms.handed_in import Filed

_DISTRICTS: Final = {
    "JA": ("甲一区", "甲市"),
    "JB": ("甲二县", "甲市"),
    "JC": ("甲三县", "甲市"),
    "YA": ("乙一区", "乙市"),
    "YB": ("乙二县", "乙市"),
    "YC": ("乙三县", "乙市"),
    "BA": ("丙一区", "丙北片"),
    "BB": ("丙二县", "丙北片"),
    "BC": ("丙三县", "丙市"),
}
"""By code: the district's name and the unit above it."""
_UNITS: Final = (
    "- {name: 甲市, level: 盟市}",
    "- {name: 乙市, level: 盟市}",
    "- {name: 丙市, level: 盟市}",
    "- {name: 丙北片, parent: 丙市}",
)


@cache
def written() -> str:
    """The program's own config.yaml, as the province has it."""
    text = CONFIG.read_text(encoding="utf-8")
    listed = [f"  - {{code: {code}, name: {name}, parent: {parent}}}" for code, (name, parent) in _DISTRICTS.items()]
    text = re.sub(r"^districts:\n(?:  - .*\n)+", "districts:\n" + "\n".join(listed) + "\n", text, flags=re.MULTILINE)
    text = re.sub(r"^units: \[\].*$", "units:\n" + "\n".join(f"  {unit}" for unit in _UNITS), text, flags=re.MULTILINE)
    return text.replace("office: 市住房和城乡建设局信访工作专班", "office: 某省信访工作专班")


@cache
def _loaded() -> Settings:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.yaml"
        path.write_text(written(), encoding="utf-8")
        return load(path)


PROVINCE: Final = _loaded()

DISTRICTS: Final = tuple(name for name, _unit in _DISTRICTS.values())
FIRST, SECOND, LAST = date(2020, 5, 19), date(2020, 5, 20), date(2020, 5, 21)
MOVED: Final = "SJ-2020-001"
"""The case that the office gives from 甲一区 to 乙一区 on the last day."""
SILENT: Final = ("乙二县", "丙三县")
"""The districts that have sent nothing for the last day."""


def cases() -> list[Row]:
    """The register: six cases of each district, of both groups; some are overdue."""
    rows: list[Row] = []
    for at, district in enumerate(DISTRICTS):
        for turn in range(6):
            number = f"{'ZZQ' if turn < 2 else 'SJ'}-2020-{at * 6 + turn + 1 if turn < 2 else 100 + at * 6 + turn:03}"
            due = "2020-05-10" if (at + turn) % 7 == 0 else "2020-06-10"
            rows.append(case_row(number, district, 办结时限=due, 包案领导=f"领导{'一二三四五六七八九'[at]}"))
    rows.append(case_row(MOVED, "甲一区"))
    return rows


def workbook(rows: Sequence[Row]) -> bytes:
    """The assignment workbook of the province."""
    liaison = [{"旗区": name, "包联领导": f"领导{at}", "职务": "副局长"} for at, name in enumerate(DISTRICTS)]
    return workbooks.write(workbooks.assignment_pages(rows) | {"包联旗区": page(LIAISON, liaison)})


def _report(at: int, day: date, rows: list[Row]) -> bytes:
    """One district's report: with each day one more case is resolved; what the third district resolved is disputed on the last day."""
    district, code = DISTRICTS[at], [*_DISTRICTS][at]
    own = [row["案件编号"] for row in rows if row["旗区"] == district and row["案件编号"] != MOVED]
    done = (day - FIRST).days + 1 + at % 3
    progress = [
        resolved_row(
            f"{number}", 答复文号=f"信复〔2020〕{at}{turn}号", **({"群众确认": "不认可"} if day == LAST and at == 2 and not turn else {})
        )
        if turn < done
        else progress_row(f"{number}", 今日进展=f"{day.day}日已约谈", **({"需协调事项": "请求协调资金"} if at == 5 else {}))
        for turn, number in enumerate(own)
    ]
    progress += [resolved_row(MOVED, 答复文号="信复〔2020〕99号")] if at == 0 and day < LAST else []
    found = [new_row(f"{code}-2020-001", 排查日期="2020-05-20")] if day == SECOND and at % 2 else []
    urgent = [urgent_row(f"{own[-1]}")] if day == LAST and at == 8 else []
    return workbooks.report(district, day, progress=progress, new=found, urgent=urgent)


@cache
def files() -> tuple[File, ...]:
    """Three days: on the last one a newer workbook moves a case, two districts are silent, and one report of the second comes late."""
    rows = cases()
    moved: list[Row] = [{**row, "旗区": "乙一区"} if row["案件编号"] == MOVED else row for row in rows]
    handed = [assigned(workbook(rows)), assigned(workbook(moved), "2020-05-21 08:00", "分解表2.xlsx")]
    for day in (FIRST, SECOND, LAST):
        for at, district in enumerate(DISTRICTS):
            is_late = (day, district) == (SECOND, "丙一区")
            if day != LAST or district not in SILENT:
                received = "2020-05-21 15:00" if is_late else f"{day} 16:00"
                handed.append(handed_in(_report(at, day, rows), received, f"{district}{day}.xlsx"))
    return tuple(handed)


@cache
def filed() -> tuple[Filed, ...]:
    """The same, read."""
    return tuple(read_in(files(), PROVINCE))


def lay(home: Path) -> Office:
    """Return an office of the province whose inbox holds these files."""
    office = Office(home)
    (home / "config.yaml").write_text(written(), encoding="utf-8")
    office.settings = load(home / "config.yaml")
    for file in files():
        path = f"assignment/{file.name}" if file.is_assignment else file.name
        office.put(file.content, path, file.received.isoformat())
    return office
