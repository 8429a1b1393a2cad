"""The cases of the register as a report shows them: what holds of each on the day, and the row that it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache

from pipeline.day import clocks, disputes, requests, supervision
from pipeline.day.cases import Case, RowPlace
from pipeline.day.day_state import DayState
from pipeline.day.requests import Request
from pipeline.report.case_lines import CaseLine
from pipeline.settings.config import Settings
from pipeline.terms.contract import REFERRED
from pipeline.terms.handed_in import Arrival
from pipeline.terms.text import mask

_SHOWN = ("诉求认定", "答复文号", "群众确认", "今日进展", "下一步措施", "需协调事项")
"""Columns of the last accepted row about a case that are shown as they are written."""


def case_lines(state: DayState, arrivals: Mapping[int, Arrival], settings: Settings) -> tuple[CaseLine, ...]:
    """Return the register of a folded day by case number, cancelled cases included."""
    held = settings.on(state.day)
    before_move = {
        number: _as_reported(district, place)
        for district, (number, place, move) in (*state.of_moved, *state.told_elsewhere)
        if move.day == state.day
    }
    lines = (case_line(case, state.day, arrivals, held) for case in state.cases)
    marked = (
        replace(line, danger_on=state.dangers[line.number]) if line.is_open and line.number in state.dangers else line for line in lines
    )
    return tuple(replace(line, before_move=before_move[line.number]) if line.number in before_move else line for line in marked)


def _as_reported(district: str, place: RowPlace) -> str:
    """Return what the district that had the case reported of it on the day on which it went, which counts nowhere."""
    said = [f"“{place['当前状态'] or '—'}”"]
    said += [f"{name}{mask(text)}" for name in ("答复文号", "群众确认") if (text := place[name])]
    return f"{district}当天报{'，'.join(said)}，没有计入，请核实后报"


def case_line(case: Case, day: date, arrivals: Mapping[int, Arrival], settings: Settings) -> CaseLine:
    """Return one case as it stands on a day; `arrivals` hold the files that its particulars and its last row come from."""
    last, own_deadline, deadline, again = case.last, case.own_deadline, case.deadline, supervision.open_again(case)
    source, assigned = case.text("案件来源"), case.assigned
    asked = requests.stands(case.request)
    row = {name: (last[name] or "") for name in _SHOWN} if last else dict.fromkeys(_SHOWN, "")
    return CaseLine(
        number=case.number,
        group=settings.group_of_source[source].name,
        source=source,
        district=case.text("旗区"),
        category=case.text("问题类别"),
        matter=case.text("案由"),
        project=case.text("涉及项目或单位"),
        households=case.amount("涉及户数"),
        amount=case.amount("涉及金额"),
        unit=case.text("责任单位"),
        leader=case.leader,
        leaders=case.text("包案领导"),
        team=case.text("工作专班"),
        plan=case.text("化解方案"),
        assigned=assigned,
        limit=case.limit,
        extended=case.extended,
        deadline=own_deadline if case.grounds else deadline,
        status=case.status,
        claim=row["诉求认定"],
        replied_on=last.day("答复日期") if last else None,
        reply_number=row["答复文号"],
        confirmation=row["群众确认"],
        progress=row["今日进展"],
        next_step=row["下一步措施"],
        coordination=row["需协调事项"],
        reported_on=case.reported,
        is_counted=case.is_counted,
        is_open=case.is_open,
        is_referred=case.status == REFERRED and not case.grounds,
        dispute_stands=case.dispute is not None,
        disputed_since=case.dispute.since if case.dispute else None,
        asking_since=asked.since if asked else None,
        request_on=asked.written if asked else None,
        request_gone=_request_gone(case, day),
        days_overdue=(day - deadline).days if deadline else 0,
        days_idle=supervision.days_without_progress(case, day),
        missing_ones=supervision.missing_ones(case),
        flags=supervision.flags(case, day, settings.windows),
        grounds=case.grounds or "",
        origin=origin(last, arrivals),
        listed_in=origin(case.listed_at or case.found_at, arrivals),
        first_source=case.first_source,
        postponed_to=case.postponed_to,
        refused_rows=case.refused_rows,
        listed_late=case.known_since if case.was_refused else None,
        is_reply_too_early=last is not None and disputes.is_answered_too_early(last, case.dispute),
        deferrals=case.deferrals,
        cancellations=case.cancellations,
        restored=case.restored,
        moves=case.moves,
        clocks=clocks.of(case, settings.statute, day),
        exempted=case.exempted if deadline != own_deadline and not case.grounds else None,
        open_again=again,
        progress_before=supervision.last_progress(case) if again else None,
        settled_since=case.settled_since,
        answered_before=case.answered
        if case.dispute and not (case.confirmed and case.answered and case.confirmed > case.answered)
        else None,
        is_beyond=_is_beyond(case, settings.windows.extension_days),
        reasoned_on=_reasoned_on(case),
    )


def _request_gone(case: Case, day: date) -> Request | None:
    """Return what was asked up to the day before and is not any more: a row asks for nothing, or the case is settled or cancelled."""
    request = case.request
    if request is None or request.since >= day:
        return None
    if request.ended:
        return request if request.ended == day and request.was_open else None
    is_cancelled = bool(case.grounds and case.before and case.before.day == day and not case.before.is_cancelled and not case.settled_since)
    is_settled = not case.grounds and not case.is_open and case.settled_since == day
    return request if is_cancelled or is_settled else None


def _is_beyond(case: Case, extension_days: int) -> bool:
    limit, deadline = case.limit, case.deadline
    return limit is not None and deadline is not None and (deadline - limit).days > extension_days


def _reasoned_on(case: Case) -> date | None:
    """Return the day of a row with 重新办理原因: the last row, where it has one, else the last that took the status back."""
    if case.last and case.last["重新办理原因"]:
        return case.reported
    return case.went_back[-1] if case.went_back else None


def origin(place: RowPlace | None, arrivals: Mapping[int, Arrival]) -> str:
    """Return file, sheet and row of a place as people read it, personal numbers masked; '' where there is none."""
    if place is None:
        return ""
    return f"{_sheet(arrivals[place.arrival].name, place.rows.name)} · 第{place.rows.lines[place.position]}行"


@lru_cache(maxsize=1 << 15)
def _sheet(file: str, sheet: str) -> str:
    return mask(f"{file} · {sheet}")
