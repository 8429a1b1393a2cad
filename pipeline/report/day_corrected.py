"""The day itself where it is a correction: what is told otherwise than its own readers could know.

Covered by tests/night/test_deceptions_restated.py.
"""

from __future__ import annotations

from pipeline.day.edit_effects import Effects
from pipeline.day.restatement import Restated
from pipeline.report import corrections, edit_words, matter_words
from pipeline.report.report import Report


def of_day(report: Report) -> list[str]:
    """Return what its readers have to know of corrections, of the day as a whole where its figures are corrected, then group by group."""
    groups = ((group.name, corrections.of_group(report, group.name)) for group in report.settings.groups)
    whole = [correction(report)] if of_this_day(report) or report.correcting_effects != Effects() else []
    return [*whole, *(f"{name}：{said}" for name, said in groups if said)]


def correction(report: Report, most: int = corrections.MOST) -> str:
    """Return what is known of this day that its own readers could not know; '' where it is no correction."""
    if not report.is_correction:
        return ""
    noon = f"次日{report.settings.calendar.correction_after:%H:%M}"
    files = (
        f"{corrections.listed(report.correcting, most, report.day)}在{noon}" if report.correcting else f"影响当日数字的内容，有的在{noon}"
    )
    told = ((entry, [figures_of_this_day(report, entry), *corrections.moved(entry.moves, most)]) for entry in of_this_day(report))
    groups = [f"{entry.group}案件{'；'.join(parts)}。" for entry, parts in told]
    since = "当日24:00所知" if report.corrected_net else "此前所知"
    figures = f"与{since}相比，{''.join(groups)}" if groups else f"各组的总数和化解件数，与{since}相同。"
    if rewritten := edit_words.of_late_reports(report.correcting_effects, report.day, corrections.room(most)):
        unchanged = "" if groups else "各组的总数和化解件数没有变，但"
        figures = f"{figures if groups else ''}{unchanged}案件内容有更正：{'；'.join(rewritten)}。"
    elif (others := matter_words.kinds(report)) and not groups:
        figures = f"各组的总数和化解件数没有变，但{others}有更正。"
    return f"本期为更正：{files}以后才收到。{figures}{'以前如已发出同日专报，以本期为准。' if most else ''}"


def in_short(report: Report) -> str:
    """Return whose report came late and what it changed of the figures, the cases elsewhere; '' where the day is no correction."""
    if not report.is_correction:
        return ""
    noon = f"次日{report.settings.calendar.correction_after:%H:%M}"
    whose = corrections.listed(report.correcting, 1, report.day) if report.correcting else "影响当日数字的内容，有的"
    figures = "；".join(f"{entry.group}{figures_of_this_day(report, entry)}" for entry in of_this_day(report))
    changed = figures or "各组的总数和化解件数没有变"
    since = "当日24:00所知" if report.corrected_net else "此前所知"
    return f"本期为更正：{whose}在{noon}以后才收到。与{since}相比，{changed}；案件见第三部分。以前如已发出同日专报，以本期为准。"


def of_this_day(report: Report) -> list[Restated]:
    """Return the groups of which a correction tells otherwise than an earlier edition may have, in their order.

    Who read the day before it was corrected read an edition of the night, or one of noon; which were published is no part of the inputs.
    So what came by noon is counted in, as it is in the lines of the next day: all papers compare with the end of the day.
    """
    net = {entry.group: entry for entry in report.corrected_net}
    entries = {entry.group: entry for entry in report.corrected} | net
    by_noon = {entry.group for entry in report.corrected}
    order = {group.name: place for place, group in enumerate(report.settings.groups)}
    told = (entry for entry in entries.values() if entry.differs or entry.group in by_noon)
    return sorted(told, key=lambda entry: order.get(entry.group, len(order)))


def all_runs(report: Report) -> list[list[Restated]]:
    """Return the day itself where it is corrected, then the earlier days in runs, group by group."""
    by_group = (corrections.runs_of(entry for entry in earlier(report) if entry.group == group) for group in corrections.groups(report))
    return [*([entry] for entry in of_this_day(report)), *(run for runs in by_group for run in runs)]


def earlier(report: Report) -> list[Restated]:
    """Return the earlier days that are restated, for the page.

    A day that was corrected by noon and since is told once there, as in the sentences: compared with the end of the day before.
    """
    net = {(entry.day, entry.group): entry for entry in report.overnight_net if entry.differs}
    return [net.get((entry.day, entry.group), entry) for entry in report.restated]


def figures_of_this_day(report: Report, entry: Restated, *, with_cases: bool = False) -> str:
    """Return what was told of a group of this day and is known now; where more was known by noon, that too."""
    if all(net.group != entry.group for net in report.corrected_net):
        return corrections.pair_with_cases(entry) if with_cases else corrections.pair(entry.tallies)
    by_noon = next((noon.tallies[0] for noon in report.corrected if noon.group == entry.group), entry.tallies[1])
    known = f"次日{report.settings.calendar.correction_after:%H:%M}所知{corrections.counts(by_noon)}"
    if not entry.differs:
        return f"{known}，又改回{corrections.counts(entry.tallies[1])}"
    return f"{corrections.pair_with_cases(entry) if with_cases else corrections.pair(entry.tallies)}（{known}）"
