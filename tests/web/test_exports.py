"""Every list leaves the house as a file that a worker writes: what its filters leave, under the right heads, safe in a spreadsheet, written
down, asked for twice and made once, and nobody else's."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.money import Money
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.aftersales.models import Return
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.customers.models import Customer
from marketplace.merchant.customising.models import CustomLine
from marketplace.merchant.imports.models import ImportRow, ProductImport
from marketplace.merchant.inventory.models import Restock, StockMovement, Stocktake, StockTransfer
from marketplace.merchant.media.models import Film, LibraryPicture
from marketplace.merchant.orders.models import OrderLine
from marketplace.merchant.pricing.models import Reduction
from marketplace.platform.approvals.models import ApprovalRequest
from marketplace.platform.backoffice.models import ListJob
from marketplace.platform.checkout.models import ReturnCopy
from marketplace.platform.ledger.models import Payout, Statement
from marketplace.platform.listings.models import ForbiddenWord, Listing, ProductChange
from marketplace.platform.notices.models import Dispatch
from marketplace.platform.payments.models import AccountChange, Dispute, RailMovement, RailNotice, Refund
from marketplace.platform.taxonomy.models import Attribute, Brand
from search.models import SearchedWords, SearchRule
from tenants.accounts.models import Block, User
from tenants.contracts.models import Contract
from tenants.onboarding.models import Application, DossierChange, Qualification
from tenants.tenancy.models import Market, Merchant
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.turns import in_turns
from tests.web.test_lists import EVERY, HOSTS, LISTS, PEOPLE, client_of, the_list, three_of_everything

__all__ = ["three_of_everything"]  # a fixture
pytestmark = pytest.mark.usefixtures("three_of_everything")
A = MERCHANTS["a"]
ROW = tuple[str, ...]


def ask(kind: str, name: str, query: str = "", *, form: str = "csv", heads: Iterable[int] | None = None, key: UUID | None = None) -> Any:
    """Send the form as a person would; the answer leads to what one has asked for."""
    page, _rule = the_list(kind, name)
    data = {
        "do": "export",
        "job_id": key or uuid4(),
        "format": form,
        "query": query.lstrip("&"),
        "head": list(range(len(page.export_head)) if heads is None else heads),
    }
    return client_of(kind).post(f"/{name}/", data, headers={"host": HOSTS[kind], "accept-language": "en"})


def export(kind: str, name: str, query: str = "", **how: Any) -> Any:
    """The file, once a worker has written it."""
    answer = ask(kind, name, query, **how)
    assert answer.status_code == 302 and answer.url.startswith("/jobs/?new="), answer.url
    deliver_events()
    return client_of(kind).get(f"/jobs/{answer.url.partition('=')[2]}/file/", headers={"host": HOSTS[kind], "accept-language": "en"})


def content(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def table(response: Any) -> tuple[list[str], list[list[str]]]:
    assert response.status_code == 200 and response.headers["Content-Type"] == "text/csv; charset=utf-8"
    text = content(response).decode()
    assert text.startswith("\ufeff")
    head, *rows = csv.reader(io.StringIO(text[1:], newline=""))
    return head, rows


def records(kind: str, name: str, query: str = "") -> list[dict[str, str]]:
    head, rows = table(export(kind, name, query))
    return [dict(zip(head, row, strict=True)) for row in rows]


@EVERY
def test_every_list_can_be_taken_along(kind, name):
    page, _rule = the_list(kind, name)
    shown = client_of(kind).get(f"/{name}/", headers={"host": HOSTS[kind]}).content.decode()
    assert page.export_name and 'name="do" value="export"' in shown
    response = export(kind, name)
    head, rows = table(response)
    assert re.fullmatch(rf'attachment; filename="{page.export_name}-\d{{8}}-\d{{4}}\.csv"', response.headers["Content-Disposition"])
    assert "no-store" in response.headers["Cache-Control"]
    assert len(set(head)) == len(head) and all(head)
    assert {len(row) for row in rows} == {len(head)} and len(rows) >= 3


# A row that must be among those of a list, by its heads: what stands under each is what the head says.
FACTS: dict[tuple[str, str], dict[str, str]] = {
    ("workbench", "orders"): {
        "Order": "{order}",
        "Article": "Third",
        "Quantity": "2",
        "Shipped": "2",
        "Returned": "1",
        "Line total": "200.00",
        "Commission": "10.00",
    },
    ("workbench", "custom-orders"): {
        "Order": "{custom}",
        "Article": "Third seal",
        "Pieces": "1",
        "Status": "To confirm",
        "What is wished": "Engraving: =For Third",
        "Questions and answers": "",
        "Surcharge of a piece": "20.00",
    },
    ("workbench", "staff"): {"Name": "Third Clerk", "E-mail": "Third-dispatcher@example.com", "Roles": "Dispatcher"},
    ("console", "staff"): {"Name": "Third Clerk", "E-mail": "Third-auditor@example.com", "Roles": "Auditor"},
    ("workbench", "returns"): {"Order": "{order}", "Status": "Refunded", "Amount": "100.00", "Carrier": "sf", "Tracking number": "SF1234567890"},
    ("workbench", "products"): {"Title": "Third", "Category": "Cups", "Status": "On sale", "Stock": "9", "Price from": "100.00", "Regular price": "100.00"},
    ("workbench", "reductions"): {"Reduction": "Third sale", "Status": "Planned", "Until": "", "Variants": "1", "Planned by": "system"},
    ("workbench", "imports"): {"File": "Third.csv", "Status": "Checked", "Rows": "1", "To be mended": "1", "New": "0", "Changed": "0"},
    ("workbench", "import-rows"): {"Line": "2", "Product code": "ROW-Third", "SKU": "ROW-Third", "Status": "To be mended"},
    ("workbench", "library"): {"Name": "Third still.png", "Products": "0", "Width": "40", "Height": "40", "Shows, in English": ""},
    ("workbench", "films"): {"Name": "Third film.mp4", "Products": "0"},
    ("workbench", "stock"): {"Title": "Second", "Location": "Main warehouse", "On hand": "9", "Safety stock": "50", "Sold in 30 days": "1"},
    ("workbench", "movements"): {"Cause": "Moved in", "Change": "1", "For": "{transfer}", "By": "system", "Location": "Store"},
    ("workbench", "transfers"): {"Transfer": "{transfer}", "From": "Main warehouse", "To": "Store", "Pieces": "1", "Status": "Arrived"},
    ("workbench", "stocktakes"): {"Stocktake": "{stocktake}", "Counted": "0", "Status": "Being counted", "Note": "Cedar"},
    ("workbench", "replenish"): {"Title": "Third", "Free": "9", "Sold in 30 days": "1", "Proposed": "42"},
    ("workbench", "codes"): {"Code": "•••• {coded}", "Title": "Jade card", "Status": "Unused", "Order": "", "By": "system"},
    ("workbench", "restocks"): {"Supplier": "Cedar Clay", "Pieces": "2", "Received": "0", "Status": "On the way"},
    ("workbench", "statements"): {
        "Statement": "{statement}",
        "Sales": "200.00",
        "Refunds": "-100.00",
        "Commission": "-10.00",
        "Commission returned": "5.00",
        "Paid out": "95.00",
    },
    ("workbench", "log"): {"Who": "system", "What": "product.entered", "Subject": "product", "Number": "{product}"},
    ("console", "merchants"): {"Shop": "Trail", "Web address": "trail.market.localhost", "Contact": "owner-b@market.localhost", "Status": "Open"},
    ("console", "consumers"): {"Name": "Third Clerk", "E-mail": "Third-auditor@example.com", "Status": "Open", "Orders": "0", "Latest order": ""},
    ("console", "words"): {"Word": "third word", "What happens": "Refused", "Where": "", "What the shop reads": "the law"},
    ("console", "goods"): {"Product": "Third", "Shop": "Kiln", "Category": "Cups", "Status": "On sale", "Price from": "100.00", "Reason": ""},
    ("console", "blocks"): {"Kind": "E-mail address", "What is blocked": "third@kept-out.example", "Why": "cheats", "Lifted": ""},
    ("console", "doubles"): {"Older account": "Third Clerk", "Newer account": "Third Clerk", "What speaks for it": "the same name at the same address"},
    ("workbench", "customers"): {"Orders": "1", "Spent": "100.00", "Currency": "CNY", "Tags": ""},
    ("console", "orders"): {
        "Order": "{order}",
        "Order group": "{group}",
        "Shop": "Kiln",
        "Goods": "200.00",
        "Delivery": "0.00",
        "Total": "200.00",
        "Given back": "100.00",
    },
    ("console", "returns"): {"Order": "{order}", "Shop": "Kiln", "Status": "Refunded", "Amount": "100.00"},
    ("console", "refunds"): {"Order group": "{group}", "Order": "{order}", "Shop": "Kiln", "Amount": "100.00", "Commission returned": "5.00", "Status": "Done"},
    ("console", "payouts"): {
        "Statement": "{statement}",
        "Attempt": "1",
        "Shop": "Kiln",
        "Paid by": "bank",
        "Amount": "95.00",
        "Status": "To be paid",
        "Failure": "",
    },
    ("console", "statements"): {"Statement": "{statement}", "Shop": "Kiln", "Sales": "200.00", "Refunds": "-100.00", "Paid out": "95.00"},
    ("console", "evaluations"): {"Shop": "Kiln", "Web address": "kiln", "Grade": "", "Orders": "0", "Mean of reviews, stars": "", "Follows": ""},
    ("console", "deposits"): {"Shop": "Kiln", "Web address": "kiln", "Asked for": "1000.00", "Held": "1000.00", "Missing": "0.00", "Pay by": ""},
    ("console", "subscribers"): {"Shop": "Kiln", "Web address": "kiln", "Package": "Large", "Version": "1", "A month": "300.00"},
    ("console", "journal"): {"Kind": "statement", "Reference": "{statement}", "Shop": "Kiln", "Debit": "95.00", "Credit": ""},
    ("console", "log"): {"Who": "system", "What": "statement.issued", "Subject": "statement", "Number": "{statement}"},
    ("console", "reviews"): {
        "Product": "Fifth",
        "Shop": "Trail",
        "Kind": "New product",
        "Status": "Waiting for review",
        "Reason": "",
        "Remarks": "",
        "Decided": "",
    },
    ("console", "applications"): {"Company": "Birch Ltd", "Kind": "Manufacturer", "Licence number": "91350100M000100Y43", "Status": "In review"},
    ("console", "qualifications"): {"Shop": "Kiln", "Requirement": "Business licence", "Status": "Valid", "Reason": "Seen a", "Holds until": ""},
    ("console", "attributes"): {"Name in English": "Third mark", "Kind": "Number", "Unit": "g", "Filter": "No", "Values": "0", "Categories": "0"},
    ("console", "brands"): {"Name in English": "Third House", "Other names": "Third & Sons", "Goods": "0", "With authorisation only": "No"},
    ("console", "contracts"): {"Contract": "{contract}", "Company": "Kiln Ltd"},
    ("console", "dossier-changes"): {"Shop": "Trail", "What changes": "Where the goods come from", "Status": "Waits for review"},
    ("console", "disputes"): {"Reference": "{dispute}", "Shop": "Trail", "Share": "40.00", "Closed": ""},
    ("console", "movements"): {"Rail": "stripe", "Reference": "{movement}", "Note": ""},
    ("console", "notices"): {"Rail": "stripe", "Reference": "{notice}", "Set aside": "0"},
    ("console", "payout-accounts"): {"Shop": "Trail", "New account": "Holder B Ltd · Bank •••• 0062", "Asked by": "owner-b@market.localhost", "In force": ""},
    ("console", "approvals"): {"Request": "{approval}", "What": "Change a tax rate", "Reason": "a new law", "Asked by": "operator@market.localhost"},
    ("console", "searches"): {"Words": "third jug", "Language": "English", "Searched": "5", "Found nothing": "5", "Read otherwise": "0"},
    ("console", "search-rules"): {"Words": "Third jug, Third jug with a lid", "Kind": "Synonyms", "Language": "", "By": "system"},
    ("console", "dispatches"): {"Kind": "Shop opened", "Way": "Mail", "To": "o***b@market.localhost"},
}


@EVERY
def test_under_each_head_stands_what_it_says(three_of_everything, kind, name):
    wanted = {head: text.format(**three_of_everything) for head, text in FACTS[kind, name].items()}
    found = records(kind, name)
    assert wanted.keys() <= found[0].keys()
    assert any(wanted.items() <= row.items() for row in found), (wanted, found[:3])


@EVERY
def test_amounts_are_plain_numbers_with_their_currency_beside_them(kind, name):
    page, _rule = the_list(kind, name)
    head, rows = table(export(kind, name))
    amounts = set()
    with transaction.atomic(), merchant_schema(A) if kind == "workbench" else transaction.atomic():
        request = type("Asked", (), {"merchant": Merchant.objects.get(pk=A), "GET": {}, "market": Market.objects.get()})()
        found = list(page.rows(request)[:50])
        page.prepare(request, found)
        for row in found:
            for values in page.export(row):
                amounts |= {n for n, value in enumerate(values) if isinstance(value, Money)}
    assert ("Currency" in head) is bool(amounts)
    for row in rows if amounts else []:
        cells = [row[n] for n in amounts]
        assert all(re.fullmatch(r"-?\d+\.\d\d", cell) for cell in cells if cell), cells
        assert row[head.index("Currency")] == "CNY" or not any(cells)


@EVERY
def test_a_search_and_filters_apply_and_the_rest_is_not_exported(three_of_everything, kind, name):
    word = LISTS[kind, name][0].format(**three_of_everything)
    everything, found = table(export(kind, name))[1], table(export(kind, name, f"&q={word}"))[1]
    assert 1 <= len(found) < len(everything) and all(row in everything for row in found)
    assert table(export(kind, name, "&q=no-such-thing-anywhere"))[1] == []


def test_tabs_and_dates_apply_too():
    assert len(table(export("workbench", "orders", "&show=completed&since=2020-01-01"))[1]) == 3
    assert table(export("workbench", "orders", "&show=cancelled"))[1] == table(export("workbench", "orders", "&since=2100-01-01"))[1] == []


@EVERY
def test_who_took_what_is_written_down(kind, name):
    page, _rule = the_list(kind, name)
    before = AuditEvent.objects.filter(action="list.exported").count()
    export(kind, name, "&q=no-such-thing-anywhere")
    event = AuditEvent.objects.filter(action="list.exported").latest("at")
    assert AuditEvent.objects.filter(action="list.exported").count() == before + 1
    assert (event.subject_id, event.actor_label, event.merchant_id) == (page.name, PEOPLE[kind], A if kind == "workbench" else None)
    assert event.after == {"rows": 0, "refused": 0, "what": "csv", "list": page.name, "query": "q=no-such-thing-anywhere"}
    client_of(kind).get(f"/{name}/", headers={"host": HOSTS[kind]})
    assert AuditEvent.objects.filter(action="list.exported").count() == before + 1  # looking is not taking


def test_the_log_is_read_as_it_was_written():
    with transaction.atomic():
        audit(by=SYSTEM, action="test.wrote", subject="test", subject_id="1", after={"title": "杯子"})
        (row,) = records("console", "log", "&q=test.wrote")
        assert row["Before"] == "" and row["After"] == '{"title": "杯子"}'
        transaction.set_rollback(True)


# ── Formulas ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def said(text: str) -> None:
    audit(by=Actor(kind="person", label=text), action="test.wrote", subject="test", subject_id=text, merchant_id=A, why=text)


def named(text: str) -> None:
    Merchant.objects.update(names={"en": text})


def called(text: str) -> None:
    User.objects.filter(name="Third Clerk").update(name=text)


def wished(text: str) -> None:
    OrderLine.objects.update(titles={"en": text})
    CustomLine.objects.update(wishes=[{"kind": "text", "labels": {"en": text}, "text": text}])


# How a text comes into some cell of a list: by what merchants, buyers, applicants and rails may write.
PLANTED: dict[tuple[str, str], Callable[[str], Any]] = {
    ("workbench", "orders"): lambda text: OrderLine.objects.update(titles={"en": text}, sku=text[:64], options=[[{"en": "x"}, {"en": text}]]),
    ("workbench", "custom-orders"): wished,
    ("workbench", "returns"): lambda text: Return.objects.update(note=text, tracking_number=text[:40]),
    ("workbench", "products"): lambda text: Product.objects.update(titles={"en": text}),
    ("workbench", "reductions"): lambda text: Reduction.objects.update(name=text),
    ("workbench", "imports"): lambda text: ProductImport.objects.update(name=text),
    ("workbench", "import-rows"): lambda text: ImportRow.objects.update(code=text),
    ("workbench", "library"): lambda text: LibraryPicture.objects.update(name=text),
    ("workbench", "films"): lambda text: Film.objects.update(name=text),
    ("workbench", "stock"): lambda text: Product.objects.update(titles={"en": text}),
    ("workbench", "movements"): lambda text: StockMovement.objects.update(note=text[:200]),
    ("workbench", "transfers"): lambda text: StockTransfer.objects.update(note=text[:200]),
    ("workbench", "stocktakes"): lambda text: Stocktake.objects.update(note=text[:200]),
    ("workbench", "replenish"): lambda text: Product.objects.update(titles={"en": text}),
    ("workbench", "codes"): lambda text: Product.objects.update(titles={"en": text}),
    ("workbench", "restocks"): lambda text: Restock.objects.update(supplier=text[:120]),
    ("workbench", "statements"): lambda text: Statement.objects.filter(pk=Statement.objects.latest("pk").pk).update(number=text[:20]),
    ("workbench", "staff"): called,
    ("workbench", "customers"): lambda text: Customer.objects.update(name=text),
    ("console", "consumers"): called,
    ("console", "words"): lambda text: ForbiddenWord.objects.filter(text="third word").update(note=text),
    ("console", "goods"): lambda text: Listing.objects.update(titles={"en": text}),
    ("console", "blocks"): lambda text: Block.objects.update(why=text),
    ("console", "doubles"): called,
    ("console", "staff"): called,
    **{("console", name): named for name in ("merchants", "orders", "statements", "evaluations", "deposits", "subscribers", "journal")},
    ("workbench", "log"): said,
    ("console", "returns"): lambda text: ReturnCopy.objects.update(note=text),
    ("console", "refunds"): lambda text: Refund.objects.update(rail_ref=text),
    ("console", "payouts"): lambda text: Payout.objects.update(failure=text),
    ("console", "log"): said,
    ("console", "reviews"): lambda text: ProductChange.objects.update(proposed={"titles": {"en": text}}),
    ("console", "applications"): lambda text: Application.objects.update(company=text, licence_number=text[:40], contact_name=text[:60]),
    ("console", "qualifications"): lambda text: Qualification.objects.update(reason=text),
    ("console", "attributes"): lambda text: Attribute.objects.update(names={"en": text}),
    ("console", "brands"): lambda text: Brand.objects.update(names={"en": text}),
    ("console", "contracts"): lambda text: Contract.objects.update(company=text),
    ("console", "dossier-changes"): lambda text: DossierChange.objects.update(by_label=text),
    ("console", "disputes"): lambda text: Dispute.objects.update(reason=text),
    ("console", "movements"): lambda text: RailMovement.objects.update(note=text),
    ("console", "notices"): lambda text: RailNotice.objects.update(note=text),
    ("console", "payout-accounts"): lambda text: AccountChange.objects.update(holder_reason=text),
    ("console", "approvals"): lambda text: ApprovalRequest.objects.update(why=text),
    ("console", "searches"): lambda text: SearchedWords.objects.filter(text="third jug").update(text=text),
    ("console", "search-rules"): lambda text: SearchRule.objects.update(by_label=text),
    ("console", "dispatches"): lambda text: Dispatch.objects.update(error=text),
}


def planted_export(kind: str, name: str, text: str) -> list[str]:
    """Cells that hold the text, once it was planted; nothing is kept."""
    with transaction.atomic():
        if kind == "workbench":
            with merchant_schema(A):
                PLANTED[kind, name](text)
        else:
            PLANTED[kind, name](text)
        _head, rows = table(export(kind, name))
        transaction.set_rollback(True)
    return [cell for row in rows for cell in row if text in cell]


@pytest.mark.parametrize(("kind", "name", "sign"), in_turns(list(LISTS), ["=", "+", "-", "@", "\t", "\r"]), ids=ascii)
def test_no_cell_runs_as_a_formula(kind, name, sign):
    text = f"{sign}1+CALC|0!A1"  # in every list, by whatever somebody else may write
    cells = planted_export(kind, name, text)
    assert cells and {cell[: len(text) + 1] for cell in cells} == {f"'{text}"}


@EVERY
def test_other_text_is_left_as_it_is(kind, name):
    """The control: what is planted does come out, and only what could run gets its sign."""
    assert set(planted_export(kind, name, "a=1+CALC")) >= {"a=1+CALC"}


# ── Others' rows ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_merchants_export_cannot_be_widened_by_the_address():
    for query in (f"&merchant={MERCHANTS['b']}", "&merchant_id=", "&show=all"):
        assert len(table(export("workbench", "statements", query))[1]) == 3


def test_who_may_not_read_a_list_cannot_take_it_along():
    stranger, before = client_of("workbench"), ListJob.objects.count()
    for name in ("orders", "log", "journal"):
        data = {"do": "export", "job_id": uuid4(), "format": "csv", "head": [0]}
        assert stranger.post(f"/{name}/", data, headers={"host": HOSTS["console"]}).status_code in (302, 403, 404)
    assert ListJob.objects.count() == before


@pytest.fixture(scope="module")
def of_b(three_of_everything: dict[str, str]) -> tuple[str, ...]:
    """What another merchant has, kept from here on: used by the last test alone."""
    other = make.a_completed_group(("b", make.a_product("b", title="Elsewhere"), 1)).orders.get()
    make.returned(make.order_of(other.group, "b"))
    (statement,) = make.settled("b")
    return "Elsewhere", other.number, statement.number


@pytest.mark.parametrize("name", [name for kind, name in LISTS if kind == "workbench"])
def test_a_merchants_export_holds_nothing_of_another(of_b, name):
    text = content(export("workbench", name)).decode()
    everybody = "".join(content(export("console", which)).decode() for which in ("orders", "statements", "log"))
    for canary in of_b:
        assert canary not in text
    assert all(number in everybody for number in of_b[1:])  # the control
