"""Forms of the personal centre."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.platform.delivery.models import Region
from marketplace.platform.delivery.queries import provinces
from marketplace.platform.members.models import Address


class AddressForm(forms.Form):
    """An address as it stands on a parcel. The hidden key makes the same form sent twice one address."""

    address_id = forms.UUIDField(widget=forms.HiddenInput)
    recipient = forms.CharField(label=_("Recipient"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    phone = forms.CharField(label=_("Phone"), max_length=30, widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}))
    region = forms.ChoiceField(label=_("Province"), widget=forms.Select(attrs={"autocomplete": "address-level1"}))
    city = forms.CharField(label=_("City"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "address-level2", "list": "cities"}))
    district = forms.CharField(
        label=_("District"), max_length=60, required=False, widget=forms.TextInput(attrs={"autocomplete": "address-level3", "list": "districts"})
    )
    street = forms.CharField(label=_("Street, house, door"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "address-line1"}))
    postcode = forms.CharField(label=_("Postcode"), max_length=12, required=False, widget=forms.TextInput(attrs={"autocomplete": "postal-code"}))
    is_default = forms.BooleanField(label=_("Use by default"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].choices = [("", _("Choose…")), *((row.code, _both(row)) for row in provinces())]  # type: ignore[attr-defined]

    def kept_fields(self) -> dict[str, str]:
        return {"country": "CN", **{name: self.cleaned_data[name] for name in ("recipient", "phone", "region", "city", "district", "street", "postcode")}}

    @classmethod
    def fresh(cls) -> AddressForm:
        return cls(initial={"address_id": uuid4()})

    @classmethod
    def of(cls, address: Address) -> AddressForm:
        kept: dict[str, Any] = {"address_id": address.pk, "is_default": address.is_default, **address.as_kept(), "region": address.region[:2]}
        return cls(initial=kept)


def _both(region: Region) -> str:
    """As the reader calls it, and as it will stand on the parcel."""
    name = region.localised_name.text
    return name if name == region.written else f"{name} {region.written}"
