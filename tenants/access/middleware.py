"""Deny by default: a route without a rule answers nobody, and a back office writes only inside verbs."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from tenants.access.rules import rule_of

log = logging.getLogger("wanshang.access")


class AccessMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        rule = rule_of(view, request.domain.kind, match.view_name if match else None)  # type: ignore[attr-defined]
        if rule is None:
            log.error("route without a rule: %s", match.view_name if match else request.path)
            raise Http404
        return rule.refusal(request)
