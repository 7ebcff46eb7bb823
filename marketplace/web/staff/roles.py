"""The matrix of roles and rights, and roles of one's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.kernel.errors import MarketError
from marketplace.web.staff.choices import duty_warnings
from marketplace.web.staff.office import Office, office_of
from tenants.access.actors import actor_of, person_of
from tenants.access.areas import EXPLAINED, areas_of
from tenants.access.duties import PAIRS
from tenants.access.errors import RoleBuiltIn, RoleUnknown
from tenants.access.models import UserGroup
from tenants.access.own_roles import LONGEST_NAME, change_role, delete_role, make_role
from tenants.access.rights import Right
from tenants.access.staff import BY_CODENAME, Role, roles_here, roles_of, standing_of, whom_to_ask


@dataclass(frozen=True)
class Line:
    """A right in the matrix: for each role, whether it has it."""

    right: Right
    label: str
    why: str | Promise
    has: list[bool]
    is_ticked: bool = False
    is_beyond: bool = False  # whoever looks may not give it


@dataclass(frozen=True)
class Part:
    """The lines of one area."""

    name: str | Promise
    lines: list[Line]


def _parts(office: Office, roles: Collection[Role], ticked: Collection[Right] = (), own: Collection[Right] | None = None) -> list[Part]:
    return [
        Part(
            area.name,
            [
                Line(
                    right,
                    _(right.label),
                    EXPLAINED.get(right, ""),
                    [right in role.rights for role in roles],
                    right in ticked,
                    own is not None and right not in own,
                )
                for right in area.rights
            ],
        )
        for area in areas_of(office.scope)
    ]


def matrix(request: HttpRequest) -> HttpResponse:
    """For everybody who works here: what each role allows, and which of them are one's own."""
    office, here = office_of(request), roles_here()
    held = Counter(UserGroup.objects.values_list("group_id", flat=True))
    me = person_of(request).pk
    mine = {role.code for role in roles_of([me], here).get(me, [])}
    roles = list(here.values())
    context = {
        "base": office.base,
        "title": _("Roles and rights"),
        "may_manage": office.may_manage(request),
        "heads": [(role, held[role.group_id], role.code in mine, duty_warnings([role])) for role in roles],
        "parts": _parts(office, roles),
        "own": [role for role in roles if role.code in mine],
        "who": whom_to_ask(office.merchant_id),
        "pairs": _pairs(office),
    }
    return render(request, "staff/roles.html", context)


def _pairs(office: Office) -> list[tuple[str, str, str | Promise, bool]]:
    return [(_(pair.first.label), _(pair.second.label), pair.why, pair.is_money) for pair in PAIRS if pair.first.scope == office.scope]


class RoleForm(forms.Form):
    """The hidden key makes the same form sent twice one role."""

    role_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    name_zh = forms.CharField(label=_lazy("Name in Chinese"), max_length=LONGEST_NAME, required=False)
    name_en = forms.CharField(label=_lazy("Name in English"), max_length=LONGEST_NAME, required=False)
    rights = forms.MultipleChoiceField(label=_lazy("Rights"), error_messages={"required": _lazy("Tick at least one right.")})
    why = forms.CharField(label=_lazy("Reason; it is kept in the log"), max_length=200)

    def __init__(self, *args: Any, scope: str, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rights"].choices = [(right.codename, _(right.label)) for right in Right if right.scope == scope]  # type: ignore[attr-defined]
        if is_new:
            del self.fields["why"]

    def names(self) -> dict[str, str]:
        return {"zh-hans": self.cleaned_data["name_zh"], "en": self.cleaned_data["name_en"]}

    def chosen(self) -> list[Right]:
        return [BY_CODENAME[codename] for codename in self.cleaned_data["rights"]]


def role_new(request: HttpRequest) -> HttpResponse:
    """Perhaps from another role, `?from=`, whose rights it begins with."""
    office = office_of(request)
    copied = next((role for role in roles_here().values() if str(role.group_id) == request.GET.get("from", "")), None)
    form = RoleForm(request.POST or None, initial={"role_id": uuid4()}, scope=office.scope, is_new=True)
    if request.method == "POST" and form.is_valid():
        try:
            made = make_role(
                by=actor_of(request),
                merchant_id=office.merchant_id,
                role_id=form.cleaned_data["role_id"] or uuid4(),
                names=form.names(),
                rights=form.chosen(),
            )
        except MarketError as refusal:
            _refused(form, refusal)
        else:
            messages.success(request, _("“{name}” can be given now.").format(name=made.name))
            return HttpResponseRedirect(reverse("staff-roles"))
    return _form_page(request, office, form, _("A role of your own"), copied.rights if copied else (), copied=copied)


def role(request: HttpRequest, group_id: int) -> HttpResponse:
    """An own role. Raises RoleUnknown, RoleBuiltIn."""
    office, found = office_of(request), _own_role(group_id)
    initial = {"name_zh": found.names.get("zh-hans", ""), "name_en": found.names.get("en", "")}
    form = RoleForm(request.POST or None, initial=initial, scope=office.scope, is_new=False)
    if request.method == "POST" and form.is_valid():
        try:
            change_role(
                by=actor_of(request),
                merchant_id=office.merchant_id,
                group_id=group_id,
                names=form.names(),
                rights=form.chosen(),
                why=form.cleaned_data["why"],
            )
        except MarketError as refusal:
            _refused(form, refusal)
        else:
            messages.success(request, _("Kept. It holds at once for everybody who has this role."))
            return HttpResponseRedirect(reverse("staff-roles"))
    return _form_page(request, office, form, found.name, found.rights, found=found)


def role_deleted(request: HttpRequest, group_id: int) -> HttpResponse:
    office, found = office_of(request), _own_role(group_id)
    try:
        delete_role(by=actor_of(request), merchant_id=office.merchant_id, group_id=group_id)
    except MarketError as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("staff-role", args=[group_id]))
    messages.success(request, _("“{name}” is gone.").format(name=found.name))
    return HttpResponseRedirect(reverse("staff-roles"))


def _own_role(group_id: int) -> Role:
    found = next((role for role in roles_here().values() if role.group_id == group_id), None)
    if found is None:
        raise RoleUnknown
    if not found.is_own:
        raise RoleBuiltIn(role=found.name)
    return found


def _refused(form: RoleForm, refusal: MarketError) -> None:
    field = {"roles": "rights"}.get(refusal.field or "", refusal.field)
    form.add_error(field if field in form.fields else None, str(refusal))


def _form_page(
    request: HttpRequest,
    office: Office,
    form: RoleForm,
    title: str,
    rights: Collection[Right],
    *,
    found: Role | None = None,
    copied: Role | None = None,
) -> HttpResponse:
    standing = standing_of(actor_of(request), office.merchant_id)
    ticked = [BY_CODENAME[name] for name in form.data.getlist("rights") if name in BY_CODENAME] if form.is_bound else rights  # type: ignore[attr-defined]
    context = {
        "base": office.base,
        "title": title,
        "form": form,
        "found": found,
        "copied": copied,
        "held": UserGroup.objects.filter(group_id=found.group_id).count() if found else 0,
        "parts": _parts(office, [], ticked, frozenset(Right) if standing.is_whole else standing.rights),
        "pairs": _pairs(office),
    }
    return render(request, "staff/role.html", context, status=422 if form.errors else 200)
