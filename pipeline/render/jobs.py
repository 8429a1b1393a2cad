"""Work on a large day's documents that can be done elsewhere: by another process, or on another computer.

Covered by tests/render/test_makers.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from pipeline.render.papers import word
from pipeline.render.papers.own_templates import BrokenTemplateError
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
