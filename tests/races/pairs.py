"""Two acts at once, each with a connection and a transaction of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connections, transaction

type_act = Callable[[], object]


def one_inside_the_other(first: type_act, second: type_act, then: type_act = lambda: None) -> None:
    """`second` begins while what `first` has written is not committed yet, and ends after it; `then` goes on with the transaction of `first`."""
    refused: list[BaseException] = []

    def acting() -> None:
        try:
            second()
        except BaseException as wrong:
            refused.append(wrong)
        finally:
            connections.close_all()

    thread = threading.Thread(target=acting)
    try:
        with transaction.atomic():
            first()
            thread.start()
            thread.join(timeout=0.4)
            then()
    finally:
        thread.join(timeout=10)
    assert not thread.is_alive()
    if refused:
        raise refused[0]
