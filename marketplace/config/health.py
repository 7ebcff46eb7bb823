"""/healthz: this process answers. /readyz: what it needs answers, with the schema version of each kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse
from redis import Redis
from redis.exceptions import RedisError

from marketplace.kernel.rotating import missing_keys
from search.health import search_health
from tenants.tenancy.link import connection
from tenants.tenancy.versions import schema_versions


def answer_health(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Before hosts are looked at: a load balancer asks by address."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return JsonResponse({"status": "ok"})
        if request.path == "/readyz":
            return ready()
        return get_response(request)

    return middleware


def ready() -> JsonResponse:
    """200 when pages can be served: the database answers, its public schema is the code's, and no key is missing that values lie under. 503 otherwise.

    Merchant schemas that lag behind, a broker that is away and a search server that is away are named, but pages are
    served without them.
    """
    parts: dict[str, Any] = {}
    try:
        connection.set_schema_to_public()
        parts["schemas"] = schema_versions()
        is_ready = parts["schemas"]["public"]["behind"] == 0
        if is_ready and (missing := missing_keys()):
            parts["field_keys"], is_ready = f"missing: {', '.join(missing)}", False
    except Error as away:
        parts["database"] = type(away).__name__
        is_ready = False
    try:
        Redis.from_url(str(settings.CACHES["default"]["LOCATION"]), socket_timeout=1, socket_connect_timeout=1).ping()
        parts["broker"] = "ok"
    except RedisError as away:
        parts["broker"] = type(away).__name__
    parts["search"] = search_health()
    return JsonResponse({"status": "ready" if is_ready else "not ready", **parts}, status=200 if is_ready else 503)
