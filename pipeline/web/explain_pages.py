"""The story of a case, the cases behind a figure and those that some words mean, for the office; for a district its own cases' stories."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from pipeline.office import case_search, explanation
from pipeline.office.case_search import CasesFound
from pipeline.office.explanation import CaseExplained, FigureExplained, UnknownError
from pipeline.publishing import held_days
from pipeline.terms.errors import ConfigurationError, NothingToConsolidateError
from pipeline.terms.messages import brief
from pipeline.web.accounts import User
from pipeline.web.page_access import NoSuchPageError, SignedIn, TheSite
from pipeline.web.rendering import page
from pipeline.web.site import Site

router = APIRouter()
_FIRST: Final = date(2000, 1, 1)
_LONGEST: Final = 100
"""Characters of what is looked for; nothing in an office has a longer name."""
_NO_WORKBOOK: Final = "还没有可用的案件包案任务分解表，没有可以查的。"
_WAITS: Final = "“{}”在 {} 等待收取的日报里，还没有收下。汇总以后在这里能查到；现在算不算数，看网页“今天”。"
_NOT_OWN: Final = "本旗区没有这个编号的案件。请照日报模板里的案件编号写。"
"""The same whether there is none, or another district's; but for one that was its own."""


@router.get("/explain")
async def explain(
    request: Request,
    site: TheSite,
    session: SignedIn,
    what: Annotated[str, Query(max_length=_LONGEST)] = "",
    day: Annotated[date | None, Query(alias="date")] = None,
) -> Response:
    """Show what is behind a case number or a figure; without one only the box to look for it."""
    now = site.local_now()
    asked_day = day or now.date() - timedelta(days=now.time() < site.settings.calendar.day_turns)
    if not _FIRST <= asked_day <= now.date() + timedelta(days=1):
        raise NoSuchPageError
    explained = await site.in_turn(_look, what, site, session.user, asked_day, now) if what.strip() else None
    context = {"what": what.strip(), "day": asked_day, "notes": [], "above": (), **_shown(explained)}
    if isinstance(explained, CaseExplained) and explained.standing:
        context["above"] = site.settings.tree.units_of.get(explained.standing.district, ())
    if explained and session.user.is_office:
        context["notes"] = await site.in_turn(held_days.told_of, asked_day, site.settings)
    return page(request, site, "explain", context, 404 if context["said"] else 200)


def _shown(explained: CaseExplained | FigureExplained | CasesFound | str | None) -> dict[str, Any]:
    """Return what the page shows: a case, a figure, cases that were found, or in a sentence that there is nothing."""
    said = explained if isinstance(explained, str) else ""
    found = explained.cases if isinstance(explained, CasesFound) else None
    return {"it": explained, "is_case": isinstance(explained, CaseExplained), "found": found, "said": said}


def _look(what: str, site: Site, user: User, day: date, now: datetime) -> CaseExplained | FigureExplained | CasesFound | str:
    """Return what the user may see of it, or in a sentence that there is nothing."""
    try:
        if user.is_office:
            return _explained_or_found(what, site, day, now)
        explained = explanation.case(what, site.settings, day)
        own = explanation.of_clerk(what, site.settings, day, user.district, site.readers.waiting_as_known())
        return own or explanation.gone_from(explained, user.district) or _NOT_OWN
    except NothingToConsolidateError:
        return _NO_WORKBOOK if user.is_office else _NOT_OWN
    except ConfigurationError as error:
        return str(error) if user.is_office else _NOT_OWN


def _explained_or_found(what: str, site: Site, day: date, now: datetime) -> CaseExplained | FigureExplained | CasesFound:
    """Return what is behind a number or a figure; of other words the cases that they mean. Raises UnknownError where there is none."""
    try:
        return explanation.explain(what, site.settings, day, now, site.readers.waiting_as_known())
    except UnknownError:
        found = case_search.search(what, site.settings, day)
        if found.cases or case_search.is_known(what):
            return found
        if whose := explanation.in_waiting(what, site.readers.waiting_as_known()):
            raise UnknownError(_WAITS.format(brief(what), whose)) from None
        raise
