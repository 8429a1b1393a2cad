"""The whole run where a day's figures are not the point: what stops it, what it survives, what it says.

Covers `desk`, `outcome`, `read_new` and `soundness`.
"""

from __future__ import annotations

import errno
import hashlib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import filelock
import pytest
from offices import ZONE, tree
from workbooks import CASES, DAY, assignment, assignment_pages, case_row, edit, progress_row, reception_row, report, write

from pipeline import cli
from pipeline.ledger import journal
from pipeline.reading import reading
from pipeline.reading.readers import Readers
from pipeline.reading.reading import FileToRead, Transcript
from pipeline.terms import words
from pipeline.terms.errors import AnotherRunError, LedgerError, NothingToConsolidateError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from offices import Office


def test_without_an_assignment_workbook_reports_are_taken_and_the_run_stops_with_a_sentence(office: Office) -> None:
    office.put(report(), "日报.xlsx")
    with pytest.raises(NothingToConsolidateError, match="分解表") as caught:
        office.run(DAY)
    assert caught.value.exit_status == 3
    assert list(office.outbox.iterdir()) == []
    assert not (office.inbox / "日报.xlsx").exists()
    office.put_assignment(assignment())
    office.run(DAY)
    assert office.summary(DAY)["submissions"][0]["revision"] == 1


def test_while_one_run_is_under_way_another_does_not_begin(office: Office) -> None:
    office.put_assignment(assignment())
    office.settings.paths.state.mkdir()
    with filelock.FileLock(office.settings.paths.state / "run.lock"), pytest.raises(AnotherRunError) as caught:
        office.run(DAY)
    assert caught.value.exit_status == 4
    assert office.run(DAY).written.published != []


def test_a_newer_workbook_without_a_usable_row_leaves_the_one_before_in_force_and_its_findings_are_told(office: Office) -> None:
    office.put_assignment(assignment())
    bad = write(edit(assignment_pages([case_row("SJ-2020-001")]), {"群众来访案件!D2": "绿化"}))
    office.put_assignment(bad, "新.xlsx", "2020-05-20T09:00:00+08:00")
    office.run(DAY)
    assert set(office.summary(DAY)["cases"]) == {str(row["案件编号"]) for row in CASES}
    assert {(finding["file"], finding["code"]) for finding in office.findings(DAY)} == {
        ("新.xlsx", "not-the-template"),
        ("新.xlsx", "not-in-list"),
    }


def test_one_bad_file_costs_that_file(office: Office) -> None:
    office.put_assignment(assignment())
    office.put(report(), "好.xlsx")
    for number, content in enumerate((b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", report()[:500])):
        office.put(content, f"坏{number}.xlsx")
    outcome = office.run(DAY)
    assert len(outcome.taken.taken) == 6
    assert office.summary(DAY)["submissions"][0]["revision"] == 1
    assert [finding["code"] for finding in office.findings(DAY)].count("unreadable") == 4


def test_a_days_figures_do_not_depend_on_what_comes_after_it(office: Office) -> None:
    office.put_assignment(assignment())
    office.put(report(), "日报.xlsx")
    office.run(DAY)
    before = office.summary(DAY)
    office.put(report(day=DAY + timedelta(days=1), progress=[progress_row(当前状态="导入法定途径")]), "b.xlsx", "2020-05-22T16:00:00+08:00")
    office.put_assignment(assignment(CASES[:1]), "新.xlsx", "2020-05-22T09:00:00+08:00")
    office.run(DAY + timedelta(days=1))
    assert office.summary(DAY) == before


def test_a_day_long_before_the_first_report_can_be_asked_for(office: Office) -> None:
    office.put_assignment(assignment())
    office.put(report(), "日报.xlsx")
    office.run(date(2020, 1, 1), date(2020, 5, 1), date(2020, 12, 31))
    assert [office.summary(day)["targets"][0]["total"] for day in (date(2020, 1, 1), date(2020, 5, 1), date(2020, 12, 31))] == [0, 1, 1]


def test_a_run_names_an_original_that_is_lost_and_none_whose_time_was_over(office: Office) -> None:
    office.put_assignment(assignment([case_row("SJ-2020-001")]))
    content = report(progress=[progress_row("SJ-2020-001")])
    office.put(content, "日报.xlsx")
    office.put(report("达拉特旗"), "达旗.xlsx")
    office.run(DAY)
    sha256 = hashlib.sha256(content).hexdigest()
    (office.archive / sha256).unlink()
    told = f"1 个原件在存档里不见了：日报.xlsx（archive/{sha256[:12]}…）。数字仍按台账计算"
    assert [told in remark for remark in office.run(DAY).remarks] == [True]
    journal.note_removal(office.archive, sha256, datetime(2020, 11, 30, tzinfo=ZONE), [])
    assert office.run(DAY).remarks == ()


def test_the_register_holds_after_the_inbox_was_emptied(office: Office) -> None:
    path = office.put_assignment(assignment())
    office.run(DAY)
    before = office.everything()
    path.unlink()
    (office.outbox / str(DAY) / "manifest.json").unlink()
    office.run(DAY)
    assert office.everything() == before


# --- from the contract's sentences, found wanting while this was written ---------------------------------------


def test_a_workbook_whose_rows_are_all_repeated_has_nothing_usable(office: Office) -> None:
    office.put_assignment(assignment([case_row("SJ-2020-001"), case_row("SJ-2020-001")]))
    with pytest.raises(NothingToConsolidateError):
        office.run(DAY)


def test_a_number_of_five_thousand_digits_is_a_bad_number(office: Office) -> None:
    office.put_assignment(assignment())
    office.put(report(reception=[reception_row(batches="9" * 5000)]), "日报.xlsx")
    office.run(DAY)
    assert [(finding["code"], finding["cell"]) for finding in office.findings(DAY)] == [("bad-number", "B2")]


def test_a_cell_far_away_costs_no_more_than_its_file(office: Office) -> None:
    office.put_assignment(assignment())
    office.put(report("达拉特旗", progress=[]), "好.xlsx")
    office.put(write({**assignment_pages(), "远": edit(assignment_pages(), {"包联旗区!XFD1048576": "x"})["包联旗区"]}), "远.xlsx")
    outcome = office.run(DAY)
    assert office.settings.paths.ledger.exists()
    assert len(outcome.taken.taken) == 3
    assert office.summary(DAY)["submissions"][1]["revision"] == 1


def test_a_journal_that_was_gone_is_written_again_which_is_said_once(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    office.put_assignment(assignment())
    office.put(report(), "日报.xlsx")
    path = office.settings.paths.state / journal.NAME
    command = ["--config", str(office.home / "config.yaml"), "--date", str(DAY)]
    assert cli.main(command) == 0
    assert "流水簿" not in capsys.readouterr().out
    arrivals = journal.arrivals(office.archive)
    path.unlink()
    assert cli.main(command) == 0
    sentence = "流水簿（state/arrivals.jsonl）不见了，已按台账重新写出，记有 2 次收件。请运行 python run.py doctor 核对。"
    assert sentence in capsys.readouterr().out.splitlines()
    assert [arrival.identity for arrival, _sidecar in journal.arrivals(office.archive)] == [
        arrival.identity for arrival, _sidecar in arrivals
    ]
    assert cli.main(command) == 0
    assert "流水簿" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("folder", "method", "file"),
    [("state", "write_bytes", ".run.owner-"), ("state/archive", "touch", "-probe.tmp"), ("outbox", "mkdir", f".{DAY}.new")],
)
def test_a_folder_that_takes_nothing_is_named_and_no_file_of_ours(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: str, method: str, file: str
) -> None:
    office.put_assignment(assignment())
    office.run(DAY)
    office.put(report(), "日报.xlsx")
    write_it = getattr(Path, method)

    def refuse(path: Path, *content: object, **named: object) -> object:
        if path.parent == office.home / folder and file in path.name:
            raise PermissionError(errno.EACCES, "", str(path))
        return write_it(path, *content, **named)

    monkeypatch.setattr(Path, method, refuse)
    assert cli.main(["--config", str(office.home / "config.yaml"), "--date", str(DAY)]) == 1
    shown = capsys.readouterr().err
    assert f"{office.home / folder}" in shown.replace("：", " ").split()[:3]
    assert file not in shown


def test_a_lost_ledger_does_not_replace_published_figures(office: Office) -> None:
    office.put_assignment(assignment())
    office.put(report(), "日报.xlsx")
    office.run(DAY)
    before = tree(office.outbox)
    office.settings.paths.ledger.unlink()
    with pytest.raises(LedgerError, match=r"台账.*不见了.*doctor --repair"):
        office.run(DAY)
    assert tree(office.outbox) == before
    assert not office.settings.paths.ledger.exists()


# --- attempts ----------------------------------------------------------------------------------------------------


class _PowerCutError(BaseException):
    """Ends a run as a power cut would, without a chance to tidy up."""


def _cut_while_reading(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Readers, "transcribe", _cut)
        with pytest.raises(_PowerCutError):
            office.run(DAY)


def test_a_run_says_where_the_system_does_not_shut_readers_in(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.put_assignment(assignment())
    assert office.run(DAY).remarks == ()
    monkeypatch.setattr(Readers, "not_shut", ("calls",))
    assert office.run(DAY).remarks == (words.READER_NOT_SHUT["calls"],)


_transcribe = Readers.transcribe


def _cut(self: Readers, files: list[FileToRead]) -> Iterator[Transcript]:
    if any(not file.is_assignment for file in files):
        raise _PowerCutError
    return _transcribe(self, files)


def test_runs_cut_off_while_reading_cost_no_file(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.put_assignment(assignment())
    office.put(report(), "日报.xlsx")
    for _ in range(4):
        _cut_while_reading(office, monkeypatch)
    office.run(DAY)
    assert office.summary(DAY)["submissions"][0]["revision"] == 1
    assert office.findings(DAY) == []


def test_a_file_that_ends_every_run_is_set_aside_and_the_others_go_on(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.put_assignment(assignment())
    office.put(report(), "日报.xlsx")
    for _ in range(6):
        _cut_while_reading(office, monkeypatch)
    office.put(report("达拉特旗", progress=[]), "好.xlsx")
    office.run(DAY)
    assert [finding["message"][:9] for finding in office.findings(DAY)] == ["程序每次读这个文件"]
    assert [submission["revision"] for submission in office.summary(DAY)["submissions"][:2]] == [0, 1]


def test_a_file_on_which_the_program_failed_is_read_again_by_the_next_run(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.put_assignment(assignment())
    office.put(report(), "日报.xlsx")

    def fails(_self: Readers, files: list[FileToRead]) -> list[Transcript]:
        refused = [reading.refused("unreadable/ours", file.envelope, office.settings) for file in files]
        good = [reading.transcribe(file, file.path.read_bytes(), office.settings) for file in files]
        return [
            whole if file.is_assignment else Transcript(bad, "[]", ("ValueError",))
            for file, whole, bad in zip(files, good, refused, strict=True)
        ]

    with monkeypatch.context() as patch:
        patch.setattr(Readers, "transcribe", fails)
        for _ in range(2):
            assert office.run(DAY).faults == [("ValueError",)]
            assert [finding["code"] for finding in office.findings(DAY)] == ["unreadable"]
    assert office.run(DAY).faults == []
    assert office.summary(DAY)["submissions"][0]["revision"] == 1
    assert office.findings(DAY) == []
