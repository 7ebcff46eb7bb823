"""The pages that Stripe hosts: paying, and onboarding. Plain HTML that works without scripts."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from urllib.parse import parse_qs

from tests.fakes.stripe import accounts, checkout
from tests.fakes.stripe.ledger import spelled
from tests.fakes.stripe.methods import CARDS
from tests.fakes.stripe.world import World, type_object


@dataclass
class Page:
    status: int
    html: str = ""
    headers: dict[str, str] = field(default_factory=dict)


def visited(world: World, method: str, path: str, body: str) -> Page | None:
    """The page at this address; None where there is none."""
    form = {name: values[0] for name, values in parse_qs(body).items()}
    steps = path.strip("/").split("/")
    with world.lock:
        world.run_due()
        if steps[:2] == ["c", "pay"] and len(steps) == 3:
            return _checkout(world, method, steps[2], form)
        if steps[:1] == ["setup"] and len(steps) == 2:
            return _onboarding(world, steps[1])
        if steps[:1] == ["setup"] and len(steps) == 3 and method == "POST":
            return _onboarded(world, steps[1], form)
    return None


def _page(title: str, inside: str, *, status: int = 200) -> Page:
    html = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"></head>'
        f"<body><main><h1>{escape(title)}</h1>{inside}</main></body></html>"
    )
    return Page(status, html)


def _moved(to: str) -> Page:
    return Page(303, headers={"Location": to})


# ── paying ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _checkout(world: World, method: str, name: str, form: dict[str, str]) -> Page:
    session = world.objects.get(name)
    if session is None or session["object"] != "checkout.session":
        return _page("Something went wrong", "<p>The page you were looking for could not be found.</p>", status=404)
    if session["status"] == "complete":
        return _page("You're all done here", "<p>You have already completed this payment.</p>")
    if session["status"] == "expired":
        return _page("This checkout session has expired", "<p>You can no longer pay on this page. Return to the shop and try again.</p>")
    if method == "POST":
        return _paid(world, session, form)
    return _form(session)


def _paid(world: World, session: type_object, form: dict[str, str]) -> Page:
    email = form.get("email", "")
    if form.get("action") == "later":
        checkout.pay_later(world, session, email=email)
    else:
        card = CARDS["pm_card_visa_chargeDeclined" if form.get("action") == "decline" else "pm_card_visa"]
        if not checkout.pay(world, session, email=email, card=card):
            refusal = world.objects[session["payment_intent"]]["last_payment_error"]["message"]
            return _form(session, refusal)
    return _moved(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]))


def _form(session: type_object, refusal: str = "") -> Page:
    currency = session["currency"]
    rows = "".join(
        f"<tr><td>{escape(line['description'])}</td><td>{line['quantity']}</td><td>{escape(spelled(line['amount_total'], currency))}</td></tr>"
        for line in session["_lines"]
    )
    total = escape(spelled(session["amount_total"], currency))
    alert = f'<p role="alert">{escape(refusal)}</p>' if refusal else ""
    email = escape(session["customer_email"] or "")
    field = f"<p>{email}</p>" if email else '<p><label for="email">Email</label> <input id="email" name="email" type="email" autocomplete="email"></p>'
    back = f'<p><a href="{escape(session["cancel_url"])}">Back to the shop</a></p>' if session["cancel_url"] else ""
    inside = (
        f'{alert}<table><caption>Your order</caption><thead><tr><th scope="col">Item</th><th scope="col">Quantity</th><th scope="col">Amount</th></tr></thead>'
        f"<tbody>{rows}</tbody></table><p>Total: <strong>{total}</strong></p>"
        f'<form method="post">{field}<p><button name="action" value="pay">Pay {total}</button></p>'
        '<p><button name="action" value="decline">Pay with a card that is declined</button></p>'
        '<p><button name="action" value="later">Pay by bank debit, confirmed later</button></p></form>'
        f"{back}<p>A stand-in for Stripe's page, for tests. No money moves.</p>"
    )
    return _page(f"Pay {spelled(session['amount_total'], currency)}", inside, status=402 if refusal else 200)


# ── onboarding ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _onboarding(world: World, token: str) -> Page:
    """Following a link twice, or too late, leads to the refresh address."""
    link = accounts.opened(world, token)
    if link is None:
        known = world.objects.get(token)
        if known is None or known["object"] != "_link":
            return _page("Something went wrong", "<p>This link is not known.</p>", status=404)
        return _moved(known["refresh_url"])
    account = world.objects[link["account"]]
    inside = (
        f"<p>{escape(account['email'] or account['id'])}</p>"
        f'<form method="post" action="/setup/{token}/submit"><p><label for="name">Business name</label> <input id="name" name="name" value="A shop"></p>'
        '<p><button name="action" value="submit">Submit</button></p>'
        '<p><button name="action" value="leave">Save for later</button></p></form>'
        "<p>A stand-in for Stripe's page, for tests.</p>"
    )
    return _page("Tell us about your business", inside)


def _onboarded(world: World, token: str, form: dict[str, str]) -> Page:
    link = world.objects.get(token)
    if link is None or link["object"] != "_link" or not link["is_used"]:
        return _page("Something went wrong", "<p>This link is not known.</p>", status=404)
    if form.get("action") == "submit":
        accounts.onboard(world, world.get(link["account"], "account"))
    return _moved(link["return_url"])
