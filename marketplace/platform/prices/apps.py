from django.apps import AppConfig


class PricesConfig(AppConfig):
    name = "marketplace.platform.prices"
    label = "platform_prices"
