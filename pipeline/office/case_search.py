"""The cases of the register that some words mean: part of a number, a project, the matter, a leader, a status, a supervision flag.

Covered by tests/web/test_explain_pages.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipeline.office import explanation
from pipeline.report.case_lines import CaseLine
from pipeline.settings.config import Settings
from pipeline.terms.text import key
from pipeline.terms.words import FLAGS


@dataclass(frozen=True, slots=True)
class CasesFound:
    """The cases in which every one of some words stands somewhere, by case number."""

    cases: tuple[CaseLine, ...]


def search(what: str, settings: Settings, day: date) -> CasesFound:
    """Return the cases that these words mean on that day; no word means none. Raises NothingToConsolidateError or LedgerError."""
    wanted = [word for word in map(key, what.split()) if word]
    lines = explanation.register(settings, day) if wanted else ()
    return CasesFound(tuple(line for line in lines if all(word in _text(line) for word in wanted)))


def is_known(what: str) -> bool:
    """Whether every one of these words is what a case can be found by on some day, though none need be there: a flag, or 撤销."""
    wanted, names = (
        [word for word in map(key, what.split()) if word],
        {key(name) for name in (*(flag.name for flag in FLAGS.values()), "撤销")},
    )
    return bool(wanted) and names >= {*wanted}


def _text(line: CaseLine) -> str:
    """Return all that a case can be found by; a word never reaches over the end of a part."""
    flags = [FLAGS[flag].name for flag in line.flags]
    parts = [line.number, line.group, line.source, line.district, line.category, line.matter, line.project, line.unit, line.leaders]
    parts += [line.team, line.status, line.progress, line.coordination, line.reply_number, *flags, "撤销" if line.grounds else ""]
    return "\n".join(key(part) for part in parts)
