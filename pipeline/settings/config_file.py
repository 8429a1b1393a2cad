"""What is written in config.yaml, each key with its line, and what is wrong with it, for people.

PyYAML and pydantic say it in English and in their own terms; an office reads Chinese and looks for the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from pipeline.settings.contradictions import ContradictionError, Lines
from pipeline.terms.errors import ConfigurationError

Model = TypeVar("Model", bound=BaseModel)


class _Loader(yaml.SafeLoader):
    """Leaves a date as it is written: the setting understands it, and says with its line where there is no such day."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


_UNCLOSED = "引号没有成对"


@lru_cache(maxsize=1)  # a night reads its settings twice: before it is noted that it has begun, and when it has
def read(written: str, path: Path) -> tuple[Any, Lines]:
    """Return what the text of a config.yaml says, and the line of everything in it; neither to be changed. Raises ConfigurationError."""
    lines: Lines = {}
    try:
        loader = _Loader(written)  # asked by hand for both: the library's `compose` and `load` would each scan the whole text
        root = loader.get_single_node()
        _note_lines(root, (), lines)
        data = (loader.construct_document(root) if root else None) or {}
    except yaml.MarkedYAMLError as error:
        line, fault = _place_and_fault(error, written)
        msg = f"设置文件 {path} 第 {line} 行{fault}。请对照程序自带的 config.yaml 改正。"
        raise ConfigurationError(msg) from error
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        msg = f"设置文件 {path} 里有不能用的字符，或写法有误。请对照程序自带的 config.yaml 改正。"
        raise ConfigurationError(msg) from error
    if not isinstance(data, dict):
        msg = f"设置文件 {path} 第 1 行：应由“名称: 内容”组成。请对照程序自带的 config.yaml 改正。"
        raise ConfigurationError(msg)
    return data, lines


def validated(data: Any, model: type[Model], lines: Lines, path: Path) -> Model:  # noqa: ANN401 - whatever was written
    """Return the settings that the data are. Raises ConfigurationError with a sentence for each thing that is wrong."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise ConfigurationError(_sentences(error, lines, path)) from error


def state_folder(path: Path) -> Path | None:
    """Return the state folder that settings name which cannot be used; None where nobody can tell, and where there is none yet."""
    try:
        written = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return None
    named: Any = None
    try:
        section = read(written, path)[0].get("paths")
        named = section.get("state") if isinstance(section, dict) else None
    except ConfigurationError:  # no YAML as a whole: that one line may still be sound
        line = _STATE_LINE.search(written)
        named = line["state"].strip("'\"") if line else None
    folder = path.resolve().parent / (named if isinstance(named, str) and named and "\0" not in named else "state")
    return folder if folder.is_dir() else None


_STATE_LINE: Final = re.compile(
    r"^paths:[^\S\n]*(?:#.*)?\n(?:(?:[^\S\n].*)?\n)*?[^\S\n]+state:[^\S\n]+(?P<state>.*?)[^\S\n]*(?:[^\S\n]#.*)?$", re.MULTILINE
)


class _TwiceError(yaml.MarkedYAMLError):
    """A key that comes twice."""


def _place_and_fault(error: yaml.MarkedYAMLError, written: str) -> tuple[int, str]:
    """Return the line that is to blame, and what is wrong with it.

    A quote that is not closed goes on to the next quote, or to the end of the file; the line on which it was opened is to blame.
    """
    begins, stands = error.context_mark, error.problem_mark
    if "quoted scalar" in (error.context or "") and begins and stands and stands.line > begins.line:
        return begins.line + 1, f"：{_UNCLOSED}"
    last = stands.line if stands else 0
    for token in _tokens(written):
        if token.start_mark.line > last:
            break
        if not isinstance(token, yaml.ScalarToken) or token.style not in ("'", '"'):
            continue
        if token.start_mark.line < token.end_mark.line and ":" in token.value:  # keys of the lines below have become a part of it
            return token.start_mark.line + 1, f"：{_UNCLOSED}"
    return last + 1, _yaml_fault(error)


def _tokens(written: str) -> Iterator[yaml.Token]:
    """Yield what the scanner finds, up to what it cannot understand."""
    with suppress(yaml.YAMLError):
        yield from yaml.scan(written, Loader=_Loader)


def _yaml_fault(error: yaml.MarkedYAMLError) -> str:
    """Return what is wrong with a line, in place of the library's English."""
    if isinstance(error, _TwiceError):
        return f"：{error.problem} 写了两次"
    english = f"{error.context or ''}\n{error.problem or ''}"
    return next((f"：{sentence}" for pattern, sentence in _YAML_FAULTS if re.search(pattern, english)), "写法有误：请检查缩进、冒号和引号")


_YAML_FAULTS = (
    (r"found character '\\t'", "用了制表符（Tab），请改成空格"),
    (r"found character .* cannot start any token", "内容以特殊符号开头，请给它加上引号"),
    (r"quoted scalar[\s\S]*(?:unexpected end of stream|document separator)", _UNCLOSED),
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
"""The usual faults, by what PyYAML says of them; the first that fits counts."""


def _note_lines(node: yaml.Node | None, place: tuple[str | int, ...], lines: Lines) -> None:
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


def _sentences(error: ValidationError, lines: Lines, path: Path) -> str:
    """Return a sentence for each thing that pydantic found wrong, with the nearest line that is known."""
    found = []
    for fault in error.errors():
        cause = fault.get("ctx", {}).get("error")
        place = cause.place if isinstance(cause, ContradictionError) else tuple(fault["loc"])
        line = next((lines[place[:n]] for n in range(len(place), 0, -1) if place[:n] in lines), 1)
        name = ".".join(str(part) for part in place)
        found.append(f"设置文件 {path} 第 {line} 行，{name}：{_reason(fault['type'], fault.get('ctx', {}), str(cause or fault['msg']))}")
    return "\n".join(found)


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
"""The sentences for pydantic's types of error, with the bounds that it knows."""
