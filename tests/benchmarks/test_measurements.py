"""The measurements themselves, tried on the smallest offices: every line is there, and nothing is asserted of a time."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from lxml import etree

from benchmarks import floors, growth, judged, measuring, peers


def test_what_the_program_is_judged_by_is_measured_and_shown(tmp_path: Path) -> None:
    lines = [*judged.many(tmp_path, judged.TINY, None), *judged.year(tmp_path, judged.TINY)]
    table = measuring.page(lines, 1, " --judged")
    works = [line.work for line in lines]
    assert "Each measured once, in turn on the same files." in table
    assert "a correction of one report among 17" in works
    assert "every file of the day 4 of nine districts, cold, the days before it read and the last of them published" in works
    assert all(line.ours.wall and line.ours.processor and line.ours.peak for line in lines)
    assert len(table.splitlines()) == len(lines) + 7
    assert {row.count("|") for row in table.splitlines()[5:]} == {13}


@pytest.mark.external
def test_a_day_and_nine_workbooks_are_measured(tmp_path: Path) -> None:
    lines = [*judged.day(tmp_path, judged.TINY), *judged.nine(tmp_path, judged.TINY)]
    assert [line.ours.processor > 0 for line in lines] == [True] * 4


def test_more_workbooks_may_take_so_much_more_and_no_more(tmp_path: Path) -> None:
    (line,) = judged.ten_times(tmp_path, dataclasses.replace(judged.TINY, days_of_many=1, left_out=0, days_of_ten_times=2))
    assert line.work.startswith("17 workbooks of 3 rows")
    assert line.beside == "9 of them"
    assert line.at_most == pytest.approx(17 / 9 * 1.05)


@pytest.mark.external
def test_two_workers_are_measured_beside_none_with_what_they_take_themselves(tmp_path: Path) -> None:
    (line,) = judged.two_workers(tmp_path, dataclasses.replace(judged.TINY, districts=40))
    assert line.work == "40 districts with 2 rows of one day, every file, cold, with two Dask workers on this computer"
    assert line.theirs
    assert min(line.ours.processor, line.theirs.processor) > 0


@pytest.mark.external
def test_a_region_tells_how_large_its_page_is(tmp_path: Path) -> None:
    (line,) = judged.large(tmp_path, judged.TINY)
    assert line.work.startswith("12 districts with 2 rows of one day, every file, cold, once; the page has 0.")


def test_the_floor_of_many_workbooks_is_the_sum_of_its_parts(tmp_path: Path) -> None:
    floor = floors.many(tmp_path, judged.TINY, None)
    assert len(floor.parts) == 3
    assert 0 < floor.least < floor.ours.processor
    table = floors.page([floor], "")
    assert f"| **the floor** | {floor.least / 2:.2f} on two cores at least | **{floor.least:.2f}** | 1 |" in table
    assert {row.count("|") for row in table.splitlines() if row.startswith("|")} == {5}


@pytest.mark.external
def test_every_part_of_a_day_s_floor_has_something_to_do(tmp_path: Path) -> None:
    for floor in (floors.day(tmp_path, judged.TINY, 22, script=True), floors.large(tmp_path, judged.TINY)):
        assert len(floor.parts) == 7
        assert floor.least < floor.ours.processor
        assert all(part.processor > 0.001 for part in floor.parts.values())


def test_every_library_beside_it_is_pinned_and_none_of_them_is_the_program_s(pytestconfig: pytest.Config) -> None:
    wanted = (peers.HERE / "requirements.in").read_text(encoding="utf-8").split()
    pinned = (peers.HERE / "requirements.txt").read_text(encoding="utf-8")
    assert all(f"\n{name.split('>=')[0].split('[')[0]}==" in "\n" + pinned for name in wanted)
    programs = (pytestconfig.rootpath / "requirements-dev.txt").read_text(encoding="utf-8")
    assert not [name for name in ("pandera", "polars", "fastexcel", "frictionless") if f"\n{name}==" in programs]


@pytest.mark.external
def test_the_libraries_beside_it_find_nothing_wrong_with_the_workbooks(tmp_path: Path) -> None:
    office = tmp_path / "office"
    measuring.make(office, "--days", "1", "--rows", "30")
    python = peers.python(tmp_path / "peers")
    assert all(measuring.inside(name, office, python).processor for name in peers.WORKS)


def test_a_line_through_what_was_measured_tells_what_one_more_costs() -> None:
    assert growth.line_through({10: 3.0, 30: 5.0, 100: 12.0, 300: 32.0}) == pytest.approx((2, 0.1))


def test_growth_is_shown_as_a_table_and_a_picture(tmp_path: Path) -> None:
    kinds = [dataclasses.replace(growth.KINDS[0], quick=(1, 2))]
    found = growth.measure(tmp_path, quick=True, kinds=kinds)
    assert list(found[kinds[0].title]) == [1, 2]
    assert "| files of 22 rows: read, checked, folded, three data files | 1: " in growth.table(found, kinds)
    picture = etree.fromstring(growth.picture(found).encode())
    assert len(list(picture.iter("{http://www.w3.org/2000/svg}circle"))) == 2
