"""Contracts where they meet the rest of the market: what a shop waits for before it opens, what stands in a contract, and when nothing new is sold."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.formats import format_share
from marketplace.platform.ledger.errors import NoCommissionRule
from marketplace.platform.ledger.queries import commission_rates
from marketplace.platform.taxonomy.models import Category
from tenants.contracts.models import Contract
from tenants.contracts.placeholders import Facts, Placeholder
from tenants.contracts.queries import contract_of, is_without, template_for
from tenants.contracts.signing import end_contract
from tenants.onboarding.errors import NothingNewMeanwhile
from tenants.onboarding.market_rules import overdue_rules
from tenants.onboarding.models import Application
from tenants.onboarding.opening import Lack
from tenants.tenancy.models import Merchant


def contract_is_lacking(application: Application) -> Lack | None:
    """Where a template is published, a shop opens with a contract that both have signed."""
    merchant = application.merchant
    if merchant is None or template_for(merchant) is None:
        return None
    found = contract_of(merchant)
    if found is None:
        return Lack("contract", _("Sign the contract"), _("Read it on screen and sign with your name."), f"/sell/applications/{application.number}/contract/")
    if found.status == Contract.Status.SIGNED:
        return Lack("contract", _("The market signs the contract"), _("You have signed it. You are told by mail."))
    return None


def check_may_list(merchant_id: UUID) -> None:
    """Nothing new goes on sale while rules are not accepted whose day has passed, or after the contract has ended. Raises NothingNewMeanwhile."""
    if rules := overdue_rules(merchant_id):
        what = _(", ").join(str(row.get_kind_display()) for row in rules)
        raise NothingNewMeanwhile(
            why=_("a newer version of the market's rules is not accepted ({what}). The owner accepts it under “Market rules”.").format(what=what)
        )
    if is_without(Merchant.objects.get(pk=merchant_id)):
        raise NothingNewMeanwhile(why=_("the shop's contract has ended. The owner signs the next one under “Contract”."))


def end_when_due(event: DeadlineReached) -> None:
    """Reaction to the deadline `contract.ends`."""
    end_contract(by=SYSTEM, contract_id=event.subject_id)


# ── What only these parts know, as a contract states it ──────────────────────────────────────────────────────────────


def _categories(merchant_id: UUID) -> list[Category]:
    paths = Application.objects.filter(merchant_id=merchant_id).values_list("sells", flat=True).first() or []
    return list(Category.objects.filter(pk__in=[path[-1] for path in paths if path]).order_by("position", "pk"))


def _commission(facts: Facts) -> str:
    """One share, or one a category."""
    try:
        rates = commission_rates()
    except NoCommissionRule:
        return _("the rate in force")
    found = {category.name: rates.rate(facts.merchant.pk, list(category.path) or [category.pk]) for category in _categories(facts.merchant.pk)}
    if len(set(found.values())) <= 1:
        return format_share(next(iter(found.values()), rates.rate(facts.merchant.pk, [])))
    return _(", ").join(f"{name} {format_share(rate)}" for name, rate in found.items())


def _sells(facts: Facts) -> str:
    return _(", ").join(category.name for category in _categories(facts.merchant.pk)) or _("as agreed with the market")


PLACEHOLDERS = [
    Placeholder("commission", _lazy("Commission, as it is in force"), "5%", _commission),
    Placeholder("sells", _lazy("Categories the shop will sell"), _lazy("Home, Food"), _sells),
]
