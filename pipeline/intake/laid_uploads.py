"""What was sent on the upload page and laid into the inbox, as the page's own database has it.

Covered by tests/web/test_upload_pages.py.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.settings import places
from pipeline.settings.config import Settings


@dataclass(frozen=True, slots=True)
class Laid:
    """A file that was sent on the page and laid into the inbox."""

    number: str
    name: str
    district: str
    """Its code; '' for the office."""
    received_at: datetime
    sha256: str
    is_assignment: bool
    day: date
    """For which its check expected it to count; where it expected none, on which it came."""


def since(settings: Settings, day: date) -> list[Laid]:
    """Return what was laid into the inbox since that day; nothing where the page's database cannot be read: the page itself says so."""
    place = settings.paths.state / places.UPLOADS
    query = "SELECT number, name, district, received_at, sha256, is_assignment, checked FROM sent WHERE laid AND received_at >= ?"
    with suppress(sqlite3.Error):
        if place.is_file():
            with closing(sqlite3.connect(f"{place.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as connection:
                return [_laid(row) for row in connection.execute(query, [day.isoformat()])]
    return []


def _laid(row: tuple[str, str, str, str, str, int, str | None]) -> Laid:
    number, name, district, received_at, sha256, is_assignment, checked = row
    came, found = datetime.fromisoformat(received_at), json.loads(checked) if checked else {}
    is_expected = not is_assignment and found.get("accepted") and found.get("day")
    return Laid(number, name, district, came, sha256, bool(is_assignment), date.fromisoformat(found["day"]) if is_expected else came.date())
