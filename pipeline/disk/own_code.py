"""What the program itself is made of, for what is kept between runs and must not outlive the code that made it.

Covered by tests/render/test_compiled_templates.py and tests/publishing/test_checkpoints.py.
"""

from __future__ import annotations

import sys
from functools import cache

from pipeline import HOME, __version__


@cache
def stamp(*wings: str) -> str:
    """Return what tells this code from any other: version, Python, and when each module of these wings was changed last, and its size."""
    modules = sorted(path for wing in wings for path in (HOME / "pipeline" / wing).rglob("*.py"))
    status = [(path.as_posix(), path.stat()) for path in modules]
    return repr((__version__, sys.version_info[:2], [(path, each.st_size, each.st_mtime_ns) for path, each in status]))
