"""Connected accounts and the links to their onboarding.

Source: docs.stripe.com/connect/hosted-onboarding and docs.stripe.com/api/account_links
"""

from __future__ import annotations

import secrets
from typing import Any

from tests.fakes.stripe.errors import invalid, malformed
from tests.fakes.stripe.events import emit
from tests.fakes.stripe.forms import Form
from tests.fakes.stripe.ledger import balance
from tests.fakes.stripe.lists import page
from tests.fakes.stripe.render import shown
from tests.fakes.stripe.world import Call, World, type_object

# Where separate charges and transfers work. Source: docs.stripe.com/connect/separate-charges-and-transfers
COUNTRIES = {
    "AT", "AU", "BE", "BG", "BR", "CA", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU", "IE", "IT", "JP", "LI", "LT", "LU",
    "LV", "MT", "MX", "MY", "NL", "NO", "NZ", "PL", "PT", "RO", "SE", "SG", "SI", "SK", "US",
}  # fmt: skip
CURRENCIES = {"US": "usd", "GB": "gbp", "CH": "chf", "JP": "jpy", "CA": "cad", "AU": "aud", "NZ": "nzd", "SG": "sgd", "SE": "sek", "DK": "dkk"}
DUE = ["business_profile.url", "business_type", "external_account", "representative.dob.day", "representative.first_name", "tos_acceptance.date"]
TYPES = {"full": "standard", "express": "express", "none": "none"}


def _requirements(due: list[str], reason: str | None) -> dict[str, Any]:
    return {
        "alternatives": [], "current_deadline": None, "currently_due": due, "disabled_reason": reason, "errors": [], "eventually_due": due,
        "past_due": due, "pending_verification": [],
    }  # fmt: skip


def create_account(world: World, call: Call) -> type_object:
    form = call.form.only(
        "controller", "country", "email", "capabilities", "metadata", "default_currency", "business_type", "business_profile", "settings", "expand",
    )  # fmt: skip
    controller, dashboard = _controller(form)
    country = form.text("country") or "US"
    capabilities = {name: "inactive" for name in form.inside("capabilities").values if form.inside("capabilities").inside(name).flag("requested")}
    metadata, business_type = form.metadata(), form.text("business_type", choices=("company", "government_entity", "individual", "non_profit"))
    profile = form.inside("business_profile").only("mcc", "name", "product_description", "support_email", "support_phone", "support_url", "url")
    if country not in COUNTRIES:
        raise invalid(f"{country} is not currently supported by Stripe.", code="country_unsupported", param="country")
    settings: dict[str, Any] = {
        "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
        "card_payments": {"statement_descriptor_prefix": None},
        "dashboard": {"display_name": None, "timezone": "Etc/UTC"},
        "payments": {"statement_descriptor": None},
        "payouts": {"debit_negative_balances": True, "schedule": {"delay_days": 2, "interval": "daily"}, "statement_descriptor": None},
    }
    _set_payouts(form, settings["payouts"])
    name = world.new_id("acct")
    made = world.make(
        "acct",
        "account",
        account=world.platform,
        name=name,
        business_profile={"name": None, "url": None, **profile.values},
        business_type=business_type,
        capabilities=capabilities,
        charges_enabled=False,
        controller=controller,
        country=country,
        default_currency=form.text("default_currency") or CURRENCIES.get(country, "eur"),
        details_submitted=False,
        email=form.text("email"),
        external_accounts={"object": "list", "data": [], "has_more": False, "url": f"/v1/accounts/{name}/external_accounts"},
        future_requirements=_requirements([], None),
        metadata=metadata,
        payouts_enabled=False,
        requirements=_requirements(list(DUE), "requirements.past_due"),
        settings=settings,
        tos_acceptance={"date": None, "ip": None, "user_agent": None},
        type=TYPES[dashboard],
    )
    return shown(world, made, form.texts("expand"))


def _set_payouts(form: Form, payouts: dict[str, Any]) -> None:
    """settings[payouts][schedule]: automatic payouts, or manual ones."""
    given = form.inside("settings").only("payouts").inside("payouts").only("schedule", "debit_negative_balances").inside("schedule")
    given.only("interval", "delay_days")
    if interval := given.text("interval", choices=("manual", "daily", "weekly", "monthly")):
        payouts["schedule"]["interval"] = interval
    if days := given.number("delay_days"):
        payouts["schedule"]["delay_days"] = days


def _controller(form: Form) -> tuple[dict[str, Any], str]:
    """Who pays fees, bears losses and collects what is due; the defaults are Stripe's."""
    given = form.inside("controller").only("fees", "losses", "requirement_collection", "stripe_dashboard")
    dashboard = given.inside("stripe_dashboard").only("type").text("type", choices=("express", "full", "none")) or "full"
    controller = {
        "type": "application",
        "is_controller": True,
        "fees": {"payer": given.inside("fees").only("payer").text("payer", choices=("account", "application")) or "account"},
        "losses": {"payments": given.inside("losses").only("payments").text("payments", choices=("application", "stripe")) or "stripe"},
        "requirement_collection": given.text("requirement_collection", choices=("application", "stripe")) or "stripe",
        "stripe_dashboard": {"type": dashboard},
    }
    return controller, dashboard


def retrieve_own_account(world: World, call: Call) -> type_object:
    """Whose key it is."""
    call.form.only("expand")
    if call.account != world.platform:
        return shown(world, world.get(call.account, "account"))
    able = {"charges_enabled": True, "details_submitted": True, "payouts_enabled": True}
    return {"id": world.platform, "object": "account", "country": "US", "default_currency": "usd", "email": "market@example.test", "type": "standard", **able}


def retrieve_account(world: World, call: Call) -> type_object:
    form = call.form.only("expand")
    return shown(world, world.find(call.parts[0], "account", account=world.platform, param="account", status=404), form.texts("expand"))


def update_account(world: World, call: Call) -> type_object:
    form = call.form.only("email", "capabilities", "metadata", "business_profile", "settings", "expand")
    one = world.find(call.parts[0], "account", account=world.platform, param="account", status=404)
    profile = form.inside("business_profile").only("mcc", "name", "product_description", "support_email", "support_phone", "support_url", "url")
    before = shown(world, one)
    one["metadata"] = form.metadata(one["metadata"])
    one["email"] = form.text("email") or one["email"]
    _set_payouts(form, one["settings"]["payouts"])
    one["business_profile"].update(profile.values)
    for name in form.inside("capabilities").values:
        if form.inside("capabilities").inside(name).flag("requested"):
            one["capabilities"].setdefault(name, "active" if one["details_submitted"] else "inactive")
        else:
            one["capabilities"][name] = "inactive"
    emit(world, "account.updated", one, before=before)
    return shown(world, one, form.texts("expand"))


def list_accounts(world: World, call: Call) -> type_object:
    return page(world, call, world.all("account"))


def retrieve_balance(world: World, call: Call) -> type_object:
    call.form.only("expand")
    return balance(world, call.account)


def list_balance_transactions(world: World, call: Call) -> type_object:
    return page(world, call, world.all("balance_transaction", call.account), "type", "currency", "source", "payout")


def retrieve_balance_transaction(world: World, call: Call) -> type_object:
    form = call.form.only("expand")
    return shown(world, world.find(call.parts[0], "balance_transaction", account=call.account, status=404), form.texts("expand"))


# ── onboarding ───────────────────────────────────────────────────────────────────────────────────────────────────────


def create_account_link(world: World, call: Call) -> type_object:
    form = call.form.only("account", "type", "return_url", "refresh_url", "collection_options", "expand")
    form.needed("type", choices=("account_onboarding", "account_update"))
    links = {name: form.needed(name) for name in ("return_url", "refresh_url")}
    form.inside("collection_options").only("fields", "future_requirements")
    for name, value in links.items():
        if not value.startswith(("http://", "https://")):
            raise malformed("Not a valid URL", code="url_invalid", param=name)
    account = world.find(form.needed("account"), "account", account=world.platform, param="account")
    if form.text("type") == "account_update" and account["controller"]["requirement_collection"] != "application":
        raise invalid("You cannot create `account_update` type Account Links for this account.", param="type")
    token = secrets.token_hex(12)
    until = world.now() + world.terms.account_link_s
    world.objects[token] = {"id": token, "object": "_link", "account": account["id"], **links, "until": until, "is_used": False, "_account": world.platform}
    return {"object": "account_link", "created": world.now(), "expires_at": until, "url": f"{world.base_url}/setup/{token}"}


def opened(world: World, token: str) -> type_object | None:
    """The link, the first time and while it is fresh: it can be followed once."""
    link = world.objects.get(token)
    if link is None or link["object"] != "_link" or link["is_used"] or link["until"] <= world.now():
        return None
    link["is_used"] = True
    return link


def onboard(world: World, account: type_object, *, charges_enabled: bool | None = None) -> None:
    """Details are handed in and accepted: what was requested is active, payouts are on.

    Charges are on when card payments were requested; transfers alone do not need them. `charges_enabled` overrules.
    """
    before = shown(world, account)
    for name in account["capabilities"]:
        account["capabilities"][name] = "active"
    account.update(
        details_submitted=True,
        charges_enabled="card_payments" in account["capabilities"] if charges_enabled is None else charges_enabled,
        payouts_enabled=True,
        requirements=_requirements([], None),
    )
    emit(world, "account.updated", account, before=before)


def restrict(world: World, account: type_object, *, reason: str) -> None:
    """Something is missing or wrong: no transfers, no payouts, until onboarded again."""
    before = shown(world, account)
    for name in account["capabilities"]:
        account["capabilities"][name] = "inactive"
    account.update(charges_enabled=False, payouts_enabled=False, requirements=_requirements(["individual.verification.document"], reason))
    emit(world, "account.updated", account, before=before)
