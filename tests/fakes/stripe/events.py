"""Events: what happened, with the object as it was then."""

from __future__ import annotations

from typing import Any

from tests.fakes.stripe.errors import malformed
from tests.fakes.stripe.lists import PAGING, page
from tests.fakes.stripe.render import shown
from tests.fakes.stripe.world import API_VERSION, DAY_S, Call, World, type_object

KEPT_S = 30 * DAY_S


def emit(world: World, kind: str, one: type_object, *, before: type_object | None = None) -> type_object:
    """Record that it happened, and hand it to the webhooks. `before`: how the object was shown until now."""
    now = shown(world, one)
    data: dict[str, Any] = {"object": now}
    if before is not None:
        data["previous_attributes"] = _differences(before, now)
    call = world.current
    request = {"id": call.request_id, "idempotency_key": call.key} if call else {"id": None, "idempotency_key": None}
    event = world.make(
        "evt",
        "event",
        account=one["_account"] if one["object"] != "account" else one["id"],
        api_version=API_VERSION,
        data=data,
        livemode=False,
        pending_webhooks=0,
        request=request,
        type=kind,
    )
    if event["_account"] != world.platform:
        event["account"] = event["_account"]
    world.events.append(event)
    world.post.put(event)
    return event


def _differences(before: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """The former values of what changed; within objects only of the fields that changed."""
    found: dict[str, Any] = {}
    for name in {**before, **now}:
        old, new = before.get(name), now.get(name)
        if old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict) and "object" not in old:
            found[name] = _differences(old, new)
        else:
            found[name] = old
    return found


def recent(world: World, account: str) -> list[type_object]:
    """Events are kept for thirty days."""
    return [event for event in world.events if event["_account"] == account and event["created"] > world.now() - KEPT_S]


def list_events(world: World, call: Call) -> type_object:
    form = call.form.only(*PAGING, "type", "types", "delivery_success")
    if form.has("type") and form.has("types"):
        raise malformed("You may only specify one of these parameters: type, types.", param="types")
    rows = recent(world, call.account)
    wanted = [name for name in [form.text("type"), *form.texts("types")] if name]
    if wanted:
        rows = [row for row in rows if any(matches(row["type"], pattern) for pattern in wanted)]
    if form.has("delivery_success"):
        delivered = form.flag("delivery_success")
        rows = [row for row in rows if (world.post.waiting(row["id"]) == 0) == delivered]
    kept = Call(call.method, call.path, call.query, call.raw, call.headers, call.account, form=type(form)(dict(form.values)))
    for name in ("type", "types", "delivery_success"):
        kept.form.values.pop(name, None)
    return page(world, kept, rows)


def matches(kind: str, pattern: str) -> bool:
    """`charge.*` means every kind that begins so."""
    return pattern == "*" or kind == pattern or (pattern.endswith("*") and kind.startswith(pattern[:-1]))


def retrieve_event(world: World, call: Call) -> type_object:
    form = call.form.only("expand")
    event = world.find(call.parts[0], "event", account=call.account, status=404)
    if event not in recent(world, call.account):
        world.find("", "event", status=404)
    return shown(world, event, form.texts("expand"))
