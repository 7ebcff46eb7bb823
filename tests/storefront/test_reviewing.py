"""Reading, writing, asking and answering on the pages of market, workbench and console."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marketplace.flows.letters_about_reviews import REMINDER
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.deadlines import fire_due
from marketplace.kernel.models import Deadline
from marketplace.kernel.relay import deliver_events
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.listings.models import Listing
from marketplace.platform.reviews.actions import Marks, Opinion, review_order
from marketplace.platform.reviews.asking import ask_question
from marketplace.platform.reviews.models import BuyerReview, Question, ShopRating
from marketplace.platform.reviews.moderating import hide_review
from tenants.accounts.models import Letter, User
from tests import factories as make
from tests.kernel.hostile_files import SVG

pytestmark = pytest.mark.django_db

MARKET, WORKBENCH, CONSOLE = "market.localhost", "kiln.seller.market.localhost", "ops.market.localhost"


def reader(user: User | None = None, host: str = MARKET) -> Client:
    client = Client(headers={"host": host, "accept-language": "en"})
    if user:
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def body(response: Any, status: int = 200) -> str:
    assert response.status_code == status, response.content[:500]
    return response.content.decode()


def received(buyer: User, product: Any) -> OrderCopy:
    return make.order_of(make.a_completed_group(("a", product, 1), buyer=buyer))


def say(product: Any, stars: int = 5, text: str = "Very good", **more: Any) -> UUID:
    copy = received(make.a_buyer(), product)
    (pk,) = review_order(by=make.acting(copy.buyer), key=uuid4(), order_id=copy.pk, opinions=[Opinion(UUID(copy.lines[0]["id"]), stars, text, **more)])
    return pk


def filled(copy: OrderCopy, page: str, **changed: Any) -> dict[str, Any]:
    of = UUID(copy.lines[0]["id"]).hex
    key = re.search(r'name="key" value="([0-9a-f-]{36})"', page)[1]
    return {
        "key": key,
        f"stars_{of}": "4",
        f"text_{of}": "Sits well in the hand",
        "is_anonymous": "on",
        "goods": "5",
        "service": "4",
        "delivery": "3",
    } | changed


def test_from_the_received_order_to_the_review_in_the_product_page():
    buyer, product = make.a_buyer(), make.a_product()
    copy = received(buyer, product)
    client, path = reader(buyer), f"/orders/{copy.number}/review/"
    assert path in body(client.get(f"/orders/{copy.group.number}/"))
    assert path in body(client.get("/account/reviews/"))
    page = body(client.get(path))
    of = UUID(copy.lines[0]["id"]).hex
    pictures = [SimpleUploadedFile(f"{colour}.png", make.a_picture(colour).read()) for colour in ("red", "blue")]
    data = filled(copy, page) | {f"pictures_{of}": pictures}
    assert client.post(path, data).headers["Location"] == "/account/reviews/?show=written"
    review = BuyerReview.objects.get()
    assert (review.stars, len(review.pictures), review.is_anonymous) == (4, 2, True)
    assert all(key.startswith("public/reviews/") and client.get(f"/media/{key}").status_code == 200 for key in review.pictures)
    assert ShopRating.objects.get().delivery == 3
    shown = body(reader().get(f"/p/{product.pk}/"))
    assert "Sits well in the hand" in shown and "林***" in shown and buyer.email not in shown and buyer.name not in shown
    assert path not in body(client.get(f"/orders/{copy.group.number}/"))
    assert client.get(path).status_code == 302  # nothing is left to say


def test_the_same_form_sent_twice_is_one_review_and_a_second_form_is_refused_in_words():
    buyer, product = make.a_buyer(), make.a_product()
    copy = received(buyer, product)
    client, path = reader(buyer), f"/orders/{copy.number}/review/"
    first, second = body(client.get(path)), body(client.get(path))
    for _twice in range(2):
        assert client.post(path, filled(copy, first)).status_code == 302
    assert "You have reviewed this before" in body(client.post(path, filled(copy, second)), 422)
    assert BuyerReview.objects.count() == ShopRating.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"stars": ""}, "Give one to five stars."),
        ({"stars": "6"}, "Give one to five stars."),
        ({"text": "x" * 1001}, "at most 1000"),
        ({"service": ""}, "Give one to five stars."),
        ({"key": "nonsense"}, "Reload the page"),
        ({"pictures": [SimpleUploadedFile("a.png", b"no picture")]}, "no JPEG, PNG or WebP"),
        ({"pictures": [SimpleUploadedFile("a.svg", SVG)]}, "no JPEG, PNG or WebP"),
        ({"pictures": [SimpleUploadedFile(f"{n}.png", b"x") for n in range(7)]}, "at most 6 pictures"),
    ],
)
def test_what_is_wrong_is_named_beside_its_field_and_nothing_is_kept(wrong, told):
    buyer = make.a_buyer()
    copy = received(buyer, make.a_product())
    client, path = reader(buyer), f"/orders/{copy.number}/review/"
    of = UUID(copy.lines[0]["id"]).hex
    changed = {f"{name}_{of}" if name in ("stars", "text", "pictures") else name: value for name, value in wrong.items()}
    assert told in body(client.post(path, filled(copy, body(client.get(path)), **changed)), 422)
    assert not BuyerReview.objects.exists() and not ShopRating.objects.exists()


def test_an_order_on_its_way_or_of_somebody_else_cannot_be_reviewed():
    buyer, product = make.a_buyer(), make.a_product()
    waiting = make.order_of(make.pay(make.a_placed_group(("a", product, 1), buyer=buyer)))
    assert "once the goods have arrived" in body(reader(buyer).get(f"/orders/{waiting.number}/review/"), 409)
    assert reader(make.a_buyer()).get(f"/orders/{received(buyer, product).number}/review/").status_code == 404


def test_reviews_are_filtered_and_leafed_through_by_address():
    product = make.a_product(stock=20)
    for n in range(10):
        say(product, 5, f"Five {n}")
    say(product, 2, "Two stars only", pictures=["public/reviews/x.webp"])
    path = f"/p/{product.pk}/reviews/"
    assert body(reader().get(path)).count('id="review-') == 8
    assert body(reader().get(f"{path}?page=2")).count('id="review-') == 3
    only = body(reader().get(f"{path}?stars=2"))
    assert "Two stars only" in only and "Five 1" not in only and 'name="robots" content="noindex"' in only
    assert body(reader().get(f"{path}?with=pictures")).count('id="review-') == 1
    assert body(reader().get(f"{path}?sort=newest&page=nonsense")).count('id="review-') == 8
    part = body(reader().get(f"{path}?stars=2", headers={"hx-request": "true"}))
    assert part.lstrip().startswith('<div id="reviews">') and "<html" not in part


def test_a_product_page_asks_as_often_with_many_reviews_as_with_one():
    product = make.a_product()

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            body(reader().get(f"/p/{product.pk}/"))
        return len(caught)

    say(product)
    ask_question(by=make.acting(make.a_buyer()), question_id=uuid4(), listing_id=product.pk, text="Is it heavy?")
    queries()
    few = queries()
    for n in range(6):
        say(product, text=f"More {n}")
        ask_question(by=make.acting(make.a_buyer()), question_id=uuid4(), listing_id=product.pk, text=f"Is it heavy? {n}")
    assert queries() == few


def test_programs_read_the_first_reviews_with_the_names_that_everybody_may_read():
    product = make.a_product()
    for stars in (5, 4, 3, 2):
        say(product, stars=stars, text=f"{stars} stars from me </script>")
    page = body(reader().get(f"/p/{product.pk}/"))
    blocks = [json.loads(block) for block in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)]
    (told,) = [block["review"] for block in blocks if "review" in block]
    assert len(told) == 3 and all(one["author"]["name"].startswith("林") and "知夏" not in one["author"]["name"] for one in told)
    assert {one["reviewRating"]["ratingValue"] for one in told} <= {5, 4, 3, 2} and all("</script>" in one["reviewBody"] for one in told)


def test_a_hidden_review_is_nowhere_but_with_its_writer_who_reads_why():
    product = make.a_product()
    pk = say(product, text="Insulting words")
    hide_review(by=SYSTEM, review_id=pk, reason="insults the maker")
    for path in (f"/p/{product.pk}/", f"/p/{product.pk}/reviews/"):
        assert "Insulting words" not in body(reader().get(path))
    mine = body(reader(BuyerReview.objects.get().buyer).get("/account/reviews/?show=written"))
    assert "Insulting words" in mine and "insults the maker" in mine


def test_a_vote_by_form_and_by_htmx():
    product = make.a_product()
    pk, client = say(product), reader(make.a_buyer())
    assert client.post(f"/reviews/{pk}/helpful/").headers["Location"] == f"/p/{product.pk}/reviews/#review-{pk}"
    part = body(client.post(f"/reviews/{pk}/helpful/", {"helpful": "0"}, headers={"hx-request": "true"}))
    assert 'aria-pressed="false"' in part and BuyerReview.objects.get().helpful == 0
    assert reader().post(f"/reviews/{pk}/helpful/").status_code == 302  # to the sign-in
    assert BuyerReview.objects.get().helpful == 0


def test_a_question_from_the_product_page_to_the_shops_answer_and_the_letter():
    product, asker = make.a_product(), make.a_buyer()
    client, key = reader(asker), uuid4()
    for _twice in range(2):
        assert client.post(f"/p/{product.pk}/ask/", {"question_id": key, "text": "Is it dishwasher safe?"}).status_code == 302
    deliver_events()
    owner = User.objects.get(email="owner-a@market.localhost")
    assert Letter.objects.filter(email=owner.email, kind="question_asked").count() == 1
    office = reader(owner, WORKBENCH)
    assert "question waits for your answer" in body(office.get("/"))
    assert "Is it dishwasher safe?" in body(office.get("/questions/?show=unanswered"))
    answered = office.post(f"/questions/{key}/answer/", {"text": "Yes, at 60 degrees", "query": "show=unanswered"})
    assert answered.headers["Location"] == "/questions/?show=unanswered"
    deliver_events()
    assert Letter.objects.filter(email=asker.email, kind="question_answered").exists()
    assert "Yes, at 60 degrees" in body(reader().get(f"/p/{product.pk}/"))
    assert "Yes, at 60 degrees" in body(client.get("/account/reviews/?show=questions"))


def test_a_short_question_is_refused_beside_its_field_with_and_without_htmx():
    product, client = make.a_product(), reader(make.a_buyer())
    for headers in ({}, {"hx-request": "true"}):
        page = body(client.post(f"/p/{product.pk}/ask/", {"question_id": uuid4(), "text": "?"}, headers=headers), 422)
        assert "Write at least 4 signs." in page
    assert not Question.objects.exists()


def test_only_who_has_it_is_offered_to_answer():
    product, owner_of_one = make.a_product(), make.a_buyer()
    received(owner_of_one, product)
    question = ask_question(by=make.acting(make.a_buyer()), question_id=uuid4(), listing_id=product.pk, text="Is it heavy?")
    page, action = f"/p/{product.pk}/questions/", f"/questions/{question.pk}/answer/"
    assert action not in body(reader(make.a_buyer()).get(page))
    client = reader(owner_of_one)
    assert action in body(client.get(page))
    assert "This field is required." in body(client.post(action, {"text": " "}), 422)
    assert client.post(action, {"text": "Not at all"}).status_code == 302
    assert action not in body(client.get(page))
    assert "Only the shop and people" in body(reader(make.a_buyer()).post(action, {"text": "I think so"}), 409)


def test_the_shop_answers_a_review_in_its_list_and_cannot_reach_anothers():
    owner, product = User.objects.get(email="owner-a@market.localhost"), make.a_product()
    pk = say(product, 1, "Broken on arrival")
    deliver_events()
    assert Letter.objects.filter(email=owner.email, kind="bad_review").count() == 1
    office = reader(owner, WORKBENCH)
    assert "Broken on arrival" in body(office.get("/reviews/?show=unanswered&stars=1"))
    assert office.post(f"/reviews/{pk}/answer/", {"text": "We send a new one"}).status_code == 302
    assert "Broken on arrival" not in body(office.get("/reviews/?show=unanswered"))
    assert "We send a new one" in body(reader().get(f"/p/{product.pk}/reviews/"))
    other = reader(User.objects.get(email="owner-b@market.localhost"), "trail.seller.market.localhost")
    assert other.post(f"/reviews/{pk}/answer/", {"text": "Ours now"}).status_code == 404
    assert "Broken on arrival" not in body(other.get("/reviews/"))
    assert "Broken on arrival" in office.get("/reviews/?export=csv").content.decode()


def test_the_operator_hides_with_a_reason_and_shows_again():
    product = make.a_product()
    pk = say(product, 1, "An advertisement")
    console = reader(User.objects.get(email="operator@market.localhost"), CONSOLE)
    assert "An advertisement" in body(console.get("/buyer-reviews/?show=low"))
    console.post(f"/buyer-reviews/{pk}/shown/", {"then": "hide", "reason": " "})
    assert BuyerReview.objects.get().is_shown
    console.post(f"/buyer-reviews/{pk}/shown/", {"then": "hide", "reason": "an advertisement"})
    assert not BuyerReview.objects.get().is_shown and Listing.objects.get(pk=product.pk).rating is None
    assert "an advertisement" in body(console.get("/log/"))
    console.post(f"/buyer-reviews/{pk}/shown/", {"then": "show"})
    assert BuyerReview.objects.get().is_shown


def test_a_shops_page_shows_its_score_or_that_there_is_none():
    shop = reader(host="kiln.market.localhost")
    assert "Not rated yet" in body(shop.get("/"))
    copy = received(make.a_buyer(), make.a_product())
    review_order(by=make.acting(copy.buyer), key=uuid4(), order_id=copy.pk, opinions=[], marks=Marks(5, 5, 4))
    assert "(1 rating)" in body(shop.get("/"))


def test_who_has_reviewed_nothing_is_asked_once_some_days_later():
    asked, silent = received(make.a_buyer(), make.a_product()), received(make.a_buyer(), make.a_product())
    review_order(by=make.acting(asked.buyer), key=uuid4(), order_id=asked.pk, opinions=[Opinion(UUID(asked.lines[0]["id"]), 5)])
    assert Deadline.objects.filter(kind=REMINDER).count() == 2
    with clock.shifted(timedelta(days=6)):
        fire_due()
        deliver_events()
    assert list(Letter.objects.filter(kind="review_asked").values_list("email", flat=True)) == [silent.buyer.email]
