"""Saved views of a list: a name for a part of its address."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from marketplace.kernel.errors import InvalidInput
from marketplace.platform.backoffice.access import views_of
from marketplace.platform.backoffice.models import SavedView

NOT_KEPT = ("after", "before", "all", "view", "removed")


def of_list(request: HttpRequest, name: str) -> Iterable[SavedView]:
    merchant = getattr(request, "merchant", None)
    return views_of(request.user.pk, merchant.pk if merchant else None, name)


def kept_query(text: str) -> str:
    """What of an address is the list's own: filters, tab, sorting, columns. Raises InvalidInput for more than is kept."""
    query = urlencode([(name, value) for name, value in parse_qsl(text[:4000]) if name not in NOT_KEPT])
    if len(query) > 1000:
        raise InvalidInput(field="query", why=_("The filters are too long to be kept. Shorten the search."))
    return query


def address(path: str, view: SavedView) -> str:
    query = f"{view.query}&" if view.query else ""
    return f"{path}?{query}view={view.pk}"


def now(request: HttpRequest, saved: Iterable[SavedView]) -> SavedView | None:
    """The view that the address names, whether or not it was changed since."""
    try:
        asked = UUID(request.GET.get("view", ""))
    except ValueError:
        return None
    return next((view for view in saved if view.pk == asked), None)
