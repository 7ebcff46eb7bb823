"""Who is kept out: the list, adding to it, and letting somebody in again."""

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
from django.utils.translation import pgettext_lazy

from marketplace.kernel.errors import MarketError
from marketplace.kernel.inputs import DayInput
from marketplace.web.lists.filters import Since, Until
from marketplace.web.lists.pages import Column, ListPage, Teach
from tenants.access.actors import actor_of
from tenants.access.rights import Right
from tenants.accounts.blocking import block, lift
from tenants.accounts.blocks import hits_of, in_force
from tenants.accounts.errors import BlockUnknown
from tenants.accounts.models import Block, User
from tenants.onboarding.qualifications import end_of


class BlockFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(method="tab", choices=[("in_force", pgettext_lazy("blocks", "In force")), ("ended", pgettext_lazy("blocks", "Ended"))])
    kind = django_filters.ChoiceFilter(choices=Block.Kind.choices, label=_lazy("What is blocked"), empty_label=_lazy("All"))
    since = Since("made_at")
    until = Until("made_at")

    def search(self, queryset: QuerySet[Block], name: str, value: str) -> QuerySet[Block]:
        text = value.strip().lower()
        return queryset.filter(Q(value__startswith=text) | Q(value__startswith=f"+86{text.replace(' ', '')}") | Q(why__icontains=text))

    def tab(self, queryset: QuerySet[Block], name: str, value: str) -> QuerySet[Block]:
        return queryset.filter(in_force()) if value == "in_force" else queryset.exclude(in_force())


def _dress(request: HttpRequest, rows: list[Any]) -> None:
    hits = hits_of([row.pk for row in rows])
    for row in rows:
        row.hits = hits[row.pk]


blocks = ListPage(
    title=_lazy("Blocked"),
    name="blocks",
    right=Right.VIEW_CONSUMERS,
    columns=[
        Column(_lazy("What is blocked"), "value", is_fixed=True),
        Column(_lazy("Why"), "why"),
        Column(pgettext_lazy("blocks", "Kept out today"), "hits", end=True),
        Column(pgettext_lazy("blocks", "Until"), "until"),
        Column(pgettext_lazy("blocks", "Since"), "made", end=True, sort=("made_at", "pk")),
    ],
    row_template="operator/_block_row.html",
    rows=lambda request: Block.objects.all(),
    filters=BlockFilter,
    order=("-made_at", "-pk"),
    prepare=_dress,
    search_hint=_lazy("Beginning of the address or number, or a word of the reason"),
    empty=_lazy("Nobody is kept out. Networks that attack, and addresses and numbers that only cheat, can be blocked here."),
    teach=Teach(_lazy("Block somebody"), "block-new", Right.MANAGE_CONSUMERS),
    export_name="blocked",
    export_head=[
        _lazy("Kind"),
        _lazy("What is blocked"),
        _lazy("Why"),
        pgettext_lazy("blocks", "Since"),
        pgettext_lazy("blocks", "By"),
        pgettext_lazy("blocks", "Until"),
        _lazy("Lifted"),
        _lazy("Lifted by"),
        _lazy("Why it was lifted"),
    ],
    export=lambda row: [
        (row.get_kind_display(), row.value, row.why, row.made_at, row.made_by, row.until, row.lifted_at, row.lifted_by, row.lifted_why),
    ],
    export_right=Right.EXPORT_CONSUMERS,
    base="operator/base.html",
    actions_template="operator/_blocks_actions.html",
)


class BlockForm(forms.Form):
    kind = forms.ChoiceField(label=_lazy("What is blocked"), choices=Block.Kind.choices)
    value = forms.CharField(
        label=_lazy("Address, domain or number"),
        max_length=254,
        widget=forms.TextInput({"autocapitalize": "none", "spellcheck": "false"}),
        help_text=_lazy("For example 203.0.113.7, 203.0.113.0/24, 2001:db8::/48, someone@example.com, example.com, 138 0000 0000"),
    )
    until = forms.DateField(label=_lazy("Last day"), required=False, widget=DayInput(), help_text=_lazy("Empty: until somebody lifts it"))
    why = forms.CharField(label=_lazy("Reason; it is kept in the log"), max_length=500, widget=forms.Textarea({"rows": 3}))


class LiftForm(forms.Form):
    why = forms.CharField(label=_lazy("Reason; it is kept in the log"), max_length=500, widget=forms.Textarea({"rows": 3}))


def block_new(request: HttpRequest) -> HttpResponse:
    given = {"kind": request.GET.get("kind", Block.Kind.NETWORK), "value": request.GET.get("value", "")[:254]}
    form = BlockForm(request.POST or None, initial=given)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            until = end_of(data["until"]) if data["until"] else None
            row = block(by=actor_of(request), kind=data["kind"], value=data["value"], why=data["why"], until=until)
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Blocked. It holds from the next request on."))
            return HttpResponseRedirect(reverse("block", args=[row.pk]))
    return render(request, "operator/block_new.html", {"title": _("Block somebody"), "form": form}, status=422 if form.errors else 200)


def block_page(request: HttpRequest, block_id: UUID) -> HttpResponse:
    """One block: what it does, and lifting it."""
    row = Block.objects.filter(pk=block_id).first()
    if row is None:
        raise BlockUnknown
    form = LiftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        lift(by=actor_of(request), block_id=row.pk, why=form.cleaned_data["why"])
        messages.success(request, _("Lifted. It ends with the next request."))
        return HttpResponseRedirect(reverse("block", args=[row.pk]))
    context = {
        "title": row.value,
        "row": row,
        "hits": hits_of([row.pk])[row.pk],
        "account": User.objects.filter(email__iexact=row.value).first() if row.kind == Block.Kind.EMAIL else None,
        "form": form,
    }
    return render(request, "operator/block.html", context, status=422 if form.errors else 200)
