"""Where something limited is made, its verb asks here, in its own transaction. One after the other, so that two at once do not both fit."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db import connection

from tenants.packages.errors import LimitReached
from tenants.packages.models import Limit, ServicePackage
from tenants.packages.queries import limits_of


def check_room(merchant_id: UUID, name: Limit, used: Callable[[], int], adding: int = 1) -> None:
    """Raises LimitReached where `adding` more would be too many; `used` counts what is there, and is asked only where there is a limit.

    Until the transaction ends, whoever adds the same to the same shop waits.
    """
    if not ServicePackage.objects.exists():
        return
    limit = limits_of(merchant_id)[name]
    if limit is None:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{name}:{merchant_id}"])
    if used() + adding > limit:
        raise LimitReached(what=name.label, limit=limit)
