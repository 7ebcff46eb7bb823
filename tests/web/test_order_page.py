"""An order's page in workbench and console: its way in steps, private notes, and the buyer's number, which is masked until somebody looks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from marketplace.flows.cancel_order import cancel_paid_order
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.models import AuditEvent
from marketplace.merchant.desk.models import OrderNote
from marketplace.web.operator.findings import findings_of, marked
from marketplace.web.seller.order import masked
from marketplace.web.stages import Times, stages
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db

WORKBENCH, CONSOLE = "kiln.seller.market.localhost", "ops.market.localhost"


class Office:
    def __init__(self, host: str = WORKBENCH, who: str = "owner-a@market.localhost") -> None:
        self.host, self.client = host, Client()
        self.client.force_login(User.objects.get(email=who), backend=settings.AUTHENTICATION_BACKENDS[0])

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, headers={"host": self.host, "accept-language": "en", **headers})

    def post(self, path: str, data: dict[str, Any] | None = None, **headers: str) -> Any:
        return self.client.post(path, data or {}, headers={"host": self.host, "accept-language": "en", **headers})


@pytest.fixture
def product() -> Any:
    return make.a_product(stock=100)


def number_of(product: Any) -> str:
    return str(make.order_of(make.pay(make.a_placed_group(("a", product, 1)))).number)


def states(copy_or_page: Any) -> list[tuple[str, str]]:
    return [(stage.label, stage.state) for stage in copy_or_page.context["stages"]]


def test_both_offices_show_the_same_way_of_an_order(product):
    group = make.a_placed_group(("a", product, 2))
    number, office, console = make.order_of(group).number, Office(), Office(CONSOLE, "operator@market.localhost")

    def now() -> list[tuple[str, str]]:
        seen = states(office.get(f"/orders/{number}/"))
        assert seen == states(console.get(f"/orders/{number}/"))
        return seen

    assert now() == [("Placed", "done"), ("Paid", "now"), ("Accepted", "next"), ("Shipped", "next"), ("Received", "next")]
    make.pay(group)
    assert now()[1:4] == [("Paid", "done"), ("Accepted", "now"), ("Shipped", "next")]
    make.ship(make.order_of(group))
    assert now()[2:] == [("Accepted", "done"), ("Shipped", "done"), ("Received", "now")]
    make.receive(make.order_of(group))
    assert [state for _label, state in now()] == ["done"] * 5


def test_the_way_of_a_cancelled_order_ends_where_it_was_cancelled(product):
    copy = make.order_of(make.pay(make.a_placed_group(("a", product, 1))))
    cancel_paid_order(by=SYSTEM, copy=copy, reason="no")
    assert states(Office().get(f"/orders/{copy.number}/")) == [("Placed", "done"), ("Paid", "done"), ("Cancelled", "ended")]


def test_what_should_have_left_is_late_and_what_left_in_part_is_not_done():
    now = clock.now()
    ago, passed = now - timedelta(days=4), now - timedelta(hours=1)
    late = stages(Times(ago, ago, ago, None, None, None, passed))
    assert [stage.state for stage in late] == ["done", "done", "done", "late", "next"]
    part = stages(Times(ago, ago, ago, ago, None, None, passed, is_all_shipped=False))
    assert [stage.state for stage in part] == ["done", "done", "done", "now", "next"]


def test_a_late_order_says_by_how_much_and_what_follows(product):
    number = number_of(product)
    with clock.shifted(timedelta(days=5)):
        page = Office().get(f"/orders/{number}/").content.decode()
    assert "2 days late" in page and "the buyer may cancel, even what is packed" in page


def test_the_number_is_masked_until_somebody_looks_and_that_is_written_down(product):
    number, office = number_of(product), Office()
    page = office.get(f"/orders/{number}/").content.decode()
    assert "13800138000" not in page.replace(" ", "") and "•••• 8000" in page
    assert not AuditEvent.objects.filter(action="order.phone_shown").exists()
    assert "138 0013 8000" not in office.get(f"/orders/{number}/?phone=shown").content.decode()  # who has not asked sees nothing by the address
    asked = office.post(f"/orders/{number}/phone/")
    assert asked.status_code == 302 and "138 0013 8000" in office.get(asked.headers["Location"]).content.decode()
    assert "138 0013 8000" in office.post(f"/orders/{number}/phone/", **{"HX-Request": "true"}).content.decode()
    with clock.shifted(timedelta(minutes=11)):
        assert "138 0013 8000" not in office.get(asked.headers["Location"]).content.decode()
    (first, _second) = AuditEvent.objects.filter(action="order.phone_shown", subject_id=number)
    assert first.actor_label == "owner-a@market.localhost" and first.merchant_id == MERCHANTS["a"]
    assert "13800138000" not in str(first.after)
    assert "138 0013 8000" not in office.get(f"/orders/{number}/").content.decode()


@pytest.mark.parametrize(("phone", "shown"), [("+8613800138000", "+86 138 •••• 8000"), ("13800138000", "138 •••• 8000"), ("12345", "••••"), ("", "••••")])
def test_a_masked_number_tells_two_apart_and_no_more(phone, shown):
    assert masked(phone) == shown


def test_a_note_is_kept_once_and_read_by_the_shop_alone(product):
    number, office, key = number_of(product), Office(), uuid4()
    for _twice in range(2):
        answer = office.post(f"/orders/{number}/note/", {"note_id": key, "text": " A gift: no price list <b> "})
        assert answer.status_code == 302
    page = office.get(f"/orders/{number}/").content.decode()
    assert page.count("A gift: no price list &lt;b&gt;") == 1
    with merchant_schema(MERCHANTS["a"]):
        assert OrderNote.objects.count() == 1
    assert AuditEvent.objects.filter(action="order.noted", subject_id=number).count() == 1
    assert "A gift" not in str(AuditEvent.objects.get(action="order.noted").after)
    console = Office(CONSOLE, "operator@market.localhost").get(f"/orders/{number}/").content.decode()
    assert "A gift" not in console


@pytest.mark.parametrize("text", ["", "   ", "x" * 501])
def test_a_note_without_words_or_too_long_is_refused_beside_its_field(product, text):
    number = number_of(product)
    answer = Office().post(f"/orders/{number}/note/", {"note_id": uuid4(), "text": text})
    assert answer.status_code == 422 and answer.context["note_form"].errors["text"]
    with merchant_schema(MERCHANTS["a"]):
        assert not OrderNote.objects.exists()


def test_one_goes_from_order_to_order_within_the_tab_one_came_from(product):
    first, second = number_of(product), number_of(product)
    unpaid = make.order_of(make.a_placed_group(("a", product, 1))).number
    third = number_of(product)
    office = Office()

    def neighbours(number: str, query: str = "") -> tuple[str, str]:
        found = office.get(f"/orders/{number}/{query}").context
        return found["newer"], found["older"]

    assert neighbours(second) == (f"/orders/{unpaid}/", f"/orders/{first}/")
    assert neighbours(second, "?show=to_ship") == (f"/orders/{third}/?show=to_ship", f"/orders/{first}/?show=to_ship")
    assert neighbours(third) == ("", f"/orders/{unpaid}/")
    assert neighbours(second, "?show=nonsense") == neighbours(second)


# ── Reviewing ────────────────────────────────────────────────────────────────────────────────────────────────────────


def proposal(**changes: Any) -> dict[str, Any]:
    whole = {
        "titles": {"zh-hans": "马克杯", "en": "Mug"},
        "descriptions": {"en": "<p>Stoneware.</p>"},
        "pictures": [{"key": "a"}, {"key": "b"}],
        "variants": [{"price_minor": 100, "market_minor": 150, "available": 3}],
    }
    return {**whole, **changes}


def test_a_whole_proposal_has_one_good_finding():
    assert [finding.is_good for finding in findings_of(proposal(), 0)] == [True]


@pytest.mark.parametrize(
    ("changes", "sent_back", "words"),
    [
        ({"titles": {"zh-hans": "市面上最好的杯子", "en": "Mug"}}, 0, "最好"),
        ({"descriptions": {"en": "<p>The best <b>in the world</b>.</p>"}}, 0, "best in the world"),
        ({"titles": {"en": "Mug"}}, 0, "one language"),
        ({"descriptions": {"en": "<p> </p>"}}, 0, "no description"),
        ({"pictures": [{"key": "a"}]}, 0, "one picture"),
        ({"variants": [{"price_minor": 100, "market_minor": 201, "available": 1}]}, 0, "more than twice"),
        ({"variants": [{"price_minor": 100, "market_minor": None, "available": 0}]}, 0, "in stock"),
        ({}, 2, "sent back 2 times"),
    ],
)
def test_what_lacks_or_claims_too_much_is_found(changes, sent_back, words):
    with translation.override("en"):
        (finding,) = findings_of(proposal(**changes), sent_back)
    assert words in finding.text and not finding.is_good


@pytest.mark.parametrize(
    ("old", "new", "gone", "fresh"),
    [
        ("随行保温瓶 24 小时", "随行保温瓶 36 小时", ["24"], ["36"]),
        ("A blue mug", "A green mug", ["blue"], ["green"]),
        ("", "New", [], ["New"]),
        ("same", "same", [], []),
    ],
)
def test_texts_are_compared_by_sign_and_word(old, new, gone, fresh):
    left, right = marked(old, new)
    assert [piece.text for piece in left if piece.kind == "gone"] == gone
    assert [piece.text for piece in right if piece.kind == "new"] == fresh
    assert "".join(piece.text for piece in left) == old and "".join(piece.text for piece in right) == new
