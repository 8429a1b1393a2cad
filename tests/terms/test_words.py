from __future__ import annotations

import re
from datetime import date, datetime

import pytest

from pipeline.terms import contract, words
from pipeline.terms.contract import Severity


def test_every_code_has_a_title_of_its_own() -> None:
    assert words.FINDING_TITLES.keys() == contract.SEVERITIES.keys()
    assert len(set(words.FINDING_TITLES.values())) == len(words.FINDING_TITLES)


def test_every_severity_has_its_words_and_what_costs_most_comes_first() -> None:
    assert list(words.COSTS) == list(Severity)


def test_what_a_notice_is_about_has_a_rule_and_asks_for_something_and_nothing_else_has() -> None:
    assert {flag for flag, flag_words in words.FLAGS.items() if flag_words.rule} == {
        flag for flag, flag_words in words.FLAGS.items() if flag_words.asked
    }
    assert {flag for flag, flag_words in words.FLAGS.items() if not flag_words.rule} == {"cancelled", "missing_from_assignment"}


def test_a_flag_with_a_span_of_days_names_it_in_its_meaning_and_in_its_rule() -> None:
    spans = {flag for flag, flag_words in words.FLAGS.items() if "{days}" in flag_words.meaning}
    assert (
        spans
        == {flag for flag, flag_words in words.FLAGS.items() if "{days}" in flag_words.rule}
        == {"due_soon", "stalled", "acceptance_overdue"}
    )
    assert not [flag_words for flag_words in words.FLAGS.values() if re.search(r"\{(?!days\})", flag_words.meaning + flag_words.rule)]


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (("21T16:59", True), ("21T23:00", False), "首报 16:59 零报告，23:00 更正"),
        (("21T16:00", False), ("22T08:30", False), "首报 16:00，5月22日08:30 更正"),
        (("22T08:00", False), ("22T09:00", True), "首报 5月22日08:00，5月22日09:00 更正为零报告"),
        (("21T16:59", True), (None, True), "首报 16:59 零报告"),
    ],
)
def test_a_first_report_and_the_one_in_force_are_told_with_their_times(
    first: tuple[str, bool], last: tuple[str | None, bool], said: str
) -> None:
    came, replaced = (moment and datetime.fromisoformat(f"2020-05-{moment}:00+08:00") for moment in (first[0], last[0]))
    assert came
    assert words.first_and_last(date(2020, 5, 21), (came, first[1]), (replaced or None, last[1])) == said
