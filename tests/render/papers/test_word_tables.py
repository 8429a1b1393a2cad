"""Tables of a Word document: their grids are what docxtpl would make of them, which a night does not import for that."""

from __future__ import annotations

import io

import pytest
from docxtpl import DocxTemplate
from lxml import etree

from pipeline.render.papers import word_tables
from pipeline.render.papers.word_settings import WORD

_SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def _cell(width: int | None, span: int) -> str:
    return f"""<w:tc><w:tcPr>{f'<w:tcW w:w="{width}" w:type="dxa"/>' if width else ""}{
        f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    }</w:tcPr><w:p/></w:tc>"""


def _document(grid: list[str], rows: list[list[tuple[int | None, int]]], kind: str = "dxa") -> str:
    columns = "".join(f'<w:gridCol w:w="{width}"/>' if width else "<w:gridCol/>" for width in grid)
    lines = "".join(f"<w:tr>{''.join(_cell(*cell) for cell in row)}</w:tr>" for row in rows)
    table = f'<w:tbl><w:tblPr><w:tblW w:w="9000" w:type="{kind}"/></w:tblPr><w:tblGrid>{columns}</w:tblGrid>{lines}</w:tbl>'
    return f'<w:document xmlns:w="{_SPACE}"><w:body>{table}</w:body></w:document>'


_PLAIN: list[tuple[int | None, int]] = [(1000, 1)] * 4
DOCUMENTS = {
    "as many as there are": _document(["1000"] * 4, [_PLAIN]),
    "more columns than the grid has": _document(["3000"] * 2, [_PLAIN, _PLAIN]),
    "fewer than the grid has": _document(["1000"] * 7, [_PLAIN]),
    "a head over several": _document(["3000"] * 3, [[(1000, 1), (1000, 3)], _PLAIN]),
    "all rows over several": _document(["1000"] * 9, [[(1000, 2), (1000, 3)], [(1000, 5)]]),
    "a span within the grid": _document(["1000"] * 5, [[(1000, 2), (1000, 3)]]),
    "a cell without its width": _document(["3000"] * 2, [[(1000, 1), (None, 1), (700, 1)]]),
    "a table in percent": _document(["3000"] * 2, [_PLAIN], "pct"),
    "a grid without widths": _document([""] * 2, [_PLAIN]),
    "a grid of nothing": _document(["0"] * 2, [_PLAIN]),
}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_grid_is_what_docxtpl_makes_of_it_with_the_finest_rows_widths(document: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = etree.tostring(word_tables.fitted(document))
    monkeypatch.setattr(word_tables, "_has_given_grid", lambda _table: False)  # docxtpl is asked whatever the table
    assert ours == etree.tostring(word_tables.fitted(document))


def test_a_table_within_a_table_is_left_to_docxtpl(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []
    fix = DocxTemplate.fix_tables

    def watched(engine: DocxTemplate, xml: bytes) -> object:
        asked.append(xml)
        return fix(engine, xml)

    monkeypatch.setattr(DocxTemplate, "fix_tables", watched)
    inner = _document(["10"], [_PLAIN]).partition("<w:body>")[2].partition("</w:body>")[0]
    word_tables.fitted(_document(["1000"] * 4, [_PLAIN]).replace("<w:p/>", inner, 1))
    assert len(asked) == 1


def test_pictures_are_numbered_as_docxtpl_numbers_them() -> None:
    drawing = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
    pictures = f'<w:p xmlns:wp="{drawing}"><wp:docPr id="1"/><wp:docPr id="1"/></w:p>'
    document = _document(["1"], [[(1, 1)]]).replace("<w:p/>", pictures)
    engine = DocxTemplate(io.BytesIO())
    engine.docx_ids_index = 1000
    engine.fix_docpr_ids(expected := etree.fromstring(document))
    numbers = [picture.get("id") for picture in expected.iter(f"{{{drawing}}}docPr")]
    assert [picture.get("id") for picture in word_tables.fitted(document).iter(f"{{{drawing}}}docPr")] == numbers == ["1001", "1002"]
    assert expected.tag == f"{WORD}document"


def test_words_at_the_ends_of_a_row_keep_their_room_where_a_loop_has_made_many_columns_between() -> None:
    """As with the groups of the table of districts: 全部退回 stands on one line, however many figures there are."""
    rows: list[list[tuple[int | None, int]]] = [[(900, 1), *[(500, 1)] * 40, (660, 1)], [(900, 1), *[(2000, 4)] * 10, (660, 1)]]
    tree = etree.fromstring(_document(["900", *["500"] * 40, "660"], rows))
    for row in tree.iter(f"{WORD}tr"):
        for cell, words in ((row[0], "鄂托克前旗"), (row[-1], "迟报，全部退回")):
            etree.SubElement(etree.SubElement(cell.find(f"{WORD}p"), f"{WORD}r"), f"{WORD}t").text = words
    fitted = word_tables.fitted(etree.tostring(tree, encoding="unicode"))
    for row in fitted.iter(f"{WORD}tr"):
        widths = [int(cell.get(f"{WORD}w")) for cell in row.iter(f"{WORD}tcW")]
        assert (widths[0], widths[-1]) == (1108, 908)
        assert 9000 - len(widths) <= sum(widths) <= 9000
