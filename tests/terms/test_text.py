from __future__ import annotations

import sys
import time as clock
import unicodedata
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.terms.text import as_text, clean, is_empty, is_personal, key, mask, masked_cell, nfkc, personal_numbers


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("办 理 中", "办理中"),
        ("办\u3000理\n中", "办理中"),
        ("办\u200b理\ufeff中\u00ad", "办理中"),
        ("ｓｊ－２０２０－００１", "SJ-2020-001"),
        ("sj—2020–001", "SJ-2020-001"),
        ("（必填）", "(必填)"),
        ("涉及金额（万元）", "涉及金额(万元)"),
        ("ﬁ", "FI"),
        ("", ""),
    ],
)
def test_text_is_compared_in_one_form(written: str, compared: str) -> None:
    assert key(written) == compared


def test_every_format_character_and_all_white_space_is_removed_in_comparing() -> None:
    kept = [hex(n) for n in range(sys.maxunicode + 1) if unicodedata.category(chr(n)) == "Cf" and key(f"a{chr(n)}b") != "AB"]
    assert kept == []
    assert [hex(n) for n in range(sys.maxunicode + 1) if chr(n).isspace() and key(f"a{chr(n)}b") != "AB"] == []


def test_all_dashes_are_equal() -> None:
    dashes = [chr(n) for n in range(sys.maxunicode + 1) if unicodedata.category(chr(n)) == "Pd" and chr(n) not in "\u301c\u3030\u30a0"]
    assert [hex(ord(dash)) for dash in [*dashes, "\u2212"] if key(f"SJ{dash}2020") != "SJ-2020"] == []


@given(st.text())
def test_no_blank_counts_in_comparing(text: str) -> None:
    assert not any(c.isspace() or unicodedata.category(c) == "Cf" for c in key(text))
    assert key(f" {text}\u200b") == key(text)
    assert is_empty(text) == is_empty(f" {text}\u200b")


@pytest.mark.parametrize("cell", ["", None, " ", "\u3000\n", "无", "暂无", " 暂 无 ", "/", "／", "-", "－", "—", "–", "\u200b"])
def test_these_count_as_empty(cell: object) -> None:
    assert is_empty(cell)


@pytest.mark.parametrize("cell", ["0", 0, 0.0, False, "无法联系", "暂无进展", "a/b", "没有", "1-2", date(2020, 5, 21)])
def test_these_do_not_count_as_empty(cell: object) -> None:
    assert not is_empty(cell)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  已约谈。\n下一步：复查；  ", "已约谈。\n下一步：复查；"),
        ("一\r\n二\r三", "一\n二\n三"),
        ("已\x00约\x07谈\x1b", "已约谈"),
        ("，。；：“”", "，。；：“”"),
        ("Ａ ｂ", "Ａ ｂ"),
    ],
)
def test_free_text_is_trimmed_without_control_characters_and_otherwise_as_written(written: str, kept: str) -> None:
    assert clean(written) == kept


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (456.0, "456"),
        (4.5, "4.5"),
        (13912345678.0, "13912345678"),
        (True, "TRUE"),
        (None, ""),
        (date(2020, 5, 21), "2020-05-21"),
        (datetime(2020, 5, 21), "2020-05-21"),  # noqa: DTZ001
        (datetime(2020, 5, 21, 9, 30), "2020-05-21 09:30"),  # noqa: DTZ001
    ],
)
def test_a_cell_is_shown_as_its_reader_sees_it(cell: object, shown: str) -> None:
    assert as_text(cell) == shown


# --- personal numbers --------------------------------------------------------------------------------------------

CITIZEN = "11010519491231002X"
BANK_16, BANK_19 = "6222020200112230", "6222020200112233446"

FOUND = (
    CITIZEN,
    CITIZEN.lower(),
    "身份证11010519491231002X号",
    "110105 19491231 002X",
    "110105-1949-1231-002X",
    "１１０１０５１９４９１２３１００２Ｘ",
    "13912345678",
    "电话:13912345678。",
    "139 1234 5678",
    "139-1234-5678",
    "139—1234—5678",
    "１３９１２３４５６７８",
    "139\u30001234\u00a05678",
    "0477-13912345678",
    "86 13912345678",
    "+8613912345678",
    "＋86139-1234-5678",
    "008613912345678",
    "19912345678",
    BANK_19,
    "6222 0202 0011 2233 446",
)
NOT_FOUND = (
    "11010519491231002",
    "110105194912310021",
    "110105194913310020",
    "12912345678",
    "1391234567",
    "139123456789",
    "913912345678",
    "8613912345678",
    "1008613912345678",
    "+86139123456789",
    "+8612912345678",
    "139--12345678",
    "139  12345678",
    "139.1234.5678",
    "6222020200112233447",
    "6322020200112233446",
    "622202020011223344",
    "SJ-2020-001",
    "2020-05-21 09:30",
    "东住建信〔2020〕1号",
    "",
)


@pytest.mark.parametrize("text", FOUND)
def test_a_personal_number_is_found_and_masked_but_for_three_digits(text: str) -> None:
    assert len(personal_numbers(text)) == 1
    ((start, end),) = personal_numbers(text)
    digits = [c for c in nfkc(text)[start:end] if c.isalnum()]
    hidden = mask(text)
    assert "".join(c for c in hidden if c.isalnum() or c == "*").count("*") == len(digits) - 3
    assert personal_numbers(hidden) == []


@pytest.mark.parametrize(
    ("cell", "hidden"),
    [
        (110105194912310000.0, "110***************"),
        (110105194912310021.0, "110***************"),
        (11010519491231000.0, "110**************"),
        (110105189912310000.0, "110105189912310000"),
        (110105194913310000.0, "110105194913310000"),
        ("110105194912310000", "110105194912310000"),
        (1101051949123100.0, "1101051949123100"),
        (13912345678.0, "139********"),
        (True, "TRUE"),
    ],
)
def test_a_citizen_number_in_a_number_cell_is_known_without_its_last_digits(cell: object, hidden: str) -> None:
    assert masked_cell(cell) == hidden
    assert is_personal(cell) is ("*" in hidden)


@pytest.mark.parametrize("text", NOT_FOUND)
def test_what_is_no_personal_number_is_left_as_it_is(text: str) -> None:
    assert personal_numbers(text) == []
    assert mask(text) == text


@pytest.mark.parametrize(("length", "valid"), [(15, False), (16, True), (17, True), (18, True), (19, True), (20, False)])
def test_a_bank_card_number_has_16_to_19_digits_and_a_luhn_sum(length: int, *, valid: bool) -> None:
    stem = "62" + "0" * (length - 3)
    doubled = [int(digit) * (1 + (index + 1) % 2) for index, digit in enumerate(reversed(stem))]
    check = -sum(value - 9 * (value > 9) for value in doubled) % 10
    assert bool(personal_numbers(f"{stem}{check}")) is valid
    assert not personal_numbers(f"{stem}{(check + 1) % 10}")


def test_two_numbers_in_one_text_are_both_hidden() -> None:
    assert mask(f"{CITIZEN}、13912345678") == "110***************、139********"


@given(st.text(alphabet="0123456789xX-— 1３９ａ\n", max_size=60))
def test_nothing_personal_is_left_after_masking(text: str) -> None:
    assert personal_numbers(mask(text)) == []


# --- from the contract's sentences, found wanting while this was written ---------------------------------------


def test_a_number_that_shows_once_control_characters_are_dropped_is_found() -> None:
    assert personal_numbers("139\x071234\x075678") != []


def test_masking_a_cell_full_of_digits_takes_no_time() -> None:
    begun = clock.process_time()
    mask("1391234567 " * 3000)
    assert clock.process_time() - begun < 1.0
