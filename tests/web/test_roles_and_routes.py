"""Every role that comes with the market against every route of its back office: what its rights do not cover is refused with the right that is
missing and whom to ask, what they cover opens, and the menu names nothing else."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.kernel.actors import SYSTEM
from marketplace.web.operator.menu import ENTRIES as OF_CONSOLE
from marketplace.web.seller.menu import ENTRIES as OF_WORKBENCH
from tenants.access.roles import MARKET_ROLES, MERCHANT_ROLES
from tenants.access.rules import all_routes
from tenants.accounts.actions import give_role
from tests import factories as make
from tests.architecture.test_back_office_writes import HOSTS
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
KINDS = {"workbench": (MERCHANT_ROLES, MERCHANTS["a"], OF_WORKBENCH), "console": (MARKET_ROLES, None, OF_CONSOLE)}
EVERY = [(kind, role) for kind, (roles, _place, _menu) in KINDS.items() for role in roles]
COVER_ALL = ("owner", "operator")
A_VALUE = {"uuid": str(uuid4()), "int": "1", "str": "X", "slug": "x", "path": "x"}

WAYS = pytest.mark.parametrize("is_whole", [pytest.param(False, id="in turns"), pytest.param(True, id="whole", marks=pytest.mark.long)])


def is_turn(kind: str, role: str, n: int) -> bool:
    """Whether the role is one of the fourth of all that the short form asks about the n-th thing."""
    return (list(KINDS[kind][0]).index(role) + n) % 4 == 0


def client_of(kind: str, *roles: str) -> Client:
    user, place = make.a_buyer(), KINDS[kind][1]
    for role in roles:
        give_role(by=SYSTEM, user_id=user.pk, role=role, merchant_id=place)
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def ours(kind: str) -> list[tuple[str, Any]]:
    """(address about nothing in particular, view) of our own routes behind a right."""
    found = []
    for pattern, route, _name in all_routes(kind):
        view = route.callback
        if hasattr(view, "methods") and view.rule.right is not None:
            found.append(("/" + re.sub(r"<(\w+):\w+>", lambda part: A_VALUE[part[1]], pattern), view))
    return found


@WAYS
@pytest.mark.parametrize(("kind", "role"), EVERY)
def test_what_a_role_does_not_cover_is_refused_and_what_it_covers_is_not(kind, role, is_whole):
    """The short form asks each route as every fourth role and as those that cover all; the long one asks all as all, and opens what is covered."""
    rights, client, refused = KINDS[kind][0][role], client_of(kind, role), 0
    for n, (path, view) in enumerate(ours(kind)):
        if not (is_whole or role in COVER_ALL or is_turn(kind, role, n)):
            continue
        needed = {"GET": view.rule.right, "POST": view.rule.change or view.rule.right}
        for method in set(view.methods) & set(needed):
            is_covered = {view.rule.right, needed[method]} <= rights
            if is_covered and (method == "POST" or "X" in path or A_VALUE["uuid"] in path or not (is_whole or role in COVER_ALL)):
                continue  # what it does with real things is for other tests
            answer = getattr(client, method.lower())(path, headers={"host": HOSTS[kind], "accept": "application/json", "accept-language": "en"})
            assert (answer.status_code == 403) is not is_covered, f"{role} {method} {path}: {answer.status_code}"
            if not is_covered:
                refused += 1
                lacks = view.rule.right if view.rule.right not in rights else needed[method]
                with translation.override("en"):
                    assert answer.json()["code"] == "right_missing" and _(lacks.label) in answer.json()["message"], path
                assert ("Owner A" if kind == "workbench" else "Ops") in answer.json()["message"]
    assert (refused == 0) is (role in COVER_ALL)


@WAYS
@pytest.mark.parametrize(("kind", "role"), EVERY)
def test_the_menu_names_what_the_role_covers_and_nothing_else(kind, role, is_whole):
    rights, _place, entries = KINDS[kind][0][role], *KINDS[kind][1:]
    client = client_of(kind, role)
    page = client.get("/", headers={"host": HOSTS[kind]})
    assert page.status_code == 200
    shown = [entry.route for entry in page.context["menu"]]
    assert shown == [entry.route for entry in entries if entry.right is None or entry.right in rights]
    for n, entry in enumerate(page.context["menu"] if role not in COVER_ALL else ()):  # those open all pages above
        assert not (is_whole or is_turn(kind, role, n)) or client.get(entry.href, headers={"host": HOSTS[kind]}).status_code in (200, 302), entry.route


@pytest.mark.parametrize("kind", KINDS)
def test_who_works_here_without_a_role_sees_the_first_page_and_what_roles_allow(kind):
    from tenants.accounts.models import Membership

    user = make.a_buyer()
    place: UUID | None = KINDS[kind][1]
    Membership.objects.create(user=user, merchant_id=place)
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    page = client.get("/", headers={"host": HOSTS[kind]})
    assert [entry.route for entry in page.context["menu"]] == ["overview", "jobs"] and not page.context["todos"]
    assert client.get("/staff/roles/", headers={"host": HOSTS[kind]}).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_rights_of_two_roles_add_up(kind):
    first, second = ("dispatcher", "bookkeeper") if kind == "workbench" else ("auditor", "market_pages")
    client = client_of(kind, first, second)
    shown = {entry.route for entry in client.get("/", headers={"host": HOSTS[kind]}).context["menu"]}
    assert {"orders", "statements"} <= shown if kind == "workbench" else {"log", "decorate"} <= shown
