"""专报 as Word and PDF from the office's templates; a broken template costs nothing but its own look.

Where the red head is set: in `templates/专报模板.docx` (opened and edited in Word) by the styles `Head` and `HeadLine`, and in
`templates/专报版式.typ` under `// 报头`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from pipeline.render.papers import (
    briefing,
    briefing_pdf,
    fonts,
    opened_fonts,
    own_templates,
    page_room,
    spread,
    unchanging,
    word,
    word_settings,
)
from pipeline.render.papers.own_templates import BrokenTemplateError
from pipeline.render.papers.unchanging import Fields
from pipeline.report.report import Report
from pipeline.terms import words

WORD_TEMPLATE, PDF_TEMPLATE = "专报模板.docx", "专报版式.typ"
_WAY_OUT = "请改好；改不好的，删掉这个文件就恢复程序自带的版式。"
_ENDINGS = dict(zip(page_room.SETTINGS, ("Roomy", "", "Dense"), strict=True))
"""How the names of the styles end that the Word template has for each setting."""
_LEAD = "Small"
"""And of the first lines', where these are smaller."""
_NEWEST = "清单"
"""A field that only templates with several settings have."""
_ANY_MOMENT = datetime(2020, 1, 1, tzinfo=UTC)
_MOST_NAMED, _AROUND = 8, 6
"""Characters that are named, and how much of the text around one."""


@dataclass(frozen=True, slots=True)
class Printed:
    """What a PDF was set with."""

    fonts: Mapping[str, str]
    """The SHA-256 of each font by its file's name."""
    boxes: str
    """Characters that no font of this computer has: they are printed as boxes."""
    told: str
    """Which they are and where they stand, in a sentence; '' for none."""


def docx(fields: Fields, moment: datetime, template: bytes) -> bytes:
    """Return the Word file. Raises BrokenTemplateError."""
    whole = word.Template(template, has_loops_over_columns=True)
    if _ROW_OF_SINGLE in lacking(template):
        fields = {**fields, "决策事项": [_in_cell(item) for item in fields["决策事项"]]}
    return _docx(whole, fields, moment)


def _docx(whole: word.Template, fields: Fields, moment: datetime) -> bytes:
    setting: str = fields["版面"]
    properties = word.Properties(fields["文件标题"], fields["单位"])
    endings = word_settings.Endings(
        _ENDINGS[setting], _ENDINGS[fields.get("后半", setting)], fields["小标题"]["变化"], _LEAD * page_room.is_lead_small(fields)
    )
    return word.render(whole, _for(word.text(whole), fields), moment, properties, endings)


def _in_cell(item: Mapping[str, str]) -> Mapping[str, str]:
    """Return a decision about a single case with what has no row below it in the cell of what is asked."""
    if not (item["编号"] and item["清单"]):
        return item
    return {**item, "请示": "；".join(filter(None, [item["请示"], item["清单"]])), "清单": ""}


@cache
def lacking(template: bytes) -> tuple[str, ...]:
    """Return the texts that the program's own Word template prints and this one does not, tried on made-up ones.

    An office that edited the template has it older than what the program says by now. Nothing of a template that cannot be used.
    """
    if template == (original := own_templates.original(WORD_TEMPLATE)):
        return ()
    try:
        printed, expected = (_printed(each) for each in (template, original))
    except BrokenTemplateError:
        return ()
    return tuple(name for name in expected if name not in printed)


def _printed(template: bytes) -> tuple[str, ...]:
    """Return by name which of the sample's texts a template prints. Raises BrokenTemplateError."""
    marks: dict[str, str] = {}
    fields = _marked(sample(), "", marks)
    single, others = fields["决策事项"]
    fields = {**fields, "版面": "", "后半": "", "决策事项": [single, {**others, "编号": ""}]}
    whole = word.Template(template, has_loops_over_columns=True)
    text = word.text(word.Template(_docx(whole, fields, _ANY_MOMENT)))
    return tuple(name for mark, name in marks.items() if mark in text)


def _marked(value: Any, name: str, marks: dict[str, str]) -> Any:  # noqa: ANN401 - texts, and lists and records of them
    """Return the sample with another text in each place, and note in `marks` which is where."""
    if isinstance(value, Mapping):
        return {key: _marked(part, f"{name}.{key}" if name else key, marks) for key, part in value.items()}
    if isinstance(value, list):
        return [_marked(part, f"{name}（{_NTH[number]}）" if name in _TWO_KINDS else name, marks) for number, part in enumerate(value)]
    mark = f"⟦{len(marks)}⟧"
    marks[mark] = name
    return mark


_TWO_KINDS: Final = ("决策事项",)
_NTH: Final = ("单件", "多件")
"""A template may set a decision about one case otherwise than one about several."""
_ROW_OF_SINGLE, _ROW_OF_SEVERAL, _LIST = "决策事项（单件）.清单", "决策事项（多件）.清单", "决策清单.何事"


def told_lacking(path: Path) -> str:
    """Return what the office's own Word template has no place for, and where that is told instead; '' where it has all."""
    with suppress(BrokenTemplateError):
        if (template := own_templates.read(path)) is not None and (names := lacking(template)):
            rows = _ROW_OF_SINGLE in names and not _is_older(word.text(word.Template(template)), template)
            moved = "单件的决策事项下面一行（较长的请示、已采取的措施）没有位置，写在“请示”那一格里" if rows else ""
            listed = "没有“决策清单”的位置，按旧版式的写法写出" if _LIST in names else ""
            others = (name for name in names if name not in (_ROW_OF_SINGLE, _ROW_OF_SEVERAL) and not name.startswith("决策清单"))
            gone = "、".join(dict.fromkeys(name if name.startswith(_TWO_KINDS) else name.partition(".")[0] for name in others))
            unprinted = f"没有位置、印不出来的：{gone}，要看请看日报页面和汇总表" if gone else ""
            said = "；".join(filter(None, [moved, listed, unprinted]))
            return f"版式 {path.name} 比程序自带的（templates/原版）旧：{said}。请照自带的补上，或删掉这个文件用自带的版式。"
    return ""


def _is_older(text: str, template: bytes) -> bool:
    """Whether a Word template has one setting only, or no place for the list of decisions on page one: then they are told as before."""
    return _NEWEST not in text or _LIST in lacking(template)


def pdf(fields: Fields, moment: datetime, template: bytes) -> bytes:
    """Return the PDF. Raises BrokenTemplateError."""
    return briefing_pdf.render(_for(template.decode("utf-8", "replace"), fields), moment, template)


def _for(template: str, fields: Fields) -> Fields:
    """Return the texts for a template that an office may have made before some of them had a place: they are said elsewhere then."""
    if "提要" not in template:
        verdicts, *others = fields["提要"]
        asked = [line["内容"] for line in others if line["名称"] == words.ASKED]
        fields = {
            **fields,
            "目标": [
                {"结论": verdicts["内容"], "要点": "", "说明": ""},
                *({**one, "说明": one["要点"] + one["说明"]} for one in fields["目标"]),
            ],
            "决策": "".join([*asked, fields["决策"]]),
            "台账": [*filter(None, [fields["撤销"]]), *fields["台账"]],
            "范围说明": f"{briefing.RANGE_ELSEWHERE}{fields['范围说明']}" if fields["范围说明"] else "",
        }
    if "案件清单" not in template:
        fields = {**fields, "其余决策": "".join([*(f"{cases}。" for cases in fields["案件清单"]), fields["其余决策"]]), "案件清单": []}
    if "台账" not in template:
        fields = {**fields, "由来": [*fields["由来"], *fields["台账"]], "台账": []}
    return fields


@dataclass(frozen=True, slots=True)
class _Form:
    """A form of the report."""

    ending: str
    template: str
    """Its template's name."""
    set: Callable[[Fields, datetime, bytes], bytes]


_WORD, _PDF = _Form("docx", WORD_TEMPLATE, docx), _Form("pdf", PDF_TEMPLATE, pdf)
_Set = tuple[dict[str, bytes], list[str]]
"""A file by its name, and what is wrong with the office's template."""
Setting = Callable[[Callable[[Fields, datetime, bytes], bytes], Fields, datetime, bytes], bytes]
"""Has a form set somewhere, as it would be set here."""


def _here(form: Callable[[Fields, datetime, bytes], bytes], fields: Fields, moment: datetime, template: bytes) -> bytes:
    return form(fields, moment, template)


def begin(report: Report, templates: Path, setting: Setting = _here) -> tuple[Callable[[], _Set], Printed, Callable[[], _Set]]:
    """Return what waits for the Word file, with faults of its template, what the PDF is set with, and what waits for it.

    typst sets the PDF in a thread of its own: it needs Python for nothing meanwhile. Elsewhere one is set after the other. In the place
    of a broken template the original is taken.
    """
    fields = spread.over_pages(briefing.fields(report))
    opened, boxes = opened_fonts.showing(opened_fonts.unusual(fields))
    printed = Printed({path.name: fonts.sha256(path) for path in opened.paths}, boxes, _told(boxes, fields))
    word_file, pdf_file = (partial(_applied, form, report, templates, fields, setting) for form in (_WORD, _PDF))
    thread = ThreadPoolExecutor(1)
    waiting = thread.submit(word_file).result if setting is not _here else partial(_itself, word_file())
    waiting_too = thread.submit(pdf_file).result
    thread.shutdown(wait=False)
    return waiting, printed, waiting_too


def _itself(made: _Set) -> _Set:
    return made


def render(report: Report, templates: Path) -> tuple[dict[str, bytes], list[str], Printed]:
    """Return both files by name, what is wrong with the office's templates, and what the PDF was set with."""
    waiting, printed, waiting_too = begin(report, templates)
    (files, broken), (pdf_file, broken_too) = waiting(), waiting_too()
    return files | pdf_file, [*broken, *broken_too], printed


def _applied(form: _Form, report: Report, templates: Path, fields: Fields, setting: Setting) -> _Set:
    content, problem = own_templates.apply(templates / form.template, partial(_set, form, report, fields, setting))
    broken = [f"版式 {form.template} 不能用：{problem}。这次按程序自带的版式写出。{_WAY_OUT}"] if problem else []
    broken += [told] if form is _WORD and (told := told_lacking(templates / form.template)) else []
    return {f"{unchanging.NAME}_{report.day.isoformat()}.{form.ending}": content}, broken


def _set(form: _Form, report: Report, fields: Fields, setting: Setting, template: bytes) -> bytes:
    """Return the report in that form; for a template with one setting, with what it has room for. Raises BrokenTemplateError."""
    text = word.text(word.Template(template, has_loops_over_columns=True)) if form is _WORD else template.decode("utf-8", "replace")
    if _is_older(text, template) if form is _WORD else _NEWEST not in text:
        fields = briefing.fields(report, is_older=True)
    return setting(form.set, fields, report.data_until, template)


def _told(boxes: str, fields: Fields) -> str:
    if not boxes:
        return ""
    named = "；".join(f"{box}（U+{ord(box):04X}，在{_place(box, fields)}）" for box in boxes[:_MOST_NAMED])
    more = f"；等 {len(boxes)} 个" if len(boxes) > _MOST_NAMED else ""
    return f"PDF 专报里有 {len(boxes)} 个字这台电脑的字体里没有，印成了方框：{named}{more}。Word 专报、日报页面和汇总表里是原字。"


def _place(box: str, value: object, number: str = "") -> str:
    """Return the first place where it stands: the case's number where that is beside it, else the words around it; '' where nowhere."""
    if isinstance(value, str):
        if (at := value.find(box)) < 0:
            return ""
        return number or f"“{value[max(0, at - _AROUND) : at + _AROUND + 1]}”"
    if isinstance(value, Mapping):
        number = str(value.get("编号") or number)
        value = [*value.values()]
    parts = value if isinstance(value, list) else ()
    return next(filter(None, (_place(box, part, number) for part in parts)), "")


def examine(templates: Path) -> Iterator[str]:
    """Say what is wrong with each template, tried on made-up texts in which every list has something, and on empty ones."""
    for form in (_WORD, _PDF):
        samples = (partial(form.set, sample(is_empty=is_empty), _ANY_MOMENT) for is_empty in (False, True))
        problems = (own_templates.problem_of(templates / form.template, try_out) for try_out in samples)
        if problem := next(filter(None, problems), ""):
            yield f"版式 {templates / form.template} 不能用：{problem}。{_WAY_OUT}"
    if told := told_lacking(templates / WORD_TEMPLATE):
        yield told


def sample(*, is_empty: bool = False) -> Fields:
    """Return made-up texts, to try a template on: something in every list, or nothing in any that may be empty."""
    figures = {"分组": [dict.fromkeys(("总数", "化解", "化解率", "范围", "还差"), "1")] * 2, "报送": "按时"}
    decision = dict.fromkeys(("序号", "事由", "编号", "旗区", "事项", "清单", "起始", "时限", "包案领导", "请示"), "例")
    always: Fields = dict.fromkeys(("报头", "文件标题", "单位", "期号", "日期", "数据截至", "标题", "督办", "变化", "报送", "层级"), "例")
    always |= {
        "版面": "",
        "后半": "",
        "提要": [{"名称": "例", "内容": "例"}] * 2,
        "小标题": dict.fromkeys(("目标", "决策", "变化", "旗区"), "例"),
        "目标": [{"结论": "例", "要点": "例", "说明": "例"}] * 2,
        "分组": [{"名称": "例", "目标": "90%"}] * 2,
        "旗区": [{"名称": "例", **figures}] * 2,
        "合计": figures,
        "由来": ["例"] * 2,
    }
    some: Fields = {
        **dict.fromkeys(("更正", "撤销", "范围说明", "决策", "其余决策", "其余缺报"), "例"),
        "近日": [{"名称": "例", "数": ["1"] * 3}] * 2,
        "决策清单": [dict.fromkeys(("序号", "谁", "何事", "时限"), "例")] * 2,
        "决策事项": [decision] * 2,
        "案件清单": ["例"] * 2,
        "缺报": ["例"],
        "台账": ["例"],
    }
    return always | ({name: type(value)() for name, value in some.items()} if is_empty else some)
