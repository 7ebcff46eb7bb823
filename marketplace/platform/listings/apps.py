from django.apps import AppConfig


class ListingsConfig(AppConfig):
    name = "marketplace.platform.listings"
    label = "platform_listings"
