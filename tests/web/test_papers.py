"""Statements and packing slips as they are printed, saved and opened elsewhere: the right numbers, in both languages, from nothing but our own files."""

from __future__ import annotations

import csv
import io
import re
import socketserver
import sys
import threading
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from pypdf import PdfReader

from marketplace.flows.ship_order import ship_order
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.formats import format_money
from marketplace.kernel.models import AuditEvent
from marketplace.merchant.orders.models import Order, OrderLine
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.delivery.actions import Zone, set_freight
from marketplace.platform.ledger.models import JournalEntry, Statement, StatementLine
from marketplace.web import paper, statements
from tenants.accounts.actions import give_role
from tenants.accounts.models import User
from tenants.tenancy.models import Market, schema_name_of
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.factories import yuan
from tests.kernel.hostile_files import drawn

A = MERCHANTS["a"]
KILN, CONSOLE = "kiln.seller.market.localhost", "ops.market.localhost"
BOTH = pytest.mark.parametrize("language", ["en", "zh-hans"])


@pytest.fixture(scope="module")
def world(own_database: str) -> dict[str, Any]:
    """A statement with two sales and a refund, and an order of two articles, a piece of which has left in a parcel."""
    Market.objects.update(settle_days=0)
    make.commission()
    set_freight(by=SYSTEM, merchant_id=A, currency="CNY", zones=[Zone(fee=yuan("7"))])
    buyer = make.a_buyer()
    address = make.an_address(buyer)
    cup = make.a_product("a", title="Cup", titles={"en": "Tall cup", "zh-hans": "高脚杯"}, price="123.45")
    bowl = make.a_product("a", title="Bowl", titles={"en": "Wide bowl", "zh-hans": "大碗"}, price="88")
    for pieces in (1, 2):
        group = make.pay(make.place(buyer, make.a_cart(buyer, ("a", cup, pieces)), total=yuan("123.45").times(pieces) + yuan("7"), address_id=address))
        make.ship(make.order_of(group))
        make.receive(make.order_of(group))
    make.returned(make.order_of(group))
    (statement,) = make.settled("a")
    open_group = make.pay(make.place(buyer, make.a_cart(buyer, ("a", cup, 3), ("a", bowl, 1)), total=yuan("465.35"), address_id=address))
    order, parcel = make.order_of(open_group), uuid4()
    line = next(UUID(line["id"]) for line in order.lines if line["quantity"] == 3)
    with merchant_schema(A):
        ship_order(by=SYSTEM, package_id=parcel, number=order.number, carrier="sf", tracking_number="SF7654321", quantities={line: 1})
    return {"statement": statement, "order": order, "parcel": parcel, "bowl": bowl}


def client(email: str = "owner-a@market.localhost", host: str = KILN, language: str = "en") -> Client:
    found = Client(headers={"host": host, "accept-language": {"zh-hans": "zh-CN"}.get(language, language)})
    found.force_login(User.objects.get(email=email), backend=settings.AUTHENTICATION_BACKENDS[0])
    return found


def pdf(answer: Any) -> PdfReader:
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-") and "no-store" in answer.headers["Cache-Control"]
    return PdfReader(io.BytesIO(answer.content))


def text_of(document: PdfReader) -> str:
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in document.pages))


def fonts_of(document: PdfReader) -> list[Any]:
    found = []
    for page in document.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            inner = font.get_object().get("/DescendantFonts")
            found.append((inner[0] if inner else font).get_object()["/FontDescriptor"].get_object())
    return found


class TestStatements:
    @BOTH
    @pytest.mark.parametrize(("email", "host"), [("owner-a@market.localhost", KILN), ("operator@market.localhost", CONSOLE)])
    def test_the_pdf_says_what_the_statement_says(self, world, language, email, host):
        row: Statement = world["statement"]
        answer = client(email, host, language).get(f"/statements/{row.number}/pdf/")
        text = text_of(pdf(answer))
        assert answer.headers["Content-Disposition"] == f'attachment; filename="statement-{row.number}.pdf"'
        assert row.number in text and {"en": "Kiln", "zh-hans": "山岚陶作"}[language] in text and {"en": "Wanshang", "zh-hans": "万商"}[language] in text
        amounts = [row.sales, row.refunds, row.commission, row.commission_returned, row.payout]
        assert [amount.minor for amount in amounts] == [38435, 12345, 1852, 618, 24856]
        for amount in amounts:
            assert format_money(amount, language) in text
        lines = list(row.lines.all())
        assert len(lines) == 3
        for line in lines:
            assert line.order_number in text and format_money(line.net, language) in text

    @BOTH
    def test_what_it_is_written_with_lies_in_the_file(self, world, language):
        """It reads the same on a machine without our fonts."""
        document = pdf(client(language=language).get(f"/statements/{world['statement'].number}/pdf/"))
        assert fonts_of(document) and all(any(name in font for name in ("/FontFile", "/FontFile2", "/FontFile3")) for font in fonts_of(document))

    def test_as_csv_it_adds_up_line_by_line(self, world):
        row: Statement = world["statement"]
        answer = client().get(f"/statements/{row.number}/csv/")
        found = list(csv.DictReader(io.StringIO(answer.content.decode().lstrip("\ufeff"))))
        assert [line["Kind"] for line in found] == ["Sale", "Sale", "Refund"] and {line["Currency"] for line in found} == {"CNY"}
        assert sum(Decimal(line["To you"]) for line in found) == row.payout.decimal
        assert sum(Decimal(line["Sales"]) for line in found) == (row.sales - row.refunds).decimal
        assert {line["Order"] for line in found} == set(row.lines.values_list("order_number", flat=True))

    @pytest.mark.parametrize("kind", ["csv", "pdf"])
    def test_who_took_it_is_written_down(self, world, kind):
        before = AuditEvent.objects.filter(action="list.exported").count()
        client().get(f"/statements/{world['statement'].number}/{kind}/")
        event = AuditEvent.objects.filter(action="list.exported").latest("at")
        assert AuditEvent.objects.filter(action="list.exported").count() == before + 1
        assert (event.actor_label, event.merchant_id, event.after["rows"]) == ("owner-a@market.localhost", A, 3)
        assert event.after["filters"]["statement"] == world["statement"].number

    def test_it_is_for_its_shop_and_the_operator_alone(self, world):
        number = world["statement"].number
        clerk = make.a_buyer()
        with transaction.atomic():
            give_role(by=SYSTEM, user_id=clerk.pk, role="order_clerk", merchant_id=A)
            for reader in (client("owner-b@market.localhost", "trail.seller.market.localhost"), client("owner-b@market.localhost"), client(clerk.email)):
                for part in ("", "csv/", "pdf/"):
                    assert reader.get(f"/statements/{number}/{part}").status_code in (403, 404)
            transaction.set_rollback(True)
        assert Client().get(f"/statements/{number}/pdf/", headers={"host": KILN}).status_code == 302

    def test_one_that_is_too_long_is_refused_and_the_csv_named(self, world):
        with transaction.atomic():
            _many_lines(world["statement"], statements.MOST_LINES_OF_PDF)
            answer = client().get(f"/statements/{world['statement'].number}/pdf/")
            transaction.set_rollback(True)
        assert answer.status_code == 422 and "Take the CSV" in answer.content.decode()


def _many_lines(row: Statement, n: int) -> None:
    """Copies of its first line, each with an entry of its own."""
    line = row.lines.order_by("pk")[0]
    entries = JournalEntry.objects.bulk_create([JournalEntry(kind="copy", ref=str(k)) for k in range(n)])
    StatementLine.objects.bulk_create(
        [
            StatementLine(statement=row, entry=entry, kind="refund", order_id=line.order_id, order_number=line.order_number, completed_at=line.completed_at,
                          currency="CNY", sales_minor=0, commission_minor=0)
            for entry in entries
        ]
    )  # fmt: skip


class TestSlips:
    @BOTH
    def test_a_slip_says_what_to_pack_to_whom_and_no_price(self, world, language):
        order: OrderCopy = world["order"]
        text = text_of(pdf(client(language=language).get(f"/orders/{order.number}/slip/pdf/")))
        cup, bowl = ("Tall cup", "Wide bowl") if language == "en" else ("高脚杯", "大碗")
        for word in (order.number, cup, bowl, "林知夏", "138 0013 8000", "上海市", "徐汇区", "漕溪北路 1 号"):
            assert word in text
        with merchant_schema(A):
            skus = {line.sku: line.to_pack for line in OrderLine.objects.filter(order_id=order.pk)}
        assert sorted(skus.values()) == [1, 2]
        for sku, pieces in skus.items():
            assert re.search(rf"{re.escape(sku)} {pieces}\b", text), (sku, pieces, text)
        assert not any(price in text for price in ("123.45", "88.00", "465.35", "¥"))

    def test_the_slip_of_a_parcel_names_its_pieces_and_its_carrier(self, world):
        order: OrderCopy = world["order"]
        text = text_of(pdf(client().get(f"/orders/{order.number}/slip/pdf/?parcel={world['parcel']}")))
        assert "SF7654321" in text and "SF Express" in text and "Tall cup" in text and "Wide bowl" not in text
        for nothing in ("nonsense", uuid4()):
            assert client().get(f"/orders/{order.number}/slip/pdf/?parcel={nothing}").status_code == 404

    def test_words_of_buyers_and_sellers_are_words(self, world):
        order: OrderCopy = world["order"]
        with transaction.atomic():
            with merchant_schema(A):
                Order.objects.filter(pk=order.pk).update(address={**order.group.address, "recipient": "<b>Mei</b> & <script>x</script>"})
                OrderLine.objects.filter(order_id=order.pk).update(titles={"en": "Cup <img src=x> <5 cm"})
            page, document = client().get(f"/orders/{order.number}/slip/"), pdf(client().get(f"/orders/{order.number}/slip/pdf/"))
            transaction.set_rollback(True)
        assert "<b>Mei</b> & <script>x</script>" in text_of(document) and "Cup <img src=x> <5 cm" in text_of(document)
        assert "<script>x</script>" not in page.content.decode()

    def test_it_is_for_who_ships_in_this_shop(self, world):
        number = world["order"].number
        editor = make.a_buyer()
        with transaction.atomic():
            give_role(by=SYSTEM, user_id=editor.pk, role="product_editor", merchant_id=A)
            for reader in (client("owner-b@market.localhost", "trail.seller.market.localhost"), client(editor.email)):
                assert reader.get(f"/orders/{number}/slip/pdf/").status_code in (403, 404)
            transaction.set_rollback(True)


# ── Nothing is fetched ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def canary() -> Iterator[tuple[str, list[str]]]:
    """A server that nobody of ours has a reason to call: its address, and who did."""
    calls: list[str] = []

    class Note(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            calls.append(self.rfile.readline().decode("latin-1"))

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Note) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", calls
        server.shutdown()


@pytest.mark.parametrize("where", ["{}/x.png", "/media/../{}/x.png", "../../../../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "\\\\127.0.0.1\\x.png"])
def test_a_paper_asks_nobody_for_a_picture_and_is_made_without_it(world, canary, where):
    address, calls = canary
    order: OrderCopy = world["order"]
    with transaction.atomic():
        with merchant_schema(A):
            OrderLine.objects.filter(order_id=order.pk).update(
                picture=where.format(address), titles={"en": f'x"><img src="{address}/y.png"><link rel=stylesheet href="{address}/z.css">'}
            )
        document = pdf(client().get(f"/orders/{order.number}/slip/pdf/"))
        transaction.set_rollback(True)
    assert calls == [] and order.number in text_of(document) and "root:" not in text_of(document)


@pytest.mark.parametrize(
    "url",
    [
        "http://canary.example/x.png",
        "file:///etc/passwd",
        "paper:/etc/passwd",
        "paper:/media/../secret.png",
        "paper:/media/%2e%2e/secret.png",
        "data:image/png;base64,AA",
        "//h/x",
        "",
    ],
)
def test_what_is_no_picture_of_ours_is_not_opened(settings, tmp_path, url):
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "media" / "public").mkdir(parents=True)
    (tmp_path / "secret.png").write_text("secret")
    with pytest.raises(ValueError, match="only pictures of ours"):
        paper.own_picture(url)
    (tmp_path / "media" / "public" / "x.webp").write_text("ours")
    assert paper.own_picture("paper:/media/public/x.webp").read_text() == "ours"


def test_a_product_picture_is_in_the_slip(world, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    folder = tmp_path / schema_name_of(A) / "demo"
    folder.mkdir(parents=True)
    (folder / "mug.webp").write_bytes(drawn("WEBP"))
    document = pdf(client().get(f"/orders/{world['order'].number}/slip/pdf/"))
    assert sum(len(page.images) for page in document.pages) >= 1


# ── A machine without the library ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def without_pango(monkeypatch, tmp_path) -> Iterator[None]:
    """As WeasyPrint answers where Pango is not installed."""
    (tmp_path / "weasyprint.py").write_text("raise OSError(\"cannot load library 'libpango-1.0-0': libpango-1.0-0: cannot open shared object file\")")
    known = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "weasyprint"}
    for name in known:
        del sys.modules[name]
    monkeypatch.syspath_prepend(tmp_path)
    paper.missing.cache_clear()
    yield
    sys.modules.pop("weasyprint", None)
    sys.modules.update(known)
    paper.missing.cache_clear()


def test_here_nothing_is_missing_and_the_pages_lead_to_the_pdf(world):
    assert paper.missing() == ""
    assert f'href="/statements/{world["statement"].number}/pdf/"' in client().get(f"/statements/{world['statement'].number}/").content.decode()
    assert f'href="/orders/{world["order"].number}/slip/pdf/"' in client().get(f"/orders/{world['order'].number}/slip/").content.decode()


def test_where_the_library_is_missing_the_pages_say_so_and_can_be_printed(world, without_pango):
    assert paper.missing() == "Pango"
    for page in (f"/statements/{world['statement'].number}/", f"/orders/{world['order'].number}/slip/"):
        answer = client().get(page)
        shown = answer.content.decode()
        assert answer.status_code == 200 and "No PDF here: this server lacks Pango." in shown and "data-print" in shown
        assert "/pdf/" not in shown
    for address in (f"/statements/{world['statement'].number}/pdf/", f"/orders/{world['order'].number}/slip/pdf/"):
        answer = client().get(address)
        assert answer.status_code == 501 and "it lacks Pango" in answer.content.decode()
        assert "Print the page from your browser instead" in answer.content.decode()
