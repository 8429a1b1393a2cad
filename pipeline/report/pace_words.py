"""What a pace rests on, in words."""

from __future__ import annotations

from typing import Final

from pipeline.report.figures import Way
from pipeline.terms.words import first_of

_MOST: Final = 12
"""Cases that are named."""


def gained(way: Way) -> str:
    """Return what the days' reports call newly resolved, and which of it the pace rests on: whoever has them can count again."""
    newly = f"最近{way.days}个报送日新化解{way.newly or way.gained}件"
    if not way.first:
        return newly
    named = f"（{first_of(way.first, _MOST)}）"
    if way.newly == len(way.first) and not way.lost:
        return f"{newly}{named}"
    lost = f"，减去此前计入、现在没有计入的{len(way.lost)}件（{first_of(way.lost, _MOST)}）" if way.lost else ""
    return f"{newly}，其中第一次化解、当时就已报来、现仍计入的{len(way.first)}件{named}{lost}，算{way.gained}件"


def but(way: Way) -> str:
    """Return what keeps that from leading there as fast: that it stopped, or new or lost cases; '' where nothing does."""
    if way.stopped:
        return f"但{_stopped(way)}，"
    was, now = way.lacked, way.tally.shortfall
    if was - now >= way.gained:
        return ""
    return f"但同期还差仍是{now}件，" if was == now else f"但同期还差由{was}件{'增为' if was < now else '减为'}{now}件，"


def _stopped(way: Way) -> str:
    """Return on how many of the last days nothing was gained; what their reports call newly resolved all the same does not count for it."""
    days = "今日" if way.stopped == 1 else f"最后{way.stopped}个报送日"
    counted = "计入进度的" if way.newly > len(way.first) else ""
    return f"{days}没有{counted}新化解"
