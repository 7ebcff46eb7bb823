"""What the design page shows its components with: things that are nowhere stored."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.inputs import DayInput
from marketplace.merchant.aftersales.states import ReturnStatus
from marketplace.platform.listings.models import Listing
from tenants.tenancy.models import Merchant


class Sample:
    NUMBER = "260914-000218-1"
    TITLES = {"zh-hans": "晨雾粗陶马克杯，手工拉坯，釉从杯口流到杯腰自然停住", "en": "Morning Mist stoneware mug, thrown by hand, glazed down to the waist"}
    SHOP = {"zh-hans": "山岚陶作", "en": "Kiln"}


@dataclass(frozen=True)
class OrderSample:
    """What the label of an order is read from."""

    status: str
    payment_status: str = "paid"
    fulfilment_status: str = "none"
    open_returns: int = 0


@dataclass(frozen=True)
class ReturnSample:
    status: str


ORDERS = (
    OrderSample("awaiting_payment", "unpaid"),
    OrderSample("on_hold"),
    OrderSample("confirmed"),
    OrderSample("confirmed", fulfilment_status="part_shipped"),
    OrderSample("confirmed", fulfilment_status="shipped"),
    OrderSample("confirmed", fulfilment_status="delivered"),
    OrderSample("confirmed", fulfilment_status="to_hand_out"),
    OrderSample("confirmed", fulfilment_status="to_redeem"),
    OrderSample("completed", fulfilment_status="delivered"),
    OrderSample("completed", fulfilment_status="delivered", open_returns=1),
    OrderSample("completed", "refunded"),
    OrderSample("cancelled", "unpaid"),
)
RETURNS = tuple(ReturnSample(status) for status in ReturnStatus.values)


def listings(currency: str) -> list[Listing]:
    """One that is rated and has a range of prices, one that is sold out, one nobody has rated, one that is reduced."""
    shop = Merchant(id=UUID(int=0), slug="kiln", names=Sample.SHOP)
    made = {"merchant": shop, "titles": Sample.TITLES, "currency": currency, "price_minor": 11_850}
    return [
        Listing(id=UUID(int=1), price_to_minor=13_800, rating_sum=233, rating_count=49, sold=1_234, **made),
        Listing(id=UUID(int=2), price_to_minor=11_850, rating_sum=14, rating_count=3, in_stock=False, **made),
        Listing(id=UUID(int=3), price_to_minor=11_850, **made),
        Listing(id=UUID(int=4), price_to_minor=13_800, lowest_minor=14_800, saved_percent=19, rating_sum=14, rating_count=3, sold=87, **made),
    ]


class FieldsForm(forms.Form):
    """Every kind of field that our pages have."""

    name = forms.CharField(label=_("Name"), help_text=_("A hint says what is wanted before anything is wrong."))
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 2}), required=False)
    carrier = forms.ChoiceField(label=_("Carrier"), choices=[("sf", "SF Express"), ("jd", "JD Logistics")])
    since = forms.DateField(label=_("Since"), widget=DayInput(), required=False)
    file = forms.FileField(label=_("Picture"), required=False)
    agree = forms.BooleanField(label=_("Remember me"), required=False)
    kept = forms.CharField(label=_("Order"), disabled=True, required=False)


def refused_form() -> FieldsForm:
    """The same, sent empty."""
    form = FieldsForm({}, prefix="refused")
    for field in form.fields.values():
        field.help_text = ""  # the error stands in its place
    form.is_valid()
    return form
