"""The office's pages: the board of a day, the rows behind its counts, its page and files."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import FileResponse, Response, StreamingResponse

from pipeline.office import attendance, district_history, handed_in_rows, status
from pipeline.office.handed_in_rows import HandedInRow, RefusedFile
from pipeline.office.workbook_now import NONE_REFUSED
from pipeline.publishing import held_days, told_editions
from pipeline.settings.config import Settings
from pipeline.terms.errors import DamagedLedgerError, LedgerError, LostLedgerError
from pipeline.web import opened_page, published_files, settings_pages
from pipeline.web.page_access import NoSuchPageError, Office, TheSite, attachment, day_of, office_of
from pipeline.web.rendering import page
from pipeline.web.site import Site

router = APIRouter()
_CHUNK: Final = 1 << 16
_IN_MEMORY: Final = 4 << 20
_FIXED: Final = (1980, 1, 1, 0, 0, 0)
"""The first moment that a ZIP can hold: the same files give the same bytes, whenever they are fetched."""
_LINES: Final = 300


@router.get("/board")
def show_today(request: Request, site: TheSite, session: Office) -> Response:
    """Show the board of the day that is being reported: in the morning yesterday's."""
    now = site.local_now()
    return _board(request, site, session, _day_being_reported(now, site.settings), "")


@router.get("/board/{day}")
def show_day(request: Request, site: TheSite, session: Office, day: str, of: Annotated[str, Query(max_length=20)] = "") -> Response:
    """Show the board of a day; with `of` only the districts behind that count."""
    if of and of not in (*status.COUNTS, *status.AMONG):
        raise NoSuchPageError
    return _board(request, site, session, day_of(day), of)


def _day_being_reported(now: datetime, settings: Settings) -> date:
    return now.date() - timedelta(days=now.time() < settings.on(now.date()).calendar.day_turns)


def _board(request: Request, site: Site, session: Office, day: date, of: str) -> Response:
    user, now = session.user, site.local_now()
    month = now.date() - timedelta(days=district_history.DAYS)
    shared = {
        "drafts": site.drafts.of(user),
        "is_discarded": "discarded" in request.query_params,
        "assignments": [sent for sent in site.drafts.sent_of(user, month) if sent.is_assignment],
        "most": site.settings.limits.file_megabytes,
        **settings_pages.as_on_disk(site.settings),
    }
    try:
        board, editions = (
            status.look(site.settings, day, site.waits(), now, site.refused_of_workbook()),
            told_editions.of_day(site.settings, day),
        )
        held = held_days.known(site.settings)
    except LedgerError as error:
        wrong = {"is_damaged": isinstance(error, DamagedLedgerError), "is_lost": isinstance(error, LostLedgerError)}
        return page(request, site, "board_without_ledger", {**shared, **wrong}, HTTPStatus.SERVICE_UNAVAILABLE)
    files = published_files.entries(site.settings, day.isoformat(), user)
    folders = {entry.folder for entry in files}
    context = {
        **shared,
        "board": board,
        "districts": [district for district in board.districts if not of or of in (district.stands, *district.among)],
        "only": {**status.COUNTS, **status.AMONG, "missing": board.missing}[of] if of else "",
        "editions": editions[::-1],
        "held_days": held_days.told(held),
        "mails": site.troubled_mails(day, board.waiting),
        "day": day,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "today": now.date(),
        "files": [(folder, [entry for entry in files if entry.folder == folder]) for folder in sorted(folders)],
        "size": sum(entry.size for entry in files),
        "has_page": opened_page.of_day(site, day, session.user) is not None,
        "days": published_files.days(site.settings)[:_LINES],
        "is_over": board.due is None,
    }
    return page(request, site, "board", context)


@router.get("/rows/{day}", dependencies=[Depends(office_of)])
async def show_rows(
    request: Request,
    site: TheSite,
    day: str,
    district: Annotated[str, Query(max_length=40)] = "",
    which: Literal["taken", "refused"] = "refused",
    unit: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """Show the rows behind a count of the board: those refused or taken, of one district, of those of a unit, or of all."""
    shown_day = day_of(day)
    if district and district not in site.settings.district_names:
        raise NoSuchPageError
    of = _districts(site.settings, unit, district)
    reports, turned_back = await site.in_turn(_rows, site, [shown_day], of, which == "refused")
    files = await site.in_turn(handed_in_rows.refused_files, site.settings, shown_day, shown_day) if which == "refused" else []
    of_workbook = await site.in_turn(site.refused_of_workbook) if which == "refused" and of is None else NONE_REFUSED
    context = {"day": shown_day, "which": which, "district": district, "reports": reports, "count": _count(reports)}
    files = [file for file in files if of is None or file.district in of]
    shown = {"files": files, "of_workbook": of_workbook, "turned_back": turned_back, **_levels(site.settings, unit, reports, files)}
    return page(request, site, "rows", {**context, **shown})


@router.get("/rows", dependencies=[Depends(office_of)])
async def show_refused_rows(request: Request, site: TheSite, unit: Annotated[str, Query(max_length=40)] = "") -> Response:
    """Show every row and every whole file that was refused in the last thirty days, with `unit` of its districts."""
    today, of = site.local_now().date(), _districts(site.settings, unit)
    days = [today - timedelta(days=past) for past in range(attendance.DAYS - 1, -1, -1)]
    reports, turned_back = await site.in_turn(_rows, site, days, of, True)
    found = await site.in_turn(handed_in_rows.refused_files, site.settings, days[0], days[-1])
    files = [file for file in found if of is None or file.district in of]
    context = {"day": None, "which": "refused", "district": "", "reports": reports, "count": _count(reports), "turned_back": turned_back}
    of_workbook = NONE_REFUSED if of else await site.in_turn(site.refused_of_workbook)
    return page(
        request, site, "rows", {**context, "files": files, "of_workbook": of_workbook, **_levels(site.settings, unit, reports, files)}
    )


def _districts(settings: Settings, unit: str, district: str = "") -> tuple[str, ...] | None:
    """Return the districts that are shown; None where it is all of them, and what is nobody's. Raises NoSuchPageError."""
    if unit and unit not in settings.tree:
        raise NoSuchPageError
    return (district,) if district else settings.tree.districts(unit) if unit else None


def _levels(settings: Settings, unit: str, reports: list[list[HandedInRow]], files: list[RefusedFile]) -> dict[str, Any]:
    """Return how many of the rows and files are of which unit or district directly under the one that is shown; nothing without levels."""
    tree, under, whole = settings.tree, Counter[str](), Counter[str]()
    for rows in reports if tree else ():
        under[tree.child_of(rows[0].district, unit or None)] += 0 if rows[0].replaced else len(rows)
    for file in files if tree else ():
        whole[tree.child_of(file.district, unit or None) if file.district in settings.district_names else ""] += 1
    names = (*tree.children(unit or None), "") if tree else ()
    levels = [(name, name in tree, under[name], whole[name]) for name in names if under[name] or whole[name]]
    return {"unit": unit, "above": tree.above[unit] if unit else None, "levels": levels}


def _count(reports: list[list[HandedInRow]]) -> int:
    """Return how many of the rows are of reports that count."""
    return sum(len(rows) for rows in reports if not rows[0].replaced)


def _rows(
    site: Site,
    days: list[date],
    of: Collection[str] | None,
    is_refused: bool,  # noqa: FBT001
) -> tuple[list[list[HandedInRow]], list[HandedInRow]]:
    """Return the rows report by report, the newest day first, and taken rows that may be of an older form, where refused ones are shown.

    `of`: of these districts alone. Raises LedgerError.
    """
    by_report: dict[tuple[date, str, str], list[HandedInRow]] = {}
    turned_back = list[HandedInRow]()
    for row in handed_in_rows.of_days(site.settings, days, site.local_now().date()):
        if of is not None and row.district not in of:
            continue
        if row.is_refused == is_refused:
            by_report.setdefault((row.day, row.district, row.replaced), []).append(row)
        elif is_refused and row.turned_back:
            turned_back.insert(0, row)
    return [by_report[of_day] for of_day in sorted(by_report, key=lambda of_day: of_day[0], reverse=True)], turned_back


@router.get("/periods")
def show_periods(request: Request, site: TheSite, _session: Office) -> Response:
    """Show the weeks and other spans of days that were reported on."""
    shown = published_files.periods(site.settings)
    return page(request, site, "periods", {"periods": shown[:_LINES], "older": len(shown[_LINES:]), "weekly": site.settings.period.weekly})


@router.get("/periods/{span}/{identity}")
def period_file(site: TheSite, session: Office, span: str, identity: str) -> Response:
    """Answer with a file of a period: its page opens in the browser, shut off from this site, and the others are downloads."""
    entry = published_files.find_in_period(site.settings, span, identity)
    if entry is None:
        raise NoSuchPageError
    is_page = entry.path.suffix == ".html"
    site.note(f"{session.user.name} {'打开' if is_page else '下载'} 阶段报告/{entry.day}/{entry.name}")
    if is_page:
        shut = {"Content-Security-Policy": opened_page.WITHOUT_SCRIPT}
        return FileResponse(entry.path, headers=shut, media_type="text/html; charset=utf-8")
    return FileResponse(entry.path, headers=attachment(entry.file), media_type="application/octet-stream")


@router.get("/zip/{day}")
def all_files(site: TheSite, session: Office, day: str) -> Response:
    """Answer with every file of a day in one ZIP."""
    files = published_files.entries(site.settings, day_of(day).isoformat(), session.user)
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
