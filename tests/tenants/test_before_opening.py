"""An approved applicant's shop opens when nothing is lacking any more, by whatever way the last thing came."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from marketplace.config.subscriptions import BEFORE_OPENING
from marketplace.flows.let_in import review_application
from marketplace.flows.open_shop import open_shop
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.relay import deliver_events
from tenants.onboarding import opening
from tenants.onboarding.models import Application, Step
from tenants.onboarding.opening import Lack, go_on_opening, lacks_of
from tenants.tenancy.models import Merchant
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def wanting() -> Iterator[set[str]]:
    """Two conditions; what is in the set is lacking."""
    codes = {"first", "second"}

    def condition(code: str) -> opening.Condition:
        return lambda application: Lack(code, code, href=f"/{application.slug}/") if code in codes else None

    opening.install([condition("first"), condition("second")])
    yield codes
    opening.install(BEFORE_OPENING)


def approved() -> Merchant:
    row = make.an_application(make.a_buyer())
    for step in Step:
        review_application(by=SYSTEM, application_id=row.pk, step=step, decision="passed")
    deliver_events()
    return Merchant.objects.get(application=row)


def test_the_shop_waits_for_everything_that_is_lacking_and_opens_when_the_last_is_there(wanting):
    merchant = approved()
    assert merchant.status == "opening"
    assert [lack.code for lack in lacks_of(merchant)] == ["first", "second"]
    wanting.discard("first")
    go_on_opening(merchant_id=merchant.pk)
    deliver_events()
    merchant.refresh_from_db()
    assert (merchant.status, [lack.code for lack in lacks_of(merchant)]) == ("opening", ["second"])
    wanting.discard("second")
    go_on_opening(merchant_id=merchant.pk)
    go_on_opening(merchant_id=merchant.pk)
    deliver_events()
    merchant.refresh_from_db()
    assert (merchant.status, lacks_of(merchant)) == ("open", [])


def test_a_shop_that_is_open_is_not_opened_again(wanting):
    wanting.clear()
    merchant = approved()
    opened_at = merchant.opened_at
    wanting.add("first")
    go_on_opening(merchant_id=merchant.pk)
    deliver_events()
    merchant.refresh_from_db()
    assert (merchant.status, merchant.opened_at, lacks_of(merchant)) == ("open", opened_at, [])


def test_a_shop_that_the_operator_opens_by_hand_waits_for_nothing(wanting):
    merchant = open_shop(by=SYSTEM, merchant_id=uuid4(), slug="by-hand", names={"en": "By hand"}, owner_email="hand@example.com")
    deliver_events()
    merchant.refresh_from_db()
    assert merchant.status == "open"


def test_the_applicant_sees_what_is_lacking_and_where_it_is_done(wanting, client):
    merchant = approved()
    row = Application.objects.get(merchant=merchant)
    client.force_login(row.applicant)
    page = client.get(f"/sell/applications/{row.number}/", headers={"host": "market.localhost"}).content.decode()
    assert f'href="/{row.slug}/"' in page
    assert "second" in page


def test_the_operators_page_of_the_merchant_says_what_it_waits_for_and_asks_no_more_until_nothing_is_lacking(wanting, client):
    merchant = approved()
    client.force_login(make.a_second_operator())
    path, host = f"/merchants/{merchant.pk}/", {"host": "ops.market.localhost", "accept-language": "en"}
    page = client.get(path, headers=host).content.decode()
    assert "first" in page and "Waits for the applicant" in page and "hx-trigger" not in page.split('id="merchant"')[1].split("</section>")[0]
    wanting.clear()
    assert "hx-trigger" in client.get(path, headers=host).content.decode().split('id="merchant"')[1][:400]
