from django.apps import AppConfig


class CmsPlatformConfig(AppConfig):
    name = "cms.platform"
    label = "cms_platform"
