from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.disk import log

NOW = datetime.fromisoformat("2020-05-21T17:00:09.5+08:00")

if TYPE_CHECKING:
    import pytest


def _lines(state: Path) -> list[str]:
    return (state / "logs" / "run.log").read_text(encoding="utf-8").splitlines()


def test_a_line_says_when_which_command_and_what(tmp_path: Path) -> None:
    log.note_command(tmp_path, NOW, "nightly", "收下 3 个文件")
    log.note_command(tmp_path, NOW, "send", "发出 2 封")
    assert all(line.startswith("2020-05-21 17:00:09+08:00 ") for line in _lines(tmp_path)), "in the office's zone, not the computer's"
    assert [line.split(" ", 3)[3] for line in _lines(tmp_path)] == ["nightly 收下 3 个文件", "send 发出 2 封"]


def test_nothing_in_a_line_steers_a_terminal_or_tells_a_personal_number(tmp_path: Path) -> None:
    log.note_command(tmp_path, NOW, "fetch", "收下 \x1b[31m13800138000.xlsx\nnightly 收下 0 个文件")
    (line,) = _lines(tmp_path)
    assert "\x1b" not in line
    assert "13800138000" not in line


def test_old_lines_go_when_there_are_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "_BYTES", 200)
    for number in range(100):
        log.note_command(tmp_path, NOW, "nightly", f"第 {number} 次")
    kept = sorted(path.name for path in (tmp_path / "logs").iterdir())
    assert len(kept) == 10
    assert _lines(tmp_path)[-1].endswith("第 99 次")


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("in the way", encoding="utf-8")
    log.note_command(tmp_path, NOW, "nightly", "收下 3 个文件")
    assert (tmp_path / "logs").read_text(encoding="utf-8") == "in the way"


def test_the_last_lines_are_there_also_just_after_a_file_was_begun_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        log.note_command(tmp_path, NOW, "nightly", f"第 {number} 次")
    monkeypatch.setattr(log, "_BYTES", 1)
    log.note_command(tmp_path, NOW, "nightly", "第 5 次")
    assert len(_lines(tmp_path)) == 1
    lines = log.last_lines(tmp_path, log.NAME, 4)
    assert [line.rpartition("第 ")[2] for line in lines] == ["5 次", "4 次", "3 次", "2 次"]
    assert log.last_lines(tmp_path, "none.log", 4) == []
