"""Who may get which return."""

from __future__ import annotations

from marketplace.merchant.aftersales.errors import ReturnUnknown
from marketplace.merchant.aftersales.models import Return


def return_for_staff(number: str) -> Return:
    """A return of the merchant whose schema is open, or ReturnUnknown."""
    found: Return | None = Return.objects.select_related("order").filter(number=number).first()
    if found is None:
        raise ReturnUnknown
    return found
