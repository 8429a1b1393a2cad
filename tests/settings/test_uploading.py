"""The settings of the upload page, and what the server refuses to start with."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from offices import Office, moment
from workbooks import assignment, report

from pipeline.settings.config import Settings, load
from pipeline.terms.errors import ConfigurationError
from pipeline.web.server import Serving

DAY = date(2020, 5, 21)


def with_upload(office: Office, *lines: str) -> Path:
    config = office.home / "config.yaml"
    written = config.read_text(encoding="utf-8")
    config.write_text(written.replace("upload: null", "\n".join(["upload:", *(f"  {line}" for line in lines)])), encoding="utf-8")
    return config


def start(settings: Settings, host: str = "127.0.0.1", port: int = 0) -> Serving:
    return Serving(settings, host, port, lambda: moment("2020-05-21 16:00"))


def test_the_example_in_the_file_is_one_that_is_taken(office: Office) -> None:
    config = office.home / "config.yaml"
    written = config.read_text(encoding="utf-8").replace("upload: null\n", "")
    begin = written.index("# upload:")
    example = re.sub(r"(?m)^# ?", "", written[begin : written.index("\n\n", begin)])
    config.write_text(written[:begin] + example + written[written.index("\n\n", begin) :], encoding="utf-8")
    upload = load(config).upload
    assert upload
    assert upload.public_address == "https://ribao.example.com"
    assert upload.certificate == office.home / "tls" / "cert.pem"
    names = set(re.findall(r"(?m)^#   ([a-z_]+):", written[begin : written.index("\n\n", begin)]))
    assert names == set(type(upload).model_fields), "every key is explained"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("public_address: ribao.example.com", "https://"),
        ("public_address: http://ribao.example.com", "https"),
        ("public_address: https://ribao.example.com/path", "路径"),
        ("certificate: cert.pem", "一起写"),
        ("proxies: [somewhere]", "网段"),
        ('proxies: ["0.0.0.0/0"]', "所有地址"),
        ("idle_minutes: 0", "太小"),
        ("colour: red", "没有这个设置项"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_line(office: Office, line: str, sentence: str) -> None:
    with pytest.raises(ConfigurationError, match=sentence) as refused:
        load(with_upload(office, line))
    assert re.search(r"第 \d+ 行", str(refused.value))


def test_passwords_never_go_over_a_network_in_the_clear(office: Office) -> None:
    for host in ("0.0.0.0", "192.0.2.1", "ribao.example.com"):  # noqa: S104 - refused
        with pytest.raises(ConfigurationError, match=r"没有加密|用不了"):
            start(office.settings, host)


def test_every_address_is_the_name_of_none(office: Office) -> None:
    settings = load(with_upload(office, "certificate: cert.pem", "key: key.pem"))
    with pytest.raises(ConfigurationError, match="public_address"):
        start(settings, "0.0.0.0")  # noqa: S104 - refused


def test_a_port_in_use_is_said(office: Office) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ConfigurationError, match="端口"):
        start(office.settings, port=taken.getsockname()[1])


def test_a_certificate_that_is_none_is_said(office: Office) -> None:
    for name in ("cert.pem", "key.pem"):
        (office.home / name).write_text("no certificate", encoding="utf-8")
    settings = load(with_upload(office, "certificate: cert.pem", "key: key.pem"))
    with pytest.raises(ConfigurationError, match="TLS 证书"):
        start(settings)


def test_the_settings_change_no_published_day(office: Office) -> None:
    office.put_assignment(assignment())
    office.put(report(), "日报.xlsx")
    office.run(DAY)
    office.settings = load(with_upload(office, "public_address: https://ribao.example.com", "failures: 5"))
    assert office.run(DAY).written.unchanged == [DAY]


@pytest.mark.parametrize("proxies", ["[]", "[127.0.0.1]"])
def test_a_forwarded_address_counts_only_from_a_configured_proxy(office: Office, proxies: str) -> None:
    import http.client
    import threading

    settings = load(with_upload(office, "public_address: https://ribao.example.com", f"proxies: {proxies}"))
    serving = start(settings)
    port = serving._listening.getsockname()[1]  # noqa: SLF001 - the port is the system's choice
    thread = threading.Thread(target=serving.run)
    thread.start()
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        headers = {
            "Host": "ribao.example.com",
            "X-Forwarded-For": "203.0.113.66, 198.51.100.7",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": "evil.example",
        }
        connection.request("GET", "/signin", headers=headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("__Host-xinfang-before=")
        assert "secure" in cookie.lower()
        assert answer.headers["Strict-Transport-Security"]
        connection.request("GET", "/signin", headers={"Host": "ribao.example.com:443"})
        written_out = connection.getresponse()
        written_out.read()
        assert written_out.status == 200, "the usual port, written out"
        connection.request("GET", "/signin", headers={"Host": f"127.0.0.1:{port}"})
        refused = connection.getresponse()
        refused.read()
        assert refused.status == 421, "only the public address is answered"
        connection.close()
    finally:
        serving.server.should_exit = True
        thread.join(30)
    log = (settings.paths.state / "logs" / "access.log").read_text(encoding="utf-8")
    assert ("198.51.100.7 - GET /signin" in log) == (proxies != "[]")
    assert "203.0.113.66" not in log, "what the visitor wrote there before the proxy did is nothing"


@pytest.mark.external
def test_with_a_certificate_it_speaks_tls_and_its_cookie_is_the_hosts_own(office: Office) -> None:
    import http.client
    import ssl
    import threading

    options = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(["openssl", "req", *options, "-keyout", "key.pem", "-out", "cert.pem"], cwd=office.home, check=True, capture_output=True)
    serving = start(load(with_upload(office, "certificate: cert.pem", "key: key.pem")))
    thread = threading.Thread(target=serving.run)
    thread.start()
    try:
        port = serving._listening.getsockname()[1]  # noqa: SLF001 - the port is the system's choice
        trusted = ssl.create_default_context(cafile=str(office.home / "cert.pem"))
        connection = http.client.HTTPSConnection("localhost", port, timeout=20, context=trusted)
        connection.request("GET", "/signin")
        answer = connection.getresponse()
        assert answer.status == 200
        assert answer.headers["Set-Cookie"].startswith("__Host-xinfang-before=")
        assert "secure" in answer.headers["Set-Cookie"].lower()
        connection.close()
    finally:
        serving.server.should_exit = True
        thread.join(30)


def test_it_ends_in_order_when_it_is_told_to(office: Office, make_process: Callable[[Path], subprocess.Popen[bytes]]) -> None:
    process = make_process(office.home)
    assert process.stdout
    assert "上传网页已打开" in process.stdout.readline().decode()
    process.terminate()
    process.stdout.close()
    assert process.wait(30) in ((1,) if sys.platform == "win32" else (0,))


@pytest.fixture
def make_process() -> Callable[[Path], subprocess.Popen[bytes]]:
    from offices import HOME

    def make(home: Path) -> subprocess.Popen[bytes]:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        command = [sys.executable, str(HOME / "run.py"), "--config", str(home / "config.yaml"), "serve", "--port", str(port)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    return make
