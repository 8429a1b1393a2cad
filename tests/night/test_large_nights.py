"""A night whose day is large: each district's documents made beside one another, the folder whole, the same bytes each time."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import dying
import openpyxl
import pytest
from offices import Office, tree
from provinces import FIRST, LAST, SECOND, lay

from pipeline.ledger import editions
from pipeline.ledger.ledger import Ledger
from pipeline.night import nightly
from pipeline.publishing import outbox, own_cases
from pipeline.render import makers
from pipeline.render.documents import ALL
from pipeline.render.receipts import receipt_files
from pipeline.report import case_register
from pipeline.settings.large_days import LargeDay


def _office(home: Path) -> Office:
    office = lay(home)
    office.settings = office.settings.model_copy(update={"large_day": LargeDay(cases=2, workbook_rows=2)})
    return office


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Office:
    office = _office(tmp_path_factory.mktemp("large"))
    nightly.run(office.settings, [FIRST, SECOND, LAST], documents=ALL)
    return office


def test_the_folder_is_whole_and_has_each_districts_documents(large: Office) -> None:
    folder = large.outbox / LAST.isoformat()
    assert outbox.is_as_written(folder)
    files = tree(folder)
    for name in large.settings.district_names:
        assert {f"案件/{name}.html", f"汇总/{name}.xlsx"} <= files.keys()
    assert sum(name.startswith("日报模板/") for name in files) == len(large.settings.districts)
    assert [path.name for path in large.outbox.iterdir() if path.name.startswith(".")] == []


def test_a_level_has_its_cases_in_a_file_and_leads_to_the_districts_pages(large: Office) -> None:
    folder = large.outbox / LAST.isoformat()
    unit = folder / "单位" / "甲市"
    assert '"file": "cases.jsonl"' in (unit / "summary.json").read_text(encoding="utf-8")
    (page,) = unit.glob("*.html")
    links = re.findall(r'href="([^"#]+\.html)', page.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (unit / unquote(link)).is_file()] == []
    assert {Path(link).stem for link in links} <= {
        "甲一区",
        "甲二县",
        "甲三县",
        *(name for name in large.settings.district_names if name[0] == "甲"),
    }


def test_a_districts_own_cases_are_known_from_its_workbook(large: Office) -> None:
    with Ledger(large.settings.paths.ledger) as ledger:
        of_day = editions.held_of_day(ledger, LAST)
    read = own_cases.read("甲一区", of_day, large.settings.paths.editions)
    own = read.between(of_day[-1], of_day[-1])
    assert own.then == own.now == {case: whose for case, whose in _register(large) if whose == "甲一区"}
    assert own.then


def _register(office: Office) -> set[tuple[str, str]]:
    """Each case with its district, as the districts' workbooks have them."""
    found = set()
    for path in (office.outbox / LAST.isoformat() / "汇总").glob("*.xlsx"):
        rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(path)["案件台账"].iter_rows()]
        found |= {(str(row[0]), str(row[2])) for row in rows[3:] if row[0] and row[2]}
    return found


def test_a_second_night_finds_everything_as_it_stands(large: Office) -> None:
    before = large.everything()
    assert nightly.run(large.settings, [FIRST, SECOND, LAST], documents=ALL).written.published == []
    assert large.everything() == before


def test_processes_give_the_same_bytes_and_one_that_died_costs_nothing(
    large: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(makers, "_WORTH", 1)
    beside = _office(tmp_path / "beside")
    nightly.run(beside.settings, [FIRST, SECOND, LAST], documents=ALL)
    assert beside.everything() == large.everything()
    monkeypatch.setattr(makers, "_do_there", dying.die)
    without = _office(tmp_path / "without")
    nightly.run(without.settings, [FIRST, SECOND, LAST], documents=ALL)
    assert without.everything() == large.everything()


@pytest.mark.parametrize(("cases", "expected"), [(2, ["回执", "台账"]), (3000, ["台账", "回执"])])
def test_the_receipts_of_a_large_day_are_begun_before_its_register_is_drawn_up(
    cases: int, expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = lay(tmp_path)
    office.settings = office.settings.model_copy(update={"large_day": LargeDay(cases=cases)})
    order: list[str] = []
    begin, lines = receipt_files.begin, case_register.case_lines
    monkeypatch.setattr(receipt_files, "begin", lambda *given: order.append("回执") or begin(*given))  # type: ignore[func-returns-value]
    monkeypatch.setattr(case_register, "case_lines", lambda *given: order.append("台账") or lines(*given))  # type: ignore[func-returns-value]
    nightly.run(office.settings, [LAST], documents=ALL)
    assert list(dict.fromkeys(order)) == expected
    assert order.count("回执") == 1
