"""Divisions of China and carriers, from files that a folder may have: beside what the market began with, and never instead of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marketplace.config.market_data.reading import NotAsExpected, Problem
from marketplace.kernel.actors import Actor
from marketplace.platform.delivery.actions import put_carriers, put_regions
from marketplace.platform.delivery.models import Carrier, Region

DIVISIONS, WITHOUT_CODES, CARRIERS = "divisions-cn/divisions-cn.json", "divisions-cn/hk-mo-tw.json", "carriers-cn.json"
PLACES = (DIVISIONS, WITHOUT_CODES, CARRIERS)
# Province, city, district; where a city has no districts its towns follow at once, with nine digits.
CODE = re.compile(r"\d{2}|\d{4}|\d{6}|\d{9}")
CARRIER_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,19}")
OTHER_CODES = {"yd": "yunda"}  # what the file calls a carrier that a market begins with
LONGEST_NAME = 60


@dataclass
class Places:
    """How many the files have, and how many had to be written."""

    divisions: int = 0
    divisions_written: int = 0
    carriers: int = 0
    carriers_written: int = 0


def put_places(folder: Path, problems: list[Problem], *, by: Actor) -> Places:
    """What lies in the folder of these files. Safe to repeat; what is as it should be is not written."""
    coded = list(_coded(folder, problems))
    regions = {row["code"]: row for row in [*coded, *_uncoded(folder, coded, problems)]}
    carriers = list(_carriers(folder, problems))
    return Places(
        divisions=len(regions),
        divisions_written=put_regions(by=by, rows=regions.values()),
        carriers=len(carriers),
        carriers_written=put_carriers(by=by, rows=carriers),
    )


def _content(folder: Path, name: str, kind: type, problems: list[Problem]) -> Any:
    """What the file holds; an empty `kind` (list or dict) where it is not there or is something else."""
    if not (folder / name).is_file():
        return kind()
    try:
        found = json.loads((folder / name).read_text(encoding="utf-8"))
        if not isinstance(found, kind):
            raise NotAsExpected(f"not a {'list' if kind is list else 'JSON object'}")
    except (ValueError, NotAsExpected) as wrong:
        problems.append(Problem(name, 1, f"not as expected: {wrong}"))
        return kind()
    return found


def _coded(folder: Path, problems: list[Problem]) -> Iterator[dict[str, Any]]:
    """Divisions with codes: `c`, `n`, and `k` for those inside, each beginning with the code of what it lies in."""
    seen: set[str] = set()

    def walk(rows: Any, parent: str) -> Iterator[dict[str, Any]]:
        for row in rows if isinstance(rows, list) else []:
            try:
                code, name = _division(row, parent)
                if code in seen:
                    raise NotAsExpected(f"{code} stands there twice")
            except NotAsExpected as wrong:
                problems.append(Problem(DIVISIONS, 1, str(wrong)))
                continue
            seen.add(code)
            yield {"code": code, "parent": parent or None, "names": {"zh-hans": name}}
            yield from walk(row.get("k", []), code)

    yield from walk(_content(folder, DIVISIONS, list, problems), "")


def _division(row: Any, parent: str) -> tuple[str, str]:
    code, name = (row.get("c"), row.get("n")) if isinstance(row, dict) else (None, None)
    if not isinstance(code, str) or not CODE.fullmatch(code):
        raise NotAsExpected(f"a division of {parent or 'the country'} has no code of 2, 4, 6 or 9 digits: {str(code)[:40]}")
    if not code.startswith(parent) or len(code) <= len(parent) or (not parent and len(code) != 2):
        raise NotAsExpected(f"{code} does not lie in {parent or 'the country'}")
    return code, _name(name, code)


def _name(name: Any, of: str) -> str:
    text = name.strip() if isinstance(name, str) else ""
    if not text or len(text) > LONGEST_NAME:
        raise NotAsExpected(f"{of} has no name of up to {LONGEST_NAME} characters")
    return text


def _uncoded(folder: Path, coded: list[dict[str, Any]], problems: list[Problem]) -> Iterator[dict[str, Any]]:
    """Names inside names, below a province that is known by its name. Codes are ours, and a name that is there keeps its own."""
    content = _content(folder, WITHOUT_CODES, dict, problems)
    if not content:
        return
    codes = Codes(coded)

    def row(name: Any, parent: str) -> dict[str, Any] | None:
        try:
            text = _name(name, f"a part of {parent}")
        except NotAsExpected as wrong:
            problems.append(Problem(WITHOUT_CODES, 1, str(wrong)))
            return None
        return {"code": codes.of(parent, text), "parent": parent, "names": {"zh-hans": text}}

    for province, areas in content.items():
        code = codes.held.get((None, province))
        if code is None or not isinstance(areas, dict):
            problems.append(Problem(WITHOUT_CODES, 1, f"{province[:40]} is no province of this market, or has nothing inside"))
            continue
        for area, districts in areas.items():
            if outer := row(area, code):
                yield outer
                yield from filter(None, (row(district, outer["code"]) for district in (districts if isinstance(districts, list) else [])))


class Codes:
    """Two digits more than what it lies in: those it has already, or the next that are free."""

    def __init__(self, coded: list[dict[str, Any]]) -> None:
        self.held: dict[tuple[str | None, Any], str] = {
            (parent, names.get("zh-hans")): code for code, parent, names in Region.objects.values_list("code", "parent_id", "names")
        }
        self.held |= {(row["parent"], row["names"]["zh-hans"]): row["code"] for row in coded}
        self.taken = {*self.held.values(), *(row["code"] for row in coded)}

    def of(self, parent: str, name: str) -> str:
        if (parent, name) not in self.held:
            code = next(code for n in range(1, 10_000) if (code := f"{parent}{n:02}") not in self.taken)
            self.held[parent, name] = code
            self.taken.add(code)
        return self.held[parent, name]


def _carriers(folder: Path, problems: list[Problem]) -> Iterator[dict[str, Any]]:
    """Carriers: `code` and `name`. One that is there under another code keeps that."""
    by_name = {row.names.get("zh-hans"): row.code for row in Carrier.objects.all()}
    seen: set[str] = set()
    for row in _content(folder, CARRIERS, list, problems):
        try:
            code, name = _carrier(row)
        except NotAsExpected as wrong:
            problems.append(Problem(CARRIERS, 1, str(wrong)))
            continue
        code = by_name.get(name, OTHER_CODES.get(code, code))
        if code not in seen:
            seen.add(code)
            yield {"code": code, "names": {"zh-hans": name}}


def _carrier(row: Any) -> tuple[str, str]:
    code = str(row.get("code") or "").strip().lower() if isinstance(row, dict) else ""
    if not CARRIER_CODE.fullmatch(code):
        raise NotAsExpected(f"a carrier has no code of up to 20 letters, digits, hyphens and underscores: {code[:40]}")
    return code, _name(row.get("name"), code)
