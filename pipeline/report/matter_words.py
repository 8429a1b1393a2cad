"""The sentences about what districts said beside their cases and do not say any more, or say otherwise.

Covered by tests/night/test_deceptions_urgent.py.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from pipeline.day.row_changes import RowChanges
from pipeline.day.withdrawn_rows import Matter, MatterChange, Reception, ReceptionChange
from pipeline.report import sentences
from pipeline.report.case_lines import CaseLine, Decision, MovedRow, UrgentLine
from pipeline.report.report import Report
from pipeline.terms import words
from pipeline.terms.contract import SAFETY
from pipeline.terms.words import first_of


def changed(report: Report, most: int | None = None, characters: int | None = None) -> str:
    """Return what reports leave out or tell otherwise than before: urgent matters and 需协调事项; '' where there is nothing.

    `most`: so many of each kind are named, all where it is None; `characters`: as many of a matter's words.
    """
    urgent, asked = ([change for change in report.changed_matters if change.is_urgent is kind] for kind in (True, False))
    named = (("急报", urgent), ("需协调事项", asked))
    return "".join(_matters(name, changes, report.day, (most, characters)) for name, changes in named)


def receptions_changed(report: Report, most: int | None = None) -> str:
    """Return whose counts of 接访情况 are others than were reported first, with both; so many of them by name, all where it is None."""
    return _receptions(report.changed_receptions, report.day, most)


def taken_back(report: Report) -> str:
    """Return what reports left out, or tell otherwise, of urgent matters and requests that leaders may have read; '' where it is nothing.

    Of the day itself that is what came after its end: by then a run may have told the matter. The first one is named.
    """
    gone = _taken_back(report)
    if not gone:
        return ""
    counts = Counter(("改写" if change.now else "撤下", "急报" if change.is_urgent else "需协调事项") for change in gone)
    listed = "、".join(f"{how}{name}{count}件" for (how, name), count in counts.items())
    return f"更正后{listed}：{_changed_matter(gone[0], report.day, _BRIEF)}{'等' if len(gone) > 1 else ''}。"


_BRIEF = 40


def _taken_back(report: Report) -> list[MatterChange]:
    after = {line.district for line in report.submissions if (came := line.in_force_received_at) and came.date() > report.day}
    return [change for change in report.changed_matters if change.was and (change.day < report.day or change.district in after)]


WITHDRAWN = "更正后的日报里已撤下，不再列"
"""What is said of an urgent matter that its district's report does not have any more."""


def withdrawn(report: Report, *, of_day: bool = False) -> list[UrgentLine]:
    """Return the urgent matters that leaders may have read and that are reported no more, as they were told first.

    `of_day`: instead those of the day's own reports, whether anybody had read them or not.
    """
    changes = [change for change in report.changed_matters if change.day == report.day] if of_day else _taken_back(report)
    return [_as_told(change, change.was) for change in changes if change.is_urgent and change.was and not change.now]


def _as_told(change: MatterChange, was: Matter) -> UrgentLine:
    said, _mark, asked = was.said.partition(f"；{_ASKED}")
    kind, situation = said.partition("：")[0], was.situation
    return UrgentLine(change.district, was.number, kind, situation, None, "", asked, "", change.day, WITHDRAWN)


def revised(changes: RowChanges, most: int) -> str:
    """Return what a revision says otherwise than the first report, so many rows of each kind by name; that it is the same where it is."""
    mended = [f"{name}：{words.FINDING_TITLES[code]}" for name, code in changes.mended]
    changed = [f"{name}：{first_of(columns, _MOST_COLUMNS)}" for name, columns in changes.changed]
    kinds = (
        ("原退回的{}行改好采用", mended),
        ("原采用的{}行改为退回", changes.refused),
        ("原退回的{}行改写后仍退回", changes.unmended),
        ("改写{}行", changed),
        ("增加{}行", [name for name, is_refused in changes.added if not is_refused]),
        ("增加而退回{}行", [name for name, is_refused in changes.added if is_refused]),
        ("去掉{}行", [name for name, was_refused in changes.gone if not was_refused]),
        ("去掉原退回的{}行", [name for name, was_refused in changes.gone if was_refused]),
    )
    parts = [f"{kind.format(len(rows))}{f'（{first_of(rows, most)}）' if most else ''}" for kind, rows in kinds if rows]
    return "，".join(parts) or "各行内容与首报相同"


_MOST_COLUMNS = 2


def kinds(report: Report) -> str:
    """Return of what such things those reports say something else that make the day a correction, such as 急报、接访情况; '' for none.

    Of earlier days that is what is withdrawn since, and the day's readers may have read; all else is told on the day that came to know it.
    """
    came = {(late.district, late.day) for late in report.correcting}
    changes = [change for change in report.changed_matters if (change.district, change.day) in came]
    urgent = {change.is_urgent for change in changes if change.day == report.day or not change.now}
    receptions = any(change.day == report.day and (change.district, change.day) in came for change in report.changed_receptions)
    names = (("急报", True in urgent), ("需协调事项", False in urgent), ("接访情况", receptions))
    return "、".join(name for name, is_there in names if is_there)


def _matters(name: str, changes: Sequence[MatterChange], today: date, room: tuple[int | None, int | None]) -> str:
    most, characters = room
    found_by_kind = (
        (f"{name}更正后撤下", [change for change in changes if change.was and not change.now]),
        (f"{name}更正后改写", [change for change in changes if change.was and change.now]),
        (f"以前日期的{name}今日才报来", [change for change in changes if not change.was]),
    )
    parts = []
    for kind, found in found_by_kind:
        named = "；".join(_changed_matter(change, today, characters) for change in found[:most])
        more = f"；等{len(found)}件" if most is not None and len(found) > most else ""
        parts += [f"{kind}{len(found)}件{f'：{named}{more}' if named else ''}。"] if found else []
    return "".join(parts)


def _receptions(changes: Sequence[ReceptionChange], today: date, most: int | None) -> str:
    """Return whose counts of 接访情况 are others than were reported first, with both.

    Where room is short, those are counted alone that were corrected before the cut-off, and only beside others: nobody had read them.
    """
    late = sum(change.is_late for change in changes)
    if not changes or (most is not None and not late):
        return ""
    of_late = f"，其中截止以后{late}处" if 0 < late < len(changes) else ""
    told = [_reception(change, today) for change in changes if most is None or change.is_late]
    named = first_of(told, len(told) if most is None else most) if most != 0 else ""
    return f"接访情况{'在截止以后' if late == len(changes) else ''}有更正{len(changes)}处{of_late}{f'：{named}' if named else ''}。"


def _reception(change: ReceptionChange, today: date) -> str:
    place = f"{change.district}{'' if change.day == today else f'{sentences.day(change.day, today)}日报'}"
    if change.was is None:
        return f"{place}原没有报，现为{_counts(change.now)}"
    was, now = _counts(change.was), _counts(change.now)
    return f"{place}由{was}改为{now}" if was != now else f"{place}仍为{now}，问题类别有变"


def _counts(by_category: Mapping[str, Reception]) -> str:
    batches, answered, passed = (sum(counts[place] for counts in by_category.values()) for place in range(3))
    return f"{batches}批次（当场答复{answered}、转交{passed}）"


def _changed_matter(change: MatterChange, today: date, characters: int | None) -> str:
    place = f"{change.district}{'' if change.day == today else f'{sentences.day(change.day, today)}日报'}"
    was = f"原报“{_words(change.was, characters)}”" if change.was else ""
    now = f"{'现为' if was else ''}“{_words(change.now, characters)}”" if change.now else ""
    return f"{place}{'，'.join(part for part in (was, now) if part)}"


def _words(matter: Matter, characters: int | None) -> str:
    """Return what was said: in so many characters, but what is asked stays whole, or ends with a clause of it where it is very long."""
    said = f"{matter.number} {matter.said}".strip()
    if characters is None or len(said) <= characters:
        return said
    told, mark, asked = said.partition(_ASKED)
    most = max(characters - len(mark) - len(asked), _FEWEST)
    told = told if len(told) <= most else f"{told[: most - 1]}…{'；' if mark else ''}"
    if len(asked) > _LONGEST_REQUEST:
        end = max(asked.rfind(stop, 0, _LONGEST_REQUEST) for stop in "，。；！？")
        asked = f"{asked[: end + 1]}……" if end >= 0 else "（请求较长）"
    return f"{told}{mark}{asked}"


_ASKED = "需协调："
_FEWEST, _LONGEST_REQUEST = 32, 90
"""Characters of what happened that are shown beside a request however little room there is, and of a request that are shown whole."""


_GIST = 40
_MOMENT = re.compile(r"^[\s\d年月日号时点分许上下午凌晨早中晚夜间:：/.-]+[，,]\s*")


def gist(matter: UrgentLine) -> str:
    """Return what happened in so many characters, without the moment with which it may begin; cut, it ends with a clause if one fits."""
    said = _MOMENT.sub("", matter.situation).rstrip("。；，") or matter.situation
    if len(said) <= _GIST:
        return said
    end = max(said.rfind(stop, 0, _GIST) for stop in "，。；！？")
    return f"{said[:end] if end > 0 else said[: _GIST - 1]}…"


def in_short(matter: UrgentLine, most: int) -> str:
    """Return what happened behind district and case: whole where all has room in so many characters, else its gist."""
    whose, said = f"{matter.district}{matter.number}", matter.situation.rstrip("。；，")
    said = said if len(f"{whose}{said}") <= most else gist(matter)
    return f"{whose}{' ' if matter.number and said[:1].isascii() else ''}{said}"


_RELATIVE = re.compile(r"今[日天早晨晚夜]|(?<!光)明[日天早晨晚]|本日|(?<!今)后天|(?:下|本|这)(?:周|星期)[一二三四五六日天]?")


def dated(asked: str, written: date | None, day: date) -> str:
    """Return a request with the day on which it was written behind the first word that hangs on it: 今日（5月20日写）14时以前.

    Papers are read on the next morning, and requests stand for days. `day`: the report's.
    """
    return _RELATIVE.sub(lambda found: f"{found[0]}（{sentences.day(written, day)}写）", asked, count=1) if written else asked


_DAY_WORD = re.compile(
    r"(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?:\d{1,2}日?[至到—-])?(?P<day>\d{1,2})日|(?<!\d)(?P<ago>今|(?<!光)明)[日天早晨晚夜]|本日|(?P<third>(?<!今)后天)"
    r"|(?P<next>下|本|这)(?:周|星期)(?P<weekday>[一二三四五六日天])"
)
"""A day in a request, or such a word: of a range its last day."""
_DEMAND, _UNTIL = re.compile("[请望须]"), re.compile("[^，、]{0,6}前")
"""What stands before a day on which something is asked in a sentence, or behind one until which it is."""
_TOLD_DAY = re.compile(r"[起的已]|发生|受理|交办|会议")
"""What follows a day that is no such one."""
_HALF_A_YEAR = timedelta(days=183)
_WEEKDAYS = "一二三四五六日"


def asked_by(asked: str, written: date | None) -> date | None:
    """Return the latest day that a request plainly names, for orders and columns of time limits; None where it names none.

    `written`: the day on which it was written; a day before it is none until which anything is asked.
    """
    if not written:
        return None
    days = [
        day
        for sentence in re.split("[。；！？\n]", asked)
        for found in _DAY_WORD.finditer(sentence)
        if not _TOLD_DAY.match(sentence, found.end())
        and (_DEMAND.search(sentence, 0, found.start()) or _UNTIL.match(sentence, found.end()))
        and (day := _day_of(found, written))
    ]
    return max((day for day in days if day >= written), default=None)


def _day_of(found: re.Match[str], written: date) -> date | None:
    """Return the day that such words name; without its year the one next to the day of writing."""
    if found["weekday"]:
        ahead = _WEEKDAYS.index(found["weekday"].replace("天", "日")) - written.weekday()
        return written + timedelta(days=ahead + 7 * (found["next"] == "下"))
    if not found["month"]:
        return written + timedelta(days=2 if found["third"] else int(found["ago"] == "明"))
    try:
        day = date(int(found["year"] or written.year), int(found["month"]), int(found["day"]))
        return day.replace(year=day.year + 1) if not found["year"] and written - day > _HALF_A_YEAR else day
    except ValueError:
        return None


CALLED_OVER: Final = ("已消除", "已解除", "已排除")
"""Words with which a district writes that a danger is over; its case goes on until it says so itself."""
_FEW = 12
"""So many characters are not worth a cut."""


def is_called_over(said: str) -> bool:
    """Whether what was said of a danger has such a word."""
    return any(word in said for word in CALLED_OVER)


def to_the_end(said: str, most: int) -> str:
    """Return what was said in about so many characters, and the clause that says that it is over in any case."""
    if len(said) <= most + _FEW:
        return said
    end = max(said.rfind(stop, 0, most) for stop in "，。；！？")
    head = said[: end if end > most // 2 else most - 1]
    over = [clause for clause in re.split("[，。；！？]", said) if is_called_over(clause) and clause not in head]
    return f"{head}…{'，'.join(over)}"


def how_it_stands(matter: UrgentLine, day: date) -> str:
    """Return what was said since of a matter of an earlier day: of a danger whose case is open still, since when that stands."""
    if not matter.stands_since:
        return matter.since
    return f"还没有办结，最近进展{sentences.day(matter.stands_since, day)}：{matter.since}"


def when(matter: UrgentLine, day: date) -> str:
    """Return of which day's report an urgent matter of an earlier day is: （5月20日所报）; '' of one of the day itself."""
    return f"（{sentences.day(matter.reported_on, day)}所报）" if matter.reported_on else ""


_MOST_UNANSWERED = 60


def unanswered(report: Report, district: str) -> list[str]:
    """Return the urgent matters of a district of which nothing has been said since, with what was asked then: it is asked about them.

    What endangers people is told whole.
    """
    matters = [matter for matter in report.unsettled if matter.district == district]
    return [_unanswered(matter, report.day) for matter in sorted(matters, key=lambda matter: matter.kind != SAFETY)]


def _unanswered(matter: UrgentLine, day: date) -> str:
    situation, asked = matter.situation.rstrip("。；，"), matter.coordination.rstrip("。；，")
    if matter.kind != SAFETY and len(situation) > _MOST_UNANSWERED:
        situation = f"{situation[:_MOST_UNANSWERED]}…（全文见那一天的日报）"
    request = f"；当时请求：{asked}" if asked else ""
    return f"{f'{matter.number} {matter.kind}'.strip()}{when(matter, day)}：{situation}{request}"


_HOW_TO_ANSWER: Final = "请办理，并在日报里报明怎样处置了：有案件编号的填“今日进展”，没有编号的把同类急报再报一次。"
"""What is asked of a district about them."""


def of_notice(report: Report, district: str) -> str:
    """Return the same in a sentence for its notice; '' where there is none."""
    told = unanswered(report, district)
    return f"急报尚无下文{len(told)}件：{'。'.join(told)}。{_HOW_TO_ANSWER}" if told else ""


def of_notice_by_case(report: Report, district: str) -> dict[str, str]:
    """Return beside which of its cases a notice says that an urgent matter has no answer, and what it says."""
    told: dict[str, list[str]] = {}
    for matter in report.unsettled:
        if matter.district == district and matter.number:
            told.setdefault(matter.number, []).append(f"{matter.kind}{when(matter, report.day)}")
    return {number: f"；急报尚无下文：{'、'.join(named)}" for number, named in told.items()}


def counted(case: CaseLine, day: date) -> str:
    """Return that a case of which something urgent is reported counts as resolved all the same, and by which reply."""
    replied = f"{sentences.day(case.replied_on, day)}的答复" if case.replied_on else "答复"
    return f"该件已按{replied}计入化解"


def standing(case: CaseLine, day: date) -> str:
    """Return how the case of an urgent matter stands, and what the day's report says of it beside that."""
    status = f"{case.status}（{words.FLAGS['disputed'].name}）" if "disputed" in case.flags else case.status
    progress = case.progress.rstrip("。；，") if case.reported_on == day else ""
    return "，".join(part for part in (status, progress) if part)


CANCELLED: Final = "案件已撤销"
MEASURES_ELSEWHERE: Final = "措施见汇总表"
LIAISON: Final = "包联"
"""Before the names of the leaders of a district that are to be asked where a matter has no case."""
LISTED_AGAIN: Final = "又列入急报"
"""What is said of an urgent matter of an earlier day that the day reports again."""


def is_danger(matter: UrgentLine | Decision) -> bool:
    """Whether an urgent matter is about people's safety."""
    if isinstance(matter, UrgentLine):
        return matter.kind == SAFETY
    return matter.kinds[0] == "urgent" and matter.matter.startswith(f"{SAFETY}：")


def outcome(matter: UrgentLine | Decision) -> str:
    """Return the same in brackets behind what happened; '' where no case of it counts."""
    return f"（{matter.counted}）" if matter.counted else ""


def done(matter: UrgentLine | Decision, most: int) -> str:
    """Return at what hour an urgent matter happened and what was done: 09:30发生，已采取措施：已停工; '' with no room.

    `most`: characters of what was done that are told. It is told whole or not at all: its first half alone could sound better. Of what
    endangers people it is said at least where it stands: what happened alone could read as if nobody had done anything.
    """
    measures = matter.measures.rstrip("。；，")
    if not most:
        return MEASURES_ELSEWHERE if measures and is_danger(matter) else ""
    at = f"{matter.happened:%H:%M}发生" if isinstance(matter.happened, datetime) else ""
    told = f"已采取措施：{measures}" if len(measures) <= most else MEASURES_ELSEWHERE
    return "，".join(part for part in (at, told if measures else "") if part)


_MOST_MOVED = 3
"""Rows that are named."""


def of_moved_cases(rows: Sequence[MovedRow], day: date, most: int = _MOST_MOVED) -> str:
    """Return what districts report of cases that the office has given to others, and what stands instead; '' where it is nothing new."""
    if not rows:
        return ""
    said = "；".join(_moved_row(row, day) for row in rows[:most])
    named = f"：{said}{'等' if len(rows) > most else ''}" if said else ""
    return f"案件已改派、没有计入的报送{len(rows)}件{named}。"


def _moved_row(row: MovedRow, day: date) -> str:
    (was, stands), moved = row.status, f"{words.near(row.move.day, day)}已改派{row.move.after}"
    more = f"，另填了{'、'.join(row.columns)}" if row.columns else ""
    return f"{row.number}（{row.district}报“{was}”{more}；{moved}，现按“{stands}”）"
