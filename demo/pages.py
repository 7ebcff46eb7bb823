"""How the demo's shops look, and what they and the market have written: read from pages.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from cms.actions import decorate, publish_draft
from cms.merchant.models import ShopHome
from marketplace.kernel.actors import Actor
from marketplace.platform.themes.actions import Chosen, set_theme
from marketplace.platform.themes.models import Theme
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import merchant_schema

BY = Actor(kind="system", label="seed_demo")


@cache
def pages() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("pages.toml").read_text())


def dress_shops(merchants: Mapping[str, Merchant]) -> None:
    """A look of its own for each shop that has none."""
    dressed = set(Theme.objects.values_list("merchant_id", flat=True))
    for slug, merchant in merchants.items():
        if merchant.pk not in dressed:
            set_theme(by=BY, merchant_id=merchant.pk, chosen=Chosen(**pages()["looks"][slug]))


def decorate_shops(merchants: Mapping[str, Merchant]) -> None:
    """A first page for each shop that has written none, from the template that suits it."""
    for slug, merchant in merchants.items():
        with merchant_schema(merchant.pk):
            if not ShopHome.objects.get().blocks:
                decorate(by=BY, code=pages()["templates"][slug])
                publish_draft(by=BY)
