"""The least that a page of Django with one row costs: no template, no session, no host. Run as a WSGI application of its own."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import parse_qs, urlsplit

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import path


def one_row(request: HttpRequest, key: str) -> JsonResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, titles, price_minor FROM platform_listings_listing WHERE id = %s", [key])
        found = cursor.fetchone()
    return JsonResponse({"id": str(found[0]), "titles": found[1], "price": found[2]})


urlpatterns = [path("p/<str:key>/", one_row)]


def application_of(url: str) -> Any:
    parts, asked = urlsplit(url), parse_qs(urlsplit(url).query)
    database = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": parts.username or asked.get("user", [""])[0],
        "PASSWORD": parts.password or "",
        "HOST": parts.hostname or asked.get("host", [""])[0],
        "PORT": parts.port or asked.get("port", [""])[0],
        "CONN_MAX_AGE": 300,
    }
    settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="floor", DATABASES={"default": database}, USE_TZ=True)
    django.setup()
    return get_wsgi_application()


if "FLOOR_DATABASE_URL" in os.environ:
    application = application_of(os.environ["FLOOR_DATABASE_URL"])
