"""A reaction that may answer several facts of a merchant at once: one run, one effect a fact, and one that cannot be answered holds up no other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from marketplace.config import subscriptions
from marketplace.kernel import clock, registry
from marketplace.kernel.events import Event
from marketplace.kernel.models import Delivery
from marketplace.kernel.outbox import record
from marketplace.kernel.registry import Reaction
from marketplace.kernel.relay import deliver_events, perform, relay_once
from marketplace.platform.listings.events import MOST_JOINED, ListingsChanged

pytestmark = pytest.mark.django_db
MOST = 4


@dataclass(frozen=True)
class Dropped(Event):
    """Coins fell into a merchant's box; only tests listen."""

    topic = "test.dropped"
    merchant_id: UUID
    coins: list[str]


def together(facts):
    taken = [fact for n, fact in enumerate(facts) if sum(len(each.coins) for each in facts[: n + 1]) <= MOST] or facts[:1]
    return Dropped(facts[0].merchant_id, [coin for fact in taken for coin in fact.coins]), len(taken)


runs: list[list[str]] = []


def count(event: Dropped) -> None:
    runs.append(event.coins)
    if "bent" in event.coins:
        raise ValueError("a bent coin")


@pytest.fixture(autouse=True, params=["in its transaction", "outward"])
def reaction(request):
    runs.clear()
    registry.install({Dropped: [Reaction(count, outward=request.param == "outward", join=together)]}, {})
    yield
    subscriptions.install()


BOX, OTHER = uuid4(), uuid4()


def drop(*coins: str, box: UUID = BOX) -> None:
    with transaction.atomic():
        record(Dropped(box, list(coins)))


def sent() -> list[UUID]:
    keys: list[UUID] = []
    relay_once(lambda sending: keys.append(sending.delivery_id))
    return keys


def waiting() -> int:
    return Delivery.objects.filter(event__topic="test.dropped", status="waiting").count()


def test_one_run_answers_what_waits_of_the_same_merchant():
    drop("a")
    drop("b", box=OTHER)
    drop("c")
    first, *others = sent()
    assert perform(first) is True
    assert runs == [["a", "c"]] and waiting() == 1
    assert [perform(key) for key in others] == [True, False]
    assert runs == [["a", "c"], ["b"]] and waiting() == 0


def test_a_run_takes_no_more_than_it_should():
    for coin in "abc":
        drop(coin, coin)
    deliver_events()
    assert runs == [["a", "a", "b", "b"], ["c", "c"]]


def test_what_was_not_sent_or_is_in_other_hands_is_left():
    drop("a")
    drop("b")
    drop("c")
    a, b, c = sent()
    Delivery.objects.filter(pk=b).update(claimed_until=clock.now() + timedelta(seconds=30))
    Delivery.objects.filter(pk=c).update(sent_at=None)
    assert perform(a) is True
    assert runs == [["a"]] and waiting() == 2


def test_one_that_cannot_be_answered_holds_up_no_other():
    drop("a")
    drop("bent")
    drop("c")
    a, *_others = sent()
    assert perform(a) is False and waiting() == 3
    with clock.shifted(timedelta(seconds=2)):
        deliver_events()
    assert runs == [["a", "bent", "c"], ["a"], ["bent"], ["c"]]
    assert [each.event.body["coins"] for each in Delivery.objects.filter(event__topic="test.dropped", status="waiting").select_related("event")] == [["bent"]]


def test_changes_of_listings_are_joined_up_to_so_many_each_listing_once():
    one, other = [uuid4() for _n in range(MOST_JOINED - 1)], uuid4()
    facts = [ListingsChanged(BOX, keys) for keys in (one, one[:5], [other], [uuid4()])]
    assert ListingsChanged.joined(facts) == (ListingsChanged(BOX, [*one, other]), 3)
    many = ListingsChanged(BOX, [uuid4() for _n in range(2 * MOST_JOINED)])
    assert ListingsChanged.joined([many, facts[0]]) == (many, 1)
