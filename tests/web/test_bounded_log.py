"""Lines for a log: what strangers can write into it is bounded."""

from __future__ import annotations

from datetime import datetime, timedelta

from pipeline.web.bounded_log import BoundedLog

NOW = datetime.fromisoformat("2020-05-21T16:00:00+08:00")


def of_strangers(*requests: tuple[int, str, str]) -> list[str]:
    """What is written of such lines: the second at which, the network, the line."""
    written: list[str] = []
    lines = BoundedLog(lambda _now, line: written.append(line))
    for second, network, line in requests:
        lines.add_stranger(NOW + timedelta(seconds=second), network, line, " 3ms")
    lines.write_counts(NOW + timedelta(days=1))
    return written


def test_what_a_stranger_repeats_within_a_minute_is_counted() -> None:
    lines = of_strangers(*[(n % 50, "a", "a GET / 303") for n in range(4000)], (70, "a", "a GET / 303"))
    assert lines == ["a GET / 303 3ms", "a GET / 303，一分钟内又有 3999 次", "a GET / 303 3ms"]


def test_many_different_things_of_one_stranger_are_counted_together() -> None:
    lines = of_strangers(*[(0, "a", f"a GET /{n} 404") for n in range(1000)], (1, "b", "b GET / 303"))
    assert len(lines) == 22
    assert lines[20:] == ["b GET / 303 3ms", "a 一分钟内还有 980 次，不再逐次记"]


def test_what_is_still_counted_is_written_at_the_end() -> None:
    written: list[str] = []
    lines = BoundedLog(lambda _now, line: written.append(line))
    for _ in range(3):
        lines.add_stranger(NOW, "a", "a GET / 303")
    lines.write_counts(NOW)
    assert written == ["a GET / 303"]
    lines.write_counts(NOW, is_end=True)
    assert written == ["a GET / 303", "a GET / 303，一分钟内又有 2 次"]


def test_each_thing_that_a_user_does_is_a_line() -> None:
    written: list[str] = []
    lines = BoundedLog(lambda _now, line: written.append(line))
    for _ in range(3):
        lines.add(NOW, "a 甲 GET / 200 3ms")
    assert written == ["a 甲 GET / 200 3ms"] * 3
