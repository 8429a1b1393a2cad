"""Our own faults, injected wherever the run passes: one sentence, a report without contents, and the next run goes on.

Covers `fault_limits`.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from offices import HOME, Office, let_nights_make, only
from workbooks import DAY, assignment, report

from pipeline import cli, screen
from pipeline.day.known_when import fold_on
from pipeline.disk import faults, storage
from pipeline.intake import envelopes, inbox
from pipeline.ledger.ledger import Ledger
from pipeline.night import nightly
from pipeline.publishing import fault_limits, outbox
from pipeline.reading import readers
from pipeline.render import files_for_programs
from pipeline.render.page import leaders_page
from pipeline.render.workbook import office_workbook
from pipeline.report import compose
from pipeline.settings.config import Settings
from pipeline.terms.handed_in import Facts

Captured = pytest.CaptureFixture[str]
SECRET = "某某的案由13912345678"  # noqa: S105 - no password
NOW = datetime(2020, 5, 21, 18, 30, tzinfo=UTC)
DAYS = ["--from", "2020-05-20", "--to", "2020-05-21"]
DOCUMENTS = ("office_workbook", "leaders_page")
"""Those in which something goes wrong below."""


class PanicException(BaseException):
    """What a library in Rust raises where it panics: no Exception."""


PanicException.__module__ = "pyo3_runtime"


def _fill(office: Office) -> Office:
    office.put_assignment(assignment())
    office.put(report(day=date(2020, 5, 20)), "昨天.xlsx", "2020-05-20T16:00:00+08:00")
    office.put(report(), "今天.xlsx")
    return office


@pytest.fixture
def home(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office with its assignment workbook and the reports of two days, as the current folder; its nights make `DOCUMENTS`."""
    let_nights_make(monkeypatch, *DOCUMENTS)
    monkeypatch.chdir(_fill(office).home)
    return office


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a run over the same files publishes that nothing disturbs."""
    office = _fill(Office(tmp_path_factory.mktemp("undisturbed") / "office"))
    nightly.run(office.settings, [date(2020, 5, 20), DAY], documents=tuple(document for kind in DOCUMENTS for document in only(kind)))
    return office.everything()


def _reports(office: Office) -> list[Path]:
    return sorted(office.home.rglob("错误报告_*.txt"))


def _failing(monkeypatch: pytest.MonkeyPatch, place: tuple[Any, str], error: BaseException, call: int = 1) -> None:
    """Raise the error at that call of the function, and at no other."""
    owner, name = place
    real: Callable[..., object] = getattr(owner, name)
    calls = iter(range(1, 1000))

    def fail(*args: object, **named: object) -> object:
        if next(calls) == call:
            raise error
        return real(*args, **named)

    monkeypatch.setattr(owner, name, fail)


PLACES: dict[str, tuple[Any, str]] = {
    "sweeping": (storage, "sweep"),
    "taking in": (inbox, "take_in"),
    "the envelope": (envelopes, "read"),
    "copying into the archive": (storage, "copy_into_archive"),
    "noting an arrival": (Ledger, "record"),
    "asking for the unread": (Ledger, "unread"),
    "handing out tasks": (readers.Readers, "transcribe"),
    "filing readings": (Ledger, "file"),
    "loading": (Ledger, "load"),
    "folding": (fault_limits, "fold_on"),
    "drawing up": (compose, "build"),
    "the figures": (files_for_programs, "summary"),
    "the workbook": (office_workbook, "render"),
    "the page": (leaders_page, "render"),
    "publishing": (outbox, "publish"),
    "putting the folder in place": (storage, "replace_folder"),
    "noting a publication": (Ledger, "note_publication"),
    "telling": (screen, "tell_outcome"),
}


CASES = [*((place, RuntimeError(SECRET)) for place in PLACES), *((place, PanicException(SECRET)) for place in ("taking in", "folding"))]


@pytest.mark.parametrize(("place", "error"), CASES, ids=[f"{place}-{type(error).__name__}" for place, error in CASES])
def test_a_fault_anywhere_is_one_sentence_and_a_report_and_the_next_run_goes_on(
    home: Office, undisturbed: dict[str, bytes], capsys: Captured, monkeypatch: pytest.MonkeyPatch, place: str, error: BaseException
) -> None:
    with monkeypatch.context() as patch:
        _failing(patch, PLACES[place], error)
        if place == "folding":  # in one pass, and for each day by itself
            patch.setattr(*PLACES[place], _always(error))
        assert cli.main(DAYS) == 1
    shown = capsys.readouterr().err
    assert re.fullmatch(r"程序出错了，[^\n]+再运行一次。\n", shown)
    (left,) = _reports(home)
    assert left.parent == home.settings.paths.state / "faults"
    assert str(left) in shown
    written = left.read_text(encoding="utf-8")
    assert f"\n{'RuntimeError' if isinstance(error, RuntimeError) else 'pyo3_runtime.PanicException'}\n" in written
    assert "pipeline/" in written
    assert SECRET[:5] not in written + shown
    assert str(Path.home()) not in written
    assert cli.main(DAYS) == 0
    assert home.everything() == undisturbed
    assert not list(home.inbox.glob("*.xlsx*"))


def _always(error: BaseException) -> Callable[..., object]:
    def fail(*_args: object, **_named: object) -> object:
        raise error

    return fail


@pytest.mark.parametrize("place", ["drawing up", "the figures", "the page", "publishing"])
@pytest.mark.parametrize("error", [RuntimeError(SECRET), PanicException(SECRET)], ids=["exception", "panic"])
def test_a_fault_over_one_day_costs_that_day_alone(
    home: Office, undisturbed: dict[str, bytes], capsys: Captured, monkeypatch: pytest.MonkeyPatch, place: str, error: BaseException
) -> None:
    _failing(monkeypatch, PLACES[place], error)
    assert cli.main(DAYS) == 1
    assert "没有写出：2020-05-20。" in capsys.readouterr().out
    assert home.everything() == {name: content for name, content in undisturbed.items() if name.startswith("2020-05-21/")}
    assert cli.main(["--date", "2020-05-20"]) == 0
    assert home.everything() == undisturbed


def test_a_fault_in_folding_all_days_leaves_those_that_can_be_folded_alone(
    home: Office, undisturbed: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:

    def fail(facts: Facts, settings: Settings, days: list[date], watched: frozenset[date], beginning: None) -> object:
        if DAY in days:
            raise ValueError(SECRET)
        return fold_on(facts, settings, days, watched, beginning)

    with monkeypatch.context() as patch:
        patch.setattr(fault_limits, "fold_on", fail)
        assert cli.main(DAYS) == 1
    assert home.everything() == {name: content for name, content in undisturbed.items() if name.startswith("2020-05-20/")}
    assert cli.main(DAYS) == 0
    assert home.everything() == undisturbed


def test_an_earlier_edition_stands_where_a_new_one_cannot_be_made(home: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cli.main(DAYS) == 0
    before = home.everything()
    home.put(report("达拉特旗", progress=[]), "达旗.xlsx")
    with monkeypatch.context() as patch:
        _failing(patch, (office_workbook, "render"), RuntimeError(SECRET))
        assert cli.main(["--date", "2020-05-21"]) == 1
    assert home.everything() == before
    assert cli.main(["--date", "2020-05-21"]) == 0
    assert home.summary(DAY)["submissions"][1]["status"] == "on-time"


@pytest.mark.parametrize("command", [["status", "--date", "2020-05-21"], ["check", "今天.xlsx"], ["demo", "demo"]], ids=" ".join)
def test_a_panic_in_another_command_ends_as_well(
    home: Office, capsys: Captured, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    (home.home / "今天.xlsx").write_bytes(report())
    for name in ("tell_status", "tell_check", "tell_demo"):
        monkeypatch.setattr(screen, name, _always(PanicException(SECRET)))
    assert cli.main(command) == 1
    assert len(_reports(home)) == 1
    assert "程序出错了" in capsys.readouterr().err


# --- the report --------------------------------------------------------------------------------------------------


def _wrapped() -> None:
    try:
        datetime.fromisoformat(SECRET)
    except ValueError as error:
        raise PanicException(SECRET) from error


def _deeper() -> object:
    return _deeper()


def test_a_report_names_kinds_and_places_of_a_fault_and_of_its_causes() -> None:
    with pytest.raises(PanicException) as caught:
        _wrapped()
    lines = faults.places_of(caught.value)
    assert lines[0] == "pyo3_runtime.PanicException"
    assert "ValueError" in lines
    assert re.fullmatch(r"  (tests/disk/)?test_faults\.py:\d+ test_a_report_names_\w+", lines[1])
    assert SECRET[:5] not in "".join(lines)


def test_a_report_of_an_endless_recursion_is_short() -> None:
    with pytest.raises(RecursionError) as caught:
        _deeper()
    assert len(faults.places_of(caught.value)) < 100


def test_reports_of_one_second_stand_side_by_side(tmp_path: Path) -> None:
    left = [faults.write_report([str(n)], tmp_path, NOW) for n in range(3)]
    assert [path.name for path in left if path] == [
        "错误报告_20200521_183000.txt",
        "错误报告_20200521_183000_2.txt",
        "错误报告_20200521_183000_3.txt",
    ]
    assert [path.read_text(encoding="utf-8").splitlines()[1] for path in left if path] == ["0", "1", "2"]


def test_the_last_fifty_reports_are_kept_and_nothing_else_is_touched(tmp_path: Path) -> None:
    folder = tmp_path / "faults"
    folder.mkdir()
    (folder / "别人的.txt").write_text("x", encoding="utf-8")
    for n in range(60):
        faults.write_report([str(n)], tmp_path, NOW.replace(minute=n // 12, second=n % 12 // 6))
    assert len(list(folder.glob("错误报告_*.txt"))) == faults.KEPT
    assert {path.read_text(encoding="utf-8").splitlines()[1] for path in folder.glob("错误报告_*.txt")} == {str(n) for n in range(10, 60)}
    assert (folder / "别人的.txt").exists()


def test_where_the_state_folder_cannot_be_written_the_report_lies_in_the_current_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "state").write_bytes(b"a file in the way")
    assert faults.write_report(["x"], tmp_path / "state", NOW) == tmp_path / "错误报告_20200521_183000.txt"


def test_where_no_report_can_be_written_its_lines_are_said(home: Office, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "_write_new", _always(OSError(28, "full")))
    monkeypatch.setattr(fault_limits, "fold_on", _always(RuntimeError(SECRET)))
    assert cli.main(DAYS) == 1
    shown = capsys.readouterr().err
    assert "请把下面几行发给维护人员" in shown
    assert "RuntimeError" in shown
    assert SECRET[:5] not in shown
    assert _reports(home) == []


# --- interruptions -----------------------------------------------------------------------------------------------


def test_an_interruption_is_one_sentence_and_no_fault(home: Office, undisturbed: dict[str, bytes], capsys: Captured) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(office_workbook, "render", _always(KeyboardInterrupt()))
        assert cli.main(DAYS) == 1
    assert re.fullmatch("已中断。[^\n]+\n", capsys.readouterr().err)
    assert _reports(home) == []
    assert cli.main(DAYS) == 0
    assert home.everything() == undisturbed


TELLS = os.name != "nt"
"""Whether the system tells a process that it is to end; Windows just ends it."""


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 1)] if TELLS else [(signal.SIGTERM, 1)])
def test_a_run_that_is_told_to_end_says_so_and_the_next_goes_on(
    home: Office, undisturbed: dict[str, bytes], number: signal.Signals, status: int
) -> None:
    """Told while it writes a day."""
    script = (
        "import signal, time; from pipeline.render.page import leaders_page; from pipeline import cli\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # whoever started the tests may have it ignored
        # In short sleeps: one that is told between `print` and a long sleep would sleep on to its end, as no document does.
        "def wait(*_): print('here', flush=True); [time.sleep(0.05) for _ in range(1200)]\n"
        f"leaders_page.render = wait; raise SystemExit(cli.main({DAYS}))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=home.home,
        env={**os.environ, "PYTHONPATH": str(HOME), "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "here\n"
    begun = time.monotonic()
    process.send_signal(number)
    _out, err = process.communicate(timeout=30)
    assert time.monotonic() - begun < 10
    assert process.returncode == status
    assert bool(re.fullmatch("已中断。[^\n]+\n", err)) is TELLS
    assert _reports(home) == []
    assert cli.main(DAYS) == 0
    assert home.everything() == undisturbed
