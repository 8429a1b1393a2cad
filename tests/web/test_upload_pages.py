"""A file on its way through the page: checked, sent, taken in by the night's run; and what must not get through.

Covers `upload_pages`, `receipt_pages`, `upload_limits`, `receiving`, `drafts`, `check_results`, `site`, `app` and `shared_readers`.
For `server` see tests/settings/test_uploading.py.
In the wings below it covers `laid_uploads`, and `taken_out` of uploads.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import damage
import openpyxl
import pytest
import xlsb
from offices import HOME, Office, moment, only, tree
from websites import BOUNDARY, PASSWORD, Answer, Browser, Website, form, head, served, token_in
from workbooks import Row, assignment, case_row, progress_row, report, report_pages, resolved_row

from pipeline import cli, screen
from pipeline.ledger.ledger import Ledger
from pipeline.night import nightly
from pipeline.office import status, taken_out
from pipeline.post import sending
from pipeline.post.come_since import ComeSince
from pipeline.publishing import told_editions
from pipeline.reading.readers import Readers
from pipeline.render.documents import FIGURES
from pipeline.settings.config import Settings, load
from pipeline.settings.outgoing import Outgoing
from pipeline.terms.errors import LedgerError
from pipeline.web import connections, receiving, upload_limits

DAY = date(2020, 5, 21)
HOSTILE_NAMES = [
    "../../../../etc/passwd",
    "..\\..\\config.yaml",
    "/etc/cron.d/x",
    "C:\\Windows\\system32\\日报.xlsx",
    "con.xlsx",
    ".hidden.xlsx",
    "~$日报.xlsx",
    "日报.xlsx.part",
    "a.envelope.json",
    "x" * 900 + ".xlsx",
    "日报\u202exslx.exe",
    "<img src=x onerror=alert(1)>.xlsx",
    "{{ 7*7 }}{% for x in y %}.xlsx",
    "nul\x00byte.xlsx",
    '"quoted".xlsx',
    "13812345678.xlsx",
]


@pytest.fixture(scope="module")
def consolidated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an office whose register one night's run has taken in. Each test has a copy of its own."""
    prepared = Office(tmp_path_factory.mktemp("office"))
    prepared.put_assignment(assignment())
    prepared.run(date(2020, 5, 20))
    return prepared.home


@pytest.fixture
def site(office: Office, consolidated: Path) -> Iterator[Website]:
    shutil.copytree(consolidated, office.home, dirs_exist_ok=True)
    with served(office) as website:
        website.user("甲", "东胜区")
        website.user("乙", "达拉特旗", "dalate@example.com")
        website.user("办公室", "", "")
        yield website


def send(browser: Browser, content: bytes, name: str = "日报.xlsx") -> str:
    """Upload and send, whatever is asked and however often it is checked again; the receipt number."""
    draft = browser.upload(content, name).where
    browser.get(draft)
    answer = browser.click(draft, f"{draft}/send")
    while not answer.where.startswith("/sent/"):
        shown = browser.get(answer.where).text
        fields = dict(re.findall(r'name="(csrf|replaces)" value="([^"]+)"', shown))
        answer = browser.post(f"{draft}/send", fields)
    return answer.where.rpartition("/")[2]


def in_inbox(site: Website) -> dict[str, bytes]:
    """What lies in the inbox beside the assignment workbook."""
    return {path: content for path, content in tree(site.office.inbox).items() if not path.startswith("assignment/分解表")}


def drafts_of(site: Website) -> list[str]:
    return sorted(path.name for path in (site.office.settings.paths.state / "upload").iterdir())


# --- the way it goes ---------------------------------------------------------------------------------------------


def test_a_report_goes_from_the_browser_through_the_night_into_the_history(site: Website) -> None:
    browser = site.signed_in("甲")
    answer = browser.upload(report())
    checked = browser.follow(answer)
    assert "可以报送" in checked.text
    assert "还没有报送，请点“报送”。" in checked.text
    assert in_inbox(site) == {}, "nothing is sent before the clerk says so"
    home = browser.get("/").text
    assert home.index("今天的日报还没有报送") < home.index("上传了、还没有报送的") < home.index("上传并核对")
    sent = browser.click(answer.where, f"{answer.where}/send")
    number = sent.where.rpartition("/")[2]
    assert number.startswith("DS-200521-")
    assert number in browser.follow(sent).text
    laid = in_inbox(site)
    assert laid[f"upload/2020-05-21/{number}/日报.xlsx"] == report()
    assert json.loads(laid[f"upload/2020-05-21/{number}/日报.xlsx.envelope.json"]) == {
        "received_at": "2020-05-21T16:00:00+08:00",
        "channel": "upload",
        "sender": "dongsheng@example.com",
        "message_id": number,
        "sha256": hashlib.sha256(report()).hexdigest(),
    }
    assert "等待汇总" in browser.get("/").text
    site.office.run(DAY)
    assert site.office.summary(DAY)["submissions"][0]["status"] == "on-time"
    page = browser.get("/").text
    assert "采用</span> 第 1 版" in page
    assert in_inbox(site) == {}


def test_findings_stand_grouped_with_their_cells_and_it_can_be_sent_all_the_same(site: Website) -> None:
    browser = site.signed_in("甲")
    content = report(progress=[progress_row(当前状态="差不多了"), progress_row("SJ-2020-001", 当前状态="差不多了")])
    begun = time.monotonic()
    page = browser.follow(browser.upload(content)).text
    assert time.monotonic() - begun < 20
    assert "2 行会退回" in page
    assert "不在可选范围" in page
    assert page.count('<span class="cell">E') == 2
    assert "照样报送" in page
    assert "还没有报送，请改好重新上传。" in page
    assert send(browser, content).startswith("DS-")


GOOD = [progress_row(), progress_row("SJ-2020-001", 当前状态="已受理")]
BAD = [progress_row(当前状态="差不多了"), progress_row("SJ-2020-001", 当前状态="差不多了")]


def test_a_report_sent_again_after_the_cut_off_is_said_to_leave_the_day_on_time(site: Website) -> None:
    browser = site.signed_in("甲")
    site.clock.now = moment("2020-05-21 16:48")
    send(browser, report(progress=GOOD))
    site.clock.now = moment("2020-05-21 17:20")
    said = browser.get(f"/sent/{send(browser, report(progress=[*GOOD, progress_row('SJ-2020-002')]))}").text
    assert "截止以后再报：17:20:00，已过5月21日的17:00截止。截止以前已另报过一份（16:48），这一天仍算按时。" in said
    assert "记为迟报" not in said


def test_a_report_that_mends_after_the_cut_off_what_was_wholly_refused_is_said_to_be_no_longer_on_time(site: Website) -> None:
    browser = site.signed_in("甲")
    site.clock.now = moment("2020-05-21 16:48")
    send(browser, report(progress=BAD))
    site.clock.now = moment("2020-05-21 17:20")
    draft = browser.upload(report(progress=GOOD)).where
    assert "截止以前报来的全部退回，这一天不记为按时；改好的，记为退回后改好。" in browser.get(draft).text
    said = browser.get(f"/sent/{send(browser, report(progress=GOOD))}").text
    assert "截止以前已另报过一份（16:48），全部退回，这一天不记为按时；改好的，记为退回后改好。" in said
    site.office.run(DAY)
    board = words(site.signed_in("办公室").get(f"/board/{DAY}"))
    assert "退回后改好（17:20）" in board
    assert "按时（" not in board


def test_a_late_report_of_which_no_row_is_taken_is_nowhere_said_to_be_taken(site: Website) -> None:
    site.clock.now = moment("2020-05-21 17:10")
    browser = site.signed_in("甲")
    draft = browser.upload(report(progress=BAD)).where
    end = "改好再报、有采用的，这一天记为迟报；不然记为全部退回。"
    assert f"截止时间 2020-05-21 17:00 已过，这样报送一行也不会采用。{end}" in browser.get(draft).text
    number = send(browser, report(progress=BAD))
    said = browser.get(f"/sent/{number}").text
    assert f"截止以后报送：17:10:00，已过5月21日的17:00截止。一行也不会采用。{end}" in said
    site.office.run(DAY)
    after = browser.get(f"/sent/{number}").text
    assert f"已过5月21日的17:00截止。一行也没有采用。{end}" in after
    assert "照常采用" not in said + after


def test_a_second_late_report_names_the_first_and_missed_days_say_what_they_will_count_as(site: Website) -> None:
    site.clock.now = moment("2020-05-21 17:10")
    browser = site.signed_in("甲")
    send(browser, report(progress=BAD))
    site.clock.now = moment("2020-05-21 17:40")
    again = browser.get(f"/sent/{send(browser, report(progress=GOOD))}").text
    first = "截止以后再报：17:40:00，已过5月21日的17:00截止。当日首次报送（5月21日17:10）已在截止以后，这一天记为迟报；内容照常采用。"
    assert first in again
    site.office.put(report(day=date(2020, 5, 20), progress=BAD), "前.xlsx", "2020-05-20T16:00:00+08:00")
    told = "补报的内容照常采用：截止以前没有报过、整份退回的，记为迟报；截止以前报来的全部退回的，改好的记为退回后改好。"
    assert told in words(browser.get("/"))


def test_a_report_whose_check_stood_open_at_the_cut_off_is_said_to_be_late(site: Website) -> None:
    browser = site.signed_in("甲")
    site.clock.now = moment("2020-05-21 16:48")
    draft = browser.upload(report(progress=GOOD)).where
    assert "迟报" not in browser.get(draft).text
    site.clock.now = moment("2020-05-21 17:00").replace(second=9)
    number = browser.click(draft, f"{draft}/send").where
    first = "迟报：17:00:09，已过5月21日的17:00截止。这一天截止以前没有报过，记为迟报；内容照常采用。"
    assert first in browser.get(number).text
    assert "17:00 收到（已过 17:00 截止）" in browser.get("/").text


def test_a_cut_off_that_was_changed_while_the_server_runs_is_the_pages_and_the_receipts(site: Website) -> None:
    browser, config = site.signed_in("甲"), site.office.home / "config.yaml"
    began = config.read_text(encoding="utf-8")
    site.clock.now = moment("2020-05-21 15:20")
    assert "17:00" in words(browser.get("/"))
    earlier = began.replace('cut_off: "17:00"', 'cut_off: "15:30"')
    config.write_text(earlier, encoding="utf-8")
    assert "15:30" in words(browser.get("/"))
    config.write_text(began.replace('cut_off: "17:00"', 'cut_off: "25:00"'), encoding="utf-8")
    site.clock.now = moment("2020-05-21 15:40")
    number = send(browser, report(progress=GOOD))
    late = "已过5月21日的15:30截止。这一天截止以前没有报过，记为迟报"
    assert late in browser.get(f"/sent/{number}").text, "a file with a mistake leaves what held"
    config.write_text(earlier, encoding="utf-8")
    assert "改过" not in site.signed_in("办公室").get("/today").text, "nothing has to be started again"
    site.office.settings = load(config)
    site.office.run(DAY)
    assert "按时0 迟报1" in words(site.signed_in("办公室").get(f"/board/{DAY}"))
    config.write_text(began, encoding="utf-8")
    assert late in browser.get(f"/sent/{number}").text, "the published day keeps its rules"


def test_a_file_that_somebody_took_out_of_the_inbox_is_said_to_be_gone_and_counts_for_nothing(site: Website) -> None:
    browser = site.signed_in("甲")
    site.clock.now = moment("2020-05-21 16:01")
    send(browser, report(progress=BAD))
    site.clock.now = moment("2020-05-21 16:43")
    number = send(browser, report(progress=GOOD))
    take_out(site.office, number)
    site.clock.now = moment("2020-05-21 17:19")
    assert "收到过，但已不在收件箱里，没有汇总" in browser.get(f"/sent/{number}").text
    again = send(browser, report(progress=[*GOOD, progress_row("SJ-2020-002")]))
    said = browser.get(f"/sent/{again}").text
    assert "仍算按时" not in said
    assert "全部退回，这一天不记为按时" in said
    gone = browser.get(f"/sent/{number}").text
    assert "还没有汇总就被人拿走了，不算数。同一天算数的是另一份" in gone
    assert "按时" not in gone
    assert "已不在收件箱里 没有汇总，不算数" in words(browser.get("/"))


def test_days_later_a_receipts_page_says_how_it_stands_with_a_case_that_the_office_has_listed_since(site: Website) -> None:
    office, browser = site.office, site.signed_in("甲")
    rows = [case_row("SJ-2020-001"), case_row("SJ-2020-002"), case_row("SJ-2020-999", 案由="")]
    office.put_assignment(assignment(rows), "坏行.xlsx", "2020-05-21T10:00:00+08:00")
    number = send(browser, report(progress=[progress_row("SJ-2020-001"), progress_row("SJ-2020-999")]))
    office.run(DAY)
    assert "现在：" not in browser.get(f"/sent/{number}").text
    office.put_assignment(assignment([*rows[:2], case_row("SJ-2020-999")]), "改好.xlsx", "2020-05-22T10:00:00+08:00")
    site.clock.now = moment("2020-05-24 09:00")
    page = words(site.signed_in("甲").get(f"/sent/{number}"))
    now, _folded, then = page.partition("报送以前核对的结果（当时的）")
    assert "现在：5月21日的台账里还没有 SJ-2020-999，5月22日起才有。以前的日报不用改，改了也不能采用" in now
    assert "请联系办公室改好分解表" in then
    assert "请联系办公室改好分解表" not in now


def take_out(office: Office, number: str) -> None:
    """Remove what was sent under that number from the inbox, by hand."""
    for path in (path for path in office.inbox.rglob("*") if path.is_file() and number in path.read_text("utf-8", "ignore")):
        path.with_name(path.name.removesuffix(".envelope.json")).unlink()
        path.unlink()


def test_of_an_upload_that_is_gone_the_office_is_told_wherever_its_district_would_be_called_silent(
    site: Website, capsys: pytest.CaptureFixture[str]
) -> None:
    office, browser = site.office, site.signed_in("甲")
    number = send(browser, report(progress=GOOD), "好的.xlsx")
    assert taken_out.open_now(office.settings, DAY) == [], "it waits"
    take_out(office, number)
    said = f"东胜区 好的.xlsx（5月21日16:00 网页上传，收据号 {number}）：收到过，但还没有汇总就被人从收件箱里拿走了，没有算上。"
    desk, board = (words(site.signed_in("办公室").get(path)) for path in ("/today", f"/board/{DAY}"))
    for page in (desk, board):
        assert said in page
        assert "来过，已不在收件箱里" in page
    told = status.look(office.settings, DAY, now=site.clock())
    assert [file["number"] for file in json.loads(status.as_json(told))["gone"]] == [number]
    screen.tell_status(told, [], [])
    screen.tell_outcome(nightly.run(office.settings, [DAY], documents=FIGURES), office.settings, [DAY], site.clock())
    terminal = capsys.readouterr().out
    assert "，收到过的 1 个文件已不在收件箱里，没有汇总" in terminal
    assert terminal.count(said) == 2
    (gone,) = ComeSince(office.settings, site.clock()).in_vain("东胜区", DAY)
    assert (gone.name, gone.is_gone) == ("好的.xlsx", True)
    site.clock.forward(minutes=9)
    send(browser, report(progress=[*GOOD, progress_row("SJ-2020-002")]), "又.xlsx")
    assert said not in words(site.signed_in("办公室").get("/today")), "another waits in its place"
    office.run(DAY)
    assert taken_out.open_now(office.settings, DAY) == []
    assert [file.is_made_good for file in taken_out.TakenOut(office.settings).look(DAY)] == [True]


def test_a_worse_report_takes_the_place_of_a_better_one_only_when_asked(site: Website) -> None:
    browser = site.signed_in("甲")
    first = send(browser, report(progress=GOOD))
    site.clock.forward(minutes=1)
    draft = browser.upload(report(progress=BAD)).where
    shown = browser.get(draft).text
    assert "2 行会退回，一行也不会采用" in shown
    assert "会替换已报送、等待汇总的第 1 版（2 行）。" in shown
    asked = browser.click(draft, f"{draft}/send")
    assert asked.where == f"{draft}/replace"
    page = browser.get(asked.where).text
    assert "第 1 版采用 2 行；这一份会采用 0 行，退回 2 行。" in page
    answer = re.search(r'name="replaces" value="(\w+)"', page)
    assert answer
    refused = browser.post(f"{draft}/send", {"csrf": token_in(page), "replaces": "0" * 64})
    assert refused.where == asked.where, "asked about something else"
    assert browser.post(f"{draft}/send", {"csrf": "", "replaces": answer[1]}).status == 403
    assert len([path for path in in_inbox(site) if path.endswith("日报.xlsx")]) == 1, "nothing but the first was sent"
    number = browser.post(f"{draft}/send", {"csrf": token_in(page), "replaces": answer[1]}).where.rpartition("/")[2]
    assert number != first
    assert "已收到，但一行也不会采用" in browser.get(f"/sent/{number}").text
    home = browser.get("/").text
    assert "今天的日报已报送，但一行也不会采用" in home
    assert '<span class="badge is-bad">会全部退回</span> 会采用 0 行，退回 2 行' in home
    site.office.run(DAY)
    home = browser.get("/").text
    assert "今天的日报一行也没有采用" in home
    assert '<span class="badge is-bad">全部退回</span> 采用 0 行，退回 2 行，第 2 版' in home
    board = site.signed_in("办公室").get(f"/board/{DAY}").text
    assert '<span class="badge is-bad">全部退回</span>' in board


def test_a_list_of_drafts_says_in_its_colour_what_each_would_cost(site: Website) -> None:
    browser = site.signed_in("甲")
    send(browser, report(progress=GOOD))
    site.clock.forward(minutes=1)
    for rows in (GOOD[:1], BAD, [GOOD[1], BAD[0]], [*GOOD, progress_row("SJ-2020-003")]):
        browser.follow(browser.upload(report(progress=rows)))
        site.clock.forward(seconds=1)
    for content in (report(day=date(2020, 5, 20), progress=GOOD), report("达拉特旗", progress=[]), b"none"):
        browser.follow(browser.upload(content))
        site.clock.forward(seconds=1)
    listed = re.findall(r'<a href="/draft/[^>]+>[^<]+</a>.*?<span class="badge ([\w-]+)">([^<]+)</span>([^<]*)', browser.get("/").text)
    assert listed == [
        ("is-bad", "整份会退回", ""),
        ("is-bad", "是达拉特旗的，不能报送", ""),
        ("is-good", "没有会退回的", " 采用 2 行，是 5月20日的日报"),
        ("is-warn", "有内容会退回", " 采用 2 行，退回 1 行"),
        ("is-bad", "采用的会变少", " 采用 1 行，退回 1 行"),
        ("is-bad", "全部会退回", " 采用 0 行，退回 2 行"),
        ("is-bad", "采用的会变少", " 采用 1 行"),
    ]


def test_what_a_report_leaves_out_is_amber_until_it_is_sent_and_after(site: Website) -> None:
    browser = site.signed_in("甲")
    reception: Row = {"问题类别": "物业服务", "接访批次": 1, "当场答复": 1, "转交办理": 0}
    send(browser, report(progress=GOOD[:1], reception=[reception]))
    site.clock.forward(minutes=1)
    answer = browser.upload(report(progress=GOOD))
    page = browser.follow(answer).text
    assert '<div class="banner is-warn" role="status"><p class="big">东胜区 2020-05-21：可以报送，但漏了原来报过的内容</p>' in page
    assert "漏了原来报过的内容（接访情况：物业服务）" in browser.get("/").text
    sent = browser.follow(browser.click(answer.where, f"{answer.where}/send")).text
    assert '<div class="banner is-warn" role="status">' in sent
    assert "这一份漏了原来报过的内容" in sent


def test_a_check_is_made_again_where_another_report_of_the_day_was_sent_meanwhile(site: Website) -> None:
    browser = site.signed_in("甲")
    draft = browser.upload(report(progress=BAD)).where
    assert "会替换" not in browser.get(draft).text
    send(browser, report(progress=GOOD))
    again = browser.click(draft, f"{draft}/send")
    assert again.where == f"{draft}?again"
    page = browser.get(again.where).text
    assert "这一天的日报刚才另外报送过" in page
    assert "会替换已报送、等待汇总的第 1 版（2 行）。" in page


def test_what_was_sent_is_judged_again_where_another_report_that_came_since_bears_on_it(site: Website) -> None:
    cases = [case_row("SJ-2020-001", "达拉特旗"), case_row("SJ-2020-002", "达拉特旗")]
    site.office.put_assignment(assignment([case_row("SJ-2020-001"), *cases[1:]]), "分解表2.xlsx", "2020-05-20T09:00:00+08:00")
    site.office.put_assignment(assignment(cases), "分解表3.xlsx", "2020-05-21T09:00:00+08:00")
    site.office.run(date(2020, 5, 20))
    first, other = site.signed_in("乙"), site.signed_in("甲")
    number = send(first, report("达拉特旗", progress=[progress_row("SJ-2020-001")]))
    assert "：会采用 1 行。" in first.get(f"/sent/{number}").text
    send(other, report("东胜区", date(2020, 5, 20), progress=[resolved_row("SJ-2020-001")]))
    page = first.get(f"/sent/{number}").text
    assert "已收到，但一行也不会采用" in page
    assert "结论有变化：报送时核对的是会采用 1 行，现在以这里写的为准。" in page
    assert "此前已是“已化解”" in page
    assert "一行也不会采用" in first.get("/").text


def test_a_report_of_yesterday_is_said_to_be_one(site: Website) -> None:
    browser = site.signed_in("甲")
    page = browser.follow(browser.upload(report(day=date(2020, 5, 20)))).text
    assert '<p class="banner is-warn" role="status">这是5月20日的日报，那一天还没有报过；今天的还没有报。</p>' in page
    number = send(browser, report(day=date(2020, 5, 20)))
    assert number.startswith("DS-200520-")
    page = browser.get(f"/sent/{number}").text
    assert "东胜区 2020年5月20日" in page
    assert "没有要标在单元格上的" in page
    assert "标在单元格上，" not in page


def test_what_will_be_refused_whole_is_received_and_said_to_be_refused(site: Website) -> None:
    browser = site.signed_in("甲")
    number = send(browser, b"no workbook")
    page = browser.get(f"/sent/{number}").text
    assert "已收到，但会整份退回" in page
    assert "整份退回，不算报送" in page
    assert "今晚汇总时采用" not in page
    home = browser.get("/").text
    assert "会整份退回</span> 这是文本文件（CSV、TXT 之类），不是工作簿" in home
    assert "等待汇总" not in home
    assert "下载问题清单" in page
    assert "标注好的工作簿" not in page
    site.office.run(DAY)
    assert "整份退回</span>" in browser.get("/").text


def zipped(name: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr(name, report())
    return packed.getvalue()


@pytest.mark.parametrize(
    "content", [zipped("报送/东胜区日报.xlsx"), b"Rar!\x1a\x07\x01\0" + bytes(99), b"7z\xbc\xaf\x27\x1c\0\x04" + bytes(99)]
)
def test_a_packed_workbook_is_to_be_unpacked_first(site: Website, content: bytes) -> None:
    page = site.signed_in("甲")
    text = page.follow(page.upload(content, "东胜区日报.zip")).text
    assert "这是压缩包，不是工作簿，没有打开。请先解压，再报送里面的工作簿。" in text
    assert "还没有报送，请改好再上传、报送。" in text
    assert "这不是能读的工作簿" not in text


def test_an_empty_file_is_shown_as_one(site: Website) -> None:
    browser = site.signed_in("甲")
    page = browser.follow(browser.upload(b"", "空.xlsx")).text
    assert '空.xlsx <span class="quiet">0 字节</span>' in page
    assert " KB" not in page


def a_binary_report() -> bytes:
    return xlsb.write(report_pages(progress=[progress_row(当前状态="差不多了")]))


@pytest.mark.parametrize(("content", "name", "is_copy"), [(b"no workbook", "日报.xlsx", False), (a_binary_report(), "日报.xlsb", True)])
def test_what_cannot_be_marked_comes_back_as_a_list_or_a_copy_and_is_called_one(
    site: Website, content: bytes, name: str, *, is_copy: bool
) -> None:
    browser = site.signed_in("甲")
    draft = browser.upload(content, name).where
    page = browser.get(draft).text
    assert ("是照您的文件做的 .xlsx 副本，每处问题都标在单元格上" in page) == is_copy
    assert ("照样报送" in page) == is_copy
    assert ("仍要报送（会整份退回）" in page) == (not is_copy)
    assert ("下载问题清单" in page) == (not is_copy)
    listed = openpyxl.load_workbook(io.BytesIO(browser.get(f"{draft}/marked").body))
    assert (listed.sheetnames == ["回执"]) == (not is_copy)
    assert ("案件进展" in listed.sheetnames) == is_copy


def test_the_marked_workbook_is_there_before_and_after_sending(site: Website) -> None:
    browser = site.signed_in("甲")
    draft = browser.upload(report(progress=[progress_row(当前状态="差不多了")]), "我的日报.xlsx").where
    browser.get(draft)
    before = browser.get(f"{draft}/marked")
    assert before.status == 200
    assert before.headers["Content-Disposition"].endswith("filename*=UTF-8''%E6%88%91%E7%9A%84%E6%97%A5%E6%8A%A5_%E5%9B%9E%E6%89%A7.xlsx")
    with zipfile.ZipFile(io.BytesIO(before.body)) as package:
        assert any("comment" in name for name in package.namelist())
    sent = browser.click(draft, f"{draft}/send").where
    assert browser.get(f"{sent}/marked").status == 200


def test_all_checks_share_readers_that_are_up_and_end_with_the_server(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Readers] = []

    class Counted(Readers):
        def __init__(self, settings: Settings, files: int) -> None:
            super().__init__(settings, files)
            started.append(self)

    monkeypatch.setattr("pipeline.reading.readers.Readers", Counted)
    for name in ("office.check", "intake.held_files", "office.shared_readers"):
        monkeypatch.setattr(f"pipeline.{name}.Readers", Counted)
    office.put_assignment(assignment())
    with served(office) as site:
        site.user("甲", "东胜区")
        browser = site.signed_in("甲")
        for _ in range(3):
            draft = browser.upload(report()).where
            assert "可以报送" in browser.get(draft).text
            assert browser.get(f"{draft}/marked").status == 200
    assert len(started) == 1
    assert all(reader._worker._process.returncode is not None for reader in started[0]._all)  # noqa: SLF001 - whether it has ended


def test_clicking_twice_sends_once(site: Website) -> None:
    browser = site.signed_in("甲")
    draft = browser.upload(report()).where
    token = browser.token(draft)
    answers = [browser.post(f"{draft}/send", {"csrf": token}).where for _ in range(3)]
    assert len(set(answers)) == 1
    assert len(in_inbox(site)) == 2
    assert browser.get(draft).where == answers[0]


def test_many_clicks_at_once_send_once(site: Website) -> None:
    browser = site.signed_in("甲")
    draft = browser.upload(report()).where
    token = browser.token(draft)
    addresses: list[str] = []
    threads = [threading.Thread(target=lambda: addresses.append(browser.post(f"{draft}/send", {"csrf": token}).where)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(addresses) == 8
    assert len(set(addresses)) == 1
    assert len(in_inbox(site)) == 2
    number = addresses[0].rpartition("/")[2]
    assert [line for line in site.done() if "报送" in line] == [f"甲 报送日报 东胜区 “日报.xlsx” {number}"], (
        "what happened once is said once"
    )


def test_the_log_says_which_file_was_uploaded_sent_and_discarded(site: Website) -> None:
    browser = site.signed_in("甲")
    draft = browser.upload(report(), "东胜区 13812345678.xlsx").where
    browser.click(draft, f"{draft}/discard")
    described = "日报 东胜区 “东胜区 138********.xlsx”"
    assert site.done()[-2:] == [f"甲 上传{described}", f"甲 删去没有报送的{described}"]
    log = (site.office.settings.paths.state / "logs" / "upload.log").read_text(encoding="utf-8")
    assert log.splitlines()[-1].startswith("2020-05-21 16:00:00+08:00 "), "in the office's zone"


def test_two_of_the_same_name_at_once_are_two(site: Website) -> None:
    site.user("丙", "东胜区")
    browsers = {who: site.signed_in(who) for who in ("甲", "丙")}
    numbers: dict[str, str] = {}

    def go(who: str, browser: Browser) -> None:
        numbers[who] = send(browser, report() + who.encode())

    threads = [threading.Thread(target=go, args=pair) for pair in browsers.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    laid = {path: content for path, content in in_inbox(site).items() if path.endswith("日报.xlsx")}
    assert {content[-3:].decode() for content in laid.values()} == {"甲", "丙"}
    assert len({*numbers.values()}) == 2


def test_a_report_without_rows_is_said_to_count_as_no_change_and_not_as_nothing_taken(site: Website) -> None:
    browser = site.signed_in("甲")
    number = send(browser, report(progress=[]))
    for page in ("/", f"/sent/{number}"):
        said = words(browser.get(page))
        assert "没有内容行，按没有变化汇总" in said
        assert "采用 0 行" not in said


def test_a_later_upload_replaces_an_earlier_one(site: Website) -> None:
    browser = site.signed_in("甲")
    first = send(browser, report())
    site.clock.forward(minutes=5)
    send(browser, report(), "又一次.xlsx")
    assert "重复 与算数的那一份完全相同" in words(browser.get("/"))
    assert "以后来的为准" not in browser.get(f"/sent/{first}").text
    site.clock.forward(minutes=5)
    later = send(browser, report(progress=[progress_row()]), "更正.xlsx")
    assert f"（收据号 {later}，5月21日16:10 收到），以后来的为准，这一份不算数。" in words(browser.get(f"/sent/{first}"))
    site.office.run(DAY)
    page = browser.get("/").text
    assert "第 2 版，以这一版为准" in page
    assert "第 1 版，以第 2 版为准" in page


def receipt_of(browser: Browser, number: str) -> list[str]:
    """What stands first in the workbook that a receipt page gives."""
    answer = browser.get(f"/sent/{number}/marked")
    content = (answer if answer.status == 200 else browser.follow(answer)).body
    page = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return [str(page.cell(row, 1).value) for row in range(1, 6)]


def test_page_and_workbook_of_a_receipt_say_at_each_moment_what_became_of_the_report(site: Website) -> None:
    browser, desk = site.signed_in("甲"), site.signed_in("办公室")
    first = send(browser, report())
    assert "等待今晚汇总。第二天早上可以在这里和首页看到结果。" in words(browser.get(f"/sent/{first}"))
    assert receipt_of(browser, first)[:3] == [
        "已报送，汇总时全部采用，共 2 行，没有问题。",
        f"东胜区 · 报告日期 2020-05-21 · 已报送，收据号 {first}，5月21日16:00 收到，等待汇总",
        "文件：日报.xlsx　　收到：2020-05-21 16:00:00",
    ]
    site.clock.forward(minutes=5)
    checked = words(browser.follow(browser.upload(report(), "又一次.xlsx")))
    assert "东胜区 2020-05-21：与已报送的一份完全相同，不用再报" in checked
    assert "漏了" not in checked
    again = send(browser, report(), "又一次.xlsx")
    same = f"与已报送的一份（收据号 {first}，5月21日16:00 收到）完全相同，汇总时忽略"
    page = words(browser.get(f"/sent/{again}"))
    assert f"{same}，那一份照算。不用再报。" in page
    assert "会采用" not in page.partition("报送以前核对的结果")[0]
    told = receipt_of(browser, again)
    assert told[0] == f"{same}。不用再报。"
    assert told[3] == "这一份不用改，也不用再报；要改的以算数的那一份的回执为准。"
    site.clock.forward(minutes=5)
    last = send(browser, report(progress=[progress_row(), progress_row("SJ-2020-999")]), "更正.xlsx")
    assert receipt_of(browser, first)[:2] == [
        f"这一份已由后来的一份（收据号 {last}，5月21日16:10 收到）代替，汇总时不算数。",
        f"东胜区 · 报告日期 2020-05-21 · 已报送，收据号 {first}，5月21日16:00 收到，已由后来的一份代替",
    ]
    assert receipt_of(desk, last)[0] == "已报送，汇总时会采用 1 行，退回 1 行。请改正后重新报送。"
    nightly.run(site.office.settings, [DAY], documents=only("receipts"))
    pages = {number: words(browser.get(f"/sent/{number}")) for number in (first, again, last)}
    assert not [number for number, page in pages.items() if "今晚" in page or "第二天" in page]
    written = told_editions.last_published(site.office.settings, DAY)
    assert written
    assert (
        f"{written.month}月{written.day}日{written:%H:%M} 写出的结果：这一份是第 2 版，采用 1 行，退回 1 行，以这一版为准。" in pages[last]
    )
    assert (
        f"这一份是第 1 版。后来又报了一份同一天的日报（收据号 {last}，5月21日16:10 收到），以后来的第 2 版为准，这一份不算数。"
        in pages[first]
    )
    assert "完全相同，没有重复计入，那一份又已由后来的代替，以后来的为准。不用再报。" in pages[again]
    assert "与已报送的一份" in pages[again]
    assert "已汇总，与前面的一份完全相同，那一份又已由后来的代替" in pages[again]
    home = words(browser.get("/"))
    assert "重复 与前面的一份完全相同；那一份又已由后来的代替，以后来的为准" in home
    assert "与算数的那一份完全相同" not in home
    assert receipt_of(browser, first)[0].startswith("这一份已被第 2 版代替，现在以第 2 版为准")
    assert receipt_of(browser, last) == receipt_of(desk, last)
    assert receipt_of(browser, last)[0] == "第 2 版：采用 2 行 → 1 行，退回 0 行 → 1 行。请改正后重新报送。"
    site.clock.forward(minutes=5)
    newest = send(browser, report(progress=[progress_row()]), "改好.xlsx")
    page = words(browser.get(f"/sent/{last}"))
    assert f"后来又报了一份（收据号 {newest}，5月21日16:15 收到），等待汇总，到时由那一份代替。" in page


def test_a_discarded_upload_leaves_nothing(site: Website) -> None:
    browser = site.signed_in("甲")
    draft = browser.upload(report()).where
    browser.get(draft)
    after = browser.follow(browser.click(draft, f"{draft}/discard")).text
    assert "已删去，没有报送。" in after
    assert "日报.xlsx" not in after
    assert browser.get(draft).status == 404
    assert drafts_of(site) == []


def test_what_was_overtaken_by_a_sending_is_not_said_to_wait(site: Website) -> None:
    browser = site.signed_in("甲")
    first = browser.upload(report(progress=[progress_row(当前状态="差不多了")]), "有错的.xlsx").where
    browser.get(first)
    other = browser.upload(report(day=date(2020, 5, 20)), "昨天的.xlsx").where
    browser.get(other)
    assert "有错的.xlsx" in browser.get("/").text
    site.clock.forward(minutes=5)
    send(browser, report(progress=[progress_row()]), "改好的.xlsx")
    page = browser.get("/").text
    assert "有错的.xlsx" not in page
    assert "昨天的.xlsx" in page
    site.clock.forward(minutes=1)
    late = browser.upload(report(progress=[progress_row()]), "再改的.xlsx").where
    browser.get(late)
    assert "点开，再点“报送”。不报的" in words(browser.get("/"))
    site.clock.forward(minutes=5)
    send(browser, b"no workbook", "坏.xlsx")
    assert "再改的.xlsx" in browser.get("/").text, "what is refused whole takes the place of nothing"
    broken = browser.upload(b"no workbook either", "也坏.xlsx").where
    browser.get(broken)
    assert "能报的，点开，再点“报送”。会整份退回的，请改好重新上传。" in words(browser.get("/"))


def words(answer: Answer) -> str:
    """A page as it is read."""
    return " ".join(re.sub(r"<[^>]+>", "", answer.text).split())


def test_of_two_that_are_sent_within_a_second_clerk_and_office_read_which_will_count(
    site: Website, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = [report(progress=[progress_row(今日进展=text)]) for text in ("已约谈", "已维修")]
    letters = iter("ZZZZZZ222222")
    monkeypatch.setattr("pipeline.web.drafts.secrets.choice", lambda _letters: next(letters))
    clerk = site.signed_in("甲")
    first, second = [send(clerk, content) for content in sorted(contents, key=lambda content: hashlib.sha256(content).hexdigest())]
    assert "后来又报了一份同一天的日报" in words(clerk.get(f"/sent/{first}"))
    assert "这一份不算数" not in words(clerk.get(f"/sent/{second}"))
    assert f"收据号 {second}，等待今晚汇总" in words(clerk.get("/"))
    waiting = words(site.signed_in("办公室").get("/board")).partition("等待汇总（2）")[2]
    assert waiting.index("已由后来的一份代替，不算数") > waiting.index(first)
    assert waiting.count("已由后来的一份代替，不算数") == 1


def test_of_what_waits_by_any_door_it_is_said_everywhere_which_counts_and_how_much_of_it(
    site: Website, capsys: pytest.CaptureFixture[str]
) -> None:
    clerk, desk = site.signed_in("甲"), site.signed_in("办公室")
    first = send(clerk, report())
    assert "以后来的为准" not in words(clerk.get(f"/sent/{first}"))
    site.clock.forward(minutes=10)
    bad = report(progress=[progress_row(当前状态="差不多了"), progress_row("SJ-2020-999")])
    mail = {"channel": "email", "sender": "dongsheng@example.com"}
    site.office.put(bad, "邮件/1/坏行.xlsx", "2020-05-21T16:10:00+08:00", **mail)
    site.office.put(b"no workbook", "邮件/2/坏的.xlsx", "2020-05-21T16:11:00+08:00", **mail)
    site.clock.forward(minutes=5)
    home = words(clerk.get("/"))
    assert "今天的日报已收到，但一行也不会采用 照核对的结果，会采用 0 行，退回 2 行。请改好再报一次。" in home
    receipt = words(clerk.get(f"/sent/{first}"))
    assert "后来又收到一份同一天的日报（5月21日16:10 收到的邮件“坏行.xlsx”），以后来的为准，这一份不算数。" in receipt
    assert "坏行.xlsx邮件 等待汇总 会全部退回 会采用 0 行，退回 2 行" in home
    assert "已由后来的一份代替 汇总时不算数" in home
    assert "坏的.xlsx邮件 会整份退回" in home
    assert "会采用 2 行" not in home
    board = words(desk.get("/board/2020-05-21"))
    assert "东胜区 邮件已到，等待收取 会全部退回 会采用 0 行，退回 2 行" in board
    assert "等待收取，整份会退回 坏的.xlsx：" in board
    assert "会退回行2" in board
    assert "已由后来的一份代替，不算数" in board
    today = words(desk.get("/today"))
    assert "报了、但一行也不采用的：东胜区（采用 0 行，退回 2 行）。改好再报的才算数，请打电话。" in today
    assert "东胜区 坏的.xlsx" in today
    screen.tell_status(status.look(site.office.settings, DAY), [], [])
    terminal = capsys.readouterr().out
    assert "  东胜区  邮件已到，等待收取  16:00，16:10收到的一份会采用 0 行，退回 2 行，等待收取的 1 个文件会整份退回\n" in terminal
    assert "退回 0 行，等待收取的会退回 2 行\n" in terminal
    assert "坏行.xlsx  东胜区 邮件 5月21日16:10 2020-05-21 的日报，会采用 0 行，退回 2 行\n" in terminal
    site.office.settings = site.office.settings.model_copy(update={"outgoing_mail": Outgoing(host="127.0.0.1", sender="a@example.com")})
    (letter,) = (letter for letter in sending.run(site.office.settings, site.clock(), dry_run=True).planned if letter.district == "东胜区")
    assert letter.subject == "【催报】东胜区5月21日的日报收到的不能采用"
    assert "“坏行.xlsx”：照现在的样子一行也不会采用，2行会退回：案件进展!E2 当前状态“差不多了”不在可选范围" in letter.text
    assert "“坏的.xlsx”：" in letter.text
    site.office.run(DAY)
    home = words(clerk.get("/"))
    assert "坏的.xlsx邮件 整份退回 " in home, "whoever mailed it sees what became of it"
    assert "今天的日报一行也没有采用" in home
    offered = (
        "今天报的“坏行.xlsx”一行也没有算进去：现在要改的，把它上传核对一次就逐条看到，汇总以后也写在回执里"
        "（回信说的是收到时的，此后改派的案件没有写）。改好再报；也可以用这份模板重填。"
    )
    assert offered in home.partition("5月21日的日报模板")[2]
    send(clerk, report(progress=[progress_row("SJ-2020-998")]), "又坏.xlsx")
    again = words(clerk.get("/")).partition("5月21日的日报模板")[2]
    assert "今天报的“又坏.xlsx”一行也没有算进去：要改的逐条列在收据里，可以下载标注好的工作簿，改好再报；" in again
    site.clock.forward(minutes=1)
    send(clerk, report(progress=[progress_row(今日进展="已约谈")]), "好的.xlsx")
    assert "5月21日的日报模板" not in words(clerk.get("/"))


def test_the_missed_days_are_those_that_the_office_sees(site: Website) -> None:
    site.office.put(report("达拉特旗", day=date(2020, 5, 18), progress=[]), "达.xlsx", "2020-05-18T15:00:00+08:00")
    site.office.put(report(day=date(2020, 5, 19)), "东.xlsx", "2020-05-19T15:00:00+08:00")
    refused = report(day=date(2020, 5, 20), progress=[progress_row("SJ-2020-999")])
    site.office.put(refused, "退.xlsx", "2020-05-20T15:00:00+08:00")
    for day in (18, 19, 20):
        site.office.run(date(2020, 5, day))
    home = words(site.signed_in("甲").get("/"))
    assert "近三十天没有报、全部退回的2 天" in home
    assert "报过，一行也没有采用，请改好再报 下载那一天的模板" in home
    assert "5月18日" in home.partition("近三十天")[2].partition("模板里填的")[0]
    assert "把模板原样报来就行（“零报告”照预先填好的）" in home


def test_what_is_beyond_twenty_is_refused_in_words_and_only_old_ones_make_room(site: Website) -> None:
    browser = site.signed_in("甲")
    token = browser.token("/")
    answers: list[Answer] = []
    threads = [threading.Thread(target=lambda: answers.append(browser.upload(b"x", "a.xlsx", token))) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = [answer.where for answer in answers if answer.status == 303]
    refused = [answer.text for answer in answers if answer.status == 409]
    assert (len(taken), len(refused)) == (20, 4)
    assert all("没有报送的文件太多，这一个没有收" in text for text in refused)
    assert all(browser.get(address).status == 200 for address in taken), "none of them leads to a page that is not there"
    assert "更早的（15）" in browser.get("/").text
    site.clock.forward(minutes=31)
    assert browser.upload(b"x", "新的.xlsx", token).status == 303
    assert len(drafts_of(site)) == 20
    assert "新的.xlsx" in browser.get("/").text


# --- what must not get through -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_name_is_never_a_path_and_never_markup(site: Website, name: str) -> None:
    before = tree(site.office.home.parent)
    browser = site.signed_in("甲")
    answer = browser.upload(report(), name)
    assert answer.status == 303, answer.text
    page = browser.follow(answer).text
    assert "<img" not in page
    assert "138123" not in page
    sent = browser.click(answer.where, f"{answer.where}/send").where
    assert browser.get(sent).status == 200
    new = {path for path in tree(site.office.home.parent) if path not in before}
    laid = [path for path in new if path.startswith("office/inbox/") and not path.endswith(".envelope.json")]
    assert len(laid) == 1
    assert laid[0].startswith("office/inbox/upload/2020-05-21/DS-200521-")
    assert all(path.startswith(("office/inbox/upload/", "office/state/")) for path in new)
    site.office.run(DAY)
    assert site.office.summary(DAY)["submissions"][0]["status"] == "on-time"


def test_a_district_cannot_see_or_send_what_another_uploaded(site: Website) -> None:
    mine, other = site.signed_in("甲"), site.signed_in("乙")
    draft = mine.upload(report()).where
    mine.get(draft)
    token = other.token("/")
    for path in (draft, f"{draft}/marked"):
        assert other.get(path).status == 404
    for action in ("send", "discard"):
        assert other.post(f"{draft}/{action}", {"csrf": token}).status == 404
    sent = mine.click(draft, f"{draft}/send").where
    assert other.get(sent).status == other.get(f"{sent}/marked").status == 404
    missing = other.get("/sent/DS-200521-AAAAAA")
    assert missing.status == 404
    assert missing.body == other.get(sent).body, "not there and not yours are answered alike"
    assert site.signed_in("办公室").get(sent).status == 200


def test_nothing_is_sent_that_has_not_been_checked(site: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = site.signed_in("甲")
    monkeypatch.setattr(site.serving.site, "_check", lambda *_: None)
    draft = browser.upload(report()).where
    assert browser.post(f"{draft}/send", {"csrf": browser.token("/")}).where == draft
    assert in_inbox(site) == {}


def test_another_districts_report_is_not_sent_under_this_account(site: Website) -> None:
    other = site.signed_in("乙")
    draft = other.upload(report()).where
    page = other.get(draft).text
    assert "这是东胜区的日报" in page
    assert "照样报送" not in page
    assert other.post(f"{draft}/send", {"csrf": other.token("/")}).where == draft
    assert in_inbox(site) == {}


def test_a_zip_bomb_is_a_finding_and_nothing_else(site: Website) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for name in ("[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"):
            package.writestr(name, b"<a>" + b" " * (300 << 20 if "sheet1" in name else 10) + b"</a>")
    assert len(packed.getvalue()) < 1 << 20
    browser = site.signed_in("甲")
    page = browser.follow(browser.upload(packed.getvalue(), "炸弹.xlsx"))
    assert page.status == 200
    assert "整份会退回" in page.text
    assert browser.get("/").status == 200


def test_a_form_without_the_sessions_token_writes_no_byte(site: Website) -> None:
    browser = site.signed_in("甲")
    for token in ("", "x" * 43):
        assert browser.upload(report(), token=token).status == 403
    assert drafts_of(site) == []


def test_nobody_uploads_without_signing_in(site: Website) -> None:
    assert site.browser().upload(report(), token="x").where == "/signin?again"  # noqa: S106
    assert drafts_of(site) == []


def test_a_form_with_no_file_or_two_is_refused(site: Website) -> None:
    browser = site.signed_in("甲")
    token = browser.token("/")
    assert browser.upload(b"", "", token).status == 400
    first = form(b"x", "a.xlsx", token)
    both = first[: -len(f"--{BOUNDARY}--\r\n")] + form(b"y", "b.xlsx", token)
    assert browser.ask("POST", "/upload", both, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}).status == 400
    assert browser.ask("POST", "/upload", b"x", {"Content-Type": "text/plain"}).status == 415
    assert browser.ask("POST", "/upload", b"no form", {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}).status == 400
    assert drafts_of(site) == []


# --- bodies that are too large, too slow, or end too soon --------------------------------------------------------


def heard(connection: socket.socket, seconds: float = 30) -> bytes:
    """Everything until the server closes, or says nothing more."""
    connection.settimeout(seconds)
    answer = b""
    try:
        while chunk := connection.recv(1 << 16):
            answer += chunk
    except (TimeoutError, ConnectionError):
        return answer
    return answer


def test_two_gigabytes_that_are_declared_are_refused_before_they_are_read(site: Website) -> None:
    browser = site.signed_in("甲")
    with socket.create_connection(("127.0.0.1", site.port)) as connection:
        connection.sendall(head(browser, f"Content-Length: {2 << 30}", "Expect: 100-continue"))
        connection.settimeout(10)
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 413 ")
    assert drafts_of(site) == []


def test_an_endless_body_without_a_length_is_cut_off_at_the_limit(site: Website) -> None:
    browser = site.signed_in("甲")
    first = form(b"", "大.xlsx", browser.token("/"))[: -len(f"\r\n--{BOUNDARY}--\r\n")]
    piece = b"%x\r\n" % (1 << 20) + b"x" * (1 << 20) + b"\r\n"
    most, sent = 300, 0
    with socket.create_connection(("127.0.0.1", site.port)) as connection:
        connection.settimeout(30)
        connection.sendall(head(browser, "Transfer-Encoding: chunked") + b"%x\r\n" % len(first) + first + b"\r\n")
        try:
            for sent in range(most):  # noqa: B007 - how far it came
                connection.sendall(piece)
        except OSError:
            pass
        answer = heard(connection)
    assert sent < 120, "the limit is 25 MB; some more is read so that a browser hears the answer"
    assert not answer or answer.startswith(b"HTTP/1.1 413 ")
    assert drafts_of(site) == []
    assert browser.get("/").status == 200


def test_a_little_too_large_is_said_in_words(site: Website) -> None:
    browser = site.signed_in("甲")
    answer = browser.upload(b"x" * (25 << 20) + b"y")
    assert answer.status == 413
    assert "超过 25 MB" in answer.text
    assert browser.upload(b"x" * (25 << 20)).status == 303


def test_a_body_that_comes_drop_by_drop_is_given_up(site: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_limits, "_PAUSE_SECONDS", 0.5)
    browser = site.signed_in("甲")
    body = form(report(), "慢.xlsx", browser.token("/"))
    with socket.create_connection(("127.0.0.1", site.port)) as connection:
        connection.sendall(head(browser, f"Content-Length: {len(body)}") + body[:400])
        connection.settimeout(20)
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 408 ")
    assert drafts_of(site) == []


def test_a_request_that_never_comes_is_not_waited_for(site: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "_HEAD_SECONDS", 0.5)
    for begun in (b"", b"GET /signin HTTP/1.1\r\nHost: x\r\nX-Slow: "):
        with socket.create_connection(("127.0.0.1", site.port)) as connection:
            connection.sendall(begun)
            connection.settimeout(10)
            assert connection.recv(1) == b""


def test_a_full_disk_is_said(site: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_said: object) -> None:
        raise OSError(28, "No space left on device")

    browser = site.signed_in("甲")
    token = browser.token("/")
    with monkeypatch.context() as patch:
        patch.setattr(receiving._MultipartForm, "on_part_data", full)  # noqa: SLF001 - as the disk would
        answer = browser.upload(report(), token=token)
    assert answer.status == 507
    assert "磁盘满了" in answer.text
    assert drafts_of(site) == []


def test_a_body_that_ends_too_soon_leaves_nothing(site: Website) -> None:
    browser = site.signed_in("甲")
    body = form(report(), "半截.xlsx", browser.token("/"))
    with socket.create_connection(("127.0.0.1", site.port)) as connection:
        connection.sendall(head(browser, f"Content-Length: {len(body)}") + body[:-1000])
    deadline = time.monotonic() + 10
    while drafts_of(site) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert drafts_of(site) == []
    assert in_inbox(site) == {}


@pytest.mark.parametrize("lines", [("Content-Length: -1",), ("Content-Length: 5", "Transfer-Encoding: chunked"), ("Content-Length: 1e3",)])
def test_lengths_that_contradict_are_no_request(site: Website, lines: tuple[str, ...]) -> None:
    browser = site.signed_in("甲")
    with socket.create_connection(("127.0.0.1", site.port)) as connection:
        connection.sendall(head(browser, *lines) + b"0\r\n\r\n")
        assert heard(connection, 3)[:12] in (b"HTTP/1.1 400", b"HTTP/1.1 413")
    assert drafts_of(site) == []


# --- killed in the midst -----------------------------------------------------------------------------------------


def test_killed_in_the_midst_of_an_upload_nothing_half_lies_in_the_inbox(site: Website, tmp_path: Path) -> None:
    office = site.office
    with _process(office, tmp_path) as (process, port):
        browser = _Elsewhere(site, port)
        assert browser.sign_in("甲", PASSWORD).status == 303
        body = form(report() + b"x" * (5 << 20), "半截.xlsx", browser.token("/"))
        with socket.create_connection(("127.0.0.1", port)) as connection:
            heading = head(browser, f"Content-Length: {len(body)}").replace(site.host.encode(), f"127.0.0.1:{port}".encode())
            connection.sendall(heading + body[: 3 << 20])
            time.sleep(0.5)
            process.kill()
            process.wait()
    assert in_inbox(site) == {}
    office.run(DAY)
    assert office.summary(DAY)["submissions"][0]["status"] == "missing"


def test_what_a_killed_server_had_begun_to_send_is_sent_when_it_starts_again(site: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = site.signed_in("甲")
    draft = browser.upload(report()).where
    browser.get(draft)
    drafts = site.serving.site.drafts
    with monkeypatch.context() as patch:
        patch.setattr(drafts, "_lay", lambda *_: (_ for _ in ()).throw(OSError(28, "as if killed here")))
        assert browser.click(draft, f"{draft}/send").status == 500
    assert in_inbox(site) == {}
    drafts.recover()
    assert len(in_inbox(site)) == 2
    drafts.recover()
    assert len(in_inbox(site)) == 2
    sent = browser.get(draft).where
    assert sent.startswith("/sent/DS-")
    assert browser.get(sent).status == 200


class _Elsewhere(Browser):
    """A browser for the same office's page on another port."""

    def __init__(self, site: Website, port: int) -> None:
        super().__init__(_Port(site.serving, site.clock, site.office, port))


class _Port(Website):
    def __init__(self, serving: object, clock: object, office: Office, port: int) -> None:
        super().__init__(serving, clock, office)  # type: ignore[arg-type]
        self._at = port

    @property
    def port(self) -> int:
        return self._at


class _process:  # noqa: N801 - used like a function
    """`run.py serve` as a process of its own; killed at the end."""

    def __init__(self, office: Office, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        command = [sys.executable, str(HOME / "run.py"), "--config", str(office.home / "config.yaml"), "serve", "--port", str(self._port)]
        self._process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def __enter__(self) -> tuple[subprocess.Popen[bytes], int]:
        assert self._process.stdout
        assert "上传网页已打开" in self._process.stdout.readline().decode()
        return self._process, self._port

    def __exit__(self, *_error: object) -> None:
        self._process.kill()
        self._process.communicate()


# --- a damaged ledger --------------------------------------------------------------------------------------------


def _harm(office: Office, how: str) -> None:
    ledger = office.settings.paths.ledger
    if how == "a value":
        damage.change(ledger, ("readings", "day"))
    elif how == "an edition":
        damage.change(ledger, ("editions", "summary_text"))
    elif how == "a table":
        damage.drop(ledger, "readings")
    else:
        ledger.write_bytes(ledger.read_bytes()[:4096] + b"\x07" * 8192 + ledger.read_bytes()[12288:])


@pytest.mark.parametrize("how", ["a value", "a table", "pages", "an edition"])
def test_with_a_damaged_ledger_the_forms_stay_and_a_report_is_checked_and_sent(site: Website, how: str) -> None:
    _harm(site.office, how)
    browser = site.signed_in("甲")
    home = browser.get("/")
    assert home.status == 200
    assert "上传并核对" in home.text
    if how != "an edition":  # of which no district sees anything
        assert "台账现在读不了，以前报送的结果、回执和填好的模板暂时看不到" in home.text
    answer = browser.upload(report(progress=[progress_row()]))
    checked = browser.follow(answer)
    assert ("台账现在读不了" in checked.text) == (how != "an edition")
    assert "还没有报送，请点“报送”。" in checked.text
    number = browser.click(answer.where, f"{answer.where}/send").where.rpartition("/")[2]
    assert f"upload/2020-05-21/{number}/日报.xlsx" in in_inbox(site)
    assert number in browser.get("/").text
    board = site.signed_in("办公室").get("/board/2020-05-20")
    assert board.status == 503
    assert "doctor --repair" in board.text
    assert "上传并预览" in board.text
    assert not (site.office.settings.paths.state / "faults").exists()


@pytest.mark.parametrize("is_empty", [False, True])
def test_where_the_ledger_is_gone_no_page_answers_from_an_empty_one_and_each_says_what_to_do(
    site: Website, capsys: pytest.CaptureFixture[str], *, is_empty: bool
) -> None:
    """`is_empty`: something has made an empty one in its place since."""
    settings = site.office.settings
    settings.paths.ledger.unlink()
    if is_empty:
        with Ledger(settings.paths.ledger_place):
            pass
    browser = site.signed_in("办公室")
    for address in ("/today", "/board", "/board/2020-05-20", "/rows", "/rows/2020-05-20", "/explain?what=SJ-2020-001"):
        page = browser.get(address)
        assert (page.status, "台账不见了" in page.text, "恢复整个 state 文件夹" in page.text) == (503, True, True), address
        assert "上传分解表" not in page.text or "分解表也不用重传" in page.text
    home = site.signed_in("甲").get("/")
    assert "台账现在读不了" in home.text
    assert "还没有采用过" not in home.text
    assert cli.main(["--config", str(site.office.home / "config.yaml"), "status"]) == LedgerError.exit_status
    assert "台账" in (said := capsys.readouterr().err)
    assert "不见了" in said
    assert not (settings.paths.state / "faults").exists()


def test_with_a_damaged_ledger_an_assignment_workbook_is_taken_without_a_preview(site: Website) -> None:
    _harm(site.office, "a value")
    browser = site.signed_in("办公室")
    answer = browser.upload(assignment(), "分解表.xlsx", browser.token("/board"))
    assert "台账现在读不了，不能预览" in browser.follow(answer).text
    assert browser.click(answer.where, f"{answer.where}/send").where.startswith("/sent/")
    asked = browser.get("/explain?what=SJ-2020-001")
    assert (asked.status, "doctor --repair" in asked.text) == (503, True)
    assert not (site.office.settings.paths.state / "faults").exists()
