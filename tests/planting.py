"""Views that tests plant beside the product's own routes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from django.conf import settings
from django.urls import URLPattern, clear_url_caches


@contextmanager
def planted(kind: str, *added: URLPattern) -> Iterator[None]:
    """Inside, hosts of this kind (market, console, shop, workbench) answer these routes, too."""
    urls = import_module(settings.HOST_URLCONFS[kind])
    before = urls.urlpatterns
    urls.urlpatterns = [*added, *before]
    clear_url_caches()
    try:
        yield
    finally:
        urls.urlpatterns = before
        clear_url_caches()
