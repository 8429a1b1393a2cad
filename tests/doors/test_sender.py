"""Who a message is from: only what our own server vouches for, whatever else the message says."""

from __future__ import annotations

import time

import pytest
from mails import OURS, PASSED, SENDER, header, message

from pipeline.doors import headers, sender

FROM = {
    "dongsheng@example.com": SENDER,
    "<dongsheng@example.com>": SENDER,
    "东胜区 <Dongsheng@Example.COM>": SENDER,
    '"东胜区, 住建局" <dongsheng@example.com>': SENDER,
    "dongsheng@example.com <dongsheng@example.com>": SENDER,
    "(办公室) dongsheng@example.com (甲)": SENDER,
    "=?utf-8?B?5LiJ?=\r\n <dongsheng@example.com>": SENDER,
    # names that are another address
    '"dongsheng@example.com" <evil@evil.example>': "evil@evil.example",
    "dongsheng@example.com <evil@evil.example>": None,
    "=?utf-8?Q?dongsheng=40example.com?= <evil@evil.example>": "evil@evil.example",
    '"dongsheng@example.com <dongsheng@example.com>" <evil@evil.example>': "evil@evil.example",
    "(dongsheng@example.com) <evil@evil.example>": "evil@evil.example",
    # several, groups, nonsense
    "dongsheng@example.com, evil@evil.example": None,
    "<dongsheng@example.com> <evil@evil.example>": None,
    "旗区: dongsheng@example.com;": None,
    "undisclosed-recipients:;": None,
    "<@evil.example:dongsheng@example.com>": None,
    "": None,
    "dongsheng": None,
    '"dongsheng@example.com': None,
    "(dongsheng@example.com": None,
    "dongsheng@example.com)": None,
    '"dongsheng@example.com"@evil.example': None,
    "dongsheng@example.com@evil.example": None,
    "dongsheng@exa mple.com": None,
    "dongsheng@example..com": None,
    # look-alikes: other letters, and letters that lower case turns into ours
    "dongsheng@ехаmple.com": None,
    "dongsheng@example\u3002com": None,
    "dongsheng@e\uff58ample.com": None,
    "dongsheng@example.com\u200b": None,
    "\u212aangbashi@example.com": None,
    "dongsheng@xn--exmple-cua.com": "dongsheng@xn--exmple-cua.com",
}


@pytest.mark.parametrize(("written", "meant"), FROM.items(), ids=[repr(value) for value in FROM])
def test_a_from_field_is_one_plain_address_or_none(written: str, meant: str | None) -> None:
    header = headers.fields(message(fields={"From": written}))
    assert sender.judge(header, None, checks=False).address == meant


def test_a_display_name_in_raw_bytes_does_no_harm() -> None:
    written = '"东胜区日报\\" <dongsheng@example.com>'.encode("gb18030").replace(b'\\"', b'"')
    assert sender.judge(headers.fields(message(fields={"From": written})), OURS, checks=True).address == SENDER


VERDICTS = {
    PASSED: True,
    f"{OURS}; dmarc=pass": True,
    f"{OURS.upper()} 1; DMARC=PASS header.from=Example.com": True,
    f"{OURS}; dmarc=pass (p=reject dis=none) header.from=example.com": True,
    f'{OURS}; dmarc = pass\r\n\theader.from = "example.com"': True,
    f"{OURS}; dkim=pass (2048-bit key; secure) header.d=example.com header.i=@example.com header.b=abc": True,
    f"{OURS}; dkim=pass header.i=@mail.example.com": True,
    f"{OURS}; spf=pass (ok (really)) smtp.mailfrom=bounce@example.com": True,
    f"{OURS}; spf=pass smtp.mailfrom=example.com.": True,
    f"{OURS}; dkim=fail header.d=example.com; spf=pass smtp.mailfrom=x@example.com": True,
    f"{OURS}; dmarc=none header.from=example.com; spf=pass smtp.mailfrom=x@example.com": True,
    # nobody vouches
    OURS: False,
    f"{OURS}; none": False,
    f"{OURS}; dmarc=fail header.from=example.com": False,
    f"{OURS}; dmarc=fail header.from=example.com; spf=pass smtp.mailfrom=x@example.com": False,
    f"{OURS}; dmarc=pass header.from=evil.example": False,
    f"{OURS}; spf=pass smtp.mailfrom=x@evil.example; dkim=pass header.d=evil.example": False,
    f"{OURS}; spf=softfail smtp.mailfrom=x@example.com": False,
    f"{OURS}; spf=pass smtp.helo=example.com": False,
    f"{OURS}; spf=pass smtp.mailfrom=x@notexample.com": False,
    f"{OURS}; spf=pass smtp.mailfrom=x@com": False,
    f"{OURS}; dkim=pass header.d=example.com.evil.example": False,
    f"{OURS}; dkim=pass": False,
    f"{OURS}; iprev=pass policy.iprev=example.com; auth=pass smtp.auth=x@example.com": False,
    # tricks with quotes and comments
    f'{OURS}; spf=fail reason="x; dmarc=pass header.from=example.com" smtp.mailfrom=x@evil.example': False,
    f"{OURS}; spf=fail (dmarc=pass header.from=example.com)": False,
    f'{OURS}; spf=pass smtp.mailfrom="x header.d=example.com; dkim=pass header.d=example.com"@evil.example': False,
    f"{OURS}; spf=pass (x smtp.mailfrom=x@example.com": False,
    f'{OURS}; dmarc=pass header.from="example.com': False,
    # not ours
    "mx.evil.example; dmarc=pass header.from=example.com": False,
    f"({OURS}) mx.evil.example; dmarc=pass header.from=example.com": False,
    f'"{OURS} "; dmarc=pass header.from=example.com': False,
    f"{OURS}.evil.example; dmarc=pass header.from=example.com": False,
    f"dmarc=pass header.from=example.com; {OURS}": False,
    "": False,
    f"{OURS}; " + "dkim=pass header.d=x.example; " * 2000 + "dmarc=pass": False,
}


@pytest.mark.parametrize(("value", "counts"), VERDICTS.items(), ids=[repr(value[:70]) for value in VERDICTS])
def test_a_sender_counts_where_our_server_says_that_it_is_aligned(value: str, *, counts: bool) -> None:
    judged = sender.judge(headers.fields(message(fields={"Authentication-Results": value})), OURS, checks=True)
    assert judged.address == (SENDER if counts else None)
    assert judged.claimed == SENDER
    assert bool(judged.reason) is not counts


def _judged(*lines: tuple[str, str | bytes]) -> sender.Sender:
    return sender.judge(headers.fields(header(lines) + b"\r\nFrom: nobody@in.the.body\r\n"), OURS, checks=True)


def test_a_forged_verdict_below_our_own_is_not_believed() -> None:
    ours = ("Authentication-Results", f"{OURS}; dmarc=fail header.from=example.com")
    forged = ("Authentication-Results", PASSED)
    assert _judged(ours, forged, ("From", SENDER)).reason == "not-aligned"
    assert _judged(forged, ours, ("From", SENDER)).address == SENDER  # then it is ours that stands on top


def test_a_verdict_of_another_server_above_ours_says_nothing() -> None:
    other = ("Authentication-Results", "filter.inside.example; dmarc=fail header.from=example.com")
    assert _judged(other, ("Authentication-Results", PASSED), ("From", SENDER)).address == SENDER


def test_a_verdict_that_cannot_be_understood_lets_none_below_it_count() -> None:
    broken = ("Authentication-Results", f"{OURS} (; dmarc=fail")
    assert _judged(broken, ("Authentication-Results", PASSED), ("From", SENDER)).reason == "no-verdict"


def test_other_kinds_of_verdicts_are_none() -> None:
    for name in ("X-Authentication-Results", "ARC-Authentication-Results", "Authentication-Results-Original", "Authentication_Results"):
        assert _judged((name, PASSED), ("From", SENDER)).reason == "no-verdict"


@pytest.mark.parametrize("second", ["From", "from", "FROM ", "From\t"])
def test_two_from_fields_are_none(second: str) -> None:
    judged = _judged(("Authentication-Results", PASSED), ("From", SENDER), (second, "evil@evil.example"))
    assert (judged.address, judged.reason) == (None, "from-many")


def test_a_sender_field_a_reply_address_and_the_body_say_nothing() -> None:
    judged = _judged(("Authentication-Results", PASSED), ("Sender", SENDER), ("Reply-To", SENDER), ("Return-Path", f"<{SENDER}>"))
    assert (judged.address, judged.reason) == (None, "from")


@pytest.mark.parametrize("trick", [b"x\rFrom: evil@evil.example", b"x\0y"])
def test_a_header_that_programs_read_in_different_ways_proves_nothing(trick: bytes) -> None:
    judged = _judged(("Authentication-Results", PASSED), ("X", trick), ("From", SENDER))
    assert (judged.address, judged.reason) == (None, "header")


def test_hostile_fields_take_no_time() -> None:
    begun = time.perf_counter()
    for bad in (" " * 900_000, "(" * 900_000, '"' * 900_000, "a=" * 400_000, "<" * 900_000, ";" * 900_000):
        assert _judged(("Authentication-Results", f"{OURS}; dmarc=fail {bad}"), ("From", bad)).address is None
        assert _judged(("Authentication-Results", f"{OURS}; dmarc=fail{bad}"[:16000]), ("From", SENDER)).address is None
    assert time.perf_counter() - begun < 20
