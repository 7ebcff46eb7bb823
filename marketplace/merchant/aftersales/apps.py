from django.apps import AppConfig


class AftersalesConfig(AppConfig):
    name = "marketplace.merchant.aftersales"
    label = "merchant_aftersales"
