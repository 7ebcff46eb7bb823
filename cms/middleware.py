"""Wagtail's admin has a content policy of its own: it needs inline styles and scripts, but never eval.

Previews show what somebody wrote, on a back office's host: they get a policy without any script, and may be framed by
that host alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from wagtail.users.models import UserProfile

from cms.rules import ANSWERING, PREVIEWS
from tenants.accounts.models import User

log = logging.getLogger("wanshang.cms")

ADMIN = {
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "frame-src": [SELF],
    "frame-ancestors": [SELF],
}
PREVIEW = {"script-src": [NONE], "style-src": [SELF, UNSAFE_INLINE], "frame-ancestors": [SELF], "form-action": [NONE], "sandbox": ["allow-same-origin"]}


class cms_answers:
    """The policies above; and 400 for a form that came without fields Wagtail takes for granted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in ANSWERING:
            response._csp_replace = PREVIEW if name in PREVIEWS else ADMIN  # type: ignore[attr-defined]
            response.headers["X-Frame-Options"] = "SAMEORIGIN"
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Wagtail is light or dark as the reader chose for all our pages, whatever its own profile says."""
        match = request.resolver_match
        if match and match.view_name in ANSWERING and isinstance(request.user, User):
            chosen = {"light": "light", "dark": "dark"}.get(request.COOKIES.get("theme", ""), "system")
            request.user.wagtail_userprofile = UserProfile(user=request.user, theme=chosen)  # type: ignore[attr-defined]

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Wagtail's forms are taken to be whole; a mutilated one, or half a picture, ends in one of these, written into the log."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        is_half_a_picture = isinstance(error, OSError) and error.errno is None and bool(request.FILES)  # one of the system has a number
        is_mutilated = is_half_a_picture or isinstance(error, (KeyError, AttributeError, TypeError, ValueError))
        if request.method == "POST" and name in ANSWERING and is_mutilated:
            log.warning("Wagtail could not read a form sent to %s", name, exc_info=error)
            return HttpResponse(render_to_string("errors/400.html", {"request_id": getattr(request, "request_id", "")}), status=400)
        return None
