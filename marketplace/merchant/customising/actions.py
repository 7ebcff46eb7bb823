"""Customised goods: verbs. All run in the merchant's schema that is open; flows join them with review, copies and orders."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import IllegalMove, InvalidInput
from marketplace.kernel.texts import localised
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.actions import locked_product
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.customising.errors import CustomLineUnknown, NotMadeYet
from marketplace.merchant.customising.models import Customisation, CustomLine
from marketplace.merchant.customising.states import MAKING_MOVES, Making
from marketplace.merchant.orders.actions import order_to_ship
from marketplace.merchant.orders.models import Order, OrderLine
from marketplace.platform.customising.fields import (
    LONGEST_HINT,
    LONGEST_LABEL,
    LONGEST_TEXT,
    LONGEST_UNIT,
    MOST_CHOICES,
    MOST_DAYS,
    MOST_FIELDS,
    MOST_NUMBER,
    MOST_SURCHARGE,
    Field,
    Kind,
    Signs,
    kept,
    words_only,
)
from tenants.tenancy.rows import insert_new
from tenants.tenancy.schemas import current_merchant_id

KEY = re.compile("[a-z0-9]{1,16}")


def check_fields(fields: Sequence[Field], days: int) -> None:
    """Raises InvalidInput; `field` names the input as the workbench's form does: `f<place>-<what>`."""
    if len(fields) > MOST_FIELDS:
        raise InvalidInput(field="fields", why=_("A product has at most {most} fields for wishes.").format(most=MOST_FIELDS))
    if not 0 <= days <= MOST_DAYS:
        raise InvalidInput(field="days", why=_("Choose from {least} to {most}.").format(least=0, most=MOST_DAYS))
    if len({field.id for field in fields}) < len(fields):
        raise InvalidInput(field="fields", why=_("Two fields have the same key. Reload the page and enter the new one again."))
    for place, field in enumerate(fields):
        _check(field, f"f{place}")


def _check(field: Field, at: str) -> None:
    if not all(KEY.fullmatch(key) for key in (field.id, *(one.id for one in field.choices))):
        raise InvalidInput(field="fields", why=_("Two fields have the same key. Reload the page and enter the new one again."))
    if field.kind not in Kind.values:
        raise InvalidInput(field=f"{at}-kind", why=_("Choose a kind of field."))
    if not any(field.labels.values()):
        raise InvalidInput(field=f"{at}-label_zh", why=_("Say what the buyer is asked, in at least one language."))
    for texts, most, what in ((field.labels, LONGEST_LABEL, "label_zh"), (field.hints, LONGEST_HINT, "hint_zh")):
        if any(len(text) > most for text in texts.values()):
            raise InvalidInput(field=f"{at}-{what}", why=_("Write at most {most} characters.").format(most=most))
    if not 0 <= field.surcharge_minor <= MOST_SURCHARGE:
        raise InvalidInput(field=f"{at}-surcharge", why=_("A surcharge is 0 or more, and not as high as that."))
    if field.kind == Kind.TEXT:
        if not 1 <= field.most <= LONGEST_TEXT:
            raise InvalidInput(field=f"{at}-most", why=_("Choose from {least} to {most}.").format(least=1, most=LONGEST_TEXT))
        if field.signs not in Signs.values:
            raise InvalidInput(field=f"{at}-signs", why=_("Choose which characters can be made."))
    elif field.kind == Kind.NUMBER:
        if not -MOST_NUMBER <= field.least < field.greatest <= MOST_NUMBER:
            raise InvalidInput(field=f"{at}-greatest", why=_("Write two whole numbers, the smaller one first."))
        if len(field.unit) > LONGEST_UNIT:
            raise InvalidInput(field=f"{at}-unit", why=_("Write at most {most} characters.").format(most=LONGEST_UNIT))
    else:
        _check_choices(field, at)


def _check_choices(field: Field, at: str) -> None:
    if not 2 <= len(field.choices) <= MOST_CHOICES:
        raise InvalidInput(field=f"{at}-choices", why=_("Offer from 2 to {most} choices.").format(most=MOST_CHOICES))
    if len({one.id for one in field.choices}) < len(field.choices):
        raise InvalidInput(field=f"{at}-choices", why=_("Two fields have the same key. Reload the page and enter the new one again."))
    for n, one in enumerate(field.choices):
        if not any(one.names.values()) or any(len(text) > LONGEST_LABEL for text in one.names.values()):
            raise InvalidInput(
                field=f"{at}c{n}-name_zh", why=_("Name the choice in at least one language, with at most {most} characters.").format(most=LONGEST_LABEL)
            )
        if not 0 <= one.surcharge_minor <= MOST_SURCHARGE:
            raise InvalidInput(field=f"{at}c{n}-surcharge", why=_("A surcharge is 0 or more, and not as high as that."))


@verb
def put_customisation(*, by: Actor, product_id: UUID, fields: Sequence[Field], days: int) -> Product:
    """These fields, and no others, stand on the product; none: it is sold as it is.

    What buyers read of them has to be reviewed anew when it has changed; surcharges and days are the shop's own. Raises ProductUnknown, InvalidInput.
    """
    check_fields(fields, days)
    with transaction.atomic():
        row = locked_product(product_id)
        was = Customisation.objects.filter(product=row).first()
        before, days_before = (was.fields, was.days) if was else ([], 0)
        after = kept(fields)
        days = days if after else 0
        if (before, days_before) == (after, days):
            return row
        if after:
            Customisation.objects.update_or_create(product=row, defaults={"fields": after, "days": days, "changed_at": clock.now()})
        elif was:
            was.delete()
        row.version, row.changed_at = row.version + 1, clock.now()
        if words_only(before) != words_only(after):
            row.review = Product.Review.NONE
        row.save(update_fields=["version", "review", "changed_at"])
        audit(
            by=by,
            action="product.customised",
            subject="product",
            subject_id=row.pk,
            merchant_id=current_merchant_id(),
            before={"fields": _told(before), "days": days_before},
            after={"fields": _told(after), "days": days},
        )
    return row


def _told(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    return [f"{localised(row['labels']).text} ({row['kind']}, +{row['surcharge_minor']})" for row in rows]


@verb
def note_custom_lines(*, by: Actor, lines: Sequence[CustomLine]) -> None:
    """Keep what was wished of lines of a new order. The order's own verb has audited it."""
    insert_new(list(lines))


def locked_custom_line(key: UUID) -> tuple[Order, CustomLine]:
    """The order that is to be shipped, locked, and then its line. Raises CustomLineUnknown, OrderUnknown, NotPaidYet."""
    number = OrderLine.objects.filter(custom=key).values_list("order__number", flat=True).first()
    if number is None:
        raise CustomLineUnknown
    order = order_to_ship(number)
    return order, CustomLine.objects.select_for_update(of=("self",)).select_related("line").get(pk=key)


@verb
def move_making(*, by: Actor, key: UUID, to: str) -> Order:
    """The shop confirms, has begun, or is done. Safe to repeat. Returns the order, locked.

    Raises CustomLineUnknown, OrderUnknown, NotPaidYet, IllegalMove (nothing of it is to be made any more, or it lies in a parcel).
    """
    with transaction.atomic():
        order, row = locked_custom_line(key)
        if row.state == to:
            return order
        line = row.line
        if line.quantity == line.cancelled or line.packed or line.shipped:
            raise IllegalMove
        MAKING_MOVES.check(row.state, to)
        before, row.state, row.changed_at = row.state, to, clock.now()
        row.save(update_fields=["state", "changed_at"])
        audit(
            by=by,
            action=f"custom_line.{to}",
            subject="order",
            subject_id=order.number,
            merchant_id=current_merchant_id(),
            before={"state": before},
            after={"state": to, "sku": line.sku},
        )
    return order


def check_made(line_ids: Iterable[UUID]) -> None:
    """Lines that go into a parcel are ready, where they are made to wishes. Raises NotMadeYet, naming the first that is not."""
    waiting = CustomLine.objects.filter(line__in=list(line_ids)).exclude(state=Making.READY)
    row = waiting.select_related("line").order_by("line__position").first()
    if row is not None:
        raise NotMadeYet(title=localised(row.line.titles).text)


@verb
def forget_wishes(*, by: Actor, buyer_id: UUID) -> None:
    """The buyer's account is gone: from now on public copies of their orders do not say what they wrote. The shop's record of a contract stays."""
    CustomLine.objects.filter(line__order__buyer_id=buyer_id, is_forgotten=False).update(is_forgotten=True)
