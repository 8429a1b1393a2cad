"""Many cases are named in few words. Covers `case_names`."""

from __future__ import annotations

from pipeline.render.papers import case_names


def test_numbers_that_follow_each_other_are_a_run_and_a_gap_ends_it() -> None:
    numbers = [f"SJ-2020-{n:03}" for n in (7, 8, 9, 10, 12)]
    assert list(case_names.runs(numbers)) == ["SJ-2020-007至SJ-2020-010共4件", "SJ-2020-012"]
    assert list(case_names.runs(["SJ-2020-009", "ZZQ-2020-010", "SJ-2019-011"])) == ["SJ-2020-009", "ZZQ-2020-010", "SJ-2019-011"]
    assert list(case_names.runs(["SJ-2020-001", "SJ-2020-002", "SJ-2020-003"])) == ["SJ-2020-001", "SJ-2020-002", "SJ-2020-003"]
    assert list(case_names.runs([])) == []


def test_each_district_is_named_once() -> None:
    few = [("SJ-2020-001", "东胜区"), ("SJ-2020-005", "达拉特旗"), ("SJ-2020-009", "东胜区")]
    assert case_names.by_district(few, 8) == "东胜区SJ-2020-001、SJ-2020-009；达拉特旗SJ-2020-005"
    assert case_names.by_district(few, 1) == "东胜区SJ-2020-001等"
    assert case_names.by_district(few, 0) == ""


def test_of_very_many_each_district_has_a_count_and_the_first() -> None:
    run = [(f"SJ-2020-{n:03}", "准格尔旗") for n in range(17, 65)]
    apart = [(f"ZZQ-2020-{n:03}", "乌审旗") for n in range(1, 11, 2)]
    assert case_names.by_district([*run, *apart, ("SJ-2020-111", "东胜区")], 96) == (
        "准格尔旗SJ-2020-017至SJ-2020-064共48件；乌审旗5件：ZZQ-2020-001、ZZQ-2020-003、ZZQ-2020-005等；东胜区SJ-2020-111"
    )


def test_districts_stand_in_their_own_order_and_are_counted_whole_however_few_are_named() -> None:
    """Of 30 cases four are named: one of every district first; the count is not that of the named ones."""
    cases = [(f"SJ-2020-{n:03}", ("达拉特旗", "准格尔旗", "东胜区")[n % 3]) for n in range(30)]
    order = ("东胜区", "达拉特旗", "准格尔旗")
    assert case_names.by_district(cases, 4, order) == (
        "东胜区10件：SJ-2020-002、SJ-2020-005等；达拉特旗10件：SJ-2020-000等；准格尔旗10件：SJ-2020-001等"
    )
    assert case_names.by_district(cases[:2], 8, order) == "达拉特旗SJ-2020-000；准格尔旗SJ-2020-001"
    assert case_names.by_district(cases, 2, order).endswith("达拉特旗10件：SJ-2020-000等")
