"""Who comes in: passwords, one-time links, sessions, and what an attacker tries at the door.

Covers `sign_in_pages`, `sign_in_limits`, `passwords`, `accounts`, `page_access`, `guard` and `database`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from websites import PASSWORD, Browser, Website, served, token_in

from pipeline.web import passwords
from pipeline.web.sign_in_limits import Client

if TYPE_CHECKING:
    from offices import Office


@pytest.fixture
def site(office: Office) -> Iterator[Website]:
    with served(office) as website:
        website.user("甲", "东胜区")
        yield website


def link_of(site: Website, name: str) -> str:
    accounts = site.serving.site.accounts
    user = accounts.find(name)
    assert user
    return f"/password/{accounts.new_link(user, site.clock())}"


def set_password(browser: Browser, link: str, password: str, again: str | None = None) -> tuple[int, str]:
    answer = browser.post(link, {"csrf": browser.token(link), "password": password, "again": password if again is None else again})
    return answer.status, answer.text


# --- signing in --------------------------------------------------------------------------------------------------


def test_a_clerk_signs_in_and_sees_the_district(site: Website) -> None:
    browser = site.signed_in("甲")
    page = browser.get("/")
    assert page.status == 200
    assert "东胜区" in page.text
    assert "1 小时 0 分钟" in page.text


def test_a_name_is_the_same_however_it_is_typed(site: Website) -> None:
    site.user("Wang", "东胜区")
    assert site.browser().sign_in(" ｗＡＮＧ ", PASSWORD).status == 303


@pytest.mark.parametrize(
    "path", ["/", "/board", "/board/2020-05-21", "/log", "/file/2020-05-21/x", "/zip/2020-05-21", "/draft/x", "/sent/x"]
)
def test_nobody_sees_anything_without_signing_in(site: Website, path: str) -> None:
    answer = site.browser().get(path)
    assert (answer.status, answer.where) == (303, "/signin")


def test_wrong_password_and_unknown_name_are_answered_alike(site: Website) -> None:
    wrong = site.browser().sign_in("甲", "不是这个密码呀呀呀")
    unknown = site.browser().sign_in("没有的人", "不是这个密码呀呀呀")
    assert wrong.status == unknown.status == 401
    assert re.sub(r'value="[^"]*"', "", wrong.text) == re.sub(r'value="[^"]*"', "", unknown.text)


def test_an_unknown_name_costs_a_hash_too() -> None:
    kept = passwords.hashed(PASSWORD)
    of_user, of_nobody = [], []
    for _ in range(3):
        begun = time.process_time()
        assert not passwords.is_right("不是这个", kept)
        of_user.append(time.process_time() - begun)
        begun = time.process_time()
        assert not passwords.is_right("不是这个", None)
        of_nobody.append(time.process_time() - begun)
    assert 0.5 < min(of_user) / min(of_nobody) < 2


def test_of_a_thousand_wrong_passwords_ten_are_looked_at(site: Website) -> None:
    browser = site.browser()
    token = browser.token("/signin")
    counts = {401: 0, 429: 0}
    for number in range(1000):
        counts[browser.post("/signin", {"csrf": token, "name": "甲", "password": f"猜测{number}"}).status] += 1
    assert counts == {401: 10, 429: 990}
    assert browser.sign_in("甲", PASSWORD).status == 429, "the right one is not looked at either"
    site.clock.forward(minutes=16)
    assert browser.sign_in("甲", PASSWORD).status == 303


def test_guessing_many_names_from_one_address_is_stopped(site: Website) -> None:
    browser = site.browser()
    token = browser.token("/signin")
    statuses = [browser.post("/signin", {"csrf": token, "name": f"人{n}", "password": PASSWORD}).status for n in range(60)]
    assert statuses == [401] * 50 + [429] * 10


def guess(site: Website, name: str, times: int, *, addresses: int = 1, device: str = "") -> list[str]:
    """What a stranger is answered who tries wrong passwords, from so many networks in turn."""
    accounts = site.serving.site.accounts
    answers = (
        accounts.sign_in(name, f"猜测{n}", Client(f"203.0.{n % addresses // 200}.{n % addresses % 200}", device), site.clock())
        for n in range(times)
    )
    return [str(answer) for answer in answers]


def test_a_stranger_elsewhere_locks_nobody_out(site: Website) -> None:
    assert guess(site, "甲", 30).count("too-often") == 20
    assert site.browser().sign_in("甲", PASSWORD).status == 303


def test_a_stranger_beside_a_clerk_locks_out_strangers_and_no_browser_that_the_clerk_has_used(site: Website) -> None:
    familiar = site.signed_in("甲")
    familiar.click("/", "/signout")
    stranger = site.browser()
    for _ in range(11):
        answer = stranger.sign_in("甲", "猜的密码")
    assert answer.status == 429
    assert answer.headers["Retry-After"] == "900"
    assert site.browser().sign_in("甲", PASSWORD).status == 429
    assert familiar.sign_in("甲", PASSWORD).status == 303


def test_of_a_thousand_guesses_from_a_thousand_networks_a_hundred_are_looked_at(site: Website) -> None:
    familiar = site.signed_in("甲")
    answers = guess(site, "甲", 1000, addresses=1000)
    assert (answers.count("wrong"), answers.count("too-often")) == (100, 900)
    assert familiar.sign_in("甲", PASSWORD).status == 303
    accounts = site.serving.site.accounts
    assert accounts.sign_in("甲", PASSWORD, Client("198.51.100.9"), site.clock()) == "too-often", "a new browser on a new network waits"
    fresh = site.browser()
    assert set_password(fresh, link_of(site, "甲"), "全新的一个密码五六七")[0] == 303, "or asks the office for a link"
    assert fresh.get("/").status == 200
    assert site.browser().sign_in("甲", "全新的一个密码五六七").status == 303


def test_where_a_clerk_has_signed_in_lately_guesses_from_everywhere_do_not_count(site: Website) -> None:
    site.signed_in("甲")
    guess(site, "甲", 200, addresses=200)
    assert site.browser().sign_in("甲", PASSWORD).status == 303


def test_a_browser_that_is_known_may_guess_no_more_than_others(site: Website) -> None:
    familiar = site.signed_in("甲")
    statuses = [familiar.sign_in("甲", "猜的密码").status for _ in range(12)]
    assert statuses == [401] * 10 + [429] * 2
    assert familiar.sign_in("甲", PASSWORD).status == 429


def test_a_browser_is_known_for_its_own_user_alone(site: Website) -> None:
    site.user("丁", "东胜区")
    mine = site.signed_in("丁").cookies["xinfang-known"]
    assert guess(site, "甲", 12, device=mine).count("wrong") == 10
    assert site.signed_in("甲").cookies["xinfang-known"] != mine
    assert guess(site, "甲", 3, device="chosen-by-somebody-else") == ["too-often"] * 3


def test_two_clerks_at_one_computer_are_both_known_there(site: Website) -> None:
    site.user("丁", "东胜区")
    shared = site.signed_in("甲")
    word = shared.cookies["xinfang-known"]
    assert shared.sign_in("丁", PASSWORD).status == 303
    assert shared.cookies["xinfang-known"] == word
    for name in ("甲", "丁"):
        for _ in range(11):
            site.browser().sign_in(name, "猜的密码")
        assert shared.sign_in(name, PASSWORD).status == 303


def test_the_cookie_of_a_known_browser_opens_nothing_and_is_no_scripts(site: Website) -> None:
    browser = site.browser()
    cookies = browser.sign_in("甲", PASSWORD).headers.get_all("Set-Cookie") or []
    (device,) = [cookie for cookie in cookies if cookie.startswith("xinfang-known=")]
    assert all(word in device.lower() for word in ("httponly", "samesite=strict", "max-age=15552000"))
    content = (site.office.settings.paths.state / "upload.sqlite").read_bytes()
    assert browser.cookies["xinfang-known"].encode() not in content
    del browser.cookies["xinfang"]
    assert browser.get("/").where == "/signin"


@pytest.mark.parametrize("how", ["disable", "password"])
def test_a_browser_is_known_no_more_after_a_new_password_or_when_its_user_is_disabled(site: Website, how: str) -> None:
    old = site.signed_in("甲")
    accounts = site.serving.site.accounts
    user = accounts.find("甲")
    assert user
    if how == "disable":
        accounts.disable(user)
    assert set_password(site.browser(), link_of(site, "甲"), "全新的一个密码五六七")[0] == 303
    for _ in range(11):
        site.browser().sign_in("甲", "猜的密码")
    assert old.sign_in("甲", "全新的一个密码五六七").status == 429


def test_one_network_of_ipv6_counts_as_one(site: Website) -> None:
    accounts = site.serving.site.accounts
    answers = [accounts.sign_in("甲", "猜", Client(f"2001:db8:0:1::{n:x}"), site.clock()) for n in range(12)]
    assert answers == ["wrong"] * 10 + ["too-often"] * 2
    assert accounts.sign_in("甲", "猜", Client("2001:db8:0:2::1"), site.clock()) == "wrong"
    mapped = [accounts.sign_in("甲", "猜", Client(address), site.clock()) for address in ["::ffff:192.0.2.1", "192.0.2.1"] * 6]
    assert mapped == ["wrong"] * 10 + ["too-often"] * 2


def test_a_forged_forwarded_header_changes_nobodys_address(site: Website) -> None:
    browser = site.browser()
    token = browser.token("/signin")
    statuses = [
        browser.post(
            "/signin",
            {"csrf": token, "name": "甲", "password": "猜"},
            {"X-Forwarded-For": f"198.51.100.{n}", "Forwarded": f"for=198.51.100.{n}"},
        ).status
        for n in range(12)
    ]
    assert statuses == [401] * 10 + [429] * 2
    logs = [path.read_text(encoding="utf-8") for path in (site.office.settings.paths.state / "logs").iterdir()]
    assert len(logs) == 2
    assert "198.51.100" not in "".join(logs)


# --- sessions ----------------------------------------------------------------------------------------------------


def test_signing_in_begins_a_new_session_whatever_the_browser_brought(site: Website) -> None:
    fixed = site.browser()
    fixed.cookies["xinfang"] = "chosen-by-somebody-else"
    assert fixed.sign_in("甲", PASSWORD).status == 303
    first = fixed.cookies["xinfang"]
    assert first != "chosen-by-somebody-else"
    assert fixed.sign_in("甲", PASSWORD).status == 303
    assert fixed.cookies["xinfang"] != first
    thief = site.browser()
    thief.cookies["xinfang"] = first
    assert thief.get("/").where == "/signin", "the earlier session ended"


def test_the_cookie_is_no_scripts_and_no_other_sites(site: Website) -> None:
    browser = site.browser()
    cookies = browser.sign_in("甲", PASSWORD).headers.get_all("Set-Cookie") or []
    session = next(cookie for cookie in cookies if cookie.startswith("xinfang="))
    assert "httponly" in session.lower()
    assert "samesite=strict" in session.lower()
    assert "path=/" in session.lower()


def test_neither_session_nor_link_nor_password_stands_in_the_file(site: Website) -> None:
    browser = site.signed_in("甲")
    link = link_of(site, "甲").rpartition("/")[2]
    content = (site.office.settings.paths.state / "upload.sqlite").read_bytes()
    for secret in (browser.cookies["xinfang"], link, PASSWORD):
        assert secret.encode() not in content


def test_a_session_ends_after_an_idle_hour(site: Website) -> None:
    browser = site.signed_in("甲")
    site.clock.forward(minutes=59)
    assert browser.get("/").status == 200
    site.clock.forward(minutes=59)
    assert browser.get("/").status == 200
    site.clock.forward(minutes=61)
    assert browser.get("/").where == "/signin"


def test_a_session_ends_after_twelve_hours_however_busy(site: Website) -> None:
    browser = site.signed_in("甲")
    for _ in range(14):
        site.clock.forward(minutes=50)
        assert browser.get("/").status == 200
    site.clock.forward(minutes=50)
    assert browser.get("/").where == "/signin"


def test_signing_out_ends_the_session_itself(site: Website) -> None:
    browser = site.signed_in("甲")
    kept = dict(browser.cookies)
    assert browser.click("/", "/signout").where == "/signin"
    thief = site.browser()
    thief.cookies |= kept
    assert thief.get("/").where == "/signin"


def test_signing_out_by_a_link_does_nothing(site: Website) -> None:
    browser = site.signed_in("甲")
    assert browser.get("/signout").status == 404
    assert browser.get("/").status == 200


def test_a_disabled_user_is_out_at_once(site: Website) -> None:
    browser = site.signed_in("甲")
    accounts = site.serving.site.accounts
    user = accounts.find("甲")
    assert user
    accounts.disable(user)
    assert browser.get("/").where == "/signin"
    assert site.browser().sign_in("甲", PASSWORD).status == 401


# --- one-time links ----------------------------------------------------------------------------------------------


def test_a_link_sets_the_password_once(site: Website) -> None:
    link = link_of(site, "甲")
    browser = site.browser()
    assert browser.get(link).status == 200, "looking does not use it up"
    assert set_password(browser, link, "全新的一个密码五六七")[0] == 303
    replayed = site.browser()
    assert replayed.get(link).status == 404
    assert (
        replayed.post(link, {"csrf": replayed.token("/signin"), "password": "另一个密码一二三四五", "again": "另一个密码一二三四五"}).status
        == 404
    )
    assert replayed.sign_in("甲", "全新的一个密码五六七").status == 303
    assert site.browser().sign_in("甲", PASSWORD).status == 401


def test_a_new_password_ends_the_sessions(site: Website) -> None:
    browser = site.signed_in("甲")
    assert set_password(site.browser(), link_of(site, "甲"), "全新的一个密码五六七")[0] == 303
    assert browser.get("/").where == "/signin"


def test_a_link_ends_after_two_days(site: Website) -> None:
    link = link_of(site, "甲")
    site.clock.forward(hours=47)
    assert site.browser().get(link).status == 200
    site.clock.forward(hours=2)
    over = site.browser().get(link)
    assert (over.status, "这个链接已经过期" in over.text) == (404, True)


def test_whoever_holds_a_link_that_is_over_is_told_why_and_a_stranger_nothing(site: Website) -> None:
    used, cut = link_of(site, "甲"), f"/password/{'x' * 42}"
    assert set_password(site.browser(), used, "全新的一个密码五六七")[0] == 303
    told = {path: site.browser().get(path).text for path in (used, cut, f"{cut}x")}
    assert "这个链接已经用过" in told[used]
    assert "这个链接不完整" in told[cut]
    assert "没有这个链接，或它早已失效" in told[f"{cut}x"]
    replaced, newest = link_of(site, "甲"), link_of(site, "甲")
    assert "请打开最后给的那一个" in site.browser().get(replaced).text
    assert "没有这个链接，或它早已失效" in site.browser().get(used).text, "one link of each user is remembered"
    assert site.browser().get(newest).status == 200


def test_a_newer_link_ends_an_earlier_one(site: Website) -> None:
    earlier = link_of(site, "甲")
    link_of(site, "甲")
    assert site.browser().get(earlier).status == 404


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("太短了", "至少要 10"),
        ("1234567890", "太常见"),
        ("aaaaaaaaaaaa", "太常见"),
        ("121212121212", "太常见"),
        ("password123", "太常见"),
        ("长" * 201, "太长"),
    ],
)
def test_a_weak_password_is_not_taken_and_the_link_stays(site: Website, password: str, sentence: str) -> None:
    link = link_of(site, "甲")
    browser = site.browser()
    status, page = set_password(browser, link, password)
    assert status == 400
    assert sentence in page
    assert set_password(browser, link, "骆驼电灯七座桥白云朵", "骆驼电灯七座桥白云夕")[0] == 400
    assert set_password(browser, link, "骆驼电灯七座桥白云朵")[0] == 303


@pytest.mark.parametrize("password", ["dongsheng-clerk", "DONGSHENG-CLERK", "dongsheng-clerk2020", "krelc-gnehsgnod"])
def test_the_name_is_no_password(password: str) -> None:
    assert passwords.refusal(password, "dongsheng-clerk") == "name"


@pytest.mark.parametrize("password", ["ds01123456", "2020DS012021", "ds01......", "ds0110203040"])
def test_a_name_that_ends_in_a_digit_is_no_password_either(password: str) -> None:
    assert passwords.refusal(password, "ds01") == "name"


@pytest.mark.parametrize(("password", "name"), [("ds02-71845936", "ds01"), ("2468097531", "2"), ("ds01 camel bridge", "ds01")])
def test_a_password_that_is_more_than_the_name_is_taken(password: str, name: str) -> None:
    assert passwords.refusal(password, name) is None


def test_a_link_stands_in_no_log(site: Website) -> None:
    link = link_of(site, "甲")
    site.browser().get(link)
    path, deadline = site.office.settings.paths.state / "logs" / "access.log", time.monotonic() + 10
    log = ""
    while "/password/…" not in log and time.monotonic() < deadline:
        time.sleep(0.02)  # the line is written when the answer has gone
        log = path.read_text(encoding="utf-8") if path.exists() else ""
    assert "/password/…" in log
    assert link.rpartition("/")[2] not in log


def test_a_stranger_cannot_wash_away_what_was_done(site: Website) -> None:
    site.signed_in("甲")
    stranger = site.browser()
    token = stranger.token("/signin")
    for number in range(100):
        stranger.get(f"/{number}")
        stranger.post("/signin", {"csrf": token, "name": f"人{number}", "password": "猜"})
    site.clock.forward(minutes=2)
    site.serving.site.write_counts()
    failed = [line for line in site.done() if "登录没有成功" in line]
    assert len(failed) == 52, "fifty whose password was looked at; then one, and the number of the others"
    assert failed[50:] == ["127.0.0.1 登录没有成功（次数过多）：人50", "127.0.0.1 登录没有成功（次数过多），一分钟内又有 49 次"]
    assert "127.0.0.1 甲 登录" in site.done()
    assert not any("GET" in line for line in site.done())
    asked = (site.office.settings.paths.state / "logs" / "access.log").read_text(encoding="utf-8").splitlines()
    assert len(asked) < 50


# --- what did not come from our own pages ------------------------------------------------------------------------


@pytest.mark.parametrize("fields", [{}, {"csrf": ""}, {"csrf": "x" * 43}])
def test_a_form_without_its_sessions_token_changes_nothing(site: Website, fields: dict[str, str]) -> None:
    browser = site.signed_in("甲")
    assert browser.post("/signout", fields).status == 403
    assert browser.get("/").status == 200


def test_another_sessions_token_is_none(site: Website) -> None:
    site.user("乙", "达拉特旗", "dalate@example.com")
    mine, other = site.signed_in("甲"), site.signed_in("乙")
    assert mine.post("/signout", {"csrf": other.token("/")}).status == 403


def test_signing_in_needs_the_token_that_this_browser_was_given(site: Website) -> None:
    other = site.browser()
    token = other.token("/signin")
    assert site.browser().post("/signin", {"csrf": token, "name": "甲", "password": PASSWORD}).status == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", ""])
def test_a_change_asked_for_by_another_site_is_refused(site: Website, origin: str) -> None:
    browser = site.signed_in("甲")
    answer = browser.post("/signout", {"csrf": browser.token("/")}, {"Origin": origin})
    assert answer.status == 403
    assert browser.get("/").status == 200


def test_a_referrer_stands_in_where_a_browser_says_no_origin(site: Website) -> None:
    browser = site.signed_in("甲")
    headers = {"Origin": "", "Referer": f"http://{site.host}/"}
    assert browser.post("/signout", {"csrf": browser.token("/")}, headers).status == 303


def test_another_hosts_name_is_not_answered(site: Website) -> None:
    assert site.browser().get("/signin", Host="evil.example").status == 421


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_refused(site: Website, method: str) -> None:
    assert site.browser().ask(method, "/signin").status == 405


@pytest.mark.parametrize("path", ["/signin", "/", "/nope", "/healthz", "/password/x"])
def test_every_answer_bears_the_headers_that_protect_it(site: Website, path: str) -> None:
    headers = site.signed_in("甲").get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert "server" not in headers


def test_pages_hold_no_script_and_no_style_of_their_own(site: Website) -> None:
    page = site.signed_in("甲").get("/").text
    assert not re.search(r"<script(?! src=)|<style|\son[a-z]+=|\sstyle=|javascript:", page)
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', page):
        assert site.browser().get(address).status == 200
    assert "http://" not in page
    assert "https://" not in page


def test_what_a_browser_sends_back_as_a_name_is_only_text(site: Website) -> None:
    answer = site.browser().sign_in('"><script>alert(1)</script>{{ 7*7 }}', "x" * 12)
    assert answer.status == 401
    assert "<script>alert" not in answer.text
    assert "{{ 7*7 }}" in answer.text
    assert token_in(answer.text)
