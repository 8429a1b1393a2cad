"""The two sample weeks, whole: everything that `expected` lists, however and how often the days are consolidated."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import weeks
from offices import HOME, Office, tree
from weeks import CASES, DAYS, WEEKS, Published

from pipeline.ledger.ledger import Ledger
from pipeline.night import nightly
from pipeline.publishing import inputs


def _expected(week: str, day: date) -> dict[str, Any]:
    expected: dict[str, Any] = json.loads((CASES / week / "expected" / f"{day}.json").read_text(encoding="utf-8"))
    return expected


def _differences(expected: object, actual: object, place: str = "") -> list[str]:
    """Where `actual` lacks or contradicts what `expected` lists."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        gone = [f"{place}.{name} is missing" for name in expected if name not in actual]
        return gone + [
            line for name in expected if name in actual for line in _differences(expected[name], actual[name], f"{place}.{name}")
        ]
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        pairs = enumerate(zip(expected, actual, strict=True))
        return [line for index, (wanted, got) in pairs for line in _differences(wanted, got, f"{place}[{index}]")]
    return [] if expected == actual else [f"{place}: expected {expected!r}, not {actual!r}"]


@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize("week", WEEKS)
def test_every_figure_that_is_listed_comes_out(week: str, day: date, published: Published) -> None:
    expected = _expected(week, day)
    del expected["findings"], expected["warnings"]
    assert set(expected) >= {"targets", "by_district", "submissions", "cases", "changes", "flags"}
    assert _differences(expected, published(week).office.summary(day)) == []


@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize("week", WEEKS)
def test_every_refused_row_that_is_listed_is_found_in_its_cell_and_no_other_row_is_refused(
    week: str, day: date, published: Published
) -> None:
    listed = _expected(week, day)["findings"]
    refused = [finding for finding in published(week).office.findings(day) if finding["severity"] == "refused-row"]

    def row(finding: dict[str, str]) -> str:
        return "".join(letter for letter in finding["cell"] if letter.isdigit())

    unfound = [
        want
        for want in listed
        if not any(
            (got["file"], got["code"], got["sheet"], row(got)) == (want["file"], want["code"], want["sheet"], str(want["row"]))
            and want["cell"] in (None, got["cell"])
            for got in refused
        )
    ]
    assert unfound == []
    listed_rows = {(want["file"], want["sheet"], str(want["row"])) for want in listed}
    in_force = _in_force(published(week).office, day)
    assert {(finding["file"], finding["sheet"], row(finding)) for finding in refused if finding["file"] in in_force} == listed_rows


WARNED = frozenset({"older-revision", "dispute-withdrawn", "assignment-postponed"})


@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize("week", WEEKS)
def test_the_warnings_that_are_listed_and_no_others_are_found(week: str, day: date, published: Published) -> None:
    listed = _expected(week, day)["warnings"]
    in_force = _in_force(published(week).office, day)
    found = {
        (finding["code"], finding["file"], finding["cell"])
        for finding in published(week).office.findings(day)
        if finding["code"] in WARNED or (finding["code"] == "reply-before-dispute" and finding["file"] in in_force)
    }
    assert {(code, file) for code, file, _cell in found} == {(want["code"], want["file"]) for want in listed}
    assert len(found) == len(listed)
    assert {(want["code"], want["file"], want["cell"]) for want in listed if want["cell"]} <= found


def _in_force(office: Office, day: date) -> set[str]:
    """The files whose rows count on their own day."""
    with Ledger(office.settings.paths.ledger) as ledger:
        files = inputs.Outlines.of(ledger.outlines()).on(day, office.settings).files_in_force
    return {filed.arrival.name for filed in files if filed.reading.day == day}


@pytest.mark.parametrize("week", WEEKS)
def test_every_day_in_order_gives_the_same_bytes_as_the_range_at_once(week: str, published: Published, office: Office) -> None:
    weeks.lay(week, office)
    for day in DAYS:
        office.run(day)
    assert office.everything() == published(week).office.everything()


@pytest.mark.parametrize("week", WEEKS)
def test_the_last_day_alone_gives_the_same_bytes(week: str, published: Published, office: Office) -> None:
    weeks.lay(week, office)
    office.run(DAYS[-1])
    assert [path.name for path in office.outbox.iterdir()] == [str(DAYS[-1])]
    assert tree(office.outbox / str(DAYS[-1])) == tree(published(week).office.outbox / str(DAYS[-1]))


@pytest.mark.parametrize("week", WEEKS[1:])
def test_files_that_come_in_day_by_day_give_the_same_bytes(week: str, published: Published, office: Office) -> None:
    """Each night only what had arrived by the next morning lies in the inbox."""
    waiting = office.home / "waiting"
    shutil.copytree(weeks.inbox_of(week), waiting)
    for day in DAYS:
        until = f"{day + timedelta(days=1)}T05:00"
        for sidecar in sorted(waiting.rglob("*.envelope.json")):
            if json.loads(sidecar.read_text(encoding="utf-8"))["received_at"] < until or day == DAYS[-1]:
                target = office.inbox / sidecar.relative_to(waiting)
                target.parent.mkdir(parents=True, exist_ok=True)
                sidecar.rename(target)
                sidecar.with_name(sidecar.name.removesuffix(".envelope.json")).rename(
                    target.with_name(target.name.removesuffix(".envelope.json"))
                )
        weeks.settle(office)
        office.run(day)
    assert office.everything() == published(week).office.everything()


def test_a_second_run_changes_nothing_and_takes_nothing(office: Office) -> None:
    weeks.lay("week-light", office)
    office.run(*DAYS)
    before = office.everything()
    again = office.run(*DAYS)
    assert (again.written.published, again.written.unchanged, again.read.files) == ([], DAYS, [])
    assert office.everything() == before


def test_a_whole_run_of_the_command_line_writes_what_another_process_writes(office: Office, tmp_path: Path) -> None:
    """Two processes: in each, sets have an order of their own."""
    other = Office(tmp_path / "other")
    for home in (office, other):
        weeks.lay("week-messy", home)
    command = [sys.executable, str(HOME / "run.py"), "--date", str(DAYS[-1])]
    done = subprocess.run(command, cwd=office.home, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "未达标" in done.stdout
    assert not nightly.run(other.settings, [DAYS[-1]]).faults
    assert office.everything() == other.everything()
    names = {path.name for path in (office.outbox / str(DAYS[-1])).iterdir()}
    assert names >= {
        "summary.json",
        "findings.csv",
        "manifest.json",
        f"信访事项办理情况汇总_{DAYS[-1]}.xlsx",
        f"信访事项办理情况日报_{DAYS[-1]}.html",
    }
    assert _differences(_expected("week-messy", DAYS[-1])["targets"], office.summary(DAYS[-1])["targets"]) == []
    assert [path for path in office.inbox.rglob("*") if path.is_file() and "assignment" not in path.parts] == []
