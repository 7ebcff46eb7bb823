"""From a product to what is found: documents follow listings, in both indexes."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from marketplace.flows.publish_product import take_product_off_sale
from marketplace.flows.shop_life import move
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.models import Delivery
from marketplace.kernel.registry import Reaction
from marketplace.kernel.relay import deliver_events, perform, relay_once
from marketplace.platform.details.actions import put_details
from marketplace.platform.details.models import ListingDetail
from marketplace.platform.listings.actions import announce
from marketplace.platform.listings.events import ListingsChanged
from marketplace.platform.listings.models import Listing
from marketplace.platform.taxonomy.models import Attribute, AttributeValue, Brand
from search import indexer
from search.backends.choice import configured
from search.contract import BackendAway, Count, Query
from search.documents import all_documents, count_documents, documents_of
from search.find import find
from search.models import SearchDoc, SearchTerm
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.fakes.door import Door

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(use_elasticsearch, elasticsearch_url):
    """Elasticsearch as configured, its index empty."""
    use_elasticsearch(elasticsearch_url)
    server = configured()
    server.rebuild([])
    yield server
    server.drop()


@pytest.fixture
def described():
    """A white ceramic mug of a brand, described in two languages; its variants differ in size."""
    root = make.a_category("home", {"zh-hans": "家居", "en": "Home"})
    cups = make.a_category("cups", {"zh-hans": "杯子", "en": "Cups"}, parent="home")
    brand = Brand.objects.create(code="kiln", names={"zh-hans": "窑火", "en": "Kilnfire"})
    colour, size, note = (Attribute.objects.create(code=code, names={"en": code}, is_facet=code != "note") for code in ("colour", "size", "note"))
    white = AttributeValue.objects.create(attribute=colour, code="white", names={"zh-hans": "白色", "en": "White"})
    small, large = (AttributeValue.objects.create(attribute=size, code=code, names={"en": code.title()}) for code in ("small", "large"))
    hidden = AttributeValue.objects.create(attribute=note, code="x", names={"en": "Limited edition"})
    product = make.a_product(title="Mug", titles={"zh-hans": "陶瓷马克杯", "en": "Ceramic mug"}, category=cups, variants=2, price="39.00")
    listing = Listing.objects.get(pk=product.pk)
    listing.brand = brand
    listing.descriptions = {"en": "<p>Fired <b>twice</b> &amp; glazed</p>"}
    listing.attributes = [[colour.pk, [white.pk], None], [note.pk, [hidden.pk], None], [999, [], {"en": "hand thrown"}]]
    listing.save()
    first, second = listing.variants.order_by("position")
    first.options, second.options = {str(size.pk): small.pk}, {str(size.pk): large.pk}
    first.save()
    second.save()
    return {"listing": listing, "path": [root.pk, cups.pk], "brand": brand, "white": (colour.pk, white.pk), "sizes": [(size.pk, small.pk), (size.pk, large.pk)]}


class TestDocuments:
    def test_a_document_holds_what_is_searched_counted_and_sorted_by(self, described):
        listing = described["listing"]
        (doc,) = documents_of([listing.pk])
        assert doc.category_path == described["path"]
        assert doc.brand == described["brand"].pk
        assert doc.shop == Merchant.objects.get(pk=listing.merchant_id).ordinal
        assert doc.values == [described["white"], *described["sizes"]]
        assert (doc.price, doc.version, doc.in_stock, doc.published) == (39_00, listing.version, True, int(listing.published_at.timestamp()))
        assert doc.length == sum(doc.tokens.values())

    def test_variants_are_carried_along_where_combinations_of_their_options_are_missing(self, described):
        listing, (size, small), (_size, large) = described["listing"], *described["sizes"]
        shape = Attribute.objects.create(code="shape", names={"en": "Shape"})
        round_, square = (AttributeValue.objects.create(attribute=shape, code=code, names={"en": code}) for code in ("round", "square"))
        assert documents_of([listing.pk])[0].variants == []
        for variant, value in zip(listing.variants.order_by("position"), (round_, square), strict=True):
            variant.options[str(shape.pk)] = value.pk
            variant.save()
        (doc,) = documents_of([listing.pk])
        assert doc.variants == [frozenset({(size, small), (shape.pk, round_.pk)}), frozenset({(size, large), (shape.pk, square.pk)})]
        assert set(doc.values) == {described["white"], *described["sizes"], (shape.pk, round_.pk), (shape.pk, square.pk)}
        Attribute.objects.filter(pk=shape.pk).update(is_facet=False)  # of what nobody filters by nothing is missing
        assert documents_of([listing.pk])[0].variants == []

    def test_a_word_of_the_title_weighs_more_than_one_of_the_description(self, described):
        (doc,) = documents_of([described["listing"].pk])
        assert {word: doc.tokens[word] for word in ("mug", "马克杯", "cup", "kilnfir", "fire", "glaze")} == {
            "mug": 2, "马克杯": 2, "cup": 1, "kilnfir": 1, "fire": 1, "glaze": 1,
        }  # fmt: skip
        assert "p" not in doc.tokens
        assert "amp" not in doc.tokens
        assert "white" not in doc.tokens
        assert {"=white", "=larg", "=limit", "=thrown", "=home", "=kiln"} <= doc.marks
        assert {"^cup", "^杯子", "·马克"} <= doc.marks

    def test_the_subtitle_is_searched_as_it_was_approved_a_word_like_one_of_the_description(self, described):
        key = described["listing"].pk
        says = {"zh-hans": "釉里红手绘", "en": "Reduction fired"}
        put_details(by=SYSTEM, merchant_id=described["listing"].merchant_id, details=[ListingDetail(pk=key, merchant_id=MERCHANTS["a"], subtitles=says)])
        (doc,) = documents_of([key])
        assert (doc.tokens["reduct"], doc.tokens["手绘"], doc.tokens["fire"]) == (1, 1, 2)
        assert "·里红" in doc.marks

    def test_listings_off_sale_and_those_of_shops_that_are_not_open_have_none(self):
        kept, off, suspended = make.a_product(), make.a_product(), make.a_product("b")
        Listing.objects.filter(pk=off.pk).update(is_on_sale=False)
        Merchant.objects.filter(pk=MERCHANTS["b"]).update(status=Merchant.Status.SUSPENDED)
        assert [doc.id for doc in documents_of([kept.pk, off.pk, suspended.pk, uuid4()])] == [kept.pk]
        assert [doc.id for doc in all_documents()] == [kept.pk]
        assert count_documents() == 1

    def test_many_are_made_in_as_many_queries_as_one(self, described, django_assert_num_queries):
        cups = described["listing"].category
        made = [make.a_product(title=f"Mug {n}", category=cups).pk for n in range(8)]
        Listing.objects.filter(pk__in=made).update(brand=described["brand"], attributes=described["listing"].attributes)
        with django_assert_num_queries(9):
            documents_of([described["listing"].pk])
        with django_assert_num_queries(9):
            assert len(documents_of([*made, described["listing"].pk])) == 9


class TestReactions:
    def test_a_product_on_sale_is_found_and_counted(self, described):
        listing = described["listing"]
        says = {"zh-hans": "釉里红手绘", "en": "Celadon"}
        put_details(by=SYSTEM, merchant_id=listing.merchant_id, details=[ListingDetail(pk=listing.pk, merchant_id=listing.merchant_id, subtitles=says)])
        deliver_events()
        for text in ("手绘", "里红", "celadon mug", "马克杯", "mugs", "kilnfire", "家居", "white mug", "窑火 杯子", "large"):
            answer = find(Query(text=text))
            assert (answer.ids, answer.rung) == ([listing.pk], 0), text
        assert answer.attributes == {
            described["white"][0]: [Count(described["white"][1], 1)],
            described["sizes"][0][0]: [Count(value, 1) for _size, value in described["sizes"]],
        }

    def test_it_is_found_while_a_shops_schema_is_open(self):
        product = make.a_product(title="Mug")
        deliver_events()
        with merchant_schema(MERCHANTS["b"]):
            assert find(Query(text="mug")).ids == [product.pk]

    def test_what_goes_off_sale_is_found_no_more(self):
        product, other = make.a_product(title="Mug"), make.a_product(title="Mug")
        deliver_events()
        assert find(Query(text="mug")).total == 2
        with merchant_schema(MERCHANTS["a"]):
            take_product_off_sale(by=SYSTEM, product_id=product.pk)
        deliver_events()
        assert find(Query(text="mug")).ids == [other.pk]

    def test_the_last_piece_sold_is_no_longer_in_stock(self):
        product = make.a_product(title="Mug", stock=2)
        make.a_placed_group(("a", product, 2))
        deliver_events()
        assert find(Query(text="mug", in_stock=True)).ids == []
        assert find(Query(text="mug")).ids == [product.pk]

    def test_a_suspended_shop_is_found_no_more_and_comes_back(self):
        product = make.a_product(title="Mug")
        deliver_events()
        for status, found in ((Merchant.Status.SUSPENDED, []), (Merchant.Status.OPEN, [product.pk])):
            move(by=SYSTEM, merchant_id=MERCHANTS["a"], to=status, kind="goods", reason="Fakes")
            deliver_events()
            assert find(Query(text="mug")).ids == found

    def test_the_same_event_twice_and_late_changes_nothing(self):
        product = make.a_product(title="Mug")
        deliver_events()
        before = (SearchDoc.objects.values().get(), dict(SearchTerm.objects.values_list("term", "df")))
        for _time in range(2):
            indexer.refresh_postgres(ListingsChanged(merchant_id=MERCHANTS["a"], listing_ids=[product.pk, product.pk]))
        assert (SearchDoc.objects.values().get(), dict(SearchTerm.objects.values_list("term", "df"))) == before

    def test_the_vocabulary_follows_what_is_put_changed_and_removed(self):
        product, other = make.a_product(title="Mug"), make.a_product(title="Blue mug")
        deliver_events()
        assert SearchTerm.objects.get(term="mug").df == 2
        assert SearchTerm.objects.get(term="blue").df == 1
        Listing.objects.filter(pk=other.pk).update(titles={"en": "Red mug"}, is_on_sale=True)
        Listing.objects.filter(pk=product.pk).update(is_on_sale=False)
        indexer.refresh_postgres(ListingsChanged(merchant_id=MERCHANTS["a"], listing_ids=[product.pk, other.pk]))
        kept = {term: df for term, df in SearchTerm.objects.values_list("term", "df") if df}
        indexer.rebuild(indexer.postgres)
        assert dict(SearchTerm.objects.values_list("term", "df")) == kept
        assert kept["mug"] == kept["red"] == kept["~docs"] == 1
        assert "blue" not in kept

    def test_elasticsearch_follows_where_it_is_configured(self, server):
        product, other = make.a_product(title="Mug"), make.a_product(title="Mug")
        deliver_events()
        server.refresh()
        assert (find(Query(text="mug")).backend, find(Query(text="mug")).total) == ("elasticsearch", 2)
        with merchant_schema(MERCHANTS["a"]):
            take_product_off_sale(by=SYSTEM, product_id=product.pk)
        deliver_events()
        server.refresh()
        assert find(Query(text="mug")).ids == [other.pk]

    def test_while_elasticsearch_is_away_its_reaction_waits_and_postgresql_is_ahead(self, use_elasticsearch, breaker, elasticsearch_url):
        away = Door(elasticsearch_url, "open")
        use_elasticsearch(away.url)
        configured().rebuild([])
        away.turn("refusing")
        indexer.breaker.succeeded()
        product = make.a_product(title="Mug")
        deliver_events()
        waiting = Delivery.objects.filter(reaction="search.indexer.refresh_elasticsearch", status="waiting")
        assert waiting.count() == 1
        assert "BackendAway" in waiting.get().last_error
        assert find(Query(text="mug")).ids == [product.pk]
        away.turn("open")
        indexer.breaker.succeeded()
        waiting.update(due_at=waiting.get().event.recorded_at)
        deliver_events()
        assert not waiting.exists()
        server = configured()
        server.refresh()
        assert server.search(Query(text="mug")).ids == [product.pk]
        server.drop()
        away.close()

    def test_what_waits_of_one_shop_is_indexed_in_one_run(self, server):
        mug, pot, _desk = make.a_product(title="Mug"), make.a_product(title="Pot"), make.a_product("b", title="Desk")
        sent: list[UUID] = []
        relay_once(lambda sending: sent.append(sending.delivery_id))
        for run in (indexer.refresh_postgres, indexer.refresh_elasticsearch):
            theirs = Delivery.objects.filter(pk__in=sent, reaction=Reaction(run).name, event__merchant_id=MERCHANTS["a"]).order_by("pk")
            first, *_others = theirs.values_list("pk", flat=True)
            assert perform(first) and not theirs.filter(status=Delivery.Status.WAITING).exists()
        server.refresh()
        assert set(server.search(Query()).ids) == set(indexer.postgres.search(Query()).ids) == {mug.pk, pot.pk}

    def test_a_listing_that_changes_while_it_is_indexed_is_indexed_again(self, server):
        product, still = make.a_product(title="Mug"), make.a_product(title="Pot")

        class ChangingBackend:
            """Somebody renames the listing just after it was read."""

            puts: ClassVar[list[set[UUID]]] = []

            def put(self, docs):
                server.put(docs)
                if not self.puts:
                    Listing.objects.filter(pk=product.pk).update(titles={"en": "Lamp"}, changed_at=clock.now())
                self.puts.append({doc.id for doc in docs})

            remove = server.remove

        backend = ChangingBackend()
        indexer.refresh_until_same(backend, [product.pk, still.pk])
        assert backend.puts == [{product.pk, still.pk}, {product.pk}], "what stood still is not read again"
        server.refresh()
        assert server.search(Query(text="lamp")).ids == [product.pk]

    def test_listings_that_never_stand_still_come_again_and_keep_nobody_else_waiting(self, server, monkeypatch):
        hot, other = make.a_product(title="Mug"), make.a_product(title="Lamp")
        put = server.put

        def changing(docs):
            put(docs)
            Listing.objects.filter(pk=hot.pk).update(changed_at=clock.now())

        monkeypatch.setattr(server, "put", changing)
        indexer.breaker.succeeded()
        for _time in range(indexer.breaker.failures):
            with pytest.raises(indexer.NotStill):
                indexer.refresh_elasticsearch(ListingsChanged(merchant_id=MERCHANTS["a"], listing_ids=[hot.pk]))
        indexer.refresh_elasticsearch(ListingsChanged(merchant_id=MERCHANTS["a"], listing_ids=[other.pk]))
        server.refresh()
        assert other.pk in server.search(Query(text="lamp")).ids


class TestRebuilding:
    def test_the_command_builds_both_and_may_be_repeated(self, server):
        product = make.a_product(title="Mug")
        SearchDoc.objects.all().delete()
        for _time in range(2):
            out = io.StringIO()
            call_command("rebuild_search", stdout=out)
            assert out.getvalue().splitlines() == ["postgres: 1 listings can be found", "elasticsearch: 1 listings can be found"]
            assert indexer.postgres.search(Query(text="mug")).ids == server.search(Query(text="mug")).ids == [product.pk]
        assert len(server.indices()) == 1

    def test_the_command_builds_one_alone(self):
        make.a_product(title="Mug")
        out = io.StringIO()
        call_command("rebuild_search", only="postgres", stdout=out)
        assert out.getvalue() == "postgres: 1 listings can be found\n"
        with pytest.raises(CommandError, match="ELASTICSEARCH_URL"):
            call_command("rebuild_search", only="elasticsearch")

    def test_an_elasticsearch_that_is_away_is_said(self, use_elasticsearch):
        use_elasticsearch("http://127.0.0.1:1")
        with pytest.raises(CommandError, match="former index stays in use"):
            call_command("rebuild_search", only="elasticsearch")

    def test_one_that_goes_away_once_the_new_index_is_in_use_is_said(self, server, monkeypatch):
        make.a_product(title="Mug")
        rebuilt = type(server).rebuild

        def and_goes_away(self, docs):
            count = rebuilt(self, docs)
            monkeypatch.setattr(type(server), "refresh", away)
            return count

        def away(self):
            raise BackendAway("gone")

        monkeypatch.setattr(type(server), "rebuild", and_goes_away)
        with pytest.raises(CommandError, match=r"is in use, but lacks some of what changed meanwhile: run it again\. gone"):
            call_command("rebuild_search", only="elasticsearch")

    def test_what_changes_while_it_runs_is_in_the_new_index(self, server):
        kept, gone, renamed = (make.a_product(title=title).pk for title in ("Mug", "Pot", "Desk"))

        class SlowBackend:
            """Listings change after they were read; other workers put these changes into the index that goes."""

            name = server.name

            def rebuild(self, docs):
                read = list(docs)
                Listing.objects.filter(pk=gone).update(is_on_sale=False)
                Listing.objects.filter(pk=renamed).update(titles={"en": "Lamp"})
                return server.rebuild(read)

            put, remove, refresh = server.put, server.remove, server.refresh

        indexer.rebuild(SlowBackend())
        assert set(server.search(Query()).ids) == {kept, renamed}
        assert server.search(Query(text="lamp")).ids == [renamed]

    def test_what_can_be_found_no_more_long_before_it_ends_is_no_ghost(self, server, monkeypatch):
        """Both were read before, and other workers take them out of the index that goes."""
        monkeypatch.setattr(indexer, "LATE_COMMITS", timedelta(0))  # so that all was made long ago, and the last step comes long after the change
        kept, gone = make.a_product(title="Mug").pk, make.a_product(title="Pot").pk
        shut = make.a_product("b", title="Desk").pk
        deliver_events()

        class SlowBackend:
            name = server.name

            def rebuild(self, docs):
                read = [next(docs)]
                Listing.objects.filter(pk=gone).update(is_on_sale=False, changed_at=clock.now())
                Merchant.objects.filter(pk=MERCHANTS["b"]).update(status=Merchant.Status.SUSPENDED)
                with transaction.atomic():
                    announce(MERCHANTS["b"], [shut])
                read += docs
                assert {doc.id for doc in read} == {kept, gone, shut}, "the test: all were read"
                return server.rebuild(read)

            put, remove, refresh = server.put, server.remove, server.refresh

        indexer.rebuild(SlowBackend())
        assert server.search(Query()).ids == [kept]

    def test_a_repeated_document_of_another_version_is_decided_by_version(self, server):
        product = make.a_product(title="Mug")
        (doc,) = documents_of([product.pk])
        assert server.rebuild([doc, replace(doc, version=doc.version - 1, price=1)]) == 1
        assert server.search(Query()).price_from == doc.price
