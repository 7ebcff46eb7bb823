"""No address that somebody gives leads to a server on our own side: spellings, names, redirects, rebinding. The canary is a real server on loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import translation

from marketplace.kernel import fetching
from marketplace.kernel.fetching import FetchFailed, FetchRefused, fetch, is_public, look, resolve

PUBLIC = "93.184.215.14"


class Canary:
    """Counts every connection, whatever comes over it; answers as it is told."""

    def __init__(self) -> None:
        self.connections, self.asked, self.answer = 0, [], (200, {"Content-Type": "text/plain"}, b"canary")
        canary = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                canary.asked.append((self.path, self.headers["Host"]))
                status, headers, body = canary.answer
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

            def log_message(self, *_args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            address_family = socket.AF_INET6

            def server_bind(self) -> None:
                self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)  # 127.0.0.1 and ::1
                super().server_bind()

            def get_request(self):
                canary.connections += 1
                return super().get_request()

        self.server = Server(("::", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def server() -> Iterator[Canary]:
    found = Canary()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def canary(server: Canary) -> Canary:
    server.connections, server.asked, server.answer = 0, [], (200, {"Content-Type": "text/plain"}, b"canary")
    return server


def names(table: dict[str, list[str]]):
    """A resolver that knows these names, and asks the machine's own for what looks like a number."""

    def resolver(host: str, port: int) -> list[str]:
        return table[host] if host in table else resolve(host, port)

    return resolver


# {p} is the canary's port. What a resolver of the operating system makes of each is for it to say.
SPELLINGS = (
    *("http://127.0.0.1:{p}/", "http://localhost:{p}/", "http://LOCALHOST:{p}/", "http://localhost.:{p}/", "http://127.0.0.1.:{p}/"),
    *("http://2130706433:{p}/", "http://0x7f000001:{p}/", "http://0x7f.0.0.1:{p}/", "http://0177.0.0.1:{p}/", "http://017700000001:{p}/"),
    *("http://127.1:{p}/", "http://127.0.1:{p}/", "http://127.127.127.127:{p}/", "http://0:{p}/", "http://0.0.0.0:{p}/", "http://00000000.0:{p}/"),
    *("http://[::1]:{p}/", "http://[::]:{p}/", "http://[0:0:0:0:0:0:0:1]:{p}/", "http://[::ffff:127.0.0.1]:{p}/", "http://[::ffff:7f00:1]:{p}/"),
    *("http://[0:0:0:0:0:ffff:127.0.0.1]:{p}/", "http://[::127.0.0.1]:{p}/", "http://[64:ff9b::7f00:1]:{p}/", "http://[2002:7f00:1::]:{p}/"),
    *("http://[fe80::1%25lo]:{p}/", "http://[::1%25lo]:{p}/", "http://[fc00::1]:{p}/", "http://[fec0::1]:{p}/", "http://[ff02::1]:{p}/"),
    *("http://10.0.0.1:{p}/", "http://172.16.0.1:{p}/", "http://192.168.0.1:{p}/", "http://169.254.169.254:{p}/latest/meta-data/", "http://100.64.0.1:{p}/"),
    *("http://100.100.100.200:{p}/", "http://224.0.0.1:{p}/", "http://255.255.255.255:{p}/", "http://240.0.0.1:{p}/", "http://198.18.0.1:{p}/"),
    *("http://user@127.0.0.1:{p}/", "http://example.com@127.0.0.1:{p}/", "http://127.0.0.1:{p}@example.com/", "http://example.com:80@127.0.0.1:{p}/"),
    *("http://127.0.0.1:{p}#@example.com/", "http://127.0.0.1:{p}\\@example.com/", "http://example.com\\@127.0.0.1:{p}/", "http:127.0.0.1:{p}/"),
    *("http:///127.0.0.1:{p}/", "//127.0.0.1:{p}/", "http://127.0.0.1:{p}/\r\nHost: x", "http://127.0.0.1 :{p}/", "http://\t127.0.0.1:{p}/"),
    *("ftp://127.0.0.1:{p}/", "file:///etc/passwd", "gopher://127.0.0.1:{p}/_x", "HTTP://127.0.0.1:{p}/", "https://127.0.0.1:{p}/", "http://①②⑦.⓪.⓪.①:{p}/"),
    *("http://１２７.０.０.１:{p}/", "http://127。0。0。1:{p}/", "http://ⓛocalhost:{p}/", "http://inside.example:{p}/", "http://127.0.0.1.nip.example:{p}/"),
    *("http://both.example:{p}/", "http://mapped.example:{p}/", "http://INSIDE.example.:{p}/", "http://metadata.example:{p}/", "http://%31%32%37.0.0.1:{p}/"),
)  # fmt: skip
TABLE = {
    "inside.example": ["127.0.0.1"],
    "127.0.0.1.nip.example": ["127.0.0.1"],
    "both.example": [PUBLIC, "127.0.0.1"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "metadata.example": ["169.254.169.254"],
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_reaches_the_canary(canary, spelling):
    with pytest.raises(FetchRefused):
        fetch(spelling.replace("{p}", str(canary.port)), ports={canary.port}, seconds=2, redirects=3, resolver=names(TABLE))
    assert canary.connections == 0


def test_there_are_more_than_forty_spellings():
    assert len(set(SPELLINGS)) >= 60


def test_control_without_the_look_at_addresses_many_of_them_do(canary, monkeypatch):
    monkeypatch.setattr(fetching, "is_public", lambda _address: True)
    reached = 0
    for spelling in SPELLINGS[:20]:
        before = canary.connections
        with suppress(FetchRefused, FetchFailed):
            fetch(spelling.replace("{p}", str(canary.port)), ports={canary.port}, seconds=1, resolver=names(TABLE))
        reached += canary.connections > before
    assert reached >= 12


def test_a_name_that_answers_differently_the_second_time_gains_nothing(canary, monkeypatch):
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return [PUBLIC] if len(asked) == 1 else ["127.0.0.1"]

    went: list[str] = []

    def connecting(where, timeout):
        went.append(where[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connecting)
    with pytest.raises(FetchFailed):
        fetch(f"http://rebinds.example:{canary.port}/", ports={canary.port}, resolver=rebinding)
    assert (asked, went, canary.connections) == (["rebinds.example"], [PUBLIC], 0)


@contextmanager
def public_is(canary: Canary, monkeypatch) -> Iterator[None]:
    """A public address that leads to the canary: what stands for the open Internet here."""
    real = socket.create_connection
    monkeypatch.setattr(socket, "create_connection", lambda where, timeout: real(("127.0.0.1" if where[0] == PUBLIC else where[0], where[1]), timeout))
    yield


class TestWhatComesBack:
    @pytest.fixture(autouse=True)
    def _outside(self, canary, monkeypatch):
        with public_is(canary, monkeypatch):
            yield

    def ask(self, canary, **more):
        return fetch(
            f"http://shop.example:{canary.port}/a?b=c",
            ports={canary.port},
            seconds=more.pop("seconds", 5),
            resolver=names({"shop.example": [PUBLIC], **TABLE}),
            **more,
        )

    def test_a_public_address_is_fetched_with_its_own_name(self, canary):
        got = self.ask(canary)
        assert (got.status, got.kind, got.body) == (200, "text/plain", b"canary")
        assert canary.asked == [("/a?b=c", f"shop.example:{canary.port}")]

    @pytest.mark.parametrize(
        "to",
        [
            "http://127.0.0.1:{p}/",
            "http://inside.example:{p}/",
            "//localhost:{p}/",
            "file:///etc/passwd",
            "http://[::1]:{p}/",
            "http://2130706433:{p}/",
            "http://[x",
        ],
    )
    def test_a_redirect_is_looked_at_like_the_first_address(self, canary, to):
        canary.answer = (302, {"Location": to.replace("{p}", str(canary.port))}, b"")
        with pytest.raises(FetchRefused):
            self.ask(canary, redirects=3)
        assert canary.connections == 1

    def test_redirects_are_not_followed_unless_asked_for_and_not_for_ever(self, canary):
        canary.answer = (302, {"Location": "/again"}, b"")
        for redirects in (0, 2):
            canary.connections = 0
            with pytest.raises(FetchFailed):
                self.ask(canary, redirects=redirects)
            assert canary.connections == redirects + 1

    @pytest.mark.parametrize("headers", [{"Content-Length": "5000000"}, {}, {"Content-Length": "x"}])
    def test_what_is_too_large_is_left(self, canary, headers):
        canary.answer = (200, headers, b"x" * 100_000)
        with pytest.raises(FetchFailed):
            self.ask(canary, most_bytes=50_000)

    def test_another_kind_than_asked_for_is_left(self, canary):
        canary.answer = (200, {"Content-Type": "text/html; charset=utf-8"}, b"<p>")
        with pytest.raises(FetchFailed):
            self.ask(canary, kinds=("image/",))
        canary.answer = (200, {"Content-Type": "image/png"}, b"png")
        assert self.ask(canary, kinds=("image/",)).body == b"png"

    def test_who_takes_too_long_is_left(self, canary):
        with pytest.raises(FetchFailed) as left:
            self.ask(canary, seconds=0)
        with translation.override("en"):
            assert "too long" in str(left.value)


def test_a_host_of_the_operators_own_settings_may_be_inside(canary):
    assert fetch(f"http://localhost:{canary.port}/send", method="POST", body=b"{}", trusted=("localhost",)).body == b"canary"
    with pytest.raises(FetchRefused):
        fetch(f"http://localhost:{canary.port}/send", trusted=("gateway.example",), ports={canary.port})


@pytest.mark.parametrize("port", [22, 25, 3306, 5432, 6379, 9200, 8080, 0])
def test_only_ports_of_the_web(port):
    with pytest.raises(FetchRefused):
        look(f"http://shop.example:{port}/", resolver=names({"shop.example": [PUBLIC]}))


@pytest.mark.parametrize(
    ("text", "public"),
    [
        (PUBLIC, True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::808:808", True),
        ("", False),
        ("x", False),
        ("2001:db8::1", False),
        ("192.0.2.1", False),
    ],
)
def test_which_addresses_are_public(text, public):
    assert is_public(text) is public
