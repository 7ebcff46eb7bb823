import warnings

from django.apps import AppConfig
from django.conf import settings
from PIL import Image


class ConfigConfig(AppConfig):
    """Ties the other apps together."""

    name = "marketplace.config"
    label = "config"

    def ready(self) -> None:
        from marketplace.config import obligations, subscriptions

        subscriptions.install()
        obligations.install()
        # Pillow refuses twice this before it unpacks a picture; Wagtail's forms would unpack it first and measure it then.
        Image.MAX_IMAGE_PIXELS = settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS // 2
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
