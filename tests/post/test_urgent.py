"""Urgent matters of reports that wait are mailed to the leaders on duty, each once, whatever dies or is taken in meanwhile.

Covers `urgent`, `urgent_matters` and `matter_standing`.
"""

from __future__ import annotations

import email
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from mailserver import MailServer, running
from offices import Office, moment
from provinces import PROVINCE, written
from workbooks import DAY, assignment, case_row, edit, report, report_pages, turn_row, urgent_row, write

from pipeline import cli
from pipeline.disk import log
from pipeline.doors import mailbox
from pipeline.office import urgent_matters
from pipeline.office.shared_readers import SharedReaders
from pipeline.office.urgent_matters import UrgentMatter
from pipeline.post import sending, smtp, told_letters, urgent
from pipeline.post.sending import Clarification
from pipeline.post.smtp import UnreachableError
from pipeline.post.urgent import UrgentOutcome, Watch
from pipeline.post.wording import Writer
from pipeline.settings.config import Settings, load
from pipeline.settings.outgoing import Outgoing
from pipeline.terms.errors import ConfigurationError
from pipeline.web.server import Serving

ONE, TWO, THREE, FOUR, ALL = (f"{name}@example.com" for name in ("one", "two", "three", "four", "all"))
OUTGOING = Outgoing(
    host="127.0.0.1",
    sender="ribao@example.com",
    leaders=(ALL,),
    leader_addresses={"领导 一": (ONE,), "领导二": (TWO,), "领导三": (THREE,), "领导四": (FOUR,)},
)
NOW, NEXT = moment(f"{DAY} 16:20"), moment("2020-05-22 08:00")
ROTA = (
    turn_row(DAY, "领导一"),
    turn_row(DAY, "领导二", "替班", 替班领导="领导三"),
    turn_row(DAY, "领导四", "休假"),
    turn_row("2020-05-22", "领导二"),
)
WATER = urgent_row(需协调事项="请水务局协调")
WAGES = urgent_row("", 事项类别="工资支付逾期", 情况说明="工地<b>欠薪</b>\n三十人")


@pytest.fixture
def server() -> Iterator[MailServer]:
    with running() as server:
        yield server


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path / "office")
    _set(office, OUTGOING)
    office.put_assignment(assignment(rota=ROTA))
    return office


def _set(office: Office, outgoing: Outgoing) -> None:
    office.settings = office.settings.model_copy(update={"outgoing_mail": outgoing})


def _look(office: Office, server: MailServer, now: datetime = NOW) -> UrgentOutcome:
    return urgent.run(office.settings, now, server.connect)


def _put(office: Office, rows: Sequence[object], name: str = "日报.xlsx", minute: int = 0, day: date = DAY) -> None:
    office.put(report(day=day, urgent=rows), name, f"{day}T16:{minute:02}:00+08:00")  # type: ignore[arg-type]


def _recipients(server: MailServer) -> list[str]:
    return [recipient for recipient, _content in server.taken]


def _mails(server: MailServer) -> list[EmailMessage]:
    return [email.message_from_bytes(content, policy=default) for _recipient, content in server.taken]


def _text(message: EmailMessage, kind: str = "plain") -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


@contextmanager
def _unreachable(_outgoing: Outgoing) -> Iterator[None]:
    raise UnreachableError("连不上")
    yield


# --- who looks on ------------------------------------------------------------------------------------------------


def test_whoever_looks_on_is_told_what_no_leader_has_and_why(office: Office, server: MailServer) -> None:
    _put(office, [WATER, urgent_row("", 情况说明="没有写措施", 已采取措施="")])

    def untold() -> list[str]:
        return [why for _matter, why in urgent.untold(office.settings, urgent_matters.look(office.settings), NOW).matters]

    assert untold() == ["还没有发出"]
    assert [unsent.district for unsent in urgent.untold(office.settings, urgent_matters.look(office.settings), NOW).unsent] == ["东胜区"]
    urgent.run(office.settings, NOW, _unreachable)  # type: ignore[arg-type]
    assert untold() == ["没有发成，几分钟以后再试（连不上）"]
    office.run(DAY)
    assert untold() == ["没有发成，几分钟以后再试（连不上）"], "also when a night has taken it in"
    _look(office, server, NOW + timedelta(minutes=6))
    assert untold() == []
    _set(office, OUTGOING.model_copy(update={"leaders": (), "leader_addresses": {}, "office": (ALL,)}))
    _put(office, [WAGES], "又.xlsx", 5)
    assert untold() == ["没有设置发信，急报不会发给领导"]


def test_what_the_leaders_of_now_have_is_owed_to_no_address_of_before(office: Office, server: MailServer) -> None:
    _set(office, OUTGOING.model_copy(update={"leaders": (ALL,), "leader_addresses": {}}))
    _put(office, [WATER])
    urgent.run(office.settings, NOW, _unreachable)  # type: ignore[arg-type]
    _set(office, OUTGOING.model_copy(update={"leaders": (TWO,), "leader_addresses": {}}))
    assert [why for _matter, why in urgent.untold(office.settings, urgent_matters.look(office.settings), NOW).matters] == ["还没有发出"]
    outcome = _look(office, server, NOW + timedelta(minutes=6))
    assert (outcome.matters, _recipients(server)) == (1, [TWO])
    assert urgent.untold(office.settings, urgent_matters.look(office.settings), NOW) == urgent_matters.Untold()
    _put(office, [WATER, WAGES], "又.xlsx", 10)
    outcome = _look(office, server, NOW + timedelta(minutes=9))
    assert (outcome.matters, outcome.in_short) == (1, "急报 1 件，该发 1 封，发出 1 封"), "the first one has been mailed"
    office.run(DAY)
    assert urgent.untold(office.settings, urgent_matters.look(office.settings), NEXT) == urgent_matters.Untold()


def test_the_same_report_come_again_moves_no_date_of_what_is_owed(office: Office, server: MailServer) -> None:
    _put(office, [WATER])
    urgent.run(office.settings, NOW, _unreachable)  # type: ignore[arg-type]
    office.run(DAY)
    for is_taken_in in (False, True):
        office.put(report(urgent=[WATER]), "又是它.xlsx", f"{NEXT.date()}T07:00:00+08:00")
        if is_taken_in:
            office.run(NEXT.date())
        ((matter, _why),) = urgent.untold(office.settings, urgent_matters.look(office.settings), NEXT).matters
        assert matter.came == moment(f"{DAY} 16:00")
    _look(office, server, NEXT)
    assert "报来于5月21日16:00，此后已汇总，以汇总为准" in _text(_mails(server)[0])


# --- what is mailed, and to whom ---------------------------------------------------------------------------------


def test_all_new_matters_come_in_one_letter_to_each_leader_on_duty(office: Office, server: MailServer) -> None:
    bad = urgent_row("SJ-2020-009", 情况说明="没有写措施", 已采取措施="")
    personal = urgent_row("", 情况说明="联系 13800138000")
    _put(office, [WATER, bad, personal])
    office.put(report("达拉特旗", progress=[], urgent=[WAGES]), "达旗.xlsx", channel="upload", sender="dalate@example.com")
    before = sorted(path.name for path in office.inbox.rglob("*"))
    outcome = _look(office, server)
    assert _recipients(server) == [ONE, THREE], "the substitute, and nobody on leave"
    assert (outcome.matters, outcome.is_complete) == (2, True)
    for message in _mails(server):
        assert message["Subject"] == "【急报】东胜区、达拉特旗2件：停水停电停暖等（尚未汇总核对）"
        text = _text(message)
        for said in (
            "旗区刚报来急报 2 件，尚未汇总核对",
            "东胜区  停水停电停暖",
            "案件：SJ-2020-001",
            "发生时间：2020-05-21 09:30",
            "情况：小区停水两日",
        ):
            assert said in text
        for said in ("已采取措施：已协调供水公司抢修", "需协调事项：请水务局协调", "情况：工地<b>欠薪</b> 三十人"):
            assert said in text
        html = _text(message, "html")
        assert "工地&lt;b&gt;欠薪&lt;/b&gt; 三十人" in html
        for never in ("没有写措施", "13800138000", "出自", "报来于"):
            assert never not in text + html
    assert sorted(path.name for path in office.inbox.rglob("*")) == before, "nothing is taken in"
    assert next(told_letters.urgent(outcome)) == "急报 2 件"


def test_a_matter_is_mailed_once_in_whatever_file_it_comes_and_before_and_after_the_night(office: Office, server: MailServer) -> None:
    _put(office, [WATER])
    outcome = _look(office, server)
    assert list(told_letters.urgent(_look(office, server))) == []
    assert [noted for _line, noted in told_letters.urgent_beside(outcome)] == ["急报 1 件，该发 2 封，发出 2 封"]
    again = urgent_row("sj-2020-1", 情况说明="小区 停水两日", 已采取措施="已恢复供水")
    _put(office, [again, WAGES], "更正.xlsx", 10)
    _look(office, server)
    assert len(server.taken) == 4
    assert all("1件：工资支付逾期" in message["Subject"] for message in _mails(server)[2:])
    office.run(DAY)
    _put(office, [again, WAGES], "又更正.xlsx", 30)
    _look(office, server, NEXT)
    assert len(server.taken) == 4


def test_what_a_later_report_left_out_before_anybody_looked_is_not_mailed(office: Office, server: MailServer) -> None:
    _put(office, [WATER, WAGES])
    _put(office, [WAGES], "更正.xlsx", 10)
    _look(office, server)
    assert [message["Subject"] for message in _mails(server)] == ["【急报】东胜区1件：工资支付逾期（尚未汇总核对）"] * 2


def test_nobody_on_duty_with_an_address_are_the_leaders_and_nobody_at_all_is_told(office: Office, server: MailServer) -> None:
    _put(office, [WATER], day=DAY + timedelta(days=1))
    _set(office, OUTGOING.model_copy(update={"leader_addresses": {"领导一": (ONE,)}, "leaders": ()}))
    outcome = _look(office, server, NEXT)
    assert (outcome.nobody, outcome.is_complete) == (1, False)
    assert "有 1 件急报没有人可发" in next(told_letters.urgent(outcome))
    _set(office, OUTGOING.model_copy(update={"leader_addresses": {"领导一": (ONE,)}}))
    outcome = _look(office, server, NEXT)
    assert _recipients(server) == [ALL]
    assert outcome.without == ["领导二"]
    assert outcome.is_complete


def test_many_matters_come_in_several_letters_and_another_days_report_says_its_day(office: Office, server: MailServer) -> None:
    _put(office, [urgent_row("", 情况说明=f"情况{number}") for number in range(51)])
    _look(office, server, NEXT)
    assert _recipients(server) == [TWO, TWO]
    assert [message["Subject"] for message in _mails(server)] == [
        f"【急报】东胜区{count}件：停水停电停暖（尚未汇总核对）" for count in (50, 1)
    ]
    text = _text(_mails(server)[1])
    assert "出自：5月21日的日报" in text
    assert "报送：报来于5月21日16:00，尚未汇总核对" in text
    assert "刚报来" not in text


def test_a_number_that_came_through_is_masked_and_nothing_steers_subject_or_line(office: Office) -> None:
    matter = UrgentMatter("东胜区", DAY, "SJ-2020-001", "停水停电停暖", "2020-05-21", "甲13800138000\r\nBcc: x@example.com", "", "")
    letter = Writer(office.settings, NOW.date()).urgent(DAY, ("", ONE), [matter], [], NOW)
    assert letter.subject == "【急报】东胜区1件：停水停电停暖（尚未汇总核对）"
    assert "13800138000" not in letter.text + letter.html
    assert all(not line.startswith("Bcc") for line in (letter.text + letter.html).splitlines())


def test_with_levels_above_it_a_district_is_named_with_them() -> None:
    matter = UrgentMatter("丙一区", DAY, "SJ-2020-001", "停水停电停暖", "2020-05-21", "甲", "", "")
    letter = Writer(PROVINCE, NOW.date()).urgent(DAY, ("", ONE), [matter], [], NOW)
    assert letter.subject.startswith("【急报】丙市丙北片丙一区1件：")
    assert "丙市丙北片丙一区" in letter.text
    assert "丙市丙北片丙一区" in letter.html


# --- the leaders of the units above ------------------------------------------------------------------------------

OF_CITY, OF_PART, OF_OTHER = "bing@example.com", "bingbei@example.com", "jia@example.com"
OF_UNITS = {"丙市": (OF_CITY, OF_PART), "丙北片": (OF_PART, ONE), "甲市": (OF_OTHER,), "乙市": ()}


@pytest.fixture
def province(tmp_path: Path) -> Office:
    office = Office(tmp_path / "office")
    (office.home / "config.yaml").write_text(written(), encoding="utf-8")
    office.settings = load(office.home / "config.yaml")
    _set(office, OUTGOING.model_copy(update={"unit_leaders": OF_UNITS, "office": (ALL,)}))
    office.put_assignment(assignment([case_row("SJ-2020-001", "丙一区"), case_row("SJ-2020-002", "乙一区")], rota=ROTA))
    return office


def _put_of(office: Office, district: str, rows: Sequence[object], name: str = "日报.xlsx", minute: int = 0) -> None:
    office.put(report(district, progress=[], urgent=rows), name, f"{DAY}T16:{minute:02}:00+08:00")  # type: ignore[arg-type]


def test_leaders_of_the_units_above_a_district_are_mailed_its_matters_too_and_nobody_twice(province: Office, server: MailServer) -> None:
    _put_of(province, "丙一区", [WATER])
    outcome = _look(province, server)
    assert sorted(_recipients(server)) == sorted([ONE, THREE, OF_CITY, OF_PART]), "not of another city"
    assert all(message["Subject"].startswith("【急报】丙市丙北片丙一区1件：") for message in _mails(server))
    assert (outcome.matters, outcome.in_short) == (1, "急报 1 件，该发 4 封，发出 4 封")
    assert urgent.untold(province.settings, urgent_matters.look(province.settings), NOW).matters == ()
    _put_of(province, "乙一区", [urgent_row("SJ-2020-002")], "乙.xlsx", 5)
    _look(province, server)
    assert _recipients(server)[4:] == [ONE, THREE], "a unit without an address has no letter, and the others none of another unit"
    province.run(DAY)
    assert _look(province, server, NEXT).sent.planned == []
    told = {letter.recipient: letter.to for letter in told_letters.sent_out(province.settings, NEXT, urgent_matters.Untold())}
    assert (told[OF_CITY], told[OF_PART], told[ONE]) == ("丙市", "丙市", "")


def test_what_a_units_leaders_are_owed_is_tried_again_and_told_without_the_office_having_it_twice(
    province: Office, server: MailServer
) -> None:
    _put_of(province, "丙一区", [WATER])
    server.orders["RCPT"] = ["", "", "451 later", ""]
    _look(province, server)
    ((_matter, why),) = urgent.untold(province.settings, urgent_matters.look(province.settings), NOW).matters
    assert why.startswith("给丙市的没有发成，几分钟以后再试")
    province.run(DAY)
    server.orders["RCPT"] = ["550 no such user"]
    before = len(server.taken)
    outcome = _look(province, server, NOW + timedelta(minutes=6))
    assert [letter.recipient for letter, _answer in outcome.sent.done] == [OF_CITY], "also when a night has taken it in"
    assert [letter.recipient for letter in outcome.sent.refused] == [OF_CITY]
    _set(province, OUTGOING.model_copy(update={"unit_leaders": {"丙北片": (OF_PART,)}}))
    outcome = _look(province, server, NOW + timedelta(minutes=12))
    assert (len(server.taken), outcome.sent.refused, outcome.sent.planned) == (before, [], []), "another address is set"


def test_to_phone_for_it_names_case_and_kind_and_says_what_it_is_unless_that_tells_of_a_person(office: Office, server: MailServer) -> None:
    _set(office, OUTGOING.model_copy(update={"office": (TWO,)}))
    lacking = urgent_row("SJ-2020-001", 情况说明="墙体开裂", 已采取措施="")
    _put(office, [lacking, {**lacking, "事项类别": "工资支付逾期", "情况说明": "请打13912345678问"}])
    told = list(told_letters.urgent(_look(office, server)))
    for text in (_text(_mails(server)[0]), _text(_mails(server)[0], "html"), "\n".join(told)):
        assert "急报事项!E2（SJ-2020-001 停水停电停暖：墙体开裂）" in text
        assert "（SJ-2020-001 工资支付逾期）" in text
        assert "13912345678" not in text


def test_to_phone_for_it_names_the_units_above_the_district(province: Office, server: MailServer) -> None:
    _put_of(province, "丙一区", [urgent_row("", 情况说明="没有写措施", 已采取措施="")])
    outcome = _look(province, server)
    (letter,) = _mails(server)
    assert letter["Subject"] == "【请打电话】丙市丙北片丙一区1件可能的急报没有发给领导"
    assert "丙市丙北片丙一区" in _text(letter)
    assert any(line.startswith("  丙市丙北片丙一区 日报.xlsx") for line in told_letters.urgent(outcome))


# --- what comes again, what will be refused ----------------------------------------------------------------------


def test_what_the_register_will_refuse_is_mailed_with_the_reason_and_its_correction_names_it(office: Office, server: MailServer) -> None:
    _put(office, [urgent_row("SJ-2020-999", 情况说明="管道爆裂"), WAGES])
    outcome = _look(office, server)
    assert (outcome.matters, [matter.number for matter in outcome.refused]) == (2, ["SJ-2020-999"])
    told = list(told_letters.urgent(outcome))
    assert told[-2] == "其中 1 件照现在的台账汇总时会退回，信里写明了。请旗区改正："
    assert told[-1].startswith("  东胜区 SJ-2020-999：")
    for kind in ("plain", "html"):
        text = _text(_mails(server)[0], kind)
        assert text.count("汇总时：照发信时的台账会退回。告诉旗区的话：") == 1
        assert "照发信时的台账会退回的 1 件，见各件的“汇总时”；办公室或旗区改好以后就不退回" in text
        assert "先前" not in text
    office.run(DAY)
    right = urgent_row("SJ-2020-001", 情况说明="管道爆裂")
    _put(office, [right, WAGES], "更正.xlsx", 30)
    _look(office, server, moment(f"{DAY} 16:40"))
    text = _text(_mails(server)[-1])
    assert "先前：5月21日16:00报来、已经发过的一件只有案件编号不同（那件：SJ-2020-999），可能是它的更正" in text
    assert "汇总时：" not in text


def test_a_second_matter_beside_the_first_is_no_correction_of_it(office: Office, server: MailServer) -> None:
    _put(office, [WATER])
    _look(office, server)
    _put(office, [WATER, {**WATER, "情况说明": "电梯停运"}, {**WAGES, "情况说明": "另一处工地"}], "又.xlsx", 10)
    _look(office, server)
    _put(office, [WATER, {**WAGES, "情况说明": "第三处工地"}, {**WATER, "情况说明": "电梯停运", "事项类别": "工程安全隐患"}], "再.xlsx", 20)
    _look(office, server)
    second, third = _text(_mails(server)[2]), _text(_mails(server)[4])
    assert "先前" not in second, "both stand in one report"
    assert third.count("先前：") == 2
    assert "已经发过的一件只有情况说明不同（那件：另一处工地）" in third, "a later report has it in the place of the other"
    assert "已经发过的一件只有事项类别不同（那件：停水停电停暖）" in third


def test_other_words_in_a_later_report_name_the_first_and_of_another_days_without_a_case_they_do_not(
    office: Office, server: MailServer
) -> None:
    _put(office, [WAGES])
    _look(office, server)
    _put(office, [{**WAGES, "情况说明": "工地欠薪已涉及三百人"}], "更正.xlsx", 10)
    _look(office, server)
    assert "先前：16:00报来、" in _text(_mails(server)[-1]).replace("5月21日", "")
    assert "只有情况说明不同" in _text(_mails(server)[-1])
    _put(office, [{**WAGES, "情况说明": "又一处"}], "次日.xlsx", day=DAY + timedelta(days=1))
    _look(office, server, NEXT)
    assert "先前" not in _text(_mails(server)[-1])


def test_what_was_mailed_and_is_reported_no_more_is_said_at_once_and_mailed_to_the_office_once(office: Office, server: MailServer) -> None:
    _set(office, OUTGOING.model_copy(update={"office": (TWO,)}))
    _put(office, [WATER, WAGES])
    assert _look(office, server).dropped == []
    _put(office, [{**WAGES, "情况说明": "工地欠薪已涉及三百人"}], "更正.xlsx", 10)
    outcome = _look(office, server)
    assert [matter.kind for matter in outcome.dropped] == ["停水停电停暖"], "the other has other words alone"
    told = [*told_letters.urgent(outcome)]
    assert told[-2:] == [
        "有 1 件已经发给领导的急报，旗区后来报的里面没有了。请问旗区是撤下还是漏报，再告诉领导：",
        f"  东胜区 SJ-2020-001：{WATER['情况说明']}；16:10报来的更正.xlsx里没有了".replace("；16", "；5月21日16"),
    ]
    to_office = [mail for mail, recipient in zip(_mails(server), _recipients(server), strict=True) if recipient == TWO]
    assert [mail["Subject"] for mail in to_office] == ["【请打电话】东胜区1件已发给领导的急报后来报的里面没有了"]
    assert "更正.xlsx里没有了" in _text(to_office[0])
    assert "更正.xlsx里没有了" in _text(to_office[0], "html")
    assert "没有发给值班领导" not in _text(to_office[0])
    before = len(server.taken)
    assert len(_look(office, server).dropped) == 1
    assert len(server.taken) == before, "once"
    office.run(DAY)
    assert _look(office, server).dropped == [], "the night tells it"
    office.put(report(day=DAY), "零.xlsx", f"{DAY}T16:40:00+08:00")
    assert len(_look(office, server, moment(f"{DAY} 16:50")).dropped) == 2
    _put(office, [WATER, {**WAGES, "发生时间": "昨天晚上"}], "坏.xlsx", 55)
    assert _look(office, server, moment(f"{DAY} 17:00")).dropped == [], "a row that will be refused may be it"


# --- whatever dies or is away ------------------------------------------------------------------------------------


def test_a_kill_between_note_and_server_mails_nothing_twice_and_loses_nothing(
    office: Office, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_said: object) -> None:
        raise KeyboardInterrupt

    _put(office, [WATER])
    with monkeypatch.context() as patch:
        patch.setattr(smtp, "hand_over", killed)
        with pytest.raises(KeyboardInterrupt):
            _look(office, server)
    office.run(DAY)  # takes the report in
    for _again in range(2):
        outcome = _look(office, server, NEXT)
        assert _recipients(server) == [THREE], "the other letter was not begun; the first is of unknown fate"
        assert [letter.recipient for letter in outcome.sent.unknown] == [ONE]
        assert not outcome.is_complete
    sending.run(office.settings, NEXT, server.connect, clarification=Clarification("again", ONE))
    assert _look(office, server, NEXT).is_complete
    assert _recipients(server) == [THREE, ONE]


def test_what_no_server_took_is_mailed_after_the_night_to_whoever_is_on_duty_then(office: Office, server: MailServer) -> None:
    _put(office, [WATER])
    outcome = urgent.run(office.settings, NOW, _unreachable)  # type: ignore[arg-type]
    assert not outcome.is_complete
    office.run(DAY)
    _look(office, server, NEXT)
    _look(office, server, NEXT)
    assert _recipients(server) == [TWO]
    assert "小区停水两日" in _text(_mails(server)[0])
    assert "报送：报来于5月21日16:00，此后已汇总，以汇总为准" in _text(_mails(server)[0])


def test_what_those_on_duty_have_is_not_mailed_to_the_leaders_whose_letter_was_put_off(office: Office, server: MailServer) -> None:
    _set(office, OUTGOING.model_copy(update={"leader_addresses": {}}))
    _put(office, [WATER, WAGES])
    urgent.run(office.settings, NOW, _unreachable)  # type: ignore[arg-type]
    _put(office, [WATER], "更正.xlsx", 10)
    office.run(DAY)
    _set(office, OUTGOING)
    server.orders = {"RCPT": ["450 later"]}
    _look(office, server, NOW + timedelta(hours=4))
    assert _recipients(server) == [THREE]
    for _again in range(2):
        outcome = _look(office, server, NOW + timedelta(hours=5))
        assert _recipients(server) == [THREE, ONE], "the other one on duty is owed it still, the leaders no more"
        assert outcome.is_complete
    assert outcome.matters == 0
    for message in _mails(server):
        assert message["Subject"] == "【急报】东胜区2件：停水停电停暖等（此后已汇总或被代替，以汇总为准）"
        assert "报来于5月21日16:10，此后已汇总，以汇总为准" in _text(message)
        assert "报来于5月21日16:00，此后已被后来的日报代替，以汇总为准" in _text(message)
        assert "旗区以前报来急报 2 件，当时没有发成" in _text(message)
        for never in ("刚报来", "尚未汇总核对"):
            assert never not in _text(message) + _text(message, "html")


def test_a_lost_ledger_has_nothing_mailed_again(office: Office, server: MailServer) -> None:
    _put(office, [WATER])
    _look(office, server)
    office.settings.paths.ledger.unlink()
    _look(office, server)
    assert len(server.taken) == 2


def test_where_every_address_is_refused_it_is_told_and_a_mended_one_gets_it(office: Office, server: MailServer) -> None:
    _put(office, [WATER])
    server.orders = {"RCPT": ["550 no such user"] * 3}
    outcome = _look(office, server)
    assert not outcome.is_complete
    _look(office, server)
    told = list(told_letters.urgent(_look(office, server)))
    assert server.taken == []
    assert sum("对方不收" in line for line in told) == 3
    _set(office, OUTGOING.model_copy(update={"leader_addresses": {"领导一": (FOUR,)}, "leaders": ()}))
    assert _look(office, server).is_complete
    assert _recipients(server) == [FOUR]


# --- who looks ---------------------------------------------------------------------------------------------------


def test_the_command_says_what_is_missing_and_ends_with_2(
    office: Office, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli.main(["--config", str(office.settings.file), "urgent"]) == 2
    assert "没有写 outgoing_mail" in capsys.readouterr().err
    _set(office, OUTGOING.model_copy(update={"leader_addresses": {}, "leaders": ()}))
    with pytest.raises(ConfigurationError, match="leader_addresses"):
        urgent.run(office.settings, NOW)
    assert urgent.at_the_end(office.settings, NOW).matters == 0
    _set(office, OUTGOING)
    monkeypatch.setattr(cli, "_load", lambda *_said, **_more: office.settings)
    assert cli.main(["urgent"]) == 0
    assert "没有要发的急报" in capsys.readouterr().out
    assert not office.settings.paths.ledger.exists()


def test_serve_mails_what_was_uploaded_and_looks_again_only_where_something_may_be_owed(office: Office, server: MailServer) -> None:
    shared = SharedReaders(office.settings)
    watch = Watch(shared)
    try:
        _put(office, [WATER])
        assert watch.look(NOW, server.connect).matters == 1
        server.orders = {"RCPT": ["450 later"]}
        _put(office, [WATER, WAGES], "更正.xlsx", 10)
        watch.look(NOW + timedelta(seconds=30), server.connect)
        assert _recipients(server) == [ONE, THREE, THREE]
        watch.look(NOW + timedelta(minutes=1), server.connect)
        assert _recipients(server) == [ONE, THREE, THREE]
        watch.look(NOW + timedelta(minutes=6), server.connect)
        assert _recipients(server) == [ONE, THREE, THREE, ONE]
    finally:
        shared.close()


def test_the_page_looks_beside_its_answers_and_fetch_at_its_end(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = threading.Event()
    serving = Serving(office.settings, "127.0.0.1", 0, lambda: NOW)
    serving.site.urgent = looked.set
    thread = threading.Thread(target=serving.run)
    thread.start()
    try:
        assert looked.wait(30)
    finally:
        serving.server.should_exit = True
        thread.join(30)
    asked: list[Settings] = []

    def broken(settings: Settings, *_said: object) -> UrgentOutcome:
        asked.append(settings)
        raise ConfigurationError("坏了")

    monkeypatch.setattr(urgent, "run", broken)
    monkeypatch.setattr(cli, "_load", lambda *_said, **_more: office.settings)
    for files in (0, 2):
        monkeypatch.setattr(mailbox, "fetch", lambda *_said, files=files: mailbox.Fetched(files=files))
        assert cli.main(["fetch"]) == 1, "nobody knows whether anything is owed"
    assert asked == [office.settings] * 2
    assert list(log.lines_of(office.settings.paths.state, "urgent")) == []


def test_a_fetch_without_new_mail_makes_up_for_what_was_not_sent_and_ends_with_1_while_it_is_owed(
    office: Office, server: MailServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "_load", lambda *_said, **_more: office.settings)
    monkeypatch.setattr(cli, "_now", lambda *_said: NOW)
    monkeypatch.setattr(mailbox, "fetch", lambda *_said: mailbox.Fetched())
    _put(office, [WATER])
    run = urgent.run
    for connect, status, said, letters in (
        (_unreachable, 1, "还有 2 封没有发，下次再发", 0),
        (_unreachable, 1, "还有 2 封没有发，下次再发", 0),
        (server.connect, 0, f"已发出 {THREE}", 2),
        (server.connect, 0, "", 2),
    ):
        monkeypatch.setattr(urgent, "run", lambda settings, now, *_said, connect=connect: run(settings, now, connect))
        assert cli.main(["fetch"]) == status
        told = capsys.readouterr().err
        assert said in told if said else "急报" not in told
        assert len(server.taken) == letters


# --- what is not mailed ------------------------------------------------------------------------------------------


def test_of_letters_that_no_server_took_the_page_says_which_are_tried_again(office: Office, server: MailServer) -> None:
    """The matter goes to the leader later; the office's letter about a refused row is owed no more once the report was taken in."""
    _set(office, OUTGOING.model_copy(update={"office": (ALL,)}))
    _put(office, [WATER, urgent_row("", 情况说明="没有写措施", 已采取措施="")])

    def told(now: datetime) -> dict[str, list[tuple[str, bool]]]:
        untold, by_kind = urgent.untold(office.settings, urgent_matters.look(office.settings), now), dict[str, list[tuple[str, bool]]]()
        for letter in told_letters.sent_out(office.settings, now, untold):
            by_kind.setdefault(letter.what, []).append((letter.became, letter.is_over))
        return by_kind

    urgent.run(office.settings, NOW, _unreachable)  # type: ignore[arg-type]
    failed = ("没有发成，下次再发", False)
    assert told(NOW) == {"急报": [failed, failed], "没有发成的急报（给办公室）": [failed]}
    office.run(DAY)
    _look(office, server, NOW + timedelta(minutes=6))
    assert told(NOW + timedelta(minutes=7)) == {
        "急报": [("已发出", False), ("已发出", False)],
        "没有发成的急报（给办公室）": [("没有发成，不再发：所说的事后来有变，或过了发信的天数", True)],
    }


def test_the_office_is_told_once_what_may_be_urgent_and_goes_to_no_leader_with_its_cell_and_why(
    office: Office, server: MailServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _set(office, OUTGOING.model_copy(update={"office": (TWO,)}))
    bad = urgent_row("", 事项类别="工程安全隐患", 发生时间="昨天晚上", 情况说明="塔吊倾斜")
    _put(office, [WATER, bad])
    office.put(write({"封面": report_pages("达拉特旗")["封面"]}), "达旗.xlsx")
    outcome = _look(office, server)
    assert (outcome.matters, [each.place for each in outcome.unsent]) == (
        1,
        ["日报.xlsx 急报事项!D3（工程安全隐患：塔吊倾斜）", "达旗.xlsx"],
    )
    assert sorted(_recipients(server)) == sorted([ONE, THREE, TWO])
    letter = next(message for message, recipient in zip(_mails(server), _recipients(server), strict=True) if recipient == TWO)
    assert letter["Subject"] == "【请打电话】东胜区、达拉特旗2件可能的急报没有发给领导"
    for said in (_text(letter), _text(letter, "html")):
        assert "达旗.xlsx" in said
        assert "会整份退回，里面有没有急报看不到：" in said
        assert "日报.xlsx 急报事项!D3" in said
        assert "昨天晚上" in said
        assert said.count("（5月21日16:00 报来）") == 2, "with its day: the letter may be read on another"
    monkeypatch.setattr(cli, "_load", lambda *_said, **_more: office.settings)
    monkeypatch.setattr(cli, "_now", lambda *_said: NOW)
    assert cli.main(["urgent"]) == 0
    told = capsys.readouterr().out
    assert told.startswith(
        "另有 2 件没有发给领导，汇总时会退回。请打电话问旗区：\n  东胜区 日报.xlsx 急报事项!D3（工程安全隐患：塔吊倾斜）："
    )
    assert "  达拉特旗 达旗.xlsx：会整份退回" in told
    assert len(server.taken) == 3, "once"
    _put(office, [WATER], "又报.xlsx", 5)
    still = ["日报.xlsx 急报事项!D3（工程安全隐患：塔吊倾斜）", "达旗.xlsx"]
    assert [each.place for each in _look(office, server).unsent] == still, "who leaves it out has not mended it"
    assert len(server.taken) == 3, "and nobody is told twice"
    mended = {**bad, "发生时间": "2020-05-20 22:00"}
    _put(office, [WATER, mended], "更正.xlsx", 10)
    assert [each.place for each in _look(office, server).unsent] == ["达旗.xlsx"], "a later report waits in its place"
    office.put(report("达拉特旗", progress=[]), "达旗2.xlsx", received="2020-05-21T16:15:00+08:00")
    assert _look(office, server).unsent == []


def test_what_a_report_told_that_is_refused_whole_or_in_its_sheet_stays_to_phone_for_until_a_later_one_has_it(
    office: Office, server: MailServer
) -> None:
    danger = urgent_row("", 事项类别="工程安全隐患", 发生时间="2020-05-20 22:00", 情况说明="塔吊倾斜")
    for district, cells in (("达拉特旗", {"案件进展!P1": "身份证号"}), ("准格尔旗", {"急报事项!B1": "甲"})):
        pages = edit(report_pages(district, progress=[], new=[], reception=[], urgent=[danger]), cells)
        office.put(write(pages), f"{district}1.xlsx", f"{DAY}T16:00:00+08:00")
        office.put(report(district, urgent=()), f"{district}2.xlsx", f"{DAY}T16:10:00+08:00")
    assert {each.file for each in _look(office, server).unsent} == {"达拉特旗1.xlsx", "准格尔旗1.xlsx"}
    for district in ("达拉特旗", "准格尔旗"):
        office.put(report(district, urgent=[danger]), f"{district}3.xlsx", f"{DAY}T16:20:00+08:00")
    assert _look(office, server).unsent == []


def test_a_refused_report_whose_urgent_matters_can_be_seen_is_told_with_how_many_there_are(office: Office, server: MailServer) -> None:
    _set(office, OUTGOING.model_copy(update={"office": (TWO,)}))
    tomorrow = DAY + timedelta(days=1)
    office.put(report("达拉特旗", tomorrow, progress=()), "明天.xlsx")
    outcome = _look(office, server)
    assert (outcome.unsent, _recipients(server)) == ([], [])
    office.put(report("达拉特旗", tomorrow, progress=(), urgent=[WATER]), "有急报.xlsx")
    (unsent,) = _look(office, server).unsent
    assert (unsent.file, unsent.why[:18]) == ("有急报.xlsx", "会整份退回，里面“急报事项”有1行：")
