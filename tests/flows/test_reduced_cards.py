"""Cards in lists say of an announced reduction what the product page says, while it runs, and nothing of what is none."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from marketplace.flows import prices as flow
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.deadlines import fire_due
from marketplace.kernel.relay import deliver_events
from marketplace.platform.listings.models import Listing
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]
HOUR = timedelta(hours=1)
SAID = "Lowest price in the 30 days before the reduction: CN¥100.00."


@pytest.fixture
def mug() -> Any:
    with clock.shifted(-timedelta(days=40)):
        product = make.a_product("a", title="Mug", price="100", variants=2)
    return product


def variants_of(product: Any) -> list[Any]:
    with merchant_schema(A):
        return list(product.variants.order_by("position").values_list("pk", flat=True))


def reduce(product: Any, to: str = "80", lasts: timedelta | None = 24 * HOUR, *, of: int = 2) -> Any:
    start = clock.now() + HOUR
    with merchant_schema(A):
        return flow.plan_reduction(
            by=SYSTEM,
            reduction_id=uuid4(),
            name="Spring",
            starts_at=start,
            ends_at=start + lasts if lasts else None,
            prices={key: make.yuan(to) for key in variants_of(product)[:of]},
        )


def follow() -> None:
    fire_due()
    deliver_events()


def page(path: str = "/search/?q=Mug", host: str = "market.localhost") -> str:
    response = Client(headers={"host": host, "accept-language": "en"}).get(path)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_a_card_says_the_lowest_earlier_price_while_the_reduction_runs(mug):
    deliver_events()
    reduce(mug)
    assert SAID not in page()
    with clock.shifted(HOUR + timedelta(seconds=1)):
        follow()
        assert SAID in page() and "20% off" in page()
        assert SAID in page("/search/", "kiln.market.localhost")
        assert SAID in page(f"/p/{mug.pk}/")  # the same words as the product's own page
    with clock.shifted(25 * HOUR + timedelta(seconds=1)):
        assert SAID not in page()  # the worker has not come yet, and nothing is promised any more
        follow()
        assert SAID not in page() and Listing.objects.get(pk=mug.pk).lowest_minor is None


def test_of_what_costs_least_and_is_not_reduced_nothing_is_said(mug):
    """One of two variants is reduced, to what the other costs anyway: the price on the card is no reduction of both."""
    with clock.shifted(-timedelta(days=39)), merchant_schema(A):
        flow.set_prices(by=SYSTEM, prices={variants_of(mug)[1]: (make.yuan("80"), None)})
    reduce(mug, of=1)
    with clock.shifted(2 * HOUR):
        follow()
        assert Listing.objects.get(pk=mug.pk).price_minor == 8000
        assert "before the reduction" not in page()


def test_of_several_reduced_to_one_price_the_least_is_claimed(mug):
    with clock.shifted(-timedelta(days=39)), merchant_schema(A):
        flow.set_prices(by=SYSTEM, prices={variants_of(mug)[1]: (make.yuan("90"), None)})
    reduce(mug)
    with clock.shifted(2 * HOUR):
        follow()
        found = Listing.objects.get(pk=mug.pk)
        assert (found.lowest_minor, found.saved_percent) == (9000, 11)


def test_a_price_that_was_as_low_before_is_called_no_reduction_on_a_card(mug):
    for days, price in ((20, "80"), (10, "100")):
        with clock.shifted(-timedelta(days=days)), merchant_schema(A):
            flow.set_prices(by=SYSTEM, prices={key: (make.yuan(price), None) for key in variants_of(mug)})
    reduce(mug, "90")
    with clock.shifted(2 * HOUR):
        follow()
        assert "before the reduction" not in page()


def test_an_end_that_is_moved_moves_on_the_card_and_calling_off_takes_the_word_away(mug):
    row = reduce(mug)
    with clock.shifted(2 * HOUR):
        follow()
        later = row.ends_at + 5 * HOUR
        with merchant_schema(A):
            flow.change_reduction(by=SYSTEM, reduction_id=row.pk, name="Spring", starts_at=row.starts_at, ends_at=later)
        assert Listing.objects.get(pk=mug.pk).reduced_until == later
    with clock.shifted(3 * HOUR):
        with merchant_schema(A):
            flow.stop_reduction(by=SYSTEM, reduction_id=row.pk)
        assert Listing.objects.get(pk=mug.pk).reduction is None and "before the reduction" not in page()
