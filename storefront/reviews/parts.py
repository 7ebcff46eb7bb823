"""What the parts about reviews and questions show: in the product page, as pages of their own, and as answers to htmx."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from marketplace.kernel.formats import format_count
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.listings.models import Listing
from marketplace.platform.reviews.queries import Summary, has_questions, questions_of, reviews_of, summary_of, to_review, voted_by
from storefront.pages import Pages, page_number
from storefront.reviews.forms import AskForm
from tenants.accounts.models import User

REVIEWS_A_PAGE, QUESTIONS_A_PAGE, QUESTIONS_SHOWN = 8, 10, 3
SORTS = ("helpful", "newest")


@dataclass(frozen=True)
class Choice:
    """A filter or an order, as a link. `key` keeps the focus where it was when the part is swapped."""

    key: str
    label: str
    href: str
    is_now: bool
    n: str = ""


@dataclass(frozen=True)
class Asked:
    """Which reviews are asked for, read from the address; what makes no sense is left out."""

    stars: int = 0
    pictured: bool = False
    sort: str = SORTS[0]
    page: int = 1

    @classmethod
    def of(cls, request: HttpRequest) -> Asked:
        stars, sort = request.GET.get("stars", ""), request.GET.get("sort", "")
        return cls(
            stars=int(stars) if stars in ("1", "2", "3", "4", "5") else 0,
            pictured=request.GET.get("with") == "pictures",
            sort=sort if sort in SORTS else SORTS[0],
            page=page_number(request.GET.get("page"), 1000),
        )

    def href(self, listing_id: UUID, **changed: Any) -> str:
        wanted = {"stars": self.stars, "with": "pictures" if self.pictured else "", "sort": self.sort, "page": 1, **changed}
        wanted = {name: value for name, value in wanted.items() if value and (name, value) not in (("sort", SORTS[0]), ("page", 1))}
        return f"/p/{listing_id}/reviews/" + (f"?{urlencode(wanted)}" if wanted else "")

    @property
    def is_plain(self) -> bool:
        return not self.stars and not self.pictured and self.sort == SORTS[0]


def person_id(request: HttpRequest) -> UUID | None:
    return request.user.pk if isinstance(request.user, User) else None


def reviews_part(request: HttpRequest, listing: Listing, asked: Asked | None = None, *, full: bool = False) -> dict[str, Any]:
    """No query where there is no review; else one to count, one for the rows, and one for the votes of whoever is signed in."""
    asked = asked or Asked()
    context: dict[str, Any] = {"listing": listing, "asked": asked, "full": full, "summary": Summary()}
    if not listing.rating_count:
        return context
    summary = summary_of(listing.pk)
    found = summary.with_pictures if asked.pictured and not asked.stars else summary.total
    if asked.stars:
        found = next(bar.n for bar in summary.bars if bar.stars == asked.stars)
    rows = reviews_of(listing.pk, stars=asked.stars, pictured=asked.pictured, newest=asked.sort == "newest")
    if asked.stars and asked.pictured:
        found = rows.count()
    pages = Pages(asked.page, -(-found // REVIEWS_A_PAGE))
    start = (pages.now - 1) * REVIEWS_A_PAGE
    reviews = list(rows[start : start + REVIEWS_A_PAGE])
    return context | {
        "summary": summary,
        "filters": filters_of(listing, summary, asked),
        "sorts": [Choice(f"sort-{sort}", name, asked.href(listing.pk, sort=sort), asked.sort == sort) for sort, name in sort_names()],
        "reviews": reviews,
        "voted": voted_by(person_id(request), reviews),
        "pages": pages,
        "links": [(n, asked.href(listing.pk, page=n) if n else "") for n in pages.numbers] if pages.count > 1 else [],
        "before": asked.href(listing.pk, page=pages.before) if pages.before else "",
        "after": asked.href(listing.pk, page=pages.after) if pages.after else "",
    }


def sort_names() -> list[tuple[str, str]]:
    return [("helpful", _("Most helpful")), ("newest", pgettext("reviews", "Newest"))]


def filters_of(listing: Listing, summary: Summary, asked: Asked) -> list[Choice]:
    """All, with pictures, and each number of stars that somebody gave."""
    everything = not asked.stars and not asked.pictured
    found = [Choice("all", _("All"), asked.href(listing.pk, stars=0, **{"with": ""}), everything, format_count(summary.total))]
    if summary.with_pictures:
        href = asked.href(listing.pk, stars=0, **{"with": "" if asked.pictured else "pictures"})
        found.append(Choice("pictures", _("With pictures"), href, asked.pictured, format_count(summary.with_pictures)))
    for bar in summary.bars:
        if bar.n or asked.stars == bar.stars:
            href = asked.href(listing.pk, stars=0 if asked.stars == bar.stars else bar.stars, **{"with": ""})
            label = ngettext("{n} star", "{n} stars", bar.stars).format(n=bar.stars)
            found.append(Choice(f"stars-{bar.stars}", label, href, asked.stars == bar.stars, format_count(bar.n)))
    return found


def questions_part(request: HttpRequest, listing: Listing, *, full: bool = False, form: AskForm | None = None, asked: bool = False) -> dict[str, Any]:
    """Questions with their answers: some in the product's page, all of them on a page of their own."""
    context: dict[str, Any] = {"listing": listing, "full": full, "just_asked": asked}
    if request.user.is_authenticated:
        context["ask_form"] = form or AskForm(initial={"question_id": uuid4()})
    if not full:
        found = list(questions_of(listing.pk)[: QUESTIONS_SHOWN + 1]) if has_questions(listing.pk) else []
        return context | {"questions": found[:QUESTIONS_SHOWN], "has_more": len(found) > QUESTIONS_SHOWN}
    rows = questions_of(listing.pk)
    pages = Pages(page_number(request.GET.get("page"), 1000), -(-rows.order_by().count() // QUESTIONS_A_PAGE))
    start = (pages.now - 1) * QUESTIONS_A_PAGE
    return context | {"questions": list(rows[start : start + QUESTIONS_A_PAGE]), "pages": pages}


def mark_reviewable(orders: Iterable[OrderCopy]) -> None:
    """Sets `can_review` on orders of one buyer: one query for all."""
    orders = list(orders)
    left = {one.order.pk for one in to_review(orders[0].buyer_id, orders)} if any(order.completed_at for order in orders) else set()
    for order in orders:
        order.can_review = order.pk in left  # type: ignore[attr-defined]
