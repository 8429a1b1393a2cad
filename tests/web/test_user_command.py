"""`run.py user`: what it says, and what it refuses."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from websites import PASSWORD, served

from pipeline import cli
from pipeline.web import database, user_command
from pipeline.web.accounts import Accounts

if TYPE_CHECKING:
    from offices import Office


def user(office: Office, *words: str) -> int:
    return cli.main(["--config", str(office.home / "config.yaml"), "user", *words])


def test_a_user_is_added_and_signs_in_by_the_link(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    assert user(office, "add", "甲", "--district", "东胜") == 0
    printed = capsys.readouterr().out
    link = re.search(r"http://127\.0\.0\.1:8000(/password/\S+)", printed)
    assert link
    assert "东胜区" in printed
    assert "48 小时" in printed
    with served(office) as site:
        site.clock.now = site.serving.site.now().now(site.clock.now.tzinfo)
        browser = site.browser()
        answer = browser.post(link[1], {"csrf": browser.token(link[1]), "password": PASSWORD, "again": PASSWORD})
        assert answer.where == "/"
        assert "东胜区" in browser.get("/").text
        assert browser.sign_in("甲", PASSWORD).status == 303


def test_a_link_begins_with_where_the_page_was_opened(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    user(office, "add", "甲", "--district", "东胜区")
    printed = capsys.readouterr().out
    assert "http://127.0.0.1:8000/password/" in printed
    assert "还没有打开过" in printed
    with served(office) as site:
        user(office, "link", "甲")
        printed = capsys.readouterr().out
        link = re.search(r"(http://127\.0\.0\.1:\d+)(/password/\S+)", printed)
        assert link
        assert link[1] == site.serving.address
        site.clock.now = site.serving.site.now().now(site.clock.now.tzinfo)
        assert site.browser().get(link[2]).status == 200
    assert "最近一次打开时的" in printed
    assert "只能在这台电脑上打开" in printed
    assert "upload.public_address" in printed


def test_a_public_address_goes_before_where_the_page_was_opened(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    with served(office):
        pass
    config = office.home / "config.yaml"
    written = config.read_text(encoding="utf-8")
    config.write_text(written.replace("upload: null", "upload: {public_address: https://ribao.example.com}"), encoding="utf-8")
    user(office, "add", "甲", "--office")
    printed = capsys.readouterr().out
    assert "https://ribao.example.com/password/" in printed
    assert "网址来自 config.yaml 的 upload.public_address。" in printed


def test_a_sender_that_would_be_refused_is_refused_here(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    assert user(office, "add", "甲", "--district", "东胜区", "--address", "somebody@example.net") == 2
    printed = capsys.readouterr().err
    assert "senders" in printed
    assert "dongsheng@example.com" in printed
    assert user(office, "add", "甲", "--district", "东胜区", "--address", "DongSheng@example.com") == 0


def test_whose_address_is_not_clear_must_be_said(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    config = office.home / "config.yaml"
    written = config.read_text(encoding="utf-8")
    config.write_text(written.replace("[dongsheng@example.com]", '["@dongsheng.example.com"]'), encoding="utf-8")
    assert user(office, "add", "甲", "--district", "东胜区") == 2
    assert "--address" in capsys.readouterr().err
    assert user(office, "add", "甲", "--district", "东胜区", "--address", "jia@dongsheng.example.com") == 0


@pytest.mark.parametrize("words", [["add", "甲"], ["add", "甲", "--district", "东胜区", "--office"], [], ["nothing"]])
def test_usage_is_explained(office: Office, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        user(office, *words)
    assert ended.value.code == 2
    assert not re.search(r"[a-z]{4,} (?:is|are) ", capsys.readouterr().err.replace("user ", ""))


@pytest.mark.parametrize("name", ["", " ", "长" * 41, "a\nb", "13812345678"])
def test_a_name_that_cannot_be_shown_is_refused(office: Office, name: str) -> None:
    assert user(office, "add", name, "--office") == 2


def test_a_district_that_is_none_is_refused(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    assert user(office, "add", "甲", "--district", "没有这个区") == 2
    assert "东胜区" in capsys.readouterr().err


def test_a_name_is_given_once(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    assert user(office, "add", "Jia", "--office") == 0
    assert user(office, "add", "ｊｉａ", "--office") == 2
    assert "已经有用户" in capsys.readouterr().err


def test_users_are_listed_disabled_and_let_in_again(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    assert user(office, "list") == 0
    assert "还没有用户" in capsys.readouterr().out
    user(office, "add", "甲", "--district", "东胜区")
    user(office, "disable", "甲")
    capsys.readouterr()
    user(office, "list")
    assert "甲  东胜区  dongsheng@example.com  已停用" in capsys.readouterr().out
    assert user(office, "link", "甲") == 0
    capsys.readouterr()
    user(office, "list")
    assert "还没有设置密码，链接还有效" in capsys.readouterr().out
    page = database.opened(office.settings)
    try:
        accounts = Accounts(page, office.settings)
        (known,) = accounts.all_users()
        later = datetime.now(office.settings.calendar.zone) + timedelta(days=30)
        assert user_command.state(known, accounts.with_links(later)) == "还没有设置密码，链接已过期，请再给一个"
    finally:
        page.close()
    assert user(office, "link", "乙") == 2
    assert user(office, "disable", "乙") == 2


def test_the_log_says_what_was_done_and_no_link(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    user(office, "add", "甲", "--district", "东胜区")
    token = re.search(r"/password/(\S+)", capsys.readouterr().out)
    log = Path(office.settings.paths.state / "logs" / "run.log").read_text(encoding="utf-8")
    assert "user add 甲" in log
    assert token
    assert token[1] not in log


@pytest.mark.parametrize("words", [("user", "list"), ("user", "add", "甲", "--office"), ("serve", "--port", "47613")], ids="-".join)
@pytest.mark.parametrize(
    ("kept", "said"), [(None, "没有权限"), (b"SQLite format 3\0" + b"?" * 4096, "已经损坏"), (b"?" * 4096, "已经损坏")]
)
def test_a_database_that_cannot_be_used_is_one_sentence(
    office: Office, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], kept: bytes | None, said: str
) -> None:
    """A folder in its place refuses everybody, root too."""
    path = office.home / "state" / database.NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(kept) if kept else path.mkdir()
    assert cli.main(["--config", str(office.home / "config.yaml"), *words]) == 1
    told = capsys.readouterr().err
    assert str(path) in told
    assert said in told
    assert told.count("\n") == 1
    assert not (office.home / "state" / "faults").exists()
