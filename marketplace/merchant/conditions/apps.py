from django.apps import AppConfig


class ConditionsConfig(AppConfig):
    name = "marketplace.merchant.conditions"
    label = "merchant_conditions"
