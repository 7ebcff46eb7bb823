"""A merchant's own names for kinds of goods: decided once, remembered, guessed with a reason."""

from __future__ import annotations

import html
import re

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.models import AuditEvent
from marketplace.platform.taxonomy.actions import put_categories
from marketplace.platform.taxonomy.models import Category, OwnCategory
from marketplace.platform.taxonomy.own_categories import (
    Index,
    categories_of_own_names,
    category_of_own_name,
    fold,
    map_own_category,
    note_own_categories,
)
from marketplace.platform.taxonomy.tree import merge_category
from tenants.accounts.models import User
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
A, B = MERCHANTS["a"], MERCHANTS["b"]


@pytest.fixture
def tree() -> dict[str, int]:
    rows = [
        {"code": "kitchen", "parent": None, "names": {"en": "Kitchen", "zh-hans": "厨房"}},
        {"code": "k-cups", "parent": "kitchen", "names": {"en": "Cups & Mugs", "zh-hans": "杯子"}},
        {"code": "garden", "parent": None, "names": {"en": "Garden", "zh-hans": "花园"}},
        {"code": "g-pots", "parent": "garden", "names": {"en": "Pots", "zh-hans": "花盆"}},
        {"code": "k-pots", "parent": "kitchen", "names": {"en": "Pots", "zh-hans": "锅"}},
        {"code": "tables", "parent": None, "names": {"en": "Dining tables", "zh-hans": "餐桌"}},
    ]
    return {code: row.pk for code, row in put_categories(by=SYSTEM, rows=rows).items()}


def say(merchant_id, name: str, category_id: int | None):
    return map_own_category(by=SYSTEM, merchant_id=merchant_id, name=name, category_id=category_id)


def test_two_spellings_of_one_name_are_one():
    assert fold(" Kitchen  /CUPS ") == fold("kitchen > Cups") == fold("Kitchen›cups") == "kitchen > cups"
    assert fold(" / ") == ""


def test_a_name_that_one_category_has_needs_no_word_and_one_that_two_have_does(tree):
    found = categories_of_own_names(A, ["杯子", "k-cups", "Pots", "Garden > Pots", "Nothing alike", ""])
    assert found == {"杯子": tree["k-cups"], "k-cups": tree["k-cups"], "Pots": None, "Garden > Pots": tree["g-pots"], "Nothing alike": None, "": None}


def test_the_merchants_word_comes_before_the_operators_and_both_before_a_name(tree):
    say(None, "Pots", tree["g-pots"])
    assert category_of_own_name(A, "pots") == tree["g-pots"]
    say(A, "POTS", tree["k-pots"])
    say(A, "杯子", tree["tables"])
    assert categories_of_own_names(A, ["Pots", "杯子"]) == {"Pots": tree["k-pots"], "杯子": tree["tables"]}
    assert categories_of_own_names(B, ["Pots", "杯子"]) == {"Pots": tree["g-pots"], "杯子": tree["k-cups"]}
    say(A, "Pots", None)
    assert category_of_own_name(A, "Pots") == tree["g-pots"]


def test_what_was_merged_is_the_other(tree):
    say(A, "Töpfe", tree["g-pots"])
    merge_category(by=SYSTEM, category_id=tree["g-pots"], seen=1, into_id=tree["k-pots"], seen_into=1, why="one")
    assert category_of_own_name(A, "töpfe") == tree["k-pots"]


def test_names_of_imports_are_counted_and_not_lost(tree):
    note_own_categories(by=SYSTEM, merchant_id=A, names={"Töpfe": 3, " töpfe ": 2, "": 1})
    note_own_categories(by=SYSTEM, merchant_id=A, names={"Töpfe": 1})
    say(A, "Töpfe", tree["k-pots"])
    row = OwnCategory.objects.get()
    assert (row.name, row.times, row.category_id) == ("töpfe", 6, tree["k-pots"])


def test_a_guess_says_why_and_what_is_not_alike_is_not_guessed(tree):
    index = Index.of_tree()
    with translation.override("en"):
        told = {
            name: (guess and (guess.category_id, str(guess.why)))
            for name in ("garden > pots", "dining table", "mugs", "zebra")
            for guess in [index.guess(name)]
        }
    assert told["garden > pots"] == (tree["g-pots"], "The same name, and so is what it lies below")
    assert told["dining table"] == (tree["tables"], "One name contains the other")
    assert told["zebra"] is None


def test_a_merchant_says_it_on_a_page_and_the_operator_proposes_it_to_all(tree):
    note_own_categories(by=SYSTEM, merchant_id=A, names={"Dining table": 4})
    note_own_categories(by=SYSTEM, merchant_id=B, names={"Dining table": 1, "Zebra": 2})
    clients = {}
    for kind, email in (("kiln.seller.market.localhost", "owner-a@market.localhost"), ("ops.market.localhost", "operator@market.localhost")):
        clients[kind] = Client(headers={"host": kind, "accept-language": "en"})
        clients[kind].force_login(User.objects.get(email=email), backend=settings.AUTHENTICATION_BACKENDS[0])
    seller, console = clients.values()
    page = seller.get("/own-categories/").content.decode()
    assert "Dining tables" in page and "One name contains the other" in page and "Zebra" not in page
    assert seller.post("/own-categories/", {"name": "Dining table", "category": tree["tables"]}).status_code == 302
    assert seller.post("/own-categories/", {"name": "Dining table", "category": 10**8}).status_code == 422
    everybody = console.get("/own-names/").content.decode()
    assert "Zebra" in everybody and "2 shops, 5 rows" in everybody
    assert console.post("/own-names/", {"name": "Dining table", "category": tree["tables"]}).status_code == 302
    assert category_of_own_name(B, "dining table") == tree["tables"]
    assert Category.objects.filter(pk=tree["tables"]).exists()


@pytest.fixture
def seller() -> Client:
    client = Client(headers={"host": "kiln.seller.market.localhost", "accept-language": "en"})
    client.force_login(User.objects.get(email="owner-a@market.localhost"), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def names_on(page: str) -> list[str]:
    return re.findall(r'name="name" value="(Name \d+)"><input type="hidden" name="category" value=""', page)


def test_every_name_that_was_said_is_reached_by_pages_and_by_search(tree, seller):
    for n in range(100):
        say(A, f"Name {n:03}", tree["k-pots"])
    found, path = [], "/own-categories/?show=done"
    while path:
        page = seller.get(path).content.decode()
        found += names_on(page)
        forth = re.search(r'rel="next" href="([^"]+)"', page)
        path = html.unescape(forth[1]) if forth else ""
    assert found == [f"Name {n:03}" for n in range(100)]
    searched = seller.get("/own-categories/?show=done&find=NAME+09").content.decode()
    assert names_on(searched) == [f"Name 09{n}" for n in range(10)]
    say(A, "服饰/连衣裙", tree["k-pots"])
    assert "服饰/连衣裙" in seller.get("/own-categories/?show=done&find=服饰/连衣裙").content.decode(), "as it is shown"
    nothing = seller.get("/own-categories/?show=done&find=zebra").content.decode()
    assert "Nothing fits this search" in nothing and "Nothing is said yet" not in nothing
    assert 'value="zebra"' in nothing, "what was searched for stays in its field"


def test_a_word_is_taken_back_on_the_page_and_the_place_in_the_list_stays(tree, seller):
    say(A, "Pots", tree["k-pots"])
    for n in range(70):
        say(A, f"Name {n:03}", tree["k-pots"])
    place = "/own-categories/?show=done&find=name&page=2"
    page = seller.get(place).content.decode()
    name = names_on(page)[0]
    assert name == "Name 060"
    answer = seller.post(place, {"name": name, "category": ""})
    assert (answer.status_code, answer.headers["Location"]) == (302, place)
    after = seller.get(answer.headers["Location"]).content.decode()
    assert name not in names_on(after) and "“Name 060” is open again." in after
    assert category_of_own_name(A, name) is None and category_of_own_name(A, "Pots") == tree["k-pots"]
    opened = seller.get("/own-categories/").content.decode()
    assert name in opened and names_on(opened) == [], "there is nothing to take back of what nobody has said"
    chosen = seller.get(f"{place}&for=Name+061&q=Pots").content.decode()
    assert 'name="find" value="name"' in chosen and 'name="page" value="2"' in chosen, "looking for another category keeps the place, too"


def test_a_name_as_long_as_paths_in_files_are_is_said_and_stands_in_the_log(tree, seller):
    name = " > ".join(["A department of the house"] * 7)
    answer = seller.post("/own-categories/", {"name": name, "category": tree["k-pots"]})
    assert answer.status_code == 302 and category_of_own_name(A, name) == tree["k-pots"]
    row = AuditEvent.objects.get(action="own_category.mapped")
    assert row.after == {"name": name, "category": tree["k-pots"]} and row.subject_id == str(OwnCategory.objects.get().pk)


def test_the_operator_reaches_every_name_that_shops_use(tree):
    console = Client(headers={"host": "ops.market.localhost", "accept-language": "en"})
    console.force_login(User.objects.get(email="operator@market.localhost"), backend=settings.AUTHENTICATION_BACKENDS[0])
    note_own_categories(by=SYSTEM, merchant_id=A, names={f"Name {n:03}": 1 for n in range(70)})
    assert "Name 059" in console.get("/own-names/").content.decode()
    second = console.get("/own-names/?page=2").content.decode()
    assert "Name 069" in second and "Name 059" not in second and 'rel="prev"' in second
    answer = console.post("/own-names/?find=name&page=2", {"name": "Name 069", "category": tree["k-pots"]})
    assert answer.headers["Location"] == "/own-names/?find=name&page=2"
    assert "Nothing fits this search" in console.get("/own-names/?find=zebra").content.decode()
