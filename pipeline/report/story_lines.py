"""The story of a case in words: what each row changed or why it changed nothing, and why the case is counted or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from pipeline.day.cases import PARTICULARS, Case, RowPlace
from pipeline.day.moves import Move
from pipeline.day.story import Mention, Story
from pipeline.report import exemptions
from pipeline.settings.config import Settings
from pipeline.terms.contract import CASE, DEADLINE_MOVED, EXEMPTIONS, NEW_CASES, PROGRESS, REFERRED, RESOLVED, Kind
from pipeline.terms.findings import Finding, column_letter
from pipeline.terms.handed_in import Arrival
from pipeline.terms.rows import written
from pipeline.terms.text import mask
from pipeline.terms.words import FLAGS, NO, YES, near

_DISPUTE: Final = FLAGS["disputed"].name
LISTED: Final = "列入台账"
_MISSING: Final = FLAGS["missing_from_assignment"].name
_CHANGING: Final = (PROGRESS.name, NEW_CASES.name)
"""Sheets of a report whose rows change what is known of a case."""
_SAID: Final = tuple(
    column.name
    for column in PROGRESS.columns
    if column.kind not in (Kind.PREFILLED, Kind.PREFILLED_DATE, Kind.UNREAD) and column.name not in (CASE, "当前状态")
)
"""What a row of 案件进展 says of a case beside its state: each row says all of it anew."""
VERDICTS: Final = {
    "taken": "采用",
    "repeated": "采用一次（与同表另一行相同）",
    "refused": "退回，没有改变任何情况",
    "replaced": "不计：已被第 {in_force} 版替代",
    "duplicate": "不计：与已采用的报送内容完全相同",
    "left-out": "不再提到此案",
    "refused-file": "整份退回，没有改变任何情况",
    "ended": "豁免延期结束：{ended}",
}
"""What became of a row, by `Mention.became`."""


_ENDED: Final = {
    "": "",
    "expired": exemptions.EXPIRED,
    "gone": exemptions.GONE,
    "row-refused": exemptions.REFUSED,
    "sheet-refused": exemptions.SHEET_REFUSED,
}
"""What ended an exemption, by `Mention.ended`."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What one row changed in the case: the column, and what held before and after; None where it was empty."""

    column: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One mention, ready to be shown; all texts masked."""

    mention: Mention
    of_whom: str
    """东胜区日报（第 2 版）, or 案件包案任务分解表."""
    file: str
    place: str
    """案件进展 第4行; '' where there is no row."""
    received_at: datetime
    verdict: str
    changes: tuple[Changed, ...]
    cells: tuple[tuple[str, str, str], ...]
    """Address, column and content of the row's filled cells."""
    findings: tuple[Finding, ...]


def lines(mentions: tuple[Mention, ...], settings: Settings) -> tuple[StoryLine, ...]:
    """Return the mentions as they are shown."""
    return tuple(_line(mention, settings) for mention in mentions)


def _line(mention: Mention, settings: Settings) -> StoryLine:
    arrival, place, number = mention.file.arrival, mention.place, mention.submission.revision if mention.submission else 0
    revision = f"（第 {number} 版）" if number else ""
    changed = changes(mention)
    return StoryLine(
        mention,
        "案件包案任务分解表" if arrival.is_assignment else f"{mention.file.reading.district or '旗区不明的'}日报{revision}",
        mask(arrival.name),
        mask(f"{place.rows.name} 第{place.rows.lines[place.position]}行") if place else "",
        arrival.envelope.received_at.astimezone(settings.calendar.zone),
        VERDICTS[mention.became].format(in_force=mention.in_force, ended=_ENDED[mention.ended])
        + ("" if changed else _why_unchanged(mention)),
        changed,
        cells(mention.place),
        mention.findings,
    )


def _why_unchanged(mention: Mention) -> str:
    """Return why a row that was taken has changed nothing; '' of any other."""
    if mention.became == "ended":
        return "，现行时限没有变"
    if mention.became != "taken":
        return ""
    if _is_other_exemption(mention):
        return "，不改变时限"
    sheet = mention.place.rows.sheet if mention.place else ""
    if mention.file.arrival.is_assignment or sheet in _CHANGING:
        return "，与此前的相同，没有改变什么"
    return f"，{sheet}不改变案件的情况"


def cells(place: RowPlace | None) -> tuple[tuple[str, str, str], ...]:
    """Return address, column and content, masked, of a row's filled cells."""
    if place is None:
        return ()
    columns = sorted((at, column) for column, at in place.rows.letters.items() if column in place.rows.values)
    line = place.rows.lines[place.position]
    filled = ((f"{column_letter(at)}{line}", column, place[column]) for at, column in columns)
    return tuple((cell, column, mask(text)) for cell, column, text in filled if text)


def changes(mention: Mention) -> tuple[Changed, ...]:
    """Return what a row changed; a row of 案件进展 the state, one of another sheet the particulars."""
    sheet = mention.place.rows.sheet if mention.place else ""
    if mention.became not in ("taken", "left-out", "ended") or mention.after is None or _is_other_exemption(mention):
        return ()
    is_report = not mention.file.arrival.is_assignment
    if is_report and sheet not in _CHANGING:
        return ()
    show = _deadline if mention.became == "ended" else {PROGRESS.name: _state, EXEMPTIONS.name: _deadline}.get(sheet, _particulars)
    before = show(mention.before or Case(mention.after.number))
    after = show(mention.after)
    return tuple(Changed(name, before[name], now) for name, now in after.items() if before[name] != now)


def _is_other_exemption(mention: Mention) -> bool:
    """Whether a row exempts from another thing than the deadline: it moves none, whatever another row of its workbook does."""
    place = mention.place
    return place is not None and place.rows.sheet == EXEMPTIONS.name and place["事项"] != DEADLINE_MOVED


def _state(case: Case) -> dict[str, str | None]:
    rows, position = (case.last.rows, case.last.position) if case.last else (None, 0)
    said = {name: mask(rows.text(name, position) or "") or None if rows and name in rows.values else None for name in _SAID}
    return {"当前状态": case.status, **said, _DISPUTE: _standing_dispute(case), "计入化解": YES if case.is_counted else NO}


def _deadline(case: Case) -> dict[str, str | None]:
    return {"现行时限": written(case.deadline) if case.particulars else None}


def _particulars(case: Case) -> dict[str, str | None]:
    texts: dict[str, str | None] = {name: mask(text) if (text := written(case.particulars.get(name))) else None for name in PARTICULARS}
    return {
        LISTED: YES if case.particulars else NO,
        **texts,
        "撤销依据": mask(case.grounds or "") or None,
        _MISSING: YES if case.is_missing else NO,
        "计入化解": YES if case.is_counted else NO,
    }


def _standing_dispute(case: Case) -> str | None:
    if case.dispute is None:
        return None
    number = mask(case.dispute.reply_number) or "（未写文号）"
    return f"自 {case.dispute.since} 起未解决，针对答复 {number}"


def moves(story: Story, arrivals: Mapping[int, Arrival], settings: Settings) -> Iterator[str]:
    """Go through the days on which the case went to another district: when, from whom to whom, and by which workbook."""
    for move in story.case.moves if story.case else ():
        arrival = arrivals[move.arrival]
        came = arrival.envelope.received_at.astimezone(settings.calendar.zone)
        where = mask(f"{arrival.name} · {move.sheet} 第{move.row}行")
        yield f"{moved(move)}（{where}，{came:%Y-%m-%d %H:%M} 收到）"


def moved(move: Move) -> str:
    """Return when a case went from whom to whom."""
    return f"{move.day} 由办公室从{move.before}改派{move.after}"


# --- where it stands ---------------------------------------------------------------------------------------------


def verdict(story: Story) -> str:
    """Return in a sentence why the case is counted as resolved on the day, or why not."""
    case = story.case
    if case is None:
        return "不在台账：到这一天为止，没有被采用的行把它列入台账。"
    if not story.is_in_register:
        return f"还不在台账：交办日期是 {case.assigned}，从那天起才列入。"
    if case.grounds:
        return f"不计入总数：已撤销，依据是“{mask(case.grounds)}”。"
    if case.is_counted and case.last:
        reply = f" {case.last['答复日期']} 的答复（{mask(case.last['答复文号'] or '')}）"
        return f"计入化解：当前状态是“{RESOLVED}”，有{reply}，没有未解决的群众不认可。"
    return f"计入总数，不计入化解：{_not_counted(case)}"


def _not_counted(case: Case) -> str:
    if case.status == REFERRED:
        return f"当前状态是“{REFERRED}”，单独列示。"
    dispute = ""
    if case.dispute:
        number = mask(case.dispute.reply_number)
        ends = f"换一个文号重新答复，答复日期不早于 {case.dispute.under_number_since}" if number else "重新答复"
        dispute = f"{_DISPUTE}，{_standing_dispute(case)}；要等群众认可，或{ends}。"
    if case.status == RESOLVED and dispute:
        return f"报了“{RESOLVED}”，但{dispute}"
    return f"当前状态是“{case.status}”{f'；另有{dispute}' if dispute else '。'}"


def not_listed_then(case: Case, day: date, since: date, told_on: date) -> str:
    """Return that a report of that day named the case before any workbook had it, and what there is to do; '' where it did not.

    `since`: the day from which a workbook has had it; `case`: as it stands on the day `told_on`.
    """
    if case.listed is None or case.found is not None or since <= day:
        return ""
    then = f"{near(day, told_on)}的台账里还没有 {case.number}，{near(since, told_on)}起才有。以前的日报不用改，改了也不能采用"
    if case.last is None or case.reported is None:
        return f"{then}；列入以后还没有报过这一件，请在当天的日报里报。"
    return f"{then}；{near(case.reported, told_on)}的日报报了这一件，已采用。"


def with_later_listing(lines: Sequence[StoryLine], case: Case, told_on: date) -> tuple[StoryLine, ...]:
    """Return the lines; those of rows that were refused since no workbook had their case yet, with what there is to do."""
    listed = (line.mention.day for line in lines if any(change.column == LISTED and change.after == YES for change in line.changes))
    since = next(listed, told_on)

    def told(line: StoryLine) -> StoryLine:
        is_unknown = any(finding.code == "unknown-case" and finding.refuses for finding in line.findings)
        said = not_listed_then(case, line.mention.day, since, told_on) if is_unknown else ""
        return replace(line, verdict=f"{line.verdict}（{said.rstrip('。')}）") if said else line

    return tuple(map(told, lines))
