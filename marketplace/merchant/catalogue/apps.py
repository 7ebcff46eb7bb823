from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "marketplace.merchant.catalogue"
    label = "merchant_catalogue"
