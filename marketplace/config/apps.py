from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Ties the other apps together."""

    name = "marketplace.config"
    label = "config"

    def ready(self) -> None:
        from marketplace.config import subscriptions

        subscriptions.install()
