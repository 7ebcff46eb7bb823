from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    name = "marketplace.platform.analytics"
    label = "platform_analytics"
