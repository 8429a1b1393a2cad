"""What a day's report says beyond the contract: one part for each section of docs/contract-extensions.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.day.clocks import Clocks
from pipeline.day.day_state import DayState
from pipeline.day.submissions import OfDay
from pipeline.report import claims, clock_lines, exemptions, hints, reconciliation, refused_assignments
from pipeline.report.case_lines import CaseLine
from pipeline.report.claims import ClaimTally
from pipeline.report.exemptions import ExemptionLine
from pipeline.report.hints import HintLine
from pipeline.report.notice_answers import NoticeAnswers
from pipeline.report.receptions import Receptions
from pipeline.report.reconciliation import Reconciliation
from pipeline.report.refused_assignments import RefusedRow
from pipeline.settings.config import Settings
from pipeline.terms.handed_in import Arrival


@dataclass(frozen=True, slots=True)
class Extensions:
    """The parts, in the order of their sections."""

    clocks: tuple[tuple[str, Clocks], ...] = ()
    """Of each case that is not cancelled, by its number."""
    clocks_counted: str = ""
    """How many of them are near their end or past it, in a line for leaders; '' where none is."""
    hints: tuple[HintLine, ...] = ()
    reconciliation: Reconciliation = field(default_factory=Reconciliation)
    exemptions: tuple[ExemptionLine, ...] = ()
    exemptions_refused: str = ""
    """That the sheet 豁免 of the workbook in force was refused whole; '' where it was not."""
    excused: frozenset[OfDay] = frozenset()
    """The reports up to the day whose lateness is approved."""
    notices: NoticeAnswers = field(default_factory=NoticeAnswers)
    claims: tuple[ClaimTally, ...] = ()
    receptions: Receptions = field(default_factory=Receptions)
    refused_assignments: tuple[RefusedRow, ...] = ()
    """The rows of the assignment workbook in force that were refused."""


def of(state: DayState, cases: Sequence[CaseLine], arrivals: Mapping[int, Arrival], settings: Settings) -> Extensions:
    """Return the parts of a folded day, by its own settings; `cases` are its cases as they are shown, `arrivals` its files."""
    running = tuple((case.number, case.clocks) for case in cases if case.clocks)
    all_hints, silenced = hints.of(state, arrivals, settings), exemptions.silenced_cases(state)
    return Extensions(
        clocks=running,
        clocks_counted=clock_lines.counted(cases),
        hints=hints.of(state, arrivals, settings, silenced) if silenced else all_hints,
        reconciliation=reconciliation.of(state, cases, arrivals, settings),
        exemptions=exemptions.of(state, arrivals, settings, all_hints),
        exemptions_refused=exemptions.sheet_refused(state),
        excused=state.exempted.excused,
        claims=claims.of(cases, settings),
        refused_assignments=refused_assignments.of(state),
    )
