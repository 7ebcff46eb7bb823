"""Who may use a route, said beside the route. A route without a rule answers nobody (config/middleware.py).

urlpatterns = [route("orders/", orders, may=staff(Right.VIEW_ORDERS), name="orders")]
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, get_resolver, path, re_path
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError
from tenants.access.rights import Right
from tenants.access.staff import whom_to_ask
from tenants.access.visits import SupportReadsOnly, visit_here
from tenants.access.writes import only_verbs_write
from tenants.accounts.handover import begin
from tenants.accounts.models import Membership
from tenants.tenancy.models import Domain


class NotStaffHere(MarketError):
    code, status = "not_staff_here", 403
    message = _("Your account ({account}) does not work here. Ask an owner to invite you, or sign in with another account.")


class RightMissing(MarketError):
    code, status = "right_missing", 403
    message = _("Your roles here do not include: {right}. Ask {who} to give it to you.")


SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Rule:
    """`audience` is anyone, signed_in, staff (of the host's merchant) or operator (of the market)."""

    audience: str
    right: Right | None = None
    change: Right | None = None  # what a request that changes something needs besides

    def __post_init__(self) -> None:
        scope = {"staff": "merchant", "operator": "market"}.get(self.audience)
        for right in (self.right, self.change):
            if right and right.scope != scope:
                raise ValueError(f"{right} is no right of a {self.audience}")

    def refusal(self, request: HttpRequest) -> HttpResponse | None:
        """None when the request may go on; a redirect to sign-in for somebody unknown. Raises a MarketError for somebody known."""
        if self.audience == "anyone":
            return None
        user = request.user
        if not user.is_authenticated:
            return to_sign_in(request)
        if self.audience == "signed_in":
            return None
        if not works_here(request):
            if (visit := visit_here(request)) is None:
                raise NotStaffHere(account=user.email)
            if request.method not in SAFE and not visit.may_write:
                raise SupportReadsOnly
        needed = [self.right] if request.method in SAFE else [self.right, self.change]
        for right in needed:
            if right and not user.has_perm(right.full_name):
                merchant = getattr(request, "merchant", None)
                raise RightMissing(right=_(right.label), who=whom_to_ask(merchant.pk if merchant else None))
        return None


def anyone() -> Rule:
    return Rule("anyone")


def signed_in() -> Rule:
    """Any person; which rows they get is for access.py of the app to say."""
    return Rule("signed_in")


def staff(right: Right | None = None, *, change: Right | None = None) -> Rule:
    """Somebody who works for the merchant of this host and has the right (None: may only enter)."""
    return Rule("staff", right, change)


def operator(right: Right | None = None) -> Rule:
    """Somebody who works for the operator and has the right (None: may only enter)."""
    return Rule("operator", right)


def route(pattern: str, view: Callable[..., Any], *, may: Rule, name: str, methods: str = "GET", is_regex: bool = False, limit: str = "") -> URLPattern:
    """Django's path() with the rule that guards it, the methods it takes ("GET", "POST" or "GET POST") and how often (a
    group of settings.RATE_LIMITS). The view writes only through verbs."""
    allowed = [*methods.split(), "HEAD"] if "GET" in methods else methods.split()

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method not in allowed:
            return HttpResponseNotAllowed(allowed)
        with only_verbs_write():
            return view(request, *args, **kwargs)

    guarded.rule = may  # type: ignore[attr-defined]
    guarded.methods = allowed  # type: ignore[attr-defined]
    guarded.limit = limit  # type: ignore[attr-defined]
    return (re_path if is_regex else path)(pattern, guarded, name=name)


def foreign_route(pattern: str, view: Callable[..., Any], *, may: Rule, name: str, limit: str = "") -> URLPattern:
    """A view of somebody else's package (allauth): the same rule, but it writes its own tables in its own way."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return view(request, *args, **kwargs)

    guarded.rule = may  # type: ignore[attr-defined]
    guarded.limit = limit  # type: ignore[attr-defined]
    return path(pattern, guarded, name=name)


def works_here(request: HttpRequest) -> bool:
    """Whether the person works for this host's merchant, or for the operator on the market's hosts. Asked once a request."""
    known: bool | None = getattr(request, "_works_here", None)
    if known is None:
        merchant = getattr(request, "merchant", None)
        mine = Membership.objects.filter(user_id=str(request.user.pk), is_active=True, merchant_id=merchant.pk if merchant else None)
        known = request._works_here = mine.exists()  # type: ignore[attr-defined]
    return known


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Where somebody unknown goes: the market's sign-in, the console's own, or, from a merchant's host, a hand-over."""
    target = request.get_full_path() if request.method == "GET" else "/"
    if request.domain.kind in (Domain.Kind.SHOP, Domain.Kind.WORKBENCH):  # type: ignore[attr-defined]
        response: HttpResponse = begin(request, target)
    else:
        response = HttpResponseRedirect(f"/sign-in/?{urlencode({'next': target})}")
    if getattr(request, "htmx", False):
        response.headers["HX-Redirect"] = response.headers["Location"]
        response.status_code = 401
    return response


# Routes of Wagtail, which cannot carry a rule themselves: (kind of host, route name) → rule. Filled by cms/rules.py.
OTHERS: dict[tuple[str, str], Rule] = {}


def rule_of(view: Any, kind: str, view_name: str | None) -> Rule | None:
    """The rule beside the route, or the one declared for a route of somebody else's; None when there is none."""
    found: Rule | None = getattr(view, "rule", None)
    return found or OTHERS.get((kind, view_name or ""))


def all_routes(kind: str) -> Iterator[tuple[str, URLPattern, str]]:
    """Every route of a kind of host: (pattern, route, full name)."""

    def walk(resolver: Any, prefix: str, namespace: str) -> Iterator[tuple[str, URLPattern, str]]:
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
                yield from walk(entry, prefix + str(entry.pattern), inner)
            else:
                yield prefix + str(entry.pattern), entry, f"{namespace}{entry.name}" if entry.name else ""

    yield from walk(get_resolver(settings.HOST_URLCONFS[kind]), "", "")
