"""allauth, told our ways."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from tenants.access.actors import address_of_client
from tenants.accounts.letters import write_letter
from tenants.tenancy.hosts import market_url
from tenants.tenancy.models import Domain


class Adapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Consumers register at the market; nobody registers at the console."""
        return bool(request.domain.kind == Domain.Kind.MARKET)  # type: ignore[attr-defined]

    def get_client_ip(self, request: HttpRequest) -> str:
        """As everywhere: behind a proxy allauth would count all callers as one."""
        return address_of_client(request) or "unknown"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the language of the page, and sent later: nobody waits for a mail server, and none that is away loses a letter."""
        known = {"request": self.request, "email": email, "market": self.request.market, "market_url": market_url("")}
        letter = self.render_mail(template_prefix, email, {**known, **context})
        write_letter(email=email, subject=str(letter.subject), text=str(letter.body))

    def is_safe_url(self, url: str) -> bool:
        return url_has_allowed_host_and_scheme(url, allowed_hosts={self.request.get_host()})

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        user = super().save_user(request, user, form, commit=False)
        user.language = request.LANGUAGE_CODE  # type: ignore[attr-defined]
        if commit:
            user.save()
        return user
