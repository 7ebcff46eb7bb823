"""What a form of a list of notices does: marks one as read, or all, or opens one."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from marketplace.kernel.actors import Actor
from marketplace.platform.notices.access import notice_of
from marketplace.platform.notices.choosing import mark_read
from marketplace.platform.notices.errors import NoticeUnknown
from tenants.tenancy.models import Domain


def take_marks(by: Actor, sent: Mapping[str, str], back: str, place: str = Domain.Kind.MARKET, merchant_id: UUID | None = None) -> str:
    """Where the reader goes from here: to what the notice is about (`then=open`), or back to the list. Raises NoticeUnknown."""
    if sent.get("then") == "all":
        mark_read(by=by, place=place, merchant_id=merchant_id)
        return back
    try:
        notice_id = UUID(sent.get("notice", ""))
    except ValueError as wrong:
        raise NoticeUnknown from wrong
    notice = notice_of(by.person, notice_id, place, merchant_id)
    mark_read(by=by, place=place, merchant_id=merchant_id, notice_id=notice_id, is_read=sent.get("then") != "unread")
    return notice.link if sent.get("then") == "open" and notice.link else back
