"""The first pages of workbench and console: what waits is sorted by its clock, figures are seen only by who may, and cost little."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from marketplace.flows import count_days
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.money import Money
from marketplace.kernel.relay import deliver_events
from marketplace.platform.analytics.figures import Day, change_of, figures_of, periods
from marketplace.platform.analytics.models import ShopDay
from marketplace.web.chart import scale
from marketplace.web.overview import ToDo, by_clock, span
from tenants.accounts.actions import give_role
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.flows.days import days_ago

pytestmark = pytest.mark.django_db

A_DAY = date(2026, 11, 26)
WORKBENCH, CONSOLE = "kiln.seller.market.localhost", "ops.market.localhost"


def first_page(host: str, who: User | str, query: str = "", **headers: str) -> Any:
    client = Client()
    client.force_login(User.objects.get(email=who) if isinstance(who, str) else who, backend=settings.AUTHENTICATION_BACKENDS[0])
    response = client.get(f"/{query}", headers={"host": host, "accept-language": "en", **headers})
    assert response.status_code == 200
    return response


def owner() -> str:
    return "owner-a@market.localhost"


def with_role(role: str, merchant: str | None) -> User:
    person = User.objects.create_user(f"{role}@example.com", "correct horse battery", name="Clerk")
    give_role(by=SYSTEM, user_id=person.pk, role=role, merchant_id=MERCHANTS[merchant] if merchant else None)
    return person


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


# ── Figures, by hand ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_four_figures_of_a_period_worked_out_by_hand():
    days = [
        Day(A_DAY - timedelta(days=2), orders=2, sales_minor=10_001, refunds_minor=0, sold=0, stock=100),
        Day(A_DAY - timedelta(days=1), orders=1, sales_minor=5_000, refunds_minor=2_500, sold=12, stock=88),
        Day(A_DAY, orders=0, sales_minor=0, refunds_minor=0, sold=-2, stock=90),
    ]
    found = figures_of(days, "CNY")
    assert (found.sales, found.refunds, found.orders, found.sold, found.stock) == (Money(15_001, "CNY"), Money(2_500, "CNY"), 3, 10, 90)
    assert found.average_order == Money(5_000, "CNY")  # 150.01 ÷ 3 = 50.00333…
    assert found.average_stock == Decimal("92.67")  # (100 + 88 + 90) ÷ 3
    assert found.turnover == Decimal("0.11")  # 10 ÷ 92.666… = 0.1079…: not from the rounded average
    assert found.stock_to_sales == Decimal("9.00")  # 90 ÷ 10


@pytest.mark.parametrize("days", [[], [Day(A_DAY)], [Day(A_DAY, sold=-1, stock=3)]])
def test_a_figure_without_a_divisor_is_none(days):
    found = figures_of(days, "CNY")
    assert found.average_order is None and found.stock_to_sales is None
    assert found.sales == Money(0, "CNY")


@given(st.lists(st.tuples(*[st.integers(0, 10**9)] * 2, st.integers(-50, 10**6), st.integers(0, 10**6)), max_size=60), st.integers(0, 60))
def test_the_figures_of_two_parts_add_up_to_those_of_the_whole(rows, cut):
    days = [Day(A_DAY + timedelta(days=n), orders, sales, 0, sold, stock) for n, (orders, sales, sold, stock) in enumerate(rows)]
    whole, first, second = (figures_of(part, "CNY") for part in (days, days[:cut], days[cut:]))
    assert whole.sales == first.sales + second.sales
    assert (whole.orders, whole.sold) == (first.orders + second.orders, first.sold + second.sold)


@pytest.mark.parametrize(("now", "before", "share"), [(150, 100, "0.500"), (50, 100, "-0.500"), (7, 0, None), (None, 3, None), (0, 3, "-1.000")])
def test_a_change_is_a_share_of_what_was_before(now, before, share):
    assert change_of(now, before) == (Decimal(share) if share else None)


def test_a_period_ends_with_its_last_day_and_the_one_before_with_the_day_before_it_begins():
    days = [Day(A_DAY - timedelta(days=n)) for n in range(30)]
    now, before = periods(days, A_DAY - timedelta(days=1), 7)
    assert [(A_DAY - day.day).days for day in now] == [7, 6, 5, 4, 3, 2, 1]
    assert [(A_DAY - day.day).days for day in before] == [14, 13, 12, 11, 10, 9, 8]


@given(st.integers(1, 10**14))
def test_the_highest_line_of_a_chart_is_a_round_number_above_every_bar(most):
    top = scale(Money(most, "CNY")).minor
    assert most <= top <= 2 * most and str(top).rstrip("0") in {"1", "2", "4", "6", "8"}


# ── To do ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_late_comes_first_then_what_is_broken_then_by_the_clock_then_what_waited_longest():
    now = clock.now()
    late, later = ToDo("1", "late", "", "warn", due=now - timedelta(hours=1)), ToDo("1", "very late", "", "warn", due=now - timedelta(days=1))
    broken = ToDo("1", "broken", "", "danger", since=now)
    soon, some_day = ToDo("1", "soon", "", "warn", due=now + timedelta(hours=1)), ToDo("1", "some day", "", "info", due=now + timedelta(days=3))
    old, new = ToDo("1", "old", "", since=now - timedelta(days=3)), ToDo("1", "new", "", since=now)
    can_wait = ToDo("1", "can wait", "", "info", since=now - timedelta(days=90))
    todos = by_clock([can_wait, new, old, some_day, soon, broken, late, later])
    assert [todo.label for todo in todos] == ["very late", "late", "broken", "soon", "some day", "old", "new", "can wait"]


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=20), "0 min"),
        (timedelta(hours=6, minutes=18), "6 h 18 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(hours=47, minutes=59), "47 h 59 min"),
        (timedelta(days=3, hours=5), "3 days"),
        (-timedelta(hours=2), "2 h"),
    ],
)
def test_a_length_of_time_in_words(length, words):
    with translation.override("en"):
        assert span(length) == words


def test_the_workbench_says_what_is_late_what_is_due_today_and_what_can_wait():
    with days_ago(9):
        product = make.a_product(price="100", stock=10)
    for n in (5, 3, 0):  # three days to ship: two days late, due at two o'clock today, due in three days
        with days_ago(n, hour=14 if n == 3 else 9):
            make.pay(make.a_placed_group(("a", product, 1)))
    with days_ago(0, hour=12):
        page = first_page(WORKBENCH, owner())
    assert [(todo.n, todo.label) for todo in page.context["todos"]] == [
        ("1", "order is late: the buyer may cancel it"),
        ("1", "order to ship today"),
        ("1", "order to ship later"),
    ]
    assert "14:00, 2 h left" in text_of(page) and "2 days late" in text_of(page)
    assert [order.ship_by for order in page.context["first"]] == sorted(order.ship_by for order in page.context["first"])


def test_a_new_shop_is_told_what_it_lacks_until_it_has_everything():
    page = first_page(WORKBENCH, owner())
    assert [step.is_done for step in page.context["steps"]][:2] == [False, False]
    assert "Enter your first product" in text_of(page) and "Your first figures stand here tomorrow" in text_of(page)
    clerk = first_page(WORKBENCH, with_role("order_clerk", "a"))
    assert clerk.context["steps"] == []  # none of it is theirs to do
    make.a_product()
    assert [step.is_done for step in first_page(WORKBENCH, owner()).context["steps"]][:2] == [True, True]


# ── Figures, on the pages ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def a_week_of_sales() -> None:
    """Three orders of merchant a within the last 30 days, one in the 30 before, one today; one of merchant b."""
    for shop in ("a", "b"):
        with days_ago(60):
            product = make.a_product(shop, price="100", stock=100)
        for n, pieces in {"a": [(40, 1), (5, 2), (3, 3), (3, 1), (0, 4)], "b": [(2, 5)]}[shop]:
            with days_ago(n, hour=1):
                make.a_completed_group((shop, product, pieces))
        with days_ago(0), merchant_schema(MERCHANTS[shop]):
            count_days.count_days(by=SYSTEM, anew=True)


def test_the_workbench_shows_the_figures_of_its_own_shop_beside_those_before(a_week_of_sales):
    with days_ago(0):
        page = first_page(WORKBENCH, owner())
        board = page.context["board"]
        assert [(card.value, card.change) for card in board.cards][:2] == [("CN¥600.00", "+500%"), ("CN¥200.00", "+100%")]
        assert board.cards[2].sum.startswith("6 pieces sold ÷ ") and board.cards[3].sum == "93 pieces in stock at the end ÷ 6 sold"
        assert (board.today.orders, board.today.sales_minor) == (1, 40_000)
        week = first_page(WORKBENCH, owner(), "?days=7").context["board"]
        assert week.length == 7 and week.cards[0].value == "CN¥600.00" and week.cards[0].change == ""
        assert first_page(WORKBENCH, owner(), "?days=8").context["board"].length == 30


def test_the_chart_is_drawn_by_the_server_and_its_numbers_stand_in_a_table(a_week_of_sales):
    with days_ago(0):
        page = first_page(WORKBENCH, owner())
    chart, text = page.context["board"].chart, page.content.decode()
    assert len(chart.bars) == 30 and sum(bar.sales.minor for bar in chart.bars) == chart.total.minor == 100_000
    assert max(bar.height for bar in chart.bars) <= 100 and not chart.bars[-1].is_over
    drawn = text[text.index('<svg class="w-full') : text.index("</svg>", text.index('<svg class="w-full'))]
    assert drawn.count('<g class="group"><title>') == 30 and "<desc" in drawn and "style=" not in drawn
    assert text.count('<th scope="row"') == 30


def test_the_console_shows_all_shops_together_and_who_sold_most(a_week_of_sales):
    with days_ago(0):
        page = first_page(CONSOLE, "operator@market.localhost")
    board = page.context["board"]
    assert [card.value for card in board.cards][:2] == ["CN¥1,100.00", "CN¥275.00"]
    assert [(row.merchant.pk, row.sales.minor, row.share) for row in page.context["best"]] == [
        (MERCHANTS["a"], 60_000, 100),
        (MERCHANTS["b"], 50_000, 83),
    ]
    assert board.today.sales_minor == 40_000 and "not counted for the last day" in board.note


@pytest.mark.parametrize(("host", "role", "merchant"), [(WORKBENCH, "order_clerk", "a"), (WORKBENCH, "product_editor", "a"), (CONSOLE, "reviewer", None)])
def test_nobody_sees_figures_without_the_right(a_week_of_sales, host, role, merchant):
    with days_ago(0):
        page = first_page(host, with_role(role, merchant))
    assert page.context["board"] is None and not page.context.get("best")
    assert "CN¥600.00" not in text_of(page) and 'id="figures"' not in page.content.decode()
    with days_ago(0):  # who has the right sees them: the words are the right ones
        assert 'id="figures"' in first_page(host, owner() if merchant else with_role("accountant", None)).content.decode()


@pytest.mark.parametrize(("host", "who", "most"), [(WORKBENCH, "owner-a@market.localhost", 36), (CONSOLE, "operator@market.localhost", 16)])
def test_a_first_page_asks_few_questions_however_long_the_past_is(a_week_of_sales, host, who, most):
    deliver_events()
    with days_ago(0):
        client = Client()
        client.force_login(User.objects.get(email=who), backend=settings.AUTHENTICATION_BACKENDS[0])
        client.get("/", headers={"host": host})
        with CaptureQueriesContext(connection) as short:
            client.get("/?days=7", headers={"host": host})
        with CaptureQueriesContext(connection) as long:
            client.get("/?days=90", headers={"host": host})
    asked = [query["sql"] for query in long.captured_queries if query["sql"].startswith("SELECT") and "set_config" not in query["sql"]]
    assert len(long) == len(short) and len(asked) <= most, "\n".join(asked)


def test_the_console_names_only_what_waits_and_says_so_when_nothing_does():
    page = first_page(CONSOLE, "operator@market.localhost")
    assert page.context["todos"] == [] and "All done" in text_of(page)
    make.an_application(make.a_buyer())
    (todo,) = first_page(CONSOLE, "operator@market.localhost").context["todos"]
    assert (todo.n, todo.label, todo.href) == ("1", "application waits for review", "/applications/?show=submitted")


def test_the_console_never_looks_into_a_shops_schema_for_its_figures(a_week_of_sales):
    with days_ago(0), CaptureQueriesContext(connection) as asked:
        first_page(CONSOLE, "operator@market.localhost")
    assert not [query["sql"] for query in asked.captured_queries if "merchant_orders" in query["sql"] or "merchant_analytics" in query["sql"]]
    assert ShopDay.objects.exists()
