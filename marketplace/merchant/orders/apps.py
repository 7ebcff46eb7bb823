from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "marketplace.merchant.orders"
    label = "merchant_orders"
