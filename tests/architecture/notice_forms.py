"""Forms about notices, as a person would send them; and what one sends about oneself alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from marketplace.platform.notices.models import Dispatch, Notice
from tenants.accounts.letters import keep_letter

WORDS = {"subject": "{number}: pay", "body": "Pay {amount} until {until}.", "button": "Pay", "seen_version": 0, "then": "save"}


def failed() -> str:
    """A mail that a server refused for good."""
    notice = Notice.objects.create(key=uuid4().hex, kind="order_paid", language="en", title="Paid")
    letter = keep_letter(email="mei@example.com", subject="Paid", text="Paid")
    return str(Dispatch.objects.create(notice=notice, channel="mail", to="mei@example.com", letter=letter, state=Dispatch.State.FAILED).pk)


FORMS_ABOUT_NOTICES: Mapping[tuple[str, str], Callable[[], tuple[str, dict[str, Any]]]] = {
    ("console", "notice-word"): lambda: ("/notice-words/order_placed/?language=en", dict(WORDS)),
    ("console", "reminders"): lambda: ("/notice-words/reminders/", {"pay_percent": 60, "receipt_days": 3}),
    ("console", "dispatch-again"): lambda: (f"/dispatches/{failed()}/again/", {}),
}
# That somebody has read a notice of their own: no right is asked for, and it is nothing for the log.
OF_ONESELF = {("workbench", "inbox-read"), ("console", "inbox-read")}
