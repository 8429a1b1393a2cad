"""What `fc-list` says of a computer's fonts: `doctor` asks it, and tests give it the answer."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def list_fonts(monkeypatch: pytest.MonkeyPatch, folder: Path, *families: str) -> None:
    """Put a program `fc-list` before all others that lists these families and no other."""
    folder.mkdir(exist_ok=True)
    program = folder / "fc-list"
    program.write_text("\n".join(["#!/bin/sh", *(f"echo '{family}'" for family in families), ""]), encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
