"""What others enter while a form is open is neither lost nor put back when the form is sent."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from marketplace.flows.library import cut_picture
from marketplace.flows.prices import change_reduction, plan_reduction, schedule_prices
from marketplace.flows.review_rules import review_rules, set_review_rules
from marketplace.flows.size_tables import save_size_table
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.models import AuditEvent
from marketplace.merchant.catalogue.models import Product, SizeTable
from marketplace.merchant.inventory.models import StockLevel, Stocktake
from marketplace.merchant.inventory.restocking import set_safety
from marketplace.merchant.media.actions import keep_picture
from marketplace.merchant.pricing.models import Price
from marketplace.merchant.pricing.periods import in_force
from marketplace.platform.taxonomy.attributes import describe_by_hand, keep_attribute, keep_value
from marketplace.platform.taxonomy.models import AttributeValue, CategoryAttribute
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.web.test_product_texts import a_table
from tests.web.test_stock_pages import a_stocktake, an_article

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]
FIELD = re.compile(r'<(?:input|textarea)[^>]*?\bname="([^"]+)"[^>]*?\bvalue="([^"]*)"')


def at(host: str, email: str) -> Client:
    client = Client(headers={"host": host, "accept-language": "en"})
    client.force_login(User.objects.get(email=email), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


@pytest.fixture
def owner() -> Client:
    return at("kiln.seller.market.localhost", "owner-a@market.localhost")


def fields_of(client: Client, path: str, *names: str) -> dict[str, str]:
    """What a form holds that a person opens, of the fields whose names begin so."""
    page = client.get(path).content.decode()
    return {name: value for name, value in FIELD.findall(page) if name.startswith(names)}


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


# ── Stock ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_sheet_of_a_stocktake_takes_nothing_back_that_was_scanned_since(owner):
    level = an_article(stock=7)[1]
    number, name = a_stocktake(level), f"counted_{level.variant_id.hex}"

    def counted() -> int | None:
        with merchant_schema(A):
            return Stocktake.objects.get(number=number).lines.get().counted  # type: ignore[no-any-return]

    def save(**typed: str) -> None:
        sent = {**sheet, "row": level.variant_id, **typed}
        assert owner.post(f"/stocktakes/{number}/count/", sent).status_code == 302

    sheet = fields_of(owner, f"/stocktakes/{number}/", "counted_", "shown_")
    assert set(sheet) == {name, f"shown_{level.variant_id.hex}"}
    owner.post(f"/stocktakes/{number}/scan/", {"code": level.variant.sku, "quantity": "5"})
    save()
    assert counted() == 5, "an empty field that was empty is no count"
    save(**{name: "6"})
    assert counted() == 6, "what is typed is one"
    sheet = fields_of(owner, f"/stocktakes/{number}/", "counted_", "shown_")
    wrong = text(owner.post(f"/stocktakes/{number}/count/", {**sheet, "row": level.variant_id, name: "six"}))
    assert 'value="six"' in wrong and f'name="shown_{level.variant_id.hex}" value="6"' in wrong
    save(**{name: ""})
    assert counted() is None, "and what is emptied was not counted after all"


def test_whoever_counts_leaves_the_safety_stock_that_was_set_since(owner):
    level = an_article(stock=7)[1]
    form = fields_of(owner, f"/stock/set/?chosen={level.pk}", "count_", "safety_", "shown_")
    with merchant_schema(A):
        set_safety(by=SYSTEM, level_id=level.pk, safety=4)
    assert owner.post("/stock/set/", {**form, "row": level.pk, f"count_{level.pk.hex}": "9"}).status_code == 302
    with merchant_schema(A):
        level.refresh_from_db()
    assert (level.on_hand, level.safety) == (9, 4)
    for typed, safety in (("3", 3), ("", None)):
        form = fields_of(owner, f"/stock/set/?chosen={level.pk}", "count_", "safety_", "shown_")
        assert owner.post("/stock/set/", {**form, "row": level.pk, f"safety_{level.pk.hex}": typed}).status_code == 302
        with merchant_schema(A):
            assert StockLevel.objects.get(pk=level.pk).safety == safety


# ── Products ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def mug() -> Product:
    return make.a_product("a", title="Mug", price="100", market_price="150", on_sale=False)


def opened(client: Client, product: Product) -> dict[str, Any]:
    """The form of a product as it was opened."""
    names = ("product_id", "seen", "title_", "subtitle_", "source_ref", "sku_", "price_", "market_", "stock_", "weight_", "options_", "shot", "alt_", "place_")
    form: dict[str, Any] = fields_of(client, f"/products/{product.pk}/", *names)
    assert len(form["seen"]) == 32
    return form | {"category": product.category_id, "gallery": "1", "then": "save"}


def now(product: Product) -> Product:
    with merchant_schema(A):
        return Product.objects.get(pk=product.pk)


def test_of_two_people_who_change_a_product_the_second_reads_of_the_first_and_loses_nothing(owner, mug):
    path = f"/products/{mug.pk}/"
    first, second = opened(owner, mug), opened(owner, mug)
    assert owner.post(path, {**first, "title_en": "Mug with a lid"}).status_code == 302
    answer = owner.post(path, {**second, "subtitle_en": "Fired twice"})
    page = text(answer)
    assert answer.status_code == 422 and "Somebody has changed this product since you opened it" in page and f'href="{path}" target="_blank"' in page
    assert 'value="Fired twice"' in page, "what was entered is there"
    assert (now(mug).titles["en"], now(mug).subtitles, now(mug).version) == ("Mug with a lid", {}, 2)
    seen = dict(FIELD.findall(page))["seen"]
    assert owner.post(path, {**second, "subtitle_en": "Fired twice", "seen": seen}).status_code == 302, "who has read so decides"
    assert (now(mug).titles["en"], now(mug).subtitles["en"]) == ("Mug", "Fired twice")


def test_the_same_form_sent_twice_is_saved_and_no_quarrel(owner, mug):
    form = {**opened(owner, mug), "title_en": "Mug with a lid"}
    for _time in range(2):
        assert owner.post(f"/products/{mug.pk}/", form).status_code == 302
    assert now(mug).titles["en"] == "Mug with a lid"


def test_a_picture_that_is_cut_beside_the_open_form_is_no_change_by_others(owner, mug):
    data = BytesIO()
    Image.new("RGB", (200, 100), "teal").save(data, "PNG")
    with merchant_schema(A):
        row = keep_picture(by=SYSTEM, upload=SimpleUploadedFile("teal.png", data.getvalue(), "image/png"), name="teal.png")
        mug.pictures.update(key=row.key)
    form = opened(owner, mug)
    with merchant_schema(A):
        cut_picture(by=SYSTEM, picture_id=row.pk, cut=[0, 0, 100, 100], focus=[500, 500])
        key = mug.pictures.get().key
    assert key != row.key and owner.post(f"/products/{mug.pk}/", {**form, "title_en": "Teal mug"}).status_code == 302
    with merchant_schema(A):
        assert (mug.pictures.get().key, now(mug).titles["en"]) == (key, "Teal mug")


def test_a_price_that_began_while_the_form_was_open_stays(owner, mug):
    form, key = opened(owner, mug), make.variant_of(mug)
    assert (form["price_was_0"], form["market_was_0"]) == ("100.00", "150.00")
    with merchant_schema(A):
        schedule_prices(by=SYSTEM, prices={key: (make.yuan("120"), make.yuan("150"))}, starts_at=clock.now() + timedelta(hours=1))

    def price() -> Price:
        with merchant_schema(A):
            return in_force().get(variant=key)

    with clock.shifted(timedelta(hours=2)):
        assert owner.post(f"/products/{mug.pk}/", {**form, "title_en": "Mug, large"}).status_code == 302
        assert (now(mug).titles["en"], price().sale, price().market) == ("Mug, large", make.yuan("120"), make.yuan("150"))
        form = opened(owner, mug)
        assert owner.post(f"/products/{mug.pk}/", {**form, "price_0": "110"}).status_code == 302
        assert price().sale == make.yuan("110"), "what is typed is a price"
        form = opened(owner, mug)
        assert owner.post(f"/products/{mug.pk}/", {**form, "price_0": "", "discount_0": "20"}).status_code == 302
        assert price().sale == make.yuan("120"), "and so is what follows from a discount"


def test_an_older_form_of_a_size_table_is_refused(owner):
    with merchant_schema(A):
        table = save_size_table(by=SYSTEM, table_id=uuid4(), table=a_table())
    path = f"/size-tables/{table.pk}/"
    form = fields_of(owner, path, "table_id", "seen", "name") | {"unit_0": "cm", "unit_1": "cm", "rows": "M\t98\t68"}
    with merchant_schema(A):
        save_size_table(by=SYSTEM, table_id=table.pk, table=a_table("Long coats"))
    answer = owner.post(path, {**form, "name": "Mine"})
    assert answer.status_code == 422 and "Somebody has changed this size table" in text(answer)
    with merchant_schema(A):
        assert SizeTable.objects.get().name == "Long coats"
    form |= fields_of(owner, path, "seen")
    for _time in range(2):
        assert owner.post(path, {**form, "name": "Mine"}).status_code == 302
    with merchant_schema(A):
        assert SizeTable.objects.get().version == int(form["seen"]) + 1, "what changes nothing makes nobody's form an older one"


def test_a_category_that_went_to_another_size_table_is_not_taken_back_by_an_older_form(owner):
    cups = make.a_category()
    with merchant_schema(A):
        table = save_size_table(by=SYSTEM, table_id=uuid4(), table=a_table(category_ids=[cups.pk]))
    path = f"/size-tables/{table.pk}/"
    form = fields_of(owner, path, "table_id", "seen", "name") | {"unit_0": "cm", "unit_1": "cm", "rows": "M\t98\t68", "categories": str(cups.pk)}
    with merchant_schema(A):
        other = save_size_table(by=SYSTEM, table_id=uuid4(), table=a_table("Other", category_ids=[cups.pk]))
    assert owner.post(path, {**form, "name": "Mine"}).status_code == 422
    with merchant_schema(A):
        assert SizeTable.objects.get(pk=other.pk).category_ids == [cups.pk] and SizeTable.objects.get(pk=table.pk).category_ids == []


def test_the_log_says_which_size_table_lost_a_category_to_another(owner):
    cups, plates = make.a_category("log-cups"), make.a_category("log-plates")
    make.a_product("a", category=cups)
    with merchant_schema(A):
        table = save_size_table(by=SYSTEM, table_id=uuid4(), table=a_table(category_ids=[cups.pk, plates.pk]))
        save_size_table(by=SYSTEM, table_id=uuid4(), table=a_table("Bystander"))
    key = uuid4()
    form = {"table_id": key, "name": "Other", "name_en_0": "Chest", "unit_0": "cm", "rows": "M 98", "categories": str(cups.pk)}
    assert owner.post("/size-tables/new/", form).status_code == 302
    said = {row.subject_id: row for row in AuditEvent.objects.filter(actor_kind="person", action="size_table.saved", merchant_id=A)}
    assert set(said) == {str(table.pk), str(key)}
    lost, won = said[str(table.pk)], said[str(key)]
    assert (lost.before["categories"], lost.after["categories"]) == (sorted([cups.pk, plates.pk]), [plates.pk])
    assert {**lost.before, "categories": []} == {**lost.after, "categories": []} and won.after["categories"] == [cups.pk]
    with merchant_schema(A):
        assert SizeTable.objects.get(pk=table.pk).version == table.version + 1


def test_a_reduction_keeps_what_others_set_where_the_form_changes_something_else(owner):
    mugs = [make.a_product("a", title=f"Mug {n}", price="100") for n in range(3)]
    keys, key = [make.variant_of(row) for row in mugs], uuid4()
    about = {"by": SYSTEM, "reduction_id": key, "name": "Spring", "starts_at": clock.now() + timedelta(hours=1), "ends_at": None}
    with merchant_schema(A):
        row = plan_reduction(**about, prices={one: make.yuan("90") for one in keys})
    form = fields_of(owner, f"/reductions/{key}/", "reduction_id", "name", "starts_at", "price_", "shown_")
    with merchant_schema(A):
        change_reduction(**about, prices={keys[0]: make.yuan("80"), keys[1]: make.yuan("90"), keys[2]: make.yuan("90")})
    sent = {**form, f"price_{keys[1].hex}": "70", f"price_{keys[2].hex}": ""}
    assert owner.post(f"/reductions/{key}/", sent).status_code == 302
    with merchant_schema(A):
        found = {line.variant_id: line.sale.decimal for line in row.lines.all()}
    assert found == {keys[0]: make.yuan("80").decimal, keys[1]: make.yuan("70").decimal}


# ── The console ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_renames_a_value_moves_nothing_that_was_moved_since():
    console = at("ops.market.localhost", "operator@market.localhost")
    size = keep_attribute(by=SYSTEM, attribute_id=None, seen=0, fields={"names": {"zh-hans": "尺码", "en": "Size"}, "kind": "choice"})
    rows = [keep_value(by=SYSTEM, attribute_id=size.pk, value_id=None, names={"zh-hans": name, "en": name}) for name in ("S", "L", "M")]
    path = f"/attributes/{size.pk}/values/{rows[2].pk}/"
    form = fields_of(console, path, "name_", "place", "shown")
    assert (form["place"], form["shown"]) == ("3", "3")
    keep_value(by=SYSTEM, attribute_id=size.pk, value_id=rows[2].pk, names={"zh-hans": "M", "en": "M"}, place=2)

    def order() -> list[str]:
        return [row.names["en"] for row in AttributeValue.objects.filter(attribute=size).order_by("position", "id")]

    assert console.post(path, {**form, "name_en": "Middle"}).status_code == 302
    assert order() == ["S", "Middle", "L"]
    assert console.post(path, {**form, "name_en": "Middle", "place": "1"}).status_code == 302
    assert order() == ["Middle", "S", "L"], "who asks for a place gets it"


def test_an_older_form_of_what_passes_by_itself_takes_nothing_back():
    console = at("ops.market.localhost", "operator@market.localhost")
    numbers = {"most_changed": 10, "shop_days": 90, "clean_days": 90}
    set_review_rules(by=SYSTEM, passes=["titles"], numbers=numbers, why="a trial")
    form = fields_of(console, "/reviews/rules/", "seen") | {"passes": ["titles"], **numbers, "shop_days": 30, "why": "younger shops"}
    set_review_rules(by=SYSTEM, passes=[], numbers=numbers, why="the trial is over")
    answer = console.post("/reviews/rules/", form)
    assert answer.status_code == 422 and "Somebody has changed these rules" in text(answer)
    assert (review_rules().passes, review_rules().shop_days) == ([], 90)
    anew = fields_of(console, "/reviews/rules/", "seen") | {**numbers, "shop_days": 30, "why": "younger shops"}
    for _time in range(2):
        assert console.post("/reviews/rules/", anew).status_code == 302, "the same form sent twice changes nothing"
    assert (review_rules().passes, review_rules().shop_days) == ([], 30)


def test_a_confirmation_takes_nothing_back_that_a_colleague_set_meanwhile():
    console = at("ops.market.localhost", "operator@market.localhost")
    cups = make.a_category()
    size, care = (
        keep_attribute(by=SYSTEM, attribute_id=None, seen=0, fields={"names": {"zh-hans": name, "en": name}, "kind": "text"}) for name in ("Size", "Care")
    )
    describe_by_hand(by=SYSTEM, category_id=cups.pk, seen=cups.version, rows=[(size.pk, False, False), (care.pk, False, False)])
    make.a_product("a", category=cups)
    path = f"/categories/{cups.pk}/attributes/"
    form = fields_of(console, path, "seen", "place_")
    describe_by_hand(by=SYSTEM, category_id=cups.pk, seen=int(form["seen"]), rows=[(size.pk, False, False), (care.pk, True, False)])
    asked = console.post(path, {**form, f"required_{size.pk}": "1"})
    assert asked.status_code == 200 and "Ask for it" in text(asked)
    sure = dict(FIELD.findall(asked.content.decode()))
    answer = console.post(path, {**form, "seen": sure["seen"], f"required_{size.pk}": "1", "sure": "1"})
    assert answer.status_code == 409 and CategoryAttribute.objects.get(category=cups, attribute=care).is_required
