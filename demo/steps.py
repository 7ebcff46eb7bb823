"""The steps of the demo's past, each by the action that a person would take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from uuid import UUID, uuid5

from demo.catalogue import catalogue, key_of
from demo.plan import Step, Wanted, dice_of
from marketplace.flows.approvals import approve, ask_for
from marketplace.flows.cancel_order import cancel_paid_order, cancel_pieces
from marketplace.flows.pay import cancel_group, expire_group, finish_payment
from marketplace.flows.pay_out import RELEASE, note_payouts_paid
from marketplace.flows.place_order import place_order
from marketplace.flows.receive import confirm_receipt
from marketplace.flows.return_goods import agree_return, confirm_return, inspect_return, refuse_return, request_return, send_return, withdraw_return
from marketplace.flows.settle import preview, settle
from marketplace.flows.ship_order import pack_order, ship_package, take_order
from marketplace.kernel.actors import SYSTEM, Actor, rail
from marketplace.merchant.fulfilment.models import Package
from marketplace.merchant.inventory.actions import count_stock
from marketplace.merchant.inventory.models import StockLevel
from marketplace.merchant.orders.models import OrderLine
from marketplace.platform.cart.actions import add_to_cart, cart_of
from marketplace.platform.cart.queries import view_cart
from marketplace.platform.checkout.models import OrderCopy, OrderGroup, ReturnCopy
from marketplace.platform.ledger.models import Payout
from marketplace.platform.members.models import Address
from marketplace.platform.payments.actions import note_failed, note_sent, start_payment
from marketplace.platform.payments.models import PaymentAttempt, PayoutAccount
from tenants.accounts.models import User
from tenants.tenancy.models import Market, Merchant
from tenants.tenancy.schemas import merchant_schema

REASONS = {"unwanted": "尺寸不合适", "damaged": "边角磕坏了", "not_as_described": "颜色和图片不一样"}


@dataclass(frozen=True)
class Scene:
    """A step with the people and things it is about."""

    step: Step
    buyer: Actor
    key: str
    basket: list[Wanted]

    @property
    def group(self) -> OrderGroup:
        return OrderGroup.objects.get(buyer_id=self.buyer.user_id, key=self.key)

    @property
    def copy(self) -> OrderCopy:
        return OrderCopy.objects.select_related("group", "merchant").get(group=self.group, merchant__slug=self.step.shop)

    @property
    def back(self) -> ReturnCopy:
        return ReturnCopy.objects.select_related("order").filter(order=self.copy).latest("requested_at")

    @property
    def owner(self) -> Actor:
        return owner_of(self.step.shop)

    def new_key(self, what: str) -> UUID:
        return uuid5(key_of(self.key), f"{self.step.shop} {what}")


@cache
def owner_of(shop: str) -> Actor:
    user = User.objects.get(email=f"owner@{shop}.localhost")
    return Actor(kind="person", user_id=user.pk, label=user.email)


@cache
def merchant_of(shop: str) -> UUID:
    return UUID(str(Merchant.objects.get(slug=shop).pk))


def operator() -> Actor:
    return _at_the_market("operator@market.localhost")


def checker() -> Actor:
    """The second person: approves what the first has asked for."""
    return _at_the_market("checker@market.localhost")


def _at_the_market(email: str) -> Actor:
    return Actor(kind="person", user_id=User.objects.get(email=email).pk, label=email)


# ── The buyer ────────────────────────────────────────────────────────────────────────────────────────────────────────


def place(s: Scene) -> None:
    currency = Market.objects.get().currency
    cart = cart_of(by=s.buyer, cart_id=None)
    for wanted in s.basket:
        add_to_cart(by=s.buyer, cart=cart, variant_id=key_of(wanted.shop, wanted.sku), quantity=wanted.quantity)
    address = Address.objects.get(user_id=s.buyer.person, is_default=True)
    total = view_cart(cart, currency, address.region).total
    language = User.objects.get(pk=s.buyer.person).language or "zh-hans"
    place_order(by=s.buyer, key=s.key, cart_id=cart.pk, address_id=address.pk, shown_total=total, language=language)


def restock(wanted: Wanted) -> None:
    """A shop that runs low counts what has arrived."""
    variant = key_of(wanted.shop, wanted.sku)
    with merchant_schema(merchant_of(wanted.shop)):
        level = StockLevel.objects.get(variant_id=variant, location__is_default=True)
        if level.available < wanted.quantity + 3:
            count_stock(by=owner_of(wanted.shop), counted={variant: level.on_hand + 30})


def pay(s: Scene) -> None:
    """On the rail's page, which answers at once."""
    attempt = _at_the_rail(s)
    finish_payment(by=rail("sandbox"), attempt_id=attempt.pk, rail_ref=f"{attempt.key}:1")


def decline(s: Scene) -> None:
    note_failed(by=rail("sandbox"), attempt_id=_at_the_rail(s).pk, why="card_declined")


def _at_the_rail(s: Scene) -> PaymentAttempt:
    group = s.group
    start_payment(by=s.buyer, group_id=group.pk)
    attempt: PaymentAttempt = group.payment.attempts.latest("n")
    note_sent(by=s.buyer, attempt_id=attempt.pk)
    return attempt


def expire(s: Scene) -> None:
    expire_group(by=SYSTEM, group_id=s.group.pk)


def give_up(s: Scene) -> None:
    cancel_group(by=s.buyer, group_id=s.group.pk)


def cancel(s: Scene) -> None:
    cancel_paid_order(by=s.buyer, copy=s.copy, reason="拍错了")


def receive(s: Scene) -> None:
    confirm_receipt(by=s.buyer, copy=s.copy)


# ── The shop ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def accept(s: Scene) -> None:
    copy = s.copy
    with merchant_schema(copy.merchant_id):
        take_order(by=s.owner, number=copy.number)


def cannot_send(s: Scene) -> None:
    copy = s.copy
    with merchant_schema(copy.merchant_id):
        cancel_pieces(by=s.owner, number=copy.number, pieces=None, reason="盘点后发现缺货，抱歉")


def pack(s: Scene) -> None:
    copy = s.copy
    with merchant_schema(copy.merchant_id):
        pack_order(by=s.owner, package_id=s.new_key("parcel"), number=copy.number)


def pack_half(s: Scene) -> None:
    """The first piece of each line but the last, if there is more than one piece; else all."""
    copy = s.copy
    with merchant_schema(copy.merchant_id):
        lines = list(OrderLine.objects.filter(order_id=copy.pk).order_by("position"))
        some = {line.pk: line.to_pack - (1 if n == len(lines) - 1 else 0) for n, line in enumerate(lines)}
        pack_order(by=s.owner, package_id=s.new_key("parcel"), number=copy.number, quantities=some if any(some.values()) else None)


def ship(s: Scene) -> None:
    copy = s.copy
    with merchant_schema(copy.merchant_id):
        for package in Package.objects.filter(order_id=copy.pk, status=Package.Status.PACKED):
            ship_package(by=s.owner, number=copy.number, package_id=package.pk, **_carried(s, str(package.pk)))


def ship_rest(s: Scene) -> None:
    copy = s.copy
    with merchant_schema(copy.merchant_id):
        if any(line.to_pack for line in OrderLine.objects.filter(order_id=copy.pk)):
            pack_order(by=s.owner, package_id=s.new_key("second parcel"), number=copy.number)
    ship(s)


def _carried(s: Scene, of: str) -> dict[str, str]:
    carrier, sign = dice_of(s.step.group + len(s.step.shop)).choice([("sf", "SF"), ("zto", "7588"), ("yto", "YT"), ("jd", "JDVA"), ("ems", "EA")])
    return {"carrier": carrier, "tracking_number": f"{sign}{UUID(of).int % 10**11:011d}"}


# ── Back ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def ask_back(s: Scene) -> None:
    reason = dice_of(s.step.group + 7).choice(list(REASONS))
    copy = s.copy
    request_return(by=s.buyer, copy=copy, return_id=s.new_key("return"), pieces={UUID(copy.lines[0]["id"]): 1}, reason=reason, note=REASONS[reason])


def withdraw_back(s: Scene) -> None:
    withdraw_return(by=s.buyer, copy=s.back)


def send_back(s: Scene) -> None:
    back = s.back
    send_return(by=s.buyer, copy=back, **_carried(s, str(back.pk)))


def agree_back(s: Scene) -> None:
    back = s.back
    with merchant_schema(back.merchant_id):
        agree_return(by=s.owner, number=back.number)


def refuse_back(s: Scene) -> None:
    back = s.back
    with merchant_schema(back.merchant_id):
        refuse_return(by=s.owner, number=back.number, answer="已拆封使用，影响二次销售，抱歉")


def inspect_back(s: Scene) -> None:
    back = s.back
    accepted = {UUID(line["id"]): int(line["quantity"]) for line in back.lines}
    with merchant_schema(back.merchant_id):
        inspect_return(by=s.owner, number=back.number, accepted=accepted, restocked={} if back.reason == "damaged" else accepted)


def pay_back(s: Scene) -> None:
    back = s.back
    with merchant_schema(back.merchant_id):
        confirm_return(by=s.owner, number=back.number)


# ── The operator ─────────────────────────────────────────────────────────────────────────────────────────────────────


def settle_all(s: Scene) -> None:
    if due := [row.merchant.pk for row in preview()]:
        settle(by=operator(), run_id=uuid5(key_of("run"), str(s.step.after_s)), merchant_ids=due)


def settle_some(s: Scene) -> None:
    """Not with everybody: something is left to do."""
    shops = {merchant_of(shop["slug"]) for shop in catalogue()["shops"][:5]}
    if due := [row.merchant.pk for row in preview() if row.merchant.pk in shops]:
        settle(by=operator(), run_id=uuid5(key_of("run"), "last"), merchant_ids=due)


def pay_out(s: Scene) -> None:
    with_account = PayoutAccount.objects.exclude(kind="").values("merchant_id")
    due = list(Payout.objects.filter(status=Payout.Status.DUE, rail="bank", merchant_id__in=with_account).order_by("key").values_list("pk", flat=True))
    if due:
        key = uuid5(key_of("file"), str(s.step.after_s))
        ask_for(by=operator(), kind=RELEASE, request_id=key, order={"batch": str(key), "payouts": [str(each) for each in due]}, why="The week's payouts")
        approve(by=checker(), request_id=key)


def paid_out(s: Scene) -> None:
    note_payouts_paid(by=operator(), payout_ids=list(Payout.objects.filter(status=Payout.Status.SENT).values_list("pk", flat=True)))


STEPS: dict[str, Callable[[Scene], None]] = {
    "settle": settle_all,
    **{
        step.__name__: step
        for step in (
            *(place, pay, decline, expire, give_up, cancel, receive),
            *(accept, cannot_send, pack, pack_half, ship, ship_rest),
            *(ask_back, withdraw_back, send_back, agree_back, refuse_back, inspect_back, pay_back),
            *(settle_some, pay_out, paid_out),
        )
    },
}
