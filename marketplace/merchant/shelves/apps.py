from django.apps import AppConfig


class ShelvesConfig(AppConfig):
    name = "marketplace.merchant.shelves"
    label = "merchant_shelves"
