"""Templates compiled once and kept beside the program's own .pyc files: to compile them anew takes a night a tenth of its time.

What is loaded is code. It lies where Python's own compiled modules lie and nowhere else, and is as much to be trusted. Where Python keeps
none (`-B`, a folder that is not ours to write), nothing is kept here either.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
from importlib.util import cache_from_source
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2

from pipeline import HOME
from pipeline.disk import own_code

if TYPE_CHECKING:
    from jinja2.bccache import Bucket

_WINGS = ("render", "terms", "web", "post")
"""The wings whose functions a template's constants may go through when it is compiled."""


class Kept(jinja2.BytecodeCache):
    """Compiled templates of one environment; `name` tells it from others, whose options make other code of the same text."""

    def __init__(self, name: str) -> None:
        self._folder = Path(cache_from_source(str(HOME / "templates" / "any.py"))).parent
        self._name = name
        self._stamp = hashlib.sha256(repr((name, jinja2.__version__, own_code.stamp(*_WINGS))).encode()).digest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load what was kept of this template, unless other code or another text made it."""
        with contextlib.suppress(OSError):
            content = self._path(bucket).read_bytes()
            if content.startswith(self._stamp):
                bucket.bytecode_from_string(content[len(self._stamp) :])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template, where there is room for it."""
        if sys.dont_write_bytecode:
            return
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, aside = tempfile.mkstemp(dir=self._folder)
            with os.fdopen(handle, "wb") as file:
                file.write(self._stamp + bucket.bytecode_to_string())
            Path(aside).replace(self._path(bucket))

    def _path(self, bucket: Bucket) -> Path:
        return self._folder / f"{self._name}.{bucket.key}.jinja"
