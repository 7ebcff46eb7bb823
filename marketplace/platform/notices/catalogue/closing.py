"""What owners and buyers are told when a shop ends. A paragraph whose place is empty is left out: who began it, or what the market says."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _
from django.utils.translation import pgettext_lazy

from marketplace.platform.notices.examples import AT, PERSON, REASON, SHOP
from marketplace.platform.notices.kinds import Audience, Kind

CONTACT = "help@market.example"
NAMED = frozenset({"name"})


def _kind(code: str, audience: Audience, label: object, subject: str, body: list[str], **more: object) -> Kind:
    return Kind(code, audience, label, subject, body, **more)  # type: ignore[arg-type]


KINDS = [
    _kind(
        "shop_closing",
        Audience.SHOP,
        pgettext_lazy("notice", "Shop is being closed"),
        _("“{name}” is being closed"),
        [
            _("Begun by {person}. An owner can take it back until the shop is closed."),
            _("The market says: {reason}"),
            _("It takes no more orders. What is open is still shipped, taken back and paid; the workbench lists what is left."),
            _("Answer to {contact}."),
        ],
        facts={"name": SHOP, "person": PERSON, "reason": REASON, "contact": CONTACT},
        needed=frozenset({"name", "person", "reason"}),
        button=_("See what is left"),
    ),
    _kind(
        "shop_kept",
        Audience.SHOP,
        pgettext_lazy("notice", "Closing of the shop taken back"),
        _("“{name}” stays"),
        [_("Taken back by {person}."), "{how}"],
        facts={"name": SHOP, "person": PERSON, "how": _("Buyers can find it and order from it.")},
        needed=frozenset({"name", "person"}),
        button=_("To the workbench"),
    ),
    _kind(
        "shop_nothing_left",
        Audience.SHOP,
        pgettext_lazy("notice", "Shop can be closed"),
        _("Nothing is left of “{name}”"),
        [
            _("Orders, returns and money of the shop are settled."),
            _("Close it now, or it closes by itself on {at}."),
            _("Everything of the shop can be fetched before and for {days} days after."),
        ],
        facts={"name": SHOP, "at": AT, "days": "90"},
        needed=frozenset({"name", "at"}),
        button=_("Close it"),
    ),
    _kind(
        "shop_closed",
        Audience.SHOP,
        pgettext_lazy("notice", "Shop closed"),
        _("“{name}” has closed"),
        [
            _("Closed by {person}."),
            _("Nothing was left, and nobody has kept it open: it has closed by itself on {at}."),
            _("Nothing of it is open any more. Buyers keep their orders; its web address is given to nobody else."),
            _("Everything of the shop can be fetched for {days} days in its workbench, also if you have packed it before."),
        ],
        facts={"name": SHOP, "person": PERSON, "at": AT, "days": "90"},
        needed=frozenset({"name", "days"}),
        button=_("Take everything along"),
    ),
    _kind(
        "shop_of_order_closes",
        Audience.BUYER,
        pgettext_lazy("notice", "Shop of an order closes"),
        _("“{name}” closes; your order goes on"),
        [
            _("The shop takes no more orders. What you have ordered there is still sent, and can be returned as before."),
            _("Your orders and what was paid stay in your account, also when the shop is gone."),
        ],
        facts={"name": SHOP},
        needed=NAMED,
        button=_("To my orders"),
    ),
]
