"""The sentences about what districts said beside their cases and do not say any more, or say otherwise.

Covered by tests/night/test_deceptions_urgent.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipeline.day.withdrawn_rows import Matter, MatterChange
from pipeline.report import sentences


def changed_matters(changes: Sequence[MatterChange], today: date, most: int | None = None, characters: int | None = None) -> str:
    """Return which urgent matters reports leave out or tell otherwise than before, with the words of the first of them; '' for none.

    `most`: so many of each kind are named, all where it is None; `characters`: as many of a matter's words.
    """
    kinds = (
        ("急报更正后撤下", [change for change in changes if change.was and not change.now]),
        ("急报更正后改写", [change for change in changes if change.was and change.now]),
        ("以前日期的急报今日才报来", [change for change in changes if not change.was]),
    )
    parts = []
    for name, found in kinds:
        named = "；".join(_changed_matter(change, today, characters) for change in found[:most])
        more = f"；等{len(found)}件" if most is not None and len(found) > most else ""
        parts += [f"{name}{len(found)}件{f'：{named}{more}' if named else ''}。"] if found else []
    return "".join(parts)


def _changed_matter(change: MatterChange, today: date, characters: int | None) -> str:
    place = f"{change.district}{'' if change.day == today else f'{sentences.day(change.day)}日报'}"
    was = f"原报“{_words(change.was, characters)}”" if change.was else ""
    now = f"{'现为' if was else ''}“{_words(change.now, characters)}”" if change.now else ""
    return f"{place}{'，'.join(part for part in (was, now) if part)}"


def _words(matter: Matter, characters: int | None) -> str:
    said = f"{matter.number} {matter.said}".strip()
    return said if characters is None or len(said) <= characters else f"{said[: characters - 1]}…"
