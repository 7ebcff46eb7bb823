"""Forms about when goods are on sale, as a person would send them: path and data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

from marketplace.kernel import clock
from tests import factories as make


def _conditions() -> tuple[str, dict[str, Any]]:
    products = [make.a_product("a", title=f"Watched {uuid4().hex[:6]}") for _n in range(2)]
    return "/products/conditions/", {"chosen": [row.pk for row in products], "off_at": 3, "on_at": 8}


def _times() -> tuple[str, dict[str, Any]]:
    products = [make.a_product("a", title=f"Timed {uuid4().hex[:6]}") for _n in range(2)]
    return "/products/times/", {"chosen": [row.pk for row in products], "listed_until": f"{clock.now() + timedelta(days=9):%Y-%m-%dT%H:%M}"}


FORMS_OF_LISTING: Mapping[tuple[str, str], Callable[[Any], tuple[str, dict[str, Any]]]] = {
    ("workbench", "products-conditions"): lambda t: _conditions(),
    ("workbench", "products-times"): lambda t: _times(),
}
