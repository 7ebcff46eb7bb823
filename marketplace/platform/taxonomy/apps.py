from django.apps import AppConfig


class TaxonomyConfig(AppConfig):
    name = "marketplace.platform.taxonomy"
    label = "platform_taxonomy"
