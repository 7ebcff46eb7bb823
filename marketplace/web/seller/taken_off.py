"""What the market has taken off sale, as its shop reads it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from marketplace.platform.listings.models import Listing
from tenants.tenancy.schemas import current_merchant_id


def taken_off_of(product_ids: Collection[UUID]) -> dict[UUID, Listing]:
    """Product → its listing, of those that the market has taken off sale."""
    return Listing.objects.filter(merchant_id=current_merchant_id(), is_taken_off=True).in_bulk(list(product_ids))


def warn_of_market(request: HttpRequest, product_ids: Collection[UUID]) -> bool:
    """Say that putting on sale is not all it takes; whether anything of it is taken off by the market."""
    rows = taken_off_of(product_ids)
    for row in rows.values():
        messages.warning(
            request, _("Buyers do not find “{title}”: the market has taken it off sale, and only the market puts it back.").format(title=row.title.text)
        )
    return bool(rows)
