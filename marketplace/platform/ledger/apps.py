from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "marketplace.platform.ledger"
    label = "platform_ledger"
