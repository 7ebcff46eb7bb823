"""Pages about what a shop agrees with the market: the market's own shop has none of them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from tenants.tenancy.errors import NotForOwnShops


def for_others(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The page of a shop that is not the market's own. Raises NotForOwnShops."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        merchant = request.merchant  # type: ignore[attr-defined]
        if merchant.is_own:
            raise NotForOwnShops(shop=merchant.name)
        return view(request, *args, **kwargs)

    return guarded
