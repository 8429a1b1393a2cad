"""A month of nine districts: three cold nights at its end, and a cold rehearsal of all its days under other settings."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Final

from benchmarks import workbooks

DAYS: Final = 30
NIGHTS: Final = 3
FIRST: Final = workbooks.FIRST_DAY
LAST: Final = FIRST + timedelta(days=DAYS - 1)
LAST_NIGHTS: Final = [LAST - timedelta(days=ago) for ago in reversed(range(NIGHTS))]
EDITS: Final = {
    "another target, window and cut-off": (
        ("target_percent: 90}\n\n", "target_percent: 95}\n\n"),
        ("\n  stalled_days: 5 ", "\n  stalled_days: 2 "),
        ('\n  cut_off: "17:00"', '\n  cut_off: "16:00"'),
    ),
    "another category, so that every original is read again": (
        ("categories: [房地产开发, 物业服务,", "categories: [房地产开发, 物业管理,"),
    ),
}


def put_aside(office: Path) -> None:
    """Take out of the inbox what comes on the days of the last nights."""
    for day in LAST_NIGHTS:
        (office / "inbox" / f"{day}").rename(office / f"{day}")


def hand_in(office: Path, day: date) -> None:
    """Put a day's reports into the inbox."""
    (office / f"{day}").rename(office / "inbox" / f"{day}")


def write_settings(office: Path, edits: tuple[tuple[str, str], ...]) -> Path:
    """Write the settings to try beside those of the office, and return where."""
    text = (office / "config.yaml").read_text(encoding="utf-8")
    for before, after in edits:
        if text.count(before) != 1:
            message = f"config.yaml has {before!r} not once"
            raise ValueError(message)
        text = text.replace(before, after)
    path = office / "new.yaml"
    path.write_text(text, encoding="utf-8")
    return path
