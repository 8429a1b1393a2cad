"""The office's desk: the rows behind every count, the day's page in place, today, thirty days. Of none of it a district sees anything.

Covers `desk_pages` and `office_pages`, and behind them `handed_in_rows`, `today`, `waiting` and `attendance`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.routing import APIRoute
from offices import File, Office, moment, only, read_in
from provinces import FIRST, LAST, PROVINCE, SECOND
from provinces import lay as lay_province
from websites import Website, served
from workbooks import (
    assignment,
    case_row,
    exemption_row,
    new_row,
    progress_row,
    reception_row,
    report,
    report_pages,
    resolved_row,
    urgent_row,
    write,
)

from pipeline.doors import fetch_words, mailbox
from pipeline.intake import incoming
from pipeline.ledger import journal
from pipeline.night import nightly
from pipeline.office import attendance, handed_in_rows, status, today
from pipeline.office.urgent_matters import Untold, UrgentMatter
from pipeline.post import urgent
from pipeline.render.documents import FIGURES
from pipeline.render.page import leaders_page
from pipeline.settings.config import load
from pipeline.settings.units import Tree, Unit
from pipeline.terms.handed_in import LeftOut
from pipeline.terms.mails import Mail
from pipeline.web import desk_pages, office_pages, release_pages, run_pages, settings_pages, user_pages
from pipeline.web.started_runs import StartedRun

DAY = date(2020, 5, 21)
OF_DAY = today.of_day
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
    nightly.run(office.settings, [DAY], documents=only("leaders_page"))
    return office


@pytest.fixture
def site(consolidated: Office) -> Iterator[Website]:
    with served(consolidated, "2020-05-21 18:00") as website:
        for name, district in (("甲", "东胜区"), ("办公室", "")):
            if not website.serving.site.accounts.find(name):
                website.user(name, district)
        yield website


@pytest.mark.parametrize("path", ["/today", f"/page/{DAY}", f"/rows/{DAY}", f"/rows/{DAY}?district={quote('东胜区')}&which=taken"])
def test_no_district_sees_any_of_it(site: Website, path: str) -> None:
    clerk = site.signed_in("甲")
    assert clerk.get(path).body == clerk.get("/nope").body
    assert site.browser().get(path).where == "/signin"
    assert site.signed_in("办公室").get(path).status == 200


OFFICES = (desk_pages, office_pages, release_pages, run_pages, settings_pages, user_pages)
ROUTES = [route for pages in OFFICES for route in pages.router.routes if isinstance(route, APIRoute)]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: str(route.path))
def test_no_district_reaches_any_of_the_offices_routes(site: Website, route: APIRoute) -> None:
    path = re.sub(r"\{\w+\}", str(DAY), route.path)
    clerk, stranger = site.signed_in("甲"), site.browser()
    if "POST" in (route.methods or ()):
        assert clerk.post(path, {"csrf": clerk.token("/"), "name": "甲", "manifest": "x"}).status == 404
        assert stranger.post(path, {"csrf": "x"}).where == "/signin?again"
        assert site.signed_in("办公室").post(path, {"csrf": "x"}).status == 403
    else:
        assert clerk.get(path).body == clerk.get("/nope").body
        assert stranger.get(path).where == "/signin"


def test_the_days_page_opens_in_place_and_reaches_nothing(site: Website) -> None:
    browser = site.signed_in("办公室")
    assert f'href="/page/{DAY}"' in browser.get(f"/board/{DAY}").text
    answer = browser.get(f"/page/{DAY}")
    policy = answer.headers["Content-Security-Policy"]
    assert answer.headers.get_all("Content-Security-Policy") == [policy]
    assert "Content-Disposition" not in answer.headers
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    own = leaders_page.script_hash(leaders_page.BUILT_IN)
    assert policy.startswith("sandbox allow-scripts; default-src 'none'; ")
    assert re.findall(r"script-src ([^;]+)", policy) == [f"'{own}'"]
    assert f"script-src '{own}'" in answer.text
    assert "allow-same-origin" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert browser.get("/page/2020-05-20").status == 404


def test_a_page_with_another_script_is_shown_without_any(site: Website) -> None:
    path = next((site.office.outbox / f"{DAY}").glob("*.html"))
    published = path.read_bytes()
    own = leaders_page.script_hash(leaders_page.BUILT_IN)
    path.write_bytes(published.replace(own.encode(), b"sha256-another"))
    try:
        policy = site.signed_in("办公室").get(f"/page/{DAY}").headers["Content-Security-Policy"]
    finally:
        path.write_bytes(published)
    assert policy.startswith("sandbox; default-src 'none'; ")
    assert "script" not in policy


def test_whole_refused_files_stand_together_with_what_has_come_since(tmp_path: Path) -> None:
    office = Office(tmp_path / "office")
    office.put_assignment(assignment(CASES))
    office.put(report("达拉特旗", progress=[]), "达拉特旗.xlsx", "2020-05-21T15:00:00+08:00")
    for name, district, received in (("早", "东胜区", "16:00"), ("晚", "达拉特旗", "16:10"), ("独", "乌审旗", "16:20")):
        pages = report_pages(district)
        pages["案件进展"].insert_column(2, "家庭住址")
        office.put(write(pages), f"{name}.xlsx", f"2020-05-21T{received}:00+08:00")
    wrong = progress_row("SJ-2020-001", 答复日期="2020年5月20日", 群众确认="差不多")
    office.put(report(progress=[wrong]), "改好.xlsx", "2020-05-21T16:40:00+08:00")
    office.put(b"no workbook", "坏的.xlsx", "2020-05-21T16:45:00+08:00")
    nightly.run(office.settings, [DAY], documents=FIGURES)
    with served(office, "2020-05-22 09:00") as website:
        website.user("办公室", "")
        browser = website.signed_in("办公室")
        strip = browser.get("/today").text.partition('aria-label="乌审旗每天怎样报的"')[2].partition("</details>")[0]
        board = browser.get(f"/board/{DAY}?of=returned").text
        website.user("乙", "乌审旗")
        home = website.signed_in("乙").get("/").text
        desk, month, day, own = (
            _words(browser.get(path).text)
            for path in ("/today", "/rows", f"/rows/{DAY}?which=refused", f"/rows/{DAY}?which=refused&district={quote('东胜区')}")
        )
    assert '<span class="heard">5月21日 整份退回</span>' in strip
    assert "未报 0 天，整份退回 1 天</summary>" in strip
    assert "只列整份退回的 1 个旗区" in board
    assert '<span class="badge is-bad">整份退回</span>' in board
    assert "近三十天整份退回的" in home
    assert "报过，整份退回，请改好再报" in home
    assert "4 个整份退回的文件" in desk
    assert "整份退回的 4 个文件，2 个还没有另报" in desk
    for page in (month, day):
        assert re.search(
            "5月21日 东胜区 早.xlsx 5月21日16:00 收到 后来另报了，最近一份16:40 收到，采用了几行见这一天的报送情况 .*家庭住址", page
        )
        assert "达拉特旗 晚.xlsx 5月21日16:10 收到 以前报的还算数，没有再报" in page
        assert "乌审旗 独.xlsx 5月21日16:20 收到 这一天还没有另报" in page
        assert re.search("第2行 .*J2.*差不多.*另有提醒，不是退回的原因： H2 .*不用改。", page)
        assert "不能确认是哪个旗区的 坏的.xlsx 5月21日16:45 收到 不知是谁的，看不出是否另报过" in page
    assert "早.xlsx" in own
    assert "独.xlsx" not in own


def test_on_the_first_day_nothing_is_told_of_a_day_before(tmp_path: Path) -> None:
    office = Office(tmp_path / "office")
    office.put_assignment(assignment(CASES))
    office.put(report(progress=[progress_row("SJ-2020-001")]), "东胜区.xlsx")
    nightly.run(office.settings, [DAY], documents=FIGURES)
    with served(office, "2020-05-21 18:00") as website:
        website.user("办公室", "", "")
        page = website.signed_in("办公室").get("/today").text
        assert "今天是有日报的第一天，昨天还没有开始报送。" in page
        assert "昨天 0/" not in page
        website.clock.forward(minutes=24 * 60)
        later = website.signed_in("办公室").get("/today").text
        assert "第一天" not in later
        assert "昨天 0/" in later


def test_what_keeps_a_verdict_provisional_opens_to_each_district_and_day(afternoon: Website) -> None:
    page = afternoon.signed_in("办公室").get("/today").text
    points = page[page.index("结论可能改变</summary>") :]
    assert '<strong>东胜区</strong> 退回的还没有改正：<a href="/board/2020-05-22#districts">5月22日</a></li>' in points  # it waits


def test_every_count_of_the_board_opens_to_what_is_behind_it(site: Website) -> None:
    browser = site.signed_in("办公室")
    page = browser.get(f"/board/{DAY}").text
    tiles = dict(re.findall(r'<dt>([^<]+)</dt><dd[^>]*><a href="([^"]+)">', page))
    assert set(tiles) == {"按时", "未报", "部分退回", "退回行", "整份退回"}
    missing = browser.get(tiles["未报"].partition("#")[0]).text
    assert "只列未报的 8 个旗区" in missing
    assert '<th scope="row">东胜区' not in missing
    assert "达拉特旗" in missing
    assert tiles["整份退回"] == f"/board/{DAY}#unknown-title"
    assert browser.get(f"/board/{DAY}?of=x").status == 404
    assert '<span class="badge is-warn">按时，部分退回</span>' in page
    refused = browser.get(tiles["退回行"]).text
    assert "共 2 行" in refused
    assert "案件进展 第3行" in refused
    assert "不在可选范围" in refused
    assert "SJ-2020-099" in refused
    linked = '<strong><a href="/explain?what=SJ-2020-002">SJ-2020-002</a></strong>'
    assert linked in refused
    assert set(re.findall(r'/explain\?what=([^"&]+)"', refused)) == {"SJ-2020-002"}, "neither an unknown case nor an example"
    links = re.findall(r'href="(/rows/[^"]+which=taken)"', page)
    taken = browser.get(links[0].replace("&amp;", "&")).text
    assert "共 1 行" in taken
    assert "&lt;script&gt;" in taken
    assert HOSTILE not in taken
    assert browser.get(f"/rows/{DAY}?district=x").status == 404


# --- today -------------------------------------------------------------------------------------------------------


@pytest.fixture
def afternoon(tmp_path: Path) -> Iterator[Website]:
    """A day after one that was consolidated, with reports that wait: a sound one, one with a refused row, one that is no workbook."""
    office = Office(tmp_path / "office")
    office.put_assignment(assignment(CASES))
    office.put(report(progress=[progress_row("SJ-2020-002")]), "东胜区.xlsx")
    office.put(report("准格尔旗", progress=[progress_row("SJ-2020-003", 当前状态="差不多了")]), "准格尔旗.xlsx")
    nightly.run(office.settings, [DAY], documents=FIGURES)
    journal.note_left_out(office.archive, [LeftOut("f" * 64, "杭锦旗.xlsx", "2020-05-21T16:30:00+08:00", DAY, "杭锦旗")])
    next_day = date(2020, 5, 22)
    rows = [resolved_row("SJ-2020-002"), progress_row("SJ-2020-001", 当前状态="差不多了"), progress_row("SJ-2020-003")]
    office.put(report(day=next_day, progress=rows), "今天.xlsx", "2020-05-22T15:00:00+08:00")
    office.put(report("达拉特旗", day=next_day, progress=[]), "达.xlsx", "2020-05-22T15:10:00+08:00")
    office.put(b"no workbook", "坏的.xlsx", "2020-05-22T15:20:00+08:00", channel="email", sender="zhungeer@example.com")
    with served(office, "2020-05-22 15:30") as website:
        website.user("甲", "东胜区")
        website.user("办公室", "", "")
        yield website


def test_what_is_told_of_districts_is_parted_at_every_level() -> None:
    whole = PROVINCE.tree.parted(["甲一区", "丙一区", "丙三县", "丙二县"], str)
    assert (whole.unit, whole.own, [part.unit for part in whole.below]) == ("", (), ["甲市", "丙市"])
    last = whole.below[1]
    assert (last.things, last.own, last.below[0].unit, last.below[0].own) == (
        ("丙一区", "丙三县", "丙二县"),
        ("丙三县",),
        "丙北片",
        ("丙一区", "丙二县"),
    )
    many = Tree((Unit(name="甲市"),), (("甲县", "甲市"), ("直管区", None)))
    beside = many.parted(["甲县", "直管区", "不知旗区"], str)
    assert (beside.own, [part.things for part in beside.below]) == (("直管区", "不知旗区"), [("甲县",)])
    assert Tree().parted(["东胜区", "康巴什区"], str).own == ("东胜区", "康巴什区")


def test_with_levels_calendars_and_refused_rows_stand_by_unit_with_their_sums(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    office = lay_province(tmp_path / "office")
    office.put(
        report("乙二县", LAST, progress=[progress_row("SJ-2020-999"), progress_row("SJ-2020-001")]), "乙.xlsx", f"{LAST}T16:30:00+08:00"
    )
    office.put(b"no workbook", "坏的.xlsx", f"{LAST}T16:40:00+08:00")
    nightly.run(office.settings, [FIRST, SECOND, LAST], documents=FIGURES)
    with served(office, "2020-05-22 09:00") as website:
        website.user("办公室", "")
        browser = website.signed_in("办公室")
        desk, rows = browser.get("/today").text, browser.get("/rows").text
        of_unit, of_day = browser.get(f"/rows?unit={quote('乙市')}").text, browser.get(f"/rows/{LAST}?unit={quote('甲市')}").text
        assert browser.get("/rows?unit=nowhere").status == 404
        monkeypatch.setattr(desk_pages, "MOST_CASES", 10)
        of_many = browser.get("/today").text
    words = _words(desk)
    strips = attendance.strips(office.settings, moment("2020-05-22 09:00"))
    missed = {own.unit: own.on("missing") for own in attendance.by_unit(strips, office.settings.tree)}
    assert missed == {"甲市": 0, "乙市": 0, "丙市": 1}
    assert "未报 ：丙市 1 份。 迟报 ：丙市 1 份。 全部退回 ：乙市 1 份。" in words
    assert "丙市 3 个旗区 按时 7 份，迟报 1 份，未报 1 份" in words
    assert "丙北片 2 个旗区 按时 5 份，迟报 1 份，未报 0 份" in words
    assert "乙二县 没有日报： 5月22日 退回的还没有改正： 5月21日 乙三县 没有日报： 5月22日 丙市 3 个旗区 丙三县 没有日报" in words
    assert "丙市 1 件 丙北片 1 件 BB-2020-001 丙二县" in words
    assert "还没有报的 9 个旗区 甲市 3 个旗区 甲一区、甲二县、甲三县" in words
    assert "丙市 3 个旗区 丙三县 近三十天未报 1 天 丙北片 2 个旗区 丙一区、丙二县" in words
    assert "甲市 6 件 甲一区 3 件 甲二县 2 件 甲三县 1 件 乙市" in _words(of_many)
    assert f'<a href="/explain?what={quote("市级交办和旗区自行梳理/甲一区")}&amp;date=2020-05-22">甲一区 3 件</a>' in of_many
    assert re.search(r'<a href="/rows\?unit=[^"]+">乙市 8 行</a>', desk)
    assert "甲市 7 行 乙市 8 行 丙市 6 行 不能确认是哪个旗区的 0 行，整份 1 个" in _words(rows)
    assert "乙市退回的行" in _words(of_unit)
    assert "共 8 行" in _words(of_unit)
    assert "乙二县 2 行" in _words(of_unit)
    assert "坏的.xlsx" not in of_unit
    assert "共 0 行" in _words(of_day)


def test_today_counts_what_waits_and_says_whom_to_phone(afternoon: Website) -> None:
    browser = afternoon.signed_in("办公室")
    assert browser.get("/").where == "/today"
    page = browser.get("/today").text
    text = re.sub(r"<[^>]+>", "", page)
    assert "1/3，33.3%（目标 90%） 昨天 0/3，0.0%" in text
    assert "暂计未达标，还差 2 件" in text
    assert "没有计入化解的 2 件" in text
    assert "2 行会退回 东胜区" in text
    assert "不是东胜区的" in text or "SJ-2020-003" in text
    assert "整份会退回 准格尔旗" in text
    assert "准格尔旗 来过，整份会退回" in text
    assert "3 份，2 份有会退回的\n5月22日的有会退回的，17:00截止以前请打电话：东胜区、准格尔旗。" in text
    assert "还没有报的7 个旗区" in text
    assert HOSTILE not in page
    assert list((afternoon.office.inbox).iterdir()), "nothing is taken in"


def test_a_rate_that_a_cancellation_lifts_never_stands_without_the_rate_that_no_edit_betters(afternoon: Website) -> None:
    """Of three cases one is resolved; two are cancelled, and of one left all is resolved."""
    rows = [{**row, "撤销依据": "重复" if number else ""} for number, row in zip((1, 0, 3), CASES, strict=True)]
    afternoon.office.put_assignment(assignment(rows), "新.xlsx", "2020-05-22T14:00:00+08:00")
    browser = afternoon.signed_in("办公室")

    def text(path: str) -> str:
        return " ".join(re.sub(r"<[^>]+>", " ", browser.get(path).text).split())

    now = text("/today")
    without = "不计台账改动（撤销2件：SJ-2020-001、SJ-2020-003；撤销的一律按未化解计），化解率为33.3%（1/3），不到90%。"
    assert f"1/1 ，100.0%（目标 90%） 昨天 0/3，0.0% {without}" in now
    assert "等待汇总 3 份日报，1 份分解表" in now
    assert "案件包案任务分解表 新.xlsx 文件夹 5月22日14:00 ：上面的数字已经按它算；下一次汇总时收下。" in now
    assert "已撤销、不在总数里的 2 件 SJ-2020-001 东胜区 · 领导一 · 撤销依据：重复" in now
    nightly.run(afternoon.office.settings, [date(2020, 5, 22)], documents=FIGURES)
    group = quote("市级交办和旗区自行梳理")
    figure = text(f"/explain?what={group}&date=2020-05-22")
    assert without in figure
    assert "已撤销，不在总数里 2 件" in figure
    assert "暂计达标（" in figure
    one_leader = text(f"/explain?what={group}/{quote('达拉特旗')}&date=2020-05-22")
    assert "不计台账改动（撤销1件：SJ-2020-003；撤销的一律按未化解计），化解率为0.0%（0/1）" in one_leader
    case = browser.get("/explain?what=SJ-2020-003&date=2020-05-22").text
    assert "它在这些数字里" not in case
    parts = re.findall(r'href="(/explain\?what=%E5[^"]+)"', case[case.index("已撤销”里") :])
    assert len(parts) == 3
    for address in parts:
        assert "已撤销，不在总数里" in browser.get(address.replace("&amp;", "&")).text
    afternoon.serving.site.local_now = lambda: moment("2020-05-23 08:00")  # type: ignore[method-assign]
    assert "1/1，100.0%（目标 90%）。不计台账改动，化解率为33.3%（1/3），不到90%。" in (after := text("/today"))
    assert "案件包案任务分解表 新.xlsx" not in after


def test_what_a_later_report_replaced_is_no_reason_to_phone_and_what_is_left_out_is_named(afternoon: Website) -> None:
    better = report(day=date(2020, 5, 22), progress=[progress_row("SJ-2020-001")])
    afternoon.office.put(better, "改好.xlsx", "2020-05-22T15:25:00+08:00")
    text = " ".join(re.sub(r"<[^>]+>", " ", afternoon.signed_in("办公室").get("/today").text).split())
    assert "4 份，1 份有会退回的 5月22日的有会退回的，17:00截止以前请打电话：准格尔旗。" in text
    assert "已由后来的一份代替，不用管 东胜区 今天.xlsx" in text
    afternoon.office.put(report("准格尔旗", day=date(2020, 5, 22), progress=[]), "准.xlsx", "2020-05-22T15:26:00+08:00")
    again = " ".join(re.sub(r"<[^>]+>", " ", afternoon.signed_in("办公室").get("/today").text).split())
    assert "会整份退回，后来另报了，不用管 准格尔旗 坏的.xlsx" in again, "it never counted for anything"
    # Refused rows are nothing that was reported: as in the clerk's own check only the taken one is missing.
    assert "漏了原来报过的内容（案件进展：SJ-2020-002） 东胜区 改好.xlsx" in text


def test_who_sent_what_was_not_taken_is_not_said_to_be_silent(afternoon: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    at = moment("2020-05-22 15:10")
    photo = Mail("1", "etuoke@example.com", "", at, "日报", None, (), (("<b>照片.jpg", "这是照片，不是工作簿"),))
    stranger = Mail("2", None, "自称 x@example.com", at, "日报", None, (("日报.xlsx", "mail/2/日报.xlsx"),), ())
    monkeypatch.setattr(mailbox, "mails", lambda *_said: [photo, stranger])
    text = " ".join(re.sub(r"<[^>]+>", " ", afternoon.signed_in("办公室").get("/today").text).split())
    assert "鄂托克旗 来过邮件，没有收 15:10 &lt;b&gt;照片.jpg ：这是照片，不是工作簿" in text
    assert "今天有 2 封邮件没有收全、收下的文件不在了、发件人没有核实，或里面有没有收的附件" in text


def test_an_answer_to_a_notice_that_came_by_mail_is_told_as_that(afternoon: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    at, why = moment("2020-05-22 15:10"), fetch_words.for_sender("notice-answer/word")
    senders = ("etuoke@example.com", "dongsheng@example.com")
    slips = [Mail(sender, sender, "", at, "督办", None, (), (("督办回执.docx", why),)) for sender in senders]
    monkeypatch.setattr(mailbox, "mails", lambda *_said: slips)
    text = " ".join(re.sub(r"<[^>]+>", " ", afternoon.signed_in("办公室").get("/today").text).split())
    assert "鄂托克旗 来过邮件，是督办通知的回复，不是日报 15:10 督办回执.docx ：是对督办通知的回复（Word 文档）" in text
    assert "督办通知的回复 东胜区 15:10 督办回执.docx ：寄到了收日报的邮箱，程序不读，请到邮箱里看" in text
    assert "督办通知的回复 鄂托克旗" not in text


def test_a_mailed_file_that_is_gone_from_the_inbox_stands_on_desk_and_board(afternoon: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = (("日报.xlsx", "邮件/2/日报.xlsx"),)
    mail = Mail("2", "etuoke@example.com", "", moment("2020-05-22 15:10"), "日报", "<2@example.com>", taken, ())
    monkeypatch.setattr(mailbox, "mails", lambda *_said: [mail])
    said = "收到过，但还没有汇总就被人从收件箱里拿走了，没有算上。请找一找，连同信封文件放回原处；找不到的，请旗区再发一次"
    office = afternoon.signed_in("办公室")
    assert f"鄂托克旗 来过邮件，已不在收件箱里 15:10 日报.xlsx ：{said}" in " ".join(
        re.sub(r"<[^>]+>", " ", office.get("/today").text).split()
    )
    assert said in office.get("/board/2020-05-22").text


def test_a_file_that_names_another_district_is_no_report_of_either_and_says_who_sent_it(afternoon: Website) -> None:
    browser, today = afternoon.signed_in("办公室"), date(2020, 5, 22)

    def figures() -> str:
        page = browser.get("/today").text
        return page[page.index('id="now-title"') : page.index('id="missing-title"')]

    before = figures()
    mail = {"channel": "email", "sender": "kangbashi@example.com"}
    afternoon.office.put(report("达拉特旗", today), "错.xlsx", "2020-05-22T15:20:00+08:00", **mail)
    assert figures() == before
    afternoon.office.put(report("康巴什区", today, progress=[], new=[]), "对.xlsx", "2020-05-22T15:25:00+08:00", **mail)
    text = " ".join(re.sub(r"<[^>]+>", " ", browser.get("/today").text).split())
    assert "整份会退回 康巴什区送来，封面写的是达拉特旗 错.xlsx" in text
    assert "发件人登记的是康巴什区，封面写的旗区却是“达拉特旗”" in text
    assert "不用管 康巴什区" not in text, "what came after it is no correction of it"


def test_yesterday_stands_beside_with_its_published_verdict_and_who_was_silent_in_one_line(afternoon: Website) -> None:
    browser = afternoon.signed_in("办公室")
    text = " ".join(re.sub(r"<[^>]+>", " ", page := browser.get("/today").text).split())
    assert "市级交办和旗区自行梳理 ： 暂计未达标 ，0/3，0.0%（目标 90%），还差 3 件" in text
    assert "未报 ：达拉特旗 1 天、" in text
    assert " 准格尔旗 1 天、" not in text, "its report came, and all of it was refused"
    assert "迟报 ：没有。" in text
    figure = re.search(r'<p><strong><a href="([^"]+)">市级交办和旗区自行梳理</a>', page)
    assert figure
    told = " ".join(re.sub(r"<[^>]+>", " ", browser.get(figure[1].replace("&amp;", "&")).text).split())
    assert "化解率 0.0% 总数 3 计入化解 0 不计入 3 离目标还差 3" in told
    assert browser.get("/board").text.count('<a href="/board/2020-05-22">今天</a>') == 1
    published = afternoon.office.outbox / str(DAY) / "extensions.json"
    said = []
    for hints in ([{"trial": True}], [{"trial": True}, {"trial": False}], "x"):
        published.write_text(json.dumps({"hints": hints}), encoding="utf-8")
        said.append(re.findall("核查提示 (.) 处", browser.get("/today").text))
    assert said == [[], ["1"], []]


def test_yesterday_as_it_was_said_and_as_it_is_known_now_are_told_apart(afternoon: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "昨天的目标" not in afternoon.signed_in("办公室").get("/today").text
    assert "现在所知" not in afternoon.signed_in("办公室").get("/today").text
    late = report(progress=[resolved_row("SJ-2020-002")])
    afternoon.office.put(late, "昨天的.xlsx", "2020-05-22T11:00:00+08:00")
    text = " ".join(re.sub(r"<[^>]+>", "", afternoon.signed_in("办公室").get("/today").text).split())
    assert "昨天 1/3，33.3%（按现在所知；昨天的结果里写的是 0/3，见下面）" in text
    assert "下面是昨天的结果里写的 0/3；按现在所知是 1/3，后来收到的日报改了昨天的数字，今天的专报写明更正。" in text
    config = afternoon.office.home / "config.yaml"
    others = "changes: [{from: 2020-05-22, groups: [{name: 各项, sources: [自治区交办, 市级交办, 旗区自行梳理], target_percent: 95}]}]"
    before = "groups: [{name: 各项, sources: [自治区交办, 市级交办, 旗区自行梳理], target_percent: 80}]"
    written = re.sub(r"(?ms)^groups:\n.*?(?=^\S)", f"{before}\n", config.read_text(encoding="utf-8"))
    config.write_text(written.replace("changes: []", others), encoding="utf-8")
    changed, look = load(config), today.of_day
    monkeypatch.setattr(today, "of_day", lambda day, files, _settings, readers: look(day, files, changed, readers))
    afternoon.office.put(report("乌审旗", day=date(2020, 5, 22), progress=[]), "乌.xlsx", "2020-05-22T15:25:00+08:00")
    assert "（昨天的目标是 80%，规则改了）" in afternoon.signed_in("办公室").get("/today").text


def test_of_a_day_that_was_published_before_anybody_reported_it_is_not_said_that_reports_changed_it(tmp_path: Path) -> None:
    office = Office(tmp_path / "home")
    office.put_assignment(assignment())
    office.run(DAY)
    with served(office, "2020-05-22 16:00") as website:
        website.user("办公室", "")
        text = website.signed_in("办公室").get("/today").text
    assert "昨天的报送情况" in text
    assert "现在所知" not in text


def test_a_correction_that_todays_report_will_not_tell_is_not_promised(afternoon: Website) -> None:
    """It says that it came yesterday before midnight, and yesterday was published without it."""
    afternoon.office.put(report(progress=[resolved_row("SJ-2020-002")]), "早到.xlsx", "2020-05-21T17:40:00+08:00")

    def text() -> str:
        return " ".join(re.sub(r"<[^>]+>", "", afternoon.signed_in("办公室").get("/today").text).split())

    assert "按现在所知是 1/3，后来收到的日报改了昨天的数字，但按收到时间，昨天的专报就该知道，今天的专报不会从 0/3 说起写更正" in text()
    assert "写明更正" not in text()
    nightly.run(afternoon.office.settings, [date(2020, 5, 22)], documents=FIGURES)
    assert afternoon.office.summary(date(2020, 5, 22))["restated"] == []
    after = text()
    assert "早到.xlsx：收到时间是5月21日17:40，2020-05-21 的第 1 版" in after
    assert "2020-05-21 第 2 版改变了：" in after
    assert "python" not in after


def test_a_report_dated_ahead_is_named_before_it_is_taken_in_and_shuts_nobody_out_in_silence(afternoon: Website) -> None:
    ahead = report("达拉特旗", day=date(2020, 5, 22), progress=[progress_row("SJ-2020-003")])
    afternoon.office.put(ahead, "以后.xlsx", "2020-06-10T10:00:00+08:00")

    def text() -> str:
        return " ".join(re.sub(r"<[^>]+>", "", afternoon.signed_in("办公室").get("/today").text).split())

    waits = "达拉特旗 5月22日的日报 以后.xlsx：收到时间写的是 6月10日10:00。在那以前再报的更正都不算数。还没有收下：请先不要汇总"
    assert waits in text()
    assert "（收到时间比现在还晚，请核对信封）" in text()
    assert "不算数：另一份的收到时间写得比现在还晚，见上面 达拉特旗 达.xlsx" in text()
    assert "不用管 达拉特旗" not in text()
    nightly.run(afternoon.office.settings, [date(2020, 5, 22)], documents=FIGURES)
    assert "收到时间写的是 6月10日10:00。在那以前再报的更正都不算数。已经收下，不能再改信封。" in text()
    clerk_name = "达旗"
    afternoon.user(clerk_name, "达拉特旗", "dalate@example.com")
    clerk = afternoon.signed_in(clerk_name)
    home = " ".join(re.sub(r"<[^>]+>", "", clerk.get("/").text).split())
    assert "6月10日10:00 收到，第 2 版。这一份的收到时间写得比现在还晚，在那以前再报的不算数。" in home
    assert "以最后一次为准" not in home
    more = report("达拉特旗", day=date(2020, 5, 22), progress=[], new=[new_row("DLT-2020-009")])
    draft = clerk.get(clerk.upload(more, "更正.xlsx").where)
    said = " ".join(re.sub(r"<[^>]+>", "", draft.text).split())
    assert "这一天已有一份收到时间写成 6月10日10:00 的日报，比这一份还晚：这一份报了也不算数。请先打电话告诉办公室。" in said
    assert "以这一份为准" not in said
    site = afternoon.serving.site
    user = site.accounts.find(clerk_name)
    assert user
    (waiting,) = site.drafts.of(user)
    sent = clerk.click(f"/draft/{waiting.id}", f"/draft/{waiting.id}/send")
    page = " ".join(re.sub(r"<[^>]+>", "", clerk.follow(sent).text).split())
    assert "已收到，不算数：另一份的收到时间写得比现在还晚" in page
    assert "的收到时间写得比现在还晚，在那以前再报的不算数，这一份也不算。请打电话告诉办公室。" in page
    assert "后来" not in page.partition("已报送的")[0]


def test_what_came_this_morning_is_not_ahead_where_yesterday_is_looked_at(afternoon: Website) -> None:
    afternoon.office.put(report("乌审旗", day=DAY, progress=[]), "乌.xlsx", "2020-05-22T07:49:00+08:00")
    settings, morning = afternoon.office.settings, moment("2020-05-22 07:50")
    board = status.look(settings, DAY, now=morning)
    of_day = [waits.description(DAY, board.now) for waits in board.waiting if waits.file.name == "乌.xlsx"]
    assert of_day == ["乌审旗 文件夹 5月22日07:49 2020-05-21 的日报，没有内容行"]
    assert board.waiting[-1].description(DAY, morning).count("（收到时间比现在还晚，请核对信封）") == 1
    known = today.known_otherwise([DAY], incoming.look(settings), settings, None)
    assert "乌审旗 文件夹 5月22日07:49 2020-05-21 的日报" in str(known)
    assert "请核对信封" not in str(known)


def test_urgent_matters_that_no_leader_was_mailed_stand_on_desk_and_letters(afternoon: Website) -> None:
    rows = report("乌审旗", day=date(2020, 5, 22), progress=[], urgent=[urgent_row("", 情况说明="塔吊基础<沉降")])
    afternoon.office.put(rows, "乌.xlsx", "2020-05-22T15:25:00+08:00")
    afternoon.serving.site.urgent_look = partial(urgent.untold, afternoon.office.settings)
    for path in ("/today", "/letters"):
        text = " ".join(re.sub(r"<[^>]+>", "", afternoon.signed_in("办公室").get(path).text).split())
        assert "急报没有发到领导：1 件 乌审旗 停水停电停暖：塔吊基础&lt;沉降" in text
        assert "15:25 报来；没有设置发信，急报不会发给领导 请马上打电话告诉值班领导。" in text
    assert "急报 1 件" in afternoon.signed_in("办公室").get("/today").text


def test_an_urgent_matter_that_was_mailed_and_is_reported_no_more_stands_on_desk_and_letters(afternoon: Website) -> None:
    matter = UrgentMatter("乌审旗", date(2020, 5, 22), "", "停水停电停暖", "", "塔吊基础<沉降", "", "", moment("2020-05-22 15:05"))
    gone = replace(matter, since="15:25报来的更正.xlsx里没有了")
    afternoon.serving.site.urgent_look = lambda _files, _now: Untold(dropped=(gone,))
    for path in ("/today", "/letters"):
        text = " ".join(re.sub(r"<[^>]+>", "", afternoon.signed_in("办公室").get(path).text).split())
        assert "已经发给领导的急报，旗区后来报的里面没有了：1 件 乌审旗 停水停电停暖：塔吊基础&lt;沉降" in text
        assert "15:05 报来；15:25报来的更正.xlsx里没有了 请问旗区是撤下还是漏报，再告诉领导。" in text


def test_what_only_waits_is_said_to_wait_where_its_story_is_looked_for(afternoon: Website) -> None:
    new = report("达拉特旗", day=date(2020, 5, 22), progress=[], new=[new_row("DLT-2020-009")])
    afternoon.office.put(new, "新.xlsx", "2020-05-22T15:21:00+08:00")
    office = " ".join(re.sub(r"<[^>]+>", "", afternoon.signed_in("办公室").get("/explain?what=DLT-2020-009").text).split())
    assert "“DLT-2020-009”在 达拉特旗 等待收取的日报里，还没有收下。" in office
    assert "收到过的文件里都没有" not in office
    clerk = " ".join(re.sub(r"<[^>]+>", "", afternoon.signed_in("甲").get("/explain?what=SJ-2020-001").text).split())
    assert "贵局还有 1 份日报等待收取，没有算在这里。" in clerk
    assert "不知旗区" not in afternoon.signed_in("办公室").get("/today").text


def test_where_the_run_names_a_command_the_page_links_to_the_editions(afternoon: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = afternoon.serving.site.runs
    lines = ("<b>收下", "与前一版有什么不同：python run.py editions --date 日期。")
    run = StartedRun("nightly", "办公室", afternoon.serving.site.now(), 0, lines)
    monkeypatch.setattr(runs, "look", lambda: run)
    page = afternoon.signed_in("办公室").get("/run").text
    assert '<li>与前一版有什么不同：<a href="/editions">各版和不同之处</a>。</li>' in page
    assert "<li>&lt;b&gt;收下</li>" in page


def test_a_day_is_folded_once_until_something_comes(afternoon: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = afternoon.signed_in("办公室")
    page = browser.get("/today").text
    folds: list[date] = []

    def noted(day: date, *rest: Any) -> today.Today:  # noqa: ANN401 - passed on
        folds.append(day)
        return OF_DAY(day, *rest)

    monkeypatch.setattr(today, "of_day", noted)
    assert browser.get("/today").text == page
    assert folds == []
    afternoon.office.put(report("乌审旗", day=date(2020, 5, 22), progress=[]), "乌.xlsx", "2020-05-22T15:25:00+08:00")
    assert "乌审旗" in browser.get("/today").text
    assert folds == [date(2020, 5, 22)]
    afternoon.office.put(report("杭锦旗", day=DAY, progress=[]), "杭.xlsx", "2020-05-22T15:26:00+08:00")
    assert '<span class="badge is-warn">是 5月21日的日报</span>' in browser.get("/today").text
    afternoon.clock.forward(hours=2)
    now = afternoon.signed_in("办公室").get("/today").text
    assert "5月22日的17:00截止已过，改好再报的内容照常采用，请打电话：东胜区、准格尔旗。" in now
    assert "截止以前请" not in now


def test_a_torn_line_of_the_journal_is_on_the_desk(afternoon: Website) -> None:
    browser, path = afternoon.signed_in("办公室"), afternoon.office.archive.parent / journal.NAME
    assert "流水簿" not in browser.get("/today").text
    path.write_bytes(path.read_bytes() + b'{"arrived": \n')
    said = browser.get("/today").text
    assert f"流水簿（state/{journal.NAME}）有 1 行看不懂：第 " in said
    assert "doctor --repair：这些行会原样另存，台账记得的会补记。" in said


def test_a_fault_in_the_figures_leaves_the_rest_of_the_desk(afternoon: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_said: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(today, "of_day", broken)
    page = afternoon.signed_in("办公室").get("/today")
    assert page.status == 200
    assert "现在算不出来" in page.text
    assert "近三十天谁没有报" in page.text
    assert "secret" not in page.text


def test_thirty_days_are_seen_at_a_glance_and_heard_in_words(afternoon: Website) -> None:
    page = afternoon.signed_in("办公室").get("/today").text
    strip = page.partition('aria-label="东胜区每天怎样报的"')[2].partition("</ol>")[0]
    assert re.findall(r'<span class="heard">([^<]+)</span>', strip) == ["5月21日 按时", "5月22日 已到待收"]
    in_vain = report("乌审旗", day=date(2020, 5, 22), progress=[progress_row("SJ-2020-003")], new=[new_row("XX-2020-001")])
    afternoon.office.put(in_vain, "乌.xlsx", "2020-05-22T15:25:00+08:00")
    now = afternoon.signed_in("办公室").get("/today").text
    strip = now.partition('aria-label="乌审旗每天怎样报的"')[2].partition("</ol>")[0]
    assert re.findall(r'<span class="heard">([^<]+)</span>', strip)[-1] == "5月22日 已到，按现在会全部退回"
    assert "<strong>已到，按现在会全部退回</strong>：乌审旗 1 天。" in now
    about = {"SJ-2020-001", "SJ-2020-002", "SJ-2020-003"}
    assert set(re.findall(r'/explain\?what=([^"&]+)', now)) <= {
        *about,
        *(quote(group) for group in ("自治区交办", "市级交办和旗区自行梳理")),
    }
    next(afternoon.office.inbox.glob("乌*.xlsx")).unlink()
    for district, stands in (("准格尔旗", "全部退回"), ("杭锦旗", "原件遗失")):
        strip = page.partition(f'aria-label="{district}每天怎样报的"')[2].partition("</details>")[0]
        assert f'<span class="heard">5月21日 {stands}</span>' in strip
        assert f"未报 0 天，{stands} 1 天</summary>" in strip
        assert f"<strong>{stands}</strong>：{district} 1 天。" in page
    assert "<dt>原件遗失</dt>" in page
    board = afternoon.signed_in("办公室").get(f"/board/{DAY}?of=lost").text
    assert "只列原件遗失的 1 个旗区" in board
    assert '<span class="badge is-warn">原件遗失</span>' in board
    afternoon.user("乙", "杭锦旗")
    home = afternoon.signed_in("乙").get("/").text
    assert "近三十天原件遗失的" in home
    assert "收到过，原件遗失，请重新报送" in home
    assert "最近一个月还没有报送过" not in home
    other = page.partition('aria-label="乌审旗每天怎样报的"')[2].partition("</details>")[0]
    assert re.findall(r'<span class="heard">([^<]+)</span>', other) == ["5月21日 未报", "5月22日 还没到截止"]
    assert '未报：<a href="/board/2020-05-21">5月21日</a>' in other
    assert "按时 0 天，迟报 0 天，未报 1 天" in other


def _words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_in_the_night_what_waits_for_yesterday_is_past_its_cut_off_and_every_district_in_one_tile(afternoon: Website) -> None:
    afternoon.clock.forward(hours=11)
    browser = afternoon.signed_in("办公室")
    page = browser.get("/today").text
    assert "截止以前请" not in page
    assert "5月22日的17:00截止已过，改好再报的内容照常采用，请打电话：东胜区、准格尔旗。" in page
    yesterday = page.partition('id="before-title"')[2].partition("</dl>")[0]
    tiles = {name: int(count) for name, count in re.findall(r"<dt>([^<]+)</dt><dd[^>]*>(?:<a[^>]*>)?(\d+)", yesterday)}
    assert tiles == {"按时": 0, "迟报": 0, "已到待收": 2, "未报": 7}
    named = []
    for address in re.findall(r'<dd[^>]*><a href="([^"#]+)', yesterday):
        named += re.findall(r'<th scope="row">([^<]+)', browser.get(address).text)
    assert sorted(named) == sorted(afternoon.office.settings.district_names)


@pytest.mark.parametrize(("refused", "word"), [(0, "退回后改好"), (1, "退回后改好，部分退回")])
def test_how_a_day_stands_and_what_is_refused_of_it_are_both_told_by_the_report_that_waits(
    afternoon: Website, refused: int, word: str
) -> None:
    mended = report("准格尔旗", progress=[progress_row("SJ-2020-999")] * refused, new=[new_row("ZGE-2020-001")])
    afternoon.office.put(mended, "改好.xlsx", "2020-05-22T15:25:00+08:00")
    page = afternoon.signed_in("办公室").get("/today").text
    strip = page.partition('aria-label="准格尔旗每天怎样报的"')[2].partition("</details>")[0]
    assert re.findall(r'<span class="heard">([^<]+)</span>', strip)[0] == f"5月21日 {word}"


def test_what_waits_and_came_after_the_cut_off_is_late_in_its_tile_its_row_and_its_strip(afternoon: Website) -> None:
    afternoon.clock.forward(hours=2, minutes=5)
    late = report("达拉特旗", day=date(2020, 5, 22), progress=[progress_row("SJ-2020-003")])
    afternoon.office.put(late, "达.xlsx", "2020-05-22T17:20:00+08:00")
    browser = afternoon.signed_in("办公室")
    board = _words(browser.get("/board/2020-05-22").text)
    assert "按时 0 迟报 0 已到待收 1 已到待收，迟报 1 未报 7 其中" in board
    assert "达拉特旗 文件已到，等待收取，迟报" in board
    only = _words(browser.get("/board/2020-05-22?of=coming-late").text)
    assert "只列已到待收，迟报的 1 个旗区" in only
    desk = browser.get("/today").text
    assert '<span class="heard">5月22日 已到待收，迟报</span>' in desk
    assert "<strong>已到待收，迟报</strong>：达拉特旗 1 天。" in desk
    strip = desk.partition('aria-label="达拉特旗每天怎样报的"')[2].partition("</details>")[0]
    assert re.search("按时 [01] 天，迟报 0 天，未报 [01] 天，“已到待收，迟报” 1 天", strip), "every day is counted"


def test_rows_refused_in_the_last_thirty_days_open_from_the_desk_with_what_two_rows_of_a_case_held(afternoon: Website) -> None:
    twice = [progress_row("SJ-2020-002", 今日进展="一"), progress_row("SJ-2020-002", 今日进展="二")]
    afternoon.office.put(report(progress=[*twice, progress_row("SJ-2020-001")]), "更正.xlsx", "2020-05-22T10:00:00+08:00")
    nightly.run(afternoon.office.settings, [DAY, date(2020, 5, 22)], documents=FIGURES)
    browser = afternoon.signed_in("办公室")
    page = browser.get("/today").text
    assert "近三十天退回的 5 行，按各天的结果；1 个整份退回的文件" in _words(page)
    assert '<a href="/rows/2020-05-21?which=refused">5月21日 3 行</a>' in page
    rows = _words(browser.get("/rows").text)
    assert "共 5 行" in rows
    assert "5月22日 东胜区 2 行" in rows
    assert "5月21日 准格尔旗 1 行 准格尔旗.xlsx" in rows
    assert "内容不一致（第 2、3 行）：今日进展“一”／“二”。" in rows
    strip = page.partition('aria-label="东胜区每天怎样报的"')[2].partition("</details>")[0]
    assert re.findall(r'<span class="heard">([^<]+)</span>', strip) == ["5月21日 按时，部分退回", "5月22日 按时，部分退回"]
    assert "按时 2 天，迟报 0 天，未报 0 天；其中部分退回 2 天" in strip


def test_a_taken_row_that_may_be_of_an_older_form_is_shown_with_the_refused_ones(afternoon: Website) -> None:
    confirmed = resolved_row("SJ-2020-001", 今日进展="", 群众确认="认可", 答复日期="2020-05-18")
    rows = [{**confirmed, "群众确认": "不认可"}]
    afternoon.office.put(report(progress=rows), "先报.xlsx", "2020-05-21T15:00:00+08:00")
    afternoon.office.put(report(progress=[confirmed]), "更正.xlsx", "2020-05-22T10:30:00+08:00")
    afternoon.office.put(report(day=date(2020, 5, 22), progress=rows), "旧.xlsx", "2020-05-22T17:30:00+08:00")
    nightly.run(afternoon.office.settings, [DAY, date(2020, 5, 22)], documents=FIGURES)
    browser = afternoon.signed_in("办公室")
    told = "采用了、请问一问的行 1 行"
    changed = "群众确认“认可” → “不认可”"
    for path, is_there in (("/rows", True), ("/rows/2020-05-22", True), (f"/rows/{DAY}", False), ("/rows/2020-05-22?which=taken", False)):
        page = _words(browser.get(path).text)
        assert (told in page, changed in page) == (is_there, is_there)


def test_what_was_refused_of_a_report_that_was_mended_later_can_still_be_read(afternoon: Website) -> None:
    wrong = [progress_row("SJ-2020-001", 当前状态="已化解"), progress_row("SJ-2020-999")]
    afternoon.office.put(report(progress=wrong), "先报.xlsx", "2020-05-22T15:00:00+08:00")
    afternoon.office.put(
        report(progress=[progress_row("SJ-2020-001"), progress_row("SJ-2020-999")]), "改好.xlsx", "2020-05-22T17:20:00+08:00"
    )
    nightly.run(afternoon.office.settings, [DAY, date(2020, 5, 22)], documents=FIGURES)
    browser = afternoon.signed_in("办公室")
    rows = _words(browser.get(f"/rows/{DAY}?which=refused&district={quote('东胜区')}").text)
    assert "共 1 行" in rows, "those of the report that counts"
    assert "东胜区 1 行，不计在上面的行数里 第 2 版，后来另报了，5月22日17:20 收到 先报.xlsx SJ-2020-001 案件进展 第2行" in rows
    assert rows.count("SJ-2020-999 案件进展") == 1, "what is refused still is told once"
    assert "先报.xlsx" not in _words(browser.get(f"/rows/{DAY}?which=taken").text)
    assert "先报.xlsx" in _words(browser.get("/rows").text)


def test_a_refused_row_about_a_case_that_came_later_says_since_when_it_is_there(afternoon: Website) -> None:
    late = case_row("SJ-2020-999")
    afternoon.office.put(report(progress=[progress_row("SJ-2020-999")]), "先报.xlsx", "2020-05-21T15:00:00+08:00")
    afternoon.office.put(assignment([*CASES, late]), "assignment/新表.xlsx", "2020-05-22T09:00:00+08:00")
    nightly.run(afternoon.office.settings, [DAY, date(2020, 5, 22)], documents=FIGURES)
    browser = afternoon.signed_in("办公室")
    rows = _words(browser.get(f"/rows/{DAY}?which=refused").text)
    assert "按这一天的台账核对" in rows
    assert "5月21日的台账里还没有 SJ-2020-999，5月22日起才有。以前的日报不用改，改了也不能采用；列入以后还没有报过这一件" in rows
    told = _words(browser.get("/explain?what=SJ-2020-999").text)
    assert "5月21日的台账里还没有 SJ-2020-999，5月22日起才有" in told


def test_refused_rows_of_the_assignment_workbook_stand_apart_on_desk_board_and_rows(afternoon: Website) -> None:
    afternoon.office.put(assignment([*CASES, case_row("SJ-2020-008", 案由="")]), "assignment/新表.xlsx", "2020-05-21T09:00:00+08:00")
    nightly.run(afternoon.office.settings, [DAY], documents=FIGURES)
    browser = afternoon.signed_in("办公室")
    for path in ("/today", f"/board/{DAY}", f"/rows/{DAY}", "/rows"):
        page = _words(browser.get(path).text)
        assert "分解表退回的行 1 行，按5月21日的结果 这是办公室自己的表，不算旗区的退回" in page, path
        assert "SJ-2020-008（“群众来访案件”第5行），没有列入台账：E5 “案由”没有填。" in page, path
    afternoon.office.put(assignment([*CASES, case_row("SJ-2020-009", 案由="")]), "assignment/改.xlsx", "2020-05-22T10:00:00+08:00")
    told = "分解表退回的行 1 行，5月22日10:00收到的一份，等待汇总 这是办公室自己的表，不算旗区的退回；改好后请再交一次分解表。 SJ-2020-009"
    for path in ("/today", f"/board/{DAY}", f"/rows/{DAY}", "/rows"):
        assert told in _words(browser.get(path).text), path


def test_a_lost_original_is_on_the_desk_with_what_to_do(afternoon: Website) -> None:
    journal.note_left_out(
        afternoon.office.archive, [LeftOut("e" * 64, "assignment/旧表.xlsx", "2020-05-02T09:00:00+08:00", DAY, "", is_assignment=True)]
    )
    browser = afternoon.signed_in("办公室")
    said = _words(browser.get("/today").text)
    assert "杭锦旗 ： 5月21日 的日报收到过，原件遗失，办公室决定不计入。 分解表 旧表.xlsx ：原件遗失，办公室决定不计入。" in said
    assert "找到原件的，原样放进收件箱，下一次汇总就计入；找不到的，请打电话请旗区重新报送那一天的日报。" in said
    afternoon.office.put(report("杭锦旗", progress=[]), "杭.xlsx", "2020-05-22T15:29:00+08:00")
    assert "杭锦旗 ： 5月21日 的日报收到过" not in _words(browser.get("/today").text)


def test_a_late_report_that_is_approved_says_when_it_came_who_approved_it_and_until_when(tmp_path: Path) -> None:
    office = Office(tmp_path / "office")
    exemptions = [exemption_row("东胜区 2020-05-21", "迟报", "2021-01-05", 理由="停电")]
    office.put_assignment(assignment(CASES, exemptions=exemptions))
    office.put(report(progress=[progress_row("SJ-2020-001")]), "东胜区.xlsx", "2020-05-21T18:22:00+08:00")
    nightly.run(office.settings, [DAY], documents=FIGURES)
    with served(office, "2020-05-22 09:00") as website:
        website.user("办公室", "")
        browser = website.signed_in("办公室")
        desk, board = (_words(browser.get(path).text) for path in ("/today", f"/board/{DAY}?of=excused"))
    assert "东胜区 ：迟报，5月21日18:22 收到，已批准（领导一批准，停电，至2021年1月5日）。" in desk
    assert "按时 0 迟报 0 迟报（已批准） 1 已到待收 0 未报 8" in desk  # one tile, as on the strip
    assert "迟报 ：没有。 迟报（已批准） ：东胜区 1 天。" in desk
    assert "东胜区 迟报（已批准） 领导一批准，停电，至2021年1月5日 5月21日18:22" in board


def test_a_row_is_shown_with_what_was_written_in_it() -> None:
    pages = report_pages(progress=[], new=[], urgent=[], reception=[reception_row(batches="３批") | {"备注": "当场说清"}])
    (filed,) = read_in([File(write(pages), moment("2020-05-21 16:00"), "日报.xlsx")])
    (row,) = handed_in_rows.of_file(filed, [], ())
    assert {column: text for _cell, column, text in row.cells}["接访批次"] == "３批"
    assert row.cells[-1][2] == "当场说清"
