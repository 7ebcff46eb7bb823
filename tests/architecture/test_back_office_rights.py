"""Every page of a back office asks for a right of its own scope, and every right is asked for somewhere."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission

from marketplace.flows.approval_kinds import KINDS
from marketplace.web.all_lists import LISTS
from tenants.access.rights import Right
from tenants.access.rules import OTHERS, all_routes, operator, rule_of, staff
from tenants.tenancy.schemas import merchant_schema, public_schema
from tests.architecture.test_back_office_writes import HOSTS, our_routes
from tests.databases import MERCHANTS

# Ours, and open to whoever may enter: they show what is one's own, and change nothing but that one has read a notice.
WITHOUT_A_RIGHT = {"overview", "go", "wagtail_serve", "jobs", "job", "job-file", "staff-roles", "inbox", "inbox-read"}


def rules_of(kind: str) -> dict[str, Any]:
    return {name or pattern: rule for pattern, found, name in all_routes(kind) if (rule := rule_of(found.callback, kind, name))}


@pytest.mark.parametrize("kind", HOSTS)
def test_every_page_of_a_back_office_asks_for_a_right_of_its_own_scope(kind):
    scope, audience = ("merchant", "staff") if kind == "workbench" else ("market", "operator")
    ours = {name: view.rule for name, view in our_routes(kind) if view.rule.audience not in ("anyone", "signed_in")}
    assert {name for name, rule in ours.items() if rule.right is None} == WITHOUT_A_RIGHT
    for name, rule in rules_of(kind).items():
        if rule.audience in ("staff", "operator"):
            assert rule.audience == audience, name
        assert all(right in Right and right.scope == scope for right in (rule.right, rule.change) if right), name


def test_a_right_of_the_other_scope_cannot_be_asked_for():
    with pytest.raises(ValueError, match="no right of a staff"):
        staff(Right.SETTLE)
    with pytest.raises(ValueError, match="no right of a operator"):
        operator(Right.SHIP_ORDERS)


def test_every_right_is_asked_for_somewhere_and_can_be_given():
    asked = {right for kind in HOSTS for rule in rules_of(kind).values() for right in (rule.right, rule.change)} | {rule.right for rule in OTHERS.values()}
    asked |= {page.export_right for page in LISTS.values()}  # of taking a list along
    by_verbs = {kind.approve for kind in KINDS.values()}  # which of them, depends on the request
    assert set(Right) - asked <= by_verbs


@pytest.mark.parametrize("scope", ["merchant", "market"])
def test_every_right_is_a_permission_in_the_schema(db, scope):
    with merchant_schema(MERCHANTS["a"]) if scope == "merchant" else public_schema():
        there = set(Permission.objects.filter(content_type__app_label="access").values_list("codename", flat=True))
    assert {right.codename for right in Right if right.scope == scope} <= there
