from django.apps import AppConfig


class CustomisingConfig(AppConfig):
    name = "marketplace.merchant.customising"
    label = "merchant_customising"
