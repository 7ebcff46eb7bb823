"""What happens in the demo's past, decided by dice alone: who orders what and when, and what becomes of it. Nothing here touches the database."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from demo.catalogue import catalogue, variants_of

DAYS, BUYERS = 90, 42
FIRST_GROUPS = 72  # that are there when the demo opens: some 100 orders
PLENTY = 10  # a variant of which the catalogue has fewer is not bought in the past
HOUR, DAY = 3_600.0, 86_400.0
# Hours of a day at which people order, and how often beside the others.
BUSY = (1, 1, 1, 1, 1, 1, 2, 4, 6, 8, 10, 10, 12, 9, 8, 8, 9, 9, 10, 12, 15, 16, 10, 4)


@dataclass(frozen=True)
class Wanted:
    """A line of a basket: shop and variant of the catalogue, and how many."""

    shop: str
    sku: str
    quantity: int


@dataclass(frozen=True, order=True)
class Step:
    """Something that somebody does, so many seconds after the past begins: with a whole order group, or one shop's order of it."""

    after_s: float
    group: int
    what: str
    shop: str = ""


@cache
def offers() -> list[tuple[str, str, float]]:
    """(shop, sku, how often it is bought beside the others): a few sell much, many little."""
    dice = random.Random("offers")
    found = []
    for shop in catalogue()["shops"]:
        for product in shop["products"]:
            liked = dice.paretovariate(1.3)
            variants = [one for one in variants_of(product, shop["slug"], "CNY") if one.stock >= PLENTY]  # the last pieces stay the last pieces
            found += [(shop["slug"], one.sku, liked / len(variants)) for one in variants]
    return found


def dice_of(group: int) -> random.Random:
    return random.Random(f"group {group}")


def basket_of(group: int) -> list[Wanted]:
    """One to four lines over one to three shops that deliver to the buyer."""
    dice = dice_of(group)
    goods = [offer for offer in offers() if offer[0] not in _not_delivering(buyer_of(group))]
    first = dice.choices(goods, [offer[2] for offer in goods])[0]
    shops = [first[0], *dice.sample(sorted({offer[0] for offer in goods} - {first[0]}), dice.choices((0, 1, 2), (55, 32, 13))[0])]
    chosen = {first[1]: first[0]}
    for shop in [*shops[1:], *(shops[:1] if dice.random() < 0.3 else [])]:
        own = [offer for offer in goods if offer[0] == shop]
        chosen.setdefault(dice.choices(own, [offer[2] for offer in own])[0][1], shop)
    return [Wanted(shop, sku, dice.choices((1, 2, 3), (75, 19, 6))[0]) for sku, shop in chosen.items()]


def buyer_of(group: int) -> int:
    """Which of the buyers: some come often. Those of the catalogue, as whom a visitor signs in, only before the demo opens:
    a job that went shopping with a visitor's cart would take along what lies in it.
    """
    dice, named = dice_of(group + 10_000_000), len(catalogue()["buyers"])
    if group < FIRST_GROUPS and dice.random() < 0.5:
        return int(dice.triangular(0, named, 0))
    return int(dice.triangular(named, BUYERS, named))


@cache
def _not_delivering(buyer: int) -> frozenset[str]:
    named = catalogue()["buyers"]
    is_far = buyer < len(named) and named[buyer]["address"]["province"] == "新疆维吾尔自治区"
    return frozenset(shop["slug"] for shop in catalogue()["shops"] if is_far and shop["remote"] < 0)


def life_of(group: int) -> list[Step]:
    """Everything that is going to happen to a group, in the order of time; what lies in the future has not happened yet."""
    dice = random.Random(f"life {group}")
    day = DAYS * dice.random() ** 0.7  # the market grows
    start = int(day) * DAY + dice.choices(range(24), BUSY)[0] * HOUR + dice.random() * HOUR
    start = min(start, DAYS * DAY - dice.random() * 20 * 60)
    steps = [Step(start, group, "place")]
    fate = dice.random()
    if fate < 0.05:
        return [*steps, Step(start + 31 * 60, group, "expire")]
    if fate < 0.07:
        return [*steps, Step(start + dice.uniform(2, 20) * 60, group, "give_up")]
    if fate < 0.12:
        steps.append(Step(start + dice.uniform(1, 3) * 60, group, "decline"))
    paid = start + dice.uniform(3.5, 18) * 60
    steps.append(Step(paid, group, "pay"))
    for shop in dict.fromkeys(wanted.shop for wanted in basket_of(group)):
        steps += _order(group, shop, paid, dice)
    return sorted(steps)


def _order(group: int, shop: str, paid: float, dice: random.Random) -> Iterator[Step]:
    """What a shop and the buyer do with one paid order."""
    fate = dice.random()
    if fate < 0.03:
        yield Step(paid + dice.uniform(0.5, 6) * HOUR, group, "cancel", shop)
        return
    if fate < 0.045:
        yield Step(paid + dice.uniform(2, 30) * HOUR, group, "cannot_send", shop)
        return
    accepted = paid + dice.uniform(0.3, 14) * HOUR
    yield Step(accepted, group, "accept", shop)
    packed = accepted + dice.uniform(1, 30) * HOUR
    is_split = dice.random() < 0.12
    yield Step(packed, group, "pack_half" if is_split else "pack", shop)
    sent = packed + dice.uniform(0.2, 4) * HOUR
    yield Step(sent, group, "ship", shop)
    if is_split:
        sent += dice.uniform(10, 40) * HOUR
        yield Step(sent, group, "ship_rest", shop)
    received = sent + dice.uniform(1.2, 5.5) * DAY
    if dice.random() < 0.3:  # says nothing: the deadline does
        received = sent + 10 * DAY + 60
    yield Step(received, group, "receive", shop)
    yield from _voices(group, shop, received)
    if dice.random() < 0.07:
        yield from _return(group, shop, received + dice.uniform(0.2, 4) * DAY, dice)


def _voices(group: int, shop: str, received: float) -> Iterator[Step]:
    """Whether and when the buyer of an order speaks, and the shop answers (demo/voices.py). Dice of its own: the rest stays as it is."""
    dice = random.Random(f"voices {group} {shop}")
    if dice.random() < 0.2:
        return
    said = received + dice.uniform(0.2, 4) * DAY
    yield Step(said, group, "say", shop)
    yield Step(said + dice.uniform(2, 40) * HOUR, group, "reply", shop)
    if dice.random() < 0.12:
        yield Step(said + dice.uniform(9, 30) * DAY, group, "add", shop)


def _return(group: int, shop: str, asked: float, dice: random.Random) -> Iterator[Step]:
    yield Step(asked, group, "ask_back", shop)
    answered, fate = asked + dice.uniform(1, 30) * HOUR, dice.random()
    if fate < 0.1:
        yield Step(answered, group, "refuse_back", shop)
        return
    if fate < 0.18:
        yield Step(answered, group, "withdraw_back", shop)
        return
    yield Step(answered, group, "agree_back", shop)
    sent = answered + dice.uniform(6, 40) * HOUR
    yield Step(sent, group, "send_back", shop)
    inspected = sent + dice.uniform(1.5, 4) * DAY
    yield Step(inspected, group, "inspect_back", shop)
    yield Step(inspected + dice.uniform(0.2, 12) * HOUR, group, "pay_back", shop)


def settlements() -> list[Step]:
    """Once a week the operator settles, a day later it pays, and a day after that the bank has paid."""
    weeks = range(1, DAYS // 7)
    return [Step((7 * week + later) * DAY + 2 * HOUR, -1, what) for week in weeks for later, what in enumerate(("settle", "pay_out", "paid_out"))]
