"""What the market's own staff is told, and the daily letter that gathers what has time."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _
from django.utils.translation import pgettext_lazy

from marketplace.platform.notices.examples import AT, PERSON, REASON, REQUEST
from marketplace.platform.notices.kinds import Audience, Kind

WHAT = _("Release payouts")


def _kind(code: str, label: object, subject: str, body: list[str], **more: object) -> Kind:
    return Kind(code, Audience.MARKET, label, subject, body, button=_("Look at it"), **more)  # type: ignore[arg-type]


KINDS = [
    _kind(
        "approval_asked",
        pgettext_lazy("notice", "A second person is needed"),
        _("Waits for a second person: {what}"),
        [_("{about}"), _("{person} asks: {why}"), _("Decide by {at}.")],
        facts={"what": WHAT, "about": REQUEST, "person": PERSON, "why": REASON, "at": AT},
        needed=frozenset({"what", "person", "at"}),
    ),
    _kind(
        "approval_approved",
        pgettext_lazy("notice", "Request approved"),
        _("Approved and done: {what}"),
        [_("{about}"), _("Decided by {person}."), _("{reason}")],
        facts={"what": WHAT, "about": REQUEST, "person": PERSON, "reason": REASON},
        needed=frozenset({"what"}),
    ),
    _kind(
        "approval_refused",
        pgettext_lazy("notice", "Request refused"),
        _("Refused: {what}"),
        [_("{about}"), _("Decided by {person}."), _("{reason}")],
        facts={"what": WHAT, "about": REQUEST, "person": PERSON, "reason": REASON},
        needed=frozenset({"what"}),
    ),
    _kind(
        "approval_expired",
        pgettext_lazy("notice", "Request expired"),
        _("Nobody decided in time: {what}"),
        [_("{about}")],
        facts={"what": WHAT, "about": REQUEST},
        needed=frozenset({"what"}),
    ),
    Kind(
        "daily",
        Audience.BUYER,
        pgettext_lazy("notice", "Daily letter"),  # type: ignore[arg-type]
        _("What was new: {count}"),
        [_("This has time, so it comes in one letter a day, as you chose.")],
        facts={"count": "3"},
        button=_("To your notices"),
    ),
]
