"""Edits that pass without a person: the operator's rules, and whether an edit of a product on sale meets them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from difflib import SequenceMatcher
from typing import Any
from uuid import UUID

import nh3
from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.descriptions import public_keys
from marketplace.kernel.errors import InvalidInput, check_reason
from marketplace.kernel.plain import fingerprint, plain
from marketplace.kernel.verbs import verb
from marketplace.platform.customising.fields import words_only
from marketplace.platform.customising.queries import kept_of
from marketplace.platform.details.queries import detail_of
from marketplace.platform.listings.models import Listing, ProductChange, ReviewRules
from tenants.tenancy.models import Market, Merchant

BY_RULE = Actor(kind="system", label="review-rules")
BY_OWN = Actor(kind="system", label="own-goods")  # the market's own goods: no review is asked
# What may pass: of pictures only their order, their words and that one goes, of variants those of the same axes. A new picture, category or
# brand, the tax class, axes and what is asked of buyers never do.
PASSABLE = ("titles", "subtitles", "descriptions", "attributes", "pictures", "variants")
NEVER = ("category_id", "brand_id", "tax_class", "axes")
# What the operator decides over, beside subtitles and which combinations are sold: as listings and proposals call it.
REVIEWED = ("titles", "descriptions", "category_id", "brand_id", "attributes", "axes", "pictures", "tax_class")
TOKENS = re.compile(r"[一-鿿]|\w+|[^\w\s]")
MOST_TOKENS = 2000
BOUNDS = {"most_changed": (1, 100), "shop_days": (0, 3650), "clean_days": (0, 3650)}
S = ProductChange.Status


def review_rules() -> ReviewRules:
    return ReviewRules.objects.first() or ReviewRules()


def seen_rules(rules: ReviewRules) -> str:
    """A digest of what the form of these rules shows."""
    return fingerprint([rules.passes, *(getattr(rules, name) for name in BOUNDS)])[:32]


@verb
def set_review_rules(*, by: Actor, passes: list[str], numbers: Mapping[str, int], why: str, seen: str = "") -> ReviewRules:
    """Which edits pass from now on. `seen` is seen_rules() of what was changed. Raises InvalidInput, ReasonMissing."""
    check_reason(why, field="why")
    if unknown := set(passes) - set(PASSABLE):
        raise InvalidInput(field="passes", why=_("“{what}” cannot pass without a person.").format(what=sorted(unknown)[0]))
    for name, (least, most) in BOUNDS.items():
        if not least <= numbers[name] <= most:
            raise InvalidInput(field=name, why=_("Choose from {least} to {most}.").format(least=least, most=most))
    with transaction.atomic():
        Market.objects.select_for_update(no_key=True).get()
        row = review_rules()
        wanted = {"passes": [name for name in PASSABLE if name in passes], **{name: numbers[name] for name in BOUNDS}}
        before = {name: getattr(row, name) for name, value in wanted.items() if getattr(row, name) != value}
        if before:
            if seen and seen != seen_rules(row):
                raise InvalidInput(field="passes", why=_("Somebody has changed these rules since you opened them. Load the page anew, and enter yours there."))
            for name, value in wanted.items():
                setattr(row, name, value)
            row.save()
            after = {name: wanted[name] for name in before}
            audit(by=by, action="market.review_rules_set", subject="market", subject_id=1, before=before, after=after, why=why.strip())
    return row


def passing_of(*, merchant_id: UUID, proposed: Mapping[UUID, Mapping[str, Any]]) -> set[UUID]:
    """Which of these edits need no person, by product. Words that are watched for are the caller's to find: with one, a person looks."""
    rules = review_rules()
    if not rules.passes or not proposed or not _is_trusted(merchant_id, rules):
        return set()
    live = Listing.objects.filter(pk__in=proposed, merchant_id=merchant_id).prefetch_related("variants")
    return {row.pk for row in live if _passes(rules, form_of(row), plain({"subtitles": {}, **proposed[row.pk]}))}


def _passes(rules: ReviewRules, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    if any(old[name] != new[name] for name in NEVER) or wishes_of(old) != wishes_of(new):
        return False
    changed = [name for name in PASSABLE if _of(name, old) != _of(name, new)]
    if not changed or set(changed) - set(rules.passes):
        return False
    if ("pictures" in changed and _files(new) - _files(old)) or _in_texts(new) - _in_texts(old):
        return False
    return all(share_changed(old[name], new[name]) * 100 <= rules.most_changed for name in ("titles", "subtitles", "descriptions") if name in changed)


def _in_texts(proposed: Mapping[str, Any]) -> set[str]:
    return {key for html in proposed["descriptions"].values() for key in public_keys(html)}


def form_of(live: Listing) -> dict[str, Any]:
    """What is on the market, in the form of a proposal."""
    fields = {name: getattr(live, name) for name in REVIEWED} | {"subtitles": detail_of(live.pk).subtitles, "customising": kept_of(live.pk)}
    variants = [{"id": str(one.pk), "sku": one.sku, "options": one.options} for one in live.variants.all()]
    return plain({**fields, "variants": variants})  # type: ignore[no-any-return]


def _files(form: Mapping[str, Any]) -> set[str]:
    """What is to be seen: pictures, and the film. A square is a part of a picture."""
    return {one[name] for one in form["pictures"] for name in ("key", "film") if name in one}


def share_changed(old: Mapping[str, str], new: Mapping[str, str]) -> float:
    """0.0 to 1.0: how much of the language that changed most is another text now."""
    return max((_changed(old.get(code, ""), new.get(code, "")) for code in {*old, *new}), default=0.0)


def _changed(before: str, after: str) -> float:
    if before == after:
        return 0.0
    left, right = (TOKENS.findall(nh3.clean(text, tags=set())) for text in (before, after))
    total = len(left) + len(right)
    if max(len(left), len(right)) <= MOST_TOKENS:
        return 1 - SequenceMatcher(None, left, right, autojunk=False).ratio()
    while left and right and left[-1] == right[-1]:
        left.pop()
        right.pop()
    same = next((n for n, pair in enumerate(zip(left, right, strict=False)) if pair[0] != pair[1]), min(len(left), len(right)))
    left, right = left[same:], right[same:]
    if max(len(left), len(right)) > MOST_TOKENS:  # too much between what is the same to look for more of it: all of that is new
        return (len(left) + len(right)) / total
    return (len(left) + len(right)) * (1 - SequenceMatcher(None, left, right, autojunk=False).ratio()) / total


def combinations_of(form: Mapping[str, Any]) -> list[Any]:
    """Which variants are sold, without price and stock, in an order of their own: two forms can be compared by it."""
    return sorted((one["id"], sorted(one["options"].items())) for one in form["variants"])


def wishes_of(form: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is asked of buyers in a form, without what it costs and how long it takes."""
    return words_only(form.get("customising", {}).get("fields", []))


def _of(name: str, form: Mapping[str, Any]) -> Any:
    return combinations_of(form) if name == "variants" else form[name]


def _is_trusted(merchant_id: UUID, rules: ReviewRules) -> bool:
    """Open long enough, and nothing sent back or refused lately."""
    now = clock.now()
    opened = Merchant.objects.filter(pk=merchant_id).values_list("opened_at", flat=True).first()
    if opened is None or opened > now - timedelta(days=rules.shop_days):
        return False
    bad = ProductChange.objects.filter(merchant_id=merchant_id, status__in=[S.SENT_BACK, S.REFUSED], decided_at__gte=now - timedelta(days=rules.clean_days))
    return not bad.exists()
