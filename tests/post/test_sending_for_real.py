"""Letters handed to a real mail server (Exim) over TLS. For the run killed in the midst of it: test_killing_mail.py."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import exim as mail_server
import pytest
from exim import Exim
from offices import HOME, SETTINGS, Office

pytestmark = pytest.mark.external


@pytest.fixture
def exim() -> Iterator[Exim]:
    with mail_server.running() as server:
        yield server


@pytest.fixture
def office(tmp_path: Path, exim: Exim) -> Office:
    """An office that published receipts for all nine districts a moment ago, with Exim as its server."""
    return mail_server.office(tmp_path / "office", exim, {name: f"receipt of {name}".encode() * 20_000 for name in SETTINGS.district_names})


def _printed(office: Office) -> tuple[str, int]:
    command = [sys.executable, str(HOME / "run.py"), "send"]
    environment = {**os.environ, "PYTHONUTF8": "1"}
    done = subprocess.run(command, cwd=office.home, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, check=False)
    return done.stdout.decode(), done.returncode


def test_a_real_server_gets_every_letter_once_over_tls(office: Office, exim: Exim) -> None:
    printed, _status = _printed(office)
    assert "已发出 dongsheng@example.com" in printed
    assert "对方不收 nobody@example.com" in printed
    assert "no such user" in printed
    _printed(office)
    messages = exim.messages()
    assert len(messages) == 8
    to_district = next(message for message in messages if message["To"] == "dongsheng@example.com")
    assert [part.get_filename() for part in to_district.iter_attachments()] == ["东胜区_回执_1_日报.xlsx"]


def test_a_certificate_that_is_not_trusted_ends_in_one_sentence(office: Office, exim: Exim) -> None:
    config = office.home / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace(f"ca_file: {exim.home / 'cert.pem'}", "ca_file: null"), encoding="utf-8")
    printed, status = _printed(office)
    assert "证书不可信" in printed
    assert (status, exim.messages()) == (1, [])
