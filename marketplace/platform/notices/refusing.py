"""The link at the foot of what may be refused: whoever has the letter may follow it, signed in or not."""

from __future__ import annotations

from uuid import UUID

from django.core import signing

from tenants.tenancy.hosts import market_url

SALT = "notices.refuse"


def refuse_address(person_id: UUID, kind: str) -> str:
    return market_url(f"/notices/refuse/{signing.dumps([str(person_id), kind], salt=SALT)}/")


def read_token(token: str) -> tuple[UUID, str] | None:
    """(person, kind) of a link of ours; None for anything else. It works for ever: a letter may be old."""
    try:
        person, kind = signing.loads(token, salt=SALT)
        return UUID(person), str(kind)
    except (signing.BadSignature, ValueError, TypeError):
        return None
