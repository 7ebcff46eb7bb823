from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    name = "marketplace.merchant.analytics"
    label = "merchant_analytics"
