"""The log is read by people: every action has words in both languages, and what changed stands field by field."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product

import pytest
from django.utils import translation

from launch.paths import ROOT
from marketplace.merchant.aftersales.states import ReturnStatus
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.orders.giving_back import CANCELLED, RETURNED
from marketplace.merchant.orders.states import OrderStatus
from marketplace.platform.approvals.models import ApprovalRequest
from marketplace.platform.backoffice.models import ListJob
from marketplace.platform.deposits.actions import ENTRIES as ENTRIES_OF_DEPOSITS
from marketplace.platform.ledger.models import Payout
from marketplace.platform.payments.models import Dispute
from marketplace.web.log_things import IN_CONSOLE, IN_WORKBENCH, SUBJECTS, subject_in_words
from marketplace.web.told import ACTIONS, ENTRIES, WHYS, action_in_words, changes, entry_in_words, why_in_words
from tenants.onboarding.models import Decision, Step
from tenants.packages.models import ServiceOrder
from tenants.tenancy.life import ACTIONS as MOVES_OF_SHOPS

# Made of a word and a state: {as written: every one of them}.
COMPOSED = {
    "payout.{payout.status}": [f"payout.{each}" for each in Payout.Status.values],
    "approval.{status}": [f"approval.{each}" for each in ApprovalRequest.Status.values if each != "waiting"],
    "merchant.{ACTIONS[S(to)]}": [f"merchant.{each}" for each in MOVES_OF_SHOPS.values()],
    "order_group.{status}": ["order_group.expired", "order_group.cancelled"],
    "dispute.{row.status}": [f"dispute.{each}" for each in Dispute.Status.values],
    "order.pieces_{as_}": [f"order.pieces_{each}" for each in (CANCELLED, RETURNED)],
    "{subject}.{done}": [f"{what}.{each}" for what, each in product(("review", "question", "answer"), ("shown", "hidden"))],
    "list.{job.kind}_asked": [f"list.{each}_asked" for each in ListJob.Kind.values],
    "search_rule.{step}": [f"search_rule.{each}" for each in ("made", "changed", "removed", "taken_back")],
    "list.{ended}": ["list.exported", "list.bulk_done"],
    "order.{step}": ["order.handed_out", "order.redeemed"],
    "second_look.{status}": [f"second_look.{each}" for each in ("approved", "refused", "withdrawn", "expired")],
    "custom_line.{to}": ["custom_line.making", "custom_line.ready"],
    "order.{new}": [f"order.{each}" for each in OrderStatus.values],
    "product.{status}": [f"product.{each}" for each in Product.Status.values],
    "product.review_{review}": [f"product.review_{each}" for each in Product.Review.values],
    "return.{new}": [f"return.{each}" for each in ReturnStatus.values],
    "deposit.{kind}": ["deposit.received", "deposit.deducted", "deposit.given_back", "deposit.returned"],
    "service.{row.status}": [f"service.{each}" for each in ServiceOrder.Status.values],
    "package.{kind}": [f"package.{each}" for each in ("at_once", "planned", "at_end", "given_up", "too_much")],
    "payout_account.change_{action}": [f"payout_account.change_{each}" for each in ("asked", "confirmed", "passed", "refused", "stopped", "expired")],
    "application.{step}_{decision}": [f"application.{step}_{each}" for step, each in product(Step.values, Decision.values) if each != Decision.WAITING],
}

# What stands behind an `else`, or goes through a helper of another name: found by hand.
IN_A_CHOICE = {
    "fee.given_back",
    "payout_account.stripe_seen",
    "deposit.objected",
    "deposit.objection_rejected",
    "code.shown",
    "listing.released",
    "stocktake.booked",
    "stocktake.cancelled",
    "stock_transfer.arrived",
}


# Things that a helper is given, or that a choice names: found by hand.
GIVEN_TO_A_HELPER = {"film", "library_picture", "price_list", "customer_group", "stocktake", "restock", "review", "question", "answer", "order", "merchant"}


def things_written(text: str) -> set[str]:
    """Kinds of things as a source writes them: what stands behind `subject=`."""
    return set(re.findall(r'\bsubject="([a-z_]+)"', text))


def written(text: str) -> set[str]:
    """Actions as a source writes them: what stands behind `action=`, or as a literal given to the module's own helper."""
    return set(re.findall(r'''(?:\baction=|_audit\w*\(\s*by,\s*(?:\w+,\s*)?)f?"([^"\n]+)"''', text))


def all_written(found_in: Callable[[str], set[str]] = written) -> set[str]:
    files = [file for top in ("marketplace", "tenants", "storefront", "cms", "search") for file in (ROOT / top).rglob("*.py")]
    found = {one for file in files for one in found_in(file.read_text())}
    return found - {"store_true", "append", "{PAGE}show/", "login_failed"}  # no actions of the log


def test_every_action_that_is_logged_has_words():
    found = all_written()
    assert len(found) > 60
    composed = {action for action in found if "{" in action}
    assert composed == set(COMPOSED)
    every = (found - composed) | IN_A_CHOICE | {action for actions in COMPOSED.values() for action in actions}
    assert every - set(ACTIONS) == set()
    assert set(ACTIONS) - every == set(), "words for what is never logged"


def test_the_search_for_actions_finds_them():
    source = 'audit(by=by, action="cup.broken")\n_audit(by, row, f"cup.{new}", before=None)\n_audit_step(\n    by,\n    order,\n    "cup.mended",\n)'
    assert written(source) == {"cup.broken", "cup.{new}", "cup.mended"}


def test_every_kind_of_thing_has_words_and_none_is_filtered_for_that_is_never_logged():
    found = all_written(things_written)
    assert len(found) > 60
    assert (found | GIVEN_TO_A_HELPER) - set(SUBJECTS) == set()
    assert set(SUBJECTS) - found - GIVEN_TO_A_HELPER == set(), "words for what is never logged"
    assert {*IN_WORKBENCH, *IN_CONSOLE} - set(SUBJECTS) == set()
    with translation.override("zh-hans"):
        assert subject_in_words("support") == "客服协助" and subject_in_words("cup") == "cup"


def test_the_search_for_things_finds_them():
    assert things_written('audit(by=by, subject="cup", subject_id=row.pk)\naudit(subject=f"{cup}")') == {"cup"}


@pytest.mark.parametrize(("language", "action", "why"), [("en", "Parcel shipped", "Not paid in time"), ("zh-hans", "包裹发货", "逾期未付款")])
def test_actions_and_the_markets_own_reasons_are_told_in_the_readers_language(language, action, why):
    with translation.override(language):
        assert action_in_words("order.shipped") == action
        assert why_in_words("not paid in time") == why


def test_every_kind_of_entry_has_words():
    source = "\n".join(file.read_text() for file in (ROOT / "marketplace").rglob("*.py"))
    posted = set(re.findall(r'post\(\s*by=by,\s*kind="(\w+)"', source))
    assert len(posted) > 15
    assert posted | set(ENTRIES_OF_DEPOSITS.values()) == set(ENTRIES)
    with translation.override("zh-hans"):
        assert entry_in_words("order_completed") == "订单完成"


def test_what_has_no_words_and_what_people_write_is_left_as_it_is():
    assert action_in_words("cup.broken") == "cup.broken"
    assert why_in_words("它碎了") == "它碎了"
    assert all(key == key.lower() for key in WHYS)


def test_only_fields_that_changed_are_shown_with_both_values():
    line = "01a2158d-4e8b-75f7-a755-f75323826b40"
    found = list(changes({"status": "confirmed", "rail": "sandbox"}, {"status": "completed", "rail": "sandbox", "lines": {line: 2}, "none": None}))
    assert found == [("status", "confirmed", "completed"), ("lines", "", "…23826b40 2")]
    assert list(changes(None, {"tags": ["a", "b"]})) == [("tags", "", "a, b")]
    assert list(changes(None, None)) == []
