"""Pages of prices in the workbench: planning for many at once, the history of a product, price lists by pasted lines and by file."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from marketplace.flows.prices import set_prices
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.merchant.catalogue.models import Variant
from marketplace.merchant.pricing.models import CustomerGroup, Price, PriceList, Reduction
from tenants.accounts.actions import give_role
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.architecture.price_forms import a_list, a_reduction, moment
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]


def at_work(user: User) -> Client:
    client = Client(headers={"host": "kiln.seller.market.localhost", "accept-language": "en"})
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


@pytest.fixture
def owner() -> Client:
    return at_work(User.objects.get(email="owner-a@market.localhost"))


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:2000]
    return " ".join(answer.content.decode().split())


def form(**more: Any) -> dict[str, Any]:
    return {"reduction_id": uuid4(), "name": "Spring", "starts_at": moment(3), "ends_at": moment(9), "then": "plan", **more}


def test_a_percentage_works_out_prices_that_can_be_changed_before_they_are_planned(owner):
    mugs = [make.a_product("a", title=f"Mug {n}", price="99.90") for n in range(2)]
    other = make.a_product("a", title="Plate", price="99.90")
    page = text(owner.post("/reductions/new/", form(q="Mug", percent="15", then="fill")))
    assert page.count('value="84.92"') == 2
    fields = [f"price_{make.variant_of(mug).hex}" for mug in mugs]
    answer = owner.post("/reductions/new/", form(q="Mug", percent="15", **{fields[0]: "84.92", fields[1]: ""}))
    assert answer.status_code == 302
    with merchant_schema(A):
        (line,) = Reduction.objects.get().lines.all()
        assert line.sale == make.yuan("84.92") and not Price.objects.filter(variant__product=other, is_reduction=True).exists()


def test_everything_that_is_found_is_reduced_at_once(owner):
    for n in range(3):
        make.a_product("a", title=f"Mug {n}", price="100")
    make.a_product("a", title="Plate", price="100")
    assert owner.post("/reductions/new/", form(q="Mug", percent="20", take="all")).status_code == 302
    with merchant_schema(A):
        row = Reduction.objects.get()
        assert {line.sale_minor for line in row.lines.all()} == {8000} and row.lines.count() == 3 and row.percent == 20


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ({"price": "twelve"}, "is not an amount"),
        ({"price": "100"}, "would be no reduction"),
        ({"price": "80", "ends_at": moment(1)}, "It ends after it begins"),
        ({"price": ""}, "Choose at least one variant"),
        ({"price": "80", "percent": "100"}, "more than 0, less than 100"),
        ({"price": "80", "name": ""}, "This field is required"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_planned(owner, written, told):
    key = make.variant_of(make.a_product("a", title="Mug", price="100"))
    said = {f"price_{key.hex}": written.pop("price"), **written}
    page = text(owner.post("/reductions/new/", form(q="Mug", **said)), 422)
    assert told in page
    with merchant_schema(A):
        assert not Reduction.objects.exists()


def test_a_reduction_is_changed_ended_and_taken_up_again_on_its_page(owner):
    key = a_reduction(days=3)
    assert "Call it off" in text(owner.get(f"/reductions/{key}/"))
    assert owner.post(f"/reductions/{key}/", form(name="Summer")).status_code == 302
    assert owner.post(f"/reductions/{key}/stop/").status_code == 302
    assert "Take it up again" in text(owner.get(f"/reductions/{key}/"))
    assert owner.post(f"/reductions/{key}/resume/").status_code == 302
    assert "Summer" in text(owner.get("/reductions/?show=planned"))


def test_what_will_not_be_called_a_reduction_says_so_before_it_is_planned(owner):
    with clock.shifted(-timedelta(days=40)):
        old = make.a_product("a", title="Mug old", price="100")
    new = make.a_product("a", title="Mug new", price="100")
    fields = {f"price_{make.variant_of(product).hex}": "80" for product in (old, new)}
    page = text(owner.post("/reductions/new/", form(starts_at="", q="Mug", then="find", **fields)))
    row_of = {title: next(row for row in page.split("</tr>") if title in row) for title in ("Mug old", "Mug new")}
    assert "not called a reduction" in row_of["Mug new"] and "not called a reduction" not in row_of["Mug old"]
    page = text(owner.post("/reductions/new/", form(q="Mug", then="find", **dict.fromkeys(fields, ""))))
    assert "not called a reduction" not in page.split("<tbody")[1].split("</tbody>")[0]


def test_one_that_begins_later_is_judged_by_the_thirty_days_before_it_begins(owner):
    with clock.shifted(-timedelta(days=40)):
        old = make.a_product("a", title="Mug old", price="100")
    new = make.a_product("a", title="Mug new", price="100")
    keys = {"old": make.variant_of(old), "new": make.variant_of(new)}
    cheap = form(starts_at="", ends_at=moment(20), name="Sale", **{f"price_{keys['old'].hex}": "70"})
    assert owner.post("/reductions/new/", cheap | {"q": "Mug old"}).status_code == 302
    fields = {f"price_{keys['old'].hex}": "80", f"price_{keys['new'].hex}": "80"}
    page = text(owner.post("/reductions/new/", form(starts_at=moment(40), ends_at=moment(50), q="Mug", then="find", **fields)))
    row_of = {title: next(row for row in page.split("</tr>") if title in row) for title in ("Mug old", "Mug new")}
    assert "not called a reduction" not in row_of["Mug new"], "it will have been offered for more than a day by then"
    assert "100.00" in row_of["Mug new"] and "70.00" in row_of["Mug old"] and "not called a reduction" in row_of["Mug old"]


def test_a_regular_price_that_passes_below_a_reduction_is_said_on_its_page(owner):
    with clock.shifted(-timedelta(days=40)):
        mug = make.a_product("a", title="Mug", price="100")
    key = make.variant_of(mug)
    assert owner.post("/reductions/new/", form(starts_at="", q="Mug", **{f"price_{key.hex}": "80"})).status_code == 302
    with merchant_schema(A):
        row = Reduction.objects.get()
    assert "Not above it" not in text(owner.get(f"/reductions/{row.pk}/"))
    with merchant_schema(A):
        set_prices(by=SYSTEM, prices={key: (make.yuan("75"), None)})
    assert "Not above it: buyers pay the regular price" in text(owner.get(f"/reductions/{row.pk}/"))
    assert owner.post(f"/reductions/{row.pk}/stop/").status_code == 302
    assert "Not above it" not in text(owner.get(f"/reductions/{row.pk}/"))


def test_the_page_of_a_products_prices_shows_what_was_what_is_and_what_comes(owner):
    product = make.a_product("a", title="Mug", price="100", market_price="150")
    key = make.variant_of(product)
    assert owner.post(f"/products/{product.pk}/prices/", {"starts_at": moment(3), f"price_{key.hex}": "120"}).status_code == 302
    page = text(owner.get(f"/products/{product.pk}/prices/"))
    assert page.count("<line ") >= 4 and "CN¥120.00" in page and "CN¥150.00" in page
    with merchant_schema(A):
        planned = Price.objects.get(sale_minor=12000)
        assert planned.market_minor == 15000
    assert owner.post(f"/products/{product.pk}/prices/{planned.pk}/call-off/").status_code == 302
    assert owner.post(f"/products/{product.pk}/prices/{planned.pk}/call-off/").status_code == 404


def test_who_may_only_look_sees_no_form_and_changes_nothing(owner):
    key, product = a_reduction(), make.a_product("a", title="Mug")
    clerk = make.a_buyer()
    give_role(by=SYSTEM, user_id=clerk.pk, role="supplier", merchant_id=A)
    clerk = at_work(clerk)
    for path in (f"/reductions/{key}/", f"/products/{product.pk}/prices/"):
        page = text(clerk.get(path))
        assert 'class="btn btn-primary"' not in page, path
    assert clerk.post(f"/reductions/{key}/stop/").status_code == 403
    assert clerk.get("/price-lists/").status_code == clerk.get(f"/price-lists/{a_list()}/").status_code == 403


def sku_of(product: Any) -> str:
    with merchant_schema(A):
        return str(Variant.objects.get(product=product).sku)


def test_a_list_is_filled_by_pasted_lines_and_by_a_file_and_emptied_by_its_table(owner):
    key, product = a_list(), make.a_product("a", title="Mug")
    sku = sku_of(product)
    assert owner.post(f"/price-lists/{key}/prices/", {"lines": f"SKU\tquantity\tprice\n{sku}\t10\t90\n{sku}\t50\t80.5"}).status_code == 302
    sheet = SimpleUploadedFile("prices.csv", f"货号,数量,价格\r\n{sku},100,70\r\n".encode("gb18030"))
    assert owner.post(f"/price-lists/{key}/prices/", {"file": sheet}).status_code == 302
    with merchant_schema(A):
        entries = {entry.from_quantity: entry for entry in PriceList.objects.get(pk=key).prices.filter(ends_at=None)}
        assert {n: entry.sale_minor for n, entry in entries.items()} == {10: 9000, 50: 8050, 100: 7000}
    written = {f"entry_{entry.pk.hex}": "" if n == 100 else str(entry.sale.decimal) for n, entry in entries.items()}
    assert owner.post(f"/price-lists/{key}/prices/", written).status_code == 302
    assert "From 50 pieces" in Client(headers={"host": "market.localhost", "accept-language": "en"}).get(f"/p/{product.pk}/").content.decode()
    with merchant_schema(A):
        assert PriceList.objects.get(pk=key).prices.filter(ends_at=None).count() == 2


def test_wrong_lines_are_named_and_none_of_them_is_taken(owner):
    key, sku = a_list(), sku_of(make.a_product("a", title="Mug"))
    page = text(owner.post(f"/price-lists/{key}/prices/", {"lines": f"{sku},10,90\nNOTHING,1,5\n{sku},many,5\n{sku},1,cheap\n{sku}"}), 422)
    assert all(f"Line {n}:" in page for n in (2, 3, 4, 5)) and "Line 1:" not in page
    with merchant_schema(A):
        assert not Price.objects.filter(price_list=key).exists()
    for data, why in ((b"\xff\xfe\x00\x81" * 9, "no text file"), (f"{sku},1,\x005".encode(), "no text file"), (b"x" * 200_000, "Line 1:")):
        assert why in text(owner.post(f"/price-lists/{key}/prices/", {"file": SimpleUploadedFile("prices.csv", data)}), 422)


def test_one_piece_on_a_list_for_everybody_is_refused_in_lines_in_files_and_in_its_head(owner):
    product = make.a_product("a", title="Mug", price="100")
    key, sku = a_list(), sku_of(product)
    says = "For everybody, prices on a list begin at 2 pieces"
    assert "From 2 pieces on" in text(owner.get(f"/price-lists/{key}/"))
    assert f"Line 2: {says}" in text(owner.post(f"/price-lists/{key}/prices/", {"lines": f"{sku},2,90\n{sku},95"}), 422)
    sheet = SimpleUploadedFile("prices.csv", f"SKU,quantity,price\n{sku},1,95\n".encode())
    assert f"Line 2: {says}" in text(owner.post(f"/price-lists/{key}/prices/", {"file": sheet}), 422)
    with merchant_schema(A):
        assert not Price.objects.filter(price_list=key).exists()
    assert owner.post("/price-lists/groups/", {"group_id": uuid4(), "name": "Trade", "tags": "wholesale"}).status_code == 302
    with merchant_schema(A):
        head = {"list_id": key, "name": "Trade", "group": str(CustomerGroup.objects.get().pk)}
    assert owner.post(f"/price-lists/{key}/", head).status_code == 302
    assert owner.post(f"/price-lists/{key}/prices/", {"lines": f"{sku},95"}).status_code == 302
    page = text(owner.post(f"/price-lists/{key}/", head | {"group": ""}), 422)
    assert says in page and f"stand on it from 1 piece: {sku}." in page


def test_a_price_of_one_piece_from_before_is_marked_and_its_table_can_be_saved_around_it(owner):
    product = make.a_product("a", title="Mug", price="100")
    key, sku = a_list(), sku_of(product)
    assert owner.post(f"/price-lists/{key}/prices/", {"lines": f"{sku},10,80"}).status_code == 302
    with merchant_schema(A):
        old = Price.objects.create(variant_id=make.variant_of(product), price_list_id=key, currency="CNY", sale_minor=9500)
        ten = Price.objects.get(price_list=key, from_quantity=10)
    assert "can only be taken off" in text(owner.get(f"/price-lists/{key}/"))
    fields = {f"entry_{old.pk.hex}": "95.00", f"entry_{ten.pk.hex}": "75"}
    assert owner.post(f"/price-lists/{key}/prices/", fields).status_code == 302
    assert owner.post(f"/price-lists/{key}/prices/", {"lines": f"{sku},1,95\n{sku},10,74"}).status_code == 302, "a sheet that repeats it"
    assert owner.post(f"/price-lists/{key}/prices/", {"lines": f"{sku},10,75"}).status_code == 302
    page = text(owner.post(f"/price-lists/{key}/prices/", fields | {f"entry_{old.pk.hex}": "94"}), 422)
    assert f"{sku}: For everybody, prices on a list begin at 2 pieces" in page
    assert owner.post(f"/price-lists/{key}/prices/", {f"entry_{old.pk.hex}": ""}).status_code == 302
    with merchant_schema(A):
        assert list(Price.objects.filter(price_list=key, ends_at=None).values_list("from_quantity", "sale_minor")) == [(10, 7500)]


def test_groups_are_made_and_lists_are_put_in_order(owner):
    answer = owner.post("/price-lists/groups/", {"group_id": uuid4(), "name": "Trade", "tags": "wholesale，big"})
    assert answer.status_code == 302
    first, second = a_list(), a_list()
    assert owner.post(f"/price-lists/{second}/move/").status_code == 302
    page = text(owner.get("/price-lists/"))
    assert page.index(str(second)) < page.index(str(first)) and "wholesale" in page and "big" in page
    assert "There is a “Trade” already" in text(owner.post("/price-lists/groups/", {"group_id": uuid4(), "name": "Trade", "tags": "x"}), 422)
    assert owner.post(f"/price-lists/{first}/switch/", {"on": "0"}).status_code == 302
