"""Whoever is mailed a later edition of a day than he was mailed before is told so, with every figure that differs and the cases behind.

Covers `own_cases`.
"""

from __future__ import annotations

import email
import hashlib
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import docx
import pytest
from mailserver import MailServer, running
from offices import Office, moment, only
from workbooks import DAY, assignment, case_row, progress_row, report, resolved_row, urgent_row

from pipeline import cli
from pipeline.ledger import editions, journal
from pipeline.ledger.editions import Edition
from pipeline.ledger.ledger import Ledger
from pipeline.night import nightly
from pipeline.post import sending
from pipeline.publishing import releases, told_editions
from pipeline.settings.outgoing import Outgoing
from pipeline.terms.handed_in import Filed
from pipeline.upkeep import repair

LEADER, DISTRICT, OTHER = "lingdao1@example.com", "dongsheng@example.com", "dalate@example.com"
OUTGOING = Outgoing(host="127.0.0.1", sender="ribao@example.com", leaders=(LEADER,))
MORNING, LATER = moment("2020-05-22 08:00"), moment("2020-05-22 10:00")
CASES = [case_row(f"ZZQ-2020-00{number}", 案件来源="自治区交办") for number in range(1, 6)] + [
    case_row(f"ZZQ-2020-01{number}", "达拉特旗", 案件来源="自治区交办") for number in range(1, 6)
]


@pytest.fixture(scope="module")
def mailed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, MailServer]]:
    """80 % were resolved in the evening and mailed in the morning; a correction at 09:30 makes it 50 %, and is mailed at ten."""
    office = Office(tmp_path_factory.mktemp("mailed") / "office")
    office.settings = office.settings.model_copy(update={"outgoing_mail": OUTGOING})
    office.put_assignment(assignment(CASES))
    resolved = [resolved_row(f"ZZQ-2020-00{number}") for number in range(1, 5)]
    office.put(report(progress=resolved, urgent=[urgent_row("")]), "东胜区.xlsx")
    others = [resolved_row(f"ZZQ-2020-01{number}") for number in range(1, 5)]
    office.put(report("达拉特旗", progress=others), "达拉特旗.xlsx")
    nightly.run(office.settings, [DAY])
    with running() as server:
        sending.run(office.settings, MORNING, server.connect)
        corrected = [progress_row(f"ZZQ-2020-00{number}") for number in range(1, 4)] + resolved[3:]
        office.put(report(progress=corrected), "东胜区更正.xlsx", "2020-05-22T09:30:00+08:00")
        nightly.run(office.settings, [DAY])
        sending.run(office.settings, LATER, server.connect)
        yield office, server


def _letters(server: MailServer, to: str) -> list[EmailMessage]:
    return [email.message_from_bytes(content, policy=default) for recipient, content in server.taken if recipient == to]


def _words(path: Path) -> list[str]:
    found = docx.Document(str(path))
    return [*(each.text for each in found.paragraphs), *(cell.text for table in found.tables for row in table.rows for cell in row.cells)]


def _editions(office: Office) -> list[Edition]:
    with Ledger(office.settings.paths.ledger) as ledger:
        return editions.of_day(ledger, DAY)


def _text(letter: EmailMessage, kind: str = "plain") -> str:
    body = letter.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_a_first_letter_says_nothing_of_editions(mailed: tuple[Office, MailServer]) -> None:
    for to in (LEADER, DISTRICT, OTHER):
        first = _letters(mailed[1], to)[0]
        assert "版" not in first["Subject"]
        assert "此前发给您" not in _text(first)


def test_leaders_learn_from_the_subject_and_below_the_answer_that_it_is_the_second_and_what_differs(
    mailed: tuple[Office, MailServer],
) -> None:
    _first, second = _letters(mailed[1], LEADER)
    assert second["Subject"] == "【信访专报】5月21日（第2版）：自治区交办未达标"
    text = _text(second)
    head = text.splitlines()[: text.splitlines().index("")]
    assert [line.partition("：")[0] for line in head] == ["结论", "请决定"]
    assert head[0].startswith("结论：自治区交办50.0%，未达标，还差5件")
    page = next(part for part in second.iter_attachments() if str(part.get_filename()).endswith(".html"))
    shown = page.get_content().replace("今日", "5月21日")  # the letter names the day
    assert all(line.partition("：")[2].replace("当日", "5月21日") in shown for line in head)
    assert text.splitlines()[len(head) + 1] == "这是汇总结果的第2版，以本次为准；此前发给您的是第1版。"
    assert "  - 自治区交办：已化解 8 件 → 5 件，化解率 80.0% → 50.0%，还差 2 件 → 5 件" in text
    assert "  - 东胜区（自治区交办）：已化解 4 件 → 1 件，化解率 80.0% → 20.0%，还差 1 件 → 4 件" in text
    for number in range(1, 4):
        assert f"  - ZZQ-2020-00{number}：已化解（计入化解） → 办理中（不计入化解）" in text
    assert "<li>ZZQ-2020-001：已化解（计入化解） → 办理中（不计入化解）</li>" in _text(second, "html")


def test_a_district_learns_what_differs_of_its_own_alone(mailed: tuple[Office, MailServer]) -> None:
    second = _letters(mailed[1], DISTRICT)[-1]
    assert second["Subject"].startswith("【信访日报】东胜区5月21日（第2版）：")
    text = _text(second)
    assert "这是汇总结果的第2版，以本次为准；此前发给您的是第1版。" in text.splitlines()[:4]
    assert "  - 东胜区（自治区交办）：已化解 4 件 → 1 件" in text
    assert "  - 急报事项：去掉 停水停电停暖：小区停水两日" in text.splitlines()
    assert "  - ZZQ-2020-001：已化解（计入化解） → 办理中（不计入化解）" in text
    assert "达拉特旗" not in text
    assert "  - 自治区交办：" not in text


def test_a_case_that_moved_is_told_as_that_and_not_as_what_another_district_reported_of_it(tmp_path: Path) -> None:
    office = Office(tmp_path / "office")
    office.settings = office.settings.model_copy(update={"outgoing_mail": OUTGOING})
    mine, kept = "SJ-2020-001", case_row("SJ-2020-002", "达拉特旗")
    office.put_assignment(assignment([case_row(mine, 办结时限="2020-05-10"), kept]))
    office.put(report(progress=[resolved_row(mine)]), "东胜区.xlsx")
    office.put(report("达拉特旗", progress=[progress_row("SJ-2020-002")]), "达拉特旗.xlsx")
    nightly.run(office.settings, [DAY])
    with running() as server:
        sending.run(office.settings, MORNING, server.connect)
        moved = assignment([case_row(mine, "达拉特旗", 办结时限="2020-05-10"), kept])
        office.put_assignment(moved, "新分解表.xlsx", f"{DAY}T18:00:00+08:00")
        nightly.run(office.settings, [DAY])
        sending.run(office.settings, LATER, server.connect)
    gave, took = (_text(_letters(server, to)[-1]) for to in (DISTRICT, OTHER))
    told = [[line.strip() for line in text.splitlines() if mine in line or "件 → " in line] for text in (gave, took)]
    assert f"- {mine}：改派达拉特旗，不再是东胜区的" in told[0]
    assert f"- {mine}：由东胜区改派来，现为已交办（不计入化解）" in told[1]
    assert f"- 新化解：1 件 → 0 件，去掉 {mine}（改派达拉特旗）" in told[0]
    assert f"- 超期未结：0 件 → 1 件，增加 {mine}（由东胜区改派来）" in told[1]
    assert not any("新化解" in line or "已化解（" in line for line in told[1])
    assert not any("超期未结" in line or "已交办" in line for line in told[0])
    with_page = told_editions.for_district(office.settings, "达拉特旗", [DAY])[DAY][0].lines
    assert f"案件 {mine}：由东胜区改派来，现为已交办（不计入化解）" in with_page


def test_a_district_that_had_no_part_in_it_gets_no_second_letter(mailed: tuple[Office, MailServer]) -> None:
    office, server = mailed
    assert len(_letters(server, OTHER)) == 1
    first, second = _editions(office)
    own = [
        path for path in second.outputs if "达拉特旗" in path and not path.startswith("对账/")
    ]  # a draft for the office, mailed to nobody
    assert f"督办通知/达拉特旗_督办通知_{DAY}.docx" in own
    assert {path: first.outputs[path] for path in own} == {path: second.outputs[path] for path in own}


def test_a_notice_goes_out_again_only_where_it_says_another_thing(tmp_path: Path) -> None:
    """Of cases that no notice is about a late report changes its date alone; one of a case that it is about changes what it says."""
    office = Office(tmp_path / "office")
    office.settings = office.settings.model_copy(update={"outgoing_mail": OUTGOING})
    office.put_assignment(assignment([case_row("SJ-2020-001", 办结时限="2020-05-10"), case_row("SJ-2020-002")]))
    reports = [(MORNING, resolved_row("SJ-2020-002")), (LATER, resolved_row("SJ-2020-002", 答复文号="东住建信〔2020〕2号"))]
    reports.append((moment("2020-05-22 15:00"), resolved_row("SJ-2020-001")))
    brought = []
    with running() as server:
        for at, row in reports:
            office.put(report(progress=[row]), f"{at:%H}.xlsx", (at - timedelta(minutes=30)).isoformat())
            nightly.run(office.settings, [DAY], documents=only("notices"))
            sending.run(office.settings, at, server.connect)
            letters = _letters(server, DISTRICT)
            brought.append([part.get_filename() for letter in letters for part in letter.iter_attachments()])
    written = [edition.outputs[f"督办通知/东胜区_督办通知_{DAY}.docx"] for edition in _editions(office)]
    assert len({*written}) == 3
    assert [len(names) for names in brought] == [1, 1, 2]


def test_a_notice_whose_counts_of_earlier_ones_alone_are_others_does_not_go_out_again(tmp_path: Path) -> None:
    """A correction of the day before touches no case of the notice: that its counts may be others now is no reason to mail it."""
    office = Office(tmp_path / "office")
    office.settings = office.settings.model_copy(update={"outgoing_mail": OUTGOING})
    office.put_assignment(assignment([case_row("SJ-2020-001", 办结时限="2020-05-10"), case_row("SJ-2020-002")]))
    before = DAY - timedelta(days=1)
    path, brought, written = f"督办通知/东胜区_督办通知_{DAY}.docx", list[str | None](), list[str]()
    reports = [(before, moment("2020-05-20 16:00"), "一"), (before, moment("2020-05-22 13:00"), "二")]
    with running() as server:
        for day, at, progress in reports:
            office.put(report(day=day, progress=[progress_row("SJ-2020-002", 今日进展=progress)]), f"{progress}.xlsx", at.isoformat())
            nightly.run(office.settings, [before, DAY], documents=only("notices"))
            sending.run(office.settings, max(at, MORNING), server.connect)
            written.append("".join(_words(office.outbox / DAY.isoformat() / path)))
        brought = [part.get_filename() for letter in _letters(server, DISTRICT) for part in letter.iter_attachments()]
    assert brought.count(Path(path).name) == 1
    assert ["第2次※" in said for said in written] == [False, True]
    warned = "以上是5月21日的情形：此后的日报里已经化解、延期或者回复的案件，不用再办，也不用再回复"
    assert [warned in said for said in written] == [False, True]


def test_the_terminal_tells_the_same_of_the_editions(mailed: tuple[Office, MailServer], capsys: pytest.CaptureFixture[str]) -> None:
    office, server = mailed
    assert cli.main(["--config", str(office.home / "config.yaml"), "editions", "--date", str(DAY)]) == 0
    shown = capsys.readouterr().out
    second = _text(_letters(server, LEADER)[1])
    lines = [line.removeprefix("  - ") for line in second.splitlines() if line.startswith("  - ")]
    assert len(lines) > 5
    assert [line for line in lines if line not in shown] == []


def test_the_first_edition_is_kept_with_the_very_report_that_was_mailed(mailed: tuple[Office, MailServer]) -> None:
    office, server = mailed
    payloads = [part.get_payload(decode=True) for part in _letters(server, LEADER)[0].iter_attachments()]
    attached = [payload for payload in payloads if isinstance(payload, bytes)]
    assert len(attached) == len(payloads) > 2
    kept = office.settings.paths.editions
    assert [(kept / hashlib.sha256(content).hexdigest()).read_bytes() for content in attached] == attached


def test_the_same_is_not_sent_twice_and_a_ledger_made_again_knows_who_had_which(mailed: tuple[Office, MailServer]) -> None:
    office, server = mailed
    before = len(server.taken)
    office.settings.paths.ledger.unlink()
    repair.repair(office.settings)
    assert sending.run(office.settings, LATER, server.connect).planned == []
    assert len(server.taken) == before
    with closing(sqlite3.connect(office.settings.paths.ledger)) as connection:
        assert len({manifest for (manifest,) in connection.execute("SELECT manifest FROM letter_editions")}) == 2


@pytest.mark.parametrize("had", ["by content", "unknown"])
def test_who_was_mailed_by_an_earlier_version_of_the_program_is_told_as_far_as_it_is_known(
    tmp_path_factory: pytest.TempPathFactory, had: str
) -> None:
    """Its journal of letters says nothing of editions: what they brought does, where that is still known."""
    office = Office(tmp_path_factory.mktemp("earlier") / "office")
    office.settings = office.settings.model_copy(update={"outgoing_mail": OUTGOING})
    office.put_assignment(assignment(CASES))
    office.put(report(progress=[resolved_row("ZZQ-2020-001")]), "东胜区.xlsx")
    nightly.run(office.settings, [DAY])
    with running() as server:
        sending.run(office.settings, MORNING, server.connect)
        _forget(office, items=had == "unknown")
        office.put(report(progress=[progress_row("ZZQ-2020-001")]), "东胜区更正.xlsx", "2020-05-22T09:30:00+08:00")
        nightly.run(office.settings, [DAY])
        sending.run(office.settings, LATER, server.connect)
        second = _letters(server, LEADER)[1]
    assert "（第2版）" in second["Subject"]
    told = "此前发给您的是第1版" if had == "by content" else "此前发给您的是较早的一版"
    assert told in _text(second)
    assert ("ZZQ-2020-001：已化解（计入化解） → 办理中" in _text(second)) == (had == "by content")


def _forget(office: Office, *, items: bool) -> None:
    """Leave of the letters what a version without editions had noted; with `items` also of other contents."""
    path = office.settings.paths.state / "letters.jsonl"
    entries = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for entry in entries:
        entry.pop("sum")
        entry.pop("edition", None)
        entry["items"] = [f"{number:064x}" for number, _digest in enumerate(entry["items"])] if items else entry["items"]
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
    with closing(sqlite3.connect(office.settings.paths.ledger)) as connection, connection:
        for table in ("letter_editions", "letter_items", "letters"):
            connection.execute(f"DELETE FROM {table}")  # noqa: S608


def test_a_receipt_that_is_a_list_since_its_original_is_lost_says_so_in_the_letter(tmp_path: Path) -> None:
    """Nobody handed out a marked one that could be kept: the letter does not leave it at 有变化的是随信的文件."""
    office = Office(tmp_path / "office")
    office.settings = office.settings.model_copy(update={"outgoing_mail": OUTGOING})
    office.put_assignment(assignment(CASES))
    office.put(report(progress=[progress_row("ZZQ-2020-001")]), "东胜区.xlsx")
    nightly.run(office.settings, [DAY], documents=only("receipts"))
    for folder in (office.outbox, office.settings.paths.editions, office.settings.paths.checkpoints):
        shutil.rmtree(folder)
    (sha256,) = (path for path in office.archive.iterdir() if path.name in {filed.arrival.sha256 for filed in _reports(office)})
    sha256.unlink()
    nightly.run(office.settings, [DAY], documents=only("receipts"))
    with running() as server:
        sending.run(office.settings, MORNING, server.connect)
        (letter,) = _letters(server, DISTRICT)
    told = "“东胜区_回执_1_东胜区.xlsx”只有清单，没有标在原件上：贵局报来的原件在市局的存档里不见了，数字没有变。"
    assert told in _text(letter)
    assert told in _text(letter, "html")


def _reports(office: Office) -> list[Filed]:
    with Ledger(office.settings.paths.ledger) as ledger:
        return [filed for filed in ledger.outlines() if not filed.arrival.is_assignment]


def test_a_day_longer_ago_is_mailed_once_more_to_whoever_had_another_edition_and_to_nobody_else(tmp_path: Path) -> None:
    """`days` is 3; the missed nights passed, and the fifth day tells the correction of the first."""
    office = Office(tmp_path / "office")
    office.settings = office.settings.model_copy(update={"outgoing_mail": OUTGOING})
    office.put_assignment(assignment(CASES))
    office.put(report(progress=[resolved_row("ZZQ-2020-001")]), "东胜区.xlsx")
    nightly.run(office.settings, [DAY])
    much_later = moment("2020-05-27 08:00")
    with running() as server:
        sending.run(office.settings, MORNING, server.connect)
        office.put(report(progress=[progress_row("ZZQ-2020-001")]), "更正.xlsx", "2020-05-22T17:20:00+08:00")
        nightly.run(office.settings, [DAY])
        assert sorted({to for to, _content in server.taken}) == sorted([*_addresses(office), LEADER])
        looked = office.settings.model_copy(update={"outgoing_mail": OUTGOING.model_copy(update={"leaders_after_look": True})})
        assert sending.due(looked, much_later).held == [DAY]
        assert [edition.day for edition in releases.last_days(looked, much_later.date(), [DAY])] == [DAY]
        releases.release_all(looked, "办公室", much_later, *sending.to_release(looked, much_later))
        due = sending.run(office.settings, much_later, server.connect).planned
        assert [(letter.day, letter.recipient) for letter in due] == [(f"{DAY}", DISTRICT), (f"{DAY}", LEADER)]
        assert all("此前发给您的是第1版" in letter.text for letter in due)
        assert sending.run(looked, much_later, server.connect).planned == []
    assert [release.day for release in journal.releases(office.settings.paths.archive).values()] == [DAY]


def _addresses(office: Office) -> list[str]:
    return [sender for district in office.settings.districts for sender in district.senders if not sender.startswith("@")]


def test_a_day_longer_ago_of_which_the_look_alone_is_another_is_mailed_to_nobody(tmp_path: Path) -> None:
    office = Office(tmp_path / "office")
    office.settings = office.settings.model_copy(update={"outgoing_mail": OUTGOING})
    office.put_assignment(assignment(CASES))
    office.put(report(progress=[resolved_row("ZZQ-2020-001")]), "东胜区.xlsx")
    nightly.run(office.settings, [DAY])
    with running() as server:
        sending.run(office.settings, MORNING, server.connect)
        office.settings = office.settings.model_copy(update={"office": "另一个办公室"})
        nightly.run(office.settings, [DAY], rewriting=[DAY])
        with Ledger(office.settings.paths.ledger) as ledger:
            assert len(editions.of_day(ledger, DAY)) == 2
        assert sending.due(office.settings, LATER + timedelta(days=5)).planned == []


def test_after_missed_nights_every_district_gets_one_letter_that_names_all_days_without_a_report(tmp_path: Path) -> None:
    office = Office(tmp_path / "office")
    office.settings = office.settings.model_copy(update={"outgoing_mail": OUTGOING})
    office.put_assignment(assignment(CASES))
    office.put(report(day=DAY - timedelta(days=1), progress=[]), "东胜区.xlsx", "2020-05-20T16:00:00+08:00")
    nightly.run(office.settings, [DAY - timedelta(days=1)])
    with running() as server:
        sending.run(office.settings, moment("2020-05-21 08:00"), server.connect)
        server.taken.clear()
        days = [DAY + timedelta(days=count) for count in range(3)]
        office.put(report("达拉特旗", DAY, progress=[]), "达拉特旗.xlsx", "2020-05-21T16:00:00+08:00")
        nightly.run(office.settings, days)
        sending.run(office.settings, moment("2020-05-24 06:00"), server.connect)
        (letter,) = _letters(server, DISTRICT)
        assert letter["Subject"].endswith("5月23日：没有日报，请补报；5月21日、5月22日的日报也没有收到，请补报")
        for kind in ("plain", "html"):
            assert "贵局5月21日、5月22日的日报也没有收到" in _text(letter, kind)
            assert "另一个旗区" not in _text(letter, kind)
        (own, other) = _letters(server, OTHER)
        assert "5月21日：没有内容行" in own["Subject"]
        assert other["Subject"].endswith("5月23日：没有日报，请补报；5月22日的日报也没有收到，请补报")
        to_districts = [to for to, _content in server.taken if to != LEADER]
        assert (len({*to_districts}), len(to_districts)) == (len(_addresses(office)), len(_addresses(office)) + 1)
        assert sending.due(office.settings, moment("2020-05-24 06:10")).planned == []
