"""What `doctor` finds, and that its advice mends it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from offices import ZONE, Office, tree
from workbooks import DAY, assignment, progress_row, report

from pipeline import cli, doctor, journal, nightly, repair
from pipeline.doctor import Check
from pipeline.errors import LedgerError

NOW = datetime.now(ZONE)


def _examined(office: Office, now: datetime = NOW) -> dict[str, Check]:
    return {check.name: check for check in doctor.examine(office.settings, now)}


def _problems(office: Office) -> list[str]:
    return [problem for check in _examined(office).values() for problem in check.problems]


@pytest.fixture
def ran(office: Office) -> Office:
    office.put_assignment(assignment())
    office.put(report(), "日报.xlsx")
    office.put(b"no workbook", "坏.xlsx")
    office.put(report(progress=[progress_row(今日进展="再报")]), "日报2.xlsx", "2020-05-21T16:30:00+08:00")
    office.run(DAY)
    return office


def test_a_sound_office_and_one_that_never_ran_have_no_problem(ran: Office) -> None:
    assert _problems(ran) == []
    assert [one.is_sound for one in doctor.examine(ran.settings, NOW)] == [True] * 9


def test_a_new_office_is_told_of_its_missing_folders_alone(office: Office) -> None:
    assert {name for name, check in _examined(office).items() if not check.is_sound} <= {"文件夹"}


def _lose_original(office: Office) -> None:
    next(one for one in office.archive.iterdir() if one.read_bytes() == b"no workbook").unlink()


def _change_original(office: Office) -> None:
    next(one for one in office.archive.iterdir() if one.read_bytes() == b"no workbook").write_bytes(b"another")


def _unknown_original(office: Office) -> None:
    content = report("达拉特旗", progress=[])
    import hashlib

    (office.archive / hashlib.sha256(content).hexdigest()).write_bytes(content)


def _change_result(office: Office) -> None:
    (office.outbox / str(DAY) / "summary.json").write_text("{}", encoding="utf-8")


def _lose_result(office: Office) -> None:
    (office.outbox / str(DAY) / "findings.csv").unlink()


def _lose_ledger(office: Office) -> None:
    nightly.ledger_of(office.settings).unlink()


def _break_ledger(office: Office) -> None:
    nightly.ledger_of(office.settings).write_bytes(b"SQLite format 3\0" + b"\x07" * 9000)


def _lose_journal(office: Office) -> None:
    (office.settings.paths.state / journal.NAME).unlink()


FAULTS: tuple[tuple[Callable[[Office], None], str, bool], ...] = (
    (_lose_original, "不见了", False),
    (_change_original, "内容已改变", False),
    (_unknown_original, "没有记录", True),
    (_change_result, "被改过", True),
    (_lose_result, "缺失", True),
    (_lose_ledger, "没有记录", True),
    (_break_ledger, "台账", True),
    (_lose_journal, "流水簿", True),
)


@pytest.mark.parametrize(("harm", "said", "can_be_mended"), FAULTS)
def test_each_harm_is_found_and_mended_where_it_can_be(
    ran: Office, harm: Callable[[Office], None], said: str, *, can_be_mended: bool
) -> None:
    before = tree(ran.outbox)
    harm(ran)
    assert any(said in problem for problem in _problems(ran))
    done = repair.repair(ran.settings, data_only=True)
    assert (_problems(ran) == []) == can_be_mended
    if harm is not _unknown_original:
        assert {name: content for name, content in tree(ran.outbox).items() if not name.startswith(".")} == before
        assert [*done.same, *done.new] == [str(DAY)]


def test_a_row_that_changed_in_the_ledger_is_noticed_before_it_counts_and_mended(ran: Office) -> None:
    """SQLite itself sees nothing wrong: the changed text is as long as the other."""
    before = tree(ran.outbox)
    path = nightly.ledger_of(ran.settings)
    content = path.read_bytes()
    assert "已化解".encode() in content
    path.write_bytes(content.replace("已化解".encode(), "办理中".encode()))
    assert any("内容已经损坏" in problem for problem in _problems(ran))
    ran.put(report("达拉特旗", progress=[]), "达旗.xlsx")
    with pytest.raises(LedgerError, match=r"内容已经损坏.*doctor --repair"):
        ran.run(DAY)
    assert tree(ran.outbox) == before
    repair.repair(ran.settings, data_only=True)
    assert _problems(ran) == []
    ran.run(DAY)
    assert ran.summary(DAY)["cases"] == json.loads(before[f"{DAY}/summary.json"])["cases"]


def test_looking_changes_nothing(ran: Office) -> None:
    before = tree(ran.home)
    _examined(ran)
    assert tree(ran.home) == before


def test_a_clock_that_is_behind_is_told(ran: Office) -> None:
    assert not _examined(ran, datetime(2020, 5, 19, 9, tzinfo=ZONE))["时钟"].is_sound


def test_a_file_that_has_waited_for_days_is_told(ran: Office) -> None:
    import os

    path = ran.inbox / "等.xlsx"
    path.write_bytes(b"x")
    old = (NOW - timedelta(days=3)).timestamp()
    os.utime(path, (old, old))
    assert "等.xlsx" in _examined(ran)["收件箱"].problems[0]


def test_the_command_says_it_in_its_exit_status(ran: Office, capsys: pytest.CaptureFixture[str]) -> None:
    config = str(ran.home / "config.yaml")
    assert cli.main(["doctor", "--config", config]) == 0
    _change_result(ran)
    assert cli.main(["doctor", "--config", config]) == 1
    assert "结果：有问题" in capsys.readouterr().out
    assert cli.main(["doctor", "--repair", "--config", config]) == 0
    assert "重新写出" in capsys.readouterr().out


def test_the_ledger_made_again_is_equal(ran: Office) -> None:
    before = ran.facts()
    _lose_ledger(ran)
    repair.repair(ran.settings, data_only=True)
    assert ran.facts() == before
