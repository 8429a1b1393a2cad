"""The names of attachments: what districts' programs write is read as it was meant, and no name harms a disk.

Covers `attachment_names` and what `headers` makes of text; its fields are in test_sender.py.
"""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some
from mails import encoded

from pipeline.doors import attachment_names, headers
from pipeline.intake import envelopes, junk

CALLED = "东胜区日报（5月21日）.xlsx"
GBK = CALLED.encode("gb18030")
PERCENT = "".join(f"%{byte:02X}" for byte in CALLED.encode())
PERCENT_GBK = "".join(f"%{byte:02x}" for byte in GBK)
HALVES = encoded("东胜区日报（").replace("?=", "?=") + "\r\n " + encoded("5月21日）.xlsx")
CUT = CALLED.encode()
WRITTEN: dict[str, bytes] = {
    "RFC 2231": f"attachment; filename*=UTF-8''{PERCENT}".encode(),
    "RFC 2231 with a language": f"attachment; filename*=utf-8'zh-CN'{PERCENT}".encode(),
    "RFC 2231 in GB18030": f"attachment; filename*=GB18030''{PERCENT_GBK}".encode(),
    "RFC 2231 in GB18030 that says GB2312": f"attachment; filename*=gb2312''{PERCENT_GBK}".encode(),
    "RFC 2231 that names no charset": f"attachment; filename*=''{PERCENT}".encode(),
    "RFC 2231 that names a wrong one": f"attachment; filename*=utf-8''{PERCENT_GBK}".encode(),
    "RFC 2231 that names one that nobody knows": f"attachment; filename*=x-none''{PERCENT}".encode(),
    "RFC 2231 in pieces": (
        f"attachment; filename*0*=UTF-8''{PERCENT[:40]};\r\n filename*1*={PERCENT[40:80]}; filename*2*={PERCENT[80:]}"
    ).encode(),
    "RFC 2231 in pieces of both kinds": f"attachment; filename*0*=UTF-8''{PERCENT[:-15]}; filename*1=.xlsx".encode(),
    "RFC 2231 in pieces out of order": f"attachment; filename*1*={PERCENT[40:]}; filename*0*=UTF-8''{PERCENT[:40]}".encode(),
    "RFC 2231 before a poor second name": f"attachment; filename=\"???.xlsx\"; filename*=UTF-8''{PERCENT}".encode(),
    "RFC 2047 in quotes": f'attachment; filename="{encoded(CALLED)}"'.encode(),
    "RFC 2047 without quotes": f"attachment; filename={encoded(CALLED)}".encode(),
    "RFC 2047 in GBK that says GB2312": f'attachment; filename="{encoded(CALLED, "gbk", "gb2312")}"'.encode(),
    "RFC 2047 in two words": f'attachment; filename="{HALVES}"'.encode(),
    "RFC 2047 that cuts a character": (
        f'attachment; filename="{encoded(CUT[:10].decode("latin-1"), "latin-1", "utf-8")} '
        f'{encoded(CUT[10:].decode("latin-1"), "latin-1", "utf-8")}"'
    ).encode(),
    "RFC 2047 by the letter Q": ('attachment; filename="=?utf-8?Q?' + "".join(f"={byte:02X}" for byte in CUT) + '?="').encode(),
    "raw UTF-8": f'attachment; filename="{CALLED}"'.encode(),
    "raw GB18030": b'attachment; filename="' + GBK + b'"',
    "raw GB18030 without quotes": b"attachment; filename=" + GBK,
    "percents without a star": f'attachment; filename="{PERCENT}"'.encode(),
    "a path of Windows": f'attachment; filename="C:\\\\日报\\\\{CALLED}"'.encode(),
    "upper case and blanks": f'ATTACHMENT ;  FileName = "{CALLED}" ; size=5'.encode(),
    "a semicolon in another parameter": f'attachment; x="a;b"; filename="{CALLED}"'.encode(),
    "an open quote": f'attachment; filename="{CALLED}'.encode(),
}


@pytest.mark.parametrize("way", WRITTEN)
def test_a_name_is_read_as_it_was_meant(way: str) -> None:
    raw = WRITTEN[way].decode("utf-8", "surrogateescape")
    names = attachment_names.written([("Content-Type", "application/octet-stream"), ("Content-Disposition", raw)])
    assert attachment_names.safe(names[0], "附件1") == CALLED


def test_the_disposition_comes_before_the_type() -> None:
    fields = [("Content-Type", 'a/b; name="乙.xlsx"'), ("Content-Disposition", 'attachment; filename="甲.xlsx"')]
    assert attachment_names.written(fields) == ["甲.xlsx", "乙.xlsx"]
    assert attachment_names.written(fields[:1]) == ["乙.xlsx"]
    assert attachment_names.written([("Content-Type", 'a/b; filename="甲"; name=""')]) == []


def test_a_character_whose_second_byte_is_a_backslash_stays_whole() -> None:
    raw = b'attachment; filename="' + "誠信.xlsx".encode("gbk") + b'"'
    assert b"\\" in raw
    assert attachment_names.written([("Content-Disposition", raw.decode("utf-8", "surrogateescape"))]) == ["誠信.xlsx"]


SAFE = {
    "日报.xlsx": "日报.xlsx",
    "../../etc/passwd": "passwd",
    "..\\..\\日报.xlsx": "日报.xlsx",
    "/日报.xlsx": "日报.xlsx",
    "a/b/": "附件1",
    "..": "附件1",
    "": "附件1",
    "   ": "附件1",
    ".xlsx": "xlsx",
    ".htaccess": "htaccess",
    "~$日报.xlsx": "日报.xlsx",
    "日报.xlsx.": "日报.xlsx",
    "日报.xlsx   ": "日报.xlsx",
    "CON": "附件1_CON",
    "nul.xlsx": "附件1_nul.xlsx",
    "COM1.xlsx": "附件1_COM1.xlsx",
    "日:报*?.xlsx": "日_报__.xlsx",
    '日"报<>|.xlsx': "日_报___.xlsx",
    "日\x00报\x1b[2J\r\n.xlsx": "日报[2J.xlsx",
    "xslx.\u202excod.exe": "xslx.xcod.exe",
    "日报\ud800.xlsx": "日报_.xlsx",
}


@pytest.mark.parametrize(("written", "made"), SAFE.items(), ids=[repr(name) for name in SAFE])
def test_no_name_is_a_path_a_device_or_hidden(written: str, made: str) -> None:
    assert attachment_names.safe(written, "附件1") == made


def test_a_long_name_is_cut_and_keeps_its_ending() -> None:
    made = attachment_names.safe("报" * 300 + ".xlsx", "附件1")
    assert made.endswith("报.xlsx")
    assert len(made.encode()) <= 150


@given(some.text(max_size=400))
def test_whatever_the_name_it_is_one_that_a_disk_takes(written: str) -> None:
    made = attachment_names.safe(written, "附件1")
    assert made
    assert made == made.strip()
    assert made.isprintable()
    assert not re.search(r'[<>:"/\\|?*]', made)
    assert not made.startswith((".", "~"))
    assert not made.endswith(".")
    assert len(made.encode()) <= 160


def test_names_that_are_the_same_are_told_apart_also_where_case_does_not_count() -> None:
    assert attachment_names.distinct(["甲.xlsx", "甲.XLSX", "甲 (2).xlsx", "甲.xlsx", "乙", "乙"]) == [
        "甲.xlsx", "甲 (2).XLSX", "甲 (2) (2).xlsx", "甲 (3).xlsx", "乙", "乙 (2)",
    ]  # fmt: skip


def test_encoded_words_that_are_none_stay_as_they_are() -> None:
    for value in ("=?utf-8?X?abc?=", "=?utf-8?B?", "=?=", "a=b", "日报"):
        assert headers.decoded(value) == value
    assert headers.decoded("=?utf-8?B?5Lqk5!?=") != ""
    assert headers.decoded(f"{encoded('甲')} und {encoded('乙')}") == "甲 und 乙"


@pytest.mark.parametrize("name", ["日报.tmp", "日报.part", "Thumbs.db", "x.envelope.json", "日报~", "desktop.ini", "~wrl0001.xlsx"])
def test_a_name_that_the_inbox_would_pass_over_or_take_for_an_envelope_is_changed(name: str) -> None:
    from pipeline.doors.deposit import _allowed

    made = _allowed(name, 1)
    assert not junk.is_junk(made)
    assert not made.lower().endswith(envelopes.SIDECAR)
