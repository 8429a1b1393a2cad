"""What docs/部署.md has an administrator copy: every line of it is one that the program takes, and the files agree with each other."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from xml.etree import ElementTree as ET

import pytest

from pipeline import usage
from pipeline.settings import config

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "部署.md").read_text(encoding="utf-8")
DEPLOY = ROOT / "docs" / "deploy"
SERVICES = sorted(DEPLOY.glob("*.service"))
TIMERS = sorted(DEPLOY.glob("*.timer"))
TASKS = sorted((DEPLOY / "windows").glob("*.xml"))
OFFICE = config.load(ROOT / "config.yaml")
SCHEMA = {"task": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
WRITES = {
    "fetch": {"inbox", "state"},
    "nightly": {"inbox", "outbox", "state"},
    "send": {"state"},
    "serve": {"inbox", "outbox", "state"},
    "urgent": {"state"},
}
"""The folders that a command changes; the night's run that is started on the page runs in the service of `serve`."""


def _values(path: Path, key: str) -> list[str]:
    return re.findall(rf"^{key}=-?(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)


def _command(words: Sequence[str]) -> str:
    """The command that run.py understands from what follows its name; fails where it would refuse."""
    return str(usage.parser().parse_args(list(words)).command)


def _started(service: Path) -> list[list[str]]:
    """Each command line of a service, in its order."""
    return [shlex.split(line) for key in ("ExecStartPre", "ExecStart") for line in _values(service, key)]


def _of(task: Path, place: str) -> list[str]:
    root = ET.fromstring(task.read_bytes())  # noqa: S314 - a file of our own
    return [element.text or "" for element in root.findall(place, SCHEMA)]


# --- systemd -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.name)
def test_a_service_starts_what_the_program_understands_and_may_write_where_that_does(service: Path) -> None:
    (home,) = _values(service, "WorkingDirectory")
    writable = set(_values(service, "ReadWritePaths")[0].split())
    for python, run, *words in _started(service):
        assert (python, run) == (f"{home}/.venv/bin/python", f"{home}/run.py")
        assert words[:2] == ["--config", f"{home}/config.yaml"]
        assert {f"{home}/{folder}" for folder in WRITES[_command(words)]} <= writable
    assert writable <= {f"{home}/{folder.name}" for folder in (OFFICE.paths.inbox, OFFICE.paths.outbox, OFFICE.paths.state)}


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.name)
def test_a_service_is_nobody_and_keeps_its_hands_off_the_system(service: Path) -> None:
    assert _values(service, "User") == ["xinfang"]
    assert _values(service, "CapabilityBoundingSet") == [""]
    assert _values(service, "ProtectSystem") == ["strict"]
    yes = {key for key, value in re.findall(r"^(\w+)=(.*)$", service.read_text(encoding="utf-8"), re.MULTILINE) if value == "yes"}
    assert yes >= {"NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices", "RestrictNamespaces", "RestrictSUIDSGID"}
    assert "MemoryDenyWriteExecute" not in yes, "ctypes, with which the readers give away their rights, needs it"


def test_another_run_under_way_is_no_failure_and_wrong_settings_are_not_tried_again() -> None:
    assert {path.stem: _values(path, "SuccessExitStatus") for path in SERVICES} == {
        "xinfang-nightly": ["4"],
        "xinfang-send": ["4"],
        "xinfang-serve": [],
        "xinfang-urgent": ["4"],
    }
    assert _values(DEPLOY / "xinfang-serve.service", "RestartPreventExitStatus") == ["2"]


def test_mail_is_fetched_before_the_night_s_run_and_before_anybody_is_reminded() -> None:
    """Also where the mailbox cannot be reached just now: the rest goes on."""
    for name in ("nightly", "send"):
        service = DEPLOY / f"xinfang-{name}.service"
        assert [_command(words[2:]) for words in _started(service)] == ["fetch", name]
        assert re.findall(r"^ExecStartPre=(-?)", service.read_text(encoding="utf-8"), re.MULTILINE) == ["-"]
        assert f"xinfang-{name}.service` 换成" in PAGE
    blocks = re.findall(r"^```ini\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    said = [re.findall(r"^(\w+=-?).* xinfang (\w+)$", block, re.MULTILINE) for block in blocks]
    assert said == [[("ExecStartPre=-", "fetch"), ("ExecStart=", name)] for name in ("nightly", "send")]


def test_every_command_that_mails_is_given_the_password() -> None:
    assert {path.stem for path in SERVICES if _values(path, "EnvironmentFile") == ["/etc/xinfang.env"]} == {path.stem for path in SERVICES}


@pytest.mark.parametrize("timer", TIMERS, ids=lambda path: path.name)
def test_a_timer_has_the_office_s_time_catches_up_and_starts_its_service(timer: Path) -> None:
    assert timer.with_suffix(".service") in SERVICES
    assert _values(timer, "Persistent") == ["true"]
    assert {when.split()[-1] for when in _values(timer, "OnCalendar")} == {OFFICE.calendar.timezone}


# --- Windows -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("task", TASKS, ids=lambda path: path.name)
def test_a_task_starts_what_the_program_understands(task: Path) -> None:
    assert task.read_bytes().isascii()
    (python,), (home,), (arguments,) = (
        _of(task, f"task:Actions/task:Exec/task:{name}") for name in ("Command", "WorkingDirectory", "Arguments")
    )
    assert PureWindowsPath(python) == PureWindowsPath(home) / ".venv" / "Scripts" / "python.exe"
    run, *words = arguments.split()
    assert run == "run.py"
    assert task.stem == f"xinfang-{_command(words)}"
    assert f"docs\\deploy\\windows\\{task.name}" in PAGE


@pytest.mark.parametrize("task", TASKS, ids=lambda path: path.name)
def test_a_task_runs_on_battery_logged_on_or_not_and_once_at_a_time(task: Path) -> None:
    said = {
        name: _of(task, f"task:Settings/task:{name}")
        for name in ("MultipleInstancesPolicy", "DisallowStartIfOnBatteries", "StopIfGoingOnBatteries")
    }
    assert said == {"MultipleInstancesPolicy": ["IgnoreNew"], "DisallowStartIfOnBatteries": ["false"], "StopIfGoingOnBatteries": ["false"]}
    assert _of(task, "task:Principals/task:Principal/task:UserId") == ["S-1-5-19"]
    assert _of(task, "task:Settings/task:StartWhenAvailable") == ["true"]


def test_no_limit_ends_the_upload_page_after_three_days() -> None:
    limits = {task.stem: _of(task, "task:Settings/task:ExecutionTimeLimit") for task in TASKS}
    assert limits.pop("xinfang-serve") == ["PT0S"]
    assert set(map(tuple, limits.values())) == {("PT1H",)}


@pytest.mark.parametrize("timer", TIMERS, ids=lambda path: path.name)
def test_windows_and_linux_run_at_the_same_times(timer: Path) -> None:
    starts = _of(DEPLOY / "windows" / f"{timer.stem}.xml", "task:Triggers/task:CalendarTrigger/task:StartBoundary")
    every = _of(DEPLOY / "windows" / f"{timer.stem}.xml", "task:Triggers/task:CalendarTrigger/task:Repetition/task:Interval")
    times = {re.sub(r"^.*T(.{8})\+08:00$", r"\1", start) for start in starts}
    if every:
        times = {f"*:00/{minutes}:00" for interval in every for minutes in re.findall(r"^PT(\d+)M$", interval)}
    assert times == {when.split()[1] for when in _values(timer, "OnCalendar")}


# --- the container and the page ----------------------------------------------------------------------------------


def test_the_container_is_nobody_and_starts_what_the_program_understands() -> None:
    said = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    assert re.findall(r"^USER (.+)$", said, re.MULTILINE) == ["10001"]
    entry, usual = (re.findall(r'"([^"]+)"', said.split(f"{name} ")[1].splitlines()[0]) for name in ("ENTRYPOINT", "CMD"))
    assert PurePosixPath(entry[1]).name == "run.py"
    assert _command([*entry[2:], *usual]) == "nightly"
    runs = [line for line in PAGE.replace("\\\n", " ").splitlines() if "podman run " in line]
    assert all(" -v /srv/office:/office:z " in command for command in runs), "the containers share the folder"
    commands = [_command([*entry[2:], *run.partition(" xinfang ")[2].split()]) for run in runs]
    assert commands == ["nightly", "fetch", "nightly", "fetch", "send", "fetch", "send", "doctor", "serve", "user"]
    with_password = {command for command, run_line in zip(commands, runs, strict=True) if " --env-file /etc/xinfang.env " in run_line}
    assert with_password == {"fetch", "send"}
    for source in re.findall(r"^COPY (\S+)", said, re.MULTILINE):
        assert (ROOT / source).exists()


def test_a_body_that_the_proxy_refuses_is_answered_in_chinese_and_one_just_above_our_limit_by_our_page() -> None:
    (megabytes,) = re.findall(r"client_max_body_size (\d+)m;", PAGE)
    assert int(megabytes) > OFFICE.limits.file_megabytes
    assert "error_page 413 @too_large;" in PAGE
    (said,) = re.findall(r'location @too_large \{[^}]*return 413 "([^"]+)";', PAGE)
    assert re.match("[\u4e00-\u9fff]", said)


def test_the_key_is_for_the_page_s_account_alone() -> None:
    """Where `upload` says that it lies."""
    (key,) = re.findall(r"^  key: (.+)$", PAGE, re.MULTILINE)
    assert re.search(rf"^sudo chmod 640 .*/srv/xinfang/{key}$", PAGE, re.MULTILINE)
    windows = str(PureWindowsPath(key)).replace("\\", r"\\")
    assert re.search(rf"^icacls {windows} /inheritance:r /grant:r \*S-1-5-19:R \*S-1-5-32-544:F$", PAGE, re.MULTILINE)


def test_every_line_of_the_page_is_one_that_the_program_takes() -> None:
    blocks = "\n".join(re.findall(r"^```(?:sh|bat)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)).replace("\\\n", " ")
    lines = [line.partition("run.py ")[2].split() for line in blocks.splitlines() if "run.py " in line]
    assert [_command(line) for line in lines] == ["doctor", "user"]


def test_every_file_that_the_page_names_is_there() -> None:
    named = {path.replace("\\", "/") for path in re.findall(r"docs[/\\]deploy[/\\][\w./\\*-]+\w", PAGE)}
    files = {path for pattern in named for path in ROOT.glob(pattern) if path.is_file()}
    assert all(any(ROOT.glob(pattern)) for pattern in named)
    assert files == {path for path in DEPLOY.rglob("*") if path.is_file()}
