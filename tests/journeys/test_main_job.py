"""The main job, played in a browser over imported goods: from an application to a settled order, and back again when something goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import translation
from playwright.sync_api import Browser

from launch.html import invalid
from launch.paths import ROOT
from launch.sheets import MOST_BYTES, contact_sheet
from marketplace.flows.account_changes import pass_change
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.formats import format_money
from marketplace.merchant.inventory.models import StockLevel
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.ledger.models import Statement
from marketplace.platform.payments.actions import set_bank_account
from marketplace.platform.payments.models import AccountChange, Refund
from tenants.accounts.models import User
from tenants.tenancy.models import Market, Merchant
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.journeys import buyers, merchants, operators
from tests.journeys.goods import import_goods, matrix_category, three_shops
from tests.journeys.people import PHONE, Screen, Seen, at_a_screen, on_both
from tests.running import RunningMarket, running

PARTS = 3
FIRST_TRY = {"zh-hans": "（全网最低价）", "en": " (lowest price ever)"}


@pytest.fixture(scope="module")
def market(own_database: str, static_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningMarket]:
    """All processes, over imported shops; orders are settled on the day they are received."""
    with transaction.atomic():
        Market.objects.update(settle_days=0)
        make.commission()
        make.a_second_operator()
    import_goods(tmp_path_factory.mktemp("owners"))
    with running(own_database, static_files, DEMO_MAILBOX="true") as processes:
        yield processes


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return Seen(tmp_path_factory.mktemp("journey"))


@on_both(ci=PHONE, first=(0, 3))
def test_the_main_job(browser: Browser, market: RunningMarket, seen: Seen, screen: Screen, first: int):
    slug = f"paper-{screen.language}"
    title = {"zh-hans": "手作信纸套装", "en": "Letter set, made by hand"}[screen.language] + f" {slug}"
    owner_email, buyer_email = f"owner@{slug}.localhost", f"lin@{slug}.localhost"
    wanted = three_shops(screen.language, first)[:2]
    slugs = [*(one.slug for one in wanted), slug]
    emails = {**{one.slug: f"owner@{one.slug}.localhost" for one in wanted}, slug: owner_email}

    with at_a_screen(browser, market, screen, "operator", seen) as operator, at_a_screen(browser, market, screen, "owner", seen) as owner:
        application = merchants.applies(owner, slug, owner_email)
        operators.asks_for_more(operator, application)
        merchants.hands_in_again(owner)
        operators.lets_in(operator, application, slug)
        merchants.gets_ready(owner, slug, owner_email)
        merchants.enters_a_product(owner, slug, title + FIRST_TRY[screen.language], matrix_category(screen.language))
        operators.sends_back(operator, title)
        merchants.submits_again(owner, slug, owner_email, title)
        operators.approves(operator, title)

    with at_a_screen(browser, market, screen, "buyer", seen) as buyer:
        for one in wanted:
            buyers.finds_and_adds(buyer, one)
        buyers.finds_what_is_new(buyer, title, pieces=2)
        buyers.registers_at_the_cart(buyer, buyer_email)
        number = buyers.places(buyer, parts=PARTS)
        buyers.pays(buyer, number, parts=PARTS)
        for place, each in enumerate(slugs):
            with at_a_screen(browser, market, screen, f"merchant{place}", seen) as merchant:
                own = merchants.opens_its_order(merchant, each, emails[each], number)
                if each == slug:
                    merchants.prints_the_slip(merchant)
                    merchants.ships(merchant, own, pieces=1)
                merchants.ships(merchant, own)
        buyers.receives_everything(buyer, number, parts=PARTS)

        buyers.buys_again(buyer, title)
        unpaid = buyers.places(buyer, parts=1)
        held = in_stock(slug)
        buyers.lets_it_expire(buyer, unpaid)
        assert in_stock(slug) == held + 1, "its stock is free again"
        buyers.buys_again(buyer, title)
        given_up = buyers.places(buyer, parts=1)
        buyers.pays(buyer, given_up, parts=1)
        buyers.cancels(buyer, merchants.own_order(given_up, slug))

        buyers.asks_back(buyer, merchants.own_order(number, slug))
        with at_a_screen(browser, market, screen, "merchant", seen) as merchant:
            merchants.takes_it_back(merchant, slug, owner_email, number)
            buyers.sends_back(buyer, number)
            merchants.inspects_and_pays_back(merchant, slug, owner_email, number)
        copy = OrderCopy.objects.get(group__number=number, merchant__slug=slug)
        assert copy.refunded_minor == 6880 and copy.commission_returned_minor > 0

        asked = AccountChange.objects.get(merchant__slug=slug)
        pass_change(by=make.acting(User.objects.get(email="operator@market.localhost")), change_id=asked.pk, why="compared", name_why="compared")
        for one in wanted:
            set_bank_account(by=SYSTEM, merchant_id=Merchant.objects.get(slug=one.slug).pk, holder=one.shop, bank="Bank", number="6222021234567891")
        with at_a_screen(browser, market, screen, "operator", seen) as operator:
            operators.settles(operator, slugs)
            with at_a_screen(browser, market, screen, "checker", seen) as checker:
                operators.pays_out(operator, checker, slugs)

        with translation.override(screen.language):
            refunded = [format_money(row.amount) for row in Refund.objects.filter(payment__group__number__in=[number, given_up])]
        shop = buyer.word("{shop} has shipped: {carrier} {tracking}").replace("{shop}", Merchant.objects.get(slug=slug).names[screen.language])
        buyers.reads_mails(
            buyer,
            buyer_email,
            buyer.word("Order {number}: please pay until {until}").partition("{until}")[0].strip().replace("{number}", number),
            buyer.word("Order {number} is paid", number=number),
            shop.partition("{carrier}")[0].strip(),
            buyer.word("Order {number} was cancelled: it was not paid in time", number=unpaid),
            *(buyer.word("{amount} went back to you", amount=amount) for amount in refunded),
        )
        buyers.reads_mails(
            buyer,
            owner_email,
            *(buyer.word(text).partition("{amount}")[0].replace("{number}", each).strip() for text, each in letters_to_the_shop(number, slug)),
        )


def letters_to_the_shop(number: str, slug: str) -> list[tuple[str, str]]:
    """Subjects, and the number in each."""
    own = merchants.own_order(number, slug)
    statement = Statement.objects.filter(merchant__slug=slug).latest("created_at").number
    return [
        ("New order {number}: {amount}", own),
        ("A buyer wants to return something of order {number}", own),
        ("Statement {number}: {amount} for you", statement),
    ]


def in_stock(slug: str) -> int:
    """Pieces of the shop's goods that nobody holds."""
    with merchant_schema(Merchant.objects.get(slug=slug).pk):
        return sum(level.available for level in StockLevel.objects.all())


def test_every_page_of_the_journey_was_valid_html(seen: Seen):
    """After the journeys: a page of each kind, as the server sent it."""
    assert len(seen.pages) > 50
    found = invalid(seen.folder / "sources")
    assert not found, "\n".join(found)


def test_the_journey_leaves_one_sheet_of_pictures(seen: Seen):
    assert 100_000 < contact_sheet(seen.folder / "pictures", ROOT / "tests" / "artifacts" / "journey.webp") <= MOST_BYTES
