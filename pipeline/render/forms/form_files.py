"""Puts finished forms into a folder, each whole.

Covered by tests/office/test_templates.py.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from pipeline.disk import storage
from pipeline.terms.errors import PipelineError, reason_of


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
