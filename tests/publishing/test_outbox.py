"""A day's folder: written whole, written again where its inputs or its files changed, and never over what somebody edited.

Covers `inputs`, `plan`, `publish`, `listed_folder` and `files_for_programs`, and of `handed_in_lines` the findings, the inputs and what
makes a correction.
"""

from __future__ import annotations

import csv
import errno
import hashlib
import io
import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from offices import Office, assigned, consolidate, handed_in, tree
from workbooks import DAY, assignment, edit, progress_row, report, report_pages, write

from pipeline.disk import storage
from pipeline.publishing import outbox
from pipeline.render import files_for_programs


def _edition(**outputs: bytes) -> dict[str, bytes]:
    """Files with the manifest that lists them."""
    files = {f"{name}.json": content for name, content in outputs.items()}
    manifest = {"outputs": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}}
    return {**files, "manifest.json": json.dumps(manifest).encode()}


FILES, NEWER = _edition(summary=b"{}"), _edition(findings=b"a")


def test_a_folder_appears_whole_and_in_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    manifest = outbox.publish(tmp_path / "outbox", "2020-05-21", FILES, tmp_path / "kept")
    assert tree(tmp_path / "outbox") == {f"2020-05-21/{name}": content for name, content in FILES.items()}
    assert outbox.is_whole(tmp_path / "outbox", "2020-05-21", manifest)
    outbox.publish(tmp_path / "outbox", "2020-05-21", NEWER, tmp_path / "kept")
    assert tree(tmp_path / "outbox") == {f"2020-05-21/{name}": content for name, content in NEWER.items()}
    assert not outbox.is_whole(tmp_path / "outbox", "2020-05-21", manifest)


def test_an_earlier_edition_stays_where_the_new_one_cannot_be_written(tmp_path: Path) -> None:
    outbox.publish(tmp_path / "outbox", "2020-05-21", FILES, tmp_path / "kept")
    with pytest.raises(outbox.NotPublishedError, match="名称太长"):
        outbox.publish(tmp_path / "outbox", "2020-05-21", {"x" * 300: b"too long a name", **NEWER}, tmp_path / "kept")
    assert {name: content for name, content in tree(tmp_path / "outbox").items() if name.startswith("2020")} == {
        f"2020-05-21/{name}": content for name, content in FILES.items()
    }


def test_a_folder_that_lost_a_file_is_not_whole(tmp_path: Path) -> None:
    manifest = outbox.publish(tmp_path / "outbox", "2020-05-21", FILES, tmp_path / "kept")
    (tmp_path / "outbox" / "2020-05-21" / "summary.json").unlink()
    assert not outbox.is_whole(tmp_path / "outbox", "2020-05-21", manifest)
    assert not outbox.is_whole(tmp_path / "outbox", "2020-05-22", manifest)


def test_a_folder_may_hold_folders(tmp_path: Path) -> None:
    files = {"回执/a.xlsx": b"1", "日报模板/深/b.xlsx": b"2"}
    listed = {"outputs": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}}
    edition = {**files, "manifest.json": json.dumps(listed).encode()}
    manifest = outbox.publish(tmp_path / "outbox", "2020-05-21", edition, tmp_path / "kept")
    assert tree(tmp_path / "outbox/2020-05-21") == edition
    assert outbox.is_whole(tmp_path / "outbox", "2020-05-21", manifest)
    (tmp_path / "outbox/2020-05-21/回执/note.txt").write_bytes(b"mine")
    assert not outbox.is_whole(tmp_path / "outbox", "2020-05-21", manifest)
    outbox.publish(tmp_path / "outbox", "2020-05-21", NEWER, tmp_path / "kept")
    assert tree(tmp_path / "outbox/2020-05-21") == NEWER
    assert tree(tmp_path / "kept/2020-05-21_1") == {**edition, "回执/note.txt": b"mine"}


def test_what_somebody_changed_is_kept_once_where_a_killed_run_had_kept_it_already(tmp_path: Path) -> None:
    outbox.publish(tmp_path / "out", "2020-05-21", FILES, tmp_path / "kept")
    for _ in range(2):
        (tmp_path / "out/2020-05-21/note.txt").write_bytes(b"mine")
        outbox.publish(tmp_path / "out", "2020-05-21", FILES, tmp_path / "kept")
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["2020-05-21_1"]


@pytest.mark.parametrize(("number", "reason"), [(errno.ENOSPC, "磁盘已满"), (errno.EROFS, "只读"), (errno.EIO, "磁盘读写出错")])
def test_where_the_disk_refuses_the_earlier_edition_stays_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, reason: str
) -> None:
    outbox.publish(tmp_path / "out", "2020-05-21", FILES, tmp_path / "kept")

    def refuse(descriptor: int) -> None:
        raise OSError(number, f"refused {descriptor}")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(outbox.NotPublishedError, match=reason):
        outbox.publish(tmp_path / "out", "2020-05-21", NEWER, tmp_path / "kept")
    assert tree(tmp_path / "out") == {f"2020-05-21/{name}": content for name, content in FILES.items()}
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["2020-05-21"]


def test_the_sweep_brings_an_earlier_edition_back(tmp_path: Path) -> None:
    """Killed between the two renames: the old one set aside, the new one not yet there."""
    outbox.publish(tmp_path / "outbox", "2020-05-21", FILES, tmp_path / "kept")
    (tmp_path / "outbox" / "2020-05-21").rename(tmp_path / "outbox" / ".2020-05-21.old")
    (tmp_path / "outbox" / ".2020-05-21.new").mkdir()
    (tmp_path / "outbox" / ".2020-05-21.new" / "half").write_bytes(b"half")
    (tmp_path / "outbox" / ".of the office.new").mkdir()
    storage.sweep(tmp_path / "outbox", tmp_path / "archive")
    assert tree(tmp_path / "outbox") == {f"2020-05-21/{name}": content for name, content in FILES.items()}
    assert sorted(path.name for path in (tmp_path / "outbox").iterdir()) == [".of the office.new", "2020-05-21"]


def test_the_sweep_lets_an_earlier_edition_go_where_the_new_one_is_there(tmp_path: Path) -> None:
    """Killed after both renames, before the old one was removed."""
    outbox.publish(tmp_path / "outbox", "2020-05-21", FILES, tmp_path / "kept")
    (tmp_path / "outbox" / "2020-05-21").rename(tmp_path / "outbox" / ".2020-05-21.old")
    outbox.publish(tmp_path / "outbox", "2020-05-21", NEWER, tmp_path / "kept")
    (tmp_path / "outbox" / ".2020-05-21.old").mkdir(exist_ok=True)
    storage.sweep(tmp_path / "outbox", tmp_path / "archive")
    assert tree(tmp_path / "outbox") == {f"2020-05-21/{name}": content for name, content in NEWER.items()}


def test_the_sweep_removes_half_written_files_of_the_archive_and_nothing_else(tmp_path: Path) -> None:
    archive, out = tmp_path / "archive", tmp_path / "out"
    archive.mkdir()
    out.mkdir()
    for name in ("a" * 64, ".1-abc.tmp"):
        (archive / name).write_bytes(b"x")
    (out / "office.txt").write_bytes(b"x")
    storage.sweep(out, archive)
    assert [path.name for path in archive.iterdir()] == ["a" * 64]
    assert [path.name for path in out.iterdir()] == ["office.txt"]


# --- what a run publishes ----------------------------------------------------------------------------------------


def _office(office: Office) -> Office:
    office.put_assignment(assignment())
    office.put(report(), "日报.xlsx")
    office.run(DAY)
    return office


def test_the_manifest_lists_every_input_and_output_with_its_hash(office: Office) -> None:
    folder = _office(office).outbox / str(DAY)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    outputs = {name: hashlib.sha256(content).hexdigest() for name, content in tree(folder).items() if name != "manifest.json"}
    assert manifest["outputs"] == outputs
    assert {file["sha256"] for file in manifest["inputs"]} == {hashlib.sha256(content).hexdigest() for content in (assignment(), report())}
    assert {file["path"] for file in manifest["inputs"]} == {"assignment/分解表.xlsx", "日报.xlsx"}
    assert manifest["contract"] == 2
    assert manifest["correction"] is False


def test_a_folder_that_was_removed_or_lost_a_file_is_written_again(office: Office) -> None:
    before = _office(office).everything()
    (office.outbox / str(DAY) / "summary.json").unlink()
    office.run(DAY)
    assert office.everything() == before


def test_a_published_day_whose_inputs_changed_is_written_again_by_the_next_run(office: Office) -> None:
    before = _office(office).summary(DAY)
    office.put(report(progress=[progress_row(当前状态="已受理")]), "更正.xlsx", "2020-05-22T09:00:00+08:00")
    tomorrow = DAY + timedelta(days=1)
    outcome = office.run(tomorrow)
    assert [report.day for report in outcome.written.published] == [DAY, tomorrow]
    assert before["cases"]["ZZQ-2020-001"]["status"] == "办理中"
    assert office.summary(DAY)["cases"]["ZZQ-2020-001"]["status"] == "已受理"


def test_a_published_day_that_a_later_file_does_not_touch_stays_as_it_is(office: Office) -> None:
    before = tree(_office(office).outbox / str(DAY))
    times = {path: path.stat().st_mtime_ns for path in (office.outbox / str(DAY)).iterdir()}
    office.put(report(day=DAY + timedelta(days=1)), "明天.xlsx", "2020-05-22T16:00:00+08:00")
    office.run(DAY + timedelta(days=1))
    assert tree(office.outbox / str(DAY)) == before
    assert {path: path.stat().st_mtime_ns for path in (office.outbox / str(DAY)).iterdir()} == times


CORRECTIONS = (
    ("in time", "2020-05-21T16:00:00+08:00", False),
    ("at noon of the next day", "2020-05-22T12:00:00+08:00", False),
    ("after it", "2020-05-22T12:00:01+08:00", True),
)


@pytest.mark.parametrize(("what", "received", "marked"), CORRECTIONS)
def test_a_day_is_marked_as_corrected_where_what_counts_arrived_after_noon(
    office: Office, what: str, received: str, *, marked: bool
) -> None:
    office.put_assignment(assignment())
    office.put(report(), "日报.xlsx", received)
    office.run(DAY, DAY + timedelta(days=1))
    manifest = json.loads((office.outbox / str(DAY) / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["correction"] is marked, what
    tomorrow = json.loads((office.outbox / str(DAY + timedelta(days=1)) / "manifest.json").read_text(encoding="utf-8"))
    assert tomorrow["correction"] is False


def test_a_manifest_changed_by_hand_is_kept_though_it_lists_the_same_files(office: Office) -> None:
    before = _office(office).everything()
    path = office.outbox / str(DAY) / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"correction": false', b'"correction": true'))
    changed = path.read_bytes()
    office.run(DAY)
    assert office.everything() == before
    assert changed in tree(office.settings.paths.state / "replaced").values()


def test_an_edition_that_a_killed_run_did_not_come_to_note_is_nobody_s_change(tmp_path: Path) -> None:
    noted = outbox.publish(tmp_path / "out", "2020-05-21", FILES, tmp_path / "kept")
    for _time in range(2):
        outbox.publish(tmp_path / "out", "2020-05-21", NEWER, tmp_path / "kept", {noted})
    assert not (tmp_path / "kept").exists()


# --- findings.csv ------------------------------------------------------------------------------------------------


def test_findings_are_a_table_that_excel_opens_and_does_not_run() -> None:
    pages = edit(report_pages(), {"案件进展!E2": "=1+1", "案件进展!G2": "-2", "案件进展!J3": "@x", "案件进展!H3": 'a,"b"\nc'})
    (day,) = consolidate([assigned(assignment()), handed_in(write(pages), name="=日报.xlsx")], [DAY]).values()
    content = day.files["findings.csv"]
    assert content.startswith(b"\xef\xbb\xbfreport_date,district,file,sheet,cell,code,severity,value,message\r\n")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert {row["value"] for row in rows} == {"'=1+1", "'-2", "'@x", 'a,"b" c'}
    assert {(row["report_date"], row["district"], row["file"]) for row in rows} == {("2020-05-21", "东胜区", "'=日报.xlsx")}


@pytest.mark.parametrize(("text", "shown"), [("=1", "'=1"), ("＝1", "'＝1"), ("+1", "'+1"), ("\t=1", "'\t=1"), ("a=1", "a=1"), ("", "")])
def test_what_excel_would_run_gets_an_apostrophe(text: str, shown: str) -> None:
    assert files_for_programs.inert(text) == shown


def test_findings_of_every_revision_and_of_refused_files_stand_under_their_day() -> None:
    files = [
        assigned(assignment()),
        handed_in(write(edit(report_pages(), {"案件进展!E2": "看不懂"})), "2020-05-21 10:00", "一.xlsx"),
        handed_in(write(edit(report_pages(), {"案件进展!G2": "看不懂"})), "2020-05-21 11:00", "二.xlsx"),
        handed_in(write(edit(report_pages(), {"案件进展!P1": "手机"})), "2020-05-21 12:00", "三.xlsx"),
        handed_in(b"", "2020-05-21 13:00", "四.xlsx"),
    ]
    (day,) = consolidate(files, [DAY]).values()
    assert [(file, finding.code) for file, finding in day.findings if finding.refuses] == [
        ("一.xlsx", "not-in-list"),
        ("二.xlsx", "not-in-list"),
        ("三.xlsx", "personal-column"),
        ("四.xlsx", "unreadable"),
    ]


# --- from the contract's sentences, found wanting while this was written ---------------------------------------


def test_a_published_file_that_was_changed_by_hand_is_written_again(office: Office) -> None:
    before = _office(office).everything()
    path = office.outbox / str(DAY) / "summary.json"
    path.write_bytes(b"{}")
    office.run(DAY)
    assert office.everything() == before


def test_what_somebody_changed_in_an_earlier_edition_is_kept_when_the_day_is_written_again(office: Office) -> None:
    path = _office(office).outbox / str(DAY) / "summary.json"
    path.write_bytes(b"by hand")
    office.put(report(progress=[]), "更正.xlsx", "2020-05-21T16:30:00+08:00")
    office.run(DAY)
    assert office.summary(DAY)["submissions"][0]["revision"] == 2
    assert b"by hand" in tree(office.home).values()


def test_what_somebody_changed_or_added_is_kept_when_the_folder_is_written_again(tmp_path: Path) -> None:
    outbox.publish(tmp_path / "out", "2020-05-21", FILES, tmp_path / "kept")
    (tmp_path / "out/2020-05-21/note.txt").write_bytes(b"mine")
    outbox.publish(tmp_path / "out", "2020-05-21", NEWER, tmp_path / "kept")
    outbox.publish(tmp_path / "out", "2020-05-21", FILES, tmp_path / "kept")
    assert tree(tmp_path / "kept") == {f"2020-05-21_1/{name}": content for name, content in {**FILES, "note.txt": b"mine"}.items()}
