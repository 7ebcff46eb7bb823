"""The review queue: what merchants want to put on the market, beside what is there, and the operator's decision."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.review_product import NOTE_LABELS, approve_change, refuse_change, send_change_back
from marketplace.flows.review_rules import form_of
from marketplace.kernel.errors import MarketError
from marketplace.kernel.formats import format_count
from marketplace.kernel.money import Money
from marketplace.platform.listings.errors import ChangeUnknown
from marketplace.platform.listings.models import Listing, ProductChange
from marketplace.platform.listings.words import hits_in
from marketplace.platform.taxonomy.models import Attribute, AttributeValue, Brand, Category, TaxClass
from marketplace.platform.taxonomy.queries import path_of
from marketplace.web.lists.bulk import Bulk
from marketplace.web.lists.pages import Column, ListPage, Teach
from marketplace.web.operator.findings import Piece, findings_of, marked
from marketplace.web.operator.review_wishes import wishes_told
from tenants.access.actors import actor_of
from tenants.access.rights import Right
from tenants.tenancy.models import Merchant

QUEUE_SHOWN = 12
REASONS = (
    _lazy("The picture does not show what is sold."),
    _lazy("The category does not fit."),
    _lazy("The title or description promises what cannot be shown."),
    _lazy("A paper of the brand is needed first."),
    _lazy("This may not be sold here."),
)


DECIDED = [("True", _lazy("By a rule")), ("False", _lazy("By a person")), ("own", _lazy("Own goods, no review asked"))]


class ChangeFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(field_name="status", choices=ProductChange.Status.choices)
    by_rule = django_filters.ChoiceFilter(method="decided_by", choices=DECIDED, label=_lazy("Decided"), empty_label=_lazy("All"))
    merchant = django_filters.ModelChoiceFilter(queryset=Merchant.objects.order_by("slug"), label=_lazy("Shop"), empty_label=_lazy("All"))

    def decided_by(self, queryset: QuerySet[ProductChange], name: str, value: str) -> QuerySet[ProductChange]:
        if value == "False":
            return queryset.filter(is_by_rule=False)
        return queryset.filter(is_by_rule=True, merchant__is_own=value == "own")

    def search(self, queryset: QuerySet[ProductChange], name: str, value: str) -> QuerySet[ProductChange]:
        text = value.strip()
        return queryset.filter(Q(**{"proposed__titles__zh-hans__icontains": text}) | Q(proposed__titles__en__icontains=text))


changes = ListPage(
    title=_lazy("Product reviews"),
    name="reviews",
    right=Right.REVIEW_PRODUCTS,
    columns=[
        Column(_lazy("Product"), "product", is_fixed=True),
        Column(_lazy("Shop"), "shop"),
        Column(_lazy("Kind"), "kind", wide_only=True),
        Column(_lazy("Status"), "status"),
        Column(_lazy("Submitted"), "submitted", end=True, sort=("submitted_at", "pk")),
    ],
    row_template="operator/_change_row.html",
    rows=lambda request: ProductChange.objects.select_related("merchant"),
    filters=ChangeFilter,
    order=("-submitted_at", "-pk"),
    search_hint=_lazy("Title"),
    empty=_lazy("Nothing was submitted yet. Each product a shop wants to sell will stand here before buyers see it."),
    teach=Teach(_lazy("To the merchants"), "merchants", Right.VIEW_MERCHANTS),
    export_name="product-reviews",
    export_head=[_lazy("Product"), _lazy("Shop"), _lazy("Status"), _lazy("Submitted"), _lazy("Decided"), _lazy("Decided by"), _lazy("Reason")],
    export=lambda row: [(row.title.text, row.merchant.name, row.get_status_display(), row.submitted_at, row.decided_at, row.decided_by, row.reason)],
    base="operator/base.html",
    bulk=[Bulk(_lazy("Look through them"), "reviews-many", Right.REVIEW_PRODUCTS, "eye", shows=True)],
    actions_template="operator/_reviews_actions.html",
)


@dataclass
class Fact:
    """A field of a product: as it is on the market now, and as it would be."""

    code: str
    new: Any
    old: Any = None
    kind: str = "text"  # text, rows, html, pictures

    @property
    def name(self) -> str:
        return str(NOTE_LABELS[self.code])

    @property
    def is_changed(self) -> bool:
        return self.old is not None and self.old != self.new

    @property
    def before(self) -> list[Piece]:
        return marked(str(self.old or ""), str(self.new or ""))[0]

    @property
    def after(self) -> list[Piece]:
        return marked(str(self.old or ""), str(self.new or ""))[1]


@dataclass
class Shown:
    """A variant of the proposal, with its price in force on the market if it is there."""

    label: str
    sku: str
    price: Money
    market_price: Money | None
    available: int
    is_new: bool = False


@dataclass
class Case:
    """A submission as the operator reads it."""

    facts: list[Fact]
    variants: list[Shown]
    gone: list[str] = field(default_factory=list)  # variants that would no longer be sold

    @property
    def changed(self) -> list[Fact]:
        return [fact for fact in self.facts if fact.is_changed]

    @property
    def unchanged(self) -> list[Fact]:
        return [fact for fact in self.facts if not fact.is_changed]


def change(request: HttpRequest, change_id: UUID) -> HttpResponse:
    return _case_page(request, change_id)


def _case_page(request: HttpRequest, change_id: UUID, refusal: MarketError | None = None, reason: str = "") -> HttpResponse:
    found = ProductChange.objects.select_related("merchant").filter(pk=change_id).first()
    if found is None:
        raise ChangeUnknown
    live = Listing.objects.filter(pk=found.product_id).prefetch_related("variants").first()
    former = list(ProductChange.objects.filter(product_id=found.product_id).exclude(pk=found.pk).order_by("-submitted_at")[:5])
    waiting = ProductChange.objects.filter(status=ProductChange.Status.WAITING)
    queue = list(waiting.order_by("submitted_at", "pk")[:QUEUE_SHOWN])
    n = waiting.count()
    context = {
        "title": found.title.text,
        "change": found,
        "case": case_of(found, live),
        "live": live,
        "is_waiting": found.status == ProductChange.Status.WAITING,
        "may_decide": request.user.has_perm(Right.REVIEW_PRODUCTS.full_name),
        "findings": findings_of(found.proposed, sum(row.status == ProductChange.Status.SENT_BACK for row in former), hits_in(found.proposed)),
        "former": former,
        "queue": queue,
        "waiting_shown": format_count(n),
        "following": next((row for row in queue if row.pk != found.pk), None),
        "left": n - (found.status == ProductChange.Status.WAITING),
        "reasons": REASONS,
        "refusal": refusal,
        "reason": reason,
        "notes": notes_from(request) or found.notes,
        "labels": NOTE_LABELS,
    }
    return render(request, "operator/change.html", context, status=refusal.status if refusal else 200)


def case_of(found: ProductChange, live: Listing | None) -> Case:
    """Field by field, what would be and what is."""
    new, old = found.proposed, form_of(live) if live else None
    names = _Names([new, *([old] if old else [])])

    def fact(code: str, read: Any, kind: str = "text") -> Fact:
        return Fact(code, read(new), read(old) if old else None, kind)

    facts = [
        fact("title_zh", lambda p: p["titles"].get("zh-hans", "")),
        fact("title_en", lambda p: p["titles"].get("en", "")),
        fact("subtitle_zh", lambda p: p.get("subtitles", {}).get("zh-hans", "")),
        fact("subtitle_en", lambda p: p.get("subtitles", {}).get("en", "")),
        fact("category", lambda p: names.category(p["category_id"])),
        fact("brand", lambda p: names.brand(p["brand_id"])),
        fact("tax_class", lambda p: str(TaxClass(p["tax_class"]).label)),
        fact("pictures", lambda p: [names.picture(one) for one in p["pictures"]], "pictures"),
        fact("description_zh", lambda p: p["descriptions"].get("zh-hans", ""), "html"),
        fact("description_en", lambda p: p["descriptions"].get("en", ""), "html"),
        fact("attributes", lambda p: names.attributes(p["attributes"]), "rows"),
    ]
    if wishes_told(new, found.currency) or wishes_told(old, found.currency):
        facts.append(fact("customising", lambda p: wishes_told(p, found.currency), "rows"))
    there = {variant["id"]: variant for variant in old["variants"]} if old else {}
    shown = [
        Shown(
            names.options(one["options"]),
            one["sku"],
            Money(one["price_minor"], found.currency),
            Money(one["market_minor"], found.currency) if one["market_minor"] else None,
            one["available"],
            is_new=old is not None and one["id"] not in there,
        )
        for one in new["variants"]
    ]
    kept = {one["id"] for one in new["variants"]}
    return Case(facts, shown, [names.options(one["options"]) or one["sku"] for key, one in there.items() if key not in kept])


class _Names:
    """Names of everything that proposals mention, fetched at once."""

    def __init__(self, proposals: list[dict[str, Any]]) -> None:
        attributes = {row[0] for p in proposals for row in p["attributes"]} | {int(a) for p in proposals for v in p["variants"] for a in v["options"]}
        values = {v for p in proposals for row in p["attributes"] for v in row[1]} | {
            int(v) for p in proposals for one in p["variants"] for v in one["options"].values()
        }
        values |= {one["value"] for p in proposals for one in p["pictures"] if one.get("value")}
        self._attributes, self._values = Attribute.objects.in_bulk(attributes), AttributeValue.objects.in_bulk(values)
        self._categories = Category.objects.in_bulk({p["category_id"] for p in proposals})
        self._brands = Brand.objects.in_bulk({p["brand_id"] for p in proposals if p["brand_id"]})

    def picture(self, one: dict[str, Any]) -> dict[str, Any]:
        """As it is shown: what a card shows of it, what it says in each language, which choice it stands for, and the film behind it."""
        value = self._values.get(one.get("value") or 0)
        said = [one["alt"][code] for code in ("zh-hans", "en") if (one.get("alt") or {}).get(code)]
        film = one.get("film", "")
        return {
            "key": one["key"],
            "square": one.get("square", ""),
            "said": said,
            "value": value.name if value else "",
            "film": film,
            "kind": f"video/{film.rpartition('.')[2]}",
        }

    def category(self, key: int) -> str:
        found = self._categories.get(key)
        return " › ".join(step.name for step in path_of(found)) if found else str(key)

    def brand(self, key: int | None) -> str:
        return self._brands[key].name if key in self._brands else "—"

    def options(self, options: dict[str, int]) -> str:
        return " / ".join(self._values[int(v)].name for v in options.values() if int(v) in self._values)

    def attributes(self, rows: list[list[Any]]) -> list[str]:
        found = []
        for attribute_id, value_ids, free in rows:
            if attribute_id in self._attributes:
                texts = [self._values[v].name for v in value_ids if v in self._values] or ([next(iter(free.values()))] if free else [])
                found.append(f"{self._attributes[attribute_id].name}: {', '.join(texts)}")
        return found


class DecisionForm(forms.Form):
    """What the operator saw is what is decided over."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(max_length=500, required=False)


def decide(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """Approve, send back or refuse, with a reason as a whole or by field; then on to the next that waits."""
    form = DecisionForm(request.POST)
    if not form.is_valid():
        raise ChangeUnknown
    seen, reason = form.cleaned_data["seen_version"], form.cleaned_data["reason"]
    try:
        found = decide_one(request, change_id, request.POST.get("decision", ""), seen, reason, notes_from(request))
    except MarketError as refusal:
        if refusal.status == 404:
            raise
        return _case_page(request, change_id, refusal, reason)
    said = {
        ProductChange.Status.APPROVED: _("“{title}” is on the market."),
        ProductChange.Status.REFUSED: _("“{title}” was refused; the shop is told why."),
    }.get(ProductChange.Status(found.status), _("“{title}” went back to the shop, with the reason."))
    messages.success(request, said.format(title=found.title.text))
    following = ProductChange.objects.filter(status=ProductChange.Status.WAITING).order_by("submitted_at").first()
    return HttpResponseRedirect(f"/reviews/{following.pk}/" if following else "/reviews/")


def notes_from(request: HttpRequest) -> dict[str, str]:
    """What was written beside single fields."""
    return {code: text for code in NOTE_LABELS if (text := request.POST.get(f"note_{code}", "").strip())}


def decide_one(request: HttpRequest, change_id: UUID, decision: str, seen: int, reason: str, notes: dict[str, str]) -> ProductChange:
    """`decision` is approve, refuse, or else send back. Raises what those raise."""
    by = actor_of(request)
    if decision == "approve":
        return approve_change(by=by, change_id=change_id, seen_version=seen)
    turn_down = refuse_change if decision == "refuse" else send_change_back
    return turn_down(by=by, change_id=change_id, seen_version=seen, reason=reason, notes=notes)
