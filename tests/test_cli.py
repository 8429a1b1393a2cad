"""The command line, in-process: what it says and how it ends.

Covers `screen`, `stopping`, `ending` and `early_readers`; and of `office` `check` and the board of `status`, with what `held_files`
reads for them.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import filelock
import pytest
from offices import HOME, SETTINGS, ZONE, Office, let_nights_make, moment
from workbooks import DAY, Page, assignment, edit, progress_row, report, report_pages, write

from pipeline import __version__, cli, screen, usage
from pipeline.disk import storage
from pipeline.publishing import nights
from pipeline.reading import worker
from pipeline.settings.config import load

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _nights_make_figures_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is said does not depend on documents; a run that is a process of its own makes them all."""
    let_nights_make(monkeypatch)


@pytest.fixture
def home(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office with its assignment workbook and one report, as the current folder."""
    office.put_assignment(assignment())
    office.put(report(), "日报.xlsx")
    monkeypatch.chdir(office.home)
    return office


def _days(office: Office) -> list[str]:
    return sorted(path.name for path in office.outbox.iterdir())


def test_a_run_for_a_day_is_done_and_says_where_to_look(home: Office, capsys: Captured) -> None:
    assert cli.main(["--date", "2020-05-21"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert str(home.outbox / "2020-05-21") in said.out
    assert "未达标，还差" in said.out
    assert _days(home) == ["2020-05-21"]


@pytest.mark.parametrize("inbox", ["inbox", "收件"])
def test_a_run_starts_its_readers_before_it_opens_its_ledger_and_none_where_nothing_waits(
    home: Office, inbox: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = (home.home / "config.yaml").read_text(encoding="utf-8")
    (home.home / "config.yaml").write_text(written.replace("inbox: inbox", f"inbox: {inbox}"), encoding="utf-8")
    (home.home / "inbox").rename(home.home / inbox)
    began: list[tuple[int, bool]] = []
    monkeypatch.setattr(worker, "start_ahead", lambda count, *_what: began.append((count, home.settings.paths.ledger.exists())))
    for _ in range(2):
        assert cli.main(["--date", "2020-05-21"]) == 0
    usual = [(1, False)] if inbox == "inbox" else []  # where the settings need not be read first
    assert began[: len(usual) + 1] == [*usual, (1, False)]
    assert not any(count for count, _ledger in began[len(usual) + 1 :])


def test_a_run_is_done_whatever_was_refused_and_says_what(home: Office, capsys: Captured) -> None:
    home.put(b"", "坏.xlsx")
    assert cli.main(["nightly", "--date", "2020-05-21"]) == 0
    assert re.search("退回 坏.xlsx：.*请", capsys.readouterr().out)


@pytest.mark.parametrize("before", [[], ["nightly"]])
def test_a_range_is_every_day_of_it(home: Office, before: list[str]) -> None:
    assert cli.main([*before, "--from", "2020-05-19", "--to", "2020-05-21"]) == 0
    assert _days(home) == ["2020-05-19", "2020-05-20", "2020-05-21"]


def test_without_a_day_it_is_about_today_or_before_noon_yesterday(home: Office) -> None:
    before = usage.today(datetime.now(ZONE), SETTINGS)
    assert cli.main([]) == 0
    assert _days(home)[0] in {str(before), str(usage.today(datetime.now(ZONE), SETTINGS))}


def test_missed_nights_are_caught_up(home: Office) -> None:
    day = usage.today(datetime.now(ZONE), SETTINGS)
    cli.main(["--date", str(day - timedelta(days=3))])
    assert cli.main([]) == 0
    assert _days(home)[:4] == [str(day - timedelta(days=n)) for n in (3, 2, 1, 0)]


def test_after_a_long_pause_only_the_day_itself_is_written_and_that_is_said(home: Office, capsys: Captured) -> None:
    assert cli.main(["--date", "2020-05-21"]) == 0
    assert "没有补写" not in capsys.readouterr().out
    assert cli.main([]) == 0
    day = usage.today(datetime.now(ZONE), SETTINGS)
    assert _days(home) == ["2020-05-21", str(day)]
    last = day - timedelta(days=1)
    said = capsys.readouterr().out
    assert f"2020-05-22 至 {last} 有 {(day - DAY).days - 1} 天没有写出过，停得太久，没有补写。" in said
    assert f"run.py --from 2020-05-22 --to {last}。" in said
    assert "没有补写" in (home.settings.paths.state / "logs" / "run.log").read_text(encoding="utf-8")


def test_status_for_programs_says_what_the_board_says(home: Office, capsys: Captured) -> None:
    cli.main(["--date", "2020-05-21"])
    home.put(b"", "坏.xlsx")
    capsys.readouterr()
    assert cli.main(["status", "--date", "2020-05-21", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["day"], said["published"], said["has_assignment"]) == ("2020-05-21", True, True)
    assert said["waiting"] == [
        {
            "file": "坏.xlsx",
            "district": None,
            "channel": "folder",
            "received_at": "2020-05-21T16:00:00+08:00",
            "number": None,
            "counts_for": None,
            "replaced": False,
            "rows_accepted": None,
            "rows_refused": None,
            "rows_moved": None,
            "refusal": "文件是空的（0 字节）。请重新保存后再报送。",
        }
    ]
    first, second = said["districts"][:2]
    assert (first["status"], first["revision"], first["rows_accepted"], first["received_at"]) == (
        "on-time",
        1,
        2,
        "2020-05-21T16:00:00+08:00",
    )
    assert (second["status"], second["revision"], second["rows_accepted"], second["received_at"]) == ("missing", 0, None, None)


def test_status_for_programs_is_read_by_people_too_and_steers_no_terminal(home: Office, capsys: Captured) -> None:
    home.put(b"", "日报\u202e\u009b.xlsx")
    assert cli.main(["status", "--date", "2020-05-21", "--json"]) == 0
    written = capsys.readouterr().out
    assert '"district": "东胜区"' in written
    assert len(json.loads(written)["waiting"]) == 2, "the report that was there, and this file"
    assert written.isprintable() or {character for character in written if not character.isprintable()} == {"\n"}


@pytest.mark.parametrize(
    ("now", "day"),
    [("2020-05-21T11:59:59", date(2020, 5, 20)), ("2020-05-21T12:00:00", DAY), ("2020-05-21T23:59:59", DAY), ("2020-05-22T00:00:00", DAY)],
)
def test_the_day_turns_at_noon(now: str, day: date) -> None:
    assert usage.today(datetime.fromisoformat(now).replace(tzinfo=ZONE), SETTINGS) == day


WRONG_USAGE = (
    ["--date", "21.5.2020"],
    ["--date", "2020-02-30"],
    ["--nonsense"],
    ["nonsense"],
    ["check"],
)


@pytest.mark.parametrize("arguments", WRONG_USAGE, ids=" ".join)
def test_wrong_usage_ends_with_2_and_a_sentence(home: Office, capsys: Captured, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert caught.value.code == 2
    assert "用法" in capsys.readouterr().err
    assert not home.outbox.exists()


WRONG_DAYS = (
    ["--from", "2020-05-21"],
    ["--to", "2020-05-21"],
    ["--from", "2020-05-21", "--to", "2020-05-20"],
    ["--date", "2020-05-21", "--from", "2020-05-20", "--to", "2020-05-21"],
    ["--config", "nowhere.yaml"],
    ["check", "没有这个文件.xlsx"],
)


@pytest.mark.parametrize("arguments", WRONG_DAYS, ids=" ".join)
def test_days_and_files_that_cannot_be_end_with_2_and_nothing_is_taken(home: Office, capsys: Captured, arguments: list[str]) -> None:
    assert cli.main(arguments) == 2
    said = capsys.readouterr()
    assert (said.out, len(said.err.strip().splitlines())) == ("", 1)
    assert (home.inbox / "日报.xlsx").exists()


def test_a_wrong_setting_ends_with_2(home: Office, capsys: Captured) -> None:
    with (home.home / "config.yaml").open("a", encoding="utf-8") as file:
        file.write("\nunknown: 1\n")
    assert cli.main(["--date", "2020-05-21"]) == 2
    assert "unknown" in capsys.readouterr().err
    assert not home.settings.paths.state.exists(), "no office has run there"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [("unknown: 1", "没有这个设置项"), ('x: "', "引号没有成对"), ("paths: {state: away}", "paths 写了两次")],
    ids=["key", "yaml", "twice"],
)
@pytest.mark.parametrize("state", ["state", "../elsewhere"])
def test_a_night_that_stops_at_its_settings_is_told_as_one_that_failed_and_not_as_one_that_never_ran(
    home: Office, capsys: Captured, wrong: str, said: str, state: str
) -> None:
    config = home.home / "config.yaml"
    sound = config.read_text(encoding="utf-8").replace("state: state", f'state: "{state}"  # 状态')
    config.write_text(sound, encoding="utf-8")
    settings = load(config)
    settings.paths.state.mkdir()
    config.write_text(f"{sound}\n{wrong}\n", encoding="utf-8")
    assert cli.main([]) == 2
    line = len(sound.splitlines()) + 2
    assert said in capsys.readouterr().err
    failed = nights.look(settings, datetime.now(settings.calendar.zone) + timedelta(seconds=1))
    assert failed is not None
    assert (failed.wrong, failed.status) == (nights.Wrong.FAILED, 2)
    assert f"第 {line} 行" in failed.did
    assert said in failed.did
    assert "改好设置" in failed.to_do
    assert not (home.home / "away").exists()


def test_nothing_to_consolidate_ends_with_3(office: Office, capsys: Captured) -> None:
    assert cli.main(["--config", str(office.home / "config.yaml"), "--date", "2020-05-21"]) == 3
    assert "分解表" in capsys.readouterr().err


def test_another_run_under_way_ends_with_4(home: Office, capsys: Captured) -> None:
    home.settings.paths.state.mkdir()
    with filelock.FileLock(home.settings.paths.state / "run.lock"):
        assert cli.main(["--date", "2020-05-21"]) == 4
    assert "正在运行" in capsys.readouterr().err
    assert (home.inbox / "日报.xlsx").exists()


def test_a_copy_of_config_alone_is_a_second_office(office: Office) -> None:
    config = str(office.home / "config.yaml")
    office.put_assignment(assignment())
    assert cli.main(["--config", config, "--date", "2020-05-21"]) == 0
    assert cli.main(["nightly", "--config", config, "--date", "2020-05-22"]) == 0
    assert sorted(path.name for path in office.home.iterdir()) == ["config.yaml", "inbox", "outbox", "state"]


def test_help_names_the_commands_and_the_exit_states(capsys: Captured) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["--help"])
    assert caught.value.code == 0
    said = capsys.readouterr().out
    assert all(word in said for word in ("nightly", "demo", "check", "status", "--config", "--date", "--from", "--to"))
    assert re.search("退出状态.*0 .*2 .*3 .*4 .*1 ", said.replace("\n", " "))
    assert re.search("check 的退出状态.*0 .*1 .*2 ", said)


# --- our own fault -----------------------------------------------------------------------------------------------


def test_our_own_fault_ends_with_1_one_sentence_and_a_report_without_contents(
    home: Office, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The exception itself names what stands in a cell."""
    assert cli.main(["--date", "2020-05-21"]) == 0
    secret = "某某的案由"  # noqa: S105 - no password
    monkeypatch.setattr("pipeline.ledger.ledger.read_rows", lambda _rows: dict[str, str]()[secret])
    capsys.readouterr()
    assert cli.main(["--date", "2020-05-22"]) == 1
    said = capsys.readouterr().err
    assert len(said.strip().splitlines()) == 1
    assert re.search("[\u4e00-\u9fff]{4}.*。", said)
    (left,) = home.home.rglob("错误报告_*.txt")
    written = left.read_text(encoding="utf-8")
    assert str(left.resolve()) in said
    assert "KeyError" in written
    assert "nightly" in written
    assert secret not in written + said


def test_after_our_own_fault_what_was_published_is_still_there(home: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cli.main(["--date", "2020-05-21"]) == 0
    before = home.everything()
    monkeypatch.setattr("pipeline.ledger.ledger.read_rows", lambda _rows: dict[str, str]()["x"])
    assert cli.main(["--date", "2020-05-22"]) == 1
    assert home.everything() == before


def test_a_damaged_ledger_is_said_and_ends_with_1(home: Office, capsys: Captured) -> None:
    home.settings.paths.state.mkdir()
    home.settings.paths.ledger.write_bytes(b"no database" * 100)
    assert cli.main(["--date", "2020-05-21"]) == 1
    assert "备份" in capsys.readouterr().err
    assert (home.inbox / "日报.xlsx").exists()


# --- check and status --------------------------------------------------------------------------------------------


def _clerk(home: Office, content: bytes) -> Path:
    path = home.home / "我的日报.xlsx"
    path.write_bytes(content)
    path.with_name(path.name + ".envelope.json").write_text('{"received_at": "2020-05-21T16:00:00+08:00"}', encoding="utf-8")
    return path


def test_check_says_that_all_is_well_and_takes_nothing_in(home: Office, capsys: Captured) -> None:
    path = _clerk(home, report())
    assert cli.main(["check", str(path)]) == 0
    assert "我的日报.xlsx" in capsys.readouterr().out
    assert not home.settings.paths.state.exists()
    assert path.exists()


@pytest.mark.parametrize(
    ("cells", "place"), [({"案件进展!E2": "差不多了"}, "E2"), ({"封面!B1": ""}, "旗区"), ({"案件进展!P1": "手机号"}, "手机号")]
)
def test_check_finds_what_would_be_refused_and_ends_with_1(home: Office, capsys: Captured, cells: dict[str, str], place: str) -> None:
    path = _clerk(home, write(edit(report_pages(), cells)))
    assert cli.main(["check", str(path)]) == 1
    assert place in capsys.readouterr().out


def test_check_judges_against_the_register_once_there_is_one(home: Office, capsys: Captured) -> None:
    assert cli.main(["--date", "2020-05-21"]) == 0
    before = home.everything()
    path = _clerk(home, write(edit(report_pages(), {"案件进展!A2": "SJ-2020-999", "封面!B1": "东胜"})))
    capsys.readouterr()
    assert cli.main(["check", str(path)]) == 1
    said = capsys.readouterr().out
    assert "SJ-2020-999" in said
    assert said.index("【写法与模板不同，已经照意思读了】") < said.index("封面!B1：旗区写作“东胜”，读作“东胜区”，不用改。")
    assert home.everything() == before


def test_check_of_several_files_ends_with_1_where_one_would_be_refused(home: Office, capsys: Captured) -> None:
    good = _clerk(home, report())
    bad = home.home / "坏.xlsx"
    bad.write_bytes(write({"甲": Page([["x"]])}))
    assert cli.main(["check", str(good), str(bad)]) == 1
    said = capsys.readouterr().out
    assert "我的日报.xlsx" in said
    assert "坏.xlsx" in said


def test_check_of_a_folder_checks_its_files(home: Office, capsys: Captured) -> None:
    folder = home.home / "核对"
    (folder / "里面").mkdir(parents=True)
    (folder / "一.xlsx").write_bytes(report())
    (folder / "里面" / "二.xlsx").write_bytes(write({"甲": Page([["x"]])}))
    (folder / "~$一.xlsx").write_bytes(b"x")
    assert cli.main(["check", str(folder)]) == 1
    said = capsys.readouterr().out
    assert "一.xlsx" in said
    assert "二.xlsx" in said
    assert "~$" not in said
    (folder / "空").mkdir()
    assert cli.main(["check", str(folder / "空")]) == 2
    assert "没有要核对的文件" in capsys.readouterr().err


def test_the_version_is_said(capsys: Captured) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0
    assert f" {__version__}（" in capsys.readouterr().out


@pytest.mark.usefixtures("home")
def test_refused_files_that_are_not_named_are_said_to_be_where_they_are(home: Office, capsys: Captured) -> None:
    for number in range(22):
        home.put(b"x" * (number + 1), f"{number:02}.xlsx", "2020-05-21T16:00:00+08:00" if number % 2 else "2020-05-20T16:00:00+08:00")
    assert cli.main(["--date", "2020-05-21"]) == 0
    (said,) = [line for line in capsys.readouterr().out.splitlines() if "其余" in line]
    assert said == "  …… 其余 2 个见：2020-05-21 汇总表的“问题清单”。" or "run.py status --date 日期（2020-05-20）" in said


def test_status_says_who_has_reported(home: Office, capsys: Captured) -> None:
    home.put(report("达拉特旗", progress=[progress_row(当前状态="差不多了")]), "达拉特旗.xlsx")
    assert cli.main(["--date", "2020-05-21"]) == 0
    capsys.readouterr()
    assert cli.main(["status", "--date", "2020-05-21"]) == 0
    said = capsys.readouterr().out
    assert "东胜区" in said
    assert re.search("  达拉特旗  全部退回  .*，采用 0 行，退回 1 行\n", said)


def test_what_waits_is_on_the_board_with_its_district_its_time_and_a_masked_name(home: Office, capsys: Captured) -> None:
    mail = {"channel": "email", "message_id": "<1@example.com>"}
    home.put(report("准格尔旗", progress=[]), "2020-05-21/a/13912345678.xlsx", sender="zhungeer@example.com", **mail)
    home.put(report("乌审旗", progress=[]), "2020-05-21/b/乌审旗.xlsx", sender="stranger@example.net", **mail)
    home.put(report("杭锦旗", progress=[]), "2020-05-21/c/杭锦旗.xlsx", sender="kangbashi@example.com", **mail)
    assert cli.main(["status", "--date", "2020-05-21"]) == 0
    said = capsys.readouterr().out
    assert "  东胜区  文件已到，等待收取  " in said
    assert "  准格尔旗  邮件已到，等待收取  " in said
    assert "139********.xlsx  准格尔旗 邮件 5月21日16:00 2020-05-21 的日报，没有内容行\n" in said
    assert "  乌审旗  未报  " in said
    assert "乌审旗.xlsx  不知旗区（stranger@example.net） 邮件 5月21日16:00 不能算报送：发件人不在任何旗区的名单里\n" in said
    assert "  杭锦旗  未报  " in said
    assert "杭锦旗.xlsx  康巴什区送来，封面写的是杭锦旗 邮件 5月21日16:00 会整份退回：发件人登记的是康巴什区" in said
    assert "  按时 0，迟报 0，已到待收 2，未报 7；其中零报告 0；退回 0 行\n" in said
    assert "13912345678" not in said
    assert cli.main(["status", "--date", "2020-05-20"]) == 0
    assert "已到待收 0，未报 9" in capsys.readouterr().out
    assert cli.main(["status", "--date", "2020-05-21", "--json"]) == 0
    districts = json.loads(capsys.readouterr().out)["districts"]
    assert {district["district"]: district["waiting"] for district in districts if district["waiting"]} == {
        "东胜区": "folder",
        "准格尔旗": "email",
    }
    assert {district["status"] for district in districts} == {"missing"}


def test_before_the_cut_off_a_run_says_who_has_not_reported_yet_and_not_who_failed_to(home: Office, capsys: Captured) -> None:
    outcome = home.run(DAY)
    for time, said in (("17:00", "还没有报：达拉特旗、"), ("17:01", "未报：达拉特旗、")):
        screen.tell_outcome(outcome, home.settings, [DAY], moment(f"{DAY} {time}"))
        told = capsys.readouterr().out
        assert f"\n  {said}" in told
        assert ("17:00 还没到，之前收到的都算按时" in told) is (time == "17:00")


def test_an_envelope_that_cannot_be_read_leaves_its_file_on_the_board(home: Office, capsys: Captured) -> None:
    home.put(report("准格尔旗"), "准旗.xlsx", "never")
    assert cli.main(["status", "--date", "2020-05-21"]) == 0
    said = capsys.readouterr().out
    assert "准旗.xlsx  不知旗区 文件夹 不能算报送" in said
    assert "  准格尔旗  未报  " in said


def test_no_personal_number_reaches_the_screen(home: Office, capsys: Captured) -> None:
    home.put(write(edit(report_pages(), {"案件进展!P1": "手机号", "封面!B1": "13912345678"})), "13912345678.xlsx")
    assert cli.main(["--date", "2020-05-21"]) == 0
    assert cli.main(["status", "--date", "2020-05-21"]) == 0
    said = capsys.readouterr()
    assert "13912345678" not in said.out + said.err


def test_a_folder_that_is_a_file_is_not_our_own_fault(home: Office, capsys: Captured) -> None:
    home.outbox.parent.mkdir(parents=True, exist_ok=True)
    home.outbox.write_bytes(b"in the way")
    assert cli.main(["--date", "2020-05-21"]) == 1
    said = capsys.readouterr().err
    assert str(home.outbox) in said
    assert "请移走它" in said
    assert not list(home.home.rglob("错误报告_*.txt"))


def test_without_a_usable_assignment_workbook_the_reason_is_said(office: Office, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(office.home)
    office.put_assignment(b"no workbook", "分解表.xlsx")
    assert cli.main(["--date", "2020-05-21"]) == 3
    assert re.search("分解表 分解表.xlsx 不能用，.*这是文本文件.*不是工作簿", capsys.readouterr().err)


def test_a_day_that_has_not_come_is_pointed_out(home: Office, capsys: Captured) -> None:
    assert cli.main(["--date", "2100-01-01"]) == 0
    assert "还没有到" in capsys.readouterr().out
    assert _days(home) == ["2100-01-01"]


def test_check_goes_on_after_a_file_that_is_not_there(home: Office, capsys: Captured) -> None:
    (home.home / "好.xlsx").write_bytes(report())
    sidecar = {"received_at": "2020-05-21T16:00:00+08:00", "channel": "folder"}
    (home.home / "好.xlsx.envelope.json").write_text(json.dumps(sidecar), encoding="utf-8")
    assert cli.main(["check", "没有.xlsx", "好.xlsx"]) == 2
    said = capsys.readouterr()
    assert "找不到文件 没有.xlsx" in said.err
    assert "与已报送的一份完全相同，不用再报" in said.out


def test_a_day_whose_folder_is_held_open_does_not_keep_the_others(home: Office, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    replace = Path.replace

    def as_on_windows(path: Path, target: Path) -> Path:
        """Windows does not rename a folder in which a program has a file open."""
        if path.name == "2020-05-20":
            raise PermissionError(13, "held", str(path))
        return replace(path, target)

    assert cli.main(["--from", "2020-05-20", "--to", "2020-05-21"]) == 0
    before = (home.outbox / "2020-05-20/summary.json").read_bytes()
    home.put(report(day=date(2020, 5, 20)), "昨天.xlsx", "2020-05-20T16:00:00+08:00")
    with monkeypatch.context() as patch:
        patch.setattr(storage, "exchange", lambda _one, _other: False)
        patch.setattr(Path, "replace", as_on_windows)
        assert cli.main(["--date", "2020-05-21"]) == 1
    assert re.search("2020-05-20 的结果没有写进.*请关闭 Excel 等程序后再运行一次", capsys.readouterr().err)
    assert (home.outbox / "2020-05-20/summary.json").read_bytes() == before
    assert home.summary(date(2020, 5, 21))["submissions"][0]["status"] == "on-time"
    assert cli.main(["--date", "2020-05-21"]) == 0
    assert (home.outbox / "2020-05-20/summary.json").read_bytes() != before


@pytest.mark.parametrize("command", ["nightly", "demo", "status"])
def test_a_python_without_the_libraries_is_told_what_to_do_and_leaves_nothing(tmp_path: Path, command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-S", HOME / "run.py", command], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert sys.executable in done.stderr
    assert ".venv/bin/python run.py" in done.stderr
    assert "程序自身的问题" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="names there are always Unicode")
def test_names_are_utf_8_whatever_the_system_takes_them_for(office: Office) -> None:
    office.put_assignment(assignment())
    office.put(report(), "东胜区日报.xlsx")
    command = [sys.executable, str(HOME / "run.py"), "--config", str(office.home / "config.yaml"), "--date", str(DAY)]
    odd = {**os.environ, "LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    asked = [sys.executable, "-c", "import sys; print(sys.getfilesystemencoding())"]
    assert subprocess.run(asked, env=odd, capture_output=True, text=True, check=True).stdout != "utf-8\n"
    done = subprocess.run(command, env=odd, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert (office.outbox / str(DAY) / "回执" / "东胜区_回执_1_东胜区日报.xlsx").exists()
    assert [str(path) for path, *_rest in office.facts() if "日报" in str(path)] == ["东胜区日报.xlsx"]


def test_a_night_imports_nothing_that_it_does_not_use(home: Office) -> None:
    """What each import costs a cold night stands in docs/decisions/0006-speed.md."""
    code = "import sys; from pipeline import cli; cli.main(sys.argv[1:]); print(*sorted(sys.modules))"
    command = [sys.executable, "-c", code, "--config", str(home.home / "config.yaml"), "--date", str(DAY)]
    for _ in range(2):  # the first run keeps what it made of the templates
        run = subprocess.run([*command, "--rewrite"], cwd=HOME, capture_output=True, text=True, check=True, env=_with_bytecode())
    unused = {
        "docx",
        "docxtpl",
        "openpyxl",
        "pandas",
        "numpy",
        "smtplib",
        "fastapi",
        "rich",
        "importlib.metadata",
        "pipeline.office.check",
        "pipeline.web",
    }
    assert not unused & set(run.stdout.split())


def _with_bytecode() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
