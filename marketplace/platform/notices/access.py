"""Who may get which notice: one's own, of the place one is at."""

from __future__ import annotations

from uuid import UUID

from marketplace.platform.notices.errors import NoticeUnknown
from marketplace.platform.notices.models import Notice
from marketplace.platform.notices.queries import notices_of
from tenants.tenancy.models import Domain


def notice_of(person_id: UUID, notice_id: UUID, place: str = Domain.Kind.MARKET, merchant_id: UUID | None = None) -> Notice:
    """Raises NoticeUnknown."""
    found = notices_of(person_id, place, merchant_id).filter(pk=notice_id).first()
    if found is None:
        raise NoticeUnknown
    return found
