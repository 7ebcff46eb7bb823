from django.apps import AppConfig


class ThemesConfig(AppConfig):
    name = "marketplace.platform.themes"
    label = "platform_themes"
