"""Published days under other rules: nothing is rewritten in silence, what would differ is said, and `--rewrite` settles it.

Covers `held_days` and `published_rules`, and of `plan` which days are due.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from datetime import date, timedelta
from pathlib import Path

import pytest
from offices import SETTINGS, Office, copied_templates, let_nights_make, moment, sum_again, tree
from workbooks import assignment, case_row, progress_row, report, resolved_row

from pipeline import cli, screen
from pipeline.disk import storage
from pipeline.ledger import published_rules
from pipeline.ledger.ledger import Ledger
from pipeline.night import nightly
from pipeline.night.outcome import Outcome
from pipeline.publishing import inputs, rehearsals
from pipeline.publishing.plan import EveryDay
from pipeline.render.documents import FIGURES
from pipeline.report import rule_words
from pipeline.settings.config import load
from pipeline.upkeep import repair

FIRST, LAST = date(2020, 5, 18), date(2020, 5, 21)
DAYS = [FIRST + timedelta(days=n) for n in range(4)]
EIGHT_OF_TEN = [resolved_row(f"SJ-2020-{n:03}", 答复日期="2020-05-17") for n in range(1, 9)]
CASES = [*(case_row(f"SJ-2020-{n:03}") for n in range(1, 11)), case_row("ZZQ-2020-001")]
REGION, REST = (
    "{name: 自治区交办, sources: [自治区交办], target_percent: 100}",
    "name: 市级交办和旗区自行梳理, sources: [市级交办, 旗区自行梳理]",
)
EIGHTY = f"[{REGION}, {{{REST}, target_percent: 80}}]"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Four published days on which 8 of 10 cases are resolved, with a target of 90 %."""
    office = Office(tmp_path / "office")
    office.put_assignment(assignment(CASES))
    for day in DAYS:
        progress = EIGHT_OF_TEN if day == FIRST else [progress_row("SJ-2020-009")]
        office.put(report(day=day, progress=progress), f"东胜区{day}.xlsx", f"{day}T16:00:00+08:00")
    office.run(*DAYS)
    return office


def _set(office: Office, *pairs: str) -> None:
    """Replace each first text in the settings by the second."""
    path = office.home / "config.yaml"
    text = path.read_text(encoding="utf-8")
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    office.settings = load(path)


def _run(office: Office, *days: date, rewriting: object = ()) -> Outcome:
    return nightly.run(office.settings, days or [LAST], documents=FIGURES, rewriting=rewriting)  # type: ignore[arg-type]


def _targets(office: Office) -> list[tuple[int, bool]]:
    targets = [office.summary(day)["targets"][1] for day in DAYS]
    return [(target["target_percent"], target["met"]) for target in targets]


def test_an_edited_target_leaves_every_published_day_and_is_said(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    before = office.everything()
    _set(office, "target_percent: 90", "target_percent: 80")
    outcome = _run(office, *DAYS)
    assert office.everything() == before
    assert [held.day for held in outcome.held_back] == DAYS
    screen.tell_outcome(outcome, office.settings, DAYS, moment("2020-06-01 09:00"))
    said = capsys.readouterr().out
    assert "有 4 天是按以前的规则写出的，没有改写" in said
    assert "市级交办和旗区自行梳理的目标由90%改为80%" in said
    assert "2020-05-18 会不同的：市级交办和旗区自行梳理：" in said
    assert "未达标 → " in said
    asked = ["--config", str(office.home / "config.yaml"), "--date", f"{FIRST}"]
    assert cli.main(["explain", "市级交办和旗区自行梳理", *asked]) == 0
    assert f"注意：{FIRST} 的日报是按以前的规则写出的，没有改写（市级交办和旗区自行梳理的目标由90%改为80%" in capsys.readouterr().out
    assert "--rewrite" in said


_ACCEPTANCE = "{clock: acceptance, days: 15, unit: day, from: 2005-05-01"


@pytest.mark.parametrize(
    ("old", "new", "setting", "differs"),
    [
        (_ACCEPTANCE, _ACCEPTANCE.replace("15", "12"), "法定期限（statute）", "法定期限，受理最后一天不同：11 件（SJ-2020-001、"),
        ("resolved_a_day: 10 ", "resolved_a_day: 7 ", "核查提示（hints）", "核查提示“一天化解很多件”：增加 1 条（SJ-2020-001、"),
        ("trial_until: 2027-03-31", "trial_until: null", "核查提示（hints）", "核查提示由试行改为正式：7 条"),
    ],
)
def test_days_whose_clocks_or_hints_would_differ_are_said_and_which_setting_that_is(
    office: Office, capsys: pytest.CaptureFixture[str], old: str, new: str, setting: str, differs: str
) -> None:
    before = office.everything()
    _set(office, old, new)
    _run(office)
    assert office.everything() == before
    said = _status(office, capsys)
    assert f"2020-05-18 至 2020-05-21 的 4 天：config.yaml 里的{setting}有变动。" in said
    assert differs in next(line for line in said.splitlines() if "按现在的规则，2020-05-18 会不同的" in line)
    assert "都相同" not in said
    assert "要按现在的规则重写：python run.py --rewrite" in said
    _run(office, rewriting=EveryDay())
    assert "按以前的规则" not in _status(office, capsys)


def test_an_edition_without_clocks_and_hints_is_told_as_not_compared(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    _set(office, _ACCEPTANCE, _ACCEPTANCE.replace("15", "12"))
    _run(office)
    for day in DAYS:
        (office.outbox / str(day) / "extensions.json").unlink()
    said = _status(office, capsys)
    assert "发布的结果里没有法定期限和核查提示，这两样没有比" in said


def test_what_would_differ_is_worked_out_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    _set(office, "target_percent: 90", "target_percent: 80")
    first = _run(office).held_back
    monkeypatch.setattr(
        "pipeline.publishing.held_days._compared", lambda _plan, days, _under: pytest.fail("compared again") if days else {}
    )
    assert _run(office).held_back == first


def _status(office: Office, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert cli.main(["status", "--date", str(LAST), *arguments, "--config", str(office.home / "config.yaml")]) == 0
    return capsys.readouterr().out


def test_status_says_which_days_stand_under_other_rules(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    assert "--rewrite" not in _status(office, capsys)
    assert json.loads(_status(office, capsys, "--json"))["held_days"] == []
    _set(office, "target_percent: 90", "target_percent: 80")
    said = _status(office, capsys)
    assert "有 4 天是按以前的规则写出的，没有改写" in said
    assert "2020-05-18 至 2020-05-21 的 4 天：市级交办和旗区自行梳理的目标由90%改为80%。" in said
    assert "会不会有不同，下次运行（python run.py）时说明" in said
    assert "数字都相同" not in said
    assert {held["differing"] for held in json.loads(_status(office, capsys, "--json"))["held_days"]} == {None}
    before = office.everything()
    _run(office)
    said = _status(office, capsys)
    assert "按现在的规则，2020-05-18 会不同的：市级交办和旗区自行梳理：" in said
    assert "要按现在的规则重写：python run.py --rewrite" in said
    assert "下次运行" not in said
    held = json.loads(_status(office, capsys, "--json"))["held_days"]
    assert [entry["day"] for entry in held] == [f"{day}" for day in DAYS]
    assert any("未达标 → " in line for line in held[0]["differing"])
    assert office.everything() == before


def test_rewriting_settles_the_days_that_are_given_or_all(office: Office) -> None:
    _set(office, "target_percent: 90", "target_percent: 80")
    outcome = _run(office, DAYS[1], rewriting=[DAYS[1]])
    assert _targets(office) == [(90, False), (80, True), (90, False), (90, False)]
    assert [held.day for held in outcome.held_back] == [DAYS[0], *DAYS[2:]]
    assert not _run(office, rewriting=EveryDay()).held_back
    assert _targets(office) == [(80, True)] * 4
    before = office.everything()
    _run(office, *DAYS)
    assert office.everything() == before


def test_the_command_line_has_it(office: Office, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    let_nights_make(monkeypatch)
    _set(office, "target_percent: 90", "target_percent: 80")
    config = str(office.home / "config.yaml")
    assert cli.main(["--config", config, "--date", str(LAST), "--rewrite"]) == 0
    assert _targets(office)[-1] == (80, True)
    capsys.readouterr()


def test_a_change_that_says_from_when_is_written_as_ever(office: Office) -> None:
    before = {name: content for name, content in office.everything().items() if name < str(DAYS[2])}
    _set(office, "changes: []", f"changes: [{{from: {DAYS[2]}, groups: {EIGHTY}}}]")
    outcome = _run(office)
    assert not outcome.held_back
    assert _targets(office) == [(90, False), (90, False), (80, True), (80, True)]
    assert before == {name: content for name, content in office.everything().items() if name < str(DAYS[2])}
    _set(office, f"from: {DAYS[2]}", f"from: {DAYS[3]}")
    assert [held.day for held in _run(office).held_back] == [DAYS[2]], "a day that no change is about any more stays as it was said"


def test_a_day_written_again_for_a_report_keeps_the_rules_that_it_was_published_under(office: Office) -> None:
    _set(office, "target_percent: 90", "target_percent: 80")
    late = [resolved_row("SJ-2020-009", 答复日期="2020-05-18")]
    office.put(report("东胜区", DAYS[1], progress=late), "更正.xlsx", "2020-05-21T16:30:00+08:00")
    new = LAST + timedelta(days=1)
    outcome = _run(office, new)
    assert {report.day for report in outcome.written.published} == {*DAYS[1:], new}
    assert [office.summary(day)["targets"][1]["resolved"] for day in DAYS] == [8, 9, 9, 9]
    assert _targets(office) == [(90, False), (90, True), (90, True), (90, True)]
    assert office.summary(new)["targets"][1]["target_percent"] == 80
    assert [held.day for held in outcome.held_back] == DAYS
    told = next(report for report in outcome.written.published if report.day == new)
    assert "的目标由90%改为80%" in told.new_rules
    assert [tallies["市级交办和旗区自行梳理"].target_percent for _day, tallies in told.trend] == [90, 90, 90, 90, 80]


@pytest.mark.parametrize("what", ["program", "template", "office"])
def test_a_newer_program_a_template_or_a_name_rewrites_nothing(office: Office, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = office.everything()
    if what == "program":
        monkeypatch.setattr(inputs, "__version__", "99")
    elif what == "office":
        _set(office, "office: 市住房", "office: 另一个市住房")
    else:
        copied_templates(office.home / "own")
        with (office.home / "own" / "daily.css").open("a", encoding="utf-8") as file:
            file.write("/**/")
        _set(office, "templates: null", "templates: own")
    outcome = _run(office)
    assert office.everything() == before
    changed = "config.yaml 里的单位名称（office）有变动" if what == "office" else ""
    assert [(held.changed, held.figures) for held in outcome.held_back] == [(changed, ())] * 4


@pytest.mark.parametrize(
    ("old", "new"),
    [("refused_days: 180", "refused_days: 90"), ("cells: 2000000", "cells: 1000000"), ("aliases: [乌审]", "aliases: [乌审, 乌]")],
)
def test_what_no_published_day_rests_on_holds_none_back(office: Office, old: str, new: str) -> None:
    _set(office, old, new)
    assert not _run(office).held_back


def test_of_days_without_a_note_of_their_settings_nothing_is_said_of_these_but_that(office: Office) -> None:
    """So it is where a program before version 0.5 published them."""
    with Ledger(office.settings.paths.ledger_place) as ledger:
        for day, under in published_rules.by_day(ledger).items():
            rules = {key: value for key, value in under.rules.items() if key not in ("settings", "read_by")}
            published_rules.note(ledger, day, under.digest, rules)
    _set(office, "office: 市住房", "office: 另一个市住房")
    assert [(held.changed, held.figures) for held in _run(office).held_back] == [("", ())] * 4
    _set(office, "target_percent: 90", "target_percent: 80")
    changed = {held.changed for held in _run(office).held_back}
    assert changed == {"市级交办和旗区自行梳理的目标由90%改为80%；这些天的其他设置没有记下，有没有变动不知道"}
    with Ledger(office.settings.paths.ledger_place) as ledger:
        assert len(rehearsals.read_as_now(ledger, office.settings)) == 0, "nothing shows by what they were read"


def test_a_damaged_day_is_again_the_edition_that_was_published(office: Office) -> None:
    before = office.everything()
    _set(office, "target_percent: 90", "target_percent: 80")
    (office.outbox / str(FIRST) / "summary.json").write_text("{}", encoding="utf-8")
    (office.outbox / str(LAST) / "findings.csv").unlink()
    done = repair.repair(office.settings, documents=FIGURES)
    assert office.everything() == before
    assert sorted(done.restored) == [str(FIRST), str(LAST)]


def test_a_damaged_day_of_which_nothing_is_kept_is_judged_as_it_was(office: Office) -> None:
    _set(office, "target_percent: 90", "target_percent: 80")
    shutil.rmtree(office.settings.paths.editions)
    (office.outbox / str(FIRST) / "summary.json").unlink()
    _run(office)
    assert _targets(office) == [(90, False)] * 4


def test_a_ledger_that_is_made_again_keeps_the_rules_of_the_days_in_the_outbox(office: Office) -> None:
    _set(office, "target_percent: 90", "target_percent: 80")
    before = office.everything()
    office.settings.paths.ledger.unlink()
    repair.repair(office.settings, documents=FIGURES)
    assert office.everything() == before


@pytest.mark.parametrize("how", ["row", "content"])
def test_rules_that_the_ledger_has_lost_are_damage_and_no_licence_to_rewrite(
    office: Office, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    before = tree(office.outbox)
    with sqlite3.connect(office.settings.paths.ledger) as connection:
        connection.execute("DELETE FROM published_rules" if how == "row" else "UPDATE published_rules SET rules = '{}'")
    connection.close()
    if how == "content":
        sum_again(office.settings.paths.ledger)
    _set(office, "target_percent: 90", "target_percent: 80")
    office.put(report(day=FIRST, progress=EIGHT_OF_TEN[:7]), "更正.xlsx", f"{LAST}T18:00:00+08:00")
    for command in (["--date", str(LAST)], ["doctor"]):
        assert cli.main(["--config", str(office.home / "config.yaml"), *command]) == 1
        assert f"4 天发布时的规则不见了：{FIRST}、" in "".join(capsys.readouterr()), command
    assert tree(office.outbox) == before
    (office.inbox / "更正.xlsx").rename(office.home / "更正.xlsx")
    repair.repair(office.settings, documents=FIGURES)
    assert tree(office.outbox) == before
    outcome = _run(office, LAST)
    assert [held.changed for held in outcome.held_back] == ["市级交办和旗区自行梳理的目标由90%改为80%"] * 4
    _set(office, "target_percent: 80", "target_percent: 90")
    assert _run(office, LAST).held_back == [], "what is the same again is called no change"


def test_a_new_source_is_no_reason_to_rewrite_and_comes_to_its_group(office: Office) -> None:
    before = office.everything()
    all_sources, region = "sources: [自治区交办, 市级交办, 旗区自行梳理]", "sources: [自治区交办], target"
    _set(office, all_sources, all_sources.replace("[", "[国家交办, "), region, region.replace("[", "[国家交办, "))
    assert [held.day for held in _run(office).held_back] == DAYS
    assert office.everything() == before
    national = case_row("GJ-2020-001", 案件来源="国家交办")
    office.put_assignment(assignment([*CASES, national]), "新.xlsx", "2020-05-20T09:00:00+08:00")
    _run(office)
    assert [office.summary(day)["targets"][0]["total"] for day in DAYS] == [1, 1, 2, 2]


def test_a_source_that_cases_have_cannot_be_taken_away(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    before = office.everything()
    _set(office, "自治区交办, 市级交办,", "自治区交办, 市里交办,", "[市级交办, 旗区自行梳理]", "[市里交办, 旗区自行梳理]")
    assert cli.main(["--config", str(office.home / "config.yaml"), "--date", "2020-05-22"]) == 2
    assert "没有“市级交办”，而分解表里有这种来源的案件" in capsys.readouterr().err
    assert office.everything() == before


def test_days_that_an_older_program_published_stay_until_their_files_change(office: Office) -> None:
    from pipeline.ledger import published_rules, schema
    from pipeline.ledger.ledger import Ledger

    with Ledger(office.settings.paths.ledger) as ledger, ledger.store.begin() as connection:
        connection.delete(schema.published_rules)
        connection.delete(schema.editions)
        for path in office.outbox.glob("*/manifest.json"):
            fields = {name: value for name, value in json.loads(path.read_bytes()).items() if name != "rules"}
            path.write_text(json.dumps(fields, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            day, values = path.parent.name, {"fingerprint": "of files and settings together", "manifest": storage.sha256(path)}
            connection.update(schema.publications, values, {"day": day})
    sum_again(office.settings.paths.ledger)
    before = office.everything()
    outcome = _run(office)
    assert office.everything() == before
    assert [held.figures for held in outcome.held_back] == [()] * 4
    office.put(report("达拉特旗", DAYS[2], progress=[]), "补报.xlsx", "2020-05-20T16:30:00+08:00")
    assert {report.day for report in _run(office).written.published} == {*DAYS[2:]}
    with Ledger(office.settings.paths.ledger) as ledger:
        assert json.dumps(published_rules.by_day(ledger)[str(LAST)].rules)
    assert tree(office.outbox) == office.everything()


# --- what the day after rewritten ones says ---------------------------------------------------------------------


@pytest.mark.parametrize("way", ["rewritten", "from a day on"])
def test_a_rule_that_days_were_rewritten_under_is_told_on_the_first_day_published_after(office: Office, way: str) -> None:
    first, second = LAST + timedelta(days=1), LAST + timedelta(days=2)
    if way == "rewritten":
        _set(office, "target_percent: 90", "target_percent: 80")
        _run(office, rewriting=EveryDay())
    else:
        _set(office, "changes: []", f"changes: [{{from: {DAYS[2]}, groups: {EIGHTY}}}]")
    said = _told(_run(office, first), first)
    began = "5月21日的专报初次发布以后，规则有变动：市级交办和旗区自行梳理的目标由90%改为80%。本期与前一日比较，两日都按新规则计算；"
    assert said.startswith(f"{began}市级交办和旗区自行梳理8/10，按原目标90%"), said
    before = office.everything()
    assert not _run(office, first, rewriting=EveryDay()).written.published
    office.settings.paths.ledger.unlink()
    repair.repair(office.settings, documents=FIGURES)
    assert office.everything() == before, "it is kept in the manifest"
    office.put(report("达拉特旗", first, progress=[]), "补报.xlsx", "2020-05-22T16:30:00+08:00")
    outcome = _run(office, second)
    assert _told(outcome, first) == said
    assert not _told(outcome, second), "it is told once"
    _set(office, "target_percent: 80", "target_percent: 70")
    told = _told(_run(office, rewriting=EveryDay()), first)
    assert "5月21日的专报初次发布以后，规则有变动：市级交办和旗区自行梳理的目标由90%改为70%。" in told


def test_days_rewritten_and_rewritten_back_or_unread_leave_the_next_one_nothing_to_tell(office: Office) -> None:
    new = LAST + timedelta(days=1)
    for old, now in (("90", "80"), ("80", "90")):
        _set(office, f"target_percent: {old}", f"target_percent: {now}")
        _run(office, rewriting=EveryDay())
    assert not _told(_run(office, new), new)
    _set(office, "target_percent: 90", "target_percent: 80")
    outcome = _run(office, new + timedelta(days=1), new + timedelta(days=2), rewriting=EveryDay())
    assert "5月22日的专报初次发布以后" in _told(outcome, new + timedelta(days=1))
    assert not _told(outcome, new + timedelta(days=2)), "the day before it is new too"


def test_a_rule_that_came_while_days_were_left_out_is_told_on_the_next_one_published(office: Office) -> None:
    _set(office, "target_percent: 90", "target_percent: 80")
    new = LAST + timedelta(days=3)
    assert "5月21日的专报初次发布以后，规则有变动：市级交办和旗区自行梳理的目标由90%改为80%。" in _told(_run(office, new), new)


# --- what a rewritten day says of itself -------------------------------------------------------------------------


def _told(outcome: Outcome, day: date) -> str:
    return next(report.new_rules for report in outcome.written.published if report.day == day)


def test_a_day_rewritten_under_other_rules_says_what_it_was_by_those_of_then(office: Office) -> None:
    _set(office, "target_percent: 90", "target_percent: 80")
    outcome = _run(office, rewriting=EveryDay())
    for day in DAYS:
        said = _told(outcome, day)
        assert "本期按改动后的规则重写：与初次发布时相比，市级交办和旗区自行梳理的目标由90%改为80%" in said
        assert "市级交办和旗区自行梳理8/10，按原目标90%" in said
        assert "还差1件" in said
    before = office.everything()
    assert not _run(office, *DAYS, rewriting=EveryDay()).written.published
    assert office.everything() == before
    _set(office, "target_percent: 80", "target_percent: 70")
    assert "由90%改为70%" in _told(_run(office, rewriting=EveryDay()), LAST), "it is held against what was published first"
    _set(office, "target_percent: 70", "target_percent: 90")
    assert not _told(_run(office, rewriting=EveryDay()), LAST)


def test_a_ledger_that_is_made_again_knows_under_what_a_day_was_published_first(office: Office) -> None:
    _set(office, "target_percent: 90", "target_percent: 80")
    _run(office, rewriting=EveryDay())
    before = office.everything()
    office.settings.paths.ledger.unlink()
    repair.repair(office.settings, documents=FIGURES)
    assert office.everything() == before
    _set(office, "target_percent: 80", "target_percent: 70")
    assert "由90%改为70%" in _told(_run(office, rewriting=EveryDay()), LAST)


def test_a_day_whose_first_day_of_a_rule_is_no_longer_true_is_written_again(office: Office) -> None:
    _set(office, "target_percent: 90", "target_percent: 80")
    new = LAST + timedelta(days=1)
    assert "自5月22日起，市级交办和旗区自行梳理的目标由90%改为80%" in _told(_run(office, new), new)
    assert not _run(office, new).written.published
    outcome = _run(office, LAST, rewriting=[LAST])
    assert {report.day for report in outcome.written.published} == {LAST, new}
    began = "本期初次发布时写明：自5月22日起，市级交办和旗区自行梳理的目标由90%改为80%。前一日后来按别的规则重写，变动不再从本期算起"
    assert _told(outcome, new).startswith(began)
    said = _told(outcome, LAST)
    assert "自5月21日起" in said
    assert "本期原按旧规则报过，现按新规则重写" in said
    assert "写明" not in said, "it began with the day after"
    assert not _run(office, *DAYS, new).written.published
    rewritten = _run(office, rewriting=EveryDay())
    assert "写明" not in "".join(_told(rewritten, day) for day in DAYS[:-1])
    _set(office, "target_percent: 80", "target_percent: 70")
    assert "写明：自5月22日起，市级交办和旗区自行梳理的目标由90%改为80%。" in _told(_run(office, rewriting=EveryDay()), new)
    before = office.everything()
    office.settings.paths.ledger.unlink()
    repair.repair(office.settings, documents=FIGURES)
    assert office.everything() == before, "it is kept in the manifest"


def test_a_rule_that_the_day_before_has_come_to_share_is_told_apart_from_one_that_still_begins_here() -> None:
    """5月22日 began with two of them; the day before was written again with one."""
    began = SETTINGS.rules
    (region, city), shorter = began.groups, began.windows.model_copy(update={"stalled_days": 2})
    before = began._replace(groups=(region, city.model_copy(update={"target_percent": 95})))
    now = before._replace(windows=shorter)
    assert rule_words.partly_rewritten(date(2020, 5, 22), (began, before, now), ()) == (
        "自5月22日起，停滞的天数由5天改为2天。当日的数字按新规则计算，以前各日不变。"
        "前一日后来按改动后的规则重写：市级交办和旗区自行梳理的目标由90%改为95%，不再从本期算起。"
    )


def test_the_day_after_a_rewritten_one_says_that_its_own_rules_are_as_they_were(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    _set(office, "target_percent: 90", "target_percent: 80")
    outcome = _run(office, DAYS[1], rewriting=[DAYS[1]])
    assert {report.day for report in outcome.written.published} == {*DAYS[1:3]}
    changed = "市级交办和旗区自行梳理的目标由90%改为80%"
    assert _told(outcome, DAYS[2]) == f"本期仍按初次发布时的规则；前一日后来按别的规则重写：{changed}。"
    screen.tell_outcome(outcome, office.settings, [DAYS[1]], moment("2020-06-01 09:00"))
    said = capsys.readouterr().out
    assert f"有 2 天是按以前的规则写出的，没有改写：{DAYS[0]}、{DAYS[3]}。" in said
    assert f"有 1 天因为收到新的文件，或前一日改按别的规则重写，这次也重写了，但仍按以前的规则：{DAYS[2]}。" in said
    assert f"  {DAYS[1]}：自5月19日起，{changed}" in said
    screen.tell_outcome(_run(office), office.settings, [LAST], moment("2020-06-01 09:00"))
    assert "这次也重写了" not in capsys.readouterr().out


@pytest.mark.parametrize(("cut_off", "status"), [("15:30", "late"), ("16:30", "on-time")])
def test_rewriting_for_another_cut_off_says_whose_report_is_late_by_it(office: Office, cut_off: str, status: str) -> None:
    _set(office, '  cut_off: "17:00"', f'  cut_off: "{cut_off}"')
    assert not _run(office, *DAYS).written.published
    outcome = _run(office, rewriting=EveryDay())
    for day in DAYS:
        assert office.summary(day)["submissions"][0]["status"] == status
        said = _told(outcome, day)
        assert said.startswith(f"本期按改动后的规则重写：与初次发布时相比，当日报送截止时间由17:00改为{cut_off}")
        assert ("东胜区的日报由按时改算迟报" in said) is (status == "late")


def test_a_cut_off_that_changes_from_a_day_on_needs_no_rewriting(office: Office) -> None:
    _set(office, "changes: []", f'changes: [{{from: {DAYS[2]}, calendar: {{cut_off: "15:30"}}}}]')
    outcome = _run(office)
    assert [office.summary(day)["submissions"][0]["status"] for day in DAYS] == ["on-time", "on-time", "late", "late"]
    assert "自5月20日起，当日报送截止时间由17:00改为15:30" in _told(outcome, DAYS[2])
    assert not _run(office, rewriting=EveryDay()).written.published


def test_flags_that_a_rewriting_takes_away_are_told_with_their_cases_on_the_day_and_by_the_run(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    _set(office, "acceptance_days: 15", "acceptance_days: 60")
    outcome = _run(office, rewriting=EveryDay())
    assert not office.summary(FIRST)["flags"]["acceptance_overdue"]
    fallen = "超期未受理由3件减为0件（SJ-2020-009、SJ-2020-010、ZZQ-2020-001）"
    assert fallen in _told(outcome, FIRST)
    screen.tell_outcome(outcome, office.settings, [LAST], moment("2020-06-01 09:00"))
    said = capsys.readouterr().out
    assert "这次写出的日子里，规则与初次发布时不同的：" in said
    assert f"  {FIRST}：本期按改动后的规则重写：" in said
    assert fallen in said
    screen.tell_outcome(_run(office), office.settings, [LAST], moment("2020-06-01 09:00"))
    assert "规则与初次发布时不同" not in capsys.readouterr().out


def test_a_first_day_that_is_written_again_for_a_report_tells_no_rule_that_came_later(office: Office) -> None:
    _set(office, "target_percent: 90", "target_percent: 80")
    office.put(report("东胜区", FIRST, progress=EIGHT_OF_TEN[:7]), "更正.xlsx", "2020-05-18T16:30:00+08:00")
    outcome = _run(office)
    assert not _told(outcome, FIRST)
    assert _targets(office)[0] == (90, False)
