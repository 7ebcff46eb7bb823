import gc

# Loading makes a quarter of a million objects that stay. The collector would look through them again and again: an eighth of every process's start.
gc.set_threshold(20_000, 20, 20)

from marketplace.config.celery import app as celery_app  # noqa: E402

__all__ = ["celery_app"]
