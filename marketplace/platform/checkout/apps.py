from django.apps import AppConfig


class CheckoutConfig(AppConfig):
    name = "marketplace.platform.checkout"
    label = "platform_checkout"
