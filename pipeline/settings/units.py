"""Levels above the districts: `units` in config.yaml, and the tree that they and the districts' `parent` make (decision 41).

A unit is a district, or a level above it: a prefecture, a province. The office itself is none: its top units have no parent.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from functools import cached_property
from typing import Annotated, Final, Generic, TypeVar

from pydantic import Field

from pipeline.settings.contradictions import ContradictionError
from pipeline.settings.rules import Frozen
from pipeline.terms import text
from pipeline.terms.handed_in import Envelope

OF_DISTRICTS: Final = "旗区"
"""The word for the districts, as the contract has it."""
OF_UNITS: Final = "单位"
"""The word for units of several levels, or of one whose word is not set."""
_UNFIT: Final = '<>:"/\\|?*'
T = TypeVar("T")


class District(Frozen):
    """One of the reporting districts."""

    code: Annotated[str, Field(pattern=r"^[A-Z]+$")]
    name: Annotated[str, Field(min_length=1)]
    aliases: tuple[str, ...] = ()
    senders: tuple[str, ...] = ()
    parent: str | None = None

    def accepts(self, envelope: Envelope) -> bool:
        """Whether that sender may report for the district; a file that someone put into the folder has no sender."""
        if envelope.channel == "folder":
            return True
        address = parseaddr(envelope.sender or "")[1].lower()
        allowed = [sender.lower() for sender in self.senders]
        return bool(address) and any(address == sender or (sender.startswith("@") and address.endswith(sender)) for sender in allowed)


class Unit(Frozen):
    """A level above the districts, such as a prefecture."""

    name: Annotated[str, Field(min_length=1, max_length=40)]
    parent: str | None = None
    aliases: tuple[str, ...] = ()
    level: Annotated[str, Field(min_length=1, max_length=10)] | None = None
    """What units of its level are called, such as 盟市."""

    @property
    def names(self) -> tuple[str, ...]:
        """Its name and its others, such as a name of before: each may stand before a district's on a cover."""
        return (self.name, *self.aliases)


def other_names(then: Mapping[str, Collection[str]], now: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Return the names of then of units that have the same districts and another name now, each with the present one.

    Both are districts by unit. Where two could be meant, it is neither.
    """
    gone = {was: {*districts} for was, districts in then.items() if was not in now}
    same = {was: [unit for unit, own in now.items() if unit not in then and {*own} == districts] for was, districts in gone.items()}
    known = [unit for alike in same.values() for unit in alike]
    return {was: alike[0] for was, alike in same.items() if len(alike) == 1 and known.count(alike[0]) == 1}


@dataclass(frozen=True, slots=True)
class Branch(Generic[T]):
    """What is told of districts, under the unit in which they lie."""

    unit: str
    """'' of the whole."""
    things: tuple[T, ...]
    """Of every district under it."""
    own: tuple[T, ...]
    """Those of districts that lie directly under it, and of whoever lies nowhere."""
    below: tuple[Branch[T], ...] = ()
    """Those of the units directly under it, as far as they have any."""


@dataclass(frozen=True)
class Tree:
    """The units with what lies under them, by their names."""

    units: tuple[Unit, ...] = ()
    leaves: tuple[tuple[str, str | None], ...] = ()
    """The districts in their order, each with the name of the unit above it."""

    @classmethod
    def of(cls, units: Sequence[Unit], districts: Sequence[District]) -> Tree:
        """Return the tree of these; a parent that is not among them is the office."""
        named = {text.key(word): unit.name for unit in units for word in (unit.name, *unit.aliases)}

        def above(member: Unit | District) -> str | None:
            return named.get(text.key(member.parent)) if member.parent is not None else None

        placed = tuple(unit.model_copy(update={"parent": above(unit)}) for unit in units)
        return cls(placed, tuple((district.name, above(district)) for district in districts))

    def named(self, written: str) -> str:
        """Return the unit above the districts that a name or an alias means; '' where none is."""
        return next((unit.name for unit in self.units if text.key(written) in map(text.key, (unit.name, *unit.aliases))), "")

    def __contains__(self, name: str) -> bool:
        """Whether it is a unit above the districts."""
        return name in self._districts

    def __bool__(self) -> bool:
        """Whether there is any level above the districts."""
        return bool(self.units)

    @cached_property
    def above(self) -> dict[str, str | None]:
        """By unit or district: the unit above it."""
        return {**{unit.name: unit.parent for unit in self.units}, **dict(self.leaves)}

    @cached_property
    def _under(self) -> dict[str | None, list[str]]:
        under: dict[str | None, list[str]] = {}
        for name, parent in self.above.items():
            under.setdefault(parent, []).append(name)
        return under

    @cached_property
    def _districts(self) -> dict[str, tuple[str, ...]]:
        of_unit: dict[str, list[str]] = {unit.name: [] for unit in self.units}
        for district, _parent in self.leaves:
            for unit in self.units_of[district]:
                of_unit[unit].append(district)
        return {unit: tuple(names) for unit, names in of_unit.items()}

    @cached_property
    def units_of(self) -> dict[str, tuple[str, ...]]:
        """By district: the units above it, from the top down."""
        return {district: self.way(district)[:-1] for district, _parent in self.leaves}

    def children(self, unit: str | None = None) -> tuple[str, ...]:
        """Return the units and districts directly under a unit, those of units first, each in their order; None: under the office."""
        return tuple(self._under.get(unit, ()))

    def districts(self, name: str) -> tuple[str, ...]:
        """Return the districts under a unit, in their order; of a district itself."""
        return self._districts.get(name, (name,))

    def way(self, name: str) -> tuple[str, ...]:
        """Return the names from the top down to this unit or district."""
        names = [name]
        while above := self.above.get(names[-1]):
            names.append(above)
        return tuple(reversed(names))

    def lies_in(self, name: str) -> str:
        """Return the units above a unit or district, from the top down: 甲省/乙市; '' where there are none."""
        return "/".join(self.way(name)[:-1])

    def full(self, district: str) -> str:
        """Return a district's name with those of the units above it, as its reader may not know where it lies: 乙市乙二县."""
        return "".join(self.way(district))

    def in_order(self, below: str | None = None) -> Iterator[str]:
        """Go through the units, without the districts, each before those under it; `below`: only those under that one."""
        for name in self.children(below):
            if name in self._districts:
                yield name
                yield from self.in_order(name)

    def parted(self, things: Iterable[T], district_of: Callable[[T], str], unit: str = "") -> Branch[T]:
        """Return these under the units in which their districts lie, at every level; without levels all are the whole's own."""
        whole, under = tuple(things), dict[str, list[T]]()
        for thing in whole:
            under.setdefault(self.child_of(district_of(thing), unit or None), []).append(thing)
        below = tuple(self.parted(under[name], district_of, name) for name in self.children(unit or None) if name in self and name in under)
        own = tuple(thing for name, part in under.items() if name not in self for thing in part)
        return Branch(unit, whole, own, below)

    def word(self, unit: str | None = None) -> str:
        """Return what lies directly under a unit is called, in one word: 旗区, or the units' own word."""
        under = self.children(unit)
        levels = {each.name: each.level for each in self.units}
        words = {levels.get(name, OF_DISTRICTS) for name in under}
        only = words.pop() if len(words) == 1 else None
        return only or OF_UNITS

    def child_of(self, district: str, unit: str | None = None) -> str:
        """Return under which child of a unit a district lies; itself where it lies directly there; '' where it lies elsewhere."""
        way = self.way(district)
        if unit is None:
            return way[0]
        return way[way.index(unit) + 1] if unit in way[:-1] else ""

    def under(self, unit: str) -> Tree:
        """Return the tree of what lies under a unit, as if it was the office."""
        own, within = {*self.in_order(unit)}, {*self.districts(unit)}
        units = tuple(
            each.model_copy(update={"parent": None if each.parent == unit else each.parent}) for each in self.units if each.name in own
        )
        return Tree(units, tuple((name, None if above == unit else above) for name, above in self.leaves if name in within))


def check_units(units: Sequence[Unit], districts: Sequence[District]) -> None:
    """Raise ContradictionError where a name stands for two, or the levels are no tree."""
    _check_names(units, _check_districts(districts))
    known = {text.key(word) for unit in units for word in (unit.name, *unit.aliases)}
    parents = [(("units", index, "parent"), unit.parent) for index, unit in enumerate(units)]
    parents += [(("districts", index, "parent"), district.parent) for index, district in enumerate(districts)]
    for place, parent in parents:
        if parent is not None and text.key(parent) not in known:
            raise ContradictionError(place, f"units 里没有“{parent}”这个单位")
    if not units:
        return
    tree = Tree.of(units, districts)
    _check_no_circle(tree)
    for index, district in enumerate(districts):
        if district.parent is None:
            sentence = f"{district.name}没有写 parent：用了 units，每个旗区都要写它在哪个单位下面"
            raise ContradictionError(("districts", index), sentence)
    for index, unit in enumerate(units):
        if not tree.districts(unit.name):
            raise ContradictionError(("units", index), f"“{unit.name}”下面没有旗区：请给属于它的旗区写 parent，或删去它")


def _check_names(units: Sequence[Unit], seen: dict[str, str]) -> None:
    for index, unit in enumerate(units):
        if any(character in _UNFIT or not character.isprintable() for character in unit.name) or unit.name != unit.name.strip(" ."):
            raise ContradictionError(("units", index, "name"), f"“{unit.name}”不能用作文件夹的名称，请去掉 {_UNFIT} 和首尾的空格、句点")
        for field, words in (("name", [unit.name]), ("aliases", unit.aliases)):
            for word in words:
                if owner := seen.get(text.key(word)):
                    said = f"“{word}”写了两次" if owner == unit.name else f"“{word}”同时指{owner}和{unit.name}"
                    raise ContradictionError(("units", index, field), said)
                seen[text.key(word)] = unit.name


def _check_no_circle(tree: Tree) -> None:
    for index, unit in enumerate(tree.units):
        above, passed = unit.parent, [unit.name]
        while above is not None and above not in passed:
            passed.append(above)
            above = tree.above[above]
        if above is not None:
            raise ContradictionError(("units", index, "parent"), f"上下级绕成了一圈：{'→'.join([*passed, above])}")


def _check_districts(districts: Sequence[District]) -> dict[str, str]:
    """Return by every word that names a district, as it is compared, its name. Raises ContradictionError where one names two."""
    seen: dict[str, int] = {}
    for index, district in enumerate(districts):
        for field, words in (("code", [district.code]), ("name", [district.name]), ("aliases", district.aliases)):
            for word in words:
                first = seen.setdefault(text.key(word), index)
                if first != index:
                    other = districts[first].name
                    same = f"两个旗区都叫“{word}”：请写全称，如 {district.parent or '某市'}{word}；简称也要分得开"
                    sentence = same if other == district.name else f"“{word}”同时指{other}和{district.name}"
                    raise ContradictionError(("districts", index, field), sentence)
    return {word: districts[index].name for word, index in seen.items()}
