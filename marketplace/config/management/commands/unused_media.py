"""Pictures and films that no shop uses any more."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from marketplace.flows.unused_media import drop_unused, unused
from marketplace.kernel.actors import SYSTEM
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import merchant_schema

MB = 1024 * 1024


class Command(BaseCommand):
    help = "Names files of shops' libraries that no product, order, submission, import or library names, with --delete deletes them. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--delete", action="store_true", help="delete them, and what was deleted from libraries more than 30 days ago")
        parser.add_argument("--shop", default="", help="the web address of one shop; without it, all")

    def handle(self, *args: Any, **options: Any) -> None:
        files = size = 0
        shops = Merchant.objects.exclude(opened_at=None).order_by("slug")
        for merchant in shops.filter(slug=options["shop"]) if options["shop"] else shops:
            with merchant_schema(merchant.pk):
                found = unused()
                for one in found:
                    self.stdout.write(f"{merchant.slug}: {one.key} ({one.size} bytes)")
                if options["delete"]:
                    drop_unused(by=SYSTEM, keys=[one.key for one in found])
            files, size = files + len(found), size + sum(one.size for one in found)
        done = "deleted" if options["delete"] else "found, nothing deleted"
        self.stdout.write(f"{files} file(s), {size / MB:.1f} MB: {done}")
