from django.apps import AppConfig


class VirtualConfig(AppConfig):
    name = "marketplace.platform.virtual"
    label = "platform_virtual"
