"""The levels above the districts: the tree that config.yaml makes, and what is refused of it with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from offices import CONFIG, SETTINGS
from provinces import PROVINCE, written

from pipeline.settings.config import load
from pipeline.settings.units import Tree
from pipeline.terms.errors import ConfigurationError


def test_without_units_the_districts_lie_directly_under_the_office() -> None:
    assert not SETTINGS.tree
    assert SETTINGS.tree.children() == SETTINGS.district_names
    assert SETTINGS.tree.word() == "旗区"
    assert SETTINGS.tree.child_of("东胜区") == "东胜区"


def test_a_province_has_its_prefectures_and_they_their_districts() -> None:
    tree = PROVINCE.tree
    assert tree.children() == ("甲市", "乙市", "丙市")
    assert tree.children("甲市") == ("甲一区", "甲二县", "甲三县")
    assert tree.children("丙市") == ("丙北片", "丙三县")
    assert tree.districts("丙市") == ("丙一区", "丙二县", "丙三县")
    assert tree.districts("丙三县") == ("丙三县",)
    assert [*tree.in_order()] == ["甲市", "乙市", "丙市", "丙北片"]
    assert tree.way("丙二县") == ("丙市", "丙北片", "丙二县")
    assert (tree.child_of("丙二县"), tree.child_of("丙二县", "丙市"), tree.child_of("甲一区", "丙市")) == ("丙市", "丙北片", "")


def test_what_lies_below_is_called_by_one_word() -> None:
    assert (PROVINCE.tree.word(), PROVINCE.tree.word("甲市"), PROVINCE.tree.word("丙市")) == ("盟市", "旗区", "单位")


def test_the_settings_of_a_unit_have_its_districts_and_the_levels_between() -> None:
    own = PROVINCE.of_unit("丙市")
    assert own.district_names == ("丙一区", "丙二县", "丙三县")
    assert own.way == ("丙市",)
    assert own.tree.children() == ("丙北片", "丙三县")
    assert own.of_unit("丙北片").way == ("丙市", "丙北片")
    assert own.of_unit("丙北片").tree == Tree(leaves=(("丙一区", None), ("丙二县", None)))


def test_the_settings_of_a_unit_hold_by_day_as_the_offices_do(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(written().replace("changes: []", "changes: [{from: 2020-05-20, windows: {stalled_days: 9}}]"), encoding="utf-8")
    office = load(path)
    own = office.on(date(2020, 5, 21)).of_unit("甲市")
    assert [own.on(date(2020, 5, day)).windows.stalled_days for day in (19, 20)] == [5, 9]
    assert own.on(date(2020, 5, 20)).way == ("甲市",)
    assert own.on(date(2020, 5, 20)).district_names == ("甲一区", "甲二县", "甲三县")
    then = office.keeping({date(2020, 5, 18): office.on(date(2020, 5, 20)).rules}).of_unit("甲市")
    assert then.on(date(2020, 5, 18)).windows.stalled_days == 9
    assert then.on(date(2020, 5, 18)).district_names == ("甲一区", "甲二县", "甲三县")


@pytest.mark.parametrize(
    ("old", "new", "line_with", "sentence"),
    [
        ("- {name: 甲市, level: 盟市}", "- {name: 甲市, parent: 丁省}", "parent: 丁省", "units 里没有“丁省”这个单位"),
        ("name: 甲一区, parent: 甲市", "name: 甲一区, parent: 丁市", "parent: 丁市", "units 里没有“丁市”这个单位"),
        ("name: 甲一区, parent: 甲市", "name: 甲一区", "name: 甲一区", "甲一区没有写 parent：用了 units，每个旗区都要写它在哪个单位下面"),
        ("- {name: 甲市, level: 盟市}", "- {name: 甲市}\n  - {name: 甲市}", "- {name: 甲市}", "“甲市”写了两次"),
        ("- {name: 甲市, level: 盟市}", "- {name: 甲市, aliases: [乙一区]}", "aliases: [乙一区]", "“乙一区”同时指乙一区和甲市"),
        (
            "- {name: 甲市, level: 盟市}",
            "- {name: 甲市}\n  - {name: 丁市}",
            "name: 丁市",
            "“丁市”下面没有旗区：请给属于它的旗区写 parent，或删去它",
        ),
        ("- {name: 丙市, level: 盟市}", "- {name: 丙市, parent: 丙北片}", "parent: 丙北片", "上下级绕成了一圈：丙市→丙北片→丙市"),
        ("- {name: 甲市, level: 盟市}", "- {name: 甲/市}", "甲/市", "不能用作文件夹的名称"),
        (
            "name: 乙一区, parent: 乙市",
            "name: 甲一区, parent: 乙市",
            "name: 甲一区, parent: 乙市",
            "两个旗区都叫“甲一区”：请写全称，如 乙市甲一区",
        ),
    ],
)
def test_what_is_no_tree_is_refused_with_its_line(tmp_path: Path, old: str, new: str, line_with: str, sentence: str) -> None:
    assert old in written()
    path = tmp_path / "config.yaml"
    path.write_text(written().replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        load(path)
    lines = [number for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if line_with in line]
    assert sentence in str(refused.value)
    assert f"第 {lines[-1]} 行" in str(refused.value)


def test_districts_without_levels_have_no_parent(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG.read_text(encoding="utf-8").replace("name: 东胜区, ", "name: 东胜区, parent: 甲市, ", 1), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="units 里没有“甲市”这个单位"):
        load(path)


def test_an_alias_names_the_parent_too(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    changed = written().replace("- {name: 甲市, level: 盟市}", "- {name: 甲市, aliases: [甲], level: 盟市}")
    path.write_text(changed.replace("name: 甲一区, parent: 甲市", "name: 甲一区, parent: 甲"), encoding="utf-8")
    assert load(path).tree.way("甲一区") == ("甲市", "甲一区")
