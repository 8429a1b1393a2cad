"""What if: made-up days whose answer under other settings is known by hand, and a whole week beside an office that always had them.

Covers `rehearsal`, `rehearsals`, `reread`, `read_by`, `rehearsed`, `rehearsal_words` and `rehearsal_workbook`.
"""

from __future__ import annotations

import io
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import workbooks
from offices import CONFIG, ZONE, Office, consolidate, tree
from weeks import DAYS as WEEK
from weeks import Published, files_of
from workbooks import case_row, new_row, progress_row, resolved_row

from pipeline import cli
from pipeline.ledger.ledger import Ledger
from pipeline.night import rehearsal
from pipeline.night.outcome import Progress
from pipeline.publishing import inputs, rehearsals
from pipeline.render import rehearsal_workbook
from pipeline.report import rehearsal_words, rehearsed
from pipeline.report.rehearsed import CaseDiffers, FlagDiffers, Rehearsal, RowsDiffer, StatusDiffers
from pipeline.settings import config, read_by
from pipeline.settings.config import Settings
from pipeline.terms.errors import ConfigurationError, LedgerError, NothingToConsolidateError

MONDAY, TUESDAY, WEDNESDAY, THURSDAY = DAYS = [date(2020, 5, day) for day in (18, 19, 20, 21)]
OWN = "市级交办和旗区自行梳理"
REGION = "自治区交办"
FOUND = "DLT-2020-001"
CASES = [f"SJ-2020-{number:03}" for number in range(1, 11)]
Edits = tuple[tuple[str, str], ...]
TARGET: Edits = (("target_percent: 90}", "target_percent: 95}"),)
STALLED: Edits = (("stalled_days: 5 ", "stalled_days: 2 "),)
CUT_OFF: Edits = (('cut_off: "17:00"', 'cut_off: "16:00"'),)
MOVED: Edits = (
    ("\n  - {name: 自治区交办, sources: [自治区交办],", "\n  - {name: 自治区交办, sources: [自治区交办, 旗区自行梳理],"),
    ("sources: [市级交办, 旗区自行梳理], target_percent: 90}", "sources: [市级交办], target_percent: 90}"),
)
CATEGORY: Edits = (("categories: [房地产开发, 物业服务,", "categories: [房地产开发, 物业管理,"),)
CLOCK: Edits = (("{clock: acceptance, days: 15, unit: day, from: 2005-05-01", "{clock: acceptance, days: 12, unit: day, from: 2005-05-01"),)
HINT: Edits = (("resolved_a_day: 10 ", "resolved_a_day: 8 "),)
_REGION, _OWN = f"{{name: {REGION}, sources: [{REGION}], target_percent: 100}}", f"name: {OWN}, sources: [市级交办, 旗区自行梳理]"
LATER: Edits = (
    (
        "\nchanges: []\n",
        f"\nchanges: [{{from: {WEDNESDAY}, groups: [{_REGION}, {{{_OWN}, target_percent: 95}}]}}]\n",
    ),
)


@dataclass(frozen=True, slots=True)
class Story:
    """Four days of two districts, of which three are published.

    On Monday nine of ten cases of the city are resolved, on Tuesday the tenth, and 达拉特旗 finds one more: 9/10, then 10/11.
    Of the region's case nothing is said after Monday, of the one that was found nothing after Tuesday. Monday's report of 东胜区 comes
    at half past four.
    """

    office: Office

    def settings(self, *edits: tuple[str, str]) -> Settings:
        return config.load(self.written(*edits))

    def written(self, *edits: tuple[str, str]) -> Path:
        text = CONFIG.read_text(encoding="utf-8")
        for before, after in edits:
            assert text.count(before) == 1, before
            text = text.replace(before, after)
        path = self.office.home.parent / "new" / "config.yaml"  # its paths are other folders, that are never made
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def rehearse(self, *edits: tuple[str, str], progress: Progress | None = None) -> Rehearsal:
        return rehearsal.run(self.office.settings, self.settings(*edits), MONDAY, THURSDAY, progress)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    office = Office(tmp_path_factory.mktemp("rehearsal") / "office")
    office.put_assignment(workbooks.assignment([case_row("ZZQ-2020-001"), *map(case_row, CASES[:9]), case_row(CASES[9], "达拉特旗")]))

    def put(district: str, day: date, at: str, content: bytes) -> None:
        office.put(content, f"{district}{day}.xlsx", f"{day}T{at}:00+08:00")

    resolved = [resolved_row(number, 答复日期="2020-05-18") for number in CASES]
    put("东胜区", MONDAY, "16:30", workbooks.report("东胜区", MONDAY, progress=[progress_row(), *resolved[:9]]))
    put("达拉特旗", MONDAY, "15:30", workbooks.report("达拉特旗", MONDAY, progress=[progress_row(CASES[9])]))
    found = new_row(FOUND, 排查日期="2020-05-19", 责任单位="达拉特旗住建局")
    put("达拉特旗", TUESDAY, "15:30", workbooks.report("达拉特旗", TUESDAY, progress=resolved[9:], new=[found]))
    put("东胜区", WEDNESDAY, "15:30", workbooks.report("东胜区", WEDNESDAY, progress=[progress_row("ZZQ-2020-001", 今日进展="")]))
    office.run(*DAYS[:3])
    return Story(office)


def _figures(found: Rehearsal, day: date) -> dict[tuple[str, str], tuple[Any, Any]]:
    """The figures that differ on a day, but whether the verdict is certain, which rests on the seven districts that said nothing."""
    (differs,) = (differs for differs in found.days if differs.day == day)
    return {(figure.group, figure.key): (figure.before, figure.after) for figure in differs.figures if figure.key != "certain"}


# --- stories whose answer is known -------------------------------------------------------------------------------


def test_nothing_differs_under_the_same_settings_and_no_original_is_read_again(story: Story) -> None:
    found = story.rehearse()
    assert (found.days, found.same, found.unpublished) == ((), tuple(DAYS), (THURSDAY,))
    assert (found.read_again, found.gone) == (0, 0)


def test_a_higher_target_turns_every_verdict(story: Story) -> None:
    found = story.rehearse(*TARGET)
    changed = {(OWN, "target_percent"): (90, 95), (OWN, "met"): (True, False), (OWN, "shortfall"): (0, 1)}
    assert [_figures(found, day) for day in DAYS] == [changed] * 4
    assert not any((day.cases, day.flags, day.rows, day.submissions, day.others) != ((),) * 5 for day in found.days)
    assert found.read_again == 0


def test_what_a_change_says_holds_from_its_day(story: Story) -> None:
    found = story.rehearse(*LATER)
    assert [day.day for day in found.days] == [WEDNESDAY, THURSDAY]
    assert found.same == (MONDAY, TUESDAY)


def test_a_shorter_window_has_cases_stall_sooner(story: Story) -> None:
    found = story.rehearse(*STALLED)
    assert found.same == (MONDAY, TUESDAY)
    assert [day.flags for day in found.days] == [
        (FlagDiffers("stalled", ("ZZQ-2020-001",), ()),),
        (FlagDiffers("stalled", (FOUND, "ZZQ-2020-001"), ()),),
    ]
    assert not any((day.figures, day.cases, day.rows, day.submissions, day.others) != ((),) * 5 for day in found.days)


def test_an_earlier_cut_off_makes_a_punctual_report_late(story: Story) -> None:
    found = story.rehearse(*CUT_OFF)
    (monday,) = found.days
    assert (monday.day, monday.submissions) == (MONDAY, (StatusDiffers("东胜区", "on-time", "late"),))
    assert (monday.figures, monday.cases, monday.flags, monday.rows, monday.others) == ((),) * 5


def test_another_clock_and_another_measure_of_hints_are_told_day_by_day(story: Story) -> None:
    """The region's case is assigned on 20 April: 15 days end on 5 May, 12 on the 2nd. Nine cases of 东胜区 are resolved on Monday."""
    found = story.rehearse(*CLOCK, *HINT)
    assert [day.day for day in found.days] == DAYS
    monday, tuesday = found.days[:2]
    assert not any((monday.figures, monday.cases, monday.flags, monday.rows, monday.submissions, monday.others))
    of_case = {(each.clock, each.key): (each.before, each.after) for each in tuesday.clocks if each.case == "ZZQ-2020-001"}
    assert of_case["acceptance", "due"] == ("2020-05-05", "2020-05-02")
    assert [(hint.code, hint.district, len(hint.cases), hint.before, hint.after) for hint in monday.hints] == [
        ("unlikely-many-resolved", "东胜区", 9, False, True)
    ]
    told = "\n".join(rehearsal_words.lines(found))
    assert "  法定期限，受理最后一天不同：" in told
    assert "核查提示“一天化解很多件”：增加 1 条（SJ-2020-001、" in told
    book = openpyxl.load_workbook(io.BytesIO(rehearsal_workbook.render(found)))
    rows = {name: [tuple(row)[1:] for row in book[name].iter_rows(min_row=4, values_only=True)] for name in ("法定期限", "核查提示")}
    assert ("ZZQ-2020-001", "受理", "最后一天", "2020-05-05", "2020-05-02") in rows["法定期限"]
    assert rows["核查提示"][0][1:3] == ("东胜区", "增加")


def test_years_without_known_holidays_are_named_where_clocks_would_differ() -> None:
    def said(due: str) -> dict[str, Any]:
        clocks = {"unknown_years": [2098], "cases": {"SJ-2098-001": {"objection": {"due": due, "state": "running"}}}}
        return {"targets": [], "extensions": {"clocks": clocks, "hints": []}}

    differs, same = (rehearsed.between(MONDAY, said("2098-01-06"), said(due), {}) for due in ("2098-01-07", "2098-01-06"))
    assert (differs.unknown_years, same.unknown_years) == ((2098,), ())
    found = Rehearsal(MONDAY, MONDAY, (differs,), (), ())
    (told,) = rehearsal_words.notes(found)
    assert told.startswith("法定期限不同的日子：2098 年的放假调休安排程序还不知道")
    assert json.loads(rehearsed.as_json(found))["unknown_years"] == [2098]


def test_an_edition_without_clocks_and_hints_is_compared_without_them_and_that_is_said() -> None:
    """So were editions written before there were any."""
    bare: dict[str, Any] = {"targets": []}
    now = {"targets": [], "extensions": {"clocks": {"cases": {}}, "hints": [{"code": "x"}]}}
    differs = rehearsed.between(MONDAY, bare, now, {})
    assert (bool(differs), differs.is_beyond_unknown) == (False, True)
    told = rehearsal_words.notes(Rehearsal(MONDAY, MONDAY, (), (MONDAY,), (), without_beyond=(MONDAY,)))
    assert list(told) == ["有 1 天（2020-05-18）发布的结果里没有法定期限和核查提示，这两样没有比。"]


def test_a_source_in_another_group_takes_its_case_with_it(story: Story) -> None:
    found = story.rehearse(*MOVED)
    assert _figures(found, MONDAY) == {}  # that day only the verdict is certain: who said nothing can no longer bring a case into the group
    assert [verdict.group for verdict in found.days[0].verdicts] == [OWN]
    for day in found.days[1:]:
        assert day.cases == (CaseDiffers(FOUND, "group", OWN, REGION),)
        figures = _figures(found, day.day)
        assert figures[REGION, "total"] == (1, 2)
        assert figures[OWN, "total"] == (11, 10)
        assert figures[OWN, "rate_percent"] == ("90.9", "100.0")
        assert (OWN, "resolved") not in figures


def test_a_category_of_another_name_refuses_the_rows_that_have_the_old_one(story: Story) -> None:
    class _Told(Progress):
        def note(self, line: str) -> None:
            told.append(line)

    told: list[str] = []
    found = story.rehearse(*CATEGORY, progress=_Told())
    assert found.read_again == 5
    assert [line.partition("：")[0] for line in told] == ["要重新读 5 个原件，大约 1 秒，电脑忙时更久"]
    assert "问题类别" in told[0]
    assert "有 5 个原件按要试的设置重新读过：要试的设置在" in "".join(rehearsal_words.notes(found))
    assert found.same == (MONDAY,)
    assert found.days[0].rows == (RowsDiffer("达拉特旗", (2, 0), (1, 1)),)
    for day in found.days:
        assert CaseDiffers(FOUND, "registered", True, False) in day.cases
        assert _figures(found, day.day)[OWN, "total"] == (11, 10)


def test_days_keep_no_rules_of_their_publication(story: Story) -> None:
    """Without another file the office's own present settings are tried, and those of the first publication do not hold."""
    now = story.settings(*STALLED).model_copy(update={"paths": story.office.settings.paths})
    found = rehearsal.run(now, now, MONDAY, THURSDAY)
    assert [day.day for day in found.days] == [WEDNESDAY]  # Thursday is not published, and the same settings give the same
    assert found.days[0].flags == (FlagDiffers("stalled", ("ZZQ-2020-001",), ()),)


def test_no_original_is_read_again_because_settings_changed_that_readers_do_not_know(story: Story) -> None:
    """The office has edited target, clocks and windows since the days were published."""
    now = story.settings(*TARGET, *STALLED, *CLOCK, *HINT).model_copy(update={"paths": story.office.settings.paths})
    found = rehearsal.run(now, now, MONDAY, WEDNESDAY)
    assert ([day.day for day in found.days], found.read_again) == (DAYS[:3], 0)
    read_otherwise = story.settings(*TARGET, *CATEGORY).model_copy(update={"paths": story.office.settings.paths})
    assert rehearsal.run(read_otherwise, read_otherwise, MONDAY, WEDNESDAY).read_again == 5
    limited = story.settings(("cells: 2000000", "cells: 1000000")).model_copy(update={"paths": story.office.settings.paths})
    assert rehearsal.run(limited, limited, MONDAY, WEDNESDAY).read_again == 5


def test_another_name_of_a_district_is_no_other_figure(story: Story) -> None:
    renamed = (("name: 达拉特旗", "name: 达拉特新旗"),)
    found = story.rehearse(*renamed)
    assert found.same == tuple(DAYS)
    assert found.read_again == 5  # a report could have been refused whose cover had the new name
    both = story.rehearse(*renamed, *CATEGORY)
    assert both.days[0].rows == (RowsDiffer("达拉特新旗", (2, 0), (1, 1)),)


# --- a whole week ------------------------------------------------------------------------------------------------


def test_a_week_with_every_fault_comes_out_as_where_the_settings_had_always_been_these(published: Published, story: Story) -> None:
    """Beside an office that had them from the first day, whose files are read and folded in memory."""
    office = published("week-messy").office
    assert rehearsal.run(office.settings, office.settings, WEEK[0], WEEK[-1]).days == ()
    new = story.settings(*TARGET, *STALLED, *CUT_OFF, *CATEGORY, ('correction_after: "12:00"', 'correction_after: "09:00"'))
    found = rehearsal.run(office.settings, new, WEEK[0], WEEK[-1])
    always = consolidate(files_of("week-messy"), WEEK, new)
    differing = []
    for day in WEEK:
        sources = {case.number: case.source for case in always[day].report.cases}
        then = json.loads((office.outbox / f"{day}" / "extensions.json").read_bytes())
        differing.append(
            rehearsed.between(
                day, office.summary(day) | {"extensions": then}, always[day].summary | {"extensions": always[day].beyond}, sources
            )
        )
    assert list(found.days) == [day for day in differing if day]
    assert found.days


# --- nothing changes ---------------------------------------------------------------------------------------------


def test_no_byte_of_the_office_changes_and_the_paths_of_the_new_settings_are_not_used(story: Story) -> None:
    before = tree(story.office.home)
    story.rehearse(*CATEGORY, ("name: 达拉特旗", "name: 达拉特新旗"))
    assert tree(story.office.home) == before
    assert [path.name for path in (story.office.home.parent / "new").iterdir()] == ["config.yaml"]


def test_a_night_can_run_meanwhile(story: Story, tmp_path: Path) -> None:
    shutil.copytree(story.office.home, tmp_path / "office")
    office = Office(tmp_path / "office")
    office.put(workbooks.report("东胜区", THURSDAY, progress=[progress_row()]), "东胜区.xlsx", f"{THURSDAY}T15:00:00+08:00")

    class _Night(Progress):
        def begin(self, step: str, total: int | None = None) -> None:  # noqa: ARG002 - as it is called
            if step == "计算":
                ran.append(office.run(THURSDAY).written.published[-1].day)

    ran: list[date] = []
    found = rehearsal.run(office.settings, story.settings(*STALLED), MONDAY, THURSDAY, _Night())
    assert ran == [THURSDAY]
    assert found == story.rehearse(*STALLED)  # as it stood when the rehearsal began
    after = rehearsal.run(office.settings, story.settings(*STALLED), MONDAY, THURSDAY)
    assert after.unpublished == ()
    assert after.days[-1].flags == (FlagDiffers("stalled", (FOUND,), ()),)


def test_an_original_that_is_gone_or_read_by_another_program_is_told(story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(story.office.home, tmp_path / "office")
    office = Office(tmp_path / "office")
    next(path for path in office.archive.iterdir() if not path.name.startswith(".")).unlink()
    for module in (inputs, read_by):  # what published the days is another program than this one
        monkeypatch.setattr(module, "__version__", "0")
    found = rehearsal.run(office.settings, office.settings, MONDAY, WEDNESDAY)
    assert (found.days, found.read_again, found.gone) == ((), 4, 1)
    said = "\n".join(rehearsal_words.lines(found))
    assert "有 1 个原件已到期删除或损坏" in said
    assert "有 4 个原件按要试的设置重新读过：所在的那天写过不止一版（有过更正，或当晚又放入了文件），或者是另一版程序" in said


# --- how it is asked and told ------------------------------------------------------------------------------------

Asked = Callable[..., int]


@pytest.fixture
def ask(story: Story) -> Asked:
    def asked(*options: str, first: date = MONDAY, last: date = THURSDAY) -> int:
        span = ["--from", f"{first}", "--to", f"{last}"]
        return cli.main(["--config", str(story.office.home / "config.yaml"), "rehearse", *span, *options])

    return asked


def test_the_terminal_tells_what_turns_then_each_day_and_the_same_days_in_one_line(
    story: Story, ask: Asked, capsys: pytest.CaptureFixture[str]
) -> None:
    new = story.written(*STALLED, *CUT_OFF)
    assert ask("--config", str(new), last=WEDNESDAY) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"按 {new} 试算：2020-05-18 至 2020-05-20 共 3 天，2 天会不同。",
        "  由按时变成迟报：东胜区 1 天",
        "2020-05-18",
        "  由按时变成迟报：东胜区",
        "2020-05-20",
        "  停滞：增加 1 件（ZZQ-2020-001）",
        "没有差别的 1 天：2020-05-19。",
        "要看每一件，加 --workbook 文件名.xlsx。",
        "要试的设置当作一直如此，各天不再按发布时的规则；箭头前面是发布的，后面是试的。",
        "办公室的收件、结果和台账都没有改动。",
    ]


def test_days_that_differ_alike_are_told_together(story: Story) -> None:
    told = list(rehearsal_words.lines(story.rehearse(*TARGET)))
    assert told[:4] == [
        "按现在的设置试算：2020-05-18 至 2020-05-21 共 4 天，4 天会不同。",
        f"  {OWN}：4 天由“暂计达标”变成“暂计未达标”",  # seven districts have said nothing
        "2020-05-18 至 2020-05-21（4 天都一样）",
        f"  {OWN}：目标 90% → 95%，还差 0 件 → 1 件，结论 暂计达标 → 暂计未达标",
    ]
    assert told[4] == "没有发布过的 1 天（2020-05-21），是与按现在的设置算出的比。"


def test_without_a_difference_one_line_names_all_days(ask: Asked, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(last=WEDNESDAY) == 0
    assert capsys.readouterr().out.splitlines() == [
        "按现在的设置试算：2020-05-18 至 2020-05-20 共 3 天，没有一天会不同。",
        "没有差别的 3 天：2020-05-18 至 2020-05-20。",
        "要试的设置当作一直如此，各天不再按发布时的规则。",
        "办公室的收件、结果和台账都没有改动。",
    ]


def test_json_and_workbook_hold_the_same(story: Story, ask: Asked, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "试算.xlsx"
    assert ask("--config", str(story.written(*CATEGORY)), "--json", "--workbook", str(path)) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["from"], said["to"], said["same"], said["unpublished"]) == (f"{MONDAY}", f"{THURSDAY}", [f"{MONDAY}"], [f"{THURSDAY}"])
    tuesday = said["days"][0]
    assert tuesday["day"] == f"{TUESDAY}"
    assert tuesday["rows"] == [{"district": "达拉特旗", "before": [2, 0], "after": [1, 1]}]
    assert {"case": FOUND, "key": "registered", "before": True, "after": False} in tuesday["cases"]
    assert {"group": OWN, "key": "total", "before": 11, "after": 10} in tuesday["figures"]
    assert set(tuesday) == {"day", "figures", "cases", "flags", "rows", "submissions", "others", "clocks", "hints"}
    assert said["clocks_and_hints_unknown"] == []
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["数字", "案件", "标记", "日报", "法定期限", "核查提示"]
    rows = {name: [tuple(row) for row in book[name].iter_rows(min_row=4, values_only=True)] for name in book.sheetnames}
    at = datetime(2020, 5, 19)  # noqa: DTZ001 - as a cell has it
    assert (at, OWN, "总数", "11 件", "10 件") in rows["数字"]
    assert (at, FOUND, "统计中", "是", "否") in rows["案件"]
    assert rows["日报"] == [(at, "达拉特旗", "行数", "采用 2 行，退回 0 行", "采用 1 行，退回 1 行")]
    assert ask("--workbook", str(path)) == 2
    assert "没有覆盖它" in capsys.readouterr().err


def test_a_workbook_has_the_same_bytes_again_and_says_where_nothing_differs(story: Story) -> None:
    nothing = story.rehearse()
    assert rehearsal_workbook.render(nothing) == rehearsal_workbook.render(story.rehearse())
    sheets = openpyxl.load_workbook(io.BytesIO(rehearsal_workbook.render(nothing)))
    assert [sheet["A4"].value for sheet in sheets] == ["没有差别。"] * 6


def test_what_is_wrong_is_said_and_nothing_is_written(story: Story, ask: Asked, capsys: pytest.CaptureFixture[str]) -> None:
    before = tree(story.office.home)
    assert ask("--config", str(story.written(("stalled_days: 5 ", "stalled_days: -5 ")))) == 2
    assert re.search(r"设置文件 .*config\.yaml 第 \d+ 行，windows\.stalled_days：数值太小", capsys.readouterr().err)
    assert ask("--workbook", str(story.office.outbox / "试算.xlsx")) == 2
    assert "不能写进收件箱、结果文件夹或 state" in capsys.readouterr().err
    assert ask(first=THURSDAY, last=MONDAY) == 2
    assert "--from 不能晚于 --to" in capsys.readouterr().err
    assert ask("--config", str(story.written(("code: DLT", "code: DLTQ")))) == 2
    assert "请在 config.yaml 的 districts 里把代码改回" in capsys.readouterr().err
    assert tree(story.office.home) == before


def test_without_a_ledger_or_a_workbook_that_counts_there_is_nothing_to_replay(story: Story, tmp_path: Path) -> None:
    office = Office(tmp_path / "office")
    with pytest.raises(NothingToConsolidateError, match="还没有台账"):
        rehearsal.run(office.settings, office.settings, MONDAY, MONDAY)
    office.settings.paths.ledger.parent.mkdir(parents=True)
    office.settings.paths.ledger.write_bytes(b"no database at all, whatever its name says")
    with pytest.raises(LedgerError, match="现在读不了"):
        rehearsal.run(office.settings, office.settings, MONDAY, MONDAY)
    with Ledger(tmp_path / "ledger.sqlite") as ledger, pytest.raises(NothingToConsolidateError, match="没有一份案件包案任务分解表可以用"):
        list(rehearsals.rehearsed(ledger, story.office.settings, [], {}, [MONDAY]))


def test_the_question_ends_today(story: Story) -> None:
    asked = rehearsal.Asked(story.office.home / "config.yaml", story.office.home / "config.yaml", MONDAY, THURSDAY)
    with pytest.raises(ConfigurationError, match="还没有到"):
        rehearsal.answer(asked, datetime(2020, 5, 20, 9, tzinfo=ZONE))
