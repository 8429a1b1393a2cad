"""How much a browser may send, and for how long: the limits of forms and uploaded files, and reading a body within them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from starlette.requests import ClientDisconnect, Request

from pipeline.settings.config import Settings
from pipeline.settings.uploading import Uploading


@dataclass(frozen=True, slots=True)
class BodyLimit:
    """What one body may measure."""

    size: int
    """In bytes."""
    seconds: float
    """From its first byte to its last."""


FORM: Final = BodyLimit(1 << 14, 20)
"""A form without a file: a name, a password, a token."""
AROUND_FILE: Final = 1 << 14
"""More bytes than a browser writes around a file: part headers and the other fields."""
MOST_FIELDS: Final = 20
LONGEST_FILE_NAME: Final = 1000
MOST_DRAFTS: Final = 20
"""So many files one user may have uploaded and not sent."""
_PAUSE_SECONDS: Final = 20
"""So long nothing may come. The limit for the whole alone would let a silent connection hold its place for minutes."""


def of_upload(settings: Settings) -> BodyLimit:
    """Return what an uploaded file may measure, as the office has set it."""
    return BodyLimit(settings.limits.file_megabytes << 20, (settings.upload or Uploading()).upload_seconds)


class RefusedError(Exception):
    """A body that is not taken; `status` is answered, `reason` names the sentence in error.html.j2."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


async def read_body(request: Request, limit: BodyLimit) -> AsyncIterator[bytes]:
    """Give the body's pieces as they come. Raises RefusedError: 413 beyond the size, 408 beyond the time, 400 where it breaks off."""
    # refused before anything is read; a chunked body declares no length and is counted below
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared) > limit.size:
        raise RefusedError(413, "large")
    total = 0
    body = request.stream()
    try:
        async with asyncio.timeout(limit.seconds):
            while True:
                async with asyncio.timeout(_PAUSE_SECONDS):
                    chunk = await anext(body, None)
                if chunk is None:
                    return
                total += len(chunk)
                if total > limit.size:
                    raise RefusedError(413, "large")
                yield chunk
    except TimeoutError as error:
        raise RefusedError(408, "slow") from error
    except ClientDisconnect as error:
        raise RefusedError(400, "gone") from error
