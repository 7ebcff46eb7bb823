"""What providers report: mails that came back, receipts of SMS. Signed, within five minutes, harmless when repeated (docs/notices.md)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from marketplace.kernel.actors import rail
from marketplace.kernel.errors import NotFound
from marketplace.platform.notices.bouncing import take_bounce, take_receipt
from marketplace.platform.notices.channels.signing import SIGNATURE, TIME, is_signed
from marketplace.platform.notices.errors import BadReport


def _hook(secret: Callable[[], str], name: str, take: Callable[..., None]) -> Callable[[HttpRequest], HttpResponse]:
    def hook(request: HttpRequest) -> HttpResponse:
        """404 without a secret, 400 for what is not signed with it or too old: nothing of it is kept."""
        if not secret():
            raise NotFound
        if not is_signed(secret(), request.headers.get(TIME, ""), request.headers.get(SIGNATURE, ""), request.body):
            return HttpResponse("bad signature", status=400, content_type="text/plain")
        try:
            report: Any = json.loads(request.body)
        except ValueError as wrong:
            raise BadReport from wrong
        if not isinstance(report, dict):
            raise BadReport
        take(by=rail(name), report=report)
        return HttpResponse("ok", content_type="text/plain")

    return csrf_exempt(hook)


mail_hook = _hook(lambda: settings.MAIL_HOOK_SECRET, "mail", take_bounce)
sms_hook = _hook(lambda: settings.SMS_SECRET if settings.SMS_URL else "", "sms", take_receipt)
