"""Search in the console: from what is searched for to a rule that is compared, put in force, explained and taken back."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.relay import deliver_events
from marketplace.platform.taxonomy.brands import merge_brand
from marketplace.platform.taxonomy.models import Brand
from search.contract import Answer
from search.models import SearchRule, SearchRuleChange
from search.ruling import draft, keep_rule
from search.searched import note_searched
from tenants.accounts.actions import give_role
from tenants.accounts.models import User
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def console() -> Client:
    client = Client(headers={"host": "ops.market.localhost", "accept-language": "en"})
    client.force_login(User.objects.get(email="operator@market.localhost"), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


@pytest.fixture
def goods() -> dict[str, Any]:
    rows = {title: make.a_product("a", title=title) for title in ("Red trainers", "Leather boot")}
    deliver_events()
    return rows


def buyer_finds(text: str) -> list[str]:
    answer = Client(headers={"host": "market.localhost", "accept-language": "en"}).get("/search/", {"q": text})
    return [listing.titles["en"] for listing in answer.context["listings"]]


def in_vain(text: str, people: int = 5) -> None:
    for n in range(people):
        nothing = Answer([], 0, [], [], [], {}, None, None)
        note_searched(by=Actor(kind="person", address=f"198.51.100.{n}"), text=text, language="en", answer=nothing)


def looked(console: Client, path: str, **data: Any) -> Any:
    answer = console.post(path, {"language": "", "then": "look", **data})
    assert answer.status_code == 200, answer.context["form"].errors
    return answer


def test_from_what_found_nothing_one_goes_to_a_synonym_that_is_compared_before_it_holds(console, goods):
    in_vain("sneakers")
    page = console.get("/searches/?show=nothing").content.decode()
    assert "sneakers" in page and "/search-rules/new/?kind=synonyms&amp;words=sneakers" in page
    path = "/search-rules/new/?kind=synonyms&words=sneakers"
    assert console.get(path).context["form"]["words"].value() == "sneakers\n"
    data = {"words": "sneakers\ntrainers", "why": "buyers say both"}
    answer = looked(console, path, **data)
    (compared, _trainers) = answer.context["compared"]
    assert (compared["it"].times, compared["before"], [place.was for place, _row in compared["after"]]) == (5, [], [0])
    assert "Red trainers" in answer.content.decode()
    assert not SearchRule.objects.exists() and buyer_finds("sneakers") == []
    assert console.post(path, {**data, "language": "", "then": "save", "looked": answer.context["looked"]}).status_code == 302
    assert buyer_finds("sneakers") == ["Red trainers"]


def test_a_rule_that_was_not_looked_at_as_it_is_does_not_come_into_force(console, goods):
    path = "/search-rules/new/?kind=synonyms"
    seen = looked(console, path, words="sneakers\ntrainers", why="x").context["looked"]
    for data in ({"words": "sneakers\nboots", "looked": seen}, {"words": "sneakers\ntrainers", "looked": ""}, {"words": "sneakers\ntrainers"}):
        answer = console.post(path, {"language": "", "why": "x", "then": "save", **data})
        assert answer.status_code == 200 and answer.context["compared"]
    without_why = console.post(path, {"language": "", "words": "sneakers\ntrainers", "then": "save", "looked": seen})
    assert without_why.status_code == 422 and "why" in without_why.context["form"].errors
    assert not SearchRule.objects.exists()


def test_goods_are_put_at_the_top_by_pressing_them(console, goods):
    path = "/search-rules/new/?kind=pins&words=red"
    assert [row.titles["en"] for row in console.get(path).context["offered"]] == ["Red trainers"]
    key = goods["Leather boot"].pk
    answer = console.post(path, {"words": "red", "how": "whole", "language": "", "listings": "", "add": str(key), "why": "the season"})
    assert next(place.key for place, _row in answer.context["compared"][0]["after"]) == key
    data = {"words": "red", "how": "whole", "language": "", "listings": f"https://market.example/p/{key}/", "why": "the season"}
    assert console.post(path, {**data, "then": "save", "looked": answer.context["looked"]}).status_code == 302
    assert buyer_finds("red") == ["Leather boot", "Red trainers"]


@pytest.mark.parametrize(("on", "which"), [("category", "Cups"), ("shop", "kiln"), ("brand", "No such brand"), ("listing", "no key")])
def test_what_stands_higher_is_named_as_it_is_called(console, goods, on, which):
    data = {"words": "red", "how": "holds", "on": on, "which": which, "factor": "2.0", "language": "", "why": "x", "then": "look"}
    answer = console.post("/search-rules/new/?kind=weight", data)
    assert ("which" in answer.context["form"].errors) is (on in ("brand", "listing"))
    if on == "shop":
        assert console.post("/search-rules/new/?kind=weight", {**data, "then": "save", "looked": answer.context["looked"]}).status_code == 302
        row = SearchRule.objects.get()
        assert "kiln" in console.get(f"/search-rules/{row.pk}/").content.decode()
        assert "Kiln: Higher (times 2)" in console.get("/search-rules/").content.decode()


def test_of_a_brand_that_was_merged_the_other_is_named_and_the_rule_is_kept_again(console, goods):
    first, second = (Brand.objects.create(code=name.lower(), names={"en": name}) for name in ("Acme", "Apex"))
    body = {"words": ["red"], "how": "whole", "on": "brand", "key": first.pk, "factor": 2}
    row = keep_rule(by=SYSTEM, rule_id=None, seen=0, wanted=draft(kind="weight", language="", body=body), why="the season")
    merge_brand(by=SYSTEM, brand_id=first.pk, seen=first.version, into_id=second.pk, seen_into=second.version, why="one house")
    assert "Apex: Higher (times 2)" in console.get("/search-rules/").content.decode()
    path = f"/search-rules/{row.pk}/"
    data = console.get(path).context["form"].initial | {"factor": "5.0", "why": "more"}
    seen = looked(console, path, **data).context["looked"]
    assert console.post(path, {**data, "then": "save", "looked": seen}).status_code == 302
    row.refresh_from_db()
    assert (row.body["key"], row.body["factor"]) == (second.pk, "5.0")


def test_a_rule_is_removed_after_a_look_and_taken_back_from_the_changes(console, goods):
    answer = looked(console, "/search-rules/new/?kind=leads", words="sneakers", into="trainers", why="x")
    data = {"language": "", "words": "sneakers", "into": "trainers", "why": "x", "then": "save", "looked": answer.context["looked"]}
    console.post("/search-rules/new/?kind=leads", data)
    row = SearchRule.objects.get()
    assert [each["it"].total_after for each in console.get(f"/search-rules/{row.pk}/remove/").context["compared"]] == [0]
    assert console.post(f"/search-rules/{row.pk}/remove/", {"seen": row.version, "why": ""}).status_code == 422
    assert console.post(f"/search-rules/{row.pk}/remove/", {"seen": row.version, "why": "a trial"}).status_code == 302
    assert buyer_finds("sneakers") == []
    page = console.get("/search-rules/changes/")
    assert [is_latest for _row, _before, _after, is_latest, _there in page.context["rows"]] == [True, False]
    change = SearchRuleChange.objects.latest("at", "pk")
    assert console.post(f"/search-rules/changes/{change.pk}/undo/", {"why": ""}).status_code == 422
    assert console.post(f"/search-rules/changes/{change.pk}/undo/", {"why": "buyers do say it"}).status_code == 302
    assert buyer_finds("sneakers") == ["Red trainers"]
    assert "taken back" in console.get("/search-rules/changes/").content.decode()


def test_an_explanation_is_read_in_words(console, goods):
    key = goods["Red trainers"].pk
    page = console.get("/searches/why/", {"q": "red boots", "listing": f"/p/{key}/"}).content.decode()
    for words in (
        "in its title or text, as typed",
        "not at all",
        "In stock: 0.20 more",
        "Its rating, 4.0 stars: 0.08 more",
        "The score of its shop, 4.0 stars: 0.04 more",
        "times 1.05 where they like its category",
        "points in all",
    ):
        assert words in page
    assert "no such product" in console.get("/searches/why/", {"q": "red", "listing": "nowhere"}).content.decode()


def test_a_search_on_the_market_is_counted_and_with_a_filter_it_is_not(console, goods):
    for n in range(5):
        buyer = Client(headers={"host": "market.localhost", "accept-language": "en"}, REMOTE_ADDR=f"198.51.100.{n}")
        buyer.get("/search/", {"q": "glass jug"})
        buyer.get("/search/", {"q": "boot", "stock": "1"})
    rows = console.get("/searches/").context["page"].rows
    assert [(row.text, row.of_times, row.of_nothing) for row in rows] == [("glass jug", 5, 5)]
    assert console.get("/searches/?since=2100-01-01").context["page"].rows == []
    assert [row.text for row in console.get("/searches/?since=2020-01-01&q=GLASS&language=en").context["page"].rows] == ["glass jug"]


@pytest.mark.parametrize("path", ["/searches/", "/searches/why/", "/search-rules/", "/search-rules/new/"])
def test_the_menu_says_where_one_is(console, path):
    menu = console.get(path).context["menu"]
    assert [entry.route for entry in menu if entry.is_now] == ["searches"]


def test_who_may_not_manage_the_market_sees_none_of_it(goods):
    clerk = make.a_buyer()
    give_role(by=SYSTEM, user_id=clerk.pk, role="auditor", merchant_id=None)
    client = Client(headers={"host": "ops.market.localhost", "accept-language": "en"})
    client.force_login(clerk, backend=settings.AUTHENTICATION_BACKENDS[0])
    for path in ("/searches/", "/search-rules/", "/search-rules/new/", "/search-rules/changes/", "/searches/why/"):
        assert client.get(path).status_code in (403, 404), path


def test_what_is_searched_for_is_found_in_traditional_characters_too_and_names_its_language(console):
    in_vain("手机壳")
    page = console.get("/searches/?q=手機").content.decode()
    assert "手机壳" in page and "English" in page and ">en<" not in page
