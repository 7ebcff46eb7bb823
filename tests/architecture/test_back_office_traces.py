"""What a form of a back office changed can be told from the log: who, as whom, before and after, why; and what was rolled back left nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.http import HttpResponse

from marketplace.flows.support_access import answer_support, ask_for_support
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.models import AuditEvent, OutboxEvent
from tenants.access.visits import WRITES
from tenants.accounts.actions import give_role
from tenants.accounts.models import User
from tests import factories as make
from tests.architecture.market_forms import CHOSEN, MADE_BY_PEOPLE, ONLY_DONE_BY_PEOPLE, Sent
from tests.architecture.test_back_office_writes import FORMS, HOSTS, Filled, Things, our_routes, send, someone, view_of, went_well
from tests.databases import MERCHANTS

REASONS = ("reason", "why", "note")
# Nothing of a row changes here: that it was done is what there is to tell.
ONLY_DONE = {"code.shown", "doubles.asked", "order.phone_shown", "payout_account.shown", "payout_batch.taken", "person.contact_shown", "rail.sweep_asked"}
ONLY_DONE |= ONLY_DONE_BY_PEOPLE
# Something is made, or set for the first time: there was nothing before. What changes a row does not belong here.
MADE = {
    "application.requirement_waived",
    "attribute.added",
    "attribute.value_added",
    "brand.added",
    "bundle.parts_put",
    "category.added",
    "codes.loaded",
    "domain.added",
    "contract.signed",
    "contract_template.saved",
    "customer.noted",
    "film.added",
    "freight.set",
    "holiday.planned",
    "import.opened",
    "invitation.sent",
    "library_picture.added",
    "list.arranged",
    "listings.settled",
    "location.opened",
    "log.check_asked",
    "merchant.own_requested",
    "merchant.requested",
    "merchant.self_assessed",
    "notices.words_put",
    "order.noted",
    "order.packed",
    "page.drafted",
    "paper.asked_again",
    "payout_batch.made",
    "person.made",
    "person.noted",
    "prices.set",
    "product.condition_set",
    "customer_group.saved",
    "price_list.priced",
    "price_list.saved",
    "product.entered",
    "product.submitted",
    "qualification.waived",
    "reduction.planned",
    "refund.due",
    "renewal.handed_in",
    "requirement.put",
    "restock.ordered",
    "search_rule.made",
    "return.opened_by_shop",
    "return.pieces_inspected",
    "second_look.asked",
    "role.made",
    "rules.accepted",
    "rules.published",
    "shop_category.made",
    "shop_export.asked",
    "statement.issued",
    "stock.packed_from",
    "size_table.saved",
    "stock_transfer.sent",
    "stocktake.begun",
    "support.asked",
    "view.saved",
    "virtual.added",
} | MADE_BY_PEOPLE


def complaints(user: User, form: Filled | Sent, response: Any, *, on_behalf_of: UUID | None = None) -> list[str]:
    """What the log does not tell of an accepted form. `on_behalf_of`: for whom somebody acts who visits a shop as support."""
    rows = list(AuditEvent.objects.filter(request_id=response.headers["X-Request-Id"], actor_id=user.pk, actor_kind="person"))
    if on_behalf_of:  # of a visit every page is a row besides
        rows = [row for row in rows if row.action != "support.page_seen"]
    found = [] if rows else [f"{form.path}: nothing in the log"]
    found += [f"{form.path}: {row.action} says neither before nor after" for row in rows if not (row.before or row.after) and row.action not in ONLY_DONE]
    found += [f"{form.path}: {row.action} says the same before and after" for row in rows if row.before and row.before == row.after]
    found += [f"{form.path}: {row.action} says nothing of before" for row in rows if not row.before and row.action not in ONLY_DONE | MADE]
    found += [f"{form.path}: {row.action} is told as {row.on_behalf_of or 'nobody'}" for row in rows if row.on_behalf_of != on_behalf_of]
    for name in REASONS:
        if (said := form.data.get(name)) and said not in CHOSEN and not any(said in row.why for row in rows):
            found.append(f"{form.path}: the {name} stands in no row")
    return found


@contextmanager
def failing_after_the_log() -> Iterator[list[str]]:
    """Whoever writes into the log fails right after it, inside the same transaction. Which writes there were."""
    written: list[str] = []

    def fail(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        done = execute(sql, params, many, context)
        if str(sql).startswith('INSERT INTO "kernel_auditevent"'):
            written.append(str(sql))
            raise ZeroDivisionError("after the log")
        return done

    with connection.execute_wrapper(fail):
        yield written


def a_visit() -> tuple[User, User]:
    """Somebody of the market's support, let into shop a for an hour to change things, and the owner who let them in."""
    owner, helper = User.objects.get(email="owner-a@market.localhost"), make.a_buyer()
    give_role(by=SYSTEM, user_id=helper.pk, role="customer_service", merchant_id=None)
    visit = ask_for_support(by=make.acting(helper), visit_id=uuid4(), merchant_id=MERCHANTS["a"], reason="a parcel is stuck", minutes=60)
    answer_support(by=make.acting(owner), visit_id=visit.pk, merchant_id=MERCHANTS["a"], is_granted=True, may_write=True)
    return helper, owner


def open_to_support() -> set[str]:
    """Forms of the workbench that a visit may send. The others refuse it: tests/tenants/test_support.py."""
    found = {name for name, view in our_routes("workbench") if "POST" in view.methods and {view.rule.right, view.rule.change or view.rule.right} <= WRITES}
    return found - {"second-look-decide"}  # for a second person who works for the shop


@pytest.mark.parametrize("kind", HOSTS)
def test_every_accepted_form_leaves_who_as_whom_before_after_and_why_and_a_failed_one_nothing(things: Things, kind: str):
    """In the workbench, what support may send is sent by support, and told as done for who let it in; the rest is nobody's but the sender's."""
    user = someone(kind)
    helper, owner = a_visit()
    by_support = open_to_support() if kind == "workbench" else set()
    found = []
    forms = [("view-share", lambda _things: view_of(kind, user)), *((name, fill) for (of, name), fill in FORMS.items() if of == kind)]
    assert kind != "workbench" or len(by_support & {name for name, _fill in forms}) > 90
    for name, fill in forms:
        form = fill(things)
        before = (AuditEvent.objects.count(), OutboxEvent.objects.count())
        with failing_after_the_log() as written:
            failed = send(kind, user, form)
        if not written or failed.status_code < 500 or before != (AuditEvent.objects.count(), OutboxEvent.objects.count()):
            found.append(f"{form.path}: {failed.status_code} after a failure behind the log, which keeps {AuditEvent.objects.count() - before[0]} rows")
        form = fill(things)  # once more: a file can be read once
        sender, on_behalf_of = (helper, owner.pk) if name in by_support else (user, None)
        response = send(kind, sender, form)
        if not went_well(response):
            found.append(f"{form.path}: {response.status_code} when it is sent again after a failure")
            continue
        found += complaints(sender, form, response, on_behalf_of=on_behalf_of)
    assert not found, "\n".join(found)


# ── The controls ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_row_that_tells_too_little_is_found(db):
    user, response = make.a_buyer(), HttpResponse(headers={"X-Request-Id": "r1"})
    form = Filled("/x/", {"reason": "because"})
    by = Actor(kind="person", user_id=user.pk, request_id="r1")
    assert complaints(user, form, response) == ["/x/: nothing in the log", "/x/: the reason stands in no row"]
    for before, after, why, missing in (
        (None, None, "because", ["/x/: x.y says neither before nor after", "/x/: x.y says nothing of before"]),
        (None, {"a": 1}, "because", ["/x/: x.y says nothing of before"]),
        ({"a": 1}, {"a": 1}, "because", ["/x/: x.y says the same before and after"]),
        ({"a": 1}, {"a": 2}, "", ["/x/: the reason stands in no row"]),
        ({"a": 1}, {"a": 2}, "because", []),
    ):
        with transaction.atomic():
            audit(by=by, action="x.y", subject="x", subject_id=1, before=before, after=after, why=why)
            assert complaints(user, form, response) == missing
            transaction.set_rollback(True)


def test_a_row_that_does_not_say_for_whom_is_found(db):
    user, owner, response = make.a_buyer(), make.a_buyer(), HttpResponse(headers={"X-Request-Id": "r1"})
    with transaction.atomic():
        audit(by=Actor(kind="person", user_id=user.pk, request_id="r1"), action="x.y", subject="x", subject_id=1, before={"a": 1}, after={"a": 2})
    assert complaints(user, Filled("/x/"), response, on_behalf_of=owner.pk) == ["/x/: x.y is told as nobody"]
    assert complaints(user, Filled("/x/"), response) == []


def test_a_failure_right_after_the_log_takes_the_row_with_it(db):
    with failing_after_the_log() as written, pytest.raises(ZeroDivisionError), transaction.atomic():
        audit(by=SYSTEM, action="x.y", subject="x", subject_id=1)
    assert len(written) == 1 and not AuditEvent.objects.filter(action="x.y").exists()
