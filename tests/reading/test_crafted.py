"""Every crafted workbook through the real door: one verdict, no fault, in time, and nothing read wrong.

Covers, of `pipeline.reading.gate`: `zip_archive`, `package_relations`, `xlsx`, `xml_parts`, `worksheet_xml`,
`worksheet_rewrite` and `safe_workbook`.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pytest
import reader_with_work_limit
from crafted import EVERY
from crafting import GOOD, READ, Crafted
from offices import ZONE, Office, read_report
from workbooks import CASES, DAY, assignment, case_row, progress_row, report, report_pages, resolved_row, write

from pipeline.ledger.ledger import Ledger
from pipeline.reading import readers
from pipeline.terms.findings import Finding
from pipeline.terms.handed_in import Reading
from pipeline.terms.rows import written

_SECONDS = 120
"""Of the wall clock, for a reader that waits and does not work; how long one works is limited by `reader_with_work_limit`."""
_REFUSED = [crafted for crafted in EVERY if READ not in crafted.verdict.split("|")]
_READ = [crafted for crafted in EVERY if READ in crafted.verdict.split("|")]


@pytest.fixture(scope="module")
def crowded(cold_workers: None, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office after its night with good reports, and with every crafted file beside them."""
    del cold_workers
    office = Office(tmp_path_factory.mktemp("crowded"))
    limits = office.settings.limits.model_copy(update={"seconds": _SECONDS})
    office.settings = office.settings.model_copy(update={"limits": limits})
    _fill(office)
    for number, crafted in enumerate(EVERY):
        office.put(crafted.make(), f"crafted/{_name(number)}", _late(10))
    with pytest.MonkeyPatch.context() as patch:
        if hasattr(signal, "setitimer"):  # Windows has no timer of this kind
            patch.setattr(readers, "PROGRAM", reader_with_work_limit.PROGRAM)
        assert office.run(DAY).read.faults == []
    return office


def _name(number: int) -> str:
    return f"{number:03}.xlsx"


@pytest.fixture(scope="module")
def readings(crowded: Office) -> dict[str, Reading]:
    """What was read from every crafted file in that night, as it was filed."""
    with Ledger(crowded.settings.paths.ledger) as ledger:
        filed = {filed.arrival.name: filed.reading for filed in ledger.load(ledger.outlines())}
    return {crafted.name: filed[_name(number)] for number, crafted in enumerate(EVERY)}


@pytest.mark.parametrize("crafted", EVERY, ids=lambda crafted: crafted.name)
def test_each_gets_one_verdict_and_is_read_right_or_not_at_all(crafted: Crafted, readings: dict[str, Reading]) -> None:
    reading = readings[crafted.name]
    if reading.accepted:
        assert READ in crafted.verdict.split("|")
        _must_be_read_right(crafted, reading)
        return
    (finding,) = reading.findings
    assert finding.code in crafted.verdict.split("|"), finding.message
    assert finding.severity == "refused-file"


def test_there_are_enough_of_them_and_no_two_have_the_same_name() -> None:
    assert len({crafted.name for crafted in EVERY}) == len(EVERY)
    assert len(_REFUSED) > 75
    assert len(_READ) > 75


# --- what was understood -----------------------------------------------------------------------------------------

Cells = dict[str, dict[str, str | None]]
"""What was understood: by sheet, each cell by its address."""


@dataclass(frozen=True, slots=True)
class _Understood:
    cells: Cells
    lines: dict[str, list[int]]
    cover: dict[str, str]


_BASE = read_report(GOOD)


def _understood(reading: Reading) -> _Understood:
    cells: Cells = {sheet.sheet: {} for sheet in reading.rows}
    for sheet in reading.rows:
        for name, at in sheet.letters.items():
            for line, value in zip(sheet.lines, sheet.values.get(name, ()), strict=False):
                cells[sheet.sheet][f"{chr(65 + at)}{line}"] = written(value)
    return _Understood(cells, {sheet.sheet: list(sheet.lines) for sheet in reading.rows}, reading.cover)


def _must_be_read_right(crafted: Crafted, reading: Reading) -> None:
    findings = sorted(map(_named, reading.findings))
    assert sorted({*findings} - {*crafted.may}) == sorted({*crafted.found})
    assert len(findings) == len({*findings})
    expected = _understood(_BASE)
    actual = _understood(reading)
    free = {named.partition(" ")[2] for named in (*crafted.found, *crafted.may)}
    ways = [crafted.reads, *([crafted.otherwise] if crafted.otherwise is not None else [])]
    assert any(_differences(actual, _with(expected, way), free) == {} for way in ways), _differences(
        actual, _with(expected, crafted.reads), free
    )


def _named(finding: Finding) -> str:
    return f"{finding.code} {finding.sheet}!{finding.cell}"


def _with(expected: _Understood, reads: Mapping[str, str | None]) -> _Understood:
    cells = {sheet: dict(values) for sheet, values in expected.cells.items()}
    lines = {sheet: list(numbers) for sheet, numbers in expected.lines.items()}
    cover = dict(expected.cover)
    for address, value in reads.items():
        sheet, _, cell = address.partition("!")
        if sheet == "封面":
            cover[cell] = value or ""
            continue
        line = int(re.sub(r"\D", "", cell))
        if line not in lines[sheet]:
            lines[sheet] = sorted([*lines[sheet], line])
            letters = {re.sub(r"\d", "", address_of_cell) for address_of_cell in cells[sheet]}
            cells[sheet] |= {f"{letter}{line}": None for letter in letters if f"{letter}{line}" not in cells[sheet]}
        cells[sheet][cell] = value
    return _Understood(cells, lines, cover)


def _differences(actual: _Understood, expected: _Understood, free: set[str]) -> dict[str, tuple[object, object]]:
    """Where two readings differ, but for the cells that are free."""
    differences: dict[str, tuple[object, object]] = {}
    if actual.cover != expected.cover:
        differences["封面"] = (actual.cover, expected.cover)
    for sheet in {*actual.lines, *expected.lines}:
        if actual.lines.get(sheet) != expected.lines.get(sheet):
            differences[sheet] = (actual.lines.get(sheet), expected.lines.get(sheet))
        read, right = actual.cells.get(sheet, {}), expected.cells.get(sheet, {})
        for cell in {*read, *right}:
            if read.get(cell) != right.get(cell) and f"{sheet}!{cell}" not in free:
                differences[f"{sheet}!{cell}"] = (read.get(cell), right.get(cell))
    return differences


# --- the night's run ---------------------------------------------------------------------------------------------


def _late(minute: int) -> str:
    return datetime(DAY.year, DAY.month, DAY.day, 16, minute, tzinfo=ZONE).isoformat()


def _fill(office: Office) -> None:
    """An assignment workbook, and three good reports that arrive last."""
    office.put_assignment(assignment([*CASES, case_row("SJ-2020-003", "康巴什区")]))
    office.put(write(report_pages()), "东胜区.xlsx", _late(58))
    office.put(report("达拉特旗", progress=[resolved_row("SJ-2020-002", 答复日期=DAY)]), "达拉特旗.xlsx", _late(58))
    office.put(report("康巴什区", progress=[progress_row("SJ-2020-003")]), "康巴什区.xlsx", _late(58))


def _figures(office: Office) -> dict[str, object]:
    """The day's figures, but for how often a district handed in: that is what all the crafted files do."""
    summary = office.summary(DAY)
    submissions = [{**submission, "revision": 0, "received_at": ""} for submission in summary["submissions"]]
    return {**summary, "submissions": submissions}


def test_a_night_with_all_of_them_ends_and_leaves_the_good_reports_figures_as_they_are(crowded: Office, office: Office) -> None:
    _fill(office)
    office.run(DAY)
    assert _figures(crowded) == _figures(office)
    names = {_name(number) for number in range(len(EVERY))}
    refused = [finding["file"] for finding in crowded.findings(DAY) if finding["severity"] == "refused-file" and finding["file"] in names]
    assert len(refused) == len({*refused}) >= len(_REFUSED)
    assert not [path for path in (crowded.inbox / "crafted").rglob("*") if path.is_file()]
