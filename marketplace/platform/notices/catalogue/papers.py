"""What both sides are told of contracts, company data, rules with a day to accept them, and reviews that are late."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _
from django.utils.translation import pgettext_lazy

from marketplace.platform.notices.catalogue.making import for_market, for_shop
from marketplace.platform.notices.examples import AT, PERSON, REASON

COMPANY, DAY, STEP = _("Kiln Ltd."), "(time)", _("Qualification review")
RULES, FIELDS = _("Market rules"), _("Service address")
IN_DAYS = _("in 7 days")
CONTRACT = "HT-20260502-3"


KINDS = [
    for_shop(
        "contract_in_force",
        pgettext_lazy("notice", "Contract signed by both"),
        _("Your contract is signed by both"),
        [_("It runs until {day}."), _("You can download it at any time.")],
        facts={"day": DAY},
        needed=frozenset({"day"}),
    ),
    for_shop(
        "contract_refused",
        pgettext_lazy("notice", "Contract not signed by the market"),
        _("The market has not signed your contract"),
        [_("The market says: {reason}"), _("You can sign anew.")],
        facts={"reason": REASON},
        needed=frozenset({"reason"}),
    ),
    for_shop(
        "contract_ends_soon",
        pgettext_lazy("notice", "Contract ends soon"),
        _("Your contract ends {when}"),
        [_("Its last day is {day}."), _("Sign the next one in time: from the day after on, nothing new can be put on sale.")],
        facts={"when": IN_DAYS, "day": DAY},
        needed=frozenset({"day"}),
    ),
    for_shop(
        "contract_ended",
        pgettext_lazy("notice", "Contract has ended"),
        _("Your contract has ended"),
        [_("What is on sale stays on sale, and orders go on. Nothing new can be put on sale until you sign the next contract.")],
    ),
    for_market(
        "contract_signed_by_shop",
        pgettext_lazy("notice", "Contract waits for the market"),
        _("“{company}” has signed its contract"),
        [_("It waits for the market's signature.")],
        facts={"company": COMPANY},
        needed=frozenset({"company"}),
    ),
    for_market(
        "contract_with_shop_ends_soon",
        pgettext_lazy("notice", "Contract with a shop ends soon"),
        _("The contract with “{company}” ends {when}"),
        [_("Its last day is {day}.")],
        facts={"company": COMPANY, "when": IN_DAYS, "day": DAY},
        needed=frozenset({"company", "day"}),
    ),
    for_market(
        "contract_with_shop_ended",
        pgettext_lazy("notice", "Contract with a shop has ended"),
        _("The contract with “{company}” has ended"),
        [_("No other was signed. What is on sale stays on sale; the shop puts nothing new on sale.")],
        facts={"company": COMPANY},
        needed=frozenset({"company"}),
    ),
    for_market(
        "contract_paper_broken",
        pgettext_lazy("notice", "File of a contract was changed"),
        _("The file of a contract is not what was signed"),
        [
            _("Somebody wanted to download contract {number}, and was refused: the file is missing or is another than the one that was kept."),
            _("Find out who could write there, and put the file back from a copy. Its SHA-256 stands in the log."),
        ],
        facts={"number": CONTRACT},
        needed=frozenset({"number"}),
    ),
    for_market(
        "review_overdue",
        pgettext_lazy("notice", "Review is overdue"),
        _("A review is overdue: {company}"),
        [_("{step} was due {at}."), _("It is the work of {person}."), "{nobody}"],
        facts={"company": COMPANY, "step": STEP, "at": AT, "person": PERSON, "nobody": _("Nobody has taken it.")},
        needed=frozenset({"company", "at"}),
    ),
    for_shop(
        "dossier_approved",
        pgettext_lazy("notice", "Company data approved"),
        _("Your company's new data are approved"),
        [_("They hold from now on: {what}.")],
        facts={"what": FIELDS},
        button=_("To your company"),
    ),
    for_shop(
        "dossier_refused",
        pgettext_lazy("notice", "Company data not approved"),
        _("Your company's new data were not approved"),
        [_("The market says: {reason}"), _("What was there before still holds: {what}.")],
        facts={"reason": REASON, "what": FIELDS},
        needed=frozenset({"reason"}),
        button=_("To your company"),
    ),
    for_shop(
        "rules_to_accept",
        pgettext_lazy("notice", "Rules to be accepted by a day"),
        _("{what}, version {n}: accept it by {day}"),
        [_("From the day after on, nothing new can be put on sale without it.")],
        facts={"what": RULES, "n": "3", "day": DAY},
        needed=frozenset({"what", "day"}),
        button=_("To the market rules"),
    ),
    for_shop(
        "rules_not_accepted",
        pgettext_lazy("notice", "Rules not accepted in time"),
        _("{what}, version {n}: nothing new can be put on sale until you accept it"),
        [_("What is on sale stays on sale. As soon as the owner accepts this version, new products can be put on sale again.")],
        facts={"what": RULES, "n": "3"},
        needed=frozenset({"what"}),
        button=_("To the market rules"),
    ),
]
