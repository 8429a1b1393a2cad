"""One district's correction of a large day: 更正 and the moment of data are its own, and what changed for nobody is not drawn again.

Covers `report/rested_on`, `render/papers/drawn_papers` and what `render/makers` takes over.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import workbooks
from offices import Office, copied_templates
from provinces import FIRST, LAST, MOVED, SECOND, lay
from workbooks import progress_row, resolved_row

from pipeline.disk.drawn import Drawn
from pipeline.night import nightly
from pipeline.render import makers
from pipeline.render.documents import ALL
from pipeline.render.forms import report_form
from pipeline.render.page import large_page
from pipeline.render.papers import word
from pipeline.render.workbook import office_workbook
from pipeline.settings.large_days import LargeDay

CORRECTED, GIVEN = "甲二县", "甲一区"
TOLD = ("领导1", "领导二", "领导甲")
"""The leaders with the district, with its cases, and with a reception of one."""
AFTERNOON = "2020-05-22T15:00:00+08:00"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A province whose last day is large and published."""
    laid = lay(tmp_path / "office")
    laid.settings = laid.settings.model_copy(update={"large_day": LargeDay(cases=2, workbook_rows=2)})
    _night(laid)
    return laid


def _night(office: Office) -> dict[str, bytes]:
    assert not nightly.run(office.settings, [FIRST, SECOND, LAST], documents=ALL).faults
    folder = office.outbox / LAST.isoformat()
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _corrected(office: Office) -> None:
    rows = [resolved_row("ZZQ-2020-007", 答复文号="信复〔2020〕70号"), progress_row("ZZQ-2020-008", 今日进展="更正")]
    office.put(workbooks.report(CORRECTED, LAST, progress=rows), "更正.xlsx", AFTERNOON)


def _changed(before: dict[str, bytes], after: dict[str, bytes], folder: str) -> set[str]:
    return {Path(name).name for name in before | after if name.startswith(f"{folder}/") and before.get(name) != after.get(name)}


def test_a_correction_changes_the_documents_of_its_district_and_of_no_other(office: Office) -> None:
    before = _night(office)
    _corrected(office)
    after = _night(office)
    assert {name for name in _changed(before, after, "案件") if name.endswith(".html")} == {f"{CORRECTED}.html"}
    assert _changed(before, after, "汇总") == {f"{CORRECTED}.xlsx"}
    assert _changed(before, after, "日报模板") == {f"{CORRECTED}_日报_2020-05-22.xlsx"}
    assert _changed(before, after, "领导") == {f"{name}_{LAST}.docx" for name in TOLD}
    page = after[f"案件/{CORRECTED}.html"].decode()
    assert '<span class="correction">更正</span>' in page
    assert "数据截至 5月22日15:00" in page
    other = after[f"案件/{GIVEN}.html"].decode()
    assert "更正</span>" not in other
    assert "数据截至 5月21日16:00" in other
    assert "数据截至 5月22日15:00" in after[f"信访事项办理情况日报_{LAST}.html"].decode()  # the day as a whole


@pytest.mark.parametrize("beside", [False, True])
def test_what_changed_for_nobody_is_taken_over_and_the_outbox_is_the_same_as_without(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, beside: bool
) -> None:
    _corrected(office)
    copied = lay(tmp_path / "copied")
    shutil.rmtree(copied.home)
    shutil.copytree(office.home, copied.home)
    copied.settings = copied.settings.model_copy(update={"large_day": office.settings.large_day})
    shutil.rmtree(copied.settings.paths.checkpoints / "drawn")
    _night(copied)
    made: list[str] = []

    def noting(of: object, name: str) -> None:
        usual = getattr(of, name)

        def noted(*given: Any) -> bytes:  # noqa: ANN401 - as it is called
            whose = given[1].get("姓名", given[1].get("旗区")) if of is word else name
            made.extend([whose] if isinstance(whose, str) else [])  # 专报 has all districts
            content: bytes = usual(*given)
            return content

        monkeypatch.setattr(of, name, noted)

    if beside:
        monkeypatch.setattr(makers, "_WORTH", 1)
    else:
        for of, name in ((large_page, "unit_page"), (office_workbook, "of_unit"), (report_form, "workbook"), (word, "render")):
            noting(of, name)
    _night(office)
    assert office.everything() == copied.everything()
    if not beside:
        assert sorted(made) == ["of_unit", "unit_page", "workbook", CORRECTED, *TOLD]


def test_what_was_drawn_with_the_programs_page_in_place_of_a_broken_one_is_drawn_again(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A remark is said as long as the office's templates are broken."""
    own = copied_templates(tmp_path / "own")
    (own / "daily_unit.html.j2").write_text("{{ no_such_thing }}", encoding="utf-8")
    office.settings = office.settings.model_copy(update={"paths": office.settings.paths.model_copy(update={"templates": own})})
    taken, again = list[str](), Drawn.again

    def noting(drawn: Drawn, made_from: str) -> bytes | None:
        content = again(drawn, made_from)
        taken.extend([made_from] if content and made_from.endswith(".html") else [])
        return content

    monkeypatch.setattr(Drawn, "again", noting)
    for number in (1, 2):
        row = resolved_row("ZZQ-2020-007", 答复文号=f"信复〔2020〕7{number}号")
        office.put(workbooks.report(CORRECTED, LAST, progress=[row]), f"更正{number}.xlsx", AFTERNOON)
        outcome = nightly.run(office.settings, [LAST], documents=ALL)
        assert any("daily" in remark for remark in outcome.written.remarks)
    assert taken == []


def test_a_late_report_about_a_case_that_moved_corrects_where_it_lies_now(office: Office) -> None:
    """Its row is the last one about the case, whoever has sent it: page and unit of the case's district say so."""
    row = resolved_row(MOVED, 答复文号="信复〔2020〕990号")
    office.put(workbooks.report(GIVEN, SECOND, progress=[row]), "迟.xlsx", AFTERNOON)
    after = _night(office)
    for name in (f"案件/{GIVEN}.html", "案件/乙一区.html"):
        assert '<span class="correction">更正</span>' in after[name].decode()
    assert '<span class="correction">更正</span>' not in after["案件/乙三县.html"].decode()
    (paper,) = [content.decode() for name, content in after.items() if name.startswith("单位/乙市/") and name.endswith(".html")]
    assert "5月22日15:00" in paper
