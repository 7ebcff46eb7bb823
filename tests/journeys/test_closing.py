"""An owner closes the shop: refused while something is open, then done, with everything of the shop taken along. In both languages."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from marketplace.flows.pay_out import make_bank_file, note_payouts_paid
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.relay import deliver_events
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.payments.actions import set_bank_account
from tenants.tenancy.models import Market, Merchant
from tests import factories as make
from tests.databases import MERCHANTS
from tests.journeys.people import Person, Screen, Seen, at_a_screen, on_both
from tests.running import RunningMarket, running
from tests.world import NAMES, PASSWORD, SLUGS


@pytest.fixture(scope="module")
def market(own_database, static_files):
    make.commission()
    Market.objects.update(return_days=0, settle_days=0)
    with running(own_database, static_files, "web", "worker", "scheduler") as processes:
        yield processes


def finished_and_paid(copy: OrderCopy, shop: str) -> None:
    """An hour ago, so that nothing of it can come back any more."""
    with clock.shifted(timedelta(hours=-1)):
        make.ship(copy)
        make.receive(copy)
    payout = make.settled(shop)[0].payouts.get()
    make_bank_file(by=SYSTEM, batch_id=uuid4(), payout_ids=[payout.pk])
    note_payouts_paid(by=SYSTEM, payout_ids=[payout.pk])
    deliver_events()


def begins_to_close(owner: Person, name: str) -> None:
    page = owner.page
    owner.look("closing")
    page.fill("#id_begin_name", name)
    page.fill("#id_begin_password", "not this one")
    owner.press("Stop selling and close")
    page.wait_for_selector(".error")
    owner.look("closing-wrong-password")
    page.fill("#id_begin_password", PASSWORD)
    owner.send("Stop selling and close")


@on_both(ci=None, shop=("a", "b"))
def test_closed_when_nothing_is_left_with_everything_taken_along(browser: Browser, market: RunningMarket, tmp_path, screen: Screen, shop: str):
    seen, slug = Seen(tmp_path), SLUGS[shop]
    product = make.a_product(shop, title=f"Mug {screen.language}", stock=5)
    set_bank_account(by=SYSTEM, merchant_id=MERCHANTS[shop], holder="Owner", bank="Bank", number="62220001")
    copy = make.pay(make.a_placed_group((shop, product, 1))).orders.get()
    deliver_events()
    workbench = f"{slug}.seller.market.localhost"
    with at_a_screen(browser, market, screen, "owner", seen) as owner, at_a_screen(browser, market, screen, "buyer", seen) as buyer:
        page = owner.page
        owner.go("/closing/", workbench)
        owner.sign_in(f"owner-{shop}@market.localhost", PASSWORD)
        page.wait_for_url("**/closing/")
        begins_to_close(owner, NAMES[shop][screen.language])
        assert Merchant.objects.get(slug=slug).status == "closing"
        owner.look("closing-with-something-left")
        assert page.locator("a[href='/orders/?show=to_ship']").count() and not page.locator("#id_close_password").count(), "not while an order is open"
        buyer.go(f"/p/{product.pk}/")
        buyer.sees(buyer.word("This shop is closing and takes no more orders. What was ordered is still sent."))
        buyer.look("product-of-closing")
        finished_and_paid(copy, shop)
        owner.go("/closing/", workbench)
        owner.look("closing-nothing-left")
        page.fill("#id_close_password", PASSWORD)
        owner.send("Close the shop for good")
        assert Merchant.objects.get(slug=slug).status == "closed"
        owner.look("export-of-closed")
        owner.press("Pack everything")
        download = page.locator("a[download]")
        expect(download).to_be_visible(timeout=60_000)
        owner.look("export-ready")
        with page.expect_download() as file:
            download.click()
        names = set(zipfile.ZipFile(file.value.path()).namelist())
        assert {"orders.csv", "orders.json", "manifest.json", "README.zh-hans.txt", "README.en.txt"} <= names
        buyer.go("/", f"{slug}.market.localhost")
        buyer.sees(buyer.word("To the market"))
        buyer.look("shop-closed")
        for person in (buyer, owner):
            person.troubles[:] = [each for each in person.troubles if "404" not in each and "410" not in each]  # no picture of the mug; the shop is gone
