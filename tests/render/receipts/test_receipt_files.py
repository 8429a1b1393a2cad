"""回执: one for every file, named so that every system takes it, marked where it can be.

Covers `file_names`, `receipt_files`, `receipt_workbook` and `receipt_words`.
"""

from __future__ import annotations

import dataclasses
import io
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
import receiving
import weeks
from offices import ZONE, File, Office, assigned, handed_in, moment, on, only
from receiving import cell, opened, saved, sheet
from weeks import DAYS, WEEKS
from workbooks import DAY, Edits, assignment, edit, report, report_pages, resolved_row, write

from pipeline import cli
from pipeline.night import nightly
from pipeline.reading.receipt_layout import Obstacle, Why
from pipeline.render.receipts import receipt_files, receipt_words, receipt_workbook
from pipeline.report.report import Report
from pipeline.report.submission_lines import ArrivedReport
from pipeline.settings.config import Settings
from pipeline.terms import words
from pipeline.terms.contract import Severity
from pipeline.terms.findings import Finding
from pipeline.upkeep import repair

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

Captured = pytest.CaptureFixture[str]


def night(office: Office) -> dict[str, bytes]:
    """A night's run that makes receipts; the day's by their names."""
    outcome = nightly.run(office.settings, [DAY], documents=only("receipts"))
    assert not outcome.faults
    return lying(office)


def lying(office: Office) -> dict[str, bytes]:
    folder = office.outbox / DAY.isoformat() / receipt_files.FOLDER
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())} if folder.exists() else {}


def first_line(receipt: bytes | Workbook) -> str:
    return receiving.said(receipt).splitlines()[0]


MESSY: Edits = {
    "案件进展!A3": "SJ-2020-777",
    "案件进展!E2": "已经答复",
    "案件进展!H2": "昨天",
    "新增案件!A2": "KBS-2020-001",
    "新增案件!E2": "约12户",
    "接访情况!B2": 1,
    "急报事项!B2": None,
    "封面!B5": "有",
}


def a_messy_report() -> bytes:
    return write(edit(report_pages(), MESSY))


# --- a day's receipts --------------------------------------------------------------------------------------------


def test_each_file_of_the_day_gets_its_receipt_whatever_became_of_it(office: Office) -> None:
    office.put_assignment(assignment())
    first, second = a_messy_report(), write(report_pages())
    office.put(first, "东胜.xlsx", "2020-05-21T15:00:00+08:00")
    office.put(second, "东胜（改）.xlsx", "2020-05-21T18:00:00+08:00")
    office.put(second, "再发.xlsx", "2020-05-21T18:30:00+08:00")
    office.put(b"no workbook", "坏.xls", "2020-05-21T15:30:00+08:00")
    office.put(b"none either", "坏.et", "2020-05-21T15:40:00+08:00")
    office.put(write(edit(report_pages("达拉特旗"), {"封面!B2": "哪天"})), "达旗.xlsx", "2020-05-21T19:00:00+08:00")
    written = night(office)
    assert {name: first_line(content) for name, content in written.items()} == {
        "东胜区_回执_0_再发.xlsx": "与目前采用的日报完全相同，没有重复计入。不用再报。",
        "东胜区_回执_1_东胜.xlsx": "这一份已被第 2 版代替，现在以第 2 版为准（当时采用 0 行，退回 5 行）。",
        "东胜区_回执_2_东胜（改）.xlsx": "第 2 版：采用 0 行 → 5 行，退回 5 行 → 0 行；有 3 处提醒，不改也行。",
        "未识别_回执_0_坏 (2).xlsx": "整个文件没有采用：文件打不开。请按下面的说明改正后重新报送。",
        "未识别_回执_0_坏.xlsx": "整个文件没有采用：文件打不开。请按下面的说明改正后重新报送。",
        "达拉特旗_回执_0_达旗.xlsx": "整个文件没有采用：报告日期有误。请按下面的说明改正后重新报送。",
    }
    assert len(opened(written["达拉特旗_回执_0_达旗.xlsx"]).sheetnames) == 6
    assert [report.use for report in nightly_report(office).arrived_reports] == ["已被替换", "采用", "重复", "退回", "退回", "退回"]


def nightly_report(office: Office) -> Report:
    shutil.rmtree(office.outbox)
    return nightly.run(office.settings, [DAY], documents=only("receipts")).written.published[0]


def test_an_assignment_workbook_gets_none(office: Office) -> None:
    office.put_assignment(assignment())
    office.put_assignment(b"no workbook", "坏.xlsx", "2020-05-21T09:00:00+08:00")
    assert night(office) == {}


def test_figures_alone_come_without_receipts(office: Office) -> None:
    office.put_assignment(assignment())
    office.put(a_messy_report(), "东胜.xlsx")
    office.run(DAY)
    assert lying(office) == {}


def test_a_receipt_also_marks_what_only_the_register_shows(office: Office) -> None:
    office.put_assignment(assignment())
    office.put(a_messy_report(), "东胜.xlsx")
    (written,) = night(office).values()
    comment = cell(opened(written), "案件进展!A3").comment
    assert comment is not None
    assert "台账没有此案：台账里没有案件“SJ-2020-777”" in comment.text


def test_the_same_day_gives_the_same_receipts_twice(office: Office, tmp_path: Path) -> None:
    other = Office(tmp_path / "other")
    for each_office in (office, other):
        each_office.put_assignment(assignment())
        each_office.put(a_messy_report(), "东胜.xlsx")
        each_office.put(b"no workbook", "坏.xlsx")
    assert night(office) == night(other)


def test_an_original_that_has_gone_leaves_what_was_handed_out_and_without_that_the_list(office: Office) -> None:
    office.put_assignment(assignment())
    office.put(a_messy_report(), "东胜.xlsx")
    (written,) = night(office).values()
    for path in office.archive.iterdir():
        path.unlink()
    shutil.rmtree(office.outbox)
    assert [*night(office).values()] == [written]
    for folder in (office.outbox, office.settings.paths.editions, office.settings.paths.checkpoints):
        shutil.rmtree(folder)
    (alone,) = night(office).values()
    assert opened(alone).sheetnames == ["回执"]
    assert first_line(alone) == first_line(written)


def test_repair_writes_the_same_receipts_again(office: Office) -> None:
    office.put_assignment(assignment())
    office.put(a_messy_report(), "东胜.xlsx")
    written = night(office)
    office.settings.paths.ledger.unlink()
    shutil.rmtree(office.outbox)
    repair.repair(office.settings, documents=only("receipts"))
    assert lying(office) == written


# --- mended and sent again ---------------------------------------------------------------------------------------

MENDED = {
    "案件进展!A3": "SJ-2020-001",
    "案件进展!E2": "办理中",
    "案件进展!H2": None,
    "新增案件!A2": "DS-2020-001",
    "新增案件!E2": 12,
    "接访情况!B2": 5,
    "急报事项!B2": "停水停电停暖",
    "封面!B5": "否",
}


def test_a_receipt_mended_where_it_is_marked_and_sent_as_it_is_is_accepted(office: Office) -> None:
    office.put_assignment(assignment())
    office.put(a_messy_report(), "东胜.xlsx")
    (written,) = night(office).values()
    book = openpyxl.load_workbook(io.BytesIO(written))
    marked = {f"{page.title}!{cell.coordinate}" for page in book.worksheets for row in page.iter_rows() for cell in row if cell.comment}
    assert marked == set(MENDED)
    for address, value in MENDED.items():
        cell(book, address).value = value
    office.put(saved(book), "东胜_回执.xlsx", "2020-05-21T16:30:00+08:00")
    second = night(office)["东胜区_回执_2_东胜_回执.xlsx"]
    assert first_line(second) == "第 2 版：采用 0 行 → 5 行，退回 5 行 → 0 行；有 2 处提醒，不改也行。"
    assert {finding["code"] for finding in office.findings(DAY) if finding["file"] == "东胜_回执.xlsx"} == {"rows-withdrawn"}
    assert receiving.marks(second) == "\n"
    assert opened(second).sheetnames == opened(written).sheetnames
    submission = next(line for line in office.summary(DAY)["submissions"] if line["district"] == "东胜区")
    assert (submission["revision"], submission["rows_accepted"], submission["rows_refused"]) == (2, 5, 0)


def test_an_unmended_receipt_sent_again_is_judged_as_the_report_was(office: Office) -> None:
    office.put_assignment(assignment())
    office.put(a_messy_report(), "东胜.xlsx")
    (written,) = night(office).values()
    office.put(written, "原样再发.xlsx", "2020-05-21T16:30:00+08:00")
    second = night(office)["东胜区_回执_2_原样再发.xlsx"]
    assert receiving.marks(second) == receiving.marks(written)


# --- names -------------------------------------------------------------------------------------------------------


NAMES = (
    ("日报.xlsx", "日报"),
    ("日报", "日报"),
    ("5.21日报.xlsx", "5.21日报"),
    ("a/b\\c.xlsx", "c"),
    ('<|>:"?*.xlsx', "_______"),
    ("日报. . .xlsx", "日报"),
    ("con.xlsx", "_con"),
    ("NUL.日报.xlsx", "_NUL.日报"),
    ("   .xlsx", "_"),
    ("日\u202e报\x1b[2J\n.xlsx", "日报[2J"),
    ("长" * 90 + ".xlsx", "长" * 50),
    ("😀" * 60 + ".xlsx", "😀" * 37),
)


@pytest.mark.parametrize(("name", "plain"), NAMES, ids=lambda name: ascii(name)[:30])
def test_a_name_becomes_one_that_every_system_takes(name: str, plain: str) -> None:
    assert receipt_files.portable_stem(name) == plain
    (written,) = receipt_files.names([a_file(name=name)])
    assert len(written.encode()) < 255
    assert written == f"回执/东胜区_回执_1_{plain}.xlsx"


def test_names_that_would_be_one_get_a_number() -> None:
    reports = [a_file(name=name) for name in ("A.xlsx", "a.xls", "A.xlsx")]
    assert receipt_files.names(reports) == ["回执/东胜区_回执_1_A.xlsx", "回执/东胜区_回执_1_a (2).xlsx", "回执/东胜区_回执_1_A (3).xlsx"]


def test_a_number_in_a_files_name_is_masked(office: Office) -> None:
    office.put_assignment(assignment())
    office.put(a_messy_report(), "13912345678.xlsx")
    (name,) = night(office)
    assert name == "东胜区_回执_1_139________.xlsx"


# --- words -------------------------------------------------------------------------------------------------------

REFUSAL = Finding("not-in-list", Severity.ROW, "当前状态“快了”不在可选范围。", "案件进展", 2, 4, "快了")
WHOLE = Finding("bad-report-date", Severity.FILE, "封面没有填“报告日期”。", "封面", 2, 1)
SHEET = Finding("not-the-template", Severity.SHEET, "缺少必填列。", "新增案件")
LATE = Finding("late", Severity.WARNING, "收到时间晚于截止时间。")


def a_file(*findings: Finding, name: str = "日报.xlsx", received: str = "2020-05-21 16:00", **other: Any) -> ArrivedReport:  # noqa: ANN401
    arrived = ArrivedReport(
        day=DAY, district="东胜区", revision=1, use="采用", in_force=1, name=name, sha256="0", size=1, received_at=moment(received),
        rows_accepted=3, rows_refused=0, findings=findings,
        on_time_until=datetime(2020, 5, 21, 17, tzinfo=ZONE), unmarked_until=datetime(2020, 5, 22, 12, tzinfo=ZONE),
    )  # fmt: skip
    return dataclasses.replace(arrived, **other)


REFUSED: dict[str, Any] = {"revision": 0, "use": "退回", "in_force": 0, "rows_accepted": 0}
FILES = {
    "whole": a_file(),
    "with reminders": a_file(LATE, received="2020-05-21 17:30"),
    "nothing in it": a_file(rows_accepted=0),
    "a row refused": a_file(REFUSAL, rows_refused=1),
    "a row refused, late": a_file(REFUSAL, LATE, rows_refused=1, received="2020-05-21 18:00"),
    "a sheet refused": a_file(SHEET),
    "sent again": a_file(
        REFUSAL, rows_accepted=0, rows_refused=4, revision=2, in_force=2, sent=2, before=(4, 0), taken_at=moment("2020-05-21 12:00")
    ),
    "sent again, better": a_file(revision=2, in_force=2, sent=3, before=(1, 2)),
    "sent again, as many rows": a_file(revision=3, in_force=3, sent=3, before=(3, 0)),
    "sent again after noon": a_file(REFUSAL, rows_refused=1, revision=2, in_force=2, sent=2, before=(3, 1), received="2020-05-22 15:00"),
    "replaced": a_file(REFUSAL, rows_refused=1, use="已被替换", in_force=2),
    "a duplicate": a_file(Finding("duplicate", Severity.WARNING, "已忽略。"), revision=0, use="重复", rows_accepted=0, sent=2),
    "refused whole in time": a_file(WHOLE, **REFUSED),
    "refused whole, late": a_file(WHOLE, received="2020-05-21 19:00", **REFUSED),
    "refused whole beside one in force": a_file(WHOLE, **{**REFUSED, "in_force": 1, "sent": 2}),
    "refused whole, from nobody known": a_file(WHOLE, district="", **REFUSED),
    "asked before": a_file(use="自查", in_force=0),
    "asked before, a row refused": a_file(REFUSAL, rows_refused=1, use="自查", in_force=0),
    "asked before, refused whole": a_file(WHOLE, **{**REFUSED, "use": "自查"}),
}


def test_every_case_has_its_words(golden: Callable[[str, str], None]) -> None:
    golden(
        "receipt/words.txt",
        "".join(
            f"{name}\n  {receipt_words.verdict(report)}\n  {receipt_words.state(report)}\n"
            f"  {receipt_words.send_again(report) or '（不用再报）'}\n"
            for name, report in FILES.items()
        ),
    )


def test_what_was_refused_stands_before_what_is_only_a_reminder() -> None:
    kinds = [line.kind for line in receipt_workbook.compose(a_file(LATE, REFUSAL, SHEET, WHOLE, rows_refused=1)).lines]
    assert kinds[-6:] == ["refusals", "refused", "refused", "refused", "warnings", "warned"]


READ = Finding("read-as", Severity.WARNING, "表头“答复日期”里有换行，没有算在内，不用改。", "案件进展", 1, 7, "答复\n日期")


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("with reminders", "已照常采用，不改也可以，下次请注意"),
        ("replaced", "这一份已被代替，不用改，下次请注意"),
        ("a duplicate", "没有重复计入，不用改"),
        ("refused whole in time", "退回不是因为这些，下次请注意"),
        ("sent again", "退回不是因为这些，下次请注意"),
        ("asked before", "会照常采用，不改也可以，下次请注意"),
        ("asked before, a row refused", "退回不是因为这些，下次请注意"),
    ],
)
def test_reminders_are_said_to_be_taken_only_where_something_was(name: str, meaning: str) -> None:
    assert receipt_words.warnings(FILES[name]) == f"提醒（{meaning}）：{{count}} 处"


def test_what_was_read_all_the_same_is_one_line_at_the_end_with_the_rest_folded() -> None:
    lines = receipt_workbook.compose(a_file(READ, REFUSAL, LATE, rows_refused=1)).lines
    assert [line.kind for line in lines][-6:] == ["refusals", "refused", "warnings", "warned", "understood", "read"]
    assert [line.is_folded for line in lines][-2:] == [False, True]
    assert lines[-2].cells == ("写法与模板不同，已经照意思读了：1 处，不用改（点左边的“＋”展开）",)
    assert lines[-1].cells[1] == "读作"
    assert "【" not in lines[-1].cells[-1]
    assert receipt_words.verdict(a_file(READ)) == "全部采用，共 3 行，没有问题。"
    alone = sheet(opened(receipt_workbook.alone(a_file(READ), Obstacle(Why.GONE))), "回执")
    last = alone.row_dimensions[alone.max_row]
    assert (last.hidden, last.outlineLevel) == (True, 1)


def test_the_list_names_the_case_of_every_finding(office: Office) -> None:
    office.put_assignment(assignment())
    office.put(a_messy_report(), "东胜.xlsx", "2020-05-21T15:00:00+08:00")
    office.put(write(edit(report_pages(), {**MESSY, "案件进展!E2": "已经 答复"})), "再.xlsx", "2020-05-21T15:30:00+08:00")
    nightly.run(office.settings, [DAY], documents=only("receipts"))
    first, second = lying(office).values()
    rows = [[*map(str, row)] for row in sheet(opened(second), "回执").iter_rows(max_col=7, values_only=True)]
    named = {row[3]: row[4] for row in rows if row[2] == "案件进展"}
    assert (named["A3"], named["E2"], named["H2"]) == ("SJ-2020-777", "ZZQ-2020-001", "ZZQ-2020-001")
    assert first_line(second) == "第 2 版：采用 0 行，退回 5 行，行数与第 1 版相同。请改正后重新报送。"
    assert "东胜区 · 报告日期 2020-05-21 · 第 2 次报送 · 第 2 版 · 全部退回" in receiving.said(second)
    # What was replaced need not be mended; what holds must be.
    assert "退回的内容（这一份已被代替，不用改）：" in (of_first := receiving.said(first))
    assert "要改的以后来那一份的回执为准" in of_first
    assert "必须改正" not in of_first
    assert "重新报送即可" not in of_first
    assert "退回的内容（必须改正后重新报送）：" in receiving.said(second)
    assert first_line(first) == "这一份已被第 2 版代替，现在以第 2 版为准（当时采用 0 行，退回 5 行）。"
    # A receipt of before the case had a column is known again, too, and taken off.
    book = opened(second)
    page = sheet(book, "回执")
    for area in [*page.merged_cells.ranges]:
        page.unmerge_cells(str(area))
    page.delete_cols(5)
    book.save(older := io.BytesIO())
    office.put(older.getvalue(), "旧式.xlsx", "2020-05-21T16:00:00+08:00")
    nightly.run(office.settings, [DAY], documents=only("receipts"))
    assert opened(lying(office)["东胜区_回执_3_旧式.xlsx"]).sheetnames == opened(second).sheetnames


def test_of_a_dispute_that_is_not_there_any_more_the_list_shows_what_its_cell_holds() -> None:
    disputed = resolved_row(群众确认="不认可")
    first = handed_in(report(progress=[disputed]))
    for row, seen in (({**disputed, "答复文号": ""}, "不认可"), ({**disputed, "群众确认": ""}, "")):
        day = on(DAY, assigned(assignment()), first, handed_in(report(progress=[row]), "2020-05-21 16:10"))
        (line,) = (line for line in day.report.arrived_reports if line.use == words.USED)
        (cells,) = (row.cells for row in receipt_workbook.compose(line).lines if "不认可没有再报上" in row.cells[-1])
        assert cells[4:6] == ("SJ-2020-001", seen)


def test_a_strangers_file_is_no_time_that_the_district_sent() -> None:
    strange = File(report(), moment("2020-05-21 15:00"), "外.xlsx", channel="email", sender="nobody@example.org")
    day = on(DAY, assigned(assignment()), strange, handed_in(report()), handed_in(report(progress=[]), "2020-05-21 16:30"))
    lines = [(line.use, line.sent, line.before) for line in day.report.arrived_reports]
    assert [(use, sent) for use, sent, _before in lines] == [("退回", 0), ("已被替换", 1), ("采用", 2)]
    assert lines[-1][-1] == (day.report.arrived_reports[1].rows_accepted, 0)


def test_a_missing_uses_name_cannot_slip_in() -> None:
    assert {report.use for report in FILES.values()} == {
        words.USED,
        words.REPLACED,
        words.DUPLICATE,
        words.REFUSED,
        words.UNSENT,
    }


# --- check --receipt ---------------------------------------------------------------------------------------------


@pytest.fixture
def home(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office with its clerk in a folder of his own, on the day."""

    def now(settings: Settings) -> datetime:
        return datetime(2020, 5, 21, 15, tzinfo=settings.calendar.zone)

    monkeypatch.setattr(cli, "_now", now)
    office.put_assignment(assignment())
    (office.home / "clerk").mkdir()
    monkeypatch.chdir(office.home / "clerk")
    return office


def check(office: Office, *arguments: str) -> int:
    return cli.main(["--config", str(office.home / "config.yaml"), "check", *arguments])


def test_check_writes_the_receipt_too_and_nothing_over_anything(home: Office, capsys: Captured) -> None:
    Path("东胜.xlsx").write_bytes(a_messy_report())
    assert check(home, "东胜.xlsx", "--receipt") == 1
    assert "回执已写到 东胜_回执.xlsx" in capsys.readouterr().out
    written = Path("东胜_回执.xlsx").read_bytes()
    assert first_line(written) == "现在报送，会采用 0 行，退回 5 行。请改正后再报送。"
    assert check(home, "东胜_回执.xlsx", "--receipt") == 1
    assert receiving.marks(Path("东胜_回执 (2).xlsx").read_bytes()) == receiving.marks(written)
    assert Path("东胜.xlsx").read_bytes() == a_messy_report()
    assert Path("东胜_回执.xlsx").read_bytes() == written
    assert not list(home.inbox.glob("*.xlsx"))


def test_check_writes_the_receipt_where_one_says_so(home: Office, capsys: Captured) -> None:
    Path("a.xlsx").write_bytes(a_messy_report())
    Path("b.xlsx").write_bytes(report())
    Path("out").mkdir()
    assert check(home, "a.xlsx", "b.xlsx", "--receipt", "out") == 1
    assert sorted(path.name for path in Path("out").iterdir()) == ["a_回执.xlsx", "b_回执.xlsx"]
    assert check(home, "a.xlsx", "--receipt", "mine.xlsx") == 1
    assert check(home, "b.xlsx", "--receipt", "a.xlsx") == 2
    assert Path("a.xlsx").read_bytes() == a_messy_report()
    assert "没有覆盖" in capsys.readouterr().err


def test_check_writes_no_receipt_into_the_inbox_and_none_for_an_assignment(home: Office, capsys: Captured) -> None:
    Path("a.xlsx").write_bytes(report())
    assert check(home, "a.xlsx", "--receipt", str(home.inbox)) == 2
    assert "收件箱" in capsys.readouterr().err
    Path("任务分解表.xlsx").write_bytes(assignment())
    assert check(home, "任务分解表.xlsx", "--receipt") == 2
    assert "没有回执" in capsys.readouterr().err


# --- the sample weeks --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=WEEKS)
def week(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Office:
    office = Office(tmp_path_factory.mktemp(request.param) / "office")
    weeks.lay(request.param, office)
    assert not nightly.run(office.settings, DAYS, documents=only("receipts")).faults
    return office


def test_every_receipt_of_the_weeks_opens_and_every_workbook_goes_back_itself_without_a_broken_character(week: Office) -> None:
    books = {path.name: opened(path.read_bytes()) for path in week.outbox.rglob(f"{receipt_files.FOLDER}/*.xlsx")}
    assert len(books) > 40
    alone = {name for name, book in books.items() if len(book.sheetnames) == 1}
    assert alone == {name for name, book in books.items() if re.search("文件打不开|密码|过大|带有宏", first_line(book))}
    for book in books.values():
        for page in book.worksheets:
            assert "�" not in str([[cell.value for cell in row] for row in page.iter_rows()])
        if len(book.sheetnames) > 1:
            assert sheet(book, book.sheetnames[0]).cell(1, 8).value == "信访日报汇总·回执·1"


@pytest.mark.external
def test_libreoffice_opens_every_receipt_of_the_weeks(week: Office, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    assert office, "needs LibreOffice"
    paths = [tmp_path / f"{number}.xlsx" for number, _path in enumerate(week.outbox.rglob(f"{receipt_files.FOLDER}/*.xlsx"))]
    for path, receipt in zip(paths, week.outbox.rglob(f"{receipt_files.FOLDER}/*.xlsx"), strict=True):
        path.write_bytes(receipt.read_bytes())
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "out"), *map(str, paths)]
    subprocess.run(command, check=True, timeout=300, capture_output=True)  # started once for all
    for path in paths:
        back, sent = openpyxl.load_workbook(tmp_path / "out" / path.name), opened(path.read_bytes())
        assert back.sheetnames == sent.sheetnames
        assert str(back.worksheets[0]["A1"].value) == first_line(sent)


@pytest.mark.external
def test_a_receipt_that_went_through_libreoffice_is_read_and_unmarked_like_the_first(office: Office, tmp_path: Path) -> None:
    soffice = shutil.which("soffice")
    assert soffice, "needs LibreOffice"
    office.put_assignment(assignment())
    office.put(a_messy_report(), "东胜.xlsx")
    (written,) = night(office).values()
    (tmp_path / "in.xlsx").write_bytes(written)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [soffice, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "out"), str(tmp_path / "in.xlsx")]
    subprocess.run(command, check=True, timeout=120, capture_output=True)
    office.put((tmp_path / "out" / "in.xlsx").read_bytes(), "再发.xlsx", "2020-05-21T16:30:00+08:00")
    second = night(office)["东胜区_回执_2_再发.xlsx"]
    assert receiving.marks(second).replace("red", "").count("【信访日报汇总·回执】") == receiving.marks(written).count(
        "【信访日报汇总·回执】"
    )
    assert opened(second).sheetnames == opened(written).sheetnames
