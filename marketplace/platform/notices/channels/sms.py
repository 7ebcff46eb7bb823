"""SMS: by a provider who speaks our contract over HTTP (docs/notices.md). Most real ones need a small adapter in front."""

from __future__ import annotations

import http.client
import json
from urllib.parse import urlsplit

from django.conf import settings

from marketplace.platform.notices.channels.port import Away, Refused, Taken
from marketplace.platform.notices.channels.signing import signed
from marketplace.platform.notices.models import Dispatch
from tenants.tenancy.hosts import market_url

PATIENCE_S = 10
FOR_GOOD = (400, 409, 410, 413, 422)
MOST_READ = 10_000  # bytes of an answer


def is_on() -> bool:
    """Whether this installation has a provider."""
    return bool(settings.SMS_URL and settings.SMS_SECRET)


def send(dispatch: Dispatch) -> Taken:
    """Hand it to the provider, under the key of the dispatch. Raises Refused, Away."""
    if not is_on():
        raise Refused("this market has no SMS provider")
    body = json.dumps(
        {
            "id": str(dispatch.pk),
            "to": dispatch.to,
            "text": dispatch.text,
            "kind": dispatch.notice.kind,
            "language": dispatch.notice.language,
            "receipts": market_url("/hooks/sms/"),
        },
        ensure_ascii=False,
    ).encode()
    status, answer = _post(body, {"Content-Type": "application/json", "Idempotency-Key": str(dispatch.pk), **signed(settings.SMS_SECRET, body)})
    if status in (200, 201, 202):
        return Taken(str(answer.get("ref", ""))[:120])
    why = f"{status} {answer.get('code', '')} {answer.get('why', '')}".strip()[:300]
    if status in FOR_GOOD:
        raise Refused(why, is_dead=answer.get("code") == "no_such_number")
    raise Away(why)  # also where it does not know our secret: somebody mends that


def _post(body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, object]]:
    """One request, no redirects followed. Raises Away."""
    at = urlsplit(settings.SMS_URL)
    kind = http.client.HTTPSConnection if at.scheme == "https" else http.client.HTTPConnection
    link = kind(str(at.hostname), at.port, timeout=PATIENCE_S)
    try:
        link.request("POST", f"{at.path.rstrip('/')}/messages", body=body, headers=headers)
        response = link.getresponse()
        read = response.read(MOST_READ)
    except (OSError, http.client.HTTPException) as away:
        raise Away(f"{type(away).__name__}: {away}") from away
    finally:
        link.close()
    try:
        answer = json.loads(read or b"{}")
    except ValueError:
        answer = {}
    return response.status, answer if isinstance(answer, dict) else {}
