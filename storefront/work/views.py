"""Where somebody works, and invitations to work: at the market, because one account opens every back office."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from marketplace.flows.invite_staff import LASTS, accept_invitation, invitation_with, place_name, roles_of_invitation
from marketplace.kernel.masks import masked_email
from tenants.access.actors import actor_of, person_of
from tenants.access.staff import Role, all_rights, office_schema, rights_in_words, roles_here, roles_of, whom_to_ask
from tenants.accounts.errors import InvitationOver
from tenants.accounts.models import Invitation
from tenants.accounts.workplaces import Workplace, workplaces
from tenants.tenancy.hosts import console_url, merchant_row, workbench_url
from tenants.tenancy.schemas import in_merchant_schemas


@dataclass(frozen=True)
class Door:
    """A back office, and what somebody is there."""

    place: Workplace
    roles: list[Role]


def doors_of(request: HttpRequest) -> list[Door]:
    """Every place where whoever is signed in works, with their roles there."""
    user_id = person_of(request).pk
    places = workplaces(user_id)
    found: dict[UUID | None, list[Role]] = {None: roles_of([user_id]).get(user_id, [])}
    if shops := [place.merchant_id for place in places if place.merchant_id]:
        with transaction.atomic(), in_merchant_schemas(shops) as merchants:
            for merchant_id in merchants:
                found[merchant_id] = roles_of([user_id], roles_here()).get(user_id, [])
    return [Door(place, found.get(place.merchant_id, [])) for place in places]


def work(request: HttpRequest) -> HttpResponse:
    """Choose where to work now."""
    return render(request, "account/workplaces.html", {"section": "workplaces", "doors": doors_of(request)})


def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What one is invited to; GET changes nothing. Raises InvitationUnknown, InvitationOver, and by POST InvitedElse, DutiesClash."""
    row = invitation_with(token)
    if request.method == "POST":
        if not request.user.is_authenticated:
            return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': request.path})}")
        accepted = accept_invitation(by=actor_of(request), token=token)
        messages.success(request, _("You work for {place} now.").format(place=place_name(accepted.merchant_id)))
        return HttpResponseRedirect(_address(accepted))
    is_mine = request.user.is_authenticated and person_of(request).email.lower() == row.email
    if is_mine and row.status == Invitation.Status.ACCEPTED and row.accepted_by_id == person_of(request).pk:
        return HttpResponseRedirect(_address(row))
    if not row.is_open:
        with office_schema(row.merchant_id):
            raise InvitationOver(days=LASTS.days, who=whom_to_ask(row.merchant_id))
    if not request.user.is_authenticated:
        get_adapter().stash_verified_email(request, row.email)  # type: ignore[no-untyped-call]  # who registers with it need not follow a second letter
    roles = roles_of_invitation(row)
    context = {
        "row": row,
        "place": place_name(row.merchant_id),
        "roles": roles,
        "rights": rights_in_words(all_rights(roles)),
        "inviter": row.invited_by.get_full_name(),
        "is_mine": is_mine,
        "email": row.email if is_mine or not request.user.is_authenticated else masked_email(row.email),
        "next": urlencode({"next": request.path}),
    }
    return render(request, "staff/invitation.html", context)


def _address(row: Invitation) -> str:
    return workbench_url(merchant_row(row.merchant_id)) if row.merchant_id else console_url()
