from django.apps import AppConfig


class CustomisingConfig(AppConfig):
    name = "marketplace.platform.customising"
    label = "platform_customising"
