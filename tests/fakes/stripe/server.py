"""The fake as a server on loopback: `FakeStripe`, for tests in this process and for `python -m tests.fakes.stripe`."""

from __future__ import annotations

import contextlib
import json
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

import stripe

from tests.fakes.stripe.api import answered
from tests.fakes.stripe.checkout import NotOpen
from tests.fakes.stripe.control import Control, asked, over_http
from tests.fakes.stripe.forms import refused_body
from tests.fakes.stripe.pages import Page, visited
from tests.fakes.stripe.world import API_VERSION, Call

KEY = "sk_test_standin"


class Listener(ThreadingHTTPServer):
    """Listens, and can be ended at once with every line that is open."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, fake: FakeStripe, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.fake = fake
        self.lines: set[socket.socket] = set()
        self._thread = threading.Thread(target=self.serve_forever, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        self.lines.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.lines.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nothing; anything else is a mistake in the fake, told at its end."""
        problem = sys.exc_info()[1]
        if problem is not None and not isinstance(problem, (ConnectionError, TimeoutError)):
            self.fake.mistakes.append(problem)

    def end(self) -> None:
        # A loop that waits in select is woken by shutting its socket down, not by closing it.
        asking = threading.Thread(target=self.shutdown)
        asking.start()
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        asking.join()
        self.server_close()
        for line in list(self.lines):
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65_536
    server: Listener

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def do_DELETE(self) -> None:
        self._answer("DELETE")

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: the recorder knows every request."""

    def _answer(self, method: str) -> None:
        path, _mark, query = self.path.partition("?")
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if path.startswith("/_control/"):
            self._control(path.removeprefix("/_control/"), raw)
        elif path.startswith(("/v1/", "/v2/")):
            self._api(method, path, query, raw)
        else:
            page = visited(self.server.fake.world, method, path, raw.decode())
            self._send_page(page or Page(404, "Not found"))
            self._go_on()

    def _api(self, method: str, path: str, query: str, raw: bytes) -> None:
        world = self.server.fake.world
        if refusal := refused_body(raw):
            self._send(refusal.status, refusal.body(), {})
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = answered(world, Call(method, path, query, raw.decode(), headers, world.platform))
        if answer.is_lost:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self._send(answer.status, answer.body, answer.headers)
        self._go_on()

    def _go_on(self) -> None:
        """What is told after the answer, such as that a charge was booked."""
        self.wfile.flush()
        with self.server.fake.world.lock:
            self.server.fake.world.run_due()

    def _control(self, name: str, raw: bytes) -> None:
        try:
            self._send(200, {"result": asked(self.server.fake, name, json.loads(raw or b"{}"))}, {})
        except NotOpen as closed:
            self._send(409, {"error": f"the session {closed} is not open"}, {})
        except (LookupError, ValueError, TypeError) as mistake:
            self._send(400, {"error": str(mistake)}, {})

    def _send(self, status: int, body: Any, headers: dict[str, str]) -> None:
        self._write(status, json.dumps(body, indent=2).encode(), {"Content-Type": "application/json", **headers})

    def _send_page(self, page: Page) -> None:
        self._write(page.status, page.html.encode(), {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", **page.headers})

    def _write(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class FakeStripe(Control):
    """A Stripe for one test. `with FakeStripe() as fake:` listens at `fake.url`; the powers are those of `Control`.

    With a `seed`, ids and chances are the same each time; without one, ids never repeat. `control_port` opens a second
    port for /_control, which stays open while the API is down.
    """

    def __init__(self, *, port: int = 0, seed: int | None = None, control_port: int | None = None) -> None:
        super().__init__(seed)
        self.mistakes: list[BaseException] = []
        self._wanted_port = port
        self._control_port = control_port
        self._api: Listener | None = None
        self._controls: Listener | None = None

    def start(self) -> FakeStripe:
        self._api = Listener(self, self._wanted_port)
        self._wanted_port = self._api.port
        self.world.base_url = self.url
        if self._control_port is not None:
            self._controls = Listener(self, self._control_port)
        return self

    def stop(self) -> None:
        """Raises what went wrong inside the fake itself."""
        self.clear_faults()
        self.world.post.end()
        for listener in (self._api, self._controls):
            if listener:
                listener.end()
        self._api = self._controls = None
        if self.mistakes:
            raise self.mistakes[0]

    def __enter__(self) -> FakeStripe:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    @property
    def port(self) -> int:
        return self._wanted_port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def control_url(self) -> str:
        return f"http://127.0.0.1:{self._controls.port}" if self._controls else self.url

    @over_http
    def down(self) -> None:
        """Refuse connections, and break those that are open."""
        if self._api:
            self._api.end()
        self._api = None

    @over_http
    def up(self) -> None:
        """Listen again, at the same port."""
        self._api = self._api or Listener(self, self._wanted_port)

    def client(self, *, key: str = KEY, account: str | None = None, retries: int = 0, version: str = API_VERSION) -> stripe.StripeClient:
        """The real SDK, pointed here; without retries, so that a test sees each failure."""
        return stripe.StripeClient(key, base_addresses={"api": self.url}, stripe_version=version, stripe_account=account, max_network_retries=retries)
