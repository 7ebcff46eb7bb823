"""Everything that a shop has to do, from coming in to being grown: measured where something can be measured, else ticked by the shop itself."""

from __future__ import annotations

from collections.abc import Iterable

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
from marketplace.web.readiness.grid import Item
from marketplace.web.readiness.growing import growing
from tenants.accounts.models import Membership
from tenants.contracts.models import Contract
from tenants.contracts.queries import template_for
from tenants.onboarding.dossiers import dossier_of
from tenants.onboarding.market_rules import unaccepted
from tenants.onboarding.self_checks import latest, ticked
from tenants.onboarding.standing import standing_of
from tenants.tenancy.models import Merchant

MANY = 10  # products on sale


def items_of(merchant: Merchant) -> list[Item]:
    """All of them, in the order of their stages, with the shop's schema open."""
    ticks = ticked(merchant.pk)
    found = [*coming_in(merchant), *first_days(merchant, ticks), *beginning(merchant), *growing(merchant), *self_said(ticks)]
    return sorted(found, key=lambda item: item.stage)


def contract_state(merchant: Merchant) -> str:
    """in_force, signed, or "" for none."""
    found = Contract.objects.filter(merchant_id=merchant.pk, status__in=Contract.OPEN, ends_at__gt=clock.now()).order_by("-status").first()
    return found.status if found else ""


def coming_in(merchant: Merchant) -> Iterable[Item]:
    yield Item("company", 1, "running", _("The market knows your company"), _("Company, licence, contact."), "/company/", dossier_of(merchant).is_complete)
    state = contract_state(merchant)
    if state or template_for(merchant) is not None:
        hint = _("The market signs next.") if state == "signed" else _("Read it on screen and sign with your name.")
        yield Item("contract", 1, "resources", _("The contract is signed by both"), hint, "/contract/", state == "in_force")
    if not merchant.is_own:
        accepted = not unaccepted(merchant_id=merchant.pk)
        yield Item("rules", 1, "running", _("The market's rules are accepted"), _("In the version in force."), "/market-rules/", accepted)
    standing = standing_of(merchant.pk, clock.now())
    lacks = [one for one in standing.asked if standing.is_counted(one) and not standing.cover(one)[0]]
    yield Item("papers", 1, "range", _("Your documents hold"), _("What your goods need, with its last day."), "/qualifications/", not lacks)
    has_said = latest(merchant.pk) is not None
    label, hint = _("You have assessed yourself for the first time"), _("Five topics, and what you bring as a partner.")
    yield Item("assessed", 1, "resources", label, hint, "/guide/assessment/", has_said)


def first_days(merchant: Merchant, ticks: set[str]) -> Iterable[Item]:
    zones = FreightZone.objects.filter(merchant=merchant).exists()
    yield Item("delivery", 2, "buying", _("Say what delivery costs"), _("Until then your parcels are free."), "/delivery/", zones)
    if not merchant.is_own:
        account = PayoutAccount.objects.filter(merchant=merchant).exists()
        label, hint = _("Enter the account your money goes to"), _("Until then what you earn is kept for you.")
        yield Item("payout", 2, "running", label, hint, "/payout-account/", account)
    service = bool(dossier_of(merchant).service_address)
    yield Item("service", 2, "experience", _("Say where returns reach you"), _("Service address and phone."), "/company/", service)
    yield Item("theme", 2, "pages", _("Give your shop its look"), _("Colour, logo, banner."), "/theme/", Theme.objects.filter(merchant=merchant).exists())
    people = Membership.objects.filter(merchant_id=merchant.pk, is_active=True).count()
    label, hint = _("Everybody who works here has an account"), _("Invite colleagues with just the rights they need; or tick that you work alone.")
    yield Item("staff", 2, "resources", label, hint, "/staff/", people > 1 or "staff" in ticks, is_measured=people > 1)
    yield Item("product", 2, "range", _("Enter your first product"), _("Title, pictures, price and stock."), "/products/new/", Product.objects.exists())
    on_sale = Product.objects.filter(status=Product.Status.ON_SALE).exists()
    if merchant.is_own:
        yield Item("approved", 2, "range", _("Put a product on sale"), _("Own goods need no review."), "/products/", on_sale)
    else:
        yield Item("approved", 2, "range", _("Have a product approved"), _("The market looks at it; then it is on sale by itself."), "/products/", on_sale)
    lies = StockLevel.objects.filter(on_hand__gt=0).exists()
    yield Item("stock", 2, "supply", _("Have something in stock"), _("What is not in stock cannot be ordered."), "/products/", lies)


def beginning(merchant: Merchant) -> Iterable[Item]:
    is_written = Page.objects.filter(depth=2, latest_revision__isnull=False).exists()
    yield Item("page", 3, "pages", _("Make your first page"), _("What you stand for, and your best goods."), "/decorate/", is_written)
    on_sale = Product.objects.filter(status=Product.Status.ON_SALE).count()
    hint = _("{n} so far. A shop with few goods is seldom found.").format(n=on_sale)
    yield Item("many", 3, "range", _("Ten products on sale"), hint, "/products/", on_sale >= MANY)
    shipped = Package.objects.filter(status=Package.Status.SHIPPED).exists()
    yield Item("shipped", 3, "buying", _("Ship your first parcel"), _("In time, with its tracking number."), "/orders/?show=to_ship", shipped)
    statement = Statement.objects.filter(merchant=merchant).exists()
    label, hint = _("Read your first statement"), _("It comes by itself when orders are received and settled.")
    yield Item("statement", 3, "costs", label, hint, "/statements/", statement)


def self_said(ticks: set[str]) -> Iterable[Item]:
    """What nobody can see from outside."""

    def said(code: str, stage: int, concern: str, label: str, hint: str) -> Item:
        return Item(code, stage, concern, label, hint, "", code in ticks, is_measured=False)

    yield said(
        "positioning", 1, "positioning", _("Who buys from you, and why from you"), _("Local, one kind of goods, or something others lack: decide for one.")
    )
    yield said("range", 1, "range", _("What you sell, and what is left of it"), _("Price less goods, freight, commission and returns."))
    yield said("supply", 1, "supply", _("Where more comes from"), _("How fast you can have more of what sells, and from whom else."))
    yield said(
        "channels", 2, "channels", _("Where else your buyers buy"), _("Other shops, other markets, the street: what of it you serve, and at which price.")
    )
    yield said("told", 2, "marketing", _("Those who know you know the shop"), _("Its address on the parcel, on the door, in your messages."))
    yield said("costs", 2, "costs", _("You know what an order costs you"), _("Packing, freight, returns, people."))
    yield said("figures", 3, "running", _("You look at your figures every week"), _("Sales, average order and stock stand on your first page."))
    yield said("returns", 3, "improving", _("You know why goods come back"), _("Reasons stand on each return; mend the description or the goods."))
    yield said("rivals", 4, "positioning", _("You know what others ask for the same"), _("And what you do better, in a sentence that stands on your page."))
    yield said("campaigns", 4, "marketing", _("You plan what comes next"), _("Seasons, new goods, a campaign page of your own."))
    yield said("less", 5, "costs", _("Something costs you less than a year ago"), _("Packing, freight, what you pay suppliers: name it."))
    yield said(
        "again",
        5,
        "positioning",
        _("Within a year you have asked again who buys from you"),
        _("Your customers and their orders say more than you thought at first."),
    )
    yield said("plan", 5, "channels", _("You have a plan for every channel"), _("What it sells, at which price, and who looks after it."))
    yield said("helpers", 5, "resources", _("You know who could take over if somebody is away"), _("A colleague with the rights, or a partner."))
