"""`changes` in config.yaml: what holds on which day, what it makes of a day, and what is refused with its line."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path

import pytest
from offices import CONFIG, assigned, consolidate, handed_in
from read_by_leaders import told
from workbooks import assignment, case_row, progress_row, report, resolved_row

from pipeline.settings import rules
from pipeline.settings.config import Settings, load
from pipeline.terms.errors import ConfigurationError

WRITTEN = CONFIG.read_text(encoding="utf-8")
DAY = date(2020, 5, 21)
BEFORE = DAY - timedelta(days=1)
CITY, REGION = "市级交办和旗区自行梳理", "自治区交办"
GROUPS = "[{name: 自治区交办, sources: [自治区交办], target_percent: 100}, {name: %s, sources: [%s], target_percent: %d}]"
USUAL = GROUPS % (CITY, "市级交办, 旗区自行梳理", 90)
EIGHTY = GROUPS % (CITY, "市级交办, 旗区自行梳理", 80)


def _written(tmp_path: Path, changes: str, **others: str) -> Path:
    text = WRITTEN.replace("changes: []", "changes:" + changes)
    for name, value in others.items():
        start = text.index(f"\n{name}: ") + 1
        text = text[:start] + f"{name}: {value}" + text[text.index("\n", start) :]
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def _settings(tmp_path: Path, *changes: str, **others: str) -> Settings:
    return load(_written(tmp_path, "".join(f"\n  - {{{change}}}" for change in changes) or " []", **others))


# --- what holds on which day -------------------------------------------------------------------------------------


def test_each_part_that_is_named_takes_the_place_of_the_one_before_from_that_day_on(tmp_path: Path) -> None:
    settings = _settings(tmp_path, f"from: {DAY}, groups: {EIGHTY}", "from: 2020-06-01, windows: {stalled_days: 7}")
    percents = [settings.on(day).groups[1].target_percent for day in (date.min, BEFORE, DAY, date(2020, 6, 1), date.max)]
    assert percents == [90, 90, 80, 80, 80]
    windows = [settings.on(day).windows for day in (DAY, date(2020, 5, 31), date(2020, 6, 1))]
    assert [window.stalled_days for window in windows] == [5, 5, 7]
    assert {window.due_soon_days for window in windows} == {3}, "what a change does not name stays"


def test_another_agencys_code_holds_from_a_day_on_and_days_published_before_there_was_one_keep_their_numbers(tmp_path: Path) -> None:
    settings = _settings(tmp_path, f"from: {DAY}, notices: {{code: 市建督}}")
    assert [settings.on(day).notices.code for day in (BEFORE, DAY)] == ["市住建督", "市建督"]
    assert {settings.on(day).notices.reply_days for day in (BEFORE, DAY)} == {5}
    kept = settings.on(DAY).rules.as_json()
    assert rules.Rules.from_json(kept) == settings.on(DAY).rules
    older = rules.Rules.from_json({name: part for name, part in kept.items() if name != "notices"})
    assert older
    assert rules.overruled(older, settings.on(BEFORE).rules, frozenset()).notices.code == "督办"
    assert rules.overruled(older, settings.on(DAY).rules, settings.named_on(DAY)).notices.code == "市建督"


def test_what_held_on_a_day_still_knows_the_other_days(tmp_path: Path) -> None:
    settings = _settings(tmp_path, f"from: {DAY}, groups: {EIGHTY}")
    assert settings.on(DAY).on(BEFORE).groups == settings.groups
    assert settings.on(BEFORE).on(DAY) == settings.on(DAY)


def test_what_was_worked_out_from_the_groups_is_that_of_the_day(tmp_path: Path) -> None:
    one = "[{name: 全部, sources: [自治区交办, 市级交办, 旗区自行梳理], target_percent: 95}]"
    settings = _settings(tmp_path, f"from: {DAY}, groups: {one}")
    assert settings.group_of_source["市级交办"].name == CITY
    assert settings.on(DAY).group_of_source["市级交办"].name == "全部"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("from: 2020-06-01", "没有写从这一天起改什么"),
        ("from: 6月1日, windows: {stalled_days: 7}", "from：应为日期"),
        ("from: 2020-06-31, windows: {stalled_days: 7}", "from：没有 2020-06-31 这一天"),
        ("windows: {stalled_days: 7}", "from：缺少这一项"),
        ("from: 2020-06-01, limits: {cells: 5000}", "limits：没有这个设置项"),
        ("from: 2020-06-01, windows: {stalled: 7}", "windows.stalled：没有这个设置项"),
        ("from: 2020-06-01, windows: {stalled_days: -1}", "数值太小"),
        ("from: 2020-05-01, windows: {stalled_days: 8}", "应按日期先后写，2020-05-01 早于上一项的 2020-05-21"),
        ("from: 2020-05-21, windows: {stalled_days: 8}", "2020-05-21 写了两次"),
        (f"from: 2020-06-01, groups: {GROUPS % (CITY, '市级交办', 90)}", "案件来源“旗区自行梳理”不属于任何分组"),
        (f"from: 2020-06-01, groups: {GROUPS % (CITY, '市级交办, 旗区自行梳理, 国家交办', 90)}", "没有“国家交办”这种案件来源"),
        ("from: 2020-06-01, calendar: {timezone: Asia/Tokyo}", "时区不能从某一天起改"),
        ('from: 2020-06-01, calendar: {cut_off: "25:00"}', "没有 25:00 这个时刻"),
    ],
)
def test_a_change_that_cannot_hold_is_refused_with_its_line(tmp_path: Path, change: str, sentence: str) -> None:
    path = _written(tmp_path, f"\n  - {{from: {DAY}, windows: {{stalled_days: 7}}}}\n  - {{{change}}}")
    with pytest.raises(ConfigurationError, match=sentence) as caught:
        load(path)
    line = path.read_text(encoding="utf-8").splitlines().index(f"  - {{{change}}}") + 1
    assert f"第 {line} 行，changes.1" in str(caught.value)


def test_a_reminder_comes_before_every_cut_off_there_will_be(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="reminder_at：应早于截止时间 16:00"):
        _settings(tmp_path, 'from: 2020-06-01, calendar: {cut_off: "16:00"}', outgoing_mail="{host: h, sender: a@example.com}")


# --- what it makes of a day --------------------------------------------------------------------------------------

CASES = [case_row(f"SJ-2020-{number:03}") for number in range(1, 11)]
"""Ten, of which eight are resolved: 80 %."""
FILES = (
    assigned(assignment([*CASES, case_row("ZZQ-2020-001")])),
    handed_in(
        report(day=BEFORE, progress=[resolved_row(f"SJ-2020-{n:03}", 答复日期="2020-05-19") for n in range(1, 9)]), "2020-05-20 16:00"
    ),
    handed_in(report(day=DAY, progress=[progress_row("SJ-2020-009")]), "2020-05-21 16:30"),
)


def test_a_target_that_holds_from_a_day_on_leaves_the_days_before_as_they_were(tmp_path: Path) -> None:
    read = told(FILES, [BEFORE, DAY], _settings(tmp_path, f"from: {DAY}, groups: {EIGHTY}"))
    missed, met = (read[day].summary["targets"][1] for day in (BEFORE, DAY))
    assert (missed["target_percent"], missed["met"], missed["shortfall"]) == (90, False, 1)
    assert (met["target_percent"], met["met"], met["shortfall"]) == (80, True, 0)
    assert [tallies[CITY].target_percent for _day, tallies in read[DAY].report.trend] == [90, 80]
    for text in read[BEFORE].both:
        assert "90%" in text
        assert "80%的目标" not in text
        assert "（目标80%）" not in text
    for text in read[DAY].both:
        assert "自5月21日起，市级交办和旗区自行梳理的目标由90%改为80%" in text
        assert "暂计达标（目标80%）" in text  # eight districts are silent


def test_a_new_rule_is_told_on_its_first_day_alone(tmp_path: Path) -> None:
    settings = _settings(tmp_path, f'from: {BEFORE}, windows: {{stalled_days: 7}}, calendar: {{cut_off: "16:00"}}')
    first, second = told(FILES, [BEFORE, DAY], settings).values()
    for text in first.both:
        assert "自5月20日起，停滞的天数由5天改为7天；当日报送截止时间由17:00改为16:00。" in text
    for text in second.both:
        assert "改为" not in text


def test_lateness_is_judged_by_what_held_on_the_reports_day(tmp_path: Path) -> None:
    settings = _settings(tmp_path, f'from: {DAY}, calendar: {{cut_off: "16:00"}}')
    days = consolidate(FILES, [BEFORE, DAY], settings)
    assert [days[day].submission()["status"] for day in (BEFORE, DAY)] == ["on-time", "late"]
    assert [len(days[day].of("late")) for day in (BEFORE, DAY)] == [0, 1]
    assert settings.on(BEFORE).calendar.cut_off == time(17)


def test_flags_are_raised_by_what_held_on_the_day(tmp_path: Path) -> None:
    change = f"from: {DAY}, windows: {{stalled_days: 40}}"
    usual, longer = consolidate(FILES, [DAY])[DAY], consolidate(FILES, [DAY], _settings(tmp_path, change))[DAY]
    assert "SJ-2020-010" in usual.summary["flags"]["stalled"]
    assert longer.summary["flags"]["stalled"] == []


def test_until_when_an_earlier_day_was_known_follows_that_days_rule(tmp_path: Path) -> None:
    late = handed_in(report("达拉特旗", BEFORE, progress=[]), "2020-05-21 10:00")
    settings = _settings(tmp_path, f'from: {BEFORE}, calendar: {{correction_after: "09:00"}}')
    usual = consolidate([*FILES, late], [BEFORE])[BEFORE].report
    assert (usual.is_correction, consolidate([*FILES, late], [BEFORE], settings)[BEFORE].report.is_correction) == (False, True)


def _groups(*groups: str) -> str:
    """Groups without a target of their own, each written as `name: source, source`."""
    parts = [group.partition(": ") for group in groups]
    return "[" + ", ".join(f"{{name: {name}, sources: [{sources}], target_percent: 90}}" for name, _colon, sources in parts) + "]"


@pytest.mark.parametrize(
    ("groups", "before", "step"),
    [
        (_groups("自治区交办: 自治区交办", "其余: 市级交办, 旗区自行梳理"), 10, {}),
        (_groups("自治区交办: 自治区交办", "自行梳理: 旗区自行梳理", "其余: 市级交办"), 0, {"regrouped": 10}),
        (_groups("自治区交办: 自治区交办, 市级交办", "自行梳理: 旗区自行梳理"), 1, {"regrouped": 10}),
    ],
    ids=["renamed", "split", "merged"],
)
def test_figures_follow_from_yesterdays_where_the_groups_change(tmp_path: Path, groups: str, before: int, step: dict[str, int]) -> None:
    read = told(FILES, [BEFORE, DAY], _settings(tmp_path, f"from: {DAY}, groups: {groups}"))
    bridge = max(read[DAY].report.bridges, key=lambda bridge: bridge.total)
    assert bridge.total_before == before
    assert {step.kind: step.change for step in bridge.total_steps} == step
    assert bridge.total_before + sum(step.change for step in bridge.total_steps) == bridge.total
    assert bridge.resolved_before + sum(step.change for step in bridge.resolved_steps) == bridge.resolved == 8
    for text in read[DAY].both:
        assert "自5月21日起，考核分组改为：自治区交办" in text
    is_same_group = not step
    assert [bridge.group in tallies for _day, tallies in read[DAY].report.trend] == [is_same_group, True]


# --- sources and categories --------------------------------------------------------------------------------------


def test_a_source_is_added_without_touching_the_code(tmp_path: Path) -> None:
    sources = "[国家交办, 自治区交办, 市级交办, 旗区自行梳理]"
    text = _written(tmp_path, " []", sources=sources).read_text(encoding="utf-8")
    start = text.index("\ngroups:\n")
    groups = _groups("上级交办: 国家交办, 自治区交办", "其余: 市级交办, 旗区自行梳理")
    (tmp_path / "config.yaml").write_text(text[:start] + "\ngroups: " + groups + text[text.index("\n\n", start) :], encoding="utf-8")
    national = case_row("GJ-2020-001", 案件来源="国家交办")
    files = (assigned(assignment([*CASES, case_row("ZZQ-2020-001"), national])), *FILES[1:])
    read = told(files, [DAY], load(tmp_path / "config.yaml"))[DAY]
    assert [line["source"] for line in read.summary["by_source"]] == ["国家交办", "自治区交办", "市级交办", "旗区自行梳理"]
    assert [line["total"] for line in read.summary["by_source"]] == [1, 1, 10, 0]
    assert read.summary["targets"][0]["total"] == 2
    assert "国家交办" in read.page
    assert consolidate(files, [DAY])[DAY].of("not-in-list")[0].message.endswith("只能是：市级交办、旗区自行梳理。")


def test_only_the_categories_of_the_settings_are_taken(tmp_path: Path) -> None:
    settings = _settings(tmp_path, categories="[房地产开发, 供热供水]")
    water = case_row("SJ-2020-020", 问题类别="供热供水")
    day = consolidate([assigned(assignment([*CASES, water, case_row("SJ-2020-021", 问题类别="物业服务")]))], [DAY], settings)[DAY]
    assert [(line["category"], line["total"]) for line in day.summary["by_category"]] == [("房地产开发", 10), ("供热供水", 1)]
    assert [finding.value for finding in day.of("not-in-list")] == ["物业服务"]
