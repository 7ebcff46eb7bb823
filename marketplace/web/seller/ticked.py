"""What was ticked in the list of products, for pages that ask something about all of it."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from marketplace.kernel.errors import InvalidInput
from marketplace.merchant.catalogue.models import Product
from marketplace.web.lists.bulk import chosen


def ticked_products(request: HttpRequest) -> list[Product]:
    """The newest first; what is gone meanwhile is left out. Raises InvalidInput for none, and as chosen() does."""
    rows = list(Product.objects.filter(pk__in=chosen(request)).order_by("-created_at", "-pk"))
    if not rows:
        raise InvalidInput(field="chosen", why=_("One of these rows does not exist. Load the list anew and tick again."))
    return rows
