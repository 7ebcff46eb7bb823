from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "marketplace.platform.reviews"
    label = "platform_reviews"
