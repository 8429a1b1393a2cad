"""Work on a large day's documents that can be done elsewhere: by another process, or on another computer.

Covered by tests/render/test_makers.py.
"""

from __future__ import annotations

import copyreg
import io
import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import Any, Final, Protocol

from pipeline.day.clocks import Clock, Clocks
from pipeline.render.papers import word
from pipeline.render.papers.own_templates import BrokenTemplateError
from pipeline.report.case_lines import CaseLine, Change, Decision
from pipeline.settings.config import Settings


@dataclass(frozen=True, slots=True)
class Place:
    """With what jobs are done."""

    settings: Settings
    templates: Path


@dataclass(frozen=True, slots=True)
class Made:
    """What a job made: files by their names in the day's folder."""

    files: dict[str, bytes] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    """What is wrong with the office's own templates, whose place the program's took."""
    problem: str = ""
    """Why the template cannot be used; nothing was made then."""


class Job(Protocol):
    """Work that can be done elsewhere; it is sent there as it is."""

    def made(self, place: Place) -> Made:
        """Do it."""


class OfUnit(Job, Protocol):
    """What is made for one unit."""

    @property
    def names(self) -> tuple[str, ...]:
        """The files that it makes."""

    @property
    def made_from(self) -> str:
        """What tells what they are made from, beside settings and templates, from anything else."""


@dataclass(frozen=True, slots=True)
class Papers:
    """Word files from one template."""

    template: word.Template
    papers: tuple[word.Paper, ...]

    def made(self, _place: Place) -> Made:
        """Fill them in."""
        try:
            return Made(dict(word.filled(self.template, self.papers)))
        except BrokenTemplateError as error:
            return Made(problem=str(error))


# --- all that a job says -----------------------------------------------------------------------------------------


def told(value: object) -> str:
    """Return all that a value says, as one text: another for whatever another document could follow from.

    A case's line that stands there more than once is told once. What is no text, number or list has a mark before it, that no text has.
    """
    lines, others = dict[int, int](), dict[int, str]()

    def line(it: CaseLine) -> object:
        if (number := lines.get(id(it))) is not None:
            return "\0", number
        lines[id(it)] = len(lines)
        return _parts(CaseLine)(it)

    def shared(it: object) -> str:
        return others.get(id(it)) or others.setdefault(id(it), f"\0{it!r}")

    tellers: dict[type, Callable[[Any], object]] = {CaseLine: line, Clock: shared, frozenset: lambda it: ["\0", *sorted(it)]}

    def tell(it: object) -> object:
        kind = it.__class__
        if kind is date:  # most of them
            return f"\0{it}"
        if kind not in tellers:
            tellers[kind] = _parts(kind) if is_dataclass(kind) else shared
        return tellers[kind](it)

    return json.dumps(value, default=tell, ensure_ascii=False, check_circular=False)


@cache
def _parts(kind: type) -> Callable[[Any], Any]:
    """Return what gives the values of a noun's fields, in their order."""
    names = [each.name for each in fields(kind)]
    return attrgetter(*names) if len(names) > 1 else lambda it: [getattr(it, name) for name in names]


# --- on its way --------------------------------------------------------------------------------------------------


_MANY: Final = (CaseLine, Change, Clocks, Decision)
"""What a unit's job has hundreds of: dataclasses' own way of packing and unpacking a noun looks its fields up each time."""


def packed(job: Job) -> bytes:
    """Return a job as it is sent to another process of this program."""
    content = io.BytesIO()
    pickler = pickle.Pickler(content, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = copyreg.dispatch_table | dict.fromkeys(_MANY, _taken_apart)
    pickler.dump(job)
    return content.getvalue()


def unpacked(content: bytes) -> Job:
    """Return a job that the run has packed."""
    job: Job = pickle.loads(content)  # noqa: S301 - from the process that started this one
    return job


def _taken_apart(noun: object) -> tuple[Callable[..., object], tuple[Any, ...]]:
    kind: type = noun.__class__
    return _put_together, (kind, *_parts(kind)(noun))


def _put_together(kind: type, *values: object) -> object:
    noun: object = object.__new__(kind)
    for put, value in zip(_setters(kind), values, strict=True):
        put(noun, value)
    return noun


@cache
def _setters(kind: type) -> tuple[Callable[[object, object], None], ...]:
    """Return what sets a noun's fields, in their order, also where it is frozen."""
    return tuple(kind.__dict__[each.name].__set__ for each in fields(kind))
