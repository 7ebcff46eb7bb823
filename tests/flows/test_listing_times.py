"""Times on sale for several products at once: the form over what was ticked, what happens then, what is refused, what the log says."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marketplace.flows.publish_product import take_product_off_sale
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.deadlines import fire_due
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.catalogue.models import Product
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.world import SLUGS

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]
ZONE = ZoneInfo("Asia/Shanghai")
LEFT = {"keeps_from": "on", "keeps_until": "on"}


def client(shop: str = "a") -> Client:
    found = Client(headers={"host": f"{SLUGS[shop]}.seller.market.localhost", "accept-language": "en"})
    found.force_login(User.objects.get(email=f"owner-{shop}@market.localhost"), backend=settings.AUTHENTICATION_BACKENDS[0])
    return found


def send(*products: Product, shop: str = "a", **fields: Any) -> Any:
    return client(shop).post("/products/times/", {"chosen": [row.pk for row in products], **fields})


def written(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%Y-%m-%dT%H:%M}"


def coming(days: int) -> datetime:
    return (clock.now() + timedelta(days=days)).replace(second=0, microsecond=0)


def off_sale(title: str) -> Product:
    product = make.a_product(title=title)
    with merchant_schema(A):
        return take_product_off_sale(by=SYSTEM, product_id=product.pk)  # type: ignore[no-any-return]


def now(product: Product) -> Product:
    with merchant_schema(A):
        return Product.objects.get(pk=product.pk)


def pass_days(days: float) -> None:
    with clock.shifted(timedelta(days=days)):
        fire_due()
        deliver_events()


def test_all_that_was_ticked_goes_on_and_off_at_the_same_times_and_the_calendar_shows_it():
    cups = [off_sale("Cup"), off_sale("Bowl")]
    begins, ends = coming(2), coming(5)
    assert send(*cups, listed_from=written(begins), listed_until=written(ends)).status_code == 302
    assert {(now(row).listed_from, now(row).listed_until) for row in cups} == {(begins, ends)}
    months = {f"{at.astimezone(ZONE):%Y-%m}" for at in (begins, ends)}
    days = "".join(client().get(f"/calendar/?month={month}&day={at.astimezone(ZONE):%Y-%m-%d}").content.decode() for month in months for at in (begins, ends))
    assert "Cup" in days and "Bowl" in days
    pass_days(2.1)
    assert {now(row).status for row in cups} == {"on_sale"}
    pass_days(5.1)
    assert {now(row).status for row in cups} == {"off_sale"}


def test_a_field_that_is_left_alone_keeps_what_each_has_and_an_empty_one_takes_it_away():
    first, second = make.a_product(title="Cup"), make.a_product(title="Bowl")
    ends = coming(9)
    send(first, listed_until=written(coming(4)))
    page = client().get("/products/times/", {"chosen": [first.pk, second.pk]}).content.decode()
    assert page.count("checked") == 1 and "keeps_until" in page  # their ends differ, their beginnings do not
    assert send(first, second, **LEFT).status_code == 302 and now(second).listed_until is None
    send(first, second, listed_until=written(ends), **LEFT)  # what is written counts
    assert {now(row).listed_until for row in (first, second)} == {ends}
    send(first, second)
    assert {now(row).listed_until for row in (first, second)} == {None}
    pass_days(9.1)
    assert now(first).status == "on_sale"


def test_each_change_is_written_down_and_none_where_nothing_changes():
    first, second = make.a_product(title="Cup"), make.a_product(title="Bowl")
    ends = coming(3)
    send(first, listed_until=written(ends), **LEFT)
    send(first, second, listed_until=written(ends), **LEFT)
    rows = list(AuditEvent.objects.filter(action="product.times_set").order_by("at"))
    assert [row.subject_id for row in rows] == [str(first.pk), str(second.pk)]
    assert rows[0].before == {"listed_from": None, "listed_until": None} and rows[0].after == {"listed_from": None, "listed_until": ends.isoformat()}
    assert rows[0].actor_kind == "person"


@pytest.mark.parametrize(
    ("fields", "at", "says"),
    [
        ({"listed_until": -1}, "listed_until", "This moment is past"),
        ({"listed_from": -1}, "listed_from", "This moment is past"),
        ({"listed_from": 4, "listed_until": 2}, "listed_until", "“Bowl” cannot go off sale before"),
        ({"listed_from": 2, "on_sale": True}, "listed_from", "“Cup” is on sale already"),
    ],
)
def test_what_would_have_no_effect_is_refused_at_its_field_and_changes_nothing(fields, at, says):
    bowl = off_sale("Bowl")
    rows = [bowl, make.a_product(title="Cup")] if fields.pop("on_sale", False) else [bowl]
    answer = send(*rows, **{name: written(coming(days)) for name, days in fields.items()})
    assert answer.status_code == 422 and says in answer.context["form"].errors[at][0]
    assert {(now(row).listed_from, now(row).listed_until) for row in rows} == {(None, None)}


def test_another_shop_s_product_is_not_there():
    product = make.a_product(title="Cup")
    assert send(product, shop="b", listed_until=written(coming(3))).url == "/products/"
    assert now(product).listed_until is None


def test_at_most_a_hundred_are_taken_at_once():
    product = make.a_product(title="Cup")
    keys = [product.pk, *(f"{n:032x}" for n in range(100))]
    assert client().post("/products/times/", {"chosen": keys, "listed_until": written(coming(3))}).url == "/products/"
    assert now(product).listed_until is None


def test_all_products_are_locked_before_the_first_is_handed_in_for_what_holds_others_up_comes_after_products():
    products = [make.a_product(title=title) for title in ("Mug", "Pot")]
    with CaptureQueriesContext(connection) as asked:
        assert send(*products, until=written(coming(5)), keeps_from="on").status_code == 302
    first = next(one["sql"] for one in asked if "merchant_catalogue_product" in one["sql"] and "FOR UPDATE" in one["sql"])
    assert all(str(row.pk) in first or row.pk.hex in first for row in products), first
