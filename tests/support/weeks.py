"""The two sample weeks of `tests/cases`: their files, their days, and an office that has published them."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from offices import HOME, File, Office, moment

from pipeline.report.report import Report

CASES = HOME / "tests" / "cases"
WEEKS = ("week-light", "week-messy")
DAYS = [date(2020, 5, 18) + timedelta(days=n) for n in range(5)]


@dataclass(frozen=True, slots=True)
class Week:
    """An office after a run over all five days of a week at once; tests look at it and change nothing."""

    office: Office
    reports: list[Report]


Published = Callable[[str], Week]
"""Gives a week by its name."""


def publish(week: str, home: Path) -> Week:
    """Consolidate a week in an office of its own."""
    office = Office(home)
    lay(week, office)
    return Week(office, office.run(*DAYS).written.published)


def inbox_of(week: str) -> Path:
    return CASES / week / "inbox"


def lay(week: str, office: Office) -> None:
    """Fill the inbox with the week's files, as if they had lain there for a while."""
    shutil.copytree(inbox_of(week), office.inbox, dirs_exist_ok=True)
    settle(office)


def settle(office: Office) -> None:
    """Let everything in the inbox be so old that no one can still be writing it."""
    for path in office.inbox.rglob("*"):
        os.utime(path, (1_500_000_000, 1_500_000_000))


@cache
def files_of(week: str) -> tuple[File, ...]:
    """The week's files for a run in memory."""
    files = []
    for path in sorted(inbox_of(week).rglob("*.xlsx")):
        envelope = json.loads(path.with_name(path.name + ".envelope.json").read_text(encoding="utf-8"))
        received = moment(envelope["received_at"][:19].replace("T", " "))
        is_assignment = path.parent.name == "assignment"
        files.append(File(path.read_bytes(), received, path.name, is_assignment, envelope["channel"], envelope.get("sender")))
    return tuple(files)
