"""What takes two people about packages: every price, and every fee that a person books."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.kinds import Kind, Order, Plan
from marketplace.flows.rent import BOOK_FEE, book_fee, check_booking
from marketplace.kernel.actors import Actor
from marketplace.kernel.money import Money
from tenants.access.rights import Right
from tenants.packages.actions import (
    SET_PRICE,
    check_extra,
    check_names,
    check_own_price,
    check_version,
    publish_version,
    put_extra,
    set_own_price,
)
from tenants.packages.models import Extra, FeeCharge, ServicePackage
from tenants.packages.queries import newest_version, price_for, today
from tenants.tenancy.models import Market

VERSION, OWN, EXTRA = "version", "own", "extra"


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _plan_price(order: Order) -> Plan:
    """A version of a package, a price for one merchant, or an add-on or service: which, says `what`."""
    plan = {VERSION: _plan_version, OWN: _plan_own, EXTRA: _plan_extra}
    return plan[order["what"]](order)


def _plan_version(order: Order) -> Plan:
    day = _day(order["existing_from"]) or today()
    limits = check_version(code=order["code"], monthly_minor=order["minor"], limits=order["limits"], existing_from=day, is_default=order["is_default"])
    package = ServicePackage.objects.filter(code=order["code"]).first()
    former = newest_version(package) if package else None
    kept = {
        "what": VERSION,
        "code": order["code"],
        "minor": order["minor"],
        "names": check_names(order["names"]),
        "texts": order["texts"],
        "limits": limits,
        "existing_from": day.isoformat(),
        "is_default": bool(order["is_default"]),
    }
    before = {"minor": former.monthly_minor, "limits": former.limits, "number": former.number} if former else {"minor": None, "limits": {}, "number": 0}
    return Plan(kept, "package", order["code"], before, {"minor": order["minor"], "limits": limits, "existing_from": day.isoformat()})


def _plan_own(order: Order) -> Plan:
    merchant_id, package_id = UUID(order["merchant_id"]), UUID(order["package_id"])
    start, end = _day(order["from"]) or today(), _day(order["until"])
    check_own_price(merchant_id, package_id, order["minor"], start, end)
    version = newest_version(ServicePackage.objects.get(pk=package_id))
    before = {"minor": price_for(merchant_id, version, start).minor if version else None}
    kept = {
        **{name: order[name] for name in ("what", "merchant_id", "package_id", "minor")},
        "from": start.isoformat(),
        "until": end.isoformat() if end else "",
    }
    after = {"minor": order["minor"], "from": kept["from"], "until": kept["until"]}
    return Plan(kept, "own_price", f"{merchant_id}:{package_id}", before, after, merchant_id)


def _plan_extra(order: Order) -> Plan:
    adds = check_extra(order["code"], order["kind"], order["adds"], order["minor"])
    former = Extra.objects.filter(code=order["code"], is_offered=True).first()
    kept = {**{name: order[name] for name in ("what", "code", "kind", "minor", "texts")}, "names": check_names(order["names"]), "adds": adds}
    before = {"minor": former.price_minor, "adds": former.adds} if former else {"minor": None, "adds": {}}
    return Plan(kept, "extra", order["code"], before, {"minor": order["minor"], "adds": adds})


def _set_price(by: Actor, order: Order, key: UUID, why: str) -> dict[str, Any]:
    if order["what"] == VERSION:
        publish_version(
            by=by,
            code=order["code"],
            names=order["names"],
            texts=order["texts"],
            monthly_minor=order["minor"],
            limits=order["limits"],
            existing_from=date.fromisoformat(order["existing_from"]),
            is_default=order["is_default"],
            why=why,
        )
    elif order["what"] == OWN:
        set_own_price(
            by=by,
            merchant_id=UUID(order["merchant_id"]),
            package_id=UUID(order["package_id"]),
            monthly_minor=order["minor"],
            from_day=date.fromisoformat(order["from"]),
            until_day=_day(order["until"]),
            why=why,
        )
    else:
        price = Money(order["minor"], Market.objects.get().currency)
        put_extra(by=by, code=order["code"], kind=order["kind"], names=order["names"], texts=order["texts"], adds=order["adds"], price=price, why=why)
    return {}


def _plan_fee(order: Order) -> Plan:
    merchant_id = UUID(order["merchant_id"])
    waives = FeeCharge.objects.filter(number=order["waives"], merchant_id=merchant_id).first() if order["waives"] else None
    amount = waives.amount if waives else Money(order["minor"], Market.objects.get().currency)
    check_booking(merchant_id, order["kind"], amount, waives)
    kept = {
        "merchant_id": str(merchant_id),
        "kind": order["kind"],
        "minor": amount.minor,
        "names": waives.names if waives else check_names(order["names"]),
        "waives": waives.number if waives else "",
    }
    about = f"{merchant_id}:{kept['waives'] or order['kind']}"
    return Plan(kept, "fee", about, {"charged": amount.minor if waives else 0}, {"charged": 0 if waives else amount.minor}, merchant_id, amount)


def _book_fee(by: Actor, order: Order, key: UUID, why: str) -> dict[str, Any]:
    merchant_id = UUID(order["merchant_id"])
    waives = FeeCharge.objects.filter(number=order["waives"], merchant_id=merchant_id).first() if order["waives"] else None
    row = book_fee(
        by=by,
        key=key,
        merchant_id=merchant_id,
        kind=order["kind"],
        names=order["names"],
        amount=Money(order["minor"], Market.objects.get().currency),
        why=why,
        waives_id=waives.pk if waives else None,
    )
    return {"fee": row.number}


KINDS_OF_PACKAGES = (
    Kind(
        SET_PRICE,
        _lazy("Change a price of packages"),
        Right.MANAGE_MARKET,
        Right.APPROVE_RATES,
        _plan_price,
        _set_price,
        outcome=_lazy("It can be chosen at once. Shops that have the package get it from the day that is named, and are told."),
    ),
    Kind(
        BOOK_FEE,
        _lazy("Book a fee"),
        Right.PAY_OUT,
        Right.APPROVE_PAYOUTS,
        _plan_fee,
        _book_fee,
        outcome=_lazy("It is booked to what the shop is owed, and stands on its next statement."),
    ),
)
