"""python -m tests.fakes.stripe.record: write recorded.jsonl anew, one request of each shape that ended well.

They come from the behaviours and from the scenario. The clock stands at a fixed moment, so that only what changed differs.
"""

from __future__ import annotations

import sys
from typing import Any

from tests.fakes.stripe.behaviours import BEHAVIOURS, Scene
from tests.fakes.stripe.recorder import FILE, as_lines, shape
from tests.fakes.stripe.scenario import play
from tests.fakes.stripe.server import FakeStripe

RECORDED_AT = 1_790_000_000


class FixedScene(Scene):
    """Ids count up instead of being drawn."""

    ids = 0

    def uuid(self) -> str:
        self.ids += 1
        return f"00000000-0000-4000-8000-{self.ids:012d}"


def recorded() -> list[dict[str, Any]]:
    """Requests that were answered with 200, with their answers, the scenario's first."""
    rows = []
    for episode in (play, *(one.play for one in BEHAVIOURS)):
        with FakeStripe(seed=1) as fake:
            fake.set_now(RECORDED_AT, is_frozen=True)
            episode(FixedScene(fake.client(), fake))
            rows += fake.requests()
    return [row for row in rows if row["status"] == 200 and not row["is_replayed"]]


def of_each_shape(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first of each shape, numbered anew."""
    first = {shape(row): row for row in reversed(rows)}
    kept = sorted(first.values(), key=lambda row: (row["path"].split("/")[2], row["method"], str(shape(row))))
    return [{**row, "number": number, "headers": _ours(row["headers"])} for number, row in enumerate(kept, start=1)]


def _ours(headers: dict[str, str]) -> dict[str, str]:
    """Without the keys that the SDK draws for requests that were given none."""
    return {name: value for name, value in headers.items() if name != "idempotency-key" or value.startswith("test:")}


if __name__ == "__main__":
    lines = as_lines(of_each_shape(recorded()))
    FILE.write_text(lines)
    sys.stdout.write(f"{FILE}: {lines.count(chr(10))} requests\n")
