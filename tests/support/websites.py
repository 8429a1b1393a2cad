"""The upload page on loopback, served for real, and a browser without a screen: cookies, forms, nothing else."""

from __future__ import annotations

import http.client
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

import argon2
import pytest
from offices import Office, moment

from pipeline.web import passwords
from pipeline.web.server import Serving

PASSWORD = "骆驼 电灯 七座桥 白云"  # noqa: S105 - of users that only tests know
BOUNDARY = "----boundary7MA4YWxkTrZu0gW"


@dataclass(slots=True)
class Clock:
    """A clock that a test sets."""

    now: datetime = field(default_factory=lambda: moment("2020-05-21 16:00"))

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def where(self) -> str:
        """Where a redirection leads."""
        return self.headers.get("Location", "")


@dataclass(slots=True)
class Website:
    """The page while it is served."""

    serving: Serving
    clock: Clock
    office: Office

    @property
    def port(self) -> int:
        return urlsplit(self.serving.address).port or 80

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def user(self, name: str, district: str, address: str = "dongsheng@example.com") -> str:
        """A new user with a password; the name."""
        accounts = self.serving.site.accounts
        user = accounts.add(name, district, address)
        assert accounts.set_password(accounts.new_link(user, self.clock()), PASSWORD, self.clock())
        return name

    def done(self) -> list[str]:
        """The lines of the log of what was done, without their time."""
        log = self.office.settings.paths.state / "logs" / "upload.log"
        return [line[len("2020-05-21 16:00:00+08:00 ") :] for line in log.read_text(encoding="utf-8").splitlines()]

    def browser(self) -> Browser:
        return Browser(self)

    def signed_in(self, name: str) -> Browser:
        """A browser at which that user has signed in."""
        browser = self.browser()
        answer = browser.sign_in(name, PASSWORD)
        assert answer.status == 303, answer.text
        return browser


@dataclass(slots=True)
class Browser:
    """Keeps cookies, follows nothing by itself."""

    site: Website
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Answer:
        """One request and its answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=60)
        sent_headers = {"Host": self.site.host, "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if method != "GET":
            sent_headers["Origin"] = f"http://{self.site.host}"
        try:
            connection.request(method, path, body, {name: value for name, value in {**sent_headers, **(headers or {})}.items() if value})
            heard = connection.getresponse()
            answer = Answer(heard.status, heard.headers, heard.read())
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, rest = line.partition("=")
            value = rest.partition(";")[0].strip('"')
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def post(self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Answer:
        return self.ask("POST", path, urlencode(fields).encode(), {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})})

    def token(self, path: str) -> str:
        """The token that a form on that page bears."""
        return token_in(self.get(path).text)

    def sign_in(self, name: str, password: str) -> Answer:
        return self.post("/signin", {"csrf": self.token("/signin"), "name": name, "password": password})

    def upload(self, content: bytes, name: str = "日报.xlsx", token: str | None = None) -> Answer:
        """Send a file as a browser does."""
        body = form(content, name, self.token("/") if token is None else token)
        return self.ask("POST", "/upload", body, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})

    def click(self, page: str, action: str) -> Answer:
        """Send the form of that action on that page."""
        return self.post(action, {"csrf": self.token(page)})

    def follow(self, answer: Answer) -> Answer:
        assert answer.status == 303, (answer.status, answer.text)
        return self.get(answer.where)


def token_in(page: str) -> str:
    match = re.search(r'name="csrf" value="([^"]+)"', page)
    return match[1] if match else ""


def form(content: bytes, name: str, token: str) -> bytes:
    """A form with its token and one file, as browsers write it."""
    escaped = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{token}\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{escaped}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    return head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def head(browser: Browser, *lines: str) -> bytes:
    """How an upload begins on the wire."""
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    head = ["POST /upload HTTP/1.1", f"Host: {browser.site.host}", f"Origin: http://{browser.site.host}", f"Cookie: {cookies}"]
    return "\r\n".join([*head, f"Content-Type: multipart/form-data; boundary={BOUNDARY}", *lines, "", ""]).encode()


@contextmanager
def quick_passwords() -> Iterator[None]:
    """Hash passwords with almost no work: a hash of full strength takes a quarter of a second, and tests ask for hundreds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        patch.setattr(passwords, "_NOBODY", passwords.hashed("nobody's"))
        yield


@contextmanager
def served(office: Office, now: str = "2020-05-21 16:00", *, has_quick_passwords: bool = True) -> Iterator[Website]:
    """The office's page on a port of its own."""
    clock = Clock(moment(now))
    serving = Serving(office.settings, "127.0.0.1", 0, clock)
    thread = threading.Thread(target=serving.run)
    thread.start()
    try:
        with quick_passwords() if has_quick_passwords else nullcontext():
            yield Website(serving, clock, office)
    finally:
        serving.server.should_exit = True
        thread.join(30)
