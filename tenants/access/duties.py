"""Separation of duties: pairs of rights that one person should not hold together."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenants.access.rights import Right as R


@dataclass(frozen=True)
class Pair:
    """Held together, `why` could happen and nobody would see it. `is_money`: refused for the market's people, not only warned of."""

    first: R
    second: R
    why: str | Promise
    is_money: bool = False

    def is_in(self, rights: Collection[R]) -> bool:
        return self.first in rights and self.second in rights


PAIRS: tuple[Pair, ...] = (
    Pair(R.SETTLE, R.PAY_OUT, _("who works out how much a shop gets would also send it"), is_money=True),
    Pair(R.REVIEW_MERCHANTS, R.PAY_OUT, _("who lets a business in would also pay it"), is_money=True),
    Pair(R.OPEN_MERCHANTS, R.PAY_OUT, _("who opens a shop would also pay it"), is_money=True),
    Pair(R.MANAGE_MARKET, R.PAY_OUT, _("who sets the commission would also pay out what is left of it"), is_money=True),
    Pair(R.MANAGE_MARKET_STAFF, R.PAY_OUT, _("who gives roles would also move money"), is_money=True),
    Pair(R.SETTLE, R.APPROVE_PAYOUTS, _("who works out how much a shop gets would also approve it"), is_money=True),
    Pair(R.PAY_OUT, R.APPROVE_PAYOUTS, _("who sends money would also approve it"), is_money=True),
    Pair(R.MANAGE_MARKET, R.APPROVE_RATES, _("who asks for another rate would also approve it"), is_money=True),
    Pair(R.SANCTION_MERCHANTS, R.APPROVE_SANCTIONS, _("who asks to suspend a shop would also approve it")),
    Pair(R.MANAGE_CONSUMERS, R.APPROVE_CONSUMERS, _("who asks to merge or erase an account would also approve it")),
    Pair(R.OPEN_MERCHANTS, R.REVIEW_PRODUCTS, _("who opens a shop would also approve its goods")),
    Pair(R.OPEN_OWN_SHOPS, R.REVIEW_MERCHANTS, _("who opens a shop of the market's own would also accept its documents")),
    Pair(R.CANCEL_ORDERS, R.HANDLE_RETURNS, _("who gives up an order would also decide what is paid back")),
    Pair(R.HANDLE_RETURNS, R.APPROVE_RETURNS, _("who opens or inspects a return would also approve its money")),
    Pair(R.CANCEL_ORDERS, R.APPROVE_RETURNS, _("who gives up an order would also approve its money")),
    Pair(R.HANDLE_RETURNS, R.MANAGE_PAYOUTS, _("who pays buyers back would also say where the shop's money goes")),
    Pair(R.MANAGE_STAFF, R.MANAGE_PAYOUTS, _("who gives roles would also say where the shop's money goes")),
)


def clashes(rights: Collection[R]) -> list[Pair]:
    """The pairs that these rights hold together, money first."""
    return sorted((pair for pair in PAIRS if pair.is_in(rights)), key=lambda pair: not pair.is_money)
