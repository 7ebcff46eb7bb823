"""Evaluations of shops: what a month comes to, once for each shop, what the shop is told, and what an operator makes of it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.test import Client

from marketplace.flows.cancel_order import cancel_paid_order
from marketplace.flows.evaluate_shops import ask_for_evaluations, evaluate_shop, facts_of
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import InvalidInput, NotFound, ReasonMissing
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.relay import deliver_events
from marketplace.platform.evaluations.actions import decide_evaluation, set_evaluation_rule
from marketplace.platform.evaluations.errors import DecidedBefore
from marketplace.platform.evaluations.grades import Facts, next_month, next_quarter
from marketplace.platform.evaluations.models import Evaluation, EvaluationRule
from marketplace.platform.evaluations.queries import PROPOSED, period_of, rule_on
from marketplace.platform.reviews.actions import Marks, Opinion, review_order
from tenants.access.errors import OwnHands
from tenants.accounts.actions import give_role
from tenants.accounts.models import User
from tenants.tenancy.models import Market, Merchant
from tests import factories as make
from tests.databases import MERCHANTS
from tests.flows.evaluated import EASY, announced, first_day, graded, look_day, on, some_evaluations
from tests.flows.letterbox import letters

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]


def facts() -> Facts:
    return facts_of(A, period_of(first_day()), Market.objects.get().tz)


def told() -> list[str]:
    kinds = ("evaluation_made", "evaluation_praise", "evaluation_warning")
    return [kind for kind in kinds for letter in letters(kind) if letter.to == "owner-a@market.localhost"]


def a_month() -> None:
    """Four orders that are paid: in time and reviewed, too late and faulty, never shipped, cancelled; one of the months beside it each."""
    day = first_day()
    announced()
    with on(day - timedelta(days=1), hour=23):
        product = make.a_product("a", stock=50)
        make.pay(make.a_placed_group(("a", product, 1)))
    with on(day, hour=0):
        good, late, _lying, given_up = (make.order_of(make.pay(make.a_placed_group(("a", product, 2)))) for _n in range(4))
        make.a_placed_group(("a", product, 1))  # never paid
    with on(day + timedelta(days=1)):
        make.ship(good)
        cancel_paid_order(by=SYSTEM, copy=given_up, reason="changed my mind")
    with on(day + timedelta(days=5)):
        make.ship(late)
        for copy in (good, late):
            make.receive(copy)
        copy = make.order_of(good.group)
        review_order(by=make.acting(copy.buyer), key=uuid4(), order_id=copy.pk, opinions=[Opinion(UUID(copy.lines[0]["id"]), 4)], marks=Marks(4, 4, 4))
        make.returned(make.order_of(late.group), 1, reason="damaged")
        make.returned(make.order_of(good.group), 1)  # no longer wanted: no fault
    with on(next_month(day), hour=0):
        make.pay(make.a_placed_group(("a", product, 1)))


def test_a_month_is_counted_graded_and_frozen_and_the_owners_are_told():
    a_month()
    row = graded()
    assert facts() == Facts(orders=4, due=3, in_time=1, came_back=1, reviews=1, stars=4)
    assert (row.grade, row.orders, row.first_day, row.last_day) == ("D", 4, first_day(), next_month(first_day()) - timedelta(days=1))
    assert [(part["name"], part["value"], part["grade"]) for part in row.figures["parts"]] == [
        ("in_time", 3_333, "D"),
        ("returns", 2_500, "D"),
        ("rating", 400, "C"),
    ]
    assert told() == ["evaluation_made"]

    with on(first_day()):
        announced_later = set_evaluation_rule(by=SYSTEM, every="month", **(EASY | {"limits": {**PROPOSED, "rating": [400, 300, 200]}}))
    again = graded()
    assert again == row and again.figures == row.figures and again.rule_id != announced_later.pk  # what is over stays as it was announced
    assert AuditEvent.objects.filter(action="evaluation.made", merchant_id=A).count() == 1


def test_too_few_orders_are_not_graded_and_nobody_is_told():
    announced(least_orders=5)
    row = graded()
    assert (row.grade, row.too_few, row.orders) == ("", True, 0) and told() == []


def test_the_duty_asks_once_for_each_shop_when_the_week_is_over():
    announced()
    with on(look_day() - timedelta(days=1), hour=23):
        ask_for_evaluations()
        deliver_events()
        assert Evaluation.objects.count() == 0
    for _time in range(2):
        with on(look_day(), hour=0):
            ask_for_evaluations()
            ask_for_evaluations()
            deliver_events()
    assert sorted(Evaluation.objects.values_list("merchant_id", flat=True)) == sorted(MERCHANTS.values())
    assert set(Evaluation.objects.values_list("first_day", flat=True)) == {first_day()}


def test_who_opened_meanwhile_or_has_closed_is_left_out_and_the_markets_own_shop_is_not():
    announced()
    make.the_markets_own("c")
    with on(first_day() + timedelta(days=1)):
        Merchant.objects.filter(pk=A).update(opened_at=clock.now())
        Merchant.objects.filter(pk=MERCHANTS["b"]).update(status="closed", closed_at=clock.now())
    assert (graded("a"), graded("b")) == (None, None)
    assert graded("c").merchant.is_own


def test_without_a_rule_before_its_week_or_not_at_all_there_is_none():
    assert graded() is None
    announced()
    with on(look_day() - timedelta(days=1)):
        assert evaluate_shop(by=SYSTEM, merchant_id=A, first=first_day()) is None
    with on(look_day()):
        assert evaluate_shop(by=SYSTEM, merchant_id=A, first=first_day() + timedelta(days=1)) is None
    with on(first_day() - timedelta(days=1)):
        set_evaluation_rule(by=SYSTEM, every="never", **EASY)
    assert graded() is None


def test_a_rule_begins_where_neither_the_old_nor_the_new_cuts_a_period():
    monthly = announced()
    assert monthly.first_day == first_day()
    quarter = next_quarter(first_day())
    with on(first_day()):
        quarterly = set_evaluation_rule(by=SYSTEM, every="quarter", **EASY)
    assert quarterly.first_day == quarter and rule_on(quarter - timedelta(days=1)) == monthly and rule_on(quarter) == quarterly
    with on(quarter):
        assert set_evaluation_rule(by=SYSTEM, every="month", **EASY).first_day == next_quarter(quarter)
    assert period_of(quarter).last == next_quarter(quarter) - timedelta(days=1)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"every": "day"}, "every"),
        ({"limits": {**PROPOSED, "in_time": [9_000, 9_000, 8_000]}}, "in_time_b"),
        ({"limits": {**PROPOSED, "returns": [300, 100, 600]}}, "returns_b"),
        ({"limits": {**PROPOSED, "rating": [501, 400, 300]}}, "rating_a"),
        ({"limits": {"in_time": [3, 2, 1]}}, "returns_a"),
        ({"least_orders": 0}, "least_orders"),
        ({"why": " "}, "why"),
    ],
)
def test_limits_that_make_no_sense_are_refused_by_their_field(changed, field):
    with pytest.raises((InvalidInput, ReasonMissing)) as refused:
        set_evaluation_rule(by=SYSTEM, **({"every": "month"} | EASY | changed))
    assert refused.value.field == field and not EvaluationRule.objects.exists()


def test_an_operator_decides_once_with_words_and_not_over_the_shop_they_work_for():
    row = next(row for row in some_evaluations() if row.merchant_id == A)
    operator = User.objects.get(email="operator@market.localhost")
    with pytest.raises(ReasonMissing):
        decide_evaluation(by=SYSTEM, evaluation_id=row.pk, consequence="warning", remark=" ")
    with pytest.raises(InvalidInput):
        decide_evaluation(by=SYSTEM, evaluation_id=row.pk, consequence="closed", remark="x")
    with pytest.raises(NotFound):
        decide_evaluation(by=SYSTEM, evaluation_id=uuid4(), consequence="none", remark="x")
    give_role(by=SYSTEM, user_id=operator.pk, role="dispatcher", merchant_id=A)
    with pytest.raises(OwnHands):
        decide_evaluation(by=make.acting(operator), evaluation_id=row.pk, consequence="none", remark="fine")
    other = make.acting(make.a_second_operator())
    decide_evaluation(by=other, evaluation_id=row.pk, consequence="warning", remark="Ship in time.")
    with pytest.raises(DecidedBefore):
        decide_evaluation(by=other, evaluation_id=row.pk, consequence="praise", remark="Well done.")
    assert told() == ["evaluation_warning"]
    entry = AuditEvent.objects.get(action="evaluation.decided")
    assert (entry.why, entry.merchant_id, entry.after["consequence"]) == ("Ship in time.", A, "warning")


def client_of(email: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(email=email), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def page_of(shop: str, owner: str) -> str:
    """Of evaluations, in the shop's workbench."""
    response = client_of(owner).get("/evaluations/", headers={"host": f"{shop}.seller.market.localhost", "accept-language": "en"})
    assert response.status_code == 200
    return response.content.decode()


def test_both_sides_read_each_figure_with_its_limits_and_the_rule_is_set_in_per_cent():
    a_month()
    row = graded()
    console, english = client_of("operator@market.localhost"), {"host": "ops.market.localhost", "accept-language": "en"}
    page = console.get(f"/evaluations/{row.pk}/", headers=english).content.decode()
    for text in ("33.33%", "≥ 98%", "≤ 1%", "1 of 3 orders", "4.00", "1 review", "The grade is the worst of them."):
        assert text in page
    answer = console.post(f"/evaluations/{row.pk}/decide/", {"consequence": "warning", "remark": ""}, headers=english)
    assert answer.status_code == 422 and Evaluation.objects.get().decided_at is None
    assert console.post(f"/evaluations/{row.pk}/decide/", {"consequence": "warning", "remark": "Too late"}, headers=english).status_code == 302
    assert "33.33%" in console.get("/evaluations/?show=D&decided=yes", headers=english).content.decode()
    assert "33.33%" not in console.get("/evaluations/?decided=no", headers=english).content.decode()
    shop = page_of("kiln", "owner-a@market.localhost")
    for text in ("33.33%", "≥ 98%", "Warning:", "Too late"):
        assert text in shop
    other = page_of("trail", "owner-b@market.localhost")
    assert "33.33%" not in other and "Too late" not in other

    shown = console.get("/evaluations/rule/", headers=english).context["form"]
    typed = {name: shown[name].value() for name in shown.fields} | {"every": "quarter", "in_time_a": "99.5", "why": "sharper"}
    assert console.post("/evaluations/rule/", typed, headers=english).status_code == 302
    assert EvaluationRule.objects.get(reason="sharper").limits["in_time"] == [9_950, 9_500, 9_000]
    assert console.post("/evaluations/rule/", typed | {"in_time_a": "95"}, headers=english).status_code == 422
