"""Orders live at random: whatever happens, money, stock and states agree."""

from __future__ import annotations

import pytest

from marketplace.merchant.inventory.models import StockLevel
from marketplace.platform.ledger.models import Posting
from marketplace.platform.payments.models import PaymentSplit, Refund
from tenants.tenancy.models import Market
from tenants.tenancy.schemas import merchant_schema
from tests.databases import MERCHANTS
from tests.flows.at_stripe import AtStripe
from tests.flows.lives import Lives
from tests.flows.stripe_lives import StripeLives

pytestmark = pytest.mark.django_db
EVERYTHING = {"place", "pay", "pack", "ship", "ask_back", "inspect", "settle", "pay_out", "cancel", "cancel_some"}


@pytest.fixture(autouse=True)
def settled_soon():
    Market.objects.update(settle_days=2)


def live(seed: int, steps: int) -> Lives:
    lives = Lives(seed)
    for _n in range(steps):
        lives.step()
    lives.check()
    return lives


def test_whatever_happens_money_stock_and_states_agree():
    lives = live(seed=7, steps=220)
    assert lives.done["settle"] and lives.done["refund"] and lives.done["pay_out"], lives.done


@pytest.mark.parametrize("harm", ["a posting is lost", "a share forgets a refund", "stock without a movement"])
def test_the_check_finds_what_a_sum_of_zero_would_not(harm):
    """Control: the checks fail for the reason they claim."""
    lives = live(seed=3, steps=60)
    if harm == "stock without a movement":
        with merchant_schema(MERCHANTS["a"]):
            StockLevel.objects.filter(pk=StockLevel.objects.first().pk).update(on_hand=1000)
    elif harm == "a share forgets a refund":
        share = PaymentSplit.objects.filter(amount_minor__gt=1).first()
        PaymentSplit.objects.filter(pk=share.pk).update(refunded_minor=1 - share.refunded_minor)
    else:
        from django.db import connection

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
    """Forty markets of some fifty orders each."""
    lives = live(seed=1000 + seed, steps=900)
    assert set(lives.done) >= EVERYTHING, set(lives.done)
    assert set(Refund.objects.values_list("reason", flat=True)) >= {"returned", "cancelled_by_buyer", "cancelled_by_shop"}


def at_stripe(seed: int, steps: int, stripe: AtStripe) -> StripeLives:
    lives = StripeLives(seed, stripe)
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
    """Twenty markets of some fifty orders each."""
    lives = at_stripe(2000 + seed, 900, stripe)
    assert set(lives.done) >= {"pay", "settle", "dispute", "decide"}, lives.done
