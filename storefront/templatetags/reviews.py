"""Reviews, questions and scores for templates: what a page of a product or a shop includes by one line."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from marketplace.kernel.errors import NotFound
from marketplace.platform.listings.models import Listing
from marketplace.platform.reviews.models import Answer, BuyerReview, Question
from marketplace.platform.reviews.queries import score_of
from marketplace.platform.reviews.words import language_of, shown_name
from storefront.reach import structured
from storefront.reviews import parts
from storefront.templatetags.market import html_language
from tenants.tenancy.models import Merchant

register = template.Library()


@register.simple_tag
def stars(given: int, size: str = "s") -> SafeString:
    """Five stars of which some are full, with their number in words."""
    words = ngettext("{n} of 5 stars", "{n} of 5 stars", given).format(n=given)
    signs = format_html_join(
        "",
        '<svg class="icon icon-{} {}" aria-hidden="true"><use href="#i-star"/></svg>',
        ((size, "text-star fill-star" if n <= given else "text-line-strong") for n in range(1, 6)),
    )
    return format_html('<span class="inline-flex gap-px align-middle" role="img" aria-label="{}">{}</span>', words, signs)


@register.filter
def rounded(mean: Decimal | None) -> int:
    """Whole stars, halves up."""
    return int(mean.quantize(Decimal(1), ROUND_HALF_UP)) if mean is not None else 0


@register.filter
def written_in(text: str) -> str:
    """The language a text is in, for its `lang`."""
    return html_language(language_of(text))


@register.filter
def author(said: BuyerReview | Question | Answer) -> str:
    """Who said it, as everybody may read it. Names of people who ask are never whole."""
    if isinstance(said, BuyerReview):
        return shown_name(said.buyer.name, is_anonymous=said.is_anonymous)
    person = said.asker if isinstance(said, Question) else said.author
    return shown_name(person.name if person else "", is_anonymous=True)


TOLD = 3  # reviews of a product that programs read


@register.simple_tag
def review_facts(listing: Listing, reviews: list[BuyerReview]) -> SafeString:
    """The first reviews for programs, in the words of schema.org, of the product that the page tells of; names as everybody may read them."""
    told = [
        {
            "@type": "Review",
            "author": {"@type": "Person", "name": author(one)},
            "datePublished": one.written_at.date().isoformat(),
            "reviewBody": one.text,
            "reviewRating": {"@type": "Rating", "ratingValue": one.stars, **structured.BETWEEN},
        }
        for one in reviews[:TOLD]
    ]
    return structured.script({**structured.product(listing), "review": told})


@register.simple_tag(takes_context=True)
def product_reviews(context: template.Context, listing: Listing) -> SafeString:
    """The reviews of a product, in its page: at most three queries."""
    request = context["request"]
    return render_to_string("shop/_reviews_section.html", parts.reviews_part(request, listing), request=request)


@register.simple_tag(takes_context=True)
def product_questions(context: template.Context, listing: Listing) -> SafeString:
    """Some questions about a product with their answers, and the form to ask: two queries."""
    request = context["request"]
    return render_to_string("shop/_questions.html", parts.questions_part(request, listing), request=request)


@register.inclusion_tag("shop/_score.html")
def shop_score(merchant: Merchant) -> dict[str, Any]:
    """What a shop is rated, for its header: one query."""
    if merchant is None:
        raise NotFound
    return {"score": score_of(merchant.pk)}
