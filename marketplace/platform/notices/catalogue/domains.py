"""What whoever looks after a shop's own domains is told."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _
from django.utils.translation import pgettext_lazy

from marketplace.platform.notices.kinds import Audience, Kind

NAMED = frozenset({"host"})
FACTS = {"host": "shop.example.com", "days": "7", "here": "shop.market.example"}
BUTTON = _("To the domains")


def _kind(code: str, label: object, subject: str, body: list[str]) -> Kind:
    return Kind(code, Audience.SHOP, label, subject, body, facts=FACTS, needed=NAMED, button=BUTTON)  # type: ignore[arg-type]


KINDS = [
    _kind(
        "domain_verified",
        pgettext_lazy("notice", "Own domain verified"),
        _("“{host}” is verified"),
        [_("Your shop answers there now. In the workbench you can make it the shop's address.")],
    ),
    _kind(
        "domain_lost",
        pgettext_lazy("notice", "Record of an own domain gone"),
        _("The record of “{host}” is gone"),
        [
            _("If it does not come back within {days} days, your shop answers there no longer."),
            _("The workbench shows which record is missing."),
        ],
    ),
    _kind(
        "domain_given_up",
        pgettext_lazy("notice", "Own domain answers no longer"),
        _("Your shop does not answer on “{host}”"),
        [_("Its record was not found. Your shop's address at the market is {here}.")],
    ),
]
