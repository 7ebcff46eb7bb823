"""Inviting somebody, and the invitations that are open."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.invite_staff import invite, invite_again, take_back
from marketplace.kernel.errors import MarketError
from marketplace.web.staff.choices import RolesField, role_choices
from marketplace.web.staff.office import office_of
from tenants.access.actors import actor_of
from tenants.access.staff import roles_here
from tenants.accounts.models import Invitation

OVER_SHOWN = 20


class InviteForm(forms.Form):
    """The hidden key makes the same form sent twice one invitation."""

    invitation_id = forms.UUIDField(widget=forms.HiddenInput)
    email = forms.EmailField(label=_lazy("E-mail address"), help_text=_lazy("They sign in, or register, with this very address."))
    language = forms.ChoiceField(label=_lazy("Language of the letter"))
    roles = RolesField()

    def __init__(self, *args: Any, roles: Any, languages: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = role_choices(roles)  # type: ignore[attr-defined]
        self.fields["language"].choices = languages  # type: ignore[attr-defined]


def invite_page(request: HttpRequest) -> HttpResponse:
    office, here = office_of(request), roles_here()
    languages = [(code, get_language_info(code)["name_local"]) for code in request.market.languages]  # type: ignore[attr-defined]
    initial = {"invitation_id": uuid4(), "language": request.LANGUAGE_CODE}  # type: ignore[attr-defined]
    form = InviteForm(request.POST or None, initial=initial, roles=here.values(), languages=languages)
    if request.method == "POST" and form.is_valid():
        try:
            row = invite(by=actor_of(request), merchant_id=office.merchant_id, **form.cleaned_data)
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("The letter to {email} is on its way. Its link works for seven days.").format(email=row.email))
            return HttpResponseRedirect(reverse("staff-invitations"))
    context = {
        "base": office.base,
        "title": _("Invite somebody"),
        "form": form,
        "roles": here.values(),
        "chosen": set(request.POST.getlist("roles")),
    }
    return render(request, "staff/invite.html", context, status=422 if form.errors else 200)


def invitations(request: HttpRequest) -> HttpResponse:
    """The open ones, and the last that are over."""
    office, here = office_of(request), roles_here()
    rows = Invitation.objects.filter(merchant_id=office.merchant_id).select_related("invited_by")
    waiting = list(rows.filter(status=Invitation.Status.OPEN).order_by("-sent_at"))
    over = list(rows.exclude(status=Invitation.Status.OPEN).order_by("-ended_at")[:OVER_SHOWN])
    for row in (*waiting, *over):
        row.called = [here[code].name for code in row.roles if code in here]  # type: ignore[attr-defined]
    context = {"base": office.base, "title": _("Invitations"), "waiting": waiting, "over": over}
    return render(request, "staff/invitations.html", context)


def again(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    row = invite_again(by=actor_of(request), invitation_id=invitation_id, merchant_id=office_of(request).merchant_id)
    messages.success(request, _("Sent again to {email}. The older link is useless now.").format(email=row.email))
    return HttpResponseRedirect(reverse("staff-invitations"))


def taken_back(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    row = take_back(by=actor_of(request), invitation_id=invitation_id, merchant_id=office_of(request).merchant_id)
    messages.success(request, _("Taken back: the link to {email} is useless now.").format(email=row.email))
    return HttpResponseRedirect(reverse("staff-invitations"))
