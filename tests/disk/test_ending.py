"""How a process ends when all is done: with all that was promised, and without taking apart what it has in memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from offices import HOME

_PROGRAM = """
import atexit, sys, threading, time
from concurrent.futures import ThreadPoolExecutor
from pipeline.disk import ending

class Told:
    def __del__(self):
        print("taken apart")

def late():
    time.sleep(0.2)
    print("a thread")

kept = Told()
atexit.register(print, "registered")
threading.Thread(target=late).start()
pool = ThreadPoolExecutor(1)
pool.submit(print, "a pool")
print("an error", file=sys.stderr)
ending.leave(3)
"""


def _ended(program: str, stdout: int = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=HOME, env=buffered, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False)


@pytest.mark.parametrize(
    ("before", "is_taken_apart"), [("", False), ("del atexit._run_exitfuncs", True)], ids=["as Python ends", "another Python"]
)
def test_threads_and_what_is_registered_come_to_their_end_and_objects_are_not_taken_apart(before: str, *, is_taken_apart: bool) -> None:
    done = _ended(_PROGRAM.replace("ending.leave", f"{before}\nending.leave"))
    said = done.stdout.split("\n")
    assert (done.returncode, done.stderr) == (3, "an error\n")
    assert said[: -1 - is_taken_apart][-1] == "registered"
    assert {"a pool", "a thread", "registered"} <= {*said}
    assert ("taken apart" in said) == is_taken_apart


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device here")
def test_output_that_nobody_takes_is_told_as_ever() -> None:
    with Path("/dev/full").open("w") as full:
        done = _ended(_PROGRAM, full.fileno())
    assert done.returncode == 120
    assert "No space left on device" in done.stderr
