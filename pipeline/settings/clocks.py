"""Times of day in settings."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated

from pydantic import BeforeValidator


def _clock(value: object) -> object:
    """YAML 1.1 reads an unquoted 17:00 as the number 1020; a clock time must be quoted."""
    if not isinstance(value, str) or not re.fullmatch(r"\d{1,2}:\d{2}", value):
        msg = '应为带引号的时刻，例如 "17:00"'
        raise ValueError(msg)
    hour, minute = map(int, value.split(":"))
    if hour > 23 or minute > 59:  # noqa: PLR2004 - the clock's own limits
        msg = f"没有 {value} 这个时刻"
        raise ValueError(msg)
    return time(hour, minute)


Clock = Annotated[time, BeforeValidator(_clock)]
"""Such as "17:00"."""
