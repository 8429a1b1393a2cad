from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.terms.case_numbers import Register, canonical, is_case_number, letters


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("SJ-2020-001", "SJ-2020-001"),
        ("sj-2020-001", "SJ-2020-001"),
        (" SJ - 2020 - 001 ", "SJ-2020-001"),
        ("SJ2020001", "SJ-2020-001"),
        ("SJ-2020001", "SJ-2020-001"),
        ("SJ2020-001", "SJ-2020-001"),
        ("ＳＪ－２０２０－００１", "SJ-2020-001"),
        ("SJ—2020—1", "SJ-2020-1"),
        ("sj20200014", "SJ-2020-0014"),
        ("SJ-20-1", "SJ-20-1"),
        ("待定", "待定"),
    ],
)
def test_a_number_is_kept_with_dashes_in_upper_case_and_digits_as_written(written: str, number: str) -> None:
    assert canonical(written) == number
    assert canonical(number) == number


@pytest.mark.parametrize("written", ["SJ-2020-001", "zzq2020 1", "ＤＳ２０２０００３"])
def test_this_looks_like_a_case_number(written: str) -> None:
    assert is_case_number(written)


@pytest.mark.parametrize("written", ["", "合计", "SJ-2020", "2020-001", "SJ-2020-001号", "SJ-20-1", "以下空白", "填报日期：20200521"])
def test_this_does_not_look_like_a_case_number(written: str) -> None:
    assert not is_case_number(written)


def test_the_letters_say_whose_the_number_is() -> None:
    assert letters(canonical("dlt2020001")) == "DLT"


@pytest.mark.parametrize(
    ("register", "written", "meant"),
    [
        ("SJ-2020-001", "SJ-2020-001", "SJ-2020-001"),
        ("SJ-2020-001", "SJ2020001", "SJ-2020-001"),
        ("SJ-2020-001", "SJ-2020-1", "SJ-2020-001"),
        ("SJ-2020-1", "SJ-2020-0001", "SJ-2020-1"),
        ("SJ-2020-001 SJ-2020-01", "SJ-2020-01", "SJ-2020-01"),
        ("SJ-2020-001 SJ-2020-01", "SJ-2020-1", None),
        ("SJ-2020-001 ZSJ-2020-001", "SJ-2020-1", "SJ-2020-001"),
        ("SJ-2020-010", "SJ-2020-1", None),
        ("SJ-2020-001", "SJ-2021-001", None),
        ("", "SJ-2020-001", None),
    ],
)
def test_a_number_is_taken_if_exactly_one_case_matches_and_one_written_exactly_wins(register: str, written: str, meant: str | None) -> None:
    assert Register(register.split()).find(canonical(written)) == meant


@given(st.from_regex(r"[A-Z]{1,4}-[0-9]{4}-[0-9]{1,5}", fullmatch=True), st.data())
def test_no_way_of_writing_a_number_loses_it(number: str, data: st.DataObject) -> None:
    written = "".join(data.draw(st.sampled_from([c.lower(), c, f"{c} ", f"{c}\u200b"])) for c in number if c != "-")
    assert Register([number]).find(canonical(written)) == number


# --- from the contract's sentences, found wanting while this was written ---------------------------------------


@pytest.mark.parametrize("written", ["填表日期20200521", "共20205件", "联系人电话13912345678", "截至20200521"])
def test_words_and_digits_are_no_case_number(written: str) -> None:
    assert not is_case_number(written)
