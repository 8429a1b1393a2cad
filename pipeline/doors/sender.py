"""Who sent a message: the From address, and only where our own mail server says that it is really the sender's."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.doors import headers
from pipeline.doors.headers import Fields

_MOST = 4096
"""Characters of a From field that are looked at."""
_MOST_VERDICT = 16384
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,20}")
_WITH_NAME = re.compile(r"([^<>]*)<([^<>]*)>\s*")
_QUOTED = "\0"
"""Stands for a quoted string."""


@dataclass(frozen=True, slots=True)
class Sender:
    """What is known of a message's sender."""

    address: str | None
    """The address in lower case, where it counts."""
    claimed: str
    """What the message says, as far as it is one address; '' where it is none."""
    reason: str = ""
    """Why the address does not count: the name of a sentence."""


@dataclass(frozen=True, slots=True)
class _Result:
    method: str
    verdict: str
    properties: dict[str, str]


def judge(known: Fields | None, authserv_id: str | None, *, checks: bool) -> Sender:
    """The sender of a message with these header fields. `authserv_id` is our own server's name in its verdicts."""
    if known is None:
        return Sender(None, "", "header")
    said = headers.values(known, "from")
    claimed = address(said[0]) if len(said) == 1 else None
    if claimed is None:
        return Sender(None, "", "from-many" if len(said) > 1 else "from")
    if not checks:
        return Sender(claimed, claimed)
    for value in headers.values(known, "authentication-results"):
        verdict = _verdict(value)
        if verdict is None:
            break
        server, results = verdict
        if server == (authserv_id or "").lower():  # the topmost of our own; one below it, or another's, can be anybody's
            return Sender(claimed, claimed) if _is_aligned(claimed.partition("@")[2], results) else Sender(None, claimed, "not-aligned")
    return Sender(None, claimed, "no-verdict")


def address(value: str) -> str | None:
    """The one address of a From field in lower case; None where there is none, there are several, or it can be read in two ways."""
    plain = _plain(value[: _MOST + 1]) if len(value) <= _MOST else None
    if plain is None or re.search(r"[,;:]", plain):
        return None
    named = _WITH_NAME.fullmatch(plain)
    written = (named[2] if named else plain).strip()
    if not _ADDRESS.fullmatch(written) or ".." in written:
        return None
    shown = named[1].strip() if named else ""
    if "@" in shown and shown.lower() != written.lower():  # a name that is another address
        return None
    return written.lower()


def _plain(value: str) -> str | None:
    """The value without comments and with quoted strings replaced by one character; None where a bracket or quote stays open."""
    words = _scan(value)
    return None if words is None else "".join(_QUOTED if is_quoted else char for char, is_quoted in words)


def _scan(value: str) -> list[tuple[str, bool]] | None:
    """Each character outside of comments, and whether it stands in quotes; a quoted pair is one character."""
    out: list[tuple[str, bool]] = []
    depth, is_quoted, at = 0, False, 0
    while at < len(value):
        char = value[at]
        at += 1
        if char == "\\" and (is_quoted or depth):
            char, at = value[at : at + 1], at + 1
            out += [(char, True)] if is_quoted and char else []
        elif char == '"' and not depth:
            is_quoted = not is_quoted
        elif is_quoted:
            out.append((char, True))
        elif char in "()":
            depth += 1 if char == "(" else -1
            if depth < 0:
                return None
        elif not depth:
            out.append((char, False))
    return None if is_quoted or depth else out


# --- Authentication-Results (RFC 8601) ---------------------------------------------------------------------------


def _verdict(value: str) -> tuple[str, list[_Result]] | None:
    """The server that gives a verdict, and its results; None where it cannot be understood."""
    segments = _segments(value) if len(value) <= _MOST_VERDICT else []
    if not segments or not segments[0]:
        return None
    return segments[0][0].lower(), [one for words in segments[1:] if (one := _result(words))]


def _segments(value: str) -> list[list[str]]:
    """The words between semicolons; what stands in quotes never ends a word, and no blank stands around an equals sign."""
    scanned = _scan(value)
    segments: list[list[str]] = [[]]
    word = ""
    for at, (char, is_quoted) in enumerate([*(scanned or ()), (";", False)]):
        if is_quoted or not (char == ";" or char.isspace()):
            word += char
        elif char == ";" or not (word.endswith("=") or _leads_to_equals(scanned or [], at)):
            segments[-1] += [word] if word else []
            word = ""
            if char == ";":
                segments.append([])
    return segments[:-1] if scanned is not None else []


def _leads_to_equals(scanned: list[tuple[str, bool]], at: int) -> bool:
    """Whether only blanks stand between here and an equals sign."""
    while at < len(scanned) and scanned[at][0].isspace() and not scanned[at][1]:
        at += 1
    return at < len(scanned) and scanned[at] == ("=", False)


def _result(words: list[str]) -> _Result | None:
    method, equals, verdict = (words[0] if words else "").partition("=")
    if not equals:
        return None
    properties: dict[str, str] = {}
    for word in words[1:]:
        name, _equals, value = word.partition("=")
        properties.setdefault(name.lower(), value.rpartition("@")[2].rstrip(".").lower())
    return _Result(method.partition("/")[0].strip().lower(), verdict.strip().lower(), properties)


def _is_aligned(domain: str, results: list[_Result]) -> bool:
    """Whether a result says that the domain itself, or one below it, sent the message."""
    about = [one for one in results if one.method == "dmarc"]
    if any(one.verdict not in ("pass", "none", "bestguesspass") for one in about):
        return False
    if any(one.verdict == "pass" and one.properties.get("header.from", domain) == domain for one in about):
        return True
    proofs = {"spf": ("smtp.mailfrom", "smtp.mail"), "dkim": ("header.d", "header.i")}
    return any(
        one.verdict == "pass"
        and _is_within(next((one.properties[name] for name in proofs[one.method] if name in one.properties), ""), domain)
        for one in results
        if one.method in proofs
    )


def _is_within(other: str, domain: str) -> bool:
    return other == domain or other.endswith(f".{domain}")
