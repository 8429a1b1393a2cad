"""The guides: their generated parts equal what the code gives, their links lead somewhere, their commands exist.

Covers `contract`.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

import house
import pytest

from pipeline import __version__, cli
from pipeline.settings import config, hints, meanings
from pipeline.terms import contract, hint_words, messages, vocabulary
from pipeline.terms.contract import Column, Kind, Severity, Sheet

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "docs" / "使用手册.md"
README = ROOT / "README.md"
ARCHITECTURE = ROOT / "docs" / "architecture.md"
CONTRACT = ROOT / "docs" / "contract.md"
EXTENSIONS = ROOT / "docs" / "contract-extensions.md"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
PAGES = [README, CONTRIBUTING, *sorted((ROOT / "docs").glob("**/*.md"))]
_MOST_BYTES = 250_000

# --- finding codes -----------------------------------------------------------------------------------------------

SEVERITY_WORDS: Final = {Severity.FILE: "整份退回", Severity.SHEET: "整表退回", Severity.ROW: "该行退回", Severity.WARNING: "提醒"}
MILDER: Final = {
    "not-the-template": "在“新增案件”“接访情况”“急报事项”这三张可以没有的表里：整表退回；同一张表里另一行表头下面的：退回这些行",
    "personal-column": "在分解表里：提醒，跳过这一列",
    "personal-information": "在不属于任何一行的单元格（标题、落款，或一行里只填了这一格）：提醒，跳过这个单元格",
}
NOT_YET: Final[Mapping[str, str]] = {}
"""Codes of the contract that no message of the catalogue has."""
_LATE: Final = ("first", "again", "again-refused", "again-late", "nothing", "nothing-again", "nothing-again-refused")
PLACEHOLDERS: Final = {
    "refused": "工作表和案件编号",
    "answer": "所填的群众确认",
    "made": "日期等", "alike": "",
    "sum": "合计", "answered": "批次", "arrival": "收到日期", "batches": "批次", "before": "原内容", "case": "案件编号", "code": "旗区代码",
    "column": "列名", "columns": "列名", "count": "数目", "current": "版本",
    "day": "日期", "days": "天数", "differences": "不同的列和各行写的内容",
    "differs": "多余的空格之类", "district": "旗区", "example": "例子",
    "held": "原来的日期", "hint": "应填的内容", "limit": "上限", "lines": "行号", "meant": "读作的内容", "more": "", "name": "工作表名",
    "kind": "安排", "leader": "领导姓名", "names": "名称",
    "number": "答复文号", "own": "本旗区", "passed": "批次", "revision": "版次", "sheet": "工作表名", "sheets": "工作表名", "since": "日期",
    "start": "起算日期", "status": "当前状态", "stored": "存的数", "line": "行号",
    "to": "现在办理的旗区", "unit": "上级", "value": "所填内容", "values": "可选值",
}  # fmt: skip
"""What stands for a placeholder of the catalogue, for readers."""
SPECIAL_PLACEHOLDERS: Final = {
    "unreadable/original": {"value": "文件名开头"},
    "unknown-case": {"value": "案件编号"},
    "unknown-case/assignment-refused": {"value": "案件编号"},
    "other-district": {"value": "案件编号"},
    "other-district/moved": {"value": "案件编号"},
    "other-district/moved-urgent": {"value": "案件编号"},
    "not-in-list/case": {"value": "案件编号"},
    "case-exists/code": {"value": "案件编号"},
    "personal-column": {"value": "列名"},
    "personal-column/ignored": {"value": "列名"},
    "unknown-column": {"value": "列名"},
    "unknown-column/sheet": {"value": "工作表", "name": "读了的那张表"},
    "unknown-column/unit": {"value": "列名", "meant": "正确的表头"},
    "unknown-column/twice": {"value": "列名"},
    "read-as/header": {"value": "所写的表头", "meant": "模板的表头"},
    "read-as/sheet": {"value": "所写的名称", "meant": "模板的名称"},
    "unknown-district/other": {"names": "全部旗区的全称"},
    "unknown-district/several": {"names": "这几个旗区的全称"},
    "rows-withdrawn": {"names": "工作表和案件编号"},
    "rows-withdrawn/both": {"names": "工作表和案件编号"},
    "rows-withdrawn/refused": {"names": "工作表和案件编号"},
    "reply-before-dispute": {"value": "答复日期"},
    "assignment-postponed": {"value": "日期"},
    "bad-report-date/future": {"value": "报告日期"},
    "bad-report-date/old": {"value": "报告日期"},
    "date-out-of-range/after-report": {"value": "日期", "limit": "报告日期"},
    "date-out-of-range/before-start": {"value": "日期", "limit": "日期"},
    "date-out-of-range/before-report": {"value": "日期", "limit": "报告日期"},
    "date-out-of-range/after-arrival": {"value": "时间", "limit": "收到时间"},
    **{
        name: {"arrival": "收到时间", "limit": "截止时间"}
        for name in (
            "late",
            *(f"late/{sent}{place}" for sent in ("", "unsent-") for place in _LATE),
        )
    },
    "deadline-beyond-statute/deadline": {"value": "日期", "limit": "日期"},
    "deadline-beyond-statute/extension": {"value": "日期", "limit": "日期"},
    "deadline-beyond-statute/exempted": {"value": "日期", "limit": "日期"},
    "extension-shortens": {"value": "日期", "limit": "日期"},
}


class Example(NamedTuple):
    """A finding as somebody meets it: the catalogue's name, where, and what fills the sentence."""

    name: str
    place: str
    said: Mapping[str, object]


_RULES = {"values": "、".join(contract.STATUSES), "column": "当前状态", "value": "差不多了"}
EXAMPLES: Final = (
    Example("error-value", "乌审旗日报.xlsx · 案件进展!E9", {"value": "#N/A", "column": "当前状态"}),
    Example("no-cached-value", "乌审旗日报.xlsx · 案件进展!F9", {"column": "今日进展"}),
    Example("unreadable/format", "杭锦旗日报.csv", {}),
    Example("encrypted", "杭锦旗日报.xlsx", {}),
    Example("macro-workbook", "乌审旗日报.xlsm", {}),
    Example("too-large/bytes", "乌审旗日报.xlsx", {"limit": 25}),
    Example("not-the-template/sheet", "东胜区日报.xlsx", {"name": "案件进展"}),
    Example("unknown-district/empty", "日报.xlsx · 封面!B3", {"example": "东胜区"}),
    Example("bad-report-date/future", "鄂托克旗日报.xlsx · 封面!B4", {"value": "2020-05-31", "arrival": "2020-05-21"}),
    Example("sender-not-allowed", "康巴什区日报.xlsx", {"district": "康巴什区"}),
    Example("personal-column", "准格尔旗日报.xlsx · 案件进展!P1", {"sheet": "案件进展", "value": "联系电话"}),
    Example("duplicate", "准格尔旗日报（再发）.xlsx", {}),
    Example("rows-withdrawn", "东胜区日报（更正）.xlsx · 案件进展", {"names": "案件进展：ZZQ-2020-009"}),
    Example("older-revision", "东胜区日报.xlsx", {"revision": 1}),
    Example("dispute-withdrawn", "东胜区日报（更正）.xlsx · 案件进展!J4", {"case": "SJ-2020-014"}),
    Example(
        "reply-before-dispute",
        "东胜区日报.xlsx · 案件进展!H4",
        {"case": "SJ-2020-014", "value": "2020-05-18", "number": "东住建信〔2020〕9号", "since": "2020-05-20"},
    ),
    Example("sidecar-outdated", "案件包案任务分解表.xlsx", {}),
    Example("wrong-place/assignment", "案件包案任务分解表.xlsx", {}),
    Example("unknown-case", "康巴什区日报.xlsx · 案件进展!A9", {"value": "SJ-2020-099"}),
    Example("other-district", "乌审旗日报.xlsx · 案件进展!A4", {"value": "SJ-2020-014", "own": "乌审旗"}),
    Example("required", "东胜区日报.xlsx · 案件进展!E3", {"column": "当前状态", "hint": f"其中之一：{'、'.join(contract.STATUSES)}"}),
    Example("not-in-list", "达拉特旗日报.xlsx · 案件进展!E14", _RULES),
    Example("bad-date", "康巴什区日报.xlsx · 案件进展!H3", {"column": "答复日期", "value": "五月下旬", "example": "2020-05-21"}),
    Example(
        "date-out-of-range/after-report",
        "达拉特旗日报.xlsx · 案件进展!J10",
        {"column": "答复日期", "value": "2020-05-31", "limit": "2020-05-21"},
    ),
    Example("bad-number", "杭锦旗日报.xlsx · 新增案件!E2", {"column": "涉及户数", "value": "约12户", "hint": "整数"}),
    Example("reply-missing", "鄂托克前旗日报.xlsx · 案件进展!I6", {"status": "已化解", "column": "答复文号"}),
    Example("contradiction/reception", "伊金霍洛旗日报.xlsx · 接访情况!B4", {"answered": 5, "passed": 9, "sum": 14, "batches": 6}),
    Example("status-went-back", "伊金霍洛旗日报.xlsx · 案件进展!E5", {"case": "ZZQ-2020-003", "before": "已化解", "value": "办理中"}),
    Example(
        "repeated-case",
        "鄂托克旗日报.xlsx · 案件进展!A3",
        {"case": "ETK-2020-001", "sheet": "案件进展", "count": 2, "lines": "3、4", "differences": "当前状态“办理中”／“已答复”"},
    ),
    Example("case-exists/code", "乌审旗日报.xlsx · 新增案件!A2", {"code": "WS", "example": "WS-2020-014", "value": "DS-2020-009"}),
    Example("personal-information", "乌审旗日报.xlsx · 案件进展!F8", {"value": "已电话回访 138********"}),
    Example("late", "杭锦旗日报.xlsx", {"arrival": "2020-05-21 18:22", "limit": "2020-05-21 17:00"}),
    Example("read-as/district", "达拉特旗日报.xlsx · 封面!B3", {"value": "达旗", "meant": "达拉特旗", "more": ""}),
    Example("sheet-missing", "鄂托克前旗日报.xlsx", {"name": "接访情况"}),
    Example("old-template", "东胜区日报.xlsx · 封面!B8", {"value": "0.9", "current": contract.TEMPLATE_VERSION}),
    Example("zero-report-with-rows", "鄂托克前旗日报.xlsx · 封面!B7", {"count": 3}),
    Example(
        "prefilled-changed",
        "乌审旗日报.xlsx · 案件进展!D5",
        {"column": "办结时限", "value": "2020-07-30", "before": "2020-06-30"},
    ),
    Example("unknown-column", "康巴什区日报.xlsx · 案件进展!P1", {"value": "内部流转号"}),
    Example("cover-incomplete/reporter", "东胜区日报.xlsx · 封面!B5", {}),
    Example("case-missing", "案件包案任务分解表.xlsx", {"case": "SJ-2020-028"}),
    Example(
        "deadline-beyond-statute/deadline",
        "案件包案任务分解表.xlsx · 群众来访案件!N7",
        {"value": "2020-08-30", "start": "交办日期", "limit": "2020-05-01", "days": 60},
    ),
    Example(
        "assignment-postponed",
        "案件包案任务分解表（新）.xlsx · 群众来访案件!M7",
        {"case": "SJ-2020-014", "value": "2020-06-01", "held": "2020-04-20"},
    ),
    Example("extension-shortens", "案件包案任务分解表.xlsx · 群众来访案件!O7", {"value": "2020-06-01", "limit": "2020-06-30"}),
)


def _placeholder(name: str, field: str) -> str:
    word = SPECIAL_PLACEHOLDERS.get(name, {}).get(field, PLACEHOLDERS[field])
    return f"〈{word}〉" if word else ""


def _readable(name: str) -> str:
    """The catalogue's sentence with its placeholders in Chinese words."""
    parts = string.Formatter().parse(messages.CATALOGUE[name])
    return _plain("".join(text + (_placeholder(name, field) if field else "") for text, field, _spec, _conversion in parts))


def _plain(sentence: str) -> str:
    """The sentence with nothing in it that Markdown would take for its own."""
    return sentence.replace("*", "\\*")


def _code_part() -> str:
    """Every finding code with its result, its sentences and an example."""
    examples = {example.name.partition("/")[0]: example for example in EXAMPLES}
    blocks = []
    for code, severity in contract.SEVERITIES.items():
        result = "；".join([SEVERITY_WORDS[severity], *([MILDER[code]] if code in MILDER else [])])
        lines = [f"#### {code}", "", f"结果：**{result}**。", ""]
        if code in NOT_YET:
            lines.append(f"- {NOT_YET[code]}")
        else:
            lines += [f"- {_readable(name)}" for name in messages.CATALOGUE if name.partition("/")[0] == code]
            example = examples[code]
            details = dict(example.said)
            said = messages.finding(example.name, value=details.pop("value", ""), details=details)
            lines += ["", f"例：`{example.place}`：{_plain(said.message)}"]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


# --- columns -----------------------------------------------------------------------------------------------------

COVER_WAYS: Final = {
    "旗区": ("是", "旗区全称", ""),
    "报告日期": ("是", "日报说的是哪一天，例如 2020-05-21；不能晚于报送当天", ""),
    "填报人": ("是", "填报人姓名；没有填只提醒", ""),
    "审核人": ("", "审核人姓名", ""),
    "零报告": ("", "当天没有要报的，填“是”；不填算“否”", "是、否"),
    "模板版本": ("", f"现行版本是 {contract.TEMPLATE_VERSION}", ""),
}
WAYS: Final = {
    Kind.CODE: "字母、四位年份和序号，用短横连接，例如 SJ-2020-014",
    Kind.CHOICE: "照“可选值”填其中一个",
    Kind.DATE: "日期，例如 2020-05-21",
    Kind.MOMENT: "时间，例如 2020-05-21 09:30；只写 9:30 的算报告日期当天；分不清是几点的（如晚上1点、上午12点）不采用",
    Kind.COUNT: "不小于 0 的整数",
    Kind.MONEY: "不小于 0 的数字，单位为万元",
    Kind.TEXT: "文字",
    Kind.REPLY_NUMBER: "文字，照书面答复上的写",
    Kind.DISTRICT: "旗区全称",
    Kind.PREFILLED: "供查看，可以不填；填了与台账不同的只提醒，不采用",
    Kind.PREFILLED_DATE: "供查看，可以不填；填了与台账不同的只提醒，不采用",
    Kind.UNREAD: "不读取，有没有都可以",
}
NOTES: Final = {
    ("案件进展", "今日进展"): "今天做了什么",
    ("案件进展", "答复日期"): "报“已答复”“已化解”时必填",
    ("案件进展", "答复文号"): "报“已答复”“已化解”时必填",
    ("案件进展", "重新办理原因"): "状态往回改时必填",
    ("新增案件", "案件编号"): "以本旗区代码开头",
    ("自治区交办案件", "延期至"): "批准延期的填，填了以它为准",
    ("群众来访案件", "延期至"): "批准延期的填，填了以它为准",
    ("自治区交办案件", "撤销依据"): "填了就不计入总数，每天列出",
    ("群众来访案件", "撤销依据"): "填了就不计入总数，每天列出",
    ("督办回复", "督办事项"): "模板里已填好，不用改",
    ("督办回复", "办理措施"): "与完成时限都不填的，就是没有回复",
    ("督办回复", "完成时限"): "打算办完的日期，不早于报告日期",
    ("豁免", "对象"): "案件编号；迟报的写旗区和报告日期，例如 东胜区 2020-05-21",
    ("豁免", "截止日期"): "到这一天为止（含当天）",
    ("接访排班", "替班领导"): "安排是“替班”时必填",
}


def _column_line(sheet: Sheet, column: Column) -> str:
    default = f"不填算“{column.default}”" if column.default else ""
    way = "；".join(part for part in (WAYS[column.kind], default, NOTES.get((sheet.name, column.name), "")) if part)
    needed = "是" if column.required and not column.default else ""
    return f"| {column.header} | {needed} | {way} | {'、'.join(column.values)} |"


def _sheet_lines(name: str, book: str, lines: list[str], *, required: bool) -> str:
    must = "必须有" if required else "可以没有"
    return "\n".join([f"**{book} · {name}**（{must}）", "", "| 列 | 必填 | 怎样填 | 可选值 |", "|---|---|---|---|", *lines])


def _column_part() -> str:
    """The columns of every sheet, as the contract declares them."""
    cover = [f"| {name} | {' | '.join(COVER_WAYS[name])} |" for name in contract.COVER_LABELS]
    blocks = [_sheet_lines(contract.COVER, "旗区日报", cover, required=True)]
    books: list[tuple[str, tuple[Sheet, ...]]] = [
        ("旗区日报", (*contract.REPORT_SHEETS, *contract.REPORT_EXTENSIONS)),
        ("案件包案任务分解表", (*contract.ASSIGNMENT_SHEETS, *contract.ASSIGNMENT_EXTENSIONS)),
    ]
    blocks += [
        _sheet_lines(sheet.name, book, [_column_line(sheet, column) for column in sheet.columns], required=sheet.required)
        for book, sheets in books
        for sheet in sheets
    ]
    return "\n\n".join(blocks)


# --- settings ----------------------------------------------------------------------------------------------------


def _setting_part() -> str:
    """Every setting with its default and its meaning."""
    lines = ["| 设置 | 随程序的值 | 意思 |", "|---|---|---|"]
    lines += [f"| `{name}` | {f'`{value}`' if value else '（以下几项）'} | {meaning} |" for name, value, meaning in meanings.of_file()]
    return "\n".join(lines)


# --- hints -------------------------------------------------------------------------------------------------------


def _hint_part() -> str:
    """Every kind of hint, with the limits of the program's own settings."""
    limits = hints.Hints().model_dump()
    lines = [f"| {kind.name} | {kind.rule.format_map(limits)} | {kind.look} | `{code}` |" for code, kind in hint_words.HINTS.items()]
    return "\n".join(["| 提示 | 什么时候有 | 请看什么 | 代码 |", "|---|---|---|---|", *lines])


# --- words -------------------------------------------------------------------------------------------------------


def _word_part() -> str:
    """Every word of the vocabulary, and how days, moments and sections are written."""
    lines = ["| 词 | 意思 |", "|---|---|", *(f"| {word.word} | {word.meaning} |" for word in vocabulary.VOCABULARY)]
    forms = ["| 写法 | |", "|---|---|", *(f"| {what} | {form} |" for what, form in vocabulary.FORMS)]
    return "\n".join([*lines, "", *forms])


# --- the house ---


def test_what_is_needed_to_run_is_installed_to_work_on_it_too() -> None:
    assert (
        set(house.pinned("requirements.txt")) <= set(house.pinned("requirements-servers.txt")) <= set(house.pinned("requirements-dev.txt"))
    )


@pytest.mark.parametrize("page", [ARCHITECTURE, CONTRIBUTING, *DECISIONS], ids=lambda page: page.stem)
def test_every_module_and_function_that_a_page_for_programmers_names_exists(page: Path) -> None:
    written = page.read_text(encoding="utf-8")
    files = [file for file in re.findall(r"`((?:\w+/)+\w*\.?\w*)`", written) if not file.startswith("state/")]  # an office's, not ours
    wings = "|".join(wing.name for wing in house.WINGS)
    names = re.findall(rf"`((?:{wings})(?:\.\w+)+)`", written)
    assert files or page in DECISIONS
    assert names or page != ARCHITECTURE
    assert [file for file in files if not any((ROOT / base / file).exists() for base in ("", "pipeline"))] == []
    assert [name for name in names if not house.is_there(name)] == []


def test_every_decision_has_a_number_of_its_own_which_its_heading_says() -> None:
    numbers = [int(page.name[:4]) for page in DECISIONS]
    assert len(numbers) == len(set(numbers))
    assert [int(page.read_text(encoding="utf-8").removeprefix("# ").partition(".")[0]) for page in DECISIONS] == numbers


def test_every_module_has_a_test_of_its_name_or_is_named_by_the_one_that_covers_it() -> None:
    assert house.untested() == []


def test_the_version_is_the_same_everywhere() -> None:
    assert __version__ == house.project()["version"]


def test_no_body_of_a_function_has_more_than_forty_lines_and_no_module_more_than_four_hundred() -> None:
    assert house.long_functions(40) == {}
    modules = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / "pipeline").rglob("*.py")}
    assert {name: lines for name, lines in modules.items() if lines > 400} == {}


def test_the_contract_has_every_code_with_its_severity_and_every_column_in_its_order() -> None:
    written, beyond = (page.read_text(encoding="utf-8") for page in (CONTRACT, EXTENSIONS))
    assert dict(re.findall(r"^\| `([a-z-]+)`(?: ②)? \| ((?:refused-)?\w+) \|", written, re.MULTILINE)) == {
        code: str(severity) for code, severity in contract.SEVERITIES.items()
    }
    for sheet in contract.SHEETS.values():
        joined = re.sub(r"\s+", "", beyond if sheet.is_extension else written)
        columns = [f"{column.header}{'*' if column.required else ''}" for column in sheet.columns if column.kind is not Kind.UNREAD]
        assert f"{'|'.join(columns)}" in joined, sheet.name


def test_every_section_that_the_code_cites_is_one_of_the_contracts() -> None:
    sections = set(re.findall(r"^## (\d)\. ", CONTRACT.read_text(encoding="utf-8"), re.MULTILINE))
    cited = {
        number for path in (ROOT / "pipeline").rglob("*.py") for number in re.findall(r"contract (\d)", path.read_text(encoding="utf-8"))
    }
    assert cited
    assert cited <= sections


def test_there_are_at_most_twelve_floors_and_no_wing_needs_more_than_seven_others() -> None:
    assert len(house.floors()) <= 12
    assert {wing.name: needs for wing in house.WINGS if len(needs := house.needs(wing)) > 7} == {}


# --- the parts ---------------------------------------------------------------------------------------------------

PARTS: Final = {
    "codes": (GUIDE, _code_part),
    "columns": (GUIDE, _column_part),
    "settings": (GUIDE, _setting_part),
    "hints": (GUIDE, _hint_part),
    "words": (GUIDE, _word_part),
    "wings": (ARCHITECTURE, house.wing_part),
    "dependencies": (ROOT / "docs" / "third-party.md", house.dependency_part),
}


def _part(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- generated: {name} -->\n)(.*?)(\n<!-- /generated -->)", re.DOTALL)


@pytest.mark.parametrize("name", PARTS)
def test_a_generated_part_is_what_the_code_gives(name: str, request: pytest.FixtureRequest) -> None:
    page, make = PARTS[name]
    written, made = page.read_text(encoding="utf-8"), f"\n{make()}\n"
    found = _part(name).search(written)
    assert found, f"{page.name} has no part “{name}”"
    if request.config.getoption("--update-golden"):
        changed = written[: found.start(2)] + made + written[found.end(2) :]
        page.write_text(changed, encoding="utf-8", newline="\n")
        return
    assert found[2] == made, "accept it with --update-golden"


def test_every_code_has_an_example_or_is_said_not_to_be_in_use() -> None:
    said = {name.partition("/")[0] for name in messages.CATALOGUE}
    assert said == set(contract.SEVERITIES) - set(NOT_YET)
    assert sorted(example.name.partition("/")[0] for example in EXAMPLES) == sorted(said)


def test_every_setting_stands_in_the_file_and_is_explained() -> None:
    explained = {setting.name for setting in meanings.of_file() if setting.meaning}
    fields = {
        f"{name}.{inner}" if inner else name
        for name, field in config.Settings.model_fields.items()
        for inner in (getattr(field.annotation, "model_fields", None) or [""])
    }
    assert fields <= explained


# --- links and commands ------------------------------------------------------------------------------------------

_LINK = re.compile(r"\]\(([^)\s]+)\)")


def _anchors(page: Path) -> set[str]:
    """The anchors that a page's headings give, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_and_picture_leads_somewhere(page: Path) -> None:
    links = [link for link in _LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    for link in links:
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in _anchors(target), link


@pytest.mark.parametrize("picture", sorted((ROOT / "docs" / "pictures").glob("*.png")), ids=lambda picture: picture.name)
def test_a_picture_is_small_and_shown_somewhere(picture: Path) -> None:
    assert picture.stat().st_size < _MOST_BYTES
    assert any(f"pictures/{picture.name})" in page.read_text(encoding="utf-8") for page in PAGES)


@pytest.fixture
def commands(capsys: pytest.CaptureFixture[str]) -> set[str]:
    """What the program's own help lists."""
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    return set(re.findall(r"^    ([a-z]+)\b", capsys.readouterr().out, re.MULTILINE))


def test_the_readme_lists_every_command(commands: set[str]) -> None:
    rows = "\n".join(line for line in README.read_text(encoding="utf-8").splitlines() if line.startswith("| `run.py"))
    assert set(re.findall(r"run\.py ([a-z]+)", rows)) == commands


@pytest.mark.parametrize("page", [README, GUIDE], ids=lambda page: page.name)
def test_every_command_that_is_named_exists(page: Path, commands: set[str]) -> None:
    named = set(re.findall(r"run\.py(?: --[a-z]+ [^\s`]+)* ([a-z]+)", page.read_text(encoding="utf-8")))
    assert named
    assert named <= commands


@pytest.mark.parametrize("page", [README, GUIDE], ids=lambda page: page.name)
def test_every_option_that_is_named_exists(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (
        [],
        ["doctor"],
        ["check"],
        ["fetch"],
        ["send"],
        ["serve"],
        ["status"],
        ["templates"],
        ["period"],
        ["rehearse"],
        ["user", "add"],
    ):
        with pytest.raises(SystemExit):
            cli.main([*command, "--help"])
    known = set(re.findall(r"--[a-z]+", capsys.readouterr().out))
    named = {option for said in re.findall(r"run\.py[^`\n]*", page.read_text(encoding="utf-8")) for option in re.findall(r"--[a-z]+", said)}
    assert named <= known
