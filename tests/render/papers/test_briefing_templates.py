"""The templates of the leaders' report: what the office may change, and that one that breaks costs nothing but its look.

Covers `briefing_files`, `briefing_pdf`, `own_templates`, `fonts` and `opened_fonts`.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Container, Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import briefings
import pytest
import rare_font
import typst
from hostile import rewrite
from offices import HOME, Office, copied_templates, let_nights_make, only
from python_calamine import CalamineWorkbook
from workbooks import CASES, DAY, assignment, case_row, report

from pipeline import cli
from pipeline.night import nightly
from pipeline.night.outcome import Outcome
from pipeline.render.papers import briefing_files, briefing_pdf, fonts, opened_fonts, unchanging
from pipeline.render.papers.own_templates import BrokenTemplateError, original
from pipeline.upkeep import doctor

MOMENT = datetime(2020, 5, 21, tzinfo=UTC)
DOCX, TYP = briefing_files.WORD_TEMPLATE, briefing_files.PDF_TEMPLATE


def edited(old: str, new: str) -> bytes:
    """The Word template as if somebody had changed that in Word."""

    def change(part: str, content: bytes) -> bytes:
        if part != "word/document.xml":
            return content
        assert old.encode() in content
        return content.replace(old.encode(), new.encode(), 1)

    return rewrite(original(DOCX), change)


def written(template: bytes) -> list[str]:
    return briefings.lines(briefing_files.docx(briefing_files.sample(), MOMENT, template))


def test_what_is_changed_in_word_comes_out_changed() -> None:
    assert "表头｜请示" not in (read := written(edited("请决定的事", "请领导定的事")))
    assert any("请领导定的事" in line for line in read)


def test_wherever_the_table_of_districts_falls_the_pages_settle_and_have_their_own_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled, warnings = typst.compile_with_warnings, list[object]()

    def noting(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - typst's own
        made, warned = compiled(*given, **named)
        warnings.extend(warned)
        return made, warned

    monkeypatch.setattr(typst, "compile_with_warnings", noting)
    fields = briefing_files.sample()
    for lines in range(0, 40, 2):
        fields["台账"] = ["例"] * lines
        briefing_files.pdf(fields, MOMENT, original(TYP))
    assert not warnings


def test_word_may_tear_a_field_into_pieces() -> None:
    torn = edited(
        "{{ 标题 }}", '{</w:t></w:r><w:r><w:t>{ 标</w:t></w:r><w:proofErr w:type="spellStart"/><w:r><w:t>题 }</w:t></w:r><w:r><w:t>}'
    )
    assert "Title｜例" in written(torn)


def test_in_an_older_template_without_a_place_for_the_register_it_is_said_with_the_changes() -> None:
    older = rewrite(original(DOCX), lambda _part, content: content.replace("台账".encode(), "缺报".encode()))
    said = {**briefing_files.sample(), "台账": ["已撤销1件"], "缺报": []}
    read = briefings.lines(briefing_files.docx(said, MOMENT, older))
    assert read[read.index("表下说明｜已撤销1件") - 4 :][:4] == ["Heading 1｜例", *["表下说明｜例"] * 3]


def older_by_a_row(part: str, content: bytes) -> bytes:
    """As the program's own was: the row below a decision stands with those about several cases alone."""
    if part != "word/document.xml":
        return content
    rows = re.split(rb"(?=<w:tr[ >])", content)
    at = next(number for number, row in enumerate(rows) if b"{%tr if \xe9\xa1\xb9.\xe6\xb8\x85\xe5\x8d\x95" in row)
    assert b"{%tr endif" in rows[at - 1]
    assert b"{%tr endif" in rows[at + 2]
    return b"".join([*rows[: at - 1], *rows[at : at + 3], rows[at - 1], *rows[at + 3 :]])


def test_what_a_template_of_the_offices_own_lacks_is_said_and_a_long_request_stands_in_another_place(tmp_path: Path) -> None:
    older = rewrite(original(DOCX), older_by_a_row)
    item = {**briefing_files.sample()["决策事项"][0], "请示": "", "清单": "请决定的事：请市级协调资金"}
    said = {**briefing_files.sample(), "决策事项": [item]}
    assert any("请决定的事：请市级协调资金" in line for line in briefings.lines(briefing_files.docx(said, MOMENT, older)))
    assert briefing_files.told_lacking(tmp_path / DOCX) == ""
    (tmp_path / DOCX).write_bytes(older)
    assert briefing_files.lacking(older) == ("决策事项（单件）.清单",)
    told = (
        f"版式 {DOCX} 比程序自带的（templates/原版）旧：单件的决策事项下面一行（较长的请示、已采取的措施）没有位置，写在“请示”那一格里。"
        "请照自带的补上，或删掉这个文件用自带的版式。"
    )
    assert [*briefing_files.examine(tmp_path)] == [told]


def test_a_template_that_prints_less_says_what_of_it(tmp_path: Path) -> None:
    (tmp_path / DOCX).write_bytes(edited("{{ 督办 }}", "督办"))
    (told,) = briefing_files.examine(tmp_path)
    assert "没有位置、印不出来的：督办，要看请看日报页面和汇总表。" in told
    (tmp_path / DOCX).write_bytes(rewrite(original(DOCX), lambda _part, content: content.replace("项.何事".encode(), "项.谁".encode())))
    (told,) = briefing_files.examine(tmp_path)
    assert "没有“决策清单”的位置，按旧版式的写法写出" in told


def test_in_an_older_template_without_a_head_the_verdicts_and_what_is_asked_stand_in_their_sections() -> None:
    older = rewrite(
        original(DOCX),
        lambda _part, content: (
            content.replace("提要".encode(), "目标".encode())
            .replace(b"\xe9\xa1\xb9.\xe5\x86\x85\xe5\xae\xb9", "项.结论".encode())
            .replace("项.名称 }}：".encode(), "项.结论 }}：".encode())
        ),
    )
    said = {
        **briefing_files.sample(),
        "提要": [{"名称": "结论", "内容": "暂计达标，某旗没有日报"}, {"名称": "请决定", "内容": "3件"}],
        "撤销": "撤销1件",
    }
    read = "\n".join(briefings.lines(briefing_files.docx(said, MOMENT, older)))
    for told in ("暂计达标，某旗没有日报", "3件例", "撤销1件"):
        assert told in read


BROKEN = {
    "a field that there is not": (edited("{{ 标题 }}", "甲{{ 题目 }}乙"), "“甲{{ 题目 }}乙”这一段用了没有的字段“题目”"),
    "one in a table": (edited("{{ 项.请示 }}", "{{ 项.请求 }}"), "“{{ 项.请求 }}”这一段用了没有的字段“请求”"),
    "a tag that is not closed": (edited("{{ 报头 }}", "{{ 报头 }"), "的标记写得不对"),
    "a loop without an end": (edited("{%p endfor %}", ""), "的标记写得不对"),
    "a tag that there is not": (edited("{{ 变化 }}", "{% 变化 %}"), "“{% 变化 %}”这一段的标记写得不对"),
    "another language": (edited("{{ 变化 }}", "{{ 变化 + 1 }}"), "“{{ 变化 + 1 }}”这一段的标记不能使用"),
    "what reaches into the program": (
        edited("{{ 变化 }}", "{{ 变化.__class__.__mro__ }}"),
        "“{{ 变化.__class__.__mro__ }}”这一段的标记不能使用",
    ),
    "no Word file": (b"no Word file", "打不开，不是完好的 .docx 文件"),
    "nothing": (b"", "打不开，不是完好的 .docx 文件"),
    "half a file": (original(DOCX)[:3000], "打不开，不是完好的 .docx 文件"),
    "another package": (rewrite(original(DOCX), lambda part, _content: part.encode()), "打不开，不是完好的 .docx 文件"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_template_is_told_by_field_and_paragraph_and_the_report_comes_out_all_the_same(name: str, tmp_path: Path) -> None:
    template, fault = BROKEN[name]
    with pytest.raises(BrokenTemplateError) as caught:
        briefing_files.docx(briefing_files.sample(), MOMENT, template)
    assert fault in str(caught.value)
    (tmp_path / DOCX).write_bytes(template)
    (problem,) = briefing_files.examine(tmp_path)
    assert fault in problem
    assert "\n" not in problem


BROKEN_TYP = {
    "a field that there is not": b"#let said = json(bytes(sys.inputs.said))\n#said.nothing",
    "no markup": b"#let x = ",
    "a package from the network": b'#import "@preview/tablex:0.0.9": tablex',
    "a file of the computer": b'#read("/etc/passwd")',
    "no text": b"\xff\xfe\x00",
}


@pytest.mark.parametrize("name", BROKEN_TYP)
def test_a_broken_template_of_the_pdf_is_told_too(name: str, tmp_path: Path) -> None:
    with pytest.raises(BrokenTemplateError):
        briefing_pdf.render(briefing_files.sample(), MOMENT, BROKEN_TYP[name])
    (tmp_path / TYP).write_bytes(BROKEN_TYP[name])
    (problem,) = briefing_files.examine(tmp_path)
    assert f"{TYP} 不能用：" in problem
    assert "\n" not in problem


@pytest.fixture(autouse=True)
def _nights_make_briefings_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    let_nights_make(monkeypatch, "briefing", "briefing_pdf")


def _own(office: Office, change: Callable[[Path], None]) -> None:
    """Give the office templates of its own, changed like that."""
    folder = office.home / "版式"
    copied_templates(folder)
    change(folder)
    config = office.home / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("templates: null", "templates: 版式"), encoding="utf-8")
    office.put_assignment(assignment())
    office.put(report(), "日报.xlsx")


def _break(folder: Path) -> None:
    (folder / DOCX).write_bytes(BROKEN["a field that there is not"][0])
    (folder / TYP).write_bytes(BROKEN_TYP["no markup"])


def _delete(folder: Path) -> None:
    (folder / DOCX).unlink()
    (folder / TYP).unlink()


def _out(office: Office) -> dict[str, bytes]:
    folder = office.outbox / DAY.isoformat()
    return {path.suffix: path.read_bytes() for path in folder.glob(f"{unchanging.NAME}_*")}


def test_a_night_with_broken_templates_publishes_with_the_built_in_ones_and_says_so(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    _own(office, _break)
    assert cli.main(["--config", str(office.home / "config.yaml"), "--date", DAY.isoformat()]) == 0
    errors = capsys.readouterr().err
    assert errors.count(f"版式 {DOCX} 不能用：") == errors.count(f"版式 {TYP} 不能用：") == 1
    assert "这次按程序自带的版式写出" in errors
    broken = _out(office)
    assert set(broken) == {".docx", ".pdf"}
    for name in (DOCX, TYP):
        shutil.copy(HOME / "templates" / name, office.home / "版式" / name)
    assert cli.main(["--config", str(office.home / "config.yaml"), "--date", DAY.isoformat()]) == 0
    assert "不能用" not in capsys.readouterr().err
    assert _out(office) == broken


def test_a_deleted_template_brings_the_built_in_one_back(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    _own(office, _delete)
    assert cli.main(["--config", str(office.home / "config.yaml"), "--date", DAY.isoformat()]) == 0
    assert "不能用" not in capsys.readouterr().err
    assert set(_out(office)) == {".docx", ".pdf"}


def test_doctor_looks_at_the_templates_and_says_which_fonts_stand_in(office: Office) -> None:
    checks = {check.name: check for check in doctor.examine(office.settings, datetime.now(UTC))}
    assert checks["版式"].is_sound
    assert "公文字体" in checks["字体"].result
    settings = office.settings.model_copy(update={"paths": office.settings.paths.model_copy(update={"templates": office.home})})
    _break(office.home)
    checks = {check.name: check for check in doctor.examine(settings, datetime.now(UTC))}
    assert len(checks["版式"].problems) == 2


@pytest.fixture
def fresh_fonts() -> Iterator[None]:
    """What is known of this computer's fonts is forgotten before and after."""
    _forget_fonts()
    yield
    _forget_fonts()


@pytest.mark.usefixtures("fresh_fonts")
def test_a_computer_without_any_chinese_font_sets_the_pdf_in_the_one_that_comes_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_folders", lambda: ())
    assert {font.path for font in fonts.chosen().values()} == {fonts.last_resort()}
    assert [stand_in.split("由")[0] for stand_in in fonts.stand_ins()] == ["方正小标宋", "仿宋", "黑体", "楷体", "宋体"]
    content = briefing_pdf.render(briefing_files.sample(), MOMENT, original(TYP))
    assert re.findall(rb"/FontName ?/[A-Z]{6}\+(NotoSansCJKsc)", content)


@pytest.mark.usefixtures("fresh_fonts")
def test_the_fonts_of_official_documents_are_taken_where_the_computer_has_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copies of the font that comes along stand for them, also where links cannot be made."""
    for name in ("FZXBSJW.TTF", "simfang.ttf", "simhei.ttf", "simkai.ttf", "simsun.ttc"):
        shutil.copy(fonts.last_resort(), tmp_path / name)
    monkeypatch.setattr(fonts, "_folders", lambda: (tmp_path,))
    monkeypatch.setattr(Path, "symlink_to", _no_links)
    assert fonts.stand_ins() == []
    assert len(briefing_pdf.render(briefing_files.sample(), MOMENT, original(TYP))) > 1000


@pytest.mark.usefixtures("fresh_fonts")
def test_a_disk_that_takes_no_link_and_no_copy_costs_nothing_but_time(monkeypatch: pytest.MonkeyPatch) -> None:
    before = briefing_pdf.render(briefing_files.sample(), MOMENT, original(TYP))
    opened_fonts.those_of_the_roles.cache_clear()
    monkeypatch.setattr(tempfile, "mkdtemp", _no_links)
    assert briefing_pdf.render(briefing_files.sample(), MOMENT, original(TYP)) == before


def _no_links(*_arguments: object, **_named: object) -> None:
    msg = "a required privilege is not held by the client"
    raise OSError(msg)


def test_a_lock_file_that_word_left_beside_a_template_is_no_template(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    _own(office, lambda _folder: None)
    config = ["--config", str(office.home / "config.yaml"), "--date", DAY.isoformat()]
    assert cli.main(config) == 0
    (office.home / "版式" / f"~${DOCX[2:]}").write_bytes(b"somebody")
    capsys.readouterr()
    assert cli.main(config) == 0
    assert "没有新变化" in capsys.readouterr().out


# --- characters that fonts lack -----------------------------------------------------------------------------------

MATTER = "停水☑😀ᠮ𠀀"


def _night(office: Office, *, rewriting: Container[date] = ()) -> Outcome:
    return nightly.run(
        office.settings, [DAY], documents=(*only("briefing"), *only("office_workbook"), *only("briefing_pdf")), rewriting=rewriting
    )


def _forget_fonts() -> None:
    for remembered in (fonts.chosen, fonts.stamp, opened_fonts.those_of_the_roles, opened_fonts._with_rare_ones):  # noqa: SLF001
        remembered.cache_clear()


@pytest.mark.usefixtures("fresh_fonts")
def test_a_character_without_a_font_is_told_with_its_case_and_a_font_that_comes_later_rewrites_nothing(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "fonts"
    folder.mkdir()
    monkeypatch.setattr(fonts, "_folders", lambda: (folder,))
    office.put_assignment(assignment([case_row("ZZQ-2020-001", 案由=MATTER, 办结时限="2020-05-02"), *CASES[1:]]))
    office.put(report(), "日报.xlsx")
    outcome = _night(office)
    (told,) = outcome.written.remarks
    for character in "😀（U+1F600", "ᠮ（U+182E", "𠀀（U+20000":
        assert f"{character}，在ZZQ-2020-001）" in told
    assert "☑" not in told, "typst brings a font that has it"
    published = office.everything()
    manifest = json.loads(published[f"{DAY}/manifest.json"])
    assert manifest["without_font"] == ["ᠮ", "😀", "𠀀"]
    assert manifest["fonts"] == {fonts.last_resort().name: hashlib.sha256(fonts.last_resort().read_bytes()).hexdigest()}
    workbook = CalamineWorkbook.from_filelike(BytesIO(published[f"{DAY}/信访事项办理情况汇总_{DAY}.xlsx"]))
    assert "印成了方框" in f"{workbook.get_sheet_by_name('总览').to_python()}"
    checks = {check.name: check for check in doctor.examine(office.settings, datetime.now(UTC))}
    assert [note.split("（")[0] for note in checks["字体"].notes] == [
        "PDF 专报印不出表情",
        "PDF 专报印不出蒙古文",
        "PDF 专报印不出扩展区的生僻汉字",
    ]
    assert f"{DAY}（ᠮ😀𠀀）" in "".join(checks["结果"].notes)

    (folder / "simsunb.ttf").write_bytes(rare_font.make("Rare", "😀ᠮ𠀀"))
    _forget_fonts()
    held = _night(office)
    assert (held.written.published, [day.day for day in held.held_back], office.everything()) == ([], [DAY], published)
    assert not _night(office, rewriting=[DAY]).written.remarks
    again = json.loads((office.outbox / f"{DAY}" / "manifest.json").read_bytes())
    assert (again["without_font"], [*again["fonts"]]) == ([], [fonts.last_resort().name, "simsunb.ttf"])
    assert b"+Rare" in _out(office)[".pdf"]


@pytest.mark.usefixtures("fresh_fonts")
def test_a_font_for_rare_characters_is_no_input_of_a_text_without_any(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "simsunb.ttf").write_bytes(rare_font.make("Rare", "😀"))
    monkeypatch.setattr(fonts, "_folders", lambda: (tmp_path,))
    ordinary = briefing_files.sample() | {"变化": "①共 3㎡，≥90.5%（十二、〇）"}
    assert opened_fonts.showing(opened_fonts.unusual(ordinary)) == (opened_fonts.those_of_the_roles(), "")
    assert len(opened_fonts.those_of_the_roles().paths) == 1
