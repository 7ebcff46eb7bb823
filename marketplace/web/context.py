"""What every page of a back office knows: its menu."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from marketplace.web.inbox import new_here
from marketplace.web.menu import menu_for
from marketplace.web.operator.menu import ENTRIES as OF_CONSOLE
from marketplace.web.seller.menu import ENTRIES as OF_WORKBENCH
from marketplace.web.seller.menu import OF_CLOSED, OF_OWN
from marketplace.web.waiting import of_console, of_workbench
from tenants.tenancy.models import Domain, Merchant


def back_office(request: HttpRequest) -> dict[str, Any]:
    kind = str(getattr(getattr(request, "domain", None), "kind", ""))
    found = {str(Domain.Kind.WORKBENCH): (OF_WORKBENCH, of_workbench), str(Domain.Kind.CONSOLE): (OF_CONSOLE, of_console)}.get(kind)
    if found is None:
        return {}
    entries, waiting = found
    merchant: Merchant | None = getattr(request, "merchant", None)
    is_gone = merchant is not None and merchant.status == Merchant.Status.CLOSED
    if is_gone:
        entries = OF_CLOSED
    elif merchant is not None and merchant.is_own:
        entries = OF_OWN
    return {
        "is_gone": is_gone,  # nothing is left to go to, and nobody is told anything here
        "go_hint": _("Order, return, statement, SKU") if kind == str(Domain.Kind.WORKBENCH) else _("Order, application, statement, shop"),
        "bell": SimpleLazyObject(lambda: new_here(request)),
        "menu": SimpleLazyObject(lambda: menu_for(request, entries, waiting())),
    }
