from django.apps import AppConfig


class BundlesConfig(AppConfig):
    name = "marketplace.merchant.bundles"
    label = "merchant_bundles"
