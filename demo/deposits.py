"""What the demo's shops have deposited: most of them all of it, one too little, one with a deduction that it objects to, one with a transfer
that waits for a second person."""

from __future__ import annotations

from uuid import UUID

from demo.catalogue import key_of
from demo.steps import merchant_of, owner_of
from marketplace.flows.approvals import ask_for
from marketplace.kernel.actors import Actor
from marketplace.kernel.money import Money
from marketplace.platform.deposits.actions import (
    MOVE_DEPOSIT,
    move_deposit,
    object_to_deduction,
    set_deposit_account,
    set_deposit_rule,
    settle_deposit,
)
from marketplace.platform.deposits.models import DepositRule
from marketplace.platform.deposits.queries import deposit_of, reference_of
from marketplace.platform.taxonomy.models import Category
from tenants.accounts.models import User
from tenants.tenancy.models import Market, Merchant

EVERYBODY, OF_FOOD = 2000, 10_000  # whole units of the market's currency
PAID = ("kiln", "trail", "mono", "linden", "pagebreak", "selvedge")  # larder and pebble have not, or not all
PAY_TO = {
    "zh-hans": "户名：万商市场运营有限公司\n开户行：演示银行 杭州分行\n账号：6222 0000 0000 2026",
    "en": "Wanshang Market Operations Ltd\nDemo Bank, Hangzhou\n6222 0000 0000 2026",
}
BREACH = "两张订单超过承诺时间五天才发货，按运营标准第一条扣款。"
OBJECTION = "那两天快递停收，公告附在订单留言里，请核实。"


def leave_deposits(by: Actor) -> None:
    """Once, after the shops have opened."""
    if DepositRule.objects.exists():
        return
    currency = Market.objects.get().currency
    set_deposit_account(by=by, pay_to=PAY_TO, why="开市")
    for target, amount in ((("", None, None), EVERYBODY), (("", Category.objects.get(code="food").pk, None), OF_FOOD)):
        set_deposit_rule(by=by, target=target, amount_minor=_minor(amount, currency), why="招商规则第三条")
    for merchant in Merchant.objects.order_by("ordinal"):
        settle_deposit(by=by, merchant_id=merchant.pk)
        asked = deposit_of(merchant.pk).required
        if merchant.slug in PAID and asked:
            _received(by, merchant, asked, "入驻时缴纳")
    larder = Merchant.objects.get(pk=merchant_of("larder"))
    _received(by, larder, Money(_minor(EVERYBODY, currency), currency), "入驻时缴纳")
    taken = move_deposit(
        by=by, move_id=key_of("kiln", "deduction"), merchant_id=merchant_of("kiln"), kind="deducted", amount=Money(_minor(200, currency), currency),
        reference="运营标准 1", why=BREACH,
    )  # fmt: skip
    object_to_deduction(by=owner_of("kiln"), move=taken, text=OBJECTION)
    cashier = User.objects.get(email="cashier@market.localhost")
    order = {"merchant_id": str(larder.pk), "what": "received", "minor": _minor(8000, currency), "reference": "T20261126-0417", "undoes": "", "evidence": ""}
    ask_for(
        by=Actor(kind="person", user_id=cashier.pk, label=cashier.email),
        kind=MOVE_DEPOSIT,
        request_id=key_of("larder", "deposit"),
        order=order,
        why="补缴食品类目保证金，已到账",
    )


def _received(by: Actor, merchant: Merchant, amount: Money, why: str) -> None:
    key: UUID = key_of(merchant.slug, "deposited")
    move_deposit(by=by, move_id=key, merchant_id=merchant.pk, kind="received", amount=amount, reference=f"{reference_of(merchant)} 转账", why=why)


def _minor(whole: int, currency: str) -> int:
    return Money.parse(str(whole), currency).minor
