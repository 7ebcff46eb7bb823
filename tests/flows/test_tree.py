"""The operator keeps the category tree: what is moved or merged takes with it everything that hangs on it, and old addresses lead on."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import translation

from marketplace.flows.keep_tree import delete_category, merge_categories, move_category, undo_move
from marketplace.flows.review_product import submit_product
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import InvalidInput, MarketError, ReasonMissing
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.catalogue.models import Product
from marketplace.platform.ledger.actions import set_commission
from marketplace.platform.ledger.queries import commission_rates
from marketplace.platform.listings.models import Listing, ProductChange
from marketplace.platform.taxonomy import tree
from marketplace.platform.taxonomy.actions import describe_category, put_attributes, put_categories
from marketplace.platform.taxonomy.errors import CannotUndo, CategoryChanged, CategoryInUse, CategoryUnknown, RateWouldChange, TreeBusy
from marketplace.platform.taxonomy.models import Category, CategoryAttribute, TreeChange
from marketplace.platform.taxonomy.tree import add_category, change_category, faults_of_tree
from search.contract import Query
from search.find import find
from tenants.onboarding.actions import open_application, save_application
from tenants.onboarding.requirements import put_requirement
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def category(code: str, parent: Category | None = None) -> Category:
    return make.a_category(code, {"en": code, "zh-hans": code}, parent.code if parent else None)


def again(row: Category) -> Category:
    return Category.objects.get(pk=row.pk)


def move(row: Category, parent: Category | None, before: Category | None = None) -> TreeChange | None:
    seen = again(row).version
    return move_category(by=SYSTEM, category_id=row.pk, seen=seen, parent_id=parent.pk if parent else None, before_id=before.pk if before else None)


def merge(row: Category, into: Category, why: str = "the same goods") -> TreeChange:
    return merge_categories(by=SYSTEM, category_id=row.pk, seen=again(row).version, into_id=into.pk, seen_into=again(into).version, why=why)


def settle() -> None:
    deliver_events()
    assert not faults_of_tree()
    assert not TreeChange.objects.filter(status="working").exists()


def ids_in(row: Category) -> set[UUID]:
    return set(find(Query(category=row.pk)).ids)


def market(path: str) -> Any:
    return Client().get(path, headers={"host": "market.localhost"})


@pytest.fixture
def home() -> dict[str, Any]:
    """Home › cups › mugs with a mug of shop a, and drinkware with a glass of shop b."""
    top, drink = category("home-t"), category("drink-t")
    cups = category("cups-t", top)
    mugs = category("mugs-t", cups)
    mug, glass = make.a_product("a", title="Mug", category=mugs), make.a_product("b", title="Glass", category=drink)
    deliver_events()
    return {"top": top, "cups": cups, "mugs": mugs, "drink": drink, "mug": mug.pk, "glass": glass.pk}


class TestMoving:
    def test_goods_are_found_where_they_are_now_and_the_address_stays(self, home):
        assert home["mug"] in ids_in(home["top"])
        change = move(home["cups"], home["drink"])
        settle()
        assert ids_in(home["drink"]) >= {home["mug"], home["glass"]} and home["mug"] not in ids_in(home["top"])
        assert again(home["mugs"]).path == [home["drink"].pk, home["cups"].pk, home["mugs"].pk]
        assert market(f"/c/{home['cups'].pk}/").status_code == 200
        change.refresh_from_db()
        assert (change.done, change.total, change.share) == (1, 1, 100)

    def test_an_order_among_others_changes_nothing_else(self, home):
        tea = category("tea-t", home["top"])
        assert move(tea, home["top"], before=home["cups"]) is None
        below = Category.objects.filter(parent=home["top"]).order_by("position").values_list("code", flat=True)
        assert list(below) == ["tea-t", "cups-t"]
        assert not TreeChange.objects.exists()

    def test_it_is_taken_back_to_its_place(self, home):
        last = category("zz-t", home["top"])
        change = move(home["cups"], None)
        settle()
        back = undo_move(by=SYSTEM, change_id=change.pk)
        settle()
        change.refresh_from_db()
        assert change.undone_by == back and again(home["mugs"]).path[:2] == [home["top"].pk, home["cups"].pk]
        assert again(home["cups"]).position < again(last).position
        with pytest.raises(CannotUndo):
            undo_move(by=SYSTEM, change_id=change.pk)

    def test_what_has_moved_again_is_not_taken_back(self, home):
        first = move(home["cups"], None)
        settle()
        move(home["cups"], home["drink"])
        settle()
        with pytest.raises(CannotUndo):
            undo_move(by=SYSTEM, change_id=first.pk)

    def test_nothing_lies_below_itself_or_too_deep(self, home):
        with pytest.raises(InvalidInput, match="below itself"):
            move(home["top"], home["mugs"])
        deep = home["drink"]
        for n in range(tree.DEEPEST - 2):
            deep = category(f"deep-{n}", deep)
        with pytest.raises(InvalidInput, match="levels"):
            move(home["cups"], deep)
        assert not faults_of_tree()

    def test_while_goods_follow_nothing_around_them_is_moved_again(self, home):
        move(home["cups"], home["drink"])
        with pytest.raises(TreeBusy):
            move(home["mugs"], None)
        settle()
        move(home["mugs"], None)

    def test_goods_of_another_place_need_what_is_asked_for_there(self, home):
        put_requirement(by=SYSTEM, code="glassware", fields={"names": {"en": "Glass"}, "categories": [home["drink"].pk]}, why="the law")
        requirement = put_requirement(by=SYSTEM, code="glassware", fields={"enforced_from": make.clock.now()}, why="the law")
        deliver_events()
        move(home["cups"], home["drink"])
        settle()
        assert Listing.objects.get(pk=home["mug"]).is_held and requirement.categories == [home["drink"].pk]


class TestCommission:
    """A rate takes two people, so moving and merging change none (tests/architecture/test_two_people.py holds the verbs of rates themselves)."""

    @pytest.fixture
    def rated(self, home):
        make.commission()
        set_commission(by=SYSTEM, rate=Decimal("0.02"), category_id=home["drink"].pk)
        return home

    def charged(self, listing: UUID) -> Decimal:
        return commission_rates().rate(UUID(int=0), Category.objects.get(pk=Listing.objects.get(pk=listing).category_id).path)

    @pytest.mark.parametrize("act", [move, merge])
    def test_a_place_with_another_rate_is_refused_with_both_rates(self, rated, act):
        before = self.charged(rated["mug"])
        with pytest.raises(RateWouldChange, match="2%"):
            act(rated["cups"], rated["drink"])
        assert self.charged(rated["mug"]) == before and not TreeChange.objects.exists() and again(rated["cups"]).path == [rated["top"].pk, rated["cups"].pk]

    @pytest.mark.parametrize("act", [move, merge])
    def test_once_both_have_one_rate_it_goes_and_the_rate_stays(self, rated, act):
        set_commission(by=SYSTEM, rate=Decimal("0.02"), category_id=rated["cups"].pk)
        act(rated["cups"], rated["drink"])
        settle()
        assert self.charged(rated["mug"]) == Decimal("0.02")

    def test_taking_a_move_back_changes_no_rate_either(self, home):
        make.commission()
        change = move(home["cups"], home["drink"])
        settle()
        set_commission(by=SYSTEM, rate=Decimal("0.02"), category_id=home["drink"].pk)
        with pytest.raises(RateWouldChange):
            undo_move(by=SYSTEM, change_id=change.pk)


class TestMerging:
    def test_everything_that_hung_on_it_hangs_on_the_other(self, home):
        colour = put_attributes(by=SYSTEM, rows=[{"code": "glaze-t", "names": {"en": "Glaze"}}])["glaze-t"]
        describe_category(by=SYSTEM, category_id=home["cups"].pk, attribute_ids=[colour.pk])
        put_requirement(by=SYSTEM, code="food-safe", fields={"names": {"en": "Food safe"}, "categories": [home["cups"].pk]}, why="the law")
        seller = make.a_buyer()
        application = open_application(by=make.acting(seller), language="en")
        save_application(by=make.acting(seller), application_id=application.pk, fields={"sells": [home["cups"].path]})
        on_cups = make.a_product("a", title="Cup", category=home["cups"])
        with merchant_schema(MERCHANTS["a"]):
            draft = make.a_product("a", title="Draft", category=home["cups"], on_sale=False)
            submit_product(by=SYSTEM, product_id=draft.pk)
        deliver_events()
        merge(home["cups"], home["drink"])
        settle()
        drink = again(home["drink"])
        assert ids_in(drink) == {home["mug"], home["glass"], on_cups.pk}
        assert again(home["mugs"]).parent_id == drink.pk
        assert Listing.objects.get(pk=on_cups.pk).category_id == drink.pk
        with merchant_schema(MERCHANTS["a"]):
            assert Product.objects.get(pk=draft.pk).category_id == drink.pk
        assert ProductChange.objects.get(product_id=draft.pk).proposed["category_id"] == drink.pk
        assert CategoryAttribute.objects.filter(category=drink, attribute=colour).exists()
        application.refresh_from_db()
        assert application.sells == [[drink.pk]]
        assert put_requirement(by=SYSTEM, code="food-safe", fields={}, why="look").categories == [drink.pk]
        assert AuditEvent.objects.get(action="category.merged").why == "the same goods"

    def test_the_old_address_leads_on_with_its_filters_also_after_the_other_was_merged(self, home):
        merge(home["cups"], home["drink"])
        settle()
        found = market(f"/c/{home['cups'].pk}/?stock=1")
        assert (found.status_code, found.headers["Location"]) == (301, f"/c/{home['drink'].pk}/?stock=1")
        other = category("other-t")
        merge(home["drink"], other)
        settle()
        assert market(f"/c/{home['cups'].pk}/").headers["Location"] == f"/c/{other.pk}/"

    def test_goods_entered_under_the_old_key_or_code_are_the_others(self, home):
        merge(home["cups"], home["drink"])
        late = make.a_product("a", title="Late", category=home["cups"])
        settle()
        assert Listing.objects.get(pk=late.pk).category_id == home["drink"].pk
        known = put_categories(by=SYSTEM, rows=[{"code": "cups-t", "parent": "home-t", "names": {"en": "Cups again"}}])
        assert known["cups-t"].pk == home["drink"].pk and not faults_of_tree()

    def test_a_worker_that_ends_half_way_leaves_work_that_is_finished_later(self, home, monkeypatch):
        make.a_product("b", title="Beaker", category=home["cups"])
        make.a_product("a", title="Bowl", category=home["cups"])
        deliver_events()
        merge(home["cups"], home["drink"])
        change = TreeChange.objects.get()
        from marketplace.flows import keep_tree

        settled = keep_tree.settle_listings

        def fails(**said: Any) -> Any:
            if said["merchant_id"] == MERCHANTS["b"]:
                raise ZeroDivisionError
            return settled(**said)

        with monkeypatch.context() as broken:
            broken.setattr(keep_tree, "settle_listings", fails)
            with pytest.raises(ZeroDivisionError):
                keep_tree.follow_goods(change_id=str(change.pk))
        change.refresh_from_db()
        assert change.status == "working" and change.place == str(MERCHANTS["a"])
        settle()
        assert not Listing.objects.filter(category=home["cups"]).exists()
        change.refresh_from_db()
        assert change.status == "done" and change.done >= change.total == 3

    def test_it_is_not_merged_into_itself_or_what_lies_below_it_nor_without_a_reason(self, home):
        with pytest.raises(InvalidInput, match="another category"):
            merge(home["cups"], home["cups"])
        with pytest.raises(InvalidInput, match="lies below it"):
            merge(home["top"], home["mugs"])
        with pytest.raises(ReasonMissing):
            merge(home["cups"], home["drink"], why=" ")
        with pytest.raises(CategoryUnknown):
            merge_categories(by=SYSTEM, category_id=home["cups"].pk, seen=1, into_id=10**8, seen_into=1, why="gone")


class TestEveryChange:
    def test_what_somebody_else_has_changed_is_refused(self, home):
        seen = home["cups"].version
        change_category(by=SYSTEM, category_id=home["cups"].pk, seen=seen, names={"en": "Cups", "zh-hans": "杯"}, is_hidden=False)
        for act in (
            lambda: change_category(by=SYSTEM, category_id=home["cups"].pk, seen=seen, names={"en": "x", "zh-hans": "x"}, is_hidden=False),
            lambda: move_category(by=SYSTEM, category_id=home["cups"].pk, seen=seen, parent_id=None),
            lambda: delete_category(by=SYSTEM, category_id=home["cups"].pk, seen=seen),
            lambda: merge_categories(by=SYSTEM, category_id=home["drink"].pk, seen=1, into_id=home["cups"].pk, seen_into=seen, why="x"),
        ):
            with pytest.raises(CategoryChanged):
                act()

    def test_an_import_of_the_tree_leaves_what_was_changed_by_hand(self, home):
        move(home["cups"], home["drink"])
        settle()
        rows = [{"code": code, "parent": parent, "names": {"en": code}} for code, parent in (("home-t", None), ("cups-t", "home-t"), ("mugs-t", "cups-t"))]
        put_categories(by=SYSTEM, rows=rows)
        assert again(home["cups"]).parent_id == home["drink"].pk and not faults_of_tree()

    def test_only_what_is_empty_is_deleted(self, home):
        empty = add_category(by=SYSTEM, names={"en": "Empty", "zh-hans": "空"}, parent_id=home["top"].pk)
        with pytest.raises(CategoryInUse, match="goods are in it"):
            delete_category(by=SYSTEM, category_id=home["mugs"].pk, seen=1)
        with pytest.raises(CategoryInUse, match="other categories"):
            delete_category(by=SYSTEM, category_id=home["cups"].pk, seen=1)
        draft = make.a_product("b", title="Draft", category=empty, on_sale=False)
        with pytest.raises(CategoryInUse, match="drafts"):
            delete_category(by=SYSTEM, category_id=empty.pk, seen=empty.version)
        with merchant_schema(MERCHANTS["b"]):
            Product.objects.filter(pk=draft.pk).delete()
        delete_category(by=SYSTEM, category_id=empty.pk, seen=empty.version)
        assert not Category.objects.filter(pk=empty.pk).exists()

    def test_what_is_hidden_is_met_nowhere_and_its_address_leads_up_for_now(self, home):
        hide = again(home["cups"])
        change_category(by=SYSTEM, category_id=hide.pk, seen=hide.version, names=hide.names, is_hidden=True)
        found = market(f"/c/{home['mugs'].pk}/")
        assert (found.status_code, found.headers["Location"]) == (302, f"/c/{home['top'].pk}/")
        assert "cups-t" not in market("/categories/").content.decode()
        assert f"/c/{hide.pk}/" not in market("/sitemaps/categories.xml").content.decode()
        assert market(f"/p/{home['mug']}/").status_code == 200

    @pytest.mark.parametrize("seed", range(4))
    def test_the_tree_stays_a_tree_whatever_is_moved_and_merged(self, seed):
        dice = Random(seed)
        rows = [{"code": f"r{n}", "parent": f"r{dice.randrange(n)}" if n and dice.random() < 0.8 else None, "names": {"en": f"{n}"}} for n in range(24)]
        put_categories(by=SYSTEM, rows=rows)
        done = refused = 0
        for _step in range(40):
            standing = list(Category.objects.filter(merged_into=None, code__startswith="r"))
            one, other = dice.choice(standing), dice.choice([*standing, None])
            TreeChange.objects.update(status="done")
            try:
                if other is not None and dice.random() < 0.3:
                    merge(one, other)
                else:
                    move(one, other)
                done += 1
            except MarketError:
                refused += 1
            assert not faults_of_tree()
        put_categories(by=SYSTEM, rows=rows)
        assert not faults_of_tree() and done > 10 and refused

    def test_a_path_that_is_wrong_is_found(self, home):
        """The control."""
        Category.objects.filter(pk=home["mugs"].pk).update(path=[home["mugs"].pk])
        Category.objects.filter(pk=home["top"].pk).update(parent=home["mugs"])
        found = " ".join(faults_of_tree())
        assert "in a circle" in found
