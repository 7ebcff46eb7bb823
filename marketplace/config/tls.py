"""/tls/ask: whether a proxy that gets certificates on demand should get one for a host (Caddy: on_demand_tls ask)."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from tenants.tenancy.hosts import domain_of
from tenants.tenancy.schemas import public_schema


def answer_tls(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Before hosts are looked at: the proxy asks by address. 200 for a host that answers here, 404 for any other."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path != "/tls/ask":
            return get_response(request)
        with public_schema():
            domain = domain_of(request.GET.get("domain", "")[:253].lower().rstrip("."))
        return HttpResponse(status=200 if domain is not None else 404)

    return middleware
