"""What all benches share: rows and how they are shown and kept, percentiles, load, CPU and memory of processes (Linux: /proc)."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from launch.paths import ROOT

RESULTS = ROOT / "bench" / "results"
OFF = 0.25  # a round whose limit differs by more than this from the median of all rounds does not count
TICK_S = 1 / os.sysconf("SC_CLK_TCK")
Row = dict[str, Any]


@dataclass(frozen=True)
class Goal:
    """What a figure is held to: `sense` is ≤, ≥ or =. `of_ratio`: not the figure itself, but what it is of the one beside it."""

    sense: str
    figure: float
    of_ratio: bool = False

    def is_met(self, value: float, ratio: float | None) -> bool:
        seen = ratio if self.of_ratio else value
        if seen is None:
            raise ValueError("a goal for a ratio, and nothing stands beside the figure")
        return {"≤": seen <= self.figure, "≥": seen >= self.figure, "=": seen == self.figure}[self.sense]

    def __str__(self) -> str:
        return f"{'ratio ' if self.of_ratio else ''}{self.sense} {self.figure:g}"


def at_most(figure: float) -> Goal:
    return Goal("≤", figure)


def at_least(figure: float, *, of_ratio: bool = False) -> Goal:
    return Goal("≥", figure, of_ratio)


def exactly(figure: float) -> Goal:
    return Goal("=", figure)


def row(name: str, value: float, unit: str, *, beside: float | None = None, goal: Goal | None = None, note: str = "") -> Row:
    """A figure, with the load of the machine. `beside` is the limit or the peer of the same run; `note` says what differs from run to run."""
    ratio = value / beside if beside else None
    return {
        "name": name,
        "value": round(value, 2),
        "unit": unit,
        "beside": None if beside is None else round(beside, 2),
        "ratio": None if ratio is None else round(ratio, 3),
        "goal": None if goal is None else str(goal),
        "met": None if goal is None else goal.is_met(value, ratio),
        "load": round(os.getloadavg()[0], 1),
        "note": note,
    }


def at(values: Iterable[float], share: float) -> float:
    """The percentile, `share` from 0 to 1. Of nothing: not a number."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else float("nan")


def steady(*limits: Sequence[float]) -> list[int]:
    """The rounds that count: those in which each of these limits is near its own median."""
    wrong = {n for limit in limits for n, figure in enumerate(limit) if abs(figure / median(limit) - 1) > OFF}
    return [n for n in range(len(limits[0])) if n not in wrong]


def until_steady(rounds: int, one_round: Callable[[], None], limits: Callable[[], Sequence[Sequence[float]]]) -> list[int]:
    """Do rounds until so many count, at most twice as many; which of them count. What was dropped is said."""
    kept: list[int] = []
    for tried in range(1, 2 * rounds + 1):
        one_round()
        if tried >= rounds and len(kept := steady(*limits())) >= rounds:
            break
    if len(kept) < tried:
        say(f"  {tried - len(kept)} of {tried} rounds dropped: the limit was off by over {OFF:.0%}")
    return kept


def say(text: str) -> None:
    """Where we are, on stderr: a bench takes minutes."""
    print(f"· {text}", file=sys.stderr, flush=True)


# ── processes ────────────────────────────────────────────────────────────────────────────────────────────────────────


def own_cpu_s() -> float:
    """CPU this process has used, seconds."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def with_children(pid: int) -> list[int]:
    """A process and everything below it."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (stat := _stat(int(folder.name))):
            parents.setdefault(int(stat[1]), []).append(int(folder.name))
    found, ahead = [], [pid]
    while ahead:
        found.append(one := ahead.pop())
        ahead += parents.get(one, [])
    return found


def cpu_s(pid: int) -> float:
    """CPU that a process and everything below it have used, those that ended included, seconds."""
    ticks = 0
    for one in with_children(pid):
        if stat := _stat(one):
            ticks += sum(int(part) for part in stat[11:15])
    return ticks * TICK_S


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat behind the name, state first; nothing when it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def pss_mb(pid: int, kind: str = "Pss") -> float:
    """Memory of one process in MB, shared pages counted by share. `kind` Pss_Anon leaves files and shared memory out."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith(f"{kind}:"):
            return int(line.split()[1]) / 1024
    raise ValueError(f"no {kind} of process {pid}")


# ── the table and what is kept ───────────────────────────────────────────────────────────────────────────────────────


def show(rows: list[Row]) -> None:
    """The table on the screen."""
    lines = [("", "value", "", "beside", "ratio", "goal", "", "load", "")]
    for each in rows:
        verdict = {None: "", True: "met", False: "MISSED"}[each["met"]]
        value, beside, ratio = (_number(each[name]) for name in ("value", "beside", "ratio"))
        lines.append((each["name"], value, each["unit"], beside, ratio, each["goal"] or "", verdict, str(each["load"]), each["note"]))
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = [_padded(cell, width, to_left=n in (0, 2, 6, 8)) for n, (cell, width) in enumerate(zip(line, widths, strict=True))]
        print("  ".join(cells).rstrip())


def _number(value: float | None) -> str:
    if value is None or value != value:
        return "" if value is None else "none"
    return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:,.2f}" if abs(value) >= 1 else f"{value:,.3f}"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _padded(text: str, width: int, *, to_left: bool) -> str:
    blank = " " * (width - _width(text))
    return text + blank if to_left else blank + text


def keep(name: str, rows: list[Row], *, short: bool) -> None:
    """Append the rows to bench/results/NAME.jsonl, each with the form it was measured in and the commit."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    with open(RESULTS / f"{name}.jsonl", "a") as out:
        for each in rows:
            about = {"form": "short" if short else "long", "commit": commit}
            out.write(json.dumps({**each, **about}, ensure_ascii=False) + "\n")
