"""What the demo's first shop does with two people, and how it scores itself: a return by telephone, pieces to give up, three self-assessments."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from demo.catalogue import key_of
from demo.steps import merchant_of, owner_of
from marketplace.flows.return_goods import open_for_buyer
from marketplace.flows.second_looks import ask_to_cancel, take_two_people
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import MarketError
from marketplace.merchant.aftersales.actions import returnable_pieces
from marketplace.merchant.aftersales.models import Return, SecondLook
from marketplace.merchant.aftersales.second_looks import takes_two
from marketplace.merchant.orders.models import Order
from tenants.accounts.models import User
from tenants.onboarding.models import SelfAssessment, Topic
from tenants.onboarding.self_checks import assess
from tenants.tenancy.schemas import merchant_schema

SHOP = "kiln"
# Days ago, scores in the order of the topics, and what the owner wrote.
SCORES = [
    (170, (2, 2, 3, 1, 1), "先把库存数清楚，每周看一次结算单。"),
    (80, (3, 3, 3, 3, 2), "给老客户打标签，试一次降价。"),
    (3, (4, 3, 4, 3, 3), "找第二家釉料供应商。"),
]


def use_two_hands() -> None:
    """Once: what was asked for or said before stays as it is."""
    merchant_id, owner = merchant_of(SHOP), owner_of(SHOP)
    if not SelfAssessment.objects.filter(merchant_id=merchant_id).exists():
        for days, scores, note in SCORES:
            said = dict(zip(Topic.values, scores, strict=True))
            with clock.shifted(-timedelta(days=days)):
                assess(by=owner, merchant_id=merchant_id, assessment_id=key_of(SHOP, f"assessed-{days}"), scores=said, partner="sales", note=note)
    care = _person(f"care@{SHOP}.localhost")
    with merchant_schema(merchant_id):
        if takes_two() or SecondLook.objects.exists():
            return
        take_two_people(by=owner)
        _give_up(care)
        _open(care)


def _give_up(by: Actor) -> None:
    """Pieces of the latest order that waits to be packed."""
    for order in Order.objects.filter(status="confirmed", payment_status="paid", fulfilment_status="none").order_by("-placed_at")[:5]:
        line = next((line for line in order.lines.order_by("position") if line.to_pack), None)
        if line is not None:
            ask_to_cancel(by=by, look_id=key_of(SHOP, "look"), number=order.number, pieces={line.pk: 1}, why="出窑时裂了一只，一时补不上")
            return


def _open(by: Actor) -> None:
    """A return for a buyer who called."""
    if Return.objects.filter(is_by_shop=True).exists():
        return
    for order in Order.objects.filter(status__in=["confirmed", "completed"]).order_by("-placed_at")[:30]:
        left: dict[UUID, int] = returnable_pieces(order)
        if not left:
            continue
        pieces = {next(iter(left)): 1}
        try:
            open_for_buyer(by=by, number=order.number, return_id=key_of(SHOP, "called"), pieces=pieces, reason="damaged", note="买家来电：收到时杯口有缺")
        except MarketError:
            continue  # its days are over
        return


def _person(email: str) -> Actor:
    user = User.objects.get(email=email)
    return Actor(kind="person", user_id=user.pk, label=user.email)
