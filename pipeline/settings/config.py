"""config.yaml, read once, checked whole and frozen. A wrong key, type or contradiction is refused with its line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from email.utils import parseaddr
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipeline.settings import outgoing, uploading
from pipeline.settings.clocks import Clock
from pipeline.settings.mailboxes import Mailbox, twice
from pipeline.terms import contract, text
from pipeline.terms.errors import ConfigurationError
from pipeline.terms.handed_in import Envelope

Days = Annotated[int, Field(ge=0, le=3660, strict=True)]


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        msg = f"没有“{value}”这个时区，例如 Asia/Shanghai"
        raise ValueError(msg) from error
    return value


def _path(value: Path) -> Path:
    if not str(value).isprintable():
        msg = "路径里有换行或控制字符"
        raise ValueError(msg)
    return value


_Folder = Annotated[Path, AfterValidator(_path)]


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Paths(_Frozen):
    """Folders, absolute once the settings are loaded."""

    inbox: _Folder = Path("inbox")
    outbox: _Folder = Path("outbox")
    state: _Folder = Path("state")
    templates: _Folder | None = None

    @property
    def archive(self) -> Path:
        """Where originals are kept, each under its SHA-256."""
        return self.state / "archive"

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.state / "ledger.sqlite"

    @property
    def replaced(self) -> Path:
        """Where an edition is kept that somebody had changed before it was written again."""
        return self.state / "replaced"


class District(_Frozen):
    """One of the reporting districts."""

    code: Annotated[str, Field(pattern=r"^[A-Z]+$")]
    name: Annotated[str, Field(min_length=1)]
    aliases: tuple[str, ...] = ()
    senders: tuple[str, ...] = ()

    def accepts(self, envelope: Envelope) -> bool:
        """Whether that sender may report for the district; a file that someone laid into the folder has no sender."""
        if envelope.channel == "folder":
            return True
        address = parseaddr(envelope.sender or "")[1].lower()
        allowed = [sender.lower() for sender in self.senders]
        return bool(address) and any(address == sender or (sender.startswith("@") and address.endswith(sender)) for sender in allowed)


class Group(_Frozen):
    """Sources that share a target, in whole percent."""

    name: Annotated[str, Field(min_length=1)]
    sources: Annotated[tuple[str, ...], Field(min_length=1)]
    target_percent: Annotated[int, Field(ge=0, le=100, strict=True)]


class Calendar(_Frozen):
    """Times of day in the office's zone."""

    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"
    cut_off: Clock = time(17)
    day_turns: Clock = time(12)
    correction_after: Clock = time(12)
    oldest_report_days: Days = 31

    @cached_property
    def zone(self) -> ZoneInfo:
        """The office's time zone."""
        return ZoneInfo(self.timezone)

    def last_moment(self, day: date) -> datetime:
        """The last moment at which a report of that day is on time."""
        return datetime.combine(day, self.cut_off, self.zone)


class Windows(_Frozen):
    """Spans in days."""

    due_soon_days: Days = 3
    stalled_days: Days = 5
    acceptance_days: Days = 15
    conclude_days: Days = 60
    extension_days: Days = 30
    new_cases_per_report: Annotated[int, Field(ge=0, le=1000, strict=True)] = 3


class Limits(_Frozen):
    """What a workbook may measure."""

    file_megabytes: Annotated[int, Field(ge=1, le=1024, strict=True)] = 25
    unpacked_megabytes: Annotated[int, Field(ge=1, le=16_384, strict=True)] = 256
    cells: Annotated[int, Field(ge=1000, le=100_000_000, strict=True)] = 2_000_000
    seconds: Annotated[int, Field(ge=1, le=3600, strict=True)] = 30
    memory_megabytes: Annotated[int, Field(ge=256, le=1_048_576, strict=True)] = 1024


class Retention(_Frozen):
    """How long originals stay that are not needed any more, in days."""

    refused_days: Annotated[int, Field(ge=1, le=36600, strict=True)] = 180


class Settings(_Frozen):
    """Everything in config.yaml."""

    paths: Paths = Paths()
    office: str = ""
    districts: Annotated[tuple[District, ...], Field(min_length=1)]
    district_prefixes: tuple[str, ...] = ()
    district_suffixes: tuple[str, ...] = ()
    groups: Annotated[tuple[Group, ...], Field(min_length=1)]
    calendar: Calendar = Calendar()
    windows: Windows = Windows()
    case_number_pattern: str = r"[A-Z]+-\d{4}-\d+"
    limits: Limits = Limits()
    retention: Retention = Retention()
    outgoing_mail: outgoing.Outgoing | None = None
    mailboxes: tuple[Mailbox, ...] = ()
    upload: uploading.Uploading | None = None

    @model_validator(mode="after")
    def _no_contradiction(self) -> Settings:
        _check_districts(self.districts)
        _check_groups(self.groups)
        reminder = self.outgoing_mail.reminder_at if self.outgoing_mail else None
        if reminder is not None and reminder >= self.calendar.cut_off:
            sentence = f"应早于截止时间 {self.calendar.cut_off:%H:%M}（calendar.cut_off），否则催报一次也发不出去；不催的写 null"
            raise ContradictionError(("outgoing_mail", "reminder_at"), sentence)
        for name in self.outgoing_mail.districts if self.outgoing_mail else ():
            if name not in self.district_names:
                raise ContradictionError(("outgoing_mail", "districts", name), f"没有“{name}”这个旗区，请写全称")
        if repeated := twice(self.mailboxes):
            raise ContradictionError(("mailboxes", repeated[0]), repeated[1])
        try:
            re.compile(self.case_number_pattern)
        except re.error as error:
            place = f"，问题在第 {error.pos + 1} 个字符附近" if error.pos is not None else ""
            raise ContradictionError(("case_number_pattern",), f"不是有效的正则表达式{place}") from error
        return self

    @cached_property
    def district_names(self) -> tuple[str, ...]:
        """The districts' Chinese names in their order."""
        return tuple(district.name for district in self.districts)

    @cached_property
    def group_of_source(self) -> dict[str, Group]:
        """The group that each source counts in."""
        return {source: group for group in self.groups for source in group.sources}

    @cached_property
    def _district_by_key(self) -> dict[str, District]:
        return {text.key(word): d for d in self.districts for word in (d.code, d.name, *d.aliases)}

    def district_named(self, written: str) -> District | None:
        """The district that a form such as 鄂尔多斯市东胜区 or 东胜区住建局 names; None if it is none of them."""
        plain = text.key(written)
        for prefix in ("", *map(text.key, self.district_prefixes)):
            for suffix in ("", *map(text.key, self.district_suffixes)):
                if plain.startswith(prefix) and plain.endswith(suffix):
                    bare = plain[len(prefix) : len(plain) - len(suffix)]
                    if bare in self._district_by_key:
                        return self._district_by_key[bare]
        return None


class ContradictionError(ValueError):
    """Two settings that cannot both hold, with the place of the second."""

    def __init__(self, place: tuple[str | int, ...], sentence: str) -> None:
        super().__init__(sentence)
        self.place = place


def _check_districts(districts: tuple[District, ...]) -> None:
    seen: dict[str, str] = {}
    for index, district in enumerate(districts):
        for field, words in (("code", [district.code]), ("name", [district.name]), ("aliases", district.aliases)):
            for word in words:
                owner = seen.setdefault(text.key(word), district.name)
                if owner != district.name:
                    raise ContradictionError(("districts", index, field), f"“{word}”同时指{owner}和{district.name}")


def _check_groups(groups: tuple[Group, ...]) -> None:
    owner: dict[str, str] = {}
    names: set[str] = set()
    for index, group in enumerate(groups):
        if group.name in names:
            raise ContradictionError(("groups", index, "name"), f"分组“{group.name}”出现了两次")
        names.add(group.name)
        for source in group.sources:
            if source not in contract.SOURCES:
                raise ContradictionError(("groups", index, "sources"), f"没有“{source}”这种案件来源，只有：{'、'.join(contract.SOURCES)}")
            if source in owner:
                raise ContradictionError(("groups", index, "sources"), f"案件来源“{source}”同时属于“{owner[source]}”和“{group.name}”")
            owner[source] = group.name
    missing = [source for source in contract.SOURCES if source not in owner]
    if missing:
        raise ContradictionError(("groups",), f"案件来源“{'、'.join(missing)}”不属于任何分组")


def load(path: Path) -> Settings:
    """The settings of that file, its folders made absolute. Raises ConfigurationError with the line."""
    try:
        written = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        msg = f"找不到设置文件 {path}。请把 config.yaml 放在那里，或用 --config 指出它在哪里。"
        raise ConfigurationError(msg) from error
    except (OSError, UnicodeDecodeError) as error:
        msg = f"设置文件 {path} 读不了：没有权限，或不是用 UTF-8 编码保存的。请检查权限，并用 UTF-8 编码保存。"
        raise ConfigurationError(msg) from error
    data, lines = _parse(written, path)
    try:
        settings = Settings.model_validate(data)
    except ValidationError as error:
        raise ConfigurationError(_sentences(error, lines, path)) from error
    home = path.resolve().parent
    moved = {name: (home / value).resolve() for name, value in settings.paths if value is not None}
    _check_folders(moved, lines, path)
    placed = {
        "paths": settings.paths.model_copy(update=moved),
        "outgoing_mail": settings.outgoing_mail.placed(home) if settings.outgoing_mail else None,
        "upload": settings.upload.placed(home) if settings.upload else None,
        "mailboxes": tuple(one.placed(home) for one in settings.mailboxes),
    }
    return settings.model_copy(update=placed)


def _check_folders(folders: dict[str, Path], lines: _Lines, path: Path) -> None:
    """Refuse an outbox or state that lies in another of the three folders: what is written would be taken in again."""
    for name in ("outbox", "state"):
        for other in ("inbox", "outbox", "state"):
            if name != other and folders[name].is_relative_to(folders[other]):
                msg = f"设置文件 {path} 第 {lines.get(('paths', name), 1)} 行，paths.{name}：不能与 {other} 相同或在它里面"
                raise ConfigurationError(msg)


_Lines = dict[tuple[str | int, ...], int]


def _parse(written: str, path: Path) -> tuple[Any, _Lines]:
    lines: _Lines = {}
    try:
        root = yaml.compose(written, Loader=yaml.SafeLoader)
        _note_lines(root, (), lines)
        data = yaml.safe_load(written) or {}
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        msg = f"设置文件 {path} 第 {line} 行{_yaml_fault(error)}。请对照程序自带的 config.yaml 改正。"
        raise ConfigurationError(msg) from error
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        msg = f"设置文件 {path} 里有不能用的字符，或写法有误。请对照程序自带的 config.yaml 改正。"
        raise ConfigurationError(msg) from error
    if not isinstance(data, dict):
        msg = f"设置文件 {path} 第 1 行：应由“名称: 内容”组成。请对照程序自带的 config.yaml 改正。"
        raise ConfigurationError(msg)
    return data, lines


class _TwiceError(yaml.MarkedYAMLError):
    """A key that comes twice."""


def _yaml_fault(error: yaml.MarkedYAMLError) -> str:
    """What is wrong with a line, in place of the library's English."""
    if isinstance(error, _TwiceError):
        return f"：{error.problem} 写了两次"
    said = f"{error.context or ''}\n{error.problem or ''}"
    return next((f"：{sentence}" for pattern, sentence in _YAML_FAULTS if re.search(pattern, said)), "写法有误：请检查缩进、冒号和引号")


_YAML_FAULTS = (
    (r"found character '\\t'", "用了制表符（Tab），请改成空格"),
    (r"found character .* cannot start any token", "内容以特殊符号开头，请给它加上引号"),
    (r"quoted scalar[\s\S]*(?:unexpected end of stream|document separator)", "引号没有成对"),
    (r"could not find expected ':'", "缺少冒号，或冒号后面缺少空格（要用半角的“: ”）"),
    (r"mapping values are not allowed here", "缩进不对，或内容里有冒号而没有加引号"),
    (r"expected ',' or '\]'", "方括号没有成对，或项目之间缺少逗号"),
    (r"expected ',' or '\}'", "花括号没有成对，或项目之间缺少逗号"),
    (r"flow (?:sequence|mapping|node)", "括号没有成对"),
    (r"unknown escape character", "双引号里的反斜杠用法不对，请改用单引号"),
    (r"expected <block end>|block (?:sequence|mapping|collection)|indentation", "缩进与上面不一致，或前面有引号没有成对"),
    (r"undefined alias|anchor", "“*”或“&”开头的内容请加上引号"),
    (r"constructor for the tag|tag", "“!”开头的内容请加上引号"),
)
"""By what PyYAML says, the usual ones."""


def _note_lines(node: yaml.Node | None, place: tuple[str | int, ...], lines: _Lines) -> None:
    """Remember the line of every key and item; a key that comes twice is refused here, since YAML keeps the last."""
    match node:
        case yaml.MappingNode():
            for name, value in node.value:
                inner = (*place, name.value)
                if inner in lines:
                    raise _TwiceError(problem=name.value, problem_mark=name.start_mark)
                lines[inner] = name.start_mark.line + 1
                _note_lines(value, inner, lines)
        case yaml.SequenceNode():
            for index, value in enumerate(node.value):
                lines[(*place, index)] = value.start_mark.line + 1
                _note_lines(value, (*place, index), lines)
        case _:
            pass


def _sentences(error: ValidationError, lines: _Lines, path: Path) -> str:
    said = []
    for fault in error.errors():
        cause = fault.get("ctx", {}).get("error")
        place = cause.place if isinstance(cause, ContradictionError) else tuple(fault["loc"])
        line = next((lines[place[:n]] for n in range(len(place), 0, -1) if place[:n] in lines), 1)
        name = ".".join(str(part) for part in place)
        said.append(f"设置文件 {path} 第 {line} 行，{name}：{_reason(fault['type'], fault.get('ctx', {}), str(cause or fault['msg']))}")
    return "\n".join(said)


def _reason(kind: str, bounds: Mapping[str, Any], detail: str) -> str:
    if kind in _REASONS:
        return _REASONS[kind].format_map(bounds)
    return detail if re.search("[\u4e00-\u9fff]", detail) else "内容不对，请对照程序自带的 config.yaml 改正"


_REASONS = {
    "extra_forbidden": "没有这个设置项，请检查拼写；能写哪些，见程序自带的 config.yaml",
    "missing": "缺少这一项",
    "int_type": "应为整数",
    "string_type": "应为文字",
    "string_too_long": "太长，最多 {max_length} 个字",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "tuple_type": "应为列表，例如 [甲, 乙]",
    "model_type": "应由“名称: 内容”组成",
    "model_attributes_type": "应由“名称: 内容”组成",
    "dict_type": "应由“名称: 内容”组成",
    "path_type": "应为文件夹的路径",
    "greater_than_equal": "数值太小，最小是 {ge}",
    "less_than_equal": "数值太大，最大是 {le}",
    "too_short": "至少要有一项",
    "string_too_short": "不能为空",
    "string_pattern_mismatch": "应为大写字母",
}
"""What is said for pydantic's types of error, with the bounds that it knows."""
