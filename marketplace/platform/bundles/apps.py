from django.apps import AppConfig


class BundlesConfig(AppConfig):
    name = "marketplace.platform.bundles"
    label = "platform_bundles"
