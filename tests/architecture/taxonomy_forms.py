"""Forms about categories, attributes and brands, as a person would send them: path and data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from marketplace.flows.keep_tree import move_category
from marketplace.kernel.actors import SYSTEM
from marketplace.platform.taxonomy.models import Category, TreeChange
from marketplace.platform.taxonomy.tree import add_category

NAMES = {"name_zh": "茶具", "name_en": "Tea things"}


def a_node(below: Category | None = None) -> Category:
    return add_category(by=SYSTEM, names={"zh-hans": "壶", "en": f"Pots {uuid4().hex[:6]}"}, parent_id=below.pk if below else None)


def about_a_node(page: str, **data: Any) -> tuple[str, dict[str, Any]]:
    row = a_node()
    return f"/categories/{row.pk}/{page}", {"seen": row.version, **data}


def a_merge() -> tuple[str, dict[str, Any]]:
    into = a_node()
    return about_a_node("merge/", into=into.pk, seen_into=into.version, why="the same goods")


def a_move() -> TreeChange:
    """One whose goods have followed."""
    into, row = a_node(), a_node()
    change = move_category(by=SYSTEM, category_id=row.pk, seen=row.version, parent_id=into.pk)
    assert change is not None
    TreeChange.objects.filter(pk=change.pk).update(status="done")
    return change


FORMS_OF_TAXONOMY: Mapping[tuple[str, str], Callable[[Any], tuple[str, dict[str, Any]]]] = {
    ("console", "category-new"): lambda t: ("/categories/new/", NAMES),
    ("console", "category"): lambda t: about_a_node("", **NAMES),
    ("console", "category-move"): lambda t: about_a_node("move/", into=a_node().pk, before=0),
    ("console", "category-merge"): lambda t: a_merge(),
    ("console", "category-delete"): lambda t: about_a_node("delete/"),
    ("console", "tree-undo"): lambda t: (f"/categories/changes/{a_move().pk}/undo/", {}),
}
