"""The buyer's decision: from a cart over several shops to one order per merchant, in one transaction, or nothing and a reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from marketplace.flows.bundle_lines import shares_of
from marketplace.flows.copies import copied_lines
from marketplace.flows.custom_lines import check_accepted, custom_line
from marketplace.flows.events import OrderGroupPlaced
from marketplace.flows.order_kinds import address_for, by_kind
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
from marketplace.merchant.bundles.actions import note_bundles
from marketplace.merchant.bundles.models import OrderedBundle, OrderedPart
from marketplace.merchant.bundles.queries import as_copied
from marketplace.merchant.customising.actions import note_custom_lines
from marketplace.merchant.customising.models import CustomLine
from marketplace.merchant.customising.queries import as_copied as as_wished
from marketplace.merchant.inventory.actions import Wanted, lock_variants, reserve_stock
from marketplace.merchant.inventory.errors import OutOfStock
from marketplace.merchant.orders.actions import write_order
from marketplace.merchant.orders.models import Order, OrderLine
from marketplace.merchant.orders.states import waiting_status
from marketplace.merchant.pricing.models import LinePrice
from marketplace.merchant.pricing.periods import price_of_line, rates
from marketplace.merchant.virtual.actions import note_validities
from marketplace.merchant.virtual.models import LineValidity
from marketplace.platform.bundles.queries import SoldPart, sold_parts
from marketplace.platform.cart.actions import take_ordered
from marketplace.platform.cart.errors import CartEmpty
from marketplace.platform.cart.models import Cart
from marketplace.platform.cart.queries import ChosenLine, chosen_lines
from marketplace.platform.checkout.actions import write_group
from marketplace.platform.checkout.errors import CartChanged, ConsentMissing
from marketplace.platform.checkout.models import OrderCopy, OrderGroup
from marketplace.platform.delivery.errors import NoDelivery
from marketplace.platform.delivery.freight import quote
from marketplace.platform.delivery.models import FreightZone
from marketplace.platform.delivery.queries import zones_of
from marketplace.platform.ledger.queries import Rates, commission_rates
from marketplace.platform.payments.actions import plan_payment
from marketplace.platform.prices.resolving import Rate, unit_price
from marketplace.platform.taxonomy.models import AttributeValue
from marketplace.platform.taxonomy.tax import TaxTable, tax_in, tax_table
from marketplace.platform.virtual.kinds import GoodsKind, is_virtual
from tenants.accounts.blocks import check_not_blocked
from tenants.accounts.models import User
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
    parts: Mapping[UUID, Sequence[SoldPart]]  # of each product that is a bundle


@dataclass
class Draft:
    """An order as it will be. `sold_as` says of each line what a buyer calls it; `made` what made prices that are not the regular ones."""

    order: Order
    lines: list[OrderLine] = field(default_factory=list)
    sold_as: dict[UUID, str] = field(default_factory=dict)
    made: list[LinePrice] = field(default_factory=list)
    bundles: list[OrderedBundle] = field(default_factory=list)
    parts: list[OrderedPart] = field(default_factory=list)
    validities: list[LineValidity] = field(default_factory=list)
    customs: list[CustomLine] = field(default_factory=list)

    def bought_in(self) -> dict[UUID, Mapping[str, Any]]:
        """Line → the bundle it is of, as copies hold it."""
        return {part.line_id: as_copied(part.bundle) for part in self.parts}

    def wished(self) -> dict[UUID, Mapping[str, Any]]:
        """Line → what is wished of it, as copies hold it."""
        return {custom.line_id: as_wished(custom) for custom in self.customs}


@verb
def place_order(
    *,
    by: Actor,
    key: str,
    cart_id: UUID,
    address_id: UUID | None,
    shown_total: Money,
    language: str,
    accepts_making: bool = False,
    waives_return: bool = False,
) -> OrderGroup:
    """Place what is chosen in the cart. The same `key` places one group and returns it again.

    One order for each shop and kind of goods. Where nothing is shipped no address is kept, whatever is given. `accepts_making`: the buyer agrees
    that what is made to their wishes cannot come back unwanted; `waives_return`: that codes cannot.

    Stock is held; prices, freight, tax and commission are frozen; the cart is emptied of what was ordered: all or nothing.
    Raises CartEmpty, CartChanged, NotSelling, OutOfStock, NoDelivery, NotFound (address), AddressMissing, ConsentMissing, KeyReused,
    NoCommissionRule, NoTaxRate, Blocked, MakingNotAccepted.
    """
    asked = fingerprint({"cart": cart_id, "address": address_id, "total": shown_total.minor, **({"waives": True} if waives_return else {})})
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
        check_accepted(chosen, accepts_making)
        now = clock.now()
        address = address_for(by, address_id, chosen)
        check_not_blocked(email=by.label, phone=address.get("phone", ""))
        has_codes = any(line.kind == GoodsKind.CODES for line in chosen)
        if has_codes and not waives_return:
            raise ConsentMissing
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
            waived_at=now if has_codes else None,
        )
        parts = sold_parts({line.product_id for line in chosen if line.is_bundle})
        zones = zones_of({line.merchant_id for line in chosen})
        terms = Terms(_option_labels(chosen, parts), commission_rates(), tax_table(now), zones, parts)
        copies = _open_orders(by, group, chosen, terms)
        for name in ("items_minor", "freight_minor", "total_minor", "tax_minor"):
            setattr(group, name, sum(getattr(copy, name) for copy in copies))
        if group.total != shown_total:
            refuse_if_not_selling(cart)
            raise CartChanged(total=format_money(group.total))
        write_group(by=by, group=group, copies=copies)
        plan_payment(by=by, group=group, rail=market.rail, shares={copy.pk: (copy.merchant_id, copy.total) for copy in copies})
        take_ordered(by=by, cart=cart, line_ids=[line.line_id for line in chosen])
        open_deadline(kind=UNPAID, subject_id=group.pk, due_at=group.hold_until)
        record(OrderGroupPlaced(group_id=group.pk, merchant_ids=[copy.merchant_id for copy in copies]))
        audit(
            by=by,
            action="order_group.placed",
            subject="order_group",
            subject_id=group.number,
            after={"total": group.total_minor, "orders": [copy.number for copy in copies], **({"waives_return": True} if has_codes else {})},
        )
    return group


def refuse_if_not_selling(cart: Cart) -> None:
    """Raises NotSelling, naming the shops of what is chosen that take no orders: the likely reason why a cart is not as it was shown."""
    keys = cart.lines.filter(is_chosen=True).values("merchant_id")
    shops = [merchant.name for merchant in Merchant.objects.filter(pk__in=keys).exclude(status__in=SELLS).order_by("slug")]
    if shops:
        raise NotSelling(shops=", ".join(shops))


def _option_labels(chosen: Sequence[ChosenLine], parts: Mapping[UUID, Sequence[SoldPart]]) -> dict[UUID, list[list[dict[str, str]]]]:
    """Names of the options in all languages: the order keeps them as they were."""
    options = {line.variant_id: line.options for line in chosen}
    options |= {part.variant_id: part.variant.options for some in parts.values() for part in some if part.variant}
    values = {value for one in options.values() for value in one.values()}
    rows = AttributeValue.objects.filter(pk__in=values).values_list("pk", "attribute__names", "names") if values else ()
    names = {key: [of_attribute, of_value] for key, of_attribute, of_value in rows}
    return {key: [names[value] for value in one.values() if value in names] for key, one in options.items()}


def _open_orders(by: Actor, group: OrderGroup, chosen: Sequence[ChosenLine], terms: Terms) -> list[OrderCopy]:
    """Reserve and write, schema by schema in the order of their names. Returns the public copies."""
    by_merchant: dict[UUID, list[ChosenLine]] = defaultdict(list)
    for line in chosen:
        by_merchant[line.merchant_id].append(line)
    copies: list[OrderCopy] = []
    with in_merchant_schemas(by_merchant) as merchants:
        for merchant_id in merchants:
            kinds = by_kind(by_merchant[merchant_id])
            if len(kinds) > 1:  # held order by order: locked all at once before
                inside = [part.variant_id for line in by_merchant[merchant_id] for part in terms.parts.get(line.product_id, ())]
                lock_variants([line.variant_id for line in by_merchant[merchant_id]] + inside)
            for part in kinds:
                draft = _draft(by, group, merchant_id, part, terms, number=f"{group.number}-{len(copies) + 1}")
                _write(by, draft)
                copies.append(_copy(group, merchant_id, draft))
    return copies


def _write(by: Actor, draft: Draft) -> None:
    """Hold the stock of an order and write it, in its merchant's schema."""
    order, lines = draft.order, draft.lines
    reserve_stock(by=by, order_id=order.pk, wanted=[Wanted(line.pk, line.variant_id, line.quantity, draft.sold_as[line.pk]) for line in lines])
    write_order(by=by, order=order, lines=lines)
    if draft.made:
        LinePrice.objects.bulk_create(draft.made)
    if draft.bundles:
        note_bundles(by=by, bundles=draft.bundles, parts=draft.parts)
    if draft.customs:
        note_custom_lines(by=by, lines=draft.customs)
    if draft.validities:
        note_validities(by=by, rows=draft.validities)


def _draft(by: Actor, group: OrderGroup, merchant_id: UUID, part: Sequence[ChosenLine], terms: Terms, number: str) -> Draft:
    """The order as it will be, at the prices in force in the merchant's schema. Raises OutOfStock for what has no price, NoDelivery."""
    inside = [one.variant_id for line in part for one in terms.parts.get(line.product_id, ())]
    held = rates([line.variant_id for line in part] + inside, group.buyer_id, group.placed_at)
    kind = part[0].kind
    order = Order(
        id=new_id(),
        number=number,
        group_id=group.pk,
        kind=kind,
        fulfilment_status=waiting_status(kind),
        buyer_id=group.buyer_id,
        currency=group.currency,
        address=group.address if not is_virtual(kind) else {"recipient": User.objects.get(pk=group.buyer_id).get_full_name()},
        placed_at=group.placed_at,
        items_minor=0,
        total_minor=0,
        commission_minor=0,
    )
    draft = Draft(order)
    for line in part:
        if (rate := unit_price(held[line.variant_id], line.quantity)) is None:
            raise OutOfStock(title=localised(line.titles).text, left=0)
        if parts := terms.parts.get(line.product_id):
            _add_bundle(draft, group, merchant_id, line, rate.sale, parts, terms, held)
            continue
        own = _add_line(draft, group, merchant_id, Article.of(line), line.fitted.on(rate.sale), line.quantity, terms)
        draft.sold_as[own.pk] = localised(line.titles, group.language).text
        if rate.price_list_id or rate.is_reduction:
            draft.made.append(price_of_line(order.pk, own.pk, rate, held[line.variant_id], surcharge_minor=line.fitted.surcharge_minor))
        if custom := custom_line(own, line, group.placed_at):
            draft.customs.append(custom)
        if line.valid_days:
            draft.validities.append(LineValidity(id=new_id(), order_id=order.pk, line_id=own.pk, valid_days=line.valid_days))
    lines = draft.lines
    order.items_minor = sum(written.total_minor for written in lines)
    if not order.is_virtual:
        _add_freight(order, lines, part[0].shop, terms.zones.get(merchant_id, ()))
    for written in lines:
        written.tax_minor = tax_in(written.total + written.freight, written.tax_rate).minor
    order.total_minor = order.items_minor + order.freight_minor
    order.tax_minor = sum(written.tax_minor for written in lines)
    order.commission_minor = sum(written.commission_minor for written in lines)
    return draft


@dataclass(frozen=True)
class Article:
    """What a line says of the variant it is of."""

    product_id: UUID
    variant_id: UUID
    sku: str
    titles: Mapping[str, str]
    picture: str
    tax_class: str
    category_path: Sequence[int]

    @classmethod
    def of(cls, line: ChosenLine) -> Article:
        return cls(line.product_id, line.variant_id, line.sku, line.titles, line.picture, line.tax_class, line.category_path)

    @classmethod
    def in_bundle(cls, part: SoldPart) -> Article:
        """Of a part that is sold."""
        listing, variant = part.listing, part.variant
        if listing is None or variant is None:
            raise ValueError("what is not sold is no line of an order")
        path = listing.category.path or [listing.category_id]
        return cls(part.product_id, part.variant_id, variant.sku, listing.titles, listing.picture, listing.tax_class, path)


def _add_line(draft: Draft, group: OrderGroup, merchant_id: UUID, article: Article, unit: Money, quantity: int, terms: Terms) -> OrderLine:
    """One more line, with tax class and commission of its own article."""
    total = unit.times(quantity)
    rate: Decimal = terms.rates.rate(merchant_id, article.category_path)
    line = OrderLine(
        order=draft.order,
        position=len(draft.lines) + 1,
        product_id=article.product_id,
        variant_id=article.variant_id,
        sku=article.sku,
        titles=article.titles,
        options=terms.options[article.variant_id],
        picture=article.picture,
        quantity=quantity,
        currency=unit.currency,
        unit_minor=unit.minor,
        total_minor=total.minor,
        commission_rate=rate,
        commission_minor=total.times(rate).minor,
        tax_rate=terms.taxes.rate(article.tax_class, draft.order.address.get("region", "")),
    )
    draft.lines.append(line)
    return line


def _add_bundle(
    draft: Draft, group: OrderGroup, merchant_id: UUID, line: ChosenLine, unit: Money, parts: Sequence[SoldPart], terms: Terms, held: Mapping[UUID, list[Rate]]
) -> None:
    """A bundle becomes the lines of its pieces, whose prices add up to its own. Raises OutOfStock where a part is not sold."""
    title = localised(line.titles, group.language).text
    bundle = OrderedBundle(
        id=new_id(),
        order_id=draft.order.pk,
        product_id=line.product_id,
        variant_id=line.variant_id,
        sku=line.sku,
        titles=line.titles,
        picture=line.picture,
        quantity=line.quantity,
        currency=unit.currency,
        unit_minor=unit.minor,
    )
    draft.bundles.append(bundle)
    for share in shares_of(title, unit, parts, held):
        article = Article.in_bundle(parts[share.part])
        own = _add_line(draft, group, merchant_id, article, Money(share.unit_minor, unit.currency), share.pieces * line.quantity, terms)
        draft.sold_as[own.pk] = f"{title} · {localised(article.titles, group.language).text}"
        draft.parts.append(OrderedPart(id=new_id(), bundle=bundle, line_id=own.pk))


def _add_freight(order: Order, lines: list[OrderLine], shop: Mapping[str, str], zones: Sequence[FreightZone]) -> None:
    """What the shop's parcel costs into the buyer's province, shared out over the lines by what they cost. Raises NoDelivery."""
    asked = quote(zones, order.address["region"], order.items)
    if not asked.delivers:
        raise NoDelivery(shop=localised(shop).text, region=order.address["province"])
    order.freight_minor = asked.fee.minor
    for line, share in zip(lines, asked.fee.split([line.total_minor for line in lines]), strict=True):
        line.freight_minor = share.minor


def _copy(group: OrderGroup, merchant_id: UUID, draft: Draft) -> OrderCopy:
    order = draft.order
    return OrderCopy(
        id=order.pk,
        group=group,
        merchant_id=merchant_id,
        buyer_id=group.buyer_id,
        number=order.number,
        kind=order.kind,
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
        lines=copied_lines(draft.lines, draft.bought_in(), draft.wished()),
    )
