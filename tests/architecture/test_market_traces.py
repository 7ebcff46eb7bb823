"""What buyers, applicants and visitors change can be told from the log like what the back offices do; what leaves nothing there says why it does not."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.conf import settings
from django.http import HttpResponseRedirect
from django.test import Client

from marketplace.kernel import verbs
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.models import AuditEvent, OutboxEvent
from marketplace.merchant.catalogue.models import Product
from tenants.access.rules import all_routes, route, signed_in
from tenants.accounts.actions import ensure_person
from tenants.accounts.models import User
from tenants.accounts.noting import BY_LINK
from tests import factories as make
from tests.architecture.market_forms import FORMS_OF_THE_MARKET, LEAVE_NO_ROW, SHOW_ONLY, Sent
from tests.architecture.test_back_office_traces import complaints, failing_after_the_log
from tests.planting import planted

BUYERS_HOSTS = {"market": "market.localhost", "shop": "kiln.market.localhost"}


def taking_forms(kind: str) -> set[tuple[str, str]]:
    """Every route that takes forms: ours say so, of allauth's all but the pages that only show."""
    found = set()
    for _pattern, entry, name in all_routes(kind):
        methods = getattr(entry.callback, "methods", None)
        if (methods is None and name not in SHOW_ONLY) or "POST" in (methods or ()):
            found.add((kind, name))
    return found


def is_ours(kind: str, name: str) -> bool:
    """Made with route(), so that its view may write by verbs alone."""
    return any(hasattr(entry.callback, "methods") for _pattern, entry, found in all_routes(kind) if found == name.partition(":")[0])


def send_as(kind: str, form: Sent) -> Any:
    client = Client(raise_request_exception=False)
    if form.is_signed_in:
        client.force_login(form.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    headers = {"host": BUYERS_HOSTS[kind]}
    if form.first:
        client.get(form.first, headers=headers)
    return client.post(form.path, form.data, headers=headers)


def went_on(name: str, response: Any) -> bool:
    """It leads on; whoever refuses by the link in a letter reads at once that it is done."""
    return response.status_code == 302 or (name == "notice-refuse" and response.status_code == 200)


def who_sent(form: Sent) -> User:
    """Somebody who registers is there once they have."""
    return form.user if form.user.email else User.objects.get(email=form.data["email"])


def missing(kind: str, name: str, form: Sent) -> list[str]:
    """What the log does not tell of a form that was sent, and that it was not taken, or no verb was called by a view of ours."""
    called = verbs.watch()
    response = send_as(kind, form)
    if not went_on(name, response):
        return [f"{name}: {response.status_code} {re.findall('error.*', response.content.decode())[:5]}"]
    found = [f"{name}: no verb was called"] if is_ours(kind, name) and not called else []
    return [*found, *(f"{name}: {each}" for each in complaints(who_sent(form), form, response))]


@pytest.mark.parametrize("kind", BUYERS_HOSTS)
def test_every_route_that_takes_forms_leaves_a_row_or_says_why_not(kind):
    told = {(of, name.partition(":")[0]) for of, name in FORMS_OF_THE_MARKET if of == kind}
    silent = {each for each in LEAVE_NO_ROW if each[0] == kind}
    assert told | silent == taking_forms(kind) and not told & silent


def test_every_accepted_form_leaves_who_before_after_and_why_and_a_failed_one_nothing(wares: Product):
    found = []
    for (kind, name), fill in FORMS_OF_THE_MARKET.items():
        form = fill(wares)
        before = (AuditEvent.objects.count(), OutboxEvent.objects.count())
        with failing_after_the_log() as written:
            failed = send_as(kind, form)
        if not written or failed.status_code < 500 or before != (AuditEvent.objects.count(), OutboxEvent.objects.count()):
            found.append(f"{name}: {failed.status_code} after a failure behind the log, which keeps {AuditEvent.objects.count() - before[0]} rows")
        found += missing(kind, name, form if "file" not in form.data else fill(wares))  # a file can be read once
    assert not found, "\n".join(found)


def test_a_password_stands_in_no_row(wares: Product):
    names = ("account_signup", "account_change_password", "account_set_password", "account_reset_password_from_key")
    for name in names:
        form = FORMS_OF_THE_MARKET["market", name](wares)
        assert missing("market", name, form) == []
        rows = AuditEvent.objects.filter(actor_id=who_sent(form).pk)
        assert {row.action for row in rows} == {"person.made" if name == "account_signup" else "person.password_changed"}
        assert {row.address for row in rows} == {"127.0.0.1"}
        said = [str(each) for row in rows for each in (row.before, row.after, row.why)]
        secrets = [form.data["password1"], form.data.get("oldpassword", "x" * 20), who_sent(form).password]
        assert not [each for each in said if any(secret in each for secret in secrets)]


def test_the_log_says_whether_a_password_came_by_a_letter_and_an_address_is_new_or_only_confirmed(wares: Product):
    for name, why in (("account_reset_password_from_key", BY_LINK), ("account_change_password", "")):
        form = FORMS_OF_THE_MARKET["market", name](wares)
        send_as("market", form)
        assert AuditEvent.objects.get(actor_id=form.user.pk).why == why
    form = FORMS_OF_THE_MARKET["market", "account_confirm_email"](wares)
    before = form.user.email
    send_as("market", form)
    form.user.refresh_from_db()
    row = AuditEvent.objects.get(actor_id=form.user.pk)
    assert (row.action, row.before, row.after) == ("person.address_changed", {"email": before}, {"email": form.user.email}) and form.user.email != before
    mei = make.a_buyer()
    address = EmailAddress.objects.create(user=mei, email=mei.email, verified=False, primary=True)
    send_as("market", Sent(mei, f"/email/confirm/{EmailConfirmationHMAC(address).key}/", is_signed_in=False))
    row = AuditEvent.objects.get(actor_id=mei.pk)
    assert (row.action, row.before, row.after) == ("person.address_confirmed", {"confirmed": False}, {"confirmed": True})


def test_a_password_that_is_refused_leaves_no_row(wares: Product):
    form = FORMS_OF_THE_MARKET["market", "account_change_password"](wares)
    form.data["oldpassword"] = "not mine"
    assert send_as("market", form).status_code == 200 and not AuditEvent.objects.filter(actor_id=form.user.pk).exists()


# ── The controls ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_form_that_writes_without_a_row_is_found(db):
    """A verb that changes a person, and tells nobody."""

    def silent(request):
        @verbs.verb
        def rename(*, by: Any) -> None:
            User.objects.filter(pk=request.user.pk).update(name="Another")

        rename(by=None)
        return HttpResponseRedirect("/")

    def by_nobody(request):
        ensure_person(by=SYSTEM, email="somebody@example.com")
        return HttpResponseRedirect("/")

    for view in (silent, by_nobody):
        with planted("market", route("planted/", view, may=signed_in(), name="planted", methods="POST")):
            assert ("market", "planted") in taking_forms("market") - {*FORMS_OF_THE_MARKET, *LEAVE_NO_ROW}
            assert missing("market", "planted", Sent(make.a_buyer(), "/planted/")) == ["planted: /planted/: nothing in the log"]
