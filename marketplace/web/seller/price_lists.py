"""Price lists in the shop's own order, who each is for, and filling one: a table, pasted lines, or a file."""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.db.models import Count, F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.price_lists import move_list, put_list_prices, save_group, save_list, switch_list
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput, MarketError
from marketplace.kernel.money import Money
from marketplace.merchant.catalogue.models import Variant
from marketplace.merchant.pricing.errors import GroupUnknown, PieceForEverybody
from marketplace.merchant.pricing.lists import Entry, begins_too_early, entries_of, list_here
from marketplace.merchant.pricing.models import CustomerGroup, ListBuyer, Price, PriceList
from marketplace.merchant.pricing.periods import in_force
from marketplace.web.seller.reductions import MomentInput
from tenants.access.actors import actor_of

SHOWN = 200  # entries with a field each
MOST_LINES, MOST_BYTES = 5_000, 1_000_000


class ListForm(forms.Form):
    list_id = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(label=_lazy("Name, for your team"), max_length=60)
    group = forms.ChoiceField(label=_lazy("For whom"), required=False)
    starts_at = forms.DateTimeField(label=_lazy("From"), required=False, widget=MomentInput(), help_text=_lazy("Empty: at once."))
    ends_at = forms.DateTimeField(label=_lazy("Until"), required=False, widget=MomentInput(), help_text=_lazy("Empty: without end."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = [(str(key), name) for key, name in CustomerGroup.objects.order_by("name").values_list("pk", "name")]
        self.fields["group"].choices = [("", _("Everybody (prices by quantity)")), *groups]  # type: ignore[attr-defined]


class GroupForm(forms.Form):
    group_id = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(label=_lazy("Name of the group"), max_length=60)
    tags = forms.CharField(
        label=_lazy("Tags of its customers"), max_length=440, help_text=_lazy("Whoever has one of these tags belongs to it. Tags stand on the customer's page.")
    )

    def words(self) -> list[str]:
        return self.cleaned_data["tags"].replace("，", ",").replace("、", ",").split(",")


def price_lists(request: HttpRequest, form: GroupForm | None = None) -> HttpResponse:
    """Every list, the first that counts first; and the groups they are for."""
    rows = list(PriceList.objects.select_related("group").order_by("position", "pk"))
    entries = dict(Price.objects.filter(price_list__in=rows, ends_at__isnull=True).values_list("price_list").annotate(n=Count("variant", distinct=True)))
    timed = Price.objects.filter(price_list__in=rows, ends_at=F("price_list__ends_at")).values_list("price_list").annotate(n=Count("variant", distinct=True))
    entries |= dict(timed)
    buyers = dict(ListBuyer.objects.values_list("price_list").annotate(n=Count("pk")))
    now = clock.now()
    context = {
        "title": _("Price lists"),
        "rows": [(row, entries.get(row.pk, 0), buyers.get(row.pk, 0), row.ends_at is not None and row.ends_at <= now) for row in rows],
        "groups": list(CustomerGroup.objects.order_by("name")),
        "form": form or GroupForm(initial={"group_id": uuid4()}),
    }
    return render(request, "seller/price_lists.html", context, status=422 if form and form.errors else 200)


def group(request: HttpRequest) -> HttpResponse:
    """Make a group, or give it other tags."""
    form = GroupForm(request.POST)
    if form.is_valid():
        try:
            save_group(by=actor_of(request), group_id=form.cleaned_data["group_id"], name=form.cleaned_data["name"], tags=form.words())
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("price-lists"))
    return price_lists(request, form)


def move(request: HttpRequest, list_id: UUID) -> HttpResponse:
    move_list(by=actor_of(request), list_id=list_id)
    return HttpResponseRedirect(reverse("price-lists"))


def switch(request: HttpRequest, list_id: UUID) -> HttpResponse:
    row = switch_list(by=actor_of(request), list_id=list_id, is_on=request.POST.get("on") == "1")
    messages.success(request, _("“{name}” is on.").format(name=row.name) if row.is_on else _("“{name}” is off: nobody buys by it.").format(name=row.name))
    return HttpResponseRedirect(reverse("price-lists"))


def price_list(request: HttpRequest, list_id: UUID | None = None) -> HttpResponse:
    """Make a list, or change its head."""
    row = list_here(list_id) if list_id else None
    initial: dict[str, Any] = {"list_id": uuid4()}
    if row:
        initial = {"list_id": row.pk, "name": row.name, "group": str(row.group_id or ""), "starts_at": row.starts_at, "ends_at": row.ends_at}
    form = ListForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            saved = save_list(
                by=actor_of(request),
                list_id=row.pk if row else data["list_id"],
                name=data["name"],
                group_id=_group(data["group"]),
                currency=request.market.currency,  # type: ignore[attr-defined]
                starts_at=data["starts_at"],
                ends_at=data["ends_at"],
            )
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("price-list", args=[saved.pk]))
    return _page(request, row, form, {}, "", [])


def _group(text: str) -> UUID | None:
    """Raises GroupUnknown."""
    try:
        return UUID(text) if text else None
    except ValueError:
        raise GroupUnknown(field="group") from None


def prices(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """What stands on a list: the fields of its table, pasted lines, a file. All or nothing, each wrong line named."""
    row = list_here(list_id)
    currency = request.market.currency  # type: ignore[attr-defined]
    pasted = request.POST.get("lines", "")[:MOST_BYTES]
    fields = {entry.pk: request.POST.get(f"entry_{entry.pk.hex}") for entry in entries_of(row)[:SHOWN]}
    written = {key: text.strip()[:20] for key, text in fields.items() if text is not None}  # what was put on meanwhile has no field, and stays
    wrong: list[str] = []
    try:
        wanted = _table(row, written, currency, wrong)
        upload = request.FILES.get("file")
        if upload is not None:
            pasted = _text(upload.read(MOST_BYTES + 1))
        wanted |= _lines(row, pasted, currency, wrong)
        if not wrong:
            changed = put_list_prices(by=actor_of(request), list_id=row.pk, prices=wanted)
            messages.success(request, _("{n} articles have other prices on this list.").format(n=changed))
            return HttpResponseRedirect(reverse("price-list", args=[row.pk]))
    except MarketError as refusal:
        wrong.append(str(refusal))
    return _page(request, row, None, written, pasted, wrong)


def _table(row: PriceList, written: dict[UUID, str], currency: str, wrong: list[str]) -> dict[Entry, Money | None]:
    found: dict[Entry, Money | None] = {}
    for entry in entries_of(row)[:SHOWN]:
        if (text := written.get(entry.pk)) is None:
            continue
        try:
            sale = Money.parse(text, currency) if text else None
            if sale not in (None, entry.sale) and begins_too_early(row, entry.from_quantity):
                raise PieceForEverybody
            found[entry.variant_id, entry.from_quantity] = sale
        except MarketError as refusal:
            wrong.append(f"{entry.variant.sku}: {refusal}")
    return found


def _text(data: bytes) -> str:
    """Raises InvalidInput."""
    if len(data) > MOST_BYTES:
        raise InvalidInput(field="file", why=_("The file is too large: at most 1 MB."))
    for encoding in ("utf-8-sig", "gb18030") if b"\x00" not in data else ():  # as spreadsheets in China save it
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidInput(field="file", why=_("This is no text file. Save the sheet as CSV (UTF-8)."))


def _lines(row: PriceList, text: str, currency: str, wrong: list[str]) -> dict[Entry, Money | None]:
    """SKU, from how many pieces, price: with commas or tabs between; a head is passed over, an empty price takes the article off."""
    lines = [line for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip()]
    if len(lines) > MOST_LINES:
        raise InvalidInput(field="lines", why=_("At most {most} lines at once.").format(most=MOST_LINES))
    rows = [(n, _cells(line)) for n, line in enumerate(lines, 1)]
    rows = [(n, cells) for n, cells in rows if not (n == 1 and cells[0].lower() in ("sku", "货号"))]
    known = dict(Variant.objects.filter(sku__in=[cells[0] for _n, cells in rows]).values_list("sku", "pk"))
    there = {(entry.variant_id, entry.from_quantity): entry.sale for entry in entries_of(row)}
    found: dict[Entry, Money | None] = {}
    for n, read in rows:
        cells = [read[0], "1", read[1]] if len(read) == 2 else read
        try:
            if len(cells) != 3:
                raise InvalidInput(why=_("Write SKU, from how many pieces, and price."))
            if cells[0] not in known:
                raise InvalidInput(why=_("There is no article with the SKU “{sku}”.").format(sku=cells[0]))
            if not (cells[1].isascii() and cells[1].isdigit() and len(cells[1]) < 5):
                raise InvalidInput(why=_("Write the quantity as a whole number."))
            entry, sale = (known[cells[0]], int(cells[1])), Money.parse(cells[2], currency) if cells[2] else None
            if sale not in (None, there.get(entry)) and begins_too_early(row, entry[1]):
                raise PieceForEverybody
            found[entry] = sale
        except MarketError as refusal:
            wrong.append(_("Line {n}: {why}").format(n=n, why=refusal))
    return found


def _cells(line: str) -> list[str]:
    """Of a line that is not blank; one that is longer than any that is meant is a cell by itself, which is refused with its line."""
    try:
        return [cell.strip() for cell in next(csv.reader(io.StringIO(line), delimiter="\t" if "\t" in line else ","))]
    except csv.Error:
        return [line[:20]]


def _page(request: HttpRequest, row: PriceList | None, form: ListForm | None, written: dict[UUID, str], pasted: str, wrong: list[str]) -> HttpResponse:
    entries = entries_of(row) if row else []
    shown = entries[:SHOWN]
    ordinary = {price.variant_id: price.sale for price in in_force().filter(variant_id__in=[entry.variant_id for entry in shown])}
    if form is None and row is not None:
        form = ListForm(initial={"list_id": row.pk, "name": row.name, "group": str(row.group_id or ""), "starts_at": row.starts_at, "ends_at": row.ends_at})
    context = {
        "title": row.name if row else _("New price list"),
        "row": row,
        "form": form,
        "entries": [
            {
                "entry": entry,
                "ordinary": ordinary.get(entry.variant_id),
                "is_dearer": entry.variant_id in ordinary and entry.sale >= ordinary[entry.variant_id],
                "is_too_early": row is not None and begins_too_early(row, entry.from_quantity),
                "name": f"entry_{entry.pk.hex}",
                "written": written.get(entry.pk, str(entry.sale.decimal)),
            }
            for entry in shown
        ],
        "more": len(entries) - len(shown),
        "buyers": ListBuyer.objects.filter(price_list=row).count() if row else 0,
        "pasted": pasted,
        "wrong": wrong[:20],
        "wrong_more": max(len(wrong) - 20, 0),
    }
    return render(request, "seller/price_list.html", context, status=422 if wrong or (form and form.errors) else 200)
