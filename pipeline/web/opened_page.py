"""The day's published page, opened in the browser and shut off from this site; of a large day with the pages and the index beside it.

What is shut off has no origin, and browsers bring no cookie along from there: a large day's folder is reached by an address that has a key
of the session in it, and ends with the session. Covered by tests/web/test_opened_page.py and tests/web/test_desk.py.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import date
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from pipeline.publishing import inputs
from pipeline.render.page import large_page, leaders_page
from pipeline.web import published_files
from pipeline.web.accounts import Session, User
from pipeline.web.page_access import NoSuchPageError, Office, SignInError, TheSite, day_of, see_other
from pipeline.web.published_files import PublishedFile
from pipeline.web.site import Site

router = APIRouter()
_PAGE_POLICY: Final = (
    "{sandbox}; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "{script}frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""The published page's own policy, without a form or an origin: whatever stands in the file, it reaches nothing of this site."""
WITHOUT_SCRIPT: Final = _PAGE_POLICY.format(sandbox="sandbox", script="")
_HEAD_BYTES: Final = 2048
"""Within which the page names its own policy."""
_MAC: Final = 32
_READ_ELSEWHERE: Final = {"Cross-Origin-Resource-Policy": "cross-origin"}
"""The page that loads the index has no origin; whoever has no key gets no file of it."""


@router.get("/page/{day}")
def show_page(site: TheSite, session: Office, day: str) -> Response:
    """Open the day's published page; of a large day in its folder."""
    entry = of_day(site, day_of(day), session.user)
    if entry is None:
        raise NoSuchPageError
    site.note(f"{session.user.name} 打开 {entry.day}/{entry.name}")
    if published_files.named(site.settings, entry.day, f"{large_page.INDEX}/0001.js"):
        return see_other(f"/folder/{_key(site, session.token, entry.day)}/{entry.day}/{quote(entry.name)}")
    return _shown(entry, site, ())


@router.get("/folder/{key}/{day}/{name:path}")
def show_in_folder(request: Request, site: TheSite, key: str, day: str, name: str) -> Response:
    """Answer with a page of a large day, or a file of the index that its search loads, to whom the office's session gave the key."""
    _session(site, key, day)
    entry = published_files.named(site.settings, day, name)
    if entry and entry.path.suffix == ".html":
        here = f"{'https' if site.is_secure else 'http'}://{request.headers['host']}"
        return _shown(entry, site, [_source(here, f"/folder/{key}/{day}/{quote(large_page.INDEX)}/")])
    if entry and entry.folder == large_page.INDEX:
        return FileResponse(entry.path, headers=_READ_ELSEWHERE, media_type="text/javascript; charset=utf-8")
    raise NoSuchPageError


def _source(origin: str, folder: str) -> str:
    """Return from where the page may load the index: its folder alone; of an address such as [::1], which no policy can name, this site."""
    return "'self'" if "[" in origin else f"{origin}{folder}"


def of_day(site: Site, day: date, user: User) -> PublishedFile | None:
    """Return the day's page, where the user may see it."""
    files = published_files.entries(site.settings, day.isoformat(), user)
    return next((entry for entry in files if not entry.folder and entry.path.suffix == ".html"), None)


def _key(site: Site, token: str, day: str) -> str:
    return f"{token}{site.seal(f'folder {day} {token}')[:_MAC]}"


def _session(site: Site, key: str, day: str) -> Session:
    """Return the office's session that the key is of. Raises SignInError."""
    token = key[:-_MAC]
    is_ours = hmac.compare_digest(_key(site, token, day).encode(), key.encode())
    session = site.accounts.session_kept_as(token, site.now()) if is_ours else None
    if session is None or not session.user.is_office:
        raise SignInError
    return session


def _shown(entry: PublishedFile, site: Site, beside: Sequence[str]) -> Response:
    with entry.path.open("rb") as file:
        policy = _policy(file.read(_HEAD_BYTES), _scripts(site), beside)
    return FileResponse(entry.path, headers={"Content-Security-Policy": policy}, media_type="text/html; charset=utf-8")


def _scripts(site: Site) -> list[str]:
    loaded = leaders_page.environment(inputs.templates_of(site.settings))
    own = [leaders_page.script(loaded, name) for name in (leaders_page.SCRIPT, large_page.SEARCH)]
    return [leaders_page.hash_of(source) for source in (*own, leaders_page.added_script(loaded, large_page.OPENS))]


def _policy(head: bytes, own: Sequence[str], beside: Sequence[str]) -> str:
    """Return the page's policy: the program's own scripts may run where the page has them; a page of before is read without.

    `beside`: from where it may load the index.
    """
    named = [f"'{script}'" for script in own if f"'{script}'".encode() in head]
    if not named:
        return WITHOUT_SCRIPT
    return _PAGE_POLICY.format(sandbox="sandbox allow-scripts", script=f"script-src {' '.join([*named, *beside])}; ")
