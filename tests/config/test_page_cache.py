"""Pages kept for visitors: who gets them, who does not, and that a change is seen at once."""

from __future__ import annotations

import re

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marketplace.config import page_cache
from marketplace.flows.publish_product import take_product_off_sale
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.relay import deliver_events
from marketplace.platform.listings.actions import put_listings
from marketplace.platform.listings.models import Listing
from storefront.account.cookies import CHOICE
from tenants.accounts.models import User
from tenants.tenancy.link import connection
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
MARKET = {"host": "market.localhost"}


@pytest.fixture(autouse=True)
def keeping(settings):
    settings.PAGE_CACHE_S = 60


def ask(path: str, client: Client | None = None, **headers: str):
    """The answer, and how many queries it took."""
    with CaptureQueriesContext(connection) as queries:
        answer = (client or Client()).get(path, headers={**MARKET, **headers})
    return answer, len(queries)


def is_kept(path: str, client: Client | None = None, **headers: str) -> bool:
    """Whether an answer came from what is kept: nothing else is made without asking the database."""
    return ask(path, client, **headers)[1] == 0


def path_of(product) -> str:
    return f"/p/{product.pk}/"


def token(answer) -> str:
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.content.decode())[1]


def rewrite(product, committed, **changed) -> None:
    """Change the public copy as a flow does, and let what follows a commit follow."""
    listing = Listing.objects.get(pk=product.pk)
    listing.changed_at = clock.now()
    for name, value in changed.items():
        setattr(listing, name, value)
    with committed(execute=True):
        put_listings(by=SYSTEM, merchant_id=listing.merchant_id, listings=[listing], variants=listing.variants.all())


# ── what is kept ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_second_visitor_gets_what_the_first_was_given_without_a_query():
    path = path_of(make.a_product(title="Mug"))
    first, asked = ask(path)
    second, none = ask(path)
    assert asked > 0 and none == 0
    assert second.content.replace(token(second).encode(), b"") == first.content.replace(token(first).encode(), b"")
    for name in ("Content-Type", "Content-Language", "Content-Security-Policy", "X-Frame-Options", "Vary"):
        assert second.headers[name] == first.headers[name]


def test_first_page_category_and_shop_are_kept_too():
    product = make.a_product()
    for path in ("/", f"/c/{product.category_id}/", "/shops/"):
        assert not is_kept(path) and is_kept(path), path
    assert not is_kept("/", host="kiln.market.localhost") and is_kept("/", host="kiln.market.localhost")
    assert b"Kiln" not in ask("/")[0].content[:2000]  # another host's first page is another page


def test_nothing_is_kept_when_the_setting_says_so(settings):
    settings.PAGE_CACHE_S = 0
    path = path_of(make.a_product())
    assert not is_kept(path) and not is_kept(path)


# ── a form works, and for its reader alone ───────────────────────────────────────────────────────────────────────────


def test_every_reader_of_a_kept_page_has_a_token_that_works_for_them_and_for_nobody_else():
    product = make.a_product(stock=5)
    path, variant = path_of(product), make.variant_of(product)
    ask(path)
    readers = [Client(enforce_csrf_checks=True) for _ in range(2)]
    tokens = []
    for reader in readers:
        answer, queries = ask(path, reader)
        assert queries == 0 and configured.CSRF_COOKIE_NAME in answer.cookies
        tokens.append(token(answer))
    assert readers[0].cookies[configured.CSRF_COOKIE_NAME].value != readers[1].cookies[configured.CSRF_COOKIE_NAME].value

    def add(reader: Client, with_token: str) -> int:
        form = {"variant": variant, "quantity": 1, "csrfmiddlewaretoken": with_token}
        return reader.post("/cart/add/", form, headers=MARKET).status_code

    assert add(readers[0], tokens[1]) == 403 and add(readers[0], tokens[0]) < 400 and add(readers[1], tokens[1]) < 400


def test_what_is_kept_holds_no_token():
    path = path_of(make.a_product())
    answer, _queries = ask(path)
    (kept,) = [value for value in map(cache.get, _keys()) if isinstance(value, tuple)]
    assert page_cache.PLACE in kept[0] and token(answer).encode() not in kept[0]
    assert answer.cookies[configured.CSRF_COOKIE_NAME].value.encode() not in kept[0]


def _keys() -> list[str]:
    """Keys of kept pages, as cache.get() takes them."""
    return [str(raw).split(":", 3)[3].rstrip("'") for raw in cache._cache.get_client().keys("*page|*")]


# ── who is answered anew ─────────────────────────────────────────────────────────────────────────────────────────────


def test_who_has_a_session_an_unknown_cookie_or_another_question_is_answered_anew():
    product = make.a_product()
    path = path_of(product)
    ask(path)
    assert is_kept(path)
    person = Client()
    person.force_login(User.objects.get(email="owner-a@market.localhost"), backend=configured.AUTHENTICATION_BACKENDS[0])
    assert not is_kept(path, person) and b"owner-a" not in ask(path)[0].content
    basket = Client()
    basket.post("/cart/add/", {"variant": make.variant_of(product), "quantity": 1}, headers=MARKET)
    assert not is_kept(path, basket)
    stranger = Client()
    stranger.cookies["whatever"] = "1"
    assert not is_kept(path, stranger)
    for question in ("?variant=1", "?hl=xx", "?utm=1", "?hl=en&hl=en"):
        assert not is_kept(path + question) and not is_kept(path + question)
    assert not is_kept(path, **{"HX-Request": "true"})
    assert is_kept(path)


def test_language_theme_and_where_one_lives_have_pages_of_their_own():
    path = path_of(make.a_product())
    ask(path)
    for headers in (
        {"Accept-Language": "en"},
        {"Cookie": "theme=dark"},
        {"Cookie": "deliver_to=31"},
        {"Cookie": f"{CHOICE}=necessary"},
        {"Cookie": f"{configured.LANGUAGE_COOKIE_NAME}=en"},
    ):
        assert not is_kept(path, **headers), headers
        assert is_kept(path, **headers), headers
    assert 'lang="en"' in ask(path, **{"Accept-Language": "en"})[0].content.decode()
    assert 'data-theme="dark"' in ask(path, Cookie="theme=dark")[0].content.decode()
    assert 'lang="zh-Hans"' in ask(path)[0].content.decode()
    for odd in ("theme=<b>", "deliver_to=31010401", f"{configured.LANGUAGE_COOKIE_NAME}=xx"):
        assert not is_kept(path, Cookie=odd) and not is_kept(path, Cookie=odd), odd


def test_a_choice_of_language_is_still_remembered():
    path = path_of(make.a_product()) + "?hl=en"
    for _twice in range(2):
        answer, _queries = ask(path)
        assert answer.cookies[configured.LANGUAGE_COOKIE_NAME].value == "en"


def test_what_is_not_there_or_no_longer_on_sale_is_not_kept():
    product = make.a_product()
    with merchant_schema(MERCHANTS["a"]):
        take_product_off_sale(by=SYSTEM, product_id=product.pk)
    for path in (path_of(product), f"/p/{MERCHANTS['a']}/", "/c/999999/"):
        assert not is_kept(path) and not is_kept(path)


# ── a change is seen at once ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("changed", "seen"), [({"price_minor": 424200, "price_to_minor": 424200}, "4,242"), ({"titles": {"en": "Beaker", "zh-hans": "烧杯"}}, "烧杯")]
)
def test_a_change_is_seen_at_once_on_every_page_that_shows_the_thing(changed, seen, django_capture_on_commit_callbacks):
    product, other = make.a_product(title="Mug"), make.a_product(title="Cup")
    deliver_events()  # into the search index
    pages = ["/", f"/c/{product.category_id}/", path_of(other)]
    before = {path: ask(path)[0].content.decode() for path in pages}
    showing = [path for path in pages if str(product.pk) in before[path]]
    assert "/" in showing and f"/c/{product.category_id}/" in showing
    assert all(is_kept(path) for path in pages)
    rewrite(product, django_capture_on_commit_callbacks, **changed)
    for path in showing:
        answer, queries = ask(path)
        assert queries > 0 and seen in answer.content.decode(), path
        assert is_kept(path)


def test_without_a_stamp_the_old_page_would_still_be_shown():
    """The control: the same change behind the back of whoever announces it."""
    product = make.a_product(title="Mug")
    ask(path_of(product))
    Listing.objects.filter(pk=product.pk).update(titles={"en": "Beaker", "zh-hans": "烧杯"})
    assert "烧杯" not in ask(path_of(product))[0].content.decode()


def test_what_is_taken_off_sale_or_sold_out_is_gone_at_once(django_capture_on_commit_callbacks):
    product = make.a_product(title="Mug")
    for path in (path_of(product), "/"):
        ask(path)
    with django_capture_on_commit_callbacks(execute=True), merchant_schema(MERCHANTS["a"]):
        take_product_off_sale(by=SYSTEM, product_id=product.pk)
    assert ask(path_of(product))[0].status_code == 410 and str(product.pk) not in ask("/")[0].content.decode()


def test_the_event_changes_the_stamp_too_should_the_first_word_be_lost(django_capture_on_commit_callbacks):
    product = make.a_product(title="Mug")
    deliver_events()
    ask(path_of(product))
    rewrite(product, lambda execute: django_capture_on_commit_callbacks(execute=False), titles={"en": "Beaker", "zh-hans": "烧杯"})
    assert "烧杯" not in ask(path_of(product))[0].content.decode()  # the commit's own word was lost
    with django_capture_on_commit_callbacks(execute=True):
        deliver_events()
    assert "烧杯" in ask(path_of(product))[0].content.decode()


def test_a_page_during_whose_making_something_changed_is_not_kept(monkeypatch):
    product = make.a_product()
    answers = iter(range(100))
    real = page_cache.stamps

    def restless(names: list[str]) -> list[str]:
        return [f"{next(answers)}" if name == page_cache.ANYTHING else stamp for name, stamp in zip(names, real(names), strict=True)]

    monkeypatch.setattr(page_cache, "stamps", restless)
    ask(path_of(product))
    assert not is_kept(path_of(product))


def test_while_the_cache_is_away_pages_are_made_anew(settings):
    path = path_of(make.a_product())
    ask(path)
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "unix:///nowhere/valkey.sock"}}
    for _twice in range(2):
        answer, queries = ask(path)
        assert answer.status_code == 200 and queries > 0
