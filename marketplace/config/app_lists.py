"""Which app's tables lie in which schema.

The rule: only a folder named `merchant` holds tables of a merchant's own schema; every other table is public.
tests/architecture/test_app_lists.py derives both lists from the tree and compares.
"""

from __future__ import annotations

# In the public schema and in every merchant's, each for the reason beside it.
IN_BOTH = [
    "django.contrib.contenttypes",  # permissions and pages name their models by it, per schema
    "django.contrib.auth",  # groups and permissions: roles belong to one schema
    "tenants.access",  # who has which role in this schema
    "wagtail.documents",  # Wagtail's admin asks for it; none of its pages answers (cms/rules.py)
    "wagtail.images",  # from here on: a page tree, images and their rights for the market and for each merchant
    "wagtail.users",
    "wagtail.admin",
    "wagtail.search",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail",
    "taggit",
    "modelcluster",
    # Deleting a page asks the table of every page type. Were the market's types public only, deleting page 5 of a merchant
    # would delete page 5 of the market, found through the search path. Which type may be made where: cms/pages.py.
    "cms.platform",
    "cms.merchant",
]

# Public only, not ours.
PUBLIC_THIRD_PARTY = [
    "django_tenants",
    "django.contrib.sessions",
    "allauth",
    "allauth.account",
]

# Apps without tables.
WITHOUT_TABLES = [
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_filters",
    "cms",
    "storefront",
    "marketplace.web",
    "django.forms",  # last: our templates of form fields stand before its own
]

PUBLIC = [
    "marketplace.kernel",
    "tenants.tenancy",
    "tenants.accounts",
    "tenants.onboarding",
    "tenants.domains",
    "tenants.packages",
    "tenants.contracts",
    "marketplace.platform.backoffice",
    "marketplace.platform.themes",
    "marketplace.platform.delivery",
    "marketplace.platform.prices",
    "marketplace.platform.taxonomy",
    "marketplace.platform.listings",
    "marketplace.platform.details",
    "marketplace.platform.customising",
    "marketplace.platform.bundles",
    "marketplace.platform.virtual",
    "marketplace.platform.members",
    "marketplace.platform.cart",
    "marketplace.platform.checkout",
    "marketplace.platform.payments",
    "marketplace.platform.ledger",
    "marketplace.platform.deposits",
    "marketplace.platform.approvals",
    "marketplace.platform.reviews",
    "marketplace.platform.notices",
    "marketplace.platform.analytics",
    "marketplace.platform.evaluations",
    "search",
]

MERCHANT = [
    "marketplace.merchant.catalogue",
    "marketplace.merchant.bundles",
    "marketplace.merchant.virtual",
    "marketplace.merchant.conditions",
    "marketplace.merchant.shelves",
    "marketplace.merchant.pricing",
    "marketplace.merchant.inventory",
    "marketplace.merchant.orders",
    "marketplace.merchant.fulfilment",
    "marketplace.merchant.aftersales",
    "marketplace.merchant.customising",
    "marketplace.merchant.analytics",
    "marketplace.merchant.desk",
    "marketplace.merchant.customers",
    "marketplace.merchant.imports",
    "marketplace.merchant.media",
]

# Last: it ties the others together and needs all permissions to exist.
LAST = ["marketplace.config"]

SHARED_APPS = [*PUBLIC_THIRD_PARTY, *WITHOUT_TABLES, *IN_BOTH, *PUBLIC, *LAST]
TENANT_APPS = [*IN_BOTH, *MERCHANT, *LAST]
# Ours without tables come first: their templates and commands stand before those of others. `tenants.access` comes last:
# after a migration it makes the roles, and by then every app's permissions exist.
INSTALLED_APPS = [
    *WITHOUT_TABLES,
    *PUBLIC,
    *MERCHANT,
    *PUBLIC_THIRD_PARTY,
    *[app for app in IN_BOTH if app != "tenants.access"],
    *LAST,
    "tenants.access",
]
