"""A breaker: who has failed twice is left alone for a while, then asked by one caller first."""

from __future__ import annotations

import threading
import time

FAILURES, PAUSE_S = 2, 15.0


class Breaker:
    """Of one process, shared by its threads."""

    def __init__(self, failures: int = FAILURES, pause_s: float = PAUSE_S) -> None:
        self.failures, self.pause_s = failures, pause_s
        self._lock = threading.Lock()
        self._failed = 0
        self._next_try = 0.0

    def is_open(self) -> bool:
        return self._failed >= self.failures

    def allows(self) -> bool:
        """Whether to ask. While open, one caller may, once a pause; it reports back like the others."""
        with self._lock:
            if not self.is_open():
                return True
            now = time.monotonic()
            if now < self._next_try:
                return False
            self._next_try = now + self.pause_s
            return True

    def succeeded(self) -> None:
        with self._lock:
            self._failed = 0

    def failed(self) -> bool:
        """Note a failure; True if it opened the breaker now."""
        with self._lock:
            self._failed += 1
            self._next_try = time.monotonic() + self.pause_s
            return self._failed == self.failures
