"""Who sent a message: the From address, and only where our own mail server says that it is really the sender's.

A From field is whatever its writer likes. The server that took the message in checks SPF, DKIM and DMARC and writes what it found into
Authentication-Results (RFC 8601), on top of the header. Below that, and under other servers' names, anybody can write the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.doors import headers
from pipeline.doors.headers import Fields

_MOST = 4096
"""Characters of a From field; a longer one is refused, which bounds the time that it can cost."""
_MOST_VERDICT = 16384
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,20}")
_WITH_NAME = re.compile(r"([^<>]*)<([^<>]*)>\s*")
_QUOTED = "\0"
"""Stands for a quoted character: a comma or bracket in quotes separates nothing."""


@dataclass(frozen=True, slots=True)
class Sender:
    """What is known of a message's sender."""

    address: str | None
    """The address in lower case, where it counts."""
    claimed: str
    """What the message says, as far as it is one address; '' where it is none."""
    reason: str = ""
    """Why the address does not count: the name of a sentence in `fetch_words`."""


@dataclass(frozen=True, slots=True)
class _Result:
    """One method's result, as in `dkim=pass header.d=example.com`."""

    method: str
    verdict: str
    properties: dict[str, str]


def judge(header: Fields | None, authserv_id: str | None, *, checks: bool) -> Sender:
    """Return the sender of a message with these header fields.

    `authserv_id` is our own server's name in its verdicts. Without `checks` the sender is taken at his word.
    """
    if header is None:
        return Sender(None, "", "header")
    authors = headers.values(header, "from")
    claimed = address(authors[0]) if len(authors) == 1 else None
    if claimed is None:
        return Sender(None, "", "from-many" if len(authors) > 1 else "from")
    if not checks:
        return Sender(claimed, claimed)
    for value in headers.values(header, "authentication-results"):
        verdict = _verdict(value)
        if verdict is None:  # whoever cannot read the upper one must not believe a lower one, which may be forged
            break
        server, results = verdict
        if server == (authserv_id or "").lower():  # the topmost of our own; one below it, or another's, can be anybody's
            return Sender(claimed, claimed) if _is_aligned(claimed.partition("@")[2], results) else Sender(None, claimed, "not-aligned")
    return Sender(None, claimed, "no-verdict")


def address(value: str) -> str | None:
    """Return the one address of a From field in lower case; None where there is none, are several, or it can be read in two ways."""
    plain = _plain(value[: _MOST + 1]) if len(value) <= _MOST else None
    if plain is None or re.search(r"[,;:]", plain):
        return None
    named = _WITH_NAME.fullmatch(plain)
    written = (named[2] if named else plain).strip()
    if not _ADDRESS.fullmatch(written) or ".." in written:
        return None
    shown = named[1].strip() if named else ""
    if "@" in shown and shown.lower() != written.lower():  # mail programs show the name alone, and this one is another address
        return None
    return written.lower()


def _plain(value: str) -> str | None:
    """Return the value without comments, each quoted character as a NUL; None where a bracket or quote stays open."""
    words = _scan(value)
    return None if words is None else "".join(_QUOTED if is_quoted else char for char, is_quoted in words)


def _scan(value: str) -> list[tuple[str, bool]] | None:
    """Return each character outside of comments (RFC 5322, 3.2.2), and whether it stands in quotes; a quoted pair is one character."""
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
    """Return the server that gives a verdict, and its results; None where it cannot be understood."""
    segments = _segments(value) if len(value) <= _MOST_VERDICT else []
    if not segments or not segments[0]:
        return None
    return segments[0][0].lower(), [result for words in segments[1:] if (result := _result(words))]


def _segments(value: str) -> list[list[str]]:
    """Return the words between semicolons. A word never ends in quotes, and blanks around an equals sign are left out."""
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
    """Return whether only blanks stand between here and an equals sign."""
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
        # header.i and smtp.mailfrom may be a whole address, of which the domain counts
        properties.setdefault(name.lower(), value.rpartition("@")[2].rstrip(".").lower())
    return _Result(method.partition("/")[0].strip().lower(), verdict.strip().lower(), properties)


def _is_aligned(domain: str, results: list[_Result]) -> bool:
    """Return whether a result says that the domain itself, or one below it, sent the message.

    DMARC (RFC 7489) speaks of the From field and has the last word. SPF and DKIM alone prove a domain that need not be the one in From.
    `bestguesspass` is what Exchange Online says of a domain that publishes no DMARC.
    """
    dmarc = [result for result in results if result.method == "dmarc"]
    if any(result.verdict not in ("pass", "none", "bestguesspass") for result in dmarc):
        return False
    if any(result.verdict == "pass" and result.properties.get("header.from", domain) == domain for result in dmarc):
        return True
    proofs = {"spf": ("smtp.mailfrom", "smtp.mail"), "dkim": ("header.d", "header.i")}
    return any(
        result.verdict == "pass"
        and _is_within(next((result.properties[name] for name in proofs[result.method] if name in result.properties), ""), domain)
        for result in results
        if result.method in proofs
    )


def _is_within(other: str, domain: str) -> bool:
    return other == domain or other.endswith(f".{domain}")
