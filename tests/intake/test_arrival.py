"""When a file arrived: renamed, moved, copied, changed beside its sidecar, and with a sidecar in any letter case.

Covers `recorded` and `first_seen`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from offices import ZONE, Office, moment
from workbooks import CASES, DAY, assignment, report

from pipeline.disk import first_seen
from pipeline.disk.originals import Originals
from pipeline.doors import upload
from pipeline.intake import envelopes, inbox, incoming, rebuild
from pipeline.ledger.ledger import Ledger
from pipeline.office import check
from pipeline.terms.handed_in import Arrival, Envelope

OLD, NEW = assignment(), assignment(CASES[:2])
T = "2020-05-20T09:00:00+08:00"
knows_birth = pytest.mark.skipif(sys.platform == "darwin", reason="a Mac's copies bring the time of birth along")


def _take(office: Office) -> list[str]:
    with Ledger(office.settings.paths.ledger) as ledger:
        return inbox.take_in(office.inbox, Originals(office.archive), ledger, ZONE, lambda _count: None).taken


def _arrivals(office: Office) -> list[Arrival]:
    with Ledger(office.settings.paths.ledger) as ledger:
        return [arrival for arrival, _sidecar in ledger.arrivals()]


def _last(office: Office) -> bytes:
    """The bytes that arrived last, which are in force."""
    latest = max(_arrivals(office), key=lambda arrival: (arrival.envelope.received_at, arrival.sha256))
    return (office.archive / latest.sha256).read_bytes()


@pytest.fixture
def folder(office: Office) -> Path:
    """An inbox with an assignment workbook that a newer one has replaced; both were taken in."""
    for content, name in ((OLD, "分解表.xlsx"), (NEW, "新分解表.xlsx")):
        office.put(content, f"assignment/{name}", None)
        assert _take(office)
    return office.inbox / "assignment"


# --- assignment workbooks, which stay in the inbox -----------------------------------------------------------------


@pytest.mark.parametrize("name", ["分解表(旧).xlsx", "旧/分解表.xlsx", "旧/2020/分解表(旧).xlsx"])
def test_an_old_workbook_that_is_renamed_or_moved_is_not_in_force_again(office: Office, folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / "分解表.xlsx").rename(folder / name)
    assert _take(office) == _take(office) == []
    assert _last(office) == NEW


def test_a_copy_of_an_old_workbook_is_not_in_force_again(office: Office, folder: Path) -> None:
    shutil.copyfile(folder / "分解表.xlsx", folder / "分解表 - 副本.xlsx")
    assert _take(office) == []


def test_a_new_workbook_under_the_old_ones_name_counts_and_the_renamed_old_one_does_not(office: Office) -> None:
    path = office.put(OLD, "assignment/分解表.xlsx", None)
    _take(office)
    path.rename(path.with_name("分解表(旧).xlsx"))
    office.put(NEW, "assignment/分解表.xlsx", None)
    assert _take(office) == ["assignment/分解表.xlsx"]
    assert _take(office) == []
    assert _last(office) == NEW


def test_two_workbooks_that_change_their_names_are_no_arrivals(office: Office, folder: Path) -> None:
    (folder / "分解表.xlsx").rename(folder / "x")
    (folder / "新分解表.xlsx").rename(folder / "分解表.xlsx")
    (folder / "x").rename(folder / "新分解表.xlsx")
    assert _take(office) == _take(office) == []


def test_an_old_workbook_laid_over_the_new_one_is_in_force_again(office: Office, folder: Path) -> None:
    """The neighbour that must not change: somebody wants the old one back."""
    shutil.copy2(folder / "分解表.xlsx", folder / "新分解表.xlsx")
    assert _take(office) == ["assignment/新分解表.xlsx"]
    assert _take(office) == []
    assert _last(office) == OLD


def test_a_workbook_that_moves_with_its_sidecar_is_no_arrival(office: Office) -> None:
    path = office.put(OLD, "assignment/分解表.xlsx", T)
    _take(office)
    (path.parent / "旧").mkdir()
    for name in (path.name, path.name + envelopes.SIDECAR):
        (path.parent / name).rename(path.parent / "旧" / name)
    assert _take(office) == []
    assert len(_arrivals(office)) == 1


# --- changed beside a sidecar ---------------------------------------------------------------------------------------


def _edited(path: Path, content: bytes) -> None:
    time.sleep(0.15)
    path.write_bytes(content)


@pytest.mark.parametrize("contents", [(OLD, NEW), (NEW, OLD)], ids=["one order of hashes", "the other"])
def test_bytes_that_change_beside_their_sidecar_arrive_when_they_changed(office: Office, contents: tuple[bytes, bytes]) -> None:
    path = office.put(contents[0], "assignment/分解表.xlsx", T)
    _take(office)
    before = datetime.now(ZONE) - timedelta(seconds=2)
    _edited(path, contents[1])
    assert _take(office) == ["assignment/分解表.xlsx"]
    assert _take(office) == []
    first, changed = _arrivals(office)
    assert first.envelope == Envelope(datetime.fromisoformat(T))
    assert changed.envelope.channel == "folder"
    assert changed.envelope.received_at >= before
    assert _last(office) == contents[1]


def test_bytes_laid_over_with_an_old_time_still_come_after_those_that_they_replace(office: Office) -> None:
    path = office.put(OLD, "assignment/分解表.xlsx", "2199-01-01T00:00:00+08:00")
    _take(office)
    _edited(path, NEW)
    os.utime(path, (1, 1))
    assert _take(office) == ["assignment/分解表.xlsx"]
    assert _last(office) == NEW


def test_that_bytes_changed_is_said_and_said_again_by_a_ledger_that_is_made_anew(office: Office) -> None:
    path = office.put(OLD, "assignment/分解表.xlsx", T)
    office.run(DAY)
    _edited(path, NEW)
    now = moment("2026-01-01 12:00").date()
    for _again in range(2):
        office.run(now)
        with Ledger(office.settings.paths.ledger) as ledger:
            assert ledger.arrivals_with("sidecar-outdated") == {2}
        office.settings.paths.ledger.unlink()
        assert rebuild.mend(office.settings, ()).is_rebuilt


def test_a_new_pair_under_the_same_name_arrives_as_its_sidecar_says(office: Office) -> None:
    for content in (OLD, NEW):
        office.put(content, "assignment/分解表.xlsx", T)
        office.put(report(progress=[] if content is OLD else None), "日报.xlsx", T)
        assert len(_take(office)) == 2
    assert {arrival.envelope for arrival in _arrivals(office)} == {Envelope(datetime.fromisoformat(T))}


def test_an_upload_that_is_edited_before_the_run_is_no_upload(office: Office, tmp_path: Path) -> None:
    sent = tmp_path / "日报.xlsx"
    sent.write_bytes(report())
    envelope = Envelope(moment("2020-05-21 16:00"), "upload", "ds@example.cn", "A1")
    upload.lay(office.settings, (sent.name, sent), envelope, is_assignment=False)
    (laid,) = office.inbox.rglob("日报.xlsx")
    told = json.loads(laid.with_name("日报.xlsx.envelope.json").read_text(encoding="utf-8"))
    assert told["sha256"] == hashlib.sha256(report()).hexdigest()
    laid.write_bytes(report(progress=[]))
    _take(office)
    (arrival,) = _arrivals(office)
    assert (arrival.envelope.channel, arrival.envelope.sender) == ("folder", None)
    assert list(office.inbox.rglob("*.json")) == []


def test_what_waits_is_said_to_have_come_as_the_run_will_say_it(office: Office, tmp_path: Path) -> None:
    """The list of what waits compares the bytes with the sum in their sidecar, as the run does; so does `check`."""
    sent = tmp_path / "日报.xlsx"
    sent.write_bytes(report())
    for number in ("A1", "A2"):
        envelope = Envelope(moment("2020-05-21 16:00"), "upload", "ds@example.cn", number)
        upload.lay(office.settings, (sent.name, sent), envelope, is_assignment=False)
    touched, untouched = sorted(office.inbox.rglob("日报.xlsx"))
    touched.write_bytes(report(progress=[]))
    uploaded, by_hand = incoming.look(office.settings)
    assert (uploaded.number, uploaded.channel, uploaded.envelope) == ("A2", "upload", replace(envelope, message_id="A2"))
    assert (by_hand.number, by_hand.channel, by_hand.received_at) == ("", "folder", by_hand.envelope and by_hand.envelope.received_at)
    now = datetime.now(ZONE)
    checked = [check.check(path, office.settings, now) for path in (touched, untouched)]
    assert [answer.filed.arrival.envelope for answer in checked] == [Envelope(now), envelope]
    waited = by_hand.envelope
    _take(office)
    assert waited in [arrival.envelope for arrival in _arrivals(office)]


def test_what_waits_beside_a_sidecar_of_other_bytes_says_that_it_changed(office: Office) -> None:
    """A sidecar without a sum, as other programs write it, came with the bytes that a run noted."""
    path = office.put(report(), "日报.xlsx", T)
    _take(office)
    path.write_bytes(report(progress=[]))
    path.with_name("日报.xlsx.envelope.json").write_text(json.dumps({"received_at": T, "channel": "folder"}), encoding="utf-8")
    assert [waits.envelope for waits in incoming.look(office.settings)] == [Envelope(datetime.fromisoformat(T))], "brought anew, both"
    sidecar = path.with_name("日报.xlsx.envelope.json")
    told = {"received_at": T, "channel": "folder", "sender": None, "message_id": None}
    sidecar.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")  # as it was, and as it was noted
    _edited(path, report(progress=[]))
    (waits,) = incoming.look(office.settings)
    assert waits.envelope is not None
    assert waits.envelope.received_at > datetime.fromisoformat(T)
    assert waits.opened is not None
    assert "sidecar-outdated" in [finding.code for finding in waits.opened.transcript.reading.findings]


def test_an_upload_that_nobody_touched_is_one(office: Office, tmp_path: Path) -> None:
    sent = tmp_path / "日报.xlsx"
    sent.write_bytes(report())
    envelope = Envelope(moment("2020-05-21 16:00"), "upload", "ds@example.cn", "A1")
    upload.lay(office.settings, (sent.name, sent), envelope, is_assignment=False)
    _take(office)
    assert [arrival.envelope for arrival in _arrivals(office)] == [envelope]


# --- reports without a sidecar --------------------------------------------------------------------------------------


@knows_birth
def test_a_report_that_moves_into_a_folder_arrived_when_it_was_laid_down(office: Office) -> None:
    path = office.put(report(), "日报.xlsx", None)
    laid = datetime.now(ZONE)
    time.sleep(0.2)
    (office.inbox / "东胜").mkdir()
    path.rename(office.inbox / "东胜" / "日报（定稿）.xlsx")
    assert _take(office) == ["东胜/日报（定稿）.xlsx"]
    assert _arrivals(office)[0].envelope.received_at <= laid + timedelta(seconds=0.05)


def test_a_report_that_is_copied_arrives_when_it_is_copied(office: Office, tmp_path: Path) -> None:
    source = tmp_path / "日报.xlsx"
    source.write_bytes(report())
    os.utime(source, (1_000_000_000, 1_000_000_000))
    time.sleep(0.2)
    before = datetime.now(ZONE) - timedelta(seconds=0.1)
    office.inbox.mkdir(exist_ok=True)
    shutil.copy2(source, office.inbox / "日报.xlsx")
    _take(office)
    assert _arrivals(office)[0].envelope.received_at >= before


def test_a_report_that_is_written_again_in_its_place_arrives_then(office: Office) -> None:
    path = office.put(report(progress=[]), "日报.xlsx", None)
    time.sleep(0.2)
    before = datetime.now(ZONE) - timedelta(seconds=0.1)
    path.write_bytes(report())
    _take(office)
    assert _arrivals(office)[0].envelope.received_at >= before


def test_a_time_of_modification_in_the_future_is_no_arrival(tmp_path: Path) -> None:
    path = tmp_path / "日报.xlsx"
    path.write_bytes(b"x")
    os.utime(path, (4_000_000_000, 4_000_000_000))
    assert first_seen.first_seen(path, path.stat()) <= time.time() + 2


def test_where_the_system_tells_no_birth_the_change_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "日报.xlsx"
    path.write_bytes(b"x")
    monkeypatch.setattr(first_seen, "_born", lambda _path, _status: None)
    assert first_seen.first_seen(path, path.stat()) == path.stat().st_ctime


# --- the letter case of sidecars --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["Report.xlsx.ENVELOPE.JSON", "Report.xlsx.Envelope.json", "report.XLSX.envelope.json", "REPORT.xlsx.ENVELOPE.json"]
)
def test_a_sidecar_is_found_in_any_letter_case_and_goes_with_its_file(office: Office, name: str) -> None:
    path = office.put(report(), "Report.xlsx", T)
    path.with_name("Report.xlsx.envelope.json").rename(path.with_name(name))
    _take(office)
    assert [arrival.envelope for arrival in _arrivals(office)] == [Envelope(datetime.fromisoformat(T))]
    assert list(office.inbox.iterdir()) == []


def test_the_nearest_name_is_a_files_sidecar() -> None:
    exact, other = "a.xlsx.envelope.json", "A.xlsx.envelope.json"
    assert envelopes.sidecars(["a.xlsx", "A.xlsx", exact, other]) == {"a.xlsx": exact, "A.xlsx": other}
    assert envelopes.sidecars(["a.xlsx", "A.xlsx", other]) == {"A.xlsx": other}
    assert envelopes.sidecars(["a.xlsx", "b.xlsx", other]) == {"a.xlsx": other}
    assert envelopes.sidecars(["b.xlsx", other]) == {}


# --- the archive ------------------------------------------------------------------------------------------------------


def test_an_archive_that_is_gone_is_said_by_every_run_with_nothing_new(office: Office) -> None:
    office.put_assignment(assignment())
    office.put(report(), "日报.xlsx")
    assert "原件" not in "".join(office.run(DAY).remarks)
    shutil.rmtree(office.archive)
    for lacking in (2, 1, 1):  # the assignment workbook is in the inbox still
        assert f"少了 {lacking} 个原件" in "".join(office.run(DAY).remarks)
