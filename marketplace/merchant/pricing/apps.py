from django.apps import AppConfig


class PricingConfig(AppConfig):
    name = "marketplace.merchant.pricing"
    label = "merchant_pricing"
