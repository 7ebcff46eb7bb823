"""What a shop reads of the market's reviews of a product: what became of each submission and why, and what waits beside what is live."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.flows.publish_product import publish_product
from marketplace.flows.review_product import approve_change, refuse_change, save_product, send_change_back, submit_product, withdraw_product
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.merchant.catalogue.actions import ProductInput, VariantInput
from marketplace.merchant.catalogue.models import Product
from marketplace.platform.listings.models import ProductChange
from marketplace.platform.taxonomy.models import Attribute, AttributeValue
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.flows.test_product_review import save
from tests.imports.files import cups
from tests.web.test_bundle_pages import at, text

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]
OWNER = Actor(kind="system", label="wu@kiln.example")
OPERATOR = Actor(kind="system", label="secret-name@ops.example")


@pytest.fixture
def owner():
    return at("kiln.seller.market.localhost", User.objects.get(email="owner-a@market.localhost"))


@pytest.fixture
def draft():
    return make.a_product("a", title="Mug", on_sale=False)


def submitted(product) -> ProductChange:
    with merchant_schema(A):
        submit_product(by=OWNER, product_id=product.pk)
    return ProductChange.objects.get(product_id=product.pk, status="waiting")


def edited(product, title: str) -> None:
    with merchant_schema(A):
        product.refresh_from_db()
        save(product, title=title)


def page_of(client, product) -> str:
    return text(client.get(f"/products/{product.pk}/reviews/"))


def test_each_submission_says_what_became_of_it_why_and_who_handed_it_in(owner, draft):
    change = submitted(draft)
    send_change_back(by=OPERATOR, change_id=change.pk, seen_version=change.version, reason="Too dark.", notes={"title_en": "Say what it is."})
    edited(draft, "Stoneware mug")
    change = submitted(draft)
    refuse_change(by=OPERATOR, change_id=change.pk, seen_version=change.version, reason="Not this.")
    edited(draft, "Another mug")
    submitted(draft)
    with merchant_schema(A):
        withdraw_product(by=OWNER, product_id=draft.pk)
    change = submitted(draft)
    approve_change(by=OPERATOR, change_id=change.pk, seen_version=change.version)
    page = page_of(owner, draft)
    places = [page.index(word) for word in (">Approved</span>", ">Withdrawn</span>", ">Refused</span>", ">Sent back</span>")]
    assert places == sorted(places), "the newest first"
    assert "Too dark." in page and "Title in English:</span> Say what it is." in page and "Not this." in page
    assert page.count("by wu@kiln.example") == 5, "four times handed in, once taken back"
    assert "secret-name" not in page, "who of the market decided is the market's to know"
    assert f"/products/{draft.pk}/reviews/" in text(owner.get(f"/products/{draft.pk}/"))


def test_what_passed_by_a_rule_says_so(owner, draft):
    change = submitted(draft)
    approve_change(by=OPERATOR, change_id=change.pk, seen_version=change.version)
    ProductChange.objects.update(is_by_rule=True)
    assert "Approved by a rule" in page_of(owner, draft)


def test_an_edit_that_waits_stands_beside_what_buyers_read(owner):
    product = make.a_product("a", title="Mug")
    edited(product, "Mug with a lid")
    page = page_of(owner, product)
    assert "What waits, beside what buyers read now" in page and "<ins>" in page and "lid" in page
    assert "See what differs" in text(owner.get(f"/products/{product.pk}/"))
    change = ProductChange.objects.get(product_id=product.pk, status="waiting")
    approve_change(by=SYSTEM, change_id=change.pk, seen_version=change.version)
    page = page_of(owner, product)
    assert "beside what buyers read now" not in page and ">Approved</span>" in page


def test_what_is_new_has_nothing_to_be_compared_with(owner, draft):
    assert "It was never submitted." in page_of(owner, draft)
    assert "/reviews/" not in text(owner.get(f"/products/{draft.pk}/")).split('id="product-form"')[0].split("<h1")[1]
    submitted(draft)
    assert "It has never been on the market" in page_of(owner, draft)


def test_another_shop_finds_nothing_there(draft):
    change = submitted(draft)
    send_change_back(by=OPERATOR, change_id=change.pk, seen_version=change.version, reason="Too dark.")
    other = at("trail.seller.market.localhost", User.objects.get(email="owner-b@market.localhost"))
    answer = other.get(f"/products/{draft.pk}/reviews/")
    assert answer.status_code == 404 and "Too dark." not in answer.content.decode()


def test_twenty_stand_there_and_the_page_asks_no_more_for_them_than_for_one(owner, draft):
    change = submitted(draft)
    send_change_back(by=OPERATOR, change_id=change.pk, seen_version=change.version, reason="Number 0.")
    page_of(owner, draft)
    with CaptureQueriesContext(connection) as one:
        page_of(owner, draft)
    change.refresh_from_db()
    ProductChange.objects.bulk_create(
        [
            ProductChange(
                merchant_id=A,
                product_id=draft.pk,
                version=1,
                is_new=True,
                proposed=change.proposed,
                currency="CNY",
                submitted_by="x",
                status="sent_back",
                reason=f"Number {n}.",
                decided_at=change.decided_at,
            )
            for n in range(1, 25)
        ]
    )
    with CaptureQueriesContext(connection) as many:
        page = page_of(owner, draft)
    assert page.count("<b>Reason</b>") == 20 and "the newest 20 of 25" in page and "Number 24." in page and "Number 0." not in page
    assert len(many) <= len(one) + 1, "and one that counts them"


@pytest.fixture
def console():
    return at("ops.market.localhost", User.objects.get(email="operator@market.localhost"))


@pytest.fixture
def cups_of_a_colour() -> Product:
    """On sale in white and blue; its variants stay, and are then told apart by a size too, but for blue, which goes, and jade, which comes."""
    category = cups()
    colour, size = (Attribute.objects.get(code=code).pk for code in ("colour", "size"))
    white, blue, jade, small = (AttributeValue.objects.get(code=code).pk for code in ("white", "blue", "jade", "s"))
    first, second = VariantInput(sku="W", options={colour: white}), VariantInput(sku="B", options={colour: blue})
    wanted = ProductInput(
        category_id=category.pk, titles={"en": "Cup", "zh-hans": "杯"}, axes=[colour], variants=[first, second], pictures=[("demo/mug.webp", {})]
    )
    prices = {first.id: (make.yuan("80"), None), second.id: (make.yuan("90"), None)}
    with merchant_schema(A):
        row = save_product(by=OWNER, product_id=uuid4(), is_new=True, product=wanted, prices=prices, stock={first.id: 7, second.id: 8}, submits=False)
        publish_product(by=SYSTEM, product_id=row.pk)
        wanted.axes = [colour, size]
        third = VariantInput(sku="J", options={colour: jade, size: small})
        wanted.variants = [VariantInput(sku="W", options={colour: white, size: small}, id=first.id), third]
        return save_product(
            by=OWNER,
            product_id=row.pk,
            is_new=False,
            product=wanted,
            prices={first.id: prices[first.id], third.id: (make.yuan("70"), None)},
            stock={third.id: 3},
        )


def test_whoever_reviews_reads_which_variants_come_go_and_are_told_apart_otherwise(cups_of_a_colour, console, owner):
    change = ProductChange.objects.get(product_id=cups_of_a_colour.pk, status="waiting")
    pages = [text(console.get("/reviews/many/")), text(console.get(f"/reviews/{change.pk}/")), page_of(owner, cups_of_a_colour)]
    for page in pages:
        assert "New variants:</span> jade / S" in page and "No longer sold:</span> blue" in page
        assert "white → white / S" in page and "No field changed" not in page
    assert "Only variants changed" in pages[1]


def test_of_a_new_product_the_page_of_many_says_what_each_variant_costs(draft, console):
    submitted(draft)
    page = text(console.get("/reviews/many/"))
    sku = ProductChange.objects.get(product_id=draft.pk).proposed["variants"][0]["sku"]
    assert f"{sku} · " in page and "100" in page and "10 pieces" in page


def test_every_submission_of_a_product_is_reached_from_its_pages(draft, console):
    other = make.a_product("a", title="Bowl", on_sale=False)
    for n in range(7):
        change = submitted(draft)
        send_change_back(by=OPERATOR, change_id=change.pk, seen_version=change.version, reason=f"Number {n}.")
    last, waiting = submitted(draft), submitted(other)
    page = text(console.get(f"/reviews/{last.pk}/"))
    link = f"/reviews/?product={draft.pk}"
    assert link in page and "It was sent back 7 times before." in page and "Number 1." not in page
    found = text(console.get(link))
    assert all(f"Number {n}." in found for n in range(7)) and "Bowl" not in found
    assert link not in text(console.get(f"/reviews/{waiting.pk}/")), "what was submitted once has no others"
    approve_change(by=SYSTEM, change_id=last.pk, seen_version=last.version)
    assert link in text(console.get(f"/goods/{draft.pk}/"))


def test_the_queue_is_narrowed_to_new_products_or_edits_and_by_day(draft, console):
    submitted(draft)
    product = make.a_product("a", title="Bowl")
    edited(product, "Bowl with a foot")

    def rows(query: str) -> list[str]:
        return [row.proposed["titles"]["en"] for row in console.get(f"/reviews/?{query}").context["page"].rows]

    assert rows("kind=True") == ["Mug"] and rows("kind=False") == ["Bowl with a foot"]
    assert sorted(rows("since=2020-01-01")) == ["Bowl with a foot", "Mug"] and rows("until=2020-01-01") == []
