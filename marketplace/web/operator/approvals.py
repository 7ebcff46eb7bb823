"""What waits for a second person: the queue, one request with before and after, and the decision over it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from marketplace.flows.approval_kinds import KINDS
from marketplace.flows.approvals import approve, ask_for, holds, refuse, who_may, withdraw
from marketplace.flows.merge_accounts import Moving, preview
from marketplace.flows.pay_out import RELEASE
from marketplace.kernel import clock
from marketplace.kernel.errors import MarketError
from marketplace.kernel.formats import format_money, format_share
from marketplace.kernel.money import Money
from marketplace.platform.approvals.access import request_for_operator
from marketplace.platform.approvals.actions import LIMITS
from marketplace.platform.approvals.models import ApprovalRequest
from marketplace.platform.approvals.queries import limit_of, waiting_about
from marketplace.platform.taxonomy.models import Category, TaxClass
from marketplace.web.lists.pages import Column, ListPage, Teach
from marketplace.web.operator import request_lines
from marketplace.web.operator.request_lines import Line
from tenants.access.actors import actor_of, person_of
from tenants.access.rights import Right
from tenants.tenancy.models import Market, Merchant, ShopChange

RAIL_LABELS = {"sandbox": _lazy("Sandbox: a test page, no money moves"), "stripe": _lazy("Stripe: cards, Alipay and WeChat Pay")}
KIND_CHOICES = [(name, kind.label) for name, kind in KINDS.items()]


class RequestFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(field_name="status", choices=ApprovalRequest.Status.choices)
    kind = django_filters.ChoiceFilter(choices=KIND_CHOICES, label=_lazy("Kind"), empty_label=_lazy("All"))
    merchant = django_filters.ModelChoiceFilter(queryset=Merchant.objects.order_by("slug"), label=_lazy("Shop"), empty_label=_lazy("All"))

    def search(self, queryset: QuerySet[ApprovalRequest], name: str, value: str) -> QuerySet[ApprovalRequest]:
        text = value.strip()
        return queryset.filter(Q(number__startswith=text) | Q(asked_label__icontains=text) | Q(merchant__slug__icontains=text))


def _named(request: HttpRequest, rows: list[Any]) -> None:
    named(rows)


approvals = ListPage(
    title=_lazy("Two people"),
    name="approvals",
    right=Right.VIEW_APPROVALS,
    columns=[
        Column(_lazy("Request"), "number", is_fixed=True, sort=("asked_at", "pk")),
        Column(_lazy("What"), "what"),
        Column(_lazy("Asked by"), "asked"),
        Column(_lazy("Status"), "status"),
        Column(_lazy("Amount"), "amount", end=True),
    ],
    row_template="operator/_approval_row.html",
    rows=lambda request: ApprovalRequest.objects.select_related("merchant"),
    filters=RequestFilter,
    order=("-asked_at", "-pk"),
    search_hint=_lazy("Number, who asked, or web address of the shop"),
    empty=_lazy("Nothing waits for a second person. Who suspends a shop, changes a rate or releases payouts asks here, and somebody else approves."),
    teach=Teach(_lazy("To the merchants"), "merchants", Right.VIEW_MERCHANTS),
    export_name="approvals",
    export_head=[
        _lazy("Request"),
        _lazy("What"),
        _lazy("Shop"),
        _lazy("Amount"),
        _lazy("Currency"),
        _lazy("Reason"),
        _lazy("Asked by"),
        _lazy("Asked at"),
        _lazy("Status"),
        _lazy("Decided by"),
        _lazy("Decided at"),
    ],
    export=lambda row: [
        (
            row.number,
            KINDS[row.kind].label,
            row.merchant.name if row.merchant else "",
            row.amount,
            row.currency,
            row.why,
            row.asked_label,
            row.asked_at,
            row.get_status_display(),
            row.decided_label,
            row.decided_at,
        )
    ],
    base="operator/base.html",
    prepare=_named,
    actions_template="operator/_approvals_actions.html",
)


def lines_of(row: ApprovalRequest) -> list[Line]:
    """What a request would change, in words."""
    match row.kind:
        case "commission.set" | "tax.set":
            return [Line(_what_rate(row), _share(row.before["rate"]), _share(row.after["rate"]))]
        case "payouts.release":
            shops = Merchant.objects.in_bulk([UUID(line["merchant"]) for line in row.before["payouts"]])
            return [
                Line(
                    shops[UUID(line["merchant"])].name,
                    format_money(Money(line["minor"], row.currency)),
                    line["to"],
                    _("statement {number}").format(number=line["statement"]),
                )
                for line in row.before["payouts"]
            ]
        case "payouts.limit":
            currency = Market.objects.get().currency
            return [
                Line(
                    _("One person alone, within a day"),
                    format_money(Money(row.before["minor"], currency)),
                    format_money(Money(row.after["minor"], currency)),
                )
            ]
        case "rail.set":
            return [Line(_("How buyers pay"), *(str(RAIL_LABELS.get(side["rail"], side["rail"])) for side in (row.before, row.after)))]
        case "shop.owner":
            return [Line(_("Owner of the shop"), _(", ").join(row.before["owners"]) or _("nobody"), row.after["owner"])]
        case "refund.otherwise":
            return [Line(_("Refund of order {number}").format(number=row.before["group"]), _("refused by the rail"), _("paid from the market's bank account"))]
        case "person.erase":
            return [Line(_("The account"), _called(row.before), _("without a name; its orders stay"))]
        case "person.merge":
            counts = moving_in_words(preview(UUID(row.order["loser_id"]))) if row.status == ApprovalRequest.Status.WAITING else ""
            return [Line(_("Merged into the account that stays"), _called(row.before["loser"]), _called(row.before["winner"]), counts)]
        case "deposit.set":
            return request_lines.of_deposit_rule(row)
        case "deposit.account":
            return request_lines.of_deposit_account(row)
        case "package.price":
            return request_lines.of_package_price(row)
        case "fee.book":
            return request_lines.of_fee(row)
        case "deposit.move":
            return request_lines.of_deposit_move(row)
    before, after = Merchant.Status(row.before["status"]).label, Merchant.Status(row.after["status"]).label
    kind = row.after.get("kind")
    return [Line(_("Status of the shop"), str(before), str(after), str(ShopChange.Kind(kind).label) if kind else "")]


def _called(shown: Mapping[str, str]) -> str:
    """A person as the request keeps them: the name, and the masked address."""
    return f"{shown['name']} · {shown['email']}" if shown["name"] else shown["email"]


MOVING = {
    "order_groups": _lazy("Order groups"),
    "orders": _lazy("Orders"),
    "returns": _lazy("Returns"),
    "reviews": _lazy("Reviews and ratings"),
    "questions": _lazy("Questions and answers"),
    "addresses": _lazy("Addresses"),
    "favourites": _lazy("Favourites and followed shops"),
    "cart": _lazy("In the cart"),
    "applications": _lazy("Applications"),
    "notes": _lazy("Notes"),
}


def moving_in_words(rows: Iterable[Moving]) -> str:
    """What would move, in a line; what there is none of is left out."""
    return " · ".join(f"{MOVING[row.kind]} {row.count}" for row in rows if row.count)


def _share(text: str | None) -> str:
    return format_share(Decimal(text)) if text is not None else _("none of its own")


def _what_rate(row: ApprovalRequest) -> str:
    if row.kind == "tax.set":
        return str(TaxClass(row.order["tax_class"]).label)
    if row.merchant:
        return str(row.merchant.name)
    category = Category.objects.filter(pk=row.order["category_id"]).first() if row.order["category_id"] else None
    return str(category.name) if category else _("All shops and categories")


def approval(request: HttpRequest, number: str) -> HttpResponse:
    return _case(request, request_for_operator(number))


def _case(request: HttpRequest, row: ApprovalRequest, refusal: MarketError | None = None, why: str = "") -> HttpResponse:
    person, kind = person_of(request), KINDS[row.kind]
    is_mine = row.asked_by_id == person.pk
    waits = row.status == ApprovalRequest.Status.WAITING and row.expires_at > clock.now()
    context = {
        "title": kind.label,
        "row": row,
        "kind": kind,
        "lines": lines_of(row),
        "is_release": row.kind == RELEASE,
        "waits": waits,
        "is_mine": is_mine,
        "may_decide": waits and not is_mine and holds(person.pk, kind.approve),
        "others": [each for each in who_may(kind.approve) if each.pk != row.asked_by_id] if waits else [],
        "needed": _(kind.approve.label),
        "refusal": refusal,
        "why": why,
    }
    return render(request, "operator/approval.html", context, status=refusal.status if refusal else 200)


def approval_decide(request: HttpRequest, number: str) -> HttpResponse:
    """Approve, refuse or withdraw; a refusal of ours is shown on the page of the request."""
    row = request_for_operator(number)
    why, decision = request.POST.get("why", "")[:500], request.POST.get("decision", "")
    by = actor_of(request)
    try:
        if decision == "approve":
            approve(by=by, request_id=row.pk, why=why)
            said = _("Approved, and done.")
        elif decision == "withdraw":
            withdraw(by=by, request_id=row.pk, why=why)
            said = _("Withdrawn. Nothing was changed.")
        else:
            refuse(by=by, request_id=row.pk, why=why)
            said = _("Refused. Whoever asked reads your reason.")
    except MarketError as refusal:
        return _case(request, request_for_operator(number), refusal, why)
    messages.success(request, said)
    return HttpResponseRedirect(f"/approvals/{number}/")


def named(rows: Iterable[Any]) -> list[Any]:
    """Requests with what they are in words (`kind_label`), as lists and notes show them."""
    found = list(rows)
    for row in found:
        row.kind_label = KINDS[row.kind].label
    return found


def asked_about(subject: str, subject_id: object) -> list[Any]:
    """What waits for a second person about a thing, for the note on its page (operator/_asked_about.html)."""
    return named(waiting_about(subject, subject_id))


def asked(request: HttpRequest, row: ApprovalRequest) -> HttpResponse:
    """The answer to whoever asked: the page of the request, or, where one person sufficed, what was made."""
    if row.status == ApprovalRequest.Status.APPROVED:
        messages.success(request, _("Done: it is below the limit up to which one person suffices."))
        return HttpResponseRedirect(f"/payouts/files/{row.result['batch']}/" if row.result.get("batch") else f"/approvals/{row.number}/")
    n = len([person for person in who_may(KINDS[row.kind].approve) if person.pk != row.asked_by_id])
    if n:
        said = ngettext("Asked for. {n} person can approve it.", "Asked for. {n} people can approve it.", n).format(n=n)
        messages.success(request, said)
    else:
        messages.warning(request, _("Asked for, but nobody else here may approve it yet. Invite a second person."))
    return HttpResponseRedirect(f"/approvals/{row.number}/")


class LimitForm(forms.Form):
    request_id = forms.UUIDField(widget=forms.HiddenInput)
    limit = forms.DecimalField(label=_lazy("One person alone may release so much within a day"), min_value=0, max_digits=12, decimal_places=2)
    why = forms.CharField(label=_lazy("Reason; it is kept in the log"), max_length=500)


def approval_limit(request: HttpRequest) -> HttpResponse:
    """Up to how much one person may release payouts alone: itself a change for two people."""
    currency = request.market.currency  # type: ignore[attr-defined]
    now = limit_of(RELEASE, currency)
    form = LimitForm(request.POST or None, initial={"request_id": uuid4(), "limit": now.decimal})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        order = {"of": RELEASE, "minor": Money.parse(str(data["limit"]), currency).minor}
        try:
            row = ask_for(by=actor_of(request), kind=LIMITS, request_id=data["request_id"], order=order, why=data["why"])
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            return asked(request, row)
    context = {"title": _("What one person may pay out alone"), "form": form, "now": now}
    return render(request, "operator/approval_limit.html", context, status=422 if form.errors else 200)
