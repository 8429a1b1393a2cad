"""A real mail server (Debian's Exim) for tests, on loopback, with TLS, in a folder of its own; it keeps what it is given."""

from __future__ import annotations

import email
import hashlib
import json
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import waiting
import yaml
from dovecot import certificate
from offices import Office
from workbooks import assignment

from pipeline.ledger.ledger import Ledger
from pipeline.publishing import outbox
from pipeline.settings.config import load

_CONFIGURATION = """
daemon_smtp_ports = {port}
tls_on_connect_ports = {port}
local_interfaces = 127.0.0.1
tls_advertise_hosts = *
tls_certificate = {home}/cert.pem
tls_privatekey = {home}/key.pem
spool_directory = {home}/spool
log_file_path = {home}/log/%slog
pid_file_path = {home}/exim.pid
primary_hostname = localhost
domainlist local_domains = example.com
keep_environment =
add_environment = PATH=/usr/bin:/bin
never_users =
acl_smtp_rcpt = check_rcpt
acl_smtp_data = accept_all
message_size_limit = 50M
begin acl
accept_all:
  accept
check_rcpt:
  deny condition = ${{if eq{{$local_part}}{{nobody}}}}
       message = no such user
  accept domains = +local_domains
  deny
begin routers
all:
  driver = accept
  transport = keep
begin transports
keep:
  driver = appendfile
  directory = {home}/mail
  create_directory
  maildir_format
  user = Debian-exim
  group = Debian-exim
  delivery_date_add
  envelope_to_add
"""


@dataclass(frozen=True, slots=True)
class Exim:
    """A running server, and where it keeps what it was given."""

    port: int
    home: Path
    pid: int

    def messages(self) -> list[EmailMessage]:
        """Everything delivered so far, once nobody is connected any more and the queue is empty."""
        waiting.until(lambda: not waiting.children(self.pid) and not self._queue(), "all mail is delivered")
        return [email.message_from_bytes(path.read_bytes(), policy=default) for path in sorted((self.home / "mail" / "new").glob("*"))]

    def empty(self) -> None:
        """Let it be as if it had been given nothing."""
        self.messages()
        for path in (self.home / "mail" / "new").glob("*"):
            path.unlink()

    def _queue(self) -> list[Path]:
        return [*(self.home / "spool" / "input").glob("*")]


@contextmanager
def running() -> Iterator[Exim]:
    """The server, as long as it is needed."""
    home = Path(tempfile.mkdtemp(prefix="exim-"))  # where its own user may go
    home.chmod(0o755)
    for name in ("log", "spool", "mail"):
        (home / name).mkdir(parents=True)
    certificate(home, "localhost")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (home / "exim.conf").write_text(_CONFIGURATION.format(port=port, home=home), encoding="utf-8")
    for path in (home, *home.rglob("*")):
        shutil.chown(path, "Debian-exim", "Debian-exim")
    shutil.chown(home / "exim.conf", "root", "root")
    process = subprocess.Popen(["exim4", "-C", home / "exim.conf", "-bdf", "-q1s"], stderr=subprocess.DEVNULL)
    try:
        waiting.until(lambda: _answers(port), "the mail server comes up")
        yield Exim(port, home, process.pid)
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(home)


def _answers(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


def office(home: Path, server: Exim, receipts: Mapping[str, bytes]) -> Office:
    """An office that published these receipts, by district, a moment ago; 康巴什区's address is one that the server refuses."""
    made_office = Office(home)
    config = home / "config.yaml"
    fields = yaml.safe_load(config.read_text(encoding="utf-8"))
    fields["calendar"]["cut_off"] = "00:00"
    fields["outgoing_mail"] = {
        "host": "localhost", "port": server.port, "sender": "ribao@example.com", "leaders": ["lingdao1@example.com"],
        "leaders_at": "00:00", "reminder_at": None,
        "ca_file": str(server.home / "cert.pem"), "districts": {"康巴什区": ["nobody@example.com"]},
    }  # fmt: skip
    config.write_text(yaml.safe_dump(fields, allow_unicode=True), encoding="utf-8")
    made_office.settings = load(config)
    made_office.put_assignment(assignment())
    day = datetime.now(made_office.settings.calendar.zone).date()
    made_office.run(day)
    _publish(made_office, day.isoformat(), receipts)
    return made_office


def _publish(office: Office, day: str, receipts: Mapping[str, bytes]) -> None:
    files = {f"回执/{name}_回执_1_日报.xlsx": content for name, content in receipts.items()}
    files["summary.json"] = (office.outbox / day / "summary.json").read_bytes()
    outputs = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    files[outbox.MANIFEST] = json.dumps({"outputs": outputs, "correction": False, "inputs": []}).encode()
    manifest = outbox.publish(office.outbox, day, files, office.home / "kept")
    ledger = Ledger(office.settings.paths.ledger)
    ledger.note_publication(day, "made by a test", manifest)
    ledger.close()
