from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "marketplace.merchant.imports"
    label = "merchant_imports"
