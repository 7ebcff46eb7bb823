"""The form about the market's own shops, as a person would send it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from tenants.accounts.models import User


def own_shop(_t: Any) -> tuple[str, dict[str, Any]]:
    owner = User.objects.get(email="operator@market.localhost")
    return "/merchants/own/new/", {"merchant_id": uuid4(), "name_en": "Direct", "slug": f"own-{uuid4().hex[:6]}", "owner": owner.pk}


FORMS_OF_OWN_SHOPS: dict[tuple[str, str], Callable[[Any], tuple[str, dict[str, Any]]]] = {("console", "own-shop-new"): own_shop}
