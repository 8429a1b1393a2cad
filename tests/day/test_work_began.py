"""When an office began to work: `work_began`; the rest of the fold is in test_fold."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.day.work_began import work_began


def _days(written: str) -> list[date]:
    return [date.fromisoformat(f"2020-{part}") for part in written.split()]


@pytest.mark.parametrize(
    ("reported", "last", "begun"),
    [
        ("", "05-22", None),
        ("05-18 05-19 05-22", "05-22", "05-18"),
        ("04-23 05-18 05-19", "05-22", "05-18"),
        ("05-11 05-18", "05-18", "05-11"),
        ("05-10 05-18", "05-18", "05-18"),
        ("05-18 06-30", "05-22", "05-18"),
        ("05-18", "06-30", "05-18"),
    ],
)
def test_an_office_began_with_the_first_report_since_which_there_was_no_long_silence(reported: str, last: str, begun: str | None) -> None:
    expected = _days(begun)[0] if begun else None
    assert work_began(_days(reported), _days(last)[0]) == expected
