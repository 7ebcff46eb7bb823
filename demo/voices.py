"""What the demo's people say and ask: reviews of what they received, shops' answers, questions about goods. By the verbs, at their moments."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

from demo.catalogue import catalogue, key_of
from demo.pictures import picture_file
from demo.plan import DAY, DAYS, HOUR
from demo.steps import Scene, merchant_of, owner_of
from marketplace.kernel.actors import Actor
from marketplace.platform.reviews.actions import Marks, Opinion, add_to_review, answer_review, review_order, vote_helpful
from marketplace.platform.reviews.asking import answer_as_shop, answer_question, ask_question
from marketplace.platform.reviews.models import BuyerReview
from marketplace.platform.reviews.pictures import store_pictures
from marketplace.platform.reviews.queries import has_bought, reviewable_lines
from tenants.accounts.models import User

STARS, OFTEN = (5, 4, 3, 2, 1), (58, 27, 9, 4, 2)
Moved = Callable[[float], AbstractContextManager[None]]  # inside, so many seconds after the past begins
ASKED_FROM, ASKED_FOR = 12 * DAY, 74 * DAY  # of the past


@dataclass(frozen=True)
class Thing:
    """A product of the catalogue, as what is said of it needs it."""

    shop: str
    category: str
    pictures: tuple[str, ...]


@cache
def texts() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("voices.toml").read_text())


@cache
def things() -> dict[UUID, Thing]:
    """By the key of the product."""
    return {
        key_of(shop["slug"], product["ref"]): Thing(shop["slug"], product["category"], tuple(product["pictures"]))
        for shop in catalogue()["shops"]
        for product in shop["products"]
    }


def dice_for(*what: object) -> random.Random:
    return random.Random(f"voices {what}")


# ── Reviews ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def say(s: Scene) -> None:
    """Review most lines of what has arrived, and rate the shop. Nothing where nothing arrived."""
    copy = s.copy
    dice = dice_for("say", s.step.group, s.step.shop)
    language = User.objects.get(pk=s.buyer.person).language
    opinions = [opinion_of(line, language, dice) for line in reviewable_lines(copy) if dice.random() < 0.85]
    if not opinions:
        return
    least = min(opinion.stars for opinion in opinions)
    marks = Marks(*(min(5, max(1, least + dice.choice((-1, 0, 0, 0, 1, 1)))) for _mark in range(3)))
    review_order(by=s.buyer, key=s.new_key("review"), order_id=copy.pk, opinions=opinions, marks=marks, is_anonymous=dice.random() < 0.65)
    for review in BuyerReview.objects.filter(order=copy):
        votes = dice.choice((0, 0, 0, 1, 2, 4)) + (2 if review.pictures else 0)
        people = User.objects.filter(email__endswith="@buyer.localhost").exclude(pk=s.buyer.person).order_by("email")
        for person in dice.sample(list(people), votes):
            vote_helpful(by=Actor(kind="person", user_id=person.pk, label=person.email), review_id=review.pk, is_helpful=True)


def opinion_of(line: dict[str, Any], language: str, dice: random.Random) -> Opinion:
    thing = things()[UUID(line["product_id"])]
    stars = dice.choices(STARS, OFTEN)[0]
    mood = "good" if stars >= 4 else "fair"
    if language == "en":
        text = dice.choice(texts()["english"][mood])
    else:
        known = texts()[thing.category][mood]
        place = BuyerReview.objects.filter(listing_id=line["product_id"]).count()  # so that neighbours on a page say different things
        text = known[place % len(known)]
        if mood == "good":
            text += dice.choice([known[(place + 1) % len(known)], *texts()["common"]["packing"]])
    pictures = shown(dice.choice(thing.pictures)) if mood == "good" and dice.random() < 0.28 else []
    return Opinion(UUID(line["id"]), stars, "" if dice.random() < 0.06 else text, pictures)


@cache
def shown(drawn: str) -> list[str]:
    """A drawn picture, as a buyer would hand it in."""
    return store_pictures([BytesIO(picture_file(drawn).read_bytes())], "pictures")


def reply(s: Scene) -> None:
    """The shop answers most of those who are not content, and some of the others."""
    known = texts()["common"]
    for review in BuyerReview.objects.filter(order=s.copy):
        dice = dice_for("reply", review.pk)
        mood = "good" if review.stars >= 4 else "fair"
        if dice.random() < {"good": 0.3, "fair": 0.85}[mood]:
            answers = [text for text in known[f"answers_{mood}"] if review.pictures or "晒图" not in text]
            answer_review(by=s.owner, review_id=review.pk, merchant_id=review.merchant_id, text=dice.choice(answers))


def add(s: Scene) -> None:
    """After some weeks: how it is now. Only good things got old."""
    review = BuyerReview.objects.filter(order=s.copy, stars__gte=4).select_related("buyer").order_by("line_id").first()
    if review is not None:
        of = texts()["english" if review.buyer.language == "en" else "common"]["added"]
        add_to_review(by=s.buyer, review_id=review.pk, text=dice_for("add", review.pk).choice(of))


VOICES: dict[str, Callable[[Scene], None]] = {"say": say, "reply": reply, "add": add}


# ── Questions ────────────────────────────────────────────────────────────────────────────────────────────────────────


def ask_around(at: Moved, people: list[Actor]) -> None:
    """Each question of each category about one or two of its products; nearly all are answered. `at` moves the clock."""
    by_category: dict[str, list[UUID]] = {}
    for key, thing in things().items():
        by_category.setdefault(thing.category, []).append(key)
    for category, keys in by_category.items():
        for n, (question, answer) in enumerate(texts()[category]["ask"]):
            dice = dice_for("ask", category, n)
            for key in dice.sample(sorted(keys), min(len(keys), dice.choice((1, 2, 2)))):
                _ask(at, people, key, question, answer, dice)


def _ask(at: Moved, people: list[Actor], listing_id: UUID, question: str, answer: str, dice: random.Random) -> None:
    waits = dice.random() < 0.08  # for an answer: asked only these days
    asked = (DAYS - 2.5 * dice.random()) * DAY if waits else ASKED_FROM + dice.random() * ASKED_FOR
    shop = things()[listing_id].shop
    key = key_of("question", str(listing_id), question)
    with at(asked):
        ask_question(by=dice.choice(people), question_id=key, listing_id=listing_id, text=question)
    if waits:
        return
    with at(asked + dice.uniform(0.5, 30) * HOUR):
        answer_as_shop(by=owner_of(shop), question_id=key, merchant_id=merchant_of(shop), text=answer)
    owners = [actor for actor in people if has_bought(actor.person, listing_id)]
    if owners and dice.random() < 0.6:
        with at(asked + dice.uniform(20, 90) * HOUR):
            answer_question(by=dice.choice(owners), question_id=key, text=dice.choice(texts()["common"]["buyers"]))
