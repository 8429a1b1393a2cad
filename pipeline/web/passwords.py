"""Passwords: which are taken, and how they are kept (argon2id, RFC 9106)."""

from __future__ import annotations

import threading
from typing import Final

import argon2

from pipeline.terms.text import key

SHORTEST: Final = 10
LONGEST: Final = 200
_PADDING: Final = "0123456789!@#.-_"
_TELLING: Final = 4
# the library's own parameters: the second option that RFC 9106 (4) recommends, 64 MiB, three passes, four lanes
_HASHER = argon2.PasswordHasher()
_AT_WORK = threading.Semaphore(2)
"""Each hash takes 64 MiB and a processor: two at once bound the memory, and slow down all who guess together."""
_NOBODY: Final = "$argon2id$v=19$m=65536,t=3,p=4$o8msoCuUuIdsDOFPcDenKw$I5j2sanAKrFv0MVfynW1ELSzc2F1BlPa1VJ3E5sy/y4"
"""The hash of a password that nobody knows. An unknown name costs as much time as a known one, so that nobody learns by it who there is."""
_COMMON: Final = (
    "1234567890", "0123456789", "0987654321", "9876543210", "12345678910", "1234567891", "123456789a", "a123456789",
    "1qaz2wsx3edc", "qwertyuiop", "qwerty12345", "qwerty123456", "asdfghjkl1", "abcdefghij", "abc1234567", "abc123456789",
    "password12", "password123", "password1234", "passw0rd123", "iloveyou123", "administrator", "admin12345", "admin123456",
    "woaini1314", "woaini1314520", "5201314520", "woaini520520", "wodemima123", "zxcvbnm123", "q1w2e3r4t5", "1q2w3e4r5t",
    "xinfang123", "xinfang2020", "xinfangban", "zhujianju123", "eerduosi123", "ordos12345", "huanying123", "letmein123",
)  # fmt: skip


def refusal(password: str, name: str) -> str | None:
    """Return why a password is not taken, as password.html.j2 names the reasons; None where it is taken."""
    plain = key(password).lower()
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    own = key(name).lower()
    if own in (plain, plain[::-1]) or _is_padded(plain, own):
        return "name"
    if plain in _COMMON or len(set(plain)) < 4 or plain in plain[1:] + plain[:-1]:  # noqa: PLR2004 - 1111111111, 1212121212
        return "common"
    return None


def _is_padded(plain: str, own: str) -> bool:
    """Whether the password is the name with nothing but digits and marks around it; the name may itself end in a digit."""
    # a short number is in many numbers that have nothing to do with it
    tells = bool(own.strip(_PADDING)) or len(own) >= _TELLING
    return tells and own in plain and not plain.replace(own, "", 1).strip(_PADDING)


def hashed(password: str) -> str:
    """Return the form in which a password is kept."""
    with _AT_WORK:
        return _HASHER.hash(password[:LONGEST])


def is_right(password: str, kept: str | None) -> bool:
    """Whether it is the password that is kept; as slow where none is."""
    with _AT_WORK:
        try:
            _HASHER.verify(kept or _NOBODY, password[:LONGEST])
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return False
    return kept is not None
