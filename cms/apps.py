from django.apps import AppConfig


class CmsConfig(AppConfig):
    """Templates and Wagtail hooks for both page trees; no tables."""

    name = "cms"
    label = "cms"

    def ready(self) -> None:
        from cms.rules import declare

        declare()
