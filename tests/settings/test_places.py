"""Where ledger and archive lie is read from config.yaml, and a password is refused there."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest
from offices import CONFIG, HOME

from pipeline.settings.config import Settings, load
from pipeline.settings.places import LedgerServer
from pipeline.terms.errors import ConfigurationError


def _load(folder: Path, said: str, but: str = "") -> Settings:
    """The settings with that in the place of their ledger, without the line that begins so."""
    config = folder / "config.yaml"
    lines = [line for line in CONFIG.read_text(encoding="utf-8").splitlines() if not but or not line.startswith(but)]
    config.write_text("\n".join(lines).replace("ledger: null\n", f"{said}\n"), encoding="utf-8")
    return load(config)


def test_where_nothing_is_said_the_ledger_is_in_the_state_folder(tmp_path: Path) -> None:
    settings = _load(tmp_path, "ledger: null")
    assert settings.paths.ledger_place == settings.paths.ledger == settings.paths.state / "ledger.sqlite"


def test_an_address_alone_is_enough_and_its_file_with_the_password_is_seen_from_the_settings(tmp_path: Path) -> None:
    place = _load(tmp_path, "ledger: postgresql+psycopg://ribao@db.example.com/ribao").paths.ledger_place
    assert isinstance(place, LedgerServer)
    assert (str(place), place.is_here, place.secret()) == ("ribao@db.example.com/ribao", False, None)
    (tmp_path / "secret.txt").write_text("密码\n", encoding="utf-8")
    settings = _load(tmp_path, "ledger: {url: 'postgresql://ribao@localhost:5433/ribao?sslmode=disable', password_file: secret.txt}")
    place = settings.paths.ledger_place
    assert isinstance(place, LedgerServer)
    assert (str(place), place.is_here, place.secret()) == ("ribao@localhost:5433/ribao", True, "密码")
    assert pickle.loads(pickle.dumps(settings)).paths.ledger_place == place  # noqa: S301 - our own
    assert settings.model_copy(update={"office": "甲"}).paths.ledger_place == place


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("mysql://ribao@db/ribao", "postgresql+psycopg://用户名@服务器/数据库"),
        ("sqlite:///ledger.sqlite", "postgresql+psycopg://用户名@服务器/数据库"),
        ("postgresql+psycopg://ribao@db", "postgresql+psycopg://用户名@服务器/数据库"),
        ("postgresql+psycopg://ribao@db:x/ribao", "postgresql+psycopg://用户名@服务器/数据库"),
        ("postgresql+psycopg://ribao:geheim@db/ribao", "密码不能写在设置文件里"),
        ("postgresql+psycopg://ribao@db/ribao?password=geheim", "密码不能写在设置文件里"),
        ("{url: 'postgresql://ribao@db/ribao', password: geheim}", "密码不能写在设置文件里"),
        ("{url: 'postgresql://ribao@db/ribao', password_env: A, password_file: b}", "只写一个"),
    ],
)
def test_what_cannot_be_is_refused_with_its_line_and_without_the_password(tmp_path: Path, said: str, why: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        _load(tmp_path, f"ledger: {said}")
    assert re.search(rf"第 \d+ 行，ledger.*{re.escape(why)}", str(refused.value))
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize(
    ("said", "why"),
    [("state/archive", "s3://存储桶/文件夹"), ("s3://", "s3://存储桶/文件夹"), ("s3://key:geheim@bucket/a", "登录信息不能写在设置文件里")],
)
def test_an_archive_that_cannot_be_is_refused_with_its_line(tmp_path: Path, said: str, why: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(why)) as refused:
        _load(tmp_path, f"ledger: null\narchive: {said}", but="archive: null")
    assert "geheim" not in str(refused.value)


def test_where_the_originals_are(tmp_path: Path) -> None:
    paths = _load(tmp_path, "ledger: null").paths
    assert paths.originals == (paths.archive, "")
    paths = _load(tmp_path, "ledger: null\narchive: s3://ribao/archive/", but="archive: null").paths
    assert paths.originals == (paths.archive, "s3://ribao/archive")


def test_the_program_asks_for_the_place_and_never_for_the_file_alone() -> None:
    """An office with a server has no file, and a command that looked for one would begin an empty ledger there."""
    asking = [path.name for path in (HOME / "pipeline").rglob("*.py") if re.search(r"paths\.ledger\b", path.read_text(encoding="utf-8"))]
    assert asking == []
