"""How we and providers sign what we tell each other: HMAC-SHA256 over the moment and the body (docs/notices.md)."""

from __future__ import annotations

import hashlib
import hmac

from marketplace.kernel import clock

WITHIN_S = 300
TIME, SIGNATURE = "X-Wanshang-Time", "X-Wanshang-Signature"


def signature(secret: str, moment: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()


def signed(secret: str, body: bytes) -> dict[str, str]:
    """Headers for a request of ours."""
    moment = str(int(clock.now().timestamp()))
    return {TIME: moment, SIGNATURE: signature(secret, moment, body)}


def is_signed(secret: str, moment: str, given: str, body: bytes) -> bool:
    """Whether whoever knows the secret sent this within the last five minutes. Never with an empty secret."""
    if not secret or not moment.isdecimal() or abs(clock.now().timestamp() - int(moment)) > WITHIN_S:
        return False
    return hmac.compare_digest(signature(secret, moment, body).encode(), given.encode(errors="replace"))
