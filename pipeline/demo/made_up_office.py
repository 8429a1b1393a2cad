"""`run.py demo`: an office with a made-up week in a folder of its own, consolidated like any other."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from pipeline import HOME
from pipeline.demo import made_up_week, made_up_workbooks, moved_week
from pipeline.intake import envelopes
from pipeline.night import nightly
from pipeline.night.outcome import Outcome, Progress
from pipeline.settings import config
from pipeline.settings.config import Settings
from pipeline.terms.errors import ConfigurationError, reason_of

MARKER = ".demo.json"
"""Shows that a folder is a demo, and which files in it are the demo's own."""
_CONFIG = HOME / "config.yaml"
_MADE = ("config.yaml", "inbox", "outbox", "state")
_KEPT = "保留"


@dataclass(frozen=True, slots=True)
class Office:
    """The demo's office: what to consolidate, and what to open afterwards."""

    folder: Path
    settings: Settings
    days: list[date]
    open_first: list[tuple[Path, str]]


def is_demo(folder: Path) -> bool:
    """Return whether the folder is a demo's."""
    return (folder / MARKER).is_file()


def build(folder: Path, now: datetime | None = None) -> Office:
    """Make the office; an earlier demo there is replaced. With `now` its week ends on that day, and `send --dry-run` has letters to show.

    Raises ConfigurationError for a folder that is not a demo's.
    """
    try:
        _clear(folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MARKER).write_text("{}", encoding="utf-8")
        shutil.copyfile(_CONFIG, folder / "config.yaml")
        if now:
            _set_mail(folder / "config.yaml")
        office = config.load(folder / "config.yaml")
        now = now.astimezone(office.calendar.zone) if now else None
        _refuse_foreign(office, folder)
        _fill_inbox(office, now)
    except OSError as error:
        msg = f"演示文件夹 {folder} 写不进去：{reason_of(error) or error.strerror}；或换一个文件夹：python run.py demo 文件夹"
        raise ConfigurationError(msg) from error
    last = now.date() if now else made_up_week.day(made_up_week.FRI)
    days = [last - timedelta(days=before) for before in range(made_up_week.FRI, -1, -1)]
    return Office(folder, office, days, _open_first(office.paths.outbox, days[-1], days[-2]))


def consolidate(office: Office, progress: Progress | None = None) -> Outcome:
    """Consolidate the week, and remember which files are the demo's: a later demo replaces no file that somebody has changed."""
    outcome = nightly.run(office.settings, office.days, progress)
    made = json.dumps(_digests(office.folder), ensure_ascii=False, indent=0, sort_keys=True)
    (office.folder / MARKER).write_text(made, encoding="utf-8")
    return outcome


def _open_first(outbox: Path, last: date, before: date) -> list[tuple[Path, str]]:
    return [
        (outbox / f"{last}" / f"信访事项办理情况日报_{last}.html", "领导看的一页：两项目标差几件、一周走势、谁没有报、哪些要督办"),
        (outbox / f"{last}" / f"信访事项办理情况汇总_{last}.xlsx", "办公室用的汇总表：台账、督办清单、报送情况，逐件可查"),
        (outbox / f"{before}" / "findings.csv", "退回和提醒的逐条清单：哪个文件、哪个单元格、什么问题、怎么改"),
    ]


# --- the folder --------------------------------------------------------------------------------------------------


def _clear(folder: Path) -> None:
    """Make room for a new demo: an earlier one goes, unless something in it has changed; then it is set aside."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not (folder / MARKER).is_file():
        msg = f"{folder} 不是空文件夹，也不是以前的演示，没有动它。请换一个文件夹：python run.py demo 文件夹"
        raise ConfigurationError(msg)
    made = [folder / name for name in _MADE if (folder / name).exists()]
    if _remembered(folder / MARKER) == _digests(folder):
        for path in made:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    elif made:
        aside = next(path for n in range(1, 10**6) if not (path := folder / f"{_KEPT}{n}").exists())
        aside.mkdir()
        for path in made:
            path.replace(aside / path.name)


def _remembered(marker: Path) -> object:
    try:
        return json.loads(marker.read_text(encoding="utf-8"))
    except ValueError:
        return None


def _digests(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file that a demo makes, by its path."""
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in _files(folder)}


def _files(folder: Path) -> Iterator[Path]:
    for name in _MADE:
        path = folder / name
        yield from [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())


def _refuse_foreign(office: Settings, folder: Path) -> None:
    """Refuse settings that would lead the demo out of its folder, or that have other districts."""
    home = folder.resolve()
    paths = (office.paths.inbox, office.paths.outbox, office.paths.state)
    if not all(path.resolve().is_relative_to(home) for path in paths):
        msg = f"{_CONFIG} 的 paths 指向演示文件夹以外，演示没有开始。请把 inbox、outbox、state 写成相对路径。"
        raise ConfigurationError(msg)
    missing = set(made_up_week.DISTRICTS) - {district.code for district in office.districts}
    if missing:
        msg = f"演示数据按随程序提供的九个旗区编写，而 {_CONFIG} 里没有 {'、'.join(sorted(missing))}，演示没有开始。"
        raise ConfigurationError(msg)


# --- the inbox ---------------------------------------------------------------------------------------------------


def _set_mail(config_file: Path) -> None:
    """Have the demo write letters to nobody: the server is none that exists, and `send --dry-run` asks none."""
    written = config_file.read_text(encoding="utf-8")
    outgoing = "{host: smtp.example.com, sender: ribao@example.com, leaders: [lingdao1@example.com]}"
    config_file.write_text(written.replace("\noutgoing_mail: null\n", f"\noutgoing_mail: {outgoing}\n", 1), encoding="utf-8")


def _fill_inbox(office: Settings, now: datetime | None) -> None:
    names = {district.code: district.name for district in office.districts}
    for story in made_up_week.assignments():
        edition = moved_week.moved(story, now) if now else story
        path = office.paths.assignment / edition.file
        _lay_down(path, made_up_workbooks.assignment(edition, names), edition.arrived, office)
    for told in made_up_week.reports():
        report = moved_week.moved(told, now) if now else told
        path = office.paths.inbox / f"{report.day}" / f"{names[report.code]}{report.file}"
        _lay_down(path, made_up_workbooks.report(report), report.arrived, office)


def _lay_down(path: Path, content: bytes, arrived: datetime, office: Settings) -> None:
    """Put a file into the inbox as if it had arrived then."""
    received = arrived.replace(tzinfo=office.calendar.zone)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    envelope = {"received_at": received.isoformat(), "channel": "folder", "sender": None, "message_id": None}
    path.with_name(path.name + envelopes.SIDECAR).write_text(json.dumps(envelope), encoding="utf-8")
    os.utime(path, (received.timestamp(), received.timestamp()))
