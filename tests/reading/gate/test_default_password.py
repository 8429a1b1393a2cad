"""Workbooks that are encrypted with Excel's own password: what was made by another program (msoffcrypto) is known as such."""

from __future__ import annotations

import struct

import compound
import pytest
import xls
from offices import SETTINGS

from pipeline.reading import reading, workbook
from pipeline.reading.gate import default_password
from pipeline.reading.gate.safe_workbook import UnreadableError

_AGILE = (
    b'<encryption xmlns="http://schemas.microsoft.com/office/2006/encryption" xmlns:p="p">'
    b'<keyEncryptors><keyEncryptor uri="p"><p:encryptedKey spinCount="100000"\n'
    b'saltSize="16" blockSize="16" keyBits="256" hashSize="64" cipherAlgorithm="AES" cipherChaining="ChainingModeCBC" '
    b'hashAlgorithm="SHA512" '
    b'saltValue="NsTaCVF/g0gf60ZLTlFP3A==" encryptedVerifierHashInput="Qw5mT+VE8Vn1CCafLEBs+w==" encryptedVerifierHashValue="'
    b'BXJ50buiG0mOsH1z3RISFJlROfRaWUNxlEDseIC1T2kv5+C1Bdkx9QBvHCydb86Dslk4Pb++MMKI3L7aCmNRvA=="/></keyEncryptor></keyEncryptors></encryption>'
)
_AES = "6cc6ec595d2d9babda51fad9b6d274b7c2140fd1e277d5a2cdf6a41a370dbe8011a940047151bb914c0e5515adf67e6dcbbe43e6d6ead396402e70bb7790341f"
_OTHER_AES = (
    "8440cc4572f42d98994e32c1a861b451da17dfd8c21a7d3a5a38e813e52599d06021354ad90515000d96d6dacdeec0a5f4071448cf226827e4f487b1959e2249"
)
_RC4 = "4255e0ba0f626a9ced84266d523967c83367a3ab8411a9f035e929f02c4bb2a425b81b20906ed6d65e2e0e04894f7c1c"
_OTHER_RC4 = "612a020ba5afe68016816025ed66a2763c682d2f17cf1e077d257d450747706883ce0108aea43eee8a2eb8014bbc16eb"
_API = "4255e0ba0f626a9ced84266d523967c82832dab05d76228eafdb9f302f66dcc825617c85fdb8b664c6e03219355736c43867d4ad"
_OTHER_API = "612a020ba5afe68016816025ed66a276e41c36425e26336525e721e77dc61aa4e8f0c2dca9002a19b7ecad15281a2965352cfdfb"


def _agile(xml: bytes = _AGILE) -> bytes:
    return b"\4\0\4\0\x40\0\0\0" + xml


def _api(verifier: str, algorithm: int, size: int) -> bytes:
    """What [MS-OFFCRYPTO] has behind the version: flags, a header and the verifier."""
    salted = bytes.fromhex(verifier)
    header = struct.pack("<8I", 0x24, 0, algorithm, 0x8004, 128, 0x18, 0, 0) + "Provider\0".encode("utf-16-le")
    return struct.pack("<II", 0x24, len(header)) + header + struct.pack("<I", 16) + salted[:32] + struct.pack("<I", size) + salted[32:]


def _standard(verifier: str) -> bytes:
    return struct.pack("<HH", 3, 2) + _api(verifier, 0x660E, 20)


RECORDS = {
    "RC4": (struct.pack("<HHH", 1, 1, 1) + bytes.fromhex(_RC4), True),
    "RC4, another password": (struct.pack("<HHH", 1, 1, 1) + bytes.fromhex(_OTHER_RC4), False),
    "CryptoAPI": (struct.pack("<HHH", 1, 2, 2) + _api(_API, 0x6801, 20), True),
    "CryptoAPI, another password": (struct.pack("<HHH", 1, 2, 2) + _api(_OTHER_API, 0x6801, 20), False),
    "XOR": (struct.pack("<HHH", 0, 0x1234, 0x9A0A), True),
    "XOR, another password": (struct.pack("<HHH", 0, 0x1234, 0x5678), False),
    "XOR of Excel 5": (struct.pack("<HH", 0x1234, 0x9A0A), True),
    "cut off": (b"\1\0\1\0\1\0abc", False),
    "nothing": (b"", False),
}
PACKAGES = {
    "agile": (_agile(), True),
    "agile, another password": (_agile(_AGILE.replace(b"NsTaCV", b"NsTaCU")), False),
    "agile, hashed for hours": (_agile(_AGILE.replace(b'"100000"', b'"10000000"')), False),
    "agile, nothing said": (_agile(b"<encryption/>"), False),
    "AES": (_standard(_AES), True),
    "AES, another password": (_standard(_OTHER_AES), False),
    "cut off": (_standard(_AES)[:40], False),
    "nothing": (b"", False),
}


@pytest.mark.parametrize(("body", "is_default"), RECORDS.values(), ids=RECORDS)
def test_an_xls(body: bytes, is_default: bool) -> None:  # noqa: FBT001 - a column of a table
    assert default_password.of_record(body) is is_default


@pytest.mark.parametrize(("info", "is_default"), PACKAGES.values(), ids=PACKAGES)
def test_an_xlsx(info: bytes, is_default: bool) -> None:  # noqa: FBT001 - a column of a table
    assert default_password.of_package(info) is is_default


def _refusal(content: bytes) -> str:
    with pytest.raises(UnreadableError) as caught:
        workbook.read(content, reading.limits(SETTINGS))
    return str(caught.value)


@pytest.mark.parametrize(("info", "is_default"), PACKAGES.values(), ids=PACKAGES)
def test_the_sentence_speaks_of_the_protected_structure_and_not_of_a_password(info: bytes, is_default: bool) -> None:  # noqa: FBT001
    content = compound.build({"EncryptionInfo": info, "EncryptedPackage": bytes(8000)}, pooled=True)
    assert _refusal(content) == ("encrypted/default" if is_default else "encrypted")


def test_an_xls_with_excel_s_own_password_says_so() -> None:
    body = RECORDS["RC4"][0]
    assert _refusal(xls.book({"甲": [xls.label(0, 0, "一")]}, [xls.record(xls.PASSWORD, body)])) == "encrypted/default"
