"""Users in the browser: added, given a link, disabled; by the office alone, with its token, noted, and the link nowhere else.

Covers `user_pages`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from websites import PASSWORD, Browser, Website, served

if TYPE_CHECKING:
    from offices import Office
    from websites import Answer


@pytest.fixture
def site(office: Office) -> Iterator[Website]:
    with served(office) as website:
        website.user("甲", "东胜区")
        website.user("办公室", "", "")
        yield website


def _do(browser: Browser, action: str, **fields: str) -> Answer:
    return browser.post(f"/users/{action}", {"csrf": browser.token("/log"), **fields})


def test_a_user_is_added_signs_in_by_the_link_and_is_disabled(site: Website) -> None:
    office = site.signed_in("办公室")
    answer = _do(office, "add", name="乙<b>", district="达拉特旗")
    link = re.search(r"http://[^/]+(/password/[\w-]+)", answer.text)
    assert link
    assert answer.headers["Cache-Control"] == "no-store"
    assert "乙&lt;b&gt;" in answer.text
    assert "<b>" not in answer.text
    browser = site.browser()
    assert browser.post(link[1], {"csrf": browser.token(link[1]), "password": PASSWORD, "again": PASSWORD}).where == "/"
    assert "达拉特旗" in browser.get("/").text
    assert "已停用" in _do(office, "disable", name="乙<b>").text
    assert browser.get("/").where == "/signin"
    assert "/password/" in _do(office, "link", name="乙<b>").text
    done = "\n".join(site.done())
    for words in ("增加用户“乙<b>”", "停用用户“乙<b>”", "给一次性链接“乙<b>”"):
        assert f"办公室 {words}" in done
    assert link[1] not in done


@pytest.mark.parametrize(
    ("action", "fields", "said"),
    [
        ("disable", {"name": "办公室"}, "不能停用自己"),
        ("add", {"name": "甲", "district": "东胜区"}, "已经有用户“甲”。忘了密码的，点用户名那一行的“给一次性链接”。"),
        ("add", {"name": "丙", "district": "东胜区", "address": "x@example.net"}, "不在东胜区的 senders 里"),
        ("add", {"name": "丙", "district": "没有的旗"}, "没有“没有的旗”这个旗区"),
        ("link", {"name": "没有"}, "没有用户“没有”"),
    ],
)
def test_what_cannot_be_done_is_said(site: Website, action: str, fields: dict[str, str], said: str) -> None:
    office = site.signed_in("办公室")
    answer = _do(office, action, **fields)
    assert (answer.status, said in answer.text) == (400, True)
    assert office.get("/log").status == 200
    assert {user.name for user in site.serving.site.accounts.all_users()} == {"甲", "办公室"}


def test_only_the_office_changes_users_and_only_with_its_token(site: Website) -> None:
    clerk, office = site.signed_in("甲"), site.signed_in("办公室")
    for action in ("add", "link", "disable"):
        fields = {"name": "办公室" if action != "add" else "丙"}
        assert clerk.post(f"/users/{action}", {**fields, "csrf": clerk.token("/")}).status == 404
        assert site.browser().post(f"/users/{action}", {**fields, "csrf": "x"}).where == "/signin?again"
        assert office.post(f"/users/{action}", {**fields, "csrf": "x"}).status == 403
    assert _do(office, "list").status == 404
    assert site.serving.site.accounts.find("丙") is None
    assert office.get("/log").status == 200
