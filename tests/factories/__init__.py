"""Worlds built through the real verbs."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from PIL import Image

from marketplace.flows.pay import finish_payment
from marketplace.flows.place_order import place_order
from marketplace.flows.publish_product import publish_product
from marketplace.flows.receive import confirm_receipt
from marketplace.flows.return_goods import agree_return, confirm_return, inspect_return, request_return, send_return
from marketplace.flows.review_product import save_product
from marketplace.flows.settle import settle
from marketplace.flows.ship_order import ship_order
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor, rail
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.aftersales.models import Return
from marketplace.merchant.catalogue.actions import ProductInput, VariantInput
from marketplace.merchant.catalogue.models import Product
from marketplace.platform.cart.actions import add_to_cart, cart_of
from marketplace.platform.cart.models import Cart
from marketplace.platform.cart.queries import view_cart
from marketplace.platform.checkout.models import OrderCopy, OrderGroup, ReturnCopy
from marketplace.platform.ledger.actions import set_commission
from marketplace.platform.ledger.models import CommissionRule, Statement
from marketplace.platform.members.actions import save_address
from marketplace.platform.payments.actions import start_payment
from marketplace.platform.taxonomy.actions import put_categories
from marketplace.platform.taxonomy.models import Category
from tenants.accounts.actions import ensure_person, give_role
from tenants.accounts.models import User
from tenants.contracts.drafting import publish_template, save_template
from tenants.contracts.models import Contract, ContractTemplate
from tenants.contracts.queries import offer_to
from tenants.contracts.signing import sign_contract
from tenants.domains.actions import add_domain, note_look
from tenants.domains.dns import Seen
from tenants.domains.models import OwnDomain
from tenants.onboarding.actions import add_paper, open_application, save_application, submit_application
from tenants.onboarding.licences import check_character
from tenants.onboarding.market_rules import publish_rules
from tenants.onboarding.models import Application, Dossier, MarketRules, Paper, Qualification, Requirement
from tenants.onboarding.qualifications import grant_qualification, hand_in_renewal
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import merchant_schema
from tests.databases import MERCHANTS


def yuan(text: str) -> Money:
    return Money.parse(text, "CNY")


def commission(rate: str = "0.05") -> None:
    if not CommissionRule.objects.exists():
        set_commission(by=SYSTEM, rate=Decimal(rate))


def the_markets_own(shop: str = "c") -> Merchant:
    """Merchant a, b or c as if it had been opened as the market's own shop: past the trigger that forbids it, before it has sold anything."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE tenancy_merchant SET is_own = TRUE WHERE id = %s", [MERCHANTS[shop]])
        cursor.execute("SET LOCAL session_replication_role = origin")
    return Merchant.objects.get(pk=MERCHANTS[shop])


def a_category(code: str = "cups", names: dict[str, str] | None = None, parent: str | None = None) -> Category:
    return put_categories(by=SYSTEM, rows=[{"code": code, "parent": parent, "names": names or {"zh-hans": "杯子", "en": "Cups"}}])[code]


def a_product(
    shop: str = "a",
    *,
    title: str = "Mug",
    price: str = "100",
    stock: int = 10,
    on_sale: bool = True,
    category: Category | None = None,
    variants: int = 1,
    titles: dict[str, str] | None = None,
    market_price: str | None = None,
) -> Product:
    """A product of merchant a, b or c, by default on sale."""
    category = category or a_category()
    made = [VariantInput(sku=f"{title}-{uuid4().hex[:8]}", options={1: n} if variants > 1 else {}) for n in range(variants)]
    with merchant_schema(MERCHANTS[shop]):
        product = save_product(
            by=SYSTEM,
            product_id=new_id(),  # in the order they are made, where goods that sell alike are ordered by it
            is_new=True,
            product=ProductInput(
                category_id=category.pk, titles=titles or {"en": title, "zh-hans": f"{title}（中文）"}, variants=made, pictures=[("demo/mug.webp", {})]
            ),
            prices={variant.id: (yuan(price), yuan(market_price) if market_price else None) for variant in made},
            stock={variant.id: stock for variant in made},
        )
        if on_sale:
            product = publish_product(by=SYSTEM, product_id=product.pk)
    return product


def variant_of(product: Product, shop: str = "a") -> UUID:
    with merchant_schema(MERCHANTS[shop]):
        return UUID(str(product.variants.order_by("position").values_list("pk", flat=True)[0]))


def a_picture(colour: str = "red", size: tuple[int, int] = (40, 40)) -> BytesIO:
    """A small PNG, as a person would upload it."""
    data = BytesIO()
    Image.new("RGB", size, colour).save(data, "PNG")
    data.seek(0)
    return data


def an_application(applicant: User, *, slug: str = "", company: str = "景德镇窑火陶瓷有限公司", paper: str = "licence.png", submit: bool = True) -> Application:
    """An application with licence and identity, handed in unless said otherwise."""
    by = acting(applicant)
    row: Application = open_application(by=by, language="zh-hans")
    first = "91330106MA2CFKQ8" + str(Application.objects.count() % 10)
    fields = {
        "kind": "manufacturer",
        "company": company,
        "licence_number": first + check_character(first),
        "representative": "陈窑",
        "contact_name": "林知夏",
        "contact_phone": "13800138000",
        "contact_email": applicant.email,
        "names": {"zh-hans": "窑火", "en": "Kiln Fire"},
        "slug": slug or f"shop-{uuid4().hex[:8]}",
        "about": "Cups",
        "brands": "Kiln Fire",
        "service_address": "江西省景德镇市珠山区窑火路 1 号",
    }
    save_application(by=by, application_id=row.pk, fields=fields)
    add_paper(by=by, application_id=row.pk, kind="licence", name=paper, upload=a_picture())
    add_paper(by=by, application_id=row.pk, kind="identity", name="identity.png", upload=a_picture("blue"))
    return submit_application(by=by, application_id=row.pk) if submit else row


CONTRACT = {
    "zh-hans": "甲方：{market}\n\n乙方：{company}（{credit_code}），法定代表人 {representative}。\n\n佣金 {commission}，期限 {term}，自 {start} 至 {end}。",
    "en": "Between {market} and {company} ({credit_code}), represented by {representative}.\n\nCommission {commission}. Term {term}, from {start} to {end}.",
}


def a_contract_template(kind: str = "", months: int = 12) -> ContractTemplate:
    """A published one."""
    return publish_template(by=SYSTEM, template_id=save_template(by=SYSTEM, kind=kind, texts=CONTRACT, months=months).pk)


def a_dossier(merchant: Merchant, company: str = "景德镇窑火陶瓷有限公司") -> Dossier:
    """That the market knows who stands behind a shop that was opened by hand."""
    said = {"company": company, "licence_number": "91330106MA2CFKQ82L", "representative": "陈窑", "names": merchant.names}
    row, _made = Dossier.objects.update_or_create(merchant=merchant, defaults=said)
    return row


def a_signed_contract(shop: str = "a", name: str = "Chen Yao") -> Contract:
    """A shop's, signed by its owner with a password that this gives them; it waits for the market. One that is there already stays the shop's."""
    merchant, owner = Merchant.objects.get(pk=MERCHANTS[shop]), User.objects.get(email=f"owner-{shop}@market.localhost")
    a_dossier(merchant, "Kiln Ltd")
    if not ContractTemplate.objects.filter(status=ContractTemplate.Status.PUBLISHED).exists():
        a_contract_template()
    owner.set_password("correct-horse-9")
    owner.save(update_fields=["password"])
    offer = offer_to(merchant, "en")
    if offer is None:
        return Contract.objects.filter(merchant=merchant).latest("signed_at")
    signature = {"seen": offer.sha256, "name": name, "title": "Director", "password": "correct-horse-9", "agrees": True}
    return sign_contract(by=acting(owner), merchant_id=merchant.pk, language="en", **signature)


def a_qualification(shop: str = "a", code: str = "licence", reason: str = "seen in person") -> Qualification:
    """A requirement that is waived for a shop, from now on and without end."""
    return grant_qualification(
        by=SYSTEM,
        merchant_id=MERCHANTS[shop],
        requirement=Requirement.objects.get(code=code),
        paper=None,
        valid_from=clock.now(),
        valid_until=None,
        reason=reason,
    )


def rules(kind: str = "standards", text: str = "Send what you promise.") -> MarketRules:
    """A version of the market's rules, in force at once."""
    return publish_rules(by=SYSTEM, kind=kind, texts={"zh-hans": f"{text}（中文）", "en": text}, since=clock.now())


def a_renewal(shop: str = "a", code: str = "licence", name: str = "renewed.png") -> Paper:
    """A document a shop has handed in; nobody has decided over it."""
    return hand_in_renewal(by=SYSTEM, merchant_id=MERCHANTS[shop], code=code, name=name, upload=a_picture("green"), ends_on=None)


def a_domain(shop: str = "a", host: str = "") -> OwnDomain:
    """A domain of the shop's own whose record was found, and which leads here."""
    row = add_domain(by=SYSTEM, merchant_id=MERCHANTS[shop], domain_id=uuid4(), host=host or f"{uuid4().hex[:8]}.example")
    seen = note_look(by=SYSTEM, domain_id=row.pk, seen=Seen(is_sure=True, texts=(row.record_value,), leads_here=True))
    assert seen is not None
    return seen


def a_buyer(email: str = "") -> User:
    return User.objects.create_user(email or f"buyer-{uuid4().hex[:8]}@example.com", "correct horse battery", name="林知夏")


def a_second_operator(email: str = "checker@market.localhost", password: str = "correct horse battery") -> User:
    """Who approves what the first one asks for."""
    person = ensure_person(by=SYSTEM, email=email, name="Check", password=password)
    give_role(by=SYSTEM, user_id=person.pk, role="operator", merchant_id=None)
    return person


def acting(user: User) -> Actor:
    return Actor(kind="person", user_id=user.pk, label=user.email)


def an_address(buyer: User) -> UUID:
    return save_address(
        by=acting(buyer),
        address_id=uuid4(),
        is_default=True,
        fields={
            "recipient": "林知夏",
            "phone": "13800138000",
            "country": "CN",
            "province": "上海市",
            "city": "上海市",
            "district": "徐汇区",
            "street": "漕溪北路 1 号",
        },
    ).pk


def a_cart(buyer: User, *wanted: tuple[Any, ...]) -> Cart:
    """A cart with (shop letter, product, quantity), and wishes where it is made to some."""
    cart = cart_of(by=acting(buyer), cart_id=None)
    for shop, product, quantity, *wishes in wanted:
        add_to_cart(by=acting(buyer), cart=cart, variant_id=variant_of(product, shop), quantity=quantity, wishes=wishes[0] if wishes else {})
    return cart


def place(buyer: User, cart: Cart, *, key: str = "", total: Money | None = None, address_id: UUID | None = None) -> OrderGroup:
    commission()
    return place_order(
        by=acting(buyer),
        key=key or uuid4().hex,
        cart_id=cart.pk,
        address_id=address_id or an_address(buyer),
        shown_total=total or view_cart(cart, "CNY").total,
        language="zh-hans",
    )


def a_placed_group(*wanted: tuple[str, Product, int], buyer: User | None = None) -> OrderGroup:
    buyer = buyer or a_buyer()
    return place(buyer, a_cart(buyer, *wanted))


def pay(group: OrderGroup) -> OrderGroup:
    """Pay on the sandbox rail, as its notice would."""
    start_payment(by=SYSTEM, group_id=group.pk)
    attempt = group.payment.attempts.get(status="open")
    finish_payment(by=rail("sandbox"), attempt_id=attempt.pk, rail_ref=f"test-{attempt.pk}")
    group.refresh_from_db()
    return group


def ship(copy: OrderCopy) -> None:
    with merchant_schema(copy.merchant_id):
        ship_order(by=SYSTEM, package_id=uuid4(), number=copy.number, carrier="sf", tracking_number=f"SF{uuid4().hex[:12]}")


def receive(copy: OrderCopy) -> None:
    confirm_receipt(by=SYSTEM, copy=copy)


def a_completed_group(*wanted: tuple[str, Product, int], buyer: User | None = None) -> OrderGroup:
    group = pay(a_placed_group(*wanted, buyer=buyer))
    for copy in group.orders.all():
        ship(copy)
        receive(copy)
    deliver_events()
    return group


def settled(*shops: str) -> list[Statement]:
    """Settle with merchants a, b or c; their statements."""
    run = settle(by=SYSTEM, run_id=uuid4(), merchant_ids=[MERCHANTS[shop] for shop in shops])
    return list(run.statements.order_by("number"))


def order_of(group: OrderGroup, shop: str = "a") -> OrderCopy:
    """The public copy of a merchant's order in a group, as it stands now."""
    return OrderCopy.objects.get(group=group, merchant_id=MERCHANTS[shop])


def returned(copy: OrderCopy, n: int = 1, reason: str = "unwanted") -> Return:
    """Pieces of an order's first line that came back, were accepted, restocked and paid back."""
    line = UUID(copy.lines[0]["id"])
    row = request_return(by=SYSTEM, copy=copy, return_id=uuid4(), pieces={line: n}, reason=reason)
    with merchant_schema(copy.merchant_id):
        agree_return(by=SYSTEM, number=row.number)
    send_return(by=SYSTEM, copy=ReturnCopy.objects.get(pk=row.pk), carrier="sf", tracking_number="SF1234567890")
    with merchant_schema(copy.merchant_id):
        inspect_return(by=SYSTEM, number=row.number, accepted={line: n}, restocked={line: n})
        return confirm_return(by=SYSTEM, number=row.number)
