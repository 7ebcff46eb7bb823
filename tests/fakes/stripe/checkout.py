"""Hosted checkout sessions: made, paid, declined, expired.

Source: docs.stripe.com/api/checkout/sessions and docs.stripe.com/payments/checkout/fulfillment
"""

from __future__ import annotations

from typing import Any

from tests.fakes.stripe import payments
from tests.fakes.stripe.errors import invalid, malformed, missing
from tests.fakes.stripe.events import emit
from tests.fakes.stripe.forms import Form
from tests.fakes.stripe.lists import page
from tests.fakes.stripe.methods import CARDS, Card
from tests.fakes.stripe.render import shown
from tests.fakes.stripe.world import DAY_S, Call, World, type_object

SHORTEST_S = 30 * 60
PARAMETERS = (
    "mode", "line_items", "client_reference_id", "metadata", "payment_intent_data", "success_url", "cancel_url", "expires_at", "customer_email", "locale",
    "payment_method_types", "ui_mode", "submit_type", "expand",
)  # fmt: skip
LOCALES = (
    "auto", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr", "fr-CA", "hr", "hu", "id", "it", "ja", "ko", "lt", "lv",
    "ms", "mt", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sl", "sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW",
)  # fmt: skip


def create_session(world: World, call: Call) -> type_object:
    form = call.form.only(*PARAMETERS)
    form.needed("mode", choices=("payment",))
    success_url = form.needed("success_url")
    for name in ("success_url", "cancel_url"):
        if (address := form.text(name)) and not address.startswith(("http://", "https://")):
            raise malformed("Not a valid URL", code="url_invalid", param=name)
    form.text("ui_mode", choices=("hosted_page",))
    expires_at = _expiry(world, form)
    lines, currency = _lines(world, form)
    total = sum(line["amount_total"] for line in lines)
    payments.check_amount(total, currency, "line_items")
    intent_data = form.inside("payment_intent_data").only("transfer_group", "metadata", "description", "receipt_email")
    name = world.new_id("cs_test")
    session = world.make(
        "cs_test",
        "checkout.session",
        account=call.account,
        name=name,
        _lines=lines,
        _intent={
            "transfer_group": intent_data.text("transfer_group"), "metadata": intent_data.metadata(), "description": intent_data.text("description"),
            "receipt_email": intent_data.text("receipt_email"),
        },
        amount_subtotal=total,
        amount_total=total,
        automatic_tax={"enabled": False, "liability": None, "provider": None, "status": None},
        cancel_url=form.text("cancel_url"),
        client_reference_id=form.text("client_reference_id"),
        currency=currency,
        custom_fields=[],
        custom_text={"after_submit": None, "shipping_address": None, "submit": None, "terms_of_service_acceptance": None},
        customer=None,
        customer_creation="if_required",
        customer_details=None,
        customer_email=form.text("customer_email"),
        expires_at=expires_at,
        livemode=False,
        locale=form.text("locale", choices=LOCALES),
        metadata=form.metadata(),
        mode="payment",
        payment_intent=None,
        payment_link=None,
        payment_method_collection="if_required",
        payment_method_types=form.texts("payment_method_types") or ["card"],
        payment_status="unpaid",
        recovered_from=None,
        setup_intent=None,
        shipping_options=[],
        status="open",
        submit_type=form.text("submit_type", choices=("auto", "book", "donate", "pay")),
        subscription=None,
        success_url=success_url,
        total_details={"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        ui_mode="hosted_page",
        url=f"{world.base_url}/c/pay/{name}",
    )  # fmt: skip
    world.later(expires_at - world.now(), lambda: run_out(world, session))
    return shown(world, session, form.texts("expand"))


def _expiry(world: World, form: Form) -> int:
    """Thirty minutes to a day from now; a day when not said."""
    given = form.number("expires_at", least=0)
    if given is None:
        return world.now() + DAY_S
    if given < world.now() + SHORTEST_S:
        raise malformed("The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.", param="expires_at")
    if given > world.now() + DAY_S:
        raise malformed("The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.", param="expires_at")
    return given


def _lines(world: World, form: Form) -> tuple[list[dict[str, Any]], str]:
    """The lines as they will be shown, and their one currency."""
    given = form.each("line_items")
    if not given:
        raise missing("line_items")
    if len(given) > 100:
        raise malformed("There is a maximum of 100 line items in payment mode.", param="line_items")
    lines = [_line(world, one) for one in given]
    currencies = {line["currency"] for line in lines}
    if len(currencies) != 1:
        raise malformed("You must use the same currency for every line item.", param="line_items")
    return lines, currencies.pop()


def _line(world: World, given: Form) -> dict[str, Any]:
    given.only("price_data", "quantity")
    if not given.has("price_data"):
        raise missing(given.named("price_data"))
    price_data = given.inside("price_data").only("currency", "unit_amount", "product_data", "tax_behavior")
    product = price_data.inside("product_data").only("name", "description", "images", "metadata", "tax_code")
    name, quantity = product.needed("name"), given.needed_number("quantity", least=0)
    unit, currency = price_data.needed_number("unit_amount", least=0), price_data.currency()
    price = {
        "id": world.new_id("price"), "object": "price", "active": False, "billing_scheme": "per_unit", "created": world.now(), "currency": currency,
        "custom_unit_amount": None, "livemode": False, "lookup_key": None, "metadata": {}, "nickname": None, "product": world.new_id("prod"), "recurring": None,
        "tax_behavior": price_data.text("tax_behavior") or "unspecified", "tiers_mode": None, "transform_quantity": None, "type": "one_time",
        "unit_amount": unit, "unit_amount_decimal": str(unit),
    }  # fmt: skip
    total = unit * quantity
    return {
        "id": world.new_id("li"), "object": "item", "adjustable_quantity": None, "amount_discount": 0, "amount_subtotal": total, "amount_tax": 0,
        "amount_total": total, "currency": currency, "description": name, "metadata": {}, "price": price, "quantity": quantity,
    }  # fmt: skip


# ── what the customer does ───────────────────────────────────────────────────────────────────────────────────────────


class NotOpen(Exception):
    """The page can no longer be paid on: it is complete or expired."""


def _intent(world: World, session: type_object) -> type_object:
    """The session's payment intent: it begins with the first attempt to pay."""
    if session["status"] != "open":
        raise NotOpen(session["id"])
    if session["payment_intent"]:
        return world.get(session["payment_intent"], "payment_intent")
    intent = payments.new_intent(world, account=session["_account"], amount=session["amount_total"], currency=session["currency"], **session["_intent"])
    intent["_session"] = session["id"]
    session["payment_intent"] = intent["id"]
    return intent


def pay(world: World, session: type_object, *, email: str = "", card: Card = CARDS["pm_card_visa"]) -> bool:
    """The customer pays by card; false when the card is declined, and the page stays open."""
    intent = _intent(world, session)
    if payments.attempt(world, intent, card):
        return False
    _complete(world, session, "paid", email)
    return True


def pay_later(world: World, session: type_object, *, email: str = "") -> None:
    """The customer chooses a bank debit: the session is complete, and not paid yet."""
    intent = _intent(world, session)
    payments.begin_delayed(world, intent)
    session["payment_method_types"] = ["card", "sepa_debit"]
    _complete(world, session, "unpaid", email)


def settle_later(world: World, session: type_object, *, is_succeeded: bool) -> None:
    """The bank has answered for a delayed payment."""
    if not session["payment_intent"]:
        raise ValueError(f"nobody has tried to pay {session['id']}")
    intent = world.get(session["payment_intent"], "payment_intent")
    if intent["status"] != "processing":
        raise ValueError(f"the payment of {session['id']} is {intent['status']}, not under way")
    charge = world.get(intent["latest_charge"], "charge")
    if is_succeeded:
        payments.succeed(world, intent, Card(), kind="sepa_debit", charge=charge)
        session["payment_status"] = "paid"
        emit(world, "checkout.session.async_payment_succeeded", session)
    else:
        payments.fail(world, intent, Card(), "payment_intent_payment_attempt_failed", "generic_decline", charge=charge)
        emit(world, "checkout.session.async_payment_failed", session)


def _complete(world: World, session: type_object, payment_status: str, email: str) -> None:
    details = {"address": None, "business_name": None, "email": session["customer_email"] or email or None, "individual_name": None, "name": None}
    session.update(status="complete", payment_status=payment_status, url=None, customer_details={**details, "phone": None, "tax_exempt": "none", "tax_ids": []})
    emit(world, "checkout.session.completed", session)


def run_out(world: World, session: type_object) -> None:
    if session["status"] == "open":
        call, world.current = world.current, None  # the clock did it, no request
        _expire(world, session)
        world.current = call


def _expire(world: World, session: type_object) -> None:
    session.update(status="expired", url=None)
    if session["payment_intent"]:
        payments.cancel(world, world.get(session["payment_intent"], "payment_intent"), "abandoned")
    emit(world, "checkout.session.expired", session)


# ── endpoints ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _session(world: World, call: Call) -> type_object:
    return world.find(call.parts[0], "checkout.session", account=call.account, param="session", status=404)


def retrieve_session(world: World, call: Call) -> type_object:
    form = call.form.only("expand")
    return shown(world, _session(world, call), form.texts("expand"))


def update_session(world: World, call: Call) -> type_object:
    form = call.form.only("metadata", "expand")
    session = _session(world, call)
    session["metadata"] = form.metadata(session["metadata"])
    return shown(world, session, form.texts("expand"))


def expire_session(world: World, call: Call) -> type_object:
    form = call.form.only("expand")
    session = _session(world, call)
    if session["status"] != "open":
        raise invalid(f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of `{session["status"]}`.')
    _expire(world, session)
    return shown(world, session, form.texts("expand"))


def list_sessions(world: World, call: Call) -> type_object:
    return page(world, call, world.all("checkout.session", call.account), "payment_intent", "status")


def list_session_lines(world: World, call: Call) -> type_object:
    call.form.only("limit", "starting_after", "ending_before", "expand")
    return shown(world, _session(world, call), ["line_items"])["line_items"]  # type: ignore[no-any-return]
