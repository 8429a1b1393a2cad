"""The upload page in Chromium: a clerk's and the office's day by keyboard alone, with script and without, on a phone and a screen."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from browsers import TOO_WIDE, Browser
from offices import Office
from websites import PASSWORD, Website, served
from workbooks import assignment, case_row, progress_row, report

from pipeline.night import nightly

pytestmark = pytest.mark.external

AXE = (files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")
SERIOUS = """axe.run(document, {resultTypes: ['violations']}).then(result => JSON.stringify(result.violations
  .filter(rule => ['serious', 'critical'].includes(rule.impact)).map(rule => [rule.id, rule.nodes.map(node => node.html).slice(0, 3)])))"""
_KEYS = {"Tab": 9, "Enter": 13, " ": 32}


class Person:
    """Somebody at the keyboard of a browser."""

    def __init__(self, browser: Browser, site: Website, width: int, *, script: bool) -> None:
        self.browser = browser
        self.site = site
        self._width = width
        browser.call("Network.clearBrowserCookies")
        browser.call("Emulation.setFocusEmulationEnabled", enabled=True)  # the window may get the system's focus late, or never
        browser.call("Emulation.setScriptExecutionDisabled", value=not script)
        browser.call("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=width < 640)

    def go(self, path: str) -> None:
        self.browser.events.clear()
        self.browser.call("Page.navigate", url=f"http://{self.site.host}{path}")
        self.browser.wait_for("Page.loadEventFired")

    def press(self, key: str) -> None:
        details = {"key": key, "windowsVirtualKeyCode": _KEYS[key], "text": {"Enter": "\r", " ": " "}.get(key, "")}
        self.browser.call("Input.dispatchKeyEvent", type="keyDown", **details)
        self.browser.call("Input.dispatchKeyEvent", type="keyUp", **details)

    def tab_to(self, selector: str) -> None:
        """Reach an element with the Tab key alone, and see that it can be seen that it is reached."""
        for _ in range(120):
            if self.value(f"document.activeElement.matches({json.dumps(selector)})"):
                self._see_that_it_is_seen(selector)
                return
            self.press("Tab")
        pytest.fail(f"Tab never reaches {selector}")

    def _see_that_it_is_seen(self, selector: str) -> None:
        """What has the focus is outlined, a moment later at the latest."""
        for _ in range(100):
            if self.value("getComputedStyle(document.activeElement).outlineStyle") != "none":
                return
            time.sleep(0.05)
        pytest.fail(f"nothing shows that the keyboard is at {selector}")

    def write(self, selector: str, text: str) -> None:
        self.tab_to(selector)
        self.browser.call("Input.insertText", text=text)

    def enter(self, selector: str) -> None:
        """Press Enter there and wait for the next page."""
        self.tab_to(selector)
        self.browser.events.clear()
        self.press("Enter")
        self.browser.wait_for("Page.loadEventFired")

    def choose(self, selector: str, path: Path) -> None:
        """What the system's own file dialog does."""
        self.tab_to(selector)
        root = self.browser.call("DOM.getDocument")["root"]["nodeId"]
        node = self.browser.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.browser.call("DOM.setFileInputFiles", files=[str(path)], nodeId=node)

    def value(self, expression: str) -> Any:  # noqa: ANN401 - whatever the page says
        return self.browser.value(expression)

    @property
    def text(self) -> str:
        return str(self.value("document.body.innerText"))

    def sign_in(self, name: str) -> None:
        self.go("/signin")
        self.write("#name", name)
        self.write("#password", PASSWORD)
        self.enter("button[type=submit]")

    def fits(self) -> None:
        """Nothing is wider than the window, and the page complains of nothing."""
        assert self.value("innerWidth") == self._width
        assert self.value(TOO_WIDE) == []
        faults = [event for event in self.browser.events if event.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown")]
        assert not faults


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    chromium = Browser(tmp_path_factory.mktemp("profile"))
    yield chromium
    chromium.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Website]:
    office = Office(tmp_path_factory.mktemp("office") / "home")
    office.put_assignment(assignment())
    office.put(report(day=date(2020, 5, 18)), "周一.xlsx", "2020-05-18T16:00:00+08:00")
    office.put(report(day=date(2020, 5, 20)), "昨天.xlsx", "2020-05-20T16:00:00+08:00")
    nightly.run(office.settings, [date(2020, 5, 20)])
    with served(office) as website:
        website.user("甲", "东胜区")
        website.user("办公室", "", "")
        yield website


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    path = tmp_path / "日报.xlsx"
    own = progress_row(今日进展=f"已约谈，{tmp_path.name}")  # the bytes that another test has sent would change nothing
    path.write_bytes(report(progress=[own, progress_row("SJ-2020-001", 当前状态="差不多了")]))
    return path


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("script", [True, False])
def test_a_clerks_day_by_keyboard_alone(browser: Browser, site: Website, workbook: Path, width: int, *, script: bool) -> None:
    clerk = Person(browser, site, width, script=script)
    clerk.sign_in("甲")
    clerk.fits()
    assert "东胜区" in clerk.text
    assert "补报 5月19日" in clerk.text
    assert "1 小时 0 分钟" in clerk.text or "59 分钟" in clerk.text
    assert ("点击选择，或把文件拖到这里" in clerk.text) == (script and not clerk.value("matchMedia('(pointer: coarse)').matches"))
    clerk.choose("#report-file", workbook)
    assert ("已选择：日报.xlsx" in clerk.text) == script
    clerk.enter("#report button[type=submit]")
    clerk.fits()
    assert "1 行会退回" in clerk.text
    assert "不在可选范围" in clerk.text
    clerk.enter(".actions form[action$='/send'] button")
    clerk.fits()
    assert "收据号" in clerk.text
    number = clerk.value("document.querySelector('.number').textContent")
    clerk.enter(".actions a")
    clerk.fits()
    assert number in clerk.text
    assert "等待汇总" in clerk.text
    clerk.enter("form[action='/signout'] button")
    assert clerk.value("location.pathname") == "/signin"


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("script", [True, False])
def test_the_offices_day_by_keyboard_alone(browser: Browser, site: Website, tmp_path: Path, width: int, *, script: bool) -> None:
    path = tmp_path / "分解表.xlsx"
    path.write_bytes(assignment([case_row("ZZQ-2020-001"), case_row("SJ-2020-001"), case_row("SJ-2020-009")]))
    office = Person(browser, site, width, script=script)
    office.sign_in("办公室")
    office.fits()
    for name in site.office.settings.district_names:
        assert name in office.text
    office.enter("nav a[href='/board']")
    office.fits()
    office.enter("a[rel=prev]")
    office.fits()
    assert "信访事项办理情况汇总_2020-05-20.xlsx" in office.text
    office.choose("#assignment-file", path)
    office.enter("#assignment button[type=submit]")
    office.fits()
    assert "SJ-2020-009" in office.text
    office.enter(".actions form[action$='/discard'] button")
    assert office.value("document.querySelector('nav').clientHeight") < 60, "the navigation takes one line"
    if width < 640:
        office.tab_to("nav summary")
        office.press("Enter")
        office.fits()
        assert not script or _faults(office, None) == []
    office.enter("nav a[href='/log']")
    office.fits()
    assert "甲" in office.text
    office.go("/page/2020-05-20")  # shut off from the site, and its own list works all the same
    office.fits()
    assert office.value("origin") == "null"
    assert office.value("document.getElementById('finder').checkVisibility()") == script
    assert office.value("document.querySelectorAll('#rows .number, #plain .case').length") > 0


@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_no_serious_fault(browser: Browser, site: Website, workbook: Path, width: int) -> None:
    person = Person(browser, site, width, script=True)
    faults_on = {"/signin": _faults(person, "/signin")}
    accounts = site.serving.site.accounts
    user = accounts.add(f"新{width}", "东胜区", "dongsheng@example.com")
    link = f"/password/{accounts.new_link(user, site.clock())}"
    faults_on["/password"] = _faults(person, link)
    for who, paths in (
        ("甲", ["/", "/nope"]),
        (
            "办公室",
            [
                "/today",
                "/board",
                "/board/2020-05-20",
                "/rows/2020-05-20?which=taken",
                "/letters",
                "/run",
                "/settings",
                "/editions",
                "/log",
                "/explain?what=SJ-2020-001",
                "/explain?what=99",
            ],
        ),
    ):
        person.sign_in(who)
        faults_on |= {path: _faults(person, path) for path in paths}
        person.go("/" if who == "甲" else "/board")
        content = workbook if who == "甲" else workbook.with_name("分解表.xlsx")
        content.write_bytes(workbook.read_bytes() if who == "甲" else assignment([case_row("SJ-2020-009")]))
        person.choose("input[type=file]", content)
        person.enter(".drop button")
        faults_on[f"draft of {who}"] = _faults(person, None)
        person.enter(".actions form button")
        faults_on[f"after {who}"] = _faults(person, None)
        person.go("/")
        person.enter("form[action='/signout'] button")
    assert {page: faults for page, faults in faults_on.items() if faults} == {}


def _faults(person: Person, path: str | None) -> list[object]:
    if path:
        person.go(path)
    person.value(AXE + ";0")
    answer = person.browser.call("Runtime.evaluate", expression=SERIOUS, awaitPromise=True, returnByValue=True)
    faults: list[object] = json.loads(answer["result"]["value"])
    return faults


def test_a_dropped_file_is_uploaded_at_once(browser: Browser, site: Website) -> None:
    clerk = Person(browser, site, 1280, script=True)
    clerk.sign_in("甲")
    browser.events.clear()
    clerk.value(
        """(() => { const files = new DataTransfer(); files.items.add(new File(['x'], '<b>拖来的.xlsx'));
        const drop = new DragEvent('drop', {dataTransfer: files, bubbles: true, cancelable: true});
        document.querySelector('#report').dispatchEvent(drop); })()"""
    )
    browser.wait_for("Page.loadEventFired")
    assert "<b>拖来的.xlsx" in clerk.text
    assert clerk.value("document.querySelectorAll('main b').length") == 0
    assert "整份会退回" in clerk.text


def test_a_file_that_is_too_large_is_said_before_it_is_sent(browser: Browser, site: Website, tmp_path: Path) -> None:
    large = tmp_path / "大.xlsx"
    with large.open("wb") as file:
        file.truncate((25 << 20) + 1)
    clerk = Person(browser, site, 360, script=True)
    clerk.sign_in("甲")
    clerk.choose("#report-file", large)
    assert "超过 25 MB" in clerk.text
    assert clerk.value("document.querySelector('#report button').disabled")
    plain = Person(browser, site, 360, script=False)
    plain.sign_in("甲")
    plain.choose("#report-file", large)
    plain.enter("#report button[type=submit]")
    assert "文件太大" in plain.text
