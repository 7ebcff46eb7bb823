from django.apps import AppConfig


class WebConfig(AppConfig):
    """Workbench, console and the one list; no tables."""

    name = "marketplace.web"
    label = "web"
