"""Rows as the ledger keeps them: what an office has stored is read as what it is, and written again with the same bytes."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.terms import contract
from pipeline.terms.month_day import MonthDay
from pipeline.terms.rows import Value, read_rows, write_rows

STORED = (
    ("新增案件", "排查日期", "2020-05-21", date(2020, 5, 21)),
    ("新增案件", "排查日期", "2020-02-30", "2020-02-30"),
    ("新增案件", "排查日期", "20200521", "20200521"),
    ("新增案件", "排查日期", "下周", "下周"),
    ("新增案件", "涉及户数", "12", Decimal(12)),
    ("新增案件", "涉及户数", "0", Decimal(0)),
    ("新增案件", "涉及户数", "012", "012"),
    ("新增案件", "涉及户数", "约12户", "约12户"),
    ("新增案件", "涉及金额", "35.50", Decimal("35.50")),
    ("新增案件", "涉及金额", "-1", "-1"),
    ("新增案件", "案由", "2020-05-21", "2020-05-21"),
    ("案件进展", "办结时限", "--05-21", MonthDay(5, 21)),
    ("案件进展", "办结时限", "月底", "月底"),
    ("案件进展", "答复日期", None, None),
    ("急报事项", "发生时间", "2020-05-21 00:00", datetime(2020, 5, 21)),  # noqa: DTZ001 - of the office's clock
    ("急报事项", "发生时间", "2020-05-21", date(2020, 5, 21)),
    ("急报事项", "发生时间", "2020-05-21 25:00", "2020-05-21 25:00"),
)


def _stored(sheet: str, column: str, values: object) -> str:
    head = {"sheet": sheet, "name": sheet, "letters": {column: 0}, "lines": [2, 3], "unread": {}, "refused": []}
    return json.dumps([{**head, "values": {column: values}}], ensure_ascii=False, separators=(",", ":"))


@pytest.mark.parametrize(("sheet", "column", "text", "meant"), STORED)
def test_what_was_stored_is_read_as_what_it_is_and_written_the_same(sheet: str, column: str, text: str | None, meant: Value) -> None:
    stored = _stored(sheet, column, {"all": text})
    rows = read_rows(stored)
    assert rows[0].values[column] == [meant, meant]
    assert type(rows[0].values[column][0]) is type(meant)
    assert write_rows(rows) == stored


@given(
    st.sampled_from([(sheet.name, column.name) for sheet in contract.SHEETS.values() for column in sheet.columns]),
    st.lists(st.none() | st.text("0123456789-: .一", max_size=16) | st.dates().map(str), min_size=2, max_size=2, unique=True),
)
def test_whatever_was_stored_is_written_again_with_the_same_bytes(place: tuple[str, str], values: list[str | None]) -> None:
    stored = _stored(*place, values)
    assert write_rows(read_rows(stored)) == stored


def test_a_text_that_comes_again_is_kept_once() -> None:
    texts = dict[str, str]()
    stored = [_stored("案件进展", "案由", [f"甲小区{number}", f"乙小区{number}"]) for number in (1, 1, 2)]
    first, again, other = (read_rows(rows, texts)[0].values["案由"] for rows in stored)
    assert first == again
    assert [one is two for one, two in zip(first, again, strict=True)] == [True, True]
    assert first != other
