"""How much of each list 专报 shows, from generous to tight, and in which shape its first two sections stand.

Covered by tests/render/papers/test_briefing.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from pipeline.render.papers import decision_items, page_room
from pipeline.render.papers.decision_items import WORKBOOK
from pipeline.report import edit_words

CHANGES_SHEET = f"{WORKBOOK}“今日变化”"
_MOST_EDITED = 24
"""Each is named with its district, its source and the reason: a page is no place for more of them."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of each list is shown."""

    decisions: int
    cases: int
    """Of each kind of change."""
    absences: int
    characters: int
    """Of a matter, or of what is asked."""
    steps: str = ""
    """Where the steps from yesterday's figures to today's stand; '' where they are shown here."""
    edited: int = 4
    """Of edited and cancelled cases so many are named at least."""
    corrections: int = 3
    """Cases, days, reports and districts that a sentence about a correction names."""
    is_brief: bool = False
    """Whether rules, the cases behind the unmoved rate, and what the first section says too, are left to the workbook."""
    setting: str = page_room.USUAL
    """Of `page_room.SETTINGS`, as the templates have it."""
    is_older: bool = False
    """Whether the template has no row for the cases of an item; they stand in its cell of matters then."""
    is_dense: bool = False
    """Whether the rates of the last days, the way to each target, and where the rest of the silent districts stands, are left to it too."""
    is_parted: bool = False
    """Whether what stands behind verdicts and cancelled cases follows with the changes, so that decisions begin earlier."""
    is_listed: bool = False
    """Whether a list with a line for each decision stands above their table, which may go on on the next page."""
    matters: int = 0
    """Characters of the matter of a case that is one of several of an item."""
    is_gathered: bool = False
    """Whether the cases of several follow all decisions in their table, so that the decisions stand together."""
    is_bare: bool = False
    """Whether also what changed since the day before, and the cases behind a correction of the day, follow with the changes."""
    requests: int = decision_items.LONGEST_REQUEST
    """Characters of a request that is shown whole."""
    list_lines: int = 0
    """Lines beyond the first of each that decisions may have in that list, the first of them before the others."""
    measures: int = 0
    """As of `decision_items.Space`."""
    is_compact: bool = False
    """Whether the table below a list of the decisions has but those that it does not tell whole; the others follow in few words."""

    @property
    def named(self) -> int:
        """Cases that an item of several decisions names."""
        return max(2, self.decisions)

    @property
    def space(self) -> decision_items.Space:
        """For a decision."""
        return decision_items.Space(self.characters, self.named, self.matters, self.requests, self.is_older, self.measures)

    @property
    def edits(self) -> edit_words.Room:
        """For edited and cancelled cases."""
        return edit_words.Room(min(_MOST_EDITED, max(self.edited, self.cases)), max(12, self.characters))


LADDER = (
    *(Limits(count, max(0, count - 8), max(4, count - 4), 28 + 2 * count) for count in range(16, 6, -1)),
    *(Limits(8, 0, absences, characters, is_brief=True) for absences, characters in ((4, 40), (4, 32), (2, 28))),
    Limits(8, 0, 2, 24, "", 3, is_brief=True),
    *(Limits(8, 0, absences, 20, CHANGES_SHEET, edited, 2, is_brief=True) for absences, edited in ((4, 4), (2, 3))),
    *(Limits(8, 0, 1, characters, CHANGES_SHEET, edited, 1, is_brief=True) for characters, edited in ((18, 3), (16, 2), (12, 1))),
    *(Limits(count, 0, 0, 12, CHANGES_SHEET, 1, 1, is_brief=True) for count in (8, 6, 5, 4, 3)),
    *(Limits(count, 0, 0, 12, CHANGES_SHEET, 1, 1, is_brief=True, requests=90, is_dense=True) for count in (8, 6, 4, 3, 2, 1)),
)
"""From generous to tight; the first that fits on the pages is taken, and what room is left is filled."""
_MOST_LINES = 24
"""Lines beyond the first of each in the list of decisions: whole requests are tried first."""
FILLED: dict[str, Any] = {
    "list_lines": _MOST_LINES,
    "decisions": 48,
    "matters": 40,
    "characters": 60,
    "absences": 12,
    "cases": 96,
    "edited": 12,
}
"""What is raised where room is left, in this order, and how far."""
FILLED_FIRST = ("list_lines", "decisions")
"""What of these comes before the measures: what is asked."""
_GATHERED_MEASURES: dict[str, Any] = {"is_gathered": True}
_BRIEFER: dict[str, Any] = {"is_gathered": True, "cases": 0, "edited": 4, "is_brief": True}
MEASURES: tuple[dict[str, Any], ...] = tuple(
    {"measures": characters, **shape} for shape in ({}, _GATHERED_MEASURES, _BRIEFER) for characters in (160, 60, 24)
)
"""Characters of what was done about urgent matters, for which there may be room: with each of them, else behind all decisions.

What the workbook has too, such as the cases of the day's changes, gives way to it, and is told again as far as there is room. Where
there is none at all the paper says of what endangers people in which sheet that stands.
"""
STEPS = (8, 4, 2, 1)
Shape = dict[str, Any]
"""Some of the limits, by name."""
STRIP: tuple[Shape, ...] = ({"requests": decision_items.LONGEST_REQUEST}, {"is_dense": False})
"""What is told before lists are filled: requests whole, and the strip of the last days."""
LEFT_OUT: tuple[Shape, ...] = (
    STRIP[0],
    {"corrections": 3},
    {"is_brief": False},
    {"steps": ""},
)
"""What is told after all where there is still room."""
WHOLE = replace(LADDER[0], decisions=48, characters=60, absences=12, cases=24, edited=12)
"""With nothing cut that a page more is begun for."""
_IN_FULL = [replace(LADDER[0], **FILLED | {"matters": matters, "list_lines": 0}) for matters in (40, 24, 16, 8, 0)]
"""All that is told at most, with less of the matters of cases that are one of several."""
_PARTED: dict[str, Any] = {"is_parted": True}
_GATHERED: dict[str, Any] = {"is_parted": True, "is_gathered": True}
_LISTED: dict[str, Any] = {"is_parted": True, "is_listed": True}
_BARE: dict[str, Any] = {"is_bare": True}
_COMPACT: dict[str, Any] = {"is_parted": True, "is_listed": True, "is_compact": True}
_DENSE: dict[str, Any] = {"is_dense": True}
_SHAPES: tuple[dict[str, Any], ...] = ({}, _PARTED)


_FEW_OF_MATTER = 16
"""Characters of the matter of a case that is one of several, for which other lists give way."""
_FEWEST_LISTED = 3
"""Decisions of which a list is worth its place above their table."""
_MOST_ITEMS = 40
"""More decisions than three pages have room for; of fewer none is left out before all else is cut."""

FEWEST_CHARACTERS = 24
"""Of a matter that stands nowhere else on the paper."""
FEWEST_EXEMPTIONS = 3
"""That are named however little room there is; those that hide an overdue case come first."""
FEWEST_DUE = 12
"""Cases due today that are named, but for a paper with no room at all."""
MOST_ENDED = 2
"""Cases whose 不认可 ended that are named however little room there is."""


def rungs(items: int, *, is_older: bool, may_cut: bool, may_cut_requests: bool = True) -> Iterator[list[Limits]]:
    """Yield what may be tried, the fullest first; on each rung as much is said, in larger letters first and with a list of decisions last.

    Older templates of an office have one setting. `may_cut`: whether lists are cut too, decisions and their cases last of all;
    `may_cut_requests`: whether also what is asked, for which a page more is begun.
    """
    settings = (page_room.USUAL,) if is_older else page_room.SETTINGS
    shapes = [_GATHERED] * (items > 1)
    if _FEWEST_LISTED <= items <= _MOST_ITEMS:
        shapes += [_LISTED | {"list_lines": lines} for lines in (_MOST_LINES, 0)]
    shapes += [shape | bare for bare in (_BARE, _BARE | _DENSE) for shape in shapes or [_PARTED]]
    listed = [] if is_older else [(page_room.SMALL, shape) for shape in shapes]
    in_order = [(setting, shape) for setting in settings for shape in _SHAPES] + listed
    yield [replace(_IN_FULL[0], setting=setting, is_older=is_older, **shape) for setting, shape in in_order]
    whole: dict[str, Any] = {} if may_cut_requests else {"requests": decision_items.LONGEST_REQUEST}
    cut = [replace(limits, **whole) for limits in LADDER if may_cut]
    uncut = [replace(limits, decisions=WHOLE.decisions) for limits in cut if items <= _MOST_ITEMS]
    with_matters = [replace(limits, matters=_FEW_OF_MATTER) for limits in uncut if not limits.steps]
    fuller, barer = _IN_FULL[1:3], _IN_FULL[3:]
    for limits in (*fuller, *with_matters, *barer, WHOLE, *uncut, *cut):
        yield [replace(limits, setting=setting, is_older=is_older, **shape) for setting, shape in in_order if setting == settings[-1]]
    if may_cut and not (may_cut_requests or is_older) and _FEWEST_LISTED <= items <= _MOST_ITEMS:
        compact = [_COMPACT | {"list_lines": lines} | bare for bare in ({}, _BARE) for lines in (_MOST_LINES, 0)]
        for limits in (*_IN_FULL, *with_matters, WHOLE, *uncut):
            yield [replace(limits, setting=page_room.SMALL, **shape) for shape in compact]


def tightest(*, is_older: bool) -> Limits:
    """Return the last of all, for a day that nothing else has room for."""
    return replace(LADDER[-1], setting=page_room.USUAL if is_older else page_room.SMALL, is_older=is_older, **_PARTED)
