#!/usr/bin/env python3
"""Django's command line. Settings come from the environment (docs/settings.md); `make manage ARGS="…"` fills it for the demo."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
