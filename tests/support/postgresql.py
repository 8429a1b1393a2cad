"""A real PostgreSQL server for tests, from Debian's programs: its own folder, on a loopback port, its data thrown away at the end."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from pipeline.settings.places import LedgerServer

PASSWORD = "心访 '\"\\% 1"  # noqa: S105 - one that would be noticed in a message
_ENVIRONMENT = "XINFANG_TEST_LEDGER_PASSWORD"


def programs() -> Path:
    """The newest version's folder of programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        message = "PostgreSQL is not installed: apt-get install postgresql"
        raise RuntimeError(message)
    return found[-1].parent


@dataclass(slots=True)
class Server:
    """The server while it runs."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]
    _numbers: Iterator[int]

    def new_database(self) -> LedgerServer:
        """An empty database with a user of its own who owns it, as docs/部署.md has it, and where the settings would have it."""
        name = f"office{next(self._numbers)}"
        os.environ[_ENVIRONMENT] = PASSWORD
        self.do(f"CREATE ROLE {name} LOGIN PASSWORD {_quoted(PASSWORD)}")
        self.do(f"CREATE DATABASE {name} OWNER {name}")
        return LedgerServer(url=f"postgresql+psycopg://{name}@127.0.0.1:{self.port}/{name}", password_env=_ENVIRONMENT, seconds=3)

    def do(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Do it as the server's owner."""
        with psycopg.connect(self.conninfo(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def conninfo(self, database: str) -> str:
        return f"host={self.folder} port={self.port} user=postgres dbname={database}"

    def stop(self) -> None:
        """Stop it at once, as a power cut would."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(30)


@contextmanager
def running() -> Iterator[Server]:
    """A server, until the end."""
    folder = Path(tempfile.mkdtemp(prefix="xinfang-pg-"))
    who: dict[str, Any] = {}
    if os.getuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres", "postgres")
        who = {"user": "postgres", "group": "postgres", "extra_groups": []}
    data, here, owner = folder / "data", programs(), folder / "owner"
    owner.write_text("owner", encoding="utf-8")
    owner.chmod(0o644)
    making = [
        str(here / "initdb"),
        "-D",
        str(data),
        "-U",
        "postgres",
        "-A",
        "scram-sha-256",
        "--auth-local=trust",
        "-E",
        "UTF8",
        "--no-sync",
    ]
    subprocess.run([*making, "--locale=C.UTF-8", f"--pwfile={owner}"], check=True, capture_output=True, cwd=folder, **who)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    quick = [
        f"-c{setting}" for setting in ("fsync=off", f"unix_socket_directories={folder}", "listen_addresses=127.0.0.1", "max_connections=50")
    ]
    starting = [str(here / "postgres"), "-D", str(data), "-p", str(port), *quick]
    with (folder / "log").open("wb") as log, subprocess.Popen(starting, stdout=log, stderr=log, cwd=folder, **who) as process:
        server = Server(folder, port, process, count(1))
        try:
            _wait(server)
            yield server
        finally:
            if process.poll() is None:
                server.stop()
    shutil.rmtree(folder, ignore_errors=True)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _wait(server: Server) -> None:
    for _time in range(300):
        try:
            server.do("SELECT 1")
        except psycopg.OperationalError:
            if server.process.poll() is not None:
                break
            time.sleep(0.1)
        else:
            return
    raise RuntimeError((server.folder / "log").read_text(encoding="utf-8", errors="replace"))
