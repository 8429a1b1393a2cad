"""What goes out is inert: nothing from a cell, a name or an envelope is alive anywhere, and no personal number shows."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
import sqlite3
import unicodedata
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import hostile
import openpyxl
import pytest
from hostile import HOSTILE, NUMBERS, PERSONAL, PLAIN, WIDE, number_of, seen, take
from offices import Office, let_nights_make
from workbooks import DAY, PROGRESS, assignment_pages, case_row, edit, progress_row, report, report_pages, write

from pipeline import cli
from pipeline.render.page import leaders_page

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

FOLDER = DAY.isoformat()
BOOK, PAGE = f"信访事项办理情况汇总_{FOLDER}.xlsx", f"信访事项办理情况日报_{FOLDER}.html"
_TURNS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@dataclass(frozen=True, slots=True)
class Ran:
    """An office after its night, with all that was said."""

    office: Office
    said: str

    def out(self, name: str) -> bytes:
        return (self.office.outbox / FOLDER / name).read_bytes()


def _say(*commands: Sequence[str]) -> str:
    """All that these commands write onto the terminal."""
    terminal = io.StringIO()
    with contextlib.redirect_stdout(terminal), contextlib.redirect_stderr(terminal):
        for command in commands:
            cli.main(command)
    return terminal.getvalue()


def _ran(office: Office, files: Sequence[Path] = ()) -> Ran:
    config = ["--config", str(office.home / "config.yaml")]
    day = ["--date", FOLDER]
    terminal = _say([*config, *day], [*config, "status", *day], *([*config, "check", str(file)] for file in files))
    return Ran(office, terminal)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The hostile office after its night; a clerk has checked a hostile file too."""
    office = Office(tmp_path_factory.mktemp("hostile") / "office")
    hostile.fill(office, HOSTILE)
    mine = [office.home / hostile.fit(word, number) for number, word in enumerate(HOSTILE[::6])]
    for path in mine:
        path.write_bytes(hostile.report_book(HOSTILE) if path == mine[0] else b"no workbook")
    return _ran(office, mine)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """An office of the same shape with harmless words."""
    office = Office(tmp_path_factory.mktemp("plain") / "office")
    hostile.fill(office, PLAIN)
    with pytest.MonkeyPatch.context() as patch:
        let_nights_make(patch, "leaders_page")
        return _ran(office)


def test_the_hostile_office_is_consolidated_like_any_other(ran: Ran, plain: Ran) -> None:
    assert "程序出错了" not in ran.said
    assert not list(ran.office.home.rglob("错误报告*"))
    assert sorted(ran.office.summary(DAY)["cases"]) == sorted(plain.office.summary(DAY)["cases"])
    (submission,) = (submission for submission in ran.office.summary(DAY)["submissions"] if submission["district"] == "东胜区")
    assert submission["rows_accepted"] >= 4 * len(HOSTILE)
    assert submission["rows_refused"] > 10 * len(HOSTILE)
    beyond = json.loads(ran.out("extensions.json"))
    shown = [len(beyond["exceptions"]), len(beyond["receptions"]["rota"]), len(beyond["notices"]["unmatched"])]
    assert min(shown) > 15, shown


# --- the workbook ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def parts(ran: Ran) -> dict[str, str]:
    """The 汇总's parts."""
    with zipfile.ZipFile(io.BytesIO(ran.out(BOOK))) as book:
        return {name: book.read(name).decode() for name in book.namelist()}


@pytest.fixture(scope="module")
def sheets(ran: Ran) -> dict[str, Worksheet]:
    """The 汇总's sheets."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl leaves out what it does not know
        book = openpyxl.load_workbook(io.BytesIO(ran.out(BOOK)))
    return {worksheet.title: worksheet for worksheet in book.worksheets}


_FORMULA = re.compile(
    r"=?(?:(?:COUNTIFS?|SUMPRODUCT|SUM|IF|AND|MAX|INT|QUOTIENT|EXACT)(?=\()"
    r"|台账[\u4e00-\u9fff]+|'[\u4e00-\u9fff]+'!|\$?[A-Z]{1,2}\$?\d+|\d+|[-+*/=<>(),:&]"
    r'|"(?:是|否|—|(?:暂计)?达标|(?:暂计)?未达标|(?:暂计)?未达标，还差 |(?:按时|迟报(?:（已批准）)?|未报)\*?|认可|未回访|'
    r"诉求合理|部分合理|诉求不合理|生活困难|暂时难以解决|"
    r'暂无案件| 件|与“目标完成”(?:一致|不一致，请核对))?")+'
)


def test_no_formula_of_the_workbook_is_another_than_ours(sheets: dict[str, Worksheet], parts: dict[str, str]) -> None:
    formulas = [str(cell.value) for sheet in sheets.values() for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert formulas
    assert [formula for formula in formulas if not _FORMULA.fullmatch(formula)] == []
    written = [tag for name, part in parts.items() if name.startswith("xl/worksheets/") for tag in re.findall("<f[ >]", part)]
    assert len(written) == len(formulas)


def test_no_link_of_the_workbook_leads_out_of_it(sheets: dict[str, Worksheet], parts: dict[str, str]) -> None:
    links = re.findall("<hyperlink [^>]*>", "".join(parts.values()))
    assert [link for link in links if "r:id" in link or not re.search("location=\"'[\u4e00-\u9fff]+'!A\\d+(:[A-Z]+\\d+)?\"", link)] == []
    assert len(links) > len(sheets)
    assert "TargetMode" not in "".join(part for name, part in parts.items() if name.endswith(".rels"))


def test_the_workbook_has_no_part_that_could_act(parts: dict[str, str]) -> None:
    expected = r"(\[Content_Types\]\.xml|_rels/\.rels|docProps/(app|core)\.xml|xl/(workbook|styles|sharedStrings|theme/theme1)\.xml"
    expected += r"|xl/(worksheets|charts|drawings)/[a-z]+\d+\.xml|xl/([a-z]+/)?_rels/[a-z0-9]+\.xml\.rels)"
    assert [name for name in parts if not re.fullmatch(expected, name)] == []
    assert not re.search("<(ddeLink|oleLink|externalReference|customXml|r>|rPh|phoneticPr)", "".join(parts.values()))
    assert "_x001B_" not in re.sub("_x005F_x003D_1\\+1_x005F_x001B_", "", parts["xl/sharedStrings.xml"])
    names = re.findall("<definedName [^>]*>([^<]*)<", parts["xl/workbook.xml"])
    assert [name for name in names if not re.fullmatch(r"('?[\u4e00-\u9fff]+'?!\$?[A-Z]*\$?\d*(:\$?[A-Z]*\$?\d*)?,?)+", name)] == []


def test_no_character_of_the_workbook_steers_or_turns_what_shows_it(parts: dict[str, str]) -> None:
    assert [name for name, part in parts.items() if _steering(part, also="\n\t\u2028\u2029")] == []


def test_a_text_of_the_workbook_is_the_text_of_the_cell(sheets: dict[str, Worksheet]) -> None:
    rows = list(sheets["案件台账"].iter_rows(min_row=3, values_only=True))
    by_number = {row[0]: dict(zip(rows[0], row, strict=True)) for row in rows[1:]}
    for position in range(len(HOSTILE)):
        shown = by_number[number_of(position)]
        for column, at in (("案由", 4), ("责任单位", 8), ("工作专班", 10), ("化解方案", 11)):
            assert _unescaped(shown[column]) == seen(take(HOSTILE, position + 7 * at)), (position, column)
        assert _unescaped(shown["最近进展"]) == seen(take(HOSTILE, position + 7 * PROGRESS.index("今日进展")))


def _unescaped(value: object) -> str:
    """openpyxl leaves the file format's own escape of an underscore as it stands."""
    return str(value).replace("_x005F_", "_").replace("</r＞", "</r>")


# --- for programs ------------------------------------------------------------------------------------------------


def _steering(text: str, also: str = "\n") -> set[str]:
    """Control characters, turns of direction and halves of pairs that stand in the text."""
    return {
        character for character in {*text} - {*also} if unicodedata.category(character) in ("Cc", "Zl", "Zp", "Cs") or character in _TURNS
    }


def test_no_field_and_no_line_of_the_findings_is_a_formula(ran: Ran) -> None:
    text = ran.out("findings.csv").decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len(rows) > 10 * len(HOSTILE)
    fields = [field for row in rows for field in row]
    starts = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
    assert [field for field in fields if unicodedata.normalize("NFKC", field).lstrip().lstrip("\u200b").startswith(starts)] == []
    assert any(field.startswith("'=HYPERLINK(") for field in fields)
    assert any(field.startswith("'+cmd") for field in fields)
    lines = text.removesuffix("\r\n").split("\r\n")
    assert len(lines) == len(rows)
    assert [line for line in lines if not re.match("report_date,|2020-05-21,", line)] == []
    assert _steering(text, also="\r\n\t") == set()


@pytest.mark.parametrize("name", ["summary.json", "manifest.json"])
def test_json_holds_no_character_that_steers_a_terminal_nor_do_the_names_in_it(ran: Ran, name: str) -> None:
    text = ran.out(name).decode()
    assert _steering(text) == set()
    written = json.loads(text)
    if name == "manifest.json":
        paths = [file["path"] for file in written["inputs"]]
        assert len(paths) > 1
        assert not any("\x1b" in path or "\u202e" in path for path in paths)


# --- the page ----------------------------------------------------------------------------------------------------


class _Skeleton(HTMLParser):
    """Every element of a page with its attributes, and the text between."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.text: list[str] = []
        self.others: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_decl(self, decl: str) -> None:
        self.others.append(decl)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)

    def unknown_decl(self, data: str) -> None:
        self.others.append(data)


def _skeleton(ran: Ran) -> _Skeleton:
    page = _Skeleton()
    page.feed(ran.out(PAGE).decode())
    page.close()
    return page


_LONGER = {
    *(("details", (("class", name),)) for name in ("whole printed", "wide-open cases-of")),
    *((tag, (("class", name),)) for tag, name in (("p", "matter"), ("span", "on-paper"))),
}
"""What hostile words have since they are longer and several cases ask the same: texts that unfold, cases in one item, their matters."""
_FREE = ("id", "href", "width", "x", "y", "points", "cx", "cy", "data-show", "data-case")
"""Attributes whose value depends on the case or on the figures."""


def test_the_page_has_no_element_and_no_attribute_that_harmless_words_would_not_give(ran: Ran, plain: Ran) -> None:
    hostile_one, plain_one = _skeleton(ran), _skeleton(plain)
    assert hostile_one.others == plain_one.others == ["DOCTYPE html"]
    assert _shapes(hostile_one) - _LONGER == _shapes(plain_one)
    assert abs(len(hostile_one.elements) - len(plain_one.elements)) < len(plain_one.elements) / 100  # some words are one name to a leader


def _shapes(page: _Skeleton) -> set[tuple[str, tuple[tuple[str, str | None], ...]]]:
    return {(tag, tuple((name, None if name in _FREE else _unnumbered(value)) for name, value in attrs)) for tag, attrs in page.elements}


def _unnumbered(value: str | None) -> str | None:
    """Return the value without its numbered words: how many leaders there are is the office's own."""
    return value and " ".join(dict.fromkeys(re.sub(r"^([fn])\d+$", r"\1", word) for word in value.split(" ")))


def test_the_page_leads_nowhere_and_runs_its_own_script_alone(ran: Ran) -> None:
    elements = _skeleton(ran).elements
    links = [value or "" for _tag, attrs in elements for name, value in attrs if name in ("href", "src", "action", "formaction")]
    assert links
    assert [link for link in links if not re.fullmatch("#[A-Za-z0-9_-]+", link)] == []
    assert [tag for tag, _attrs in elements if tag in ("iframe", "object", "embed", "form", "img", "base", "link")] == []
    assert [dict(attrs) for tag, attrs in elements if tag == "script"] == [{"type": "application/json", "id": "data"}, {}]
    assert [name for _tag, attrs in elements for name, _value in attrs if name.startswith("on")] == []
    policy = [
        dict(attrs).get("content") or "" for tag, attrs in elements if tag == "meta" and ("http-equiv", "Content-Security-Policy") in attrs
    ]
    assert len(policy) == 1
    assert "default-src 'none'" in policy[0]
    assert re.findall("script-src ([^;]+)", policy[0]) == [f"'{leaders_page.script_hash(leaders_page.BUILT_IN)}'"]


def test_the_page_shows_the_words_as_they_are(ran: Ran) -> None:
    text = "".join(_skeleton(ran).text)
    assert _steering(text, also="\n\t") == set()
    flat = _flat(text)
    assert [word for word in HOSTILE if _flat(seen(word)) not in flat] == []


def _flat(text: str) -> str:
    return "".join(character for character in text if not character.isspace() and unicodedata.category(character) not in ("Cf", "Zl", "Zp"))


# --- the terminal ------------------------------------------------------------------------------------------------


def test_nothing_steers_the_terminal(ran: Ran) -> None:
    assert ran.said.count("\n") > 2 * len(HOSTILE)
    assert _steering(ran.said) == set()


def test_the_terminal_shows_markup_and_placeholders_as_they_are(ran: Ran) -> None:
    for word in ("[bold red]红[∕bold red]", "%s %(x)d {0.__class__} {value}", "{{7*7}}", "${x}"):
        assert word in ran.said


def test_every_line_of_the_terminal_is_ours(ran: Ran) -> None:
    """A name with a line break does not begin a line of its own."""
    assert [line for line in ran.said.splitlines() if line.startswith(("=cmd", "cmd"))] == []


# --- personal numbers --------------------------------------------------------------------------------------------


def _personal(text: str) -> list[str]:
    """The planted numbers that stand in the text, however they are written."""
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join(
        character for character in plain if unicodedata.category(character) not in ("Cf", "Cc") or character in "\n\r\t"
    ).upper()
    return [number for number in NUMBERS if re.search(r"[^\S\n]?-?".join(number), plain)]


def _personal_report() -> bytes:
    """A report with a number in every column of 案件进展 and elsewhere, in every way of writing it."""
    rows = [progress_row(f"SJ-2020-{n + 1:03}", **{column: take(PERSONAL, n)}) for n, column in enumerate(PROGRESS)]
    rows += [progress_row(f"SJ-2020-{n + 101:03}", 今日进展=word) for n, word in enumerate(PERSONAL)]
    rows += [progress_row(f"SJ-2020-{n + 201:03}", **{column: WIDE}) for n, column in enumerate(PROGRESS) if column != "今日进展"]
    rows += [
        progress_row("SJ202013912345678"),
        progress_row(f"SJ2020  {NUMBERS[0]}"),
        progress_row("SJ-2020-301", 当前状态="139\n12345678"),
    ]
    pages = report_pages(progress=rows)
    edit(pages, {f"新增案件!{chr(65 + n)}2": take(PERSONAL, n) for n in range(13)})
    edit(pages, {"新增案件!A3": "DS202013912345678", "新增案件!E3": "13,912,345,678", "新增案件!E4": 13912345678})
    edit(pages, {f"接访情况!{chr(65 + n)}3": take(PERSONAL, n) for n in range(5)})
    edit(pages, {f"急报事项!{chr(65 + n)}3": take(PERSONAL, n) for n in range(6)})
    edit(pages, {f"案件进展!{chr(80 + n)}1": f"{word}备注" for n, word in enumerate(PERSONAL)})
    edit(
        pages, {"案件进展!A60": PERSONAL[1], "封面!B3": PERSONAL[0], "封面!B4": PERSONAL[5], "封面!B5": PERSONAL[8], "封面!B6": PERSONAL[2]}
    )
    names = {"案件进展": f"案件进展{NUMBERS[0]}", "新增案件": f"新增案件 {PERSONAL[2]}", "急报事项": f"{PERSONAL[3]}急报事项"}
    return hostile.renamed(write(pages), names)


def _personal_assignment() -> bytes:
    columns = (
        "案由",
        "涉及项目或单位",
        "涉及户数",
        "责任单位",
        "包案领导",
        "工作专班",
        "化解方案",
        "交办日期",
        "延期至",
        "撤销依据",
        "备注",
    )
    rows = [case_row(f"SJ-2020-{n + 1:03}") for n in range(320)]
    rows += [case_row(f"SJ-2020-{n + 401}", **{column: take(PERSONAL, n)}) for n, column in enumerate(columns)]
    rows += [case_row("SJ-2020-501", 包案领导=f"领导{WIDE}"), case_row("SJ-2020-502", 包案领导=WIDE), case_row("SJ202013912345678")]
    return write(assignment_pages([case_row("ZZQ-2020-001"), *rows]))


@pytest.fixture(scope="module")
def personal(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """An office after its night in which personal numbers stand wherever one can stand."""
    office = Office(tmp_path_factory.mktemp("personal") / "office")
    office.put(
        _personal_assignment(), f"assignment/{PERSONAL[0]}.xlsx", "2020-05-01T09:00:00+08:00", sender=PERSONAL[0], message_id=PERSONAL[5]
    )
    office.put(_personal_report(), f"{PERSONAL[7]}/{PERSONAL[2]}.xlsx", sender=PERSONAL[0], message_id=PERSONAL[8])
    for number, word in enumerate(PERSONAL):
        name = word if number != 4 else PERSONAL[0]  # Windows allows no control characters in names
        refused = (report("达拉特旗"), write(edit(report_pages(), {"封面!B1": word})), write(edit(report_pages(), {"封面!B2": word})))
        path = f"{name}/{name}_{number}.xlsx"
        office.put(refused[number % 3], path, channel="email", sender=f"{word}@evil.example", message_id=f"<{word}@evil.example>")
    office.put(b"no workbook", f"{NUMBERS[0]}.xlsx", None)
    mine = office.home / f"{PERSONAL[1]}.xlsx"
    mine.write_bytes(_personal_report())
    missing = office.home / f"没有{PERSONAL[2]}.xlsx"
    return _ran(office, [mine, missing])


def _leaving(ran: Ran) -> Iterator[tuple[str, str]]:
    """Everything that goes out, as text."""
    for path in sorted(ran.office.outbox.rglob("*")):
        if path.suffix in (".xlsx", ".docx"):
            with zipfile.ZipFile(path) as book:
                yield from ((name, book.read(name).decode()) for name in book.namelist())
        elif path.is_file() and path.suffix != ".pdf":  # the PDF says what the Word file says
            yield path.name, path.read_text(encoding="utf-8")
    yield "the terminal", ran.said


def test_no_personal_number_goes_out(personal: Ran) -> None:
    assert "程序出错了" not in personal.said
    assert len(personal.office.summary(DAY)["cases"]) > 300
    assert {name: found for name, text in _leaving(personal) if (found := _personal(text))} == {}


def test_the_check_of_this_test_sees_every_way_of_writing_a_number() -> None:
    assert [word for word in PERSONAL if not _personal(word)] == []


def test_every_row_with_a_personal_number_is_refused(personal: Ran) -> None:
    findings = [
        finding
        for finding in personal.office.findings(DAY)
        if finding["code"] == "personal-information" and finding["severity"] == "refused-row"
    ]
    rows = {(finding["file"], finding["sheet"], re.sub("[A-Z]", "", finding["cell"])) for finding in findings}
    assert len(rows) > len(PROGRESS) + len(PERSONAL)
    assert {len(number) for number in personal.office.summary(DAY)["cases"]} <= {len("SJ-2020-001"), len("ZZQ-2020-001")}


def test_the_ledger_holds_no_personal_number_but_in_what_identifies_an_arrival(personal: Ran) -> None:
    def shown(packed: bytes) -> str:
        return zlib.decompress(packed).decode()  # manifest and summary of an edition

    held = sqlite3.connect(personal.office.settings.paths.ledger)
    tables = [name for (name,) in held.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    in_tables = {}
    for name in tables:
        rows = held.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608 - the ledger's own tables
        if name != "arrivals" and (found := [row for row in rows if _personal(json.dumps(row, ensure_ascii=False, default=shown))]):
            in_tables[name] = found
    held.close()
    assert {"readings", "findings"} <= {*tables}
    assert in_tables == {}


def test_no_personal_number_and_no_cell_stands_in_a_report_of_our_own_fault(personal: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> object:
        raise ValueError(*PERSONAL)

    monkeypatch.setattr("pipeline.render.workbook.office_workbook.render", fail)
    office = personal.office
    terminal = _say(["--config", str(office.home / "config.yaml"), "--date", "2020-05-22"])
    (left,) = office.home.rglob("错误报告_*.txt")
    assert "ValueError" in left.read_text(encoding="utf-8")
    assert _personal(left.read_text(encoding="utf-8") + terminal) == []


# --- envelopes ---------------------------------------------------------------------------------------------------

SIDECARS = {
    "half a pair in the sender": '{"received_at": "2020-05-21T16:00:00+08:00", "sender": "\\ud800", "message_id": "\\udfff"}',
    "nested without end": "[" * 100_000,
    "a huge number": '{"received_at": ' + "9" * 10_000 + "}",
    "no object": '"13912345678"',
}


@pytest.mark.parametrize("kind", SIDECARS)
def test_a_hostile_envelope_costs_its_own_file_at_most(office: Office, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    let_nights_make(monkeypatch)
    office.put_assignment(write(assignment_pages()))
    path = office.put(report(), "甲.xlsx")
    path.with_name("甲.xlsx.envelope.json").write_text(SIDECARS[kind], encoding="utf-8")
    office.put(report("达拉特旗", progress=[progress_row("SJ-2020-002")]), "乙.xlsx")
    terminal = _ran(office).said
    assert "程序出错了" not in terminal
    assert _personal(terminal) == []
    statuses = {submission["district"]: submission["status"] for submission in office.summary(DAY)["submissions"]}
    assert statuses["达拉特旗"] == "on-time"
    assert path.exists() == (statuses["东胜区"] == "missing")
