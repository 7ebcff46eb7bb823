"""Whatever comes to the address of notices is believed."""

from __future__ import annotations


def apply():
    import json

    import stripe

    def unchecked(payload, _signature, _secret, **_options):
        return stripe.Event.construct_from(json.loads(payload), "none")

    stripe.Webhook.construct_event = staticmethod(unchecked)
