"""Requirements that are worked out from what an applicant has entered. Each says True, False, or None where it cannot be told."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenants.onboarding.licences import is_credit_code
from tenants.onboarding.models import Application


def credit_code(row: Application) -> bool | None:
    """The check character of a unified social credit code; numbers of another length are from elsewhere."""
    return is_credit_code(row.licence_number) if len(row.licence_number) == 18 else None


COMPUTED: Mapping[str, tuple[str | Promise, Callable[[Application], bool | None]]] = {
    "credit_code": (_("Check character of the licence number (unified social credit code)"), credit_code),
}
