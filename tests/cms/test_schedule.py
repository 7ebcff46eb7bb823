"""Pages with dates appear and go by themselves, and nobody looks into schemas before something is due there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cms.actions import publish
from cms.merchant.models import ShopCampaign, ShopHome
from cms.schedule import PAGES_DUE
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.deadlines import due_at, fire_due
from marketplace.kernel.models import AuditEvent, Deadline
from marketplace.kernel.relay import deliver_events
from tenants.tenancy.schemas import merchant_schema
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
SHOP = "kiln.market.localhost"


@pytest.fixture
def later(monkeypatch):
    """Go on by some hours, for us and for Wagtail."""
    real = timezone.now

    def go(hours: int) -> None:
        monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(hours=hours))

    return go


def campaign(*, begins: int | None, ends: int | None) -> None:
    with merchant_schema(MERCHANTS["a"]):
        page = ShopCampaign(title="春茶", title_en="Spring tea", slug="spring", live=False)
        page.go_live_at = timezone.now() + timedelta(hours=begins) if begins else None
        page.expire_at = timezone.now() + timedelta(hours=ends) if ends else None
        ShopHome.objects.get().add_child(instance=page)
        publish(page, SYSTEM)


def status() -> int:
    return Client().get("/pages/spring/", headers={"host": SHOP}).status_code


def let_time_pass(hours: int) -> None:
    with clock.shifted(timedelta(hours=hours)):
        fire_due()
        deliver_events()


def test_a_campaign_appears_at_its_date_and_goes_at_its_end(later):
    campaign(begins=2, ends=5)
    assert status() == 404
    assert due_at(kind=PAGES_DUE, subject_id=MERCHANTS["a"]) is not None
    later(3)
    let_time_pass(3)
    assert status() == 200
    later(6)
    let_time_pass(6)
    assert status() == 404
    assert due_at(kind=PAGES_DUE, subject_id=MERCHANTS["a"]) is None
    assert list(AuditEvent.objects.filter(merchant_id=MERCHANTS["a"], action__startswith="page.").order_by("pk").values_list("action", flat=True)) == [
        "page.published",
        "page.expired",
    ]


def test_nothing_appears_before_its_date(later):
    campaign(begins=2, ends=None)
    later(1)
    let_time_pass(1)
    assert status() == 404


def test_a_page_without_dates_sets_no_deadline():
    campaign(begins=None, ends=None)
    assert status() == 200
    assert not Deadline.objects.filter(kind=PAGES_DUE).exists()
