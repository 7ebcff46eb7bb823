"""The workbench's pages of stock: a blind count hides, files are read whoever wrote them, a split order says where it was packed."""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from marketplace.flows.publish_product import publish_product
from marketplace.flows.review_product import submit_product
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.inventory.actions import count_stock
from marketplace.merchant.inventory.models import Reservation, StockLevel, StockLocation, StockMovement, Stocktake
from marketplace.merchant.inventory.moves import send_transfer
from marketplace.merchant.inventory.places import Place, open_location
from marketplace.merchant.inventory.queries import available_of
from marketplace.merchant.inventory.restocking import order_restock
from marketplace.merchant.inventory.stocktakes import begin_stocktake, count_lines
from marketplace.merchant.pricing.actions import set_prices
from marketplace.platform.listings.models import ProductChange
from marketplace.web.seller.stock.reading import text_of
from tenants.accounts.actions import give_role
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.flows.virtual import a_card

A, HOST = MERCHANTS["a"], "kiln.seller.market.localhost"


@pytest.fixture
def owner(db) -> Client:
    client = Client(headers={"host": HOST, "accept-language": "en"})
    client.force_login(User.objects.get(email="owner-a@market.localhost"), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def an_article(stock: int = 7) -> tuple[Any, StockLevel]:
    product = make.a_product("a", stock=stock)
    with merchant_schema(A):
        return product, StockLevel.objects.select_related("variant").get(variant__product=product)


def a_stocktake(level: StockLevel, **more: Any) -> str:
    with merchant_schema(A):
        row = begin_stocktake(by=SYSTEM, stocktake_id=uuid4(), location_id=level.location_id, scope="chosen", variant_ids=[level.variant_id], **more)
        return str(row.number)


def test_who_counts_blind_is_told_no_figure_until_it_is_handed_in(owner):
    _product, level = an_article(stock=7431)
    number = a_stocktake(level, is_blind=True)
    for path in (f"/stocktakes/{number}/", f"/stocktakes/{number}/sheet/"):
        page = owner.get(path).content.decode()
        assert level.variant.sku in page and "7,431" not in page and "Should be there" not in page
    owner.post(f"/stocktakes/{number}/count/", {"row": level.variant_id, f"counted_{level.variant_id.hex}": "7430"})
    assert "−1" not in owner.get(f"/stocktakes/{number}/").content.decode()
    owner.post(f"/stocktakes/{number}/step/", {"then": "hand_in"})
    page = owner.get(f"/stocktakes/{number}/").content.decode()
    assert "7,431" in page and "−1" in page and "You counted this yourself" in page
    seen = owner.get(f"/stocktakes/{a_stocktake(level)}/").content.decode()
    assert "7,431" in seen, "the control: who does not count blind sees it"


def test_what_was_counted_is_taken_along_beside_what_should_be_there(owner):
    _product, level = an_article(stock=7431)
    other = an_article(stock=5)[1]
    with merchant_schema(A):
        variants = [level.variant_id, other.variant_id]
        row = begin_stocktake(by=SYSTEM, stocktake_id=uuid4(), location_id=level.location_id, scope="chosen", variant_ids=variants, is_blind=True)
        count_lines(by=SYSTEM, number=row.number, counted={level.variant_id: 7430, other.variant_id: 5})

    def lines(query: str = "") -> list[list[str]]:
        answer = owner.get(f"/stocktakes/{row.number}/file/{query}")
        assert answer.headers["Content-Disposition"] == f'attachment; filename="stocktake-{row.number}.csv"'
        return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))

    for query in ("", "?show=differences"):
        head, *blind = lines(query)
        assert "Should be there" not in head and "Difference" not in head and len(blind) == 2, "nor is told which of them differ"
        assert {line[head.index("Counted")] for line in blind} == {"7430", "5"}
    assert owner.get(f"/stocktakes/{row.number}/?show=differences").content.decode().count('name="row"') == 2
    owner.post(f"/stocktakes/{row.number}/step/", {"then": "hand_in"})
    head, *found = lines("?show=differences")
    (line,) = found
    told = dict(zip(head, line, strict=True))
    assert (told["SKU"], told["Should be there"], told["Counted"], told["Difference"]) == (level.variant.sku, "7431", "7430", "-1")
    assert len(lines()) == 3 and f"/stocktakes/{row.number}/file/" in owner.get(f"/stocktakes/{row.number}/").content.decode()
    assert AuditEvent.objects.filter(action="list.exported", subject_id="stocktake", after__rows=1).count() == 1


def test_a_file_of_counts_is_taken_whole_or_not_at_all(owner):
    _product, level = an_article()
    number, sku = a_stocktake(level), level.variant.sku
    wrong = SimpleUploadedFile("a.csv", f"货号;数量\n{sku};9\nnothing like it;3\n".encode("gb18030"))
    answer = owner.post(f"/stocktakes/{number}/upload/", {"file": wrong})
    assert answer.status_code == 422 and "Line 3: no variant has the SKU “nothing like it”." in answer.content.decode()
    with merchant_schema(A):
        assert not Stocktake.objects.get(number=number).lines.filter(counted__isnull=False).exists()
    right = SimpleUploadedFile("a.csv", f"货号;名称;数量\n{sku};杯子;9\n".encode("gb18030"))
    assert owner.post(f"/stocktakes/{number}/upload/", {"file": right}).status_code == 302
    with merchant_schema(A):
        assert Stocktake.objects.get(number=number).lines.get().counted == 9


def test_a_file_with_the_same_number_counts_anew_and_says_when(owner):
    _product, level = an_article()
    number = a_stocktake(level)
    for _time in range(2):
        assert owner.post(f"/stocktakes/{number}/upload/", {"lines": f"{level.variant.sku} 7"}).status_code == 302
    with merchant_schema(A):
        first, second = AuditEvent.objects.filter(action="stocktake.counted", subject_id=number).order_by("pk")
        assert Stocktake.objects.get(number=number).lines.get().counted_at > first.at
        assert (first.before, second.before) == ({str(level.variant_id): None}, {str(level.variant_id): 7})


@pytest.mark.parametrize(("language", "said"), [("en", "Codes loaded"), ("zh-hans", "导入卡密")])
def test_the_ledger_says_in_the_readers_language_that_codes_were_loaded(owner, language, said):
    card, headers = a_card(2), {"accept-language": language}
    sent = {"do": "export", "job_id": uuid4(), "format": "csv", "query": "", "head": list(range(11))}
    job = owner.post("/movements/", sent, headers=headers).url.partition("=")[2]
    deliver_events()
    file = b"".join(owner.get(f"/jobs/{job}/file/", headers=headers).streaming_content)
    pages = [owner.get(path, headers=headers).content for path in ("/movements/", f"/stock/variants/{make.variant_of(card)}/")]
    for shown in (file.decode("utf-8-sig"), *(page.decode() for page in pages)):
        assert said in shown and "codes loaded" not in shown


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_sheet_is_read_whichever_program_wrote_it(encoding, mark):
    lines = [["货号", "数量"], ["MUG 1", "12"], ["", ""], ["杯-2", "0"]]
    data = "\r\n".join(mark.join(line) for line in lines).encode(encoding)
    assert text_of(SimpleUploadedFile("x.csv", data)).split("\n") == ["", "MUG 1 12", "", "杯-2 0"]


def test_a_sheet_of_lines_that_end_as_on_old_macs_is_read():
    assert text_of(SimpleUploadedFile("x.csv", b"SKU;Pieces\rMUG-1;12\rMUG-2;3\r")).split("\n")[1:3] == ["MUG-1 12", "MUG-2 3"]


@pytest.mark.parametrize("data", [b"PK\x03\x04\x00\x00", b"x" * 1_000_001, b"\xff\xfe\x00", b"x" * 200_000, "a\x00b 1".encode("utf-16")])
def test_what_is_no_sheet_is_refused(data):
    with pytest.raises(InvalidInput):
        text_of(SimpleUploadedFile("x.csv", data))


def test_a_split_order_is_packed_where_its_goods_lie(owner):
    product, level = an_article(stock=1)
    with merchant_schema(A):
        store = open_location(by=SYSTEM, location_id=uuid4(), place=Place({"en": "Branch in Wuyuan"}, kind="store", preference=4))
        count_stock(by=SYSTEM, counted={level.variant_id: 2}, location_id=store.pk)
    copy = make.pay(make.a_placed_group(("a", product, 3))).orders.get()
    with merchant_schema(A):
        line = Reservation.objects.filter(order_id=copy.pk).first().line_id
    page = owner.get(f"/orders/{copy.number}/").content.decode()
    assert "Branch in Wuyuan: 2" in page and "Packed at" in page
    parcel = {"package_id": uuid4(), f"line_{line.hex}": "3", "origin": str(store.pk), "carrier": "sf", "tracking_number": "SF12345678", "then": "ship"}
    refused = owner.post(f"/orders/{copy.number}/pack/", parcel)
    assert refused.status_code == 422 and "“Branch in Wuyuan” does not hold so many" in refused.content.decode()
    assert owner.post(f"/orders/{copy.number}/pack/", parcel | {f"line_{line.hex}": "2"}).status_code == 302
    with merchant_schema(A):
        assert StockMovement.objects.get(kind="shipped").level.location_id == store.pk
        assert StockLevel.objects.get(pk=level.pk).on_hand == 1
    assert "Packed at" not in owner.get(f"/orders/{copy.number}/").content.decode(), "what is left lies at one place"


def test_what_a_variant_has_is_said_alike_everywhere(owner):
    _product, level = an_article(stock=3)
    with merchant_schema(A):
        place = StockLocation.objects.get(pk=level.location_id)
        samples = open_location(by=SYSTEM, location_id=uuid4(), place=Place({"en": "Showroom"}, may_ship=False))
        count_stock(by=SYSTEM, counted={level.variant_id: 40}, location_id=samples.pk)
        assert place.sells
    page = owner.get(f"/stock/variants/{level.variant_id}/")
    assert (page.context["on_hand"], page.context["free"]) == (43, 3)
    (row,) = owner.get("/products/").context["page"].rows
    assert row.available == 3
    assert available_of(A, level.variant_id) == 3
    product_id = row.pk
    with merchant_schema(A):
        publish_product(by=SYSTEM, product_id=product_id)
    console = Client(headers={"host": "ops.market.localhost", "accept-language": "en"})
    console.force_login(User.objects.get(email="operator@market.localhost"), backend=settings.AUTHENTICATION_BACKENDS[0])
    (shown,) = console.get(f"/goods/{product_id}/").context["case"].variants
    assert (shown.now.available, shown.now.price) == (3, make.yuan("100"))


@pytest.mark.django_db
def test_a_reviewer_reads_price_and_stock_of_now_beside_those_of_the_submission():
    product = make.a_product("a", title="Bowl", price="100", stock=10, on_sale=False)
    with merchant_schema(A):
        submit_product(by=SYSTEM, product_id=product.pk)
        (variant,) = product.variants.all()
        set_prices(by=SYSTEM, prices={variant.pk: (make.yuan("80"), None)})
        count_stock(by=SYSTEM, counted={variant.pk: 4})
    change = ProductChange.objects.get(product_id=product.pk)
    change.proposed["variants"][0] |= {"price_minor": 10000, "available": 10}  # as they were frozen when it was submitted
    change.save(update_fields=["proposed"])
    console = Client(headers={"host": "ops.market.localhost", "accept-language": "en"})
    console.force_login(User.objects.get(email="operator@market.localhost"), backend=settings.AUTHENTICATION_BACKENDS[0])
    page = console.get(f"/reviews/{change.pk}/")
    (shown,) = page.context["case"].variants
    assert (shown.now.price, shown.now.available, shown.price, shown.available) == (make.yuan("80"), 4, make.yuan("100"), 10)
    assert (shown.is_price_other, shown.is_stock_other, shown.is_market_other) == (True, True, False)
    text = " ".join(page.content.decode().split())
    assert text.count("submitted with") == 2 and "submitted with 10<" in text and "¥80.00" in text


def test_a_products_form_that_was_open_while_goods_left_does_not_bring_them_back(owner):
    product, level = an_article(stock=10)
    sent = {"product_id": product.pk, "title_en": "Mug", "category": product.category_id, "sku_0": level.variant.sku, "price_0": "10", "then": "save"}
    shown = owner.get(f"/products/{product.pk}/").content.decode()
    assert 'name="stock_was_0" value="10"' in shown
    with merchant_schema(A):
        count_stock(by=SYSTEM, counted={level.variant_id: 8})
    for typed, left in (("10", 8), ("12", 12)):
        assert owner.post(f"/products/{product.pk}/", {**sent, "stock_0": typed, "stock_was_0": "10"}).status_code == 302
        with merchant_schema(A):
            assert StockLevel.objects.get(pk=level.pk).on_hand == left


def a_colleague(role: str) -> Client:
    person = make.a_buyer()
    give_role(by=SYSTEM, user_id=person.pk, role=role, merchant_id=A)
    client = Client(headers={"host": HOST, "accept-language": "en"})
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def counted_and_handed_in(client: Client, level: StockLevel) -> str:
    number = a_stocktake(level)
    client.post(f"/stocktakes/{number}/count/", {"row": level.variant_id, f"counted_{level.variant_id.hex}": "6"})
    client.post(f"/stocktakes/{number}/step/", {"then": "hand_in"})
    return number


def test_who_keeps_the_stock_counts_and_changes_no_product(owner):
    product, level = an_article(stock=7)
    keeper = a_colleague("stock_keeper")
    counted_and_handed_in(keeper, level)
    with merchant_schema(A):
        assert Stocktake.objects.get().status == Stocktake.Status.WAITING
    assert keeper.get(f"/products/{product.pk}/").status_code == 200
    assert keeper.post(f"/products/{product.pk}/", {"title_en": "Mine"}).status_code == 403
    clerk = a_colleague("price_clerk")
    assert clerk.get("/stocktakes/").status_code == 200 and clerk.get("/stocktakes/new/").status_code == 403


def test_a_count_waits_for_somebody_else_and_for_oneself_only_where_nobody_else_could(owner):
    _product, level = an_article(stock=7)
    to_approve = "/stocktakes/?show=waiting"
    counted_and_handed_in(owner, level)
    assert to_approve in owner.get("/").content.decode(), "nobody else may approve it"
    keeper = a_colleague("stock_keeper")
    assert to_approve not in owner.get("/").content.decode() and to_approve in keeper.get("/").content.decode()


def test_goods_that_come_to_a_place_that_ships_nothing_are_not_said_to_be_for_sale(owner):
    _product, level = an_article(stock=7)
    with merchant_schema(A):
        cellar = open_location(by=SYSTEM, location_id=uuid4(), place=Place({"en": "Cellar"}, may_ship=False))
        main = StockLocation.objects.get(is_default=True)
        ordered = [order_restock(by=SYSTEM, restock_id=uuid4(), location_id=at.pk, pieces={level.variant_id: 2}).number for at in (main, cellar)]
        sent = send_transfer(by=SYSTEM, transfer_id=uuid4(), source_id=main.pk, target_id=cellar.pk, pieces={level.variant_id: 1}).number
    came = {"row": level.variant_id, f"came_{level.variant_id.hex}": "2", f"arrived_{level.variant_id.hex}": "1"}
    for number, words in zip(ordered, ["Received: it can be sold.", "Received: it lies at “Cellar”, from where nothing is shipped."], strict=True):
        assert words in owner.post(f"/restocks/{number}/receive/", {**came, "receipt_id": uuid4()}, follow=True).content.decode()
    page = owner.post(f"/transfers/{sent}/end/", came, follow=True).content.decode()
    assert "Arrived: they lie at “Cellar”" in page
