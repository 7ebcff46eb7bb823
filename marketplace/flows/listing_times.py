"""When products go on and off sale, for several at once. What a product form says of one, this says of all that were ticked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.flows.kept_off import Asked
from marketplace.flows.review_product import after_change
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import InvalidInput, MarketError
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.actions import check_end, lock_products, locked_product, set_times
from marketplace.merchant.catalogue.models import Product

MOST_AT_ONCE = 100


@dataclass(frozen=True)
class Moment:
    """One end of the time on sale. `at` None: at once, or never; `stays`: each product keeps its own."""

    at: datetime | None = None
    stays: bool = False

    def of(self, now: datetime | None) -> datetime | None:
        """Instead of `now`, which is kept to the second where a form repeats it to the minute."""
        is_same = now is not None and self.at == now.replace(second=0, microsecond=0)
        return now if self.stays or is_same else self.at


@verb
def set_listing_times(*, by: Actor, product_ids: Collection[UUID], begins: Moment, ends: Moment) -> int:
    """The same times for several products; how many have changed. They go on and off sale then, as if each form had been saved: what is approved and
    loses a beginning that was to come goes on sale at once.

    Raises ProductUnknown, InvalidInput (`listed_from`, `listed_until`), and for what waits for review as submit_product(): then none has changed.
    """
    if len(product_ids) > MOST_AT_ONCE:
        raise InvalidInput(field="chosen", why=_("Tick at most {most} rows at once.").format(most=MOST_AT_ONCE))
    changed = 0
    with transaction.atomic():
        lock_products(product_ids)
        for product_id in sorted(set(product_ids)):
            row = locked_product(product_id)
            times = begins.of(row.listed_from), ends.of(row.listed_until)
            if times == (row.listed_from, row.listed_until):
                continue
            _check(row, *times)
            asked = Asked.of(row)
            row = set_times(by=by, product_id=product_id, listed_from=times[0], listed_until=times[1])
            try:
                after_change(by=by, row=row, asked=asked)
            except MarketError as refusal:
                if not asked.is_early:
                    raise
                why = _("“{title}” cannot go on sale: {why}").format(title=row.title.text, why=refusal)
                raise InvalidInput(field="listed_from", why=why) from refusal
            changed += 1
    return changed


def _check(row: Product, listed_from: datetime | None, listed_until: datetime | None) -> None:
    """Raises InvalidInput for what would have no effect, naming the product."""
    now, title = clock.now(), row.title.text
    if listed_from and listed_from != row.listed_from:
        if listed_from <= now:
            raise InvalidInput(field="listed_from", why=_("This moment is past. Write a later one, or leave it empty."))
        if row.status == Product.Status.ON_SALE:
            why = _("“{title}” is on sale already. Take it off sale first, or leave its beginning as it is.").format(title=title)
            raise InvalidInput(field="listed_from", why=why)
    check_end(listed_until, row.listed_until)
    if listed_from and listed_until and listed_until <= listed_from:
        raise InvalidInput(field="listed_until", why=_("“{title}” cannot go off sale before it goes on sale.").format(title=title))
