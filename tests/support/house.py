"""What the guides show of the house itself: its wings and what they need, and the packages of others that it stands on."""

from __future__ import annotations

import ast
import importlib
import re
import tomllib
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from offices import HOME

# --- what others made --------------------------------------------------------------------------------------------

_THIRD_PARTY: Final = HOME / "docs" / "third-party.md"
_PINNED = re.compile(r"^([\w.-]+)==", re.MULTILINE)
UNSAID: Final = {
    "colorama": "BSD-3-Clause",
    "imapclient": "BSD-3-Clause",
    "partd": "BSD-3-Clause",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "s3fs": "BSD-3-Clause",
    "zict": "BSD-3-Clause",
}
"""Packages that are installed on Windows alone, and those whose metadata name no licence, or not which: it stands in a file of theirs."""
CLASSIFIERS: Final = {"BSD License": "BSD-3-Clause", "MIT License": "MIT", "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0"}
"""Older metadata have no SPDX expression and name the licence in a classifier alone."""


def pinned(file: str) -> list[str]:
    return sorted(set(_PINNED.findall((HOME / file).read_text(encoding="utf-8"))))


def _licence(package: str) -> str:
    """The licence that the installed package says it is under; the first where it names several."""
    if package in UNSAID:
        return UNSAID[package]
    try:
        described = metadata.metadata(package)
    except metadata.PackageNotFoundError:  # an environment made before it was pinned; a fresh one asks the package itself
        kept: list[str] = re.findall(rf"^\| {re.escape(package)} \| ([^|]+) \|", _THIRD_PARTY.read_text(encoding="utf-8"), re.MULTILINE)
        return kept[0]
    classifiers = [name.rpartition(" :: ")[2] for name in described.get_all("Classifier") or [] if name.startswith("License")]
    written = described.json.get("license_expression") or described.json.get("license") or CLASSIFIERS[classifiers[0]]
    # numpy names the licences of everything that its wheels carry, and not the same ones in every version
    first, _, others = str(written).partition(" AND ")
    return f"{first} and others" if others else first


def dependency_part() -> str:
    """Every package that is pinned, with its licence; the versions differ between Pythons and stand in the requirements alone."""
    needed = dict.fromkeys(pinned("requirements-servers.txt"), "run with servers")
    needed |= dict.fromkeys(pinned("requirements.txt"), "run")
    lines = ["| package | licence | needed to |", "|---|---|---|"]
    lines += [f"| {name} | {_licence(name)} | {needed.get(name, 'work on it')} |" for name in pinned("requirements-dev.txt")]
    return "\n".join(lines)


# --- the house ---------------------------------------------------------------------------------------------------

WINGS: Final = sorted(path.parent for path in (HOME / "pipeline").glob("*/__init__.py"))


def needs(wing: Path) -> set[str]:
    """The other wings that the modules of a wing import, wherever in the module."""
    imported: set[str] = set()
    for path in wing.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("pipeline."):
                imported.add(node.module.split(".")[1])
    return imported - {wing.name}


def floors() -> list[list[str]]:
    """The layers of pyproject.toml, the street first."""
    rules = _settings()["tool"]["importlinter"]["contracts"]
    return [layer.split(" : ") for layer in rules[0]["layers"]]


def project() -> dict[str, Any]:
    """What pyproject.toml says of the project."""
    return dict(_settings()["project"])


def _settings() -> dict[str, Any]:
    return tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))


def wing_part() -> str:
    """Every wing on its floor, counted from the cellar, with its question and the wings below that it needs."""
    lines = ["| floor | wing | what it does | needs |", "|---|---|---|---|"]
    street_first = floors()
    for at, names in enumerate(street_first):
        for name in names:
            path = HOME / "pipeline" / name
            source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
            question = (ast.get_docstring(ast.parse(source.read_text(encoding="utf-8"))) or "").partition("\n")[0]
            below = ", ".join(sorted(needs(path))) if path.is_dir() else ""
            title = f"`{name}`" if path.is_dir() else f"`{name}` (a module)"
            lines.append(f"| {len(street_first) - at} | {title} | {question} | {below} |")
    return "\n".join(lines)


def untested() -> list[str]:
    """The modules without `test_<module>.py`, of which no test says in its docstring that it covers them."""
    tests = [*(HOME / "tests").rglob("test_*.py")]
    own = {path.stem.removeprefix("test_") for path in tests}
    said = "\n".join(ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "" for path in tests)
    covered = own | {Path(name).stem for name in re.findall(r"`([\w/]+(?:\.py)?)`", said)}
    modules = [path for path in (HOME / "pipeline").rglob("*.py") if path.name != "__init__.py"]
    return sorted(path.relative_to(HOME).as_posix() for path in modules if path.stem not in covered)


def long_functions(most: int) -> dict[str, int]:
    """The functions whose body has more lines than that, the docstring and the fields of a record that is returned left out."""
    lengths = {
        f"{path.relative_to(HOME)}: {node.name}": _length(node)
        for path in sorted((HOME / "pipeline").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    return {name: length for name, length in lengths.items() if length > most}


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    statements = function.body[ast.get_docstring(function) is not None :]
    if not statements:
        return 0
    last = statements[-1]
    is_record = isinstance(last, ast.Return) and isinstance(last.value, ast.Call) and last.value.keywords and not last.value.args
    end = last.lineno if is_record else last.end_lineno or last.lineno
    return end - statements[0].lineno + 1


def is_there(name: str) -> bool:
    """Whether a dotted name below `pipeline` leads to a module or to something in one."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        with suppress(ModuleNotFoundError):
            member: object = importlib.import_module("pipeline." + ".".join(parts[:length]))
            for part in parts[length:]:
                member = getattr(member, part, None)
            return member is not None
    return False
