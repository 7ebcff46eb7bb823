"""python -m bench NAME [--short]: one bench, in its long form unless told otherwise. Without a name: what there is."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

from bench import measure

# In the order in which make bench runs them.
BENCHES = ("checkout", "hot", "imports", "search", "suggest", "pages", "lighthouse", "freshness", "fleet", "memory", "lists", "sealing")


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m bench", description="One bench; its figures beside peers and limits.")
    asked.add_argument("name", nargs="?", choices=BENCHES)
    asked.add_argument("--short", action="store_true", help="less of everything: what make bench runs")
    chosen = asked.parse_args()
    if chosen.name is None:
        for name in BENCHES:
            print(f"{name:10}{(import_module(f'bench.{name}').__doc__ or '').strip().splitlines()[0]}")
        return 0
    rows = import_module(f"bench.{chosen.name}").run(chosen.short)
    measure.show(rows)
    measure.keep(chosen.name, rows, short=chosen.short)
    return 1 if any(each["met"] is False for each in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
