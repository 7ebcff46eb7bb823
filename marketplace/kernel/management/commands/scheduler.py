from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from marketplace.kernel.scheduler import run
from marketplace.kernel.sealing import keep_sealing
from marketplace.kernel.tasks import send


class Command(BaseCommand):
    help = "Relay facts to the worker, end what waits past its deadline, seal the log. Run as many as you like: one leads, the others wait."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        # Beside the leader's round, so that neither waits for the other; which of several seals does not matter.
        sealer = threading.Thread(target=keep_sealing, args=(stop,), name="sealer")
        sealer.start()
        try:
            run(send, stop)
        finally:
            stop.set()
            sealer.join()
