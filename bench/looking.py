"""Pages that somebody looks at all the time, by a process of its own: how long each took, and which failed or found nothing."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice
from multiprocessing.connection import Connection
from typing import Any

from bench.beside import Beside

_TOTAL = re.compile(r'data-total="(\d+)"')


@dataclass(frozen=True)
class Look:
    """`at_s`: when it was asked for, by time.monotonic, which all processes share. `total`: what the page says it found, -1 where it says nothing."""

    path: str
    at_s: float
    took_s: float
    status: int
    total: int

    @property
    def failed(self) -> bool:
        return self.status != 200

    @property
    def is_empty(self) -> bool:
        return not self.failed and self.total <= 0


def look(port: int, path: str) -> Look:
    """One page of the market. An answer that does not come is one with status 0."""
    began = time.monotonic()
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        line.request("GET", path, headers={"Host": f"market.localhost:{port}", "Accept-Language": "en"})
        answer = line.getresponse()
        status, page = answer.status, answer.read().decode(errors="replace")
    except OSError:
        status, page = 0, ""
    finally:
        line.close()
    found = _TOTAL.search(page)
    return Look(path, began, time.monotonic() - began, status, int(found[1]) if found else -1)


class Looking(Beside):
    """So many people at once look at one page after another while this is entered; afterwards `looks` holds all of them."""

    def __init__(self, port: int, paths: Sequence[str], at_once: int = 2) -> None:
        super().__init__(_look_on, port, list(paths), at_once)

    @property
    def looks(self) -> list[Look]:
        return self.result or []

    def between(self, began_s: float, ended_s: float) -> list[Look]:
        """What was asked for or under way in this time: whoever waits as it begins waits the longest."""
        return [each for each in self.looks if each.at_s < ended_s and each.at_s + each.took_s > began_s]


def _look_on(port: int, paths: list[str], at_once: int, ends: Any, results: Connection) -> None:
    def one(start: int) -> Iterator[Look]:
        for path in islice(cycle(paths), start * len(paths) // at_once, None):
            if ends.is_set():
                return
            yield look(port, path)

    with ThreadPoolExecutor(at_once) as threads:
        results.send([each for part in threads.map(lambda start: list(one(start)), range(at_once)) for each in part])
