"""Orders live at random: whatever happens, money, stock and states agree."""

from __future__ import annotations

import pytest
from django.db import connection

from marketplace.kernel.actors import SYSTEM
from marketplace.merchant.inventory.models import StockLevel
from marketplace.platform.checkout.models import OrderGroup
from marketplace.platform.ledger.actions import credit, debit, post
from marketplace.platform.ledger.models import Account, Posting, Statement
from marketplace.platform.payments.models import PaymentSplit, Refund
from tenants.tenancy.models import Market
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.flows.at_stripe import AtStripe
from tests.flows.lives import Lives
from tests.flows.stripe_lives import StripeLives

pytestmark = pytest.mark.django_db
EVERYTHING = {"place", "pay", "pack", "ship", "ask_back", "inspect", "settle", "pay_out", "cancel", "cancel_some"}


@pytest.fixture(autouse=True)
def settled_soon():
    Market.objects.update(settle_days=2)


def live(seed: int, steps: int, own: str = "") -> Lives:
    lives = Lives(seed, own)
    for _n in range(steps):
        lives.step()
    lives.check()
    return lives


def test_whatever_happens_money_stock_and_states_agree():
    """One of the three shops is the market's own, beside the others in the same baskets."""
    lives = live(seed=7, steps=220, own="b")
    assert lives.done["settle"] and lives.done["refund"] and lives.done["pay_out"], lives.done
    assert Statement.objects.filter(merchant_id=MERCHANTS["b"]).exists()
    assert OrderGroup.objects.filter(orders__merchant_id=MERCHANTS["b"]).filter(orders__merchant_id=MERCHANTS["a"]).exists(), "in one basket"


@pytest.mark.parametrize("harm", ["a posting is lost", "a share forgets a refund", "stock without a movement", "own sales without an order"])
def test_the_check_finds_what_a_sum_of_zero_would_not(harm):
    """Control: the checks fail for the reason they claim."""
    lives = live(seed=3, steps=60, own="c" if harm.startswith("own") else "")
    if harm.startswith("own"):
        sides = [debit(Account.OWN_BANK, make.yuan("1")), credit(Account.OWN_SALES, make.yuan("1"), MERCHANTS["c"])]
        post(by=SYSTEM, kind="test", ref="1", sides=sides)
    elif harm == "stock without a movement":
        with merchant_schema(MERCHANTS["a"]):
            StockLevel.objects.filter(pk=StockLevel.objects.first().pk).update(on_hand=1000)
    elif harm == "a share forgets a refund":
        share = PaymentSplit.objects.filter(amount_minor__gt=1).first()
        PaymentSplit.objects.filter(pk=share.pk).update(refunded_minor=1 - share.refunded_minor)
    else:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what waits for the commit is checked now, before the harm
            cursor.execute("SET LOCAL session_replication_role = replica")  # past the triggers that forbid it
            entry = Posting.objects.filter(entry__kind="payment_received").values_list("entry_id", flat=True).first()
            cursor.execute("DELETE FROM platform_ledger_posting WHERE entry_id = %s", [entry])  # both sides: the sum stays zero
            cursor.execute("DELETE FROM platform_ledger_journalentry WHERE id = %s", [entry])
            cursor.execute("SET LOCAL session_replication_role = origin")
    with pytest.raises(AssertionError):
        lives.check()


@pytest.mark.long
@pytest.mark.parametrize("seed", range(40))
def test_two_thousand_lives_agree(seed):
    """Forty markets of some fifty orders each; in every second one a shop is the market's own."""
    lives = live(seed=1000 + seed, steps=900, own="c" if seed % 2 else "")
    assert set(lives.done) >= EVERYTHING, set(lives.done)
    assert set(Refund.objects.values_list("reason", flat=True)) >= {"returned", "cancelled_by_buyer", "cancelled_by_shop"}


def at_stripe(seed: int, steps: int, stripe: AtStripe, own: str = "") -> StripeLives:
    lives = StripeLives(seed, stripe, own)
    for _n in range(steps):
        lives.step()
    lives.check()
    return lives


def test_the_same_with_a_provider_that_loses_answers_and_repeats_itself(stripe: AtStripe):
    lives = at_stripe(5, 200, stripe)
    assert lives.done["hear"] and lives.done["settle"], lives.done
    assert lives.refused.get("rail_away"), "answers were lost"


@pytest.mark.long
@pytest.mark.parametrize("seed", range(20))
def test_a_thousand_lives_agree_with_the_providers_books(seed, stripe: AtStripe):
    """Twenty markets of some fifty orders each; in every second one a shop is the market's own."""
    lives = at_stripe(2000 + seed, 900, stripe, "c" if seed % 2 else "")
    assert set(lives.done) >= {"pay", "settle", "dispute", "decide"}, lives.done
