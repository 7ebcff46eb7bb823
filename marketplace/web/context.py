"""What every page of a back office knows: its menu."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from marketplace.web.menu import menu_for
from marketplace.web.operator.menu import ENTRIES as OF_CONSOLE
from marketplace.web.seller.menu import ENTRIES as OF_WORKBENCH
from tenants.tenancy.models import Domain


def back_office(request: HttpRequest) -> dict[str, Any]:
    kind = str(getattr(getattr(request, "domain", None), "kind", ""))
    entries = {str(Domain.Kind.WORKBENCH): OF_WORKBENCH, str(Domain.Kind.CONSOLE): OF_CONSOLE}.get(kind)
    if entries is None:
        return {}
    return {"menu": SimpleLazyObject(lambda: menu_for(request, entries))}
