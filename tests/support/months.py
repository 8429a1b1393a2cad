"""A made-up month of nine districts whose outcome is known: every case's life is planned, and so is who reports of which day, and when.

What a case is known to be is worked out here from the plan alone, by the last report of its district: nothing of the program is asked.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Final

import offices
import workbooks
from workbooks import DISTRICTS, PROGRESS

from pipeline.terms.handed_in import Arrival, Envelope, Filed, Reading
from pipeline.terms.rows import Rows, Value

FIRST, LAST = date(2020, 5, 1), date(2020, 5, 30)
BEGINNING = FIRST - timedelta(days=1)
_CANCELLED_ON: Final = date(2020, 5, 16)
_LONG_AGO: Final = datetime.combine(date(2020, 4, 1), time(9), offices.ZONE)
EVER: Final = datetime.combine(date(2021, 1, 1), time(0), offices.ZONE)
CATEGORIES: Final = ("房地产开发", "物业服务", "拖欠农民工工资", "工程质量")
_MATTERS: Final = ("逾期交房", "电梯停运", "拖欠工程款", "外墙渗水")
LEADERS: Final = ("领导一", "领导二", "领导三", "领导四")
Step = dict[str, Value]
"""What a row says of a case from a day on."""


@dataclass(frozen=True, slots=True)
class Life:
    """A case with everything that becomes of it."""

    number: str
    district: str
    category: str
    leader: str
    assigned: date
    is_cancelled: bool
    steps: tuple[tuple[date, Step], ...]

    @property
    def group(self) -> str:
        """The group of its source."""
        return "自治区交办" if self.number.startswith("ZZQ") else "市级交办和旗区自行梳理"

    @property
    def source(self) -> str:
        """Its 案件来源."""
        return "自治区交办" if self.number.startswith("ZZQ") else "市级交办"


@dataclass(frozen=True, slots=True)
class Month:
    """The plan, and what follows from it."""

    lives: tuple[Life, ...]
    received: Mapping[tuple[date, str], datetime]
    """When the report of a day and district came; none for one that never does."""
    days: Sequence[date] = field(default=tuple(FIRST + timedelta(days=count) for count in range(30)))

    def step(self, life: Life, day: date, known_by: datetime = EVER) -> Step:
        """What is known of a case at the end of a day: what the last report of its district said that had come by then."""
        reported = (of for (of, name), came in self.received.items() if name == life.district and of <= day and came <= known_by)
        until = max(reported, default=date.min)
        return next((step for since, step in reversed(life.steps) if since <= until), {"当前状态": "已交办"})

    def in_total(self, life: Life, day: date) -> bool:
        return life.assigned <= day and not (life.is_cancelled and day >= _CANCELLED_ON)

    def counted(self, life: Life, day: date, known_by: datetime = EVER) -> bool:
        step = self.step(life, day, known_by)
        return self.in_total(life, day) and step["当前状态"] == "已化解" and step.get("群众确认") != "不认可"

    def standing(self, day: date, district: str) -> str:
        """How the district's report of that day stands."""
        came = self.received.get((day, district))
        return "missing" if came is None else "on-time" if came <= datetime.combine(day, time(17), offices.ZONE) else "late"

    def rows(self, day: date, district: str) -> Iterator[tuple[Life, Step]]:
        """What the report of a day says: every case of which something is new since the last day whose report had been sent by then."""
        sent = (of for (of, name), came in self.received.items() if name == district and of < day and came < self.received[day, district])
        last = max(sent, default=date.min)
        for life in self.lives:
            if life.district == district and any(last < since <= day for since, _step in life.steps):
                yield life, next(step for since, step in reversed(life.steps) if since <= day)

    def filed(self) -> list[Filed]:
        """Everything that came, as the ledger holds it."""
        books = [(_LONG_AGO, False), (datetime.combine(_CANCELLED_ON, time(9), offices.ZONE), True)]
        files = [self._book(number, came, with_grounds=later) for number, (came, later) in enumerate(books, 1)]
        return [*files, *(self._report(number, *key) for number, key in enumerate(sorted(self.received), 3))]

    def _book(self, number: int, came: datetime, *, with_grounds: bool) -> Filed:
        content = workbooks.assignment([_row(life, with_grounds=with_grounds) for life in self.lives])
        reading = offices.read_assignment(content, f"{came:%Y-%m-%d %H:%M}")
        assert not [finding for finding in reading.findings if finding.refuses]
        sha256 = hashlib.sha256(content).hexdigest()
        return Filed(Arrival(number, "分解表.xlsx", "分解表.xlsx", sha256, len(content), Envelope(came), is_assignment=True), reading)

    def _report(self, number: int, day: date, district: str) -> Filed:
        said = [{"案件编号": life.number, **step} for life, step in self.rows(day, district)]
        values: dict[str, list[Value]] = {name: [row.get(name) for row in said] for name in PROGRESS}
        letters = {name: index for index, name in enumerate(PROGRESS)}
        blank = _blank_report()
        rows = Rows("案件进展", "案件进展", letters, [*range(2, 2 + len(said))], values)
        reading = replace(blank, day=day, district=district, rows=(rows, *blank.rows[1:]))
        sha256 = hashlib.sha256(f"{district}{day}".encode()).hexdigest()
        envelope = Envelope(self.received[day, district])
        return Filed(Arrival(number, f"{district}/{day}.xlsx", f"{district}日报.xlsx", sha256, 1, envelope), reading)


@cache
def _blank_report() -> Reading:
    return offices.read_report(workbooks.report("东胜区", FIRST, progress=[]))


def _row(life: Life, *, with_grounds: bool) -> dict[str, workbooks.Value]:
    grounds = "与另一件是同一事项" if with_grounds and life.is_cancelled else ""
    said: dict[str, workbooks.Value] = {
        "问题类别": life.category,
        "案由": _MATTERS[CATEGORIES.index(life.category)],
        "包案领导": life.leader,
    }
    return workbooks.case_row(life.number, life.district, **said, 交办日期=f"{life.assigned}", 办结时限="2020-06-15", 撤销依据=grounds)


# --- the plan ----------------------------------------------------------------------------------------------------


@cache
def a_month(seed: int = 26) -> Month:
    """The plan of a month."""
    chance = random.Random(seed)  # noqa: S311 - a plan, no secret
    numbers = [f"{'ZZQ' if count % 4 == 0 else 'SJ'}-2020-{count + 1:03}" for count in range(72)]
    return Month(tuple(_life(number, count, chance) for count, number in enumerate(numbers)), _arrivals(chance))


def _life(number: str, count: int, chance: random.Random) -> Life:
    district, is_cancelled = DISTRICTS[count % 9], count % 13 == 4
    assigned = date(2020, 3, 20) + timedelta(days=chance.randrange(56))
    steps = tuple(_steps(number, max(assigned, date(2020, 4, 26)), chance))
    return Life(number, district, chance.choice(CATEGORIES), chance.choice(LEADERS), assigned, is_cancelled, steps)


def _steps(number: str, since: date, chance: random.Random) -> Iterator[tuple[date, Step]]:
    day = since + timedelta(days=chance.randrange(1, 8))
    yield day, {"当前状态": chance.choice(("已受理", "办理中")), "今日进展": "已约谈"}
    turns = chance.choice((0, 1, 1, 1, 2))
    if not turns and chance.random() < 0.3:
        yield day + timedelta(days=3), {"当前状态": "导入法定途径", "今日进展": "已向法院起诉"}
    for turn in range(turns):
        day += timedelta(days=chance.randrange(1, 14))
        reply: Step = {"答复日期": day - timedelta(days=chance.randrange(2)), "答复文号": f"住建信〔2020〕{number[-3:]}-{turn}号"}
        confirmed = chance.choice(("认可", "未回访", None, "不认可"))
        yield day, {"当前状态": "已化解", "今日进展": "已书面答复", **reply, "群众确认": confirmed}
        end = chance.random()
        if confirmed == "不认可" and end < 0.6:
            day += timedelta(days=chance.randrange(2, 6))
            yield day, {"当前状态": "已化解", "今日进展": "群众认可", **reply, "群众确认": "认可"}
        elif end > 0.75 or turn:
            day += timedelta(days=chance.randrange(2, 9))
            yield day, {"当前状态": "办理中", "今日进展": "重新办理", "重新办理原因": "问题又出现"}


def _arrivals(chance: random.Random) -> dict[tuple[date, str], datetime]:
    """On time for the most part; else the same evening, two or more days later, or never. The first days all report."""
    received: dict[tuple[date, str], datetime] = {}
    for count in range(-5, 30):
        day = FIRST + timedelta(days=count)
        for district in DISTRICTS:
            kind = chance.choices(("on-time", "evening", "later", "never"), (84, 7, 4, 5))[0] if count > -5 else "on-time"
            after, at = {"on-time": (0, 16), "evening": (0, 20), "later": (chance.randrange(2, 5), 15), "never": (0, 0)}[kind]
            if kind != "never":
                received[day, district] = datetime.combine(day + timedelta(days=after), time(at), offices.ZONE)
    return received
