"""A process that works beside a bench."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

_processes = multiprocessing.get_context("fork")


class Beside:
    """While this is entered a process does `work(*given, ends, results)`: until the event `ends` is set, then it sends one value into `results`, which
    stands in `result` afterwards."""

    def __init__(self, work: Callable[..., None], *given: Any) -> None:
        self.result: Any = None
        self._ends = _processes.Event()
        self._results, self._theirs = _processes.Pipe(duplex=False)
        self._process = _processes.Process(target=work, args=(*given, self._ends, self._theirs), daemon=True)

    def __enter__(self) -> Self:
        from django.db import connections

        connections.close_all()  # a forked connection would be spoken to by two
        self._process.start()
        self._theirs.close()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ends.set()
        self.result = self._results.recv()
        self._process.join()
