"""The headings of 专报's sections; the rest of what `unchanging` says is covered by test_briefing.py."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from weeks import WEEKS, Published

from pipeline.day.targets import Tally
from pipeline.render.papers import briefing, unchanging
from pipeline.report.case_lines import Change
from pipeline.report.report import Report


@pytest.mark.parametrize("name", WEEKS)
def test_whatever_became_disputed_on_a_day_is_counted_in_the_heading_and_named(name: str, published: Published) -> None:
    for before, report in pairwise(published(name).reports):
        came = {*report.flags["disputed"]} - {*before.flags["disputed"]}
        assert {change.number for change in report.changes if change.kind == "newly_disputed"} == came
        fields = briefing.fields(report)
        assert f"群众不认可{len(came)}件" in fields["小标题"]["变化"] or not came
        told = str(fields)
        assert all(number in told for number in came)
        assert f"；群众不认可{len(came)}件" in "".join([fields["变化"], *fields["台账"]]) or not came


@pytest.mark.parametrize(
    ("gained", "reopened", "disputed", "lost", "said"),
    [
        ("甲", "", "", "", "新化解1件"),
        ("", "甲", "乙", "甲乙", "重新办理1件，群众不认可1件"),
        ("甲", "", "乙", "乙", "新化解1件，群众不认可1件"),
        ("", "甲", "乙丙丁", "丁", "重新办理1件，群众不认可3件"),
        ("", "甲", "", "甲乙", "重新办理1件，另有不再计入化解1件"),
        ("", "", "", "乙", "不再计入化解1件"),
        ("", "", "", "", "没有新化解、重新办理的案件"),
    ],
)
def test_the_heading_of_the_changes_adds_no_case_up_twice(
    gained: str, reopened: str, disputed: str, lost: str, said: str, published: Published
) -> None:
    changes = tuple(Change("newly_disputed", number, "东胜区", "漏水", "已化解") for number in disputed)
    day = published("week-light").reports[3]
    changed = replace(day, newly_resolved=tuple(gained), reopened=tuple(reopened), no_longer_counted=tuple(lost), changes=changes)
    assert unchanging.texts(changed)["小标题"]["变化"] == f"三、今日{said}"


def test_the_headings_say_the_verdicts_what_became_overdue_and_what_nobody_knows(published: Published) -> None:
    day = published("week-light").reports[3]
    first, second = day.targets
    met, missed, none = Tally(100, 5, 5), Tally(100, 5, 4), Tally(100, 0, 0)

    def targets(*tallies: Tally) -> str:
        figures = (replace(figure, tally=tally, bounds=None) for figure, tally in zip((first, second), tallies, strict=True))
        said: str = _headings(replace(day, targets=tuple(figures)))["目标"]
        return said

    assert targets(missed, missed) == "一、各项目标都未达标"
    assert targets(met, missed) == f"一、{first.label}达标，{second.label}未达标"
    assert targets(none, missed) == f"一、{first.label}没有案件，{second.label}未达标"
    still = replace(day, newly_resolved=(), reopened=(), no_longer_counted=(), counted_again=(), changes=())
    late = tuple(Change("newly_overdue", number, "东胜区", "漏水", "办理中") for number in "甲乙")
    assert _headings(replace(still, changes=late))["变化"] == "三、今日新超期2件"
    assert _headings(replace(still, newly_resolved=("丙",), changes=late))["变化"] == "三、今日新化解1件；新超期2件"
    silent = tuple(replace(line, status="missing") for line in day.submissions)
    assert _headings(replace(still, submissions=silent))["变化"] == "三、没有旗区报送，今日有没有变化不知道"
    one = (replace(day.submissions[0], status="missing"), *day.submissions[1:])
    assert _headings(replace(still, submissions=one))["变化"] == "三、采用的日报里没有新化解、重新办理的案件"


def _headings(report: Report) -> dict[str, str]:
    headings: dict[str, str] = unchanging.texts(report)["小标题"]
    return headings
