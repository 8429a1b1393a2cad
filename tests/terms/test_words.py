from __future__ import annotations

import re

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
