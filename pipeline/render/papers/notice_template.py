"""The Word template of 督办通知 that the program brings along: the letter layout of GB/T 9704-2012, with a reply part to tear off.

`python -m pipeline.render.papers.notice_template FOLDER` writes it into a folder: the way back where an edited one broke.
"""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from pipeline import HOME

NAME = "督办通知模板.docx"
BUILT_IN = HOME / "templates" / NAME

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TITLE, _BODY, _HEADING, _FIGURE = "方正小标宋简体", "仿宋_GB2312", "黑体", "宋体"
_STAND_INS = {
    _TITLE: "FZXiaoBiaoSong-B05S,方正小标宋_GBK,华文中宋,Noto Serif CJK SC",
    _BODY: "仿宋,FangSong,Noto Serif CJK SC",
    _HEADING: "SimHei,Noto Sans CJK SC",
    _FIGURE: "SimSun,Noto Serif CJK SC",
}
"""What Word takes where a font is not installed."""
_PITCH, _WIDTH = 579, 8844
"""22 lines in 225 mm and the width of 156 mm, in twentieths of a point."""


def docx() -> bytes:
    """The template; the same bytes each time."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in _parts().items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_STORED  # what zlib makes of it differs between its versions
            entry.create_system = 0
            package.writestr(entry, (_HEAD + part).encode())
    return written.getvalue()


# --- the text ----------------------------------------------------------------------------------------------------


def _text() -> str:
    return "".join(
        [_top(), *_where("作废", [_p("Body", "本通知所列事项经更正均不成立，本号作废。")]), *_where("not 作废", _matters()), _signed()]
    )


def _top() -> str:
    return "".join(
        [
            _p("Office", "{{ 单位 }}"),
            _p("Number", "{{ 编号 }}"),
            _p("DocTitle", "关于{{ 旗区 }}信访事项的督办通知"),
            *_where("更正", [_p("Centred", "（更正）")]),
            _p("To", "{{ 旗区 }}住房和城乡建设局："),
        ]
    )


def _matters() -> list[str]:
    opening = (
        "根据截至{{ 数据截至 }}的报送情况，{{ 你处 }}有{{ 件数 }}件信访事项需要督办"
        "{% if 项数 > 件数 %}（一件可有多种情形，共{{ 项数 }}项）{% endif %}，现通知如下："
    )
    closing = (
        "请逐件核实，明确办理措施和完成时限，填写回执联，加盖公章后报回；办理进展请在日报中报告。"
        "后续日报反映问题已经解决的，下次通知予以销号。"
    )
    section = [
        _p("Heading", "{{ 项.序号 }}、{{ 项.名称 }}（{{ 项.件数 }}项）"),
        _p("Rule", "规则：{{ 项.规则 }}{{ 项.要求 }}"),
        _table(
            ((567, "序号", "{{ 案.序号 }}"), (1730, "案件编号", "{{ 案.编号 }}"), (2380, "案由", "{{ 案.案由 }}"),
             (2000, "责任单位\n包案领导", "{{ 案.责任单位 }}\n{{ 案.包案领导 }}"), (2167, "情况", "{{ 案.情况 }}")),
            "案 in 项.案件",
        ),
    ]  # fmt: skip
    settled = [
        _p("Heading", "{{ 销号序号 }}、已销号事项（{{ 销号|length }}项）"),
        _p("Rule", "上次通知{% if 上次编号 %}（{{ 上次编号 }}）{% endif %}所列下列事项已经销号："),
        _table(
            ((567, "序号", "{{ 案.序号 }}"), (1730, "案件编号", "{{ 案.编号 }}"), (2380, "案由", "{{ 案.案由 }}"),
             (1500, "督办情形", "{{ 案.事项 }}"), (2667, "销号原因", "{{ 案.原因 }}")),
            "案 in 销号",
        ),
    ]  # fmt: skip
    return [
        _p("Body", opening),
        *_loop("项 in 事项", section),
        *_where("销号", settled),
        _p("Body", closing),
    ]


def _signed() -> str:
    return _p("Signed", "{{ 单位 }}") + _p("Dated", "{{ 日期 }}") + "".join(_where("not 作废", [_reply()]))


def _reply() -> str:
    """The part to tear off, on one page."""
    first, second, third, fourth = 1900, 3100, 1200, 2644
    rows = [
        _row([_cell("通知编号", first, "ReplyHead"), _cell("{{ 编号 }}", second, "Reply"),
              _cell("旗区", third, "ReplyHead"), _cell("{{ 旗区 }}", fourth, "Reply")], 567),
        _row([_cell("收到日期", first, "ReplyHead"), _cell("      年    月    日", second, "Reply"),
              _cell("经办人", third, "ReplyHead"), _cell("", fourth, "Reply")], 567),
        _row([_cell("办理情况及\n完成时限", first, "ReplyHead"), _cell("", _WIDTH - first, "Reply", 3)], 2600),
        _row([_cell("盖章", first, "ReplyHead"), _cell("（单位公章）\n      年    月    日", _WIDTH - first, "ReplyRight", 3)], 1200),
    ]  # fmt: skip
    return (
        _p("Cut", "沿此虚线裁下，填写盖章后报回")
        + _p("ReplyTitle", "督办通知回执联")
        + _grid((first, second, third, fourth), rows)
        + _p("Last", "")
    )


def _where(condition: str, shown: Iterable[str]) -> list[str]:
    return [_p("Body", f"{{%p if {condition} %}}"), *shown, _p("Body", "{%p endif %}")]


def _loop(each: str, shown: Iterable[str]) -> list[str]:
    return [_p("Body", f"{{%p for {each} %}}"), *shown, _p("Body", "{%p endfor %}")]


def _p(style: str, text: str) -> str:
    run = f'<w:r><w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>' if text else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{run}</w:p>'


# --- tables ------------------------------------------------------------------------------------------------------


def _table(columns: Sequence[tuple[int, str, str]], each: str) -> str:
    """A table of cases: width, heading and field of each column."""
    widths = [width for width, _head, _field in columns]
    rows = [
        _row([_cell(head, width, "TableHead") for width, head, _field in columns], is_head=True),
        _row([_cell(f"{{%tr for {each} %}}", _WIDTH, "TableCell", len(columns))]),
        _row([_cell(field, width, "TableText" if n in _RUNNING else "TableCell") for n, (width, _head, field) in enumerate(columns)]),
        _row([_cell("{%tr endfor %}", _WIDTH, "TableCell", len(columns))]),
    ]
    return _grid(widths, rows)


_RUNNING = (2, 4)
"""The columns of running text."""
_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")


def _grid(widths: Sequence[int], rows: Iterable[str]) -> str:
    edges = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for side in _SIDES)
    margins = '<w:tblCellMar><w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar>'
    looks = f'<w:tblW w:w="{_WIDTH}" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/>'
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return f"<w:tbl><w:tblPr>{looks}{margins}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def _row(cells: Iterable[str], height: int = 0, *, is_head: bool = False) -> str:
    looks = "<w:cantSplit/>" + (f'<w:trHeight w:val="{height}" w:hRule="atLeast"/>' if height else "")
    return f"<w:tr><w:trPr>{looks}{'<w:tblHeader/>' if is_head else ''}</w:trPr>{''.join(cells)}</w:tr>"


def _cell(text: str, width: int, style: str, span: int = 1) -> str:
    looks = f'<w:tcW w:w="{width}" w:type="dxa"/>' + (f'<w:gridSpan w:val="{span}"/>' if span > 1 else "")
    inner = "".join(_p(style, one) for one in text.split("\n"))
    where = "bottom" if style == "ReplyRight" else "center"
    return f'<w:tc><w:tcPr>{looks}<w:vAlign w:val="{where}"/></w:tcPr>{inner}</w:tc>'


# --- styles ------------------------------------------------------------------------------------------------------


def _styles() -> str:
    page = _spacing(_PITCH)
    small = f'<w:snapToGrid w:val="0"/>{_spacing(300)}'
    form = f'<w:snapToGrid w:val="0"/>{_spacing(400)}'
    keep = "<w:keepNext/>"
    centre, right = '<w:jc w:val="center"/>', '<w:jc w:val="right"/>'
    two = '<w:ind w:firstLineChars="200" w:firstLine="640"/>'
    red = '<w:pBdr><w:bottom w:val="thickThinSmallGap" w:sz="24" w:space="6" w:color="FF0000"/></w:pBdr>'
    dashed = '<w:pBdr><w:top w:val="dashed" w:sz="8" w:space="4" w:color="000000"/></w:pBdr>'
    styles = [
        _style("Body", "正文段落", f"{page}{two}"),
        _style("Rule", "规则", f"{keep}{page}{two}"),
        _style("Office", "发文机关", f"{keep}{red}{_spacing(900)}{centre}", _font(_TITLE, 58, "FF0000")),
        _style("Number", "编号", f"{keep}{_spacing(_PITCH, 120)}{right}"),
        _style("DocTitle", "公文标题", f"{keep}{_spacing(680, _PITCH // 2, _PITCH // 2)}{centre}", _font(_TITLE, 44)),
        _style("Centred", "更正标记", f"{page}{centre}"),
        _style("To", "主送", page),
        _style("Heading", "小标题", f"{keep}{page}{two}", _font(_HEADING, 32)),
        _style("TableHead", "表头", f"{keep}{small}{centre}", _font(_HEADING, 21)),
        _style("TableCell", "表中短字", f"{small}{centre}", _font(_BODY, 21)),
        _style("TableText", "表中文字", f'{small}<w:jc w:val="left"/>', _font(_BODY, 21)),
        _style("Signed", "署名", f'{keep}{_spacing(_PITCH, _PITCH)}<w:ind w:rightChars="200" w:right="640"/>{right}'),
        _style("Dated", "成文日期", f'{page}<w:ind w:rightChars="400" w:right="1280"/>{right}'),
        _style("Cut", "裁切线", f"{keep}{dashed}{_spacing(360, _PITCH)}{centre}", _font(_BODY, 21)),
        _style("ReplyTitle", "回执联标题", f"{keep}{_spacing(600, 60, 120)}{centre}", _font(_TITLE, 36)),
        _style("ReplyHead", "回执联栏目", f"{keep}{form}{centre}", _font(_HEADING, 28)),
        _style("Reply", "回执联内容", f"{keep}{form}{centre}", _font(_BODY, 28)),
        _style("ReplyRight", "回执联盖章", f'{keep}{form}<w:ind w:right="400"/>{right}', _font(_BODY, 28)),
        _style("Last", "末行", _spacing(20), _font(_BODY, 2)),
        _style("Page", "页码", _spacing(400), _font(_FIGURE, 28)),
    ]
    normal = '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>'
    plain = f'{_font(_BODY, 32)}<w:lang w:val="en-US" w:eastAsia="zh-CN"/>'
    defaults = f"<w:docDefaults><w:rPrDefault><w:rPr>{plain}</w:rPr></w:rPrDefault></w:docDefaults>"
    return f"<w:styles {_W}>{defaults}{normal}{''.join(styles)}</w:styles>"


def _spacing(line: int, before: int = 0, after: int = 0) -> str:
    return f'<w:spacing w:before="{before}" w:after="{after}" w:line="{line}" w:lineRule="exact"/>'


def _style(name: str, title: str, paragraph: str, run: str = "") -> str:
    looks = f"<w:pPr>{paragraph}</w:pPr>" + (f"<w:rPr>{run}</w:rPr>" if run else "")
    head = f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{name}"><w:name w:val="{title}"/>'
    return f'{head}<w:basedOn w:val="Normal"/><w:qFormat/>{looks}</w:style>'


def _font(name: str, half_points: int, colour: str = "000000") -> str:
    names = f'w:ascii="{name}" w:hAnsi="{name}" w:eastAsia="{name}" w:cs="{name}" w:hint="eastAsia"'
    return f'<w:rFonts {names}/><w:color w:val="{colour}"/><w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'


def _fonts() -> str:
    listed = [
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/>'
        f'<w:family w:val="{"swiss" if name == _HEADING else "roman"}"/></w:font>'
        for name, others in _STAND_INS.items()
    ]
    return f"<w:fonts {_W}>{''.join(listed)}</w:fonts>"


# --- the package -------------------------------------------------------------------------------------------------


def _parts() -> dict[str, str]:
    return {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _related(((f"{_OFFICE}/officeDocument", "word/document.xml"), (_CORE, "docProps/core.xml"))),
        "docProps/core.xml": _PROPERTIES,
        "word/document.xml": f"<w:document {_W} {_R}><w:body>{_text()}{_SECTION}</w:body></w:document>",
        "word/_rels/document.xml.rels": _related(
            tuple((f"{_OFFICE}/{file.rstrip('12')}", f"{file}.xml") for file in ("styles", "settings", "fontTable", "footer1", "footer2"))
        ),
        "word/styles.xml": _styles(),
        "word/settings.xml": _SETTINGS,
        "word/fontTable.xml": _fonts(),
        "word/footer1.xml": _footer("right"),
        "word/footer2.xml": _footer("left"),
    }


def _footer(side: str) -> str:
    """The number of the page on its outer side: right on odd pages, left on even ones."""
    number = '<w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    dash = '<w:r><w:t xml:space="preserve">{}</w:t></w:r>'
    looks = f'<w:pPr><w:pStyle w:val="Page"/><w:ind w:{side}Chars="100" w:{side}="280"/><w:jc w:val="{side}"/></w:pPr>'
    return f"<w:ftr {_W}><w:p>{looks}{dash.format('— ')}{number}{dash.format(' —')}</w:p></w:ftr>"


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
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_CORE = f"{_PACKAGE}/relationships/metadata/core-properties"
_TYPES = {
    "word/document.xml": f"{_MAIN}.document.main+xml",
    "word/styles.xml": f"{_MAIN}.styles+xml",
    "word/settings.xml": f"{_MAIN}.settings+xml",
    "word/fontTable.xml": f"{_MAIN}.fontTable+xml",
    "word/footer1.xml": f"{_MAIN}.footer+xml",
    "word/footer2.xml": f"{_MAIN}.footer+xml",
    "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
}
_PROPERTIES = (
    f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    '<dc:title>督办通知</dc:title><dcterms:created xsi:type="dcterms:W3CDTF">2020-01-01T00:00:00Z</dcterms:created>'
    '<dcterms:modified xsi:type="dcterms:W3CDTF">2020-01-01T00:00:00Z</dcterms:modified></cp:coreProperties>'
)


def _content_types() -> str:
    kinds = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in _TYPES.items())
    defaults = (
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
    )
    return f'<Types xmlns="{_PACKAGE}/content-types">{defaults}{kinds}</Types>'


def _related(several: Iterable[tuple[str, str]]) -> str:
    related = [f'<Relationship Id="rId{n}" Type="{kind}" Target="{target}"/>' for n, (kind, target) in enumerate(several, 1)]
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(related)}</Relationships>'


if __name__ == "__main__":
    (Path(sys.argv[1]) / NAME).write_bytes(docx())
