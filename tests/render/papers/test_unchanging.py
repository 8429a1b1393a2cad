"""The headings of 专报's sections; the rest of what `unchanging` says is covered by test_briefing.py."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from weeks import WEEKS, Published

from pipeline.render.papers import briefing, unchanging
from pipeline.report.case_lines import Change


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
    ],
)
def test_the_heading_of_the_changes_adds_no_case_up_twice(
    gained: str, reopened: str, disputed: str, lost: str, said: str, published: Published
) -> None:
    changes = tuple(Change("newly_disputed", number, "东胜区", "漏水", "已化解") for number in disputed)
    day = published("week-light").reports[3]
    changed = replace(day, newly_resolved=tuple(gained), reopened=tuple(reopened), no_longer_counted=tuple(lost), changes=changes)
    assert unchanging.texts(changed)["小标题"]["变化"] == f"三、今日{said}"
