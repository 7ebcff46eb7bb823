"""What shops, their staff and applicants are told."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _
from django.utils.translation import pgettext_lazy

from marketplace.platform.notices.examples import AT, MONEY, ORDER, PERSON, PRODUCT, REASON, SHOP, STATEMENT
from marketplace.platform.notices.kinds import Audience, Kind

MARKET_SAYS = _("The market says: {reason}")
IN_WORKBENCH = _("Open it in the workbench")


def _kind(code: str, label: object, subject: str, body: list[str], **more: object) -> Kind:
    return Kind(code, Audience.SHOP, label, subject, body, **more)  # type: ignore[arg-type]


ORDERS = [
    _kind(
        "new_order",
        pgettext_lazy("notice", "New paid order"),
        _("New order {number}: {amount}"),
        [_("It is paid."), _("Ship it by {at}; after that the buyer may cancel it.")],
        facts={"number": ORDER, "amount": MONEY, "at": AT},
        needed=frozenset({"number", "at"}),
        button=IN_WORKBENCH,
        sms=_("[{market}] New order {number}: {amount}. Ship it by {at}. {link}"),
        is_service=False,
    ),
    _kind(
        "new_virtual_order",
        pgettext_lazy("notice", "New paid order of virtual goods"),
        _("New order {number}: {amount}"),
        [_("It is paid."), _("Nothing is shipped: codes are handed out by themselves, vouchers are redeemed when the customer comes.")],
        facts={"number": ORDER, "amount": MONEY},
        needed=frozenset({"number"}),
        button=IN_WORKBENCH,
        is_service=False,
    ),
    _kind(
        "order_cancelled_by_buyer",
        pgettext_lazy("notice", "Order cancelled by the buyer"),
        _("Order {number} was cancelled by the buyer: do not ship it"),
        [_("The buyer says: {reason}"), _("The goods are back in stock; the money goes back to the buyer.")],
        facts={"number": ORDER, "reason": REASON},
        needed=frozenset({"number"}),
        button=IN_WORKBENCH,
    ),
    _kind(
        "return_requested",
        pgettext_lazy("notice", "Return asked for"),
        _("A buyer wants to return something of order {number}"),
        [_("{reason}"), _("Answer by {at}; if nobody does, it counts as agreed.")],
        facts={"number": ORDER, "reason": REASON, "at": AT},
        needed=frozenset({"number", "at"}),
        button=IN_WORKBENCH,
    ),
    _kind(
        "return_sent_back",
        pgettext_lazy("notice", "Return on its way back"),
        _("Goods of order {number} are on their way back"),
        [_("{reason}"), _("Inspect it by {at}; if nobody does, all of it counts as accepted.")],
        facts={"number": ORDER, "reason": REASON, "at": AT},
        needed=frozenset({"number", "at"}),
        button=IN_WORKBENCH,
    ),
    _kind(
        "bad_review",
        pgettext_lazy("notice", "A buyer is not content"),
        _("{stars} for “{product}”"),
        [_("A buyer is not content:"), _("{text}")],
        facts={"stars": "★", "product": PRODUCT, "text": REASON},
        needed=frozenset({"product"}),
        button=_("Answer in the workbench"),
        closing=[_("Everybody reads your answer. Say what you do about it.")],
        is_service=False,
        is_urgent=False,
    ),
    _kind(
        "question_asked",
        pgettext_lazy("notice", "Question about a product"),
        _("A question about “{product}”"),
        [_("“{text}”")],
        facts={"product": PRODUCT, "text": _("Does it go into the dishwasher?")},
        needed=frozenset({"product", "text"}),
        button=_("Answer in the workbench"),
        is_service=False,
        is_urgent=False,
    ),
]

MONEY_AND_GOODS = [
    _kind(
        "statement_ready",
        pgettext_lazy("notice", "Statement ready"),
        _("Statement {number}: {amount} for you"),
        [_("The market has settled with you. Every line of the statement leads to its order.")],
        facts={"number": STATEMENT, "amount": MONEY},
        needed=frozenset({"number", "amount"}),
        button=_("Open the statement"),
    ),
    _kind(
        "payout_returned",
        pgettext_lazy("notice", "Payout came back"),
        _("Your payout of {amount} came back"),
        [_("The bank says: {reason}"), _("Please check the payout account. The money waits and is paid again.")],
        facts={"amount": MONEY, "reason": _("Account closed")},
        needed=frozenset({"amount", "reason"}),
        button=_("To the payout account"),
    ),
    _kind(
        "product_sent_back",
        pgettext_lazy("notice", "Product sent back by the market"),
        _("“{title}” needs a change before it goes on sale"),
        [MARKET_SAYS, "{notes}"],
        facts={"title": PRODUCT, "reason": _("The picture does not show what is sold."), "notes": _("Pictures: show the whole cup")},
        needed=frozenset({"title", "reason"}),
        button=IN_WORKBENCH,
    ),
    _kind(
        "product_refused",
        pgettext_lazy("notice", "Product refused by the market"),
        _("“{title}” may not be sold here as it is"),
        [MARKET_SAYS, "{notes}", _("It can be submitted again once it was changed. What was approved before stays on sale.")],
        facts={"title": PRODUCT, "reason": _("This may not be sold here."), "notes": _("Pictures: show the whole cup")},
        needed=frozenset({"title", "reason"}),
        button=IN_WORKBENCH,
    ),
    _kind(
        "goods_taken_off",
        pgettext_lazy("notice", "Goods taken off sale by the market"),
        _("The market has taken off sale: {title}"),
        [
            MARKET_SAYS,
            "{titles}",
            _("Buyers no longer find it, and nothing you do puts it back on sale. Orders that exist go on. Answer the market where you do not agree."),
        ],
        facts={"title": PRODUCT, "titles": PRODUCT, "reason": _("It may not be sold.")},
        needed=frozenset({"title", "reason"}),
        button=IN_WORKBENCH,
    ),
    _kind(
        "goods_released",
        pgettext_lazy("notice", "Goods released by the market"),
        _("The market has released: {title}"),
        [MARKET_SAYS, "{titles}", _("What you have on sale is found and bought again within seconds.")],
        facts={"title": PRODUCT, "titles": PRODUCT, "reason": _("It was shown to be safe.")},
        needed=frozenset({"title", "reason"}),
        button=IN_WORKBENCH,
    ),
    _kind(
        "bundle_stopped",
        pgettext_lazy("notice", "A bundle can no longer be bought"),
        _("Nobody can buy “{title}” now"),
        ["{why}", _("As soon as that is mended it can be bought again by itself. You are told once each time it stops.")],
        facts={"title": PRODUCT, "why": _("MUG-1: It is off sale.")},
        needed=frozenset({"title", "why"}),
        button=IN_WORKBENCH,
        is_service=False,
        is_urgent=False,
    ),
    _kind(
        "stock_low",
        pgettext_lazy("notice", "Stock below its safety stock"),
        _("Running low: {what}"),
        [_("So few are left: {left}"), _("You are told once each time something falls below its safety stock.")],
        facts={"what": PRODUCT, "left": "MUG-1: 3 / 10"},
        needed=frozenset({"what"}),
        button=_("To the replenishment list"),
        is_service=False,
        is_urgent=False,
    ),
]

LETTING_IN = [
    _kind(
        "application_passed",
        pgettext_lazy("notice", "Application: a step passed"),
        _("Your application: {step} passed"),
        [MARKET_SAYS, _("The next step follows; you need do nothing.")],
        facts={"step": _("Identity review"), "reason": REASON},
        needed=frozenset({"step"}),
        button=_("To the application"),
    ),
    _kind(
        "application_more",
        pgettext_lazy("notice", "Application: more is needed"),
        _("Your application needs more"),
        [MARKET_SAYS, _("Add it and hand the application in again.")],
        facts={"step": _("Identity review"), "reason": REASON},
        needed=frozenset({"reason"}),
        button=_("To the application"),
    ),
    _kind(
        "application_rejected",
        pgettext_lazy("notice", "Application: not approved"),
        _("Your application was not approved"),
        [MARKET_SAYS, _("You may apply anew.")],
        facts={"step": _("Identity review"), "reason": REASON},
        needed=frozenset({"reason"}),
        button=_("To the application"),
    ),
    _kind(
        "shop_opened",
        pgettext_lazy("notice", "Shop opened"),
        _("Your shop “{name}” is open"),
        [_("It answers at {address}. Enter your goods in the workbench; each is reviewed before it goes on sale.")],
        facts={"name": SHOP, "address": "https://kiln.market.example/"},
        needed=frozenset({"name", "address"}),
        button=_("To the workbench"),
    ),
    _kind(
        "own_shop_opened",
        pgettext_lazy("notice", "Own shop opened"),
        _("Our own shop “{name}” is open"),
        [_("It answers at {address}. Enter goods in the workbench; they go on sale without a review. Invite who works there under “Staff”.")],
        facts={"name": SHOP, "address": "https://direct.market.example/"},
        needed=frozenset({"name", "address"}),
        button=_("To the workbench"),
    ),
    _kind(
        "qualification_ends_soon",
        pgettext_lazy("notice", "Qualification ends soon"),
        _("“{what}” ends in {days}"),
        [
            _("Its last day is {day}."),
            _("Hand in the new document in time: from the day after on, goods that need it are not sold. Nothing else changes."),
        ],
        facts={"what": _("Food licence"), "days": _("7 days"), "day": AT},
        needed=frozenset({"what", "day"}),
        button=_("To the qualifications"),
    ),
    _kind(
        "qualification_granted",
        pgettext_lazy("notice", "Qualification accepted"),
        _("“{what}” is accepted"),
        [_("It holds until {day}."), _("{goods}")],
        facts={"what": _("Food licence"), "day": AT, "goods": _("3 products are on sale again.")},
        needed=frozenset({"what"}),
        button=_("To the qualifications"),
    ),
    _kind(
        "qualification_expired",
        pgettext_lazy("notice", "Qualification expired"),
        _("“{what}” has expired"),
        [_("{goods}"), _("Hand in a document that holds. When it is accepted, they are on sale again by themselves.")],
        facts={"what": _("Food licence"), "goods": _("3 products that need it are not sold now.")},
        needed=frozenset({"what"}),
        button=_("To the qualifications"),
    ),
    _kind(
        "qualification_revoked",
        pgettext_lazy("notice", "Qualification revoked"),
        _("“{what}” does not count any more"),
        [MARKET_SAYS, _("{goods}"), _("Hand in a document that holds. When it is accepted, they are on sale again by themselves.")],
        facts={"what": _("Food licence"), "reason": REASON, "goods": _("3 products that need it are not sold now.")},
        needed=frozenset({"what", "reason"}),
        button=_("To the qualifications"),
    ),
    _kind(
        "renewal_refused",
        pgettext_lazy("notice", "Document not accepted"),
        _("“{what}” was not accepted"),
        [MARKET_SAYS, _("Hand in another document.")],
        facts={"what": _("Food licence"), "reason": REASON},
        needed=frozenset({"what", "reason"}),
        button=_("To the qualifications"),
    ),
]

SHOP_LIFE = [
    _kind(
        "shop_suspended",
        pgettext_lazy("notice", "Shop suspended"),
        _("Your shop “{name}” is suspended"),
        [
            _("Nobody can order from it for now. Orders that are paid go on: ship them in time."),
            _("The market says: {kind}. {reason}"),
            _("Answer to {contact}; once it is settled, the market opens the shop again."),
        ],
        facts={"name": SHOP, "kind": _("Goods that may not be sold here"), "reason": REASON, "contact": "help@market.example"},
        needed=frozenset({"name", "reason", "contact"}),
        button=_("To the workbench"),
    ),
    _kind(
        "shop_reopened",
        pgettext_lazy("notice", "Shop open again"),
        _("Your shop “{name}” is open again"),
        [_("Buyers can order from it.")],
        facts={"name": SHOP},
        needed=frozenset({"name"}),
        button=_("To the workbench"),
    ),
    _kind(
        "owner_appointed",
        pgettext_lazy("notice", "Owner given by the market"),
        _("Your shop “{name}” has another owner: {person}"),
        [
            _("Two people of the market agreed on it. The reason: {reason}"),
            _("Whoever owned the shop before still does. If you know nothing of this, write to {contact} at once."),
        ],
        facts={"name": SHOP, "person": PERSON, "reason": REASON, "contact": "help@market.example"},
        needed=frozenset({"name", "person", "reason", "contact"}),
        button=_("To the workbench"),
    ),
    _kind(
        "support_asked",
        pgettext_lazy("notice", "Support asks to look in"),
        _("{who} of the market asks to look into your workbench"),
        [
            _("The reason: {reason}"),
            _("For {minutes} minutes from when you agree. You may refuse, and end it at any time; every page they open stands in your log."),
            _("Asked {at}."),
        ],
        facts={"who": PERSON, "reason": REASON, "minutes": "60", "at": AT},
        needed=frozenset({"who", "reason", "minutes"}),
        button=_("Answer in the workbench"),
    ),
    _kind(
        "invitation",
        pgettext_lazy("notice", "Invitation to work here"),
        _("{who} invites you to work for {place}"),
        [
            _("Your role: {roles}."),
            _("{allows}"),
            _("Sign in, or register, with this very address: {email}."),
            _("The link works once, until {at}."),
        ],
        facts={"who": PERSON, "place": SHOP, "roles": _("Dispatcher"), "allows": _("It allows: See orders"), "email": "lin@example.com", "at": AT},
        needed=frozenset({"who", "place", "email", "at"}),
        button=_("To the invitation"),
        closing=[_("If you know nothing of this, you need do nothing.")],
        is_secret=True,
    ),
]

KINDS = [*ORDERS, *MONEY_AND_GOODS, *LETTING_IN, *SHOP_LIFE]
