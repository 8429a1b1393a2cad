"""Compiled templates that are kept: the same text gives the same code, and nothing but this program's own is loaded.

Covers `own_code`.
"""

from __future__ import annotations

import ast
import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from pipeline import HOME
from pipeline.disk import own_code
from pipeline.render.compiled_templates import Kept


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where Python would keep compiled modules."""
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path


def _rendered(text: str, name: str = "test") -> tuple[str, list[str]]:
    """What a template of that text says, and which templates were compiled for it."""
    compiled: list[str] = []

    class Watched(Environment):
        def compile(self, source: object, *rest: object, **more: object) -> object:  # type: ignore[override]
            compiled.append(str(source))
            return super().compile(source, *rest, **more)  # type: ignore[call-overload]

    environment = Watched(loader=DictLoader({"a": text}), bytecode_cache=Kept(name), autoescape=True)
    return environment.get_template("a").render(x="<"), compiled


def _files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.jinja"))


def test_a_template_is_compiled_once_and_anew_when_its_text_changes(folder: Path) -> None:
    assert _rendered("{{ x }}1") == ("&lt;1", ["{{ x }}1"])
    assert len(_files(folder)) == 1
    assert _rendered("{{ x }}1") == ("&lt;1", [])
    assert _rendered("{{ x }}2") == ("&lt;2", ["{{ x }}2"])


def test_another_environment_and_another_program_compile_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _rendered("{{ x }}")
    assert _rendered("{{ x }}", "other") == ("&lt;", ["{{ x }}"])
    monkeypatch.setattr(own_code, "stamp", lambda *_wings: "another program")
    assert _rendered("{{ x }}") == ("&lt;", ["{{ x }}"])
    assert len(_files(folder)) == 2


@pytest.mark.parametrize("content", [b"", b"\0" * 40, None])
def test_what_is_not_as_it_was_kept_is_compiled_anew(folder: Path, content: bytes | None) -> None:
    _rendered("{{ x }}")
    (path,) = _files(folder)
    path.write_bytes(path.read_bytes()[:-9] if content is None else content)
    assert _rendered("{{ x }}") == ("&lt;", ["{{ x }}"])


def test_where_python_keeps_nothing_nothing_is_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    _rendered("{{ x }}")
    (folder / "file").write_bytes(b"")
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", str(folder / "file"))
    assert _rendered("{{ x }}") == ("&lt;", ["{{ x }}"])
    assert not _files(folder)


def test_a_changed_module_is_another_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wing = tmp_path / "pipeline" / "day"
    wing.mkdir(parents=True)
    (wing / "a.py").write_text("1", encoding="utf-8")
    monkeypatch.setattr(own_code, "HOME", tmp_path)
    own_code.stamp.cache_clear()
    before = own_code.stamp("day")
    (wing / "a.py").write_text("12", encoding="utf-8")
    own_code.stamp.cache_clear()
    assert own_code.stamp("day") != before
    own_code.stamp.cache_clear()


_CLASS = """
import dataclasses, sys
import pipeline

@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Noun:
    number: int
    words: tuple[str, ...] = ()
    more: list[int] = dataclasses.field(default_factory=list, compare=False)

one = Noun(1)
try:
    one.number = 2
except dataclasses.FrozenInstanceError:
    print(one, one == Noun(1), hash(one) == hash(Noun(1)), one < Noun(2), dataclasses.replace(one, words=("a",)), Noun.__slots__)
"""


def _run_class(folder: Path, *, keeps: bool = True) -> tuple[str, list[str]]:
    """What the class does in a process of its own, and what is kept after it."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder), "PYTHONDONTWRITEBYTECODE": "" if keeps else "1"}
    run = subprocess.run([sys.executable, "-c", _CLASS], cwd=HOME, env=environment, capture_output=True, text=True, check=True)
    return run.stdout, [path.name for path in folder.rglob("dataclasses.code")]


_EXPRESSIONS = """
import re
import pipeline

DATE = re.compile(r"(?P<year>[0-9]{4})-([一二三])", re.IGNORECASE)
BYTES = re.compile(rb"a+?(?=b)")
WORDS = {word: re.compile(word) for word in ("of a text",)}

def looked_for(text):
    return re.compile(text) if re.match("一个字", "一个字") else None

print(DATE.fullmatch("2020-二").groupdict(), DATE.flags, DATE.groups, DATE.pattern)
print(BYTES.sub(b"", b"aab"), looked_for("".join(["领导", "一"])).search("领导一"))
"""


def test_the_expressions_that_are_written_in_the_code_are_kept_and_nothing_that_somebody_looks_for(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "", "PYTHONUTF8": "1"}
    (tmp_path / "module.py").write_text(_EXPRESSIONS, encoding="utf-8")

    def run() -> str:
        command = [sys.executable, "-c", f"import sys; sys.path.append({str(tmp_path)!r}); import module"]
        return subprocess.run(command, cwd=HOME, env=environment, capture_output=True, encoding="utf-8", check=True).stdout

    first = run()
    assert first.startswith("{'year': '2020'} 34 2 (?P<year>[0-9]{4})-([一二三])\nb'b' <re.Match")
    (path,) = tmp_path.rglob("expressions.code")
    content = path.read_bytes()
    assert "[一二三]".encode() in content
    assert "一个字".encode() in content
    assert "领导一".encode() not in content
    assert (run(), path.read_bytes()) == (first, content)  # nothing new was compiled
    path.write_bytes(content[:100])
    assert run() == first
    assert path.stat().st_size > 100


def test_what_a_dataclass_compiles_is_kept_and_the_class_is_the_same(tmp_path: Path) -> None:
    first, kept = _run_class(tmp_path)
    assert first == "Noun(number=1, words=(), more=[]) True True True Noun(number=1, words=('a',), more=[]) ('number', 'words', 'more')\n"
    assert kept == ["dataclasses.code"]
    path = next(tmp_path.rglob("dataclasses.code"))
    content = path.read_bytes()
    assert (_run_class(tmp_path)[0], path.read_bytes()) == (first, content)  # nothing new was compiled
    path.write_bytes(content[:100])
    assert _run_class(tmp_path)[0] == first
    assert path.stat().st_size > 100


def test_where_python_keeps_no_compiled_modules_no_dataclass_is_kept(tmp_path: Path) -> None:
    assert _run_class(tmp_path, keeps=False)[1] == []


def test_of_our_own_classes_a_plain_annotation_is_no_question_and_a_marked_one_is() -> None:
    asked: list[str] = []

    def usual(annotation: str, *_rest: object) -> bool:
        asked.append(annotation)
        return True

    is_type = own_code._Asking(usual)  # noqa: SLF001
    ours, others = (type("Noun", (), {"__module__": module}) for module in ("pipeline.day.cases", "somewhere"))
    assert [is_type(annotation, ours) for annotation in ("int", "dict[str, int]")] == [False, False]
    assert [is_type(annotation, ours) for annotation in ("ClassVar[int]", "dataclasses.InitVar[int]", "KW_ONLY")] == [True, True, True]
    assert is_type("int", others)
    assert asked == ["ClassVar[int]", "dataclasses.InitVar[int]", "KW_ONLY", "int"]
    assert isinstance(vars(dataclasses)["_is_type"], own_code._Asking)  # noqa: SLF001


def test_our_modules_call_what_makes_a_field_none_by_its_own_name() -> None:
    imported = [
        name.asname
        for path in (HOME / "pipeline").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module in {"typing", "dataclasses"}
        for name in node.names
        if name.name in {"ClassVar", "InitVar", "KW_ONLY"}
    ]
    assert [name for name in imported if name] == []
