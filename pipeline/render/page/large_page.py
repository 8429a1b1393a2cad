"""The page of a day with too many cases for one page: figures and links; the cases are in a page for each unit, and an index finds them.

Covered by tests/render/test_large_days.py.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from markupsafe import Markup

from pipeline.render import districts
from pipeline.render.districts import Unit
from pipeline.render.page import case_data, case_texts, cases_behind_figures, leaders_page, page_view
from pipeline.report import not_taken, who_reported
from pipeline.report.case_lines import CaseLine
from pipeline.report.figures import Figure
from pipeline.report.report import Report
from pipeline.report.submission_lines import SubmissionLine

FOLDER: Final = "案件"
"""The folder of the units' pages, in the day's own."""
INDEX: Final = f"{FOLDER}/查找"
"""The folder of the index, as the page names it."""
SEARCH, OPENS = "daily_search.js", "daily_unit.js"
LARGEST: Final = 1_000_000
"""Bytes of the page, whatever the day."""
_SHARD: Final = 200_000
"""Bytes of a file of the index, about."""
_MATTER: Final = 60
"""Characters of 案由 that the index has."""
_FEWER: Final = ((20, 60, 30), (10, 30, 15), (5, 15, 8), (2, 6, 3), (1, 2, 1))
"""Lines of a list, rows of a table, districts with findings: fewer of them are tried until the page is small enough."""
_NO_ADDRESS: Final = re.compile(r"[%#?\"<>\\ ]")


def files(index: Index, report: Report, templates: Path) -> dict[str, bytes]:
    """Return the page by its name, and of a whole day the index that its search finds cases by; a level's page uses that of the day."""
    return {leaders_page.name(report): render(report, templates, index), **({} if report.unit else index.given_away())}


def _to_day(report: Report) -> str:
    """Return the way from the page's folder to the day's."""
    return "../" * (len(report.settings.way) + 1) if report.unit else ""


def page_of(unit: Unit) -> str:
    """Return the name of a unit's page in the day's folder."""
    return f"{FOLDER}/{unit.file}.html"


# --- the page ----------------------------------------------------------------------------------------------------


def render(report: Report, templates: Path, index: Index) -> bytes:
    """Return the page: as much of each list as a megabyte holds."""
    loaded = leaders_page.environment(templates)
    source, context = leaders_page.script(loaded, SEARCH), page_view.context(report, is_large=True)
    context |= {
        "place": _places(report),
        "units": _own(index, report),
        "nonce": index.nonce,
        "data": Markup(index.data(_to_day(report), _own(index, report))),  # noqa: S704 - JSON that cannot end its element
        "script": Markup(source),  # noqa: S704 - a file of the templates
        "script_hash": leaders_page.hash_of(source),
    }
    template = loaded.get_template(leaders_page.TEMPLATE)
    for fewer in _FEWER:
        page = template.render(context | _bounds(*fewer)).encode()
        if len(page) < LARGEST:
            break
    return page


def _bounds(most: int, rows: int, districts: int) -> dict[str, object]:
    """Return how much the page shows of what there is much of."""

    def farthest(figures: Sequence[Figure]) -> list[Figure]:
        """Those that lack most cases; all in their order where they are few."""
        if len(figures) <= rows:
            return [*figures]
        return sorted(figures, key=lambda figure: -figure.tally.shortfall)[:rows]

    def told_first(lines: Sequence[SubmissionLine]) -> list[SubmissionLine]:
        """Those that did not report, or late; all in their order where they are few."""
        if len(lines) <= rows:
            return [*lines]
        return sorted(lines, key=lambda line: (line.status != "missing", not line.is_wholly_refused, line.status != "late"))[:rows]

    def some_of(names: Sequence[str]) -> str:
        named = "、".join(names[:rows])
        return named if len(names) <= rows else f"{named}等 {len(names)} 个"

    return {
        "most": most,
        "most_items": min(most, 8),
        "most_rows": rows,
        "most_units": districts,
        "farthest": farthest,
        "told_first": told_first,
        "some_of": some_of,
    }


def _own(index: Index, report: Report) -> list[dict[str, object]]:
    """Return the districts that the page is about, with their places in the index."""
    of_page, up = {case.district for case in report.cases}.union(report.settings.district_names), _to_day(report)
    return [
        {"name": unit.name, "href": f"{up}{_address(unit.page)}", "count": unit.count, "at": at}
        for at, unit in enumerate(index.units)
        if unit.name in of_page or (unit.name == districts.NOBODY and "" in of_page)
    ]


def _places(report: Report) -> Callable[[str], str]:
    """Return what tells where a case stands in its unit's page."""
    of_case, named, up = {case.number: case.district for case in report.cases}, districts.files_of(report), _to_day(report)
    return lambda number: f"{up}{_address(f'{FOLDER}/{named[of_case[number]]}.html')}#{leaders_page.anchor(number)}"


def _address(path: str) -> str:
    """Return a file as a link names it: what would end its path is written out."""
    return _NO_ADDRESS.sub(lambda found: f"%{ord(found[0]):02X}", path)


# --- a unit's page -----------------------------------------------------------------------------------------------


def unit_page(unit: str, report: Report, templates: Path) -> bytes:
    """Return the page of a unit's cases: found, sorted and opened there as on the page of a smaller day."""
    loaded = leaders_page.environment(templates)
    source, opens = leaders_page.script(loaded), leaders_page.added_script(loaded, OPENS)
    context = page_view.register(report) | {
        "is_unit": True,
        "register": [of_district for of_district in cases_behind_figures.register(report) if of_district.total],
        "unit": unit,
        "report": report,
        "told": [
            *(who_reported.absence(absence, report.day) for absence in report.absences),
            *([f"报来而退回、还没有改正的：{'；'.join(to_mend)}。"] if (to_mend := not_taken.to_mend(report, unit)) else []),
        ],
        "data_note": who_reported.beside_data_until(report.submissions, report.absences),
        "page": leaders_page.name(report),
        "cancelled": [case for case in report.cases if case.grounds],
        "data": Markup(case_data.of(report, {}, leaders_page.harmless)),  # noqa: S704 - JSON that cannot end its element
        "script": Markup(source),  # noqa: S704 - a file of the templates
        "script_hash": leaders_page.hash_of(source),
        "opens": Markup(opens),  # noqa: S704 - a file of the templates
        "opens_hash": leaders_page.hash_of(opens),
    }
    return loaded.get_template("daily_unit.html.j2").render(context).encode()


# --- the index ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Listed:
    """A unit, as the page and its script know it."""

    name: str
    page: str
    count: int
    """How many cases it has."""


@dataclass(frozen=True, slots=True)
class Index:
    """What the page's script finds cases by: files that it loads when somebody searches, each with the cases of some units."""

    units: list[Listed]
    ends: list[tuple[int, int]]
    """The first and the last unit of each file."""
    nonce: str
    """By what the page's policy knows these files: nobody can tell it before the day is written, and it is the same each time."""
    shards: list[bytes]
    """The files, until they are given away."""

    @classmethod
    def of(cls, units: Iterable[Unit]) -> Index:
        """Return the index of the cases of these units, in their order."""
        listed, ends, shards, whole = list[Listed](), list[tuple[int, int]](), list[bytes](), hashlib.sha256()

        def noted() -> Iterator[Unit]:
            for unit in units:
                listed.append(Listed(unit.name, page_of(unit), len(unit.report.cases)))
                yield unit

        for first, last, content in _shards(noted()):
            ends.append((first, last))
            shards.append(content)
            whole.update(content)
        return cls(listed, ends, base64.b64encode(whole.digest()[:18]).decode(), shards)

    def data(self, up: str, own: Iterable[Mapping[str, object]]) -> str:
        """Return as JSON that can stand in a script element what the script needs to know of them.

        `up`: the way to the day's folder. `own`: the districts that the page is about; it names no others.
        """
        named = {str(unit["at"]): [leaders_page.harmless(str(unit["name"])), unit["href"]] for unit in own}
        return case_data.in_script({"folder": f"{up}{INDEX}", "nonce": self.nonce, "units": named, "shards": self.ends})

    def given_away(self) -> dict[str, bytes]:
        """Return the files by their names in the day's folder; of a country they are a hundred megabytes that nobody needs again."""
        files = {f"{INDEX}/{number:04}.js": content for number, content in enumerate(self.shards, 1)}
        self.shards.clear()
        return files


def _shards(of_units: Iterable[Unit]) -> Iterator[tuple[int, int, bytes]]:
    lines: list[str] = []
    first, number, size, count = 0, 0, 0, 0
    for number, unit in enumerate(of_units):
        above, beside = unit.report.settings.tree.units_of, case_data.said_beside(unit.report)
        for case in unit.report.cases:
            if size > _SHARD:
                yield first, number, _shard(count, lines)
                lines, first, size, count = [], number, 0, count + 1
            lines.append(_line(case, number, [*beside[case.number], *above.get(case.district, ())]))
            size += len(lines[-1].encode())
    if lines:
        yield first, number, _shard(count, lines)


def _shard(number: int, lines: Iterable[str]) -> bytes:
    return f"casesOf({number},{case_data.in_script(chr(10).join(lines))});\n".encode()


def _line(case: CaseLine, unit: int, more: Iterable[str]) -> str:
    """Return what is found of a case, in the order that the script knows: the last parts are only searched.

    `more`: what supervision and the day's changes say of it, and the units above its district.
    """
    matter = case.matter if len(case.matter) <= _MATTER else f"{case.matter[:_MATTER]}…"
    cells = (
        case.number,
        str(unit),
        matter,
        case.leader,
        case.deadline or "",
        case_texts.state(case),
        case.project,
        case.category,
        case.unit,
        *more,
    )
    return "\t".join(" ".join(str(leaders_page.harmless(str(cell or ""))).split()) for cell in cells)
