"""Taking messages apart: nothing that could be a report is lost, and what was not opened is said.

Covers `attachment_kinds`, `message_parts` and `zip_attachments`.
"""

from __future__ import annotations

import base64
import io
import sys
import time
import zipfile

import pytest
from mails import attached, encrypted, header, message, multipart, part, text, zipped
from workbooks import report

from pipeline.doors import attachment_kinds, message_parts
from pipeline.doors.message_parts import Bounds, MessageOpener
from pipeline.reading.gate.safe_workbook import Limits

pytestmark = pytest.mark.usefixtures("cold_workers")
LIMITS = Limits(25 << 20, 64 << 20, 2_000_000)
BOUNDS = Bounds(1024 << 20, 30, LIMITS)
BOOK = report()
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
Said = list[tuple[str, str]]


def _opened(raw: bytes) -> tuple[list[str], Said, Said]:
    parts = message_parts.open_(raw, LIMITS)
    return [name for name, _content in parts.taken], parts.passed_over, parts.left


def _document(*inside: str) -> bytes:
    return zipped({"[Content_Types].xml": b"<x/>", **dict.fromkeys(inside, b"x")})


COULD_BE: dict[str, tuple[str, bytes, str]] = {
    "a workbook": ("日报.xlsx", BOOK, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "an old one": ("日报.xls", OLE, "application/vnd.ms-excel"),
    "WPS": ("日报.et", OLE, "application/octet-stream"),
    "OpenDocument": ("日报.ods", zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), "application/octet-stream"),
    "binary": ("日报.xlsb", BOOK, "application/octet-stream"),
    "with macros": ("日报.xlsm", BOOK, "application/octet-stream"),
    "upper case": ("日报.XLSX", BOOK, "application/octet-stream"),
    "its name alone, whatever is in it": ("日报.xlsx", b"not a workbook", "text/plain"),
    "empty": ("日报.xlsx", b"", "application/octet-stream"),
    "no ending": ("日报", BOOK, "application/octet-stream"),
    "another ending": ("日报.dat", BOOK, "application/x-whatever"),
    "a picture's ending": ("日报.jpg", BOOK, "image/jpeg"),
    "a zip's ending": ("日报.zip", BOOK, "application/zip"),
    "old bytes with a document's ending": ("日报.doc", OLE + "Workbook".encode("utf-16-le"), "application/msword"),
    "old bytes without an ending": ("日报", OLE, "application/x-whatever"),
    "bytes that say nothing": ("日报.bak", b"\x01\x02\x03", "application/octet-stream"),
    "a type that says it": ("日报", b"\x09\x08", "application/vnd.ms-excel"),
    "damaged": ("日报.abc", BOOK[:500], "application/octet-stream"),
}
IS_NOT = {
    "a picture": ("签字.jpg", b"\xff\xd8\xff", "image/jpeg"),
    "a scan": ("日报.pdf", b"%PDF-1.4", "application/pdf"),
    "a text document": ("说明.docx", _document("word/document.xml"), "application/octet-stream"),
    "slides": ("幻灯.pptx", _document("ppt/presentation.xml"), "application/octet-stream"),
    "an old text document": ("说明.doc", OLE, "application/msword"),
    "an OpenDocument text": ("说明.odt", zipped({"mimetype": b"application/vnd.oasis.opendocument.text"}), "application/octet-stream"),
    "a calendar": ("会议.ics", b"BEGIN:VCALENDAR", "text/calendar"),
    "a text": ("说明.txt", b"x", "text/plain"),
}


@pytest.mark.parametrize("what", COULD_BE)
def test_what_could_be_a_report_is_taken(what: str) -> None:
    name, content, kind = COULD_BE[what]
    parts = message_parts.open_(message(attached(content, name, kind)), LIMITS)
    assert (parts.taken, parts.left) == ([(name, content)], [])


@pytest.mark.parametrize("what", IS_NOT)
def test_what_is_certainly_none_is_passed_over_and_said(what: str) -> None:
    name, content, kind = IS_NOT[what]
    assert _opened(message(attached(content, name, kind))) == ([], [(name, attachment_kinds.sentence([name]))], [])


@pytest.mark.parametrize(
    ("said", "is_slip"),
    [
        ("督办通知回执", True),
        ("督办案件清单（回执）", True),
        ("市住建督〔2020〕12号", True),
        ("按督办通知办理", False),
        ("市住建〔2020〕12号", False),
    ],
)
def test_a_word_document_that_answers_a_notice_is_told_by_its_text(said: str, *, is_slip: bool) -> None:
    runs = "".join(f"<w:r><w:t>{each}</w:t></w:r>" for each in said)
    slip = zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": f"<w:document>{runs}</w:document>".encode()})
    why = "notice-answer/word" if is_slip else "unreadable/word"
    assert _opened(message(attached(slip, "文档1.docx", "application/octet-stream"))) == ([], [("文档1.docx", why)], [])


def test_text_signatures_and_pictures_in_the_text_are_not_worth_a_word() -> None:
    picture = part(b"\x89PNG", ("Content-Type", "image/png; name=logo.png"), ("Content-ID", "<logo>"))
    inline = part(b"\x89PNG", ("Content-Type", "image/png; name=logo.png"), ("Content-Disposition", "inline; filename=logo.png"))
    signature = part(b"x", ("Content-Type", "application/pkcs7-signature; name=smime.p7s"))
    html = part(b"<b>x</b>", ("Content-Type", "text/html"))
    assert _opened(message(multipart([html, picture, inline], kind="related", boundary="r"), signature)) == ([], [], [])


UNREAD: dict[str, tuple[bytes, str, str]] = {
    "Outlook's own format": (attached(b"\x78\x9f\x3e\x22" + bytes(50), "winmail.dat", "application/ms-tnef"), "winmail.dat", "tnef"),
    "Outlook's own format under another name": (attached(b"\x78\x9f\x3e\x22" + bytes(50), "日报.xlsx"), "日报.xlsx", "tnef"),
    "a message that Outlook saved": (attached(OLE + "__substg1.0_".encode("utf-16-le"), "转发.msg"), "转发.msg", "outlook"),
    "a rar": (attached(b"Rar!\x1a\x07\x01\x00", "日报.rar"), "日报.rar", "archive"),
    "a rar without a name": (part(b"Rar!\x1a\x07\x01\x00", ("Content-Type", "application/octet-stream")), "", "archive"),
    "7z": (attached(b"7z\xbc\xaf\x27\x1c", "日报.7z"), "日报.7z", "archive"),
    "encrypted as a whole": (part(b"x", ("Content-Type", "application/pkcs7-mime; name=smime.p7m")), "smime.p7m", "enveloped"),
    "a piece of a message": (header([("Content-Type", "message/partial; id=x; number=1")]) + b"\r\nx", "", "partial"),
    "parts without a boundary": (header([("Content-Type", "multipart/mixed")]) + b"\r\nx", "", "partial"),
    "a damaged zip": (attached(zipped({"甲.xlsx": BOOK})[:300], "日报.zip"), "日报.zip", "zip-damaged"),
    "no zip at all": (attached(b"nothing", "日报.zip"), "日报.zip", "zip-damaged"),
    "an encrypted zip": (attached(encrypted(zipped({"甲.xlsx": BOOK})), "日报.zip"), "日报.zip → 甲.xlsx", "zip-encrypted"),
    "a zip in a zip": (attached(zipped({"内.zip": zipped({"甲.xlsx": BOOK})}), "日报.zip"), "日报.zip → 内.zip", "nested"),
    "a rar in a zip": (attached(zipped({"内.rar": b"Rar!\x1a\x07"}), "日报.zip"), "日报.zip → 内.rar", "archive"),
    "a zip of 1,001 files": (attached(zipped({f"{n}.txt": b"" for n in range(1001)}), "日报.zip"), "日报.zip", "zip-limit"),
    "a zip of 101 workbooks": (
        attached(zipped({f"{n}.xlsx": str(n).encode() for n in range(101)}), "日报.zip"), "日报.zip", "zip-limit",
    ),
    "a bomb": (attached(zipped({"甲.xlsx": bytes(24 << 20)}), "日报.zip"), "日报.zip → 甲.xlsx", "zip-limit"),
    "a larger bomb": (attached(zipped({"甲.xlsx": bytes(65 << 20)}), "日报.zip"), "日报.zip", "zip-limit"),
    "a file beyond the limit": (attached(zipped({"甲.xlsx": bytes(26 << 20)}), "日报.zip"), "日报.zip → 甲.xlsx", "zip-limit"),
}  # fmt: skip


@pytest.mark.parametrize("what", UNREAD)
def test_what_could_hold_a_report_and_is_not_opened_is_said_and_the_rest_is_taken(what: str) -> None:
    raw, name, why = UNREAD[what]
    assert _opened(message(raw, attached(BOOK, "日报甲.xlsx"))) == (["日报甲.xlsx"], [], [(name, why)])


@pytest.mark.parametrize("name", ["._日报.xlsx", "日报.xlsx"])
@pytest.mark.parametrize("kind", ["application/applefile", "application/octet-stream"])
def test_what_a_mac_sends_beside_a_workbook_is_none(name: str, kind: str) -> None:
    beside = attached(b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X", name, kind)
    sent = message(text(), multipart([beside, attached(report(), "日报.xlsx")], kind="appledouble", boundary="a"))
    assert _opened(sent) == (["日报.xlsx"], [], [])


def test_workbooks_in_a_zip_are_taken_out_by_the_names_that_they_have_in_it() -> None:
    files = {"东胜区/日报.xlsx": BOOK, "东胜区/说明.docx": b"x", "__MACOSX/东胜区/._日报.xlsx": b"x", "~$日报.xlsx": b"x", "夹/": b""}
    taken, passed, left = _opened(message(attached(zipped(files), "东胜区.zip", "application/zip")))
    assert (taken, passed, left) == (["日报.xlsx"], [("说明.docx", "unreadable/word")], [])


def test_names_in_a_zip_of_chinese_windows_are_read() -> None:
    parts = message_parts.open_(message(attached(zipped({"日报甲.xlsx": BOOK}, gbk=True), "日报.zip")), LIMITS)
    ((name, content),) = parts.taken
    assert name.replace("_", "") == "日报甲.xlsx"
    assert content == BOOK


def test_a_path_in_a_zip_is_only_a_name() -> None:
    taken, _passed, left = _opened(message(attached(zipped({"../../甲.xlsx": BOOK, "C:\\乙.xlsx": BOOK + b"2"}), "x.zip")))
    assert (taken, left) == (["甲.xlsx", "乙.xlsx"], [])


# --- messages in messages ----------------------------------------------------------------------------------------


def _forwarded(raw: bytes, kind: str = "message/rfc822") -> bytes:
    return header([("Content-Type", kind), ("Content-Disposition", "attachment")]) + b"\r\n" + raw


INNER = message(attached(BOOK, "日报.xlsx"), fields={"From": "other@example.com"}, number=2)
FORWARDED = {
    "as it is": _forwarded(INNER),
    "in a digest": multipart([b"\r\n" + INNER], kind="digest", boundary="d"),
    "twice": _forwarded(message(_forwarded(INNER), number=3)),
    "as a file": attached(INNER, "转发.eml"),
    "in base64, which no standard allows": part(INNER, ("Content-Type", "message/rfc822")),
    "signed": multipart([text(), attached(BOOK, "日报.xlsx")], kind="signed", boundary="s"),
    "beside a picture": multipart([multipart([text()], kind="alternative", boundary="a"), attached(BOOK, "日报.xlsx")], boundary="m"),
}


@pytest.mark.parametrize("way", FORWARDED)
def test_a_report_in_a_forwarded_message_is_taken(way: str) -> None:
    assert _opened(message(FORWARDED[way])) == (["日报.xlsx"], [], [])


def test_a_message_that_is_one_attachment_and_nothing_else_is_taken() -> None:
    raw = header([("From", "a@example.com")]) + attached(BOOK, "日报.xlsx")
    assert _opened(raw) == (["日报.xlsx"], [], [])


def test_what_we_sent_ourselves_does_not_come_back_with_a_failure_notice() -> None:
    notice = part(b"Action: failed", ("Content-Type", "message/delivery-status"))
    bounced = multipart([text("退信"), notice, _forwarded(INNER)], kind="report; report-type=delivery-status", boundary="n")
    assert _opened(header([("From", "mailer-daemon@example.com")]) + bounced) == ([], [("", "bounce")], [])


def test_the_same_bytes_twice_in_one_message_are_taken_once() -> None:
    assert _opened(message(attached(BOOK, "甲.xlsx"), attached(BOOK, "乙.xlsx"), _forwarded(INNER)))[0] == ["甲.xlsx"]


def test_a_message_cut_off_in_an_attachment_gives_what_there_is() -> None:
    raw = message(attached(BOOK, "日报.xlsx"))
    taken, _passed, left = _opened(raw[: len(raw) - 400])
    assert (taken, left) == (["日报.xlsx"], [])


ENCODINGS = {
    "quoted-printable": (b"=50=4B\x03\x04", b"PK\x03\x04"),
    "8bit": (b"PK\x03\x04", b"PK\x03\x04"),
    "x-nonsense": (b"PK\x03\x04", b"PK\x03\x04"),
    "base64": (b"UEsD\r\nBA", b"PK\x03\x04"),
    "BASE64": (b" UEsDBA== trailing", b"PK\x03\x04"),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_transfer_encoding_is_undone(encoding: str) -> None:
    written, meant = ENCODINGS[encoding]
    raw = header([("Content-Type", "a/b; name=x.xlsx"), ("Content-Transfer-Encoding", encoding)]) + b"\r\n" + written
    ((_name, content),) = message_parts.open_(message(raw), LIMITS).taken
    assert content.startswith(meant)


# --- hostile ones ------------------------------------------------------------------------------------------------


def _many(count: int) -> bytes:
    return header([("From", "x@example.com")]) + multipart([b"\r\nx"] * count)


def _deep(depth: int) -> bytes:
    raw = attached(BOOK, "日报.xlsx")
    for number in range(depth):
        raw = multipart([raw], boundary=f"b{number}")
    return header([("From", "x@example.com")]) + raw


def _deep_messages(depth: int) -> bytes:
    return b"Content-Type: message/rfc822\r\n\r\n" * depth + b"\r\nx"


HOSTILE = {
    "100,000 parts": _many(100_000),
    "1,001 parts": _many(1_001),
    "21 deep": _deep(21),
    "3,000 deep": _deep(3_000),
    "100,000 messages deep": _deep_messages(100_000),
    "a boundary of 1 MB": multipart([b"x"], boundary="b" * (1 << 20)),
    "100,000 header fields": b"X: y\r\n" * 100_000 + message(),
    "100,000 names": message(
        header([("Content-Disposition", "attachment" + "".join(f"; filename*{n}*=a" for n in range(100_000)))]) + b"\r\nx"
    ),
    "a header field of 10 MB": b"X: " + b"y" * (10 << 20) + b"\r\n" + message(),
    "a million encoded words": message(attached(b"x", "x")).replace(b"name=", b"name=" + b"=?utf-8?B?YQ==?=" * 60_000),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_message_is_done_with_in_time_and_the_next_one_is_read(what: str) -> None:
    begun = time.perf_counter()
    with MessageOpener(Bounds(1024 << 20, 20, LIMITS)) as process:
        parts = process.take_apart(HOSTILE[what])
        assert not parts.fault
        if "parts" in what or "deep" in what:
            assert (parts.taken, next(why for _name, why in parts.left) in {"parts", "unparsable"}) == ([], True)
        assert [name for name, _content in process.take_apart(message(attached(BOOK, "日报.xlsx"))).taken] == ["日报.xlsx"]
    assert time.perf_counter() - begun < 60


def test_depth_and_number_that_occur_in_life_are_read() -> None:
    assert _opened(_deep(19))[0] == ["日报.xlsx"]
    assert len(_opened(message(*(attached(f"{n}".encode(), f"{n}.xlsx") for n in range(100))))[0]) == 100


def test_a_message_that_ends_its_process_is_said_and_the_next_one_is_read() -> None:
    with MessageOpener(Bounds(300 << 20, 20, LIMITS)) as process:
        huge = message(attached(bytes(120 << 20), "大.xlsx"))
        parts = process.take_apart(huge)
        assert (parts.taken, parts.left) == ([], [("", "unparsable")]) or sys.platform != "linux"
        assert process.take_apart(message(attached(BOOK, "日报.xlsx"))).taken == [("日报.xlsx", BOOK)]


def test_our_own_fault_over_a_message_is_not_put_on_the_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_parts, "open_", lambda _raw, _limits: 1 // 0)
    _memory, _seconds, answer = message_parts._begin(BOUNDS)  # noqa: SLF001
    parts = message_parts._understood(list(answer(b"x")))  # noqa: SLF001
    assert parts is not None
    assert parts.fault[0] == "ZeroDivisionError"


@pytest.mark.parametrize("frames", [[], [b"x"], [b"[]"], [b"{}"], [b'{"taken": ["a"], "passed_over": [], "left": [], "fault": []}']])
def test_an_answer_that_is_none_is_not_believed(frames: list[bytes]) -> None:
    assert not frames or message_parts._understood(frames) is None  # noqa: SLF001


def test_the_process_imports_what_it_needs_alone() -> None:
    import subprocess

    code = "import sys, pipeline.doors.message_parts; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"pandas", "sqlalchemy", "openpyxl", "pydantic", "yaml", "imapclient", "python_calamine", "rich"} & set(run.stdout.split())


def test_bytes_of_every_value_come_out_as_they_went_in() -> None:
    raw = b"".join(bytes([n % 256]) * (n % 7) for n in range(5000))
    assert message_parts.open_(message(attached(raw, "甲.xlsx")), LIMITS).taken == [("甲.xlsx", raw)]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("甲.xlsx", base64.b64encode(raw))
    assert message_parts.open_(message(attached(packed.getvalue(), "甲.zip")), LIMITS).taken == [("甲.xlsx", base64.b64encode(raw))]
