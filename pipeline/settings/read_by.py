"""What decides what a handed-in file says: the settings that readers know.

Covered by tests/night/test_rehearsal.py.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from itertools import groupby
from typing import Any, Final

from pipeline import CONTRACT_VERSION, __version__
from pipeline.settings.config import Settings

_READ_BY: Final = {"districts", "units", "district_prefixes", "district_suffixes", "sources", "categories", "case_number_pattern", "limits"}
"""The settings that decide which rows of a file are taken. Cut-off and windows only add warnings, which change no figure."""

ALL: Final = frozenset({*_READ_BY, "calendar", "windows", "changes"})
"""All that readers ask of the settings."""


def all_of(settings: Settings) -> str:
    """Return all that readers ask of the settings, in JSON; who may report for a district apart."""
    kept = [(f"{day}", rules.as_json()) for day, rules in settings.rules_kept()]
    return json.dumps([settings.model_dump(mode="json", include={*ALL}), kept], ensure_ascii=False, sort_keys=True)


def read_alike(settings: Settings, others: Settings) -> bool:
    """Whether every file says the same under both."""
    return _read_by(settings) == _read_by(others)


def digest(settings: Settings) -> str:
    """Return the digest of what decides what a file says: the settings that readers know, and the program."""
    fields, calendars, days = _read_by(settings)
    named = [fields, calendars, [f"{day}" for day in days], __version__, CONTRACT_VERSION]
    return hashlib.sha256(json.dumps(named, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _read_by(settings: Settings) -> tuple[dict[str, Any], list[tuple[str, int]], list[date]]:
    changes = [date.min, *(change.since for change in settings.changes)]
    calendars = [(settings.on(day).calendar, day) for day in changes]
    runs = [next(run) for _same, run in groupby(calendars, key=lambda held: (held[0].timezone, held[0].oldest_report_days))]
    fields = settings.model_dump(mode="json", include=_READ_BY)
    return fields, [(calendar.timezone, calendar.oldest_report_days) for calendar, _day in runs], [day for _calendar, day in runs]
