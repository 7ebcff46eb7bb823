"""Reading themes: of many shops in one query."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from marketplace.platform.themes.actions import stamp_of
from marketplace.platform.themes.models import Theme, ThemeRevision
from tenants.tenancy.remembered import remembered

MOST_AT_ONCE = 40


def themes_of(merchant_ids: Iterable[UUID]) -> dict[UUID, Theme]:
    """Themes by merchant; a shop without one is left out."""
    keys = frozenset(merchant_ids)
    rows = remembered("shops", ("themes", keys), lambda: list(Theme.objects.filter(merchant_id__in=keys).order_by("merchant_id")))
    return {theme.merchant_id: theme for theme in rows}


def sheet_of(themes: Iterable[Theme]) -> str:
    """The style sheets of several shops, in the order of their keys."""
    return "".join(theme.css for theme in sorted(themes, key=lambda theme: theme.merchant_id))


def sheet_address(themes: Iterable[Theme]) -> str:
    """Where the sheet of these shops lies, under an address that changes with its content; empty for none."""
    themes = list(themes)[:MOST_AT_ONCE]
    if not themes:
        return ""
    keys = ".".join(sorted(theme.merchant_id.hex for theme in themes))
    return f"/themes/{stamp_of(sheet_of(themes))}/{keys}.css"


def revisions_of(merchant_id: UUID) -> list[ThemeRevision]:
    return list(ThemeRevision.objects.filter(merchant_id=merchant_id).order_by("-number"))
