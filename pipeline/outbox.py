"""A day's folder: every file is made first, then the folder appears whole, in the place of an earlier edition."""

from __future__ import annotations

import hashlib
import itertools
import json
import shutil
from pathlib import Path

from pipeline import storage
from pipeline.errors import PipelineError
from pipeline.render import data
from pipeline.report import Report

MANIFEST = "manifest.json"
_LEFT_BY_PROGRAMS = ("~$", ".", "Thumbs.db", "desktop.ini")


class FolderHeldError(PipelineError):
    """Somebody has a file of the day's folder open."""


def contents(report: Report, templates: Path, *, data_only: bool = False) -> dict[str, bytes]:
    """Every file of the day's folder by its name; `data_only` leaves out what people read."""
    day = report.day.isoformat()
    files = {"summary.json": data.summary(report), "findings.csv": data.findings(report)}
    if not data_only:
        from pipeline.render import html, xlsx

        files[f"信访事项办理情况汇总_{day}.xlsx"] = xlsx.render(report)
        files[f"信访事项办理情况日报_{day}.html"] = html.render(report, templates)
    files[MANIFEST] = data.manifest(report, files)
    return files


def publish(outbox: Path, day: str, files: dict[str, bytes], kept: Path) -> str:
    """Write the day's folder whole; the SHA-256 of its manifest. Raises FolderHeldError where a file in it is open.

    What somebody changed in an earlier edition, or added to it, is kept below the folder `kept`.
    """
    outbox.mkdir(parents=True, exist_ok=True)
    if (outbox / day).is_dir() and _is_changed(outbox / day):
        shutil.copytree(outbox / day, _free(kept, day))
    aside = outbox / f".{day}.new"
    aside.mkdir(exist_ok=True)
    for name, content in files.items():
        storage.write(aside / name, content)
    try:
        storage.replace_folder(aside, outbox / day)
    except PermissionError as error:
        msg = f"{day} 的结果写不进去：{outbox / day} 里有文件正被打开。请关闭 Excel 等程序后再运行一次；原有文件没有变动。"
        raise FolderHeldError(msg) from error
    return hashlib.sha256(files[MANIFEST]).hexdigest()


def is_whole(outbox: Path, day: str, manifest: str) -> bool:
    """Whether the day's folder still is what was published: the same manifest, and every file it lists is there."""
    folder = outbox / day
    try:
        written = (folder / MANIFEST).read_bytes()
    except OSError:
        return False
    if hashlib.sha256(written).hexdigest() != manifest:
        return False
    return not _is_changed(folder)


def _is_changed(folder: Path) -> bool:
    """Whether the folder's files are not those that its manifest lists, to the byte."""
    try:
        listed: dict[str, str] = json.loads((folder / MANIFEST).read_bytes())["outputs"]
        there = {path.name for path in folder.iterdir() if not path.name.startswith(_LEFT_BY_PROGRAMS)}
        return there != {*listed, MANIFEST} or any(storage.sha256(folder / name) != sha256 for name, sha256 in listed.items())
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return True


def _free(folder: Path, name: str) -> Path:
    """A path below the folder that nothing has yet."""
    return next(path for number in itertools.count(1) if not (path := folder / f"{name}_{number}").exists())
