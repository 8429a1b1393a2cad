"""Readers that come up while a night still imports what it takes: begun as soon as it is known, or seems, that files wait.

What hinders them is said where it hinders the night itself.
Covered by tests/test_cli.py and tests/reading/test_readers.py.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pipeline.settings.config import Settings

_INBOX: Final = "inbox"
"""Where reports wait, unless the settings say otherwise: to know that takes as long as half of a reader's start."""
_ENDINGS: Final = (".xlsx", ".xls", ".xlsb", ".ods", ".et")


def start_first(office: Path) -> None:
    """Start a reader where reports seem to wait in that office, before its settings are read: a look that may be wrong costs its start."""
    below = (names for folder, _folders, names in os.walk(office / _INBOX) if Path(folder) != office / _INBOX / "assignment")
    if any(name.endswith(_ENDINGS) for names in below for name in names):
        from pipeline.reading import worker

        with suppress(OSError):
            worker.start_ahead(1, *worker.READER)


def start(settings: Settings) -> None:
    """Have as many readers as the files in the inbox are worth."""
    from pipeline.intake import contents
    from pipeline.reading import engines, readers

    arriving = sum(not file.is_assignment for file in contents.look(settings.paths.inbox).files)
    with suppress(OSError):
        readers.start_ahead(engines.readers_at_once(settings, arriving))
