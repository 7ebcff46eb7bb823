"""Lists: newest first, a page at a time, filtered."""

from __future__ import annotations

from collections.abc import Callable

from tests.fakes.stripe.errors import malformed, no_such
from tests.fakes.stripe.forms import Form
from tests.fakes.stripe.render import expanded, listed, newest_first, shown
from tests.fakes.stripe.world import Call, World, type_object

PAGING = ("limit", "starting_after", "ending_before", "created", "expand")
BOUNDS: dict[str, Callable[[int, int], bool]] = {
    "gt": lambda created, bound: created > bound,
    "gte": lambda created, bound: created >= bound,
    "lt": lambda created, bound: created < bound,
    "lte": lambda created, bound: created <= bound,
}


def page(world: World, call: Call, rows: list[type_object], *filters: str) -> type_object:
    """The page of `rows` (oldest first) that the request asks for; `filters` are fields that can be asked by equality."""
    form = call.form.only(*PAGING, *filters)
    kept = [row for row in rows if _in_time(form, row) and all(row.get(name) == form.text(name) for name in filters if form.has(name))]
    return paged(world, call, kept)


def paged(world: World, call: Call, rows: list[type_object]) -> type_object:
    form = call.form
    size = form.number("limit") or 10
    if size > 100:
        raise malformed("This value must be less than or equal to 100.", code="parameter_invalid_integer", param="limit")
    ordered = newest_first(rows)
    after, before = form.text("starting_after"), form.text("ending_before")
    if after and before:
        raise malformed("You cannot parameterize both starting_after and ending_before.", param="starting_after")
    if after:
        ordered = ordered[_place(world, ordered, after, "starting_after") + 1 :]
        taken, has_more = ordered[:size], len(ordered) > size
    elif before:
        ordered = ordered[: _place(world, ordered, before, "ending_before")]
        taken, has_more = ordered[-size:], len(ordered) > size
    else:
        taken, has_more = ordered[:size], len(ordered) > size
    answer = listed([shown(world, row) for row in taken], call.path, has_more=has_more)
    return expanded(world, answer, form.texts("expand"))


def _in_time(form: Form, row: type_object) -> bool:
    value = form.values.get("created")
    if value is None:
        return True
    if isinstance(value, str):
        return bool(row["created"] == form.number("created", least=0))
    bounds = form.inside("created").only(*BOUNDS)
    return all(test(row["created"], bounds.needed_number(name, least=0)) for name, test in BOUNDS.items() if bounds.has(name))


def _place(world: World, ordered: list[type_object], name: str, param: str) -> int:
    for number, row in enumerate(ordered):
        if row["id"] == name:
            return number
    if name in world.objects:  # it is there, but the filters leave it out: go on from where it would stand
        ids = list(world.objects)
        return sum(1 for row in ordered if ids.index(row["id"]) > ids.index(name)) - (1 if param == "starting_after" else 0)
    raise no_such("object", name, param=param)
