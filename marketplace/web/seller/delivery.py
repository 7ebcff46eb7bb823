"""What the shop asks for its parcels: zones of provinces, each with a fee, an amount from which it is free, or no delivery at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from marketplace.kernel.errors import InvalidInput, MarketError
from marketplace.kernel.money import Money, NotAnAmount
from marketplace.platform.delivery.actions import Zone, set_freight
from marketplace.platform.delivery.queries import provinces, zones_of
from tenants.access.actors import actor_of

MOST_ZONES = 8


@dataclass
class Row:
    """A zone as it was typed. `wrong` names the amount that is none, for the page to mark."""

    regions: list[str] = field(default_factory=list)
    fee: str = ""
    free_from: str = ""
    delivers: bool = True
    wrong: str = ""


def delivery(request: HttpRequest) -> HttpResponse:
    merchant = request.merchant  # type: ignore[attr-defined]
    rows = _rows_sent(request) if request.method == "POST" else _rows_kept(merchant.pk)
    refusal: MarketError | None = None
    if request.method == "POST" and request.POST.get("then") == "save":
        try:
            set_freight(by=actor_of(request), merchant_id=merchant.pk, currency=_currency(request), zones=_zones(rows, _currency(request)))
        except MarketError as why:
            refusal = why
        else:
            messages.success(request, _("Kept. Orders from now on are charged like this."))
            return HttpResponseRedirect("/delivery/")
    if request.POST.get("then") == "add" and len(rows) < MOST_ZONES:
        rows.insert(-1, Row())
    context = {"title": _("Delivery"), "rows": rows, "provinces": provinces(), "refusal": refusal}
    return render(request, "seller/delivery.html", context, status=refusal.status if refusal else 200)


def _currency(request: HttpRequest) -> str:
    return str(request.market.currency)  # type: ignore[attr-defined]


def _rows_sent(request: HttpRequest) -> list[Row]:
    """The zones of the form, the last of which is for everywhere else."""
    data, rows, n = request.POST, [], 0
    while f"fee_{n}" in data and n <= MOST_ZONES:  # one too many is refused when it is saved
        if not data.get(f"gone_{n}"):
            rows.append(Row(data.getlist(f"regions_{n}"), data.get(f"fee_{n}", ""), data.get(f"free_from_{n}", ""), data.get(f"delivers_{n}") == "1"))
        n += 1
    return rows or [Row()]


def _rows_kept(merchant_id: Any) -> list[Row]:
    kept = zones_of([merchant_id]).get(merchant_id, [])
    rows = [
        Row(zone.regions, f"{zone.fee.decimal:f}", f"{zone.free_from.decimal:f}" if zone.free_from else "", zone.delivers)
        for zone in sorted(kept, key=lambda zone: (not zone.regions, zone.position))
    ]
    return rows or [Row(fee="0")]


def _zones(rows: list[Row], currency: str) -> list[Zone]:
    """Raises NotAnAmount, InvalidInput."""
    if len(rows) > MOST_ZONES:
        raise InvalidInput(field="regions", why=_("A shop has at most {most} zones.").format(most=MOST_ZONES))
    return [_zone(row, currency) for row in rows]


def _zone(row: Row, currency: str) -> Zone:
    """Raises NotAnAmount, InvalidInput."""
    if not row.delivers:
        return Zone(row.regions, delivers=False)
    if not row.fee.strip():
        row.wrong = "fee"
        raise InvalidInput(field="fee", why=_("Say what a parcel costs; 0 if you send it free."))
    return Zone(row.regions, _amount(row, "fee", currency), _amount(row, "free_from", currency) if row.free_from.strip() else None)


def _amount(row: Row, name: str, currency: str) -> Money:
    try:
        return Money.parse(getattr(row, name), currency)
    except NotAnAmount as wrong:
        row.wrong = wrong.field = name
        raise
