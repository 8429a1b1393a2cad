"""A day with more cases than one page holds: figures and links on the page, the cases by unit, and a search without a server.

Covers `render/page/large_page`, `render/unit_files`, `render/jobs`,
`render/districts`, `settings/large_days` and `render/workbook/units_sheet`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import fields, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from browsers import Browser
from page_days import HOSTILE, TEMPLATES, a_case, a_hostile_report, a_report, some_cases
from workbook_days import opened, rows

from pipeline.day.refused_matters import RefusedMatter
from pipeline.render import districts, files_for_programs, jobs, unit_files
from pipeline.render.makers import Makers
from pipeline.render.page import large_page, leaders_page
from pipeline.render.papers import briefing
from pipeline.render.workbook import office_workbook
from pipeline.report.report import Report
from pipeline.settings.large_days import LargeDay
from pipeline.terms import words
from pipeline.terms.contract import cases_in


def pages(report: Report) -> dict[str, bytes]:
    """The page and the index."""
    return large_page.files(large_page.Index.of(districts.of(report)), report, TEMPLATES)


def written(report: Report, room: Path) -> dict[str, bytes]:
    """The page, the index, and every unit's files."""
    files, _remarks = Makers(report.settings, TEMPLATES, room, 1).units(unit_files.jobs_of(report))
    return pages(report) | {name: path.read_bytes() for name, path in files.items()}


def large(report: Report, cases: int = 1, rows: int = 1) -> Report:
    """The report as of a day that is large by that many cases and rows."""
    return replace(report, settings=report.settings.model_copy(update={"large_day": LargeDay(cases=cases, workbook_rows=rows)}))


def test_as_many_cases_as_the_limit_make_no_large_day() -> None:
    report = a_report()
    assert not large(report, len(report.cases)).has_page_per_unit
    assert large(report, len(report.cases) - 1).has_page_per_unit


def test_an_index_that_was_given_away_is_known_to_pages_and_lies_in_no_memory() -> None:
    index = large_page.Index.of(districts.of(large(a_report())))
    before, files = index.data("../", []), index.given_away()
    assert files
    assert index.nonce == base64.b64encode(hashlib.sha256(b"".join(files.values())).digest()[:18]).decode()
    assert (index.shards, index.data("../", [])) == ([], before)


def test_a_job_tells_the_same_of_equal_values_and_another_thing_of_any_other() -> None:
    job = next(job for job in unit_files.jobs_of(large(a_report())) if job.unit.report.cases)
    report = job.unit.report
    told = {job.made_from}
    assert {deepcopy(job).made_from, deepcopy(replace(job)).made_from} == told
    for name in (each.name for each in fields(report.cases[0])):
        changed: dict[str, Any] = {name: "什么也不是"}
        other = replace(report.cases[0], **changed)
        told.add(replace(job, unit=replace(job.unit, report=replace(report, cases=(other, *report.cases[1:])))).made_from)
    assert len(told) == 1 + len(fields(report.cases[0]))


@pytest.mark.parametrize("values", [("1", 1), (True, 1), (None, ""), ("2026-05-01", date(2026, 5, 1)), (Decimal(1), "1"), (1, Decimal(1))])
def test_values_of_other_kinds_tell_other_things(values: tuple[object, object]) -> None:
    assert len({jobs.told(value) for value in values}) == len(values)


def test_a_job_comes_out_of_its_package_as_it_went_in() -> None:
    for job in unit_files.jobs_of(large(a_report())):
        assert jobs.unpacked(jobs.packed(job)) == job


def test_every_case_is_in_the_page_of_its_unit_and_nowhere_else(tmp_path: Path) -> None:
    report = large(a_report())
    files = written(report, tmp_path)
    for case in report.cases:
        within = [
            name
            for name, content in files.items()
            if name.startswith("案件/") and name.endswith(".html") and case.matter in content.decode()
        ]
        assert within == [f"案件/{case.district}.html"]
    assert "data-case" not in files[leaders_page.name(report)].decode()


def test_links_of_the_page_lead_to_files_that_are_there(tmp_path: Path) -> None:
    report = large(a_hostile_report(), rows=1000)
    files = written(report, tmp_path)
    links = re.findall(r'href="(案件/[^"#]+)', files[leaders_page.name(report)].decode())
    assert links
    assert {link for link in links if link not in files} == set()


def test_a_case_without_a_district_has_a_page_too(tmp_path: Path) -> None:
    report = large(replace(a_report(), cases=(*some_cases(), a_case("ZZQ-2020-099", district=""))))
    assert "ZZQ-2020-099" in written(report, tmp_path)["案件/旗区不明.html"].decode()


def test_the_policy_allows_the_pages_own_script_and_the_index_and_nothing_else() -> None:
    report = large(a_report())
    page = pages(report)[leaders_page.name(report)].decode()
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    said = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    nonce = json.loads(re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)[0])["nonce"]
    assert policy == f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{said}' 'nonce-{nonce}'"


def test_the_page_is_below_a_megabyte_whatever_the_day() -> None:
    report = a_report()
    districts = tuple(report.settings.districts[0].model_copy(update={"code": f"X{n}", "name": f"甲{n}县"}) for n in range(1000))
    many = tuple(
        a_case(f"ZZQ-2020-{n:05}", district=f"甲{n % 1000}县", flags=("overdue", "stalled"), days_overdue=3, project="很长的项目" * 40)
        for n in range(4000)
    )
    of_all = tuple(replace(figure, label=name.name) for name in districts for figure in report.by_district[:1])
    day = replace(
        report,
        settings=report.settings.model_copy(update={"districts": districts}),
        cases=(*report.cases, *many),
        flags={**report.flags, "overdue": tuple(case.number for case in many), "stalled": tuple(case.number for case in many)},
        by_district=of_all,
        submissions=tuple(replace(report.submissions[-1], district=name.name) for name in districts),
    )
    files = pages(large(day, 3000))
    assert len(files[leaders_page.name(report)]) < large_page.LARGEST
    index = {name: content for name, content in files.items() if name.startswith(large_page.INDEX)}
    assert max(map(len, index.values())) < 2 * large_page._SHARD  # noqa: SLF001 - as large as they are meant to be
    assert sum(content.decode().count("的案由") for content in index.values()) == len(day.cases)


def test_a_hostile_text_ends_no_element_and_no_line_of_the_index() -> None:
    report = large(replace(a_report(), cases=(*some_cases(), a_case("ZZQ-2020-098", project=HOSTILE + "\u2028\n\t甲"))))
    for name, content in pages(report).items():
        if name.endswith(".js"):
            assert not set("<>&\u2028") & set(content.decode())
            (lines,) = re.findall(r'casesOf\(\d+,(".*")\);\n', content.decode())
            assert {line.split("\t")[0] for line in json.loads(lines).split("\n")} <= {case.number for case in report.cases}


def test_the_cases_of_the_summary_are_in_a_file_of_their_own() -> None:
    report = a_report()
    of_all = json.loads(files_for_programs.summary(report))
    summary = json.loads(files_for_programs.summary(large(report)))
    assert summary["cases"] == {"file": "cases.jsonl"}
    assert {**summary, "cases": of_all["cases"]} == of_all
    assert cases_in(summary) is None
    assert cases_in(of_all) == of_all["cases"]
    lines = [json.loads(line) for line in files_for_programs.cases(large(report))["cases.jsonl"].decode().splitlines()]
    assert {line.pop("case"): line for line in lines} == of_all["cases"]
    assert files_for_programs.cases(report) == {}


@pytest.mark.parametrize(
    "content",
    [
        {},
        [],
        {"甲": [], "乙": {}, "丙": None, "丁": [1, 2.5, True, '\u2028\x7f"<']},
        [[[[{"甲": {"乙": ["丙", {"丁": 1}]}}], "戊"], ()], ("己", 1)],
        {"甲": {1: "乙"}, "丙": [{"丁": [{}, []]}]},
    ],
)
def test_json_is_written_as_the_standard_library_writes_it(content: object) -> None:
    written = files_for_programs.as_json(content).decode()
    plain = json.dumps(content, ensure_ascii=False, indent=1).replace("\u2028", "\\u2028").replace("\x7f", "\\u007f")
    assert written == f"{plain}\n"


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
def test_what_was_found_in_a_file_of_nobody_stands_in_the_days_own_workbook() -> None:
    report = large(a_report())
    of_nobody = replace(report.findings[0], district="", file="城关区.xlsx", use=words.REFUSED)
    sheet = str(rows(opened(office_workbook.render(replace(report, findings=(*report.findings, of_nobody)))), "问题清单", 1))
    assert "城关区.xlsx" in sheet
    assert "这里只列认不出旗区的文件和分解表的" in sheet
    assert report.findings[0].file not in sheet
    assert "一个旗区一份" in str(rows(opened(office_workbook.render(report)), "问题清单", 1))


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
def test_page_and_guide_lead_to_no_list_that_a_large_day_does_not_have(tmp_path: Path) -> None:
    cases = tuple(replace(some_cases()[0], number=f"SJ-2020-{number:03}") for number in range(60))
    report = large(replace(a_report(), cases=(*a_report().cases, *cases), newly_resolved=tuple(case.number for case in cases)))
    page = written(report, tmp_path)[leaders_page.name(report)].decode()
    assert re.findall("其余 [0-9]+ 件见“汇总”文件夹里各旗区的表", page)
    assert not re.findall("件见汇总表“(?:数字明细|案件台账|督办清单|撤销案件)”", page)
    assert districts.where(report, "撤销案件", "汇总表") == "“汇总”文件夹里各旗区的表"
    assert districts.where(report, "今日变化", "汇总表") == "汇总表“今日变化”"
    grounds = tuple(replace(case, number=f"SJ-2019-{number:03}", grounds="重复") for number, case in enumerate(cases))
    assert "见“汇总”文件夹里各旗区的表" in str(briefing.fields(replace(report, cases=(*report.cases, *grounds))))
    guide = str(rows(opened(office_workbook.render(report)), "说明", 1))
    assert "件数是程序算出的数值，不是公式" in guide
    assert "数字都是公式" not in guide
    assert "全部案件，各表数字的出处" not in guide
    assert "数字都是公式" in str(rows(opened(office_workbook.render(a_report())), "说明", 1))


def test_a_unit_has_its_own_lines_and_no_figure_of_the_day() -> None:
    report = large(a_report())
    for unit in districts.of(report):
        assert {case.district for case in unit.report.cases} <= {unit.name}
        assert [case for case in report.cases if case.district == unit.name] == [*unit.report.cases]
        assert unit.report.by_district == ()
    flagged = sorted((flag, number) for unit in districts.of(report) for flag, numbers in unit.report.flags.items() for number in numbers)
    assert flagged == sorted((flag, number) for flag, numbers in report.flags.items() for number in numbers)


def test_a_units_page_says_what_of_its_was_refused_and_is_not_mended(tmp_path: Path) -> None:
    report = large(a_report())
    first, second, *_others = report.settings.district_names
    refused = RefusedMatter(report.day - timedelta(days=1), first, "工程安全隐患", is_file=True)
    files = written(replace(report, earlier_refused=(refused,)), tmp_path)
    pages_of = {name: files[f"案件/{name}.html"].decode() for name in (first, second)}
    assert [name for name, page in pages_of.items() if "报来而退回、还没有改正的：急报事项：" in page] == [first]


# --- in a browser ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    started = Browser(tmp_path_factory.mktemp("profile"))
    yield started
    started.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("day 甲#1")
    for name, content in written(large(a_hostile_report(), rows=1000), folder).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


FOUND = "document.getElementById('found').textContent"
LINKS = "[...document.querySelectorAll('#rows a')].map(one => one.href)"


def _search(browser: Browser, typed: str) -> list[str]:
    browser.value(f"document.getElementById('found').textContent = '', document.getElementById('find').value = {json.dumps(typed)}")
    browser.value("document.getElementById('find').dispatchEvent(new Event('input'))")
    for _ in range(100):
        time.sleep(0.2)
        if (said := browser.value(FOUND)) and "还在找" not in said:
            break
    return list(browser.value(LINKS))


@pytest.mark.external
def test_a_search_from_the_file_system_finds_a_case_and_opens_it_in_its_units_page(browser: Browser, folder: Path) -> None:
    browser.open(next(folder.glob("*.html")), 1280)
    (link,) = _search(browser, "zzq-2020-002")
    assert browser.value(FOUND) == "1 件"
    heard = {event.get("method") for event in browser.events}
    assert not heard & {"Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"}, browser.events
    asked = [event["params"]["request"]["url"] for event in browser.events if event.get("method") == "Network.requestWillBeSent"]
    assert asked[1:] == [(folder / "案件" / "查找" / "0001.js").as_uri()]
    assert browser.value("document.querySelectorAll('img, iframe, object, embed, [onerror], [onload]').length") == 0
    browser.call("Page.navigate", url=link)
    time.sleep(1.5)
    assert browser.value("document.getElementById('case').open")
    assert browser.value("document.getElementById('case-title').textContent").startswith("ZZQ-2020-002")


@pytest.mark.external
def test_the_search_of_a_large_day_knows_numbers_flags_and_changes(browser: Browser, tmp_path: Path) -> None:
    for name, content in pages(large(a_report())).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    browser.open(next(tmp_path.glob("*.html")), 1280)
    for typed in ("sj2020-5", "SJ2020005"):
        (link,) = _search(browser, typed)
        assert link.endswith("#case-SJ-2020-005")
    cases = a_report().cases
    for word, flags in (("停滞", {"stalled"}), ("超期", {"overdue", "acceptance_overdue"})):
        expected = {leaders_page.anchor(case.number) for case in cases if flags & set(case.flags)}
        assert expected <= {link.split("#")[1] for link in _search(browser, word)}
    assert len(_search(browser, "新化解")) >= 2


@pytest.mark.external
def test_a_page_without_its_folder_says_that_not_all_was_looked_through(browser: Browser, folder: Path, tmp_path: Path) -> None:
    alone = tmp_path / "日报.html"
    alone.write_bytes(next(folder.glob("*.html")).read_bytes())
    browser.open(alone, 360)
    assert _search(browser, "ZZQ") == []
    assert "没有找全" in browser.value(FOUND)
