from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "marketplace.merchant.inventory"
    label = "merchant_inventory"
