"""`run.py explain`: why a figure is what it is, and the story of a case. A look into the ledger that changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import takewhile
from typing import Final

from pipeline.day import story
from pipeline.day.cases import RowPlace
from pipeline.day.day_state import DayState
from pipeline.day.moves import away_from
from pipeline.day.story import Story
from pipeline.day.targets import Tally
from pipeline.intake import facts_known, held_files, incoming
from pipeline.intake.facts_known import Known
from pipeline.intake.incoming import Incoming
from pipeline.office import today
from pipeline.report import breakdown, case_register, certainty, clock_lines, compose, sentences, story_lines
from pipeline.report.breakdown import Breakdown
from pipeline.report.case_lines import CaseLine
from pipeline.report.counting import Counting
from pipeline.report.figures import Figure, OpenPoint
from pipeline.report.story_lines import StoryLine
from pipeline.settings.config import Settings
from pipeline.settings.rules import Group
from pipeline.settings.units import OF_UNITS
from pipeline.terms import case_numbers
from pipeline.terms.contract import CASE, EXEMPTIONS
from pipeline.terms.errors import ConfigurationError, NothingToConsolidateError
from pipeline.terms.handed_in import Facts, Filed
from pipeline.terms.messages import brief
from pipeline.terms.rows import read_rows
from pipeline.terms.text import key, mask, nfkc
from pipeline.terms.words import NOT_YET, near

_LAST_DAY: Final = date(2099, 12, 31)
"""The last day that a workbook can name."""
_PARTS: Final = {"district": "旗区", "unit": OF_UNITS, "source": "案件来源", "category": "问题类别", "leader": "包案领导"}
"""What a figure can be of beside a whole group, in the order in which a name is looked for: the attribute of a case, and its word."""


_GROUP: Final = "组别"
_FIGURES: Final[Mapping[str, Callable[[Counting], Sequence[Figure]]]] = {
    _GROUP: Counting.targets,
    "旗区": Counting.by_district,
    OF_UNITS: Counting.by_unit,
    "案件来源": Counting.by_source,
    "问题类别": Counting.by_category,
    "包案领导": Counting.by_leader,
}
"""By what a figure is of: the figures of that kind."""


class UnknownError(ConfigurationError):
    """There is no case and no figure of that name; the sentence says what there is."""


@dataclass(frozen=True, slots=True)
class CaseExplained:
    """The story of a case."""

    story: Story
    lines: tuple[StoryLine, ...]
    """What counts for the day or for those before it, in the order of the fold."""
    later: tuple[StoryLine, ...]
    standing: CaseLine | None
    """The case as the register shows it on the day; None where it is not in it."""
    verdict: str
    """Why it is counted or not, in a sentence; and where no assignment workbook had come by the day, that."""
    hidden: int = 0
    """So many lines are not shown to whoever asks."""
    moves: tuple[str, ...] = ()
    """How it went from district to district, in sentences: when, from whom to whom, by which assignment workbook."""
    waits: str = ""
    """How many files wait in the inbox that are not in it, of reports its own districts'; '' where none do, and for a district."""

    @property
    def districts(self) -> tuple[str, ...]:
        """Whose it is and was; none where nobody knows."""
        moves = self.story.case.moves if self.story.case else ()
        own = self.standing.district if self.standing else ""
        return tuple(dict.fromkeys(name for name in (own, *(name for move in moves for name in (move.before, move.after))) if name))

    @property
    def clocks(self) -> tuple[str, ...]:
        """The clocks of the regulation on the day, in sentences; none of a cancelled case."""
        running = self.standing.clocks if self.standing else None
        return tuple(clock_lines.of_case(running, self.story.day)) if running else ()


@dataclass(frozen=True, slots=True)
class FigureExplained:
    """The cases behind a figure."""

    name: str
    """Such as 自治区交办/东胜区."""
    day: date
    kind: str
    """组别, or what the part is: 旗区, 单位, 案件来源, 问题类别 or 包案领导."""
    group: Group
    breakdown: Breakdown
    cases: list[CaseLine]
    """By case number; cancelled ones, which are in no total, among them."""
    remark: str
    """Where the name could have been another figure's too, and where no assignment workbook had come by the day."""
    verdict: str = ""
    """达标 or 未达标, how many cases it lacks, and why that is provisional, where it is."""
    without_edits: str = ""
    """The rate that no edit of the register betters, with the cases; '' where it is the same."""
    waits: str = ""
    """That files wait in the inbox which are not in it, and how many; '' where none do."""
    open_points: tuple[OpenPoint, ...] = ()
    """What keeps the verdict provisional, by district and day."""

    @property
    def label(self) -> str:
        """What it is of within its group; the group itself for the whole of it."""
        return self.name.removeprefix(f"{self.group.name}/")

    @property
    def cancelled(self) -> list[CaseLine]:
        """The cases with 撤销依据, which are in no total."""
        return [case for case in self.cases if case.grounds]

    @property
    def tally(self) -> Tally:
        """How many of them are resolved, against the group's target."""
        return Tally(self.group.target_percent, self.breakdown.total, len(self.breakdown.counted))


def explain(
    what: str, settings: Settings, day: date, now: datetime | None = None, files: Sequence[Incoming] | None = None
) -> CaseExplained | FigureExplained:
    """Return what is behind a case number or a figure. Raises UnknownError, NothingToConsolidateError or LedgerError.

    `now`: until the day's cut-off nobody's report is missing. `files`: the reports in the inbox, where somebody has looked at them.
    """
    if day > _LAST_DAY:
        msg = f"--date 应在 {_LAST_DAY} 以前。"
        raise ConfigurationError(msg)
    held = settings.on(day)
    named = _group_named(what, held)
    if not named:
        try:
            told = case(what, settings, day)
        except UnknownError as error:
            msg = f"{error}{_instead(what, settings, day)}"
            raise UnknownError(msg) from error
        return replace(told, waits=_waits(settings, _waiting(settings, files), told.districts))
    known, waiting = facts_known.until([day], settings), _waiting(settings, files)
    state, held_now = _state(known, settings, day), known.files
    explained = figure(*named, today.register_of(state, known.facts, settings), held, day)
    unread = [file.district for file in waiting if file.day == day] if now else []
    early = NOT_YET if now and now <= held.calendar.last_moment(day) else ""
    explained = _reliance(explained, state, held_now, settings, (early, unread))
    own = held.tree.districts(explained.label) if explained.kind in (_PARTS["district"], _PARTS["unit"]) else ()
    waits = _waits(settings, waiting, own, "算上它们的数字看网页“今天”。" if now is not None and now.date() == day else "")
    remark = explained.remark + _before_any_workbook(held_now, day, settings)
    return replace(explained, remark=remark, waits=waits)


def of_clerk(what: str, settings: Settings, day: date, district: str, files: Sequence[Incoming]) -> CaseExplained | None:
    """Return the story of a case as a district may see it, with how many of its own reports wait; None of any other case.

    Raises UnknownError, NothingToConsolidateError or LedgerError.
    """
    own = of_district(case(what, settings, day), district)
    count = sum(file.district == district for file in _waiting(settings, files))
    return replace(own, waits=f"贵局还有 {count} 份日报等待收取，没有算在这里。" if count else "") if own else None


def in_waiting(what: str, files: Sequence[Incoming]) -> str:
    """Return whose reports that wait bring in a case of that number; '' where none does."""
    whose = [file.whose for file in files if file.day and file.opened and key(what) in {*map(key, _numbers_in(file))}]
    return "、".join(dict.fromkeys(whose))


def _numbers_in(file: Incoming) -> Iterator[str]:
    """Yield the case numbers in the rows of a report that waits."""
    for rows in read_rows(file.opened.transcript.rows) if file.opened else ():
        if CASE in rows.values:
            yield from (RowPlace(0, rows, position)[CASE] or "" for position in range(len(rows.lines)))


def _waiting(settings: Settings, files: Sequence[Incoming] | None) -> list[Incoming]:
    """Return the reports in the inbox that will count for a day."""
    return [file for file in (incoming.look(settings) if files is None else files) if file.day]


def _waits(settings: Settings, waiting: Sequence[Incoming], districts: Collection[str], more: str = "") -> str:
    """Return what waits of these districts' reports, of all where none is named, and of assignment workbooks; '' where nothing does."""
    reports = sum(not districts or file.district in districts for file in waiting)
    having = [name for name in districts if any(file.district == name for file in waiting)]
    counts = (("、".join(having), reports, "日报"), ("", held_files.waiting_assignments(settings), "分解表"))
    named = [f"{f'{whose}的 ' if whose else ''}{count} 份{what}" for whose, count, what in counts if count]
    return f"收件箱里还有 {'、'.join(named)}等待收取，没有算在这里。{more}" if named else ""


# --- a figure ----------------------------------------------------------------------------------------------------


def _group_named(what: str, settings: Settings) -> tuple[Group, str] | None:
    """Return the group that a figure's name begins with, and what comes after its `/`, as written; None where it begins with none."""
    whole = nfkc(what).strip()
    for group in sorted(settings.groups, key=lambda group: len(group.name), reverse=True):
        parts = [*whole.split("/"), ""]
        for count in range(1, len(parts)):
            if key("/".join(parts[:count])) == key(group.name):
                return group, "/".join(parts[count:-1])
    return None


def _instead(what: str, settings: Settings, day: date) -> str:
    """Return which figures have the name that was asked for, with their groups before it, or where exemptions are to be found."""
    if EXEMPTIONS.name in what:
        return f"{EXEMPTIONS.name}（谁批准、到哪天）看当日汇总表的“{EXEMPTIONS.name}”。"
    held = settings.on(day)
    if not what.strip() or case_numbers.is_case_number(what) or not (known := facts_known.until([day], settings)).facts.assignments:
        return ""
    lines = today.register_of(_state(known, settings, day), known.facts, settings)
    found = dict.fromkeys(
        f"{group.name}/{name}"
        for group in held.groups
        for part in _PARTS
        if (name := _meant(what, _names(part, group, [line for line in lines if line.group == group.name], held), held))
    )
    return f"“{brief(what)}”的数字要写明哪一组，请写：{mask(' 或 '.join(found))}。" if found else ""


def register(settings: Settings, day: date) -> tuple[CaseLine, ...]:
    """Return the cases of the register on that day. Raises NothingToConsolidateError."""
    known = facts_known.until([day], settings)
    return today.register_of(_state(known, settings, day), known.facts, settings)


def _state(known: Known, settings: Settings, day: date) -> DayState:
    _check_assignment(known.facts, settings)
    return known.fold(settings, [day])[day]


def _reliance(
    explained: FigureExplained, state: DayState, files: Sequence[Filed], settings: Settings, absent: tuple[str, Collection[str]]
) -> FigureExplained:
    """Return a figure with its verdict, with why that is provisional, and its rate without edits of the register.

    `absent`: what is said of whose report is not there, and whose waits.
    """
    counting = today.counting_of(state, Facts.of(files), today.refused_on(state.day, settings), settings)
    label = explained.label
    figures = _FIGURES[explained.kind](counting)
    of_it = next((figure for figure in figures if (figure.group, figure.label) == (explained.group.name, label)), None)
    if of_it is None:
        return explained
    group, cases = explained.group, state.cases
    if explained.kind == _PARTS["source"]:
        group = group.model_copy(update={"sources": (label,)})
    elif explained.kind != _GROUP:
        own = {line.number for line in explained.cases}
        cases = tuple(case for case in cases if case.number in own)
    is_place = explained.kind in (_PARTS["district"], _PARTS["unit"])
    given = certainty.given(state.cases, settings.tree.districts(label)) if is_place else certainty.NOTHING_GIVEN
    (reliance,) = certainty.of([of_it], [group], cases, given)
    return replace(
        explained,
        verdict=sentences.verdict(of_it, *absent) if of_it.verdict else "",
        without_edits=sentences.unmoved(reliance, of_it.tally),
        open_points=compose.open_points(state, counting, of_it),
    )


def _before_any_workbook(files: Iterable[Filed], day: date, settings: Settings) -> str:
    """Return that no assignment workbook had come by then, so that nothing is known of the day; '' where one had."""
    usable = (file.arrival for file in files if file.arrival.is_assignment and file.reading.accepted)
    first = min((arrival.envelope.received_at.astimezone(settings.calendar.zone) for arrival in usable), default=None)
    if first is None or first.date() <= day:
        return ""
    return f"注意：{day} 还没有分解表，那天有多少案件并不知道；这里按最早的一份（{first:%Y-%m-%d %H:%M} 收到）推算。"


def figure(group: Group, label: str, cases: Iterable[CaseLine], settings: Settings, day: date) -> FigureExplained:
    """Return the cases behind a group's figure, or that of its part of that name, by the day's settings. Raises UnknownError."""
    of_group = [line for line in cases if line.group == group.name]
    if not label:
        return FigureExplained(group.name, day, _GROUP, group, breakdown.of(of_group), of_group, "")
    names = {part: _names(part, group, of_group, settings) for part in _PARTS}
    meant = {part: _meant(label, listed, settings if part in ("district", "unit") else None) for part, listed in names.items()}
    found = {part: name for part, name in meant.items() if name}
    if not found:
        listed = "；".join(f"{_PARTS[part]} {'、'.join(listed)}" for part, listed in names.items() if listed)
        msg = f"“{group.name}”里没有“{brief(label)}”这个数字。“/”后面可以写：{mask(listed)}。"
        raise UnknownError(msg)
    part, name = next(iter(found.items()))
    others = "、".join(_PARTS[other] for other in found if other != part)
    remark = f"“{name}”也是{others}的名称，这里按{_PARTS[part]}。" if others else ""
    within = {"unit": settings.tree.districts(name)}.get(part)
    of_part = [line for line in of_group if (line.district in within if within else getattr(line, part) == name)]
    return FigureExplained(f"{group.name}/{name}", day, _PARTS[part], group, breakdown.of(of_part), of_part, remark)


def _check_assignment(facts: Facts, settings: Settings) -> None:
    if not facts.assignments:
        msg = f"台账里没有可用的案件包案任务分解表，还没有数字可以说明。请把分解表放入 {settings.paths.assignment}，汇总一次再看。"
        raise NothingToConsolidateError(msg)


def _names(part: str, group: Group, lines: Sequence[CaseLine], settings: Settings) -> list[str]:
    """Return the figures of that kind that the group has; one in which all is cancelled can be asked for too."""
    if part == "unit":
        return [*settings.tree.in_order()]
    has = {getattr(line, part) for line in lines}
    always = {"district": settings.district_names, "source": group.sources}.get(part, ())
    return [*always, *sorted(has - {*always})]


def _meant(label: str, names: Sequence[str], settings: Settings | None) -> str:
    """Return the name that is meant, as codes are compared; a district's or a unit's also by its other names. '' where none is."""
    meant = next((name for name in names if name == label), "") or next((name for name in names if key(name) == key(label)), "")
    if meant or not settings:
        return meant
    district, unit = settings.district_named(label), settings.tree.named(label)
    return next((own for own in (district.name if district else "", unit) if own in names), "")


# --- a case ------------------------------------------------------------------------------------------------------


def case(what: str, settings: Settings, day: date) -> CaseExplained:
    """Return the story of the case that a number means, written as in a report."""
    number = case_numbers.canonical(what.strip())
    files = [story.about(number, file) for file in held_files.mentioning(case_numbers.mentions(number), settings)] if number else []
    if not any(file.reading.rows for file in files):
        raise UnknownError(_unknown(what, settings.on(day)))
    facts = Facts.of(file for file in files if file.reading.accepted)
    _check_assignment(facts, settings)
    try:
        told = story.tell(number, files, settings, day)
    except LookupError as error:
        msg = f"“{brief(what)}”可以是 {'、'.join(map(brief, error.args))}，请写全。"
        raise UnknownError(msg) from error
    arrivals = {file.arrival.id: file.arrival for file in files}
    standing = case_register.case_line(told.case, day, arrivals, settings.on(day)) if told.case and told.is_in_register else None
    verdict = story_lines.verdict(told) + _before_any_workbook(files, day, settings)
    lines, later = (story_lines.lines(mentions, settings) for mentions in (told.mentions, told.later))
    lines = story_lines.with_later_listing(lines, told.case, day) if told.case and standing else lines
    return CaseExplained(told, lines, later, standing, verdict, moves=tuple(story_lines.moves(told, arrivals, settings)))


def of_district(explained: CaseExplained, district: str) -> CaseExplained | None:
    """Return what a district may see of the story: of its own cases alone, its own reports and what counts; None of any other case.

    Of the office's workbooks it sees what they changed, and neither their cells nor 备注.
    """
    if explained.standing is None or explained.standing.district != district:
        return None
    # What comes after the case has gone to another district is that one's alone, also for whoever asks about a day before.
    still_own = takewhile(lambda line: line.mention.after is None or line.mention.after.text("旗区") == district, explained.later)
    lines, later = (tuple(line for line in part if _is_for(line, district)) for part in (explained.lines, still_own))
    hidden = len(explained.lines) + len(explained.later) - len(lines) - len(later)
    return replace(explained, lines=tuple(map(_without_remarks, lines)), later=tuple(map(_without_remarks, later)), hidden=hidden)


def gone_from(explained: CaseExplained, district: str) -> str:
    """Return to whom the office has given a case that was the district's, and when; '' where it never was, or is."""
    moved = away_from(explained.story.case.moves, district) if explained.story.case else None
    if moved is None:
        return ""
    return f"此件已于{near(moved.day, explained.story.day)}由办公室改派{moved.after}，不再由{district}办理；日报里请不要再填。"


def _is_for(line: StoryLine, district: str) -> bool:
    file = line.mention.file
    if file.arrival.is_assignment or line.mention.became == "taken":
        return True
    return file.reading.district == district and not file.reading.is_from_stranger


def _without_remarks(line: StoryLine) -> StoryLine:
    if not line.mention.file.arrival.is_assignment:
        return line
    return replace(line, cells=(), findings=(), changes=tuple(change for change in line.changes if change.column != "备注"))


def _unknown(what: str, settings: Settings) -> str:
    groups = "、".join(f"“{group.name}”" for group in settings.groups)
    example = f"{settings.groups[0].name}/{settings.district_names[0]}"
    is_number = case_numbers.is_case_number(what)
    missed = "收到过的文件里都没有这个编号的案件" if is_number else "没有这个案件，也没有这个数字"
    return (
        f"“{brief(what)}”：{missed}。可以写案件编号（照案件台账写，如 {case_numbers.example(settings.case_number_pattern)}），"
        f"也可以写数字：{groups}，后面可以加 / 和旗区、案件来源、问题类别或包案领导，例如 {example}。"
    )
