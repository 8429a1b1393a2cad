"""Run now, and the doctor's verdict: started in the browser, each in a process of its own."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from pipeline.web.page_access import Form, NoSuchPageError, Office, TheSite, see_other
from pipeline.web.rendering import page
from pipeline.web.started_runs import NAMES

router = APIRouter()


@router.get("/run")
def show_run(request: Request, site: TheSite, _session: Office) -> Response:
    """Show what was started last, how far it is and what it says; ask what to start."""
    run = site.runs.look()
    took = int((site.now() - run.begun).total_seconds()) if run else 0
    return page(request, site, "run", {"run": run, "took": took, "was_running": "running" in request.query_params})


@router.post("/run/{what}")
def start_run(site: TheSite, session: Office, _form: Form, what: str) -> Response:
    """Start the night's run or the doctor; while one that was started here runs, none is started beside it."""
    if what not in NAMES:
        raise NoSuchPageError
    if not site.runs.start(what, session.user.name, site.now()):
        return see_other("/run?running")
    site.note(f"{session.user.name} 在网页上开始{NAMES[what]}")
    return see_other("/run")
