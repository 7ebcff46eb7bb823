"""Forms about categories, attributes and brands, as a person would send them: path and data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.flows.keep_tree import move_category
from marketplace.kernel.actors import SYSTEM
from marketplace.platform.taxonomy.attributes import keep_attribute, keep_value
from marketplace.platform.taxonomy.brands import keep_brand
from marketplace.platform.taxonomy.models import Attribute, AttributeValue, Brand, Category, TreeChange, VirtualCategory
from marketplace.platform.taxonomy.tree import add_category
from marketplace.platform.taxonomy.virtual import keep_virtual
from tenants.onboarding.brands import demand_authorisation
from tests import factories as make

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


def an_attribute() -> Attribute:
    return keep_attribute(by=SYSTEM, attribute_id=None, seen=0, fields={"names": {"zh-hans": "釉色", "en": "Glaze"}, "kind": "choice"})


def a_value(attribute: Attribute, name: str = "Jade") -> AttributeValue:
    return keep_value(by=SYSTEM, attribute_id=attribute.pk, value_id=None, names={"zh-hans": "青", "en": name})


def about_a_value() -> tuple[str, dict[str, Any]]:
    attribute = an_attribute()
    return f"/attributes/{attribute.pk}/values/{a_value(attribute).pk}/", {"name_zh": "青瓷", "name_en": "Celadon"}


def about_attributes() -> tuple[str, dict[str, Any]]:
    path, data = about_a_node("attributes/")
    return path, data | {"add": an_attribute().pk}


def a_brand() -> Brand:
    return keep_brand(by=SYSTEM, brand_id=None, seen=0, names={"en": f"Brand {uuid4().hex[:8]}"}, aliases=[])


def about_a_brand(page: str, **data: Any) -> tuple[str, dict[str, Any]]:
    row = a_brand()
    return f"/brands/{row.pk}/{page}", {"seen": row.version, **data}


def a_right() -> tuple[str, dict[str, Any]]:
    row = a_brand()
    demand_authorisation(by=SYSTEM, brand_id=row.pk, names=row.names, is_asked=True, enforced_from=None, why="asked for")
    upload = SimpleUploadedFile("a.png", make.a_picture("navy").read())
    return "/brands/", {"brand": row.pk, "role": "owner", "file": upload}


def a_rule() -> VirtualCategory:
    fields = {"names": {"zh-hans": "特", "en": "Picked"}, "rule": {"in_stock": True}, "is_shown": True}
    return keep_virtual(by=SYSTEM, virtual_id=None, seen=0, code=f"v-{uuid4().hex[:8]}", fields=fields)


def about_a_rule(page: str) -> tuple[str, dict[str, Any]]:
    row = a_rule()
    data = {} if page else {**NAMED, "price_from": "5", "sort": "popular"}
    return f"/virtual-categories/{row.pk}/{page}", {"seen": row.version, **data}


NAMED = {"name_zh": "胎质", "name_en": "Body"}
FORMS_OF_TAXONOMY: Mapping[tuple[str, str], Callable[[Any], tuple[str, dict[str, Any]]]] = {
    ("console", "category-new"): lambda t: ("/categories/new/", NAMES),
    ("console", "category"): lambda t: about_a_node("", **NAMES),
    ("console", "category-move"): lambda t: about_a_node("move/", into=a_node().pk, before=0),
    ("console", "category-merge"): lambda t: a_merge(),
    ("console", "category-delete"): lambda t: about_a_node("delete/"),
    ("console", "category-attributes"): lambda t: about_attributes(),
    ("console", "attribute-new"): lambda t: ("/attributes/new/", {**NAMED, "kind": "number", "unit": "g"}),
    ("console", "attribute"): lambda t: (f"/attributes/{an_attribute().pk}/", {**NAMED, "kind": "choices", "seen": 1}),
    ("console", "value-new"): lambda t: (f"/attributes/{an_attribute().pk}/values/new/", NAMED),
    ("console", "attribute-value"): lambda t: about_a_value(),
    ("console", "brand-new"): lambda t: ("/brands/new/", {"name_en": f"Brand {uuid4().hex[:8]}"}),
    ("console", "brand"): lambda t: about_a_brand("", name_en=f"Brand {uuid4().hex[:8]}"),
    ("console", "brand-demand"): lambda t: about_a_brand("authorisation/", is_asked="on", why="the maker asked for it"),
    ("console", "brand-merge"): lambda t: about_a_brand("merge/", into=a_brand().pk, seen_into=1, why="the same brand"),
    ("console", "own-names"): lambda t: ("/own-names/", {"name": f"Tea > {uuid4().hex[:6]}", "category": a_node().pk}),
    ("workbench", "own-categories"): lambda t: ("/own-categories/", {"name": f"Tea > {uuid4().hex[:6]}", "category": a_node().pk}),
    ("workbench", "shop-brands"): lambda t: a_right(),
    ("console", "virtual-new"): lambda t: ("/virtual-categories/new/", {**NAMED, "code": f"v-{uuid4().hex[:8]}", "in_stock": "on", "sort": "newest"}),
    ("console", "virtual"): lambda t: about_a_rule(""),
    ("console", "virtual-remove"): lambda t: about_a_rule("remove/"),
    ("console", "tree-undo"): lambda t: (f"/categories/changes/{a_move().pk}/undo/", {}),
}
