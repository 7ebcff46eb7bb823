"""A view that takes a buyer's row without asking whose it is."""

from __future__ import annotations

from marketplace.platform.checkout.models import OrderGroup


def apply(monkeypatch) -> None:
    from storefront.account import views

    monkeypatch.setattr(views, "group_of_buyer", lambda buyer_id, number: OrderGroup.objects.get(number=number))
