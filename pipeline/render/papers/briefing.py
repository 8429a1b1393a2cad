"""What 专报 says: plain texts by the names that its templates use. Word and PDF set the same texts, and no figure is computed here."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.render.papers import page_room
from pipeline.report import corrections, edit_words, matter_words, sentences
from pipeline.report.case_lines import Change, Decision
from pipeline.report.figures import Certainty, Figure, Way
from pipeline.report.report import Report
from pipeline.report.submission_lines import SubmissionLine
from pipeline.terms import words
from pipeline.terms.text import mask

Fields = dict[str, Any]
"""Texts by the names that stand in the templates, in lists and mappings."""

MOST_PAGES = 3
NAME = "信访事项办理情况专报"
_WORKBOOK = "《信访事项办理情况汇总》"
_CHANGES = f"{_WORKBOOK}“今日变化”"
_CANCELLED = f"{_WORKBOOK}“撤销案件”"
_DECISIONS = f"{_WORKBOOK}“急报事项”“督办清单”和“案件台账”"
_RULE_ELSEWHERE = f"“补报后最低、最高”怎样算，见{_WORKBOOK}“总览”。"
_ABSENCES = f"{_WORKBOOK}“报送情况”"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of each list is shown."""

    decisions: int
    cases: int
    """Of each kind of change."""
    absences: int
    characters: int
    """Of a matter, or of what is asked."""
    steps: str = ""
    """Where the steps from yesterday's figures to today's stand; '' where they are shown here."""
    edited: int = 4
    """Of edited and cancelled cases so many are named at least."""
    corrections: int = 3
    """Cases, days, reports and districts that a sentence about a correction names."""
    is_brief: bool = False
    """Whether rules, the cases behind the unmoved rate, and what the first section says too, are left to the workbook."""

    @property
    def edits(self) -> edit_words.Room:
        """For edited and cancelled cases."""
        return edit_words.Room(max(self.edited, self.cases), max(12, self.characters))


_LIMITS = (
    *(Limits(count, max(0, count - 8), max(4, count - 4), 28 + 2 * count) for count in range(16, 6, -1)),
    *(Limits(count, 0, 4, 28 + 2 * count, is_brief=True) for count in range(8, 3, -1)),
    Limits(4, 0, 2, 24, "", 3, is_brief=True),
    *(Limits(4, 0, count, 24, _CHANGES, 4, 2, is_brief=True) for count in (4, 2)),
    Limits(4, 0, 2, 18, _CHANGES, 3, 1, is_brief=True),
    *(Limits(4, 0, 1, characters, _CHANGES, edited, 1, is_brief=True) for characters, edited in ((16, 2), (12, 1))),
    *(Limits(count, 0, 1, 12, _CHANGES, 1, 0, is_brief=True) for count in (4, 3)),
    *(Limits(count, 0, 0, 8, _CHANGES, 1, 0, is_brief=True) for count in (4, 3, 2, 1)),
)
"""From generous to tight; the first that fits on three pages is taken."""


def fields(report: Report) -> Fields:
    """Return every text of the report. Lists are cut to what fits on three pages, and say how many more there are and where."""
    drafts = (_draft(report, limits) for limits in _LIMITS)
    fitting = next((draft for draft in drafts if page_room.pages(draft) <= MOST_PAGES), None)
    return fitting or _draft(report, _LIMITS[-1])


def _draft(report: Report, limits: Limits) -> Fields:
    day = sentences.long_day(report.day)
    until = f"{sentences.day(report.data_until.date())}{report.data_until.hour}时{report.data_until:%M}分"
    is_bounded = any(figure.bounds for figure in (*report.targets, *report.by_district))
    is_certain = all(figure.is_certain for figure in (*report.targets, *report.by_district))
    rule = _RULE_ELSEWHERE if limits.is_brief else sentences.bounds_rule(report.most_new)
    draft: Fields = {
        "报头": NAME,
        "单位": report.office,
        "日期": day,
        "标题": f"{day}信访事项办理情况",
        "数据截至": until,
        "更正": corrections.correction(report, limits.corrections),
        "目标": _targets(report, limits),
        "分组": [{"名称": group.name, "目标": f"{group.target_percent}%"} for group in report.settings.groups],
        "旗区": _districts(report),
        "合计": _row("—", report.targets, report),
        "范围说明": f"{rule}{'' if is_certain else sentences.PROVISIONAL_GAP}" if is_bounded else "",
        "由来": [] if limits.steps else [*_bridges(report, limits), *_fallen(report, limits)],
        "变化": _changes(report, limits),
        "台账": _register(report, limits),
        **_decisions(report, limits),
        "报送": sentences.submissions(report.submissions)
        + _left_out(report)
        + sentences.unplaced(report.arrived_reports, report.refused_late),
        "缺报": [
            *filter(None, [corrections.replaced(report, max(1, limits.absences), limits.corrections)]),
            *(sentences.absence(absence) for absence in report.absences[: limits.absences]),
        ],
        "其余缺报": sentences.more(len(report.absences) - limits.absences, "旗区", _ABSENCES),
    }
    return {name: _plain_in(value) for name, value in draft.items()}


def sample(*, is_empty: bool = False) -> Fields:
    """Return made-up texts, to try a template on: something in every list, or nothing in any that may be empty."""
    figures = {"分组": [dict.fromkeys(("总数", "化解", "化解率", "范围", "还差"), "1")] * 2, "报送": "按时"}
    decision = dict.fromkeys(("序号", "事由", "编号", "旗区", "事项", "起始", "包案领导", "请示"), "例")
    always: Fields = dict.fromkeys(("报头", "单位", "日期", "数据截至", "标题", "变化", "决策", "报送"), "例")
    always |= {
        "目标": [{"结论": "例", "说明": "例"}] * 2,
        "分组": [{"名称": "例", "目标": "90%"}] * 2,
        "旗区": [{"名称": "例", **figures}] * 2,
        "合计": figures,
        "由来": ["例"] * 2,
    }
    some: Fields = {
        **dict.fromkeys(("更正", "范围说明", "其余决策", "其余缺报"), "例"),
        "决策事项": [decision] * 2,
        "缺报": ["例"],
        "台账": ["例"],
    }
    return always | ({name: type(value)() for name, value in some.items()} if is_empty else some)


# --- figures -----------------------------------------------------------------------------------------------------


def _targets(report: Report, limits: Limits) -> list[Fields]:
    """Return who has not reported; then for each group whether its target is met, and what is to be said of that."""
    silence = sentences.silence(report.submissions) + _left_out(report)
    targets = [
        {
            "结论": sentences.target(figure),
            "说明": corrections.of_group(report, figure.group, limits.corrections)
            + (sentences.since_yesterday(bridge, report.submissions) if figure.tally.total else "")
            + edit_words.of_same_day(bridge, figure.tally)
            + edit_words.of_group(report.edited, figure.group, limits.edits)
            + edit_words.disputes(report, figure, limits.edits, with_ended=limits.corrections > 1)
            + (sentences.bounds(figure.bounds) if figure.bounds and figure.is_certain and not limits.steps else "")
            + ("" if limits.steps else _reliance(figure, certainty, way, limits)),
        }
        for figure, bridge, certainty, way in zip(report.targets, report.bridges, report.certainties, report.ways, strict=True)
    ]
    targets[0]["说明"] = report.new_rules + targets[0]["说明"]
    return [*([{"结论": silence, "说明": ""}] if silence else []), *targets]


def _left_out(report: Report) -> str:
    return sentences.left_out(report.left_out)


def _reliance(figure: Figure, certainty: Certainty, way: Way, limits: Limits) -> str:
    """Return how far a figure can be relied on: who confirmed it, what it is without edits of the register; and the way to the target."""
    most = 0 if limits.is_brief else 4
    return sentences.confirmation(certainty) + sentences.unmoved(certainty, figure.tally, most) + sentences.way(way)


def _districts(report: Report) -> list[Fields]:
    statuses = {submission.district: _status(submission, report) for submission in report.submissions}
    figures = {name: [figure for figure in report.by_district if figure.label == name] for name in report.settings.district_names}
    return [{"名称": name, **_row(statuses.get(name, ""), figures[name], report)} for name in figures]


def _status(line: SubmissionLine, report: Report) -> str:
    """Return how a district reported; a report that was replaced later than its readers expect is not told as the first one."""
    status = "零报告" if line.zero_report and line.status == "on-time" else words.REPORTED[line.status]
    return f"{status}，后更正" if corrections.is_noteworthy(line, report) else status


def _row(status: str, figures: Iterable[Figure], report: Report) -> Fields:
    """Return a row of the table: the figures of each group, in the groups' order."""
    by_group = {figure.group: figure for figure in figures}
    return {"分组": [_cells(by_group[group.name]) for group in report.settings.groups], "报送": status}


def _cells(figure: Figure) -> Fields:
    tally = figure.tally
    return {
        "总数": str(tally.total),
        "化解": str(tally.resolved),
        "化解率": sentences.rate(tally.rate_percent),
        "范围": sentences.bounds_range(figure.bounds) if figure.bounds else "—",
        "还差": f"{tally.shortfall}{'' if figure.is_certain else '*'}",
    }


# --- lists -------------------------------------------------------------------------------------------------------


def _changes(report: Report, limits: Limits) -> str:
    """Return the day's changes by kind, with their cases; a mere change of status is only counted."""
    kinds = []
    # How disputes ended is told beside the targets; where there is little room, here.
    for kind in (kind for kind in words.CHANGES if kind != "ended_disputes" or limits.corrections <= 1):
        changes = [change for change in report.changes if change.kind == kind]
        most = max(limits.cases, _MOST_ENDED) if kind == "ended_disputes" else limits.cases
        named = [] if kind == "status" else [_case(change) for change in changes[:most]]
        kinds += [(kind, named, len(changes))] if changes else []
    has_steps = bool(limits.steps)
    return sentences.changes(kinds, _CHANGES, report.submissions, has_steps=has_steps, day_before=report.day_before)


_MOST_ENDED = 2
"""Cases whose 不认可 ended that are named however little room there is."""


def _bridges(report: Report, limits: Limits) -> list[str]:
    """Return how the figures follow from yesterday's; nothing where that stands elsewhere: the ends are in the first part."""
    return [] if limits.steps else [sentences.bridge(bridge, limits.corrections, report.submissions) for bridge in report.bridges]


def _fallen(report: Report, limits: Limits) -> list[str]:
    """Return which flags fell by an edit or because a case was referred, and which verdicts turned."""
    sentences_of_flags = (edit_words.referred(report, limits.edits), edit_words.outcomes(report.edited, limits.edits)[0])
    return [sentence for sentence in sentences_of_flags if sentence]


def _register(report: Report, limits: Limits) -> list[str]:
    """Return which particulars were edited, which cases are cancelled, and what of the assignment workbook does not hold.

    Where there is little room, what the figures rest on stands here, in smaller letters.
    """
    room = limits.edits if limits.edited > 1 else edit_words.Room(0, 0)
    edited = edit_words.edits(report.edited, room)
    groups = zip(report.targets, report.certainties, report.ways, strict=True) if limits.steps else ()
    reliances = [(figure.label, _reliance(figure, certainty, way, limits)) for figure, certainty, way in groups]
    relied_on = [f"{label}：{reliance}" for label, reliance in reliances if reliance]
    of_register = [
        edited and f"{edited}{edit_words.outcomes(report.edited, room)[1]}逐件见{_CHANGES}。",
        edit_words.cancelled(report.cases, report.edited, _CANCELLED, limits.edits),
        edit_words.warnings(report.cases, limits.edits),
        edit_words.refused_rows(report, limits.edits),
    ]
    fallen = _fallen(report, limits) if limits.steps else ()
    return [sentence for sentence in [*relied_on, *fallen, *of_register] if sentence]


def _case(change: Change) -> str:
    number = _short(change.number, _LONGEST_NUMBER)
    return f"{number}（{change.district}）" if change.district else number


def _decisions(report: Report, limits: Limits) -> Fields:
    decisions = report.decisions
    shown = _chosen(decisions, limits.decisions)
    rows = [
        {
            "序号": str(position),
            "事由": "、".join(words.DECISIONS[kind].name for kind in decision.kinds),
            "编号": _short(decision.number, min(_LONGEST_NUMBER, limits.characters)),
            "旗区": decision.district,
            "事项": _short(decision.matter, limits.characters),
            "起始": f"{sentences.day(decision.since)}" if decision.since else "—",
            "包案领导": _short(decision.leader, min(_LONGEST_NAME, limits.characters // 2)) or "—",
            "请示": _short(sentences.asked(decision), limits.characters),
        }
        for position, decision in enumerate(shown, 1)
    ]
    return {
        "决策": sentences.decisions(decisions, report.submissions)
        + matter_words.changed(report, limits.corrections or int(limits.absences > 0), limits.characters),
        "决策事项": rows,
        "其余决策": sentences.rest(len(decisions) - len(shown), _DECISIONS),
    }


def _chosen(decisions: Sequence[Decision], most: int) -> list[Decision]:
    """Return at most so many decisions in their order: each kind has a fair share of the room before any kind has more."""
    share = max(1, most // len(words.DECISIONS))
    seen = dict.fromkeys(words.DECISIONS, 0)
    within_share: list[int] = []
    beyond: list[int] = []
    for position, decision in enumerate(decisions):
        seen[decision.kinds[0]] += 1
        (within_share if seen[decision.kinds[0]] <= share else beyond).append(position)
    return [decisions[position] for position in sorted((*within_share, *beyond)[:most])]


# --- text --------------------------------------------------------------------------------------------------------

_LONGEST_NUMBER = 24
_LONGEST_NAME = 12
_BREAKS = "\n\r\t\x0b\x0c\x85"
"""The control characters that part words; all others are dropped."""


def _short(text: str, most: int) -> str:
    text = plain(text)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def plain(text: str) -> str:
    """Return the text on one line, without what steers a program or cannot stand in XML, and without personal numbers."""
    if not text.isprintable():
        breaks = f"{_BREAKS}\u2028\u2029"
        text = "".join(" " if character in breaks else character for character in text if _may_stand(character)).strip()
    return mask(text)


def _may_stand(character: str) -> bool:
    if character in _BREAKS:
        return True
    if unicodedata.category(character) in ("Cc", "Cf", "Cs"):
        return False
    # Unicode's noncharacters: the last two of every plane, and U+FDD0 to U+FDEF. XML holds no U+FFFE and no U+FFFF.
    return ord(character) & 0xFFFE != 0xFFFE and not "\ufdd0" <= character <= "\ufdef"  # noqa: PLR2004


def _plain_in(value: object) -> object:
    match value:
        case str():
            return plain(value)
        case Mapping():
            return {name: _plain_in(inner) for name, inner in value.items()}
        case list():
            return [_plain_in(inner) for inner in value]
        case _:
            return value
