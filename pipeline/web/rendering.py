"""How a page is made from its template: Jinja with everything escaped, and the files that a browser fetches beside a page."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from pipeline import HOME
from pipeline.office import preview_text
from pipeline.render.compiled_templates import Kept
from pipeline.render.page import leaders_page
from pipeline.terms import case_numbers, words
from pipeline.terms.findings import Finding
from pipeline.terms.text import mask
from pipeline.web import check_results
from pipeline.web.site import Site

FOLDER: Final = HOME / "templates" / "upload"
_STATIC: Final = {"page.css": "text/css; charset=utf-8", "page.js": "text/javascript; charset=utf-8", "mark.svg": "image/svg+xml"}


def page(request: Request, site: Site, name: str, context: Mapping[str, Any] | None = None, status: int = 200) -> HTMLResponse:
    """Return the page of that template in templates/upload."""
    session = request.scope["state"].get("session")
    frame = {
        "office": site.settings.office,
        "now": site.local_now(),
        "user": session.user if session else None,
        "csrf": session.csrf if session else "",
    }
    return HTMLResponse(_environment().get_template(f"{name}.html.j2").render({**frame, **(context or {})}), status)


def static(name: str) -> Response | None:
    """Return a file beside the pages, to be kept for a year; None where there is none of that name."""
    if name not in _STATIC:
        return None
    return Response(_content(name), headers={"Cache-Control": "public, max-age=31536000, immutable"}, media_type=_STATIC[name])


@cache
def _content(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=leaders_page.harmless,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=Kept("upload"),
    )
    environment.filters |= {
        "long_day": leaders_page.long_day,
        "short_day": pass_context(_short_day),
        "clock": pass_context(_clock),
        "size": _size,
        "hours": lambda moment: f"{moment:%H:%M}",
        "masked": mask,
        "reason": _reason,
        "with_cases": _with_cases,
        "iso_day": date.fromisoformat,
    }
    environment.globals["static"] = _address
    environment.globals["flag_names"] = {flag: meaning.name for flag, meaning in words.FLAGS.items()}
    headings = {severity.value: cost.page for severity, cost in words.COSTS.items()}
    environment.globals["cost_words"] = {**headings, check_results.UNDERSTOOD: words.UNDERSTOOD}
    environment.globals["row_counts"] = preview_text.rows
    environment.globals["in_short"] = check_results.in_short
    return environment


def _address(name: str) -> str:
    """Return the address of a file beside the pages: another address when its contents change, since browsers keep it for a year."""
    return f"/static/{hashlib.sha256(_content(name)).hexdigest()[:12]}/{name}"


def _short_day(page_context: Context, day: date) -> str:
    """Return a day for a list: with its year where that is not this year's."""
    return words.near(day, page_context["now"].date())


def _clock(page_context: Context, moment: datetime) -> str:
    return words.moment(moment, page_context["now"].date())


def _size(count: int) -> str:
    if count == 0:
        return "0 字节"
    return f"{count / (1 << 20):.1f} MB" if count >= 1 << 20 else f"{max(1, count >> 10)} KB"


def _reason(findings: Iterable[Finding]) -> str:
    """Return why a file was refused whole."""
    return next((finding.message for finding in findings if finding.refuses), "")


_CASE_LINK: Final = Markup('<a href="/explain?what={0}">{0}</a>')


def _with_cases(sentence: str, cases: Collection[str] | None = None) -> Markup:
    """Return a sentence in which each case number leads to the case's page; everything else in it is escaped.

    `cases`: of a finding the known cases that it is about, since its sentence may have examples; None where all are the register's.
    """
    pieces = case_numbers.PLAIN_INSIDE.split(str(leaders_page.harmless(sentence)))
    is_linked = (at % 2 and (cases is None or piece in cases) for at, piece in enumerate(pieces))
    return Markup("").join(_CASE_LINK.format(piece) if linked else piece for piece, linked in zip(pieces, is_linked, strict=True))
