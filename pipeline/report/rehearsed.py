"""How days would differ under other settings: figure by figure and case by case, from what their `summary.json` says and would say.

Covered by tests/night/test_rehearsal.py.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from pipeline.terms import words
from pipeline.terms.contract import cases_in

Summary = Mapping[str, Any]
FIGURES: Final = ("target_percent", "total", "resolved", "rate_percent", "met", "certain", "shortfall")
OTHERS: Final = ("by_source", "by_district", "by_leader", "by_category", "submissions", "changes", "restated")
"""The parts of `summary.json` that hold more than what is told one by one."""
BEYOND: Final = "extensions"
"""Under this name a day's clocks and hints stand beside its figures; None where the edition has none of them."""
CLOCKS: Final = ("acceptance", "objection", "conclusion")


@dataclass(frozen=True, slots=True)
class FigureDiffers:
    """A figure of a group; None where the group, or its rate, is not there."""

    group: str
    key: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class CaseDiffers:
    """What is other of a case: `registered`, `group`, `counted` or `status`."""

    case: str
    key: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class FlagDiffers:
    """The cases that would get a flag, and those that would lose it."""

    flag: str
    entered: tuple[str, ...]
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowsDiffer:
    """The rows of a district's report that are taken and refused."""

    district: str
    before: tuple[int, int]
    after: tuple[int, int]


@dataclass(frozen=True, slots=True)
class StatusDiffers:
    """How a district reported: `on-time`, `late` or `missing`; '' where the district is not there."""

    district: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ClockDiffers:
    """A clock of a case that is registered either way: its `due` or its `state`; None where it does not run."""

    case: str
    clock: str
    key: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class HintDiffers:
    """A hint that is told in one of the two alone, or in both and on trial in one."""

    code: str
    district: str
    cases: tuple[str, ...]
    before: bool
    after: bool
    trial: bool | None = None
    """Where it is told in both: whether it would be on trial and was not, or the other way round."""


@dataclass(frozen=True, slots=True)
class VerdictDiffers:
    """Whether a group's target is met, and how certainly, in words: `met` and `certain` in one."""

    group: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class DayDiffers:
    """All that would be other of a day."""

    day: date
    figures: tuple[FigureDiffers, ...]
    cases: tuple[CaseDiffers, ...]
    flags: tuple[FlagDiffers, ...]
    rows: tuple[RowsDiffer, ...]
    submissions: tuple[StatusDiffers, ...]
    others: tuple[str, ...]
    """The parts of `summary.json` that differ too, of `OTHERS`."""
    verdicts: tuple[VerdictDiffers, ...] = ()
    """For people; programs have them among the figures."""
    clocks: tuple[ClockDiffers, ...] = ()
    hints: tuple[HintDiffers, ...] = ()
    is_beyond_unknown: bool = False
    """Whether the edition has no clocks and hints to compare with."""
    unknown_years: tuple[int, ...] = ()
    """Where clocks differ: the years that clocks of the day count without their public holidays, either way."""

    def __bool__(self) -> bool:
        """Whether anything is."""
        return any((self.figures, self.cases, self.flags, self.rows, self.submissions, self.others, self.clocks, self.hints))


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Days under other settings beside what is published of them."""

    first: date
    last: date
    days: tuple[DayDiffers, ...]
    """Those that would differ."""
    same: tuple[date, ...]
    unpublished: tuple[date, ...]
    """Days that are not published: what they are compared with was computed under the office's own settings."""
    read_again: int = 0
    """So many originals were read again."""
    gone: int = 0
    """So many should have been, and are gone or damaged: what was read of them then stands."""
    without_beyond: tuple[date, ...] = ()
    """Days of which the edition has no clocks and hints: these are not compared."""
    why_read_again: str = ""
    """Why what had been read of these originals could not be used."""

    @property
    def unknown_years(self) -> tuple[int, ...]:
        """The years without known public holidays that clocks of days on which any differs count."""
        return tuple(sorted({year for day in self.days for year in day.unknown_years}))


def between(day: date, before: Summary, after: Summary, sources: Mapping[str, str]) -> DayDiffers:
    """Return how a day would differ; `sources`: 案件来源 of its cases, which decide in which group each counts."""
    beyond = before.get(BEYOND), after.get(BEYOND)
    is_unknown = None in beyond
    then, now = ({} if is_unknown else part or {} for part in beyond)
    clocks = tuple(_clocks(then, now))
    years = {year for part in (then, now) for year in part.get("clocks", {}).get("unknown_years", ())} if clocks else ()
    return DayDiffers(
        day,
        tuple(_figures(before, after)),
        tuple(_cases(before, after, sources)),
        tuple(_flags(before, after)),
        tuple(_rows(before, after)),
        tuple(_statuses(before, after)),
        tuple(name for name in OTHERS if _rest(before, name) != _rest(after, name)),
        tuple(_verdicts(before, after)),
        clocks,
        tuple(_hints(then, now)),
        is_unknown,
        tuple(sorted(years)),
    )


def as_json(rehearsal: Rehearsal) -> str:
    """Return what `--json` writes (contract-extensions 5)."""
    told_otherwise = ("verdicts", "is_beyond_unknown", "unknown_years")
    days = [
        {name: value for name, value in asdict(day).items() if name not in told_otherwise} | {"day": f"{day.day}"} for day in rehearsal.days
    ]
    span = {"from": f"{rehearsal.first}", "to": f"{rehearsal.last}"}
    others = {"same": [f"{day}" for day in rehearsal.same], "unpublished": [f"{day}" for day in rehearsal.unpublished]}
    others["clocks_and_hints_unknown"] = [f"{day}" for day in rehearsal.without_beyond]
    read = {"read_again": rehearsal.read_again, "originals_gone": rehearsal.gone}
    years = {"unknown_years": list(rehearsal.unknown_years)}
    return json.dumps({**span, "days": days, **others, **years, **read}, ensure_ascii=False, indent=1)


# --- part by part ------------------------------------------------------------------------------------------------


def _by(summary: Summary, part: str, name: str) -> dict[str, Summary]:
    return {entry[name]: entry for entry in summary.get(part, ())}


def _names(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return list({**before, **after})


def _figures(before: Summary, after: Summary) -> Iterator[FigureDiffers]:
    then, now = (_by(summary, "targets", "group") for summary in (before, after))
    for group in _names(then, now):
        for key in FIGURES:
            values = then.get(group, {}).get(key), now.get(group, {}).get(key)
            if values[0] != values[1]:
                yield FigureDiffers(group, key, *values)


def _verdicts(before: Summary, after: Summary) -> Iterator[VerdictDiffers]:
    then, now = (_by(summary, "targets", "group") for summary in (before, after))
    for group in _names(then, now):
        said = _verdict(then.get(group)), _verdict(now.get(group))
        if said[0] != said[1]:
            yield VerdictDiffers(group, *said)


def _verdict(target: Summary | None) -> str:
    if target is None:
        return "无"
    return "没有案件" if target["met"] is None else words.verdict(is_met=target["met"], is_certain=target.get("certain", True))


def _cases(before: Summary, after: Summary, sources: Mapping[str, str]) -> Iterator[CaseDiffers]:
    then, now = cases_in(before) or {}, cases_in(after) or {}
    groups = [
        {source: entry["group"] for entry in summary.get("targets", ()) for source in entry["sources"]} for summary in (before, after)
    ]
    for number in sorted({*then, *now}):
        said = [
            _of_case(cases.get(number), of_source.get(sources.get(number, "")))
            for cases, of_source in zip((then, now), groups, strict=True)
        ]
        is_both = number in then and number in now
        for key in said[0]:
            values = said[0][key], said[1][key]
            if values[0] != values[1] and (is_both or key == "registered" or True in values):
                yield CaseDiffers(number, key, *values)


def _of_case(case: Summary | None, group: str | None) -> dict[str, Any]:
    if case is None:
        return {"registered": False, "group": None, "counted": None, "status": None}
    return {"registered": True, "group": group, "counted": case["counted_resolved"], "status": case["status"]}


def _flags(before: Summary, after: Summary) -> Iterator[FlagDiffers]:
    for flag in words.FLAGS:
        then, now = ({*summary.get("flags", {}).get(flag, ())} for summary in (before, after))
        if then != now:
            yield FlagDiffers(flag, tuple(sorted(now - then)), tuple(sorted(then - now)))


def _clocks(before: Summary, after: Summary) -> Iterator[ClockDiffers]:
    then, now = (beyond.get("clocks", {}).get("cases", {}) for beyond in (before, after))
    for number in sorted(then.keys() & now.keys()):
        for clock in CLOCKS:
            both = [cases[number].get(clock) or {} for cases in (then, now)]
            for key in ("due", "state"):
                values = both[0].get(key), both[1].get(key)
                if values[0] != values[1]:
                    yield ClockDiffers(number, clock, key, *values)


def _hints(before: Summary, after: Summary) -> Iterator[HintDiffers]:
    trials = [{_hint(hint): bool(hint.get("trial")) for hint in beyond.get("hints", ())} for beyond in (before, after)]
    then, now = (Counter(_hint(hint) for hint in beyond.get("hints", ())) for beyond in (before, after))
    for told, is_new in ((now - then, True), (then - now, False)):
        yield from (HintDiffers(*hint, before=not is_new, after=is_new) for hint in sorted(told.elements()))
    for hint in sorted(then.keys() & now.keys()):
        if trials[0][hint] != trials[1][hint]:
            yield HintDiffers(*hint, before=True, after=True, trial=trials[1][hint])


def _hint(hint: Summary) -> tuple[str, str, tuple[str, ...]]:
    return hint["code"], hint["district"], tuple(hint["cases"])


def _rows(before: Summary, after: Summary) -> Iterator[RowsDiffer]:
    for district, then, now in _reports(before, after, lambda entry: (entry.get("rows_accepted", 0), entry.get("rows_refused", 0))):
        yield RowsDiffer(district, then, now)


def _statuses(before: Summary, after: Summary) -> Iterator[StatusDiffers]:
    for district, then, now in _reports(before, after, lambda entry: entry.get("status", "")):
        yield StatusDiffers(district, then, now)


def _reports(before: Summary, after: Summary, read: Callable[[Summary], Any]) -> Iterator[tuple[str, Any, Any]]:
    then, now = (_by(summary, "submissions", "district") for summary in (before, after))
    for district in _names(then, now):
        values = read(then.get(district, {})), read(now.get(district, {}))
        if values[0] != values[1]:
            yield district, *values


def _rest(summary: Summary, name: str) -> Any:  # noqa: ANN401 - JSON
    """Return a part without what is told of it one by one: of reports their status and rows, of parts of a group its target."""
    if name in ("changes", "restated"):
        return summary.get(name, ())
    told = ("status", "rows_accepted", "rows_refused") if name == "submissions" else ("target_percent", "met", "shortfall")
    rest = [{key: value for key, value in entry.items() if key not in told} for entry in summary.get(name, ())]
    return sorted(json.dumps(entry, sort_keys=True) for entry in rest)  # the order of sources and districts is that of the settings
