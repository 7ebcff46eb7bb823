"""Before a brand becomes part of another: the page says whose goods could not be sold any more, as the one of categories does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from marketplace.flows.keep_attributes import merge_brands
from marketplace.flows.qualify import waive_for_shop
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.relay import deliver_events
from marketplace.platform.listings.models import Listing
from marketplace.platform.taxonomy.models import Brand
from tenants.accounts.models import User
from tenants.onboarding.brands import code_of_brand, demand_authorisation
from tests.databases import MERCHANTS
from tests.flows.test_attributes import brand, cups, in_english, product  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db


def demand(row: Brand, days: int = -1) -> None:
    """Sold with authorisation only, by who has it from so many days on."""
    since = clock.now() + timedelta(days=days)
    demand_authorisation(by=SYSTEM, brand_id=row.pk, names=row.names, is_asked=True, enforced_from=since, why="the maker asks")
    deliver_events()


def waive(row: Brand, shop: str) -> None:
    waive_for_shop(by=SYSTEM, merchant_id=MERCHANTS[shop], code=code_of_brand(row.pk), reason="seen")


def page(row: Brand, into: Brand, language: str = "en") -> str:
    console = Client(headers={"host": "ops.market.localhost", "accept-language": language})
    console.force_login(User.objects.get(email="operator@market.localhost"), backend=settings.AUTHENTICATION_BACKENDS[0])
    return " ".join(console.get(f"/brands/{row.pk}/merge/?into={into.pk}").content.decode().split())


def merge(row: Brand, into: Brand) -> set[object]:
    """What is held back afterwards."""
    row, into = Brand.objects.get(pk=row.pk), Brand.objects.get(pk=into.pk)
    merge_brands(by=SYSTEM, brand_id=row.pk, seen=row.version, into_id=into.pk, seen_into=into.version, why="the same maker")
    deliver_events()
    return set(Listing.objects.filter(is_held=True).values_list("pk", flat=True))


def test_where_only_the_other_demands_authorisation_the_page_counts_what_would_be_held_back(cups):  # noqa: F811
    double, kiln = brand("KILN Ceramics"), brand("Kiln")
    demand(kiln)
    waive(kiln, "b")
    mine = {product(cups, brand_id=double.pk) for _n in range(2)}
    product(cups, shop="b", brand_id=double.pk)
    product(cups)
    deliver_events()
    shown = page(double, kiln)
    assert "2 products could not be sold any more" in shown and "(1 shop)" in shown
    assert "Also asked for then: Authorisation for Kiln" in shown
    assert "2 件商品将不能再卖" in page(double, kiln, "zh-hans")
    assert merge(double, kiln) == mine


def test_papers_for_the_one_that_goes_are_none_for_the_other(cups):  # noqa: F811
    double, kiln = brand("KILN Ceramics"), brand("Kiln")
    demand(double)
    demand(kiln)
    waive(double, "a")
    waive(kiln, "b")
    mine, theirs = product(cups, brand_id=double.pk), product(cups, shop="b", brand_id=double.pk)
    deliver_events()
    assert set(Listing.objects.filter(is_held=True).values_list("pk", flat=True)) == {theirs}
    shown = page(double, kiln)
    assert "1 product could not be sold any more" in shown and "1 product that is held back today could be sold again" in shown
    assert "No longer asked for: Authorisation for KILN Ceramics" in shown
    assert merge(double, kiln) == {mine}


def test_before_its_day_nothing_is_held_back_and_the_page_says_what_is_asked_for(cups):  # noqa: F811
    double, kiln = brand("KILN Ceramics"), brand("Kiln")
    demand(kiln, days=1)
    product(cups, brand_id=double.pk)
    deliver_events()
    shown = page(double, kiln)
    assert "could not be sold" not in shown and "Also asked for then: Authorisation for Kiln" in shown
    assert merge(double, kiln) == set()


def test_a_merge_that_would_be_refused_is_told_before_it_is_sent(cups):  # noqa: F811
    double, kiln = brand("KILN Ceramics"), brand("Kiln")
    demand(double)
    product(cups, brand_id=double.pk)
    deliver_events()
    shown = page(double, kiln)
    assert "“KILN Ceramics” is sold with authorisation only" in shown and "could be sold again" not in shown
