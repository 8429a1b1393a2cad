"""What every setting means: the comments of the program's own config.yaml, for the guide and for the office's page.

Covered by tests/test_docs.py and tests/web/test_settings_pages.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from pipeline import HOME
from pipeline.settings.statute import ClockRule

OWN: Final = HOME / "config.yaml"
"""The file that comes with the program; an office's own may have lost its comments."""
_SECTION: Final = re.compile(r"# (\w+):$")
_EXAMPLE: Final = re.compile(r"#   (?:[-#] |  (?:# )?)?(\w+): .*?\s# ?(.+)$")


class Setting(NamedTuple):
    """A key of config.yaml: its dotted name, its value as shown, the comments behind it, above it, or of the key before."""

    name: str
    value: str
    meaning: str


def of_file(path: Path = OWN) -> list[Setting]:
    """Return every key of that file in its order; a section only where it has a comment."""
    written = path.read_text(encoding="utf-8")
    lines, root, data = written.splitlines(), yaml.compose(written, Loader=yaml.SafeLoader), yaml.safe_load(written)
    found: list[Setting] = []
    for name, key, value in _pairs(root):
        meaning = _comment_behind(lines, key, value) or _comment_above(lines, key)
        if isinstance(value, yaml.MappingNode):
            found += [Setting(name, "", meaning)] if meaning else []
            continue
        found.append(Setting(name, shown(_value_of(data, name)), meaning or (found[-1].meaning if found else "")))
    return found


@cache
def of_examples(path: Path = OWN) -> Mapping[str, str]:
    """Return what the keys mean that stand in that file as an example only, by their dotted names (`outgoing_mail.host`)."""
    found: dict[str, str] = {}
    section = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if begins := _SECTION.fullmatch(line):
            section = begins[1]
        elif not line.startswith("#   "):
            section = "mailboxes" if line.startswith("# mailboxes") else ""
        elif section and (key := _EXAMPLE.fullmatch(line)):
            found[f"{section}.{key[1]}"] = key[2]
    return found


def shown(value: object) -> str:
    """Return a value as people read it."""
    match value:
        case None:
            return "不填"
        case list() | tuple():
            return "、".join(shown(part) for part in value) or "没有"
        case {"clock": _}:
            return ClockRule.model_validate(value).name
        case dict():
            return str(value["name"]) + (f"（{value['target_percent']}%）" if "target_percent" in value else "")
        case _:
            return str(value)


def _pairs(node: yaml.Node | None, above: str = "") -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
    """Yield every key below a mapping with its dotted name; lists and single values are not gone into."""
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        yield f"{above}{key.value}", key, value
        yield from _pairs(value, f"{above}{key.value}.")


def _value_of(data: Any, name: str) -> object:  # noqa: ANN401 - YAML
    for part in name.split("."):
        data = data[part]
    return data


def _comment_behind(lines: list[str], key: yaml.Node, value: yaml.Node) -> str:
    """Return the comment on the line where a single value or a list in brackets ends, or that of a section's own line."""
    opens = isinstance(value, yaml.MappingNode) or (isinstance(value, yaml.SequenceNode) and not value.flow_style)
    end = key.end_mark if opens else value.end_mark
    return lines[end.line][end.column :].partition("#")[2].strip()


def _comment_above(lines: list[str], key: yaml.Node) -> str:
    first = last = key.start_mark.line
    while first and lines[first - 1].lstrip().startswith("#"):
        first -= 1
    return "".join(line.strip().lstrip("# ") for line in lines[first:last])
