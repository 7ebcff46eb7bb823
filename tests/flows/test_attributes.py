"""What the operator does with attributes, values and brands: goods follow, and nothing takes a product off sale unseen."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from marketplace.flows.brand_rights import ask_for_brand, brands_not_allowed
from marketplace.flows.keep_attributes import goods_without, keep_used_attribute, merge_brands, merge_values, use_of_value
from marketplace.flows.publish_product import put_on_sale, take_product_off_sale
from marketplace.flows.qualify import accept_renewal, waive_for_shop
from marketplace.flows.review_dossier import review_dossier
from marketplace.flows.review_product import approve_change, save_product, submit_product, withdraw_product
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.deadlines import fire_due
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.ids import new_id
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.catalogue.actions import ProductInput, VariantInput
from marketplace.merchant.catalogue.models import Product
from marketplace.platform.listings.models import Listing, ListingVariant, ProductChange
from marketplace.platform.taxonomy.actions import put_attributes, put_brands, put_values
from marketplace.platform.taxonomy.attributes import describe_by_hand, described, keep_attribute, keep_value
from marketplace.platform.taxonomy.brands import keep_brand
from marketplace.platform.taxonomy.errors import AttributeChanged, AttributeMissing, BrandChanged, BrandNotAllowed, BrandOutOfScope
from marketplace.platform.taxonomy.models import Attribute, AttributeValue, Brand, BrandClaim, Category, Merge
from search.contract import Query
from search.find import find
from tenants.accounts.models import User
from tenants.onboarding.brands import demand_authorisation
from tenants.onboarding.dossiers import hand_in_dossier
from tenants.onboarding.models import Dossier
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings, tmp_path):
    settings.PAPERS_ROOT = tmp_path
    with translation.override("en"):
        yield


def named(text: str) -> dict[str, str]:
    return {"en": text, "zh-hans": text}


def attribute(name: str, kind: str = "choice", **fields: Any) -> Attribute:
    return keep_attribute(by=SYSTEM, attribute_id=None, seen=0, fields={"names": named(name), "kind": kind, "is_facet": True, **fields})


def value(of: Attribute, name: str) -> AttributeValue:
    return keep_value(by=SYSTEM, attribute_id=of.pk, value_id=None, names=named(name))


def describe(category: Category, *rows: tuple[Attribute, bool, bool]) -> None:
    seen = Category.objects.get(pk=category.pk).version
    describe_by_hand(by=SYSTEM, category_id=category.pk, seen=seen, rows=[(one.pk, required, variants) for one, required, variants in rows])


def brand(name: str, *aliases: str) -> Brand:
    return keep_brand(by=SYSTEM, brand_id=None, seen=0, names={"en": name}, aliases=aliases)


def product(
    category: Category, *, shop: str = "a", options: list[dict[int, int]] | None = None, submits: bool = False, approves: bool = True, **more: Any
) -> UUID:
    variants = [VariantInput(sku=f"S-{new_id().hex[-12:]}", options=one) for one in options or [{}]]
    with merchant_schema(MERCHANTS[shop]):
        row = save_product(
            by=SYSTEM,
            product_id=new_id(),
            is_new=True,
            submits=submits,
            product=ProductInput(category_id=category.pk, titles=named("Cup"), variants=variants, pictures=[("demo/mug.webp", {})], **more),
            prices={one.id: (make.yuan("10"), None) for one in variants},
            stock={one.id: 3 for one in variants},
        )
        if approves and not submits:
            from marketplace.flows.publish_product import publish_product

            publish_product(by=SYSTEM, product_id=row.pk)
    return UUID(str(row.pk))


def submit(key: UUID, shop: str = "a") -> None:
    with merchant_schema(MERCHANTS[shop]):
        submit_product(by=SYSTEM, product_id=key)


@pytest.fixture
def cups() -> Category:
    return make.a_category("cups-a", named("Cups"), make.a_category("home-a", named("Home")).code)


class TestRequired:
    def test_what_becomes_required_is_asked_for_at_the_next_submission_and_not_before(self, cups):
        glaze = attribute("Glaze")
        jade = value(glaze, "Jade")
        sold = product(cups)
        describe(cups, (glaze, True, False))
        deliver_events()
        assert Listing.objects.get(pk=sold).is_on_sale
        assert goods_without(cups, glaze.pk).goods == 1
        with pytest.raises(AttributeMissing, match="Glaze") as refusal:
            product(cups, submits=True)
        assert refusal.value.field == f"attribute_{glaze.pk}"
        draft = product(cups, approves=False)
        with pytest.raises(AttributeMissing):
            submit(draft)
        product(cups, submits=True, attributes=[[glaze.pk, [jade.pk], None]])

    def test_it_is_inherited_in_order_and_said_by_variants_too(self, cups):
        size, glaze = attribute("Size"), attribute("Glaze")
        small, large = value(size, "S"), value(size, "L")
        describe(Category.objects.get(code="home-a"), (size, True, True))
        describe(cups, (glaze, False, False))
        assert [(one.attribute.pk, one.is_required) for one in described(Category.objects.get(pk=cups.pk))] == [(size.pk, True), (glaze.pk, False)]
        product(cups, submits=True, axes=[size.pk], options=[{size.pk: small.pk}, {size.pk: large.pk}])

    def test_what_was_ticked_beside_it_still_is_when_it_is_confirmed(self, cups):
        glaze, size, care = attribute("Glaze"), attribute("Size"), attribute("Care", "text")
        product(cups)
        describe(cups, (glaze, True, True), (size, False, False))
        console = Client(headers={"host": "ops.market.localhost", "accept-language": "en"})
        console.force_login(User.objects.get(email="operator@market.localhost"), backend=settings.AUTHENTICATION_BACKENDS[0])
        path = f"/categories/{cups.pk}/attributes/"
        kept = {"seen": Category.objects.get(pk=cups.pk).version, f"place_{glaze.pk}": "1", f"place_{size.pk}": "2"}
        sent = {**kept, f"gone_{glaze.pk}": "1", f"required_{size.pk}": "1", "add": care.pk}
        page = console.post(path, sent).content.decode()
        assert "1 product does not say it" in page and described(Category.objects.get(pk=cups.pk))[0].is_required, "nothing is kept yet"
        boxes = dict(re.findall(r'name="((?:gone|required|variants)_[0-9]+|add)" value="([0-9]+)" checked', page))
        assert boxes == {f"gone_{glaze.pk}": "1", f"required_{glaze.pk}": "1", f"variants_{glaze.pk}": "1", f"required_{size.pk}": "1", "add": str(care.pk)}
        assert console.post(path, {**kept, **boxes, "sure": "1"}).status_code == 302
        assert [(one.attribute.pk, one.is_required) for one in described(Category.objects.get(pk=cups.pk))] == [(size.pk, True), (care.pk, False)]


class TestKinds:
    def test_a_kind_changes_only_where_goods_stay_readable(self, cups):
        glaze = attribute("Glaze")
        product(cups, attributes=[[glaze.pk, [value(glaze, "Jade").pk], None]])
        with pytest.raises(InvalidInput, match="1 products say it"):
            keep_used_attribute(by=SYSTEM, attribute_id=glaze.pk, seen=glaze.version, fields={"kind": "number"})
        row = keep_used_attribute(by=SYSTEM, attribute_id=glaze.pk, seen=glaze.version, fields={"kind": "choices"})
        with pytest.raises(AttributeChanged):
            keep_used_attribute(by=SYSTEM, attribute_id=glaze.pk, seen=glaze.version, fields={"names": named("Glazing")})
        assert row.kind == "choices"

    def test_a_unit_stays_once_goods_are_measured_in_it(self, cups):
        weight = attribute("Weight", "number", unit="g")
        weight = keep_used_attribute(by=SYSTEM, attribute_id=weight.pk, seen=weight.version, fields={"unit": "kg"})
        product(cups, attributes=[[weight.pk, [], named("2")]])
        with pytest.raises(InvalidInput, match="unit of before"):
            keep_used_attribute(by=SYSTEM, attribute_id=weight.pk, seen=weight.version, fields={"unit": "g"})


class TestOrder:
    def test_a_value_stands_where_it_is_put_and_a_new_one_last(self):
        size = attribute("Size")
        small, large, medium = value(size, "S"), value(size, "L"), value(size, "M")

        def order() -> list[str]:
            return [one.names["en"] for one in AttributeValue.objects.filter(attribute=size).order_by("position", "id")]

        assert order() == ["S", "L", "M"]
        keep_value(by=SYSTEM, attribute_id=size.pk, value_id=medium.pk, names=named("M"), place=2)
        assert order() == ["S", "M", "L"]
        keep_value(by=SYSTEM, attribute_id=size.pk, value_id=None, names=named("XS"), place=1)
        keep_value(by=SYSTEM, attribute_id=size.pk, value_id=small.pk, names=named("Small"))
        keep_value(by=SYSTEM, attribute_id=size.pk, value_id=large.pk, names=named("L"), place=400)
        assert order() == ["XS", "Small", "M", "L"], "a place behind the last is the last"
        log = AuditEvent.objects.filter(action="attribute.value_kept").order_by("at", "pk")
        assert [(row.before["place"], row.after["place"]) for row in log] == [(3, 2), (2, 2)]

    def test_its_page_shows_the_place_and_moves_it(self):
        size = attribute("Size")
        value(size, "S")
        medium = value(size, "M")
        console = Client(headers={"host": "ops.market.localhost", "accept-language": "en"})
        console.force_login(User.objects.get(email="operator@market.localhost"), backend=settings.AUTHENTICATION_BACKENDS[0])
        path = f"/attributes/{size.pk}/values/{medium.pk}/"
        assert 'name="place" value="2"' in console.get(path).content.decode()
        assert console.post(path, {"name_zh": "M", "name_en": "M", "place": "0"}).status_code == 422
        assert console.post(path, {"name_zh": "M", "name_en": "M", "place": "1"}).status_code == 302
        page = console.get(f"/attributes/{size.pk}/").content.decode()
        assert page.index(f"/values/{medium.pk}/") < page.index(">S<")

    def test_an_order_that_was_set_here_outlasts_an_import(self):
        (size,) = put_attributes(by=SYSTEM, rows=[{"code": "size", "names": named("Size")}]).values()
        rows = [{"attribute_id": size.pk, "code": code, "names": named(code), "position": n} for n, code in enumerate(("s", "xl", "l", "m"))]
        large = put_values(by=SYSTEM, rows=rows)[size.pk, "xl"]
        keep_value(by=SYSTEM, attribute_id=size.pk, value_id=large.pk, names=named("xl"), place=4)
        put_values(by=SYSTEM, rows=rows)
        assert [one.code for one in AttributeValue.objects.filter(attribute=size).order_by("position", "id")] == ["s", "l", "m", "xl"]


class TestMergingValues:
    def test_goods_variants_and_filters_show_the_other_and_stay_on_sale(self, cups):
        colour = attribute("Colour")
        grey, gray, jade = value(colour, "Grey"), value(colour, "Gray"), value(colour, "Jade")
        said = product(cups, attributes=[[colour.pk, [gray.pk], None]])
        chosen = product(cups, shop="b", axes=[colour.pk], options=[{colour.pk: gray.pk}, {colour.pk: jade.pk}])
        both = product(cups, axes=[colour.pk], options=[{colour.pk: gray.pk}, {colour.pk: grey.pk}])
        waiting = product(cups, submits=True, attributes=[[colour.pk, [gray.pk], None]])
        deliver_events()
        assert use_of_value(gray).goods == 3
        merge = merge_values(by=SYSTEM, attribute_id=colour.pk, value_id=gray.pk, into_id=grey.pk, why="one spelling")
        deliver_events()
        merge.refresh_from_db()
        assert (merge.done, merge.left) == (3, 1) and merge.ended_at
        assert Listing.objects.get(pk=said).attributes == [[colour.pk, [grey.pk], None]]
        assert {row.options[str(colour.pk)] for row in ListingVariant.objects.filter(listing=chosen)} == {grey.pk, jade.pk}
        assert {row.options[str(colour.pk)] for row in ListingVariant.objects.filter(listing=both)} == {grey.pk, gray.pk}
        assert set(find(Query(category=cups.pk, values={colour.pk: frozenset({grey.pk})})).ids) == {said, chosen, both}
        old = Client().get(f"/c/{cups.pk}/?a{colour.pk}={gray.pk}", headers={"host": "market.localhost", "accept-language": "en"})
        assert f"/p/{said}/" in old.content.decode()
        assert [(chip.label, chip.without) for chip in old.context["chosen"]] == [("Grey", f"/c/{cups.pk}/")]
        change = ProductChange.objects.get(product_id=waiting)
        approve_change(by=SYSTEM, change_id=change.pk, seen_version=change.version)
        assert not Listing.objects.filter(is_on_sale=False).exists()
        again = put_values(by=SYSTEM, rows=[{"attribute_id": colour.pk, "code": gray.code, "names": {"en": "Gray"}}])
        assert again[colour.pk, gray.code].pk == grey.pk and "Gray" in AttributeValue.objects.get(pk=grey.pk).synonyms


class TestBrands:
    def test_a_double_becomes_part_of_the_other_with_goods_drafts_names_and_address(self, cups):
        kiln, double = brand("Kiln"), brand("KILN Ceramics")
        sold = product(cups, brand_id=double.pk)
        draft = product(cups, shop="b", brand_id=double.pk, approves=False)
        deliver_events()
        merge_brands(by=SYSTEM, brand_id=double.pk, seen=double.version, into_id=kiln.pk, seen_into=kiln.version, why="the same maker")
        late = product(cups, brand_id=double.pk)
        deliver_events()
        assert set(find(Query(brands=frozenset({kiln.pk}))).ids) == {sold, late}
        with merchant_schema(MERCHANTS["b"]):
            assert Product.objects.get(pk=draft).brand_id == kiln.pk
        found = Client().get(f"/b/{double.pk}/", headers={"host": "market.localhost"})
        assert (found.status_code, found.headers["Location"]) == (301, f"/b/{kiln.pk}/")
        filtered = Client().get(f"/search/?brand={double.pk}", headers={"host": "market.localhost", "accept-language": "en"})
        assert (filtered.context["answer"].rung, filtered.context["answer"].total) == (0, 2)
        assert [(chip.label, chip.without) for chip in filtered.context["chosen"]] == [("Kiln", "/search/")]
        assert put_brands(by=SYSTEM, rows=[{"code": double.code, "names": {"en": "Kiln C."}}])[double.code].pk == kiln.pk
        assert "KILN Ceramics" in Brand.objects.get(pk=kiln.pk).aliases and Merge.objects.get().ended_at
        with pytest.raises(BrandChanged):
            merge_brands(by=SYSTEM, brand_id=kiln.pk, seen=kiln.version, into_id=brand("Other").pk, seen_into=1, why="x")

    def test_a_name_that_another_brand_has_is_refused_naming_it(self):
        brand("Kiln", "窑火")
        with pytest.raises(InvalidInput, match="the brand “Kiln” already"):
            brand("窑火")

    def test_without_authorisation_nothing_of_the_brand_is_submitted(self, cups):
        kiln = brand("Kiln")
        demand_authorisation(by=SYSTEM, brand_id=kiln.pk, names=kiln.names, is_asked=True, enforced_from=None, why="the maker asks")
        with pytest.raises(BrandNotAllowed, match="Kiln") as refusal:
            product(cups, submits=True, brand_id=kiln.pk)
        assert refusal.value.field == "brand" and brands_not_allowed(MERCHANTS["a"], [kiln.pk]) == {kiln.pk}
        product(cups, submits=True)
        ends = clock.day_of(clock.now(), clock.now().tzinfo) + timedelta(days=30)
        paper = ask_for_brand(by=SYSTEM, merchant_id=MERCHANTS["a"], brand_id=kiln.pk, role="authorised", name="p.png", upload=make.a_picture(), ends_on=ends)
        assert BrandClaim.objects.get(paper_id=paper.pk).role == "authorised"
        with pytest.raises(BrandNotAllowed):
            product(cups, submits=True, brand_id=kiln.pk)
        accept_renewal(by=SYSTEM, paper_id=paper.pk, ends_on=ends)
        product(cups, submits=True, brand_id=kiln.pk)
        with pytest.raises(BrandNotAllowed):
            product(cups, shop="b", submits=True, brand_id=kiln.pk)

    def test_from_its_day_on_exactly_the_goods_of_the_brand_are_held_back_and_come_back(self, cups):
        kiln, other = brand("Kiln"), brand("Other")
        mine, theirs, free = product(cups, brand_id=kiln.pk), product(cups, brand_id=other.pk), product(cups)
        elsewhere = product(cups, shop="b", brand_id=kiln.pk)
        deliver_events()
        row = demand_authorisation(
            by=SYSTEM, brand_id=kiln.pk, names=kiln.names, is_asked=True, enforced_from=clock.now() + timedelta(days=1), why="the maker asks"
        )
        deliver_events()
        assert not Listing.objects.filter(is_held=True).exists()
        waive_for_shop(by=SYSTEM, merchant_id=MERCHANTS["b"], code=row.code, reason="the maker itself")
        with clock.shifted(timedelta(days=2)):
            deliver_events()
            while fire_due():
                deliver_events()
            assert set(Listing.objects.filter(is_held=True).values_list("pk", flat=True)) == {mine}
            waive_for_shop(by=SYSTEM, merchant_id=MERCHANTS["a"], code=row.code, reason="seen")
            assert set(Listing.objects.filter(is_on_sale=True).values_list("pk", flat=True)) == {mine, theirs, free, elsewhere}

    def test_who_was_let_in_for_one_brand_sells_one(self, cups):
        kiln, other = brand("Kiln"), brand("Other")
        make.a_dossier(Merchant.objects.get(pk=MERCHANTS["a"]))
        Dossier.objects.update(kind="retailer")
        product(cups, brand_id=kiln.pk)
        product(cups, submits=True, brand_id=kiln.pk)
        with pytest.raises(BrandOutOfScope, match="Kiln"):
            product(cups, submits=True, brand_id=other.pk)
        several = hand_in_dossier(by=SYSTEM, merchant_id=MERCHANTS["a"], fields={"sells_many_brands": True})
        with pytest.raises(BrandOutOfScope):
            product(cups, submits=True, brand_id=other.pk)
        review_dossier(by=SYSTEM, change_id=several.pk, approves=True)
        product(cups, submits=True, brand_id=other.pk)

    def test_who_sells_one_brand_does_not_put_another_back_beside_it(self, cups):
        kiln, other = brand("Kiln"), brand("Other")
        make.a_dossier(Merchant.objects.get(pk=MERCHANTS["a"]))
        Dossier.objects.update(kind="retailer")
        first, free = product(cups, brand_id=kiln.pk), product(cups)
        with merchant_schema(MERCHANTS["a"]):
            for key in (first, free):
                take_product_off_sale(by=SYSTEM, product_id=key)
            second = product(cups, submits=True, brand_id=other.pk)
            change = ProductChange.objects.get(product_id=second)
            with pytest.raises(BrandOutOfScope, match="Other"):
                put_on_sale(by=SYSTEM, product_id=first)
            approve_change(by=SYSTEM, change_id=change.pk, seen_version=change.version)
            with pytest.raises(BrandOutOfScope, match="Other"):
                put_on_sale(by=SYSTEM, product_id=first)
            assert put_on_sale(by=SYSTEM, product_id=free).status == "on_sale"
            take_product_off_sale(by=SYSTEM, product_id=second)
            assert put_on_sale(by=SYSTEM, product_id=first).status == "on_sale"

    def test_a_brand_that_was_merged_into_its_own_is_its_own(self, cups):
        kiln, other = brand("Kiln"), brand("Other")
        make.a_dossier(Merchant.objects.get(pk=MERCHANTS["a"]))
        Dossier.objects.update(kind="retailer")
        product(cups, brand_id=kiln.pk)
        with merchant_schema(MERCHANTS["a"]):
            first = Product.objects.get(brand_id=kiln.pk)
            take_product_off_sale(by=SYSTEM, product_id=first.pk)
        product(cups, brand_id=other.pk)
        Brand.objects.filter(pk=kiln.pk).update(merged_into=other)
        with merchant_schema(MERCHANTS["a"]):
            assert put_on_sale(by=SYSTEM, product_id=first.pk).status == "on_sale"

    def test_another_brand_that_was_to_go_on_sale_later_stays_off_when_its_time_comes(self, cups):
        kiln, other = brand("Kiln"), brand("Other")
        make.a_dossier(Merchant.objects.get(pk=MERCHANTS["a"]))
        Dossier.objects.update(kind="retailer")
        later = product(cups, brand_id=kiln.pk, listed_from=clock.now() + timedelta(days=1))
        product(cups, brand_id=other.pk)
        with clock.shifted(timedelta(days=2)):
            fire_due()
            deliver_events()
        assert not Listing.objects.filter(pk=later, is_listed=True).exists()
        with merchant_schema(MERCHANTS["a"]):
            assert (Product.objects.get(pk=later).status, Product.objects.get(pk=later).review) == ("off_sale", "approved")

    def test_the_one_brand_is_also_that_of_what_waits_for_review(self, cups):
        kiln, other = brand("Kiln"), brand("Other")
        make.a_dossier(Merchant.objects.get(pk=MERCHANTS["a"]))
        Dossier.objects.update(kind="retailer")
        first = product(cups, submits=True, brand_id=kiln.pk)
        product(cups, submits=True)
        with pytest.raises(BrandOutOfScope, match="Kiln"):
            product(cups, submits=True, brand_id=other.pk)
        product(cups, shop="b", submits=True, brand_id=other.pk)
        with merchant_schema(MERCHANTS["a"]):
            Product.objects.filter(pk=first).update(brand_id=other.pk)
            submit_product(by=SYSTEM, product_id=first)
        with pytest.raises(BrandOutOfScope, match="Other"):
            product(cups, submits=True, brand_id=kiln.pk)
        with merchant_schema(MERCHANTS["a"]):
            withdraw_product(by=SYSTEM, product_id=first)
        waits = product(cups, submits=True, brand_id=kiln.pk)
        merge_brands(by=SYSTEM, brand_id=kiln.pk, seen=kiln.version, into_id=other.pk, seen_into=other.version, why="One and the same")
        assert ProductChange.objects.get(product_id=waits).status == "waiting"
        product(cups, submits=True, brand_id=other.pk)
