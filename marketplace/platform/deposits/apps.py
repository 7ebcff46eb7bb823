from django.apps import AppConfig


class DepositsConfig(AppConfig):
    name = "marketplace.platform.deposits"
    label = "platform_deposits"
