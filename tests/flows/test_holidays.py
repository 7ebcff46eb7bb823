"""A shop's holiday: planned by its people, begun and ended by deadlines; what the operator holds back stays held back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from marketplace.flows.holidays import end_holiday, plan_holiday
from marketplace.flows.shop_life import reopen_shop, suspend_shop
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.deadlines import fire_due
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.models import Deadline
from marketplace.kernel.relay import deliver_events
from tenants.accounts.models import User
from tenants.tenancy.errors import ShopNotOpen
from tenants.tenancy.models import Holiday, Merchant
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]
NOTES = {"en": "We fire the big kiln.", "zh-hans": "我们在烧大窑。"}


def planned(starts_in: float, days: float, **more: Any) -> Holiday:
    now = clock.now()
    begins = now + timedelta(days=starts_in)
    return plan_holiday(by=SYSTEM, merchant_id=A, holiday_id=more.get("key") or uuid4(), starts_at=begins, ends_at=begins + timedelta(days=days), notes=NOTES)


def status() -> str:
    return str(Merchant.objects.get(pk=A).status)


def after(days: float) -> str:
    with clock.shifted(timedelta(days=days)):
        fire_due()
        deliver_events()
    return status()


def test_it_begins_and_ends_by_itself():
    planned(2, 3)
    assert [status(), after(1), after(2.1), after(4), after(5.1)] == ["open", "open", "holiday", "holiday", "open"]
    assert Holiday.objects.get().status == "over"


def test_one_that_begins_today_begins_at_once_and_its_note_is_read():
    product = make.a_product("a")
    planned(-0.2, 3)
    assert status() == "holiday"
    for host, path in (("market.localhost", f"/p/{product.pk}/"), ("kiln.market.localhost", "/")):
        body = Client().get(path, headers={"host": host, "accept-language": "en"}).content.decode()
        assert "on holiday until" in body and NOTES["en"] in body and 'name="buy"' not in body


def test_it_is_ended_early_or_given_up():
    row = planned(-0.2, 3)
    end_holiday(by=SYSTEM, holiday_id=row.pk)
    end_holiday(by=SYSTEM, holiday_id=row.pk)
    assert status() == "open"
    end_holiday(by=SYSTEM, holiday_id=planned(2, 3).pk)
    assert after(2.5) == "open" and not Deadline.objects.filter(kind__startswith="holiday", status="waiting").exists()


def test_a_holiday_never_ends_a_suspension():
    planned(-0.2, 3)
    suspend_shop(by=SYSTEM, merchant_id=A, kind="goods", reason="x")
    assert after(3) == "suspended"
    reopen_shop(by=SYSTEM, merchant_id=A, reason="x")
    assert status() == "open"


def test_a_suspension_that_ends_within_a_holiday_leads_back_to_it():
    planned(1, 3)
    suspend_shop(by=SYSTEM, merchant_id=A, kind="goods", reason="x")
    assert after(1.1) == "suspended"
    reopen_shop(by=SYSTEM, merchant_id=A, reason="x")
    assert status() == "holiday"


@pytest.mark.parametrize(("starts_in", "days"), [(1, -1), (-3, 2), (1, 93), (400, 2)])
def test_days_that_are_no_holiday_are_refused(starts_in, days):
    with pytest.raises(InvalidInput):
        planned(starts_in, days)


def test_one_at_a_time_the_same_form_once_and_not_of_a_suspended_shop():
    key = uuid4()
    assert planned(1, 2, key=key).pk == planned(1, 2, key=key).pk
    with pytest.raises(InvalidInput):
        planned(5, 2)
    end_holiday(by=SYSTEM, holiday_id=key)
    suspend_shop(by=SYSTEM, merchant_id=A, kind="goods", reason="x")
    with pytest.raises(ShopNotOpen):
        planned(1, 2)


def test_the_page_plans_and_ends():
    client = Client(headers={"host": "kiln.seller.market.localhost", "accept-language": "en"})
    client.force_login(User.objects.get(email="owner-a@market.localhost"), backend=settings.AUTHENTICATION_BACKENDS[0])
    today = clock.now().date()
    form = {"holiday_id": uuid4(), "starts": today + timedelta(days=2), "ends": today + timedelta(days=4), "note_en": "Kiln"}
    assert client.post("/holiday/", form | {"ends": today - timedelta(days=9)}).status_code == 422
    assert client.post("/holiday/", form).status_code == 302
    body = client.get("/holiday/").content.decode()
    assert "Give it up" in body and "Kiln" in body
    assert client.post("/holiday/", {"then": "end"}).status_code == 302
    assert Holiday.objects.get().status == "over"
