"""The application: its pages, listed by hand in one place."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp

from pipeline.terms.errors import DamagedLedgerError, LostLedgerError, PipelineError
from pipeline.web import (
    clerk_pages,
    desk_pages,
    explain_pages,
    office_pages,
    opened_page,
    page_access,
    receipt_pages,
    release_pages,
    rendering,
    run_pages,
    settings_pages,
    sign_in_pages,
    upload_pages,
    user_pages,
)
from pipeline.web.guard import Guard
from pipeline.web.site import Site
from pipeline.web.upload_limits import RefusedError

_SWEEP_SECONDS: Final = 3600
_BESIDE_SECONDS: Final = 600
_URGENT_SECONDS: Final = 30


def build(site: Site) -> ASGIApp:
    """Return the application for that office's page."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, lifespan=_lifespan)
    app.state.site = site
    for pages in (
        sign_in_pages,
        clerk_pages,
        desk_pages,
        office_pages,
        opened_page,
        explain_pages,
        run_pages,
        release_pages,
        user_pages,
        settings_pages,
        upload_pages,
        receipt_pages,
    ):
        app.include_router(pages.router)
    app.add_api_route("/healthz", health, methods=["GET"])
    app.add_api_route("/static/{version}/{name}", static, methods=["GET"])
    for error, answer in (
        (page_access.SignInError, page_access.to_sign_in),
        (page_access.NoSuchPageError, page_access.not_found),
        (HTTPException, page_access.not_found),
        (RequestValidationError, page_access.not_found),
        (RefusedError, page_access.refused),
        (LostLedgerError, page_access.lost),
        (DamagedLedgerError, page_access.damaged),
        (PipelineError, page_access.busy),
        (Exception, page_access.our_fault),
    ):
        app.add_exception_handler(error, answer)
    return Guard(app, site)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Go on with what a killed server had begun to send, sweep old drafts away every hour, do what is to be done beside."""
    site: Site = app.state.site
    for number in await run_in_threadpool(site.drafts.recover):
        site.note(f"报送 {number}：上次没有做完，启动时接着做完")
    sweeping = asyncio.create_task(_again_and_again(lambda: site.drafts.sweep(site.now()), _SWEEP_SECONDS))
    beside = asyncio.create_task(_again_and_again(site.beside, _BESIDE_SECONDS))
    urgent = asyncio.create_task(_again_and_again(site.urgent, _URGENT_SECONDS))
    try:
        yield
    finally:
        for task in (sweeping, beside, urgent):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _again_and_again(work: Callable[[], object], seconds: float) -> None:
    while True:
        with suppress(OSError):
            await run_in_threadpool(work)
        await asyncio.sleep(seconds)


def health(site: page_access.TheSite) -> Response:
    """Answer 200 where files can be taken in and the database answers, else 503: for monitoring, it says nothing else."""
    if not os.access(site.settings.paths.inbox, os.W_OK | os.X_OK):
        return PlainTextResponse("收件箱不能用", 503)
    if not site.database.is_sound():
        return PlainTextResponse("网页自己的数据不能用", 503)
    return PlainTextResponse("ok")


def static(version: str, name: str) -> Response:
    """Answer with a file beside the pages; the version in its address only makes browsers ask again when it changes."""
    del version
    response = rendering.static(name)
    if response is None:
        raise page_access.NoSuchPageError
    return response
