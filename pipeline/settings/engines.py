"""Where the night's work is done: `engine` in config.yaml.

Covered by tests/settings/test_engine_setting.py.
"""

from __future__ import annotations

from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator

from pipeline.settings.accounts import Word
from pipeline.settings.rules import Frozen

_LOCAL: Final = "local"
_HOW: Final = "应写成 local，或 {dask: tcp://调度机:端口} 这样"


def _address(written: str) -> str:
    try:
        parts = urlsplit(written)
        is_whole = parts.scheme in ("tcp", "tls") and bool(parts.hostname and parts.port)
    except ValueError:  # a port that is no number
        is_whole = False
    if not is_whole or written != f"{parts.scheme}://{parts.netloc}" or "@" in written:
        msg = "应写成 tcp://调度机:端口 或 tls://调度机:端口，例如 tcp://10.0.0.5:8786"
        raise ValueError(msg)
    return written


class Cluster(Frozen):
    """A cluster of Dask's that the night may give work to."""

    dask: Annotated[Word, AfterValidator(_address)]


def _as_cluster(written: Any) -> Any:  # noqa: ANN401 - whatever was written
    if written == _LOCAL:
        return None
    if isinstance(written, str):
        raise ValueError(_HOW)  # noqa: TRY004 - pydantic shows this kind
    return written


Engine = Annotated[Cluster | None, BeforeValidator(_as_cluster)]
"""`engine` in config.yaml; None is this computer alone."""
