from __future__ import annotations

import errno
import json
import os
import platform
import time
from pathlib import Path
from typing import TYPE_CHECKING

import filelock
import pytest
from workbooks import DAY, assignment, report

from pipeline import cli
from pipeline.disk import lock
from pipeline.terms.errors import AnotherRunError

if TYPE_CHECKING:
    from offices import Office


@pytest.fixture
def state(tmp_path: Path) -> Path:
    (tmp_path / "state").mkdir()
    return tmp_path / "state"


def _note(state: Path, host: str, seconds_ago: float = 0) -> Path:
    path = state / lock.NOTE
    path.write_text(json.dumps({"host": host, "pid": 4242, "begun": "2020-05-21 02:00:00"}), encoding="utf-8")
    os.utime(path, (time.time() - seconds_ago,) * 2)
    return path


def _left(state: Path) -> list[str]:
    return [path.name for path in state.iterdir() if path.name != lock.LOCK]


def test_while_a_run_goes_on_a_note_says_whose_it_is_and_afterwards_nothing_is_left(state: Path) -> None:
    with lock.hold(state) as held:
        note = json.loads((state / lock.NOTE).read_bytes())
        assert (note["host"], note["pid"]) == (platform.node(), os.getpid())
        assert held.remark is None
        held.check()
    assert _left(state) == []


def test_two_never_run_at_once(state: Path) -> None:
    with lock.hold(state), pytest.raises(AnotherRunError, match="正在运行"), lock.hold(state):
        pass
    with lock.hold(state):
        pass


def test_what_a_dead_run_left_on_this_computer_stops_nobody(state: Path) -> None:
    (state / lock.LOCK).write_bytes(b"")
    _note(state, platform.node())
    with lock.hold(state):
        assert json.loads((state / lock.NOTE).read_bytes())["pid"] == os.getpid()


def test_what_runs_left_that_were_killed_while_they_wrote_their_note_goes(state: Path) -> None:
    for name, host, seconds_ago in (("1", platform.node(), 0), ("2", "值班电脑", 0), ("3-old", "值班电脑", 61)):
        _note(state, host, seconds_ago).rename(state / f".{lock.NOTE}-{name}.tmp")
    (state / f".{lock.NOTE}-4.tmp").write_bytes(b"")
    with lock.hold(state):
        pass
    assert _left(state) == [f".{lock.NOTE}-2.tmp"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"host": 1}', b"\xff"])
def test_a_note_that_says_nothing_stops_nobody(state: Path, content: bytes) -> None:
    (state / lock.NOTE).write_bytes(content)
    with lock.hold(state):
        pass
    assert _left(state) == []


def test_another_computer_s_note_of_a_moment_ago_stops_the_run_and_names_it(state: Path) -> None:
    note = _note(state, "值班电脑", 50)
    before = note.read_bytes()
    with pytest.raises(AnotherRunError, match=r"值班电脑.*2020-05-21 02:00:00.*一分钟") as caught, lock.hold(state):
        pass
    assert caught.value.exit_status == 4
    assert note.read_bytes() == before
    assert _left(state) == [lock.NOTE]


@pytest.mark.parametrize("seconds", [61, 100_000, -100_000])
def test_another_computer_s_old_note_stops_nobody_nor_does_one_from_before_the_clock_went_back(state: Path, seconds: float) -> None:
    _note(state, "值班电脑", seconds)
    with lock.hold(state):
        assert json.loads((state / lock.NOTE).read_bytes())["host"] == platform.node()
    assert _left(state) == []


def test_a_note_is_renewed_while_the_run_goes_on(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "RENEW_SECONDS", 0.01)
    with lock.hold(state):
        os.utime(state / lock.NOTE, (1, 1))
        deadline = time.monotonic() + 10
        while (state / lock.NOTE).stat().st_mtime < 1000:
            assert time.monotonic() < deadline
            time.sleep(0.01)


def test_a_run_that_stood_still_until_another_took_over_goes_no_further(state: Path) -> None:
    with lock.hold(state) as held:
        _note(state, "值班电脑")
        with pytest.raises(AnotherRunError, match="值班电脑"):
            held.check()
    assert json.loads((state / lock.NOTE).read_bytes())["host"] == "值班电脑"


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS])
def test_where_a_disk_has_no_locks_the_note_decides_and_the_run_says_so(state: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def refuse(*_anything: object, **_named: object) -> None:
        raise OSError(number, "no locks")

    monkeypatch.setattr(filelock.FileLock, "acquire", refuse)
    with lock.hold(state) as held:
        assert "不支持文件锁" in str(held.remark)
        with pytest.raises(AnotherRunError), lock.hold(state):
            pass
        assert _left(state) == [lock.NOTE]
    _note(state, platform.node(), 61)
    with lock.hold(state):
        pass


def test_a_disk_without_hard_links_will_do(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_source: Path, target: Path) -> None:
        raise PermissionError(errno.EPERM, "no links", str(target))

    monkeypatch.setattr(os, "link", refuse)
    _note(state, "值班电脑", 61)
    with lock.hold(state), pytest.raises(AnotherRunError), lock.hold(state):
        pass
    assert _left(state) == []


def test_a_look_needs_no_lock(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    office.put_assignment(assignment())
    office.run(DAY)
    path = office.home / "我的.xlsx"
    path.write_bytes(report())
    path.with_name(path.name + ".envelope.json").write_text('{"received_at": "2020-05-21T16:00:00+08:00"}', encoding="utf-8")
    config = str(office.home / "config.yaml")
    with lock.hold(office.settings.paths.state):
        assert cli.main(["status", "--config", config]) == 0
        assert cli.main(["check", "--config", config, str(path)]) == 0
        capsys.readouterr()
        assert cli.main(["--config", config, "--date", str(DAY)]) == 4
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_disk_without_locks_is_told_once_and_the_run_is_done(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_anything: object, **_named: object) -> None:
        raise OSError(errno.ENOLCK, "no locks")

    monkeypatch.setattr(filelock.FileLock, "acquire", refuse)
    office.put_assignment(assignment())
    assert cli.main(["--config", str(office.home / "config.yaml"), "--date", str(DAY)]) == 0
    assert capsys.readouterr().err.count("不支持文件锁") == 1


def test_what_is_under_way_is_called_by_its_name(state: Path) -> None:
    with lock.hold(state, "收邮件"), pytest.raises(AnotherRunError, match="另一次收邮件正在运行"), lock.hold(state, "收邮件"):
        pass
    _note(state, "another-computer")
    with pytest.raises(AnotherRunError, match="电脑“another-computer”上的收邮件正在运行"), lock.hold(state, "收邮件"):
        pass
