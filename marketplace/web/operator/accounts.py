"""Where shops are paid: changes of payout accounts, the market's look at them, and a shop's account in force."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.account_changes import compared, cooling_days, names_in_dossier, pass_change, refuse_change
from marketplace.kernel.encrypted import prints
from marketplace.kernel.errors import MarketError
from marketplace.platform.payments.actions import show_account_number
from marketplace.platform.payments.errors import AccountChangeUnknown
from marketplace.platform.payments.models import AccountChange, PayoutAccount
from marketplace.web.lists.pages import Column, ListPage, Teach
from marketplace.web.revealing import Masked, ProofForm, last_looks, masked, reveal
from tenants.access.actors import actor_of
from tenants.access.rights import Right
from tenants.onboarding.models import Application, Dossier
from tenants.tenancy.errors import MerchantUnknown, NotForOwnShops
from tenants.tenancy.models import Merchant


class ChangeFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(field_name="status", choices=AccountChange.Status.choices)
    merchant = django_filters.ModelChoiceFilter(queryset=Merchant.objects.order_by("slug"), label=_lazy("Shop"), empty_label=_lazy("All"))

    def search(self, queryset: QuerySet[AccountChange], name: str, value: str) -> QuerySet[AccountChange]:
        """By holder, shop, the last four digits, or the whole number, which is compared by its fingerprint."""
        text = value.strip()
        number = "".join(text.split())
        found = (
            Q(holder__icontains=text) | Q(merchant__slug__startswith=text) | Q(asked_label__istartswith=text) | Q(tail=number[-4:] if len(number) == 4 else "-")
        )
        return queryset.filter(found | Q(number_print__in=prints(AccountChange, "number", number)))


changes = ListPage(
    title=_lazy("Payout accounts"),
    name="payout-accounts",
    right=Right.VIEW_LEDGER,
    columns=[
        Column(_lazy("Shop"), "shop", is_fixed=True, sort=("asked_at", "pk")),
        Column(_lazy("New account"), "account"),
        Column(_lazy("Name of the holder"), "name", wide_only=True),
        Column(_lazy("Asked by"), "asked", wide_only=True),
        Column(_lazy("Status"), "status"),
    ],
    row_template="operator/_account_row.html",
    rows=lambda request: AccountChange.objects.select_related("merchant").defer("number"),
    filters=ChangeFilter,
    order=("-asked_at", "-pk"),
    search_hint=_lazy("Holder, web address of the shop, or account number"),
    empty=_lazy("No shop has entered an account yet. Each is confirmed by a second person before money goes there."),
    teach=Teach(_lazy("To the merchants"), "merchants", Right.VIEW_MERCHANTS),
    export_name="payout-accounts",
    export_head=[
        _lazy("Shop"),
        _lazy("New account"),
        _lazy("Name of the holder"),
        _lazy("Reason"),
        _lazy("Asked by"),
        _lazy("Asked at"),
        _lazy("Confirmed by"),
        _lazy("Looked at by"),
        _lazy("In force"),
        _lazy("Status"),
    ],
    export=lambda row: [
        (
            row.merchant.name,
            row.in_words,
            row.get_name_is_display(),
            row.holder_reason,
            row.asked_label,
            row.asked_at,
            row.confirmed_label,
            row.looked_label,
            row.in_force_at,
            row.get_status_display(),
        )
    ],
    base="operator/base.html",
)


class DecideForm(ProofForm):
    why = forms.CharField(
        label=_lazy("What you compared, or why you refuse; the shop reads a refusal"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    name_why = forms.CharField(label=_lazy("Why it may pass though the name is not the dossier's"), max_length=300, required=False)
    field_order = ("why", "name_why", "password")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["name_why"].is_wanted = True  # type: ignore[attr-defined]  # where it is shown, nothing passes without it


def change(request: HttpRequest, account_change_id: UUID) -> HttpResponse:
    return _page(request, _change(account_change_id))


def change_decide(request: HttpRequest, account_change_id: UUID) -> HttpResponse:
    """The market's look is done: pass or refuse."""
    row = _change(account_change_id)
    form = DecideForm(request, request.POST)
    if form.is_valid():
        by, why = actor_of(request), form.cleaned_data["why"]
        try:
            if request.POST.get("decision") == "pass":
                name_why, seen = form.cleaned_data["name_why"], request.POST.get("holder")
                done = pass_change(by=by, change_id=account_change_id, why=why, name_why=name_why, seen=seen)
                said = (
                    _("Passed. The account is in force.")
                    if done.status == AccountChange.Status.IN_FORCE
                    else _("Passed. It is in force after the cooling-off.")
                )
            else:
                refuse_change(by=by, change_id=account_change_id, why=why)
                said = _("Refused. The shop reads your reason.")
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            return _page(request, _change(account_change_id), form=form, status=refusal.status)
        messages.success(request, said)
        return HttpResponseRedirect(reverse("account-change", args=[account_change_id]))
    return _page(request, row, form=form, status=422)


def change_show(request: HttpRequest, account_change_id: UUID) -> HttpResponse:
    """The whole number of an account that is asked for, in this answer only."""
    row = _change(account_change_id)
    shown = _masked(request, row, reverse("account-change-show", args=[account_change_id]))
    return reveal(
        request,
        shown,
        lambda by, why: show_account_number(by=by, merchant_id=row.merchant_id, change_id=row.pk, why=why),
        lambda status: _page(request, row, secret=shown, status=status),
    )


def account(request: HttpRequest, merchant_id: UUID) -> HttpResponse:
    return _account_page(request, _merchant(merchant_id))


def account_show(request: HttpRequest, merchant_id: UUID) -> HttpResponse:
    """The whole number of the account in force, in this answer only."""
    merchant = _merchant(merchant_id)
    shown = _masked(request, _in_force(merchant_id), reverse("merchant-account-show", args=[merchant_id]))
    return reveal(
        request,
        shown,
        lambda by, why: show_account_number(by=by, merchant_id=merchant_id, why=why),
        lambda status: _account_page(request, merchant, secret=shown, status=status),
    )


def _change(change_id: UUID) -> AccountChange:
    found = AccountChange.objects.select_related("merchant").filter(pk=change_id).first()
    if found is None:
        raise AccountChangeUnknown
    return found


def _merchant(merchant_id: UUID) -> Merchant:
    found = Merchant.objects.filter(pk=merchant_id).first()
    if found is None:
        raise MerchantUnknown
    if found.is_own:
        raise NotForOwnShops(shop=found.name)
    return found


def _in_force(merchant_id: UUID) -> PayoutAccount | None:
    return PayoutAccount.objects.filter(merchant=merchant_id).exclude(kind="").first()


def _masked(request: HttpRequest, row: AccountChange | PayoutAccount | None, action: str) -> Masked:
    may = row is not None and row.kind == AccountChange.Kind.BANK and request.user.has_perm(Right.REVEAL_ACCOUNTS.full_name)
    looks = last_looks("payout_account", row.merchant_id, "payout_account.shown") if row else []
    return masked(request, row.masked if row else "", action=action, may_show=may, looks=looks)


def _others(row: AccountChange) -> list[Merchant]:
    """Shops that are paid to the same account, or have asked to be: found by its fingerprint, without opening any."""
    if row.kind == AccountChange.Kind.STRIPE:
        return list(Merchant.objects.filter(payout_account__stripe_account=row.stripe_account).exclude(pk=row.merchant_id)[:5])
    number = row.number.plain()
    paid = Q(payout_account__number_print__in=prints(PayoutAccount, "number", number))
    asked = Q(account_changes__number_print__in=prints(AccountChange, "number", number))
    return list(Merchant.objects.filter(paid | asked).exclude(pk=row.merchant_id).distinct()[:5])


def _page(request: HttpRequest, row: AccountChange, *, form: DecideForm | None = None, secret: Masked | None = None, status: int = 200) -> HttpResponse:
    may = request.user.has_perm(Right.APPROVE_PAYOUTS.full_name)
    waits = row.status == AccountChange.Status.LOOKED_AT
    if waits:
        row.name_is = compared(row)  # the dossier may have changed since it was asked for
    context: dict[str, Any] = {
        "title": _("Payout account of {shop}").format(shop=row.merchant.name),
        "row": row,
        "secret": secret or _masked(request, row, reverse("account-change-show", args=[row.pk])),
        "account": _in_force(row.merchant_id) if row.is_open else None,
        "names": names_in_dossier(row.merchant_id, row.form),
        "dossier": Dossier.objects.filter(merchant=row.merchant_id).first(),
        "application": Application.objects.filter(merchant=row.merchant_id).first(),
        "others": _others(row),
        "days": cooling_days(),
        "form": (form or DecideForm(request)) if may and waits else None,
        "needed": _(Right.APPROVE_PAYOUTS.label) if waits and not may else "",
    }
    return render(request, "operator/account_change.html", context, status=status)


def _account_page(request: HttpRequest, merchant: Merchant, *, secret: Masked | None = None, status: int = 200) -> HttpResponse:
    row = _in_force(merchant.pk)
    context = {
        "title": _("Payout account of {shop}").format(shop=merchant.name),
        "merchant": merchant,
        "account": row,
        "secret": secret or _masked(request, row, reverse("merchant-account-show", args=[merchant.pk])),
        "changes": list(AccountChange.objects.filter(merchant=merchant).order_by("-asked_at", "-pk")[:20]),
    }
    return render(request, "operator/account.html", context, status=status)
