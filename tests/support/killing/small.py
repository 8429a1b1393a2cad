"""Runs the night on a disk that is really full: a small tmpfs, in a mount namespace that ends with this process.

`unshare -rm python -m killing.small FOLDER KILOBYTES…` answers one line of JSON for each of the sizes: with so much room left,
how the run ended, what it said, and what differs after the disk has room again and the run was done once more.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from killing import harness, office, server

_MEGABYTES = 16


def main() -> None:
    """Try every size."""
    base = Path(sys.argv[1])
    disk, template = base / "disk", base / "template"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_MEGABYTES}m", "none", disk], check=True)
    _build(template)
    server.warm_up()
    home = disk / "office"
    office.copy(template, home)
    server.do(harness.job_for(home, base))
    before, after = office.state_of(template), office.state_of(home)
    for kilobytes in map(int, sys.argv[2:]):
        office.copy(template, home)
        _fill(disk / "filler", kilobytes)
        (status,) = server.do(harness.job_for(home, base))
        out, err = harness.said(base)
        lost = office.lost(before, home) + office.torn(before, home)
        (disk / "filler").unlink()
        (again,) = server.do(harness.job_for(home, base))
        left = harness.differences(after, office.state_of(home))
        print(json.dumps({"room": kilobytes, "status": status, "out": out, "err": err, "lost": lost, "again": again, "left": left}))


def _build(template: Path) -> None:
    """Make the office in a process of its own: typst's threads, once begun here, would be missing in every fork."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            office.build(template)
            status = 0
        finally:
            os._exit(status)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
        message = "no office to start from"
        raise RuntimeError(message)


def _fill(filler: Path, kilobytes: int) -> None:
    """Leave only so much room on the disk."""
    free = os.statvfs(filler.parent)
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, free.f_bavail * free.f_frsize - kilobytes * 1024))


if __name__ == "__main__":
    main()
