"""The story of a case and the cases behind a figure on the page: for the office all, for a district its own cases alone.

Covers `explain_pages`, and behind it `case_search`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from urllib.parse import quote

import pytest
from offices import Office
from websites import Website, served
from workbooks import assignment, case_row, exemption_row, progress_row, report, resolved_row

from pipeline.night import nightly
from pipeline.render.documents import FIGURES
from pipeline.terms import grouping, messages
from pipeline.web import rendering

DAY = date(2020, 5, 21)
HOSTILE = '<script>alert("1")</script>'
CASES = (
    case_row("SJ-2020-001", 案由=HOSTILE, 备注="只给办公室看"),
    case_row("SJ-2020-002", "达拉特旗"),
    case_row("SJ-2020-003", 包案领导="领导/一&二"),
)


@pytest.fixture(scope="module")
def consolidated(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A day with a row of its own district, a refused one of another district, and the other district's own."""
    office = Office(tmp_path_factory.mktemp("office") / "home")
    office.put_assignment(assignment(CASES, exemptions=[exemption_row("SJ-2020-003", 理由="只给办公室看")]))
    office.put(report(progress=[resolved_row("SJ-2020-001"), progress_row("SJ-2020-002")]), "东胜区.xlsx")
    other = [progress_row("SJ-2020-001", 今日进展="别的旗区写的"), progress_row("SJ-2020-002")]
    office.put(report("达拉特旗", progress=other), "达拉特旗.xlsx", "2020-05-21T16:30:00+08:00")
    nightly.run(office.settings, [DAY], documents=FIGURES)
    return office


@pytest.fixture
def site(consolidated: Office) -> Iterator[Website]:
    with served(consolidated, "2020-05-21 18:00") as website:
        for name, district in (("甲", "东胜区"), ("乙", "达拉特旗"), ("办公室", "")):
            if not website.serving.site.accounts.find(name):
                website.user(name, district)
        yield website


def _asked(site: Website, name: str, what: str, more: str = "") -> tuple[int, str]:
    answer = site.signed_in(name).get(f"/explain?what={quote(what, safe='')}{more}")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status, answer.text


def test_a_flag_that_no_case_has_is_answered_with_none(site: Website) -> None:
    status, page = _asked(site, "办公室", "五个一不全 撤销")
    assert (status, "找到 0 件" in page) == (200, True)
    assert _asked(site, "办公室", "五个一不全 没有的词")[0] == 404


def test_the_office_reads_a_cases_story_and_every_row_of_it(site: Website) -> None:
    status, page = _asked(site, "办公室", "sj2020-1")
    assert status == 200
    assert "计入化解：当前状态是“已化解”" in page
    assert "东胜区.xlsx</span> · 案件进展 第2行" in page
    assert "别的旗区写的" in page
    assert "只给办公室看" in page
    assert (
        "法定期限 · 受理：5月5日到期（自4月20日起15天，《信访条例》第二十一条），已完成：受理不晚于5月20日办结，5月21日才首次报来</p>"
        in page
    )
    assert page.count("<li>") == 3
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_a_deadline_that_an_exemption_moves_says_so_and_why_is_for_the_office_alone(site: Website) -> None:
    for name in ("办公室", "甲"):
        _status, page = _asked(site, name, "SJ-2020-003")
        assert "现行时限 2020-06-30（豁免延期，领导一批准，至 2020-06-30，原时限 2020-06-10）" in page
        assert ("只给办公室看" in page) == (name == "办公室")


def test_every_number_and_figure_on_the_pages_leads_on(site: Website) -> None:
    browser = site.signed_in("办公室")
    page = browser.get("/explain?what=SJ-2020-003").text
    figures = re.findall(r'href="(/explain\?[^"]+)"', page)
    assert len(figures) == 5, "three figures and two flags"
    for address in figures:
        figure = browser.get(address.replace("&amp;", "&"))
        assert figure.status == 200
        (link,) = set(re.findall(r'href="(/explain\?what=SJ-2020-003[^"]*)"', figure.text))
        assert browser.get(link.replace("&amp;", "&")).status == 200
    assert "不计入：已交办" in browser.get(figures[-1].replace("&amp;", "&")).text


def test_a_district_reads_its_own_cases_alone(site: Website) -> None:
    status, page = _asked(site, "甲", "SJ-2020-001")
    assert status == 200
    assert "案件进展 第2行" in page
    assert "另有 1 处出自别的旗区" in page
    assert "别的旗区写的" not in page
    assert "达拉特旗" not in page
    assert "只给办公室看" not in page


@pytest.mark.parametrize("what", ["SJ-2020-002", "SJ-2020-999", "自治区交办", "自治区交办/东胜区", HOSTILE, "SJ-2020-00"])
def test_what_is_not_its_own_is_for_a_district_as_if_it_were_not_there(site: Website, what: str) -> None:
    status, page = _asked(site, "甲", what)
    assert status == 404
    assert "本旗区没有这个编号的案件" in page
    rest = re.sub(r'value="[^"]*"|<title>.*?</title>', "", page)
    assert rest == re.sub(r'value="[^"]*"|<title>.*?</title>', "", _asked(site, "甲", "XX-2020-001")[1])
    assert "<script>alert" not in page


def test_the_office_is_told_what_there_is_where_there_is_nothing(site: Website) -> None:
    status, page = _asked(site, "办公室", f"{HOSTILE}没有")
    assert status == 404
    assert "没有这个案件，也没有这个数字" in page
    assert "<script>alert" not in page
    assert str(site.office.home) not in page


def test_nobody_reads_anything_without_signing_in(site: Website) -> None:
    answer = site.browser().get("/explain?what=SJ-2020-001")
    assert (answer.status, answer.where) == (303, "/signin")


def test_what_was_looked_for_stands_in_no_log(site: Website) -> None:
    _asked(site, "办公室", "13812345678")
    site.serving.site.write_counts(is_end=True)
    logs = "".join(path.read_text(encoding="utf-8") for path in (site.office.settings.paths.state / "logs").iterdir())
    assert "13812345678" not in logs


def test_an_odd_day_or_an_endless_question_has_no_page(site: Website) -> None:
    assert _asked(site, "办公室", "SJ-2020-001", "&date=1800-01-01")[0] == 404
    assert _asked(site, "办公室", "SJ-2020-001", "&date=x")[0] == 404
    assert _asked(site, "办公室", "九" * 200)[0] == 404
    assert _asked(site, "办公室", "SJ-2020-001", "&date=2020-04-30")[0] == 200
    assert "查来历" in site.signed_in("办公室").get("/explain").text


def test_numbers_in_a_sentence_are_links_and_nothing_else_is_markup() -> None:
    exists = messages.finding("case-exists/code", value="XX-2020-001", details={"code": "KBS", "example": "KBS-2020-001"})
    (alike,) = grouping.alike([exists])
    assert alike.cases == ("XX-2020-001",)
    told = rendering._with_cases(exists.message, [number for number in alike.cases if number != "XX-2020-001"])  # noqa: SLF001
    assert "例如 KBS-2020-001；“XX-2020-001”不是" in told, "neither an example nor an unknown case is a link"
    assert rendering._with_cases(exists.message, alike.cases).count("<a ") == 1  # noqa: SLF001
    linked = rendering._with_cases('案件 SJ-2020-001 在<b>“x"’</b>')  # noqa: SLF001
    assert linked == '案件 <a href="/explain?what=SJ-2020-001">SJ-2020-001</a> 在&lt;b&gt;“x&#34;’&lt;/b&gt;'


@pytest.mark.parametrize(
    ("what", "numbers"),
    [
        ("2020-00", ["SJ-2020-001", "SJ-2020-002", "SJ-2020-003"]),
        ("达拉特旗", ["SJ-2020-002"]),
        ("领导/一", ["SJ-2020-003"]),
        ("ＳＣＲＩＰＴ alert", ["SJ-2020-001"]),
        ("东胜区 停滞", ["SJ-2020-003"]),
        ("东胜区 临近到期", []),
        ("东胜区 已化解", ["SJ-2020-001"]),
    ],
)
def test_the_office_finds_cases_by_what_stands_in_them(site: Website, what: str, numbers: list[str]) -> None:
    status, page = _asked(site, "办公室", what)
    assert status == (200 if numbers else 404)
    assert re.findall(r'<li><a class="number" href="/explain\?what=([^&]+)&amp;date=2020-05-21">', page) == numbers
    assert HOSTILE not in page
    assert _asked(site, "甲", what)[0] == 404, "a district asks for a number alone"
