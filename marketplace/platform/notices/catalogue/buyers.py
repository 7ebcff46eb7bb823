"""What buyers are told."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _
from django.utils.translation import pgettext_lazy

from marketplace.platform.notices.examples import AT, CARRIER, GOODS, GROUP, MONEY, ORDER, PRODUCT, REASON, RETURN, SHOP, TRACKING
from marketplace.platform.notices.kinds import Audience, Kind


def _kind(code: str, label: object, subject: str, body: list[str], **more: object) -> Kind:
    return Kind(code, Audience.BUYER, label, subject, body, **more)  # type: ignore[arg-type]


KINDS = [
    _kind(
        "order_placed",
        pgettext_lazy("notice", "Order placed, to be paid"),
        _("Order {number}: please pay until {until}"),
        [_("Your order is placed, and the goods are held for you. Pay {amount} until {until}; after that it is cancelled by itself.")],
        facts={"number": GROUP, "until": AT, "amount": MONEY},
        needed=frozenset({"number", "until", "amount"}),
        button=_("Pay {amount}"),
    ),
    _kind(
        "pay_reminder",
        pgettext_lazy("notice", "Reminder: order not paid yet"),
        _("Order {number} is not paid yet: please pay until {until}"),
        [_("The goods are still held for you. Pay {amount} until {until}; after that they go back on sale and the order is cancelled.")],
        facts={"number": GROUP, "until": AT, "amount": MONEY},
        needed=frozenset({"number", "until", "amount"}),
        button=_("Pay {amount}"),
        closing=[_("If you have just paid, you need do nothing.")],
        sms=_("[{market}] Order {number} waits for {amount}, until {until}: {link}"),
        is_service=False,
    ),
    _kind(
        "order_paid",
        pgettext_lazy("notice", "Order paid"),
        _("Order {number} is paid"),
        [_("Thank you. We have received {amount} and hold it until you have the goods."), _("{shipping}")],
        facts={"number": GROUP, "amount": MONEY, "shipping": _("Kiln ships by 2 May 14:30.")},
        needed=frozenset({"number", "amount"}),
        button=_("Follow the order"),
    ),
    _kind(
        "order_expired",
        pgettext_lazy("notice", "Order cancelled, not paid in time"),
        _("Order {number} was cancelled: it was not paid in time"),
        [_("The goods are back on sale. A payment that arrives after all goes back to you by itself.")],
        facts={"number": GROUP},
        needed=frozenset({"number"}),
    ),
    _kind(
        "order_shipped",
        pgettext_lazy("notice", "Parcel shipped"),
        _("{shop} has shipped: {carrier} {tracking}"),
        [_("A parcel of order {number} is on its way to you. When you have everything, confirm it; the shop is paid then.")],
        facts={"shop": SHOP, "carrier": CARRIER, "tracking": TRACKING, "number": ORDER},
        needed=frozenset({"carrier", "tracking", "number"}),
        button=_("Follow the order"),
        sms=_("[{market}] {shop} has shipped: {carrier} {tracking}. {link}"),
    ),
    _kind(
        "receipt_reminder",
        pgettext_lazy("notice", "Reminder: goods not confirmed yet"),
        _("Have you received order {number}?"),
        [
            _("{shop} has sent everything. If it has arrived, confirm it; the shop is paid then."),
            _("Without a word from you it counts as received at {until}. If something is missing or damaged, tell the shop before."),
        ],
        facts={"number": ORDER, "shop": SHOP, "until": AT},
        needed=frozenset({"number", "until"}),
        button=_("To the order"),
        sms=_("[{market}] Has order {number} arrived? Confirm it, or say what is wrong, until {until}: {link}"),
        is_service=False,
    ),
    _kind(
        "order_cancelled",
        pgettext_lazy("notice", "A part cannot be sent"),
        _("{shop} cannot send a part of order {number}"),
        [_("We are sorry. The shop says: {reason}"), _("The money for it is on its way back to you.")],
        facts={"shop": SHOP, "number": ORDER, "reason": REASON},
        needed=frozenset({"number", "reason"}),
        button=_("To the order"),
    ),
    _kind(
        "refunded",
        pgettext_lazy("notice", "Money went back"),
        _("{amount} went back to you"),
        [_("For order {number}: {reason}."), _("It goes the way you paid; your bank may take a few days to show it.")],
        facts={"amount": MONEY, "number": ORDER, "reason": REASON},
        needed=frozenset({"amount", "number"}),
        button=_("To the order"),
    ),
    _kind(
        "return_agreed",
        pgettext_lazy("notice", "Return agreed"),
        _("{shop} takes it back: please send it"),
        [_("Return {number}, {amount}."), _("The shop says: {answer}"), _("Hand the parcel to a carrier by {at}, and enter its number.")],
        facts={"shop": SHOP, "number": RETURN, "amount": MONEY, "answer": REASON, "at": AT},
        needed=frozenset({"number", "amount", "at"}),
        button=_("To the return"),
    ),
    _kind(
        "return_refused",
        pgettext_lazy("notice", "Return refused"),
        _("{shop} has refused the return"),
        [_("Return {number}, {amount}."), _("The shop says: {answer}")],
        facts={"shop": SHOP, "number": RETURN, "amount": MONEY, "answer": REASON},
        needed=frozenset({"number", "answer"}),
        button=_("To the return"),
    ),
    _kind(
        "review_asked",
        pgettext_lazy("notice", "Asked for a review"),
        _("How is what you bought from {shop}?"),
        [_("{goods}"), _("A few words help others to choose, and the shop to do better. We ask once.")],
        facts={"shop": SHOP, "goods": GOODS},
        needed=frozenset({"shop"}),
        button=_("Write a review"),
        is_service=False,
        is_urgent=False,
    ),
    _kind(
        "review_answered",
        pgettext_lazy("notice", "Review answered"),
        _("{shop} answered your review"),
        [_("Your review of “{product}”:"), _("“{text}”")],
        facts={"shop": SHOP, "product": PRODUCT, "text": _("Thank you for your kind words.")},
        needed=frozenset({"product", "text"}),
        button=_("To your reviews"),
        is_service=False,
        is_urgent=False,
    ),
    _kind(
        "question_answered",
        pgettext_lazy("notice", "Question answered"),
        _("{who} answered your question"),
        [_("You asked about “{product}”: {question}"), _("“{text}”")],
        facts={"who": SHOP, "product": PRODUCT, "question": _("Does it go into the dishwasher?"), "text": _("Yes, it does.")},
        needed=frozenset({"product", "text"}),
        button=_("To the product"),
        is_service=False,
        is_urgent=False,
    ),
    _kind(
        "account_closed",
        pgettext_lazy("notice", "Account deleted"),
        _("Your account is deleted"),
        [
            _("your account is deleted, as you asked. Addresses, favourites and what you looked at are gone."),
            _("What the law makes us keep of your orders stays with us and the shops, and is used for nothing else."),
        ],
        is_secret=True,
    ),
    _kind(
        "phone_code",
        pgettext_lazy("notice", "Code for a phone number"),
        _("Your code"),
        [_("Your code is {code}.")],
        facts={"code": "482913"},
        needed=frozenset({"code"}),
        sms=_("[{market}] Your code is {code}. It holds for ten minutes. Give it to nobody."),
        sms_needed=frozenset({"code"}),
        is_secret=True,
    ),
]
