"""A sheet of the plainest cells alone is not looked at cell by cell; it must be understood as if it were."""

from __future__ import annotations

import re

import pytest
from crafting import PARTS, PROGRESS, repacked, swap
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from offices import SETTINGS

from pipeline.reading import reading, workbook
from pipeline.reading.gate import worksheet_xml
from pipeline.reading.gate.safe_workbook import UnreadableError

_LIMITS = reading.limits(SETTINGS)
_EVERY_CELL = re.compile(b"<c")

_inner = st.sampled_from([
    "<v>1</v>", "<v>0</v>", "<v>43972</v>", "<v>43972.5</v>", "<v>2</v>", "<v>-1</v>", "<v>1e99</v>", "<v>12345678</v>", "<v> 7 </v>",
    "<v></v>", "<v/>",     "<v>1</v><v>2</v>", "<v>7.1.2</v>", "<f>1+1</f><v>2</v>", "<f>1+1</f>", "<is><t>甲</t></is>", "<v>#N/A</v>", "",
])  # fmt: skip
_head = st.sampled_from(
    ["", ' s="1"', ' t="s"', ' s="1" t="s"', ' t="s" s="1"', ' t="b"', ' t="str"', ' t="e"', ' t="d"', ' t="inlineStr"', ' s="1" ']
)
_place = st.sampled_from(["A3", "B3", "Z9999", "AA3", "C0", "C03", "C10000", "c3", "A4", "A1048577"])
_cell = st.builds(
    lambda place, head, inner: f'<c r="{place}"{head}>{inner}</c>' if inner else f'<c r="{place}"{head}/>', _place, _head, _inner
)
_plain = st.builds(
    lambda column, row, kind: f'<c r="{column}{row}"{kind}><v>1</v></c>',
    st.sampled_from("ABCZ"),
    st.integers(1, 9999),
    st.sampled_from(["", ' t="s"']),
)


def _understood(content: bytes) -> dict[str, dict[object, object]] | str:
    try:
        book = workbook.read(content, _LIMITS)
    except UnreadableError as error:
        return error.message
    return {
        sheet.name: {
            **{
                (sheet.lines[row], sheet.columns[column]): (type(value).__name__, str(value))
                for row, cells in enumerate(sheet.rows)
                for column, value in enumerate(cells)
                if value != ""
            },
            **{(row, column, "uncached"): "" for row, column in sheet.uncached},
        }
        for sheet in book.sheets
    }


def _sheet(cells: list[str]) -> bytes:
    part = re.sub(rb"(?s)<sheetData>.*</sheetData>", b"<sheetData></sheetData>", PARTS[PROGRESS])
    rows = "".join(f"<row>{cell}</row>" for cell in cells)
    return repacked({PROGRESS: swap(part, b"<sheetData>", b"<sheetData>" + rows.encode())})


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_plain, max_size=4), st.lists(_cell, max_size=2))
def test_it_is_understood_as_if_every_cell_had_been_looked_at(monkeypatch: pytest.MonkeyPatch, plain: list[str], others: list[str]) -> None:
    content = _sheet([*plain, *others])
    quick = _understood(content)
    with monkeypatch.context() as patch:
        patch.setattr(worksheet_xml, "_NOT_PLAINEST", _EVERY_CELL)
        assert quick == _understood(content)


@pytest.mark.parametrize(
    "cell", ['<c r="AA3"><v>1</v></c>', '<c r="A3" t="e"><v>1</v></c>', "<c><v>1</v></c>", '<c r="A3"><v>-1</v></c>', '<c r="A0"/>']
)
def test_what_is_not_the_plainest_is_looked_at(cell: str) -> None:
    assert worksheet_xml._NOT_PLAINEST.search(b"<row>" + cell.encode())  # noqa: SLF001 - which way a sheet takes shows in nothing else


def test_an_ordinary_report_has_the_plainest_cells_alone() -> None:
    assert not worksheet_xml._NOT_PLAINEST.search(PARTS[PROGRESS].partition(b"<sheetData")[2])  # noqa: SLF001
