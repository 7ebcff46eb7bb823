"""Every request, for looking at in tests and for replaying against the strict mock."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from tests.fakes.stripe.idempotency import Answer
from tests.fakes.stripe.world import Call

HEADERS = ("stripe-version", "idempotency-key", "stripe-account", "content-type")
FILE = Path(__file__).parent / "recorded.jsonl"


class Recorder:
    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def add(self, call: Call, answer: Answer) -> None:
        headers = {name: call.headers[name] for name in HEADERS if name in call.headers}
        self.rows.append(
            {
                "number": len(self.rows) + 1,
                "method": call.method,
                "path": call.path,
                "query": parse_qsl(call.query, keep_blank_values=True),
                "form": parse_qsl(call.raw, keep_blank_values=True),
                "headers": headers,
                "status": answer.status,
                "is_lost": answer.is_lost,
                "is_replayed": "Idempotent-Replayed" in answer.headers,
                "answer": answer.body,
            }
        )


def as_lines(rows: list[dict[str, Any]]) -> str:
    """Requests as JSON lines, without their answers."""
    return "".join(json.dumps({name: row[name] for name in row if name != "answer"}, ensure_ascii=False, sort_keys=True) + "\n" for row in rows)


def shape(row: dict[str, Any]) -> tuple[Any, ...]:
    """Requests of one shape differ only in ids and values: one of them stands for all."""
    path = re.sub(r"/[a-z]+(_test)?_[A-Za-z0-9_]+(?=/|$)", "/{id}", row["path"])
    names = sorted({re.sub(r"\[\d+\]", "[]", name) for name, _value in [*row["query"], *row["form"]]})
    return (row["method"], path, *names)
