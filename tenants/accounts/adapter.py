"""allauth, told our ways."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from tenants.access.actors import address_of_client
from tenants.accounts.blocks import check_not_blocked
from tenants.accounts.errors import Blocked
from tenants.accounts.letters import write_letter
from tenants.accounts.models import Closure, User
from tenants.accounts.noting import note_address
from tenants.tenancy.hosts import market_url
from tenants.tenancy.models import Domain


def kind_of_letter(template_prefix: str) -> str:
    """What the log calls it: "account/email/password_reset_key" is a `password_reset_key`."""
    return template_prefix.rpartition("/")[2][:40]


class Adapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Consumers register at the market; nobody registers at the console."""
        return bool(request.domain.kind == Domain.Kind.MARKET)  # type: ignore[attr-defined]

    def clean_email(self, email: str) -> str:
        """Who is kept out does not register."""
        email = str(super().clean_email(email))
        try:
            check_not_blocked(email=email)
        except Blocked as refusal:
            raise ValidationError(str(refusal)) from refusal
        return email

    def get_client_ip(self, request: HttpRequest) -> str:
        """As everywhere: behind a proxy allauth would count all callers as one."""
        return address_of_client(request) or "unknown"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the language of the page, and sent later: nobody waits for a mail server, and none that is away loses a letter."""
        known = {"request": self.request, "email": email, "market": self.request.market, "market_url": market_url("")}
        letter = self.render_mail(template_prefix, email, {**known, **context})
        write_letter(email=email, subject=str(letter.subject), text=str(letter.body), kind=kind_of_letter(template_prefix))

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        """A letter was followed. An address that has become somebody else's changes nothing; the mailbox that is left hears of it."""
        user, before = email_address.user, email_address.user.email
        if User.objects.filter(email__iexact=email_address.email).exclude(pk=user.pk).exists():
            self.add_message(request, messages.ERROR, "account/messages/email_confirmation_failed.txt", {"email": email_address.email})
            return False
        had_row = EmailAddress.objects.filter(user=user).exclude(pk=email_address.pk).exists()
        confirmed = super().confirm_email(request, email_address)
        if confirmed:
            note_address(request, email_address, before)
        if confirmed and not had_row and before.lower() != email_address.email.lower():
            self.send_notification_mail("account/email/email_changed", user, {"from_email": before, "to_email": email_address.email}, email=before)
        return bool(confirmed)

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """Whoever knows the password of a closed account reads why it is closed."""
        closure = Closure.objects.filter(user_id=user.pk).first()
        return render(request, "account/account_inactive.html", {"closure": closure}, status=403)

    def is_safe_url(self, url: str) -> bool:
        return url_has_allowed_host_and_scheme(url, allowed_hosts={self.request.get_host()})

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        user = super().save_user(request, user, form, commit=False)
        user.language = request.LANGUAGE_CODE  # type: ignore[attr-defined]
        if commit:
            user.save()
        return user
