"""The units of a large day, each with what is said of its own cases: a page and a workbook of its own.

Covered by tests/render/test_large_days.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from typing import Any, Final, TypeVar

from pipeline.render import file_names
from pipeline.report.extensions import Extensions
from pipeline.report.reconciliation import Reconciliation, Twice
from pipeline.report.report import Report
from pipeline.report.submission_lines import FindingLine

WORKBOOKS: Final = "汇总"
"""The folder of their workbooks, in the day's own."""
FINDINGS: Final = "问题清单"
LISTS: Final = ("案件台账", "数字明细", "督办清单", "撤销案件", FINDINGS, "法定期限", "核查提示", "对账")
"""Lists of cases that are in these and not in the day's own."""
NOBODY: Final = "旗区不明"
"""Whose cases have no district."""
Line = TypeVar("Line")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit with the part of the day's report that its own documents tell; figures of the whole day are not in it."""

    name: str
    file: str
    """Its name as a file's."""
    report: Report


def of(report: Report) -> Iterator[Unit]:
    """Go through the units that have anything to tell, in the order of the settings; what has no district comes last."""
    cases = _by_unit(report.cases, lambda case: case.district)
    unit_of = {case.number: case.district for case in report.cases}
    changes = _by_unit(report.changes, lambda change: unit_of.get(change.number, change.district))
    findings = _by_unit(report.findings, lambda line: line.district)
    urgent, reception = _by_unit(report.urgent, lambda line: line.district), _by_unit(report.reception, lambda line: line.district)
    earlier_urgent = _by_unit(report.earlier_urgent, lambda line: line.district)
    submissions = _by_unit(report.submissions, lambda line: line.district)
    refused, absences = _by_unit(report.refused_late, lambda line: line.district), _by_unit(report.absences, lambda line: line.district)
    flags: dict[str, dict[str, list[str]]] = {}
    for flag, numbers in report.flags.items():
        for number in numbers:
            flags.setdefault(unit_of[number], {}).setdefault(flag, []).append(number)
    decisions, hints = _by_unit(report.decisions, lambda line: line.district), _by_unit(report.beyond.hints, lambda line: line.district)
    differing = _differing(report.beyond.reconciliation)
    bare, files, to_mend = _bare(report), files_of(report), _to_mend(report, unit_of)
    for name, file in files.items():
        known = report.as_known_of([name])
        yield Unit(
            name or NOBODY,
            file,
            replace(
                bare,
                data_until=known.data_until,
                is_correction=known.is_correction,
                cases=tuple(cases.get(name, ())),
                changes=tuple(changes.get(name, ())),
                findings=tuple(findings.get(name, ())),
                urgent=tuple(urgent.get(name, ())),
                earlier_urgent=tuple(earlier_urgent.get(name, ())),
                reception=tuple(reception.get(name, ())),
                submissions=tuple(submissions.get(name, ())),
                refused_late=tuple(refused.get(name, ())),
                absences=tuple(absences.get(name, ())),
                liaison={name: report.liaison.get(name, ())},
                decisions=tuple(decisions.get(name, ())),
                beyond=Extensions(hints=tuple(hints.get(name, ())), reconciliation=differing(name)),
                flags={flag: tuple(flags.get(name, {}).get(flag, ())) for flag in report.flags},
                **to_mend(name),
            ),
        )


def _to_mend(report: Report, unit_of: Mapping[str, str]) -> Callable[[str], dict[str, Any]]:
    """Return what tells of a unit the fields with what was refused of its reports and is not mended, of cases that are still its own."""
    own = (line for line in report.earlier_refused if not line.is_request or unit_of.get(line.number, line.district) == line.district)
    earlier, unmended = _by_unit(own, lambda matter: matter.district), _by_unit(report.unmended, lambda rows: rows.district)
    since = _by_unit(report.refused_since, lambda row: row.district)
    return lambda name: {
        "earlier_refused": tuple(earlier.get(name, ())),
        "unmended": tuple(unmended.get(name, ())),
        "refused_since": tuple(since.get(name, ())),
        "attendance": tuple(
            (day, {name: how}) for day, stands in report.attendance if (how := stands.get(name)) in {"returned", "refused"}
        ),
        "open_points": tuple(point for point in report.open_points if point.district == name),
    }


def findings_of_nobody(report: Report) -> list[FindingLine]:
    """Return what was found in files of which nobody can tell whose they are and in the assignment workbook: no district's own has it."""
    files = files_of(report)
    return [line for line in report.findings if line.district not in files]


def files_of(report: Report) -> dict[str, str]:
    """Return the units by their districts' names ('' for none), each with its name as a file's; names alike get a number."""
    seen, files = set[str](), dict[str, str]()
    for name in dict.fromkeys([*report.settings.district_names, *(case.district for case in report.cases)]):
        stem, number = file_names.portable(name or NOBODY), 1
        file = stem
        while file.casefold() in seen:
            number += 1
            file = f"{stem} ({number})"
        seen.add(file.casefold())
        files[name] = file
    return files


def where(report: Report, sheet: str, workbook: str) -> str:
    """Return where a list of the day's workbook is: on a large day in the districts' own."""
    return f"“{WORKBOOKS}”文件夹里各旗区的表" if report.has_workbook_per_unit and sheet in LISTS else f"{workbook}“{sheet}”"


def _by_unit(lines: Iterable[Line], unit: Callable[[Line], str]) -> Mapping[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(unit(line), []).append(line)
    return found


def _differing(found: Reconciliation) -> Callable[[str], Reconciliation]:
    """Return what tells of a unit what the workbook and its reports say differently; a pair stands with its first case's."""
    never = _by_unit(found.never_reported, lambda each: each.line.district)
    differing = _by_unit(found.differing, lambda each: each.line.district)
    unassigned, twice = _by_unit(found.not_assigned, lambda each: each.district), _by_unit(found.twice, lambda pair: pair.districts[0])
    return lambda name: replace(
        found,
        never_reported=tuple(never.get(name, ())),
        not_assigned=tuple(unassigned.get(name, ())),
        differing=tuple(differing.get(name, ())),
        twice=tuple(_of_its_own(pair) for pair in twice.get(name, ())),
    )


def _of_its_own(pair: Twice) -> Twice:
    """Return the pair with nothing of another district's case but its number, its 案由 and whose it is."""
    first, second = pair.lines
    if first.district == second.district:
        return pair
    return replace(pair, lines=(first, replace(first, number=second.number, district=second.district, matter=second.matter)))


_OF_THE_WHOLE: Final = (
    "targets", "by_source", "by_district", "by_leader", "by_category", "newly_resolved", "reopened", "new_cases", "withdrawn_cases",
    "no_longer_counted", "trend", "bridges", "ways", "absences", "open_points", "inputs",
)  # fmt: skip


def _bare(report: Report) -> Report:
    """Return the report without what is said of the day as a whole: it goes elsewhere with each unit, and tells what that is made from."""
    empty: dict[str, Any] = dict.fromkeys(_OF_THE_WHOLE, ())
    for each in fields(Report):
        if each.default is not MISSING:
            empty[each.name] = each.default
        elif each.default_factory is not MISSING:
            empty[each.name] = each.default_factory()
    return replace(report, **empty)
