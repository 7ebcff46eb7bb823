from django.apps import AppConfig


class PackagesConfig(AppConfig):
    name = "tenants.packages"
    label = "packages"
