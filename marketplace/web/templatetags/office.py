"""What the pages of both back offices say about time."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils.translation import gettext as _

from marketplace.flows.shop_life import why_suspended
from marketplace.kernel import clock
from marketplace.web.overview import span
from tenants.tenancy.models import Merchant, ShopChange

register = template.Library()


@register.filter
def time_left(moment: datetime) -> str:
    """`2 h 10 min left`, or by how much it is late."""
    left = moment - clock.now()
    return (_("{span} left") if left.total_seconds() >= 0 else _("{span} late")).format(span=span(left))


@register.simple_tag
def suspension_of(merchant: Merchant) -> ShopChange | None:
    """Why a shop is suspended."""
    return why_suspended(merchant)


@register.filter
def waited(moment: datetime) -> str:
    """For how long something has waited: `3 days`."""
    return span(clock.now() - moment)
