from django.apps import AppConfig


class DetailsConfig(AppConfig):
    name = "marketplace.platform.details"
    label = "platform_details"
