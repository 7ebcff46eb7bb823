"""A month is charged once and the last place is taken once, however many come at the same moment: with real commits, on connections of their own."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from marketplace.flows.publish_product import publish_product
from marketplace.flows.rent import bring_up_to_date, charge
from marketplace.flows.use_of_packages import products_of
from marketplace.kernel.actors import SYSTEM
from tenants.packages.models import FeeCharge, Subscription
from tenants.packages.queries import today
from tenants.packages.sharing import month_of
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.factories import yuan
from tests.flows.test_packages import A, charged, offer, take
from tests.platform.test_review_at_once import at_once


def test_workers_charge_a_month_once_and_of_two_products_one_fits(own_database):
    take(offer("large", "300", products=1))
    Subscription.objects.filter(pk=A).update(period_start=date(2026, 1, 1), period_end=month_of(today())[0])
    before = charged()
    assert at_once(lambda place: bring_up_to_date(by=SYSTEM, merchant_id=A)) == []
    assert charged() == before + yuan("300")
    drafts = [make.a_product("a", title=f"Draft {n}", on_sale=False).pk for n in range(3)]

    def publish(place: int) -> None:
        with merchant_schema(A):
            publish_product(by=SYSTEM, product_id=drafts[place])

    assert at_once(publish, 3) == []
    assert products_of(A) == 1


def test_a_fee_is_charged_once_for_its_reference_and_twice_for_two(own_database):
    key = uuid4().hex

    def of(ref: str):
        return lambda place: charge(by=SYSTEM, merchant_id=A, kind="service", ref=ref.format(place), names={"en": "x"}, amount=yuan("1"))

    assert at_once(of(key), 3) == at_once(of(key + "{}"), 2) == []
    assert FeeCharge.objects.filter(ref__startswith=key).count() == 3, "the control: without one reference there are two"
