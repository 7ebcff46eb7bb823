from django.apps import AppConfig


class BackofficeConfig(AppConfig):
    name = "marketplace.platform.backoffice"
    label = "platform_backoffice"
