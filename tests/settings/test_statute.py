"""The clocks' rules in config.yaml: the program's own are its defaults, and what cannot hold is refused with its line. Covers `statute`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from offices import CONFIG, SETTINGS, assigned, consolidate
from workbook_days import opened, rows
from workbooks import DAY, assignment

from pipeline.render.workbook import office_workbook
from pipeline.settings import meanings
from pipeline.settings.config import load
from pipeline.settings.statute import Statute
from pipeline.terms.errors import ConfigurationError

WRITTEN = CONFIG.read_text(encoding="utf-8")
OBJECTION = "    - {clock: objection,  days: 5, unit: working-day, from: 2022-05-01, article: 《信访工作条例》第二十三条}"


def test_an_office_whose_settings_are_older_has_the_rules_that_the_programs_own_settings_have() -> None:
    assert SETTINGS.statute == Statute()
    assert [(rule.clock, rule.days, rule.unit, rule.since.year) for rule in SETTINGS.statute.rules] == [
        ("acceptance", 15, "day", 2005),
        ("conclusion", 60, "day", 2005),
        ("extension", 30, "day", 2005),
        ("acceptance", 15, "day", 2022),
        ("objection", 5, "working-day", 2022),
        ("conclusion", 60, "day", 2022),
        ("extension", 30, "day", 2022),
    ]


def test_of_each_clock_the_last_rule_that_is_not_after_its_start_holds() -> None:
    held = SETTINGS.statute.rule
    assert held("acceptance", date(2005, 4, 30)) is None
    assert [held("conclusion", day).article for day in (date(2022, 4, 30), date(2022, 5, 1)) if held("conclusion", day)] == [  # type: ignore[union-attr]
        "《信访条例》第三十三条",
        "《信访工作条例》第三十四条",
    ]
    assert held("objection", date(2022, 4, 30)) is None


@pytest.mark.parametrize(
    ("old", "new", "at", "said"),
    [
        ("clock: objection,  days", "clock: objektion, days", "objektion", "没有“objektion”这种期限，只有：acceptance（受理）"),
        ("unit: working-day", "unit: workday", "unit: workday", "没有“workday”这种单位，只有：day（天）、working-day（工作日）"),
        ("days: 5, unit", "days: 0, unit", "days: 0", "数值太小，最小是 1"),
        ("days: 5, unit", "dayz: 5, unit", "dayz", "没有这个设置项"),
        ("from: 2022-05-01, article: 《信访工作条例》第三十四条", "from: 2022-05-32, article: 某条", "05-32", "没有 2022-05-32 这一天"),
        ("article: 《信访工作条例》第三十四条", 'article: ""', 'article: ""', "不能为空"),
        (OBJECTION, OBJECTION.replace("2022-05-01", "2020-05-01"), "2020-05-01", "应按日期先后写，2020-05-01 早于上一项的 2022-05-01"),
        (OBJECTION, f"{OBJECTION}\n{OBJECTION.replace('days: 5', 'days: 6')}", "days: 6,", "objection 从 2022-05-01 起的规定写了两次"),
        ("days: 30, unit: day,", "days: 30, unit: working-day,", "days: 30, unit: working-day", "extension 只能按 day"),
        (
            "    - {clock: acceptance, days: 15, unit: day, from: 2005-05-01, article: 《信访条例》第二十一条}\n",
            "",
            "conclusion",
            "要有同一天",
        ),
        ("serious_days: 10", "serious_days: 0", "serious_days: 0", "数值太小，最小是 1"),
    ],
)
def test_a_rule_that_cannot_hold_is_refused_with_its_line(tmp_path: Path, old: str, new: str, at: str, said: str) -> None:
    assert old in WRITTEN
    path = tmp_path / "config.yaml"
    path.write_text(WRITTEN.replace(old, new, 1), encoding="utf-8")
    begins = next(n for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if line.startswith("statute:"))
    lines = path.read_text(encoding="utf-8").splitlines()[begins - 1 :]
    line = begins + next(n for n, text in enumerate(lines) if at in text and not text.lstrip().startswith("#"))
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    assert f"第 {line} 行" in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
def test_an_office_may_have_no_clocks_at_all() -> None:
    without = SETTINGS.model_copy(update={"statute": Statute(rules=())})
    day = consolidate([assigned(assignment())], [DAY], without)[DAY]
    assert day.beyond["clocks"]["cases"]["SJ-2020-001"] == {"acceptance": None, "objection": None, "conclusion": None}
    assert day.report.beyond.clocks_counted == ""
    heads, *shown = rows(opened(office_workbook.render(day.report)), "法定期限", first=3)
    assert {row[heads.index("最紧的")] for row in shown} == {None}


def test_the_guide_and_the_settings_page_say_a_rule_in_words() -> None:
    shown = next(setting for setting in meanings.of_file() if setting.name == "statute.rules")
    assert shown.value.startswith("受理15天（自 2005-05-01，《信访条例》第二十一条）、办结60天")
    assert "提出异议5个工作日（自 2022-05-01，《信访工作条例》第二十三条）" in shown.value
    assert "from 是从哪天起" in shown.meaning
