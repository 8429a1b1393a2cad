"""An office to which everything that comes from outside is hostile: every cell, header, name, sender, and refused value."""

from __future__ import annotations

import io
import os
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from workbooks import (
    ANSWERS,
    ASSIGNMENT,
    EXEMPTIONS,
    LIAISON,
    NEW_CASES,
    PROGRESS,
    RECEPTION,
    ROTA,
    URGENT,
    Page,
    Pages,
    Row,
    Value,
    answer_row,
    assignment_pages,
    case_row,
    edit,
    exemption_row,
    new_row,
    page,
    progress_row,
    reception_row,
    report,
    report_pages,
    turn_row,
    urgent_row,
    write,
)

from pipeline.intake import junk

if TYPE_CHECKING:
    from offices import Office

ESCAPE, BELL, CSI, TURN = "\x1b", "\x07", "\x9b", "\u202e"
HOSTILE = (
    '=HYPERLINK("http://evil.example","点这里")',
    "+cmd|' /C calc'!A0",
    "-1+1",
    "@SUM(1,1)",
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
    "＋1+1",
    "{=A1}",
    "甲\n=cmd|' /C calc'!A0",
    '";=1+1;"',
    "\u200b=1+1",
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    '" autofocus onfocus="alert(1)',
    "]]><evil/>",
    "<!-- --><evil>",
    "&lt;evil&gt;&#60;evil&#62;",
    "{{7*7}}",
    "{% raw %}",
    "{# x #}",
    "${x}",
    "%s %(x)d {0.__class__} {value}",
    "[bold red]红[/bold red]",
    "[link=http://evil.example]点这里[/link]",
    f"甲{ESCAPE}[2J{ESCAPE}[31m",
    f"{ESCAPE}]0;标题{BELL}甲",
    f"{ESCAPE}]8;;http://evil.example{ESCAPE}\\点这里{ESCAPE}]8;;{ESCAPE}\\",
    f"甲{CSI}2J\x9d0;标题\x9c\x85乙",
    "甲\x00乙\x08丙\x7f",
    f"甲{TURN}xslx.exe\u2066乙\u061c\u200f",
    "甲\u2028=乙\u2029丙",
    "http://evil.example/a?b=c",
    "mailto:evil@evil.example",
    "file:///etc/passwd",
    r"\\server\share\a.exe",
    "internal:'总览'!A1",
    "external:evil.xlsx",
    "javascript:alert(1)",
    "_x003D_1+1_x001B_",
    "<r><t>甲</t></r>",
    "'=1+1",
    "=" + "长" * 5000,
)
PLAIN = tuple(f"普通的字{number}" for number in range(len(HOSTILE)))
"""As many harmless words, for a page to compare with."""

MOBILE, CITIZEN, BANK = "13912345678", "11010519491231002X", "6222020200112233446"
NUMBERS = (MOBILE, CITIZEN, BANK)
"""Made up, with valid check digits."""
PERSONAL = (
    MOBILE,
    "电话139-1234-5678。",
    "１３９ １２３４ ５６７８",
    "139\u200b1234\u200b5678",
    "139\x071234\x075678",
    CITIZEN,
    "１１０１０５１９４９１２３１００２ｘ",
    "110105 19491231 002X",
    BANK,
    "6222 0202 0011 2233 446",
)
WIDE = "139  12345678"
"""With two blanks it is none to the contract, until somebody takes the blanks out."""


def take(words: tuple[str, ...], number: int) -> str:
    """The words in turn, without an end."""
    return words[number % len(words)]


def seen(text: str) -> str:
    """The text as a cell of ours may show it."""
    text = text.replace("\r", "\n").replace("\t", " ")
    shown = (character for character in text if character == "\n" or unicodedata.category(character) not in ("Cc", "Cs"))
    return re.sub("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", "".join(shown)).strip()


def fit(name: str, number: int) -> str:
    """A file's name as hostile as the system allows, each another one."""
    name = name.replace("/", "∕").replace("\x00", "")
    if os.name == "nt":
        name = re.sub(r'[<>:"\\|?*\x00-\x1f\x7f]', "_", name)
    name = f"{name.encode()[:120].decode(errors='ignore')}_{number}.xlsx"
    return f"x{name}" if junk.is_junk(name) or name.startswith(" ") else name


# --- workbooks ---------------------------------------------------------------------------------------------------

RAW = "\ue000"
"""Stands for the bracket of a text that the library would take for its own markup."""


def rewrite(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """The archive with its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, change(part.filename, old.read(part)))
    return out.getvalue()


def xml(text: str) -> bytes:
    """The text in XML, with what XML 1.0 does not allow as references."""
    named = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
    return "".join(named.get(character) or (f"&#{ord(character)};" if ord(character) < 0x20 else character) for character in text).encode()


def renamed(content: bytes, names: Mapping[str, str]) -> bytes:
    """The workbook with its sheets' names changed to what no program would let one type, and what stood for a bracket again one."""

    def change(part: str, written: bytes) -> bytes:
        written = written.replace(RAW.encode(), b"&lt;")
        if part == "xl/workbook.xml":
            for old, new in names.items():
                written = written.replace(f'name="{old}"'.encode(), b'name="' + xml(new) + b'"')
        return written

    return rewrite(content, change)


def _spread(headers: Iterable[str], words: tuple[str, ...], number: int, kept: Iterable[str]) -> dict[str, Value]:
    """Every column but those kept, each with another word."""
    return {header: take(words, number + 7 * index) for index, header in enumerate(headers) if header not in set(kept)}


_CASE_KEPT = ("案件编号", "案件来源", "旗区", "问题类别", "涉及户数", "涉及金额(万元)", "交办日期", "办结时限", "延期至", "撤销依据")
_PROGRESS_KEPT = ("案件编号", "办结时限", "当前状态", "诉求认定", "答复日期", "群众确认", "接访下访日期")
_NEW_KEPT = ("案件编号", "问题类别", "涉及户数", "涉及金额(万元)", "排查日期", "办结时限")
_URGENT_KEPT = ("案件编号", "事项类别", "发生时间")


def number_of(position: int) -> str:
    """The case in whose cells the words begin at that position."""
    return f"SJ-2020-{position + 101}"


def assignment_book(words: tuple[str, ...]) -> bytes:
    """Cases with every word in every text column, cancelled ones, refused ones, and hostile headers and titles."""
    words = _written(words)
    rows: list[Row] = [{**case_row(number_of(n)), **_spread(ASSIGNMENT, words, n, _CASE_KEPT)} for n in range(len(words))]
    rows += [case_row(f"SJ-2020-{n + 501}", 撤销依据=take(words, n)) for n in range(len(words))]
    rows += [{**case_row(f"SJ-2020-{n + 601}"), column: take(words, n)} for n, column in _refusals(ASSIGNMENT, words)]
    pages = assignment_pages([case_row("ZZQ-2020-001"), *rows])
    liaison = [{"旗区": "东胜区", "包联领导": word, "职务": take(words, n + 1)} for n, word in enumerate(words)]
    pages["包联旗区"] = page(LIAISON, liaison)
    pages["豁免"], pages["接访排班"] = _exemptions(words), _turns(words)
    return renamed(write(_dressed(pages, "群众来访案件", words)), {})


def _exemptions(words: tuple[str, ...]) -> Page:
    """Exemptions approved by every word for every word, and refused ones."""
    rows: list[Row] = [
        exemption_row(number_of(n), ("延期", "核查提示")[n % 2], "2020-07-10", 批准人=word, 理由=take(words, n + 3))
        for n, word in enumerate(words)
    ]
    rows += [{**exemption_row(number_of(n)), column: word} for column in ("对象", "事项", "截止日期") for n, word in enumerate(words)]
    return page(EXEMPTIONS, rows)


def _turns(words: tuple[str, ...]) -> Page:
    """Turns of every word, with it as substitute and note, before the day and after it, and refused ones."""
    days = [f"2020-{5 + n // 28:02}-{n % 28 + 1:02}" for n in range(len(words))]
    rows: list[Row] = [turn_row(day, take(words, n + 2), 备注=take(words, n + 5)) for n, day in enumerate(days)]
    rows += [turn_row(day, f"领导{n}", "替班", 替班领导=take(words, n + 9)) for n, day in enumerate(days)]
    rows += [{**turn_row("2020-05-29", take(words, n + 1)), column: word} for column in ("日期", "安排") for n, word in enumerate(words)]
    return page(ROTA, rows)


def _answers(words: tuple[str, ...]) -> Page:
    """Answers to notices that every word numbers, and refused ones."""
    rows: list[Row] = [
        answer_row(word, number_of(n), 督办事项=take(words, n + 4), 办理措施=take(words, n + 6)) for n, word in enumerate(words)
    ]
    rows += [{**answer_row(), column: word} for column in ("案件编号", "完成时限") for word in words]
    return page(ANSWERS, rows)


def _refusals(headers: tuple[str, ...], words: tuple[str, ...]) -> list[tuple[int, str]]:
    """A row for each word and column that is no free text."""
    columns = [header for header in headers if header in (*_CASE_KEPT, *_PROGRESS_KEPT, *_NEW_KEPT, *_URGENT_KEPT) and header != "撤销依据"]
    return list(enumerate(column for column in columns for _word in words))


def _written(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.replace("<r>", f"{RAW}r>") for word in words)


def _dressed(pages: Pages, name: str, words: tuple[str, ...]) -> Pages:
    """A title above, unknown columns and a signature below."""
    grid = pages[name].grid
    width = len(grid[0])
    edit(pages, {f"{name}!{_letters(width + n)}1": word for n, word in enumerate(words)})
    pages[name].append(words[0])
    pages[name].insert_row(0, words[1])
    return pages


def _letters(index: int) -> str:
    return (chr(64 + index // 26) if index >= 26 else "") + chr(65 + index % 26)


def report_book(words: tuple[str, ...]) -> bytes:
    """A report with every word in every text column, as refused values, on 封面, as headers and in names of sheets."""
    words = _written(words)
    progress: list[Row] = [progress_row(number_of(n), **_spread(PROGRESS, words, n, _PROGRESS_KEPT)) for n in range(len(words))]
    progress += [progress_row(f"SJ-2020-{n + 2001}", **{column: take(words, n)}) for n, column in _refusals(PROGRESS, words)]
    new: list[Row] = [new_row(f"DS-2020-{n + 101}", **_spread(NEW_CASES, words, n, _NEW_KEPT)) for n in range(len(words))]
    new += [new_row(f"DS-2020-{n + 2001}", **{column: take(words, n)}) for n, column in _refusals(NEW_CASES, words)]
    urgent: list[Row] = [urgent_row(number_of(n), **_spread(URGENT, words, n, _URGENT_KEPT)) for n in range(len(words))]
    urgent += [urgent_row(number_of(0), **{column: take(words, n)}) for n, column in _refusals(URGENT, words)]
    reception: list[Row] = [{**reception_row(), "备注": word} for word in words]
    reception += [{**reception_row(), column: word} for column in RECEPTION[:4] for word in words]
    pages = report_pages(progress=progress, new=new, reception=reception, urgent=urgent)
    pages["督办回复"] = _answers(words)
    for name in ("案件进展", "新增案件", "接访情况", "急报事项", "督办回复"):
        _dressed(pages, name, words)
    edit(pages, {"封面!B3": words[0], "封面!B4": words[12], "封面!B5": words[24], "封面!B6": words[29]})
    return renamed(write(pages), {"急报事项": f"{words[12]}急报事项", "新增案件": f"{words[31]}新增案件"})


# --- offices -----------------------------------------------------------------------------------------------------


def fill(office: Office, words: tuple[str, ...]) -> None:
    """Everything into the inbox: workbooks, and a refused file for each word with it in its names and its envelope."""
    office.put(assignment_book(words), f"assignment/{fit(words[0], 0)}", "2020-05-01T09:00:00+08:00")
    office.put(report_book(words), f"{fit(words[12], 1)}/{fit(words[28], 2)}", sender=words[26], message_id=words[31])
    for number, word in enumerate(words):
        refused = report("达拉特旗") if number % 2 else write(edit(report_pages(), {"封面!B1": word}))
        path = f"{fit(take(words, number + 5), number)}/{fit(word, number)}"
        office.put(refused, path, channel="email", sender=f"{word}@evil.example", message_id=word)
