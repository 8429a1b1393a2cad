"""The page as Chromium shows it: at the width of a phone and of a screen, and on paper."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from importlib.resources import files as files_of
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import weeks
from browsers import TOO_WIDE, Browser
from offices import consolidate
from page_days import TEMPLATES, a_hostile_report, a_report

from pipeline.render.page import cases_behind_figures, leaders_page
from pipeline.report.report import Report
from pipeline.settings.units import Tree, Unit
from pipeline.terms import words

if TYPE_CHECKING:
    from weeks import Published

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
    browser.value("document.getElementById('state').value = 'all', document.getElementById('state').dispatchEvent(new Event('change'))")
    for _ in range(browser.value(f"{LISTED}.length")):
        browser.value("[...document.querySelectorAll('#rows a')].forEach(one => one.click())")
    assert browser.value("document.querySelectorAll('img, iframe, object, embed, [onerror], [onload]').length") == 0
    assert browser.value("document.querySelectorAll('script').length") == 2
    assert browser.value("document.title").startswith("信访事项办理情况日报 2020-05-22")


@pytest.mark.parametrize("width", [360, 1280])
def test_every_section_has_a_heading_that_can_be_seen(browser: Browser, pages: dict[str, Path], width: int) -> None:
    browser.open(pages["plain"], width)
    boxes = "[...document.querySelectorAll('h1, section h2')].map(one => one.getBoundingClientRect())"
    sizes = browser.value(f"{boxes}.map(box => [box.width, box.height])")
    assert len(sizes) == 10
    assert all(across > 100 and down > 20 for across, down in sizes)


LISTED = "[...document.querySelectorAll('#rows .number')].map(one => one.textContent)"
ALL_LISTED = "while (!document.getElementById('more').hidden) document.getElementById('more').click()"


def _choose(browser: Browser, **chosen: str) -> list[str]:
    """What is listed once these are typed or chosen."""
    for field, value in chosen.items():
        event = "input" if field == "find" else "change"
        browser.value(f"document.getElementById('{field}').value = {json.dumps(value)}")
        browser.value(f"document.getElementById('{field}').dispatchEvent(new Event('{event}'))")
    return list(browser.value(LISTED))


def test_a_link_to_a_case_opens_it_over_the_page(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["plain"], 360)
    browser.value("document.querySelector('#decisions a[data-case]').focus()")
    for event in ("rawKeyDown", "char", "keyUp"):
        browser.call("Input.dispatchKeyEvent", type=event, key="Enter", code="Enter", windowsVirtualKeyCode=13, text="\r")
    assert browser.value("document.getElementById('case').open")
    assert browser.value("document.getElementById('case-title').textContent").startswith("ZZQ-2020-002")
    shown = browser.value("document.getElementById('case-details').innerText")
    assert "东胜区日报.xlsx · 案件进展 · 第5行" in shown
    assert "领导三（副局长）、领导四" in shown
    assert browser.value("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    browser.call("Input.dispatchKeyEvent", type="rawKeyDown", key="Escape", code="Escape", windowsVirtualKeyCode=27)
    assert not browser.value("document.getElementById('case').open")
    assert browser.value("document.activeElement.dataset.case") is not None


def test_the_list_begins_with_the_open_cases_and_is_searched_narrowed_and_sorted(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["plain"], 360)
    cases = {case.number: case for case in a_report().cases}
    in_hand = {number for number, case in cases.items() if case.is_open}
    assert set(browser.value(LISTED)) == in_hand
    assert browser.value("document.getElementById('found').textContent") == f"{len(in_hand)} 件"
    assert _choose(browser, order="deadline")[:2] == ["ZZQ-2020-002", "ZZQ-2020-003"]
    assert _choose(browser, order="idle")[0] == "SJ-2020-005"
    assert _choose(browser, order="number") == sorted(in_hand)
    assert _choose(browser, find="SJ-2020-001") == ["SJ-2020-001", "SJ-2020-004"]  # resolved; cancelled, and its grounds name the other
    assert browser.value("document.getElementById('state').value") == "all"
    assert _choose(browser, find="东住建复 物业服务 zzq-2020") == ["ZZQ-2020-001"]
    assert _choose(browser, find="sj2020-5") == _choose(browser, find="SJ2020005") == ["SJ-2020-005"]
    assert set(_choose(browser, find="zzq20")) == {number for number in cases if number.startswith("ZZQ-2020-")}
    for flag, meaning in words.FLAGS.items():
        assert set(_choose(browser, find=meaning.name)) >= {number for number, case in cases.items() if flag in case.flags}, flag
    assert set(_choose(browser, find="新化解")) >= {"SJ-2020-001", "ZZQ-2020-001"}
    assert _choose(browser, find="没有这样的字") == []
    assert "没有符合" in browser.value("document.getElementById('found').textContent")
    assert set(_choose(browser, find="")) == in_hand
    assert _choose(browser, state="counted") == ["SJ-2020-001", "ZZQ-2020-001"]
    assert _choose(browser, find="SJ-2020") == ["SJ-2020-001"]  # of those chosen
    assert _choose(browser, find="", state="incomplete_assignment") == ["DS-2020-001", "ZZQ-2020-004"]
    assert _choose(browser, state="newly_resolved") == ["SJ-2020-001", "ZZQ-2020-001"]
    assert _choose(browser, state="all", district="杭锦旗") == ["SJ-2020-005", "SJ-2020-004"]
    browser.value("document.getElementById('all').click()")
    assert set(browser.value(LISTED)) == in_hand


def test_a_case_is_found_by_the_units_above_its_district(browser: Browser, tmp_path: Path) -> None:
    report, page = a_report(), tmp_path / "page.html"
    settings = report.settings.model_copy()
    settings.__dict__["tree"] = Tree((Unit(name="甲省"), Unit(name="甲市", parent="甲省")), (("杭锦旗", "甲市"), ("东胜区", "甲省")))
    page.write_bytes(leaders_page.render(replace(report, settings=settings), TEMPLATES))
    browser.open(page, 360)
    under = {district: {case.number for case in report.cases if case.district == district} for district in ("杭锦旗", "东胜区")}
    assert set(_choose(browser, find="甲市")) == under["杭锦旗"] != set()
    assert set(_choose(browser, find="甲省")) == under["杭锦旗"] | under["东胜区"]


@pytest.mark.parametrize(("name", "report"), [("plain", a_report()), ("hostile", a_hostile_report())])
def test_a_figure_opens_to_exactly_its_cases(browser: Browser, pages: dict[str, Path], name: str, report: Report) -> None:
    browser.open(pages[name], 1280)
    picks = cases_behind_figures.picks(report)
    for (kind, group, label), pick in picks.items():
        part = cases_behind_figures.PICKED_BY[kind]
        own = [case for case in report.cases if not case.grounds and (case.group, getattr(case, part)) == (group, label)]
        shown = {"": own, "y": [case for case in own if case.is_counted], "n": [case for case in own if not case.is_counted]}
        for letter, cases in shown.items():
            link = f"document.querySelector('[data-show=p{pick.number}{letter}]')"
            if browser.value(f"{link} === null"):
                continue
            browser.value(f"{link}.click(); {ALL_LISTED}")
            assert sorted(browser.value(LISTED)) == sorted(str(leaders_page.harmless(case.number)) for case in cases), (kind, label)
            said = f"{len(cases)} 件" if cases else "没有符合的案件"
            assert said in browser.value("document.getElementById('found').textContent")


def test_a_figure_is_opened_with_the_keyboard_and_stands_in_view(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["plain"], 360)
    browser.value("document.documentElement.style.scrollBehavior = 'auto'")
    browser.value("document.querySelector('#districts .figures a').focus()")
    for event in ("rawKeyDown", "char", "keyUp"):
        browser.call("Input.dispatchKeyEvent", type=event, key="Enter", code="Enter", windowsVirtualKeyCode=13, text="\r")
    assert "自治区交办 · 东胜区" in browser.value("document.getElementById('found').textContent")
    top = browser.value("document.getElementById('found').getBoundingClientRect().top")
    assert 0 <= top < browser.value("window.innerHeight")


@pytest.mark.parametrize(("width", "height"), [(360, 640), (390, 844)])
def test_on_a_phone_targets_and_decisions_stand_in_the_first_screen_and_a_half(
    browser: Browser, pages: dict[str, Path], width: int, height: int
) -> None:
    browser.open(pages["plain"], width)
    ends = browser.value(
        "[...document.querySelectorAll('#targets .card .big, #decisions h2, #decisions li')].map(one => one.getBoundingClientRect().bottom)"
    )
    assert len(ends) == 2 + 1 + 4
    assert ends[3] < 1.5 * height, ends
    assert ends[-1] < (2 if height < 800 else 1.5) * height, ends


@pytest.mark.parametrize(("width", "height"), [(360, 640), (390, 844)])
@pytest.mark.parametrize("week", weeks.WEEKS)
def test_on_a_full_day_too_what_is_asked_first_stands_there(browser: Browser, tmp_path: Path, week: str, width: int, height: int) -> None:
    """What folds is neither a verdict nor what is asked; the rate without edits stays in sight."""
    report = consolidate(weeks.files_of(week), weeks.DAYS, noticed=True)[weeks.DAYS[-1]].report
    (page := tmp_path / "page.html").write_bytes(leaders_page.render(report, TEMPLATES))
    browser.open(page, width)
    shown = "[...document.querySelectorAll('#targets .card .big, #targets .phone-only, #decisions h2, #decisions li .asked')]"
    ends = browser.value(f"{shown}.map(one => one.getBoundingClientRect().bottom)")
    assert len(ends) == 2 + 2 + 1 + 2
    assert ends[-2] < 1.5 * height, ends
    assert ends[-1] < (2 if height < 800 else 1.5) * height, ends


def test_what_folds_on_a_phone_alone_is_open_on_a_screen(browser: Browser, pages: dict[str, Path]) -> None:
    folds = "[...document.querySelectorAll('.wide-open')].map(one => one.open)"
    browser.open(pages["plain"], 360)
    assert len(browser.value(folds)) >= 4
    assert not any(browser.value(folds))
    browser.value("dispatchEvent(new Event('beforeprint'))")
    assert all(browser.value(folds))
    browser.value("dispatchEvent(new Event('afterprint'))")
    assert not any(browser.value(folds))
    browser.open(pages["plain"], 1280)
    assert all(browser.value(folds))


def test_without_script_the_open_cases_are_read_where_the_list_would_be(browser: Browser, pages: dict[str, Path]) -> None:
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(pages["plain"], 360)
        assert not browser.value("document.getElementById('finder').checkVisibility()")
        shown = "[...document.querySelectorAll('#plain .case')].filter(one => one.checkVisibility()).map(one => one.id)"
        assert sorted(browser.value(shown)) == sorted(leaders_page.anchor(case.number) for case in a_report().cases if case.is_open)
        browser.value("location.hash = document.querySelector('#decisions a[data-case]').getAttribute('href')")
        assert browser.value("document.querySelector(':target').id") == "case-ZZQ-2020-002"
        browser.value(OPEN_ALL)
        assert browser.value("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert browser.value(TOO_WIDE) == []
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_no_serious_fault(browser: Browser, pages: dict[str, Path], width: int, colours: str) -> None:
    browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": colours}])
    try:
        browser.open(pages["plain"], width)
        browser.value(OPEN_ALL)
        browser.value(AXE)
        for _ in ("the page", "a case over it"):
            answer = browser.call("Runtime.evaluate", expression=SERIOUS, returnByValue=True, awaitPromise=True)
            assert json.loads(answer["result"]["value"]) == []
            browser.value("document.querySelector('#rows a').click()")
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
    own = "[...document.querySelectorAll('a:not([data-case])')].map(one => one.getAttribute('href'))"
    assert browser.value(f"{own}.filter(to => !document.getElementById(to.slice(1)))") == []
    ids = browser.value("[...document.querySelectorAll('[id]')].map(one => one.id)")
    assert len(ids) == len(set(ids))


def test_on_paper_every_decision_stands_whole(browser: Browser, tmp_path: Path) -> None:
    """However long it is, and however many there are: on the screen that folds."""
    report = a_report()
    asked = "请市级协调资金缺口" * 60 + "并请于12月5日以前答复"
    decisions = [replace(report.decisions[0], number=f"SJ-2020-{n:03}", asked=f"第{n}件：{asked}") for n in range(1, 4)]
    urgent = [replace(report.decisions[0], kinds=("urgent",), number="", matter=f"第{n}处急报", asked=f"第{n}处请求") for n in range(12)]
    page = tmp_path / "page.html"
    page.write_bytes(leaders_page.render(replace(report, decisions=(*decisions, *urgent)), TEMPLATES))
    browser.open(page, 1280)
    shown = "document.querySelector('#decisions').innerText"
    assert "12月5日" not in browser.value(shown)
    browser.call("Emulation.setEmulatedMedia", media="print")
    try:
        said = browser.value(shown)
        assert said.count("并请于12月5日以前答复") == 3
        assert "展开全文" not in said
        assert "第11处请求" in said
    finally:
        browser.call("Emulation.setEmulatedMedia", media="")


def test_a_deadline_beyond_the_law_does_not_widen_the_page(browser: Browser, tmp_path: Path) -> None:
    report = a_report()
    far = {"extended": date(2028, 12, 31), "deadline": date(2028, 12, 31), "days_overdue": -3000, "is_beyond": True}
    page = tmp_path / "page.html"
    page.write_bytes(leaders_page.render(replace(report, cases=tuple(replace(case, **far) for case in report.cases)), TEMPLATES))  # type: ignore[arg-type]
    browser.open(page, 360)
    browser.value(OPEN_ALL)
    assert "请核" in browser.value("document.getElementById('rows').innerText")
    assert browser.value("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert browser.value(TOO_WIDE) == []


def test_on_paper_what_is_folded_is_left_out_and_that_is_said(browser: Browser, pages: dict[str, Path]) -> None:
    browser.call(
        "Emulation.setEmulatedMedia", media="print", features=[{"name": "prefers-color-scheme", "value": "dark"}]
    )  # paper is white all the same
    try:
        browser.open(pages["plain"], 1280)
        assert not browser.value("document.querySelector('#flag-overdue table').checkVisibility({contentVisibilityAuto: true})")
        seen = "document.querySelector({}).checkVisibility()"
        assert browser.value(seen.format("'#flag-overdue summary'"))
        assert browser.value(seen.format("'#change-newly_resolved table'"))
        assert browser.value(seen.format("'#targets .trend'"))
        assert browser.value(seen.format("'.ladder summary'"))
        assert browser.value(seen.format("'.paper-only'"))
        assert browser.value("getComputedStyle(document.getElementById('bridge')).breakInside") == "avoid"
        left, right = ("#targets .wide-open:has(.trend) .facts", "#targets .trend")
        edge = "document.querySelector('{}').getBoundingClientRect().{}"
        assert browser.value(f"{edge.format(left, 'right')} <= {edge.format(right, 'left')}"), "the chart stands beside the text"
        assert not browser.value(seen.format("'#register'"))
        assert browser.value("getComputedStyle(document.body).color") == "rgb(28, 39, 51)"
    finally:
        browser.call("Emulation.setEmulatedMedia", media="", features=[])
    paper = base64.b64decode(browser.call("Page.printToPDF", preferCSSPageSize=True)["data"])
    assert paper.startswith(b"%PDF-")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", paper)) <= 4


def test_no_day_of_the_sample_weeks_takes_more_than_four_pages_on_paper(browser: Browser, published: Published, tmp_path: Path) -> None:
    for day in published("week-messy").reports:
        (path := tmp_path / f"{day.day}.html").write_bytes(leaders_page.render(day, TEMPLATES))
        browser.open(path, 1280)
        paper = base64.b64decode(browser.call("Page.printToPDF", preferCSSPageSize=True)["data"])
        assert len(re.findall(rb"/Type\s*/Page\b", paper)) <= 4, day.day


def test_a_remark_that_is_as_wide_as_its_table_stands_in_a_cell(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["plain"], 1280)
    cell = "Object.assign(document.createElement('td'), {className: 'whole'})"
    assert browser.value(f"getComputedStyle(document.body.appendChild({cell})).display") == "table-cell"
