"""The day itself where it is a correction: what is told otherwise than its own readers could know; and reports of earlier days.

Covered by tests/night/test_deceptions_restated.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from pipeline.day.cases import goes_back
from pipeline.day.edit_effects import Effects
from pipeline.day.restatement import LateReport, RefusedSince, Restated
from pipeline.report import corrections, edit_words, matter_words, restated_figures, sentences
from pipeline.report.report import Report
from pipeline.terms import words


def of_day(report: Report) -> list[str]:
    """Return what its readers have to know of corrections, of the day as a whole where its figures are corrected, then group by group."""
    groups = ((group.name, corrections.of_group(report, group.name)) for group in report.settings.groups)
    whole = [correction(report)] if of_this_day(report) or report.correcting_effects != Effects() else []
    return [*whole, *(f"{name}：{said}" for name, said in groups if said)]


def correction(report: Report, most: int = restated_figures.MOST) -> str:
    """Return what is known of this day that its own readers could not know; '' where it is no correction."""
    if not report.is_correction:
        return ""
    told = ((entry, [figures_of_this_day(report, entry), *restated_figures.moved(entry.moves, most)]) for entry in of_this_day(report))
    groups = [f"{entry.group}案件{'；'.join(parts)}。" for entry, parts in told]
    figures = f"与{since(report)}相比，{''.join(groups)}" if groups else f"各组的总数和化解件数，与{since(report)}相同。"
    if rewritten := edit_words.of_late_reports(report.correcting_effects, report.day, corrections.room(most)):
        unchanged = "" if groups else "各组的总数和化解件数没有变，但"
        figures = f"{figures if groups else ''}{unchanged}案件内容有更正：{'；'.join(rewritten)}。"
    elif (others := content(report, most)) and not groups:
        figures = f"各组的总数和化解件数没有变，{others}。"
    return f"本期为更正：{_came(report, most)}。{figures}{EARLIER_ISSUES if most else ''}"


EARLIER_ISSUES = "以前如已发出同日专报，以本期为准。"


def in_a_line(report: Report) -> str:
    """Return what stands under the title of a correction; '' elsewhere. What changed is told behind the verdicts."""
    return f"{EARLIER_ISSUES.removesuffix('。')}；改了什么，见“{words.RESTATED}”。" if report.is_correction else ""


def behind(report: Report, most: int = restated_figures.MOST) -> str:
    """Return whose reports the correction comes from, the cases, and what else changed; '' where the first lines tell it all."""
    told = ((entry, restated_figures.moved(entry.moves, most)) for entry in of_this_day(report))
    short = restated_figures.moved
    news = [(entry, moved) for entry, moved in told if moved and (restated_figures.has_moved(entry) or moved != short(entry.moves, 1))]
    by_cause = _by_cause(report, [entry for entry, _moved in news], most)
    groups = by_cause or [f"{entry.group}{'，'.join(moved)}" for entry, moved in news]
    rewritten = edit_words.of_late_reports(report.correcting_effects, report.day, corrections.room(most))
    parts = [*groups, *([f"案件内容有更正：{'；'.join(rewritten)}"] if rewritten else [])]
    if not report.is_correction or not (parts or of_this_day(report) or len(report.correcting) > 1):
        return ""
    compared = f"与{since(report)}相比：{'；'.join(parts)}" if parts else ""
    if by_cause:
        return f"本期的更正：当日24:00以后收到的，{compared}。"
    return f"本期的更正：{'，'.join(part for part in (_came(report, most), compared) if part)}。"


def rewritten_in_full(report: Report) -> list[str]:
    """Return what late reports changed in particulars and flags, of the day itself and of every group's earlier days, with all cases."""
    ample = edit_words.AMPLE
    of_day = edit_words.of_late_reports(report.correcting_effects, report.day, ample)
    earlier = [(group.name, corrections.all_rewritten(report, group.name, ample.cases)) for group in report.settings.groups]
    refused = refused_since(report, len(report.refused_since))
    other = contradicted(report, len(report.cases))
    told = [*([f"{said}。" for said in (refused, other) if said]), *([f"本期的更正：{'；'.join(of_day)}。"] if of_day else [])]
    return [*told, *(f"{name}：{said}" for name, said in earlier if said)]


def _by_cause(report: Report, entries: Sequence[Restated], most: int) -> list[str]:
    """Return what each district's reports changed of these groups, with its own cases alone, most first; [] where all came after noon."""
    by_noon = _by_noon(report)
    reports = [*by_noon, *report.correcting]
    moved = {number for entry in entries for number in entry.moves.cases}
    cases: dict[str, set[str]] = {}
    for each in reports:
        cases.setdefault(each.district, set()).update(number for number in moved if each.speaks_of([number]))
    order = sorted(cases, key=lambda district: -len(cases[district]))
    if not by_noon or not order[1:] or set().union(*cases.values()) != moved:
        return []
    told = []
    for district in order[:most]:
        own = [entry for entry in entries if entry.moves.among(cases[district]).cases]
        changed = [f"{entry.group}{'，'.join(restated_figures.moved(entry.moves.among(cases[district]), most))}" for entry in own]
        listed = corrections.listed([each for each in reports if each.district == district], most, report.day)
        told.append(f"{listed}：{'、'.join(changed) or '没有改变总数和化解件数'}")
    return [*told, *([f"等{len(order)}个旗区的日报"] if len(order) > most else [])]


def _by_noon(report: Report) -> list[LateReport]:
    """Return the reports of before noon that stand behind what is told, since that begins with the day's end."""
    moved = [number for entry in report.corrected_net for number in entry.moves.cases]
    return [late for late in report.correcting_by_noon if late.speaks_of(moved)]


def content(report: Report, most: int = 1) -> str:
    """Return what the day's late reports say otherwise where they move no total; '' where nothing is known of that."""
    if parts := [part for part in (newly(report, most), _given(report, most), _kinds(report)) if part]:
        return "，".join(parts)
    late = {entry.district for entry in report.correcting if entry.day == report.day and entry.is_revision}
    lines = [line for line in report.submissions if line.district in late]
    return "；".join(
        f"{line.district if len(report.correcting) > 1 else ''}{_same_as(line.repeats) or matter_words.revised(line.revised, most)}"
        for line in lines
    )


def newly(report: Report, most: int = 1) -> str:
    """Return how the day's newly resolved cases are others than its readers could know; '' where they are the same ones."""
    told, now = report.newly_told, report.newly_resolved
    if told is None or {*told} == {*now}:
        return ""
    kinds = (("不再算", [number for number in told if number not in now]), ("改为算", [number for number in now if number not in told]))
    named = "，".join(f"{words_of}新化解{len(cases)}件（{words.first_of(cases, most)}）" for words_of, cases in kinds if cases)
    counted = f"由{len(told)}件改为{len(now)}件" if len(told) != len(now) else f"仍为{len(now)}件，案件有变"
    return f"当日新化解{counted}：{named}"


def _given(report: Report, most: int) -> str:
    """Return which cases count now that the office gave away or took in, where late reports of earlier days speak of them."""
    late = [each for each in report.correcting if each.day < report.day]
    steps = [step for bridge in report.bridges for step in bridge.resolved_steps if step.kind == "given"]
    own = {step: [number for number in step.cases if any(each.speaks_of([number]) for each in late)] for step in steps}
    told = (("增加" if step.change > 0 else "减少", numbers) for step, numbers in own.items() if numbers)
    named = [f"使已化解{way}{len(numbers)}件（{words.first_of(numbers, most)}）" for way, numbers in told]
    return f"从前一日到当日，按现在所知改派{'、'.join(named)}" if named else ""


def _kinds(report: Report) -> str:
    others = matter_words.kinds(report)
    return f"{others}有更正" if others else ""


def _same_as(revision: int) -> str:
    return f"内容与第 {revision} 版相同" if revision else ""


def _came(report: Report, most: int) -> str:
    """Return whose reports came after the noon by which the day's readers could know them."""
    noon = _noon(report)
    if not report.correcting:
        return f"影响当日数字的内容，有的在{noon}以后才收到"
    came = f"{corrections.listed(report.correcting, most, report.day)}在{noon}以后才收到"
    by_noon = _by_noon(report)
    return f"{came}，{corrections.listed(by_noon, most, report.day)}在当日24:00以后、{noon}以前收到" if by_noon else came


def _noon(report: Report) -> str:
    return f"次日{report.settings.calendar.correction_after:%H:%M}"


def since(report: Report) -> str:
    """Return as of when the former figures are of a day that is a correction."""
    return "当日24:00所知" if report.corrected_net else f"{_noon(report)}所知"


def filled_in(report: Report, most: int = restated_figures.MOST) -> str:
    """Return which reports of earlier days came of districts that had sent none, and changed no figure that was told; '' where none did.

    Those that did are told with what they changed.
    """
    entries = (*report.overnight_earlier, *report.overnight, *report.restated)
    effects = (report.overnight_effects, report.late_effects)
    cases = {number for entry in entries for number in entry.moves.cases}.union(*(effect.numbers for effect in effects))
    told = {change.district for change in report.changed_matters if change.day < report.day}
    came = {(late.district, late.day): late for late in (*report.overnight_reports, *report.late_reports) if not late.is_revision}
    reports = [late for late in came.values() if late.district not in told and not late.speaks_of(cases)]
    return f"{corrections.listed(reports, most, report.day)}，以前的数字没有因此改变。" if reports else ""


def replaced(report: Report, most: int, cases: int) -> str:
    """Return which districts' reports were replaced, with both times; '' where none was that leaders have to know of.

    One that makes the day a correction and only moved cases is told with them, and stands as 后更正 in the table.
    """
    late = {entry.district for entry in report.correcting if entry.day == report.day}
    moved = {number for entry in of_this_day(report) for number in entry.moves.cases}
    told = {
        line.district for line in report.submissions if line.district in late and line.moves.cases and moved.issuperset(line.moves.cases)
    }
    lines = [line for line in report.submissions if corrections.is_noteworthy(line, report) and line.district not in told]
    shown = [f"{line.district}{corrections.handed_in(line, report.day, cases)}" for line in lines[:most]]
    return f"报后又更正的：{'；'.join(shown)}{f'等{len(lines)}个' if len(lines) > len(shown) else ''}。" if lines else ""


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
    of_groups = ([entry for entry in earlier(report) if entry.group == group] for group in corrections.groups(report))
    return [*([entry] for entry in of_this_day(report)), *(run for entries in of_groups for run in restated_figures.runs_of(entries))]


def earlier(report: Report) -> list[Restated]:
    """Return the earlier days that are restated, for tables.

    A day that was corrected by noon and since is told once there, as in the sentences: compared with the end of the day before.
    """
    net = {(entry.day, entry.group): entry for entry in report.overnight_net if entry.differs}
    return [net.get((entry.day, entry.group), entry) for entry in report.restated]


def known_before(report: Report, entry: Restated) -> str:
    """Return as of when the figures were that an entry of the tables calls the former ones: days differ in it."""
    before, noon = report.day - timedelta(days=1), report.settings.calendar.correction_after
    if entry.day == report.day:
        is_of_end = any(net.group == entry.group for net in report.corrected_net)
        moment = (
            f"{sentences.day(report.day, report.day)}24:00"
            if is_of_end
            else f"{sentences.day(report.day + timedelta(days=1), report.day)}{noon:%H:%M}"
        )
    elif any((net.day, net.group, net.unit) == (entry.day, entry.group, entry.unit) for net in report.overnight_net if net.differs):
        moment = f"{sentences.day(before, report.day)}24:00"
    else:
        moment = f"{sentences.day(report.day, report.day)}{corrections.noon(report)}"
    return f"{moment}所知"


def figures_of_this_day(report: Report, entry: Restated, *, with_cases: bool = False) -> str:
    """Return what was told of a group of this day and is known now; where more was known by noon, that too."""
    if all(net.group != entry.group for net in report.corrected_net):
        return restated_figures.pair_with_cases(entry) if with_cases else restated_figures.pair(entry)
    by_noon = next((noon.tallies[0] for noon in report.corrected if noon.group == entry.group), entry.tallies[1])
    known = f"次日{report.settings.calendar.correction_after:%H:%M}所知{restated_figures.counts(by_noon)}"
    if not entry.differs:
        return f"{known}，又改回{restated_figures.counts(entry.tallies[1])}"
    return f"{restated_figures.pair_with_cases(entry) if with_cases else restated_figures.pair(entry)}（{known}）"


def refused_since(report: Report, most: int, characters: int | None = None) -> str:
    """Return which rows that were taken are refused by what came late of earlier days, what they say and why; '' where none is.

    So many of them are named, in so many characters of what they say, all of it where it is None.
    """
    told = [refused_row(row, report.day, characters) for row in report.refused_since[:most]]
    more = f"等，共{len(report.refused_since)}行" if len(report.refused_since) > most else ""
    return f"以前采用的行改为退回：{'；'.join(told)}{more}" if told else ""


def contradicted(report: Report, most: int) -> str:
    """Return which cases count as resolved of which their districts' later reports said less, in rows that were refused; '' where none.

    Told on the day of such a report, and on the day that came to know the resolution; what was taken first is told by `refused_since`.
    """
    counted = {case.number: case for case in report.cases if case.is_counted}
    told_before = {(row.day, row.number) for row in report.refused_since}
    said: dict[str, list[tuple[date, str]]] = {}
    for rows in report.unmended:
        for number, status in rows.went_back:
            if number in counted and (rows.day, number) not in told_before and rows.day > (counted[number].settled_since or date.max):
                said.setdefault(number, []).append((rows.day, status))
    known_now = {number for entry in corrections.told_otherwise(report) for number in entry.moves.newly_counted}
    told = [
        f"{counted[number].district}{'、'.join(sentences.day(day, report.day) for day, _status in days)}{len(days)}份日报里{number}写"
        f"{'、'.join(f'“{status}”' for status in dict.fromkeys(status for _day, status in days))}"
        for number, days in sorted(said.items())
        if days[-1][0] == report.day or number in known_now
    ]
    more = f"等，共{len(told)}件" if len(told) > most else ""
    return f"计入化解而旗区此后写得不同、退回没有采用的：{'；'.join(told[:most])}{more}，请核实" if told else ""


def told_behind(report: Report, most: int, characters: int) -> list[str]:
    """Return what stands behind the line about corrections: where the day's own comes from, and the rows refused since."""
    refused = refused_since(report, most, characters)
    return [*filter(None, [behind(report, most), refused and f"{refused}。"])]


def refused_in_brief(report: Report) -> str:
    """Return how many such rows there are and of which cases, for first lines; '' where there is none."""
    cases = words.first_of([f"{row.district}{row.number}" for row in report.refused_since], restated_figures.MOST)
    return f"以前采用的{len(report.refused_since)}行改为退回（{cases}）" if cases else ""


def refused_row(row: RefusedSince, told_on: date, characters: int | None = None, *, with_district: bool = True) -> str:
    """Return one of them: whose, of which day, about which case, what it says, and why it cannot be taken any more."""
    said = [row.status, *([f"今日进展：{_short(row.progress, characters)}"] if row.progress else [])]
    said += [f"需协调：{_short(row.request, characters)}"] if row.request else []
    goes = row.before and goes_back(row.before, row.status)
    why = f"此前已是“{row.before}”，又没有写重新办理原因" if goes else "这一行已不能采用，原因见重写的回执"
    place = f"{row.district * with_district}{sentences.day(row.day, told_on)}日报的{row.number}"
    return f"{place}（{'；'.join(said)}），以前日期的日报补报、更正后，{why}"


def _short(text: str, characters: int | None) -> str:
    text = text.rstrip("。；，")
    return text if characters is None or len(text) <= characters else f"{text[:characters]}…"


def first_rewritten(report: Report) -> str:
    """Return in one clause what late reports did to cases of earlier days beside their figures: the first thing, and how many more."""
    both = ((report.overnight_effects, report.overnight_reports), (report.late_effects, report.late_reports))
    room = corrections.room(1)
    told = [(said, effects, late) for effects, late in both for said in edit_words.of_late_reports(effects, report.day, room)]
    if not told:
        return "以前日报里的案件内容有更正"
    (said, effects, late), *more = told
    whose = corrections.listed([each for each in late if each.speaks_of(effects.numbers)] or late, 1, report.day)
    others = f"，另有{len(more)}项" if more else ""
    return f"以前日报里的案件内容有更正{f'（{whose}）' if late else ''}：{said.removeprefix('日报更正后，')}{others}"
