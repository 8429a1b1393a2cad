"""The settings: what config.yaml says, and that each thing wrong in it is said in Chinese with its line.

Covers `clocks`, `config`, `config_file`, `contradictions` and `outgoing`.
"""

from __future__ import annotations

import re
from datetime import date, time
from pathlib import Path

import pydantic
import pytest
from offices import CONFIG, SETTINGS
from workbooks import DISTRICTS

from pipeline.settings.config import load
from pipeline.terms.errors import ConfigurationError

WRITTEN = CONFIG.read_text(encoding="utf-8")


def _changed(tmp_path: Path, old: str, new: str) -> Path:
    assert WRITTEN.count(old) >= 1
    path = tmp_path / "config.yaml"
    path.write_text(WRITTEN.replace(old, new, 1), encoding="utf-8")
    return path


def _line(path: Path, text: str) -> int:
    return next(n for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if text in line)


def test_the_nine_districts_stand_in_their_order() -> None:
    assert SETTINGS.district_names == DISTRICTS
    assert [district.code for district in SETTINGS.districts] == ["DS", "DLT", "ZGE", "YJHL", "WS", "HJ", "ETK", "ETQ", "KBS"]


def test_the_settings_are_the_domains() -> None:
    calendar, windows = SETTINGS.calendar, SETTINGS.windows
    assert (calendar.cut_off, calendar.day_turns, calendar.correction_after) == (time(17), time(12), time(12))
    assert (calendar.timezone, calendar.oldest_report_days) == ("Asia/Shanghai", 31)
    assert (windows.due_soon_days, windows.stalled_days, windows.acceptance_days) == (3, 5, 15)
    assert (windows.conclude_days, windows.extension_days) == (60, 30)
    assert [(group.target_percent, group.sources) for group in SETTINGS.groups] == [
        (100, ("自治区交办",)),
        (90, ("市级交办", "旗区自行梳理")),
    ]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("东胜区", "东胜区"),
        ("东胜", "东胜区"),
        ("鄂尔多斯市东胜区", "东胜区"),
        ("东胜区住建局", "东胜区"),
        ("东胜区住房和城乡建设局", "东胜区"),
        ("鄂尔多斯市东胜区住房和城乡建设局", "东胜区"),
        ("内蒙古自治区鄂尔多斯市东胜区", "东胜区"),
        ("内蒙古自治区 鄂尔多斯市\u200b鄂托克前旗住建局", "鄂托克前旗"),
        ("鄂尔多斯市东胜区人民政府住房和城乡建设局", "东胜区"),
        ("内蒙古自治区" * 2000 + "东胜区", None),
        ("内蒙古自治区鄂尔多斯市", None),
        ("东胜区鄂尔多斯市", None),
        ("东 胜\n区", "东胜区"),
        ("达旗", "达拉特旗"),
        ("准旗", "准格尔旗"),
        ("伊旗住建局", "伊金霍洛旗"),
        ("杭旗", "杭锦旗"),
        ("鄂旗", "鄂托克旗"),
        ("鄂托克", "鄂托克旗"),
        ("鄂托克前", "鄂托克前旗"),
        ("前旗", "鄂托克前旗"),
        ("鄂前旗", "鄂托克前旗"),
        ("鄂托克前旗住建局", "鄂托克前旗"),
        ("乌审", "乌审旗"),
        ("康巴什", "康巴什区"),
        ("呼和浩特市", None),
        ("鄂尔多斯市", None),
        ("旗", None),
        ("住建局", None),
        ("", None),
        ("东胜区达拉特旗", None),
    ],
)
def test_a_district_is_known_by_its_names(written: str, name: str | None) -> None:
    district = SETTINGS.district_named(written)
    assert (district.name if district else None) == name


REFUSED = (
    ("an unknown key", "office: ", "ofice: ", "ofice"),
    ("an unknown key inside", "  due_soon_days: 3 ", "  due_son_days: 3 ", "due_son_days"),
    ("a wrong type", "stalled_days: 5 ", 'stalled_days: "5" ', "stalled_days"),
    ("a fraction of days", "stalled_days: 5 ", "stalled_days: 5.5 ", "stalled_days"),
    ("a number below zero", "stalled_days: 5 ", "stalled_days: -1 ", "stalled_days"),
    ("more than all", "target_percent: 90", "target_percent: 101", "市级交办和旗区自行梳理"),
    ("a clock without quotes", 'cut_off: "17:00"', "cut_off: 17:00", "cut_off"),
    ("no such hour", 'cut_off: "17:00"', 'cut_off: "25:00"', "cut_off"),
    ("no such zone", "timezone: Asia/Shanghai", "timezone: Asia/Ordos", "timezone"),
    (
        "a source in two groups",
        "sources: [市级交办, 旗区自行梳理]",
        "sources: [市级交办, 旗区自行梳理, 自治区交办]",
        "市级交办和旗区自行梳理",
    ),
    (
        "a source twice",
        "sources: [自治区交办, 市级交办, 旗区自行梳理]",
        "sources: [自治区交办, 市级交办, 市级交办, 旗区自行梳理]",
        "市级交办, 市级交办",
    ),
    (
        "no source of the districts' own",
        "sources: [自治区交办, 市级交办, 旗区自行梳理]",
        "sources: [自治区交办, 市级交办]",
        "sources: [自治区交办, 市级交办]",
    ),
    (
        "a new source in no group",
        "sources: [自治区交办, 市级交办, 旗区自行梳理]",
        "sources: [国家交办, 自治区交办, 市级交办, 旗区自行梳理]",
        "groups:",
    ),
    ("a category twice", "categories: [房地产开发,", "categories: [房地产开发, 其他,", "categories: [房地产开发, 其他,"),
    ("a source in no group", "sources: [市级交办, 旗区自行梳理]", "sources: [市级交办]", "groups:"),
    ("no such source", "sources: [自治区交办]", "sources: [自治区交办, 国家交办]", "[自治区交办, 国家交办]"),
    ("a group twice", "name: 市级交办和旗区自行梳理", "name: 自治区交办", "sources: [市级交办, 旗区自行梳理]"),
    ("an alias of two districts", "aliases: [达拉特, 达旗]", "aliases: [达拉特, 达旗, 东胜]", "达旗, 东胜"),
    ("a code of two districts", "code: DLT", "code: DS", "name: 达拉特旗"),
    ("a duplicate key", "  outbox: outbox", "  inbox: other", "inbox: other"),
    ("a pattern that is none", "'[A-Z]+-", "'[A-Z+-(", "case_number_pattern"),
    ("a bad indent", "  outbox: outbox", " outbox: outbox", "outbox: outbox"),
    ("a tab", "  outbox: outbox", "\toutbox: outbox", "outbox: outbox"),
)


@pytest.mark.parametrize(("what", "old", "new", "at"), REFUSED, ids=[line[0] for line in REFUSED])
def test_a_wrong_setting_is_refused_with_its_line(tmp_path: Path, what: str, old: str, new: str, at: str) -> None:
    path = _changed(tmp_path, old, new)
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    assert caught.value.exit_status == 2
    assert f"第 {_line(path, at)} 行" in str(caught.value), what


def test_several_wrong_settings_are_named_at_once(tmp_path: Path) -> None:
    path = _changed(tmp_path, "stalled_days: 5 ", "stalled_days: x ")
    path.write_text(path.read_text(encoding="utf-8").replace("due_soon_days: 3", "due_soon_days: y", 1), encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    assert len(str(caught.value).splitlines()) == 2


def test_a_file_that_is_not_there_is_refused_and_said_where(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="找不到"):
        load(tmp_path / "config.yaml")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", "旗区: 东胜".encode("gbk"), b"- a\n", b"abc", b"\0"])
def test_a_file_that_is_no_configuration_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "config.yaml").write_bytes(content)
    with pytest.raises(ConfigurationError):
        load(tmp_path / "config.yaml")


def test_paths_are_relative_to_the_files_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _changed(tmp_path, "  state: state", "  state: ../elsewhere")
    monkeypatch.chdir("/")
    paths = load(path).paths
    assert paths.inbox == tmp_path / "inbox"
    assert paths.state.resolve() == (tmp_path.parent / "elsewhere").resolve()
    assert paths.templates is None


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("\ufeff" + WRITTEN, encoding="utf-8")
    assert load(path).districts == SETTINGS.districts


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(pydantic.ValidationError):
        SETTINGS.office = "别处"  # type: ignore[misc]


def test_the_pattern_of_case_numbers_is_the_contracts() -> None:
    allowed = re.compile(SETTINGS.case_number_pattern).fullmatch
    assert all(allowed(number) for number in ("ZZQ-2020-001", "SJ-2020-014", "DS-2020-003"))
    assert not any(allowed(number) for number in ("ZZQ-20-001", "2020-001", "ZZQ-2020-", str(date(2020, 5, 21))))


# --- from the contract's sentences, found wanting while this was written ---------------------------------------


@pytest.mark.parametrize("line", ["? [a, b]\n: c", "x: &a [*a]"])
def test_yaml_that_cannot_be_made_is_a_wrong_setting_and_not_our_fault(tmp_path: Path, line: str) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(re.sub("(?m)^office:.*$", "", WRITTEN) + f"\n{line}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError):
        load(path)


def test_what_is_wrong_is_said_in_chinese(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(_changed(tmp_path, 'cut_off: "17:00"', 'cut_off: "25:00"'))
    assert "hour" not in str(caught.value)


FAULTS_OF_YAML = (
    ("  outbox: outbox", "\toutbox: outbox", "制表符"),
    ("  outbox: outbox", "  outbox：outbox", "缺少冒号"),
    ("  outbox: outbox", " outbox: outbox", "缩进与上面不一致"),
    ("  outbox: outbox", "   outbox: outbox", "缩进与上面不一致"),
    ("  outbox: outbox", "  outbox: a: b", "缩进不对，或内容里有冒号"),
    ("  outbox: outbox", '  outbox: "outbox', "引号没有成对"),
    ("  outbox: outbox", "  outbox: 'outbox", "引号没有成对"),
    ("  outbox: outbox", '  outbox: "a\\q"', "反斜杠"),
    ("  outbox: outbox", "  outbox: @outbox", "特殊符号"),
    ("  outbox: outbox", "  outbox: *outbox", "引号"),
    ("  outbox: outbox", "  outbox: !outbox x", "引号"),
    ("aliases: [达拉特, 达旗]", "aliases: [达拉特, 达旗", "方括号|括号没有成对"),
    ("aliases: [达拉特, 达旗]", "aliases: {达拉特, 达旗", "花括号|括号没有成对"),
    ("  outbox: outbox", "  inbox: outbox", "inbox 写了两次"),
    ("'[A-Z]+-", "'[A-Z+-(", "正则表达式，问题在第 \\d+ 个字符附近"),
    ("  outbox: outbox", "  outbox: \x07", "不能用的字符"),
    ("stalled_days: 5 ", "stalled_days: 1.5 ", "应为整数"),
    ("file_megabytes: 25", "file_megabytes: .inf", "应为整数|内容不对"),
)


@pytest.mark.parametrize(("old", "new", "sentence"), FAULTS_OF_YAML, ids=[new for _old, new, _said in FAULTS_OF_YAML])
def test_a_fault_in_the_way_of_writing_is_said_in_chinese(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    path = _changed(tmp_path, old, new)
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    words = str(caught.value).replace(str(path), "")
    assert re.search(sentence, words)
    ours = {"config", "yaml", "Tab", "case_number_pattern", "inbox", "windows", "stalled_days", "limits", "file_megabytes"}
    assert {*re.findall("[A-Za-z_]{2,}", words)} <= ours


BOUNDS = (
    ("outgoing_mail: {host: h, sender: a@example.com, security: ssl}", "outgoing_mail.security：只能是 tls（.*SSL.*）或 starttls（.*）"),
    ("outgoing_mail: {host: h, sender: a@example.com, port: 99999}", "outgoing_mail.port：数值太大，最大是 65535"),
    ("outgoing_mail: {host: h, sender: a@example.com, port: 0}", "outgoing_mail.port：数值太小，最小是 1"),
    ("mailboxes: [{host: h, user: u, password_env: P, authserv_id: a, port: 99999}]", "mailboxes.0.port：数值太大，最大是 65535"),
    ("mailboxes: [{host: h, user: u, password_env: P, authserv_id: a, security: ssl}]", "mailboxes.0.security：没有这个设置项"),
    ("mailboxes: [{host: h, user: u, password_env: P, authserv_id: a, when_done: del}]", "when_done：只能是 flag（.*）或 move"),
    ("mailboxes: [{host: h, user: u, password_env: P, authserv_id: a, folders: []}]", "folders：至少要有一项"),
    ("upload: {failures: 1}", "upload.failures：数值太小，最小是 3"),
)


@pytest.mark.parametrize(("line", "sentence"), BOUNDS, ids=[sentence for _line, sentence in BOUNDS])
def test_what_may_be_written_is_said(tmp_path: Path, line: str, sentence: str) -> None:
    path = tmp_path / "config.yaml"
    name = line.partition(":")[0]
    path.write_text(re.sub(f"(?m)^{name}:.*$", line, WRITTEN), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=sentence):
        load(path)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("memory_megabytes: 1024", "memory_megabytes: 99999999999999", "limits.memory_megabytes：数值太大，最大是 1048576"),
        ("file_megabytes: 25", "file_megabytes: 99999999999999999999", "limits.file_megabytes：数值太大，最大是 1024"),
        ("outbox: outbox", 'outbox: "a\\0b"', "paths.outbox：路径里有换行或控制字符"),
    ],
)
def test_what_no_computer_has_is_refused_with_its_line(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    path = _changed(tmp_path, old, new)
    with pytest.raises(ConfigurationError, match=sentence) as caught:
        load(path)
    assert f"第 {_line(path, new)} 行" in str(caught.value)


@pytest.mark.parametrize("content", ["旗区: 东胜".encode("gbk"), b"\0", b"[" * 2000])
def test_a_file_that_cannot_be_read_is_said_in_chinese(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    assert {*re.findall("[A-Za-z]+", str(caught.value).replace(str(path), ""))} <= {"UTF", "config", "yaml"}


@pytest.mark.parametrize("quote", ["'", '"'])
def test_a_quote_that_is_never_closed_is_said_as_that(tmp_path: Path, quote: str) -> None:
    (tmp_path / "config.yaml").write_text(f"office: {quote}某办公室\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="引号没有成对"):
        load(tmp_path / "config.yaml")


@pytest.mark.parametrize("quote", ["'", '"'])
@pytest.mark.parametrize("setting", ["outbox: outbox", "name: 达拉特旗", "time: 17:00"])
def test_a_quote_that_is_never_closed_is_blamed_on_its_own_line(tmp_path: Path, quote: str, setting: str) -> None:
    """It goes on to the next quote, which may be many lines below, and the library blames what stands there."""
    path, name = tmp_path / "config.yaml", setting.partition(": ")[0]
    lines = [f"  {name}: {quote}x", "  b: c", f"  d: {quote}e{quote}", "  f: g"]
    for more in (lines, lines[:2]):
        path.write_text("\n".join(["office: 甲", "# 注", "paths:", *more]) + "\n", encoding="utf-8")
        with pytest.raises(ConfigurationError, match="第 4 行：引号没有成对"):
            load(path)


def test_a_quote_over_two_lines_that_is_closed_is_blamed_for_nothing_below_it(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text('office: "某\n  办公室"\npaths: [x\n', encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    assert "引号" not in str(caught.value)


def test_a_reminder_that_could_never_go_out_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    mail = 'outgoing_mail: {host: h, sender: a@example.com, reminder_at: "18:00"}'
    path.write_text(CONFIG.read_text(encoding="utf-8").replace("outgoing_mail: null", mail), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="reminder_at：应早于截止时间 17:00"):
        load(path)
