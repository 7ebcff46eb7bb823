from django.apps import AppConfig


class CartConfig(AppConfig):
    name = "marketplace.platform.cart"
    label = "platform_cart"
