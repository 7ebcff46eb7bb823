from django.apps import AppConfig


class FulfilmentConfig(AppConfig):
    name = "marketplace.merchant.fulfilment"
    label = "merchant_fulfilment"
