"""What growing shops do, as far as it can be measured: answers, punctuality, stock, prices, channels."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.merchant.aftersales.second_looks import takes_two
from marketplace.merchant.bundles.models import BundlePart
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.customers.models import Customer
from marketplace.merchant.inventory.models import Restock, StockLevel, Stocktake
from marketplace.merchant.orders.models import Order, OrderLine
from marketplace.merchant.pricing.models import PriceList, Reduction
from marketplace.platform.analytics.models import ShopDay
from marketplace.platform.delivery.models import FreightZone
from marketplace.platform.reviews.models import BuyerReview, Question, ShopScore
from marketplace.web.readiness.grid import Item
from tenants.accounts.models import Membership
from tenants.domains.models import OwnDomain
from tenants.onboarding.self_checks import latest
from tenants.tenancy.models import Merchant

MONTH, QUARTER = timedelta(days=30), timedelta(days=90)
PATIENCE = timedelta(days=2)
FEW, SOME, ENOUGH = 10, 100, 10  # paid orders of a beginner and of a grown shop; ratings or parcels that say something
GOOD_STARS = 4.5


def growing(merchant: Merchant) -> Iterable[Item]:
    """With the shop's schema open. What there is too little of to judge is not done."""
    now = clock.now()
    yield from sold(merchant)
    yield from told(merchant)
    yield from kept(merchant)
    yield from punctual()
    recent = latest(merchant.pk)
    label, hint = _("You have assessed yourself within 90 days"), _("Five topics; the trend says whether it gets better.")
    yield Item("assessed_again", 5, "improving", label, hint, "/guide/assessment/", recent is not None and recent.at > now - QUARTER and _has_two(merchant))
    days = ShopDay.objects.filter(merchant=merchant, day__gt=(now - 2 * MONTH).date())
    sums = days.aggregate(new=Sum("sales_minor", filter=Q(day__gt=(now - MONTH).date())), old=Sum("sales_minor", filter=Q(day__lte=(now - MONTH).date())))
    better = bool(sums["old"]) and (sums["new"] or 0) > sums["old"]
    yield Item("better", 5, "improving", _("You sold more than in the 30 days before"), _("By the figures on your first page."), "/", better)


def _has_two(merchant: Merchant) -> bool:
    return merchant.self_assessments.count() > 1


def sold(merchant: Merchant) -> Iterable[Item]:
    paid = Order.objects.filter(paid_at__isnull=False)[:SOME].count()
    yield Item("few", 3, "sales", _("Ten paid orders"), _("{n} so far.").format(n=paid), "/orders/", paid >= FEW)
    yield Item("some", 5, "sales", _("A hundred paid orders"), _("{n} so far.").format(n=paid), "/orders/", paid >= SOME)
    reduced = Reduction.objects.exists()
    yield Item(
        "reduction", 3, "marketing", _("Plan a first reduction"), _("With a beginning and an end; buyers see the lowest former price."), "/reductions/", reduced
    )
    more = BundlePart.objects.exists() or PriceList.objects.exists()
    label, hint = _("A set, or a price for regular customers"), _("Bundles and price lists let a buyer take more at once.")
    yield Item("more", 4, "sales", label, hint, "/price-lists/", more)
    free = FreightZone.objects.filter(merchant=merchant, free_from_minor__isnull=False).exists()
    yield Item("free", 4, "buying", _("Free delivery from an amount on"), _("Who lacks little adds something."), "/delivery/", free)
    domain = OwnDomain.objects.filter(merchant=merchant, state=OwnDomain.State.VERIFIED).exists()
    yield Item(
        "domain",
        4,
        "channels",
        _("The shop answers on a domain of your own"),
        _("On your parcels it leads to you, whatever the market is called."),
        "/domains/",
        domain,
    )


def told(merchant: Merchant) -> Iterable[Item]:
    asked = Question.objects.filter(merchant=merchant, is_shown=True)
    waits = asked.filter(answered_at=None, asked_at__lt=clock.now() - PATIENCE).exists()
    answered = asked.filter(answered_at__isnull=False).exists()
    label, hint = _("No question waits longer than two days"), _("Every answer is read by all who look at the product.")
    yield Item("answers", 3, "experience", label, hint, "/questions/?show=unanswered", answered and not waits)
    low = BuyerReview.objects.filter(merchant=merchant, is_shown=True, stars__lte=2)
    reviews = BuyerReview.objects.filter(merchant=merchant, is_shown=True)
    label, hint = _("Whoever was not content has an answer"), _("Two stars or fewer: say what you do about it.")
    yield Item("low", 4, "experience", label, hint, "/reviews/?show=low", reviews.exists() and not low.filter(answered_at=None).exists())
    score = ShopScore.objects.filter(merchant=merchant).first()
    loved = score is not None and score.rating_count >= ENOUGH and float(score.rating or 0) >= GOOD_STARS
    yield Item("loved", 5, "experience", _("4.5 stars or more from ten buyers"), _("Of goods, service and delivery together."), "/reviews/", loved)
    tagged = Customer.objects.exclude(tags=[]).exists()
    label, hint = _("You know your regular customers"), _("Tag them; price lists and notes hang on tags.")
    yield Item("tagged", 4, "sales", label, hint, "/customers/", tagged)
    subtitled = Product.objects.filter(status=Product.Status.ON_SALE)
    both = subtitled.exists() and not subtitled.exclude(titles__has_keys=["zh-hans", "en"]).exists()
    yield Item(
        "both", 4, "pages", _("Everything on sale has its title in both languages"), _("Who reads one of them only finds it as well."), "/products/", both
    )
    film = Product.objects.filter(status=Product.Status.ON_SALE).annotate(n=Count("pictures"))
    shown = film.exists() and not film.filter(n__lt=3).exists()
    yield Item("shown", 5, "pages", _("Everything on sale has three pictures or more"), _("From near, from afar, in use."), "/library/", shown)


def kept(merchant: Merchant) -> Iterable[Item]:
    safety = StockLevel.objects.filter(safety__gt=0).exists()
    label, hint = _("A safety stock for what sells"), _("You are told once when it is reached.")
    yield Item("safety", 3, "supply", label, hint, "/stock/", safety)
    counted = Stocktake.objects.filter(status=Stocktake.Status.BOOKED).exists()
    yield Item("counted", 4, "supply", _("Count your stock once"), _("What is not there cannot be sent."), "/stocktakes/", counted)
    yield Item(
        "restocked",
        5,
        "supply",
        _("Orders from suppliers are noted here"),
        _("Then what is on its way stands beside what lies there."),
        "/restocks/",
        Restock.objects.exists(),
    )
    team = Membership.objects.filter(merchant_id=merchant.pk, is_active=True).count() > 1
    label, hint = _("Money goes back by two people"), _("From two people on: who inspects a return does not pay it back.")
    yield Item("two", 4, "running", label, hint, "/second-looks/", team and takes_two())


def punctual() -> Iterable[Item]:
    """Of the last 90 days: what had to leave, and what came back."""
    since = clock.now() - QUARTER
    due = Order.objects.filter(placed_at__gt=since, ship_by__isnull=False, ship_by__lt=clock.now(), cancelled_at=None)
    n = due.count()
    late = due.filter(Q(shipped_at=None) | Q(shipped_at__gt=F("ship_by"))).count()
    label, hint = _("Nine of ten orders left in time"), _("Of the last 90 days: {late} of {n} late.").format(late=late, n=n)
    yield Item("punctual", 4, "buying", label, hint, "/orders/?show=to_ship", n >= ENOUGH and late * 10 <= n)
    pieces = OrderLine.objects.filter(order__placed_at__gt=since).aggregate(sent=Sum("shipped"), back=Sum("returned"))
    sent, back = pieces["sent"] or 0, pieces["back"] or 0
    label, hint = _("Less than one piece in twenty comes back"), _("Of the last 90 days: {back} of {n} pieces.").format(back=back, n=sent)
    yield Item("few_back", 5, "running", label, hint, "/returns/", sent >= ENOUGH and back * 20 < sent)
