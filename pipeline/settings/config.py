"""The settings: what the office decided in config.yaml, checked whole and frozen. `load` reads them once.

A wrong key, type or contradiction is refused with its line: a setting that was misspelt and passed over would be found out in production.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, PrivateAttr, model_validator

from pipeline.settings import outgoing, uploading
from pipeline.settings.contradictions import ContradictionError, Lines
from pipeline.settings.engines import Engine
from pipeline.settings.hints import Hints
from pipeline.settings.large_days import LargeDay
from pipeline.settings.mailboxes import Mailbox, twice
from pipeline.settings.places import Archive, Ledger, LedgerPlace, LedgerServer
from pipeline.settings.rules import (
    Calendar,
    Change,
    Frozen,
    Group,
    Notices,
    Rules,
    Windows,
    check_changes,
    check_groups,
    check_lists,
    in_order,
)
from pipeline.settings.statute import Statute, check_statute
from pipeline.settings.units import District, Tree, Unit, check_units
from pipeline.terms import contract, text
from pipeline.terms.contract import Column
from pipeline.terms.errors import ConfigurationError
from pipeline.terms.handed_in import Envelope


def _path(value: Path) -> Path:
    if not str(value).isprintable():
        msg = "路径里有换行或控制字符"
        raise ValueError(msg)
    return value


_LONGEST_DISTRICT = 100
"""Characters, prefixes and suffixes included; nothing longer names a district."""
_Folder = Annotated[Path, AfterValidator(_path)]

ASSIGNMENT = "assignment"
"""The folder of the inbox of case-assignment workbooks; what is elsewhere is a report."""

Named = Annotated[str, Field(min_length=1)]


class Paths(Frozen):
    """Folders, absolute once the settings are loaded."""

    inbox: _Folder = Path("inbox")
    outbox: _Folder = Path("outbox")
    state: _Folder = Path("state")
    templates: _Folder | None = None
    _server: LedgerServer | None = PrivateAttr(default=None)
    _store: str = PrivateAttr(default="")

    @property
    def assignment(self) -> Path:
        """Where the office puts the case-assignment workbook."""
        return self.inbox / ASSIGNMENT

    @property
    def archive(self) -> Path:
        """Where originals are kept, each under its SHA-256."""
        return self.state / "archive"

    @property
    def ledger(self) -> Path:
        """The ledger's file, unless `ledger_place` is a server."""
        return self.state / "ledger.sqlite"

    @property
    def ledger_place(self) -> LedgerPlace:
        """Where the ledger is: in its file, or on a server."""
        return self._server or self.ledger

    @property
    def originals(self) -> tuple[Path, str]:
        """The folder of the originals, and the URL of the object store beyond it; '' for none."""
        return self.archive, self._store

    def beyond(self, server: LedgerServer | None, store: str | None) -> Paths:
        """Return the same with the ledger on that server and the originals in that store, as far as there are such."""
        other = self.model_copy()
        other._server, other._store = server, store or ""  # noqa: SLF001 - its own kind
        return other

    @property
    def checkpoints(self) -> Path:
        """Where it is kept how earlier nights ended, so that the next goes on from there; it can be deleted at any time."""
        return self.state / "checkpoints"

    @property
    def periods(self) -> Path:
        """Where the reports on a week or another span of days are, a folder for each."""
        return self.outbox / "阶段报告"

    @property
    def needed(self) -> tuple[Path, ...]:
        """What has to be there before anything comes in; `state` is among what stands above it."""
        return self.assignment, self.outbox, self.archive

    @property
    def editions(self) -> Path:
        """Where the files of every edition are kept, each under its SHA-256."""
        return self.state / "editions"

    @property
    def replaced(self) -> Path:
        """Where an edition is kept that somebody had changed before it was written again."""
        return self.state / "replaced"


class Limits(Frozen):
    """What a workbook may measure."""

    file_megabytes: Annotated[int, Field(ge=1, le=1024, strict=True)] = 25
    unpacked_megabytes: Annotated[int, Field(ge=1, le=16_384, strict=True)] = 256
    cells: Annotated[int, Field(ge=1000, le=100_000_000, strict=True)] = 2_000_000
    seconds: Annotated[int, Field(ge=1, le=3600, strict=True)] = 30
    memory_megabytes: Annotated[int, Field(ge=256, le=1_048_576, strict=True)] = 1024


class Retention(Frozen):
    """How long what is not needed any more stays, in days."""

    refused_days: Annotated[int, Field(ge=1, le=36600, strict=True)] = 180
    editions_days: Annotated[int, Field(ge=1, le=36600, strict=True)] = 400


class Periods(Frozen):
    """The reports on a week."""

    weekly: Literal["周一", "周二", "周三", "周四", "周五", "周六", "周日"] | None = None
    """The night of that day writes one, of the seven days up to it."""

    def ends_on(self, day: date) -> bool:
        """Whether a week that is reported on ends with that day."""
        return self.weekly is not None and self.weekly[-1] == "一二三四五六日"[day.weekday()]


class Settings(Frozen):
    """Everything in config.yaml."""

    paths: Paths = Paths.model_construct()
    ledger: Ledger = None
    archive: Archive = None
    engine: Engine = None
    office: str = ""
    districts: Annotated[tuple[District, ...], Field(min_length=1)]
    units: tuple[Unit, ...] = ()
    district_prefixes: tuple[str, ...] = ()
    district_suffixes: tuple[str, ...] = ()
    sources: tuple[Named, ...] = contract.SOURCES
    categories: Annotated[tuple[Named, ...], Field(min_length=1)] = contract.CATEGORIES
    groups: Annotated[tuple[Group, ...], Field(min_length=1)]
    calendar: Calendar = Calendar.model_construct()
    windows: Windows = Windows.model_construct()
    notices: Notices = Notices.model_construct()
    changes: tuple[Change, ...] = ()
    statute: Statute = Statute.model_construct()
    hints: Hints = Hints.model_construct()
    case_number_pattern: str = r"[A-Z]+-\d{4}-\d+"
    limits: Limits = Limits.model_construct()
    large_day: LargeDay = LargeDay.model_construct()
    retention: Retention = Retention.model_construct()
    period: Periods = Periods.model_construct()
    outgoing_mail: outgoing.Outgoing | None = None
    mailboxes: tuple[Mailbox, ...] = ()
    upload: uploading.Uploading | None = None
    _file: Path | None = PrivateAttr(default=None)
    _whole: Settings | None = PrivateAttr(default=None)
    """The settings of all days, where these are those of one."""
    _kept: dict[date, Settings] = PrivateAttr(default_factory=dict)
    """The settings of days that keep the rules under which they were published."""
    _way: tuple[str, ...] = PrivateAttr(default=())

    @model_validator(mode="after")
    def _no_contradiction(self) -> Settings:
        check_units(self.units, self.districts)
        check_lists(self.sources, self.categories)
        check_groups(self.groups, self.sources)
        check_changes(self.changes, self.sources, self.calendar)
        check_statute(self.statute.rules)
        reminder = self.outgoing_mail.reminder_at if self.outgoing_mail else None
        cut_off = min(held.calendar.cut_off for held in self._rules_in_order)
        if reminder is not None and reminder >= cut_off:
            sentence = f"应早于截止时间 {cut_off:%H:%M}（calendar.cut_off），否则催报一次也发不出去；不催的写 null"
            raise ContradictionError(("outgoing_mail", "reminder_at"), sentence)
        for name in self.outgoing_mail.districts if self.outgoing_mail else ():
            if name not in self.district_names:
                raise ContradictionError(("outgoing_mail", "districts", name), f"没有“{name}”这个旗区，请写全称")
        for name in self.outgoing_mail.unit_leaders if self.outgoing_mail else ():
            if name not in (unit.name for unit in self.units):
                raise ContradictionError(("outgoing_mail", "unit_leaders", name), f"units 里没有“{name}”这个单位，请写全称")
        if repeated := twice(self.mailboxes):
            raise ContradictionError(("mailboxes", repeated[0]), repeated[1])
        try:
            re.compile(self.case_number_pattern)
        except re.error as error:
            place = f"，问题在第 {error.pos + 1} 个字符附近" if error.pos is not None else ""
            raise ContradictionError(("case_number_pattern",), f"不是有效的正则表达式{place}") from error
        return self

    def on(self, day: date) -> Settings:
        """Return the settings with the rules that held on that day. They know of the other days too: `on` can be asked again."""
        if self._whole:
            return self._whole.on(day)
        return self._kept.get(day) or self._on_days[bisect_right([change.since for change in self.changes], day)]

    def named_on(self, day: date) -> frozenset[str]:
        """Return what a change names that holds on that day."""
        return frozenset().union(*(change.named for change in self.changes if change.since <= day))

    def keeping(self, rules_by_day: Mapping[date, Rules]) -> Settings:
        """Return the settings with other rules on some days: those under which they were published."""
        other = self.model_copy()
        same: dict[str, Settings] = {}
        for day, held in rules_by_day.items():
            if held != self.on(day).rules:
                written = json.dumps(held.as_json())
                same[written] = same.get(written) or other._with(held)  # noqa: SLF001 - its own kind
                other._kept[day] = same[written]  # noqa: SLF001 - its own kind
        return other

    def rules_kept(self) -> list[tuple[date, Rules]]:
        """Return the days that keep other rules than `on` would give them, with these."""
        return [(day, held.rules) for day, held in sorted((self._whole or self)._kept.items())]  # noqa: SLF001 - its own kind

    @property
    def file(self) -> Path | None:
        """The file that they were read from; None where they were read from none."""
        return self._file

    @property
    def rules(self) -> Rules:
        """What these settings judge by, without a thought to `changes`."""
        return Rules(self.groups, self.windows, self.calendar, self.notices)

    @cached_property
    def _rules_in_order(self) -> list[Rules]:
        return in_order(self.rules, self.changes)

    @cached_property
    def _on_days(self) -> list[Settings]:
        """Before the first change, and after each."""
        return [self._with(held) for held in self._rules_in_order] if self.changes else [self]

    def _with(self, held: Rules) -> Settings:
        other = self.model_copy(update=held._asdict())
        other._whole = self  # noqa: SLF001 - its own kind
        return other

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return the settings with some of them replaced, and nothing kept of what was worked out from these."""
        other = super().model_copy(update=update, deep=deep)
        for name in other.__dict__.keys() - type(self).model_fields.keys():
            del other.__dict__[name]
        other._kept = {}  # noqa: SLF001 - its own kind
        return other

    @property
    def way(self) -> tuple[str, ...]:
        """The names from the top down to the unit of which these settings are; none where they are the whole office's."""
        return self._way

    def of_unit(self, name: str) -> Settings:
        """Return the settings as they are for one unit: its districts, and the levels between; rules by day as they are."""
        whole = self._whole or self
        within, names = self.tree.under(name), {*self.tree.districts(name)}
        update = {"districts": tuple(own for own in whole.districts if own.name in names), "units": within.units}
        other = whole.model_copy(update=update)
        other._way = (*self._way, *self.tree.way(name))  # noqa: SLF001 - its own kind
        for day, held in whole._kept.items():  # noqa: SLF001 - its own kind
            other._kept[day] = kept = held.model_copy(update=update)  # noqa: SLF001 - its own kind
            kept._whole, kept._way = other, other._way  # noqa: SLF001 - its own kind
        return other

    @cached_property
    def tree(self) -> Tree:
        """The levels above the districts; of one unit's settings what lies under it."""
        return Tree.of(self.units, self.districts)

    def values_of(self, column: Column) -> tuple[str, ...]:
        """Return what a cell of that column may hold; none where it is no choice."""
        match column.listed_in:
            case "sources":
                return tuple(source for source in self.sources if source != contract.SOURCE_REGION)
            case "categories":
                return self.categories
            case _:
                return column.values

    @cached_property
    def district_names(self) -> tuple[str, ...]:
        """The districts' Chinese names in their order."""
        return tuple(district.name for district in self.districts)

    def district_of_sender(self, envelope: Envelope) -> str:
        """Return the one district that this sender may report for; '' for several or none. Who put a file into the folder is not known."""
        if envelope.channel == "folder":
            return ""
        allowed = [district.name for district in self.districts if district.accepts(envelope)]
        return allowed[0] if len(allowed) == 1 else ""

    def code_of(self, name: str) -> str:
        """Return the code of the district of that name; the name itself where there is none."""
        return next((district.code for district in self.districts if district.name == name), name)

    def name_of(self, code: str) -> str:
        """Return the name of the district of that code; the code itself where there is none."""
        return next((district.name for district in self.districts if district.code == code), code)

    @cached_property
    def group_of_source(self) -> dict[str, Group]:
        """The group that each source counts in."""
        return {source: group for group in self.groups for source in group.sources}

    @cached_property
    def _district_by_key(self) -> dict[str, District]:
        return {text.key(word): d for d in self.districts for word in (d.code, d.name, *d.aliases)}

    def district_named(self, written: str) -> District | None:
        """The district that a form such as 内蒙古自治区鄂尔多斯市东胜区住建局 names; None if it is none of them.

        As many of the configured prefixes and suffixes are left off as there are (contract 1); the units above are prefixes too.
        """
        forms = [plain] if len(plain := text.key(written)) <= _LONGEST_DISTRICT else []
        for form in forms:  # grows while it is walked: one prefix or suffix less each time
            if form in self._district_by_key:
                return self._district_by_key[form]
            shorter = [
                *map(form.removeprefix, map(text.key, (*self.district_prefixes, *(word for unit in self.units for word in unit.names)))),
                *map(form.removesuffix, map(text.key, self.district_suffixes)),
            ]
            forms += [bare for bare in dict.fromkeys(shorter) if bare not in forms]
        return None


def load(path: Path) -> Settings:
    """Read the settings of that file and make its folders absolute, seen from its own folder. Raises ConfigurationError with the line."""
    try:
        written = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        msg = f"找不到设置文件 {path}。请把 config.yaml 放在那里，或用 --config 指出它在哪里。"
        raise ConfigurationError(msg) from error
    except (OSError, UnicodeDecodeError) as error:
        msg = f"设置文件 {path} 读不了：没有权限，或不是用 UTF-8 编码保存的。请检查权限，并用 UTF-8 编码保存。"
        raise ConfigurationError(msg) from error
    from pipeline.settings import config_file  # here alone: a reader is given settings, and reads no YAML

    data, lines = config_file.read(written, path)
    settings = config_file.validated(data, Settings, lines, path)
    home = path.resolve().parent
    moved = {name: (home / value).resolve() for name, value in settings.paths if value is not None}
    _check_folders(moved, lines, path)
    placed = {
        "paths": settings.paths.model_copy(update=moved).beyond(settings.ledger and settings.ledger.placed(home), settings.archive),
        "outgoing_mail": settings.outgoing_mail.placed(home) if settings.outgoing_mail else None,
        "upload": settings.upload.placed(home) if settings.upload else None,
        "mailboxes": tuple(mailbox.placed(home) for mailbox in settings.mailboxes),
    }
    loaded = settings.model_copy(update=placed)
    loaded._file = path.resolve()  # noqa: SLF001 - its own kind
    return loaded


def fault(path: Path) -> str:
    """Return why the settings of that file cannot be used as it is now, a line for each thing that is wrong; '' where they can."""
    try:
        load(path)
    except ConfigurationError as error:
        return str(error)
    return ""


def _check_folders(folders: dict[str, Path], lines: Lines, path: Path) -> None:
    """Refuse an outbox or state that is inside another of the three folders: what is written would be taken in again."""
    for name in ("outbox", "state"):
        for other in ("inbox", "outbox", "state"):
            if name != other and folders[name].is_relative_to(folders[other]):
                msg = f"设置文件 {path} 第 {lines.get(('paths', name), 1)} 行，paths.{name}：不能与 {other} 相同或在它里面"
                raise ConfigurationError(msg)
