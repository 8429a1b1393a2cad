"""Files that grow line by line, each line JSON that ends with a sum of the rest: a changed digit would otherwise be another fact.

Covered by tests/post/test_sending.py.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

_SUM, _HEX = b', "sum": "', 16
"""How a line ends. Older lines have no sum."""


def line(entry: dict[str, Any], plain: Callable[[object], str] | None = None) -> bytes:
    """Return an entry as its line; `plain`: makes text of what JSON does not know."""
    body = json.dumps(entry, ensure_ascii=True, default=plain).encode()
    return body[:-1] + _SUM + _sum(body) + b'"}'


def lines(path: Path) -> list[bytes]:
    """Return the lines; behind the last line break stands what a power cut tore, mostly nothing. Raises OSError."""
    # By b"\n" alone: `splitlines` would cut a text at the other ends of lines that Unicode knows.
    return path.read_bytes().split(b"\n") if path.exists() else []


def entry(written: bytes) -> dict[str, Any] | None:
    """Return what a line holds; None where its sum does not agree, or where it is no JSON object."""
    body, mark, end = written.rpartition(_SUM)
    if mark and end[_HEX:] == b'"}' and end[:_HEX] != _sum(body + b"}"):
        return None
    try:
        held = json.loads(written)
    except ValueError:
        return None
    return held if isinstance(held, dict) else None


def _sum(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest()[:_HEX].encode()
