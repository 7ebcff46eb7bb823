"""The pages of the log: who sees which rows, what filters find, what one row tells, and what checks of the log found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.log_checks import ask_for_log_check, check_when_due, last_check
from marketplace.kernel.models import AuditEvent, LogCheck
from marketplace.kernel.relay import deliver_events
from marketplace.kernel.sealing import seal_all
from tenants.accounts.models import User
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
CONSOLE, KILN = "ops.market.localhost", "kiln.seller.market.localhost"


def client(host: str, email: str) -> Client:
    found = Client(headers={"host": host, "accept-language": "en"})
    found.force_login(User.objects.get(email=email), backend=settings.AUTHENTICATION_BACKENDS[0])
    return found


@pytest.fixture
def operator() -> Client:
    return client(CONSOLE, "operator@market.localhost")


@pytest.fixture
def owner() -> Client:
    return client(KILN, "owner-a@market.localhost")


def wrote(letter: str = "", *, action: str = "order.accepted", by: Actor = SYSTEM, number: str = "", **said: Any) -> AuditEvent:
    number = number or uuid4().hex
    with transaction.atomic():
        audit(by=by, action=action, subject=action.partition(".")[0], subject_id=number, merchant_id=MERCHANTS.get(letter), **said)
    return AuditEvent.objects.filter(subject_id=number).latest("pk")


def shown(browser: Client, query: str = "") -> list[Any]:
    answer = browser.get(f"/log/?{query}")
    assert answer.status_code == 200
    return [row.pk for row in answer.context["page"].rows]


def test_a_shop_sees_its_own_rows_and_the_console_all_of_one_shop_or_the_markets_alone(owner, operator):
    a, b, market = wrote("a"), wrote("b"), wrote()
    assert a.pk in shown(owner) and not {b.pk, market.pk} & set(shown(owner))
    assert {a.pk, b.pk, market.pk} <= set(shown(operator))
    only_b = shown(operator, f"merchant={MERCHANTS['b']}")
    assert b.pk in only_b and not {a.pk, market.pk} & set(only_b)
    assert market.pk in shown(operator, "show=market") and a.pk not in shown(operator, "show=market")
    assert a.pk in shown(operator, "show=shops") and market.pk not in shown(operator, "show=shops")


def test_rows_are_found_by_person_by_who_was_acted_for_by_action_thing_reason_and_address(owner):
    staff = User.objects.get(email="owner-a@market.localhost")
    by_staff = wrote("a", by=Actor(kind="person", user_id=staff.pk, label=staff.email, address="203.0.113.9"), why="because of the kiln")
    for_staff = wrote("a", by=Actor(kind="person", user_id=uuid4(), label="helper@example.com", on_behalf_of=staff.pk), action="product.on_sale")
    assert set(shown(owner, f"person={staff.pk}")) >= {by_staff.pk, for_staff.pk}
    assert shown(owner, "action=product.on_sale") == [for_staff.pk]
    assert by_staff.pk in shown(owner, "subject=order") and for_staff.pk not in shown(owner, "subject=order")
    assert shown(owner, "q=203.0.113.9") == shown(owner, "q=because+of+the") == [by_staff.pk]
    page = owner.get("/log/?action=product.on_sale").content.decode()
    assert f"as {staff.email}" in page


def test_a_person_of_another_back_office_is_no_choice(owner):
    stranger = User.objects.get(email="owner-b@market.localhost")
    answer = owner.get(f"/log/?person={stranger.pk}")
    assert answer.status_code == 200 and answer.context["page"].rows == []
    assert stranger.email not in owner.get("/log/").content.decode()


def test_a_row_shows_only_what_changed_its_seal_and_what_else_its_request_did(owner):
    by = Actor(kind="person", label="lin@example.com", address="203.0.113.9", request_id=uuid4().hex)
    row = wrote("a", by=by, before={"status": "old-state", "same": "unchanged"}, after={"status": "new-state", "same": "unchanged"}, why="a good reason")
    other, foreign = wrote("a", by=by, action="stock.counted"), wrote("b", by=by, action="stock.counted")
    page = owner.get(f"/log/{row.pk}/").content.decode()
    for text in ("old-state", "new-state", "a good reason", "203.0.113.9", "lin@example.com", f"/log/{other.pk}/", "Not sealed yet"):
        assert text in page, text
    assert "unchanged" not in page and str(foreign.pk) not in page
    seal_all()
    assert "Not sealed yet" not in owner.get(f"/log/{row.pk}/").content.decode()


def test_a_row_of_another_shop_or_of_the_market_is_not_there_for_a_shop(owner, operator):
    for row in (wrote("b"), wrote()):
        assert owner.get(f"/log/{row.pk}/").status_code == 404
        assert operator.get(f"/log/{row.pk}/").status_code == 200
    assert operator.get(f"/log/{uuid4()}/").status_code == 404


def test_the_thing_of_a_row_is_a_link_for_who_may_see_it(owner):
    number = make.order_of(make.a_completed_group(("a", make.a_product("a"), 1))).number
    row = AuditEvent.objects.filter(subject_type="order", subject_id=number, merchant_id=MERCHANTS["a"]).first()
    assert f'href="/orders/{number}/"' in owner.get(f"/log/{row.pk}/").content.decode()
    assert f'href="/orders/{number}/"' in owner.get(f"/log/?q={number}").content.decode()


def test_rows_about_support_roles_and_papers_are_found_and_lead_where_they_are_looked_at(owner, operator):
    for number, (subject, path) in enumerate({"support": "/support/", "role": "/staff/roles/", "qualification": "/qualifications/"}.items()):
        with transaction.atomic():
            audit(by=SYSTEM, action="order.accepted", subject=subject, subject_id=f"thing-{number}", merchant_id=MERCHANTS["a"])
        row = AuditEvent.objects.get(subject_id=f"thing-{number}")
        assert shown(owner, f"subject={subject}") == [row.pk]
        assert f'href="{path}"' in owner.get(f"/log/{row.pk}/").content.decode().split("<main")[1]
    key = uuid4()
    with transaction.atomic():
        audit(by=SYSTEM, action="qualification.granted", subject="qualification", subject_id=key, merchant_id=MERCHANTS["a"])
    row = AuditEvent.objects.get(subject_id=str(key))
    assert f'href="/qualifications/{key}/"' in operator.get(f"/log/{row.pk}/").content.decode()


def test_a_check_is_asked_for_once_done_by_a_worker_and_shown(operator):
    wrote("a")
    seal_all()
    assert "was not verified yet" in operator.get("/log/integrity/").content.decode()
    for _n in range(2):
        assert operator.post("/log/integrity/verify/").status_code == 302
    check = LogCheck.objects.get()
    assert check.asked_by == "operator@market.localhost" and "begins in a moment" in operator.get("/log/integrity/").content.decode()
    deliver_events()
    check.refresh_from_db()
    assert check.ended_at and check.done >= 1 and check.counts == {}
    page = operator.get("/log/integrity/").content.decode()
    assert "nothing was changed" in page and "begins in a moment" not in page


def tampered(row: AuditEvent) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE kernel_auditevent SET why = 'tampered' WHERE id = %s", [row.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_what_a_check_finds_is_named_with_its_row_and_waits_on_the_overview(operator, owner):
    row = wrote("a", number="FOUND-ME")
    seal_all()
    tampered(row)
    ask_for_log_check(by=SYSTEM)
    deliver_events()
    assert last_check().counts == {"edited": 1}
    page = operator.get("/log/integrity/").content.decode()
    assert "Edited" in page and f"/log/{row.pk}/" in page and "FOUND-ME" in page
    assert "/log/integrity/" in operator.get("/").content.decode()
    assert "something was changed" in owner.get("/log/").content.decode()


def test_seals_that_the_last_check_saw_and_that_are_gone_are_found(operator):
    wrote("a")
    seal_all()
    ask_for_log_check(by=SYSTEM)
    deliver_events()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in ("kernel_auditlink", "kernel_auditseal", "kernel_sealer"):
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute("SET LOCAL session_replication_role = origin")
    seal_all()  # everything anew, whole in itself
    ask_for_log_check(by=SYSTEM)
    deliver_events()
    assert last_check().counts["head"] >= 1


def test_the_log_is_verified_once_a_day_and_a_check_whose_worker_died_is_given_up():
    first = check_when_due(by=SYSTEM)
    assert first and check_when_due(by=SYSTEM) is None
    LogCheck.objects.update(beat_at=clock.now() - timedelta(minutes=10))
    second = check_when_due(by=SYSTEM)
    first.refresh_from_db()
    assert second != first and first.ended_at and first.failure
    deliver_events()
    assert check_when_due(by=SYSTEM) is None
    with clock.shifted(timedelta(days=1, minutes=1)):
        assert check_when_due(by=SYSTEM) is not None


def test_a_check_that_has_ended_stays_as_it_is():
    from django.db import Error

    check = ask_for_log_check(by=SYSTEM)
    deliver_events()
    for change in (lambda: LogCheck.objects.filter(pk=check.pk).update(counts={}), lambda: LogCheck.objects.all().delete()):
        with pytest.raises(Error, match="only ever added"), transaction.atomic():
            change()
