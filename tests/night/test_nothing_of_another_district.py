"""Nothing of another district in anything that a district is given or shown: an office full of words that only one district may read.

Every text of a district's cases, in the workbook and in its reports, has a word of its own. One district asks for all that it can: it
reports other districts' cases in every way, and what is written and shown to it is searched for their words.
"""

from __future__ import annotations

import email
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from email.policy import default
from html import unescape
from urllib.parse import quote

import pytest
from mailserver import running
from offices import Office, moment
from websites import Browser, served
from workbooks import (
    Row,
    assignment,
    case_row,
    edit,
    new_row,
    progress_row,
    reception_row,
    report,
    report_pages,
    resolved_row,
    urgent_row,
    write,
)

from pipeline.night import nightly
from pipeline.office import check
from pipeline.post import sending
from pipeline.render import documents
from pipeline.settings.outgoing import Outgoing

FIRST, SECOND = date(2020, 5, 20), date(2020, 5, 21)
DISTRICTS = {"东胜区": "秘甲", "达拉特旗": "秘乙", "准格尔旗": "秘丙"}
CODES = {"东胜区": "DS", "达拉特旗": "DLT", "准格尔旗": "ZGE"}
_FOR_DISTRICTS = tuple(make for make in documents.ALL if make.__name__ in ("_units", "_notices", "_receipts"))
_TEXTS = ("案由", "涉及项目或单位", "责任单位", "包案领导", "工作专班", "化解方案", "备注")


def _listed(number: str, district: str, **cells: str) -> Row:
    """A case of the workbook with the district's word in every text."""
    word = DISTRICTS[district]
    return case_row(number, district, **{**{name: f"{word}{name}" for name in _TEXTS}, **cells})


def _cases(*, moved: bool) -> list[Row]:
    """A case of each source for each district; one moves from the first district to the second and is told in its words then."""
    rows = [
        _listed(f"{letters}-2020-00{at}", district)
        for at, district in enumerate(DISTRICTS, 1)
        for letters in ("ZZQ", "SJ", CODES[district])
    ]
    late = _listed("SJ-2020-008", "达拉特旗", 办结时限="2020-05-10")
    return [*rows, late, _listed("SJ-2020-009", "达拉特旗" if moved else "东胜区")]


def _told(number: str, district: str, **cells: str) -> Row:
    word = DISTRICTS[district]
    texts = {name: f"{word}{name}" for name in ("今日进展", "接访下访领导", "下一步措施", "需协调事项")}
    return resolved_row(
        number, **{**texts, "答复文号": f"{word}1号", "群众确认": "不认可", "接访下访日期": "2020-05-19", "答复日期": "2020-05-19", **cells}
    )


def _own_report(district: str, day: date) -> bytes:
    """All of the district's cases, and what it found itself, received and urgent."""
    word, code, at = DISTRICTS[district], CODES[district], [*DISTRICTS].index(district) + 1
    found = new_row(f"{code}-2020-07{at}", **{name: f"{word}{name}" for name in _TEXTS}, 排查日期="2020-05-19")
    urgent = {name: f"{word}{name}" for name in ("情况说明", "已采取措施", "需协调事项")}
    return report(
        district,
        day,
        progress=[_told(f"{letters}-2020-00{at}", district) for letters in ("ZZQ", "SJ", code)],
        new=[found],
        reception=[{**reception_row(), "备注": f"{word}备注"}],
        urgent=[urgent_row(f"SJ-2020-00{at}", **urgent, 发生时间=day.isoformat())],
    )


def _asking(district: str) -> bytes:
    """A report that names the other districts' cases in every way: as written, loosely, look-alike, twice, new, and urgent."""
    others = [(at, code) for at, (name, code) in enumerate(CODES.items(), 1) if name != district]
    numbers = [number for at, code in others for number in (f"ZZQ-2020-00{at}", f"SJ2020{at}", f"SJ-2O20-00{at}", f"{code}-2020-07{at}")]
    numbers += ["SJ-2020-009", "SJ-2020-008", "SJ-2020-077"]
    progress = [progress_row(number, 案由="问问", 包案领导="问问", 办结时限="2020-07-01") for number in numbers]
    progress += [resolved_row("SJ-2020-008", 答复日期="2020-04-01", 答复文号="问 1 号"), progress_row(f"SJ-2020-00{others[0][0]}")]
    new = [new_row(number, 案由="问问") for at, code in others for number in (f"SJ-2020-00{at}", f"{code}-2020-07{at}")]
    same = new_row(f"ZZQ-2020-00{others[0][0]}", 问题类别="房地产开发", 包案领导=None, 工作专班=None, 化解方案=None)
    pages = report_pages(district, SECOND, progress=progress, new=[*new, same], urgent=[urgent_row(number) for number in numbers])
    return write(edit(pages, {"案件进展!Q1": "经办"}))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Two days: all districts tell their cases, a case moves, and on the second day everybody also asks for the others' cases."""
    office = Office(tmp_path_factory.mktemp("office") / "home")
    outgoing = Outgoing(host="127.0.0.1", sender="ribao@example.com")
    office.settings = office.settings.model_copy(update={"outgoing_mail": outgoing})
    office.put_assignment(assignment(_cases(moved=False)), "分解表.xlsx")
    office.put_assignment(assignment(_cases(moved=True)), "分解表二.xlsx", "2020-05-21T09:00:00+08:00")
    stranger = {"channel": "email", "sender": "x@example.org"}
    for at, district in enumerate(DISTRICTS):
        for day, hour in ((FIRST, 10), (SECOND, 10)):
            office.put(_own_report(district, day), f"{DISTRICTS[district]}{day}.xlsx", f"{day}T{hour}:0{at}:00+08:00")
        office.put(_asking(district), f"{DISTRICTS[district]}问.xlsx", f"{SECOND}T16:0{at}:00+08:00")
        # somebody who is nobody's sender has the district on the cover
        office.put(_own_report(district, FIRST), f"{DISTRICTS[district]}冒名.xlsx", f"{SECOND}T16:3{at}:00+08:00", **stranger)
    nightly.run(office.settings, [FIRST, SECOND], documents=_FOR_DISTRICTS)
    return office


def _text(name: str, content: bytes) -> str:
    """All that can be read in a file: its name, and of a package every part."""
    if not content.startswith(b"PK"):
        return name + content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return name + "".join(unescape(archive.read(part).decode("utf-8", "replace")) for part in archive.namelist())


def _foreign_words(district: str, text: str) -> set[str]:
    plain = re.sub(r"<[^>]+>", "", text)
    return {word for name, word in DISTRICTS.items() if name != district and (word in text or word in plain)}


@pytest.mark.parametrize("district", DISTRICTS)
def test_no_file_of_a_district_holds_a_word_of_another(office: Office, district: str) -> None:
    files = {path: content for path, content in office.everything().items() if re.search(rf"/{district}_", path)}
    assert len(files) >= 8
    assert {path: words for path, content in files.items() if (words := _foreign_words(district, _text(path, content)))} == {}
    assert any(DISTRICTS[district] in _text("", content) for path, content in files.items() if "督办通知" in path)


@pytest.mark.parametrize("district", DISTRICTS)
def test_no_finding_of_a_district_holds_a_word_of_another_or_says_whose_a_case_is(office: Office, district: str) -> None:
    lines = [line for line in office.findings(SECOND) if line["district"] == district]
    codes = {line["code"] for line in lines}
    assert {"other-district", "unknown-case", "case-exists", "repeated-case"} <= codes
    assert [line for line in lines if _foreign_words(district, " ".join(line.values()))] == []
    others = {name for name in DISTRICTS if name != district}
    named = [line["message"] for line in lines if any(name in line["message"] for name in others)]
    # but whoever had a case until the office moved it is told where it is now
    assert {message.partition("”")[0] for message in named} == ({"案件“SJ-2020-009"} if district == "东胜区" else set())
    assert all("已于5月21日由办公室改派达拉特旗" in message for message in named)


@pytest.mark.parametrize("district", ["东胜区"])
def test_a_check_before_sending_says_no_word_of_another(office: Office, district: str) -> None:
    path = office.home / f"{CODES[district]}.xlsx"
    path.write_bytes(_asking(district))
    answer = check.check(path, office.settings, moment("2020-05-21 18:00"))
    assert answer.against_register
    assert _foreign_words(district, " ".join(finding.message for finding in answer.findings)) == set()


def test_no_letter_to_a_district_holds_a_word_of_another(office: Office) -> None:
    with running() as server:
        sending.run(office.settings, moment("2020-05-21 20:00"), server.connect)
        written = [(to, email.message_from_bytes(content, policy=default)) for to, content in server.taken]
    by_address = {sender: district.name for district in office.settings.districts for sender in district.senders}
    told = {by_address[to] for to, _message in written}
    assert told >= {*DISTRICTS}
    for to, message in written:
        parts = [part.get_content() for part in message.walk() if not part.is_multipart()]
        text = str(message["Subject"]) + " ".join(_text("", part) if isinstance(part, bytes) else part for part in parts)
        assert _foreign_words(by_address[to], text) == set(), by_address[to]


def _pages(browser: Browser, start: str) -> Iterator[tuple[str, str]]:
    """Every page and file that can be reached from there."""
    waiting, seen = [start], {start}
    while waiting:
        address = waiting.pop()
        answer = browser.get(address)
        if answer.status == 303:
            found = [answer.where]
        else:
            yield address, _text(address, answer.body)
            found = re.findall(r'href="(/[^"#]*)', answer.body.decode("utf-8", "replace")) if b"<html" in answer.body[:500].lower() else []
        fresh = [link for link in map(unescape, found) if link not in seen and not link.startswith(("/signout", "/explain?"))]
        seen.update(fresh)
        waiting += fresh


def test_no_page_of_a_district_holds_a_word_of_another(office: Office) -> None:
    addresses = {name: next(own.senders[0] for own in office.settings.districts if own.name == name) for name in DISTRICTS}
    with served(office, "2020-05-21 21:00") as site:
        for district in ("东胜区", "准格尔旗"):  # the story of a case goes with it: the district that has it now sees what it was before
            browser = site.signed_in(site.user(CODES[district], district, addresses[district]))
            draft = browser.upload(_asking(district)).where
            starts = ["/", draft, f"{draft}/marked"]
            asked = ["ZZQ-2020-002", "SJ-2020-009"]
            starts += [f"/explain?what={quote(str(what), safe='')}&date={day}" for what in asked for day in (FIRST, SECOND)]
            shown = dict(page for start in starts for page in _pages(browser, start))
            assert len(shown) > len(starts)
            assert {address: words for address, text in shown.items() if (words := _foreign_words(district, text))} == {}


def test_another_districts_report_is_shown_to_no_clerk(office: Office) -> None:
    """Who writes another district on the cover would be shown what the register has of that district's cases."""
    with served(office, "2020-05-21 21:00") as site:
        name = "甲二"
        browser = site.signed_in(site.user(name, "东胜区"))
        draft = browser.upload(report("达拉特旗", SECOND, progress=[progress_row("ZZQ-2020-002", 案由="问问", 包案领导="问问")])).where
        assert "秘乙" not in browser.get(draft).text
        assert browser.get(f"{draft}/marked").status == 404
