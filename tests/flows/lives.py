"""Random order lives through the real verbs, and what must be true of a market after any number of them."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db.models import F, QuerySet, Sum

from marketplace.flows.cancel_order import cancel_paid_order, cancel_pieces
from marketplace.flows.pay import cancel_group, finish_payment
from marketplace.flows.pay_out import make_bank_file, note_payout_returned, note_payouts_paid
from marketplace.flows.receive import confirm_receipt
from marketplace.flows.return_goods import (
    agree_return,
    confirm_return,
    inspect_return,
    refuse_return,
    request_return,
    send_return,
    withdraw_return,
)
from marketplace.flows.settle import preview, settle
from marketplace.flows.ship_order import pack_order, ship_package, unpack_order
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, rail
from marketplace.kernel.deadlines import fire_due
from marketplace.kernel.errors import MarketError
from marketplace.kernel.models import DeadLetter, Delivery, OutboxEvent
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.aftersales.actions import returnable_pieces
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.fulfilment.models import Package
from marketplace.merchant.inventory.models import Reservation, StockLevel, StockMovement
from marketplace.merchant.orders.models import Order, OrderLine
from marketplace.platform.checkout.models import OrderCopy, OrderGroup, ReturnCopy
from marketplace.platform.delivery.actions import Zone, set_freight
from marketplace.platform.ledger.models import Account, JournalEntry, Payout, Posting, Statement
from marketplace.platform.ledger.queries import lines_from_journal
from marketplace.platform.payments.actions import start_payment
from marketplace.platform.payments.models import PaymentSplit, PayoutAccount, Refund, RefundAllocation
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS

PRICES = ("33.33", "0.01", "100", "7.77")


class Lives:
    """A market of three shops in which time only goes forward. `step` does one random thing; refusals are part of life.

    `own`: one of the shops is the market's own.
    """

    def __init__(self, seed: int, own: str = "") -> None:
        self.own = make.the_markets_own(own).pk if own else None
        self.dice = random.Random(seed)
        self.days = 0.0
        self.done: dict[str, int] = {}
        self.refused: dict[str, int] = {}
        self.acknowledged: list[UUID] = []
        self.buyer = make.a_buyer()
        self.address = make.an_address(self.buyer)
        self.products = [(shop, make.a_product(shop, title=f"Thing {n}", price=PRICES[n], stock=40)) for shop in MERCHANTS for n in range(len(PRICES))]
        for n, merchant_id in enumerate(MERCHANTS.values()):
            if merchant_id != self.own:
                PayoutAccount.objects.create(merchant_id=merchant_id, holder="Kiln", bank="Bank", number="6222")
            set_freight(by=SYSTEM, merchant_id=merchant_id, currency="CNY", zones=[Zone((), make.yuan(str(n * 5)), make.yuan("90"))])

    def choices(self) -> list[tuple[Callable[[], object], int]]:
        """What may happen, and how often beside the others."""
        return [
            (self.place, 8),
            (self.pay, 10),
            (self.pay_late, 1),
            (self.give_up, 1),
            (self.cancel, 1),
            (self.cancel_some, 1),
            (self.pack, 8),
            (self.unpack, 1),
            (self.ship, 8),
            (self.receive, 8),
            (self.ask_back, 3),
            (self.answer, 3),
            (self.send, 3),
            (self.inspect, 3),
            (self.refund, 3),
            (self.settle, 3),
            (self.pay_out, 3),
            (self.time, 3),
        ]

    def step(self) -> None:
        choices = self.choices()
        act = self.dice.choices([c for c, _w in choices], [w for _c, w in choices])[0]
        name = act.__name__
        with clock.shifted(timedelta(days=self.days)):
            try:
                if act() is not None:
                    self.done[name] = self.done.get(name, 0) + 1
            except MarketError as refusal:
                self.refused[refusal.code] = self.refused.get(refusal.code, 0) + 1

    def _one(self, rows: QuerySet[Any], *order: str) -> Any:
        """One of them; in the order of their making (keys of one moment have none), so that the same seed lives the same life."""
        found = list(rows.order_by(*(order or ("pk",))))
        return self.dice.choice(found) if found else None

    def place(self) -> object:
        wanted = [(shop, product, self.dice.randint(1, 3)) for shop, product in self.dice.sample(self.products, self.dice.randint(1, 4))]
        group = make.place(self.buyer, make.a_cart(self.buyer, *wanted), address_id=self.address)
        self.acknowledged.append(group.pk)
        return group

    def pay(self) -> object:
        group = self._unpaid()
        return group and make.pay(group)

    def _unpaid(self) -> OrderGroup | None:
        return self._one(OrderGroup.objects.filter(status="awaiting_payment"))

    def pay_late(self) -> object:
        """Two attempts, the second one answered after the group has ended, or twice."""
        group = self._unpaid()
        if group is None:
            return None
        start_payment(by=SYSTEM, group_id=group.pk)
        attempt = group.payment.attempts.order_by("-n").first()
        if self.dice.random() < 0.5:
            cancel_group(by=SYSTEM, group_id=group.pk)
        finish_payment(by=rail("sandbox"), attempt_id=attempt.pk, rail_ref="one")
        finish_payment(by=rail("sandbox"), attempt_id=attempt.pk, rail_ref="again")
        return group

    def give_up(self) -> object:
        group = self._unpaid()
        return group and (cancel_group(by=SYSTEM, group_id=group.pk) or group)

    def _order(self, **which: object) -> OrderCopy | None:
        return self._one(OrderCopy.objects.filter(**which), "group_id", "merchant_id")

    def cancel(self) -> object:
        copy = self._order(status="confirmed")
        return copy and (cancel_paid_order(by=SYSTEM, copy=copy, reason="changed my mind") or copy)

    def _lines(self, copy: OrderCopy) -> list[OrderLine]:
        return list(OrderLine.objects.filter(order_id=copy.pk).order_by("position"))

    def cancel_some(self) -> object:
        copy = self._order(status="confirmed")
        if copy is None:
            return None
        with merchant_schema(copy.merchant_id):
            pieces = {line.pk: self.dice.randint(0, line.to_pack) for line in self._lines(copy)}
            return cancel_pieces(by=SYSTEM, number=copy.number, pieces=pieces, reason="none left")

    def pack(self) -> object:
        copy = self._order(status="confirmed")
        if copy is None:
            return None
        with merchant_schema(copy.merchant_id):
            some = {line.pk: self.dice.randint(0, line.to_pack) for line in self._lines(copy)}
            return pack_order(by=SYSTEM, package_id=uuid4(), number=copy.number, quantities=self.dice.choice([None, some]))

    def unpack(self) -> object:
        copy = self._order(status="confirmed")
        if copy is None:
            return None
        with merchant_schema(copy.merchant_id):
            package = self._one(Package.objects.filter(order_id=copy.pk))
            return package and unpack_order(by=SYSTEM, number=copy.number, package_id=package.pk)

    def ship(self) -> object:
        copy = self._order(status="confirmed", fulfilment_status__in=["none", "part_shipped"])
        if copy is None:
            return None
        with merchant_schema(copy.merchant_id):
            package = self._one(Package.objects.filter(order_id=copy.pk, status="packed"))
            if package is None:
                return None
            tracking = f"SF{uuid4().hex[:12]}"
            return ship_package(by=SYSTEM, number=copy.number, package_id=package.pk, carrier="sf", tracking_number=tracking)

    def receive(self) -> object:
        copy = self._order(status="confirmed", fulfilment_status="shipped")
        return copy and confirm_receipt(by=SYSTEM, copy=copy)

    def ask_back(self) -> object:
        copy = self._order(status__in=["confirmed", "completed"], fulfilment_status__in=["part_shipped", "shipped", "delivered"])
        if copy is None:
            return None
        with merchant_schema(copy.merchant_id):
            allowed = returnable_pieces(Order.objects.get(pk=copy.pk))
        pieces = {key: self.dice.randint(0, n) for key, n in allowed.items()}
        return request_return(by=SYSTEM, copy=copy, return_id=uuid4(), pieces=pieces, reason=self.dice.choice(["unwanted", "damaged"]))

    def _return(self, status: str) -> ReturnCopy | None:
        return self._one(ReturnCopy.objects.filter(status=status))

    def answer(self) -> object:
        copy = self._return("requested")
        if copy is None:
            return None
        if self.dice.random() < 0.1:
            return withdraw_return(by=SYSTEM, copy=copy) or copy
        with merchant_schema(copy.merchant_id):
            if self.dice.random() < 0.2:
                return refuse_return(by=SYSTEM, number=copy.number, answer="worn")
            return agree_return(by=SYSTEM, number=copy.number)

    def send(self) -> object:
        copy = self._return("agreed")
        return copy and (send_return(by=SYSTEM, copy=copy, carrier="sf", tracking_number="SF1234567") or copy)

    def inspect(self) -> object:
        copy = self._return(self.dice.choice(["agreed", "sent_back"]))
        if copy is None:
            return None
        accepted = {UUID(line["id"]): self.dice.randint(0, line["quantity"]) for line in copy.lines}
        restocked = {key: self.dice.randint(0, n) for key, n in accepted.items()}
        with merchant_schema(copy.merchant_id):
            return inspect_return(by=SYSTEM, number=copy.number, accepted=accepted, restocked=restocked, report="looked at")

    def refund(self) -> object:
        copy = self._return("inspected")
        if copy is None:
            return None
        with merchant_schema(copy.merchant_id):
            return confirm_return(by=SYSTEM, number=copy.number)

    def settle(self) -> object:
        due = preview()
        some = [row.merchant.pk for row in due if self.dice.random() < 0.8]
        return settle(by=SYSTEM, run_id=uuid4(), merchant_ids=some)

    def pay_out(self) -> object:
        payout = self._one(Payout.objects.exclude(status="returned"))
        if payout is None:
            return None
        if payout.status == "due":
            return make_bank_file(by=SYSTEM, batch_id=uuid4(), payout_ids=[payout.pk])
        if self.dice.random() < 0.2:
            return note_payout_returned(by=SYSTEM, payout_id=payout.pk, reason="account closed")
        return note_payouts_paid(by=SYSTEM, payout_ids=[payout.pk])

    def time(self) -> object:
        passed = self.dice.choice([0.01, 0.2, 1, 2])
        self.days += passed
        with clock.shifted(timedelta(days=passed)):  # beside what has passed before this step
            fire_due()
            deliver_events()
        return self.days

    # ── What must be true ────────────────────────────────────────────────────────────────────────────────────────────

    def check(self) -> None:
        """Raises AssertionError, naming what does not agree."""
        with clock.shifted(timedelta(days=self.days)):
            deliver_events()
        assert not DeadLetter.objects.exists()
        assert not Delivery.objects.exclude(status="done").exists() and not OutboxEvent.objects.filter(fanned_out_at=None).exists()
        assert set(self.acknowledged) == set(OrderGroup.objects.values_list("pk", flat=True))
        assert Posting.objects.aggregate(sum=Sum("amount_minor"))["sum"] in (0, None)
        assert not JournalEntry.objects.filter(postings=None).exists()
        self._check_payments()
        for merchant_id in MERCHANTS.values():
            with merchant_schema(merchant_id):
                self._check_stock()
                self._check_orders()
        self._check_escrow()
        self._check_statements()

    def _check_payments(self) -> None:
        assert not Refund.objects.exclude(status="done").exists()
        for split in PaymentSplit.objects.all():
            given = RefundAllocation.objects.filter(split=split).aggregate(sum=Sum("amount_minor"))["sum"] or 0
            copy = OrderCopy.objects.get(pk=split.order_id)
            assert split.refunded_minor == given == copy.refunded_minor, copy.number
        assert set(OrderCopy.objects.values_list("pk", flat=True)) == set(PaymentSplit.objects.values_list("order_id", flat=True))

    def _check_stock(self) -> None:
        for level in StockLevel.objects.all():
            assert level.on_hand == StockMovement.objects.filter(level=level).aggregate(sum=Sum("quantity"))["sum"]
            held = Reservation.objects.filter(level=level)
            left = {
                status: held.filter(status=status).aggregate(sum=Sum(F("quantity") - F("shipped") - F("released")))["sum"] or 0
                for status in ("held", "allocated")
            }
            assert (level.reserved, level.allocated) == (left["held"], left["allocated"])
        assert Product.objects.count() == len(PRICES)

    def _check_orders(self) -> None:
        for order in Order.objects.prefetch_related("lines", "packages__lines"):
            copy, lines = OrderCopy.objects.get(pk=order.pk), list(order.lines.all())
            assert lines and order.total_minor == sum(line.total_minor + line.freight_minor for line in lines)
            for name in ("status", "payment_status", "fulfilment_status", "refunded_minor", "commission_returned_minor", "open_returns", "completed_at"):
                assert getattr(order, name) == getattr(copy, name), (order.number, name)
            for line in lines:
                in_parcels = {"packed": 0, "shipped": 0}
                for package in order.packages.all():
                    in_parcels[package.status] += sum(part.quantity for part in package.lines.all() if part.line_id == line.pk)
                assert (line.packed, line.shipped) == (in_parcels["packed"], in_parcels["shipped"]), order.number
                reservation = Reservation.objects.get(line_id=line.pk)
                assert reservation.shipped == line.shipped
                if order.status == "awaiting_payment":
                    assert reservation.status == "held"
            assert order.open_returns == order.returns.filter(status__in=["requested", "agreed", "sent_back", "inspected"]).count()

    def _check_escrow(self) -> None:
        """Money in escrow is what paid orders that have not ended still hold; on each other account it is likewise explained."""
        open_orders = OrderCopy.objects.filter(status="confirmed").aggregate(sum=Sum(F("total_minor") - F("refunded_minor")))["sum"] or 0
        assert -(_sum(Account.BUYER_ESCROW)) == open_orders
        assert _sum(Account.REFUNDS_DUE) == 0
        assert -(_sum(Account.PAYOUT_CLEARING)) == self._to_pay()
        kept = OrderCopy.objects.filter(status="completed").aggregate(sum=Sum(F("commission_minor") - F("commission_returned_minor")))["sum"] or 0
        assert -(_sum(Account.COMMISSION_INCOME)) == kept, self.commission_by_order()
        self._check_own()

    def _check_own(self) -> None:
        """What the market's own shop sold and kept is its income, and nobody is owed or paid anything for it."""
        ended = OrderCopy.objects.filter(merchant_id=self.own, status__in=["completed", "cancelled"], group__paid_at__isnull=False)
        sold = ended.aggregate(sum=Sum(F("total_minor") - F("refunded_minor")))["sum"] or 0
        assert -(_sum(Account.OWN_SALES)) == sold
        of_own = Posting.objects.filter(merchant_id=self.own) if self.own else Posting.objects.none()
        assert not of_own.exclude(account=Account.OWN_SALES).exists()
        assert not OrderCopy.objects.filter(merchant_id=self.own).exclude(commission_minor=0).exists()
        assert not Payout.objects.filter(merchant_id=self.own).exists()
        for statement in Statement.objects.filter(merchant_id=self.own):
            assert statement.kept_minor == sum(line.net.minor for line in statement.lines.all())
            assert (statement.payout_minor, statement.opening_minor, statement.closing_minor, statement.commission_minor) == (0, 0, 0, 0)
        assert not Statement.objects.exclude(merchant_id=self.own).exclude(kept_minor=0).exists()

    def _to_pay(self) -> int:
        return Payout.objects.filter(status__in=["due", "sent"]).aggregate(sum=Sum("amount_minor"))["sum"] or 0

    def commission_by_order(self) -> dict[str, tuple[int, int]]:
        """Orders whose commission in the journal is not what stands on them: (journal, order)."""
        found = {}
        for copy in OrderCopy.objects.filter(completed_at__isnull=False):
            posted = -(Posting.objects.filter(account=Account.COMMISSION_INCOME, entry__order_id=copy.pk).aggregate(sum=Sum("amount_minor"))["sum"] or 0)
            if posted != copy.commission_minor - copy.commission_returned_minor:
                found[copy.number] = (posted, copy.commission_minor - copy.commission_returned_minor)
        return found

    def _check_statements(self) -> None:
        for statement in Statement.objects.all():
            entries = JournalEntry.objects.filter(statement_line__statement=statement).prefetch_related("postings").order_by("pk")
            again = [(x.entry_id, x.kind, x.order_number, x.sales_minor, x.commission_minor) for x in lines_from_journal(entries)]
            kept = [(x.entry_id, x.kind, x.order_number, x.sales_minor, x.commission_minor) for x in statement.lines.order_by("entry_id")]
            assert again == kept and kept
        for merchant_id in MERCHANTS.values():
            last = Statement.objects.filter(merchant_id=merchant_id).order_by("-created_at", "-id").first()
            payable = Posting.objects.filter(account=Account.MERCHANT_PAYABLE, merchant_id=merchant_id)
            unsettled = payable.filter(entry__statement_line=None).exclude(entry__kind="statement")
            open_now = unsettled.aggregate(sum=Sum("amount_minor"))["sum"] or 0
            owed = payable.aggregate(sum=Sum("amount_minor"))["sum"] or 0
            assert owed == open_now - (last.closing_minor if last else 0)


def _sum(account: Account) -> int:
    return Posting.objects.filter(account=account).aggregate(sum=Sum("amount_minor"))["sum"] or 0
