"""Leaders of a level above the districts are mailed the papers of their unit, and told what differs of it alone."""

from __future__ import annotations

import email
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default

import pytest
from mailserver import MailServer, running
from offices import Office, moment, only
from provinces import FIRST, LAST, SECOND, lay
from workbooks import progress_row, report

from pipeline.night import nightly
from pipeline.post import sending
from pipeline.publishing import told_editions
from pipeline.settings.outgoing import Outgoing

OF_A, OF_C, TOP = "jia@example.com", "bing@example.com", "sheng@example.com"
OUTGOING = Outgoing(host="127.0.0.1", sender="ribao@example.com", leaders=(TOP,), unit_leaders={"甲市": (OF_A,), "丙北片": (OF_C,)}, days=1)
DOCUMENTS = (*only("briefing"), *only("briefing_pdf"), *only("leaders_page"))


@pytest.fixture(scope="module")
def mailed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, MailServer]]:
    """Mailed in the morning; then 甲一区 corrects its report, and all is mailed that has changed."""
    office = lay(tmp_path_factory.mktemp("province"))
    office.settings = office.settings.model_copy(update={"outgoing_mail": OUTGOING})
    nightly.run(office.settings, [FIRST, SECOND, LAST], documents=DOCUMENTS)
    with running() as server:
        sending.run(office.settings, moment("2020-05-22 08:00"), server.connect)
        numbers = ["ZZQ-2020-001", "ZZQ-2020-002", *(f"SJ-2020-{number}" for number in range(102, 106))]
        corrected = [progress_row(number, 重新办理原因="反映的问题没有解决") for number in numbers]
        office.put(report("甲一区", LAST, progress=corrected), "甲一区更正.xlsx", "2020-05-22T09:30:00+08:00")
        nightly.run(office.settings, [LAST], documents=DOCUMENTS)
        sending.run(office.settings, moment("2020-05-22 10:00"), server.connect)
        yield office, server


def _letters(server: MailServer, to: str) -> list[EmailMessage]:
    return [email.message_from_bytes(content, policy=default) for recipient, content in server.taken if recipient == to]


def _text(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_each_gets_the_papers_of_his_unit(mailed: tuple[Office, MailServer]) -> None:
    first = _letters(mailed[1], OF_A)[0]
    assert first["Subject"].startswith("【信访专报】甲市5月21日：自治区交办")
    assert [part.get_filename() for part in first.iter_attachments()] == [
        f"甲市_信访事项办理情况专报_{LAST}.docx",
        f"甲市_信访事项办理情况专报_{LAST}.pdf",
        f"甲市_信访事项办理情况日报_{LAST}.html",
    ]
    text = _text(first)
    assert "甲市5月21日信访事项办理情况" in text
    assert "自治区交办：共6件" in text
    assert not any(name in text for name in ("乙二县", "丙三县", "乙市"))
    assert _letters(mailed[1], OF_C)[0]["Subject"].startswith("【信访专报】丙北片5月21日")
    assert _letters(mailed[1], TOP)[0]["Subject"].startswith("【信访专报】5月21日")


def test_a_later_edition_is_told_of_the_unit_alone_and_only_where_it_changed(mailed: tuple[Office, MailServer]) -> None:
    second = _letters(mailed[1], OF_A)[1]
    assert second["Subject"].startswith("【信访专报】甲市5月21日（第2版）：")
    text = _text(second)
    assert "这是汇总结果的第2版，以本次为准；此前发给您的是第1版。" in text
    assert "甲一区（自治区交办）：已化解 2 件 → 0 件" in text
    assert "ZZQ-2020-001：已化解（计入化解） → 办理中（不计入化解）" in text
    assert not any(name in text for name in ("乙二县", "丙三县", "乙市"))
    assert len(_letters(mailed[1], OF_A)) == len(_letters(mailed[1], TOP)) == 2
    assert len(_letters(mailed[1], OF_C)) == 1


def test_the_days_editions_name_the_units_whose_papers_changed_and_their_figures(mailed: tuple[Office, MailServer]) -> None:
    lines = told_editions.of_day(mailed[0].settings, LAST)[1].lines
    assert "甲市（自治区交办）：已化解/总数 5/6 → 3/6" in lines
    assert not any(line.startswith(("乙市（", "丙市（", "丙北片（")) for line in lines)
    assert "文件有变化的单位 1 个：甲市" in lines
    assert "甲市（自治区交办）：已化解/总数 5/6 → 3/6" in _text(_letters(mailed[1], TOP)[1])


def test_nothing_is_sent_twice(mailed: tuple[Office, MailServer]) -> None:
    office, server = mailed
    taken = len(server.taken)
    sending.run(office.settings, moment("2020-05-22 11:00") + timedelta(minutes=1), server.connect)
    assert len(server.taken) == taken
