"""The day's page of a large day: opened in its folder, by an address that ends with the session and reaches nothing else of the site."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from datetime import date
from urllib.parse import quote

import pytest
from browsers import Browser
from offices import Office
from websites import Website, served
from workbooks import assignment, case_row, report, resolved_row

from pipeline.night import nightly
from pipeline.settings.large_days import LargeDay

DAY = date(2020, 5, 21)
NAME = f"信访事项办理情况日报_{DAY}.html"
INDEX = f"{quote('案件')}/{quote('查找')}/0001.js"


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Office:
    office = Office(tmp_path_factory.mktemp("office") / "home")
    office.settings = office.settings.model_copy(update={"large_day": LargeDay(cases=1, workbook_rows=1000)})
    office.put_assignment(assignment([case_row("SJ-2020-001"), case_row("SJ-2020-002"), case_row("SJ-2020-003", "达拉特旗")]))
    office.put(report(progress=[resolved_row("SJ-2020-001")]), "东胜区.xlsx")
    nightly.run(office.settings, [DAY])
    return office


@pytest.fixture
def site(large: Office) -> Iterator[Website]:
    with served(large, "2020-05-21 18:00") as website:
        for name, district in (("甲", "东胜区"), ("办公室", "")):
            if not website.serving.site.accounts.find(name):
                website.user(name, district)
        yield website


def test_the_page_of_a_large_day_and_what_it_leads_to_open_without_a_cookie_by_the_sessions_key(site: Website) -> None:
    office, stranger = site.signed_in("办公室"), site.browser()
    where = office.get(f"/page/{DAY}").where
    folder = where.rpartition("/")[0]
    assert re.fullmatch(rf"/folder/[0-9a-f]+/{DAY}", folder)
    page = stranger.get(where)
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-scripts; default-src 'none'; ")
    (named,) = re.findall(r"script-src ([^;]+)", policy)
    assert re.fullmatch(rf"'sha256-[^']+' http://{site.host}{folder}/{quote('案件')}/{quote('查找')}/", named)
    assert "allow-same-origin" not in policy
    unit = stranger.get(f"{folder}/{quote('案件/东胜区.html')}")
    assert "SJ-2020-001" in unit.text
    assert len(re.findall("'sha256-[^']+'", unit.headers["Content-Security-Policy"])) == 2
    index = stranger.get(f"{folder}/{INDEX}")
    assert index.text.startswith("casesOf(0,")
    assert index.headers["Content-Type"].startswith("text/javascript")
    assert not any(folder.split("/")[2] in line for line in site.done())


def test_the_search_of_a_large_day_loads_its_index_wherever_the_page_is_opened_on_this_computer(site: Website) -> None:
    """No policy can name an IPv6 address (CSP 3, host-source): browsers would load nothing from it."""
    office, stranger = site.signed_in("办公室"), site.browser()
    where = office.get(f"/page/{DAY}").where
    port = site.host.rpartition(":")[2]
    for host, source in ((f"[::1]:{port}", "'self'"), (f"localhost:{port}", f"http://localhost:{port}{where.rpartition('/')[0]}/")):
        policy = stranger.get(where, Host=host).headers["Content-Security-Policy"]
        assert re.search(rf"script-src 'sha256-[^']+' {re.escape(source)}", policy)


@pytest.mark.parametrize(
    "name", ["summary.json", "manifest.json", "../../config.yaml", "nothing.html", quote(f"信访事项办理情况汇总_{DAY}.xlsx")]
)
def test_no_other_file_of_the_folder_is_given(site: Website, name: str) -> None:
    folder = site.signed_in("办公室").get(f"/page/{DAY}").where.rpartition("/")[0]
    assert site.browser().get(f"{folder}/{name}").status == 404


def test_the_key_ends_with_the_session_and_is_of_one_day_and_of_the_office_alone(site: Website) -> None:
    office, stranger = site.signed_in("办公室"), site.browser()
    where = office.get(f"/page/{DAY}").where
    key = where.split("/")[2]
    assert stranger.get(where.replace(key, key[:-1] + ("0" if key[-1] != "0" else "1"))).where == "/signin"
    assert stranger.get(where.replace(f"/{DAY}/", "/2020-05-20/")).where == "/signin"
    assert stranger.get(where).status == 200
    office.click("/today", "/signout")
    assert stranger.get(where).where == "/signin"
    clerk = site.signed_in("甲")
    assert clerk.get(f"/page/{DAY}").status == 404


# --- in a browser ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    started = Browser(tmp_path_factory.mktemp("profile"))
    yield started
    started.close()


def _go(browser: Browser, url: str) -> None:
    browser.events.clear()
    browser.call("Page.navigate", url=url)
    browser.wait_for("Page.loadEventFired")


def _follow(browser: Browser, link: str) -> None:
    """What a click does: the page itself asks for the next one."""
    browser.events.clear()
    browser.value(f"{link}.click()")
    browser.wait_for("Page.loadEventFired")


@pytest.mark.external
def test_search_and_links_of_a_large_day_work_in_a_browser(browser: Browser, site: Website) -> None:
    office = site.signed_in("办公室")
    for name, value in office.cookies.items():
        browser.call("Network.setCookie", name=name, value=value, url=f"http://{site.host}/", httpOnly=True, sameSite="Strict")
    _go(browser, f"http://{site.host}/board/{DAY}")
    _follow(browser, f"document.querySelector('a[href=\"/page/{DAY}\"]')")
    assert browser.value("origin") == "null"
    browser.value("document.getElementById('find').value = 'sj-2020-003'")
    browser.value("document.getElementById('find').dispatchEvent(new Event('input'))")
    time.sleep(1.5)
    assert browser.value("document.getElementById('found').textContent") == "1 件"
    heard = [event for event in browser.events if event.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown")]
    assert not heard, json.dumps(heard, ensure_ascii=False)
    _follow(browser, "document.querySelector('#rows a')")
    time.sleep(1)
    assert browser.value("document.getElementById('case-title').textContent").startswith("SJ-2020-003")
    browser.value("document.getElementById('case').close()")
    _follow(browser, "[...document.querySelectorAll('main a')].find(one => one.textContent.startsWith('回到'))")
    assert NAME in browser.value("decodeURI(location.pathname)")
