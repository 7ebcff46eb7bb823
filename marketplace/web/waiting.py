"""How much waits behind the entries of the menu: counted in one question, up to a hundred each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db.models import IntegerField, QuerySet, Value

from marketplace.kernel.formats import format_count
from marketplace.merchant.aftersales.models import Return
from marketplace.merchant.aftersales.states import ReturnStatus
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.orders.models import Order
from marketplace.platform.approvals.queries import waiting as requests_waiting
from marketplace.platform.deposits.models import DepositObjection
from marketplace.platform.listings.models import ProductChange
from marketplace.platform.payments.models import AccountChange, Dispute, RailMovement, Refund
from marketplace.web.seller.orders import SHOWS
from tenants.accounts.models import SupportAccess
from tenants.contracts.models import Contract
from tenants.onboarding.models import Application, Decision, DossierChange, Paper
from tenants.packages.models import ServiceOrder
from tenants.tenancy.schemas import current_merchant_id

MOST_SHOWN = 99


def of_workbench() -> Mapping[str, QuerySet[Any]]:
    """By the name of the entry's route: what waits for the shop whose schema is open."""
    return {
        "support": SupportAccess.objects.filter(merchant_id=current_merchant_id(), status=SupportAccess.Status.ASKED),
        "orders": Order.objects.filter(SHOWS["to_ship"]),
        "returns": Return.objects.filter(status__in=[ReturnStatus.REQUESTED, ReturnStatus.SENT_BACK, ReturnStatus.INSPECTED]),
        "products": Product.objects.filter(review__in=(Product.Review.SENT_BACK, Product.Review.REFUSED)),
    }


def of_console() -> Mapping[str, QuerySet[Any]]:
    return {
        "applications": Application.objects.filter(status=Application.Status.SUBMITTED),
        "dossier-changes": DossierChange.objects.filter(status=DossierChange.Status.WAITING),
        "contracts": Contract.objects.filter(status=Contract.Status.SIGNED),
        "renewals": Paper.objects.filter(merchant__isnull=False, decision=Decision.WAITING),
        "reviews": ProductChange.objects.filter(status=ProductChange.Status.WAITING),
        "refunds": Refund.objects.filter(status=Refund.Status.FAILED),
        "disputes": Dispute.objects.filter(status__in=[Dispute.Status.OPEN, Dispute.Status.INQUIRY]),
        "services": ServiceOrder.objects.filter(status=ServiceOrder.Status.ASKED),
        "deposits": DepositObjection.objects.filter(status=DepositObjection.Status.WAITING),
        "approvals": requests_waiting(),
        "payout-accounts": AccountChange.objects.filter(status=AccountChange.Status.LOOKED_AT),
        "movements": RailMovement.objects.filter(status=RailMovement.Status.UNEXPLAINED),
    }


def counted(waiting: Mapping[str, QuerySet[Any]]) -> dict[str, str]:
    """The number of each as it is shown; what has none is left out."""
    names = list(waiting)
    asked = [rows.order_by().values_list(Value(n, output_field=IntegerField()), flat=True)[: MOST_SHOWN + 1] for n, rows in enumerate(waiting.values())]
    found = Counter(asked[0].union(*asked[1:], all=True) if asked else [])
    return {names[n]: f"{MOST_SHOWN}+" if many > MOST_SHOWN else format_count(many) for n, many in found.items()}
