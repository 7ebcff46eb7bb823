"""Gives servers that tests start jobs to count, and lets a named mutant in (environment variable MUTANT)."""

from __future__ import annotations

import os
from importlib import import_module

from django.apps import AppConfig


class MutantsConfig(AppConfig):
    name = "tests.faults.mutants"
    label = "mutants"

    def ready(self) -> None:
        import_module("tests.faults.jobs")
        if name := os.environ.get("MUTANT"):
            import_module(f"tests.faults.mutants.{name}").apply()
