"""The console's pages of the category tree, without JavaScript: every step is a form or a link."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from marketplace.kernel.relay import deliver_events
from marketplace.platform.listings.models import Listing
from marketplace.platform.taxonomy.models import Category, TreeChange
from tenants.accounts.models import User
from tests import factories as make

pytestmark = pytest.mark.django_db
HOST = {"host": "ops.market.localhost", "accept-language": "en"}


@pytest.fixture
def operator() -> Client:
    client = Client()
    client.force_login(User.objects.get(email="operator@market.localhost"), backend=settings.AUTHENTICATION_BACKENDS[0])
    with translation.override("en"):
        yield client


@pytest.fixture
def cups() -> dict[str, Category]:
    found = {}
    for code, parent in (("home-w", None), ("cups-w", "home-w"), ("pots-w", "home-w"), ("trays-w", "home-w"), ("drink-w", None)):
        found[code[:-2]] = make.a_category(code, {"en": code[:-2].title(), "zh-hans": code}, parent)
    make.a_product("a", title="Mug", category=found["cups"])
    make.a_product("b", title="Cup", category=found["cups"])
    deliver_events()
    return found


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path, headers=HOST)
    assert response.status_code == status, response.content.decode()[-600:]
    return html.unescape(response.content.decode())


def post(client: Client, path: str, data: dict[str, Any]) -> Any:
    return client.post(path, data, headers=HOST)


def order_below(row: Category) -> list[str]:
    return list(Category.objects.filter(parent=row, merged_into=None).order_by("position", "pk").values_list("names__en", flat=True))


def test_the_tree_opens_where_it_is_asked_to_and_its_arrows_change_the_order(operator, cups):
    assert "Pots" not in page(operator, "/categories/")
    opened = page(operator, f"/categories/?open={cups['home'].pk}")
    assert opened.index("Cups") < opened.index("Pots") < opened.index("Trays")
    down = re.search(rf'action="/categories/{cups["cups"].pk}/move/".*?name="before" value="(\d+)".*?name="seen" value="(\d+)".*?data-down', opened, re.S)
    assert int(down[1]) == cups["trays"].pk
    moved = post(operator, f"/categories/{cups['cups'].pk}/move/", {"into": cups["home"].pk, "before": down[1], "seen": down[2]})
    assert moved.headers["Location"] == f"/categories/?open={cups['home'].pk}#c-{cups['cups'].pk}"
    assert order_below(cups["home"]) == ["Pots", "Cups", "Trays"]
    assert not TreeChange.objects.exists()


def test_a_move_shows_first_what_it_touches(operator, cups):
    start = page(operator, f"/categories/{cups['cups'].pk}/move/?q=drink")
    assert f'href="?into={cups["drink"].pk}"' in start and "To the first level" in start
    shown = page(operator, f"/categories/{cups['cups'].pk}/move/?into={cups['drink'].pk}")
    facts = dict(re.findall(r"<dt>([^<]+)</dt><dd[^>]*>([^<]+)", shown))
    assert (facts["Goods in it and below"], facts["Shops"], facts["To"]) == ("2", "2", "Drink › Cups")
    assert Category.objects.get(pk=cups["cups"].pk).parent_id == cups["home"].pk
    seen = re.search(r'name="seen" value="(\d+)"', shown)[1]
    done = post(operator, f"/categories/{cups['cups'].pk}/move/", {"into": cups["drink"].pk, "before": "0", "seen": seen})
    assert done.headers["Location"] == "/categories/changes/"
    deliver_events()
    assert "Take back" in page(operator, "/categories/changes/")
    again = post(operator, f"/categories/{cups['cups'].pk}/move/", {"into": 0, "before": "0", "seen": seen})
    assert again.status_code == 409 and "Somebody has changed" in html.unescape(again.content.decode())


def test_a_merge_asks_for_a_reason_and_names_what_cannot_be(operator, cups):
    address = f"/categories/{cups['cups'].pk}/merge/"
    shown = page(operator, f"{address}?into={cups['drink'].pk}")
    fields = dict(re.findall(r'name="(into|seen|seen_into)" value="(\d+)"', shown))
    refused = post(operator, address, fields | {"why": ""})
    assert refused.status_code == 422 and "Give a reason" in refused.content.decode()
    assert post(operator, address, fields | {"why": "one word for both"}).status_code == 302
    deliver_events()
    assert Listing.objects.filter(category=cups["drink"]).count() == 2
    assert "cannot be merged into one that lies below" in page(operator, f"/categories/{cups['home'].pk}/merge/?into={cups['pots'].pk}", 422)
    page(operator, f"/categories/{cups['cups'].pk}/", 404)


def test_a_category_is_renamed_and_hidden_in_both_languages_at_once(operator, cups):
    row = cups["pots"]
    data = {"seen": row.version, "name_zh": "壶", "name_en": "", "is_hidden": "on"}
    refused = post(operator, f"/categories/{row.pk}/", data)
    assert refused.status_code == 422 and Category.objects.get(pk=row.pk).names["en"] == "Pots"
    kept = post(operator, f"/categories/{row.pk}/", data | {"name_en": "Pots", "picture": make.a_picture()})
    assert kept.status_code == 302
    row.refresh_from_db()
    assert (row.names, row.is_hidden, row.picture[:18]) == ({"en": "Pots", "zh-hans": "壶"}, True, "public/categories/")
    assert "is not empty" in post(operator, f"/categories/{cups['cups'].pk}/delete/", {"seen": cups["cups"].version}).content.decode()
    assert post(operator, f"/categories/{row.pk}/delete/", {"seen": row.version}).status_code == 302
    assert order_below(cups["home"]) == ["Cups", "Trays"]


def test_what_is_odd_in_the_address_breaks_nothing(operator, cups):
    for odd in ("open=x", "open=99999999999999", "q=%25"):
        page(operator, f"/categories/?{odd}")
    page(operator, "/categories/99999999/", 404)
    for odd in ("into=x", "into=99999999&before=7", "before=-1"):
        page(operator, f"/categories/{cups['cups'].pk}/move/?{odd}")
