"""A door before a server, which a test can let stand open, hold shut, or let hang: a network that fails on demand."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Literal
from urllib.parse import urlsplit

type_way = Literal["open", "hanging", "failing", "refusing"]

FAILURE = (
    b"HTTP/1.1 503 Service Unavailable\r\nX-Elastic-Product: Elasticsearch\r\nContent-Type: application/json\r\n"
    b"Content-Length: 2\r\nConnection: close\r\n\r\n{}"
)


class Door:
    """Listens on a port of its own. `way`: open passes bytes on, hanging accepts and never answers, failing answers 503,
    refusing refuses connections. `knocks` counts connections."""

    def __init__(self, behind: str, way: type_way) -> None:
        parts = urlsplit(behind)
        self._behind = (parts.hostname or "127.0.0.1", parts.port or 80)
        self.way: type_way = way
        self.knocks = 0
        self._lines: list[socket.socket] = []
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self._port = self._listener.getsockname()[1]
        if way != "refusing":
            self._listen()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def turn(self, way: type_way) -> None:
        """From now on; lines that are open break. A door that refused begins to listen."""
        if self.way == "refusing" and way != "refusing":
            self._listen()
        self.way = way
        self._break()

    def close(self) -> None:
        self.way = "refusing"
        # A socket that another thread waits in is woken by shutting it down, not by closing it.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._break()

    def _listen(self) -> None:
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def _break(self) -> None:
        while self._lines:
            line = self._lines.pop()
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()

    def _accept(self) -> None:
        while True:
            try:
                line, _address = self._listener.accept()
            except OSError:  # closed
                return
            self.knocks += 1
            self._lines.append(line)
            if self.way == "failing":
                threading.Thread(target=self._fail, args=[line], daemon=True).start()
            elif self.way == "open":
                beyond = socket.create_connection(self._behind)
                self._lines.append(beyond)
                for one, other in ((line, beyond), (beyond, line)):
                    threading.Thread(target=self._pass_on, args=[one, other], daemon=True).start()

    @staticmethod
    def _fail(line: socket.socket) -> None:
        with contextlib.suppress(OSError):
            line.recv(65536)
            line.sendall(FAILURE)
            line.close()

    @staticmethod
    def _pass_on(one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)
