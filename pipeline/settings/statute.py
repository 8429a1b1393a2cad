"""The clocks of the regulation as the office has them in config.yaml: their days, their unit, from when they hold, and by which article.

Covered by tests/day/test_clocks.py and tests/settings/test_statute.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from pipeline.settings.contradictions import ContradictionError
from pipeline.settings.rules import Days, Frozen, written_day

CLOCKS: Final = {"acceptance": "受理", "objection": "提出异议", "conclusion": "办结", "extension": "延期"}
"""Every clock that a rule can be about, with what it is called."""
UNITS: Final = {"day": "天", "working-day": "个工作日"}
DAY, WORKING_DAY = UNITS
Name = Literal["acceptance", "objection", "conclusion", "extension"]
_BEGINS: Final = {"conclusion": "acceptance", "extension": "conclusion"}
"""What a clock cannot be without: the one with which it begins."""


def _clock(value: object) -> object:
    if value not in CLOCKS:
        msg = f"没有“{value}”这种期限，只有：{_named(CLOCKS)}"
        raise ValueError(msg)
    return value


def _unit(value: object) -> object:
    if value not in UNITS:
        msg = f"没有“{value}”这种单位，只有：day（天）、working-day（工作日）"
        raise ValueError(msg)
    return value


def _printable(value: str) -> str:
    if not value.isprintable():
        msg = "条文里有换行或控制字符"
        raise ValueError(msg)
    return value


def _named(names: dict[str, str]) -> str:
    return "、".join(f"{name}（{meaning}）" for name, meaning in names.items())


class ClockRule(Frozen):
    """How long one clock runs if it starts on `since` or later, and by which article."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True, populate_by_name=True)

    clock: Annotated[Name, BeforeValidator(_clock)]
    days: Annotated[int, Field(ge=1, le=3660, strict=True)]
    unit: Annotated[Literal["day", "working-day"], BeforeValidator(_unit)]
    since: Annotated[date, BeforeValidator(written_day)] = Field(alias="from")
    article: Annotated[str, Field(min_length=1, max_length=60), AfterValidator(_printable)]

    @property
    def name(self) -> str:
        """What it says, for people."""
        return f"{CLOCKS[self.clock]}{self.days}{UNITS[self.unit]}（自 {self.since}，{self.article}）"


def _rules(since: date, *rules: tuple[Name, int, Literal["day", "working-day"], str]) -> tuple[ClockRule, ...]:
    made = ClockRule.model_construct  # not validated, as little as any default: see `rules.Frozen`
    return tuple(made(clock=clock, days=days, unit=unit, since=since, article=article) for clock, days, unit, article in rules)


_OF_2005: Final = _rules(
    date(2005, 5, 1),
    ("acceptance", 15, "day", "《信访条例》第二十一条"),
    ("conclusion", 60, "day", "《信访条例》第三十三条"),
    ("extension", 30, "day", "《信访条例》第三十三条"),
)
_OF_2022: Final = _rules(
    date(2022, 5, 1),
    ("acceptance", 15, "day", "《信访工作条例》第二十三条"),
    ("objection", 5, "working-day", "《信访工作条例》第二十三条"),
    ("conclusion", 60, "day", "《信访工作条例》第三十四条"),
    ("extension", 30, "day", "《信访工作条例》第三十四条"),
)


class Statute(Frozen):
    """The rules, oldest first, and what is told of a clock that is near its end or past it."""

    rules: tuple[ClockRule, ...] = (*_OF_2005, *_OF_2022)
    due_soon_days: Days = 3
    serious_days: Annotated[int, Field(ge=1, le=3660, strict=True)] = 10

    def rule(self, clock: Name, start: date) -> ClockRule | None:
        """Return the rule of a clock that starts on that day; None where there was none yet."""
        held = None
        for rule in self.rules:
            if rule.clock == clock and rule.since <= start:
                held = rule
        return held


def check_statute(rules: Sequence[ClockRule]) -> None:
    """Raise ContradictionError where the rules are not in order, one comes twice, or a clock could never begin."""
    for index, rule in enumerate(rules):
        place, before = ("statute", "rules", index), rules[:index]
        if before and rule.since < before[-1].since:
            raise ContradictionError((*place, "from"), f"应按日期先后写，{rule.since} 早于上一项的 {before[-1].since}")
        if any((rule.clock, rule.since) == (other.clock, other.since) for other in before):
            raise ContradictionError((*place, "clock"), f"{rule.clock} 从 {rule.since} 起的规定写了两次")
        if rule.clock == "extension" and rule.unit != DAY:
            raise ContradictionError((*place, "unit"), "extension 只能按 day（天）：延期多少天，是从办结时限到延期后的时限数的")
        needed = _BEGINS.get(rule.clock)
        if needed and not any(other.clock == needed and other.since <= rule.since for other in rules):
            sentence = f"{rule.clock}（{CLOCKS[rule.clock]}）要有同一天或更早的 {needed}（{CLOCKS[needed]}），它从那里起算"
            raise ContradictionError((*place, "clock"), sentence)
