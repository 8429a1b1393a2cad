"""领导: one page a leader as a Word file, with his own cases, receptions and turns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain, count, groupby
from pathlib import Path
from typing import Any, Final

from pipeline.day.rota import Turn
from pipeline.reading.assignment_workbook import leaders_named
from pipeline.render import districts, file_names
from pipeline.render.papers import decision_items, own_templates, word
from pipeline.render.papers.plain_text import LONGEST_NAME, plain, short
from pipeline.report import clock_lines, leader_pages, matter_words, not_taken, notice_words, outcome_words, who_reported
from pipeline.report.case_lines import CaseLine, UrgentLine
from pipeline.report.leader_pages import TOLD, LeaderCase, LeaderPage
from pipeline.report.receptions import Visit
from pipeline.report.report import Report
from pipeline.report.sentences import long_day
from pipeline.terms import text, working_days
from pipeline.terms.contract import RESOLVED
from pipeline.terms.words import BEYOND, DECISIONS, FLAGS, NONE, first_of, near

FOLDER: Final = "领导"
TEMPLATE: Final = "领导页模板.docx"
_WAY_OUT = "请用 Word 改好；改不好的，删掉这个文件就恢复程序自带的版式。"
_MOST_CASES: Final = 60
"""Rows of one table of a page: whoever has more finds them in 汇总."""
_MOST_NAMED: Final = 12
"""Cases that a day of receptions, and turns that a sentence, names."""
_LONGEST_TEXT: Final = 40
_IN_CELL, _LONGEST_REQUEST = 80, 1_000
"""Characters of a request that its column has room for; a longer one stands once behind the tables, with so many characters whole."""
_LONGEST_URGENT, _MOST_URGENT = 400, 12
"""Characters of what happened in an urgent matter, of what was done and of what is asked; and matters that are told."""
_URGENT_FIELD: Final = "急报"
_FIELD = re.compile(r"\{[{%](.*?)[%}]\}")
_BY_LAW: Final = "法定期限临近或已过"
_NOT_REPORTED: Final = "近三十日的日报里没有写明由您接访下访的。日报里没有，不等于没有接访：旗区可能没有填。"


def render(report: Report, templates: Path) -> tuple[dict[str, bytes], list[str]]:
    """Return every leader's page by its file's name, and what is wrong with the office's template; then the original takes its place."""
    return made_by(word.filled, report, templates)


def made_by(filling: word.Filling[word.Content], report: Report, templates: Path) -> tuple[dict[str, word.Content], list[str]]:
    """Return the same as `filling` makes it."""
    made, problem = own_templates.apply(templates / TEMPLATE, lambda content: _rendered(report, word.Template(content), filling))
    return made, [f"模板“{TEMPLATE}”{problem}。这次按程序自带的版式写出。{_WAY_OUT}"] if problem else []


def examine(templates: Path) -> Iterator[str]:
    """Say what is wrong with the office's template, as far as that shows without a page."""
    if problem := own_templates.problem_of(templates / TEMPLATE, lambda template: word.check(word.Template(template))):
        yield f"版式 {templates / TEMPLATE} 不能用：模板“{TEMPLATE}”{problem}。{_WAY_OUT}"


def _rendered(report: Report, template: word.Template, filling: word.Filling[word.Content]) -> dict[str, word.Content]:
    pages = leader_pages.of(report)
    has_urgent = any(_URGENT_FIELD in field for field in _FIELD.findall(word.text(template)))
    return filling(
        template,
        (
            word.Paper(
                f"{FOLDER}/{name}_{report.day.isoformat()}.docx",
                fields(page, own) if has_urgent else _older(page, own),
                own.data_until,
                word.Properties(f"{page.name}：包案和接访下访情况（{long_day(report.day)}）", report.office),
            )
            for page, name in zip(pages, names(page.name for page in pages), strict=True)
            for own in (report.as_known_of(page.told_of),)
        ),
    )


def names(leaders: Iterable[str]) -> list[str]:
    """Return each leader's name as a file's name has it; those that would be the same get a number."""
    taken: set[str] = set()
    named = []
    for leader in leaders:
        stem = file_names.portable(leader)
        candidates = chain([stem], (f"{stem}_{number}" for number in count(2)))
        # Windows and macOS take two names for the same that differ in upper and lower case alone.
        name = next(candidate for candidate in candidates if candidate.casefold() not in taken)
        taken.add(name.casefold())
        named.append(name)
    return named


def fields(page: LeaderPage, report: Report) -> dict[str, Any]:
    """Return what the template may use, by name."""
    looked_at = [case for case in page.liaison if case.needs_a_look]
    requests = _long_requests([*page.own[:_MOST_CASES], *looked_at[:_MOST_CASES]])
    all_cases = districts.where(report, "案件台账", "汇总表")
    return {
        "单位": report.office,
        "姓名": plain(page.name),
        "日期": long_day(report.day),
        "更正": report.is_correction,
        _URGENT_FIELD: _urgent(page, report.day),
        "急报件数": _count_of_urgent(page),
        "包案概况": _own(page),
        "包联概况": _liaison(page),
        "说明": _unheard(page, report) + _unknown_years(page),
        "包案": [_case(case, report.day, requests, page.name) for case in page.own[:_MOST_CASES]],
        "包联": [_case(case, report.day, requests) for case in looked_at[:_MOST_CASES]],
        "请办": [
            *filter(None, [outcome_words.of_requests(page.gone, report, _MOST_NAMED)]),
            *_in_full(requests),
            *_asked_by_rule([*page.own, *looked_at], not_taken.asking(report)),
            *_others(page, looked_at, report, all_cases),
        ],
        "接访": [_day(day, list(visits), report.day) for day, visits in groupby(page.visits, key=lambda visit: visit.day)],
        "接访说明": list(_turns(page, report.day)),
    }


def _older(page: LeaderPage, report: Report) -> dict[str, Any]:
    """Return the fields for a template made before urgent matters had a place of their own: they stand among what is to be known first."""
    given = fields(page, report)
    return given | {"说明": "".join([*given[_URGENT_FIELD], given["说明"]])}


# --- sentences ---------------------------------------------------------------------------------------------------


def _urgent(page: LeaderPage, day: date) -> list[str]:
    """Return each urgent matter, those of earlier days last: whose, since when, what happened, what was done, and what is asked."""
    leaders = {case.line.number: case.line.leaders for case in (*page.own, *page.liaison)}
    matters = (*page.urgent, *page.unsettled, *page.standing, *page.followed, *page.withdrawn)
    told = [_matter(matter, day, leaders.get(matter.number, "")) for matter in matters[:_MOST_URGENT]]
    left = len(matters) - len(told)
    return [*told, *([f"其余急报{left}件见汇总表“急报事项”。"] if left else [])]


def _count_of_urgent(page: LeaderPage) -> str:
    """Return how many there are, as far as to 件: the template has that."""
    before = (("此前所报尚无下文", page.unsettled), ("此前所报的险情还没有办结", page.standing), ("此前所报今日有下文", page.followed))
    others = (*before, ("已撤下", page.withdrawn))
    return "件，".join([f"{len(page.urgent)}", *(f"{what}{len(matters)}" for what, matters in others if matters)])


def _matter(matter: UrgentLine, day: date, leader: str) -> str:
    happened = ""
    if matter.happened:
        at = f"{matter.happened:%H:%M}" if isinstance(matter.happened, datetime) else ""
        happened = f"，{near(matter.happened, day)}{at}发生"
    earlier = (
        f"，{near(matter.reported_on, day)}所报，{matter_words.how_it_stands(matter, day) or '日报里尚无下文'}"
        if matter.reported_on
        else ""
    )
    whose = f"，包案领导{short(leader, 2 * LONGEST_NAME)}" if leader else ""
    if matter.since == matter_words.LISTED_AGAIN:  # the day's own report of it stands above
        said = ["情况见上面今日的急报"]
    else:
        said = [f"{short(matter.situation, _LONGEST_URGENT).rstrip('。')}{matter_words.outcome(matter)}"]
        said += [f"已采取措施：{short(matter.measures, _LONGEST_URGENT).rstrip('。')}"] if matter.measures else []
    asked = f"{'原' * bool(matter.since)}请求：{_whole(_asked(matter, day))}" if matter.coordination else "没有提出请求，请知悉"
    number = f" {plain(matter.number)}" if matter.number else ""
    return f"{matter.district}{number}（{matter.kind}{happened}{earlier}{whose}）：{'。'.join([*said, asked])}。"


def _asked(matter: UrgentLine, day: date) -> str:
    return matter_words.dated(matter.coordination, matter.reported_on or day, day)


def _counted(cases: Sequence[LeaderCase]) -> str:
    """Return how many of these open cases are urgent, how many have each flag of a notice, and of how many something is asked."""
    flags = Counter(flag for case in cases for flag in case.line.flags if flag in TOLD)
    urgent, by_law = (sum(map(bool, values)) for values in ([case.urgent for case in cases], [case.by_law for case in cases]))
    counts = [f"有急报的{urgent}件"] if urgent else []
    counts += [f"{FLAGS[flag].name}{flags[flag]}件" for flag in TOLD if flags[flag]]
    counts += [f"{_BY_LAW}{by_law}件"] if by_law else []
    asking = sum(case.line.asking_since is not None for case in cases)
    counts += [f"需协调事项{asking}件"] if asking else []
    return f"，其中{'、'.join(counts)}" if counts else ""


def _own(page: LeaderPage) -> str:
    done = [(page.resolved, "已化解"), (page.referred, "导入法定途径")]
    others = "".join(f"；{what}{number}件" for number, what in done if number)
    shared = f"以上有{page.shared}件共同包案，统计计入别人，汇总表“包案领导”里不在本人名下。" if page.shared else ""
    return f"包案在办{len(page.own)}件{_counted(page.own)}{others}。{shared}" if page.own or others else ""


def _liaison(page: LeaderPage) -> str:
    if not page.districts:
        return ""
    named = "、".join(dict.fromkeys(district for district, _post in page.districts))
    besides = "（上面包案的不算在内）" if page.own else ""
    return f"包联{named}在办{len(page.liaison)}件{besides}{_counted(page.liaison)}。"


def _unheard(page: LeaderPage, report: Report) -> str:
    """Return of which of his districts the day is not known, and whose urgent matters were not taken: of them nothing newer is known."""
    missing = [absence for absence in report.absences if absence.district in page.concerned]
    whole = [absence.district for absence in missing if absence.last_report and absence.is_refused]
    silent = [absence.district for absence in missing if absence.last_report and not absence.is_refused]
    never = [absence.district for absence in missing if not absence.last_report]
    lines = [line for line in report.submissions if line.district in page.concerned]
    refused = [line.district for line in lines if line.is_wholly_refused]
    kinds = (("当日没有可用的日报", silent), ("当日送来的日报整份退回", whole), ("当日的日报全部退回，一行也没有采用", refused))
    told = "；".join(f"{'、'.join(districts)}{how}" for how, districts in kinds if districts)
    urgent_too = "" if {*silent, *whole, *refused} <= who_reported.unheard(lines).urgent else "、有没有急报"
    earlier = f"{told}，当日办理得怎样{urgent_too}不知道，情况按以前的日报。" if told else ""
    urgent = not_taken.urgent_of(report, page.concerned)
    return urgent + earlier + (f"{'、'.join(never)}至今没有可用的日报，情况只按分解表的登记。" if never else "")


def _unknown_years(page: LeaderPage) -> str:
    """Return which years' holidays nobody knows that a clock told here counts working days of; '' where there are none."""
    cases = (case.line.clocks for case in (*page.own, *page.liaison) if case.line.clocks)
    told = (clock for clocks in cases for clock in (clocks.acceptance, clocks.conclusion) if clock and clock.is_pressing)
    return working_days.unknown_told(clock_lines.unknown_years(told))


_Requests = dict[str, list[LeaderCase]]
"""Cases by what they ask for, in the form in which two requests are compared."""


def _long_requests(cases: Sequence[LeaderCase]) -> _Requests:
    """Return the cases of each request that is too long for its column."""
    requests: _Requests = {}
    for case in cases:
        if len(case.asked) > _IN_CELL:
            requests.setdefault(text.key(case.asked), []).append(case)
    return requests


def _in_full(requests: _Requests) -> Iterator[str]:
    """Say each long request once, with its cases."""
    for number, cases in enumerate(requests.values(), 1):
        named = first_of([plain(case.line.number) for case in cases], _MOST_NAMED)
        yield f"请求{number}（{named}）：{_whole(cases[0].asked)}。"


def _whole(asked: str) -> str:
    return decision_items.whole_sentences(asked, _LONGEST_REQUEST).rstrip("。")


def _asked_by_rule(cases: Sequence[LeaderCase], in_vain: Container[str]) -> Iterator[str]:
    """Say once for each kind what is asked where the district asks for nothing; `in_vain`: the cases with a request that was not taken."""
    silent = [case for case in cases if not case.asked]
    for kind, decision in DECISIONS.items():
        numbers = [case.line.number for case in silent if case.by_rule == kind and decision.asked]
        refused = [number for number in numbers if number in in_vain]
        if refused:
            of_cases = f"{len(refused)}件（{first_of([plain(number) for number in refused], _MOST_NAMED)}）"
            yield f"{decision.name}、旗区写过请求而所在的行退回没有采用的{of_cases}：请先向旗区问明请求，{decision.asked}。"
        if count := len(numbers) - len(refused):
            yield f"{decision.name}而没有写明请求的{count}件：{decision.asked}。"


def _others(page: LeaderPage, looked_at: Sequence[LeaderCase], report: Report, where: str) -> Iterator[str]:
    if left := len(page.own[_MOST_CASES:]):
        yield f"包案的案件只列{_MOST_CASES}件，其余{left}件见{where}。"
    if cut := len(looked_at[_MOST_CASES:]):
        yield f"包联旗区的只列{_MOST_CASES}件，同样情形的还有{cut}件，见{where}。"
    if rest := len(page.liaison) - len(looked_at):
        nor = f"也没有{'已知的' if _unheard(page, report) else ''}急报和请求"
        named = "、".join(FLAGS[flag].name for flag in TOLD)
        yield f"包联旗区{'其余' if looked_at else ''}{rest}件在办，没有{named}，没有{_BY_LAW}的，{nor}，见{where}。"


def _turns(page: LeaderPage, day: date) -> Iterator[str]:
    if not page.visits:
        yield _NOT_REPORTED
    if page.turns:
        yield f"近三十日排班：{_joined([_turn(held.turn, page.name, day, held.cases) for held in page.turns])}。"
    if page.coming:
        yield f"以后排班：{_joined([_turn(turn, page.name, day) for turn in page.coming])}。"
    if page.unstaffed:
        days = _joined([near(each, day) for each in page.unstaffed])
        yield f"排班里写有您的{days}退回了，没有采用，没有人排到：请向办公室核实。"


def _turn(turn: Turn, name: str, day: date, cases: Sequence[str] | None = None) -> str:
    """Return one turn of that leader: when, for whom or by whom, and what was reported of it where the day has come."""
    if turn.receives != name:
        return f"{near(turn.day, day)}由{short(turn.receives, LONGEST_NAME)}替班"
    instead = f"替{short(turn.leader, LONGEST_NAME)}" if turn.substitute else ""
    reported = "" if cases is None else f"（日报报来{len(cases)}件）"
    return f"{near(turn.day, day)}{instead}{reported}"


def _joined(said: Sequence[str]) -> str:
    """Return them in a sentence, the latest where they are too many."""
    more = f"等{len(said)}次" if len(said) > _MOST_NAMED else ""
    return f"{'、'.join(said[:_MOST_NAMED])}{more}"


# --- rows --------------------------------------------------------------------------------------------------------


def _case(case: LeaderCase, day: date, requests: _Requests, own: str = "") -> dict[str, str]:
    """Return a case's row; `own`: whose page it is, where he is responsible for it."""
    line, asked = case.line, text.key(case.asked)
    others = [name for name in leaders_named(line.leaders) if name != own] if own else []
    together = [f"与{short('、'.join(others), 2 * LONGEST_NAME)}共同包案，统计计入{short(line.leader, LONGEST_NAME)}"] if others else []
    return {
        "编号": line.number,
        "旗区": line.district,
        "案由": short(line.matter, _LONGEST_TEXT),
        "包案领导": short(line.leaders, 2 * LONGEST_NAME),
        "时限": _deadline(line, day),
        "情况": "；".join((*(f"急报：{kind}" for kind in case.urgent), _status(line), *_restored(line, day), *case.told, *together)),
        "请求": f"见表后“请求{list(requests).index(asked) + 1}”" if asked in requests else plain(case.asked),
    }


def _restored(line: CaseLine, day: date) -> list[str]:
    """Return that a case is back from a cancellation, for so many days: its leader had it on no page while it was cancelled."""
    is_new = line.restored is not None and (day - line.restored).days < _DAYS_RESTORED
    return [notice_words.restored(line, day)] if is_new else []


_DAYS_RESTORED: Final = 7


def _deadline(line: CaseLine, day: date) -> str:
    """Return the deadline in force, and what moved it."""
    moved = "（批准延期）" if line.exempted else "（延期）" if line.extended else ""
    return f"{near(line.deadline, day)}{moved}{BEYOND if line.is_beyond else ''}" if line.deadline else NONE


def _status(line: CaseLine) -> str:
    return f"报{RESOLVED}" if line.status == RESOLVED else line.status


def _day(day: date, visits: Sequence[Visit], today: date) -> dict[str, str]:
    """Return one day of receptions."""
    undated = sum(not visit.is_dated for visit in visits)
    more = f"等{len(visits)}件" if len(visits) > _MOST_NAMED else ""
    return {
        "日期": near(day, today),
        "件数": str(len(visits)),
        "案件": "、".join(visit.number for visit in visits[:_MOST_NAMED]) + more,
        "说明": f"{undated}件未写日期，按报告日算" if undated else "",
    }
