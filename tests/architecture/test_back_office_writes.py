"""No way around a verb or a right: every form of workbench and console, sent as it should be, leaves its trace, and needs its right."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.test import Client

from marketplace.flows.approvals import ask_for
from marketplace.flows.cancel_order import cancel_paid_order
from marketplace.flows.pay_out import make_bank_file
from marketplace.flows.publish_product import take_product_off_sale
from marketplace.flows.reconcile import note_movement
from marketplace.flows.review_product import submit_product
from marketplace.flows.ship_order import pack_order
from marketplace.flows.shop_life import suspend_shop
from marketplace.kernel import clock, verbs
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.relay import deliver_events
from marketplace.platform.backoffice.actions import save_view
from marketplace.platform.listings.models import ProductChange
from marketplace.platform.payments.actions import set_bank_account, take_notice
from marketplace.platform.payments.models import RailMovement, RailNotice, Refund
from marketplace.platform.payments.moving import note_refund_failed
from marketplace.platform.payments.rails.port import Movement
from marketplace.platform.themes.actions import Chosen, set_theme
from marketplace.web.all_lists import LISTS
from tenants.access.models import UserGroup
from tenants.access.rights import Right
from tenants.access.rules import all_routes, operator, route
from tenants.access.writes import WriteOutsideVerb
from tenants.accounts.models import Membership, User
from tenants.tenancy.models import Market
from tenants.tenancy.schemas import merchant_schema, public_schema
from tests import factories as make
from tests.architecture.account_forms import FORMS_OF_ACCOUNTS
from tests.architecture.closing_forms import FORMS_OF_CLOSING
from tests.architecture.domain_forms import FORMS_OF_DOMAINS
from tests.architecture.evaluation_forms import FORMS_OF_EVALUATIONS
from tests.architecture.goods_forms import FORMS_OF_GOODS
from tests.architecture.library_forms import FORMS_OF_THE_LIBRARY
from tests.architecture.money_forms import FORMS_OF_MONEY, Offers, some_deposit, some_packages
from tests.architecture.notice_forms import FORMS_ABOUT_NOTICES, OF_ONESELF
from tests.architecture.opinions import FORMS_ABOUT, Said, say_and_ask
from tests.architecture.own_forms import FORMS_OF_OWN_SHOPS
from tests.architecture.paper_forms import FORMS_OF_PAPERS
from tests.architecture.people import FORMS_ABOUT_ACCOUNTS, FORMS_ABOUT_STAFF, FORMS_ABOUT_SUPPORT, Accounts, People, Waiting, some_accounts, some_people
from tests.architecture.product_form import product_form
from tests.architecture.review_forms import FORMS_OF_REVIEWS
from tests.architecture.second_look_forms import FORMS_OF_SECOND_LOOKS
from tests.architecture.waiting import inspection, refused_payouts, waiting_order, waiting_return
from tests.architecture.wares_forms import FORMS_OF_WARES
from tests.databases import MERCHANTS
from tests.flows.at_stripe import AtStripe
from tests.flows.evaluated import some_evaluations
from tests.planting import planted

HOSTS = {"workbench": "kiln.seller.market.localhost", "console": "ops.market.localhost"}


def our_routes(kind: str) -> Iterator[tuple[str, Any]]:
    """(name, view) of the routes made with route(): those of allauth and Wagtail write in their own way."""
    for _pattern, found, name in all_routes(kind):
        if hasattr(found.callback, "methods"):
            yield name, found.callback


def posting(kind: str) -> list[str]:
    return [name for name, view in our_routes(kind) if "POST" in view.methods and (kind, name) not in OF_ONESELF]


@dataclass
class Filled:
    """A form as a person would send it."""

    path: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass
class Things:
    """What merchant a has, to send forms about."""

    draft: UUID
    on_sale: UUID
    orders: dict[str, Waiting]  # by the form they wait for
    returns: dict[str, str]  # by the form they wait for
    payouts: dict[str, UUID]
    batch: str
    category: int
    products: dict[str, UUID]  # by the form they wait for
    change: ProductChange
    application: str
    refunds: dict[str, UUID]  # by the form they wait for
    movement: UUID
    notice: UUID
    said: Said
    approval: str  # a request that waits
    people: dict[str, People]
    accounts: Accounts
    deposit: dict[str, str]  # numbers of movements, by the form they wait for
    offers: Offers


def make_things(stripe: AtStripe) -> Things:
    Market.objects.update(rail="sandbox")  # buyers pay there, and merchant b is paid at Stripe
    make.commission()
    some_evaluations()
    product = make.a_product("a", stock=100)
    set_bank_account(by=SYSTEM, merchant_id=MERCHANTS["a"], holder="Kiln", bank="Bank", number="62220001")
    payouts = {}
    for name in ("bank-file-new", "bank-file-paid", "payout-returned"):
        make.a_completed_group(("a", product, 1))
        payouts[name] = make.settled("a")[0].payouts.get().pk
    batch = make_bank_file(by=SYSTEM, batch_id=uuid4(), payout_ids=[payouts["bank-file-paid"], payouts["payout-returned"]])
    make.a_completed_group(("a", product, 1))
    orders = {name: waiting_order(product) for name in ("orders-accept", "order-accept", "order-pack", "parcel-ship", "parcel-open", "order-cancel")}
    for name in ("parcel-ship", "parcel-open"):
        with merchant_schema(MERCHANTS["a"]):
            pack_order(by=SYSTEM, package_id=orders[name].package, number=orders[name].number)
    returns = {name: waiting_return(product, steps) for steps, name in enumerate(("return-answer", "return-inspect", "return-confirm"))}
    set_theme(by=SYSTEM, merchant_id=MERCHANTS["a"], chosen=Chosen(brand="#566b3a"))
    draft = make.a_product("a", title="Draft", on_sale=False)
    products = {name: make.a_product("a", title=name, on_sale=False).pk for name in ("product-submit", "products-submit", "product-withdraw", "review-decide")}
    products |= {name: make.a_product("a", title=name).pk for name in ("product-on-sale", "products-on-sale", "products-off-sale")}
    with merchant_schema(MERCHANTS["a"]):
        for name in ("product-on-sale", "products-on-sale"):
            take_product_off_sale(by=SYSTEM, product_id=products[name])
        for name in ("product-withdraw", "review-decide"):
            submit_product(by=SYSTEM, product_id=products[name])
    payouts |= refused_payouts(stripe)
    refunds = {}
    for name in ("refund-retry", "refund-otherwise"):
        cancel_paid_order(by=SYSTEM, copy=make.pay(make.a_placed_group(("a", product, 1))).orders.get(), reason="changed my mind")
        deliver_events()
        refunds[name] = Refund.objects.latest("created_at").pk
        note_refund_failed(by=SYSTEM, refund_id=refunds[name], why="closed")
    take_notice(by=SYSTEM, rail="stripe", notice_id="evt_1", body={"kind": "moon.risen", "object": "x", "account": ""}, quarantine="unknown")
    note_movement(by=SYSTEM, code="stripe", movement=Movement("txn_1", "topup", "tu_1", make.yuan("1"), make.yuan("0"), clock.now()))
    suspend_shop(by=SYSTEM, merchant_id=MERCHANTS["c"], kind="goods", reason="to be reopened")
    colleague = make.acting(User.objects.get(email="operator@market.localhost"))
    order = {"rate": "0.13", "tax_class": "reduced"}
    request = ask_for(by=colleague, kind="tax.set", request_id=uuid4(), order=order, why="a new law")
    return Things(
        draft=draft.pk,
        on_sale=product.pk,
        orders=orders,
        returns=returns,
        payouts=payouts,
        batch=batch.number,
        category=make.a_category().pk,
        products=products,
        change=ProductChange.objects.get(product_id=products["review-decide"]),
        application=make.an_application(make.a_buyer()).number,
        refunds=refunds,
        movement=RailMovement.objects.get().pk,
        notice=RailNotice.objects.get(notice_id="evt_1").pk,
        said=say_and_ask(product),
        approval=request.number,
        people=some_people(),
        accounts=some_accounts(),
        deposit=some_deposit(),
        offers=some_packages(),
    )


# How each form is filled in. A new route that takes POST needs a line here.
FORMS: dict[tuple[str, str], Callable[[Things], Filled]] = {
    ("workbench", "orders-accept"): lambda t: Filled("/orders/accept/", {"chosen": t.orders["orders-accept"].key}),
    ("workbench", "products-submit"): lambda t: Filled("/products/submit/", {"chosen": t.products["products-submit"]}),
    ("workbench", "products-on-sale"): lambda t: Filled("/products/on-sale/", {"chosen": t.products["products-on-sale"]}),
    ("workbench", "products-off-sale"): lambda t: Filled("/products/off-sale/", {"chosen": t.products["products-off-sale"]}),
    ("workbench", "order-note"): lambda t: Filled(f"/orders/{t.orders['order-accept'].number}/note/", {"note_id": uuid4(), "text": "A gift"}),
    ("workbench", "order-phone"): lambda t: Filled(f"/orders/{t.orders['order-accept'].number}/phone/"),
    ("workbench", "order-accept"): lambda t: Filled(f"/orders/{t.orders['order-accept'].number}/accept/"),
    ("workbench", "order-pack"): lambda t: Filled(
        f"/orders/{t.orders['order-pack'].number}/pack/", {"package_id": uuid4(), f"line_{t.orders['order-pack'].line.hex}": 1, "then": "pack"}
    ),
    ("workbench", "parcel-ship"): lambda t: Filled(
        f"/orders/{t.orders['parcel-ship'].number}/parcels/{t.orders['parcel-ship'].package}/ship/", {"carrier": "sf", "tracking_number": "SF1234567"}
    ),
    ("workbench", "parcel-open"): lambda t: Filled(f"/orders/{t.orders['parcel-open'].number}/parcels/{t.orders['parcel-open'].package}/open/"),
    ("workbench", "order-cancel"): lambda t: Filled(
        f"/orders/{t.orders['order-cancel'].number}/cancel/", {f"line_{t.orders['order-cancel'].line.hex}": 1, "reason": "broken"}
    ),
    ("workbench", "return-answer"): lambda t: Filled(f"/returns/{t.returns['return-answer']}/answer/", {"decision": "agree"}),
    ("workbench", "return-inspect"): lambda t: Filled(f"/returns/{t.returns['return-inspect']}/inspect/", inspection(t.returns["return-inspect"])),
    ("workbench", "return-confirm"): lambda t: Filled(f"/returns/{t.returns['return-confirm']}/confirm/"),
    ("workbench", "product-new"): lambda t: Filled("/products/new/", product_form(t, uuid4())),
    ("workbench", "product"): lambda t: Filled(f"/products/{t.draft}/", product_form(t, t.draft)),
    ("workbench", "product-on-sale"): lambda t: Filled(f"/products/{t.products['product-on-sale']}/on-sale/"),
    ("workbench", "product-submit"): lambda t: Filled(f"/products/{t.products['product-submit']}/submit/"),
    ("workbench", "product-withdraw"): lambda t: Filled(f"/products/{t.products['product-withdraw']}/withdraw/"),
    ("workbench", "holiday"): lambda t: Filled("/holiday/", {"holiday_id": uuid4(), "starts": "2027-06-01", "ends": "2027-06-05", "note_en": "Away"}),
    ("workbench", "delivery"): lambda t: Filled("/delivery/", {"fee_0": "8", "free_from_0": "99", "delivers_0": "1", "then": "save"}),
    ("workbench", "product-off-sale"): lambda t: Filled(f"/products/{t.on_sale}/off-sale/"),
    ("workbench", "decorate"): lambda t: Filled("/decorate/", {"then": "maker"}),
    ("console", "decorate"): lambda t: Filled("/decorate/", {"then": "campaign"}),
    ("workbench", "theme"): lambda t: Filled(
        "/theme/", {"brand": "#14607a", "band": "#d9ebef", "face": "serif", "shape": "round", "grid": "calm", "then": "save"}
    ),
    ("workbench", "theme-undo"): lambda t: Filled("/theme/undo/", {"number": 1}),
    ("console", "merchant-new"): lambda t: Filled(
        "/merchants/new/", {"merchant_id": uuid4(), "name_en": "Tea", "slug": "tea-house", "owner_email": "owner@tea.example", "owner_name": "Mei"}
    ),
    ("console", "application-review"): lambda t: Filled(f"/applications/{t.application}/review/", {"step": "identity", "decision": "passed"}),
    ("console", "review-decide"): lambda t: Filled(f"/reviews/{t.change.pk}/decide/", {"seen_version": t.change.version, "decision": "approve"}),
    ("console", "settings"): lambda t: Filled("/settings/", {"form": "commission", "rate": "7", "why": "a better year", "request_id": uuid4()}),
    ("console", "refund-retry"): lambda t: Filled(f"/refunds/{t.refunds['refund-retry']}/retry/"),
    ("console", "refund-otherwise"): lambda t: Filled(f"/refunds/{t.refunds['refund-otherwise']}/otherwise/", {"reason": "by bank transfer"}),
    ("console", "movements-ask"): lambda t: Filled("/movements/ask/"),
    ("console", "movement-book"): lambda t: Filled(f"/movements/{t.movement}/book/", {"account": "own_bank", "reason": "topped up"}),
    ("console", "notice-dismiss"): lambda t: Filled(f"/notices/{t.notice}/dismiss/", {"reason": "looked at"}),
    ("console", "payout-retry"): lambda t: Filled(f"/payouts/{t.payouts['payout-retry']}/retry/"),
    ("console", "payout-give-up"): lambda t: Filled(f"/payouts/{t.payouts['payout-give-up']}/give-up/", {"reason": "account closed"}),
    ("console", "settlement-run"): lambda t: Filled("/settlement/run/", {"run_id": uuid4(), "merchant": str(MERCHANTS["a"])}),
    ("console", "bank-file-new"): lambda t: Filled(
        "/payouts/files/new/", {"batch_id": uuid4(), "payout": str(t.payouts["bank-file-new"]), "why": "this week's"}
    ),
    ("console", "merchant-suspend"): lambda t: Filled(
        f"/merchants/{MERCHANTS['b']}/suspend/", {"request_id": uuid4(), "kind": "goods", "why": "sells what is forbidden"}
    ),
    ("console", "merchant-owner"): lambda t: Filled(
        f"/merchants/{MERCHANTS['b']}/owner/",
        {"request_id": uuid4(), "email": User.objects.get(pk=t.accounts.people["winner"]).email, "why": "its owner has died"},
    ),
    ("console", "merchant-reopen"): lambda t: Filled(f"/merchants/{MERCHANTS['c']}/reopen/", {"request_id": uuid4(), "why": "all is settled"}),
    ("console", "approval-limit"): lambda t: Filled("/approvals/limit/", {"request_id": uuid4(), "limit": "500", "why": "small ones"}),
    ("console", "approval-decide"): lambda t: Filled(f"/approvals/{t.approval}/decide/", {"decision": "approve"}),
    ("console", "bank-file-paid"): lambda t: Filled(f"/payouts/files/{t.batch}/paid/", {"payout": str(t.payouts["bank-file-paid"])}),
    ("console", "log-verify"): lambda t: Filled("/log/integrity/verify/"),
    ("console", "payout-returned"): lambda t: Filled(f"/payouts/{t.payouts['payout-returned']}/returned/", {"reason": "account closed"}),
}
FORMS |= {name: lambda t, fill=fill: Filled(*fill(t.said)) for name, fill in FORMS_ABOUT.items()}
FORMS |= {
    name: lambda t, fill=fill: Filled(*fill(t))
    for name, fill in (
        FORMS_OF_PAPERS
        | FORMS_OF_CLOSING
        | FORMS_OF_OWN_SHOPS
        | FORMS_OF_EVALUATIONS
        | FORMS_OF_ACCOUNTS
        | FORMS_OF_MONEY
        | FORMS_OF_DOMAINS
        | FORMS_OF_WARES
        | FORMS_OF_THE_LIBRARY
        | FORMS_OF_REVIEWS
        | FORMS_OF_GOODS
        | FORMS_OF_SECOND_LOOKS
    ).items()
}
FORMS |= {name: lambda t, fill=fill: Filled(*fill()) for name, fill in FORMS_ABOUT_NOTICES.items()}

FORMS |= {(kind, name): lambda t, fill=fill, kind=kind: Filled(*fill(t.people[kind])) for kind in HOSTS for name, fill in FORMS_ABOUT_STAFF.items()}
FORMS |= {(kind, name): lambda t, fill=fill, kind=kind: Filled(*fill(t.people[kind])) for (kind, name), fill in FORMS_ABOUT_SUPPORT.items()}

FORMS |= {name: lambda t, fill=fill: Filled(*fill(t.accounts)) for name, fill in FORMS_ABOUT_ACCOUNTS.items()}


# A list takes its forms at its own address.
FORMS |= {
    ("workbench" if is_workbench else "console", name): lambda t, name=name: Filled(f"/{name}/", {"do": "view-save", "name": "Mine", "query": "q=x"})
    for is_workbench, name in LISTS
}


def someone(kind: str, *, without: Right | None = None) -> User:
    """A person who works there and has every right, or every right but one."""
    user = make.a_buyer()
    merchant_id = MERCHANTS["a"] if kind == "workbench" else None
    Membership.objects.create(user=user, merchant_id=merchant_id)
    with merchant_schema(merchant_id) if merchant_id else public_schema():
        group = Group.objects.create(name=uuid4().hex)
        group.permissions.set(Permission.objects.filter(codename__in=[right.codename for right in Right if right is not without]))
        UserGroup.objects.create(user=user, group=group)
    return user


def send(kind: str, user: User, form: Filled) -> Any:
    client = Client(raise_request_exception=False)
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client.post(form.path, form.data, headers={"host": HOSTS[kind]})


def went_well(response: Any) -> bool:
    """It leads on; or it shows, in an answer that nobody keeps, what is shown once."""
    return response.status_code == 302 or (response.status_code == 200 and "no-store" in response.headers.get("Cache-Control", ""))


def missing_trace(kind: str, user: User, form: Filled) -> list[str]:
    """What is missing after the form was sent: its success, a verb, a row in the log by this person under this request."""
    called = verbs.watch()
    response = send(kind, user, form)
    if not went_well(response):
        return [f"{form.path}: {response.status_code} {re.findall('error.*', response.content.decode())}"]
    found = [] if called else [f"{form.path}: no verb was called"]
    rows = AuditEvent.objects.filter(actor_id=user.pk, actor_kind="person", request_id=response.headers["X-Request-Id"])
    return found + ([] if rows.exists() else [f"{form.path}: nothing in the log by this person"])


def view_of(kind: str, user: User) -> Filled:
    """Only one's own view can be shared."""
    merchant_id = MERCHANTS["a"] if kind == "workbench" else None
    view = save_view(by=make.acting(user), merchant_id=merchant_id, list_name="orders", name="To share", query="")
    return Filled(f"/views/{view.pk}/share/", {"on": "1"})


@pytest.mark.parametrize("kind", HOSTS)
def test_every_route_that_takes_a_form_has_one_here(kind):
    assert sorted(posting(kind)) == sorted([*(name for of, name in FORMS if of == kind), "view-share"])


@pytest.mark.long  # in every run test_back_office_traces sends each of them, too, and asks more of it
@pytest.mark.parametrize("kind", HOSTS)
def test_every_form_sent_as_it_should_be_goes_through_a_verb_and_stands_in_the_log(things, kind):
    user = someone(kind)
    assert missing_trace(kind, user, view_of(kind, user)) == []
    assert [complaint for of, name in FORMS if of == kind for complaint in missing_trace(kind, user, FORMS[of, name](things))] == []


@pytest.mark.parametrize("kind", HOSTS)
def test_every_form_is_refused_to_somebody_with_every_right_but_its_own(things, kind):
    lacking = cache(lambda right: someone(kind, without=right))
    for name, view in our_routes(kind):
        if "POST" not in view.methods or (kind, name) in OF_ONESELF:
            continue
        needed = view.rule.change or view.rule.right
        assert needed is not None, f"{name} changes something and needs no right"
        user = lacking(needed)
        form = FORMS[kind, name](things) if name != "view-share" else Filled(f"/views/{uuid4()}/share/", {"on": "1"})
        assert send(kind, user, form).status_code == 403, name
        assert not AuditEvent.objects.filter(actor_id=user.pk).exists()


# ── The controls ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def plant():
    """Add a view to the console, behind a right."""
    with ExitStack() as kept:

        def planting(view: Callable[..., Any]) -> Filled:
            kept.enter_context(planted("console", route("planted/", view, may=operator(Right.VIEW_MERCHANTS), name="planted", methods="POST")))
            return Filled("/planted/")

        yield planting


def done() -> Any:
    from django.http import HttpResponseRedirect

    return HttpResponseRedirect("/")


def test_a_view_that_saves_without_a_verb_is_stopped(db, plant):
    def writes(request):
        Market.objects.update(settle_days=1)
        return done()

    form = plant(writes)
    before = Market.objects.get().settle_days
    user = someone("console")
    with transaction.atomic():  # the refused statement marks it as spoilt
        response = send("console", user, form)
    assert response.status_code == 500
    assert response.exc_info[0] is WriteOutsideVerb
    assert Market.objects.get().settle_days == before


def test_a_view_that_leaves_no_trace_is_found(db, plant):
    form = plant(lambda request: done())
    assert missing_trace("console", someone("console"), form) == ["/planted/: no verb was called", "/planted/: nothing in the log by this person"]


def test_a_verb_that_says_somebody_else_did_it_is_found(db, plant):
    from tenants.accounts.actions import ensure_person

    def as_the_system(request):
        ensure_person(by=SYSTEM, email="somebody@example.com")
        return done()

    form = plant(as_the_system)
    assert missing_trace("console", someone("console"), form) == ["/planted/: nothing in the log by this person"]


def test_a_route_that_takes_forms_and_is_not_filled_in_here_is_found(db, plant):
    plant(lambda request: done())
    assert "planted" in set(posting("console")) - {name for of, name in FORMS if of == "console"}
