from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def test_no_orphan_golden_files() -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in HERE.rglob("*.py"))
    kept = [path.relative_to(HERE / "golden").as_posix() for path in (HERE / "golden").rglob("*") if path.is_file()]
    assert [path for path in kept if f'"{path}"' not in sources] == []


def test_a_golden_file_that_is_not_there_fails_and_says_how_to_accept_it(golden: Callable[[str, str], None]) -> None:
    with pytest.raises(pytest.fail.Exception, match="--update-golden"):
        golden("no/such/file.txt", "anything")
