from django.apps import AppConfig


class MediaConfig(AppConfig):
    name = "marketplace.merchant.media"
    label = "merchant_media"
