"""The leaders' letters wait until somebody of the office has looked, where that is set: in the browser or on the command line.

Covers `release_pages`, and behind it `releases`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

import pytest
from mailserver import MailServer, running
from offices import Office, moment, only
from websites import served
from workbooks import DAY, assignment, progress_row, report

from pipeline.disk import lock
from pipeline.ledger import journal
from pipeline.night import nightly
from pipeline.post import letter_plan, sending, sent_letters, told_letters
from pipeline.post.sending import SendingOutcome
from pipeline.publishing import releases
from pipeline.settings.outgoing import Outgoing

LEADER = "lingdao@example.com"
MORNING = moment("2020-05-22 08:00")


@pytest.fixture
def server() -> Iterator[MailServer]:
    with running() as server:
        yield server


@pytest.fixture
def office(office: Office) -> Office:
    """An office whose day is published, and that wants to look before its leaders are written to."""
    settings = Outgoing(host="127.0.0.1", sender="ribao@example.com", leaders=(LEADER,), leaders_after_look=True, reminder_at=None)
    office.settings = office.settings.model_copy(update={"outgoing_mail": settings})
    office.put_assignment(assignment())
    office.put(report(), "日报.xlsx")
    nightly.run(office.settings, [DAY])
    return office


def _send(office: Office, server: MailServer) -> SendingOutcome:
    return sending.run(office.settings, MORNING, server.connect)


def _got(server: MailServer) -> list[str]:
    return [to for to, _content in server.taken if to == LEADER]


def test_the_page_says_what_would_be_sent_by_kind_and_number_and_sends_nothing(office: Office, server: MailServer) -> None:
    outgoing = office.settings.outgoing_mail
    assert outgoing
    two = {"leaders_after_look": False, "leaders": (LEADER, "lingdao2@example.com"), "districts": {"dongsheng": ("ds@example.com",)}}
    office.settings = office.settings.model_copy(update={"outgoing_mail": outgoing.model_copy(update=two)})
    with served(office, "2020-05-22 08:30") as site:
        site.user("办公室", "", "")
        site.serving.site.letters_due = partial(told_letters.due, office.settings)
        browser = site.signed_in("办公室")
        text = " ".join(re.sub(r"<[^>]+>", " ", browser.get("/letters").text).split())
        count = re.search(r"现在该发的信 (\d+) 封", text)
        assert count
        assert "5月21日给旗区的信（回执、督办通知、日报模板） 9 封 东胜区、达拉特旗、" in text
        assert "5月21日给领导的信 2 封" in text
        with lock.hold(office.settings.paths.state / sent_letters.LOCK):
            assert "5月21日给领导的信 2 封" in re.sub(r"<[^>]+>", "", browser.get("/letters").text), "also while letters are being sent"
        assert server.taken == [], "it only looks"
        outcome = _send(office, server)
        assert len(outcome.planned) == int(count[1])
        assert "现在该发的信 0 封 没有。" in " ".join(re.sub(r"<[^>]+>", " ", browser.get("/letters").text).split())


def test_nothing_goes_to_the_leaders_before_somebody_has_looked(office: Office, server: MailServer) -> None:
    outcome = _send(office, server)
    assert (_got(server), outcome.held) == ([], [DAY])
    assert any("2020-05-21 给领导的信等办公室放行" in line for line in told_letters.sent(outcome))
    with served(office, "2020-05-22 08:30") as site:
        site.user("甲", "东胜区")
        site.user("办公室", "", "")
        clerk, browser = site.signed_in("甲"), site.signed_in("办公室")
        (edition,) = releases.last_days(office.settings, date(2020, 5, 22))
        fields = {"manifest": edition.manifest}
        assert clerk.get("/letters").body == clerk.get("/nope").body
        assert clerk.post("/release", {**fields, "csrf": clerk.token("/")}).status == 404
        assert browser.post("/release", {**fields, "csrf": "x"}).status == 403
        assert journal.releases(office.settings.paths.archive) == {}
        token = browser.token("/letters")
        with lock.hold(office.settings.paths.state):
            assert "正在汇总，没有放行" in browser.follow(browser.post("/release", {**fields, "csrf": token})).text
        assert "又写出了新的一版" in browser.follow(browser.post("/release", {"manifest": "x", "csrf": token})).text
        page = browser.follow(browser.post("/release", {**fields, "csrf": token})).text
        assert "已放行</span> 办公室 5月22日08:30" in page
        assert "办公室 放行 2020-05-21 第 1 版给领导的信" in site.done()
    noted = journal.releases(office.settings.paths.archive)[edition.manifest]
    assert (noted.by, noted.at) == ("办公室", moment("2020-05-22 08:30"))
    assert _send(office, server).held == []
    assert _got(server) == [LEADER]


def test_letters_to_the_leaders_wait_for_a_look_longer_than_letters_are_written_about_a_day(office: Office, server: MailServer) -> None:
    """Over a long holiday nobody looks: what waits is said first on the pages, can be let go, and is sent then."""
    _send(office, server)
    later = MORNING + timedelta(days=8)
    assert sending.run(office.settings, later, server.connect).held == [DAY]
    with served(office, later.strftime("%Y-%m-%d %H:%M")) as site:
        site.user("办公室", "", "")
        *_looks, site.serving.site.letters_held = told_letters.looks(lambda: office.settings)
        browser = site.signed_in("办公室")
        for path in ("/today", "/letters"):
            assert "给领导的信等您看过、放行，还没有发：5月21日。" in re.sub(r"<[^>]+>", "", browser.get(path).text)
        (edition,) = releases.last_days(office.settings, later.date(), [DAY])
        page = browser.follow(browser.post("/release", {"manifest": edition.manifest, "csrf": browser.token("/letters")})).text
        assert "已放行</span> 办公室" in page
        assert "等您看过、放行" not in page
    assert (sending.run(office.settings, later + timedelta(days=1), server.connect).held, _got(server)) == ([], [LEADER])


def test_letters_to_the_leaders_do_not_wait_for_ever(office: Office, server: MailServer) -> None:
    _send(office, server)
    assert sending.run(office.settings, MORNING + timedelta(days=letter_plan.LOOK_DAYS + 1), server.connect).held == []


def test_the_page_lists_what_was_sent_and_an_edition_that_the_leaders_have_waits_for_no_look(office: Office, server: MailServer) -> None:
    outgoing = office.settings.outgoing_mail
    assert outgoing
    office.settings = office.settings.model_copy(update={"outgoing_mail": outgoing.model_copy(update={"leaders_after_look": False})})
    server.orders["RCPT"] = ["550 5.1.1 no such user"]
    _send(office, server)
    assert _got(server) == [LEADER]
    office.settings = office.settings.model_copy(update={"outgoing_mail": outgoing})
    with served(office, "2020-05-22 09:30") as site:
        site.user("办公室", "", "")
        _due, _since, site.serving.site.letters_sent, _held = told_letters.looks(lambda: office.settings)
        page = site.signed_in("办公室").get("/letters").text
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert re.search(r"发过的信 近三十天发出 9 封，另有 1 封没有发成或不知道 .*对方不收，没有送到 [^ ]+ 东胜区 ", text)
    assert f"给领导的信 {LEADER} 【信访专报】5月21日" in text
    assert re.search(r"已发出 1 封，[^ ]+。不用再放行", text)
    assert "看过了，放行" not in page


def test_a_day_before_the_first_that_is_written_about_is_not_offered_and_cannot_be_let_go(office: Office, server: MailServer) -> None:
    """The first run that sends writes about the newest day alone; that is said of the day before it, and no letter is promised."""
    nightly.run(office.settings, [before := DAY - timedelta(days=1)], documents=(*only("briefing"), *only("briefing_pdf")))
    assert sending.written_from(office.settings, MORNING) == DAY
    with served(office, "2020-05-22 08:30") as site:
        site.user("办公室", "", "")
        site.serving.site.letters_from = partial(sending.written_from, office.settings)
        browser = site.signed_in("办公室")
        page = browser.get("/letters").text
        assert page.count("看过了，放行") == 1
        assert "不写信</span> 第一次发信写的是 5月21日，再早的日子不补发" in page
        older = next(edition for edition in releases.last_days(office.settings, date(2020, 5, 22)) if edition.day == before)
        said = browser.follow(browser.post("/release", {"manifest": older.manifest, "csrf": browser.token("/letters")})).text
        assert "这一天在开始发信以前，不写信，没有放行" in said
    releases.release_all(office.settings, "命令行", MORNING, sending.written_from(office.settings, MORNING))
    assert [release.day for release in journal.releases(office.settings.paths.archive).values()] == [DAY]
    _send(office, server)
    assert _got(server) == [LEADER]
    assert sending.written_from(office.settings, MORNING) == DAY


def test_a_later_edition_waits_for_another_look(office: Office, server: MailServer) -> None:
    releases.release_all(office.settings, releases.at_this_computer(), MORNING)
    _send(office, server)
    assert _got(server) == [LEADER]
    assert [release.by[:3] for release in journal.releases(office.settings.paths.archive).values()] == ["命令行"]
    office.put(report(progress=[progress_row(今日进展="又查了一次")]), "更正.xlsx", "2020-05-22T07:30:00+08:00")
    nightly.run(office.settings, [DAY])
    assert _send(office, server).held == [DAY]
    assert _got(server) == [LEADER]
    assert journal.unread(office.settings.paths.archive) == []


def test_before_a_release_it_is_said_which_figures_are_known_to_be_others_and_which_report_waits(office: Office) -> None:
    assert office.settings.outgoing_mail
    at_once = office.settings.outgoing_mail.model_copy(update={"leaders_after_look": False})
    settings = office.settings.model_copy(update={"outgoing_mail": at_once})
    with served(office, "2020-05-22 08:30") as site:
        site.user("办公室", "", "")
        browser = site.signed_in("办公室")
        assert "已知" not in browser.get("/letters").text
        planned = sending.due(settings, MORNING).planned
        assert LEADER in [letter.recipient for letter in planned]
        assert not [letter.recipient for letter in planned if "还没有汇总的更正" in letter.text + letter.html]
        office.put(
            report(progress=[progress_row(), progress_row("SJ-2020-001", 当前状态="办理中")]),
            "更正.xlsx",
            received="2020-05-22T08:10:00+08:00",
        )
        text = re.sub(r"<[^>]+>", " ", browser.get("/letters").text)
    assert "已知市级交办和旗区自行梳理现在是 0/2，这一版写的是 1/2" in text
    assert "等待收取：东胜区 文件夹" in text
    letter = next(letter for letter in sending.due(settings, MORNING).planned if letter.recipient == LEADER)
    for said in (letter.text, letter.html):
        assert "到发这封信时已知、还没有汇总的更正" in said
        assert "已知市级交办和旗区自行梳理现在是 0/2，这一版写的是 1/2" in said
        assert "等待收取：东胜区 文件夹" in said
