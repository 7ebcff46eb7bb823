"""What a page says of a shop that takes no orders."""

from __future__ import annotations

from typing import Any

from django import template

from tenants.tenancy.models import Holiday, Merchant
from tenants.tenancy.standing import STANDING

register = template.Library()


@register.inclusion_tag("shop/_standing.html")
def shop_standing(merchant: Merchant) -> dict[str, Any]:
    """Why nothing can be ordered, and until when; empty for a shop that sells. A query only for a shop on holiday."""
    away = merchant.status == Merchant.Status.HOLIDAY
    holiday = Holiday.objects.filter(merchant_id=merchant.pk, status=Holiday.Status.RUNNING).first() if away else None
    return {"merchant": merchant, "sells": STANDING[merchant.status].sells, "holiday": holiday}


@register.filter
def is_found(merchant: Merchant) -> bool:
    """Whether search engines may keep pages of this shop."""
    return STANDING[merchant.status].is_found
