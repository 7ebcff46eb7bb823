"""A value that an address or a rule names under another attribute: it is left out before search is asked, so both backends find the same."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from marketplace.kernel.relay import deliver_events
from search import indexer
from search.backends.elasticsearch import ElasticsearchBackend
from search.by_rule import NOTHING, query_of
from search.contract import Query
from storefront.shop.search_page import read_query
from tests import factories as make
from tests.search.conftest import UNHURRIED_S
from tests.storefront.goods import a_choice, a_matrix

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["postgres", "elasticsearch"])
def backend(request, settings, use_elasticsearch):
    """Each backend as the product keeps it, empty."""
    if request.param == "postgres":
        yield indexer.postgres
        return
    use_elasticsearch(request.getfixturevalue("elasticsearch_url"))
    server = ElasticsearchBackend(settings.ELASTICSEARCH_URL, settings.SEARCH_INDEX, timeout_s=UNHURRIED_S)
    server.rebuild([])
    yield server
    server.drop()


def test_a_value_under_another_attribute_is_left_out_and_both_backends_find_the_same(backend):
    jacket, _variants = a_matrix({("red", "M"): 5})
    mug = make.a_product(title="Mug").pk
    colour, colours = a_choice("colour", {"en": "Colour", "zh-hans": "颜色"}, ["red"])
    _size, sizes = a_choice("size", {"en": "Size", "zh-hans": "尺码"}, ["M"])
    red, medium = colours["red"], sizes["M"]
    deliver_events()
    backend.refresh()

    def found(query):
        answer = backend.search(query)
        assert answer.total == len(answer.ids)
        return set(answer.ids)

    for address, values, goods in (
        (f"a{colour}={red}", {colour: {red}}, {jacket}),
        (f"a{colour}={medium}", {}, {jacket, mug}),
        (f"a{colour}={medium}&a{colour}={red}", {colour: {red}}, {jacket}),
    ):
        asked = read_query(QueryDict(address), None, "CNY").query
        assert asked.values == values and found(asked) == goods, address
    rule = query_of({"values": {str(colour): [medium]}})
    assert rule.values == {colour: NOTHING} and found(rule) == set(), "a rule is not widened"
    # The control: this is what they would answer.
    asked = Query(values={colour: frozenset({medium})}, exact=True)
    assert found(asked) == ({jacket} if backend is indexer.postgres else set())
