"""Connections to the upload page: whoever opens many and says nothing keeps only himself out."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING

import pytest
from waiting import until
from websites import Browser, Website, form, head, served
from workbooks import report

from pipeline.settings.uploading import Uploading

if TYPE_CHECKING:
    from offices import Office


@contextmanager
def limited(office: Office, connections: int, *proxies: str) -> Iterator[Website]:
    office.settings = office.settings.model_copy(update={"upload": Uploading(connections=connections, proxies=proxies)})
    with served(office) as site:
        site.user("甲", "东胜区")
        yield site


def idle(site: Website, stack: ExitStack, number: int) -> list[socket.socket]:
    """So many connections that say nothing."""
    return [stack.enter_context(socket.create_connection(("127.0.0.1", site.port), 10)) for _ in range(number)]


def is_open(connection: socket.socket) -> bool:
    connection.settimeout(0.2)
    try:
        return connection.recv(1) != b""
    except TimeoutError:
        return True
    except ConnectionError:
        return False


def elsewhere(site: Website) -> http.client.HTTPConnection:
    """A browser's connection from another network address."""
    return http.client.HTTPConnection("127.0.0.1", site.port, timeout=20, source_address=("127.0.0.2", 0))


def ask(site: Website, connection: http.client.HTTPConnection) -> tuple[int, str]:
    connection.request("GET", "/signin", headers={"Host": site.host})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_many_idle_connections_of_one_address_take_the_page_from_nobody(office: Office) -> None:
    with limited(office, 20) as site, ExitStack() as stack, closing(elsewhere(site)) as other:
        assert ask(site, other)[0] == 200
        opened = idle(site, stack, 60)
        assert site.browser().get("/signin").status == 200, "not even from there"
        assert ask(site, other)[0] == 200
        assert other.sock is not None, "and a connection from elsewhere was not closed"
        assert sum(is_open(connection) for connection in opened) <= 5, "a quarter of all"


def test_an_upload_under_way_goes_on_beside_many_idle_connections(office: Office) -> None:
    with limited(office, 20) as site, ExitStack() as stack:
        browser = site.signed_in("甲")
        body = form(report(), "日报.xlsx", browser.token("/"))
        (uploading,) = idle(site, stack, 1)
        uploading.sendall(head(browser, f"Content-Length: {len(body)}") + body[:400])
        until(lambda: any((office.settings.paths.state / "upload").iterdir()), "the server begins to receive")
        idle(site, stack, 30)
        uploading.sendall(body[400:])
        assert uploading.recv(1 << 16).startswith(b"HTTP/1.1 303 ")


def test_where_an_address_has_no_idle_connection_left_its_newest_is_closed(office: Office) -> None:
    with limited(office, 12) as site, ExitStack() as stack, closing(elsewhere(site)) as other:
        browser = site.browser()
        slow = idle(site, stack, 3)
        for connection in slow:
            connection.sendall(_slow_form(browser))
        assert ask(site, other)[0] == 200, "what came before has been heard"
        (newest,) = idle(site, stack, 1)
        assert not is_open(newest)
        assert all(is_open(connection) for connection in slow)


def _slow_form(browser: Browser) -> bytes:
    host = browser.site.host
    lines = ("POST /signin HTTP/1.1", f"Host: {host}", f"Origin: http://{host}", "Content-Type: application/x-www-form-urlencoded")
    return "\r\n".join([*lines, "Content-Length: 1000", "", "csrf="]).encode()


def test_a_proxy_from_which_everybody_comes_may_hold_all(office: Office) -> None:
    with limited(office, 12, "127.0.0.1") as site, ExitStack() as stack:
        opened = idle(site, stack, 10)
        assert site.browser().get("/signin").status == 200
        assert all(is_open(connection) for connection in opened)


def test_too_many_at_once_are_told_so_in_words(office: Office) -> None:
    with limited(office, 10, "127.0.0.1") as site, ExitStack() as stack:
        idle(site, stack, 10)
        answer = site.browser().get("/signin")
        assert answer.status == 503
        assert answer.text == "现在打开网页的人太多，请过一分钟再试。"
        assert answer.headers["Retry-After"] == "60"


@pytest.mark.parametrize("proxies", [(), ("127.0.0.1",)])
def test_an_answer_does_not_wait_for_the_receipt_of_its_first_piece(office: Office, proxies: tuple[str, ...]) -> None:
    with limited(office, 20, *proxies) as site, closing(elsewhere(site)) as other:
        ask(site, other)
        connections = [*site.serving.server.server_state.connections]
        assert len(connections) == 1
        (connection,) = connections
        assert connection.transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


_CHUNKS = b"Transfer-Encoding: chunked\r\n\r\n"


_IN_TWO_WAYS = (
    b"Content-Length: 5\r\n" + _CHUNKS + b"0\r\n\r\n",
    b"Content-Length: 5\r\ntRANSFER-encoding: chunked\r\n\r\n0\r\n\r\n",
    b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
    b"Content-Length: 5\r\ncontent-length: 6\r\n\r\nhello!",
    b"Content-Length: 5, 5\r\n\r\nhello",
    b"Content-Length: +5\r\n\r\nhello",
    b"Content-Length: -5\r\n\r\nhello",
    b"Content-Length: 0x5\r\n\r\nhello",
    b"Content-Length: 5 5\r\n\r\nhello",
    b"Content-Length: \r\n\r\nhello",
    b"Content-Length : 5\r\n\r\nhello",
    b" Content-Length: 5\r\n\r\nhello",
    b"X: y\r\n Content-Length: 5\r\n\r\nhello",
    b"Content-Length:\r\n 5\r\n\r\nhello",
    b"Content-Length: 5\n\r\nhello",
    b"Content-Length: 5\r\n\nhello",
    b"X: y\rContent-Length: 5\r\n\r\nhello",
    b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding: identity\r\n\r\nhello",
    b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
    b"Host: other\r\nContent-Length: 0\r\n\r\n",
    _CHUNKS + b"-1\r\nh\r\n0\r\n\r\n",
    _CHUNKS + b"0x1\r\nh\r\n0\r\n\r\n",
    _CHUNKS + b"1\nh\r\n0\r\n\r\n",
    _CHUNKS + b"1\r\nhello\r\n0\r\n\r\n",
    _CHUNKS + b"1;a=b\r\nh\r\n0\r\n\n",
)


def _answer(site: Website, request: bytes) -> bytes:
    """All that comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", site.port), 20) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(1 << 16), b""))


def test_where_a_request_ends_is_read_in_one_way_or_not_at_all(office: Office) -> None:
    """What follows would be a second request to whoever sees the end elsewhere."""
    with served(office) as site:
        head = f"POST /signin HTTP/1.1\r\nHost: {site.host}\r\nOrigin: http://{site.host}\r\n".encode()
        next_one = f"GET /healthz HTTP/1.1\r\nHost: {site.host}\r\n\r\n".encode()
        for rest in _IN_TWO_WAYS:
            answer = _answer(site, head + rest + next_one)
            assert answer[9:12] == b"400" or (rest.startswith(_CHUNKS) and answer[9:10] == b"4"), (rest, answer[:200])
            assert answer.count(b"HTTP/1.1 ") == 1, rest
            assert b"connection: close" in answer.lower(), rest
        assert _answer(site, head.replace(b"HTTP/1.1", b"HTTP/1.0") + _CHUNKS + b"0\r\n\r\n")[9:12] == b"400"
        assert site.browser().get("/healthz").status == 200
