from django.apps import AppConfig


class VirtualConfig(AppConfig):
    name = "marketplace.merchant.virtual"
    label = "merchant_virtual"
