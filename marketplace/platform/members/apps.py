from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "marketplace.platform.members"
    label = "platform_members"
