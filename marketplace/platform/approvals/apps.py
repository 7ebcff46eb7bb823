from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "marketplace.platform.approvals"
    label = "platform_approvals"
