from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "marketplace.merchant.desk"
    label = "merchant_desk"
