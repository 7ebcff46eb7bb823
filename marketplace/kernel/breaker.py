"""A breaker: who has failed is left alone for a moment, who has failed twice for a while; then one caller asks first."""

from __future__ import annotations

import threading
import time

FAILURES, PAUSE_S = 2, 15.0


class Breaker:
    """Of one process, shared by its threads. Nobody asks for `moment_s` after a failure that does not open it, so that a page which asks several
    times waits once; nor for `pause_s` after one that does. Then one caller in each moment or pause may."""

    def __init__(self, failures: int = FAILURES, pause_s: float = PAUSE_S, moment_s: float = 0.0) -> None:
        self.failures, self.pause_s, self.moment_s = failures, pause_s, moment_s
        self._lock = threading.Lock()
        self._failed = 0
        self._next_try = 0.0

    def is_open(self) -> bool:
        return self._failed >= self.failures

    def allows(self) -> bool:
        """Whether to ask. Whoever may reports back how it went."""
        with self._lock:
            if not self._failed:
                return True
            if time.monotonic() < self._next_try:
                return False
            self._rest()
            return True

    def succeeded(self) -> None:
        with self._lock:
            self._failed = 0

    def failed(self) -> bool:
        """Note a failure; True if it opened the breaker now."""
        with self._lock:
            self._failed += 1
            self._rest()
            return self._failed == self.failures

    def _rest(self) -> None:
        self._next_try = time.monotonic() + (self.pause_s if self.is_open() else self.moment_s)
