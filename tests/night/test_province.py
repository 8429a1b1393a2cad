"""A night of a made-up province: three prefectures with three districts each, of which one has a level between."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import provinces
import pytest
import workbooks
from offices import Office, only, tree
from provinces import DISTRICTS, FIRST, LAST, MOVED, SECOND, lay
from read_by_leaders import paper_text
from weeks import CASES, DAYS, WEEKS

from pipeline.ledger import editions
from pipeline.ledger.ledger import Ledger
from pipeline.night import nightly
from pipeline.office import explanation
from pipeline.office.explanation import FigureExplained
from pipeline.publishing import held_days, told_editions
from pipeline.render.documents import FIGURES
from pipeline.settings.config import load
from pipeline.settings.units import Unit
from pipeline.terms.errors import ConfigurationError
from pipeline.upkeep import repair


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Office:
    office = lay(tmp_path_factory.mktemp("province"))
    office.run(FIRST, SECOND, LAST)
    return office


def _summary(office: Office, folder: str) -> dict[str, Any]:
    summary: dict[str, Any] = json.loads((office.outbox / LAST.isoformat() / folder / "summary.json").read_bytes())
    return summary


def test_every_level_has_a_folder_with_figures_of_its_own_in_the_contracts_form(province: Office) -> None:
    whole = province.summary(LAST)
    names = {path for path in tree(province.outbox / LAST.isoformat()) if path.startswith("单位/")}
    assert names == {f"单位/{way}/summary.json" for way in ("甲市", "乙市", "丙市", "丙市/丙北片")}
    parts = [_summary(province, f"单位/{name}") for name in ("甲市", "乙市", "丙市")]
    for at, target in enumerate(whole["targets"]):
        for key in ("total", "resolved"):
            assert target[key] == sum(part["targets"][at][key] for part in parts)
    assert all(part.keys() == whole.keys() for part in parts)
    assert {**parts[0]["cases"], **parts[1]["cases"], **parts[2]["cases"]} == whole["cases"]
    assert [entry["district"] for entry in whole["by_district"][:9]] == [*DISTRICTS]
    assert [entry["district"] for entry in _summary(province, "单位/丙市/丙北片")["submissions"]] == ["丙一区", "丙二县"]


def test_extensions_have_every_unit_with_its_folder(province: Office) -> None:
    folder = province.outbox / LAST.isoformat()
    units = json.loads((folder / "extensions.json").read_bytes())["units"]
    assert [(entry["unit"], entry["parent"], entry["folder"]) for entry in units] == [
        ("甲市", None, "单位/甲市"),
        ("乙市", None, "单位/乙市"),
        ("丙市", None, "单位/丙市"),
        ("丙北片", "丙市", "单位/丙市/丙北片"),
    ]
    for entry in units:
        own = _summary(province, entry["folder"])
        assert [target["resolved"] for target in entry["targets"]] == [target["resolved"] for target in own["targets"]]
        assert entry["overdue"] == len(own["flags"]["overdue"])
        assert entry["reported"] == sum(line["status"] != "missing" for line in own["submissions"])
    assert json.loads((folder / "manifest.json").read_bytes())["rules"]["units"]["丙北片"] == ["丙一区", "丙二县"]


def test_a_second_night_finds_everything_as_it_stands(province: Office) -> None:
    before = province.everything()
    assert province.run(FIRST, SECOND, LAST).written.published == []
    assert province.everything() == before


def test_explain_tells_the_cases_behind_a_units_figure(province: Office) -> None:
    explained = explanation.explain("市级交办和旗区自行梳理/乙市", province.settings, LAST)
    assert isinstance(explained, FigureExplained)
    target = _summary(province, "单位/乙市")["targets"][1]
    assert (explained.tally.total, explained.tally.resolved, explained.kind) == (target["total"], target["resolved"], "单位")
    assert MOVED in [case.number for case in explained.cases]
    assert {case.district for case in explained.cases} == {"乙一区", "乙二县", "乙三县"}
    with pytest.raises(ConfigurationError, match="单位 甲市、乙市、丙市、丙北片"):
        explanation.explain("自治区交办/丁市", province.settings, LAST)


def test_of_what_waits_the_districts_are_named_whose_it_is(tmp_path: Path) -> None:
    office = lay(tmp_path)
    office.run(LAST)
    office.put(workbooks.report("甲二县", LAST, progress=[]), "再.xlsx", f"{LAST}T16:40:00+08:00")
    explained = explanation.explain("自治区交办/甲市", office.settings, LAST)
    assert explained.waits == "收件箱里还有 甲二县的 1 份日报等待收取，没有算在这里。"


@pytest.mark.parametrize("week", WEEKS)
def test_a_sample_week_under_levels_is_parted_without_rest(tmp_path: Path, week: str) -> None:
    """Whatever districts do wrong, withdraw and correct: every figure, list and restatement of the whole is that of its units."""
    office = Office(tmp_path)
    shutil.copytree(CASES / week / "inbox", office.inbox, dirs_exist_ok=True)
    parents = ("甲", "甲", "甲", "乙", "乙", "乙", "丙北", "丙北", "丙")
    placed = tuple(own.model_copy(update={"parent": parent}) for own, parent in zip(office.settings.districts, parents, strict=True))
    units = (Unit(name="甲"), Unit(name="乙"), Unit(name="丙"), Unit(name="丙北", parent="丙"))
    office.settings = office.settings.model_copy(update={"units": units, "districts": placed})
    office.run(*DAYS)
    for day in DAYS:
        whole = office.summary(day)
        parts = [json.loads((office.outbox / day.isoformat() / "单位" / name / "summary.json").read_bytes()) for name in "甲乙丙"]
        for at, target in enumerate(whole["targets"]):
            own = [part["targets"][at] for part in parts]
            assert (target["total"], target["resolved"]) == (_sum(own, "total"), _sum(own, "resolved"))
            assert target["unmoved"]["resolved"] == _sum([each["unmoved"] for each in own], "resolved")
            assert all(count == _sum([each["confirmation"] for each in own], answer) for answer, count in target["confirmation"].items())
        for kind in ("flags", "changes"):
            assert all(_sorted(listed) == _sorted(*(part[kind][name] for part in parts)) for name, listed in whole[kind].items())
        assert [line for part in parts for line in part["submissions"]] == whole["submissions"]
        assert _sorted(*(part["by_district"] for part in parts)) == _sorted(whole["by_district"])
        assert _restated_cases([whole]) == _restated_cases(parts)


def _sum(parts: Sequence[dict[str, Any]], key: str) -> int:
    return sum(part[key] for part in parts)


def _sorted(*lists: Sequence[object]) -> list[str]:
    return sorted(str(entry) for listed in lists for entry in listed)


def _restated_cases(summaries: Sequence[dict[str, Any]]) -> dict[tuple[str, str, str], list[str]]:
    """The cases behind each restatement, by day, group and kind."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for entry in (entry for summary in summaries for entry in summary["restated"]):
        for kind in ("entered", "left", "newly_counted", "no_longer_counted"):
            numbers = found.setdefault((entry["day"], entry["group"], kind), [])
            numbers += entry[kind]
            numbers.sort()
    return found


def test_a_district_that_is_given_to_another_unit_is_told_with_the_figures_and_a_rewritten_day_tells_it(tmp_path: Path) -> None:
    office = lay(tmp_path)
    office.run(FIRST, SECOND, LAST)
    stood = _summary(office, "单位/甲市")["targets"][0]
    own = [district.model_copy(update={"parent": "乙市"} if district.name == "甲三县" else {}) for district in office.settings.districts]
    office.settings = office.settings.model_copy(update={"districts": tuple(own)})
    told = "\n".join(held_days.told(office.run(LAST).held_back))
    assert "config.yaml 里的旗区之上的级别（units、旗区的 parent）有变动" in told
    assert f"按现在的规则，{LAST} 会不同的：甲市的旗区（旗区之上的级别改了）：去掉甲三县" in told
    assert f"甲市（自治区交办）：已化解/总数 {stood['resolved']}/{stood['total']} → " in told
    assert "数字、法定期限（最后一天和状态）和核查提示都相同" not in told
    nightly.run(office.settings, [LAST], documents=only("briefing"), rewriting=[LAST])
    folder = office.outbox / str(LAST)
    gave, got, other = (paper_text(next((folder / "单位" / unit).glob("*.docx"))) for unit in ("甲市", "乙市", "丙市"))
    assert "旗区之上的级别与初次发布时不同：甲三县不再归甲市；数字、走势都按现在的级别。" in gave
    assert f"按那时的旗区，自治区交办{stood['resolved']}/{stood['total']}，" in gave
    assert "旗区之上的级别与初次发布时不同：甲三县由甲市改归乙市；" in got
    assert "旗区之上的级别" not in other
    with Ledger(office.settings.paths.ledger) as ledger:
        before, edition = editions.held_of_day(ledger, LAST)
    found = told_editions.changes(before, edition, office.settings.paths.editions)
    assert found
    assert "甲市的旗区（旗区之上的级别改了）：去掉甲三县" in found.figures
    then, now = (told_editions.of_unit(each, "单位/甲市", office.settings.paths.editions) for each in (before, edition))
    of_city = told_editions.changes(then, now, office.settings.paths.editions)
    assert of_city
    assert [line for line in of_city.figures if "级别" in line] == ["甲市的旗区（旗区之上的级别改了）：去掉甲三县"]
    assert not any("乙市" in line for line in of_city.figures)


def test_an_office_that_gets_levels_later_keeps_its_published_days(tmp_path: Path) -> None:
    office = lay(tmp_path)
    plain = office.settings.model_copy(
        update={"units": (), "districts": tuple(own.model_copy(update={"parent": None}) for own in office.settings.districts)}
    )
    settings, office.settings = office.settings, plain
    office.run(FIRST, SECOND)
    before = office.everything()
    office.settings = settings
    office.run(LAST)
    after = office.everything()
    assert {name: content for name, content in after.items() if not name.startswith(LAST.isoformat())} == before
    assert f"{LAST}/单位/甲市/summary.json" in after


def _rename(office: Office, folder: Path, *, moved: str = "") -> None:
    """Write the settings with 乙市 as 新乙市, and with that district in 丙市 where one is named."""
    config = provinces.written().replace("name: 乙市,", "name: 新乙市,").replace("parent: 乙市", "parent: 新乙市")
    if moved:
        config = re.sub(f"(name: {moved},.*parent: )新乙市", r"\1丙市", config)
    (folder / "config.yaml").write_text(config, encoding="utf-8")
    office.settings = load(folder / "config.yaml")


def test_a_unit_with_another_name_is_known_by_its_districts_on_covers_and_after_a_repair(tmp_path: Path) -> None:
    office = lay(tmp_path)
    office.run(SECOND)
    office.put(
        workbooks.report("乙市乙二县", LAST, progress=[workbooks.resolved_row("ZZQ-2020-026")]), "又报.xlsx", f"{LAST}T16:50:00+08:00"
    )
    _rename(office, tmp_path)
    nightly.run(office.settings, [LAST], documents=only("briefing"))
    came = next(line for line in office.summary(LAST)["submissions"] if line["district"] == "乙二县")
    assert came["status"] == "on-time"
    said = [paper_text(next((office.outbox / str(LAST) / place).glob("*.docx"))) for place in ("", "单位/新乙市", "单位/甲市")]
    assert ["新乙市原名乙市，旗区照旧。" in paper for paper in said] == [True, True, False]
    before = {day: office.summary(day) for day in (SECOND, LAST)}
    office.settings.paths.ledger.unlink()
    repaired = repair.repair(office.settings, documents=only("briefing"))
    assert repaired.figures.is_sound, repaired.figures.problems
    assert {day: office.summary(day) for day in before} == before


def test_a_repair_without_the_ledger_names_the_figures_that_came_out_otherwise_and_is_not_well(tmp_path: Path) -> None:
    """A unit has another name and one district less meanwhile, so that nobody knows it: covers that were taken are not."""
    office = lay(tmp_path)
    office.put(
        workbooks.report("乙市乙二县", LAST, progress=[workbooks.resolved_row("ZZQ-2020-026")]), "又报.xlsx", f"{LAST}T16:50:00+08:00"
    )
    office.run(LAST)
    _rename(office, tmp_path, moved="乙一区")
    office.settings.paths.ledger.unlink()
    found = repair.repair(office.settings, documents=FIGURES).figures
    assert not found.is_sound
    told = "".join(found.problems)
    assert "乙二县的报送：状态 按时 → 未报" in told
    assert f"{LAST} 的数字与修复以前结果文件夹里的不同：" in told
    assert "请把原来的名称写进它的 aliases" in told


def test_a_unit_with_another_name_is_told_as_that_and_not_as_districts_given_away(tmp_path: Path) -> None:
    office = lay(tmp_path)
    office.run(LAST)
    units = tuple(own.model_copy(update={"name": "新乙市"} if own.name == "乙市" else {}) for own in office.settings.units)
    own = [district.model_copy(update={"parent": "新乙市"} if district.parent == "乙市" else {}) for district in office.settings.districts]
    office.settings = office.settings.model_copy(update={"units": units, "districts": tuple(own)})
    nightly.run(office.settings, [LAST], documents=only("briefing"), rewriting=[LAST])
    folder = office.outbox / str(LAST)
    whole, same, other = (paper_text(next((folder / place).glob("*.docx"))) for place in ("", "单位/新乙市", "单位/甲市"))
    assert "新乙市原名乙市，旗区照旧。" in whole
    assert "新乙市原名乙市，旗区照旧。" in same
    assert not any("改归" in said or "级别与初次发布时不同" in said for said in (whole, same, other))
    assert "原名" not in other
