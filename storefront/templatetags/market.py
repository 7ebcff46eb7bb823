"""What templates of shop and back offices share: money, times, texts in several languages, icons."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from html import escape
from typing import Any

from django import template
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext

from marketplace.kernel import clock, formats
from marketplace.kernel.money import Money
from marketplace.kernel.texts import localised
from marketplace.merchant.aftersales.states import TONES as RETURN_TONES
from marketplace.merchant.aftersales.states import Reason, ReturnStatus
from marketplace.merchant.customising.states import TONES as MAKING_TONES
from marketplace.merchant.customising.states import Making
from marketplace.merchant.orders.states import TONES, label_of
from marketplace.platform.delivery.queries import carriers
from tenants.tenancy.hosts import shop_url

register = template.Library()


def escaped(value: object) -> str:
    """As conditional_escape() gives it, in a tenth of the time, for marks of which a page has hundreds."""
    return value if isinstance(value, SafeString) else escape(str(value))


@register.filter
def money(amount: Money | None) -> str:
    return formats.format_money(amount) if amount is not None else ""


@register.simple_tag
def price(amount: Money, *, classes: str = "", cents: bool = False) -> SafeString:
    """A price in three sizes; cents are left out when they are zero, unless asked for."""
    symbol, whole, decimals = formats.money_parts(amount)
    shown = decimals if cents or decimals.strip(".0") else ""
    tail = f"<sub>{shown}</sub>" if shown else ""
    return mark_safe(f'<span class="price {escaped(classes)}"><small>{escaped(symbol)}</small>{escaped(whole)}{tail}</span>')  # noqa: S308


@register.filter
def count(number: int) -> str:
    return formats.format_count(number)


@register.filter
def about(number: int, is_estimate: bool) -> str:
    """A count; of one that a sample gave it is said."""
    shown = formats.format_count(number)
    return pgettext("estimated count", "about {n}").format(n=shown) if is_estimate else shown


@register.filter
def percent(share: Decimal) -> str:
    """0.0550 as 5.5 %, as the reader writes it."""
    return formats.format_share(share)


@register.filter
def when(moment: datetime | str | None) -> str:
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    return formats.format_time(moment) if moment else ""


@register.filter
def phone(number: str) -> str:
    """A phone number as people read it."""
    return formats.format_phone(number)


@register.filter
def day(moment: datetime | None) -> str:
    return formats.format_day(moment) if moment else ""


@register.filter
def full_day(day: date | None) -> str:
    """A day with its year, as the reader writes it."""
    return formats.full_day(day) if day else ""


@register.filter
def phrases(text: str) -> SafeString:
    """A headline whose lines break between phrases: Chinese would break anywhere."""
    return format_html_join("", '<span class="inline-block">{}</span>{}', re.findall(r"([^，,]+[，,]?)(\s*)", text))


@register.filter
def place(address: Any) -> str:
    """Province, city and district of an address, or of an order's copy of one; a city that is a province of its own is named once."""
    names = [address.get(name, "") if isinstance(address, dict) else getattr(address, name) for name in ("province", "city", "district")]
    return " ".join(name for name in dict.fromkeys(names) if name)


@register.filter
def local(texts: dict[str, str] | None) -> str:
    """A text in the reader's language, or the next best, plain."""
    return localised(texts or {}).text


@register.simple_tag
def text(texts: dict[str, str] | None) -> SafeString | str:
    """The same, marked with its language when that is not the page's."""
    found = localised(texts or {})
    if found.language == (get_language() or "").lower():
        return found.text
    return format_html('<span lang="{}">{}</span>', html_language(found.language), found.text)


REVIEW_TONES = {
    "waiting": "warn",
    "submitted": "warn",
    "returned": "violet",
    "approved": "success",
    "passed": "success",
    "sent_back": "violet",
    "more": "violet",
    "rejected": "danger",
    "refused": "danger",
}


@register.simple_tag
def review_tag(status: str, label: str) -> SafeString:
    """How something stands that an operator reviews."""
    tone = REVIEW_TONES.get(status, "")
    return format_html('<span class="tag status {}">{}</span>', f"tag-{tone}" if tone else "", label)


DOSSIER_TONES = {"waiting": "warn", "approved": "success", "refused": "violet"}


@register.simple_tag
def dossier_tag(change: Any) -> SafeString:
    """How a change of a dossier stands."""
    tone = DOSSIER_TONES.get(change.status, "")
    return format_html('<span class="tag status {}">{}</span>', f"tag-{tone}" if tone else "", change.get_status_display())


CONTRACT_TONES = {"signed": "warn", "in_force": "success", "refused": "violet", "ended": ""}


@register.simple_tag
def contract_tag(contract: Any) -> SafeString:
    """How a contract stands."""
    tone = CONTRACT_TONES.get(contract.status, "")
    return format_html('<span class="tag status {}">{}</span>', f"tag-{tone}" if tone else "", contract.get_status_display())


@register.filter
def html_language(code: str) -> str:
    """zh-hans → zh-Hans, as BCP 47 writes it."""
    main, _dash, script = code.partition("-")
    return f"{main}-{script.capitalize()}" if script else main


@register.simple_tag
@cache
def icon(name: str, size: str = "", classes: str = "") -> SafeString:
    return format_html('<svg class="icon {} {}" aria-hidden="true"><use href="#i-{}"/></svg>', f"icon-{size}" if size else "", classes, name)


@register.filter
def media(key: str) -> str:
    """The address of a public picture, the same on every host."""
    return f"/media/{key}" if key else "/static/img/no-picture.svg"


@register.simple_tag
def order_tag(order: Any) -> SafeString:
    """The one label people see, with its dot and colour."""
    label = label_of(order.status, order.payment_status, order.fulfilment_status, order.open_returns)
    tone = TONES[label]
    return format_html('<span class="tag status {}">{}</span>', f"tag-{tone}" if tone else "", label.label)


@register.simple_tag
def making_tag(row: Any) -> SafeString:
    """How far a shop is with what is made to wishes."""
    if row.is_asked:
        return format_html('<span class="tag status tag-info">{}</span>', pgettext("making", "Waits for the buyer's answer"))
    state = Making(row.state)
    return format_html('<span class="tag status tag-{}">{}</span>', MAKING_TONES[state], state.label)


@register.simple_tag
def return_tag(row: Any) -> SafeString:
    """How a return stands, with its dot and colour."""
    status = ReturnStatus(row.status)
    tone = RETURN_TONES[status]
    return format_html('<span class="tag status {}">{}</span>', f"tag-{tone}" if tone else "", status.label)


@register.simple_tag
def product_tag(product: Any) -> SafeString:
    """How a merchant's product stands, in one label: a review that is open says more than whether it is on sale."""
    status = format_html('<span class="tag status {}">{}</span>', "tag-success" if product.status == "on_sale" else "", product.get_status_display())
    tone = {"waiting": "warn", "sent_back": "danger", "refused": "danger"}.get(product.review)
    if tone is None:
        return status
    review = format_html('<span class="tag status tag-{}">{}</span>', tone, product.get_review_display())
    return format_html("{} {}", status, review) if product.status == "on_sale" else review


@register.filter
def return_reason(code: str) -> str:
    return str(Reason(code).label)


@register.filter
def carrier(code: str) -> str:
    return localised(carriers().get(code, {"en": code})).text


@register.filter
def initial(name: str) -> str:
    """The one sign that stands for a shop or person."""
    return name.strip()[:1].upper() or "·"


NEW_FOR = timedelta(days=14)


@register.filter
def is_new(listing: Any) -> bool:
    """Whether a listing came to the market within the last two weeks."""
    return bool(clock.now() - listing.published_at < NEW_FOR)


@register.filter
def shop_address(merchant: Any) -> str:
    """Where a shop's own pages lie."""
    return shop_url(merchant)


@register.filter
def minor(amount_minor: int, currency: str) -> Money:
    """Money from a stored number of minor units."""
    return Money(amount_minor, currency)


@register.filter
def get(mapping: dict[Any, Any], key: Any) -> Any:
    return mapping.get(key)


@register.simple_tag(takes_context=True)
def here(context: template.Context, **changes: Any) -> str:
    """This page's address with some parameters changed; None or "" removes one. The page number goes with every change."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    for name in ("page", "after", "before"):
        if name not in changes:
            query.pop(name, None)
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"{request.path}?{query.urlencode()}" if query else request.path


@register.simple_tag(takes_context=True)
def toggled(context: template.Context, name: str, value: Any) -> str:
    """This page's address with one of several values of a parameter added or taken away."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    query.pop("page", None)
    chosen = query.getlist(name)
    value = str(value)
    query.setlist(name, [other for other in chosen if other != value] if value in chosen else [*chosen, value])
    return f"{request.path}?{query.urlencode()}" if query else request.path
