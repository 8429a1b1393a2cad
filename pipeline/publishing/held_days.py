"""Published days that stand as they are though the rules are others now: which, and which of their figures would differ (decision 17)."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pipeline.disk import storage
from pipeline.ledger import edition_files, editions, places, published_rules
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.published_rules import PublishedUnder
from pipeline.publishing import edition_changes, fault_limits, outbox, told_editions
from pipeline.publishing.inputs import Inputs, digest_of_program, digest_of_rules, digests_by_setting
from pipeline.render import extension_files, files_for_programs
from pipeline.report import rehearsal_words, rehearsed, rule_words
from pipeline.report.report import Report
from pipeline.settings import read_by, rules, units
from pipeline.settings.config import Settings
from pipeline.settings.rules import Rules, ToldBefore

if TYPE_CHECKING:
    from pipeline.publishing.plan import Plan

_SUMMARY = "summary.json"
_MOST_NAMED, _MOST_DAYS = 3, 20
_OTHER_CHANGE = "程序、模板、字体或其他设置有变动"
_NOT_NOTED = "这些天的其他设置没有记下，有没有变动不知道"
_SETTINGS: Final = {
    "office": "单位名称（office）",
    "sources": "案件来源（sources）",
    "categories": "问题类别（categories）",
    "case_number_pattern": "编号样式（case_number_pattern）",
    "notices": "督办通知（notices）",
    "statute": "法定期限（statute）",
    "hints": "核查提示（hints）",
}
"""What settings are called that are no rule of the figures, with their names in config.yaml."""


@dataclass(frozen=True, slots=True)
class HeldDay:
    """A published day that stands as it is."""

    day: date
    changed: str
    """What of its rules and settings is other now; '' where it is the program, a template or a font, or unknown."""
    figures: tuple[str, ...]
    """What would differ under the present rules, each in a line: figures, clocks, hints; none where only other words or the look would."""
    is_compared: bool = True
    """Whether a run has worked that out since the rules changed last."""
    is_written: bool = False
    """Whether this run wrote it again all the same, under the rules that it had."""
    has_beyond: bool = True
    """Whether what is published of it has clocks and hints to compare."""


# --- under which rules a day was published -----------------------------------------------------------------------


def published_under(ledger: Ledger, folder: Path, days: Iterable[date]) -> dict[date, PublishedUnder]:
    """Return it of each day: as the ledger has it, and of days asked for that it does not know as the outbox says."""
    under = {date.fromisoformat(day): noted for day, noted in published_rules.by_day(ledger).items()}
    for day in days:
        if day not in under and (kept_rules := _manifest(folder, day).get("rules")):
            under[day] = PublishedUnder("", kept_rules)
    return under


def rules_of(under: PublishedUnder) -> Rules | None:
    """Return the rules themselves; None where they are not known."""
    return Rules.from_json(under.rules)


def rules_kept(
    under: Mapping[date, PublishedUnder], settings: Settings, rewriting: Container[date], *, days: Container[date]
) -> dict[date, Rules]:
    """Return the rules that hold for each published day that is not to be rewritten, and for a day before it that nobody publishes.

    `days`: those asked for. Without the day before, a first day would tell of a rule that came after it.
    """
    held: dict[date, Rules] = {}
    for day, noted in under.items():
        published, earlier = None if day in rewriting else rules_of(noted), day - timedelta(days=1)
        if published:
            held[day] = rules.kept(published, settings.on(day).rules, settings.named_on(day), settings.sources)
        if published and earlier not in under and earlier not in days:
            rules_before = Rules.from_json(noted.rules.get("before")) or published
            held[earlier] = rules.kept(rules_before, settings.on(earlier).rules, settings.named_on(earlier), settings.sources)
    return held


def judged_by(settings: Settings, day: date) -> Settings:
    """Return the settings with the rules by which the day stands: a published one keeps those that it had. Raises LedgerError."""
    if not places.exists(settings.paths.ledger_place):
        return settings.on(day)
    with Ledger(settings.paths.ledger_place) as ledger:
        return settings.keeping(rules_kept(published_under(ledger, settings.paths.outbox, [day]), settings, (), days=[day])).on(day)


def is_overruled(under: PublishedUnder, day: date, settings: Settings) -> bool:
    """Whether a change that says from when it holds judges the day by other rules than it was published under."""
    published = rules_of(under)
    return published is None or rules.overruled(published, settings.on(day).rules, settings.named_on(day)) != published


def is_untrue(under: PublishedUnder, day: date, settings: Settings) -> bool:
    """Whether what the day says of the rules of the day before is true no more, since that one was written again under others."""
    published = rules_of(under)
    if published is None or "before" not in under.rules:  # an older program did not keep it
        return False
    now, rules_before = settings.on(day).rules, Rules.from_json(under.rules["before"]) or published
    rules_before = rules.kept(rules_before, now, frozenset(), settings.sources)
    return rule_words.rule_changes(rules_before, now) != rule_words.rule_changes(settings.on(day - timedelta(days=1)).rules, now)


def first_rules(under: PublishedUnder | None, held: Settings) -> Rules | None:
    """Return the rules that a day was published under first, with the sources of now; None where they hold now or are not known."""
    first = Rules.from_json(under.rules.get("first") or under.rules) if under else None
    covering = rules.kept(first, held.rules, frozenset(), held.sources) if first else None
    return None if covering == held.rules else covering


def first_before(under: PublishedUnder | None, held: Settings, before: Settings) -> Rules | None:
    """Return what held on the day before when the day was published first; None where that holds on it now, or where it is not known.

    `held`, `before`: what holds now, on the day and on the day before.
    """
    kept = under.rules if under else {}
    then = Rules.from_json(kept.get("first_before") or kept.get("before") or kept)
    covering = rules.kept(then, held.rules, frozenset(), held.sources) if then else None
    return None if covering == before.rules else covering


def told_before(plan: Plan, day: date) -> ToldBefore | None:
    """Return what the last published day before this one was published under first, where the day before is judged by other rules by now.

    Asked when a day is written first, and kept with it: whoever read the other on its morning could not know of these rules.
    """
    now = plan.settings.on(day - timedelta(days=1))
    if day in plan.under:
        kept = ToldBefore.from_json(plan.under[day].rules.get("told_before"))
        return kept._replace(rules=rules.kept(kept.rules, now.rules, frozenset(), now.sources)) if kept else None
    before = _last_before(plan, day)
    first = first_rules(plan.under.get(before), now)
    return ToldBefore(before, first) if first and rule_words.rule_changes(first, now.rules) else None


def _last_before(plan: Plan, day: date) -> date:
    """Return the last day before this one that is published, or is to be written with it; the day itself where it is the first."""
    return max((earlier for earlier in (*plan.under, *plan.days) if earlier < day), default=day)


def former_names(plan: Plan, day: date, settings: Settings) -> dict[str, str]:
    """Return what districts, by code, and units, by name, were called before: when the day was published first, or on the last one before.

    A day that told it goes on telling it; where several are written for the first time at once, the first of them tells it.
    """
    under = plan.under
    published = under.get(day) or under.get(_last_before(plan, day))
    kept = published.rules if published else {}
    told, now = kept.get("renamed", {}) if day in under else {}, files_for_programs.units(settings)
    # of a day that was published with other units `first_units` tells it
    former = {} if day in under else {unit: was for was, unit in units.other_names(units_then(published, settings), now).items()}
    names = {**{unit: unit for unit in now}, **{district.code: district.name for district in settings.districts}}
    then = {**kept.get("districts", {}), **former, **told}
    return {of: str(then[of]) for of, name in names.items() if then.get(of, name) != name}


def units_then(under: PublishedUnder | None, settings: Settings, key: str = "units") -> dict[str, list[str]]:
    """Return the levels above the districts that a day was written with, each with its districts by their present names."""
    kept = under.rules if under else {}
    present = {district.code: district.name for district in settings.districts}
    named: dict[str, list[str]] = edition_changes.with_names(kept.get(key, {}), kept.get("districts", {}), present)
    return named


def first_units(under: PublishedUnder | None, settings: Settings) -> dict[str, list[str]]:
    """Return those that a day was published with first; none where these are the present ones, or where it had none."""
    then = units_then(under, settings, "first_units") or units_then(under, settings)
    return {} if then == files_for_programs.units(settings) else then


def note(plan: Plan, report: Report) -> None:
    """Note what the day was written under: the rules as its manifest has them, and which settings beside them."""
    settings = digests_by_setting(plan.settings.on(report.day))
    rules_noted = {**files_for_programs.rules(report), "settings": settings, "read_by": read_by.digest(plan.present)}
    published_rules.note(plan.ledger, report.day.isoformat(), plan.digest_of_rules(report.day), rules_noted)


def is_held(under: PublishedUnder | None, digest: str) -> bool:
    """Whether a day that stands was published under other rules than those whose digest that is."""
    return under is None or under.digest != digest


def rests_on(folder: Path, day: date, resting: Inputs) -> bool:
    """Whether the published day names just these files: for one that an older program published."""
    named = {(entry.get("sha256"), entry.get("received_at")) for entry in _manifest(folder, day).get("inputs", ())}
    files = (*resting.files_in_force, *resting.superseded, *resting.refused)
    possible = {
        (file.arrival.sha256, file.arrival.envelope.received_at.isoformat())
        for file in (*files, *resting.replaced_since, *resting.refused_late, *resting.refused_before)
    }
    return {(file.arrival.sha256, file.arrival.envelope.received_at.isoformat()) for file in files} <= named <= possible


def _manifest(folder: Path, day: date) -> Mapping[str, Any]:
    with suppress(OSError, ValueError):
        manifest = json.loads((folder / day.isoformat() / outbox.MANIFEST).read_bytes())
        if isinstance(manifest, dict):
            return manifest
    return {}


def kept_edition(ledger: Ledger, folder: Path, day: date) -> dict[str, bytes] | None:
    """Return every file of the edition that was published last, by name; None where one is not kept any more."""
    newest = next(reversed(editions.of_day(ledger, day)), None)
    if newest is None or not newest.manifest:
        return None
    files: dict[str, bytes] = {outbox.MANIFEST: newest.manifest}
    for name, sha256 in newest.outputs.items():
        if (content := edition_files.read(folder, sha256)) is None:
            return None
        files[name] = content
    return files


# --- what would differ -------------------------------------------------------------------------------------------


class _Standing(NamedTuple):
    """A day that stands under other rules."""

    comparison: str
    """With what it is to be compared: the digest of the present rules and of what is published."""
    changed: str
    has_beyond: bool


def look(plan: Plan) -> list[HeldDay]:
    """Return the days that stand as they are, with what would differ. Each is computed once, and remembered until something changes."""
    under, standing = _standing(plan.ledger, plan.present, plan.program)
    figures = {day: noted.differing for day, noted in under.items() if day in standing and noted.compared == standing[day].comparison}
    for day, differing in _compared(plan, [day for day in standing if day not in figures], under).items():
        figures[day] = tuple(differing)
        published_rules.note_comparison(plan.ledger, day.isoformat(), standing[day].comparison, differing)
    due = {*plan.days}
    return [
        HeldDay(day, stands.changed, figures[day], is_written=day in due, has_beyond=stands.has_beyond)
        for day, stands in standing.items()
        if day in figures
    ]


def known(settings: Settings) -> list[HeldDay]:
    """Return the days that stand as they are, as far as the last run compared them: for looks, that compute no day. Raises LedgerError."""
    if not places.exists(settings.paths.ledger_place):
        return []
    with Ledger(settings.paths.ledger_place) as ledger:
        under, standing = _standing(ledger, settings, digest_of_program(settings))
    days = []
    for day, stands in standing.items():
        then = under.get(day)
        differing = then.differing if then and then.compared == stands.comparison else None
        days.append(HeldDay(day, stands.changed, differing or (), differing is not None, has_beyond=stands.has_beyond))
    return days


def _standing(ledger: Ledger, present: Settings, program: str) -> tuple[dict[date, PublishedUnder], dict[date, _Standing]]:
    """Return under what each day was published, and of each day that stands under other rules what there is to say."""
    under = {date.fromisoformat(day): noted for day, noted in published_rules.by_day(ledger).items()}
    standing: dict[date, _Standing] = {}
    digests: dict[int, tuple[str, dict[str, str]]] = {}
    for written, (_made_from, manifest) in sorted(ledger.publications().items()):
        day = date.fromisoformat(written)
        held = present.on(day)
        if id(held) not in digests:
            digests[id(held)] = digest_of_rules(held, program), digests_by_setting(held)
        now, settings = digests[id(held)]
        if is_held(under.get(day), now):
            comparison = storage.digest([now.encode(), manifest.encode()])
            has_beyond = (present.paths.outbox / written / extension_files.NAME).exists()
            standing[day] = _Standing(comparison, _changed(held, settings, under.get(day)), has_beyond)
    return under, standing


def _changed(present: Settings, settings: Mapping[str, str], under: PublishedUnder | None) -> str:
    """Return what is other than a day was published under; `present`, `settings`: what holds on it now, and the digests of that."""
    published = rules_of(under) if under else None
    changes = rule_words.rule_changes(published, present.rules) if published else []
    then = under.rules.get("settings", {}) if under else {}
    others = [name for key, name in _SETTINGS.items() if key in then and then[key] != settings[key]]
    if under and "districts" in under.rules and units_then(under, present) != files_for_programs.units(present):
        others.append("旗区之上的级别（units、旗区的 parent）")
    if (
        changes and under and "settings" not in under.rules
    ):  # a program before version 0.5 wrote it, or the note was made again from its manifest
        return "；".join([*changes, _NOT_NOTED])
    return "；".join([*changes, *([f"config.yaml 里的{'、'.join(others)}有变动"] if others else [])])


def _compared(plan: Plan, days: Sequence[date], under: Mapping[date, PublishedUnder]) -> dict[date, list[str]]:
    """Return what the present rules would make different of these days."""
    from pipeline.report import compose

    drawn = plan.for_comparison(days)
    written = fault_limits.Written(plan.settings.paths.outbox)
    differing: dict[date, list[str]] = {}
    states, _end = fault_limits.folded(drawn.facts, drawn.settings, drawn.days, (), written)
    for day, state in states.items():
        with fault_limits.limit_fault_to_day(day, written), suppress(OSError, ValueError):
            published = _published(plan, day, under.get(day))
            report = compose.build(state, drawn.sources(day, plan.given), drawn.settings)
            now = json.loads(files_for_programs.summary(report)) | {rehearsed.BEYOND: extension_files.compared(report)}
            beyond = rehearsal_words.of_clocks_and_hints(rehearsed.between(day, published, now, {}))
            levels = told_editions.of_units(published[rehearsed.BEYOND] or {}, {"units": extension_files.units(report)})
            differing[day] = [*edition_changes.between(published, now).figures, *levels, *beyond]
    return differing


def _published(plan: Plan, day: date, under: PublishedUnder | None) -> Any:  # noqa: ANN401 - JSON
    """Return what is published of a day: its figures and, where there are any, clocks and hints. Raises OSError, ValueError."""
    folder = plan.settings.paths.outbox / day.isoformat()
    summary, beyond = json.loads((folder / _SUMMARY).read_bytes()), folder / extension_files.NAME
    summary[rehearsed.BEYOND] = json.loads(beyond.read_bytes()) if beyond.exists() else None
    return _renamed(summary, plan.present, under)


def _renamed(summary: Any, settings: Settings, under: PublishedUnder | None) -> Any:  # noqa: ANN401 - JSON
    """Return what a summary says with the districts' present names: another name is no other figure."""
    present = {district.code: district.name for district in settings.districts}
    return edition_changes.with_names(summary, under.rules.get("districts", {}) if under else {}, present)


# --- how it is told ----------------------------------------------------------------------------------------------


def told_rewritten(published: Iterable[Report]) -> list[str]:
    """Return which of the days just written are judged otherwise than when they were published first, and what that did, in lines."""
    lines = [
        f"  {report.day}：{report.new_rules}"
        for report in published
        if report.new_rules and (report.first_rules or report.first_before or report.first_units)
    ]
    more = [f"  …… 共 {len(lines)} 天，其余见各日的专报。"] if len(lines) > _MOST_DAYS else []
    return ["这次写出的日子里，规则与初次发布时不同的：", *lines[:_MOST_DAYS], *more] if lines else []


def told(held_back: Sequence[HeldDay]) -> list[str]:
    """Return which published days stand as they are under other rules, and what would differ, in lines."""
    if not held_back:
        return []
    written, stood = ([held.day for held in held_back if held.is_written is is_written] for is_written in (True, False))
    lines = [f"有 {len(stood)} 天是按以前的规则写出的，没有改写：{_span(stood)}。"] if stood else []
    if written:
        because = "收到新的文件，或前一日改按别的规则重写"
        lines.append(f"有 {len(written)} 天因为{because}，这次也重写了，但仍按以前的规则：{_span(written)}。")
    for changed in dict.fromkeys(held.changed for held in held_back):
        same = [held.day for held in held_back if held.changed == changed]
        lines.append(f"  {_span(same)}：{changed or _OTHER_CHANGE}。")
    differing = [held for held in held_back if held.figures]
    for held in differing[:_MOST_DAYS]:
        more = f"；等 {len(held.figures)} 处" if len(held.figures) > _MOST_NAMED else ""
        lines.append(f"  按现在的规则，{held.day} 会不同的：{'；'.join(held.figures[:_MOST_NAMED])}{more}。")
    if len(differing) > _MOST_DAYS:
        lines.append(f"  …… 会不同的共 {len(differing)} 天：{_span([held.day for held in differing])}。")
    if left := [held.day for held in held_back if not held.is_compared]:
        lines.append(f"  {_span(left)}：现在的规则是上次运行以后改的，会不会有不同，下次运行（python run.py）时说明。")
    elif not differing:
        lines.append("  按现在的规则，数字、法定期限（最后一天和状态）和核查提示都相同，其他文字或版式可能不同。")
    if without := [held.day for held in held_back if held.is_compared and not held.has_beyond]:
        lines.append(f"  {_span(without)}：发布的结果里没有法定期限和核查提示，这两样没有比。")
    way_out = "python run.py --rewrite（可加 --date，或 --from 和 --to）；只从某一天起改的，写进 config.yaml 的 changes。"
    return [*lines, f"  要按现在的规则重写：{way_out}"]


def told_of(day: date, settings: Settings) -> list[str]:
    """Return that the day stands under other rules, for whoever asks what the present ones make of it. Raises LedgerError."""
    return [
        f"注意：{day} 的日报是按以前的规则写出的，没有改写（{held.changed or _OTHER_CHANGE}）；这里按现在的规则说明，可能与日报不同。"
        for held in known(settings)
        if held.day == day
    ]


def for_programs(held_back: Sequence[HeldDay]) -> list[dict[str, Any]]:
    """Return the same for programs; `differing` is null where no run has compared the day with the present rules yet."""
    return [
        {"day": f"{held.day}", "changed": held.changed, "differing": list(held.figures) if held.is_compared else None} for held in held_back
    ]


def _span(days: Sequence[date]) -> str:
    """Return these days, which are in order: a few by name, many by their ends."""
    return "、".join(map(str, days)) if len(days) <= _MOST_NAMED else f"{days[0]} 至 {days[-1]} 的 {len(days)} 天"
