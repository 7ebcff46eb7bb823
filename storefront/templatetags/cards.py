"""What the card of a product says. A list has dozens of cards: all of it is worked out at once here, and its template only sets it."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from marketplace.kernel.formats import format_count
from marketplace.kernel.texts import localised
from marketplace.platform.listings.models import Listing
from storefront.templatetags.keeping import favourite
from storefront.templatetags.market import is_new, price, text
from storefront.templatetags.reach import picture
from tenants.tenancy.models import Merchant

register = template.Library()

SIZES = "(min-width: 1280px) 250px, (min-width: 768px) 33vw, 50vw"


@register.simple_tag(takes_context=True)
def card(context: template.Context, listing: Listing) -> dict[str, Any]:
    """For ui/product_card.html, whose variables are read: `host_kind`, `in_shop`, `eager_first`, and what `{% favourite %}` and `{% picture %}` read."""
    host, in_shop, merchant = context["host_kind"], context.get("in_shop"), listing.merchant
    title = {"title": localised(listing.titles).text}
    mark, tone = _mark(listing, in_shop)
    classes = "photo" if listing.in_stock else "photo opacity-60"
    return {
        "address": f"{context['market_url']}/p/{listing.pk}/",
        "picture": picture(context, listing.picture, width=400, height=400, sizes=SIZES, classes=classes, eager_first=context.get("eager_first")),
        "mark": mark,
        "tone": tone,
        "heart": favourite(context, listing) if host in ("market", "shop") else "",
        "quick": _("Quick view of %(title)s") % title if host == "market" else "",
        "title": text(listing.titles),
        "price": price(listing.price, classes="text-xl"),
        "is_from": listing.price_to_minor != listing.price_minor,
        "reduction": listing.reduction,
        "shop": "" if in_shop or merchant.is_own else text(merchant.names),
        "is_own": merchant.is_own and not in_shop,
        "sold": ngettext("%(shown)s sold", "%(shown)s sold", listing.sold) % {"shown": format_count(listing.sold)} if listing.sold else "",
    }


def _mark(listing: Listing, in_shop: Any) -> tuple[str, str]:
    """The one word upon the picture, and its tone."""
    if not listing.in_stock:
        return _("Sold out"), ""
    if not in_shop and listing.merchant.status == Merchant.Status.HOLIDAY:
        return _("On holiday"), " tag-warn"
    return (pgettext("product", "New"), " tag-brand") if is_new(listing) else ("", "")
