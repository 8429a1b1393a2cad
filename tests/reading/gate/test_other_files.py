"""Files that are no workbooks: each is told what it is, by its content, and what to send instead."""

from __future__ import annotations

import io
import zipfile

import compound
import docx
import pytest
import zips
from offices import SETTINGS

from pipeline.reading import reading, workbook
from pipeline.reading.gate.safe_workbook import UnreadableError
from pipeline.terms.messages import CATALOGUE

LIMITS = reading.limits(SETTINGS)
_MAIL = b"Return-Path: <a@example.com>\r\nSubject: x\r\nContent-Type: text/plain\r\n\r\nhello"
_WEB_ARCHIVE = b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<html></html>\r\n--x--"


def _packed(**parts: bytes) -> bytes:
    return zips.pack([zips.Entry(name, part, zipfile.ZIP_STORED) for name, part in parts.items()])


def _word() -> bytes:
    """A document whose package names its main part, as a workbook's does."""
    saved = io.BytesIO()
    docx.Document().save(saved)
    return saved.getvalue()


KINDS = {
    "endpoint: 绿盾": (b"%TSD-Header-###%" + bytes(range(256)) * 40, "unreadable/endpoint"),
    "endpoint: 亿赛通": (b"b\x14#e\x01\0\0\0\0E-SafeNet\0LOCK\0" + bytes(range(256)) * 40, "unreadable/endpoint"),
    "a photo (JPEG)": (b"\xff\xd8\xff\xe1\x00\x10Exif\0\0" + bytes(500), "unreadable/picture"),
    "a screenshot (PNG)": (b"\x89PNG\r\n\x1a\n" + bytes(50), "unreadable/picture"),
    "a photo of a phone (HEIC)": (b"\0\0\0\x24ftypheic\0\0\0\0mif1heic" + bytes(50), "unreadable/picture"),
    "a photo (WebP)": (b"RIFF\x24\0\0\0WEBPVP8 " + bytes(50), "unreadable/picture"),
    "a picture (BMP)": (b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0" + bytes(50), "unreadable/picture"),
    "a picture (GIF)": (b"GIF89a" + bytes(50), "unreadable/picture"),
    "a scan (TIFF)": (b"II*\0\x08\0\0\0" + bytes(50), "unreadable/picture"),
    "a film": (b"\0\0\0\x20ftypisom\0\0\2\0isomiso2" + bytes(50), "unreadable/format"),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj", "unreadable/pdf"),
    "an OFD": (zips.pack([zips.Entry("OFD.xml", b"<o/>"), zips.Entry("Doc_0/Document.xml", b"<d/>")]), "unreadable/pdf"),
    "a text for Word": (
        zips.pack([zips.Entry("[Content_Types].xml", b"<Types/>"), zips.Entry("word/document.xml", b"<w/>")]), "unreadable/word",
    ),
    "a text as Word saves it": (_word(), "unreadable/word"),
    "an old text for Word, or WPS": (compound.build({"WordDocument": b"\xec\xa5" + bytes(5000)}), "unreadable/word"),
    "rich text": (b"{\\rtf1\\ansi hello}", "unreadable/word"),
    "a text of LibreOffice": (
        _packed(mimetype=b"application/vnd.oasis.opendocument.text"),
        "unreadable/word",
    ),
    "slides": (zips.pack([zips.Entry("ppt/presentation.xml", b"<p/>")]), "unreadable/slides"),
    "old slides": (compound.build({"PowerPoint Document": bytes(5000)}), "unreadable/slides"),
    "Numbers": (zips.pack([zips.Entry("Index/Document.iwa", b"x")]), "unreadable/numbers"),
    "a page": (b"\xef\xbb\xbf\r\n<!DOCTYPE html><html><body>hello</body></html>", "unreadable/web-page"),
    "a table of a web site, called .xls": (
        '<meta http-equiv="Content-Type" content="text/html; charset=gb2312"><table><tr><td>旗区</table>'.encode("gbk"),
        "unreadable/web-page",
    ),
    "a page in one file": (_WEB_ARCHIVE, "unreadable/web-page"),
    "a table in XML of 2003": (
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>', "unreadable/excel-xml",
    ),
    "a flat table of LibreOffice": (b'<?xml version="1.0"?><office:document xmlns:office="x"/>', "unreadable/format"),
    "a table in text (GBK)": ("旗区,东胜区\r\n报告日期,2020-05-21\r\n".encode("gbk"), "unreadable/text"),
    "a table in text, cut in a character": (("案件编号\t当前状态\r\n" * 6000).encode(), "unreadable/text"),
    "a text in UTF-16": ("旗区\t东胜区\r\n".encode("utf-16"), "unreadable/text"),
    "a message": (_MAIL, "unreadable/mail"),
    "a message of Outlook": (compound.build({"__properties_version1.0": bytes(5000)}), "unreadable/mail"),
    "a shortcut": (b"L\0\0\0\x01\x14\x02\0" + bytes(100), "unreadable/shortcut"),
    "rights": (compound.build({"\tDRMContent": bytes(5000)}), "encrypted/rights"),
    "a packed file": (b"\x1f\x8b\x08" + bytes(100), "unreadable/packed"),
    "what nobody knows": (bytes(range(256)) * 30, "unreadable/format"),
    "zeros": (bytes(8192), "unreadable/format"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "said"), KINDS.values(), ids=KINDS)
def test_a_file_of_another_kind_is_told_what_it_is(content: bytes, said: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        workbook.read(content, LIMITS)
    assert str(caught.value) == said
    assert said in CATALOGUE


def test_such_a_mark_further_behind_is_no_encryption() -> None:
    with pytest.raises(UnreadableError, match="unreadable/text"):
        workbook.read(("备注：加密文件的开头是这样的。" * 3 + "%TSD-Header-###%").encode(), LIMITS)
