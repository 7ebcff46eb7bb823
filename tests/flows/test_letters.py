"""Every letter: written once, to whom it concerns, in the reader's language and the market's time, with the sums of the order and nobody else's goods."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from marketplace.flows.cancel_order import cancel_paid_order, cancel_pieces
from marketplace.flows.pay_out import make_bank_file, note_payout_returned
from marketplace.flows.place_order import place_order
from marketplace.flows.return_goods import agree_return, refuse_return, request_return, send_return
from marketplace.flows.review_product import approve_change, send_change_back, submit_product
from marketplace.flows.ship_order import ship_order
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.deadlines import fire_due
from marketplace.kernel.formats import format_money, format_time
from marketplace.kernel.models import Delivery
from marketplace.kernel.money import Money
from marketplace.kernel.relay import deliver_events, perform
from marketplace.merchant.orders.models import OrderLine
from marketplace.platform.cart.queries import view_cart
from marketplace.platform.checkout.models import OrderCopy, OrderGroup, ReturnCopy
from marketplace.platform.delivery.actions import Zone, set_freight
from marketplace.platform.ledger.models import Payout
from marketplace.platform.listings.models import ProductChange
from marketplace.platform.notices.messages import read_in
from marketplace.platform.payments.models import PayoutAccount
from tenants.accounts.actions import give_role
from tenants.accounts.letters import write_letter
from tenants.accounts.models import Letter, Membership, User
from tenants.tenancy.models import Market, Merchant
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.factories import yuan
from tests.flows.letterbox import Sent, check, letter, letters
from tests.tenants.test_onboarding import decide, papers_root, submitted

__all__ = ["papers_root"]  # a fixture
pytestmark = pytest.mark.django_db
A, B = MERCHANTS["a"], MERCHANTS["b"]
BUYER = "buyer@example.com"
BOTH = pytest.mark.parametrize("language", ["en", "zh-hans"])


@pytest.fixture(autouse=True)
def owners_read() -> None:
    """The owner of a reads English, that of b Chinese."""
    User.objects.filter(email="owner-a@market.localhost").update(language="en")
    User.objects.filter(email="owner-b@market.localhost").update(language="zh-hans")


def placed(language: str = "en", shops: str = "ab") -> OrderGroup:
    """Two cups of a (33.33 each, 5.00 for the parcel) and a bag of b (50.00, free), by titles that tell them apart."""
    make.commission()
    set_freight(by=SYSTEM, merchant_id=A, currency="CNY", zones=[Zone(fee=yuan("5"))])
    buyer = User.objects.filter(email=BUYER).first() or make.a_buyer(BUYER)
    goods = {
        "a": ("a", make.a_product("a", titles={"en": "Alpine cup", "zh-hans": "甲杯"}, price="33.33"), 2),
        "b": ("b", make.a_product("b", titles={"en": "Bravo bag", "zh-hans": "乙包"}, price="50"), 1),
    }
    cart, address = make.a_cart(buyer, *(goods[shop] for shop in shops)), make.an_address(buyer)
    total = view_cart(cart, "CNY", "31").total
    return place_order(by=make.acting(buyer), key=uuid4().hex, cart_id=cart.pk, address_id=address, shown_total=total, language=language)


def speaks(sent: Sent, language: str) -> None:
    """It says so, signs so, and writes amounts so. (That every string has its Chinese is for `make check`.)"""
    assert f'lang="{language.replace("hans", "Hans")}"' in sent.html
    names = {"en": "Wanshang", "zh-hans": "万商"}
    assert names.pop(language) in sent.text.splitlines() and not any(other in sent.all for other in names.values())
    assert ("CN¥" in sent.all) is ("¥" in sent.all and language == "en")


def line_of(copy: OrderCopy) -> OrderLine:
    with merchant_schema(copy.merchant_id):
        return OrderLine.objects.get(order_id=copy.pk)


class TestBuyers:
    @BOTH
    def test_placed(self, language):
        group = placed(language)
        sent = letter("order_placed")
        speaks(sent, language)
        assert sent.to == BUYER and group.number in sent.subject
        assert sent.address == f"http://market.localhost/orders/{group.number}/"
        cup, bag = ("Alpine cup", "Bravo bag") if language == "en" else ("甲杯", "乙包")
        rows = sent.rows()
        assert (rows[f"{cup} × 2"], rows[f"{bag} × 1"]) == (format_money(yuan("66.66"), language), format_money(yuan("50"), language))
        with translation.override(language):
            assert rows[gettext("Delivery")] == format_money(yuan("5"), language)
        for amount in ("121.66", "71.66", "50"):  # the group's, and each shop's
            assert format_money(yuan(amount), language) in sent.text

    def test_times_are_the_markets(self):
        group = placed()
        OrderGroup.objects.filter(pk=group.pk).update(hold_until=datetime(2099, 5, 1, 18, 30, tzinfo=UTC))
        sent = letter("order_placed")
        assert "Sat 2 May 2099 02:30" in sent.subject and "Sat 2 May 2099 02:30" in sent.text  # in Shanghai

    @BOTH
    def test_paid(self, language):
        group = make.pay(placed(language))
        sent = letter("order_paid")
        speaks(sent, language)
        assert sent.to == BUYER and group.number in sent.subject and format_money(group.total, language) in sent.text
        with read_in(language):
            for copy in group.orders.all():
                assert any(copy.merchant.name in line and format_time(copy.ship_by) in line for line in sent.text.splitlines())

    @BOTH
    def test_shipped_tells_what_is_in_the_parcel_and_no_more(self, language):
        copy = make.order_of(make.pay(placed(language)))
        with merchant_schema(A):
            ship_order(by=SYSTEM, package_id=uuid4(), number=copy.number, carrier="sf", tracking_number="SF123456", quantities={line_of(copy).pk: 1})
        sent = letter("order_shipped")
        speaks(sent, language)
        assert sent.to == BUYER and "SF123456" in sent.subject and ("SF Express" if language == "en" else "顺丰速运") in sent.subject
        assert sent.rows() == {"Alpine cup" if language == "en" else "甲杯": "× 1"}
        assert sent.address == f"http://market.localhost/orders/{copy.group.number}/#order-{copy.number}"
        assert not any(other in sent.all for other in ("Bravo", "乙包"))

    @BOTH
    def test_expired(self, language):
        group = placed(language)
        with clock.shifted(timedelta(hours=1)):
            fire_due()
        sent = letter("order_expired")
        speaks(sent, language)
        assert sent.to == BUYER and group.number in sent.subject and sent.address == ""
        assert letters("order_paid") == []

    @BOTH
    def test_cancelled_by_the_shop_and_paid_back(self, language):
        copy = make.order_of(make.pay(placed(language)))
        with merchant_schema(A):
            cancel_pieces(by=SYSTEM, number=copy.number, pieces={line_of(copy).pk: 1}, reason="Broken <b>in the store</b> {0}")
        sent, back = letters("order_cancelled"), letter("refunded")
        assert len(sent) == 1
        speaks(sent[0], language)
        speaks(back, language)
        assert sent[0].to == back.to == BUYER and copy.number in sent[0].subject
        assert "Broken <b>in the store</b> {0}" in sent[0].text and "&lt;b&gt;" in sent[0].html
        assert sent[0].rows() == {"Alpine cup" if language == "en" else "甲杯": "× 1"}
        amount = format_money(yuan("35.83"), language)  # 33.33, and half of the freight
        assert amount in back.subject and copy.number in back.text and "Bravo" not in back.all
        assert letters("order_cancelled_by_buyer") == []

    @BOTH
    @pytest.mark.parametrize("agrees", [True, False])
    def test_the_shop_answers_a_return(self, language, agrees):
        copy = make.order_of(make.pay(placed(language)))
        make.ship(copy)
        row = request_return(by=SYSTEM, copy=make.order_of(copy.group), return_id=uuid4(), pieces={line_of(copy).pk: 1}, reason="unwanted")
        assert letters("return_agreed") == letters("return_refused") == []
        with merchant_schema(A):
            if agrees:
                agree_return(by=SYSTEM, number=row.number)
            else:
                refuse_return(by=SYSTEM, number=row.number, answer="Worn and washed")
        sent = letter("return_agreed" if agrees else "return_refused")
        speaks(sent, language)
        assert sent.to == BUYER and row.number in sent.text and format_money(yuan("33.33"), language) in sent.text
        assert ("Worn and washed" in sent.text) is not agrees
        assert sent.address == f"http://market.localhost/returns/{row.number}/"


class TestShops:
    def test_each_shop_reads_of_its_own_lines_alone_in_its_own_language(self):
        group = make.pay(placed("zh-hans"))
        first, second = letters("new_order")
        for sent in (first, second):
            check(sent)
        a, b = make.order_of(group, "a"), make.order_of(group, "b")
        assert [sent.to for sent in (first, second)] == ["owner-a@market.localhost", "owner-b@market.localhost"]
        speaks(first, "en")
        speaks(second, "zh-hans")
        assert first.rows() == {"Alpine cup × 2": "CN¥66.66", "Delivery": "CN¥5.00", "Total": "CN¥71.66"}
        assert first.subject == f"New order {a.number}: CN¥71.66" and second.rows()["乙包 × 1"] == "¥50.00"
        assert first.address == f"http://kiln.seller.market.localhost/orders/{a.number}/"
        assert second.address == f"http://trail.seller.market.localhost/orders/{b.number}/"
        for own, other in ((first, ("Bravo", "乙包", b.number, "50.00", "trail")), (second, ("Alpine", "甲杯", a.number, "71.66", "kiln"))):
            assert not any(word in own.all for word in other)
            assert BUYER not in own.all and "121.66" not in own.all

    def test_who_may_not_see_orders_or_has_left_is_not_told(self):
        people = {}
        for role in ("order_clerk", "product_editor"):
            people[role] = make.a_buyer(f"{role}@example.com")
            give_role(by=SYSTEM, user_id=people[role].pk, role=role, merchant_id=A)
        left = make.a_buyer("left@example.com")
        give_role(by=SYSTEM, user_id=left.pk, role="order_clerk", merchant_id=A)
        Membership.objects.filter(user=left).update(is_active=False)
        make.pay(placed(shops="a"))
        assert [sent.to for sent in letters("new_order")] == ["owner-a@market.localhost", "order_clerk@example.com"]

    def test_a_buyer_gives_up(self):
        copy = make.order_of(make.pay(placed("zh-hans")))
        cancel_paid_order(by=SYSTEM, copy=copy, reason="改主意了")
        sent = letter("order_cancelled_by_buyer")
        speaks(sent, "en")
        assert sent.to == "owner-a@market.localhost" and copy.number in sent.subject and "改主意了" in sent.text
        assert sent.rows() == {"Alpine cup × 2": "CN¥66.66"} and letters("order_cancelled") == []
        assert sent.address == f"http://kiln.seller.market.localhost/orders/{copy.number}/"

    def test_a_return_is_asked_for_and_on_its_way(self):
        copy = make.order_of(make.pay(placed("zh-hans")))
        make.ship(copy)
        row = request_return(by=SYSTEM, copy=make.order_of(copy.group), return_id=uuid4(), pieces={line_of(copy).pk: 1}, reason="damaged", note="A crack")
        asked = letter("return_requested")
        with merchant_schema(A):
            agree_return(by=SYSTEM, number=row.number)
        send_return(by=SYSTEM, copy=ReturnCopy.objects.get(pk=row.pk), carrier="sf", tracking_number="SF999999")
        sent = letter("return_sent_back")
        for one in (asked, sent):
            speaks(one, "en")
            assert one.to == "owner-a@market.localhost" and copy.number in one.subject and "A crack" in one.text
            assert one.address == f"http://kiln.seller.market.localhost/returns/{row.number}/"

    def test_a_statement_adds_up_in_the_letter_too(self):
        Market.objects.update(settle_days=0)
        first = make.a_completed_group(("a", make.a_product("a", price="100"), 3)).orders.get()
        make.settled("a")
        make.returned(make.order_of(first.group))
        make.a_completed_group(("a", make.a_product("a", title="Jug", price="200"), 1))
        make.settled("a")
        _before, sent = letters("statement_ready")
        check(sent)
        speaks(sent, "en")
        assert sent.rows() == {
            "Sales": "CN¥200.00",
            "Refunds": "−CN¥100.00",
            "Commission": "−CN¥10.00",
            "Commission returned": "CN¥5.00",
            "Paid out": "CN¥95.00",
        }
        assert sent.subject.endswith("CN¥95.00 for you") and sent.address.startswith("http://kiln.seller.market.localhost/statements/")
        parts = [Decimal(text.replace("−", "-").replace("CN¥", "")) for name, text in sent.rows().items() if name != "Paid out"]
        assert sum(parts) == Decimal("95.00")

    def test_a_shop_that_owes_reads_what_is_carried_on(self):
        Market.objects.update(settle_days=0)
        first = make.a_completed_group(("a", make.a_product("a", price="100"), 1)).orders.get()
        make.settled("a")
        make.returned(make.order_of(first.group))
        make.settled("a")
        sent = letters("statement_ready")[1]
        assert sent.rows()["Carried over to the next statement"] == "CN¥95.00" and sent.rows()["Paid out"] == "CN¥0.00"

    def test_a_payout_that_came_back(self):
        Market.objects.update(settle_days=0)
        PayoutAccount.objects.create(merchant_id=A, holder="Kiln", bank="Bank", number="6222021234567890")
        make.a_completed_group(("a", make.a_product("a", price="100"), 1))
        make.settled("a")
        payout = Payout.objects.get()
        make_bank_file(by=SYSTEM, batch_id=uuid4(), payout_ids=[payout.pk])
        assert letters("payout_returned") == []
        note_payout_returned(by=SYSTEM, payout_id=payout.pk, reason="The account is closed")
        sent = letter("payout_returned")
        speaks(sent, "en")
        assert sent.to == "owner-a@market.localhost" and "CN¥95.00" in sent.subject and "The account is closed" in sent.text
        assert "6222021234567890" not in sent.all and sent.address == "http://kiln.seller.market.localhost/payout-account/"

    def test_a_product_is_sent_back_with_the_reason_and_an_approved_one_needs_no_letter(self):
        editor = make.a_buyer("editor@example.com")
        give_role(by=SYSTEM, user_id=editor.pk, role="product_editor", merchant_id=A)
        for title, approves in (("Fine cup", True), ("Odd cup", False)):
            product = make.a_product("a", title=title, on_sale=False)
            with merchant_schema(A):
                submit_product(by=SYSTEM, product_id=product.pk)
            change = ProductChange.objects.get(product_id=product.pk, status="waiting")
            if approves:
                approve_change(by=SYSTEM, change_id=change.pk, seen_version=change.version)
            else:
                send_change_back(by=SYSTEM, change_id=change.pk, seen_version=change.version, reason="The picture shows a bowl.")
        owner, other = letters("product_sent_back")
        check(owner)
        speaks(owner, "en")
        assert [owner.to, other.to] == ["owner-a@market.localhost", "editor@example.com"]
        assert "Odd cup" in owner.subject and "The picture shows a bowl." in owner.text
        assert owner.address == f"http://kiln.seller.market.localhost/products/{product.pk}/"
        speaks(other, "zh-hans")  # whose language nobody knows reads the market's first


class TestApplicants:
    def applicant(self, language: str) -> User:
        person = make.a_buyer("applicant@example.com")
        User.objects.filter(pk=person.pk).update(language=language)
        return person

    @BOTH
    @pytest.mark.parametrize("decision", ["passed", "more", "rejected"])
    def test_each_decision_is_told_with_its_reason(self, language, decision):
        row = decide(submitted(self.applicant(language)), "identity", decision, "Unreadable scan")
        sent = letter({"passed": "application_passed", "more": "application_more", "rejected": "application_rejected"}[decision])
        speaks(sent, language)
        assert sent.to == "applicant@example.com" and sent.address == f"http://market.localhost/sell/applications/{row.number}/"
        assert "Unreadable scan" in sent.text
        assert "reviewer@example.com" not in sent.all  # who decided stays in the log

    def test_a_step_that_passed_without_a_word_says_none(self):
        decide(submitted(self.applicant("en")), "identity", "passed")
        assert "The market says" not in letter("application_passed").text

    def test_where_nobody_knows_their_language_it_is_the_applications(self):
        decide(submitted(), "identity", "passed")  # begun on a page in English
        speaks(letter("application_passed"), "en")

    @BOTH
    def test_the_open_shop_is_told_once_to_its_owner(self, language):
        row = submitted(self.applicant(language))
        for step in ("identity", "basics", "qualification"):
            row = decide(row, step, "passed")
        sent = letter("shop_opened")
        speaks(sent, language)
        assert sent.to == "applicant@example.com" and "http://shanlan.market.localhost/" in sent.text
        assert sent.address == "http://shanlan.seller.market.localhost/"
        assert len(letters("application_passed")) == 2  # of all steps but the last; that one says it all


class TestOnce:
    def test_an_event_that_is_delivered_again_writes_nothing_again(self):
        make.pay(placed())
        deliver_events()
        written = Letter.objects.exclude(kind="shop_opened")  # of the world
        kinds = ["new_order", "new_order", "order_paid", "order_placed"]
        assert sorted(written.values_list("kind", flat=True)) == kinds
        assert not any(perform(delivery.pk) for delivery in Delivery.objects.all())
        assert deliver_events() == 0 and sorted(written.values_list("kind", flat=True)) == kinds

    def test_what_is_rolled_back_is_told_nobody(self):
        group = placed(shops="a")
        assert len(letters("order_placed")) == 1
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            make.pay(group)
            raise ZeroDivisionError
        assert letters("order_paid") == letters("new_order") == []

    def test_a_name_with_a_line_break_reaches_the_reader_all_the_same(self):
        """A mail program takes no subject of two lines."""
        Merchant.objects.filter(pk=A).update(names={"en": "Kiln\r\nBcc: everybody@example.com"})
        make.ship(make.order_of(make.pay(placed(shops="a"))))
        (sent,) = letters("order_shipped")
        assert sent.subject.startswith("Kiln Bcc: everybody@example.com has shipped")

    def test_a_long_subject_is_cut_and_leaves(self):
        write_letter(email=BUYER, subject="x" * 500, text="t", html="<p>t</p>", kind="long")
        assert letters("long")[0].subject == "x" * 200

    def test_sums_in_letters_are_the_orders(self):
        """Over every letter of an order's life, no amount stands there that the order does not know."""
        group = make.pay(placed())
        known = {group.total, yuan("66.66"), yuan("50"), yuan("5"), yuan("71.66")}
        written = [sent for kind in ("order_placed", "order_paid", "new_order") for sent in letters(kind) if sent.to != "owner-b@market.localhost"]
        found = {Money.parse(amount, "CNY") for sent in written for amount in re.findall(r"¥([0-9,.]+\d)", sent.text)}
        assert found == known
