"""The addresses that browsers and search engines ask for by themselves."""

from __future__ import annotations

from django.urls import URLPattern

from storefront.reach import pwa, sitemaps
from storefront.reach.robots import robots
from tenants.access.rules import anyone, route


def shop_reach_routes() -> list[URLPattern]:
    return [
        route("robots.txt", robots, may=anyone(), name="robots"),
        route("sitemap.xml", sitemaps.index, may=anyone(), name="sitemap"),
        route("sitemaps/<str:part>.xml", sitemaps.part, may=anyone(), name="sitemap-part"),
    ]


def market_reach_routes() -> list[URLPattern]:
    return [
        *shop_reach_routes(),
        route("manifest.webmanifest", pwa.manifest, may=anyone(), name="manifest"),
        route("sw.js", pwa.service_worker, may=anyone(), name="service-worker"),
        route("offline/", pwa.offline, may=anyone(), name="offline"),
    ]
