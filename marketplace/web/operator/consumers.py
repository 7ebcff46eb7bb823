"""Consumers: everybody who can sign in at the market, whether or not they have bought yet."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from uuid import UUID

import django_filters
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.masks import masked_email
from marketplace.kernel.phones import parse_phone
from marketplace.platform.checkout.models import OrderCopy, OrderGroup
from marketplace.platform.members.models import Address, Profile
from marketplace.web.lists.filters import Since, Until
from marketplace.web.lists.pages import Column, ListPage, Teach
from tenants.access.rights import Right
from tenants.accounts.models import Closure, Membership, User
from tenants.accounts.sign_ins import last_sign_ins

NUMBER = re.compile(r"\d{6}-[\d-]{1,20}\Z")
LEAST_DIGITS_OF_A_PHONE = 7
YES_NO = [("yes", _("Yes")), ("no", _("No"))]
MANY = 99  # from here on orders are not counted


class ConsumerFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(
        method="standing",
        choices=[("open", pgettext_lazy("accounts", "Open")), *Closure.Kind.choices],
    )
    orders = django_filters.ChoiceFilter(method="has_orders", choices=YES_NO, label=_("Has ordered"), empty_label=_("All"))
    works = django_filters.ChoiceFilter(method="works_somewhere", choices=YES_NO, label=_("Staff"), empty_label=_("All"))
    since, until = Since("joined_at"), Until("joined_at")

    def search(self, queryset: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        """By the beginning of name or mail, the whole phone, or the beginning of an order's number; each is in an index of its own."""
        text = value.strip()
        if NUMBER.match(text):
            groups = OrderGroup.objects.filter(number__startswith=text).values("buyer_id")
            return queryset.filter(Q(pk__in=groups) | Q(pk__in=OrderCopy.objects.filter(number__startswith=text).values("buyer_id")))
        digits = re.sub(r"[\s+()-]", "", text)
        if digits.isdigit() and len(digits) >= LEAST_DIGITS_OF_A_PHONE and (phone := _phone(text)):
            with_it = Profile.objects.filter(phone=phone).values("user_id")
            return queryset.filter(Q(pk__in=with_it) | Q(pk__in=Address.objects.filter(phone=phone).values("user_id")))
        names = Q(name__startswith=text) | Q(name__startswith=text.capitalize()) | Q(name__startswith=text.title())
        mails = Q(email__startswith=text) | Q(email__startswith=text.lower())
        return queryset.filter(names | mails | Q(pk=text if len(text) == 36 and _is_key(text) else None))

    def standing(self, queryset: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        return queryset.filter(is_active=True) if value == "open" else queryset.filter(closure__kind=value)

    def has_orders(self, queryset: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        ordered = Exists(OrderCopy.objects.filter(buyer_id=OuterRef("pk")))
        return queryset.filter(ordered if value == "yes" else ~ordered)

    def works_somewhere(self, queryset: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        works = Exists(Membership.objects.filter(user_id=OuterRef("pk"), is_active=True))
        return queryset.filter(works if value == "yes" else ~works)


def _phone(text: str) -> str:
    try:
        return parse_phone(text, "CN")
    except InvalidInput:
        return ""


def _is_key(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text.lower()))


def dress(request: HttpRequest, rows: list[Any]) -> None:
    """Closures, orders, work and the last sign-in of the people of a page, one question each."""
    keys = [row.pk for row in rows]
    closures = Closure.objects.in_bulk(keys)
    orders = _orders(keys)
    works = set(Membership.objects.filter(user_id__in=keys, is_active=True).values_list("user_id", flat=True))
    seen = last_sign_ins(keys)
    for row in rows:
        row.shut = closures.get(row.pk)
        row.masked = masked_email(row.email)
        row.orders, row.newest = orders.get(row.pk, (0, None))
        row.orders_shown = f"{MANY}+" if row.orders > MANY else str(row.orders)
        row.works = row.pk in works
        row.seen = seen.get(row.pk)


def _orders(keys: list[UUID]) -> dict[UUID, tuple[int, datetime]]:
    """How many orders each has, up to a hundred, and when the latest was."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person, count(*), max(placed_at) FROM unnest(%s::uuid[]) AS person, LATERAL (SELECT placed_at FROM platform_checkout_ordercopy"
            " WHERE buyer_id = person ORDER BY placed_at DESC LIMIT %s) AS latest GROUP BY person",
            [keys, MANY + 1],
        )
        return {person: (count, newest) for person, count, newest in cursor.fetchall()}


def _exported(row: Any) -> list[tuple[object, ...]]:
    state = row.shut.get_kind_display() if row.shut else pgettext_lazy("accounts", "Open")
    return [(row.name, row.email, state, row.orders_shown, row.newest, row.joined_at, row.seen.at if row.seen else None, row.language)]


consumers = ListPage(
    title=_("Consumers"),
    name="consumers",
    right=Right.VIEW_CONSUMERS,
    columns=[
        Column(pgettext_lazy("person", "Name"), "name", is_fixed=True),
        Column(_("E-mail"), "email", sort=("email", "pk")),
        Column(_("Status"), "status"),
        Column(_("Orders"), "orders", end=True),
        Column(_("Last sign-in"), "seen", end=True, wide_only=True),
        Column(_("Registered"), "joined", end=True, sort=("joined_at", "pk")),
    ],
    row_template="operator/_consumer_row.html",
    rows=lambda request: User.objects.all(),
    filters=ConsumerFilter,
    order=("-joined_at", "-pk"),
    prepare=dress,
    search_hint=_("Beginning of name or e-mail, phone, order number"),
    empty=_("Nobody has registered yet. Everybody who does will stand here."),
    teach=Teach(_("To the merchants"), "merchants", Right.VIEW_MERCHANTS),
    export_name="consumers",
    export_right=Right.EXPORT_CONSUMERS,
    export_head=[
        pgettext_lazy("person", "Name"),
        _("E-mail"),
        _("Status"),
        _("Orders"),
        _("Latest order"),
        _("Registered"),
        _("Last sign-in"),
        _("Language"),
    ],
    export=_exported,
    base="operator/base.html",
    actions_template="operator/_consumers_actions.html",
)
