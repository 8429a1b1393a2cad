"""What a process that opens strangers' files can no longer do, seen from inside such a process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_PROBE = """
import json, os, socket, subprocess, sys
from pathlib import Path
from pipeline.reading.confinement import confine
kept = Path(sys.argv[1])
taken = confine(512 << 20)
def refuses(attempt):
    try:
        attempt()
    except (OSError, MemoryError) as error:
        return type(error).__name__
    return ""
refusals = {
    "memory": refuses(lambda: bytearray(2 << 30)),
    "write": refuses(lambda: kept.with_name("new").write_bytes(b"x")),
    "truncate": refuses(lambda: kept.open("wb")),
    "append": refuses(lambda: os.write(os.open(kept, os.O_WRONLY | os.O_APPEND), b"x")),
    "remove": refuses(kept.unlink),
    "rename": refuses(lambda: kept.rename(kept.with_name("moved"))),
    "network": refuses(lambda: socket.create_connection(("127.0.0.1", 9), 1)),
    "program": refuses(lambda: subprocess.run([sys.executable, "-c", ""])),
    "fork": refuses(os.fork),
}
print(json.dumps({"taken": [taken.memory, taken.writing, taken.network], "refusals": refusals, "reads": kept.read_text()}))
"""


def test_what_the_system_says_it_took_away_is_gone(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text("whole", encoding="utf-8")
    run = subprocess.run([sys.executable, "-c", _PROBE, str(kept)], cwd=ROOT, capture_output=True, text=True, check=True)
    probed = json.loads(run.stdout)
    memory, writing, network = probed["taken"]
    assert sys.platform != "linux" or probed["taken"] == [True] * 3
    refusals = probed["refusals"]
    assert (bool(refusals["memory"]), bool(refusals["write"])) == (memory, writing)
    gone = {name: bool(refusals[name]) for name in ("truncate", "append", "remove", "rename", "program", "fork")}
    assert gone == dict.fromkeys(gone, network)
    assert (refusals["network"] == "PermissionError") == network
    assert probed["reads"] == "whole"
    if network:
        assert kept.read_text(encoding="utf-8") == "whole"


def test_a_reader_imports_what_reading_needs_alone() -> None:
    code = "import sys, pipeline.reading.readers; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"pandas", "sqlalchemy", "xlsxwriter", "openpyxl", "jinja2", "rich", "numpy"} & set(run.stdout.split())
