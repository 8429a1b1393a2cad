"""The page as Chromium shows it: at the width of a phone and of a screen, and on paper.

Chromium is driven through `--remote-debugging-pipe`: a headless window cannot be narrower than about 500 px, so a phone's
width has to be emulated, and a pipe needs no package and no open port.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_leaders_page import TEMPLATES, a_hostile_report, a_report

from pipeline.render.page import leaders_page

pytestmark = pytest.mark.external

_SWITCHES = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
)


class Browser:
    """A headless Chromium with one page, spoken to in the DevTools protocol over file descriptors 3 and 4."""

    def __init__(self, profile: Path) -> None:
        to_browser, self._out = os.pipe()
        self._in, from_browser = os.pipe()
        command = ["bash", "-c", f'exec "$0" "$@" 3<&{to_browser} 4>&{from_browser}', shutil.which("chromium") or "chromium"]
        self._process = subprocess.Popen(
            [*command, *_SWITCHES, f"--user-data-dir={profile}", "about:blank"],
            pass_fds=(to_browser, from_browser),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self._buffer = b""
        self._sent = 0
        self._session = ""
        self.events: list[dict[str, Any]] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: object) -> dict[str, Any]:
        """The answer to one command; what else is heard meanwhile is kept in `events`."""
        self._sent += 1
        said = {"id": self._sent, "method": method, "params": params}
        if self._session:
            said["sessionId"] = self._session
        os.write(self._out, json.dumps(said).encode() + b"\0")
        while True:
            heard = self._hear()
            if heard.get("id") == self._sent:
                assert "error" not in heard, heard
                return dict(heard["result"])
            self.events.append(heard)

    def wait_for(self, method: str) -> None:
        """Return once that event has been heard since the last `open`."""
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self._hear())

    def open(self, page: Path, width: int) -> None:
        """Show the file at that width."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=width < 640)
        self.events.clear()
        self.call("Page.navigate", url=page.as_uri())
        self.wait_for("Page.loadEventFired")

    def value(self, expression: str) -> Any:  # noqa: ANN401 - whatever the page says
        """What the expression is worth in the page (the page's own policy does not bind the debugger)."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def close(self) -> None:
        """End the browser."""
        os.close(self._out)
        os.close(self._in)
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _hear(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            chunk = os.read(self._in, 1 << 20)
            assert chunk, "Chromium went away"
            self._buffer += chunk
        message, _, self._buffer = self._buffer.partition(b"\0")
        return dict(json.loads(message))


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    one = Browser(tmp_path_factory.mktemp("profile"))
    yield one
    one.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    found = {}
    for name, report in (("plain", a_report()), ("hostile", a_hostile_report())):
        found[name] = folder / f"{name}.html"
        found[name].write_bytes(leaders_page.render(report, TEMPLATES))
    return found


OPEN_ALL = "document.querySelectorAll('details').forEach(one => one.open = true)"
TOO_WIDE = """[...document.querySelectorAll('body *')].filter(one => !one.closest('.unseen, thead, caption')
  && one.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map(one => one.outerHTML.slice(0, 120))"""


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
    assert browser.value("document.querySelector(':target').className") == "case"
    assert browser.value("document.querySelector(':target summary').getBoundingClientRect().height") > 20


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
