"""Servers on loopback that run as long as a test needs them."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Conversation(socketserver.StreamRequestHandler):
    """One client's connection; `script` is what the test has ordered and what it looks at afterwards."""

    @property
    def script(self) -> Any:  # noqa: ANN401 - each protocol has its own
        return self.server.script  # type: ignore[attr-defined]


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, conversation: type[Conversation], script: object) -> None:
        super().__init__(("127.0.0.1", 0), conversation)
        self.script = script


@contextmanager
def listening(conversation: type[Conversation], script: object) -> Iterator[int]:
    """Serve until the end of the block; gives the port, a free one."""
    with _Server(conversation, script) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
