"""What a shop's people, and the market's, are told when the place its money goes to is to change."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _
from django.utils.translation import pgettext_lazy

from marketplace.platform.notices.examples import AT, PERSON, REASON, SHOP
from marketplace.platform.notices.kinds import Audience, Kind

TO_ACCOUNT, STOP = _("To the payout account"), _("This was not us: stop it")
NAME = frozenset({"name"})


def _kind(code: str, label: object, subject: str, body: list[str], **more: object) -> Kind:
    return Kind(code, Audience.SHOP, label, subject, body, **more)  # type: ignore[arg-type]


KINDS = [
    _kind(
        "payout_account_asked",
        pgettext_lazy("notice", "Another payout account asked for"),
        _("Somebody wants payouts of “{name}” to go to another account"),
        [_("It is not in force: somebody else has to confirm it first. If it was not one of you, stop it now; you need not sign in for that.")],
        facts={"name": SHOP},
        needed=NAME,
        button=STOP,
        is_secret=True,
    ),
    _kind(
        "payout_account_confirmed",
        pgettext_lazy("notice", "Payout account confirmed"),
        _("The payout account of “{name}” changes on {at}"),
        [_("It was confirmed. Until then payouts go to the account before it. If it was not you, stop it now; you need not sign in for that.")],
        facts={"name": SHOP, "at": AT},
        needed=frozenset({"name", "at"}),
        button=STOP,
        is_secret=True,
    ),
    _kind(
        "payout_account_looked_at_again",
        pgettext_lazy("notice", "Payout account looked at again"),
        _("The payout account of “{name}” does not change yet: the market looks at it again"),
        [_("Stripe now says another name than the shop's company. The day we wrote to you no longer holds. If it was not one of you, stop it now.")],
        facts={"name": SHOP},
        needed=NAME,
        button=STOP,
        is_secret=True,
    ),
    _kind(
        "payout_account_in_force",
        pgettext_lazy("notice", "Payout account in force"),
        _("Payouts of “{name}” go to another account from now on"),
        [_("If this surprises you, write to {contact} at once.")],
        facts={"name": SHOP, "contact": "help@market.example"},
        needed=NAME,
        button=TO_ACCOUNT,
    ),
    _kind(
        "payout_account_stopped",
        pgettext_lazy("notice", "Change of the payout account stopped"),
        _("The change of the payout account of “{name}” was stopped"),
        [
            _("{person} stopped it: {why}"),
            _("Payouts go where they went before. If somebody else was at work in your workbench, set a new password and look at who works there."),
        ],
        facts={"name": SHOP, "person": PERSON, "why": REASON},
        needed=NAME,
        button=TO_ACCOUNT,
    ),
    _kind(
        "payout_account_refused",
        pgettext_lazy("notice", "Payout account refused by the market"),
        _("The market did not accept the payout account of “{name}”"),
        [_("The market says: {reason}")],
        facts={"name": SHOP, "reason": REASON},
        needed=frozenset({"name", "reason"}),
        button=TO_ACCOUNT,
    ),
    _kind(
        "payout_account_expired",
        pgettext_lazy("notice", "Change of the payout account expired"),
        _("The change of the payout account of “{name}” has expired"),
        [_("Nobody confirmed it in time. Payouts go where they went before.")],
        facts={"name": SHOP},
        needed=NAME,
        button=TO_ACCOUNT,
    ),
    Kind(
        "payout_account_look",
        Audience.MARKET,
        pgettext_lazy("notice", "Payout account waits for the market's look"),  # type: ignore[arg-type]
        _("The payout account of “{name}” waits for the market's look"),
        [_("{account}"), _("{name_is}"), _("The shop says: {why}")],
        facts={"name": SHOP, "account": SHOP, "name_is": _("Another name than in the dossier"), "why": REASON},
        needed=NAME,
        button=_("Look at it"),
    ),
]
