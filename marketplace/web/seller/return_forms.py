"""The form by which somebody of the shop opens a return for a buyer who has called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.flows.return_goods import returnable_until
from marketplace.kernel import clock
from marketplace.merchant.aftersales.actions import returnable_pieces
from marketplace.merchant.aftersales.states import Reason
from marketplace.merchant.bundles.queries import with_bundles
from marketplace.merchant.orders.models import Order, OrderLine
from marketplace.merchant.orders.states import OrderStatus


class ReturnForm(forms.Form):
    """Pieces of each line, and why. The hidden key makes the same form sent twice one return."""

    return_id = forms.UUIDField(widget=forms.HiddenInput)
    cause = forms.ChoiceField(label=_("Why does it come back?"), choices=Reason.choices)
    note = forms.CharField(label=_("What the buyer said; the buyer reads it"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, lines: list[OrderLine], left: Mapping[UUID, int], **kwargs: Any) -> None:
        kwargs["auto_id"] = "id_back_%s"
        super().__init__(*args, **kwargs)
        self.lines = [line for line in lines if left.get(line.pk)]
        for line in self.lines:
            line.left = left[line.pk]  # type: ignore[attr-defined]
            self.fields[f"line_{line.pk.hex}"] = forms.IntegerField(min_value=0, max_value=left[line.pk], initial=0, label=line.sku)

    def line_fields(self) -> list[tuple[OrderLine, Any]]:
        return [(line, self[f"line_{line.pk.hex}"]) for line in self.lines]

    def pieces(self) -> dict[UUID, int]:
        """Line id → pieces, of a valid form."""
        return {line.pk: self.cleaned_data[f"line_{line.pk.hex}"] for line in self.lines}


def return_form(order: Order, data: Any = None) -> ReturnForm | None:
    """For an order of which something can come back now; None for others, unless something was sent."""
    until = returnable_until(order.completed_at)
    is_open = order.status in (OrderStatus.CONFIRMED, OrderStatus.COMPLETED) and (until is None or clock.now() <= until)
    left = returnable_pieces(order) if is_open else {}
    if not left and data is None:
        return None
    return ReturnForm(data, lines=with_bundles(list(order.lines.order_by("position"))), left=left, initial={"return_id": uuid4()})
