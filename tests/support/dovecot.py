"""A real IMAP server (Debian's Dovecot) for tests, on loopback, with TLS and a certificate of its own, in a folder of its own."""

from __future__ import annotations

import email
import imaplib
import json
import os
import pwd
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import waiting
from mails import OURS

if TYPE_CHECKING:
    from offices import Office

USER, PASSWORD = "ribao@office.example", 'geheim "1\\2'
_CONFIG = """
base_dir = {home}/run
state_dir = {home}/run
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
mail_location = maildir:{home}/mail/%u
mail_max_userip_connections = 50
maildir_very_dirty_syncs = no
auth_mechanisms = plain login
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = scheme=plain username_format=%u {home}/passwd
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail/%u
}}
first_valid_uid = 1
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
  }}
}}
service stats {{
  client_limit = 100
}}
"""


@dataclass(slots=True)
class Dovecot:
    """The running server."""

    home: Path
    port: int
    pid: int

    @property
    def maildir(self) -> Path:
        """The INBOX on the disk."""
        return self.home / "mail" / USER

    @property
    def ca_file(self) -> Path:
        """What its certificate is trusted by."""
        return self.home / "cert.pem"

    @contextmanager
    def client(self) -> Iterator[imaplib.IMAP4_SSL]:
        """A person's own look into the mailbox."""
        context = ssl.create_default_context(cafile=str(self.ca_file))
        with imaplib.IMAP4_SSL("localhost", self.port, ssl_context=context) as client:
            client.login(USER, PASSWORD)
            yield client

    def deliver(self, message: bytes, received: datetime, folder: str = "INBOX") -> None:
        """Put a message into a folder, as if it had come at that time."""
        with self.client() as client:
            if folder != "INBOX":
                client.create(folder)
            status, answer = client.append(folder, "", imaplib.Time2Internaldate(received), message)
            assert status == "OK", answer

    def pour(self, messages: list[bytes], received: datetime) -> None:
        """Put many messages into the INBOX, straight into its folder."""
        owner = pwd.getpwnam("dovecot")
        with self.client():  # makes the folders
            pass
        for name in ("cur", "new", "tmp"):
            (self.maildir / name).mkdir(parents=True, exist_ok=True)
        for number, message in enumerate(messages):
            path = self.maildir / "new" / f"{int(received.timestamp())}.{number:06}.test"
            path.write_bytes(message)
            os.utime(path, (received.timestamp(), received.timestamp()))
        for path in (self.maildir, *self.maildir.rglob("*")):
            os.chown(path, owner.pw_uid, owner.pw_gid)

    def lying(self, folder: str = "INBOX") -> dict[int, str]:
        """Every message in the folder with its flags, by UID."""
        with self.client() as client:
            status, _answer = client.select(folder, readonly=True)
            if status != "OK":
                return {}
            _status, lines = client.uid("FETCH", "1:*", "(UID FLAGS)")
            flags = {}
            for line in lines:
                if isinstance(line, bytes):
                    uid = int(line.partition(b"UID ")[2].split(b" ")[0].rstrip(b")"))
                    flags[uid] = line.partition(b"FLAGS (")[2].partition(b")")[0].decode().replace("\\Recent", "").strip()
            return flags

    def forget_uids(self) -> None:
        """Let the server make new UIDs for everything, as after a restored backup: another UIDVALIDITY."""
        _settle()
        for path in self.maildir.glob("dovecot*"):
            if path.is_file():
                path.unlink()
        _settle()

    def empty(self) -> None:
        """Let the mailbox be as if it had never been used."""
        _settle()
        for path in self.maildir.iterdir() if self.maildir.exists() else ():
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()

    def quiet(self) -> None:
        """Wait until nobody is at the mailbox any more: after a client's death the server may still do what it was told."""
        waiting.until(lambda: "imap" not in waiting.children(self.pid), "everybody has left the mailbox")

    def keep(self, folder: Path) -> None:
        """Keep the mailbox as it is, with its UIDs, in a new folder."""
        self.quiet()
        subprocess.run(["cp", "-a", self.maildir, folder], check=True)

    def restore(self, folder: Path) -> None:
        """Let the mailbox be as it was kept."""
        self.quiet()
        shutil.rmtree(self.maildir)
        subprocess.run(["cp", "-a", folder, self.maildir], check=True)

    def stored(self) -> Counter[tuple[str, str, str]]:
        """Every message on the disk: its folder, Message-ID and flags (S read, F starred, T deleted), once everybody has left."""
        self.quiet()
        messages = Counter[tuple[str, str, str]]()
        for path in self.maildir.rglob("*"):
            if path.parent.name in ("cur", "new"):
                folder = path.relative_to(self.maildir).parts[0] if path.parent.parent != self.maildir else "INBOX"
                message = email.message_from_bytes(path.read_bytes())
                messages[folder, str(message["Message-ID"]), path.name.partition(":2,")[2]] += 1
        return messages

    def sent(self) -> int:
        """How many bytes the server has sent to its clients, once all have gone and it has said so."""
        waiting.until(lambda: self._log.count(" Login: ") == self._log.count(" out="), "everybody's bytes are counted")
        return sum(int(count) for count in re.findall(r" out=(\d+)", self._log))

    @property
    def _log(self) -> str:
        return (self.home / "log").read_text(encoding="utf-8")


def _settle() -> None:
    time.sleep(1.1)  # a UIDVALIDITY is a second


@contextmanager
def running() -> Iterator[Dovecot]:
    """The server, as long as it is needed."""
    home = Path(tempfile.mkdtemp(prefix="dovecot"))
    home.chmod(0o755)
    owner = pwd.getpwnam("dovecot")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (home / "mail").mkdir()
    os.chown(home / "mail", owner.pw_uid, owner.pw_gid)
    certificate(home, "localhost")
    (home / "passwd").write_text(f"{USER}:{PASSWORD}\n", encoding="utf-8")
    (home / "dovecot.conf").write_text(_CONFIG.format(home=home, uid=owner.pw_uid, gid=owner.pw_gid, port=port), encoding="utf-8")
    server = subprocess.Popen(["dovecot", "-F", "-c", str(home / "dovecot.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        waiting.until(lambda: _answers(port, server, home), "the mailbox comes up")
        yield Dovecot(home, port, server.pid)
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(home, ignore_errors=True)


def certificate(home: Path, name: str) -> None:
    """A certificate for that name, signed by itself."""
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}"]
    files = ["-keyout", str(home / "key.pem"), "-out", str(home / "cert.pem")]
    subprocess.run([*command, "-addext", f"subjectAltName=DNS:{name}", *files], check=True, capture_output=True)


def _answers(port: int, server: subprocess.Popen[bytes], home: Path) -> bool:
    assert server.poll() is None, (home / "log").read_text(encoding="utf-8")
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


def configure(office: Office, server: Dovecot, **more: object) -> None:
    """Let the office fetch from that mailbox."""
    mailbox = {
        "host": "localhost",
        "port": server.port,
        "user": USER,
        "password_file": "password.txt",
        "authserv_id": OURS,
        "ca_file": str(server.ca_file),
        **more,
    }
    (office.home / "password.txt").write_text(PASSWORD + "\n", encoding="utf-8")
    path = office.home / "config.yaml"
    plain = re.sub(r"^mailboxes: .*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    path.write_text(f"{plain}\nmailboxes: [{json.dumps(mailbox, ensure_ascii=False)}]\n", encoding="utf-8")
