"""The guide of a shop: from coming in to growing, step by step; measured where something can be measured, else ticked by the shop itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from wagtail.models import Page

from marketplace.kernel import clock
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.fulfilment.models import Package
from marketplace.merchant.inventory.models import StockLevel
from marketplace.platform.delivery.models import FreightZone
from marketplace.platform.ledger.models import Statement
from marketplace.platform.payments.models import PayoutAccount
from marketplace.platform.themes.models import Theme
from marketplace.web.seller import contract
from tenants.access.actors import actor_of
from tenants.accounts.models import Membership
from tenants.contracts.queries import template_for
from tenants.onboarding.dossiers import dossier_of
from tenants.onboarding.market_rules import unaccepted
from tenants.onboarding.self_checks import tick, ticked
from tenants.onboarding.standing import standing_of
from tenants.tenancy.models import Merchant

MANY = 10  # products on sale


@dataclass(frozen=True)
class Item:
    """One thing to do. `is_measured`: found out by looking; else the shop ticks it."""

    code: str
    label: str
    hint: str
    href: str
    is_done: bool
    is_measured: bool = True


@dataclass(frozen=True)
class Stage:
    name: str
    items: list[Item]

    @property
    def done(self) -> int:
        return sum(item.is_done for item in self.items)


def stages_of(merchant: Merchant) -> list[Stage]:
    """With the shop's schema open."""
    ticks = ticked(merchant.pk)

    def self_said(code: str, label: str, hint: str) -> Item:
        return Item(code, label, hint, "", code in ticks, is_measured=False)

    found = [
        Stage(_("Come in"), list(coming_in(merchant))),
        Stage(
            _("Find your place"),
            [
                self_said("positioning", _("Who buys from you, and why from you"), _("Local, one kind of goods, or something others lack: decide for one.")),
                self_said("range", _("What you sell, and what is left of it"), _("Price less goods, freight, commission and returns.")),
                self_said("supply", _("Where more comes from"), _("How fast you can have more of what sells, and from whom else.")),
            ],
        ),
        Stage(_("Set up"), [*setting_up(merchant, ticks)]),
        Stage(_("Put goods on sale"), list(goods(merchant))),
        Stage(_("Sell and be paid"), list(selling(merchant))),
        Stage(
            _("Grow"),
            [
                self_said("figures", _("You look at your figures every week"), _("Sales, average order and stock stand on your first page.")),
                self_said("returns", _("You know why goods come back"), _("Reasons stand on each return; mend the description or the goods.")),
                self_said("costs", _("You know what an order costs you"), _("Packing, freight, returns, people.")),
                self_said("campaigns", _("You plan what comes next"), _("Seasons, new goods, a campaign page of your own.")),
            ],
        ),
    ]
    return found


def coming_in(merchant: Merchant) -> Iterable[Item]:
    yield Item("company", _("The market knows your company"), _("Company, licence, contact."), "/company/", dossier_of(merchant).is_complete)
    state = contract.state_of(merchant.pk)
    if state or template_for(merchant) is not None:
        hint = _("The market signs next.") if state == "signed" else _("Read it on screen and sign with your name.")
        yield Item("contract", _("The contract is signed by both"), hint, "/contract/", state == "in_force")
    if not merchant.is_own:
        yield Item("rules", _("The market's rules are accepted"), _("In the version in force."), "/market-rules/", not unaccepted(merchant_id=merchant.pk))
    standing = standing_of(merchant.pk, clock.now())
    lacks = [one for one in standing.asked if standing.is_counted(one) and not standing.cover(one)[0]]
    yield Item("papers", _("Your documents hold"), _("What your goods need, with its last day."), "/qualifications/", not lacks)


def setting_up(merchant: Merchant, ticks: set[str]) -> Iterable[Item]:
    yield Item(
        "delivery", _("Say what delivery costs"), _("Until then your parcels are free."), "/delivery/", FreightZone.objects.filter(merchant=merchant).exists()
    )
    if not merchant.is_own:
        account = PayoutAccount.objects.filter(merchant=merchant).exists()
        yield Item("payout", _("Enter the account your money goes to"), _("Until then what you earn is kept for you."), "/payout-account/", account)
    yield Item("service", _("Say where returns reach you"), _("Service address and phone."), "/company/", bool(dossier_of(merchant).service_address))
    yield Item("theme", _("Give your shop its look"), _("Colour, logo, banner."), "/theme/", Theme.objects.filter(merchant=merchant).exists())
    is_written = Page.objects.filter(depth=2, latest_revision__isnull=False).exists()
    yield Item("page", _("Make your first page"), _("What you stand for, and your best goods."), "/decorate/", is_written)
    people = Membership.objects.filter(merchant_id=merchant.pk, is_active=True).count()
    label, hint = _("Everybody who works here has an account"), _("Invite colleagues with just the rights they need; or tick that you work alone.")
    yield Item("staff", label, hint, "/staff/", people > 1 or "staff" in ticks, is_measured=people > 1)


def goods(merchant: Merchant) -> Iterable[Item]:
    on_sale = Product.objects.filter(status=Product.Status.ON_SALE).count()
    yield Item("product", _("Enter your first product"), _("Title, pictures, price and stock."), "/products/new/", Product.objects.exists())
    if merchant.is_own:
        yield Item("approved", _("Put a product on sale"), _("Own goods need no review."), "/products/", on_sale > 0)
    else:
        yield Item("approved", _("Have a product approved"), _("The market looks at it; then it is on sale by itself."), "/products/", on_sale > 0)
    yield Item(
        "stock", _("Have something in stock"), _("What is not in stock cannot be ordered."), "/products/", StockLevel.objects.filter(on_hand__gt=0).exists()
    )
    yield Item("many", _("Ten products on sale"), _("{n} so far. A shop with few goods is seldom found.").format(n=on_sale), "/products/", on_sale >= MANY)


def selling(merchant: Merchant) -> Iterable[Item]:
    shipped = Package.objects.filter(status=Package.Status.SHIPPED).exists()
    yield Item("shipped", _("Ship your first parcel"), _("In time, with its tracking number."), "/orders/?show=to_ship", shipped)
    statement = Statement.objects.filter(merchant=merchant).exists()
    yield Item("statement", _("Read your first statement"), _("It comes by itself when orders are received and settled."), "/statements/", statement)


def guide(request: HttpRequest) -> HttpResponse:
    merchant = request.merchant  # type: ignore[attr-defined]
    stages = stages_of(merchant)
    items = [item for stage in stages for item in stage.items]
    if request.method == "POST":
        may_tick = {item.code for item in items if not item.is_measured}
        tick(by=actor_of(request), merchant_id=merchant.pk, codes=may_tick & set(request.POST.getlist("done")))
        messages.success(request, _("Kept."))
        return HttpResponseRedirect("/guide/")
    context = {"title": _("Guide"), "stages": stages, "done": sum(item.is_done for item in items), "total": len(items)}
    return render(request, "seller/guide.html", context)
