"""Brands that are sold with authorisation only: a requirement of documents each, called `brand-<key of the brand>`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from marketplace.kernel.actors import Actor
from marketplace.kernel.verbs import verb
from tenants.onboarding.models import Requirement
from tenants.onboarding.requirements import put_requirement

PREFIX = Requirement.OF_BRAND


def code_of_brand(brand_id: int) -> str:
    return f"{PREFIX}{brand_id}"


def demands_authorisation(brand_id: int) -> bool:
    return Requirement.objects.filter(code=code_of_brand(brand_id), is_active=True).exists()


def demanding_brands() -> dict[int, Requirement]:
    """The brands that are sold with authorisation only, with what is asked for."""
    rows = Requirement.objects.filter(code__startswith=PREFIX, is_active=True)
    return {row.brand_id: row for row in rows if row.brand_id is not None}


@verb
def demand_authorisation(*, by: Actor, brand_id: int, names: Mapping[str, str], is_asked: bool, enforced_from: datetime | None, why: str) -> Requirement:
    """Ask for authorisation for a brand, or no longer. From `enforced_from` on (None: never by itself) goods of shops that trade already are held
    back without it; what is submitted needs it at once. Raises ReasonMissing, InvalidInput."""
    fields = {
        "names": {
            "zh-hans": f"{names.get('zh-hans') or names.get('en', '')} 品牌授权",
            "en": f"Authorisation for {names.get('en') or names.get('zh-hans', '')}",
        },
        "check_by": Requirement.Check.DOCUMENT,
        "ends": Requirement.Ends.MAY,
        "is_waivable": True,
        "is_active": is_asked,
        "enforced_from": enforced_from if is_asked else None,
        "position": 900,
    }
    return put_requirement(by=by, code=code_of_brand(brand_id), fields=fields, why=why)  # type: ignore[no-any-return]
