"""Which messages nobody answers, so that two machines never write to each other (RFC 3834, 2)."""

from __future__ import annotations

import re

from pipeline.doors import headers
from pipeline.doors.headers import Fields

_LISTS = ("list-id", "list-post", "list-unsubscribe", "list-help", "feedback-id")
_BULK = ("bulk", "list", "junk", "auto_reply")
_MACHINES = re.compile(r"(?i)(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?|.*-(request|bounces?|owner)|owner-.*)@.*")


def is_automatic(header: Fields | None, sender: str | None) -> bool:
    """Return whether a machine has written the message, or a list has sent it on; also where the header cannot be read."""
    if header is None:
        return True
    first = {name: value.strip().lower() for name, value in reversed(header)}
    submitted, suppressed = first.get("auto-submitted", "no"), first.get("x-auto-response-suppress", "")
    return (
        submitted.partition(";")[0].strip() != "no"
        or first.get("precedence", "") in _BULK
        or bool({"all", "autoreply"} & {word.strip() for word in suppressed.split(",")})
        or first.get("return-path", "<x>") == "<>"
        or first.get("content-type", "").startswith("multipart/report")
        or any(name in first for name in _LISTS)
        or bool(sender and _MACHINES.fullmatch(sender))
    )


def is_reply(header: Fields | None) -> bool:
    """Return whether it answers another message."""
    return any(headers.values(header or (), name) for name in ("in-reply-to", "references"))
