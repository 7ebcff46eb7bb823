"""What is told of goods that are made to wishes."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _
from django.utils.translation import pgettext_lazy

from marketplace.platform.notices.catalogue.making import for_buyer, for_shop
from marketplace.platform.notices.examples import AT, ORDER, PRODUCT, SHOP

KINDS = [
    for_buyer(
        "custom_ready",
        pgettext_lazy("notice", "Made to your wishes, ready"),
        _("{shop} has made it for you: {product}"),
        [_("What you wished in order {number} is ready. It is packed next; you are told when it leaves.")],
        facts={"shop": SHOP, "product": PRODUCT, "number": ORDER},
        needed=frozenset({"product", "number"}),
        button=_("To the order"),
    ),
    for_buyer(
        "wish_asked",
        pgettext_lazy("notice", "The shop asks about your wishes"),
        _("{shop} asks you about order {number}"),
        [
            _("Before “{product}” is made for you, the shop would like to know: {question}"),
            _("It waits for your answer, and so long the time to ship stands still: until then the order leaves by {at} at the latest."),
        ],
        facts={"shop": SHOP, "product": PRODUCT, "number": ORDER, "question": _("With a capital L, or all in small letters?"), "at": AT},
        needed=frozenset({"number", "question"}),
        button=_("Answer the shop"),
        sms=_("[{market}] {shop} asks you about order {number} before it is made. Answer here: {link}"),
    ),
    for_shop(
        "wish_answered",
        pgettext_lazy("notice", "Buyer has answered"),
        _("Order {number}: the buyer has answered"),
        [_("You asked about “{product}”: {question}"), _("The answer: {answer}"), _("Ship by {at}.")],
        facts={
            "product": PRODUCT,
            "number": ORDER,
            "question": _("With a capital L, or all in small letters?"),
            "answer": _("With a capital L, please."),
            "at": AT,
        },
        needed=frozenset({"number", "answer"}),
    ),
]
