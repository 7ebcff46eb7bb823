"""Virtual goods: orders without an address, codes handed out once, vouchers used once, and money that goes the right way."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from marketplace.flows.cancel_order import cancel_paid_order, cancel_pieces
from marketplace.flows.hand_over import hand_over, redeem_voucher, refund_expired
from marketplace.flows.load_codes import remove_code
from marketplace.flows.pay import expire_group
from marketplace.flows.return_goods import agree_return, request_return
from marketplace.flows.review_product import submit_product
from marketplace.flows.ship_order import ship_order
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.models import AuditEvent, Deadline
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.aftersales.errors import StaysWithBuyer
from marketplace.merchant.bundles.actions import check_parts
from marketplace.merchant.inventory.actions import count_stock
from marketplace.merchant.inventory.errors import CodesAreTheStock, OutOfStock, StockHeld
from marketplace.merchant.inventory.models import StockLevel, StockMovement
from marketplace.merchant.inventory.moves import adjust_stock
from marketplace.merchant.inventory.stocktakes import begin_stocktake, count_lines
from marketplace.merchant.orders.errors import NothingIsShipped
from marketplace.merchant.orders.models import Order
from marketplace.merchant.orders.states import FulfilmentStatus, OrderStatus, PaymentStatus
from marketplace.merchant.virtual.actions import set_kind
from marketplace.merchant.virtual.errors import KindFixed, KindInBundle, NotOfCodes
from marketplace.platform.checkout.errors import AddressMissing, ConsentMissing
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.delivery.models import FreightZone
from marketplace.platform.ledger.models import Account
from marketplace.platform.ledger.queries import balance
from marketplace.platform.listings.models import ProductChange
from marketplace.platform.notices.models import Notice
from marketplace.platform.payments.models import Refund
from marketplace.platform.virtual.errors import VoucherEnded, VoucherUnknown, VoucherUsed
from marketplace.platform.virtual.kinds import valid_until
from marketplace.platform.virtual.models import Code, Voucher
from tenants.tenancy.models import Market
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.flows.bundles import a_bundle
from tests.flows.virtual import a_card, a_service, a_virtual, load, paid, placed

pytestmark = pytest.mark.django_db
A, B = MERCHANTS["a"], MERCHANTS["b"]


def level_of(product):
    with merchant_schema(A):
        row = StockLevel.objects.get(variant_id=make.variant_of(product), location__is_default=True)
        return row.on_hand, row.reserved, row.allocated


def free(product):
    return Code.objects.filter(product_id=product.pk, status=Code.Status.FREE).count()


# ── Orders without an address ────────────────────────────────────────────────────────────────────────────────────────


def test_a_cart_of_codes_asks_for_no_address_and_no_freight():
    FreightZone.objects.create(merchant_id=A, regions=[], currency="CNY", fee_minor=1200, position=0)
    card = a_card(3)
    group = placed(("a", card, 2))
    assert group.address == {} and group.freight_minor == 0 and group.total_minor == 20_000 and group.waived_at
    copy = make.order_of(group)
    assert copy.kind == "codes" and copy.fulfilment_status == FulfilmentStatus.TO_HAND_OUT
    with merchant_schema(A):
        assert Order.objects.get(pk=copy.pk).address == {"recipient": "林知夏"}
    assert level_of(card) == (3, 2, 0) and free(card) == 3


def test_a_mixed_cart_needs_an_address_and_becomes_an_order_for_each_kind():
    FreightZone.objects.create(merchant_id=A, regions=[], currency="CNY", fee_minor=1200, position=0)
    card, lesson, mug, boots = a_card(3), a_service(), make.a_product("a", stock=4), make.a_product("b", title="Boots", stock=4)
    with pytest.raises(AddressMissing):
        placed(("a", card, 1), ("a", mug, 1))
    person = make.a_buyer()
    group = placed(("a", card, 1), ("a", lesson, 2), ("a", mug, 1), ("b", boots, 1), buyer=person, address_id=make.an_address(person))
    kinds = {(copy.merchant_id, copy.kind): copy for copy in group.orders.all()}
    assert set(kinds) == {(A, "goods"), (A, "codes"), (A, "service"), (B, "goods")}
    assert kinds[A, "goods"].freight_minor == 1200 and kinds[A, "codes"].freight_minor == kinds[A, "service"].freight_minor == 0
    assert sum(copy.total_minor for copy in kinds.values()) == group.total_minor and group.address["region"]
    make.pay(group)
    deliver_events()
    stand = {
        kind: (copy.status, copy.fulfilment_status) for (shop, kind), copy in ((key, OrderCopy.objects.get(pk=c.pk)) for key, c in kinds.items()) if shop == A
    }
    assert stand == {
        "goods": (OrderStatus.CONFIRMED, FulfilmentStatus.NONE),
        "codes": (OrderStatus.COMPLETED, FulfilmentStatus.DELIVERED),
        "service": (OrderStatus.CONFIRMED, FulfilmentStatus.TO_REDEEM),
    }


def test_codes_are_sold_to_who_agrees_that_they_do_not_come_back():
    with pytest.raises(ConsentMissing):
        placed(("a", a_card(1), 1), waives=False)


def test_what_nobody_pays_frees_the_codes():
    card = a_card(2)
    group = placed(("a", card, 2))
    with pytest.raises(OutOfStock):
        placed(("a", card, 1))
    expire_group(by=SYSTEM, group_id=group.pk)
    assert level_of(card) == (2, 0, 0) and free(card) == 2


# ── Codes ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_paid_codes_are_handed_out_at_once_and_the_shop_has_earned_them():
    card = a_card(3)
    group = paid(("a", card, 2))
    copy = make.order_of(group)
    assert (copy.status, copy.fulfilment_status, copy.payment_status) == (OrderStatus.COMPLETED, FulfilmentStatus.DELIVERED, PaymentStatus.PAID)
    given = list(Code.objects.filter(order_id=copy.pk))
    assert [row.status for row in given] == ["handed_out"] * 2 and {str(row.line_id) for row in given} == {copy.lines[0]["id"]}
    assert level_of(card) == (1, 0, 0) and free(card) == 1
    assert balance(Account.MERCHANT_PAYABLE, "CNY", A).minor == -19_000
    with merchant_schema(A):
        kinds = StockMovement.objects.filter(level__variant_id=make.variant_of(card)).order_by("at", "pk").values_list("kind", "quantity", "ref")
        assert list(kinds) == [("received", 3, ""), ("shipped", -2, copy.number)]
    assert hand_over(by=SYSTEM, copy=copy) is False and Code.objects.filter(order_id=copy.pk).count() == 2
    Market.objects.update(settle_days=0)
    (statement,) = make.settled("a")
    assert statement.lines.get().order_id == copy.pk


def test_the_longest_loaded_go_first_and_no_mail_holds_a_code():
    card = a_card(0)
    load(card, "FIRST-11112222")
    load(card, "SECOND-3333444")
    deliver_events()
    copy = make.order_of(paid(("a", card, 1)))
    (given,) = Code.objects.filter(order_id=copy.pk)
    assert given.text.plain() == "FIRST-11112222"
    told = Notice.objects.filter(kind="codes_ready")
    assert told.exists() and not any("11112222" in str(row.__dict__) for row in Notice.objects.all())
    assert not AuditEvent.objects.filter(after__icontains="FIRST").exists()


def test_loading_twice_loads_once_and_doubles_count_once():
    card = a_card(0)
    assert load(card, "ABCD-0001\n\nABCD-0002\r\nABCD-0001\n").new == 2
    again = load(card, "ABCD-0002\nABCD-0003")
    assert (again.new, again.known) == (1, 1) and level_of(card)[0] == free(card) == 3
    other = a_virtual("codes", title="Other")
    assert load(other, "ABCD-0001").known == 1  # once in the shop, whatever it is loaded for
    elsewhere = a_virtual("codes", shop="b", title="Elsewhere")
    assert load(elsewhere, "ABCD-0001", "b").new == 1


@pytest.mark.parametrize("text", ["", "   \n ", "x" * 201, "good\nbad\u0000code", "a\u202eb"])
def test_what_cannot_be_a_code_is_refused_and_nothing_is_loaded(text):
    card = a_card(0)
    with pytest.raises(InvalidInput):
        load(card, text)
    assert not Code.objects.exists()


def test_codes_are_loaded_for_what_is_sold_as_codes_only():
    with pytest.raises(NotOfCodes):
        load(make.a_product("a"), "ABCD-0001")


def test_stock_of_codes_is_not_counted_or_corrected_by_hand():
    card = a_card(3)
    with merchant_schema(A):
        count_stock(by=SYSTEM, counted={make.variant_of(card): 50})
        level = StockLevel.objects.get(variant_id=make.variant_of(card))
        with pytest.raises(CodesAreTheStock):
            adjust_stock(by=SYSTEM, movement_id=uuid4(), variant_id=level.variant_id, location_id=level.location_id, cause="found", quantity=1)
    assert level_of(card) == (3, 0, 0)


def test_a_stocktake_leaves_codes_out():
    card, mug = a_card(3), make.a_product("a", stock=4)
    with merchant_schema(A):
        place = StockLevel.objects.get(variant_id=make.variant_of(card)).location_id
        row = begin_stocktake(by=SYSTEM, stocktake_id=uuid4(), location_id=place, scope="all")
        assert set(row.lines.values_list("variant_id", flat=True)) == {make.variant_of(mug)}
        with pytest.raises(CodesAreTheStock):
            count_lines(by=SYSTEM, number=row.number, counted={make.variant_of(card): 9})


def test_an_unused_code_can_be_taken_out_unless_orders_hold_all():
    card = a_card(2)
    placed(("a", card, 1))
    first, second = Code.objects.filter(product_id=card.pk).order_by("pk")
    with merchant_schema(A):
        remove_code(by=SYSTEM, code_id=first.pk, reason="wrong batch")
        with pytest.raises(StockHeld):
            remove_code(by=SYSTEM, code_id=second.pk, reason="wrong batch")
    assert level_of(card) == (1, 1, 0) and free(card) == 1


def test_a_code_comes_back_only_for_a_fault_and_then_without_a_parcel():
    copy = make.order_of(paid(("a", a_card(1), 1)))
    line = UUID(copy.lines[0]["id"])
    with pytest.raises(StaysWithBuyer):
        request_return(by=SYSTEM, copy=copy, return_id=uuid4(), pieces={line: 1}, reason="unwanted")
    row = request_return(by=SYSTEM, copy=copy, return_id=uuid4(), pieces={line: 1}, reason="damaged")
    with merchant_schema(A):
        done = agree_return(by=SYSTEM, number=row.number)
        assert done.status == "refunded"
        assert not StockMovement.objects.filter(kind="returned").exists()
    assert Refund.objects.get().amount_minor == 10_000


def test_nothing_of_virtual_goods_is_packed():
    lesson = a_service()
    copy = make.order_of(paid(("a", lesson, 1)))
    with merchant_schema(A), pytest.raises(NothingIsShipped):
        ship_order(by=SYSTEM, package_id=uuid4(), number=copy.number, carrier="sf", tracking_number="SF123456789")


# ── The kind ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_kind_stays_once_it_was_on_sale_and_days_of_validity_may_change():
    lesson = a_service(valid_days=30)
    with merchant_schema(A):
        with pytest.raises(KindFixed):
            set_kind(by=SYSTEM, product_id=lesson.pk, kind="goods")
        assert set_kind(by=SYSTEM, product_id=lesson.pk, kind="service", valid_days=60)
        draft = a_virtual("codes", title="Draft", on_sale=False)
    with merchant_schema(A):
        assert set_kind(by=SYSTEM, product_id=draft.pk, kind="goods")


def test_bundles_refuse_what_is_not_shipped():
    card = a_card(1)
    mug = make.a_product("a", title="In a set", on_sale=False)
    a_bundle((mug, 2), on_sale=False)
    with merchant_schema(A):
        with pytest.raises(InvalidInput) as refusal:
            check_parts([(make.variant_of(card), 2)])
        assert refusal.value.field == "parts" and "Card" in str(refusal.value)
        with pytest.raises(KindInBundle):
            set_kind(by=SYSTEM, product_id=mug.pk, kind="codes")


def test_the_operator_reads_the_kind_in_what_waits_for_review():
    lesson = a_virtual("service", title="Waiting", valid_days=90, stock=3, on_sale=False)
    with merchant_schema(A):
        submit_product(by=SYSTEM, product_id=lesson.pk)
    assert ProductChange.objects.get(product_id=lesson.pk).proposed["virtual"] == {"kind": "service", "valid_days": 90}


# ── Vouchers ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def vouchers(copy):
    return list(Voucher.objects.filter(order_id=copy.pk).order_by("pk"))


def test_each_piece_of_a_service_gets_a_voucher_that_is_used_once():
    lesson = a_service(5, valid_days=30)
    copy = make.order_of(paid(("a", lesson, 2)))
    first, second = vouchers(copy)
    assert first.text.plain() != second.text.plain() and len(first.text.plain()) == 16
    zone = Market.objects.get().tz
    with merchant_schema(A):
        assert first.expires_at == valid_until(Order.objects.get(pk=copy.pk).paid_at, 30, zone)
        text = first.text.plain().lower()
        redeem_voucher(by=SYSTEM, text=f"{text[:4]}-{text[4:8]} {text[8:]}")
        with pytest.raises(VoucherUsed):
            redeem_voucher(by=SYSTEM, text=text)
        assert Order.objects.get(pk=copy.pk).status == OrderStatus.CONFIRMED
    with merchant_schema(B), pytest.raises(VoucherUnknown):
        redeem_voucher(by=SYSTEM, text=second.text.plain())
    with merchant_schema(A):
        redeem_voucher(by=SYSTEM, text=second.text.plain())
    copy.refresh_from_db()
    assert copy.status == OrderStatus.COMPLETED and level_of(lesson) == (3, 0, 0)
    assert not Deadline.objects.filter(kind="voucher.expires", status=Deadline.Status.WAITING).exists()


def test_what_is_not_used_can_be_given_back_at_any_time():
    lesson = a_service(5)
    copy = make.order_of(paid(("a", lesson, 3)))
    first, *_rest = vouchers(copy)
    with merchant_schema(A):
        redeem_voucher(by=SYSTEM, text=first.text.plain())
    copy.refresh_from_db()
    cancel_paid_order(by=SYSTEM, copy=copy, reason="no time")
    copy.refresh_from_db()
    assert copy.status == OrderStatus.COMPLETED and copy.refunded_minor == 40_000
    assert sorted(row.status for row in vouchers(copy)) == ["cancelled", "cancelled", "redeemed"]
    with merchant_schema(A), pytest.raises(VoucherEnded):
        redeem_voucher(by=SYSTEM, text=next(row for row in vouchers(copy) if row.status == "cancelled").text.plain())
    assert level_of(lesson) == (4, 0, 0)


def test_the_shop_may_cancel_vouchers_it_cannot_honour():
    copy = make.order_of(paid(("a", a_service(5), 2)))
    with merchant_schema(A):
        cancel_pieces(by=SYSTEM, number=copy.number, pieces=None, reason="the kiln is broken")
    copy.refresh_from_db()
    assert copy.status == OrderStatus.CANCELLED and {row.status for row in vouchers(copy)} == {"cancelled"}


def test_expired_vouchers_are_refused_and_paid_back_by_themselves():
    lesson = a_service(5, valid_days=1)
    copy = make.order_of(paid(("a", lesson, 2)))
    line = UUID(copy.lines[0]["id"])
    with merchant_schema(A):
        assert refund_expired(by=SYSTEM, line_id=line) == 0  # not yet
    Voucher.objects.update(expires_at=clock.now() - timedelta(minutes=1))
    with merchant_schema(A):
        with pytest.raises(VoucherEnded):
            redeem_voucher(by=SYSTEM, text=vouchers(copy)[0].text.plain())
        assert refund_expired(by=SYSTEM, line_id=line) == 2 and refund_expired(by=SYSTEM, line_id=line) == 0
    copy.refresh_from_db()
    assert copy.status == OrderStatus.CANCELLED and copy.refunded_minor == 40_000
    assert Refund.objects.get().reason == Refund.Reason.VOUCHERS_EXPIRED and level_of(lesson) == (5, 0, 0)
    deliver_events()
    assert Notice.objects.filter(kind="vouchers_expired").exists()
