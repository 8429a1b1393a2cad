"""Why a command stopped: a sentence for people, the exit status (contract 7), and where the fault is ours, a report of it.

Apart from `screen`, which imports half the house, and above every wing: a command also stops where the house cannot be imported.
Covered by tests/test_cli.py.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from pipeline.disk import ending
from pipeline.terms.text import on_screen


def complain(sentence: str) -> None:
    """Write sentences to the error stream; they cannot steer the terminal, and no personal number shows."""
    with suppress(OSError, ValueError):  # there may be no terminal any more
        for line in sentence.split("\n"):
            print(on_screen(line), file=sys.stderr)


def explain(error: BaseException, options: argparse.Namespace) -> int:
    """Say why a command did not come to its end, and return the exit status."""
    if (told := ending.told(error)) is None:
        return report_faults([error], options)
    complain(told[0])
    return told[1]


def report_faults(caught: Iterable[BaseException | Sequence[str]], options: argparse.Namespace) -> int:
    """Say that the fault is ours, and leave a report that holds places in the program and no contents."""
    from pipeline.disk import faults

    path, sentence = faults.told(caught, _state_of(options), datetime.now().astimezone())
    options.report = path.name if path else ""
    complain(sentence)
    return 1


def _state_of(options: argparse.Namespace) -> Path | None:
    """Return the office's state folder, where the settings can be read."""
    if hasattr(options, "dir"):
        return Path(options.dir) / "state"
    with suppress(Exception):
        from pipeline.settings import config

        return config.load(options.config).paths.state
    return None
