"""Placing commits when the merchants' orders are written, and goes on with the rest in another transaction."""

from __future__ import annotations


def apply():
    from django.db import connection

    from marketplace.flows import place_order
    from tests.faults.mutants.visit_in_given_order import pause

    opened = place_order._open_orders

    def committed(*args, **kwargs):
        made = opened(*args, **kwargs)
        connection.connection.commit()
        pause(0.2)
        return made

    place_order._open_orders = committed
