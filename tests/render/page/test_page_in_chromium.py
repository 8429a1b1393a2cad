"""The page as Chromium shows it: at the width of a phone and of a screen, and on paper."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from importlib.resources import files as files_of
from pathlib import Path

import pytest
from browsers import TOO_WIDE, Browser
from page_days import TEMPLATES, a_hostile_report, a_report

from pipeline.render.page import cases_behind_figures, leaders_page
from pipeline.report.report import Report

pytestmark = pytest.mark.external


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    started = Browser(tmp_path_factory.mktemp("profile"))
    yield started
    started.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    files = {}
    for name, report in (("plain", a_report()), ("hostile", a_hostile_report())):
        files[name] = folder / f"{name}.html"
        files[name].write_bytes(leaders_page.render(report, TEMPLATES))
    return files


AXE = (files_of("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")
SERIOUS = """axe.run(document, {resultTypes: ['violations']}).then(result => JSON.stringify(result.violations
  .filter(rule => ['serious', 'critical'].includes(rule.impact)).map(rule => [rule.id, rule.nodes.map(node => node.html).slice(0, 3)])))"""
OPEN_ALL = "document.querySelectorAll('details').forEach(one => one.open = true)"


@pytest.mark.parametrize("width", [320, 360, 640, 768, 1280])
@pytest.mark.parametrize("name", ["plain", "hostile"])
@pytest.mark.parametrize("opened", [False, True])
def test_nothing_is_wider_than_the_window(browser: Browser, pages: dict[str, Path], name: str, width: int, *, opened: bool) -> None:
    browser.open(pages[name], width)
    if opened:
        browser.value(OPEN_ALL)
    assert browser.value("window.innerWidth") == width
    assert browser.value("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert browser.value(TOO_WIDE) == []


@pytest.mark.parametrize("name", ["plain", "hostile"])
def test_the_page_asks_for_nothing_and_complains_of_nothing(browser: Browser, pages: dict[str, Path], name: str) -> None:
    browser.open(pages[name], 1280)
    browser.value(OPEN_ALL)
    heard = {event.get("method") for event in browser.events}
    assert not heard & {"Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"}, browser.events
    asked = [event["params"]["request"]["url"] for event in browser.events if event.get("method") == "Network.requestWillBeSent"]
    assert asked == [pages[name].as_uri()]


def test_hostile_text_makes_no_element(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["hostile"], 1280)
    assert browser.value("document.querySelectorAll('script, img, iframe, object, embed, [onerror], [onload]').length") == 0
    assert browser.value("document.title").startswith("信访事项办理情况日报 2020-05-22")


@pytest.mark.parametrize("width", [360, 1280])
def test_every_section_has_a_heading_that_can_be_seen(browser: Browser, pages: dict[str, Path], width: int) -> None:
    browser.open(pages["plain"], width)
    boxes = "[...document.querySelectorAll('h1, h2')].map(one => one.getBoundingClientRect())"
    sizes = browser.value(f"{boxes}.map(box => [box.width, box.height])")
    assert len(sizes) == 10
    assert all(across > 100 and down > 20 for across, down in sizes)


def test_a_link_to_a_case_lands_on_it(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["plain"], 360)
    browser.value("location.hash = document.querySelector('#flag-overdue a').getAttribute('href')")
    assert browser.value("document.querySelector(':target').classList.contains('case')")
    assert browser.value("document.querySelector(':target summary').getBoundingClientRect().height") > 20


LISTED = "[...document.querySelectorAll('#register .case')].filter(one => one.checkVisibility()).map(one => one.id)"
HEADINGS = "[...document.querySelectorAll('#register h3')].filter(one => one.checkVisibility()).length"


@pytest.mark.parametrize(("name", "report"), [("plain", a_report()), ("hostile", a_hostile_report())])
def test_a_figure_opens_to_exactly_its_cases(browser: Browser, pages: dict[str, Path], name: str, report: Report) -> None:
    browser.open(pages[name], 1280)
    everything = browser.value(LISTED)
    assert len(everything) == len(report.cases)
    picks = cases_behind_figures.picks(report)
    linked = set(browser.value("[...document.querySelectorAll('a')].map(one => one.getAttribute('href'))"))
    for (kind, group, label), pick in picks.items():
        part = cases_behind_figures.PICKED_BY[kind]
        own = [case for case in report.cases if not case.grounds and (case.group, getattr(case, part)) == (group, label)]
        shown = {"f": own, "y": [case for case in own if case.is_counted], "n": [case for case in own if not case.is_counted]}
        for letter, cases in shown.items():
            target = f"#{letter}{pick.number}"
            browser.value(f"location.hash = '{target}'")
            assert sorted(browser.value(LISTED)) == sorted(leaders_page.anchor(case.number) for case in cases), (kind, label)
            assert browser.value(HEADINGS) == len({case.district for case in cases})
            assert letter != "f" or target in linked or kind == "案件来源"
    browser.value("document.querySelector('.all a').click()")
    assert browser.value(LISTED) == everything


def test_a_figure_is_opened_with_the_keyboard_and_stands_in_view(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["plain"], 360)
    browser.value("document.documentElement.style.scrollBehavior = 'auto'")
    browser.value("document.querySelector('#districts .figures a').focus()")
    for event in ("rawKeyDown", "char", "keyUp"):
        browser.call("Input.dispatchKeyEvent", type=event, key="Enter", code="Enter", windowsVirtualKeyCode=13, text="\r")
    assert browser.value("document.querySelector('.picked:target') !== null")
    top = browser.value("document.querySelector('#register .all').getBoundingClientRect().top")
    assert 0 <= top < browser.value("window.innerHeight")


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_no_serious_fault(browser: Browser, pages: dict[str, Path], width: int, colours: str) -> None:
    browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": colours}])
    try:
        browser.open(pages["plain"], width)
        browser.value(OPEN_ALL)
        browser.value(AXE)
        answer = browser.call("Runtime.evaluate", expression=SERIOUS, returnByValue=True, awaitPromise=True)
        assert json.loads(answer["result"]["value"]) == []
        assert (
            browser.value("getComputedStyle(document.body).backgroundColor")
            == {"light": "rgb(245, 247, 249)", "dark": "rgb(17, 23, 29)"}[colours]
        )
    finally:
        browser.call("Emulation.setEmulatedMedia", features=[])


def test_the_index_takes_one_line_and_stays_in_sight(browser: Browser, pages: dict[str, Path]) -> None:
    for width in (320, 360, 390, 1280):
        browser.open(pages["plain"], width)
        tops = browser.value("[...document.querySelectorAll('.index a')].map(one => one.getBoundingClientRect().top)")
        assert (len(tops), len(set(tops))) == (9, 1)
        browser.value("document.querySelector('#changes').scrollIntoView({behavior: 'instant'})")
        assert browser.value("document.querySelector('.index').getBoundingClientRect().top") == 0


def test_every_link_within_the_page_leads_somewhere(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["hostile"], 1280)
    lost = "[...document.querySelectorAll('a')].map(one => one.getAttribute('href')).filter(to => !document.getElementById(to.slice(1)))"
    assert browser.value(lost) == []
    ids = browser.value("[...document.querySelectorAll('[id]')].map(one => one.id)")
    assert len(ids) == len(set(ids))


def test_on_paper_the_lists_to_follow_up_are_open_and_the_register_is_left_out(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["plain"], 1280)
    browser.call("Emulation.setEmulatedMedia", media="print")
    try:
        assert browser.value("document.querySelector('#flag-overdue table').checkVisibility()")
        assert (
            browser.value("getComputedStyle(document.querySelector('#flag-overdue'), '::details-content').contentVisibility") == "visible"
        )
        assert not browser.value("document.querySelector('#register').checkVisibility()")
    finally:
        browser.call("Emulation.setEmulatedMedia", media="")
    paper = base64.b64decode(browser.call("Page.printToPDF", preferCSSPageSize=True)["data"])
    assert paper.startswith(b"%PDF-")
