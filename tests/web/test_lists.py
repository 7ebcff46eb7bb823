"""The lists of both back offices: filters stay in the address, pages go by key, and an empty list says what will stand there."""

from __future__ import annotations

import dataclasses
import html
import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from marketplace.flows.account_changes import BankDetails, ask_for_bank_account
from marketplace.flows.approvals import ask_for
from marketplace.flows.product_files.receiving import assign_columns
from marketplace.flows.reconcile import ask_for_sweep
from marketplace.flows.review_product import submit_product
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.aftersales.models import Return
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.customers.actions import recount_customer
from marketplace.merchant.customers.models import Customer
from marketplace.merchant.customising.models import CustomLine
from marketplace.merchant.imports.models import ImportRow, ProductImport
from marketplace.merchant.inventory.models import Restock, StockLevel, StockMovement, Stocktake, StockTransfer
from marketplace.merchant.media.models import Film, LibraryPicture
from marketplace.merchant.orders.models import Order
from marketplace.merchant.pricing.models import Reduction
from marketplace.platform.approvals.models import ApprovalRequest
from marketplace.platform.checkout.models import OrderCopy, ReturnCopy
from marketplace.platform.deposits.models import Deposit
from marketplace.platform.evaluations.models import Evaluation
from marketplace.platform.ledger.models import JournalEntry, Payout, Statement
from marketplace.platform.listings.models import ForbiddenWord, Listing, ProductChange
from marketplace.platform.listings.words import put_words
from marketplace.platform.members.models import Double
from marketplace.platform.notices.models import Dispatch
from marketplace.platform.payments.actions import set_bank_account
from marketplace.platform.payments.models import AccountChange, Dispute, RailMovement, RailNotice, Refund
from marketplace.platform.taxonomy.attributes import keep_attribute
from marketplace.platform.taxonomy.brands import keep_brand
from marketplace.platform.taxonomy.models import Attribute, Brand
from marketplace.platform.virtual.models import Code
from marketplace.web.lists.pages import ListPage
from search.models import SearchedWords, SearchRule
from tenants.access.rules import all_routes, route, rule_of
from tenants.accounts.actions import give_role
from tenants.accounts.blocking import block
from tenants.accounts.models import Block, Membership, User
from tenants.contracts.models import Contract
from tenants.onboarding.dossiers import hand_in_dossier
from tenants.onboarding.models import Application, DossierChange, Qualification, Requirement
from tenants.onboarding.qualifications import grant_qualification
from tenants.packages.models import Subscription
from tenants.tenancy.models import Market, Merchant
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.flows.at_stripe import at_stripe
from tests.imports.files import received
from tests.planting import planted
from tests.tenants.test_onboarding import submitted
from tests.turns import in_turns
from tests.web.lists_made import coded, deposited, evaluated, pictured, reduced, searched, stocked, subscribed, wished

HOSTS = {"workbench": "kiln.seller.market.localhost", "console": "ops.market.localhost"}
PEOPLE = {"workbench": "owner-a@market.localhost", "console": "operator@market.localhost"}
# A search that finds one of the rows, and how many rows there are in all: see `three_of_everything`.
LISTS = {
    ("workbench", "orders"): ("{order}", lambda: Order.objects.count()),
    ("workbench", "custom-orders"): ("{custom}", lambda: CustomLine.objects.count()),
    ("workbench", "returns"): ("{order}", lambda: Return.objects.count()),
    ("workbench", "products"): ("Second", lambda: Product.objects.count()),
    ("workbench", "reductions"): ("Second sale", lambda: Reduction.objects.count()),
    ("workbench", "imports"): ("Second.csv", lambda: ProductImport.objects.count()),
    ("workbench", "library"): ("Second still", lambda: LibraryPicture.objects.count()),
    ("workbench", "films"): ("Second film", lambda: Film.objects.count()),
    ("workbench", "import-rows"): ("ROW-Second", lambda: ImportRow.objects.count()),
    ("workbench", "statements"): ("{statement}", lambda: Statement.objects.filter(merchant_id=MERCHANTS["a"]).count()),
    ("workbench", "customers"): ("{order}", lambda: Customer.objects.count()),
    ("workbench", "stock"): ("Second", lambda: StockLevel.objects.count()),
    ("workbench", "movements"): ("{transfer}", lambda: StockMovement.objects.count()),
    ("workbench", "transfers"): ("{transfer}", lambda: StockTransfer.objects.count()),
    ("workbench", "stocktakes"): ("{stocktake}", lambda: Stocktake.objects.count()),
    ("workbench", "replenish"): ("Second", lambda: StockLevel.objects.filter(safety=50).count()),
    ("workbench", "codes"): ("{coded}", lambda: Code.objects.filter(merchant_id=MERCHANTS["a"]).count()),
    ("workbench", "restocks"): ("Birch", lambda: Restock.objects.count()),
    ("workbench", "staff"): ("Second Clerk", lambda: Membership.objects.filter(merchant_id=MERCHANTS["a"]).count()),
    ("workbench", "log"): ("{product}", lambda: AuditEvent.objects.filter(merchant_id=MERCHANTS["a"]).count()),
    ("console", "merchants"): ("trail", lambda: Merchant.objects.count()),
    ("console", "consumers"): ("Second-auditor", lambda: User.objects.count()),
    ("console", "words"): ("second word", lambda: ForbiddenWord.objects.count()),
    ("console", "goods"): ("Second", lambda: Listing.objects.count()),
    ("console", "blocks"): ("second", lambda: Block.objects.count()),
    ("console", "doubles"): ("Second Clerk", lambda: Double.objects.count()),
    ("console", "orders"): ("{order}", lambda: OrderCopy.objects.count()),
    ("console", "returns"): ("{order}", lambda: ReturnCopy.objects.count()),
    ("console", "refunds"): ("{group}", lambda: Refund.objects.count()),
    ("console", "payouts"): ("{statement}", lambda: Payout.objects.count()),
    ("console", "statements"): ("{statement}", lambda: Statement.objects.count()),
    ("console", "evaluations"): ("trail", lambda: Evaluation.objects.count()),
    ("console", "deposits"): ("trail", lambda: Deposit.objects.count()),
    ("console", "subscribers"): ("trail", lambda: Subscription.objects.count()),
    ("console", "journal"): ("{statement}", lambda: JournalEntry.objects.count()),
    ("console", "staff"): ("Second Clerk", lambda: Membership.objects.filter(merchant_id=None).count()),
    ("console", "log"): ("{product}", lambda: AuditEvent.objects.count()),
    ("console", "reviews"): ("Fourth", lambda: ProductChange.objects.count()),
    ("console", "attributes"): ("Second", lambda: Attribute.objects.count()),
    ("console", "brands"): ("Second", lambda: Brand.objects.count()),
    ("console", "applications"): ("{company}", lambda: Application.objects.filter(submitted_at__isnull=False).count()),
    ("console", "qualifications"): ("kiln", lambda: Qualification.objects.count()),
    ("console", "disputes"): ("{dispute}", lambda: Dispute.objects.count()),
    ("console", "movements"): ("{movement}", lambda: RailMovement.objects.count()),
    ("console", "notices"): ("{notice}", lambda: RailNotice.objects.count()),
    ("console", "payout-accounts"): ("{holder}", lambda: AccountChange.objects.count()),
    ("console", "contracts"): ("{contract}", lambda: Contract.objects.count()),
    ("console", "dossier-changes"): ("trail", lambda: DossierChange.objects.count()),
    ("console", "approvals"): ("{approval}", lambda: ApprovalRequest.objects.count()),
    ("console", "searches"): ("second jug", lambda: SearchedWords.objects.count()),
    ("console", "search-rules"): ("second jug", lambda: SearchRule.objects.count()),
    ("console", "dispatches"): ("owner-c@market.localhost", lambda: Dispatch.objects.count()),
}
OF_OPINIONS = {("workbench", "reviews"), ("workbench", "questions"), ("console", "questions"), ("console", "buyer-reviews")}  # read in tests of reviews
EVERY = pytest.mark.parametrize(("kind", "name"), LISTS)


def the_list(kind: str, name: str) -> tuple[ListPage, Any]:
    """The list behind a route, and its rule."""
    (view,) = [found.callback for _pattern, found, called in all_routes(kind) if called == name and hasattr(found.callback, "methods")]
    return view.__wrapped__, rule_of(view, kind, name)


def client_of(kind: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(email=PEOPLE[kind]), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


@pytest.fixture(scope="module", autouse=True)
def small_lists(three_of_everything: dict[str, str]) -> Iterator[None]:
    """Every list once more at /1/<name>/, with a row a page (the long log has more), at /25/<name>/, and at /0/<name>/ with nothing in it."""
    with ExitStack() as kept:
        for kind in HOSTS:
            added = []
            for of, name in LISTS:
                page, rule = the_list(kind, name) if of == kind else (None, None)
                if page:
                    nothing = dataclasses.replace(page, rows=lambda request, rows=page.rows: rows(request).none())
                    versions = {"1": dataclasses.replace(page, size=15 if name == "log" else 1), "25": page, "0": nothing}
                    added += [route(f"{size}/{name}/", version, may=rule, name=f"{name}-{size}") for size, version in versions.items()]
            kept.enter_context(planted(kind, *added))
        yield


class Reader:
    """Somebody who reads a list, by default a row a page."""

    def __init__(self, kind: str, name: str, size: int = 1) -> None:
        self.host, self.client, self.path = HOSTS[kind], client_of(kind), f"/{size}/{name}/"

    def read(self, address: str = "", **headers: str) -> Any:
        address = address if address.startswith("/") else self.path + address
        response = self.client.get(address, headers={"host": self.host, "accept-language": "en", **headers})
        assert response.status_code == 200
        return response

    def link(self, response: Any, rel: str) -> str:
        found = re.search(rf'rel="{rel}" href="([^"]+)"', response.content.decode())
        return html.unescape(found[1]) if found else ""

    def walk(self, address: str = "") -> Iterator[Any]:
        while True:
            response = self.read(address)
            yield response
            if not (address := self.link(response, "next")):
                return


def keys(responses: Iterator[Any]) -> list[Any]:
    return [row.pk for response in responses for row in response.context["page"].rows]


@pytest.fixture(scope="module")
def three_of_everything(own_database: str) -> dict[str, str]:
    """Three products, three orders that are complete, three statements of merchant a, and three of what is the console's alone;
    words that find one of each. Read by all tests here."""
    Market.objects.update(settle_days=0)
    make.commission()
    for title in ("First", "Second", "Third"):
        for role, merchant_id in (("dispatcher", MERCHANTS["a"]), ("auditor", None)):
            clerk = User.objects.create_user(f"{title}-{role}@example.com", name=f"{title} Clerk")
            give_role(by=SYSTEM, user_id=clerk.pk, role=role, merchant_id=merchant_id)
        product = make.a_product("a", title=title)
        group = make.a_completed_group(("a", product, 2))
        make.returned(make.order_of(group))
        with merchant_schema(MERCHANTS["a"]):
            recount_customer(by=SYSTEM, buyer_id=group.buyer_id)
            batch = received(f"SKU,Price\nROW-{title},5\n".encode(), name=f"{title}.csv")
            assign_columns(by=SYSTEM, import_id=batch.pk, mapping=["sku", "price"], goes="draft")
        deliver_events()
        twins = User.objects.filter(name=f"{title} Clerk").order_by("pk")
        Double.objects.create(first=twins[0], second=twins[1], reasons=["place"])
        put_words(by=SYSTEM, texts=[f"{title} word"], weight="refused", category_id=None, note="the law")
        block(by=SYSTEM, kind="email", value=f"{title}@kept-out.example", why="cheats")
        make.settled("a")
        keep_brand(by=SYSTEM, brand_id=None, seen=0, names={"en": f"{title} House"}, aliases=[f"{title} & Sons"])
        keep_attribute(by=SYSTEM, attribute_id=None, seen=0, fields={"names": {"en": f"{title} mark", "zh-hans": title}, "kind": "number", "unit": "g"})
    return {
        "order": OrderCopy.objects.latest("pk").number,
        "group": group.number,
        "statement": Statement.objects.latest("pk").number,
        "product": str(product.pk),
        **stocked(),
        **_submitted(),
        **deposited(),
        **evaluated(),
        **subscribed(),
        **_told_by_stripe(),
        **_asked_for(),
        **_signed(),
        **reduced(),
        **pictured(),
        **coded(),
        **wished(),
        **searched(),
    }


def _submitted() -> dict[str, str]:
    """Products that wait for review, and applications."""
    for title in ("Fourth", "Fifth", "Sixth"):
        product = make.a_product("b", title=title, on_sale=False)
        with merchant_schema(MERCHANTS["b"]):
            submit_product(by=SYSTEM, product_id=product.pk)
    for n, company in enumerate(("Ashgrove", "Birch", "Cedar")):
        submitted(company=f"{company} Ltd", slug=f"applicant-{n}")
    for letter, merchant_id in MERCHANTS.items():
        requirement = Requirement.objects.get(code="licence")
        now = clock.now()
        grant_qualification(by=SYSTEM, merchant_id=merchant_id, requirement=requirement, paper=None, valid_from=now, valid_until=None, reason=f"Seen {letter}")
    return {"company": "Birch"}


def _asked_for() -> dict[str, str]:
    """A payout and rates that wait for a second person."""
    by = make.acting(User.objects.get(email=PEOPLE["console"]))
    set_bank_account(by=SYSTEM, merchant_id=MERCHANTS["a"], holder="Kiln", bank="Bank", number="62220001")
    key, payout = uuid4(), Payout.objects.filter(merchant_id=MERCHANTS["a"], status="due").earliest("pk")
    ask_for(by=by, kind="payouts.release", request_id=key, order={"batch": str(key), "payouts": [str(payout.pk)]}, why="this week's")
    for tax_class in ("standard", "reduced"):
        row = ask_for(by=by, kind="tax.set", request_id=uuid4(), order={"rate": "0.01", "tax_class": tax_class}, why="a new law")
    for letter, merchant_id in MERCHANTS.items():
        owner = make.acting(User.objects.get(email=f"owner-{letter}@market.localhost"))
        details = BankDetails(holder=f"Holder {letter.upper()} Ltd", form="company", bank="Bank", number=f"3100000{letter.encode().hex()}")
        ask_for_bank_account(by=owner, merchant_id=merchant_id, change_id=uuid4(), details=details)
    return {"approval": row.number, "holder": "Holder B"}


def _signed() -> dict[str, str]:
    """A contract of each merchant, and changes of what the market knows of it."""
    for letter, merchant_id in MERCHANTS.items():
        contract = make.a_signed_contract(letter)
        owner = make.acting(User.objects.get(email=f"owner-{letter}@market.localhost"))
        hand_in_dossier(by=owner, merchant_id=merchant_id, fields={"origins": f"Kiln {letter}"})
    return {"contract": contract.number}


def _told_by_stripe() -> dict[str, str]:
    """Payments of merchant b's goods on the other rail, each of them disputed."""
    jug = make.a_product("b", title="Jug", price="40")
    with at_stripe() as there:
        for _time in range(3):
            there.fake.dispute(there.charge_of(there.completed(("b", jug, 1))))
        ask_for_sweep(by=SYSTEM)
        there.tell()
    Market.objects.update(rail="sandbox")
    return {
        "dispute": Dispute.objects.latest("pk").rail_ref,
        "movement": RailMovement.objects.latest("pk").ref,
        "notice": RailNotice.objects.latest("pk").notice_id,
    }


def total(kind: str, name: str) -> int:
    if kind == "workbench":
        with merchant_schema(MERCHANTS["a"]):
            return LISTS[kind, name][1]()
    return LISTS[kind, name][1]()


def test_every_list_is_read_here():
    found = {(kind, name) for kind in HOSTS for _p, r, name in all_routes(kind) if isinstance(getattr(r.callback, "__wrapped__", None), ListPage)}
    found = {(kind, name) for kind, name in found if name.rpartition("-")[2] not in ("0", "1", "25")}  # our own small ones
    assert found - OF_OPINIONS == set(LISTS)


@EVERY
def test_every_row_comes_once_forwards_and_backwards(kind, name):
    reader = Reader(kind, name)
    pages = list(reader.walk())
    seen = keys(iter(pages))
    assert len(seen) == len(set(seen)) == total(kind, name) >= 3
    back = reader.read(reader.link(pages[-1], "prev"))
    assert keys(iter([back])) == keys(iter([pages[-2]]))
    assert not reader.link(pages[0], "prev") and not reader.link(pages[-1], "next")


@EVERY
def test_a_search_stays_in_the_address_from_page_to_page_and_in_its_box(three_of_everything, kind, name):
    word = LISTS[kind, name][0].format(**three_of_everything)
    reader = Reader(kind, name)
    found = list(reader.walk(f"?q={word}"))
    assert 1 <= len(found) < total(kind, name)
    for response in found:
        assert f'value="{word}"' in response.content.decode()
    assert all(urlencode({"q": word}) in reader.link(response, "next") for response in found[:-1])


def test_tabs_and_filters_are_kept_together():
    reader = Reader("workbench", "orders")
    first = reader.read("?show=completed&since=2020-01-01")
    forward = reader.link(first, "next")
    assert "show=completed" in forward and "since=2020-01-01" in forward and "after=" in forward
    page = first.content.decode()
    assert '<input type="hidden" name="show" value="completed">' in page
    assert 'value="2020-01-01"' in page
    assert f'<a href="{reader.path}?show=cancelled&amp;since=2020-01-01"' in page
    assert len(keys(reader.walk("?show=completed"))) == 3
    assert keys(reader.walk("?show=unpaid")) == []


@EVERY
def test_a_search_that_finds_nothing_says_so_and_leads_back(kind, name):
    reader = Reader(kind, name)
    page = reader.read("?q=no-such-thing-anywhere").content.decode()
    assert "Nothing fits this search and these filters." in page
    assert f'href="{reader.path}"' in page


@EVERY
def test_an_empty_list_says_what_will_stand_there(kind, name):
    page, _rule = the_list(kind, name)
    text = html.unescape(Reader(kind, name, size=0).read().content.decode())
    with translation.override("en"):
        assert str(page.empty) in text
    assert "Nothing fits" not in text


ODD = ["show=nonsense", "since=yesterday", "merchant=xyz", "after=nonsense", "before=nonsense", "after=bm8&before=bm8", "page=3", "q=%25_'", "q=" + "x" * 500]


@pytest.mark.parametrize(("kind", "name", "odd"), in_turns(list(LISTS), ODD))
def test_what_no_filter_knows_breaks_nothing(kind, name, odd):
    Reader(kind, name, size=25).read(f"?{odd}")


def test_a_date_that_is_none_is_named():
    page = Reader("workbench", "orders").read("?since=yesterday").content.decode()
    assert "Enter a valid date." in page


def test_a_fragment_is_the_rows_alone():
    page = Reader("workbench", "orders").read(**{"hx-request": "true"}).content.decode()
    assert "<table" in page and "<html" not in page


def test_nothing_of_another_merchant_is_counted_or_found():
    with transaction.atomic():
        other = make.a_completed_group(("b", make.a_product("b", title="Elsewhere"), 1)).orders.get()
        make.settled("b")
        assert keys(Reader("workbench", "orders").walk(f"?q={other.number}")) == []
        assert len(keys(Reader("workbench", "statements").walk())) == 3
        assert keys(Reader("workbench", "products").walk("?q=Elsewhere")) == []
        assert keys(Reader("workbench", "log").walk(f"?q={other.number}")) == []
        assert len(keys(Reader("console", "orders").walk(f"?q={other.number}"))) == 1
        transaction.set_rollback(True)


def test_a_list_costs_the_same_however_many_rows_it_shows():
    """No statement a row: a page of one row and a page of all take the same number of statements."""
    for kind, name in LISTS:
        counts = []
        for size in (1, 25):
            reader = Reader(kind, name, size=size)
            reader.read()
            with CaptureQueriesContext(connection) as captured:
                reader.read()
            counts.append(len(captured))
        assert counts[1] <= counts[0] + 1, f"{kind} {name}: {counts}"
