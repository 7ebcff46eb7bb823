"""What is told of deposits, packages and services. A paragraph whose place is empty is left out."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _
from django.utils.translation import pgettext_lazy

from marketplace.platform.notices.catalogue.making import for_market, for_shop
from marketplace.platform.notices.examples import AT, MONEY, REASON, SHOP
from marketplace.platform.notices.kinds import Kind

REFERENCE, NUMBER = "BZJ000042", "BZJ-20260502-3"
PACKAGE, SERVICE = _("Standard"), _("Moving a shop here")
AMOUNT = frozenset({"amount"})
TRANSFER = _("Pay it by bank transfer and write {reference} on it. It stays yours: the market keeps it apart, and it goes back when the shop closes.")
SAYS = _("The market says: {reason}")
HOLDS = _("Your deposit holds {held} now.")


def _moved(code: str, label: object, subject: str, *more: str) -> Kind:
    return for_shop(code, label, subject, [SAYS, HOLDS, *more], facts={"amount": MONEY, "reason": REASON, "held": MONEY, "number": NUMBER}, needed=AMOUNT)


def _service(code: str, label: object, subject: str, *more: str, **facts: str) -> Kind:
    return for_shop(code, label, subject, ["{answer}", *more], facts={"what": SERVICE, "answer": REASON, **facts}, needed=frozenset({"what"}))


KINDS = [
    for_shop(
        "deposit_short",
        pgettext_lazy("notice", "Deposit is missing"),
        _("The deposit of “{name}”: {short} are missing"),
        [_("{required} are asked for, {short} are missing."), "{overdue}", _("Please pay it by {at}."), TRANSFER],
        facts={
            "name": SHOP,
            "short": MONEY,
            "required": MONEY,
            "overdue": _("The day to pay it has passed. Until it is there, nothing more can be put on sale; what is on sale stays."),
            "at": AT,
            "reference": REFERENCE,
        },
        needed=frozenset({"short", "reference"}),
    ),
    for_shop(
        "deposit_to_open",
        pgettext_lazy("notice", "Deposit before a shop opens"),
        _("“{name}”: pay the deposit, then the shop opens"),
        [_("{required} are asked for, {short} are missing."), _("Please pay it by {at}."), TRANSFER],
        facts={"name": SHOP, "short": MONEY, "required": MONEY, "at": AT, "reference": REFERENCE},
        needed=frozenset({"short", "reference"}),
    ),
    _moved("deposit_received", pgettext_lazy("notice", "Deposit has arrived"), _("Your deposit has arrived: {amount}")),
    _moved(
        "deposit_deducted",
        pgettext_lazy("notice", "Deducted from a deposit"),
        _("{amount} were deducted from your deposit"),
        _("If you think this is wrong, object to it in the workbench; the market answers you."),
    ),
    _moved("deposit_given_back", pgettext_lazy("notice", "Deduction taken back"), _("A deduction was taken back: {amount}")),
    _moved("deposit_returned", pgettext_lazy("notice", "Deposit goes back"), _("Your deposit is on its way back to you: {amount}")),
    for_market(
        "deposit_objected",
        pgettext_lazy("notice", "A shop objects to a deduction"),
        _("“{name}” objects to a deduction of {amount}"),
        ["{text}"],
        facts={"name": SHOP, "amount": MONEY, "text": REASON},
        needed=frozenset({"name", "amount"}),
    ),
    for_shop(
        "deposit_objection_rejected",
        pgettext_lazy("notice", "Deduction stands"),
        _("The deduction of {amount} stands"),
        [SAYS],
        facts={"amount": MONEY, "reason": REASON},
        needed=frozenset({"amount", "reason"}),
    ),
    for_shop(
        "package_published",
        pgettext_lazy("notice", "Package changes"),
        _("Your package “{name}” changes on {day}"),
        [
            _("A month costs {after} instead of {before}, from the first month that begins on {day} or later."),
            _("What it holds stands in the workbench. Until then everything stays as it is, and you can choose another package."),
        ],
        facts={"name": PACKAGE, "day": AT, "before": MONEY, "after": MONEY},
        needed=frozenset({"name", "day", "after"}),
        button=_("To the package"),
    ),
    for_shop(
        "package_began",
        pgettext_lazy("notice", "Smaller package has begun"),
        _("Your shop has the package “{name}” now"),
        [_("From this month on it costs {price} a month.")],
        facts={"name": PACKAGE, "price": MONEY},
        needed=frozenset({"name", "price"}),
        button=_("To the package"),
    ),
    for_shop(
        "package_not_begun",
        pgettext_lazy("notice", "Smaller package did not begin"),
        _("The package “{name}” did not begin"),
        [_("More is used than it holds, so the larger one goes on for a month. Use less, and choose it anew.")],
        facts={"name": PACKAGE},
        needed=frozenset({"name"}),
        button=_("To the package"),
    ),
    for_market(
        "service_asked",
        pgettext_lazy("notice", "Service asked for"),
        _("“{shop}” asks for a service: {what}"),
        ["{note}"],
        facts={"shop": SHOP, "what": SERVICE, "note": REASON},
        needed=frozenset({"shop", "what"}),
    ),
    for_market(
        "service_withdrawn",
        pgettext_lazy("notice", "Service no longer asked for"),
        _("“{shop}” no longer needs a service: {what}"),
        ["{note}"],
        facts={"shop": SHOP, "what": SERVICE, "note": REASON},
        needed=frozenset({"shop", "what"}),
    ),
    _service("service_accepted", pgettext_lazy("notice", "Service begun"), _("We are on it: {what}")),
    _service("service_done", pgettext_lazy("notice", "Service done"), _("Done: {what}"), _("{price} stand on your next statement."), price=MONEY),
    _service("service_declined", pgettext_lazy("notice", "Service not possible"), _("Not possible: {what}")),
]
