"""A clerk's page: what is due, where to drop the workbook, what to download, what was handed in before."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from pipeline import submission
from pipeline.render import template
from pipeline.settings import Settings
from pipeline.web import history, shelf
from pipeline.web.entry import Anybody, NoSuchPageError, TheSite, attachment, see_other
from pipeline.web.pages import page
from pipeline.web.site import Site

router = APIRouter()
_SHOWN_FILES = 12


@router.get("/")
def home(request: Request, site: TheSite, session: Anybody) -> Response:
    """The clerk's page; the office goes to its board."""
    user = session.user
    if user.is_office:
        return see_other("/board")
    now = _now(site)
    sent = site.drafts.sent_of(user, now.date() - timedelta(days=history.DAYS))
    lines = history.of(user.district, sent, site.settings, now.date())
    papers = [one for day in shelf.days(site.settings)[: history.DAYS] for one in shelf.entries(site.settings, day, user)]
    said = {
        "district": user.district,
        "due": _due(lines, now, site.settings),
        "drafts": site.drafts.of(user),
        "lines": lines,
        "template": next(((one, _day_after(one.day)) for one in papers if one.folder == template.FOLDER), None),
        "papers": [one for one in papers if one.folder != template.FOLDER][:_SHOWN_FILES],
        "most": site.settings.limits.file_megabytes,
    }
    return page(request, site, "home", said)


def _day_after(day: str) -> date:
    """The day that a published template is for."""
    return date.fromisoformat(day) + timedelta(days=1)


def _now(site: Site) -> datetime:
    return site.now().astimezone(site.settings.calendar.zone)


def _due(lines: list[history.Line], now: datetime, settings: Settings) -> dict[str, Any]:
    """Today's report: handed in or not, until when it is on time, and how long that still is."""
    today = now.date()
    limit = submission.cut_off(today, settings)
    of_today = [one for one in lines if one.day == today.isoformat() and one.became in ("in-force", "waiting")]
    left = max(0, int((limit - now).total_seconds()))
    return {"day": today, "limit": limit, "left": left, "line": of_today[0] if of_today else None, "is_over": now > limit}


@router.get("/blank")
def blank(site: TheSite, _session: Anybody) -> Response:
    """A blank report, for a district that has no filled-in one yet."""
    content = template.blank_report(site.settings)
    return Response(content, headers=attachment(template.BLANK_REPORT), media_type="application/octet-stream")


@router.get("/file/{day}/{identity}")
def file(site: TheSite, session: Anybody, day: str, identity: str) -> Response:
    """A published file, where the user may see it."""
    found = shelf.find(site.settings, day, identity, session.user)
    if found is None:
        raise NoSuchPageError
    site.note(f"{session.user.name} 下载 {found.day}/{found.name}")
    return FileResponse(found.path, headers=attachment(found.file), media_type="application/octet-stream")
