from django.apps import AppConfig


class CmsMerchantConfig(AppConfig):
    name = "cms.merchant"
    label = "cms_merchant"
