"""How objects look in answers and events, and what `expand` puts in."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from tests.fakes.stripe.errors import malformed
from tests.fakes.stripe.world import World, type_object


def shown(world: World, one: type_object, expand: list[str] | tuple[str, ...] = ()) -> type_object:
    """A copy without what is ours, at this moment."""
    out = {name: copy.deepcopy(value) for name, value in one.items() if not name.startswith("_")}
    if one["object"] in DRESSING:
        DRESSING[one["object"]](world, one, out)
    return expanded(world, out, expand)


def expanded(world: World, out: type_object, expand: list[str] | tuple[str, ...]) -> type_object:
    for path in expand:
        _expand(world, out, path.split("."), path)
    return out


def _expand(world: World, out: Any, steps: list[str], path: str) -> None:
    head, rest = steps[0], steps[1:]
    if isinstance(out, list):
        for one in out:
            _expand(world, one, steps, path)
        return
    if (out.get("object"), head) in INCLUDED and not out.get(head):
        out[head] = INCLUDED[out["object"], head](world, world.objects[out["id"]])
    elif isinstance(out.get(head), str) and out[head] in world.objects:
        out[head] = shown(world, world.objects[out[head]])
    elif head not in out or isinstance(out[head], (str, int, bool)):
        raise malformed(f"This property cannot be expanded ({path}).", param="expand")
    if rest and out[head] is not None:
        _expand(world, out[head], rest, path)


def listed(data: list[type_object], url: str, *, has_more: bool = False) -> type_object:
    return {"object": "list", "url": url, "has_more": has_more, "data": data}


def newest_first(rows: list[type_object]) -> list[type_object]:
    return list(reversed(rows))


# ── by kind ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _balance_transaction(world: World, one: type_object, out: type_object) -> None:
    out["status"] = "available" if one["available_on"] <= world.now() else "pending"


def _transfer(world: World, one: type_object, out: type_object) -> None:
    reversals = [row for row in world.all("transfer_reversal") if row["transfer"] == one["id"]]
    data = [shown(world, row) for row in newest_first(reversals)[:10]]
    out["reversals"] = listed(data, f"/v1/transfers/{one['id']}/reversals", has_more=len(reversals) > 10)


def _dispute(world: World, one: type_object, out: type_object) -> None:
    out["balance_transactions"] = [shown(world, world.objects[name]) for name in one["balance_transactions"]]


def _event(world: World, one: type_object, out: type_object) -> None:
    out["pending_webhooks"] = world.post.waiting(one["id"])


DRESSING: dict[str, Callable[[World, type_object, type_object], None]] = {
    "balance_transaction": _balance_transaction,
    "transfer": _transfer,
    "dispute": _dispute,
    "event": _event,
}


def _lines(world: World, session: type_object) -> type_object:
    return listed(copy.deepcopy(session["_lines"]), f"/v1/checkout/sessions/{session['id']}/line_items")


def _refunds(world: World, charge: type_object) -> type_object:
    rows = [row for row in world.all("refund") if row["charge"] == charge["id"]]
    return listed([shown(world, row) for row in newest_first(rows)[:10]], f"/v1/charges/{charge['id']}/refunds", has_more=len(rows) > 10)


# Absent until asked for.
INCLUDED: dict[tuple[str, str], Callable[[World, type_object], type_object]] = {
    ("checkout.session", "line_items"): _lines,
    ("charge", "refunds"): _refunds,
}
