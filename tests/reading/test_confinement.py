"""What a process that opens strangers' files can no longer do, seen from inside such a process.

Covers `call_filter`.
"""

from __future__ import annotations

import errno
import json
import os
import platform
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import probes
import pytest

from pipeline.reading import call_filter, confinement
from pipeline.reading.confinement import Confinement
from pipeline.reading.worker import Worker

ROOT = Path(__file__).resolve().parents[2]
USERS = ["root", "ordinary"] if hasattr(os, "geteuid") and os.geteuid() == 0 else ["ordinary"]
"""Who starts a reader: root can also be somebody else, and nobody else can be root."""
SHUT = sys.platform == "linux" and platform.machine() in ("x86_64", "aarch64")


def _probed(tmp_path: Path, user: str, way: str) -> tuple[dict[str, Any], str]:
    """What the probes tell, and what the system says of their process meanwhile."""
    for name in ("kept", "removed", "renamed", "cut"):
        (tmp_path / name).write_bytes(b"whole")
    started = subprocess.Popen(
        [sys.executable, ROOT / "tests/support/probes.py", tmp_path / "kept", user, way],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert started.stdin
    assert started.stdout
    line = started.stdout.readline()
    status = Path(f"/proc/{started.pid}/status").read_text("ascii") if sys.platform == "linux" and line else ""
    started.communicate(timeout=60)
    return json.loads(line), status


@pytest.mark.skipif(not SHUT, reason="another system takes less away")
@pytest.mark.parametrize("user", USERS)
def test_nothing_is_left_to_a_confined_process(tmp_path: Path, user: str) -> None:
    told, status = _probed(tmp_path, user, "confined")
    assert told["taken"] == {"memory": True, "opening": True, "user": True, "calls": True}
    assert [name for name, error in told["became"].items() if error == 0] == []
    refused = {errno.EPERM, errno.ENOENT, errno.ENOSYS}
    assert {number: error for number, error in told["calls"].items() if error not in refused} == {}
    assert len(told["became"]) + len(told["calls"]) > 500
    assert told["open"] == []
    fields = dict(line.split(":\t", 1) for line in status.splitlines())
    assert "0" not in fields["Uid"].split()
    assert [fields[name] for name in ("CapPrm", "CapEff", "CapAmb", "NoNewPrivs", "Seccomp")] == ["0" * 16] * 3 + ["1", "2"]
    assert (tmp_path / "kept").read_bytes() == b"whole"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cut", "kept", "removed", "renamed"]


@pytest.mark.skipif(not SHUT, reason="the probes are Linux's")
def test_the_probes_reach_what_is_free(tmp_path: Path) -> None:
    told, _status = _probed(tmp_path, "root", "free")
    assert {name: error for name, error in told["became"].items() if error} == {}


# --- the filter itself, also of the machine that the tests do not run on -----------------------------------------


def _filtered(machine: str, number: int, audit: int | None = None, protection: int = 0) -> int:
    """What the kernel would do with this call: 0 where it goes through, else the error that it gets."""
    data = struct.pack("=IIQ6Q", number, audit or call_filter._AUDIT[machine], 0, 0, 0, protection, 0, 0, 0)  # noqa: SLF001
    steps = list(struct.iter_unpack("=HBBI", call_filter.program(machine)))
    at, held = 0, 0
    while True:
        code, skip_if, skip_else, value = steps[at]
        at += 1
        match code:
            case 0x20:
                (held,) = struct.unpack_from("=I", data, value)
            case 0x15:
                at += skip_if if held == value else skip_else
            case 0x35:
                at += skip_if if held >= value else skip_else
            case 0x45:
                at += skip_if if held & value else skip_else
            case 0x06:
                return 0 if value == 0x7FFF0000 else value - 0x00050000


@pytest.mark.parametrize(("column", "machine"), [(0, "x86_64"), (1, "aarch64")])
def test_only_the_calls_that_are_kept_go_through(column: int, machine: str) -> None:
    kept = {numbers[column] for numbers in call_filter.KEPT.values() if numbers[column] is not None}
    assert {number for number in range(probes.CALLS) if _filtered(machine, number) == 0} == kept
    assert {_filtered(machine, number, audit=0x40000003) for number in range(probes.CALLS)} == {errno.EPERM}  # 32-bit calls
    assert _filtered(machine, 1 << 30) == errno.ENOSYS  # and those of x32
    for name in ("mmap", "mprotect"):
        number = call_filter.KEPT[name][column] or 0
        assert [_filtered(machine, number, protection=protection) for protection in (3, 5, 7)] == [0, errno.EPERM, errno.EPERM]
    assert {_filtered(machine, numbers[column] or 0) for numbers in call_filter.NO_SUCH_FILE.values() if numbers[column]} == {errno.ENOENT}


# --- what such a process is given --------------------------------------------------------------------------------


@pytest.mark.usefixtures("cold_workers")
def test_a_worker_is_given_no_password_and_no_module_of_the_folder_that_it_is_started_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XINFANG_MAIL_PASSWORD", "secret")
    (tmp_path / "json.py").write_text("raise SystemExit", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    started = Worker("tests.support.telling_worker", None)
    try:
        frames = started.ask(None, 60)
    finally:
        started.stop()
    assert frames
    environment, folders = json.loads(frames[0])
    environment.pop("LC_CTYPE", None)  # Python's own, where it is told of no language
    assert environment == confinement.environment(PYTHONPATH=str(ROOT), PYTHONSAFEPATH="1", PYTHONUTF8="1")
    assert "secret" not in environment.values()
    assert not {"", str(tmp_path)} & set(folders)


def test_what_could_not_be_taken_away_is_named() -> None:
    assert Confinement(memory=True, opening=True, user=True, calls=True).lacking == ()
    assert Confinement(memory=False, opening=True, user=True, calls=False).lacking == ("memory", "calls")


def test_a_reader_imports_what_reading_needs_alone() -> None:
    code = "import sys, pipeline.reading.readers; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"pandas", "sqlalchemy", "xlsxwriter", "openpyxl", "jinja2", "rich", "numpy", "ssl"} & set(run.stdout.split())
