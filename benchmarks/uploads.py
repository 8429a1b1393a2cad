"""So many clerks at once: how long each waits on the upload page, and what the server's memory comes to (Linux).

`python benchmarks/uploads.py [--clerks 200] [--rows 200] [--write]`. Each is signed in beforehand, uploads a report, waits for the
findings, sends it, and sees the receipt.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from offices import Office  # noqa: E402 - the tests' own office and browser
from websites import Browser, Website, served  # noqa: E402
from workbooks import DAY, DISTRICTS, assignment, case_row, progress_row, report  # noqa: E402

from pipeline.settings.uploading import Uploading  # noqa: E402

RESULTS = Path(__file__).resolve().parent / "UPLOADS.md"


_ABOUT = """`python benchmarks/uploads.py --write`, {day}; Python {python}, Linux, {cores} cores.
Each clerk uploads a report of {rows} rows, waits for the findings, sends it and sees the receipt number. Clerks and server share
the machine, and the process. Memory is what server, readers and clerks take above what the process had before. Findings come as
many at a time as there are processors; who waits longer than 15 seconds sees a page that says so and comes again by itself.
"""


@dataclass(slots=True)
class Seen:
    """What was measured."""

    accepted: list[float] = field(default_factory=list)
    """Seconds until an upload was taken."""
    checked: list[float] = field(default_factory=list)
    """Seconds from the begin of the upload until its findings were there."""
    sent: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    peak_megabytes: float = 0
    """The most of the server and its readers together."""
    wall: float = 0


def main() -> None:
    """Measure and show."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clerks", type=int, default=200)
    parser.add_argument("--rows", type=int, default=200)
    parser.add_argument("--write", action="store_true", help="update benchmarks/UPLOADS.md")
    said = parser.parse_args()
    alone, together = measure(1, said.rows), measure(said.clerks, said.rows)
    page = _page([(1, alone), (said.clerks, together)], said.rows)
    print(page)
    if said.write:
        RESULTS.write_text(page, encoding="utf-8", newline="\n")


def measure(clerks: int, rows: int) -> Seen:
    """So many clerks at once, each with a report of so many rows."""
    seen = Seen()
    numbers = [f"SJ-2020-{n:03}" for n in range(1, rows + 1)]
    rows_of_each = [progress_row(number) for number in numbers]
    with tempfile.TemporaryDirectory(prefix="uploads-") as folder:
        office = Office(Path(folder) / "office")
        office.put_assignment(assignment([case_row("ZZQ-2020-001"), *(case_row(number) for number in numbers)]))
        shutil.copy(ROOT / "config.yaml", office.home / "config.yaml")
        # one address may hold a quarter of all connections, and here all come from one
        office.settings = office.settings.model_copy(update={"upload": Uploading(connections=4 * max(clerks, 10) + 40)})
        with served(office, has_quick_passwords=False) as site, _watched(seen):
            ready = [_ready(site, number) for number in range(clerks)]
            contents = [report(*_district_and_day(number), progress=rows_of_each) for number in range(clerks)]
            jobs = zip(ready, contents, strict=True)
            threads = [threading.Thread(target=_clerk, args=(*signed_in, content, seen)) for signed_in, content in jobs]
            begun = time.perf_counter()
            _all(threads)
            seen.wall = time.perf_counter() - begun
    return seen


def _all(threads: Sequence[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _district_and_day(number: int) -> tuple[str, date]:
    """Return whose report of which day a clerk sends: two of one district and day would have each other's checks made again."""
    ago, district = divmod(number, len(DISTRICTS))
    return DISTRICTS[district], DAY - timedelta(days=ago)


def _ready(site: Website, number: int) -> tuple[Browser, str]:
    """A clerk who is signed in and looks at the page."""
    accounts = site.serving.site.accounts
    user = accounts.add(f"填报人{number}", _district_and_day(number)[0], "dongsheng@example.com")
    browser = Browser(site, {"xinfang": accounts.begin_session(user, site.clock())})
    return browser, browser.token("/")


def _clerk(browser: Browser, token: str, content: bytes, seen: Seen) -> None:
    begun = time.perf_counter()
    try:
        answer = browser.upload(content, token=token)
        if not answer.where.startswith("/draft/"):
            seen.failed.append(f"{answer.status}")
            return
        seen.accepted.append(time.perf_counter() - begun)
        while "正在核对" in (page := browser.get(answer.where)).text:
            time.sleep(3)
        seen.checked.append(time.perf_counter() - begun)
        sent = browser.post(f"{answer.where}/send", {"csrf": token}) if page.status == 200 else page  # noqa: PLR2004 - HTTP
        (seen.sent if sent.where.startswith("/sent/") else seen.failed).append(f"{sent.status} {sent.where}")
    except OSError as error:
        seen.failed.append(repr(error))


@contextmanager
def _watched(seen: Seen) -> Iterator[None]:
    """Look at the memory of this process and its children five times a second."""
    done = threading.Event()
    base = _resident()

    def watch() -> None:
        while not done.wait(0.2):
            seen.peak_megabytes = max(seen.peak_megabytes, _resident() - base)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _resident() -> float:
    own = str(subprocess.check_output(["ps", "-eo", "pid,ppid,rss"], text=True))  # noqa: S607 - Linux
    rows = [tuple(map(int, line.split())) for line in own.splitlines()[1:]]
    mine = {os.getpid()}
    return sum(rss for pid, ppid, rss in rows if pid in mine or ppid in mine) / 1024


def _page(runs: Sequence[tuple[int, Seen]], rows: int) -> str:
    middle: Callable[[list[float]], float] = statistics.median
    lines = [
        "# Uploads at once\n",
        _ABOUT.format(day=f"{datetime.now(UTC):%Y-%m-%d}", python=platform.python_version(), cores=os.cpu_count(), rows=rows),
        "| clerks at once | answered | not answered | upload, s (middle, most) | findings, s (middle, most) | all, s | memory, MB |",
        "|---|---|---|---|---|---|---|",
    ]
    for count, seen in runs:
        taken, checked = seen.accepted or [0.0], seen.checked or [0.0]
        lines.append(
            f"| {count} | {len(seen.sent)} | {len(seen.failed)} | {middle(taken):.2f}, {max(taken):.2f} "
            f"| {middle(checked):.2f}, {max(checked):.2f} | {seen.wall:.1f} | {seen.peak_megabytes:.0f} |"
        )
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
