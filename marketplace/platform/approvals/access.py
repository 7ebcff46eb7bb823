"""Who may get which request: everybody who may see requests sees all of them."""

from __future__ import annotations

from marketplace.platform.approvals.errors import RequestUnknown
from marketplace.platform.approvals.models import ApprovalRequest


def request_for_operator(number: str) -> ApprovalRequest:
    """Raises RequestUnknown."""
    found = ApprovalRequest.objects.select_related("merchant", "asked_by", "decided_by").filter(number=number).first()
    if found is None:
        raise RequestUnknown
    return found
