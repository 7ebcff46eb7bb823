"""Everybody who works here: the list, and a page for each person with their roles and the end of their work."""

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
from django.utils.translation import pgettext, pgettext_lazy

from marketplace.kernel.errors import MarketError
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.pinyin import folded, name_keys
from marketplace.web.lists.pages import Column, ListPage, Teach, merchant_of
from marketplace.web.staff.choices import RolesField, duty_warnings, role_choices
from marketplace.web.staff.office import office_of
from tenants.access.actors import actor_of
from tenants.access.errors import StaffUnknown
from tenants.access.models import UserGroup
from tenants.access.rights import Right
from tenants.access.staff import Role, all_rights, roles_here, roles_of, whom_to_ask
from tenants.access.staffing import change_roles, end_work
from tenants.accounts.models import Membership
from tenants.accounts.sign_ins import host_of, sign_ins_of

HISTORY, SIGN_INS_SHOWN = 12, 10
LEFT = "left"


class StaffFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    role = django_filters.ChoiceFilter(label=_lazy("Role"), empty_label=_lazy("All"), choices=lambda: role_choices(roles_here().values()), method="with_role")
    works = django_filters.ChoiceFilter(
        label=pgettext_lazy("staff", "Works here"),
        empty_label=pgettext_lazy("staff", "Now"),
        choices=[(LEFT, pgettext_lazy("staff", "No longer"))],
        method="as_rows",
    )

    def search(self, queryset: QuerySet[Membership], name: str, value: str) -> QuerySet[Membership]:
        """By e-mail address or name, also in pinyin or its initials. A back office has hundreds of people at most: names are compared here."""
        text = value.strip()
        key = folded(text)
        named = [pk for pk, called in queryset.values_list("pk", "user__name") if key and (key in folded(called) or name_keys(called).begin_with(key))]
        return queryset.filter(Q(pk__in=named) | Q(user__email__icontains=text))

    def as_rows(self, queryset: QuerySet[Membership], name: str, value: str) -> QuerySet[Membership]:
        """Whose rows they are is decided before: see `_rows`."""
        return queryset

    def with_role(self, queryset: QuerySet[Membership], name: str, value: str) -> QuerySet[Membership]:
        return queryset.filter(user_id__in=list(UserGroup.objects.filter(group__name=value).values_list("user_id", flat=True)))


def add_roles(request: HttpRequest, rows: list[Membership]) -> None:
    """The roles of the people of a page, read at once."""
    found = roles_of([row.user_id for row in rows])
    for row in rows:
        row.roles = found.get(row.user_id, [])  # type: ignore[attr-defined]


def _exported(row: Membership) -> list[tuple[object, ...]]:
    roles: list[Role] = row.roles  # type: ignore[attr-defined]
    return [(row.user.get_full_name(), row.user.email, pgettext("between names", ", ").join(role.name for role in roles), row.since, row.signed_in_at)]


def _rows(request: HttpRequest) -> QuerySet[Membership]:
    """Who works here; or, asked for, who did."""
    return Membership.objects.filter(merchant_id=merchant_of(request), is_active=request.GET.get("works") != LEFT).select_related("user")


def _staff(right: Right, base: str) -> ListPage:
    return ListPage(
        title=_lazy("Staff"),
        name="staff",
        right=right,
        columns=[
            Column(pgettext_lazy("person", "Name"), "name", is_fixed=True),
            Column(_lazy("E-mail"), "email"),
            Column(_lazy("Roles"), "roles"),
            Column(_lazy("Works here since"), "since", sort=("since", "pk")),
            Column(_lazy("Last sign-in"), "seen", end=True),
        ],
        row_template="staff/_staff_row.html",
        rows=_rows,
        filters=StaffFilter,
        order=("-since", "-pk"),
        size=50,
        search_hint=_lazy("Name or e-mail"),
        empty=_lazy("Nobody is called so."),
        teach=Teach(_lazy("Invite somebody"), "staff-invite", right),
        prepare=add_roles,
        export_name="staff",
        export_head=[pgettext_lazy("person", "Name"), _lazy("E-mail"), _lazy("Roles"), _lazy("Works here since"), _lazy("Last sign-in")],
        export=_exported,
        base=base,
        actions_template="staff/_staff_actions.html",
    )


shop_staff = _staff(Right.MANAGE_STAFF, "seller/base.html")
market_staff = _staff(Right.MANAGE_MARKET_STAFF, "operator/base.html")


class RolesForm(forms.Form):
    roles = RolesField()
    why = forms.CharField(label=_lazy("Reason; it is kept in the log"), max_length=200)

    def __init__(self, *args: Any, roles: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = role_choices(roles)  # type: ignore[attr-defined]


class EndForm(forms.Form):
    why = forms.CharField(label=_lazy("Reason; it is kept in the log"), max_length=200)


def _found(request: HttpRequest, membership_id: UUID, *, also_left: bool = False) -> Membership:
    """Raises StaffUnknown."""
    row = Membership.objects.filter(pk=membership_id, merchant_id=office_of(request).merchant_id).select_related("user").first()
    if row is None or not (row.is_active or also_left):
        raise StaffUnknown
    return row


def person(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    return _page(request, _found(request, membership_id, also_left=True))


def roles_changed(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    row = _found(request, membership_id)
    form = RolesForm(request.POST, roles=roles_here().values(), auto_id="id_roles_%s")
    if form.is_valid():
        data = form.cleaned_data
        try:
            change_roles(by=actor_of(request), membership_id=row.pk, merchant_id=row.merchant_id, roles=data["roles"], why=data["why"])
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Kept. It holds from their next page on."))
            return HttpResponseRedirect(reverse("staff-person", args=[row.pk]))
    return _page(request, row, form=form)


def ended(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    row = _found(request, membership_id)
    form = EndForm(request.POST, auto_id="id_end_%s")
    if form.is_valid():
        try:
            end_work(by=actor_of(request), membership_id=row.pk, merchant_id=row.merchant_id, why=form.cleaned_data["why"])
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("{name} works here no longer.").format(name=row.user.get_full_name()))
            return HttpResponseRedirect(reverse("staff"))
    return _page(request, row, end_form=form)


def _page(request: HttpRequest, row: Membership, form: RolesForm | None = None, end_form: EndForm | None = None) -> HttpResponse:
    office, here = office_of(request), roles_here()
    held = roles_of([row.user_id], here).get(row.user_id, [])
    chosen = set(form.data.getlist("roles")) if form is not None else {role.code for role in held}  # type: ignore[attr-defined]
    log = AuditEvent.objects.filter(merchant_id=office.merchant_id, subject_type="person", subject_id=str(row.user_id)).order_by("-pk")
    context = {
        "base": office.base,
        "title": row.user.get_full_name(),
        "row": row,
        "held": held,
        "is_me": row.user_id == request.user.pk,
        "roles": here.values(),
        "chosen": chosen,
        "form": form or RolesForm(roles=here.values(), auto_id="id_roles_%s"),
        "end_form": end_form or EndForm(auto_id="id_end_%s"),
        "duties": duty_warnings(held),
        "rights": [right for right in Right if right in all_rights(held)],
        "who": whom_to_ask(office.merchant_id),
        "log": list(log[:HISTORY]),
        "sign_ins": sign_ins_of(row.user_id, SIGN_INS_SHOWN, host=host_of(request)),
    }
    bad = any(bound is not None and bound.errors for bound in (form, end_form))
    return render(request, "staff/person.html", context, status=422 if bad else 200)
