"""Originals in an object store: an office with one is like every other, and what the store half has is never believed.

Covers `originals` and `object_store`.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import fsspec
import pytest
from offices import Office, afternoon, moment
from workbooks import DAY, assignment, progress_row, report, resolved_row

from pipeline import cli
from pipeline.disk.object_store import ObjectStore
from pipeline.disk.originals import Originals
from pipeline.night import nightly
from pipeline.terms.errors import ArchiveError, LedgerError
from pipeline.upkeep import doctor, repair

CONTENT = b"an original"
NAME = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(params=["file", "memory"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A store in a folder, and one that is like an object store."""
    yield f"file://{tmp_path}/store/originals" if request.param == "file" else f"memory://{tmp_path.name}/originals"
    fsspec.filesystem("memory").store.clear()


@pytest.fixture
def store(url: str) -> ObjectStore:
    return ObjectStore(url)


def _lay(url: str, name: str, content: bytes) -> None:
    with fsspec.open(f"{url}/{name}", "wb", auto_mkdir=True) as file:
        file.write(content)


def _lying(url: str) -> dict[str, bytes]:
    files, root = fsspec.core.url_to_fs(url)
    return {path.rpartition("/")[2]: files.cat_file(path) for path in files.find(root)}


@pytest.fixture
def original(tmp_path: Path) -> Path:
    path = tmp_path / "日报.xlsx"
    path.write_bytes(CONTENT)
    return path


# --- the store ------------------------------------------------------------------------------------------------------


def test_an_object_comes_back_as_it_was_put(store: ObjectStore, url: str, original: Path, tmp_path: Path) -> None:
    assert (store.names(), store.size(NAME), store.holds(NAME)) == (set(), None, False)
    store.put(NAME, original)
    store.put(NAME, original)
    assert (store.names(), store.size(NAME), store.holds(NAME)) == ({NAME}, len(CONTENT), True)
    assert _lying(url) == {NAME: CONTENT}
    assert store.fetch(NAME, tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == CONTENT
    store.remove(NAME)
    store.remove(NAME)
    assert _lying(url) == {}


@pytest.mark.parametrize("half", [b"", b"an ori", b"an originaL", CONTENT + b"x"])
def test_what_is_not_what_its_name_says_is_not_believed_and_put_again(
    store: ObjectStore, url: str, original: Path, tmp_path: Path, half: bytes
) -> None:
    _lay(url, NAME, half)
    assert not store.holds(NAME)
    assert not store.fetch(NAME, tmp_path / "back")
    assert [path.name for path in tmp_path.iterdir() if "back" in path.name] == []
    store.put(NAME, original)
    assert _lying(url) == {NAME: CONTENT}


def test_what_is_no_original_is_passed_over(store: ObjectStore, url: str) -> None:
    for name in (f".{NAME}-1.tmp", "readme.txt", NAME[:-1]):
        _lay(url, name, CONTENT)
    assert store.names() == set()


def test_what_a_store_says_no_to_is_one_sentence(tmp_path: Path, original: Path) -> None:
    (tmp_path / "store").write_bytes(b"in the way")
    with pytest.raises(ArchiveError, match=r"存档 file://.*(写不进去|读不了)：.*处理好后再运行一次") as refused:
        ObjectStore(f"file://{tmp_path}/store/originals").put(NAME, original)
    assert "\n" not in str(refused.value)


def test_a_store_that_nobody_knows_or_whose_driver_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ArchiveError, match=r"用不了：.*config\.yaml 的 archive"):
        ObjectStore("nosuch://a/b")
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(ArchiveError, match=r"requirements-servers\.txt"):
        ObjectStore("s3://a/b")


# --- the office -----------------------------------------------------------------------------------------------------


def _fill(office: Office) -> None:
    office.put_assignment(assignment())
    office.put(report(progress=[resolved_row("SJ-2020-001")]), "日报.xlsx")
    office.put(report("达拉特旗", progress=[progress_row("SJ-2020-002")]), "达旗.xlsx")
    office.put(b"no workbook", "坏.xlsx")


@pytest.fixture
def ran(office: Office, url: str) -> Office:
    office.move_archive(url)
    _fill(office)
    office.run(DAY)
    return office


def test_a_night_is_the_same_with_its_originals_in_a_store_and_leaves_none_in_the_folder(ran: Office, url: str, tmp_path: Path) -> None:
    other = Office(tmp_path / "other")
    _fill(other)
    other.run(DAY)
    assert ran.everything() == other.everything()
    assert ran.facts() == other.facts()
    assert _lying(url) == {path.name: path.read_bytes() for path in other.archive.iterdir()}
    assert [*ran.archive.iterdir()] == []
    (told,) = (check for check in doctor.examine(ran.settings, afternoon(DAY + timedelta(days=1))) if check.name == "存档")
    assert (told.is_sound, url in told.result) == (True, True)


def test_receipts_are_made_from_the_store(ran: Office, tmp_path: Path) -> None:
    other = Office(tmp_path / "other")
    _fill(other)
    for at_work in (ran, other):
        nightly.run(at_work.settings, [DAY])
    assert ran.everything() == other.everything()


def test_an_office_that_had_none_before_has_its_originals_in_the_store_after_the_next_night(office: Office, url: str) -> None:
    _fill(office)
    office.run(DAY)
    before, originals = office.everything(), {path.name for path in office.archive.iterdir()}
    office.move_archive(url)
    office.run(DAY)
    assert ({*_lying(url)}, [*office.archive.iterdir()], office.everything()) == (originals, [], before)


def test_before_that_night_they_are_where_they_were(office: Office, url: str) -> None:
    _fill(office)
    office.run(DAY)
    office.move_archive(url)
    (told,) = (check for check in doctor.examine(office.settings, afternoon(DAY + timedelta(days=1))) if check.name == "存档")
    assert told.is_sound
    office.settings.paths.ledger.unlink()
    with pytest.raises(LedgerError, match="4 个原件"):
        office.run(DAY)


def test_an_original_that_changed_in_the_store_is_told_by_its_name_and_comes_back_with_the_same_file(ran: Office, url: str) -> None:
    name = hashlib.sha256(report(progress=[resolved_row("SJ-2020-001")])).hexdigest()
    _lay(url, name, b"other")
    (told,) = (check for check in doctor.examine(ran.settings, afternoon(DAY + timedelta(days=1))) if check.name == "存档")
    assert "1 个原件的内容已改变：日报.xlsx" in told.problems[0]
    ran.put(report(progress=[resolved_row("SJ-2020-001")]), "日报.xlsx")
    ran.run(DAY)
    assert hashlib.sha256(_lying(url)[name]).hexdigest() == name


def test_a_ledger_is_made_again_from_the_store(ran: Office) -> None:
    facts, before = ran.facts(), ran.everything()
    ran.settings.paths.ledger.unlink()
    with pytest.raises(LedgerError, match="4 个原件"):
        ran.run(DAY)
    repair.repair(ran.settings, documents=())
    assert (ran.facts(), ran.everything()) == (facts, before)


def test_originals_that_nobody_noted_come_back_into_the_inbox(ran: Office, url: str) -> None:
    _lay(url, NAME, CONTENT)
    given = repair.repair(ran.settings, documents=()).mended.given_back
    assert given == [NAME]
    assert (ran.inbox / f"恢复的文件_{NAME[:12]}.xlsx").exists() or NAME in _lying(url)


def test_what_is_kept_for_a_time_only_goes_from_the_store_too(ran: Office, url: str) -> None:
    refused = hashlib.sha256(b"no workbook").hexdigest()
    assert refused in _lying(url)
    nightly.run(ran.settings, [DAY], documents=(), now=moment("2020-12-01 20:00"))
    assert refused not in _lying(url)


def test_a_store_that_is_away_stops_the_run_and_leaves_the_inbox(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "store").write_bytes(b"in the way")
    office.move_archive(f"file://{tmp_path}/store/originals")
    _fill(office)
    asked = ["--config", str(office.home / "config.yaml")]
    assert cli.main([*asked, "--date", str(DAY)]) == 1
    said = "".join(capsys.readouterr())
    assert "存档 file://" in said
    assert "Traceback" not in said
    assert "程序出错" not in said
    assert (office.inbox / "日报.xlsx").exists()
    (tmp_path / "store").unlink()
    assert cli.main([*asked, "--date", str(DAY)]) == 0
    assert not (office.inbox / "日报.xlsx").exists()


def test_a_run_that_was_killed_before_the_store_had_it_is_made_good_by_the_next(ran: Office, url: str) -> None:
    came = ran.put(report("准格尔旗", progress=[]), "准旗.xlsx")
    name = hashlib.sha256(came.read_bytes()).hexdigest()
    shutil.copy(came, ran.archive / name)
    _lay(url, name, came.read_bytes()[:100])
    ran.run(DAY)
    assert hashlib.sha256(_lying(url)[name]).hexdigest() == name
    assert len(_lying(url)) == 5


def test_without_a_store_nothing_is_asked_of_any(tmp_path: Path, original: Path) -> None:
    originals = Originals(tmp_path / "archive")
    assert originals.names() == []
    originals.folder.mkdir()
    originals.settle([originals.take(original, original.lstat())[0]])
    originals.empty_folder()
    assert (originals.names(), originals.has(NAME), originals.exists(NAME)) == ([NAME], True, True)
    assert originals.unsound([NAME, "0" * 64]) == {"0" * 64}
    originals.give(NAME, tmp_path / "back")
    assert (originals.names(), (tmp_path / "back").read_bytes()) == ([], CONTENT)
    assert originals.remove(NAME)
