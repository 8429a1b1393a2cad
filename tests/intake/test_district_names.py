"""Districts are kept by their code: renamed, with another alias, with names swapped no figure moves; a missing one is refused.

Covers `district_names` and `kept_districts`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Container
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from offices import ZONE, Office
from workbooks import CASES, assignment, case_row, exemption_row, new_row, progress_row, report, resolved_row

from pipeline import cli
from pipeline.intake import district_names
from pipeline.ledger import journal, schema
from pipeline.ledger.ledger import Ledger
from pipeline.night import nightly
from pipeline.post.letters import Item, Kind, Letter
from pipeline.post.sent_letters import SentLetters, State
from pipeline.publishing import told_editions
from pipeline.publishing.plan import EveryDay
from pipeline.render.documents import FIGURES
from pipeline.settings.config import load
from pipeline.upkeep import repair
from pipeline.web.accounts import Accounts
from pipeline.web.database import Database

FIRST, LAST = date(2020, 5, 20), date(2020, 5, 21)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path / "office")
    office.put_assignment(assignment([*CASES, case_row("SJ-2020-003", "康巴什区")]))
    for day in (FIRST, LAST):
        received = f"{day}T16:00:00+08:00"
        office.put(report("东胜区", day, progress=[resolved_row()], new=[new_row()] if day == FIRST else ()), f"东胜{day}.xlsx", received)
        office.put(report("康巴什区", day, progress=[progress_row("SJ-2020-003")]), f"康巴什{day}.xlsx", received)
    office.run(FIRST, LAST)
    return office


def _set(office: Office, *pairs: str) -> None:
    path = office.home / "config.yaml"
    text = path.read_text(encoding="utf-8")
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    office.settings = load(path)


RENAMED = ("name: 东胜区,", "name: 东城区,", "aliases: [东胜],", "aliases: [东城],")
SWAPPED = (
    *("name: 东胜区,", "name: 某区,", "name: 康巴什区,", "name: 东胜区,", "name: 某区,", "name: 康巴什区,"),
    *("aliases: [东胜],", "aliases: [],", "aliases: [康巴什],", "aliases: [],"),
)
NAMES = {
    "renamed": (RENAMED, {"东胜区": "东城区"}),
    "swapped": (SWAPPED, {"东胜区": "康巴什区", "康巴什区": "东胜区"}),
    "an alias": (("aliases: [东胜]", "aliases: [东胜, 东]"), {}),
}


def test_an_excused_report_stays_excused_under_its_districts_new_name(office: Office) -> None:
    rows = [exemption_row("东胜 5月21日", "迟报"), exemption_row(kind="核查提示")]
    office.put_assignment(assignment(CASES, exemptions=rows), "二.xlsx", "2020-05-21T09:00:00+08:00")
    office.run(LAST)
    _set(office, *RENAMED)
    office.put(report("东城区", LAST + timedelta(days=1), progress=()), "东城.xlsx", "2020-05-22T16:00:00+08:00")
    office.run(LAST + timedelta(days=1))
    told = json.loads((office.outbox / "2020-05-22" / "extensions.json").read_text(encoding="utf-8"))["exceptions"]
    assert [line["subject"] for line in told] == ["SJ-2020-001", "东城区 2020-05-21"]


def _said(office: Office, names: dict[str, str]) -> list[object]:
    """Return every summary with the districts' names as given."""

    def renamed(value: object) -> object:
        match value:
            case dict():
                return {key: renamed(inner) for key, inner in value.items()}
            case list():
                return [renamed(inner) for inner in value]
            case str():
                return names.get(value, value)
            case _:
                return value

    return [renamed(office.summary(day)) for day in (FIRST, LAST)]


@pytest.mark.parametrize("what", list(NAMES))
@pytest.mark.parametrize("way", ["a run", "rewritten", "made again"])
def test_another_name_moves_no_figure(office: Office, what: str, way: str) -> None:
    changes, names = NAMES[what]
    before, expected = _said(office, {}), _said(office, names)
    _set(office, *changes)
    if way == "made again":
        office.run(LAST)
        office.settings.paths.ledger.unlink()
        repair.repair(office.settings, documents=FIGURES)
    outcome = nightly.run(office.settings, [LAST], documents=FIGURES, rewriting=() if way == "a run" else EveryDay())
    assert _said(office, {}) == (before if way == "a run" else expected)
    assert all(not held.figures for held in outcome.held_back)


@pytest.mark.parametrize("what", ["renamed", "swapped"])
def test_a_later_edition_under_another_name_is_told_by_the_districts_and_not_by_their_names(office: Office, what: str) -> None:
    changes, names = NAMES[what]
    _set(office, *changes)
    corrected = report(names["东胜区"], FIRST, progress=[progress_row()], new=[new_row()])
    office.put(corrected, "更正.xlsx", "2020-05-20T16:30:00+08:00")
    office.run(LAST)
    _first, second = told_editions.of_day(office.settings, FIRST)
    district = names["东胜区"]
    (line,) = [line for line in second.lines if line.startswith(f"{district}（市级交办和旗区自行梳理）：")]
    assert "已化解 1 件 → 0 件" in line
    assert "总数" not in line
    assert not [line for line in second.lines if "康巴什区" in line.replace(district, "") or "旗区：" in line]


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("renamed", "东城区原名东胜区：是同一个旗区，案件和数字照旧。"),
        ("swapped", "康巴什区原名东胜区；东胜区原名康巴什区：是同一个旗区，案件和数字照旧。"),
        ("an alias", ""),
    ],
)
def test_the_first_day_under_another_name_says_which_it_had(office: Office, what: str, said: str) -> None:
    _set(office, *NAMES[what][0])
    days = [LAST + timedelta(days=1), LAST + timedelta(days=2)]

    def told(*asked: date, rewriting: Container[date] = ()) -> dict[date, str]:
        outcome = nightly.run(office.settings, asked, documents=FIGURES, rewriting=rewriting)
        return {report.day: report.new_rules for report in outcome.written.published}

    assert told(*days) == {days[0]: said, days[1]: ""}
    assert told(*days) == {}
    # Written again they bear the name of now, and each says which one its readers know.
    assert told(LAST, rewriting=EveryDay()) == (dict.fromkeys([FIRST, LAST], said) if said else {})
    office.settings.paths.ledger.unlink()
    repair.repair(office.settings, documents=FIGURES)
    rules = [json.loads((office.outbox / str(day) / "manifest.json").read_bytes())["rules"] for day in days]
    assert [bool(kept.get("renamed")) for kept in rules] == [bool(said), False], "a ledger that is made again knows it too"
    late = report(NAMES[what][1].get("东胜区", "东胜区"), days[0], progress=[progress_row()])
    office.put(late, "补报.xlsx", f"{days[0]}T16:30:00+08:00")
    assert told(days[0])[days[0]] == said, "and goes on saying it"


def test_a_letter_under_the_former_name_is_known_to_have_been_sent(office: Office) -> None:
    with Ledger(office.settings.paths.ledger) as ledger:
        record = SentLetters(ledger, office.settings.paths.state)
        letter = Letter(Kind.DISTRICT, str(LAST), "东胜区", "a@example.com", "", "", "", (Item("回执.xlsx", "12"),), "manifest")
        record.note(letter, "<1@example.com>", State.SENT, "", datetime(2020, 5, 22, 8, tzinfo=ZONE))
        _set(office, *RENAMED)
        district = district_names.known(office.settings).districts[0]
        had = record.last_had(Kind.DISTRICT, str(LAST), (district.name, *district.aliases), "a@example.com")
    assert (district.name, had) == ("东城区", ("manifest", frozenset({"12"})))


def test_what_the_ledger_and_the_journal_hold_names_codes(office: Office) -> None:
    with Ledger(office.settings.paths.ledger) as ledger, ledger.store.connect() as connection:
        assert {*connection.column("SELECT district FROM readings")} == {"", "DS", "KBS"}
        rows = connection.column("SELECT rows FROM readings")
    assert not any('"旗区":["东胜区"' in text for text in rows)
    assert journal.districts(office.archive)[-1].kept_as["DS"] == "DS"


def test_a_report_that_says_the_old_name_is_still_that_districts(office: Office) -> None:
    _set(office, *RENAMED)
    office.put(report("东胜区", date(2020, 5, 22), progress=[resolved_row()]), "旧名.xlsx", "2020-05-22T16:00:00+08:00")
    office.put_assignment(assignment([*CASES, case_row("SJ-2020-003", "康巴什区")]), "新.xlsx", "2020-05-22T09:00:00+08:00")
    office.run(date(2020, 5, 22))
    summary = office.summary(date(2020, 5, 22))
    first = summary["submissions"][0]
    assert (first["district"], first["status"]) == ("东城区", "on-time")
    assert sum(line["total"] for line in summary["by_district"]) == 5


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("code: DS,", "code: DSQ,", "东胜区的代码由 DS 改成了 DSQ，而台账是按代码记的。请在 config.yaml 的 districts 里把代码改回 DS"),
        (
            "  - {code: DS,   name: 东胜区,     aliases: [东胜],                     senders: [dongsheng@example.com]}\n",
            "",
            "没有代码为 DS 的旗区（东胜区）",
        ),
    ],
    ids=["code changed", "removed"],
)
@pytest.mark.parametrize("command", ["nightly", "status", "repair"])
def test_a_district_that_the_ledger_knows_cannot_be_missing(
    office: Office, capsys: pytest.CaptureFixture[str], old: str, new: str, sentence: str, command: str
) -> None:
    before = office.everything()
    _set(office, old, new)
    if command == "repair":
        office.settings.paths.ledger.unlink()
    arguments = {"nightly": ["--date", str(LAST)], "status": ["status"], "repair": ["doctor", "--repair"]}[command]
    assert cli.main([*arguments, "--config", str(office.home / "config.yaml")]) == 2
    assert sentence in capsys.readouterr().err
    assert office.everything() == before


def test_a_district_of_which_nothing_is_known_may_go(office: Office) -> None:
    _set(office, "  - {code: WS,   name: 乌审旗,     aliases: [乌审],                     senders: [wushen@example.com]}\n", "")
    office.run(LAST)
    assert len(office.summary(LAST)["submissions"]) in (8, 9)


def test_a_ledger_that_kept_names_is_taken_over_as_it_is(office: Office) -> None:
    """A ledger of version 1: names in readings, rows and notices, no districts, and no lines about them in the journal."""
    before = _said(office, {"东胜区": "东城区"})
    path = office.archive.parent / journal.NAME
    path.write_bytes(b"\n".join(line for line in path.read_bytes().split(b"\n") if not line.startswith(b'{"districts"')))
    with Ledger(office.settings.paths.ledger) as ledger:
        outlines = ledger.load(ledger.outlines())
        with ledger.store.begin() as connection:
            connection.delete(schema.districts)
        ledger.districts = type(ledger.districts)(0, {}, {})
        from pipeline.reading.reading import Transcript
        from pipeline.terms.rows import write_rows

        ledger.file([(file.arrival, Transcript(file.reading, write_rows(file.reading.rows))) for file in outlines])
    office.run(LAST)
    _set(office, *RENAMED)
    nightly.run(office.settings, [LAST], documents=FIGURES, rewriting=EveryDay())
    assert json.dumps(_said(office, {}), ensure_ascii=False) == json.dumps(before, ensure_ascii=False)
    office.settings.paths.ledger.unlink()
    repair.repair(office.settings, documents=FIGURES)
    assert _said(office, {}) == before


@pytest.mark.parametrize("kept", ["DS", "东胜区"], ids=["by its code", "by its name, as an older version kept it"])
def test_a_clerk_of_a_renamed_district_is_still_its_clerk(office: Office, kept: str) -> None:
    config = str(office.home / "config.yaml")
    assert cli.main(["user", "add", "甲", "--district", "东胜区", "--config", config]) == 0
    with closing(sqlite3.connect(office.settings.paths.state / "upload.sqlite")) as connection, connection:
        assert connection.execute("SELECT district FROM users").fetchall() == [("DS",)]
        connection.execute("UPDATE users SET district = ?", (kept,))
    _set(office, *RENAMED)
    database = Database(office.settings.paths.state)
    try:
        user = Accounts(database, district_names.known(office.settings)).find("甲")
    finally:
        database.close()
    assert user is not None
    assert user.district == "东城区"


def test_a_damaged_ledger_is_no_fault_of_ours_in_any_command(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    path = office.settings.paths.ledger
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    assert cli.main(["doctor", "--config", str(office.home / "config.yaml")]) == 1
    assert "程序出错了" not in capsys.readouterr().err
