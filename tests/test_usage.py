from __future__ import annotations

import re

import pytest

from pipeline import usage

Captured = pytest.CaptureFixture[str]
OURS = {
    "run",
    "py",
    "nightly",
    "demo",
    "check",
    "doctor",
    "fetch",
    "status",
    "templates",
    "output",
    "blank",
    "COMMAND",
    "FILE",
    "DIR",
    "YYYY",
    "MM",
    "DD",
    "h",
    "help",
    "repair",
    "config",
    "date",
    "from",
    "to",
    "send",
    "dry",
    "unknown",
    "again",
    "done",
    "json",
    "JSON",
    "explain",
    "WHAT",
    "SJ",
}
OURS |= {"serve", "host", "port", "N", "user", "add", "link", "disable", "list", "ACTION", "NAME", "ADDRESS", "senders"}
OURS |= {
    "editions",
    "rewrite",
    "to",
    "without",
    "district",
    "office",
    "address",
    "yaml",
    "SIGTERM",
    "receipt",
    "PATH",
    "version",
    "today",
    "period",
    "closing",
    "rota",
    "urgent",
    "xlsx",
    "release",
    "steps",
    "rehearse",
    "NEW",
    "workbook",
}


def _ended(arguments: list[str]) -> int | str | None:
    with pytest.raises(SystemExit) as caught:
        usage.parser().parse_args(arguments)
    return caught.value.code


def _english(said: str) -> set[str]:
    """Words in Latin letters that are no name of ours."""
    return {*re.findall("[A-Za-z]+", said)} - OURS


SERVING = (["serve"], ["user"], ["user", "add"], ["user", "link"], ["user", "disable"], ["user", "list"])
COMMANDS: tuple[list[str], ...] = (
    [],
    ["nightly"],
    ["rota"],
    ["urgent"],
    ["demo"],
    ["check"],
    ["doctor"],
    ["editions"],
    ["explain"],
    ["fetch"],
    ["rehearse"],
    ["send"],
    ["status"],
    ["templates"],
)


@pytest.mark.parametrize("command", [*COMMANDS, *SERVING], ids=" ".join)
def test_help_is_in_chinese(capsys: Captured, command: list[str]) -> None:
    assert _ended([*command, "--help"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("用法：run.py")
    assert "显示这份说明" in said
    assert _english(said) == set()


WRONG = (
    (["--nonsense"], "不认识“--nonsense”"),
    (["nonsense"], "没有 'nonsense' 这个命令，可以用的是：.*nightly"),
    (["--date"], "--date 后面要写一个值"),
    (["--date", "5"], "--date 的日期“5”应写成 2020-05-21 这样"),
    (["check"], "缺少 FILE"),
    (["--help=3"], "--help 后面不写值"),
    (["--=3"], "可以是几个选项：.*请写全"),
    (["serve", "--port", "70000"], "--port 的端口“70000”应为 1 到 65535 的整数"),
    (["user", "add", "1"], "--district --office 要写其中一个"),
    (["user"], "缺少 ACTION"),
    (["demo", "1", "2"], "不认识“2”"),
    (["status", "--date", "2020-02-30"], "--date 的日期“2020-02-30”应写成 2020-05-21 这样"),
)


@pytest.mark.parametrize(("arguments", "said"), WRONG, ids=[" ".join(arguments) for arguments, _said in WRONG])
def test_wrong_arguments_are_said_in_chinese(capsys: Captured, arguments: list[str], said: str) -> None:
    assert _ended(arguments) == 2
    printed = capsys.readouterr().err
    assert re.search(f"用法有误：.*{said}.*。用 --help 查看用法。\n", printed)
    assert _english(printed) <= {"nonsense"}


def test_what_was_typed_steers_no_terminal(capsys: Captured) -> None:
    assert _ended(["\x1b]0;x\x07\u202e"]) == 2
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", capsys.readouterr().err)


def test_what_argparse_has_not_said_before_is_a_plain_sentence() -> None:
    assert usage.in_chinese("something new in Python 4") == "写法不对"
