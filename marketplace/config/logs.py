"""Every log line carries the request, merchant and person it belongs to."""

from __future__ import annotations

import logging

from django.http import HttpRequest

from marketplace.kernel.context import running


class Context(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        now = running.get()
        record.request_id, record.merchant, record.user = now.request_id, now.merchant, now.user
        return True


def note_who(request: HttpRequest) -> None:
    """From here on the log says whose page it is, and who asked, as far as that is known: nobody is looked up for it."""
    now = running.get()
    if not now.request_id:
        return  # outside a request: that is everybody's
    now.merchant = str(getattr(getattr(request, "merchant", None), "slug", ""))
    if hasattr(request, "_cached_user") and request.user.is_authenticated:
        now.user = str(request.user.pk)
