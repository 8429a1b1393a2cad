"""Files stay whole on every disk, and what the system refuses is said in words that help. Covers `errors`."""

from __future__ import annotations

import errno
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from offices import tree

from pipeline.disk import storage
from pipeline.terms.errors import reason_of


class _HeldError(PermissionError):
    """What Windows says of a file that another program has open."""

    def __init__(self, number: int) -> None:
        super().__init__(errno.EACCES, "held")
        self.winerror = number


def _refusing(times: int, error: OSError) -> Callable[[], str]:
    """An action that is refused so many times."""
    left = [error] * times

    def act() -> str:
        if left:
            raise left.pop()
        return "done"

    return act


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    return pauses


@pytest.mark.parametrize("error", [PermissionError(errno.EACCES, "x"), _HeldError(5), _HeldError(32), OSError(errno.EBUSY, "x")], ids=repr)
def test_what_a_scanner_holds_for_a_moment_is_tried_again_after_growing_pauses(slept: list[float], error: OSError) -> None:
    assert storage.retry_while_held(_refusing(3, error)) == "done"
    assert slept == sorted(slept)
    assert len(slept) == 3


def test_what_stays_held_is_given_up_within_a_second(slept: list[float]) -> None:
    with pytest.raises(PermissionError):
        storage.retry_while_held(_refusing(99, _HeldError(32)))
    assert 0.3 < sum(slept) < 1


def test_a_full_disk_is_not_waited_for(slept: list[float]) -> None:
    with pytest.raises(OSError, match="full"):
        storage.retry_while_held(_refusing(1, OSError(errno.ENOSPC, "full")))
    assert slept == []


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(errno.ENOSPC, ""), "磁盘已满"),
        (OSError(errno.EDQUOT, ""), "配额已满"),
        (OSError(errno.EROFS, ""), "只读"),
        (OSError(errno.EACCES, ""), "没有权限"),
        (_HeldError(32), "其他程序占用"),
        (OSError(errno.EIO, ""), "读写出错"),
    ],
)
def test_the_system_s_number_says_what_to_do(error: OSError, sentence: str) -> None:
    assert sentence in str(reason_of(error))


def test_a_number_that_nobody_knows_has_no_reason() -> None:
    assert reason_of(OSError(9999, "")) is None
    assert reason_of(OSError()) is None


# --- files -------------------------------------------------------------------------------------------------------


def test_a_file_is_kept_under_its_hash_and_nothing_else_is_left(tmp_path: Path) -> None:
    source = tmp_path / "日报.xlsx"
    source.write_bytes(b"x" * 3_000_000)
    (tmp_path / "archive").mkdir()
    sha256, size = storage.copy_into_archive(source, source.lstat(), tmp_path / "archive")
    assert (tree(tmp_path / "archive"), size) == ({sha256: source.read_bytes()}, 3_000_000)
    assert storage.sha256(source) == sha256


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_a_file_that_cannot_be_kept_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    (tmp_path / "日报.xlsx").write_bytes(b"x")
    (tmp_path / "archive").mkdir()
    monkeypatch.setattr(os, "fsync", lambda _descriptor: (_ for _ in ()).throw(OSError(number, "")))
    with pytest.raises(OSError, match=str(number)):
        storage.copy_into_archive(tmp_path / "日报.xlsx", (tmp_path / "日报.xlsx").lstat(), tmp_path / "archive")
    assert tree(tmp_path / "archive") == {}


def test_a_file_that_is_another_than_the_one_seen_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "日报.xlsx"
    path.write_bytes(b"one")
    seen = path.lstat()
    (tmp_path / "new").write_bytes(b"two")
    (tmp_path / "new").replace(path)
    (tmp_path / "archive").mkdir()
    with pytest.raises(storage.ChangedError):
        storage.copy_into_archive(path, seen, tmp_path / "archive")
    assert tree(tmp_path / "archive") == {}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no FIFO and lets only some make links")
def test_neither_a_link_nor_a_pipe_is_opened_and_nobody_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe"):
        with pytest.raises(OSError, match=name):
            storage.open_regular(tmp_path / name)


def test_the_clock_of_a_folder_is_ours_where_it_cannot_be_asked(tmp_path: Path) -> None:
    assert abs(storage.clock_of(tmp_path) - time.time()) < 60
    assert abs(storage.clock_of(tmp_path / "nowhere") - time.time()) < 60
    assert list(tmp_path.iterdir()) == []


# --- folders -----------------------------------------------------------------------------------------------------

OLD, NEW = {"a": b"old", "深/b": b"old"}, {"a": b"new", "深/更深/c": b"new"}


def _editions(tmp_path: Path) -> tuple[Path, Path]:
    final, aside = tmp_path / "2020-05-21", tmp_path / ".2020-05-21.new"
    storage.write_folder(final, OLD)
    storage.write_folder(aside, NEW)
    return aside, final


@pytest.mark.parametrize("at_once", [True, False])
def test_a_folder_takes_the_place_of_an_earlier_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, at_once: bool) -> None:
    if not at_once:
        monkeypatch.setattr(storage, "exchange", lambda _one, _other: False)
    aside, final = _editions(tmp_path)
    old = storage.replace_folder(aside, final)
    assert tree(final) == NEW
    assert old is not None
    assert tree(old) == OLD


def test_a_folder_that_cannot_take_its_place_leaves_the_earlier_one_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In two steps, the second refused: the first is taken back."""
    aside, final = _editions(tmp_path)
    replace = Path.replace

    def refuse(path: Path, target: Path) -> Path:
        if path == aside:
            raise OSError(errno.EIO, "refused")
        return replace(path, target)

    monkeypatch.setattr(storage, "exchange", lambda _one, _other: False)
    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="refused"):
        storage.replace_folder(aside, final)
    assert tree(final) == OLD


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets two folders change places in one step")
def test_a_reader_always_sees_an_edition_whole(tmp_path: Path) -> None:
    aside, final = _editions(tmp_path)
    missed: list[str] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            try:
                (final / "a").read_bytes()
            except OSError as error:
                missed.append(str(error))

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(500):
        assert storage.replace_folder(aside, final) == aside
    stop.set()
    reader.join()
    assert missed == []


def test_leftovers_are_removed_wherever_they_lie(tmp_path: Path) -> None:
    for name in ("out", "state", "state/replaced"):
        (tmp_path / name).mkdir()
    storage.write_folder(tmp_path / "out/.2020-05-21.new", NEW)
    storage.write_folder(tmp_path / "state/replaced/.2020-05-21_1.tmp", OLD)
    storage.write_folder(tmp_path / "state/replaced/2020-05-20_1", OLD)
    (tmp_path / "state/.run.owner-5.tmp").write_bytes(b"")
    storage.sweep(tmp_path / "out", tmp_path / "state", tmp_path / "state/replaced", tmp_path / "nowhere")
    assert tree(tmp_path) == {f"state/replaced/2020-05-20_1/{name}": content for name, content in OLD.items()}


def test_a_folder_is_made_with_those_above_it(tmp_path: Path) -> None:
    for _ in range(2):
        storage.make_folder(tmp_path / "a/b/c")
    assert (tmp_path / "a/b/c").is_dir()


def test_folders_in_which_nothing_lies_are_removed_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "top" / "empty" / "deeper").mkdir(parents=True)
    (tmp_path / "top" / "full").mkdir()
    (tmp_path / "top" / "full" / "kept").write_bytes(b"x")
    storage.prune(tmp_path / "top")
    storage.prune(tmp_path / "nowhere")
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")) == ["top", "top/full", "top/full/kept"]
    (tmp_path / "top" / "full" / "kept").unlink()
    storage.prune(tmp_path / "top")
    assert [path.name for path in tmp_path.iterdir()] == ["top"]
