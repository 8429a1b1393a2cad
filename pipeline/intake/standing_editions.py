"""What lies in the outbox when a run begins and nobody has noted: a killed run's edition, or one that is newer than this state.

Covered by tests/publishing/test_editions.py and tests/upkeep/test_older_state.py.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo

from pipeline.disk import storage
from pipeline.intake import found_results, inbox, unexplained_days
from pipeline.intake.found_results import Standing
from pipeline.ledger import edition_files, editions, journal, published_rules
from pipeline.ledger.ledger import Ledger
from pipeline.settings.config import Paths, Settings
from pipeline.terms.contract import CASES_FILE, cases_in
from pipeline.terms.errors import ConfigurationError, LedgerError
from pipeline.terms.handed_in import LEFT_OUT, LeftOut, SaidBefore
from pipeline.terms.messages import shorten

_MOST_LINES = 20
_MOST_DAYS = 5


@dataclass(frozen=True, slots=True)
class MissingInput:
    """A file that a published day rests on and that nobody here knows."""

    day: date
    """The earliest day that names it."""
    sha256: str
    path: str
    received_at: str
    of_day: date
    """The day of the report, as far as the manifest tells it; else the earliest day that names it."""
    district: str
    """As far as manifest and figures tell it; '' where they do not."""
    is_assignment: bool
    was_known: bool = False
    """Whether this state noted the day: what it knew of the file is gone from it."""

    @property
    def words(self) -> str:
        """What is known of it, in a line."""
        moment = self.received_at[:16].replace("T", " ")
        whose = f"{self.district or ('分解表' if self.is_assignment else '旗区不明')} {shorten(self.path)}"
        return f"{whose}，{moment} 收到，见于 {self.day} 的结果（{self.sha256[:12]}…）"


# --- whether the state is older than the outbox ------------------------------------------------------------------


def check(settings: Settings, standing: Iterable[Standing], without: Sequence[str] = ()) -> list[str]:
    """Stop where the outbox rests on files that this state does not know, before anything is written. Raises LedgerError.

    With an older state the day would be published again without these files, and its figures would fall in silence. `without`:
    beginnings of the SHA-256 of files without which the office decided to go on; those that belong to none of these are returned.
    """
    missing = find_missing(settings, standing)
    undecided = [file for file in missing if not file.sha256.startswith(tuple(without))]
    if undecided:
        raise LedgerError("\n".join([*told(settings, undecided), _way_out(missing)]))
    return [beginning for beginning in without if not any(file.sha256.startswith(beginning) for file in missing)]


def decided(settings: Settings, standing: Iterable[Standing], without: Sequence[str]) -> list[LeftOut]:
    """Return the files without which the office has decided to go on, once `check` has let that pass."""
    missing = find_missing(settings, standing) if without else []
    return [_left_out(file) for file in missing]


def give_up(settings: Settings, sha256s: Collection[str]) -> list[LeftOut]:
    """Note originals that are lost and without which the office decided to go on, with what the published days said.

    Returns what is noted of each, now or before. Of one that no published day rested on that is nothing: nobody has read of it.
    """
    resting, lost = _newest_resting_on(settings.paths, sha256s), dict[str, MissingInput]()
    for edition in resting:
        for file in _counted(edition, sha256s):
            lost.setdefault(file["sha256"], _missing(file, edition, settings))
    left_out = [_left_out(file) for file in lost.values()]
    journal.note_said_before(settings.paths.archive, said_before(settings, resting, left_out))
    journal.note_left_out(settings.paths.archive, left_out)
    return [file for file in journal.left_out(settings.paths.archive) if file.sha256 in sha256s]


def _left_out(file: MissingInput) -> LeftOut:
    return LeftOut(file.sha256, file.path, file.received_at, file.of_day, file.district, file.is_assignment)


def said_before(settings: Settings, standing: Iterable[Standing], left_out: Sequence[LeftOut]) -> list[SaidBefore]:
    """Return what the days that rest on these files say of their figures: the next edition has other ones."""
    lost, days = {file.sha256 for file in left_out}, []
    for edition in standing:
        behind = tuple(file["sha256"] for file in _inputs(edition) if file["sha256"] in lost)
        with suppress(ValueError, LookupError, TypeError, AttributeError):  # anybody may have written it
            if behind:
                days.append(replace(_said(edition, settings, behind), units=_said_by_unit(edition, settings, behind)))
    return days


def _said(edition: Standing, settings: Settings, behind: tuple[str, ...], folder: str = "") -> SaidBefore:
    """Return what an edition says of its figures, or of those of a unit in whose folder that stands."""

    def content(name: str) -> bytes:
        return _content(edition, settings.paths.editions, f"{folder}{name}") or b""

    said = json.loads(content(editions.SUMMARY))
    tallies = {str(group["group"]): (int(group["resolved"]), int(group["total"])) for group in said["targets"]}
    cases = cases_in(said)
    if cases is None:
        cases = {case["case"]: case for case in map(json.loads, content(CASES_FILE).decode().split("\n")[:-1])}
    # What is no case number is shown to nobody.
    pattern = re.compile(settings.case_number_pattern)
    counted = {number: bool(case["counted_resolved"]) for number, case in cases.items() if pattern.fullmatch(number)}
    return SaidBefore(edition.day, behind, tallies, counted)


def _said_by_unit(edition: Standing, settings: Settings, behind: tuple[str, ...]) -> dict[str, SaidBefore]:
    """Return the same of the units above the districts that the edition has."""
    said: dict[str, SaidBefore] = {}
    with suppress(ValueError, LookupError, TypeError, AttributeError):
        for unit in json.loads(_content(edition, settings.paths.editions, editions.EXTENSIONS) or b"{}").get("units", ()):
            said[str(unit["unit"])] = _said(edition, settings, behind, f"{unit['folder']}/")
    return said


def refuse_needless(without: Iterable[str]) -> None:
    """Raise ConfigurationError where the office decided about files that nobody misses."""
    for beginning in without:
        msg = f"--without {beginning}：现有的结果里没有以它开头、又找不到的收件，用不上。什么都没有改动；请去掉它再运行。"
        raise ConfigurationError(msg)


def find_missing(settings: Settings, unnoted_editions: Iterable[Standing]) -> list[MissingInput]:
    """Return the files that these editions rest on and that neither ledger, journal, archive nor inbox has."""
    standing, paths = list(unnoted_editions), settings.paths
    if not standing:
        return []
    archived = found_results.known(paths)
    given_up = {file.sha256 for file in journal.left_out(paths.archive)}
    missing: dict[str, MissingInput] = {}
    for edition in standing:
        for file in _inputs(edition):
            if file["sha256"] not in archived and not (edition.is_noted and file["sha256"] in given_up):
                missing.setdefault(file["sha256"], _missing(file, edition, settings))
    waiting = _waiting_in_inbox(paths) if missing else set[str]()
    return [file for sha256, file in missing.items() if sha256 not in waiting]


def told(settings: Settings, missing: Sequence[MissingInput]) -> list[str]:
    """Return what to say of them, and what to do, line by line."""
    days = "、".join(sorted({str(file.day) for file in missing})[:_MOST_LINES])
    more = [f"  …… 还有 {len(missing) - _MOST_LINES} 份"] if len(missing) > _MOST_LINES else []
    found = f"{settings.paths.outbox} 里 {days} 的结果用到了 {len(missing)} 份收件，台账、流水簿和存档都没有："
    return [
        f"{found}{_why(missing)}。为免数字算错，没有汇总，什么都没有改动，这些结果原样留着：",
        *(f"  {file.words}" for file in missing[:_MOST_LINES]),
        *more,
        "请用新的备份恢复整个 state 文件夹；没有的，从存档的其他副本找回这些文件，或请旗区把当时的文件原样再报，放进收件箱再运行。",
    ]


def _why(missing: Sequence[MissingInput]) -> str:
    """Return what is wrong with the state."""
    if all(file.was_known for file in missing):
        return "state 记过这些结果，收件的记录和原件却不见了，可能被删除或损坏过"
    return "state 比结果旧，可能用旧备份恢复过"


def warning(settings: Settings) -> str:
    """Return in a line each what makes the state and the outbox differ, for who only looks on; '' where nothing does."""
    lines = (_unreadable_told(settings), _older_told(settings) or left_out_told(settings))
    return "\n".join(line for line in lines if line)


def _unreadable_told(settings: Settings) -> str:
    days = unexplained_days.unreadable(settings.paths)
    named = f"{'、'.join(days[:_MOST_DAYS])}{f' 等 {len(days)} 天' if len(days) > _MOST_DAYS else ''}"
    told = f"{named} 的结果里 {found_results.MANIFEST} 缺失或读不出，核对不了用到了哪些收件，下面说的可能与已发布的不同。"
    return f"{told}请运行 python run.py doctor，它说明怎么办。" if days else ""


def _older_told(settings: Settings) -> str:
    missing = find_missing(settings, found_results.look(settings.paths))
    if not missing:
        return ""
    days = "、".join(sorted({str(file.day) for file in missing}))
    what = "state 少了收件" if all(file.was_known for file in missing) else "state 比结果旧"
    return f"{what}：{days} 的结果用到了 {len(missing)} 份这里没有的收件，下面说的可能与已发布的不同。请运行 python run.py doctor。"


def left_out_told(settings: Settings) -> str:
    """Return which lost files count nowhere by the office's decision, and how that ends; '' where there are none."""
    back = {arrival.sha256 for arrival, _sidecar in journal.arrivals(settings.paths.archive)}
    files = [file for file in journal.left_out(settings.paths.archive) if file.sha256 not in back]
    if not files:
        return ""
    named = "、".join(
        f"{file.district or ('分解表' if file.is_assignment else '旗区不明')}{file.day}（{shorten(file.path)}，{file.sha256[:12]}…）"
        for file in files[:_MOST_LINES]
    )
    return f"原件遗失、办公室决定不计入的收件 {len(files)} 份：{named}。找到后原样放进收件箱再运行，就会计入。"


def _way_out(missing: Sequence[MissingInput]) -> str:
    options = " ".join(f"--without {file.sha256[:12]}" for file in missing)
    return f"都没有的，由办公室决定不计入，现有的结果会作为一版留存：python run.py {options}（修复时写在 doctor --repair 后面）。"


def _missing(file: dict[str, str], standing: Standing, settings: Settings) -> MissingInput:
    of_day, district = standing.day, _district_of(file, standing)
    with suppress(ValueError):
        of_day = min(of_day, date.fromisoformat(file.get("day", "")))
    return MissingInput(
        standing.day,
        file["sha256"],
        file.get("path", ""),
        file.get("received_at", ""),
        of_day,
        _present_name(district, standing, settings),
        is_assignment=file.get("role", "").startswith("assignment"),
        was_known=standing.is_noted,
    )


def _present_name(district: str, standing: Standing, settings: Settings) -> str:
    """Return what a district is called now; '' where it is none, since anybody may have written the manifest."""
    with suppress(LookupError, TypeError, AttributeError):
        code = next((code for code, name in standing.fields["rules"]["districts"].items() if name == district), None)
        district = next((entry.name for entry in settings.districts if entry.code == code), district)
    return district if district in settings.district_names else ""


def _district_of(file: dict[str, str], standing: Standing) -> str:
    """Return whose report it is, as the manifest says; in an older one, whose report alone arrived at that second."""
    if "district" in file:
        return file["district"]
    with suppress(OSError, ValueError, LookupError, TypeError):
        summary = json.loads((standing.folder / editions.SUMMARY).read_bytes())
        second = _second(file["received_at"])
        came = [other for other in _inputs(standing) if _second(other["received_at"]) == second]
        whose = {
            str(submission["district"])
            for submission in summary["submissions"]
            for moment in (submission.get("received_at"), submission.get("in_force_received_at"))
            if moment and _second(moment) == second
        }
        if len(came) == len(whose) == 1:
            return whose.pop()
    return ""


def _second(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(microsecond=0)


def _inputs(standing: Standing) -> Iterator[dict[str, str]]:
    listed = standing.fields.get("inputs")
    files = [file for file in listed if isinstance(file, dict) and isinstance(file.get("sha256"), str)] if isinstance(listed, list) else []
    # A file that the day itself says it was written without is no file that it rests on.
    left_out = {file["sha256"] for file in files if file.get("role") == LEFT_OUT}
    for file in files:
        if file["sha256"] not in left_out:
            yield {name: str(value) for name, value in file.items()}


def _waiting_in_inbox(paths: Paths) -> set[str]:
    """Return the SHA-256 of what lies in the inbox: a report that was sent again is taken in by this very run."""
    found = set()
    for seen in inbox.files(paths.inbox):
        with suppress(OSError), storage.open_regular(seen.path) as file:
            found.add(hashlib.sha256(file.read()).hexdigest())
    return found


# --- what nobody noted -------------------------------------------------------------------------------------------


def _newest_resting_on(paths: Paths, sha256s: Collection[str]) -> list[Standing]:
    """Return of each day its newest edition, by day, where that rests on one of these files: what people have read last."""
    newest = {standing.day: standing for standing in found_results.unnoted(paths)}
    last = {edition.day: edition for edition in journal.editions(paths.archive) if not edition.is_over}
    for day, edition in last.items():
        folder = paths.outbox / day.isoformat()
        manifest = edition_files.read(paths.editions, edition.manifest) or _from_outbox(folder, found_results.MANIFEST, edition.manifest)
        if day not in newest and manifest and any(sha256.encode() in manifest for sha256 in sha256s):
            with suppress(ValueError):
                newest[day] = Standing(day, folder, manifest, json.loads(manifest))
    return [newest[day] for day in sorted(newest) if _counted(newest[day], sha256s)]


def _counted(edition: Standing, sha256s: Collection[str]) -> list[dict[str, str]]:
    """Return those of these files that the edition rests on and did not refuse."""
    return [file for file in _inputs(edition) if file["sha256"] in sha256s and not file.get("role", "").endswith("refused")]


def note(ledger: Ledger, settings: Settings, unnoted_editions: Iterable[Standing]) -> None:
    """Note the editions that a killed run, an older program or a newer state left in the outbox.

    Each such day is written again from what is known now, unless it is as the ledger has it.
    """
    paths, zone = settings.paths, settings.calendar.zone
    published = ledger.publications()
    noted_inputs = {sha256 for _path, sha256, _received in ledger.identities()}
    for standing in (edition for edition in unnoted_editions if not edition.is_noted):
        day, manifest = standing.day.isoformat(), published.get(standing.day.isoformat(), ("", ""))[1]
        is_ours = manifest == standing.sha256 or edition_files.read(paths.editions, standing.sha256) is not None
        is_noted = _note(standing, ledger, paths, zone, is_ours=is_ours)
        rests_on_others = any(file["sha256"] not in noted_inputs for file in _inputs(standing))
        # What a stranger may have written stays another's change, which is kept apart when the day is written again.
        if manifest != standing.sha256 and ((is_noted and (is_ours or not manifest)) or rests_on_others):
            ledger.note_publication(day, "", standing.sha256 if is_noted else manifest)
            rules = standing.fields.get("rules")
            if is_noted and isinstance(rules, dict):
                published_rules.note(ledger, day, "", rules)  # a run that was to write the day under others was killed


def _note(standing: Standing, ledger: Ledger, paths: Paths, zone: ZoneInfo, *, is_ours: bool) -> bool:
    """Keep the edition's files and note it; return False where it is none: a file is gone or changed, or it may be a stranger's."""
    if not is_ours and not _is_as_we_write(standing, ledger):
        return False
    contents = _contents(standing, paths.editions)
    if contents is None or editions.SUMMARY not in contents:
        return False
    edition_files.keep(paths.editions, [*contents.values(), standing.manifest])
    published_at = datetime.fromtimestamp(standing.published_at, zone)
    summary = contents[editions.SUMMARY]
    editions.note(ledger, paths.archive, day=standing.day, published_at=published_at, manifest=standing.manifest, summary=summary)
    return True


def _is_as_we_write(standing: Standing, ledger: Ledger) -> bool:
    """Whether a manifest of which nothing here tells looks like one of ours, and lists other files than the day's newest edition."""
    newest = editions.of_day(ledger, standing.day)[-1:]
    written = json.dumps(standing.fields, ensure_ascii=False, indent=1).encode() + b"\n"
    return written == standing.manifest and all(edition.outputs != standing.outputs for edition in newest)


def _contents(standing: Standing, folder: Path) -> dict[str, bytes] | None:
    """Return the edition's files by their names, from the outbox or from what was kept; None where one is neither here nor there."""
    contents: dict[str, bytes] = {}
    for name in standing.outputs:
        content = _content(standing, folder, name)
        if content is None:
            return None
        contents[name] = content
    return contents


def _content(standing: Standing, folder: Path, name: str) -> bytes | None:
    """Return one of the edition's files, from the outbox or from what was kept; None where it is neither here nor there."""
    sha256 = standing.outputs.get(name, "")
    content = edition_files.read(folder, sha256) if sha256 else None
    return _from_outbox(standing.folder, name, sha256) if content is None else content


def _from_outbox(folder: Path, name: str, sha256: str) -> bytes | None:
    parts = PurePosixPath(name).parts
    path = folder.joinpath(*parts)
    # A manifest is a file like others: a path in it may lead out.
    if ".." in parts or not path.is_relative_to(folder) or path.is_symlink():
        return None
    try:
        content = path.read_bytes()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == sha256 else None


def files_of(folder: Path, outputs: Collection[tuple[str, str]]) -> list[bytes]:
    """Return what of these files a day's folder still has as it was published; `outputs`: names and SHA-256."""
    found = (_from_outbox(folder, name, sha256) for name, sha256 in outputs)
    return [content for content in found if content is not None]
