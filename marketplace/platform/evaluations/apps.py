from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    name = "marketplace.platform.evaluations"
    label = "platform_evaluations"
