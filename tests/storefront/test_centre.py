"""The personal centre: what to do next, parcels of all shops, lists of what one keeps, profile and sign-in."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.test import Client

from marketplace.flows.return_goods import agree_return, request_return
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.models import AuditEvent
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.listings.models import Listing
from marketplace.platform.members import keeping
from marketplace.platform.members.models import Address, Favourite, Profile, Seen
from tenants.accounts.actions import ensure_person
from tenants.accounts.addresses import is_in_doubt
from tenants.accounts.models import Letter, User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db

MARKET = {"host": "market.localhost", "Accept-Language": "en"}
HX = {**MARKET, "HX-Request": "true"}
PASSWORD = "correct horse battery"


@pytest.fixture
def mei() -> User:
    return make.a_buyer("mei@example.com")


@pytest.fixture
def browser(mei) -> Client:
    client = Client()
    client.force_login(mei, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def page(client: Client, path: str, **query: str) -> str:
    answer = client.get(path, query, headers=MARKET)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def main(html: str) -> str:
    return html.split("<main")[1].split("</main>")[0]


# ── First page ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_page_says_what_to_do_next_in_the_order_of_the_clocks(browser, mei):
    mug, bag = make.a_product("a", title="Mug"), make.a_product("b", title="Bag")
    unpaid = make.a_placed_group(("a", mug, 1), buyer=mei)
    shipped = make.pay(make.a_placed_group(("a", mug, 1), ("b", bag, 1), buyer=mei))
    for copy in shipped.orders.all():
        make.ship(copy)
    html = main(page(browser, "/account/"))
    assert unpaid.number in html and f"/pay/{unpaid.number}/" in html
    assert html.index("Pay now") < html.index("Has it arrived from")
    assert html.count("I have received it") == 2


def test_a_return_that_was_agreed_waits_for_the_parcel(browser, mei):
    copy = make.order_of(make.a_completed_group(("a", make.a_product(), 1), buyer=mei))
    back = request_return(by=SYSTEM, copy=copy, return_id=uuid4(), pieces={UUID(copy.lines[0]["id"]): 1}, reason="damaged")
    assert "Send it back" not in main(page(browser, "/account/"))
    with merchant_schema(copy.merchant_id):
        agree_return(by=SYSTEM, number=back.number)
    html = main(page(browser, "/account/"))
    assert "Send it back" in html and f"/returns/{back.number}/" in html


def test_nobody_else_s_things_are_counted(browser):
    make.a_placed_group(("a", make.a_product(), 1))
    html = main(page(browser, "/account/"))
    assert "Nothing waits for you." in html and "Pay now" not in html


# ── Parcels ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_parcels_of_all_shops_stand_on_one_page_with_carrier_and_number(browser, mei, django_assert_max_num_queries):
    mug, bag = make.a_product("a", title="Mug"), make.a_product("b", title="Bag")
    group = make.pay(make.a_placed_group(("a", mug, 2), ("b", bag, 1), buyer=mei))
    theirs = make.pay(make.a_placed_group(("a", mug, 1)))
    for copy in [*group.orders.all(), *theirs.orders.all()]:
        make.ship(copy)
    numbers = [copy.packages[0]["tracking_number"] for copy in OrderCopy.objects.filter(group=group)]
    with django_assert_max_num_queries(12):
        html = main(page(browser, "/account/parcels/"))
    assert all(number in html for number in numbers)
    assert OrderCopy.objects.get(group=theirs).packages[0]["tracking_number"] not in html
    assert "Mug" in html and "Bag" in html and "× 2" in html
    make.receive(make.order_of(group, "a"))
    gone = make.order_of(group, "a").packages[0]["tracking_number"]
    assert gone not in main(page(browser, "/account/parcels/"))
    assert gone in main(page(browser, "/account/parcels/", show="arrived"))


# ── Favourites ───────────────────────────────────────────────────────────────────────────────────────────────────────


def kept(user: User, **wanted: object) -> Listing:
    product = make.a_product(**wanted)  # type: ignore[arg-type]
    keeping.save_favourite(by=make.acting(user), listing_id=product.pk)
    return Listing.objects.get(pk=product.pk)


def test_what_has_become_cheaper_since_it_was_saved_is_said_and_found(browser, mei):
    cheaper, same, dearer = kept(mei, title="Lamp", price="100"), kept(mei, title="Chair", price="50"), kept(mei, title="Desk", price="70")
    Listing.objects.filter(pk=cheaper.pk).update(price_minor=9000)
    Listing.objects.filter(pk=dearer.pk).update(price_minor=7500)
    html = main(page(browser, "/account/favourites/"))
    assert "CN¥10.00 less than when you saved it (CN¥100.00)" in html
    assert "CN¥5.00 more than when you saved it (CN¥70.00)" in html
    assert html.count("when you saved it") == 2
    only = main(page(browser, "/account/favourites/", show="cheaper"))
    assert "Lamp" in only and "Chair" not in only and "Desk" not in only
    assert f"/p/{same.pk}/" in html


def test_what_is_sold_out_or_gone_is_said_and_cannot_be_put_into_the_cart(browser, mei):
    sold_out, gone = kept(mei, title="Lamp"), kept(mei, title="Chair")
    Listing.objects.filter(pk=sold_out.pk).update(in_stock=False)
    Listing.objects.filter(pk=gone.pk).update(is_on_sale=False)
    html = main(page(browser, "/account/favourites/"))
    assert "Sold out" in html and "No longer on sale" in html and "Add to cart" not in html
    assert "Lamp" not in main(page(browser, "/account/favourites/", show="available"))
    assert f"/p/{gone.pk}/" not in html


def test_favourites_are_filtered_by_category(browser, mei):
    lamps = make.a_category("lamps", {"en": "Lamps", "zh-hans": "灯"})
    kept(mei, title="Lamp", category=lamps)
    kept(mei, title="Mug")
    html = main(page(browser, "/account/favourites/", category=str(lamps.pk)))
    assert "Lamp" in html and "Save Mug" not in html and ">Mug<" not in html
    assert ">Mug<" in main(page(browser, "/account/favourites/", category="no number"))


def test_several_are_taken_out_at_once_and_put_back_as_they_were(browser, mei):
    rows = [kept(mei, title=title, price="100") for title in ("One", "Two", "Three")]
    Listing.objects.update(price_minor=5000)
    before = list(Favourite.objects.order_by("pk").values_list("listing_id", "saved_minor", "saved_at"))
    browser.post("/account/favourites/take-out/", {"chosen": [str(row.pk) for row in rows[:2]]}, headers=MARKET)
    assert [row.listing_id for row in Favourite.objects.all()] == [rows[2].pk]
    assert "2 products taken out." in page(browser, "/account/favourites/")
    browser.post("/account/favourites/undo/", headers=MARKET)
    assert sorted(before) == sorted(Favourite.objects.values_list("listing_id", "saved_minor", "saved_at"))
    browser.post("/account/favourites/undo/", headers=MARKET)
    assert Favourite.objects.count() == 3


def test_nobody_takes_out_what_others_keep(browser, mei):
    other = make.a_buyer()
    theirs = kept(other)
    browser.post("/account/favourites/take-out/", {"chosen": [str(theirs.pk)]}, headers=MARKET)
    assert Favourite.objects.get().user == other
    assert browser.post("/account/favourites/take-out/", {"chosen": ["x"]}, headers=MARKET).status_code == 422


def test_the_page_costs_the_same_for_one_and_for_twenty(browser, mei, django_assert_max_num_queries):
    for _n in range(20):
        kept(mei)
    page(browser, "/account/favourites/")
    with django_assert_max_num_queries(12):
        page(browser, "/account/favourites/")


def test_followed_shops_show_their_newest_goods(browser, mei):
    make.a_product("b", title="Bag")
    keeping.follow_shop(by=make.acting(mei), merchant_id=MERCHANTS["b"])
    html = main(page(browser, "/account/shops/"))
    assert "Trail" in html and "Bag" in html and "Kiln" not in html


# ── Recently seen and cookies ────────────────────────────────────────────────────────────────────────────────────────


def test_what_a_person_looks_at_is_kept_newest_first_and_never_too_much(browser, mei, monkeypatch):
    monkeypatch.setattr(keeping, "MOST_SEEN", 2)
    products = [make.a_product(title=title) for title in ("One", "Two", "Three")]
    for product in [*products, products[1]]:
        browser.post("/recent/", {"listing": str(product.pk)}, headers=HX)
    assert [row.listing_id for row in Seen.objects.order_by("-seen_at")] == [products[1].pk, products[2].pk]
    row = browser.post("/recent/", {"listing": str(products[2].pk)}, headers=HX).content.decode()
    assert "Two" in row and "Three" not in row, "the product of the page is left out"


def test_the_switch_forgets_and_keeps_nothing_more(browser, mei):
    product = make.a_product()
    browser.post("/recent/", {"listing": str(product.pk)}, headers=HX)
    browser.post("/recent/remember/", {"on": "0"}, headers=MARKET)
    browser.post("/recent/", {"listing": str(product.pk)}, headers=HX)
    assert not Seen.objects.exists()
    assert "Switch on" in page(browser, "/recent/")
    browser.post("/recent/remember/", {"on": "1"}, headers=MARKET)
    browser.post("/recent/", {"listing": str(product.pk)}, headers=HX)
    assert Seen.objects.count() == 1
    browser.post("/recent/clear/", headers=MARKET)
    assert not Seen.objects.exists()


def test_nothing_is_kept_of_a_visitor_who_was_not_asked_or_said_no():
    product, client = make.a_product(title="Lamp"), Client()
    client.post("/recent/", {"listing": str(product.pk)}, headers=HX)
    assert "seen" not in client.cookies
    client.post("/cookies/", {"choice": "necessary"}, headers=MARKET)
    client.post("/recent/", {"listing": str(product.pk)}, headers=HX)
    assert "seen" not in client.cookies or not client.cookies["seen"].value


def test_a_visitor_who_agreed_finds_it_again_and_takes_it_along_to_the_account(mei):
    product, client = make.a_product(title="Lamp"), Client()
    client.post("/cookies/", {"choice": "preferences"}, headers=MARKET)
    client.post("/recent/", {"listing": str(product.pk)}, headers=HX)
    assert "Lamp" in main(page(client, "/recent/"))
    client.post("/sign-in/", {"login": mei.email, "password": PASSWORD}, headers=MARKET)
    assert [row.listing_id for row in Seen.objects.filter(user=mei)] == [product.pk]
    client.post("/cookies/", {"choice": "necessary"}, headers=MARKET)
    assert not client.cookies["seen"].value


def test_a_cookie_that_is_not_ours_shows_nothing_and_breaks_nothing():
    client = Client()
    client.cookies["cookie_choice"], client.cookies["seen"] = "preferences", "rubbish.!!.AAAA." + "A" * 5000
    assert "Nothing here" in page(client, "/recent/")


def test_the_question_is_asked_until_it_is_answered_with_buttons_of_one_kind():
    client = Client()
    html = page(client, "/shops/")
    asked = html.split('id="cookie-choice"')[1].split("</section>")[0]
    assert len({re.search(r'class="([^"]+)"', button)[1] for button in re.findall(r"<button[^>]*>", asked)}) == 1
    assert client.post("/cookies/", {"choice": "everything"}, headers=MARKET).status_code == 422
    assert client.post("/cookies/", {"choice": "necessary", "next": "/shops/"}, headers=MARKET).headers["Location"] == "/shops/"
    assert 'id="cookie-choice"' not in page(client, "/shops/")


def test_the_page_lists_every_cookie_that_the_market_sets(mei):
    """Sign in, choose language and light, agree, look at something: no cookie may come up that the page does not name."""
    client, product = Client(), make.a_product()
    html = page(client, "/cookies/", hl="en")
    client.post("/cookies/", {"choice": "preferences"}, headers=MARKET)
    client.post("/recent/", {"listing": str(product.pk)}, headers=HX)
    client.get("/sign-in/", headers=MARKET)
    client.post("/sign-in/", {"login": mei.email, "password": PASSWORD}, headers=MARKET)
    client.get("/?hl=zh-hans", headers=MARKET)
    assert {"cookie_choice", "seen", "session", "language"} <= set(client.cookies)
    assert [name for name in client.cookies if f">{name}<" not in html] == []


# ── Profile and sign-in ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_profile_is_kept_and_the_log_does_not_repeat_it(browser, mei):
    answer = browser.post("/account/profile/", {"name": " 林  知夏 ", "phone": "138 0013 8000", "language": "en"}, headers=MARKET)
    assert answer.status_code == 302
    mei.refresh_from_db()
    assert (mei.name, mei.language, Profile.objects.get(user=mei).phone) == ("林 知夏", "en", "+8613800138000")
    row = AuditEvent.objects.get(action="profile.saved")
    assert row.after == {"changed": ["language", "phone"]} or row.after == {"changed": ["name", "language", "phone"]}
    assert answer.cookies["language"].value == "en"


@pytest.mark.parametrize(("field", "value"), [("phone", "abc"), ("language", "xx"), ("name", "x" * 81)])
def test_a_wrong_field_is_named_and_nothing_is_kept(browser, mei, field, value):
    form = {"name": "Other", "phone": "", "language": "en", field: value}
    answer = browser.post("/account/profile/", form, headers=MARKET)
    assert answer.status_code == 422
    assert f'href="#id_{field}"' in answer.content.decode()
    mei.refresh_from_db()
    assert mei.name == "林知夏"


def test_signing_out_elsewhere_keeps_this_device_and_wants_the_password(mei):
    here, there = Client(), Client()
    for client in (here, there):
        client.post("/sign-in/", {"login": mei.email, "password": PASSWORD}, headers=MARKET)
    assert here.post("/account/profile/sign-out-others/", {"password": "wrong"}, headers=MARKET).status_code == 422
    assert there.get("/account/", headers=MARKET).status_code == 200
    assert here.post("/account/profile/sign-out-others/", {"password": PASSWORD}, headers=MARKET).status_code == 302
    assert here.get("/account/", headers=MARKET).status_code == 200
    assert there.get("/account/", headers=MARKET).status_code == 302


def ask_for_address(client: Client, email: str) -> int:
    return client.post("/account/email/", {"email": email, "password": PASSWORD}, headers=MARKET).status_code


def test_another_address_counts_once_its_letter_was_followed_and_the_old_mailbox_hears_of_it(mei):
    client = Client()
    client.post("/sign-in/", {"login": mei.email, "password": PASSWORD}, headers=MARKET)
    assert client.post("/account/email/", {"email": "new@example.com", "password": "wrong"}, headers=MARKET).status_code == 422
    assert not Letter.objects.filter(email="new@example.com").exists(), "not without the password"
    assert ask_for_address(client, "new@example.com") == 302
    mei.refresh_from_db()
    assert mei.email == "mei@example.com"
    link = re.search(r"/email/confirm/\S+", Letter.objects.get(email="new@example.com").text)[0]
    client.post(link, headers=MARKET)
    mei.refresh_from_db()
    assert mei.email == "new@example.com"
    assert [(row.email, row.verified, row.primary) for row in EmailAddress.objects.filter(user=mei)] == [("new@example.com", True, True)]
    told = Letter.objects.get(email="mei@example.com")
    assert "new@example.com" in told.text and "password/forgotten" in told.text


def test_an_address_of_somebody_else_is_never_taken_over(mei):
    make.a_buyer("taken@example.com")
    client = Client()
    client.post("/sign-in/", {"login": mei.email, "password": PASSWORD}, headers=MARKET)
    ask_for_address(client, "taken@example.com")
    letters = list(Letter.objects.filter(email="taken@example.com"))
    assert letters
    for letter in letters:
        if found := re.search(r"/email/confirm/\S+", letter.text):
            client.post(found[0], headers=MARKET)
    mei.refresh_from_db()
    assert mei.email == "mei@example.com"


def test_asking_for_another_address_makes_nobody_the_owner_of_the_first():
    """Who registers with the address of somebody else, and then asks for one of their own, has still not shown the first to be theirs."""
    client = Client()
    client.post("/register/", {"email": "victim@example.com", "password1": PASSWORD}, headers=MARKET)
    user = User.objects.get(email="victim@example.com")
    assert is_in_doubt(user)
    ask_for_address(client, "attacker@example.com")
    user.refresh_from_db()
    assert EmailAddress.objects.filter(user=user, email="attacker@example.com", verified=False).exists()
    assert user.email == "victim@example.com" and is_in_doubt(user)
    client.post("/account/email/", {"stay": "1"}, headers=MARKET)
    assert is_in_doubt(user)
    assert not is_in_doubt(ensure_person(by=SYSTEM, email="made@example.com"))


# ── Addresses and error pages ────────────────────────────────────────────────────────────────────────────────────────


def test_another_address_can_be_the_default_and_one_is_always(browser, mei):
    first, second = make.an_address(mei), make.an_address(mei)
    assert Address.objects.get(is_default=True).pk == second
    browser.post(f"/account/addresses/{first}/default/", headers=MARKET)
    assert Address.objects.get(is_default=True).pk == first
    browser.post(f"/account/addresses/{first}/remove/", headers=MARKET)
    assert Address.objects.get(is_default=True).pk == second
    theirs = make.an_address(make.a_buyer())
    assert browser.post(f"/account/addresses/{theirs}/default/", headers=MARKET).status_code == 404


def test_an_error_page_speaks_the_readers_language_first_and_offers_the_search(browser):
    english = browser.get("/no-such-page/?hl=en", headers=MARKET).content.decode()
    assert '<html lang="en"' in english and "/search/" in english
    chinese = browser.get("/no-such-page/?hl=zh-hans", headers=MARKET).content.decode()
    assert '<html lang="zh-Hans"' in chinese
    console = browser.get("/no-such-page/", headers={"host": "ops.market.localhost"}).content.decode()
    assert "/search/" not in console
