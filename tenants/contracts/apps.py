from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "tenants.contracts"
    label = "contracts"
