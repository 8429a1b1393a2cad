"""The office's pages, and what of the published files each user can reach.

Covers `office_pages`, `clerk_pages`, `published_files` and `rendering`, and what `check_results` makes of an assignment workbook;
and behind the pages `as_published`, `assignment_preview`, `district_history`, `status` and `incoming`.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from urllib.parse import quote

import openpyxl
import pytest
from offices import Office, moment, tree
from websites import BOUNDARY, Website, form, served, token_in
from workbooks import assignment, case_row, edit, exemption_row, progress_row, report, report_pages, resolved_row, turn_row, write

from pipeline import screen
from pipeline.night import nightly
from pipeline.office import status, templates
from pipeline.publishing import told_editions
from pipeline.reading.readers import Readers
from pipeline.web import published_files, rendering
from pipeline.web.accounts import User

DAY = date(2020, 5, 21)


@pytest.fixture(scope="module")
def consolidated(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A day with everything that people read; the tests change nothing in it."""
    office = Office(tmp_path_factory.mktemp("office") / "home")
    office.put_assignment(assignment())
    office.put(report(), "东胜区.xlsx")
    office.put(report("鄂托克前旗", progress=[]), "鄂托克前旗.xlsx")
    office.put(b"no workbook", "坏的 13812345678.xlsx")
    nightly.run(office.settings, [DAY])
    _report_on(office, "2020-05-15_2020-05-21")
    _report_on(office, "2020-05-08_2020-05-14")
    return office


def _report_on(office: Office, span: str) -> None:
    """Lay a period's folder there as it is written, with little in it."""
    folder = office.settings.paths.periods / span
    folder.mkdir(parents=True)
    listed = {f"信访事项阶段报告_{span}.html": b"<p>page</p>", f"信访事项阶段报告_{span}.docx": b"paper", "../../secret": b""}
    for name, content in list(listed.items())[:2]:
        (folder / name).write_bytes(content)
    (folder / "另放的.txt").write_bytes(b"x")
    (folder / "period.json").write_text(json.dumps({"outputs": dict.fromkeys(listed, "0")}), encoding="utf-8")


@pytest.fixture
def site(consolidated: Office) -> Iterator[Website]:
    with served(consolidated, "2020-05-21 18:00") as website:
        for name, district in (("甲", "东胜区"), ("乙", "鄂托克旗"), ("办公室", "")):
            if not website.serving.site.accounts.find(name):
                website.user(name, district)
        yield website


def ids(site: Website, name: str) -> list[str]:
    """The addresses of files on that user's first page."""
    page = site.signed_in(name).get("/board/2020-05-21" if name == "办公室" else "/").text
    return re.findall(r'href="(/file/[^"]+)"', page)


def test_the_board_shows_nine_districts_and_what_was_refused(site: Website) -> None:
    page = site.signed_in("办公室").get("/board").text
    for name in site.office.settings.district_names:
        assert name in page
    assert "结果第 1 版" in page
    assert page.count("未报") == 8, "seven rows and the tile"
    assert "坏的 138********.xlsx</span>：" in page
    assert "13812345678" not in page


def test_the_office_reaches_every_file_of_the_manifest_and_no_other(site: Website) -> None:
    folder = site.office.outbox / DAY.isoformat()
    (folder / "另放的.txt").write_text("x", encoding="utf-8")
    try:
        browser = site.signed_in("办公室")
        contents = {browser.get(path).body for path in ids(site, "办公室")}
    finally:
        (folder / "另放的.txt").unlink()
    assert contents == set(tree(folder).values())


def test_the_office_opens_the_page_of_a_period_shut_off_and_fetches_its_files(site: Website) -> None:
    browser = site.signed_in("办公室")
    page = browser.get("/periods").text
    assert "更早的" not in page
    assert page.index("2020-05-15 至 2020-05-21") < page.index("2020-05-08 至 2020-05-14")
    addresses = re.findall(r'href="(/periods/2020-05-15_2020-05-21/[^"]+)"', page)
    answers = {browser.get(address).body: browser.get(address).headers for address in addresses}
    assert {content[:5] for content in answers} == {b"<p>pa", b"paper", b'{"out'}
    assert "sandbox" in answers[b"<p>page</p>"]["Content-Security-Policy"]
    assert "allow-scripts" not in answers[b"<p>page</p>"]["Content-Security-Policy"]
    assert answers[b"<p>page</p>"]["Content-Type"] == "text/html; charset=utf-8"
    assert answers[b"paper"]["Content-Disposition"].startswith("attachment; ")
    assert site.signed_in("甲").get("/periods").status == 404
    assert site.signed_in("甲").get(addresses[0]).status == 404
    assert browser.get(addresses[0].replace("2020-05-15_2020-05-21", "2020-05-08_2020-05-14")).status == 404
    assert browser.get("/periods/2020-05-21/0").status == 404


def test_all_files_of_a_day_come_in_one_package(site: Website) -> None:
    answer = site.signed_in("办公室").get(f"/zip/{DAY}")
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    with zipfile.ZipFile(io.BytesIO(answer.body)) as package:
        packed = {name.partition("/")[2]: package.read(name) for name in package.namelist()}
    assert packed == tree(site.office.outbox / DAY.isoformat())
    assert site.signed_in("办公室").get(f"/zip/{DAY}").body == answer.body


def test_a_district_sees_its_own_files_alone(site: Website) -> None:
    manifest = json.loads((site.office.outbox / DAY.isoformat() / "manifest.json").read_bytes())
    own = {name for name in manifest["outputs"] if "/东胜区_" in name}
    browser = site.signed_in("甲")
    contents = {browser.get(path).body for path in ids(site, "甲")}
    assert len(own) >= 2
    assert contents == {(site.office.outbox / DAY.isoformat() / name).read_bytes() for name in own}


def test_a_name_that_begins_like_anothers_is_another(site: Website) -> None:
    other = site.signed_in("乙")
    names = [other.get(path).headers["Content-Disposition"] for path in ids(site, "乙")]
    assert names
    assert all("%E9%84%82%E6%89%98%E5%85%8B%E6%97%97_" in name for name in names), "鄂托克旗_ and not 鄂托克前旗_"


@pytest.mark.parametrize(
    ("renamed", "own"), [({}, "东胜区"), ({"东胜区": "东城区"}, "东胜区"), ({"东胜区": "某区", "鄂托克旗": "东胜区"}, "鄂托克旗")]
)
def test_after_a_renaming_each_district_sees_what_was_written_for_it_under_its_name_of_then(
    consolidated: Office, renamed: dict[str, str], own: str
) -> None:
    before = consolidated.settings
    districts = [district.model_copy(update={"name": renamed.get(district.name, district.name)}) for district in before.districts]
    settings = before.model_copy(update={"districts": tuple(districts)})
    user = User(1, "甲", "", renamed.get(own, own), has_password=True, disabled=False)
    seen = {entry.name for entry in published_files.entries(settings, str(DAY), user)}
    manifest = json.loads((consolidated.outbox / str(DAY) / "manifest.json").read_bytes())
    assert seen == {name for name in manifest["outputs"] if f"/{own}_" in name}


def test_a_leaders_page_and_a_drafted_letter_are_for_the_office_alone_whatever_they_are_called(office: Office) -> None:
    names = [f"领导/东胜区_{DAY}.docx", f"对账/东胜区_对账说明_{DAY}.docx", f"督办通知/东胜区_督办通知_{DAY}.docx"]
    for name in names:
        path = office.outbox / str(DAY) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    (office.outbox / str(DAY) / "manifest.json").write_text(json.dumps({"outputs": dict.fromkeys(names, "")}), encoding="utf-8")
    seen = {
        district: {
            entry.name
            for entry in published_files.entries(office.settings, str(DAY), User(1, "甲", "", district, has_password=True, disabled=False))
        }
        for district in ("东胜区", "")
    }
    assert seen == {"东胜区": {names[2]}, "": {*names, "manifest.json"}}


def test_the_clerks_files_bear_their_day(site: Website) -> None:
    page = site.signed_in("甲").get("/").text
    assert re.search(r'<span class="day">5月21日</span> <a href="/file/2020-05-21/\w+">东胜区_回执_1_东胜区.xlsx</a>', page)


def test_a_busy_days_notice_and_the_receipt_that_counts_come_first_and_the_rest_is_below(office: Office) -> None:
    office.put_assignment(assignment([case_row("ZZQ-2020-001", 办结时限="2020-05-10")]))
    office.put(report(day=date(2020, 5, 20), progress=[progress_row()]), "昨天.xlsx", "2020-05-20T16:00:00+08:00")
    nightly.run(office.settings, [date(2020, 5, 20)])
    for number in range(6):
        content = report(progress=[progress_row(今日进展=f"第{number}次")])
        office.put(content, f"报{number}.xlsx", f"2020-05-21T10:{number:02}:00+08:00")
        office.put(content, f"重{number}.xlsx", f"2020-05-21T10:{number:02}:30+08:00")
        office.put(report(day=date(2020, 6, 30)), f"退{number}.xlsx", f"2020-05-21T11:{number:02}:00+08:00")
    nightly.run(office.settings, [DAY])
    with served(office, "2020-05-22 09:00") as site:
        site.user("甲", "东胜区")
        browser = site.signed_in("甲")
        page = browser.get("/").text
        shown, older = page.split("更早的（", 1)
        names = re.findall(r'href="/file/2020-05-2\d/\w+">(东胜区_(?:回执|督办通知)[^<]+)</a>', page)
        above = re.findall(r'href="/file/2020-05-2\d/\w+">(东胜区_(?:回执|督办通知)[^<]+)</a>', shown)
        last = re.findall(r'href="(/file/[^"]+)"', older)[-1]
        assert browser.get(last).status == 200
    assert above[:2] == ["东胜区_督办通知_2020-05-21.docx", "东胜区_回执_6_报5.xlsx"]
    assert len(above) == 12
    assert names[-1] == "东胜区_回执_1_昨天.xlsx", "the older day comes last"
    revisions = [int(found[1]) for name in names[:-1] if (found := re.search("_回执_([1-9]+)_报", name))]
    assert revisions == [6, 5, 4, 3, 2, 1], "the newest version first"
    assert len(names) == sum("/东胜区_回执_" in path or "/东胜区_督办通知_" in path for path in tree(office.outbox))


@pytest.fixture
def impersonated(tmp_path: Path) -> Office:
    """A day on which strangers' mails named the district, under the very name of a file that it sent itself."""
    office = Office(tmp_path / "home")
    office.put_assignment(assignment())
    senders = (("09:00", "mallory@example.net"), ("10:00", "dongsheng@example.com"), ("11:00", "dalate@example.com"))
    for number, (at, sender) in enumerate(senders):
        content = report(day=date(2020, 6, 30 - number))
        office.put(content, f"{number}/日报.xlsx", f"2020-05-21T{at}:00+08:00", channel="email", sender=sender)
    nightly.run(office.settings, [DAY])
    return office


def test_receipts_of_strangers_files_are_the_offices_alone(impersonated: Office) -> None:
    published = [path for path in tree(impersonated.outbox / DAY.isoformat()) if path.startswith("回执/")]
    assert len(published) == 3
    with served(impersonated, "2020-05-22 09:00") as site:
        site.user("甲", "东胜区")
        site.user("办公室", "", "")
        office, clerk = site.signed_in("办公室"), site.signed_in("甲")
        page = office.get("/board/2020-05-21").text
        addresses = dict(re.findall(r'href="(/file/[^"]+)">(东胜区_回执_0_[^<]+)</a>', page))
        assert sorted(addresses.values()) == ["东胜区_回执_0_日报 (2).xlsx", "东胜区_回执_0_日报 (3).xlsx", "东胜区_回执_0_日报.xlsx"]
        assert all(office.get(address).status == 200 for address in addresses)
        assert {name: clerk.get(address).status for address, name in addresses.items()} == {
            "东胜区_回执_0_日报.xlsx": 404,
            "东胜区_回执_0_日报 (2).xlsx": 200,
            "东胜区_回执_0_日报 (3).xlsx": 404,
        }
        assert re.findall(r">(东胜区_回执_[^<]+)</a>", clerk.get("/").text) == ["东胜区_回执_0_日报 (2).xlsx"]


def test_the_receipt_of_ones_own_upload_is_there_also_where_its_sender_is_no_longer_allowed(office: Office) -> None:
    office.put_assignment(assignment())
    with served(office) as site:
        site.user("甲", "东胜区", "old@example.com")
        browser = site.signed_in("甲")
        draft = browser.upload(report()).where
        browser.get(draft)
        browser.click(draft, f"{draft}/send")
        nightly.run(office.settings, [DAY])
        assert {finding["code"] for finding in office.findings(DAY)} == {"sender-not-allowed"}
        assert ">东胜区_回执_0_日报.xlsx</a>" in browser.get("/").text


def test_a_photo_is_the_signed_in_senders_in_words_and_its_receipt_is_his_alone(office: Office) -> None:
    office.put_assignment(assignment())
    with served(office) as site:
        site.user("甲", "东胜区")
        site.user("乙", "达拉特旗", "dalate@example.com")
        for name, photo in (("乙", b"\x89PNG\r\n\x1a\n of one"), ("甲", b"\x89PNG\r\n\x1a\n of another")):
            browser = site.signed_in(name)
            draft = browser.upload(photo, "照片.png").where
            browser.get(draft)
            browser.click(draft, f"{draft}/send")
            site.clock.forward(minutes=1)
        nightly.run(office.settings, [DAY])
        pages = [site.signed_in(name).get("/").text for name in ("甲", "乙")]
        offered = [re.findall(r'href="(/file/[^"]+)">(未识别_回执_[^<]+)</a>', page) for page in pages]
        assert [[name for _at, name in found] for found in offered] == [["未识别_回执_0_照片 (2).xlsx"], ["未识别_回执_0_照片.xlsx"]]
        own, foreign = offered[0][0][0], offered[1][0][0]
        browser = site.signed_in("甲")
        assert (browser.get(own).status, browser.get(foreign).status) == (200, 404)
        site.user("办公室", "", "")
        board = re.sub(r"<[^>]+>", " ", site.signed_in("办公室").get(f"/board/{DAY}").text)
        assert "看不出是哪个旗区" not in board
    (page,) = [content.decode() for path, content in tree(office.outbox / str(DAY)).items() if path.endswith(".html")]
    said = "另有2份文件没有采用，看不出写的是哪个旗区，是登记的填报人送来的：达拉特旗（"
    assert said in page
    assert "看不出是哪个旗区" not in page
    assert {row["status"] for row in office.summary(DAY)["submissions"]} == {"missing"}, "in words alone, in no figure"


# --- the next template -------------------------------------------------------------------------------------------


@pytest.fixture
def begun(office: Office) -> Office:
    """An office whose last night was that of 19 May."""
    office.put_assignment(assignment())
    office.put(report(day=date(2020, 5, 19)), "东胜区.xlsx", "2020-05-19T16:00:00+08:00")
    nightly.run(office.settings, [date(2020, 5, 19)])
    return office


def test_a_published_template_is_offered_for_its_day_alone(begun: Office) -> None:
    with served(begun, "2020-05-20 09:00") as site:
        site.user("甲", "东胜区")
        page = site.signed_in("甲").get("/").text
        assert re.search(r'href="/file/2020-05-19/\w+">5月20日的日报模板</a>', page)
        assert "没有汇总" not in page
        assert "案件和状态填到 5月19日的日报，以后有变化的请改。报送的日报都已算进去。" in page
        site.clock.forward(days=1)
        page = site.signed_in("甲").get("/").text
        assert "5月20日的日报模板" not in page, "that day is over"
        assert 'href="/template">5月21日的日报模板</a>' in page
        assert "昨晚没有汇总" in page
        assert "填到 5月19日的日报" in page


def test_a_template_that_no_night_has_made_is_made_when_it_is_asked_for(begun: Office) -> None:
    with served(begun, "2020-05-21 09:00") as site:
        site.user("甲", "东胜区")
        site.user("办公室", "", "")
        answer = site.signed_in("甲").get("/template")
        assert site.signed_in("办公室").get("/template").status == 404
    assert answer.headers["Content-Disposition"].endswith(quote("东胜区_日报_2020-05-21.xlsx"))
    made = templates.make(begun.settings, DAY, begun.home / "aside").folder
    assert answer.body == (made / "东胜区_日报_2020-05-21.xlsx").read_bytes()


def test_missed_days_stand_on_the_home_page_with_their_templates_and_can_be_chosen(begun: Office) -> None:
    with served(begun, "2020-05-23 09:00") as site:
        site.user("甲", "东胜区")
        site.user("乙", "达拉特旗", "dalate@example.com")
        browser, other = site.signed_in("甲"), site.signed_in("乙")
        page = browser.get("/?day=2020-05-21").text
        assert re.findall(r'<a href="/template/([\d-]+)">', page) == ["2020-05-22", "2020-05-21", "2020-05-20"], (
            "the first report is of the 19th"
        )
        assert re.findall(r'<option value="([\d-]+)"( selected)?>', page) == [
            ("2020-05-23", ""),
            ("2020-05-22", ""),
            ("2020-05-21", " selected"),
            ("2020-05-20", ""),
        ]
        made = templates.make(begun.settings, date(2020, 5, 21), begun.home / "aside").folder
        assert browser.get("/template/2020-05-21").body == (made / "东胜区_日报_2020-05-21.xlsx").read_bytes()
        for day in ("2020-05-19", "2020-05-23", "2020-05-24", "x"):
            assert browser.get(f"/template/{day}").status == 404, "nobody missed it"
        own = re.findall(r'<a href="/template/([\d-]+)">', other.get("/").text)
        assert own == ["2020-05-22", "2020-05-21", "2020-05-20", "2020-05-19"], "as on the office's calendar, though it has never reported"
        begun.put(report(day=date(2020, 5, 20)), "补.xlsx", "2020-05-23T08:00:00+08:00")
        assert re.findall(r'<a href="/template/([\d-]+)">', browser.get("/").text) == ["2020-05-22", "2020-05-21"], "it waits in the inbox"
        for chosen, is_told in (("2020-05-22", True), ("2020-05-21", False), ("", False), ("x", False)):
            body = form(report(day=DAY), "日报.xlsx", browser.token("/"))
            body = body.replace(b"\r\n--" + BOUNDARY.encode(), _field("day", chosen) + b"\r\n--" + BOUNDARY.encode(), 1)
            answer = browser.ask("POST", "/upload", body, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})
            assert ("您选的是补报 5月22日，这个文件的报告日期是 5月21日" in browser.follow(answer).text) == is_told


def _field(name: str, value: str) -> bytes:
    return f'\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode()


def test_what_waits_is_filled_into_the_template_of_today_and_that_is_said(begun: Office) -> None:
    with served(begun, "2020-05-20 16:00") as site:
        site.user("甲", "东胜区")
        browser = site.signed_in("甲")
        draft = browser.upload(report(day=date(2020, 5, 20))).where
        browser.get(draft)
        browser.click(draft, f"{draft}/send")
        assert "明天的日报模板，今晚汇总以后在这里下载。" in browser.get("/").text
        site.clock.forward(hours=17)
        browser = site.signed_in("甲")
        page = browser.get("/").text
        form = openpyxl.load_workbook(io.BytesIO(browser.get("/template").body))
    assert "5月21日的日报模板" in page
    assert "案件和状态填到 5月20日的日报" in page
    assert "报送的日报都已算进去" in page
    assert "没有算进去" not in page
    states = [(row[0], row[4]) for row in form["案件进展"].iter_rows(values_only=True)]
    assert ("ZZQ-2020-001", "办理中") in states


def test_a_template_says_how_far_it_is_filled_also_after_months_and_where_nothing_was_reported(begun: Office) -> None:
    with served(begun, "2021-01-11 09:00") as site:
        site.user("甲", "东胜区")
        site.user("乙", "达拉特旗")
        page = site.signed_in("甲").get("/").text
        assert "案件和状态填到 2020年5月19日的日报" in page
        assert "还没有采用过达拉特旗的日报，案件只照分解表列出" in site.signed_in("乙").get("/").text
    assert '<span class="day">2020年5月19日</span>' in page


def test_before_the_first_night_there_is_a_blank_one(office: Office) -> None:
    with served(office) as site:
        site.user("甲", "东胜区")
        browser = site.signed_in("甲")
        assert 'href="/blank"' in browser.get("/").text
        assert browser.get("/template").where == "/blank"


@pytest.mark.parametrize(("day", "written"), [((2020, 1, 2), "1月2日"), ((2020, 12, 31), "12月31日"), ((2019, 12, 31), "2019年12月31日")])
def test_a_day_of_another_year_bears_it(day: tuple[int, int, int], written: str) -> None:
    shown = rendering._environment().from_string("{{ day | short_day }} {{ at | clock }}")  # noqa: SLF001 - filters of the pages
    at = datetime(*day, 9, 5)  # noqa: DTZ001 - shown as it is
    assert shown.render(day=date(*day), at=at, now=moment("2020-05-22 09:00")) == f"{written} {written}09:05"


def test_a_page_that_is_not_there_keeps_the_name_and_the_way_out(site: Website) -> None:
    browser = site.signed_in("甲")
    for path in ("/nope", "/board", "/draft/x", "/file/2020-05-21/x"):
        answer = browser.get(path)
        assert answer.status == 404
        assert '<p>甲<span class="role">东胜区</span></p>' in answer.text
        assert "退出登录" in answer.text
    refused = browser.upload(report(), token="x")  # noqa: S106
    assert (refused.status, "退出登录" in refused.text) == (403, True)
    large = browser.upload(b"x" * (26 << 20))
    assert (large.status, "退出登录" in large.text) == (413, True)
    assert browser.post("/signout", {"csrf": token_in(browser.get("/nope").text)}).status == 303
    stranger = site.browser().get("/nope").text
    assert "退出登录" not in stranger


def test_guessed_addresses_are_answered_like_missing_ones(site: Website) -> None:
    everything, own = ids(site, "办公室"), set(ids(site, "甲"))
    browser = site.signed_in("甲")
    missing = browser.get("/file/2020-05-21/000000000000000000000000")
    assert missing.status == 404
    for path in everything:
        if path not in own:
            answer = browser.get(path)
            assert (answer.status, answer.body) == (404, missing.body), path
    for path in ("/board", "/board/2020-05-21", "/zip/2020-05-21", "/log"):
        assert browser.get(path).status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/file/..%2f..%2fstate/ledger.sqlite",
        "/file/2020-05-21/..%2f..%2f..%2fconfig.yaml",
        "/file/2020-05-21/%2e%2e",
        "/file/../../config.yaml",
        "/zip/..",
        "/zip/2020-05-21%2f..",
        "/board/..%2f",
        "/static/x/..%2fpage.css",
        "/static/x/..%2f..%2fdaily.css",
        "/static/x/base.html.j2",
        "//etc/passwd",
    ],
)
def test_no_path_leads_out(site: Website, path: str) -> None:
    assert site.signed_in("办公室").get(path).status == 404


def test_a_manifest_that_lies_leads_nowhere(office: Office) -> None:
    folder = office.outbox / DAY.isoformat()
    folder.mkdir(parents=True)
    (office.home / "secret.txt").write_text("secret", encoding="utf-8")
    names = ["../../secret.txt", "../secret.txt", str(Path(office.home / "secret.txt")), "日报模板", "nothing.txt"]
    (folder / "manifest.json").write_text(json.dumps({"outputs": dict.fromkeys(names, "x")}), encoding="utf-8")
    with served(office) as site:
        site.user("办公室", "", "")
        browser = site.signed_in("办公室")
        assert b"secret" not in browser.get(f"/zip/{DAY}").body
        assert len(ids(site, "办公室")) == 1, "the manifest itself"


def test_days_that_are_none_are_not_there(site: Website) -> None:
    browser = site.signed_in("办公室")
    for day in ("2020-02-30", "x", "2020-5-1", "99999-01-01", "9999-12-31", "0001-01-01"):
        assert browser.get(f"/board/{day}").status == 404
    assert browser.get("/board/2019-01-01").status == 200


def test_the_log_says_who_did_what_and_no_contents(site: Website) -> None:
    site.signed_in("甲").get(ids(site, "甲")[0])
    page = site.signed_in("办公室").get("/log").text
    did, asked = page.split("网页访问记录", 1)
    assert "甲 登录" in did
    assert "甲 下载 2020-05-21/" in did
    assert "GET /" not in did
    assert "甲 GET / 200" in asked
    assert "ZZQ-2020-001" not in page


def test_health_is_answered_to_anybody_and_says_nothing_else(site: Website) -> None:
    answer = site.browser().get("/healthz", Host="10.0.0.7")
    assert (answer.status, answer.text) == (200, "ok")
    head = site.browser().ask("HEAD", "/healthz")
    assert (head.status, head.body, head.headers["Content-Length"]) == (200, b"", "2")
    assert site.browser().ask("HEAD", "/signin").status == 200


@pytest.mark.parametrize("gone", ["inbox", "state/upload.sqlite", "state"])
@pytest.mark.skipif(os.name == "nt", reason="an open file cannot be moved there")
def test_health_is_not_ok_where_what_the_page_needs_is_gone(office: Office, gone: str) -> None:
    shutil.rmtree(office.inbox, ignore_errors=True)  # the page makes what is missing
    with served(office) as site:
        assert site.browser().get("/healthz").status == 200
        (office.home / gone).rename(office.home / "aside")
        answer = site.browser().get("/healthz")
        (office.home / "aside").rename(office.home / gone)
        assert answer.status == 503
        assert "不能用" in answer.text
        assert "/" not in answer.text


def test_what_was_uploaded_is_not_counted_as_missing(begun: Office) -> None:
    with served(begun, "2020-05-20 16:00") as site:
        site.user("甲", "东胜区")
        site.user("办公室", "", "")
        browser, office = site.signed_in("甲"), site.signed_in("办公室")
        assert _tiles(office.get("/board").text)["还没有报"] == ("", "9")
        draft = browser.upload(report(day=date(2020, 5, 20))).where
        browser.get(draft)
        browser.click(draft, f"{draft}/send")
        page = office.get("/board").text
        assert _tiles(page)["已到待收"] == ("", "1")
        assert _tiles(page)["还没有报"] == ("", "8")
        assert "17:00 截止，还没到：之前收到的都算按时" in page
        assert "未报" not in page
        assert "已上传，等待收取" in page
        assert "甲 上传日报" in office.get("/log").text
        site.clock.forward(hours=2)
        assert _tiles(site.signed_in("办公室").get("/board").text)["未报"] == ("is-red", "8")


def test_a_clerk_whose_report_came_by_mail_is_not_told_that_there_is_none(begun: Office) -> None:
    sent = {"channel": "email", "sender": "dongsheng@example.com", "message_id": "<1@example.com>"}
    begun.put(report(day=date(2020, 5, 20)), "日报.xlsx", "2020-05-20T15:50:00+08:00", **sent)
    with served(begun, "2020-05-20 17:30") as site:
        site.user("甲", "东胜区")
        site.user("乙", "达拉特旗", "dalate@example.com")
        browser = site.signed_in("甲")
        page = browser.get("/").text
        assert '<section class="card due is-done"' in page
        assert "照核对的结果，会采用 2 行。" in page
        assert "今天的日报已收到" in page
        assert "15:50 收到（邮件“日报.xlsx”），等待今晚汇总" in page
        assert "没有报送" not in page.partition("</section>")[0]
        assert page.count("等待汇总</span>") == 1
        assert "会采用 2 行" in page.partition("等待汇总</span>")[2]
        assert "今天的日报还没有报送" in site.signed_in("乙").get("/").text
        reader = site.serving.site.readers
        begun.put(report("达拉特旗", day=date(2020, 5, 20)), "大.xlsx", "2020-05-20T15:55:00+08:00")
        with reader._looking:  # noqa: SLF001 - as while somebody's large file is read
            assert "今天的日报已收到" in browser.get("/").text, "what was seen before is known"


def _tiles(page: str) -> dict[str, tuple[str, str]]:
    """By name, each count of the board with how it looks."""
    found = re.findall(r'<dt>([^<]+)</dt><dd(?: class="([^"]+)")?>(?:<a [^>]+>)?(\d+)', page)
    return {name: (look, count) for name, look, count in found}


def test_what_waits_says_when_it_came_and_that_it_is_late_and_a_single_report_is_told_once(
    begun: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    day = date(2020, 5, 20)
    content = report("达拉特旗", day=day, progress=[])
    begun.put(content, "达旗.xlsx", "2020-05-20T16:00:00+08:00")
    begun.put(content, "改名.xlsx", "2020-05-20T16:10:00+08:00")
    begun.put(report("达拉特旗", day=day), "改.xlsx", "2020-05-20T16:20:00+08:00")
    begun.put(content, "又是第一份.xlsx", "2020-05-20T16:30:00+08:00")
    begun.put(report("乌审旗", day=day, progress=[]), "乌审.xlsx", "2020-05-20T17:20:00+08:00")
    nothing = report_pages("杭锦旗", day, progress=[], new=[], reception=[], urgent=[])
    begun.put(write(edit(nothing, {"封面!B5": "是"})), "杭锦.xlsx", "2020-05-20T16:20:00+08:00")
    board = status.look(begun.settings, day)
    assert {waits.file.name: waits.verdict for waits in board.waiting if waits.is_repeat} == {"改名.xlsx": "与算数的那一份完全相同"}
    screen.tell_status(board, [], [])
    said = capsys.readouterr().out
    assert "  达拉特旗  文件已到，等待收取  16:00，" in said
    assert "  乌审旗  文件已到，等待收取，迟报  17:20，没有内容行\n" in said
    assert "  杭锦旗  文件已到，等待收取  16:20，零报告\n" in said
    begun.run(day)
    screen.tell_status(status.look(begun.settings, day), [], [])
    said = capsys.readouterr().out
    assert "  杭锦旗  按时  16:20，零报告\n" in said
    assert "  乌审旗  迟报  17:20，没有内容行\n" in said


def test_on_a_copy_of_state_alone_the_board_says_what_it_says_beside_the_results(begun: Office, capsys: pytest.CaptureFixture[str]) -> None:
    day = date(2020, 5, 20)
    begun.put(report(day=day, progress=[progress_row("SJ-2020-999")]), "退.xlsx", "2020-05-20T16:00:00+08:00")
    begun.put(report(day=day, urgent=[]), "改好.xlsx", "2020-05-20T17:20:00+08:00")
    begun.run(day)

    def told() -> tuple[str, str]:
        screen.tell_status(status.look(begun.settings, day), told_editions.of_day(begun.settings, day), [])
        board, _mark, result = capsys.readouterr().out.partition("  当天结果：")
        return board, result.splitlines()[0]

    board, result = told()
    assert "退回后改好 1" in board
    assert result == "已写出"
    shutil.rmtree(begun.outbox)
    assert told() == (board, "写出过，现在 outbox 里没有；上面的数按最后一版，下一次汇总重新写出")
    with served(begun, "2020-05-20 18:00") as site:
        site.user("办公室", "", "")
        page = site.signed_in("办公室").get(f"/board/{day}").text
    assert "结果第 1 版写出过，现在 outbox 里没有" in page
    assert "退回后改好" in page
    with sqlite3.connect(begun.settings.paths.ledger) as connection:
        connection.execute("DELETE FROM editions")
    assert told() == (board, "尚未汇总"), "what was published nowhere is judged from the ledger"


def test_the_page_shows_the_board_that_status_shows_and_reads_a_waiting_file_once(
    begun: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    begun.put(
        report("达拉特旗", day=date(2020, 5, 20), progress=[]),
        "2020-05-20/a/13912345678.xlsx",
        "2020-05-20T16:00:00+08:00",
        channel="email",
        sender="dalate@example.com",
    )
    begun.put(report("乌审旗", day=date(2020, 5, 20)), "乌审旗.xlsx", "2020-05-20T16:01:00+08:00", channel="email", sender="x@example.net")
    with served(begun, "2020-05-20 16:05") as site:
        site.user("甲", "东胜区")
        site.user("办公室", "", "")
        clerk, office = site.signed_in("甲"), site.signed_in("办公室")
        draft = clerk.upload(report(day=date(2020, 5, 20))).where
        clerk.get(draft)
        clerk.click(draft, f"{draft}/send")
        page = office.get("/board").text
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Readers, "transcribe", lambda _self, tasks: iter(pytest.fail("read again") for _one in tasks))
            assert office.get("/board").text == page
    board = status.look(begun.settings, date(2020, 5, 20), now=moment("2020-05-20 17:00"))
    states = [district.word for district in board.districts]
    assert states[:2] == ["已上传，等待收取", "邮件已到，等待收取"]
    assert states[2:] == ["还没有报"] * 7
    assert re.findall(r'<td data-label="状态"><span class="badge [^"]+">([^<]+)<', page) == states
    assert re.findall(r'<li><span class="name">([^<]+)</span> <span class="quiet">([^<]+)<', page) == [
        (waits.file.name, waits.description(DAY)) for waits in board.waiting
    ]
    assert [waits.description(DAY) for waits in board.waiting][:2] == [
        "达拉特旗 邮件 5月20日16:00 2020-05-20 的日报，没有内容行",
        "不知旗区（x@example.net） 邮件 5月20日16:01 不能算报送：发件人不在任何旗区的名单里",
    ]
    assert re.fullmatch(r"东胜区 网页上传 5月20日16:05 DS-200520-\w{6} 2020-05-20 的日报，会采用 2 行", board.waiting[2].description(DAY))
    screen.tell_status(board, [], [])
    terminal = capsys.readouterr().out
    assert all(f"  {waits.file.name}  {waits.description(DAY)}\n" in terminal for waits in board.waiting)
    assert all(f"  {district.district}  {district.word}  " in terminal for district in board.districts)
    assert "已到待收 2，还没有报 7；" in terminal
    assert "  17:00 还没到，之前收到的都算按时" in terminal
    assert json.loads(status.as_json(board))["before_cut_off"]
    over = status.look(begun.settings, date(2020, 5, 20), now=moment("2020-05-20 17:01"))
    assert [district.word for district in over.districts][2:] == ["未报"] * 7
    assert not json.loads(status.as_json(over))["before_cut_off"]
    assert "13912345678" not in page + terminal


# --- the assignment workbook -------------------------------------------------------------------------------------


def test_an_assignment_workbook_shows_what_it_would_change_before_it_does(office: Office) -> None:
    rows = [case_row(number) for number in ("ZZQ-2020-001", "SJ-2020-001", "SJ-2020-002", "SJ-2020-003", "SJ-2020-004")]
    office.put_assignment(assignment(rows), "更早的.xlsx")
    office.put_assignment(assignment(rows[:-1]), received="2020-05-02T09:00:00+08:00")
    office.put(report(progress=[progress_row()]), "东胜区.xlsx")
    office.run(DAY)
    newer = assignment(
        [
            case_row("ZZQ-2020-001", 案由="改过的案由"),
            case_row("SJ-2020-001", 撤销依据="重复登记"),
            case_row("SJ-2020-003", 问题类别="没有这一类"),
            case_row("SJ-2020-009"),
            case_row("SJ-2020-010", 案由=""),
        ]
    )
    named = ('<span class="cell">D3 SJ-2020-003</span>', '<span class="cell">E5 SJ-2020-010</span>')
    with served(office, "2020-05-22 09:00") as site:
        site.user("办公室", "", "")
        browser = site.signed_in("办公室")
        answer = browser.upload(newer, "分解表（新）.xlsx", browser.token("/board"))
        page = browser.follow(answer).text
        for words in ("改过的案由", "撤销依据：重复登记", "SJ-2020-009", "表里没有了的案件", "SJ-2020-002", "没有这一类", *named):
            assert words in page, words
        kept = "SJ-2020-003（“群众来访案件”第3行），台账里沿用原内容"
        assert f"会退回 2 行：{kept}；SJ-2020-010（“群众来访案件”第5行），没有列入台账。" in page
        assert "交办日期还没有到" not in page
        assert "SJ-2020-004" not in page, "the one in force does not have it either"
        assert len(tree(office.inbox / "assignment")) == 4, "nothing has changed yet"
        assert "还没有起用" in browser.get("/board").text
        sent = browser.click(answer.where, f"{answer.where}/send")
        receipt = browser.follow(sent).text
        assert "下一次汇总时起用" in receipt
        assert all(words in receipt for words in named)
        browser.upload(newer, "分解表（新）.xlsx", browser.token("/board"))
        assert "还没有起用" not in browser.get("/board").text, "the same once more changes nothing"
    day = date(2020, 5, 22)
    office.run(day)
    summary = office.summary(day)
    assert summary["flags"]["cancelled"] == ["SJ-2020-001"]
    assert summary["flags"]["missing_from_assignment"] == ["SJ-2020-002", "SJ-2020-004"]
    assert "SJ-2020-009" in summary["cases"]


def test_a_workbook_that_betters_a_rate_says_what_it_is_without_the_edits_and_that_it_may_turn(office: Office) -> None:
    rows = [case_row("SJ-2020-001"), case_row("SJ-2020-002")]
    office.put_assignment(assignment(rows))
    office.put(report(progress=[resolved_row("SJ-2020-001")]), "东胜区.xlsx")
    office.run(DAY)
    with served(office, "2020-05-21 18:00") as site:
        site.user("办公室", "", "")
        browser = site.signed_in("办公室")
        newer = assignment([rows[0], {**rows[1], "撤销依据": "重复登记"}])
        page = browser.follow(browser.upload(newer, "新.xlsx", browser.token("/board"))).text
        both = report(progress=[resolved_row("SJ-2020-001"), resolved_row("SJ-2020-002", 群众确认="认可")])
        office.put(both, "更正.xlsx", "2020-05-21T16:30:00+08:00")
        with_it = browser.follow(browser.upload(newer, "再.xlsx", browser.token("/board"))).text
        assert "2/2</strong>，100.0%" in browser.get("/today").text
    assert "等待收取的日报都算在内" in with_it
    assert "2/2，100.0%，暂计达标<" in with_it
    assert "1/1，100.0%，暂计达标。不计台账改动" in with_it, "what waits is counted in, as on the desk"
    assert "1/2，50.0%，暂计未达标，还差 1 件<" in page
    assert "1/1，100.0%，暂计达标。不计台账改动（撤销的一律按未化解计），化解率为50.0%（1/2），不到90% <strong>有变</strong>" in page


def test_before_it_is_sent_a_workbook_says_what_it_would_do_to_totals_rates_and_flags(office: Office) -> None:
    rows = [case_row(f"SJ-2020-{number:03}", 办结时限="2020-05-10") for number in (1, 2, 3)]
    office.put_assignment(assignment([case_row("ZZQ-2020-001"), *rows]))
    office.put(report(progress=[progress_row("SJ-2020-001")]), "东胜区.xlsx")
    office.run(DAY)
    newer = [
        {**rows[0], "撤销依据": "重复登记"},
        {**rows[1], "延期至": "2020-06-08"},
        {**rows[2], "交办日期": "2020-06-01", "办结时限": "2020-06-20"},
    ]
    with served(office, "2020-05-22 09:00") as site:
        site.user("办公室", "", "")
        browser = site.signed_in("办公室")
        answer = browser.upload(assignment([case_row("ZZQ-2020-001"), *newer]), "新.xlsx", browser.token("/board"))
        page = browser.follow(answer).text
    assert "0/3，0.0%，暂计未达标，还差 3 件" in page
    assert "0/2，0.0%，暂计未达标，还差 2 件 <strong>有变</strong>" in page
    assert "今日撤销1件：SJ-2020-001（东胜区，依据：重复登记）。如仍按所报计入，为0/3（0.0%）。" in page
    assert "办结时限改后，1件不再算超期未结（SJ-2020-003）；延期至改后，1件不再算超期未结（SJ-2020-002）" in page
    assert "交办日期写的是 2020-06-01，仍按 2020-04-20" in page
    assert "交办日期改晚" in page


def test_before_it_is_sent_a_workbook_of_the_same_cases_and_turns_says_nothing_of_changes_and_what_to_check(office: Office) -> None:
    rows, turns = [case_row("SJ-2020-001"), case_row("SJ-2020-002")], [turn_row("2090-10-02")]
    office.put_assignment(assignment(rows, rota=turns))
    office.put(report(progress=[progress_row("SJ-2020-001")]), "东胜区.xlsx")
    office.run(DAY)
    with served(office, "2020-05-22 09:00") as site:
        site.user("办公室", "", "")
        browser = site.signed_in("办公室")
        page = browser.follow(browser.upload(assignment(rows[::-1], rota=turns), "新.xlsx", browser.token("/board"))).text
    assert "与现在的台账没有不同" in page
    assert "接访排班：请核对" in page
    assert "2090年10月2日是法定节假日，排了接访，请核对。" in page
    assert "接访排班的变化" not in page
    assert "会写明" not in page


def test_before_it_is_sent_a_workbook_says_which_exceptions_begin_end_and_move_what(office: Office) -> None:
    rows = [case_row("ZZQ-2020-001"), *(case_row(f"SJ-2020-{number:03}", 办结时限="2020-05-10") for number in (1, 2, 3))]
    kept = [exemption_row("ZZQ-2020-001", "核查提示"), exemption_row("东胜区 2020-05-21", "迟报")]
    office.put_assignment(assignment(rows, exemptions=[exemption_row("SJ-2020-002"), exemption_row("SJ-2020-003"), *kept]))
    office.put(report(progress=[progress_row("SJ-2020-001")]), "东胜区.xlsx", "2020-05-21T18:30:00+08:00")
    office.run(DAY)
    newer = [
        exemption_row("SJ-2020-001"),
        exemption_row("SJ-2020-003", until="2020-07-10"),
        exemption_row("东胜区 2020-05-20", "迟报", "2020-05-21"),
        *kept,
    ]
    with served(office, "2020-05-22 09:00") as site:
        site.user("办公室", "", "")
        browser = site.signed_in("办公室")
        answer = browser.upload(assignment(rows, exemptions=newer), "新.xlsx", browser.token("/board"))
        page = browser.follow(answer).text
        board, desk = browser.get("/board/2020-05-21").text, browser.get("/today").text
    assert "迟报（已批准）" in board
    assert "迟报（已批准） 1 天" in desk
    by = "领导一批准，等待工程验收"
    assert re.findall("<li>((?:开始|结束|改动|不起作用)：[^<]+)</li>", page) == [
        f"开始：SJ-2020-001（东胜区）延期：{by}，至6月30日；今日起，时限5月10日改为6月30日，按原时限已超期12天，因延期不列入超期未结",
        f"结束：SJ-2020-002（东胜区）延期：{by}，至6月30日；新的分解表里没有了，时限恢复为5月10日，已超期12天",
        f"改动：SJ-2020-003（东胜区）延期：{by}，至7月10日；截止日期原为6月30日，时限5月10日改为7月10日，按原时限已超期12天，因延期不列入超期未结",
        "不起作用：东胜区 2020-05-20迟报，截止日期 2020-05-21 已经过了",
    ]


def test_the_assignment_workbook_that_counts_handed_in_again_asks_for_nothing(office: Office) -> None:
    content = assignment([case_row("SJ-2020-001"), case_row("SJ-2020-002", 问题类别="没有这一类")])
    office.put_assignment(content)
    office.run(DAY)
    with served(office, "2020-05-22 09:00") as site:
        site.user("办公室", "", "")
        browser = site.signed_in("办公室")
        answer = browser.upload(content, "同一份.xlsx", browser.token("/board"))
        page = browser.follow(answer).text
        assert "和5月1日09:00 收到的“分解表.xlsx”一个字节也不差，那一份照算。" in page
        assert "确认起用" not in page
        assert "没有这一类" not in page
        board = browser.get("/board").text
        assert "与现行的分解表完全相同的，不用起用。" in board
        assert "点“确认起用”" not in board
        office.put_assignment(content, "又.xlsx", "2020-05-22T08:00:00+08:00")
        assert "文件夹 5月22日08:00，与现行的完全相同，什么也不改变" in browser.get("/today").text


def test_what_is_no_assignment_workbook_cannot_be_confirmed(office: Office) -> None:
    with served(office) as site:
        site.user("办公室", "", "")
        browser = site.signed_in("办公室")
        page = browser.follow(browser.upload(report(), "日报.xlsx", browser.token("/board"))).text
    assert "这份分解表不能用" in page
    assert "确认起用" not in page


# --- when the ledger cannot be read ------------------------------------------------------------------------------


def _break(ledger: Path) -> None:
    ledger.write_bytes(b"no ledger" * 1000)


def _hold(ledger: Path) -> None:
    """The disk gives no file."""
    ledger.unlink()
    ledger.mkdir()


@pytest.mark.parametrize(("harm", "way_out"), [(_break, "python run.py doctor --repair"), (_hold, "过一会儿再试")])
def test_a_ledger_that_cannot_be_read_is_said_without_naming_a_place(office: Office, harm: Callable[[Path], None], way_out: str) -> None:
    office.put_assignment(assignment())
    office.put(report(), "东胜区.xlsx")
    office.run(DAY)
    harm(office.settings.paths.ledger)
    with served(office) as site:
        site.user("办公室", "", "")
        answer = site.signed_in("办公室").get("/board")
        assert answer.status == 503
        assert way_out in answer.text
        assert "退出登录" in answer.text
        assert str(office.home) not in answer.text
        assert site.browser().get("/healthz").status == 200


def test_our_own_fault_is_said_and_leaves_a_report_without_contents(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_said: object) -> None:
        raise RuntimeError("secret")

    with served(office) as site:
        site.user("办公室", "", "")
        browser = site.signed_in("办公室")
        monkeypatch.setattr(status, "look", broken)
        answer = browser.get("/board")
    assert answer.status == 500
    assert "程序自身的问题" in answer.text
    assert "退出登录" in answer.text
    assert "secret" not in answer.text
    reports = [path.read_text(encoding="utf-8") for path in (office.settings.paths.state / "faults").iterdir()]
    assert reports
    assert "secret" not in "".join(reports)
