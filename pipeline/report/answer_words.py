"""What is said of the answers to the notices: how many cases they ask for, how many are answered, and whose are overdue.

Covered by tests/report/test_notice_answers.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from pipeline.report import notice_answers
from pipeline.report.notice_answers import NoticeAnswers
from pipeline.terms.contract import ANSWERS

_MOST_NAMED: Final = 12


def told(answers: NoticeAnswers) -> str:
    """Return how many cases the notices ask for and how many are answered, in a sentence; '' where no district answers in its reports."""
    return counted(answers) if answers.is_used else ""


def counted(answers: NoticeAnswers) -> str:
    """Return the same whether or not any district answers there; '' where there is no notice."""
    counts = answers.counts
    if not counts.asked:
        return ""
    ended = f"，没有回复但不再督办{counts.settled}件" if counts.settled else ""
    replies = f"日报里回复过{counts.answered}件，没有回复{counts.unanswered}件{ended}"
    return (
        f"近{notice_answers.TOLD_DAYS}天的督办通知要求回复{counts.asked}件（同一案件只计一次），{replies}{_late(answers, counts.again)}。"
    )


def told_overdue(answers: NoticeAnswers) -> str:
    """Return the same where a case that still needs following up is past its reply date; '' where none is."""
    return told(answers) if answers.overdue else ""


def _late(answers: NoticeAnswers, again: int) -> str:
    late = answers.overdue
    if not late:
        return ""
    counts = Counter(case.newest.district for case in late)
    by = "、".join(f"{district}{counts[district]}" for district in answers.districts if counts[district])
    before = f"，其中{again}件以前回复过、这次没有" if again else ""
    return f"；还在督办、过了回复期限{len(late)}件（{by}）{before}"


def of_last(written: str, answers: NoticeAnswers) -> str:
    """Return what is answered of a district's last notice, for its next one; '' where its reports have no sheet for answers.

    It hangs on no other district: a notice stays as it is whatever others send (decision 11).
    """
    cases = answers.of_notice(written)
    if not cases or cases[0].district not in answers.with_sheet:
        return ""
    waiting = [case.case for case in cases if case.answer is None and not case.is_settled]
    settled = sum(case.answer is None and case.is_settled for case in cases)
    before = _answered_before(waiting, cases[0].district, answers)
    never = [case for case in waiting if not any(case in of_notice for of_notice in before.values())]
    earlier = "".join(f"，按更早的{notice}回复过、没有按它再回复{len(of)}件：{_named(of)}" for notice, of in before.items())
    rest = f"，没有回复：{_named(never)}" if never else ""
    ended = f"，没有回复但不再督办{settled}件" if settled else ""
    count = len(cases) - len(waiting) - settled
    return f"上次通知（{written}）{len(cases)}件，日报“{ANSWERS.name}”表里按它回复{count}件{ended}{earlier}{rest}。"


def _answered_before(cases: Iterable[str], district: str, answers: NoticeAnswers) -> dict[str, list[str]]:
    """Return those of the cases of which the district answered an earlier notice, by that notice: a new one every day hides no answer."""
    found: dict[str, list[str]] = {}
    for case in cases:
        if answer := answers.latest.get((district, case)):
            found.setdefault(answer.notice, []).append(case)
    return found


def _named(cases: Sequence[str]) -> str:
    return f"{'、'.join(cases[:_MOST_NAMED])}{f'等{len(cases)}件' if len(cases) > _MOST_NAMED else ''}"
