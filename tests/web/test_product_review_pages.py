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
from marketplace.platform.listings.models import Listing, ProductChange
from marketplace.platform.taxonomy.models import Attribute, AttributeValue
from marketplace.web.cases import Fact
from marketplace.web.operator.findings import marked_descriptions
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


def described(product: Product, text: str) -> ProductChange:
    """An edit that waits: another description."""
    with merchant_schema(A):
        product.refresh_from_db()
        save(product, title=product.titles["en"], descriptions={"en": text})
    return ProductChange.objects.get(product_id=product.pk, status="waiting")


def test_of_a_long_description_the_words_that_differ_are_marked_wherever_they_stand(owner, console):
    product = make.a_product("a", title="Mug")
    told = "".join(f"<p>Part {n} is turned by hand. It is glazed in blue, number {n}.</p>" for n in range(300))
    change = described(product, told)
    approve_change(by=SYSTEM, change_id=change.pk, seen_version=change.version)
    change = described(product, told.replace("blue, number 280", "green, number 280"))
    for page in (text(console.get(f"/reviews/{change.pk}/")), text(console.get("/reviews/many/")), page_of(owner, product)):
        assert page.count("<del>blue</del>") == page.count("<ins>green</ins>") == 1 and page.count("<ins>") == 1
        assert page.count("With headings, lists and pictures") == 2, "and as buyers would see it, on both sides"


def test_a_description_that_says_the_same_in_another_form_is_shown_as_buyers_see_it(console):
    product = make.a_product("a", title="Mug")
    change = described(product, "<p>For tea.</p>")
    approve_change(by=SYSTEM, change_id=change.pk, seen_version=change.version)
    change = described(product, "<p><strong>For tea.</strong></p>")
    page = text(console.get(f"/reviews/{change.pk}/"))
    assert "<strong>For tea.</strong>" in page and "<ins>" not in page and "With headings" not in page


def test_what_differs_between_descriptions_is_found_by_the_sentence_and_then_by_the_word():
    told = "<h3>杯</h3><p>手工拉坯。配茶盘。</p><ul><li>One &amp; two.</li></ul>"
    left, right = marked_descriptions(told, told.replace("茶", "木"))
    assert "".join(piece.text for piece in right) == "杯\n手工拉坯。配木盘。\nOne & two."
    assert [piece.text for piece in left if piece.kind == "gone"] == ["茶"] and [piece.text for piece in right if piece.kind == "new"] == ["木"]
    other = " ".join(f"word{n}" for n in range(500))
    assert [piece.kind for piece in marked_descriptions("<p>Short.</p>", f"<p>{other}</p>")[1]] == ["new"], "what is another all through is new as a whole"
    assert marked_descriptions("", "<p>New.</p>")[0] == []


def test_rows_and_pictures_say_which_of_them_are_gone_new_or_changed(console):
    rows = Fact("attributes", ["Care: By hand", "Size: L"], ["Care: By hand", "Size: S"], "rows")
    assert [(piece.kind, piece.text) for piece in rows.before] == [("same", "Care: By hand\n"), ("gone", "Size: S")]
    assert [piece.kind for piece in rows.after] == ["same", "new"]
    product = make.a_product("a", title="Mug")
    edited(product, "Mug with a lid")
    change = ProductChange.objects.get(product_id=product.pk, status="waiting")
    pages = (f"/reviews/{change.pk}/", "/reviews/many/")
    proposed = change.proposed
    (picture,) = proposed["pictures"]
    proposed["pictures"] = [{**picture, "alt": {"en": "From above"}}, {"key": "demo/bowl.webp", "alt": {}}]
    ProductChange.objects.filter(pk=change.pk).update(proposed=proposed)
    for path in pages:
        page = text(console.get(path))
        assert page.count(">changed</span>") == 2 and page.count(">new</span>") == 1 and "taken out</span>" not in page
    proposed["pictures"] = proposed["pictures"][1:]
    ProductChange.objects.filter(pk=change.pk).update(proposed=proposed)
    for path in pages:
        assert text(console.get(path)).count("taken out</span>") == 1
    first, second = ({"key": key, "said": []} for key in ("a", "b"))
    assert Fact("pictures", [second, first], [first, second], "pictures").is_order_alone
    assert not Fact("pictures", [second], [first, second], "pictures").is_order_alone


def test_the_page_of_many_says_how_often_one_was_sent_back_and_asks_no_remark_on_what_is_as_it_was(draft, console):
    change = submitted(draft)
    send_change_back(by=OPERATOR, change_id=change.pk, seen_version=change.version, reason="Too dark.")
    submitted(draft)
    page = text(console.get("/reviews/many/"))
    assert "It was sent back 1 time before." in page and page.count("data-remarks") == 1
    withdrawn = ProductChange.objects.get(product_id=draft.pk, status="waiting")
    approve_change(by=SYSTEM, change_id=withdrawn.pk, seen_version=withdrawn.version)
    edited(draft, "Mug with a lid")
    change = ProductChange.objects.get(product_id=draft.pk, status="waiting")
    live = Listing.objects.get(pk=draft.pk)
    ProductChange.objects.filter(pk=change.pk).update(proposed={**change.proposed, "titles": live.titles})
    page = text(console.get("/reviews/many/"))
    assert "No field changed" in page and "data-remarks" not in page


def test_on_the_page_of_many_what_a_colleague_decided_meanwhile_is_told_by_name(draft, console):
    change = submitted(draft)
    form = {"chosen": [change.pk], f"decision_{change.pk.hex}": "send_back", f"reason_{change.pk.hex}": "Too dark.", f"seen_{change.pk.hex}": change.version}
    approve_change(by=SYSTEM, change_id=change.pk, seen_version=change.version)
    answer = console.post("/reviews/many/decide/", form, follow=True)
    assert answer.status_code == 200, "and no empty page of refusals"
    assert "“Mug” no longer waits: it was decided or taken back meanwhile." in text(answer)
