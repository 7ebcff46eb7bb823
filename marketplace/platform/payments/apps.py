from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "marketplace.platform.payments"
    label = "platform_payments"
