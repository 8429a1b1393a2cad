"""Characters that only look like the right one."""

from __future__ import annotations

import pytest

from pipeline.terms.contract import STATUSES
from pipeline.terms.look_alikes import number_meant, retype
from pipeline.terms.text import clean, key


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("己化解", "其中“己”（U+5DF1）只是看着像“已”（U+5DF2），请删掉后重新输入“已化解”。"),
        ("已化解", ""),
        ("已 化解", ""),
        ("已化", ""),
        ("办完了", ""),
    ],
)
def test_a_list_value_with_a_character_that_only_looks_right_is_said(written: str, said: str) -> None:
    assert retype(written, STATUSES) == said


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("SJ-2\u041e20-\u041e\u041e1", "SJ-2020-001"),
        ("SJ-2O2O-OO1", "SJ-2020-001"),
        ("\u0405\u0408-2020-OL4", "SJ-2020-014"),
        ("\u0405\u04082020014", "SJ-2020-014"),
        ("ZZQ-2020-001", "ZZQ-2020-001"),
        ("东胜一号", "东胜一号"),
    ],
)
def test_the_number_that_its_characters_look_like(written: str, meant: str) -> None:
    assert number_meant(written) == meant


def test_of_several_characters_the_first_are_named() -> None:
    said = retype("\u0405\u0408-2\u041e20-OO1", ["SJ-2020-001"])
    assert said.startswith("其中“\u0405”（U+0405）只是看着像“S”（U+0053），“\u0408”（U+0408）")
    assert said.endswith("等 4 处，请删掉后重新输入“SJ-2020-001”。")


def test_nothing_is_said_where_two_could_be_meant() -> None:
    assert retype("\u041e", ["0", "O"]) == ""


def test_radicals_are_ideographs_in_lists_and_free_text() -> None:
    assert key("居\u2ea0") == key("居民")
    assert clean("\u2f64\u2f54、居\u2ea0\n\u2ed4") == "用水、居民\n门"
    assert key("\u2ecb\u2ee2") == "车马"
