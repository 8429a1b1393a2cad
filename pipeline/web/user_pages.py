"""Users and the log: who may sign in and who did what; users are added, given a one-time link and disabled as by `run.py user`."""

from __future__ import annotations

from argparse import Namespace
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from pipeline.disk import log
from pipeline.terms.errors import ConfigurationError
from pipeline.web import user_command
from pipeline.web.page_access import Form, NoSuchPageError, Office, TheSite
from pipeline.web.rendering import page
from pipeline.web.site import ACCESSES, ACTIONS, Site

router = APIRouter()
_LINES: Final = 300
_DID: Final = {"add": "增加用户", "link": "给一次性链接", "disable": "停用用户"}
_OWN: Final = "不能停用自己：请办公室的另一个人来做，或在服务器上运行 run.py user disable。"


@router.get("/log")
def show_log(request: Request, site: TheSite, _session: Office) -> Response:
    """Show the users, and who did what and when, the newest first."""
    return page(request, site, "log", _context(site))


@router.post("/users/{action}")
def change_user(request: Request, site: TheSite, session: Office, form: Form, action: str) -> Response:
    """Add a user, give a one-time link or disable one; the answer holds the link, and nothing else ever does."""
    if action not in _DID:
        raise NoSuchPageError
    name = form.get("name", "").strip()
    if action == "disable" and (user := site.accounts.find(name)) and user.id == session.user.id:
        return page(request, site, "log", {**_context(site), "refusal": _OWN}, 400)
    district = form.get("district", "")
    asked = Namespace(name=name, district=district, office=not district, address=form.get("address", "").strip() or None, in_browser=True)
    try:
        said = user_command.ACTIONS[action](asked, site.settings, site.local_now())
    except ConfigurationError as error:
        return page(request, site, "log", {**_context(site), "refusal": str(error)}, 400)
    site.note(f"{session.user.name} {_DID[action]}“{name}”")
    return page(request, site, "log", {**_context(site), "said": said})


def _context(site: Site) -> dict[str, Any]:
    site.write_counts()
    actions, accesses = (log.last_lines(site.settings.paths.state, name, _LINES) for name in (ACTIONS, ACCESSES))
    users, districts = site.accounts.all_users(), site.settings.district_names
    linked = site.accounts.with_links(site.local_now())
    states = {user.id: user_command.state(user, linked) for user in users}
    return {"actions": actions, "accesses": accesses, "users": users, "states": states, "districts": districts, "said": [], "refusal": ""}
