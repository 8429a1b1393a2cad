"""extensions.json and hints.csv: what the report says beyond the contract, for programs (docs/contract-extensions.md 0)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any, Final

from pipeline.day.clocks import Clock, Clocks
from pipeline.render import file_names
from pipeline.render.files_for_programs import Entries, as_csv, figures, json_parts
from pipeline.report import clock_lines, exemptions, matter_words, not_taken
from pipeline.report.claims import ClaimTally
from pipeline.report.exemptions import ExemptionLine
from pipeline.report.figures import UnitLine
from pipeline.report.hints import HintLine
from pipeline.report.notice_answers import Answer, AskedCase, NoticeAnswers, Standing
from pipeline.report.receptions import Receptions
from pipeline.report.reconciliation import Reconciliation
from pipeline.report.report import Report
from pipeline.terms.contract import HINT_SILENCED, LATE_EXCUSED, Severity

EXTENSIONS_VERSION: Final = 1
NAME: Final = "extensions.json"
HINTS: Final = "hints.csv"
STANDINGS: Final = {exemptions.HOLDS: "holds", exemptions.IDLE: "idle", exemptions.TO_COME: "to-come", exemptions.OVER: "ended"}
"""How an exemption stands, for programs."""


def tables(report: Report) -> dict[str, bytes | Iterator[bytes]]:
    """Return both files by their names; the first in parts."""
    return {NAME: _parts(report), HINTS: hints(report)}


def extensions(report: Report) -> bytes:
    """extensions.json, UTF-8, a key for each section."""
    return b"".join(_parts(report))


def _parts(report: Report) -> Iterator[bytes]:
    beyond = report.beyond
    return json_parts(
        {
            "extensions": EXTENSIONS_VERSION,
            "report_date": report.day.isoformat(),
            "clocks": _clocks(beyond.clocks),
            "hints": [_hint(hint) for hint in beyond.hints],
            "reconciliation": _reconciliation(beyond.reconciliation),
            "exceptions": [exception(line) for line in beyond.exemptions],
            "notices": _notices(beyond.notices),
            "claims": [_claims(tally) for tally in beyond.claims],
            "receptions": _receptions(beyond.receptions),
            **({"left_out": left_out} if (left_out := _left_out(report)) else {}),
            **({"turned_back": turned_back} if (turned_back := _turned_back(report)) else {}),
            **({"unanswered": unanswered} if (unanswered := _unanswered(report)) else {}),
            **({"to_mend": to_mend} if (to_mend := _to_mend(report)) else {}),
            **({"behind": behind} if (behind := _behind(report)) else {}),
            **({"refused_sheets": refused} if (refused := _refused_sheets(report)) else {}),
            **({"refused_assignments": rows} if (rows := _refused_assignments(report)) else {}),
            **({"units": units(report)} if report.units else {}),
        }
    )


def units(report: Report) -> list[dict[str, Any]]:
    """Return every level above the districts, each before those under it."""
    return [_unit(line, report) for line in report.units if line.name in report.settings.tree]


def _unit(line: UnitLine, report: Report) -> dict[str, Any]:
    return {
        "unit": line.name,
        "parent": line.way[-2] if len(line.way) > 1 else None,
        "folder": file_names.unit_folder((*report.settings.way, *line.way)),
        "districts": list(line.districts),
        "targets": [{"group": figure.group, **figures(figure), "certain": figure.is_certain} for figure in line.figures],
        "reported": line.reported,
        "missing": list(line.missing),
        "overdue": line.overdue,
        "disputed": line.disputed,
    }


def _left_out(report: Report) -> list[dict[str, Any]]:
    return [{"district": line.district, "told": list(line.left_out)} for line in report.submissions if line.left_out]


def _turned_back(report: Report) -> list[dict[str, Any]]:
    return [{"district": line.district, "told": list(line.turned_back)} for line in report.submissions if line.turned_back]


def _unanswered(report: Report) -> list[dict[str, Any]]:
    whose = {matter.district for matter in report.unsettled}
    told = ((name, matter_words.unanswered(report, name)) for name in report.settings.district_names if name in whose)
    return [{"district": district, "told": matters} for district, matters in told]


def _to_mend(report: Report) -> list[dict[str, Any]]:
    told = ((name, not_taken.to_mend(report, name)) for name in report.settings.district_names)
    return [{"district": district, "told": matters} for district, matters in told if matters]


def _behind(report: Report) -> list[dict[str, Any]]:
    told = ((name, not_taken.behind(report, name)) for name in report.settings.district_names)
    return [{"district": district, "days": [day.isoformat() for day in days]} for district, days in told if days]


def _refused_sheets(report: Report) -> list[dict[str, Any]]:
    return [{"district": line.district, "sheets": list(line.refused_sheets)} for line in report.submissions if line.refused_sheets]


def _refused_assignments(report: Report) -> list[dict[str, Any]]:
    return [
        {"case": row.number, "sheet": row.sheet, "row": row.line, "listed": row.is_listed, "told": row.told}
        for row in report.beyond.refused_assignments
    ]


def compared(report: Report) -> dict[str, Any]:
    """Return the parts that a rehearsal compares, as `extensions.json` has them."""
    clocks = _clocks(report.beyond.clocks)
    return {"clocks": clocks | {"cases": dict(clocks["cases"].items())}, "hints": [_hint(hint) for hint in report.beyond.hints]}


def hints(report: Report) -> bytes:
    """hints.csv, as findings.csv is written."""
    return as_csv(
        (
            report.day.isoformat(),
            hint.district,
            hint.file,
            hint.sheet,
            hint.cell,
            hint.code,
            str(Severity.WARNING),
            hint.value,
            hint.message,
        )
        for hint in report.beyond.hints
    )


def _clocks(cases: Sequence[tuple[str, Clocks]]) -> dict[str, Any]:
    return {
        "unknown_years": list(clock_lines.unknown_years(clock for _number, clocks in cases for clock in clocks.all)),
        "cases": Entries(lambda: ((number, clocks_of_case(clocks)) for number, clocks in cases)),
    }


def clocks_of_case(clocks: Clocks) -> dict[str, Any]:
    """Return the clocks of one case, as its entry has them."""
    return {"acceptance": _clock(clocks.acceptance), "objection": _clock(clocks.objection), "conclusion": _clock(clocks.conclusion)}


def _clock(clock: Clock | None) -> dict[str, Any] | None:
    if clock is None:
        return None
    return {
        "start": clock.start.isoformat(),
        "due": clock.due.isoformat(),
        "done": clock.done.isoformat() if clock.done else None,
        "state": clock.state,
        "days": clock.rule.days,
        **({"extension": clock.extension} if clock.rule.clock == "conclusion" else {}),
        "unit": clock.rule.unit,
        "article": clock.rule.article,
    }


def _hint(hint: HintLine) -> dict[str, Any]:
    return {
        "code": hint.code,
        "trial": hint.is_trial,
        "district": hint.district,
        "cases": list(hint.cases),
        "file": hint.file,
        "sheet": hint.sheet,
        "cell": hint.cell,
        "value": hint.value,
        "message": hint.message,
    }


def _reconciliation(found: Reconciliation) -> dict[str, Any]:
    return {
        "never_reported": [
            {"case": each.line.number, "district": each.line.district, "assigned": each.line.assigned.isoformat()}
            for each in found.never_reported
        ],
        "not_assigned": [{"case": each.number, "district": each.district, "found": each.is_found} for each in found.not_assigned],
        "differing": [
            {
                "case": each.line.number,
                "district": each.line.district,
                "column": each.column,
                "workbook": each.holds,
                "report": each.reported,
            }
            for each in found.differing
        ],
        "twice": [
            {"cases": [line.number for line in pair.lines], "districts": list(pair.districts), "codes": list(pair.codes)}
            for pair in found.twice
        ],
    }


def exception(line: ExemptionLine) -> dict[str, Any]:
    """Return an exception as `extensions.json` has it."""
    return {
        "subject": line.subject,
        "kind": line.kind,
        "approved_by": line.approved_by,
        "reason": line.reason,
        "until": line.until.isoformat(),
        "holds": line.holds,
        "standing": STANDINGS[line.state],
        "effect": _effect(line),
    }


def _effect(line: ExemptionLine) -> dict[str, Any]:
    if line.kind == LATE_EXCUSED:
        return {"received_at": line.received_at.isoformat(timespec="seconds") if line.received_at else None}
    if line.kind == HINT_SILENCED:
        return {"silenced": list(line.silenced)}
    return {"deadline": [day.isoformat() for day in line.deadlines] if line.deadlines else None}


def _notices(answers: NoticeAnswers) -> dict[str, Any]:
    standings = {(case.notice, case.case): of_case.standing(case) for of_case in answers.by_case for case in of_case.asked}
    return {
        "sent": answers.sent,
        "answered": answers.answered,
        "overdue": len(answers.overdue),
        "by_case": asdict(answers.counts),
        "cases": [_asked(case, standings[case.notice, case.case]) for case in answers.cases],
        "earlier": [
            {"notice": answer.notice, "district": of_case.newest.district, "case": of_case.newest.case, "answer": _said(answer)}
            for of_case in answers.by_case
            if (answer := of_case.answer) and answer is of_case.earlier and not any(case.answer for case in of_case.asked)
        ],
        "unmatched": [
            {
                "notice": row.notice,
                "case": row.case,
                "district": row.district,
                "file": row.file,
                "sheet": row.sheet,
                "cell": row.cell,
            }
            for row in answers.unmatched
        ],
    }


def _said(answer: Answer) -> dict[str, Any]:
    return {"day": answer.day.isoformat(), "measures": answer.measures, "until": answer.until.isoformat()}


def _asked(case: AskedCase, standing: Standing) -> dict[str, Any]:
    answer = case.answer
    return {
        "notice": case.written,
        "district": case.district,
        "case": case.case,
        "day": case.notice.day.isoformat(),
        "reply_by": case.reply_by.isoformat(),
        "answer": _said(answer) if answer else None,
        "standing": standing,
    }


def _claims(tally: ClaimTally) -> dict[str, Any]:
    return {"group": tally.group, "district": tally.district, **{claim or "none": count for claim, count in tally.counts}}


def _receptions(receptions: Receptions) -> dict[str, Any]:
    return {
        "reported": [
            {"case": visit.number, "leader": visit.leader, "date": visit.day.isoformat(), "date_written": visit.is_dated}
            for visit in receptions.reported
        ],
        "rota": [
            {
                "date": held.turn.day.isoformat(),
                "leader": held.turn.leader,
                "substitute": held.turn.substitute or None,
                "reported": len(held.cases),
            }
            for held in receptions.rota
        ],
    }
