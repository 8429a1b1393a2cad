from __future__ import annotations

import ast
import re
from pathlib import Path

from offices import HOME

from pipeline.terms import vocabulary
from pipeline.terms.vocabulary import VOCABULARY

OWN = Path(vocabulary.__file__)
MADE_UP = HOME / "pipeline" / "demo"
"""The made-up reports are written by made-up people."""
READ, WRITTEN_SO = HOME / "pipeline" / "reading", HOME / "pipeline" / "terms" / "contract.py"
"""What others write is recognised there."""
COMMENT = re.compile(r"\{#.*?#\}|/\*.*?\*/|^\s*//.*?$", re.DOTALL | re.MULTILINE)
NOT_SAID = re.compile("|".join(other for word in VOCABULARY for other in word.not_said))


def _strings(path: Path) -> str:
    """What a module says: its texts, without its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)}
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in docs)
    return "\n".join(node.value for node in constants if isinstance(node.value, str))


def _said() -> dict[str, str]:
    """Everything that the program's own files say to people, by file."""
    modules = [path for path in (HOME / "pipeline").rglob("*.py") if path not in (OWN, WRITTEN_SO)]
    said = {str(path.relative_to(HOME)): _strings(path) for path in modules if MADE_UP not in path.parents and READ not in path.parents}
    for path in (HOME / "templates").rglob("*"):
        if path.suffix in {".j2", ".typ", ".js"}:
            said[str(path.relative_to(HOME))] = COMMENT.sub("", path.read_text(encoding="utf-8"))
    return said


def test_one_word_is_said_for_one_thing() -> None:
    said = _said()
    assert len(said) > 200
    assert {path: found for path, text in said.items() if (found := sorted({*NOT_SAID.findall(text)}))} == {}


def test_the_guide_says_the_same_words() -> None:
    written = re.sub(
        r"<!-- generated: (\w+) -->.*?<!-- /generated -->", "", (HOME / "docs" / "使用手册.md").read_text(encoding="utf-8"), flags=re.DOTALL
    )
    assert sorted({*NOT_SAID.findall(written)}) == []


def test_a_day_and_a_moment_have_one_form_in_sentences() -> None:
    assert {path for path, text in _said().items() if re.search(r" [月日] |(?<!%Y-)%m-%d", text)} == set()


def test_each_word_stands_once_and_is_not_shunned_elsewhere() -> None:
    names = [name for word in VOCABULARY for name in word.word.split("、")]
    assert len({*names}) == len(names)
    assert [name for name in names if NOT_SAID.search(name)] == []
