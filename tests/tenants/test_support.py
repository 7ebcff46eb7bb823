"""The market's support in a shop's workbench: only where the shop agreed, only as long, only what it agreed to, and all of it in the shop's log."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from marketplace.flows.support_access import answer_support, ask_for_support, end_support
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.deadlines import fire_due
from marketplace.kernel.errors import InvalidInput, KeyReused, ReasonMissing
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.relay import deliver_events
from marketplace.platform.notices.models import Notice
from tenants.access.rights import Right
from tenants.access.roles import MERCHANT_ROLES
from tenants.access.staffing import end_work
from tenants.access.visits import READS, WRITES
from tenants.accounts.actions import give_role
from tenants.accounts.errors import SupportOpen, SupportOver, SupportUnknown
from tenants.accounts.models import Letter, Membership, SupportAccess, User
from tenants.tenancy.errors import MerchantUnknown
from tests import factories as make
from tests.databases import MERCHANTS
from tests.web.test_roles_and_routes import A_VALUE, ours

pytestmark = pytest.mark.django_db
A, B = MERCHANTS["a"], MERCHANTS["b"]
KILN, TRAIL = "kiln.seller.market.localhost", "trail.seller.market.localhost"


@pytest.fixture
def supporter() -> User:
    user = make.a_buyer("help@market.example")
    User.objects.filter(pk=user.pk).update(language="en")
    give_role(by=SYSTEM, user_id=user.pk, role="customer_service", merchant_id=None)
    return user


def owner() -> User:
    return User.objects.get(email="owner-a@market.localhost")


def asked(user: User, **how: Any) -> SupportAccess:
    return ask_for_support(**{"by": make.acting(user), "visit_id": uuid4(), "merchant_id": A, "reason": "a parcel is stuck", "minutes": 60, **how})


def let_in(user: User, *, may_write: bool = False) -> SupportAccess:
    return answer_support(by=make.acting(owner()), visit_id=asked(user).pk, merchant_id=A, is_granted=True, may_write=may_write)


class Visitor:
    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])

    def ask(self, path: str = "/", host: str = KILN, *, method: str = "get", **data: Any) -> Any:
        return getattr(self.client, method)(path, data, headers={"host": host, "accept-language": "en"})


def test_nobody_is_in_before_the_shop_agrees_and_a_refusal_leaves_it_so(supporter):
    visitor, row = Visitor(supporter), asked(supporter)
    assert visitor.ask().status_code == 403
    answer_support(by=make.acting(owner()), visit_id=row.pk, merchant_id=A, is_granted=False)
    assert visitor.ask().status_code == 403
    with pytest.raises(SupportOver):
        answer_support(by=make.acting(owner()), visit_id=row.pk, merchant_id=A, is_granted=True)


def test_the_owner_is_told_by_letter_and_in_the_menu(supporter):
    asked(supporter)
    assert "a parcel is stuck" in Letter.objects.filter(email=owner().email).latest("written_at").text
    page = Visitor(owner()).ask("/log/")
    assert {entry.route: entry.waits for entry in page.context["menu"]}["support"] == "1"


def test_who_is_let_in_looks_under_a_banner_and_every_page_stands_in_the_shops_log(supporter):
    row, visitor = let_in(supporter), Visitor(supporter)
    page = visitor.ask("/orders/?q=x")
    assert page.status_code == 200 and "to look only" in page.content.decode()
    event = AuditEvent.objects.filter(action="support.page_seen").latest("pk")
    assert event.after == {"page": "GET /orders/?q=x"} and event.merchant_id == A
    assert (event.actor_id, event.on_behalf_of, event.subject_id) == (supporter.pk, owner().pk, str(row.pk))
    assert "/orders/?q=x" in Visitor(owner()).ask("/support/").content.decode()


def test_all_that_support_did_is_a_click_away_in_the_shops_log_and_who_was_never_let_in_is_no_choice(supporter):
    host = Visitor(owner())
    asked(supporter)
    assert host.ask("/log/", person=str(supporter.pk)).context["page"].rows == []
    answer_support(by=make.acting(owner()), visit_id=SupportAccess.objects.get().pk, merchant_id=A, is_granted=True)
    Visitor(supporter).ask("/orders/")
    assert f'href="/log/?person={supporter.pk}"' in host.ask("/support/").content.decode()
    rows = host.ask("/log/", person=str(supporter.pk)).context["page"].rows
    assert [row.action for row in rows] == ["support.page_seen", "support.asked"]


def test_the_menu_of_a_visitor_names_what_may_be_looked_at(supporter):
    let_in(supporter)
    shown = {entry.route for entry in Visitor(supporter).ask().context["menu"]}
    assert {"overview", "orders", "returns", "products", "statements", "jobs", "log"} <= shown
    assert not {"staff", "support", "payout-account", "theme", "decorate", "messages"} & shown


@pytest.mark.parametrize("may_write", [False, True])
def test_every_page_and_form_beyond_what_was_granted_is_refused(supporter, may_write):
    let_in(supporter, may_write=may_write)
    visitor, allowed = Visitor(supporter), WRITES if may_write else READS
    for path, view in ours("workbench"):
        for method in {"GET", "POST"} & set(view.methods):
            needed = {view.rule.right} | ({view.rule.change} if view.rule.change and method == "POST" else set())
            is_open = needed <= allowed and (method == "GET" or may_write)
            if is_open and (method == "POST" or "X" in path or A_VALUE["uuid"] in path):
                continue  # about no real thing
            assert (visitor.ask(path, method=method.lower()).status_code == 403) is not is_open, f"{method} {path}"


def test_people_money_and_pages_are_closed_in_any_case():
    closed = {Right.MANAGE_STAFF, Right.GRANT_SUPPORT, Right.MANAGE_PAYOUTS, Right.EDIT_SHOP_PAGES, Right.SHARE_VIEWS}
    assert READS < WRITES <= MERCHANT_ROLES["owner"] and not closed & WRITES


def test_with_changes_granted_a_change_is_logged_as_the_supporters_for_the_owner(supporter):
    let_in(supporter, may_write=True)
    copy = make.order_of(make.pay(make.a_placed_group(("a", make.a_product(stock=5), 1))))
    assert Visitor(supporter).ask(f"/orders/{copy.number}/note/", method="post", note_id=uuid4(), text="looked into it").status_code == 302
    event = AuditEvent.objects.get(action="order.noted")
    assert (event.actor_id, event.on_behalf_of) == (supporter.pk, owner().pk)


def test_the_same_form_is_refused_and_changes_nothing_where_looking_was_granted(supporter):
    let_in(supporter)
    copy = make.order_of(make.pay(make.a_placed_group(("a", make.a_product(stock=5), 1))))
    answer = Visitor(supporter).ask(f"/orders/{copy.number}/note/", method="post", note_id=uuid4(), text="looked into it")
    assert answer.status_code == 403 and not AuditEvent.objects.filter(action="order.noted").exists()


def test_it_is_over_by_the_clock_alone(supporter):
    let_in(supporter)
    visitor = Visitor(supporter)
    with clock.shifted(timedelta(minutes=59)):
        assert visitor.ask().status_code == 200
    with clock.shifted(timedelta(minutes=60, seconds=1)):
        assert visitor.ask().status_code == 403
        assert asked(supporter).status == "asked"  # and one may ask again
    assert SupportAccess.objects.filter(status="ended").count() == 1


def test_either_side_ends_it_at_once(supporter):
    for by, place in ((owner(), A), (supporter, None)):
        row, visitor = let_in(supporter), Visitor(supporter)
        assert visitor.ask().status_code == 200
        end_support(by=make.acting(by), visit_id=row.pk, merchant_id=place)
        assert visitor.ask().status_code == 403
        with pytest.raises(SupportOver):
            end_support(by=make.acting(by), visit_id=row.pk, merchant_id=place)


def told(user: User) -> list[str]:
    """Kinds of what the supporter was told, the latest last."""
    return list(Notice.objects.filter(person=user, place="console").order_by("at", "pk").values_list("kind", flat=True))


def test_whoever_asked_is_told_what_became_of_it(supporter):
    row = let_in(supporter, may_write=True)
    assert told(supporter) == ["support_granted"]
    letter = Letter.objects.get(email=supporter.email)
    assert "change things too" in letter.text and "a parcel is stuck" in letter.text and "/support/" in letter.text
    end_support(by=make.acting(supporter), visit_id=row.pk)
    answer_support(by=make.acting(owner()), visit_id=asked(supporter).pk, merchant_id=A, is_granted=False)
    assert told(supporter) == ["support_granted", "support_refused"]


def passes(days: float) -> None:
    with clock.shifted(timedelta(days=days)):
        fire_due()
        deliver_events()


def test_a_question_nobody_answers_ends_after_three_days_and_may_be_asked_again(supporter):
    row = asked(supporter)
    assert "ends by itself" in Visitor(owner()).ask("/support/").content.decode()
    passes(2.9)
    assert SupportAccess.objects.get().status == "asked"
    for _again in range(2):
        passes(3.1)
    row.refresh_from_db()
    assert (row.status, row.answered_at) == ("ended", None) and told(supporter) == ["support_unanswered"]
    entry = AuditEvent.objects.get(action="support.expired")
    assert (entry.merchant_id, entry.actor_kind, entry.why) == (A, "system", "nobody answered in time")
    assert "Ended without an answer" in Visitor(owner()).ask("/support/").content.decode()
    with pytest.raises(SupportOver):
        answer_support(by=make.acting(owner()), visit_id=row.pk, merchant_id=A, is_granted=True)
    assert asked(supporter).status == "asked"


def test_an_answer_is_not_undone_by_the_days(supporter):
    row = let_in(supporter)
    passes(3.1)
    row.refresh_from_db()
    assert row.status == "granted" and told(supporter) == ["support_granted"]
    assert not AuditEvent.objects.filter(action="support.expired").exists()


def test_who_no_longer_supports_shops_is_out(supporter):
    let_in(supporter)
    visitor = Visitor(supporter)
    assert visitor.ask().status_code == 200
    operator = make.acting(User.objects.get(email="operator@market.localhost"))
    end_work(by=operator, membership_id=Membership.objects.get(user=supporter).pk, merchant_id=None, why="left")
    assert visitor.ask().status_code == 403


def test_one_shop_lets_nobody_into_another_and_answers_only_for_itself(supporter):
    row = let_in(supporter)
    assert Visitor(supporter).ask(host=TRAIL).status_code == 403
    other = make.acting(User.objects.get(email="owner-b@market.localhost"))
    for attempt in (
        lambda: answer_support(by=other, visit_id=row.pk, merchant_id=B, is_granted=True),
        lambda: end_support(by=other, visit_id=row.pk, merchant_id=B),
    ):
        with pytest.raises(SupportUnknown):
            attempt()


def test_a_visit_gives_nothing_to_anybody_else(supporter):
    let_in(supporter)
    assert Visitor(make.a_buyer()).ask().status_code == 403
    assert Visitor(User.objects.get(email="operator@market.localhost")).ask().status_code == 403


def test_odd_questions_are_refused_and_the_same_one_is_asked_once(supporter):
    for how, refusal in (
        ({"minutes": 14}, InvalidInput),
        ({"minutes": 481}, InvalidInput),
        ({"reason": "  "}, ReasonMissing),
        ({"merchant_id": uuid4()}, MerchantUnknown),
    ):
        with pytest.raises(refusal):
            asked(supporter, **how)
    key = uuid4()
    assert asked(supporter, visit_id=key).pk == asked(supporter, visit_id=key).pk
    with pytest.raises(KeyReused):
        asked(supporter, visit_id=key, merchant_id=B)
    with pytest.raises(SupportOpen):
        asked(supporter)
