"""Who answers: Elasticsearch while it does, else PostgreSQL, without a page waiting or failing."""

from __future__ import annotations

import time

import pytest

from search import find as finding
from search.backends.choice import configured
from search.contract import NotBuilt, Query
from search.find import find
from search.health import search_health
from tests.fakes.door import Door
from tests.running import until
from tests.search.catalogue import doc, key
from tests.search.conftest import index_name

pytestmark = pytest.mark.django_db

NOBODY = "http://127.0.0.1:1"


@pytest.fixture
def mugs(breaker):
    finding.postgres.put([doc("Mug", name=1)])


@pytest.fixture
def door():
    made: list[Door] = []

    def make(way, behind=NOBODY):
        made.append(Door(behind, way))
        return made[-1]

    yield make
    for each in made:
        each.close()


def timed(query: Query):
    began = time.monotonic()
    answer = find(query)
    return answer, time.monotonic() - began


def test_without_an_address_postgresql_answers(mugs):
    assert (find(Query(text="mug")).backend, search_health()) == ("postgres", "postgres")


@pytest.mark.parametrize("way", ["refusing", "hanging", "failing"])
def test_postgresql_answers_for_a_server_that_does_not(mugs, use_elasticsearch, door, way):
    away = door(way)
    use_elasticsearch(away.url)
    assert search_health().startswith("postgres: ")
    finding.breaker.moment_s = 0
    for _time in range(finding.breaker.failures):
        answer, took_s = timed(Query(text="mug"))
        assert (answer.backend, answer.ids) == ("postgres", [key(1)])
        assert took_s < 2
    asked = away.knocks
    for _time in range(3):
        answer, took_s = timed(Query(text="mug"))
        assert answer.ids == [key(1)]
        assert took_s < 0.4
    assert away.knocks == asked
    assert "left alone" in search_health()


def test_one_failure_alone_does_not_open_the_breaker(mugs, use_elasticsearch, door):
    away = door("failing")
    use_elasticsearch(away.url)
    finding.breaker.moment_s = 0
    find(Query())
    asked = away.knocks
    find(Query())
    assert away.knocks > asked


def test_a_page_with_several_questions_waits_once_for_a_server_that_hangs(mugs, use_elasticsearch, door):
    away = door("hanging")
    use_elasticsearch(away.url)
    finding.breaker.moment_s *= 60  # for a slow machine
    assert find(Query(text="mug")).ids == [key(1)]
    asked = away.knocks
    assert asked and [find(Query(text="mug")).ids for _time in range(3)] == [[key(1)]] * 3
    assert away.knocks == asked and not finding.breaker.is_open()


def test_after_one_failure_a_server_that_is_well_again_is_found_in_a_moment(mugs, use_elasticsearch, door, elasticsearch_url):
    away = door("failing", behind=elasticsearch_url)
    use_elasticsearch(away.url)
    server = configured()
    finding.breaker.pause_s = 3600  # what comes after the second failure
    assert find(Query(text="mug")).backend == "postgres"
    away.turn("open")
    server.rebuild([doc("Mug", name=1)])
    server.refresh()
    until(lambda: find(Query(text="mug")).backend == "elasticsearch", within_s=20, what="Elasticsearch answers again")
    server.drop()


def test_one_probe_after_the_pause_finds_the_server_well_again(mugs, use_elasticsearch, door, elasticsearch_url):
    away = door("hanging", behind=elasticsearch_url)
    use_elasticsearch(away.url)
    server = configured()
    finding.breaker.pause_s, finding.breaker.moment_s = 0.5, 0
    assert [find(Query(text="mug")).backend for _time in range(3)] == ["postgres"] * 3
    away.turn("open")
    server.rebuild([doc("Mug", name=1), doc("Mug", name=2)])
    server.refresh()
    until(lambda: find(Query(text="mug")).backend == "elasticsearch", within_s=20, what="Elasticsearch answers again")
    assert find(Query(text="mug")).total == 2
    assert find(Query(text="mug")).backend == search_health() == "elasticsearch"
    server.drop()


def test_a_server_that_is_slow_at_every_step_of_a_question_is_as_good_as_away(mugs, use_elasticsearch, elasticsearch_url, monkeypatch):
    use_elasticsearch(elasticsearch_url)
    server = configured()
    server.rebuild([doc("Mug", name=1)])
    server.refresh()
    assert find(Query(text="mug")).backend == "elasticsearch"
    monkeypatch.setattr(server, "in_all_s", -1)
    assert (find(Query(text="mug")).backend, find(Query(text="mug")).ids) == ("postgres", [key(1)])
    server.drop()


def test_a_server_whose_index_was_never_built_is_not_asked_for_answers(mugs, use_elasticsearch, elasticsearch_url):
    use_elasticsearch(elasticsearch_url)
    assert find(Query(text="mug")).backend == "postgres"
    assert "never built" in search_health()
    with pytest.raises(NotBuilt):
        configured().put([doc("Mug", name=1)])
    with pytest.raises(NotBuilt):
        configured().remove([key(1)])
    assert not configured().indices(), "what happens to change first makes no index"


def test_a_backend_is_made_once_for_an_address_and_an_index(settings):
    settings.ELASTICSEARCH_URL, settings.SEARCH_INDEX = NOBODY, index_name()
    assert configured() is configured()
