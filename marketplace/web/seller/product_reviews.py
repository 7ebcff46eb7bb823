"""What the market said of a product, submission by submission, and what waits beside what is on the market."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from marketplace.flows.review_product import NOTE_LABELS
from marketplace.kernel.errors import NotFound
from marketplace.merchant.catalogue.models import Product
from marketplace.platform.listings.models import Listing, ProductChange
from marketplace.web.cases import case_of
from tenants.tenancy.schemas import current_merchant_id

SHOWN = 20
S = ProductChange.Status


@dataclass(frozen=True)
class Decided:
    """A submission that no longer waits. `notes`: (field, what the market said of it)."""

    change: ProductChange
    outcome: str
    who: str
    notes: list[tuple[str, str]]


def submissions_of(product_id: UUID) -> Any:
    """Of a product of the open shop, the newest first."""
    return ProductChange.objects.filter(merchant_id=current_merchant_id(), product_id=product_id).order_by("-submitted_at", "-pk")


def product_reviews(request: HttpRequest, product_id: UUID) -> HttpResponse:
    row = Product.objects.filter(pk=product_id).first()
    if row is None:
        raise NotFound
    every = submissions_of(product_id)
    waiting = every.filter(status=S.WAITING).first()
    listed = Listing.objects.filter(pk=product_id, merchant_id=current_merchant_id()).prefetch_related("variants")
    live = listed.first() if waiting else None
    decided = every.exclude(status=S.WAITING)
    former = list(decided[:SHOWN])
    context = {
        "title": _("Reviews by the market"),
        "product": row,
        "change": waiting,
        "live": live,
        "case": case_of(waiting, live) if waiting else None,
        "former": [_decided(each, is_own=request.merchant.is_own) for each in former],  # type: ignore[attr-defined]
        "n": decided.count() if len(former) == SHOWN else len(former),
        "shown": SHOWN,
    }
    return render(request, "seller/product_reviews.html", context)


def _decided(change: ProductChange, *, is_own: bool) -> Decided:
    """Who of the market decided is the market's to know; who of the shop took it back stands there by name."""
    notes = [(str(NOTE_LABELS[code]), text) for code, text in change.notes.items() if code in NOTE_LABELS]
    if change.is_by_rule:
        outcome = pgettext("review", "Own goods, no review asked") if is_own else pgettext("review", "Approved by a rule")
        return Decided(change, outcome, "", notes)
    who = change.decided_by if change.status == S.WITHDRAWN else _("the market")
    return Decided(change, change.get_status_display(), who, notes)
