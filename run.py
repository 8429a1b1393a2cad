"""Starts the command line; see README.md."""

import os
import sys

from pipeline.cli import main
from pipeline.disk import ending


def _in_utf8() -> None:
    """Start again in UTF-8 where the system's names are taken for another encoding: they would be noted wrong for good."""
    if os.name == "posix" and sys.getfilesystemencoding() != "utf-8" and os.environ.get("PYTHONUTF8") != "1":
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, "PYTHONUTF8": "1"})  # noqa: S606 - ourselves


if __name__ == "__main__":  # a reader process imports this file again
    _in_utf8()
    ending.leave(main())
