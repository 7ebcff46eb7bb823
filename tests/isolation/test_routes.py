"""S1: what is one merchant's stays that merchant's, on every route."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import path

from tenants.access.rules import OTHERS, all_routes, rule_of
from tests.faults.mutants import rows_of_anybody, rules_not_enforced
from tests.isolation import harness


@pytest.mark.parametrize("kind", harness.KINDS)
def test_every_route_of_ours_says_who_may(kind):
    assert harness.without_rule(kind) == []


def test_a_route_whose_rule_was_removed_is_found_and_answers_nobody(world, monkeypatch):
    from marketplace.config.urls import market

    bare = path("bare/", lambda request: pytest.fail("a view without a rule was called"), name="bare")
    monkeypatch.setattr(market, "urlpatterns", [*market.urlpatterns, bare])
    from django.urls import clear_url_caches

    clear_url_caches()
    try:
        assert harness.without_rule("market") == ["bare"]
        for client in world.clients.values():
            assert client.get("/bare/", headers={"host": "market.localhost"}).status_code == 404
    finally:
        clear_url_caches()


@pytest.mark.parametrize("ways", ["some ask", pytest.param("everybody asks about everything", marks=pytest.mark.long)])
@pytest.mark.parametrize("kind", harness.KINDS)
def test_nobody_comes_where_the_rule_does_not_let_them_and_sees_what_is_not_theirs(world, kind, ways):
    """Who asks what in the short form: `harness.is_in_the_short_form`."""
    count, complaints = harness.run(world, lambda asked: asked.kind == kind and (ways != "some ask" or harness.is_in_the_short_form(asked)))
    assert count > 100
    assert complaints == []


def test_the_harness_notices_rules_that_are_not_enforced(world, monkeypatch):
    rules_not_enforced.apply(monkeypatch)
    _count, complaints = harness.run(world, lambda asked: asked.kind == "workbench" and asked.name == "orders")
    assert any("may not come here" in complaint for complaint in complaints)
    assert any("shows" in complaint for complaint in complaints)


def test_the_harness_notices_a_row_taken_without_asking_whose_it_is(world, monkeypatch):
    rows_of_anybody.apply(monkeypatch)
    _count, complaints = harness.run(world, lambda asked: asked.name == "order-group" and asked.actor == "consumer")
    assert any("shows" in complaint for complaint in complaints)


def test_wagtails_routes_that_list_people_or_check_nothing_answer_nobody():
    let_through = {name for _kind, name in OTHERS}
    for name in (
        "wagtailusers_users:index",
        "wagtailusers_groups:index",
        "wagtailsites:index",
        "wagtail_bulk_action",
        "wagtailadmin_reports:site_history",
        "wagtailadmin_account",
    ):
        assert name not in let_through
        assert any(found == name for _pattern, _route, found in all_routes("console")), f"{name} is no route of Wagtail's any more"


def test_every_name_we_let_through_is_a_route_of_wagtails():
    known = {name for _pattern, _route, name in all_routes("console")}
    assert {name for _kind, name in OTHERS} <= known


def test_an_unknown_host_is_answered_without_a_schema(world):
    for host in ("nobody.market.localhost", "evil.example", "market.localhost.evil.example", "KILN.market.localhost.", "127.0.0.1"):
        response = Client().get("/", headers={"host": host})
        assert response.status_code == 404
        assert b"kanarie" not in response.content


def test_each_kind_of_host_is_asked_about_its_own_routes_only(world):
    """The console's pages do not exist on a workbench, and the reverse."""
    assert world.clients["operator"].get("/settlement/", headers={"host": world.a.host("workbench")}).status_code == 404
    assert world.clients["staff_a"].get("/products/", headers={"host": "ops.market.localhost"}).status_code == 404
    assert rule_of(None, "shop", "wagtailadmin_home") is None
