"""Forms of buyers, applicants and visitors, filled in; and those that leave nothing in the log, each with the reason."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.core.files.uploadedfile import SimpleUploadedFile

from cms.actions import publish
from cms.merchant.models import ShopHome
from cms.platform.models import MarketHome
from marketplace.flows.letters_about_accounts import stop_address
from marketplace.flows.return_goods import agree_return, request_return
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.merchant.aftersales.models import Return
from marketplace.merchant.catalogue.models import Product
from marketplace.platform.cart.queries import view_cart
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.notices import choosing
from marketplace.platform.notices.kinds import ALL
from marketplace.platform.notices.models import Channel, DeadAddress, SmsNumber
from marketplace.platform.notices.refusing import refuse_address
from marketplace.platform.notices.wishes import wants
from marketplace.platform.payments.models import AccountChange
from marketplace.platform.reviews.actions import Opinion, review_order
from marketplace.platform.reviews.asking import ask_question
from tenants.accounts.models import SignIn, User
from tenants.contracts.queries import offer_to
from tenants.onboarding.models import Application, Decision
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.architecture.account_forms import a_change
from tests.architecture.custom_forms import an_asked_line
from tests.databases import MERCHANTS
from tests.flows.test_invitations import invited

PASSWORD = "correct horse battery"
NEW = {"password1": "another-good-one-7", "password2": "another-good-one-7"}
REGION = {"region": "31", "city": "上海市", "district": "徐汇区", "street": "漕溪北路 1 号", "postcode": "200030"}


@dataclass
class Sent:
    """A form as its person would send it, signed in or holding the link of a letter."""

    user: User
    path: str
    data: dict[str, Any] = field(default_factory=dict)
    is_signed_in: bool = True
    first: str = ""  # a page that is opened before


def an_address_form(address_id: UUID) -> dict[str, Any]:
    return {"address_id": address_id, "recipient": "林知夏", "phone": "13800138000", **REGION}


# ── What they are about ──────────────────────────────────────────────────────────────────────────────────────────────


def placed(product: Product) -> Any:
    return make.a_placed_group(("a", product, 1))


def paid(product: Product) -> OrderCopy:
    copy: OrderCopy = make.pay(placed(product)).orders.get()
    return copy


def shipped(product: Product) -> OrderCopy:
    copy = paid(product)
    make.ship(copy)
    return make.order_of(copy.group)


def received(product: Product) -> OrderCopy:
    copy = shipped(product)
    make.receive(copy)
    return make.order_of(copy.group)


def line_of(copy: OrderCopy) -> UUID:
    return UUID(copy.lines[0]["id"])


def a_return(product: Product, *, is_agreed: bool = False) -> tuple[User, Return]:
    copy = received(product)
    row = request_return(by=make.acting(copy.buyer), copy=copy, return_id=uuid4(), pieces={line_of(copy): 1}, reason="damaged")
    if is_agreed:
        with merchant_schema(copy.merchant_id):
            agree_return(by=SYSTEM, number=row.number)
    return copy.buyer, row


def a_page_form(kind: str) -> str:
    """The address of a form on the first page of the market or of shop a."""
    question = {"label": {"zh": "称呼", "en": "Name"}, "kind": "line", "required": True}
    block = {name: {"zh": "留言", "en": "Write"} for name in ("heading", "text", "thanks")}
    with ExitStack() as stack:
        if kind == "shop":
            stack.enter_context(merchant_schema(MERCHANTS["a"]))
        home = (ShopHome if kind == "shop" else MarketHome).objects.get()
        home.blocks = [("form", {**block, "questions": [question]})]
        publish(home, SYSTEM)
        home.refresh_from_db()
        return f"/forms/{home.pk}/{home.blocks[0].id}/"


# ── The forms ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _place(product: Product) -> Sent:
    buyer = make.a_buyer()
    cart, address = make.a_cart(buyer, ("a", product, 1)), make.an_address(buyer)
    return Sent(buyer, "/checkout/place/", {"key": uuid4(), "address": address, "total": view_cart(cart, "CNY", "31").total.minor})


def _question(product: Product) -> Sent:
    question = ask_question(by=make.acting(make.a_buyer()), question_id=uuid4(), listing_id=product.pk, text="Is it heavy?")
    return Sent(received(product).buyer, f"/questions/{question.pk}/answer/", {"text": "No"})


def _answer(product: Product) -> Sent:
    copy, question_id = an_asked_line()
    return _order("answer", copy, question=question_id, answer="A capital, please.")


def _return(product: Product) -> Sent:
    copy = received(product)
    data = {"return_id": uuid4(), "reason": "damaged", "note": "a crack", f"line_{line_of(copy).hex}": 1}
    return Sent(copy.buyer, f"/orders/{copy.number}/return/", data)


def _review(product: Product) -> Sent:
    copy = received(product)
    line = line_of(copy).hex
    data = {"key": uuid4(), f"stars_{line}": "5", f"text_{line}": "Good", "goods": "5", "service": "5", "delivery": "4"}
    return Sent(copy.buyer, f"/orders/{copy.number}/review/", data)


def _addition(product: Product) -> Sent:
    copy = received(product)
    (review,) = review_order(by=make.acting(copy.buyer), key=uuid4(), order_id=copy.pk, opinions=[Opinion(line_of(copy), 5)])
    return Sent(copy.buyer, f"/account/reviews/{review}/add/", {"text": "Still good"})


def _withdrawn(product: Product) -> Sent:
    buyer, row = a_return(product)
    return Sent(buyer, f"/returns/{row.number}/withdraw/")


def _sent_back(product: Product) -> Sent:
    buyer, row = a_return(product, is_agreed=True)
    return Sent(buyer, f"/returns/{row.number}/send/", {"carrier": "sf", "tracking_number": "SF1234567890"})


def _order(path: str, copy: OrderCopy, **data: Any) -> Sent:
    return Sent(copy.buyer, f"/orders/{copy.number}/{path}/", data)


def _give_up(product: Product) -> Sent:
    group = placed(product)
    return Sent(group.buyer, f"/orders/{group.number}/give-up/")


def _address(path: str, **data: Any) -> Sent:
    """About the second of somebody's addresses."""
    buyer = make.a_buyer()
    second = make.an_address(buyer)
    make.an_address(buyer)
    return Sent(buyer, f"/account/addresses/{second}/{path}", {**an_address_form(second), **data} if data else {})


def _device(product: Product) -> Sent:
    buyer = make.a_buyer()
    row = SignIn.objects.create(user=buyer, outcome=SignIn.Outcome.IN, host="market.localhost", address="192.0.2.7", agent="Firefox", session_key=uuid4().hex)
    return Sent(buyer, f"/account/devices/{row.pk}/end/")


def _asks_for_address() -> User:
    buyer = make.a_buyer()
    EmailAddress.objects.create(user=buyer, email=buyer.email, verified=True, primary=True)
    EmailAddress.objects.create(user=buyer, email=f"{uuid4().hex[:8]}@example.com", verified=False, primary=False)
    return buyer


def _confirmed(product: Product) -> Sent:
    buyer = _asks_for_address()
    asked = EmailAddress.objects.get(user=buyer, verified=False)
    return Sent(buyer, f"/email/confirm/{EmailConfirmationHMAC(asked).key}/", is_signed_in=False)


def _reset(product: Product) -> Sent:
    buyer = make.a_buyer()
    key = user_pk_to_url_str(buyer)
    return Sent(
        buyer, f"/password/new/{key}-set-password/", dict(NEW), is_signed_in=False, first=f"/password/new/{key}-{default_token_generator.make_token(buyer)}/"
    )


def _password_set(product: Product) -> Sent:
    buyer = make.a_buyer()
    buyer.set_unusable_password()
    buyer.save(update_fields=["password"])
    return Sent(buyer, "/password/set/", dict(NEW))


def _invitation(product: Product) -> Sent:
    buyer = make.a_buyer()
    return Sent(buyer, f"/invitations/{invited(MERCHANTS['a'], buyer.email)}/")


def _number(then: str) -> Sent:
    buyer = make.a_buyer()
    if then == "give":
        return Sent(buyer, "/account/notices/number/", {"then": then, "number": "13800138000"})
    code = "123456"
    until = clock.now() + choosing.CODE_HOLDS
    hidden = choosing._hash(buyer.pk, code)
    SmsNumber.objects.create(person=buyer, number="+8613800138000", code_hash=hidden, code_until=until, asked_at=clock.now())
    return Sent(buyer, "/account/notices/number/", {"then": then} | ({"code": code} if then == "confirm" else {}))


def _dead(product: Product) -> Sent:
    buyer = make.a_buyer()
    DeadAddress.objects.create(email=buyer.email, why=DeadAddress.Why.BOUNCE)
    return Sent(buyer, "/account/notices/address/")


def _refused(product: Product) -> Sent:
    buyer = make.a_buyer()
    kind = next(kind.code for kind in ALL.values() if kind.may_refuse_mail and wants(buyer, kind, Channel.MAIL))
    return Sent(buyer, urlsplit(refuse_address(buyer.pk, kind)).path, is_signed_in=False)


def _stopped(product: Product) -> Sent:
    owner = User.objects.get(email="owner-a@market.localhost")
    link = stop_address(AccountChange.objects.get(pk=a_change()), owner.email)
    return Sent(owner, "/payout-account/stop/", {"token": parse_qs(urlsplit(link).query)["token"][0]}, is_signed_in=False)


APPLICATION = {"kind": "retailer", "company": "Shanlan Ltd", "representative": "Lin", "contact_name": "Chen", "contact_phone": "13800138000"}
APPLICATION |= {"contact_email": "trade@example.com", "name_en": "Shanlan", "brands": "Shanlan", "service_address": "1 Kiln Road"}


def _apply(part: dict[str, Any]) -> Sent:
    row = make.an_application(make.a_buyer(), submit=False)
    return Sent(row.applicant, "/sell/apply/", part)


def _paper() -> Sent:
    file = SimpleUploadedFile("licence.png", make.a_picture("red").getvalue())
    return _apply({"part": "papers", "paper_kind": "licence", "file": file, "then": "paper"})


def _remove_paper() -> Sent:
    sent = _apply({"part": "papers"})
    paper = Application.objects.get(applicant=sent.user).papers.first()
    return Sent(sent.user, sent.path, {"part": "papers", "then": f"remove:{paper.pk if paper else ''}"})


def _withdraws(product: Product) -> Sent:
    row = make.an_application(make.a_buyer())
    return Sent(row.applicant, f"/sell/applications/{row.number}/withdraw/")


def _signs(product: Product) -> Sent:
    make.a_contract_template()
    row = make.an_application(make.a_buyer())
    merchant = Merchant.objects.get(pk=MERCHANTS["c"])  # as if it were only now being opened: one that is born takes seconds
    merchant.status, row.merchant, row.status = Merchant.Status.OPENING, merchant, Application.Status.APPROVED
    row.identity = row.basics = row.qualification = Decision.PASSED
    for each in (merchant, row):
        each.save()
    make.a_dossier(merchant)
    offer = offer_to(merchant, "zh-hans")
    data = {"seen": offer.sha256 if offer else "", "name": "Chen Yao", "title": "Director", "password": PASSWORD, "agrees": "on"}
    return Sent(row.applicant, f"/sell/applications/{row.number}/contract/", data)


def _new(path: str, **data: Any) -> Callable[[Product], Sent]:
    return lambda _product: Sent(make.a_buyer(), path, dict(data))


HOURS = {"then": "hours", "daily_at": "18", "quiet_from": "21", "quiet_until": "7", "is_mail_quiet": "on"}
# By the kind of host and the route; behind a colon, which of several forms of one route.
FORMS_OF_THE_MARKET: dict[tuple[str, str], Callable[[Product], Sent]] = {
    ("market", "question-ask"): lambda p: Sent(make.a_buyer(), f"/p/{p.pk}/ask/", {"question_id": uuid4(), "text": "Is it heavy?"}),
    ("market", "question-answer"): _question,
    ("market", "checkout-address"): lambda p: _new("/checkout/address/", **an_address_form(uuid4()))(p),
    ("market", "checkout-place"): _place,
    ("market", "order-receive"): lambda p: _order("receive", shipped(p)),
    ("market", "order-give-up"): _give_up,
    ("market", "order-cancel"): lambda p: _order("cancel", paid(p), reason="too_slow", note="found another"),
    ("market", "order-answer"): _answer,
    ("market", "order-return"): _return,
    ("market", "order-review"): _review,
    ("market", "review-add"): _addition,
    ("market", "return-withdraw"): _withdrawn,
    ("market", "return-send"): _sent_back,
    ("market", "address-new"): lambda p: _new("/account/addresses/new/", **an_address_form(uuid4()))(p),
    ("market", "address"): lambda p: _address("", street="漕溪北路 2 号"),
    ("market", "address-default"): lambda p: _address("default/"),
    ("market", "address-remove"): lambda p: _address("remove/"),
    ("market", "profile"): _new("/account/profile/", name="Mei", phone="13900139000", language="en"),
    ("market", "sign-out-others"): _new("/account/profile/sign-out-others/", password=PASSWORD),
    ("market", "device-end"): _device,
    ("market", "account-email"): lambda p: _new("/account/email/", email=f"{uuid4().hex[:8]}@example.com", password=PASSWORD)(p),
    ("market", "account-email:stay"): lambda p: Sent(_asks_for_address(), "/account/email/", {"stay": "1"}),
    ("market", "my-data"): lambda p: _new("/account/privacy/data/", export_id=uuid4())(p),
    ("market", "account-close"): _new("/account/privacy/delete/", password=PASSWORD, sure="on"),
    ("market", "invitation"): _invitation,
    ("market", "notice-settings"): _new("/account/notices/settings/", then="kinds"),
    ("market", "notice-settings:hours"): _new("/account/notices/settings/", **HOURS),
    ("market", "notice-number"): lambda p: _number("give"),
    ("market", "notice-number:confirm"): lambda p: _number("confirm"),
    ("market", "notice-number:drop"): lambda p: _number("drop"),
    ("market", "notice-address"): _dead,
    ("market", "notice-refuse"): _refused,
    ("market", "payout-stop"): _stopped,
    ("market", "apply"): lambda p: _apply({**APPLICATION, "licence_number": "", "slug": f"shop-{uuid4().hex[:8]}", "then": "save"}),
    ("market", "apply:paper"): lambda p: _paper(),
    ("market", "apply:remove"): lambda p: _remove_paper(),
    ("market", "apply:submit"): lambda p: _apply({"part": "confirm", "then": "submit"}),
    ("market", "application-withdraw"): _withdraws,
    ("market", "application-contract"): _signs,
    ("market", "page-form"): lambda p: Sent(make.a_buyer(), a_page_form("market"), {"key": uuid4(), "q0": "Mei"}),
    ("market", "account_signup"): lambda p: Sent(User(), "/register/", {"email": f"{uuid4().hex[:8]}@example.com", "password1": NEW["password1"]}, False),
    ("market", "account_confirm_email"): _confirmed,
    ("market", "account_change_password"): _new("/password/change/", oldpassword=PASSWORD, **NEW),
    ("market", "account_set_password"): _password_set,
    ("market", "account_reset_password_from_key"): _reset,
    ("shop", "page-form"): lambda p: Sent(make.a_buyer(), a_page_form("shop"), {"key": uuid4(), "q0": "Mei"}),
}

KEPT_BY_THE_PERSON = "a preference like the cart: the person takes it back at any time, nobody else acts on it, and a log for ever would say much about them"
IN_THE_BROWSER = "kept in the reader's own browser: nothing of the market's changes"
SAID_BY_A_PROVIDER = "a provider's signed report, no person's act: what follows from it stands in the log as the rail's or the system's"
OF_A_SESSION = "a session, no change of anybody's record: each sign-in is a row of its own (SignIn), shown to its person and to the operator"
ONLY_A_LETTER = "sends a letter (which is kept as one) and changes nothing before its link is followed"
CART = ("cart-add", "cart-choose", "cart-choose-all", "cart-choose-shop", "cart-clear", "cart-line", "cart-wishes")
RECENT = ("recent", "recent-clear", "recent-remember", "recent-personalised")
KEEPING = ("favourite", "favourites-take-out", "favourites-undo", "follow", *RECENT, "review-helpful", "my-notices-read")
# Forms that leave nothing in the log, each with the reason (docs/operations.md says the same to operators).
LEAVE_NO_ROW: dict[tuple[str, str], str] = {
    **{("market", name): KEPT_BY_THE_PERSON for name in (*CART, *KEEPING)},
    **{("shop", name): KEPT_BY_THE_PERSON for name in ("favourite", "follow")},
    **{("market", name): IN_THE_BROWSER for name in ("cookies", "deliver-to")},
    **{("market", name): SAID_BY_A_PROVIDER for name in ("stripe-hook", "stripe-connect-hook", "mail-hook", "sms-hook", "pay-sandbox")},
    **{("market", name): OF_A_SESSION for name in ("account_login", "account_logout", "account_reauthenticate")},
    ("shop", "account_logout"): OF_A_SESSION,
    **{("market", name): ONLY_A_LETTER for name in ("confirm-again", "account_reset_password")},
}
# Reasons that are chosen from a list: their words stand in the log, or what they are, not the value that a form sends for them.
CHOSEN = {"damaged", "too_slow"}
# Pages of allauth that only say something.
SHOW_ONLY = {"account_inactive", "account_reset_password_done", "account_reset_password_from_key_done", "account_email_verification_sent"}

# That it was done is all there is to tell, or may be: the log keeps for ever, and what people say of themselves is theirs to take back.
ONLY_DONE_BY_PEOPLE = {
    "my_data.asked",
    "notices.address_works",
    "person.address_asked",
    "person.address_dropped",
    "person.closed",
    "person.password_changed",
    "person.signed_out_elsewhere",
}
# Made, or told by the names of what changed alone (profile.saved) for the same reason.
MADE_BY_PEOPLE = {
    "address.saved",
    "message.sent",
    "notices.number_given",
    "order_group.placed",
    "paper.added",
    "profile.saved",
    "question.answered",
    "question.asked",
    "return.requested",
    "review.added_to",
    "review.written",
    "shop.rated",
}
