from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "marketplace.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.backends.signals import connection_created

        from marketplace.kernel import arrays, lookups

        connection_created.connect(arrays.quote_elements, dispatch_uid="quote-elements")
        lookups.install()
