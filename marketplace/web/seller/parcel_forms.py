"""Forms about what leaves, and what will not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.merchant.customising.states import Making
from marketplace.merchant.inventory.models import StockLocation
from marketplace.merchant.orders.models import OrderLine
from marketplace.platform.delivery.queries import carrier_choices


class LinesForm(forms.Form):
    """A number of pieces for each line that has some left."""

    def __init__(self, *args: Any, lines: list[OrderLine], preset: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = [line for line in lines if line.to_pack]
        for line in self.lines:
            self.fields[f"line_{line.pk.hex}"] = forms.IntegerField(min_value=0, max_value=line.to_pack, initial=line.to_pack if preset else 0, label=line.sku)

    def line_fields(self) -> list[tuple[OrderLine, Any]]:
        return [(line, self[f"line_{line.pk.hex}"]) for line in self.lines]

    def quantities(self) -> dict[UUID, int]:
        """Line id → pieces, of a valid form."""
        return {line.pk: self.cleaned_data[f"line_{line.pk.hex}"] for line in self.lines}


class ParcelForm(LinesForm):
    """A parcel to pack, and to hand over at once if carrier and number are there. The hidden key makes the same form one parcel.

    `places`: where the pieces lie. Of an order that lies at several, the parcel says at which it was packed.
    """

    package_id = forms.UUIDField(widget=forms.HiddenInput)
    carrier = forms.ChoiceField(label=_("Carrier"), required=False)
    tracking_number = forms.CharField(label=_("Tracking number"), max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    origin = forms.ChoiceField(label=_("Packed at"), required=False)

    def __init__(self, *args: Any, lines: list[OrderLine], places: Sequence[tuple[StockLocation, Mapping[UUID, int]]] = (), **kwargs: Any) -> None:
        super().__init__(*args, lines=lines, preset=True, **kwargs)
        for line in self.lines:
            if (making := getattr(line, "making", None)) and making.state != Making.READY:  # what is not made cannot go along
                self.fields[f"line_{line.pk.hex}"].initial = 0
        self.fields["carrier"].choices = carrier_choices()  # type: ignore[attr-defined]
        self.is_split = len(places) > 1
        if not self.is_split:
            del self.fields["origin"]
            return
        self.fields["origin"].choices = [(str(location.pk), location.name) for location, _pieces in places]  # type: ignore[attr-defined]
        here = places[0][1]
        for line in self.lines:
            field = self.fields[f"line_{line.pk.hex}"]
            field.initial = min(field.initial, here.get(line.pk, 0), line.to_pack)
            line.lies = [(location.name, pieces[line.pk]) for location, pieces in places if line.pk in pieces]  # type: ignore[attr-defined]

    def location_id(self) -> UUID | None:
        """Where a split order was packed, of a valid form."""
        return UUID(self.cleaned_data["origin"]) if self.cleaned_data.get("origin") else None


class HandoverForm(forms.Form):
    """Carrier and number of a parcel that is packed."""

    carrier = forms.ChoiceField(label=_("Carrier"))
    tracking_number = forms.CharField(label=_("Tracking number"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, package_id: UUID, **kwargs: Any) -> None:
        kwargs["auto_id"] = f"id_%s_{package_id.hex[-6:]}"
        super().__init__(*args, **kwargs)
        self.package_id = package_id
        self.fields["carrier"].choices = carrier_choices()  # type: ignore[attr-defined]


class CancelForm(LinesForm):
    """Pieces that cannot be sent, and why: the buyer reads it. The hidden key makes the same form sent twice one request to a colleague."""

    look_id = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid4)

    reason = forms.CharField(label=_("Reason, which the buyer reads"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, lines: list[OrderLine], **kwargs: Any) -> None:
        kwargs["auto_id"] = "id_cancel_%s"
        super().__init__(*args, lines=lines, preset=False, **kwargs)
