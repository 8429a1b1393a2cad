"""Whether a workbook with a password has the one that Excel gives by itself: then it opens without asking anybody.

Excel encrypts with `VelvetSweatshop` what is only protected against changes ([MS-OFFCRYPTO] 2.4.2.3), in .xls always, in .xlsx of
Excel 2007. Only the verifier is decrypted: a salted value and its sum, by which Excel itself knows whether a password is right.
"""

from __future__ import annotations

import functools
import hashlib
import re
import struct
from base64 import b64decode
from itertools import accumulate, repeat
from typing import Final

_PASSWORD: Final = "VelvetSweatshop"  # noqa: S105 - it is in the specification
_WIDE: Final = _PASSWORD.encode("utf-16-le")
_MOST_ROUNDS: Final = 1_000_000
"""Excel hashes a hundred thousand times; the file may ask for ten million, which would take longer than a reading may."""
_INPUT_KEY, _VALUE_KEY = bytes.fromhex("fea7d2763b4b9e79"), bytes.fromhex("d7aa0f6d3061344e")
"""[MS-OFFCRYPTO] 2.3.4.13: what makes the keys of the verifier and of its sum."""
_AES_IDS: Final = (0x660E, 0x660F, 0x6610)
_HASHES: Final = {"SHA1": "sha1", "SHA-1": "sha1", "SHA256": "sha256", "SHA384": "sha384", "SHA512": "sha512"}


def of_package(info: bytes) -> bool:
    """Whether an encrypted package with this stream `EncryptionInfo` has that password; False where nobody can tell."""
    try:
        major, minor = struct.unpack_from("<HH", info)
        return _agile(info[8:].decode("utf-8")) if (major, minor) == (4, 4) else _crypto_api(info[4:])
    except (struct.error, ValueError, KeyError, TypeError, ArithmeticError, IndexError):
        return False


def of_record(body: bytes) -> bool:
    """Whether an .xls with this record FILEPASS ([MS-XLS] 2.4.117) has that password; False where nobody can tell."""
    try:
        return _of_record(body)
    except (struct.error, ValueError, IndexError):
        return False


def _of_record(body: bytes) -> bool:
    kind = struct.unpack_from("<H", body)[0]
    if len(body) == 4 or kind == 0:  # noqa: PLR2004 - Excel 5 has the key and the verifier alone
        verifier: int = struct.unpack_from("<H", body, 2 if len(body) == 4 else 4)[0]  # noqa: PLR2004
        return verifier == _xor_verifier()
    if struct.unpack_from("<HH", body, 2) != (1, 1):
        return _crypto_api(body[6:])
    salt, sealed = struct.unpack_from("<16s32s", body, 6)
    short = hashlib.md5((hashlib.md5(_WIDE).digest()[:5] + salt) * 16).digest()[:5]  # noqa: S324 - as the format has it
    opened = _rc4(hashlib.md5(short + bytes(4)).digest(), sealed)  # noqa: S324
    return hashlib.md5(opened[:16]).digest() == opened[16:]  # noqa: S324


def _xor_verifier() -> int:
    """Return what XOR obfuscation keeps of the password ([MS-OFFCRYPTO] 2.3.7.1)."""
    verifier = 0
    for byte in reversed(bytes([len(_PASSWORD)]) + _PASSWORD.encode()):
        verifier = ((verifier >> 14 & 1) | (verifier << 1 & 0x7FFF)) ^ byte
    return verifier ^ 0xCE4B


def _crypto_api(info: bytes) -> bool:
    """Whether the password fits the verifier behind flags and a header ([MS-OFFCRYPTO] 2.3.2 and 2.3.3)."""
    size = struct.unpack_from("<I", info, 4)[0]
    algorithm, _hash, bits = struct.unpack_from("<III", info, 16)
    salt, verifier, length = struct.unpack_from("<16s16sI", info, 12 + size)
    value = info[48 + size :]
    spun = hashlib.sha1(salt + _WIDE).digest()  # noqa: S324
    if algorithm in _AES_IDS:
        final = _spin(spun, 50_000, "sha1") + bytes(4)
        final = hashlib.sha1(final).digest().ljust(64, b"\0")  # noqa: S324
        whole = b"".join(hashlib.sha1(bytes(byte ^ mask for byte in final)).digest() for mask in (0x36, 0x5C))  # noqa: S324
        decrypt = _Aes(whole[: bits // 8]).decrypt
        opened = decrypt(verifier) + decrypt(value[:16]) + decrypt(value[16:32])
    else:
        key = hashlib.sha1(spun + bytes(4)).digest()[: (bits or 40) // 8]  # noqa: S324
        opened = _rc4(key.ljust(16, b"\0"), verifier + value[:length])
    return hashlib.sha1(opened[:16]).digest() == opened[16:36]  # noqa: S324


def _agile(xml: str) -> bool:
    """Whether the password fits the verifier of agile encryption ([MS-OFFCRYPTO] 2.3.4.13)."""
    element = re.search(r"<(?:\w+:)?encryptedKey\b[^>]*>", xml)
    parameters = dict(re.findall(r'(\w+)="([^"]*)"', element[0])) if element else {}
    name, salt, rounds = _HASHES[parameters["hashAlgorithm"]], b64decode(parameters["saltValue"]), int(parameters["spinCount"])
    if parameters["cipherAlgorithm"] != "AES" or parameters["cipherChaining"] != "ChainingModeCBC" or rounds > _MOST_ROUNDS:
        return False
    spun = _spin(hashlib.new(name, salt + _WIDE).digest(), rounds, name)

    def opened(attribute: str, block_key: bytes) -> bytes:
        key = (
            hashlib.new(name, spun + block_key).digest()[: int(parameters["keyBits"]) // 8].ljust(int(parameters["keyBits"]) // 8, b"\x36")
        )
        return _Aes(key).decrypt_chain(b64decode(parameters[attribute]), salt[:16].ljust(16, b"\x36"))

    verifier = opened("encryptedVerifierHashInput", _INPUT_KEY)[: int(parameters["saltSize"])]
    return hashlib.new(name, verifier).digest() == opened("encryptedVerifierHashValue", _VALUE_KEY)[: int(parameters["hashSize"])]


def _spin(digest: bytes, rounds: int, name: str) -> bytes:
    for number in range(rounds):
        digest = hashlib.new(name, number.to_bytes(4, "little") + digest).digest()
    return digest


def _rc4(key: bytes, content: bytes) -> bytes:
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) & 255
        state[i], state[j] = state[j], state[i]
    i = j = 0
    out = bytearray()
    for byte in content:
        i = (i + 1) & 255
        j = (j + state[i]) & 255
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) & 255])
    return bytes(out)


def _times(a: int, b: int) -> int:
    """Return the product in the field of AES (FIPS 197, 4.2)."""
    product = 0
    while b:
        product ^= a * (b & 1)
        a = (a << 1) ^ (0x11B * (a >> 7))
        b >>= 1
    return product


@functools.cache
def _substitutes() -> bytes:
    """Return the S-box (FIPS 197, 5.1.1)."""
    powers = [*accumulate(repeat(3, 254), _times, initial=1)]
    inverses = {0: 0} | {power: powers[-at % 255] for at, power in enumerate(powers)}
    inverse = [inverses[a] for a in range(256)]
    return bytes(a ^ 0x63 ^ _turned(a, 1) ^ _turned(a, 2) ^ _turned(a, 3) ^ _turned(a, 4) for a in inverse)


def _turned(a: int, by: int) -> int:
    return (a << by | a >> (8 - by)) & 255


class _Aes:
    """AES for the few blocks of a verifier (FIPS 197, 5.3): Python's own library has none."""

    def __init__(self, key: bytes) -> None:
        if len(key) not in (16, 24, 32):
            raise ValueError
        box = _substitutes()
        self._inverse = bytes(box.index(a) for a in range(256))
        words, length, round_ = [list(key[at : at + 4]) for at in range(0, len(key), 4)], len(key) // 4, 1
        while len(words) < 4 * (length + 7):
            word = words[-1]
            if len(words) % length == 0:
                word = [box[a] for a in (*word[1:], word[0])]
                word[0] ^= round_
                round_ = _times(round_, 2)
            elif length > 6 and len(words) % length == 4:  # noqa: PLR2004 - keys of 256 bits (5.2)
                word = [box[a] for a in word]
            words.append([a ^ b for a, b in zip(words[-length], word, strict=True)])
        flat = [a for word in words for a in word]
        self._keys = [flat[at : at + 16] for at in range(0, len(flat), 16)]

    def decrypt(self, block: bytes) -> bytes:
        """Return one block's content."""
        if len(block) != 16:  # noqa: PLR2004 - the size of a block
            raise ValueError
        state = [a ^ b for a, b in zip(block, self._keys[-1], strict=True)]
        for number, key in reversed([*enumerate(self._keys[:-1])]):
            moved = [self._inverse[state[(4 * (at // 4 - at % 4) + at % 4) % 16]] for at in range(16)]
            state = [a ^ b for a, b in zip(moved, key, strict=True)]
            if number:
                state = [
                    _times(state[at], 14) ^ _times(state[at - at % 4 + (at + 1) % 4], 11) ^ _times(state[at - at % 4 + (at + 2) % 4], 13)
                    ^ _times(state[at - at % 4 + (at + 3) % 4], 9)
                    for at in range(16)
                ]  # fmt: skip
        return bytes(state)

    def decrypt_chain(self, content: bytes, start: bytes) -> bytes:
        """Return the content of blocks that were chained (CBC)."""
        blocks = [content[at : at + 16] for at in range(0, len(content), 16)]
        return b"".join(
            bytes(a ^ b for a, b in zip(self.decrypt(block), before, strict=True))
            for before, block in zip([start, *blocks[:-1]], blocks, strict=True)
        )
