"""What every test may ask for: an office of its own, and golden files."""

from __future__ import annotations

import copy
import difflib
import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import warm_workers
from font_lists import list_fonts
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from killing import shim
from offices import CONFIG, Office
from weeks import Published, publish

from pipeline.disk import sqlite_connections
from pipeline.reading import worker
from pipeline.settings import config_file
from pipeline.settings.places import LedgerPlace

if TYPE_CHECKING:
    from postgresql import Server

GOLDEN = Path(__file__).parent / "golden"

hypothesis_settings.register_profile("suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None)
hypothesis_settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all-points", action="store_true", help="test_killing*.py: every point instead of a sample (hours)")
    parser.addoption("--update-golden", action="store_true", help="accept what the tests produce as the new golden files")
    parser.addoption("--fuzz-seconds", type=float, default=0, help="damage workbooks for so long, each time in new ways (test_fuzz.py)")


@pytest.fixture(scope="session", autouse=True)
def computer_with_a_chinese_font(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The computer lists a Chinese font, whatever it really has: `doctor` calls one without unsound."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        list_fonts(monkeypatch, tmp_path_factory.mktemp("fonts"), "Noto Sans CJK SC")
        yield


@pytest.fixture(scope="session", autouse=True)
def _warm_workers() -> Iterator[None]:
    with warm_workers.installed():
        yield


@pytest.fixture(scope="session", autouse=True)
def _own_settings_parsed_once() -> Iterator[None]:
    """The project's own config.yaml is parsed once, as nearly every test has an office with a copy of it; any other text as ever."""
    own, parse = CONFIG.read_text(encoding="utf-8"), config_file.read
    parsed = parse(own, CONFIG)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(config_file, "read", lambda written, path: copy.deepcopy(parsed) if written == own else parse(written, path))
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_waiting_for_the_disk() -> Iterator[None]:
    """What is written in this process is not waited for until it is on the disk: that half of a night's time shows nothing.

    No test cuts the power. Runs that are killed (tests/night/test_killing.py) are processes of their own and sync as ever, and so does
    what an order of syncs is shown with: it puts its own `os.fsync` in the place of this one.
    """
    prepare = sqlite_connections.prepare

    def prepare_unsynced(connection: sqlite3.Connection, record: object) -> None:
        prepare(connection, record)
        connection.execute("PRAGMA synchronous=OFF")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", os.fstat)  # which refuses what is no open file, as fsync does
        patch.setattr(sqlite_connections, "prepare", prepare_unsynced)
        yield


@pytest.fixture(scope="module")
def cold_workers() -> Iterator[None]:
    """Start each worker process as the program does, with every import: for the tests of the workers themselves."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker, "subprocess", subprocess)
        yield


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server, for the tests that are marked external."""
    from postgresql import running

    with running() as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.external)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> LedgerPlace:
    """A place for a ledger: what is true of one in a file is true of one on a server."""
    if request.param == "sqlite":
        return tmp_path / "state" / "ledger.sqlite"
    server: Server = request.getfixturevalue("postgresql")
    return server.new_database()


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office in an empty folder."""
    return Office(tmp_path / "office")


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """A sample week, published once for all tests that only look at it."""
    return cache(lambda week: publish(week, tmp_path_factory.mktemp(week) / "office"))


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What stands between a program that is killed and the system."""
    return shim.build(tmp_path_factory.mktemp("shim"))


@pytest.fixture
def everything(request: pytest.FixtureRequest) -> bool:
    """Whether `--all-points` was said."""
    return bool(request.config.getoption("--all-points"))


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with tests/golden/<path>; `--update-golden` writes it instead."""
    update = bool(request.config.getoption("--update-golden"))

    def compare(path: str, actual: str) -> None:
        kept = GOLDEN / path
        if update:
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(actual, encoding="utf-8", newline="\n")
            return
        if not kept.exists():
            pytest.fail(f"there is no tests/golden/{path}; accept it with --update-golden", pytrace=False)
        expected = kept.read_text(encoding="utf-8")
        if actual != expected:
            diff = difflib.unified_diff(expected.splitlines(), actual.splitlines(), f"golden/{path}", "actual", lineterm="", n=2)
            pytest.fail("\n".join([*diff][:200]) + "\n(accept it with --update-golden)", pytrace=False)

    return compare
