"""python -m tests.fakes.stripe [--port N] [--control-port N] [--seed N]: the fake as a process of its own.

It prints one line of JSON with its addresses, and ends on SIGTERM or SIGINT.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading

from tests.fakes.stripe.server import KEY, FakeStripe


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m tests.fakes.stripe")
    words.add_argument("--port", type=int, default=0)
    words.add_argument("--control-port", type=int, default=0)
    words.add_argument("--seed", type=int)
    given = words.parse_args()
    ended = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _number, _frame: ended.set())
    with FakeStripe(port=given.port, seed=given.seed, control_port=given.control_port) as fake:
        sys.stdout.write(json.dumps({"url": fake.url, "control_url": f"{fake.control_url}/_control/", "key": KEY}) + "\n")
        sys.stdout.flush()
        ended.wait()


if __name__ == "__main__":
    main()
