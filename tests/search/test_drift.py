"""What an index holds otherwise than the listings are is found and mended, in both directions, on both backends; and what waits for Elasticsearch goes
as soon as it answers again."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.models import AuditEvent, DeadLetter, Delivery, OutboxEvent
from marketplace.kernel.outbox import record
from marketplace.kernel.relay import MOST_ATTEMPTS, deliver_events, lease
from marketplace.platform.listings.actions import announce
from marketplace.platform.listings.models import Listing
from marketplace.platform.reviews.events import ShopScoreMoved
from marketplace.platform.reviews.models import ShopScore
from search import catching_up, drift, indexer
from search import find as finding
from search.backends.choice import configured
from search.contract import BackendAway, Query
from search.documents import documents_of
from search.drift import drift_of, mend, mend_all
from search.find import find
from search.health import search_health
from search.models import Suggestion
from tests import factories as make
from tests.databases import MERCHANTS
from tests.fakes.door import Door
from tests.search.catalogue import doc, key

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["postgres", "elasticsearch"])
def backend(request, use_elasticsearch):
    """Each backend as the product keeps it, empty."""
    if request.param == "postgres":
        yield indexer.postgres
        return
    use_elasticsearch(request.getfixturevalue("elasticsearch_url"))
    server = configured()
    server.rebuild([])
    yield server
    server.drop()


def spoilt(backend) -> dict[str, object]:
    """An index in which one listing is lacking, one is no longer on sale, one is of no product, and two are as they were."""
    goods = {name: make.a_product(title=name.title(), price="20").pk for name in ("right", "lacking", "ghost", "cheap", "gone")}
    deliver_events()
    backend.remove([goods["lacking"]])
    backend.put([doc("Nobody's", name="nobody", version=7)])
    # Past the verbs, so that no event tells of it.
    Listing.objects.filter(pk=goods["ghost"]).update(is_on_sale=False)
    Listing.objects.filter(pk=goods["cheap"]).update(price_minor=10_00)
    Listing.objects.filter(pk=goods["gone"]).update(in_stock=False)
    backend.refresh()
    return {**goods, "nobody": key("nobody")}


def test_an_index_that_follows_by_events_does_not_differ(backend):
    made = [make.a_product(title=f"Mug {n}") for n in range(3)]
    make.a_placed_group(("a", made[0], 1))
    deliver_events()
    backend.refresh()
    assert drift_of(backend).counts() == {"lacking": 0, "ghosts": 0, "stale": 0}
    assert mend(by=SYSTEM, backend=backend).keys == set()
    assert not AuditEvent.objects.filter(action="search_index.mended").exists()


def test_what_differs_is_found_in_both_directions_and_mended_and_said(backend, caplog):
    goods = spoilt(backend)
    found = drift_of(backend)
    assert (found.lacking, found.ghosts, found.stale) == ({goods["lacking"]}, {goods["ghost"], goods["nobody"]}, {goods["cheap"], goods["gone"]})
    assert mend(by=SYSTEM, backend=backend) == found
    backend.refresh()
    assert drift_of(backend).keys == set()
    assert set(backend.search(Query()).ids) == {goods[name] for name in ("right", "lacking", "cheap", "gone")}
    assert backend.search(Query(price_to=15_00)).ids == [goods["cheap"]]
    assert goods["gone"] not in backend.search(Query(in_stock=True)).ids
    row = AuditEvent.objects.get(action="search_index.mended")
    assert (row.subject_id, row.after) == (backend.name, {"lacking": 1, "ghosts": 2, "stale": 2})
    assert "differed from the listings" in caplog.text


def test_a_whole_index_that_differs_is_built_anew(backend, monkeypatch):
    goods = spoilt(backend)
    monkeypatch.setattr(drift, "MOST_MENDED", 2)
    assert len(mend(by=SYSTEM, backend=backend).keys) == 5
    backend.refresh()
    assert drift_of(backend).keys == set() and goods["lacking"] in backend.search(Query()).ids


def test_what_an_event_will_bring_is_no_drift(backend):
    make.a_product(title="Mug")
    assert len(drift_of(backend).lacking) == 1
    assert mend(by=SYSTEM, backend=backend).keys == set(), "its reaction has not run yet"
    deliver_events()
    backend.refresh()
    assert drift_of(backend).keys == set()


def test_what_changes_while_it_is_compared_is_no_drift(backend):
    """Its first change arrives late, the second when the index has just been looked at."""
    mug = make.a_product(title="Mug", price="20").pk
    deliver_events()
    Listing.objects.filter(pk=mug).update(price_minor=10_00)

    class Changing:
        """Somebody changes the listing just before the second look."""

        name, states, put, remove = backend.name, backend.states, backend.put, backend.remove

        def refresh(self):
            indexer.refresh(backend, [mug])
            backend.refresh()
            Listing.objects.filter(pk=mug).update(price_minor=12_00)
            with transaction.atomic():
                announce(MERCHANTS["a"], [mug])

    assert mend(by=SYSTEM, backend=Changing()).counts() == {"lacking": 0, "ghosts": 0, "stale": 0}
    assert not AuditEvent.objects.filter(action="search_index.mended").exists()
    deliver_events()
    backend.refresh()
    assert drift_of(backend).keys == set()


def test_a_rating_or_a_shop_score_that_the_index_lacks_is_drift_and_one_that_is_on_its_way_is_none(backend):
    mug, cup = make.a_product(title="Mug").pk, make.a_product("b", title="Cup").pk
    deliver_events()
    Listing.objects.filter(pk=mug).update(rating_sum=5, rating_count=1)
    ShopScore.objects.create(merchant_id=MERCHANTS["b"], rating_count=1, goods_sum=1, service_sum=1, delivery_sum=1, ranked=3.5)
    backend.refresh()
    assert drift_of(backend).stale == {mug, cup}
    with transaction.atomic():
        record(ShopScoreMoved(merchant_id=MERCHANTS["b"]))
    assert mend(by=SYSTEM, backend=backend).stale == {mug}
    deliver_events()
    backend.refresh()
    assert drift_of(backend).keys == set()


def test_many_are_compared_batch_by_batch(backend, monkeypatch):
    made = [make.a_product(title=f"Mug {n}").pk for n in range(7)]
    deliver_events()
    backend.refresh()
    for module in ("search.backends.postgres.NOTED", "search.backends.elasticsearch.NOTED", "search.drift.AT_ONCE"):
        monkeypatch.setattr(module, 3)
    assert drift_of(backend).keys == set()
    backend.remove(made[2:5])
    backend.refresh()
    assert drift_of(backend).lacking == set(made[2:5])
    assert drift_of(backend, made[:3]).lacking == {made[2]}
    assert len(mend(by=SYSTEM, backend=backend).lacking) == 3


def test_suggestions_are_mended_with_the_index():
    product = make.a_product(title="Samovar")
    deliver_events()
    indexer.postgres.remove([product.pk])
    Suggestion.objects.all().delete()
    mend_all()
    assert Suggestion.objects.filter(kind="product", target=str(product.pk)).exists()


def test_an_index_that_is_newer_than_the_goods_is_built_anew(backend):
    """After a backup of the database was put back: an index takes nothing that is older than what it has."""
    product = make.a_product(title="Mug")
    deliver_events()
    (document,) = documents_of([product.pk])
    backend.put([replace(document, version=document.version + 5)])
    backend.refresh()
    assert mend(by=SYSTEM, backend=backend).stale == {product.pk}
    backend.refresh()
    assert drift_of(backend).keys == set()


def test_the_command_says_what_differs_and_mends_when_it_is_told(db):
    goods = spoilt(indexer.postgres)
    out = io.StringIO()
    with pytest.raises(CommandError, match="postgres differ: compare again with --mend"):
        call_command("compare_search", stdout=out)
    assert out.getvalue() == "postgres: 1 lacking, 2 ghosts, 2 stale\n"
    for said in ("postgres: 1 lacking, 2 ghosts, 2 stale (mended)\n", "postgres: as the listings are\n"):
        out = io.StringIO()
        call_command("compare_search", mend=True, stdout=out)
        assert out.getvalue() == said
    assert goods["lacking"] in indexer.postgres.search(Query()).ids


def test_an_elasticsearch_that_is_away_is_compared_another_time(use_elasticsearch):
    use_elasticsearch("http://127.0.0.1:1")
    product = make.a_product(title="Mug")
    deliver_events()
    indexer.postgres.remove([product.pk])
    mend_all()
    assert indexer.postgres.search(Query()).ids == [product.pk]
    with pytest.raises(CommandError, match="elasticsearch was not compared"):
        call_command("compare_search", stdout=io.StringIO())


# ── catching up ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def late(use_elasticsearch, elasticsearch_url, breaker, monkeypatch):
    """A change that has waited so long for an Elasticsearch which is away that it would wait hours more."""
    monkeypatch.setattr(catching_up._Seen, "hurries_until", clock.now())
    away = Door(elasticsearch_url, "refusing")
    use_elasticsearch(away.url)
    indexer.breaker.succeeded()
    make.a_product(title="Mug")
    deliver_events()
    waiting = Delivery.objects.filter(reaction=catching_up.REACTION, status="waiting")
    assert waiting.update(due_at=clock.now() + timedelta(hours=2), attempts=9) == 1
    yield away, waiting
    indexer.breaker.succeeded()
    away.close()


def waits_s(waiting) -> float:
    return (waiting.get().due_at - clock.now()).total_seconds()


def given_up(waiting) -> None:
    """The relay gives up what waits: it has had all its tries."""
    waiting.update(due_at=clock.now(), attempts=MOST_ATTEMPTS)
    assert lease() == [] and DeadLetter.objects.filter(replayed_at=None).count() == 1


def test_once_elasticsearch_answers_again_what_waits_for_it_is_due_soon(late):
    away, waiting = late
    catching_up.hurry()
    assert waits_s(waiting) > 7000, "it is still away"
    away.turn("open")
    configured().rebuild([])  # an index is there
    catching_up.hurry()
    assert indexer.breaker.pause_s < waits_s(waiting) < 10
    configured().drop()


def test_what_a_worker_fails_just_after_that_is_due_soon_too_and_later_no_more(late):
    """A worker that leaves Elasticsearch alone after failures does so for seconds after it is back."""
    away, waiting = late
    catching_up.hurry()
    away.turn("open")
    configured().rebuild([])
    catching_up.hurry()
    waiting.update(due_at=clock.now() + timedelta(hours=2), attempts=10)
    with clock.shifted(timedelta(seconds=10)):
        catching_up.hurry()
        assert waits_s(waiting) < 10 and waiting.get().attempts == 1, "and is not given up sooner for it"
    waiting.update(due_at=clock.now() + timedelta(hours=2), attempts=11)
    with clock.shifted(catching_up.AFTERWARDS):
        catching_up.hurry()
    assert waits_s(waiting) > 7000
    configured().drop()


def test_a_time_away_in_which_nothing_waited_long_yet_is_seen_too(late):
    away, waiting = late
    waiting.update(due_at=clock.now() + timedelta(seconds=2), attempts=1)
    catching_up.hurry()
    away.turn("open")
    configured().rebuild([])
    waiting.update(due_at=clock.now() + timedelta(hours=2), attempts=4)
    catching_up.hurry()
    assert waits_s(waiting) < 10
    configured().drop()


def test_what_was_given_up_while_it_was_away_is_sent_again_once_it_answers(late, caplog):
    """Nothing else compares categories: they change no version of a product."""
    away, waiting = late
    given_up(waiting)
    catching_up.hurry()
    assert not waiting.exists(), "it is still away"
    away.turn("open")
    server = configured()
    server.rebuild([])
    catching_up.hurry()
    assert indexer.breaker.pause_s < waits_s(waiting) < 10 and waiting.get().attempts == 1
    assert not DeadLetter.objects.filter(replayed_at=None).exists() and "1 changes that were given up" in caplog.text
    indexer.breaker.succeeded()
    waiting.update(due_at=clock.now())
    deliver_events()
    server.refresh()
    assert server.search(Query(text="mug")).total == 1
    server.drop()


def test_what_a_server_that_is_there_refuses_stays_given_up(late):
    away, waiting = late
    away.turn("open")
    configured().rebuild([])
    given_up(waiting)
    catching_up.hurry()
    assert not waiting.exists() and DeadLetter.objects.filter(replayed_at=None).count() == 1
    configured().drop()


def test_what_a_server_that_is_there_refuses_waits_longer_each_time(late):
    away, waiting = late
    away.turn("open")
    configured().rebuild([])
    catching_up.hurry()
    assert waits_s(waiting) > 7000
    configured().drop()


class TestAnElasticsearchWithoutItsIndex:
    """It is new, or has lost its disk: nobody is answered from the little that changed since."""

    @pytest.fixture
    def goods(self, use_elasticsearch, elasticsearch_url, breaker):
        """Two mugs that PostgreSQL knows, and the server after them."""
        mugs = [make.a_product(title="Mug"), make.a_product(title="Mug")]
        deliver_events()
        use_elasticsearch(elasticsearch_url)
        indexer.breaker.succeeded()
        server = configured()
        yield [mug.pk for mug in mugs]
        server.drop()

    @staticmethod
    def found() -> tuple[str, int]:
        answer = find(Query(text="mug"))
        return answer.backend, answer.total

    def test_postgresql_answers_whatever_changes_and_the_whole_is_built(self, goods):
        make.a_product(title="Mug")
        deliver_events()
        assert self.found() == ("postgres", 3)
        assert "never built" in search_health()
        assert not Delivery.objects.filter(reaction=catching_up.REACTION, status="waiting").exists(), "nothing waits for an index that reads everything"
        catching_up.ask_to_build()
        deliver_events()
        finding.breaker.succeeded()
        assert self.found() == ("elasticsearch", 3)

    def test_so_it_is_after_its_index_was_lost(self, goods):
        catching_up.build_lacking()
        configured().drop()
        make.a_product(title="Mug")
        deliver_events()
        assert self.found() == ("postgres", 3)
        catching_up.ask_to_build()
        deliver_events()
        finding.breaker.succeeded()
        assert self.found() == ("elasticsearch", 3)

    def test_nothing_is_asked_for_where_there_is_an_index_or_nobody_answers(self, goods, use_elasticsearch):
        catching_up.build_lacking()
        indexes = configured().indices()
        events = OutboxEvent.objects.count()
        catching_up.ask_to_build()
        catching_up.build_lacking()
        assert configured().indices() == indexes
        use_elasticsearch("http://127.0.0.1:1")
        catching_up.ask_to_build()
        catching_up.build_lacking()
        assert OutboxEvent.objects.count() == events


def test_a_server_that_hangs_holds_no_worker_for_long(late, monkeypatch):
    away, _waiting = late
    away.turn("hanging")
    monkeypatch.setattr(configured(), "_looking", configured()._asking.options(request_timeout=0.2))
    began = clock.now()
    with pytest.raises(BackendAway):
        indexer.refresh(configured(), [])
    assert (clock.now() - began).total_seconds() < 5
