"""A click on a figure of the workbook shows exactly its cases. Covers `figure_cases_sheet`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import pytest
from openpyxl.cell import Cell
from openpyxl.utils.cell import range_boundaries
from weeks import WEEKS, Published
from workbook_days import a_full_report, opened

from pipeline.render.workbook import formulas, office_workbook
from pipeline.render.workbook.figure_places import CANCELLED, DETAILS, FOLLOW_UPS, NEAREST, REGISTER
from pipeline.render.workbook.sheet_words import LINKS_END
from pipeline.report.case_lines import CaseLine
from pipeline.report.report import Report
from pipeline.terms.words import FLAGS

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
Picked = Callable[[CaseLine], bool]
FIGURES = ("总数", "已化解", "化解率", "还差（件）", "是否达标")
PARTS = {"按组别": "group", "按来源": "source", "按问题类别": "category"}
COUNTS: dict[str, Picked] = {
    "案件总数": lambda case: not case.grounds,
    "已化解": lambda case: case.is_counted,
    "在办": lambda case: case.is_open,
    "导入法定途径": lambda case: case.is_referred,
} | {meaning.name: lambda case, flag=flag: flag in case.flags for flag, meaning in FLAGS.items()}


def _book(report: Report) -> Workbook:
    return opened(office_workbook.render(report))


def _rows(book: Workbook, sheet: str, first: int) -> Iterator[tuple[list[str], Sequence[Cell]]]:
    """Each row's texts and its cells."""
    for row in book[sheet].iter_rows(min_row=first):
        yield [str(cell.value) for cell in row], [cell for cell in row if isinstance(cell, Cell)]


def _shown(book: Workbook, cell: Cell) -> list[str]:
    """The cases in the area that a cell links to; none where it has no link."""
    if cell.hyperlink is None:
        return []
    name, _, area = str(cell.hyperlink.location).replace("'", "").partition("!")
    left, top, right, bottom = range_boundaries(area)
    assert left == 1
    first, last = {REGISTER: (1, 1), CANCELLED: (1, 1), FOLLOW_UPS: (2, 2), DETAILS: (2, right)}[name]
    rows = book[name].iter_rows(min_row=top, max_row=bottom, min_col=first, max_col=last, values_only=True)
    return [str(number) for row in rows for number in row if number and not str(number).endswith("件")]


def _picks(**has: str) -> Picked:
    return lambda case: not case.grounds and all(getattr(case, name) == value for name, value in has.items())


def _figures(book: Workbook, groups: Sequence[str]) -> Iterator[tuple[Sequence[Cell], Picked]]:
    """The five cells of each line of figures, and which cases it is about."""
    for texts, cells in _rows(book, "总览", 4):
        if texts[0] in groups and len(cells) > 6:
            yield cells[2:7], _picks(group=texts[0])
    for texts, cells in _rows(book, "目标完成", 4):
        if texts[0] in PARTS:
            yield cells[4:9], _picks(**{"group": texts[2], PARTS[texts[0]]: texts[1]})
    for texts, cells in list(_rows(book, "旗区", 5))[:10]:
        where = {} if texts[0] == "全市合计" else {"district": texts[0]}
        for at, group in enumerate(groups):
            yield cells[2 + 7 * at : 7 + 7 * at], _picks(group=group, **where)
    for texts, cells in _rows(book, "包案领导", 4):
        if texts[1] in groups:
            yield cells[3:8], _picks(leader=texts[0], group=texts[1])


@pytest.mark.parametrize("week", WEEKS)
def test_every_figure_links_to_exactly_its_cases(week: str, published: Published) -> None:
    report = published(week).reports[-1]
    book = _book(report)
    figures = list(_figures(book, [group.name for group in report.settings.groups]))
    assert len(figures) > 40
    for cells, is_in in figures:
        total = sorted(case.number for case in report.cases if is_in(case))
        counted = sorted(case.number for case in report.cases if is_in(case) and case.is_counted)
        others = sorted({*total} - {*counted})
        assert [cell.value for cell in cells[:2]] == [len(total), len(counted)]
        assert [sorted(_shown(book, cell)) for cell in cells] == [total, counted, total, others, total], cells[0]


@pytest.mark.parametrize("week", WEEKS)
def test_the_cases_that_are_not_counted_come_first(week: str, published: Published) -> None:
    report = published(week).reports[-1]
    book, counted = _book(report), {case.number for case in report.cases if case.is_counted}
    lines = [(texts, cells[2:16]) for texts, cells in list(_rows(book, "旗区", 5))[:9]]
    for texts, cells in [*lines, *((texts, cells[3:8]) for texts, cells in _rows(book, "包案领导", 4))]:
        for cell in cells:
            shown = [number in counted for number in _shown(book, cell)]
            assert shown == sorted(shown), texts[0]


def _counted(book: Workbook, groups: Sequence[str]) -> Iterator[tuple[str, Cell, Picked]]:
    """Each count with its name and whose cases it counts."""
    for texts, cells in _rows(book, "总览", 12):
        if texts[0] in COUNTS and texts[1].isdigit():
            yield texts[0], cells[1], lambda _case: True
    heads = [str(cell.value) for cell in book["旗区"][4]]
    for texts, cells in list(_rows(book, "旗区", 5))[:10]:
        where = {} if texts[0] == "全市合计" else {"district": texts[0]}
        yield from ((heads[at], cells[at], _picks(**where)) for at in range(16, len(cells)) if heads[at] in COUNTS)
    heads = [str(cell.value) for cell in book["包案领导"][3]]
    for texts, cells in _rows(book, "包案领导", 4):
        if texts[1] in groups:
            own = _picks(leader=texts[0], group=texts[1])
            yield from ((heads[at], cells[at], own) for at in range(10, len(cells)) if heads[at] in COUNTS)


@pytest.mark.parametrize("week", WEEKS)
def test_every_count_links_to_exactly_its_cases(week: str, published: Published) -> None:
    report = published(week).reports[-1]
    book = _book(report)
    counts = list(_counted(book, [group.name for group in report.settings.groups]))
    assert {name for name, _cell, _is_in in counts} == {*COUNTS}
    for name, cell, is_in in counts:
        expected = sorted(case.number for case in report.cases if COUNTS[name](case) and is_in(case))
        assert cell.value == len(expected), name
        assert sorted(_shown(book, cell)) == expected, (name, cell)


@pytest.mark.parametrize("week", WEEKS)
def test_a_number_in_a_block_links_to_its_row_in_the_register(week: str, published: Published) -> None:
    book = _book(published(week).reports[-1])
    numbers = [
        cell
        for row in book[DETAILS].iter_rows(min_row=4, min_col=2)
        for cell in row
        if isinstance(cell, Cell) and cell.value and not str(cell.value).endswith("件")
    ]
    assert len(numbers) > 100
    assert [_shown(book, cell) for cell in numbers] == [[cell.value] for cell in numbers]


_NAMING = {"决策事项": 2, "今日变化": 1, "督办清单": 1, "急报事项": 1, "撤销案件": 0, "问题清单": 7}
"""The column in which each sheet names a case, from 0."""
_LISTING = {"今日变化": {1: 3, 2: 4}, "更正情况": dict.fromkeys(range(10, 14), 14)}
"""The columns of numbers that lead to several, with those that name them."""


def _of_column(book: Workbook, sheet: str, column: int, named: str) -> str:
    """What a cell names of the cases that another column counts: on 更正情况 a line begins with that column's title."""
    title = f"{book[sheet].cell(3, column + 1).value}".partition("\n")[0]
    return next((line.removeprefix(f"{title}：") for line in named.split("\n") if line.startswith(f"{title}：")), named)


@pytest.mark.parametrize("week", WEEKS)
def test_a_case_that_a_sheet_names_links_to_its_row_and_several_to_just_them(week: str, published: Published) -> None:
    linked: dict[str, int] = {}
    for report in published(week).reports:
        book, register = _book(report), {case.number for case in report.cases}
        for name in {*_NAMING, *_LISTING}:
            for texts, cells in _rows(book, name, 4):
                columns = ({_NAMING[name]: _NAMING[name]} if name in _NAMING else {}) | _LISTING.get(name, {})
                for at, naming in columns.items() if len(cells) == len(texts) else ():  # a note has merged cells
                    named = [number for number in _of_column(book, name, at, texts[naming]).split("、") if number in register]
                    if named and (at == naming or texts[at].lstrip("+-").isdigit()):
                        assert sorted(_shown(book, cells[at])) == sorted(named), (name, cells[at])
                        linked[name] = linked.get(name, 0) + 1
    assert {*linked} >= {*_NAMING} - {"急报事项"} | {"更正情况"}


@pytest.mark.parametrize("week", WEEKS)
def test_what_a_sentence_of_the_overview_is_about_is_a_click_away(week: str, published: Published) -> None:
    led: set[str] = set()
    for report in published(week).reports:
        book = _book(report)
        for texts, cells in _rows(book, "总览", 4):
            named = next((cell for cell in cells if cell.column == 2), None)  # the group's cell is merged
            if named is not None and named.value == NEAREST:
                group = next(way for way in report.ways if way.nearest and way.nearest[0] in texts[2])
                assert sorted(_shown(book, named)) == sorted(group.nearest)
                led.add(NEAREST)
            elif named is not None and named.value in ("更正", "今日改动", "原不认可"):
                assert named.hyperlink is not None
                assert named.hyperlink.location == ("'更正情况'!A1" if named.value == "更正" else "'今日变化'!A1")
                led.add(str(named.value))
    assert {NEAREST, "今日改动"} <= led


def test_where_a_sheet_has_as_many_links_as_it_may_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formulas, "MOST_LINKS", 4)
    book = _book(a_full_report())
    links = {sheet.title: sum(cell.hyperlink is not None for row in sheet.iter_rows() for cell in row) for sheet in book.worksheets}
    said = {sheet.title for sheet in book.worksheets if str(sheet["A1"].value).endswith(LINKS_END)}
    assert said == {name for name, count in links.items() if count >= 4}
    assert {"督办清单", "数字明细"} <= said
    assert links["撤销案件"] == 1
