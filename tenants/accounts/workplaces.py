"""Where somebody works, and how one gets there: the same list at the personal centre and in every back office."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from tenants.access.owners import is_owner
from tenants.accounts.models import Membership, User
from tenants.tenancy.exports import fetched_until
from tenants.tenancy.hosts import console_url, workbench_url
from tenants.tenancy.models import Domain, Merchant


@dataclass(frozen=True)
class Workplace:
    """A back office. `merchant_id` is None for the market's console."""

    merchant_id: UUID | None
    name: str
    url: str


def workplaces(user_id: UUID) -> list[Workplace]:
    """Shops by name, then the console. One that is not born yet has no door, one that has closed only for its owners, while there is something to fetch."""
    mine = list(Membership.objects.filter(user_id=user_id, is_active=True).values_list("merchant_id", flat=True))
    shops = [key for key in mine if key]
    merchants = Merchant.objects.filter(pk__in=shops).exclude(status=Merchant.Status.OPENING) if shops else []
    found = [Workplace(merchant.pk, merchant.name, workbench_url(merchant)) for merchant in merchants if _has_door(user_id, merchant)]
    found.sort(key=lambda place: place.name)
    if None in mine:
        found.append(Workplace(None, _("Console of the market"), console_url()))
    return found


def _has_door(user_id: UUID, merchant: Merchant) -> bool:
    until = fetched_until(merchant)
    return until is None or (until > clock.now() and is_owner(user_id, merchant.pk))


def note_sign_in(sender: object, request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    """Signal: when somebody came in at a back office for the last time, for the list of its staff."""
    domain, merchant = getattr(request, "domain", None), getattr(request, "merchant", None)
    if domain is not None and domain.kind in (Domain.Kind.WORKBENCH, Domain.Kind.CONSOLE):
        Membership.objects.filter(user_id=user.pk, merchant_id=merchant.pk if merchant else None, is_active=True).update(signed_in_at=clock.now())
