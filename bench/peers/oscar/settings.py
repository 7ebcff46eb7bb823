"""django-oscar as its documentation sets it up, without debugging, on the bench's PostgreSQL."""

import os
from urllib.parse import parse_qs, urlsplit

from oscar.defaults import *  # noqa: F403

_database = urlsplit(os.environ["OSCAR_DATABASE_URL"])
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _database.path.lstrip("/"),
        "USER": _database.username or parse_qs(_database.query).get("user", [""])[0],
        "PASSWORD": _database.password or "",
        "HOST": _database.hostname or parse_qs(_database.query).get("host", [""])[0],
        "PORT": _database.port or parse_qs(_database.query).get("port", [""])[0],
        "CONN_MAX_AGE": 300,
        "ATOMIC_REQUESTS": True,
    }
}
SECRET_KEY = "of a bench on this machine"
DEBUG, USE_TZ, SITE_ID = False, True, 1
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "urls"
STATIC_URL, MEDIA_URL, MEDIA_ROOT = "/static/", "/media/", os.environ["OSCAR_MEDIA"]
INSTALLED_APPS = [
    *(f"django.contrib.{name}" for name in ("admin", "auth", "contenttypes", "sessions", "messages", "staticfiles", "sites", "flatpages")),
    "oscar.config.Shop",
    *(
        f"oscar.apps.{path}.apps.{config}Config"
        for path, config in {
            "analytics": "Analytics", "checkout": "Checkout", "address": "Address", "shipping": "Shipping", "catalogue": "Catalogue",
            "catalogue.reviews": "CatalogueReviews", "communication": "Communication", "partner": "Partner", "basket": "Basket",
            "payment": "Payment", "offer": "Offer", "order": "Order", "customer": "Customer", "search": "Search", "voucher": "Voucher",
            "wishlists": "Wishlists", "dashboard": "Dashboard", "dashboard.reports": "ReportsDashboard", "dashboard.users": "UsersDashboard",
            "dashboard.orders": "OrdersDashboard", "dashboard.catalogue": "CatalogueDashboard", "dashboard.offers": "OffersDashboard",
            "dashboard.partners": "PartnersDashboard", "dashboard.pages": "PagesDashboard", "dashboard.ranges": "RangesDashboard",
            "dashboard.reviews": "ReviewsDashboard", "dashboard.vouchers": "VouchersDashboard",
            "dashboard.communications": "CommunicationsDashboard", "dashboard.shipping": "ShippingDashboard",
        }.items()
    ),
    "widget_tweaks", "haystack", "treebeard", "sorl.thumbnail", "django_tables2",
]  # fmt: skip
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "oscar.apps.basket.middleware.BasketMiddleware",
    "django.contrib.flatpages.middleware.FlatpageFallbackMiddleware",
]
AUTHENTICATION_BACKENDS = ["oscar.apps.customer.auth_backends.EmailBackend", "django.contrib.auth.backends.ModelBackend"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "oscar.apps.search.context_processors.search_form",
                "oscar.apps.checkout.context_processors.checkout",
                "oscar.apps.communication.notifications.context_processors.notifications",
                "oscar.core.context_processors.metadata",
            ]
        },
    }
]
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
LOGGING = {"version": 1, "disable_existing_loggers": False}
