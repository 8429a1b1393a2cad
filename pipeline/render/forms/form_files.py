"""Puts finished forms into a folder, each whole.

Covered by tests/office/test_templates.py.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from pipeline.disk import storage
from pipeline.settings.config import Settings
from pipeline.terms.errors import ConfigurationError, PipelineError, reason_of


def check_place(path: Path, settings: Settings) -> None:
    """Raise ConfigurationError where a path lies in a folder that a run works in."""
    for shown, own in (("收件箱", settings.paths.inbox), ("结果文件夹", settings.paths.outbox), ("台账文件夹", settings.paths.state)):
        if path.is_relative_to(own.resolve()):
            msg = f"不能写进{shown} {own}。请用 --output 换一个地方，或不写 --output。"
            raise ConfigurationError(msg)


def write_beside(path: Path, content: bytes) -> None:
    """Write one file whole. Raises ConfigurationError where another stands there: somebody may have changed it by hand."""
    try:
        is_another = path.exists() and path.read_bytes() != content
    except OSError:
        is_another = True
    if is_another:
        msg = f"{path} 已经有了，内容不同，可能有人改过，没有覆盖。请先把它移走或改名，或用 --output 换一个文件名。"
        raise ConfigurationError(msg)
    write(path.parent, {path.name: content})


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files whole, each in the place of an earlier one; what else is there is left alone."""
    try:
        storage.make_folder(folder)
        for name, content in files.items():
            aside = folder / f".{os.getpid()}-{name}.tmp"
            try:
                storage.write(aside, content)
                storage.retry_while_held(lambda aside=aside, name=name: aside.replace(folder / name))  # type: ignore[misc]
            except BaseException:
                storage.remove(aside)
                raise
        storage.sync_folder(folder)
    except OSError as error:
        reason = reason_of(error)
        if reason is None:
            raise
        msg = f"模板没有全部写进 {folder}：{reason}后再运行一次。"
        raise PipelineError(msg) from error
