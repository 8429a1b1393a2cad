"""A night of the three hundredth day of nine districts: without a late report, with one, and with one of which the report tells nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

DAYS = 300
STEP_DAYS = 96
"""Cases go on so slowly that some are resolved as late as three weeks before the end: then late reports change figures."""
LATE = (3, 20, 30)
"""By so many days a report can be late; each is the report of one district."""
LAST = date(2020, 5, 1) + timedelta(days=DAYS - 1)
_PUBLISHED_DAYS = 31
"""So many days before the last one are published: all that a late report changes."""


def put_aside(office: Path) -> None:
    """Take out of the inbox what comes on the last day: its own reports, and one for an earlier day each."""
    inbox = office / "inbox"
    (inbox / f"{LAST}").rename(office / "0")
    for days in LATE:
        aside = office / f"{days}"
        aside.mkdir()
        for path in sorted((inbox / f"{LAST - timedelta(days=days)}").iterdir())[:2]:  # a workbook and its sidecar
            path.rename(aside / path.name)
        (sidecar,) = aside.glob("*.json")
        envelope = json.loads(sidecar.read_text(encoding="utf-8"))
        sidecar.write_text(json.dumps({**envelope, "received_at": f"{LAST}T16:30:00+08:00"}), encoding="utf-8")


def hand_in(office: Path, days_late: int) -> None:
    """Put the last day's reports into the inbox, and the one that is so late; 0 is none."""
    for days in {0, days_late}:
        (office / f"{days}").rename(office / "inbox" / f"late {days}")


def published(office: Path) -> Iterator[None]:
    """Read what came before the last day, and publish the days before it."""
    from pipeline.night import nightly
    from pipeline.settings import config

    yield
    nightly.run(config.load(office / "config.yaml"), [LAST - timedelta(days=days) for days in range(_PUBLISHED_DAYS, 0, -1)])


def night(office: Path) -> Iterator[None]:
    """The last day's night, with everything that people read, of every day that has to be written."""
    from pipeline.night import nightly
    from pipeline.render.documents import ALL, warm_up
    from pipeline.settings import config

    warm_up(ALL)
    settings = config.load(office / "config.yaml")
    yield
    nightly.run(settings, [LAST])


def night_untold(office: Path) -> Iterator[None]:
    """The same without what became known of earlier days: each is folded, and that is all."""
    from pipeline.day import known_when

    known_when._with_what_was_known = lambda states, past: dict(states)  # noqa: ARG005, SLF001
    return night(office)


def explained(office: Path) -> Iterator[None]:
    """The story of a case that is in every report of its district."""
    from pipeline.office import explanation
    from pipeline.settings import config

    settings = config.load(office / "config.yaml")
    yield
    explanation.explain("ZZQ-2020-00001", settings, LAST)
