from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "marketplace.merchant.customers"
    label = "merchant_customers"
