"""Templates compiled once and kept beside the program's own .pyc files: to compile them anew takes a night a tenth of its time.

What is loaded is code, as `own_code` keeps it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import jinja2

from pipeline.disk import own_code

if TYPE_CHECKING:
    from jinja2.bccache import Bucket

_WINGS = ("render", "terms", "web", "post")
"""The wings whose functions a template's constants may go through when it is compiled."""


class Kept(jinja2.BytecodeCache):
    """Compiled templates of one environment; `name` tells it from others, whose options make other code of the same text."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._stamp = repr((name, jinja2.__version__, own_code.stamp(*_WINGS)))

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load what was kept of this template, unless other code or another text made it."""
        if content := own_code.recall(self._place(bucket), self._stamp):
            bucket.bytecode_from_string(content)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template, where there is room for it."""
        own_code.keep(self._place(bucket), self._stamp, bucket.bytecode_to_string())

    def _place(self, bucket: Bucket) -> str:
        return f"{self._name}.{bucket.key}.jinja"
