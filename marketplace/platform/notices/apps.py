from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "marketplace.platform.notices"
    label = "platform_notices"
