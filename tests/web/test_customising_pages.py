"""Customised goods on pages: set up by the shop, looked at by the operator, wished, agreed to, made and packed."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.customising.models import Customisation
from marketplace.merchant.customising.questions import STANDS_STILL
from marketplace.platform.cart.models import CartLine
from marketplace.platform.listings.models import ProductChange
from tenants.accounts.models import User
from tenants.tenancy.models import Market
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.flows.customised import ENGRAVING, FOR_LIN, a_custom_order, a_custom_product, custom_lines, customised, put

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]
MARKET, WORKBENCH, CONSOLE = "market.localhost", "kiln.seller.market.localhost", "ops.market.localhost"
EVIL = "<b>x</b>"


def at(host: str, user: User | None = None) -> Client:
    client = Client(headers={"host": host, "accept-language": "en"})
    if user:
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


@pytest.fixture
def owner() -> Client:
    return at(WORKBENCH, User.objects.get(email="owner-a@market.localhost"))


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:2000]
    return " ".join(answer.content.decode().split())


# ── The shop ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_fields_are_added_filled_in_and_kept(owner):
    product = make.a_product(title="Cup")
    path = f"/products/{product.pk}/wishes/"
    assert "Nothing is asked yet" in text(owner.get(path)) and path in text(owner.get(f"/products/{product.pk}/"))
    page = text(owner.post(path, {"count": "0", "days": "4", "then": "add-choice"}))
    keys = re.findall(r'name="f0c\d-id" value="([0-9a-f]{8})"', page)
    (field,) = re.findall(r'name="f0-id" value="([0-9a-f]{8})"', page)
    assert len(keys) == 3 and 'value="4"' in page
    sent = {"count": "1", "days": "4", "f0-id": field, "f0-kind": "choice", "f0-label_en": "Script", "f0-is_required": "on", "f0-count": "3"}
    sent |= {f"f0c{n}-id": key for n, key in enumerate(keys)}
    assert "Offer from 2 to 12 choices" in text(owner.post(path, {**sent, "f0c0-name_en": "Kai", "then": "keep"}), 422)
    assert "is not an amount" in text(owner.post(path, {**sent, "f0c0-name_en": "Kai", "f0c1-name_en": "Seal", "f0c1-surcharge": "cheap", "then": "keep"}), 422)
    assert text(owner.post(path, {**sent, "f0c0-name_en": "Kai", "then": "more-0"})).count("-surcharge") >= 6
    answer = owner.post(path, {**sent, "f0c0-name_en": "Kai", "f0c1-name_en": "Seal", "f0c1-surcharge": "15.5", "then": "keep"})
    assert answer.status_code == 302
    page = text(owner.get(path))
    assert 'value="15.50"' in page and "As buyers are asked" in page and "Seal (+CN¥15.50)" in page
    with merchant_schema(A):
        assert Customisation.objects.get(product=product).days == 4
        assert Product.objects.get(pk=product.pk).review == Product.Review.WAITING


def test_fields_move_up_and_go(owner):
    product = make.a_product()
    path = f"/products/{product.pk}/wishes/"
    two = {"count": "2", "days": "0", "f0-id": "aaaa", "f0-kind": "text", "f0-label_en": "First", "f1-id": "bbbb", "f1-kind": "number", "f1-label_en": "Second"}
    page = text(owner.post(path, {**two, "then": "up-1"}))
    assert page.index('value="Second"') < page.index('value="First"')
    assert 'value="First"' not in text(owner.post(path, {**two, "then": "drop-0"}))
    for odd in ("up-0", "up-9", "drop-x", "more-²", "add-picture", ""):
        assert 'value="First"' in text(owner.post(path, {**two, "then": odd}))


def test_the_operator_reads_what_buyers_would_be_asked():
    product = customised(make.a_product(), ENGRAVING, publish=False)
    change = ProductChange.objects.get(product_id=product.pk, status="waiting")
    page = text(at(CONSOLE, User.objects.get(email="operator@market.localhost")).get(f"/reviews/{change.pk}/"))
    assert "刻字 / Engraving · Text · up to 12 characters" in page and "A name or a date" in page and "leaves 3 days later" in page


# ── The buyer ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_missing_is_asked_for_where_it_is_written_and_what_was_written_stays():
    product, visitor = a_custom_product(title="Seal cup"), at(MARKET)
    page = text(visitor.get(f"/p/{product.pk}/"))
    assert 'name="wish_engrave1"' in page and 'maxlength="12"' in page and "+CN¥20.00" in page and "Seal (+CN¥15.00)" in page and "leaves 3 days later" in page
    sent = {"variant": make.variant_of(product), "quantity": "1", "wish_script01": "seal"}
    refused = visitor.post("/cart/add/", sent)
    assert refused.status_code == 302 and refused.url.startswith(f"/p/{product.pk}/?variant=")
    page = text(visitor.get(refused.url))
    assert "Fill in “Engraving”" in page and re.search(r'value="seal"[^>]*selected', page)
    assert "Fill in “Engraving”" not in text(visitor.get(refused.url))  # said once
    assert "Fill in “Engraving”" in text(visitor.post("/cart/add/", sent, headers={"hx-request": "true"}), 422)
    assert visitor.post("/cart/add/", {**sent, "wish_engrave1": EVIL}).status_code == 302
    cart = text(visitor.get("/cart/"))
    assert "&lt;b&gt;x&lt;/b&gt;" in cart and EVIL not in cart and "CN¥135" in cart


def test_a_quick_look_leads_to_the_page_where_wishes_are_said():
    product = a_custom_product()
    look = text(at(MARKET).get(f"/p/{product.pk}/quick/", headers={"hx-request": "true"}))
    assert "Say what you wish" in look and "wish_engrave1" not in look


def test_a_line_is_changed_taken_out_and_put_back_with_its_wishes():
    buyer, product = make.a_buyer(), a_custom_product()
    put(buyer, product)
    client, line = at(MARKET, buyer), CartLine.objects.get()
    path = f"/cart/lines/{line.pk}/wishes/"
    assert 'value="For Lin"' in text(client.get(path))
    assert "13 characters" in text(client.post(path, {"wish_engrave1": "x" * 13}), 422)
    assert client.post(path, {"wish_engrave1": "For Chen"}).status_code == 302
    assert CartLine.objects.get().wishes == {"engrave1": "For Chen"}
    gone = client.post(f"/cart/lines/{line.pk}/", {"quantity": "0"})
    assert not CartLine.objects.exists() and "For Chen" not in gone.url
    client.post("/cart/add/", {"variant": line.variant_id, "quantity": "1", "undo": "1"})
    assert CartLine.objects.get().wishes == {"engrave1": "For Chen"}
    assert at(MARKET).get(path).status_code == 404  # nobody else's


def test_the_checkout_asks_for_agreement_and_the_order_shows_what_was_wished():
    buyer, product = make.a_buyer(), a_custom_product(price="100")
    put(buyer, product)
    make.commission()
    client, address = at(MARKET, buyer), make.an_address(buyer)
    page = text(client.get("/checkout/"))
    assert 'name="accepts"' in page and f"Leaves within {Market.objects.get().ship_days + 3} days" in page
    sent = {"key": re.search(r'name="key" value="([^"]+)"', page)[1], "address": address, "total": "13500"}
    assert "Tick that you agree" in text(client.post("/checkout/place/", sent), 422)
    answer = client.post("/checkout/place/", {**sent, "accepts": "1"})
    assert answer.status_code == 302
    page = text(client.get(answer.url.replace("/pay/", "/orders/")))
    assert "For Lin" in page and "+CN¥15.00" in page


def test_a_checkout_without_wishes_asks_for_nothing():
    buyer = make.a_buyer()
    make.a_cart(buyer, ("a", make.a_product(), 1))
    make.an_address(buyer)
    assert "accepts" not in text(at(MARKET, buyer).get("/checkout/"))


# ── Making ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_workbench_shows_wishes_where_they_are_made_packed_and_counted(owner):
    copy = a_custom_order(FOR_LIN, {"engrave1": EVIL})
    first, second = custom_lines(copy)
    rows = text(owner.get("/custom-orders/?show=to_confirm"))
    assert "customised lines to confirm" in text(owner.get("/"))
    assert rows.count(copy.number) >= 2 and "&lt;b&gt;x&lt;/b&gt;" in rows and EVIL not in rows
    page = text(owner.get(f"/orders/{copy.number}/"))
    assert "Begin to make it" in page and re.search(rf'name="line_{first.line_id.hex}" value="0"', page)
    assert owner.post(f"/custom-orders/{first.pk}/begin/").status_code == 302
    assert owner.post("/custom-orders/finish/", {"chosen": [first.pk, second.pk]}).status_code == 302
    assert copy.number in text(owner.get("/custom-orders/?show=ready")) and copy.number not in text(owner.get("/custom-orders/?show=making"))
    slip = text(owner.get(f"/orders/{copy.number}/slip/"))
    assert "For Lin" in slip and EVIL not in slip and "20.00" not in slip
    client = at(MARKET, User.objects.get(pk=copy.buyer_id))
    assert "Ready to be sent" in text(client.get(f"/orders/{copy.group.number}/"))
    assert owner.post(f"/custom-orders/{copy.pk}/begin/").status_code == 404


def test_an_unpaid_order_is_not_to_be_made(owner):
    copy = a_custom_order(pays=False)
    assert copy.number not in text(owner.get("/custom-orders/"))


# ── A question back ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_question_is_asked_answered_and_stands_beside_the_wishes(owner):
    copy = a_custom_order()
    (row,) = custom_lines(copy)
    path = f"/custom-orders/{row.pk}/ask/"
    assert path in text(owner.get(f"/orders/{copy.number}/")) and path in text(owner.get("/custom-orders/"))
    form = text(owner.get(path))
    assert "For Lin" in form and "stands still" in form
    key = re.search(r'name="question_id" value="([^"]+)"', form)[1]
    assert "Write what you want to know" in text(owner.post(path, {"question_id": key, "text": ""}), 422)
    assert owner.post(path, {"question_id": key, "text": f"Capital L? {EVIL}"}).status_code == 302
    assert "has not answered" in text(owner.post(path, {"question_id": uuid4(), "text": "And?"}), 422)
    assert copy.number in text(owner.get("/custom-orders/?show=asked")) and copy.number not in text(owner.get("/custom-orders/?show=to_confirm"))
    page = text(owner.get(f"/orders/{copy.number}/"))
    assert "Not answered yet" in page and EVIL not in page and path not in page and "earlier once the answer is there" in page

    buyer = at(MARKET, User.objects.get(pk=copy.buyer_id))
    page = text(buyer.get(f"/orders/{copy.group.number}/"))
    assert "Waits for your answer" in page and "&lt;b&gt;x&lt;/b&gt;" in page and EVIL not in page
    question = re.search(r'name="question" value="([^"]+)"', page)[1]
    assert f"for {STANDS_STILL.days} days at most" in page
    for typed in (" ", f"{EVIL}{'x' * 500}"):
        page = text(buyer.post(f"/orders/{copy.number}/answer/", {"question": question, "answer": typed}), 422)
        assert f'id="answer-{question}-error"' in page and 'aria-invalid="true"' in page and "Write your answer, in at most 500 characters." in page
        assert EVIL not in page and copy.group.number in page and ("x" * 500 in page) == ("x" in typed), "what was typed stays"
    assert at(MARKET, make.a_buyer("wei@example.com")).post(f"/orders/{copy.number}/answer/", {"question": question, "answer": "Mine"}).status_code == 404
    assert buyer.post(f"/orders/{copy.number}/answer/", {"question": "x", "answer": "Yes"}).status_code == 404
    assert buyer.post(f"/orders/{copy.number}/answer/", {"question": question, "answer": f"A capital {EVIL}"}).status_code == 302
    page = text(buyer.get(f"/orders/{copy.group.number}/"))
    assert "A capital" in page and EVIL not in page and 'name="answer"' not in page and "To be confirmed" in page
    for path in (f"/orders/{copy.number}/", f"/orders/{copy.number}/slip/", "/custom-orders/?show=to_confirm"):
        page = text(owner.get(path))
        assert "A capital &lt;b&gt;" in page and EVIL not in page
    assert "Buyer answered about their wishes" in text(owner.get("/log/"))
