"""A ledger that is no longer what was written: nothing rests on it, everybody says so, `doctor` finds it, and a repair mends it.

Covers `ledger_store`, `row_sums` and `soundness`.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from pathlib import Path

import damage
import pytest
from offices import ZONE, Office, sum_again, tree
from workbooks import DAY, Edits, assignment, edit, progress_row, report, report_pages, resolved_row, write

from pipeline import cli
from pipeline.doors import mailbox
from pipeline.ledger import journal, ledger_store, schema
from pipeline.ledger.ledger import Ledger
from pipeline.post.letters import Item, Kind, Letter
from pipeline.post.sent_letters import SentLetters, State
from pipeline.render.documents import FIGURES
from pipeline.terms.errors import DamagedLedgerError
from pipeline.terms.notice_number import NoticeNumber
from pipeline.upkeep import doctor, repair

NEXT = date(2020, 5, 22)
Harm = Callable[[Path], object]


def _fill(office: Office) -> None:
    """Two days, a revision, refused files, findings, and a row in every table."""
    wrong: Edits = {"案件进展!E2": "看不懂"}
    office.put_assignment(assignment())
    office.put(report(progress=[resolved_row("SJ-2020-001")]), "日报.xlsx")
    office.put(write(edit(report_pages(), wrong)), "日报2.xlsx", "2020-05-21T16:30:00+08:00")
    office.put(b"no workbook", "坏.xlsx", channel="email", sender="a@b.cn", message_id="<1>")
    office.put(report("达拉特旗", progress=[progress_row("SJ-2020-002")]), "达旗.xlsx")
    office.run(DAY)
    office.put(report("达拉特旗", progress=[]), "达旗更正.xlsx", "2020-05-22T16:00:00+08:00")
    office.run(DAY, NEXT)
    with Ledger(office.settings.paths.ledger) as ledger:
        numbers = [NoticeNumber(2020, 1, DAY, "DS")]
        ledger.give(numbers)
        journal.note_numbers(office.archive, numbers)
        ledger.begin(["a" * 64])
        letter = Letter(Kind.DISTRICT, str(DAY), "东胜区", "a@example.com", "", "", "", (Item("回执.xlsx", "12"),), edition="manifest")
        SentLetters(ledger, office.settings.paths.state).note(
            letter, "<1@example.com>", State.SENT, "", datetime(2020, 5, 22, 8, tzinfo=ZONE)
        )
        with ledger.store.begin() as connection:  # every day is to be written again, and a verdict does not last
            connection.update(schema.publications, {"fingerprint": ""})
            connection.insert(schema.faults, [{"arrival": len(ledger.arrivals()), "sum": ""}])
    sum_again(office.settings.paths.ledger)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Office:
    office = Office(tmp_path_factory.mktemp("filled") / "office")
    _fill(office)
    return office


@pytest.fixture(scope="module")
def expected(filled: Office, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a night makes of the undamaged ledger."""
    office = _copied(filled, tmp_path_factory.mktemp("expected"))
    office.run(DAY, NEXT)
    return tree(office.outbox)


def _copied(office: Office, folder: Path) -> Office:
    shutil.copytree(office.home, folder / "office")
    return Office(folder / "office")


@pytest.fixture
def copied(filled: Office, tmp_path: Path) -> Office:
    return _copied(filled, tmp_path)


@pytest.fixture(autouse=True)
def _quick_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """`doctor` looks neither at fonts nor at templates here."""
    for name in ("_fonts", "_templates"):
        monkeypatch.setattr(doctor, name, lambda *_args: doctor.Check("", ""))


def _problems(office: Office) -> list[str]:
    return [problem for check in doctor.examine(office.settings, datetime.now(ZONE)) for problem in check.problems]


def _is_refused(office: Office, expected: dict[str, bytes]) -> bool:
    """Whether the night stops before it writes anything; where it does not, it publishes what it would from the undamaged ledger."""
    before = tree(office.outbox)
    try:
        office.run(DAY, NEXT)
    except DamagedLedgerError as error:
        assert "doctor --repair" in str(error)  # noqa: PT017
        assert tree(office.outbox) == before
        return True
    assert tree(office.outbox) == expected
    return False


HARMS: dict[str, Callable[[Path, damage.Place], None]] = {"changed": damage.change, "NULL": damage.empty}
NUMBERED = {(table.name, *table.keys) for table in schema.ALL if len(table.keys) == 1}
"""Keys of which SQLite makes a number by itself where they are NULL."""


@pytest.mark.parametrize("how", HARMS)
def test_every_column_of_every_row_is_looked_at_before_it_counts_and_found_by_doctor(
    filled: Office, expected: dict[str, bytes], tmp_path: Path, how: str
) -> None:
    """A table of every column of every table, and in it the sums themselves."""
    office = _copied(filled, tmp_path)
    whole = office.settings.paths.ledger.read_bytes()
    unnoticed: list[damage.Place] = []
    unfound: list[damage.Place] = []
    for place in damage.places():
        if how == "NULL" and place in NUMBERED:
            continue
        office.settings.paths.ledger.write_bytes(whole)
        HARMS[how](office.settings.paths.ledger, place)
        if how == "changed" and not _problems(office):
            unfound.append(place)
        if not _is_refused(office, expected):
            unnoticed.append(place)
            shutil.rmtree(office.home)
            office = _copied(filled, tmp_path)
    assert unfound == []
    # What an edition said changes no figure: it is compared where it is shown.
    assert {*unnoticed} <= {("editions", "manifest_text"), ("editions", "summary_text")}


def _harm_unseen(ledger: Path, place: damage.Place) -> None:
    """Change it as a disk does that loses a bit: the file looks as before."""
    seen = ledger.stat()
    damage.change(ledger, place)
    os.utime(ledger, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert ledger.stat().st_size == seen.st_size


@pytest.mark.parametrize("place", [("readings", "day"), ("arrivals", "received_at"), ("publications", "manifest"), ("readings", "rows")])
def test_what_a_night_uses_is_compared_also_where_the_file_looks_as_it_was_left(
    copied: Office, expected: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, place: damage.Place
) -> None:
    copied.run(DAY, NEXT)
    copied.put(report("达拉特旗", progress=[]), "又一份.xlsx", "2020-05-22T16:30:00+08:00")
    _harm_unseen(copied.settings.paths.ledger, place)
    monkeypatch.setattr(ledger_store, "_LOOKED_OVER", set())  # in another process
    with pytest.raises(DamagedLedgerError):
        copied.run(DAY, NEXT)
    assert tree(copied.outbox) == expected


def test_the_whole_ledger_is_looked_over_once_until_somebody_else_writes_or_moves_it(
    copied: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    looks: list[object] = []
    look = ledger_store.LedgerStore.damage

    def noting(self: ledger_store.LedgerStore) -> list[str]:
        looks.append(self)
        return look(self)

    monkeypatch.setattr(ledger_store.LedgerStore, "damage", noting)

    def run(office: Office) -> int:
        monkeypatch.setattr(ledger_store, "_LOOKED_OVER", set())  # in another process
        looks.clear()
        office.run(DAY, NEXT)
        return len(looks)

    assert run(copied) == 1
    assert run(copied) == 0  # the run before wrote, and had looked
    copied.put(report("达拉特旗", progress=[]), "又一份.xlsx", "2020-05-22T16:30:00+08:00")
    assert [run(copied), run(copied)] == [0, 0]
    _harm_unseen(copied.settings.paths.ledger, ("letters", "state"))  # no night reads them
    assert run(copied) == 0
    assert "信件 1 行" in "".join(_problems(copied))
    moved = _copied(copied, tmp_path / "moved")
    with pytest.raises(DamagedLedgerError):
        run(moved)


TOLD: dict[str, tuple[Harm, str]] = {
    "a day": (partial(damage.change, place=("readings", "day")), "读出的内容 1 行"),
    "a verdict": (partial(damage.change, place=("readings", "accepted")), "读出的内容 1 行"),
    "an arrival": (partial(damage.change, place=("arrivals", "received_at")), "收件记录 1 行"),
    "a sum": (partial(damage.empty, place=("arrivals", "sum")), "收件记录 1 行"),
    "a row": (partial(damage.change, place=("readings", "rows")), "份文件在台账里的内容"),
    "a finding": (partial(damage.change, place=("findings", "code")), "份文件在台账里的内容"),
    "a publication": (partial(damage.change, place=("publications", "manifest")), "发布记录 1 行"),
    "rules": (partial(damage.change, place=("published_rules", "rules")), "发布时的规则 1 行"),
    "a district": (partial(damage.change, place=("districts", "kept_as")), "旗区名称 1 行"),
    "an edition": (partial(damage.change, place=("editions", "contents")), "各版 1 行"),
    "what an edition said": (partial(damage.change, place=("editions", "summary_text")), "各版"),
    "a number": (partial(damage.change, place=("notices", "number")), "督办通知编号 1 行"),
    "a letter": (partial(damage.change, place=("letters", "state")), "信件 1 行"),
    "an attempt": (partial(damage.change, place=("attempts", "alone")), "读取记录 1 行"),
    "a verdict that does not last": (partial(damage.change, place=("faults", "sum")), "出错记录 1 行"),
    "the version": (partial(damage.change, place=("meta", "value")), "版本"),
    "broken UTF-8": (partial(damage.break_text, place=("arrivals", "name")), "收件记录 1 行"),
    "a column's name": (partial(damage.change_schema, name="readings", old="accepted", new="accepsed"), "损坏"),
    "a constraint": (
        partial(damage.change_schema, name="arrivals", old='UNIQUE ("path", "sha256"', new='UNIQUE ("path", "channel"'),
        "损坏",
    ),
    "a table of no meaning": (partial(damage.change_schema, name="notices", old="CREATE TABLE", new="CREATE TABLF"), "损坏"),
    "a missing table": (partial(damage.drop, table="districts"), "损坏"),
    "a missing version": (partial(damage.drop, table="meta"), "损坏"),
    "an index that lies": (damage.lie_in_index, "数据库自检"),
    "a page": (lambda ledger: ledger.write_bytes(ledger.read_bytes()[:8192] + b"\x07" * 4096 + ledger.read_bytes()[12288:]), "损坏"),
    "half of the file": (lambda ledger: ledger.write_bytes(ledger.read_bytes()[: len(ledger.read_bytes()) // 2]), "损坏"),
    "no database": (lambda ledger: ledger.write_bytes(b"no database" * 100), "损坏"),
}


@pytest.mark.parametrize("harm", TOLD)
def test_doctor_names_what_is_damaged(copied: Office, harm: str) -> None:
    do, sentence = TOLD[harm]
    do(copied.settings.paths.ledger)
    assert any(sentence in problem and "doctor --repair" in problem for problem in _problems(copied))


@pytest.mark.parametrize(
    "harm",
    ["a day", "an arrival", "a sum", "a row", "a finding", "a publication", "what an edition said", "a number", "a letter", "the version",
     "broken UTF-8", "a column's name", "a missing table", "an index that lies", "half of the file"],
)  # fmt: skip
def test_a_repair_makes_everything_equal_to_the_undamaged(copied: Office, expected: dict[str, bytes], harm: str) -> None:
    do, _sentence = TOLD[harm]
    do(copied.settings.paths.ledger)
    repair.repair(copied.settings, documents=FIGURES)
    assert _problems(copied) == []
    copied.run(DAY, NEXT)
    assert tree(copied.outbox) == expected


COMMANDS = (["--date", str(DAY)], ["status"], ["explain", "SJ-2020-001"], ["editions"], ["send"], ["templates"])


@pytest.mark.parametrize("harm", ["a day", "broken UTF-8", "a column's name", "a missing table", "an index that lies", "a page"])
def test_each_command_says_that_the_ledger_is_damaged_and_no_fault_of_ours(
    copied: Office, capsys: pytest.CaptureFixture[str], harm: str
) -> None:
    do, _sentence = TOLD[harm]
    do(copied.settings.paths.ledger)
    for command in COMMANDS:
        status = cli.main(["--config", str(copied.home / "config.yaml"), *command])
        said = capsys.readouterr().err
        assert status == 1, command
        assert "已经损坏" in said
        assert "doctor --repair" in said
        assert "程序出错" not in said
    assert not (copied.settings.paths.state / "faults").exists()


def test_mail_is_fetched_all_the_same(copied: Office, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    damage.change(copied.settings.paths.ledger, ("readings", "day"))
    monkeypatch.setattr(mailbox, "fetch", lambda *_args: mailbox.Fetched(messages=1, files=1))
    assert cli.main(["--config", str(copied.home / "config.yaml"), "fetch"]) == 1
    assert "doctor --repair" in capsys.readouterr().err


def test_a_file_is_checked_all_the_same(copied: Office, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    damage.change(copied.settings.paths.ledger, ("readings", "day"))
    (tmp_path / "日报.xlsx").write_bytes(report(progress=[]))
    (tmp_path / "日报.xlsx.envelope.json").write_text('{"received_at": "2020-05-21T16:00:00+08:00"}', encoding="utf-8")
    assert cli.main(["--config", str(copied.home / "config.yaml"), "check", str(tmp_path / "日报.xlsx")]) == 0
    said = capsys.readouterr()
    assert "doctor --repair" in said.err
    assert "台账现在不能用，无法核对案件编号，其余内容已核对" in said.out


def test_bytes_that_changed_anywhere_never_publish_another_figure(filled: Office, expected: dict[str, bytes], tmp_path: Path) -> None:
    chance = random.Random(13)  # noqa: S311 - no secret
    office = _copied(filled, tmp_path)
    whole = office.settings.paths.ledger.read_bytes()
    for _time in range(25):
        office.settings.paths.ledger.write_bytes(whole)
        damage.flip_bytes(office.settings.paths.ledger, chance)
        if not _is_refused(office, expected):
            shutil.rmtree(office.home)
            office = _copied(filled, tmp_path)
