"""Letters handed to a real mail server (Exim) over TLS, with the run killed in the midst of it."""

from __future__ import annotations

import email
import hashlib
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
import yaml
from offices import HOME, Office
from workbooks import assignment

from pipeline import nightly, outbox
from pipeline.ledger import Ledger
from pipeline.settings import load

pytestmark = pytest.mark.external

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

    def messages(self) -> list[EmailMessage]:
        """Everything delivered so far, once the queue is empty."""
        for _ in range(100):
            if not any((self.home / "spool" / "input").glob("*-D")):
                break
            time.sleep(0.1)
        found = sorted((self.home / "mail" / "new").glob("*"))
        return [email.message_from_bytes(path.read_bytes(), policy=default) for path in found]


@pytest.fixture
def exim() -> Iterator[Exim]:
    home = Path(tempfile.mkdtemp(prefix="exim-"))  # where its own user may go
    home.chmod(0o755)
    for name in ("log", "spool", "mail"):
        (home / name).mkdir(parents=True)
    certificate = [
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost",
    ]
    subprocess.run(
        ["openssl", "req", *certificate, "-keyout", home / "key.pem", "-out", home / "cert.pem"], check=True, capture_output=True
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (home / "exim.conf").write_text(_CONFIGURATION.format(port=port, home=home), encoding="utf-8")
    for path in (home, *home.rglob("*")):
        shutil.chown(path, "Debian-exim", "Debian-exim")
    shutil.chown(home / "exim.conf", "root", "root")
    process = subprocess.Popen(["exim4", "-C", home / "exim.conf", "-bdf", "-q1s"], stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield Exim(port, home)
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(home)


def _wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the mail server did not come up")


@pytest.fixture
def office(tmp_path: Path, exim: Exim) -> Office:
    """An office that published receipts for all nine districts a moment ago, with Exim as its server."""
    office = Office(tmp_path / "office")
    config = office.home / "config.yaml"
    said = yaml.safe_load(config.read_text(encoding="utf-8"))
    said["calendar"]["cut_off"] = "00:00"
    said["outgoing_mail"] = {
        "host": "localhost", "port": exim.port, "sender": "ribao@example.com", "leaders": ["lingdao1@example.com"],
        "leaders_at": "00:00", "reminder_at": None,
        "ca_file": str(exim.home / "cert.pem"), "districts": {"康巴什区": ["nobody@example.com"]},
    }  # fmt: skip
    config.write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
    office.settings = load(config)
    office.put_assignment(assignment())
    day = datetime.now(office.settings.calendar.zone).date()
    office.run(day)
    _publish(office, day.isoformat())
    return office


def _publish(office: Office, day: str) -> None:
    folder = office.outbox / day
    summary = (folder / "summary.json").read_bytes()
    files = {f"回执/{name}_回执_1_日报.xlsx": f"receipt of {name}".encode() * 20_000 for name in office.settings.district_names}
    files["summary.json"] = summary
    outputs = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    files[outbox.MANIFEST] = json.dumps({"outputs": outputs, "correction": False}).encode()
    manifest = outbox.publish(office.outbox, day, files, office.home / "kept")
    ledger = Ledger(nightly.ledger_of(office.settings))
    ledger.note_publication(day, "made by a test", manifest)
    ledger.close()


def _send(office: Office, *options: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, str(HOME / "run.py"), "send", *options],
        cwd=office.home,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONUTF8": "1"},
    )


def _said(office: Office, *options: str) -> tuple[str, int]:
    process = _send(office, *options)
    said, _nothing = process.communicate(timeout=60)
    return said.decode(), process.returncode


def test_a_real_server_gets_every_letter_once_over_tls(office: Office, exim: Exim) -> None:
    said, _status = _said(office)
    assert "已发出 dongsheng@example.com" in said
    assert "被拒收 nobody@example.com" in said
    assert "no such user" in said
    _said(office)
    messages = exim.messages()
    assert len(messages) == 8
    one = next(message for message in messages if message["To"] == "dongsheng@example.com")
    assert [part.get_filename() for part in one.iter_attachments()] == ["东胜区_回执_1_日报.xlsx"]


def test_a_certificate_that_is_not_trusted_ends_in_one_sentence(office: Office, exim: Exim) -> None:
    config = office.home / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace(f"ca_file: {exim.home / 'cert.pem'}", "ca_file: null"), encoding="utf-8")
    said, status = _said(office)
    assert "证书不可信" in said
    assert (status, exim.messages()) == (1, [])


def test_killed_at_any_moment_nothing_is_lost_and_nothing_is_sent_twice_in_silence(office: Office, exim: Exim) -> None:
    choice = random.Random(20200521)  # noqa: S311 - moments, not secrets
    for _ in range(15):
        process = _send(office)
        time.sleep(choice.uniform(0.3, 1.6))
        process.kill()
        process.communicate()
    _said(office)
    before = Counter(message["Message-ID"] for message in exim.messages())
    assert set(before.values()) <= {1}
    said, _status = _said(office, "--unknown", "again")
    after = Counter(message["Message-ID"] for message in exim.messages())
    assert len(after) == 8, said
    assert max(after.values()) <= 2
    assert "下落不明" not in said
