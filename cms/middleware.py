"""Wagtail's admin has a content policy of its own: it needs inline styles and scripts, but never eval.

Previews show what somebody wrote, on a back office's host: they get a policy without any script, and may be framed by
that host alone.
"""

from __future__ import annotations

from collections.abc import Callable

from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.http import HttpRequest, HttpResponse

from cms.rules import ANSWERING, PREVIEWS

ADMIN = {"script-src": [SELF, UNSAFE_INLINE], "style-src": [SELF, UNSAFE_INLINE], "img-src": [SELF, "data:", "blob:"], "frame-src": [SELF], "frame-ancestors": [SELF]}
PREVIEW = {"script-src": [NONE], "style-src": [SELF, UNSAFE_INLINE], "frame-ancestors": [SELF], "form-action": [NONE], "sandbox": ["allow-same-origin"]}


def cms_policy(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in ANSWERING:
            response._csp_replace = PREVIEW if name in PREVIEWS else ADMIN  # type: ignore[attr-defined]
            response.headers["X-Frame-Options"] = "SAMEORIGIN"
        return response

    return middleware
