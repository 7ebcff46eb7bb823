"""From the host name to the schema and the pages: one middleware, and the addresses of the market and its shops."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from uuid import UUID

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.template.loader import render_to_string

from tenants.tenancy.link import connection
from tenants.tenancy.models import Domain, Market, Merchant
from tenants.tenancy.remembered import one_look, remembered, remembered_rows
from tenants.tenancy.schemas import PUBLIC, open_schema


def host_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Set schema and URLconf from the Domain row; an unknown host is answered 404 without a schema."""

    def middleware(request: HttpRequest) -> HttpResponse:
        before = connection.tenant  # Wagtail answers previews by a request inside a request
        if connection.schema_name != PUBLIC:
            connection.set_schema_to_public()
        try:
            host = request.get_host().rsplit(":", 1)[0].lower()
        except DisallowedHost:
            host = ""
        with one_look():
            domain = domain_of(host)
            if domain is None:
                connection.set_tenant(before)
                return HttpResponse(render_to_string("errors/unknown_host.html"), status=404)
            request.domain = domain  # type: ignore[attr-defined]
            request.merchant = domain.tenant  # type: ignore[attr-defined]
            if elsewhere := address_elsewhere(domain, request):
                return elsewhere
            request.urlconf = settings.HOST_URLCONFS[domain.kind]  # type: ignore[attr-defined]
            if domain.tenant is not None:
                open_schema(domain.tenant.pk)
            try:
                return get_response(request)
            finally:
                if connection.tenant is not before:
                    connection.set_tenant(before)

    return middleware


def address_elsewhere(domain: Domain, request: HttpRequest) -> HttpResponse | None:
    """On a shop's other hosts: the way to the one that is its address. For an hour only, since a shop may choose again. Files answer everywhere."""
    shop = domain.tenant
    if domain.kind != Domain.Kind.SHOP or shop is None or request.method not in ("GET", "HEAD") or request.path.startswith("/media/"):
        return None
    if domain.host == (shop.own_host or shop_host(shop.slug)):
        return None
    return HttpResponsePermanentRedirect(shop_url(shop, request.get_full_path()), headers={"Cache-Control": "max-age=3600"})


def domain_of(host: str) -> Domain | None:
    """A row of this request's own, with its merchant's."""
    found = remembered("hosts", host, lambda: Domain.objects.select_related("tenant").filter(host=host).first())
    domain = copy(found)
    if domain is not None and domain.tenant is not None:
        domain.tenant = copy(domain.tenant)
    return domain


def market_row() -> Market | None:
    """The market, as a row of this request's own."""
    return copy(remembered("hosts", "the market", Market.objects.first))


def merchant_row(merchant_id: UUID) -> Merchant:
    """A merchant, as a row of this request's own."""
    return copy(remembered("hosts", merchant_id, lambda: Merchant.objects.get(pk=merchant_id)))


def shops_by_ordinal(ordinals: Iterable[int]) -> dict[int, Merchant]:
    """For reading only: pages share them."""
    return remembered_rows("hosts", "ordinal", ordinals, lambda missing: {row.ordinal: row for row in Merchant.objects.filter(ordinal__in=missing)})


def shops_by_key(keys: Iterable[UUID]) -> dict[UUID, Merchant]:
    """For reading only: pages share them."""
    return remembered_rows("hosts", "merchants", keys, Merchant.objects.in_bulk)


def origin(host: str) -> str:
    """Scheme, host and port, without a slash at the end."""
    port = f":{settings.BASE_PORT}" if settings.BASE_PORT else ""
    return f"{settings.BASE_SCHEME}://{host}{port}"


def market_url(path: str = "/") -> str:
    return origin(settings.BASE_HOST) + path


def console_url(path: str = "/") -> str:
    return origin(f"ops.{settings.BASE_HOST}") + path


def shop_host(slug: str) -> str:
    return f"{slug}.{settings.BASE_HOST}"


def workbench_host(slug: str) -> str:
    return f"{slug}.seller.{settings.BASE_HOST}"


def shop_url(merchant: Merchant, path: str = "/") -> str:
    """At the shop's address: a domain of its own, if it has chosen one."""
    return origin(merchant.own_host or shop_host(merchant.slug)) + path


def workbench_url(merchant: Merchant, path: str = "/") -> str:
    return origin(workbench_host(merchant.slug)) + path
