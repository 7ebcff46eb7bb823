from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from marketplace.kernel.scheduler import run
from marketplace.kernel.tasks import send


class Command(BaseCommand):
    help = "Relay facts to the worker and end what waits past its deadline. Run as many as you like: one leads, the others wait."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        run(send, stop)
