"""Run now and the doctor, started in the browser: by the office alone, with its token, one at a time, in a process of its own.

Covers `started_runs` and `run_pages`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from websites import Website, served

from pipeline import HOME, cli
from pipeline.web import started_runs
from pipeline.web.started_runs import StartedRuns

if TYPE_CHECKING:
    from offices import Office


@dataclass
class Command:
    """A process that a test ends."""

    words: list[str] = field(default_factory=list)
    output: Path = Path()
    status: int | None = None

    def poll(self) -> int | None:
        return self.status


@dataclass
class Commands:
    """The processes that were begun."""

    begun: list[Command] = field(default_factory=list)

    def begin(self, words: Sequence[str], output: Path) -> Command:
        self.begun.append(Command(list(words), output))
        output.write_text("收文件\n", encoding="utf-8")
        return self.begun[-1]


@pytest.fixture
def commands() -> Commands:
    return Commands()


@pytest.fixture
def site(office: Office, commands: Commands) -> Iterator[Website]:
    with served(office) as website:
        website.serving.site.runs = StartedRuns(office.settings, commands.begin)
        website.user("甲", "东胜区")
        website.user("办公室", "", "")
        yield website


def test_a_run_is_started_once_and_shown_while_it_goes_on(site: Website, commands: Commands) -> None:
    browser = site.signed_in("办公室")
    assert browser.click("/run", "/run/nightly").where == "/run"
    (command,) = commands.begun
    assert command.words == ["--config", str(site.office.home / "config.yaml"), "nightly", "--steps"]
    page = browser.get("/run").text
    assert "正在汇总" in page
    assert "<li>收文件</li>" in page
    assert 'http-equiv="refresh"' in page
    again = browser.post("/run/nightly", {"csrf": browser.token("/today")})
    assert "没有再开始一次" in browser.follow(again).text
    assert browser.post("/run/doctor", {"csrf": browser.token("/today")}).where == "/run?running"
    assert commands.begun == [command]
    assert "办公室 在网页上开始汇总" in site.done()


@pytest.mark.parametrize(
    ("status", "said"),
    [(0, "做完了。"), (4, "另一次汇总正在运行"), (3, "还没有可用的案件包案任务分解表"), (1, "没有全部做完"), (2, "没有做成：设置")],
)
def test_what_it_wrote_and_how_it_ended_is_said_without_naming_a_place(site: Website, commands: Commands, status: int, said: str) -> None:
    browser = site.signed_in("办公室")
    browser.click("/run", "/run/nightly")
    written = f"2020-05-21（更正）\n请看：{site.office.outbox}/2020-05-21\n<b>13812345678.xlsx</b>\n{HOME}/x {site.office.home}/y"
    commands.begun[0].output.write_text(written, encoding="utf-8")
    commands.begun[0].status = status
    page = browser.get("/run").text
    assert said in page
    assert "refresh" not in page
    assert '<a href="/board/2020-05-21">2020-05-21</a>' in page
    assert "请看：结果文件夹/2020-05-21" in page
    assert "13812345678" not in page
    assert "<b>" not in page
    assert str(site.office.home) not in page
    assert str(HOME) not in page
    assert browser.click("/run", "/run/doctor").where == "/run"
    assert commands.begun[1].words[-1] == "doctor"


def test_a_folder_whose_name_begins_like_another_is_not_taken_for_it(office: Office) -> None:
    home, settings = office.home, office.settings
    said = {
        f"{home}/config.yaml 第 3 行": "办公室文件夹/config.yaml 第 3 行",
        f"请放入{home}，再试": "请放入办公室文件夹，再试",
        f"“{settings.paths.state}”": "“state”",
        f"{settings.paths.inbox}/assignment/x": "收件箱/assignment/x",
        f"{HOME}/run.py": "程序文件夹/run.py",
    }
    for written, shown in said.items():
        assert started_runs.without_places(written, settings) == shown
    for other in (f"{HOME}-data/x", f"{HOME}2", f"{HOME}.old/x", f"/mnt{HOME}/x", f"{home}_1/inbox"):
        assert started_runs.without_places(other, settings) == other


def test_only_the_office_starts_anything_and_only_with_its_token(site: Website, commands: Commands) -> None:
    clerk, office = site.signed_in("甲"), site.signed_in("办公室")
    assert clerk.get("/run").body == clerk.get("/nope").body
    for what in ("nightly", "doctor"):
        assert clerk.post(f"/run/{what}", {"csrf": clerk.token("/")}).status == 404
        assert site.browser().post(f"/run/{what}", {"csrf": "x"}).where == "/signin?again"
        assert office.post(f"/run/{what}", {"csrf": "x"}).status == 403
        assert office.post(f"/run/{what}", {"csrf": office.token("/run")}, {"Origin": "http://evil.example"}).status == 403
        assert office.get(f"/run/{what}").status == 404
    assert office.click("/run", "/run/demo").status == 404
    assert commands.begun == []


@pytest.mark.parametrize("what", started_runs.WORDS)
def test_what_is_started_is_a_command(office: Office, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    asked: list[Path] = []

    def noted(options: argparse.Namespace) -> int:
        asked.append(options.config)
        return 0

    monkeypatch.setitem(cli._COMMANDS, what, noted)  # noqa: SLF001 - where commands are listed
    path = office.home / "config.yaml"
    assert office.settings.file == path
    assert cli.main(["--config", str(path), *started_runs.WORDS[what]]) == 0
    assert asked == [path]
