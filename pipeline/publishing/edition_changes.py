"""How one edition of a day differs from another: every figure, and the cases behind it. From two `summary.json`, in words.

Covered by tests/publishing/test_editions.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from pipeline.publishing.own_cases import Own
from pipeline.render import files_for_programs
from pipeline.report import restated_figures
from pipeline.terms import words
from pipeline.terms.contract import cases_in

Summary = Mapping[str, Any]
_NONE: Final = "无"
_IN_FILES: Final = (
    "案件很多的一天，这里不逐件比较案件；改了哪些见这一版专报和日报页面的“更正”，各版的案件办公室都留着（找法见使用手册“更正与重写”）"
)
_CONFIRMATION: Final = {"none": "没有填写群众确认"}
_DISPUTED: Final = words.FLAGS["disputed"].name
_TARGET: Final = "目标"
_BY_RULE: Final = "（规则改了）"
_MOST_CASES: Final = 200
"""So many cases are named of one list; a letter that is longer is not read."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs, each in a line, the figures first."""

    figures: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything does."""
        return bool(self.figures or self.cases)


class Replaced(NamedTuple):
    """An edition that a later one of its day has replaced."""

    summary: Summary
    how: str
    """What it was beside the later one, as one of `BEFORE_CUT_OFF`, `CORRECTED`, `AGAIN`."""


BEFORE_CUT_OFF: Final = "前一天截止以前写出过的"
CORRECTED: Final = "前一天的数字后来有更正"
AGAIN: Final = "前一天截止以后写出过，后来又写出一版"


def between(before: Summary, after: Summary, own: Own | None = None) -> Changes:
    """Return how the later edition differs from the earlier; of a district's own alone where that is given."""
    return Changes(tuple(_figure_lines(before, after, own)), tuple(_case_lines(before, after, own)))


def across_days(before: Summary, after: Summary, earlier: Mapping[int, Replaced] = MappingProxyType({})) -> tuple[str, ...]:
    """Return how a day differs from the day before, as both were last published: the groups' figures, then the cases.

    `earlier`: the editions of the day before that were replaced, by their numbers: whoever read one of them compares with that.
    """
    return (*_group_lines(before, after, earlier), *_moved_lines(before, after), *_edit_lines(after))


def never_said(restated: Summary, editions: Mapping[int, Summary]) -> str:
    """Return that what a restatement begins with stood in no edition of its day, and what did; '' where one said it or none is kept.

    What was known at noon is told as known, though no run may have come between two arrivals: nobody has read it then.
    """
    known = f"{restated['resolved'][0]}/{restated['total'][0]}"
    said: dict[str, list[int]] = {}
    for number, summary in sorted(editions.items()):
        for target in summary.get("targets", ()):
            if target["group"] == restated["group"]:
                said.setdefault(f"{target['resolved']}/{target['total']}", []).append(number)
    if not said or known in said:
        return ""
    told = "；".join(f"第{'、'.join(map(str, numbers))}版写的是{figures}" for figures, numbers in said.items())
    return f"（{known}没有发布过：{told}）"


def with_names(said: Any, then: Mapping[str, str], now: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON
    """Return what was said with the districts' later names, by their codes: another name is no other figure."""
    names = {name: now[code] for code, name in then.items() if code in now}

    def renamed(value: Any) -> Any:  # noqa: ANN401 - JSON
        match value:
            case dict():
                return {name: renamed(inner) for name, inner in value.items()}
            case list():
                return [renamed(inner) for inner in value]
            case str():
                return names.get(value, value)
        return value

    return renamed(said)


# --- figures -----------------------------------------------------------------------------------------------------


def _figure_lines(before: Summary, after: Summary, own: Own | None) -> Iterator[str]:
    for part, label in _PARTS.items():
        if own is None or part in ("by_district", "submissions"):
            earlier, later = ({label(entry): entry for entry in summary.get(part, ())} for summary in (before, after))
            for name in [*later, *(name for name in earlier if name not in later)]:
                has_target = part == "targets" or own is not None
                yield from _entry_line(name, earlier.get(name, {}), later.get(name, {}), own, has_target=has_target)
    for title, numbers in _LISTS.items():
        yield from _list_line(title, numbers(before), numbers(after), own)
    if own is None:
        yield from _told_lines(before, after)


_PARTS: Final[dict[str, Callable[[Summary], str]]] = {
    "targets": lambda entry: str(entry["group"]),
    "by_source": lambda entry: f"案件来源 {entry['source']}",
    "by_district": lambda entry: f"{entry['district']}（{entry['group']}）",
    "by_leader": lambda entry: f"包案领导 {entry['leader']}（{entry['group']}）",
    "by_category": lambda entry: f"问题类别 {entry['category']}（{entry['group']}）",
    "submissions": lambda entry: f"{entry['district']}的报送",
}
"""The parts of `summary.json` that hold figures, and what an entry of each is called."""


def _entry_line(name: str, before: Summary, after: Summary, own: Own | None, *, has_target: bool) -> Iterator[str]:
    """Yield how an entry differs; `has_target`: another target is said of it, else it stands with its group alone."""
    if own and own.district not in (before.get("district"), after.get("district")):
        return
    earlier, later = _values(before), _values(after)
    titles = [title for title in {**later, **earlier} if has_target or title != _TARGET or not (before and after)]
    differing = [title for title in titles if earlier.get(title, _NONE) != later.get(title, _NONE)]
    if differing:
        because = {_TARGET: _BY_RULE} if before and after else {}
        steps = (f"{title} {earlier.get(title, _NONE)} → {later.get(title, _NONE)}{because.get(title, '')}" for title in differing)
        yield f"{name}：" + "，".join(steps)


def _values(entry: Summary) -> dict[str, str]:
    """Return an entry's figures by what they are called, as people read them."""
    values = {title: read(entry) for title, (field, read) in _FIELDS.items() if field in entry}
    for name, count in entry.get("confirmation", {}).items():
        values[_CONFIRMATION.get(name, f"群众确认“{name}”")] = f"{count} 件"
    if "unmoved" in entry:
        unmoved = entry["unmoved"]
        values["不计台账改动"] = f"{unmoved['resolved']}/{unmoved['total']} 件，{_rate(unmoved)}"
    return values


def _cases_of(field: str) -> tuple[str, Callable[[Summary], str]]:
    return field, lambda entry: f"{entry[field]} 件"


def _rows_of(field: str) -> tuple[str, Callable[[Summary], str]]:
    return field, lambda entry: f"{entry[field]} 行"


def _moment_of(field: str) -> tuple[str, Callable[[Summary], str]]:
    return field, lambda entry: str(entry[field] or _NONE)[:16].replace("T", " ")


def _rate(entry: Summary) -> str:
    return f"{entry['rate_percent']}%" if entry["rate_percent"] is not None else _NONE


def _verdict(entry: Summary) -> str:
    if entry["met"] is None:
        return "没有案件"
    return words.verdict(is_met=entry["met"], is_certain=entry.get("certain", True))


_FIELDS: Final[dict[str, tuple[str, Callable[[Summary], str]]]] = {
    "已化解": _cases_of("resolved"),
    "总数": _cases_of("total"),
    "化解率": ("rate_percent", _rate),
    "结论": ("certain", _verdict),  # of groups alone: without its certainty a verdict says too much
    "还差": _cases_of("shortfall"),
    _TARGET: ("target_percent", lambda entry: f"{entry['target_percent']}%"),
    "状态": ("status", lambda entry: words.STANDS[files_for_programs.stands_in(entry)]),
    words.ZERO: ("zero_report", lambda entry: words.YES if files_for_programs.is_zero(entry) else words.NO),
    "报送次数": ("revision", lambda entry: f"{entry['revision']} 次"),
    "首次收到": _moment_of("received_at"),
    "所用一份收到": _moment_of("in_force_received_at"),
    "采用": _rows_of("rows_accepted"),
    "退回": _rows_of("rows_refused"),
}
"""What each figure is called, its field, and how people read it."""


# --- lists and what was told of earlier days ---------------------------------------------------------------------


def _changed(name: str) -> Callable[[Summary], Sequence[str]]:
    return lambda summary: summary.get("changes", {}).get(name, ())


def _without(name: str, others: Callable[[Summary], Sequence[str]]) -> Callable[[Summary], Sequence[str]]:
    """Return the cases of that change that are not among the others."""
    return lambda summary: [number for number in _changed(name)(summary) if number not in others(summary)]


def _flagged(name: str) -> Callable[[Summary], Sequence[str]]:
    return lambda summary: summary.get("flags", {}).get(name, ())


_LISTS: Final[dict[str, Callable[[Summary], Sequence[str]]]] = {
    words.CHANGES["newly_resolved"].name: _without("newly_resolved", _changed("counted_again")),
    words.CHANGES["counted_again"].name: _changed("counted_again"),
    words.CHANGES["reopened"].name: _changed("reopened"),
    words.CHANGES["new_cases"].name: _changed("new_cases"),
    words.PASSING: _changed("withdrawn_cases"),
    words.FINDING_TITLES["dispute-withdrawn"]: _without("withdrawn_disputes", _flagged("disputed")),
    **{flag.name: _flagged(name) for name, flag in words.FLAGS.items()},
}
"""The lists of cases of `summary.json`, by what they are called."""


def _list_line(title: str, before: Sequence[str], after: Sequence[str], own: Own | None) -> Iterator[str]:
    earlier, later = (own.of(before, own.then), own.of(after, own.now)) if own else (before, after)
    gone, come = (
        [f"{number}（{moved}）" if own and (moved := own.moved(number)) else number for number in numbers if number not in others]
        for numbers, others in ((earlier, later), (later, earlier))
    )
    if gone or come:
        parts = [f"{verb} {_named(numbers)}" for verb, numbers in (("增加", come), ("去掉", gone)) if numbers]
        yield f"{title}：{len(earlier)} 件 → {len(later)} 件，{'，'.join(parts)}"


def _told_lines(before: Summary, after: Summary) -> Iterator[str]:
    """Yield what the editions say differently of the particulars of cases, and of the days before."""
    earlier, later = ({_edit(edit) for edit in summary.get("changes", {}).get("particulars", ())} for summary in (before, after))
    yield from (f"案件内容变化：增加 {edit}" for edit in sorted(later - earlier))
    yield from (f"案件内容变化：去掉 {edit}" for edit in sorted(earlier - later))
    then, now = ({(entry["day"], entry["group"]): entry for entry in summary.get("restated", ())} for summary in (before, after))
    for key in sorted({*then, *now}):
        if then.get(key) != now.get(key):
            was, instead = (_restated(entry) for entry in (then.get(key), now.get(key)))
            if was == instead:  # the same figures, under another target or of other cases
                was, instead = (_restated_whole(entry) for entry in (then[key], now[key]))
            elif key in now and (moves := _moves(now[key])):
                instead += f"（{moves}）"
            yield f"对 {key[0]} {key[1]} 的更正：{was} → {instead}"


def _edit(edit: Mapping[str, Any]) -> str:
    return f"{edit['case']} {edit['column']}：{edit['before'] or _NONE} → {edit['after'] or _NONE}"


def _restated(entry: Summary | None) -> str:
    return f"化解 {entry['resolved'][0]}/{entry['total'][0]} 改为 {entry['resolved'][1]}/{entry['total'][1]}" if entry else _NONE


def _restated_whole(entry: Summary) -> str:
    """Return the same with both verdicts and the cases."""
    verdicts = dict.fromkeys("没有案件" if met is None else words.verdict(is_met=met, is_certain=True) for met in entry["met"])
    return "，".join(filter(None, [f"{_restated(entry)}（{'改为'.join(verdicts)}）", _moves(entry)]))


def _moves(entry: Summary) -> str:
    """Return which cases a restatement is about, by what became of them."""
    return "，".join(f"{title} {_named(entry[kind])}" for kind, title in restated_figures.MOVES.items() if entry.get(kind))


# --- beyond the contract ------------------------------------------------------------------------------------------


def beyond(before: Summary, after: Summary, then_named: Mapping[str, str], now_named: Mapping[str, str]) -> Iterator[str]:
    """Yield how the exemptions of two editions and the answers to notices differ, from their `extensions.json`.

    `then_named`, `now_named`: what the districts were called in each, by their codes.
    """
    then, now = (
        {
            tuple(with_names([*entry["subject"].split(" "), entry["kind"]], then_named, now_named)): entry
            for entry in said.get("exceptions", ())
        }
        for said in (before, after)
    )
    for key in sorted({*then, *now}):
        earlier, later = (_exemption(said[key]) if key in said else "" for said in (then, now))
        if earlier and later and earlier != later:
            yield f"豁免 {' '.join(key)}：{earlier} → {later}"
        elif earlier != later:
            yield f"豁免：{'增加' if later else '去掉'} {' '.join(key)}（{later or earlier}）"
    counts = [said.get("notices", {}).get("by_case", {}) for said in (before, after)]
    moved = [f"{name} {counts[0][key]} 件 → {counts[1][key]} 件" for key, name in _ANSWERS.items() if _differ(key, counts)]
    if moved:
        yield f"督办回复：{'，'.join(moved)}"


def _exemption(entry: Mapping[str, Any]) -> str:
    stands = _STANDINGS.get(entry.get("standing", "holds" if entry["holds"] else "ended"), "")
    return f"{entry['approved_by']}批准，至{entry['until']}，{entry['reason']}{stands}"


def _differ(key: str, counts: Sequence[Mapping[str, int]]) -> bool:
    return all(key in each for each in counts) and counts[0][key] != counts[1][key]


_STANDINGS: Final = {"idle": "，不起作用", "to-come": "，未到日期", "ended": "，已结束"}
_ANSWERS: Final = {
    "asked": "要求回复",
    "answered": "回复过",
    "unanswered": "没有回复",
    "settled": "不再督办",
    "overdue": "逾期未回复",
}


# --- cases -------------------------------------------------------------------------------------------------------


def _case_lines(before: Summary, after: Summary, own: Own | None) -> Iterator[str]:
    earlier, later = cases_in(before), cases_in(after)
    if earlier is None or later is None:
        yield from [_IN_FILES] if own is None and before != after else []
        return
    for number in sorted({*earlier, *later}):
        then, now = earlier.get(number), later.get(number)
        if own and (moved := own.moved(number)):
            yield f"{number}：{moved}，现为{_case(now)}" if own.of([number], own.now) else f"{number}：{moved}，不再是{own.district}的"
        elif then != now and (own is None or own.of([number], own.now) or own.of([number], own.then)):
            yield f"{number}：{_case(then)} → {_case(now)}"


def _case(state: Mapping[str, Any] | None) -> str:
    if state is None:
        return "不在统计中"
    return f"{state['status']}（{'计入化解' if state['counted_resolved'] else '不计入化解'}）"


def _named(numbers: Iterable[str]) -> str:
    listed = list(numbers)
    return "、".join(listed[:_MOST_CASES]) + (f" 等 {len(listed)} 件" if len(listed) > _MOST_CASES else "")


# --- from day to day ---------------------------------------------------------------------------------------------


def _group_lines(before: Summary, after: Summary, earlier: Mapping[int, Replaced]) -> Iterator[str]:
    for target in after.get("targets", ()):
        group = target["group"]
        then, now = _group(before, group), _group(after, group)
        rest = "".join(f"（{said}）" for said in [_replaced(group, then, earlier)] if said)
        yield (f"{group}：{now}，没有变" if then == now else f"{group}：{then} → {now}") + rest


def _replaced(group: str, then: str, earlier: Mapping[int, Replaced]) -> str:
    """Return what replaced editions said of a group that the last one does not say, by what they were; '' where none did."""
    said: dict[str, dict[str, list[int]]] = {}
    for number, edition in earlier.items():
        if (figure := _group(edition.summary, group)) != then:
            said.setdefault(edition.how, {}).setdefault(figure, []).append(number)
    told = {
        how: "；".join(f"第{'、'.join(map(str, numbers))}版写的是 {figure}" for figure, numbers in of.items()) for how, of in said.items()
    }
    return "；".join(f"{how}：{figures}" for how, figures in told.items())


def _group(summary: Summary, group: str) -> str:
    """Return what a summary says of a group."""
    entry = next((target for target in summary.get("targets", ()) if target["group"] == group), None)
    return f"{entry['resolved']}/{entry['total']}（{_rate(entry)}，{_verdict(entry)}）" if entry else _NONE


def _moved_lines(earlier: Summary, later: Summary) -> Iterator[str]:
    """Yield which cases are counted now and were not, and so on; of the others those whose status has changed.

    Nothing where a summary does not have them.
    """
    before, after = cases_in(earlier), cases_in(later)
    if before is None or after is None:
        return
    then, now = ({number for number, case in cases.items() if case["counted_resolved"]} for cases in (before, after))
    lists = {
        "新计入化解": (now - then) & before.keys(),
        "不再计入化解": (then - now) & after.keys(),
        "新列入统计": after.keys() - before.keys(),
        "不再列入统计": before.keys() - after.keys(),
    }
    disputed, earlier_disputed = (set(_flagged("disputed")(summary)) for summary in (later, earlier))
    lists |= {f"新列为{_DISPUTED}": disputed - earlier_disputed, f"不再列为{_DISPUTED}": earlier_disputed - disputed}
    yield from (f"{title} {len(numbers)} 件：{_named(sorted(numbers))}" for title, numbers in lists.items() if numbers)
    others = sorted((before.keys() & after.keys()) - (now ^ then))
    moved = [number for number in others if before[number]["status"] != after[number]["status"]]
    if moved:
        mark = dict.fromkeys(disputed, f"（{_DISPUTED}，不计入化解）")
        steps = [f"{number} {before[number]['status']} → {after[number]['status']}{mark.get(number, '')}" for number in moved]
        yield f"状态有变 {len(moved)} 件：{_named(steps)}"


def _edit_lines(after: Summary) -> Iterator[str]:
    edits = sorted(map(_edit, after.get("changes", {}).get("particulars", ())))
    if edits:
        yield f"案件内容变化 {len(edits)} 处：{_named(edits)}"
