"""The buyer's decision: from a cart over several shops to one order per merchant, in one transaction, or nothing and a reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from marketplace.flows.copies import copied_lines
from marketplace.flows.events import OrderGroupPlaced
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.deadlines import open_deadline
from marketplace.kernel.errors import KeyReused
from marketplace.kernel.formats import format_money
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.kernel.numbers import free_number
from marketplace.kernel.outbox import record
from marketplace.kernel.plain import fingerprint
from marketplace.kernel.texts import localised
from marketplace.kernel.verbs import verb
from marketplace.merchant.inventory.actions import Wanted, reserve_stock
from marketplace.merchant.inventory.errors import OutOfStock
from marketplace.merchant.orders.actions import write_order
from marketplace.merchant.orders.models import Order, OrderLine
from marketplace.merchant.pricing.models import LinePrice
from marketplace.merchant.pricing.periods import price_of_line, rates
from marketplace.platform.cart.actions import take_ordered
from marketplace.platform.cart.errors import CartEmpty
from marketplace.platform.cart.models import Cart
from marketplace.platform.cart.queries import ChosenLine, chosen_lines
from marketplace.platform.checkout.actions import write_group
from marketplace.platform.checkout.errors import CartChanged
from marketplace.platform.checkout.models import OrderCopy, OrderGroup
from marketplace.platform.delivery.errors import NoDelivery
from marketplace.platform.delivery.freight import quote
from marketplace.platform.delivery.models import FreightZone
from marketplace.platform.delivery.queries import zones_of
from marketplace.platform.ledger.queries import Rates, commission_rates
from marketplace.platform.members.access import address_of
from marketplace.platform.payments.actions import plan_payment
from marketplace.platform.prices.resolving import unit_price
from marketplace.platform.taxonomy.models import AttributeValue
from marketplace.platform.taxonomy.tax import TaxTable, tax_in, tax_table
from tenants.accounts.blocks import check_not_blocked
from tenants.tenancy.errors import NotSelling
from tenants.tenancy.models import Market, Merchant
from tenants.tenancy.schemas import in_merchant_schemas
from tenants.tenancy.standing import SELLS

UNPAID = "order_group.unpaid"


@dataclass(frozen=True)
class Terms:
    """What is in force at the moment of placing, for all shops of the basket: frozen on the lines."""

    options: Mapping[UUID, list[list[dict[str, str]]]]  # of each variant, in words of all languages
    rates: Rates
    taxes: TaxTable
    zones: Mapping[UUID, Sequence[FreightZone]]


@verb
def place_order(*, by: Actor, key: str, cart_id: UUID, address_id: UUID, shown_total: Money, language: str) -> OrderGroup:
    """Place what is chosen in the cart. The same `key` places one group and returns it again.

    Stock is held; prices, freight, tax and commission are frozen; the cart is emptied of what was ordered: all or nothing.
    Raises CartEmpty, CartChanged, NotSelling, OutOfStock, NoDelivery, NotFound (address), KeyReused, NoCommissionRule, NoTaxRate, Blocked.
    """
    asked = fingerprint({"cart": cart_id, "address": address_id, "total": shown_total.minor})
    with transaction.atomic():
        cart = Cart.objects.select_for_update(of=("self",)).filter(pk=cart_id, user_id=by.person).first()
        if cart is None:  # the account was merged or closed while the form was on its way
            raise CartEmpty
        # After the lock: of two equal requests the second sees what the first made.
        if same := OrderGroup.objects.filter(buyer_id=by.person, key=key).first():
            if same.fingerprint != asked:
                raise KeyReused
            return same
        market = Market.objects.get()
        chosen = chosen_lines(cart.pk)
        if not chosen:
            refuse_if_not_selling(cart)
            raise CartEmpty
        now = clock.now()
        address = address_of(by.person, address_id).as_kept()
        check_not_blocked(email=by.label, phone=address["phone"])
        group = OrderGroup(
            number=free_number(OrderGroup.objects, now, market.tz),
            buyer_id=by.person,
            key=key,
            fingerprint=asked,
            currency=market.currency,
            address=address,
            language=language,
            placed_at=now,
            hold_until=now + timedelta(minutes=market.hold_minutes),
        )
        terms = Terms(_option_labels(chosen), commission_rates(), tax_table(now), zones_of({line.merchant_id for line in chosen}))
        copies = _open_orders(by, group, chosen, terms)
        for name in ("items_minor", "freight_minor", "total_minor", "tax_minor"):
            setattr(group, name, sum(getattr(copy, name) for copy in copies))
        if group.total != shown_total:
            refuse_if_not_selling(cart)
            raise CartChanged(total=format_money(group.total))
        write_group(by=by, group=group, copies=copies)
        plan_payment(by=by, group=group, rail=market.rail, shares={copy.pk: (copy.merchant_id, copy.total) for copy in copies})
        take_ordered(by=by, cart=cart, variant_ids=[line.variant_id for line in chosen])
        open_deadline(kind=UNPAID, subject_id=group.pk, due_at=group.hold_until)
        record(OrderGroupPlaced(group_id=group.pk, merchant_ids=[copy.merchant_id for copy in copies]))
        audit(
            by=by,
            action="order_group.placed",
            subject="order_group",
            subject_id=group.number,
            after={"total": group.total_minor, "orders": [copy.number for copy in copies]},
        )
    return group


def refuse_if_not_selling(cart: Cart) -> None:
    """Raises NotSelling, naming the shops of what is chosen that take no orders: the likely reason why a cart is not as it was shown."""
    keys = cart.lines.filter(is_chosen=True).values("merchant_id")
    shops = [merchant.name for merchant in Merchant.objects.filter(pk__in=keys).exclude(status__in=SELLS).order_by("slug")]
    if shops:
        raise NotSelling(shops=", ".join(shops))


def _option_labels(chosen: Sequence[ChosenLine]) -> dict[UUID, list[list[dict[str, str]]]]:
    """Names of the options in all languages: the order keeps them as they were."""
    values = {value for line in chosen for value in line.options.values()}
    rows = AttributeValue.objects.filter(pk__in=values).values_list("pk", "attribute__names", "names") if values else ()
    names = {key: [of_attribute, of_value] for key, of_attribute, of_value in rows}
    return {line.variant_id: [names[value] for value in line.options.values() if value in names] for line in chosen}


def _open_orders(by: Actor, group: OrderGroup, chosen: Sequence[ChosenLine], terms: Terms) -> list[OrderCopy]:
    """Reserve and write, schema by schema in the order of their names. Returns the public copies."""
    by_merchant: dict[UUID, list[ChosenLine]] = defaultdict(list)
    for line in chosen:
        by_merchant[line.merchant_id].append(line)
    copies: list[OrderCopy] = []
    with in_merchant_schemas(by_merchant) as merchants:
        for merchant_id in merchants:
            part = sorted(by_merchant[merchant_id], key=lambda line: line.variant_id)
            order, lines, made = _draft(by, group, merchant_id, part, terms, number=f"{group.number}-{len(copies) + 1}")
            reserve_stock(
                by=by,
                order_id=order.pk,
                wanted=[Wanted(line.pk, line.variant_id, line.quantity, localised(line.titles, group.language).text) for line in lines],
            )
            write_order(by=by, order=order, lines=lines)
            if made:
                LinePrice.objects.bulk_create(made)
            copies.append(_copy(group, merchant_id, order, lines))
    return copies


def _draft(
    by: Actor, group: OrderGroup, merchant_id: UUID, part: Sequence[ChosenLine], terms: Terms, number: str
) -> tuple[Order, list[OrderLine], list[LinePrice]]:
    """The order as it will be, at the prices in force in the merchant's schema, and what made those that are not the regular ones.

    Raises OutOfStock for what has no price, NoDelivery.
    """
    held = rates([line.variant_id for line in part], group.buyer_id, group.placed_at)
    order = Order(
        id=new_id(),
        number=number,
        group_id=group.pk,
        buyer_id=group.buyer_id,
        currency=group.currency,
        address=group.address,
        placed_at=group.placed_at,
        items_minor=0,
        total_minor=0,
        commission_minor=0,
    )
    lines: list[OrderLine] = []
    made: list[LinePrice] = []
    for position, line in enumerate(part, start=1):
        if (rate_of_piece := unit_price(held[line.variant_id], line.quantity)) is None:
            raise OutOfStock(title=localised(line.titles).text, left=0)
        unit = rate_of_piece.sale
        total = unit.times(line.quantity)
        rate: Decimal = terms.rates.rate(merchant_id, line.category_path)
        lines.append(
            OrderLine(
                order=order,
                position=position,
                product_id=line.product_id,
                variant_id=line.variant_id,
                sku=line.sku,
                titles=line.titles,
                options=terms.options[line.variant_id],
                picture=line.picture,
                quantity=line.quantity,
                currency=unit.currency,
                unit_minor=unit.minor,
                total_minor=total.minor,
                commission_rate=rate,
                commission_minor=total.times(rate).minor,
                tax_rate=terms.taxes.rate(line.tax_class, group.address["region"]),
            )
        )
        if rate_of_piece.price_list_id or rate_of_piece.is_reduction:
            made.append(price_of_line(order.pk, lines[-1].pk, rate_of_piece, held[line.variant_id]))
    order.items_minor = sum(written.total_minor for written in lines)
    _add_freight(order, lines, part[0].shop, terms.zones.get(merchant_id, ()))
    for written in lines:
        written.tax_minor = tax_in(written.total + written.freight, written.tax_rate).minor
    order.total_minor = order.items_minor + order.freight_minor
    order.tax_minor = sum(written.tax_minor for written in lines)
    order.commission_minor = sum(written.commission_minor for written in lines)
    return order, lines, made


def _add_freight(order: Order, lines: list[OrderLine], shop: Mapping[str, str], zones: Sequence[FreightZone]) -> None:
    """What the shop's parcel costs into the buyer's province, shared out over the lines by what they cost. Raises NoDelivery."""
    asked = quote(zones, order.address["region"], order.items)
    if not asked.delivers:
        raise NoDelivery(shop=localised(shop).text, region=order.address["province"])
    order.freight_minor = asked.fee.minor
    for line, share in zip(lines, asked.fee.split([line.total_minor for line in lines]), strict=True):
        line.freight_minor = share.minor


def _copy(group: OrderGroup, merchant_id: UUID, order: Order, lines: list[OrderLine]) -> OrderCopy:
    return OrderCopy(
        id=order.pk,
        group=group,
        merchant_id=merchant_id,
        buyer_id=group.buyer_id,
        number=order.number,
        status=order.status,
        payment_status=order.payment_status,
        fulfilment_status=order.fulfilment_status,
        currency=order.currency,
        items_minor=order.items_minor,
        freight_minor=order.freight_minor,
        total_minor=order.total_minor,
        tax_minor=order.tax_minor,
        commission_minor=order.commission_minor,
        placed_at=order.placed_at,
        lines=copied_lines(lines),
    )
