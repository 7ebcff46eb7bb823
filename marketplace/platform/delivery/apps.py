from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "marketplace.platform.delivery"
    label = "platform_delivery"
