"""What 专报 says: plain texts by the names that its templates use. Word and PDF set the same texts, and no figure is computed here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from pipeline.render.papers import decision_items, page_room
from pipeline.render.papers.decision_items import WORKBOOK
from pipeline.render.papers.plain_text import LONGEST_NUMBER, plain_in, short
from pipeline.report import agenda, corrections, edit_words, headline, matter_words, same_day, sentences, who_reported
from pipeline.report.case_lines import Change
from pipeline.report.figures import Certainty, Figure, Way
from pipeline.report.report import Report
from pipeline.report.submission_lines import SubmissionLine
from pipeline.terms import words

Fields = dict[str, Any]
"""Texts by the names that stand in the templates, in lists and mappings."""

FEWER_PAGES, MOST_PAGES = 2, 3
FEW_THINGS = 30
"""With fewer things to say two pages are enough; with more, where nothing has to be left to the workbook for that."""
NAME = "信访事项办理情况专报"
RANGE_ELSEWHERE = f"“补报后最低、最高”怎样算，见{WORKBOOK}“总览”。"
"""For templates that still show them."""
_CHANGES = f"{WORKBOOK}“今日变化”"
_CANCELLED = f"{WORKBOOK}“撤销案件”"
_DECISIONS = f"{WORKBOOK}“急报事项”“督办清单”和“案件台账”"
_ABSENCES = f"{WORKBOOK}“报送情况”"


_MOST_EDITED = 24
"""Each is named with its district, its source and the reason: a page is no place for more of them."""


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
    setting: str = page_room.USUAL
    """Of `page_room.SETTINGS`, as the templates have it."""
    is_older: bool = False
    """Whether the template has no row for the cases of an item; they stand in its cell of matters then."""
    is_dense: bool = False
    """Whether the rates of the last days, the way to each target, and where the rest of the silent districts stands, are left to it too."""

    @property
    def named(self) -> int:
        """Cases that an item of several decisions names."""
        return max(2, self.decisions)

    @property
    def edits(self) -> edit_words.Room:
        """For edited and cancelled cases."""
        return edit_words.Room(min(_MOST_EDITED, max(self.edited, self.cases)), max(12, self.characters))


_LIMITS = (
    *(Limits(count, max(0, count - 8), max(4, count - 4), 28 + 2 * count) for count in range(16, 6, -1)),
    *(Limits(8, 0, absences, characters, is_brief=True) for absences, characters in ((4, 40), (4, 32), (2, 28))),
    Limits(8, 0, 2, 24, "", 3, is_brief=True),
    *(Limits(8, 0, absences, 20, _CHANGES, edited, 2, is_brief=True) for absences, edited in ((4, 4), (2, 3))),
    *(Limits(8, 0, 1, characters, _CHANGES, edited, 1, is_brief=True) for characters, edited in ((18, 3), (16, 2), (12, 1))),
    *(Limits(count, 0, 0, 12, _CHANGES, 1, 0, is_brief=True) for count in (8, 6, 5, 4, 3)),
    *(Limits(count, 0, 0, 12, _CHANGES, 1, 0, is_brief=True, is_dense=True) for count in (8, 6, 4, 3, 2, 1)),
)
"""From generous to tight; the first that fits on the pages is taken, and what room is left is filled."""
_FILLED: dict[str, Any] = {"decisions": 48, "characters": 60, "absences": 12, "cases": 96, "edited": 12}
"""What is raised where room is left, in this order, and how far."""
_STEPS = (8, 4, 2, 1)
_LEFT_OUT: tuple[dict[str, Any], ...] = ({"corrections": 3}, {"is_brief": False}, {"steps": ""})
"""What is told after all where there is still room."""
_WHOLE = replace(_LIMITS[0], decisions=48, characters=60, absences=12, cases=24, edited=12)
"""With nothing cut that a page more is begun for."""


def fields(report: Report, *, is_older: bool = False) -> Fields:
    """Return every text of the report, in the largest setting that needs no page more than the smallest.

    Where a smaller one has all decisions on page one, and leaves no page half empty, it is that.

    All of it is set smaller before anything is left out; what is, is counted, with where it stands. Older templates of an office have one
    setting.
    """
    settings = (page_room.USUAL,) if is_older else page_room.SETTINGS
    in_full = _draft(report, replace(_LIMITS[0], **_FILLED, is_older=is_older))
    whole = replace(_WHOLE, setting=settings[-1], is_older=is_older)
    nearly = _draft(report, whole)
    items = len(agenda.by_request(report.decisions))
    has_few = things(report) < FEW_THINGS
    cut = [replace(limits, setting=settings[-1], is_older=is_older) for limits in _LIMITS]
    # of few things the cases of an item are the last that is cut
    cut = [*(replace(limits, decisions=_WHOLE.decisions) for limits in cut if has_few), *cut]
    for most in range(1, MOST_PAGES + 1):
        fitting = [draft for setting in settings if _fits(draft := {**in_full, "版面": setting}, most)]
        if fitting:
            return next(filter(page_room.is_decided_first, fitting), fitting[0])
        if _fits(nearly, most):
            return _filled(report, whole, nearly, most)
        for limits in cut if most == MOST_PAGES or (most == FEWER_PAGES and has_few) else ():
            draft = _draft(report, limits)
            if (most == MOST_PAGES or len(draft["决策事项"]) == items) and _fits(draft, most):
                return _filled(report, limits, draft, most)
    return _draft(report, cut[-1])


def _fits(draft: Fields, most: int) -> bool:
    return page_room.pages(draft) <= most


def things(report: Report) -> int:
    """Return how many things there are to say: decisions of which the same is asked are one."""
    changes = sum(change.kind != "status" for change in report.changes)
    items = len(agenda.by_request(report.decisions))
    return items + changes + len(report.restated) + len(report.absences) + len(report.urgent) + len(report.edited.edits)


def _filled(report: Report, limits: Limits, draft: Fields, most: int) -> Fields:
    """Return the texts with as much more in them as the pages hold, decisions first: nothing is left out beside free space."""
    for name, highest in _FILLED.items():
        for step in _STEPS:
            while (raised := getattr(limits, name) + step) <= highest:
                more = replace(limits, **{name: raised})
                fuller = _draft(report, more)
                if fuller == draft or not _fits(fuller, most):
                    break
                limits, draft = more, fuller
    for left_out in _LEFT_OUT:
        more = replace(limits, **left_out, cases=max(1, limits.cases))
        if more != limits and _fits(fuller := _draft(report, more), most):
            limits, draft = more, fuller
    return draft


def _draft(report: Report, limits: Limits) -> Fields:
    day = sentences.long_day(report.day)
    until = f"{sentences.day(report.data_until.date())}{report.data_until:%H:%M}"
    is_certain = all(figure.is_certain for figure in (*report.targets, *report.by_district))
    draft: Fields = {
        "报头": NAME,
        "版面": limits.setting,
        "文件标题": f"{NAME}（{day}{'，更正' if report.is_correction else ''}）",
        "单位": report.office,
        "期号": f"第{report.day:%j}期".replace("第0", "第").replace("第0", "第"),
        # a paper is not dated before its data
        "日期": sentences.long_day(max(report.day, report.data_until.date())),
        "标题": f"{day}信访事项办理情况",
        "数据截至": until,
        "更正": corrections.correction(report, limits.corrections),
        "提要": [{"名称": name, "内容": said} for name, said in headline.lines(report)],
        "小标题": _headings(report),
        "目标": _targets(report, limits),
        "近日": [] if limits.is_dense else _recent(report),
        "督办": headline.flags(report),
        "撤销": edit_words.cancelled(report.cases, report.edited, _CANCELLED, limits.edits),
        "分组": [{"名称": group.name, "目标": f"{group.target_percent}%"} for group in report.settings.groups],
        "旗区": _districts(report),
        "合计": _row("—", report.targets, report),
        "范围说明": "" if is_certain else sentences.PROVISIONAL_GAP,
        "由来": [] if limits.steps else [*_bridges(report, limits), *_fallen(report, limits)],
        "变化": "" if limits.steps else _changes(report, limits),
        "台账": [*([_changes(report, limits)] if limits.steps else []), *_register(report, limits)],
        **_decisions(report, limits),
        "报送": who_reported.submissions(report.submissions)
        + _left_out(report)
        + who_reported.unplaced(report.arrived_reports, report.refused_late),
        "缺报": [
            *filter(None, [corrections.replaced(report, max(1, limits.absences), limits.corrections)]),
            *(who_reported.absence(absence) for absence in report.absences[: limits.absences]),
        ],
        "其余缺报": "" if limits.is_dense else sentences.more(len(report.absences) - limits.absences, "旗区", _ABSENCES),
    }
    return {name: plain_in(value) for name, value in draft.items()}


def _headings(report: Report) -> Fields:
    """Return each section's title: its message in a few words."""
    decisions, lost = len(report.decisions), (("重新办理", report.reopened), ("不再计入", report.no_longer_counted))
    disputed = [change.number for change in report.changes if change.kind == "still_disputed"]
    kinds = (("新化解", report.newly_resolved), *lost, ("不认可", disputed))
    changes = "，".join(f"{name}{len(numbers)}件" for name, numbers in kinds if numbers)
    return {
        "目标": "一、目标完成情况",
        "决策": f"二、需要决策的事项{decisions}件" if decisions else "二、没有需要决策的事项",
        "变化": f"三、今日{changes}" if changes else "三、今日变化",
        "旗区": f"四、各旗区情况（{who_reported.in_short(report.submissions)}）",
    }


def _recent(report: Report) -> list[Fields]:
    """Return the rates of the last days as rows of a table, its head first; none where there is one day only."""
    days = report.trend[-_RECENT_DAYS:]
    if len(days) < 2:  # noqa: PLR2004 - one day is no row of days
        return []
    groups = []
    for group in report.settings.groups:
        tallies = [tallies.get(group.name) for _day, tallies in days]
        # a target that changed within these days is said with each that held
        held = dict.fromkeys([*(tally.target_percent for tally in tallies if tally), group.target_percent])
        groups.append((f"{group.name}（目标{'→'.join(f'{percent}%' for percent in held)}）", tallies))
    head = {"名称": "按今天所知的化解率", "数": [sentences.day(day) for day, _tallies in days]}
    silent = [day in report.silent_days for day, _tallies in days]
    rows = [
        {
            "名称": name,
            "数": [
                "未报" if is_silent else sentences.rate(tally.rate_percent if tally else None)
                for tally, is_silent in zip(tallies, silent, strict=True)
            ],
        }
        for name, tallies in groups
    ]
    return [head, *rows]


_RECENT_DAYS = 7


def sample(*, is_empty: bool = False) -> Fields:
    """Return made-up texts, to try a template on: something in every list, or nothing in any that may be empty."""
    figures = {"分组": [dict.fromkeys(("总数", "化解", "化解率", "范围", "还差"), "1")] * 2, "报送": "按时"}
    decision = dict.fromkeys(("序号", "事由", "编号", "旗区", "事项", "清单", "起始", "时限", "包案领导", "请示"), "例")
    always: Fields = dict.fromkeys(("报头", "文件标题", "单位", "期号", "日期", "数据截至", "标题", "督办", "变化", "报送"), "例")
    always |= {
        "版面": "",
        "提要": [{"名称": "例", "内容": "例"}] * 2,
        "小标题": dict.fromkeys(("目标", "决策", "变化", "旗区"), "例"),
        "目标": [{"结论": "例", "要点": "例", "说明": "例"}] * 2,
        "分组": [{"名称": "例", "目标": "90%"}] * 2,
        "旗区": [{"名称": "例", **figures}] * 2,
        "合计": figures,
        "由来": ["例"] * 2,
    }
    some: Fields = {
        **dict.fromkeys(("更正", "撤销", "范围说明", "决策", "其余决策", "其余缺报"), "例"),
        "近日": [{"名称": "例", "数": ["1"] * 3}] * 2,
        "决策事项": [decision] * 2,
        "缺报": ["例"],
        "台账": ["例"],
    }
    return always | ({name: type(value)() for name, value in some.items()} if is_empty else some)


# --- figures -----------------------------------------------------------------------------------------------------


def _targets(report: Report, limits: Limits) -> list[Fields]:
    """Return for each group whether its target is met, and what is to be said of that."""
    targets = [
        {
            "结论": sentences.target(figure, is_reasoned=False),  # why stands at the head
            # in the first paragraph about a group stand the cases that were taken from it or cancelled
            "要点": edit_words.of_group(report.edited, figure.group, limits.edits),
            "说明": corrections.of_group(report, figure.group, limits.corrections)
            + (sentences.since_yesterday(bridge, report.submissions) if figure.tally.total else "")
            + same_day.of_verdict(bridge, figure.tally)
            + edit_words.disputes(report, figure, limits.edits, with_ended=limits.corrections > 1)
            + sentences.unmoved(certainty, figure.tally, 0 if limits.is_brief else 4)
            + edit_words.answered_before(report, certainty, figure.tally)
            + ("" if limits.steps else _reliance(certainty, way, limits)),
        }
        for figure, bridge, certainty, way in zip(report.targets, report.bridges, report.certainties, report.ways, strict=True)
    ]
    rules = [{"结论": "", "要点": report.new_rules, "说明": ""}] if report.new_rules else []
    return [*rules, *targets]


def _left_out(report: Report) -> str:
    return who_reported.left_out(report.left_out)


def _reliance(certainty: Certainty, way: Way, limits: Limits) -> str:
    """Return how far a figure can be relied on: who confirmed it; and the way to the target.

    At which pace the target comes nearer stands on the page and in the workbook.
    """
    return sentences.confirmation(certainty) + ("" if limits.is_dense else sentences.way(replace(way, days=0)))


def _districts(report: Report) -> list[Fields]:
    statuses = {submission.district: _status(submission, report) for submission in report.submissions}
    figures = {name: [figure for figure in report.by_district if figure.label == name] for name in report.settings.district_names}
    return [{"名称": name, **_row(statuses.get(name, ""), figures[name], report)} for name in figures]


def _status(line: SubmissionLine, report: Report) -> str:
    """Return how a district reported; a report that was replaced later than its readers expect is not told as the first one."""
    if line.is_lost:
        return "遗失"
    status = "零报告" if line.zero_report and line.status == "on-time" else words.REPORTED[line.status]
    if line.is_wholly_refused:  # in two lines of three characters, as the column has room
        return f"{status}，全退回"
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


_FEWEST_CHARACTERS = 24
"""Of a matter that stands nowhere else on the paper."""
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
    """Return which particulars were edited, and what of the assignment workbook does not hold.

    Where there is little room, what the figures rest on stands here, in smaller letters.
    """
    room = limits.edits if limits.edited > 1 else edit_words.Room(0, 0)
    edited = edit_words.edits(report.edited, room)
    groups = zip(report.targets, report.certainties, report.ways, strict=True) if limits.steps else ()
    reliances = [(figure.label, _reliance(certainty, way, limits)) for figure, certainty, way in groups]
    relied_on = ["".join(f"{label}：{reliance}" for label, reliance in reliances if reliance)]
    of_register = [
        edited and f"{edited}{edit_words.outcomes(report.edited, room)[1]}逐件见{_CHANGES}。",
        edit_words.warnings(report.cases, limits.edits),
        edit_words.refused_rows(report, limits.edits),
    ]
    fallen = _fallen(report, limits) if limits.steps else ()
    return [sentence for sentence in [*relied_on, *fallen, *of_register] if sentence]


def _case(change: Change) -> str:
    number = short(change.number, LONGEST_NUMBER)
    return f"{number}（{change.district}）" if change.district else number


def _decisions(report: Report, limits: Limits) -> Fields:
    items = agenda.by_request(report.decisions)
    shown = decision_items.chosen(items, limits.decisions)
    named = sum(min(len(item), limits.named) for item in shown)
    most = limits.corrections or int(limits.absences > 0)
    return {
        "决策": headline.noted(report, max(1, most), max(_FEWEST_CHARACTERS, limits.characters))
        + matter_words.changed(report, most, limits.characters),
        "决策事项": [
            {"序号": str(position), **decision_items.texts(item, limits.characters, limits.named, is_older=limits.is_older)}
            for position, item in enumerate(shown, 1)
        ],
        "其余决策": sentences.rest(len(report.decisions) - named, _DECISIONS),
    }
