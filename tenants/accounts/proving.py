"""That whoever sits at a session is still the person who signed in: a password, asked for again before what would hurt most.

It works on every host: a workbench has a session of its own, carried over from the market's. Wrong ones count as failed sign-ins.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.core import ratelimit
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput, MarketError
from tenants.accounts.models import User
from tenants.tenancy.schemas import public_schema

PROVED_FOR = timedelta(minutes=10)
KEY = "proved_at"


class ProofFailed(MarketError):
    code, status = "proof_failed", 422
    message = _("This is not your password. Nothing was changed; type it again.")
    field = "password"


class ProofMissing(MarketError):
    code, status = "proof_missing", 422
    message = _("Type your password: this is asked again when some minutes have passed since you last did.")
    field = "password"


class TooManyProofs(MarketError):
    code, status = "too_many_proofs", 429
    message = _("Too many wrong passwords. Wait a quarter of an hour, or set a new one at sign-in.")
    field = "password"


def check_own_password(person: User, password: str) -> None:
    """Inside a verb that one person asks for with the password on its form. Raises InvalidInput."""
    if not person.check_password(password):
        raise InvalidInput(field="password", why=gettext("This is not your password. Nothing was changed."))


def is_proved(request: HttpRequest) -> bool:
    """Whether the password was given in this session within the last minutes."""
    try:
        at = datetime.fromisoformat(request.session.get(KEY, ""))
    except ValueError:
        return False
    return timedelta(0) <= clock.now() - at <= PROVED_FOR


def prove(request: HttpRequest, password: str) -> None:
    """Go on if it was proved lately, or if this is the password. Raises ProofMissing, ProofFailed, TooManyProofs."""
    if is_proved(request):
        return
    if not password:
        raise ProofMissing
    person = request.user
    if not isinstance(person, User):
        raise ProofFailed
    with public_schema():  # one count for all hosts
        if not ratelimit.consume(request, action="login_failed", key=person.email.lower()):
            raise TooManyProofs
        if not person.check_password(password):
            raise ProofFailed
        ratelimit.clear(request, action="login_failed", key=person.email.lower())
    request.session[KEY] = clock.now().isoformat()
