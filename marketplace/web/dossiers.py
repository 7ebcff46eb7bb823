"""Dossiers and their changes as both back offices show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from marketplace.kernel.formats import format_phone
from tenants.onboarding.dossiers import LABELS
from tenants.onboarding.models import Dossier, DossierChange, SellerKind


@dataclass(frozen=True)
class Difference:
    label: str | Promise
    before: str
    after: str


def in_words(name: str, value: Any) -> str:
    if name == "kind":
        return str(SellerKind(value).label) if value else ""
    if name == "sells_many_brands":
        return _("several brands") if value else _("one brand")
    if name == "names":
        return " / ".join(value.values())
    if name == "brands":
        return _(", ").join(value)
    return format_phone(value) if name.endswith("_phone") and value else str(value)


def differences(row: DossierChange) -> list[Difference]:
    """In the order of the form."""
    return [Difference(LABELS[name], in_words(name, row.before[name]), in_words(name, row.after[name])) for name in LABELS if name in row.after]


def facts_of(row: Dossier) -> list[tuple[str | Promise, str]]:
    """As the market knows it; how many brands is said only of a seller whose kind is known."""
    return [(label, in_words(name, getattr(row, name))) for name, label in LABELS.items() if name != "sells_many_brands" or row.kind]
