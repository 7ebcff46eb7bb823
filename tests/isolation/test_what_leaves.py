"""What leaves a shop without a route of its own: letters, and the search index. Canary words of one merchant never reach another."""

from __future__ import annotations

import pytest
from django.core import mail

from marketplace.kernel.relay import deliver_events
from marketplace.platform.listings.models import Listing
from search.contract import Query
from search.documents import all_documents
from search.find import find
from search.models import SearchDoc
from tenants.tenancy.models import Merchant


@pytest.fixture(scope="module")
def told(world) -> list[tuple[str, str]]:
    """Every letter that follows from what happened in the world: to whom, and all of it."""
    deliver_events()
    return [(letter.to[0], "\n".join([letter.subject, letter.body, *(str(part[0]) for part in letter.alternatives)])) for letter in mail.outbox]


def side_of(world, to: str) -> str:
    """The letter of the merchant or of its buyer; empty for the market's own people."""
    if to.startswith("kanarie-"):
        return to[len("kanarie-")]
    return {world.users[f"staff_{letter}"].email: letter for letter in "ab"}.get(to, "")


def test_a_letter_holds_nothing_of_another_merchant_or_buyer(world, told):
    counted = {"a": 0, "b": 0}
    for to, text in told:
        own = side_of(world, to)
        if not own:
            continue
        counted[own] += 1
        other = world.b if own == "a" else world.a
        assert f"kanarie-{other.letter}" not in text, f"{to} reads of {other.letter}"
        assert not [secret for secret in other.secrets if secret in text]
        assert other.host("workbench") not in text
    assert min(counted.values()) > 5, "letters were written to both sides"


def test_a_shop_reads_nothing_of_its_buyers_address_book(world, told):
    """What a merchant is told of an order is what it needs to pack it; who else the buyer is stays with the market."""
    for to, text in told:
        if to == world.users["staff_a"].email:
            assert "kanarie-a-buyer@example.com" not in text


def test_the_index_holds_what_is_on_sale_and_public(world):
    deliver_events()
    found = {doc.id for doc in all_documents()}
    assert found == set(Listing.objects.filter(is_on_sale=True).values_list("pk", flat=True))
    assert {world.a.objects["listing_id"], world.b.objects["listing_id"]} <= found
    kept = "\n".join(str(row) for row in SearchDoc.objects.values_list())
    documents = "\n".join(f"{doc.tokens} {doc.marks}" for doc in all_documents())
    for side in (world.a, world.b):
        assert f"kanarie-{side.letter}-title".split("-")[0] in kept, "the control: public words are there"
        for secret in ("draft", "holder", "company", "licence", "note", "txn"):
            assert secret not in kept and secret not in documents


@pytest.mark.parametrize("letter", ["a", "b"])
def test_a_search_in_one_shop_finds_nothing_of_another(world, letter):
    deliver_events()
    side = getattr(world, letter)
    ordinals = dict(Merchant.objects.values_list("pk", "ordinal"))
    everywhere = find(Query(text="kanarie"))
    assert set(everywhere.ids) == {world.a.objects["listing_id"], world.b.objects["listing_id"]}, "the control: the whole market has both"
    there = find(Query(text="kanarie", shops=(ordinals[side.merchant_id],)))
    assert there.ids == [side.objects["listing_id"]]
    page = world.clients["anonymous"].get("/", HTTP_HOST=side.host("shop")).content.decode()
    other = world.b if letter == "a" else world.a
    assert str(side.objects["listing_id"]) in page and str(other.objects["listing_id"]) not in page


@pytest.mark.parametrize("word", ["draft", "kanarie-a-draft", "kanarie-a-holder", "kanarie-a-company"])
def test_what_is_not_public_is_not_found(world, word):
    deliver_events()
    page = world.clients["anonymous"].get("/search/", {"q": word}, HTTP_HOST="market.localhost").content.decode()
    assert str(world.a.objects["product_id"]) not in page
