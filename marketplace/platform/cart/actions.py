"""The cart: verbs. A cart is a preference, not a promise: it is not audited, and prices are read anew at every look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.verbs import verb
from marketplace.platform.cart.models import Cart, CartLine
from marketplace.platform.customising.queries import AS_IT_IS, customisations_of
from marketplace.platform.customising.wishes import fit, key_of, read_wishes
from marketplace.platform.listings.errors import NotOnSale
from marketplace.platform.listings.models import ListingVariant, sellable
from marketplace.platform.prices.resolving import lay_on, offered
from tenants.tenancy.errors import NotSelling
from tenants.tenancy.standing import shop_standing

MOST = 999
NONE: Mapping[str, str] = {}


@verb
def cart_of(*, by: Actor, cart_id: UUID | None) -> Cart:
    """The cart of a person, or the visitor's with this key; made if there is none."""
    if by.user_id:
        return Cart.objects.get_or_create(user_id=by.user_id)[0]
    found = Cart.objects.filter(pk=cart_id, user=None).first() if cart_id else None
    return found or Cart.objects.create()


@verb
def add_to_cart(*, by: Actor, cart: Cart, variant_id: UUID, quantity: int, wishes: Mapping[str, str] = NONE) -> CartLine:
    """Put more of a variant into the cart, made to these wishes (field id → what was typed). Raises NotOnSale, NotSelling, InvalidInput."""
    check_quantity(quantity, least=1)
    variant = ListingVariant.objects.select_related("listing__merchant").filter(sellable("listing__"), pk=variant_id).first()
    if variant is None or not shop_standing(variant.listing.merchant).is_shown:
        raise NotOnSale
    if not shop_standing(variant.listing.merchant).sells:
        raise NotSelling(shops=variant.listing.merchant.name)
    wished, surcharge = _read(variant.listing_id, wishes)
    with transaction.atomic():
        Cart.objects.select_for_update().get(pk=cart.pk)
        lay_on(variant, offered([variant_id], cart.user_id).get(variant_id, ()))
        price = variant.price_minor + surcharge
        line, made = CartLine.objects.get_or_create(
            cart=cart,
            variant_id=variant_id,
            wishes_key=key_of(wished),
            defaults={"merchant_id": variant.listing.merchant_id, "wishes": wished, "quantity": quantity, "price_minor": price},
        )
        if not made:
            line.quantity, line.is_chosen, line.price_minor = min(line.quantity + quantity, MOST), True, price
            line.save(update_fields=["quantity", "is_chosen", "price_minor"])
    return line


def _read(listing_id: UUID, typed: Mapping[str, str]) -> tuple[dict[str, str], int]:
    """What is wished of a listing, and what it costs a piece. Raises InvalidInput."""
    custom = customisations_of([listing_id]).get(listing_id, AS_IT_IS)
    wished = read_wishes(custom.fields, typed)
    fitted = fit(custom.fields, custom.days, wished)
    return wished, fitted.surcharge_minor if fitted else 0


def check_quantity(quantity: int, *, least: int) -> None:
    """Raises InvalidInput."""
    if not least <= quantity <= MOST:
        raise InvalidInput(field="quantity", why=_("Choose a quantity from 1 to {most}.").format(most=MOST))


@verb
def set_wishes(*, by: Actor, cart: Cart, line_id: UUID, wishes: Mapping[str, str]) -> None:
    """A line is to be made otherwise. Where another line has the same wishes, both are one. One that is not in this cart is left alone.

    Raises InvalidInput, NotOnSale.
    """
    with transaction.atomic():
        Cart.objects.select_for_update().get(pk=cart.pk)
        line = CartLine.objects.filter(cart=cart, pk=line_id).first()
        if line is None:
            return
        variant = ListingVariant.objects.filter(sellable("listing__"), pk=line.variant_id).first()
        if variant is None:
            raise NotOnSale
        wished, surcharge = _read(variant.listing_id, wishes)
        lay_on(variant, offered([variant.pk], cart.user_id).get(variant.pk, ()))
        line.wishes, line.wishes_key, line.price_minor, line.is_chosen = wished, key_of(wished), variant.price_minor + surcharge, True
        same = CartLine.objects.filter(cart=cart, variant_id=line.variant_id, wishes_key=line.wishes_key).exclude(pk=line.pk).first()
        if same is not None:
            line.quantity = min(line.quantity + same.quantity, MOST)
            same.delete()
        line.save(update_fields=["wishes", "wishes_key", "price_minor", "is_chosen", "quantity"])


@verb
def set_quantity(*, by: Actor, cart: Cart, line_id: UUID, quantity: int) -> None:
    """Change a line; 0 takes it out. A line that is not in this cart is left alone. Raises InvalidInput."""
    check_quantity(quantity, least=0)
    line = CartLine.objects.filter(cart=cart, pk=line_id)
    if quantity:
        line.update(quantity=quantity)
    else:
        line.delete()


@verb
def choose_line(*, by: Actor, cart: Cart, line_id: UUID, is_chosen: bool) -> None:
    """Whether a line goes to the checkout. A line that is not in this cart is left alone."""
    CartLine.objects.filter(cart=cart, pk=line_id).update(is_chosen=is_chosen)


@verb
def choose_only(*, by: Actor, cart: Cart, variant_id: UUID, quantity: int, wishes: Mapping[str, str] = NONE) -> CartLine:
    """Buy this now: the line has just this many, and it alone goes to the checkout; everything else stays in the cart, not chosen.

    Raises NotOnSale, NotSelling, InvalidInput.
    """
    with transaction.atomic():
        line: CartLine = add_to_cart(by=by, cart=cart, variant_id=variant_id, quantity=quantity, wishes=wishes)
        set_aside_all_but(by=by, cart=cart, variant_id=variant_id, quantity=quantity, wishes_key=line.wishes_key)
    return line


@verb
def set_aside_all_but(*, by: Actor, cart: Cart, variant_id: UUID, quantity: int, wishes_key: str = "") -> None:
    """The line of this variant and these wishes, where there is one, has just this many and goes to the checkout alone."""
    CartLine.objects.filter(cart=cart).exclude(variant_id=variant_id, wishes_key=wishes_key).update(is_chosen=False)
    CartLine.objects.filter(cart=cart, variant_id=variant_id, wishes_key=wishes_key).update(quantity=quantity, is_chosen=True)


@verb
def choose_lines(*, by: Actor, cart: Cart, merchant_id: UUID | None, is_chosen: bool) -> None:
    """The same for all lines of one shop, or, without one, of the whole cart."""
    lines = CartLine.objects.filter(cart=cart)
    (lines.filter(merchant_id=merchant_id) if merchant_id else lines).update(is_chosen=is_chosen)


@verb
def remove_lines(*, by: Actor, cart: Cart, line_ids: Sequence[UUID]) -> None:
    """Take lines out. One that is not in this cart is left alone."""
    CartLine.objects.filter(cart=cart, pk__in=line_ids).delete()


@verb
def take_ordered(*, by: Actor, cart: Cart, line_ids: Sequence[UUID]) -> None:
    """These lines were ordered: they leave the cart. One statement, where a queryset's delete() reads the rows before."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM platform_cart_cartline WHERE cart_id = %s AND is_chosen AND id = ANY(%s)", [cart.pk, list(line_ids)])


@verb
def merge_carts(*, by: Actor, visitor_cart_id: UUID) -> None:
    """After sign-in: what the visitor chose joins the person's cart; the larger quantity of a line counts."""
    with transaction.atomic():
        visitor = Cart.objects.select_for_update().filter(pk=visitor_cart_id, user=None).first()
        if visitor is None:
            return
        own = Cart.objects.get_or_create(user_id=by.person)[0]
        held = {(line.variant_id, line.wishes_key): line for line in own.lines.all()}
        for line in visitor.lines.all():
            if mine := held.get((line.variant_id, line.wishes_key)):
                mine.quantity, mine.is_chosen = max(mine.quantity, line.quantity), True
                mine.save(update_fields=["quantity", "is_chosen"])
            else:
                line.cart = own
                line.save(update_fields=["cart"])
        visitor.delete()
