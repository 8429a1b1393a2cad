"""The office's desk: the rows behind every count, the day's page in place. Of none of it a district sees anything.

Covers `office_pages`, and behind it `handed_in_rows`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from urllib.parse import quote

import pytest
from offices import Office
from websites import Website, served
from workbooks import assignment, case_row, progress_row, report

from pipeline.night import nightly

DAY = date(2020, 5, 21)
HOSTILE = '<script>alert("1")</script>'
CASES = (case_row("SJ-2020-001", 案由=HOSTILE), case_row("SJ-2020-002", 涉及项目或单位="阳光花园"), case_row("SJ-2020-003", "达拉特旗"))


@pytest.fixture(scope="module")
def consolidated(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A day with a taken row, two refused ones and a file that is none."""
    office = Office(tmp_path_factory.mktemp("office") / "home")
    office.put_assignment(assignment(CASES))
    rows = [progress_row("SJ-2020-001", 今日进展=HOSTILE), progress_row("SJ-2020-002", 当前状态="差不多了"), progress_row("SJ-2020-099")]
    office.put(report(progress=rows), "东胜区.xlsx")
    office.put(b"no workbook", "坏的.xlsx")
    nightly.run(office.settings, [DAY])
    return office


@pytest.fixture
def site(consolidated: Office) -> Iterator[Website]:
    with served(consolidated, "2020-05-21 18:00") as website:
        for name, district in (("甲", "东胜区"), ("办公室", "")):
            if not website.serving.site.accounts.find(name):
                website.user(name, district)
        yield website


@pytest.mark.parametrize("path", [f"/page/{DAY}", f"/rows/{DAY}", f"/rows/{DAY}?district={quote('东胜区')}&which=taken"])
def test_no_district_sees_any_of_it(site: Website, path: str) -> None:
    clerk = site.signed_in("甲")
    assert clerk.get(path).body == clerk.get("/nope").body
    assert site.browser().get(path).where == "/signin"
    assert site.signed_in("办公室").get(path).status == 200


def test_the_days_page_opens_in_place_and_reaches_nothing(site: Website) -> None:
    browser = site.signed_in("办公室")
    assert f'href="/page/{DAY}"' in browser.get(f"/board/{DAY}").text
    answer = browser.get(f"/page/{DAY}")
    policy = answer.headers["Content-Security-Policy"]
    assert answer.headers.get_all("Content-Security-Policy") == [policy]
    assert "Content-Disposition" not in answer.headers
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert policy.startswith("sandbox; default-src 'none'; ")
    assert "script" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert browser.get("/page/2020-05-20").status == 404


def test_every_count_of_the_board_opens_to_what_is_behind_it(site: Website) -> None:
    browser = site.signed_in("办公室")
    page = browser.get(f"/board/{DAY}").text
    tiles = dict(re.findall(r'<dt>([^<]+)</dt><dd[^>]*><a href="([^"]+)">', page))
    assert set(tiles) == {"按时", "未报", "退回行", "整份退回"}
    missing = browser.get(tiles["未报"].partition("#")[0]).text
    assert "只列未报的 8 个旗区" in missing
    assert '<th scope="row">东胜区' not in missing
    assert "达拉特旗" in missing
    assert tiles["整份退回"] == "#unknown-title"
    assert browser.get(f"/board/{DAY}?of=x").status == 404
    refused = browser.get(tiles["退回行"]).text
    assert "共 2 行" in refused
    assert "案件进展 第3行" in refused
    assert "不在可选范围" in refused
    assert "SJ-2020-099" in refused
    links = re.findall(r'href="(/rows/[^"]+which=taken)"', page)
    taken = browser.get(links[0].replace("&amp;", "&")).text
    assert "共 1 行" in taken
    assert "&lt;script&gt;" in taken
    assert HOSTILE not in taken
    assert browser.get(f"/rows/{DAY}?district=x").status == 404
