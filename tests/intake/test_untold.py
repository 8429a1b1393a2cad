"""What a run took in that did not come to its end is told by the one that does, once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from offices import Office, moment
from workbooks import DAY, assignment, case_row, progress_row, report

from pipeline import screen
from pipeline.night import nightly

NOON = moment("2020-05-22 09:00")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office with a workbook, a report, and one that is refused as a whole."""
    made = Office(tmp_path / "office")
    made.put_assignment(assignment([case_row("SJ-2020-001")]))
    made.put(report(progress=[progress_row("SJ-2020-001")]), "东胜区.xlsx")
    made.put(report("某旗", progress=[]), "某旗.xlsx")
    return made


def _interrupted(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(nightly, "plan", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            nightly.run(office.settings, [DAY])


def _told(office: Office, capsys: pytest.CaptureFixture[str]) -> list[str]:
    outcome = nightly.run(office.settings, [DAY], documents=())
    screen.tell_outcome(outcome, office.settings, [DAY], NOON)
    return capsys.readouterr().out.splitlines()


def test_the_run_that_ends_tells_what_interrupted_ones_refused_and_the_next_says_nothing_of_it(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _interrupted(office, monkeypatch)
    _interrupted(office, monkeypatch)
    told = _told(office, capsys)
    assert told[0] == "收下 3 个文件，其中 1 个整份退回（3 个是上次中断的运行收下的，那次没有说到）。"
    assert told[1].startswith("  退回 某旗.xlsx：")
    assert _told(office, capsys)[0] == "收下 0 个文件，其中 0 个整份退回。"


def test_what_it_takes_in_itself_is_counted_with_it(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _told(office, capsys)
    office.put(report("又一旗", progress=[]), "又一旗.xlsx")
    _interrupted(office, monkeypatch)
    office.put(report("再一旗", progress=[]), "再一旗.xlsx")
    told = _told(office, capsys)
    assert told[0] == "收下 2 个文件，其中 2 个整份退回（1 个是上次中断的运行收下的，那次没有说到）。"
    assert [line.split("：")[0] for line in told[1:3]] == ["  退回 又一旗.xlsx", "  退回 再一旗.xlsx"]


def test_where_the_note_is_gone_published_files_are_not_told_again(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    _told(office, capsys)
    shutil.rmtree(office.settings.paths.checkpoints)
    assert _told(office, capsys)[0] == "收下 0 个文件，其中 0 个整份退回。"
