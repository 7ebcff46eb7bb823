"""What requests for two people would change, in words: the part about deposits and packages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _

from marketplace.kernel.formats import format_money, full_day
from marketplace.kernel.money import Money
from marketplace.kernel.texts import localised
from marketplace.platform.approvals.models import ApprovalRequest
from marketplace.platform.deposits.models import DepositEvidence, DepositMove
from marketplace.platform.taxonomy.models import Category
from tenants.onboarding.models import Application
from tenants.packages.models import FeeCharge, Limit, ServicePackage
from tenants.tenancy.models import Market, Merchant


@dataclass(frozen=True)
class Line:
    """One thing of a request: how it stands, and how it would."""

    label: str
    before: str
    after: str
    hint: str = ""
    href: str = ""  # of what shows it


def amount_or(minor: int | None, currency: str, otherwise: str) -> str:
    return otherwise if minor is None else format_money(Money(minor, currency))


def of_deposit_rule(row: ApprovalRequest) -> list[Line]:
    currency, none = Market.objects.get().currency, _("none of its own")
    label = deposit_target(row.order["kind"], row.order["category_id"], row.merchant)
    return [Line(label, amount_or(row.before["minor"], currency, none), amount_or(row.after["minor"], currency, none))]


def deposit_target(kind: str, category_id: int | None, merchant: Merchant | None) -> str:
    """For whom an amount is."""
    if merchant is not None:
        return str(merchant.name)
    if category_id is not None:
        category = Category.objects.filter(pk=category_id).first()
        return str(category.name) if category else ""
    return str(Application.Kind(kind).label) if kind else _("Every shop")


def of_deposit_move(row: ApprovalRequest) -> list[Line]:
    """What the deposit holds before and after, and what was named as proof."""
    currency = row.currency
    what = str(DepositMove.Kind(row.order["what"]).label)
    lines = [Line(what, amount_or(row.before["held"], currency, ""), amount_or(row.after["held"], currency, ""), row.order["reference"])]
    if row.order["undoes"]:
        lines.append(Line(_("Deduction {number}").format(number=row.order["undoes"]), _("deducted"), _("taken back")))
    if row.order["evidence"] and (evidence := DepositEvidence.objects.filter(pk=row.order["evidence"]).first()):
        lines.append(Line(_("Evidence"), "", evidence.name, href=f"/deposits/evidence/{evidence.pk}/"))
    return lines


def of_deposit_account(row: ApprovalRequest) -> list[Line]:
    """The account in each language in which it changes."""
    none = _("not written down")
    before, after = row.before["pay_to"], row.after["pay_to"]
    languages = [(code, name) for code, name in settings.LANGUAGES if before.get(code) != after.get(code)]
    return [Line(str(name), before.get(code, none), after.get(code, none)) for code, name in languages]


def _day(text: str) -> str:
    """A day as it is kept, as it is read; "" for none."""
    return full_day(date.fromisoformat(text)) if text else ""


def of_package_price(row: ApprovalRequest) -> list[Line]:
    """The price, and, of a version or an add-on, each limit that changes."""
    currency, what = Market.objects.get().currency, row.order["what"]
    if what == "own":
        package = ServicePackage.objects.filter(pk=row.order["package_id"]).first()
        label, hint = package.name if package else "", f"{_day(row.after['from'])} – {_day(row.after['until'])}"
    else:
        label = localised(row.order["names"]).text
        hint = _("shops that have it: from {day} on").format(day=_day(row.after["existing_from"])) if what == "version" else ""
    lines = [Line(label, amount_or(row.before["minor"], currency, _("not offered yet")), amount_or(row.after["minor"], currency, ""), hint)]
    key, nothing = ("limits", _("as many as one likes")) if what == "version" else ("adds", "0")
    for name in Limit:
        before, after = row.before.get(key, {}).get(name), row.after.get(key, {}).get(name)
        if before != after:
            lines.append(Line(str(name.label), nothing if before is None else str(before), nothing if after is None else str(after)))
    return lines


def of_fee(row: ApprovalRequest) -> list[Line]:
    currency = row.currency
    label = f"{FeeCharge.Kind(row.order['kind']).label}: {localised(row.order['names']).text}"
    return [Line(label, amount_or(row.before["charged"], currency, ""), amount_or(row.after["charged"], currency, ""), row.order["waives"])]
