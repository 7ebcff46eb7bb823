"""What the market's own staff is told, and the daily letter that gathers what has time."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _
from django.utils.translation import pgettext_lazy

from marketplace.platform.notices.catalogue.making import for_market
from marketplace.platform.notices.examples import AT, PERSON, REASON, REQUEST, SHOP
from marketplace.platform.notices.kinds import Audience, Kind

WHAT = _("Release payouts")


KINDS = [
    for_market(
        "approval_asked",
        pgettext_lazy("notice", "A second person is needed"),
        _("Waits for a second person: {what}"),
        [_("{about}"), _("{person} asks: {why}"), _("Decide by {at}.")],
        facts={"what": WHAT, "about": REQUEST, "person": PERSON, "why": REASON, "at": AT},
        needed=frozenset({"what", "person", "at"}),
    ),
    for_market(
        "approval_approved",
        pgettext_lazy("notice", "Request approved"),
        _("Approved and done: {what}"),
        [_("{about}"), _("Decided by {person}."), _("{reason}")],
        facts={"what": WHAT, "about": REQUEST, "person": PERSON, "reason": REASON},
        needed=frozenset({"what"}),
    ),
    for_market(
        "approval_refused",
        pgettext_lazy("notice", "Request refused"),
        _("Refused: {what}"),
        [_("{about}"), _("Decided by {person}."), _("{reason}")],
        facts={"what": WHAT, "about": REQUEST, "person": PERSON, "reason": REASON},
        needed=frozenset({"what"}),
    ),
    for_market(
        "approval_expired",
        pgettext_lazy("notice", "Request expired"),
        _("Nobody decided in time: {what}"),
        [_("{about}")],
        facts={"what": WHAT, "about": REQUEST},
        needed=frozenset({"what"}),
    ),
    for_market(
        "support_granted",
        pgettext_lazy("notice", "Support let in"),
        _("{shop} lets you look into its workbench"),
        [_("{allows}"), _("It ends by itself at {at}. The shop sees every page you open."), _("You asked: {reason}")],
        facts={"shop": SHOP, "allows": _("You may look, and change nothing."), "at": AT, "reason": REASON},
        needed=frozenset({"shop", "at"}),
    ),
    for_market(
        "support_refused",
        pgettext_lazy("notice", "Support not let in"),
        _("{shop} does not let you look into its workbench"),
        [_("You asked: {reason}")],
        facts={"shop": SHOP, "reason": REASON},
        needed=frozenset({"shop"}),
    ),
    for_market(
        "support_unanswered",
        pgettext_lazy("notice", "Support not answered"),
        _("{shop} has not answered whether you may look in"),
        [_("Your question has ended. You may ask again."), _("You asked: {reason}")],
        facts={"shop": SHOP, "reason": REASON},
        needed=frozenset({"shop"}),
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
