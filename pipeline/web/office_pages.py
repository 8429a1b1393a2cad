"""The office's pages: the board of a day, its files, and what has been done on the page."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from pipeline.disk import log
from pipeline.office import district_history, status
from pipeline.publishing import held_days, told_editions
from pipeline.settings.config import Settings
from pipeline.terms.errors import DamagedLedgerError, LedgerError
from pipeline.web import published_files
from pipeline.web.page_access import NoSuchPageError, Office, TheSite, attachment
from pipeline.web.rendering import page
from pipeline.web.site import ACCESSES, ACTIONS, Site

router = APIRouter()
_CHUNK: Final = 1 << 16
_IN_MEMORY: Final = 4 << 20
_FIXED: Final = (1980, 1, 1, 0, 0, 0)
"""The first moment that a ZIP can hold: the same files give the same bytes, whenever they are fetched."""
_LINES: Final = 300
_FIRST: Final = date(1900, 1, 1)
_LAST: Final = date(9998, 12, 31)
"""Spreadsheets begin with 1900, and `date` ends with 9999: the board links to the day before and the day after."""


@router.get("/board")
def show_today(request: Request, site: TheSite, session: Office) -> Response:
    """Show the board of the day that is being reported: in the morning yesterday's."""
    now = site.local_now()
    return _board(request, site, session, _day_being_reported(now, site.settings))


@router.get("/board/{day}")
def show_day(request: Request, site: TheSite, session: Office, day: str) -> Response:
    """Show the board of a day."""
    return _board(request, site, session, _day(day))


def _day_being_reported(now: datetime, settings: Settings) -> date:
    return now.date() - timedelta(days=now.time() < settings.on(now.date()).calendar.day_turns)


def _day(written: str) -> date:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise NoSuchPageError from None
    if not _FIRST <= day <= _LAST:
        raise NoSuchPageError
    return day


def _board(request: Request, site: Site, session: Office, day: date) -> Response:
    user, now = session.user, site.local_now()
    month = now.date() - timedelta(days=district_history.DAYS)
    shared = {
        "drafts": site.drafts.of(user),
        "is_discarded": "discarded" in request.query_params,
        "assignments": [sent for sent in site.drafts.sent_of(user, month) if sent.is_assignment],
        "most": site.settings.limits.file_megabytes,
    }
    try:
        board, editions = status.look(site.settings, day, site.readers.waiting()), told_editions.of_day(site.settings, day)
        held = held_days.known(site.settings)
    except LedgerError as error:
        is_damaged = isinstance(error, DamagedLedgerError)
        return page(request, site, "board_without_ledger", {**shared, "is_damaged": is_damaged}, HTTPStatus.SERVICE_UNAVAILABLE)
    files = published_files.entries(site.settings, day.isoformat(), user)
    folders = {entry.folder for entry in files}
    context = {
        **shared,
        "board": board,
        "editions": editions[::-1],
        "held_days": held_days.told(held),
        "day": day,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "today": now.date(),
        "files": [(folder, [entry for entry in files if entry.folder == folder]) for folder in sorted(folders)],
        "size": sum(entry.size for entry in files),
        "days": published_files.days(site.settings)[:_LINES],
        "is_over": now > site.settings.on(day).calendar.last_moment(day),
    }
    return page(request, site, "board", context)


@router.get("/zip/{day}")
def all_files(site: TheSite, session: Office, day: str) -> Response:
    """Answer with every file of a day in one ZIP."""
    files = published_files.entries(site.settings, _day(day).isoformat(), session.user)
    if not files:
        raise NoSuchPageError
    site.note(f"{session.user.name} 下载 {day} 全部文件")
    return StreamingResponse(_zipped(files), headers=attachment(f"信访事项_{day}.zip"), media_type="application/zip")


def _zipped(files: list[published_files.PublishedFile]) -> Iterator[bytes]:
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as aside:
        with zipfile.ZipFile(aside, "w") as package:
            for entry in files:
                described = zipfile.ZipInfo(f"{entry.day}/{entry.name}", _FIXED)
                described.compress_type = zipfile.ZIP_DEFLATED
                with entry.path.open("rb") as source, package.open(described, "w") as target:
                    shutil.copyfileobj(source, target, _CHUNK)
        aside.seek(0)
        while chunk := aside.read(_CHUNK):
            yield chunk


@router.get("/log")
def show_log(request: Request, site: TheSite, _session: Office) -> Response:
    """Show who did what and when, the newest first."""
    site.write_counts()
    actions, accesses = (log.last_lines(site.settings.paths.state, name, _LINES) for name in (ACTIONS, ACCESSES))
    return page(request, site, "log", {"actions": actions, "accesses": accesses, "users": site.accounts.all_users()})
