"""Word files that an earlier run drew from the same: they are taken over, written at their moment.

Covered by tests/publishing/test_drawn.py and tests/night/test_large_corrections.py.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import astuple
from typing import Any

from pipeline.disk.drawn import Drawn
from pipeline.render import reproducible_zip
from pipeline.render.papers import word
from pipeline.render.papers.word import Filling, Paper, Template


def filled_but_for(drawn: Drawn) -> Filling[Any]:
    """Return what makes files from Word templates, and takes those over that an earlier run drew from the same."""

    def made(template: Template, paper: Paper) -> bytes:
        from_these = made_from(template, paper)
        content = again(drawn, from_these, paper) or word.filled(template, [paper])[paper.name]
        drawn.note(from_these, content)
        return content

    return lambda template, papers: {paper.name: made(template, paper) for paper in papers}


def made_from(template: Template, paper: Paper) -> str:
    """Return what tells a file from any other, but for its name and its moment."""
    parts = (template.has_loops_over_columns, paper.fields, astuple(paper.properties), repr(paper.setting))
    return json.dumps((hashlib.sha256(template.content).hexdigest(), *parts), ensure_ascii=False, sort_keys=True)


def again(drawn: Drawn, from_these: str, paper: Paper) -> bytes | None:
    """Return the file as written at its moment; None where it has to be drawn."""
    return reproducible_zip.settle(before, paper.moment) if (before := drawn.again(from_these)) else None
