"""The Word template that the program brings along: the layout of GB/T 9704-2012 as an internal report, made from this text.

`python -m pipeline.render.papers.briefing_template FOLDER` writes it, and the PDF's, into a folder: the way back where an edited one broke.
"""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from xml.sax.saxutils import escape

DOCX, TYP = "专报模板.docx", "专报版式.typ"
_TYPST = Path(__file__).with_name("briefing.typ")
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

TITLE_FONT, BODY_FONT, HEADING_FONT, SUBHEADING_FONT, NUMBER_FONT = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
_STAND_INS = {
    TITLE_FONT: "FZXiaoBiaoSong-B05S,方正小标宋_GBK,华文中宋,Noto Serif CJK SC",
    BODY_FONT: "仿宋,FangSong,Noto Serif CJK SC",
    HEADING_FONT: "SimHei,Noto Sans CJK SC",
    SUBHEADING_FONT: "楷体,KaiTi,Noto Serif CJK SC",
    NUMBER_FONT: "SimSun,Noto Serif CJK SC",
}
"""What Word takes where a font is not installed."""
_PITCH, _WIDTH = 579, 8844
"""22 lines in 225 mm and the width of 156 mm, in twentieths of a point."""


@lru_cache(maxsize=1)
def docx() -> bytes:
    """The Word template; the same bytes each time."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in _parts().items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            package.writestr(entry, (_HEAD + part).encode())
    return written.getvalue()


def typ() -> bytes:
    """The PDF's template."""
    return _TYPST.read_bytes()


def _parts() -> dict[str, str]:
    return {
        "[Content_Types].xml": _CONTENT_TYPES,
        "_rels/.rels": _PACKAGE_RELATIONS,
        "docProps/core.xml": _PROPERTIES,
        "docProps/app.xml": _APP,
        "word/document.xml": f"<w:document {_W} {_R}><w:body>{_body()}{_SECTION}</w:body></w:document>",
        "word/_rels/document.xml.rels": _RELATIONS,
        "word/styles.xml": _styles(),
        "word/settings.xml": _SETTINGS,
        "word/fontTable.xml": _fonts(),
        "word/footer1.xml": _footer("right"),
        "word/footer2.xml": _footer("left"),
    }


# --- the text ----------------------------------------------------------------------------------------------------


def _body() -> str:
    return _top() + _targets_and_districts() + _changes() + _decisions() + _end()


def _top() -> str:
    tab = f'<w:tabs><w:tab w:val="right" w:pos="{_WIDTH}"/></w:tabs>'
    words = _run("{{ 单位 }}") + "<w:r><w:tab/></w:r>" + _run("数据截至{{ 数据截至 }}")
    line = f'<w:p><w:pPr><w:pStyle w:val="HeadLine"/>{tab}</w:pPr>{words}</w:p>'
    correction = [_p("Correction", "（更正）"), _p("Body", "{{ 更正 }}")]
    return "".join([_p("Head", "{{ 报头 }}"), line, _p("DocTitle", "{{ 标题 }}"), *_where("更正", correction)])


def _targets_and_districts() -> str:
    return "".join(
        [
            _p("Heading1", "一、目标完成情况"),
            _p("Body", "{%p for 项 in 目标 %}"),
            f'<w:p><w:pPr><w:pStyle w:val="Body"/></w:pPr>{_run("{{ 项.结论 }}", "Verdict")}{_run("{{ 项.说明 }}")}</w:p>',
            _p("Body", "{%p endfor %}"),
            _p("Heading1", "二、各旗区情况"),
            _district_table(),
            *_where("范围说明", [_p("Note", "注：{{ 范围说明 }}")]),
        ]
    )


def _changes() -> str:
    return "".join(
        [
            _p("Heading1", "三、今日变化"),
            *_each("句", "由来"),
            _p("Body", "{{ 变化 }}"),
        ]
    )


def _decisions() -> str:
    shown = [*_where("决策事项", [_decision_table()]), *_where("其余决策", [_p("Note", "{{ 其余决策 }}")])]
    return "".join([_p("Heading1", "四、需要决策的事项"), _p("Body", "{{ 决策 }}"), *shown])


def _end() -> str:
    return "".join(
        [
            _p("Heading1", "五、没有日报的旗区"),
            _p("Body", "{{ 报送 }}"),
            *_each("句", "缺报", "Note"),
            *_where("其余缺报", [_p("Note", "{{ 其余缺报 }}")]),
            _p("Signature", "{{ 单位 }}"),
            _p("SignDate", "{{ 日期 }}"),
        ]
    )


def _each(one: str, several: str, style: str = "Body") -> list[str]:
    """A paragraph for each of the texts."""
    return [_p("Body", f"{{%p for {one} in {several} %}}"), _p(style, f"{{{{ {one} }}}}"), _p("Body", "{%p endfor %}")]


def _where(field: str, shown: list[str]) -> list[str]:
    """What is shown where the field is not empty."""
    return [_p("Body", f"{{%p if {field} %}}"), *shown, _p("Body", "{%p endif %}")]


def _p(style: str, text: str) -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{_run(text)}</w:p>'


def _run(text: str, style: str = "") -> str:
    looks = (f'<w:rStyle w:val="{style}"/>' if style else "") + '<w:rFonts w:hint="eastAsia"/>'
    return f'<w:r><w:rPr>{looks}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>' if text else ""


# --- tables ------------------------------------------------------------------------------------------------------

_DISTRICT_COLUMNS = (1134, 530, 530, 860, 1040, 500, 530, 530, 860, 1040, 500, 790)
_DECISION_COLUMNS = (480, 1100, 2900, 1000, 1000, 2364)
_FOR_EACH, _END = "{{%tc for 项 in {} %}}", "{%tc endfor %}"


def _district_table() -> str:
    first, last, own = _DISTRICT_COLUMNS[0], _DISTRICT_COLUMNS[-1], _DISTRICT_COLUMNS[1:6]

    def row(name: str, source: str, cells: Sequence[str], status: str, merge: str = "") -> str:
        style = "TableHead" if merge else "TableFigure"
        widths = own if len(cells) > 1 else (sum(own),)
        inner = [_cell(text, width, 1 if len(cells) > 1 else 5, style=style) for text, width in zip(cells, widths, strict=True)]
        begin, end = _cell(_FOR_EACH.format(source), sum(own[:2]), 2), _cell(_END, sum(own[2:]), 3)
        edges = [_cell(text, width, style=style, merge=merge) for text, width in ((name, first), (status, last))]
        return _row([edges[0], begin, *inner, end, edges[1]], is_head=bool(merge))

    heads = ("总数", "化解", "化解率", "\n补报后（%）\n最低～最高", "还差")
    figures = ("{{ 项.总数 }}", "{{ 项.化解 }}", "{{ 项.化解率 }}", "\n{{ 项.范围 }}", "{{ 项.还差 }}")
    rows = [
        row("旗区", "分组", ["{{ 项.名称 }}（目标{{ 项.目标 }}）"], "日报", "restart"),
        row("", "分组", heads, "", "continue"),
        _row([_cell("{%tr for 行 in 旗区 %}", _WIDTH, 12)]),
        row("{{ 行.名称 }}", "行.分组", figures, "{{ 行.报送 }}"),
        _row([_cell("{%tr endfor %}", _WIDTH, 12)]),
        row("合计", "合计.分组", figures, "{{ 合计.报送 }}"),
    ]
    return _table(_DISTRICT_COLUMNS, rows)


def _decision_table() -> str:
    heads = ("序号", "事由", "案件和事项", "起始", "包案领导", "请决定的事")
    what = "{% if 项.编号 %}{{ 项.编号 }} {% endif %}{{ 项.旗区 }}\n{{ 项.事项 }}"
    running = (what, "{{ 项.请示 }}")
    cells = ("{{ 项.序号 }}", "{{ 项.事由 }}", what, "{{ 项.起始 }}", "{{ 项.包案领导 }}", "{{ 项.请示 }}")
    rows = [
        _row([_cell(text, width, style="TableHead") for text, width in zip(heads, _DECISION_COLUMNS, strict=True)], is_head=True),
        _row([_cell("{%tr for 项 in 决策事项 %}", _WIDTH, 6)]),
        _row(
            [
                _cell(text, width, style="TableText" if text in running else "TableCell")
                for text, width in zip(cells, _DECISION_COLUMNS, strict=True)
            ]
        ),
        _row([_cell("{%tr endfor %}", _WIDTH, 6)]),
    ]
    return _table(_DECISION_COLUMNS, rows)


def _table(columns: Sequence[int], rows: Iterable[str]) -> str:
    edges = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for side in _SIDES)
    margins = '<w:tblCellMar><w:left w:w="20" w:type="dxa"/><w:right w:w="20" w:type="dxa"/></w:tblCellMar>'
    looks = f'<w:tblW w:w="{_WIDTH}" w:type="dxa"/><w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/>{margins}'
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in columns)
    return f"<w:tbl><w:tblPr>{looks}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")


def _row(cells: Iterable[str], *, is_head: bool = False) -> str:
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if is_head else ''}</w:trPr>{''.join(cells)}</w:tr>"


def _cell(text: str, width: int, span: int = 1, *, style: str = "TableFigure", merge: str = "") -> str:
    """A cell; every line of its text is a paragraph, small from the second on."""
    looks = f'<w:tcW w:w="{width}" w:type="dxa"/>'
    looks += f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    looks += f'<w:vMerge w:val="{merge}"/>' if merge else ""
    head, *small = text.split("\n")
    paragraphs = [_p(style, head)] if head or not small else []
    paragraphs += [_p("TableText" if style == "TableText" else "TableSmall", one) for one in small]
    return f'<w:tc><w:tcPr>{looks}<w:vAlign w:val="center"/></w:tcPr>{"".join(paragraphs)}</w:tc>'


# --- styles ------------------------------------------------------------------------------------------------------


def _styles() -> str:
    exact = f'<w:spacing w:before="0" w:after="0" w:line="{_PITCH}" w:lineRule="exact"/>'
    defaults = (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{_font(BODY_FONT, 32)}"
        '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault></w:docDefaults>'
    )
    plain = f'<w:widowControl/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>{exact}'
    close = '<w:spacing w:val="-4"/>'
    tight = '<w:snapToGrid w:val="0"/><w:spacing w:before="{0}" w:after="{0}" w:line="{1}" w:lineRule="exact"/>'
    indent = '<w:ind w:firstLineChars="200" w:firstLine="640"/><w:jc w:val="both"/>'
    rule = '<w:pBdr><w:bottom w:val="single" w:sz="18" w:space="4" w:color="FF0000"/></w:pBdr>'
    tall = '<w:spacing w:before="0" w:after="60" w:line="900" w:lineRule="exact"/>'
    title = f'<w:spacing w:before="{_PITCH}" w:after="0" w:line="{_PITCH}" w:lineRule="exact"/>'
    closing = f'<w:spacing w:before="{_PITCH}" w:after="0" w:line="{_PITCH}" w:lineRule="exact"/>'
    keep = "<w:keepNext/>"
    styles = [
        _style("Normal", "Normal", plain, close, is_default=True),
        _style("Body", "正文段落", indent, ""),
        _style("Head", "报头", f'{tall}<w:jc w:val="center"/>', f'{_font(TITLE_FONT, 72)}<w:color w:val="FF0000"/>'),
        _style("HeadLine", "报头下一行", rule, _font(BODY_FONT, 28)),
        _style("DocTitle", "公文标题", f'{title}<w:jc w:val="center"/>', _font(TITLE_FONT, 44)),
        _style("Correction", "更正标记", '<w:jc w:val="center"/>', _font(SUBHEADING_FONT, 32)),
        _style("Heading1", "heading 1", f"{keep}{indent}", _font(HEADING_FONT, 32)),
        _style("Heading2", "heading 2", f"{keep}{indent}", _font(SUBHEADING_FONT, 32)),
        _style("TableHead", "表头", f'{keep}{tight.format(30, 270)}<w:jc w:val="center"/>', _font(HEADING_FONT, 20)),
        _style("TableFigure", "表中数字", f'{keep}{tight.format(30, 270)}<w:jc w:val="center"/>', _font(BODY_FONT, 21)),
        _style("TableCell", "表中短字", f'{tight.format(0, 280)}<w:jc w:val="center"/>', _font(BODY_FONT, 21)),
        _style("TableText", "表中文字", f'{tight.format(0, 280)}<w:jc w:val="left"/>', _font(BODY_FONT, 21)),
        _style("TableSmall", "表中小字", f'{keep}{tight.format(0, 210)}<w:jc w:val="center"/>', _font(BODY_FONT, 16)),
        _style("Note", "表下说明", f'{tight.format(20, 270)}<w:jc w:val="both"/>', _font(BODY_FONT, 21)),
        _style("Signature", "署名", f'{keep}{closing}<w:ind w:rightChars="200" w:right="640"/><w:jc w:val="right"/>', ""),
        _style("SignDate", "成文日期", '<w:ind w:rightChars="400" w:right="1280"/><w:jc w:val="right"/>', ""),
        _style("Page", "页码", f"{tight.format(0, 400)}", _font(NUMBER_FONT, 28)),
    ]
    verdict = f"<w:rPr>{_font(HEADING_FONT, 32)}</w:rPr>"
    styles.append(f'<w:style w:type="character" w:customStyle="1" w:styleId="Verdict"><w:name w:val="结论"/>{verdict}</w:style>')
    return f"<w:styles {_W}>{defaults}{''.join(styles)}</w:styles>"


def _style(name: str, title: str, paragraph: str, run: str, *, is_default: bool = False) -> str:
    marks = 'w:default="1" ' if is_default else 'w:customStyle="1" ' if not name.startswith("Heading") else ""
    based = "" if is_default else '<w:basedOn w:val="Normal"/>'
    looks = f"<w:pPr>{_in_order(paragraph)}</w:pPr><w:rPr>{run}</w:rPr>"
    return f'<w:style w:type="paragraph" {marks}w:styleId="{name}"><w:name w:val="{title}"/>{based}<w:qFormat/>{looks}</w:style>'


def _in_order(paragraph: str) -> str:
    """A paragraph's properties in the order in which the schema wants them."""
    parts = [f"<{one}" for one in paragraph.split("<")[1:]]
    whole: list[str] = []
    for part in parts:
        opened = whole and whole[-1].startswith("<w:pBdr>") and not whole[-1].endswith("</w:pBdr>")
        if opened:
            whole[-1] += part
        else:
            whole.append(part)
    return "".join(sorted(whole, key=lambda one: next(n for n, name in enumerate(_ORDER) if one.startswith(f"<w:{name}"))))


_ORDER = ("keepNext", "widowControl", "pBdr", "tabs", "autoSpaceDE", "autoSpaceDN", "snapToGrid", "spacing", "ind", "jc")


def _font(name: str, half_points: int) -> str:
    names = f'w:ascii="{name}" w:hAnsi="{name}" w:eastAsia="{name}" w:cs="{name}" w:hint="eastAsia"'
    return f'<w:rFonts {names}/><w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'


def _fonts() -> str:
    kinds = {name: "swiss" if name == HEADING_FONT else "roman" for name in _STAND_INS}
    looks = {name: f'<w:charset w:val="86"/><w:family w:val="{kinds[name]}"/>' for name in _STAND_INS}
    listed = [f'<w:font w:name="{name}"><w:altName w:val="{others}"/>{looks[name]}</w:font>' for name, others in _STAND_INS.items()]
    return f"<w:fonts {_W}>{''.join(listed)}</w:fonts>"


def _footer(side: str) -> str:
    indent = f'<w:ind w:{side}Chars="100" w:{side}="280"/><w:jc w:val="{side}"/>'
    number = '<w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    return f'<w:ftr {_W}><w:p><w:pPr><w:pStyle w:val="Page"/>{indent}</w:pPr>{_run("— ")}{number}{_run(" —")}</w:p></w:ftr>'


# --- the package -------------------------------------------------------------------------------------------------

_SECTION = (
    '<w:sectPr><w:footerReference w:type="default" r:id="rId4"/><w:footerReference w:type="even" r:id="rId5"/>'
    '<w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1588" w:header="851" w:footer="1389" w:gutter="0"/>'
    f'<w:docGrid w:type="lines" w:linePitch="{_PITCH}"/></w:sectPr>'
)
_SETTINGS = (
    f'<w:settings {_W}><w:zoom w:percent="100"/><w:evenAndOddHeaders/><w:characterSpacingControl w:val="compressPunctuation"/>'
    '<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
    '<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
)
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_TYPES = {
    "word/document.xml": f"{_MAIN}.document.main+xml",
    "word/styles.xml": f"{_MAIN}.styles+xml",
    "word/settings.xml": f"{_MAIN}.settings+xml",
    "word/fontTable.xml": f"{_MAIN}.fontTable+xml",
    "word/footer1.xml": f"{_MAIN}.footer+xml",
    "word/footer2.xml": f"{_MAIN}.footer+xml",
    "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    "docProps/app.xml": "application/vnd.openxmlformats-officedocument.extended-properties+xml",
}
_CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    + "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in _TYPES.items())
    + "</Types>"
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def _related(several: Iterable[tuple[str, str]]) -> str:
    related = [f'<Relationship Id="rId{n}" Type="{kind}" Target="{target}"/>' for n, (kind, target) in enumerate(several, 1)]
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(related)}</Relationships>'


_PACKAGE_RELATIONS = _related(
    (
        (f"{_OFFICE}/officeDocument", "word/document.xml"),
        (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        (f"{_OFFICE}/extended-properties", "docProps/app.xml"),
    )
)
_RELATIONS = _related(
    (
        (f"{_OFFICE}/styles", "styles.xml"),
        (f"{_OFFICE}/settings", "settings.xml"),
        (f"{_OFFICE}/fontTable", "fontTable.xml"),
        (f"{_OFFICE}/footer", "footer1.xml"),
        (f"{_OFFICE}/footer", "footer2.xml"),
    )
)
_PROPERTIES = (
    f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    '<dc:title>信访事项办理情况专报</dc:title><dcterms:created xsi:type="dcterms:W3CDTF">2020-01-01T00:00:00Z</dcterms:created>'
    '<dcterms:modified xsi:type="dcterms:W3CDTF">2020-01-01T00:00:00Z</dcterms:modified></cp:coreProperties>'
)
_APP = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    "<Application>Microsoft Office Word</Application></Properties>"
)

if __name__ == "__main__":
    for name, content in ((DOCX, docx()), (TYP, typ())):
        (Path(sys.argv[1]) / name).write_bytes(content)
