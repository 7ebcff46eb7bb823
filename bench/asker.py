"""Pages asked for over and over by a few connections that stay open, with as little work on our side as the answer allows."""

from __future__ import annotations

import socket
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass


@dataclass
class Asked:
    """What came of it: answers a second, and every answer's time in milliseconds."""

    per_s: float
    ms: list[float]


class Connection:
    """One connection to a port of this machine. Raises RuntimeError for an answer that is no 200."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._connect()

    def _connect(self) -> None:
        self.line = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.held = b""

    def ask(self, request: bytes) -> int:
        """Send a request and read its whole answer; how many bytes it had.

        A server may close an idle connection at any time, as a worker does that is replaced: then once more, on a new one.
        """
        if not self._begin(request):
            self._connect()
            if not self._begin(request):
                raise RuntimeError("the server closed two connections without an answer")
        while (end := self.held.find(b"\r\n\r\n")) < 0:
            self._more()
        head = self.held[:end]
        if b" 200" not in head[:13]:
            raise RuntimeError(head.split(b"\r\n")[0].decode() + " for " + request.split(b"\r\n")[0].decode())
        lower = head.lower()
        at = lower.find(b"content-length:")
        if at >= 0:
            due = end + 4 + int(lower[at + 15 :].split(b"\r\n", 1)[0])
            while len(self.held) < due:
                self._more()
        else:  # chunked
            while not self.held.endswith(b"0\r\n\r\n"):
                self._more()
            due = len(self.held)
        self.held = self.held[due:]
        return due

    def _begin(self, request: bytes) -> bool:
        """Send, and wait for the first bytes; whether any came."""
        try:
            self.line.sendall(request)
            self.held += (got := self.line.recv(262_144))
        except (BrokenPipeError, ConnectionResetError):
            return False
        return bool(got)

    def _more(self) -> None:
        got = self.line.recv(262_144)
        if not got:
            raise RuntimeError("the server closed the connection")
        self.held += got

    def close(self) -> None:
        self.line.close()


def get(path: str, host: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: keep-alive\r\nAccept: text/html\r\nAccept-Language: en\r\n\r\n".encode()


def post(path: str, host: str, body: str) -> bytes:
    data = body.encode()
    return f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data


def ask(port: int, requests: Sequence[bytes], *, at_once: int, seconds: float) -> Asked:
    """So many connections, each asking for the next request as soon as it has the answer to its last."""
    until = time.perf_counter() + seconds

    def one(start: int) -> list[float]:
        connection, times, n = Connection(port), [], start
        while (began := time.perf_counter()) < until:
            connection.ask(requests[n % len(requests)])
            times.append((time.perf_counter() - began) * 1000)
            n += at_once
        connection.close()
        return times

    started = time.perf_counter()
    with ThreadPoolExecutor(at_once) as threads:
        times = [ms for part in threads.map(one, range(at_once)) for ms in part]
    return Asked(len(times) / (time.perf_counter() - started), times)
