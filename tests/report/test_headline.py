"""The lines that come before everything else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.day.edit_effects import Effects
from pipeline.day.particulars import Edit
from pipeline.report import headline
from pipeline.report.figures import Bounds

if TYPE_CHECKING:
    from weeks import Published


def test_the_verdicts_come_first_then_what_is_asked_then_what_was_restated(published: Published) -> None:
    report = published("week-light").reports[3]
    lines = headline.lines(report)
    assert [name for name, _said in lines] == ["结论", "请决定", "更正"]
    verdicts, asked, restated = (said for _name, said in lines)
    assert verdicts == "自治区交办未达标，还差22件；市级交办和旗区自行梳理未达标，还差58件。"
    assert asked == "今日需要决策的事项共24件：群众不认可3件、超期未结21件。另有急报3件没有提出请求，请知悉。"
    assert restated == "本期是更正；5月20日市级交办和旗区自行梳理由7/69改为7/71。"
    quiet = replace(report, restated=(), is_correction=False)
    assert [name for name, _said in headline.lines(quiet)] == ["结论", "请决定"]
    by_noon = replace(quiet, overnight=report.restated[:1])
    assert headline.lines(by_noon)[-1] == ("更正", "5月20日市级交办和旗区自行梳理由7/69改为7/71。")
    edit = Effects(edits=(Edit("SJ-2020-001", "案由", "甲", "乙"),))
    assert headline.lines(replace(quiet, overnight_effects=edit))[-1] == ("更正", "以前日报里的案件内容有更正。")


def test_what_is_not_settled_is_provisional_with_the_reason(published: Published) -> None:
    report = published("week-light").reports[3]
    figure = report.targets[1]
    open_ends = Bounds(replace(figure.tally, resolved=0), replace(figure.tally, resolved=figure.tally.total), (("absent", ("东胜区",)),))
    submissions = (replace(report.submissions[0], status="missing"), *report.submissions[1:])
    day = replace(report, targets=(report.targets[0], replace(figure, bounds=open_ends)), submissions=submissions)
    assert headline.lines(day)[0] == (
        "结论",
        (
            "自治区交办未达标，还差22件；市级交办和旗区自行梳理暂计未达标，还差58件（东胜区没有日报，补报后结论可能改变）。"
            "东胜区今日没有日报，办理得怎样不知道，其案件沿用此前的情况。"
        ),
    )
    settled = replace(day, targets=report.targets)
    assert headline.lines(settled)[0][1].endswith("。东胜区今日没有日报，办理得怎样不知道，其案件沿用此前的情况。")
    silent = replace(settled, submissions=tuple(replace(line, status="missing") for line in report.submissions))
    assert headline.lines(silent)[0][1].endswith(
        "9个旗区今日都没有日报，今日的办理、认可、急报都不知道；以下沿用此前的报送，不是今日的情况。"
    )
