"""R1, short: nothing oversold, nothing undersold, no 5xx, no deadlock, against a running server. Long form: `make proofs`."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

import pytest

from marketplace.kernel import clock
from marketplace.kernel.models import Deadline
from marketplace.merchant.inventory.models import Reservation, StockLevel
from marketplace.platform.checkout.models import OrderGroup
from marketplace.platform.listings.models import Listing
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.buyers import all_at_once, at_the_checkout
from tests.databases import MERCHANTS
from tests.flows.bundles import a_bundle
from tests.flows.customised import ENGRAVING, a_custom_product
from tests.running import running, until


@pytest.fixture(scope="module")
def server(own_database, static_files):
    with running(own_database, static_files, "web") as market:
        yield market


def mutated(database, static_files, name):
    return running(database, static_files, "web", MUTANT=name)


def stock_and_reservations(product, shop="a"):
    with merchant_schema(MERCHANTS[shop]):
        level = StockLevel.objects.get(variant__product=product)
        held = sum(Reservation.objects.filter(level=level, status="held").values_list("quantity", flat=True))
        return level.on_hand, level.reserved, held


def test_a_hundred_buyers_on_the_last_ten_units_make_exactly_ten_orders(server):
    product = make.a_product(stock=10)
    before = OrderGroup.objects.count()
    answers = all_at_once(server, [at_the_checkout(("a", product, 1)) for _buyer in range(100)])
    assert Counter(answer.placed for answer in answers) == {True: 10, False: 90}
    assert {answer.status for answer in answers if not answer.placed} == {409}
    assert all("left of" in answer.body or "nothing chosen" in answer.body or "Sold out" in answer.body for answer in answers if not answer.placed)
    assert OrderGroup.objects.count() - before == 10
    assert stock_and_reservations(product) == (10, 10, 10)


@pytest.mark.long  # the control of the test above: with the long forms
def test_the_same_with_stock_read_before_it_is_written_sells_too_much(own_database, static_files):
    """The control: the race is real, and the lock is what wins it."""
    product = make.a_product(stock=10)
    with mutated(own_database, static_files, "read_then_write_stock") as server:
        answers = all_at_once(server, [at_the_checkout(("a", product, 1)) for _buyer in range(100)])
    assert sum(answer.placed for answer in answers) > 10
    _on_hand, reserved, held = stock_and_reservations(product)
    assert held > reserved


def crossed(server, rounds):
    """Two buyers a round, over the same two shops, in opposite order."""
    in_a, in_b = make.a_product("a", stock=1000), make.a_product("b", stock=1000)
    answers = []
    for _round in range(rounds):
        answers += all_at_once(server, [at_the_checkout(("a", in_a, 1), ("b", in_b, 1)), at_the_checkout(("b", in_b, 1), ("a", in_a, 1))])
    return answers


def test_baskets_crossed_over_the_same_shops_all_go_through(own_database, static_files):
    with mutated(own_database, static_files, "pause_between_schemas") as server:
        assert [answer.status for answer in crossed(server, rounds=2)] == [302] * 4


def test_the_same_in_the_order_of_the_baskets_deadlocks(own_database, static_files):
    """The control: without the order of schemas one of two is the victim, and is told to try again."""
    with mutated(own_database, static_files, "visit_in_given_order") as server:
        statuses = Counter(answer.status for answer in crossed(server, rounds=2))
        assert statuses[503] >= 1
        assert "deadlock detected" in server.whole_log("web")


def test_the_same_button_pressed_ten_times_at_once_places_one_order(server):
    ready = at_the_checkout(("a", make.a_product(stock=50), 1))
    before = OrderGroup.objects.count()
    answers = all_at_once(server, [ready] * 10)
    assert OrderGroup.objects.count() - before == 1
    assert len({answer.location for answer in answers if answer.placed}) == 1


def test_what_is_held_and_not_paid_comes_back_and_can_be_bought(own_database, static_files):
    """Ten pieces are held by buyers who never pay; when their time is over the next ten get them."""
    product = make.a_product(stock=10)
    with running(own_database, static_files, "web", "worker", "scheduler") as market:
        first = all_at_once(market, [at_the_checkout(("a", product, 1)) for _buyer in range(10)])
        assert [answer.placed for answer in first] == [True] * 10
        numbers = [answer.location.strip("/").split("/")[-1] for answer in first]
        groups = OrderGroup.objects.filter(number__in=numbers)
        Deadline.objects.filter(subject_id__in=groups.values("pk")).update(due_at=clock.now())
        until(lambda: groups.filter(status="expired").count() == 10, within_s=30, what=lambda: f"all expired; {market.log('worker')}")
        assert stock_and_reservations(product) == (10, 0, 0)
        until(lambda: Listing.objects.get(pk=product.pk).in_stock, within_s=30, what="buyers see that it can be had again")
        second = all_at_once(market, [at_the_checkout(("a", product, 1)) for _buyer in range(20)])
    assert Counter(answer.placed for answer in second) == {True: 10, False: 10}


def named_cups(n=16):
    """Buyers who want two cups with one name and one with another, of the last twenty-three."""
    cup = a_custom_product(ENGRAVING, stock=23)
    return cup, [at_the_checkout(("a", cup, 2, {"engrave1": f"One {number}"}), ("a", cup, 1, {"engrave1": f"Two {number}"})) for number in range(n)]


def test_lines_of_one_variant_with_other_wishes_are_sold_out_together(server):
    cup, buyers = named_cups()
    answers = all_at_once(server, buyers)
    assert Counter(answer.status for answer in answers) == {302: 7, 409: 9}
    assert stock_and_reservations(cup) == (23, 21, 21)


@pytest.mark.long  # the control of the test above
def test_the_same_with_stock_read_before_it_is_written_sells_cups_twice(own_database, static_files):
    cup, buyers = named_cups(n=40)
    with mutated(own_database, static_files, "read_then_write_stock") as server:
        answers = all_at_once(server, buyers)
    assert sum(answer.placed for answer in answers) > 7
    _on_hand, reserved, held = stock_and_reservations(cup)
    assert held > reserved


def pots_and_cups():
    """Twelve pots, thirty cups, and a set of one pot and three cups: ten sets at most, when nobody buys a cup."""
    pot, cup = make.a_product(title="Pot", stock=12), make.a_product(title="Cup", price="20", stock=30)
    return pot, cup, a_bundle((pot, 1), (cup, 3), price="140")


def buyers_of(bundle, cup, n=24):
    """Half of them want the set, half of them two cups."""
    return [at_the_checkout(("a", bundle, 1) if number % 2 else ("a", cup, 2)) for number in range(n)]


def held_pieces(product):
    on_hand, reserved, held = stock_and_reservations(product)
    assert reserved == held <= on_hand
    return held


def test_sets_and_their_parts_bought_at_once_never_hold_more_pieces_than_there_are(server):
    pot, cup, bundle = pots_and_cups()
    answers = all_at_once(server, buyers_of(bundle, cup))
    assert {answer.status for answer in answers} <= {302, 409}
    sets, pairs = sum(answer.placed for answer in answers[1::2]), sum(answer.placed for answer in answers[::2])
    assert (held_pieces(pot), held_pieces(cup)) == (sets, 3 * sets + 2 * pairs)
    assert 30 - held_pieces(cup) < 3 and sets + pairs < 24  # nothing was left for whoever was refused a set


@pytest.mark.long  # the control of the test above
def test_the_same_with_parts_read_before_they_are_written_sells_too_many(own_database, static_files):
    _pot, cup, bundle = pots_and_cups()
    with mutated(own_database, static_files, "read_then_write_stock") as server:
        answers = all_at_once(server, buyers_of(bundle, cup, n=60))
    sets, pairs = sum(answer.placed for answer in answers[1::2]), sum(answer.placed for answer in answers[::2])
    _on_hand, reserved, held = stock_and_reservations(cup)
    assert held == 3 * sets + 2 * pairs > reserved


@pytest.mark.long
def test_five_hundred_buyers_on_the_last_twenty_units_fifty_times(server):
    """R1, long: exactly twenty orders in each round, no 5xx, nothing held beyond what was there."""
    statuses: Counter[int] = Counter()
    for _round in range(50):
        product = make.a_product(stock=20)
        answers = all_at_once(server, [at_the_checkout(("a", product, 1)) for _buyer in range(500)])
        assert sum(answer.placed for answer in answers) == 20
        statuses.update(answer.status for answer in answers)
        assert stock_and_reservations(product) == (20, 20, 20)
    print(f"\nR1: {sum(statuses.values())} buyers, answers {dict(statuses)}")
    assert set(statuses) == {302, 409}


@pytest.mark.long
def test_crossed_baskets_of_three_shops_for_a_while(server):
    """R1, long: twenty buyers a round in every order of three shops; everybody gets through."""
    goods = [(shop, make.a_product(shop, stock=100_000), 1) for shop in ("a", "b", "c")]
    orders = list(permutations(goods))
    for n in range(40):
        answers = all_at_once(server, [at_the_checkout(*orders[(n + k) % len(orders)]) for k in range(20)])
        assert {answer.status for answer in answers} == {302}
    print(f"\nR1: {40 * 20} crossed baskets of three shops, no deadlock")
    assert "deadlock detected" not in server.whole_log("web")
