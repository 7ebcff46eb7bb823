"""The review queue: what merchants want to put on the market, beside what is there, and the operator's decision."""

from __future__ import annotations

from uuid import UUID

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from marketplace.flows.offers_now import offers_now
from marketplace.flows.review_product import NOTE_LABELS, approve_change, refuse_change, send_change_back
from marketplace.kernel.errors import MarketError
from marketplace.kernel.formats import format_count, format_time
from marketplace.merchant.catalogue.models import Product
from marketplace.platform.listings.errors import ChangeUnknown
from marketplace.platform.listings.models import Listing, ProductChange
from marketplace.platform.listings.words import hits_in
from marketplace.web.cases import case_of
from marketplace.web.lists.bulk import Bulk
from marketplace.web.lists.filters import Since, Until
from marketplace.web.lists.pages import Column, ListPage, Teach
from marketplace.web.operator.findings import findings_of
from tenants.access.actors import actor_of
from tenants.access.rights import Right
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import merchant_schema

QUEUE_SHOWN = 12
FORMER = 5  # submissions of the same product, on the page of one
REASONS = (
    _lazy("The picture does not show what is sold."),
    _lazy("The category does not fit."),
    _lazy("The title or description promises what cannot be shown."),
    _lazy("A paper of the brand is needed first."),
    _lazy("This may not be sold here."),
)


KINDS = [("True", _lazy("New product")), ("False", _lazy("Edit of what is on sale"))]
DECIDED = [("True", _lazy("By a rule")), ("False", _lazy("By a person")), ("own", _lazy("Own goods, no review asked"))]


class ChangeFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(field_name="status", choices=ProductChange.Status.choices)
    kind = django_filters.ChoiceFilter(field_name="is_new", choices=KINDS, label=_lazy("Kind"), empty_label=_lazy("All"))
    by_rule = django_filters.ChoiceFilter(method="decided_by", choices=DECIDED, label=_lazy("Decided"), empty_label=_lazy("All"))
    merchant = django_filters.ModelChoiceFilter(queryset=Merchant.objects.order_by("slug"), label=_lazy("Shop"), empty_label=_lazy("All"))
    since, until = Since("submitted_at"), Until("submitted_at")
    product = django_filters.UUIDFilter(field_name="product_id", label=_lazy("Product"), widget=forms.HiddenInput)  # their pages lead here

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
    export_head=[
        _lazy("Product"),
        _lazy("Shop"),
        _lazy("Kind"),
        _lazy("Status"),
        _lazy("Submitted"),
        _lazy("Decided"),
        _lazy("Decided by"),
        _lazy("Reason"),
        pgettext_lazy("column", "Remarks"),
    ],
    export=lambda row: [
        (
            row.title.text,
            row.merchant.name,
            str(dict(KINDS)[str(row.is_new)]),
            row.get_status_display(),
            row.submitted_at,
            row.decided_at,
            row.decided_by,
            row.reason,
            "\n".join(f"{NOTE_LABELS[code]}: {text}" for code, text in row.notes.items() if code in NOTE_LABELS),
        )
    ],
    base="operator/base.html",
    bulk=[Bulk(_lazy("Look through them"), "reviews-many", Right.REVIEW_PRODUCTS, "eye", shows=True)],
    actions_template="operator/_reviews_actions.html",
)


def change(request: HttpRequest, change_id: UUID) -> HttpResponse:
    return _case_page(request, change_id)


def _case_page(request: HttpRequest, change_id: UUID, refusal: MarketError | None = None, reason: str = "") -> HttpResponse:
    found = ProductChange.objects.select_related("merchant").filter(pk=change_id).first()
    if found is None:
        raise ChangeUnknown
    live = Listing.objects.filter(pk=found.product_id).prefetch_related("variants").first()
    others = ProductChange.objects.filter(product_id=found.product_id, merchant_id=found.merchant_id).exclude(pk=found.pk)
    former = list(others.order_by("-submitted_at", "-pk")[:FORMER])
    waiting = ProductChange.objects.filter(status=ProductChange.Status.WAITING)
    queue = list(waiting.order_by("submitted_at", "pk")[:QUEUE_SHOWN])
    n = waiting.count()
    context = {
        "title": found.title.text,
        "change": found,
        "case": case_of(found, live, offers_now(found.merchant_id, found.product_id)),
        "live": live,
        "is_waiting": found.status == ProductChange.Status.WAITING,
        "may_decide": request.user.has_perm(Right.REVIEW_PRODUCTS.full_name),
        "findings": findings_of(found.proposed, others.filter(status=ProductChange.Status.SENT_BACK).count(), hits_in(found.proposed)),
        "former": former,
        "has_more": len(former) == FORMER,
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
    messages.success(request, _told(found))
    following = ProductChange.objects.filter(status=ProductChange.Status.WAITING).order_by("submitted_at").first()
    return HttpResponseRedirect(f"/reviews/{following.pk}/" if following else "/reviews/")


def _told(found: ProductChange) -> str:
    """What has become of it."""
    title = found.title.text
    if found.status == ProductChange.Status.REFUSED:
        return _("“{title}” was refused; the shop is told why.").format(title=title)
    if found.status != ProductChange.Status.APPROVED:
        return _("“{title}” went back to the shop, with the reason.").format(title=title)
    with merchant_schema(found.merchant_id):
        row = Product.objects.filter(pk=found.product_id).first()
    if row is None or row.status == Product.Status.ON_SALE:
        return _("“{title}” is on the market.").format(title=title)
    if row.is_early and row.listed_from is not None:
        return _("“{title}” is approved and goes on sale {at}.").format(title=title, at=format_time(row.listed_from))
    return _("“{title}” is approved and stays off sale for now.").format(title=title)


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
