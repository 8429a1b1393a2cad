"""A run that finds nothing new says so from how all lies, and goes its whole way where anything lies otherwise."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from offices import HOME, ZONE, Office, let_nights_make
from workbooks import DAY, assignment, edit, progress_row, report, report_pages, write

from pipeline import cli
from pipeline.disk import log
from pipeline.intake import inbox
from pipeline.night import nightly

NOW = datetime(2020, 5, 22, 9, tzinfo=ZONE)
ASKED = ("--date", f"{DAY}")


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """As many as runs went their whole way."""
    runs: list[int] = []
    run = nightly.run

    def counted(*args: Any, **named: Any) -> Any:  # noqa: ANN401 - as it is called
        runs.append(1)
        return run(*args, **named)

    let_nights_make(monkeypatch)
    monkeypatch.setattr(nightly, "run", counted)
    monkeypatch.setattr(cli, "_now", lambda *_: NOW)
    return runs


@pytest.fixture
def ran(office: Office, whole: list[int]) -> Office:
    """An office of which a day was written."""
    office.put_assignment(assignment())
    office.put(report(progress=[progress_row("SJ-2020-001")]), "日报.xlsx")
    assert _night(office) == 0
    whole.clear()
    return office


def _night(office: Office, *arguments: str) -> int:
    return cli.main(["--config", str(office.home / "config.yaml"), *(arguments or ASKED)])


def test_it_says_notes_and_leaves_what_a_whole_run_does(ran: Office, whole: list[int], capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    state, files = ran.settings.paths.state, ran.everything()
    assert (_night(ran), whole) == (0, [])
    said, lines = capsys.readouterr(), [line.said for line in log.lines_of(state, "nightly")[-2:]]
    (state / "checkpoints" / "nothing-new.json").unlink()
    assert (_night(ran), whole) == (0, [1])
    assert capsys.readouterr() == said
    assert [line.said for line in log.lines_of(state, "nightly")[-2:]] == lines
    assert "没有新变化" in said.out
    assert ran.everything() == files


def test_a_report_that_was_refused_whole_is_called_so_by_the_next_run_too(
    office: Office, whole: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    office.put_assignment(assignment())
    office.put(write(edit(report_pages(), {"案件进展!P1": "手机号"})), "东胜.xlsx")
    for runs in ([1], [1]):
        assert (_night(office), whole) == (0, runs)
        said = capsys.readouterr().out
        assert "；整份退回：东胜区" in said
        assert "东胜区" not in said.partition("未报：")[2].partition("；")[0]


def test_a_run_for_all_that_is_due_is_told_likewise(ran: Office, whole: list[int]) -> None:
    for expected in ([1], [1]):
        assert (_night(ran, "nightly"), whole) == (0, expected)


def test_nothing_heavy_is_imported(ran: Office) -> None:
    program = (
        "import sys; from datetime import datetime; from pipeline import cli\n"
        f"cli._now = lambda *_: datetime.fromisoformat('{NOW.isoformat()}')\n"
        "assert cli.main(sys.argv[1:]) == 0\n"
        "sys.exit(bool({'sqlalchemy', 'jinja2', 'xlsxwriter', 'openpyxl'} & sys.modules.keys()))"
    )
    command = [sys.executable, "-c", program, "--config", str(ran.home / "config.yaml"), *ASKED]
    subprocess.run(command, check=True, cwd=HOME)  # in this process the program's own stamp is that of its beginning


def _same_size_and_time(path: Path) -> None:
    status, content = path.stat(), bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


CHANGES: dict[str, Callable[[Office], object]] = {
    "a report": lambda office: office.put(report("达拉特旗"), "达旗.xlsx"),
    "an assignment workbook": lambda office: office.put_assignment(assignment([]), received="2020-05-21T10:00:00+08:00"),
    "a sidecar": lambda office: (office.inbox / "assignment" / "分解表.xlsx.envelope.json").unlink(),
    "a byte of a published file": lambda office: _same_size_and_time(office.outbox / f"{DAY}" / "findings.csv"),
    "a published file that is gone": lambda office: (office.outbox / f"{DAY}" / "summary.json").unlink(),
    "a file beside the published": lambda office: (office.outbox / f"{DAY}" / "又一份.csv").write_text("1"),
    "a day that nobody noted": lambda office: (office.outbox / "2020-05-20").mkdir(),
    "the journal": lambda office: (office.settings.paths.state / "arrivals.jsonl").unlink(),
    "an original that is gone": lambda office: next(office.archive.iterdir()).unlink(),
    "the ledger": lambda office: os.utime(office.settings.paths.ledger),
    "the settings": lambda office: (office.home / "config.yaml").write_text((office.home / "config.yaml").read_text() + "\n"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_it_goes_its_whole_way_after_a_change(ran: Office, whole: list[int], change: str) -> None:
    assert (_night(ran), whole) == (0, [])
    CHANGES[change](ran)
    _night(ran)
    assert whole == [1]


def test_also_with_other_templates_on_another_day_and_where_another_thing_is_asked(
    ran: Office, whole: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for arguments in (("--date", f"{DAY - timedelta(days=1)}"), ("--rewrite", *ASKED), ("nightly", "--steps", *ASKED)):
        whole.clear()
        _night(ran, *arguments)
        assert whole == [1]
    assert (_night(ran), _night(ran)) == (0, 0)
    for moment in (NOW + timedelta(days=1), NOW - timedelta(minutes=1)):
        whole.clear()
        monkeypatch.setattr(cli, "_now", lambda *_, moment=moment: moment)
        _night(ran)
        assert whole == [1]


def test_a_file_that_comes_while_a_run_is_under_way_is_taken_in_by_the_next(
    office: Office, whole: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    office.put_assignment(assignment())
    take_in = inbox.take_in

    def then_comes_another(*args: Any, **named: Any) -> Any:  # noqa: ANN401 - as it is called
        taken = take_in(*args, **named)
        office.put(report(), "日报.xlsx")
        return taken

    with monkeypatch.context() as patch:
        patch.setattr(inbox, "take_in", then_comes_another)
        _night(office)
    _night(office)
    assert len(whole) == 2
    assert office.summary(DAY)["submissions"][0]["status"] == "on-time"


def test_what_is_told_by_every_run_is_told_by_the_next(ran: Office, whole: list[int], capsys: pytest.CaptureFixture[str]) -> None:
    """Days that are held, files that wait, and what was dated ahead."""
    config = ran.home / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("target_percent: 90", "target_percent: 80"), encoding="utf-8")
    said = []
    for _ in range(3):
        capsys.readouterr()
        _night(ran)
        said.append(capsys.readouterr().out)
    assert len(whole) == 3
    assert said[1] == said[2]
    ran.put(report("达拉特旗"), "达旗.xlsx", "2020-05-23T16:00:00+08:00")
    for expected in (4, 5):
        _night(ran)
        assert len(whole) == expected


def test_what_the_next_run_removes_is_removed_by_it(ran: Office, whole: list[int]) -> None:
    """An original that was refused, whose time was over when it came, stays until somebody has seen the refusal: one run."""
    ran.put(b"no workbook", "旧.xlsx", "2019-05-21T16:00:00+08:00")
    for expected in ([1], [1, 1], [1, 1]):
        assert (_night(ran), whole) == (0, expected)


def test_a_note_that_is_none_is_passed_over(ran: Office, whole: list[int]) -> None:
    note = ran.settings.paths.checkpoints / "nothing-new.json"
    for content in (b"", b"[]", b"{}", json.dumps({**json.loads(note.read_bytes()), "manifests": []}).encode()):
        note.write_bytes(content)
        assert _night(ran) == 0
    assert len(whole) == 4


def test_it_says_who_has_not_reported_and_before_the_cut_off_that_nobody_is_missing_yet(
    ran: Office, whole: list[int], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    capsys.readouterr()
    _night(ran)
    assert f"  {DAY} 未报：达拉特旗、准格尔旗、" in capsys.readouterr().out
    monkeypatch.setattr(cli, "_now", lambda *_: datetime(2020, 5, 21, 15, tzinfo=ZONE))
    _night(ran)  # goes its whole way: it was noted later than this
    said = capsys.readouterr().out
    assert whole == [1]
    assert f"  {DAY} 还没有报：达拉特旗、准格尔旗、" in said
    assert "17:00 还没到" in said
