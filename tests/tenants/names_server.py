"""A DNS server on loopback that says what a test wrote down, by UDP."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


class Names:
    """(name, kind) → what stands there. A name without anything does not exist; `is_silent` answers nobody."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], list[str]] = {}
        self.asked: list[tuple[str, str]] = []
        self.is_broken = False
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]

    def put(self, name: str, kind: str, *values: str) -> None:
        self.records[name, kind] = list(values)

    def serve(self) -> None:
        while True:
            data, who = self._socket.recvfrom(4096)
            if data == b"stop":
                return
            self._socket.sendto(self._answer(dns.message.from_wire(data)).to_wire(), who)

    def _answer(self, query: dns.message.Message) -> dns.message.Message:
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        (question,) = query.question
        name, kind = question.name.to_text().rstrip("."), dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        if self.is_broken:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif values := self.records.get((name, kind)):
            answer.answer.append(dns.rrset.from_text_list(question.name, 60, "IN", kind, values))
        elif not any(known == name for known, _kind in self.records):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer

    def stop(self) -> None:
        self._socket.sendto(b"stop", ("127.0.0.1", self.port))


@contextmanager
def names_server() -> Iterator[Names]:
    names = Names()
    thread = threading.Thread(target=names.serve, daemon=True)
    thread.start()
    try:
        yield names
    finally:
        names.stop()
        thread.join()
        names._socket.close()
