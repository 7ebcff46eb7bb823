"""The limit of placing an order: pgbench sends the writes and locks that the product sends, in its schemas, and nothing else.

Orders are placed by the product, and every statement that writes or locks is kept with its values, as it went to the server.
Keys and numbers that the order made become variables of pgbench, so each transaction writes an order of its own: the same
tables, widths, indexes, constraints, rows and locks, statement by statement. What the product reads, and its savepoints, are
left out; tables of merchants are named with their schema, so no search path is set either.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from bench import grounds, market
from bench.buyers import Worked
from bench.measure import cpu_s
from launch import postgres

WRITES_OR_LOCKS = re.compile(r"\s*(INSERT|UPDATE|DELETE|WITH)\b|.*\bFOR UPDATE\b|.*advisory_xact_lock", re.DOTALL)
MERCHANTS_TABLE = re.compile(r'\b(FROM|JOIN|INTO|UPDATE) "?(merchant_\w+)"?')
KEY = re.compile(r"\b[0-9a-f]{8}-?[0-9a-f]{4}-?[47][0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}\b")


@dataclass(frozen=True)
class Limit:
    """Scripts of pgbench, one a basket, and what one transaction of theirs is."""

    scripts: list[str]
    statements: int  # begin and commit included
    rows: float  # that the product's order inserted

    def tables(self) -> list[str]:
        return sorted({name.replace('"', "") for script in self.scripts for name in re.findall(r'INSERT INTO ((?:"?\w+"?\.)?"?\w+"?)', script)})


def record(baskets: Sequence[market.Basket], totals: Sequence[Any]) -> Limit:
    """Place one order of each basket and keep what was written."""
    scripts, statements = [], 0
    before: dict[str, int] = {}
    for number, total in enumerate(totals):
        first, last = market.people_of(number, len(baskets))
        if number == 1:
            before = count_rows(Limit(scripts, 0, 0).tables())
        lines = _written(first, total)
        scripts.append("\n".join([f"\\set p random({first}, {last})", "\\set r random(100000000000, 999999999999)", "begin;", *lines, "commit;", ""]))
        statements = max(statements, len(lines) + 2)
    rows = sum(count_rows(before).values()) - sum(before.values())
    return Limit(scripts, statements, rows / max(len(totals) - 1, 1))


def count_rows(tables: Iterable[str]) -> dict[str, int]:
    from django.db import connection

    with connection.cursor() as cursor:
        counts = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")
            counts[table] = cursor.fetchone()[0]
        return counts


def _written(person: int, total: Any) -> list[str]:
    """What placing sends of writes and locks, in pgbench's words."""
    from django.db import connection

    from marketplace.kernel.ids import new_id

    sent: list[str] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, *about: Any) -> Any:
        if WRITES_OR_LOCKS.match(sql):
            text = connection.ops.compose_sql(sql, params)
            sent.append(MERCHANTS_TABLE.sub(rf'\1 "{connection.schema_name}"."\2"', text))  # type: ignore[attr-defined]
        return execute(sql, params, *about)

    oldest, key = new_id(), uuid4().hex  # the first 48 bits are the millisecond
    with connection.execute_wrapper(note):
        group = market.place(person, total, key)
    keys = {UUID(found) for text in sent for found in KEY.findall(text)}
    # A variable's name ends where no letter, digit or underscore follows: so it comes last, or before a hyphen.
    words = {made: f":stamp-7{n:03x}-8000-:r" for n, made in enumerate(sorted(one for one in keys if one.version == 7 and one.int >> 80 >= oldest.int >> 80))}
    words |= {market.key_of(kind, person): f"{market.key_of(kind, person)}"[:-5] + ":p" for kind in ("person", "cart", "address")}
    texts = {group.number: "99:r", key: "0" * 20 + ":r", f"buyer-{person}@": "buyer-:p@"}
    some = re.compile("|".join(map(re.escape, texts)))

    def as_script(text: str) -> str:
        text = some.sub(lambda found: texts[found[0]], text)
        return KEY.sub(lambda found: words.get(UUID(found[0]), found[0]), text).replace("\n", " ") + ";"

    return [as_script(text) for text in sent]


def pgbench(cluster: postgres.Cluster, database: str, limit: Limit, clients: int, seconds: float) -> Worked:
    """Transactions of these scripts for so long, by so many clients at once."""
    before = cpu_s(grounds.pid_of(cluster))
    stamp = uuid4().hex
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, script in enumerate(limit.scripts):
            (file := Path(folder) / f"{number}.sql").write_text(script)
            files += ["-f", str(file)]
        command = [
            str(postgres.bindir() / "pgbench"), "--no-vacuum", *files, "-c", str(clients), "-j", str(min(clients, 2)), "-T", str(int(seconds)),
            "-D", f"stamp={stamp[:8]}-{stamp[8:12]}", "--log", f"--log-prefix={folder}/log", cluster.url(database),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"pgbench: {done.stderr[-2000:]}")
        lines = [line.split() for file in Path(folder).glob("log*") for line in file.read_text().splitlines()]
    speed = re.search(r"tps = ([\d.]+) \(without", done.stdout)
    if speed is None:
        raise RuntimeError(f"pgbench told no speed: {done.stdout}")
    return Worked([int(line[2]) / 1e3 for line in lines], len(lines) / float(speed[1]), 0.0, cpu_s(grounds.pid_of(cluster)) - before)
