"""Who has reported, in sentences, and of whom the day is not known: no report, or one of which every row was refused.

A zero report says that there is nothing to report: of its district the day is known. Covered by tests/report/test_headline.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from pipeline.day.submissions import Stands
from pipeline.report.figures import Figure, UnitLine
from pipeline.report.submission_lines import Absence, ArrivedReport, SubmissionLine
from pipeline.terms import open_reasons, words
from pipeline.terms.handed_in import LeftOut

_MOST_DAYS, _MOST_NAMED = 4, 2
_NOT_ON_TIME: Final[tuple[Stands, ...]] = ("mended", "late", "excused")
"""How reports stand that count and are not simply on time, in the order in which they are told."""


@dataclass(frozen=True, slots=True)
class Unheard:
    """The districts of which the day is not known."""

    silent: tuple[str, ...]
    """Without a report."""
    returned: tuple[str, ...]
    """Without one that is accepted: what came was refused whole."""
    refused: tuple[str, ...]
    """With one of which every row was refused."""
    lost: tuple[str, ...]
    """With one whose original is lost and which counts nowhere by the office's decision: it did come."""
    districts: int
    """All there are."""
    urgent: frozenset[str] = frozenset()
    """Of those of whom something came the ones whose urgent matters are known to be so many, though none was taken."""

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.silent or self.came)

    @property
    def came(self) -> tuple[str, ...]:
        """Of whom something came of which nothing counts."""
        return (*self.returned, *self.refused, *self.lost)

    @property
    def heard(self) -> int:
        """How many districts' days are known."""
        return self.districts - len(self.silent) - len(self.came)

    @property
    def nobody(self) -> str:
        """Why the day is known of no district, such as 没有旗区报送; '' where it is known of some."""
        if not self or self.heard:
            return ""
        return "没有旗区的日报能够采用" if self.came else "没有旗区报送"

    @property
    def some(self) -> str:
        """Such as 2个旗区没有日报，1个旗区的日报全部退回; '' where nobody is silent, and where all are."""
        if self.nobody:
            return ""
        counts = (
            (self.silent, "没有日报"),
            (self.returned, "的日报整份退回"),
            (self.refused, "的日报全部退回"),
            (self.lost, "的日报原件遗失"),
        )
        return "，".join(f"{len(districts)}个旗区{word}" for districts, word in counts if districts)

    def asked(self, what: str, *, of_urgent: bool = False) -> str:
        """Return that of them nobody knows whether there is such; '' where nobody is silent, and where all are.

        `of_urgent`: it is about urgent matters, and how many some had is said beside it.
        """
        if self.nobody or not self:
            return ""
        told = self.urgent if of_urgent else frozenset()
        kinds = (
            (self.silent, "没有日报的"),
            (self.returned, "日报整份退回的"),
            (self.refused, "日报全部退回的"),
            (self.lost, "日报原件遗失的"),
        )
        counts = ((len({*districts} - told), word) for districts, word in kinds)
        named = "、".join(f"{word}{count}个旗区" for count, word in counts if count)
        return f"{named}{what}，不知道。" if named else ""


def unheard(submissions: Sequence[SubmissionLine]) -> Unheard:
    """Return of which districts the day is not known."""
    silent = tuple(line.district for line in submissions if line.status == "missing" and not line.is_lost and not line.refused_files)
    returned = tuple(line.district for line in submissions if line.is_returned)
    refused = tuple(line.district for line in submissions if line.is_wholly_refused)
    lost = tuple(line.district for line in submissions if line.is_lost)
    urgent = frozenset(line.district for line in submissions if any(told.kinds for told in line.refused_urgent))
    return Unheard(silent, returned, refused, lost, len(submissions), urgent)


def silence(
    submissions: Sequence[SubmissionLine],
    *,
    is_first: bool = False,
    told: Collection[str] = (),
    never: Sequence[str] = (),
    asks_urgent: bool = False,
) -> str:
    """Return, to stand before everything else, of which districts the day is not known and what that means; '' where of none.

    `is_first`: nobody has reported before, so that there is nothing that figures could go on from; `told`: whose report is missing is
    said just before; `never`: who has never reported; `asks_urgent`: that nobody knows of urgent matters either is said here.
    """
    who = unheard(submissions)
    if who.nobody and is_first:
        came = "送来的日报没有一份能够采用" if who.came else "至今没有旗区报送过日报"
        return f"{came}，数字只来自案件包案任务分解表，办理得怎样、有没有认可和急报，都不知道。"
    if who.nobody and not who.came:
        return f"{len(who.silent)}个旗区今日都没有日报，今日的办理、认可、急报都不知道；以下沿用此前的报送，不是今日的情况{_never(never)}。"
    refused = f"{some(who.refused)}今日的日报全部退回{'，一行也没有采用' * (not asks_urgent)}" if who.refused else ""
    unknown = f"办理得怎样{_URGENT_TOO * (asks_urgent and not {*who.silent, *who.came} <= who.urgent)}不知道"
    if who and {*who.silent, *who.returned} <= {*told} and not (who.refused or who.lost or is_first):
        heard_before = {*who.silent, *who.returned} - {*never}
        held = f"案件沿用此前的情况{_never(never)}" if heard_before else "至今也没有报送过，案件只按案件包案任务分解表计入"
        which = "、".join([*(["没有日报"] if who.silent else []), *(["整份退回"] if who.returned else [])])
        return f"{which}的{unknown}，{held}。"
    silent = f"{some(who.silent)}今日没有日报" if who.silent else ""
    returned = f"{some(who.returned)}今日送来的日报整份退回，没有采用" if who.returned else ""
    lost = f"{some(who.lost)}今日的日报原件遗失" if who.lost else ""
    parts = "，".join(part for part in (silent, returned, refused, lost) if part)
    nothing_held = is_first or not ({*who.silent, *who.came} - {*never})
    held = "其案件按案件包案任务分解表计入，没有以前的报送可以沿用" if nothing_held else f"其案件沿用此前的情况{_never(never)}"
    return f"{parts}，{unknown}，{held}。" if parts else ""


_URGENT_TOO = "、有没有急报等事项"


def never(absences: Iterable[Absence]) -> tuple[str, ...]:
    """Return the districts without a report of the day or of any day before: nothing of theirs could go on."""
    return tuple(absence.district for absence in absences if absence.last_report is None and not absence.is_lost)


def beside_data_until(submissions: Sequence[SubmissionLine], absent: Sequence[Absence]) -> str:
    """Return what stands beside 数据截至 where no report of any district that it is about was ever taken; '' elsewhere."""
    silent = len(never(absent)) == len(submissions) > 0
    return "（还没有采用过日报）" if silent else ""


def _never(districts: Sequence[str]) -> str:
    return f"（{some(districts)}至今没有报送过，只按案件包案任务分解表计入）" if districts else ""


def nothing(said: str, submissions: Sequence[SubmissionLine], *, of_urgent: bool = False) -> str:
    """Return that reports say there is nothing, and that of the districts whose day is not known nobody knows; `of_urgent`: as `asked`."""
    who = unheard(submissions)
    return f"今日{who.nobody}，有没有，不知道。" if who.nobody else said + who.asked("有没有", of_urgent=of_urgent)


def named(districts: Sequence[str], below: Sequence[UnitLine] = ()) -> str:
    """Return these districts by name; where there are levels between them and the reader, of many how many each unit has."""
    if not below or len(districts) <= _MOST_DAYS:
        return "、".join(districts)
    counts = ((line.name, len({*line.districts}.intersection(districts))) for line in below)
    return "、".join(f"{name}{count}个" for name, count in counts if count)


def told_of(stands: Stands, districts: Sequence[SubmissionLine], below: Sequence[UnitLine] = ()) -> str:
    """Return whose report stands so, by name; where there are levels between them and the reader, of many how many each unit has."""
    names = [line.district for line in districts if line.stands == stands]
    return named(names, below) if below and len(names) > _MOST_DAYS else "、".join(names_of(stands, districts))


def names_of(stands: Stands, districts: Sequence[SubmissionLine]) -> list[str]:
    """Return whose report stands so; of those that were mended after the cut-off each with when."""
    return [f"{line.district}{_mended_when(line)}" for line in districts if line.stands == stands]


def _mended_when(line: SubmissionLine) -> str:
    """Return when a report was mended after the cut-off: until then nothing of its day was known; '' of any other."""
    if line.stands != "mended" or line.mended_at is None or line.received_at is None:
        return ""
    return words.clock(line.mended_at, line.received_at.date())


def submissions(districts: Sequence[SubmissionLine], below: Sequence[UnitLine] = ()) -> str:
    """Return how many districts have reported, whose reports were refused row by row, and who has not reported.

    `below`: what lies directly under the reader, where there are levels between.
    """
    who = unheard(districts)
    if len(who.silent) == len(districts):
        return f"{len(districts)}个旗区都没有日报。"
    moved = [line.district for line in districts if line.is_all_of_moved_cases]
    usable = who.heard - (len(moved) if who.came else 0)
    if not who:
        sentence = f"{len(districts)}个旗区都有日报"
    elif not usable:
        sentence = f"{len(districts)}个旗区都没有可用的日报"
    else:
        sentence = f"{len(districts)}个旗区中{usable}个有{'可用的' if who.came else ''}日报"
    kinds = ((stands, sum(line.stands == stands for line in districts)) for stands in _NOT_ON_TIME)
    told = "，".join(f"{words.STANDS[stands]}{count}个（{told_of(stands, districts, below)}）" for stands, count in kinds if count)
    sentence += f"，其中{told}" if told else ""
    sentence += f"；{named(moved, below)}所报的案件已由办公室改派别的旗区，没有采用" if moved else ""
    absent = (
        ("没有日报的", who.silent),
        ("送来的日报整份退回、没有采用的", who.returned),
        ("日报全部退回、一行也没有采用的", who.refused),
        ("日报原件遗失的", who.lost),
    )
    return "；".join([sentence, *(f"{kind}{len(names)}个（{named(names, below)}）" for kind, names in absent if names)]) + "。"


def mended_and_excused(districts: Sequence[SubmissionLine]) -> str:
    """Return for a line in the terminal who mended after the cut-off, and whose lateness is approved; '' where nobody."""
    told = ((stands, "、".join(names_of(stands, districts))) for stands in ("mended", "excused"))
    return "".join(f"；{words.STANDS[stands]}：{names}" for stands, names in told if names)


def zero(line: SubmissionLine) -> str:
    """Return 零报告 of a report that is one, and what is said of one whose cover says so and in which there is something; '' of others."""
    return words.zero_report(line.rows_accepted, is_zero=line.is_zero) if line.zero_report else ""


def in_short(districts: Sequence[SubmissionLine]) -> str:
    """Return the same in a few words, for a heading."""
    who = unheard(districts)
    if len(who.silent) == len(districts):
        return f"{some(who.silent)}没有日报"
    kinds = ((who.silent, "没有日报"), (who.returned, "日报整份退回"), (who.refused, "日报全部退回"), (who.lost, "日报原件遗失"))
    return "，".join(f"{some(names)}{what}" for names, what in kinds if names) or "都有日报"


def status(line: SubmissionLine) -> str:
    """Return how a district's report stands, for a table; of one that was mended after the cut-off with when."""
    if line.mended_at and line.received_at and line.stands == "mended":
        return words.mended(line.mended_at, line.received_at)
    return f"{words.STANDS[line.stands]}{'，所报案件已改派' if line.is_all_of_moved_cases else ''}"


def some(districts: Sequence[str]) -> str:
    """Such as 东胜区等6个旗区; one or two by name."""
    return "、".join(districts) if len(districts) <= _MOST_NAMED else f"{districts[0]}等{len(districts)}个旗区"


def behind(figures: Iterable[Figure], told: Iterable[Figure], most: int) -> str:
    """Return by what of earlier days, or of cases given to them, districts keep these figures provisional; '' where nothing is.

    What keeps those in `told` so is said with them.
    """
    said = {of_day for figure in told if figure.bounds for of_day in figure.bounds.open}
    open_days: dict[str, dict[str, set[date]]] = {}
    anchor: date | None = None
    for ends in (figure.bounds for figure in figures if figure.bounds):
        anchor = ends.told_on
        for why, days in (("behind", ends.behind), ("behind-returned", ends.returned), ("behind-lost", ends.lost), ("moved", ())):
            for name in dict(ends.reasons).get(why, ()):
                own = {of_day for of_day in ends.open if of_day[0] == name and (not days or of_day[1] in days)}
                if not own <= said:
                    open_days.setdefault(why, {}).setdefault(name, set()).update({on for _name, on in own} if days else ())
    return "".join(f"{_behind(why, whose, anchor, most)}。" for why, whose in open_days.items())


def _behind(why: str, whose: Mapping[str, set[date]], anchor: date | None, most: int) -> str:
    """Return for one of these reasons whose they are: 缺以前的日报的：第四县（5月20日）; those of the same days together."""
    alike: dict[tuple[date, ...], list[str]] = {}
    for name, days in whose.items():
        alike.setdefault(tuple(sorted(days)), []).append(name)
    runs = [f"{some(names)}{f'（{_in_a_list(days, anchor)}）' if days else ''}" for days, names in alike.items()]
    return f"{open_reasons.OPEN_REASONS[why].removeprefix('的')}的：{words.first_of(runs, most, '；')}"


def _in_a_list(days: Sequence[date], anchor: date | None) -> str:
    named = "、".join(words.near(on, anchor) for on in days[-_MOST_DAYS:])
    return named if len(days) <= _MOST_DAYS else f"{named}等{len(days)}天"


def left_out(files: Sequence[LeftOut], told_on: date | None = None) -> str:
    """Return which files are lost and count nowhere by the office's decision; '' where there is none."""
    named = "、".join(_left_out(file, told_on) for file in files[:_MOST_DAYS])
    besides = "其中的急报、接访等也不再列出。" if any(not file.is_assignment for file in files) else ""
    return f"{named}{f'等{len(files)}份' if len(files) > _MOST_DAYS else ''}的原件遗失，办公室决定不计入。{besides}" if files else ""


def _left_out(file: LeftOut, told_on: date | None) -> str:
    try:
        received = datetime.fromisoformat(file.received_at)
        came = f"（{words.near(received, told_on)}{received:%H:%M}收到）"
    except ValueError:
        came = ""
    if file.is_assignment:
        return f"分解表{came}"
    return (
        f"{file.district}{words.near(file.day, told_on)}日报{came}"
        if file.district
        else f"{words.near(file.day, told_on)}结果用到的1份收件{came}"
    )


def unplaced(reports: Sequence[ArrivedReport], late: Sequence[ArrivedReport] = (), told_on: date | None = None) -> str:
    """Return which files were refused that no figure and no silent district tells of; '' where there are none.

    Files of which nobody can tell whose they are; those of a district whose report counts, where they came later or are about another
    day; and `late`, those of earlier days that became known now.
    """
    strange = [report for report in reports if report.is_from_stranger]
    unknown = [report for report in reports if report.use == words.REFUSED and not report.district]
    count = sum(not (report.sent_by or report.meant) for report in unknown)
    parts = [f"另有{count}份文件没有采用，看不出是哪个旗区的。"] if count else []
    in_force = {report.district: report.received_at for report in reports if report.use == words.USED}
    sent = [f"{report.sent_by}（{report.why_refused}{_made_good(report, in_force)}）" for report in unknown if report.sent_by]
    parts += (
        [f"另有{len(sent)}份文件没有采用，看不出写的是哪个旗区，是登记的填报人送来的：{words.first_of(sent, _MOST_DAYS)}。"] if sent else []
    )
    alike = [report.meant for report in unknown if report.meant and not report.sent_by]
    parts += (
        [f"另有{len(alike)}份文件没有采用，封面写的旗区和所属的上级对不上，不能确认是谁的：{words.first_of(alike, _MOST_DAYS)}。"]
        if alike
        else []
    )
    own = [f"{report.district}（{report.why_refused}）" for report in reports if _is_besides(report, in_force.get(report.district))]
    parts += [f"另有{len(own)}份日报没有采用：{words.first_of(own, _MOST_DAYS)}。"] if own else []
    named = words.first_of(list(dict.fromkeys(report.whose for report in strange)), _MOST_DAYS, "；")
    parts += [f"另有{len(strange)}份日报没有采用，不是所写旗区登记的发件人送来的：{named}。"] if strange else []
    earlier = Counter(f"{report.sender}{words.near(report.day, told_on)}" for report in late)
    named = words.first_of([f"{name}{count}份" for name, count in earlier.items()], _MOST_DAYS)
    return "".join([*parts, *([f"以前日期的文件今日才收到、没有采用的{len(late)}份：{named}。"] if late else [])])


def _made_good(report: ArrivedReport, in_force: Mapping[str, datetime]) -> str:
    """Return that the district whose sender sent it has a report that was taken, and which came later; '' where it has none."""
    taken = in_force.get(report.sent_by)
    return f"，{'后来另报的' if taken > report.received_at else '先前报的'}已采用" if taken else ""


def _is_besides(report: ArrivedReport, in_force: datetime | None) -> bool:
    """Whether a report was refused beside the one in force, and is not what that one took the place of; a stranger's is beside none."""
    if in_force is None or report.use != words.REFUSED or report.is_from_stranger:
        return False
    return report.received_at > in_force or any(finding.code == "bad-report-date" for finding in report.findings)


def absence(absent: Absence, told_on: date | None = None) -> str:
    """Return who has not reported, and which figures that can change."""
    last = _last(absent, told_on)
    refused = f"，送来{absent.refused_files}份" if absent.is_refused else ""
    parts = "、".join(f"{part.group}{part.total}件（计入化解{part.counted}件）" for part in absent.parts)
    why, mended = _why_absent(absent)
    return f"{absent.district}{why}（{last}{refused}）；{mended}可能改变其名下{parts or '案件数'}。"


def _why_absent(absent: Absence) -> tuple[str, str]:
    """Return why a district has no report, after its name, and what would end that."""
    if absent.is_refused:
        return "的日报整份退回", "改正后重新报送"
    return ("的日报原件遗失", "找回或重新报送") if absent.is_lost else ("没有日报", "补报")


def absences(absent: Sequence[Absence], told_on: date | None = None, most: int | None = None) -> list[str]:
    """Return the same of several districts, once for all that have no report, whose report was refused whole, and whose is lost.

    `most`: so many are named, and the others counted with them.
    """
    named = absent[:most]
    kinds = dict.fromkeys(map(_why_absent, sorted(absent, key=lambda line: (line.is_lost, line.is_refused))))
    of_kinds = [[line for line in absent if _why_absent(line) == kind] for kind in kinds]
    told = [(of_kind, [line for line in of_kind if line in named]) for of_kind in of_kinds]
    return [absence(of_kind[0], told_on) if len(of_kind) == 1 else _several(of_kind, shown, told_on) for of_kind, shown in told if shown]


def _several(absent: Sequence[Absence], named: Sequence[Absence], told_on: date | None) -> str:
    why, mended = _why_absent(absent[0])
    lasts = {line.last_report for line in absent}
    same = _last(absent[0], told_on) if len(lasts) == 1 else ""
    told, without = list[str](), list[str]()
    for line in named:
        refused = f"送来{line.refused_files}份" if line.is_refused else ""
        beside = "，".join(part for part in ("" if same else _last(line, told_on), refused) if part)
        parts = "、".join(f"{part.group}{part.total}件（{part.counted}件）" for part in line.parts)
        if parts or beside:
            told.append(f"{line.district}{f'（{beside}）' if beside else ''}{parts or '没有案件'}")
        else:  # told in one clause behind the others
            without.append(line.district)
    told += [f"{'、'.join(without)}{'都' if without[1:] else ''}没有案件"] if without else []
    head = f"{len(absent)}个旗区{why}{f'（{same}）' if same else ''}"
    among = "，其中" if len(named) < len(absent) else "："
    return f"{head}；{mended}可能改变其名下的案件（括号里是其中计入化解的）{among}{'；'.join(told)}。"


def _last(absent: Absence, told_on: date | None) -> str:
    return f"最近一次是{words.near(absent.last_report, told_on)}的日报" if absent.last_report else "此前也没有日报"
