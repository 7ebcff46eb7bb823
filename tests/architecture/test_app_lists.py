"""The one rule of the layout: only a folder named `merchant` holds tables of a merchant's own schema."""

from __future__ import annotations

import pytest

from marketplace.config import app_lists
from tests.architecture.tree import PRODUCT, apps

# In both lists, though their folders would put them in one: why stands beside them in app_lists.py.
OURS_IN_BOTH = {"tenants.access", "cms.platform", "cms.merchant"}


def place_of(app: str, has_tables: bool) -> str:
    """Which list an app belongs in, by where its folder lies."""
    if app == "marketplace.config":
        return "LAST"
    if app in OURS_IN_BOTH:
        return "IN_BOTH"
    if not has_tables:
        return "WITHOUT_TABLES"
    return "MERCHANT" if "merchant" in app.split(".") else "PUBLIC"


def misplaced(tree: dict[str, bool], lists: dict[str, list[str]]) -> list[str]:
    found = []
    for app, has_tables in sorted(tree.items()):
        wanted = place_of(app, has_tables)
        listed = sorted(name for name, names in lists.items() if app in names)
        if listed != [wanted]:
            found.append(f"{app} belongs in {wanted} and stands in {listed or 'no list'}")
    ours = {name for names in lists.values() for name in names if name.split(".")[0] in PRODUCT}
    found += [f"{app} is listed, and there is no such folder" for app in sorted(ours - set(tree))]
    return found


def lists() -> dict[str, list[str]]:
    return {name: getattr(app_lists, name) for name in ("IN_BOTH", "PUBLIC_THIRD_PARTY", "WITHOUT_TABLES", "PUBLIC", "MERCHANT", "LAST")}


def test_every_app_of_the_tree_stands_in_the_list_its_folder_asks_for():
    assert len(apps()) > 15
    assert misplaced(apps(), lists()) == []


@pytest.mark.parametrize(
    ("app", "into", "complaint"),
    [
        ("marketplace.merchant.gifts", None, "belongs in MERCHANT and stands in no list"),
        ("marketplace.merchant.gifts", "PUBLIC", "belongs in MERCHANT and stands in ['PUBLIC']"),
        ("marketplace.platform.points", "MERCHANT", "belongs in PUBLIC and stands in ['MERCHANT']"),
        ("tenants.guilds", "IN_BOTH", "belongs in PUBLIC and stands in ['IN_BOTH']"),
    ],
)
def test_an_app_in_the_wrong_list_is_found(app, into, complaint):
    changed = {name: [*names, app] if name == into else names for name, names in lists().items()}
    assert misplaced({**apps(), app: True}, changed) == [f"{app} {complaint}"]


def test_an_app_that_is_gone_is_found():
    without = {app: has for app, has in apps().items() if app != "marketplace.platform.cart"}
    assert misplaced(without, lists()) == ["marketplace.platform.cart is listed, and there is no such folder"]


def test_both_kinds_of_schema_get_what_the_lists_say():
    assert set(app_lists.TENANT_APPS) & set(app_lists.PUBLIC) == set()
    assert set(app_lists.SHARED_APPS) & set(app_lists.MERCHANT) == set()
    assert set(app_lists.SHARED_APPS) & set(app_lists.TENANT_APPS) == {*app_lists.IN_BOTH, *app_lists.LAST}
    assert set(app_lists.INSTALLED_APPS) == {*app_lists.SHARED_APPS, *app_lists.TENANT_APPS}
    assert len(app_lists.INSTALLED_APPS) == len(set(app_lists.INSTALLED_APPS))
