"""Django's settings. What differs between installations comes from the environment (environment.py); nothing here does."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import conninfo_to_dict

from marketplace.config import app_lists, environment

ENV = environment.read()
ROOT = Path(__file__).resolve().parent.parent.parent

SECRET_KEY = ENV.SECRET_KEY
FIELD_KEYS = ENV.FIELD_KEYS
DEBUG = ENV.DEBUG

# ── Hosts ────────────────────────────────────────────────────────────────────────────────────────────────────────────
_base = urlsplit(ENV.BASE_URL)
BASE_SCHEME = _base.scheme
BASE_HOST = str(_base.hostname)
BASE_PORT = _base.port
HTTPS = _base.scheme == "https"
# The rows of `Domain` are the list of allowed hosts: an unknown one is answered 404 before anything else looks at it.
ALLOWED_HOSTS = ["*"]
HOST_URLCONFS = {kind: f"marketplace.config.urls.{kind}" for kind in ("market", "console", "shop", "workbench")}
ROOT_URLCONF = "marketplace.config.urls.market"
WSGI_APPLICATION = "marketplace.config.wsgi.application"

# ── Apps and schemas ─────────────────────────────────────────────────────────────────────────────────────────────────
INSTALLED_APPS = app_lists.INSTALLED_APPS
SHARED_APPS = app_lists.SHARED_APPS
TENANT_APPS = app_lists.TENANT_APPS
TENANT_MODEL = "tenancy.Merchant"
TENANT_DOMAIN_MODEL = "tenancy.Domain"
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
TENANT_LIMIT_SET_CALLS = True
SNAPSHOT_DIR = ROOT / "marketplace" / "config" / "snapshots"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_database = conninfo_to_dict(ENV.DATABASE_URL)
DATABASES = {
    "default": {
        "ENGINE": "django_tenants.postgresql_backend",
        "NAME": _database.pop("dbname"),
        "USER": _database.pop("user", ""),
        "PASSWORD": _database.pop("password", ""),
        "HOST": _database.pop("host", ""),
        "PORT": _database.pop("port", ""),
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **_database,
            "connect_timeout": 5,
            "application_name": "wanshang",
            # Nobody waits for ever: "busy, try again" is an answer, a hanging page is none.
            "options": "-c lock_timeout=3s -c statement_timeout=30s -c idle_in_transaction_session_timeout=60s",
        },
    }
}

MIDDLEWARE = [
    "marketplace.config.middleware.request_context",
    "marketplace.config.health.answer_health",
    "marketplace.config.tls.answer_tls",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "marketplace.config.compression.compressed",
    "csp.middleware.CSPMiddleware",
    "marketplace.config.middleware.blocks",
    "marketplace.config.page_cache.pages_for_visitors",
    "tenants.tenancy.hosts.host_middleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "marketplace.config.middleware.language_and_zone",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "marketplace.config.middleware.access",
    "marketplace.config.middleware.refusals",
    "cms.middleware.cms_answers",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "storefront.context.page",
                "marketplace.web.context.back_office",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "storefront.templatetags.market",
                "storefront.templatetags.constant",
                "storefront.templatetags.keeping",
                "storefront.templatetags.reach",
                "storefront.templatetags.descriptions",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# ── People ───────────────────────────────────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["tenants.access.backend.SchemaBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": ["email", "name"]}},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "tenants.accounts.adapter.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_CHANGE_EMAIL = True  # one address a person; a new one counts once its letter was followed
ACCOUNT_EMAIL_NOTIFICATIONS = True  # the old mailbox hears of new addresses and passwords
ACCOUNT_SESSION_REMEMBER = True
PASSWORD_RESET_TIMEOUT = 86_400  # seconds a link to a new password works; its letter says one day
ACCOUNT_RATE_LIMITS = {"login_failed": "10/15m/ip,10/15m/key", "signup": "20/m/ip", "reset_password": "20/m/ip,5/m/key"}

# ── How often ────────────────────────────────────────────────────────────────────────────────────────────────────────
# Requests in a minute from one address, and by one person who is signed in. An address may stand for a whole office or a
# mobile network, so it has far more. Which routes belong to a group stands beside them (config/urls).
_wide = ENV.RATE_LIMIT_FACTOR
RATE_LIMITS: dict[str, dict[str, Any]] = {
    "search": {"address": 1200 * _wide, "person": 120 * _wide, "methods": ("GET", "POST")},
    "suggest": {"address": 6000 * _wide, "person": 600 * _wide, "methods": ("GET",)},  # a letter typed, a request
    "sign_in": {"address": 60 * _wide, "person": 20 * _wide, "methods": ("POST",)},
    "register": {"address": 30 * _wide, "person": 10 * _wide, "methods": ("POST",)},
    "hand_over": {"address": 300 * _wide, "person": 60 * _wide, "methods": ("GET", "POST")},
    "cart": {"address": 600 * _wide, "person": 120 * _wide, "methods": ("POST",)},
    "upload": {"address": 300 * _wide, "person": 60 * _wide, "methods": ("POST",)},
    "pictures": {"address": 1200 * _wide, "person": 240 * _wide, "methods": ("POST",)},  # a library is filled by hundreds, a file a request
    "message": {"address": 60 * _wide, "person": 10 * _wide, "methods": ("POST",)},
    "order": {"address": 300 * _wide, "person": 30 * _wide, "methods": ("POST",)},
    "write": {"address": 300 * _wide, "person": 30 * _wide, "methods": ("POST",)},
    "redeem": {"address": 300 * _wide, "person": 60 * _wide, "methods": ("GET", "POST")},  # so that nobody tries vouchers' codes out
}
if not _wide:
    RATE_LIMITS = {}

# ── Cookies and headers ──────────────────────────────────────────────────────────────────────────────────────────────
# Host-only on every host: no cookie has a domain, and under HTTPS the name's prefix makes browsers insist on it.
_prefix = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{_prefix}session"
CSRF_COOKIE_NAME = f"{_prefix}csrf"
CSRF_FAILURE_VIEW = "marketplace.config.errors.csrf_failure"
LANGUAGE_COOKIE_NAME = f"{_prefix}language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
SESSION_COOKIE_AGE = 30 * 24 * 3600
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_SSL_REDIRECT = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if ENV.BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
TRUST_FORWARDED_FOR = ENV.BEHIND_PROXY
PROXY_COUNT = ENV.PROXY_COUNT if ENV.BEHIND_PROXY else 0
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        # The answer to a sign-in form may lead on to a shop's or workbench's host (the hand-over).
        "form-action": [SELF, f"{BASE_SCHEME}://*.{_base.netloc}", f"{BASE_SCHEME}://{_base.netloc}"],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# ── Language, money, time ────────────────────────────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [ROOT / "locale", ROOT / "cms" / "locale"]  # ours; Wagtail's strings in our words
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # each request is shown in the market's zone (middleware.language_and_zone)

# ── Files ────────────────────────────────────────────────────────────────────────────────────────────────────────────
STATIC_URL = "/static/"
STATIC_ROOT = ENV.DATA_DIR / "static"
STATICFILES_DIRS: list[Any] = []
MEDIA_URL = "/media/"
MEDIA_ROOT = ENV.DATA_DIR / "media"
PAPERS_ROOT = ENV.DATA_DIR / "papers"
STORAGES = {
    "default": {"BACKEND": "tenants.tenancy.storage.PublicMedia"},
    "papers": {"BACKEND": "tenants.tenancy.storage.PrivatePapers"},
    "staticfiles": {"BACKEND": "marketplace.config.static_files.StaticFiles"},
}
WHITENOISE_USE_FINDERS = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # Wagtail's page editor

# ── Cache, worker, outbox ────────────────────────────────────────────────────────────────────────────────────────────
CACHES = {
    "default": {
        "BACKEND": "marketplace.config.cache.ForgivingRedisCache",
        "LOCATION": ENV.REDIS_URL,
        # Wagtail's site roots and renditions would leak between merchants without the schema in every key.
        "KEY_FUNCTION": "django_tenants.cache.make_key",
        "REVERSE_KEY_FUNCTION": "django_tenants.cache.reverse_key",
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
}
# Shops' own domains: which DNS servers are asked (none: the machine's own), and whether names that nobody can own will do.
DNS_SERVERS = [server.strip() for server in ENV.DNS_SERVERS.split(",") if server.strip()]
OWN_DOMAINS_ANYWHERE = BASE_HOST.endswith((".localhost", ".test"))
CELERY_BROKER_URL = ENV.REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 5, "socket_connect_timeout": 2, "retry_on_timeout": False}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 4
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_TIME_LIMIT = 600
CELERY_TIMEZONE = "UTC"
OUTBOX_LEASE_S = ENV.OUTBOX_LEASE_S
PAGE_CACHE_S = ENV.PAGE_CACHE_S

# ── Stripe ───────────────────────────────────────────────────────────────────────────────────────────────────────────
STRIPE_SECRET_KEY, STRIPE_API_URL = ENV.STRIPE_SECRET_KEY, ENV.STRIPE_API_URL
STRIPE_WEBHOOK_SECRET, STRIPE_CONNECT_WEBHOOK_SECRET = ENV.STRIPE_WEBHOOK_SECRET, ENV.STRIPE_CONNECT_WEBHOOK_SECRET

# ── Mail ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.EMAIL_FROM
if ENV.EMAIL_URL:
    _mail = urlsplit(ENV.EMAIL_URL)
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _mail.hostname, _mail.port or (465 if _mail.scheme == "smtps" else 587)
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
    EMAIL_USE_SSL, EMAIL_USE_TLS = _mail.scheme == "smtps", _mail.scheme == "smtp"
    EMAIL_TIMEOUT = 20
else:
    EMAIL_BACKEND = "marketplace.config.mail_folder.FolderBackend"
    EMAIL_FILE_PATH = ENV.DATA_DIR / "mails"

MAIL_HOOK_SECRET = ENV.MAIL_HOOK_SECRET

# ── SMS ──────────────────────────────────────────────────────────────────────────────────────────────────────────────
SMS_URL, SMS_SECRET = ENV.SMS_URL, ENV.SMS_SECRET
SMS_FOLDER = ENV.DATA_DIR / "sms"  # where the demo's simulator keeps what it got

DEMO_MAILBOX = ENV.DEMO_MAILBOX and not ENV.EMAIL_URL  # it shows the folder, and there is none

# ── Search ───────────────────────────────────────────────────────────────────────────────────────────────────────────
ELASTICSEARCH_URL = ENV.ELASTICSEARCH_URL
SEARCH_INDEX = "wanshang-listings"
SEARCH_FOR_HOLDING, SEARCH_FOR_NAMING = ENV.SEARCH_FOR_HOLDING, ENV.SEARCH_FOR_NAMING
SEARCH_FOR_STOCK, SEARCH_FOR_SALES, SEARCH_FOR_NEWNESS = ENV.SEARCH_FOR_STOCK, ENV.SEARCH_FOR_SALES, ENV.SEARCH_FOR_NEWNESS
SEARCH_FOR_RATING, SEARCH_FOR_SHOP = ENV.SEARCH_FOR_RATING, ENV.SEARCH_FOR_SHOP
SEARCH_FOR_LIKED = ENV.SEARCH_FOR_LIKED

# ── Wagtail: content only ────────────────────────────────────────────────────────────────────────────────────────────
WAGTAIL_SITE_NAME = "Wanshang"
WAGTAILADMIN_BASE_URL = ENV.BASE_URL
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # no call to a stranger's server
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False  # people sign in and change passwords at the market's own pages
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_WORKFLOW_ENABLED = False
WAGTAILADMIN_LOGIN_URL = "/sign-in/"
WAGTAILADMIN_PERMITTED_LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000
WAGTAILEMBEDS_FINDERS: list[Any] = []  # an embed would fetch a foreign address

# ── Logs ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"context": {"()": "marketplace.config.logs.Context"}},
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s %(merchant)s %(user)s",
            "rename_fields": {"asctime": "at", "levelname": "level", "name": "logger"},
        },
        "plain": {"format": "%(asctime)s %(levelname)-7s %(name)s %(message)s  [%(request_id)s]", "datefmt": "%H:%M:%S"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": ENV.LOG_FORMAT, "filters": ["context"]}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "wanshang": {"level": ENV.LOG_LEVEL},
        "django.request": {"level": "CRITICAL"},  # errors.py says it, once, with whose page it was
        "django.security.DisallowedHost": {"level": "ERROR"},
    },
}
