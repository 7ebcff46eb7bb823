"""What is told of money that goes back by two people, and of returns that a shop opens for a buyer."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _
from django.utils.translation import pgettext_lazy

from marketplace.platform.notices.catalogue.making import for_buyer, for_shop
from marketplace.platform.notices.examples import AT, MONEY, ORDER, PERSON, REASON, RETURN, SHOP

KINDS = [
    for_buyer(
        "return_opened_for_you",
        pgettext_lazy("notice", "Return opened for you"),
        _("{shop} has opened a return for you: {number}"),
        [_("{reason}"), _("It is worth {amount}. The shop answers next."), _("If you do not want it, withdraw it on its page.")],
        facts={"shop": SHOP, "number": RETURN, "reason": REASON, "amount": MONEY},
        needed=frozenset({"shop", "number"}),
        button=_("To the return"),
    ),
    for_shop(
        "return_to_approve",
        pgettext_lazy("notice", "Return to approve"),
        _("Return {number} waits for you: {amount}"),
        [
            _("A colleague has inspected it. In your shop a second person approves that the money goes back."),
            _("Without a word by {at} it goes back by itself."),
        ],
        facts={"number": RETURN, "amount": MONEY, "at": AT},
        needed=frozenset({"number", "at"}),
    ),
    for_shop(
        "second_look_asked",
        pgettext_lazy("notice", "A colleague asks for your approval"),
        _("{person} asks for your approval: {what}"),
        [_("{reason}"), _("Decide by {at}; after that it expires and nothing happens.")],
        facts={"person": PERSON, "what": _("Give up pieces of a paid order"), "reason": REASON, "at": AT},
        needed=frozenset({"what", "at"}),
    ),
    for_shop(
        "second_look_ended",
        pgettext_lazy("notice", "A colleague has decided"),
        _("{outcome}: {what}"),
        [_("Decided by {person}."), _("{reason}")],
        facts={"outcome": _("Approved and done"), "what": ORDER, "person": PERSON, "reason": REASON},
        needed=frozenset({"outcome", "what"}),
    ),
]
