"""What a process does that somebody ends in the midst of its work."""

from __future__ import annotations

import os


def die(_job: object) -> None:
    """End the process at once, without a word."""
    os._exit(9)
