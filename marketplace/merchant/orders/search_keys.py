"""What an order is found by: keys beside its address, each in an index of its own, and the conditions that ask for them."""

from __future__ import annotations

import re
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.pinyin import CHINESE, folded, is_latin, name_keys
from marketplace.kernel.verbs import verb
from marketplace.merchant.orders.models import SEARCH_KEYS, Order
from tenants.tenancy.schemas import current_merchant_id

PART_OF_A_NUMBER = re.compile(r"[\d-]{4,24}\Z")
LEAST_DIGITS_OF_A_PHONE, LEAST_LETTERS = 4, 2


def set_search_keys(order: Order) -> None:
    """Fill the keys of an order that is about to be written."""
    keys = name_keys(str(order.address.get("recipient", ""))[:80])
    order.recipient_key, order.recipient_pinyin, order.recipient_initials = keys.name[:80], keys.pinyin[:500], keys.initials[:80]
    order.phone_key = _digits(str(order.address.get("phone", "")))[::-1][:20]


def about_the_order(text: str) -> Q | None:
    """What of the order itself a search may mean: the beginning of its number or of the recipient's name, pinyin or initials, or the end
    of the phone's number. None where it can be none of them, so that nobody looks."""
    where = Q()
    key, digits = folded(text), _digits(text)
    if PART_OF_A_NUMBER.match(text):
        where |= Q(number__startswith=text)
        if len(text) >= 7 and "-" not in text:  # typed without its dashes
            where |= Q(number__startswith=f"{text[:6]}-{text[6:13]}" + (f"-{text[13:]}" if len(text) > 13 else ""))
    if len(digits) >= LEAST_DIGITS_OF_A_PHONE and digits == re.sub(r"[+\s-]", "", text):
        where |= Q(phone_key__startswith=digits[::-1])
    if CHINESE.search(key):
        where |= Q(recipient_key__startswith=key)
    elif is_latin(key) and len(key) >= LEAST_LETTERS:
        where |= Q(recipient_key__startswith=key) | Q(recipient_pinyin__startswith=key) | Q(recipient_initials__startswith=key)
    return where or None


@verb
def fill_search_keys(*, by: Actor, after: UUID | None = None, limit: int = 1000) -> UUID | None:
    """Give keys to orders of the open schema that were written before there were any, beyond the one named. The last one; None when none is left."""
    with transaction.atomic():
        waiting = Order.objects.filter(recipient_key="", phone_key="", **({"pk__gt": after} if after else {}))
        rows = list(waiting.order_by("pk").select_for_update(of=("self",))[:limit])
        for row in rows:
            set_search_keys(row)
        Order.objects.bulk_update(rows, SEARCH_KEYS)
        if rows:
            after_it = {"orders": len(rows)}
            audit(by=by, action="orders.made_findable", subject="orders", subject_id=rows[-1].pk, merchant_id=current_merchant_id(), after=after_it)
    return rows[-1].pk if rows else None


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
