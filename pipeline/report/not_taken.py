"""What districts reported and was not taken: urgent matters and requests of which the words are told nowhere, and a district's whole day.

That such things are there is said wherever else it would be said that there is nothing. Covered by tests/report/test_not_taken.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import takewhile
from typing import Final

from pipeline.day import refused_matters
from pipeline.day.refused_matters import RefusedMatter
from pipeline.report import day_corrected
from pipeline.report.report import Report
from pipeline.report.submission_lines import RefusedUrgent, SubmissionLine, UnmendedRows
from pipeline.terms import messages, words
from pipeline.terms.contract import SAFETY, URGENT, URGENT_KINDS
from pipeline.terms.text import mask

_MOST_NAMED: Final = 4
_HEAD: Final = "报来而退回、这里没有写的急报事项"


def urgent(report: Report) -> str:
    """Return whose urgent matters were not taken, how many of which kinds, and where they can be read; '' where nobody's were.

    Nothing of their words is told. Files that are no district's own and those of earlier days that came now are told of too.
    """
    own = _of_day(report)
    named = _named(own)
    where = "原文在旗区的日报和回执里，急报的邮件可能已经先发出"
    today = f"{_HEAD}：{named}。请马上向旗区核实；{where}。" if own else ""
    return today + _earlier(_urgent(report.earlier_refused), report.day)


def _of_day(report: Report) -> list[tuple[str, RefusedUrgent]]:
    """Return whose urgent matters of the day, or of files that came on it, were not taken."""
    own = _by_district(report.submissions)
    strange = [(file.sender, file) for file in report.arrived_reports if not file.district or file.is_from_stranger]
    late = [(f"{file.sender}{words.near(file.day, report.day)}", file) for file in report.refused_late]
    for whose, file in (*strange, *late):
        own += [(f"{whose}日报", RefusedUrgent(file.refused_urgent, is_file=True))] if file.refused_urgent else []
    return own


def asked(report: Report) -> str:
    """Return the same of all that leaders might have been asked: urgent matters, and the requests of refused rows about cases."""
    return urgent(report) + requests(report)


def in_brief(report: Report) -> str:
    """Return the same in one sentence for the first lines of a paper that has it in its second section; '' where nobody's were."""
    own = _of_day(report)
    urgent = [_named(own), words.first_of(_of_days(_urgent(report.earlier_refused), report.day), _MOST_NAMED)]
    of_day, earlier = _requests_of(report, report.submissions), _requests(report.earlier_refused)
    sorts = [(URGENT.name, urgent)]
    for name, chosen in _SORTS.items():
        named = words.first_of(_of_days(chosen(earlier), report.day), _MOST_NAMED)
        sorts.append((name, [words.first_of(_by_case(chosen(of_day)), _MOST_NAMED), named]))
    told = [f"{name}{'、'.join(filter(None, named))}" for name, named in sorts if any(named)]
    at_once = "马上" if own or _is_danger(report.earlier_refused) else ""
    return f"退回、这里没有写的：{'；'.join(told)}，请{at_once}向旗区核实。" if told else ""


def requests(report: Report) -> str:
    """Return whose rows with 需协调事项 were refused, and about which cases; '' where nobody's were. Their words are told nowhere.

    Those of earlier days that nobody has mended are told too. Of a case that asks something already only its new words are missing.
    """
    return _asked(report, report.submissions) + _earlier_requests(report.earlier_refused, report.day)


def asking(report: Report) -> frozenset[str]:
    """Return the numbers of which a request stands in a refused row, of the day or of one before it that nobody has mended."""
    own_day = (number for line in report.submissions for number in line.refused_requests)
    return frozenset(number for number in (*own_day, *(matter.number for matter in _requests(report.earlier_refused))) if number)


def _requests_of(report: Report, submissions: Iterable[SubmissionLine]) -> list[RefusedMatter]:
    """Return the requests in the day's refused rows of these districts, each with what its case asks all the same."""
    asked = [(line.district, number) for line in submissions for number in line.refused_requests]
    numbers = {number for _district, number in asked}
    stands = {line.number: line.coordination for line in report.cases if line.is_open and line.number in numbers} if asked else {}
    return [RefusedMatter(report.day, district, "", number, is_request=True, stands=stands.get(number) or "") for district, number in asked]


def _asked(report: Report, submissions: Iterable[SubmissionLine]) -> str:
    asked = _requests_of(report, submissions)
    new = words.first_of(_by_case(_unwritten(asked)), _MOST_NAMED)
    told = f"报来而退回、这里没有写的需协调事项：{new}。请向旗区核实。" if new else ""
    other = words.first_of([f"{matter.district}{_standing(matter)}" for matter in _rewritten(asked)], _MOST_NAMED)
    return told + (f"改写了需协调事项而所在的行退回：{other}。改写的没有采用，请向旗区核实。" if other else "")


def _standing(matter: RefusedMatter) -> str:
    return f"{matter.number}（此前采用的“{messages.brief(mask(matter.stands))}”仍有效）"


def _by_case(matters: Iterable[RefusedMatter]) -> list[str]:
    """Return of requests of one day whose they are, how many, and about which cases."""
    own: dict[str, list[RefusedMatter]] = {}
    for matter in matters:
        own.setdefault(matter.district, []).append(matter)
    return [f"{district}{_counted(asked)}" for district, asked in own.items()]


def _earlier_requests(matters: Iterable[RefusedMatter], day: date) -> str:
    """Return the same of requests; of those whose case asks something already, what that is."""
    asked = _requests(matters)
    other = [f"{matter.district}{words.near(matter.day, day)}{_standing(matter)}" for matter in _rewritten(asked)]
    named = words.first_of(other, _MOST_NAMED)
    rewritten = f"以前日期改写需协调事项而退回、至今没有重新报送成功的：{named}。{_TO_REWRITE}。" if other else ""
    return _earlier(_unwritten(asked), day) + rewritten


def _earlier(matters: Sequence[RefusedMatter], day: date) -> str:
    """Return whose refused matters of one sort of earlier days nobody has mended, how many and since when; '' where there are none."""
    if not matters:
        return ""
    name = words.DECISIONS["coordination"].name if matters[0].is_request else URGENT.name
    named = words.first_of(_of_days(matters, day), _MOST_NAMED)
    ask = "请马上向旗区核实，并请旗区重新报送" if _is_danger(matters) else "请旗区重新报送"
    return f"以前日期退回、至今没有重新报送成功的{name}：{named}。{ask}；{_MEND[matters[0].is_request]}。"


_MEND: Final = {
    False: "已经处理完的，也请在“急报事项”里报明",
    True: "不再需要协调的，也请在这件案件的“今日进展”里报明",
}
"""What else a district does about a matter that was refused, by whether it is a request."""


def _of_days(matters: Iterable[RefusedMatter], day: date, *, with_district: bool = True) -> list[str]:
    """Return whose they are, of which day, and how many: urgent matters by kind, requests by case."""
    files = refused_matters.by_file(matters)
    return [f"{own[0].district * with_district}{words.near(own[0].day, day)}{_counted(own)}" for own in files]


def _counted(own: Sequence[RefusedMatter]) -> str:
    """Return how many matters of one file they are, and of which cases; of urgent ones the kinds too."""
    numbers = [matter.number for matter in own if matter.number]
    if own[0].is_request:
        return _of_cases(len(own), numbers)
    return _in_brief(_as_refused(own), words.first_of(numbers, _MOST_NAMED) if numbers else "")


def _of_cases(count: int, numbers: Sequence[str]) -> str:
    return f"{count}件{f'（{words.first_of(numbers, _MOST_NAMED)}）' if numbers else ''}"


def _urgent(matters: Iterable[RefusedMatter]) -> list[RefusedMatter]:
    return [matter for matter in matters if not matter.is_request]


def _requests(matters: Iterable[RefusedMatter]) -> list[RefusedMatter]:
    return [matter for matter in matters if matter.is_request]


def _unwritten(matters: Iterable[RefusedMatter]) -> list[RefusedMatter]:
    return [matter for matter in matters if not matter.stands]


def _rewritten(matters: Iterable[RefusedMatter]) -> list[RefusedMatter]:
    return [matter for matter in matters if matter.stands]


_SORTS: Final[Mapping[str, Callable[[Iterable[RefusedMatter]], list[RefusedMatter]]]] = {
    words.DECISIONS["coordination"].name: _unwritten,
    f"{words.DECISIONS['coordination'].name}的改写（此前采用的仍有效）": _rewritten,
}
"""Requests by whether their case asks something already."""
_TO_REWRITE: Final = "要照改写的，请旗区改正后重新报送；不改的，以此前采用的为准"


def _as_refused(own: Sequence[RefusedMatter]) -> RefusedUrgent:
    return RefusedUrgent(() if own[0].is_sheet else tuple(matter.kind for matter in own), is_file=own[0].is_file)


def own(report: Report) -> list[RefusedMatter]:
    """Return the day's own of its districts, each as the days after it have them, but for an urgent matter's case; requests told once."""
    urgent = [
        RefusedMatter(report.day, district, kind, is_file=told.is_file, is_sheet=not told.kinds)
        for district, told in _by_district(report.submissions)
        for kind in told.kinds or ("",)
    ]
    told = {(matter.district, matter.number) for matter in _requests(report.earlier_refused) if matter.number}
    return [*urgent, *(matter for matter in _requests_of(report, report.submissions) if (matter.district, matter.number) not in told)]


def at_the_end(matters: Sequence[RefusedMatter], last: date) -> str:
    """Return of a span of days how many were not taken and not mended at its end, and whose; '' where there are none."""
    where = "情况这里没有写，原文在旗区的日报和回执里，请向旗区核实。"
    told = "".join(_at_the_end(own, last) for own in (_urgent(matters), *_by_sort(matters).values()) if own)
    return f"{told}{where}" if told else ""


def _at_the_end(matters: Sequence[RefusedMatter], last: date) -> str:
    of_days = [*refused_matters.by_file(matters)]
    of_days.sort(key=lambda own: not own[0].is_request and not _may_be_danger(_as_refused(own)))
    named = words.first_of([said for own in of_days for said in _of_days(own, last)], _MOST_NAMED)
    more = "；逐件见工作簿“急报”" if len(of_days) > _MOST_NAMED else ""
    return f"报来而退回、期末没有重新报送成功的{in_short(matters)}：{named}{more}。"


def in_short(matters: Sequence[RefusedMatter]) -> str:
    """Return how many of each sort they are."""
    sorts = {"急报": _urgent(matters), **_by_sort(matters)}
    return "、".join(f"{name}{counted(own)}" for name, own in sorts.items() if own)


def _by_sort(matters: Iterable[RefusedMatter]) -> dict[str, list[RefusedMatter]]:
    asked = _requests(matters)
    return {name: chosen(asked) for name, chosen in _SORTS.items()}


def cells(matter: RefusedMatter, last: date) -> tuple[str, ...]:
    """Return the cells of `period_words.URGENT_COLUMNS` of one of them: its words are told nowhere."""
    of_case = (
        f"（案件的{words.DECISIONS['coordination'].name}{'的改写，此前采用的仍有效' if matter.stands else ''}）"
        if matter.is_request
        else ""
    )
    kind = of_case or ("" if matter.is_sheet else matter.kind or "类别没有写对")
    whole = "（整张表）" if matter.is_sheet else "（整份日报）" if matter.is_file else ""
    said = f"报来而退回{whole}，没有采用，原文在旗区的日报和回执里"
    return matter.district, matter.number, kind, said, words.near(matter.day, last), "", "", "", "没有重新报送成功"


def counted(matters: Collection[RefusedMatter]) -> str:
    """Return how many they are, sheets refused whole apart: nobody knows how many matters these told."""
    sheets = sum(matter.is_sheet for matter in matters)
    rows = len(matters) - sheets
    return "、".join([*([f"{rows}件"] if rows else []), *([f"整张表{sheets}份"] if sheets else [])])


def urgent_of(report: Report, districts: Collection[str]) -> str:
    """Return the same of some districts, for a leader who asks himself; '' where nobody's of these were."""
    lines = [line for line in report.submissions if line.district in districts]
    own = _by_district(lines)
    today = f"{_HEAD}：{_named(own)}，请马上向旗区问明。" if own else ""
    earlier = [matter for matter in report.earlier_refused if matter.district in districts]
    of_earlier_days = (_earlier(_urgent(earlier), report.day), _earlier_requests(earlier, report.day))
    return f"{today}{of_earlier_days[0]}{_asked(report, lines)}{of_earlier_days[1]}"


def _by_district(submissions: Iterable[SubmissionLine]) -> list[tuple[str, RefusedUrgent]]:
    return [(line.district, told) for line in submissions for told in line.refused_urgent]


def _named(own: Iterable[tuple[str, RefusedUrgent]]) -> str:
    """Name them, what may be a danger first."""
    ordered = sorted(own, key=lambda each: not _may_be_danger(each[1]))
    return words.first_of([f"{whose}{_in_brief(told)}" for whose, told in ordered], _MOST_NAMED)


def _may_be_danger(told: RefusedUrgent) -> bool:
    return not told.kinds or not {SAFETY, ""}.isdisjoint(told.kinds)


def _is_danger(matters: Iterable[RefusedMatter]) -> bool:
    return any(_may_be_danger(_as_refused([matter])) for matter in _urgent(matters))


def _in_brief(told: RefusedUrgent, cases: str = "") -> str:
    """Return how many matters one file told, of which kinds, whether more of it was refused than these, and of which cases."""
    kinds = Counter(told.kinds)
    one = len(kinds) == 1 and len(told.kinds) == 1
    named = [
        f"{kind or '类别没有写对'}{'' if one else f'{count}件'}"
        for kind, count in sorted(kinds.items(), key=lambda each: _gravity(each[0]))
    ]
    count = f"{len(told.kinds)}件" if kinds else "整张表"
    beside = "、".join([*named, *(["整份日报退回"] if told.is_file else [])])
    said = "，".join(filter(None, (beside, cases)))
    return f"{count}{f'（{said}）' if said else ''}"


def _gravity(kind: str) -> int:
    return URGENT_KINDS.index(kind) if kind in URGENT_KINDS else len(URGENT_KINDS)


def to_mend(report: Report, district: str) -> list[str]:
    """Return what of a district's was refused and is mended by no report up to the day, with what to do: what is gravest first.

    Of the day itself rows are in its receipt. What it asked about a case that is another's by now, only that one can say.
    """
    matters = [matter for matter in (*report.earlier_refused, *own(report)) if matter.district == district]
    asked = _requests(matters)
    elsewhere = {line.number for line in report.cases if line.district != district} if asked else set()
    asked = [matter for matter in asked if matter.number not in elsewhere]
    taken = [row for row in report.refused_since if row.district == district]
    since = [day_corrected.refused_row(row, report.day, with_district=False) for row in taken]
    rows = _unmended(report, district, {(row.day, row.number) for row in taken})
    of_requests = zip(_by_sort(asked).items(), (f"请改正后重新报送，{_MEND[True]}", _TO_REWRITE.replace("请旗区", "请")), strict=True)
    told = [
        (URGENT.name, _of_days(_urgent(matters), report.day, with_district=False), f"请马上改正后重新报送，{_MEND[False]}"),
        *((name, _of_days(own, report.day, with_district=False), mend) for (name, own), mend in of_requests),
        ("原已采用、现在退回的行", since, "请核对后在下一份日报里报清楚现在的情况"),
        ("整份退回、那天没有别的日报的", _returned(report, district), "请照那天的回执改正，重新报送那天的日报"),
        ("全部退回、一行也没有采用的", _wholly_refused(report, district), "请照那天的回执改正，重新报送那天的日报"),
        ("退回的行", rows, "请照那天的回执改正，重新报送那天的日报；写明编号的案件，在以后的日报里报清楚也可以"),
    ]
    return [f"{what}：{'、'.join(which)}，{mend}" for what, which, mend in told if which]


def _returned(report: Report, district: str) -> list[str]:
    """Return of which earlier days the district's report was refused whole and none came since, as far back as it can be sent."""
    oldest = report.day - timedelta(days=report.settings.on(report.day).calendar.oldest_report_days)
    return _reports_of([day for day in _stood(report, district, "returned") if day >= oldest], report.day)


def _wholly_refused(report: Report, district: str) -> list[str]:
    """Return of which earlier days no row of the district's report was taken and that still count, but for those whose rows are told."""
    told = {rows.day for rows in report.unmended if rows.district == district}
    still_open = {day for point in report.open_points if point.district == district for day in point.refused} - told
    return _reports_of([day for day in _stood(report, district, "refused") if day in still_open], report.day)


def behind(report: Report, district: str) -> list[date]:
    """Return of which earlier days nothing of the district's has come, as long as that keeps figures provisional."""
    still_open = {day for point in report.open_points if point.district == district for day in point.missing}
    return [day for day in _stood(report, district, "missing") if day in still_open]


def _stood(report: Report, district: str, how: str) -> list[date]:
    """Return on which days before this one, of the last thirty, the district's report stood so."""
    return [day for day, stands in report.attendance if day < report.day and stands.get(district, "missing") == how]


def _reports_of(days: Sequence[date], told_on: date) -> list[str]:
    return [words.first_of([f"{words.near(day, told_on)}的日报" for day in reversed(days)], _MOST_NAMED)] if days else []


def _unmended(report: Report, district: str, told: Collection[tuple[date, str]]) -> list[str]:
    """Return of which earlier days rows of a district are not mended, but for those that are told in full."""
    earlier = [rows for rows in report.unmended if rows.day < report.day]
    left = [replace(rows, cases=tuple(case for case in rows.cases if (rows.day, case) not in told)) for rows in earlier]
    own = [rows for rows in left if rows.district == district and (rows.cases or rows.others)]
    return [f"{words.near(rows.day, report.day)}的日报{_in_rows(rows)}" for rows in own]


def _in_rows(rows: UnmendedRows) -> str:
    others = [f"{'另有' * bool(rows.cases)}没有对上案件的{rows.others}行"] if rows.others else []
    named = [words.first_of(rows.cases, _MOST_NAMED)] if rows.cases else []
    return f"（{'，'.join([*named, *others])}）"


def to_mend_in_notice(report: Report, district: str) -> str:
    """Return the same in a sentence for its notice; '' where there is nothing."""
    told = to_mend(report, district)
    return f"你处报来而退回、还没有改正的：{'；'.join(told)}。" if told else ""


def of_notice(report: Report, district: str) -> str:
    """Return in a notice that nothing is known from the district's own report of the day, and why; '' where one counts."""
    line = next((line for line in report.submissions if line.district == district), None)
    if line is None or (line.status != "missing" and not line.is_wholly_refused):
        return ""
    day, rest = words.near(report.day, None), "以上按此前采用的日报"
    silence, earlier = _silence(report, district)
    if line.is_wholly_refused:
        of_day = f"你处{day}的日报全部退回，一行也没有采用，当日报来的进展、督办回复都没有计入"
        return f"{of_day}{silence}，{rest}；请照回执改正后重新报送{earlier}。"
    if line.is_lost:
        return f"你处{day}的日报原件遗失，没有计入{silence}，{rest}；请重新报送{earlier}。"
    came = "送来的日报整份退回，没有采用" if line.is_returned else "没有日报"
    return f"你处{day}{came}{silence}，{rest}；请{'照回执改正后重新报送' if line.is_returned else '补报'}{earlier}。"


_NOTHING_TAKEN: Final = frozenset({"missing", "returned", "refused", "lost"})
"""How a district may stand on a day of which nothing of its own counts."""


def _silence(report: Report, district: str) -> tuple[str, str]:
    """Return since when nothing of a district's has counted, where that is longer than the day, and that the days before are asked for."""
    until_day = ((day, stands.get(district, "missing")) for day, stands in reversed(report.attendance) if day <= report.day)
    silent = [*takewhile(lambda each: each[1] in _NOTHING_TAKEN, until_day)]
    if not silent[1:]:  # the day itself is told already
        return "", ""
    nothing = "没有日报" if all(stands == "missing" for _day, stands in silent) else "没有能采用的日报"
    first = words.near(silent[-1][0], None)
    return f"（{first}至{words.near(report.day, None)}连续{len(silent)}天{nothing}）", "，以前这几天的也请补报"
