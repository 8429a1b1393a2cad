"""Every crafted workbook through the real door: one verdict, no fault, in time, and nothing read wrong.

Covers, of `pipeline.reading.gate`: zip_archive, package_relations, xlsx, xml_parts, worksheet_xml, worksheet_rewrite and safe_workbook.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from crafted import EVERY
from crafting import GOOD, READ, Crafted
from offices import CONFIG, ZONE, Office, moment, read_report
from workbooks import CASES, DAY, assignment, case_row, progress_row, report, report_pages, resolved_row, write

from pipeline.reading.readers import Readers
from pipeline.reading.reading import Task, Transcript
from pipeline.settings.config import load
from pipeline.terms.findings import Finding
from pipeline.terms.handed_in import Envelope
from pipeline.terms.rows import read_rows, written

_SECONDS = 10
"""Each should take two at most; on a slow machine, with others beside it, this is what shows that none hangs."""
_REFUSED = [one for one in EVERY if READ not in one.verdict.split("|")]
_READ = [one for one in EVERY if READ in one.verdict.split("|")]


@pytest.fixture(scope="module")
def contents() -> dict[str, bytes]:
    """Every crafted file."""
    return {one.name: one.make() for one in EVERY}


@pytest.fixture(scope="module")
def transcripts(contents: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Transcript]:
    """What the readers say of every crafted file, handed to them all at once."""
    folder = tmp_path_factory.mktemp("crafted")
    plain = load(CONFIG)
    settings = plain.model_copy(update={"limits": plain.limits.model_copy(update={"seconds": _SECONDS})})
    tasks = []
    for number, content in enumerate(contents.values()):
        path = folder / f"{number}.xlsx"
        path.write_bytes(content)
        tasks.append(Task(path, len(content), Envelope(moment(f"{DAY} 16:00")), is_assignment=False))
    with Readers(settings, len(tasks)) as readers:
        return {one.name: said for one, said in zip(EVERY, readers.transcribe(tasks), strict=True)}


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.name)
def test_each_gets_one_verdict_and_is_read_right_or_not_at_all(one: Crafted, transcripts: dict[str, Transcript]) -> None:
    said = transcripts[one.name]
    assert not said.fault
    if said.reading.accepted:
        assert READ in one.verdict.split("|")
        _must_be_read_right(one, said)
        return
    (finding,) = said.reading.findings
    assert finding.code in one.verdict.split("|"), finding.message
    assert finding.severity == "refused-file"


def test_there_are_enough_of_them_and_no_two_have_the_same_name() -> None:
    assert len({one.name for one in EVERY}) == len(EVERY)
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


def _understood(said: Transcript) -> _Understood:
    rows = read_rows(said.rows)
    cells: Cells = {one.sheet: {} for one in rows}
    for one in rows:
        for name, at in one.letters.items():
            for line, value in zip(one.lines, one.values.get(name, ()), strict=False):
                cells[one.sheet][f"{chr(65 + at)}{line}"] = written(value)
    return _Understood(cells, {one.sheet: list(one.lines) for one in rows}, said.reading.cover)


def _must_be_read_right(one: Crafted, said: Transcript) -> None:
    found = sorted(map(_named, said.reading.findings))
    assert sorted({*found} - {*one.may}) == sorted({*one.found})
    assert len(found) == len({*found})
    expected = _understood(Transcript(_BASE, _rows_of_the_base()))
    actual = _understood(said)
    free = {named.partition(" ")[2] for named in (*one.found, *one.may)}
    ways = [one.reads, *([one.otherwise] if one.otherwise is not None else [])]
    assert any(_differences(actual, _with(expected, way), free) == {} for way in ways), _differences(
        actual, _with(expected, one.reads), free
    )


def _rows_of_the_base() -> str:
    from pipeline.terms.rows import write_rows

    return write_rows(_BASE.rows)


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
            letters = {re.sub(r"\d", "", known) for known in cells[sheet]}
            cells[sheet] |= {f"{letter}{line}": None for letter in letters if f"{letter}{line}" not in cells[sheet]}
        cells[sheet][cell] = value
    return _Understood(cells, lines, cover)


def _differences(actual: _Understood, expected: _Understood, free: set[str]) -> dict[str, tuple[object, object]]:
    """Where two readings differ, but for the cells that are free."""
    found: dict[str, tuple[object, object]] = {}
    if actual.cover != expected.cover:
        found["封面"] = (actual.cover, expected.cover)
    for sheet in {*actual.lines, *expected.lines}:
        if actual.lines.get(sheet) != expected.lines.get(sheet):
            found[sheet] = (actual.lines.get(sheet), expected.lines.get(sheet))
        one, other = actual.cells.get(sheet, {}), expected.cells.get(sheet, {})
        for cell in {*one, *other}:
            if one.get(cell) != other.get(cell) and f"{sheet}!{cell}" not in free:
                found[f"{sheet}!{cell}"] = (one.get(cell), other.get(cell))
    return found


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
    said = office.summary(DAY)
    submissions = [{**one, "revision": 0, "received_at": ""} for one in said["submissions"]]
    return {**said, "submissions": submissions}


def test_a_night_with_all_of_them_ends_and_leaves_the_good_reports_figures_as_they_are(tmp_path: Path, contents: dict[str, bytes]) -> None:
    alone, crowded = Office(tmp_path / "alone"), Office(tmp_path / "crowded")
    for office in (alone, crowded):
        _fill(office)
    for number, content in enumerate(contents.values()):
        crowded.put(content, f"crafted/{number:03}.xlsx", _late(10))
    alone.run(DAY)
    crowded.run(DAY)
    assert _figures(crowded) == _figures(alone)
    names = {f"{number:03}.xlsx" for number in range(len(EVERY))}
    refused = [one["file"] for one in crowded.findings(DAY) if one["severity"] == "refused-file" and one["file"] in names]
    assert len(refused) == len({*refused}) >= len(_REFUSED)
    assert not [path for path in (crowded.inbox / "crafted").rglob("*") if path.is_file()]
