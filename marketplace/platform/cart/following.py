"""Carts follow a variant that became another."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from marketplace.kernel.actors import Actor
from marketplace.kernel.verbs import verb
from marketplace.platform.cart.actions import MOST
from marketplace.platform.cart.models import Cart, CartLine


@verb
def follow_variant(*, by: Actor, variant_id: UUID, into_id: UUID) -> int:
    """Whoever has the one in the cart has the other instead; where both lie there with the same wishes, as one line, at most 999 pieces. How many carts."""
    with transaction.atomic():
        keys = CartLine.objects.filter(variant_id=variant_id).values_list("cart_id", flat=True)
        carts = list(Cart.objects.filter(pk__in=list(keys)).order_by("pk").select_for_update().values_list("pk", flat=True))
        others = {(line.cart_id, line.wishes_key): line for line in CartLine.objects.filter(cart__in=carts, variant_id=into_id)}
        for line in CartLine.objects.filter(cart__in=carts, variant_id=variant_id):
            other = others.get((line.cart_id, line.wishes_key))
            if other is None:
                CartLine.objects.filter(pk=line.pk).update(variant_id=into_id)
                continue
            is_chosen = other.is_chosen or line.is_chosen
            CartLine.objects.filter(pk=other.pk).update(quantity=min(MOST, other.quantity + line.quantity), is_chosen=is_chosen)
            CartLine.objects.filter(pk=line.pk).delete()
    return len(carts)
