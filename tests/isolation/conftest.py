"""Two merchants with canary words in everything of theirs, buyers, and the operator, each with a signed-in client."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from demo.draw_film import FILE
from marketplace.flows.account_changes import BankDetails, ask_for_bank_account
from marketplace.flows.approvals import ask_for
from marketplace.flows.cancel_order import cancel_paid_order
from marketplace.flows.custom_lines import ask_buyer
from marketplace.flows.invite_staff import invite
from marketplace.flows.my_data import ask_for_my_data, pack_my_data
from marketplace.flows.pay_out import make_bank_file
from marketplace.flows.price_lists import save_list
from marketplace.flows.prices import plan_reduction, schedule_prices
from marketplace.flows.product_files.receiving import assign_columns, receive_file
from marketplace.flows.product_files.run import run_import
from marketplace.flows.reconcile import note_movement
from marketplace.flows.rent import take_add_on
from marketplace.flows.return_goods import request_return
from marketplace.flows.review_product import submit_product
from marketplace.flows.second_looks import ask_for_one_person
from marketplace.flows.services import order_service
from marketplace.flows.settle import settle
from marketplace.flows.ship_order import pack_order
from marketplace.flows.size_tables import save_size_table
from marketplace.flows.support_access import ask_for_support
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.models import AuditEvent
from marketplace.merchant.aftersales.second_looks import put_rule
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.catalogue.sizes import SizeTableInput
from marketplace.merchant.customers.actions import note_on_customer, recount_customer, set_tags
from marketplace.merchant.imports.events import ImportDue
from marketplace.merchant.inventory.models import StockLevel
from marketplace.merchant.inventory.moves import send_transfer
from marketplace.merchant.inventory.places import Place, open_location
from marketplace.merchant.inventory.restocking import order_restock
from marketplace.merchant.inventory.stocktakes import begin_stocktake
from marketplace.merchant.media.actions import keep_film, keep_picture
from marketplace.merchant.orders.models import OrderLine
from marketplace.merchant.pricing.models import Price
from marketplace.platform.backoffice.actions import ask_for_job, save_view
from marketplace.platform.backoffice.models import ListJob
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.deposits.actions import add_evidence, move_deposit
from marketplace.platform.deposits.models import DepositEvidence, DepositMove
from marketplace.platform.ledger.models import Statement
from marketplace.platform.listings.models import ProductChange
from marketplace.platform.members.models import Address, Double
from marketplace.platform.members.notes import note_on_consumer
from marketplace.platform.notices.models import Dispatch
from marketplace.platform.payments.actions import set_bank_account, take_notice
from marketplace.platform.payments.models import RailMovement, RailNotice, Refund
from marketplace.platform.payments.rails.port import Movement
from marketplace.platform.reviews.actions import Opinion, review_order
from marketplace.platform.reviews.asking import answer_as_shop, ask_question
from marketplace.web.shop_export.pack import pack_shop
from tenants.access.own_roles import make_role
from tenants.access.rights import Right
from tenants.accounts.actions import give_role
from tenants.accounts.blocking import block
from tenants.accounts.models import Membership, SignIn, User
from tenants.onboarding.dossiers import hand_in_dossier
from tenants.packages.actions import publish_version, put_extra
from tenants.packages.models import AddOn, ServiceOrder
from tenants.packages.queries import today
from tenants.tenancy.events import ShopExportAsked
from tenants.tenancy.exports import ask_for_export
from tenants.tenancy.models import Market
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.architecture.custom_forms import a_custom_line
from tests.architecture.goods_forms import a_draft as a_bundle_draft
from tests.architecture.review_forms import of_words
from tests.architecture.shelf_forms import a_category
from tests.architecture.virtual_forms import a_code
from tests.databases import MERCHANTS
from tests.flows.evaluated import an_evaluation
from tests.world import SLUGS


@dataclass
class Side:
    """What one merchant has, and what nobody else may see of it."""

    letter: str
    merchant_id: UUID
    objects: dict[str, Any] = field(default_factory=dict)
    # Words that stand only in things of this merchant's own back office or of its buyer.
    secrets: list[str] = field(default_factory=list)

    @property
    def slug(self) -> str:
        return SLUGS[self.letter]

    def host(self, kind: str) -> str:
        return {"shop": f"{self.slug}.market.localhost", "workbench": f"{self.slug}.seller.market.localhost"}[kind]


@dataclass
class World:
    a: Side
    b: Side
    users: dict[str, User]
    clients: dict[str, Client]


def a_deduction(merchant_id: UUID, word: str) -> tuple[DepositMove, DepositEvidence]:
    """Something taken from a merchant's deposit, with what shows why."""
    key = uuid4()
    evidence = add_evidence(by=SYSTEM, move_id=key, merchant_id=merchant_id, name=f"{word}-breach.png", upload=make.a_picture())
    about = {"by": SYSTEM, "merchant_id": merchant_id, "why": f"{word}-breach"}
    move_deposit(move_id=uuid4(), kind="received", amount=make.yuan("50"), reference=f"{word}-transfer", **about)
    return move_deposit(move_id=key, kind="deducted", amount=make.yuan("5"), **about), evidence


def some_work(merchant_id: UUID, word: str) -> tuple[AddOn, ServiceOrder, UUID]:
    """An add-on that a merchant has taken, a service it asks for, and a package."""
    about = {"by": SYSTEM, "names": {"en": "More"}, "texts": {}, "price": make.yuan("1"), "why": "asked for"}
    more = put_extra(code="more", kind="add_on", adds={"products": 5}, **about)
    work = put_extra(code="work", kind="service", adds={}, **about)
    terms = {"names": {"en": "Large"}, "texts": {}, "monthly_minor": 100, "limits": {}, "existing_from": today(), "is_default": False}
    package = publish_version(by=SYSTEM, code="large", why="opening", **terms).package_id
    day, of = today(), {"by": SYSTEM, "merchant_id": merchant_id}
    bought = take_add_on(add_on_id=uuid4(), extra_id=more.pk, quantity=1, from_day=day, to_day=day + timedelta(days=9), **of)
    return bought, order_service(order_id=uuid4(), extra_id=work.pk, note=f"{word}-work", **of), package


def some_prices(merchant_id: UUID, product: Product, word: str) -> tuple[UUID, UUID, UUID]:
    """A reduction that is planned, a price of a later day, and a price list."""
    with merchant_schema(merchant_id):
        (variant,) = product.variants.values_list("pk", flat=True)
        later = clock.now() + timedelta(days=3)
        row = plan_reduction(by=SYSTEM, reduction_id=uuid4(), name=f"{word}-sale", starts_at=later, ends_at=None, prices={variant: make.yuan("50")})
        schedule_prices(by=SYSTEM, prices={variant: (make.yuan("99"), None)}, starts_at=later)
        about = {"name": f"{word}-list", "group_id": None, "currency": "CNY", "starts_at": None, "ends_at": None}
        made = save_list(by=SYSTEM, list_id=uuid4(), **about)
        return row.pk, Price.objects.get(sale_minor=9900).pk, made.pk


def some_stock(product: Any, word: str) -> dict[str, Any]:
    """A place of the shop whose schema is open, with a document of each kind about what lies there."""
    level = StockLevel.objects.get(variant__product=product)
    store = open_location(by=SYSTEM, location_id=uuid4(), place=Place({"en": f"{word}-store"}, address=f"{word}-lane"))
    pieces, of = {level.variant_id: 1}, {"by": SYSTEM, "location_id": level.location_id}
    sent = send_transfer(by=SYSTEM, transfer_id=uuid4(), source_id=level.location_id, target_id=store.pk, pieces=pieces, note=f"{word}-note")
    counted = begin_stocktake(stocktake_id=uuid4(), scope="all", note=f"{word}-note", **of)
    ordered = order_restock(restock_id=uuid4(), pieces=pieces, supplier=f"{word}-supplier", **of)
    keys = {"location_id": store.pk, "variant_id": level.variant_id}
    return {**keys, "transfer": sent.number, "stocktake": counted.number, "restock": ordered.number}


def build_side(letter: str) -> tuple[Side, User]:
    from io import BytesIO

    from django.core.files.base import ContentFile
    from PIL import Image as Pixels
    from wagtail.images import get_image_model
    from wagtail.models import Page

    from cms.merchant.models import ShopPage, Video

    side = Side(letter, MERCHANTS[letter])
    word = f"kanarie-{letter}"
    buyer = make.a_buyer(f"{word}-buyer@example.com")
    product = make.a_product(letter, title=f"{word}-title", price="77.70")
    draft = make.a_product(letter, title=f"{word}-draft", on_sale=False)
    make.a_completed_group((letter, product, 1), buyer=buyer)
    copy = OrderCopy.objects.get(buyer=buyer)
    settle(by=SYSTEM, run_id=uuid4(), merchant_ids=[side.merchant_id])
    waiting = make.pay(make.a_placed_group((letter, product, 1), buyer=buyer)).orders.get()
    unpaid = make.a_placed_group((letter, product, 1), buyer=buyer)
    make.start_payment(by=SYSTEM, group_id=unpaid.pk)
    statement = Statement.objects.get(merchant_id=side.merchant_id)
    set_bank_account(by=SYSTEM, merchant_id=side.merchant_id, holder=f"{word}-holder", bank="Bank", number=f"6222000{ord(letter)}")
    staff = Actor(kind="person", user_id=User.objects.get(email=f"owner-{letter}@market.localhost").pk, label=word)
    details = BankDetails(holder=f"{word}-new-holder", form="company", bank="Bank", number=f"31000099{ord(letter)}")
    change = ask_for_bank_account(by=staff, merchant_id=side.merchant_id, change_id=uuid4(), details=details)
    payout = statement.payouts.get()
    batch = make_bank_file(by=SYSTEM, batch_id=uuid4(), payout_ids=[payout.pk])
    back = request_return(by=SYSTEM, copy=copy, return_id=uuid4(), pieces={UUID(copy.lines[0]["id"]): 1}, reason="damaged", note=f"{word}-note")
    application = make.an_application(buyer, slug=f"{word}-new-shop", company=f"{word}-company", paper=f"{word}-licence.png")
    cancel_paid_order(by=SYSTEM, copy=make.pay(make.a_placed_group((letter, product, 1), buyer=buyer)).orders.get(), reason="changed my mind")
    take_notice(by=SYSTEM, rail="stripe", notice_id=f"{word}-evt", body={"kind": "moon.risen", "object": "x", "account": ""}, quarantine="unknown")
    movement = Movement(f"{word}-txn", "topup", "tu_1", make.yuan("1"), make.yuan("0"), clock.now())
    note_movement(by=SYSTEM, code="stripe", movement=movement)
    export = ask_for_my_data(by=make.acting(buyer), export_id=uuid4())
    pack_my_data(export_id=str(export.pk))
    owner = make.acting(User.objects.get(email=f"owner-{letter}@market.localhost"))
    everything = ask_for_export(by=owner, merchant_id=side.merchant_id, export_id=uuid4(), language="en")
    pack_shop(ShopExportAsked(export_id=everything.pk, merchant_id=side.merchant_id))
    reviewed = make.a_completed_group((letter, product, 1), buyer=buyer).orders.get()
    (review_id,) = review_order(by=make.acting(buyer), key=uuid4(), order_id=reviewed.pk, opinions=[Opinion(UUID(reviewed.lines[0]["id"]), 4)])
    question = ask_question(by=make.acting(buyer), question_id=uuid4(), listing_id=product.pk, text=f"{word} asks?")
    answer = answer_as_shop(by=SYSTEM, question_id=question.pk, merchant_id=side.merchant_id, text="Yes")
    package = uuid4()
    renewal = make.a_renewal(letter, name=f"{word}-renewal.png")
    twin = make.a_buyer(f"{word}-twin@example.com")
    sign_in = SignIn.objects.create(user=buyer, outcome="in", host="market.localhost", agent=f"{word}-agent", session_key=f"{word}-session")
    contract = make.a_signed_contract(letter, name=f"{word}-signer")
    dossier = hand_in_dossier(by=SYSTEM, merchant_id=side.merchant_id, fields={"service_address": f"{word}-street"})
    with merchant_schema(side.merchant_id):
        data = BytesIO()
        Pixels.new("RGB", (40, 40), "red").save(data, "PNG")
        image = get_image_model().objects.create(title=f"{word}-image", file=ContentFile(data.getvalue(), "same.png"))
        video = Video.objects.create(title=f"{word}-video", file=ContentFile(b"film", "same.mp4"))
        page = Page.objects.get(depth=2).add_child(instance=ShopPage(title=f"{word}-page", slug=f"{word}-page", live=False))
        revision = page.save_revision()
        line = OrderLine.objects.get(order_id=waiting.pk)
        pack_order(by=SYSTEM, package_id=package, number=waiting.number)
        put_rule(by=SYSTEM, takes_two=True)
        look = ask_for_one_person(by=staff, look_id=uuid4(), why=f"{word}-note")
        put_rule(by=SYSTEM, takes_two=False)
        submit_product(by=SYSTEM, product_id=draft.pk)
        lying = some_stock(product, word)
        shelf = a_category(names={"zh-hans": f"{word}-shelf", "en": f"{word}-shelf"}, is_shown=False)
        sizes = SizeTableInput(f"{word}-sizes", [({"en": "Chest"}, "cm")], [("M", ["98"])])
        size_table = save_size_table(by=SYSTEM, table_id=uuid4(), table=sizes)
        customer = recount_customer(by=SYSTEM, buyer_id=buyer.pk)
        note_on_customer(by=SYSTEM, customer_id=customer.pk, note_id=uuid4(), text=f"{word}-customer-note")
        set_tags(by=SYSTEM, customer_id=customer.pk, tags=[f"{word}-tag"])
        still = keep_picture(by=SYSTEM, upload=make.a_picture("teal" if letter == "a" else "navy"), name=f"{word}-still.png")
        film = keep_film(by=SYSTEM, upload=SimpleUploadedFile("film.mp4", FILE.read_bytes()), name=f"{word}-film.mp4")
        table = f"SKU,Price,Title in English\n{word}-sku,0,{word}-imported\n"
        handed_in = receive_file(by=staff, import_id=uuid4(), name=f"{word}-table.csv", table=BytesIO(table.encode()))
        assign_columns(by=staff, import_id=handed_in.pk, mapping=["sku", "price", "title:en"], goes="draft")
        run_import(ImportDue(merchant_id=side.merchant_id, import_id=handed_in.pk, turn=1))
    note_on_consumer(by=SYSTEM, user_id=buyer.pk, note_id=uuid4(), text=f"{word}-consumer-note")
    colleague = make.a_buyer(f"{word}-colleague@example.com")
    give_role(by=SYSTEM, user_id=colleague.pk, role="dispatcher", merchant_id=side.merchant_id)
    role = make_role(by=staff, merchant_id=side.merchant_id, role_id=uuid4(), names={"en": f"{word}-role"}, rights=[Right.VIEW_ORDERS])
    invited = invite(by=staff, invitation_id=uuid4(), merchant_id=side.merchant_id, email=f"{word}-invited@example.com", roles=["dispatcher"], language="en")
    operator = make.acting(User.objects.get(email="operator@market.localhost"))
    visit = ask_for_support(by=operator, visit_id=uuid4(), merchant_id=side.merchant_id, reason=f"{word}-reason", minutes=60)
    deduction, evidence = a_deduction(side.merchant_id, word)
    reduction_id, price_id, list_id = some_prices(side.merchant_id, product, word)
    bought, asked_for, offered = some_work(side.merchant_id, word)
    custom_id = a_custom_line(letter)
    with merchant_schema(side.merchant_id):
        ask_buyer(by=staff, question_id=uuid4(), key=custom_id, text=f"{word}-asked-back")
    view = save_view(by=staff, merchant_id=side.merchant_id, list_name="orders", name=f"{word}-view", query="")
    job = ask_for_job(by=staff, job=ListJob(merchant_id=side.merchant_id, list_name="orders", kind="export", what="csv", query=f"q={word}-query"))
    operator = Actor(kind="person", user_id=User.objects.get(email="operator@market.localhost").pk, label=word)
    order = {"merchant_id": str(side.merchant_id), "kind": "goods"}
    request = ask_for(by=operator, kind="shop.suspend", request_id=uuid4(), order=order, why=f"{word}-why")
    side.objects = {
        "account_change_id": change.pk,
        "approval": request.number,
        "add_on_id": bought.pk,
        "service_id": asked_for.pk,
        "package_key": offered,
        "deduction": deduction.number,
        "reduction_id": reduction_id,
        "price_id": price_id,
        "list_id": list_id,
        "evidence_id": evidence.pk,
        "evaluation_id": an_evaluation(letter).pk,
        "membership_id": Membership.objects.get(user=colleague).pk,
        "group_id": role.group_id,
        "invitation_id": invited.pk,
        "visit_id": visit.pk,
        "picture_id": still.pk,
        "film_id": film.pk,
        "view_id": view.pk,
        "domain_id": make.a_domain(letter, f"{word}-shop.example").pk,
        "import_id": handed_in.pk,
        "event_id": AuditEvent.objects.filter(merchant_id=side.merchant_id, subject_id=copy.number).latest("pk").pk,
        "job_id": job.pk,
        "merchant_id": side.merchant_id,
        "listing_id": product.pk,
        "product_id": draft.pk,
        "table_id": size_table.pk,
        "bundle_id": a_bundle_draft(letter),
        "code_id": a_code(letter, f"{word}-card"),
        "shop_category_id": shelf.pk,
        "custom_id": custom_id,
        "number": waiting.number,
        "number_done": copy.number,
        "review_id": review_id,
        "question_id": question.pk,
        "answer_id": answer.pk,
        "statement": statement.number,
        **lying,
        "payout_id": payout.pk,
        "batch": batch.number,
        "return_number": back.number,
        "look_id": look.pk,
        "package_id": package,
        "group": unpaid.number,
        "group_paid": copy.group.number,
        "attempt_id": unpaid.payment.attempts.get().pk,
        "address_id": Address.objects.filter(user=buyer).first().pk,
        "line_id": line.pk,
        "page_id": page.pk,
        "image_id": image.pk,
        "video_id": video.pk,
        "revision_id": revision.pk,
        "application": application.number,
        "export_id": export.pk,
        "shop_export_id": everything.pk,
        "contract": contract.number,
        "template_id": contract.template_id,
        "dossier_id": dossier.pk,
        "paper_id": application.papers.get(kind="licence").pk,
        "qualification_id": make.a_qualification(letter, reason=f"{word}-waived").pk,
        "renewal_id": renewal.pk,
        "requirement_code": "licence",
        "change_id": ProductChange.objects.get(product_id=draft.pk).pk,
        "refund_id": Refund.objects.get(payment__group__buyer=buyer).pk,
        "movement_id": RailMovement.objects.get(ref=movement.ref).pk,
        "notice_id": RailNotice.objects.get(notice_id=f"{word}-evt").pk,
        "variant": make.variant_of(product, letter),
        "user_id": buyer.pk,
        "loser_id": twin.pk,
        "winner_id": buyer.pk,
        "double_id": Double.objects.create(first_id=buyer.pk, second_id=twin.pk, reasons=["phone"]).pk,
        **of_words(),
        "block_id": block(by=SYSTEM, kind="email", value=f"{word}-kept-out@example.com", why="cheats").pk,
        "customer_id": customer.pk,
        "sign_in_id": sign_in.pk,
        "dispatch_id": Dispatch.objects.filter(to=buyer.email).first().pk,
    }
    side.secrets = [
        f"{word}-draft",
        f"{word}-card",
        f"{word}-shelf",
        f"{word}-table",
        f"{word}-imported",
        f"{word}-store",
        f"{word}-supplier",
        f"{word}-buyer",
        f"{word}-page",
        f"{word}-image",
        f"{word}-still",
        f"{word}-film",
        f"{word}-video",
        f"{word}-holder",
        f"{word}-note",
        f"{word}-company",
        f"{word}-licence",
        f"{word}-renewal",
        f"{word}-signer",
        f"{word}-street",
        f"{word}-waived",
        f"{word}-txn",
        f"{word}-view",
        f"{word}-query",
        f"{word}-new-holder",
        f"{word}-colleague",
        f"{word}-role",
        f"{word}-reason",
        f"{word}-invited",
        f"{word}-shop.example",
        f"{word}-customer-note",
        f"{word}-tag",
        f"{word}-consumer-note",
        f"{word}-twin",
        f"{word}-agent",
        f"{word}-breach",
        f"{word}-sale",
        f"{word}-list",
        f"{word}-work",
        f"{word}-asked-back",
    ]
    side.secrets += [waiting.number, copy.number, statement.number]
    return side, buyer


@pytest.fixture(scope="module")
def world(own_database: str) -> Iterator[World]:
    Market.objects.update(settle_days=0)
    make.commission()
    (a, buyer_a), (b, _buyer_b) = build_side("a"), build_side("b")
    users = {
        "consumer": make.a_buyer("consumer@example.com"),
        "buyer_a": buyer_a,
        "staff_a": User.objects.get(email="owner-a@market.localhost"),
        "staff_b": User.objects.get(email="owner-b@market.localhost"),
        "operator": User.objects.get(email="operator@market.localhost"),
    }
    clients = {"anonymous": Client(raise_request_exception=False)}
    for name, user in users.items():
        clients[name] = Client(raise_request_exception=False)
        clients[name].force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    make.rules("recruitment")
    return World(a, b, users, clients)
