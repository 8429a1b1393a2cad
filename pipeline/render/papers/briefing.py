"""What 专报 says: plain texts by the names that its templates use. Word and PDF set the same texts, and no figure is computed here."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from pipeline.render import districts
from pipeline.render.papers import case_names, decision_items, decision_list, district_table, limits, page_room, unchanging
from pipeline.render.papers.decision_items import WORKBOOK, Item
from pipeline.render.papers.limits import CHANGES_SHEET, Limits
from pipeline.render.papers.plain_text import plain_in
from pipeline.render.papers.unchanging import Fields
from pipeline.report import (
    agenda,
    corrections,
    day_corrected,
    decision_words,
    edit_words,
    exemptions,
    headline,
    matter_words,
    not_taken,
    outcome_words,
    same_day,
    sentences,
)
from pipeline.report.figures import Certainty, Figure, Way
from pipeline.report.report import Report

FEWER_PAGES, MOST_PAGES = 2, 3
FEW_THINGS = 30
"""With fewer things to say two pages are enough; with more, where nothing has to be left to the workbook for that."""
RANGE_ELSEWHERE = f"“补报后最低、最高”怎样算，见{WORKBOOK}“总览”。"
"""For templates that still show them."""
_RECENT_ELSEWHERE = "近日的化解率、还差几件和它们的时限见日报页面。"
"""On a day on which the strip of the last days and the way to each target have no room."""
_DECISIONS = f"{WORKBOOK}“急报事项”“督办清单”和“案件台账”", f"{WORKBOOK}“决策事项”"  # on a large day the latter
_FEWEST_EDITS = edit_words.Room(1, 12)
"""What of the day's cancelled and moved cases stands beside a verdict where the first page has the decisions as a list."""


def fields(report: Report, *, is_older: bool = False) -> Fields:
    """Return every text of the report: on as few pages as hold it, all decisions on page one where that can be, in the largest letters.

    What stands behind the verdicts goes to page two first; all is set smaller before anything is left out. No page is for a few lines.
    More pages than `MOST_PAGES` have what is told whole in any case: what endangers people.
    """
    drafts = _Drafts.of(report)
    least = drafts.within(limits.tightest(is_older=is_older))
    needed = max(MOST_PAGES, page_room.pages(least))
    is_hopeless = report.has_page_per_unit and needed > MOST_PAGES  # and each try takes long there
    for most in () if is_hopeless else (*range(1, MOST_PAGES), needed):
        may_cut = most >= MOST_PAGES or (most == FEWER_PAGES and things(report) < FEW_THINGS)
        if draft := _fitted(drafts, most, may_cut=may_cut, is_older=is_older):
            is_short = needed == most == MOST_PAGES and page_room.ends_early(draft)
            return (_fitted(drafts, FEWER_PAGES, may_cut=True, is_older=is_older) if is_short else None) or draft
    return least


@dataclass(frozen=True, slots=True)
class _Drafts:
    """The texts of one report within limits, of which dozens are tried: what is the same in all of them is made once, and so is each."""

    report: Report
    items: list[Item]
    """What needs a decision."""
    changes: dict[str, list[tuple[str, str]]]
    """The day's, by kind: number and district."""
    same: Fields
    """What no limit changes."""
    made: dict[Limits, Fields] = field(default_factory=dict)

    @classmethod
    def of(cls, report: Report) -> _Drafts:
        same = {name: plain_in(value) for name, value in unchanging.texts(report).items()}
        return cls(report, agenda.by_request(report.decisions, joins_urgent=True), unchanging.changes(report), same)

    def within(self, room: Limits) -> Fields:
        if room not in self.made:
            texts = self.same | {name: plain_in(value) for name, value in _limited(self, room).items()}
            self.made[room] = {name: texts[name] for name in _NAMES}
        return self.made[room]

    def has_strip(self, draft: Fields) -> bool:
        return bool(draft["近日"]) or not self.same["近日"]

    def has_measures(self, room: Limits) -> bool:
        """Return whether anything is known to have been done about an urgent matter, and requests are told whole."""
        return room.requests == decision_items.LONGEST_REQUEST and any(matter.measures for matter in self.report.urgent)


def _fitted(drafts: _Drafts, most: int, *, may_cut: bool, is_older: bool) -> Fields | None:
    """Return the fullest texts that fit on so many pages, if any do; on fewer than the most, no decision is left out for that.

    Where page one could have all decisions, fuller texts give way to those that have them there, and among these to the strip of days.
    """
    items = len(drafts.items)
    found: tuple[int, Limits, Fields] | None = None
    may_be_decided = False
    for number, rung in enumerate(limits.rungs(items, is_older=is_older, may_cut=may_cut, may_cut_requests=most >= MOST_PAGES)):
        made = _of_rung(drafts, rung)
        may_be_decided |= any(_is_decided(draft, items) for _tried, draft in made)
        fitting = [(tried, draft) for tried, draft in made if page_room.pages(draft) <= most]
        if not fitting or (most < MOST_PAGES and _shown(fitting[0][1]) < items):
            continue
        best = (number, *_best(fitting, items))
        found = found or best
        if not may_be_decided or (_is_decided(best[2], items) and drafts.has_strip(best[2])):
            found = best
            break
        if _is_decided(best[2], items) and not _is_decided(found[2], items):
            found = best
    if not found:
        return None
    number, tried, draft = found
    return _filled(drafts, tried, draft, most, is_full=not (number or tried.is_listed or not drafts.has_strip(draft)))


def _of_rung(drafts: _Drafts, rung: list[Limits]) -> list[tuple[Limits, Fields]]:
    """Return what may be tried with its texts; the barest only where page one has not all decisions else."""
    usual = [(tried, drafts.within(tried)) for tried in rung if not tried.is_bare]
    if any(_is_decided(draft, len(drafts.items)) for _tried, draft in usual):
        return usual
    return [*usual, *((tried, drafts.within(tried)) for tried in rung if tried.is_bare)]


def _best(fitting: list[tuple[Limits, Fields]], items: int) -> tuple[Limits, Fields]:
    """Return the first whose table has all decisions on page one, without a page half empty if it can be; else a list of them does."""
    decided = [pair for pair in fitting if _is_decided(pair[1], items)]
    decided = [pair for pair in decided if pair[1]["近日"]] or decided
    by_table = [pair for pair in decided if not pair[0].is_listed]
    parted = [pair for pair in fitting if pair[0].is_parted and not pair[0].is_listed]
    return next((pair for pair in by_table if page_room.is_decided_first(pair[1])), (by_table or decided or parted[::-1] or fitting)[0])


def _is_decided(draft: Fields, items: int) -> bool:
    return _shown(draft) == items and page_room.is_decided(draft)


def _shown(draft: Fields) -> int:
    """Return how many decisions are shown, in the list of them or in their table."""
    return max(len(draft["决策清单"]), len(draft["决策事项"]))


def things(report: Report) -> int:
    """Return how many things there are to say: decisions of which the same is asked are one."""
    changes = sum(change.kind != "status" for change in report.changes)
    items = len(agenda.by_request(report.decisions, joins_urgent=True))
    return items + changes + len(report.restated) + len(report.absences) + len(report.urgent) + len(report.edited.edits)


def _filled(drafts: _Drafts, tried: Limits, draft: Fields, most: int, *, is_full: bool) -> Fields:
    """Return the texts with as much more in them as the pages hold, decisions first: nothing is left out beside free space.

    `is_full`: nothing was cut, so that only the measures are still to be told; they give way to what is asked.
    """
    is_decided = page_room.is_decided(draft)

    def has_room(fuller: Fields) -> bool:
        return page_room.pages(fuller) <= most and page_room.is_decided(fuller) >= is_decided

    def raised(tried: Limits, draft: Fields, names: Iterable[str]) -> tuple[Limits, Fields]:
        for name, step in itertools.product(names, limits.STEPS):
            while (raised := getattr(tried, name) + step) <= limits.FILLED[name]:
                more = replace(tried, **{name: raised})
                fuller = drafts.within(more)
                if fuller == draft or not has_room(fuller):
                    break
                tried, draft = more, fuller
        return tried, draft

    if not is_full:
        tried, draft = raised(tried, draft, limits.FILLED_FIRST)
        # the strip of the last days stands above the decisions: where these have no room on page one it takes none from them
        tried, draft = _with_more(drafts, (tried, draft), limits.STRIP[: 1 + is_decided], has_room)
    measured = (replace(tried, **measured) for measured in limits.MEASURES if drafts.has_measures(tried))
    tried, draft = next(((more, fuller) for more in measured if has_room(fuller := drafts.within(more))), (tried, draft))
    if is_full and not tried.is_brief:
        return draft
    tried, draft = raised(tried, draft, [name for name in limits.FILLED if name not in limits.FILLED_FIRST])
    return _with_more(drafts, (tried, draft), limits.LEFT_OUT, has_room)[1]


def _with_more(
    drafts: _Drafts, found: tuple[Limits, Fields], told: Iterable[limits.Shape], has_room: Callable[[Fields], bool]
) -> tuple[Limits, Fields]:
    for more in (replace(found[0], **each, cases=max(1, found[0].cases)) for each in told):
        if more != found[0] and has_room(fuller := drafts.within(more)):
            found = more, fuller
    return found


_NAMES = (
    "报头", "版面", "文件标题", "单位", "期号", "日期", "标题", "数据截至", "更正", "提要", "小标题", "目标", "近日", "督办", "撤销",
    "分组", "层级", "旗区", "合计", "范围说明", "由来", "变化", "台账",
    "决策", "决策清单", "案件清单", "决策事项", "其余决策", "报送", "缺报", "其余缺报",
)  # fmt: skip
"""In this order the first place is looked for of a character that no font has."""


def _limited(drafts: _Drafts, room: Limits) -> Fields:
    """Return the texts that are fuller or shorter."""
    report = drafts.report
    behind = day_corrected.told_behind(report, max(1, room.corrections), max(limits.FEWEST_CHARACTERS, room.characters))
    cancelled, behind_cancelled = _cancelled(report, room)
    return {
        "版面": room.setting,
        "更正": day_corrected.in_a_line(report),
        "目标": _targets(report, room),
        **({"近日": []} if room.is_dense else {}),
        **({"提要": unchanging.first_lines(report, is_listed=True)} if room.is_listed else {}),
        "撤销": cancelled,
        "范围说明": district_table.provisional(report, max(1, room.absences)),
        "由来": [*behind, *_bridges(report, room), *([] if room.steps else _fallen(report, room))],
        "变化": "" if room.steps else _changes(drafts, room),
        "台账": [
            *([_changes(drafts, room)] if room.steps else []),
            *_register(report, room),
            *behind_cancelled,
            *filter(None, [report.beyond.clocks_counted, _RECENT_ELSEWHERE if room.is_dense else ""]),
        ],
        **_decisions(drafts, room),
        **district_table.reported(report, room),
    }


# --- figures -----------------------------------------------------------------------------------------------------


def _targets(report: Report, room: Limits) -> list[Fields]:
    """Return for each group whether its target is met, and what is to be said of that."""
    targets = [
        {
            "结论": sentences.target(figure, is_reasoned=False),  # why stands at the head
            # in the first paragraph about a group stand the cases that were taken from it or cancelled
            "要点": edit_words.of_group(
                report.edited, figure.group, _FEWEST_EDITS if room.is_listed and not room.is_compact else room.edits
            ),
            "说明": (sentences.since_yesterday(bridge, report.submissions) if figure.tally.total and not room.is_bare else "")
            + same_day.of_verdict(bridge, figure.tally)
            + (
                _without_edits(report, figure, certainty, 0 if room.is_brief else _named_above(certainty))
                if room.is_parted
                else "".join(behind)
            ),
        }
        for figure, bridge, certainty, behind in zip(report.targets, report.bridges, report.certainties, _behind(report, room), strict=True)
    ]
    rules = [{"结论": "", "要点": report.new_rules, "说明": ""}] if report.new_rules else []
    return [*rules, *targets]


def _behind(report: Report, room: Limits) -> list[tuple[str, str]]:
    """Return for each group what stands behind its verdict: the rate without edits and how far it can be relied on; and corrections."""
    return [
        (
            (edit_words.of_group(report.edited, figure.group, room.edits) if room.is_listed and not room.is_compact else "")
            + edit_words.disputes(report, figure, room.edits, with_ended=room.corrections > 1)
            + _edits_behind(report, figure, certainty, room)
            + ("" if room.steps else _reliance(certainty, way, room)),
            corrections.of_group(report, figure.group, room.corrections),
        )
        for figure, certainty, way in zip(report.targets, report.certainties, report.ways, strict=True)
    ]


def _edits_behind(report: Report, figure: Figure, certainty: Certainty, room: Limits) -> str:
    """Return the rate without edits, or the cases that make the difference where the rate stands with the verdict."""
    if not room.is_parted:
        return _without_edits(report, figure, certainty, 0 if room.is_brief else 4)
    return "" if room.is_brief or _named_above(certainty) else sentences.behind_edits(certainty, figure.tally)


def _named_above(certainty: Certainty) -> int:
    """Return how many of the cases that make the difference stand with the verdict: all of one or two, else none."""
    count = sum(map(len, certainty.moved.values()))
    return count if count <= _FEW_EDITED else 0


_FEW_EDITED = 2


def _without_edits(report: Report, figure: Figure, certainty: Certainty, most: int) -> str:
    """Return the rate without edits of the register, and without what was answered before that counts only now."""
    return sentences.unmoved(certainty, figure.tally, most) + edit_words.answered_before(report, certainty, figure.tally)


def _cancelled(report: Report, room: Limits) -> tuple[str, list[str]]:
    """Return which cases are cancelled, and what of that follows with the changes; above the decisions stands then how many they are."""
    where = districts.where(report, "撤销案件", WORKBOOK)
    if not room.is_parted:
        return edit_words.cancelled(report.cases, report.edited, where, room.edits), []
    above, below = ("", "见上") if room.is_listed else ("见上", "见第一部分")
    count = edit_words.cancelled(report.cases, report.edited, "第三部分", edit_words.Room(0, 0), of_day_at=above)
    named = edit_words.cancelled(report.cases, report.edited, where, room.edits, of_day_at=below)
    has_more = "第三部分" in count  # than those of the day, which stand above it with their grounds
    if room.is_compact:  # nothing is said that stands above
        return "", [] if named.endswith("件见上。") else [named]
    return (count if has_more else ""), [named] if has_more and named else []


def _reliance(certainty: Certainty, way: Way, room: Limits) -> str:
    """Return how far a figure can be relied on: who confirmed it; and the way to the target.

    At which pace the target comes nearer stands on the page and in the workbook.
    """
    confirmed = "" if room.is_compact and room.steps else sentences.confirmation(certainty)
    return confirmed + ("" if room.is_dense or (room.is_compact and room.steps) else sentences.way(replace(way, days=0)))


# --- lists -------------------------------------------------------------------------------------------------------


def _changes(drafts: _Drafts, room: Limits) -> str:
    """Return the day's changes by kind, with their cases; a mere change of status is only counted."""
    report = drafts.report
    # How disputes ended is told beside the targets; where there is little room, here.
    told = {kind: cases for kind, cases in drafts.changes.items() if kind != "ended_disputes" or room.corrections <= 1}
    kinds = []
    for kind, cases in told.items():
        most = max(room.cases, limits.MOST_ENDED) if kind == "ended_disputes" else room.cases
        named = case_names.by_district([] if kind == "status" else cases, most, report.settings.district_names)
        kinds.append((kind, named, len(cases)))
    return sentences.changes(kinds, CHANGES_SHEET, report.submissions, has_steps=bool(room.steps), day_before=report.day_before)


def _bridges(report: Report, room: Limits) -> list[str]:
    """Return how the figures follow from yesterday's, and what stands behind the verdicts, where that is not told above."""
    labels = [f"{figure.label}：" for figure in report.targets]
    steps = labels if room.steps else [sentences.bridge(bridge, 0, report.submissions) for bridge in report.bridges]
    behind = _behind(report, room) if room.is_parted else [("", "")] * len(steps)
    told = [sentence for step, (more, _corrected) in zip(steps, behind, strict=True) if (sentence := f"{step}{more}") not in labels]
    # A correction is a paragraph of its own.
    return told + [f"{label}{corrected}" for label, (_more, corrected) in zip(labels, behind, strict=True) if corrected]


def _fallen(report: Report, room: Limits) -> list[str]:
    """Return which flags fell by an edit or because a case was referred, and which verdicts turned."""
    sentences_of_flags = (edit_words.referred(report, room.edits), edit_words.outcomes(report.edited, report.day, room.edits)[0])
    return [sentence for sentence in sentences_of_flags if sentence]


def _register(report: Report, room: Limits) -> list[str]:
    """Return which particulars were edited, and what of the assignment workbook does not hold.

    Where there is little room, what the figures rest on stands here, in smaller letters.
    """
    in_detail = room.edits if room.edited > 1 else edit_words.Room(0, 0)
    edited = edit_words.edits(report.edited, in_detail)
    groups = zip(report.targets, report.certainties, report.ways, strict=True) if room.steps else ()
    reliances = [(figure.label, _reliance(certainty, way, room)) for figure, certainty, way in groups]
    relied_on = ["".join(f"{label}：{reliance}" for label, reliance in reliances if reliance)]
    exempted = exemptions.all_told(report.beyond.exemptions, report.day, None if room.edited > 1 else limits.FEWEST_EXEMPTIONS)
    of_register = [
        *exempted,
        edited and f"{edited}{edit_words.outcomes(report.edited, report.day, in_detail)[1]}逐件见{CHANGES_SHEET}。",
        edit_words.warnings(report.cases, room.edits),
        edit_words.refused_rows(report, room.edits),
        matter_words.receptions_changed(report, room.corrections or int(room.absences > 0)),
    ]
    fallen = _fallen(report, room) if room.steps else ()
    return [sentence for sentence in [*relied_on, *fallen, report.beyond.exemptions_refused, *of_register] if sentence]


def _decisions(drafts: _Drafts, room: Limits) -> Fields:
    report, items = drafts.report, drafts.items
    shown = decision_items.chosen(items, room.decisions)
    named = sum(decision_items.named(item, room.named) for item in shown)
    most = room.corrections or int(room.absences > 0)
    few = max(limits.FEWEST_CHARACTERS, room.characters)
    noted = not_taken.asked(report) + headline.noted(report, max(1, most), few, room.measures)
    noted += headline.unsettled(report, most, few) + outcome_words.told(report, most, few)
    noted += outcome_words.of_requests(report.cases, report, 0 if room.is_compact else most, few) + matter_words.changed(
        report, most, room.characters
    )
    noted += decision_words.due_cases(report.cases, report.targets, report.day, max(limits.FEWEST_DUE, room.named) if most else 0)
    is_below = room.is_parted and bool(shown)  # what asks for nothing gives way to decisions
    beside = "" if is_below else noted
    listing = decision_list.listed(items, report.day, room.list_lines, is_brief=room.is_compact) if room.is_listed else []
    rows, cases = decision_items.rows(shown, report.day, room.space, is_gathered=room.is_gathered)
    if room.is_compact:
        rows, others = decision_list.in_few_lines(rows, listing)
        cases, beside = ([*cases, *filter(None, [others])], "") if rows else ([], others)
    return {
        "决策": beside,
        "决策清单": listing,
        "案件清单": cases,
        "决策事项": decision_list.told_above(rows, listing),
        "其余决策": sentences.rest(len(report.decisions) - named, _DECISIONS[report.has_workbook_per_unit]) + (noted if is_below else ""),
    }
