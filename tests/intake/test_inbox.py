"""What is taken from the inbox, what stays in it, and what its sidecar says of a file.

Covers `contents`, `envelopes` and `junk`.
"""

from __future__ import annotations

import hashlib
import os
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from offices import ZONE, Office, tree
from workbooks import CASES, DAY, assignment, progress_row, report

from pipeline.disk.originals import Originals
from pipeline.intake import envelopes, inbox
from pipeline.intake.envelopes import EnvelopeError
from pipeline.ledger.ledger import Ledger
from pipeline.terms.handed_in import Arrival, Envelope


def _take(office: Office) -> inbox.Taken:
    with Ledger(office.settings.paths.ledger) as ledger:
        return inbox.take_in(office.inbox, Originals(office.archive), ledger, office.settings.calendar.zone, lambda _count: None)


def _arrivals(office: Office) -> list[Arrival]:
    with Ledger(office.settings.paths.ledger) as ledger:
        return ledger.unread()


JUNK = (
    "~$日报.xlsx", ".日报.xlsx", ".DS_Store", "日报.xlsx.tmp", "日报.xlsx.part", "日报.TMP", "Thumbs.db", "thumbs.db", "desktop.ini",
    "日报.xlsx.crdownload", "sub/~$日报.xlsx", ".hidden/日报.xlsx", "日报.xlk", "“日报”的备份.XLK", "日报.xlsx.bak", "日报.xlsx.td",
    "日报.xlsx.td.cfg", "日报.xlsx.xltd", "日报.xlsx.baiduyun.p.downloading", "日报.xlsx.aria2", "日报.xlsx.opdownload",
    "WPSettings.dat", "@eaDir/日报.xlsx", "#recycle/日报.xlsx", "#Recycle/东胜/日报.xlsx", "@Recycle/日报.xlsx", "东胜/@Recycle/日报.xlsx",
    "$RECYCLE.BIN/S-1-5-21/$R1A2B3C.xlsx", "System Volume Information/日报.xlsx", ".stversions/日报~20200521-160000.xlsx",
    "assignment/#recycle/分解表.xlsx", "Network Recycle Bin 1/日报.xlsx", "__MACOSX/._日报.xlsx", "日报.xlsx.sb-1a2b3c4d-Xy12Zz/日报.xlsx",
)  # fmt: skip


@pytest.mark.parametrize("name", JUNK)
def test_junk_is_left_alone(office: Office, name: str) -> None:
    path = office.put(report(), name, None)
    assert _take(office) == inbox.Taken()
    assert path.read_bytes() == report()


@pytest.mark.parametrize(
    "name",
    [
        "日报.xlsx",
        "a/b/c/日报.xlsx",
        "日报.XLSX",
        "没有扩展名",
        "日报.docx",
        "tmp/日报.xlsx",
        "assignment.xlsx",
        "备份/日报.xlsx",
        "recycle/日报.xlsx",
        "日报.bak.xlsx",
        "下载/日报.xlsx",
        "#1/日报.xlsx",
        "@东胜/日报.xlsx",
        "日报 $RECYCLE.BIN.xlsx",
    ],
)
def test_anything_else_in_any_folder_is_taken(office: Office, name: str) -> None:
    path = office.put(report(), name)
    assert _take(office).taken == [name]
    assert not path.exists()
    assert list(office.inbox.rglob("*.envelope.json")) == []
    (arrival,) = _arrivals(office)
    assert (arrival.path, arrival.name, arrival.is_assignment) == (name, path.name, False)


def test_what_leaves_the_inbox_is_in_the_archive_byte_for_byte(office: Office) -> None:
    contents = {f"{n}/日报.xlsx": report(progress=[progress_row(今日进展=f"第{n}次")]) for n in range(70)}
    for name, content in contents.items():
        office.put(content, name)
    _take(office)
    assert set(tree(office.archive).values()) == set(contents.values())
    assert all(hashlib.sha256(content).hexdigest() == name for name, content in tree(office.archive).items())


def test_an_assignment_workbook_stays_in_the_inbox_and_is_taken_once(office: Office) -> None:
    path = office.put(assignment(), "assignment/分解表.xlsx", None)
    assert _take(office).taken == ["assignment/分解表.xlsx"]
    assert path.exists()
    assert _take(office).taken == []
    assert [arrival.is_assignment for arrival in _arrivals(office)] == [True]


def test_an_assignment_workbook_that_comes_back_after_another_is_a_new_arrival(office: Office) -> None:
    for content in (assignment(), assignment(CASES[:2]), assignment()):
        office.put(content, "assignment/分解表.xlsx", None)
        _take(office)
    assert [arrival.sha256 for arrival in _arrivals(office)][::2] == [hashlib.sha256(assignment()).hexdigest()] * 2


def test_a_second_intake_takes_nothing(office: Office) -> None:
    office.put(report(), "日报.xlsx")
    _take(office)
    assert _take(office) == inbox.Taken()


def test_the_same_bytes_may_arrive_twice(office: Office) -> None:
    office.put(report(), "日报.xlsx")
    office.put(report(), "又一次.xlsx", "2020-05-21T16:30:00+08:00")
    assert sorted(_take(office).taken) == ["又一次.xlsx", "日报.xlsx"]
    assert len(_arrivals(office)) == 2
    assert len(tree(office.archive)) == 1


def test_a_file_that_is_still_growing_waits(office: Office) -> None:
    path = office.put(report(), "日报.xlsx")
    now = datetime.now(ZONE).timestamp()
    os.utime(path, (now, now))
    growing = _take_while_growing(office, path)
    assert [(wait.path, wait.reason) for wait in growing.waiting] == [("日报.xlsx", "还在写入")]
    assert growing.taken == []
    assert path.exists()


def _take_while_growing(office: Office, path: Path) -> inbox.Taken:
    """An intake while another process writes to the file every few milliseconds."""
    stop = threading.Event()

    def grow() -> None:
        with path.open("ab", buffering=0) as file:
            while not stop.wait(0.01):
                file.write(b"x")

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        return _take(office)
    finally:
        stop.set()
        writer.join()


# --- the envelope ------------------------------------------------------------------------------------------------

FOUR = datetime(2020, 5, 21, 16, 42, 7, tzinfo=ZONE)
ENVELOPES = (
    ('{"received_at": "2020-05-21T16:42:07+08:00"}', Envelope(FOUR)),
    ('{"received_at": "2020-05-21T08:42:07Z"}', Envelope(FOUR)),
    ('{"received_at": "2020-05-21T16:42:07"}', Envelope(FOUR)),
    ('\ufeff{"received_at": "2020-05-21 16:42:07", "sender": null, "message_id": null}'.lstrip("\ufeff"), Envelope(FOUR)),
    (
        '{"received_at": "2020-05-21T16:42:07+08:00", "channel": "email", "sender": "a@b.cn", "message_id": "<1>"}',
        Envelope(FOUR, "email", "a@b.cn", "<1>"),
    ),
    ('{"received_at": "2020-05-21T16:42:07+08:00", "channel": "upload", "more": 1}', Envelope(FOUR, "upload")),
)


@pytest.mark.parametrize(("written", "meant"), ENVELOPES)
def test_a_sidecar_is_read(written: str, meant: Envelope) -> None:
    assert envelopes.read(written, ZONE) == meant


BROKEN = (
    "", "{", "[]", '"text"', "null", "{}", '{"received_at": null}', '{"received_at": 5}', '{"received_at": "gestern"}',
    '{"received_at": "2020-05-21T16:42:07+08:00", "channel": "fax"}',
    '{"received_at": "2020-05-21T16:42:07+08:00", "sender": 5}',
    '{"received_at": "2020-05-21T16:42:07+08:00", "channel": ["folder"]}',
)  # fmt: skip


@pytest.mark.parametrize("written", BROKEN)
def test_a_broken_sidecar_makes_its_file_wait_and_costs_no_other(office: Office, written: str) -> None:
    path = office.put(report(), "日报.xlsx")
    path.with_name("日报.xlsx.envelope.json").write_text(written, encoding="utf-8")
    office.put(report("达拉特旗", progress=[]), "另一份.xlsx")
    taken = _take(office)
    assert taken.taken == ["另一份.xlsx"]
    assert [wait.path for wait in taken.waiting] == ["日报.xlsx"]
    assert path.exists()
    with pytest.raises(EnvelopeError):
        envelopes.read(written, ZONE)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("{", "不是有效的 JSON"),
        ("[]", "不是一个 JSON 对象，应写成"),
        ('{"received": "2020-05-21"}', "没有写 received_at，应写成"),
        ('{"received_at": "21.05.2020 16:42"}', "received_at 写的是“21.05.2020 16:42”，不是能读的时间，应写成"),
        ('{"received_at": 1590050520}', "received_at 写的是“1590050520”，不是能读的时间，应写成"),
        ('{"received_at": [[[]]]}', "received_at 不是能读的时间，应写成"),
        ('{"received_at": "0220-05-21T16:42:07+08:00"}', "received_at 的年份不对：220"),
    ],
)
def test_what_is_wrong_with_a_sidecar_is_told_apart(written: str, reason: str) -> None:
    with pytest.raises(EnvelopeError) as caught:
        envelopes.read(written, ZONE)
    assert str(caught.value).startswith(reason)
    _before, follows, example = str(caught.value).partition("应写成 ")
    assert not follows or envelopes.read(example, ZONE) == Envelope(datetime(2020, 5, 21, 16, 42, tzinfo=ZONE))


def test_a_file_whose_sidecar_was_mended_is_taken(office: Office) -> None:
    path = office.put(report(), "日报.xlsx")
    sidecar = path.with_name("日报.xlsx.envelope.json")
    good = sidecar.read_text(encoding="utf-8")
    sidecar.write_bytes(b"\xff\xfe\x00")
    assert _take(office).taken == []
    sidecar.write_text("\ufeff" + good, encoding="utf-8")
    assert _take(office).taken == ["日报.xlsx"]
    assert _arrivals(office)[0].envelope == Envelope(datetime(2020, 5, 21, 16, tzinfo=ZONE))


def test_without_a_sidecar_a_file_arrived_when_the_inbox_first_saw_it_and_not_when_it_was_changed(office: Office) -> None:
    before = datetime.now(ZONE)
    path = office.put(report(), "日报.xlsx", None)
    os.utime(path, (1_000_000_000, 1_000_000_000))
    _take(office)
    (arrival,) = _arrivals(office)
    assert arrival.envelope.channel == "folder"
    assert before - timedelta(seconds=2) <= arrival.envelope.received_at <= datetime.now(ZONE) + timedelta(seconds=2)


def test_a_sidecar_without_its_file_is_left_alone(office: Office) -> None:
    path = office.put(report(), "日报.xlsx")
    path.unlink()
    assert _take(office) == inbox.Taken()
    assert path.with_name("日报.xlsx.envelope.json").exists()


def test_a_sidecar_that_a_killed_run_left_behind_goes_and_no_other(office: Office) -> None:
    """Killed after the report was removed and before its sidecar was: the next report of that name must not inherit it."""
    path = office.put(report(), "旗区/日报.xlsx")
    sidecar = path.with_name("日报.xlsx.envelope.json")
    written = sidecar.read_bytes()
    _take(office)
    sidecar.write_bytes(written)
    other = office.put(report(), "另一份.xlsx", "2020-05-21T16:30:00+08:00").with_name("另一份.xlsx.envelope.json")
    (office.inbox / "另一份.xlsx").unlink()
    assert _take(office) == inbox.Taken()
    assert not sidecar.exists()
    assert other.exists()


# --- from the contract's sentences, found wanting while this was written ---------------------------------------


@pytest.mark.parametrize("received", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00"])
def test_a_sidecar_with_an_impossible_time_costs_its_own_file(office: Office, received: str) -> None:
    office.put_assignment(assignment())
    office.put(report(), "日报.xlsx", received)
    office.put(report("达拉特旗", progress=[]), "另一份.xlsx")
    office.run(DAY)
    assert [submission["revision"] for submission in office.summary(DAY)["submissions"][:2]] == [0, 1]


def test_a_name_that_is_no_utf_8_costs_nothing(office: Office) -> None:
    office.put_assignment(assignment())
    path = office.inbox / os.fsdecode("日报".encode("gbk") + b".xlsx")
    path.write_bytes(report())
    path.with_name(path.name + ".envelope.json").write_text('{"received_at": "2020-05-21T16:00:00+08:00"}', encoding="utf-8")
    office.run(DAY)
    assert office.summary(DAY)["submissions"][0]["revision"] == 1


def test_a_second_intake_does_not_take_an_assignment_workbook_with_a_sidecar_again(office: Office) -> None:
    office.put_assignment(assignment())
    assert _take(office).taken == ["assignment/分解表.xlsx"]
    assert _take(office).taken == []
