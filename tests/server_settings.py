"""Settings of servers that tests start: the product's own, but passwords are checked quickly, nobody is counted, and a mutant may be let in."""

from marketplace.config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ACCOUNT_RATE_LIMITS = {}
RATE_LIMITS = {}
INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.mutants"]  # noqa: F405
