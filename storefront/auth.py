"""Sign-in, registration, passwords (allauth's views with our addresses and rules), and the hand-over to other hosts."""

from __future__ import annotations

from urllib.parse import urlsplit

from allauth.account import views as account
from django.conf import settings
from django.contrib import messages
from django.db.transaction import atomic
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, register_converter
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from tenants.access.actors import actor_of, person_of
from tenants.access.rules import anyone, foreign_route, route, signed_in
from tenants.accounts.handover import accept_hand_over, issue_hand_over
from tenants.accounts.letters import ask_to_confirm


def hand_over(request: HttpRequest) -> HttpResponse:
    """On the market's host: send the sign-in on to the host that asked for it."""
    asked = request.GET
    target = issue_hand_over(
        by=actor_of(request),
        user=person_of(request),
        host=asked.get("host", ""),
        path=asked.get("path", "/"),
        state=asked.get("state", ""),
        origin_session=request.session.session_key or "",
    )
    return lead_on(request, target)


def lead_on(request: HttpRequest, target: str) -> HttpResponse:
    """To a host below the market's at once; to a shop's own domain by a page that goes on by itself: a browser follows the answer to a form
    (the sign-in before this) only where `form-action` lets it, and own domains do not stand there."""
    host = urlsplit(target).hostname or ""
    if host == settings.BASE_HOST or host.endswith(f".{settings.BASE_HOST}"):
        return HttpResponseRedirect(target)
    response = render(request, "account/lead_on.html", {"target": target, "host": host})
    response.headers["Refresh"], response.headers["Cache-Control"] = f"0; url={target}", "no-store"
    return response


def accept(request: HttpRequest) -> HttpResponse:
    """On a shop's or workbench's host: sign in with the token, once."""
    return HttpResponseRedirect(accept_hand_over(by=actor_of(request), request=request, token=request.GET.get("token", "")))


def confirm_again(request: HttpRequest) -> HttpResponse:
    """The letter that asks to confirm one's address, once more."""
    if ask_to_confirm(by=actor_of(request), request=request):
        messages.success(request, _("The letter is on its way to {email}.").format(email=person_of(request).email))
    target = request.POST.get("next", "/account/")
    return HttpResponseRedirect(target if url_has_allowed_host_and_scheme(target, allowed_hosts=None) else "/account/")


class Letters:
    """Letters and digits: where a hyphen parts two values of an address."""

    regex = "[0-9A-Za-z]+"
    to_python = to_url = staticmethod(str)


register_converter(Letters, "letters")


# Views that change a person are atomic: the row of the log (tenants/accounts/noting.py) comes and goes with the change.


def password_routes() -> list[URLPattern]:
    return [
        foreign_route("password/forgotten/", account.password_reset, may=anyone(), name="account_reset_password", limit="sign_in"),
        foreign_route("password/forgotten/sent/", account.password_reset_done, may=anyone(), name="account_reset_password_done"),
        foreign_route(
            "password/new/<letters:uidb36>-<slug:key>/",
            atomic(account.password_reset_from_key),
            may=anyone(),
            name="account_reset_password_from_key",
            limit="sign_in",
        ),
        foreign_route("password/new/done/", account.password_reset_from_key_done, may=anyone(), name="account_reset_password_from_key_done"),
        foreign_route("password/change/", atomic(account.password_change), may=signed_in(), name="account_change_password"),
        foreign_route("password/set/", atomic(account.password_set), may=signed_in(), name="account_set_password"),
        foreign_route("sign-in/again/", account.reauthenticate, may=signed_in(), name="account_reauthenticate", limit="sign_in"),
    ]


def sign_in_routes() -> list[URLPattern]:
    """For the hosts people sign in on: the market's and the console's."""
    return [
        foreign_route("sign-in/", account.login, may=anyone(), name="account_login", limit="sign_in"),
        foreign_route("sign-out/", account.logout, may=anyone(), name="account_logout"),
        foreign_route("sign-in/closed/", account.account_inactive, may=anyone(), name="account_inactive"),
        *password_routes(),
    ]


def registration_routes() -> list[URLPattern]:
    return [
        foreign_route("register/", atomic(account.signup), may=anyone(), name="account_signup", limit="register"),
        foreign_route("email/confirm/<str:key>/", atomic(account.confirm_email), may=anyone(), name="account_confirm_email"),
        route("email/again/", confirm_again, may=signed_in(), name="confirm-again", methods="POST", limit="register"),
        foreign_route("email/sent/", account.email_verification_sent, may=anyone(), name="account_email_verification_sent"),
    ]


def hand_over_routes() -> list[URLPattern]:
    """For the hosts that receive a sign-in."""
    return [
        route("hand-over/accept/", accept, may=anyone(), name="hand-over-accept", limit="hand_over"),
        foreign_route("sign-out/", account.logout, may=anyone(), name="account_logout"),
    ]
