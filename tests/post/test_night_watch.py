"""A night that did not run, was cut off or failed is told to the office by mail: what, where, what to do; once, and nothing of any case.

Covers `night_watch` and `nights`.
"""

from __future__ import annotations

import email
import io
import json
import platform
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from mailserver import HANG_UP, TAKE_AND_HANG_UP, MailServer, running
from offices import Office, moment
from websites import served
from workbooks import DAY, assignment, report

from pipeline import cli
from pipeline.disk import faults, lock, log
from pipeline.doors import mailbox
from pipeline.ledger import journal
from pipeline.ledger.ledger import Ledger
from pipeline.night import nightly
from pipeline.post import night_watch, sending, smtp, told_letters
from pipeline.post.sending import Clarification, SendingOutcome
from pipeline.post.sent_letters import SentLetters, State
from pipeline.publishing import nights, outbox
from pipeline.render.documents import FIGURES
from pipeline.settings.config import Settings
from pipeline.settings.outgoing import Outgoing
from pipeline.terms.errors import PipelineError
from pipeline.upkeep import doctor
from pipeline.web.server import Serving

CHIEF, DEPUTY = "zhuren@example.com", "fuzhuren@example.com"
OUTGOING = Outgoing(host="127.0.0.1", sender="ribao@example.com", office=(CHIEF,))
EVENING, MIDNIGHT, DUE, MORNING = (moment(f"2020-05-{at}") for at in ("21 20:00", "22 01:59", "22 02:00", "22 08:00"))


@pytest.fixture
def server() -> Iterator[MailServer]:
    with running() as server:
        yield server


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office that runs since the 20th."""
    office = Office(tmp_path / "office")
    office.settings = office.settings.model_copy(update={"outgoing_mail": OUTGOING})
    office.put_assignment(assignment())
    office.put(report(), "日报.xlsx")
    _ran(office, "2020-05-20 20:00", "收下 9 个文件", 0)
    return office


def _ran(office: Office, at: str, did: str = "", status: int | None = None, report: str = "") -> None:
    """The lines that a run leaves; without a status it never ended."""
    state, begun = office.settings.paths.state, moment(at)
    log.note_command(state, begun, "fetch", "看了 0 封新邮件；退出状态 0")
    log.note_command(state, begun, nights.COMMAND, nights.begins(begun.date()))
    if status is not None:
        log.note_command(state, begun + timedelta(minutes=2), nights.COMMAND, nights.ends(did, status, report))


def _watch(office: Office, server: MailServer, now: datetime) -> SendingOutcome:
    return night_watch.run(office.settings, now, server.connect)


def _told(server: MailServer) -> list[EmailMessage]:
    return [email.message_from_bytes(content, policy=default) for _recipient, content in server.taken]


def _body(message: EmailMessage, kind: str = "plain") -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_a_night_that_did_not_run_is_told_once_after_its_time(office: Office, server: MailServer) -> None:
    for now in (EVENING, MIDNIGHT, DUE, DUE + timedelta(minutes=10), MORNING):
        _watch(office, server, now)
        assert len(server.taken) == (now >= DUE)
    (message,) = _told(server)
    assert (message["To"], message["Subject"]) == (CHIEF, "【要处理】5月21日晚上的汇总没有运行")
    for kind in ("plain", "html"):
        text = _body(message, kind)
        assert "到 5月22日 02:00 为止，没有找到5月21日截止以后汇总过的记录；上一次做完的汇总是 5月20日 20:02。" in text
        assert "定时任务是不是还在" in text
        assert "SJ-2020" not in text
    _watch(office, server, moment("2020-05-23 02:00"))
    assert [mail["Subject"] for mail in _told(server)][1:] == ["【要处理】5月21日到5月22日晚上的汇总都没有做成"], (
        "another night is another letter"
    )


def test_each_of_several_nights_without_a_result_is_named(office: Office, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    office.run(DAY)
    _ran(office, "2020-05-22 20:00", "磁盘满了", 1)
    now = moment("2020-05-24 08:00")
    _watch(office, server, now)
    said = "此前5月21日、5月22日晚上的汇总也没有做成；5月22日的结果也一版都没有写出过。"
    (message,) = _told(server)
    assert message["Subject"] == "【要处理】5月21日到5月23日晚上的汇总都没有做成"
    (check,) = (check for check in doctor.examine(office.settings, now) if check.name == "上一次汇总")
    monkeypatch.setattr(cli, "_load", lambda *_said, **_more: office.settings)
    monkeypatch.setattr(cli, "_now", lambda _settings: now)
    printed = io.StringIO()
    with redirect_stdout(printed):
        assert cli.main(["status"]) == 0
    for text in (_body(message), _body(message, "html"), *check.notes, printed.getvalue()):
        assert said in text
    _ran(office, "2020-05-24 09:00", "写出 3 天", 0)
    assert nights.look(office.settings, moment("2020-05-24 10:00")) is None


@pytest.mark.parametrize(
    ("at", "status", "now", "is_told"),
    [
        ("2020-05-21 20:00", 0, "2020-05-22 08:00", False),
        ("2020-05-22 06:30", 0, "2020-05-22 08:00", False),
        ("2020-05-21 16:59", 0, "2020-05-22 08:00", True),
        ("2020-05-21 20:00", 4, "2020-05-22 08:00", True),
        ("2020-05-21 20:00", None, "2020-05-22 01:59", False),
        ("2020-05-21 20:00", None, "2020-05-22 02:00", True),
        ("2020-05-22 01:30", None, "2020-05-22 02:00", False),
        ("2020-05-21 17:30", 1, "2020-05-21 17:40", True),
        ("2020-05-21 17:30", 3, "2020-05-21 17:40", True),
    ],
)
def test_what_counts_is_how_the_last_run_after_the_cut_off_ended(
    office: Office, server: MailServer, at: str, status: int | None, now: str, *, is_told: bool
) -> None:
    _ran(office, at, "收下 1 个文件", status)
    _watch(office, server, moment(now))
    assert bool(server.taken) == is_told


@pytest.mark.parametrize("is_dead", [True, False])
def test_a_run_that_was_killed_on_this_computer_is_told_at_once_and_by_doctor(office: Office, server: MailServer, *, is_dead: bool) -> None:
    """A killed run cannot take its note away; the system knows that its process is gone."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    if is_dead:
        process.kill()
        process.wait()
    _ran(office, "2020-05-21 20:00")
    office.run(DAY - timedelta(days=1))
    note = {"host": platform.node(), "pid": process.pid, "begun": "2020-05-21 20:00:00"}
    (office.settings.paths.state / lock.NOTE).write_text(json.dumps(note), encoding="utf-8")
    now = moment("2020-05-21 20:05")
    _watch(office, server, now)
    (check,) = (check for check in doctor.examine(office.settings, now) if check.name == "上一次汇总")
    assert (bool(server.taken), check.is_sound) == (is_dead, not is_dead)
    assert not is_dead or "5月21日 20:00 开始的汇总没有记下怎样结束" in check.problems[0]
    process.kill()
    process.communicate()


def test_a_run_for_another_day_is_not_the_nights(office: Office, server: MailServer) -> None:
    state = office.settings.paths.state
    for line in (nights.begins(DAY.replace(day=1)), nights.ends("收下 0 个文件", 0)):
        log.note_command(state, EVENING, nights.COMMAND, line)
    _watch(office, server, DUE)
    assert len(server.taken) == 1


def test_a_later_run_that_ends_well_takes_a_fault_back(office: Office, server: MailServer) -> None:
    _ran(office, "2020-05-21 17:30", "程序出错了", 1)
    _ran(office, "2020-05-21 20:00", "收下 3 个文件", 0)
    _watch(office, server, MORNING)
    assert server.taken == []


def test_a_run_that_fails_after_the_nights_result_is_there_does_not_call_it_lost(office: Office, server: MailServer) -> None:
    _ran(office, "2020-05-21 18:10", "收下 3 个文件", 0)
    _ran(office, "2020-05-21 23:30", "设置文件有错", 2)
    _watch(office, server, MORNING)
    (message,) = _told(server)
    assert message["Subject"] == "【要处理】5月21日的汇总已在 5月21日 18:12 做完，后来又运行的一次出了错"
    assert "此前 5月21日 18:12 做完过一次。" in _body(message)
    assert "\n5月21日的结果一版也没有写出过。\n" in _body(message)


def test_it_says_which_edition_of_the_day_stands_also_where_the_ledger_is_what_is_damaged(office: Office, server: MailServer) -> None:
    nightly.run(office.settings, [DAY], documents=FIGURES)
    office.settings.paths.ledger.write_bytes(b"no database at all" * 100)
    _ran(office, "2020-05-21 20:00", "台账已经损坏", 1)
    written = [note for note in journal.editions(office.archive) if note.day == DAY]

    def stands(at: datetime) -> str:
        journal.note_editions(office.archive, [replace(note, published_at=at) for note in written])
        failed = nights.look(office.settings, EVENING)
        assert failed
        return failed.stands

    early = moment("2020-05-21 16:00")
    assert stands(early) == "5月21日的结果现在是第 1 版（5月21日 16:00 写出），是截止以前写的，后来报的都不在里面。"
    _watch(office, server, EVENING)
    assert stands(early) in _body(_told(server)[0])
    assert stands(EVENING) == "5月21日的结果现在是第 1 版（5月21日 20:00 写出），在那以后收到的不在里面。"
    (office.settings.paths.outbox / DAY.isoformat() / outbox.MANIFEST).unlink()
    assert stands(EVENING) == "5月21日的结果写出过第 1 版（5月21日 20:00 写出），outbox 里现在不是它，汇总时会核对、重新写出。"


def test_the_time_is_the_offices_own_and_may_be_in_the_same_evening(office: Office, server: MailServer) -> None:
    early = OUTGOING.model_copy(update={"night_by": moment("2020-05-21 19:00").time()})
    office.settings = office.settings.model_copy(update={"outgoing_mail": early})
    _watch(office, server, moment("2020-05-21 18:59"))
    assert server.taken == []
    _watch(office, server, moment("2020-05-21 19:00"))
    assert len(server.taken) == 1


def test_a_fault_is_told_with_the_end_of_its_report_and_what_to_do(office: Office, server: MailServer) -> None:
    try:
        int("甲的电话 13800138000")  # what a cell may hold
    except ValueError as error:
        path = faults.write_report(faults.places_of(error), office.settings.paths.state, EVENING)
    assert path
    _ran(office, "2020-05-21 17:30", "程序出错了", 1, path.name)
    sent = _watch(office, server, EVENING)
    text = _body(_told(server)[0])
    assert "5月21日 17:30 开始的汇总没有顺利做完（退出状态 1）。" in text
    assert f"请把 state/faults/{path.name} 发给维护人员" in text
    assert "    ValueError" in text
    assert "test_night_watch.py" in text
    assert "1380013" not in text
    assert list(told_letters.night(sent)) == [f"已发信告诉办公室 {CHIEF}  【要处理】5月21日晚上的汇总出了错"]


def test_nobody_is_told_where_nobody_is_named_or_the_office_has_not_begun(office: Office, server: MailServer, tmp_path: Path) -> None:
    fresh = Office(tmp_path / "fresh")
    fresh.settings = fresh.settings.model_copy(update={"outgoing_mail": OUTGOING})
    assert nights.look(fresh.settings, MORNING) is None
    office.settings = office.settings.model_copy(update={"outgoing_mail": OUTGOING.model_copy(update={"office": ()})})
    _watch(office, server, MORNING)
    assert server.taken == []


# --- at most once ------------------------------------------------------------------------------------------------


def test_each_address_gets_it_once_also_one_that_is_named_later(office: Office, server: MailServer) -> None:
    _watch(office, server, DUE)
    both = OUTGOING.model_copy(update={"office": (CHIEF.upper(), DEPUTY)})
    office.settings = office.settings.model_copy(update={"outgoing_mail": both})
    _watch(office, server, MORNING)
    assert [to for to, _content in server.taken] == [CHIEF, DEPUTY]


def test_a_break_before_the_last_dot_is_tried_again_and_one_after_it_is_the_offices_to_find_out(office: Office, server: MailServer) -> None:
    server.orders = {"RCPT": [HANG_UP], "BODY": [TAKE_AND_HANG_UP]}
    _watch(office, server, DUE)
    assert server.taken == []
    for _again in range(2):
        _watch(office, server, MORNING)
    assert [to for to, _content in server.taken] == [CHIEF]
    office.settings.paths.ledger.unlink(missing_ok=True)
    unknown = sending.run(office.settings, MORNING, server.connect).unknown
    assert [letter.recipient for letter in unknown] == [CHIEF]
    sending.run(office.settings, MORNING, server.connect, clarification=Clarification("again", CHIEF))
    _watch(office, server, MORNING)
    assert [to for to, _content in server.taken] == [CHIEF, CHIEF]


def test_killed_between_the_note_and_the_server_it_is_not_sent_again(
    office: Office, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_said: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(smtp, "hand_over", killed)
        with pytest.raises(KeyboardInterrupt):
            _watch(office, server, DUE)
    _watch(office, server, MORNING)
    assert server.taken == []


def test_a_damaged_ledger_keeps_nobody_from_being_told_and_learns_of_it_later(office: Office, server: MailServer) -> None:
    nightly.run(office.settings, [DAY])
    ledger = office.settings.paths.ledger
    whole = ledger.read_bytes()
    ledger.write_bytes(b"no database at all" * 100)
    _ran(office, "2020-05-21 20:30", "台账已经损坏", 1)
    server.orders = {"RCPT": ["450 later"]}
    _watch(office, server, moment("2020-05-21 20:40"))
    assert server.taken == []
    for _again in range(2):
        _watch(office, server, moment("2020-05-21 20:50"))
    assert "它说：台账已经损坏" in _body(_told(server)[0])
    assert len(server.taken) == 1
    ledger.write_bytes(whole)
    with Ledger(ledger) as opened:
        (noted,) = SentLetters(opened, office.settings.paths.state).all()
    assert (noted.kind, noted.state, noted.attempts) == ("night", State.SENT, 2)
    _watch(office, server, MORNING)
    assert len(server.taken) == 1


def test_an_older_ledger_learns_from_the_journal_what_was_sent_since(office: Office, server: MailServer) -> None:
    nightly.run(office.settings, [DAY])
    server.orders = {"RCPT": ["450 later"]}
    _watch(office, server, DUE)
    before = office.settings.paths.ledger.read_bytes()
    _watch(office, server, MORNING)
    assert len(server.taken) == 1
    office.settings.paths.ledger.write_bytes(before)
    _watch(office, server, MORNING + timedelta(hours=1))
    assert len(server.taken) == 1


# --- who looks ---------------------------------------------------------------------------------------------------


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The subjects of what the commands would mail."""
    subjects: list[str] = []

    def run(settings: Settings, now: datetime) -> SendingOutcome:
        failed = nights.look(settings, now)
        subjects.extend([failed.in_short] if failed else [])
        return SendingOutcome()

    monkeypatch.setattr(night_watch, "run", run)
    return subjects


def test_a_night_notes_how_it_began_and_ended_and_tells_of_a_fault_itself(
    tmp_path: Path, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(tmp_path / "office")
    monkeypatch.setattr(cli, "_now", lambda _settings: EVENING)
    run = ["--config", str(office.settings.file), "nightly"]
    assert cli.main(run) == 3
    assert told == ["5月21日晚上的汇总出了错"]
    office.put_assignment(assignment())

    def broken(*_said: object, **_more: object) -> None:
        raise RuntimeError("secret")

    with monkeypatch.context() as patch:
        patch.setattr(nightly, "run", broken)
        assert cli.main(run) == 1
        patch.setattr(nightly, "run", _stopped)
        assert cli.main(run) == 1
    assert cli.main(run) == 0
    assert len(told) == 3
    ledger = office.settings.paths.ledger
    whole = ledger.read_bytes()
    ledger.write_bytes(b"no database at all" * 100)
    assert cli.main(run) == 1
    assert len(told) == 4
    ledger.write_bytes(whole)
    assert cli.main(run) == 0
    lines = [line.said for line in log.lines_of(office.settings.paths.state, nights.COMMAND)]
    assert lines[0] == "开始，到 2020-05-21"
    assert lines[1].endswith("；退出状态 3")
    assert lines[3].startswith("程序出错了；退出状态 1；错误报告_")
    assert lines[5] == "磁盘满了；退出状态 1"
    assert "已经损坏" in lines[-3]
    assert lines[-3].endswith("；退出状态 1")
    assert lines[-1].endswith("没有写成 0 天；退出状态 0")
    assert nights.look(office.settings, MORNING) is None


def _stopped(*_said: object, **_more: object) -> None:
    msg = "磁盘满了"
    raise PipelineError(msg)


def test_fetch_send_and_serve_look_at_the_night(office: Office, told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "_now", lambda _settings: MORNING)
    monkeypatch.setattr(cli, "_load", lambda *_said, **_more: office.settings)
    monkeypatch.setattr(sending, "run", lambda *_said, **_more: SendingOutcome())
    monkeypatch.setattr(mailbox, "fetch", lambda *_said: mailbox.Fetched())
    for command in ("send", "fetch"):
        assert cli.main([command]) == 0
    assert told == ["5月21日晚上的汇总没有运行"] * 2
    looked = threading.Event()

    def look() -> None:
        cli._watch_night(office.settings)  # noqa: SLF001 - what `serve` is given
        looked.set()

    serving = Serving(office.settings, "127.0.0.1", 0, lambda: MORNING, look)
    thread = threading.Thread(target=serving.run)
    thread.start()
    try:
        assert looked.wait(30)
    finally:
        serving.server.should_exit = True
        thread.join(30)
    assert len(told) == 3


def test_the_desk_says_it_without_a_place_on_the_server(office: Office) -> None:
    _ran(office, "2020-05-21 20:00", f"{office.home}/state/ledger.sqlite 读写不了", 1)
    with served(office, "2020-05-22 08:00") as site:
        site.user("办公室", "", "")
        page = site.signed_in("办公室").get("/today").text
    assert "5月21日晚上的汇总出了错" in page
    assert "开始的汇总没有顺利做完（退出状态 1）。它说：state/ledger.sqlite 读写不了</p><p>5月21日的结果一版也没有写出过。</p>" in page
    assert "写出过。</p><p>请按它说的处理" in page
    assert str(office.home) not in page
