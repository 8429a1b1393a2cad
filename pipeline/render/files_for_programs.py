"""The three files for programs: summary.json, findings.csv and manifest.json."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from json.encoder import encode_basestring
from pathlib import Path
from typing import Any

from pipeline import CONTRACT_VERSION, __version__
from pipeline.day.particulars import Edit
from pipeline.day.restatement import Restated
from pipeline.day.submissions import Stands, stands, takes_nothing
from pipeline.disk import storage
from pipeline.report import headline
from pipeline.report.figures import Certainty, Figure
from pipeline.report.report import Report
from pipeline.report.submission_lines import SubmissionLine
from pipeline.settings.config import Settings
from pipeline.terms.contract import CASES_FILE
from pipeline.terms.handed_in import LEFT_OUT
from pipeline.terms.text import mask, without_controls

FINDING_COLUMNS = ("report_date", "district", "file", "sheet", "cell", "code", "severity", "value", "message")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_ODD = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e007f]")


def summary(report: Report) -> bytes:
    """summary.json, UTF-8, in the contract's order of keys."""
    fields = {
        "contract": CONTRACT_VERSION,
        "report_date": report.day.isoformat(),
        "targets": [
            {"group": figure.label, "sources": list(group.sources), **figures(figure), **_certainty(certainty)}
            for figure, group, certainty in zip(report.targets, report.settings.groups, report.certainties, strict=True)
        ],
        "by_source": [{"source": figure.label, **figures(figure)} for figure in report.by_source],
        "by_district": _parts(report.by_district, "district"),
        "by_leader": _parts(report.by_leader, "leader"),
        "by_category": _parts(report.by_category, "category"),
        "submissions": [_submission(submission) for submission in report.submissions],
        "cases": {"file": CASES_FILE} if report.has_page_per_unit else dict(_cases(report)),
        "changes": {
            "newly_resolved": list(report.newly_resolved),
            **({"counted_again": list(report.counted_again)} if report.counted_again else {}),
            "reopened": list(report.reopened),
            "new_cases": list(report.new_cases),
            "withdrawn_cases": list(report.withdrawn_cases),
            "withdrawn_disputes": list(report.withdrawn_disputes),
            "particulars": [
                {"case": edit.number, "column": edit.column, "before": edit.before, "after": edit.after} for edit in _edits(report)
            ],
        },
        "restated": [restated(entry) for entry in report.restated],
        "flags": {name: list(numbers) for name, numbers in report.flags.items()},
    }
    return as_json(fields)


def _edits(report: Report) -> Iterable[Edit]:
    """Return the edits of the report's own cases: what a unit gave away stands with the unit that has it, so that units part them."""
    own = {case.number for case in report.cases} if report.unit else ()
    return (edit for edit in report.edited.edits if not report.unit or edit.number in own)


def _cases(report: Report) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((case.number, {"status": case.status, "counted_resolved": case.is_counted}) for case in report.cases if not case.grounds)


def cases(report: Report) -> dict[str, bytes]:
    """Return cases.jsonl by its name where summary.json says that the cases are there: one on each line, by number; else nothing."""
    if not report.has_page_per_unit:
        return {}
    lines = (json.dumps({"case": number, **said}, ensure_ascii=False) for number, said in _cases(report))
    written = "".join(f"{line}\n" for line in lines)
    return {CASES_FILE: _ODD.sub(_escaped, written).encode()}


def _submission(submission: SubmissionLine) -> dict[str, Any]:
    return {
        "district": submission.district,
        "status": submission.status,
        "zero_report": submission.zero_report,
        "revision": submission.revision,
        "received_at": _moment(submission.received_at),
        "rows_accepted": submission.rows_accepted,
        "rows_refused": submission.rows_refused,
        "in_force_received_at": _moment(submission.in_force_received_at),
        # beside the contract's, and only where there are any: letters and the board say by it that there is nothing to mend
        **({"rows_moved": submission.rows_moved} if submission.rows_moved else {}),
        **({"offices_alone": True} if submission.is_offices_alone else {}),
        **({"lost": True} if submission.is_lost else {}),
        **({"returned": True} if submission.is_returned else {}),
        **({"mended_at": _moment(submission.mended_at)} if submission.mended_at else {}),
    }


def is_zero(submission: Mapping[str, Any]) -> bool:
    """Whether it is what people call 零报告: by its cover, and nothing is in it."""
    return bool(submission.get("zero_report")) and not (submission.get("rows_accepted") or submission.get("rows_refused"))


def stands_in(submission: Mapping[str, Any]) -> Stands:
    """Return how a district's report of a day stands, as people are shown it, by its entry in `summary.json` (decision 27).

    Which sheets were refused whole is not said there, but in `extensions.json`: letters add it to the entry.
    """
    by_its_fault = submission.get("rows_refused", 0) - submission.get("rows_moved", 0)
    return stands(
        submission["status"],
        is_refused=takes_nothing(submission.get("rows_accepted", 0), by_its_fault, is_sheet_refused=bool(submission.get("refused_sheets"))),
        is_lost=bool(submission.get("lost")),
        is_excused=bool(submission.get("is_excused")),
        is_mended=bool(submission.get("mended_at")),
        is_returned=bool(submission.get("returned")),
    )


def figures(figure: Figure) -> dict[str, Any]:
    """Return what summary.json says of every figure."""
    tally = figure.tally
    return {
        "target_percent": tally.target_percent,
        "total": tally.total,
        "resolved": tally.resolved,
        "rate_percent": tally.rate_percent,
        "met": tally.met,
        "shortfall": tally.shortfall,
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def _certainty(certainty: Certainty) -> dict[str, Any]:
    unmoved = certainty.unmoved
    return {
        "certain": certainty.is_certain,
        "confirmation": dict(certainty.confirmation),
        "unmoved": {"total": unmoved.total, "resolved": unmoved.resolved, "rate_percent": unmoved.rate_percent},
    }


def restated(entry: Restated) -> dict[str, Any]:
    """An entry of `restated`, as summary.json has it."""
    return {
        "day": entry.day.isoformat(),
        "group": entry.group,
        "total": [tally.total for tally in entry.tallies],
        "resolved": [tally.resolved for tally in entry.tallies],
        "met": [tally.met for tally in entry.tallies],
        "entered": list(entry.moves.entered),
        "left": list(entry.moves.left),
        "newly_counted": list(entry.moves.newly_counted),
        "no_longer_counted": list(entry.moves.no_longer_counted),
    }


def _parts(listed: Iterable[Figure], name: str) -> list[dict[str, Any]]:
    return [{name: figure.label, "group": figure.group, **figures(figure)} for figure in listed]


def tables(report: Report) -> dict[str, bytes]:
    """Return findings.csv by its name."""
    return {"findings.csv": findings(report)}


def findings(report: Report) -> bytes:
    """findings.csv."""
    return as_csv(
        (
            line.report_date,
            line.district,
            line.file,
            line.finding.sheet,
            line.finding.cell,
            line.finding.code,
            str(line.finding.severity),
            line.finding.value,
            line.finding.message,
        )
        for line in report.findings
    )


def as_csv(rows: Iterable[tuple[str, ...]]) -> bytes:
    """Return rows of `FINDING_COLUMNS` in UTF-8 with BOM; text that Excel would take for a formula has an apostrophe in front."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow(FINDING_COLUMNS)
    for row in rows:
        table.writerow([inert(text) for text in row])
    return written.getvalue().encode("utf-8-sig")


def inert(text: str) -> str:
    """The text so that a spreadsheet shows it and does not run it, on one line and without control characters."""
    text = " ".join(without_controls(text).splitlines())
    return f"'{text}" if text.startswith(_FORMULA_STARTS) or _seen_first(text).startswith(_FORMULA_STARTS) else text


def _seen_first(text: str) -> str:
    """The text from the first character that a reader sees: some programs drop blanks before they look."""
    return next((text[at:] for at, character in enumerate(text) if not character.isspace() and character.isprintable()), "")


def told(report: Report) -> dict[str, Any]:
    """Return what a report's papers begin with, and whether it is a correction: letters say it too."""
    return {"correction": report.is_correction, "headline": [{"name": name, "says": says} for name, says in headline.lines(report)]}


def manifest(
    report: Report,
    outputs: Mapping[str, bytes | Path],
    fonts: Mapping[str, str],
    boxes: str,
    units: Mapping[str, dict[str, Any]] | None = None,
) -> bytes:
    """manifest.json: the SHA-256 of every input and output, the versions, and the answer that the day's papers begin with.

    `fonts`: those that the PDF was set in, by their files' names; `boxes`: the characters that none of them has. `units`: `told` of each
    level above the districts, by its folder.
    """
    fields = {
        "program": __version__,
        "contract": CONTRACT_VERSION,
        "report_date": report.day.isoformat(),
        "rules": rules(report),
        **told(report),
        **({"units": units} if units else {}),
        "inputs": [
            *(
                {"path": file.path, "sha256": file.sha256, "received_at": file.received_at, "role": file.role, **file.whose}
                for file in report.inputs
            ),
            *(
                {"path": mask(file.path), "sha256": file.sha256, "received_at": file.received_at, "role": LEFT_OUT}
                for file in report.left_out
            ),
        ],
        "fonts": fonts,
        "without_font": [*boxes],
        "outputs": {name: _sha256(content) for name, content in sorted(outputs.items())},
    }
    return as_json(fields)


def _sha256(content: bytes | Path) -> str:
    return hashlib.sha256(content).hexdigest() if isinstance(content, bytes) else storage.sha256(content)


def units(settings: Settings) -> dict[str, list[str]]:
    """Return the levels above the districts, each with its districts."""
    return {name: list(settings.tree.districts(name)) for name in settings.tree.in_order()}


def rules(report: Report) -> dict[str, Any]:
    """Return what a day is judged by, and what its districts are called, for whoever asks later.

    With it, where they are others, the rules of the day before, those under which the day was published first, and those of the day before
    then; what the last day before it was first published under, where that was rewritten since; the levels above the districts, each with
    its districts, and those that the day had first; and which other names districts had before.
    """
    held, before, first = report.settings, report.rules_before, report.first_rules
    return {
        **held.rules.as_json(),
        "districts": {district.code: district.name for district in held.districts},
        "before": before.as_json() if before and before != held.rules else None,
        **({"first": first.as_json()} if first else {}),
        **({"first_before": report.first_before.as_json()} if report.first_before else {}),
        **({"told_before": report.told_before.as_json()} if report.told_before else {}),
        **({"units": units(held)} if held.tree else {}),
        **({"first_units": report.first_units} if report.first_units else {}),
        **({"renamed": report.former_names} if report.former_names else {}),
    }


@dataclass(frozen=True, slots=True)
class Entries:
    """An object of JSON whose entries are made as they are written: of a large day there is no room for all of them at once."""

    of: Callable[[], Iterable[tuple[str, object]]]

    def items(self) -> Iterable[tuple[str, object]]:
        """Go through its names and values."""
        return self.of()


def as_json(content: object) -> bytes:
    """Return it as every file for programs is written: as `json.dumps` with an indent of 1, which takes four times as long."""
    return b"".join(json_parts(content))


def json_parts(content: object) -> Iterator[bytes]:
    """Go through the same in parts."""
    for piece in _pieces(content, "\n"):
        yield (piece if piece.isascii() else _ODD.sub(_escaped, piece)).encode()
    yield b"\n"


def _pieces(content: object, line: str, depth: int = 3) -> Iterator[str]:
    """Go through it as JSON: what is large is not put together as text and once more as bytes. `line` as of `_json`."""
    within = f"{line} "
    match content:
        case dict() | Entries() if depth and content:
            at = -1
            for at, (name, value) in enumerate(content.items()):
                yield f"{',' if at else '{'}{within}{_name(name)}: "
                yield from _pieces(value, within, depth - 1)
            yield "{}" if at < 0 else f"{line}}}"
        case list() if depth and content:
            for at, value in enumerate(content):
                yield f"{',' if at else '['}{within}"
                yield from _pieces(value, within, depth - 1)
            yield f"{line}]"
        case _:
            yield _json(content, line)


_LITERALS = {None: "null", True: "true", False: "false"}


def _json(content: object, line: str) -> str:
    """Return it as JSON; `line`: what begins a line as far in as this one."""
    within = f"{line} "
    match content:
        case str():
            return encode_basestring(content)
        case dict() if content:
            parts = f",{within}".join([f"{_name(name)}: {_json(value, within)}" for name, value in content.items()])
            return f"{{{within}{parts}{line}}}"
        case list() | tuple() if content:
            parts = f",{within}".join([_json(value, within) for value in content])
            return f"[{within}{parts}{line}]"
        case None | True | False:
            return _LITERALS[content]
        case int():
            return int.__repr__(content)
        case _:
            return json.dumps(content, ensure_ascii=False, indent=1)


def _name(name: object) -> str:
    return encode_basestring(name if isinstance(name, str) else json.dumps(name))


def _escaped(match: re.Match[str]) -> str:
    """JSON's own way of writing a character: the same text, which steers no terminal that shows the file."""
    return json.dumps(match[0])[1:-1]
